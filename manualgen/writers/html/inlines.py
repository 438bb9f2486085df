"""What stands in a line: text, code, links and references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.options.addresses import is_safe
from manualgen.writers import shapes
from manualgen.writers.html.escaping import escape, href
from manualgen.writers.html.handlers import attributes, between, children, write_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from manualgen.writers.html import HtmlWriter
    from manualgen.writers.html.handlers import Handler, Parts
    from manualgen.writers.shapes import Picture


def _text(_writer: HtmlWriter, node: docutils_nodes.Text, out: Parts) -> None:
    out.append(escape(node))


def _literal(_writer: HtmlWriter, node: docutils_nodes.literal, out: Parts) -> None:
    classes = node["classes"]
    opening = f'<code class="{escape(" ".join(classes))}">' if classes else "<code>"
    out.append(f"{opening}{escape(node.astext())}</code>")


def _role(name: str) -> Handler:
    """Return what writes a role that refers to something by its name."""
    opening = f'<a class="{name}-ref" href="'
    unresolved = f'<code class="{name}-ref unresolved">'

    def write(writer: HtmlWriter, node: nodes.option_reference, out: Parts) -> None:
        html = escape(node.astext())
        address = writer._href(node, node.astext())[1]
        if address is None:
            out.append(f"{unresolved}{html}</code>")
        elif writer._in_link:
            out.append(f"<code>{html}</code>")
        else:
            out.append(f'{opening}{escape(address)}"><code>{html}</code></a>')

    return write


def _cross_reference(writer: HtmlWriter, node: nodes.cross_reference, out: Parts) -> None:
    target, address = writer._href(node, node["target"])
    content = shapes.shown_text(node, target)
    if target is None:
        out.append('<span class="unresolved">')
        write_all(writer, content, out)
        out.append("</span>")
        return
    if address is None:
        write_all(writer, content, out)
        return
    is_option = target.kind == "option" or node["target"].startswith("opt-")
    named = ' class="option-ref"' if is_option else ""
    if target.hint:
        named += f' title="{escape(target.hint)}"'
    out.append(f'<a{named} href="{escape(address)}">')
    _inside_link(writer, content, out)
    out.append("</a>")


def _manpage_reference(writer: HtmlWriter, node: nodes.manpage_reference, out: Parts) -> None:
    text = node.astext()
    writer._uses_links = True
    address = writer.links.manpage(text)
    if address and is_safe(address) and not writer._in_link:
        out.append(f'<a class="manpage" href="{href(address)}">{escape(text)}</a>')
    else:
        out.append(f'<span class="manpage">{escape(text)}</span>')


def _reference(writer: HtmlWriter, node: docutils_nodes.reference, out: Parts) -> None:
    out.append(f'<a href="{escape(node["refuri"])}">')
    _inside_link(writer, node.children, out)
    out.append("</a>")


def _inside_link(writer: HtmlWriter, content: Iterable[docutils_nodes.Node], out: Parts) -> None:
    """Write what is a link as a whole: nothing in it can be another."""
    writer._in_link = True
    write_all(writer, content, out)
    writer._in_link = False


def _image(writer: HtmlWriter, node: docutils_nodes.image, out: Parts) -> None:
    picture = writer.pictures.get(node)
    if picture is not None:
        out.append(_picture(node, picture))
        return
    # A manual does not fetch pictures from where strangers say; it links to them.
    address = node["uri"]
    text = escape(node.get("alt", "") or address)
    if is_safe(address) and not writer._in_link:
        out.append(f'<a class="image" href="{href(address)}">{text}</a>')
    else:
        out.append(text)


def _picture(node: docutils_nodes.image, picture: Picture) -> str:
    sides = zip(("width", "height"), picture.size or (), strict=False)
    size = "".join(f' {side}="{length}"' for side, length in sides)
    title = f' title="{escape(node["title"])}"' if node.get("title") else ""
    alternative = escape(node.get("alt", ""))
    return f'<img src="{escape(picture.name)}" alt="{alternative}"{size}{title}>'


def _span(writer: HtmlWriter, node: docutils_nodes.Element, out: Parts) -> None:
    out.append(f"<span{attributes(writer, node)}>")
    children(writer, node, out)
    out.append("</span>")


TABLE: dict[type[docutils_nodes.Node], Handler] = {
    docutils_nodes.Text: _text,
    docutils_nodes.literal: _literal,
    docutils_nodes.emphasis: between("<em>", "</em>"),
    docutils_nodes.strong: between("<strong>", "</strong>"),
    nodes.key: between("<kbd>", "</kbd>"),
    nodes.line_break: lambda _writer, _node, out: out.append("<br>\n"),
    docutils_nodes.reference: _reference,
    docutils_nodes.image: _image,
    docutils_nodes.target: _span,
    docutils_nodes.inline: _span,
    **{node: _role(name) for name, node in nodes.REFERRING_ROLES.items()},
    nodes.manpage_reference: _manpage_reference,
    nodes.cross_reference: _cross_reference,
}
