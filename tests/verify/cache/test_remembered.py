"""What is remembered is what would be found: after any edit, a kill, a change of Errata itself, or beside another run."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.fake_work import case
from verify.cache import remembered
from verify.cache.fingerprint import Files, Fingerprint, Unversioned, fingerprint
from verify.cache.remembered import Asked, Cache, opened
from verify.cache.store import Store, file
from verify.casefile import load
from verify.casefile.slices import Slices
from verify.results import Result
from verify.suite.found import Found, distinct
from verify.suite.progress import ClaimDone, Event, Planned
from verify.suite.run import Options, search
from verify.suite.worker import Settings, Work

FAKE = "tests.fake_work:Fake"
MADE_BY = Fingerprint("engine", "machine", Files())


def cache(work: str = FAKE, made_by: Fingerprint = MADE_BY, **options: Any) -> Cache:
    asked = Asked(work, **{"seed": 0, "examples": 50, "allowed": (), **options})
    return Cache(Store(file(), pytest.fail), made_by, asked)


def whole(paths: list[Path], kept: Cache | None) -> tuple[Found, list[Event]]:
    """A run with the workload of fake_work."""
    events: list[Event] = []
    known = {} if kept is None else kept.files(paths, with_text=True)
    return search(paths, Options(1, work=FAKE), events.append, kept, known), events


def judged(events: list[Event]) -> list[str]:
    return [e.result.id for e in events if isinstance(e, ClaimDone)]


# -- edits ------------------------------------------------------------------------------------------

#: Places of a case, and what may stand there.
EDITS: dict[str, list[str]] = {
    "X": ["2", "3", "{}", "{in: [1, 2]}"],
    "Z": ["x + y", "y + x", "x*y"],
    "A": ["z**2", "z*z", "z**2 + 0*x"],
    "C": ["y", "2*y", "pi"],
    "F": ["2*z", "z*2", "3*z", "2*x + 2*y"],
    "G": ["2*z*d(z, x)", "2*(x + y)"],
    "N": ["25", "36", "24.9"],
    "S": ["5", "6"],
    "V": ["holds", "wrong", "undecided"],
    "W": ["here", "there", "'''12'''"],
}
TEXT = """
title: Edited at <W>
symbols: {x: <X>, y: {value: 3}, w: {}}
define: {z: <Z>, a: <A>, c: <C>}
claims:
  - {id: f, where: <W>, of: "d(a, z)", equals: <F>, verdict: <V>, because: none}
  - {id: g, where: <W>, of: "d(a, x)", equals: "<G>"}
  - {id: s, of: z, prints: <S>}
  - {id: n, of: a, prints: <N>, by: z*z}
  - {id: r, of: w*c, holds: w**2 + c**2 >= 2*w*c, note: <V>}
