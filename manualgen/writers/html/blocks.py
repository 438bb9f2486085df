"""Paragraphs, lists, tables and other blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.options.model import FORBIDDEN_IN_HTML
from manualgen.writers import highlight, labels, shapes
from manualgen.writers.html.escaping import escape
from manualgen.writers.html.handlers import HANDLERS, attributes, between, children, nothing

if TYPE_CHECKING:
    from manualgen.writers.html import HtmlWriter
    from manualgen.writers.html.handlers import Handler, Parts


def _paragraph(writer: HtmlWriter, node: docutils_nodes.paragraph, out: Parts) -> None:
    classes = node["classes"]
    out.append(f"<p{attributes(writer, node)}>" if classes or node["ids"] else "<p>")
    for child in node.children:
        HANDLERS[child.__class__](writer, child, out)
    out.append("</p>")


def _notice(writer: HtmlWriter, node: nodes.notice, out: Parts) -> None:
    out.append('<p class="notice">')
    children(writer, node, out)
    out.append("</p>")


def code(writer: HtmlWriter, text: str, language: str) -> str:
    """Return a block of code, highlighted where the language is known."""
    key = (language, text)
    html = writer._highlighted.get(key)
    if html is None:
        # HTML drops a newline right after <pre>; one more keeps one of the text's own.
        first = "\n" if text.startswith("\n") else ""
        highlighted = (
            highlight.html(text, language) if FORBIDDEN_IN_HTML.search(text) is None else None
        )
        if highlighted is None:
            html = f"<pre>{first}<code>{escape(text)}</code></pre>"
        else:
            html = f'<pre class="highlight">{first}<code>{highlighted}</code></pre>'
        writer._highlighted[key] = html
    return html


def _literal_block(writer: HtmlWriter, node: docutils_nodes.literal_block, out: Parts) -> None:
    if any(child.__class__ is not docutils_nodes.Text for child in node.children):
        out.append("<pre><code>")
        children(writer, node, out)
        out.append("</code></pre>")
        return
    out.append(code(writer, node.astext(), node.get("language", "")))


def _bullet_list(writer: HtmlWriter, node: docutils_nodes.bullet_list, out: Parts) -> None:
    out.append(f"<ul{attributes(writer, node)}>")
    _items(writer, node, out)
    out.append("</ul>")


def _enumerated_list(writer: HtmlWriter, node: docutils_nodes.enumerated_list, out: Parts) -> None:
    numbering = shapes.numbering(node, writer._ordered_depth)
    start = node.get("start", 1)
    out.append(
        "<ol"
        + (f' type="{numbering}"' if numbering != "1" else "")
        + (f' start="{start}"' if start != 1 else "")
        + f"{attributes(writer, node)}>"
    )
    writer._ordered_depth += 1
    _items(writer, node, out)
    writer._ordered_depth -= 1
    out.append("</ol>")


def _items(writer: HtmlWriter, node: docutils_nodes.Element, out: Parts) -> None:
    tight = "tight" in node["classes"]
    for item in node.children:
        out.append("<li>")
        _blocks_of_item(writer, item, out, tight=tight)
        out.append("</li>")


def _blocks_of_item(
    writer: HtmlWriter, item: docutils_nodes.Node, out: Parts, *, tight: bool
) -> None:
    """Write an item's blocks; a tight item's first paragraph is text of the item itself."""
    blocks = item.children
    if tight and blocks and blocks[0].__class__ is docutils_nodes.paragraph:
        children(writer, blocks[0], out)
        if len(blocks) > 1:
            out.append("\n")
        blocks = blocks[1:]
    for child in blocks:
        HANDLERS[child.__class__](writer, child, out)


def _definition_list(writer: HtmlWriter, node: docutils_nodes.definition_list, out: Parts) -> None:
    out.append(f"<dl{attributes(writer, node)}>")
    children(writer, node, out)
    out.append("</dl>")


def _term(writer: HtmlWriter, node: docutils_nodes.term, out: Parts) -> None:
    out.append(f"<dt{attributes(writer, node)}>")
    children(writer, node, out)
    out.append("</dt>")


def _definition(writer: HtmlWriter, node: docutils_nodes.definition, out: Parts) -> None:
    out.append("<dd>")
    _blocks_of_item(writer, node, out, tight=len(node.children) == 1)
    out.append("</dd>")


def _admonition(writer: HtmlWriter, node: docutils_nodes.Element, out: Parts) -> None:
    out.append(
        f"<div{attributes(writer, node, 'admonition', labels.ADMONITION_NAMES[node.__class__])}>"
        f'<p class="admonition-title">{labels.ADMONITION_TITLES[node.__class__]}</p>'
    )
    children(writer, node, out)
    out.append("</div>")


def _table(writer: HtmlWriter, node: docutils_nodes.table, out: Parts) -> None:
    out.append('<div class="table"><table>')
    for child in node.children:
        if child.__class__ is docutils_nodes.title:
            out.append("<caption>")
            children(writer, child, out)
            out.append("</caption>")
        else:
            children(writer, child, out)
    out.append("</table></div>")


def _head(writer: HtmlWriter, node: docutils_nodes.thead, out: Parts) -> None:
    out.append("<thead>")
    _rows(writer, node, out, "th")
    out.append("</thead>")


def _body(writer: HtmlWriter, node: docutils_nodes.tbody, out: Parts) -> None:
    out.append("<tbody>")
    _rows(writer, node, out, "td")
    out.append("</tbody>")


def _rows(writer: HtmlWriter, node: docutils_nodes.Element, out: Parts, cell: str) -> None:
    for row in node.children:
        out.append("<tr>")
        for entry in row.children:
            assert isinstance(entry, docutils_nodes.Element)
            span = shapes.span(entry)
            out.append(
                f"<{cell}{attributes(writer, entry)}" + (f' colspan="{span}">' if span > 1 else ">")
            )
            _blocks_of_item(writer, entry, out, tight=True)
            out.append(f"</{cell}>")
        out.append("</tr>")


def _container(writer: HtmlWriter, node: docutils_nodes.container, out: Parts) -> None:
    out.append(f"<div{attributes(writer, node)}>")
    children(writer, node, out)
    out.append("</div>")


TABLE: dict[type[docutils_nodes.Node], Handler] = {
    nodes.notice: _notice,
    docutils_nodes.paragraph: _paragraph,
    docutils_nodes.literal_block: _literal_block,
    docutils_nodes.bullet_list: _bullet_list,
    docutils_nodes.enumerated_list: _enumerated_list,
    docutils_nodes.definition_list: _definition_list,
    docutils_nodes.definition_list_item: children,
    docutils_nodes.term: _term,
    docutils_nodes.definition: _definition,
    docutils_nodes.block_quote: between("<blockquote>", "</blockquote>"),
    **dict.fromkeys(nodes.ADMONITIONS.values(), _admonition),
    docutils_nodes.table: _table,
    docutils_nodes.tgroup: children,
    docutils_nodes.colspec: nothing,
    docutils_nodes.thead: _head,
    docutils_nodes.tbody: _body,
    docutils_nodes.transition: lambda _writer, _node, out: out.append("<hr>"),
    docutils_nodes.container: _container,
}
