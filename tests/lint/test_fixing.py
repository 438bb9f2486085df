"""What is put right in files: the places, the patch, how files are written."""

from __future__ import annotations

import subprocess

import pytest

from manualgen import api
from manualgen.errors import ManualError
from manualgen.lint import fixing
from manualgen.lint.places import Sources
from manualgen.options.model import Declaration
from tests.conftest import program
from tests.rendering import manual, option

TEXT = "One of:\n  a - the first\n  b - the second\n"
FIXED = "One of:\n\na\n: the first\n\nb\n: the second\n"
MODULE = """{ lib, ... }: {
  options.x.y = lib.mkOption {
    description = ''
      One of:
        a - the first
        b - the second
    '';
  };
}
"""
FIXED_MODULE = """{ lib, ... }: {
  options.x.y = lib.mkOption {
    description = ''
      One of:

      a
      : the first

      b
      : the second
    '';
  };
}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def planned(folder, *names, declaration="m.nix", text=TEXT):
    options = [
        option(name, text, type="int", declarations=(Declaration(declaration, None),))
        for name in names or ("x.y",)
    ]
    return of_manual(manual(*options), folder)


def of_manual(made, folder):
    return fixing.fixes(api.check(made), [made], Sources([made], [folder]))


def written(folder, data: bytes | str, name="m.nix") -> bytes:
    """Return what a file is after a fix."""
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    program("nix-instantiate")
    plan = planned(folder, declaration=name)
    assert plan.left == {}
    fixing.write(plan.changes)
    return path.read_bytes()


def test_a_module(folder):
    assert written(folder, MODULE).decode() == FIXED_MODULE


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_ends_and_the_byte_order_mark_stay(folder, ending, mark):
    new = written(folder, mark + MODULE.replace("\n", ending).encode())
    assert new == mark + FIXED_MODULE.replace("\n", ending).encode()


def test_the_mode_and_a_link_stay(folder):
    (folder / "real.nix").write_text(MODULE)
    (folder / "real.nix").chmod(0o754)
    (folder / "m.nix").symlink_to("real.nix")
    plan = planned(folder)
    fixing.write(plan.changes)
    assert (folder / "m.nix").is_symlink()
    assert (folder / "real.nix").read_text() == FIXED_MODULE
    assert (folder / "real.nix").stat().st_mode & 0o777 == 0o754
    assert sorted(path.name for path in folder.iterdir()) == ["m.nix", "real.nix"]


def test_options_that_share_a_string(folder):
    program("nix-instantiate")
    (folder / "m.nix").write_text(MODULE)
    # Both are declared by one binding, of a submodule that is used twice.
    plan = planned(folder, "x.y", "z.y")
    assert len(plan.fixed) == 2
    assert len(plan.changes) == 1


@pytest.mark.parametrize("before", [True, False])
def test_an_option_whose_string_is_another_one(folder, before):
    """Its own has an interpolation: that of its neighbour is not its own."""
    program("nix-instantiate")
    own = "  options.x.z = lib.f { description = ''${lib.a}''; };\n"
    other = MODULE.partition("\n")[2].rpartition("}")[0]
    body = own + other if before else other + own
    (folder / "m.nix").write_text("{ lib, ... }: {\n" + body + "}\n")
    plan = planned(folder, "x.y", "x.z")
    assert {one.option for one in plan.fixed} == {"x.y"}
    assert {one.option for one in plan.left} == {"x.z"}


def test_several_strings_of_a_file(folder):
    program("nix-instantiate")
    body = MODULE.partition("{\n")[2].rpartition("}\n")[0]
    (folder / "m.nix").write_text("{ lib, ... }: {\n" + body + body.replace("x.y", "x.z") + "}\n")
    plan = planned(folder, "x.y", "x.z")
    assert len(plan.fixed) == 2
    assert plan.changes[0].new.count(b": the second") == 2


@pytest.mark.parametrize(
    "content",
    [
        None,
        "{ }",
        MODULE.replace("the first", "the ${first}"),
        MODULE.replace("{ lib, ... }:", "{ lib, ... }: ("),
        MODULE.replace("\n", "\r"),
        b"\xff",
    ],
)
def test_what_cannot_be_put_right_is_left_and_said(folder, content):
    program("nix-instantiate")
    if content is not None:
        data = content if isinstance(content, bytes) else content.encode()
        (folder / "m.nix").write_bytes(data)
    plan = planned(folder)
    assert plan.changes == []
    assert plan.fixed == set()
    assert len(plan.left) == 1
    assert all(plan.left.values())


def test_files_outside_the_folders_stay(folder):
    (folder / "own").mkdir()
    (folder / "m.nix").write_text(MODULE)
    made = manual(option("x.y", TEXT, type="int", declarations=(Declaration("../m.nix", None),)))
    assert of_manual(made, folder / "own").changes == []


def test_a_chapter(folder):
    (folder / "manual.md").write_bytes(
        b"# T {#t}\r\n\r\n## S\r\n\r\nRead <filename>a</filename>.\r\n\r\nEnd.  \r\n"
    )
    plan = of_manual(api.load(folder / "manual.md"), folder)
    fixing.write(plan.changes)
    assert (folder / "manual.md").read_bytes() == (
        b"# T {#t}\r\n\r\n## S\r\n\r\nRead {file}`a`.\r\n\r\nEnd.  \r\n"
    )


def test_hidden_lists_of_a_chapter(folder):
    path = folder / "manual.md"
    path.write_text(
        "# T {#t}\n\n## S\n\nThe modes are:\nauto - chosen by the program\nmanual - chosen by you\n"
        "\nProse that ends\nin two lines.\n\n- a real\n- list\n"
    )
    made = api.load(path)
    (found,) = [one for one in api.check(made) if one.code.slug == "hidden-list"]
    assert (found.file, found.line) == (str(path), 6)
    assert "paragraph" in found.message
    plan = of_manual(made, folder)
    fixing.write(plan.changes)
    assert path.read_text() == (
        "# T {#t}\n\n## S\n\nThe modes are:\n\nauto\n: chosen by the program\n\nmanual\n: chosen by you\n"
        "\nProse that ends\nin two lines.\n\n- a real\n- list\n"
    )
    assert not [one for one in api.check(api.load(path)) if one.code.slug == "hidden-list"]


def test_the_patch_can_be_applied(folder):
    program("nix-instantiate")
    (folder / "m.nix").write_text(MODULE.rstrip("\n"))
    patch = fixing.patch(planned(folder).changes)
    assert patch.startswith("--- a/m.nix\n+++ b/m.nix\n@@ ")
    assert (folder / "m.nix").read_text() == MODULE.rstrip("\n")
    subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=folder, check=True)
    assert (folder / "m.nix").read_text() == FIXED_MODULE.rstrip("\n")


def test_the_patch_of_a_name_with_spaces_can_be_applied(folder):
    path = folder / "a b.md"
    for command in (["git", "apply", "-"], ["patch", "-p1", "--silent"]):
        path.write_text("a\n")
        change = fixing.Change(path, b"a\n", b"b\n")
        data = fixing.patch([change]).encode()
        subprocess.run(command, input=data, cwd=folder, check=True)
        assert path.read_text() == "b\n"


def test_a_file_that_has_been_changed_meanwhile_stays(folder):
    program("nix-instantiate")
    (folder / "m.nix").write_text(MODULE)
    plan = planned(folder)
    (folder / "m.nix").write_text("{ }")
    with pytest.raises(ManualError):
        fixing.write(plan.changes)
    assert (folder / "m.nix").read_text() == "{ }"
