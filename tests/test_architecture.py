"""The structure of the package: imports, sizes, docstrings, and where names are listed."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from functools import cache
from typing import TYPE_CHECKING

import pytest

from manualgen.markup import nodes
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MODULES = sorted((ROOT / "manualgen").rglob("*.py"))


def test_imports_go_only_downwards():
    code = (
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    )
    linted = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert "1 kept, 0 broken" in linted.stdout


def test_the_contract_of_imports_lists_every_module_and_has_no_exception():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    assert "ignore_imports" not in settings
    (contract,) = settings["contracts"]
    assert contract["type"] == "layers"
    assert contract["exhaustive"] is True
    assert contract.keys() <= {"name", "type", "containers", "layers", "exhaustive"}
    layers = [layer.split(" : ") for layer in contract["layers"]]
    assert not any("(" in name for layer in layers for name in layer), "an optional layer"
    modules = {
        path.stem
        for path in (ROOT / "manualgen").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    listed = [name for layer in layers for name in layer]
    assert sorted(listed) == sorted(modules - {"__init__"})


def test_a_manual_needs_no_process_no_template_and_no_writer():
    code = (
        "import sys, manualgen.book.manual, manualgen.book.project; "
        "print(*sorted(name for name in sys.modules if name.partition('.')[0] in "
        "{'multiprocessing', 'concurrent', 'jinja2', 'pygments', 'click', 'rich'} "
        "or name.startswith(('manualgen.writers', 'manualgen.site', 'manualgen.cli'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []
    # Nor later, in a function.
    for path in (ROOT / "manualgen" / "book").glob("*.py"):
        assert not imported(ast.parse(path.read_text())) & {
            *("multiprocessing", "concurrent.futures", "subprocess", "jinja2"),
        }, path


def imported(tree: ast.Module) -> set[str | None]:
    """Return the modules that a module imports, wherever it does."""
    names: set[str | None] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return names


def test_every_module_can_be_imported_first():
    """Whatever has been imported before: no circle hides behind an order of imports."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in MODULES
        if path.stem != "__main__"
    ]
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    for known in [known for known in sys.modules if known.startswith('manualgen')]:\n"
        "        del sys.modules[known]\n"
        "    importlib.import_module(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *names],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# ─── sizes ───

LONGEST_MODULE = 500
LONGEST_FUNCTION = 60


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_are_not_long(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    long = {
        node.name: length
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (length := node.end_lineno - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


# ─── adding things touches few files ───

KNOWN_ELSEWHERE = {
    "codes.py",  # A severity is called `warning` too.
    "errors.py",  # A severity is called `warning` too.
    "lint/reports/sarif.py",  # So it is in SARIF, where a hint is a `note`,
    "lint/reports/github.py",  # and in GitHub's commands.
    "markup/detect.py",  # The names of all DocBook elements, by which a set is known as DocBook.
}


@cache
def constants(path: Path) -> set[object]:
    """Return the strings and other constants in a module."""
    tree = ast.parse(path.read_text("utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}


@pytest.mark.parametrize("name", nodes.ADMONITIONS)
def test_an_admonition_is_named_in_its_table_and_the_style_sheet_alone(name):
    package = ROOT / "manualgen"
    found = {str(path.relative_to(package)) for path in MODULES if name in constants(path)}
    assert found - KNOWN_ELSEWHERE == {"markup/nodes.py"}
    templates = [
        path.name
        for path in (ROOT / "templates").iterdir()
        if f".{name}" in path.read_text("utf-8")
    ]
    assert templates in ([], ["style.css"])


@pytest.mark.parametrize("name", nodes.REFERRING_ROLES)
def test_a_referring_role_is_named_in_its_table_and_where_it_is_resolved(name):
    package = ROOT / "manualgen"
    node = nodes.REFERRING_ROLES[name].__name__
    found = {
        str(path.relative_to(package))
        for path in MODULES
        if not str(path.relative_to(package)).startswith("writers/")
        and any(
            isinstance(part, ast.Attribute) and part.attr == node
            for part in ast.walk(ast.parse(path.read_text("utf-8")))
        )
    }
    # Sphinx has references of its own.
    found = {name for name in found if not name.startswith("sphinxext/")}
    assert len(found) <= 3, found


ADDED = r"""
from docutils import nodes as docutils_nodes
from manualgen.markup import nodes

class package_reference(docutils_nodes.Inline, docutils_nodes.TextElement):
    pass

nodes.ADMONITIONS["danger"] = docutils_nodes.danger
nodes.REFERRING_ROLES["package"] = package_reference

import manualgen
from manualgen.markup import chapter, description, docbook
from manualgen.markup.structure import outline

parsed = description.parse("::: {.danger}\nA {package}`b`.\n:::\n\n> [!DANGER]\n> C.\n")
assert parsed.diagnostics == [], parsed.diagnostics
expected = [["danger", [["p", "A b."]]], ["danger", [["p", "C."]]]]
assert outline(parsed.blocks) == expected, outline(parsed.blocks)
found = docbook.parse("<danger><para>A <package>b</package>.</para></danger>")
assert outline(found.blocks) == expected[:1], outline(found.blocks)
assert chapter.parse("# T {#t}\n\n::: {.danger}\nA {package}`b`.\n:::\n").diagnostics == []
for name, pieces in {
    "html": ['<div class="admonition danger">', ">Danger</p>", '<code class="package-ref'],
    "man": ["Danger", "b"],
    "markdown": ["> [!DANGER]", "b"],
    "asciidoc": ["DANGER", "b"],
}.items():
    text = manualgen.render_text("::: {.danger}\nA {package}`b`.\n:::\n", name)
    for piece in pieces:
        assert piece in text, (name, text)
"""


def test_an_entry_in_a_table_is_all_that_another_admonition_or_role_needs():
    done = subprocess.run(
        [sys.executable, "-c", ADDED],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


# ─── documentation and safety ───


def undocumented(tree: ast.Module) -> list[str]:
    """Return the public names without a docstring; a function's inner ones are its own affair."""
    found = [] if ast.get_docstring(tree) else ["the module"]

    def look(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.If):
                look(node.body, prefix)
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if node.name.startswith("_"):
                continue
            if not ast.get_docstring(node):
                found.append(prefix + node.name)
            if isinstance(node, ast.ClassDef):
                look(node.body, f"{prefix}{node.name}.")

    look(tree.body, "")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_public_has_a_docstring(path):
    assert undocumented(ast.parse(path.read_text())) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_runs_what_it_reads(path):
    """No module of ours evaluates text, or hands it to a shell."""
    tree = ast.parse(path.read_text())
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"eval", "exec", "compile", "__import__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            shells = [keyword for keyword in node.keywords if keyword.arg == "shell"]
            assert not shells
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} | {getattr(node, "module", None)}
            assert not names & {"pickle", "marshal", "shelve"}
