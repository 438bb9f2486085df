"""Options that several commands share."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from manualgen.cli.reporting import Judgement
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


class Trees(msgspec.Struct, frozen=True):
    """Where declarations lie.

    Attributes:
        sources: the source trees that they are in.
        revision: the tag, branch or commit that links to them name.
    """

    sources: tuple[Source, ...] = ()
    revision: str = ""


class Texts(msgspec.Struct, frozen=True):
    """How the texts of option sets are read.

    Attributes:
        manpage_urls: a file with the addresses of manual pages.
        description_format: the form of texts that do not state one.
        hidden_lists: whether lists that plain lines hide become lists.
    """

    manpage_urls: Path | None = None
    description_format: Markup = Markup.AUTO
    hidden_lists: bool = True

    def settings(self, trees: Trees) -> Settings:
        """Return what all formats of a reference are made with.

        Raises:
            ManualError: if the file of addresses cannot be read.
        """
        urls = self.manpage_urls
        return Settings(
            sources=trees.sources,
            revision=trees.revision,
            manpage_urls=read_manpage_urls(urls) if urls is not None else {},
            description_format=self.description_format,
            hidden_lists=self.hidden_lists,
        )


class Evaluation(msgspec.Struct, frozen=True):
    """How modules are evaluated.

    Attributes:
        lib: Nixpkgs' lib, if not that of the search path.
        pkgs: a package set that values may name.
        timeout: the most seconds that it may take.
        memory: the most MiB that it may have.
    """

    lib: Path | None = None
    pkgs: Path | None = None
    timeout: float = 120.0
    memory: int = 4096


class Making(msgspec.Struct, frozen=True):
    """How output is made.

    Attributes:
        jobs: how many processes make it; None for as many as it is worth.
        theme: a folder whose files stand in for the templates.
    """

    jobs: int | None = None
    theme: Path | None = None


class _OutputType(click.Path):
    """A path that is not empty: an unset variable must not fill the folder that one is in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the name is empty", param, ctx)
        return super().convert(value, param, ctx)


OUTPUT = _OutputType(path_type=Path)
"""The type of the file or folder that a command writes."""


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
_TEXTS = [
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
        default=Evaluation().timeout,
        show_default=True,
        help="The most seconds that an evaluation may take.",
    ),
    click.option(
        "--memory",
        type=click.IntRange(min=64),
        default=Evaluation().memory,
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
_MAKING = [
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


def gathered(
    kind: type[msgspec.Struct], name: str, decorators: Iterable[Decorated]
) -> Callable[[Decorated], Decorated]:
    """Return a decorator that gives a command options, and their values as one record.

    Args:
        kind: the record; its fields are called as the options' values are. A field without
            an option keeps its default.
        name: the parameter of the command that takes it.
        decorators: click's, one for a field.
    """

    def decorate(function: Decorated) -> Decorated:
        @functools.wraps(function)
        def command(*arguments: Any, **values: Any) -> Any:
            fields = [field for field in kind.__struct_fields__ if field in values]
            values[name] = kind(**{field: values.pop(field) for field in fields})
            return function(*arguments, **values)

        return decorated(command, decorators)

    return decorate


def decorated(function: Decorated, decorators: Iterable[Decorated]) -> Decorated:
    """Return a function with decorators around it, the first one outermost."""
    for decorate in reversed(list(decorators)):
        function = decorate(function)
    return function


_INPUTS = click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
_TAKE_TEXTS = gathered(Texts, "texts", _TEXTS)
_TAKE_TREES = gathered(Trees, "trees", _TREES)
_TAKE_EVALUATION = gathered(Evaluation, "evaluation", _EVALUATION)
_TAKE_MAKING = gathered(Making, "making", _MAKING)
_TAKE_JUDGEMENT = gathered(Judgement, "judgement", _JUDGEMENT)


def shared(function: Decorated) -> Decorated:
    """Decorate a command with what every command has that renders option sets.

    It takes ``inputs`` (tuple of str), ``texts``, ``trees``, ``evaluation``, ``making``
    and ``judgement``.
    """
    return decorated(
        function,
        [_INPUTS, _TAKE_TEXTS, _TAKE_TREES, _TAKE_EVALUATION, _TAKE_MAKING, _TAKE_JUDGEMENT],
    )


def evaluating(function: Decorated) -> Decorated:
    """Decorate a command with what evaluating modules needs, and how it is judged.

    It takes ``trees``, ``evaluation`` and ``judgement``.
    """
    return decorated(function, [_TAKE_TREES, _TAKE_EVALUATION, _TAKE_JUDGEMENT])


def read(
    inputs: tuple[str, ...],
    texts: Texts,
    trees: Trees,
    evaluation: Evaluation | None = None,
) -> Reference:
    """Return the reference of all options in the input.

    Args:
        inputs: files of options, ``-`` being standard input, and modules (``.nix``), which
            are evaluated together.
        texts: how their texts are read.
        trees: where their declarations lie.
        evaluation: how modules are evaluated.

    Raises:
        ManualError: if one of the files cannot be used.
    """
    modules = [Path(path) for path in inputs if path.endswith(".nix")]
    sets = [reading.read(path) for path in inputs if not path.endswith(".nix")]
    if modules:
        sets.append(extracted(modules, trees, evaluation or Evaluation()))
    return Reference(sets, texts.settings(trees))


def extracted(
    modules: Sequence[Path],
    trees: Trees,
    evaluation: Evaluation,
    *,
    modules_list: Path | None = None,
    prefixes: tuple[str, ...] = (),
) -> OptionSet:
    """Return the options that modules declare.

    Args:
        modules: the files.
        trees: where they lie.
        evaluation: how they are evaluated.
        modules_list: a file that evaluates to a list of further modules.
        prefixes: where not empty, only options whose names start so are kept.

    Raises:
        ManualError: if they cannot be evaluated at all.
    """
    # Most sets are options.json; what evaluates modules is loaded for those who need it.
    from manualgen.evaluation import extracting  # noqa: PLC0415

    return extracting.extract(
        modules,
        extracting.Settings(
            lib=evaluation.lib,
            pkgs=evaluation.pkgs,
            modules_list=modules_list,
            prefixes=prefixes,
            sources=trees.sources,
            revision=trees.revision,
            timeout=evaluation.timeout,
            memory=evaluation.memory * 1024**2,
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
