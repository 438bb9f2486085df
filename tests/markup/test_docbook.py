"""DocBook descriptions as doctrees: every element, what is refused, and all of two real sets."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes as docutils_nodes
from hypothesis import example, given, settings
from hypothesis import strategies as st

from manualgen.errors import Code
from manualgen.markup import nodes
from manualgen.markup.detect import (
    Form,
    form_of,
    looks_like_docbook,
    looks_like_markdown,
    set_is_docbook,
)
from manualgen.markup.docbook import parse
from manualgen.markup.docbook_blocks import as_markdown
from manualgen.markup.structure import outline

DATA = Path(__file__).parents[3] / "shared" / "data"


def blocks(text: str) -> list[Any]:
    """The outline of a text that has nothing wrong."""
    parsed = parse(text)
    assert parsed.diagnostics == []
    return outline(parsed.blocks)


def inlines(text: str) -> list[str]:
    """The inline nodes of a text of one paragraph, as pseudo-XML."""
    parsed = parse(text)
    assert parsed.diagnostics == []
    (paragraph,) = parsed.blocks
    return [str(node) for node in paragraph.children if not isinstance(node, docutils_nodes.Text)]


def codes(text: str) -> list[Code]:
    return [found.code for found in parse(text).diagnostics]


# ─── paragraphs ───


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", [["p", "plain"]]),
        ("one\n\ntwo", [["p", "one"], ["p", "two"]]),
        ("<literal>a</literal> b\n\nc", [["p", "a b"], ["p", "c"]]),
        ("a <literal>b</literal></para><para>c", [["p", "a b"], ["p", "c"]]),
        ("a</para>\n\n<para>b</para>\n\n<para>c\n", [["p", "a"], ["p", "b"], ["p", "c"]]),
        ("<para>a</para>", [["p", "a"]]),
        ("<simpara>a</simpara>b", [["p", "a"], ["p", "b"]]),
        ("a<note><para>b</para></note>c", [["p", "a"], ["note", [["p", "b"]]], ["p", "c"]]),
        ("a\n<!-- no\n\nbreak -->\nb", [["p", "a b"]]),
        ("a <emphasis>b\n\nc</emphasis>", [["p", "a b c"]]),
        ("a&lt;b&gt;&amp;&#8212;&#x2014;", [["p", "a<b>&——"]]),
        ("<![CDATA[<a> & b]]>", [["p", "<a> & b"]]),
        ("", []),
        ("<para/>", []),
        ("<literal/> <emphasis> </emphasis>", []),
        ("<formalpara><title>T</title><para>a</para></formalpara>", [["p", "T"], ["p", "a"]]),
        ("a\r\n\r\n<literal>b</literal>\r\nc", [["p", "a"], ["p", "b c"]]),
        ("\"quotes\" -- and ... <literal>'a'</literal>", [["p", "\"quotes\" -- and ... 'a'"]]),
    ],
)
def test_paragraphs(text: str, expected: list[Any]) -> None:
    assert blocks(text) == expected


@pytest.mark.parametrize(
    ("text", "visible", "source"),
    [
        ("a\n  <literal>b</literal>   -- c", "a\nb -- c", "a\n  b   -- c"),
        ("  <literal>x</literal>\n\ty  z \n", "x\ny z", "  x\n\ty  z "),
        ("a:\n<link xlink:href='http://b'>\nhttp://b</link>", "a:\nhttp://b", "a:\nhttp://b"),
        ("a <link xlink:href='http://b'>\nc</link>", "a c", "a c"),
        ("a<emphasis> b </emphasis> c", "a b c", "a b  c"),
        ("a\n<!-- c -->\n  b<literal/>", "a\nb", "a\n  b"),
        ("a <literal>b\n  c</literal>", "a b c", "a b c"),
        ("a\n<xref linkend='x'/>\nb", "a\n\nb", "a\nx\nb"),
        ("<quote>a\n b</quote>", "“a\nb”", "“a\n b”"),
    ],
)
def test_lines_and_columns_are_kept(text: str, visible: str, source: str) -> None:
    (paragraph,) = parse(text).blocks
    assert isinstance(paragraph, docutils_nodes.paragraph)
    assert "".join(map(str, paragraph.findall(docutils_nodes.Text))) == visible
    assert paragraph.rawsource == source


# ─── inline elements ───


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<literal>a</literal>", ["<literal>a</literal>"]),
        ("<code>a</code>", ["<literal>a</literal>"]),
        ("a<literal> </literal>b", ["<literal> </literal>"]),
        ("<command>ls\n -l</command>", ['<literal classes="command">ls -l</literal>']),
        ("<filename>/etc</filename>", ['<literal classes="file">/etc</literal>']),
        ("<varname>x</varname>", ['<literal classes="var">x</literal>']),
        ("<parameter>x</parameter>", ['<literal classes="var">x</literal>']),
        ("<replaceable>x</replaceable>", ['<literal classes="var">x</literal>']),
        ("<envar>HOME</envar>", ['<literal classes="env">HOME</literal>']),
        ("<option>a.b</option>", ["<option_reference>a.b</option_reference>"]),
        ("<option>--a.b</option>", ["<literal>--a.b</literal>"]),
        ("<option>enable</option>", ["<literal>enable</literal>"]),
        ("<option>http://a.b/</option>", ["<literal>http://a.b/</literal>"]),
        (
            '<option>users.users.&lt;name>."a b".*.x-y\'</option>',
            [
                '<option_reference>users.users.<name>."a b".*.x-y\'</option_reference>',
            ],
        ),
        ("<emphasis>a</emphasis>", ["<emphasis>a</emphasis>"]),
        ('<emphasis role="strong">a</emphasis>', ["<strong>a</strong>"]),
        ('<emphasis role="bold">a</emphasis>', ["<strong>a</strong>"]),
        ("<citetitle>a</citetitle>", ["<emphasis>a</emphasis>"]),
        ("<keycap>F1</keycap>", ["<key>F1</key>"]),
        (
            "<keycombo><keycap>A</keycap><keycap>B</keycap></keycombo>",
            ["<key>A</key>", "<key>B</key>"],
        ),
        (
            "<citerefentry><refentrytitle>a</refentrytitle>\n<manvolnum>5</manvolnum></citerefentry>",
            ["<manpage_reference>a(5)</manpage_reference>"],
        ),
        (
            "<citerefentry><refentrytitle>a</refentrytitle></citerefentry>",
            ["<manpage_reference>a</manpage_reference>"],
        ),
        ("<manvolnum>5</manvolnum>", []),
        (
            '<link xlink:href="https://a/">b</link>',
            ['<reference refuri="https://a/">b</reference>'],
        ),
        (
            '<link\nxlink:href="https://a/"/>',
            ['<reference refuri="https://a/">https://a/</reference>'],
        ),
        ('<ulink url="http://a/">b</ulink>', ['<reference refuri="http://a/">b</reference>']),
        (
            '<link linkend="opt-a.b">c</link>',
            ['<cross_reference target="opt-a.b">c</cross_reference>'],
        ),
        ('<link xlink:href="#x">c</link>', ['<cross_reference target="x">c</cross_reference>']),
        ('<xref linkend="opt-a.b"/>', ['<cross_reference target="opt-a.b"/>']),
        ('<olink targetptr="a"/>', ['<cross_reference target="a"/>']),
        ("<link>a</link>", []),
        ("<uri>https://a/</uri>", ['<reference refuri="https://a/">https://a/</reference>']),
        ("<uri>cache.nixos.org</uri>", ["<literal>cache.nixos.org</literal>"]),
        ("<uri>javascript:a</uri>", ["<literal>javascript:a</literal>"]),
        ("<email>a@b.c</email>", ['<reference refuri="mailto:a@b.c">a@b.c</reference>']),
        ("<package>a</package>", ["<literal>a</literal>"]),
        ("<prompt>$</prompt>", ["<literal>$</literal>"]),
        ("<userinput>a</userinput>", ["<literal>a</literal>"]),
        ("<computeroutput>a</computeroutput>", ["<literal>a</literal>"]),
        ("<systemitem>a</systemitem>", ["<literal>a</literal>"]),
        ("<application>a</application>", []),
        (
            "<filename>/a/<replaceable>b</replaceable></filename>",
            ['<literal classes="file">/a/b</literal>'],
        ),
        (
            '<literal>a <xref linkend="b"/> c</literal>',
            [
                "<literal>a</literal>",
                '<cross_reference target="b"/>',
                "<literal>c</literal>",
            ],
        ),
        (
            '<literal xlink:href="https://a/">b</literal>',
            ['<reference refuri="https://a/"><literal>b</literal></reference>'],
        ),
        (
            '<link xlink:href="https://a/"><link xlink:href="https://b/">c</link></link>',
            ['<reference refuri="https://a/">c</reference>'],
        ),
        ('a <anchor xml:id="x"/>', ["<target ids=\"['x']\"/>"]),
        ('<phrase id="x">b</phrase>', ['<target ids="x">b</target>']),
        ('<literal xml:id="x">b</literal>', []),
        ("<indexterm><primary>a</primary></indexterm>b", []),
    ],
)
def test_inline_elements(text: str, expected: list[str]) -> None:
    if 'literal xml:id="x"' in text:
        assert parse(text).anchors == ["x"]
        return
    assert inlines(text) == expected


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("<quote>a <quote>b</quote></quote>", "“a \u2018b\u2019”"),
        ("<manvolnum>5</manvolnum>", "(5)"),
        ("<keycombo><keycap>A</keycap><keycap>B</keycap></keycombo>", "A+B"),
        ("<menuchoice><guimenu>A</guimenu><guimenuitem>B</guimenuitem></menuchoice>", "A → B"),
        ("<simplelist type='inline'><member>a</member><member>b</member></simplelist>", "a, b"),
        ("see <literal> a </literal>now", "see a now"),
    ],
)
def test_visible_text(text: str, visible: str) -> None:
    assert blocks(text) == [["p", visible]]


def test_references_are_in_order() -> None:
    parsed = parse(
        '<option>a.b</option> <link linkend="c">d <citerefentry><refentrytitle>e</refentrytitle>'
        "</citerefentry></link><itemizedlist><listitem><para><xref linkend='f'/></para></listitem>"
        "</itemizedlist><citerefentry><refentrytitle>g</refentrytitle></citerefentry>"
    )
    assert [type(found) for found in parsed.references] == [
        nodes.option_reference,
        nodes.cross_reference,
        nodes.cross_reference,
        nodes.manpage_reference,
    ]
    placed = [
        node
        for block in parsed.blocks
        for node in block.findall(
            lambda n: isinstance(
                n, (nodes.option_reference, nodes.cross_reference, nodes.manpage_reference)
            )
        )
    ]
    assert placed == parsed.references


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("<para xml:id='x'>a</para>", "paragraph"),
        ("<note xml:id='x'>a</note>", "note"),
        ("<itemizedlist id='x'><listitem>a</listitem></itemizedlist>", "bullet_list"),
        ("<itemizedlist><listitem id='x'>a</listitem></itemizedlist>", "list_item"),
        (
            (
                "<variablelist><varlistentry><term id='x'>a</term><listitem>b</listitem>"
                "</varlistentry></variablelist>"
            ),
            "term",
        ),
        ("<programlisting xml:id='x'>a</programlisting>", "literal_block"),
        ("<table id='x'><tr><td>a</td></tr></table>", "table"),
        ("a<footnote id='x'>b</footnote>", "footnote"),
        ("<para>a</para><literal id='x'/>", "paragraph"),
    ],
)
def test_identifiers_are_anchors(text: str, place: str) -> None:
    parsed = parse(text)
    assert parsed.anchors == ["x"]
    (found,) = [
        node
        for block in parsed.blocks
        for node in block.findall(docutils_nodes.Element)
        if node["ids"] == ["x"]
    ]
    assert found.tagname == place


def test_the_same_identifier_twice_is_no_reason_to_show_nothing() -> None:
    assert parse("<para xml:id='x y'>a</para><para xml:id='x y'>b</para>").anchors == ["x y"] * 2


# ─── blocks ───

ITEM = "<listitem><para>{}</para></listitem>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<programlisting>\n a\n\n  b  \n</programlisting>", [["pre", " a\n\n  b"]]),
        ("<screen><prompt>$</prompt> a &lt;b></screen>", [["pre", "$ a <b>"]]),
        ("<screen><![CDATA[\n<a> & b\n]]></screen>", [["pre", "<a> & b"]]),
        ("<literallayout>a\n  b</literallayout>", [["pre", "a\n  b"]]),
        ("<synopsis>a b</synopsis>", [["pre", "a b"]]),
        ("<screen> </screen>", []),
        (
            (
                "<cmdsynopsis><command>a</command><arg>-b</arg><arg choice='req' rep='repeat'>c</arg>"
                "<group choice='plain'><arg choice='plain'>d</arg><arg choice='plain'>e</arg></group>"
                "</cmdsynopsis>"
            ),
            [["pre", "a [-b] {c}... d | e"]],
        ),
        ("<blockquote><para>a</para></blockquote>", [["quote", [["p", "a"]]]]),
        (f"<itemizedlist>{ITEM.format('a')}</itemizedlist>", [["ul", [[["p", "a"]]]]]),
        (f"<orderedlist>{ITEM.format('a')}</orderedlist>", [["ol", [[["p", "a"]]]]]),
        (
            "<procedure><step>a</step><step>b</step></procedure>",
            [["ol", [[["p", "a"]], [["p", "b"]]]]],
        ),
        (
            (
                f"a:<itemizedlist><title>T</title>{ITEM.format('a')}b<!-- -->"
                f"<para>c</para>{ITEM.format('<screen>d</screen>')}</itemizedlist>e"
            ),
            [
                ["p", "a:"],
                ["p", "T"],
                ["ul", [[["p", "a"]], [["p", "b"]], [["p", "c"]], [["pre", "d"]]]],
                ["p", "e"],
            ],
        ),
        ("<itemizedlist> </itemizedlist>", []),
        (
            (
                f"<itemizedlist><listitem>a<orderedlist>{ITEM.format('b')}</orderedlist></listitem>"
                "</itemizedlist>"
            ),
            [["ul", [[["p", "a"], ["ol", [[["p", "b"]]]]]]]],
        ),
        (
            (
                "<variablelist><title>T</title><varlistentry><term><literal>a</literal></term>"
                "<term>b</term><listitem><para>c</para><para>d</para></listitem></varlistentry>"
                "<varlistentry><term>e</term></varlistentry>f</variablelist>"
            ),
            [
                ["p", "T"],
                ["dl", [["a b", [["p", "c"], ["p", "d"]]], ["e", []], ["", [["p", "f"]]]]],
            ],
        ),
        (
            "<simplelist><member>a</member><member>b</member></simplelist>",
            [["ul", [[["p", "a"]], [["p", "b"]]]]],
        ),
        (
            "<emphasis>a<itemizedlist><listitem>b</listitem></itemizedlist></emphasis>",
            [["p", "a"], ["ul", [[["p", "b"]]]]],
        ),
        (
            "<listitem>a</listitem><varlistentry><term>b</term></varlistentry>",
            [["p", "a"], ["p", "b"]],
        ),
        (
            "<note><title>T</title><para>a</para>b</note>",
            [["note", [["p", "T"], ["p", "a"], ["p", "b"]]]],
        ),
        ("<example><title>T</title><screen>a</screen></example>", [["p", "T"], ["pre", "a"]]),
        ("<informalexample><screen>a</screen></informalexample>", [["pre", "a"]]),
        (
            "a<footnote><para>b</para></footnote> c",
            [["p", "a c"], ["footnotes", [[["p", "b"]]]]],
        ),
        (
            (
                "<informaltable><tgroup cols='2'><colspec/><thead><row><entry>a</entry>"
                "<entry>b</entry></row></thead><tbody><row><entry><para>c</para></entry></row></tbody>"
                "</tgroup></informaltable>"
            ),
            [["table", [["a", "b"], ["c", ""]]]],
        ),
        (
            (
                "<table><title>T</title><tgroup cols='1'><tbody><row><entry>a</entry></row></tbody>"
                "</tgroup></table>"
            ),
            [["p", "T"], ["table", [["a"]]]],
        ),
        (
            "<table><caption>T</caption><tr><th>a</th></tr><tr><td align='right'>b</td></tr></table>",
            [["p", "T"], ["table", [["a"], ["b"]]]],
        ),
        ("<table><title>T</title>a</table>", [["p", "T"], ["table", [["a"]]]]),
    ],
)
def test_blocks(text: str, expected: list[Any]) -> None:
    assert blocks(text) == expected


@pytest.mark.parametrize("kind", ["note", "tip", "warning", "caution", "important"])
def test_admonitions(kind: str) -> None:
    assert blocks(f"a<{kind}>b</{kind}>") == [["p", "a"], [kind, [["p", "b"]]]]


def test_titles_are_bold_lines() -> None:
    title = parse("<note><title>A <literal>b</literal></title>c</note>").blocks[0].children[0]
    assert title["classes"] == ["heading"]
    assert isinstance(title.children[0], docutils_nodes.strong)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("", ("arabic", 1)),
        ("numeration='loweralpha'", ("loweralpha", 1)),
        ("numeration='x' startingnumber='y'", ("arabic", 1)),
        ("startingnumber='4'", ("arabic", 4)),
    ],
)
def test_numbering(attributes: str, expected: tuple[str, int]) -> None:
    (node,) = parse(f"<orderedlist {attributes}><listitem>a</listitem></orderedlist>").blocks
    assert (node["enumtype"], node["start"]) == expected


@pytest.mark.parametrize(
    ("between", "attributes", "tight"),
    [("\n", "", True), ("\n\n", "", False), ("\n \n", "spacing='compact'", True)],
)
def test_lists_are_tight_where_the_source_is(between: str, attributes: str, tight: bool) -> None:
    text = between.join(["", ITEM.format("a"), ITEM.format("b"), ""])
    (node,) = parse(f"<itemizedlist {attributes}>{text}</itemizedlist>").blocks
    assert ("tight" in node["classes"]) is tight


def test_several_terms_and_one_meaning() -> None:
    (node,) = parse(
        "<variablelist><varlistentry><term>a</term><term>b</term><listitem>c</listitem>"
        "</varlistentry></variablelist>"
    ).blocks
    assert [child.tagname for child in node.children[0].children] == ["term", "term", "definition"]


def test_tables_are_whole() -> None:
    (table,) = parse(
        "<table><thead><tr><td>a</td><td>b</td></tr></thead><tr><td>c</td></tr>"
        "<tfoot><tr>d</tr></tfoot></table>"
    ).blocks
    (group,) = table.children
    assert [child.tagname for child in group.children] == ["colspec", "colspec", "thead", "tbody"]
    assert group["cols"] == 2
    assert {len(row.children) for row in group.findall(docutils_nodes.row)} == {2}


def test_footnotes_have_labels() -> None:
    parsed = parse("a<footnote id='x'>b</footnote><footnote>c</footnote><footnoteref linkend='x'/>")
    labels = [node["refid"] for node in parsed.blocks[0].findall(docutils_nodes.footnote_reference)]
    assert labels == ["1", "2", "1"]
    assert [note["names"] for note in parsed.blocks[1].children] == [["1"], ["2"]]


@pytest.mark.parametrize(
    "text",
    [
        "<literal>a</literal>",
        '<literal xmlns="http://docbook.org/ns/docbook">a</literal>',
        "<db:literal>a</db:literal>",
        '<d:literal xmlns:d="http://docbook.org/ns/docbook">a</d:literal>',
    ],
)
def test_namespaces(text: str) -> None:
    assert inlines(text)[0].endswith(">a</literal>")


@pytest.mark.parametrize(
    "text",
    [
        '<link xlink:href="https://a/">b</link>',
        '<link xl:href="https://a/">b</link>',
        '<link xmlns:x="http://www.w3.org/1999/xlink" x:href="https://a/">b</link>',
        '<link href="https://a/">b</link>',
    ],
)
def test_link_prefixes(text: str) -> None:
    assert inlines(text) == ['<reference refuri="https://a/">b</reference>']


def test_blocks_have_no_parent() -> None:
    assert all(block.parent is None for block in parse("a<note>b</note>").blocks)


# ─── what is wrong ───


@pytest.mark.parametrize(
    ("text", "line", "column", "width", "message", "help_text"),
    [
        ("a\nb & <literal>c</literal>", 2, 3, 1, "&", "&amp;"),
        ("R&D", 1, 2, 1, "&", "&amp;"),
        ("a < b", 1, 3, 1, "<", "&lt;"),
        ("<literal>a</literal>\n <-> b", 2, 2, 1, "<", "&lt;"),
        ("<literal>a", 1, 1, 9, "<literal>", "</literal>"),
        ("a\n<literal>b <name> c</literal>", 2, 12, 6, "<name>", "&lt;name&gt;"),
        ("a <b>", 1, 3, 3, "<b>", "&lt;b&gt;"),
        ("a </literal>", 1, 3, 10, "</literal>", "<literal>"),
        ("a</para>", 1, 2, 7, "</para>", "<para>"),
        ("a</para></root><root><para>", 1, 9, 7, "</root>", "<root>"),
        ("a</para><note>b</note>", 1, 2, 7, "</para>", "<para>"),
        ("<link xlink:href=“https://a”/>", 1, 1, 5, "<link", "straight quotes"),
        ("<literal a='1' a='2'/>", 1, 1, 1, "redefined", "&lt;"),
        ("<!-- a", 1, 1, 2, "-->", "-->"),
        ("a <![CDATA[b", 1, 3, 2, "]]>", "]]>"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]>&b;", 1, 1, 9, "<!DOCTYPE", "remove"),
        ("<?xml version='1.0'?>a<b/>", 1, 1, 1, "XML", "&lt;"),
        ("a ]]> <literal/>", 1, 1, 1, "]]>", "&lt;"),
    ],
)
def test_not_well_formed(
    text: str, line: int, column: int, width: int, message: str, help_text: str
) -> None:
    parsed = parse(text)
    (found,) = parsed.diagnostics
    assert found.code is Code.NOT_WELL_FORMED
    assert (found.line, found.column, found.width) == (line, column, width)
    assert found.excerpt == text.split("\n")[line - 1]
    assert message in found.message
    assert help_text in found.help
    notice, *shown = parsed.blocks
    assert isinstance(notice, nodes.notice)
    assert f"line {line}" in notice.astext()
    assert shown[0].astext() == text


def test_text_with_nothing_but_a_bare_character_stays_paragraphs() -> None:
    notice, *shown = parse("R&D\n\na < b").blocks
    assert isinstance(notice, nodes.notice)
    assert outline(shown) == [["p", "R&D"], ["p", "a < b"]]


@pytest.mark.parametrize(
    ("entity", "help_text"),
    [
        ("&nbsp;", "&#160;"),
        ("&mdash;", "—"),
        ("&foo;", "&amp;foo;"),
        ("&#0;", "&amp;#0;"),
        ("&#xD800;", "&amp;#xD800;"),
        ("&#99999999999999999999;", "&amp;"),
        ("&#xFFFE;", "&amp;"),
    ],
)
def test_entities_are_shown_as_written(entity: str, help_text: str) -> None:
    parsed = parse(f"<literal>a</literal>\nb{entity}c &amp; {entity}")
    assert outline(parsed.blocks) == [["p", f"a b{entity}c & {entity}"]]
    (found,) = parsed.diagnostics
    assert found.code is Code.REFUSED_ENTITY
    assert (found.line, found.column, found.width) == (2, 2, len(entity))
    assert help_text in found.help


def test_entities_in_comments_and_cdata_are_nothing() -> None:
    assert blocks("<!-- &nbsp; --><![CDATA[&nbsp;]]>") == [["p", "&nbsp;"]]


def test_entity_in_an_address() -> None:
    parsed = parse('<link xlink:href="https://a/?b&c;"/>')
    assert outline(parsed.blocks) == [["p", "https://a/?b&c;"]]
    assert codes('<link xlink:href="https://a/?b&c;"/>') == [Code.REFUSED_ENTITY]


@pytest.mark.parametrize(
    ("text", "shown", "location", "help_text"),
    [
        ("a <foo>b</foo> <foo/>", [["p", "a b"]], (1, 3, 4), "&lt;foo&gt;"),
        ("a\n <filname>b</filname>", [["p", "a b"]], (2, 2, 8), "<filename>"),
        ("<b>a</b>", [["p", "a"]], (1, 1, 2), "<emphasis"),
        ("<section\n><para>a</para></section>", [["p", "a"]], (1, 1, 8), "&lt;section&gt;"),
        ("<xi:include href='file:///etc/passwd'/>a", [["p", "a"]], (1, 1, 11), "xi:include"),
        ("<foo:bar>a</foo:bar>", [["p", "a"]], (1, 1, 8), "foo:bar"),
        ("<emphasis>a<foo>b</foo></emphasis>", [["p", "ab"]], (1, 12, 4), "foo"),
        ("<row>a</row>", [["p", "a"]], (1, 1, 4), "row"),
    ],
)
def test_unknown_elements(
    text: str, shown: list[Any], location: tuple[int, ...], help_text: str
) -> None:
    parsed = parse(text)
    assert outline(parsed.blocks) == shown
    (found,) = parsed.diagnostics
    assert found.code is Code.UNKNOWN_ELEMENT
    assert (found.line, found.column, found.width) == location
    assert found.excerpt == text.split("\n")[location[0] - 1]
    assert help_text in found.help


@pytest.mark.parametrize(
    "address",
    ["javascript:a", "JavaScript:a", "data:text/html,a", "java&#9;script:a", " file:///a"],
)
@pytest.mark.parametrize(
    "text",
    ["<link xlink:href='{}'>b</link>", "<ulink url='{}'/>", "<code xlink:href='{}'>b</code>"],
)
def test_unsafe_links_are_text(address: str, text: str) -> None:
    parsed = parse(f"a\n{text.format(address)}")
    (found,) = parsed.diagnostics
    assert found.code is Code.UNSAFE_LINK
    assert found.line == 2
    assert not [*parsed.blocks[0].findall(docutils_nodes.reference)]
    assert "script:a" in str(parsed.blocks[0]) or "a" in parsed.blocks[0].astext()


@pytest.mark.parametrize("address", ["http:a", "HTTPS://a", "mailto:a", "a/b.html", "irc://a"])
def test_safe_links(address: str) -> None:
    assert inlines(f"<link xlink:href='{address}'>b</link>") == [
        f'<reference refuri="{address}">b</reference>'
    ]


@pytest.mark.parametrize("character", ["\0", "\x1b", "\ud800", "\ufffe", "\x0c"])
def test_characters_that_are_none(character: str) -> None:
    parsed = parse(f"a\n{character}<literal>b</literal>")
    assert outline(parsed.blocks) == [["p", "a �b"]]
    (found,) = parsed.diagnostics
    assert found.code is Code.BAD_ENCODING
    assert (found.line, found.column) == (2, 1)


def test_nothing_is_read_from_outside(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden", encoding="utf-8")
    for text in (
        f'<!DOCTYPE a [<!ENTITY b SYSTEM "{secret}">]><para>&b;</para>',
        f'<xi:include href="{secret}" parse="text"/><literal/>',
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}" parse="text"/>',
        f'<?xml-stylesheet href="{secret}"?><literal>a</literal>',
    ):
        parsed = parse(text)
        assert "hidden" not in "".join(map(str, parsed.blocks))


LONG = 99_000


@pytest.mark.parametrize(
    "unit",
    [
        "<para>", "<emphasis>", "</a>", "<a ", "<", "&", "&a;", "<!--", "<![CDATA[", "<?", "<a/>",
        "<p:a/>", "<a/>\n\na", "<literal>`</literal>", "<itemizedlist><listitem>", "<link a='",
        "<link xlink:href='javascript:a'/>", "<footnote>a</footnote>", "`<literal>``",
        "<table><tr><td>a</td></tr></table>", "<a b='1' ", "<literal> \n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("closed", [False, True])
def test_any_text_takes_bounded_time(unit: str, closed: bool) -> None:
    opened = re.findall(r"<(\w+)>", unit) if closed and "</" not in unit else []
    end = "".join(f"</{name}>" for name in reversed(opened))
    count = LONG // (len(unit) + len(end))
    text = "<a/>" + unit * count + end * count
    start = time.perf_counter()
    parsed = parse(text)
    looks_like_docbook(text)
    assert time.perf_counter() - start < 3  # below one, but for a busy machine
    assert outline(parsed.blocks) is not None
    assert len(parsed.diagnostics) <= 50


@pytest.mark.parametrize(
    "text",
    [
        "<para>" * 100_000,
        "<emphasis>" * 100_000 + "</emphasis>" * 100_000,
        "<emphasis>" * 100 + "a" + "</emphasis>" * 100,
        "<b>" * 1000 + "a" + "</b>" * 1000,
        "<table><tr>" + "<td/>" * 3000 + "</tr>" + "<tr><td/></tr>" * 3000 + "</table>",
        "<literal/>" * 100_000,
    ],
    ids=range(6),
)
def test_what_is_too_complex(text: str) -> None:
    parsed = parse(text)
    assert [found.code for found in parsed.diagnostics] == [Code.TOO_COMPLEX]
    assert parsed.blocks[1].astext() == text


def test_billion_laughs() -> None:
    entities = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(10))
    text = f"<!DOCTYPE l [<!ENTITY l0 'ha'>{entities}]><para>&l10;</para>"
    assert codes(text) == [Code.NOT_WELL_FORMED]


PIECES = st.sampled_from(
    [
        *"<>&;/'\" \n\t\r\0\x1b\ud800\ufffe`ab.", "\n\n", "<literal>", "</literal>", "<para>",
        "</para>", "<itemizedlist>", "</itemizedlist>", "<listitem>", "</listitem>", "<link ",
        "xlink:href='", "linkend='", "/>", "<!--", "-->", "<![CDATA[", "]]>", "&nbsp;", "&lt;",
        "<variablelist>", "</variablelist>", "<varlistentry>", "</varlistentry>", "<term>",
        "</term>", "<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<footnote>",
        "</footnote>", "<quote>", "</quote>", "<option>", "</option>", "<x:y>", "</x:y>", "<title>",
        "</title>", "<xref linkend='a'/>", "<screen>", "</screen>", "xml:id='i'>",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join) | st.text())
def test_any_text_is_parsed(text: str) -> None:
    parsed = parse(text)
    outline(parsed.blocks)
    looks_like_docbook(text)
    assert all(
        found.line is not None and found.column is not None and found.line <= len(text) + 1
        for found in parsed.diagnostics
    )


ELEMENTS = [
    "literal",
    "emphasis",
    "para",
    "note",
    "quote",
    "option",
    "link",
    "title",
    "itemizedlist",
    "listitem",
    "member",
    "simplelist",
    "variablelist",
    "varlistentry",
    "term",
    "table",
    "tr",
    "td",
    "footnote",
    "screen",
    "code",
    "foo",
    "keycombo",
    "citerefentry",
]


def _trees(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(ELEMENTS), st.lists(children, max_size=4)).map(
        lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"
    )


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.recursive(st.sampled_from(["w1", " w2 ", "\nw3", "\n\n w4", "<!-- c -->"]), _trees),
        max_size=5,
    ).map("".join)
)
@example("<literal> w2 </literal><emphasis><!-- c --></emphasis>")
@example("<emphasis> w2 <emphasis><literal></literal></emphasis></emphasis>")
@example("w1\n<literal/><emphasis><literal/></emphasis>")
def test_no_word_is_lost_in_any_tree(text: str) -> None:
    parsed = parse(f"<literal/>{text}")
    shown = "".join(
        str(text) for block in parsed.blocks for text in block.findall(docutils_nodes.Text)
    )
    for word in ("w1", "w2", "w3", "w4"):
        assert shown.count(word) == text.count(word)
    for block in parsed.blocks:
        for paragraph in block.findall(docutils_nodes.paragraph):
            visible = "".join(map(str, paragraph.findall(docutils_nodes.Text)))
            if [*paragraph.findall(docutils_nodes.footnote_reference)]:
                continue  # which is seen, but is no text
            assert visible == visible.strip(" \t\n")
            assert visible.count("\n") == paragraph.rawsource.count("\n")


# ─── is it DocBook? ───


@pytest.mark.parametrize(
    "text",
    [
        "a <literal>b</literal>",
        "<xref linkend='a'/>",
        '<link\nxlink:href="https://a"/>',
        "a\n</para>\n<para>b",
        "a</para>",
        "<code>a</code>",
        "<olink targetptr='a'/>",
        "`foo` <filename>a</filename>",
        "<db:literal>a</db:literal>",
    ],
)
def test_looks_like_docbook(text: str) -> None:
    assert looks_like_docbook(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "a &lt;b&gt; &amp; c",
        "the <name> and the <option>",
        "```xml\n<literal>a</literal>\n```",
        "``<literal>a</literal>``",
        "`<para>` and `</para>`",
        "*a* <code>b</code> [c](d)",
        "<b>a</b> <em>b</em>",
        "<https://a.b/>",
        "<table>",
        "<link rel='x'>",
    ],
)
def test_does_not_look_like_docbook(text: str) -> None:
    assert not looks_like_docbook(text)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", Form.PLAIN),
        ("- a: b", Form.PLAIN),
        ("journal & a socket", Form.PLAIN),
        ("a &lt;b&gt; <name> <option>", Form.PLAIN),
        ("`a' and `b'.", Form.PLAIN),
        ("`a", Form.PLAIN),
        ("# a\n* b", Form.PLAIN),
        ("`a`", Form.MARKDOWN),
        ("`it's` isn't 'b'", Form.MARKDOWN),
        ("{option}`a.b` & `c'", Form.MARKDOWN),
        ("```\na\n```", Form.MARKDOWN),
        ("[a](b)", Form.MARKDOWN),
        ("::: {.note}\na\n:::", Form.MARKDOWN),
        ("<https://example.org>", Form.MARKDOWN),
        ("`a` <literal>b</literal>", Form.MARKDOWN),
        ("`<para>a</para>`", Form.MARKDOWN),
        ("<literal>a</literal>", Form.DOCBOOK),
        ("`a' <literal>b</literal> `c'", Form.DOCBOOK),
        ("<option>systemd.services.<name>.path</option>", Form.DOCBOOK),
        ("<literal>a</literal></para><para>b", Form.DOCBOOK_BLOCKS),
        ("<note><para>a", Form.PLAIN),
        ("<note><para>a</para> b", Form.DOCBOOK_BLOCKS),
    ],
)
def test_the_form_of_a_text(text: str, form: Form) -> None:
    assert form_of(text) is form


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a `b`.</para><para>c", "a `b`.\n\nc"),
        ("<para>`a`</para>\n\n<para>b</para>", "`a`\n\nb"),
        ("`</para>` a</para>\n<para>\nb `x`", "`</para>` a\n\nb `x`"),
        ("```\n</para>\n```\na</para><para>b", "```\n</para>\n```\na\n\nb"),
        ("<para>a</para>", None),
        ("`a`<title>b</title>", None),
        ("<note><title>`a`</title>b</note>", "::: {.note}\n\n**`a`**\n\nb\n\n:::"),
        ("`a`<note><para>b</para>", None),
        ("`a`<screen>b", None),
        ("`a`<para/>", None),
        ("`a`<itemizedlist>b</itemizedlist>", None),
        ("`a`<listitem>b</listitem>", None),
        ("`a`<informaltable></informaltable>", None),
        ("a <literal>`b`</literal><para>c</para>", None),
        ("a<screen>`b`</screen>", None),
        ("`a`<note>b</note>c", "`a`\n\n::: {.note}\n\nb\n\n:::\n\nc"),
        (
            "`a`<itemizedlist>\n<listitem>b<para>\n  c\n    d\n</para></listitem></itemizedlist>",
            "`a`\n\n- b\n\n  c\n    d",
        ),
        (
            "<orderedlist><listitem>a</listitem><listitem>`b`</listitem></orderedlist>",
            "1. a\n2. `b`",
        ),
        (
            "<variablelist><varlistentry><term>`a`</term><listitem>b</listitem></varlistentry></variablelist>",
            "`a`\n: b",
        ),
        (
            "`a`<programlisting language='nix'>\n<![CDATA[a & b]]>\n</programlisting>",
            "`a`\n\n```nix\na & b\n```",
        ),
        (
            "`a`<screen>```\n &lt;<replaceable>b</replaceable></screen>",
            "`a`\n\n````\n```\n <b\n````",
        ),
        (
            "<note><tip>`a`</tip></note>",
            ":::: {.note}\n\n::: {.tip}\n\n`a`\n\n:::\n\n::::",
        ),
        ("`a`<simplelist><member></member></simplelist>", "`a`\n\n- <!-- -->"),
        ("```\n<screen>a</screen>\n```\n<para>b</para>", "```\n<screen>a</screen>\n```\n\nb"),
    ],
)
def test_tags_of_blocks_in_markdown(text: str, markdown: str | None) -> None:
    assert as_markdown(text) == markdown


@given(st.lists(st.sampled_from([
    "<note>", "</note>", "<itemizedlist>", "</itemizedlist>", "<listitem>", "</listitem>", "<para>",
    "</para>", "<screen>", "</screen>", "`", "ä", " ", "\n", "<variablelist>", "</variablelist>",
    "<varlistentry>", "</varlistentry>", "<term>", "</term>", "<title>", "</title>", "- b\n", "**c**",
]), max_size=16).map("".join))  # fmt: skip
def test_any_mixture_of_blocks_keeps_the_text(text: str) -> None:
    markdown = as_markdown(f"`x` {text}")
    assert markdown is None or markdown.count("ä") == text.count("ä")


@pytest.mark.parametrize(
    "piece",
    [
        "<screen>a</screen>`b`",
        "`a`<para>",
        "<note>",
        "``<screen>",
        "<itemizedlist><listitem>",
        "<code>",
    ],
)
def test_tags_of_blocks_take_time_in_proportion(piece: str) -> None:
    start = time.process_time()
    as_markdown("`a` " + piece * 8000)
    assert time.process_time() - start < 2


def test_the_majority_of_a_set() -> None:
    docbook, markdown, plain = "<literal>a</literal>", "`a`", "- a: b"
    assert looks_like_markdown(markdown)
    assert set_is_docbook([docbook, docbook, markdown, plain])
    assert not set_is_docbook([docbook, markdown, markdown])
    assert not set_is_docbook([docbook, markdown])
    assert not set_is_docbook([plain])
    assert set_is_docbook([docbook])
    assert not set_is_docbook([])


# ─── real sets ───

OLD = {"nixos-1609.json": 4257, "nixos-2014.json": 1569}
NEW = ["home-manager.json", "nixvim.json", "home-manager-embedded.json", "nixos-2024-names.json"]


def descriptions(name: str) -> dict[str, str]:
    path = DATA / "options" / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    options = json.loads(path.read_text(encoding="utf-8"))
    named = options.items() if isinstance(options, dict) else ((o["name"], o) for o in options)
    return {key: option["description"] for key, option in named if "description" in option}


def plain_words(text: str) -> list[str]:
    """The words of a description, by means other than the parser's."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    verbatim = re.findall(r"<!\[CDATA\[(.*?)\]\]>", text, flags=re.DOTALL)
    text = re.sub(r"<!\[CDATA\[.*?\]\]>", "", text, flags=re.DOTALL)
    text = re.sub(r"\s*<manvolnum>(\w+)</manvolnum>", r"(\1)", text)
    text = re.sub(r"</?(?:para|note|listitem|itemizedlist|screen|programlisting)>", " ", text)
    text = re.sub(r"<[^>]*>", "", text)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return [*text.split(), *" ".join(verbatim).split()]


