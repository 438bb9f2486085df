"""The Python API: what ``import manualgen`` offers, in functions of plain values.

``docs/python-api.md`` shows it with examples, which a test runs.
"""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from manualgen.book import manual as manuals
from manualgen.book.catalog import OptionSettings
from manualgen.book.manual import Manual, ManualSettings
from manualgen.book.option_sets import SetSettings
from manualgen.book.project import MANUAL_SUFFIXES, ManualOverrides, Project, existing_theme
from manualgen.book.settings import SiteSettings, from_arguments
from manualgen.errors import Code, Diagnostic, ManualError, Severity, failing
from manualgen.evaluation.settings import EvaluationSettings, is_module
from manualgen.options import reading
from manualgen.options.declarations import Source
from manualgen.options.model import Declaration, Markup, Option, Text
from manualgen.options.reading import OptionSet
from manualgen.site import workers
from manualgen.site.building import BuildOptions, BuildResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from manualgen.book.memory import Memory
    from manualgen.comparison.previewing import PreviewResult, build_preview
    from manualgen.comparison.public import diff
    from manualgen.comparison.report import DiffReport
    from manualgen.lint.fixing import Fixes
    from manualgen.lint.public import check, find_fixes, report
    from manualgen.lint.settings import CheckSettings
    from manualgen.publication.building import Limits
    from manualgen.publication.public import publish
    from manualgen.publication.publishing import PublishResult
    from manualgen.site.manpage import ManpageLook
    from manualgen.sphinxext.public import build_epub, build_pdf
    from manualgen.writers.markdown import Admonitions as MarkdownAdmonitions
    from manualgen.writers.markdown import Style as MarkdownStyle

__all__ = [
    "BuildOptions",
    "BuildResult",
    "CheckSettings",
    "Code",
    "Declaration",
    "Diagnostic",
    "DiffReport",
    "EvaluationSettings",
    "Fixes",
    "Format",
    "Limits",
    "ManpageLook",
    "Manual",
    "ManualError",
    "ManualOverrides",
    "ManualSettings",
    "MarkdownAdmonitions",
    "MarkdownStyle",
    "Markup",
    "Option",
    "OptionSet",
    "OptionSettings",
    "PreviewResult",
    "Project",
    "PublishResult",
    "SetSettings",
    "Severity",
    "SiteSettings",
    "Source",
    "Text",
    "build_asciidoc",
    "build_epub",
    "build_html",
    "build_manpage",
    "build_markdown",
    "build_pdf",
    "build_preview",
    "build_single_page",
    "check",
    "diff",
    "extract",
    "failures",
    "find_fixes",
    "from_options",
    "load",
    "load_project",
    "publish",
    "read_options",
    "render_option",
    "render_text",
    "report",
]

_LOADED_WHEN_NEEDED = {
    "CheckSettings": ("manualgen.lint.settings", "CheckSettings"),
    "Fixes": ("manualgen.lint.fixing", "Fixes"),
    "DiffReport": ("manualgen.comparison.report", "DiffReport"),
    "Limits": ("manualgen.publication.building", "Limits"),
    "ManpageLook": ("manualgen.site.manpage", "ManpageLook"),
    "MarkdownAdmonitions": ("manualgen.writers.markdown", "Admonitions"),
    "MarkdownStyle": ("manualgen.writers.markdown", "Style"),
    "PublishResult": ("manualgen.publication.publishing", "PublishResult"),
    "PreviewResult": ("manualgen.comparison.previewing", "PreviewResult"),
    "build_epub": ("manualgen.sphinxext.public", "build_epub"),
    "build_pdf": ("manualgen.sphinxext.public", "build_pdf"),
    "build_preview": ("manualgen.comparison.previewing", "build_preview"),
    "check": ("manualgen.lint.public", "check"),
    "diff": ("manualgen.comparison.public", "diff"),
    "find_fixes": ("manualgen.lint.public", "find_fixes"),
    "publish": ("manualgen.publication.public", "publish"),
    "report": ("manualgen.lint.public", "report"),
}
"""What few callers need; it stands beside what uses it."""


def __getattr__(name: str) -> Any:
    if name not in _LOADED_WHEN_NEEDED:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    module, original = _LOADED_WHEN_NEEDED[name]
    return getattr(importlib.import_module(module), original)


Format = Literal["html", "man", "markdown", "asciidoc"]
"""The formats that a single option or text can be rendered in."""


# ─── load ───


