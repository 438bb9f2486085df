"""Work spread over processes."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manualgen import api
from manualgen.errors import Code, Diagnostic, ManualError
from manualgen.site import workers
from manualgen.site.building import BuildOptions
from tests import manuals


@given(st.integers(0, 5000), st.integers(1, 64), st.integers(1, 500))
def test_shards_hold_everything_once_and_in_order(count, jobs, least):
    shards = workers.make_shards(count, jobs, least)
    assert [index for shard in shards for index in shard] == list(range(count))
    sizes = list(map(len, shards))
    assert sizes == sorted(sizes, reverse=True)
    assert all(size >= least for size in sizes[:-1])
    assert all(sizes)
    # What comes last is small, so that no job waits for another that still has much to do.
    if jobs > 1 and sizes:
        assert sizes[-1] <= least


def square(number: int) -> int:
    return number * number


def process(_: int) -> int:
    return os.getpid()


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_the_order_of_the_shards(jobs):
    assert list(workers.map_shards(square, range(20), jobs)) == [n * n for n in range(20)]


def test_one_job_is_done_here_and_more_elsewhere():
    assert set(workers.map_shards(process, range(4), 1)) == {os.getpid()}
    assert os.getpid() not in set(workers.map_shards(process, range(8), 2))


def test_any_executor_can_do_it():
    with ThreadPoolExecutor(2) as executor:
        assert list(workers.map_shards(square, range(9), 1, executor)) == [n * n for n in range(9)]
    assert list(workers.map_shards(square, [], 4)) == []


def test_what_the_work_needs_is_inherited_not_pickled():
    def closure(number: int) -> int:  # cannot be pickled
        return number + 1

    assert list(workers.map_shards(closure, range(6), 2)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_comes_out_whole(jobs):
    def fail(number: int) -> int:
        if number == 3:
            raise ManualError(Diagnostic(code=Code.WRITE_FAILED, message="no room", file="f"))
        return number

    with pytest.raises(ManualError) as raised:
        list(workers.map_shards(fail, range(6), jobs))
    assert raised.value.diagnostic.message == "no room"


def test_there_is_at_least_one_processor():
    assert workers.available() >= 1


def test_work_in_the_background_is_done_elsewhere_once():
    result = workers.run_in_background(os.getpid)
    assert result() != os.getpid()
    words = ["a", "b"]
    assert workers.run_in_background(lambda: [word * 2 for word in words])() == ["aa", "bb"]


def test_what_comes_to_nothing_in_the_background_is_done_here():
    here = os.getpid()

    def fails_elsewhere() -> str:
        if os.getpid() != here:
            os._exit(9)
        return "done here"

    assert workers.run_in_background(fails_elsewhere)() == "done here"


def test_an_error_in_the_background_is_raised_where_the_result_is_wanted():
    def fail() -> None:
        raise ManualError(Diagnostic(code=Code.UNREADABLE, message="no file", file="f"))

    result = workers.run_in_background(fail)
    with pytest.raises(ManualError):
        result()


@pytest.fixture(scope="module")
def processes():
    """Processes that inherit nothing: what they need is pickled."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as executor:
        yield executor


def many_options():
    return {
        f"services.s{service}.o{number}": {
            "loc": ["services", f"s{service}", f"o{number}"],
            "type": "string",
            "description": f"See {{option}}`services.s{number}.o{service}`[^n].\n\n[^n]: A note.",
        }
        for service in range(20)
        for number in range(20)
    }


def files_below(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".json"
    }


@pytest.mark.parametrize(
    "build", ["html", "single_page", "manpage", "markdown", "asciidoc"], ids=str
)
def test_an_executor_of_processes_builds_the_same(tmp_path, processes, build):
    (tmp_path / "options.json").write_text(json.dumps(many_options()))
    function = getattr(api, f"build_{build}")
    results = []
    for name, options in (
        ("here", BuildOptions()),
        ("elsewhere", BuildOptions(jobs=3, executor=processes)),
    ):
        folder = tmp_path / name
        folder.mkdir()
        manual = api.load(tmp_path / "options.json")
        results.append(function(manual, folder / "o", options=options))
    assert results[0] == results[1]
    assert files_below(tmp_path / "here") == files_below(tmp_path / "elsewhere")


def test_threads_do_not_mix_up_pages(tmp_path):
    (tmp_path / "options.json").write_text(json.dumps(many_options()))
    alone = api.build_html(api.load(tmp_path / "options.json"), tmp_path / "alone")
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as executor:
            options = BuildOptions(jobs=4, executor=executor)
            manual = api.load(tmp_path / "options.json")
            shared = api.build_html(manual, tmp_path / "shared", options=options)
    finally:
        sys.setswitchinterval(interval)
    assert shared == alone
    assert files_below(tmp_path / "shared") == files_below(tmp_path / "alone")


def test_an_executor_of_processes_builds_chapters(tmp_path, processes):
    chapters = {
        f"c{number}.md": f"# C{number} {{#c{number}}}\n\nSee [](#c{11 - number}).\n"
        for number in range(12)
    }
    files = {
        "manual.md": "# M {#m}\n## V\n\n" + manuals.include("chapters", *chapters),
        **chapters,
    }
    source = manuals.write(tmp_path, files)
    built = []
    for options in (BuildOptions(), BuildOptions(jobs=3, executor=processes)):
        manual = manuals.load(source, chunk="chapter")
        folder = tmp_path / f"site{len(built)}"
        built.append((api.build_html(manual, folder, options=options), files_below(folder)))
    assert built[0] == built[1]
