"""Outputs that would replace an input, or a file that manualgen has not written."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.inputs import paths_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.book.manual import Manual

STANDARD_INPUT = Path("/dev/stdin")


def inputs_of(manual: Manual, theme: Path | None = None, *more: Path | None) -> list[Path]:
    """Return the files that an output of a manual is made from.

    Args:
        manual: the manual.
        theme: the folder of its templates, if it is not that of its settings.
        *more: further files, where they are given.
    """
    settings = manual.settings
    found = [*manual.inputs.paths, *paths_in(settings), *filter(None, more)]
    found += [Path(name) for name in (settings.manpage.header, settings.manpage.footer) if name]
    for folder in filter(None, {theme, settings.site.theme}):
        # Not deeper: a theme may be in a folder that has much else.
        found += [*folder.glob("*"), *folder.glob("*/*")]
    return found


class Inputs:
    """The input files of an output, known whatever they are called."""

    def __init__(self, paths: Iterable[Path]) -> None:
        """Look at the files; those that do not exist are left out.

        Args:
            paths: the files; ``-`` is standard input.
        """
        self._names: dict[tuple[int, int], str] = {}
        for path in paths:
            name = STANDARD_INPUT if str(path) == "-" else path
            try:
                status = os.stat(name)  # noqa: PTH116 - for each file
            except (OSError, ValueError):
                continue
            if stat.S_ISREG(status.st_mode):
                self._names[status.st_dev, status.st_ino] = str(path)

    def check(self, output: Path | int) -> None:
        """Refuse an output that is one of the files, also by a symbolic or hard link.

        Args:
            output: the file that would be written, which need not exist, or its descriptor.

        Raises:
            ManualError: if it is one of them.
        """
        try:
            status = os.stat(output)  # noqa: PTH116 - of a descriptor too
        except OSError:
            return
        name = self._names.get((status.st_dev, status.st_ino))
        if name is not None:
            shown = "standard output" if isinstance(output, int) else str(output)
            raise ManualError(
                Diagnostic(
                    code=Code.WOULD_OVERWRITE,
                    message=f"the output would replace the input {name}"
                    if shown != name
                    else "the output would replace an input",
                    file=shown,
                    help="name another output with -o",
                )
            )


def check_module(path: Path) -> None:
    """Refuse to replace a Nix file: no output is one, and modules import many.

    Args:
        path: the output.

    Raises:
        ManualError: if there is a Nix file.
    """
    if path.suffix == ".nix" and path.is_file():
        raise ManualError(
            Diagnostic(
                code=Code.WOULD_OVERWRITE,
                message="the output would replace a Nix file",
                file=str(path),
                help="name another output with -o",
            )
        )


def refuse_foreign(path: Path) -> ManualError:
    """Return the error for a file of others where a page or another file of a site belongs.

    Args:
        path: the file.
    """
    return ManualError(
        Diagnostic(
            code=Code.WOULD_OVERWRITE,
            message="the output would replace a file that manualgen has not written",
            file=str(path),
            help="name another folder with -o, or move the file away",
        )
    )
