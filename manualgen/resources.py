"""The folders that stand beside the package: templates and sample options.

From a checkout they are the project's own folders; a wheel carries them inside
the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """Return the path of ``templates`` or ``sample-options``."""
    installed = _PACKAGE / "_resources" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def text(path: str, theme: Path | None = None) -> str:
    """Return a template's text: the theme folder's own file where it has one, else ours."""
    if theme is not None and (theme / path).is_file():
        return (theme / path).read_text(encoding="utf-8")
    return (folder("templates") / path).read_text(encoding="utf-8")
