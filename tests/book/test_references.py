"""Which identifier a reference means, and its address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manualgen.book.references import OptionIndex
from manualgen.errors import Code, Severity
from manualgen.markup import nodes
from manualgen.options.model import identifier, join, split
from manualgen.writers.shapes import shown_text
from tests.conftest import shared_json
from tests.manuals import build, include
from tests.rendering import manual, option


def index(*names: str) -> OptionIndex:
    return OptionIndex((name, split(name), identifier(name)) for name in names)


KNOWN = index(
    "a.enable",
    "users.users.<name>.home",
    "users.users.root.home",
    "users.users.<name>.keys.*.file",
    'hosts."example.org".x',
    "deep.<a>.left.x",
    "deep.b.right.x",
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.enable", "opt-a.enable"),
        ('a."enable"', "opt-a.enable"),
        ("users.users.alice.home", "opt-users.users._name_.home"),
        ('users.users."alice".home', "opt-users.users._name_.home"),
        ('users.users."a.b".home', "opt-users.users._name_.home"),
        ("users.users.<user>.home", "opt-users.users._name_.home"),
        # Plain components before placeholders; but what leads nowhere is not the last word.
        ("users.users.root.home", "opt-users.users.root.home"),
        ("users.users.root.keys.k1.file", "opt-users.users._name_.keys._.file"),
        ("deep.b.left.x", "opt-deep._a_.left.x"),
        ("deep.b.right.x", "opt-deep.b.right.x"),
        ('hosts."example.org".x', "opt-hosts._example.org_.x"),
        ("hosts.example.org.x", None),
        ("users.users.home", None),
        ("users.users.a.b.home", None),
        ("a", None),
        ("", None),
        ("a.enable.", None),
    ],
)
def test_what_a_name_means(name, found):
    assert KNOWN.identifier(name) == found
    assert KNOWN.identifier(name) == found  # also when it is asked again


def test_the_first_of_two_equal_names_is_meant():
    twice = OptionIndex([("a", ("a",), "opt-a"), ("a", ("a",), "opt-a-2")])
    assert twice.identifier("a") == "opt-a"
    assert twice.identifier('"a"') == "opt-a"


@pytest.mark.parametrize("name", ["home-manager", "nixos-1609"])
def test_every_real_option_means_itself(name):
    records = shared_json(f"data/options/{name}.json")
    known = OptionIndex(
        (option, tuple(record["loc"]), identifier(option)) for option, record in records.items()
    )
    assert [option for option in records if known.identifier(option) != identifier(option)] == []
    # An instance of each placeholder path leads to an option of that form.
    for record in records.values():
        loc = tuple(record["loc"])
        if any("<" in part for part in loc):
            instance = join(tuple("x-y-z" if part.startswith("<") else part for part in loc))
            assert known.identifier(instance) is not None


PARTS = st.sampled_from(["a", "b", "<x>", "*", "c.d", "é"])


@given(st.lists(st.lists(PARTS, min_size=1, max_size=4).map(tuple), max_size=8), st.data())
def test_an_instance_of_a_path_is_always_found(locs, data):
    known = OptionIndex((join(loc), loc, join(loc)) for loc in locs)
    for loc in locs:
        instance = [
            data.draw(st.sampled_from(["p", "a", "q r"])) if part in {"<x>", "*"} else part
            for part in loc
        ]
        found = known.identifier(join(tuple(instance)))
        assert found is not None
        pattern = split(found)
        assert len(pattern) == len(instance)
        assert all(p in {"<x>", "*", i} for p, i in zip(pattern, instance, strict=True))


class Resolved:
    """A text, what its only reference means, and what is wrong with it."""

    def __init__(self, text: str, manpages=None) -> None:
        named = [
            option("a.enable", text),
            option("u.<name>.home", "[]{#anchor}"),
        ]
        made = manual(*named, manpage_urls=manpages or {})
        (included,) = made.sets
        parsed = included.sections.parse(made.option("a.enable").description)
        (self.reference,) = parsed.references
        self.diagnostics = [*parsed.diagnostics, *included.resolver.diagnose(parsed.references)]
        self.links = made.links(lambda name: f"p.html#{name}", included)
        self.target = None
        if not isinstance(self.reference, nodes.manpage_reference):
            self.target = self.links.target(self.reference)

    @property
    def address(self) -> str | None:
        return None if self.target is None else self.links.href(self.target)

    @property
    def text(self) -> str:
        """What is shown."""
        if self.reference.children or self.target is None:
            return self.reference.astext()
        return "".join(node.astext() for node in self.target.text)


def test_an_option_role_links():
    found = Resolved("{option}`a.enable`")
    assert (found.target.id, found.address) == ("opt-a.enable", "p.html#opt-a.enable")
    assert found.text == "a.enable"


def test_an_option_role_for_an_instance_keeps_its_text():
    found = Resolved("{option}`u.bob.home`")
    assert found.address == "p.html#opt-u._name_.home"
    assert found.text == "u.bob.home"


def test_an_option_of_another_set_is_a_hint():
    found = Resolved("{option}`nothing.here`")
    assert found.target is None
    (diagnostic,) = found.diagnostics
    assert (diagnostic.code, diagnostic.severity) == (Code.UNKNOWN_OPTION, Severity.HINT)
    assert "`nothing.here`" in diagnostic.message


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("opt-a.enable", "a.enable"),
        ("opt-u._name_.home", "u.<name>.home"),
        ("opt-u.%3Cname%3E.home", "u.<name>.home"),
    ],
)
def test_a_reference_without_a_text_takes_the_options_name(target, name):
    found = Resolved(f"[](#{target})")
    assert found.diagnostics == []
    assert found.text == name
    assert found.address.startswith("p.html#opt-")


def test_a_reference_keeps_its_own_text():
    found = Resolved("[this *one*](#opt-a.enable)")
    assert found.text == "this one"
    assert (found.target.kind, found.target.text[0].astext()) == ("option", "a.enable")


def test_an_anchor():
    found = Resolved("[there](#anchor)")
    assert (found.address, found.target.kind) == ("p.html#anchor", "anchor")
    assert Resolved("[](#anchor)").text == "anchor"


@pytest.mark.parametrize("text", ["[shown](#nowhere)", "[](#nowhere)", "[](#opt-nowhere)"])
def test_a_reference_that_leads_nowhere_shows_its_text(text):
    found = Resolved(text)
    assert found.target is None
    shown = "".join(node.astext() for node in shown_text(found.reference, None))
    assert shown == ("shown" if "shown" in text else text[3:-1].removeprefix("#opt-"))
    (diagnostic,) = found.diagnostics
    assert (diagnostic.code, diagnostic.severity) == (Code.DANGLING_REFERENCE, Severity.WARNING)
    assert diagnostic.help


def test_a_manual_page_links_where_its_address_is_known():
    urls = {"nix.conf(5)": "https://e/nix.conf"}
    known = Resolved("{manpage}`nix.conf(5)`", urls)
    assert known.links.manpage(known.reference.astext()) == "https://e/nix.conf"
    unknown = Resolved("{manpage}`ls(1)`", urls)
    assert unknown.links.manpage(unknown.reference.astext()) is None
    assert unknown.diagnostics == []


def test_links_to_files_are_checked(tmp_path):
    links = "[a](b.md), [b](b.html), [c](b.xhtml#ch-b), [d](nope.pdf), [e](index.html#nope), "
    links += "[f](/x.pdf), [g](https://x/y.html), [h](index.html), [i](sub/../b.html?q#ch-b)"
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#book}\n\n## S\n\n"
            + include("chapters", "a.md")
            + "\n"
            + include("chapters", "b.md", arguments="html:into-file=//b.html"),
            "a.md": f"# A {{#ch-a}}\n\n{links}\n",
            "b.md": "# B {#ch-b}\n",
        },
    )
    assert [(found.message, found.severity) for found in site.diagnostics] == [
        ("the manual has no page `b.md`", Severity.WARNING),
        ("the manual has no page `nope.pdf`", Severity.WARNING),
        ("nothing on `index.html` has the identifier `nope`", Severity.WARNING),
    ]
    assert site.diagnostics[0].help == "write (#ch-b)"
    assert [(found.line, found.column) for found in site.diagnostics] == [(3, 5), (3, 48), (3, 63)]


def test_a_link_to_a_page_that_an_identifier_does_not_stand_on_is_reported(tmp_path):
    site = build(
        tmp_path,
        {
            "manual.md": "# B {#book}\n\n## S\n\n"
            + "\n".join(
                include("chapters", f"{name}.md", arguments=f"html:into-file=//{name}.html")
                for name in ("one", "two", "usage")
            ),
            "one.md": "# One {#one}\n\n[x](two.html#usage), [y](usage.html#usage), "
            "[z](index.html#usage)\n",
            "two.md": "# Two {#two}\n",
            "usage.md": "# Usage {#usage}\n",
        },
    )
    assert [(found.message, found.help, found.column) for found in site.diagnostics] == [
        (
            "nothing on `two.html` has the identifier `usage`",
            "write (#usage), which is on `usage.html`",
            5,
        )
    ]
