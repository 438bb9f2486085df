"""The one reader of files: bounded, each file once, with digests."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from manualgen import inputs
from manualgen.errors import ManualError
from manualgen.inputs import InputFiles


def test_a_file_is_read_once_and_within_bounds(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"12345")
    files = InputFiles(5)
    assert files.read(path, "f") == b"12345"
    path.write_bytes(b"123456")
    assert files.read(path, "f") == b"12345"
    assert files.digests() == {path: hashlib.sha256(b"12345").hexdigest()}
    files.record(path, b"1")
    assert files.digests() == {path: hashlib.sha256(b"1").hexdigest()}
    with pytest.raises(ManualError, match="the file has"):
        InputFiles(5).read(path, "f")


@pytest.mark.parametrize("kind", ["folder", "pipe", "missing"])
def test_what_is_no_ordinary_file_is_not_read(tmp_path, kind):
    path = tmp_path / "f"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    inputs = InputFiles(5)
    with pytest.raises(ManualError, match="cannot read the file: ") as error:
        inputs.read(path, "name")
    assert error.value.diagnostic.file == "name"
    assert inputs.digests() == {}


# ─── pipes ───


def test_a_pipe_that_no_program_writes_into(tmp_path, monkeypatch):
    monkeypatch.setattr(inputs, "LONGEST_WAIT", 0.1)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(ManualError) as error:
        inputs.contents(str(path))
    assert "no program writes into the pipe" in error.value.diagnostic.message


def test_a_pipe_is_read_to_its_end(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    data = b"0123456789" * 100_000
    # The first part of the data comes when the program has had the pipe open for a while.
    script = "import sys, time; f = open(sys.argv[1], 'wb'); time.sleep(0.3)\n"
    script += "f.write(b'0123456789' * 50_000); f.flush(); time.sleep(0.1)\n"
    script += "f.write(b'0123456789' * 50_000)"
    with subprocess.Popen([sys.executable, "-c", script, path]) as writer:
        assert inputs.contents(str(path)) == data
        assert writer.wait(60) == 0


@pytest.mark.parametrize("names", [("manual.toml", "manual.md"), ("manual.md",), ("options.json",)])
def test_what_to_name_in_a_folder(tmp_path, names):
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(ManualError) as raised:
        inputs.contents(str(tmp_path))
    assert raised.value.diagnostic.help == f"name the {names[0]} inside it"
