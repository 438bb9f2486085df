"""What an option is: frozen records, as far from any file format as they can be."""

from __future__ import annotations

import enum
import re
from typing import Any

import msgspec


class Markup(enum.Enum):
    """How a text is to be read."""

    AUTO = "auto"
    """The form is told by the content: an author's description."""
    MARKDOWN = "markdown"
    DOCBOOK = "docbook"
    NIX = "nix"
    """A Nix expression: shown as code."""


class Text(msgspec.Struct, frozen=True, gc=False):
    """A text and how to read it."""

    text: str
    markup: Markup = Markup.AUTO


class Declaration(msgspec.Struct, frozen=True, gc=False):
    """Where an option is declared: what the source called it, and its address if that was given.

    Without an address (None), the name is a path, and the source tree that it lies in gives
    one; "" is for a name that is no path.
    """

    name: str
    url: str | None = None


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One option, as its module declares it.

    Attributes:
        name: the name as shown, such as ``services.nginx.virtualHosts.<name>.root``.
        loc: its path, one string a component, placeholders included.
        description: what it does; None where the author wrote nothing.
        type: the type's own description, such as ``null or string``.
        default, example: a value to show; None where there is none.
        declarations, definitions: where it is declared and set.
        read_only: it can be read, but not set.
        related_packages: prose about packages that the option is about.
        visible, internal: as the module says; a set is rendered without filtering by them.
        other: unknown keys of the record, kept as they came.
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

    @property
    def declared_in(self) -> tuple[str, ...]:
        """The names of the declarations, for a diagnostic's place."""
        return tuple(declaration.name for declaration in self.declarations)


_ID_TABLE = str.maketrans(dict.fromkeys('*<>[]:" ', "_"))

_WHITE_SPACE = re.compile(r"\s")


def identifier(name: str, prefix: str = "opt-") -> str:
    """Return the public identifier of an option.

    As the NixOS manual has always written it: the name with each of
    ``* < > [ ] : "`` and space as ``_``. White space other than the space,
    which HTML does not allow in an identifier, becomes ``_`` too.
    """
    shown = prefix + name.translate(_ID_TABLE)
    return shown if shown.isprintable() else _WHITE_SPACE.sub("_", shown)


_PLAIN_COMPONENT = re.compile(r"[a-zA-Z_][a-zA-Z0-9_'-]*|\*|<[^<>]*>")


def join(loc: tuple[str, ...]) -> str:
    """Return a path as Nix writes it: components that are no identifiers in quotes.

    Placeholders (``<name>``, ``*``) are left bare, as ``lib.showOption`` does.
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

    Quoted components lose their quotes, placeholders keep their brackets; what
    is not a name at all comes back as one component, so nothing is refused.
    """
    if '"' not in name and "<" not in name:
        return tuple(name.split("."))
    parts: list[str] = []
    position = 0
    while position <= len(name):
        found = _COMPONENT.match(name, position)
        if found is None:
            return (name,)
        quoted, bare = found.groups()
        parts.append(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) if bare is None else bare)
        position = found.end()
        if position == len(name):
            return tuple(parts)
        if name[position] != ".":
            return (name,)
        position += 1
    return (name,)
