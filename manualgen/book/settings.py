"""The settings of a manual, each described once.

``manual.toml``'s keys, what ``manualgen init`` writes, the help of the command
line and the reference in the documentation are all made from :data:`SETTINGS`
(as MyST-Parser does it in ``config/main.py``).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping  # noqa: TC003 - msgspec evaluates annotations
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from manualgen.book.pages import FRONT
from manualgen.similar_names import nearest

Record = TypeVar("Record", bound=msgspec.Struct)


def from_arguments(record: type[Record], given: Mapping[str, Any]) -> Record:
    """Return a record of settings that a caller gives by name, once they have been checked.

    Args:
        record: the class, whose annotations can be evaluated when the program runs.
        given: name → value. A path may be given as text, and a tuple as a list.

    Raises:
        TypeError: if there is no such setting, or a value has another type.
        ValueError: if a setting cannot have this value.
    """
    for name in given:
        if name not in record.__struct_fields__:
            likely = nearest(name, record.__struct_fields__)
            message = f"unknown setting `{name}`"
            raise TypeError(f"{message}; write `{likely}`" if likely else message)
    try:
        return msgspec.convert(given, record, dec_hook=_as_path)
    except msgspec.ValidationError as error:
        kind = ValueError if "enum value" in str(error) else TypeError
        raise kind(str(error).replace("`$.", "`")) from None


def _as_path(kind: type, value: Any) -> Any:
    """Return a value of a type that msgspec does not know: a path."""
    if issubclass(kind, Path) and isinstance(value, (str, Path)):
        return Path(value)
    message = f"Expected `{kind.__name__}`, got `{type(value).__name__}`"
    raise TypeError(message)


class ExternalOption(msgspec.Struct, frozen=True):
    """An option of another site, which references of this one lead to.

    Attributes:
        name: its name.
        id: its identifier there.
        path: the page that leads to it there, relative to this site's folder.
        site: the other site's name and version, for readers.
    """

    name: str
    id: str
    path: str
    site: str = ""


class SiteSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the HTML of a manual is made with.

    Attributes:
        theme: a folder whose files replace those of ``templates/``.
        chunk: one of :data:`manualgen.book.pages.CHUNKS`.
        front: the name of the first page.
        toc_depth: how deep the contents on the front page are; 0 for none.
        chapter_toc_depth: how deep those of other pages, and of chapters on them, are.
        section_toc_depth: how deep those of sections are.
        generator: what pages name as the program that made them; manualgen where empty.
        redirects: the file with the addresses that identifiers have had.
        command_line: the arguments by which commands find the manual, for help texts.
        externals: what references are written with → the option of another site that they lead
            to, if nothing in the manual has that name or identifier.
        versions: the folder with the script and the page about the versions of the manual, relative
            to that of the site; empty if the site stands alone.
    """

    theme: Path | None = None
    chunk: str = "chapter"
    front: str = FRONT
    toc_depth: int = 2
    chapter_toc_depth: int = 1
    section_toc_depth: int = 0
    generator: str = ""
    redirects: Path | None = None
    command_line: str = ""
    externals: Mapping[str, ExternalOption] = {}
    versions: str = ""


class Setting(msgspec.Struct, frozen=True):
    """A setting of ``manual.toml``.

    Attributes:
        key: its key.
        help: what it means, in one or two sentences.
        value: a value, as TOML: the default, or an example.
        default: the default in words, as help texts show it; "" where there is none.
        table: the table that it stands in; "" for the top level.
    """

    key: str
    help: str
    value: str
    default: str = ""
    table: str = ""

    @property
    def help_with_default(self) -> str:
        """The help text as the command line shows it."""
        return f"{self.help}  [default: {self.default}]" if self.default else self.help


TABLES = {
    "options": (
        "[[options]]",
        "An option set. One that the manual's files do not include becomes an appendix.",
    ),
    "declarations": (
        "[[declarations]]",
        "A source tree that declarations of all sets lie in: below `path`, if they are absolute.",
    ),
    "evaluation": (
        "[evaluation]",
        "How modules are evaluated, where an option set is one.",
    ),
    "manpage": (
        "[manpage]",
        "How the man page of all option sets presents itself, for `manualgen man manual.toml`.",
    ),
    "output": ("[output]", "The file or folder of each format."),
    "check": ("[check]", "What `manualgen check` reports."),
}
"""Table → its heading in TOML, and what it is for."""

