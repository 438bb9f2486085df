"""Input that means harm: through the program, to both formats, and out as mere text."""

from __future__ import annotations

import json
import re
import subprocess
import zlib

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from manualgen.site.records import RECORDS
from tests.conftest import manualgen, program, written
from tests.manuals import include, write

GUARD = 20
"""Seconds after which a build counts as hung. It is a guard, not a measure."""
OURS = {"http", "https", "mailto", "ftp", "gemini", "irc", "matrix"}


class Built:
    """What a build of options made: its page, its man page, and what was said."""

    def __init__(self, folder, options, *, split: bool = True) -> None:
        source = written(folder / "o.json", options)
        self.said = ""
        page, man = folder / "page.html", folder / "page.5"
        site = folder / "site"
        builds = [
            ["html", source, "--single-page", "-o", page],
            ["man", source, "-o", man],
            ["html", source, "-o", site],
        ]
        for arguments in builds if split else builds[:2]:
            done = manualgen(*arguments, "-j", "1", timeout=GUARD)
            self.said += done.stderr.decode()
            assert b"Traceback" not in done.stderr, done.stderr.decode()[-2000:]
            assert done.returncode in {0, 1}
            assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", done.stderr)
        self.html = page.read_text()
        if split:
            paths = [site / "index.html", *sorted((site / "options").glob("*"))]
            self.pages = [path.read_text() for path in paths]
            self.old_address = (site / "options.html").read_text()
        self.man = man
        self.roff = man.read_text()

    def sections(self) -> list:
        return HTMLParser(self.html).css("section.option")

    def shown(self) -> str:
        """The text of all sections as HTML shows it."""
        return "\n".join(section.text() for section in self.sections())

    def printed(self) -> str:
        """The man page as mandoc prints it, on one endless line a paragraph."""
        done = subprocess.run(
            [program("mandoc"), "-Tutf8", "-Owidth=500", self.man],
            capture_output=True,
            check=False,
            timeout=120,
        )
        return re.sub(r".\x08", "", done.stdout.decode())

    def check(self) -> None:
        """Assert that nothing of the input is more than text."""
        for page in [self.html, *self.pages]:
            check_page(page)
        check_page(self.old_address, scripts=None)
        check_roff(self.man)


def check_page(page: str, scripts: int | None = 0) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", page)
    tree = HTMLParser(page)
    for section in tree.css("section.option"):
        assert section.css("script, img, iframe, object, embed, style, form, base, svg, link") == []
    if scripts is not None:
        assert tree.css("img, iframe, object, embed, base") == []
        # Our own scripts come from files, or stand in the page's template.
        assert all("alert(" not in (node.text() or "") for node in tree.css("script"))
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            assert not name.lower().startswith("on"), (node.tag, name)
            assert name.lower() not in {"srcdoc", "formaction", "style"}, (node.tag, name)
            if name in {"href", "src", "action", "xlink:href"} and value:
                # A browser drops white space and control characters before it looks.
                plain = re.sub("[\x00-\x20]", "", value)
                scheme = re.match(r"([^/?#]*?):", plain)
                assert scheme is None or scheme[1].lower() in OURS, value
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(set(ids)) == len(ids)


