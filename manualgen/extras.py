"""What only some commands need: packages that are installed as extras."""

from __future__ import annotations

import importlib.util

from manualgen.errors import Code, Diagnostic, ManualError


def require(what: str, extra: str, *modules: str) -> None:
    """Raise an error if a module is missing.

    Args:
        what: what needs the modules, as the start of a sentence: ``an EPUB``.
        extra: the extra that installs them.
        *modules: their names.

    Raises:
        ManualError: if one is missing.
    """
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise ManualError(
            Diagnostic(
                code=Code.MISSING_PACKAGE,
                message=f"{what} needs {' and '.join(missing)}",
                help=f"pip install 'manualgen[{extra}]'",
            )
        )
