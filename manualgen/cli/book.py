"""What ``manualgen html`` does with a manual: ``manual.md`` or ``manual.toml``."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from manualgen.book import configuration
from manualgen.book.outline import CHUNKS, FRONT
from manualgen.cli import arguments, reporting
from manualgen.errors import Severity, failing
from manualgen.options.declarations import Source
from manualgen.options.model import Markup
from manualgen.site import book, workers
from manualgen.site.html import GENERATOR
from manualgen.site.reference import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    Decorated = Callable[..., Any]

SUFFIXES = (".md", ".toml")


class _SetType(click.ParamType[configuration.OptionsTable]):
    name = "PREFIX=FILE[=TITLE]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> configuration.OptionsTable:
        if isinstance(value, configuration.OptionsTable):
            return value
        prefix, equals, rest = str(value).partition("=")
        file, _, title = rest.partition("=")
        if not equals or not prefix or not file:
            self.fail(f"expected PREFIX=FILE[=TITLE], got {value!r}", param, ctx)
        return configuration.OptionsTable(file, prefix, title)


_OPTIONS = [
    click.option(
        "--root",
        "roots",
        type=click.Path(file_okay=False, path_type=Path),
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
        "--toc-depth",
        type=click.IntRange(0, 6),
        default=None,
        help="How deep the contents on a manual's front page are.  [default: 2]",
    ),
    click.option(
        "--chapter-toc-depth",
        type=click.IntRange(0, 6),
        default=None,
        help="How deep the contents on its other pages are.  [default: 1]",
    ),
    click.option(
        "--dangling",
        type=click.Choice(("error", "warn")),
        default=None,
        help="What a reference to nowhere in a manual is.  [default: error]",
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
        help="An option set of a manual whose files do not include it: it becomes an appendix. "
        "Can be given more than once.",
    ),
]


def options(function: Decorated) -> Decorated:
    """Decorate a command with what only manuals have."""
    for decorate in reversed(_OPTIONS):
        function = decorate(function)
    return function


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
    *,
    title: str = "",
    version: str = "",
    theme: Path | None = None,
    sources: tuple[Source, ...] = (),
    revision: str = "",
    manpage_urls: Path | None = None,
    roots: tuple[Path, ...] = (),
    chunk: str | None = None,
    toc_depth: int | None = None,
    chapter_toc_depth: int | None = None,
    dangling: str | None = None,
    redirects: Path | None = None,
    sets: tuple[configuration.OptionsTable, ...] = (),
    description_format: Markup = Markup.AUTO,
    hidden_lists: bool = True,
    jobs: int | None = 1,
    without_redirects: bool = False,
    front: str = FRONT,
    generator: str = "",
) -> book.Book:
    """Return a manual, read with its configuration and what the command line says beside it.

    ``without_redirects`` leaves the file of redirects unread, for those who change it.

    Raises:
        ManualError: if nothing of it can be read.
    """
    found = configured(path)
    at = functools.partial(_at, found)
    urls = manpage_urls or at(found.manpage_urls)
    beside = found.folder / "redirects.json"
    listed = [
        *((found.path(entry.source), entry) for entry in found.options),
        *((Path(entry.source), entry) for entry in sets),
    ]
    return book.Book(
        found.path(found.source) if found.source else None,
        book.BookSettings(
            title=title or found.title,
            version=version or found.version,
            theme=theme or at(found.theme),
            reference=Settings(
                sources=(*sources, *found.trees()),
                revision=revision or found.revision,
                manpage_urls=arguments.read_manpage_urls(urls) if urls else {},
                description_format=description_format,
                hidden_lists=hidden_lists,
            ),
            sets=tuple(
                book.SetSettings(
                    file,
                    entry.id_prefix,
                    entry.title,
                    Source(entry.name or "nixpkgs", "", entry.address)
                    if entry.name or entry.address
                    else None,
                )
                for file, entry in listed
            ),
            roots=(*roots, *(found.path(root) for root in found.roots)),
            chunk=chunk or found.chunk,
            toc_depth=found.toc_depth if toc_depth is None else toc_depth,
            chapter_toc_depth=found.chapter_toc_depth
            if chapter_toc_depth is None
            else chapter_toc_depth,
            dangling=Severity.WARNING if (dangling or found.dangling) == "warn" else Severity.ERROR,
            redirects=redirects or at(found.redirects) or (beside if beside.is_file() else None),
            front=front,
            generator=generator or GENERATOR,
        ),
        found.folder,
        jobs=workers.available() if jobs is None else jobs,
        without_redirects=without_redirects,
    )


def _at(found: configuration.Configuration, entry: str) -> Path | None:
    return found.path(entry) if entry else None


def build(
    manual: book.Book,
    output: Path,
    progress: reporting.Progress,
    *,
    single_page: bool,
    jobs: int | None,
    strict: bool,
    blame: tuple[str, ...],
    hints: bool,
    quiet: bool,
) -> int:
    """Build a manual, print what is to be said of it, and return the exit status.

    Raises:
        ManualError: if the output cannot be written.
    """
    count = sum(len(part.reference.options) for part in manual.sets)
    judge = functools.partial(failing, strict=strict, blame=blame)
    work = jobs if jobs is not None else min(workers.available(), 1 + count // 800)
    if single_page:
        built = book.build_single(manual, output, judge)
    else:
        built = book.build(manual, output, judge, jobs=work, progress=progress)
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
        made = f"nothing is built, and {shown} is left as it was"
    return reporting.conclude(
        built.diagnostics,
        made=made,
        seconds=seconds,
        strict=strict,
        blame=blame,
        hints=hints,
        quiet=quiet,
    )


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
