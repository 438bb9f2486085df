"""Modules → options.

One evaluation answers, if nothing is wrong. What Nix can catch costs the value
or the part of a module that it is in, and the evaluation goes on. What it
cannot catch ends the evaluation: then the module or value that is at fault is
left out, and all is asked again. That, and asking what exactly was wrong, are
the only reasons to run more than once.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.evaluation import explaining, places
from manualgen.evaluation.evaluator import EXPRESSION, Evaluator
from manualgen.evaluation.missing import configuration_paths
from manualgen.options import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.evaluation.evaluator import Outcome
    from manualgen.evaluation.failures import Event, Failure
    from manualgen.options.declarations import Source

_RUNS = 200
_EXPLAINED = 8
# Parts that a record has no place for: where one fails, options are missing.
_OF_THE_OPTION = frozenset({"declaration", "submodule", "visible", "internal"})


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How modules are evaluated.

    Attributes:
        lib: Nixpkgs' ``lib``, or a Nixpkgs tree; None for ``<nixpkgs/lib>``.
        pkgs: a package set, which values may name; None for none.
        system: what the package set is evaluated for. Constant, so that the
            output is the same on every machine.
        modules_list: a file that evaluates to a list of further modules.
        prefixes: the options to keep, each a name or the start of one
            (``services.``); empty for all.
        sources: source trees, for declarations. Modules may read them.
        revision: what the addresses of declarations name.
        timeout: the most seconds that it may take, all runs together.
        memory: the most bytes of memory that a run may have.
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
        settings: how to evaluate them.

    Returns:
        The options, and what is wrong with their modules: which were left out,
        which values depend on packages or a configuration.

    Raises:
        ManualError: if a file is missing, the evaluator or the library is not
            found, a limit is met, or the modules fail together.
    """
    settings = settings or Settings()
    return _Extraction(modules, settings).options()


class _Literal(msgspec.Struct, frozen=True, rename={"kind": "_type"}):
    kind: str
    text: str
    evaluated: bool = False


class _Package(msgspec.Struct, frozen=True):
    name: str
    title: str | None = None
    comment: str | None = None


class _Position(msgspec.Struct, frozen=True):
    file: str
    line: int


class _Record(msgspec.Struct, frozen=True, rename="camel"):
    """An option as ``options.nix`` prints it."""

    name: str
    loc: tuple[str, ...]
    declarations: tuple[str, ...]
    read_only: bool
    type: str | None
    description: str | _Literal | None = None
    default: _Literal | None = None
    example: _Literal | None = None
    related_packages: tuple[_Package, ...] | None = None
    failed: dict[str, _Position | None] = {}


