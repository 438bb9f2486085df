"""Writes the chapters that the program knows best: commands, settings and rules."""

from __future__ import annotations

import re
from pathlib import Path

import click

from manualgen.book import settings
from manualgen.cli.main import program
from manualgen.lint import pages

_FOLDER = Path(__file__).parent
_HEAD = """# Commands {#ch-commands}

<!-- Written by docs/command_reference.py (`make documentation`). -->

All commands end with status 0 if all is well, 1 if problems were found, and 2
if they were called wrongly. Problems and results are reported on standard error.

An `INPUT` that ends in `.md` or `.toml` is a manual, one that ends in `.nix` a module;
any other is an option set, and `-` is one on standard input.
"""


def chapters() -> dict[str, str]:
    """Return the name of each file that is written, and its text."""
    return {
        "commands.md": commands(),
        "settings.md": settings.reference(),
        "rules.md": pages.reference(),
    }


def commands() -> str:
    """Return the chapter on commands."""
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
        if record is None or not isinstance(parameter, click.Option) or "--help" in parameter.opts:
            continue
        lines += [f"`{_numbers(record[0])}`", f": {_plain(_numbers(record[1]))}", ""]
    return "\n".join(lines)


_CODE = re.compile(r"(`[^`]+`|(?<![\w-])--[\w-]+)")


def _plain(text: str) -> str:
    """Return a help text as Markdown that shows it as it stands, names of options as code."""
    pieces = _CODE.split(" ".join(text.split()))
    return "".join(
        f"`{piece.strip('`')}`" if number % 2 else re.sub(r"([\\`*_{}\[\]<>|&])", r"\\\1", piece)
        for number, piece in enumerate(pieces)
    )


_RANGES = (
    (r"(?:INTEGER|FLOAT) RANGE|INTEGER", "NUMBER"),
    (r"\b([\d.]+)<=x<=([\d.]+)", r"\1 to \2"),
    (r"x>=([\d.]+)", r"at least \1"),
    (r"x>([\d.]+)", r"more than \1"),
    (r"default: AUTO", "default: auto"),
)
"""What click prints → what a reader expects."""


def _numbers(text: str) -> str:
    for pattern, replacement in _RANGES:
        text = re.sub(pattern, replacement, text)
    return text


if __name__ == "__main__":
    for name, text in chapters().items():
        (_FOLDER / name).write_text(text, encoding="utf-8")
