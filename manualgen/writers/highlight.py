"""Code with its words marked up, by Pygments, when the manual is built."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.formatter import Formatter
    from pygments.lexer import Lexer

LONGEST = 20_000
"""Longer code is shown plainly, in the languages of :data:`_LINEAR`."""

LONGEST_OF_OTHERS = 2_000
"""Longer code is shown plainly, in all other languages."""

_BLANK = r"(?:[^\S\n]*+\n){20}|\s{200}"
_REFUSED = re.compile(rf"[^\n]{{1000}}|{_BLANK}")
"""Code with such long lines, so many blank lines or so much white space is shown plainly: many
lexers take a time for it that grows with its square."""
_REFUSED_OF_OTHERS = re.compile(r"[^\n]{500}")
"""Lines that are too long in :data:`_OTHERS`, and in Nix."""

_LINEAR = frozenset(["bash", "console", "diff", "ini", "json", "nix", "toml", "xml", "yaml"])
"""The lexers whose time is proportional to the length of any code, as far as tests have found."""

_OTHERS = frozenset([
    "ada", "agda", "awk", "bat", "c", "clojure", "cmake", "common-lisp", "coq",
    "cpp", "css", "d", "dart", "debcontrol", "docker", "doscon", "dot", "ebnf",
    "elixir", "elm", "emacs-lisp", "erlang", "fish", "gdscript", "go", "graphql", "haskell",
    "html", "html+jinja", "http", "javascript", "jinja", "jsx", "julia", "kconfig", "kotlin",
    "latex", "lean", "lua", "make", "mako", "markdown", "mathematica", "meson", "nasm", "nginx",
    "nim", "ocaml", "perl", "php", "powershell", "prolog", "properties", "protobuf", "pycon",
    "python", "python2", "r", "racket", "restructuredtext", "ruby", "rust", "sass", "scala",
    "scheme", "scss", "sed", "splus", "sql", "swift", "tex",
    "typescript", "vim", "xslt", "zig",
])  # fmt: skip
"""The lexers that were tested too: code of :data:`LONGEST_OF_OTHERS` takes them little time."""

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
    name = lexer_name(code, language)
    lexer = None if name is None else _lexer(name)
    if lexer is None:
        return None
    from pygments import format as write  # noqa: PLC0415 - slow to import; a man page needs none

    tokens = list(lexer.get_tokens(code))
    # Some lexers drop or add characters; then the plain text is the better one.
    if "".join([text for _, text in tokens]) != code + "\n":
        return None
    marked: str = write(tokens, _formatter())
    return marked.removesuffix("\n")


def lexer_name(code: str, language: str) -> str | None:
    """Return the name of the lexer that reads code in little time; None if none does.

    Args:
        code: the code.
        language: the first word of a fence's info string, in any case.
    """
    name = language.lower()
    if name in _PLAIN or len(code) > LONGEST or _REFUSED.search(code):
        return None
    name = _SAME_AS.get(name, name)
    lexer = _lexer(name)
    return name if lexer is not None and _is_bounded(lexer, code) else None


def _is_bounded(lexer: Lexer, code: str) -> bool:
    """Return whether a lexer reads code in little time."""
    aliases = lexer.aliases
    if _LINEAR.isdisjoint(aliases) and (
        _OTHERS.isdisjoint(aliases) or len(code) > LONGEST_OF_OTHERS
    ):
        return False
    has_long_lines = _REFUSED_OF_OTHERS.search(code) is not None
    return not has_long_lines or not ("nix" in aliases or _LINEAR.isdisjoint(aliases))


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
