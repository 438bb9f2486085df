"""options.json → options.

Two ways lead to the same records. A file without a flaw is decoded in one go
by a typed decoder. Anything else (an unknown key, a wrong type, a name given
twice, bad encoding) is read again with care: one option at a time, so that
what is wrong costs only the field that it is in. Form: the "options.json"
section of the dialect's description, which is what NixOS's ``optionsJSON`` and
``lib.optionAttrSetToDocList`` print.
"""

from __future__ import annotations

import contextlib
import json
import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.options import nix, scanning
from manualgen.options.model import Declaration, Markup, Option, Text, join, split

if TYPE_CHECKING:
    import io
    from collections.abc import Callable

    Scanner = Callable[[str, int], tuple[Any, int]]

LARGEST = 256 * 1024 * 1024
"""The largest file that is read, in bytes: ten times all of NixOS, and still safe in memory."""


class OptionSet(msgspec.Struct, frozen=True):
    """Options as they came, in no promised order, and what is wrong with them."""

    options: tuple[Option, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def read(path: str) -> OptionSet:
    """Read an option set from a file; ``-`` is standard input.

    Raises:
        ManualError: if the file cannot be read, is too large, or is no option set at all.
    """
    return decode(contents(path), "standard input" if path == "-" else path)


def contents(path: str) -> bytes:
    """Return the bytes of a file, ``-`` being standard input; raises as :func:`read` does."""
    try:
        if path == "-":
            return _bounded(_standard_input(), "standard input")
        with Path(path).open("rb") as file:
            if stat.S_ISDIR(Path(path).stat().st_mode):
                raise IsADirectoryError(21, "is a directory", path)
            return _bounded(file, path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        cure = "name a file that exists and that you may read"
        if isinstance(error, IsADirectoryError):
            cure = "name the options.json inside it"
        raise ManualError(
            Diagnostic(
                code=Code.UNREADABLE,
                message=f"cannot read the file: {reason}",
                file=path,
                help=cure,
            )
        ) from error


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise OSError(9, "standard input is closed")
    return sys.stdin.buffer


def _bounded(file: io.BufferedIOBase | Any, name: str) -> bytes:
    # A device or a pipe tells no size; so read up to the limit, and one byte to see more.
    data: bytes = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ManualError(
            Diagnostic(
                code=Code.TOO_LARGE,
                message=f"the file is larger than {LARGEST // 1024**2} MiB",
                file=name,
                help="give the option set alone; all of NixOS takes about 20 MiB",
            )
        )
    return data


class _Declared(msgspec.Struct, frozen=True, gc=False):
    name: str
    url: str | None = None


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """An option as JSON has it. Values of many forms stay Any, and are judged one by one."""

    loc: tuple[str, ...] | None = None
    name: str | None = None
    description: Any = None
    type: str | None = None
    default: Any = None
    example: Any = None
    declarations: tuple[str | _Declared, ...] | None = None
    definitions: tuple[str | _Declared, ...] | None = None
    read_only: bool | None = None
    related_packages: Any = None
    visible: bool | str | None = None
    internal: bool | None = None


def decode(data: bytes, file: str = "options.json") -> OptionSet:
    """Return the options in the bytes of a file.

    Args:
        data: JSON, as an object ``{name: option}`` or a list of objects with a ``name``.
        file: the file's name, for diagnostics.

    Raises:
        ManualError: if it is not JSON, or neither such an object nor such a list.
    """
    swift = _decode_swiftly(data)
    return swift if swift is not None else _decode_carefully(data, file)


# ─── the swift way ───


def _decode_swiftly(data: bytes) -> OptionSet | None:
    """Return the options of a flawless file; None where there may be a flaw."""
    count = 0

    class Counted(_Record, frozen=True, forbid_unknown_fields=True, rename="camel"):
        def __post_init__(self) -> None:
            nonlocal count
            count += 1

    diagnostics: list[Diagnostic] = []
    with contextlib.suppress(msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        if data[:1] == b"[":
            records = msgspec.json.decode(data, type=tuple[Counted, ...])
            if any(not record.name for record in records):
                return None
            named = {record.name or "": record for record in records}
        else:
            named = msgspec.json.decode(data, type=dict[str, Counted])
        # Fewer names than records: a name stands twice, and one of its records is lost here.
        if len(named) == count:
            options = [_option(name, record, diagnostics) for name, record in named.items()]
            if not diagnostics:
                return OptionSet(tuple(options))
    return None


# ─── from record to option ───


def _option(name: str, record: _Record, diagnostics: list[Diagnostic]) -> Option:
    declarations = _declarations(record.declarations)
    found: list[Diagnostic] = []
    option = Option(
        name=name,
        loc=record.loc or split(name),
        description=_description(record.description, found),
        type=record.type or "",
        default=_value("default", record.default, found),
        example=_value("example", record.example, found),
        declarations=declarations,
        definitions=_declarations(record.definitions),
        read_only=bool(record.read_only),
        related_packages=_related_packages(record.related_packages, found),
        visible=True if record.visible is None else record.visible,
        internal=bool(record.internal),
    )
    if found:
        names = tuple(declaration.name for declaration in declarations)
        diagnostics.extend(entry.within(name, names, entry.part or "") for entry in found)
    return option


def _declarations(entries: tuple[str | _Declared, ...] | None) -> tuple[Declaration, ...]:
    if not entries:
        return ()
    return tuple(
        Declaration(entry) if isinstance(entry, str) else Declaration(entry.name, entry.url or "")
        for entry in entries
    )


def _description(value: Any, found: list[Diagnostic]) -> Text | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        kind = value.get("_type")
        markup = _DESCRIPTION_FORMS.get(kind) if isinstance(kind, str) else None
        if markup is not None:
            return Text(value["text"], markup)
    found.append(_bad_field("description", value, 'a string, or `{"_type": "mdDoc", "text": "…"}`'))
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


def _value(part: str, value: Any, found: list[Diagnostic]) -> Text | None:
    if value is None:
        return None
    if isinstance(value, dict) and "_type" in value:
        text = value.get("text")
        kind = value["_type"]
        markup = _VALUE_FORMS.get(kind) if isinstance(kind, str) else None
        if markup is not None and isinstance(text, str):
            return Text(text, markup)
        found.append(
            _bad_field(
                part, value, '`{"_type": "literalExpression", "text": "…"}` or a plain value'
            )
        )
        if isinstance(text, str):
            return Text(text, Markup.NIX)
    try:
        return Text(nix.expression(value), Markup.NIX)
    except (ValueError, RecursionError) as error:
        found.append(
            Diagnostic(
                code=Code.NOT_FINITE if "finite" in str(error) else Code.BAD_FIELD,
                message=f"the value of `{part}` is {error}",
                part=f"$.{part}",
                help='write it as `{"_type": "literalExpression", "text": "…"}`',
            )
        )
        return Text(_excerpt(value), Markup.NIX)


def _related_packages(value: Any, found: list[Diagnostic]) -> Text | None:
    if value is None or value == "":
        return None
    if isinstance(value, (dict, str)):
        return _description(value, found)
    found.append(_bad_field("relatedPackages", value, "a string of Markdown"))
    return _salvage(value)


def _salvage(value: Any) -> Text | None:
    """Return what can be shown of a description in no known form: its text, wherever that is."""
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        return Text(value["text"], Markup.MARKDOWN)
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return Text("\n\n".join(value), Markup.MARKDOWN) if value else None
    return None


def _bad_field(part: str, value: Any, expected: str) -> Diagnostic:
    return Diagnostic(
        code=Code.BAD_FIELD,
        message=f"`{part}` is {_kind(value)}",
        part=f"$.{part}",
        excerpt=_excerpt(value),
        help=f"write {expected}",
    )


def _kind(value: Any) -> str:
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


def _excerpt(value: Any) -> str:
    try:
        shown = json.dumps(value, ensure_ascii=False)
    except (RecursionError, TypeError, ValueError):
        # Too deep, or what stands for something too deep.
        return "…"
    return shown if len(shown) <= 76 else shown[:75] + "…"


# ─── the careful way ───

_SURROGATE = re.compile("[\ud800-\udfff]")


def _decode_carefully(data: bytes, file: str) -> OptionSet:
    text = _text(data)
    diagnostics: list[Diagnostic] = []
    options: list[Option] = []
    seen: dict[str, Option] = {}
    for key, value, place in scanning.members(text, file):
        own = key if key is not None else _own_name(value)
        if own is None:
            diagnostics.append(
                Diagnostic(
                    code=Code.BAD_OPTION,
                    message="an entry of the list has no `name`",
                    file=file,
                    part=place,
                    excerpt=_excerpt(value),
                    help='give it `"name": "…"`, or a `loc`',
                )
            )
            continue
        name, record, repaired = _without_surrogates(own, value)
        option = _careful_option(name, record, place, diagnostics)
        if repaired:
            diagnostics.append(
                Diagnostic(
                    code=Code.BAD_ENCODING,
                    message="some of it is not valid UTF-8 or holds half of a surrogate pair",
                    option=name,
                    declarations=option.declared_in,
                    part=place,
                    help="write it again in UTF-8",
                )
            )
        same = name in seen and seen[name] == option
        if name in seen:
            diagnostics.append(
                Diagnostic(
                    code=Code.DUPLICATE_OPTION,
                    message="the option is given "
                    + ("twice, alike" if same else "more than once, with other contents"),
                    option=name,
                    declarations=option.declared_in,
                    part=place,
                    help="keep one of the two",
                )
            )
        if not same:
            seen[name] = option
            options.append(option)
    return OptionSet(tuple(options), tuple(diagnostics))


def _text(data: bytes) -> str:
    # Bytes that are no UTF-8 come out as lone surrogates, as do "\ud800" escapes, and are
    # replaced (and diagnosed) with the option that holds them.
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape")


def _own_name(value: Any) -> str | None:
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


_FIELDS = {field.encode_name: field for field in msgspec.structs.fields(_Record)}


def _careful_option(name: str, record: Any, place: str, diagnostics: list[Diagnostic]) -> Option:
    if not isinstance(record, dict):
        message = f"the option is {_kind(record)}, not an object"
        if record is scanning.TOO_DEEP:
            message = "the option is nested too deeply to be read"
        diagnostics.append(
            Diagnostic(
                code=Code.BAD_OPTION,
                message=message,
                option=name,
                part=place,
                excerpt="" if record is scanning.TOO_DEEP else _excerpt(record),
                help='write an object: `{"loc": […], "type": "…", "description": "…"}`',
            )
        )
        return Option(name=name, loc=split(name))
    known: dict[str, Any] = {}
    other: dict[str, Any] = {}
    found: list[Diagnostic] = []
    for key, value in record.items():
        if value is scanning.TOO_DEEP:
            found.append(
                Diagnostic(
                    code=Code.BAD_FIELD,
                    message=f"`{key}` is nested too deeply to be read",
                    part=f"$.{key}",
                    help="write it as text, or leave it out",
                )
            )
            continue
        field = _FIELDS.get(key)
        if field is None:
            other[key] = value
            continue
        try:
            known[field.name] = msgspec.convert(value, field.type)
        except (msgspec.ValidationError, RecursionError) as error:
            reason, _, path = str(error).partition(" - at `$")
            found.append(
                Diagnostic(
                    code=Code.BAD_FIELD,
                    message=f"`{key}` has the wrong form: {reason}",
                    part=f"$.{key}{path.removesuffix('`')}",
                    excerpt=_excerpt(value),
                    help=f"write {_EXPECTED.get(key, 'true or false')}",
                )
            )
            known[field.name] = _part_of(key, value)
    option = _option(name, _Record(**known), found)
    diagnostics.extend(
        entry.within(name, option.declared_in, place + (entry.part or "").removeprefix("$"))
        for entry in found
    )
    return msgspec.structs.replace(option, other=other) if other else option


_EXPECTED = {
    "loc": 'a list of strings: `["services", "nginx", "enable"]`',
    "name": "a string",
    "type": "a string",
    "declarations": 'a list of paths or of `{"name": "…", "url": "…"}`',
    "definitions": 'a list of paths or of `{"name": "…", "url": "…"}`',
    "visible": "true, false, or one of `shallow` and `transparent`",
}


def _part_of(key: str, value: Any) -> Any:
    """Return what of a wrong field can still be used."""
    if key in {"declarations", "definitions"} and isinstance(value, list):
        kept: list[str | _Declared] = []
        for entry in value:
            with contextlib.suppress(msgspec.ValidationError):
                kept.append(msgspec.convert(entry, str | _Declared))
        return tuple(kept)
    if key == "type" and isinstance(value, dict):
        # A type as an object, from tools that print more of it than its description.
        described = value.get("description") or value.get("name")
        return described if isinstance(described, str) else None
    return None
