"""Failures of an evaluation as diagnostics, with the line to write instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Code, Diagnostic, Severity
from manualgen.evaluation import advice
from manualgen.evaluation.failures import Failure, TracePosition
from manualgen.evaluation.source_paths import read_lines

if TYPE_CHECKING:
    from collections.abc import Collection

    from manualgen.evaluation.failures import Event
    from manualgen.evaluation.source_paths import SourcePaths

_PKGS = re.compile(r"(?<![\w.'-])pkgs(?![\w'-])")
_PKGS_USED = re.compile(r"(?:\bwith\s+|\()?(?<![\w.'-])pkgs(?:\.|\s*[;)])")
_CONFIG = re.compile(r"(?<![\w.'-])(?:config|cfg)(?![\w'-])")
# Strings without interpolation, and lookups in a configuration.
_STRINGS = re.compile(r'"[^"$]*"')
_CONFIG_USED = re.compile(r"(?<![\w.'-])(?:config|cfg)\.[A-Za-z_]")
_UNSET = re.compile(
    r"(?:was accessed|is used|used) but (?:has no value|not) defined|is not declared"
)
_MISSING = re.compile(r"attribute '(?P<name>[^']+)' missing")

NO_OPTIONS = Diagnostic(
    code=Code.EVALUATION_FAILED,
    message="the modules declare no options",
    help="name modules that have `options`",
)
"""The diagnostic of modules without options."""


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

    # ─── limits ───

    def limit(self, limit: Diagnostic, culprit: Event) -> Diagnostic:
        """Return the diagnostic of a limit with the name of what exceeded it.

        Args:
            limit: the diagnostic.
            culprit: the context of what was being evaluated.
        """
        kind, *names = culprit
        message = limit.message
        if kind == "value":
            field = "" if names[1] == "*" else f"the {names[1]} of "
            return msgspec.structs.replace(
                limit, message=f"{message}, at {field}`{names[0]}`", option=names[0]
            )
        if kind == "module":
            file = self._paths.file(names[0])
            return msgspec.structs.replace(limit, message=f"{message}, at `{file}`", file=file)
        return limit

    def package_paths(self, failure: Failure) -> list[list[str]]:
        """Return what is looked up in ``pkgs`` in the source line of a failure.

        Args:
            failure: the failure.
        """
        position = self._position(failure, None)
        line = "" if position is None else self._line(position)
        return [
            [name for name in match[1].split(".") if name]
            for match in re.finditer(r"(?<![\w.'-])pkgs((?:\.[A-Za-z_][\w'-]*)*)", line)
        ]

    # ─── modules ───

    def malformed(self, event: str, file: str, detail: str) -> Diagnostic:
        """Return the diagnostic of a file that is no proper module.

        Args:
            event: the event that reported it: ``malformed``, ``extra`` or ``absent``.
            file: the file.
            detail: what it is instead, or what it has too much.
        """
        if event == "absent":
            message, help_text = "the module does not exist", "correct its path"
            if self._is_internal(file):
                help_text = "it is part of Nixpkgs: name a whole Nixpkgs tree with `--lib PATH`"
        elif event == "extra":
            message = f"the module has `{detail}` beside `options` or `config`, which is left out"
            help_text = "move it into `config`"
        else:
            kind, help_text = advice.KINDS.get(
                detail, (f"of type {detail}", "write a set or a function")
            )
            message = f"the file is {kind}, not a module"
        diagnostic = Diagnostic(code=Code.BROKEN_MODULE, message=message, help=help_text)
        return self._at(TracePosition(file, 1), diagnostic)

    def whole(self, failure: Failure) -> Diagnostic:
        """Return the diagnostic of a failure that is not that of one module."""
        for kind, *words in failure.contexts:
            if kind == "choose":
                return self._no_such_module(*words)
        return self._of(Code.EVALUATION_FAILED, failure, None, "the modules cannot be evaluated")

    def _no_such_module(self, folder: str, attribute: str, *choices: str) -> Diagnostic:
        shown = self._paths.folder(folder)
        named = ", ".join(f"`{shown}#{choice}`" for choice in choices)
        return Diagnostic(
            code=Code.EVALUATION_FAILED,
            message=f"the flake has no module `{attribute}`"
            if attribute
            else "the flake is named without one of its modules",
            file=self._paths.file(f"{folder}/flake.nix"),
            help=f"name one of {named}"
            if choices
            else "it has no output with modules: name the files of its modules",
        )

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
        part = next(one for one in advice.DECISIONS if one in parts)
        if "pkgs" in unavailable:
            return self._pkgs_on_spine(file, part, failure)
        if unavailable:
            name = min(unavailable)
            message, help_text = advice.unavailable_name(name)
            return self._at(
                self._position(failure, file) or TracePosition(file, 1),
                Diagnostic(
                    code=Code.BROKEN_MODULE,
                    message=f"{message}, and the module uses it to {advice.DECISIONS[part]}",
                    help=help_text,
                ),
            )
        whole = part in {"body", "options"}
        message = "the module is left out" if whole else f"the module's `{part}` is left out"
        if failure is None:
            failure = Failure(f"it cannot {advice.DECISIONS[part]}")
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
            done, help_text = "takes `lib` out of `pkgs`", advice.for_library(line, name)
        else:
            done, help_text = (
                f"looks at `{name}` to {advice.DECISIONS[part]}",
                advice.for_decision(part, name),
            )
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
            "submodule": "the options of its type, if there are any, are left out",
            "*": "its values are left out",
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
            help=advice.for_message(why) or "correct what is named",
        )
        position = self._position(failure, None)
        return diagnostic if position is None else self._at(position, diagnostic)

    def hidden(
        self, name: str, declarations: Collection[str], unavailable: Collection[str]
    ) -> Diagnostic:
        """Return the diagnostic of an option with a text that replaces what is not available.

        Args:
            name: the option.
            declarations: the files that declare it.
            unavailable: the names that it used and that are not available.
        """
        used = min(unavailable)
        return Diagnostic(
            code=Code.NEEDS_DEFAULT_TEXT,
            message=f"a text of the option depends on `{used}`, which is not available while"
            " documentation is built, so another text is shown",
            option=name,
            declarations=tuple(self._paths.declaration(path).name for path in sorted(declarations)),
            help=f"write a text that does not depend on `{used}`"
            + (", or evaluate with `--pkgs PATH`" if used == "pkgs" else ""),
        )

    def computed(self, value: Value) -> Diagnostic | None:
        """Return the diagnostic of a default that is computed from ``config``; None for others.

        Args:
            value: the default.
        """
        source = _STRINGS.sub('""', self._expression(value))
        if not _CONFIG_USED.search(source) or not value.file or not value.line:
            return None
        diagnostic = Diagnostic(
            code=Code.NEEDS_DEFAULT_TEXT,
            message="the default is computed from `config`, so a configuration may have another"
            " one than what is shown",
            option=value.option,
            declarations=value.declarations,
            part=value.field,
            help=self._text_help(value, "config"),
        )
        return self._at(TracePosition(value.file, value.line), diagnostic)

    def used(self, value: Value, names: Collection[str]) -> tuple[str, ...]:
        """Return which of some names the source of a value has.

        Newer versions of Nix remember that something failed, and so report a name that is not
        available only where it is used first.

        Args:
            value: the value.
            names: the names, such as ``lib.mkNothing`` or ``inputs.helper``.
        """
        source = self._expression(value)
        return tuple(
            name
            for name in sorted(names)
            if re.search(rf"(?<![\w'-]){re.escape(name.removeprefix('inputs.'))}(?![\w'-])", source)
        )

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
        if needs.startswith(("lib.", "inputs.")):
            message, help_text = advice.unavailable_name(needs)
            diagnostic = Diagnostic(
                code=Code.BROKEN_VALUE,
                message=f"the {value.field} cannot be evaluated: {message}",
                help=help_text,
            )
        elif needs:
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
                help=advice.for_message(reason) or self._text_help(value, ""),
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
            "type": "make it of `lib.types` and `pkgs.formats`, or evaluate with `--pkgs PATH`"
            if needs == "pkgs"
            else "correct what Nix names",
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
            help=advice.for_message(failure.message) or "correct what Nix names",
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


def nested(event: str, name: str) -> Diagnostic:
    """Return the diagnostic of a type that contains itself.

    Args:
        event: the event that reported it: ``repeated`` or ``deep``.
        name: the option at which its options are not documented again.
    """
    if event == "repeated":
        return Diagnostic(
            code=Code.EVALUATION_LIMIT,
            severity=Severity.WARNING,
            message="the type contains itself: its options are documented once",
            option=name,
            part="type",
            help='nothing has to be done, or declare the option with `visible = "shallow"`',
        )
    return Diagnostic(
        code=Code.EVALUATION_LIMIT,
        message="submodules are nested too deeply: the options below are left out",
        option=name,
        part="type",
        help='declare the option with `visible = "shallow"`',
    )


def cause(diagnostic: Diagnostic) -> str:
    """Return the text that replaces a value in the output.

    Args:
        diagnostic: the diagnostic of the value.
    """
    needs = re.search(r"depends on `([^`]+)`", diagnostic.message)
    if diagnostic.code is Code.NEEDS_DEFAULT_TEXT and needs:
        return f"depends on `{needs[1]}`"
    return "cannot be evaluated"
