"""The pool is an executor; and the suite does the same on any executor, a Dask cluster that loses a worker included."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import pytest

from tests.fake_work import case
from verify.suite import spread
from verify.suite.pool import Lost, Pool, WorkerError
from verify.suite.progress import CaseDone, ClaimDone, Event
from verify.suite.run import Options, run, search
from verify.suite.worker import Settings

FAKE = "tests.fake_work:Fake"


def half(x: int) -> float:
    if x == 13:
        os._exit(1)
    if x == 14:
        raise ValueError("fourteen")
    return x / 2


def test_the_pool_is_an_executor() -> None:
    with Pool(2, Settings()) as pool:
        futures = [pool.submit(half, k) for k in range(12, 17)]
        assert {f.result() for f in as_completed(futures) if not f.exception()} == {6, 7.5, 8}
        assert [type(f.exception()) for f in futures] == [type(None), Lost, ValueError, type(None), type(None)]
        assert list(pool.map(half, [1, 2], [])) == []
        assert list(pool.map(half, [1, 2])) == [0.5, 1]
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(half, 1)


def test_what_is_cancelled_is_not_done() -> None:
    pool = Pool(1, Settings())
    futures = [pool.submit(time.sleep, 0.2) for _ in range(3)]
    pool.shutdown(cancel_futures=True)
    assert any(f.cancelled() for f in futures)
    assert all(f.done() for f in futures)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    made = {"one": ["a", *(f"b{k}" for k in range(9))], "two": ["c-raise", "d"], "three": ["broken", "e"]}
    for name, ids in made.items():
        (tmp_path / f"{name}.yaml").write_text(case(ids), encoding="utf-8")
    return [tmp_path / f"{name}.yaml" for name in made]


def told(events: list[Event]) -> Counter[str]:
    return Counter(e.result.id for e in events if isinstance(e, ClaimDone))


def test_the_suite_says_the_same_on_any_executor(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(paths[0].parent)
    events: list[Event] = []
    relative = [Path(p.name) for p in paths]
    with ThreadPoolExecutor(2) as executor:
        found = search(relative, Options(work=FAKE), events.append, executor=executor)
    assert found.results().model_dump() == run(relative, Options(1, work=FAKE)).model_dump()
    assert set(told(events).values()) == {1}
    assert len([e for e in events if isinstance(e, CaseDone)]) == 3


class Losing(Executor):
    """Loses the first result of every task with its worker, and says another twice."""

    def __init__(self) -> None:
        self.seen: set[Any] = set()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        (task,) = args
        if task.job in self.seen:
            done = fn(task)
            future.set_result(spread.Done(done.by, done.ended * 2))
        else:
            self.seen.add(task.job)
            future.set_exception(RuntimeError("the worker is gone"))
        return future


def test_a_task_that_is_lost_is_done_again_and_what_comes_twice_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(case(list("abc")), encoding="utf-8")
    events: list[Event] = []
    found = search([path], Options(work=FAKE), events.append, executor=Losing())
    assert [(c.id, c.verdict) for c in found.glance.claims] == [("a", "holds"), ("b", "holds"), ("c", "holds")]
    assert told(events) == Counter("abc")
    assert found.text() == search([path], Options(1, work=FAKE)).text()


def test_another_engine_there_is_no_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(case("a"), encoding="utf-8")
    made = iter([spread.Made("here", "here"), spread.Made("there", "there")])
    monkeypatch.setattr(spread, "made_here", lambda: next(made))
    with ThreadPoolExecutor(1) as executor, pytest.raises(WorkerError, match="another Errata"):
        search([path], Options(work=FAKE, only="a"), executor=executor)


def test_another_file_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(case("a"), encoding="utf-8")
    digests = iter(["here"])
    monkeypatch.setattr(spread, "_digest", lambda name: next(digests, "there"))
    with ThreadPoolExecutor(1) as executor:
        found = search([path], Options(work=FAKE, only="a"), executor=executor)
    assert "is not the file that it is for who asks" in found.glance.claims[0].reason


@pytest.fixture
def dask() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as made:
        yield made


def test_a_cluster_that_loses_a_worker_loses_nothing(dask: Any, tmp_path: Path) -> None:
    from verify.suite.cluster import cluster

    path = tmp_path / "case.yaml"
    path.write_text(case([f"c{k}" for k in range(40)]), encoding="utf-8")
    pids = [worker.pid for worker in dask.workers.values()]
    events: list[Event] = []

    def kill_one(event: Event) -> None:
        events.append(event)
        if len(told(events)) == 8 and pids:
            os.kill(pids.pop(), signal.SIGKILL)

    with cluster(dask.scheduler_address) as executor:
        found = search([path], Options(work=FAKE), kill_one, executor=executor)
    assert len(pids) == 1
    assert set(told(events).values()) == {1}
    assert len(told(events)) == 40
    assert found.text() == search([path], Options(1, work=FAKE)).text()


def test_no_cluster_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    from verify.suite import cluster as module
    from verify.suite.cluster import NoCluster, cluster

    monkeypatch.setattr(module, "PATIENCE", 0.5)
    with pytest.raises(NoCluster, match="there is no scheduler at nowhere"), cluster("nowhere:1"):
        pass
