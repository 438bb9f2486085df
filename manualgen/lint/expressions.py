"""Defaults and examples that are said to be Nix, and do not parse as Nix.

Nix itself parses them, many in one process: nothing is evaluated. Where it is not installed,
tree-sitter's grammar of Nix does, if the extra ``nix`` is.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from manualgen.errors import Code, Diagnostic, Severity, visible
from manualgen.lint.rules import is_code
from manualgen.site import workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from manualgen.options.model import Option, Text


class SyntaxProblem(NamedTuple):
    """Why a text does not parse.

    Attributes:
        message: what the parser says.
        line, column: where, from 1.
    """

    message: str
    line: int
    column: int


def check(options: Iterable[Option]) -> list[Diagnostic]:
    """Return a diagnostic for each default and example that does not parse as Nix.

    Args:
        options: the options.
    """
    subjects = [
        (option, part, text)
        for option in options
        for part, text in (("default", option.default), ("example", option.example))
        if text is not None and is_code(part, text) and not _PLAIN.fullmatch(text.text)
    ]
    texts = list(dict.fromkeys(text.text for _, _, text in subjects))
    if not texts:
        return []
    parse = parser()
    if parse is None:
        return [_NOT_CHECKED]
    problems = {texts[index]: problem for index, problem in parse(texts).items()}
    is_bounded = len(problems) >= MOST_PROBLEMS
    # An author who leaves something out says so with dots: what is there has to parse.
    shortened = [text for text in problems if _DOTS.search(text)]
    if shortened:
        broken = parse([without_dots(text) for text in shortened])
        for index, text in enumerate(shortened):
            if index not in broken:
                del problems[text]
            else:
                # The dots are not what is wrong.
                problems[text] = broken[index]
    found = [
        _finding(option, part, text, problems[text.text])
        for option, part, text in subjects
        if text.text in problems
    ]
    return [*found, _OTHERS] if is_bounded else found


_NOT_CHECKED = Diagnostic(
    code=Code.NO_EVALUATOR,
    severity=Severity.HINT,
    message="defaults and examples are not parsed as Nix: `nix-instantiate` is not found",
    help="install Nix, or manualgen with its extra: `manualgen[nix]`",
)

_OTHERS = Diagnostic(
    code=Code.TOO_COMPLEX,
    message="so many defaults and examples do not parse as Nix that the others are not looked at",
    help="put these right, and run the command again",
)

_PLAIN = re.compile(
    r"""\s*(?:-?\d{1,18}(?:\.\d+)?|null|true|false|"[^"\\$]*"|\[\s*\]|\{\s*\}|pkgs(?:\.[a-zA-Z]\w*)+)\s*"""
)
"""Matches the values that most options have, which are valid."""

_DOTS = re.compile(r"\.\.\.|…")
_DOTS_AS_ITEM = re.compile(r"(?:\.\.\.|…)[ \t]*;?")


def without_dots(text: str) -> str:
    """Return an expression with ``...`` left out, or in the place of a value, ``null``.

    Args:
        text: an expression that leaves something out, such as ``[ a ... ]`` or ``{ a = ...; }``.
    """
    value = re.sub(r"([=(:,]\s*)(?:\.\.\.|…)", r"\1null", text)
    return _DOTS_AS_ITEM.sub("", value)


def _finding(option: Option, part: str, text: Text, problem: SyntaxProblem) -> Diagnostic:
    lines = text.text.split("\n")
    line = min(max(1, problem.line), len(lines))
    return Diagnostic(
        code=Code.INVALID_EXPRESSION,
        message=f"the {part} is said to be Nix, and does not parse: {problem.message}",
        option=option.name,
        declarations=option.declared_in,
        part=part,
        line=line,
        column=problem.column if line == problem.line else 1,
        excerpt=lines[line - 1],
        help=_help(text.text, problem),
    )


def _help(text: str, problem: SyntaxProblem) -> str:
    if text.rstrip().endswith(";") and problem.message.startswith("unexpected ';'"):
        return "remove the semicolon at the end: an expression has none"
    if problem.message.startswith("unexpected '='"):
        return "write braces around it: `{ name = value; }`"
    if problem.message.startswith("unexpected `${`"):
        return 'write quotation marks around it: `"${…}"`'
    return "write it as Nix; or `lib.literalMD` with a text that describes the value"


def parser() -> Callable[[Sequence[str]], dict[int, SyntaxProblem]] | None:
    """Return a function that parses texts as Nix; None where nothing can.

    The function returns the index of each text that does not parse, and why.
    """
    command = shutil.which("nix-instantiate")
    if command is not None:
        return lambda texts: _with_nix(texts, command)
    try:
        import tree_sitter  # noqa: PLC0415 - an extra
        import tree_sitter_nix  # noqa: PLC0415
    except ImportError:
        return None
    grammar = tree_sitter.Parser(tree_sitter.Language(tree_sitter_nix.language()))
    return lambda texts: _with_tree_sitter(texts, grammar)


# ─── Nix ───

_LARGEST = 100_000
_MOST_FILES = 200
MOST_PROBLEMS = 300
"""How many texts that do not parse are reported: Nix is started again behind each."""
_TIMEOUT = 60
# Names are looked up when a `with` is evaluated, and nothing is.
_BEFORE = "with {};\n"


