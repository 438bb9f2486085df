"""The data of the search, and its functions, as Node runs them."""

from __future__ import annotations

import json
import subprocess

import pytest

from manualgen import api
from manualgen.options.reading import OptionSet
from manualgen.site import search_index
from tests.conftest import ROOT, program
from tests.rendering import named, option

LOAD = """
const search = require(process.argv[1]);
const files = {};
globalThis.manualgenSearch = { register: (key, text) => { files[key] = JSON.parse(text); } };
for (const file of process.argv.slice(2)) require(file);
const index = files.names && search.prepare(files.names);
if (files.words) search.addWords(index, files.words);
process.stdout.write(JSON.stringify(%s));
"""


def evaluate(expression, folder=None, files=("names", "words")):
    """Return what a JavaScript expression of `search`, `index` and `files` is."""
    paths = [folder / "search" / f"{name}.js" for name in files] if folder else []
    done = subprocess.run(
        [program("node"), "-e", LOAD % expression, ROOT / "templates/search.js", *paths],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def site(folder, *options):
    api.build_html(api.from_options([OptionSet(tuple(options))]), folder)
    return folder


def answers(folder, query):
    text = json.dumps(query)
    return evaluate(
        f"search.answer(index, {text}).options.map(({{ option }}) => index.names[option])", folder
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Whether to enable it.", "Whether to enable it."),
        ("Whether to enable it. Or not.", "Whether to enable it."),
        ("Whether to\nenable it.\nOr not.", "Whether to enable it."),
        ("Listens on port 80, e.g. for nginx. More.", "Listens on port 80, e.g. for nginx."),
        ("Since version 1.2 it works. More.", "Since version 1.2 it works."),
        ("No full stop", "No full stop"),
        ("", ""),
        ("word " * 40, "word " * 32 + "…"),
        ("x" * 200, "x" * 160 + "…"),
    ],
)
def test_the_first_sentence(text, sentence):
    assert search_index.first_sentence(text) == sentence


def test_words_of_the_own_name_are_left_out():
    description = search_index.Description("S.", frozenset({"nginx", "virtual", "web", "host"}))
    sentence, words = search_index.entry_of("services.nginx.virtualHosts", description)
    assert sentence == "S."
    assert set(words.split()) == {"web", "host"}


def test_every_option_is_read_back(tmp_path):
    options = [
        option("a.b", type="boolean"),
        option("a.b.c.d", type="string"),
        option("a.c", type="boolean"),
        named("services", "x", 'a."b" c', "<name>", "enable", type="one of 'a', \"b\\n\""),
        named("services", "x", "line\nbreak\ttab", type="strange \u2028 \x00 type"),
        named("é", "日本", type="string"),
        named("one"),
        option("e.f"),
        option("e.f"),
        *[option(f"big.o{number}", type=f"t{number}") for number in range(3000)],
    ]
    folder = site(tmp_path, *options)
    names, types, addresses = evaluate(
        "[index.names, index.names.map((_, i) => files.names.types[index.types[i]]),"
        " index.names.map((_, i) => search.addressOf(index, i))]",
        folder,
    )
    assert sorted(names) == sorted(each.name for each in options)
    types_of = {each.name: each.type.replace("\x00", "\ufffd") for each in options}
    assert types == [types_of[name] for name in names]
    assert len(set(addresses)) == len(options)
    assert "options/e.html#opt-e.f-2" in addresses
    for address in addresses:
        assert (folder / address.partition("#")[0]).is_file()


def test_numbers(tmp_path):
    """A word of options far apart from each other is found in just these."""
    options = [option(f"o.n{number:04}", "Plain.") for number in range(4000)]
    rare = [0, 1, 43, 44, 45, 500, 1539, 1540, 1541, 3999]
    for number in rare:
        options[number] = option(f"o.n{number:04}", "Exceptional.")
    found = answers(site(tmp_path, *options), "exceptional")
    assert sorted(found) == [f"o.n{number:04}" for number in rare]


def test_no_options_and_no_descriptions(tmp_path):
    assert answers(site(tmp_path, option("a.b")), "a b") == ["a.b"]
    assert answers(tmp_path, "nothing like it") == []


@pytest.mark.parametrize(
    ("text", "terms", "marked"),
    [
        ("services.nginx.enable", ["nginx"], ["nginx"]),
        ("services.nginx.virtualHosts", ["vhost"], ["v", "Host"]),
        ("allowedTCPPorts", ["tcp", "ports"], ["TCPPorts"]),
        ("Whether to enable Nginx.", ["nginx"], ["Nginx"]),
        ("services.nginx.enable", ["ngnix"], ["nginx"]),
        ("Synchronizes files.", ["synchronization"], ["Synchronizes"]),
        ("hostName", ["ostn"], ["ostN"]),
        ("programs.flake-edit.settings", ["flakes"], ["flake"]),
        ("nothing", ["else"], []),
        ("İx", ["x"], []),
    ],
)
def test_marks(text, terms, marked):
    ranges = evaluate(f"search.marks({json.dumps(text)}, {json.dumps(terms)})")
    assert [text[start:end] for start, end in ranges] == marked


