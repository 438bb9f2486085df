"""Temporary folders of evaluations: removed at the end, or by the next evaluation."""

from __future__ import annotations

import subprocess
import sys
import tempfile

import pytest

from manualgen.evaluation.work_folders import remove_left_overs, work_folder
from tests.conftest import ROOT

KILLED = """
import os, signal
from manualgen.evaluation.work_folders import work_folder
with work_folder() as folder:
    (folder / "log").write_text("x")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_is_removed_at_the_end(temporary):
    with work_folder() as folder:
        assert list(temporary.iterdir()) == [folder]
        (folder / "log").write_text("x")
    assert list(temporary.iterdir()) == []


def test_what_a_killed_evaluation_has_left_is_removed(temporary):
    environment = {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    subprocess.run([sys.executable, "-c", KILLED], env=environment, check=False)
    assert len(list(temporary.iterdir())) == 1
    remove_left_overs()
    assert list(temporary.iterdir()) == []


def test_other_folders_are_left_alone(temporary):
    (temporary / "manualgen-notes").mkdir()
    (temporary / ".manualgen-evaluation-file").write_text("x")
    (temporary / ".manualgen-evaluation-link").symlink_to("manualgen-notes")
    before = sorted(temporary.iterdir())
    with work_folder() as folder:
        remove_left_overs()
        assert sorted(temporary.iterdir()) == sorted([*before, folder])
    assert sorted(temporary.iterdir()) == before
