"""Where findings are in the files that declare options."""

from __future__ import annotations

import pytest

from manualgen.errors import Code, Diagnostic
from manualgen.lint.places import Place, Sources
from manualgen.options.declarations import Source
from manualgen.options.model import Declaration
from tests.rendering import manual, option

MODULE = """{ lib, ... }: {
  options.services.foo.port = lib.mkOption {
    description = "The port.";
  };
  options.services.foo.host = lib.mkOption {
    description = ''
      The host.

      Another line.
    '';
  };
  options.services.bar.host = lib.mkOption {
    description = ''
      The host.

      Another line.
    '';
  };
  options.services.foo.enable = lib.mkEnableOption "foo";
}
"""
DESCRIPTIONS = {
    "services.foo.port": "The port.",
    "services.foo.host": "The host.\n\nAnother line.\n",
    "services.foo.enable": "Whether to enable foo.",
}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "foo.nix").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def place(name, declaration, folders, *, trees=(), **span):
    options = [
        option(one, text, declarations=(Declaration(declaration, None),))
        for one, text in DESCRIPTIONS.items()
    ]
    sources = Sources([manual(*options)], folders, trees)
    span.setdefault("part", "description")
    return sources.place(Diagnostic(code=Code.RAW_HTML, message="m", option=name, **span))


@pytest.mark.parametrize(
    ("name", "span", "line", "column"),
    [
        ("services.foo.port", {"line": 1, "column": 5, "excerpt": "The port."}, 3, 24),
        ("services.foo.host", {"line": 1, "column": 5, "excerpt": "The host."}, 7, 11),
        ("services.foo.host", {"line": 3, "column": 1, "excerpt": "Another line."}, 9, 7),
        ("services.foo.enable", {"line": 1, "excerpt": "Whether to enable foo."}, 19, None),
        ("services.foo.port", {"part": "type"}, 2, None),
    ],
)
def test_the_line_in_the_file_of_a_declaration(tree, name, span, line, column):
    assert place(name, "modules/foo.nix", [tree], **span) == Place("modules/foo.nix", line, column)


@pytest.mark.parametrize(
    "declaration", ["modules/foo.nix", "<tree/modules/foo.nix>", "{tree}/modules/foo.nix"]
)
def test_the_names_of_declarations(tree, declaration):
    found = place("services.foo.port", declaration.replace("{tree}", str(tree)), [tree], line=1)
    assert found is not None
    assert (found.file, found.line) == ("modules/foo.nix", 3)


def test_a_source_tree(tree, monkeypatch):
    monkeypatch.chdir("/")
    trees = [Source("ours", str(tree))]
    found = place("services.foo.port", "<ours/modules/foo.nix>", [], trees=trees, line=1)
    assert found == Place(str(tree / "modules" / "foo.nix")[1:], 3, 19)


def test_a_folder_stands_for_its_default_nix(tree):
    (tree / "modules" / "foo.nix").rename(tree / "modules" / "default.nix")
    found = place("services.foo.port", "modules", [tree], line=1)
    assert found is not None
    assert found.file == "modules/default.nix"


def test_files_elsewhere_are_not_looked_at(tree):
    (tree / "own").mkdir()
    (tree / "own" / "link.nix").symlink_to(tree / "modules" / "foo.nix")
    for declaration in ("../modules/foo.nix", "link.nix", "none.nix", "/etc/passwd"):
        assert place("services.foo.port", declaration, [tree / "own"], line=1) is None


def test_a_finding_of_a_file(tree):
    sources = Sources([], [tree])
    found = sources.place(
        Diagnostic(code=Code.RAW_HTML, message="m", file=str(tree / "a.md"), line=3, column=2)
    )
    assert found == Place("a.md", 3, 2)
    # The evaluation of modules knows the place, too.
    found = place("services.foo.port", "modules/foo.nix", [tree], file="b.nix", line=5)
    assert found == Place("b.nix", 5)
    assert sources.place(Diagnostic(code=Code.RAW_HTML, message="m")) is None
