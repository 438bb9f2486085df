"""``redirects.json``: where each identifier stands, and every place where it ever stood.

``{"id": ["page.html#id", "older.html#old-id", "gone.html"]}``, the current
place first. Identifiers of options need not be listed: theirs never change.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

import msgspec

from manualgen import inputs
from manualgen.errors import Code, Diagnostic, ManualError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

EXEMPT = (
    "opt-",
    "auto-generated-",
    "function-library-",
    "service-opt-",
    "systemd-service-opt",
)
"""What identifiers begin with that need no entry, as today."""

_PAGE = re.compile(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.x?html?")

Table = dict[str, list[str]]


class Served(msgspec.Struct, frozen=True):
    """What old places lead to.

    Attributes:
        anchors: page → old fragment on it → new place. The page may be a current one or gone.
        pages: page that is gone → the place that it leads to as a whole.
    """

    anchors: Mapping[str, Mapping[str, str]] = {}
    pages: Mapping[str, str] = {}


def read(path: Path, manual: str) -> Table:
    """Read the file; ``manual`` is the manual's name, for commands.

    Raises:
        ManualError: if it cannot be read, or has another form.
    """
    if not path.exists():
        raise ManualError(
            Diagnostic(
                code=Code.UNREADABLE,
                message="the file of redirects does not exist",
                file=str(path),
                help=f"run: manualgen redirects add {manual} --all",
            )
        )
    data = inputs.contents(str(path))
    try:
        return msgspec.json.decode(data, type=Table)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ManualError(
            Diagnostic(
                code=Code.NOT_JSON,
                message=f"the file is no table of redirects: {error}",
                file=str(path),
                help='write {"identifier": ["page.html#identifier", "old.html#old"]}',
            )
        ) from error


def write(table: Mapping[str, list[str]]) -> bytes:
    """Return the file's content: identifiers sorted, one place a line."""
    shown = {name: table[name] for name in sorted(table)}
    return (json.dumps(shown, indent=2, ensure_ascii=False) + "\n").encode()


def check(
    table: Table,
    places: Mapping[str, str],
    pages: Collection[str],
    targets: Mapping[str, str],
    file: str,
    manual: str,
    options: Mapping[str, tuple[str, ...]],
) -> list[Diagnostic]:
    """Return what is wrong with a table, each with the command that puts it right.

    Args:
        table: the redirects.
        places: identifier → its place now (``page.html#id``), but for those of options.
        pages: the names of all pages.
        targets: identifier → where it is written, for readers.
        file: the table's name for readers.
        manual: the manual's name, for the commands, with what they need to find it.
        options: identifier of an option → the places that it can be said to stand at.
    """
    checker = _Checker(places, pages, file, manual, options)
    for name in places:
        if name not in table and not name.startswith(EXEMPT):
            checker.say(
                f"the identifier `{name}` ({targets[name]}) is not listed",
                f"run: manualgen redirects add {manual} {_word(name)}\n"
                f"or, if it had another name: manualgen redirects move {manual} OLD {_word(name)}",
                name,
            )
    for name, listed in table.items():
        checker.current(name, listed)
        for position, place in enumerate(listed):
            checker.place(name, place, old=position > 0)
    return checker.found


def _word(name: str) -> str:
    """Return an identifier as a shell reads it, and a command takes it for no option."""
    return f"-- {shlex.quote(name)}" if name.startswith("-") else shlex.quote(name)


