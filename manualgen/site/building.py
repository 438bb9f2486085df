"""The loop that renders the shards of a build and collects results, for every format."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from manualgen.site import workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from manualgen.errors import Diagnostic
    from manualgen.site.unchanged import Snapshot

    Failing = Callable[[Iterable[Diagnostic]], object]


Shard = TypeVar("Shard")


class BuildOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a build runs, whatever the format.

    Attributes:
        jobs: the number of processes that render.
        executor: renders the shards instead of processes of our own.
        progress: called with the number of pages, or options, that are done, and of all.
        waiting: called with the path of the output if another build that writes it is waited
            for.
        snapshot: what a command has found of its input before it read it, so that the next
            one can find out that nothing has changed.
    """

    jobs: int = 1
    executor: Executor | None = None
    progress: Callable[[int, int], None] | None = None
    waiting: Callable[[Path], object] | None = None
    snapshot: Snapshot | None = None


class BuildResult(msgspec.Struct, frozen=True):
    """The result of a build.

    Attributes:
        pages: the number of pages or documents; 0 if nothing was written.
        size: the bytes of all files.
        diagnostics: the problems of the input.
        dependencies: path of a page → the identifiers that its references name, including
            those that the manual does not have. If one of them moves, appears or disappears,
            the page changes. Empty for formats without pages.
        rendered: the number of pages that were rendered; the others are those of the last build.
        removed: the number of pages that the last build wrote and this one did not.
        reason: why the records of the last build were not used, if there are unreadable ones.
    """

    pages: int
    size: int
    diagnostics: list[Diagnostic]
    dependencies: dict[str, frozenset[str]] = {}
    rendered: int = 0
    reason: str = ""
    removed: int = 0


class Rendered(msgspec.Struct, frozen=True):
    """A shard that has been rendered.

    Attributes:
        data: the renderer's result.
        count: the number of pages, or options, in the shard.
        diagnostics: the problems of the texts in it.
    """

    data: Any
    count: int
    diagnostics: list[Diagnostic]


@contextlib.contextmanager
def render(
    renderer: Callable[[Shard], Rendered],
    shards: Sequence[Shard],
    total: int,
    options: BuildOptions,
    diagnostics: list[Diagnostic],
) -> Iterator[Iterator[Any]]:
    """Start to render shards; a context with an iterator of the data of each, in their order.

    Other processes start to work at once, so that the caller can do something else before it
    asks for results. They have ended when the context ends, by an error too: nothing writes
    files of a build that has failed.

    Args:
        renderer: renders a shard.
        shards: the shards.
        total: the number of pages, or options, in all of them.
        options: how the build runs.
        diagnostics: the problems of the texts are added to this list, with each result.
    """
    if options.executor is not None:
        renderer = functools.partial(_exclusively, renderer)
    work = workers.map_shards(renderer, shards, options.jobs, options.executor)
    try:
        yield _results(work, total, options.progress, diagnostics)
    finally:
        if isinstance(work, Generator):
            work.close()


_rendering = threading.Lock()
"""Held while a shard is rendered: the threads of an executor would share the renderer's state."""


def _exclusively(renderer: Callable[[Shard], Rendered], shard: Shard) -> Rendered:
    with _rendering:
        return renderer(shard)


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
