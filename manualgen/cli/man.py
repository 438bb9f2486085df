"""``manualgen man``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from manualgen.book.configuration import ManpageTable
from manualgen.cli import arguments, reporting
from manualgen.options import reading
from manualgen.site import manpage

if TYPE_CHECKING:
    from manualgen.book.configuration import Configuration
    from manualgen.markup.option import Sections

_DEFAULT = manpage.ManpageLook()


_LOOK = [
    click.option("--name", default="", help=f"The page's name.  [default: {_DEFAULT.name}]"),
    click.option("--section", default="", help=f"Its section.  [default: {_DEFAULT.section}]"),
    click.option(
        "--date",
        default="",
        help="The date in the footer; by default that of SOURCE_DATE_EPOCH, else "
        f"{manpage.FIXED_DATE}: the same input gives the same bytes.",
    ),
    click.option(
        "--system", default="", help=f"What the page is part of.  [default: {_DEFAULT.source}]"
    ),
    click.option(
        "--manual",
        default="",
        help=f"The manual's title, in the header.  [default: {_DEFAULT.manual}]",
    ),
    click.option(
        "--summary", default="", help=f"One line, for apropos(1).  [default: {_DEFAULT.summary}]"
    ),
    click.option("--description", default="", help="The text of DESCRIPTION."),
    click.option(
        "--header",
        type=click.Path(),
        default="",
        help="A file of roff to begin the page with, instead of all of the above.",
    ),
    click.option(
        "--footer", type=click.Path(), default="", help="A file of roff to end the page with."
    ),
]


@click.command("man")
@click.option(
    "-o",
    "--output",
    type=arguments.OUTPUT,
    help="The file to write. Required, unless manual.toml says it.",
)
@arguments.gathered(ManpageTable, "wishes", _LOOK)
@arguments.shared
def command(
    inputs: tuple[str, ...],
    output: Path | None,
    wishes: ManpageTable,
    texts: arguments.Texts,
    trees: arguments.Trees,
    evaluation: arguments.Evaluation,
    making: arguments.Making,
    judgement: reporting.Judgement,
) -> None:
    """Render option sets as a man page.

    The input is one or more option sets (options.json) or modules (.nix), or one
    manual.toml, whose option sets all become one page.
    """
    progress = reporting.Progress("options", quiet=judgement.quiet)
    found = _configuration(inputs)
    if output is None and found is not None and found.output.manpage:
        output = found.path(found.output.manpage)
    if output is None:
        raise click.UsageError(  # noqa: TRY003
            "Missing option '-o' / '--output', or manpage in [output] of manual.toml."  # noqa: EM101
        )
    sections: Sections | None = None
    if found is None:
        reference = arguments.read(inputs, texts, trees, evaluation)
    else:
        from manualgen.cli import book  # noqa: PLC0415 - loaded for those who have a manual

        making_one = msgspec.structs.replace(making, jobs=1)
        manual = book.read(
            Path(inputs[0]), book.Wishes(), texts, trees, making_one, without_redirects=True
        )
        problems = book.wrong(manual)
        if problems:
            raise SystemExit(reporting.conclude(problems, judgement, made=book.nothing(output)))
        reference, sections = manual.options()
    count = len(reference.options)
    built = manpage.build(
        reference,
        output,
        _look(wishes, found, making.theme),
        jobs=arguments.jobs(making.jobs, count),
        progress=progress,
        sections=sections,
    )
    seconds = progress.end()
    made = f"{count:,} option{'' if count == 1 else 's'} → {output}, {built.size / 1e6:,.1f} MB"
    raise SystemExit(reporting.conclude(built.diagnostics, judgement, made=made, seconds=seconds))


def _configuration(inputs: tuple[str, ...]) -> Configuration | None:
    if not any(name.endswith(".toml") for name in inputs):
        return None
    if len(inputs) > 1:
        raise click.UsageError("a manual.toml names its option sets; give nothing beside it")  # noqa: EM101, TRY003
    from manualgen.book import configuration  # noqa: PLC0415

    return configuration.read(Path(inputs[0]))


def _look(
    wishes: ManpageTable, found: Configuration | None, theme: Path | None
) -> manpage.ManpageLook:
    """Return how the page presents itself: as the command line wishes, else as is configured."""
    values: dict[str, str] = {}
    if found is not None:
        values = _given(found.manpage)
        values |= {name: str(found.path(values[name])) for name in _FILES if name in values}
        theme = theme or (found.path(found.theme) if found.theme else None)
    values |= _given(wishes)
    values |= {name: _roff(values[name]) for name in _FILES if name in values}
    if "system" in values:
        values["source"] = values.pop("system")
    return manpage.ManpageLook(**values, theme=theme)


_FILES = ("header", "footer")


def _given(table: ManpageTable) -> dict[str, str]:
    return {name: value for name, value in msgspec.structs.asdict(table).items() if value}


def _roff(path: str) -> str:
    return reading.contents(path).decode("utf-8", "replace")
