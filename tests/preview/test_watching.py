"""Every change of a source is noticed, whether the system reports it or not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from manualgen.preview import watching
from manualgen.preview.watching import Sources, changes

PATIENCE = 60


def sources_of(*files, **more) -> Sources:
    sources = Sources()
    sources.set(files, **more)
    return sources


async def next_change(found):
    async with asyncio.timeout(PATIENCE):
        return await anext(found)


def observed(sources, *actions):
    """Do one action after the other; return what is reported of each."""

    async def observe():
        found = changes(sources)
        reported = []
        waiting = asyncio.create_task(next_change(found))
        await asyncio.sleep(0.2)
        for action in actions:
            action()
            reported.append(await waiting)
            waiting = asyncio.create_task(next_change(found))
            await asyncio.sleep(0.2)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await found.aclose()
        return reported

    return asyncio.run(observe())


@pytest.mark.parametrize("is_reported", [True, False])
def test_a_saved_file_is_a_change(tmp_path, is_reported, monkeypatch):
    if not is_reported:
        # As if the system lost all reports: a poll that comes much too late.
        monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
        monkeypatch.setenv("WATCHFILES_POLL_DELAY_MS", "10000000")
    path = tmp_path / "a.md"
    path.write_text("one")

    def replace():
        (tmp_path / "new").write_text("three")
        (tmp_path / "new").replace(path)

    first, second, third = observed(
        sources_of(path), lambda: path.write_text("four"), replace, path.unlink
    )
    assert str(path) in first & second & third


def test_a_file_that_appears_is_a_change(tmp_path):
    missing = tmp_path / "sub" / "a.md"

    def write():
        missing.parent.mkdir()
        missing.write_text("one")

    (found,) = observed(sources_of(tmp_path / "manual.md", missing), write)
    assert found


def test_files_in_trees_are_watched_but_for_hidden_folders(tmp_path):
    for folder in ("modules/deep", ".git/objects"):
        (tmp_path / folder).mkdir(parents=True)
    sources = sources_of(trees=[tmp_path])
    folders = {str(path.relative_to(tmp_path)) for path in sources.folders()}
    assert folders == {".", "modules", "modules/deep"}
    (found,) = observed(sources, lambda: (tmp_path / "modules/deep/a.nix").write_text("{ }"))
    assert str(tmp_path / "modules/deep/a.nix") in found


def test_a_file_has_one_name(tmp_path, monkeypatch):
    """Also where the manual is named by a path relative to the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.md").touch()
    sources = sources_of(Path("a.md"), folders=[Path()], trees=[Path()])
    assert [path for path in sources.look() if path.endswith(".md")] == [str(tmp_path / "a.md")]


def test_other_files_of_a_folder_are_no_change(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("one")
    sources = sources_of(path)
    before = sources.look()
    (tmp_path / "log").write_text("a line")
    (tmp_path / ".a.md.swp").write_text("an editor's")
    after = sources.look()
    assert before == after
    assert str(tmp_path / "log") in sources_of(path, tmp_path / "log").look()


def test_a_link_and_its_file_are_watched(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    target = tmp_path / "elsewhere" / "b.md"
    target.write_text("one")
    (tmp_path / "here").mkdir()
    link = tmp_path / "here" / "a.md"
    link.symlink_to(target)
    sources = sources_of(link)
    assert {tmp_path / "elsewhere", tmp_path / "here"} <= set(sources.folders())
    (found,) = observed(sources, lambda: target.write_text("other"))
    assert str(link) in found


def test_a_change_while_another_is_dealt_with_is_not_lost(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("one")

    async def observe():
        found = changes(sources_of(path))
        waiting = asyncio.create_task(next_change(found))
        await asyncio.sleep(0.2)
        path.write_text("second")
        assert str(path) in await waiting
        # The caller reads the file, and it is saved again before the caller comes back.
        path.write_text("the third")
        assert str(path) in await next_change(found)
        await found.aclose()

    asyncio.run(observe())


def test_there_is_a_bound_of_what_is_watched(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "_MOST_FOLDERS", 5)
    for number in range(20):
        (tmp_path / f"f{number}").mkdir()
    assert len(sources_of(trees=[tmp_path]).folders()) <= 6
