"""References to options that do not exist: which option is meant, or that none need be."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import msgspec

from manualgen.book.references import unknown_option
from manualgen.options.model import split
from manualgen.similar_names import SimilarNames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.errors import Diagnostic
    from manualgen.options.model import Option

_MOST_NAMES = 3
_DEEPEST = 40
"""How many parts of a name are looked at; that of an option may have any number."""
_LEAST_SIMILAR = 0.75
"""How similar the most similar name must be, from 0 to 1."""
_AS_SIMILAR = 0.9
"""How similar others must be to be named beside it."""


class UnknownOptions:
    """Finds the options that unknown names may be meant for."""

    def __init__(self, options: Sequence[Option]) -> None:
        """Prepare to search.

        Args:
            options: all options of a manual.
        """
        self._options = options

    def explained(self, diagnostic: Diagnostic) -> Diagnostic | None:
        """Return a diagnostic, of an unknown option with the names that may be meant.

        Args:
            diagnostic: any diagnostic.

        Returns:
            The diagnostic; None if it is of an unknown option and there is nothing to correct:
            the name is a flag of a program, or that of a value in an option which takes any.
        """
        name = unknown_option(diagnostic)
        if name is None:
            return diagnostic
        if name.startswith(("-", "/")) or self._is_value(name):
            return None
        names = self._meant(name, diagnostic.option)
        if not names:
            return diagnostic
        written = " or ".join(f"{{option}}`{one}`" for one in names)
        help_text = f"write {written}, if that is meant; or the name as code, if it is an option"
        return msgspec.structs.replace(diagnostic, help=f"{help_text} of another set")

    def _is_value(self, name: str) -> bool:
        """Return whether a name is below an option that has no options below it."""
        path = split(name)
        for length in range(min(len(path) - 1, _DEEPEST), 0, -1):
            above = path[:length]
            if above in self._paths:
                return above not in self._groups
        return False

    def _meant(self, name: str, option: str | None) -> list[str]:
        path = split(name.removeprefix("config."))
        # Authors leave out what the names of neighbours have in common.
        above = split(option)[:-1][:_DEEPEST] if option is not None else ()
        for length in range(len(above), 0, -1):
            found = self._paths.get((*above[:length], *path))
            if found is not None:
                return [found]
        if path in self._paths:
            return [self._paths[path]]
        if path in self._groups:
            return self._groups[path]
        nearest = self._similar.most_similar(name, 1, _LEAST_SIMILAR)
        return self._similar.most_similar(name, _MOST_NAMES, _AS_SIMILAR) or nearest

    @functools.cached_property
    def _paths(self) -> dict[tuple[str, ...], str]:
        return {option.loc: option.name for option in reversed(self._options)}

    @functools.cached_property
    def _groups(self) -> dict[tuple[str, ...], list[str]]:
        """Path → the first options below it."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for option in self._options:
            for length in range(1, min(len(option.loc), _DEEPEST)):
                names = groups.setdefault(option.loc[:length], [])
                if len(names) < _MOST_NAMES:
                    names.append(option.name)
        return groups

    @functools.cached_property
    def _similar(self) -> SimilarNames:
        return SimilarNames(option.name for option in self._options)
