"""Publishing by a real cluster of Dask, whose workers are processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from distributed import Client, LocalCluster

from manualgen.errors import Code, ManualError
from manualgen.publication import engines
from tests.conftest import ROOT, manualgen
from tests.publication.listing import files_in, options, publish, publish_with, status_of, write

pytestmark = pytest.mark.slow

MANY = {
    f"project{number} {version}": options(
        *(f"p{number}.o{index}" for index in range(5)),
        text=f"See {{option}}`p{number - 1}.o1`. {version}",
    )
    for number in range(3)
    for version in ("1.0", "unstable")
}


@pytest.fixture(autouse=True)
def _one_time(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")


@pytest.fixture(scope="module")
def scheduler():
    """The address of the scheduler of two workers."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The list, and what processes of this machine publish of it."""
    folder = tmp_path_factory.mktemp("local")
    with pytest.MonkeyPatch.context() as context:
        context.setenv("SOURCE_DATE_EPOCH", "1750000000")
        listed = write(folder, MANY | {"broken 1.0": "{"})
        result = publish(listed, folder / "public")
    assert result.built == len(MANY)
    return listed, files_in(folder / "public")


class Killing(engines.Engine):
    """An engine that kills a worker as soon as the first manual is built."""

    client: Client

    def results(self, tasks):
        for number, result in enumerate(super().results(tasks)):
            if number == 0:
                pids = list(self.client.run(os.getpid).values())
                os.kill(pids[0], signal.SIGKILL)
            yield result


def test_a_cluster_writes_what_processes_write_although_a_worker_is_killed(
    scheduler, expected, tmp_path, monkeypatch
):
    listed, files = expected
    monkeypatch.setattr(engines, "Engine", Killing)
    with engines.cluster(scheduler, print) as engine, Client(scheduler) as Killing.client:
        result = publish_with(engine, listed, tmp_path / "public")
    assert (result.built, list(result.failed)) == (len(MANY), [("broken", "1.0")])
    assert files_in(tmp_path / "public") == files


def test_the_command(scheduler, tmp_path):
    listed = write(tmp_path, {"alpha 1.0": options("a"), "beta 1.0": "{"})
    done = manualgen("publish", listed, "-o", tmp_path / "public", "--scheduler", scheduler)
    assert done.returncode == 1
    assert "2 manuals: 1 built, 0 unchanged, 1 failed → " in done.stderr.decode()
    assert status_of(tmp_path / "public")["beta 1.0"]["state"] == "failed"


def test_a_manual_that_is_stopped_is_tried_again_by_dask(scheduler, tmp_path):
    listed = write(tmp_path, {"alpha 1.0": options("a")})
    with engines.cluster(scheduler, print) as engine:
        result = publish_with(engine, listed, tmp_path / "public", seconds=0.001)
    assert result.failed["alpha", "1.0"].worst[0]["code"] == "build-stopped"


def test_a_scheduler_that_does_not_answer(monkeypatch):
    monkeypatch.setattr(engines, "_PATIENCE", 0.2)
    with pytest.raises(ManualError) as caught, engines.cluster("tcp://127.0.0.1:1", print):
        pass
    assert caught.value.diagnostic.code is Code.UNREACHABLE
    assert "cannot be reached" in caught.value.diagnostic.message


def test_an_address_that_is_none():
    with pytest.raises(ManualError) as caught, engines.cluster("nonsense://x", print):
        pass
    assert caught.value.diagnostic.file == "nonsense://x"


def test_a_scheduler_that_ends_on_the_way(tmp_path):
    many = {f"p{number} 1.0": options(f"p{number}.a") for number in range(200)}
    listed = write(tmp_path, many)
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=":0") as cluster:
        arguments = [listed, "-o", tmp_path / "public", "--scheduler", cluster.scheduler_address]
        process = subprocess.Popen(
            [sys.executable, "-m", "manualgen", "publish", *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
        )
        while not (tmp_path / "public/p0").exists() and process.poll() is None:
            time.sleep(0.01)
    _, text = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"error[unreachable]: the scheduler cannot be reached: it has ended" in text
    assert b"Traceback" not in text
    # What was published stays, and the next publication goes on.
    published = len(list((tmp_path / "public").glob("p*/1.0")))
    assert 0 < published < len(many)
    write(tmp_path, dict(list(many.items())[:1]))
    assert publish(listed, tmp_path / "public").unchanged == 1
