"""Reads any options.json: errors cost only the field, or the option, that has them."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.options import nested, scanning
from manualgen.options.model import Option, join, split
from manualgen.options.records import DeclarationRecord, Record, excerpt_of, kind_of, option_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(data: bytes, file: str) -> tuple[tuple[Option, ...], tuple[Diagnostic, ...]]:
    """Return the options of a file, and the diagnostics about them.

    Args:
        data: JSON, as an object ``{name: option}`` or a list of objects with a ``name``.
        file: the file's name, for diagnostics.

    Raises:
        ManualError: if it is not JSON, or neither such an object nor such a list.
    """
    diagnostics: list[Diagnostic] = []
    options: list[Option] = []
    seen: dict[str, Option] = {}
    strangers = 0
    for key, value, path in _members(_text(data), file):
        name = key if key is not None else _name_in(value)
        if name is None:
            diagnostics.append(_nameless(value, path, file))
            continue
        name, record, repaired = _without_surrogates(name, value)
        if record and isinstance(record, dict) and not record.keys() & nested.FIELDS.keys():
            diagnostics.append(_without_fields(name, record, path))
            strangers += 1
        option = _tolerant_option(name, record, path, diagnostics)
        if repaired:
            diagnostics.append(_repaired(option, path))
        same = name in seen and seen[name] == option
        if name in seen:
            diagnostics.append(_repeated(option, path, same=same))
        if not same:
            seen[name] = option
            options.append(option)
    if strangers and strangers == len(options):
        raise _no_options(options[0].name, file)
    return tuple(options), tuple(diagnostics)


def _members(text: str, file: str) -> Iterator[scanning.Member]:
    """Yield the members of a file; for an object that only leads to options, those."""
    for member in scanning.members(text, file):
        key, value, path = member
        found = False
        if key is not None and isinstance(value, dict) and not nested.is_option(value):
            for name, record in nested.options_in(split(key), value):
                found = True
                yield scanning.Member(name, record, path)
        if not found:
            yield member


def _without_fields(name: str, record: dict[str, Any], path: str) -> Diagnostic:
    return Diagnostic(
        code=Code.BAD_OPTION,
        message="the object has no field of an option, and holds no options",
        option=name,
        part=path,
        excerpt=excerpt_of(record),
        help='write `{"loc": […], "type": "…", "description": "…"}`',
    )


def _no_options(name: str, file: str) -> ManualError:
    return ManualError(
        Diagnostic(
            code=Code.NOT_OPTIONS,
            message=f"none of the file's objects is an option, `{name}` for one",
            file=file,
            help='give an options.json: `{"a.b": {"type": "…", "description": "…"}, …}`',
        )
    )


def _nameless(value: Any, path: str, file: str) -> Diagnostic:
    return Diagnostic(
        code=Code.BAD_OPTION,
        message="an entry of the list has no `name`",
        file=file,
        part=path,
        excerpt=excerpt_of(value),
        help='give it `"name": "…"`, or a `loc`',
    )


def _repaired(option: Option, path: str) -> Diagnostic:
    return Diagnostic(
        code=Code.BAD_ENCODING,
        message="some of it is not valid UTF-8 or holds half of a surrogate pair",
        option=option.name,
        declarations=option.declared_in,
        part=path,
        help="write it again in UTF-8",
    )


def _repeated(option: Option, path: str, *, same: bool) -> Diagnostic:
    times = "twice, alike" if same else "more than once, with other contents"
    return Diagnostic(
        code=Code.DUPLICATE_OPTION,
        message=f"the option is given {times}",
        option=option.name,
        declarations=option.declared_in,
        part=path,
        help="keep one of the two",
    )


def _text(data: bytes) -> str:
    # Bytes that are not UTF-8 become lone surrogates, as "\ud800" escapes do. They are replaced,
    # with a diagnostic, in the option that holds them.
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape")


def _name_in(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    name = value.get("name")
    if isinstance(name, str):
        return name
    loc = value.get("loc")
    if isinstance(loc, list) and loc and all(isinstance(part, str) for part in loc):
        return join(tuple(loc))
    return None


def _without_surrogates(name: str, record: Any) -> tuple[str, Any, bool]:
    repaired = False

    def clean(value: Any) -> Any:
        nonlocal repaired
        if isinstance(value, str):
            if _SURROGATE.search(value):
                repaired = True
                return _SURROGATE.sub("\ufffd", value)
            return value
        if isinstance(value, list):
            return [clean(item) for item in value]
        if isinstance(value, dict):
            return {clean(key): clean(item) for key, item in value.items()}
        return value

    def bounded(value: Any) -> Any:
        try:
            return clean(value)
        except RecursionError:
            return scanning.TOO_DEEP

    if isinstance(record, dict):
        cleaned = {clean(key): bounded(item) for key, item in record.items()}
        return clean(name), cleaned, repaired
    return clean(name), bounded(record), repaired


def _tolerant_option(name: str, record: Any, path: str, diagnostics: list[Diagnostic]) -> Option:
    if not isinstance(record, dict):
        diagnostics.append(_not_an_object(name, record, path))
        return Option(name=name, loc=split(name))
    known: dict[str, Any] = {}
    other: dict[str, Any] = {}
    problems: list[Diagnostic] = []
    for key, value in record.items():
        if value is scanning.TOO_DEEP:
            problems.append(
                Diagnostic(
                    code=Code.BAD_FIELD,
                    message=f"`{key}` is nested too deeply to be read",
                    part=f"$.{key}",
                    help="write it as text, or leave it out",
                )
            )
            continue
        field = nested.FIELDS.get(key)
        if field is None:
            other[key] = value
            continue
        try:
            known[field.name] = msgspec.convert(value, field.type)
        except (msgspec.ValidationError, RecursionError) as error:
            problems.append(_wrong_type(key, value, error))
            known[field.name] = _usable_part(key, value)
    option = option_of(name, Record(**known), problems)
    diagnostics.extend(
        entry.within(name, option.declared_in, path + (entry.part or "").removeprefix("$"))
        for entry in problems
    )
    return msgspec.structs.replace(option, other=other) if other else option


def _not_an_object(name: str, record: Any, path: str) -> Diagnostic:
    too_deep = record is scanning.TOO_DEEP
    return Diagnostic(
        code=Code.BAD_OPTION,
        message="the option is nested too deeply to be read"
        if too_deep
        else f"the option is {kind_of(record)}, not an object",
        option=name,
        part=path,
        excerpt="" if too_deep else excerpt_of(record),
        help='write an object: `{"loc": […], "type": "…", "description": "…"}`',
    )


def _wrong_type(key: str, value: Any, error: Exception) -> Diagnostic:
    reason, _, path = str(error).partition(" - at `$")
    return Diagnostic(
        code=Code.BAD_FIELD,
        message=f"`{key}` has the wrong form: {reason}",
        part=f"$.{key}{path.removesuffix('`')}",
        excerpt=excerpt_of(value),
        help=f"write {_EXPECTED.get(key, 'true or false')}",
    )


_EXPECTED = {
    "loc": 'a list of strings: `["services", "nginx", "enable"]`',
    "name": "a string",
    "type": "a string",
    "declarations": 'a list of paths or of `{"name": "…", "url": "…"}`',
    "definitions": 'a list of paths or of `{"name": "…", "url": "…"}`',
    "visible": "true, false, or one of `shallow` and `transparent`",
}


def _usable_part(key: str, value: Any) -> Any:
    """Return the usable part of a field of the wrong type."""
    if key in {"declarations", "definitions"} and isinstance(value, list):
        kept: list[str | DeclarationRecord] = []
        for entry in value:
            with contextlib.suppress(msgspec.ValidationError):
                kept.append(msgspec.convert(entry, str | DeclarationRecord))
        return tuple(kept)
    if key == "type" and isinstance(value, dict):
        # Some tools print a type as an object.
        described = value.get("description") or value.get("name")
        return described if isinstance(described, str) else None
    return None
