"""Pictures in SVG: what runs or loads from elsewhere is left out, everything else is kept."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

import manualgen
from manualgen.book.svg import DEEPEST, cleaned
from manualgen.errors import Code
from tests.manuals import write

HARMLESS = [
    "<rect fill='url(#g)' style='stroke: url(\"#h\"); stroke-width: 2'/>",
    "<style>@media (prefers-color-scheme: dark) { .a { fill: url( '#g' ) } }</style>",
    "<image href='data:image/png;base64,AAAA'/>",
    "<image xlink:href='data:image/jpeg;base64,AAAA'/>",
    "<style>@font-face { src: url(data:font/woff2;base64,AAAA) }</style>",
    "<use xlink:href='#a'/><use href=' #a'/>",
    "<a href='https://example.org/'><text>A &amp; B &#xE9;</text></a>",
    "<animate attributeName='opacity' from='0' to='1' dur='1s'/>",
    "<i:view xmlns:i='http://www.inkscape.org/namespaces/inkscape' i:path='C:\\a'/>",
    "<filter id='f'><feGaussianBlur stdDeviation='2'/></filter><g transform='rotate(45)'/>",
    "<title>onclick=alert(1)</title><desc>&lt;script></desc>",
]
HARMFUL = {
    "<script>alert(1)</script>": "<script>",
    "<script href='x.js'/>": "<script>",
    "<g xmlns:s='http://www.w3.org/2000/svg'><s:script>alert(1)</s:script></g>": "<script>",
    "<x xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></x>": "<x>",
    "<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject>": "<foreignObject>",
    "<handler type='text/javascript'>x</handler>": "<handler>",
    "<rect onclick='alert(1)'/>": "onclick",
    "<rect oNlOaD='alert(1)'/>": "oNlOaD",
    "<a href='javascript:alert(1)'/>": "href",
    "<a xlink:href=' java&#10;script:alert(1)'/>": "xlink:href",
    "<a href='data:text/html,x' ping='https://evil/'/>": "href",
    "<g xmlns:l='http://www.w3.org/1999/xlink'><use l:href='https://evil/x.svg#a'/></g>": "l:href",
    "<use href='data:image/svg+xml,x#a'/>": "href",
    "<image href='https://evil/x.png'/>": "href",
    "<image href='file:///etc/passwd'/>": "href",
    "<image href='data:image/svg+xml;base64,AAAA'/>": "href",
    "<feImage href='other.png'/>": "href",
    "<rect fill='url(https://evil/x.svg#g)'/>": "fill",
    "<rect filter='URL( \"x.svg#g\" )'/>": "filter",
    "<rect fill='u\\72l(https://evil/)'/>": "fill",
    "<rect cursor='image-set(\"https://evil/x.png\" 1x)'/>": "cursor",
    "<rect style='background: url(//evil)'/>": "style",
    "<style>@import 'https://evil/a.css';</style>": "<style>",
    "<style>@\\69mport 'https://evil/a.css';</style>": "<style>",
    "<style>rect { fill: url(https://evil/) }</style>": "<style>",
    "<style><![CDATA[rect { fill: url(https://evil/) }]]></style>": "<style>",
    "<set attributeName='onclick' to='alert(1)'/>": "<set>",
    "<animate attributeName='xlink:href' values='javascript:alert(1)'/>": "<animate>",
    "<animate attributeName=' href ' to='javascript:alert(1)'/>": "<animate>",
    "<g xml:base='https://evil/'><use href='#a'/></g>": "xml:base",
    "<?xml-stylesheet href='https://evil/a.xsl' type='text/xsl'?>": "<?xml-stylesheet?>",
    "<iframe src='https://evil/'/>": "<iframe>",
}


def drawing(inside: str) -> bytes:
    return (
        "<?xml version='1.0'?>\n<!-- A drawing. -->\n"
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' "
        f"width='10' height='10'><rect id='first'/>{inside}<rect id='last'/></svg>\n"
    ).encode()


@pytest.mark.parametrize("inside", HARMLESS)
def test_what_does_no_harm_is_kept_to_the_byte(inside):
    assert cleaned(drawing(inside)) == (drawing(inside), [])


@pytest.mark.parametrize("inside", HARMFUL)
def test_what_runs_or_loads_is_removed(inside):
    data, removed = cleaned(drawing(inside))
    assert HARMFUL[inside] in removed
    text = data.decode()
    for word in ("alert", "evil", "script:", "passwd"):
        assert word not in text
    # The rest is still there, and there is nothing more to remove.
    ids = [element.get("id") for element in ET.fromstring(data) if element.get("id")]
    assert ids == ["first", "last"]
    assert cleaned(data) == (data, [])


@pytest.mark.parametrize("inside", HARMLESS)
def test_what_does_no_harm_survives_beside_what_does(inside):
    data, removed = cleaned(drawing(f"{inside}<script>x</script>"))
    assert removed == ["<script>"]

    def shape(element: ET.Element) -> object:
        return element.tag, element.attrib, element.text, [shape(child) for child in element]

    assert shape(ET.fromstring(data)) == shape(ET.fromstring(drawing(inside)))


def test_attributes_that_a_declaration_gives():
    data = b"<!DOCTYPE svg [<!ATTLIST svg onload CDATA 'alert(1)'>]><svg><rect/></svg>"
    assert cleaned(data) == (b"<svg><rect></rect></svg>", ["onload"])


def test_entities_are_written_out():
    data = b"<!DOCTYPE svg [<!ENTITY e '<script>alert(1)</script>x'>]><svg><text>&e;</text></svg>"
    assert cleaned(data) == (b"<svg><text>x</text></svg>", ["<script>"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<svg><script>alert(1)</script><g></svg>", "line 1: mismatched tag"),
        (b"<svg>\n<rect", "line 2: "),
        (b"<html><body><svg/></body></html>", "its first element is <html>"),
        (b"<svg>" + b"<g>" * DEEPEST + b"</g>" * DEEPEST + b"</svg>", "elements in elements"),
        (b"<?xml version='1.0' encoding='utf-7'?><svg/>", "encoding"),
    ],
)
def test_what_is_no_drawing(data, message):
    with pytest.raises(ValueError, match=message):
        cleaned(data)


def test_a_manual_says_what_it_removed(tmp_path):
    write(
        tmp_path,
        {
            "manual.md": "# M {#m}\n\n## S\n\n![a](a.svg)\n\n![b](b.svg)\n\n![c](c.svg)\n",
            "a.svg": drawing("<script>alert(1)</script>"),
            "b.svg": drawing(""),
            "c.svg": b"<svg><g></svg>",
        },
    )
    manual = manualgen.load(tmp_path / "manual.md")
    first, last = manual.diagnostics
    assert (first.code, first.line) == (Code.IMAGE, 5)
    assert "<script>" in first.message
    assert (last.code, last.line) == (Code.MISSING_IMAGE, 9)
    manualgen.build_html(manual, tmp_path / "site", strict=False)
    shown = sorted(path.read_bytes() for path in (tmp_path / "site/media").glob("*.svg"))
    assert drawing("") in {picture.data for picture in manual.picture_files}
    assert all(b"alert" not in data for data in shown)
