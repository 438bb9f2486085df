"""The codes of diagnostics, and how severe each is."""

from __future__ import annotations

import enum
from typing import Literal


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
        "A command needs a Python package that is not installed.",
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
