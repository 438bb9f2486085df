"""What the evaluator says when it fails, cut to what matters.

Nix prints a message, the place of the failure, and with ``--show-trace`` what
it was doing, frame by frame. Before 2.13 the message comes first and the
innermost frame after it; since then the outermost frame is first and the
message last. Among the frames are contexts of our own, marked by a nonce,
which say of which module or value it is the failure.
"""

from __future__ import annotations

import json
import re

import msgspec

Event = tuple[str, ...]
"""Words that ``options.nix`` said, such as ``("broken", file, "imports")``."""

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PLACE = re.compile(r"^\s*at (?P<file>/.+?):(?P<line>\d+)(?::(?P<column>\d+))?:$")
_NEW_ERROR = re.compile(r"^ {7}error: ")
_END = re.compile(r"^\s*(?:at /.*:\d+(?::\d+)?:$|… |\(use ')")
_MESSAGE_LINES = 6
_MESSAGE_LENGTH = 600


class Place(msgspec.Struct, frozen=True):
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int | None = None


class Failure(msgspec.Struct, frozen=True):
    """Why an evaluation ended.

    Attributes:
        message: Nix's own message, without colours, cut to a few lines and put on one.
        places: where it happened, the innermost first.
        contexts: what of ours was going on, the innermost first.
    """

    message: str
    places: tuple[Place, ...] = ()
    contexts: tuple[Event, ...] = ()

    @property
    def out_of_memory(self) -> bool:
        """Whether memory was what lacked."""
        return self.message.startswith("out of memory") or "std::bad_alloc" in self.message


def plain(log: bytes) -> str:
    """Return the evaluator's log as text, without terminal escapes and control characters."""
    text = log.decode("utf-8", errors="replace").replace("\r", "")
    return _CONTROL.sub("", _ESCAPE.sub("", text))


def events(log: str, nonce: str) -> tuple[Event, ...]:
    """Return what ``options.nix`` said in a log, in order."""
    start = f"trace: {nonce}"
    return tuple(
        words
        for line in log.splitlines()
        if line.startswith(start) and (words := _words(line[len(start) :]))
    )


def failure(log: str, nonce: str) -> Failure:
    """Return the failure that a log ends with."""
    lines = [line for line in log.splitlines() if not line.startswith("trace: ")]
    first, frames = _message_and_frames(lines)
    if first is None:
        return Failure(_cut([line.strip() for line in lines[-_MESSAGE_LINES:]]))
    message = _message(lines[first:])
    places, contexts = [], []
    for line in frames:
        found = _PLACE.match(line)
        if found is not None:
            column = found["column"]
            places.append(Place(found["file"], int(found["line"]), int(column) if column else None))
        elif nonce in line and (words := _words(line.partition(nonce)[2])):
            contexts.append(words)
    return Failure(message, tuple(places), tuple(contexts))


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
