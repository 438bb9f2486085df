"""What manualgen's nodes become in Sphinx: a copy of standard nodes, with parents and document."""

from __future__ import annotations

import pickle

import pytest
from docutils import nodes as docutils_nodes
from docutils.utils import new_document
from sphinx import addnodes

from manualgen.markup import chapter, description, nodes
from manualgen.options.model import Declaration, Markup, Text
from manualgen.sphinxext.lowering import HANDLERS, lowered
from tests.rendering import FakeLinks, option, sections_in
from tests.rendering import manual as manual_of_options

EVERYTHING = """\
A *paragraph* with **strong**, `code`, {file}`/etc/x`, {env}`HOME`, [F12]{.keycap} and
{command}`ls`; see {option}`a.b`, [](#opt-a.b), [the end](#end) and {manpage}`nix.conf(5)`.\\
A second line[^1] with [a link](https://example.org) and [an anchor]{#end}.

::: {.note}
Mind the *gap*.
:::

- one
- two

3. three
4. four

Term
: Definition

> Quoted

| A | B |
|---|--:|
| 1 | 2 |

```nix
{ a = 1; }
```

***

[^1]: A note.
"""


def lower(text: str, **settings):
    """Return a text of the dialect as nodes of Sphinx, below a document."""
    document = new_document("text.md")
    document.extend(lowered(description.parse(text).blocks, document, **settings))
    return document


def only(document, kind):
    """Return the one node of a class."""
    (found,) = document.findall(kind)
    return found


def test_every_node_of_manualgen_is_lowered():
    listed = {*nodes.BLOCK_NODES, *nodes.INLINE_NODES}
    assert [node.__name__ for node in listed if node not in HANDLERS] == []


def test_only_nodes_that_builders_know_are_left_with_one_parent_each():
    document = lower(EVERYTHING)
    for node in document.findall():
        assert type(node).__module__ in {"docutils.nodes", "sphinx.addnodes"}, node
        assert node.document is document
        for child in node.children:
            assert child.parent is node


def test_the_tree_that_was_parsed_is_not_changed():
    parsed = description.parse(EVERYTHING)
    before = [block.pformat() for block in parsed.blocks]
    parents = [node.parent for block in parsed.blocks for node in block.findall()]
    document = new_document("text.md")
    first = lowered(parsed.blocks, document)
    second = lowered(parsed.blocks, document)
    assert [block.pformat() for block in parsed.blocks] == before
    assert [node.parent for block in parsed.blocks for node in block.findall()] == parents
    assert not {id(node) for one in first for node in one.findall()} & {
        id(node) for one in second for node in one.findall()
    }


def test_what_is_lowered_can_be_stored():
    assert pickle.loads(pickle.dumps(lower(EVERYTHING))).astext() == lower(EVERYTHING).astext()


@pytest.mark.parametrize(
    ("text", "domain", "kind", "target", "explicit", "shown"),
    [
        ("{option}`a.b`", "nix", "option", "a.b", False, "a.b"),
        ("[](#opt-a._name_.c)", "nix", "option", "a.<name>.c", False, "a.<name>.c"),
        ("[text](#opt-a.b)", "nix", "option", "a.b", True, "text"),
        ("[text](#sec-One)", "std", "ref", "sec-one", True, "text"),
        ("[](#sec-one)", "std", "ref", "sec-one", False, "#sec-one"),
    ],
)
def test_sphinx_resolves_references_of_texts_that_belong_to_no_manual(
    text, domain, kind, target, explicit, shown
):
    reference = only(lower(text), addnodes.pending_xref)
    assert reference["refdomain"] == domain
    assert reference["reftype"] == kind
    assert reference["reftarget"] == target
    assert reference["refexplicit"] is explicit
    assert reference.astext() == shown


def test_the_references_of_a_manual_lead_to_its_identifiers():
    links = FakeLinks(
        [option("users.<name>.home")], {"nix.conf(5)": "https://example.org/nix.conf"}
    )
    document = lower(
        "{option}`users.alice.home`, {option}`other`, [text](#nowhere), {manpage}`nix.conf(5)`",
        links=links,
    )
    known, unknown = document.findall(addnodes.pending_xref)
    assert (known["refdomain"], known["reftarget"]) == ("", "opt-users._name_.home")
    assert known.astext() == "users.alice.home"
    # An option of another project may be found by intersphinx.
    assert (unknown["refdomain"], unknown["reftarget"]) == ("nix", "other")
    assert only(document, docutils_nodes.reference)["refuri"] == "https://example.org/nix.conf"
    assert "text" in document.astext()


def test_lines_that_an_author_has_broken_are_lines():
    block = only(lower("One *two*\\\nthree"), docutils_nodes.line_block)
    assert [line.astext() for line in block.children] == ["One two", "three"]


def test_a_link_in_a_link_is_text():
    document = lower("[see {option}`a.b`](https://example.org)")
    assert [node.astext() for node in document.findall(docutils_nodes.reference)] == ["see a.b"]
    assert not list(document.findall(addnodes.pending_xref))


