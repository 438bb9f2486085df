"""Options of the command line that several commands share, and what they are turned into."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from manualgen import api
from manualgen.book.configuration import OptionsTable
from manualgen.book.pages import CHUNKS
from manualgen.book.project import (
    MANUAL_SUFFIXES,
    ManualOverrides,
    Project,
    read_manpage_urls,
)
from manualgen.book.settings import setting
from manualgen.cli.groups import check_texts
from manualgen.cli.named_files import NamedFile
from manualgen.cli.reporting import FailurePolicy
from manualgen.inputs import contents
from manualgen.options import reading
from manualgen.options.declarations import Source
from manualgen.options.model import Markup
from manualgen.site import workers
from manualgen.site.building import BuildOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from manualgen.book.manual import Manual
    from manualgen.cli import reporting
    from manualgen.options.reading import OptionSet

    Decorated = Callable[..., Any]


class EvaluationOptions(msgspec.Struct, frozen=True):
    """How modules are evaluated.

    Attributes:
        lib: Nixpkgs' lib, that of the search path by default, and files that extend it.
        arg: names and files of further arguments of modules.
        flake_inputs: names and folders of inputs of flakes.
        pkgs: a package set that values may refer to.
        timeout: the most seconds that an evaluation may take.
        memory: the most MiB of memory that it may use.
    """

    lib: tuple[Path, ...] = ()
    arg: tuple[tuple[str, Path], ...] = ()
    flake_inputs: tuple[tuple[str, Path], ...] = ()
    pkgs: Path | None = None
    timeout: float = 120.0
    memory: int = 4096


class _OutputType(click.Path):
    """A path that is not empty, so that an unset shell variable does not mean the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the name is empty", param, ctx)
        return super().convert(value, param, ctx)


OUTPUT = _OutputType(path_type=Path)
"""The type of an option that names the file or folder to write."""


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


class _SetType(click.ParamType[OptionsTable]):
    name = "PREFIX=FILE[=TITLE[=NAME=URL]]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> OptionsTable:
        if isinstance(value, OptionsTable):
            return value
        prefix, file, title, name, address = (*str(value).split("=", 4), "", "", "", "")[:5]
        if not prefix or not file or bool(name) != bool(address):
            self.fail(f"expected {self.name}, got {value!r}", param, ctx)
        return OptionsTable(file, prefix, title, name, address)


def from_setting(key: str, table: str = "", **attributes: Any) -> Decorated:
    """Return the option of the command line for a setting of ``manual.toml``.

    Args:
        key: the setting's key.
        table: its table; "" for the top level.
        **attributes: further arguments of ``click.option``.
    """
    entry = setting(key, table)
    attributes.setdefault("default", "")
    return click.option(f"--{key}", help=entry.help_with_default, **attributes)


_PATH = click.Path(path_type=Path)
_DEPTH = click.IntRange(0, 6)
_TREES = [
    click.option(
        "--source",
        "sources",
        type=_SourceType(),
        multiple=True,
        help="A source tree: declarations below PATH (empty: relative ones) are shown as "
        "<NAME/…> and link to URL, with {path} and {revision} replaced. "
        "Can be given more than once.",
    ),
    from_setting("revision"),
]
_MARKUP = [
    from_setting("manpage-urls", type=_PATH, default=None),
    click.option(
        "--description-format",
        type=click.Choice([Markup.AUTO, Markup.MARKDOWN, Markup.DOCBOOK], case_sensitive=False),
        default=Markup.AUTO,
        show_default=True,
        help="The markup of descriptions that do not state theirs.",
    ),
    click.option(
        "--hidden-lists/--no-hidden-lists",
        default=True,
        show_default=True,
        help="Show plain lines that are laid out as lists as lists.",
    ),
]
_THEME = [
    from_setting(
        "theme", type=click.Path(file_okay=False, exists=True, path_type=Path), default=None
    )
]
_SOURCES = [
    click.option(
        "--root",
        "roots",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        multiple=True,
        help="A further folder that files of a manual may be in. Can be given more than once.",
    ),
    click.option(
        "--options",
        "sets",
        type=_SetType(),
        multiple=True,
        help="An option set of a manual: it becomes an appendix, unless the manual's files "
        "include it. Its relative declarations are shown as <NAME/…> and link to URL, with "
        "{path} and {revision} replaced. Can be given more than once.",
    ),
]
_PAGES = [
    from_setting("chunk", type=click.Choice(CHUNKS), default=None),
    from_setting("redirects", type=_PATH, default=None),
]
_CONTENTS = [
    from_setting("toc-depth", type=_DEPTH, default=None),
    from_setting("chapter-toc-depth", type=_DEPTH, default=None),
    from_setting("section-toc-depth", type=_DEPTH, default=None),
    from_setting("dangling", type=click.Choice(("error", "warn")), default=None),
]
_EVALUATION = [
    click.option(
        "--lib",
        type=click.Path(path_type=Path),
        multiple=True,
        help="Nixpkgs' lib, for evaluating modules; <nixpkgs/lib> by default."
        " A file is a function that extends it. Can be given more than once.",
    ),
    click.option(
        "--arg",
        type=NamedFile(),
        multiple=True,
        help="An argument of the modules, with the file of its value. Can be given more than once.",
    ),
    click.option(
        "--input",
        "flake_inputs",
        type=NamedFile(),
        multiple=True,
        help="An input of the flakes, with its folder; other inputs are not fetched."
        " Can be given more than once.",
    ),
    click.option(
        "--pkgs",
        type=click.Path(path_type=Path),
        help="A package set that modules may refer to; its packages are not built.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=EvaluationOptions().timeout,
        show_default=True,
        help="The most seconds that an evaluation may take.",
    ),
    click.option(
        "--memory",
        type=click.IntRange(min=64),
        default=EvaluationOptions().memory,
        show_default=True,
        help="The most MiB of memory that an evaluation may use.",
    ),
]
_POLICY = [
    click.option("--strict", is_flag=True, help="Fail on warnings too."),
    click.option(
        "--blame",
        metavar="PREFIX",
        multiple=True,
        help="Fail only for options declared below PREFIX. Can be given more than once.",
    ),
    click.option("--hints", is_flag=True, help="Print hints too."),
    click.option("-q", "--quiet", is_flag=True, help="Print only errors and warnings."),
]
_JOBS = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    default=None,
    help="The number of processes that render; by default up to the number of processors.",
)


