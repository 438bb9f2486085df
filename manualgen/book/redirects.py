"""``redirects.json``: the address of each identifier, and the addresses that it had before.

``{"id": ["page.html#id", "older.html#old-id", "gone.html"]}``, the current address first.
Addresses are relative to the site's folder; those of options need not be listed, as their
identifiers never change.
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
"""Prefixes of identifiers that need no entry: those that nixos-render-docs exempts."""

_PAGE = re.compile(r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.x?html?")

Table = dict[str, list[str]]
"""Identifier → its addresses, the current one first."""


class Served(msgspec.Struct, frozen=True):
    """What old addresses lead to.

    Attributes:
        anchors: page → old fragment on it → new address. The page may still exist or be gone.
        pages: page that is gone → the address that it leads to as a whole.
    """

    anchors: Mapping[str, Mapping[str, str]] = {}
    pages: Mapping[str, str] = {}


def read(path: Path, manual: str) -> Table:
    """Read a file of redirects.

    Args:
        path: the file.
        manual: the manual's name, for the command in the help text.

    Raises:
        ManualError: if the file cannot be read, or is not a table of redirects.
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
                message=f"the file is not a table of redirects: {error}",
                file=str(path),
                help='write {"identifier": ["page.html#identifier", "old.html#old"]}',
            )
        ) from error


def write(table: Mapping[str, list[str]]) -> bytes:
    """Return the content of a file of redirects: identifiers sorted, one address a line."""
    ordered = {name: table[name] for name in sorted(table)}
    return (json.dumps(ordered, indent=2, ensure_ascii=False) + "\n").encode()


def check(
    table: Table,
    addresses: Mapping[str, str],
    pages: Collection[str],
    targets: Mapping[str, str],
    file: str,
    manual: str,
    options: Mapping[str, tuple[str, ...]],
) -> list[Diagnostic]:
    """Check a table of redirects against a manual.

    Args:
        table: the redirects.
        addresses: identifier → its current address (``page.html#id``), except those of options.
        pages: the names of all pages.
        targets: identifier → its location in the source, for messages.
        file: the name of the table's file, for messages.
        manual: the manual's path and the options of the command line that it is read with, for
            the commands in help texts.
        options: identifier of an option → the addresses that may be listed first for it.

    Returns:
        A diagnostic for each problem, with the command that fixes it.
    """
    diagnostics: list[Diagnostic] = []

    def report(name: str, problem: _Problem | None) -> None:
        if problem is not None:
            message, help_text = problem
            diagnostics.append(
                Diagnostic(
                    code=Code.BAD_REDIRECT, message=message, file=file, part=name, help=help_text
                )
            )

    for name in addresses:
        if name not in table and not name.startswith(EXEMPT):
            report(name, _not_listed(name, targets[name], manual))
    identifiers: dict[str, str] = {}
    for name, listed in table.items():
        report(name, _check_current(name, listed, addresses, options, manual))
        for position, address in enumerate(listed):
            other = identifiers.setdefault(address, name)
            if other == name and position == 0:
                report(name, _check_form(address))
            else:
                report(name, _check_old(name, address, other, addresses, pages, file))
    return diagnostics


_Problem = tuple[str, str]
"""A message and a help text."""


def _not_listed(name: str, location: str, manual: str) -> _Problem:
    argument = _argument(name)
    help_text = f"run: manualgen redirects add {manual} {argument}\n"
    help_text += f"or, if it had another name: manualgen redirects move {manual} OLD {argument}"
    return f"the identifier `{name}` ({location}) is not listed", help_text


def _argument(name: str) -> str:
    """Return an identifier quoted for a shell, and so that a command does not read an option."""
    return f"-- {shlex.quote(name)}" if name.startswith("-") else shlex.quote(name)


def _check_current(
    name: str,
    listed: list[str],
    addresses: Mapping[str, str],
    options: Mapping[str, tuple[str, ...]],
    manual: str,
) -> _Problem | None:
    """Check that the current address of an identifier is listed first."""
    current = addresses.get(name)
    if current is None and name in options:
        allowed = options[name]
        if listed and canonical(listed[0]) in allowed:
            return None
        current = allowed[0]
    if current is None:
        argument = _argument(name)
        help_text = f"run: manualgen redirects move {manual} {argument} NEW\n"
        help_text += f"or, if nothing replaces it: manualgen redirects drop {manual} {argument}"
        return f"the manual has no identifier `{name}`", help_text
    if listed and canonical(listed[0]) == current:
        return None
    contrast = f"not {listed[0]}" if listed else "but none is listed"
    return (
        f"the address of `{name}` is {current}, {contrast}",
        f"run: manualgen redirects add {manual} {_argument(name)}",
    )


