"""Options as ``records.nix`` prints them, and as options.json has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from manualgen.evaluation.source_paths import SourcePaths
    from manualgen.options.model import Declaration


_ASSUMED = "\ue002"
_UNKNOWN_NAMES = re.compile(" \ue003.*\ue004| \ue003|\ue004", re.DOTALL)
"""The names of a set of which ``stub-packages.nix`` does not know the names."""


class Literal(msgspec.Struct, frozen=True, rename={"kind": "_type"}):
    """A text with its markup, such as a ``literalExpression``.

    Attributes:
        kind: its ``_type``.
        text: the text.
        evaluated: whether it is a printed value, not what an author wrote.
    """

    kind: str
    text: str
    evaluated: bool = False


class Package(msgspec.Struct, frozen=True):
    """A related package."""

    name: str
    title: str | None = None
    comment: str | None = None


class Position(msgspec.Struct, frozen=True):
    """Where an attribute is defined."""

    file: str
    line: int


class Record(msgspec.Struct, frozen=True, rename="camel"):
    """An option as ``records.nix`` prints it.

    Attributes:
        default_at: where the default is defined, if it is a value and not a text.
        failed: the fields that could not be evaluated, with the positions of their definitions.
    """

    name: str
    loc: tuple[str, ...]
    declarations: tuple[str, ...]
    read_only: bool
    type: str | None
    description: str | Literal | None = None
    default: Literal | None = None
    example: Literal | None = None
    related_packages: tuple[Package, ...] | None = None
    default_at: Position | None = None
    failed: dict[str, Position | None] = {}

    @property
    def has_assumptions(self) -> bool:
        """Whether a text holds what ``stub-packages.nix`` assumes of packages."""
        values = (self.type, self.description, self.default, self.example)
        texts = (value.text if isinstance(value, Literal) else value for value in values if value)
        return any(_ASSUMED in text or _UNKNOWN_NAMES.search(text) for text in texts)


_DECODER = msgspec.json.Decoder(Record)


def decode_records(encoded: Iterable[bytes]) -> list[Record]:
    """Return the records that evaluations printed, sorted by name.

    Args:
        encoded: the records as JSON. The last one may be cut off by a limit.
    """
    unique: dict[str, Record] = {}
    for data in encoded:
        record = _decode(data)
        # The branches of an alternative may declare the same name: the first one is kept.
        if record is not None:
            unique.setdefault(record.name, record)
    return [unique[name] for name in sorted(unique)]


def record_name(data: bytes) -> str:
    """Return the name of a record; "" if it is cut off.

    Args:
        data: the record as JSON.
    """
    record = _decode(data)
    return "" if record is None else record.name


def _decode(data: bytes) -> Record | None:
    try:
        return _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        # Strings of Nix are bytes; those that are not UTF-8 are decoded with replacements.
        return _DECODER.decode(data.decode("utf-8", errors="replace"))
    except msgspec.DecodeError:
        return None


def option_fields(
    record: Record, paths: SourcePaths, causes: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    """Return an option as options.json has it, without paths of this machine.

    Args:
        record: the option.
        paths: how files are named.
        causes: texts that replace values that could not be evaluated, by (option, field).
    """
    fields: dict[str, Any] = {
        "loc": record.loc,
        "readOnly": record.read_only,
        "type": _with_packages(record.type or "unspecified", "type"),
        "description": _text(record.description, record, paths),
        "declarations": _declarations(record, paths),
    }
    for field in ("default", "example"):
        value = getattr(record, field)
        if value is not None:
            fields[field] = _text(value, record, paths)
    for field in record.failed:
        cause = causes.get((record.name, field), "cannot be evaluated")
        if field in {"default", "example"}:
            fields[field] = {"_type": "literalMD", "text": cause}
        elif field == "description":
            fields[field] = cause
    if record.related_packages:
        fields["relatedPackages"] = "".join(map(_related, record.related_packages))
    return fields


def _declarations(record: Record, paths: SourcePaths) -> list[dict[str, str] | str]:
    # Sorted, so that the order in which modules are named makes no difference.
    unique = {paths.declaration(path) for path in record.declarations}
    return [
        declaration.name
        if declaration.url is None
        else {"name": declaration.name, "url": declaration.url}
        if declaration.url
        else {"name": declaration.name}
        for declaration in sorted(unique, key=_name)
    ]


def _name(declaration: Declaration) -> str:
    return declaration.name


def _text(
    value: str | Literal | None, record: Record, paths: SourcePaths
) -> dict[str, str] | str | None:
    if value is None:
        return None
    if isinstance(value, str):
        text = _with_packages(value, "description")
        return paths.text(text, record.declarations, evaluated=False)
    text = _with_packages(value.text, value.kind)
    text = paths.text(text, record.declarations, evaluated=value.evaluated)
    return {"_type": value.kind, "text": text}


def _with_packages(text: str, kind: str) -> str:
    """Return a text with references to packages as an author would write them."""
    text = _UNKNOWN_NAMES.sub("…", text.replace(_ASSUMED, ""))
    if "\ue000" not in text:
        return text
    opening, closing = ("`", "`") if kind in {"literalMD", "mdDoc", "description"} else ("${", "}")
    return text.replace("\ue000", opening).replace("\ue001", closing)


def _related(package: Package) -> str:
    """Return the Markdown that ``nixosOptionsDoc`` writes for a related package."""
    also = f"{package.title} aka " if package.title else ""
    address = "https://search.nixos.org/packages?"
    query = f"show={package.name}&sort=relevance&query={package.name}"
    comment = f"\n\n  {package.comment}" if package.comment else ""
    return f"- [{also}`pkgs.{package.name}`](\n    {address}{query}\n  ){comment}\n"
