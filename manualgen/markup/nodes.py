"""The few node types that docutils lacks.

Everything else in a doctree is docutils' own (``paragraph``, ``bullet_list``,
``definition_list``, ``literal_block``, ``note``, ``table``, …), used as the
docutils document tree describes it. Where a list was written without blank
lines between its items, the list has the class ``tight``.
"""

from __future__ import annotations

from typing import NamedTuple

from docutils import nodes


class option(nodes.General, nodes.Element):
    """An option: an ``option_description`` where there is one, then ``option_fact`` nodes.

    Attributes: ``name`` (str), ``ids`` (its public identifier), ``read_only`` (bool). Where
    options stand in pages, also ``submodule`` (a :class:`Submodule`, if others are below it) and
    ``ends`` (int: of how many submodules on the page it is the last option).
    """


class Submodule(NamedTuple):
    """The options below an option.

    Attributes:
        placeholder: the placeholder that their names go on with; "" if they have none in common.
        name: the last component of the option's path.
        total: how many they are.
        href: what the heading above them leads to: the option, or the page where they are.
        is_here: whether they, or some of them, follow the option on its page.
    """

    placeholder: str
    name: str
    total: int
    href: str
    is_here: bool


class option_description(nodes.General, nodes.Element):
    """What an option does: block nodes."""


class option_fact(nodes.General, nodes.Element):
    """One fact about an option. Attribute ``fact`` is its kind: ``type``, ``default``,
    ``example``, ``related-packages``, ``declared-in``, ``defined-in``, ``history``.

    It holds either one ``option_value``, or ``option_declaration`` nodes, or blocks of prose.
    """


class option_value(nodes.General, nodes.FixedTextElement):
    """A value to be shown as it is: one Text.

    Attributes: ``language`` (``nix`` or ``text``). In pages, a type that enumerates values has
    ``submodule_href`` as well if options are below the option: what leads to them.
    """


class option_declaration(nodes.Inline, nodes.TextElement):
    """A place in a source tree: one Text. Attribute ``refuri``: its address, or None."""


class notice(nodes.General, nodes.TextElement):
    """A sentence by manualgen itself, such as why the text below it is shown literally."""


class option_reference(nodes.Inline, nodes.TextElement):
    """An ``{option}`` role: one Text, the name as written."""


class cross_reference(nodes.Inline, nodes.TextElement):
    """A ``[text](#id)``; without children it takes its text from what it refers to.

    Attribute ``target``: the identifier as written.
    """


class manpage_reference(nodes.Inline, nodes.TextElement):
    """A ``{manpage}`` role: one Text such as ``nix.conf(5)``."""


class line_break(nodes.Inline, nodes.Element):
    """A break between two lines of one paragraph."""


class key(nodes.Inline, nodes.TextElement):
    """A key of a keyboard, as it is labelled."""


class footnotes(nodes.General, nodes.Element):
    """The footnotes of a text, at its end: ``footnote`` nodes in the order of their references."""


class heading(nodes.General, nodes.TextElement):
    """A heading of a chapter's source, before the chapter is in its place in a book.

    Attributes: ``level`` (1 to 6), ``ids`` (as written, or empty), ``line`` (1-based).
    """


class include(nodes.General, nodes.Element):
    """A list of what stands here instead.

    Attributes: ``kind`` (``chapters``, ``options``, …), ``arguments`` (the words after it),
    ``entries`` (pairs of line number and text), ``line``.
    """


class numbered_block(nodes.General, nodes.Element):
    """A block with a title and a number that counts through the book: a ``title``, then blocks.

    Attributes: ``kind`` (``example``, ``figure`` or ``table``), ``ids``, ``line``. Its number is
    the manual's to know, not the tree's.
    """


class option_list(nodes.General, nodes.Element):
    """An included option set.

    Attributes: ``ids``, ``index`` (its index among the sets of the manual). If its options are
    to be written here, and not on pages of their own: ``sections`` (an iterable of ``option``
    nodes), ``count`` (the number of options), ``groups`` (of the options that an HTML page lays
    out together) and, if their references are resolved differently from those of the page,
    ``links``.
    """


class local_contents(nodes.General, nodes.Element):
    """The table of contents of a division, right after its title.

    Attributes: ``label`` (str) and ``entries``, for the template of the page.
    """


TargetReference = option_reference | cross_reference
"""A reference to something that a manual has."""

Reference = TargetReference | manpage_reference
"""A reference to something outside its text; the writer's ``Links`` have its target.

Attribute ``place``, where a parser knows it: the ``SourceSpan`` of the reference in its text.
"""

ADMONITIONS: dict[str, type[nodes.Element]] = {
    "note": nodes.note,
    "tip": nodes.tip,
    "important": nodes.important,
    "warning": nodes.warning,
    "caution": nodes.caution,
}
"""The admonitions by the name that authors write, and the node of each.

All that knows admonitions (both markup languages, the outline, every writer) takes them from
here. One more needs an entry here, and its colour in the style sheet.
"""

REFERRING_ROLES: dict[str, type[Reference]] = {
    "option": option_reference,
    "manpage": manpage_reference,
}
"""The roles that refer to something by its name, and the node of each.

One more needs its node and an entry here, and its meaning in the resolver; writers show it as
code that links to its target unless they have a handler of their own for it.
"""

BLOCK_NODES: tuple[type[nodes.Node], ...] = (
    option,
    option_description,
    option_fact,
    option_value,
    option_list,
    notice,
    footnotes,
    numbered_block,
    local_contents,
    nodes.section,
    nodes.title,
    nodes.subtitle,
    nodes.paragraph,
    nodes.literal_block,
    nodes.bullet_list,
    nodes.enumerated_list,
    nodes.definition_list,
    nodes.block_quote,
    *ADMONITIONS.values(),
    nodes.table,
    nodes.transition,
    nodes.container,
)
"""What can stand among the blocks of an option or of a chapter: every writer writes each."""

INLINE_NODES: tuple[type[nodes.Node], ...] = (
    nodes.Text,
    nodes.literal,
    nodes.emphasis,
    nodes.strong,
    key,
    line_break,
    nodes.reference,
    nodes.image,
    nodes.target,
    nodes.inline,
    nodes.footnote_reference,
    cross_reference,
    *REFERRING_ROLES.values(),
)
"""What can stand in a line: every writer writes each."""

INNER_NODES: tuple[type[nodes.Node], ...] = (
    option_declaration,
    nodes.list_item,
    nodes.definition_list_item,
    nodes.term,
    nodes.definition,
    nodes.tgroup,
    nodes.colspec,
    nodes.thead,
    nodes.tbody,
    nodes.row,
    nodes.entry,
    nodes.footnote,
)
"""What stands in one sort of node only, and is written with it."""
