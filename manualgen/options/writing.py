"""Options → options.json, in the form of NixOS's ``optionsJSON``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.options.model import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.options.model import Declaration, Option, Text

_KINDS = {
    Markup.AUTO: "literalMD",
    Markup.MARKDOWN: "literalMD",
    Markup.DOCBOOK: "literalDocBook",
    Markup.NIX: "literalExpression",
}

_DESCRIPTION_KINDS = {Markup.MARKDOWN: "mdDoc", Markup.DOCBOOK: "literalDocBook"}


def to_json(options: Iterable[Option]) -> bytes:
    """Return options as the bytes of an options.json, sorted and indented.

    Reading them again gives the same options. Of options with the same name
    only the last one is written, because the names are the keys of an object.
    """
    records = {option.name: _record(option) for option in options}
    encoded = msgspec.json.encode(records, order="sorted")
    return msgspec.json.format(encoded, indent=2) + b"\n"


def _record(option: Option) -> dict[str, Any]:
    record: dict[str, Any] = {
        **(option.other or {}),
        "declarations": [_declaration(entry) for entry in option.declarations],
        "description": _description(option.description),
        "loc": option.loc,
        "readOnly": option.read_only,
        "type": option.type,
    }
    if option.default is not None:
        record["default"] = _value(option.default)
    if option.example is not None:
        record["example"] = _value(option.example)
    if option.related_packages is not None:
        record["relatedPackages"] = _description(option.related_packages)
    if option.definitions:
        record["definitions"] = [_declaration(entry) for entry in option.definitions]
    # A set is filtered before it is written; so these are written only where they differ.
    if option.visible is not True:
        record["visible"] = option.visible
    if option.internal:
        record["internal"] = True
    return record


def _declaration(entry: Declaration) -> dict[str, str] | str:
    if entry.url is None:
        return entry.name
    return {"name": entry.name, "url": entry.url} if entry.url else {"name": entry.name}


def _description(text: Text | None) -> dict[str, str] | str | None:
    if text is None:
        return None
    kind = _DESCRIPTION_KINDS.get(text.markup)
    return text.text if kind is None else {"_type": kind, "text": text.text}


def _value(text: Text) -> dict[str, str]:
    return {"_type": _KINDS[text.markup], "text": text.text}
