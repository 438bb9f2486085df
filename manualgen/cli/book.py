"""What ``manualgen html`` does with a manual: ``manual.md`` or ``manual.toml``."""

from __future__ import annotations

import functools
import shlex
from pathlib import Path
from typing import Any

import click
import msgspec

from manualgen.book import configuration
from manualgen.book.outline import CHUNKS, FRONT
from manualgen.cli import arguments, reporting
from manualgen.errors import Code, Diagnostic, ManualError, Severity
from manualgen.options.declarations import Source
from manualgen.site import book, book_html, workers
from manualgen.site.html import GENERATOR

SUFFIXES = (".md", ".toml")


class _SetType(click.ParamType[configuration.OptionsTable]):
    name = "PREFIX=FILE[=TITLE[=NAME=URL]]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> configuration.OptionsTable:
        if isinstance(value, configuration.OptionsTable):
            return value
        prefix, file, title, name, address = (*str(value).split("=", 4), "", "", "", "")[:5]
        if not prefix or not file or bool(name) != bool(address):
            self.fail(f"expected {self.name}, got {value!r}", param, ctx)
        return configuration.OptionsTable(file, prefix, title, name, address)


class Wishes(msgspec.Struct, frozen=True):
    """What the command line says of a manual; None and "" leave it to the configuration.

    Attributes:
        title: the manual's title.
        version: shown beside it.
        roots: folders that files may lie in.
        chunk: what has a page of its own.
        toc_depth: how deep the contents on the front page are.
        chapter_toc_depth: how deep those of chapters and other pages are.
        section_toc_depth: how deep those of sections are.
        dangling: ``error`` or ``warn``: what a reference to nowhere is.
        redirects: the file of redirects.
        sets: more option sets, or more about those that the manual has.
    """

    title: str = ""
    version: str = ""
    roots: tuple[Path, ...] = ()
    chunk: str | None = None
    toc_depth: int | None = None
    chapter_toc_depth: int | None = None
    section_toc_depth: int | None = None
    dangling: str | None = None
    redirects: Path | None = None
    sets: tuple[configuration.OptionsTable, ...] = ()


_MADE_OF = [
    click.option(
        "--root",
        "roots",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        multiple=True,
        help="A folder that files of a manual may lie in, beside the manual's own. "
        "Can be given more than once.",
    ),
    click.option(
        "--chunk",
        type=click.Choice(CHUNKS),
        default=None,
        help="What of a manual has a page of its own: what its files say with html:into-file, "
        "each chapter too, or nothing.  [default: file]",
    ),
    click.option(
        "--redirects",
        type=click.Path(path_type=Path),
        default=None,
        help="A JSON file with the places that each identifier of a manual has stood at.",
    ),
    click.option(
        "--options",
        "sets",
        type=_SetType(),
        multiple=True,
        help="An option set of a manual: it becomes an appendix, unless the manual's files "
        "include it. Its relative declarations are shown as <NAME/…> and link to URL, in which "
        "{path} and {revision} are filled in. Can be given more than once.",
    ),
]
_SHOWN = [
    click.option("--title", default="", help="The manual's title.  [default: its own, or Options]"),
    click.option("--version", default="", help="A version to show beside the title."),
    click.option(
        "--toc-depth",
        type=click.IntRange(0, 6),
        default=None,
        help="How deep the contents on a manual's front page are.  [default: 2]",
    ),
    click.option(
        "--chapter-toc-depth",
        type=click.IntRange(0, 6),
        default=None,
        help="How deep the contents of each chapter, or page, are.  [default: 1]",
    ),
    click.option(
        "--section-toc-depth",
        type=click.IntRange(0, 6),
        default=None,
        help="How deep the contents of each section are.  [default: 0]",
    ),
    click.option(
        "--dangling",
        type=click.Choice(("error", "warn")),
        default=None,
        help="What a reference to nowhere in a manual is.  [default: error]",
    ),
]


options = arguments.gathered(Wishes, "wishes", [*_SHOWN, *_MADE_OF])
"""Decorates a command with what only manuals have; it takes ``wishes``."""
places = arguments.gathered(Wishes, "wishes", _MADE_OF)
"""Decorates a command with what says where the identifiers of a manual stand, as above."""


def configured(path: Path) -> configuration.Configuration:
    """Return the configuration that an input is, or stands for.

    Raises:
        ManualError: if it is a configuration that cannot be used.
    """
    if path.suffix == ".toml":
        return configuration.read(path)
    return configuration.Configuration(source=path.name, folder=path.parent)


