"""One structure in every format: the blocks of a doctree are those of its HTML and its man page.

The doctree's side is its outline (:mod:`manualgen.markup.structure`), references with the texts of
what they lead to, hidden lists recovered. The HTML is read by an HTML5 parser, the man page by mandoc
(:mod:`tests.man_outline`); neither way uses any of our code. Text has its white space folded, but
in code. Beside the blocks, each list is compared: of which kind, tight or loose, where it starts.

What formats show in their own way, and is therefore said of the doctree before it is compared
(:class:`_As`); there are no other exceptions:

* both: a line break is a mark in the text, so that it is compared; a table's title is a paragraph
  before it; a cell's blocks are one text; footnotes' references are no text in an outline: man
  shows their label, HTML a number, left out here;
* HTML: an image is a link to it, by its address where it has no text;
* man: a link is followed by the number of its address, which stands at the option's end and is
  compared too; an image without text is called so; code has no tabs and no spaces at a line's end;
  a zero-width space is only a place to break; several terms of one definition are parted by
  commas; a table that does not fit is a list of its rows; one item alone is neither tight nor loose;
* an option's type and its places are words of ours, not blocks of an author's.

In man, two lists of one kind with nothing between them would be one. No real option has any: no
exception is made for them.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from docutils import nodes as docutils_nodes
from selectolax.lexbor import LexborHTMLParser

from manualgen.markup import nodes
from manualgen.markup.structure import outline, visible_text
from manualgen.options.model import Markup, Option, Text
from manualgen.writers import html, manpage
from manualgen.writers.html import HtmlWriter
from manualgen.writers.manpage import ManpageWriter
from tests import man_outline
from tests.conftest import ROOT, shared
from tests.man_outline import BREAK, List, fold
from tests.rendering import man_page, manual, manual_of, run, sections_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from selectolax.lexbor import LexborNode

    from manualgen.book.manual import Manual
    from manualgen.markup.links import Links

# ─── what a doctree says ───


class Table(NamedTuple):
    """How many rows of a table are its head; its cells' blocks, None where they are but text."""

    heads: int
    cells: list[list[list[Any] | None]]


class _As:
    """Copies of nodes, changed as a format shows them (see above)."""

    def __init__(self, targets: Links, *, man: bool) -> None:
        self._targets = targets
        self._man = man
        self.links: list[str] = []
        self.tables: list[Table] = []

    def blocks(self, blocks: Iterable[docutils_nodes.Node]) -> list[docutils_nodes.Node]:
        return [made for block in blocks for made in self._node(block)]

    def _node(self, node: docutils_nodes.Node) -> list[docutils_nodes.Node]:
        if isinstance(node, docutils_nodes.Element):
            return self._element(node)
        text = str(node)
        return [docutils_nodes.Text(text.replace("\u200b", "") if self._man else text)]

    def _element(self, node: docutils_nodes.Element) -> list[docutils_nodes.Node]:
        if isinstance(node, nodes.line_break):
            return [docutils_nodes.Text(BREAK)]
        if isinstance(node, docutils_nodes.image):
            return [docutils_nodes.Text(self._image(node))]
        if isinstance(node, docutils_nodes.footnote_reference):
            return [docutils_nodes.Text(f" ({node['refid']})" if self._man else "")]
        if isinstance(node, nodes.option_value) and "\n" not in node.astext():
            return [docutils_nodes.paragraph("", *self.blocks(node.children))]
        if isinstance(node, (docutils_nodes.literal_block, nodes.option_value)):
            return [self._code(node)]
        made = node.copy()
        made.extend(self.blocks(self._children(node)))
        if isinstance(made, docutils_nodes.table):
            self.tables.append(self._table(node))
            titles = list(made.findall(docutils_nodes.title))
            return [*(docutils_nodes.paragraph("", visible_text(title)) for title in titles), made]
        if isinstance(made, docutils_nodes.entry):
            # Blocks of a cell are one text.
            texts = [visible_text(part) for part in made.findall(_is_text)]
            made.children = [docutils_nodes.paragraph("", " ".join(texts))]
        if self._man:
            self._mark(node, made)
        return [made]

    def _children(self, node: docutils_nodes.Element) -> Iterable[docutils_nodes.Node]:
        """Return what is shown in a node: of what it leads to where it has no text of its own."""
        if not isinstance(node, nodes.cross_reference) or node.children:
            return node.children
        target = self._targets.target(node)
        return [docutils_nodes.Text(f"#{node['target']}")] if target is None else target.text

    def _mark(self, node: docutils_nodes.Element, made: docutils_nodes.Element) -> None:
        """Add what a man page says beside a text: numbers of links, commas between terms."""
        address = self._numbered(node)
        if address is not None:
            made.append(docutils_nodes.Text(self._number(address)))
        if isinstance(made, docutils_nodes.definition_list_item):
            terms = [child for child in made.children if isinstance(child, docutils_nodes.term)]
            for term in terms[:-1]:
                term.append(docutils_nodes.Text(","))

    def _numbered(self, node: docutils_nodes.Element) -> str | None:
        """Return what a man page lists below a number for a link, if it does."""
        if isinstance(node, docutils_nodes.reference):
            address = node["refuri"]
            shown = node.astext()
            return None if shown in {address, address.removeprefix("mailto:")} else address
        if isinstance(node, nodes.cross_reference) and node.children:
            target = self._targets.target(node)
            if target is not None and target.kind == "option":
                return "the option " + "".join(part.astext() for part in target.text)
        return None

    def _table(self, node: docutils_nodes.Element) -> Table:
        heads = node.findall(docutils_nodes.thead)
        cells = [
            [
                None
                if all(isinstance(block, docutils_nodes.paragraph) for block in entry.children)
                else outline(self.blocks(entry.children))
                for entry in row.children
            ]
            for row in node.findall(docutils_nodes.row)
        ]
        return Table(sum(len(head.children) for head in heads), cells)

    def _number(self, address: str) -> str:
        if address not in self.links:
            self.links.append(address)
        return f"[{self.links.index(address) + 1}]"

    def _image(self, node: docutils_nodes.image) -> str:
        if self._man:
            return (node.get("alt", "") or "image") + self._number(node["uri"])
        return node.get("alt", "") or node["uri"]

    def _code(self, node: docutils_nodes.Element) -> docutils_nodes.Node:
        text = "".join([visible_text(child) for child in self.blocks(node.children)])
        if self._man:
            text = "\n".join(line.expandtabs(8).rstrip() for line in text.split("\n"))
        return docutils_nodes.literal_block(text, text)


