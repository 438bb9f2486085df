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


_FOLDED_FROM = 8


def _value(writer: HtmlWriter, node: nodes.option_value, out: Parts) -> None:
    text = node.rawsource
    if node["language"] == "text":
        out.append(_type(text))
    elif "\n" in text:
        out.append(code(writer, text, node["language"]))
    else:
        out.append(f"<code>{escape(text)}</code>")


def _type(text: str) -> str:
    listed = enumerated(text)
    if listed is None:
        return escape(text)
    lead, values = listed
    items = [f"<li><code>{escape(value)}</code></li>" for value in values]
    html = f'{escape(lead)}\n<ul class="values">{"".join(items[:_FOLDED_FROM])}</ul>'
    rest = items[_FOLDED_FROM:]
    if rest:
        html += (
            f"<details><summary>{len(rest)} more</summary>"
            f'<ul class="values">{"".join(rest)}</ul></details>'
        )
    return html


TABLE: dict[type[docutils_nodes.Node], Handler] = {
    nodes.option: option,
    nodes.option_description: between('<div class="option-description">', "</div>"),
    nodes.option_fact: _fact,
    nodes.option_value: _value,
    nodes.option_declaration: _declaration,
}
