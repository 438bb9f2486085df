"""Which identifier a reference means, and its address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manualgen.book.references import OptionIndex, References
from manualgen.errors import Code, Severity
from manualgen.markup import description, nodes
from manualgen.options.model import identifier, join, split
from tests.conftest import shared_json
from tests.manuals import build, include


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


def resolved(text: str, **urls):
    parsed = description.parse(text)
    names = ["a.enable", "u.<name>.home"]
    References(
        index(*names),
        {**{identifier(n): f"p.html#{identifier(n)}" for n in names}, "anchor": "q.html#anchor"},
        {identifier(n): n for n in names},
        urls.get("manpages"),
    ).resolve(parsed)
    return parsed


def only(parsed):
    (reference,) = parsed.references
    return reference


def test_an_option_role_links():
    reference = only(resolved("{option}`a.enable`"))
    assert (reference["refid"], reference["refuri"]) == ("opt-a.enable", "p.html#opt-a.enable")
    assert reference.astext() == "a.enable"


def test_an_option_role_for_an_instance_keeps_its_text():
    reference = only(resolved("{option}`u.bob.home`"))
    assert reference["refuri"] == "p.html#opt-u._name_.home"
    assert reference.astext() == "u.bob.home"


def test_an_option_of_another_set_is_a_hint():
    parsed = resolved("{option}`nothing.here`")
    assert only(parsed).get("refuri") is None
    (found,) = parsed.diagnostics
    assert (found.code, found.severity) == (Code.UNKNOWN_OPTION, Severity.HINT)
    assert "`nothing.here`" in found.message


def test_a_reference_without_a_text_takes_the_options_name():
    for target in ("opt-a.enable", "opt-u._name_.home", "opt-u.<name>.home"):
        text = f"[](<#{target}>)" if "<" in target else f"[](#{target})"
        if "<" in target:
            text = "[](#opt-u.%3Cname%3E.home)"
        parsed = resolved(text)
        assert parsed.diagnostics == []
        assert only(parsed).astext() in {"a.enable", "u.<name>.home"}
        assert only(parsed)["refuri"].startswith("p.html#opt-")


def test_a_reference_keeps_its_own_text():
    reference = only(resolved("[this *one*](#opt-a.enable)"))
    assert reference.astext() == "this one"
    assert reference["name"] == "a.enable"
    assert not reference.get("takes_name")


def test_an_anchor():
    reference = only(resolved("[there](#anchor)"))
    assert (reference["refuri"], reference["name"]) == ("q.html#anchor", None)
    assert only(resolved("[](#anchor)")).astext() == "anchor"


@pytest.mark.parametrize("text", ["[shown](#nowhere)", "[](#nowhere)", "[](#opt-nowhere)"])
def test_a_reference_that_leads_nowhere_shows_its_text(text):
    parsed = resolved(text)
    assert only(parsed).get("refuri") is None
    assert only(parsed).astext() == ("shown" if "shown" in text else text[3:-1])
    (found,) = parsed.diagnostics
    assert (found.code, found.severity) == (Code.DANGLING_REFERENCE, Severity.WARNING)
    assert found.help


def test_a_manual_page_links_where_its_address_is_known():
    urls = {"nix.conf(5)": "https://e/nix.conf"}
    known = only(resolved("{manpage}`nix.conf(5)`", manpages=urls))
    assert isinstance(known, nodes.manpage_reference)
    assert known["refuri"] == "https://e/nix.conf"
    unknown = resolved("{manpage}`ls(1)`", manpages=urls)
    assert only(unknown)["refuri"] is None
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
    assert [(found.message, found.severity) for found in site.said] == [
        ("the manual has no page `b.md`", Severity.WARNING),
        ("the manual has no page `nope.pdf`", Severity.WARNING),
        ("nothing on `index.html` has the identifier `nope`", Severity.WARNING),
    ]
    assert site.said[0].help == "write (#ch-b)"
    assert [(found.line, found.column) for found in site.said] == [(3, 5), (3, 48), (3, 63)]
