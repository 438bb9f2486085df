"""``manualgen man``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from manualgen import api
from manualgen.book.configuration import ManpageTable
from manualgen.cli import arguments, documents
from manualgen.site import manpage

if TYPE_CHECKING:
    from manualgen.book.project import ManualOverrides
    from manualgen.cli.reporting import FailurePolicy

_TABLE = [
    arguments.from_setting(name, "manpage")
    for name in ("name", "section", "date", "system", "manual", "summary", "description")
] + [arguments.from_setting(name, "manpage", type=click.Path()) for name in ("header", "footer")]


@click.command("man")
@arguments.output("file to write")
@click.option(
    "--chapters", is_flag=True, help="Write the manual's chapters too, before its options."
)
@arguments.gathered(ManpageTable, "table", _TABLE)
@arguments.rendering(*arguments.titles)
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    chapters: bool,
    table: ManpageTable,
    overrides: ManualOverrides,
    jobs: int | None,
    policy: FailurePolicy,
) -> None:
    """Render option sets as a man page, like configuration.nix(5).

    INPUT is any number of option sets and modules, or one manual.toml or manual.md, whose
    option sets are all rendered.
    """
    files = [Path(name) for name in (table.header, table.footer) if name]
    look = (table, chapters)
    read = documents.read(
        inputs, output, "manpage", overrides, jobs, policy, look=look, files=files
    )
    for path in files:
        read.manual.inputs.note(path)
    read.conclude(
        api.build_manpage(
            read.manual,
            read.path,
            look=manpage.look_of(read.manual, table, read.path),
            chapters=chapters,
            options=read.options,
        )
    )
