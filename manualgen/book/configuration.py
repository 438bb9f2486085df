"""``manual.toml``: the settings of a manual, typed and strict."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from manualgen import inputs
from manualgen.book.option_sets import SetKind  # noqa: TC001 - msgspec evaluates annotations
from manualgen.errors import Code, Diagnostic, Level, ManualError
from manualgen.inputs import path_problem
from manualgen.options.declarations import Source
from manualgen.similar_names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator


# What is repeated for each option, or on each page, has a bound.
_Short = Annotated[str, msgspec.Meta(max_length=200)]
_Long = Annotated[str, msgspec.Meta(max_length=1_000)]


class OptionsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``[[options]]``: an option set.

    Attributes:
        source: its file, relative to manual.toml.
        id_prefix: the prefix of its identifiers.
        title: the title of its appendix, if no file of the manual includes it.
        name: the source tree of its relative declarations: ``<name/modules/x.nix>``.
        address: the URL of those declarations, with ``{path}`` and ``{revision}``.
        kind: what a Nix file holds; a module where it is not said.
        history: name of an earlier release → its option set.
    """

    source: str
    id_prefix: _Short = "opt-"
    title: _Long = ""
    name: _Short = ""
    address: _Long = ""
    kind: SetKind | None = None
    history: dict[_Short, str] = {}


class EvaluationTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``[evaluation]``: how modules are evaluated; paths are relative to manual.toml.

    The attributes are those of :class:`manualgen.evaluation.settings.EvaluationSettings`,
    under the names that the command line has for them.
    """

    lib: tuple[str, ...] = ()
    pkgs: str = ""
    host: str = ""
    arg: dict[str, str] = {}
    input: dict[str, str] = {}


class TreeTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``[[declarations]]``: a source tree, as ``--source`` describes it."""

    name: _Short
    path: _Long = ""
    address: _Long = ""


class OutputTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``[output]``: the folder or file of each format, relative to manual.toml."""

    html: str = ""
    single_page: str = ""
    manpage: str = ""
    markdown: str = ""
    asciidoc: str = ""
    epub: str = ""
    pdf: str = ""


class ManpageTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``[manpage]``: the title, header and footer of the man page of all option sets.

    The attributes are those of :class:`manualgen.site.manpage.ManpageLook`, except:

    Attributes:
        system: the footer's left, ``source`` there.
        header, footer: files of roff, relative to manual.toml.
    """

    name: str = ""
    section: str = ""
    date: str = ""
    system: str = ""
    manual: str = ""
    summary: str = ""
    description: str = ""
    header: str = ""
    footer: str = ""


class CheckTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``[check]``: what ``manualgen check`` reports, and how severe it is.

    Attributes:
        severity: code → ``error``, ``warning``, ``hint``, or ``off`` for none.
        ignore: ``CODE`` or ``CODE:PREFIX``: what is not reported, for all or for the options, or
            the files, below a prefix.
    """

    severity: dict[str, Level] = {}
    ignore: tuple[_Long, ...] = ()


_Depth = Annotated[int, msgspec.Meta(ge=0, le=6)]


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """All of ``manual.toml``.

    Attributes:
        folder: the folder of ``manual.toml``, which its paths are relative to; not a setting.
    """

    source: str = ""
    title: _Long = ""
    version: _Short = ""
    revision: _Short = ""
    manpage_urls: str = ""
    redirects: str = ""
    theme: str = ""
    chunk: Literal["file", "chapter", "one"] = "chapter"
    toc_depth: _Depth = 2
    chapter_toc_depth: _Depth = 1
    section_toc_depth: _Depth = 0
    dangling: Literal["error", "warn"] = "error"
    options: Annotated[tuple[OptionsTable, ...], msgspec.Meta(max_length=300)] = ()
    declarations: tuple[TreeTable, ...] = ()
    evaluation: EvaluationTable = EvaluationTable()
    manpage: ManpageTable = ManpageTable()
    output: OutputTable = OutputTable()
    check: CheckTable = CheckTable()
    folder: Path = Path()

    def path(self, entry: str) -> Path:
        """Return a path in ``manual.toml`` as one that can be opened.

        It may lie anywhere; :class:`manualgen.book.project.Project` checks that.

        Args:
            entry: the path, relative to ``folder``.
        """
        return self.folder / entry

    def trees(self) -> tuple[Source, ...]:
        """Return the source trees of the declarations of all option sets."""
        return tuple(
            Source(tree.name, tree.path.rstrip("/"), tree.address) for tree in self.declarations
        )


_TABLES: dict[str, type[msgspec.Struct]] = {
    "": Configuration,
    "options": OptionsTable,
    "declarations": TreeTable,
    "evaluation": EvaluationTable,
    "manpage": ManpageTable,
    "output": OutputTable,
    "check": CheckTable,
}


def read(path: Path) -> Configuration:
    """Read a configuration.

    Args:
        path: ``manual.toml``.

    Raises:
        ManualError: if it cannot be read, is not TOML, or has an unknown setting.
    """
    data = inputs.contents(str(path))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _error(
            path, "", f"the file is not UTF-8: {error.reason}", "save it as UTF-8"
        ) from None
    value = _decoded(path, text)
    _check_keys(path, text, value, "")
    try:
        parsed = msgspec.convert(value, Configuration)
    except msgspec.ValidationError as error:
        message, _, json_path = str(error).partition(" - at `$.")
        setting = json_path.rstrip("`")
        key = setting.rpartition(".")[2] or setting
        raise _error(
            path,
            text,
            f"`{setting}`: {message[0].lower()}{message[1:]}" if setting else message,
            "`manualgen init` writes a file with every setting explained",
            _line_of(text, key),
        ) from None
    parsed = msgspec.structs.replace(parsed, folder=path.parent)
    _check_codes(path, text, parsed.check)
    for key, entry in _paths(parsed):
        problem = path_problem(parsed.path(entry)) if entry else ""
        if problem:
            raise _error(
                path,
                text,
                f"`{key}` cannot be the path of a file ({problem})",
                "write a path relative to the folder of this file",
                _line_of(text, key),
                key,
            )
    return parsed


def _decoded(path: Path, text: str) -> dict[str, Any]:
    """Return the tables and values of a file of TOML."""
    if DEEP_KEY.search(text) is not None:
        # Python's parser would need gigabytes for a key of 50,000 tables.
        raise _nested(path, text)
    import tomllib  # noqa: PLC0415 - only needed for manuals with a configuration

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _nested(path, text) from None
    except ValueError as error:
        # Also a number of more digits than Python converts.
        line = re.search(r"at line (\d+)", str(error))
        raise _error(
            path,
            text,
            f"the file is not TOML: {error}",
            "`manualgen init` writes a valid file with every setting explained",
            int(line[1]) if line else None,
        ) from None


DEEP_KEY = re.compile(
    r"""(?:^[ \t\[]*+|[{,][ \t]*+)(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){20}""",
    re.MULTILINE,
)
"""A key that names twenty tables: no setting is in more than one."""


def _nested(path: Path, text: str) -> ManualError:
    return _error(
        path, text, "the file is nested too deeply", "write each setting as a line of its own"
    )


def _paths(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """Yield the settings that are paths, with their keys."""
    yield "source", configuration.source
    yield "manpage-urls", configuration.manpage_urls
    yield "redirects", configuration.redirects
    yield "theme", configuration.theme
    for table in configuration.options:
        yield "source", table.source
        for entry in table.history.values():
            yield "history", entry
    evaluation = configuration.evaluation
    for name, entries in (
        ("lib", evaluation.lib),
        ("pkgs", [evaluation.pkgs]),
        ("host", [evaluation.host]),
        ("arg", evaluation.arg.values()),
        ("input", evaluation.input.values()),
    ):
        for entry in entries:
            yield name, entry
    yield "header", configuration.manpage.header
    yield "footer", configuration.manpage.footer
    for field in msgspec.structs.fields(OutputTable):
        yield field.encode_name, getattr(configuration.output, field.name)


def _check_keys(path: Path, text: str, value: dict[str, Any], table: str) -> None:
    """Raise an error for the first unknown setting of a table.

    Args:
        path: the file.
        text: its content.
        value: the table's keys and values.
        table: its name; "" for the top level.
    """
    kind = _TABLES[table]
    known = {field.encode_name for field in msgspec.structs.fields(kind)} - {"folder"}
    for key, entry in value.items():
        if key not in known:
            likely = nearest(key.lower().replace("_", "-"), sorted(known), 0.5)
            where = f" of [{table}]" if table else ""
            raise _error(
                path,
                text,
                f"unknown setting `{key}`{where}",
                _GRANTED.get(key)
                or (
                    f"write `{likely}`"
                    if likely
                    else f"the settings are {', '.join(sorted(known))}"
                ),
                _line_of(text, key),
                key,
            )
        if not table and key in _TABLES:
            tables = entry if isinstance(entry, list) else [entry]
            for inner in tables:
                if isinstance(inner, dict):
                    _check_keys(path, text, inner, key)


def _check_codes(path: Path, text: str, table: CheckTable) -> None:
    """Raise an error for the first code in ``[check]`` that does not exist."""
    known = [code.slug for code in Code]
    for entry in (*table.severity, *(entry.partition(":")[0] for entry in table.ignore)):
        if entry not in known:
            likely = nearest(entry, known)
            raise _error(
                path,
                text,
                f"no diagnostic has the code `{entry}`",
                f"write `{likely}`" if likely else "write a code as `manualgen check` prints it",
                next(
                    (number for number, line in enumerate(text.split("\n"), 1) if entry in line),
                    None,
                ),
                entry,
            )


def refused(
    path: Path, setting: str, entry: str, reason: str, code: Code = Code.OUTSIDE_ROOT
) -> ManualError:
    """Return the error for a path that a configuration may not name.

    Args:
        path: ``manual.toml``.
        setting: the name of the setting.
        entry: the path as it is written there.
        reason: why it may not, as :func:`manualgen.inputs.refusal` says it.
        code: what kind of fault that is.
    """
    try:
        text = inputs.contents(str(path)).decode("utf-8", "replace")
    except ManualError:
        text = ""
    return _error(
        path,
        text,
        f"`{setting}`: `{entry}` {reason}",
        _ELSEWHERE.get(
            setting, "name a file below the manual's folder, or allow its own: --root FOLDER"
        ),
        _line_with(text, entry) or _line_of(text, setting),
        entry,
        code,
    )


def _line_with(text: str, entry: str) -> int | None:
    found = (number for number, line in enumerate(text.split("\n"), 1) if f'"{entry}"' in line)
    return next(found, None)


_ELSEWHERE = {
    "theme": "put it below the manual's folder, or name it on the command line: --theme FOLDER",
    **dict.fromkeys(
        ("html", "single-page", "manpage", "markdown", "asciidoc", "epub", "pdf"),
        "write below the manual's folder, or name it on the command line: -o PATH",
    ),
}
"""Setting → what to do about a path outside the manual's folder, where --root does not help."""

_GRANTED = {"roots": "name the folder on the command line: `--root FOLDER`"}
"""What a manual cannot grant itself → how its caller does."""


def _line_of(text: str, key: str) -> int | None:
    """Return the number of the line that sets a key, or None."""
    if not key or len(key) > _LONGEST_KEY:
        return None
    match = re.search(
        rf"^[ \t]*+\[*+[ \t]*+\"?{re.escape(key)}\"?[ \t]*+[=\].]", text, re.MULTILINE
    )
    return text.count("\n", 0, match.end()) + 1 if match else None


_LONGEST_KEY = 1_000
"""Longer keys are not looked for: a pattern of that length takes long to compile."""


def _error(
    path: Path,
    text: str,
    message: str,
    help_text: str,
    line: int | None = None,
    key: str = "",
    code: Code = Code.BAD_SETTING,
) -> ManualError:
    lines = text.split("\n")
    excerpt = lines[line - 1] if line is not None and line <= len(lines) else ""
    return ManualError(
        Diagnostic(
            code=code,
            message=message,
            file=str(path),
            line=line,
            column=max(0, excerpt.find(key)) + 1 if excerpt else None,
            excerpt=excerpt,
            width=max(1, len(key)),
            help=help_text,
        )
    )
