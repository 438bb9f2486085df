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
import io
import json
import re
import stat
import sys
from json.decoder import scanstring
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.options import nix
from manualgen.options.model import Declaration, Markup, Option, Text, split

if TYPE_CHECKING:
    from collections.abc import Iterator

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
            return _bounded(sys.stdin.buffer, "standard input")
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
                code=Code.UNREADABLE, message=f"cannot read the file: {reason}", file=path, help=cure
            )
        ) from error


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
        Declaration(entry) if isinstance(entry, str) else Declaration(entry.name, entry.url)
        for entry in entries
    )


def _description(value: Any, found: list[Diagnostic]) -> Text | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        markup = _DESCRIPTION_FORMS.get(value.get("_type", ""))
        if markup is not None:
            return Text(value["text"], markup)
    found.append(
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
    if isinstance(value, dict) or isinstance(value, str):
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
    except (RecursionError, ValueError):
        return "…"
    return shown if len(shown) <= 76 else shown[:75] + "…"


# ─── the careful way ───

_SPACE = re.compile(r"[ \t\r\n]*")
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIGITS = 4000


class _Huge(float):
    """A number that Python will not turn into an int for its length; shown as not finite."""


def _decode_carefully(data: bytes, file: str) -> OptionSet:
    text = _text(data)
    diagnostics: list[Diagnostic] = []
    options: list[Option] = []
    seen: dict[str, Option] = {}
    for name, record, place in _members(text, file):
        if name is None:
            diagnostics.append(
                Diagnostic(
                    code=Code.BAD_OPTION,
                    message="an entry of the list has no `name`",
                    file=file,
                    part=place,
                    excerpt=_excerpt(record),
                    help='give it `"name": "…"`, or a `loc`',
                )
            )
            continue
        name, record, repaired = _without_surrogates(name, record)
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
        if name in seen:
            same = seen[name] == option
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
            if same:
                continue
        seen[name] = option
        options.append(option)
    return OptionSet(tuple(options), tuple(diagnostics))


def _text(data: bytes) -> str:
    # Bytes that are no UTF-8 come out as lone surrogates, as do "\ud800" escapes, and are
    # replaced (and diagnosed) with the option that holds them.
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape")


def _members(text: str, file: str) -> Iterator[tuple[str | None, Any, str]]:
    """Yield name, decoded value and JSON path of each option in the text."""
    scan = json.JSONDecoder(strict=False, parse_int=_integer).scan_once
    position = _skip(text, 0)
    if position == len(text):
        raise _broken(Code.NOT_JSON, "the file is empty", text, 0, file)
    opening = text[position]
    if opening not in "{[":
        try:
            scan(text, position)
        except (ValueError, StopIteration, RecursionError):
            raise _broken(Code.NOT_JSON, "the file is not JSON", text, position, file) from None
        raise _broken(
            Code.NOT_OPTIONS, "the file is neither an object nor a list", text, position, file
        )
    closing = "}" if opening == "{" else "]"
    position = _skip(text, position + 1)
    index = 0
    while position < len(text) and text[position] != closing:
        name: str | None = None
        start = position
        try:
            if opening == "{":
                if text[position] != '"':
                    raise StopIteration(position)
                name, position = scanstring(text, position + 1, False)  # noqa: FBT003 - C function
                position = _skip(text, position)
                if text[position : position + 1] != ":":
                    raise StopIteration(position)
                position = _skip(text, position + 1)
                start = position
            try:
                value, position = scan(text, position)
            except RecursionError:
                value, position = _TOO_DEEP, _end(text, position)
        except StopIteration as stop:
            raise _broken(
                Code.NOT_JSON, _cut(text, stop.value, index), text, stop.value, file
            ) from None
        except json.JSONDecodeError as error:
            cut = error.pos if error.pos < len(text) else len(text)
            raise _broken(Code.NOT_JSON, _cut(text, cut, index), text, cut, file) from None
        if opening == "[":
            name = _own_name(value)
            place = f"$[{index}]"
        else:
            place = "$"
        index += 1
        yield name, value, place
        position = _skip(text, position)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        elif text[position : position + 1] != closing:
            raise _broken(Code.NOT_JSON, _cut(text, position, index), text, position, file)
        if position <= start:  # pragma: no cover - the scanner always advances
            break
    if position >= len(text):
        raise _broken(Code.NOT_JSON, _cut(text, position, index), text, position, file)
    position = _skip(text, position + 1)
    if position < len(text):
        raise _broken(
            Code.NOT_JSON, "something follows the end of the JSON value", text, position, file
        )


_TOO_DEEP = object()


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS else _Huge("inf")


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _end(text: str, position: int) -> int:
    """Return where the value that starts here ends, by counting brackets, without recursion."""
    depth = 0
    for found in _STRUCTURE.finditer(text, position):
        mark = text[found.start()]
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
            if depth == 0:
                return found.end()
    raise StopIteration(len(text))


def _own_name(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    name = value.get("name")
    if isinstance(name, str):
        return name
    loc = value.get("loc")
    if isinstance(loc, list) and loc and all(isinstance(part, str) for part in loc):
        return ".".join(loc)
    return None


def _cut(text: str, position: int, count: int) -> str:
    if position >= len(text.rstrip()):
        return f"the file ends in the middle, after {count:,} options"
    return "the file is not JSON"


def _broken(code: Code, message: str, text: str, position: int, file: str) -> ManualError:
    position = min(position, len(text))
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[start : len(text) if end < 0 else end]
    column = position - start
    # A file of one line: show what is around the place.
    left = max(0, column - 40)
    return ManualError(
        Diagnostic(
            code=code,
            message=message,
            file=file,
            line=text.count("\n", 0, position) + 1,
            column=column - left + 1 if left else column + 1,
            excerpt=line[left : left + 76],
            help="give the options.json that `nix-build` or `manualgen extract` wrote",
        )
    )


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

    try:
        return clean(name), clean(record), repaired
    except RecursionError:
        return _SURROGATE.sub("\ufffd", name), _TOO_DEEP, repaired


_FIELDS = {field.encode_name: field for field in msgspec.structs.fields(_Record)}


def _careful_option(
    name: str, record: Any, place: str, diagnostics: list[Diagnostic]
) -> Option:
    if not isinstance(record, dict):
        message = f"the option is {_kind(record)}, not an object"
        if record is _TOO_DEEP:
            message = "the option is nested too deeply to be read"
        diagnostics.append(
            Diagnostic(
                code=Code.BAD_OPTION,
                message=message,
                option=name,
                part=place,
                excerpt="" if record is _TOO_DEEP else _excerpt(record),
                help='write an object: `{"loc": […], "type": "…", "description": "…"}`',
            )
        )
        return Option(name=name, loc=split(name))
    known: dict[str, Any] = {}
    other: dict[str, Any] = {}
    found: list[Diagnostic] = []
    for key, value in record.items():
        field = _FIELDS.get(key)
        if field is None:
            other[key] = value
            continue
        try:
            known[field.name] = msgspec.convert(value, field.type)
        except (msgspec.ValidationError, RecursionError) as error:
            path = str(error).rpartition("`")[0].rpartition("`")[2].removeprefix("$")
            found.append(
                Diagnostic(
                    code=Code.BAD_FIELD,
                    message=f"`{key}` has the wrong form: {str(error).partition(' - ')[0]}",
                    part=f"{place}.{key}{path}",
                    excerpt=_excerpt(value),
                    help=f"write {_EXPECTED.get(key, 'true or false')}",
                )
            )
            known[field.name] = _part_of(key, value)
    option = _option(name, _Record(**known), found)
    diagnostics.extend(
        entry.within(name, option.declared_in, entry.part or "") for entry in found
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
