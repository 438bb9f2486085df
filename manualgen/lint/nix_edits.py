"""Changing the text of a string literal in a Nix file, verified by Nix.

A change is kept only if Nix evaluates the new literal to the text that is wanted, and parses the
whole file as before but for that string.
"""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from manualgen.lint.nix_strings import literals

if TYPE_CHECKING:
    from manualgen.lint.nix_strings import Literal

_TIMEOUT = 30


class RefusedError(Exception):
    """A text cannot be changed; the message says why."""


def changed(text: str, literal: Literal, new: str) -> str:
    """Return a Nix file with another text in a string literal.

    Args:
        text: the file, with LF as line ends.
        literal: a literal in it, without interpolations.
        new: the text, with LF as line ends.

    Raises:
        RefusedError: if it cannot be verified that this changes the string alone.
    """
    command = shutil.which("nix-instantiate")
    if command is None:
        message = "`nix-instantiate` is not found, which has to verify the change"
        raise RefusedError(message)
    old = text[literal.start : literal.end]
    assert literal.value is not None
    written = _indented(old, literal.value, new) if literal.indented else _quoted(old, new)
    result = text[: literal.start] + written + text[literal.end :]
    value = _output(command, ["--eval", "--strict", "--json"], written)
    try:
        evaluated = msgspec.json.decode(value)
    except msgspec.DecodeError:
        evaluated = None
    found = literals(written)
    is_literal = len(found) == 1 and (found[0].start, found[0].end) == (0, len(written))
    if evaluated != new or not is_literal:
        message = "Nix does not evaluate the changed string to the text that is wanted"
        raise RefusedError(message)
    before, after = (_output(command, ["--parse"], one) for one in (text, result))
    old_printed, new_printed = (
        _output(command, ["--parse"], one).strip() for one in (old, written)
    )
    if not _differs_only(before, after, old_printed, new_printed):
        message = "Nix does not parse the changed file as before but for the string"
        raise RefusedError(message)
    return result


def _differs_only(before: str, after: str, old: str, new: str) -> bool:
    """Return whether two parsed files differ in one occurrence of a part alone.

    Some versions of Nix print the attributes of a set in an order that changes between runs, so
    the pieces between brackets, semicolons and commas are compared in any order.
    """
    wanted = _pieces(after)
    position = before.find(old)
    while position >= 0:
        if _pieces(before[:position] + new + before[position + len(old) :]) == wanted:
            return True
        position = before.find(old, position + 1)
    return False


_BETWEEN = re.compile(r"\s*(?:[][{}(),;]|\blet\b)\s*")


def _pieces(printed: str) -> Counter[str]:
    return Counter(_BETWEEN.split(printed))


def _output(command: str, arguments: list[str], source: str) -> str:
    """Return what Nix prints for an expression.

    Raises:
        RefusedError: if it refuses the expression.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the program is Nix
            [command, *arguments, "--option", "restrict-eval", "true", "-"],
            input=source.encode("utf-8", "replace"),
            capture_output=True,
            check=False,
            timeout=_TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"Nix cannot verify the change: {error}"
        raise RefusedError(message) from None
    if done.returncode:
        message = "Nix refuses the changed string, or the file"
        raise RefusedError(message)
    return done.stdout.decode("utf-8", "replace")


def _indented(old: str, value: str, new: str) -> str:
    """Return the literal between pairs of apostrophes for a text; lines that stay are as they were.

    Args:
        old: the literal.
        value: its text.
        new: the text to write.
    """
    opening = re.match(r"'' *\n|''", old)
    assert opening is not None
    lines = old[opening.end() : -2].split("\n")
    shown = value.split("\n")
    if len(lines) != len(shown):
        message = "the lines of the string are not those of its text"
        raise RefusedError(message)
    filled = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")]
    margin = " " * min(filled, default=0)
    wanted = new.split("\n")
    result: list[str] = []
    # What stands before the closing apostrophes stays there.
    closing = [lines.pop()] if shown[-1] == wanted[-1] == "" else []
    if closing:
        del shown[-1], wanted[-1]
    matcher = difflib.SequenceMatcher(None, shown, wanted, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            result += lines[start:end]
        else:
            result += [_escaped(line, margin) for line in wanted[new_start:new_end]]
    return opening[0] + "\n".join([*result, *closing]) + "''"


def _escaped(line: str, margin: str) -> str:
    escaped = line.replace("''", "'''").replace("${", "''${")
    return margin + escaped if line else ""


def _quoted(old: str, new: str) -> str:
    """Return the literal between quotation marks for a text; its lines stand as they did."""
    escaped = new.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
    escaped = escaped.replace("\t", "\\t")
    if "\n" not in old:
        escaped = escaped.replace("\n", "\\n")
    return f'"{escaped}"'
