"""Building one manual: a function of plain data, which any process on any machine can run."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.book import manual as manuals
from manualgen.book.catalog import OptionSettings
from manualgen.book.manual import ManualSettings
from manualgen.book.project import MANUAL_SUFFIXES, Project, read_manpage_urls
from manualgen.book.references import names_in
from manualgen.book.settings import ExternalOption, SiteSettings
from manualgen.errors import Code, Diagnostic, ManualError, Severity, failing, shortened
from manualgen.evaluation.settings import is_module
from manualgen.markup import nodes
from manualgen.options import reading
from manualgen.options.declarations import Source
from manualgen.publication import archives, host_words, sources
from manualgen.publication.model import Answers, Findings, Site
from manualgen.publication.sources import MANPAGE_URLS, THEME, Inputs
from manualgen.site import manifest, records
from manualgen.site import site as sites
from manualgen.site.page_inputs import encoded, program
from manualgen.site.plan import SitePlan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.book.manual import Manual
    from manualgen.book.references import Resolver
    from manualgen.publication.project_list import ListedProject

_VERSIONS = "../"
"""The folder with what is known of the versions of a project, from that of one of them."""

_MOST_DIAGNOSTICS = 20
"""The diagnostics of a manual that its status has; the others are counted."""


class Limits(msgspec.Struct, frozen=True):
    """What the build of one manual may use.

    Attributes:
        seconds: the time.
        memory: the bytes of memory.
    """

    seconds: float = 600.0
    memory: int = 4 * 1024**3


class Job(msgspec.Struct, frozen=True):
    """A manual that is to be built.

    Attributes:
        project: the listed project.
        main: what is loaded, relative to the folder of the files.
        archive: the files; empty if the source is an address, which whoever builds reads.
        answers: what references mean that lead to other projects.
        known: the digest of what the published site was made from; empty if there is none, or
            nobody knows what it was made from.
        program: the digest of the program that is to build.
        limits: what the build may use.
    """

    project: ListedProject
    main: str = ""
    archive: bytes = b""
    answers: Answers = {}
    known: bytes = b""
    program: bytes = b""
    limits: Limits = Limits()


class Outcome(msgspec.Struct, frozen=True):
    """What has become of a job.

    Attributes:
        site: the site that was built; None if none was.
        archive: the files of the site.
        is_unchanged: whether what is published is made from the same.
        findings: the diagnostics.
        seconds: how long it has taken; 0 if that shall not be known.
    """

    site: Site | None = None
    archive: bytes = b""
    is_unchanged: bool = False
    findings: Findings = Findings()
    seconds: float = 0.0


def content_digest(project: ListedProject, files: bytes, answers: Answers) -> bytes:
    """Return the digest of all that a site is made from.

    Args:
        project: the listed project.
        files: the digest of the files of the manual.
        answers: what references mean that lead to other projects.
    """
    settings = encoded((project.name, project.version, project.settings, sorted(answers.items())))
    return hashlib.sha256(b"\0".join((program(), files, settings))).digest()


def findings_of(diagnostics: Iterable[Diagnostic]) -> Findings:
    """Return diagnostics as the status has them."""
    found = list(dict.fromkeys(diagnostics))
    counts = [sum(one.severity is severity for one in found) for severity in reversed(Severity)]
    worst = sorted(found, key=lambda one: -one.severity)[:_MOST_DIAGNOSTICS]
    kept = [one for one in worst if one.severity is not Severity.HINT]
    return Findings((counts[0], counts[1], counts[2]), tuple(map(_bounded, kept)))


def _bounded(diagnostic: Diagnostic) -> dict[str, Any]:
    short = {
        name: shortened(text, 500)
        for name in ("message", "excerpt", "help")
        if len(text := getattr(diagnostic, name)) > 500
    }
    return msgspec.structs.replace(diagnostic, **short).to_dict()


def failure(diagnostics: Iterable[Diagnostic]) -> Outcome:
    """Return the outcome of a job that nothing was built of.

    Args:
        diagnostics: the reasons.
    """
    return Outcome(findings=findings_of(diagnostics))


def build(job: Job, folder: Path) -> Outcome:
    """Build a manual.

    It changes the current folder of the process, so that diagnostics name files as the authors
    know them.

    Args:
        job: the job.
        folder: an empty folder for its files.
    """
    if job.program != program():
        return failure([_other_program()])
    source = folder.resolve() / "source"
    try:
        files = Inputs(job.main, dict(archives.unpack(job.archive)))
        for name, data in files.files.items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        os.chdir(source)
        return _without_folder(_built(job, files, folder / "site"), source)
    except ManualError as error:
        return _without_folder(failure([error.diagnostic]), source)


def _without_folder(outcome: Outcome, folder: Path) -> Outcome:
    """Return an outcome whose diagnostics do not name the folder of the build.

    It has another name each time, and means nothing to readers.
    """

    def shown(value: Any) -> Any:
        if isinstance(value, list):
            return [shown(entry) for entry in value]
        if not isinstance(value, str):
            return value
        return value.replace(f"{folder}/", "").replace(str(folder), "the manual's folder")

    worst = tuple(
        {key: shown(value) for key, value in one.items()} for one in outcome.findings.worst
    )
    findings = msgspec.structs.replace(outcome.findings, worst=worst)
    return msgspec.structs.replace(outcome, findings=findings)


def fetched(job: Job) -> Job | Outcome:
    """Return a job whose source is an address with its files; or its outcome, if it is known then.

    Args:
        job: the job.
    """
    try:
        read = sources.fetch(job.project.source)
        more = dict(archives.unpack(job.archive)) if job.archive else {}
        files = Inputs(read.main, read.files | more)
    except ManualError as error:
        return failure([error.diagnostic])
    if job.known and content_digest(job.project, files.digest(), job.answers) == job.known:
        return Outcome(is_unchanged=True)
    return msgspec.structs.replace(job, main=files.main, archive=archives.pack(files.files))


def _built(job: Job, files: Inputs, output: Path) -> Outcome:
    manual = _manual(job, files)
    plan = SitePlan(manual)
    result = sites.build(plan, output, failing)
    asked = _asked(manual, result.dependencies, job.answers)
    answers = {name: job.answers[name] for name in asked if name in job.answers}
    findings = findings_of(result.diagnostics)
    if not result.pages:
        return Outcome(Site(asked=asked), findings=findings)
    written = {
        name: (output / name).read_bytes()
        for name in sorted(manifest.names_in(output) - {records.RECORDS})
    }
    catalogs = [included.catalog for included in manual.sets]
    site = Site(
        content=content_digest(job.project, files.digest(), answers),
        files={name: records.record_of(data) for name, data in written.items()},
        title=manual.title,
        options=sum(len(catalog.options) for catalog in catalogs),
        pages=result.pages,
        names=tuple(
            (option.name, name)
            for catalog in catalogs
            for option, name in zip(catalog.options, catalog.ids, strict=True)
        ),
        asked=asked,
        answers=answers,
        evaluates=is_module(files.main)
        or any(
            included.source is not None and is_module(included.source.path)
            for included in manual.sets
        ),
        words=host_words.words_of(plan, host_words.entries_of(plan, output)),
    )
    return Outcome(site, archives.pack(written), findings=findings)


def _manual(job: Job, files: Inputs) -> Manual:
    """Read the manual in the current folder."""
    project, settings = job.project, job.project.settings
    theme = Path(THEME) if settings.theme else None
    urls = Path(MANPAGE_URLS) if settings.manpage_urls else None
    trees = tuple(
        Source(tree.name, tree.path.rstrip("/"), tree.address) for tree in settings.declarations
    )
    externals = _externals(job.answers)
    if files.main.endswith(MANUAL_SUFFIXES):
        read = Project.load(Path(files.main)).override(
            title=settings.title,
            version=project.version,
            revision=settings.revision,
            theme=theme,
            manpage_urls=urls,
            chunk=settings.chunk,
            toc_depth=settings.toc_depth,
            chapter_toc_depth=settings.chapter_toc_depth,
            section_toc_depth=settings.section_toc_depth,
            dangling=settings.dangling,
            sources=trees,
        )
        given = read.settings()
        site = msgspec.structs.replace(given.site, externals=externals, versions=_VERSIONS)
        return manuals.load(msgspec.structs.replace(given, site=site))
    return manuals.of_options(
        [_option_set(files.main)],
        ManualSettings(
            title=settings.title or project.name,
            version=project.version,
            options=OptionSettings(
                sources=trees,
                revision=settings.revision,
                manpage_urls=read_manpage_urls(urls) if urls is not None else {},
            ),
            site=SiteSettings(theme=theme, externals=externals, versions=_VERSIONS),
        ),
    )


def _option_set(main: str) -> reading.OptionSet:
    if not is_module(main):
        return reading.read(main)
    # Most option sets are files of JSON.
    from manualgen.evaluation import extracting  # noqa: PLC0415
    from manualgen.evaluation.settings import EvaluationSettings  # noqa: PLC0415

    return extracting.extract([Path(main)], EvaluationSettings())


def _externals(answers: Answers) -> dict[str, ExternalOption]:
    """Return the options of other projects that references lead to."""
    found: dict[str, ExternalOption] = {}
    for written, (other, version, name, identifier) in answers.items():
        # The script of the front page leads on, whatever page the option is on.
        path = f"../../{other}/{version}/index.html"
        found[written] = ExternalOption(name, identifier, path, f"{other} {version}")
        # See :func:`_asked`.
        found.setdefault(identifier, found[written])
    return found


def _asked(
    manual: Manual, dependencies: dict[str, frozenset[str]], answers: Answers
) -> tuple[str, ...]:
    """Return what references are written with that nothing in the manual has.

    The dependencies of a page are also the identifiers that its references lead to. Those of options
    of other projects are left out, as nobody can tell whether a reference is written with them
    too; so they lead to the same.
    """
    asked = set().union(*dependencies.values()) if dependencies else set()
    if manual.outline is not None:
        # They are known even if the site could not be built.
        asked |= names_in(
            located.node for division in manual.outline.divisions for located in division.references
        )
    asked -= {identifier for *_, identifier in answers.values()} - answers.keys()
    resolver = manual.resolver
    return tuple(sorted(name for name in asked if not _is_known(resolver, name)))


def _is_known(resolver: Resolver, name: str) -> bool:
    return (
        resolver.option(name) is not None
        or resolver.identifier(nodes.cross_reference("", target=name)) is not None
    )


def _other_program() -> Diagnostic:
    return Diagnostic(
        code=Code.SYSTEM_FAILURE,
        message="whoever was to build the manual has another version of manualgen, of Python, or "
        "of a library that decides about pages",
        help="install the same versions on all workers as where `manualgen publish` runs",
    )
