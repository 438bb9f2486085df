"""Elements that DocBook does not have: their content is shown, and each name is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.errors import Code
from manualgen.markup.detect import VOCABULARY
from manualgen.markup.docbook.builder import phrase
from manualgen.markup.docbook.diagnostics import short
from manualgen.markup.docbook.elements import line_of, name_of
from manualgen.similar_names import nearest

if TYPE_CHECKING:
    from lxml.etree import _Element as XmlElement

    from manualgen.markup.docbook.builder import DocbookBuilder

# Elements that DocBook does not have, and what to write instead.
_INSTEAD = {
    "a": '<link xlink:href="…">',
    "b": '<emphasis role="strong">',
    "strong": '<emphasis role="strong">',
    "i": "<emphasis>",
    "em": "<emphasis>",
    "tt": "<literal>",
    "pre": "<programlisting>",
    "kbd": "<keycap>",
    "p": "</para><para>",
    "br": "</para><para>",
    "ul": "<itemizedlist>",
    "ol": "<orderedlist>",
    "dl": "<variablelist>",
    "li": "<listitem><para>",
    "env": "<envar>",
    "file": "<filename>",
    "path": "<filename>",
    "var": "<varname>",
    "manpage": "<citerefentry>",
    "string": "<literal>",
}


def unknown(builder: DocbookBuilder, element: XmlElement) -> None:
    """Show the content of an element that DocBook does not have; each name is reported once."""
    name = name_of(element)
    if name not in builder.unknown:
        builder.unknown.add(name)
        if not builder.diagnostics.full:
            builder.diagnostics.report(
                Code.UNKNOWN_ELEMENT,
                f"`<{short(name)}>` is not an element for a description; its text is shown",
                line_of(element),
                f"<{name}",
                _instead_of_element(short(name)),
            )
    if builder.paragraph.depth:
        phrase(builder, element)
    else:
        builder.content(element)


def _instead_of_element(name: str) -> str:
    likely = _INSTEAD.get(name.lower())
    if likely is None:
        close = nearest(name.lower(), sorted(VOCABULARY), 0.75)
        likely = f"<{close}>" if close else None
    if likely is not None:
        return f"write `{likely}`, or `&lt;{name}&gt;` if it is text"
    return f"remove its tags, or write `&lt;{name}&gt;` if it is text"
