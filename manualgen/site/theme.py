"""The templates, style sheet and script of pages: ours, or those of a theme."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from manualgen import resources
from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.options.model import FORBIDDEN_IN_HTML
from manualgen.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

GENERATOR = f"manualgen {__version__}"
"""The program that pages name as their generator."""

ASSETS = ("style.css", "manual.js", "options.js", "routes.js", "search.js", "search-field.js")
"""The files that every site has in its folder, next to the pages."""

ENTRY_ATTRIBUTES = frozenset({"title", "href", "count", "children"})
"""What templates read thousands of times; there is nothing of these names that they must not."""

FUNCTIONS = ("namespace", "range")
"""The functions of Jinja that templates can call; ``docs/templates.md`` says so."""

SHELL_IDS = ("page-content", "page-tree", "search-field", "search-results")
"""The identifiers of elements that the templates write on every page."""


_NOT_LOADED = re.compile(
    r"^[ \t]*(?:/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|//.*)[ \t]*\n"  # comments with lines of their own
    r"|[ \t]{2,}(?://[^\n\"'`]*|/\*[^*\n]*\*/)$"  # those beside code
    r"|^[ \t]+|^\n",
    re.MULTILINE,
)


def asset(name: str, theme: Path | None) -> str:
    """Return a script or the style: a theme's as it is, ours without comments and indentation.

    Comments are a fifth of what a reader would load. No string of our files has several lines.

    Args:
        name: the name of the file.
        theme: the folder of the theme, if there is one.

    Raises:
        ManualError: if the theme's file cannot be read.
    """
    text = resources.text(name, theme)
    is_ours = theme is None or not (theme / name).is_file()
    return _NOT_LOADED.sub("", text) if is_ours else text


@functools.cache
def templates(theme: Path | None) -> Environment:
    """Return the templates; those of a theme take precedence over ours.

    Args:
        theme: a folder whose files replace those of ``templates/``; None for ours alone.
    """
    from jinja2 import (  # noqa: PLC0415 - slow to import; a man page needs none
        ChoiceLoader,
        Environment,
        FileSystemLoader,
        StrictUndefined,
        TemplateError,
    )
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - likewise

    folders = [folder for folder in (theme, resources.folder("templates")) if folder is not None]

    class _Loader(FileSystemLoader):
        def get_source(
            self, environment: Environment, template: str
        ) -> tuple[str, str, Callable[[], bool]]:
            """Return a template; raise an error that names its file if it cannot be read."""
            try:
                return super().get_source(environment, template)
            except TemplateError:
                raise
            except (OSError, UnicodeDecodeError) as error:
                path = Path(self.searchpath[0]) / template
                raise ManualError(resources.unreadable_template(path, error)) from error

    class _Environment(Environment):
        def handle_exception(self, source: str | None = None) -> NoReturn:
            """Raise the error of a template as one that names its file and line."""
            try:
                super().handle_exception(source)
            except (ManualError, MemoryError):
                raise
            except Exception as error:
                if not isinstance(error, TemplateError) and _line_of(error, innermost=True) is None:
                    raise
                raise ManualError(template_error(error)) from error

    # A theme may come from a stranger: it gets the page's variables, and no Python.
    class _Sandbox(_Environment, ImmutableSandboxedEnvironment):
        def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
            """Return whether a template may read an attribute: those of entries at once."""
            return attr in ENTRY_ATTRIBUTES or super().is_safe_attribute(obj, attr, value)

    environment = (_Environment if theme is None else _Sandbox)(
        loader=ChoiceLoader([_Loader(folder) for folder in folders]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        finalize=_finalized,
    )
    return _restricted(environment)


def _restricted(environment: Environment) -> Environment:
    """Let an environment insert what HTML can hold, and have no functions but those documented."""
    for name in ("e", "escape"):
        escape = environment.filters[name]
        environment.filters[name] = lambda value, escape=escape: escape(_finalized(value))
    environment.globals = {name: environment.globals[name] for name in FUNCTIONS}
    return environment


def _finalized(value: object) -> object:
    """Return a value as templates insert it: text without characters that HTML cannot hold."""
    # What is HTML already (Markup) comes from writers, which have replaced them.
    if type(value) is str and not value.isprintable():
        return FORBIDDEN_IN_HTML.sub("\ufffd", value)
    return value


def template_error(error: Exception) -> Diagnostic:
    """Return the diagnostic for an error that a template has raised.

    Args:
        error: the error, with its traceback.
    """
    file = getattr(error, "filename", None) or getattr(error, "name", None)
    line = getattr(error, "lineno", None)
    found = _line_of(error)
    if line is None and found is not None:
        file, line = found
    return Diagnostic(
        code=Code.BAD_TEMPLATE,
        message=f"there is no template `{error}`"
        if type(error).__name__ == "TemplateNotFound"
        else f"a template has an error: {error}",
        file=file,
        line=line,
        excerpt=_excerpt(file, line),
        help="compare it with the one that 'manualgen theme' copies",
    )


def _line_of(error: Exception, *, innermost: bool = False) -> tuple[str, int] | None:
    """Return the file and line of a template where an error was raised; None if in none.

    Args:
        error: the error.
        innermost: whether code of manualgen that a template has called is not looked through.
    """
    found = None
    trace = error.__traceback__
    while trace is not None:
        # Jinja puts frames of this sort where those of its compiled code were.
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            found = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        elif innermost and not str(trace.tb_frame.f_globals.get("__name__")).startswith("jinja2."):
            found = None
        trace = trace.tb_next
    return found


def _excerpt(file: str | None, line: int | None) -> str:
    if file is None or line is None:
        return ""
    try:
        lines = Path(file).read_text("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""


def problems(theme: Path) -> list[Diagnostic]:
    """Return the errors in the syntax of a theme's templates.

    What a template does wrong with its variables is found when it is rendered.

    Args:
        theme: its folder.
    """
    from jinja2 import TemplateError  # noqa: PLC0415 - slow to import

    environment = templates(theme)
    found = []
    for name in environment.list_templates(extensions=["html"]):
        try:
            environment.get_template(name)
        except ManualError as error:
            found.append(error.diagnostic)
        except TemplateError as error:
            found.append(template_error(error))
    return found


def warm(theme: Path | None) -> None:
    """Load templates and Pygments before processes are forked, so that they inherit them.

    Args:
        theme: the theme, or None.
    """
    from manualgen.writers import highlight  # noqa: PLC0415 - Pygments is slow to import

    templates(theme).get_template("book.html")
    highlight.html("{ }", "nix")
