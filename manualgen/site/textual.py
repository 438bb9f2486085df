"""A reference of options as one text document, in any format that writes section after section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from manualgen.options import tree
from manualgen.site import files, workers
from manualgen.site.html import Built

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Executor
    from pathlib import Path

    from manualgen.errors import Diagnostic
    from manualgen.markup import nodes
    from manualgen.markup.option import Sections
    from manualgen.site.reference import Reference


class Writer(Protocol):
    """What writes one option after the other."""

    def section(self, section: nodes.option) -> str:
        """Return an option's section, ending in a blank line."""
        ...


def build(
    reference: Reference,
    path: Path,
    writer: Callable[[Mapping[str, str]], Writer],
    *,
    prefix: str = "opt-",
    jobs: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Built:
    """Write a reference as one text; arguments as of :func:`manualgen.site.html.build_split`.

    Args:
        reference: the options.
        path: the file.
        writer: makes the writer, from the identifiers of options (as references have
            them) and how they are written in this document.
        prefix: what the options' identifiers start with in this document.
        jobs: how many processes render options.
        executor: renders them instead.
        progress: is told how many options of how many are done.

    Raises:
        ManualError: if the file cannot be written.
    """
    document = _Document(reference, writer, prefix)
    parts: list[str] = []
    diagnostics = list(reference.diagnostics)
    done = 0
    shards = workers.cut(len(reference.options), jobs, 50)
    for shard, (text, found) in zip(
        shards, workers.spread(document.write, shards, jobs, executor), strict=True
    ):
        parts.append(text)
        diagnostics.extend(found)
        done += len(shard)
        if progress is not None:
            progress(done, len(reference.options))
    text = "".join(parts).rstrip("\n")
    data = f"{text}\n".encode("utf-8", "replace") if text else b""
    files.write(path, data)
    return Built(1, len(data), diagnostics)


def anchors(reference: Reference, prefix: str) -> list[str]:
    """Return the identifier of each option in a text: the prefix and its path, joined by dots.

    Unlike those of a manual's pages, these do not show which components are quoted.
    """
    return tree.identifiers(
        (
            msgspec.structs.replace(option, name=".".join(option.loc))
            for option in reference.options
        ),
        prefix,
    )


class _Document:
    """Writes ranges of options for one text."""

    def __init__(
        self, reference: Reference, writer: Callable[[Mapping[str, str]], Writer], prefix: str
    ) -> None:
        self._reference = reference
        self._ids = anchors(reference, prefix)
        self._writer = writer(dict(zip(reference.ids, self._ids, strict=True)))
        self._sections: Sections | None = None

    def write(self, part: range) -> tuple[str, list[Diagnostic]]:
        """Return a range of options as text, and what is wrong with them."""
        reference = self._reference
        if self._sections is None:
            self._sections = reference.sections(lambda _: "", fragments=False)
        sections, writer = self._sections, self._writer
        text = "".join(
            [
                writer.section(sections.section(reference.options[index], self._ids[index]))
                for index in part
            ]
        )
        return text, sections.take_diagnostics()
