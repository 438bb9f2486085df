"""Publishing in a local folder: what is there, what is built again, what a failure costs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from manualgen.errors import Code, ManualError
from manualgen.publication import isolation
from tests.conftest import ROOT, manualgen, program
from tests.publication.listing import (
    files_in,
    index_of,
    options,
    processes_below,
    publish,
    status_of,
    write,
)


@pytest.fixture(autouse=True)
def _one_time(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")


THREE = {
    "alpha 1.0": options("alpha.enable"),
    "alpha 2.0rc1": options("alpha.enable", "alpha.new"),
    "beta unstable": options("beta.enable", text="See {option}`alpha.enable`."),
}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Three manuals, published once; the folder must not be changed."""
    folder = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as context:
        context.setenv("SOURCE_DATE_EPOCH", "1750000000")
        result = publish(write(folder, THREE), folder / "public")
    assert (result.built, result.unchanged, result.failed) == (3, 0, {})
    return folder


@pytest.fixture
def folder(published, tmp_path):
    """A copy of that folder."""
    shutil.copytree(published, tmp_path / "copy")
    return tmp_path / "copy"


def test_versions_stand_side_by_side(published):
    public = published / "public"
    assert index_of(public) == {"alpha": ["1.0", "2.0rc1"], "beta": ["unstable"]}
    for path in ("alpha/1.0", "alpha/2.0rc1", "beta/unstable"):
        found = {entry.name for entry in (public / path).iterdir()}
        assert {"index.html", "objects.inv", "search.js", "routes.js"} <= found
    assert status_of(public)["alpha 1.0"] == {
        "project": "alpha",
        "version": "1.0",
        "state": "built",
        "built": "2025-06-15T15:06:40Z",
        "address": "alpha/1.0/",
        "errors": 0,
        "warnings": 0,
        "hints": 0,
        "diagnostics": [],
    }


def test_latest_leads_to_the_newest_release(published):
    page = (published / "public/alpha/latest/index.html").read_text("utf-8")
    tree = LexborHTMLParser(page)
    assert tree.css_first("a").attributes["href"] == "../1.0/index.html"
    assert "../1.0/index.html" in tree.css_first("meta[http-equiv]").attributes["content"]
    # Nothing in the page is a script, but for its table.
    assert [node.attributes.get("src", "") for node in tree.css("script")] == [
        "",
        "../1.0/routes.js",
    ]
    assert json.loads(tree.css_first("script").text())["otherwise"]["page"] == "../1.0/index.html"


def test_latest_has_an_inventory(published):
    data = (published / "public/alpha/latest/objects.inv").read_bytes()
    assert b"nix:option" in zlib.decompress(data.partition(b"zlib.\n")[2])
    assert data == (published / "public/alpha/1.0/objects.inv").read_bytes()


def test_the_schemas_in_the_documentation(published):
    jsonschema = pytest.importorskip("jsonschema")
    text = (ROOT / "docs/publish.md").read_text("utf-8")
    schemas = [json.loads(part.partition("\n```")[0]) for part in text.split("```json\n")[1:]]
    named = {schema["title"]: schema for schema in schemas if "$schema" in schema}
    for name in ("index.json", "status.json"):
        data = json.loads((published / "public" / name).read_bytes())
        jsonschema.validate(data, named[name])
        entries = data["projects"] if name == "index.json" else data["versions"]
        entries[0]["colour"] = "red"
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(data, named[name])


def test_a_reference_leads_to_another_project(published):
    page = (published / "public/beta/unstable/index.html").read_text("utf-8")
    link = LexborHTMLParser(page).css_first('a[href^="../../"]')
    assert link.attributes["href"] == "../../alpha/1.0/index.html#opt-alpha.enable"
    assert link.text() == "alpha.enable"
    # What is linked is no mistake.
    assert status_of(published / "public")["beta unstable"]["hints"] == 0


def test_what_references_mean_is_known_before_anything_is_built(tmp_path, monkeypatch):
    listed = write(tmp_path, THREE)
    built = []
    run = isolation.run
    monkeypatch.setattr(isolation, "run", lambda job: built.append(job.project.key) or run(job))
    publish(listed, tmp_path / "public")
    assert sorted(built) == [("alpha", "1.0"), ("alpha", "2.0rc1"), ("beta", "unstable")]


def test_nothing_is_built_twice(folder):
    before = files_in(folder / "public")
    result = publish(folder / "projects.toml", folder / "public")
    assert (result.built, result.unchanged) == (0, 3)
    assert files_in(folder / "public") == before


