"""What an option is: frozen records, independent of any file format."""

from __future__ import annotations

import enum
import re
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence


class Markup(enum.Enum):
    """The markup of a text."""

    AUTO = "auto"
    """Not stated: detected by the content of the set's descriptions."""
    MARKDOWN = "markdown"
    DOCBOOK = "docbook"
    NIX = "nix"
    """A Nix expression: shown as code."""

    # Texts are the keys of tables, and Enum's own hash is a function of Python.
    __hash__ = object.__hash__


class Text(msgspec.Struct, frozen=True, gc=False):
    """A text of an option.

    Attributes:
        text: the text.
        markup: the markup that it is written in; ``AUTO`` where the input does not say.
    """

    text: str
    markup: Markup = Markup.AUTO


def with_line_feeds(text: str) -> str:
    """Return a text with LF for each CR LF and each CR."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


class Declaration(msgspec.Struct, frozen=True, gc=False):
    """Where an option is declared.

    Attributes:
        name: its name in the input.
        url: its address. None if the input gives none: then the name is a path, and the source
            tree that contains it determines the address. "" for a name that is not a path.
    """

    name: str
    url: str | None = None


class HistoryEvent(msgspec.Struct, frozen=True, gc=False):
    """What has changed of an option between two releases.

    Attributes:
        kind: what: ``renamed``, ``default``, ``type`` or ``read-only``.
        release: the release that has the change; "" if none has it yet.
        old: the name, default or type before; "" if there was none, or it is too long to show.
    """

    kind: Literal["renamed", "default", "type", "read-only"]
    release: str
    old: str = ""


class OptionHistory(msgspec.Struct, frozen=True, gc=False):
    """What earlier releases say about an option.

    Attributes:
        since: the first release that has it; "" if none has it yet.
        is_older: whether it may be older, as ``since`` is the oldest release that is known.
        newest: the newest release that is known.
        events: what has changed since then, the oldest first.
        old_names: the names that it had before.
    """

    since: str
    is_older: bool
    newest: str
    events: tuple[HistoryEvent, ...] = ()
    old_names: tuple[str, ...] = ()


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One option, as its module declares it.

    Attributes:
        name: the name as shown, such as ``services.nginx.virtualHosts.<name>.root``.
        loc: its path, one string a component, placeholders included.
        description: what it does; None where there is none.
        type: the type's own description, such as ``null or string``.
        default, example: a value to show; None where there is none.
        declarations, definitions: where it is declared and set.
        read_only: it can be read, but not set.
        related_packages: prose about packages that the option is about.
        visible, internal: as the module declares; a set is rendered without filtering by them.
        other: unknown keys of the record, kept as they came.
        history: what earlier releases say about it; None if none are known.
    """

    name: str
    loc: tuple[str, ...]
    description: Text | None = None
    type: str = ""
    default: Text | None = None
    example: Text | None = None
    declarations: tuple[Declaration, ...] = ()
    definitions: tuple[Declaration, ...] = ()
    read_only: bool = False
    related_packages: Text | None = None
    visible: bool | str = True
    internal: bool = False
    other: dict[str, Any] | None = None
    history: OptionHistory | None = None

    @property
    def declared_in(self) -> tuple[str, ...]:
        """The names of the declarations, for a diagnostic's place."""
        return tuple(declaration.name for declaration in self.declarations)


_ID_TABLE = str.maketrans(dict.fromkeys('*<>[]:" ', "_"))

_WHITE_SPACE = re.compile(r"\s")

# What HTML forbids even as a character reference: most control characters, lone
# surrogates, non-characters.
FORBIDDEN_IN_HTML = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)
"""Matches a character that HTML cannot hold."""


def identifier(name: str, prefix: str = "opt-") -> str:
    """Return the public identifier of an option.

    The NixOS manual's form: the name with each of ``* < > [ ] : "`` and space as ``_``. Of what
    HTML does not allow in an identifier, other white space becomes ``_`` too, and each
    forbidden character U+FFFD.
    """
    translated = prefix + name.translate(_ID_TABLE)
    if translated.isprintable():
        return translated
    return FORBIDDEN_IN_HTML.sub("\ufffd", _WHITE_SPACE.sub("_", translated))


def identifiers(names: Sequence[str], prefix: str = "opt-") -> list[str]:
    """Return the public identifier of each of many options, as :func:`identifier` does."""
    # To look at all of them at once takes a sixth of the time.
    lines = "\n".join(names).translate(_ID_TABLE).split("\n")
    if len(lines) == len(names) and f"{prefix}{''.join(lines)}".isprintable():
        return [prefix + line for line in lines]
    return [identifier(name, prefix) for name in names]


# `a.b`, `users.users.<name>.home`, `fileSystems."/".device`, `services.x.*`
OPTION_PATH = re.compile(
    r"""[A-Za-z_][\w'-]*(?:\.(?:[\w'-]+|<[^<>\s]+>|\*|"[^"\n]*"|\$\{[^{}\s]+\}))+"""
)
"""Matches a text that is the name of an option, rather than a flag of a program."""

_PLACEHOLDER = re.compile(r"(?<![^.])_(?:([a-zA-Z][\w-]*)_)?(?![^.])")


def name_of(identifier: str, prefix: str = "opt-") -> str:
    """Return the name of the option that an identifier is most likely meant for.

    Where the option is not known, what :func:`identifier` replaced is lost: ``_name_`` is taken
    for ``<name>`` and ``_`` alone for ``*``.
    """
    return _PLACEHOLDER.sub(
        lambda match: f"<{match[1]}>" if match[1] else "*", identifier.removeprefix(prefix)
    )


_PLAIN_COMPONENT = re.compile(r"[a-zA-Z_][a-zA-Z0-9_'-]*|\*|<[^<>]*>")


def join(loc: tuple[str, ...]) -> str:
    """Return a path in Nix's notation: components that are not identifiers are quoted.

    Placeholders (``<name>``, ``*``) are not quoted, as ``lib.showOption`` does.
    """
    return ".".join(
        part
        if _PLAIN_COMPONENT.fullmatch(part)
        else '"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for part in loc
    )


_COMPONENT = re.compile(r'"((?:[^"\\]|\\.)*)"|(<[^<>]*>|[^."]+)', re.DOTALL)


def split(name: str) -> tuple[str, ...]:
    """Return an option's path from its name; the inverse of :func:`join`.

    Quoted components lose their quotes, placeholders keep their brackets. A
    malformed name is returned as one component.
    """
    if '"' not in name and "<" not in name:
        return tuple(name.split("."))
    parts: list[str] = []
    position = 0
    while position <= len(name):
        match = _COMPONENT.match(name, position)
        if match is None:
            return (name,)
        quoted, bare = match.groups()
        parts.append(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) if bare is None else bare)
        position = match.end()
        if position == len(name):
            return tuple(parts)
        if name[position] != ".":
            return (name,)
        position += 1
    return (name,)