def test_footnotes_are_numbered_through_the_document_and_linked_both_ways():
    made = manual_of_options(
        option("a.b", "One[^n] and one more[^n].\n\n[^n]: First."),
        option("a.c", "Two[^n].\n\n[^n]: Second."),
    )
    document = new_document("options")
    document.extend(lowered(sections_in(made), document))
    first, second = document.findall(docutils_nodes.footnote)
    assert [note.children[0].astext() for note in (first, second)] == ["1", "2"]
    references = list(document.findall(docutils_nodes.footnote_reference))
    assert [node["refid"] for node in references] == [*first["ids"] * 2, *second["ids"]]
    assert [first["backrefs"], second["backrefs"]] == [
        [*references[0]["ids"], *references[1]["ids"]],
        references[2]["ids"],
    ]


@pytest.mark.parametrize(
    ("written", "language"),
    [("nix", "nix"), ("sh", "bash"), ("no-such-language", "none"), ("", "none")],
)
def test_code_has_a_language_that_sphinx_does_not_warn_of(written, language):
    block = only(lower(f"```{written}\nx\n```"), docutils_nodes.literal_block)
    assert block["language"] == language


def test_rows_of_a_table_have_as_many_cells_as_its_columns():
    table = only(lower("| A | B |\n|---|---|\n| 1 |\n| 2 | 3 | 4 |"), docutils_nodes.table)
    assert {len(row.children) for row in table.findall(docutils_nodes.row)} == {2}
    assert len(list(table.findall(docutils_nodes.colspec))) == 2


def test_a_transition_is_one_only_where_docutils_allows_it():
    assert not list(lower("> a\n>\n> ***\n>\n> b").findall(docutils_nodes.transition))
    (segment,) = chapter.parse("# T {#t}\n\nOne.\n\n***\n\nTwo.\n\n***\n").segments
    section = docutils_nodes.section("", ids=["t"], label="", level=1)
    title = docutils_nodes.title()
    title.children = list(segment.heading.children)
    section.children = [title, *segment.blocks]
    document = new_document("chapter.md")
    document.extend(lowered([section], document))
    assert [type(node).__name__ for node in document.children[0].children] == [
        "title",
        "paragraph",
        "transition",
        "paragraph",
        "paragraph",
    ]


def test_a_numbered_block_has_a_caption_with_its_number():
    text = "# T {#t}\n\n::: {.example #ex}\n### Start\n\nText.\n:::\n\n"
    text += "::: {.figure #fig}\n### Shape\n\n![a](a.png)\n\nLegend.\n:::\n\n"
    text += "::: {.table #tab}\n### Rows\n\n| a | b |\n|---|---|\n| 1 | 2 |\n:::\n"
    (segment,) = chapter.parse(text).segments
    document = new_document("chapter.md")
    numbers = dict.fromkeys(segment.blocks, 7)
    document.extend(
        lowered(segment.blocks, document, numbers=numbers, picture=lambda _: "/media/a.png")
    )
    example, figure, table = document.children
    assert isinstance(example, docutils_nodes.admonition)
    assert example.children[0].astext() == "Example\u00a07. Start"
    image, caption, legend = figure.children
    assert (image["uri"], caption.astext()) == ("/media/a.png", "Figure\u00a07. Shape")
    assert legend.astext() == "Legend."
    assert isinstance(table, docutils_nodes.table)
    assert table.children[0].astext() == "Table\u00a07. Rows"
    assert [node["ids"] for node in document.children] == [["ex"], ["fig"], ["tab"]]


def test_an_option_is_a_description_with_its_facts_as_fields():
    made = manual_of_options(
        option(
            "services.nginx.enable",
            "Whether.",
            type="boolean",
            default="false",
            example="{\n  a = 1;\n}",
            read_only=True,
            related_packages=Text("`nginx`", Markup.MARKDOWN),
            declarations=(Declaration("a.nix", "https://example.org/a.nix"),),
        )
    )
    document = new_document("options")
    document.extend(lowered(sections_in(made), document))
    signature = only(document, addnodes.desc_signature)
    assert signature["ids"] == ["opt-services.nginx.enable"]
    assert [node.astext() for node in signature.children] == [
        "services.nginx.",
        "enable",
        " (read only)",
    ]
    content = only(document, addnodes.desc_content)
    assert content.children[0].astext() == "Whether."
    fields = {
        field.children[0].astext(): field.children[1] for field in content.children[1].children
    }
    assert list(fields) == ["Type", "Default", "Example", "Related packages", "Declared in"]
    assert fields["Type"].astext() == "boolean"
    assert only(fields["Example"], docutils_nodes.literal_block)["language"] == "nix"
    assert only(fields["Declared in"], docutils_nodes.reference)["refuri"] == (
        "https://example.org/a.nix"
    )
