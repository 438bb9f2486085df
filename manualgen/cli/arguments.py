"""Options of the command line that several commands share, and what they are turned into."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from manualgen.book.configuration import OptionsTable
from manualgen.book.pages import CHUNKS
from manualgen.book.project import (
    ManualOverrides,
)
from manualgen.book.settings import setting
from manualgen.cli import results
from manualgen.cli.groups import check_texts
from manualgen.cli.named_files import NamedFile
from manualgen.cli.reporting import FailurePolicy
from manualgen.evaluation.settings import EvaluationSettings, is_module
from manualgen.options.declarations import Source
from manualgen.options.model import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Decorated = Callable[..., Any]


class EvaluationOptions(msgspec.Struct, frozen=True):
    """How modules are evaluated.

    Attributes:
        modules_list: a file that holds a list of modules.
        options_file: a file that holds evaluated options.
        host: a file that holds modules whose options are not documented.
        lib: Nixpkgs' lib, that of the search path by default, and files that extend it.
        arg: names and files of further arguments of modules.
        input: names and folders of inputs of flakes.
        pkgs: a package set that values may refer to.
        timeout: the most seconds that an evaluation may take.
        memory: the most MiB of memory that it may use.
    """

    modules_list: Path | None = None
    options_file: Path | None = None
    host: Path | None = None
    lib: tuple[Path, ...] = ()
    arg: tuple[tuple[str, Path], ...] = ()
    input: tuple[tuple[str, Path], ...] = ()
    pkgs: Path | None = None
    timeout: float = 120.0
    memory: int = 4096

    def settings(self) -> EvaluationSettings:
        """Return the settings of the evaluation."""
        return EvaluationSettings(
            lib=next(iter(self.lib), None),
            lib_extensions=self.lib[1:],
            pkgs=self.pkgs,
            modules_list=self.modules_list,
            options_file=self.options_file,
            host=self.host,
            arguments=dict(self.arg),
            inputs=dict(self.input),
            timeout=self.timeout,
            memory=self.memory * 1024**2,
        )


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


def _releases(
    _context: click.Context, parameter: click.Parameter, value: tuple[tuple[str, Path], ...]
) -> dict[str, Path]:
    """Return the option sets of releases by the names of these."""
    names = [name for name, _ in value]
    for name in names:
        if names.count(name) > 1:
            message = f"the release {name} is given twice"
            raise click.BadParameter(message, param=parameter)
    return dict(value)


class _SetType(click.ParamType[OptionsTable]):
    name = "[PREFIX=]FILE[=TITLE[=NAME=URL]]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> OptionsTable:
        if isinstance(value, OptionsTable):
            return value
        if is_module(str(value)) and "=" not in str(value):
            return OptionsTable(str(value), kind="options")
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
        "{path} and {revision} replaced. FILE alone, of Nix, holds evaluated options, as "
        "evalModules returns them. Can be given more than once.",
    ),
]
_HISTORY = [
    from_setting(
        "history",
        "options",
        metavar="RELEASE=FILE",
        type=NamedFile(),
        multiple=True,
        default=(),
        callback=_releases,
    )
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
        "--modules",
        "modules_list",
        type=_PATH,
        help="A file that evaluates to a list of further modules, or to a set with `modules`,"
        " `specialArgs` and `lib`.",
    ),
    from_setting("host", "evaluation", type=_PATH, default=None),
    from_setting("lib", "evaluation", type=_PATH, multiple=True, default=()),
    from_setting("arg", "evaluation", type=NamedFile(), multiple=True, default=()),
    from_setting("input", "evaluation", type=NamedFile(), multiple=True, default=()),
    from_setting("pkgs", "evaluation", type=_PATH, default=None),
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
JSON_HELP = "Report in JSON."
"""The help text of ``--json``."""

_JSON = click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
_POLICY = [
    click.option("--strict", is_flag=True, help="Fail on warnings too."),
    click.option(
        "--blame",
        metavar="PREFIX",
        multiple=True,
        help="Fail only for options declared below PREFIX. Can be given more than once.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print only errors and warnings."),
]
_JOBS = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    default=None,
    help="The most processes that work at a time; by default up to the number of processors.",
)


def gathered(
    kind: type[msgspec.Struct],
    name: str,
    decorators: Iterable[Decorated],
    convert: Callable[[Any], Any] | None = None,
) -> Callable[[Decorated], Decorated]:
    """Return a decorator that gives a command options, and passes their values as one record.

    Args:
        kind: the class of the record. Its fields have the names of the options' parameters; a
            field without an option keeps its default.
        name: the parameter of the command that gets the record.
        decorators: click's decorators, one for each field.
        convert: what makes of the record the value that the command gets.
    """

    def decorate(function: Decorated) -> Decorated:
        @functools.wraps(function)
        def command(*arguments: Any, **values: Any) -> Any:
            fields = [field for field in kind.__struct_fields__ if field in values]
            check_texts(values)
            record = kind(**{field: values.pop(field) for field in fields})
            values[name] = record if convert is None else convert(record)
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


_INPUTS = click.argument("inputs", metavar="INPUT...", nargs=-1)


def _evaluation(*more: Decorated) -> Callable[[Decorated], Decorated]:
    return gathered(
        EvaluationOptions, "evaluation", [*more, *_EVALUATION], EvaluationOptions.settings
    )


_HINTS = click.option("--hints", is_flag=True, help="Report hints too.")
_NO_HINTS = click.option(
    "--hints/--no-hints", default=True, show_default=True, help="Report hints too."
)


def _policy(*decorators: Decorated) -> Callable[[Decorated], Decorated]:
    def noted(policy: FailurePolicy) -> FailurePolicy:
        if policy.as_json:
            results.expect_json()
        return policy

    return gathered(FailurePolicy, "policy", decorators, noted)


_POLICY_OPTIONS = _policy(*_POLICY[:2], _HINTS, *_POLICY[2:], _JSON)


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

    The command takes ``inputs`` (tuple of str), ``overrides`` (``ManualOverrides``), ``jobs``
    (int or None) and ``policy`` (``FailurePolicy``).

    Args:
        *more: further options of the command line that are overrides.
    """
    overrides = gathered(
        ManualOverrides, "overrides", [*more, *_SOURCES, *_MARKUP, *_HISTORY, *_TREES, *_THEME]
    )
    return lambda function: decorated(
        function, [_INPUTS, _evaluation(), overrides, _JOBS, _POLICY_OPTIONS]
    )


