"""The one reader of files: bounded, each file once, with digests."""

from __future__ import annotations

import hashlib
import os

import pytest

from manualgen.errors import ManualError
from manualgen.inputs import InputFiles


def test_a_file_is_read_once_and_within_bounds(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"12345")
    inputs = InputFiles(5)
    assert inputs.read(path, "f") == b"12345"
    path.write_bytes(b"123456")
    assert inputs.read(path, "f") == b"12345"
    assert inputs.digests() == {path: hashlib.sha256(b"12345").hexdigest()}
    inputs.record(path, b"1")
    assert inputs.digests() == {path: hashlib.sha256(b"1").hexdigest()}
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
