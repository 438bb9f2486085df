"""``manualgen extract``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from manualgen.cli import arguments, loading, reporting, results
from manualgen.options import writing
from manualgen.site import files

if TYPE_CHECKING:
    from manualgen.book.project import ManualOverrides


@click.command("extract")
@click.argument("modules", type=click.Path(path_type=Path), nargs=-1)
@click.option(
    "-o",
    "--output",
    type=arguments.OUTPUT,
    default="-",
    show_default=True,
    help="The options.json to write; - is standard output.",
)
@click.option(
    "--prefix",
    "prefixes",
    metavar="PREFIX",
    multiple=True,
    help="Keep only options whose names start with PREFIX. Can be given more than once.",
)
@arguments.evaluating(
    click.option(
        "--options",
        "options_file",
        type=click.Path(path_type=Path),
        help="A file that evaluates to a tree of options, as evalModules returns it.",
    )
)
def command(
    modules: tuple[Path, ...],
    output: Path,
    prefixes: tuple[str, ...],
    overrides: ManualOverrides,
    policy: reporting.FailurePolicy,
) -> None:
    """Write the options that modules declare as options.json.

    A module is a file, or one of a flake such as .#nixosModules.default; the folder of a flake
    alone lists its modules. Of the inputs in flake.lock, those that are in the store are used.

    Nixpkgs' lib is enough: without --pkgs, packages exist by their names, and nothing is
    built, fetched or written to the store.
    """
    given = overrides.evaluation
    assert given is not None
    if not modules and given.modules_list is None and given.options_file is None:
        message = "name a module, or a file with a list of modules (--modules)"
        raise click.UsageError(message)
    if policy.as_json:
        results.refuse_standard_output([output])
    progress = reporting.Progress("options", quiet=policy.quiet)
    option_set = loading.extracted(modules, overrides, prefixes=prefixes)
    data = writing.to_json(option_set.options)
    files.write(output, data, inputs=option_set.files, waiting=reporting.report_waiting)
    count = len(option_set.options)
    target = reporting.output_name(output)
    raise SystemExit(
        reporting.conclude(
            option_set.diagnostics,
            policy,
            made=f"{reporting.counted(count, 'option')} → {target}",
            seconds=progress.end(),
            outputs=[
                results.Output(str(output), "options", True, count, len(data), rendered=1)  # noqa: FBT003 - a field
            ],
        )
    )
