"""A report in each format, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.comparison import markdown, page, terminal
from manualgen.writers import control_characters

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen.comparison.report import DiffReport

FORMATS = ("text", "markdown", "json", "html")
"""The names of the formats."""

SUFFIXES = {".md": "markdown", ".json": "json", ".html": "html", ".htm": "html"}
"""How the names of files of a format end; others are text."""


def format_of(path: Path) -> str:
    """Return the format of a file by the end of its name.

    Args:
        path: the file.
    """
    return SUFFIXES.get(path.suffix.lower(), "text")


def render(
    report: DiffReport,
    output_format: str,
    *,
    width: int = 80,
    largest: int | None = None,
    theme: Path | None = None,
) -> str:
    """Return a report in a format.

    Args:
        report: the report.
        output_format: one of :data:`FORMATS`.
        width: of text, the columns of a line.
        largest: of Markdown, the most bytes in UTF-8.
        theme: of HTML, a folder whose files replace the templates.

    Raises:
        ManualError: if a template of the theme has an error.
        ValueError: if there is no such format.
    """
    if output_format == "json":
        return _json(report)
    if output_format == "text":
        text = terminal.plain(report, width)
    elif output_format == "markdown":
        text = markdown.markdown(report, largest)
    elif output_format == "html":
        text = page.html(report, theme=theme)
    else:
        message = f"unknown format {output_format!r}"
        raise ValueError(message)
    return control_characters.replaced(text.encode("utf-8", "replace")).decode()


def _json(report: DiffReport) -> str:
    # Lone surrogates, which JSON may have and UTF-8 has not.
    data = msgspec.json.encode(_encodable(report.to_dict()))
    return msgspec.json.format(data, indent=2).decode() + "\n"


def _encodable(value: object) -> object:
    if isinstance(value, str):
        return value if value.isprintable() else value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_encodable(entry) for entry in value]
    return value