def _with_nix(texts: Sequence[str], command: str) -> dict[int, SyntaxProblem]:
    problems: dict[int, SyntaxProblem] = {}
    with tempfile.TemporaryDirectory(prefix="manualgen-") as name:
        folder = Path(name)
        files = []
        for index, text in enumerate(texts):
            if len(text) <= _LARGEST:
                data = (_BEFORE + text + "\n").encode("utf-8", "replace")
                (folder / f"{index}.nix").write_bytes(data)
                files.append(index)
        groups = [files[start : start + _MOST_FILES] for start in range(0, len(files), _MOST_FILES)]
        width = workers.available()
        # Each thread waits for a process.
        with ThreadPoolExecutor(width) as pool:
            for start in range(0, len(groups), width):
                for found in pool.map(
                    lambda group: _problems_in(group, folder, command),
                    groups[start : start + width],
                ):
                    problems |= found
                if len(problems) >= MOST_PROBLEMS:
                    break
    # The same ones with any number of processes.
    return {index: problems[index] for index in sorted(problems)[:MOST_PROBLEMS]}


def _problems_in(files: Sequence[int], folder: Path, command: str) -> dict[int, SyntaxProblem]:
    """Return the problems of files; Nix ends at the first one, and is started again behind it."""
    problems = {}
    rest = list(files)
    while rest:
        failed = _first_problem(rest, folder, command)
        if failed is None:
            break
        position, problem = failed
        if problem is not None:
            problems[rest[position]] = problem
        rest = rest[position + 1 :]
    return problems


def _first_problem(
    files: Sequence[int], folder: Path, command: str
) -> tuple[int, SyntaxProblem | None] | None:
    """Return the position of the first file that does not parse, and why; None if all do.

    Where Nix ends without saying why (it has a bounded stack), the reason is None.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the program is Nix
            [command, "--parse", *(f"./{index}.nix" for index in files)],
            cwd=folder,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT,
            stdin=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "NO_COLOR": "1", "TERM": "dumb"},
        )
    except subprocess.TimeoutExpired:
        return 0, None
    if done.returncode == 0:
        return None
    text = _ESCAPE.sub("", done.stderr.decode("utf-8", "replace"))
    match = re.search(r"/(\d+)\.nix:(\d+):(\d+)", text)
    if match is None or int(match[1]) not in files:
        # Each file that parses is one line.
        position = min(done.stdout.count(b"\n"), len(files) - 1)
        if len(files) == 1:
            return 0, None
        return (
            (position, None)
            if position
            else _first_problem(files[:1], folder, command) or (0, None)
        )
    position = files.index(int(match[1]))
    error = re.search(r"error: *(.*)", text)
    message = error[1] if error else "syntax error"
    message = re.sub(r",? *(?:at )?\(?[^\s(]*/\d+\.nix:\d+:\d+\)?:?.*", "", message).strip()
    return position, SyntaxProblem(
        _readable(visible(message.removeprefix("syntax error, ") or "syntax error")),
        int(match[2]) - _BEFORE.count("\n"),
        int(match[3]),
    )


def _readable(message: str) -> str:
    """Return a message of Nix's parser with what it means for the names of its tokens."""
    return _TOKEN.sub(lambda match: _TOKENS[match[0]], message)


_TOKENS = {
    "invalid token": "a character that Nix does not have",
    "end of file": "end of the expression",
    "DOLLAR_CURLY": "`${`",
    "IND_STRING_OPEN": "`''`",
    "IND_STRING_CLOSE": "`''`",
    "IND_STR": "text",
    "STR": "text",
    "ELLIPSIS": "`...`",
    "EQ": "`==`",
    "INT": "a number",
    "FLOAT": "a number",
    "ID": "a name",
    "PATH": "a path",
    "HPATH": "a path",
    "SPATH": "a path",
    "URI": "an address",
    "THEN": "`then`",
    "ELSE": "`else`",
    "IN": "`in`",
    "IF": "`if`",
    "LET": "`let`",
    "WITH": "`with`",
    "REC": "`rec`",
    "INHERIT": "`inherit`",
    "OR_KW": "`or`",
    "UPDATE": "`//`",
    "CONCAT": "`++`",
    "IMPL": "`->`",
    "ASSERT": "`assert`",
}
_TOKEN = re.compile(rf"\b(?:{'|'.join(_TOKENS)})\b")

_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


# ─── tree-sitter ───


def _with_tree_sitter(texts: Sequence[str], grammar: Any) -> dict[int, SyntaxProblem]:
    problems = {}
    for index, text in enumerate(texts):
        data = text.encode("utf-8", "replace")
        root = grammar.parse(data).root_node
        if not text.strip():
            problems[index] = SyntaxProblem("there is no expression", 1, 1)
        elif root.has_error:
            node = _first_error(root)
            row, column = node.start_point
            before = data.split(b"\n")[row][:column].decode("utf-8", "replace")
            message = f"expecting `{node.type}`" if node.is_missing else "syntax error"
            problems[index] = SyntaxProblem(message, row + 1, len(before) + 1)
    return problems


def _first_error(node: Any) -> Any:
    """Return the first node that stands for an error, or for what is missing."""
    open_nodes = [node]
    while open_nodes:
        current = open_nodes.pop()
        if current.is_error or current.is_missing:
            return current
        open_nodes += [child for child in reversed(current.children) if child.has_error]
    return node
