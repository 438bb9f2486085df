"""What a second build reads again, and documents that come and go."""

from __future__ import annotations

import json

import pytest

from tests.sphinxext.sphinx_apps import built, copied


@pytest.fixture
def project(tmp_path):
    """A project of modules that has been built once, and what changes its set."""
    source = copied("rest", tmp_path)
    built(source, "dummy")
    file = source / "options.json"

    def change(edit):
        options = json.loads(file.read_text())
        edit(options)
        file.write_text(json.dumps(options))
        return built(source, "dummy")

    return change


def test_nothing_is_read_again_without_a_change(project):
    _, warnings, read = project(lambda options: None)
    assert (warnings, read) == ("", set())


def test_only_documents_that_show_a_changed_option_are_read_again(project):
    def edit(options):
        options["programs.editor"]["description"] = "Another text."

    assert project(edit)[2] == {"modules/programs"}


def test_a_changed_option_is_read_again_in_lists_and_tables(project):
    def edit(options):
        options["services.proxy.port"]["default"] = None

    # A table of the index, a list, and a module show it.
    assert project(edit)[2] == {"index", "options", "modules/services"}


def test_a_new_module_gets_a_document(project):
    def edit(options):
        options["system.name"] = {"description": "The name."}

    _folder, warnings, read = project(edit)
    assert warnings == ""
    assert read == {"modules", "modules/system"}


def test_the_document_of_a_module_goes_with_its_last_option(project):
    folder, warnings, read = project(lambda options: options.pop("programs.editor"))
    assert warnings == ""
    assert {"modules", "modules/programs"} == read
    sources = folder.parent / "doctrees" / "manualgen" / "modules"
    assert [path.name for path in sources.iterdir()] == ["services.nixoptions"]


def test_a_document_without_split_has_no_modules_any_longer(tmp_path):
    source = copied("rest", tmp_path)
    folder, _, _ = built(source)
    assert (folder / "modules/programs.html").is_file()
    (source / "modules.rst").write_text("Modules\n=======\n\n.. nix:options::\n")
    folder, warnings, _read = built(source)
    assert warnings == ""
    assert not list((folder.parent / "doctrees" / "manualgen").rglob("*.nixoptions"))
    assert "modules.html#opt-programs.editor" in (folder / "nix-options.html").read_text()


def test_serial_and_parallel_builds_write_the_same(tmp_path):
    def files(jobs):
        source = copied("rest", tmp_path / str(jobs))
        folder, warnings, _ = built(source, parallel=jobs)
        assert warnings == ""
        return {
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*")
            if path.suffix in {".html", ".inv", ".js"}
        }

    serial = files(1)
    assert serial == files(3)
    # A generated source is of no use to readers, and its path is none of theirs.
    assert not [path for path, data in serial.items() if b"doctrees" in data]
    assert not [path for path, data in serial.items() if b"_sources/modules/" in data]


def test_the_folder_of_modules_can_be_named_and_must_be_free(tmp_path):
    source = copied("rest", tmp_path)
    (source / "modules.rst").write_text("Modules\n=======\n\n.. nix:options::\n   :split: all\n")
    (source / "all").mkdir()
    (source / "all/programs.rst").write_text(":orphan:\n\nTaken\n=====\n")
    folder, warnings, _ = built(source)
    assert (folder / "all/services.html").is_file()
    assert "the document all/programs is also that of a module" in warnings


def test_many_documents_are_read_again_by_several_processes(tmp_path):
    source = copied("rest", tmp_path)
    options = {f"m{number}.o": {"description": "O."} for number in range(12)}
    (source / "options.json").write_text(json.dumps(options))
    # The container comes after its documents.
    (source / "modules.rst").write_text("M\n=\n\n.. nix:options::\n   :split: all\n")
    for name in ("index", "options", "written"):
        (source / f"{name}.rst").write_text(":orphan:\n\nX\n=\n\n.. toctree::\n\n   modules\n")
    built(source, "dummy", parallel=3)
    options = {name: {"description": "Another."} for name in [*options, "n.o"]}
    (source / "options.json").write_text(json.dumps(options))
    _, warnings, read = built(source, "dummy", parallel=3)
    assert warnings == ""
    assert read == {"modules", "all/n", *(f"all/m{number}" for number in range(12))}


def test_two_sets_cannot_have_their_modules_in_one_folder(tmp_path):
    source = copied("rest", tmp_path)
    text = "Modules\n=======\n\n.. nix:options:: a\n   :split:\n\n.. nix:options:: b\n   :split:\n"
    (source / "modules.rst").write_text(text)
    both = {"a": "options.json", "b": "options.json"}
    settings = {"manualgen_options": both, "suppress_warnings": ["manualgen.unknown-set"]}
    _, warnings, _ = built(source, "dummy", confoverrides=settings)
    assert warnings.count("is also that of a module; name another folder") == 2
    (source / "modules.rst").write_text(text.removesuffix("\n") + " b\n")
    _, warnings, _ = built(source, "dummy", confoverrides=settings)
    assert "is also that of a module" not in warnings


def test_a_document_is_written_again_if_its_references_lead_elsewhere(tmp_path):
    source = copied("rest", tmp_path)
    folder, _, _ = built(source)
    assert "modules/services.html#opt-services.proxy.port" in (folder / "written.html").read_text()
    (source / "modules.rst").write_text("Modules\n=======\n\n.. nix:options::\n")
    folder, warnings, read = built(source)
    assert warnings == ""
    assert "written" not in read
    assert "modules.html#opt-services.proxy.port" in (folder / "written.html").read_text()
