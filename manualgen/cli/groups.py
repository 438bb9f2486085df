"""What commands have in common: a suggestion for an unknown name, the check of texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from manualgen.similar_names import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class SuggestingGroup(click.Group):
    """Asks "did you mean" where a command is not known, as click does for options."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name.

        Raises:
            UsageError: if there is none of that name.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            message = error.format_message()
            likely = _likely(args[0], self.list_commands(ctx))
            # Newer versions of click do so themselves, for commands that are loaded.
            if likely is None or "Did you mean" in message:
                raise
            message += f" Did you mean '{likely}'?"
            raise click.UsageError(message, ctx) from None


def check_texts(values: Mapping[str, object]) -> None:
    """Raise an error for the first text of the command line that is not UTF-8.

    Args:
        values: the name of an option's parameter → its value. Those of paths may be any bytes.

    Raises:
        BadParameter: if a text is not UTF-8.
    """
    for name, value in values.items():
        if isinstance(value, str) and not value.isprintable() and _LONE.search(value):
            message = "the text is not UTF-8"
            raise click.BadParameter(message, param_hint=f"--{name.replace('_', '-')}")


_LONE = re.compile("[\ud800-\udfff]")
"""What stands for a byte that is not UTF-8."""


def _likely(name: str, known: Sequence[str]) -> str | None:
    name = name.lower()
    begun = [command for command in known if name and command.startswith(name)]
    return begun[0] if len(begun) == 1 else nearest(name, known)
