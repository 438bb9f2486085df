"""The list of projects that are published: a file of TOML, a table (CSV), or a folder of them.

All that is wrong with a list is found before anything is built.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from manualgen import inputs
from manualgen.book.configuration import DEEP_KEY, TreeTable
from manualgen.errors import Code, Diagnostic, ManualError, shortened
from manualgen.evaluation.settings import file_of, is_module
from manualgen.publication import names, versions
from manualgen.similar_names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_Long = Annotated[str, msgspec.Meta(max_length=1_000)]
_Depth = Annotated[int, msgspec.Meta(ge=0, le=6)]

MANUAL, CHAPTER = "manual.toml", "manual.md"


class ProjectSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``[project.settings]``: settings of ``manual.toml`` that take precedence over the manual's own.

    Paths are relative to the list. A default of None leaves the manual's own setting.
    """

    title: _Long = ""
    revision: _Long = ""
    manpage_urls: str = ""
    theme: str = ""
    chunk: Literal["file", "chapter", "one"] | None = None
    toc_depth: _Depth | None = None
    chapter_toc_depth: _Depth | None = None
    section_toc_depth: _Depth | None = None
    dangling: Literal["error", "warn"] | None = None
    declarations: tuple[TreeTable, ...] = ()


class ListedProject(msgspec.Struct, frozen=True, rename="kebab"):
    """One version of a project, as it is listed.

    Attributes:
        name: the name of the project, which is that of its folder.
        version: the version, likewise.
        source: a manual, an option set or a module: a path, or an address that fsspec reads.
        settings: the settings of its manual.
        folder: the folder that paths are relative to.
    """

    name: str
    version: str
    source: str
    settings: ProjectSettings = ProjectSettings()
    folder: Path = Path()

    @property
    def is_remote(self) -> bool:
        """Whether the source is an address."""
        return is_address(self.source)

    @property
    def key(self) -> tuple[str, str]:
        """The name and the version."""
        return self.name, self.version


