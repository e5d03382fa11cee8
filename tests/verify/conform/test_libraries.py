"""What the catalogue of NumPy, SciPy, JAX and scikit-learn asked of the comparison: each rule by callables of NumPy or Torch."""

from __future__ import annotations

import functools
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from derive import api
from derive.expr.graph import free_symbols
from derive.flint import arb, fmpq
from derive.numbers.balls import precision
from verify.commands.audit import _table
from verify.conform import conform
from verify.conform.callables import is_own
from verify.conform.formats import FORMATS
from verify.conform.measure import conditions
from verify.conform.outcome import Conformance
from verify.conform.running import Running
from verify.conform.truth import Truth


def own(x: Any) -> Any:
    return x


def found_of(found: Conformance, kind: str) -> list[str]:
    return [f.text for f in found.findings if f.kind == kind]


@pytest.mark.parametrize(
    "function", [np.exp, np.sinc, np.linalg.norm, np.add.reduce, torch.tanh, torch.special.ndtr, torch.nn.GELU]
)
def test_what_is_of_a_library(function: Any):
    assert not is_own(function)


@pytest.mark.parametrize(
    "function",
    [
        own,
        lambda x: np.exp(x),
        functools.partial(own),
        np.vectorize(own),
        np.frompyfunc(own, 2, 1),
        np.frompyfunc(own, 2, 1).reduce,
    ],
)
def test_what_is_ones_own(function: Any):
    assert is_own(function)


def test_the_condition_is_measured_over_the_change_that_a_format_makes():
    node = api.parse("exp(x)")
    truth = Truth([node], sorted(free_symbols([node]), key=lambda n: n.id))
    x = np.array([23.78574341315139, 16.0, 31.9])  # whose last place is 0.5 to 1 epsilons of them
    (exact,) = truth([x], FORMATS["float64"])
    found = conditions(truth, 0, [x], exact, FORMATS["float64"].epsilon)
    assert np.allclose(found, x, rtol=1e-3)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("sqrt((x - 1/3)**2)", 1 / 3),
        ("sqrt(x**2 - 2*x/3 + (1/3)**2 + abs(x - x))", 1 / 3),
        ("sqrt(abs(x - 0.1))", 0.1),
        ("sqrt(0.1*x*x + exp(x) - exp(x))", 0.0),
    ],
)
def test_the_error_of_a_root_near_0_covers_the_exact_value(text: str, at: float):
    node = api.parse(text)
    (symbol,) = free_symbols([node])
    running = Running([node], [symbol])
    (bounded,) = running(np.array([at]))
    with precision(300):
        inside = {
            "sqrt((x - 1/3)**2)": abs(arb(fmpq(*Fraction(at).as_integer_ratio())) - arb(1) / 3),
            "sqrt(abs(x - 0.1))": abs(arb(fmpq(*Fraction(at).as_integer_ratio())) - arb(1) / 10).sqrt(),
        }.get(text)
        if inside is not None:
            assert np.isfinite(bounded.error[0])
            assert abs(inside - float(bounded.value[0])) <= float(bounded.error[0])
        else:  # what may be below 0 as far as it is written has no bound there
            assert bounded.error[0] == np.inf or bounded.value[0] > 0


def test_a_standard_deviation_of_equal_numbers_may_be_a_rounding_of_them():
    def std(z: Any) -> Any:  # of one's own, so that nothing is asked of squares beyond the format
        return np.std(z)

    assert conform(std, "sqrt(var(z))", shapes={"z": 7}).verdict == "conforms"


def test_of_0_over_0_nothing_is_due_where_the_limit_hangs_on_the_direction():
    def ratio(r: Any) -> Any:
        spread = r.max() - r.min()
        return (r - r.min()) / (spread if spread else 1)

    found = conform(ratio, "(r - min(r))/(max(r) - min(r))", shapes={"r": 3}, dtypes=["float64", "float32"])
    assert found.verdict == "conforms"


def test_the_dtype_that_comes_back_is_looked_at_in_every_format_and_setting():
    def widened(x: Any) -> Any:
        return np.tanh(x if x.dtype != np.float16 else x.astype(np.float64))

    assert found_of(conform(widened, "tanh(x)"), "other dtype") == ["float16 in, float64 out"]

    def by_default(x: Any) -> Any:
        return torch.tanh(x) + torch.zeros(x.shape)

    (text,) = found_of(conform(by_default, "tanh(x)"), "other dtype")
    assert "float16 in, float32 out" in text
    assert "float32 in, float64 out with default dtype float64" in text
    assert torch.get_default_dtype() == torch.float32


def test_the_last_digits_of_a_librarys_float64_are_told_and_ones_own_are_deviations():
    pytest.importorskip("scipy")
    from scipy import special

    library = conform(special.erfc, "erfc(x)", dtypes=["float64"])
    assert library.verdict == "conforms"
    assert "ulps" in library.outcomes[0].note
    assert conform(lambda x: special.erfc(x), "erfc(x)", dtypes=["float64"]).verdict == "deviates"


def test_jax_is_compared_without_and_with_x64():
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    found = conform(lambda x: jax.numpy.tanh(x) + jax.numpy.zeros(x.shape), "tanh(x)", dtypes=["float64", "float32"])
    (text,) = found_of(found, "other dtype")
    assert "float32 in, float64 out with jax_enable_x64" in text
    assert jax.config.jax_enable_x64 == before


def test_slopes_at_infinity_are_looked_at():
    found = conform(torch.nn.functional.silu, "silu(x)", dtypes=["float32"])
    slopes = {s.at: (s.computed, s.expected) for s in found.specials if s.at.startswith("slope")}
    exact = torch.tensor([float("-inf")], requires_grad=True)
    torch.nn.functional.silu(exact).sum().backward()
    assert slopes["slope at x = -inf"] == (repr(float(exact.grad)), "0.0")
    assert slopes["slope at x = 0.0"] == ("0.5", "0.5")


def test_what_is_not_installed_is_one_line():
    absent: Any = [
        SimpleNamespace(id=f"f{i}", verdict="skipped", reason="'nowhere' is not installed", paths=[]) for i in range(3)
    ]
    assert list(_table(absent, False)) == ["skipped 3 functions: 'nowhere' is not installed"]
