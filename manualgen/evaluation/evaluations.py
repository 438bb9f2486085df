"""The evaluations of one request, until nothing fails that Nix cannot catch.

One evaluation suffices if nothing fails. What Nix can catch costs the value or
the part of a module that it is in, and the evaluation goes on. What it cannot
catch ends the evaluation: then the module or value at fault is left out, and
the evaluation is repeated for the options that are not known yet. That, and
finding out why a caught part fails, are the only reasons to evaluate more than
once.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Literal

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.evaluation.config_stubs import used_paths
from manualgen.evaluation.records import record_name
from manualgen.evaluation.source_names import add_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.evaluation.evaluator import Evaluator, Outcome
    from manualgen.evaluation.explaining import Explanation
    from manualgen.evaluation.failures import Event, Failure

LOST_FIELDS = frozenset({"declaration", "submodule", "visible", "internal", "readOnly", "*"})
"""Fields that no record has: where one of them fails, options are missing or not whole."""

_EVALUATIONS = 10
_EARLY_EVALUATIONS = 200
_EXPLANATIONS = 8
_EXPLANATION_SECONDS = 5.0
_OF_MODULES = frozenset({"broken", "malformed", "extra", "absent", "module"})
_MISSING = re.compile(r"attribute '([^']+)' missing")


class Evaluations:
    """Evaluates, and leaves out what fails.

    Attributes:
        records: the records of all options, as JSON.
        events: the events of the last evaluation, and those of earlier ones that name options.
        diagnostics: limits that were exceeded.
        failed_modules: the modules that were left out, and why.
        failed_values: the values (option, field) that were left out, and why.
        failed_types: the types (file:line) that were left out, and why.
        explained: the failures that :meth:`explain` found, by context.
    """

    def __init__(
        self, evaluator: Evaluator, request: dict[str, Any], explanation: Explanation
    ) -> None:
        """Prepare the first evaluation.

        Args:
            evaluator: what runs the evaluations.
            request: what to evaluate.
            explanation: turns failures into diagnostics.
        """
        self._evaluator = evaluator
        self._request = request
        self._explanation = explanation
        self.records: list[bytes] = []
        self.events: list[Event] = []
        self.diagnostics: list[Diagnostic] = []
        self.failed_modules: dict[str, Failure] = {}
        self.failed_values: dict[tuple[str, str], Failure] = {}
        self.failed_types: dict[str, Failure] = {}
        self.explained: dict[tuple[str, ...], Failure] = {}
        self._learnt: set[str] = set()
        self._explained = 0
        self._explaining_seconds = 0.0

    def run(self) -> None:
        """Evaluate until an evaluation does not fail, or a limit is exceeded.

        Raises:
            ManualError: if no option is known in the end.
        """
        complete = 0
        for _ in range(_EARLY_EVALUATIONS):
            outcome = self._evaluator.run(self._request)
            self._keep(outcome)
            if outcome.failure is None:
                return
            complete += any(event[0] == "option" for event in outcome.events)
            culprit = _culprit(outcome.failure, outcome.events)
            if outcome.limit is not None:
                limit = self._explanation.limit(outcome.limit, culprit)
                if not outcome.failure.out_of_memory or not self._can_leave_out(culprit):
                    self._end(limit)
                    return
                self.diagnostics.append(limit)
            if complete >= _EVALUATIONS:
                break
            if complete == _EVALUATIONS - 2 and self._leave_out_fields():
                continue
            if not self._leave_out(outcome.failure, culprit):
                self._end(self._explanation.whole(outcome.failure))
                return
        count = self._evaluator.runs
        self._end(
            Diagnostic(
                code=Code.EVALUATION_LIMIT,
                message=f"the modules still fail after {count} evaluations:"
                " options after the last failure are missing",
                help="correct the failures that are reported, and evaluate again",
            )
        )

    def _end(self, limit: Diagnostic) -> None:
        """Keep the diagnostic of a limit.

        Raises:
            ManualError: with that diagnostic, if no option is known.
        """
        if not self.records:
            raise ManualError(limit)
        self.diagnostics.append(limit)

    def _keep(self, outcome: Outcome) -> None:
        """Keep the records of an evaluation, and ask the next one for the others."""
        # Parts of modules fail again in each evaluation; options that are known do not.
        self.events = [event for event in self.events if event[0] not in _OF_MODULES]
        self.events += outcome.events
        self.records += outcome.records
        if outcome.failure is not None:
            for data in outcome.records:
                self._request["known"][record_name(data)] = True

    # ─── leaving out ───

    def _can_leave_out(self, culprit: Event) -> bool:
        kind, *names = culprit
        if kind == "module":
            return names[0] not in self.failed_modules
        return kind == "value" and (names[0], names[1]) not in self.failed_values

    def _leave_out(self, failure: Failure, culprit: Event) -> bool:
        """Return whether the request was changed so that what failed is left out."""
        if self._learn(failure, culprit):
            return True
        kind, *names = culprit
        if kind == "module" and names[0] not in self.failed_modules:
            self.failed_modules[names[0]] = failure
            self._request["broken"][names[0]] = True
        elif kind == "value" and (names[0], names[1]) not in self.failed_values:
            self.failed_values[names[0], names[1]] = failure
            self._request["skip"][" ".join(names)] = True
        elif kind == "value" and (names[0], "*") not in self.failed_values:
            self.failed_values[names[0], "*"] = failure
            self._request["skip"][f"{names[0]} *"] = True
        elif kind == "type" and names[0] not in self.failed_types:
            self.failed_types[names[0]] = failure
            self._request["skip"][f"type {names[0]}"] = True
        else:
            return False
        return True

    def _leave_out_fields(self) -> bool:
        """Return whether fields that failed often are left out of all options that follow."""
        fields = sorted({field for _, field in self.failed_values} - LOST_FIELDS)
        if not fields:
            return False
        self._request["skipFields"] = dict.fromkeys(fields, True)
        names = " and ".join(f"`{field}`" for field in fields)
        last = next(reversed(self.failed_values))[0]
        self.diagnostics.append(
            Diagnostic(
                code=Code.EVALUATION_LIMIT,
                message=f"the modules fail in too many values: {names} of the options after"
                f" `{last}` are left out",
                help="correct the failures that are reported, and evaluate again",
            )
        )
        return True

    def is_left_out(self, name: str, field: str) -> bool:
        """Return whether a field is missing because of a limit alone.

        Args:
            name: the option.
            field: the field.
        """
        return field in self._request["skipFields"] and (name, field) not in self.failed_values

    def _learn(self, failure: Failure, culprit: Event) -> bool:
        """Return whether the request was changed so that what is missing can be caught.

        Where one value uses what is missing, others do: one change serves them all.
        """
        missing = _MISSING.search(failure.message)
        if missing is None:
            return False
        name = missing[1]
        if culprit[0] == "value" and not any(self._request["missing"].values()):
            files = [words[1] for words in self.events if words[0] == "module"]
            heads: tuple[Literal["config", "options"], ...] = ("config", "options")
            self._request["missing"] = {head: used_paths(files, head) for head in heads}
            if any(self._request["missing"].values()):
                return True
        if self._request["pkgs"] is not None or name in self._learnt:
            return False
        paths = self._explanation.package_paths(failure)
        if paths:
            self._learnt.add(name)
            names = self._request["names"]
            names["words"][name] = {}
            for path in paths:
                add_path(names["pkgs"], [*path, name] if name not in path else path)
            return True
        return False

    # ─── explaining ───

    def explain(self, key: str, *context: str, option: str = "") -> Failure | None:
        """Return why a module or value fails whose failure was caught; None if unknown.

        Args:
            key: the module, ``"option field"`` or ``"type file:line"``.
            context: the context that the trace of its failure holds.
            option: the option to evaluate; "" for all.
        """
        late = self._explaining_seconds > _EXPLANATION_SECONDS
        if late or self._explained >= _EXPLANATIONS or self.diagnostics:
            return None
        self._explained += 1
        start = time.monotonic()
        request = {**self._request, "explain": key, "known": {}}
        if option:
            request["prefixes"] = [option]
        failure = self._evaluator.run(request).failure
        self._explaining_seconds += time.monotonic() - start
        if failure is None or context not in failure.contexts:
            return None
        self.explained[context] = failure
        return failure


def _culprit(failure: Failure, events: Sequence[Event]) -> Event:
    """Return the context of what failed: the innermost, or what was evaluated last."""
    if failure.contexts:
        return failure.contexts[0]
    for kind, *words in reversed(events):
        if kind == "option":
            return ("value", words[0], "*")
        if kind == "module":
            return ("module", words[0])
    return ("",)


class Findings:
    """What the events of evaluations say of modules and values.

    Attributes:
        modules: of each module that failed in part: these parts, and the names it used.
        values: of each value (option, field) that failed: the names it used.
        types: of each type (file:line) that failed: the names it used.
        names: all names that were used and that are not available.
        hidden: of each option of which no field failed: the names it used all the same.
            Its module caught the failure, and replaced the value by another one.
        malformed: the kind of event, file and detail of files that are no proper modules.
        nested: the kind of event and the option, of types that contain themselves.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        """Read events.

        Args:
            events: the events. A ``touched`` is the cause of the next failure.
        """
        self.modules: dict[str, tuple[set[str], set[str]]] = {}
        self.values: dict[tuple[str, str], tuple[str, ...]] = {}
        self.types: dict[str, tuple[str, ...]] = {}
        self.names: set[str] = set()
        self.hidden: dict[str, tuple[str, ...]] = {}
        self.malformed: set[tuple[str, str, str]] = set()
        self.nested: set[tuple[str, str]] = set()
        self._touched: set[str] = set()
        option = ""
        for kind, *words in events:
            if kind == "touched":
                self._touched.update(words)
                self.names.update(words)
                continue
            if kind == "option":
                self._end_option(option)
                option = words[0]
            if kind != "module":  # A module may be imported between the cause and the failure.
                self._add(kind, words)
                self._touched = set()
        self._end_option(option)

    def _end_option(self, option: str) -> None:
        if option and self._touched:
            self.hidden.setdefault(option, tuple(sorted(self._touched)))

    def _add(self, kind: str, words: Sequence[str]) -> None:
        if kind == "broken":
            parts, names = self.modules.setdefault(words[0], (set(), set()))
            parts.add(words[1])
            names |= self._touched
        elif kind == "failed":
            self.values.setdefault((words[0], words[1]), tuple(sorted(self._touched)))
        elif kind == "untyped":
            self.types.setdefault(words[0], tuple(sorted(self._touched)))
        elif kind in {"malformed", "extra", "absent"}:
            self.malformed.add((kind, words[0], words[1] if len(words) > 1 else ""))
        elif kind in {"repeated", "deep"}:
            self.nested.add((kind, words[0]))
