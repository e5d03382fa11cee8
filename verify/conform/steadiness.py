"""Why equal calls give unlike results: a callable that draws random numbers, or one that keeps something between its calls."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from verify.conform.formats import Array
from verify.conform.inspection import names_of
from verify.conform.outcome import UNSTEADY
from verify.conform.settings import GENERATORS, kept

RANDOM, STATE = UNSTEADY
SEED = 12345

#: What stands in the names that code draws random numbers, or the time, by.
WORDS = ("rand", "dropout", "bernoulli", "default_rng", "generator", "shuffle", "permut", "perf_counter")
WORDS_IN_FULL = ("normal", "uniform", "time")

TEXTS = {
    RANDOM: "two calls with equal inputs gave different results",
    STATE: "it keeps something between calls: what it gives hangs on the calls before",
}


def why(function: Any, call: Callable[[], Array]) -> str:
    """Of a callable that gave unlike results in equal calls, ``RANDOM`` or ``STATE``: random is what speaks of it, and what the
    same seed gives the same result, and no seed another."""
    if any(_speaks(n) for n in names_of(function)):
        return RANDOM
    before, after = call(), call()
    if _same(before, after):
        return STATE  # it has settled
    with _seeded():
        before = call()
    with _seeded():
        after = call()
    return RANDOM if _same(before, after) else STATE


def _speaks(name: str) -> bool:
    name = name.lower()
    return name in WORDS_IN_FULL or any(w in name for w in WORDS)


def _same(a: Array, b: Array) -> bool:
    return bool(np.array_equal(a, b, equal_nan=True))


@contextmanager
def _seeded() -> Iterator[None]:
    """With the same seed of all global generators, which go on afterwards where they stood."""
    with kept():
        for name, (_, _, seed) in GENERATORS.items():
            if name in sys.modules:
                seed(sys.modules[name], SEED)
        yield
