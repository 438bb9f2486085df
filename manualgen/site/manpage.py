"""The options of a manual as one man page."""

from __future__ import annotations

import datetime as dt
import os
import re
from typing import TYPE_CHECKING

import msgspec

from manualgen import inputs, resources
from manualgen.site import files
from manualgen.site.building import BuildOptions, BuildResult
from manualgen.site.chapters import document_of, without_options
from manualgen.site.entries import render_entries
from manualgen.writers.manpage import MACROS, ManpageWriter, escape, fallbacks

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.book.configuration import ManpageTable
    from manualgen.book.manual import Manual, ManualSettings

FIXED_DATE = "1980-01-01"
"""The date of a page where none is given: the same input gives the same bytes."""


class ManpageLook(msgspec.Struct, frozen=True, kw_only=True):
    """The title line, NAME, DESCRIPTION, header and footer of a man page.

    Attributes:
        name: the page's name, such as ``configuration.nix``.
        section: its section.
        date: the date in the footer; None for that of ``SOURCE_DATE_EPOCH``, else
            :data:`FIXED_DATE`.
        source: the left of the footer: the system that the page is part of.
        manual: the middle of the header: the manual's title.
        summary: one line, for ``apropos``.
        description: the text of DESCRIPTION; a sentence about ``name`` where empty.
        header, footer: roff that replaces everything before and after the options.
        theme: a folder whose files replace those of ``templates/``.
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


def look_of(settings: ManualSettings, overrides: ManpageTable | None = None) -> ManpageLook:
    """Return the look of a manual's man page.

    Args:
        settings: the manual's settings.
        overrides: settings that take precedence.

    Raises:
        ManualError: if a file of roff cannot be read.
    """
    values: dict[str, str] = {}
    for table in (settings.manpage, overrides):
        if table is not None:
            fields = msgspec.structs.asdict(table)
            values |= {name: value for name, value in fields.items() if value}
    for name in ("header", "footer"):
        if name in values:
            values[name] = inputs.contents(values[name]).decode("utf-8", "replace")
    if "system" in values:
        values["source"] = values.pop("system")
    return ManpageLook(**values, theme=settings.site.theme)


def date_of_build() -> str:
    """Return the date of ``SOURCE_DATE_EPOCH`` (UTC), or a fixed one; never the current date."""
    try:
        seconds = int(os.environ.get("SOURCE_DATE_EPOCH", ""))
        day = dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return FIXED_DATE
    return day.strftime("%Y-%m-%d")


def build(
    manual: Manual,
    path: Path,
    look: ManpageLook,
    options: BuildOptions | None = None,
    *,
    chapters: bool = False,
) -> BuildResult:
    """Write the options of a manual as a man page.

    Args:
        manual: the manual.
        path: the file.
        look: the page's title line, header and footer.
        options: how the build runs.
        chapters: whether to write the manual's chapters too, before its options.

    Raises:
        ManualError: if the file cannot be written.
    """
    options = options or BuildOptions()
    diagnostics = list(manual.diagnostics)
    before = header(look)
    tables = False
    if chapters and manual.outline is not None:
        writer = ManpageWriter(
            manual.links(_no_address), numbers=manual.outline.numbers, pictures=manual.pictures
        )
        # The introduction continues DESCRIPTION; chapters are sections after it.
        blocks = document_of(manual, 0, without_options).children[1:]
        start, options_heading, _ = before.rpartition('.SH "OPTIONS"\n')
        before = f"{start or before}{writer.chapter(blocks, after_heading=False)}{options_heading}"
        tables = writer.has_tables
    body: list[str] = []
    for text, has_tables in render_entries(
        manual, ManpageWriter(), _no_address, options, diagnostics
    ):
        body.append(text)
        tables = tables or has_tables
    page = "".join([before, *body, footer(look)])
    # The first line names the preprocessors that man(1) has to run.
    start = "'\\\" t\n" if tables else ""
    data = f"{start}{_with_fallbacks(page)}".encode("utf-8", "replace")
    files.write(path, data)
    return BuildResult(1, len(data), diagnostics)


def _with_fallbacks(page: str) -> str:
    """Return a page with definitions of what stands in for characters that a device lacks."""
    title = _TITLE_LINE.search(page)
    position = title.end() if title is not None else 0
    return f"{page[:position]}{fallbacks.definitions(page)}{page[position:]}"


_TITLE_LINE = re.compile(r"^\.TH .*\n", re.MULTILINE)


def _no_address(_identifier: str) -> None:
    """A man page has no addresses."""


_DESCRIPTION = "The file {} declares what a system is to be, as values of the options below."


def header(look: ManpageLook) -> str:
    """Return the roff before the options; it ends in a newline."""
    if look.header is not None:
        roff = _line_ended(look.header)
        return roff if ".de option-name" in roff else roff + MACROS
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
    return _line_ended(re.sub(r"@(\w+)@", lambda match: values.get(match[1], match[0]), template))


def footer(look: ManpageLook) -> str:
    """Return the roff after the options; it may be empty."""
    if look.footer is not None:
        return _line_ended(look.footer)
    return _line_ended(resources.text("manpage-footer.roff", look.theme))


def _line_ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _argument(text: str) -> str:
    """Return text for an argument of a request, within quotation marks."""
    return escape(" ".join(text.split()))


def _line(text: str) -> str:
    """Return text as a line that is neither a request nor empty."""
    line = _argument(text)
    return "\\&" + line if line.startswith((".", "'")) or not line else line
