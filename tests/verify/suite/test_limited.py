"""A piece of work in a process of its own."""

from __future__ import annotations

import os
import time

import pytest

from derive.errors import ExpressionError
from verify.suite.held import GIB
from verify.suite.limited import Stopped, limited


def test_an_answer_comes_back() -> None:
    assert limited(lambda: {"a": (1, os.getpid())}, 60)["a"][1] != os.getpid()


def test_what_it_raises_is_raised() -> None:
    def fails() -> None:
        raise ExpressionError("no such thing")

    with pytest.raises(ExpressionError, match="no such thing"):
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