def test_only_what_has_changed_is_built(folder):
    before = files_in(folder / "public")
    (folder / "sources/alpha/2.0rc1.json").write_text(options("alpha.other"), "utf-8")
    result = publish(folder / "projects.toml", folder / "public")
    assert (result.built, result.unchanged) == (1, 2)
    after = files_in(folder / "public")
    changed = {name for name in before.keys() | after if before.get(name) != after.get(name)}
    own = {name for name in changed if not name.startswith("alpha/2.0rc1/")}
    # The page of the project counts options; the search of the host, whose version its front page
    # names, has the version of each site's data.
    assert own == {
        "_host/search/projects.js",
        "alpha/index.html",
        "alpha/places.js",
        "index.html",
        "index.json",
    }


def test_settings_are_part_of_what_a_manual_is_made_from(folder):
    text = (folder / "projects.toml").read_text("utf-8")
    (folder / "projects.toml").write_text(f'settings = {{ title = "New" }}\n{text}', "utf-8")
    assert publish(folder / "projects.toml", folder / "public").built == 3
    assert "<title>New 1.0</title>" in (folder / "public/alpha/1.0/index.html").read_text("utf-8")


def test_a_file_that_has_gone_is_built_again(folder):
    before = files_in(folder / "public")
    (folder / "public/alpha/1.0/search.js").unlink()
    (folder / "public/beta/latest/index.html").unlink()
    publish(folder / "projects.toml", folder / "public")
    assert files_in(folder / "public") == before


def test_a_reference_follows_what_other_projects_declare(folder):
    write(
        folder, THREE | {"alpha 1.0": options("alpha.gone"), "alpha 3.0": options("alpha.enable")}
    )
    result = publish(folder / "projects.toml", folder / "public")
    # Beta is built again, although it has not changed.
    assert (result.built, result.unchanged) == (3, 1)
    page = (folder / "public/beta/unstable/index.html").read_text("utf-8")
    assert "../../alpha/3.0/index.html#opt-alpha.enable" in page
    write(folder, {"alpha 1.0": options("alpha.gone"), "beta unstable": THREE["beta unstable"]})
    publish(folder / "projects.toml", folder / "public")
    page = (folder / "public/beta/unstable/index.html").read_text("utf-8")
    assert "../../alpha" not in page
    assert status_of(folder / "public")["beta unstable"]["hints"] == 1


def test_a_manual_that_fails_keeps_its_site(folder):
    before = files_in(folder / "public")
    (folder / "sources/alpha/1.0.json").write_text("{", "utf-8")
    result = publish(folder / "projects.toml", folder / "public")
    assert (result.built, result.unchanged, list(result.failed)) == (0, 2, [("alpha", "1.0")])
    after = files_in(folder / "public")
    assert {name for name in before if before[name] != after[name]} == {
        "status.json",
        "status.html",
        "index.html",
    }
    status = status_of(folder / "public")["alpha 1.0"]
    assert (status["state"], status["errors"]) == ("failed", 1)
    assert status["address"] == "alpha/1.0/"
    assert status["diagnostics"][0]["code"] == "not-json"
    assert status["diagnostics"][0]["file"] == "1.0.json"
    (folder / "sources/alpha/1.0.json").write_text(THREE["alpha 1.0"], "utf-8")
    publish(folder / "projects.toml", folder / "public")
    assert files_in(folder / "public") == before


def test_a_manual_that_never_was_built_has_no_address(tmp_path):
    listed = write(tmp_path, {"alpha 1.0": "{", "beta 1.0": options("b")})
    publish(listed, tmp_path / "public")
    assert index_of(tmp_path / "public") == {"beta": ["1.0"]}
    assert status_of(tmp_path / "public")["alpha 1.0"]["address"] == ""
    assert not (tmp_path / "public/alpha").exists()


def test_a_file_of_others_is_not_replaced(tmp_path):
    listed = write(tmp_path, {"alpha 1.0": options("a"), "beta 1.0": options("b")})
    (tmp_path / "public/alpha/1.0").mkdir(parents=True)
    (tmp_path / "public/alpha/1.0/index.html").write_text("mine", "utf-8")
    result = publish(listed, tmp_path / "public")
    assert list(result.failed) == [("alpha", "1.0")]
    assert (tmp_path / "public/alpha/1.0/index.html").read_text("utf-8") == "mine"
    assert (
        status_of(tmp_path / "public")["alpha 1.0"]["diagnostics"][0]["code"] == "would-overwrite"
    )


