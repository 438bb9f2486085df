"""Texts as authors write them, in the three formats that readers get."""

from __future__ import annotations

import json

import pytest

from manualgen.book.catalog import OptionCatalog, OptionSettings
from manualgen.options.reading import decode
from manualgen.writers.html import HtmlWriter
from manualgen.writers.manpage import ManpageWriter
from manualgen.writers.markdown import MarkdownWriter
from tests.rendering import FakeLinks, man_page, mandoc_complaints, resolver_of, strict


class Rendered:
    """One option of a set, in every format, with its diagnostics."""

    def __init__(self, description=None, others=(), **fields) -> None:
        records = {"a.b": {"description": description, "type": "string", **fields}}
        for number, other in enumerate(others):
            records[f"z.other{number}"] = {"description": other, "type": "string"}
        options = decode(json.dumps(records).encode())
        catalog = OptionCatalog([options], OptionSettings())
        sections = catalog.sections(resolver_of(catalog))
        number = [option.name for option in catalog.options].index("a.b")
        section = sections.section(catalog.options[number], catalog.ids[number])
        links = FakeLinks(catalog.options, None, catalog.anchors)
        html = HtmlWriter(links)
        html.start_page(catalog.ids)
        self.html = html.section(section)
        self.text = "".join(strict(self.html).text)
        self.man = ManpageWriter(links).section(section)
        assert mandoc_complaints(man_page(self.man)) == ""
        self.markdown = MarkdownWriter().blocks(section.children)
        self.diagnostics = [*options.diagnostics, *sections.diagnostics]

    @property
    def codes(self):
        return [diagnostic.code.slug for diagnostic in self.diagnostics]

    def shows(self, html, man, markdown):
        assert html in self.html
        assert man in self.man
        assert markdown in self.markdown


# ─── line ends and values ───


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_line_ends_make_no_difference(end):
    text = "T.\n\n# H\n\n```sh\na\n\nb\n```\n\n::: {.note}\nc\n:::\n\n| a |\n|---|\n| b |\n"
    expected = Rendered(text)
    rendered = Rendered(text.replace("\n", end))
    assert rendered.codes == expected.codes == ["heading-in-description"]
    assert (rendered.html, rendered.man) == (expected.html, expected.man)
    assert rendered.markdown == expected.markdown


@pytest.mark.parametrize("part", ["default", "example", "relatedPackages"])
@pytest.mark.parametrize("kind", ["literalMD", "literalExpression", "literalDocBook", "mdDoc"])
def test_line_ends_of_facts_make_no_difference(part, kind):
    text = {"_type": kind, "text": "T.\n\nModes:\na: b\nc: d\n"}
    returns = {"_type": kind, "text": text["text"].replace("\n", "\r")}
    expected, rendered = Rendered("D.", **{part: text}), Rendered("D.", **{part: returns})
    assert rendered.codes == expected.codes
    assert (rendered.html, rendered.man) == (expected.html, expected.man)


@pytest.mark.parametrize("part", ["default", "example"])
def test_a_plain_value_of_several_lines_is_an_indented_string(part):
    rendered = Rendered("D.", **{part: "#!/bin/sh\nset -e\n"})
    assert "''\n  #!/bin/sh\n  set -e\n''" in rendered.text
    assert "\\(aq\\(aq\n  #!/bin/sh\n  set -e\n\\(aq\\(aq" in rendered.man
    assert "''\n  #!/bin/sh\n  set -e\n''" in rendered.markdown