class ProjectList(msgspec.Struct, frozen=True):
    """A list of projects that has been read.

    Attributes:
        projects: its entries without those that have errors, in their order.
        diagnostics: what is wrong with the others.
    """

    projects: tuple[ListedProject, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


class _Entry(msgspec.Struct, frozen=True):
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
        """Return a diagnostic about one of its keys, or about all of it."""
        start, lines = self.lines
        pattern = re.compile(rf"[ \t]*\[*[ \t]*(?:[\w-]+\.)?\"?{re.escape(key[:_LONGEST_KEY])}\"?[ \t]*[=\]]")
        at = next((index for index, line in enumerate(lines) if key and pattern.match(line)), 0)
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


def is_address(source: str) -> bool:
    """Return whether a source or a store is an address that fsspec reads, and no path."""
    return "://" in source or "::" in source


def read(path: Path) -> ProjectList:
    """Read a list.

    Args:
        path: a file of TOML with ``[[project]]``, a table with the ending ``.csv``, or a folder.

    Raises:
        ManualError: if it cannot be read at all.
    """
    if path.is_dir():
        return _checked(list(_in_folder(path)), path, {})
    data = inputs.contents(str(path))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"the file is not UTF-8: {error.reason}"
        raise _unusable(path, reason, "save it as UTF-8") from None
    if path.suffix == ".csv":
        return _checked(_table(path, text), path.parent, {})
    entries, settings = _toml(path, text)
    return _checked(entries, path.parent, settings)


def _unusable(path: Path, message: str, help_text: str, line: int | None = None) -> ManualError:
    return ManualError(
        Diagnostic(
            code=Code.BAD_PROJECT, message=message, file=str(path), line=line, help=help_text
        )
    )


# ─── the forms of lists ───


def _toml(path: Path, text: str) -> tuple[list[_Entry], Mapping[str, Any]]:
    """Return the entries of a file of TOML, and the settings of all of them."""
    help_text = 'write [[project]] with name = "…", version = "…" and source = "…"'
    try:
        if DEEP_KEY.search(text) is not None:
            raise RecursionError
        value = tomllib.loads(text)
    except RecursionError:
        raise _unusable(path, "the file is nested too deeply", help_text) from None
    except ValueError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise _unusable(
            path, f"the file is not TOML: {error}", help_text, int(line[1]) if line else None
        ) from None
    lines = text.split("\n")
    top = _Entry(value, str(path), (1, tuple(lines)))
    for key in value:
        if key not in {"project", "settings"}:
            likely = nearest(key, ("project", "settings"), 0.5)
            raise ManualError(
                top.diagnostic(
                    f"unknown table or key `{shortened(key)}`",
                    f"write `{likely}`" if likely else help_text,
                    key,
                )
            )
    tables = value.get("project", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ManualError(top.diagnostic("`project` is no array of tables", help_text, "project"))
    settings = value.get("settings", {})
    if not isinstance(settings, dict):
        raise ManualError(top.diagnostic("`settings` is no table", "write [settings]", "settings"))
    common = _settings(top, settings, {})
    if isinstance(common, Diagnostic):
        raise ManualError(common)
    if not tables:
        raise _unusable(path, "the list has no projects", help_text)
    starts = [index for index, line in enumerate(lines) if _HEADER.match(line)]
    if len(starts) != len(tables):
        # Written in another way, such as `project = [{ … }]`.
        return [_Entry(table, str(path)) for table in tables], settings
    spans = zip(starts, [*starts[1:], len(lines)], strict=True)
    return [
        _Entry(table, str(path), (start + 1, tuple(lines[start:end])))
        for table, (start, end) in zip(tables, spans, strict=True)
    ], settings


_HEADER = re.compile(r"[ \t]*\[\[[ \t]*[\"']?project[\"']?[ \t]*\]\]")

_COLUMNS = ("name", "version", "source", "title")


def _table(path: Path, text: str) -> list[_Entry]:
    """Return the entries of a table, whose first line has the names of the columns."""
    help_text = f"write the first line: {','.join(_COLUMNS)}"
    found = csv.reader(io.StringIO(text), strict=True)
    lines = text.split("\n")
    entries = []
    try:
        columns = [column.strip() for column in next(found, [])]
        for column in columns:
            if column not in _COLUMNS:
                raise _unusable(path, f"unknown column `{shortened(column)}`", help_text, 1)
        if len(set(columns)) < len(columns) or not {"name", "source"}.issubset(columns):
            raise _unusable(path, "the table has no columns `name` and `source`, or one twice", help_text, 1)
        for row in found:
            number = found.line_num
            if not row:
                continue
            if len(row) > len(columns):
                reason = f"the line has {len(row)} fields; the first line has {len(columns)}"
                raise _unusable(path, reason, 'put a field that has a comma in quotes: "a, b"', number)
            values: dict[str, Any] = dict(zip(columns, row, strict=False))
            if title := values.pop("title", ""):
                values["settings"] = {"title": title}
            entries.append(_Entry(values, str(path), (number, (lines[number - 1],))))
    except csv.Error as error:
        raise _unusable(
            path, f"the file is no table: {error}", help_text, found.line_num
        ) from None
    if not entries:
        raise _unusable(path, "the list has no projects", help_text)
    return entries


_SOURCES = (MANUAL, CHAPTER, "options.json", "flake.nix", "default.nix")
"""The files by which a folder is known as a project, the first of them that there is."""


def _in_folder(folder: Path) -> Iterator[_Entry]:
    """Yield the projects in a folder: ``NAME``, ``NAME/VERSION``, ``NAME.json``, ``NAME-VERSION.json``."""
    found = False
    for path in _visible(folder):
        for entry in _projects_at(folder, path):
            found = True
            yield entry
    if not found:
        raise _unusable(
            folder,
            "the folder has no projects",
            f"it needs folders NAME or NAME/VERSION with {' or '.join(_SOURCES)}, "
            "or files NAME-VERSION.json",
        )


def _projects_at(folder: Path, path: Path) -> Iterator[_Entry]:
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


def _found(folder: Path, name: str, version: str, source: Path) -> _Entry:
    values = {"name": name, "version": version, "source": str(source.relative_to(folder))}
    return _Entry(values, str(source))


def _source_in(folder: Path) -> Path | None:
    for name in _SOURCES:
        if (folder / name).is_file():
            return folder if name.endswith(".nix") else folder / name
    return None


def _visible(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise _unusable(
            folder, f"cannot read the folder: {error.strerror}", "name a folder that you may read"
        ) from error


# ─── checks ───


def _checked(
    entries: list[_Entry], folder: Path, common: Mapping[str, Any]
) -> ProjectList:
    """Return the projects of entries, and what is wrong with the others."""
    projects: list[ListedProject] = []
    diagnostics: list[Diagnostic] = []
    known: dict[tuple[str, str], _Entry] = {}
    spelled: dict[str, str] = {}
    for entry in entries:
        problems = list(_problems(entry))
        if not problems:
            project = _converted(entry, folder, common)
            if isinstance(project, Diagnostic):
                problems = [project]
            else:
                problems = list(_further_problems(entry, project, known, spelled))
                projects += [project] if not problems else []
        diagnostics += problems
    return ProjectList(tuple(projects), tuple(diagnostics))


_KEYS = {"name", "version", "source", "settings"}


def _problems(entry: _Entry) -> Iterator[Diagnostic]:
    """Yield what is wrong with the keys of an entry, and with its name and version."""
    for key in entry.values:
        if key not in _KEYS:
            likely = nearest(key.lower(), sorted(_KEYS), 0.5)
            is_setting = key.replace("_", "-") in _setting_keys()
            yield entry.diagnostic(
                f"unknown key `{shortened(key)}` of a project",
                f"write it below [project.settings]: {key.replace('_', '-')} = …"
                if is_setting
                else f"write `{likely}`"
                if likely
                else f"the keys are {', '.join(sorted(_KEYS))}",
                key,
            )
    for key in ("name", "source"):
        if not isinstance(entry.values.get(key), str) or not entry.values[key]:
            yield entry.diagnostic(f"the project has no {key}", f'write {key} = "…"', key)
    name, version = entry.values.get("name"), entry.values.get("version", versions.DEFAULT)
    if isinstance(name, str) and name and (reason := names.problem(name)):
        yield entry.diagnostic(
            f"the name `{shortened(name)}` {reason}",
            'write a name that can be a folder: name = "my-modules"',
            "name",
        )
    if not isinstance(version, str):
        yield entry.diagnostic(
            "the version is no text", f'put it in quotes: version = "{version}"', "version"
        )
    elif version == versions.LATEST or versions.order(version) is None:
        yield entry.diagnostic(
            f"`{shortened(version)}` is no version",
            'write a version such as "1.2", "25.05" or "2.0rc1", or one that moves, such as '
            '"unstable" or "main"',
            "version",
        )
    elif reason := names.problem(version):
        yield entry.diagnostic(
            f"the version `{shortened(version)}` {reason}",
            'write a version that can be a folder: version = "1.2"',
            "version",
        )


def _setting_keys() -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(ProjectSettings)]


def _converted(
    entry: _Entry, folder: Path, common: Mapping[str, Any]
) -> ListedProject | Diagnostic:
    given = entry.values.get("settings", {})
    if not isinstance(given, dict):
        return entry.diagnostic("`settings` is no table", "write [project.settings]", "settings")
    settings = _settings(entry, given, common)
    if isinstance(settings, Diagnostic):
        return settings
    version = entry.values.get("version", versions.DEFAULT)
    return ListedProject(entry.values["name"], version, entry.values["source"], settings, folder)


def _settings(
    entry: _Entry, given: Mapping[str, Any], common: Mapping[str, Any]
) -> ProjectSettings | Diagnostic:
    """Return settings, which take precedence over common ones; or what is wrong with them."""
    for key in given:
        if key not in _setting_keys():
            likely = nearest(key.lower().replace("_", "-"), _setting_keys(), 0.5)
            known = ", ".join(_setting_keys())
            return entry.diagnostic(
                f"unknown setting `{shortened(key)}`",
                f"write `{likely}`" if likely else f"the settings are {known}",
                key,
            )
    try:
        return msgspec.convert({**common, **given}, ProjectSettings)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$.")
        key = path.rstrip("`")
        return entry.diagnostic(
            f"`{key}`: {message[0].lower()}{message[1:]}",
            "the settings are those of manual.toml",
            key.partition("[")[0],
        )


def _further_problems(
    entry: _Entry,
    project: ListedProject,
    known: dict[tuple[str, str], _Entry],
    spelled: dict[str, str],
) -> Iterator[Diagnostic]:
    """Yield what is wrong with a project beside others, and with the files that it names."""
    key = (project.name.lower(), project.version.lower())
    before = spelled.setdefault(project.name.lower(), project.name)
    if before != project.name:
        yield entry.diagnostic(
            f"the name `{project.name}` differs from `{before}` in case alone",
            "write both alike, or give one another name: some systems take them for one folder",
            "name",
        )
    elif key in known:
        other = known[key]
        place = f" in line {other.lines[0]}" if other.lines[0] else f", {other.place}"
        yield entry.diagnostic(
            f"the project `{project.name}` has the version `{project.version}` twice: also{place}",
            "give one of them another version, or remove it",
            "version",
        )
    known.setdefault(key, entry)
    if not project.is_remote and (reason := _missing(project.folder / project.source)):
        yield entry.diagnostic(
            f"the source `{shortened(project.source)}` {reason}",
            "name an options.json, a manual.toml, the first file of a manual or a module",
            "source",
            Code.UNREADABLE,
        )
    for setting, value in (
        ("theme", project.settings.theme),
        ("manpage-urls", project.settings.manpage_urls),
    ):
        path = project.folder / value
        if value and not (path.is_dir() if setting == "theme" else path.is_file()):
            yield entry.diagnostic(
                f"`{setting}`: `{shortened(value)}` does not exist",
                "name a folder" if setting == "theme" else "name a file",
                setting,
                Code.UNREADABLE,
            )


def _missing(path: Path) -> str:
    """Return why a path is no source; "" if it is one."""
    if reason := inputs.path_problem(path):
        return f"cannot be opened ({reason})"
    if is_module(path):
        return "" if file_of(path).exists() else "does not exist"
    if path.is_dir():
        return "is a folder without default.nix or flake.nix"
    return "" if path.is_file() else "does not exist"
