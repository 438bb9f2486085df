"""Writes docs/commands.md: what each command takes, from the commands themselves."""

from __future__ import annotations

import re
from pathlib import Path

import click

from manualgen.cli.main import program

TARGET = Path(__file__).parent / "commands.md"
_HEAD = """# Commands {#ch-commands}

<!-- Written by docs/command_reference.py (`make documentation`). -->

All commands end with status 0 if all is well, 1 if problems were found, and 2
if they were called wrongly. What they say goes to standard error.
"""


def text() -> str:
    """Return the chapter."""
    parts = [_HEAD]
    parts.extend(_sections(program, "manualgen", 2))
    return "\n".join(parts)


def _sections(group: click.Group, path: str, level: int) -> list[str]:
    context = click.Context(group, info_name=path)
    found: list[str] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        found.append(_section(command, f"{path} {name}", level))
        if isinstance(command, click.Group):
            found.extend(_sections(command, f"{path} {name}", level + 1))
    return found


def _section(command: click.Command, path: str, level: int) -> str:
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    summary = (command.help or "").partition("\n    Raises:")[0]
    lines = [f"{'#' * level} {path} {{#cmd-{path.replace(' ', '-')}}}", ""]
    lines += ["```", usage, "```", ""]
    # Braces and angles of a help text are meant as they stand.
    lines += [_plain(paragraph) + "\n" for paragraph in re.split(r"\n\s*\n", summary.strip())]
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option) and parameter.name != "help":
            lines += [f"`{record[0]}`", f": {_plain(record[1])}", ""]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return a help text as Markdown that shows it as it stands, names of options as code."""
    pieces = re.split(r"((?<![\w-])--[\w-]+)", " ".join(text.split()))
    return "".join(
        f"`{piece}`" if number % 2 else re.sub(r"([\\`*_{}\[\]<>|&])", r"\\\1", piece)
        for number, piece in enumerate(pieces)
    )


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