def _is_text(node: docutils_nodes.Node) -> bool:
    return isinstance(node, docutils_nodes.TextElement) and not isinstance(
        node, docutils_nodes.Inline
    )


class Said(NamedTuple):
    """What a doctree says: its outline, its lists, what its outline does not have of tables."""

    blocks: list[Any]
    lists: list[List]
    tables: list[Table]


def _said(blocks: list[docutils_nodes.Node], form: _As) -> Said:
    """Return what blocks say, as a format is to show it."""
    plain = all(map(_is_plain, blocks))
    made = blocks if plain else form.blocks(blocks)
    lists = [found for block in blocks for found in _lists(block)]
    said = outline(made)
    return Said(said if plain else _broken(said), lists, form.tables)


def _broken(found: Any) -> Any:
    """Return an outline with no white space beside line breaks."""
    if isinstance(found, str):
        return re.sub(f" ?{BREAK} ?", BREAK, found) if BREAK in found else found
    return [_broken(part) for part in found]


def _is_plain(block: docutils_nodes.Node) -> bool:
    """Whether every format shows a block as it is; that saves the copy."""
    return "\u200b" not in block.astext() and all(
        isinstance(node, _PLAIN) for node in block.findall()
    )


_PLAIN = (
    docutils_nodes.Text,
    docutils_nodes.paragraph,
    docutils_nodes.literal,
    docutils_nodes.emphasis,
    docutils_nodes.strong,
    docutils_nodes.bullet_list,
    docutils_nodes.enumerated_list,
    docutils_nodes.list_item,
    nodes.option_reference,
    nodes.manpage_reference,
)


def _lists(block: docutils_nodes.Node) -> Iterator[List]:
    for node in block.findall():
        if isinstance(node, docutils_nodes.bullet_list):
            yield List("ul", "tight" in node["classes"], "")
        elif isinstance(node, docutils_nodes.enumerated_list):
            yield List("ol", "tight" in node["classes"], str(node.get("start", 1)))


# ─── what HTML says ───

_BLOCKS = frozenset({"p", "ul", "ol", "dl", "pre", "blockquote", "div", "table", "hr"})
_ADMONITIONS = frozenset({"note", "tip", "important", "warning", "caution"})


