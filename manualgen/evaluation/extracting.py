"""Modules → options: the public function, its settings, and its diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.evaluation import explaining, records
from manualgen.evaluation.diagnostics import NO_OPTIONS, cause, nested
from manualgen.evaluation.evaluations import LOST_FIELDS, Evaluations, Findings
from manualgen.evaluation.evaluator import EXPRESSIONS, Evaluator
from manualgen.evaluation.inputs import Inputs
from manualgen.evaluation.settings import EvaluationSettings
from manualgen.inputs import paths_in
from manualgen.options import reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from manualgen.errors import Diagnostic


def extract(
    modules: Sequence[Path], settings: EvaluationSettings | None = None
) -> reading.OptionSet:
    """Return the options that modules declare, sorted by name.

    Args:
        modules: files (or folders with a ``default.nix``), each a module, and modules of
            flakes such as ``.#nixosModules.default``.
        settings: how to evaluate them; None for the defaults.

    Returns:
        The options, with diagnostics: which modules were left out, and which
        values depend on packages or a configuration.

    Raises:
        ManualError: if a file is missing, the evaluator or the library is not
            found, a limit is exceeded, or the failure is not that of one module.
    """
    settings = settings or EvaluationSettings()
    option_set = _Extraction(modules, settings).option_set()
    named = (settings.directory / path for path in (*modules, *paths_in(settings)))
    return msgspec.structs.replace(option_set, files=tuple(named))


class _Extraction:
    """One call of :func:`extract`: the evaluations, and the diagnostics of what failed."""

    def __init__(self, modules: Sequence[Path], settings: EvaluationSettings) -> None:
        """Find the library, the evaluator and the source trees.

        Args:
            modules: the files.
            settings: how to evaluate them.
        """
        inputs = Inputs.find(modules, settings)
        self._paths = inputs.paths
        self._diagnostics = inputs.diagnostics
        self._sources = inputs.sources
        evaluator = Evaluator(
            settings.evaluator, inputs.readable, settings.timeout, settings.memory
        )
        self._explanation = explaining.Explanation(
            self._paths, (f"{EXPRESSIONS}/", f"{inputs.lib}/", f"{inputs.lib.parent}/nixos/")
        )
        self._evaluations = Evaluations(evaluator, inputs.request, self._explanation)

    def option_set(self) -> reading.OptionSet:
        """Evaluate, and return the options with diagnostics."""
        self._evaluations.run()
        decoded = records.decode_records(self._evaluations.records)
        findings = Findings(self._evaluations.events)
        diagnostics = [
            *self._diagnostics,
            *self._module_diagnostics(findings),
            *self._lost_diagnostics(findings),
            *(
                self._value_diagnostic(record, field, position, findings)
                for record in decoded
                for field, position in sorted(record.failed.items())
                if (record.name, field) in findings.values
                or not self._evaluations.is_left_out(record.name, field)
            ),
            *self._hidden_diagnostics(decoded, findings),
            *self._evaluations.diagnostics,
        ]
        if not decoded and not diagnostics:
            diagnostics.append(NO_OPTIONS)
        diagnostics += filter(None, map(self._computed_diagnostic, decoded))
        causes = {
            (diagnostic.option or "", diagnostic.part or ""): cause(diagnostic)
            for diagnostic in diagnostics
        }
        fields = {
            record.name: records.option_fields(record, self._paths, causes) for record in decoded
        }
        option_set = reading.decode(msgspec.json.encode(fields), "the evaluation")
        return reading.OptionSet(
            option_set.options,
            (*diagnostics, *option_set.diagnostics),
            sources=self._sources,
        )

    def _module_diagnostics(self, findings: Findings) -> list[Diagnostic]:
        """Return the diagnostics of modules that were left out in whole or in part."""
        explanation = self._explanation
        diagnostics = [
            explanation.module(file, failure)
            for file, failure in self._evaluations.failed_modules.items()
        ]
        diagnostics += [explanation.malformed(*event) for event in sorted(findings.malformed)]
        for file, (parts, names) in findings.modules.items():
            failure = self._evaluations.explain(file, "module", file)
            diagnostics.append(explanation.part_of_module(file, parts, names, failure))
        return sorted(diagnostics, key=lambda one: (one.file or "", one.line or 0))

    def _lost_diagnostics(self, findings: Findings) -> list[Diagnostic]:
        """Return the diagnostics of options that are missing, or whose sub-options are."""
        failed = self._evaluations.failed_values
        lost = {key: None for key in (*findings.values, *failed) if key[1] in LOST_FIELDS}
        return [
            *(
                self._explanation.lost(
                    name,
                    field,
                    findings.values.get((name, field), ()),
                    failed.get((name, field))
                    or self._evaluations.explain(
                        f"{name} {field}", "value", name, field, option=name
                    ),
                )
                for name, field in sorted(lost)
            ),
            *(nested(*event) for event in sorted(findings.nested)),
        ]

    def _value_diagnostic(
        self,
        record: records.Record,
        field: str,
        position: records.Position | None,
        findings: Findings,
    ) -> Diagnostic:
        """Return the diagnostic of a field that could not be evaluated."""
        value = self._value(record, field, position)
        key = (record.name, field)
        failure = self._evaluations.failed_values.get(key)
        unavailable = findings.values.get(key, ())
        explained: tuple[str, ...] = (f"{record.name} {field}", "value", *key)
        if field == "type" and position is not None:
            place = f"{position.file}:{position.line}"
            failure = failure or self._evaluations.failed_types.get(place)
            unavailable = unavailable or findings.types.get(place, ())
            explained = (f"type {place}", "type", place)
        if field == "type":
            # What fails in the options of a type fails in the type too.
            below = ("value", record.name, "submodule")
            failure = failure or self._evaluations.explained.get(below)
        if not unavailable and failure is None:
            unavailable = self._explanation.used(value, findings.names - {"pkgs", "config"})
        needs = self._explanation.needs(value, unavailable, failure)
        if not needs and failure is None:
            failure = self._evaluations.explain(*explained, option=record.name)
            needs = self._explanation.needs(value, (), failure)
        return self._explanation.value(value, needs, failure)

    def _hidden_diagnostics(
        self, decoded: Sequence[records.Record], findings: Findings
    ) -> list[Diagnostic]:
        """Return the diagnostics of options with texts that replace what is not available."""
        diagnostics = []
        for record in decoded:
            names = findings.hidden.get(record.name, ())
            if names or record.has_assumptions:
                diagnostics.append(
                    self._explanation.hidden(record.name, record.declarations, names or ("pkgs",))
                )
        return diagnostics

    def _computed_diagnostic(self, record: records.Record) -> Diagnostic | None:
        if record.default_at is None:
            return None
        return self._explanation.computed(self._value(record, "default", record.default_at))

    def _value(
        self, record: records.Record, field: str, position: records.Position | None
    ) -> explaining.Value:
        return explaining.Value(
            record.name,
            field,
            tuple(self._paths.declaration(path).name for path in sorted(record.declarations)),
            position.file if position else None,
            position.line if position else None,
        )