def check_roff(path, *, endless_lines: bool = False) -> None:
    """Assert that two readers find nothing to say about a man page."""
    text = path.read_bytes()
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f-\xff]", text)
    # Only requests and macros of ours.
    known = {
        "TH", "SH", "SS", "TP", "TQ", "RS", "RE", "PP", "IP", "B", "I", "BR", "EX", "EE", "PD",
        "TS", "TE", "UR", "UE", "br", "nh", "ad", "ie", "el", "if", "de", "ds", "nr", "char", "tr",
        "fchar", "option-name", "\\}", '\\"', ".", "nf", "fi", "in", "sp", "na", "hy", "ft", "als", "cflags",
    }  # fmt: skip
    for line in text.decode("ascii").split("\n"):
        if line.startswith((".", "'")):
            name = re.match(r"[.'][ \t]*(\\\"|\\\}|[^ \t\\]*)", line)[1]
            assert name in known, line
            assert name not in {"so", "sy", "pso", "mso", "open", "pi", "cf", "trf"}
    if endless_lines:
        # The readers themselves take minutes for lines of megabytes.
        return
    lint = subprocess.run(
        [program("mandoc"), "-Tlint", "-Wwarning", path],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert lint.stdout.decode() == ""
    groff = subprocess.run(
        [program("groff"), "-t", "-man", "-ww", "-Tutf8", "-z", path],
        capture_output=True,
        check=False,
        timeout=120,
    )
    said = [
        line
        for line in groff.stderr.decode().split("\n")
        # A word longer than the line is no fault of the page.
        if line and not re.search(r"can(no|')t (adjust|break) line$", line)
    ]
    assert said == []


def fold(text: str) -> str:
    return re.sub(r"\s+", "", text.replace("“", '"').replace("”", '"').replace("’", "'"))


FIELDS = ["description", "relatedPackages"]


def everywhere(texts: list[str]) -> dict:
    """Return options that hold each text in every place that an option has."""
    options = {}
    for number, text in enumerate(texts):
        for field in FIELDS:
            options[f"x{number}.{field}"] = {field: text}
        options[f"x{number}.type"] = {"type": text}
        options[f"x{number}.default"] = {"default": {"_type": "literalExpression", "text": text}}
        options[f"x{number}.example"] = {"example": {"_type": "literalMD", "text": text}}
        options[f"x{number}.plain"] = {"default": [text], "example": {text: text}}
        options[f"x{number}.declared"] = {
            "declarations": [text, {"name": text, "url": text}],
            "definitions": [text],
        }
        options[f"x{number}.loc"] = {"loc": ["x", f"{number}", text], "description": "D."}
        options[f"y{number}.{text}"] = {"description": f"See {{option}}`y{number}.{text}`."}
    return options


# ─── HTML ───

TAGS = [
    "<script>alert(1)</script>",
    "<ScRiPt\n>alert(1)</sCrIpT\t>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    '" onmouseover="alert(1)" x="',
    "</code></pre></section><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php alert(1) ?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#x3c;/script&#x3e;",
    "{{ 7*7 }} {% include 'x' %} @name@ {path}",
    "<!--manualgen-content-->",
    "<base href=//evil>",
    "<style>*{display:none}</style>",
]


@pytest.mark.slow
def test_tags_are_text(tmp_path):
    built = Built(tmp_path, everywhere(TAGS))
    built.check()
    for number, text in enumerate(TAGS):
        name = f"x{number}.default"
        (section,) = [s for s in built.sections() if s.attributes["id"] == f"opt-{name}"]
        assert text in section.css_first("dd").text()
        printed = fold(built.printed()) if number == 0 else ""
        assert not printed or fold(text) in printed
    assert "alert(1)" not in HTMLParser(built.html).css_first("head").text()


@pytest.mark.parametrize("place", ["title", "version", "name", "revision"])
def test_tags_of_the_command_line_are_text(tmp_path, place):
    source = written(tmp_path / "o.json", {"a": {"declarations": ["x.nix"]}})
    hostile = "</title><script>alert(1)</script>\"'\n.so /etc/passwd\n"
    page, man = tmp_path / "page.html", tmp_path / "page.5"
    if place != "name":
        flags = ["--single-page", "-o", page, f"--{place}", hostile]
        assert manualgen("html", source, *flags).returncode == 0
        check_page(page.read_text())
    else:
        flags = [f"--{name}={hostile}" for name in ("name", "summary", "manual", "system")]
        assert manualgen("man", source, "-o", man, *flags, "--section=5").returncode == 0
        check_roff(man)


# ─── links ───

SCRIPTS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6a;&#x61;vascript&#58;alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "java\tscript:alert(1)",
    "&#1;javascript:alert(1)",
    "%6Aavascript:alert(1)",
    "javascript%3Aalert(1)",
    "java%0ascript:alert(1)",
    "\u00a0javascript:alert(1)",
    "\u2028javascript:alert(1)",
    "\ufeffjavascript:alert(1)",
    "ja\u00advascript:alert(1)",
    "\uff4aavascript:alert(1)",
    "javascript\uff1aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "DATA:image/svg+xml,x",
    "file:///etc/passwd",
    "blob:x",
    "view-source:http://x",
    "\\javascript:alert(1)",
    "x:javascript:alert(1)",
    "http&colon;//ok/",
]