class _Html:
    """The outline of HTML: what an HTML5 parser makes of it."""

    def __init__(self) -> None:
        self.lists: list[List] = []

    def flow(self, parent: LexborNode) -> list[Any]:
        """Return the blocks in an element; text beside blocks is a paragraph."""
        found: list[Any] = []
        text: list[str] = []
        for child in parent.iter(include_text=True):
            if child.tag not in _BLOCKS:
                text.append(_words(child))
                continue
            _add_paragraph(found, text)
            text = []
            found.extend(self._block(child))
        _add_paragraph(found, text)
        return found

    def _block(self, node: LexborNode) -> list[Any]:
        tag = node.tag
        names = (node.attributes.get("class") or "").split()
        if tag == "p":
            found: list[Any] = []
            assert not any(child.tag in _BLOCKS for child in node.iter())
            _add_paragraph(found, [_words(node)])
            assert found, "an empty paragraph"
            return found
        if tag == "pre":
            return [["pre", node.text()]]
        if tag in {"ul", "ol"}:
            return [self._list(node, names)]
        if tag == "dl":
            return [["dl", self._definitions(node)]]
        if tag == "blockquote":
            return [["quote", self.flow(node)]]
        if tag == "hr":
            return [["hr"]]
        if tag == "table":
            return self._table(node)
        if "admonition" in names:
            (kind,) = _ADMONITIONS.intersection(names)
            title, *rest = self.flow(node)
            assert title == ["p", kind.capitalize()]
            return [[kind, rest]]
        return self.flow(node)

    def _list(self, node: LexborNode, names: list[str]) -> list[Any]:
        assert all(child.tag == "li" for child in node.iter(include_text=True))
        if "footnotes" in names:
            return ["footnotes", [self.flow(item) for item in node.iter()]]
        tight = "tight" in names
        index = len(self.lists)
        self.lists.append(List(node.tag, tight, ""))
        if node.tag == "ol":
            start = node.attributes.get("start") or "1"
            self.lists[index] = self.lists[index]._replace(start=start)
        for item in node.iter():
            first = next((c for c in item.iter(include_text=True) if _words(c).strip()), None)
            beside = first is not None and first.tag not in _BLOCKS
            assert tight or not beside, "text of a loose list is not a paragraph"
            assert not (tight and first is not None and first.tag == "p"), "a tight list's is one"
        return [node.tag, [self.flow(item) for item in node.iter()]]

    def _definitions(self, node: LexborNode) -> list[Any]:
        found: list[Any] = []
        last = ""
        for child in node.iter(include_text=True):
            if child.tag == "dt":
                if last != "dt":
                    found.append([[], []])
                found[-1][0].append(_words(child))
            else:
                assert child.tag == "dd"
                found[-1][1].extend(self.flow(child))
            last = child.tag
        return [[fold(" ".join(terms)), blocks] for terms, blocks in found]

    def _table(self, node: LexborNode) -> list[Any]:
        titles = [["p", fold(_words(title))] for title in node.css("caption")]
        rows = [
            [fold(" ".join(_texts(self.flow(cell)))) for cell in row.iter()]
            for row in node.css("tr")
        ]
        return [*titles, ["table", rows]]


def _add_paragraph(found: list[Any], text: list[str]) -> None:
    shown = fold("".join(text))
    if shown:
        found.append(["p", shown])


def _words(node: LexborNode) -> str:
    if node.tag == "-text":
        return node.text_content or ""
    if node.tag == "br":
        return BREAK
    if node.tag == "sup" or "footnote-back" in (node.attributes.get("class") or ""):
        return ""
    return "".join([_words(child) for child in node.iter(include_text=True)])


def _texts(found: Any) -> list[str]:
    """Return the texts of blocks in their order, names of kinds aside."""
    texts: list[str] = []
    for kind, *rest in found:
        if kind in {"p", "pre"}:
            texts.append(rest[0])
        elif kind == "dl":
            texts.extend(t for term, blocks in rest[0] for t in [term, *_texts(blocks)])
        elif kind in {"ul", "ol"}:
            texts.extend(t for item in rest[0] for t in _texts(item))
        elif kind == "table":
            texts.extend(t for row in rest[0] for t in row)
        elif rest:
            texts.extend(_texts(rest[0]))
    return texts


# ─── what a man page shows ───


def _as_in_man(said: list[Any], tables: list[Table], found: list[Any]) -> list[Any]:
    """Return blocks as a man page may show them: each table drawn, or a list of its rows.

    The page decides which; of all ways, the one that it took is returned if there is one.
    """
    numbers = range(len(tables))
    for count in range(len(tables) + 1):
        for listed in combinations(numbers, count):
            shown = _with_lists(said, listed, iter(enumerate(tables)))
            if shown == found:
                return shown
    return said