@pytest.mark.parametrize("name", OLD)
def test_every_word_of_a_real_set(name: str) -> None:
    found = descriptions(name)
    assert len(found) == OLD[name]
    for option, text in found.items():
        parsed = parse(text)
        assert parsed.diagnostics == [], option
        shape = outline(parsed.blocks)
        shown = "".join(_texts(shape)).replace(" ", "").replace("\n", "")
        for word in plain_words(text):
            assert word in shown, option
        for element, kind in (("itemizedlist", "ul"), ("orderedlist", "ol"), ("screen", "pre")):
            assert text.count(f"<{element}>") == json.dumps(shape).count(f'["{kind}",') or (
                kind == "pre" and "<programlisting>" in text
            ), option
        for block in parsed.blocks:
            for paragraph in block.findall(docutils_nodes.paragraph):
                visible = "".join(map(str, paragraph.findall(docutils_nodes.Text)))
                assert visible.count("\n") == paragraph.rawsource.count("\n"), option


def _texts(shape: Any) -> list[str]:
    if isinstance(shape, str):
        return [shape]
    return [text for part in shape for text in _texts(part)]


@pytest.mark.parametrize("name", OLD)
def test_old_sets_are_docbook(name: str) -> None:
    found = descriptions(name)
    marked = [text for text in found.values() if re.search("<[a-z]", text)]
    assert marked
    assert all(looks_like_docbook(text) for text in marked)
    assert set_is_docbook(found.values())


@pytest.mark.parametrize("name", NEW)
def test_new_sets_are_not(name: str) -> None:
    found = descriptions(name)
    assert not set_is_docbook(found.values())


def test_slips_in_a_markdown_set() -> None:
    found = descriptions("home-manager.json")
    assert {option for option, text in found.items() if looks_like_docbook(text)} == {
        "programs.riff.commandLineOptions",
        "programs.riff.enable",
        "programs.ripgrep-all.custom_adapters",
        "services.shikane.settings",
        "xdg.dataFile.<name>.target",
        "xdg.stateFile.<name>.target",
    }
    assert not any(map(looks_like_docbook, descriptions("nixvim.json").values()))


def test_labelled_descriptions_without_lists() -> None:
    path = DATA / "structure" / "hidden-lists.json"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    for case in json.loads(path.read_text(encoding="utf-8")):
        if case["format"] == "docbook" and all(block[0] == "p" for block in case["outline"]):
            assert blocks(case["description"]) == case["outline"], case["id"]
