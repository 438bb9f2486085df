"""All that is wrong with a manual, found without writing anything.

Texts are parsed and references resolved as for an output, and no writer runs. The rules for
single options run where their texts are parsed, in several processes if asked for.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Code, ManualError
from manualgen.lint import blanks, docbook_blocks, expressions, text_fixes, web
from manualgen.lint.references import UnknownOptions
from manualgen.lint.rules import RULES, Subject
from manualgen.lint.settings import CheckSettings, check_code, is_silent, reported
from manualgen.markup import chapter
from manualgen.markup.reader import hint
from manualgen.site import checks, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from manualgen.book.documents import Document
    from manualgen.book.manual import IncludedOptions, Manual
    from manualgen.errors import Diagnostic

_FEWEST_OPTIONS = 200
"""The fewest options that a shard has."""


class _Shard(msgspec.Struct, frozen=True):
    """Options of a set: the set's index among those of the manual, and their positions in it."""

    number: int
    positions: range


def check(
    manual: Manual,
    settings: CheckSettings | None = None,
    *,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> list[Diagnostic]:
    """Return all that is wrong with a manual, each problem once.

    Args:
        manual: the manual.
        settings: what is reported; takes precedence over ``[check]`` of the manual's settings.
        jobs: the number of processes that parse.
        progress: called with the number of options that are done, and of all; of links to the web
            after that, which are counted with them.

    Raises:
        ValueError: if no diagnostic has a code that the settings name.
    """
    settings = settings or CheckSettings()
    for entry in (*settings.severity, *settings.ignore):
        check_code(entry.partition(":")[0])
    settings = settings.with_table(manual.settings.check, manual.settings.folder)
    found = [*manual.diagnostics, *_problems_of_site(manual)]
    links: list[web.Link] = []
    documents = _documents(manual)
    for document in documents:
        found += _problems_of_document(document)
        if settings.external:
            links += web.links_of_document(document)
    sets = _distinct_sets(manual)
    for diagnostics, new_links in _of_options(sets, settings, jobs, progress):
        found += diagnostics
        links += new_links
    options = [option for included in sets for option in included.catalog.options]
    if not is_silent(Code.INVALID_EXPRESSION, settings):
        found += expressions.check(options)
    count = len(options)

    def note(done: int, total: int) -> None:
        if progress is not None:
            progress(count + done, count + total)

    found += web.broken(links, settings.timeout, note)
    references = UnknownOptions(options)
    explained = filter(None, map(references.explained, found))
    return _in_order(reported(dict.fromkeys(explained), settings), sets)


def _distinct_sets(manual: Manual) -> list[IncludedOptions]:
    """Return the option sets; of one that is included several times, the first include."""
    sets: dict[object, IncludedOptions] = {}
    for included in manual.sets:
        sets.setdefault(included.source.path if included.source is not None else None, included)
    return list(sets.values())


def _documents(manual: Manual) -> list[Document]:
    if manual.outline is None:
        return []
    documents = {division.document.path: division.document for division in manual.outline.divisions}
    return list(documents.values())


def _problems_of_site(manual: Manual) -> list[Diagnostic]:
    """Return what the addresses of a site and its templates have wrong."""
    from manualgen.site import theme  # noqa: PLC0415 - Jinja is slow to import
    from manualgen.site.plan import SitePlan  # noqa: PLC0415

    problems: list[Diagnostic] = []
    try:
        plan = SitePlan(manual)
        problems += [*plan.diagnostics, *checks.names_in_inventory(plan)]
    except ManualError as error:
        problems.append(error.diagnostic)
    if manual.settings.site.theme is not None:
        problems += theme.problems(manual.settings.site.theme)
    return problems


def _problems_of_document(document: Document) -> Iterator[Diagnostic]:
    blocks = [block for segment in document.chapter.segments for block in segment.blocks]
    found = [*blanks.in_blocks(blocks, document.lines), *_hidden_lists(document)]
    tags = docbook_blocks.shown(blocks, "\n".join(document.lines))
    found += [tags] if tags is not None else []
    for diagnostic in found:
        yield msgspec.structs.replace(diagnostic, file=document.name, included_from=document.chain)


def _hidden_lists(document: Document) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each paragraph of a chapter that its author laid out as a list."""
    text = "\n".join(document.lines)
    # A parsed chapter is not changed, so it is parsed for this again.
    for recovered in text_fixes.recovered_in(chapter.parse(text).segments, text):
        if recovered.kind != "paragraph":
            message = "lines that read as a list are shown as a paragraph"
            yield msgspec.structs.replace(hint(recovered, text), message=message)


# ─── options ───


def _of_options(
    sets: list[IncludedOptions],
    settings: CheckSettings,
    jobs: int,
    progress: Callable[[int, int], None] | None,
) -> Iterator[tuple[list[Diagnostic], list[web.Link]]]:
    shards = [
        _Shard(number, positions)
        for number, included in enumerate(sets)
        for positions in workers.make_shards(len(included.catalog.options), jobs, _FEWEST_OPTIONS)
    ]
    if jobs <= 1 and progress is not None:
        # One shard would be all of the progress.
        shards = [
            _Shard(shard.number, shard.positions[start : start + _FEWEST_OPTIONS])
            for shard in shards
            for start in range(0, len(shard.positions), _FEWEST_OPTIONS)
        ]
    total = sum(len(shard.positions) for shard in shards)
    done = 0
    work = functools.partial(_shard_problems, sets, settings.external)
    for shard, result in zip(shards, workers.map_shards(work, shards, jobs), strict=True):
        done += len(shard.positions)
        if progress is not None:
            progress(done, total)
        yield result


def _shard_problems(
    sets: list[IncludedOptions], external: bool, shard: _Shard
) -> tuple[list[Diagnostic], list[web.Link]]:
    included = sets[shard.number]
    catalog, sections = included.catalog, included.sections
    sections.take_diagnostics()
    found: list[Diagnostic] = []
    links: list[web.Link] = []
    for position in shard.positions:
        option = catalog.options[position]
        sections.section(option, catalog.ids[position])
        found += sections.take_diagnostics()
        subject = Subject(option, sections.parse)
        for rule in RULES:
            found += rule(subject)
        if external:
            links += web.links_of_option(subject)
    return found, links


def _in_order(diagnostics: Iterable[Diagnostic], sets: list[IncludedOptions]) -> list[Diagnostic]:
    """Return diagnostics in the order of what they are about: files, then options."""
    positions: dict[str | None, int] = {}
    for included in sets:
        for option in included.catalog.options:
            positions.setdefault(option.name, len(positions) + 1)
    return sorted(diagnostics, key=lambda found: positions.get(found.option, 0))
