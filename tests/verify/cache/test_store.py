"""A cache may be damaged, foreign, locked, read-only or full: a run without one is what it was, and a line says so."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from verify.cache.store import APPLICATION, LAYOUT, Store, remove

ROWS = {"a": "one", "b": '{"two": "zwei σ"}'}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "results.sqlite"


def filled(path: Path, lines: list[str]) -> Store:
    store = Store(path, lines.append)
    store.put(ROWS, "e1")
    return store


def damaged(path: Path, statement: str, *given: object) -> None:
    base = sqlite3.connect(path)
    with base:
        base.execute(statement, given)
    base.close()


def test_what_is_put_is_there_for_the_next(path: Path) -> None:
    lines: list[str] = []
    filled(path, lines).close()
    store = Store(path, lines.append)
    assert store.get(["b", "c", "a"]) == ROWS
    assert store.get(str(k) for k in range(2000)) == {}
    assert store.count() == {"e1": 2}
    store.close()
    assert remove(path) > 0
    assert lines == []
    assert not path.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "update rows set body = (select body from rows where key = 'b') where key = 'a'",  # of another key
        "update rows set body = x'00' where key = 'a'",
        "update rows set body = 'text' where key = 'a'",
        "update rows set sum = upper(sum) where key = 'a'",
    ],
)
def test_a_row_that_is_not_what_was_written_is_not_there(path: Path, statement: str) -> None:
    lines: list[str] = []
    filled(path, lines).close()
    damaged(path, statement)
    store = Store(path, lines.append)
    assert store.get(["a", "b"]) == {"b": ROWS["b"]}
    assert lines == [f"the cache {path} is damaged; what was is worked out anew"]
    store.put({"a": "again"}, "e1")
    assert store.get(["a"]) == {"a": "again"}


@pytest.mark.parametrize("much", [True, False])
def test_a_file_that_is_damaged_is_made_anew(path: Path, much: bool) -> None:
    lines: list[str] = []
    store = Store(path, lines.append)
    store.put({str(k): str(k) * 3000 for k in range(300)}, "e1")
    store.close()
    data = bytearray(path.read_bytes())
    data[0 if much else 5000 : None if much else len(data) // 2] = b"no database" * (2 if much else 1)
    path.write_bytes(data)
    store = Store(path, lines.append)
    found = store.get(map(str, range(300)))
    assert all(text == key * 3000 for key, text in found.items())
    store.put(ROWS, "e1")
    if lines:
        assert lines[0].startswith(f"the cache {path} is damaged")
    assert much <= bool(lines)
    assert Store(path, lines.append).get(ROWS) == ROWS


def test_another_layout_is_made_anew(path: Path) -> None:
    lines: list[str] = []
    filled(path, lines).close()
    damaged(path, f"pragma user_version = {LAYOUT + 1}")
    store = Store(path, lines.append)
    assert store.get(ROWS) == {}
    assert lines == [f"the cache {path} is of another version of Errata, and is made anew"]
    store.put(ROWS, "e1")
    assert store.get(ROWS) == ROWS


def test_what_is_of_another_program_stays(path: Path) -> None:
    path.parent.mkdir()
    damaged(path, "create table dear (photo text)")
    lines: list[str] = []
    store = Store(path, lines.append)
    store.put(ROWS, "e1")
    assert store.get(ROWS) == {}
    store.close()
    assert lines == [f"nothing is remembered: {path} is of another program"]
    assert [*sqlite3.connect(path).execute("select name from sqlite_master")] == [("dear",)]


def test_a_locked_one_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.cache.store.PATIENCE", 0.01)
    lines: list[str] = []
    filled(path, lines).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    store = Store(path, lines.append)
    assert store.get(ROWS) == ROWS  # who reads need not wait
    store.put({"c": "three"}, "e1")
    assert store.get(["c"]) == {}
    assert [line.startswith("nothing new is remembered") for line in lines] == [True]
    other.execute("rollback")


def test_a_folder_in_its_place_and_one_that_cannot_be_made(tmp_path: Path) -> None:
    lines: list[str] = []
    store = Store(tmp_path, lines.append)
    store.put(ROWS, "e1")
    assert store.get(ROWS) == {}
    (tmp_path / "file").touch()
    store = Store(tmp_path / "file" / "results.sqlite", lines.append)
    store.put(ROWS, "e1")
    assert store.get(ROWS) == {}
    assert len(lines) == 2


def test_a_full_disk_ends_remembering_and_nothing_else(path: Path) -> None:
    lines: list[str] = []
    store = filled(path, lines)
    base = store._base
    assert base is not None
    base.execute(f"pragma max_page_count = {base.execute('pragma page_count').fetchone()[0]}")
    store.put({str(k): zlib.crc32(str(k).encode()).to_bytes(4, "big").hex() * 900 for k in range(99)}, "e1")
    assert len(lines) == 1
    assert "full" in lines[0]
    store.put({"c": "three"}, "e1")
    assert store.get([*ROWS, "c", "7"]) == ROWS


def test_the_latest_engines_stay(path: Path) -> None:
    store = Store(path, pytest.fail)
    for k in range(6):
        store.used(f"e{k}")
        store.put({f"key {k}": "text"}, f"e{k}")
    assert store.count() == {f"e{k}": 1 for k in (2, 3, 4, 5)}
    store.used("e2")
    store.used("e9")
    assert sorted(store.count()) == ["e2", "e4", "e5"]
    store.keep_only("e4")
    assert store.count() == {"e4": 1}


def test_two_at_once(path: Path) -> None:
    fail: Callable[[str], None] = pytest.fail
    one, two = Store(path, fail), Store(path, fail)
    for k in range(20):
        one.put({f"one {k}": "1"}, "e1")
        two.put({f"two {k}": "2", "both": str(k)}, "e1")
    assert two.get(["one 19", "both"]) == one.get(["both", "one 19"]) == {"one 19": "1", "both": "19"}
    assert one.count() == {"e1": 41}


def test_it_says_whose_it_is(path: Path) -> None:
    filled(path, []).close()
    assert sqlite3.connect(path).execute("pragma application_id").fetchone() == (APPLICATION,)