def test_an_index_of_others_is_not_replaced(tmp_path):
    listed = write(tmp_path, {"alpha 1.0": options("a")})
    (tmp_path / "public").mkdir()
    (tmp_path / "public/index.json").write_text('{"pages": []}', "utf-8")
    with pytest.raises(ManualError) as caught:
        publish(listed, tmp_path / "public")
    assert caught.value.diagnostic.code is Code.WOULD_OVERWRITE
    assert not (tmp_path / "public/alpha").exists()


@pytest.mark.parametrize("path", ["index.html", "status.html"])
def test_pages_of_others_are_not_replaced(tmp_path, path):
    listed = write(tmp_path, {"alpha 1.0": options("a")})
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / path).write_text("mine", "utf-8")
    with pytest.raises(ManualError) as caught:
        publish(listed, tmp_path / "public")
    assert caught.value.diagnostic.code is Code.WOULD_OVERWRITE
    assert not (tmp_path / "public/alpha").exists()


def test_a_page_of_others_in_the_folder_of_a_project_is_not_replaced(tmp_path):
    listed = write(tmp_path, {"alpha 1.0": options("a")})
    (tmp_path / "public/alpha").mkdir(parents=True)
    (tmp_path / "public/alpha/index.html").write_text("mine", "utf-8")
    with pytest.raises(ManualError) as caught:
        publish(listed, tmp_path / "public")
    assert caught.value.diagnostic.code is Code.WOULD_OVERWRITE
    assert (tmp_path / "public/alpha/index.html").read_text("utf-8") == "mine"


CHAPTERS = {
    "manual.toml": 'source = "manual.md"\n[output]\nhtml = "site"\n',
    "manual.md": "# Title {#title}\n\nSee [](#opt-alpha.enable) and {option}`alpha.enable`.\n",
    "site/.manualgen.json": "{}",
    "site/old.html": "",
    ".git/config": "secret",
}


def test_chapters_refer_to_other_projects(tmp_path):
    for name, text in CHAPTERS.items():
        (tmp_path / "book" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "book" / name).write_text(text, "utf-8")
    listed = write(tmp_path, {"alpha 1.0": options("alpha.enable")})
    entry = '[[project]]\nname = "book"\nversion = "1.0"\nsource = "book/manual.toml"\n'
    # Before what it refers to: the reference, which is an error, is known in the second round.
    listed.write_text(entry + listed.read_text("utf-8"), "utf-8")
    result = publish(listed, tmp_path / "public")
    assert (result.built, result.failed) == (2, {})
    page = (tmp_path / "public/book/1.0/index.html").read_text("utf-8")
    assert page.count('href="../../alpha/1.0/index.html#opt-alpha.enable"') == 2


@pytest.mark.slow
def test_modules_are_evaluated_where_they_are_built(tmp_path, monkeypatch):
    program("nix-instantiate")
    monkeypatch.setenv("NIX_PATH", f"nixpkgs={ROOT / 'tests/evaluation/fixtures'}")
    isolation.close_idle()
    module = tmp_path / "modules/default.nix"
    module.parent.mkdir()
    text = '{ lib, ... }: { options.a.b = lib.mkOption { description = "One."; }; }'
    module.write_text(text, "utf-8")
    listed = tmp_path / "projects.toml"
    listed.write_text('[[project]]\nname = "modules"\nsource = "modules"\n', "utf-8")
    assert publish(listed, tmp_path / "public").built == 1
    page = (tmp_path / "public/modules/unstable/index.html").read_text("utf-8")
    assert "One." in page
    # Declarations say nothing of where it was built.
    assert "manualgen-" not in page
    assert publish(listed, tmp_path / "public").unchanged == 1
    module.write_text(text.replace("One", "Two"), "utf-8")
    assert publish(listed, tmp_path / "public").built == 1
    isolation.close_idle()


def test_two_processes_write_the_same(published, tmp_path):
    publish(published / "projects.toml", tmp_path / "public", jobs=2)
    assert files_in(tmp_path / "public") == files_in(published / "public")


# ─── limits ───


def test_a_manual_that_takes_too_long_costs_only_itself(tmp_path):
    listed = write(tmp_path, {"alpha 1.0": options("a")})
    result = publish(listed, tmp_path / "public", seconds=0.001)
    (findings,) = result.failed.values()
    assert findings.worst[0]["code"] == "build-stopped"
    assert "longer than 0.001 seconds" in findings.worst[0]["message"]
    # The next one is built by the same processes.
    assert publish(listed, tmp_path / "public").built == 1


