"""Failures of an evaluation as diagnostics, with the line to write instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Code, Diagnostic
from manualgen.evaluation import advice
from manualgen.evaluation.failures import Failure, TracePosition
from manualgen.evaluation.places import Places

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
_ARGUMENTS = re.compile(r"(?:\s|#.*\n|/\*[\s\S]*?\*/)*\{([^{}:]*)\}\s*(?:@\s*[\w'-]+\s*)?:")
_IMPORTS = re.compile(r"\bimports\s*=([^;]*);")
_GIVEN_ARGUMENTS = frozenset({"config", "lib", "options", "pkgs", "modulesPath"})
_FORBIDDEN = re.compile(r"access to (?:absolute )?path '(?P<path>[^']+)' is forbidden")
_MISSING = re.compile(r"attribute '(?P<name>[^']+)' missing")


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
        self._places = Places(paths, internal)

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
        position = self._places.position(failure, None)
        line = "" if position is None else self._places.line(position)
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
            if self._paths.is_of_nixpkgs(file):
                help_text = advice.PART_OF_NIXPKGS
        elif event == "extra":
            message = f"the module has `{detail}` beside `options` or `config`, which is left out"
            help_text = "move it into `config`"
        else:
            kind, help_text = advice.KINDS.get(
                detail, (f"of type {detail}", "write a set or a function")
            )
            message = f"the file is {kind}, not a module"
        diagnostic = Diagnostic(code=Code.BROKEN_MODULE, message=message, help=help_text)
        return self._places.at(TracePosition(file, 1), diagnostic)

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
            return self._places.at(
                self._places.position(failure, file)
                or self._first_use(file, rf"(?<![\w.'-]){re.escape(name)}\.")
                or TracePosition(file, 1),
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
        position = self._places.position(failure, file)
        if position is None or not _PKGS.search(self._places.line(position)):
            position = (
                self._first_use(file, _PKGS_USED, "pkgs") or position or TracePosition(file, 1)
            )
        line = self._places.line(position)
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
        return self._places.at(
            TracePosition(position.file, position.line, used.start() + 1 if used else column),
            Diagnostic(
                code=Code.PKGS_ON_SPINE,
                message=f"the module {done}, but `pkgs` itself depends on what modules import,"
                " declare and set; what needs it here is left out",
                help=help_text,
                width=len(name),
            ),
        )

    def _first_use(
        self, file: str, pattern: str | re.Pattern[str], name: str = ""
    ) -> TracePosition | None:
        """Return the first position where a pattern matches, or where a name in its match is."""
        for number, line in enumerate(self._places.lines(file), start=1):
            match = re.search(pattern, line.partition("#")[0])
            if match is not None:
                return TracePosition(file, number, line.index(name, match.start()) + 1)
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
        missing_name = min(unavailable, default="") or self._missing_input(failure)
        if missing_name:
            why = f"`{missing_name}` is needed to evaluate them, and is not available"
            help_text = advice.for_type(missing_name)
        else:
            why = failure.message if failure else "the cause is not known"
            help_text = self._help(why) or "correct what is named"
        diagnostic = Diagnostic(
            code=Code.BROKEN_VALUE,
            message=self._paths.message(f"{missing}: {why}"),
            option=name,
            part=field,
            help=help_text,
        )
        position = self._places.position(failure, None)
        return diagnostic if position is None else self._places.at(position, diagnostic)

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
        source = _STRINGS.sub('""', self._places.expression(value.file, value.line, value.field))
        if not _CONFIG_USED.search(source) or not value.file or not value.line:
            return None
        diagnostic = Diagnostic(
            code=Code.NEEDS_DEFAULT_TEXT,
            message="the default is computed from `config`, so a configuration may have another"
            " one than what is shown",
            option=value.option,
            declarations=value.declarations,
            part=value.field,
            help=self._value_help(value, "config"),
        )
        return self._places.at(TracePosition(value.file, value.line), diagnostic)

    def used(self, value: Value, names: Collection[str]) -> tuple[str, ...]:
        """Return which of some names the source of a value has.

        Newer versions of Nix remember that something failed, and so report a name that is not
        available only where it is used first.

        Args:
            value: the value.
            names: the names, such as ``lib.mkNothing`` or ``inputs.helper``.
        """
        source = self._places.expression(value.file, value.line, value.field)
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
        flake_input = self._missing_input(failure)
        if flake_input:
            return flake_input
        if failure is not None:
            line = self._places.line(failure.positions[0]) if failure.positions else ""
            missing = _MISSING.match(failure.message)
            if _UNSET.search(failure.message) or (missing and _CONFIG.search(line)):
                return "config"
            unknown = missing or "which is not a function but a set" in failure.message
            return "pkgs" if unknown and _PKGS.search(line) else ""
        source = self._places.expression(value.file, value.line, value.field)
        if _PKGS.search(source):
            return "pkgs"
        return "config" if _CONFIG.search(source) else ""

    def value(self, value: Value, needs: str, failure: Failure | None) -> Diagnostic:
        """Return the diagnostic of a value that is not in the output.

        Args:
            value: the value.
            needs: what :meth:`needs` returned.
            failure: the failure, if it is known.
        """
        if needs.startswith(("lib.", "inputs.", "<")):
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
                help=self._value_help(value, needs),
            )
        else:
            reason = failure.message if failure else "the cause is not known"
            diagnostic = Diagnostic(
                code=Code.BROKEN_VALUE,
                message=self._paths.message(f"the {value.field} cannot be evaluated: {reason}"),
                help=self._help(reason) or self._value_help(value, ""),
            )
        diagnostic = msgspec.structs.replace(
            diagnostic, option=value.option, declarations=value.declarations, part=value.field
        )
        position = self._places.position(failure, None)
        if value.file and value.line and not self._places.is_internal(value.file):
            position = TracePosition(value.file, value.line)
        return diagnostic if position is None else self._places.at(position, diagnostic)

    def _value_help(self, value: Value, needs: str) -> str:
        field = value.field
        if field == "default" and value.file and value.line:
            # Where an option has a text for readers, the place of its default is that of the text.
            line = self._places.line(TracePosition(value.file, value.line))
            field = "defaultText" if "defaultText" in line else field
        return advice.for_value(
            field, self._places.expression(value.file, value.line, value.field), needs
        )

    def _argument_of_imports(self, file: str) -> tuple[str, TracePosition] | None:
        """Return the argument of its own that a module's ``imports`` use, and where they do."""
        text = "\n".join(self._places.lines(file))
        arguments, imports = _ARGUMENTS.match(text), _IMPORTS.search(text)
        if arguments is None or imports is None:
            return None
        for name in re.findall(r"[A-Za-z_][\w'-]*", arguments[1]):
            used = re.search(rf"(?<![\w.'-]){re.escape(name)}(?![\w'-])", imports[1])
            if used and name not in _GIVEN_ARGUMENTS:
                before = text[: imports.start(1) + used.start()].split("\n")
                return name, TracePosition(file, len(before), len(before[-1]) + 1)
        return None

    def _missing_input(self, failure: Failure | None) -> str:
        """Return the input that a failure is about, such as ``inputs.name``; "" for none."""
        missing = _MISSING.match(failure.message) if failure else None
        if missing is None or failure is None or not failure.positions:
            return ""
        name = f"inputs.{missing['name']}"
        line = self._places.line(failure.positions[0])
        return name if re.search(rf"(?<![\w.'-]){re.escape(name)}(?![\w'-])", line) else ""

    def _help(self, message: str) -> str:
        forbidden = _FORBIDDEN.search(message)
        if forbidden and self._paths.is_of_nixpkgs(forbidden["path"]):
            return advice.PART_OF_NIXPKGS
        return advice.for_message(message)

    def _of(self, code: Code, failure: Failure, file: str | None, message: str) -> Diagnostic:
        position = self._places.position(failure, file) or (
            TracePosition(file, 1) if file else None
        )
        reason = failure.message
        help_text = self._help(reason) or "correct what Nix names"
        if position is not None and "infinite recursion" in reason:
            argument = self._argument_of_imports(position.file)
            if argument is not None:
                name, position = argument
                reason, help_text = advice.unavailable_name(name)
                reason += ", and what modules set is not known to `imports`"
        diagnostic = Diagnostic(
            code=code, message=self._paths.message(f"{message}: {reason}"), help=help_text
        )
        return diagnostic if position is None else self._places.at(position, diagnostic)
