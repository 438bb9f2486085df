"""What the pages of a site are made from, as digests: a page with equal ones has equal bytes.

The inputs of a page are its texts, what stands around them (titles, navigation), what its
references lead to, and what all pages have in common: the program, the settings, the theme.
"""

from __future__ import annotations

import functools
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen import resources
from manualgen.inputs import LARGEST
from manualgen.site.plan import ChapterBody
from manualgen.site.records import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docutils import nodes as docutils_nodes

    from manualgen.book.manual import IncludedOptions
    from manualgen.markup.links import Links, Target
    from manualgen.options.model import Option
    from manualgen.site.plan import OptionPlacement, SitePage, SitePlan

_LIBRARIES = ("docutils", "jinja2", "lxml", "markdown_it", "mdit_py_plugins", "pygments")
"""The libraries that decide about the bytes of a page."""


class PageInputs:
    """The inputs of the pages of a plan, as digests."""

    def __init__(self, plan: SitePlan) -> None:
        """Prepare for a plan.

        Args:
            plan: the plan of the site.
        """
        self._plan = plan
        self._set_inputs = [_encoded_set(placement.included) for placement in plan.placements]
        self._answers: dict[tuple[int, str], bytes] = {}
        self._targets: dict[str, bytes] = {}

    @functools.cached_property
    def environment(self) -> bytes:
        """The digest of what all pages have in common: program, settings and theme."""
        site = msgspec.structs.replace(self._plan.settings, command_line="")
        settings = msgspec.structs.replace(self._plan.manual.settings, site=site)
        return digest(b"".join((program(), encoded(settings), theme_content(site.theme))))

    @functools.cached_property
    def structure(self) -> bytes:
        """The digest of the names, titles and identifiers of all pages, and of their order."""
        return digest(encoded(list(_structure(self._plan))))

    def texts(self, page: SitePage) -> bytes:
        """Return the digest of the texts on a page."""
        if not isinstance(page.body, ChapterBody):
            number = page.body.number
            options = self._plan.placements[number].included.catalog.options
            own = encoded([options[index] for index in page.body.page.options])
            return digest(self._set_inputs[number] + own)
        parts = self._documents_of.get(page.path, [])
        for placement, inputs in zip(self._plan.placements, self._set_inputs, strict=True):
            if not placement.folder and placement.home == page.path:
                parts = [*parts, inputs, encoded(placement.included.catalog.options)]
        return digest(b"\0".join(parts))

    @functools.cached_property
    def _documents_of(self) -> dict[str, list[bytes]]:
        """Path of a page of chapters → the digests of the files that are on it, in order."""
        assert self._plan.chapter_pages is not None
        known: dict[int, bytes] = {}
        found: dict[str, list[bytes]] = {}
        for division, page in self._plan.chapter_pages.page_of.items():
            document = division.document
            if id(document) not in known:
                known[id(document)] = digest(
                    "\n".join(document.lines).encode("utf-8", "surrogatepass")
                )
            # A file can be on several pages, in parts.
            found.setdefault(page.name, []).append(b"%d" % division.line + known[id(document)])
        return found

    def surroundings(
        self, page: SitePage, shell: object, asked: Iterable[str], *, is_dangling: bool
    ) -> bytes:
        """Return the digest of what stands around the texts of a page.

        Args:
            page: the page.
            shell: what the template of a page of options is given, but for the texts.
            asked: what its references name, and the identifiers that they lead to.
            is_dangling: whether a diagnostic names the identifier most similar to one that does
                not exist, out of all.
        """
        if isinstance(page.body, ChapterBody):
            # Titles, numbers and pages of other chapters are in tables of contents, in the
            # navigation and in the texts of references.
            return self.structure
        number = page.body.number
        answers = [self._answer(number, name) for name in sorted(asked)]
        if is_dangling:
            answers.append(self.structure)
        answers.append(encoded(list(self._submodules(number, page.body.page.options))))
        return digest(b"\0".join((encoded((page.ids, shell)), *answers)))

    def _submodules(self, number: int, indices: Iterable[int]) -> Iterator[object]:
        """Yield what is shown of the options below each option of a page that has any."""
        catalog = self._plan.placements[number].included.catalog
        for index in indices:
            option = catalog.options[index]
            if option.history is not None:
                yield catalog.old_ids.get(option.name)
            below = catalog.submodules.get(index)
            if below is not None:
                first = catalog.ids[below.first]
                path = self._plan.page_paths[first]
                yield catalog.ids[index], below.placeholder, below.end - below.first, first, path

    def _answer(self, number: int, name: str) -> bytes:
        """Return what a reference to a name leads to, as it is written in a set's folder."""
        answer = self._answers.get((number, name))
        if answer is None:
            placement = self._plan.placements[number]
            folder = f"{placement.folder}/" if placement.folder else placement.home
            links = self._plan.links(folder, placement.included)
            found = [self._target(links, target) for target in links.named(name)]
            answer = name.encode("utf-8", "surrogatepass") + encoded(found)
            self._answers[number, name] = answer
        return answer

    def _target(self, links: Links, target: Target | None) -> bytes | None:
        if target is None:
            return None
        known = self._targets.get(target.id)
        if known is None:
            text = "".join(map(_outlined, target.text))
            known = self._targets[target.id] = encoded((target.id, target.kind, text, target.hint))
        return known + encoded(links.href(target))


