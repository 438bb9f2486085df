"""An option's section, by the DOM contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manualgen.markup import nodes
from manualgen.markup.option import enumerated
from manualgen.options.addresses import is_safe
from manualgen.writers import labels, shapes
from manualgen.writers.html.blocks import code
from manualgen.writers.html.escaping import escape, fragment, href, option_name
from manualgen.writers.html.handlers import HANDLERS, between, children

if TYPE_CHECKING:
    from docutils import nodes as docutils_nodes

    from manualgen.writers.html import HtmlWriter
    from manualgen.writers.html.handlers import Handler, Parts


def option(writer: HtmlWriter, node: nodes.option, out: Parts) -> None:
    """Write an option: its name, its description, its facts."""
    identifier = node["ids"][0]
    writer._in_option = True
    writer._footnote_prefix = f"{identifier}.note-"
    writer._footnotes = {}
    out.append(
        f'<section class="option" id="{escape(identifier)}"><h3 class="option-name">'
        f'<a class="permalink" href="#{escape(fragment(identifier))}">'
        f"<code>{option_name(node['name'], word_breaks=writer._word_breaks)}</code></a>"
    )
    if node["read_only"]:
        out.append(' <span class="read-only">read only</span>')
    out.append("</h3>")
    children = node.children
    facts = False
    for child in children:
        if child.__class__ is nodes.option_fact and not facts:
            facts = True
            out.append('<dl class="option-facts">')
        out.append(_shared(writer, child))
    out.append("</dl></section>\n" if facts else "</section>\n")


def _shared(writer: HtmlWriter, node: docutils_nodes.Node) -> str:
    """Return a part of a section as HTML; parts that sections share are written once.

    What stands in it that is numbered by page, or stands on a page once, is written each
    time; what is linked, once for each object that knows the addresses.
    """
    html = writer._shared.get(node)
    if html is not None:
        return html
    linked = writer._linked.get(node)
    if linked is not None:
        writer._asked |= linked[1]
        return linked[0]
    out: Parts = []
    page_asked, writer._asked = writer._asked, set()
    writer._page_bound = writer._uses_links = False
    HANDLERS[node.__class__](writer, node, out)
    html = "".join(out)
    asked, writer._asked = writer._asked, page_asked
    page_asked |= asked
    if not writer._page_bound:
        if writer._uses_links:
            writer._linked[node] = (html, asked)
        else:
            writer._shared[node] = html
    return html


def _fact(writer: HtmlWriter, node: nodes.option_fact, out: Parts) -> None:
    out.append(f"<dt>{labels.FACTS[node['fact']]}</dt><dd>")
    declarations = shapes.declarations(node)
    if len(declarations) == 1:
        _declaration(writer, declarations[0], out)
    elif declarations:
        out.append('<ul class="declarations">')
        for declaration in declarations:
            out.append("<li>")
            _declaration(writer, declaration, out)
            out.append("</li>")
        out.append("</ul>")
    else:
        children(writer, shapes.only_paragraph(node) or node, out)
    out.append("</dd>")


def _declaration(_writer: HtmlWriter, node: Any, out: Parts) -> None:
    html = escape(node.astext().strip("<>"))
    address = node["refuri"]
    if address and is_safe(address):
        out.append(f'<a href="{href(address)}"><code>{html}</code></a>')
    else:
        out.append(f"<code>{html}</code>")


def _value(writer: HtmlWriter, node: nodes.option_value, out: Parts) -> None:
    text = node.rawsource
    if node["language"] == "text":
        out.append(_type(text))
    elif "\n" in text:
        out.append(code(writer, text, node["language"]))
    else:
        out.append(f"<code>{escape(text)}</code>")


def _type(text: str) -> str:
    parts = enumerated(text)
    if parts is None:
        return escape(text)
    return "".join([escape(part) if isinstance(part, str) else _values(part) for part in parts])


# Enumerated values stand in columns of one of these widths, in characters; a list with a longer
# value is one column. The style sheet has a rule for each.
_WIDTHS = (8, 12, 18, 26, 38)
_GAP = 2
_ROWS = 3
_NARROW, _WIDE = 30, 60
"""How many characters a line of a fact has at least, on a phone and on wider screens."""


def _values(values: list[str]) -> str:
    """Return a list of values; one of more than three rows can be folded.

    The style sheet shows the first three rows of what is folded. What has more of them on
    narrow screens only has the class ``narrow``: it is folded there alone.
    """
    longest = max(map(len, values))
    width = next((width for width in _WIDTHS if longest <= width), 0)
    name = f"values width-{width}" if width else "values"
    items = "".join([f"<li>{escape(value)}</li>" for value in values])
    shown = f'<ul class="{name}">{items}</ul>'
    if _rows(values, width, _NARROW) <= _ROWS:
        return shown
    kind = "folded" if _rows(values, width, _WIDE) > _ROWS else "folded narrow"
    return f'<details class="{kind}"><summary>{len(values)} values</summary>{shown}</details>'


def _rows(values: list[str], width: int, line: int) -> int:
    """Return how many rows values take in lines of a length, in columns of a width."""
    if not width:
        return sum(-(-len(value) // line) for value in values)
    columns = max(1, (line + _GAP) // (width + _GAP))
    return -(-len(values) // columns)


TABLE: dict[type[docutils_nodes.Node], Handler] = {
    nodes.option: option,
    nodes.option_description: between('<div class="option-description">', "</div>"),
    nodes.option_fact: _fact,
    nodes.option_value: _value,
    nodes.option_declaration: _declaration,
}
