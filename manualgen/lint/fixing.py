"""What can be put right in the authors' own files: the new files, a patch, writing them."""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.lint import docbook_blocks, nix_edits, text_fixes
from manualgen.lint.nix_edits import RefusedError
from manualgen.lint.places import NixFile, find, shown, text_of
from manualgen.lint.text_fixes import FIXABLE
from manualgen.options.model import Markup, Text, with_line_feeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from manualgen.book.manual import Manual
    from manualgen.lint.places import Sources
    from manualgen.markup.parsed import Parsed
    from manualgen.options.model import Option

_MARK = b"\xef\xbb\xbf"


class Change(msgspec.Struct, frozen=True):
    """A file that is to be changed.

    Attributes:
        path: the file.
        old: its content, as it was read.
        new: its new content.
    """

    path: Path
    old: bytes
    new: bytes


class Fixes(msgspec.Struct):
    """What can be put right.

    Attributes:
        changes: the files to change.
        fixed: the diagnostics that are put right by that.
        left: the diagnostics that could be, and why they are not.
    """

    changes: list[Change] = []
    fixed: set[Diagnostic] = msgspec.field(default_factory=set)
    left: dict[Diagnostic, str] = {}

    def patch(self) -> str:
        """Return the changes as a patch, in the form that ``git apply`` takes."""
        return patch(self.changes)

    def write(self) -> None:
        """Write the changes, each file at once or not at all.

        Raises:
            ManualError: if a file cannot be written, or has been changed since it was read.
        """
        write(self.changes)


def fixes(diagnostics: Iterable[Diagnostic], manuals: Iterable[Manual], sources: Sources) -> Fixes:
    """Return what can be put right; nothing is written.

    Args:
        diagnostics: the diagnostics of the manuals, as they are reported.
        manuals: the manuals.
        sources: finds the files that declare options.
    """
    return _Fixing(manuals, sources).fixes(
        [
            one
            for one in diagnostics
            if one.code in FIXABLE and one.message != docbook_blocks.MESSAGE
        ]
    )


