"""What is known of published manuals: records in the store, and what readers and programs get.

``index.json`` and ``status.json`` are public; ``docs/publish.md`` has their schemas. The records are
for the next publication alone.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

INDEX = "index.json"
"""The file with all projects, their versions and addresses."""

STATUS = "status.json"
"""The file that says what was built when, and what failed and why."""

FORMAT = 1
"""The version of the format of both files."""


class PublishedVersion(msgspec.Struct, frozen=True):
    """A version of a project in ``index.json``.

    Attributes:
        version: the version.
        title: the title of its manual.
        options: the number of its options.
        pages: the number of its pages.
        address: its folder, relative to the file.
        inventory: its inventory for Sphinx, likewise.
    """

    version: str
    title: str
    options: int
    pages: int
    address: str
    inventory: str


class PublishedProject(msgspec.Struct, frozen=True):
    """A project in ``index.json``.

    Attributes:
        name: its name.
        title: the title of its newest version.
        latest: its newest version.
        address: the folder that leads to the newest version, relative to the file.
        versions: its versions, the newest first.
    """

    name: str
    title: str
    latest: str
    address: str
    versions: tuple[PublishedVersion, ...]


class Index(msgspec.Struct, frozen=True):
    """``index.json``.

    Attributes:
        format: :data:`FORMAT`.
        generator: the program that wrote it.
        projects: the projects in order of their names.
    """

    format: int
    generator: str
    projects: tuple[PublishedProject, ...]


class VersionStatus(msgspec.Struct, frozen=True):
    """The status of a version of a project in ``status.json``.

    Attributes:
        project: the name of the project.
        version: the version.
        state: ``failed`` if the last attempt to build it failed; what was there before stays.
        built: when what is there was built, in UTC: ``2025-11-01T12:00:00Z``; "" if there is none.
        address: the folder of what is there, relative to the file; "" if there is none.
        errors: the number of errors in the last attempt.
        warnings: that of warnings.
        hints: that of hints.
        diagnostics: the first of them, the worst first, each as :meth:`Diagnostic.to_dict`
            returns it.
    """

    project: str
    version: str
    state: Literal["built", "failed"]
    built: str
    address: str
    errors: int
    warnings: int
    hints: int
    diagnostics: tuple[dict[str, Any], ...] = ()


class Status(msgspec.Struct, frozen=True):
    """``status.json``.

    Attributes:
        format: :data:`FORMAT`.
        generator: the program that wrote it.
        versions: in order of the names of projects, the newest version first.
    """

    format: int
    generator: str
    versions: tuple[VersionStatus, ...]


class Findings(msgspec.Struct, frozen=True, array_like=True):
    """The diagnostics of a build.

    Attributes:
        counts: the number of errors, warnings and hints.
        worst: the first of them, the worst first, as :meth:`Diagnostic.to_dict` returns them.
    """

    counts: tuple[int, int, int] = (0, 0, 0)
    worst: tuple[dict[str, Any], ...] = ()


Answers = dict[str, tuple[str, str, str, str]]
"""What references are written with → project, version, name and identifier of the option meant."""


class Site(msgspec.Struct, frozen=True, array_like=True):
    """A site that has been built, without its files.

    Attributes:
        content: the digest of all that it was made from.
        files: path → digest and size of each file.
        title: the title of the manual.
        options: the number of its options.
        pages: the number of its pages.
        names: name and identifier of each option.
        asked: what its references are written with that nothing in the manual has.
        answers: what some of these mean in other projects.
        evaluates: whether modules were evaluated, of which nobody knows what they read.
        words: its words for the search over all projects, as
            :func:`manualgen.publication.host_words.read` reads them.
    """

    content: bytes = b""
    files: dict[str, tuple[bytes, int]] = {}
    title: str = ""
    options: int = 0
    pages: int = 0
    names: tuple[tuple[str, str], ...] = ()
    asked: tuple[str, ...] = ()
    answers: Answers = {}
    evaluates: bool = False
    words: bytes = b""


class Record(msgspec.Struct, frozen=True, array_like=True):
    """What the store keeps of a version of a project.

    Attributes:
        site: the site that is there; without files if there is none.
        built: when it was built.
        is_complete: whether all its files are there. If not, an upload was interrupted, and any
            file of ``site`` may be there.
        failed: whether the last attempt failed.
        findings: the diagnostics of the last attempt.
        seconds: how long the last attempt has taken; 0 if that is not known.
    """

    site: Site = Site()
    built: str = ""
    is_complete: bool = True
    failed: bool = False
    findings: Findings = Findings()
    seconds: float = 0.0
