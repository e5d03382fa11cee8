"""The quantile of the normal distribution for arrays, held to mpmath from the middle to both ends."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from derive.expr.graph import Graph
from derive.language.reader import parse
from verify.backends.numpy_source import compile_numpy

EPS = 2.0**-52


def compiled(text: str, x: np.ndarray) -> np.ndarray:
    g = Graph()
    s = g.symbol("x")
    return compile_numpy([parse(text, {"x": s}, g)], [s])(x)[0]


@pytest.mark.parametrize("op", ["erfinv", "probit", "probit_odds"])
def test_it_has_the_digits_that_its_argument_has(op: str) -> None:
    far = np.array([1e-300, 1e-60, 1e-11, 1e-3, 0.0749, 0.0751, 0.3, 0.5, 0.77, 0.93, 0.999, 1 - 2**-40, 1 - 2**-53])
    x = (
        np.concatenate([-far, [0.0], far])
        if op == "erfinv"
        else far
        if op == "probit"
        else np.concatenate([far, 1 / far])
    )
    found = compiled(f"{op}(x)", x)
    with mpmath.workdps(60):
        for v, got in zip(x, found, strict=True):
            m = mpmath.mpf(float(v))
            less = min(m, 1 / m) if m else m
            tail = {"erfinv": (1 - abs(m)) / 2, "probit": min(m, 1 - m), "probit_odds": less / (1 + less)}[op]
            z = mpmath.mpf(float(got)) * (mpmath.sqrt(2) if op == "erfinv" else 1)
            # Phi of the answer against the probability, by the error that a relative one of the answer makes there
            there = mpmath.erfc(abs(z) / mpmath.sqrt(2)) / 2
            density = mpmath.exp(-z * z / 2) / mpmath.sqrt(2 * mpmath.pi)
            assert (
                abs(there - tail) <= 8 * EPS * (abs(z) * density + (tail if op == "probit_odds" else 0)) + 1e-40 * tail
            )


@pytest.mark.parametrize(
    ("op", "x"), [("erfinv", 1.0), ("erfinv", -1.5), ("probit", 0.0), ("probit", 1.0), ("probit_odds", 0.0)]
)
def test_it_has_no_value_beyond_its_ends(op: str, x: float) -> None:
    assert np.isnan(compiled(f"{op}(x)", np.array([x]))).all()
