"""A reference of options as one man page."""

from __future__ import annotations

import datetime as dt
import os
import re
from typing import TYPE_CHECKING

import msgspec

from manualgen import resources
from manualgen.site import files, workers
from manualgen.site.html import Built
from manualgen.writers.manpage import MACROS, ManpageWriter, escape

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path

    from manualgen.errors import Diagnostic
    from manualgen.markup.option import Sections
    from manualgen.site.reference import Reference

FIXED_DATE = "1980-01-01"


class ManpageLook(msgspec.Struct, frozen=True, kw_only=True):
    """How a man page presents itself.

    Attributes:
        name: the page's name, such as ``configuration.nix``.
        section: its section.
        date: as shown in the footer; None for the day of ``SOURCE_DATE_EPOCH``, else a fixed one.
        source: the footer's left: what the page is part of.
        manual: the header's middle: the manual's title.
        summary: one line, for ``apropos``.
        description: the text of DESCRIPTION; a sentence about ``name`` where empty.
        header, footer: roff that replaces everything before and after the options.
        theme: a folder whose files stand in for those of ``templates/``.
    """

    name: str = "configuration.nix"
    section: str = "5"
    date: str | None = None
    source: str = "NixOS"
    manual: str = "NixOS Reference Pages"
    summary: str = "NixOS system configuration specification"
    description: str = ""
    header: str | None = None
    footer: str | None = None
    theme: Path | None = None


def date_of_build() -> str:
    """Return the day of ``SOURCE_DATE_EPOCH`` (UTC), or a fixed one: never today."""
    try:
        seconds = int(os.environ.get("SOURCE_DATE_EPOCH", ""))
        day = dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return FIXED_DATE
    return day.strftime("%Y-%m-%d")


def build(
    reference: Reference,
    path: Path,
    look: ManpageLook,
    jobs: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    sections: Sections | None = None,
) -> Built:
    """Write a reference as a man page; arguments as of :func:`manualgen.site.html.build_split`.

    ``sections`` makes the options' sections where the reference is part of a book.

    Raises:
        ManualError: if the file cannot be written.
    """
    page = _Manpage(reference, sections)
    parts: list[str] = []
    tables = False
    diagnostics = list(reference.diagnostics)
    done = 0
    shards = workers.cut(len(reference.options), jobs, 50)
    for shard, (text, drawn, found) in zip(
        shards, workers.spread(page.write, shards, jobs, executor), strict=True
    ):
        parts.append(text)
        tables = tables or drawn
        diagnostics.extend(found)
        done += len(shard)
        if progress is not None:
            progress(done, len(reference.options))
    before = header(look)
    if tables:
        # man(1) looks here for the preprocessors that a page needs.
        before = "'\\\" t\n" + before
    data = "".join([before, *parts, footer(look)]).encode("utf-8", "replace")
    files.write(path, data)
    return Built(1, len(data), diagnostics)


_DESCRIPTION = "The file {} declares what a system is to be, as values of the options below."


def header(look: ManpageLook) -> str:
    """Return the roff before the options, ending in a newline."""
    if look.header is not None:
        own = _line_ended(look.header)
        return own if ".de option-name" in own else own + MACROS
    values = {
        "title": _argument(look.name.upper()),
        "section": _argument(look.section),
        "date": _argument(look.date if look.date is not None else date_of_build()),
        "source": _argument(look.source),
        "manual": _argument(look.manual),
        "name": _line(look.name),
        "summary": _line(look.summary),
        "description": _line(look.description or _DESCRIPTION.format(look.name)),
    }
    template = resources.text("manpage-header.roff", look.theme)
    return _line_ended(re.sub(r"@(\w+)@", lambda found: values.get(found[1], found[0]), template))


def footer(look: ManpageLook) -> str:
    """Return the roff after the options; may be empty."""
    if look.footer is not None:
        return _line_ended(look.footer)
    return _line_ended(resources.text("manpage-footer.roff", look.theme))


def _line_ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _argument(text: str) -> str:
    return escape(" ".join(text.split()))


def _line(text: str) -> str:
    shown = _argument(text)
    return "\\&" + shown if shown.startswith((".", "'")) or not shown else shown


class _Manpage:
    """Writes ranges of options for one page."""

    def __init__(self, reference: Reference, sections: Sections | None) -> None:
        self._reference = reference
        self._sections = sections
        self._writer = ManpageWriter()

    def write(self, part: range) -> tuple[str, bool, list[Diagnostic]]:
        """Return a range of options as roff, whether it has tables, and what is wrong with it."""
        reference = self._reference
        if self._sections is None:
            self._sections = reference.sections(lambda _: "", fragments=False)
        sections, writer = self._sections, self._writer
        text = "".join(
            [
                writer.section(sections.section(reference.options[index], reference.ids[index]))
                for index in part
            ]
        )
        return text, writer.has_tables, sections.take_diagnostics()
