"""The rules that the documentation explains, each on a page of its own."""

from __future__ import annotations

from manualgen.errors import Code

EXPLAINED = (
    Code.NO_DESCRIPTION,
    Code.REPEATS_NAME,
    Code.UNSPECIFIED_TYPE,
    Code.EXAMPLE_IS_DEFAULT,
    Code.INVALID_EXPRESSION,
    Code.TAB_IN_CODE,
    Code.TRAILING_BLANKS,
    Code.UNKNOWN_OPTION,
    Code.DANGLING_REFERENCE,
    Code.BROKEN_LINK,
    Code.HIDDEN_LIST,
    Code.DOCBOOK_TAGS,
    Code.UNKNOWN_ROLE,
    Code.UNKNOWN_ADMONITION,
    Code.UNCLOSED_FENCE,
    Code.HEADING,
    Code.RAW_HTML,
    Code.UNSAFE_LINK,
    Code.EMPTY_LINK,
    Code.UNKNOWN_ATTRIBUTES,
    Code.IMAGE,
    Code.UNUSED_FOOTNOTE,
)
"""The codes of findings in what authors write; ``docs/rules/`` has a page for each."""


def reference() -> str:
    """Return the chapter that lists the rules and includes their pages, in Markdown."""
    lines = [
        "# Rules {#ch-rules}",
        "",
        "<!-- Written by docs/command_reference.py (`make documentation`). -->",
        "",
        "What `manualgen check` finds in the texts of options. All other codes, those of files and",
        "of whole manuals, are in [](#ch-diagnostics).",
        "",
        "| Rule | Severity | What it finds |",
        "| ---- | -------- | ------------- |",
    ]
    for code in EXPLAINED:
        summary = code.summary.replace("{", "\\{").replace("}", "\\}")
        severity = code.severity.label.capitalize()
        lines.append(f"| [{code.slug}](#rule-{code.slug}) | {severity} | {summary} |")
    for code in EXPLAINED:
        lines += [
            "",
            f"```{{=include=}} sections html:into-file=//rule-{code.slug}.html",
            f"rules/{code.slug}.md",
            "```",
        ]
    return "\n".join([*lines, ""])
