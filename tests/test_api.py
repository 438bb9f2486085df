"""The Python API: its names are listed once, each of them is documented, and nothing else is there.

In the manner of griffe's ``test_api.py``. What the functions do is tested by the examples of
``docs/python-api.md`` and by the tests of the packages that do it.
"""

from __future__ import annotations

import ast
import enum
import inspect
import re
import subprocess
import sys

import msgspec
import pytest

import manualgen
from manualgen import api
from manualgen.book import settings
from tests.conftest import ROOT

NAMES = list(api.__all__)
FUNCTIONS = [name for name in NAMES if inspect.isfunction(getattr(api, name))]
CLASSES = [name for name in NAMES if inspect.isclass(getattr(api, name))]
SOURCE = ast.parse(inspect.getsource(api))
DEFINITIONS = {
    node.name: node
    for module in {inspect.getmodule(getattr(api, name)) for name in FUNCTIONS}
    for node in ast.parse(inspect.getsource(module)).body
    if isinstance(node, ast.FunctionDef)
}


def sections_of(docstring: str) -> dict[str, str]:
    """Return the sections of a docstring in Google's style: heading → text."""
    parts = re.split(r"^(Args|Attributes|Returns|Raises):\n", docstring, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def entries_of(section: str) -> set[str]:
    """Return the names that a section of a docstring explains; several may share one text."""
    lines = re.findall(r"^    (\S[^:\n]*):", section, re.MULTILINE)
    return {name.strip("* ") for line in lines for name in line.split(",")}


def run(code: str) -> str:
    """Run code in a process of its own; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# ─── the list of names ───


def test_names_are_listed_once_and_in_order():
    assert len(set(NAMES)) == len(NAMES)
    assert sorted(NAMES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_that_of_the_package(name):
    assert getattr(manualgen, name) is getattr(api, name)


def test_nothing_else_is_public():
    assert set(dir(manualgen)) == {*NAMES, "__version__"}
    defined = {
        node.name
        for node in SOURCE.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
    }
    assert defined - set(NAMES) == set()
    assigned = {
        target.id
        for node in SOURCE.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and not target.id.startswith("_")
    }
    assert assigned - set(NAMES) == set()


def test_names_of_types_are_those_of_their_classes():
    """So that a traceback or a repr names what can be imported."""
    renamed = {"MarkdownAdmonitions", "MarkdownStyle"}
    for name in set(CLASSES) - renamed:
        assert getattr(api, name).__name__ == name


def test_all_names_can_be_imported_at_once():
    code = f"from manualgen import *; print(all(name in globals() for name in {NAMES!r}))"
    assert run(code) == "True\n"


@pytest.mark.parametrize("name", ["nothing", "_nothing", "__nothing__", "functools", "Path"])
def test_an_unknown_name_is_an_attribute_error(name):
    with pytest.raises(AttributeError, match=f"module 'manualgen' has no attribute '{name}'"):
        getattr(manualgen, name)
    assert not hasattr(manualgen, name)


def test_importing_the_package_loads_nothing():
    code = (
        "import sys, manualgen; "
        "print(*sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'docutils', 'jinja2', 'markdown_it', 'click', 'lxml', 'msgspec', 'pygments', 'rich'}), "
        "*sorted(name for name in sys.modules if name.startswith('manualgen.')))"
    )
    assert run(code).split() == ["manualgen.version"]


def test_loading_a_manual_loads_no_writer_and_no_template():
    code = (
        "import sys, manualgen; "
        "manualgen.load('sample-options/manual.toml'); "
        "print(*sorted(name for name in sys.modules if name in "
        "{'jinja2', 'click', 'pygments', 'rich', 'concurrent.futures'} "
        "or name.startswith('manualgen.writers.')))"
    )
    assert run(code).split() == []


# ─── what is documented ───


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_explain_their_arguments(name):
    function = getattr(api, name)
    docstring = inspect.getdoc(function) or ""
    assert docstring[:1].isupper()
    arguments = set(inspect.signature(function).parameters)
    assert entries_of(sections_of(docstring).get("Args", "")) == arguments


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_name_the_errors_that_they_raise(name):
    explained = entries_of(sections_of(inspect.getdoc(getattr(api, name)) or "").get("Raises", ""))
    raised = {
        call.func.id
        for node in ast.walk(DEFINITIONS[name])
        if isinstance(node, ast.Raise)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }
    assert raised <= explained
    # What reads or writes files can fail to.
    if name.startswith(("load", "read_", "extract", "build_")):
        assert "ManualError" in explained


@pytest.mark.parametrize("name", CLASSES)
def test_classes_explain_their_attributes(name):
    kind = getattr(api, name)
    docstring = inspect.getdoc(kind) or ""
    assert docstring
    if issubclass(kind, msgspec.Struct):
        explained = entries_of(sections_of(docstring).get("Attributes", ""))
        if kind is api.ManualOverrides:
            # The others are settings of manual.toml, which are explained there.
            explained |= {
                entry.key.replace("-", "_") for entry in settings.SETTINGS if not entry.table
            } - {"source"}
        assert explained == set(kind.__struct_fields__)
    else:
        assert issubclass(kind, (enum.Enum, Exception))


@pytest.mark.parametrize("name", CLASSES)
def test_public_methods_have_docstrings(name):
    for attribute, value in vars(getattr(api, name)).items():
        if not attribute.startswith("_") and (
            inspect.isfunction(value) or isinstance(value, (property, classmethod))
        ):
            assert inspect.getdoc(value), f"{name}.{attribute}"


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_documented(name):
    text = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
    assert re.search(rf"\b{name}\b", text), f"docs/python-api.md does not mention {name}"


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"titel": "x"}, TypeError, "unknown setting `titel`; write `title`"),
        ({"toc_depth": "two"}, TypeError, "got `str` - at `toc_depth`"),
        ({"chunk": "chapters"}, ValueError, "'chapters' - at `chunk`"),
    ],
)
def test_wrong_settings_of_a_manual_are_errors(tmp_path, arguments, error, message):
    (tmp_path / "manual.md").write_text("# M {#m}\n## V\n")
    with pytest.raises(error, match=re.escape(message)):
        manualgen.load(tmp_path / "manual.md", **arguments)


def test_wrong_settings_of_options_are_errors():
    with pytest.raises(TypeError, match="got `int` - at `revision`"):
        manualgen.from_options([], revision=3)
    with pytest.raises(TypeError, match="unknown setting `timeut`; write `timeout`"):
        manualgen.extract(["x.nix"], timeut=3)


def test_one_set_one_module_and_paths_as_text_are_taken(tmp_path):
    options = manualgen.OptionSet([manualgen.Option(name="a", loc=("a",))])
    manual = manualgen.from_options(options, theme=str(tmp_path))
    assert [entry.id for entry in manual.options] == ["opt-a"]
    assert manual.settings.site.theme == tmp_path
    with pytest.raises(manualgen.ManualError) as caught:
        manualgen.extract("missing.nix", lib="missing")
    assert str(caught.value.diagnostic.file).endswith("missing.nix")


def test_targets_are_a_mapping():
    manual = manualgen.from_options(manualgen.OptionSet([manualgen.Option(name="a", loc=("a",))]))
    assert list(manual.targets.items()) == [("opt-a", manual.targets["opt-a"])]
    assert manual.targets.get("no-such") is None