@pytest.mark.slow
def test_links_of_other_schemes_are_text(tmp_path):
    texts = []
    for address in SCRIPTS:
        texts += [
            f"[text]({address})",
            f"[text](<{address}>)",
            f"<{address}>",
            f"![text]({address})",
            f"![text](<{address}>)",
            f"[text][r]\n\n[r]: {address}",
            f"[text][r]\n\n[r]: <{address}>",
            f"[text](#{address})",
            f'[text](https://x "{address}")',
            f"{{manpage}}`{address}`",
            f"{{option}}`{address}`",
            f"[]{{#{address}}}",
        ]
    options = {f"o{number}": {"description": text} for number, text in enumerate(texts)}
    options |= {
        f"d{number}": {"declarations": [{"name": "n", "url": address}]}
        for number, address in enumerate(SCRIPTS)
    }
    built = Built(tmp_path, options)
    built.check()
    assert len(built.sections()) == len(options)
    assert "error[" not in built.said or "unknown-role" not in built.said
    assert "warning[unsafe-link]: `javascript:` is not a scheme" in built.said


# ─── roff and terminals ───

ROFF = [
    ".so /etc/passwd",
    ".sy touch /tmp/owned",
    ".pso echo owned",
    "'sy touch /tmp/owned",
    "' so /etc/passwd",
    ".",
    "'",
    "..",
    "...and so on",
    '.\\" comment',
    '\\" comment',
    "\\fBbold\\fR \\f(CWx\\fP \\f[B]",
    "\\n(.g \\n[x] \\*(dq \\*[x] \\$1",
    "\\(co \\[u00A9] \\N'65' \\C'x'",
    "\\s+9big \\v'1' \\h'9' \\w'x' \\l'9' \\D'l 1 1' \\X'x' \\!x \\?y\\? \\Z'x' \\o'ab' \\z",
    "ends with a backslash \\",
    "\\",
    "\\\\",
    "\\e \\& \\c \\{ \\} \\| \\^ \\~ \\0 \\- \\` \\' \\_ \\% \\: \\/ \\, \\) \\a \\t \\u \\d \\p \\r",
    '.TH x 1 "y"',
    ".TE",
    ".T&",
    ".EE",
    ".RE",
    ".de x",
    ".ig",
    ".ds x y",
    ".nr x 1",
    ".rm PP",
    ".ab stop",
    ".ex",
    "T{\nx\nT}",
    ".\u00a0so x",
    "\ufeff.so x",
    "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "\x00\x01\x08_\x08x\x7f\x85\u2028\u2029",
    "\u202egnp.exe\u2066",
    "`.so x`\n\n    .so x\n    'so x\n    \\\n\n```\n.so x\n'so\n\\fB\n```",
    "a\\\n.so x\\\n'so y\\\n\\",
    "- .so x\n- 'so y\n\n1. .so x\n\n> .so x\n\n.so\n: 'so y",
    "| .so x | 'so |\n|---|:-:|\n| .so | \\ |\n| .TE | T{ |\n| _ | = |\n| \\_ | \\= |",
    "| a |\n|---|\n| .T& |\n| |\n",
    "[.so x](https://x/.so) **.so** *'so* ~~x~~ [^1]\n\n[^1]: .so /etc/passwd\n",
    "[^.so]\n\n[^.so]: 'so x",
    "::: {.note}\n.so x\n\n'so y\n:::",
    '"quoted" "" \'\'',
    "word " * 60 + "\n.so x",
    "x" * 3000,
]