def test_a_manual_that_eats_memory_costs_only_itself(tmp_path):
    many = options(*(f"a.b{number}" for number in range(12_000)), text="x " * 20)
    listed = write(tmp_path, {"alpha 1.0": many, "beta 1.0": options("b")})
    result = publish(listed, tmp_path / "public", memory=48 * 1024**2)
    assert list(result.failed) == [("alpha", "1.0")]
    assert "more than 48 MiB" in result.failed["alpha", "1.0"].worst[0]["message"]
    assert index_of(tmp_path / "public") == {"beta": ["1.0"]}


def test_a_build_that_dies_is_tried_again(tmp_path, monkeypatch):
    listed = write(tmp_path, {"alpha 1.0": options("a")})
    attempts = []
    run = isolation.run

    def killed_once(job):
        attempts.append(job)
        if len(attempts) == 1:
            message = "the process has died"
            raise isolation.BuildStoppedError(message, "help")
        return run(job)

    monkeypatch.setattr(isolation, "run", killed_once)
    assert publish(listed, tmp_path / "public").built == 1
    assert len(attempts) == 2


def test_a_publication_that_is_killed_goes_on(published, tmp_path):
    shutil.copytree(published / "sources", tmp_path / "sources")
    shutil.copy(published / "projects.toml", tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "manualgen", "publish", "projects.toml", "-o", "public", "-j1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    # After the first manual, which is there as a whole.
    while not (tmp_path / "public/alpha/1.0").exists() and process.poll() is None:
        time.sleep(0.01)
    below = processes_below(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for pid in below:
        # Nothing goes on in the background.
        while (
            Path(f"/proc/{pid}/stat").exists()
            and " Z " not in Path(f"/proc/{pid}/stat").read_text()
        ):
            time.sleep(0.01)
    first = files_in(tmp_path / "public/alpha/1.0")
    assert first == files_in(published / "public/alpha/1.0")
    publish(tmp_path / "projects.toml", tmp_path / "public")
    assert files_in(tmp_path / "public") == files_in(published / "public")


# ─── the command ───


def test_the_command(published, tmp_path):
    arguments = ("publish", published / "projects.toml", "-o", tmp_path / "public", "-j", "1")
    done = manualgen(*arguments, env={"SOURCE_DATE_EPOCH": "1750000000"})
    assert done.returncode == 0
    assert "3 manuals: 3 built, 0 unchanged → " in done.stderr.decode()
    assert files_in(tmp_path / "public") == files_in(published / "public")


def test_the_command_says_what_failed(tmp_path):
    write(tmp_path, {"alpha 1.0": "{"})
    done = manualgen("publish", "--from", tmp_path / "sources", "-o", tmp_path / "public")
    text = done.stderr.decode()
    assert done.returncode == 1
    assert text.startswith("alpha 1.0 could not be built:\nerror[not-json]: ")
    assert "1 manual: 0 built, 0 unchanged, 1 failed → " in text


def test_the_command_says_in_json_what_has_become_of_each_manual(tmp_path):
    listed = write(tmp_path, {"alpha 1.0": "{", "beta 2.0": options("b")})
    done = manualgen("publish", listed, "-o", tmp_path / "public", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"]) == (1, False)
    (output,) = document["outputs"]
    assert output == {
        "path": str(tmp_path / "public"),
        "format": "publication",
        "written": True,
        "manuals": {"built": 1, "unchanged": 0, "failed": ["alpha 1.0"]},
    }
    assert [found["code"] for found in document["findings"]] == ["not-json"]
    write(tmp_path, {"alpha x": options("a")})
    document = json.loads(manualgen("publish", listed, "-o", tmp_path / "p", "--json").stdout)
    assert (document["ok"], document["outputs"]) == (False, [])
    assert [found["code"] for found in document["findings"]] == ["bad-project"]


def test_the_command_builds_nothing_of_a_list_with_errors(tmp_path):
    listed = write(tmp_path, {"alpha 1.0": options("a"), "beta x": options("b")})
    done = manualgen("publish", listed, "-o", tmp_path / "public")
    assert done.returncode == 1
    assert b"is no version" in done.stderr
    assert b"nothing is built, as the list has 1 error" in done.stderr
    assert not (tmp_path / "public").exists()
