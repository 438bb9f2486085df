"""What a type's description says about the values that the type accepts.

Nixpkgs describes types in words (``null or string``, ``list of (one of "a", "b")``). Two
descriptions are compared as sets of values; where a description is not understood, the
answer is that nothing is known.
"""

from __future__ import annotations

import enum
import functools
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 100_000
_DEEPEST = 20
"""Descriptions that are longer or nested more deeply are not taken apart."""


class TypeChange(enum.Enum):
    """How the values that a type accepts have changed."""

    REWORDED = "reworded"
    """The same values, in other words."""
    NARROWED = "narrowed"
    """Some values are no longer accepted, and none is new."""
    WIDENED = "widened"
    """All values are still accepted, and some are new."""
    REPLACED = "replaced"
    """Some values are no longer accepted, and others may be new."""
    UNKNOWN = "unknown"
    """The descriptions do not say."""


def change_of(old: str, new: str) -> TypeChange:
    """Return how the values have changed between two descriptions of a type.

    Args:
        old: the description as it was, such as ``null or string``.
        new: the description as it is.
    """
    accepted = _accepts(_parsed(new), _parsed(old))
    if accepted is None:
        return TypeChange.UNKNOWN
    nothing_new = _accepts(_parsed(old), _parsed(new))
    if accepted:
        return TypeChange.REWORDED if nothing_new else TypeChange.WIDENED
    return TypeChange.NARROWED if nothing_new else TypeChange.REPLACED


def has_empty_value(description: str) -> bool:
    """Return whether an option of a type has a value if nothing sets it, without a default.

    In the module system these are options of lists, of attribute sets and of what may be null.

    Args:
        description: the type's description.
    """
    return any(
        one.kind in {"null", "attributes", "submodule"} or (one.kind == "list" and not one.detail)
        for one in _parsed(description)
    )


class _Values(NamedTuple):
    """A set of values.

    Attributes:
        kind: of which kind they are; ``unknown`` if the description is not understood.
        detail: what restricts them: the constraint of strings, a literal, whether a list must
            not be empty.
        least, greatest: the bounds of numbers.
        elements: the values in a list or attribute set, or that a function returns.
    """

    kind: str
    detail: str = ""
    least: float = 0
    greatest: float = 0
    elements: tuple[_Values, ...] = ()


_Alternatives = tuple[_Values, ...]

_INFINITE = float("inf")
_STRING = _Values("string")
_SIMPLE = {
    "null": _Values("null"),
    "boolean": _Values("boolean"),
    "string": _STRING,
    "non-empty string": _Values("string", "non-empty"),
    "single-line string": _Values("string", "one line"),
    "(optionally newline-terminated) single-line string": _Values("string", "one line and newline"),
    "concatenated string": _Values("string", 'merged ""'),
    "integer": _Values("integer", "", -_INFINITE, _INFINITE),
    "signed integer": _Values("integer", "", -_INFINITE, _INFINITE),
    "unsigned integer": _Values("integer", "", 0, _INFINITE),
    "unsigned integer, meaning >=0": _Values("integer", "", 0, _INFINITE),
    "positive integer, meaning >0": _Values("integer", "", 1, _INFINITE),
    "floating point number": _Values("float", "", -_INFINITE, _INFINITE),
    "integer or floating point number": _Values("number", "", -_INFINITE, _INFINITE),
    "signed integer or floating point number": _Values("number", "", -_INFINITE, _INFINITE),
    "nonnegative integer or floating point number, meaning >=0": _Values(
        "number", "", 0, _INFINITE
    ),
    "path": _Values("path"),
    "absolute path": _Values("path"),
    "package": _Values("package"),
    "derivation": _Values("package"),
    "submodule": _Values("submodule"),
    "attribute set": _Values("attributes", elements=(_Values("any"),)),
    "anything": _Values("any"),
    "raw value": _Values("any"),
}
_CONTAINERS = {
    "list of ": (("list", ""),),
    "non-empty list of ": (("list", "non-empty"),),
    "attribute set of ": (("attributes", ""),),
    "lazy attribute set of ": (("attributes", ""),),
    "list or attribute set of ": (("list", ""), ("attributes", "")),
    "function that evaluates to a(n) ": (("function", ""),),
}
"""What a description begins with before that of the elements → kinds and details of the values."""
_CONTAINER = re.compile("|".join(map(re.escape, sorted(_CONTAINERS, key=len, reverse=True))))
_NUMBER = r"(-?\d{1,30}(?:\.\d{1,30})?)"
_BOUNDED = re.compile(
    rf"(?:\d+ bit (?:un)?signed integer; |(integer or floating point number) |integer )"
    rf"between {_NUMBER} and {_NUMBER} \(both inclusive\)"
)
_LITERAL = r'(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|null|true|false)'
_ENUMERATION = re.compile(rf"one of ({_LITERAL}(?:, {_LITERAL})*)")
_SINGULAR = re.compile(rf"value ({_LITERAL}) \(singular enum\)")
_STRING_WITH = re.compile(r"string matching the pattern (?P<pattern>.*)", re.DOTALL)
_MERGED = re.compile(r"strings concatenated with (?P<separator>.*)", re.DOTALL)
_PART = re.compile(
    r'"(?:[^"\\]|\\.)*"|[()]'
    r"|(?<![\w-])(?:(?:signed |nonnegative )?integer or floating point number"
    r"|list or attribute set of|element or list of|one of or non-empty list of)"
    r"|(?P<or>,? or )"
)