@pytest.mark.slow
def test_roff_is_text(tmp_path):
    built = Built(tmp_path, everywhere(ROFF))
    built.check()
    printed = fold(built.printed())
    for text in ROFF:
        line = text.split("\n")[0]
        if line.isascii() and line.isprintable() and not set(line) & set("`|[*-:~"):
            assert fold(line) in printed, line
    for request in (".so /etc/passwd", ".sy touch /tmp/owned", ".pso echo owned"):
        assert request.replace(" ", "") in printed
    assert "root:" not in printed


def test_names_are_text(tmp_path):
    names = [
        "a.<script>alert(1)</script>", 'a."b.c"', "a.b c", "a/b", "../../x", "a.'b'", ".so x",
        "'so x", "\\fB", "a\\", '"', "", " ", "a.\x1b[31m", "a.\nb", "a.\tb", "a.é", "a.\u202ex",
        "a.$b", "a.{b}", "a.%41", "a.#b", "a.?b", "a.&amp;b", "a.<b>", "a._b_", "a.*", "A.<B>",
        "a.-", "-rf", "a.`b`", "a.~b^", "a.@b@", "CON", "nul.txt", "a." * 300 + "z", "x" * 2000,
        "日本.語", "a.\u200bb", "a|b", "a.+b", "a.b=c", "\\", ".", "..", "...", "a.T{",
    ]  # fmt: skip
    options = {
        name: {"description": f"Number {number}.", "loc": name.split(".") if number % 2 else None}
        for number, name in enumerate(names)
    }
    # So many have pages, whose names are made of those of the options.
    options |= {f"other.o{number}": {} for number in range(120)}
    built = Built(tmp_path, options)
    built.check()
    assert len(built.sections()) == len(options)
    for number in range(len(names)):
        assert f"Number {number}." in built.shown()
        assert f"Number {number}." in built.printed()
    titles = [section.css_first("h3").text() for section in built.sections()]
    for name in names:
        if name.isprintable():
            assert name in titles
    # Every page that an old address leads to is there, and holds its option.
    routes = json.loads(re.search(r"(\{\"[^<]*\})", built.old_address)[1])
    ((_, folder, pages),) = routes["sets"]
    assert folder == "options/"
    assert pages
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", page) for page in pages.values())


# ─── too much of anything ───

MANY = 100_000
OPENERS = [
    "[", "]", "![", "[^", "[^1]", "[[", "](", "[](", "[x](", "[x]: y\n", "(", "{", "}", "[x]{.",
    "]{#a ", "{x}`", "{option}`", "<", ">", "> ", "<!--", "<!--\n", "-->", "<a ", "<b>", "</",
    "&", "&#", "&amp;", "`", "``", "```\n", "~~~\n", "*", "**", "* ", "*a ", "_", "__a ", "- ",
    "+ ", "1. ", "1) a\n", "- a\n", ":::", "::: {.note}\n", ":::{.note}\n:::\n", ": ", "a\n: ",
    "a\n: b\n\n", "| ", "|a", "|a|\n|-|\n", "|-", '"', "'", '"a', 'a"', "\\", "\\\n", "#", "# ",
    "# a\n", "--", "...", "(c)", "+-", "\t", " ", "\n", "\r", "  \n", "    a\n", "=\n", "a\n=\n",
    "a: b\n", "a -- b\n", "a = b\n", "• a\n", "\u2028", "é", "http://", "<http://", "$", "~~", ".",
    "[x]{....", "{....", "::: {....", "> [!NOTE]\n", "x = {\n", "<para>", "</para><para>",
    "<itemizedlist><listitem>", "<a><b><c>", "&lt;", 'one of "a", ',
]  # fmt: skip