def _with_lists(
    said: list[Any], listed: tuple[int, ...], tables: Iterator[tuple[int, Table]]
) -> list[Any]:
    made: list[Any] = []
    for part in said:
        if isinstance(part, list) and len(part) == 2 and part[0] == "table":
            number, table = next(tables)
            made.extend(_rows_as_list(part[1], table) if number in listed else [part])
        else:
            made.append(_with_lists(part, listed, tables) if isinstance(part, list) else part)
    return made


def _rows_as_list(rows: list[list[str]], table: Table) -> list[Any]:
    """Return a table as a list: a row's first cell is the term, the others follow their names.

    Cells of nothing but text are lines; from the first on that is more, each is blocks.
    """
    names = rows[0] if table.heads else [""] * len(rows[0])
    first = min(table.heads, 1)
    items = []
    for (term, *texts), (_, *cells) in zip(rows[first:], table.cells[first:], strict=True):
        lines = []
        below: list[Any] = []
        for name, text, blocks in zip(names[1:], texts, cells, strict=True):
            if below or blocks is not None:
                below.extend([["p", f"{name}:"]] if name and text else [])
                below.extend([["p", text]] if blocks is None and text else blocks or [])
            elif text:
                lines.append(f"{name}: {text}" if name else text)
        items.append([term, ([["p", BREAK.join(lines)]] if lines else []) + below])
    return [*([["p", f"{names[0]}:"]] if names[0] else []), ["dl", items]]


def _number_of(mark: str) -> str:
    """Return the number of an enumerator, which may be a letter."""
    shown = mark[:-1].lower()
    if not shown.isalpha():
        return shown
    return "1" if shown == "i" else str(ord(shown) - ord("a") + 1)


def _lists_in_man(said: list[List], found: list[List]) -> list[List]:
    """Return lists as a man page may show them: one item alone is neither tight nor loose."""
    if len(said) != len(found):
        return said
    return [
        one if other.tight is not None else one._replace(tight=None)
        for one, other in zip(said, found, strict=True)
    ]


# ─── all options of all sets ───

_LABELS = {"default": "Default", "example": "Example", "related-packages": "Related packages"}


class _Parts:
    """The parts of options that are compared, as one format is to show them."""

    def __init__(self, targets: Links, *, man: bool) -> None:
        self._targets = targets
        self._man = man
        self._known: dict[docutils_nodes.Node, tuple[Said, list[str]]] = {}

    def of(self, section: nodes.option) -> tuple[dict[str, Said], list[str]]:
        """Return what is said by label, and the addresses of links."""
        parts = {}
        links: list[str] = []
        for node in section.children:
            label = "" if isinstance(node, nodes.option_description) else _LABELS.get(node["fact"])
            if label is not None:
                parts[label], links = self._said(node, links)
        return parts, links

    def _said(self, node: docutils_nodes.Element, links: list[str]) -> tuple[Said, list[str]]:
        # Options share equal parts; links are numbered by option.
        known = self._known.get(node)
        if known is not None and not known[1]:
            return known[0], links
        form = _As(self._targets, man=self._man)
        form.links = list(links)
        found = _said(node.children, form)
        if not form.links:
            self._known[node] = found, []
        return found, form.links


def _shown_in_html(section: LexborNode) -> dict[str, tuple[list[Any], list[List]]]:
    parts = {"": ([], [])}
    for child in section.iter():
        names = child.attributes.get("class")
        if names == "option-description":
            parts[""] = _html(child)
        elif names == "option-facts":
            facts = list(child.iter())
            for label, fact in zip(facts[::2], facts[1::2], strict=True):
                assert (label.tag, fact.tag) == ("dt", "dd")
                if label.text() in _LABELS.values():
                    parts[label.text()] = _html(fact)
        else:
            # What it is declared in stands beside the name.
            assert child.tag == "h3" or names in {"declaration", "declarations"}
    return parts


def _html(node: LexborNode) -> tuple[list[Any], list[List]]:
    reader = _Html()
    return reader.flow(node), reader.lists


class Different(NamedTuple):
    """What one format does not show as the doctree says it."""

    where: str
    doctree: Any
    shown: Any


