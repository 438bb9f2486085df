"""Options as a tree of objects: ``{"services": {"nginx": {"enable": {"type": …}}}}``.

Several tools write options so. Which objects are options, and which only lead to some, is
decided by their fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.options.model import join
from manualgen.options.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = {field.encode_name: field for field in msgspec.structs.fields(Record)}
"""The fields of an option's record, by their names in JSON."""

# Deeper than any set of options; what is nested deeper still is not looked at.
_DEEPEST = 60


def is_option(record: dict[str, Any]) -> bool:
    """Return whether an object has a field of an option, in a form that such a field can have.

    An object in the place of a field may be an option of that name: ``{"type": {"type": …}}``.
    """
    return any(
        key in FIELDS and (not isinstance(value, dict) or _may_be_field(key, value))
        for key, value in record.items()
    )


def _may_be_field(key: str, value: dict[str, Any]) -> bool:
    if key == "type":
        described = isinstance(value.get("description") or value.get("name"), str)
        return described and not value.keys() & {"type", "default", "declarations", "loc"}
    return "_type" in value and value["_type"] != "option"


def options_in(loc: tuple[str, ...], record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield name and record of each option below an object that is none itself.

    Args:
        loc: the path of the object.
        record: the object.
    """
    for key, value in record.items():
        if not isinstance(value, dict) or len(loc) > _DEEPEST:
            continue
        path = (*loc, key)
        if not is_option(value):
            yield from options_in(path, value)
            continue
        inner = _options_beside_fields(path, value)
        yield _name(path, value), {k: v for k, v in value.items() if join((*path, k)) not in inner}
        yield from inner.items()


def _options_beside_fields(loc: tuple[str, ...], record: dict[str, Any]) -> dict[str, Any]:
    return {
        join((*loc, key)): value
        for key, value in record.items()
        if key not in FIELDS
        and isinstance(value, dict)
        and isinstance(value.get("type"), str)
        and is_option({"description": value.get("description", {})})
    }


def _name(path: tuple[str, ...], record: dict[str, Any]) -> str:
    loc = record.get("loc")
    if isinstance(loc, list) and loc and all(isinstance(part, str) for part in loc):
        return join(tuple(loc))
    return join(path)
