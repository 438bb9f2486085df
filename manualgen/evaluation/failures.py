"""Parsing of what the evaluator prints: messages, traces and the events of ``extract.nix``.

Nix prints a message, the position of the failure, and with ``--show-trace`` a
trace, frame by frame. Before 2.13 the message comes first and the innermost
frame after it; since then the outermost frame is first and the message last.
Among the frames are contexts that ``extract.nix`` adds, marked by a nonce,
which name the module or value that was being evaluated.
"""

from __future__ import annotations

import json
import re

import msgspec

Event = tuple[str, ...]
"""Words that ``extract.nix`` prints, such as ``("broken", file, "imports")``."""

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_POSITION = re.compile(r"^\s*at (?P<file>/.+?):(?P<line>\d+)(?::(?P<column>\d+))?:$")
_NEW_ERROR = re.compile(r"^ {7}error: ")
_END = re.compile(r"^\s*(?:at /.*:\d+(?::\d+)?:$|… |\(use ')")
_MESSAGE_LINES = 6
_MESSAGE_LENGTH = 600


class TracePosition(msgspec.Struct, frozen=True):
    """A position that a trace names; line and column count from 1."""

    file: str
    line: int
    column: int | None = None


class Failure(msgspec.Struct, frozen=True):
    """Why an evaluation ended.

    Attributes:
        message: Nix's own message, without colours, cut to a few lines and joined to one.
        positions: where it happened, the innermost first.
        contexts: the contexts of ``extract.nix`` in the trace, the innermost first.
    """

    message: str
    positions: tuple[TracePosition, ...] = ()
    contexts: tuple[Event, ...] = ()

    @property
    def stack_overflow(self) -> bool:
        """Whether the evaluator's stack was exhausted."""
        return "stack overflow" in self.message

    @property
    def out_of_memory(self) -> bool:
        """Whether the evaluator ran out of memory."""
        return self.message.startswith("out of memory") or "std::bad_alloc" in self.message


def split_records(log: bytes, nonce: str) -> tuple[tuple[bytes, ...], bytes]:
    """Return the records in a log as JSON, and the log without them.

    Args:
        log: what the evaluator printed.
        nonce: what marks the lines of ``extract.nix``.
    """
    start = f'trace: {nonce}["record",'.encode()
    records, rest = [], []
    for line in log.split(b"\n"):
        if line.startswith(start):
            records.append(line[len(start) :].rstrip()[:-1])
        else:
            rest.append(line)
    return tuple(records), b"\n".join(rest)


def plain_text(log: bytes) -> str:
    """Return the evaluator's log as text, without terminal escapes and control characters."""
    text = log.decode("utf-8", errors="replace").replace("\r", "")
    return _CONTROL.sub("", _ESCAPE.sub("", text))


def parse_events(log: str, nonce: str) -> tuple[Event, ...]:
    """Return the events in a log, in order.

    Args:
        log: the evaluator's log, as :func:`plain_text` returns it.
        nonce: what marks the lines of ``extract.nix``.
    """
    start = f"trace: {nonce}"
    return tuple(
        words
        for line in log.splitlines()
        if line.startswith(start) and (words := _words(line[len(start) :]))
    )


def parse_failure(log: str, nonce: str) -> Failure:
    """Return the failure that a log ends with.

    Args:
        log: the evaluator's log, as :func:`plain_text` returns it.
        nonce: what marks the contexts of ``extract.nix``.
    """
    lines = [line for line in log.splitlines() if not line.startswith("trace: ")]
    first, frames = _message_and_frames(lines)
    if first is None:
        return Failure(_cut([line.strip() for line in lines[-_MESSAGE_LINES:]]))
    positions, contexts = [], []
    for line in frames:
        match = _POSITION.match(line)
        if match is not None:
            column = int(match["column"]) if match["column"] else None
            positions.append(TracePosition(match["file"], int(match["line"]), column))
        elif nonce in line and (words := _words(line.partition(nonce)[2])):
            contexts.append(words)
    return Failure(_message(lines[first:]), tuple(positions), tuple(contexts))


def _message_and_frames(lines: list[str]) -> tuple[int | None, list[str]]:
    """Return the number of the message's line, and the lines of frames, innermost first."""
    opening = max((n for n, line in enumerate(lines) if line.startswith("error:")), default=None)
    if opening is None:
        return None, []
    if lines[opening] != "error:":
        return opening, lines[opening + 1 :]
    last = max((n for n, line in enumerate(lines) if _NEW_ERROR.match(line)), default=None)
    if last is None:
        return None, []
    return last, [*lines[last + 1 :], *reversed(lines[opening + 1 : last])]


def _message(lines: list[str]) -> str:
    kept = [lines[0].strip().removeprefix("error: ")]
    for number, line in enumerate(lines[1:], start=1):
        following = next((later for later in lines[number:] if later.strip()), "")
        if _END.match(line) or (not line.strip() and _END.match(following)):
            break
        kept.append(line.removeprefix("       ").rstrip())
    return _cut(kept)


def _cut(lines: list[str]) -> str:
    kept = [line.strip() for line in lines if line.strip()]
    text = " ".join(kept[:_MESSAGE_LINES])
    if len(kept) > _MESSAGE_LINES or len(text) > _MESSAGE_LENGTH:
        text = text[:_MESSAGE_LENGTH].rstrip() + "…"
    return text


def _words(text: str) -> Event:
    try:
        words = json.loads(text)
    except ValueError:
        return ()
    if isinstance(words, list) and all(isinstance(word, str) for word in words):
        return tuple(words)
    return ()
