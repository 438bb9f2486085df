"""The options of a manual as one man page."""

from __future__ import annotations

import datetime as dt
import os
import re
from typing import TYPE_CHECKING

import msgspec

from manualgen import inputs, resources
from manualgen.site import files, overwriting
from manualgen.site.building import BuildOptions, BuildResult
from manualgen.site.chapters import document_of, without_options
from manualgen.site.entries import render_entries
from manualgen.writers.manpage import MACROS, ManpageWriter, escape, fallbacks

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.book.configuration import ManpageTable
    from manualgen.book.manual import Manual

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
        description: the text of DESCRIPTION.
        header, footer: roff that replaces everything before and after the options.
        theme: a folder whose files replace those of ``templates/``.

    ``source``, ``manual``, ``summary`` and ``description`` that are None are those of NixOS where
    the name is ``configuration.nix``, and neutral ones where it is another.
    """

    name: str = "configuration.nix"
    section: str = "5"
    date: str | None = None
    source: str | None = None
    manual: str | None = None
    summary: str | None = None
    description: str | None = None
    header: str | None = None
    footer: str | None = None
    theme: Path | None = None


def look_of(
    manual: Manual, overrides: ManpageTable | None = None, path: Path | None = None
) -> ManpageLook:
    """Return the look of a manual's man page.

    The page of ``configuration.nix`` is that of NixOS. What is not set for another one is called
    after its file and its manual.

    Args:
        manual: the manual.
        overrides: settings that take precedence over its own.
        path: the file to write, whose name may have the page's name and section: ``name.5``.

    Raises:
        ManualError: if a file of roff cannot be read.
    """
    values = _named_after(path) if path is not None else {}
    for table in (manual.settings.manpage, overrides):
        if table is not None:
            fields = msgspec.structs.asdict(table)
            values |= {name: value for name, value in fields.items() if value}
    for name in ("header", "footer"):
        if name in values:
            values[name] = inputs.contents(values[name]).decode("utf-8", "replace")
    if "system" in values:
        values["source"] = values.pop("system")
    title = manual.title if manual.settings.title or manual.outline is not None else ""
    if title and values.get("name", ManpageLook().name) != ManpageLook().name:
        values = _titled(title, manual.settings.version) | values
    return ManpageLook(**values, theme=manual.settings.site.theme)


def _named_after(path: Path) -> dict[str, str]:
    """Return the name and section of the page in a file; there may be no section."""
    found = _PAGE_FILE.fullmatch(_STORE_HASH.sub("", path.name))
    if found is not None:
        return {"name": found[1], "section": found[2]}
    # Standard output and devices have no name that means the page.
    # A name that is too long is reported where the page is written.
    is_file = os.path.isfile(path) or not os.path.exists(path)  # noqa: PTH110, PTH113
    return {"name": _STORE_HASH.sub("", path.stem) if path.stem != "-" and is_file else "options"}


_STORE_HASH = re.compile(r"^[0-9a-df-np-sv-z]{32}-")
_PAGE_FILE = re.compile(r"(.+)\.([1-9][a-z]*)")


def _titled(title: str, version: str) -> dict[str, str]:
    return {
        "source": f"{title} {version}".strip(),
        "manual": title,
        "summary": f"options of {title}",
        "description": f"The options of {title}.",
    }


NIXOS_WORDS = {
    "source": "NixOS",
    "manual": "NixOS Reference Pages",
    "summary": "NixOS system configuration specification",
    "description": "The file {name} declares what a system is to be, as values of the options below.",
}
_NEUTRAL_WORDS = {
    "source": "",
    "manual": "Module Options",
    "summary": "module options",
    "description": "The options of {name}.",
}


def _words(look: ManpageLook) -> dict[str, str]:
    """Return the texts of a page: those of its look, and what stands for those that are None."""
    words = NIXOS_WORDS if look.name == ManpageLook().name else _NEUTRAL_WORDS
    given = {name: getattr(look, name) for name in words}
    return {
        name: words[name].format(name=look.name) if text is None else text
        for name, text in given.items()
    }


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
    inputs = overwriting.inputs_of(manual, look.theme)
    files.write(path, data, inputs=inputs, waiting=options.waiting)
    return BuildResult(1, len(data), diagnostics)


def _with_fallbacks(page: str) -> str:
    """Return a page with definitions of what stands in for characters that a device lacks."""
    title = _TITLE_LINE.search(page)
    position = title.end() if title is not None else 0
    return f"{page[:position]}{fallbacks.definitions(page)}{page[position:]}"


_TITLE_LINE = re.compile(r"^\.TH .*\n", re.MULTILINE)


def _no_address(_identifier: str) -> None:
    """A man page has no addresses."""


def header(look: ManpageLook) -> str:
    """Return the roff before the options; it ends in a newline."""
    if look.header is not None:
        roff = _line_ended(look.header)
        return roff if ".de option-name" in roff else roff + MACROS
    words = _words(look)
    values = {
        "title": _argument(look.name.upper()),
        "section": _argument(look.section),
        "date": _argument(look.date if look.date is not None else date_of_build()),
        "source": _argument(words["source"]),
        "manual": _argument(words["manual"]),
        "name": _line(look.name),
        "summary": _line(words["summary"]),
        "description": _line(words["description"]),
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
