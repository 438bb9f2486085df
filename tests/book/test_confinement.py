"""The paths of a manual.toml: they stay in its folder, unless the caller allows more."""

from __future__ import annotations

import pytest
from msgspec.structs import fields

import manualgen
from manualgen.book.configuration import OutputTable
from manualgen.errors import Code, ManualError
from tests.manuals import include, run, write

MANUAL = "# M {#m}\n\n## S\n\nText.\n"
OPTIONS = '{"a": {"loc": ["a"], "description": "A.", "type": "string", "declarations": []}}'
TABLES = {"": "", "options": "[[options]]", "evaluation": "[evaluation]", "manpage": "[manpage]"}
READ = [
    ("", "source", "{}/manual.md"),
    ("", "manpage-urls", "{}/urls.json"),
    ("", "redirects", "{}/redirects.json"),
    ("", "theme", "{}/theme"),
    ("options", "source", "{}/options.json"),
    ("options", "source", "{}/module.nix"),
    ("options", "source", "{}/.#nixosModules.default"),
    ("evaluation", "lib", ["{}/lib"]),
    ("evaluation", "pkgs", "{}/pkgs"),
    ("evaluation", "host", "{}/module.nix"),
    ("evaluation", "arg", {"x": "{}/module.nix"}),
    ("evaluation", "input", {"x": "{}/lib"}),
    ("manpage", "header", "{}/header.roff"),
    ("manpage", "footer", "{}/header.roff"),
]
WRITTEN = [field.encode_name for field in fields(OutputTable)]


def toml(value: object, place: str) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(toml(entry, place) for entry in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(one, place)}" for key, one in value.items()) + " }"
    return '"' + str(value).format(place) + '"'


@pytest.fixture
def folders(tmp_path):
    """A manual's folder, beside a folder with everything that it might name."""
    files = {
        "manual.md": MANUAL,
        "urls.json": "{}",
        "redirects.json": '{"m": ["index.html#m"]}',
        "theme/page.html": "",
        "options.json": OPTIONS,
        "module.nix": "{ }",
        "flake.nix": "{ outputs = _: { }; }",
        "lib/default.nix": "{ }",
        "pkgs/default.nix": "{ }",
        "header.roff": ".TH SECRET 1\n",
    }
    write(tmp_path / "outside", files)
    write(tmp_path / "book", {"manual.md": MANUAL, "options.json": OPTIONS})
    (tmp_path / "book/link").symlink_to("../outside")
    write(tmp_path / "book/.git", files)
    return tmp_path


def loaded(folder, text: str, **overrides):
    (folder / "manual.toml").write_text(text)
    return manualgen.Project.load(folder / "manual.toml").override(**overrides).settings()


def with_setting(table: str, key: str, value: object, place: str) -> str:
    top = "" if (table, key) == ("", "source") else 'source = "manual.md"\n'
    return f"{top}{TABLES[table]}\n{key} = {toml(value, place)}\n"


@pytest.mark.parametrize("place", ["../outside", "link", "ABSOLUTE", ".git", "x/../../outside"])
@pytest.mark.parametrize(("table", "key", "value"), READ)
def test_what_is_read(table, key, value, place, folders):
    place = place.replace("ABSOLUTE", str(folders / "outside"))
    with pytest.raises(ManualError) as caught:
        loaded(folders / "book", with_setting(table, key, value, place))
    found = caught.value.diagnostic
    assert found.code is Code.OUTSIDE_ROOT
    assert found.message.startswith(f"`{key}`: ")
    assert key in found.excerpt
    assert ("--theme" if key == "theme" else "--root") in found.help


@pytest.mark.parametrize(("table", "key", "value"), READ)
def test_the_caller_allows_more(table, key, value, folders):
    text = with_setting(table, key, value, "../outside")
    assert loaded(folders / "book", text, roots=(folders / "outside",))
    # Not what version control keeps, whatever lies around it.
    with pytest.raises(ManualError):
        loaded(folders / "book", with_setting(table, key, value, ".git"), roots=(folders,))


@pytest.mark.parametrize("place", ["../x", "link/x", "ABSOLUTE", ".git/hooks", ".GIT/config"])
@pytest.mark.parametrize("key", WRITTEN)
def test_what_is_written(key, place, folders):
    place = place.replace("ABSOLUTE", str(folders / "outside/x"))
    (folders / "book/manual.toml").write_text(
        f'source = "manual.md"\n[output]\n{key} = "{place}"\n'
    )
    project = manualgen.Project.load(folders / "book/manual.toml")
    # Folders to read from are none to write to.
    project = project.override(roots=(folders / "outside",))
    with pytest.raises(ManualError) as caught:
        project.output(key.replace("-", "_"))
    assert caught.value.diagnostic.code is Code.OUTSIDE_ROOT
    assert "-o PATH" in caught.value.diagnostic.help


def test_chosen_text_is_not_written_elsewhere(folders):
    write(folders / "book", {"own.roff": "text\n"})
    (folders / "book/manual.toml").write_text(
        'source = "manual.md"\n[[options]]\nsource = "options.json"\n'
        '[manpage]\nheader = "own.roff"\n[output]\nmanpage = "../x"\n'
    )
    run("man", folders / "book/manual.toml", status=1)
    assert not (folders / "x").exists()
    run("man", folders / "book/manual.toml", "-o", folders / "x")
    assert (folders / "x").read_text().startswith("text\n")


def test_a_theme_does_not_reach_outside(folders):
    write(folders / "book", {"t/page.html": "x"})
    (folders / "book/t/style.css").symlink_to("../../outside/header.roff")
    text = 'source = "manual.md"\ntheme = "t"\n'
    with pytest.raises(ManualError, match=r"`theme`: `t/style\.css` lies outside"):
        loaded(folders / "book", text)
    # The command line may name any.
    assert loaded(folders / "book", text, theme=folders / "book/t")
    with pytest.raises(ManualError, match="`theme`: `tt` is not a folder") as caught:
        loaded(folders / "book", text.replace('"t"', '"tt"'))
    assert caught.value.diagnostic.code is Code.BAD_SETTING


def test_the_file_of_redirects_beside_a_manual(folders):
    (folders / "book/redirects.json").symlink_to("../outside/redirects.json")
    with pytest.raises(ManualError, match="`redirects`"):
        loaded(folders / "book", 'source = "manual.md"\n')


def test_roots_are_not_a_setting(folders):
    with pytest.raises(ManualError) as caught:
        loaded(folders / "book", 'source = "manual.md"\nroots = ["/"]\n')
    assert "--root" in caught.value.diagnostic.help


@pytest.mark.parametrize("name", [".git/config", "a/.git/config", "link/manual.md"])
def test_chapters_and_pictures(name, folders):
    write(
        folders / "book",
        {
            "manual.md": f"# M {{#m}}\n\n## S\n\n![x]({name})\n\n{include('chapters', name)}",
            ".git/config": "# Secret {#s}\n",
            "a/.git/config": "# Secret {#s}\n",
        },
    )
    manual = manualgen.load(folders / "book/manual.md")
    assert [found.code for found in manual.diagnostics] == [Code.OUTSIDE_ROOT] * 2
    assert "s" not in manual.targets
