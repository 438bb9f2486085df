"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.options import reading
from manualgen.options.declarations import Source
from manualgen.options.model import Markup
from manualgen.site import workers
from manualgen.site.reference import Reference, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from manualgen.options.reading import OptionSet

    Decorated = Callable[..., Any]


TIMEOUT = 120.0
"""The most seconds that an evaluation may take, where nothing else is asked for."""
MEMORY = 4096
"""The most MiB that it may have."""


class _SourceType(click.ParamType[Source]):
    name = "NAME=PATH=URL"

    def convert(
        self, value: str | Source, param: click.Parameter | None, ctx: click.Context | None
    ) -> Source:
        if isinstance(value, Source):
            return value
        try:
            return Source.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


_TREES = [
    click.option(
        "--source",
        "sources",
        type=_SourceType(),
        multiple=True,
        help="A source tree: declarations below PATH (empty: relative ones) are shown as "
        "<NAME/…> and link to URL, in which {path} and {revision} are filled in. "
        "Can be given more than once.",
    ),
    click.option("--revision", default="", help="The tag, branch or commit that links name."),
]
_INPUT = [
    click.argument("inputs", metavar="INPUT...", nargs=-1, required=True),
    click.option(
        "--manpage-urls",
        type=click.Path(path_type=Path),
        help='A JSON file {"nix.conf(5)": "https://…"} that {manpage} roles link by.',
    ),
    click.option(
        "--description-format",
        type=click.Choice([Markup.AUTO, Markup.MARKDOWN, Markup.DOCBOOK], case_sensitive=False),
        default=Markup.AUTO,
        show_default=True,
        help="The form of descriptions that do not state it.",
    ),
    click.option(
        "--hidden-lists/--no-hidden-lists",
        default=True,
        show_default=True,
        help="Show as lists what plain lines lay out as lists.",
    ),
]
_EVALUATION = [
    click.option(
        "--lib",
        type=click.Path(path_type=Path),
        help="Nixpkgs' lib, to evaluate modules with; <nixpkgs/lib> by default.",
    ),
    click.option(
        "--pkgs",
        type=click.Path(path_type=Path),
        help="A package set that values of modules may name; nothing of it is built.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=TIMEOUT,
        show_default=True,
        help="The most seconds that an evaluation may take.",
    ),
    click.option(
        "--memory",
        type=click.IntRange(min=64),
        default=MEMORY,
        show_default=True,
        help="The most MiB of memory that an evaluation may have.",
    ),
]
_JUDGEMENT = [
    click.option("--strict", is_flag=True, help="Fail on warnings too."),
    click.option(
        "--blame",
        metavar="PREFIX",
        multiple=True,
        help="Fail only for options declared below PREFIX. Can be given more than once.",
    ),
    click.option("--hints", is_flag=True, help="Print hints too."),
    click.option("-q", "--quiet", is_flag=True, help="Print nothing but problems."),
]
_BUILD = [
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(1, 256),
        default=None,
        help="How many processes render; as many as there are processors by default.",
    ),
    click.option(
        "--theme",
        type=click.Path(file_okay=False, exists=True, path_type=Path),
        help="A folder whose files stand in for the templates ('manualgen theme' copies them).",
    ),
]


def shared(function: Decorated) -> Decorated:
    """Decorate a command with what every command has that renders option sets."""
    return _decorated(function, [*_INPUT, *_TREES, *_EVALUATION, *_BUILD, *_JUDGEMENT])


def evaluating(function: Decorated) -> Decorated:
    """Decorate a command with what evaluating modules needs, and how it is judged."""
    return _decorated(function, [*_TREES, *_EVALUATION, *_JUDGEMENT])


def _decorated(function: Decorated, decorators: Iterable[Decorated]) -> Decorated:
    for decorate in reversed(list(decorators)):
        function = decorate(function)
    return function


def read(  # noqa: D417 - the others are the options of the command line
    inputs: tuple[str, ...],
    *,
    sources: tuple[Source, ...] = (),
    revision: str = "",
    lib: Path | None = None,
    pkgs: Path | None = None,
    timeout: float = TIMEOUT,
    memory: int = MEMORY,
    manpage_urls: Path | None = None,
    description_format: Markup = Markup.AUTO,
    hidden_lists: bool = True,
) -> Reference:
    """Return the reference of all options in the input.

    Args:
        inputs: files of options, ``-`` being standard input, and modules (``.nix``), which
            are evaluated together.

    Raises:
        ManualError: if one of the files cannot be used.
    """
    modules = [Path(path) for path in inputs if path.endswith(".nix")]
    sets = [reading.read(path) for path in inputs if not path.endswith(".nix")]
    if modules:
        sets.append(
            extracted(
                modules,
                sources=sources,
                revision=revision,
                lib=lib,
                pkgs=pkgs,
                timeout=timeout,
                memory=memory,
            )
        )
    settings = Settings(
        sources=sources,
        revision=revision,
        manpage_urls=read_manpage_urls(manpage_urls) if manpage_urls else {},
        description_format=description_format,
        hidden_lists=hidden_lists,
    )
    return Reference(sets, settings)


def extracted(  # noqa: D417 - the others are the options of the command line
    modules: Sequence[Path],
    *,
    sources: tuple[Source, ...],
    revision: str,
    lib: Path | None,
    pkgs: Path | None,
    timeout: float,
    memory: int,
    modules_list: Path | None = None,
    prefixes: tuple[str, ...] = (),
) -> OptionSet:
    """Return the options that modules declare.

    Args:
        modules: the files.
        memory: in MiB.

    Raises:
        ManualError: if they cannot be evaluated at all.
    """
    # Most sets are options.json; what evaluates modules is loaded for those who need it.
    from manualgen.evaluation import extracting  # noqa: PLC0415

    return extracting.extract(
        modules,
        extracting.Settings(
            lib=lib,
            pkgs=pkgs,
            modules_list=modules_list,
            prefixes=prefixes,
            sources=sources,
            revision=revision,
            timeout=timeout,
            memory=memory * 1024**2,
        ),
    )


def jobs(wanted: int | None, count: int) -> int:
    """Return how many processes to use for so many options."""
    return wanted if wanted is not None else min(workers.available(), 1 + count // _FEW)


_FEW = 800
"""So many options are rendered in about the time that a process pool takes to start."""


def read_manpage_urls(path: Path) -> Mapping[str, str]:
    """Return a map of addresses of manual pages.

    Raises:
        ManualError: if the file cannot be read, or is none.
    """
    import msgspec  # noqa: PLC0415 - next to its only use

    data = reading.contents(str(path))
    try:
        return msgspec.json.decode(data, type=dict[str, str])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ManualError(
            Diagnostic(
                code=Code.NOT_JSON,
                message=f"the file is no map of addresses: {error}",
                file=str(path),
                help='write an object of strings: {"nix.conf(5)": "https://…"}',
            )
        ) from error
