"""The suite survives whatever a claim does, tells it, and gives the rest its verdict, in a fixed order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.fake_work import case
from verify.results import Results, dumps
from verify.suite.held import HANG
from verify.suite.pool import WorkerError
from verify.suite.progress import CaseDone, CheckDone, ClaimDone, Event, Planned
from verify.suite.run import FaultyCases, NoSuchClaim, Options, run
from verify.surroundings import SURROUNDINGS

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(name: str, ids: Sequence[str]) -> Path:
        path = tmp_path / f"{name}.yaml"
        path.write_text(case(ids), encoding="utf-8")
        return path

    return to_file


def fake(jobs: int = 2, timeout: float | None = None, watchdog: float = HANG, only: str | None = None) -> Options:
    return Options(jobs, timeout, watchdog, only, work="tests.fake_work:Fake")


def reasons(results: Results) -> dict[str, str]:
    return {r.id: r.reason for r in results.claims if r.verdict != "holds"}


def test_every_claim_gets_its_verdict_whatever_the_others_do(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    ids = ["a", "b-exit", "c", "d-segv", "e-raise", "f-leave", "g-memory", "h-deep", "i-shout"]
    results = run([write("case", ids)], fake(only="*"))
    assert [r.id for r in results.claims] == ids
    said = reasons(results)
    assert said.pop("h-deep").startswith("not judged: RecursionError: maximum recursion depth")
    assert said == {
        "b-exit": "not judged: the process ended with exit code 3, twice",
        "d-segv": "not judged: the process ended with signal 11 (SIGSEGV), twice",
        "e-raise": "not judged: ValueError: nothing there",
        "f-leave": "not judged: SystemExit: 5",
        "g-memory": "not judged: MemoryError",
    }
    assert {r.verdict for r in results.claims if r.id in said} == {"undecided"}
    assert not results.interrupted
    assert capfd.readouterr() == ("", "")  # neither noise nor last words


def test_a_hanging_claim_is_killed_and_the_rest_goes_on(write: Write) -> None:
    results = run([write("one", ["a", "b-hang", "c"]), write("two", ["d"])], fake(timeout=0.5, only="*"))
    assert [(r.case, r.id, r.verdict) for r in results.claims] == [
        ("one", "a", "holds"),
        ("one", "b-hang", "undecided"),
        ("one", "c", "holds"),
        ("two", "d", "holds"),
    ]
    assert reasons(results) == {"b-hang": "not judged: timed out after 0.5 s"}
    assert next(r.seconds for r in results.claims if r.id == "b-hang") == 0.5


def test_a_claim_whose_process_is_lost_is_tried_once_more_when_nothing_else_runs(write: Write) -> None:
    paths = [write("one", ["a", "b-once", "c"]), write("two", ["d", "e-oncehang"]), write("three", ["f", "once"])]
    events: list[Event] = []
    results = run(paths, fake(watchdog=3.0, only="*"), events.append)
    assert reasons(results) == {}
    assert [e.result.id for e in events if isinstance(e, ClaimDone)][-2:] != ["a", "c"]
    assert len([e for e in events if isinstance(e, CaseDone)]) == 3


def test_the_watchdog_is_told_apart_from_the_time_of_the_user(write: Write) -> None:
    results = run([write("one", ["a", "b-hang"])], fake(watchdog=1.0, only="*"))
    assert reasons(results) == {"b-hang": "not judged: stopped by the watchdog after 1 s, twice"}


def test_what_is_settled_outlives_the_end_of_its_unit(write: Write) -> None:
    ids = ["a-known-hang", "b", "c-known-exit", "d-known-raise", "e-raise", "f-known"]
    results = run([write("case", ids)], fake(timeout=1.0, only="*"))
    assert [r.verdict for r in results.claims] == ["wrong", "holds", "wrong", "wrong", "undecided", "holds"]
    assert reasons(results) == {
        "a-known-hang": "it is 4; no more was found: timed out after 1 s",
        "c-known-exit": "it is 4; no more was found: the process ended with exit code 3, twice",
        "d-known-raise": "it is 4; no more was found: ValueError: nothing there",
        "e-raise": "not judged: ValueError: nothing there",
    }


def test_checks_fail_one_by_one(write: Write) -> None:
    results = run([write("case", ["a", "b-exit", "c"]), write("slow", ["x-hang", "y"])], fake(2, 1.0))
    checks = {c.subject: (c.outcome, c.reason) for c in results.checks}
    assert checks == {
        "a": ("agrees", ""),
        "b-exit": ("undecided", "not checked: the process ended with exit code 3, twice"),
        "c": ("agrees", ""),
        "x-hang": ("undecided", "not checked: timed out after 1 s"),
        "y": ("agrees", ""),
    }
    assert [c.backend for c in results.checks] == ["numpy"] * 5


def test_a_case_that_does_not_open_costs_its_own_claims_only(write: Write) -> None:
    paths = [write("one", ["a", "broken"]), write("two", ["b", "fatal"]), write("three", ["c"])]
    results = run(paths, fake())
    assert [(r.case, r.id, r.verdict) for r in results.claims] == [
        ("one", "a", "undecided"),
        ("one", "broken", "undecided"),
        ("two", "b", "undecided"),
        ("two", "fatal", "undecided"),
        ("three", "c", "holds"),
    ]
    assert "RuntimeError: the case does not open" in reasons(results)["a"]
    assert "exit code 7" in reasons(results)["b"]
    assert [(c.case, c.outcome) for c in results.checks] == [
        ("one", "undecided"),
        ("two", "undecided"),
        ("three", "agrees"),
    ]


def test_the_order_is_that_of_files_and_claims_whatever_the_schedule(write: Write) -> None:
    paths = [write("z", ["b", "a-exit", "c"]), write("a", list("qwertzuiop")), write("m", ["one"])]
    alone, together = run(paths, fake(jobs=1)), run(paths, fake(jobs=3))
    assert [r.id for r in alone.claims] == ["b", "a-exit", "c", *"qwertzuiop", "one"]
    assert alone.cases == [str(p) for p in paths]
    assert dumps(alone) == dumps(together)  # how long each took is known to the run alone


def test_events_tell_everything_once(write: Write) -> None:
    events: list[Event] = []
    results = run([write("one", ["a", "b-exit"]), write("two", ["c"])], fake(), events.append)
    assert events[0] == Planned(cases=2, claims=3, checked=2)
    told = [e.result for e in events if isinstance(e, ClaimDone)]
    assert sorted(r.id for r in told) == sorted(r.id for r in results.claims)
    assert len([e for e in events if isinstance(e, CheckDone)]) == len(results.checks) == 3
    done = {Path(e.file).stem: e for e in events if isinstance(e, CaseDone)}
    assert [r.id for r in done["one"].glance.claims] == ["a", "b-exit"]
    assert len(done["one"].glance.checks) == 2


def test_an_exception_tells_where_it_was_raised(write: Write) -> None:
    events: list[Event] = []
    run([write("one", ["a-raise"])], fake(only="*"), events.append)
    traces = [e.trace for e in events if isinstance(e, ClaimDone)]
    assert "in misbehave" in traces[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_and_keeps_what_was_done(write: Write, number: signal.Signals) -> None:
    path = write("case", ["a", "b", "c-hang", "d"])
    before = signal.getsignal(number)

    def stop_after_b(event: Event) -> None:
        if isinstance(event, ClaimDone) and event.result.id == "b":
            os.kill(os.getpid(), number)

    results = run([path], fake(timeout=100, only="*"), stop_after_b)
    assert results.interrupted
    assert [r.id for r in results.claims] == ["a", "b"]
    assert signal.getsignal(number) is before


def test_only_selects_by_id_and_by_case(write: Write) -> None:
    paths = [write("one", ["t1-a", "t1-b", "t2-a"]), write("two", ["t1-c"])]
    assert [(r.case, r.id) for r in run(paths, fake(only="t1-*")).claims] == [
        ("one", "t1-a"),
        ("one", "t1-b"),
        ("two", "t1-c"),
    ]
    chosen = run(paths, fake(only="two:*"))
    assert [(r.case, r.id) for r in chosen.claims] == [("two", "t1-c")]
    assert chosen.cases == [str(paths[1])]
    assert chosen.checks == []


def test_only_without_a_match_names_the_nearest(write: Write) -> None:
    with pytest.raises(NoSuchClaim) as no:
        run([write("one", ["t1-alpha", "unrelated"])], fake(only="t1-alhpa*"))
    assert no.value.nearest[0] == "t1-alpha"


def test_faults_of_all_files_are_told_and_nothing_runs(tmp_path: Path, write: Write) -> None:
    good = write("good", ["a"])
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("title: T\nclaims:\n  - {id: a, of: nobody, prints: 1}\n", "utf-8")
    events: list[Event] = []
    with pytest.raises(FaultyCases) as bad:
        run([tmp_path / "one.yaml", good, tmp_path / "two.yaml"], fake(), events.append)
    assert {Path(f.file).stem for f in bad.value.faults} == {"one", "two"}
    assert events == []


def test_workers_that_can_not_start_are_an_internal_error(write: Write) -> None:
    with pytest.raises(WorkerError, match="did not start"):
        run([write("one", ["a"])], Options(jobs=2, work="tests.fake_work:Nothing"))


def test_no_cases_no_workers() -> None:
    assert run([], fake()) == Results(claims=[])


@pytest.mark.parametrize(("seed", "told"), [({}, "2 True"), ({"PYTHONHASHSEED": "3"}, "1 False")])
def test_a_judging_command_starts_itself_anew_and_then_forks(seed: dict[str, str], told: str) -> None:
    """But not where somebody chose other hashes."""
    program = """
import os, sys
from verify.suite.pool import forks
from verify.surroundings import surround, surrounded
os.environ["ROUND"] = str(int(os.environ.get("ROUND", "0")) + 1)
surround()
print(os.environ["ROUND"], surrounded(), os.environ["OMP_NUM_THREADS"], sys.argv[1:], forks())
"""
    env = {k: v for k, v in os.environ.items() if k not in SURROUNDINGS} | {"OMP_NUM_THREADS": "7"} | seed
    words = [sys.executable, "-c", program, "a b", "-c"]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=True)
    anew = told == "2 True"
    assert done.stdout == f"{told} {1 if anew else 7} ['a b', '-c'] {anew and sys.platform == 'linux'}\n"
