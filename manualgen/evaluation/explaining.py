"""Failures of an evaluation as diagnostics, with the line to write instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Code, Diagnostic
from manualgen.evaluation.failures import Failure, TracePosition
from manualgen.evaluation.source_paths import read_lines

if TYPE_CHECKING:
    from collections.abc import Collection

    from manualgen.evaluation.source_paths import SourcePaths

_PKGS = re.compile(r"(?<![\w.'-])pkgs(?![\w'-])")
_PKGS_USED = re.compile(r"(?:\bwith\s+|\()?(?<![\w.'-])pkgs(?:\.|\s*[;)])")
_CONFIG = re.compile(r"(?<![\w.'-])(?:config|cfg)(?![\w'-])")
_UNSET = re.compile(
    r"(?:was accessed|is used|used) but (?:has no value|not) defined|is not declared"
)
_MISSING = re.compile(r"attribute '(?P<name>[^']+)' missing")

# What a module decides by each of its parts, in the order in which they are evaluated.
_DECISIONS = {
    "body": "decide what it is",
    "imports": "decide what to import",
    "options": "decide which options there are",
    "config": "decide what it sets",
}

_HELP = (
    (
        re.compile(r"access to (?:absolute )?path .* forbidden"),
        "a module may read its own source tree: name that with `--source NAME=PATH=URL`",
    ),
    (re.compile(r"access to URI .* forbidden"), "documentation is built without network"),
    (
        re.compile(r"infinite recursion"),
        "do not let `imports` or `options` depend on `config`: decide by `lib.mkIf` in `config`",
    ),
    (re.compile(r"stack overflow"), "look for a function or a type that calls itself without end"),
    (
        re.compile(r"\.drv.* is not valid|import-from-derivation"),
        "nothing is built for documentation: do not import what has to be built first",
    ),
    (re.compile(r"No such file"), "correct the path"),
    (re.compile(r"syntax error"), "correct it: Nix expected something else here"),
    (re.compile(r"undefined variable"), "define it, or take it as an argument of the module"),
)


class Value(msgspec.Struct, frozen=True):
    """A value of an option that could not be evaluated.

    Attributes:
        option: the option's name.
        field: its field, such as ``default``.
        declarations: where the option is declared, as readers see it.
        file: where the value is defined; None if unknown.
        line: the line in that file.
    """

    option: str
    field: str
    declarations: tuple[str, ...]
    file: str | None
    line: int | None


class Explanation:
    """Returns diagnostics for failures, with excerpts of the sources."""

    def __init__(self, paths: SourcePaths, internal: tuple[str, ...]) -> None:
        """Keep how files are named.

        Args:
            paths: how files are named.
            internal: starts of the paths of files that are not the author's.
        """
        self._paths = paths
        self._internal = internal
        self._sources: dict[str, list[str]] = {}

    # ─── modules ───

    def whole(self, failure: Failure) -> Diagnostic:
        """Return the diagnostic of a failure that is not that of one module."""
        return self._of(Code.EVALUATION_FAILED, failure, None, "the modules cannot be evaluated")

    def module(self, file: str, failure: Failure) -> Diagnostic:
        """Return the diagnostic of a module that was left out.

        Args:
            file: the module.
            failure: why.
        """
        return self._of(Code.BROKEN_MODULE, failure, file, "the module is left out")

    def part_of_module(
        self,
        file: str,
        parts: Collection[str],
        unavailable: Collection[str],
        failure: Failure | None,
    ) -> Diagnostic:
        """Return the diagnostic of a module of which parts were left out.

        Args:
            file: the module.
            parts: which of its parts: ``body``, ``imports``, ``options``, ``config``.
            unavailable: the names that it used and that are not available.
            failure: the failure of the first of them, if it is known.
        """
        part = next(one for one in _DECISIONS if one in parts)
        if "pkgs" in unavailable:
            return self._pkgs_on_spine(file, part, failure)
        if unavailable:
            name = min(unavailable)
            return self._at(
                self._position(failure, file) or TracePosition(file, 1),
                Diagnostic(
                    code=Code.BROKEN_MODULE,
                    message=f"the module needs its argument `{name}` to {_DECISIONS[part]},"
                    " which a configuration sets only later",
                    help="import and declare always, and decide with `lib.mkIf` in `config`",
                ),
            )
        whole = part in {"body", "options"}
        message = "the module is left out" if whole else f"the module's `{part}` is left out"
        if failure is None:
            failure = Failure(f"it cannot {_DECISIONS[part]}")
        return self._of(Code.BROKEN_MODULE, failure, file, message)

    def _pkgs_on_spine(self, file: str, part: str, failure: Failure | None) -> Diagnostic:
        position = self._position(failure, file)
        if position is None or not _PKGS.search(self._line(position)):
            position = self._first_use(file) or position or TracePosition(file, 1)
        line = self._line(position)
        column = position.column
        used = _PKGS.search(line, (column or 1) - 1) or _PKGS.search(line)
        rest = line[used.start() :] if used else "pkgs"
        match = re.match(r"pkgs(?:\.[\w'-]+)*", rest)
        name = match[0] if match else "pkgs"
        if name.startswith("pkgs.lib") or re.search(r"inherit\s*\(pkgs\)[^;]*\blib\b", line):
            done, help_text = "takes `lib` out of `pkgs`", _library_help(line, name)
        else:
            done, help_text = f"looks at `{name}` to {_DECISIONS[part]}", _decision_help(part, name)
        return self._at(
            TracePosition(position.file, position.line, used.start() + 1 if used else column),
            Diagnostic(
                code=Code.PKGS_ON_SPINE,
                message=f"the module {done}, but `pkgs` itself depends on what modules import,"
                " declare and set; what needs it here is left out",
                help=help_text,
                width=len(name),
            ),
        )

    def _first_use(self, file: str) -> TracePosition | None:
        """Return the first position where a module uses ``pkgs``."""
        for number, line in enumerate(self._lines(file), start=1):
            match = _PKGS_USED.search(line.partition("#")[0])
            if match is not None:
                return TracePosition(file, number, line.index("pkgs", match.start()) + 1)
        return None

    # ─── values ───

    def lost(
        self, name: str, field: str, unavailable: Collection[str], failure: Failure | None
    ) -> Diagnostic:
        """Return the diagnostic of an option that is missing, or whose sub-options are.

        Args:
            name: the option.
            field: what could not be evaluated, such as ``submodule``.
            unavailable: the names that it used and that are not available.
            failure: the failure, if it is known.
        """
        missing = {
            "declaration": "the option is left out",
            "submodule": "the options of its submodule are left out",
        }.get(field, f"`{field}` is left out")
        if unavailable:
            why = f"`{min(unavailable)}` is needed to evaluate them, and is not available"
        else:
            why = failure.message if failure else "they cannot be evaluated"
        diagnostic = Diagnostic(
            code=Code.BROKEN_VALUE,
            message=self._paths.message(f"{missing}: {why}"),
            option=name,
            part=field,
            help=_help(why) or "declare them by `lib` alone",
        )
        position = self._position(failure, None)
        return diagnostic if position is None else self._at(position, diagnostic)

    def needs(self, value: Value, unavailable: Collection[str], failure: Failure | None) -> str:
        """Return the argument that a value needs, such as ``pkgs``; "" where it needs none.

        Args:
            value: the value.
            unavailable: the names that it used and that are not available.
            failure: the failure, if it is known.
        """
        for name in ("pkgs", "config", *sorted(unavailable)):
            if name in unavailable:
                return name
        if failure is not None:
            line = self._line(failure.positions[0]) if failure.positions else ""
            missing = _MISSING.match(failure.message)
            if _UNSET.search(failure.message) or (missing and _CONFIG.search(line)):
                return "config"
            return "pkgs" if missing and _PKGS.search(line) else ""
        source = self._expression(value)
        if _PKGS.search(source):
            return "pkgs"
        if _CONFIG.search(source):
            return "config"
        # A type is replaced where it is declared, before the cause of its failure is known.
        return "pkgs" if value.field == "type" else ""

    def value(self, value: Value, needs: str, failure: Failure | None) -> Diagnostic:
        """Return the diagnostic of a value that is not in the output.

        Args:
            value: the value.
            needs: what :meth:`needs` returned.
            failure: the failure, if it is known.
        """
        if needs:
            diagnostic = Diagnostic(
                code=Code.NEEDS_DEFAULT_TEXT,
                message=f"the {value.field} depends on `{needs}`,"
                " which is not available while documentation is built",
                help=self._text_help(value, needs),
            )
        else:
            reason = failure.message if failure else "Nix does not report why"
            diagnostic = Diagnostic(
                code=Code.BROKEN_VALUE,
                message=self._paths.message(f"the {value.field} cannot be evaluated: {reason}"),
                help=_help(reason) or self._text_help(value, ""),
            )
        diagnostic = msgspec.structs.replace(
            diagnostic, option=value.option, declarations=value.declarations, part=value.field
        )
        position = self._position(failure, None)
        if value.file and value.line and not self._is_internal(value.file):
            position = TracePosition(value.file, value.line)
        return diagnostic if position is None else self._at(position, diagnostic)

    def _text_help(self, value: Value, needs: str) -> str:
        source = self._expression(value)
        if not source or "\n" in source or len(source) > 60 or '"' in source or "${" in source:
            source = f"{needs}.…" if needs else "…"
        literal = f'lib.literalExpression "{source}";'
        by_field = {
            "default": f"write beside it what readers are to see: `defaultText = {literal}`",
            "example": f"give it as text, as `defaultText` is for a default: `example = {literal}`",
            "description": f"name `{needs}` in words, or in the option's `defaultText`"
            if needs
            else "write a string",
            "type": "make it of `lib.types` alone"
            + (", or evaluate with `--pkgs PATH`" if needs == "pkgs" else ""),
        }
        return by_field.get(value.field, "write it as text")

    def _expression(self, value: Value) -> str:
        """Return the source of a value: what stands between `field =` and its semicolon."""
        if not value.file or not value.line or self._is_internal(value.file):
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

    # ─── positions ───

    def _of(self, code: Code, failure: Failure, file: str | None, message: str) -> Diagnostic:
        diagnostic = Diagnostic(
            code=code,
            message=self._paths.message(f"{message}: {failure.message}"),
            help=_help(failure.message) or "correct what Nix names",
        )
        position = self._position(failure, file) or (TracePosition(file, 1) if file else None)
        return diagnostic if position is None else self._at(position, diagnostic)

    def _at(self, position: TracePosition, diagnostic: Diagnostic) -> Diagnostic:
        return msgspec.structs.replace(
            diagnostic,
            file=self._paths.file(position.file),
            line=position.line,
            column=position.column,
            excerpt=self._line(position)[:200],
        )

    def _position(self, failure: Failure | None, file: str | None) -> TracePosition | None:
        """Return the innermost position in a module, in the given file if there is one."""
        if failure is None:
            return None
        authors = [one for one in failure.positions if not self._is_internal(one.file)]
        own = [one for one in authors if one.file == file]
        # The innermost position is that of the failure itself, whatever file it is in.
        return next(iter([*authors[:1], *own]), None)

    def _is_internal(self, file: str) -> bool:
        return file.startswith(self._internal)

    def _line(self, position: TracePosition) -> str:
        lines = self._lines(position.file)
        return lines[position.line - 1] if 0 < position.line <= len(lines) else ""

    def _lines(self, file: str) -> list[str]:
        if file not in self._sources:
            self._sources[file] = read_lines(file)
        return self._sources[file]


def cause(diagnostic: Diagnostic) -> str:
    """Return the text that replaces a value in the output.

    Args:
        diagnostic: the diagnostic of the value.
    """
    needs = re.search(r"depends on `([^`]+)`", diagnostic.message)
    if diagnostic.code is Code.NEEDS_DEFAULT_TEXT and needs:
        return f"depends on `{needs[1]}`"
    return "cannot be evaluated"


def _help(message: str) -> str:
    return next((text for pattern, text in _HELP if pattern.search(message)), "")


def _library_help(line: str, name: str) -> str:
    if re.search(r"\bwith\s+pkgs\.lib\s*;", line):
        better = "with lib;"
    elif re.search(r"inherit\s*\(pkgs\)", line):
        better = "{ lib, ... }:"
    elif re.search(r"inherit\s*\(pkgs\.lib", line):
        better = line.strip().replace("pkgs.lib", "lib")
    else:
        better = name.removeprefix("pkgs.")
    return f"write `{better}`, and take `lib` as an argument of the module: `{{ lib, ... }}:`"


def _decision_help(part: str, name: str) -> str:
    if part == "imports":
        return f"import always, and decide in `config`: `config = lib.mkIf ({name} …) {{ … }};`"
    if part == "config":
        return (
            f"write `config = lib.mkIf ({name} …) {{ … }};`:"
            " unlike `if` and `lib.optionalAttrs`, it decides later"
        )
    return f"declare the option always, and decide in `config`: `lib.mkIf ({name} …) {{ … }}`"
