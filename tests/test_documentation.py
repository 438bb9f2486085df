"""What the documentation promises is there."""

from __future__ import annotations

import re
import runpy
import shutil
from typing import TYPE_CHECKING, NamedTuple

import jinja2
import pytest
from jinja2 import meta

from manualgen import api
from manualgen.errors import Code, Severity
from manualgen.site import manpage, theme
from tests import rendering
from tests.conftest import ROOT, program

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

DIAGNOSTICS = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", Code, ids=lambda code: code.slug)
def test_every_diagnostic_is_documented_with_its_severity(code: Code) -> None:
    found = re.search(rf"^### {code.slug}(?: .*)?\n(\w+)\.", DIAGNOSTICS, re.MULTILINE)
    assert found is not None
    assert Severity[found[1].upper()] is code.severity


def test_nothing_else_is_documented_as_a_diagnostic() -> None:
    slugs = re.findall(r"^### ([\w-]+)", DIAGNOSTICS, re.MULTILINE)
    assert sorted(slugs) == sorted(code.slug for code in Code)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (ROOT / target).is_file(), target


def test_the_files_that_contributing_names_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:manualgen|tests|docs|templates)/[\w/.-]+)`", text):
        assert (ROOT / name).exists() or "NAME" in name, name


@pytest.mark.parametrize("name", ["commands.md", "settings.md", "rules.md"])
def test_written_chapters_are_up_to_date(name):
    written = runpy.run_path(str(ROOT / "docs" / "command_reference.py"))["chapters"]()
    assert (ROOT / "docs" / name).read_text("utf-8") == written[name], "run 'make documentation'"


# ─── the Python API ───

PYTHON_API = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
API_SECTIONS = {
    found[1]: found[2]
    for found in re.finditer(
        r"^## [^\n]*\{#([\w-]+)\}\n(.*?)(?=^## [^\n]*\{#|\Z)", PYTHON_API, re.MULTILINE | re.DOTALL
    )
}


@pytest.mark.parametrize("section", [name for name in API_SECTIONS if name != "sec-api-stable"])
def test_examples_of_the_python_api(section, tmp_path, monkeypatch, capsys):
    """The examples of a section run in one namespace; a ``text`` block is what one prints."""
    if section == "sec-api-extract":
        program("nix-instantiate")
        # A library that has what the example needs; Nixpkgs' own is not everywhere.
        monkeypatch.setenv("NIX_PATH", f"nixpkgs={ROOT / 'tests' / 'evaluation' / 'fixtures'}")
    folder = tmp_path / "sample"
    shutil.copytree(ROOT / "sample-options", folder)
    monkeypatch.chdir(folder)
    namespace: dict[str, object] = {}
    examples = re.findall(
        r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?",
        API_SECTIONS[section],
        re.MULTILINE | re.DOTALL,
    )
    assert examples
    for source, expected in examples:
        exec(compile(source, "python-api.md", "exec"), namespace)
        assert capsys.readouterr().out.strip() == expected.strip()


def test_the_python_api_is_documented_completely():
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", PYTHON_API))))
    named |= set(re.findall(r"manualgen\.(\w+)", PYTHON_API))
    assert set(api.__all__) - named == set()
    for name in re.findall(r"\bmanualgen\.([a-z_A-Z]+)\b", " ".join(API_SECTIONS.values())):
        assert name in api.__all__ or name == "api", name


# ─── templates ───

TEMPLATES = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
PAGES = ["page.html", "index.html", "book.html", "moved.html", "elsewhere.html", "changes.html"]


def documented_variables(template: str) -> dict[str, bool]:
    """Return the names in a template's table, and whether each is optional."""
    section = re.search(rf"^## {template}\b.*?(?=^## |\Z)", TEMPLATES, re.MULTILINE | re.DOTALL)
    assert section is not None, template
    rows = re.findall(r"^\| `(\w+)` *\|.*?\| (\*Optional\.\*)?", section[0], re.MULTILINE)
    return {name: bool(optional) for name, optional in rows}


class Used(NamedTuple):
    names: set[str]
    """Names that a template takes from whoever renders it."""
    defined: set[str]
    """Names that it gives to the templates that extend it."""
    parents: list[str]


def used_variables(template: str, overridden: AbstractSet[str] = frozenset()) -> Used:
    environment = theme.templates(None)
    tree = environment.parse(environment.loader.get_source(environment, template)[0])
    for block in tree.find_all(jinja2.nodes.Block):
        if block.name in overridden:
            block.body = []
    names = meta.find_undeclared_variables(tree)
    # A default may be given under the same name: {% set x = x if x is defined else … %}.
    names |= {
        test.node.name
        for test in tree.find_all(jinja2.nodes.Test)
        if test.name == "defined" and isinstance(test.node, jinja2.nodes.Name)
    }
    defined = {macro.name for macro in tree.find_all(jinja2.nodes.Macro)}
    for imported in tree.find_all(jinja2.nodes.FromImport):
        defined |= set(imported.names)
    names -= defined
    for assigned in tree.find_all(jinja2.nodes.Assign):
        defined |= {assigned.target.name}
    parents = [extends.template.value for extends in tree.find_all(jinja2.nodes.Extends)]
    return Used(names, defined, parents)


def blocks_of(template: str) -> set[str]:
    environment = theme.templates(None)
    tree = environment.parse(environment.loader.get_source(environment, template)[0])
    return {block.name for block in tree.find_all(jinja2.nodes.Block)}


def chain_of(template: str) -> list[str]:
    """Return a template and all that it extends."""
    parents = used_variables(template).parents
    return [template, *(name for parent in parents for name in chain_of(parent))]


@pytest.fixture(scope="module")
def given_variables(tmp_path_factory) -> dict[str, list[set[str]]]:
    """What sites of all kinds give to each template."""
    given: dict[str, list[set[str]]] = {}
    render = jinja2.Template.render

    def record(self, **variables):
        given.setdefault(self.name, []).append(set(variables))
        return render(self, **variables)

    folder = tmp_path_factory.mktemp("templates")
    options = api.load(ROOT / "sample-options" / "container.json")
    many = rendering.manual(*[rendering.option(f"a.o{number}") for number in range(151)])
    book = api.load(ROOT / "sample-options" / "manual.toml")
    renamed = api.load(ROOT / "sample-options" / "manual.toml", front="manual.xhtml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jinja2.Template, "render", record)
        for number, manual in enumerate((options, many, book, renamed)):
            api.build_html(manual, folder / str(number))
            api.build_single_page(manual, folder / f"{number}.html")
        api.diff(api.read_options(ROOT / "sample-options" / "grub.json"), api.OptionSet(())).render(
            "html"
        )
    return given


def test_every_template_is_documented():
    environment = theme.templates(None)
    for name in environment.list_templates():
        if name.endswith((".html", ".roff")):
            assert name in re.sub(r"^(?!## ).*$", "", TEMPLATES, flags=re.MULTILINE), name


def test_every_block_is_documented():
    (sentence,) = re.findall(r"Its blocks are (.*?)\.", TEMPLATES, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", sentence)) == blocks_of("page.html")


@pytest.mark.parametrize("template", PAGES)
def test_the_variables_of_a_template_are_those_that_it_uses(template):
    own, *above = chain_of(template)
    known = {name for parent in above for name in documented_variables(parent)}
    known |= {name for parent in above for name in used_variables(parent).defined}
    assert used_variables(own).names - known == set(documented_variables(own))


@pytest.mark.parametrize("template", PAGES)
def test_the_variables_of_a_template_are_those_that_it_is_given(template, given_variables):
    documented: dict[str, bool] = {}
    needed: set[str] = set()
    defined: set[str] = set()
    overridden: set[str] = set()
    for each in chain_of(template):
        used = used_variables(each, overridden)
        documented |= documented_variables(each)
        needed |= used.names
        defined |= used.defined
        overridden |= blocks_of(each)
    optional = {name for name, is_optional in documented.items() if is_optional}
    for names in given_variables[template]:
        assert names - set(documented) == set()
        assert needed - defined - optional - names == set()


def test_the_variables_of_a_man_page_are_those_of_its_template():
    used = re.findall(r"@(\w+)@", (ROOT / "templates" / "manpage-header.roff").read_text("utf-8"))
    documented = documented_variables("manpage-header.roff")
    assert set(used) == set(documented)
    header = manpage.header(manpage.ManpageLook())
    assert not re.search(r"@\w+@", header)


# ─── the code ───


def test_the_architecture_names_what_there_is():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    text = text.replace("`options.json`", "")
    package = ROOT / "manualgen"
    for name in re.findall(r"`([\w/]+(?:\.py|/))`", text):
        assert (package / name).exists() or (ROOT / name).exists(), name
    layers = "|".join(path.name for path in package.iterdir() if path.is_dir())
    for dotted in re.findall(rf"`((?:{layers})\.[\w.]+)`", text):
        module, *names = dotted.split(".")[1:]
        file = package / dotted.split(".")[0] / module
        source = file.with_suffix(".py") if not file.is_dir() else file / "__init__.py"
        assert source.is_file(), dotted
        for name in names:
            assert re.search(rf"^(?:def|class) {name}\b", source.read_text(), re.MULTILINE), dotted


@pytest.mark.parametrize("name", ["architecture.md", "glossary.md"])
def test_the_classes_that_are_named_are_there(name):
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    sources = "\n".join(path.read_text() for path in (ROOT / "manualgen").rglob("*.py"))
    for found in re.findall(r"`([A-Z][a-z]+[A-Z]\w+|Links|Manual|Outline|Target|Source)\b", text):
        assert re.search(rf"^class {found}\b", sources, re.MULTILINE), found


def test_every_test_that_security_names_exists():
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    names = set(re.findall(r"`(test_\w+)`", text))
    files = set(re.findall(r"`(tests/[\w/]+\.py)`", text))
    assert names
    assert files
    tests = {path: path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    defined = {name for source in tests.values() for name in re.findall(r"def (test_\w+)", source)}
    assert names - defined == set()
    assert [name for name in files if not (ROOT / name).is_file()] == []
