"""The files that a manual is made from, and the job that they become."""

from __future__ import annotations

import socket
from pathlib import Path

import msgspec
import pytest

from manualgen import inputs
from manualgen.errors import Code, Diagnostic, ManualError, Severity
from manualgen.publication import archives, building, engines, sources
from manualgen.publication.building import Job
from manualgen.publication.project_list import ListedProject, ProjectSettings
from manualgen.site.page_inputs import program
from tests.publication.listing import options
from tests.site.serving import served


def listed(folder, source, **settings):
    return ListedProject("a", "1.0", source, ProjectSettings(**settings), folder)


def test_the_files_of_a_manual(tmp_path):
    files = {
        "book/manual.toml": "",
        "book/manual.md": "# Title",
        "book/pictures/a.svg": "",
        "book/.hidden": "secret",
        "book/.git/config": "secret",
        "book/site/.manualgen.json": "{}",
        "book/site/index.html": "written by manualgen",
        "theme/style.css": "",
        "urls.json": "{}",
        "outside.md": "secret",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "book/link.md").symlink_to("../outside.md")
    (tmp_path / "book/inside.md").symlink_to("manual.md")
    (tmp_path / "book/nothing.md").symlink_to("gone.md")
    project = listed(tmp_path, "book/manual.toml", theme="theme", manpage_urls="urls.json")
    found = sources.collect(project)
    assert found.main == "manual.toml"
    assert sorted(found.files) == [
        ".manualgen-manpage-urls.json",
        ".manualgen-theme/style.css",
        "inside.md",
        "manual.md",
        "manual.toml",
        "pictures/a.svg",
    ]


@pytest.mark.parametrize(
    ("source", "main"), [("o.json", "o.json"), ("x.nix", "x.nix"), ("m", "."), ("m#a", ".#a")]
)
def test_what_is_loaded(tmp_path, source, main):
    (tmp_path / "m").mkdir()
    for name in ("o.json", "x.nix", "m/default.nix", "m/flake.nix"):
        (tmp_path / name).write_text("{}", "utf-8")
    assert sources.collect(listed(tmp_path, source)).main == main


def test_a_folder_that_is_too_large(tmp_path, monkeypatch):
    (tmp_path / "manual.md").write_text("# Title", "utf-8")
    (tmp_path / "large.bin").write_bytes(bytes(1000))
    monkeypatch.setattr(inputs, "LARGEST", 500)
    with pytest.raises(ManualError) as caught:
        sources.collect(listed(tmp_path, "manual.md"))
    assert caught.value.diagnostic.code is Code.TOO_LARGE


def test_a_digest_depends_on_names_and_contents_alone(tmp_path):
    digests = []
    for name, text in (("one", "a"), ("two", "a"), ("three", "b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "o.json").write_text(options(text), "utf-8")
        digests.append(sources.collect(listed(tmp_path / name, "o.json")).digest())
    assert digests[0] == digests[1] != digests[2]


def test_an_archive_is_the_same_for_the_same_files():
    files = {"b/c": b"1", "a": b"", "\u00e4": b"2", "x" * 200: b"3"}
    packed = archives.pack(files)
    assert packed == archives.pack(dict(reversed(files.items())))
    assert dict(archives.unpack(packed)) == files


def test_another_program_builds_nothing(tmp_path):
    packed = archives.pack({"o.json": options("a").encode()})
    job = Job(listed(Path(), "o.json"), "o.json", packed, program=b"another")
    assert job.program != program()
    outcome = building.build(job, tmp_path)
    assert outcome.site is None
    assert "another version of manualgen" in outcome.findings.worst[0]["message"]
    assert list(tmp_path.iterdir()) == []


def test_findings_are_bounded():
    many = [
        Diagnostic(code=Code.NO_TITLE, message=f"hint {number}", severity=severity)
        for severity in Severity
        for number in range(50)
    ]
    long = Diagnostic(code=Code.NOT_JSON, message="x" * 10_000)
    found = building.findings_of([*many, *many, long])
    assert found.counts == (51, 50, 50)
    assert len(found.worst) == 20
    assert {entry["severity"] for entry in found.worst} == {"error"}
    assert max(len(entry["message"]) for entry in found.worst) < 600


def test_an_address_that_never_answers_costs_one_manual(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        project = listed(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}/o.json")
        job = Job(project, program=program(), limits=building.Limits(seconds=0.5))
        outcome = engines.run(engines.Task(0, job))
    assert outcome.site is None
    assert "takes longer than 0.5 seconds" in outcome.findings.worst[0]["message"]


def test_an_address_without_a_server_does_not_lack_a_file(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/o.json"
    with pytest.raises(ManualError, match="Cannot connect"):
        sources.fetch(address)
    with served(tmp_path) as server, pytest.raises(ManualError, match="does not exist"):
        sources.fetch(f"{server}/o.json")


def test_diagnostics_do_not_name_the_folder_of_the_build(tmp_path):
    text = b"# T {#t}\n\n```{=include=} chapters\nnope.md\n```\n"
    job = Job(listed(tmp_path, "manual.md"), "manual.md", archives.pack({"manual.md": text}))
    outcome = engines.run(engines.Task(0, msgspec.structs.replace(job, program=program())))
    (found,) = outcome.findings.worst
    assert found["file"] == "manual.md"
    assert found["help"] == "there is no nope.md in the manual's folder"
