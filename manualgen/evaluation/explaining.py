"""What went wrong in an evaluation, and the line to write instead."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Code, Diagnostic
from manualgen.evaluation.failures import Failure, Place

if TYPE_CHECKING:
    from collections.abc import Collection

    from manualgen.evaluation.places import Places

_LARGEST = 4 * 1024 * 1024
_PKGS = re.compile(r"(?<![\w.'-])pkgs(?![\w'-])")
_PKGS_USED = re.compile(r"(?:\bwith\s+|\()?(?<![\w.'-])pkgs(?:\.|\s*[;)])")
_CONFIG = re.compile(r"(?<![\w.'-])(?:config|cfg)(?![\w'-])")
_UNSET = re.compile(
    r"(?:was accessed|is used|used) but (?:has no value|not) defined|is not declared"
)
_ARGUMENT = re.compile(r"attribute '(?P<name>[^']+)' missing")

_ATTEMPTS = {
    "body": "say what it is",
    "imports": "decide what to import",
    "options": "decide which options there are",
    "config": "decide what it sets",
}

_CURES = (
    (
        re.compile(r"access to (?:absolute )?path .* forbidden"),
        "a module may read its own source tree: name that with `--source NAME=PATH=URL`",
    ),
    (re.compile(r"access to URI .* forbidden"), "documentation is made without network"),
    (
        re.compile(r"infinite recursion"),
        "do not let `imports` or `options` depend on `config`: decide by `lib.mkIf` in `config`",
    ),
    (re.compile(r"stack overflow"), "look for a function or a type that calls itself without end"),
    (
        re.compile(r"\.drv.* is not valid|import-from-derivation"),
        "nothing is built while documentation is made: do not import what has to be built first",
    ),
    (re.compile(r"No such file"), "correct the path"),
    (re.compile(r"syntax error"), "correct it: Nix expected something else at this place"),
    (re.compile(r"undefined variable"), "define it, or take it as an argument of the module"),
)


class Value(msgspec.Struct, frozen=True):
    """A value of an option that could not be evaluated, and where it is given if that is known."""

    option: str
    field: str
    declarations: tuple[str, ...]
    file: str | None
    line: int | None


class Explanation:
    """Turns failures into diagnostics, with a look at the sources."""

    def __init__(self, places: Places, own_files: tuple[str, ...]) -> None:
        """Take how files are called, and the starts of paths that are no author's."""
        self._places = places
        self._own = own_files
        self._sources: dict[str, list[str]] = {}

    # ─── modules ───

    def whole(self, failure: Failure) -> Diagnostic:
        """Return what to say of a failure that is no single module's."""
        return self._of(Code.EVALUATION_FAILED, failure, None, "the modules cannot be evaluated")

    def module(self, file: str, failure: Failure) -> Diagnostic:
        """Return what to say of a module that was left out."""
        return self._of(Code.BROKEN_MODULE, failure, file, "the module is left out")

    def part_of_module(
        self, file: str, parts: Collection[str], touched: Collection[str], failure: Failure | None
    ) -> Diagnostic:
        """Return what to say of a module of which parts were left out.

        Args:
            file: the module.
            parts: which of its parts: ``body``, ``imports``, ``options``, ``config``.
            touched: what it reached for that is not there.
            failure: what Nix says of the first of them, if it was asked.
        """
        part = next(one for one in _ATTEMPTS if one in parts)
        if "pkgs" in touched:
            return self._spine(file, part, failure)
        if touched:
            name = min(touched)
            return self._at(
                self._place(failure, file) or Place(file, 1),
                Diagnostic(
                    code=Code.BROKEN_MODULE,
                    message=f"the module needs its argument `{name}` to {_ATTEMPTS[part]},"
                    " which a configuration gives it only later",
                    help="import and declare always, and decide with `lib.mkIf` in `config`",
                ),
            )
        whole = part in {"body", "options"}
        said = "the module is left out" if whole else f"the module's `{part}` is left out"
        if failure is None:
            failure = Failure(f"it cannot {_ATTEMPTS[part]}")
        return self._of(Code.BROKEN_MODULE, failure, file, said)

    def _spine(self, file: str, part: str, failure: Failure | None) -> Diagnostic:
        place = self._place(failure, file)
        if place is None or not _PKGS.search(self._line(place)):
            place = self._first_use(file) or place or Place(file, 1)
        line = self._line(place)
        column = place.column
        used = _PKGS.search(line, (column or 1) - 1) or _PKGS.search(line)
        rest = line[used.start() :] if used else "pkgs"
        name = re.match(r"pkgs(?:\.[\w'-]+)*", rest)
        shown = name[0] if name else "pkgs"
        if shown.startswith("pkgs.lib") or re.search(r"inherit\s*\(pkgs\)[^;]*\blib\b", line):
            done, cure = "takes `lib` out of `pkgs`", _library_cure(line, shown)
        else:
            done, cure = f"looks at `{shown}` to {_ATTEMPTS[part]}", _decision_cure(part, shown)
        return self._at(
            Place(place.file, place.line, used.start() + 1 if used else column),
            Diagnostic(
                code=Code.PKGS_ON_SPINE,
                message=f"the module {done}, but `pkgs` itself depends on what modules import,"
                " declare and set; what needs it here is left out",
                help=cure,
                width=len(shown),
            ),
        )

    def _first_use(self, file: str) -> Place | None:
        for number, line in enumerate(self._lines(file), start=1):
            found = _PKGS_USED.search(line.partition("#")[0])
            if found is not None:
                return Place(file, number, line.index("pkgs", found.start()) + 1)
        return None

    # ─── values ───

    def lost(
        self, name: str, field: str, touched: Collection[str], failure: Failure | None
    ) -> Diagnostic:
        """Return what to say of an option, or of options below it, that could not be had."""
        missing = {
            "declaration": "the option is left out",
            "submodule": "the options of its submodule are left out",
        }.get(field, f"`{field}` is left out")
        if touched:
            why = f"`{min(touched)}` is needed to tell them, and is not there"
        else:
            why = failure.message if failure else "they cannot be evaluated"
        found = Diagnostic(
            code=Code.BROKEN_VALUE,
            message=self._local(f"{missing}: {why}"),
            option=name,
            part=field,
            help=_cure(why) or "declare them by `lib` alone",
        )
        place = self._place(failure, None)
        return found if place is None else self._at(place, found)

    def needs(self, value: Value, touched: Collection[str], failure: Failure | None) -> str:
        """Return the argument that a value needs, such as ``pkgs``; "" where it is another matter.

        Args:
            value: the value.
            touched: what it reached for that is not there.
            failure: what Nix says, if it was asked.
        """
        for name in ("pkgs", "config", *sorted(touched)):
            if name in touched:
                return name
        if failure is not None:
            line = self._line(failure.places[0]) if failure.places else ""
            missing = _ARGUMENT.match(failure.message)
            if _UNSET.search(failure.message) or (missing and _CONFIG.search(line)):
                return "config"
            return "pkgs" if missing and _PKGS.search(line) else ""
        source = self._expression(value)
        if _PKGS.search(source):
            return "pkgs"
        if _CONFIG.search(source):
            return "config"
        # A type is replaced where it is declared, before anything tells why.
        return "pkgs" if value.field == "type" else ""

    def value(self, value: Value, needs: str, failure: Failure | None) -> Diagnostic:
        """Return what to say of a value that is not shown."""
        if needs:
            found = Diagnostic(
                code=Code.NEEDS_DEFAULT_TEXT,
                message=f"the {value.field} depends on `{needs}`,"
                " which is not there while documentation is made",
                help=self._text_cure(value, needs),
            )
        else:
            said = failure.message if failure else "Nix does not tell why"
            found = Diagnostic(
                code=Code.BROKEN_VALUE,
                message=self._local(f"the {value.field} cannot be evaluated: {said}"),
                help=_cure(said) or self._text_cure(value, ""),
            )
        found = msgspec.structs.replace(
            found, option=value.option, declarations=value.declarations, part=value.field
        )
        place = self._place(failure, None)
        if value.file and value.line and not self._is_own(value.file):
            place = Place(value.file, value.line)
        return found if place is None else self._at(place, found)

    def cause(self, found: Diagnostic) -> str:
        """Return what stands in the place of a value of which a diagnostic tells."""
        needs = re.search(r"depends on `([^`]+)`", found.message)
        if found.code is Code.NEEDS_DEFAULT_TEXT and needs:
            return f"depends on `{needs[1]}`"
        return "cannot be evaluated"

    def _text_cure(self, value: Value, needs: str) -> str:
        shown = self._expression(value)
        if not shown or "\n" in shown or len(shown) > 60 or '"' in shown or "${" in shown:
            shown = f"{needs}.…" if needs else "…"
        literal = f'lib.literalExpression "{shown}";'
        cures = {
            "default": f"write beside it what a reader shall see: `defaultText = {literal}`",
            "example": f"give it as text, as `defaultText` is for a default: `example = {literal}`",
            "description": f"name `{needs}` in words, or in the option's `defaultText`"
            if needs
            else "write a string",
            "type": "make it of `lib.types` alone"
            + (", or evaluate with `--pkgs PATH`" if needs == "pkgs" else ""),
        }
        return cures.get(value.field, "write it as text")

    def _expression(self, value: Value) -> str:
        """Return the source of a value: what stands between `field =` and its semicolon."""
        if not value.file or not value.line or self._is_own(value.file):
            return ""
        text = "\n".join(self._lines(value.file)[value.line - 1 : value.line + 20])
        start = re.search(rf"\b{value.field}\s*=\s*", text)
        if start is None:
            return ""
        depth = 0
        for position in range(start.end(), len(text)):
            character = text[position]
            depth += (character in "([{") - (character in ")]}")
            if depth < 0 or (depth == 0 and character == ";"):
                return text[start.end() : position].strip()
        return text[start.end() :].strip()

    # ─── places ───

    def _of(self, code: Code, failure: Failure, file: str | None, said: str) -> Diagnostic:
        found = Diagnostic(
            code=code,
            message=self._local(f"{said}: {failure.message}"),
            help=_cure(failure.message) or "correct what Nix names",
        )
        place = self._place(failure, file) or (Place(file, 1) if file else None)
        return found if place is None else self._at(place, found)

    def _at(self, place: Place, found: Diagnostic) -> Diagnostic:
        return msgspec.structs.replace(
            found,
            file=self._places.file(place.file),
            line=place.line,
            column=place.column,
            excerpt=self._line(place)[:200],
        )

    def _place(self, failure: Failure | None, file: str | None) -> Place | None:
        """Return the innermost place in a module, in the given file if there is one."""
        if failure is None:
            return None
        authors = [place for place in failure.places if not self._is_own(place.file)]
        own = [place for place in authors if place.file == file]
        # The very first place is the failure's own, wherever that is.
        return next(iter([*authors[:1], *own]), None)

    def _is_own(self, file: str) -> bool:
        return file.startswith(self._own)

    def _local(self, text: str) -> str:
        return self._places.local(text)

    def _line(self, place: Place) -> str:
        lines = self._lines(place.file)
        return lines[place.line - 1] if 0 < place.line <= len(lines) else ""

    def _lines(self, file: str) -> list[str]:
        if file not in self._sources:
            self._sources[file] = _lines(file)
        return self._sources[file]