@functools.lru_cache(maxsize=4096)
def _parsed(description: str) -> _Alternatives:
    text = " ".join(description.translate(_QUOTES).split())
    text = _NON_EMPTY.sub(r"\1non-empty list of \2", text)
    if len(text) > _LONGEST:
        return (_Values("unknown", text),)
    return _alternatives(text, 0)


_NON_EMPTY = re.compile(r"(\(|^)non-empty \(list of ([^()]*)\)")
"""How a list that must not be empty is described."""
_QUOTES = {0x201C: '"', 0x201D: '"'}


def _alternatives(text: str, depth: int) -> _Alternatives:
    """Return the sets of values that a description joins by ``or``."""
    if depth > _DEEPEST:
        return (_Values("unknown", text),)
    simple = _simple(text)
    if simple is not None:
        return simple
    pieces = _pieces(text)
    if pieces is None:
        return (_Values("unknown", text),)
    if len(pieces) == 1:
        return _container(text, depth)
    first = pieces[1] if pieces[0] == "null" and len(pieces) > 2 else pieces[0]
    if _CONTAINER.match(first):
        # In old descriptions, `list of a or b` may be a list of either.
        return (_Values("unknown", text),)
    found: dict[_Values, None] = {}
    for piece in pieces:
        found |= dict.fromkeys(_alternatives(piece, depth + 1))
    return tuple(found)


def _pieces(text: str) -> list[str] | None:
    """Return what stands between each ``or`` outside parentheses; None if these do not pair."""
    if text.endswith(" convertible to it"):
        text = text.removesuffix(" convertible to it")
    pieces, start, open_count = list[str](), 0, 0
    for match in _PART.finditer(text):
        if match[0] == "(":
            open_count += 1
        elif match[0] == ")":
            open_count -= 1
            if open_count < 0:
                return None
        elif match["or"] and not open_count:
            pieces.append(text[start : match.start()])
            start = match.end()
    pieces.append(text[start:])
    return None if open_count else [piece.removesuffix(",") for piece in pieces]


def _simple(text: str) -> _Alternatives | None:
    """Return the values of a description without parts of its own; None for any other."""
    for name in (text, text.rstrip("s")):
        if name in _SIMPLE:
            return (_SIMPLE[name],)
    bounded = _BOUNDED.fullmatch(text)
    if bounded is not None:
        kind = "number" if bounded[1] else "integer"
        return (_Values(kind, "", float(bounded[2]), float(bounded[3])),)
    enumeration = _ENUMERATION.fullmatch(text) or _SINGULAR.fullmatch(text)
    if enumeration is not None:
        literals = dict.fromkeys(re.findall(_LITERAL, enumeration[1]))
        return tuple(_literal(literal) for literal in literals)
    return None


