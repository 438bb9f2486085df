"""Records of options.json → options: what each field means, and what is wrong with it."""

from __future__ import annotations

from typing import Any

import msgspec

from manualgen.errors import Code, Diagnostic
from manualgen.options import nix
from manualgen.options.model import Declaration, Markup, Option, Text, split, with_line_feeds


class DeclarationRecord(msgspec.Struct, frozen=True, gc=False):
    """A declaration as in JSON, where it is an object."""

    name: str
    url: str | None = None


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """An option as in JSON. Fields that can have many forms are Any, and are checked one by one."""

    loc: tuple[str, ...] | None = None
    name: str | None = None
    description: Any = None
    type: str | None = None
    default: Any = None
    example: Any = None
    declarations: tuple[str | DeclarationRecord, ...] | None = None
    definitions: tuple[str | DeclarationRecord, ...] | None = None
    read_only: bool | None = None
    related_packages: Any = None
    visible: bool | str | None = None
    internal: bool | None = None


def option_of(name: str, record: Record, diagnostics: list[Diagnostic]) -> Option:
    """Return the option of a record.

    Args:
        name: its name.
        record: the record.
        diagnostics: the problems of its fields are added to these.
    """
    declarations = _declarations(record.declarations)
    problems: list[Diagnostic] = []
    option = Option(
        name=name,
        loc=record.loc or split(name),
        description=_description(record.description, problems),
        type=with_line_feeds(record.type) if record.type else "",
        default=_value("default", record.default, problems),
        example=_value("example", record.example, problems),
        declarations=declarations,
        definitions=_declarations(record.definitions),
        read_only=bool(record.read_only),
        related_packages=_related_packages(record.related_packages, problems),
        visible=True if record.visible is None else record.visible,
        internal=bool(record.internal),
    )
    if problems:
        names = tuple(declaration.name for declaration in declarations)
        diagnostics.extend(entry.within(name, names, entry.part or "") for entry in problems)
    return option


def _declarations(entries: tuple[str | DeclarationRecord, ...] | None) -> tuple[Declaration, ...]:
    if not entries:
        return ()
    return tuple(
        Declaration(entry) if isinstance(entry, str) else Declaration(entry.name, entry.url or "")
        for entry in entries
    )


def _description(value: Any, diagnostics: list[Diagnostic]) -> Text | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _text(value, Markup.AUTO)
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        kind = value.get("_type")
        markup = _DESCRIPTION_FORMS.get(kind) if isinstance(kind, str) else None
        if markup is not None:
            return _text(value["text"], markup)
    diagnostics.append(
        _bad_field("description", value, 'a string, or `{"_type": "mdDoc", "text": "…"}`')
    )
    return _salvage(value)


_DESCRIPTION_FORMS = {
    "mdDoc": Markup.MARKDOWN,
    "literalMD": Markup.MARKDOWN,
    "literalDocBook": Markup.DOCBOOK,
}

_VALUE_FORMS = {
    "literalExpression": Markup.NIX,
    "literalExample": Markup.NIX,
    "literalMD": Markup.MARKDOWN,
    "mdDoc": Markup.MARKDOWN,
    "literalDocBook": Markup.DOCBOOK,
}


def _value(part: str, value: Any, diagnostics: list[Diagnostic]) -> Text | None:
    if value is None:
        return None
    if isinstance(value, dict) and "_type" in value:
        text = value.get("text")
        kind = value["_type"]
        markup = _VALUE_FORMS.get(kind) if isinstance(kind, str) else None
        if markup is not None and isinstance(text, str):
            return _text(text, markup)
        diagnostics.append(
            _bad_field(
                part, value, '`{"_type": "literalExpression", "text": "…"}` or a plain value'
            )
        )
        if isinstance(text, str):
            return _text(text, Markup.NIX)
    try:
        return Text(nix.expression(value), Markup.NIX)
    except (ValueError, RecursionError) as error:
        diagnostics.append(
            Diagnostic(
                code=Code.NOT_FINITE if "finite" in str(error) else Code.BAD_FIELD,
                message=f"the value of `{part}` is {error}",
                part=f"$.{part}",
                help='write it as `{"_type": "literalExpression", "text": "…"}`',
            )
        )
        return Text(excerpt_of(value), Markup.NIX)


def _related_packages(value: Any, diagnostics: list[Diagnostic]) -> Text | None:
    if value is None or value == "":
        return None
    if isinstance(value, (dict, str)):
        return _description(value, diagnostics)
    diagnostics.append(_bad_field("relatedPackages", value, "a string of Markdown"))
    return _salvage(value)


def _salvage(value: Any) -> Text | None:
    """Return the text of a description of an unknown form, as far as there is any."""
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        return _text(value["text"], Markup.MARKDOWN)
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return _text("\n\n".join(value), Markup.MARKDOWN) if value else None
    return None


def _text(text: str, markup: Markup) -> Text:
    """Return a text with LF as its line ends, whatever they were: nothing later looks for CR."""
    return Text(with_line_feeds(text) if "\r" in text else text, markup)


def _bad_field(part: str, value: Any, expected: str) -> Diagnostic:
    return Diagnostic(
        code=Code.BAD_FIELD,
        message=f"`{part}` is {kind_of(value)}",
        part=f"$.{part}",
        excerpt=excerpt_of(value),
        help=f"write {expected}",
    )


def kind_of(value: Any) -> str:
    """Return what kind of JSON value a value is, for a message."""
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return name
    return "null" if value is None else "a value of an unknown kind"


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (str, "a string"),
    (int, "a number"),
    (float, "a number"),
    (list, "a list"),
    (dict, "an object"),
)


def excerpt_of(value: Any) -> str:
    """Return the start of a value as JSON, for the excerpt of a diagnostic."""
    import json  # noqa: PLC0415 - only where something is wrong

    try:
        text = json.dumps(value, ensure_ascii=False)
    except (RecursionError, TypeError, ValueError):
        # Nested too deeply.
        return "…"
    return text if len(text) <= 76 else text[:75] + "…"
