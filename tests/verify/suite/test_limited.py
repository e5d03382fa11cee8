"""A piece of work in a process of its own."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from derive.errors import ExpressionError
from verify.suite.forked import Forked
from verify.suite.held import GIB
from verify.suite.limited import Stopped, limited


def test_an_answer_comes_back() -> None:
    assert limited(lambda: {"a": (1, os.getpid())}, 60)["a"][1] != os.getpid()


def test_what_it_raises_is_raised() -> None:
    with pytest.raises(ExpressionError, match="not there"):
        limited(fails, 60)


def test_it_is_ended_after_its_time() -> None:
    with pytest.raises(Stopped, match=r"timed out after 0\.05 s"):
        limited(lambda: time.sleep(1000), 0.05)


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(Stopped, match="exit code 7"):
        limited(lambda: os._exit(7), 60)


def test_memory_is_limited() -> None:
    with pytest.raises(Stopped, match="out of memory"):
        limited(lambda: bytearray(3 * GIB), 60, memory=2 * GIB)


def test_what_is_done_first_is_not_counted() -> None:
    assert limited(lambda: 5, 0.3, first=lambda: time.sleep(0.6)) == 5
    with pytest.raises(ExpressionError, match="not there"):
        limited(lambda: 5, 60, first=fails)


def test_a_long_answer() -> None:
    assert limited(lambda: "ab" * 1_000_000, 60) == "ab" * 1_000_000


def test_objects_that_come_together_are_taken_one_by_one() -> None:
    with Forked(lambda send: [send(i) for i in range(3)] and None) as process:
        process.join(20)
        taken = [process.receive() for _ in range(3) if process.sent(5)]
        assert taken == [0, 1, 2]
        with pytest.raises(EOFError):
            process.sent(5)
    assert process.exitcode == 0


def test_what_it_writes_is_written_once(capfd: pytest.CaptureFixture[str]) -> None:
    print("before, ", end="")
    limited(lambda: print("inside, ", end=""), 60)
    print("after")
    sys.stdout.flush()
    assert capfd.readouterr().out == "before, inside, after\n"


def test_one_that_leaves_a_process_behind_that_holds_its_pipe() -> None:
    def leaves() -> None:
        if not os.fork():
            time.sleep(20)
        os._exit(4)

    begun = time.monotonic()
    with pytest.raises(Stopped, match="exit code 4"):
        limited(leaves, 60)
    assert time.monotonic() - begun < 15


def test_it_has_no_input_and_may_exit() -> None:
    assert limited(lambda: sys.stdin.read(), 60) == ""  # of its own
    with pytest.raises(Stopped, match="exit code 3"):
        limited(lambda: sys.exit(3), 60)


def test_it_ends_with_its_parent() -> None:
    """Also where the parent is killed."""
    told, tell = os.pipe()
    parent = os.fork()
    if not parent:
        os.close(told)
        limited(lambda: (os.write(tell, b"."), time.sleep(60)), 60)
        os._exit(0)
    os.close(tell)
    assert os.read(told, 1) == b"."
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    assert os.read(told, 1) == b""  # the last that could write has ended
    os.close(told)


def fails() -> None:
    raise ExpressionError("not there")