def _literal(text: str) -> _Values:
    return _SIMPLE["null"] if text == "null" else _Values("literal", text)


def _container(text: str, depth: int) -> _Alternatives:
    """Return the values of a description that no ``or`` divides."""
    if text.startswith("(") and text.endswith(")"):
        return _alternatives(text[1:-1], depth + 1)
    match = _CONTAINER.match(text)
    if match is not None:
        elements = _alternatives(text[match.end() :], depth + 1)
        return tuple(
            _Values(kind, detail, elements=elements) for kind, detail in _CONTAINERS[match[0]]
        )
    if match := _STRING_WITH.fullmatch(text):
        return (_Values("string", f"matching {match['pattern']}"),)
    if match := _MERGED.fullmatch(text):
        return (_Values("string", f"merged {match['separator']}"),)
    return (_Values("unknown", text),)


def _accepts(new: _Alternatives, old: _Alternatives) -> bool | None:
    """Return whether each of the old values is one of the new; None if that is not known."""
    answer: bool | None = True
    equal = set(new)
    others = [one for one in new if one.kind != "literal"]
    for values in old:
        if values in equal:
            continue
        covered = _any(_covers(one, values) for one in others)
        if covered is False:
            return False
        if covered is None:
            answer = None
    return answer


def _any(answers: Iterable[bool | None]) -> bool | None:
    result: bool | None = False
    for answer in answers:
        if answer:
            return True
        if answer is None:
            result = None
    return result


def _covers(new: _Values, old: _Values) -> bool | None:
    """Return whether a set of values holds another; None if that is not known."""
    if new == old or new.kind == "any":
        return True
    if "unknown" in {new.kind, old.kind}:
        return None
    if old.kind == "any":
        return False
    if old.kind == "literal":
        return _covers_literal(new, old.detail)
    if new.kind in _NUMBERS:
        fits = new.kind in {old.kind, "number"} and old.kind in _NUMBERS
        return fits and new.least <= old.least and old.greatest <= new.greatest
    if new.kind == "string":
        return old.kind == "string" and _covers_string(new.detail, old.detail)
    if new.kind == "path" or {new.kind, old.kind} == {"attributes", "submodule"}:
        return _covers_related(new, old)
    if new.kind != old.kind or (new.detail and not old.detail):
        return False
    return _accepts(new.elements, old.elements)


_NUMBERS = frozenset({"integer", "float", "number"})


def _covers_related(new: _Values, old: _Values) -> bool | None:
    """The same, for kinds of values that are different, but have values in common."""
    if new.kind == "path":
        return old.kind == "package"
    # What may be in a submodule is in options of its own.
    if new.elements:
        return True if new.elements[0].kind == "any" else None
    return False if old.elements[0].kind == "any" else None


def _covers_literal(new: _Values, literal: str) -> bool | None:
    if literal.startswith('"'):
        if new.kind == "string":
            known = {"": True, "non-empty": literal != '""'}
            return True if new.detail.startswith("merged") else known.get(new.detail)
        return new.kind == "path" and literal.startswith('"/')
    if literal in {"true", "false"}:
        return new.kind == "boolean"
    number = float(literal)
    fits = new.kind in ({"float", "number"} if "." in literal else {"integer", "number"})
    return fits and new.least <= number <= new.greatest


def _covers_string(new: str, old: str) -> bool | None:
    """Return whether strings of one constraint hold those of another, which differs.

    Several definitions of ``strings concatenated with`` are merged, so a single string is less.
    """
    is_merged = old.startswith("merged")
    if new.startswith("merged"):
        return None if is_merged else True
    if not new:
        return not is_merged
    if not old or is_merged:
        return False
    return None
