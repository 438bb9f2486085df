"""Doctree → HTML5, by the DOM contract.

A table says for each node class what it becomes; there is no visitor. Text is
escaped here and nowhere else, and nothing in a doctree can make a tag: raw
HTML does not pass.

There is no white space between tags but after a section: in a reference of
twenty thousand options each such newline is a quarter of a million nodes that a
browser has to make before the last option can be shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.markup.option import enumerated
from manualgen.options.addresses import is_safe
from manualgen.writers import highlight, words
from manualgen.writers.numbering import NUMBERING, NUMBERING_OF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Handler = Callable[["HtmlWriter", Any, list[str]], None]

# What HTML forbids even as a character reference: most control characters, lone
# surrogates, non-characters. CR would be read as a new line; it becomes one.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)
_SPECIAL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
# Most text is ASCII without any of these; finding that out is all the work there is.
_ASCII_SPECIAL = re.compile(r'[&<>"\x00-\x08\x0b-\x1f\x7f]')


def escape(text: str) -> str:
    """Return text that HTML shows as it is, in content and in double-quoted attributes.

    A character that HTML cannot hold becomes U+FFFD.
    """
    if text.isascii() and _ASCII_SPECIAL.search(text) is None:
        return text
    if _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.translate(_SPECIAL)


class HtmlWriter:
    """Writes nodes as HTML. One writer serves one page after the other."""

    def __init__(self, *, word_breaks: bool = True) -> None:
        """Take whether names offer to break after their dots: two nodes more for each dot."""
        self._word_breaks = word_breaks
        self._shared: dict[docutils_nodes.Node, str] = {}
        self._highlighted: dict[tuple[str, str], str] = {}
        self._ordered_depth = 0
        self._footnote_number = 0
        self._footnote_scope = ""
        self._footnotes: dict[str, _Footnote] = {}
        self._in_link = False
        self._ids: set[str] = set()
        self._page_bound = False
        self.option_list: Callable[[nodes.option_list], str] = lambda _: ""
        """Returns what stands where a book has the reference of an option set."""
        self.contents: Callable[[docutils_nodes.section], str] = lambda _: ""
        """Returns what stands below the heading of a book's division: its contents, if any."""

    def start_page(self, ids: Iterable[str] = ()) -> None:
        """Begin a new page: footnotes are numbered from 1 again.

        Args:
            ids: the identifiers of the page's sections, which no anchor in a text may take.
        """
        self._footnote_number = 0
        self._ids = set(ids)

    def section(self, section: nodes.option) -> str:
        """Return an option's section as the DOM contract has it."""
        self._footnote_scope = section["ids"][0]
        out: list[str] = []
        _option(self, section, out)
        return "".join(out)

    def chapter(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return blocks of a book as HTML; the names of their footnotes are identifiers."""
        self._footnote_scope = ""
        return self.blocks(blocks)

    def blocks(self, blocks: Iterable[docutils_nodes.Node]) -> str:
        """Return any nodes as HTML."""
        out: list[str] = []
        for block in blocks:
            _TABLE[block.__class__](self, block, out)
        return "".join(out)


def _children(writer: HtmlWriter, node: docutils_nodes.Node, out: list[str]) -> None:
    for child in node.children:
        _TABLE[child.__class__](writer, child, out)


def _between(before: str, after: str) -> Handler:
    """Return what writes a node's children between two tags."""

    def write(writer: HtmlWriter, node: docutils_nodes.Element, out: list[str]) -> None:
        out.append(before)
        for child in node.children:
            _TABLE[child.__class__](writer, child, out)
        out.append(after)

    return write


def _text(_writer: HtmlWriter, node: docutils_nodes.Text, out: list[str]) -> None:
    out.append(escape(node))


def _attributes(writer: HtmlWriter, node: docutils_nodes.Element, *classes: str) -> str:
    names = [*classes, *node["classes"]]
    shown = f' class="{escape(" ".join(names))}"' if names else ""
    for anchor in node["ids"]:
        writer._page_bound = True
        name = _identifier(anchor)
        if name not in writer._ids:
            writer._ids.add(name)
            return f'{shown} id="{escape(name)}"'
    return shown


def _identifier(anchor: str) -> str:
    # An author's anchor keeps its spelling; white space alone cannot stand in an id.
    return re.sub(r"\s", "_", anchor)


# ─── options ───


def _option(writer: HtmlWriter, node: nodes.option, out: list[str]) -> None:
    identifier = escape(node["ids"][0])
    out.append(
        f'<section class="option" id="{identifier}"><h3 class="option-name">'
        f'<a class="permalink" href="#{escape(fragment(node["ids"][0]))}">'
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
    """Return a part of a section as HTML; parts that sections share are written once."""
    known = writer._shared.get(node)
    if known is None:
        out: list[str] = []
        writer._page_bound = False
        _TABLE[node.__class__](writer, node, out)
        known = "".join(out)
        # Footnotes are numbered by page, and an identifier stands on a page once.
        if not writer._page_bound:
            writer._shared[node] = known
    return known


_UNSAFE_IN_FRAGMENT = re.compile(r"[^\w!$&'()*+,;=:@/?.~-]", re.ASCII)


def fragment(identifier: str) -> str:
    """Return an identifier as the fragment of an address, percent-encoded where it has to be."""
    if _UNSAFE_IN_FRAGMENT.search(identifier) is None:
        return identifier
    from urllib.parse import quote  # noqa: PLC0415 - rarely needed

    shown = _FORBIDDEN.sub("\ufffd", identifier)
    return quote(shown, safe="!$&'()*+,;=:@/?.~-")


_UNSAFE_IN_ADDRESS = re.compile(r"[^\w!#$%&'()*+,;=:@/?.~\[\]-]", re.ASCII)


def _href(address: str) -> str:
    """Return an address that nobody has encoded yet, for an attribute."""
    if _UNSAFE_IN_ADDRESS.search(address) is not None:
        from urllib.parse import quote  # noqa: PLC0415 - rarely needed

        shown = _FORBIDDEN.sub("\ufffd", address)
        address = _UNSAFE_IN_ADDRESS.sub(lambda found: quote(found[0]), shown)
    return escape(address)


def option_name(name: str, *, word_breaks: bool = True) -> str:
    """Return an option's name as HTML: the path quieter than its last part, breaking after dots."""
    path, dot, last = name.rpartition(".")
    if name.endswith('"'):
        # A quoted last part may hold dots.
        start = name.rfind('."', 0, -1)
        path, dot, last = (name[:start], ".", name[start + 1 :]) if start > 0 else ("", "", name)
    if not dot:
        return escape(name)
    shown = f"{escape(path)}."
    if word_breaks:
        shown = shown.replace(".", ".<wbr>")
    return f'<span class="path">{shown}</span>{escape(last)}'


def _fact(writer: HtmlWriter, node: nodes.option_fact, out: list[str]) -> None:
    out.append(f"<dt>{words.FACTS[node['fact']]}</dt><dd>")
    children = node.children
    if children and children[0].__class__ is nodes.option_declaration:
        if len(children) == 1:
            _declaration(writer, children[0], out)
        else:
            out.append('<ul class="declarations">')
            for child in children:
                out.append("<li>")
                _declaration(writer, child, out)
                out.append("</li>")
            out.append("</ul>")
    elif len(children) == 1 and children[0].__class__ is docutils_nodes.paragraph:
        _children(writer, children[0], out)
    else:
        _children(writer, node, out)
    out.append("</dd>")


def _declaration(_writer: HtmlWriter, node: Any, out: list[str]) -> None:
    shown = escape(node.astext().strip("<>"))
    address = node["refuri"]
    if address and is_safe(address):
        out.append(f'<a href="{_href(address)}"><code>{shown}</code></a>')
    else:
        out.append(f"<code>{shown}</code>")


_FOLDED_FROM = 8


def _value(writer: HtmlWriter, node: nodes.option_value, out: list[str]) -> None:
    text = node.rawsource
    if node["language"] == "text":
        out.append(_type(text))
    elif "\n" in text:
        out.append(_code(writer, text, node["language"]))
    else:
        out.append(f"<code>{escape(text)}</code>")


def _type(text: str) -> str:
    listed = enumerated(text)
    if listed is None:
        return escape(text)
    lead, values = listed
    items = [f"<li><code>{escape(value)}</code></li>" for value in values]
    shown = f'{escape(lead)}\n<ul class="values">{"".join(items[:_FOLDED_FROM])}</ul>'
    rest = items[_FOLDED_FROM:]
    if rest:
        shown += (
            f"<details><summary>{len(rest)} more</summary>"
            f'<ul class="values">{"".join(rest)}</ul></details>'
        )
    return shown


# ─── blocks ───


def _paragraph(writer: HtmlWriter, node: docutils_nodes.paragraph, out: list[str]) -> None:
    classes = node["classes"]
    out.append(f"<p{_attributes(writer, node)}>" if classes or node["ids"] else "<p>")
    for child in node.children:
        _TABLE[child.__class__](writer, child, out)
    out.append("</p>")


def _notice(writer: HtmlWriter, node: nodes.notice, out: list[str]) -> None:
    out.append('<p class="notice">')
    _children(writer, node, out)
    out.append("</p>")


def _code(writer: HtmlWriter, text: str, language: str) -> str:
    key = (language, text)
    known = writer._highlighted.get(key)
    if known is None:
        # HTML drops a newline right after <pre>; one more keeps one of the text's own.
        first = "\n" if text.startswith("\n") else ""
        marked = highlight.html(text, language) if _FORBIDDEN.search(text) is None else None
        if marked is None:
            known = f"<pre>{first}<code>{escape(text)}</code></pre>"
        else:
            known = f'<pre class="highlight">{first}<code>{marked}</code></pre>'
        writer._highlighted[key] = known
    return known


def _literal_block(writer: HtmlWriter, node: docutils_nodes.literal_block, out: list[str]) -> None:
    if any(child.__class__ is not docutils_nodes.Text for child in node.children):
        out.append("<pre><code>")
        _children(writer, node, out)
        out.append("</code></pre>")
        return
    out.append(_code(writer, node.astext(), node.get("language", "")))


def _bullet_list(writer: HtmlWriter, node: docutils_nodes.bullet_list, out: list[str]) -> None:
    out.append(f"<ul{_attributes(writer, node)}>")
    _items(writer, node, out)
    out.append("</ul>")


def _enumerated_list(
    writer: HtmlWriter, node: docutils_nodes.enumerated_list, out: list[str]
) -> None:
    numbering = NUMBERING_OF[node.get("enumtype", "arabic")]
    if numbering == "1":
        numbering = NUMBERING[writer._ordered_depth % len(NUMBERING)]
    start = node.get("start", 1)
    out.append(
        "<ol"
        + (f' type="{numbering}"' if numbering != "1" else "")
        + (f' start="{start}"' if start != 1 else "")
        + f"{_attributes(writer, node)}>"
    )
    writer._ordered_depth += 1
    _items(writer, node, out)
    writer._ordered_depth -= 1
    out.append("</ol>")


def _items(writer: HtmlWriter, node: docutils_nodes.Element, out: list[str]) -> None:
    tight = "tight" in node["classes"]
    for item in node.children:
        out.append("<li>")
        _blocks_of_item(writer, item, out, tight=tight)
        out.append("</li>")


def _blocks_of_item(
    writer: HtmlWriter, item: docutils_nodes.Node, out: list[str], *, tight: bool
) -> None:
    """Write an item's blocks; a tight item's first paragraph is text of the item itself."""
    children = item.children
    if tight and children and children[0].__class__ is docutils_nodes.paragraph:
        _children(writer, children[0], out)
        if len(children) > 1:
            out.append("\n")
        children = children[1:]
    for child in children:
        _TABLE[child.__class__](writer, child, out)


def _definition_list(
    writer: HtmlWriter, node: docutils_nodes.definition_list, out: list[str]
) -> None:
    out.append(f"<dl{_attributes(writer, node)}>")
    _children(writer, node, out)
    out.append("</dl>")


def _term(writer: HtmlWriter, node: docutils_nodes.term, out: list[str]) -> None:
    out.append(f"<dt{_attributes(writer, node)}>")
    _children(writer, node, out)
    out.append("</dt>")


def _definition(writer: HtmlWriter, node: docutils_nodes.definition, out: list[str]) -> None:
    out.append("<dd>")
    _blocks_of_item(writer, node, out, tight=len(node.children) == 1)
    out.append("</dd>")


def _admonition(writer: HtmlWriter, node: docutils_nodes.Element, out: list[str]) -> None:
    out.append(
        f"<div{_attributes(writer, node, 'admonition', node.tagname)}>"
        f'<p class="admonition-title">{words.ADMONITIONS[node.__class__]}</p>'
    )
    _children(writer, node, out)
    out.append("</div>")


def _table(writer: HtmlWriter, node: docutils_nodes.table, out: list[str]) -> None:
    out.append('<div class="table"><table>')
    for child in node.children:
        if child.__class__ is docutils_nodes.title:
            out.append("<caption>")
            _children(writer, child, out)
            out.append("</caption>")
        else:
            _children(writer, child, out)
    out.append("</table></div>")


def _head(writer: HtmlWriter, node: docutils_nodes.thead, out: list[str]) -> None:
    out.append("<thead>")
    _rows(writer, node, out, "th")
    out.append("</thead>")


def _body(writer: HtmlWriter, node: docutils_nodes.tbody, out: list[str]) -> None:
    out.append("<tbody>")
    _rows(writer, node, out, "td")
    out.append("</tbody>")


def _rows(writer: HtmlWriter, node: docutils_nodes.Element, out: list[str], cell: str) -> None:
    for row in node.children:
        out.append("<tr>")
        for entry in row.children:
            assert isinstance(entry, docutils_nodes.Element)
            span = entry.get("morecols", 0) + 1
            out.append(
                f"<{cell}{_attributes(writer, entry)}"
                + (f' colspan="{span}">' if span > 1 else ">")
            )
            _blocks_of_item(writer, entry, out, tight=True)
            out.append(f"</{cell}>")
        out.append("</tr>")


def _container(writer: HtmlWriter, node: docutils_nodes.container, out: list[str]) -> None:
    out.append(f"<div{_attributes(writer, node)}>")
    _children(writer, node, out)
    out.append("</div>")


# ─── books ───


def _section(writer: HtmlWriter, node: docutils_nodes.section, out: list[str]) -> None:
    classes = escape(" ".join(node["classes"]))
    if not node["ids"]:
        out.append(f'<section class="{classes}">')
    else:
        # A division's identifier is the book's, which knows that it stands here once.
        out.append(f'<section class="{classes}" id="{escape(node["ids"][0])}">')
    title, *blocks = node.children
    level = min(node["level"], 6)
    out.append(f"<h{level}>")
    if node["label"]:
        out.append(f'<span class="number">{escape(node["label"])}.</span> ')
    _children(writer, title, out)
    if node["ids"]:
        target = escape(fragment(node["ids"][0]))
        out.append(f' <a class="permalink" href="#{target}" aria-label="Link to here"></a>')
    out.append(f"</h{level}>")
    out.append(writer.contents(node))
    for block in blocks:
        _TABLE[block.__class__](writer, block, out)
    out.append("</section>")


def _option_list(writer: HtmlWriter, node: nodes.option_list, out: list[str]) -> None:
    out.extend(f'<div class="option-list" id="{escape(name)}"></div>' for name in node["ids"])
    # The options' footnotes are their own.
    notes, writer._footnotes = writer._footnotes, {}
    out.append(writer.option_list(node))
    writer._footnotes, writer._footnote_scope = notes, ""


_EXHIBITS = {"example": "Example", "figure": "Figure", "table": "Table"}


def _exhibit(writer: HtmlWriter, node: nodes.numbered_block, out: list[str]) -> None:
    kind = node["kind"]
    title, *blocks = node.children
    caption: list[str] = [f'<span class="number">{_EXHIBITS[kind]}\u00a0{node["number"]}.</span> ']
    _children(writer, title, caption)
    shown = "".join(caption)
    if kind == "example":
        out.append(f"<div{_attributes(writer, node, 'example')}>")
        out.append(f'<p class="example-title">{shown}</p>')
        _blocks(writer, blocks, out)
        out.append("</div>")
        return
    out.append(f"<figure{_attributes(writer, node, kind)}>")
    if kind == "table":
        out.append(f"<figcaption>{shown}</figcaption>")
        _blocks(writer, blocks, out)
    else:
        _blocks(writer, blocks, out)
        out.append(f"<figcaption>{shown}</figcaption>")
    out.append("</figure>")


def _blocks(writer: HtmlWriter, blocks: Iterable[docutils_nodes.Node], out: list[str]) -> None:
    for block in blocks:
        _TABLE[block.__class__](writer, block, out)


# ─── footnotes ───


class _Footnote(msgspec.Struct):
    """A footnote of the text that is being written.

    Attributes:
        number, name: its number and identifier on the page.
        references: how many references to it have been written.
    """

    number: int
    name: str
    references: int = 0


def _footnote(writer: HtmlWriter, label: str) -> _Footnote:
    found = writer._footnotes.get(label)
    if found is None:
        writer._footnote_number += 1
        scope = f"{writer._footnote_scope}.note-" if writer._footnote_scope else ""
        wanted = name = _identifier(f"{scope}{label}")
        # An option's description and its example may use one label.
        again = 1
        while name in writer._ids:
            again += 1
            name = f"{wanted}-{again}"
        writer._ids.update((name, f"{name}.back"))
        found = writer._footnotes[label] = _Footnote(writer._footnote_number, name)
    return found


def _footnote_reference(
    writer: HtmlWriter, node: docutils_nodes.footnote_reference, out: list[str]
) -> None:
    writer._page_bound = True
    note = _footnote(writer, node["refid"])
    if writer._in_link:
        out.append(f"<sup>{note.number}</sup>")
        return
    note.references += 1
    back = escape(f"{note.name}.{_back(note.references)}")
    target = escape(fragment(note.name))
    out.append(f'<sup><a class="footnote-ref" id="{back}" href="#{target}">{note.number}</a></sup>')


def _back(number: int) -> str:
    """Return how the identifier of a reference to a note ends, by its number among them."""
    return "back" if number == 1 else f"back-{number}"


def _footnotes(writer: HtmlWriter, node: nodes.footnotes, out: list[str]) -> None:
    writer._page_bound = True
    # Some are referred to by others only; those get their numbers here.
    notes = [(_footnote(writer, note["names"][0]), note) for note in node.children]  # type: ignore[index]
    notes.sort(key=lambda pair: pair[0].number)
    first = notes[0][0].number
    start = f' start="{first}"' if first != 1 else ""
    out.append(f'<ol class="footnotes"{start}>')
    # A note may refer to one before it: all are written before the ways back are.
    bodies: list[list[str]] = []
    for _, note in notes:
        bodies.append([])
        _children(writer, note, bodies[-1])
    for (known, _), body in zip(notes, bodies, strict=True):
        out.append(f'<li id="{escape(known.name)}">')
        out += body
        out.append(" ".join(_ways_back(known)))
        out.append("</li>")
    out.append("</ol>")
    if writer._footnote_scope:
        writer._footnotes.clear()


def _ways_back(note: _Footnote) -> list[str]:
    """Return a link to each reference to a note."""
    target = escape(fragment(note.name))
    several = note.references > 1
    return [
        f'<a class="footnote-back" href="#{target}.{_back(number)}"'
        f' aria-label="Back to the text{f" {number}" if several else ""}">'
        f"↩{f' {number}' if several else ''}</a>"
        for number in range(1, note.references + 1)
    ]


# ─── inlines ───


def _literal(_writer: HtmlWriter, node: docutils_nodes.literal, out: list[str]) -> None:
    classes = node["classes"]
    opening = f'<code class="{escape(" ".join(classes))}">' if classes else "<code>"
    out.append(f"{opening}{escape(node.astext())}</code>")


def _option_reference(writer: HtmlWriter, node: nodes.option_reference, out: list[str]) -> None:
    name = escape(node.astext())
    address = node.get("refuri")
    if address is None:
        out.append(f'<code class="option-ref unresolved">{name}</code>')
    elif writer._in_link:
        out.append(f"<code>{name}</code>")
    else:
        out.append(f'<a class="option-ref" href="{escape(address)}"><code>{name}</code></a>')


def _cross_reference(writer: HtmlWriter, node: nodes.cross_reference, out: list[str]) -> None:
    address = node.get("refuri")
    if address is None:
        out.append('<span class="unresolved">')
        _children(writer, node, out)
        out.append("</span>")
        return
    named = ' class="option-ref"' if node["target"].startswith("opt-") or node.get("name") else ""
    if "title" in node:
        named += f' title="{escape(node["title"])}"'
    out.append(f'<a{named} href="{escape(address)}">')
    _inside_link(writer, node, out)
    out.append("</a>")


def _manpage_reference(writer: HtmlWriter, node: nodes.manpage_reference, out: list[str]) -> None:
    name = escape(node.astext())
    address = node.get("refuri")
    if address and is_safe(address) and not writer._in_link:
        out.append(f'<a class="manpage" href="{_href(address)}">{name}</a>')
    else:
        out.append(f'<span class="manpage">{name}</span>')


def _reference(writer: HtmlWriter, node: docutils_nodes.reference, out: list[str]) -> None:
    out.append(f'<a href="{escape(node["refuri"])}">')
    _inside_link(writer, node, out)
    out.append("</a>")


def _inside_link(writer: HtmlWriter, node: docutils_nodes.Element, out: list[str]) -> None:
    """Write what is a link as a whole: nothing in it can be another."""
    writer._in_link = True
    _children(writer, node, out)
    writer._in_link = False


def _image(writer: HtmlWriter, node: docutils_nodes.image, out: list[str]) -> None:
    # A reference does not fetch pictures from where strangers say; it links to them.
    address = node["uri"]
    if node.get("copied"):
        _picture(node, out)
        return
    text = escape(node.get("alt", "") or address)
    if is_safe(address) and not writer._in_link:
        out.append(f'<a class="image" href="{_href(address)}">{text}</a>')
    else:
        out.append(text)


def _picture(node: docutils_nodes.image, out: list[str]) -> None:
    size = "".join(f' {side}="{node[side]}"' for side in ("width", "height") if side in node)
    title = f' title="{escape(node["title"])}"' if node.get("title") else ""
    out.append(
        f'<img src="{escape(node["uri"])}" alt="{escape(node.get("alt", ""))}"{size}{title}>'
    )


def _target(writer: HtmlWriter, node: docutils_nodes.target, out: list[str]) -> None:
    out.append(f"<span{_attributes(writer, node)}>")
    _children(writer, node, out)
    out.append("</span>")


def _inline(writer: HtmlWriter, node: docutils_nodes.inline, out: list[str]) -> None:
    _target(writer, node, out)  # type: ignore[arg-type]


_TABLE: dict[type[docutils_nodes.Node], Handler] = {
    docutils_nodes.Text: _text,
    nodes.option: _option,
    nodes.option_description: _between('<div class="option-description">', "</div>"),
    nodes.option_fact: _fact,
    nodes.option_value: _value,
    nodes.option_declaration: _declaration,
    nodes.notice: _notice,
    nodes.numbered_block: _exhibit,
    nodes.option_list: _option_list,
    docutils_nodes.section: _section,
    docutils_nodes.paragraph: _paragraph,
    docutils_nodes.literal_block: _literal_block,
    docutils_nodes.bullet_list: _bullet_list,
    docutils_nodes.enumerated_list: _enumerated_list,
    docutils_nodes.definition_list: _definition_list,
    docutils_nodes.definition_list_item: _children,
    docutils_nodes.term: _term,
    docutils_nodes.definition: _definition,
    docutils_nodes.block_quote: _between("<blockquote>", "</blockquote>"),
    docutils_nodes.note: _admonition,
    docutils_nodes.tip: _admonition,
    docutils_nodes.important: _admonition,
    docutils_nodes.warning: _admonition,
    docutils_nodes.caution: _admonition,
    docutils_nodes.table: _table,
    docutils_nodes.tgroup: _children,
    docutils_nodes.colspec: lambda *_: None,
    docutils_nodes.thead: _head,
    docutils_nodes.tbody: _body,
    docutils_nodes.transition: lambda _writer, _node, out: out.append("<hr>"),
    docutils_nodes.container: _container,
    nodes.footnotes: _footnotes,
    docutils_nodes.footnote_reference: _footnote_reference,
    docutils_nodes.literal: _literal,
    docutils_nodes.emphasis: _between("<em>", "</em>"),
    docutils_nodes.strong: _between("<strong>", "</strong>"),
    nodes.key: _between("<kbd>", "</kbd>"),
    nodes.line_break: lambda _writer, _node, out: out.append("<br>\n"),
    docutils_nodes.reference: _reference,
    docutils_nodes.image: _image,
    docutils_nodes.target: _target,
    docutils_nodes.inline: _inline,
    nodes.option_reference: _option_reference,
    nodes.cross_reference: _cross_reference,
    nodes.manpage_reference: _manpage_reference,
}