def gathered(
    kind: type[msgspec.Struct], name: str, decorators: Iterable[Decorated]
) -> Callable[[Decorated], Decorated]:
    """Return a decorator that gives a command options, and passes their values as one record.

    Args:
        kind: the class of the record. Its fields have the names of the options' parameters; a
            field without an option keeps its default.
        name: the parameter of the command that gets the record.
        decorators: click's decorators, one for each field.
    """

    def decorate(function: Decorated) -> Decorated:
        @functools.wraps(function)
        def command(*arguments: Any, **values: Any) -> Any:
            fields = [field for field in kind.__struct_fields__ if field in values]
            check_texts(values)
            values[name] = kind(**{field: values.pop(field) for field in fields})
            return function(*arguments, **values)

        return decorated(command, decorators)

    return decorate


def decorated(function: Decorated, decorators: Iterable[Decorated]) -> Decorated:
    """Return a function with decorators applied.

    Args:
        function: the function.
        decorators: the decorators, the outermost first.
    """
    for decorate in reversed(list(decorators)):
        function = decorate(function)
    return function


_INPUTS = click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
_EVALUATION_OPTIONS = gathered(EvaluationOptions, "evaluation", _EVALUATION)
_POLICY_OPTIONS = gathered(FailurePolicy, "policy", _POLICY)


def output(kind: str) -> Decorated:
    """Return the option that names the output of a command.

    Args:
        kind: what it is, for the help text.
    """
    return click.option(
        "-o",
        "--output",
        type=OUTPUT,
        help=f"The {kind}; - is standard output. Required, unless manual.toml names it.",
    )


def rendering(*more: Decorated) -> Callable[[Decorated], Decorated]:
    """Return a decorator for a command that renders a manual or option sets.

    The command takes ``inputs`` (tuple of str), ``overrides`` (``ManualOverrides``),
    ``evaluation`` (``EvaluationOptions``), ``jobs`` (int or None) and ``policy``
    (``FailurePolicy``).

    Args:
        *more: further options of the command line that are overrides.
    """
    overrides = gathered(
        ManualOverrides, "overrides", [*more, *_SOURCES, *_MARKUP, *_TREES, *_THEME]
    )
    return lambda function: decorated(
        function, [_INPUTS, overrides, _EVALUATION_OPTIONS, _JOBS, _POLICY_OPTIONS]
    )


titles = [from_setting("title"), from_setting("version")]
"""The overrides for all formats that have a title."""

site_overrides = [*titles, *_CONTENTS, *_PAGES]
"""The overrides for sites: those, and settings of contents and pages."""


def pages(*more: Decorated) -> Callable[[Decorated], Decorated]:
    """Return a decorator for a command that needs the addresses of a manual's identifiers.

    The command takes ``overrides`` (``ManualOverrides``).

    Args:
        *more: further options of the command line that are overrides.
    """
    return gathered(ManualOverrides, "overrides", [*_SOURCES, *_PAGES, *more])


def evaluating(function: Decorated) -> Decorated:
    """Decorate a command that evaluates modules.

    The command takes ``overrides`` (``ManualOverrides``), ``evaluation``
    (``EvaluationOptions``) and ``policy`` (``FailurePolicy``).

    Args:
        function: the command.
    """
    return decorated(
        function,
        [gathered(ManualOverrides, "overrides", _TREES), _EVALUATION_OPTIONS, _POLICY_OPTIONS],
    )


# ─── reading ───


