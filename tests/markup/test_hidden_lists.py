"""Lists that plain lines hide: what becomes a list, and above all what does not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from docutils import nodes as docutils_nodes
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.hidden_lists import recovered_in
from manualgen.markup import description, docbook, hidden_lists, nodes
from manualgen.markup.parsed import plain_paragraphs
from manualgen.markup.structure import outline

SHARED = Path(__file__).parents[3] / "shared" / "data"
LABELLED = SHARED / "structure" / "hidden-lists.json"
GOLDEN = Path(__file__).parents[1] / "golden" / "hidden_lists" / "recovered.txt"


def blocks_of(form, text):
    if form == "markdown":
        return description.parse(text).blocks
    if form == "docbook":
        return docbook.parse(text).blocks
    return plain_paragraphs(text)


def recovered(form, text):
    blocks = blocks_of(form, text)
    hidden_lists.recover(blocks, text if form == "markdown" else "")
    return brief(outline(blocks))


def brief(blocks):
    """An outline with paragraphs as strings, and an item of one paragraph as that string."""
    found = []
    for kind, *rest in blocks:
        if kind == "p":
            found.append(rest[0])
        elif kind in {"ul", "ol"}:
            found.append((kind, *(single(brief(item)) for item in rest[0])))
        elif kind == "dl":
            found.append(("dl", *((term, single(brief(text))) for term, text in rest[0])))
        else:
            found.append((kind, brief(rest[0]) if isinstance(rest[0], list) else rest[0]))
    return found


def single(blocks):
    return blocks[0] if len(blocks) == 1 else blocks


# ─── the labelled descriptions ───

FOLDED = str.maketrans("‘’“”–—…", "''\"\"--.")


def folded(value):
    if isinstance(value, str):
        text = re.sub(r"([-.])\1+", r"\1", value.translate(FOLDED))
        return " ".join(text.split())
    return [folded(part) for part in value]


@pytest.mark.skipif(not LABELLED.exists(), reason=f"{LABELLED} is missing")
def test_every_labelled_description_comes_out_as_a_reader_sees_it():
    wrong = []
    for label in json.loads(LABELLED.read_text()):
        blocks = blocks_of(label["format"], label["description"])
        good = [
            outline(description.parse(label["description"]).blocks)
            if expected == "as CommonMark"
            else expected
            for expected in [label["outline"], *label.get("accept", [])]
        ]
        source = label["description"] if label["format"] == "markdown" else ""
        hidden_lists.recover(blocks, source)
        if folded(outline(blocks)) not in [folded(expected) for expected in good]:
            wrong.append(label["id"])
    assert wrong == []


@pytest.mark.skipif(not SHARED.exists(), reason=f"{SHARED} is missing")
def test_what_is_recovered_of_the_real_sets_is_what_was_reviewed():
    found = [
        f"{case.set_name}: {case.option}"
        for path in sorted((SHARED / "options").glob("*.json"))
        for case in recovered_in(path)
        for _ in case.lists
    ]
    assert found == GOLDEN.read_text().splitlines()


# ─── lists ───

LISTS = {
    "unicode bullets wrapped": (
        "plain",
        "Supported are\n• the first kind, whose text is\n  wrapped and hangs\n• the second\nand nothing else.",
        [
            "Supported are",
            ("ul", "the first kind, whose text is wrapped and hangs", "the second"),
            "and nothing else.",
        ],
    ),
    "dash bullets unindented wrap": (
        "docbook",
        "The following are supported:\n- one thing that is long enough to be wrapped onto\n  another line\n- two\n- three\n\nThe default is one.",
        [
            "The following are supported:",
            ("ul", "one thing that is long enough to be wrapped onto another line", "two", "three"),
            "The default is one.",
        ],
    ),
    "dash no colon": (
        "docbook",
        "Set this to enable the feature.\n- foo is nice\n- bar is nicer\n",
        ["Set this to enable the feature.", ("ul", "foo is nice", "bar is nicer")],
    ),
    "en dash md": ("markdown", "Modes:\n– fast\n– slow\n", ["Modes:", ("ul", "fast", "slow")]),
    "indented 4 dash md": (
        "markdown",
        "Values are:\n    - foo is a\n    - bar is b\n",
        ["Values are:", ("ul", "foo is a", "bar is b")],
    ),
    "numbers md start 2": ("markdown", "Then:\n2. foo\n3. bar\n", ["Then:", ("ol", "foo", "bar")]),
    "letters": (
        "markdown",
        "Choose one of:\na) the first\nb) the second\nc) the third\n",
        ["Choose one of:", ("ol", "the first", "the second", "the third")],
    ),
    "parens": (
        "docbook",
        "Choose one of:\n(1) the first\n(2) the second, wrapped\n    here\n",
        ["Choose one of:", ("ol", "the first", "the second, wrapped here")],
    ),
    "roman": (
        "docbook",
        "Steps:\n i. foo\n ii. bar\n iii. baz\n",
        ["Steps:", ("ol", "foo", "bar", "baz")],
    ),
    "nested": (
        "docbook",
        "All:\n- one\n  - one a\n  - one b\n- two\n",
        ["All:", ("ul", ["one", ("ul", "one a"), ("ul", "one b")], "two")],
    ),
    "nested2": (
        "docbook",
        "All:\n* one\n  - one a\n* two\n  - two a\n  - two b\nEnd of the text.",
        [
            "All:",
            ("ul", ["one", ("ul", "one a")], ["two", ("ul", "two a"), ("ul", "two b")]),
            "End of the text.",
        ],
    ),
    "tab bullets": ("docbook", "All:\n\t* one\n\t* two\n", ["All:", ("ul", "one", "two")]),
    "loose numbers": (
        "docbook",
        "Do this:\n\n1. foo\n\n2. bar\n\n3. baz\n\nThen rest.",
        ["Do this:", ("ol", "foo", "bar", "baz"), "Then rest."],
    ),
    "loose with lead inside": (
        "docbook",
        "Do this:\n- foo\n\n- bar\n\n- baz",
        ["Do this:", ("ul", "foo", "bar", "baz")],
    ),
    "options flags": (
        "docbook",
        "Flags:\n  -f       do foo\n  --bar    do bar\n  --baz=X  do baz with X\n",
        ["Flags:", ("dl", ("-f", "do foo"), ("--bar", "do bar"), ("--baz=X", "do baz with X"))],
    ),
    "flags literal md": (
        "markdown",
        "Flags:\n  `-f` — do foo\n  `--bar` — do bar\n",
        ["Flags:", ("dl", ("-f", "do foo"), ("--bar", "do bar"))],
    ),
    "tabs columns": (
        "plain",
        "Levels:\n  debug\teverything\n  info\tnormal\n",
        ["Levels:", ("dl", ("debug", "everything"), ("info", "normal"))],
    ),
    "columns hanging": (
        "docbook",
        "Modes are:\n  foo      do the foo\n  barbaz   do <literal>x</literal>  the\n           more bar\n",
        ["Modes are:", ("dl", ("foo", "do the foo"), ("barbaz", "do x the more bar"))],
    ),
    "arrow": (
        "docbook",
        "Maps keys:\n  a -> left\n  b -> right\n",
        ["Maps keys:", ("dl", ("a", "left"), ("b", "right"))],
    ),
    "fat arrow": (
        "plain",
        "0 => disabled\n1 => enabled\n",
        [("dl", ("0", "disabled"), ("1", "enabled"))],
    ),
    "eq quoted": (
        "markdown",
        "`0` = off\n`1` = on\n`2` = auto\n",
        [("dl", ("0", "off"), ("1", "on"), ("2", "auto"))],
    ),
    "bold terms": (
        "markdown",
        "Modes.\n**fast**: do it quickly\n**slow**: take time\n",
        ["Modes.", ("dl", ("fast", "do it quickly"), ("slow", "take time"))],
    ),
    "bold colon inside": (
        "markdown",
        "Modes.\n**fast:** do it quickly\n**slow:** take time\n",
        ["Modes.", ("dl", ("fast:", "do it quickly"), ("slow:", "take time"))],
    ),
    "emdash": (
        "docbook",
        "Values:\nauto — pick one automatically\nmanual — the user picks one\n",
        ["Values:", ("dl", ("auto", "pick one automatically"), ("manual", "the user picks one"))],
    ),
    "literal docbook": (
        "docbook",
        "The policy:\n<literal>allow</literal>: permit all\n<literal>deny</literal>: refuse all\n",
        ["The policy:", ("dl", ("allow", "permit all"), ("deny", "refuse all"))],
    ),
    "literal docbook para end": (
        "docbook",
        "The policy.\n<literal>allow</literal>: permit all\n<literal>deny</literal>: refuse all\nThe default is to deny.",
        [
            "The policy.",
            ("dl", ("allow", "permit all"), ("deny", "refuse all")),
            "The default is to deny.",
        ],
    ),
    "bare words indented": (
        "docbook",
        "Valid values are:\n  none\n  always\n  auto\n",
        ["Valid values are:", ("ul", "none", "always", "auto")],
    ),
    "bare words unindented": (
        "docbook",
        "Valid values are:\nnone\nalways\nauto\n",
        ["Valid values are:", ("ul", "none", "always", "auto")],
    ),
    "bare commas indented": (
        "docbook",
        "One of:\n  none,\n  always, or\n  auto\n",
        ["One of:", ("ul", "none,", "always, or", "auto")],
    ),
    "bare literals md": (
        "markdown",
        "Supported formats:\n`json`\n`yaml`\n`toml`\n",
        ["Supported formats:", ("ul", "json", "yaml", "toml")],
    ),
    "indented phrases": (
        "plain",
        "The following actions are performed:\n  open the file\n  edit it\n  close it\n",
        ["The following actions are performed:", ("ul", "open the file", "edit it", "close it")],
    ),
    "indented then prose": (
        "docbook",
        "Valid socket URLs are:\n  unix:/path/to/socket\n  tcp:host:port\nThe default is a Unix socket.",
        [
            "Valid socket URLs are:",
            ("ul", "unix:/path/to/socket", "tcp:host:port"),
            "The default is a Unix socket.",
        ],
    ),
    "ebusd": (
        "plain",
        "Use DEV as eBUS device [/dev/ttyUSB0].\nThis can be either:\n  enh:DEVICE or enh:IP:PORT for enhanced device (only adapter v3 and newer),\n  ens:DEVICE for enhanced high speed serial device (only adapter v3 and newer with firmware since 20220731),\n  DEVICE for serial device (normal speed, for all other serial adapters like adapter v2 as well as adapter v3 in non-enhanced mode), or\n  [udp:]IP:PORT for network device.",
        [
            "Use DEV as eBUS device [/dev/ttyUSB0]. This can be either:",
            (
                "ul",
                "enh:DEVICE or enh:IP:PORT for enhanced device (only adapter v3 and newer),",
                "ens:DEVICE for enhanced high speed serial device (only adapter v3 and newer with firmware since 20220731),",
                "DEVICE for serial device (normal speed, for all other serial adapters like adapter v2 as well as adapter v3 in non-enhanced mode), or",
                "[udp:]IP:PORT for network device.",
            ),
        ],
    ),
    "term on own line": (
        "docbook",
        "Policies:\n  strict:\n    Refuse everything that is\n    unknown.\n  lax:\n    Accept everything.\n",
        [
            "Policies:",
            ("dl", ("strict", "Refuse everything that is unknown."), ("lax", "Accept everything.")),
        ],
    ),
    "two lists": (
        "docbook",
        "Inputs:\n- a\n- b\nOutputs:\n- c\n- d\n",
        ["Inputs:", ("ul", "a", "b"), "Outputs:", ("ul", "c", "d")],
    ),
    "levels with label word": (
        "plain",
        "Log levels:\n  debug: everything\n  info: normal\n  warning: only warnings\n  error: only errors\n",
        [
            "Log levels:",
            (
                "dl",
                ("debug", "everything"),
                ("info", "normal"),
                ("warning", "only warnings"),
                ("error", "only errors"),
            ),
        ],
    ),
    "levels capital": (
        "plain",
        "Log levels:\n  Debug: everything\n  Warning: only warnings\n  Error: only errors\n",
        [
            "Log levels:",
            ("dl", ("Debug", "everything"), ("Warning", "only warnings"), ("Error", "only errors")),
        ],
    ),
    "term paren": (
        "docbook",
        "The kinds:\n  foo (default): bar baz\n  qux: quux\n",
        ["The kinds:", ("dl", ("foo (default)", "bar baz"), ("qux", "quux"))],
    ),
    "term comma": (
        "docbook",
        "Flags:\n  -f, --force: overwrite\n  -n, --dry-run: do nothing\n",
        ["Flags:", ("dl", ("-f, --force", "overwrite"), ("-n, --dry-run", "do nothing"))],
    ),
    "whole para hyphen": (
        "markdown",
        "on - always enabled\noff - never enabled\n",
        [("dl", ("on", "always enabled"), ("off", "never enabled"))],
    ),
    "prose wrapped before": (
        "docbook",
        "Which of the several kinds of behaviour the daemon shows when it is\nasked to restart while a connection is still open.\nkeep: connections are kept until the client closes them, which may\ntake a long time.\ndrop: connections are dropped at once.\n",
        [
            "Which of the several kinds of behaviour the daemon shows when it is asked to restart while a connection is still open.",
            (
                "dl",
                (
                    "keep",
                    "connections are kept until the client closes them, which may take a long time.",
                ),
                ("drop", "connections are dropped at once."),
            ),
        ],
    ),
    "mixed bullets": ("docbook", "Things:\n- a\n* b\n- c\n", ["Things:", ("ul", "a", "b", "c")]),
    "example natural": (
        "docbook",
        "Examples:\n  1.5 -- one and a half\n  2 -- two things\n",
        ["Examples:", ("dl", ("1.5", "one and a half"), ("2", "two things"))],
    ),
    "semicolons": (
        "docbook",
        "Types:\n  A: an IPv4 address;\n  AAAA: an IPv6 address;\n  MX: a mail server.\n",
        [
            "Types:",
            (
                "dl",
                ("A", "an IPv4 address;"),
                ("AAAA", "an IPv6 address;"),
                ("MX", "a mail server."),
            ),
        ],
    ),
    "num colon zero eq nospace": (
        "docbook",
        "Verbosity: \n 0 - silent\n 1 - errors only\n 2 - everything\n",
        ["Verbosity:", ("dl", ("0", "silent"), ("1", "errors only"), ("2", "everything"))],
    ),
    "hard break md": (
        "markdown",
        "Modes:\\\n`a`: foo bar\\\n`b`: baz qux\n",
        ["Modes:", ("dl", ("a", "foo bar"), ("b", "baz qux"))],
    ),
    "two-space hard break md": (
        "markdown",
        "Modes  \nfast: run quickly  \nslow: run slowly  \n",
        ["Modes", ("dl", ("fast", "run quickly"), ("slow", "run slowly"))],
    ),
    "codespan wraps md": (
        "markdown",
        "Modes:\n  a: run `foo\n     bar` quickly\n  b: run slowly\n",
        ["Modes:", ("dl", ("a", "run foo bar quickly"), ("b", "run slowly"))],
    ),
    "in note": (
        "markdown",
        "::: {.note}\nModes:\n  a: run quickly\n  b: run slowly\n:::\n",
        [("note", ["Modes:", ("dl", ("a", "run quickly"), ("b", "run slowly"))])],
    ),
    "k8s indent": (
        "markdown",
        "Policy for pulling. One of\n  Always - always pull the image\n  Never - never pull the image\nDefaults to Always.",
        [
            "Policy for pulling. One of",
            ("dl", ("Always", "always pull the image"), ("Never", "never pull the image")),
            "Defaults to Always.",
        ],
    ),
    "vim": (
        "markdown",
        "Show the window.\n\n0: never\n1: only if there are at least two windows\n2: always\n",
        [
            "Show the window.",
            (
                "dl",
                ("0", "never"),
                ("1", "only if there are at least two windows"),
                ("2", "always"),
            ),
        ],
    ),
    "ipv4": (
        "docbook",
        "Formats:\n  10.0.0.1: one address\n  10.0.0.0/8: a network\n",
        ["Formats:", ("dl", ("10.0.0.1", "one address"), ("10.0.0.0/8", "a network"))],
    ),
    "star bullets": (
        "plain",
        "Features:\n * fast\n * small\n * free\n",
        ["Features:", ("ul", "fast", "small", "free")],
    ),
    "question": (
        "docbook",
        "What to do on lid close?\n  suspend: go to sleep\n  ignore: do nothing\n",
        ["What to do on lid close?", ("dl", ("suspend", "go to sleep"), ("ignore", "do nothing"))],
    ),
    "more lists 1": (
        "markdown",
        "Log level. Possible values:\n 0 - emerg\n 1 - alert\n 2 - crit\n",
        ["Log level. Possible values:", ("dl", ("0", "emerg"), ("1", "alert"), ("2", "crit"))],
    ),
    "more lists 2": (
        "markdown",
        'Sets the mode:\n"a": does a\n"b": does b\n\nMore.\n',
        ["Sets the mode:", ("dl", ("“a”", "does a"), ("“b”", "does b")), "More."],
    ),
    "more lists 3": (
        "docbook",
        "Which signal to send. Can be:\n\n  TERM  terminate politely\n  KILL  kill at once\n\nDefault: TERM.\n",
        [
            "Which signal to send. Can be:",
            ("dl", ("TERM", "terminate politely"), ("KILL", "kill at once")),
            "Default: TERM.",
        ],
    ),
    "more lists 4": (
        "markdown",
        "Specifies what happens.\n`poweroff` → machine is powered off\n`reboot` → machine is rebooted\n",
        [
            "Specifies what happens.",
            ("dl", ("poweroff", "machine is powered off"), ("reboot", "machine is rebooted")),
        ],
    ),
    "more lists 5": (
        "markdown",
        "Verbosity of the logs (0: quiet)\n0: errors only\n1: warnings\n2: info\n",
        [
            "Verbosity of the logs (0: quiet)",
            ("dl", ("0", "errors only"), ("1", "warnings"), ("2", "info")),
        ],
    ),
    "more lists 6": (
        "docbook",
        "Access control:\n<literal>r</literal> = read,\n<literal>w</literal> = write,\n<literal>x</literal> = execute.\n",
        ["Access control:", ("dl", ("r", "read,"), ("w", "write,"), ("x", "execute."))],
    ),
    "more lists 7": (
        "docbook",
        "There are three steps:\n1. Foo the bar, which may take a while because the\nbar is long.\n2. Bar the baz.\n3. Done.\n",
        [
            "There are three steps:",
            (
                "ol",
                "Foo the bar, which may take a while because the bar is long.",
                "Bar the baz.",
                "Done.",
            ),
        ],
    ),
    "more lists 8": (
        "markdown",
        "Where to show it.\ntop-left: upper left corner\ntop-right: upper right corner\n",
        [
            "Where to show it.",
            ("dl", ("top-left", "upper left corner"), ("top-right", "upper right corner")),
        ],
    ),
    "more lists 9": (
        "plain",
        "Available:\n\t- foo\n\t- bar\n\t  with more\n",
        ["Available:", ("ul", "foo", "bar with more")],
    ),
    "more lists 10": (
        "docbook",
        "Mode:\n  * `a` — the first.\n    It has more text.\n  * `b` — the second.\n\nSome more.\n",
        ["Mode:", ("ul", "`a` — the first. It has more text.", "`b` — the second."), "Some more."],
    ),
    "more lists 11": (
        "markdown",
        "Keys are\n  name: the name of the user\n  email: their address, which may be left\n    out\nAnd that is it.\n",
        [
            "Keys are",
            (
                "dl",
                ("name", "the name of the user"),
                ("email", "their address, which may be left out"),
            ),
            "And that is it.",
        ],
    ),
    "more lists 12": (
        "docbook",
        "DNS names:\n  foo.example.org\n  bar.example.org\n",
        ["DNS names:", ("ul", "foo.example.org", "bar.example.org")],
    ),
    "more lists 14": (
        "docbook",
        "Allowed:\n  <literal>none</literal>\n  <literal>some</literal>\n  <literal>all</literal> (default)\n",
        ["Allowed:", ("ul", "none", "some", "all (default)")],
    ),
    "more lists 15": (
        "docbook",
        "What is done:\n o foo\n o bar\n",
        ["What is done:", ("ul", "foo", "bar")],
    ),
    "more lists 16": (
        "docbook",
        "Foo: -1 = off\n      0 = auto\n      1 = on\n",
        ["Foo: -1 = off", ("dl", ("0", "auto"), ("1", "on"))],
    ),
    "more lists 17": (
        "markdown",
        "Power button action (ignore = do nothing):\n    ignore = do nothing at all\n    poweroff = turn off the machine\n",
        [
            "Power button action (ignore = do nothing):",
            ("dl", ("ignore", "do nothing at all"), ("poweroff", "turn off the machine")),
        ],
    ),
    "more lists 18": (
        "markdown",
        "Which to use:\n- already a list\n\n  with:\n    • sub one\n    • sub two\n",
        ["Which to use:", ("ul", ["already a list", "with:", ("ul", "sub one", "sub two")])],
    ),
    "more lists 19": ("plain", "a) foo\n\nb) bar", [("ol", "foo", "bar")]),
    "more lists 20": (
        "docbook",
        "Ranks:\nfirst:  foo\nsecond: bar\nthird:  baz\n",
        ["Ranks:", ("dl", ("first", "foo"), ("second", "bar"), ("third", "baz"))],
    ),
}


@pytest.mark.parametrize(("form", "text", "expected"), LISTS.values(), ids=LISTS.keys())
def test_a_list(form, text, expected):
    assert recovered(form, text) == expected


# ─── no lists ───

PROSE = {
    "2020": (
        "markdown",
        "The format has been in use by the project since\n2020. It is stable and will not change until at least\n2021. After that, nobody knows.\n",
    ),
    "prior to": (
        "markdown",
        "This applies to versions prior to\n10. Version 10 and later are different from versions prior to\n9. In those nothing works.\n",
    ),
    "sequential years": (
        "docbook",
        "There have been changes in version\n1. Then there were more of them in version\n2. And so it went on.\n",
    ),
    "paren dash": (
        "docbook",
        "The daemon listens on all of the interfaces that are configured\n- unless told otherwise - and forwards what it gets to the server\n- if there is one - or drops it without any further notice being\ngiven.\n",
    ),
    "paren dash2": (
        "docbook",
        "The value of this option is ignored when the service is not enabled\n-- which is the default -- and otherwise passed on to the program\n-- without any check.\n",
    ),
    "dash terms": (
        "docbook",
        "Path of the socket. The daemon -- which runs as root -- creates\nthe file -- if it does not exist -- and then\nother programs -- such as clients -- connect.\n",
    ),
    "footnote": (
        "docbook",
        "Requires root *.\n* Only on Linux, where it has been that way for a long time.\n",
    ),
    "note": ("docbook", "Enables it.\nNote: this is slow.\nWarning: this is insecure.\n"),
    "note default": ("plain", "The number of workers.\nDefault: 5\nExample: 10\n"),
    "see": (
        "plain",
        "Colours to use.\nSee: https://example.org/colours\nSee also: https://example.org/more\n",
    ),
    "urls": (
        "markdown",
        "For the values see the documentation:\nhttps://example.org/documentation/of/the/long/name/of/the/values\nhttps://example.org/another\n",
    ),
    "example nix": ("docbook", "Attributes to set.\nExample:\n  foo = bar\n  baz = qux\n"),
    "example nix2": ("docbook", 'Attributes to set, for example:\n  foo = true;\n  baz = "qux";\n'),
    "ini": ("docbook", "Extra lines, such as:\n  [section]\n  key = value\n  other = value two\n"),
    "env": ("docbook", "The file has the form:\nUSER=name\nPASSWORD=secret\n"),
    "env indented": ("docbook", "The file contains:\n  USER=name\n  PASSWORD=secret\n"),
    "commands": (
        "docbook",
        "To create the key, run:\n  openssl genrsa -out key.pem 2048\n  openssl req -new -key key.pem\n",
    ),
    "commands2": (
        "docbook",
        "The key can be created with:\n  $ openssl genrsa -out key.pem 2048\n  $ openssl req -new -key key.pem\n",
    ),
    "wrapped command": (
        "docbook",
        "Runs the following command:\n  rsync --archive --verbose --delete\n  --exclude=foo source destination\n",
    ),
    "wrapped flags": (
        "docbook",
        "The program is called with the flags\n-f to force it, and with\n--verbose so that it says what it does.\n",
    ),
    "time": ("docbook", "When to run. At\n12:30 it starts, and at\n13:30 it ends.\n"),
    "indented prose after colon": (
        "docbook",
        "The option does the following:\n  it opens the file that is given by the user in the configuration\n  and reads all of its lines, one after the other, until there is\n  nothing left to be read.\n",
    ),
    "accident indentation colon": (
        "docbook",
        "This is the name of the thing, which is used for two purposes:\n          as the name of the directory in which all of the data is\n          stored, and as the name of the user.\n",
    ),
    "inline letters": (
        "docbook",
        "Either a) the file exists, or\nb) it is created, or\nc) nothing happens.\n",
    ),
    "sentences": ("markdown", "If true: the file is read.\nOtherwise it is written.\n"),
    "term once": (
        "markdown",
        "mode: how it works\nThis is more text about how it works and why.\n",
    ),
    "colon prose": (
        "markdown",
        "This sets two things, the first of which is very important for the\nserver: the name of the host. The second is less important for the\nclient: the name of the user.\n",
    ),
    "colon prose 2": (
        "docbook",
        "The list of hosts. There are two kinds of hosts that one can put in\nhere: local ones, that are reached directly, and remote ones, reached\nby proxy: see the documentation of the proxy for how to set those.\n",
    ),
    "equals prose": (
        "docbook",
        "Whether to enable the thing. With the setting\nfoo = true everything is enabled, while with\nfoo = false nothing is.\n",
    ),
    "equals prose 2": (
        "docbook",
        "Sets the parameters of the model, where usually\nalpha = 0.5 is a good choice for most of the cases, and\nbeta = 0.25 is a good choice for the rest.\n",
    ),
    "double spaces": (
        "docbook",
        "The daemon is started.  It then reads the\nfile.  The file is parsed.  Then it\nends.  That is all there is to\nsay.  Good bye.\n",
    ),
    "double spaces mid": (
        "docbook",
        "This  is badly  typed text with\nextra  spaces here  and there and\nmore  of them at random.\n",
    ),
    "citation": (
        "docbook",
        "See the manual, chapter\n3) for more, and chapter\n4) for even more.\n",
    ),
    "comma run": ("markdown", "Must be one of:\n`a`, `b`, `c`,\n`d` or `e`.\n"),
    "comma run 2": (
        "docbook",
        "Must be in one of the following formats:\n<literal>/absolute/path</literal>,\n<literal>host.name:port</literal> or\n<literal>[ip]:port</literal> - note that\nhostnames are resolved at start.\n",
    ),
    "yaml": (
        "docbook",
        "Configuration as YAML, for example:\n  name: foo\n  port: 8080\n  tls: true\n",
    ),
    "yaml no lead": ("docbook", "name: foo.example.org\nport: 8080\ntls: true\n"),
    "css": ("docbook", "The style.\ncolor: red;\nmargin: 0 auto;\n"),
    "nix code": (
        "markdown",
        'initContent = let\n    zshConfigEarlyInit = lib.mkOrder 500 "do something";\n    zshConfig = lib.mkOrder 1000 "do something";\nin\n    lib.mkMerge [ zshConfigEarlyInit zshConfig ];\n',
    ),
    "plus": (
        "docbook",
        "The total is the sum of the size\n+ the overhead of the header\n+ the padding that is added at the end.\n",
    ),
    "patch": ("docbook", "Change it:\n- old line\n+ new line\n"),
    "range": (
        "docbook",
        "Ports in the range from 1\n- 1024 are privileged, and those from 1025\n- 65535 are not.\n",
    ),
    "q dialog": (
        "docbook",
        "In the words of the author: it is\ngood: that is, not bad. And it is\nnew: that is, not old.\n",
    ),
    "he said": (
        "markdown",
        "The syntax is name: value where the\nname: is optional. Also the\nvalue: can be left out.\n",
    ),
    "narrow prose": (
        "docbook",
        "Note that here\nthe text: which is\nwrapped narrowly: has\nmany colons.\n",
    ),
    "usage": ("docbook", "Usage:\n  foo [options] file\n  foo --help\n"),
    "ratio": (
        "plain",
        "The scale is 4 : 3 on old screens and it is\n16 : 9 on new ones, while film has\n21 : 9 on very wide ones.\n",
    ),
    "math": ("plain", "where\nx = 2 * y\ny = 3 * z\n"),
    "lua": ("plain", "@class Flash.Format\n@field state Flash.State\n@field match Flash.Match\n"),
    "sentence per line": (
        "markdown",
        "Enable it.\nIt can be a boolean, `a` or `b`.\n`true` is the same as `a`.\n`false` is the same as `b`.\n",
    ),
    "warn lead": (
        "markdown",
        "Note:\n  Will set to true when fully tested, set to false will use whichever side has more space.\n  This setting will be helpful if you do not want the PUM and floating win overlap.\n",
    ),
    "ssh config": (
        "docbook",
        "Example configuration:\n  Host foo\n    HostName bar\n    User baz\n  Host qux\n    User quux\n",
    ),
    "table": (
        "docbook",
        "Output is:\n  NAME   SIZE   USED\n  foo    10     5\n  bar    20     6\n",
    ),
    "todo": ("docbook", "TODO: document this.\nFIXME: it is broken.\n"),
    "escaped": ("markdown", "Foo:\n\\* bar\n\\* baz\n"),
    "path tree": (
        "docbook",
        "Application Settings/\n    Browser Integration/\n      Advanced/\n        Update native messaging manifest files at startup\n",
    ),
    "i.e.": (
        "docbook",
        "The directories where pages are kept,\ni. e. the ones where man\nlooks for them.\n",
    ),
    "A. Smith": ("docbook", "Written by\nA. Smith and by\nB. Jones in the year of\n1999. Good.\n"),
    "systemd.time 5": (
        "docbook",
        "In the format described by systemd.time\n(5) and also by systemd.service\n(6) in the manual.\n",
    ),
    "star": (
        "docbook",
        "Authenticate emails with the specified domains. Use\n* to authenticate any email, and\n* to do nothing.\n",
    ),
    "port": (
        "docbook",
        "The protocol: either tcp or udp. The\nport: a number between 1 and 65535. The\nhost: a name or an address.\n",
    ),
    "semi prose": ("docbook", "Default is: no.\nOne can also set: yes.\n"),
    "for more": (
        "plain",
        "Configuration.\nWARNING: configuration is saved as plaintext inside nix store.\nFor more options: http://www.xtreemfs.org/xtfs-guide-1.5.1/index.html",
    ),
    "dates": (
        "plain",
        "Changes:\nJan 2020 was the start of it, and then in\nFeb 2020 came the end.\n",
    ),
    "python": (
        "plain",
        "Can be generated using:\nIn [1]: from notebook.auth import passwd\nIn [2]: passwd('test')\nOut[2]: 'sha1:1b961dc713fb:88483270a63e57d18d43cf337e629539de1436ba'\n",
    ),
    "url params": (
        "docbook",
        "Address, in the form\n  http://host:port/path\nwhere the port can be omitted.\n",
    ),
    "dotted quote": ("docbook", "It prints:\n  Hello, world!\n  Press any key to continue.\n"),
    "inline bullets": (
        "markdown",
        'Possible values: - "Always": always pull. - "Never": never pull.',
    ),
    "more prose 1": (
        "markdown",
        "Controls how the server handles `foo`. When set to\n`always`: every request is logged, which is slow. When set to\n`never`: nothing is logged.\n",
    ),
    "more prose 2": (
        "docbook",
        "The user that runs the service. If this is\nnull - which is the default - the user is made when\nneeded - but only then.\n",
    ),
    "more prose 3": (
        "markdown",
        "Values larger than this are cut. Common values are\n80 - the classical width - and\n100 - what is usual today.\n",
    ),
    "more prose 4": (
        "docbook",
        "The interface:\n        a name such as eth0, as it is shown by the command that lists\n        the interfaces of the machine, or a pattern that is matched\n        against these names.\n",
    ),
    "more prose 5": (
        "markdown",
        "The following\nfiles: `a`, `b` and `c` are read, and the following\ndirectories: `d` and `e`.\n",
    ),
    "more prose 6": (
        "docbook",
        "Whether to do X.\n(1) This is a footnote about something that\nis explained in (2).\n",
    ),
    "more prose 7": (
        "markdown",
        "Path to a file with these contents:\n`USER=foo`\n`PASSWORD=bar`\n",
    ),
    "more prose 8": ("markdown", "Run these:\n`nix-channel --update`\n`nixos-rebuild switch`\n"),
    "more prose 9": (
        "docbook",
        "A colon separated list of paths:\n  /usr/bin:/bin:/usr/local/bin:/opt/bin:/home/user/bin:\n  /sbin:/usr/sbin\n",
    ),
    "more prose 10": (
        "docbook",
        "Set the value in /etc/foo.conf like so:\n  set foo 1\n  set bar 2\n",
    ),
    "more prose 11": (
        "plain",
        "Time in the format hh:mm, e.g.\n10: 30 would be wrong, while\n11:30 is right.\n",
    ),
    "more prose 12": (
        "docbook",
        "Hosts that may connect. For example\n192.168.1.0/24: all of the local net, or\n10.0.0.1: only that one machine.\n",
    ),
    "more prose 13": (
        "markdown",
        "Enable foo.\n\nWarning: it is slow. Caution: it is\ninsecure: do not use it. Note: also\nbroken: really.\n",
    ),
    "more prose 14": (
        "markdown",
        "Extra options passed to the program, for instance\n`--foo` - to do foo, which is what most people want, or\n`--bar` - to do bar.\n",
    ),
    "more prose 15": (
        "docbook",
        "The number of days to keep backups. Backups older than this are\ndeleted. With 0 they are kept forever, with\n1 - only today's is kept.\n",
    ),
    "more prose 16": (
        "docbook",
        "Name of the database. Type: string. Must be\nlower case: the server folds it. Length:\nat most 63.\n",
    ),
    "more prose 17": ("docbook", "SQL to run:\n  CREATE USER foo;\n  GRANT ALL ON bar TO foo;\n"),
    "more prose 18": (
        "docbook",
        "A user of the form\n  name:password\nor of the form\n  name:password:group\n",
    ),
    "more prose 19": ("docbook", "Rules such as:\n  allow 10.0.0.0/8\n  deny all\n"),
    "more prose 20": ("markdown", "Foo (bar: baz) is\nqux (quux: corge) and\nmore.\n"),
    "more prose 21": (
        "docbook",
        "The time between checks, in seconds. Set to\n-1 to disable them, to\n0 to check all the time.\n",
    ),
    "more prose 22": (
        "docbook",
        'As the man page says: "This option\nsets the mode: read or write. The\nmode: read is default."\n',
    ),
    "more prose 23": (
        "docbook",
        "There are two ways to do this: the easy way, which is to set the option\nfoo -- see there -- and the hard way, which is to set the option\nbar -- see there -- by hand.\n",
    ),
    "more prose 24": ("markdown", "Keyboard shortcut as\nctrl + a\n+ b\n"),
    "more prose 25": (
        "docbook",
        "Foo bar baz.\n\nSee https://a.example/x\n\n  https://b.example/y\n",
    ),
    "more prose 26": (
        "docbook",
        "License: MIT, see the file LICENSE in the source for the text of it and\nthe file NOTICE: it has the names.\n",
    ),
    "more prose 27": (
        "plain",
        'An attribute set of hosts. Each attribute has:\n{ host = "a"; port = 1; }\n',
    ),
    "more prose 28": (
        "docbook",
        "The expression of the filter, in the language of tcpdump:\n  port 80 and\n  host foo or\n  host bar\n",
    ),
    "more prose 29": (
        "docbook",
        "Text that is shown at login:\n  Welcome to the machine.\n  Please behave.\n",
    ),
    "more prose 30": (
        "docbook",
        "The hash of the password, which can be had by\n  mkpasswd -m sha-512\nor by\n  openssl passwd -6\n",
    ),
    "more prose 31": (
        "markdown",
        "How many lines\n    of context: this\n    many before: and\n    after it.\n",
    ),
}


@pytest.mark.parametrize(("form", "text"), PROSE.values(), ids=PROSE.keys())
def test_no_list(form, text):
    blocks = blocks_of(form, text)
    before = outline(blocks)
    assert hidden_lists.recover(blocks) == []
    assert outline(blocks) == before


# ─── the nodes ───


def test_inline_nodes_are_moved_and_stay_the_same():
    parsed = description.parse("Modes:\n  `a`: see {option}`x.y`\n  `b`: see [z](#z)\n")
    hidden_lists.recover(parsed.blocks)
    below = [node for block in parsed.blocks for node in block.findall(docutils_nodes.Element)]
    assert len(parsed.references) == 2
    assert all(any(node is reference for node in below) for reference in parsed.references)


def test_top_level_lists_have_no_parent_and_nested_ones_have_theirs():
    blocks = description.parse("::: {.note}\nModes:\n  a: run\n  b: walk\n:::\n").blocks
    hidden_lists.recover(blocks)
    (note,) = blocks
    assert note.parent is None
    assert [child.parent for child in note.children] == [note, note]
    blocks = plain_paragraphs("Modes:\n  a: run\n  b: walk")
    hidden_lists.recover(blocks)
    assert [block.parent for block in blocks] == [None, None]


def test_attributes_of_an_enumerated_list():
    blocks = plain_paragraphs("Go on:\n(3) three\n(4) four")
    hidden_lists.recover(blocks)
    made = blocks[1]
    assert (made["enumtype"], made["prefix"], made["suffix"], made["start"]) == (
        "arabic",
        "(",
        ")",
        3,
    )
    assert made["classes"] == ["tight"]


def test_a_list_with_blank_lines_is_loose():
    blocks = docbook.parse("Do this:\n\n1. foo\n\n2. bar\n").blocks
    hidden_lists.recover(blocks)
    assert blocks[1]["classes"] == []


def test_pieces_keep_their_source():
    blocks = plain_paragraphs("Modes:\n  a: run\n     fast\n  b: walk\nThe default is a.")
    hidden_lists.recover(blocks)
    lead, made, after = blocks
    assert lead.rawsource == "Modes:"
    assert after.rawsource == "The default is a."
    assert made[0][0].rawsource == "a:"
    assert made[0][1][0].rawsource == "     run\n     fast"


def test_what_is_reported():
    blocks = plain_paragraphs("Modes:\n  a -- run\n  b -- walk")
    (found,) = hidden_lists.recover(blocks)
    assert (found.kind, found.line, found.source) == ("definition", 2, "a -- run")
    assert found.markup == "a\n: run\n\nb\n: walk"


def test_code_is_never_looked_into():
    blocks = description.parse("```\n• a\n• b\n```\n").blocks
    assert hidden_lists.recover(blocks) == []


def test_a_code_span_over_two_lines_does_not_shift_the_others():
    assert recovered("markdown", "See `a\nb` here.\nModes:\n  x: `run\n     on`\n  y: walk\n") == [
        "See a b here. Modes:",
        ("dl", ("x", "run on"), ("y", "walk")),
    ]


def test_an_unfinished_code_span_does_no_harm():
    assert recovered("markdown", "It`s here:\n  x: run\n  y: walk\n") == [
        "It`s here:",
        ("dl", ("x", "run"), ("y", "walk")),
    ]


# ─── properties ───

LINES = st.lists(
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["", "", "  ", "    ", "\t"]),
            st.sampled_from(
                [
                    "",
                    "- ",
                    "* ",
                    "• ",
                    "1. ",
                    "2. ",
                    "a) ",
                    "foo: ",
                    "bar -- ",
                    "0 = ",
                    "x  ",
                    "Note: ",
                ]
            ),
            st.sampled_from(
                [
                    "word",
                    "`code`",
                    "*two words*",
                    "A sentence.",
                    "lead:",
                    "{option}`a.b`",
                    "x `a\nb`",
                ]
            ),
            st.sampled_from(["", ":", " and a longer rest of the line that goes on", "\\", "  "]),
        ),
    ),
    min_size=1,
    max_size=10,
)
FORMS = st.sampled_from(["markdown", "docbook", "plain"])


def words_of(blocks):
    """Every word that a reader sees, in order. A letter alone may be a marker, no word."""
    texts = [str(text) for block in blocks for text in block.findall(docutils_nodes.Text)]
    return "".join(re.findall(r"[A-Za-z]{2,}", " ".join(texts)))


def inline_nodes(blocks):
    return {
        id(node)
        for block in blocks
        for node in block.findall(docutils_nodes.Inline)
        if not isinstance(node, nodes.line_break)
    }


@settings(max_examples=300, deadline=None)
@given(FORMS, LINES)
def test_nothing_is_lost_and_a_second_look_finds_nothing(form, lines):
    blocks = blocks_of(form, "\n".join(lines))
    words, inline = words_of(blocks), inline_nodes(blocks)
    source = "\n".join(lines) if form == "markdown" else ""
    hidden_lists.recover(blocks, source)
    assert words_of(blocks) == words
    assert inline_nodes(blocks) == inline
    once = outline(blocks)
    assert hidden_lists.recover(blocks, source) == []
    assert outline(blocks) == once


@settings(max_examples=200, deadline=None)
@given(FORMS, st.text(alphabet="ab1 \n\t-*•:=.)(`<>–`\\", max_size=120))
def test_any_text_at_all(form, text):
    blocks = blocks_of(form, text)
    hidden_lists.recover(blocks, text if form == "markdown" else "")
    for block in blocks:
        for node in block.findall(docutils_nodes.Element):
            assert all(child.parent is node for child in node.children)


# ─── hostile texts: these would take minutes if any step were not linear ───

HOSTILE = {
    "terms": "a: b\n" * 40_000,
    "bullets": "- a\n" * 50_000,
    "numbers": "1. a\n" * 40_000,
    "leads": "x:\n y\n" * 30_000,
    "code spans": "`a\nb` \n" * 30_000,
    "unequal code spans": "".join("`" * count + "\n" for count in range(600)),
    "nesting": "".join(" " * depth + "- a\n" for depth in range(390)),
    "blanks in a line": "a" + " " * 200_000 + "b\n- c\n- d",
    "labels": "x:\n  for a" + " " * 200_000 + "b\n  c",
    "underscores": "x:\n  a: " + "_" * 200_000 + "\n  b: c",
    "examples": "run " * 50_000 + ":\n  a: b\n  c: d",
    "one word": "x" * 200_000 + "\n- a\n- b",
    "dashes": "a - b " * 30_000 + "\nc - d",
    "many lists": "x:\n- a\n- b\ny.\n" * 90,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_takes_no_time(text):
    shown_lines = "\n".join(line.strip() for line in text.split("\n"))
    hidden_lists.recover([docutils_nodes.paragraph(text, shown_lines)])


def test_thousands_of_paragraphs_with_markers():
    hidden_lists.recover([docutils_nodes.paragraph("- a", "- a") for _ in range(20_000)])
