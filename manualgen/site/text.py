"""A manual as one text document: CommonMark or AsciiDoc."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.options import tree
from manualgen.site import files
from manualgen.site.building import BuildOptions, BuildResult
from manualgen.site.entries import render_entries

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.book.manual import Manual
    from manualgen.site.entries import OptionWriter


def build(
    manual: Manual,
    path: Path,
    writer: OptionWriter,
    *,
    prefix: str = "opt-",
    options: BuildOptions | None = None,
) -> BuildResult:
    """Write the options of a manual as one text.

    Args:
        manual: the manual.
        path: the file.
        writer: writes the options.
        prefix: what the options' identifiers start with in this document.
        options: how the work is done.

    Raises:
        ManualError: if the file cannot be written.
    """
    diagnostics = list(manual.diagnostics)
    ids = anchors(manual, prefix)
    written = {entry.id: name for entry, name in zip(manual.options, ids, strict=True)}
    parts = [
        text
        for text, _ in render_entries(
            manual,
            writer,
            lambda name: f"#{written.get(name, name)}",
            options or BuildOptions(),
            diagnostics,
            ids,
        )
    ]
    text = "".join(parts).rstrip("\n")
    data = f"{text}\n".encode("utf-8", "replace") if text else b""
    files.write(path, data)
    return BuildResult(1, len(data), diagnostics)


def anchors(manual: Manual, prefix: str) -> list[str]:
    """Return the identifier of each option in a text: the prefix and its path, joined by dots.

    Unlike those of a manual's pages, these do not show which components are quoted.
    """
    return tree.identifiers(
        (
            msgspec.structs.replace(entry.option, name=".".join(entry.option.loc))
            for entry in manual.options
        ),
        prefix,
    )