_ADDRESS = '"https://github.com/NixOS/nixpkgs/blob/{revision}/{path}"'

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "source",
        "The first file of the manual: `# Title {#id}`, `## Subtitle`, then includes.",
        '"manual.md"',
    ),
    Setting("title", "The manual's title.", '""', "its own, or Options"),
    Setting("version", "A version to show after the title.", '""'),
    Setting("revision", "The tag, branch or commit that links to declarations name.", '""'),
    Setting(
        "manpage-urls",
        'A JSON file `{"nix.conf(5)": "https://…"}` that {manpage} roles link by.',
        '"manpage-urls.json"',
    ),
    Setting(
        "redirects",
        "A JSON file with the addresses that each identifier of a manual has had; "
        "see `manualgen redirects`.",
        '"redirects.json"',
    ),
    Setting(
        "theme",
        "A folder whose files replace the templates ('manualgen theme' copies them).",
        '"theme"',
    ),
    Setting(
        "chunk",
        'What of a manual has a page of its own: each chapter ("chapter"), only what its files say '
        'with html:into-file ("file"), or nothing ("one").',
        '"chapter"',
        "chapter",
    ),
    Setting("toc-depth", "How deep the contents on a manual's front page are.", "2", "2"),
    Setting(
        "chapter-toc-depth",
        "How deep the contents of each chapter are; a page that holds all of one chapter has none.",
        "1",
        "1",
    ),
    Setting("section-toc-depth", "How deep the contents of each section are.", "0", "0"),
    Setting(
        "dangling", 'How severe a reference to nowhere is: "error" or "warn".', '"error"', "error"
    ),
    Setting(
        "source",
        "Its file, or a module: a .nix file, a folder, or .#nixosModules.default of a flake.",
        '"options.json"',
        table="options",
    ),
    Setting("id-prefix", "What its identifiers begin with.", '"opt-"', "opt-", table="options"),
    Setting("title", "The title of its appendix.", '"Options"', table="options"),
    Setting("name", "Shown before its relative declarations.", '"nixpkgs"', table="options"),
    Setting("address", "Where those lie on the web.", _ADDRESS, table="options"),
    Setting(
        "kind",
        'What a .nix file holds: a "module", a list of "modules", as --modules describes it, or '
        '"options" that are evaluated already.',
        '"module"',
        "module",
        table="options",
    ),
    Setting(
        "history",
        "Option sets of earlier releases: each option says since when it exists and what has changed, and "
        "is found by its old names. Of version numbers, the order does not matter; else the "
        "oldest comes first.",
        '{ "25.05" = "options-25.05.json" }',
        table="options",
    ),
    Setting("name", "Shown before its declarations.", '"nixpkgs"', table="declarations"),
    Setting("path", "Where it lies; empty: relative paths.", '""', table="declarations"),
    Setting("address", "Where it lies on the web.", _ADDRESS, table="declarations"),
    Setting(
        "lib",
        "Nixpkgs' lib, by default that of the flake's input nixpkgs, or <nixpkgs/lib>; and files "
        "of functions that extend it.",
        "[]",
        table="evaluation",
    ),
    Setting(
        "pkgs",
        "A package set that modules may refer to; its packages are not built.",
        '"pkgs"',
        table="evaluation",
    ),
    Setting(
        "host",
        "A file like that of --modules, of the system that the modules are for: its options are "
        "declared, and not documented.",
        '"host.nix"',
        table="evaluation",
    ),
    Setting(
        "arg",
        "Arguments of the modules, each with the file of its value.",
        '{ mylib = "mylib.nix" }',
        table="evaluation",
    ),
    Setting(
        "input",
        "Inputs of flakes, each with its folder; others are used if flake.lock names them and "
        "they are in the store.",
        '{ systems = "systems" }',
        table="evaluation",
    ),
    Setting(
        "name",
        "The page's name; by default that of its file, as are the other texts: those of "
        "configuration.nix are NixOS's.",
        '"configuration.nix"',
        table="manpage",
    ),
    Setting("section", "Its section.", '"5"', "that of its file, else 5", table="manpage"),
    Setting(
        "date",
        "The date in the footer; by default that of SOURCE_DATE_EPOCH, else 1980-01-01: "
        "the same input gives the same bytes.",
        '"1980-01-01"',
        table="manpage",
    ),
    Setting("system", "What the page is part of.", '"NixOS"', table="manpage"),
    Setting(
        "manual",
        "The manual's title, in the header.",
        '"NixOS Reference Pages"',
        table="manpage",
    ),
    Setting(
        "summary",
        "One line, for apropos(1).",
        '"NixOS system configuration specification"',
        table="manpage",
    ),
    Setting(
        "description", "The text of DESCRIPTION.", '"What the options are for."', table="manpage"
    ),
    Setting(
        "header",
        "A file of roff to begin the page with, instead of all of the above.",
        '"header.roff"',
        table="manpage",
    ),
    Setting("footer", "A file of roff to end the page with.", '"footer.roff"', table="manpage"),
    Setting("html", "A folder of pages.", '"site"', table="output"),
    Setting("single-page", "One file of HTML.", '"manual.html"', table="output"),
    Setting("manpage", "A man page of all options.", '"configuration.nix.5"', table="output"),
    Setting("markdown", "One file of CommonMark.", '"manual.commonmark.md"', table="output"),
    Setting("asciidoc", "One file of AsciiDoc.", '"manual.adoc"', table="output"),
    Setting("epub", "An EPUB.", '"manual.epub"', table="output"),
    Setting("pdf", "A PDF.", '"manual.pdf"', table="output"),
    Setting(
        "severity",
        'How severe the findings of a code are: "error", "warning", "hint", or "off" for none.',
        '{ hidden-list = "warning" }',
        table="check",
    ),
    Setting(
        "ignore",
        "What is not reported: CODE, or CODE:PREFIX for the options or files below PREFIX.",
        '["no-description:services.example"]',
        table="check",
    ),
)
"""All settings, in the order in which ``manualgen init`` writes them."""

