"""Publishing all manuals of a list: what has changed is built, and each site is replaced as a whole."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import ManualError
from manualgen.publication import archives, first_pass, host, host_writing, sources, versions
from manualgen.publication.building import Job, Limits, content_digest, findings_of
from manualgen.publication.cross_references import CrossReferences
from manualgen.publication.engines import Task, Upload, record_of
from manualgen.publication.host_pages import HostSettings
from manualgen.publication.model import Answers, Findings, Record, Site
from manualgen.publication.spool import Spool
from manualgen.publication.stores import ObjectStore, is_as_recorded, read_record, write_record
from manualgen.site.page_inputs import program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from manualgen.publication.building import Outcome
    from manualgen.publication.engines import Engine
    from manualgen.publication.project_list import ListedProject
    from manualgen.publication.stores import Store

_EPOCH = "SOURCE_DATE_EPOCH"

_MOST_ROUNDS = 4
"""A manual whose references have become known can then ask for others; a few rounds answer all."""


_READERS = 16
"""The records that are read at once."""

_BATCH = 8 * _READERS
"""The records that are read before the first of them is needed."""


class PublishResult(msgspec.Struct, frozen=True):
    """What has become of the manuals of a list.

    Attributes:
        built: the number of those that were built.
        unchanged: that of those that were not built, as nothing has changed.
        failed: name and version of those that could not be built, with what is wrong with them.
    """

    built: int
    unchanged: int
    failed: dict[tuple[str, str], Findings]


class Publication:
    """One publication of a list."""

    def __init__(
        self,
        projects: Sequence[ListedProject],
        store: Store,
        engine: Engine,
        *,
        settings: HostSettings | None = None,
        limits: Limits | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Prepare to publish.

        Args:
            projects: the projects of the list; each name and version once.
            store: where they are published.
            engine: runs the builds.
            settings: what the pages of the host are made with.
            limits: what the build of one manual may use.
            progress: called with the number of manuals that are done, and of all.
        """
        self._projects = projects
        self._store = store
        self._engine = engine
        self._limits = limits or Limits()
        self._progress = progress
        self._settings = settings or HostSettings()
        self._now = _now()
        # What is given a time is to be the same each time.
        self._is_timed = _EPOCH not in os.environ
        self._upload = store if isinstance(store, ObjectStore) and store.is_shared else None
        self._built: set[int] = set()
        self._failed: dict[int, Findings] = {}
        # The manuals whose files are as they were published by an earlier publication.
        self._intact: set[int] = set()
        # The manuals whose references ask for options of other projects, and for what.
        self._askers: set[int] = set()
        self._asked: set[str] = set()
        self._done = 0
        self._spool = Spool()

    def publish(self) -> PublishResult:
        """Build and publish what has changed.

        Raises:
            ManualError: if the store or the engine cannot go on. What has been published by then
                stays, and the next publication goes on from there.
        """
        host.check(self._store)
        host_writing.check(self._store)
        count = len(self._projects)
        with self._spool:
            with Spool() as estimates:
                self._build(range(count), self._estimated_answers(estimates))
            for _ in range(_MOST_ROUNDS):
                answers = dict(self._changed_answers())
                if not answers:
                    break
                self._build(sorted(answers), answers.__getitem__)
            self._write_host()
        return PublishResult(
            built=len(self._built),
            unchanged=count - len(self._built) - len(self._failed),
            failed={
                self._projects[index].key: self._failed[index] for index in sorted(self._failed)
            },
        )

    # ─── building ───

    def _build(self, indices: Iterable[int], answers: Callable[[int], Answers]) -> None:
        """Build those manuals of some that have changed.

        Args:
            indices: their numbers.
            answers: number → what references of the manual mean that lead to other projects.
        """
        for task, outcome in self._engine.results(self._tasks(indices, answers)):
            self._conclude(task.index, outcome, is_uploaded=task.upload is not None)

    def _tasks(self, indices: Iterable[int], answers: Callable[[int], Answers]) -> Iterator[Task]:
        """Yield the builds of manuals that may have changed; of the others, what is known is kept."""
        for index in indices:
            record = self._spool.get(index)
            try:
                task = self._task(index, record, answers(index))
            except ManualError as error:
                self._fail(index, record, findings_of([error.diagnostic]), ())
                continue
            if task is None:
                self._ask(index, record)
                self._report()
            else:
                yield task

    def _task(self, index: int, record: Record, answers: Answers) -> Task | None:
        """Return the build of a manual; None if nothing has changed.

        Raises:
            ManualError: if a file of it cannot be read.
        """
        project = self._projects[index]
        known = b""
        if index in self._intact and not record.site.evaluates:
            known = record.site.content
        job = Job(project, answers=answers, known=known, program=program(), limits=self._limits)
        if project.is_remote:
            files = sources.settings_files(project)
            packed = archives.pack(files) if files else b""
            job = msgspec.structs.replace(job, archive=packed)
        else:
            inputs = sources.collect(project)
            if known and known == content_digest(project, inputs.digest(), answers):
                return None
            packed = archives.pack(inputs.files)
            job = msgspec.structs.replace(job, main=inputs.main, archive=packed)
        if self._upload is None:
            return Task(index, job, is_timed=self._is_timed)
        old = Record(
            Site(files=record.site.files),
            record.built,
            record.is_complete,
            seconds=record.seconds,
        )
        upload = Upload(self._upload, _folder(project), old, self._now)
        return Task(index, job, upload, is_timed=self._is_timed)

    def _read_records(self) -> Iterator[tuple[int, Record]]:
        """Yield each manual with its record, and find out whether its files are there."""

        def read(index: int) -> tuple[Record, bool]:
            folder = _folder(self._projects[index])
            record = read_record(self._store, folder)
            return record, not record.failed and is_as_recorded(self._store, folder, record)

        count = len(self._projects)
        # An object store takes its time to answer, and answers many at once.
        with ThreadPoolExecutor(_READERS) as readers:
            for start in range(0, count, _BATCH):
                batch = range(start, min(count, start + _BATCH))
                for index, (record, is_intact) in zip(batch, readers.map(read, batch), strict=True):
                    if is_intact:
                        self._intact.add(index)
                    yield index, record

    def _conclude(self, index: int, outcome: Outcome, *, is_uploaded: bool) -> None:
        """Publish what was built, and keep what is known of it."""
        project, old = self._projects[index], self._spool.get(index)
        if outcome.is_unchanged:
            self._ask(index, old)
            self._report()
            return
        if outcome.site is None or not outcome.site.files:
            asked = outcome.site.asked if outcome.site is not None else ()
            failed = msgspec.structs.replace(old, seconds=outcome.seconds)
            self._fail(index, failed, outcome.findings, asked)
            return
        new = record_of(outcome, old, self._now)
        if not is_uploaded:
            files = dict(archives.unpack(outcome.archive))
            try:
                self._store.replace(_folder(project), files, old, new)
            except ManualError as error:
                self._fail(index, old, findings_of([error.diagnostic]), ())
                return
        self._spool.put(index, new)
        self._failed.pop(index, None)
        if new.site.files != old.site.files:
            self._built.add(index)
        self._ask(index, new)
        self._report()

    def _fail(self, index: int, old: Record, findings: Findings, asked: tuple[str, ...]) -> None:
        """Record that a manual could not be built; its site stays as it was."""
        stored = read_record(self._store, _folder(self._projects[index]))
        if not stored.is_complete:
            # An upload has failed: the next one must not take objects for those of before.
            old = stored
        site = msgspec.structs.replace(old.site, asked=asked) if asked else old.site
        record = msgspec.structs.replace(old, site=site, failed=True, findings=findings)
        if not old.failed or old.findings != findings or old.site.asked != site.asked:
            write_record(self._store, _folder(self._projects[index]), record)
        self._spool.put(index, record)
        self._failed[index] = findings
        self._built.discard(index)
        self._ask(index, record)
        self._report()

    def _ask(self, index: int, record: Record) -> None:
        if record.site.asked:
            self._askers.add(index)
            self._asked.update(record.site.asked)

    def _report(self) -> None:
        if self._progress is not None:
            # A later round builds some of them again.
            self._done = min(self._done + 1, len(self._projects))
            self._progress(self._done, len(self._projects))

    # ─── references across projects ───

    def _estimated_answers(self, estimates: Spool) -> Callable[[int], Answers]:
        """Read all records; return what references mean by them, and by the texts of new manuals.

        Args:
            estimates: where what manuals declare and refer to is kept, as long as that is asked.
        """
        asked: set[str] = set()
        for index, record in self._read_records():
            self._spool.put(index, record)
            site = record.site if record.site.files else _estimate(self._projects[index])
            estimates.put(index, Record(site))
            asked.update(site.asked)
        known = CrossReferences(asked)
        if asked:
            for index, project in enumerate(self._projects):
                known.add(project.name, project.version, estimates.get(index).site.names)

        def answers(index: int) -> Answers:
            project = self._projects[index]
            return known.answers(project.name, project.version, estimates.get(index).site.asked)

        return answers

    def _changed_answers(self) -> Iterator[tuple[int, Answers]]:
        """Yield the manuals whose references mean something else than they were built with."""
        if not self._askers:
            return
        known = CrossReferences(self._asked)
        for index, project in enumerate(self._projects):
            known.add(project.name, project.version, self._spool.get(index).site.names)
        for index in sorted(self._askers):
            project, record = self._projects[index], self._spool.get(index)
            answers = known.answers(project.name, project.version, record.site.asked)
            if answers != record.site.answers:
                yield index, answers

    # ─── the host ───

    def _write_host(self) -> None:
        """Write what the host has beside the sites."""
        groups: dict[str, list[int]] = {}
        for index, project in enumerate(self._projects):
            groups.setdefault(project.name, []).append(index)
        with host_writing.HostWriter(self._store, self._settings, self._now) as writer:
            for name in sorted(groups):
                number_of = {self._projects[index].version: index for index in groups[name]}
                writer.add(
                    name,
                    [
                        (version, self._spool.get(number_of[version]))
                        for version in versions.newest_first(number_of)
                    ],
                )
            writer.finish()


def _estimate(project: ListedProject) -> Site:
    """Return what a manual that was never built seems to declare and to refer to."""
    if project.is_remote:
        return Site()
    try:
        files = sources.collect(project)
    except ManualError:
        # It is reported when the manual is to be built.
        return Site()
    names = first_pass.names_in(files)
    known = {text for pair in names for text in pair}
    return Site(names=tuple(names), asked=tuple(sorted(first_pass.asked_in(files, known))))


def _folder(project: ListedProject) -> str:
    return f"{project.name}/{project.version}"


def _now() -> str:
    """Return the time as records have it; ``SOURCE_DATE_EPOCH`` where that is set."""
    given = os.environ.get(_EPOCH, "")
    seconds = int(given) if given.isascii() and given.isdigit() else int(time.time())
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
