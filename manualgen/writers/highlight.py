"""Code with its words marked up, by Pygments, when the manual is built."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.formatter import Formatter
    from pygments.lexer import Lexer

LONGEST = 20_000
"""Longer code is shown plainly; lexers take time that may grow faster than the text."""
_LONGEST_LINE = re.compile(r"[^\n]{1000}")
"""Most of them grow so within a line."""

_SAME_AS = {
    "sh": "bash",
    "shell": "bash",
    "zsh": "bash",
    "shellsession": "console",
    "viml": "vim",
    "vimscript": "vim",
    "conf": "ini",
    "config": "ini",
    "jsonc": "json",
    "json5": "json",
}
_PLAIN = frozenset({"", "text", "txt", "plain", "none", "plaintext"})


def html(code: str, language: str) -> str | None:
    """Return code as HTML spans with Pygments' short classes; None to show it plainly.

    Args:
        code: the code, without a newline at its end.
        language: the first word of a fence's info string, in any case.
    """
    name = language.lower()
    if name in _PLAIN or len(code) > LONGEST or _LONGEST_LINE.search(code):
        return None
    lexer = _lexer(_SAME_AS.get(name, name))
    if lexer is None:
        return None
    from pygments import format as write  # noqa: PLC0415 - slow to import; a man page needs none

    tokens = list(lexer.get_tokens(code))
    # Some lexers drop or add characters; then the plain text is the better one.
    if "".join([text for _, text in tokens]) != code + "\n":
        return None
    marked: str = write(tokens, _formatter())
    return marked.removesuffix("\n")


@functools.cache
def _lexer(name: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        return get_lexer_by_name(name, stripnl=False)
    except ClassNotFound:
        return None


@functools.cache
def _formatter() -> Formatter[str]:
    from pygments.formatters.html import HtmlFormatter  # noqa: PLC0415

    return HtmlFormatter(nowrap=True)
