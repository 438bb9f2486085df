"""The folders that stand beside the package: templates and sample options.

From a checkout they are the project's own folders; a wheel carries them inside
the package.
"""

from __future__ import annotations

from pathlib import Path

from manualgen.errors import Code, Diagnostic, ManualError

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """Return the path of ``templates`` or ``sample-options``."""
    installed = _PACKAGE / "_resources" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def text(path: str, theme: Path | None = None) -> str:
    """Return a template's text: the theme folder's own file where it has one, else ours.

    Raises:
        ManualError: if the theme's file cannot be read.
    """
    if theme is not None and (theme / path).is_file():
        try:
            return (theme / path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ManualError(unreadable_template(theme / path, error)) from error
    return (folder("templates") / path).read_text(encoding="utf-8")


def unreadable_template(path: Path, error: OSError | UnicodeDecodeError) -> Diagnostic:
    """Return the diagnostic for a file of a theme that cannot be read."""
    return Diagnostic(
        code=Code.BAD_TEMPLATE,
        message=f"cannot read the template: {getattr(error, 'strerror', None) or error.args[-1]}",
        file=str(path),
        help="save it as UTF-8, with the rights to read it",
    )
