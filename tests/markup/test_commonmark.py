"""CommonMark's own 652 examples; the dialect differs from it where it says so, and nowhere else."""

from __future__ import annotations

import json
import os

import pytest
from docutils import nodes as docutils_nodes
from lxml import html as lxml_html

from manualgen.markup import description, nodes
from manualgen.markup.structure import fold, outline
from tests.fetch_commonmark import EXAMPLES


def examples():
    if not EXAMPLES.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{EXAMPLES.name} is missing: run tests/fetch_commonmark.py")
        pytest.skip(f"{EXAMPLES.name} is missing: run tests/fetch_commonmark.py")
    return json.loads(EXAMPLES.read_bytes())


# ─── what the specification says, as an outline ───

BLOCKS = {"p", "ul", "ol", "pre", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6"}


def typed(value):
    """Return a value with typographic characters in its texts as they are typed."""
    if isinstance(value, (list, tuple)):
        return [typed(each) for each in value]
    text = str(value)
    for shown, source in [
        ("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("…", "..."), ("—", "---"), ("–", "--"),
    ]:  # fmt: skip
        text = text.replace(shown, source)
    return text


def expected(markup: str):
    """Return the outline of the specification's HTML, and its inlines."""
    root = lxml_html.document_fromstring(f"<body><div>{markup}</div></body>").find(".//div")
    return blocks_of(root), list(inlines_of(root))


def blocks_of(element):
    found, run = [], [element.text or ""]

    def end_paragraph():
        text = fold("".join(run))
        if text:
            found.append(["p", text])
        run.clear()

    for child in element:
        if child.tag in BLOCKS:
            end_paragraph()
            found.extend(block_of(child))
            run.append(child.tail or "")
        else:
            run.append(visible(child) + after(child))
    end_paragraph()
    return found


def block_of(element):
    if element.tag == "hr":
        return [["hr"]]
    if element.tag == "pre":
        return [["pre", element.text_content().rstrip()]]
    if element.tag in {"ul", "ol"}:
        return [[element.tag, [blocks_of(item) for item in element]]]
    if element.tag == "blockquote":
        return [["quote", blocks_of(element)]]
    text = fold(visible(element))
    return [["p", text]] if text else []


def visible(element) -> str:
    if element.tag == "img":
        return element.get("alt", "")
    inner = [visible(child) + after(child) for child in element]
    return (element.text or "") + "".join(inner)


def after(child) -> str:
    # Outlines, like those of test_outlines, have nothing for a line break.
    tail = child.tail or ""
    return tail.lstrip("\n") if child.tag == "br" else tail


def inlines_of(element):
    for child in element:
        text = fold(visible(child))
        if child.tag == "em":
            yield "emphasis", text
        elif child.tag == "strong":
            yield "strong", text
        elif child.tag == "code" and element.tag != "pre":
            yield "code", child.text_content()
        elif child.tag == "a":
            yield "link", child.get("href")
        elif child.tag == "img":
            yield "image", child.get("alt")
        elif child.tag == "br":
            yield "break", ""
        elif child.tag == "ol" and child.get("start"):
            yield "start", child.get("start")
        elif child.tag in {"ul", "ol"} and any(item.find("p") is not None for item in child):
            yield "loose", ""
        yield from inlines_of(child)


# ─── what we say ───


def ours(text: str):
    blocks = description.parse(text).blocks
    return outline(blocks), [found for block in blocks for found in our_inlines(block)]


def our_inlines(node):  # noqa: C901 - one branch a kind of node
    if isinstance(node, docutils_nodes.Text):
        return
    text = fold("".join(str(part) for part in node.findall(docutils_nodes.Text)))
    heading = node.parent is not None and node.parent.get("classes") == ["heading"]
    if isinstance(node, docutils_nodes.emphasis):
        yield "emphasis", text
    elif isinstance(node, docutils_nodes.strong) and not heading:
        yield "strong", text
    elif isinstance(node, docutils_nodes.literal):
        yield "code", node.astext()
    elif isinstance(node, docutils_nodes.reference):
        yield "link", node["refuri"]
    elif isinstance(node, nodes.cross_reference):
        yield "link", f"#{node['target']}"
    elif isinstance(node, docutils_nodes.image):
        yield "image", node["alt"]
    elif isinstance(node, nodes.line_break):
        yield "break", ""
    elif isinstance(node, docutils_nodes.enumerated_list) and node["start"] != 1:
        yield "start", str(node["start"])
    elif isinstance(node, (docutils_nodes.bullet_list, docutils_nodes.enumerated_list)) and (
        "tight" not in node["classes"]
        and any(isinstance(block, docutils_nodes.paragraph) for item in node for block in item)
    ):
        yield "loose", ""
    for child in node.children:
        yield from our_inlines(child)


def compared(example) -> bool:
    return typed(expected(example["html"])) == typed(ours(example["markdown"]))


DIFFERENT = {
    "blocks of raw HTML are text, and comments nothing": range(148, 192),
    "raw HTML in a line is text, and comments nothing": [
        *(21, 31, 201, 344, 475, 476, 477, 491, 494, 524, 536, 642, 643),
        *(613, 614, 615, 616, 617, 623, 625, 626, 627, 628, 629, 630, 631),
    ],
    "an address of another scheme is text": [500, 598, 599, 601],
    "a link without an address is its text, one without a text shows its address": [
        *(200, 484, 485, 486, 487, 567),
    ],
}
"""Where the dialect is not CommonMark, by the examples' numbers. Quotes, dashes and dots, which the
dialect sets, are compared as they are typed."""


def test_all_examples_are_there():
    assert [example["example"] for example in examples()] == list(range(1, 653))


def test_each_example_means_what_the_specification_says():
    different = {example["example"] for example in examples() if not compared(example)}
    listed = [number for numbers in DIFFERENT.values() for number in numbers]
    assert len(listed) == len(set(listed))
    assert different == set(listed)