class _Checker:
    """Looks at the entries of a table, one by one."""

    def __init__(
        self,
        places: Mapping[str, str],
        pages: Collection[str],
        file: str,
        manual: str,
        options: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.places = places
        self.options = options
        self.pages = pages
        self.file = file
        self.manual = manual
        self.seen: dict[str, str] = {}
        self.found: list[Diagnostic] = []

    def say(self, message: str, cure: str, name: str) -> None:
        self.found.append(
            Diagnostic(
                code=Code.BAD_REDIRECT, message=message, file=self.file, part=name, help=cure
            )
        )

    def current(self, name: str, listed: list[str]) -> None:
        """Check that an identifier is listed first where it stands now."""
        now = self.places.get(name)
        if now is None and name in self.options:
            allowed = self.options[name]
            if listed and canonical(listed[0]) in allowed:
                return
            now = allowed[0]
        if now is None:
            self.say(
                f"the manual has no identifier `{name}`",
                f"run: manualgen redirects move {self.manual} {_word(name)} NEW\n"
                f"or, if nothing has taken its place: "
                f"manualgen redirects drop {self.manual} {_word(name)}",
                name,
            )
        elif not listed or canonical(listed[0]) != now:
            first = f"not {listed[0]}" if listed else "and nothing is listed"
            self.say(
                f"`{name}` stands at {now} now, {first}",
                f"run: manualgen redirects add {self.manual} {_word(name)}",
                name,
            )

    def place(self, name: str, place: str, *, old: bool) -> None:
        """Check that a place can be served, for one identifier only."""
        page, _, fragment = place.partition("#")
        if _PAGE.fullmatch(page) is None:
            self.say(
                f"`{place}` is no place in the manual",
                "write page.html#identifier, without any .. or leading slash",
                name,
            )
            return
        known = self.seen.setdefault(place, name)
        if known != name:
            self.say(
                f"`{place}` is listed for `{known}` too",
                f"remove it at one of the two places in {self.file}",
                name,
            )
        elif old and not fragment and canonical(page) in self.pages:
            self.say(
                f"the old place `{place}` is a page of the manual now",
                f"remove it in {self.file}, or give the page another name",
                name,
            )
        elif old and self.places.get(fragment) == canonical(place) and fragment != name:
            self.say(
                f"the old place `{place}` is where `{fragment}` stands now",
                f"remove it in {self.file}, or give `{fragment}` another identifier",
                name,
            )


def serve(
    table: Table,
    places: Mapping[str, str],
    pages: Collection[str],
    options: Mapping[str, tuple[str, ...]],
) -> Served:
    """Return what the old places of a checked table lead to; arguments as of :func:`check`."""
    anchors: dict[str, dict[str, str]] = {}
    gone: dict[str, str] = {}
    for name, listed in table.items():
        current = options.get(name) or ((places[name],) if name in places else ())
        if not current:
            continue
        now = current[0]
        for place in listed:
            page, _, fragment = place.partition("#")
            if canonical(place) in current or _PAGE.fullmatch(page) is None:
                continue
            if fragment:
                known = canonical(page) if canonical(page) in pages else page
                anchors.setdefault(known, {})[fragment] = now
            elif page not in pages:
                gone[page] = now
    for page, old in anchors.items():
        if page not in pages and page not in gone:
            # Without a script, the page as a whole leads to what stood on it.
            gone[page] = next(iter(old.values())).partition("#")[0]
    return Served(anchors, gone)


def canonical(place: str) -> str:
    """Return a place as pages are called now: HTML under a name of XHTML is served as HTML."""
    page, mark, fragment = place.partition("#")
    return (
        f"{page.removesuffix('.xhtml')}.html{mark}{fragment}" if page.endswith(".xhtml") else place
    )


# ─── changes ───


def add(table: Table, places: Mapping[str, str], name: str) -> None:
    """List an identifier, or its new place before those where it stood.

    Raises:
        KeyError: if the manual has no such identifier.
    """
    now = places[name]
    known = [place for place in table.get(name, []) if canonical(place) != now]
    table[name] = [now, *known]


def move(table: Table, places: Mapping[str, str], old: str, new: str) -> None:
    """Give the places of an identifier that is gone to the one that has taken its place.

    Raises:
        KeyError: if the old one is not listed, or the manual does not have the new one.
    """
    before = table.pop(old)
    add(table, places, new)
    table[new] += [place for place in before if place not in table[new]]


def drop(table: Table, name: str) -> None:
    """Remove an identifier with all its places.

    Raises:
        KeyError: if it is not listed.
    """
    del table[name]