def load(
    path: str | Path, *, jobs: int = 1, evaluation: Mapping[str, Any] = {}, **overrides: Any
) -> Manual:
    """Read a manual, or options as a manual without chapters.

    Args:
        path: ``manual.toml``, the first file of a manual (``.md``), ``options.json``, or a
            module: a file (``.nix``), a folder, or one of a flake (``.#nixosModules.default``).
        jobs: how many processes read it; there is work for two.
        evaluation: how modules are evaluated: attributes of :class:`EvaluationSettings`, which
            take precedence over ``manual.toml``.
        **overrides: for a manual, attributes of :class:`ManualOverrides`, which take precedence
            over ``manual.toml``; for options, the arguments of :func:`from_options`.

    Raises:
        ManualError: if nothing of it can be read.
        TypeError: if there is no such attribute, or a value has another type.
        ValueError: if an attribute cannot have this value.
    """
    if not is_module(path) and Path(path).suffix in MANUAL_SUFFIXES:
        given = from_arguments(EvaluationSettings, evaluation)
        project = Project.load(Path(path)).override(**overrides, evaluation=given)
        return load_project(project, jobs=jobs)
    option_set = extract([path], **evaluation) if is_module(path) else read_options(path)
    return from_options([option_set], **overrides)


def load_project(
    project: Project,
    *,
    jobs: int = 1,
    meanwhile: Callable[[], object] | None = None,
    memory: Memory | None = None,
) -> Manual:
    """Read the manual of a project.

    Args:
        project: where it lies, and its settings.
        jobs: how many processes read it; there is work for two.
        meanwhile: is called while another process parses.
        memory: what has been read of it earlier, so that only what has changed is read again.

    Raises:
        ManualError: if nothing of it can be read.
    """
    run = workers.run_in_background if jobs > 1 else None
    return manuals.load(
        project.settings(), run_in_background=run, meanwhile=meanwhile, memory=memory
    )


def from_options(
    sets: Iterable[OptionSet] | OptionSet,
    *,
    title: str = "",
    version: str = "",
    theme: str | Path | None = None,
    memory: Memory | None = None,
    **settings: Any,
) -> Manual:
    """Return option sets as a manual without chapters.

    Args:
        sets: the option sets (or one), as :func:`read_options` and :func:`extract` return them.
        title: the manual's title; ``Options`` where empty.
        version: shown after the title.
        theme: a folder whose files replace the templates.
        memory: what has been read of them earlier.
        **settings: attributes of :class:`OptionSettings`.

    Raises:
        ManualError: if there is no such theme.
        TypeError: if there is no such attribute, or a value has another type.
        ValueError: if an attribute cannot have this value.
    """
    return manuals.of_options(
        [sets] if isinstance(sets, OptionSet) else sets,
        ManualSettings(
            title=title,
            version=version,
            options=from_arguments(OptionSettings, settings),
            site=SiteSettings(theme=existing_theme(Path(theme) if theme is not None else None)),
        ),
        memory,
    )


def read_options(path: str | Path) -> OptionSet:
    """Read an ``options.json``.

    Args:
        path: the file; ``-`` is standard input.

    Raises:
        ManualError: if the file cannot be read, or holds no options.
    """
    return reading.read(str(path))


def extract(modules: Iterable[str | Path] | str | Path, **settings: Any) -> OptionSet:
    """Evaluate modules and return the options that they declare.

    Args:
        modules: their files (or one).
        **settings: attributes of :class:`EvaluationSettings`.

    Raises:
        ManualError: if they cannot be evaluated at all.
        TypeError: if there is no such attribute, or a value has another type.
    """
    # Most manuals are made of options.json; what evaluates modules is loaded when needed.
    from manualgen.evaluation import extracting  # noqa: PLC0415

    if isinstance(modules, (str, Path)):
        modules = [modules]
    return extracting.extract(
        [Path(path) for path in modules], from_arguments(EvaluationSettings, settings)
    )


# ─── render ───


def render_option(manual: Manual, name: str, output_format: Format = "html") -> str:
    """Return one option of a manual in a format.

    Args:
        manual: the manual.
        name: the option's name; a placeholder of its path stands for any part.
        output_format: the format.

    Raises:
        KeyError: if the manual has no such option.
        ValueError: if there is no such format.
    """
    for included in manual.sets:
        identifier = included.catalog.index.identifier(name)
        if identifier is not None:
            break
    else:
        raise KeyError(name)
    option = included.catalog.options[included.catalog.positions[identifier]]
    section = included.sections.section(option, identifier)
    # An output made later reports them; :func:`check` returns them.
    included.sections.take_diagnostics()
    from manualgen.writers import formats  # noqa: PLC0415 - each writer is loaded when needed

    writer = formats.writer(output_format)
    writer.links = manual.links(_own_address(output_format), included)
    return _shown(writer.section(section))


def render_text(text: str, output_format: Format = "html") -> str:
    """Return a text of the dialect, such as a description, in a format.

    Its references lead nowhere, as it belongs to no manual.

    Args:
        text: the text.
        output_format: the format.

    Raises:
        ValueError: if there is no such format.
    """
    from manualgen.markup import description  # noqa: PLC0415 - the parser is slow to import
    from manualgen.writers import formats  # noqa: PLC0415 - as are writers

    return _shown(formats.writer(output_format).chapter(description.parse(text).blocks))