def read(
    path: Path,
    wishes: Wishes,
    texts: arguments.Texts,
    trees: arguments.Trees,
    making: arguments.Making,
    *,
    without_redirects: bool = False,
    front: str = FRONT,
    generator: str = GENERATOR,
) -> book.Book:
    """Return a manual, read with its configuration and what the command line says beside it.

    ``without_redirects`` leaves the file of redirects unread, for those who change it, and
    for formats that have no old places.

    Raises:
        ManualError: if nothing of it can be read.
    """
    found = configured(path)
    at = functools.partial(_at, found)
    beside = found.folder / "redirects.json"
    # Of one file, the command line knows better.
    listed = [(found.path(entry.source), entry) for entry in found.options]
    listed += [(Path(entry.source), entry) for entry in wishes.sets]
    sets: dict[Path, tuple[Path, configuration.OptionsTable]] = {}
    for place, entry in listed:
        known = sets.get(place.resolve(), (place, entry))[1]
        given = {field: value for field, value in msgspec.structs.asdict(entry).items() if value}
        sets[place.resolve()] = (place, msgspec.structs.replace(known, **given))
    if not found.source and not sets:
        raise ManualError(
            Diagnostic(
                code=Code.BAD_SETTING,
                message="the manual has neither a first file nor an option set",
                file=str(path),
                help='write `source = "manual.md"`, or [[options]] with a source of its own',
            )
        )
    reference = msgspec.structs.replace(
        texts, manpage_urls=texts.manpage_urls or at(found.manpage_urls)
    ).settings(
        arguments.Trees((*trees.sources, *found.trees()), trees.revision or found.revision),
    )
    settings = book.BookSettings(
        title=wishes.title or found.title,
        version=wishes.version or found.version,
        theme=making.theme or at(found.theme),
        reference=reference,
        sets=tuple(
            book.SetSettings(
                file,
                entry.id_prefix,
                entry.title,
                Source(entry.name or "nixpkgs", "", entry.address)
                if entry.name or entry.address
                else None,
            )
            for file, entry in sets.values()
        ),
        roots=(*wishes.roots, *(found.path(root) for root in found.roots)),
        chunk=wishes.chunk or found.chunk,
        toc_depth=_first(wishes.toc_depth, found.toc_depth),
        chapter_toc_depth=_first(wishes.chapter_toc_depth, found.chapter_toc_depth),
        section_toc_depth=_first(wishes.section_toc_depth, found.section_toc_depth),
        dangling=Severity.WARNING
        if (wishes.dangling or found.dangling) == "warn"
        else Severity.ERROR,
        redirects=wishes.redirects or at(found.redirects) or (beside if beside.is_file() else None),
        front=front,
        generator=generator,
        called=_called(path, wishes, front),
    )
    return book.Book(
        found.path(found.source) if found.source else None,
        settings,
        found.folder,
        jobs=workers.available() if making.jobs is None else making.jobs,
        meanwhile=functools.partial(book_html.prepare, settings.theme),
        without_redirects=without_redirects,
    )


def wrong(manual: book.Book) -> list[Diagnostic]:
    """Return the errors of a manual by which it may lack files, option sets or identifiers."""
    return [
        found
        for found in manual.diagnostics
        if found.severity is Severity.ERROR and found.code is not Code.DANGLING_REFERENCE
    ]


def _called(path: Path, wishes: Wishes, front: str) -> str:
    """Return what commands have to say of a manual, for its identifiers to be where they are."""
    words = [str(path)]
    for root in wishes.roots:
        words += ["--root", str(root)]
    if wishes.chunk is not None:
        words += ["--chunk", wishes.chunk]
    if wishes.redirects is not None:
        words += ["--redirects", str(wishes.redirects)]
    for entry in wishes.sets:
        words += ["--options", f"{entry.id_prefix}={entry.source}={entry.title}".rstrip("=")]
    if front != FRONT:
        words += ["--front", front]
    return shlex.join(words)


def _first(wish: int | None, otherwise: int) -> int:
    return otherwise if wish is None else wish


def _at(found: configuration.Configuration, entry: str) -> Path | None:
    return found.path(entry) if entry else None


def build(
    manual: book.Book,
    output: Path,
    jobs: int | None,
    progress: reporting.Progress,
    judgement: reporting.Judgement,
    *,
    single_page: bool = False,
) -> int:
    """Build a manual, print what is to be said of it, and return the exit status.

    Raises:
        ManualError: if the output cannot be written.
    """
    count = sum(len(part.reference.options) for part in manual.sets)
    if single_page:
        built = book_html.build_single(manual, output, judgement.failing)
    else:
        built = book_html.build(
            manual,
            output,
            judgement.failing,
            jobs=arguments.jobs(jobs, count),
            progress=progress,
        )
    seconds = progress.end()
    shown = str(output).rstrip("/")
    if built.pages:
        counts = [_counted(len(manual.outline.divisions), "section")]
        if count:
            counts.append(_counted(count, "option"))
        where = f"{shown}, " if single_page else f"{_counted(built.pages, 'page')} in {shown}/, "
        made = f"{' and '.join(counts)} → {where}"
        made += f"{built.size / 1e6:,.1f} MB"
    else:
        made = nothing(output)
    return reporting.conclude(built.diagnostics, judgement, made=made, seconds=seconds)


def nothing(output: Path) -> str:
    """Return what is said where nothing is built."""
    return f"nothing is built, and {str(output).rstrip('/')} is left as it was"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