NGINX = [
    option("services.nginx.enable", "Whether to enable Nginx."),
    option("services.nginx.package", "P."),
    option("services.nginx.virtualHosts", "V."),
    option("services.nginx.virtualHosts.<name>.root", "R."),
    option("services.other.nginx.enable", "Whether Other uses it."),
    option("services.other.package", "P."),
]


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("nginx", "services.nginx.enable"),
        ("other nginx", "services.other.nginx.enable"),
        ("nginx other", "services.other.nginx.enable"),
        ("services.nginx.virtualHosts", "services.nginx.virtualHosts"),
        ("nginx virtual hosts", "services.nginx.virtualHosts"),
        ("the root of a vhost", "services.nginx.virtualHosts.<name>.root"),
        ("Nginx PACKAGE", "services.nginx.package"),
    ],
)
def test_the_best_comes_first(query, best, tmp_path):
    assert answers(site(tmp_path, *NGINX), query)[0] == best


def test_pasted_names_are_found(tmp_path):
    root = "services.nginx.virtualHosts.<name>.root"
    expected = {
        'services.nginx.virtualHosts."example.org".root = "/srv";': root,
        "services.nginx.virtualHosts.${domain}.root": root,
        "services.nginx.virtualHosts.<domain?>.root": root,
        "services.nginx.virtualHosts.localhost.root": root,
        'virtualHosts."example.org".root': root,
        "#opt-services.nginx.virtualHosts._name_.root": root,
        "{ services.nginx = { package = pkgs.nginx; }; }": "services.nginx.package",
        "config.services.nginx.package": "services.nginx.package",
        "options.services.nginx.package": "services.nginx.package",
        "`services.nginx.package`": "services.nginx.package",
        '"services.nginx.package";': "services.nginx.package",
        "SERVICES.NGINX.PACKAGE.": "services.nginx.package",
        "services.nginx.virtualHosts": "services.nginx.virtualHosts",
        # Within the value of an option.
        "services.nginx.package.override": "services.nginx.package",
        # What is not a name is taken as it is.
        "=": None,
        '"': None,
        "(nginx)": "services.nginx.enable",
    }
    folder = site(tmp_path, *NGINX)
    best = evaluate(
        f"{json.dumps(list(expected))}.map((query) =>"
        " index.names[search.answer(index, query).options[0]?.option] ?? null)",
        folder,
    )
    assert dict(zip(expected, best, strict=True)) == expected


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("network manager", "networking.networkmanager.enable"),
        ("systemdboot", "boot.loader.systemd-boot.enable"),
        ("k8s", "services.kubernetes.package"),
        ("k9s", None),
        ("env vars", "environment.variables"),
    ],
)
def test_words_can_be_written_in_other_ways(query, best, tmp_path):
    names = [
        "boot.loader.systemd-boot.enable",
        "environment.variables",
        "networking.networkmanager.enable",
        "services.kubernetes.package",
        "systemd.network.enable",
        "systemd.services",
    ]
    found = answers(site(tmp_path, *(option(name, "Of interest.") for name in names)), query)
    assert (found[0] if found else None) == best


def test_words_of_letters_that_javascript_counts_as_two(tmp_path):
    folder = site(
        tmp_path,
        option("a.one", "About \U0001d4d0\U0001d4d1 and \ufb01x."),
        option("a.two", "About \U0001d4d0\U0001d4d1\U0001d4d2."),
        *[option(f"b.o{number}", "Filler.") for number in range(200)],
    )
    words = evaluate("index.words", folder)
    assert {"\U0001d4d0\U0001d4d1", "\U0001d4d0\U0001d4d1\U0001d4d2", "\ufb01x"} <= set(words)
    assert words == sorted(words, key=lambda word: word.encode("utf-16-be"))
    assert answers(folder, "\U0001d4d0\U0001d4d1\U0001d4d2")[0] == "a.two"
    assert answers(folder, "\ufb01x") == ["a.one"]


def test_a_capital_letter_that_is_two_small_ones(tmp_path):
    folder = site(tmp_path, option("istanbul.one", "D."), option("x.İstanbulSüd.two", "D."))
    assert answers(folder, "İstanbul") == ["istanbul.one", "x.İstanbulSüd.two"]
    assert answers(folder, "süd") == ["x.İstanbulSüd.two"]


@pytest.mark.parametrize("query", ["o", "option", "services optoin", "nothing-like-this"])
def test_a_query_is_answered_in_slices_of_bounded_size(tmp_path, query):
    count = 9_000
    folder = site(tmp_path, *[option(f"services.option{n}.enable", "D.") for n in range(count)])
    text = json.dumps(query)
    steps = evaluate(f"[...search.answering(index, {text})].length", folder)
    # At least one pause for each 8,000 options; no more than the passes over names can need.
    assert 2 <= steps <= 40