def _shown(text: str) -> str:
    """Return what a writer has written, without control characters."""
    from manualgen.writers import control_characters  # noqa: PLC0415 - as the writers

    return control_characters.replaced(text.encode("utf-8", "replace")).decode()


def _own_address(output_format: Format) -> Callable[[str], str | None]:
    """Return what gives addresses where a text stands by itself: identifiers alone."""
    return (lambda _: None) if output_format == "man" else (lambda name: f"#{name}")


# ─── build ───


def build_html(
    manual: Manual,
    folder: str | Path,
    *,
    site: SiteSettings | None = None,
    strict: bool = False,
    blame: Sequence[str] = (),
    options: BuildOptions | None = None,
) -> BuildResult:
    """Write a manual as a folder of pages; what was there stays until all of it is built.

    Args:
        manual: the manual.
        folder: created if need be.
        site: what the site is made with; by default the manual's own settings.
        strict: whether warnings, too, keep a manual with chapters from being written.
        blame: where not empty, only options declared below one of these prefixes do.
        options: how the work is done.

    Raises:
        ManualError: if the folder cannot be written.
    """
    from manualgen.site import site as sites  # noqa: PLC0415 - templates are slow to import
    from manualgen.site.plan import SitePlan  # noqa: PLC0415

    return sites.build(
        SitePlan(manual, site),
        Path(folder),
        functools.partial(failing, strict=strict, blame=tuple(blame)),
        options,
    )


def build_single_page(
    manual: Manual,
    path: str | Path,
    *,
    site: SiteSettings | None = None,
    strict: bool = False,
    blame: Sequence[str] = (),
    options: BuildOptions | None = None,
) -> BuildResult:
    """Write a manual as one self-contained file of HTML.

    Args:
        manual: the manual.
        path: the file.
        site: what the page is made with; by default the manual's own settings.
        strict: whether warnings, too, keep a manual with chapters from being written.
        blame: where not empty, only options declared below one of these prefixes do.
        options: how the work is done.

    Raises:
        ManualError: if the file cannot be written.
    """
    from manualgen.site import site as sites  # noqa: PLC0415 - templates are slow to import

    return sites.build_single_page(
        sites.plan_of_one_page(manual, site),
        Path(path),
        functools.partial(failing, strict=strict, blame=tuple(blame)),
        options,
    )


def build_manpage(
    manual: Manual,
    path: str | Path,
    *,
    look: ManpageLook | None = None,
    chapters: bool = False,
    options: BuildOptions | None = None,
) -> BuildResult:
    """Write the options of a manual as a man page.

    Args:
        manual: the manual.
        path: the file.
        look: how the page presents itself; by default as the manual's settings say.
        chapters: whether the manual's chapters stand in it too.
        options: how the work is done.

    Raises:
        ManualError: if the file cannot be written.
    """
    from manualgen.site import manpage  # noqa: PLC0415 - each format is loaded when needed

    path = Path(path)
    look = look or manpage.look_of(manual, path=path)
    return manpage.build(manual, path, look, options, chapters=chapters)


def build_markdown(
    manual: Manual,
    path: str | Path,
    *,
    style: MarkdownStyle | None = None,
    options: BuildOptions | None = None,
) -> BuildResult:
    """Write a manual as one file of CommonMark.

    Args:
        manual: the manual.
        path: the file.
        style: how what CommonMark lacks is written.
        options: how the work is done.

    Raises:
        ManualError: if the file cannot be written.
    """
    from manualgen.site import text  # noqa: PLC0415 - each format is loaded when needed
    from manualgen.writers.markdown import MarkdownWriter  # noqa: PLC0415

    writer = MarkdownWriter(style) if style is not None else MarkdownWriter()
    return text.build(manual, Path(path), writer, options=options)


def build_asciidoc(
    manual: Manual, path: str | Path, *, options: BuildOptions | None = None
) -> BuildResult:
    """Write a manual as one file of AsciiDoc.

    Args:
        manual: the manual.
        path: the file.
        options: how the work is done.

    Raises:
        ManualError: if the file cannot be written.
    """
    from manualgen.site import text  # noqa: PLC0415 - each format is loaded when needed
    from manualgen.writers.asciidoc import AsciidocWriter  # noqa: PLC0415

    return text.build(manual, Path(path), AsciidocWriter(), options=options)


# ─── diagnose ───


def failures(
    diagnostics: Iterable[Diagnostic], *, strict: bool = False, blame: Sequence[str] = ()
) -> list[Diagnostic]:
    """Return the diagnostics for which a build counts as failed.

    Args:
        diagnostics: those of a manual or of a build.
        strict: whether warnings count too.
        blame: where not empty, of the diagnostics of options only those count whose option is
            declared below one of these prefixes.
    """
    return failing(diagnostics, strict=strict, blame=tuple(blame))
