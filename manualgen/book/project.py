"""A manual's configuration together with what the command line says beside it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.book import configuration
from manualgen.book.catalog import OptionSettings
from manualgen.book.configuration import Configuration, ManpageTable, OptionsTable
from manualgen.book.manual import ManualSettings, SetSettings
from manualgen.book.pages import FRONT
from manualgen.book.settings import SiteSettings
from manualgen.errors import Code, Diagnostic, ManualError, Severity
from manualgen.options import reading
from manualgen.options.declarations import Source
from manualgen.options.model import Markup

if TYPE_CHECKING:
    from collections.abc import Mapping


class ManualOverrides(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a manual beside its configuration; None and "" leave it to that.

    Paths are relative to the current folder. Each attribute that is not explained is the
    setting of ``manual.toml`` of that name (:mod:`manualgen.book.settings`).

    Attributes:
        sets: more option sets, or more about those that the manual has.
        sources: more source trees that declarations lie in.
        description_format: the form of texts that do not state one.
        hidden_lists: whether lists that plain lines hide become lists.
        front: the name of the first page.
        generator: what pages name as the program that made them.
    """

    title: str = ""
    version: str = ""
    revision: str = ""
    manpage_urls: Path | None = None
    redirects: Path | None = None
    theme: Path | None = None
    roots: tuple[Path, ...] = ()
    chunk: str | None = None
    toc_depth: int | None = None
    chapter_toc_depth: int | None = None
    section_toc_depth: int | None = None
    dangling: str | None = None
    sets: tuple[OptionsTable, ...] = ()
    sources: tuple[Source, ...] = ()
    description_format: Markup = Markup.AUTO
    hidden_lists: bool = True
    front: str = FRONT
    generator: str = ""


class Project(msgspec.Struct, frozen=True):
    """Where a manual lies, and how it is built.

    Attributes:
        path: ``manual.toml``, or the first file of a manual without one.
        configuration: what it says.
        overrides: what is said beside it.
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
            ManualError: if it is a configuration that cannot be used.
        """
        if path.suffix == ".toml":
            return cls(path, configuration.read(path))
        return cls(path, Configuration(source=path.name, folder=path.parent))

    def override(self, **given: Any) -> Project:
        """Return the project with some settings replaced.

        Args:
            **given: attributes of :class:`ManualOverrides`.
        """
        return msgspec.structs.replace(
            self, overrides=msgspec.structs.replace(self.overrides, **given)
        )

    def settings(self) -> ManualSettings:
        """Return what the manual is read and built with.

        Raises:
            ManualError: if it is made of nothing, or the file of addresses cannot be read.
        """
        found, given = self.configuration, self.overrides
        sets = self._sets()
        if not found.source and not sets:
            raise ManualError(
                Diagnostic(
                    code=Code.BAD_SETTING,
                    message="the manual has neither a first file nor an option set",
                    file=str(self.path),
                    help='write `source = "manual.md"`, or [[options]] with a source of its own',
                )
            )
        urls = given.manpage_urls or self._path(found.manpage_urls)
        options = OptionSettings(
            sources=(*given.sources, *found.trees()),
            revision=given.revision or found.revision,
            manpage_urls=read_manpage_urls(urls) if urls is not None else {},
            description_format=given.description_format,
            hidden_lists=given.hidden_lists,
        )
        is_warning = (given.dangling or found.dangling) == "warn"
        return ManualSettings(
            source=found.path(found.source) if found.source else None,
            folder=found.folder,
            title=given.title or found.title,
            version=given.version or found.version,
            options=options,
            sets=sets,
            roots=(*given.roots, *(found.path(root) for root in found.roots)),
            dangling=Severity.WARNING if is_warning else Severity.ERROR,
            site=self._site(),
            manpage=self._manpage(),
        )

    def _manpage(self) -> ManpageTable:
        table = self.configuration.manpage
        files = {
            name: str(self.configuration.path(entry))
            for name in ("header", "footer")
            if (entry := getattr(table, name))
        }
        return msgspec.structs.replace(table, **files)

    def _site(self) -> SiteSettings:
        found, given = self.configuration, self.overrides
        beside = found.folder / "redirects.json"
        redirects = given.redirects or self._path(found.redirects)
        return SiteSettings(
            theme=given.theme or self._path(found.theme),
            chunk=given.chunk or found.chunk,
            front=given.front,
            toc_depth=_first(given.toc_depth, found.toc_depth),
            chapter_toc_depth=_first(given.chapter_toc_depth, found.chapter_toc_depth),
            section_toc_depth=_first(given.section_toc_depth, found.section_toc_depth),
            generator=given.generator,
            redirects=redirects or (beside if beside.is_file() else None),
            command_line=self._command_line(),
        )

    def output(self, kind: str) -> Path | None:
        """Return the file or folder that ``[output]`` names for a format.

        Args:
            kind: an attribute of :class:`manualgen.book.configuration.OutputTable`.
        """
        return self._path(getattr(self.configuration.output, kind))

    def _path(self, entry: str) -> Path | None:
        return self.configuration.path(entry) if entry else None

    def _sets(self) -> tuple[SetSettings, ...]:
        """Return the option sets; what the command line says of one takes precedence."""
        found = self.configuration
        listed = [(found.path(entry.source), entry) for entry in found.options]
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
            )
            for path, entry in sets.values()
        )

    def _command_line(self) -> str:
        """Return what commands have to say for the identifiers to stand where they do."""
        given = self.overrides
        words = [str(self.path)]
        for root in given.roots:
            words += ["--root", str(root)]
        if given.chunk is not None:
            words += ["--chunk", given.chunk]
        if given.redirects is not None:
            words += ["--redirects", str(given.redirects)]
        for entry in given.sets:
            words += ["--options", f"{entry.id_prefix}={entry.source}={entry.title}".rstrip("=")]
        if given.front != FRONT:
            words += ["--front", given.front]
        return shlex.join(words)


def _first(given: int | None, otherwise: int) -> int:
    return otherwise if given is None else given


def read_manpage_urls(path: Path) -> Mapping[str, str]:
    """Return the addresses of manual pages: ``name(section)`` → address.

    Raises:
        ManualError: if the file cannot be read, or has another form.
    """
    data = reading.contents(str(path))
    try:
        return msgspec.json.decode(data, type=dict[str, str])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ManualError(
            Diagnostic(
                code=Code.NOT_JSON,
                message=f"the file is not a JSON object of addresses: {error}",
                file=str(path),
                help='write an object of strings: {"nix.conf(5)": "https://…"}',
            )
        ) from error