class _Fixing:
    """Collects the changes of files."""

    def __init__(self, manuals: Iterable[Manual], sources: Sources) -> None:
        self._sources = sources
        self._texts: dict[Path, str] = {}
        self._contents: dict[Path, bytes] = {}
        self._parsers: dict[str, Callable[[Text], Parsed]] = {}
        self._chapters: dict[str, Path] = {}
        for manual in manuals:
            for included in manual.sets:
                for option in included.catalog.options:
                    self._parsers.setdefault(option.name, included.sections.parse)
            if manual.outline is not None:
                for division in manual.outline.divisions:
                    self._chapters[division.document.name] = division.document.path

    def fixes(self, diagnostics: list[Diagnostic]) -> Fixes:
        result = Fixes()
        groups: dict[tuple[str, str, str], list[Diagnostic]] = {}
        for one in diagnostics:
            groups.setdefault((one.option or "", one.part or "", one.file or ""), []).append(one)
        for group in groups.values():
            try:
                left = self._fix(group[0], frozenset(one.code for one in group))
            except RefusedError as refused:
                result.left |= dict.fromkeys(group, str(refused))
                continue
            for one in group:
                if one.code in left:
                    result.left[one] = "the text would be shown otherwise than it is"
                else:
                    result.fixed.add(one)
        for path, text in sorted(self._texts.items()):
            old = self._contents[path]
            new = _encoded(text, old)
            if new != old:
                result.changes.append(Change(path, old, new))
        return result

    def _fix(self, diagnostic: Diagnostic, codes: frozenset[Code]) -> frozenset[Code]:
        """Fix what has some codes in the text of a diagnostic; return those of what is left in it.

        Raises:
            RefusedError: if it cannot be changed.
        """
        option = self._sources.option(diagnostic.option)
        if option is not None:
            return self._fix_option(option, diagnostic.part or "", codes)
        path = self._chapters.get(diagnostic.file or "")
        if path is None:
            message = "it is not known where the text stands"
            raise RefusedError(message)
        fixed = text_fixes.fixed_chapter(self._text(path), codes)
        self._texts[path] = fixed.text
        return fixed.left

    def _fix_option(self, option: Option, part: str, codes: frozenset[Code]) -> frozenset[Code]:
        text = text_of(option, part)
        if text is None:
            message = "it is not known where the text stands"
            raise RefusedError(message)
        for file in self._sources.files(option):
            now = NixFile(file.path, self._text(file.path))
            literal = find(now, option, text)
            if literal is None:
                continue
            fixed = text_fixes.fixed_description(text, self._shown(option, part), codes)
            if fixed.text != text:
                self._texts[file.path] = nix_edits.changed(now.text, literal, fixed.text)
            return fixed.left
        if any(find(file, option, text) for file in self._sources.files(option)):
            return frozenset()  # Another option has it too, and it is changed already.
        message = "no string with this text is found in a file that declares the option"
        raise RefusedError(message)

    def _shown(self, option: Option, part: str) -> Parsed:
        text = getattr(option, part.replace("-", "_"))
        assert isinstance(text, Text)
        if text.markup is Markup.DOCBOOK:
            message = "the text is DocBook"
            raise RefusedError(message)
        return self._parsers[option.name](text)

    def _text(self, path: Path) -> str:
        """Return the text of a file as it is so far, with LF as line ends."""
        if path not in self._texts:
            try:
                self._contents[path] = path.read_bytes()
                decoded = self._contents[path].removeprefix(_MARK).decode("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                message = f"the file cannot be read: {error}"
                raise RefusedError(message) from None
            if "\r" in decoded.replace("\r\n", ""):
                message = "the file has line ends of a kind that is no longer used"
                raise RefusedError(message)
            self._texts[path] = with_line_feeds(decoded)
        return self._texts[path]


def _encoded(text: str, old: bytes) -> bytes:
    """Return a text as the bytes of a file, with the line ends and the mark that it had.

    Args:
        text: the text, with LF as line ends.
        old: the file as it was.
    """
    mark = _MARK if old.startswith(_MARK) else b""
    before = old.removeprefix(_MARK).decode("utf-8").split("\n")
    endings = ["\r" if line.endswith("\r") else "" for line in before[:-1]]
    usual = max(("", "\r"), key=endings.count)
    lines = text.split("\n")
    if all(ending == usual for ending in endings):
        return mark + f"{usual}\n".join(lines).encode("utf-8")
    plain = [line.removesuffix("\r") for line in before]
    result: list[str] = []
    matcher = difflib.SequenceMatcher(None, plain, lines)
    for kind, start, _, new_start, new_end in matcher.get_opcodes():
        for offset, line in enumerate(lines[new_start:new_end]):
            known = kind == "equal" and start + offset < len(endings)
            result.append(line + (endings[start + offset] if known else usual))
    result[-1] = lines[-1]
    return mark + "\n".join(result).encode("utf-8")


def patch(changes: Iterable[Change]) -> str:
    """Return changes as a patch, in the form that ``git apply`` takes.

    Args:
        changes: the changes.
    """
    parts: list[str] = []
    for change in changes:
        name = shown(change.path).lstrip("/")
        old, new = (
            re.findall(r"[^\n]*\n|[^\n]+", data.decode("utf-8"))
            for data in (change.old, change.new)
        )
        # As Git does: `patch` takes a name with spaces only if a tab follows it.
        after = "\t" if " " in name else ""
        lines = difflib.unified_diff(old, new, f"a/{name}{after}", f"b/{name}{after}")
        parts += [
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in lines
        ]
    return "".join(parts)


def write(changes: Iterable[Change]) -> None:
    """Write changes, each file at once or not at all.

    Args:
        changes: the changes.

    Raises:
        ManualError: if a file cannot be written, or has been changed since it was read.
    """
    for change in changes:
        try:
            if change.path.read_bytes() != change.old:
                raise ManualError(
                    Diagnostic(
                        code=Code.WRITE_FAILED,
                        message="the file has been changed meanwhile",
                        file=shown(change.path),
                        help="run the command again",
                    )
                )
            _replace(change.path, change.new)
        except OSError as error:
            raise ManualError(
                Diagnostic(
                    code=Code.WRITE_FAILED,
                    message=f"cannot write the file: {error.strerror or error}",
                    file=shown(change.path),
                    help="make it and its folder writable, or print the changes with --diff",
                )
            ) from error


def _replace(path: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".manualgen-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        shutil.copymode(path, name)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
