"""Modules of flakes, without network."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from manualgen.errors import Code, ManualError
from manualgen.evaluation.extracting import extract
from manualgen.evaluation.flakes import store_path
from manualgen.evaluation.settings import EvaluationSettings
from tests.conftest import program

FIXTURES = Path(__file__).parent / "fixtures"
FLAKES = FIXTURES / "flakes"

pytestmark = pytest.mark.skipif(
    shutil.which("nix-instantiate") is None and not os.environ.get("CI"),
    reason="nix-instantiate is not installed",
)


def extracted(*names, **changes):
    settings = {"lib": FIXTURES / "lib", "directory": FLAKES, "timeout": 60, **changes}
    found = extract([Path(name) for name in names], EvaluationSettings(**settings))
    return {option.name: option for option in found.options}, found.diagnostics


@pytest.mark.parametrize("attribute", ["nixosModules.default", "homeModule"])
def test_a_module_that_is_a_file(attribute):
    options, diagnostics = extracted(f"greeter#{attribute}")
    assert not diagnostics
    assert options["greeter.enable"].declared_in == ("module.nix",)


def test_the_flake_of_the_current_folder():
    options, _ = extracted(".#nixosModules.default", directory=FLAKES / "greeter")
    assert options["greeter.enable"].declared_in == ("module.nix",)


def test_a_module_in_the_flake_itself():
    options, diagnostics = extracted("greeter#nixosModules.inline")
    assert not diagnostics
    assert set(options) == {"inline.package"}
    assert options["inline.package"].default.text == "pkgs.hello"
    assert options["inline.package"].declared_in == ("flake.nix",)


def test_an_input_that_is_not_given():
    options, (found,) = extracted("greeter#nixosModules.needs")
    assert "needs.word" in options
    assert "the flake input `helper` is not given" in found.message
    assert "`nix flake archive`" in found.help
    assert "--input helper=PATH" in found.help


def test_an_input_that_is_given():
    inputs = {"helper": Path("helper")}
    names = ("greeter#nixosModules.needs", "greeter#nixosModules.inline")
    options, diagnostics = extracted(*names, inputs=inputs)
    assert not diagnostics
    assert options["needs.word"].default.text == '"help"'
    assert options["helper.base"].declared_in == ("<helper/base.nix>",)


GREETER_MODULES = (
    "`{0}#darwinModules.borrowed`, "
    '`{0}#homeModule`, `{0}#modules.nixos.default`, `{0}#nixosModules."a.b"`,'
    " `{0}#nixosModules.default`, `{0}#nixosModules.inline`, `{0}#nixosModules.needs`"
)


@pytest.mark.parametrize(
    "name",
    ["greeter", "greeter#nixosModules.other", "greeter#", "greeter#nixosModules"],
)
def test_what_there_is_to_choose(name):
    with pytest.raises(ManualError) as raised:
        extracted(name)
    found = raised.value.diagnostic
    assert found.code is Code.EVALUATION_FAILED
    assert found.file == "greeter/flake.nix"
    assert found.help == f"name one of {GREETER_MODULES.format('greeter')}"


def test_what_there_is_to_choose_in_the_current_folder():
    with pytest.raises(ManualError) as raised:
        extracted(".", directory=FLAKES / "greeter")
    assert raised.value.diagnostic.help == f"name one of {GREETER_MODULES.format('.')}"


@pytest.mark.parametrize("name", ['greeter#nixosModules."a.b"', "greeter#modules.nixos.default"])
def test_names_of_modules(name):
    options, diagnostics = extracted(name)
    assert not diagnostics
    assert "greeter.enable" in options


def test_a_flake_without_modules():
    with pytest.raises(ManualError) as raised:
        extracted("empty")
    assert "no output with modules" in raised.value.diagnostic.help


def test_a_flake_that_would_have_to_be_fetched():
    with pytest.raises(ManualError) as raised:
        extracted("github:example/greeter#nixosModules.default")
    assert "nothing is fetched" in raised.value.diagnostic.message


def test_a_flake_that_is_given_as_a_module():
    _, (found, *_) = extracted("greeter/flake.nix")
    assert found.code is Code.BROKEN_MODULE
    assert "the file is a flake" in found.message
    assert "`FOLDER#NAME`" in found.help


def test_packages_of_nixpkgs_that_a_flake_imports():
    options, diagnostics = extracted("packages#nixosModules.default")
    assert not diagnostics
    assert options["tools.imported"].default.text == "pkgs.hello"
    assert options["tools.legacy"].default.text == "pkgs.hello"


def test_modules_of_an_input_that_is_not_given():
    options, diagnostics = extracted("greeter#darwinModules.borrowed")
    assert set(options) == {"borrowed"}
    assert not diagnostics


def test_outputs_that_need_an_input():
    with pytest.raises(ManualError) as raised:
        extracted("parts#flakeModules.default")
    assert "--input flake-parts=PATH" in raised.value.diagnostic.message


# ─── flake-parts ───


def test_a_module_for_flake_parts():
    """Its arguments are there, and the options of flake-parts itself are not documented."""
    options, diagnostics = extracted(
        "parted#flakeModules.default", inputs={"flake-parts": Path("flake-parts")}
    )
    assert not diagnostics
    assert set(options) == {"parted.word", "parted.names", "word"}
    assert options["parted.word"].default.text == '"word"'
    assert options["parted.names"].default.text == '[ "default" ]'


def test_a_module_for_flake_parts_that_is_not_given():
    _, (found, *_) = extracted("parted#flakeModules.default")
    assert "the argument `flake-parts-lib` is not given" in found.message
    assert found.help == "give flake-parts: `--input flake-parts=PATH`"


def test_a_module_of_flake_parts_itself():
    options, diagnostics = extracted("flake-parts#flakeModules.base")
    assert not diagnostics
    assert set(options) == {"base.systems"}


def test_outputs_made_by_flake_parts():
    options, diagnostics = extracted(
        "parts#flakeModules.default", inputs={"flake-parts": Path("flake-parts")}
    )
    assert not diagnostics
    assert set(options) == {"made"}


# ─── flake.lock ───


class Store:
    """A store with source trees at the paths that their hashes lead to."""

    def __init__(self, folder):
        self.folder = folder
        self._number = 0

    def add(self, tree=None):
        """Return what ``flake.lock`` says of a new tree; of none, it is missing in the store."""
        self._number += 1
        digest = hashlib.sha256(str(self._number).encode()).digest()
        nar_hash = f"sha256-{base64.b64encode(digest).decode()}"
        if tree is not None:
            shutil.copytree(tree, store_path(nar_hash, str(self.folder)))
        return {"type": "github", "owner": "example", "repo": "tree", "narHash": nar_hash}


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("NIX_STORE_DIR", str(tmp_path / "store"))
    monkeypatch.delenv("NIX_PATH", raising=False)
    return Store(tmp_path / "store")


def flake(folder, text, lock=None):
    """Write a flake, with the nodes of its lock file; return its folder."""
    folder.mkdir(parents=True)
    (folder / "flake.nix").write_text(text)
    if lock is not None:
        text = json.dumps({"version": 7, "root": "root", "nodes": lock})
        (folder / "flake.lock").write_text(text)
    return folder


def module(name, default):
    return f"{{ lib, ... }}: {{ options.{name} = lib.mkOption {{ default = {default}; }}; }}"


@pytest.fixture
def nixpkgs(tmp_path):
    """A Nixpkgs tree of its own, with the small library."""
    folder = flake(tmp_path / "nixpkgs", "{ outputs = _: { lib = import ./lib; }; }")
    shutil.copytree(FIXTURES / "lib", folder / "lib")
    return folder


def test_inputs_in_the_store(tmp_path, store, nixpkgs):
    words = flake(tmp_path / "words", '{ outputs = _: { word = "from the store"; }; }')
    middle = flake(
        tmp_path / "middle",
        "{ inputs.word.url = ''x''; outputs = { word, ... }: {"
        f" nixosModules.default = {module('middle', 'word.word')}; }}; }}",
    )
    main = flake(
        tmp_path / "main",
        "{ outputs = { self, nixpkgs, middle, ... }: { nixosModules = {"
        f" default = {module('main', 'middle.inputs.word.word')};"
        " other = middle.nixosModules.default; }; }; }",
        {
            "root": {"inputs": {"nixpkgs": "nixpkgs_2", "middle": "middle", "words": "words"}},
            "nixpkgs_2": {"locked": {**store.add(nixpkgs), "repo": "nixpkgs"}},
            "middle": {"locked": store.add(middle), "inputs": {"word": ["words"]}},
            "words": {"locked": store.add(words)},
        },
    )
    names = (".#nixosModules.default", ".#nixosModules.other")
    options, diagnostics = extracted(*names, directory=main, lib=None)
    assert not diagnostics
    assert options["main"].default.text == options["middle"].default.text == '"from the store"'


def test_an_input_that_the_store_lacks(tmp_path, store):
    main = flake(
        tmp_path / "main",
        f"{{ outputs = {{ words, ... }}: {{ nixosModules.default = {module('a', 'words.x')}; }}; }}",
        {"root": {"inputs": {"words": "words"}}, "words": {"locked": store.add()}},
    )
    options, (found,) = extracted(".#nixosModules.default", directory=main)
    assert "a" in options
    assert "the flake input `words` is not given" in found.message


def test_an_input_that_is_given_comes_before_the_lock(tmp_path, store):
    words = flake(tmp_path / "words", '{ outputs = _: { x = "locked"; }; }')
    given = flake(tmp_path / "given", '{ outputs = _: { x = "given"; }; }')
    middle = flake(tmp_path / "middle", "{ outputs = { words, ... }: { inherit (words) x; }; }")
    main = flake(
        tmp_path / "main",
        "{ outputs = { words, middle, ... }: { nixosModules.default ="
        f" {module('a', '[ words.x middle.x ]')}; }}; }}",
        {
            "root": {"inputs": {"words": "words", "middle": "middle"}},
            "words": {"locked": store.add(words)},
            "middle": {"locked": store.add(middle), "inputs": {"words": ["words"]}},
        },
    )
    options, diagnostics = extracted(
        ".#nixosModules.default", directory=main, inputs={"words": given}
    )
    assert not diagnostics
    assert options["a"].default.text == '[ "given" "given" ]'


def test_an_input_that_is_a_folder_of_the_flake(tmp_path, store):
    main = flake(
        tmp_path / "main",
        f"{{ outputs = {{ part, ... }}: {{ nixosModules.default = {module('a', 'part.x')}; }}; }}",
        {
            "root": {"inputs": {"part": "part"}},
            "part": {"locked": {"type": "path", "path": "./part"}, "parent": []},
        },
    )
    flake(main / "part", '{ outputs = _: { x = "part"; }; }')
    options, diagnostics = extracted(".#nixosModules.default", directory=main)
    assert not diagnostics
    assert options["a"].default.text == '"part"'


def test_an_input_that_is_the_repository_around_the_flake(tmp_path, store):
    flake(tmp_path / "tree", '{ outputs = _: { x = "around"; }; }')
    (tmp_path / "tree" / ".git").mkdir()
    main = flake(
        tmp_path / "tree" / "main",
        f"{{ outputs = {{ all, ... }}: {{ nixosModules.default = {module('a', 'all.x')}; }}; }}",
        {
            "root": {"inputs": {"all": "all"}},
            "all": {"locked": {"type": "path", "path": ".."}, "parent": []},
        },
    )
    options, diagnostics = extracted(".#nixosModules.default", directory=main)
    assert not diagnostics
    assert options["a"].default.text == '"around"'


@pytest.mark.parametrize(
    "locked",
    [
        {"type": "path", "path": ".."},
        {"type": "path", "path": "link"},
        {"narHash": f"sha256-{base64.b64encode(bytes(32)).decode()}", "dir": "../.."},
        {"narHash": f"sha256-{base64.b64encode(bytes(32)).decode()}", "dir": "/etc"},
    ],
)
def test_an_input_outside_its_source_tree(locked, tmp_path, store):
    main = flake(
        tmp_path / "main",
        f"{{ outputs = _: {{ nixosModules.default = {module('a', '1')}; }}; }}",
        {"root": {"inputs": {"all": "all"}}, "all": {"locked": locked}},
    )
    (main / "link").symlink_to(tmp_path)
    options, (found,) = extracted(".#nixosModules.default", directory=main)
    assert "a" in options
    assert "the folder of `all` is outside its source tree" in found.message


def test_a_lock_file_that_cannot_be_read(tmp_path, store):
    text = f"{{ outputs = _: {{ nixosModules.default = {module('a', '1')}; }}; }}"
    main = flake(tmp_path / "main", text)
    (main / "flake.lock").mkdir()
    options, (found,) = extracted(".#nixosModules.default", directory=main)
    assert "a" in options
    assert found.code is Code.UNREADABLE


def test_an_input_that_is_a_subfolder_and_no_flake(tmp_path, store):
    tree = tmp_path / "tree"
    (tree / "below").mkdir(parents=True)
    (tree / "below" / "module.nix").write_text(module("a", "1"))
    (tree / "below" / "flake.nix").write_text("throw ''not a flake''")
    main = flake(
        tmp_path / "main",
        '{ outputs = { tree, ... }: { nixosModules.default = import (tree + "/module.nix"); }; }',
        {
            "root": {"inputs": {"tree": "tree"}},
            "tree": {"locked": {**store.add(tree), "dir": "below"}, "flake": False},
        },
    )
    options, diagnostics = extracted(".#nixosModules.default", directory=main)
    assert not diagnostics
    assert "a" in options


RELATIVE_TO_ITSELF = {"locked": {"type": "path", "path": "b"}, "parent": ["a"]}


@pytest.mark.parametrize(
    "lock",
    [
        "{",
        "[]",
        '{"nodes": {"root": {"inputs": {"a": "absent"}}}, "root": "root"}',
        '{"nodes": {"root": {"inputs": {"a": ["b"], "b": ["a"]}}}, "root": "root"}',
        json.dumps(
            {"nodes": {"root": {"inputs": {"a": "a"}}, "a": RELATIVE_TO_ITSELF}, "root": "root"}
        ),
    ],
)
def test_a_lock_file_that_is_not_valid(lock, tmp_path, store):
    text = f"{{ outputs = _: {{ nixosModules.default = {module('a', '1')}; }}; }}"
    main = flake(tmp_path / "main", text)
    (main / "flake.lock").write_text(lock)
    options, (found,) = extracted(".#nixosModules.default", directory=main)
    assert "a" in options
    assert found.code is Code.NOT_JSON
    assert found.file == "flake.lock"
    assert "`nix flake lock`" in found.help


@pytest.mark.parametrize("name", [".#nixosModules.default", "modules/module.nix"])
def test_the_library_of_the_lock(name, tmp_path, store, nixpkgs):
    main = flake(
        tmp_path / "main",
        "{ outputs = _: { nixosModules.default = ./modules/module.nix; }; }",
        {
            "root": {"inputs": {"nixpkgs": "nixpkgs"}},
            "nixpkgs": {"locked": store.add(nixpkgs)},
        },
    )
    (main / "modules").mkdir()
    (main / "modules" / "module.nix").write_text(module("a", "1"))
    options, diagnostics = extracted(name, directory=main, lib=None)
    assert not diagnostics
    assert options["a"].declared_in == ("modules/module.nix",)


def test_the_library_of_an_input_that_is_given(tmp_path, store, nixpkgs):
    options, _ = extracted("greeter#nixosModules.default", lib=None, inputs={"nixpkgs": nixpkgs})
    assert "greeter.enable" in options


def test_no_library(store):
    with pytest.raises(ManualError) as raised:
        extracted("greeter#nixosModules.default", lib=None)
    assert raised.value.diagnostic.code is Code.NO_LIBRARY
    assert "`nix flake archive`" in raised.value.diagnostic.help


@pytest.fixture
def nix(tmp_path, monkeypatch):
    """Return a function that runs Nix with a store of its own."""
    program("nix")
    for name in ("store", "state", "log"):
        monkeypatch.setenv(f"NIX_{name.upper()}_DIR", str(tmp_path / name))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NIX_REMOTE", "local")
    monkeypatch.delenv("NIX_PATH", raising=False)

    def run(*arguments, cwd):
        features = ["--extra-experimental-features", "nix-command flakes"]
        command = ["nix", *features, *arguments, "--option", "build-users-group", ""]
        done = subprocess.run(
            command, cwd=cwd, capture_output=True, check=False, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def test_inputs_that_nix_has_fetched(nix, tmp_path, nixpkgs):
    """The lock file and the store are those of Nix itself."""
    helper = flake(
        tmp_path / "helper",
        f"{{ inputs.nixpkgs.url = ''path:{nixpkgs}''; outputs = {{ nixpkgs, ... }}:"
        " { nixosModules.base = ./base.nix; }; }",
    )
    (helper / "base.nix").write_text(module("base", "1"))
    main = flake(
        tmp_path / "main",
        f"{{ inputs = {{ nixpkgs.url = ''path:{nixpkgs}''; helper = {{"
        f" url = ''path:{helper}''; inputs.nixpkgs.follows = ''nixpkgs''; }}; }};"
        " outputs = { helper, ... }: { nixosModules.default = helper.nixosModules.base; }; }",
    )
    nix("flake", "archive", f"path:{main}", cwd=main)
    if not (main / "flake.lock").exists():
        nix("flake", "lock", f"path:{main}", cwd=main)
    for folder in (helper, nixpkgs):
        shutil.rmtree(folder)
    options, diagnostics = extracted(".#nixosModules.default", directory=main, lib=None)
    assert not diagnostics
    assert options["base"].declared_in == ("<helper/base.nix>",)


@pytest.mark.parametrize("nar_hash", ["", "sha256-AAAA", "sha1-AAAA", "sha256-?"])
def test_a_hash_without_a_store_path(nar_hash):
    with pytest.raises(ValueError):  # noqa: PT011 - the message is Python's own for some
        store_path(nar_hash, "/nix/store")
