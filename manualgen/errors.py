"""Diagnostics: the one form of every report about bad input.

A :class:`Diagnostic` has a code (:class:`Code`), a severity (:class:`Severity`), a
location (option, file, line), the source at that location, and what to write
instead. Only an input that leaves nothing to render raises an exception:
:class:`ManualError` carries its diagnostic.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Severity(enum.IntEnum):
    """The severity of a diagnostic; a larger number is worse."""

    HINT = 1
    """The source could be improved. Never fails a build."""
    WARNING = 2
    """Readers of the output will miss something. Fails a build with ``--strict``."""
    ERROR = 3
    """The output is not what the author meant. Fails a build."""

    @property
    def label(self) -> str:
        """The severity's name as it is printed: ``error``, ``warning``, ``hint``."""
        return self.name.lower()


Level = Literal["error", "warning", "hint", "off"]
"""The severity that a setting gives to a code; ``off`` reports nothing."""


class Code(enum.Enum):
    """The codes of diagnostics.

    Attributes:
        slug: the printed name. It is stable: once released, it is not changed.
        severity: the usual severity.
        summary: one sentence on what it means.
    """

    # The file as a whole.
    UNREADABLE = ("unreadable", Severity.ERROR, "The file cannot be opened or read.")
    TOO_LARGE = ("too-large", Severity.ERROR, "The file is larger than manualgen accepts.")
    NOT_JSON = ("not-json", Severity.ERROR, "The file is not JSON, or it is cut short.")
    NOT_OPTIONS = (
        "not-options",
        Severity.ERROR,
        "The file is JSON, but neither an object of options nor a list of them.",
    )
    BAD_ENCODING = (
        "bad-encoding",
        Severity.WARNING,
        "Some bytes or escapes are not text; each is shown as U+FFFD.",
    )
    WRITE_FAILED = ("write-failed", Severity.ERROR, "The output cannot be written.")
    WOULD_OVERWRITE = (
        "would-overwrite",
        Severity.ERROR,
        "The output would replace an input, or a file that manualgen has not written.",
    )
    SYSTEM_FAILURE = (
        "system-failure",
        Severity.ERROR,
        "The system refuses what a build needs, such as memory or open files.",
    )
    MISSING_PACKAGE = (
        "missing-package",
        Severity.ERROR,
        "A format needs a Python package that is not installed.",
    )
    BOOK_FAILED = (
        "book-failed",
        Severity.ERROR,
        "Sphinx or Typst cannot make an EPUB or a PDF of the manual.",
    )
    SPHINX_WARNING = (
        "sphinx-warning",
        Severity.WARNING,
        "Sphinx warns of something while it makes an EPUB or a PDF.",
    )
    PORT_IN_USE = ("port-in-use", Severity.ERROR, "The server cannot listen at its address.")
    BAD_TEMPLATE = (
        "bad-template",
        Severity.ERROR,
        "A template of the theme has an error, or uses a name that does not exist.",
    )
    NOT_COMPARABLE = (
        "not-comparable",
        Severity.ERROR,
        "An option set is to be compared with a manual that has chapters.",
    )
    # One option's record.
    BAD_OPTION = ("bad-option", Severity.ERROR, "An option is not a JSON object.")
    BAD_FIELD = ("bad-field", Severity.ERROR, "A field of an option has the wrong form.")
    NOT_FINITE = (
        "not-finite",
        Severity.WARNING,
        "A number is NaN or infinite, which JSON and Nix do not have.",
    )
    DUPLICATE_OPTION = ("duplicate-option", Severity.ERROR, "An option is given more than once.")
    DUPLICATE_ID = (
        "duplicate-id",
        Severity.WARNING,
        "Two options' names have the same identifier; the later one gets a number.",
    )
    NO_TITLE = ("no-title", Severity.HINT, "The pages have no title of their own.")
    NO_DESCRIPTION = ("no-description", Severity.HINT, "A description is missing or empty.")
    # What authors write.
    UNKNOWN_ROLE = ("unknown-role", Severity.ERROR, "A role that the dialect does not have.")
    UNKNOWN_ADMONITION = (
        "unknown-admonition",
        Severity.WARNING,
        "A fenced block of colons with a class that is not an admonition.",
    )
    UNCLOSED_FENCE = (
        "unclosed-fence",
        Severity.WARNING,
        "A block of colons or code is not closed before the text ends.",
    )
    HEADING = ("heading-in-description", Severity.WARNING, "A heading inside a description.")
    RAW_HTML = ("raw-html", Severity.WARNING, "Raw HTML, which is shown as text.")
    UNSAFE_LINK = (
        "unsafe-link",
        Severity.WARNING,
        "A link with a scheme that manuals do not link to.",
    )
    EMPTY_LINK = ("empty-link", Severity.WARNING, "A link that has no address, or no text.")
    UNKNOWN_ATTRIBUTES = (
        "unknown-attributes",
        Severity.HINT,
        "Attributes in braces that the dialect does not have; they are left out.",
    )
    IMAGE = ("image-in-description", Severity.WARNING, "An image inside a description.")
    DANGLING_REFERENCE = (
        "dangling-reference",
        Severity.WARNING,
        "A reference to an identifier that does not exist.",
    )
    UNKNOWN_OPTION = (
        "unknown-option",
        Severity.HINT,
        "An {option} role names an option that this set does not have.",
    )
    RENAMED_OPTION = (
        "renamed-option",
        Severity.HINT,
        "An {option} role names an option by a name that it no longer has.",
    )
    UNUSED_FOOTNOTE = (
        "unused-footnote",
        Severity.WARNING,
        "A footnote that nothing refers to; it is not shown.",
    )
    TOO_COMPLEX = (
        "too-complex",
        Severity.WARNING,
        "A text is too long or too deeply nested to be read as markup; it is shown as text.",
    )
    DOCBOOK_TAGS = (
        "docbook-tags",
        Severity.HINT,
        "Tags of DocBook in a Markdown text; they are shown as what they mean.",
    )
    UNKNOWN_ELEMENT = (
        "unknown-element",
        Severity.WARNING,
        "An element that DocBook does not have, or not in a description; its text is shown.",
    )
    NOT_WELL_FORMED = (
        "not-well-formed",
        Severity.ERROR,
        "A DocBook text that is not well-formed XML; it is shown as text.",
    )
    REFUSED_ENTITY = (
        "refused-entity",
        Severity.WARNING,
        "An entity that XML does not define; it is shown as it is written.",
    )
    HIDDEN_LIST = (
        "hidden-list",
        Severity.HINT,
        "Lines that read as a list, without the markup of one, are shown as a list.",
    )
    # What only `manualgen check` looks for.
    REPEATS_NAME = ("repeats-name", Severity.WARNING, "A description only repeats the name.")
    UNSPECIFIED_TYPE = ("unspecified-type", Severity.HINT, "A type does not say what it takes.")
    EXAMPLE_IS_DEFAULT = ("example-is-default", Severity.HINT, "An example equals the default.")
    INVALID_EXPRESSION = (
        "invalid-expression",
        Severity.WARNING,
        "A default or an example that is said to be Nix does not parse as Nix.",
    )
    TAB_IN_CODE = ("tab-in-code", Severity.HINT, "Code is indented or aligned with tabs.")
    TRAILING_BLANKS = ("trailing-blanks", Severity.HINT, "A line of code ends with blanks.")
    BROKEN_LINK = ("broken-link", Severity.WARNING, "A link leads to nothing on the web.")
    # A book.
    NOT_TEXT = ("not-text", Severity.ERROR, "A file of a book is binary, or not UTF-8.")
    OUTSIDE_ROOT = (
        "outside-root",
        Severity.ERROR,
        "A file lies outside the manual's folder and the folders named with --root.",
    )
    INCLUDE_CIRCLE = (
        "include-circle",
        Severity.ERROR,
        "A file includes itself, directly or through other files.",
    )
    BAD_INCLUDE = ("bad-include", Severity.ERROR, "An include that cannot be followed.")
    BAD_STRUCTURE = (
        "bad-structure",
        Severity.ERROR,
        "A part of a book stands where it cannot, or lacks what it needs.",
    )
    HEADING_LEVEL = (
        "heading-level",
        Severity.ERROR,
        "A heading of a wrong level: a jump, or a second title.",
    )
    MISSING_ID = ("missing-id", Severity.ERROR, "A heading without an identifier.")
    MISSING_IMAGE = ("missing-image", Severity.ERROR, "An image that cannot be shown.")
    BAD_REDIRECT = (
        "bad-redirect",
        Severity.ERROR,
        "redirects.json and the manual do not agree, or an address in it cannot be served.",
    )
    NOT_IN_INVENTORY = (
        "not-in-inventory",
        Severity.WARNING,
        "An option whose name the inventory for Sphinx cannot hold.",
    )
    BAD_SETTING = (
        "bad-setting",
        Severity.ERROR,
        "A setting of manual.toml is unknown, or its value is not allowed.",
    )
    # Many manuals.
    BAD_PROJECT = ("bad-project", Severity.ERROR, "An entry of a list of projects is wrong.")
    UNREACHABLE = ("unreachable", Severity.ERROR, "A scheduler or a store cannot be reached.")
    BUILD_STOPPED = ("build-stopped", Severity.ERROR, "The build of a manual was stopped.")
    # Evaluating modules.
    NO_EVALUATOR = (
        "no-evaluator",
        Severity.ERROR,
        "The Nix evaluator is missing, cannot be started, or is too old.",
    )
    NO_LIBRARY = ("no-library", Severity.ERROR, "Nixpkgs' `lib` is not found.")
    EVALUATION_FAILED = (
        "evaluation-failed",
        Severity.ERROR,
        "The modules as a whole cannot be evaluated.",
    )
    EVALUATION_LIMIT = (
        "evaluation-limit",
        Severity.ERROR,
        "The evaluation takes more time, memory or output than it may.",
    )
    BROKEN_MODULE = (
        "broken-module",
        Severity.ERROR,
        "A module, or a part of it, cannot be evaluated and is left out.",
    )
    PKGS_ON_SPINE = (
        "pkgs-on-spine",
        Severity.ERROR,
        "A module needs `pkgs` to determine what it imports, declares or sets.",
    )
    NEEDS_DEFAULT_TEXT = (
        "needs-default-text",
        Severity.WARNING,
        "A value depends on packages or on a configuration, and no text replaces it.",
    )
    BROKEN_VALUE = (
        "broken-value",
        Severity.ERROR,
        "A part of an option cannot be evaluated.",
    )

    def __init__(self, slug: str, severity: Severity, summary: str) -> None:
        self.slug = slug
        self.severity = severity
        self.summary = summary


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
