"""What the Python API has of publishing; :mod:`manualgen.api` loads it when it is first used."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from manualgen.errors import ManualError
from manualgen.publication import engines, project_list
from manualgen.publication.host_pages import HostSettings
from manualgen.publication.publishing import Publication, PublishResult
from manualgen.publication.stores import open_store
from manualgen.site import workers

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from manualgen.publication.building import Limits
    from manualgen.publication.project_list import ProjectList
    from manualgen.site.locking import Waiting


def publish(
    projects: str | Path | ProjectList,
    store: str | Path,
    *,
    jobs: int | None = None,
    scheduler: str = "",
    executor: Executor | None = None,
    limits: Limits | None = None,
    progress: Callable[[int, int], None] | None = None,
    notice: Callable[[str], None] | None = None,
    waiting: Waiting | None = None,
) -> PublishResult:
    """Build all manuals of a list, and publish them side by side.

    Args:
        projects: the list: a file of TOML, a table (``.csv``), a folder of projects, or one that
            has been read.
        store: a folder, or an address that fsspec writes, such as ``s3://docs/``.
        jobs: the number of builds at once on this machine; None for that of the processors.
        scheduler: the address of a scheduler of Dask, whose workers build instead.
        executor: runs the builds instead.
        limits: what the build of one manual may use.
        progress: called with the number of manuals that are done, and of all.
        notice: called with a sentence if the scheduler has no workers yet.
        waiting: called with a folder if another build that writes it is waited for.

    Raises:
        ManualError: if the list has errors, or the store or the scheduler cannot be reached.
    """
    if isinstance(projects, (str, Path)):
        projects = project_list.read(Path(projects))
    for diagnostic in projects.diagnostics:
        raise ManualError(diagnostic)
    opened = open_store(str(store), waiting)
    with contextlib.ExitStack() as context:
        if executor is not None:
            engine = engines.of_executor(executor)
        elif scheduler:
            engine = context.enter_context(
                engines.cluster(scheduler, notice or (lambda _sentence: None))
            )
        else:
            engine = context.enter_context(engines.local(jobs or workers.available()))
        settings = HostSettings(projects.title, projects.theme)
        return Publication(
            projects.projects, opened, engine, settings=settings, limits=limits, progress=progress
        ).publish()
