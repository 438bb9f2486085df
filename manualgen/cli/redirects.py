"""``manualgen redirects``."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from manualgen import api
from manualgen.book import redirects
from manualgen.book.pages import FRONT
from manualgen.book.project import Project
from manualgen.cli import arguments, reporting
from manualgen.cli.documents import missing_parts
from manualgen.errors import Code, Diagnostic, ManualError, nearest
from manualgen.site import files
from manualgen.site.plan import SitePlan

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.book.project import ManualOverrides

    Decorated = Callable[..., Any]


@click.group("redirects")
def command() -> None:
    """Keep redirects.json: where each identifier of a manual stands, and where it has stood.

    A build checks the file, and every old place leads to the new one.
    """


_FRONT = click.option(
    "--front",
    default=FRONT,
    show_default=True,
    help="The name of the manual's front page, where 'nixos-render-docs' gives it another.",
)


def _manual(function: Decorated) -> Decorated:
    """Decorate a command that reads a manual and its redirects."""

    @click.argument("manual", type=click.Path(path_type=Path))
    @arguments.pages(_FRONT)
    @functools.wraps(function)
    def wrapped(manual: Path, overrides: ManualOverrides, **rest: Any) -> None:
        project = msgspec.structs.replace(Project.load(manual), overrides=overrides)
        read = api.load_project(project)
        # Where a file is missing, its identifiers only seem to be gone. A reference to one that
        # has been renamed is what these commands are there for.
        errors = missing_parts(read)
        if errors:
            reporting.report(errors)
            raise SystemExit(1)
        plan = SitePlan(read, with_redirects=False)
        path = plan.settings.redirects or manual.parent / "redirects.json"
        function(_Session(path, plan), **rest)

    return wrapped


class _Session:
    """A manual's identifiers, and the table of its redirects."""

    def __init__(self, path: Path, plan: SitePlan) -> None:
        self.path = path
        self.plan = plan
        self.places = {
            **{name: places[0] for name, places in plan.option_places().items()},
            **plan.current,
        }
        self.table = redirects.read(path, "") if path.exists() else {}

    def known(self, name: str) -> None:
        if name not in self.places:
            message = f"the manual has no identifier `{name}`"
            raise self.refusal(message, name, self.places)

    def listed(self, name: str) -> None:
        if name not in self.table:
            message = f"`{name}` is not listed"
            raise self.refusal(message, name, self.table)

    def refusal(self, message: str, name: str, among: Any) -> ManualError:
        likely = nearest(name, among)
        return ManualError(
            Diagnostic(
                code=Code.BAD_REDIRECT,
                message=message,
                file=str(self.path),
                help=f"did you mean `{likely}`?" if likely else "correct the identifier",
            )
        )

    def save(self, done: str) -> None:
        files.write(self.path, redirects.write(self.table))
        click.echo(f"{done} in {self.path}", err=True)


@command.command("add")
@_manual
@click.argument("identifiers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that are new or stand elsewhere now.")
def add(session: _Session, identifiers: tuple[str, ...], everything: bool) -> None:
    """List identifiers, or the new places of those that stand elsewhere now."""
    if everything:
        identifiers = tuple(
            name
            for name, place in session.plan.current.items()
            if not name.startswith(redirects.EXEMPT)
            and session.table.get(name, [""])[:1] != [place]
        )
    elif not identifiers:
        raise click.UsageError("name identifiers, or say --all")  # noqa: EM101, TRY003
    for name in identifiers:
        session.known(name)
        redirects.add(session.table, session.places, name)
    session.save(f"{len(identifiers)} identifier{'' if len(identifiers) == 1 else 's'} listed")


@command.command("move")
@_manual
@click.argument("old")
@click.argument("new")
def move(session: _Session, old: str, new: str) -> None:
    """Say that the identifier OLD is called NEW now, or that NEW has taken its place."""
    session.listed(old)
    session.known(new)
    if old in session.places:
        message = f"the manual still has the identifier `{old}`"
        raise session.refusal(message, old, ())
    redirects.move(session.table, session.places, old, new)
    session.save(f"`{old}` leads to `{new}`")


@command.command("drop")
@_manual
@click.argument("identifier")
def drop(session: _Session, identifier: str) -> None:
    """Remove an identifier and all its old places, which then lead nowhere."""
    session.listed(identifier)
    redirects.drop(session.table, identifier)
    session.save(f"`{identifier}` dropped")


@command.command("check")
@_manual
def check(session: _Session) -> None:
    """Check the file against the manual, as a build does."""
    found = session.plan.check_redirects(session.table, str(session.path))
    reporting.report(found)
    if found:
        raise SystemExit(1)
    click.echo(f"{len(session.table):,} identifiers are as the manual has them", err=True)
