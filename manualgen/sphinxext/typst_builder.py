"""A builder of Sphinx that makes one PDF of all documents, by Typst."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.builders import Builder
from sphinx.errors import SphinxError
from sphinx.util import logging
from sphinx.util.nodes import inline_all_toctrees

from manualgen.options.model import join, split
from manualgen.sphinxext.books import time_of_build
from manualgen.sphinxext.typst_checks import names, problem_of, without_glyph
from manualgen.sphinxext.typst_escaping import escape, string
from manualgen.sphinxext.typst_writer import TypstWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from sphinx.application import Sphinx

logger = logging.getLogger(__name__)

FILES = Path(__file__).parent / "book_files"


class TypstBuilder(Builder):
    """Writes ``book.typ`` and makes ``book.pdf`` of it."""

    name = "typst"
    format = "typst"
    epilog = "The PDF is %(outdir)s/book.pdf."
    allow_parallel = False
    supported_image_types = ["image/svg+xml", "image/png", "image/jpeg", "image/gif"]  # noqa: RUF012

    def get_outdated_docs(self) -> str:
        """Return what is written: all documents, as one file."""
        return "all documents"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:  # noqa: ARG002 - Sphinx's
        """Return the address of a document within the book."""
        return f"%{docname}"

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:  # noqa: ARG002
        """Return the address of a document within the book."""
        return self.get_target_uri(to, typ)

    def write_documents(self, _docnames: AbstractSet[str]) -> None:
        """Write the book."""
        tree = self._tree()
        self.post_process_images(tree)
        writer = TypstWriter(tree, self.config.root_doc, self._pictures())
        body = writer.text(tree.children)
        look = (FILES / "book.typ").read_text(encoding="utf-8")
        missing = (
            f"#let missing = {_tuple(map(string, writer.missing)) if writer.missing else '()'}"
        )
        Path(self.outdir, "look.typ").write_text(f"{missing}\n{look}", encoding="utf-8")
        text = f'#import "look.typ": *\n\n{self._beginning(tree)}{body}\n{_index(writer.options)}\n'
        text = text.encode("utf-8", "replace").decode()
        lacking = without_glyph(text)
        if lacking:
            message = "the fonts of a PDF lack characters, which are not shown: %s"
            logger.warning(message, names(lacking), type="typst", subtype="glyph")
        Path(self.outdir, "book.typ").write_text(text, encoding="utf-8")

    def _tree(self) -> nodes.document:
        """Return all documents as one tree, in the order of reading."""
        root = self.config.root_doc
        tree = inline_all_toctrees(self, set(), root, self.env.get_doctree(root), str, [root])
        self.env.resolve_references(tree, root, self)
        return tree

    def _pictures(self) -> dict[str, str]:
        """Copy the images of the documents; return the address of each → its file."""
        folder = Path(self.outdir, "images")
        folder.mkdir(exist_ok=True)
        pictures = {}
        for number, (path, name) in enumerate(self.images.items()):
            copy = folder / f"{number}{Path(name).suffix}"
            shutil.copy(self.srcdir / path, copy)
            problem = problem_of(copy)
            if problem:
                logger.warning("the PDF shows no picture %s: %s", path, problem, type="typst")
            else:
                pictures[path] = f"images/{copy.name}"
        return pictures

    def _beginning(self, tree: nodes.document) -> str:
        section = next(iter(tree.findall(nodes.section)), None)
        rubrics = [] if section is None else section.children[1:2]
        subtitle = "".join(
            escape(node.astext())
            for node in rubrics
            if isinstance(node, nodes.rubric) and "version" not in node["classes"]
        )
        date = dt.datetime.fromtimestamp(time_of_build(), dt.UTC)
        settings = {
            "title": string(self.config.project),
            "subtitle": f"[{subtitle}]",
            "version": string(self.config.release),
            "paper": string(self.config.typst_paper),
            "language": string(self.config.language),
            "date": f"datetime(year: {date.year}, month: {date.month}, day: {date.day})",
        }
        return (
            f"#show: book.with({', '.join(f'{key}: {value}' for key, value in settings.items())})\n"
        )

    def finish(self) -> None:
        """Make the PDF."""
        import typst  # noqa: PLC0415 - of an extra

        try:
            typst.compile(
                Path(self.outdir, "book.typ"),
                output=Path(self.outdir, "book.pdf"),
                root=self.outdir,
                ignore_system_fonts=True,
            )
        except typst.TypstError as error:
            message = f"Typst: {error}"
            raise SphinxError(message) from error


def _index(options: Sequence[tuple[str, str]]) -> str:
    """Return the index of options: by letter, and by the first two components of their names."""
    letters: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, label in sorted(options, key=lambda option: (option[0].casefold(), option[0])):
        path = split(name)
        head = path[: min(2, len(path) - 1)]
        shown = join(path[len(head) :])
        letter = name[:1].upper() if name[:1].isalpha() else "#"
        letters[letter][join(head)].append(_tuple([string(shown), string(label)]))
    if not letters:
        return ""
    entries = [
        _tuple(
            [
                string(letter),
                _tuple([_tuple([string(head), _tuple(names)]) for head, names in groups.items()]),
            ]
        )
        for letter, groups in letters.items()
    ]
    return f"#index([Index of options], {_tuple(entries)})"


def _tuple(items: Iterable[str]) -> str:
    return f"({', '.join(items)},)"


def connect(app: Sphinx) -> None:
    """Add the builder to an application of Sphinx."""
    app.add_builder(TypstBuilder)
    app.add_config_value("typst_paper", "a4", "", types=frozenset({str}))