"""


def text_of(chosen: dict[str, str]) -> str:
    return re.sub("<(.)>", lambda m: chosen[m[1]], TEXT)


def found_in(path: Path) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
    """What the claims of a file come to without a cache, as it would be kept, and the part that each hangs on."""
    work = Work(path, Settings())
    answers = {name: call() for name, call in work.claims(lambda verdict: None)}
    seen = {name: answer.pop("seen") for name, answer in answers.items()}
    told = {"document": "d", "case": "c", "where": "", "kind": "", "pinned": "holds", "file": "f", "line": 1}
    return {n: Result(**{**told, **a, "id": n}).model_dump(by_alias=True) for n, a in answers.items()}, seen


def test_after_any_edit_what_is_remembered_is_what_is_found(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    kept, draw = cache("verify.suite.worker:Work"), random.Random(7)
    chosen = {key: values[0] for key, values in EDITS.items()}
    count = 0
    for _ in range(40):
        key = draw.choice(list(EDITS))
        chosen[key] = draw.choice(EDITS[key])
        path.write_text(text_of(chosen), encoding="utf-8")
        read = load(path)
        keys = kept.keys(read, Slices(read))
        kept.note(path)
        fresh, seen = found_in(path)
        known = kept.claims(keys)
        assert known == {name: fresh[name] for name in known}, chosen
        count += len(known)
        for name in fresh:
            if name not in known:
                kept._files = Files()
                kept.note(path)
                kept.keep_claim(keys, Result(**fresh[name]), seen[name])
    assert count > 80  # of 200
    assert {"f", "g", "s", "n", "r"} == set(kept.claims(keys))


# -- runs -------------------------------------------------------------------------------------------


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    made = [tmp_path / f"{name}.yaml" for name in ("one", "two")]
    for path, ids in zip(made, (["a", "b"], ["c", "d"]), strict=True):
        path.write_text(case(ids), encoding="utf-8")
    return made


def test_nothing_is_judged_twice_and_the_results_are_the_same_bytes(paths: list[Path]) -> None:
    first, events = whole(paths, cache())
    assert sorted(judged(events)) == ["a", "b", "c", "d"]
    again, events = whole(paths, cache())
    assert events[0] == Planned(cases=2, claims=0, checked=0, remembered=8)
    assert judged(events) == []
    assert (first.remembered, again.remembered) == (0, 8)
    assert first.text() == again.text() == whole(paths, None)[0].text()
    assert again.results().model_dump() == first.results().model_dump()
    assert distinct(again.files)


def test_an_edit_costs_what_depends_on_it(paths: list[Path]) -> None:
    whole(paths, cache())
    text = paths[1].read_text(encoding="utf-8")
    pinned = text.replace("id: d,", "id: d, verdict: wrong, because: seen,")
    assert pinned != text
    paths[1].write_text(pinned, encoding="utf-8")
    found, events = whole(paths, cache())
    assert (judged(events), found.remembered) == ([], 8)
    assert [(c.id, c.as_pinned) for c in found.glance.claims] == [("a", True), ("b", True), ("c", True), ("d", False)]
    paths[1].write_text(
        text.replace("id: c, where: here, of: x + 1, prints: 3", "id: c, of: x + 1, equals: 3"), encoding="utf-8"
    )
    _, events = whole(paths, cache())
    assert judged(events) == ["c", "d"]  # a printed number sees the whole file


def test_what_only_reports_tell_is_worked_out_when_they_are_wanted(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("title: t\nsymbols: {x: 2}\nclaims: [{id: a, of: x + 1, prints: 3}]\n", encoding="utf-8")
    real = Asked(Options().work, 0, 50, ())

    def found(values: bool) -> Found:
        with_cache = opened(real, print)
        assert with_cache is not None
        return search([path], Options(jobs=1, values=values), cache=with_cache)

    assert found(values=False).results().values == []
    kept = opened(real, print)
    assert kept is not None
    assert list(kept.files([path], with_text=False)) == [path]
    assert kept.files([path], with_text=True) == {}
    wanted = found(values=True)
    assert (wanted.remembered, [(v.of, v.numpy, v.torch) for v in wanted.results().values]) == (
        1,
        [("x + 1", "3.0", "3.0")],
    )
    assert list(kept.files([path], with_text=True)) == [path]
    assert found(values=True).text() == wanted.text()


def test_a_file_hangs_on_those_that_it_uses(paths: list[Path]) -> None:
    one, two = paths
    text = two.read_text(encoding="utf-8").replace("symbols: {x: 2}", "uses: one.yaml")
    two.write_text(text, encoding="utf-8")
    whole([two], cache())
    assert list(cache().files([two], with_text=True)) == [two]
    one.write_text(one.read_text(encoding="utf-8").replace("{x: 2}", "{x: 5}"), encoding="utf-8")
    assert cache().files([two], with_text=True) == {}
    found, events = whole([two], cache())
    assert (judged(events), found.remembered) == (["c", "d"], 0)


@pytest.mark.parametrize("other", [{"seed": 1}, {"examples": 9}, {"work": "another"}, {"allowed": ("p",)}])
def test_other_options_are_other_results(paths: list[Path], other: dict[str, Any]) -> None:
    whole(paths, cache())
    assert len(cache().files(paths, with_text=False)) == 2
    assert cache(**other).files(paths, with_text=False) == {}


def test_another_engine_remembers_nothing(paths: list[Path]) -> None:
    whole(paths, cache())
    newer = Fingerprint("engine 2", "machine 2", Files())
    found, events = whole(paths, cache(made_by=newer))
    assert (len(judged(events)), found.remembered) == (4, 0)
    moved = Fingerprint("engine", "machine 3", Files())  # another processor: claims stand, checks do not
    found, events = whole(paths, cache(made_by=moved))
    assert (judged(events), found.remembered) == ([], 4)


def test_what_changes_meanwhile_is_not_kept(paths: list[Path], tmp_path: Path) -> None:
    source = tmp_path / "engine.py"
    source.write_text("1", encoding="utf-8")
    for change in (paths[0], source):
        files = Files()
        files.note(source)
        kept = cache(made_by=Fingerprint("engine", "machine", files))
        events: list[Event] = []

        def meddle(event: Event, path: Path = change, heard: list[Event] = events) -> None:
            heard.append(event)
            if isinstance(event, Planned):
                path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")

        search(paths, Options(1, work=FAKE), meddle, kept, kept.files(paths, with_text=True))
        known = {path.stem for path in cache().files(paths, with_text=False)}
        assert known == ({"two"} if change is paths[0] else set())
        Store(file(), pytest.fail).keep_only("nobody")


def test_what_was_cut_off_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(case(["a", "b-raise", "c", "d-known-raise"]), encoding="utf-8")
    for _ in range(2):
        found, events = whole([path], cache())
        assert [c.verdict for c in found.glance.claims] == ["holds", "undecided", "holds", "wrong"]
    assert judged(events) == ["b-raise", "d-known-raise"]


def test_rows_that_are_no_results_are_worked_out(paths: list[Path]) -> None:
    whole(paths, cache())
    store = Store(file(), pytest.fail)
    assert store._base is not None
    keys = [key for (key,) in store._base.execute("select key from rows")]
    store.put({key: json.dumps({"verdict": "splendid", "units": 1, "checks": [{}]}) for key in keys}, "machine")
    found, events = whole(paths, cache())
    assert (len(judged(events)), found.remembered) == (4, 0)


def test_a_function_of_ones_own_is_always_run(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    names = ["mine.f", "numpy.tanh", "torch.tanh"]
    entries = "\n".join(f"  - {{id: i{k}, name: '{name}', of: tanh(x)}}" for k, name in enumerate(names))
    path.write_text(f"title: t\nsymbols: {{x: {{}}}}\nimplementations:\n{entries}\n", encoding="utf-8")
    read = load(path)
    assert [bool(k) for k in cache().keys(read, Slices(read)).implementations.values()] == [False, True, True]
    own = cache(allowed=("torch",)).keys(read, Slices(read))
    assert [bool(k) for k in own.implementations.values()] == [False, True, False]


# -- the command ------------------------------------------------------------------------------------


def started(folder: Path, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.fake_work", "run", *map(str, words)]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=env, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path: Path, remembered: Path) -> None:
    (tmp_path / "case.yaml").write_text(case([*"abc", "d-hang"]), encoding="utf-8")
    run = started(tmp_path, "case.yaml", "--jobs", 1)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        time.sleep(0.02)
        if (remembered / "results.sqlite").exists() and sum(Store(file(), print).count().values()) >= 3:
            break
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    kept = sum(Store(file(), pytest.fail).count().values())
    assert kept >= 3
    (tmp_path / "case.d-hang").touch()
    text = (tmp_path / "case.yaml").read_text(encoding="utf-8").replace("d-hang", "d")
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    runs = [started(tmp_path, "case.yaml", "--json", f"{k}.json") for k in range(2)]
    for run in [*runs, started(tmp_path, "case.yaml", "--json", "2.json", "--no-cache")]:
        _, err = run.communicate()
        assert run.returncode == 0, err
    assert len({(tmp_path / f"{k}.json").read_bytes() for k in range(3)}) == 1


# -- fingerprints -----------------------------------------------------------------------------------


def test_the_fingerprint_follows_sources_libraries_and_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    from verify.cache import fingerprint as module

    first = fingerprint()
    assert (fingerprint().engine, fingerprint().machine) == (first.engine, first.machine)
    assert first.sources.unchanged()
    monkeypatch.setenv("MKL_CBWR", "COMPATIBLE")
    assert fingerprint().engine == first.engine
    assert fingerprint().machine != first.machine
    monkeypatch.setattr(module, "processor", lambda: "another")
    assert fingerprint().engine == first.engine
    known = module._versions()
    monkeypatch.setattr(module, "_versions", lambda: {k: v + ".1" if k[1] == "sympy" else v for k, v in known.items()})
    assert fingerprint().engine != first.engine
    monkeypatch.setattr(module, "_versions", lambda: {k: v for k, v in known.items() if k[1] != "numpy"})
    with pytest.raises(Unversioned, match="numpy"):
        fingerprint()
    lines: list[str] = []
    assert remembered.opened(Asked(FAKE, 0, 50, ()), lines.append) is None
    assert lines == ["nothing is remembered: there is no telling which version of numpy is installed"]


def test_a_line_in_any_source_is_another_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from verify.cache import fingerprint as module

    home = Path(module.__file__).parents[2]
    for package in ("derive", "verify"):
        (tmp_path / package / "cache").mkdir(parents=True)
        (tmp_path / package / "one.py").write_text("x = 1\n", encoding="utf-8")
    assert home.is_dir()
    monkeypatch.setattr(module, "__file__", str(tmp_path / "verify" / "cache" / "fingerprint.py"))
    seen = {fingerprint().engine}
    (tmp_path / "derive" / "one.py").write_text("x = 2\n", encoding="utf-8")
    seen.add(fingerprint().engine)
    (tmp_path / "derive" / "one.py").rename(tmp_path / "derive" / "two.py")
    seen.add(fingerprint().engine)
    (tmp_path / "verify" / "new.py").touch()
    seen.add(fingerprint().engine)
    assert len(seen) == 4


def test_a_file_that_has_just_been_written_is_told_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    for ages, changed in ((0, True), (10**10, False)):
        path.write_text("one", encoding="utf-8")
        written = time.time_ns() - ages
        os.utime(path, ns=(written, written))
        files = Files()
        files.note(path)
        assert files.unchanged(path)
        path.write_text("two", encoding="utf-8")
        os.utime(path, ns=(written, written))  # as a clock that ticks too seldom has it
        assert files.unchanged(path) is not changed
    assert not files.unchanged(tmp_path / "another")


def test_what_hangs_on_memory_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(case("ab"), encoding="utf-8")
    kept = cache()
    kept.note(path)
    kept.keep([str(path)], {"one": '{"reason": "MemoryError: "}'})
    kept.keep([str(path)], {"two": '{"reason": ""}'})
    assert Store(file(), pytest.fail).get(["one", "two"]) == {"two": '{"reason": ""}'}
