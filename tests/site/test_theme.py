"""Templates of a theme: what they can reach, and how their errors are reported."""

from __future__ import annotations

import re

import pytest

from manualgen.errors import Code, ManualError
from manualgen.site import theme
from tests.conftest import ROOT
from tests.manuals import run, write

FORBIDDEN = [
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__ }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ title|attr('__class__') }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '%(a)s'|format(a=self._TemplateReference__context) }}",
    "{{ self.__init__.__globals__ }}",
    "{{ range.__class__ }}",
    "{{ range(10 ** 9) }}",
    "{{ items.append(1) }}",
    "{% include '/etc/passwd' %}",
    "{% include '../secret.html' %}",
    "{% import 'os' as os %}",
    "{% include 'page.html' %}",
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_what_a_template_cannot_do(text, tmp_path):
    (tmp_path / "secret.html").write_text("secret")
    folder = tmp_path / "theme"
    folder.mkdir()
    (folder / "page.html").write_text(text)
    template = theme.templates(folder).get_template("page.html")
    with pytest.raises(ManualError) as caught:
        template.render(title="T", items=[])
    assert caught.value.diagnostic.code is Code.BAD_TEMPLATE


def test_what_a_template_can_do(tmp_path):
    (tmp_path / "page.html").write_text(
        "{% set n = namespace(x=0) %}{% for i in range(3) %}{% set n.x = n.x + i %}{% endfor %}"
        "{{ n.x }} {{ title|upper }} {{ title|replace('<', 'lt')|length }}"
    )
    template = theme.templates(tmp_path).get_template("page.html")
    assert template.render(title="<b>") == "3 &lt;B&gt; 4"


def test_the_documented_functions_are_all():
    text = (ROOT / "docs/templates.md").read_text()
    listed = re.search(r"of its functions `(\w+)` and `(\w+)`", text)
    assert (
        sorted(listed.groups()) == sorted(theme.templates(None).globals) == sorted(theme.FUNCTIONS)
    )


def test_a_theme_of_a_manual_runs_no_code(tmp_path):
    write(tmp_path, {"manual.md": "# M {#m}\n\n## S\n\nText.\n"})
    mark = tmp_path / "mark"
    write(
        tmp_path,
        {
            "manual.toml": 'source = "manual.md"\ntheme = "t"\n',
            "t/page.html": f"{{{{ cycler.__init__.__globals__.os.popen('touch {mark}').read() }}}}",
        },
    )
    result = run("html", tmp_path / "manual.toml", "-o", tmp_path / "site", status=1)
    assert isinstance(result.exception, ManualError)
    assert result.exception.diagnostic.file == str(tmp_path / "t/page.html")
    assert not mark.exists()
    assert not list((tmp_path / "site").glob("*"))


def test_files_are_loaded_without_comments():
    for name in theme.ASSETS:
        text = theme.asset(name, None)
        assert not re.search(r"^\s*(?://|/\*)|^\s| // |\*/$", text, re.MULTILINE), name
        # A string of several lines could hold what looks like a comment.
        source = (ROOT / "templates" / name).read_text()
        assert all(line.count("`") % 2 == 0 for line in source.split("\n")), name


def test_a_theme_is_used_as_it_is(tmp_path):
    text = "/* The theme's. */\n  p { color: red }\n"
    (tmp_path / "style.css").write_text(text)
    assert theme.asset("style.css", tmp_path) == text
    assert theme.asset("manual.js", tmp_path) == theme.asset("manual.js", None)
