"""What tests of markup, writers and sites share: a text in every form, and strict readers."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from docutils import nodes as docutils_nodes

from manualgen import api
from manualgen.book.catalog import OptionCatalog, OptionSettings
from manualgen.book.references import OptionIndex, Resolver, TargetTable
from manualgen.markup import description, nodes
from manualgen.markup.links import Target
from manualgen.options.model import Option, Text, identifier, join
from manualgen.options.reading import OptionSet, read
from manualgen.site import manpage
from manualgen.writers.html import HtmlWriter, fragment
from manualgen.writers.manpage import ManpageWriter
from tests.conftest import program

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from manualgen.book.manual import Manual


def option(name: str = "a.b", description: str | None = None, **fields) -> Option:
    """Return an option; text fields may be strings."""
    for part in ("default", "example", "related_packages"):
        if isinstance(fields.get(part), str):
            fields[part] = Text(fields[part])
    loc = fields.pop("loc", None) or tuple(name.split("."))
    text = None if description is None else Text(description)
    return Option(name=name, loc=loc, description=text, **fields)


def named(*loc: str, **fields) -> Option:
    """Return an option by its path."""
    return option(join(loc), loc=loc, **fields)


def catalog(*options: Option, **settings) -> OptionCatalog:
    return OptionCatalog([OptionSet(options)], OptionSettings(**settings))


def catalog_of(*paths: str | Path) -> OptionCatalog:
    return OptionCatalog([read(str(path)) for path in paths], OptionSettings())


def manual(*options: Option, **settings) -> Manual:
    """Return options as a manual without chapters."""
    return api.from_options([OptionSet(options)], **settings)


def manual_of(*paths: str | Path, **settings) -> Manual:
    """Return files of options as a manual without chapters."""
    return api.from_options([read(str(path)) for path in paths], **settings)


def sections_in(made: Manual) -> list[nodes.option]:
    """Return the sections of all options of a manual."""
    return [entry.sections.section(entry.option, entry.id) for entry in made.options]


def html(text: str) -> str:
    """Return a description's HTML, without its end."""
    return HtmlWriter().blocks(description.parse(text).blocks).strip()


def man(text: str) -> str:
    """Return a description as roff, without its end."""
    return ManpageWriter().blocks(description.parse(text).blocks).strip()


class FakeLinks:
    """The links of a document of options, as the protocol has them: to identifiers in it."""

    def __init__(self, options=(), manpage_urls=None, anchors=(), titles=None) -> None:
        options = list(options)
        self.names = {identifier(each.name): each.name for each in options}
        self.index = OptionIndex((each.name, each.loc, identifier(each.name)) for each in options)
        self.manpage_urls = manpage_urls or {}
        self.anchors = set(anchors)
        self.titles = titles or {}

    def target(self, reference):
        if isinstance(reference, nodes.option_reference):
            return self._option(self.index.identifier(reference.astext()))
        name = reference["target"]
        if name in self.titles:
            return self.titles[name]
        if name in self.anchors:
            return Target(name, "anchor")
        found = name if name in self.names else None
        if found is None and name.startswith("opt-"):
            found = self.index.identifier(name[4:])
        return self._option(found)

    def _option(self, found):
        if found is None:
            return None
        name = self.names[found]
        return Target(found, "option", (docutils_nodes.literal(name, name, classes=["option"]),))

    def href(self, target):
        return f"#{fragment(target.id)}"

    def manpage(self, name):
        return self.manpage_urls.get(name)


def sections_of(*options: Option, **settings):
    """Return the sections of options, their identifiers, and the links between them."""
    made = catalog(*options, **settings)
    sections = made.sections(resolver_of(made))
    links = FakeLinks(made.options, settings.get("manpage_urls"), made.anchors)
    pairs = zip(made.options, made.ids, strict=True)
    return [sections.section(each, name) for each, name in pairs], made.ids, links


def resolver_of(made: OptionCatalog) -> Resolver:
    return Resolver(TargetTable({}, [made]), [("opt-", made.index)], made.index)


def html_sections(*options: Option, **settings) -> list[str]:
    """Return the HTML of options that stand on one page."""
    sections, names, links = sections_of(*options, **settings)
    writer = HtmlWriter(links)
    writer.start_page(names)
    return [writer.section(section) for section in sections]


def man_sections(*options: Option, **settings) -> list[str]:
    """Return the roff of options that stand on one page."""
    sections, _, links = sections_of(*options, **settings)
    writer = ManpageWriter(links)
    return [writer.section(section) for section in sections]


def man_page(body: str, *, tables: bool = True) -> str:
    """Return roff as a whole page."""
    look = manpage.ManpageLook()
    mark = "'\\\" t\n" if tables else ""
    return mark + manpage.header(look) + body + manpage.footer(look)


def run(command: Sequence[str], page: str) -> str:
    """Run a program on a page; return what it prints, complaints included."""
    done = subprocess.run(
        [program(command[0]), *command[1:]],
        input=page.encode("utf-8", "replace"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode("utf-8", "replace")


def mandoc_complaints(page: str) -> str:
    return run(["mandoc", "-T", "lint", "-W", "warning"], page)


# Where a word is longer than what is left of a line there is nothing to adjust, nor to break.
_LINES = re.compile(r".*(?:can't|cannot) (?:adjust|break) line.*\n?")


def groff_complaints(page: str) -> str:
    return _LINES.sub("", run(["groff", "-t", "-man", "-ww", "-Tutf8", "-z"], page))


def shown(page: str, width: int = 78) -> str:
    """Return a page as mandoc shows it, without bold and underline."""
    text = run(["mandoc", "-T", "utf8", "-O", f"width={width}"], page)
    # A space that must not break is printed as the character for that.
    return re.sub(".\b", "", text).replace("\u00a0", " ")


def words(text: str) -> str:
    """Return a text with its white space folded."""
    return " ".join(text.split())


# ─── strict HTML ───

VOID = {"area", "br", "hr", "img", "input", "link", "meta", "wbr"}


class Strict(HTMLParser):
    """Reads HTML and refuses what is not balanced, or not escaped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"an attribute twice: {tag} {attrs}"
        assert not (tag == "a" and "a" in self.open), f"a link in a link: {attrs}"
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        message = f"<{tag}/> is not of our making"
        raise AssertionError(message)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> where {self.open} is open"

    def handle_data(self, data):
        assert "<" not in data
        assert ">" not in data
        self.text.append(data)

    def handle_entityref(self, name):
        self.text.append({"amp": "&", "lt": "<", "gt": ">", "quot": '"'}[name])

    def handle_charref(self, name):
        assert name in {"#39", "39"}, f"&#{name}; is not of our making"
        self.text.append("'")

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def strict(markup: str) -> Strict:
    """Read a piece of HTML; fail where it is not balanced or not escaped."""
    reader = Strict()
    reader.feed(markup)
    reader.close()
    assert not reader.open
    return reader


def ids(reader: Strict) -> list[str]:
    return [str(attributes["id"]) for _, attributes in reader.tags if "id" in attributes]


def unique(names: Iterable[str]) -> bool:
    found = list(names)
    return len(found) == len(set(found))
