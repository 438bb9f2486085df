"""References across projects: which option of another project a name or an identifier means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.book.references import OptionIndex
from manualgen.options.model import split
from manualgen.publication import versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.publication.model import Answers


class _Declared(msgspec.Struct, frozen=True):
    """An option that is asked for, as a version of a project declares it."""

    name: str
    id: str


class CrossReferences:
    """Answers what references mean in other projects.

    Only names that are asked for are kept, so the memory does not grow with the options of all
    projects.
    """

    def __init__(self, asked: Iterable[str]) -> None:
        """Begin without any project.

        Args:
            asked: what references are written with that nothing in their manuals has.
        """
        self._asked = set(asked)
        self._by_first: dict[str, list[str]] = {}
        for name in self._asked:
            self._by_first.setdefault(_first(name), []).append(name)
        # What is asked for → project → version → the option that is meant.
        self._found: dict[str, dict[str, dict[str, _Declared]]] = {}

    def add(self, project: str, version: str, names: Iterable[tuple[str, str]]) -> None:
        """Look for what is asked for among the options of a version of a project.

        Args:
            project: the name of the project. Of several, the first that is added is meant.
            version: the version.
            names: name and identifier of each option.
        """
        options = list(names)
        for name, identifier in options:
            if identifier in self._asked:
                self._add(identifier, project, version, _Declared(name, identifier))
        firsts = {_first(name) for name, _ in options}
        wanted = [name for first in firsts for name in self._by_first.get(first, ())]
        if not wanted:
            return
        name_of = {identifier: name for name, identifier in options}
        index = OptionIndex((name, split(name), identifier) for name, identifier in options)
        for asked in wanted:
            found = index.identifier(asked)
            if found is not None:
                self._add(asked, project, version, _Declared(name_of[found], found))

    def _add(self, asked: str, project: str, version: str, declared: _Declared) -> None:
        self._found.setdefault(asked, {}).setdefault(project, {})[version] = declared

    def answers(self, project: str, version: str, asked: Iterable[str]) -> Answers:
        """Return what references of a version of a project mean.

        Of the first other project that declares an option, the same version is meant; the newest
        that declares it, if there is none.

        Args:
            project: the name of the project.
            version: the version.
            asked: what its references are written with.
        """
        found: Answers = {}
        for name in sorted(asked):
            for other, declared in self._found.get(name, {}).items():
                if other == project:
                    continue
                meant = version if version in declared else versions.newest_first(declared)[0]
                option = declared[meant]
                found[name] = (other, meant, option.name, option.id)
                break
        return found


def _first(name: str) -> str:
    return name.partition(".")[0]