def _in_html(sections: list[nodes.option], made: Manual) -> Iterator[Different]:
    """Yield what the HTML of options does not show as their doctree says it."""
    targets = _links(made)
    writer, parts = HtmlWriter(targets), _Parts(targets, man=False)
    writer.start_page(section["ids"][0] for section in sections)
    page = LexborHTMLParser("".join([writer.section(section) for section in sections]))
    for section, element in zip(sections, page.css("section.option"), strict=True):
        assert element.attributes["id"] == section["ids"][0]
        shown = _shown_in_html(element)
        said, _ = parts.of(section)
        for label, part in said.items():
            if shown[label] != (part.blocks, part.lists):
                where = f"{section['name']}, HTML, {label or 'description'}"
                yield Different(where, (part.blocks, part.lists), shown[label])
        assert said.keys() | {""} == shown.keys()


def _in_man_page(sections: list[nodes.option], made: Manual) -> Iterator[Different]:
    """Yield what the man page of options does not show as their doctree says it."""
    targets = _links(made)
    writer, parts = ManpageWriter(targets), _Parts(targets, man=True)
    page = man_page("".join([writer.section(section) for section in sections]))
    tree = run(["mandoc", "-T", "tree"], page)
    for section, found in zip(sections, man_outline.sections(tree), strict=True):
        assert found.name == section["name"]
        said, links = parts.of(section)
        if found.links != links:
            yield Different(f"{section['name']}, man, links", links, found.links)
        for label, part in said.items():
            blocks = found.parts.get(label, [])
            lists = [
                one._replace(start=_number_of(one.start) if one.start else "")
                for one in found.lists.get(label, [])
                if one.kind in {"ul", "ol"}
            ]
            expected = _as_in_man(part.blocks, part.tables, blocks)
            if (expected, _lists_in_man(part.lists, lists)) != (blocks, lists):
                where = f"{section['name']}, man, {label or 'description'}"
                yield Different(where, (expected, part.lists), (blocks, lists))
        for label in sorted((found.parts.keys() - said.keys()) & {"", *_LABELS.values()}):
            if found.parts[label]:
                yield Different(f"{section['name']}, man, {label}", None, found.parts[label])


def _links(made: Manual) -> Links:
    (included,) = made.sets
    return made.links(lambda name: f"#{name}", included)


SETS = {
    "home-manager": 5536,
    "home-manager-embedded": 11,
    "nixos-1609": 4257,
    "nixos-2014": 1569,
    "nixos-2024-names": 20362,
    "nixvim": 17762,
    "container": 47,
    "grub": 51,
}
"""Sets and how many options they have: 49,595 in all, of which 98 are the sample's."""


@pytest.mark.slow
@pytest.mark.parametrize("name", SETS)
def test_every_option_has_one_structure_in_all_formats(name):
    sample = ROOT / "sample-options" / f"{name}.json"
    path = sample if sample.exists() else shared(f"data/options/{name}.json")
    made = manual_of(path)
    sections = sections_in(made)
    assert len(sections) == SETS[name]
    assert list(_in_html(sections, made)) == []
    assert list(_in_man_page(sections, made)) == []


# ─── what newlines mean, case by case ───


def structure(text: str, markup: Markup = Markup.MARKDOWN, **fields: str) -> dict[str, Said]:
    """Return what an option says by part, once its HTML and its man page are found to say it."""
    facts = {part: Text(value) for part, value in fields.items()}
    option = Option(name="a.b", loc=("a", "b"), description=Text(text, markup), **facts)
    made = manual(option)
    sections = sections_in(made)
    assert list(_in_html(sections, made)) == []
    assert list(_in_man_page(sections, made)) == []
    return _Parts(_links(made), man=False).of(sections[0])[0]


def tightness(said: Said) -> list[tuple[str, bool | None]]:
    return [(one.kind, one.tight) for one in said.lists]


CODE = "if a; then\n\n  b \\\n\t\tc\n\n\n    d\nfi"
LIST = ["ul", [[["p", "a"], ["pre", CODE]], [["p", "b"]]]]


def _indented(text: str, by: str) -> str:
    return "\n".join(by + line if line else line for line in text.split("\n"))