class _Extraction:
    """One call of :func:`extract`: the request, and what was learnt from its failures."""

    def __init__(self, modules: Sequence[Path], settings: Settings) -> None:
        files = [_existing(settings.directory / module) for module in modules]
        listed = settings.modules_list and _existing(settings.directory / settings.modules_list)
        lib = places.library(settings.lib and settings.directory / settings.lib, os.environ)
        pkgs = settings.pkgs and _existing(settings.directory / settings.pkgs)
        tree = places.nixpkgs(lib)
        self._places = places.Places(
            [*files, *([listed] if listed else [])],
            settings.sources,
            lib,
            settings.directory,
            settings.revision,
        )
        readable = [*self._places.readable, tree or lib, *([pkgs] if pkgs else [])]
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
        self._own_files = (str(EXPRESSION), f"{lib}/")
        self._explanation = explaining.Explanation(self._places, self._own_files)
        self._modules: dict[str, Failure] = {}
        self._values: dict[tuple[str, str], Failure] = {}
        self._types: dict[str, Failure] = {}
        self._explained = 0

    def options(self) -> reading.OptionSet:
        outcome = self._outcome()
        records = self._records(outcome.output)
        touches = _Touches(outcome.events)
        diagnostics = self._module_diagnostics(touches)
        diagnostics += self._lost_diagnostics(touches)
        for record in records:
            for field, position in sorted(record.failed.items()):
                diagnostics.append(self._value_diagnostic(record, field, position, touches))
        causes = {
            (found.option or "", found.part or ""): self._explanation.cause(found)
            for found in diagnostics
        }
        shown = {record.name: self._shown(record, causes) for record in records}
        decoded = reading.decode(msgspec.json.encode(shown), "the evaluation")
        return reading.OptionSet(decoded.options, (*diagnostics, *decoded.diagnostics))

    # ─── asking ───

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
            ManualError: if that cannot be told.
        """
        kind, *names = failure.contexts[0] if failure.contexts else ("",)
        if kind == "module" and names[0] not in self._modules:
            self._modules[names[0]] = failure
            self._request["broken"][names[0]] = True
        elif kind == "value" and (names[0], names[1]) not in self._values:
            # What one value misses in `config`, others will; so all is looked up at once.
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
        """Return why a module or value fails that did so quietly; None where that is not told."""
        if self._explained >= _EXPLAINED:
            return None
        self._explained += 1
        try:
            failure = self._evaluator.run({**self._request, "explain": key}).failure
        except ManualError:
            return None  # No time is left: the module is named all the same.
        return failure if failure is not None and context in failure.contexts else None

    # ─── what came ───

    def _records(self, output: bytes) -> list[_Record]:
        try:
            records = msgspec.json.decode(output, type=list[_Record])
        except (msgspec.ValidationError, UnicodeDecodeError):
            # Nix strings are bytes; what is no text in them is shown as such.
            text = output.decode("utf-8", errors="replace")
            records = msgspec.json.decode(text, type=list[_Record])
        # The branches of an alternative may declare the same name: the first is shown.
        unique = {record.name: record for record in reversed(records)}
        return [unique[name] for name in sorted(unique)]

    def _shown(self, record: _Record, causes: dict[tuple[str, str], str]) -> dict[str, Any]:
        """Return an option as options.json has it, without paths of this machine."""
        shown: dict[str, Any] = {
            "loc": record.loc,
            "readOnly": record.read_only,
            "type": record.type or "unspecified",
            "description": self._text(record.description),
            "declarations": self._declarations(record),
        }
        for field in ("default", "example"):
            value = getattr(record, field)
            if value is not None:
                shown[field] = self._text(value)
        for field in record.failed:
            text = causes.get((record.name, field), "")
            if field in {"default", "example"}:
                shown[field] = {"_type": "literalMD", "text": text}
            elif field == "description":
                shown[field] = text
        if record.related_packages:
            shown["relatedPackages"] = "".join(map(_related, record.related_packages))
        return shown

    def _declarations(self, record: _Record) -> list[dict[str, str] | str]:
        # Sorted, so that the order in which modules are named makes no difference.
        found = sorted({self._places.declaration(path) for path in record.declarations}, key=_name)
        return [
            {"name": declaration.name, "url": declaration.url}
            if declaration.url is not None
            else declaration.name
            for declaration in found
        ]

    def _text(self, value: str | _Literal | None) -> dict[str, str] | str | None:
        if value is None:
            return None
        if isinstance(value, str):
            return self._places.text(_named(value, "description"), evaluated=False)
        text = _named(value.text, value.kind)
        return {
            "_type": value.kind,
            "text": self._places.text(text, evaluated=value.evaluated),
        }

    # ─── what is wrong ───

    def _module_diagnostics(self, touches: _Touches) -> list[Diagnostic]:
        found = [self._explanation.module(file, failure) for file, failure in self._modules.items()]
        for file, (parts, touched) in touches.modules.items():
            failure = self._explain(file, "module", file)
            found.append(self._explanation.part_of_module(file, parts, touched, failure))
        return sorted(found, key=lambda one: (one.file or "", one.line or 0))

    def _lost_diagnostics(self, touches: _Touches) -> list[Diagnostic]:
        """Return what is to be said of options that are not there, or not whole."""
        lost = {key: None for key in touches.values if key[1] in _OF_THE_OPTION}
        lost |= {key: None for key in self._values if key[1] in _OF_THE_OPTION}
        return [
            self._explanation.lost(
                name,
                field,
                touches.values.get((name, field), ()),
                self._values.get((name, field))
                or self._explain(f"{name} {field}", "value", name, field),
            )
            for name, field in sorted(lost)
        ]

    def _value_diagnostic(
        self, record: _Record, field: str, position: _Position | None, touches: _Touches
    ) -> Diagnostic:
        value = explaining.Value(
            record.name,
            field,
            tuple(self._places.declaration(path).name for path in sorted(record.declarations)),
            position.file if position else None,
            position.line if position else None,
        )
        key = (record.name, field)
        failure = self._values.get(key)
        if field == "type" and position is not None:
            failure = failure or self._types.get(f"{position.file}:{position.line}")
        needs = self._explanation.needs(value, touches.values.get(key, ()), failure)
        if not needs and failure is None:
            failure = self._explain(f"{record.name} {field}", "value", *key)
            needs = self._explanation.needs(value, (), failure)
        return self._explanation.value(value, needs, failure)


class _Touches:
    """What was out of reach where, from the order in which ``options.nix`` spoke.

    Attributes:
        modules: of each module that failed in part, these parts, and what it reached for.
        values: of each value (option, field) that failed, what it reached for.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self.modules: dict[str, tuple[set[str], set[str]]] = {}
        self.values: dict[tuple[str, str], tuple[str, ...]] = {}
        touched: set[str] = set()
        for kind, *words in events:
            if kind == "touched":
                touched.update(words)
                continue
            if kind == "broken":
                parts, reached = self.modules.setdefault(words[0], (set(), set()))
                parts.add(words[1])
                reached |= touched
            elif kind == "failed":
                self.values.setdefault((words[0], words[1]), tuple(sorted(touched)))
            touched = set()


def _existing(path: Path) -> Path:
    """Return the resolved path of a Nix file, or of a folder with a ``default.nix``."""
    try:
        if path.is_dir() and not (path / "default.nix").is_file():
            raise ManualError(
                Diagnostic(
                    code=Code.UNREADABLE,
                    message="the folder has no `default.nix`",
                    file=str(path),
                    help="name the module inside it",
                )
            )
        return path.resolve(strict=True)
    except OSError as error:
        raise ManualError(
            Diagnostic(
                code=Code.UNREADABLE,
                message=f"cannot read the module: {error.strerror}",
                file=str(path),
                help="name a file that exists and that you may read",
            )
        ) from error


def _name(declaration: Any) -> str:
    return str(declaration.name)


def _named(text: str, kind: str) -> str:
    """Return a text with packages that stand in it written as an author would."""
    if "\ue000" not in text:
        return text
    opening, closing = ("`", "`") if kind in {"literalMD", "mdDoc", "description"} else ("${", "}")
    return text.replace("\ue000", opening).replace("\ue001", closing)


def _related(package: _Package) -> str:
    """Return the Markdown that ``nixosOptionsDoc`` writes for a related package."""
    also = f"{package.title} aka " if package.title else ""
    address = "https://search.nixos.org/packages?"
    query = f"show={package.name}&sort=relevance&query={package.name}"
    comment = f"\n\n  {package.comment}" if package.comment else ""
    return f"- [{also}`pkgs.{package.name}`](\n    {address}{query}\n  ){comment}\n"
