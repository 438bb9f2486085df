"""Which identifier a reference means, and its address.

All identifiers of a manual are known before any page is written, so a page can
be written alone, by any worker, in any order.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.errors import Code, Diagnostic, nearest
from manualgen.markup import nodes
from manualgen.options.addresses import is_safe
from manualgen.options.model import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from manualgen.markup.parsed import Parsed

_PLACEHOLDER = re.compile(r"\*|<[^<>]*>")


class OptionIndex:
    """The options of a manual, by name."""

    def __init__(self, names: Iterable[tuple[str, tuple[str, ...], str]]) -> None:
        """Take name, path and identifier of each option."""
        self._entries = list(names)
        # Of two options with one name, the first is meant.
        self._by_name = {name: identifier for name, _, identifier in reversed(self._entries)}
        self._memo: dict[str, str | None] = {}
        self._by_path: dict[tuple[str, ...], str] | None = None
        self._placeholders = _Step()

    def identifier(self, name: str) -> str | None:
        """Return the identifier of the option that a name means, or None.

        An exact name wins. Otherwise a placeholder of an option's path stands
        for any one component, ``users.users.alice.home`` →
        ``users.users.<name>.home``, plain components before placeholders; quotes
        around a component make no difference.
        """
        found = self._by_name.get(name)
        if found is not None:
            return found
        if name not in self._memo:
            self._memo[name] = self._match(split(name))
        return self._memo[name]

    def _match(self, path: tuple[str, ...]) -> str | None:
        if self._by_path is None:
            self._by_path = {loc: identifier for _, loc, identifier in reversed(self._entries)}
            for name, loc, identifier in self._entries:
                if "<" in name or "*" in name:
                    self._placeholders.add(loc, identifier)
        return self._by_path.get(path) or self._placeholders.find(path, 0)


class _Step:
    """What may follow the components so far."""

    __slots__ = ("identifier", "placeholders", "plain")

    def __init__(self) -> None:
        self.identifier: str | None = None
        self.plain: dict[str, _Step] = {}
        self.placeholders: dict[str, _Step] = {}

    def add(self, path: tuple[str, ...], identifier: str) -> None:
        step = self
        for part in path:
            table = step.placeholders if _PLACEHOLDER.fullmatch(part) else step.plain
            below = table.get(part)
            if below is None:
                below = table[part] = _Step()
            step = below
        if step.identifier is None:
            step.identifier = identifier

    def find(self, path: tuple[str, ...], position: int) -> str | None:
        if position == len(path):
            return self.identifier
        part = path[position]
        steps = [self.plain[part]] if part in self.plain else []
        steps.extend(self.placeholders.values())
        for step in steps:
            found = step.find(path, position + 1)
            if found is not None:
                return found
        return None


class Title(msgspec.Struct, frozen=True):
    """What a reference without a text of its own shows.

    Attributes:
        text: inline nodes, to be copied.
        hint: what the target is in full; may be empty.
    """

    text: tuple[docutils_nodes.Node, ...]
    hint: str = ""


class References:
    """Resolves the references of parsed texts."""

    def __init__(
        self,
        options: OptionIndex,
        addresses: Mapping[str, str],
        names: Mapping[str, str],
        manpage_urls: Mapping[str, str] | None = None,
        *,
        titles: Callable[[str], Title | None] | None = None,
        sets: Sequence[tuple[str, OptionIndex]] = (),
    ) -> None:
        """Take what is known of the whole manual.

        Args:
            options: the options by name.
            addresses: identifier → address (``services.html#opt-services.x``), as links on the
                manual's pages write it; all identifiers of the manual.
            names: identifier → the option's name, for references that take their text from it.
            manpage_urls: ``name(section)`` → address.
            titles: identifier → text for references to what is no option; None if it has none.
            sets: in a book, what the identifiers of each option set begin with, and its options.
        """
        self._options = options
        self._titles = titles
        self._sets = sets or (("opt-", options),)
        self._addresses = addresses
        self._names = names
        self._manpage_urls = manpage_urls or {}

    def resolve(self, parsed: Parsed) -> None:
        """Set what the references of a text mean; a diagnostic for each that leads nowhere."""
        for reference in parsed.references:
            if isinstance(reference, nodes.option_reference):
                self._resolve_option(reference, parsed)
            elif isinstance(reference, nodes.cross_reference):
                self._resolve_identifier(reference, parsed)
            else:
                address = self._manpage_urls.get(reference.astext())
                reference["refuri"] = address if address and is_safe(address) else None

    def _resolve_option(self, reference: nodes.option_reference, parsed: Parsed) -> None:
        name = reference.astext()
        identifier = self._options.identifier(name)
        for _, options in self._sets:
            identifier = identifier or options.identifier(name)
        if identifier is not None:
            reference["refid"] = identifier
            reference["refuri"] = self._addresses[identifier]
            return
        parsed.diagnostics.append(
            Diagnostic(
                code=Code.UNKNOWN_OPTION,
                message=f"{'the book' if self._titles is not None else 'this set'}"
                f" has no option `{name}`",
                **_place(reference, name),
                help="correct the name, or write it as code if it is an option of another set",
            )
        )

    def _resolve_identifier(self, reference: nodes.cross_reference, parsed: Parsed) -> None:
        target = reference["target"]
        identifier: str | None = target
        if target not in self._addresses:
            identifier = next(
                (
                    found
                    for prefix, options in self._sets
                    if target.startswith(prefix)
                    and (found := options.identifier(target[len(prefix) :]))
                ),
                None,
            )
        if identifier is not None:
            reference["refid"] = identifier
            reference["refuri"] = self._addresses[identifier]
            name = self._names.get(identifier)
            reference["name"] = name
            title = self._titles(identifier) if self._titles is not None and not name else None
            if title is not None and title.hint:
                reference["title"] = title.hint
            if title is not None and title.text and not reference.children:
                reference.extend(node.deepcopy() for node in title.text)
            if not reference.children:
                name = name or target
                reference["takes_name"] = True
                reference.append(docutils_nodes.literal(name, name, classes=["option"]))
            return
        if not reference.children:
            reference.append(docutils_nodes.literal("", f"#{target}"))
        parsed.diagnostics.append(
            Diagnostic(
                code=Code.DANGLING_REFERENCE,
                message=f"nothing has the identifier `{target}`",
                **_place(reference, target),
                help=self._likely(target),
            )
        )

    def _likely(self, target: str) -> str:
        known = [name for name in self._addresses if name.startswith(target[:3])]
        likely = nearest(target, known[:_COMPARED], 0.75)
        if likely is not None:
            return f"write (#{likely}), if that is meant, or the text without a link"
        return "correct the identifier, or write the text without a link"


_COMPARED = 2000


def _place(reference: nodes.Reference, written: str) -> dict[str, Any]:
    """Return where a reference stands; DocBook's parser knows no more than what was written."""
    place = reference.get("place")
    return {"excerpt": written} if place is None else place._asdict()