def _outlined(node: docutils_nodes.Node) -> str:
    return node.pformat()


def _encoded_set(included: IncludedOptions) -> bytes:
    """Return what decides how the options of a set are shown, beside the options."""
    catalog = included.catalog
    return encoded((catalog.settings, catalog.is_docbook, catalog.prefix))


def _structure(plan: SitePlan) -> Iterator[object]:
    """Yield all that is not the text of a page, but that other pages may show or link to."""
    for placement in plan.placements:
        yield _names(placement)
    outline, chapters = plan.manual.outline, plan.chapter_pages
    if outline is None or chapters is None or plan.manual.labels is None:
        return
    index = {division: number for number, division in enumerate(outline.divisions)}
    for division in outline.divisions:
        title, subtitle, parent = division.title, division.subtitle, division.parent
        yield (
            division.kind,
            division.identifier,
            division.number,
            division.footnote_scope,
            division.requested_page,
            -1 if parent is None else index[parent],
            chapters.page_of[division].name,
            title.pformat(),
            plan.manual.labels.plain(title),
            subtitle.pformat() if subtitle is not None else "",
        )
    for name, identified in outline.targets.items():
        target = plan.manual.targets[name]
        text = "".join(map(_outlined, target.text))
        yield (name, index[identified.division], target.kind, text, target.hint)
    for kind, blocks in outline.numbered_blocks.items():
        yield (kind, [(index[division], node["ids"]) for division, node in blocks])
        yield [plan.manual.labels.plain(node.children[0]) for _, node in blocks]
    yield [(lists.identifier, lists.source.prefix) for lists in outline.option_lists]
    yield [(page.name, page.old_name) for page in chapters.pages]
    yield (plan.served.anchors, plan.served.pages)
    yield [(picture.name, picture.size) for picture in plan.manual.pictures.values()]


def _names(placement: OptionPlacement) -> object:
    catalog = placement.included.catalog
    options: list[Option] = catalog.options
    columns = [(option.name, option.loc, option.type) for option in options]
    old_names = [
        (index, option.history.old_names)
        for index, option in enumerate(options)
        if option.history is not None
    ]
    return (
        placement.home,
        placement.folder,
        catalog.prefix,
        catalog.ids,
        catalog.anchors,
        columns,
        old_names,
        sorted(catalog.aliases.items()),
    )


# ─── what all pages have in common ───


@functools.cache
def program() -> bytes:
    """Return the digest of the program: its code, its templates and the libraries it uses."""
    package = Path(resources.__file__).parent
    files = [*_files_below(package, ".py"), *_files_below(resources.folder("templates"))]
    origins = [spec.origin for name in _LIBRARIES if (spec := find_spec(name)) is not None]
    # The file of a library has its version.
    files += [Path(origin) for origin in origins if origin is not None]
    return digest(
        b"\0".join([repr(sys.version_info[:3]).encode(), *(path.read_bytes() for path in files)])
    )


def _files_below(folder: Path, suffix: str = "") -> list[Path]:
    return sorted(path for path in folder.rglob(f"*{suffix}") if path.is_file())


def theme_content(theme: Path | None) -> bytes:
    """Return the names and digests of the files of a theme; nothing without one."""
    if theme is None:
        return b""
    return encoded(
        [(str(path.relative_to(theme)), _content_of(path)) for path in _files_below(theme)]
    )


def _content_of(path: Path) -> bytes | int:
    """Return the digest of a file; of one that is too large to be read, its size."""
    size = path.stat().st_size
    return digest(path.read_bytes()) if size <= LARGEST else size


def encoded(value: object) -> bytes:
    """Return a value of msgspec's and Python's plain types as bytes: equal ones for equal values.

    Paths are left out, as it does not matter where files lie.

    Args:
        value: the value.
    """
    try:
        return msgspec.json.encode(value, enc_hook=_plain)
    except (UnicodeEncodeError, TypeError, ValueError, RecursionError):
        return repr(value).encode("utf-8", "surrogatepass")


def _plain(value: Any) -> object:
    return "" if isinstance(value, Path) else repr(value)
