"""A project: a manual's configuration, and the overrides of the command line or of a caller."""

from __future__ import annotations

import shlex
from collections.abc import Mapping  # noqa: TC003 - msgspec evaluates annotations
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from manualgen import inputs
from manualgen.book import configuration
from manualgen.book.catalog import OptionSettings
from manualgen.book.configuration import Configuration, ManpageTable, OptionsTable
from manualgen.book.manual import ManualSettings
from manualgen.book.option_sets import SetSettings
from manualgen.book.pages import FRONT
from manualgen.book.settings import SiteSettings, from_arguments
from manualgen.errors import Code, Diagnostic, ManualError, Severity
from manualgen.evaluation.settings import EvaluationSettings, file_of
from manualgen.options.declarations import Source
from manualgen.options.model import Markup

MANUAL_SUFFIXES = (".md", ".toml")
"""How the names of manuals end; other files are option sets or modules."""


class ManualOverrides(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that take precedence over those of a configuration; None and "" do not.

    Paths are relative to the current folder. An attribute that is not explained here is the
    setting of ``manual.toml`` with that name (:mod:`manualgen.book.settings`).

    Attributes:
        roots: folders outside the manual's own that its files may be in.
        sets: further option sets, or settings of those that the configuration names.
        sources: further source trees of declarations.
        evaluation: how modules are evaluated.
        description_format: the markup of texts that do not state theirs.
        hidden_lists: whether plain lines that are laid out as lists become lists.
        history: name of an earlier release → its option set, for all option sets.
        front: the name of the first page.
        generator: the program that pages name as their generator; manualgen where empty.
    """

    title: str = ""
    version: str = ""
    revision: str = ""
    manpage_urls: Path | None = None
    redirects: Path | None = None
    theme: Path | None = None
    roots: tuple[Path, ...] = ()
    chunk: Literal["file", "chapter", "one"] | None = None
    toc_depth: int | None = None
    chapter_toc_depth: int | None = None
    section_toc_depth: int | None = None
    dangling: Literal["error", "warn"] | None = None
    sets: tuple[OptionsTable, ...] = ()
    sources: tuple[Source, ...] = ()
    evaluation: EvaluationSettings | None = None
    description_format: Markup = Markup.AUTO
    hidden_lists: bool = True
    history: Mapping[str, Path] = {}
    front: str = FRONT
    generator: str = ""


class Project(msgspec.Struct, frozen=True):
    """A manual on disk, with its settings.

    Attributes:
        path: ``manual.toml``, or the first file of a manual without one.
        configuration: the settings in ``manual.toml``.
        overrides: settings that take precedence.
    """

    path: Path
    configuration: Configuration
    overrides: ManualOverrides = ManualOverrides()

    @classmethod
    def load(cls, path: Path) -> Project:
        """Read the configuration of a manual.

        Args:
            path: ``manual.toml``, or the first file of a manual without one.

        Raises:
            ManualError: if ``manual.toml`` cannot be read, or is not valid.
        """
        if path.suffix == ".toml":
            return cls(path, configuration.read(path))
        return cls(path, Configuration(source=path.name, folder=path.parent))

    def override(self, **given: Any) -> Project:
        """Return the project with some settings replaced.

        Args:
            **given: attributes of :class:`ManualOverrides`.

        Raises:
            TypeError: if there is no such attribute, or a value has another type.
            ValueError: if an attribute cannot have this value.
        """
        values = {name: getattr(self.overrides, name) for name in self.overrides.__struct_fields__}
        return msgspec.structs.replace(
            self, overrides=from_arguments(ManualOverrides, values | given)
        )

    def settings(self) -> ManualSettings:
        """Return the settings of the manual: those of the configuration, with the overrides.

        Raises:
            ManualError: if there is neither a first file nor an option set, or the file of
                URLs of man pages cannot be read.
        """
        config, overrides = self.configuration, self.overrides
        sets = self._sets()
        if not config.source and not sets:
            raise ManualError(
                Diagnostic(
                    code=Code.BAD_SETTING,
                    message="the manual has neither a first file nor an option set",
                    file=str(self.path),
                    help='write `source = "manual.md"`, or [[options]] with a source of its own',
                )
            )
        urls = overrides.manpage_urls or self._path(config.manpage_urls, "manpage-urls")
        options = OptionSettings(
            sources=(*overrides.sources, *config.trees()),
            revision=overrides.revision or config.revision,
            manpage_urls=read_manpage_urls(urls) if urls is not None else {},
            description_format=overrides.description_format,
            hidden_lists=overrides.hidden_lists,
            history=overrides.history,
        )
        is_warning = (overrides.dangling or config.dangling) == "warn"
        return ManualSettings(
            source=self._path(config.source, "source"),
            folder=config.folder,
            title=overrides.title or config.title,
            version=overrides.version or config.version,
            options=options,
            sets=sets,
            evaluation=self._evaluation(),
            roots=overrides.roots,
            files=(self.path,) if urls is None else (self.path, urls),
            dangling=Severity.WARNING if is_warning else Severity.ERROR,
            site=self._site(),
            manpage=self._manpage(),
            check=config.check,
        )

    def _evaluation(self) -> EvaluationSettings:
        table = self.configuration.evaluation
        given = self.overrides.evaluation or EvaluationSettings()
        # Absolute, as paths of the overrides are relative to a folder of their own.
        lib = tuple(filter(None, (self._absolute(entry, "lib") for entry in table.lib)))
        settings = msgspec.structs.replace(
            given,
            pkgs=given.pkgs or self._absolute(table.pkgs, "pkgs"),
            host=given.host or self._absolute(table.host, "host"),
            arguments=self._absolute_values(table.arg, "arg") | dict(given.arguments),
            inputs=self._absolute_values(table.input, "input") | dict(given.inputs),
        )
        if given.lib is None and not given.lib_extensions and lib:
            settings = msgspec.structs.replace(settings, lib=lib[0], lib_extensions=lib[1:])
        return settings

    def _absolute(self, entry: str, setting: str) -> Path | None:
        path = self._path(entry, setting)
        return None if path is None else path.absolute()

    def _absolute_values(self, table: Mapping[str, str], setting: str) -> dict[str, Path]:
        paths = {name: self._absolute(entry, setting) for name, entry in table.items()}
        return {name: path for name, path in paths.items() if path is not None}

    def _manpage(self) -> ManpageTable:
        table = self.configuration.manpage
        files = {
            name: str(path)
            for name in ("header", "footer")
            if (path := self._path(getattr(table, name), name)) is not None
        }
        return msgspec.structs.replace(table, **files)

    def _site(self) -> SiteSettings:
        config, overrides = self.configuration, self.overrides
        default = config.folder / "redirects.json"
        redirects = overrides.redirects or self._path(
            config.redirects or ("redirects.json" if default.is_file() else ""), "redirects"
        )
        return SiteSettings(
            theme=existing_theme(overrides.theme or self._theme()),
            chunk=overrides.chunk or config.chunk,
            front=overrides.front,
            toc_depth=_first(overrides.toc_depth, config.toc_depth),
            chapter_toc_depth=_first(overrides.chapter_toc_depth, config.chapter_toc_depth),
            section_toc_depth=_first(overrides.section_toc_depth, config.section_toc_depth),
            generator=overrides.generator,
            redirects=redirects,
            command_line=self._command_line(),
        )

    def output(self, kind: str) -> Path | None:
        """Return the file or folder that ``[output]`` names for a format, or None.

        Args:
            kind: an attribute of :class:`manualgen.book.configuration.OutputTable`.
        """
        entry = getattr(self.configuration.output, kind)
        return self._path(entry, kind.replace("_", "-"), within=())

    def _path(
        self, entry: str, setting: str, within: tuple[Path, ...] | None = None
    ) -> Path | None:
        """Return a path that ``manual.toml`` names, or None if it names none.

        It may come from a stranger, so it can name only what is in the manual's folder, or in
        the folders that the caller allows.

        Args:
            entry: the path as it is written there.
            setting: the name of its setting.
            within: the folders that the caller allows, by default the roots.

        Raises:
            ManualError: if it names something else.
        """
        if not entry:
            return None
        path = self.configuration.path(entry)
        if self.path.suffix != ".toml":
            return path
        reason = self._refusal(path, self.overrides.roots if within is None else within)
        if reason:
            raise configuration.refused(self.path, setting, entry, reason)
        return path

    def _refusal(self, path: Path, more: tuple[Path, ...]) -> str:
        folder = self.configuration.folder
        try:
            allowed = [one.resolve() for one in (folder, *more)]
            return inputs.refusal(file_of(path).resolve(), allowed)
        except (OSError, RuntimeError, ValueError):
            return "is not a valid path"

    def _theme(self) -> Path | None:
        """Return the theme that ``manual.toml`` names; its files are in the same folders."""
        entry = self.configuration.theme
        path = self._path(entry, "theme")
        if path is not None and not path.is_dir():
            raise configuration.refused(
                self.path, "theme", entry, "is not a folder", Code.BAD_SETTING
            )
        for file in sorted(path.rglob("*")) if path is not None else ():
            reason = self._refusal(file, self.overrides.roots)
            if reason:
                name = str(file.relative_to(self.configuration.folder))
                raise configuration.refused(self.path, "theme", name, reason)
        return path

    def _sets(self) -> tuple[SetSettings, ...]:
        """Return the option sets; settings in the overrides take precedence."""
        config = self.configuration
        listed = [
            (path, entry)
            for entry in config.options
            if (path := self._path(entry.source, "source")) is not None
        ]
        listed += [(Path(entry.source), entry) for entry in self.overrides.sets]
        sets: dict[Path, tuple[Path, OptionsTable]] = {}
        for path, entry in listed:
            known = sets.get(path.resolve(), (path, entry))[1]
            given = {name: value for name, value in msgspec.structs.asdict(entry).items() if value}
            sets[path.resolve()] = (path, msgspec.structs.replace(known, **given))
        return tuple(
            SetSettings(
                path,
                entry.id_prefix,
                entry.title,
                Source(entry.name or "nixpkgs", "", entry.address)
                if entry.name or entry.address
                else None,
                entry.kind or "module",
                self._absolute_values(entry.history, "history"),
            )
            for path, entry in sets.values()
        )

    def _command_line(self) -> str:
        """Return the arguments of a command that give identifiers the same addresses."""
        overrides = self.overrides
        words = [str(self.path)]
        for root in overrides.roots:
            words += ["--root", str(root)]
        if overrides.chunk is not None:
            words += ["--chunk", overrides.chunk]
        if overrides.redirects is not None:
            words += ["--redirects", str(overrides.redirects)]
        for entry in overrides.sets:
            words += ["--options", f"{entry.id_prefix}={entry.source}={entry.title}".rstrip("=")]
        if overrides.front != FRONT:
            words += ["--front", overrides.front]
        return shlex.join(words)


def existing_theme(folder: Path | None) -> Path | None:
    """Return the folder of a theme, or None.

    Raises:
        ManualError: if there is no such folder.
    """
    if folder is not None and not folder.is_dir():
        raise ManualError(
            Diagnostic(
                code=Code.BAD_SETTING,
                message="the theme is no folder, or does not exist",
                file=str(folder),
                help="name a folder as `manualgen theme` makes one, or remove the setting",
            )
        )
    return folder


def _first(override: int | None, default: int) -> int:
    return default if override is None else override


def read_manpage_urls(path: Path) -> Mapping[str, str]:
    """Return the URLs of man pages: ``name(section)`` → URL.

    Args:
        path: a JSON file.

    Raises:
        ManualError: if the file cannot be read, or is not a JSON object of strings.
    """
    data = inputs.contents(str(path))
    try:
        return msgspec.json.decode(
            data, type=dict[str, Annotated[str, msgspec.Meta(max_length=2_000)]]
        )
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ManualError(
            Diagnostic(
                code=Code.NOT_JSON,
                message=f"the file is not a JSON object of URLs: {error}",
                file=str(path),
                help='write an object of strings: {"nix.conf(5)": "https://…"}',
            )
        ) from error
