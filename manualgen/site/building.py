"""Builds: work spread over processes, its results and diagnostics put together.

The one loop that every format goes through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from manualgen.site import workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor

    from manualgen.errors import Diagnostic

    Failing = Callable[[Iterable[Diagnostic]], object]


Shard = TypeVar("Shard")


class BuildOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How work is done, whatever is built.

    Attributes:
        jobs: how many processes render.
        executor: renders instead.
        progress: called with how many pages, or options, are done, and how many there are.
    """

    jobs: int = 1
    executor: Executor | None = None
    progress: Callable[[int, int], None] | None = None


class BuildResult(msgspec.Struct, frozen=True):
    """What a build made.

    Attributes:
        pages: how many files; 0 if nothing was written.
        size: their bytes.
        diagnostics: what is wrong with the input.
        dependencies: path of a page → the identifiers that its references asked for, those
            included that the manual does not have. When one of them moves, appears or goes,
            the page changes. Empty for formats without pages.
    """

    pages: int
    size: int
    diagnostics: list[Diagnostic]
    dependencies: dict[str, frozenset[str]] = {}


class Rendered(msgspec.Struct, frozen=True):
    """What became of a shard.

    Attributes:
        data: what the renderer made of it.
        count: how many pages, or options, it was.
        diagnostics: what is wrong with the texts on them.
    """

    data: Any
    count: int
    diagnostics: list[Diagnostic]


def render(
    renderer: Callable[[Shard], Rendered],
    shards: Sequence[Shard],
    total: int,
    options: BuildOptions,
    diagnostics: list[Diagnostic],
) -> Iterator[Any]:
    """Begin to render shards; return what becomes of each, in their order.

    Where other processes do it, they are at work when this returns: the caller has
    time for what it alone can do.

    Args:
        renderer: renders a shard.
        shards: the pieces of work.
        total: how many pages, or options, they are.
        options: how the work is done.
        diagnostics: gets what is wrong with the texts, as results are taken.
    """
    work = workers.map_shards(renderer, shards, options.jobs, options.executor)
    return _results(work, total, options.progress, diagnostics)


def _results(
    work: Iterator[Rendered],
    total: int,
    progress: Callable[[int, int], None] | None,
    diagnostics: list[Diagnostic],
) -> Iterator[Any]:
    done = 0
    for rendered in work:
        diagnostics.extend(rendered.diagnostics)
        done += rendered.count
        if progress is not None:
            progress(done, total)
        yield rendered.data
