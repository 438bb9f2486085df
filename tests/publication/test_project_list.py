"""The list of projects: its forms, and all that can be wrong with it."""

from __future__ import annotations

import pytest

from manualgen.errors import Code, ManualError
from manualgen.publication import project_list
from tests.publication.listing import options


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "o.json").write_text(options("a"), "utf-8")
    return tmp_path


def read(folder, text, name="projects.toml"):
    (folder / name).write_text(text, "utf-8")
    return project_list.read(folder / name)


def keys(found):
    assert not found.diagnostics
    return [f"{one.name} {one.version} {one.source}" for one in found.projects]


def test_a_list_has_versions_and_settings(folder):
    found = read(
        folder,
        """
        [settings]
        title = "All"
        chunk = "file"
        [[project]]
        name = "a"
        version = "1.0"
        source = "o.json"
        [[project]]
        name = "a"
        source = "https://example.org/o.json"
        settings = { title = "A" }
        """,
    )
    assert keys(found) == ["a 1.0 o.json", "a unstable https://example.org/o.json"]
    first, second = (one.settings for one in found.projects)
    assert (first.title, first.chunk) == ("All", "file")
    assert (second.title, second.chunk) == ("A", "file")


def test_a_table(folder):
    text = 'name,version,source,title\na,1.0,o.json,"One, two"\n\nb,2.0,o.json,\nc,, o.json,\n'
    found = read(folder, text.replace("\n", "\r\n"), "projects.csv")
    # An empty cell says nothing.
    assert keys(found) == ["a 1.0 o.json", "b 2.0 o.json", "c unstable o.json"]
    assert [one.settings.title for one in found.projects] == ["One, two", "", ""]


def test_a_folder(folder):
    for name in ("x/1.0", "x/2.0", "y", "z"):
        (folder / "all" / name).mkdir(parents=True)
    for name in ("x/1.0/options.json", "x/2.0/options.json", "x/3.0.json", "y/manual.toml"):
        (folder / "all" / name).write_text("{}", "utf-8")
    for name in ("nix-darwin-25.05.json", "plain.json", ".hidden.json", "README", "z/default.nix"):
        (folder / "all" / name).write_text("{}", "utf-8")
    assert keys(project_list.read(folder / "all")) == [
        "nix-darwin 25.05 nix-darwin-25.05.json",
        "plain unstable plain.json",
        "x 1.0 x/1.0/options.json",
        "x 2.0 x/2.0/options.json",
        "x 3.0 x/3.0.json",
        "y unstable y/manual.toml",
        "z unstable z",
    ]


def test_a_folder_may_have_a_list_of_its_own(folder):
    (folder / "theme").mkdir()
    text = (
        'title = "All"\n[settings]\ntheme = "theme"\n[[project]]\nname = "b"\nsource = "o.json"\n'
    )
    (folder / "projects.toml").write_text(text, "utf-8")
    found = project_list.read(folder)
    assert keys(found) == ["b unstable o.json", "o unstable o.json"]
    assert {one.settings.theme for one in found.projects} == {"theme"}
    assert (found.title, found.theme) == ("All", folder / "theme")


GOOD = 'name = "a"\nversion = "1.0"\nsource = "o.json"\n'


