"""How the declarations of options are shown, and where they link to.

A declaration names a file as the evaluation does: relative to the source tree,
in the Nix store, or on a disk. It is shown with the name of its source tree, as
a link to the file's address.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from manualgen.options.addresses import is_safe

if TYPE_CHECKING:
    from manualgen.options.model import Declaration

_STORE = re.compile(r"(?:file://)?/nix/store/[0-9a-z]{32}-(?P<name>[^/]+)(?:/(?P<rest>.*))?")


class Source(msgspec.Struct, frozen=True):
    """A source tree.

    Attributes:
        name: shown before the path: ``<name/modules/foo.nix>``.
        path: the folder or store name that declarations of this tree start with, or
            "" for declarations that are relative paths.
        url: the address of a file; ``{path}`` and ``{revision}`` are filled in.
            Without ``{path}``, the path is added at the end. "" for no links.
    """

    name: str
    path: str = ""
    url: str = ""

    @classmethod
    def parse(cls, text: str) -> Source:
        """Return the source that ``NAME=PATH=URL`` describes; PATH and URL may be empty.

        Raises:
            ValueError: if the name is missing; the message says what was expected.
        """
        name, _, rest = text.partition("=")
        path, _, url = rest.partition("=")
        if not name:
            message = f"expected NAME=PATH=URL, got {text!r}"
            raise ValueError(message)
        return cls(name, path if path == "/" else path.rstrip("/"), url)


NIXPKGS = Source("nixpkgs", "", "https://github.com/NixOS/nixpkgs/blob/{revision}/{path}")
"""The source of relative declarations where none is configured, as in nixos-render-docs."""


class Declarations:
    """Shows declarations, by the configured source trees."""

    def __init__(self, sources: tuple[Source, ...] = (), revision: str = "") -> None:
        """Prepare to show declarations.

        Args:
            sources: the source trees; of several that contain a declaration, the one with the
                longest path is used. Where none is for relative paths, those are of nixpkgs.
            revision: the revision in addresses; ``master`` where it is "" or ``local``, as
                nixos-render-docs does.
        """
        known = sources if any(not source.path for source in sources) else (*sources, NIXPKGS)
        # The longest path is the most specific one.
        self._sources = sorted(known, key=lambda source: -len(source.path))
        self._revision = "master" if revision in {"", "local"} else revision
        self._memo: dict[Declaration, tuple[str, str | None]] = {}

    def shown(self, declaration: Declaration) -> tuple[str, str | None]:
        """Return the text to show for a declaration, and its address or None."""
        shown = self._memo.get(declaration)
        if shown is None:
            shown = self._memo[declaration] = self._shown(declaration)
        return shown

    def _shown(self, declaration: Declaration) -> tuple[str, str | None]:
        if declaration.url is not None or declaration.name.startswith("<"):
            address = declaration.url or None
            return declaration.name, address if address and is_safe(address) else None
        path = declaration.name.removeprefix("file://")
        for source in self._sources:
            rest = _rest(path, source)
            if rest is not None:
                return f"<{source.name}/{rest}>" if rest else f"<{source.name}>", self._address(
                    source, rest
                )
        store = _STORE.fullmatch(path)
        if store is not None:
            # Only its name is known; the hash is of no use to a reader.
            rest = store["rest"]
            return f"<{store['name']}/{rest}>" if rest else f"<{store['name']}>", None
        return path, None

    def _address(self, source: Source, path: str) -> str | None:
        if not source.url:
            return None
        pattern = source.url if "{path}" in source.url else source.url.rstrip("/") + "/{path}"
        return pattern.replace("{revision}", _quoted(self._revision)).replace(
            "{path}", _quoted(path)
        )


def _quoted(text: str) -> str:
    # The command line may have bytes that are not text.
    return quote(text, errors="replace")


def _rest(path: str, source: Source) -> str | None:
    """Return the path below the source's root; None if it is not below it."""
    if not source.path:
        return None if path.startswith("/") else path.removeprefix("./")
    if path == source.path:
        return ""
    folder = source.path.rstrip("/") + "/"
    if path.startswith(folder):
        return path.removeprefix(folder)
    store = _STORE.fullmatch(path)
    if store is not None and store["name"] in {source.name, source.path}:
        return store["rest"] or ""
    return None
