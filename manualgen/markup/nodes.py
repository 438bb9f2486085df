"""The few node types that docutils lacks.

Everything else in a doctree is docutils' own (``paragraph``, ``bullet_list``,
``definition_list``, ``literal_block``, ``note``, ``table``, …), used as the
docutils document tree describes it. Where a list was written without blank
lines between its items, the list has the class ``tight``.
"""

from __future__ import annotations

from docutils import nodes


class option(nodes.General, nodes.Element):
    """An option: an ``option_description`` where there is one, then ``option_fact`` nodes.

    Attributes: ``name`` (str), ``ids`` (its public identifier), ``read_only`` (bool).
    """


class option_description(nodes.General, nodes.Element):
    """What an option does: block nodes."""


class option_fact(nodes.General, nodes.Element):
    """One fact about an option. Attribute ``fact`` is its kind: ``type``, ``default``,
    ``example``, ``related-packages``, ``declared-in``, ``defined-in``.

    It holds either one ``option_value``, or ``option_declaration`` nodes, or blocks of prose.
    """


class option_value(nodes.General, nodes.FixedTextElement):
    """A value to be shown as it is: one Text. Attribute ``language``: ``nix`` or ``text``."""


class option_declaration(nodes.Inline, nodes.TextElement):
    """A place in a source tree: one Text. Attribute ``refuri``: its address, or None."""


class notice(nodes.General, nodes.TextElement):
    """A sentence by manualgen itself, such as why the text below it is shown literally."""


class option_reference(nodes.Inline, nodes.TextElement):
    """An ``{option}`` role: one Text, the name as written.

    Attributes, set when references are resolved: ``refid`` (the identifier of
    the option that it means) and ``refuri`` (the address on the page it stands on).
    """


class cross_reference(nodes.Inline, nodes.TextElement):
    """A ``[text](#id)``; without children it takes its text from what it refers to.

    Attributes: ``target`` (the identifier as written); set when references are
    resolved: ``refid``, ``refuri``, ``name`` (the option that it means, or None)
    and ``takes_name`` (the text was added then, as there was none).
    """


class manpage_reference(nodes.Inline, nodes.TextElement):
    """A ``{manpage}`` role: one Text such as ``nix.conf(5)``.

    Attribute ``refuri``, set when references are resolved: its address, where one is known.
    """


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


class exhibit(nodes.General, nodes.Element):
    """What has a title and is numbered through the book: a ``title`` first, then blocks.

    Attributes: ``kind`` (``example``, ``figure`` or ``table``), ``ids``, ``line``, and once the
    book is in order ``number``.
    """


class option_list(nodes.General, nodes.Element):
    """The place of an option set's reference. Attributes: ``ids``, ``index`` (which set it is)."""


Reference = option_reference | cross_reference | manpage_reference
"""What has to be resolved before a writer sees it.

Attribute ``place``, where a parser knows it: the ``Place`` of the reference in its text.
"""
