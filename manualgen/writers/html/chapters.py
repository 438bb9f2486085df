"""What only the chapters of a manual have: sections, numbered blocks, lists of options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.writers import shapes
from manualgen.writers.html import footnotes, option_groups
from manualgen.writers.html.escaping import escape, fragment
from manualgen.writers.html.handlers import attributes, between, children, write_all

if TYPE_CHECKING:
    from manualgen.writers.html import HtmlWriter
    from manualgen.writers.html.handlers import Handler, Parts


def _section(writer: HtmlWriter, node: docutils_nodes.section, out: Parts) -> None:
    classes = escape(" ".join(node["classes"]))
    if not node["ids"]:
        out.append(f'<section class="{classes}">')
    else:
        # A division's identifier is the manual's, which knows that it stands here once.
        out.append(f'<section class="{classes}" id="{escape(node["ids"][0])}">')
    title, blocks = shapes.titled(node)
    scope = node.get("footnote_scope")
    outer = footnotes.enter(writer, scope) if scope is not None else None
    level = min(node["level"], 6)
    out.append(f"<h{level}>")
    if node["label"]:
        out.append(f'<span class="number">{escape(node["label"])}.</span> ')
    children(writer, title, out)
    if node["ids"]:
        target = escape(fragment(node["ids"][0]))
        out.append(f' <a class="permalink" href="#{target}" aria-label="Link to here"></a>')
    out.append(f"</h{level}>")
    write_all(writer, blocks, out)
    out.append("</section>")
    if outer is not None:
        footnotes.leave(writer, outer)


def _option_list(writer: HtmlWriter, node: nodes.option_list, out: Parts) -> None:
    out.extend(f'<div class="option-list" id="{escape(name)}"></div>' for name in node["ids"])
    sections = node.get("sections")
    if sections is None:
        # The options stand on pages of their own; this one knows what to show of them.
        out.append(node)
        return
    count = node["count"]
    out.append(f'<h2 class="option-count">{count:,} option{"" if count == 1 else "s"}</h2>\n')
    # The options' footnotes are their own.
    outer = footnotes.current(writer)
    links, linked = writer.links, writer._linked
    if "links" in node:
        writer.links, writer._linked = node["links"], {}
    option_groups.write(writer, sections, node.get("groups", ()), out)
    writer.links, writer._linked = links, linked
    footnotes.leave(writer, outer)


def _numbered_block(writer: HtmlWriter, node: nodes.numbered_block, out: Parts) -> None:
    kind = node["kind"]
    title, blocks = shapes.titled(node)
    label = escape(shapes.caption_label(node, writer.numbers))
    caption: Parts = [f'<span class="number">{label}.</span> ']
    children(writer, title, caption)
    if kind == "example":
        out.append(f"<div{attributes(writer, node, 'example')}>")
        out += ['<p class="example-title">', *caption, "</p>"]
        write_all(writer, blocks, out)
        out.append("</div>")
        return
    out.append(f"<figure{attributes(writer, node, kind)}>")
    if kind == "table":
        out += ["<figcaption>", *caption, "</figcaption>"]
        write_all(writer, blocks, out)
    else:
        write_all(writer, blocks, out)
        out += ["<figcaption>", *caption, "</figcaption>"]
    out.append("</figure>")


TABLE: dict[type[docutils_nodes.Node], Handler] = {
    docutils_nodes.section: _section,
    docutils_nodes.title: between('<p class="title">', "</p>"),
    docutils_nodes.subtitle: between('<p class="subtitle">', "</p>"),
    nodes.option_list: _option_list,
    # The page puts the table of contents here.
    nodes.local_contents: lambda _writer, node, out: out.append(node),
    nodes.numbered_block: _numbered_block,
}
