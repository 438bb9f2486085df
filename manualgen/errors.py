"""Diagnostics: the one form of every report about bad input.

A :class:`Diagnostic` has a code (:class:`Code`), a severity (:class:`Severity`), a
location (option, file, line), the source at that location, and what to write
instead. Only an input that leaves nothing to render raises an exception:
:class:`ManualError` carries its diagnostic.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from manualgen.codes import Code, Level, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Code",
    "Diagnostic",
    "Level",
    "ManualError",
    "Severity",
    "below",
    "failing",
    "shortened",
    "visible",
]


class Diagnostic(msgspec.Struct, frozen=True, kw_only=True):
    """One report about bad input.

    Attributes:
        code: the code; it determines the severity unless ``severity`` is set.
        message: what is wrong: one sentence without a full stop.
        option: the option's name, if the location is inside an option.
        declarations: where that option is declared, as shown to readers.
        file: the file's name, if the location is a file.
        included_from: the locations of the includes that led to the file, the nearest first.
        part: the part of the option or file, such as ``description`` or ``$.a.type``.
        line, column: 1-based, counted inside ``part`` (or the file).
        excerpt: the source line at that location; may be empty.
        width: how many characters from ``column`` on it is about.
        help: what to write or do instead.
        severity: that of the code where None is given.
    """

    code: Code
    message: str
    option: str | None = None
    declarations: tuple[str, ...] = ()
    file: str | None = None
    included_from: tuple[str, ...] = ()
    part: str | None = None
    line: int | None = None
    column: int | None = None
    excerpt: str = ""
    width: int = 1
    help: str = ""
    # Only a caller gives None: a diagnostic has a severity.
    severity: Severity = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        """Set the code's severity if none was given."""
        if self.severity is None:
            msgspec.structs.force_setattr(self, "severity", self.code.severity)

    def within(self, option: str, declarations: tuple[str, ...], part: str) -> Diagnostic:
        """Return the same diagnostic, located in a part of an option.

        A text is parsed without knowing whose it is, so that equal texts are
        parsed once; the caller adds the location.

        Args:
            option: the option's name.
            declarations: where it is declared, as shown to readers.
            part: the part of the option.
        """
        return msgspec.structs.replace(self, option=option, declarations=declarations, part=part)

    def to_dict(self) -> dict[str, Any]:
        """Return the diagnostic as JSON has it; :meth:`from_dict` is the inverse.

        Returns:
            An object with all attributes by their names: ``code`` is the slug, ``severity`` is
            ``error``, ``warning`` or ``hint``, ``declarations`` and ``included_from`` are lists,
            and what is not known is None.
        """
        data = msgspec.structs.asdict(self)
        data["code"] = self.code.slug
        data["severity"] = self.severity.label
        data["declarations"] = list(self.declarations)
        data["included_from"] = list(self.included_from)
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Diagnostic:
        """Return the diagnostic that :meth:`to_dict` has returned.

        Args:
            data: the object; keys other than ``code`` and ``message`` may be missing.

        Raises:
            ValueError: if the code, the severity or a key is unknown, or a value has the wrong
                type.
        """
        try:
            record = msgspec.convert(data, _DiagnosticRecord)
        except msgspec.ValidationError as error:
            raise ValueError(str(error)) from None
        code = next((code for code in Code if code.slug == record.code), None)
        if code is None:
            message = f"unknown code `{record.code}`"
            raise ValueError(message)
        fields = msgspec.structs.asdict(record)
        label = fields.pop("severity")
        fields["code"] = code
        if label is not None:
            fields["severity"] = Severity[label.upper()]
        return cls(**fields)

    @property
    def location(self) -> str:
        """The location as text: ``a.b (declared in x.nix), description line 3``."""
        if self.option is not None:
            option = visible(self.option)
            if self.declarations:
                option += f" (declared in {', '.join(map(visible, self.declarations))})"
            details = [visible(self.part)] if self.part else []
            if self.line is not None:
                details.append(f"line {self.line}")
            return f"{option}, {' '.join(details)}" if details else option
        location = visible(self.file or "")
        if self.line is not None:
            location += f":{self.line}"
            if self.column is not None:
                location += f":{self.column}"
        if self.part:
            location += f", {visible(self.part)}"
        return location


class _DiagnosticRecord(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A diagnostic as in JSON."""

    code: str
    severity: Literal["error", "warning", "hint"] | None = None
    message: str
    option: str | None = None
    declarations: tuple[str, ...] = ()
    file: str | None = None
    included_from: tuple[str, ...] = ()
    part: str | None = None
    line: int | None = None
    column: int | None = None
    excerpt: str = ""
    width: int = 1
    help: str = ""


class ManualError(Exception):
    """Nothing can be rendered.

    Attributes:
        diagnostic: the reason; it is printed without a traceback.
    """

    def __init__(self, diagnostic: Diagnostic) -> None:
        """Create the error.

        Args:
            diagnostic: the reason.
        """
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic

    def __reduce__(self) -> tuple[type[ManualError], tuple[Diagnostic]]:
        """Pickle with the diagnostic, which a worker process sends to the main process."""
        return (type(self), (self.diagnostic,))


# Of GitHub, Azure and TeamCity. What GitHub takes for one at the start of a line alone is no
# matter here: lines begin with words of ours.
_CI_COMMAND = re.compile(r"##(?=\[|vso\[|teamcity\[)")


def shortened(text: str, longest: int = 200) -> str:
    """Return a text for a message: its beginning, where it is longer than some characters."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def visible(text: str) -> str:
    r"""Return text without characters that control a terminal.

    Control characters, terminal escapes, bidirectional overrides and lone
    surrogates become escapes such as ``\\x1b``. Tabs and printable text stay, but for
    what a CI takes for a command wherever it stands, such as ``##[``.
    """
    if "##" in text:
        text = _CI_COMMAND.sub(r"#\\x23", text)
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable()
        or character == "\t"
        # Letters of newer Unicode than Python's are not "printable", but harmless.
        or unicodedata.category(character) in {"Cn", "Zs"}
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def failing(
    diagnostics: Iterable[Diagnostic], *, strict: bool = False, blame: tuple[str, ...] = ()
) -> list[Diagnostic]:
    """Return the diagnostics for which a build fails.

    Args:
        diagnostics: all diagnostics.
        strict: warnings fail too.
        blame: where not empty, a diagnostic about an option fails only if one
            of the option's declarations is below one of these prefixes; angle
            brackets around a declaration are ignored
            (``<home-manager/modules/x.nix>`` is below ``home-manager/modules``).
            Diagnostics about whole files always count.
    """
    least = Severity.WARNING if strict else Severity.ERROR
    return [
        diagnostic
        for diagnostic in diagnostics
        if diagnostic.severity >= least
        and (
            not blame
            or diagnostic.option is None
            or any(
                below(declared, prefix) for declared in diagnostic.declarations for prefix in blame
            )
        )
    ]


def below(declaration: str, prefix: str) -> bool:
    """Return whether a declaration is at or below a path prefix, by whole path components."""
    path = declaration.strip("<>")
    prefix = prefix.strip("<>").rstrip("/")
    return path == prefix or path.startswith(f"{prefix}/") or not prefix
