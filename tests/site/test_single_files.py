"""A document that would be written as it is is not rendered again."""

from __future__ import annotations

import os

import pytest

from manualgen.site.records import RECORDS
from tests.conftest import manualgen
from tests.edits import Edits, option, written

FORMATS = {
    "man": "a.5",
    "markdown": "a.md",
    "asciidoc": "a.adoc",
    "html --single-page": "a.html",
}


@pytest.fixture
def build(tmp_path):
    def build(*arguments, cache=tmp_path / "cache", **env):
        env = {"XDG_CACHE_HOME": str(cache), "HOME": str(tmp_path / "none"), **env}
        command, *others = arguments
        done = manualgen(*command.split(), *others, "--hints", env=env)
        assert b"Traceback" not in done.stderr
        return done

    return build


@pytest.mark.parametrize("kind", FORMATS)
def test_what_has_not_changed_is_said_again_and_not_written(tmp_path, build, kind):
    options = {"a.b": option("[broken](`x`)"), "a.c": option("A text.")}
    path, out = written(tmp_path, options), tmp_path / FORMATS[kind]
    first = build(kind, path, "-o", out)
    assert b"unsafe-link" in first.stderr
    before, status = out.read_bytes(), out.stat()
    second = build(kind, path, "-o", out)
    assert second.stderr.rpartition(b" (")[0] == first.stderr.rpartition(b" (")[0]
    assert second.returncode == first.returncode
    assert out.stat() == status or out.stat().st_mtime_ns == status.st_mtime_ns
    out.write_bytes(before + b"x")
    build(kind, path, "-o", out)
    assert out.read_bytes() == before
    options["a.c"]["description"] = "Another."
    build(kind, written(tmp_path, options), "-o", out)
    assert b"Another." in out.read_bytes()
    assert build(kind, path, "-o", out, "--strict").returncode == 1


def test_all_that_a_document_depends_on_is_an_input(tmp_path, build):
    edits = Edits(tmp_path / "source", 0)
    edits.write()
    out = tmp_path / "a.5"
    footer = tmp_path / "footer"
    footer.write_text(".SH FIRST")
    arguments = ["man", edits.folder / "manual.toml", "-o", out, "--footer", footer]
    seen = set()

    def changed(*more, **env):
        build(*arguments, *more, **env)
        text = out.read_bytes()
        assert text not in seen
        seen.add(text)
        build(*arguments, *more, **env)
        assert out.read_bytes() == text

    changed()
    footer.write_text(".SH SECOND")
    changed()
    changed("--chapters")
    edits.apply(("chapter", "one.md", "More."))
    edits.write()
    changed("--chapters")
    changed("--chapters", SOURCE_DATE_EPOCH="1700000000")
    changed("--section", "7")
    edits.apply(("text", "a.b.name1", "Another."))
    edits.write()
    changed("--section", "7")


def test_without_a_cache_every_build_is_a_whole_one(tmp_path, build):
    path, out = written(tmp_path, {"a.b": option("A text.")}), tmp_path / "a.5"
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    for cache in (blocked, "relative"):
        assert build("man", path, "-o", out, cache=cache).returncode == 0
    assert not (tmp_path / "relative").exists()


def test_a_home_directory_is_not_created(tmp_path, build):
    path, out = written(tmp_path, {"a.b": option("A text.")}), tmp_path / "a.5"
    for _ in range(2):
        assert build("man", path, "-o", out, cache="").returncode == 0
        assert not (tmp_path / "none").exists()
    (tmp_path / "none").mkdir()
    assert build("man", path, "-o", out, cache="").returncode == 0
    assert len(list((tmp_path / "none" / ".cache" / "manualgen").rglob(RECORDS))) == 1


def test_a_relative_home_directory_is_not_used(tmp_path, build, monkeypatch):
    path, out = written(tmp_path, {"a.b": option("A text.")}), tmp_path / "a.5"
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    assert build("man", path, "-o", out, cache="", HOME="here").returncode == 0
    assert list((tmp_path / "here").iterdir()) == []


def test_damaged_records_are_not_used(tmp_path, build):
    path, out = written(tmp_path, {"a.b": option("A text.")}), tmp_path / "a.5"
    build("man", path, "-o", out)
    (record,) = (tmp_path / "cache").rglob(RECORDS)
    text = out.read_bytes()
    record.write_bytes(b"damaged")
    os.utime(out, (0, 0))
    build("man", path, "-o", out)
    assert out.read_bytes() == text
    assert record.read_bytes() != b"damaged"
