"""Modules → options.

One evaluation suffices if nothing fails. What Nix can catch costs the value or
the part of a module that it is in, and the evaluation goes on. What it cannot
catch ends the evaluation: then the module or value at fault is left out, and
the evaluation is repeated. That, and finding out why a caught part fails, are
the only reasons to evaluate more than once.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.evaluation import explaining, records, source_paths
from manualgen.evaluation.config_stubs import configuration_paths
from manualgen.evaluation.evaluator import EXPRESSIONS, Evaluator
from manualgen.options import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.evaluation.evaluator import Outcome
    from manualgen.evaluation.failures import Event, Failure
    from manualgen.options.declarations import Source

_RUNS = 200
_EXPLANATIONS = 8
# Fields that no record has: where one of them fails, options are missing.
_LOST_FIELDS = frozenset({"declaration", "submodule", "visible", "internal"})


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How modules are evaluated.

    Attributes:
        lib: Nixpkgs' ``lib``, or a Nixpkgs tree; None for ``<nixpkgs/lib>``.
        pkgs: a package set that values may refer to; None for none.
        system: the system that the package set is evaluated for. It does not depend
            on the machine, so that the output is the same on every machine.
        modules_list: a file that evaluates to a list of further modules.
        prefixes: the options to keep, each a name or the start of one
            (``services.``); empty for all.
        sources: source trees, for declarations. Modules may read them.
        revision: the revision in addresses of declarations.
        timeout: the time limit in seconds, for all evaluations together.
        memory: the memory limit of an evaluation in bytes.
        evaluator: the command that evaluates.
        directory: the folder to which paths are relative.
    """

    lib: Path | None = None
    pkgs: Path | None = None
    system: str = "x86_64-linux"
    modules_list: Path | None = None
    prefixes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    revision: str = ""
    timeout: float = 120.0
    memory: int = 4 * 1024**3
    evaluator: str = "nix-instantiate"
    directory: Path = msgspec.field(default_factory=Path.cwd)


def extract(modules: Sequence[Path], settings: Settings | None = None) -> reading.OptionSet:
    """Return the options that modules declare, sorted by name.

    Args:
        modules: files (or folders with a ``default.nix``), each a module.
        settings: how to evaluate them; None for the defaults.

    Returns:
        The options, with diagnostics: which modules were left out, and which
        values depend on packages or a configuration.

    Raises:
        ManualError: if a file is missing, the evaluator or the library is not
            found, a limit is exceeded, or the failure is not that of one module.
    """
    return _Extraction(modules, settings or Settings()).option_set()


