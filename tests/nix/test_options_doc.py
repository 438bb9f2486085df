"""``nix/``: derivations of optionsDoc, built by Nix without Nixpkgs' packages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.nix.building import Nix

HERE = Path(__file__).parent


@pytest.fixture
def nix(tmp_path, monkeypatch):
    return Nix(tmp_path, monkeypatch)


def test_options_as_json(nix):
    built = nix.build("(ours.optionsDoc { inherit options; }).optionsJSON")
    file = built / "share" / "doc" / "nixos" / "options.json"
    options = json.loads(file.read_bytes())
    assert set(options) == {"greeter.enable", "greeter.words"}
    words = options["greeter.words"]
    assert words["default"] == {"_type": "literalExpression", "text": '"hello"'}
    assert words["declarations"] == [str(HERE / "greeter.nix")]
    assert not {"name", "visible", "internal"} & set(words)
    products = (built / "nix-support" / "hydra-build-products").read_text()
    assert products == f"file json {file}\nfile json-br {file}.br\n"
    packed = subprocess.run(
        ["brotli", "-dc", f"{file}.br"], capture_output=True, check=True, timeout=60
    )
    assert packed.stdout == file.read_bytes()


def test_related_packages(nix):
    text = nix.value('(ours.optionsDoc { inherit options; }).optionsNix."greeter.words"')
    address = "https://search.nixos.org/packages?show={0}&sort=relevance&query={0}"
    assert text["relatedPackages"] == (
        f"- [`pkgs.hello`]({address.format('hello')})\n"
        f"- [`pkgs.kdePackages.kate`]({address.format('kdePackages.kate')})\n"
        f"- [A cow aka `pkgs.cowsay`]({address.format('cowsay')})\n\n  It says the words.\n"
    )


def test_options_that_are_transformed(nix):
    built = nix.build("""
      (ours.optionsDoc {
        inherit options;
        transformOptions = option: option // {
          visible = option.name != "greeter.enable";
          declarations = [ { name = "<ours>"; url = "https://example.org"; } ];
        };
      }).optionsJSON
    """)
    options = json.loads((built / "share/doc/nixos/options.json").read_bytes())
    assert list(options) == ["greeter.words"]
    assert options["greeter.words"]["declarations"] == [
        {"name": "<ours>", "url": "https://example.org"}
    ]


def test_arguments_for_docbook_are_taken(nix):
    text = """
      builtins.attrNames (ours.optionsDoc {
        inherit options;
        documentType = "none";
        variablelistId = "x";
        optionIdPrefix = "opt-";
        allowDocBook = false;
        markdownByDefault = true;
      }).optionsNix
    """
    assert nix.value(text) == ["greeter.enable", "greeter.words"]


BASE = {
    "greeter.words": {
        "declarations": ["base.nix"],
        "default": {"_type": "literalExpression", "text": '"base"'},
        "description": "Base text.",
        "loc": ["greeter", "words"],
        "type": "base type",
        "readOnly": False,
    },
    "only.base": {
        "declarations": ["base.nix"],
        "description": "Only here.",
        "loc": ["only", "base"],
        "type": "string",
        "readOnly": False,
    },
}


NEW = """{ lib, ... }: {
  options.greeter.words = lib.mkOption { description = "New."; };
}"""


def test_options_are_merged_into_others(nix, tmp_path):
    (tmp_path / "base.json").write_text(json.dumps(BASE))
    (tmp_path / "new.nix").write_text(NEW)
    built = nix.build(f"""
      (ours.optionsDoc {{
        options = optionsOf {tmp_path}/new.nix;
        baseOptionsJSON = {tmp_path}/base.json;
      }}).optionsJSON
    """)
    options = json.loads((built / "share/doc/nixos/options.json").read_bytes())
    assert options == {
        "only.base": BASE["only.base"],
        # What says nothing replaces nothing: the new option has no type and no default.
        "greeter.words": {
            **BASE["greeter.words"],
            "description": "New.",
            "declarations": ["base.nix", str(tmp_path / "new.nix")],
        },
    }


def described(module, output, warnings_are_errors):
    return f"""
      (ours.optionsDoc {{
        options = optionsOf ({{ lib, ... }}: {module});
        warningsAreErrors = {warnings_are_errors};
      }}).{output}
    """


def test_warnings_are_errors(nix):
    module = "{ options.bare = lib.mkOption { }; }"
    failure = nix.failure(described(module, "optionsJSON", "true"))
    assert "warning: option bare has no description" in failure
    assert "warningsAreErrors = false" in failure
    built = nix.build(described(module, "optionsJSON", "false"))
    options = json.loads((built / "share/doc/nixos/options.json").read_bytes())
    assert options["bare"]["description"] is None


def test_warnings_of_texts_are_errors(nix):
    module = (
        '{ options.bare = lib.mkOption { type = lib.types.str; description = "# A heading"; }; }'
    )
    assert "heading-in-description" in nix.failure(described(module, "optionsCommonMark", "true"))
    assert "## bare" in nix.build(described(module, "optionsCommonMark", "false")).read_text()


SOURCES = f"""
  revision = "v1";
  sources.greeter = {{
    path = {HERE};
    url = "https://example.org/{{revision}}/{{path}}";
  }};