def hostile_texts(opener: str) -> list[str]:
    """Return a text of 10^5 openers, of 200 kB, and just below what is read as markup."""
    return [
        opener * MANY,
        opener * (200_000 // len(opener)),
        opener * min(1_999, 99_000 // len(opener)),
        opener * 90 + "x" * 20_000,
        opener * min(1_999, 20_000 // len(opener)) + "\n" + "word [ ` * _ < \n" * 30,
    ]


@pytest.mark.slow
@pytest.mark.parametrize("opener", OPENERS)
def test_too_much_of_anything_ends_soon_and_as_text(tmp_path, opener):
    texts = hostile_texts(opener)
    options = {f"o{number}": {"description": text} for number, text in enumerate(texts)}
    options["type"] = {"type": texts[0], "default": texts[0], "declarations": [texts[0]]}
    options["last"] = {"description": "Still here."}
    built = Built(tmp_path, options, split=False)
    check_page(built.html)
    check_roff(built.man, endless_lines=True)
    (tmp_path / "near").mkdir()
    check_roff(Built(tmp_path / "near", {"a": {"description": texts[2]}}, split=False).man)
    sections = built.sections()
    assert len(sections) == len(options)
    shown = fold(built.shown())
    assert "Stillhere." in shown
    # What is too much is shown as it is: all of it.
    if opener.strip() and opener.isascii():
        assert fold(texts[1]) in shown


@pytest.mark.parametrize("text", ["[" * 100_000, "{." * 5_000, "`" * 1_000_000, "> " * 50_000])
def test_too_much_of_the_usual(tmp_path, text):
    source = written(tmp_path / "o.json", {"a": {"description": text}, "b": {"description": "B."}})
    done = manualgen("html", source, "--single-page", "-o", tmp_path / "p.html", timeout=GUARD)
    assert b"Traceback" not in done.stderr
    sections = HTMLParser((tmp_path / "p.html").read_bytes()).css("section.option")
    assert [section.attributes["id"] for section in sections] == ["opt-a", "opt-b"]
    assert fold(text) in fold(sections[0].text())
    assert "B." in sections[1].text()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nix", "console", "json", "bash", "yaml", "toml", "html"])
def test_hostile_code_is_shown_soon(tmp_path, language):
    pieces = ["${", '"', "''", "{", "[", "<<", "/*", "#", "\\", "$(", "`", "<", ": ", "- ", "1e"]
    bodies = [piece * 20_000 for piece in pieces]
    options = {
        f"o{number}": {"description": f"~~~~{language}\n{body}\n~~~~\n"}
        for number, body in enumerate(bodies)
    }
    source = written(tmp_path / "o.json", options)
    page = tmp_path / "p.html"
    done = manualgen("html", source, "--single-page", "-j1", "-o", page, timeout=2 * GUARD)
    assert b"Traceback" not in done.stderr
    sections = {
        section.attributes["id"]: section.text()
        for section in HTMLParser(page.read_bytes()).css("section.option")
    }
    for number, body in enumerate(bodies):
        assert body.strip() in sections[f"opt-o{number}"]


# ─── every format of a whole manual ───

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
BAD = "a\x1b31mb\x07c\x9bd\x7fe"
OPTION = {
    "loc": ["x", BAD],
    "description": f"Text \0{BAD}, `{BAD}`, [{BAD}](https://x.y/z), *{BAD}*\n\n```\n{BAD}\n```\n\n"
    f"![{BAD}](https://e.org/i.png) [![j](//e.org/j.png)](https://x.y) ![k](javascript:k)\n\n- {BAD}\n\nT {BAD}\n: D {BAD}\n",
    "type": f"t {BAD}",
    "default": {"_type": "literalExpression", "text": BAD},
    "example": {"_type": "literalMD", "text": BAD},
    "declarations": [f"d{BAD}.nix"],
    "relatedPackages": BAD,
}


@pytest.fixture
def made_of_bad_text(tmp_path):
    """All formats of a manual with the same text at each place that holds text: name → bytes."""
    write(
        tmp_path,
        {
            "manual.md": f"# Title {BAD} {{#book}}\n\n## Sub {BAD}\n\n{include('chapters', 'c.md')}",
            "c.md": f"# Chapter {BAD} {{#ch}}\n\n{BAD} [](#ch) `{BAD}` ![x {BAD}](https://e.org/i.png)"
            f"\n\n## Section {BAD} {{#s}}\n\n::: {{.figure #f}}\n# Figure {BAD}\n\n![{BAD}](p.png)\n:::\n\n"
            + include("options", "id-prefix: o-", "list-id: l", "source: o.json"),
            "p.png": b"\x89PNG\r\n\x1a\n" + bytes(16),
            "o.json": json.dumps({f"x.{BAD}": OPTION}),
        },
    )
    for command in (
        "html manual.md -o site",
        "html o.json -o options",
        "html o.json -o one.html --single-page",
        "man manual.md --chapters -o m.5",
        "markdown manual.md -o m.md",
        "asciidoc manual.md -o m.adoc",
        "markdown o.json -o o.md",
        "asciidoc o.json -o o.adoc",
    ):
        done = manualgen(*command.split(), "--title", f"T {BAD}", cwd=tmp_path, timeout=GUARD)
        assert done.returncode == 0, done.stderr.decode()
    made = {"one.html", "m.5", "m.md", "m.adoc", "o.md", "o.adoc"}
    paths = [path for path in tmp_path.rglob("*") if path.name in made or "site" in path.parts]
    paths += (tmp_path / "options").rglob("*")
    return {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in paths
        if path.is_file()
        and path.suffix not in {".js", ".css", ".png", ".json"}
        and path.name != RECORDS
    }


def test_control_characters_reach_no_format(made_of_bad_text):
    assert len(made_of_bad_text) > 10, sorted(made_of_bad_text)
    for name, data in made_of_bad_text.items():
        plain = zlib.decompress(data.split(b"zlib.\n", 1)[1]) if name.endswith(".inv") else data
        assert not CONTROL.search(plain.decode()), name
        # The text around them is there.
        assert b"31mb" in plain or name in {"options/options.html", "options/index.html"}, name


def test_pictures_of_the_web_are_links_in_every_format(made_of_bad_text):
    for name, data in made_of_bad_text.items():
        text = data.decode("utf-8", "replace")
        assert not re.search(
            r"<img[^>]*(https?:|//)|!\[[^\]]*\]\((\w+:|//)|image::?(\w+:|//)", text
        ), name
        if name in {"m.md", "o.md", "o.adoc", "m.adoc", "one.html"}:
            assert "https://e.org/i.png" in text
            assert not re.search(r"(href=.|\]\(|link:[+]*)javascript:", text), name


COMMANDS = [
    "::error::x",
    "  ::set-output name=a::b",
    "##[error]x",
    "x ##[add-mask]y",
    "##vso[task.setvariable]x",
    "x##teamcity[buildStop]",
    "\u2028::error::x",
    "\r::error::x",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_printed_is_no_command_of_a_ci(command, tmp_path):
    texts = [
        command,
        f"Values:\n{command}\n{command}",
        f"- a\n{command}",
        f"foo -- bar\n{command} -- baz\nx -- y\n",
        f"``` {command}\n{command}\n",
        f"{{{command}}}`x`",
        f"[x](#{command})",
        f"<para>{command}</par>",
    ]
    options = {
        f"a.b{number}": {
            "loc": ["a", f"b{number}"],
            "description": text,
            "type": command,
            "declarations": [command],
        }
        for number, text in enumerate(texts)
    }
    options[command] = {"loc": [command], "description": 1, "type": "x", command: command}
    source = written(tmp_path / "o.json", options)
    write(
        tmp_path,
        {"manual.md": f"# {command}\n\n{command}\n\n```{{=include=}} {command}\n{command}\n```\n"},
    )
    for given in (source, tmp_path / "manual.md"):
        done = manualgen("html", given, "--hints", "-o", tmp_path / "site", timeout=GUARD)
        said = done.stderr.decode()
        assert said.strip()
        for line in said.splitlines():
            assert not line.strip().startswith("::"), line
            assert not re.search(r"##(\[|vso\[|teamcity\[)", line), line
