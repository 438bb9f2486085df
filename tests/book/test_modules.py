"""Modules as option sets of a manual, in every command, with the real evaluator."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import manualgen
from manualgen.errors import Code, ManualError
from tests.manuals import include, run, write

LIB = Path(__file__).parents[1] / "evaluation/fixtures/lib"

pytestmark = pytest.mark.skipif(
    shutil.which("nix-instantiate") is None and not os.environ.get("CI"),
    reason="nix-instantiate is not installed",
)

GREETER = """
{ lib, ... }:
{
  options.greeter.enable = lib.mkOption {
    type = lib.types.bool;
    description = "Whether to greet, as {option}`greeter.name` says.";
  };
  options.greeter.name = lib.mkOption { type = lib.types.str; description = "Whom."; };
}
"""
OTHER = """
{ lib, ... }: { options.other = lib.mkOption { type = lib.types.str; description = "O."; }; }
"""
BOOK = "# Manual {#book}\n\n## Subtitle\n\n" + include("chapters", "c.md")
CHAPTER = "# Chapter {#ch}\n\nSee {option}`greeter.enable`.\n"


def book(folder: Path, text: str, /, **files: str) -> Path:
    """Write a manual with settings, and return its manual.toml."""
    named = {name.replace("__", "/") + ".nix": text for name, text in files.items()}
    write(
        folder,
        {
            "manual.md": BOOK,
            "c.md": CHAPTER,
            "manual.toml": f'source = "manual.md"\n{text}\n[evaluation]\nlib = ["lib"]\n',
            **named,
        },
    )
    shutil.copytree(LIB, folder / "lib", dirs_exist_ok=True)
    return folder / "manual.toml"


def names(manual: manualgen.Manual) -> list[str]:
    return [entry.option.name for entry in manual.options]


@pytest.mark.parametrize("source", ["greeter.nix", "greeter", "greeter/default.nix"])
def test_a_module_is_an_option_set(source, tmp_path):
    entry = f'[[options]]\nsource = "{source}"\ntitle = "Options"\n'
    path = book(tmp_path, entry, greeter=GREETER, greeter__default=GREETER)
    run("html", path, "-o", tmp_path / "site", "--strict")
    text = (tmp_path / "site/ch-options.html").read_text()
    assert 'id="opt-greeter.enable"' in text
    # Its permalink, its entry in "On this page", and a link from the description of another option.
    assert text.count('href="#opt-greeter.name"') == 3
    chapter = (tmp_path / "site/ch.html").read_text()
    assert 'class="option-ref" href="ch-options.html#opt-greeter.enable"' in chapter
    for command in ("man", "markdown", "asciidoc"):
        run(command, path, "-o", tmp_path / f"page.{command}", "--strict")
        assert "greeter.enable" in (tmp_path / f"page.{command}").read_text()


def test_a_module_of_a_flake_is_an_option_set(tmp_path):
    flake = f"{{ outputs = _: {{ nixosModules.default = {GREETER}; }}; }}"
    path = book(tmp_path, '[[options]]\nsource = ".#nixosModules.default"\n', flake=flake)
    manual = manualgen.load(path)
    assert names(manual) == ["greeter.enable", "greeter.name"]
    # The title of the appendix, as none is given, is the name of the flake's folder.
    assert (
        tmp_path.name.replace("-", " ").capitalize()
        in run("markdown", path, "-o", tmp_path / "m.md").output + (tmp_path / "m.md").read_text()
    )


def test_a_chapter_includes_a_module(tmp_path):
    path = book(tmp_path, "", greeter=GREETER)
    options = "```{=include=} options\nid-prefix: g-\nlist-id: list\nsource: greeter.nix\n```\n"
    (tmp_path / "c.md").write_text(CHAPTER + "\n" + options)
    manual = manualgen.load(path)
    assert [included.catalog.ids for included in manual.sets] == [
        ["g-greeter.enable", "g-greeter.name"]
    ]
    assert not manual.diagnostics
    (tmp_path / "c.md").write_text(CHAPTER + "\n" + options.replace("greeter", "greter"))
    (found,) = [found for found in manualgen.load(path).diagnostics if "greter" in found.message]
    assert found.code is Code.UNREADABLE
    assert "did you mean greeter.nix?" in found.help


def test_the_kinds_of_a_nix_file(tmp_path):
    lists = "[ ./greeter.nix ./other.nix ]"
    tree = (
        "{ lib, ... }: (lib.evalModules { modules = [ ./other.nix ]; specialArgs = { }; }).options"
    )
    entries = (
        '[[options]]\nsource = "list.nix"\nkind = "modules"\nid-prefix = "a-"\n'
        '[[options]]\nsource = "tree.nix"\nkind = "options"\nid-prefix = "b-"\n'
    )
    path = book(tmp_path, entries, greeter=GREETER, other=OTHER, list=lists, tree=tree)
    manual = manualgen.load(path)
    assert [included.catalog.ids for included in manual.sets] == [
        ["a-greeter.enable", "a-greeter.name", "a-other"],
        ["b-other"],
    ]


def test_declarations_link_to_the_tree_of_their_set(tmp_path):
    entry = (
        '[[options]]\nsource = "modules/greeter.nix"\nname = "us"\n'
        'address = "https://example.org/{revision}/{path}"\n'
    )
    path = book(tmp_path / "docs", f'revision = "v1"\n{entry}', modules__greeter=GREETER)
    (tmp_path / "flake.nix").write_text("{ outputs = _: { }; }")
    run("html", path, "-o", tmp_path / "site")
    text = (tmp_path / "site/ch-greeter.html").read_text()
    # Relative to the flake, wherever the command runs.
    address = "https://example.org/v1/docs/modules/greeter.nix"
    assert f'<a class="declaration" href="{address}">us/docs/modules/greeter.nix</a>' in text


def test_without_a_source_declarations_link_nowhere(tmp_path):
    run(
        "html",
        write(tmp_path, {"g.nix": GREETER}).parent / "g.nix",
        "--lib",
        LIB,
        "-o",
        tmp_path / "s",
    )
    text = "".join(page.read_text() for page in (tmp_path / "s").glob("**/*.html"))
    assert '<span class="declaration">g.nix</span>' in text
    assert "nixpkgs" not in text.lower()


def test_a_module_that_fails_is_reported_with_the_manual(tmp_path):
    broken = '{ lib, ... }: { options.x = lib.mkOption { type = lib.types.str; default = abort "no"; }; }'
    path = book(tmp_path, '[[options]]\nsource = "x.nix"\n', x=broken)
    manual = manualgen.load(path)
    assert names(manual) == ["x"]
    assert [found.option for found in manual.diagnostics if found.part == "default"] == ["x"]
    (tmp_path / "x.nix").write_text("{ lib")
    result = run("html", path, "-o", tmp_path / "site", status=1)
    assert "x.nix" in result.output
    assert "Traceback" not in result.output


def test_every_command_takes_lists_of_modules_and_evaluated_options(tmp_path):
    write(
        tmp_path,
        {
            "greeter.nix": GREETER,
            "other.nix": OTHER,
            "list.nix": "[ ./greeter.nix ]",
            "tree.nix": "{ lib, ... }: lib.evalModules { modules = [ ./other.nix ]; specialArgs = { }; }",
        },
    )
    for command in ("html", "man", "markdown", "asciidoc"):
        for given, name in (("--modules", "list"), ("--options", "tree")):
            out = tmp_path / f"{command}-{name}"
            run(command, given, tmp_path / f"{name}.nix", "--lib", LIB, "-o", out)
            text = "".join(
                path.read_text() for path in (*out.glob("**/*.html"), out) if path.is_file()
            )
            assert ("greeter.enable" if name == "list" else "other") in text
        run(command, status=2)
        run(command, "--options", f"opt-={tmp_path}/other.nix", "-o", tmp_path / "x", status=2)
    both = run("extract", tmp_path / "other.nix", "--modules", tmp_path / "list.nix", "--lib", LIB)
    assert '"greeter.enable"' in both.output
    assert '"other"' in both.output


def test_a_manual_has_no_list_of_modules(tmp_path):
    path = book(tmp_path, '[[options]]\nsource = "greeter.nix"\n', greeter=GREETER)
    result = run(
        "html", path, "--modules", tmp_path / "greeter.nix", "-o", tmp_path / "s", status=2
    )
    assert "[[options]]" in result.output


def test_an_option_set_of_the_command_line_is_a_module(tmp_path):
    path = book(tmp_path, "", greeter=GREETER)
    run("html", path, "--options", f"m-={tmp_path}/greeter.nix=Modules", "-o", tmp_path / "site")
    assert 'id="m-greeter.enable"' in (tmp_path / "site/ch-modules.html").read_text()
    run("redirects", "add", path, "--options", f"m-={tmp_path}/greeter.nix", "--all")
    # Appendices with options have an identifier; those of options are not listed.
    assert '"ch-greeter"' in (tmp_path / "redirects.json").read_text()


def test_settings_of_the_evaluation(tmp_path):
    module = """
    { lib, settings, ... }:
    { options.${settings.name} = lib.mkOption { type = lib.types.str; description = "D."; }; }
    """
    path = book(
        tmp_path,
        '[[options]]\nsource = "m.nix"\n',
        m=module,
        settings='{ name = "given"; }',
        others='{ name = "theirs"; }',
    )
    with path.open("a") as file:
        file.write('arg = { settings = "settings.nix" }\n')
    assert names(manualgen.load(path)) == ["given"]
    given = {"arguments": {"settings": tmp_path / "others.nix"}}
    assert names(manualgen.load(path, evaluation=given)) == ["theirs"]
    run("man", path, "--arg", f"settings={tmp_path}/others.nix", "-o", tmp_path / "m.5")
    assert "theirs" in (tmp_path / "m.5").read_text()
    with pytest.raises(TypeError, match="unknown setting `timout`; write `timeout`"):
        manualgen.load(path, evaluation={"timout": 5})
    with pytest.raises(ManualError):
        manualgen.load(path, evaluation={"lib": tmp_path / "missing"})


HOST = """
[
  ({ lib, ... }: {
    options.users = lib.mkOption {
      description = "Users.";
      type = lib.types.attrsOf (lib.types.submodule {
        options.uid = lib.mkOption { type = lib.types.str; description = "Number."; };
      });
    };
    options.services = lib.mkOption { type = lib.types.str; description = "Services."; };
  })
]
"""
GUEST = """
{ lib, options, ... }:
{
  options.greeter = lib.mkOption { type = lib.types.str; description = "G."; };
  options.isExtended = lib.mkOption {
    type = lib.types.bool;
    default = options ? services;
    description = "X.";
  };
  options.users = lib.mkOption {
    type = lib.types.attrsOf (lib.types.submodule {
      options.greeting = lib.mkOption { type = lib.types.str; description = "What to say."; };
    });
  };
}
"""


def test_the_options_of_a_host_are_declared_and_not_documented(tmp_path):
    path = book(tmp_path, '[[options]]\nsource = "guest.nix"\n', host=HOST, guest=GUEST)
    with path.open("a") as file:
        file.write('host = "host.nix"\n')
    manual = manualgen.load(path)
    # `users` is declared by both, and `users.<name>.uid` by the host alone.
    assert names(manual) == ["greeter", "isExtended", "users", "users.<name>.greeting"]
    assert manual.option("isExtended").default.text == "true"
    assert {found.code for found in manual.diagnostics} <= {Code.UNKNOWN_OPTION}
    (without,) = [
        entry.option
        for entry in manualgen.load(tmp_path / "guest.nix", evaluation={"lib": LIB}).options
        if entry.option.name == "isExtended"
    ]
    assert without.default.text == "false"