def _lines(file: str) -> list[str]:
    path = Path(file)
    try:
        path = path / "default.nix" if path.is_dir() else path
        if path.stat().st_size > _LARGEST:
            return []
        return path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []


def _cure(message: str) -> str:
    return next((cure for pattern, cure in _CURES if pattern.search(message)), "")


def _library_cure(line: str, shown: str) -> str:
    if re.search(r"\bwith\s+pkgs\.lib\s*;", line):
        better = "with lib;"
    elif re.search(r"inherit\s*\(pkgs\)", line):
        better = "{ lib, ... }:"
    elif re.search(r"inherit\s*\(pkgs\.lib", line):
        better = line.strip().replace("pkgs.lib", "lib")
    else:
        better = shown.removeprefix("pkgs.")
    return f"write `{better}`, and take `lib` as an argument of the module: `{{ lib, ... }}:`"


def _decision_cure(part: str, shown: str) -> str:
    if part == "imports":
        return f"import always, and decide in `config`: `config = lib.mkIf ({shown} …) {{ … }};`"
    if part == "config":
        return (
            f"write `config = lib.mkIf ({shown} …) {{ … }};`:"
            " unlike `if` and `lib.optionalAttrs`, it decides later"
        )
    return f"declare the option always, and decide in `config`: `lib.mkIf ({shown} …) {{ … }}`"