@pytest.mark.parametrize(
    ("markup", "text", "expected"),
    [
        (Markup.MARKDOWN, f"```\n{CODE}\n```", [["pre", CODE]]),
        (Markup.MARKDOWN, f"```console\n\n{CODE}\n```", [["pre", f"\n{CODE}"]]),
        (Markup.MARKDOWN, _indented(CODE, "    "), [["pre", CODE]]),
        (
            Markup.MARKDOWN,
            "> ~~~\n> " + CODE.replace("\n", "\n> ") + "\n> ~~~",
            [["quote", [["pre", CODE]]]],
        ),
        (Markup.MARKDOWN, f"::: {{.note}}\n```\n{CODE}\n```\n:::", [["note", [["pre", CODE]]]]),
        (Markup.MARKDOWN, f"- a\n\n  ```\n{_indented(CODE, '  ')}\n  ```\n- b", [LIST]),
        (Markup.MARKDOWN, f"- ```\n{_indented(CODE, '  ')}\n  ```", [["ul", [[["pre", CODE]]]]]),
        (
            Markup.MARKDOWN,
            f"T\n: a\n\n  ```\n{_indented(CODE, '  ')}\n  ```",
            [["dl", [["T", [["p", "a"], ["pre", CODE]]]]]],
        ),
        (
            Markup.MARKDOWN,
            f"a[^1]\n\n[^1]: b\n\n    ```\n{_indented(CODE, '    ')}\n    ```",
            [["p", "a"], ["footnotes", [[["p", "b"], ["pre", CODE]]]]],
        ),
        *(
            (Markup.DOCBOOK, f"a<{name}>{CODE}</{name}>b", [["p", "a"], ["pre", CODE], ["p", "b"]])
            for name in ("programlisting", "screen", "literallayout")
        ),
        *(
            (
                Markup.DOCBOOK,
                (
                    "<itemizedlist><listitem><para>a</para>"
                    f"<{name}>\n{CODE}\n</{name}></listitem>\n<listitem><para>b</para></listitem>"
                    "</itemizedlist>"
                ),
                [LIST],
            )
            for name in ("programlisting", "screen", "literallayout")
        ),
        (
            Markup.DOCBOOK,
            f"<orderedlist><listitem><para>a<screen>{CODE}</screen>b</para></listitem></orderedlist>",
            [["ol", [[["p", "a"], ["pre", CODE], ["p", "b"]]]]],
        ),
        (
            Markup.DOCBOOK,
            (
                "<variablelist><varlistentry><term>T</term><listitem>"
                f"<programlisting>{CODE}</programlisting></listitem></varlistentry></variablelist>"
            ),
            [["dl", [["T", [["pre", CODE]]]]]],
        ),
        (
            Markup.DOCBOOK,
            f"<note><para>a</para><literallayout>{CODE}</literallayout></note>",
            [["note", [["p", "a"], ["pre", CODE]]]],
        ),
    ],
)
def test_code_keeps_its_lines(markup, text, expected):
    assert structure(text, markup)[""].blocks == expected


@pytest.mark.parametrize(
    "value", [CODE, f"{CODE}\n", f"{CODE}\n\n", "{\n  a = ''\n    b\n\n  '';\n}"]
)
def test_values_keep_their_lines(value):
    said = structure("a", default=value, example=value)
    assert said["Default"].blocks == said["Example"].blocks == [["pre", value.rstrip("\n")]]


def test_a_value_that_ends_its_only_line_is_no_block():
    assert structure("a", default="true\n")["Default"].blocks == [["p", "true"]]


@pytest.mark.parametrize("text", ["a\\\nb", "a  \nb", "*a\\\nb*", "a\\\n`b`"])
def test_line_breaks_stay(text):
    assert structure(text)[""].blocks == [["p", f"a{BREAK}b"]]


@pytest.mark.parametrize(
    "text", ["- a\\\n  b", "T\n: a\\\n  b", "> a\\\n> b", "> [!TIP]\n> a\\\n> b"]
)
def test_line_breaks_stay_inside_other_blocks(text):
    assert f"a{BREAK}b" in _texts(structure(text)[""].blocks)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n- b", [("ul", True)]),
        ("- a\n\n- b", [("ul", False)]),
        ("- a\n- b\n\n- c", [("ul", False)]),
        ("1. a\n2. b", [("ol", True)]),
        ("1. a\n\n2. b", [("ol", False)]),
        ("- a\n\n  b\n- c", [("ul", False)]),
        ("- a\n  - b\n  - c\n- d", [("ul", True), ("ul", True)]),
        ("- a\n  - b\n\n  - c\n- d", [("ul", True), ("ul", False)]),
        ("- a\n- b\n  - c\n\n  - d\n- e\n- f", [("ul", True), ("ul", False)]),
        ("- a\n\n  - b\n  - c\n\n- d", [("ul", False), ("ul", True)]),
        (
            "- a\n  1. b\n\n  2. c\n     - d\n     - e\n- f",
            [("ul", True), ("ol", False), ("ul", True)],
        ),
        ("- a\n- b\n  > c\n  > - d\n  >\n  > - e\n- f", [("ul", True), ("ul", False)]),
        ("T\n: - a\n  - b\n\nU\n: - c\n\n  - d", [("ul", True), ("ul", False)]),
        ("- a\n- ```\n  b\n  ```\n- c", [("ul", True)]),
        ("- a\n-\n- c", [("ul", True)]),
    ],
)
def test_a_blank_line_between_items_keeps_a_list_loose(text, expected):
    assert tightness(structure(text)[""]) == expected