def serving(*more: Decorated) -> Callable[[Decorated], Decorated]:
    """Return a decorator for a command that serves a manual or option sets.

    The command takes ``inputs`` (tuple of str), ``overrides`` (``ManualOverrides``) and
    ``policy`` (``FailurePolicy``).

    Args:
        *more: further options of the command line that are overrides.
    """
    overrides = gathered(
        ManualOverrides, "overrides", [*more, *_SOURCES, *_MARKUP, *_HISTORY, *_TREES, *_THEME]
    )
    options = [_INPUTS, _evaluation(), overrides, _policy(*_POLICY[2:])]
    return lambda function: decorated(function, options)


def comparing(
    *more: Decorated, policy: Iterable[Decorated] = ()
) -> Callable[[Decorated], Decorated]:
    """Return a decorator for a command that compares option sets or manuals.

    The command takes ``overrides`` (``ManualOverrides``), ``jobs`` (int or None) and ``policy``
    (``FailurePolicy``).

    Args:
        *more: further options of the command line that are overrides.
        policy: further ones that are part of the policy.
    """
    overrides = gathered(
        ManualOverrides, "overrides", [*more, _SOURCES[0], *_MARKUP, *_TREES, *_THEME]
    )
    options = [_evaluation(), overrides, _JOBS, _policy(*_POLICY[2:], *policy)]
    return lambda function: decorated(function, options)


as_json = [_JSON]
"""The option of the policy by which a command reports in JSON what it has built."""


titles = [from_setting("title"), from_setting("version")]
"""The overrides for all formats that have a title."""

site_overrides = [*titles, *_CONTENTS, *_PAGES]
"""The overrides for sites: those, and settings of contents and pages."""


def checking(*more: Decorated) -> Callable[[Decorated], Decorated]:
    """Return a decorator for a command that checks manuals and option sets.

    The command takes what that of :func:`rendering` gives.

    Args:
        *more: further options of the command line that are overrides.
    """
    overrides = gathered(
        ManualOverrides, "overrides", [*more, *_SOURCES, *_MARKUP, *_TREES, *_THEME]
    )
    policy = _policy(*_POLICY[:2], _NO_HINTS, *_POLICY[2:])
    return lambda function: decorated(function, [_INPUTS, _evaluation(), overrides, _JOBS, policy])


def pages(*more: Decorated) -> Callable[[Decorated], Decorated]:
    """Return a decorator for a command that needs the addresses of a manual's identifiers.

    The command takes ``overrides`` (``ManualOverrides``).

    Args:
        *more: further options of the command line that are overrides.
    """
    overrides = gathered(ManualOverrides, "overrides", [*_SOURCES, *_PAGES, *more])
    return lambda function: decorated(function, [_evaluation(), overrides])


def evaluating(*more: Decorated) -> Callable[[Decorated], Decorated]:
    """Return a decorator for a command that evaluates modules.

    The command takes ``overrides`` (``ManualOverrides``) and ``policy`` (``FailurePolicy``).

    Args:
        *more: further options of the command line that say how modules are evaluated.
    """
    overrides = gathered(ManualOverrides, "overrides", _TREES)
    return lambda function: decorated(function, [_evaluation(*more), overrides, _POLICY_OPTIONS])