"""


@pytest.mark.parametrize(
    ("output", "heading", "link"),
    [
        ("optionsCommonMark", "## greeter.words", "(https://example.org/v1/greeter.nix)"),
        ("optionsAsciiDoc", "== greeter.words", "https://example.org/v1/greeter.nix"),
    ],
)
def test_text_formats(nix, output, heading, link):
    built = nix.build(f"(ours.optionsDoc {{ inherit options; {SOURCES} }}).{output}").read_text()
    assert heading in built
    assert link in built
    assert "https://man.example.org/machinectl.1" in built


def test_html(nix):
    built = nix.build(f"""
      (ours.optionsDoc {{
        inherit options;
        {SOURCES}
        name = "greeter";
        title = "Greeter's options";
      }}).html
    """)
    pages = built / "share" / "doc" / "greeter"
    assert "<title>Greeter&#39;s options</title>" in (pages / "index.html").read_text()
    html = "\n".join(page.read_text() for page in pages.rglob("*.html"))
    assert 'id="opt-greeter.words"' in html
    assert 'href="https://example.org/v1/greeter.nix"' in html


def test_a_man_page(nix):
    docs = '(ours.optionsDoc { inherit options; name = "greeter"; })'
    page = nix.build(f"{docs}.manpage") / "share" / "man" / "man5" / "greeter.5"
    if shutil.which("mandoc"):
        shown = subprocess.run(
            ["mandoc", "-Tutf8", page], capture_output=True, check=True, text=True, timeout=60
        ).stdout
        assert "GREETER(5)" in re.sub(".\b", "", shown)
    assert "greeter.words" in page.read_text()


def test_a_manual(nix, tmp_path):
    folder = tmp_path / "manual-source"
    folder.mkdir()
    (folder / "manual.toml").write_text(
        'source = "manual.md"\n[[options]]\nsource = "options.json"\ntitle = "All options"\n'
        '[manpage]\nname = "greeter"\n'
    )
    (folder / "manual.md").write_text(
        "# How to greet {#greeting}\n\n## Words\n\nSee [](#opt-greeter.words).\n"
    )
    docs = f'(ours.optionsDoc {{ inherit options; manual = {folder}; name = "greeter"; }})'
    built = nix.build(f"{docs}.manual")
    html = "\n".join(page.read_text() for page in built.rglob("*.html"))
    assert "How to greet" in html
    assert 'id="opt-greeter.words"' in html
    assert "greeter.words" in (built / "share" / "man" / "man5" / "greeter.5").read_text()


def test_a_manual_that_is_not_given(nix):
    failure = nix.failure("(ours.optionsDoc { inherit options; }).manual")
    assert "`manual` has to name the folder" in failure


# ─── the package ───


def test_the_package_has_the_dependencies_of_the_project(nix):
    package = nix.value('removeAttrs ours.manualgen.arguments [ "src" "meta" ]')
    assert package["pname"] == "manualgen"
    assert re.search(rf'"{package["version"]}"', (ROOT / "manualgen" / "version.py").read_text())
    assert package["build-system"] == ["hatchling"]
    assert "markdown-it-py" in package["dependencies"]
    assert len(package["dependencies"]) == 9


def test_the_source_of_the_package(nix):
    source = Path(nix.value("ours.manualgen.arguments.src"))
    names = {path.name for path in source.iterdir()}
    assert names == {
        "LICENSE", "README.md", "manualgen", "pyproject.toml", "sample-options", "templates"
    }  # fmt: skip
    assert (source / "manualgen" / "evaluation" / "nix" / "extract.nix").is_file()
    assert not list(source.rglob("*.pyc"))


# ─── the flake ───


def test_the_flake(nix):
    outputs = f"""
      (import {ROOT}/flake.nix).outputs {{
        self = throw "self is not used";
        nixpkgs = {{
          lib.genAttrs = names: value:
            builtins.listToAttrs (map (name: {{ inherit name; value = value name; }}) names);
          legacyPackages.x86_64-linux = pkgs;
        }};
      }}
    """
    text = f"""
      let
        outputs = {outputs};
        docs = outputs.lib.optionsDoc {{ inherit pkgs options; }};
      in {{
        package = outputs.packages.x86_64-linux.default.pname;
        overlay = (outputs.overlays.default pkgs pkgs).manualgen.pname;
        options = builtins.attrNames docs.optionsNix;
        systems = builtins.attrNames outputs.packages;
      }}
    """
    assert nix.value(text) == {
        "package": "manualgen",
        "overlay": "manualgen",
        "options": ["greeter.enable", "greeter.words"],
        "systems": ["aarch64-darwin", "aarch64-linux", "x86_64-darwin", "x86_64-linux"],
    }
