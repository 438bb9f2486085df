"""The type of options of the command line that give a file a name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class NamedFile(click.ParamType[tuple[str, Path]]):
    """A name with a file or folder: ``NAME=PATH``."""

    name = "NAME=PATH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        """Return the name and the path."""
        name, _, path = str(value).partition("=")
        if not name or not path:
            self.fail(f"expected NAME=PATH, got {value!r}", param, ctx)
        return name, Path(path)
