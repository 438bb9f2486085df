"""The list of projects that are published: a file of TOML, a table (CSV), or a folder of them.

All that is wrong with a list is found before anything is built.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from manualgen import inputs
from manualgen.book.configuration import TreeTable  # noqa: TC001 - msgspec evaluates annotations
from manualgen.errors import Code, Diagnostic, shortened
from manualgen.evaluation.settings import file_of, is_module
from manualgen.publication import list_entries, names, versions
from manualgen.similar_names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from manualgen.publication.list_entries import Entry, Listing

_Long = Annotated[str, msgspec.Meta(max_length=1_000)]
_Depth = Annotated[int, msgspec.Meta(ge=0, le=6)]


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
        title: the title of the pages of all projects; empty if it has none.
        theme: the theme of these pages; None for manualgen's own.
    """

    projects: tuple[ListedProject, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    title: str = ""
    theme: Path | None = None


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
        found = list(list_entries.of_folder(path))
        own = path / _LIST_OF_FOLDER
        if own.is_file():
            return _of_toml(own, list_entries.of_toml(own, _text(own)), found)
        if not found:
            raise list_entries.no_projects_in(path)
        return _checked(found, path, {})
    text = _text(path)
    if path.suffix == ".csv":
        return _checked(list_entries.of_table(path, text), path.parent, {})
    return _of_toml(path, list_entries.of_toml(path, text), [])


_LIST_OF_FOLDER = "projects.toml"
"""The file in a folder of projects that has their title, their settings, and further projects."""


def _text(path: Path) -> str:
    try:
        return inputs.contents(str(path)).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"the file is not UTF-8: {error.reason}"
        raise list_entries.unusable(path, reason, "save it as UTF-8") from None


def _of_toml(path: Path, listing: Listing, found: list[Entry]) -> ProjectList:
    """Return the projects that a file of TOML lists, and those of its folder.

    Args:
        path: the file.
        listing: what it has.
        found: the projects that were found in its folder.
    """
    problems = list(listing.problems)
    common = listing.common.values
    settings = _settings(listing.common, common, {})
    if isinstance(settings, Diagnostic):
        problems.append(settings)
        # It is reported once, and not for each project.
        common, settings = {}, ProjectSettings()
    if not listing.entries and not found and not problems:
        raise list_entries.no_projects(path)
    checked = _checked([*listing.entries, *found], path.parent, common)
    return ProjectList(
        checked.projects,
        (*problems, *checked.diagnostics),
        listing.title,
        path.parent / settings.theme if settings.theme else None,
    )


# ─── checks ───


def _checked(entries: list[Entry], folder: Path, common: Mapping[str, Any]) -> ProjectList:
    """Return the projects of entries, and what is wrong with the others."""
    projects: list[ListedProject] = []
    diagnostics: list[Diagnostic] = []
    known: dict[tuple[str, str], Entry] = {}
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


def _problems(entry: Entry) -> Iterator[Diagnostic]:
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


def _converted(entry: Entry, folder: Path, common: Mapping[str, Any]) -> ListedProject | Diagnostic:
    given = entry.values.get("settings", {})
    if not isinstance(given, dict):
        return entry.diagnostic("`settings` is no table", "write [project.settings]", "settings")
    settings = _settings(entry, given, common)
    if isinstance(settings, Diagnostic):
        return settings
    version = entry.values.get("version", versions.DEFAULT)
    return ListedProject(entry.values["name"], version, entry.values["source"], settings, folder)


def _settings(
    entry: Entry, given: Mapping[str, Any], common: Mapping[str, Any]
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
    entry: Entry,
    project: ListedProject,
    known: dict[tuple[str, str], Entry],
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
