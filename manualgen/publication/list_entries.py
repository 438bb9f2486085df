"""The entries of a list of projects as they are written, in each form that a list can have."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.book.configuration import DEEP_KEY
from manualgen.errors import Code, Diagnostic, ManualError, shortened
from manualgen.publication import versions
from manualgen.similar_names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Entry(msgspec.Struct, frozen=True):
    """An entry of a list as it is written.

    Attributes:
        values: its keys and values.
        place: where it stands, for diagnostics.
        lines: the lines of the file that it consists of, with the number of the first.
    """

    values: Mapping[str, Any]
    place: str
    lines: tuple[int, tuple[str, ...]] = (0, ())

    def diagnostic(
        self, message: str, help_text: str, key: str = "", code: Code = Code.BAD_PROJECT
    ) -> Diagnostic:
        """Return a diagnostic about one of its keys, or about all of it.

        Args:
            message: what is wrong.
            help_text: what to write instead.
            key: the key; "" for all of it.
            code: the code.
        """
        start, lines = self.lines
        pattern = re.compile(
            rf"(?:^|[\[{{,.])[ \t]*\"?{re.escape(key[:_LONGEST_KEY])}\"?[ \t]*[=\]]"
        )
        at = next((index for index, line in enumerate(lines) if key and pattern.search(line)), 0)
        excerpt = lines[at] if lines else ""
        return Diagnostic(
            code=code,
            message=message,
            file=self.place,
            line=start + at if lines else None,
            column=excerpt.find(key) + 1 if key and key in excerpt else None,
            excerpt=excerpt,
            width=max(1, len(key)),
            help=help_text,
        )


_LONGEST_KEY = 200
_LONGEST_TITLE = 200


def unusable(path: Path, message: str, help_text: str, line: int | None = None) -> ManualError:
    """Return the error for a list that cannot be used at all.

    Args:
        path: the list.
        message: what is wrong.
        help_text: what to write instead.
        line: the line of it.
    """
    return ManualError(
        Diagnostic(
            code=Code.BAD_PROJECT, message=message, file=str(path), line=line, help=help_text
        )
    )


_ENTRY = 'write [[project]] with name = "…", version = "…" and source = "…"'


_TOP_KEYS = ("project", "settings", "title")


class Listing(msgspec.Struct, frozen=True):
    """A file of TOML as it is written.

    Attributes:
        entries: its ``[[project]]``.
        common: an entry with the settings of all of them.
        title: its title.
        problems: what is wrong with its keys.
    """

    entries: list[Entry]
    common: Entry
    title: str = ""
    problems: tuple[Diagnostic, ...] = ()


def of_toml(path: Path, text: str) -> Listing:
    """Return what a file of TOML has.

    Args:
        path: the file.
        text: its content.

    Raises:
        ManualError: if it is no TOML.
    """
    value = _decoded(path, text)
    top = Entry(value, str(path), (1, tuple(text.split("\n"))))
    tables, settings, title = _top_values(value)
    common = Entry(settings, str(path), top.lines)
    return Listing(_entries(path, top, tables), common, title, tuple(_top_problems(top)))


def _top_values(value: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any], str]:
    """Return the projects, the settings and the title of a list; what is none of these is empty."""
    tables, settings, title = (value.get(key) for key in _TOP_KEYS)
    return (
        [table for table in tables if isinstance(table, dict)] if isinstance(tables, list) else [],
        settings if isinstance(settings, dict) else {},
        title if isinstance(title, str) else "",
    )


def _top_problems(top: Entry) -> Iterator[Diagnostic]:
    """Yield what is wrong with the keys of a list."""
    for key in top.values:
        if key not in _TOP_KEYS:
            likely = nearest(key, _TOP_KEYS, 0.5)
            help_text = f"write `{likely}`" if likely else _ENTRY
            yield top.diagnostic(f"unknown table or key `{shortened(key)}`", help_text, key)
    tables = top.values.get("project", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        yield top.diagnostic("`project` is no array of tables", _ENTRY, "project")
    if not isinstance(top.values.get("settings", {}), dict):
        yield top.diagnostic("`settings` is no table", "write [settings]", "settings")
    title = top.values.get("title", "")
    if not isinstance(title, str) or len(title) > _LONGEST_TITLE:
        message = f"`title` is no text of at most {_LONGEST_TITLE:,} characters"
        yield top.diagnostic(message, 'write title = "Documentation"', "title")


def _entries(path: Path, top: Entry, tables: list[dict[str, Any]]) -> list[Entry]:
    """Return the entries of the projects of a list, with their lines."""
    _, lines = top.lines
    starts = [index for index, line in enumerate(lines) if _HEADER.match(line)]
    if not tables or len(starts) != len(tables):
        # Written in another way, such as `project = [{ … }]`.
        return [Entry(table, str(path)) for table in tables]
    spans = zip(starts, [*starts[1:], len(lines)], strict=True)
    return [
        Entry(table, str(path), (start + 1, tuple(lines[start:end])))
        for table, (start, end) in zip(tables, spans, strict=True)
    ]


def no_projects(path: Path) -> ManualError:
    """Return the error for a list that has no projects.

    Args:
        path: the list.
    """
    return unusable(path, "the list has no projects", _ENTRY)


def _decoded(path: Path, text: str) -> dict[str, Any]:
    """Return the tables of a file of TOML."""
    nested = unusable(path, "the file is nested too deeply", _ENTRY)
    if DEEP_KEY.search(text) is not None:
        raise nested
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise nested from None
    except ValueError as error:
        line = re.search(r"at line (\d+)", str(error))
        number = int(line[1]) if line else None
        raise unusable(path, f"the file is not TOML: {error}", _ENTRY, number) from None


_HEADER = re.compile(r"[ \t]*\[\[[ \t]*[\"']?project[\"']?[ \t]*\]\]")

_COLUMNS = ("name", "version", "source", "title")


def of_table(path: Path, text: str) -> list[Entry]:
    """Return the entries of a table, whose first line has the names of the columns.

    Args:
        path: the file.
        text: its content.

    Raises:
        ManualError: if it has no entries, or is no such table.
    """
    help_text = f"write the first line: {','.join(_COLUMNS)}"
    found = csv.reader(io.StringIO(text), strict=True)
    lines = text.splitlines()
    entries = []
    try:
        columns = [column.strip() for column in next(found, [])]
        for column in columns:
            if column not in _COLUMNS:
                raise unusable(path, f"unknown column `{shortened(column)}`", help_text, 1)
        if len(set(columns)) < len(columns) or not {"name", "source"}.issubset(columns):
            raise unusable(
                path, "the table has no columns `name` and `source`, or one twice", help_text, 1
            )
        for row in found:
            number = found.line_num
            if not row:
                continue
            if len(row) > len(columns):
                reason = f"the line has {len(row)} fields; the first line has {len(columns)}"
                raise unusable(
                    path, reason, 'put a field that has a comma in quotes: "a, b"', number
                )
            cells = zip(columns, map(str.strip, row), strict=False)
            # An empty cell leaves out what it would say.
            values: dict[str, Any] = {column: cell for column, cell in cells if cell}
            if title := values.pop("title", ""):
                values["settings"] = {"title": title}
            entries.append(Entry(values, str(path), (number, (lines[number - 1],))))
    except csv.Error as error:
        raise unusable(path, f"the file is no table: {error}", help_text, found.line_num) from None
    if not entries:
        raise unusable(path, "the list has no projects", help_text)
    return entries


_SOURCES = ("manual.toml", "manual.md", "options.json", "flake.nix", "default.nix")
"""The files by which a folder is known as a project, the first of them that there is."""


def of_folder(folder: Path) -> Iterator[Entry]:
    """Yield the projects in a folder: ``NAME``, ``NAME/VERSION``, ``NAME.json``, ``NAME-VERSION.json``.

    Args:
        folder: the folder.

    Raises:
        ManualError: if it cannot be read.
    """
    for path in _visible(folder):
        yield from _projects_at(folder, path)


def no_projects_in(folder: Path) -> ManualError:
    """Return the error for a folder that has no projects.

    Args:
        folder: the folder.
    """
    return unusable(
        folder,
        "the folder has no projects",
        f"it needs folders NAME or NAME/VERSION with {' or '.join(_SOURCES)}, "
        "or files NAME-VERSION.json",
    )


def _projects_at(folder: Path, path: Path) -> Iterator[Entry]:
    if path.is_dir():
        source = _source_in(path)
        if source is not None:
            yield _found(folder, path.name, versions.DEFAULT, source)
            return
        for inner in _visible(path):
            if inner.is_dir() and (source := _source_in(inner)) is not None:
                yield _found(folder, path.name, inner.name, source)
            elif inner.suffix == ".json" and inner.is_file():
                yield _found(folder, path.name, inner.stem, inner)
    elif path.suffix == ".json" and path.is_file():
        name, version = _divided(path.stem)
        yield _found(folder, name, version, path)


def _divided(stem: str) -> tuple[str, str]:
    """Return the name and the version in the name of a file: the longest end that is a version."""
    for found in re.finditer("-", stem):
        name, version = stem[: found.start()], stem[found.end() :]
        if name and versions.order(version) is not None:
            return name, version
    return stem, versions.DEFAULT


def _found(folder: Path, name: str, version: str, source: Path) -> Entry:
    values = {"name": name, "version": version, "source": str(source.relative_to(folder))}
    return Entry(values, str(source))


def _source_in(folder: Path) -> Path | None:
    for name in _SOURCES:
        if (folder / name).is_file():
            return folder if name.endswith(".nix") else folder / name
    return None


def _visible(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise unusable(
            folder, f"cannot read the folder: {error.strerror}", "name a folder that you may read"
        ) from error