@pytest.mark.parametrize(
    ("attributes", "between", "tight"),
    [("", "\n", True), ("", "", True), ("", "\n\n", False), ("", "\n  \n  ", False),
     (' spacing="compact"', "\n\n", True)],
)  # fmt: skip
@pytest.mark.parametrize(("name", "kind"), [("itemizedlist", "ul"), ("orderedlist", "ol")])
def test_a_blank_line_between_items_keeps_a_docbook_list_loose(
    name, kind, attributes, between, tight
):
    items = [f"<listitem><para>{text}</para></listitem>" for text in "abc"]
    said = structure(f"<{name}{attributes}>{between.join(items)}</{name}>", Markup.DOCBOOK)[""]
    assert said.blocks == [[kind, [[["p", text]] for text in "abc"]]]
    assert tightness(said) == [(kind, tight)]


@pytest.mark.parametrize("markup", [Markup.MARKDOWN, Markup.DOCBOOK])
def test_lists_that_lines_hide_are_lists_in_all_formats(markup):
    said = structure("Values are:\n• some\n• other\n• third", markup)[""]
    items = [[["p", text]] for text in ("some", "other", "third")]
    assert said.blocks == [["p", "Values are:"], ["ul", items]]
    assert tightness(said) == [("ul", True)]


ENDS = ["\n", "\n\n", "\n\n\n", " \n", "\n \n\t\n"]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("markup", "text", "expected"),
    [
        (Markup.MARKDOWN, "a", [["p", "a"]]),
        (Markup.MARKDOWN, "- a\n- b", [["ul", [[["p", "a"]], [["p", "b"]]]]]),
        (Markup.MARKDOWN, "T\n: a", [["dl", [["T", [["p", "a"]]]]]]),
        (Markup.MARKDOWN, "> a", [["quote", [["p", "a"]]]]),
        (Markup.MARKDOWN, "```\na\n```", [["pre", "a"]]),
        (Markup.MARKDOWN, "    a", [["pre", "a"]]),
        (Markup.MARKDOWN, "::: {.tip}\na\n:::", [["tip", [["p", "a"]]]]),
        (Markup.MARKDOWN, "| a |\n|---|\n| b |", [["table", [["a"], ["b"]]]]),
        (Markup.MARKDOWN, "a[^1]\n\n[^1]: b", [["p", "a"], ["footnotes", [[["p", "b"]]]]]),
        (Markup.DOCBOOK, "a", [["p", "a"]]),
        (Markup.DOCBOOK, "a</para><para>b", [["p", "a"], ["p", "b"]]),
        (Markup.DOCBOOK, "<screen>a</screen>", [["pre", "a"]]),
        (
            Markup.DOCBOOK,
            "<itemizedlist><listitem><para>a</para></listitem></itemizedlist>",
            [["ul", [[["p", "a"]]]]],
        ),
        (Markup.DOCBOOK, "<note><para>a</para></note>", [["note", [["p", "a"]]]]),
    ],
)
def test_a_trailing_newline_adds_no_block(markup, text, expected, end):
    said = structure(text + end, markup)[""]
    assert said.blocks == expected
    assert all(one.tight for one in said.lists)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("markup", "before", "after"),
    [
        (Markup.MARKDOWN, "```\na", "```"),
        (Markup.MARKDOWN, "- ```\n  a", "  ```"),
        (Markup.DOCBOOK, "<programlisting>\na", "</programlisting>"),
        (Markup.DOCBOOK, "<screen>a", "</screen>"),
        (Markup.DOCBOOK, "<literallayout>\na", "</literallayout>"),
        (
            Markup.DOCBOOK,
            "<itemizedlist><listitem>\n<programlisting>\na",
            "</programlisting>\n</listitem></itemizedlist>",
        ),
    ],
)
def test_a_trailing_newline_adds_no_line_to_code(markup, before, after, end):
    blocks = structure(before + end + after, markup)[""].blocks
    assert blocks in ([["pre", "a"]], [["ul", [[["pre", "a"]]]]])


@pytest.mark.parametrize("name", ["para", "simpara"])
def test_newlines_inside_docbook_elements_add_no_block(name):
    text = f"\n<itemizedlist>\n<listitem>\n<{name}>\na\n</{name}>\n</listitem>\n</itemizedlist>\n"
    assert structure(text, Markup.DOCBOOK)[""].blocks == [["ul", [[["p", "a"]]]]]


