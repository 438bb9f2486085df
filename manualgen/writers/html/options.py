"""An option's section, by the DOM contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manualgen.markup import nodes
from manualgen.markup.option import enumerated
from manualgen.options.addresses import is_safe
from manualgen.writers import labels, shapes
from manualgen.writers.html import heights
from manualgen.writers.html.blocks import code
from manualgen.writers.html.escaping import escape, href, link_to, option_name, split_name
from manualgen.writers.html.handlers import HANDLERS, between, children

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docutils import nodes as docutils_nodes

    from manualgen.writers.html import HtmlWriter
    from manualgen.writers.html.handlers import Handler, Parts
    from manualgen.writers.html.heights import Height


def option(writer: HtmlWriter, node: nodes.option, out: Parts) -> Height:
    """Write an option: its name, where it is declared, its description, its facts.

    Returns:
        The height that it will have, without its padding.
    """
    attributes = node.attributes
    identifier, name = attributes["ids"][0], attributes["name"]
    writer._in_option = True
    writer._footnote_prefix = f"{identifier}.note-"
    writer._footnotes = {}
    before = ""
    declared: Height | None = None
    described: Height | None = None
    facts: list[str] = []
    fact_heights: list[Height] = []
    known = writer._shared
    for child in node.children:
        html, height = known.get(child) or _shared(writer, child)
        if child.__class__ is not nodes.option_fact:
            before += html
            described = height
        elif child.attributes["fact"] == "declared-in":
            before, declared = html + before, height
        else:
            facts.append(html)
            fact_heights.append(height)
    height = heights.of_option(name, declared, described, fact_heights)
    address = link_to(identifier)
    shown_identifier = identifier if address == identifier else escape(identifier)
    link = f'<a class="permalink" href="#{address}">'
    if writer._compact:
        path, last = split_name(name)
        shown = f"{escape(path)}{link}{escape(last)}</a>"
    else:
        shown = f"{link}<code>{option_name(name)}</code></a>"
    out += (
        f'<section class="option" id="{shown_identifier}"',
        f' data-height="{height.wide}" data-narrow-height="{height.narrow}"><h3 class="option-name">',
        shown,
        ' <span class="read-only">read only</span></h3>' if attributes["read_only"] else "</h3>",
        before,
    )
    if not facts:
        out.append("</section>\n")
        return height
    if writer._compact and _share_label(facts, fact_heights):
        facts[:2] = [_TYPE_AND_DEFAULT + facts[0][len(_TYPE) :] + facts[1][len(_DEFAULT) :]]
    out += ('<dl class="option-facts">', *facts, "</dl></section>\n")
    return height


_TYPE = f"<dt>{labels.FACTS['type']}</dt>"
_DEFAULT = f"<dt>{labels.FACTS['default']}</dt>"
_TYPE_AND_DEFAULT = f"<dt>{labels.FACTS['type']}, {labels.FACTS['default'].lower()}</dt>"


def _share_label(facts: list[str], fact_heights: list[Height]) -> bool:
    """Return whether the first facts are a type and a default that stand on one line."""
    return (
        len(facts) > 1
        and facts[0].startswith(_TYPE)
        and facts[1].startswith(_DEFAULT)
        and not fact_heights[0].wide
        and not fact_heights[1].wide
    )


def _shared(writer: HtmlWriter, node: docutils_nodes.Node) -> tuple[str, Height]:
    """Return a part of a section as HTML, and its height; shared parts are written once.

    What stands in it that is numbered by page, or stands on a page once, is written each
    time; what is linked, once for each object that knows the addresses.
    """
    linked = writer._linked.get(node)
    if linked is not None:
        writer._asked |= linked[1]
        return linked[0]
    out: Parts = []
    page_asked, writer._asked = writer._asked, set()
    writer._page_bound = writer._uses_links = False
    if node.__class__ is nodes.option_fact:
        height = _fact(writer, node, out)
        html = "".join(out)
    else:
        HANDLERS[node.__class__](writer, node, out)
        html = "".join(out)
        height = heights.of_description(html)
        if writer._compact:
            html = _one_paragraph(html)
    asked, writer._asked = writer._asked, page_asked
    page_asked |= asked
    part = (html, height)
    if not writer._page_bound:
        if writer._uses_links:
            writer._linked[node] = (part, asked)
        else:
            writer._shared[node] = part
    return part


_DESCRIPTION = '<div class="option-description">'


def _one_paragraph(html: str) -> str:
    """Return a description without the element around its paragraph, if it is only one."""
    start, end = f"{_DESCRIPTION}<p>", "</p></div>"
    if html.startswith(start) and html.endswith(end) and html.find("</p>") == len(html) - len(end):
        return f'<p class="option-description">{html[len(start) : -len(end)]}</p>'
    return html


def _fact(writer: HtmlWriter, node: Any, out: Parts) -> Height:
    declarations = shapes.declarations(node)
    fact = node.attributes["fact"]
    if fact == "declared-in":
        _declarations(declarations, out)
        return heights.of_declarations([len(each.astext().strip("<>")) for each in declarations])
    out.append(f"<dt>{labels.FACTS[fact]}</dt>")
    value = shapes.short_value(node) if writer._compact else None
    if declarations:
        out.append("<dd>")
        _declarations(declarations, out)
    elif value is not None and value["language"] != "text":
        # The style sheet shows it as code.
        out.append(f'<dd class="value">{escape(value.rawsource)}')
    else:
        out.append("<dd>")
        children(writer, shapes.only_paragraph(node) or node, out)
    out.append("</dd>")
    return heights.of_fact("".join(out))


def _write_fact(writer: HtmlWriter, node: nodes.option_fact, out: Parts) -> None:
    _fact(writer, node, out)


def _declarations(declarations: Iterable[Any], out: Parts) -> None:
    """Write where an option is declared or defined."""
    shown = [_declared(declaration) for declaration in declarations]
    if len(shown) == 1:
        out += shown
    else:
        out += ('<ul class="declarations"><li>', "</li><li>".join(shown), "</li></ul>")


def _declared(node: Any) -> str:
    html = escape(node.astext().strip("<>"))
    address = node["refuri"]
    if address and is_safe(address):
        return f'<a class="declaration" href="{href(address)}">{html}</a>'
    return f'<span class="declaration">{html}</span>'


def _value(writer: HtmlWriter, node: nodes.option_value, out: Parts) -> None:
    text = node.rawsource
    if node["language"] == "text":
        out.append(_type(text, node.attributes.get("submodule_href", "")))
    elif "\n" in text:
        out.append(code(writer, text, node["language"]))
    else:
        out.append(f"<code>{escape(text)}</code>")


def _type(text: str, submodule_href: str = "") -> str:
    parts = enumerated(text)
    if parts is None:
        return escape(text)
    html = [escape(part) if isinstance(part, str) else _values(part) for part in parts]
    if submodule_href:
        link = f'<a href="{escape(submodule_href)}">submodule</a>'
        for index, part in enumerate(parts):
            if isinstance(part, str) and "submodule" in part:
                html[index] = html[index].replace("submodule", link, 1)
                break
    return "".join(html)


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
    nodes.option_description: between(_DESCRIPTION, "</div>"),
    nodes.option_fact: _write_fact,
    nodes.option_value: _value,
    nodes.option_declaration: lambda _writer, node, out: out.append(_declared(node)),
}