class _Extraction:
    """One call of :func:`extract`: the request, and the failures of earlier evaluations."""

    def __init__(self, modules: Sequence[Path], settings: Settings) -> None:
        """Find the library, the evaluator and the source trees.

        Args:
            modules: the files.
            settings: how to evaluate them.
        """
        directory = settings.directory
        files = [source_paths.existing(directory / module) for module in modules]
        listed = settings.modules_list and source_paths.existing(directory / settings.modules_list)
        lib = source_paths.library(settings.lib and directory / settings.lib, os.environ)
        pkgs = settings.pkgs and source_paths.existing(directory / settings.pkgs)
        tree = source_paths.nixpkgs(lib)
        self._paths = source_paths.SourcePaths(
            [*files, *([listed] if listed else [])],
            settings.sources,
            lib,
            directory,
            settings.revision,
        )
        readable = [*self._paths.readable, tree or lib, *([pkgs] if pkgs else [])]
        self._evaluator = Evaluator(settings.evaluator, readable, settings.timeout, settings.memory)
        self._request: dict[str, Any] = {
            "lib": str(lib),
            "pkgs": str(pkgs) if pkgs else None,
            "system": settings.system,
            "modules": list(dict.fromkeys(map(str, files))),
            "list": str(listed) if listed else None,
            "special": {"modulesPath": f"{tree}/nixos/modules"} if tree else {},
            "prefixes": [prefix.rstrip(".") for prefix in settings.prefixes],
            "broken": {},
            "skip": {},
            "explain": None,
            "missing": {},
        }
        self._explanation = explaining.Explanation(self._paths, (f"{EXPRESSIONS}/", f"{lib}/"))
        self._modules: dict[str, Failure] = {}
        self._values: dict[tuple[str, str], Failure] = {}
        self._types: dict[str, Failure] = {}
        self._explained = 0

    def option_set(self) -> reading.OptionSet:
        """Evaluate, and return the options with diagnostics."""
        outcome = self._outcome()
        decoded = records.decode_records(outcome.output)
        unavailable = _Unavailable(outcome.events)
        diagnostics = self._module_diagnostics(unavailable)
        diagnostics += self._lost_diagnostics(unavailable)
        diagnostics += [
            self._value_diagnostic(record, field, position, unavailable)
            for record in decoded
            for field, position in sorted(record.failed.items())
        ]
        causes = {
            (diagnostic.option or "", diagnostic.part or ""): explaining.cause(diagnostic)
            for diagnostic in diagnostics
        }
        fields = {
            record.name: records.option_fields(record, self._paths, causes) for record in decoded
        }
        option_set = reading.decode(msgspec.json.encode(fields), "the evaluation")
        return reading.OptionSet(option_set.options, (*diagnostics, *option_set.diagnostics))

    # ─── evaluating ───

    def _outcome(self) -> Outcome:
        """Return the outcome of the first evaluation that does not fail."""
        for _ in range(_RUNS):
            outcome = self._evaluator.run(self._request)
            if outcome.failure is None:
                return outcome
            self._leave_out(outcome.failure, outcome.events)
        raise ManualError(
            Diagnostic(
                code=Code.EVALUATION_FAILED,
                message=f"the modules still fail after {_RUNS} parts of them were left out",
                help="evaluate fewer modules at once, and correct the first ones",
            )
        )

    def _leave_out(self, failure: Failure, events: Sequence[Event]) -> None:
        """Change the request so that what failed is left out.

        Raises:
            ManualError: if the failure names nothing that could be left out.
        """
        kind, *names = failure.contexts[0] if failure.contexts else ("",)
        if kind == "module" and names[0] not in self._modules:
            self._modules[names[0]] = failure
            self._request["broken"][names[0]] = True
        elif kind == "value" and (names[0], names[1]) not in self._values:
            # Where one value uses what `config` lacks, others do: one search finds them all.
            if "missing" in failure.message and not self._request["missing"]:
                files = [words[1] for words in events if words[0] == "module"]
                self._request["missing"] = configuration_paths(files)
                if self._request["missing"]:
                    return
            self._values[names[0], names[1]] = failure
            self._request["skip"][" ".join(names)] = True
        elif kind == "type" and names[0] not in self._types:
            self._types[names[0]] = failure
            self._request["skip"][f"type {names[0]}"] = True
        else:
            raise ManualError(self._explanation.whole(failure))

    def _explain(self, key: str, *context: str) -> Failure | None:
        """Return why a module or value fails whose failure was caught; None if unknown.

        Args:
            key: the module, or ``"option field"``.
            context: the context that the trace of its failure holds.
        """
        if self._explained >= _EXPLANATIONS:
            return None
        self._explained += 1
        try:
            failure = self._evaluator.run({**self._request, "explain": key}).failure
        except ManualError:
            return None  # The time limit is exceeded: the module is named all the same.
        return failure if failure is not None and context in failure.contexts else None

    # ─── diagnostics ───

    def _module_diagnostics(self, unavailable: _Unavailable) -> list[Diagnostic]:
        """Return the diagnostics of modules that were left out in whole or in part."""
        diagnostics = [
            self._explanation.module(file, failure) for file, failure in self._modules.items()
        ]
        for file, (parts, names) in unavailable.modules.items():
            failure = self._explain(file, "module", file)
            diagnostics.append(self._explanation.part_of_module(file, parts, names, failure))
        return sorted(diagnostics, key=lambda one: (one.file or "", one.line or 0))

    def _lost_diagnostics(self, unavailable: _Unavailable) -> list[Diagnostic]:
        """Return the diagnostics of options that are missing, or whose sub-options are."""
        lost = {key: None for key in (*unavailable.values, *self._values) if key[1] in _LOST_FIELDS}
        return [
            self._explanation.lost(
                name,
                field,
                unavailable.values.get((name, field), ()),
                self._values.get((name, field))
                or self._explain(f"{name} {field}", "value", name, field),
            )
            for name, field in sorted(lost)
        ]

    def _value_diagnostic(
        self,
        record: records.Record,
        field: str,
        position: records.Position | None,
        unavailable: _Unavailable,
    ) -> Diagnostic:
        """Return the diagnostic of a field that could not be evaluated."""
        value = explaining.Value(
            record.name,
            field,
            tuple(self._paths.declaration(path).name for path in sorted(record.declarations)),
            position.file if position else None,
            position.line if position else None,
        )
        key = (record.name, field)
        failure = self._values.get(key)
        if field == "type" and position is not None:
            failure = failure or self._types.get(f"{position.file}:{position.line}")
        needs = self._explanation.needs(value, unavailable.values.get(key, ()), failure)
        if not needs and failure is None:
            failure = self._explain(f"{record.name} {field}", "value", *key)
            needs = self._explanation.needs(value, (), failure)
        return self._explanation.value(value, needs, failure)


class _Unavailable:
    """What modules and values used that is not available, from the order of the events.

    Attributes:
        modules: of each module that failed in part: these parts, and the names it used.
        values: of each value (option, field) that failed: the names it used.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        """Read events.

        Args:
            events: the events of an evaluation. A ``touched`` is the cause of the next failure.
        """
        self.modules: dict[str, tuple[set[str], set[str]]] = {}
        self.values: dict[tuple[str, str], tuple[str, ...]] = {}
        touched: set[str] = set()
        for kind, *words in events:
            if kind == "touched":
                touched.update(words)
                continue
            if kind == "broken":
                parts, names = self.modules.setdefault(words[0], (set(), set()))
                parts.add(words[1])
                names |= touched
            elif kind == "failed":
                self.values.setdefault((words[0], words[1]), tuple(sorted(touched)))
            touched = set()
