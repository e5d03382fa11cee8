"""Series of numbers, enclosed: the balls hold what mpmath finds, at every precision; what is not shown to converge has none."""

from __future__ import annotations

import mpmath
import pytest

from derive.engine.domain import Domain
from derive.engine.limits import Unsettled
from derive.engine.limits.enclosed_series import ByRatio, ByZeros, enclosed
from derive.engine.limits.terms import Term
from derive.expr.graph import Graph
from derive.flint import arb
from derive.language.reader import parse
from derive.numbers.balls import evaluate, precision

CASES = [
    ("1/(k**2 + 1)", lambda k: 1 / (k**2 + 1), ByZeros),
    ("(3*k + 1)/(k**4 + k + 1)", lambda k: (3 * k + 1) / (k**4 + k + 1), ByZeros),
    ("(-1)**k/(k**2 + 1)", lambda k: (-1) ** int(k) / (k**2 + 1), ByZeros),
    ("(-1)**(k + 1)*k/(k**2 + k + 5)", lambda k: (-1) ** (int(k) + 1) * k / (k**2 + k + 5), ByZeros),
    ("factorial(k)**2/factorial(2*k)", lambda k: mpmath.fac(k) ** 2 / mpmath.fac(2 * k), ByRatio),
    ("1/(factorial(k)*factorial(k + 1))", lambda k: 1 / (mpmath.fac(k) * mpmath.fac(k + 1)), ByRatio),
    ("(-2)**k/((k**2 + 1)*factorial(k))", lambda k: mpmath.mpf(-2) ** int(k) / ((k**2 + 1) * mpmath.fac(k)), ByRatio),
    ("(9/10)**k/(k**2 + 1)", lambda k: mpmath.mpf("0.9") ** int(k) / (k**2 + 1), ByRatio),
    ("exp(-k)/(k**2 + 3)", lambda k: mpmath.exp(-k) / (k**2 + 3), ByRatio),
]


@pytest.mark.parametrize(("text", "function", "kind"), CASES, ids=[c[0] for c in CASES])
def test_enclosures(text: str, function: object, kind: type) -> None:
    g = Graph()
    body, index, low = parse(f"sum({text} for k in range(0, inf))", {"": g.zero}, g).args
    node = enclosed(Term(body, index, low, Domain([])), "shown")
    if node.op != "computed":
        pytest.skip("it is zero at its start")
    assert isinstance(node.attr, kind)
    with mpmath.workdps(40):
        expected = mpmath.nsum(function, [0, mpmath.inf])
        text_of = mpmath.nstr(expected, 32)
    for bits in (64, 192):
        (found,) = evaluate([node], {}, bits)
        with precision(bits):
            assert found.rel_accuracy_bits() > bits - 40
            assert abs(found - arb(text_of)) < arb(10) ** -16


@pytest.mark.parametrize(
    "text",
    ["1/(k + 1)", "k/(k**2 + 1)", "2**k/(k + 1)", "1", "a/(k**2 + 1)", "1/(k**2 + 1)**2", "(-1)**k*k**2/(k**2 + 1)"],
)
def test_what_is_not_enclosed(text: str) -> None:
    g = Graph()
    body, index, low = parse(f"sum({text} for k in range(0, inf))", {"a": g.symbol("a")}, g).args
    with pytest.raises(Unsettled):
        enclosed(Term(body, index, low, Domain([])), "shown")