@pytest.mark.parametrize(
    ("entry", "line", "message", "help_text"),
    [
        (GOOD.replace("1.0", "1.z!"), 3, "is no version", "unstable"),
        (GOOD.replace("1.0", "latest"), 3, "is no version", "main"),
        (GOOD.replace('"1.0"', "1.0"), 3, "is no text", 'version = "1.0"'),
        (GOOD.replace('"a"', '"../a"'), 2, "leads out of its folder", "my-modules"),
        (GOOD.replace('"a"', '"con"'), 2, "device", "my-modules"),
        (GOOD.replace('"a"', '"a\\nb"'), 2, "other characters", "my-modules"),
        (GOOD.replace("source", "sorce"), 4, "unknown key `sorce`", "`source`"),
        (GOOD + 'title = "A"', 5, "unknown key `title`", "[project.settings]"),
        (GOOD.replace("o.json", "gone.json"), 4, "does not exist", "options.json"),
        (GOOD.replace("o.json", "."), 4, "without default.nix", "manual.toml"),
        (GOOD + '[project.settings]\ntitel = "A"', 6, "unknown setting `titel`", "`title`"),
        (GOOD + 'settings = { titel = "A" }', 5, "unknown setting `titel`", "`title`"),
        (GOOD + "[project.settings]\ntoc-depth = 9", 6, "`toc-depth`", "manual.toml"),
        (GOOD + '[project.settings]\ntheme = "gone"', 6, "does not exist", "folder"),
        (GOOD.replace('name = "a"\n', ""), 1, "has no name", "name ="),
    ],
)
def test_what_is_wrong_with_an_entry(folder, entry, line, message, help_text):
    found = read(folder, f"[[project]]\n{entry}\n[[project]]\n{GOOD.replace('1.0', '7')}")
    first = found.diagnostics[0]
    assert message in first.message
    assert first.line == line
    assert help_text in first.help
    # The other entry has no errors.
    assert [one.version for one in found.projects] == ["7"]


def test_all_errors_are_found_at_once(folder):
    wrong = GOOD.replace("o.json", "gone.json")
    both = GOOD.replace('"a"', '".."').replace("1.0", "?")
    found = read(folder, f"[[project]]\n{wrong}[[project]]\n{both}")
    assert [one.line for one in found.diagnostics] == [4, 6, 7]
    # Those of the whole list are no reason to say nothing of its projects.
    found = read(folder, f"titel = 1\nsettings = 1\ntitle = 1\n[[project]]\n{wrong}")
    assert [one.line for one in found.diagnostics] == [1, 2, 3, 7]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (GOOD, "has the version `1.0` twice: also in line 1"),
        (GOOD.replace('"a"', '"A"').replace("1.0", "2.0"), "differs from `a` in case alone"),
    ],
)
def test_two_entries_with_one_folder(folder, second, message):
    found = read(folder, f"[[project]]\n{GOOD}[[project]]\n{second}")
    (diagnostic,) = found.diagnostics
    assert message in diagnostic.message
    assert diagnostic.line > 4


def test_versions_that_differ_in_case_alone(folder):
    found = read(
        folder,
        f"[[project]]\n{GOOD.replace('1.0', '1.0rc1')}[[project]]\n{GOOD.replace('1.0', '1.0RC1')}",
    )
    assert "twice" in found.diagnostics[0].message


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("[[project]\n", "projects.toml", "is not TOML"),
        ("", "projects.toml", "no projects"),
        ("project = 1", "projects.toml", "no array of tables"),
        ("[[projects]]", "projects.toml", "unknown table or key `projects`"),
        ("settings = 1\n[[project]]", "projects.toml", "`settings` is no table"),
        ("[[project]]\n[settings]\ntitel = 1", "projects.toml", "unknown setting `titel`"),
        ("[[project]]\n[settings]\ntitle = 1", "projects.toml", "`title`: expected"),
        ("a = " + "[" * 5000, "projects.toml", "nested too deeply"),
        ("a" + ".a" * 50 + " = 1", "projects.toml", "nested too deeply"),
        ("name,source,colour\n", "projects.csv", "unknown column `colour`"),
        ("name,version\n", "projects.csv", "no columns `name` and `source`"),
        ("name,source\na,b,c\n", "projects.csv", "3 fields"),
        ('name,source\na,"b\n', "projects.csv", "is no table"),
        ("name,source\n", "projects.csv", "no projects"),
    ],
)
def test_what_is_wrong_with_a_list(folder, text, name, message):
    try:
        found = read(folder, text, name).diagnostics[0]
    except ManualError as error:
        found = error.diagnostic
    assert message in found.message
    assert found.code is Code.BAD_PROJECT
    assert found.help


def test_a_folder_without_projects(tmp_path):
    (tmp_path / "README").write_text("", "utf-8")
    with pytest.raises(ManualError, match="no projects"):
        project_list.read(tmp_path)


def test_a_list_that_is_no_text(tmp_path):
    (tmp_path / "projects.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ManualError, match="not UTF-8"):
        project_list.read(tmp_path / "projects.toml")