_BY_NAME = {(setting.table, setting.key): setting for setting in SETTINGS}


def setting(key: str, table: str = "") -> Setting:
    """Return a setting by its key and table.

    Raises:
        KeyError: if there is none.
    """
    return _BY_NAME[table, key]


_HEAD = """\
# A manual, for `manualgen html manual.toml`. Paths are relative to this file; what is
# commented out shows the default, or an example. The command line has an option for each
# setting, which takes precedence.
"""
_WRITTEN = {("", "source"), ("output", "html")}


def template() -> str:
    """Return a ``manual.toml`` with every setting explained."""
    parts = [_HEAD]
    table = ""
    for entry in SETTINGS:
        if entry.table != table:
            table = entry.table
            heading, help_text = TABLES[table]
            is_written = any(name == table for name, _ in _WRITTEN)
            parts.append(f"\n{_comment(help_text)}{'' if is_written else '# '}{heading}\n")
        line = f"{entry.key} = {entry.value}\n"
        mark = "" if (table, entry.key) in _WRITTEN else "# "
        if table:
            parts.append(f"{mark}{line}")
        else:
            parts.append(f"\n{_comment(entry.help)}{mark}{line}")
    return "".join(parts)


def _comment(text: str) -> str:
    return "".join(f"# {line}\n" for line in textwrap.wrap(text, 88))


def reference() -> str:
    """Return the reference of all settings, as a chapter in Markdown."""
    lines = [
        "# Settings {#ch-settings}",
        "",
        "<!-- Written by docs/command_reference.py (`make documentation`). -->",
        "",
        "{file}`manual.toml` holds the settings of a manual; `manualgen init` writes one with",
        "each of them explained. Paths are relative to the file. The command line, where it",
        "has an option of the same name, takes precedence.",
        "",
    ]
    table = None
    for entry in SETTINGS:
        if entry.table != table:
            table = entry.table
            heading, help_text = TABLES.get(table, ("At the top", ""))
            heading = f"`{heading}`" if table else heading
            lines += [f"## {heading} {{#settings-{table or 'top'}}}", ""]
            lines += [help_text, ""] if help_text else []
        lines += [f"`{entry.key}`", f": {_escaped(entry.help)} {_value(entry)}", ""]
    return "\n".join(lines)


def _value(entry: Setting) -> str:
    """Return a setting's default, or an example where it has none."""
    if entry.default and entry.default != entry.value.strip('"'):
        return f"Default: {entry.default}."
    is_default = entry.default or entry.value in {'""', "[]"}
    return f"{'Default' if is_default else 'Example'}: `{entry.value}`."


def _escaped(text: str) -> str:
    """Return a help text as Markdown that shows it as it stands, but for code."""
    return "".join(
        piece if number % 2 else re.sub(r"([\[\]{}<>*_])", r"\\\1", piece)
        for number, piece in enumerate(re.split(r"(`[^`]+`)", text))
    )
