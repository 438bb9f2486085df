"""The workflows in ``docs/examples/ci``: what the trusted one does with what strangers wrote."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
import zipfile

import pytest
from markdown_it import MarkdownIt

from tests.conftest import ROOT, program

FOLDER = ROOT / "docs" / "examples" / "ci"
COMMENT = (FOLDER / "preview-comment.yml").read_text("utf-8")
BUILD = (FOLDER / "preview.yml").read_text("utf-8")


def script() -> str:
    """Return the program of the step that writes the comment."""
    found = re.search(r"shell: python\n +run: \|\n((?: {10}.*\n|\n)+)", COMMENT)
    assert found is not None
    return textwrap.dedent(found[1])


def comment(folder, text, names=("changes.txt",)):
    """Run the step on an artifact; return its exit status, and the comment if there is one."""
    with zipfile.ZipFile(folder / "changes.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, text)
    done = subprocess.run(
        [sys.executable, "-c", script()],
        cwd=folder,
        env={**os.environ, "RUN_URL": "https://github.com/a/b/actions/runs/1"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    path = folder / "comment.md"
    return done.returncode, path.read_text("utf-8") if path.exists() else ""


def test_a_report(tmp_path):
    status, text = comment(tmp_path, "1 changed option: 1 breaking.\n\n  - a.b\n")
    assert status == 0
    link = "https://github.com/a/b/actions/runs/1#artifacts"
    fence = "`" * 20
    assert text == (
        "<!-- manualgen-preview -->\n"
        f"What this changes in the options ([preview]({link})):\n\n"
        f"{fence}text\n1 changed option: 1 breaking.\n\n  - a.b\n{fence}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "@everybody ![x](https://example.org/x.png) <img src=x> #1\n",
        f"```\n@everybody\n{'`' * 20}\n@everybody\n{'`' * 90_000}\n@everybody\n",
        "x\r@everybody\u2028@everybody\u202e\x1b[31m\x00\n",
        "~~~\n</details>\n    @everybody\n",
    ],
)
def test_nothing_that_strangers_write_gets_out_of_the_code(tmp_path, text):
    status, text = comment(tmp_path, text)
    assert status == 0
    kinds = [token.type for token in MarkdownIt().parse(text)]
    assert kinds == ["html_block", "paragraph_open", "inline", "paragraph_close", "fence"]
    assert all(c.isprintable() or c == "\n" for c in text)


def test_a_comment_has_a_size_that_fits(tmp_path):
    status, text = comment(tmp_path, "  - a.b.c\n" * 2_000_000)
    assert status == 0
    assert 45_000 < len(text) < 65_536
    assert text.endswith("\n  - a.b.c\n" + "`" * 20 + "\n\nThe rest is left out here.\n")


@pytest.mark.parametrize("names", [(), ("../changes.txt",), ("changes.txt", "more.txt")])
def test_another_artifact_is_refused(tmp_path, names):
    status, text = comment(tmp_path, "x", names)
    assert (status, text) == (1, "")


def test_the_workflows_have_only_the_rights_that_they_need():
    assert "\npermissions:\n  contents: read\n" in BUILD
    assert BUILD.count("permissions:") == 1
    assert "secrets" not in re.sub(r"#.*", "", BUILD)
    assert "pull_request_target" not in BUILD + COMMENT
    assert "\npermissions: {}\n" in COMMENT
    rights = re.findall(r"\n    permissions:\n((?:      .*\n)+)", COMMENT)
    assert rights == ["      actions: read\n      pull-requests: write\n"]
    # Nothing of the event is written into a program.
    for step in COMMENT.split("      - name: ")[1:]:
        program = step.partition("run: |")[2]
        assert "${{" not in program
    assert "checkout" not in COMMENT.partition("jobs:")[2]


def test_the_library_is_there_before_a_module_is_evaluated():
    """A fresh runner has no Nixpkgs, and evaluation fetches nothing."""
    program("nix-instantiate")
    steps = BUILD.split("      - ")
    fetching = [index for index, step in enumerate(steps) if "NIX_PATH" in step]
    extracting = [index for index, step in enumerate(steps) if "manualgen extract" in step]
    assert fetching
    assert fetching[0] < extracting[0]
    (written,) = re.findall(r"--expr \"(.*)\" \|", steps[fetching[0]])
    expression = written.replace('\\"', '"').replace("$NIXPKGS", "channel:nixos-unstable")
    subprocess.run(
        ["nix-instantiate", "--parse", "--expr", expression], check=True, capture_output=True
    )
