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
from manualgen.cli.groups import SuggestingGroup
from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.similar_names import nearest
from manualgen.site import files, overwriting
from manualgen.site.plan import SitePlan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from manualgen.book.project import ManualOverrides

    Decorated = Callable[..., Any]


@click.group("redirects", cls=SuggestingGroup)
def command() -> None:
    """Maintain redirects.json, so that old links keep working.

    The file has the address of each identifier of a manual, and the addresses that it had
    before. A build checks the file, and every old address leads to the current one.
    """


_FRONT = click.option(
    "--front",
    default=FRONT,
    show_default=True,
    help="The name of the manual's front page, if 'manualgen nrd' builds it with another.",
)


def _manual(function: Decorated) -> Decorated:
    """Decorate a command that reads a manual and its redirects."""

    @click.argument("manual", type=click.Path(path_type=Path))
    @arguments.pages(_FRONT)
    @functools.wraps(function)
    def wrapped(manual: Path, overrides: ManualOverrides, **rest: Any) -> None:
        project = msgspec.structs.replace(Project.load(manual), overrides=overrides)
        read = api.load_project(project)
        # If a file is missing, its identifiers only seem to be gone. References to identifiers
        # that were renamed are no reason to stop: these commands are for that.
        errors = missing_parts(read)
        if errors:
            reporting.report(errors)
            raise SystemExit(1)
        plan = SitePlan(read, with_redirects=False)
        path = plan.settings.redirects or manual.parent / "redirects.json"
        function(_Session(path, plan), **rest)

    return wrapped


class _Session:
    """The addresses of a manual's identifiers, and its table of redirects."""

    def __init__(self, path: Path, plan: SitePlan) -> None:
        """Read the redirects of a manual.

        Args:
            path: the file of redirects; it need not exist.
            plan: the plan of the manual's site.
        """
        self.path = path
        self.plan = plan
        self.addresses = {
            **{name: addresses[0] for name, addresses in plan.option_addresses().items()},
            **plan.current_addresses,
        }
        self.table = redirects.read(path, "") if path.exists() else {}

    def require_identifier(self, name: str) -> None:
        """Raise an error if the manual has no such identifier."""
        if name not in self.addresses:
            message = f"the manual has no identifier `{name}`"
            raise self.error(message, name, self.addresses)

    def require_entry(self, name: str) -> None:
        """Raise an error if the table does not list an identifier."""
        if name not in self.table:
            message = f"`{name}` is not listed"
            raise self.error(message, name, self.table)

    def error(self, message: str, name: str, candidates: Iterable[str]) -> ManualError:
        """Return an error, which suggests the candidate that is most like a name."""
        likely = nearest(name, candidates)
        return ManualError(
            Diagnostic(
                code=Code.BAD_REDIRECT,
                message=message,
                file=str(self.path),
                help=f"did you mean `{likely}`?" if likely else "correct the identifier",
            )
        )

    def save(self, change: str) -> None:
        """Write the table, and print what has changed."""
        inputs = set(overwriting.inputs_of(self.plan.manual)) - {self.path}
        data = redirects.write(self.table)
        files.write(self.path, data, inputs=inputs, waiting=reporting.report_waiting)
        click.echo(f"{change} in {self.path}", err=True)


@command.command("add")
@_manual
@click.argument("identifiers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that are new or have moved.")
def add(session: _Session, identifiers: tuple[str, ...], everything: bool) -> None:
    """Add identifiers, or the new addresses of those that have moved."""
    if everything:
        identifiers = tuple(
            name
            for name, address in session.plan.current_addresses.items()
            if not name.startswith(redirects.EXEMPT)
            and session.table.get(name, [""])[:1] != [address]
        )
    elif not identifiers:
        raise click.UsageError("name identifiers, or use --all")  # noqa: EM101, TRY003
    for name in identifiers:
        session.require_identifier(name)
        redirects.add(session.table, session.addresses, name)
    session.save(f"{len(identifiers)} identifier{'' if len(identifiers) == 1 else 's'} listed")


@command.command("move")
@_manual
@click.argument("old")
@click.argument("new")
def move(session: _Session, old: str, new: str) -> None:
    """Move the addresses of the identifier OLD to NEW, which replaces it."""
    session.require_entry(old)
    session.require_identifier(new)
    if old in session.addresses:
        message = f"the manual still has the identifier `{old}`"
        raise session.error(message, old, ())
    redirects.move(session.table, session.addresses, old, new)
    session.save(f"`{old}` leads to `{new}`")


@command.command("drop")
@_manual
@click.argument("identifier")
def drop(session: _Session, identifier: str) -> None:
    """Remove an identifier and its addresses.

    The addresses then lead nowhere.
    """
    session.require_entry(identifier)
    redirects.drop(session.table, identifier)
    session.save(f"`{identifier}` dropped")


@command.command("check")
@_manual
def check(session: _Session) -> None:
    """Check the file against the manual, as a build does."""
    diagnostics = session.plan.check_redirects(session.table, str(session.path))
    reporting.report(diagnostics)
    if diagnostics:
        raise SystemExit(1)
    click.echo(f"the addresses of {len(session.table):,} identifiers are right", err=True)
