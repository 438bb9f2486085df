"""The pages of a host: all projects, the versions of one, and the status of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from manualgen.errors import Severity
from manualgen.site.theme import GENERATOR, templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from manualgen.publication.model import PublishedProject, PublishedVersion, VersionStatus

FOLDER = "_host"
"""The folder of a host with its style sheet, its scripts and the data of its search."""

FRONT, STATUS_PAGE = "index.html", "status.html"
"""The page of all projects, and that of their status."""

TITLE = "Documentation"
"""The title of a host that has none."""

_FEW_PROJECTS = 20
"""So many projects are one list, without letters."""

_SHOWN_VERSIONS = 3
"""The older versions of a project on the front page."""

_OTHERS = "0–9"


class HostSettings(msgspec.Struct, frozen=True):
    """What the pages of a host are made with.

    Attributes:
        title: their title.
        theme: a folder whose files replace those of ``templates/``.
    """

    title: str = ""
    theme: Path | None = None


class _Link(NamedTuple):
    title: str
    href: str


class _Row(NamedTuple):
    """A project on the front page.

    Attributes:
        title: its title.
        name: its name, if the title is another.
        version: its newest version.
        options: the number of the options of that.
        pages: the number of its pages.
        href: the address of that.
        page: the address of the project's page.
        others: some older versions.
        more: the number of all versions, if not all are shown.
    """

    title: str
    name: str
    version: str
    options: int
    pages: int
    href: str
    page: str
    others: tuple[_Link, ...]
    more: int


class _StatusRow(NamedTuple):
    """A version of a project on the page of the status.

    Attributes:
        project, version: which it is.
        href: its address; "" if there is nothing.
        what: what has become of it.
        diagnostics: the worst diagnostics.
        left_out: the number of the others.
    """

    project: str
    version: str
    href: str
    what: str
    diagnostics: tuple[dict[str, Any], ...]
    left_out: int


class HostPages:
    """The pages, made of one project after another."""

    def __init__(self, settings: HostSettings) -> None:
        """Begin.

        Args:
            settings: what they are made with.
        """
        self._settings = settings
        self._title = settings.title or TITLE
        self._rows: list[_Row] = []
        self._failed: list[_StatusRow] = []
        self._noted: list[_StatusRow] = []
        self._built: list[_StatusRow] = []

    def add(self, project: PublishedProject) -> None:
        """Add a project to the front page.

        Args:
            project: the project.
        """
        newest, *older = project.versions
        shown = older if len(older) <= _SHOWN_VERSIONS + 1 else older[:_SHOWN_VERSIONS]
        self._rows.append(
            _Row(
                project.title,
                project.name if project.name.lower() != project.title.lower() else "",
                newest.version,
                newest.options,
                newest.pages,
                _front(newest),
                f"{project.name}/index.html",
                tuple(_Link(version.version, _front(version)) for version in shown),
                len(project.versions) if len(shown) < len(older) else 0,
            )
        )

    def add_status(self, status: VersionStatus, seconds: float) -> None:
        """Add the status of a version.

        Args:
            status: its status.
            seconds: how long its last build has taken; 0 if that is not known.
        """
        counts = [status.errors, status.warnings, status.hints]
        row = _StatusRow(
            status.project,
            status.version,
            f"{status.address}index.html" if status.address else "",
            _what(status, seconds),
            tuple(_finding(entry) for entry in status.diagnostics),
            # Hints are counted, and never shown.
            max(0, sum(counts[:2]) - len(status.diagnostics)),
        )
        if status.state == "failed":
            self._failed.append(row)
        elif row.diagnostics:
            self._noted.append(row)
        else:
            self._built.append(row)

    def project(self, project: PublishedProject, built: Sequence[str]) -> bytes:
        """Return the page of a project.

        Args:
            project: the project.
            built: when each of its versions was built.
        """
        rows = [
            {
                "version": version.version,
                "href": _front(version).removeprefix(f"{project.name}/"),
                "options": version.options,
                "pages": version.pages,
                "built": time,
                "day": time[:10],
            }
            for version, time in zip(project.versions, built, strict=True)
        ]
        return self._render(
            "host-project.html",
            title=project.title,
            heading=project.title,
            root="../",
            rows=rows,
            breadcrumbs=[_Link(self._title, f"../{FRONT}")],
        )

    def files(self, version: str) -> Iterator[tuple[str, bytes]]:
        """Yield path and content of the page of all projects and that of the status.

        Args:
            version: that of the data of the search.
        """
        yield (
            STATUS_PAGE,
            self._render(
                "host-status.html",
                title="Status",
                heading="Status",
                breadcrumbs=[_Link(self._title, FRONT)],
                summary=self._summary(),
                groups=[
                    {"title": "Failed", "rows": self._failed},
                    {"title": "Built, with problems", "rows": self._noted},
                    {"title": "Built", "rows": self._built},
                ],
            ),
        )
        yield (
            FRONT,
            self._render(
                "host.html",
                title=self._title,
                heading=_counted(len(self._rows), "project"),
                host=version,
                breadcrumbs=[],
                groups=self._groups(),
                status=f"Status: {self._summary()}",
            ),
        )

    def _groups(self) -> list[dict[str, Any]]:
        """Return the projects by the first letters of their titles."""
        rows = sorted(self._rows, key=lambda row: (row.title.casefold(), row.page))
        if len(rows) <= _FEW_PROJECTS:
            return [{"title": "", "id": "", "projects": rows}] if rows else []
        groups: dict[str, list[_Row]] = {}
        for row in rows:
            first = row.title[:1].upper()
            groups.setdefault(first if first.isalpha() else _OTHERS, []).append(row)
        return [
            {"title": letter, "id": f"letter-{ord(letter[0]):x}", "projects": groups[letter]}
            for letter in sorted(groups, key=lambda letter: (letter == _OTHERS, letter))
        ]

    def _summary(self) -> str:
        built = len(self._built) + len(self._noted)
        parts = [f"{_counted(built, 'manual')} built"]
        parts += [f"{len(self._failed):,} failed"] if self._failed else []
        return ", ".join(parts)

    def _render(self, template: str, *, root: str = "", **variables: Any) -> bytes:
        folder = f"{root}{FOLDER}/"
        given = {
            "site_title": self._title,
            "version": "",
            "stylesheet": f"{folder}style.css",
            "host_style": f"{folder}host.css",
            "script": f"{folder}manual.js",
            "generator": GENERATOR,
            "tree": "",
            "previous": None,
            "next": None,
            "up": None,
            "heading_is_path": False,
            "count": None,
            "total": None,
            "on_this_page": "",
            "content": "",
        }
        page = templates(self._settings.theme).get_template(template)
        return page.render({**given, "root": root, **variables}).encode(errors="replace")


def _front(version: PublishedVersion) -> str:
    return f"{version.address}index.html"


def _what(status: VersionStatus, seconds: float) -> str:
    """Return what has become of a version."""
    duration = f" in {seconds:.1f} s" if seconds else ""
    when = status.built.replace("T", " ").replace("Z", " UTC")
    if status.state == "built":
        return f"built {when}{duration}"
    if status.built:
        return f"failed{duration.replace(' in ', ' after ')}; kept as it was built {when}"
    return f"failed{duration.replace(' in ', ' after ')}; nothing is published"


def _finding(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a diagnostic as the template shows it."""
    place = str(entry.get("file") or "")
    if place and entry.get("line"):
        place = f"{place}:{entry['line']}"
    parts = [f"option {entry['option']}" if entry.get("option") else "", place]
    return {
        "severity": str(entry.get("severity", Severity.ERROR.name.lower())),
        "code": str(entry.get("code", "")),
        "message": str(entry.get("message", "")),
        "help": str(entry.get("help") or ""),
        "excerpt": str(entry.get("excerpt") or ""),
        "place": ", ".join(filter(None, parts)),
    }


def _counted(count: int, one: str) -> str:
    return f"{count:,} {one}{'' if count == 1 else 's'}"