def _check_form(address: str) -> _Problem | None:
    """Check that an address can be one of a page of the manual."""
    if _PAGE.fullmatch(address.partition("#")[0]) is not None:
        return None
    return (
        f"`{address}` is not an address in the manual",
        "write page.html#identifier, without any .. or leading slash",
    )


def _check_old(
    name: str,
    address: str,
    other: str,
    addresses: Mapping[str, str],
    pages: Collection[str],
    file: str,
) -> _Problem | None:
    """Check that an old address can lead to one identifier, and is not in use.

    Args:
        name: the identifier.
        address: its old address.
        other: the first identifier that the address is listed for.
        addresses: identifier → its current address.
        pages: the names of all pages.
        file: the name of the table's file.
    """
    problem = _check_form(address)
    if problem is not None:
        return problem
    page, _, fragment = address.partition("#")
    if other != name:
        return (
            f"`{address}` is listed for `{other}` too",
            f"remove one of the two in {file}",
        )
    if not fragment and canonical(page) in pages:
        return (
            f"the old address `{address}` is a page of the manual now",
            f"remove it in {file}, or give the page another name",
        )
    if fragment != name and addresses.get(fragment) == canonical(address):
        return (
            f"the old address `{address}` is that of `{fragment}` now",
            f"remove it in {file}, or give `{fragment}` another identifier",
        )
    return None


def serve(
    table: Table,
    addresses: Mapping[str, str],
    pages: Collection[str],
    options: Mapping[str, tuple[str, ...]],
) -> Served:
    """Return what the old addresses of a checked table lead to; arguments as of :func:`check`."""
    anchors: dict[str, dict[str, str]] = {}
    gone: dict[str, str] = {}
    for name, listed in table.items():
        current = options.get(name) or ((addresses[name],) if name in addresses else ())
        if not current:
            continue
        new = current[0]
        for address in listed:
            page, _, fragment = address.partition("#")
            if canonical(address) in current or _PAGE.fullmatch(page) is None:
                continue
            if fragment:
                old_page = canonical(page) if canonical(page) in pages else page
                anchors.setdefault(old_page, {})[fragment] = new
            elif page not in pages:
                gone[page] = new
    for page, fragments in anchors.items():
        if page not in pages and page not in gone:
            # Without a script, the page as a whole leads to the page of its first fragment.
            gone[page] = next(iter(fragments.values())).partition("#")[0]
    return Served(anchors, gone)


def canonical(address: str) -> str:
    """Return an address with the current name of its page: ``.xhtml`` pages are ``.html`` now."""
    page, mark, fragment = address.partition("#")
    if not page.endswith(".xhtml"):
        return address
    return f"{page.removesuffix('.xhtml')}.html{mark}{fragment}"


# ─── changes ───


def add(table: Table, addresses: Mapping[str, str], name: str) -> None:
    """List the current address of an identifier, before the addresses that it had.

    Args:
        table: the redirects; changed.
        addresses: identifier → its current address.
        name: the identifier.

    Raises:
        KeyError: if the manual has no such identifier.
    """
    current = addresses[name]
    old = [address for address in table.get(name, []) if canonical(address) != current]
    table[name] = [current, *old]


def move(table: Table, addresses: Mapping[str, str], old: str, new: str) -> None:
    """Move the addresses of an identifier to the one that replaces it.

    Args:
        table: the redirects; changed.
        addresses: identifier → its current address.
        old: the identifier that is gone.
        new: the identifier that replaces it.

    Raises:
        KeyError: if the old one is not listed, or the manual does not have the new one.
    """
    moved = table.pop(old)
    add(table, addresses, new)
    table[new] += [address for address in moved if address not in table[new]]


def drop(table: Table, name: str) -> None:
    """Remove an identifier with all its addresses.

    Args:
        table: the redirects; changed.
        name: the identifier.

    Raises:
        KeyError: if it is not listed.
    """
    del table[name]
