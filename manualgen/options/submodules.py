"""Which options stand below another option: those of its submodule, mostly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from manualgen.options.tree import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manualgen.options.model import Option

DEEPEST = 6
"""How deep submodules are told apart; what is deeper stands in the last of these."""


class Submodule(msgspec.Struct, frozen=True, gc=False):
    """The options below an option, which follow it directly in the order of options.

    Attributes:
        first: the index of the first.
        end: the index after the last.
        placeholder: the placeholder (``<name>``, ``*``) that all their names go on with after
            the option's; "" if they do not.
    """

    first: int
    end: int
    placeholder: str = ""


def submodules(options: Sequence[Option]) -> dict[int, Submodule]:
    """Return the index of each option that has others below it → these.

    Args:
        options: the options, ordered. Of several with one name, the last has the others below it.
    """
    found: dict[int, Submodule] = {}
    # Indices and paths of the options that the one at hand is below.
    above: list[tuple[int, tuple[str, ...]]] = []
    previous: tuple[str, ...] = ()
    for index, option in enumerate(options):
        loc = option.loc
        while above and loc[: len(above[-1][1])] != above[-1][1]:
            parent = above.pop()[0]
            found[parent] = _submodule(options, parent, index)
        depth = len(previous)
        if 0 < depth < len(loc) and len(above) < DEEPEST and loc[:depth] == previous:
            above.append((index - 1, previous))
        previous = loc
    for parent, _ in reversed(above):
        found[parent] = _submodule(options, parent, len(options))
    return found


def _submodule(options: Sequence[Option], parent: int, end: int) -> Submodule:
    # Placeholders come last in the order: if the first is one, only placeholders follow.
    depth = len(options[parent].loc)
    first, last = options[parent + 1].loc[depth], options[end - 1].loc[depth]
    placeholder = first if first == last and is_placeholder(first) else ""
    return Submodule(parent + 1, end, placeholder)