EVERYTHING = """\
A paragraph with [a link](https://e.org/), [the same](https://e.org/), [none](#x), `code`,
`;`, <https://f.org>, “quotes”, ‘more’, a\u200bb, [![p](https://e.org/p)](https://e.org/q)
and a note.[^1] ![](https://e.org/i.png)

.5 is a number, 'quoted' \\fBnot bold\\fR.

3. three
   1. a
   2. b
      - x
4. four

***

Term *one* and `two`
: Definition

  - more
: Another

| Name | Of what |
|------|--------:|
| a    | `b`     |

| A table that does not fit a line of a terminal at all | Second | |
|---|---|---|
| x | a cell that is not there to be short, but quite the opposite | z |
| y |   | |

> [!IMPORTANT]
> > quoted
>
> ```
> .code 'of' \\e
>   - two
> ```

[^1]: The note

    goes on.
"""


def test_every_kind_of_block_is_compared():
    said = structure(
        EVERYTHING, default="''\n  .so x\n'", related_packages="- [p](https://e.org/p)"
    )
    kinds = [block[0] for block in said[""].blocks]
    assert kinds == ["p", "p", "ol", "hr", "dl", "table", "table", "important", "footnotes"]
    assert [one.start for one in said[""].lists] == ["3", "1", "", ""]


def test_docbook_tables_are_compared_title_and_blocks_of_cells_included():
    said = structure(
        "<table><title>T</title><tgroup cols='2'>"
        "<thead><row><entry>a</entry><entry>b</entry></row></thead><tbody>"
        "<row><entry>c</entry><entry><para>d</para><para>e</para></entry></row>"
        "<row><entry>f</entry><entry><screen>g\nh</screen></entry></row>"
        "<row><entry>f</entry><entry>g<itemizedlist><listitem><para>h</para></listitem>"
        "<listitem><para>i</para></listitem></itemizedlist></entry></row>"
        "</tbody></tgroup></table>"
        "<informaltable><tgroup cols='2'><tbody><row><entry>c</entry><entry>d</entry></row></tbody>"
        "</tgroup></informaltable>",
        Markup.DOCBOOK,
    )
    rows = [["a", "b"], ["c", "d e"], ["f", "g h"], ["f", "g h i"]]
    assert said[""].blocks == [["p", "T"], ["table", rows], ["table", [["c", "d"]]]]


def test_docbook_definitions_are_compared_several_terms_and_blocks_included():
    said = structure(
        "<variablelist><varlistentry><term>a</term>\n<term>b</term><listitem><para>c</para>"
        "<orderedlist numeration='loweralpha'><listitem><para>d</para></listitem></orderedlist>"
        "</listitem></varlistentry>\n\n<varlistentry><term>e</term><listitem><note><para>f</para>"
        "</note></listitem></varlistentry></variablelist>",
        Markup.DOCBOOK,
    )
    first = ["a b", [["p", "c"], ["ol", [[["p", "d"]]]]]]
    assert said[""].blocks == [["dl", [first, ["e", [["note", [["p", "f"]]]]]]]]


# ─── that a difference would be seen ───


def _joined(write):
    return lambda writer, text, *rest: write(writer, text.replace("\n", " "), *rest)


@pytest.mark.parametrize(
    ("module", "name", "broken"),
    [
        (html.blocks, "code", _joined),
        (
            html.blocks,
            "_items",
            lambda write: lambda writer, node, out: write(writer, _loose(node), out),
        ),
        (manpage.blocks, "code", _joined),
        (
            manpage.blocks,
            "paragraph_text",
            lambda write: lambda *nodes: write(*nodes).replace("\n", " "),
        ),
        (manpage.blocks, "write_below", lambda write: lambda *_: None),
        (manpage.ManpageWriter, "_set_tight", lambda write: lambda *_, **__: None),
        (manpage.ManpageWriter, "_number", lambda write: lambda *_: 1),
    ],
)
def test_a_writer_that_loses_something_is_noticed(monkeypatch, module, name, broken):
    monkeypatch.setattr(module, name, broken(getattr(module, name)))
    with pytest.raises(AssertionError):
        structure("a\\\nb [c](https://d.e) [f](https://g.h)\n\n- i\n- j\n\n  k\n\n" + EVERYTHING)


def _loose(node):
    made = node.deepcopy()
    made["classes"] = []
    return made
