"""What is said about bad input, in one shape.

Everything that manualgen finds wrong is a :class:`Diagnostic`: which rule
(:class:`Code`), how bad (:class:`Severity`), where (option, file, line), what
stands there, and what to write instead. Only an input that leaves nothing to
render raises: :class:`ManualError` carries the diagnostic that says why.
"""

from __future__ import annotations

import enum
import unicodedata
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(enum.IntEnum):
    """How bad a diagnostic is; a larger number is worse."""

    HINT = 1
    """A way to write it more plainly. Never fails a build."""
    WARNING = 2
    """Something a reader will miss. Fails a build with ``--strict``."""
    ERROR = 3
    """Something that is not what its author meant. Fails a build."""

    @property
    def label(self) -> str:
        """The severity's name as it is printed: ``error``, ``warning``, ``hint``."""
        return self.name.lower()


class Code(enum.Enum):
    """Every kind of diagnostic: its printed name, severity, and what it means.

    The names are a public contract: they stay once they are released.
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
    BAD_TEMPLATE = (
        "bad-template",
        Severity.ERROR,
        "A template of the theme has an error, or uses what there is not.",
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
        "Two options' names lead to one identifier; the later gets a number.",
    )
    NO_DESCRIPTION = ("no-description", Severity.HINT, "An option has no description.")
    # What authors write.
    UNKNOWN_ROLE = ("unknown-role", Severity.ERROR, "A role that the dialect does not have.")
    UNKNOWN_ADMONITION = (
        "unknown-admonition",
        Severity.WARNING,
        "A fenced block of colons with a class that is no admonition.",
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
    UNKNOWN_ELEMENT = (
        "unknown-element",
        Severity.WARNING,
        "An element that is not of DocBook, or not for a description; its text is shown.",
    )
    NOT_WELL_FORMED = (
        "not-well-formed",
        Severity.ERROR,
        "A DocBook text that is not well-formed XML; it is shown as text.",
    )
    REFUSED_ENTITY = (
        "refused-entity",
        Severity.WARNING,
        "An entity that XML alone does not have; it is shown as it is written.",
    )
    HIDDEN_LIST = (
        "hidden-list",
        Severity.HINT,
        "Lines that read as a list, without the markup of one, are shown as a list.",
    )
    # A book.
    NOT_TEXT = ("not-text", Severity.ERROR, "A file of a book is binary, or not UTF-8.")
    OUTSIDE_ROOT = (
        "outside-root",
        Severity.ERROR,
        "A file lies outside the manual's folder and the folders named with --root.",
    )
    INCLUDE_CIRCLE = ("include-circle", Severity.ERROR, "A file includes itself, by any way.")
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
        "redirects.json and the manual do not agree, or a place in it cannot be served.",
    )
    BAD_SETTING = ("bad-setting", Severity.ERROR, "A setting of manual.toml that is none.")
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
        "A module needs `pkgs` to say what it imports, declares or sets.",
    )
    NEEDS_DEFAULT_TEXT = (
        "needs-default-text",
        Severity.WARNING,
        "A value depends on packages or on a configuration, and no text stands in for it.",
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
    """One thing that is wrong, where it is, and what to write instead.

    Attributes:
        code: which rule it breaks; gives the severity too unless ``severity`` is set.
        message: one sentence without a full stop, naming what was found.
        option: the option's name, where the place is inside an option.
        declarations: where that option is declared, as shown to readers.
        file: the file's name, where the place is a file.
        included_from: the places of the includes that led to the file, the nearest first.
        part: the part of the option or file, such as ``description`` or ``$.a.type``.
        line, column: 1-based, counted inside ``part`` (or the file).
        excerpt: the source line at that place; may be empty.
        width: how many characters from ``column`` on are meant.
        help: what to write or do instead.
        severity: overrides the code's own severity.
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
    severity: Severity = Severity.HINT

    def __post_init__(self) -> None:
        """Take the code's severity where none was given (hint is never an override)."""
        if self.severity is Severity.HINT:
            msgspec.structs.force_setattr(self, "severity", self.code.severity)

    def within(self, option: str, declarations: tuple[str, ...], part: str) -> Diagnostic:
        """The same diagnostic, placed in a part of an option.

        A text is parsed without knowing whose it is, so that equal texts are
        parsed once; the caller adds the place.
        """
        return msgspec.structs.replace(self, option=option, declarations=declarations, part=part)

    @property
    def place(self) -> str:
        """Where it is, for a reader: ``a.b (declared in x.nix), description line 3``."""
        if self.option is not None:
            shown = visible(self.option)
            if self.declarations:
                shown += f" (declared in {', '.join(map(visible, self.declarations))})"
            details = [visible(self.part)] if self.part else []
            if self.line is not None:
                details.append(f"line {self.line}")
            return f"{shown}, {' '.join(details)}" if details else shown
        place = visible(self.file or "")
        if self.line is not None:
            place += f":{self.line}"
            if self.column is not None:
                place += f":{self.column}"
        if self.part:
            place += f", {visible(self.part)}"
        return place


class ManualError(Exception):
    """Nothing can be rendered. Carries what to tell the user; shown without a traceback."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic

    def __reduce__(self) -> tuple[type[ManualError], tuple[Diagnostic]]:
        """Pickle with the diagnostic, so that it survives the way out of a worker process."""
        return (type(self), (self.diagnostic,))


def nearest(name: str, known: Iterable[str], least: float = 0.6) -> str | None:
    """Return which of the known names somebody who wrote another one probably meant.

    ``least`` is how alike the two must be, from 0 to 1 (:func:`difflib.get_close_matches`).
    """
    import difflib  # noqa: PLC0415 - only where something is wrong

    return next(iter(difflib.get_close_matches(name, list(known), 1, least)), None)


def visible(text: str) -> str:
    r"""Return text that a terminal shows and never obeys.

    Control characters, terminal escapes, bidirectional overrides and lone
    surrogates become ``\\x1b``-like escapes. Tabs and printable text stay.
    """
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
        diagnostics: what was found.
        strict: warnings fail too.
        blame: where not empty, a diagnostic about an option fails only if one
            of the option's declarations lies below one of these prefixes;
            angle brackets around a declaration do not count
            (``<home-manager/modules/x.nix>`` lies below ``home-manager/modules``).
            Diagnostics about whole files always count.
    """
    least = Severity.WARNING if strict else Severity.ERROR
    return [
        found
        for found in diagnostics
        if found.severity >= least
        and (
            not blame
            or found.option is None
            or any(below(declared, prefix) for declared in found.declarations for prefix in blame)
        )
    ]


def below(declaration: str, prefix: str) -> bool:
    """Whether a declaration lies at or below a path prefix, by whole path components."""
    path = declaration.strip("<>")
    prefix = prefix.strip("<>").rstrip("/")
    return path == prefix or path.startswith(f"{prefix}/") or not prefix