def load_project(inputs: tuple[str, ...], overrides: ManualOverrides) -> Project | None:
    """Return the project that a command's inputs name; None if they are option sets or modules.

    Args:
        inputs: the arguments of the command.
        overrides: the overrides of the command line.

    Raises:
        ManualError: if an input does not exist, or ``manual.toml`` is not valid.
        UsageError: if there are other inputs too.
    """
    for name in inputs:
        # Before anything else is reported, or takes time.
        if name != "-" and not Path(name).exists():
            contents(name)
    if not any(name.endswith(MANUAL_SUFFIXES) for name in inputs):
        return None
    if len(inputs) > 1:
        raise click.UsageError("a manual is one file, which includes the others")  # noqa: EM101, TRY003
    return msgspec.structs.replace(Project.load(Path(inputs[0])), overrides=overrides)


def outputs(
    project: Project | None, output: Path | None, kinds: Sequence[str]
) -> list[tuple[str, Path]]:
    """Return the outputs of a command: pairs of a kind and a file or folder.

    Args:
        project: the project; None for option sets or modules.
        output: the file or folder that the command line names; it is of the first kind.
        kinds: the settings in ``[output]`` of ``manual.toml`` that the command writes.

    Raises:
        UsageError: if neither names an output.
    """
    if output is not None:
        return [(kinds[0], output)]
    named = [
        (kind, path)
        for kind in kinds
        if project is not None and (path := project.output(kind)) is not None
    ]
    if not named:
        message = "Missing option '-o' / '--output'"
        if project is not None:
            message += f", or {kinds[0].replace('_', '-')} in [output] of manual.toml"
        message += "."
        raise click.UsageError(message)
    return named


def load(
    inputs: tuple[str, ...],
    project: Project | None,
    overrides: ManualOverrides,
    evaluation: EvaluationOptions,
    jobs: int | None,
    meanwhile: Callable[[], object] | None = None,
) -> Manual:
    """Read the manual that a command renders.

    Args:
        inputs: a manual; or files of options, where ``-`` is standard input, and modules
            (``.nix``), which are evaluated together.
        project: the project; None for option sets or modules.
        overrides: the overrides of the command line.
        evaluation: how modules are evaluated.
        jobs: the number of processes that read; None for that of the processors.
        meanwhile: called while another process parses.

    Raises:
        ManualError: if one of the files cannot be read, or is not valid.
    """
    if project is not None:
        count = workers.available() if jobs is None else jobs
        return api.load_project(project, jobs=count, meanwhile=meanwhile)
    modules = [Path(path) for path in inputs if path.endswith(".nix")]
    sets = [reading.read(path) for path in inputs if not path.endswith(".nix")]
    if modules:
        sets.append(extracted(modules, overrides, evaluation))
    urls = overrides.manpage_urls
    return api.from_options(
        sets,
        title=overrides.title,
        version=overrides.version,
        theme=overrides.theme,
        sources=overrides.sources,
        revision=overrides.revision,
        manpage_urls=read_manpage_urls(urls) if urls is not None else {},
        description_format=overrides.description_format,
        hidden_lists=overrides.hidden_lists,
    )


def extracted(
    modules: Sequence[Path],
    overrides: ManualOverrides,
    evaluation: EvaluationOptions,
    *,
    modules_list: Path | None = None,
    options_file: Path | None = None,
    prefixes: tuple[str, ...] = (),
) -> OptionSet:
    """Return the options that modules declare.

    Args:
        modules: the files of the modules.
        overrides: the overrides of the command line; their source trees are used.
        evaluation: how the modules are evaluated.
        modules_list: a file that evaluates to a list of further modules.
        options_file: a file that evaluates to a tree of options.
        prefixes: if there are any, only options whose names have one of them are kept.

    Raises:
        ManualError: if the evaluation fails as a whole.
    """
    return api.extract(
        modules,
        lib=next(iter(evaluation.lib), None),
        lib_extensions=evaluation.lib[1:],
        arguments=dict(evaluation.arg),
        inputs=dict(evaluation.flake_inputs),
        pkgs=evaluation.pkgs,
        modules_list=modules_list,
        options_file=options_file,
        prefixes=prefixes,
        sources=overrides.sources,
        revision=overrides.revision,
        timeout=evaluation.timeout,
        memory=evaluation.memory * 1024**2,
    )


def build_options(
    jobs: int | None, manual: Manual, progress: reporting.Progress | None = None
) -> BuildOptions:
    """Return the options of a build.

    Args:
        jobs: the number of processes that render; None for a number that suits the manual.
        manual: the manual.
        progress: shows the progress of the build.
    """
    count = sum(len(included.catalog.options) for included in manual.sets)
    suitable = min(workers.available(), 1 + count // _OPTIONS_PER_PROCESS)
    return BuildOptions(jobs=suitable if jobs is None else jobs, progress=progress)


_OPTIONS_PER_PROCESS = 800
"""Rendering this number of options takes about as long as starting a pool of processes."""
