"""Diagnostics of evaluations that need no source."""

from __future__ import annotations

import re

from manualgen.errors import Code, Diagnostic, Severity

NO_OPTIONS = Diagnostic(
    code=Code.EVALUATION_FAILED,
    message="the modules declare no options",
    help="name modules that have `options`",
)
"""The diagnostic of modules without options."""


def nested(event: str, name: str) -> Diagnostic:
    """Return the diagnostic of a type that contains itself.

    Args:
        event: the event that reported it: ``repeated`` or ``deep``.
        name: the option at which its options are not documented again.
    """
    if event == "repeated":
        return Diagnostic(
            code=Code.EVALUATION_LIMIT,
            severity=Severity.WARNING,
            message="the type contains itself: its options are documented once",
            option=name,
            part="type",
            help='nothing has to be done, or declare the option with `visible = "shallow"`',
        )
    return Diagnostic(
        code=Code.EVALUATION_LIMIT,
        message="submodules are nested too deeply: the options below are left out",
        option=name,
        part="type",
        help='declare the option with `visible = "shallow"`',
    )


def cause(diagnostic: Diagnostic) -> str:
    """Return the text that replaces a value in the output.

    Args:
        diagnostic: the diagnostic of the value.
    """
    needs = re.search(r"depends on `([^`]+)`", diagnostic.message)
    if diagnostic.code is Code.NEEDS_DEFAULT_TEXT and needs:
        return f"depends on `{needs[1]}`"
    return "cannot be evaluated"
