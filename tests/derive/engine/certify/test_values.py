"""Values of limits with theorems: what stands in a claim, and what the theorem says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derive.engine.certify.values import of_values
from derive.engine.domain import Domain
from derive.engine.limits.values import resolve
from derive.expr.graph import Graph
from derive.language.names import names_in
from derive.language.reader import parse
from derive.proof.check import Theorem


def worked(claim: str, *given: str) -> list[Theorem | str]:
    g = Graph()
    scope = {n: g.symbol(n) for n in sorted({n for t in (claim, *given) for n in names_in(t)} - {"inf"})}
    condition, *held = (parse(t, scope, g, boolean=True) for t in (claim, *given))
    return list(of_values(resolve([condition], Domain(held)).worked))


@pytest.mark.parametrize(
    ("claim", "given", "says"),
    [
        ("limit(1/x, x, inf) == 0", (), "tends far"),
        ("limit(exp(x), x, inf) == inf", (), "grows far"),
        ("limit(log(x), x, 0, 1) == -inf", (), "falls from above"),
        ("limit(sin(x)/x, x, 0) == 1", (), "tends beside"),
        ("limit((1 - r)**t, t, inf) == 0", ("r > 0", "r < 2"), "tends far by steps"),
        ("limit((x + a)/x, x, -inf) == 1", ("a > x",), "tends far below"),
    ],
)
def test_what_a_theorem_says(claim: str, given: tuple[str, ...], says: str) -> None:
    (found,) = worked(claim, *given)
    assert isinstance(found, Theorem)
    assert found.sequent.conclusion.attr == says


def test_a_limit_in_a_limit_is_known_wherever_the_outer_variable_is() -> None:
    nested = "limit(limit(x*y/(x + 1), x, inf)/y, y, 0) == 1"
    for given in ((), ("y > 3",)):
        inner, outer = worked(nested, *given)
        assert isinstance(inner, Theorem)
        assert isinstance(outer, Theorem)
        assert not inner.sequent.hypotheses
    inner, outer = worked("limit(limit(abs(y)*x/(x + 1), x, inf)/y, y, 0, -1) == 1", "y > 3")
    assert isinstance(inner, str) or not inner.sequent.hypotheses


def test_values_without_a_certificate_are_told_by_name() -> None:
    assert worked("supremum(sin(x) + cos(x), x) == sqrt(2)") == ["supremum"]


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("supremum(x*exp(-x), x) == exp(-1)", ()),
        ("supremum(a*x - x**2, x) == a**2/4", ()),
        ("infimum(sigmoid(x), x) == 0", ()),
        ("supremum(x**2, x) == 4", ("x > -2", "x < 1")),
        ("supremum(1/x, x) == inf", ("x > 0",)),
        ("infimum(a*x**2, x) == 0", ("a >= 0",)),
    ],
)
def test_bounds(claim: str, given: tuple[str, ...]) -> None:
    (found,) = worked(claim, *given)
    assert isinstance(found, Theorem)


@pytest.mark.parametrize(
    "claim",
    [
        "limit(1/x, x, inf) == 0",
        "limit(log(x), x, inf) == inf",
        "supremum(x, x) == inf",
        "infimum(exp(x), x) == 0",
        "integral(x, x, 0, 1) == 1/2",
    ],
)
def test_no_theorem_says_another_value(claim: str) -> None:
    """Whatever the engine were to say: each value that is not the right one has no theorem."""
    g = Graph()
    (one,) = resolve([parse(claim, {"x": g.symbol("x")}, g, boolean=True)]).worked
    right = one.found
    values = [
        replace(right, side=side, value=g.add(right.value, g.const(more))) for side in (-1, 0, 1) for more in (0, 1)
    ]
    for found in values:
        same = found.side == right.side and (right.side or found.value is right.value)
        assert isinstance(next(of_values([replace(one, found=found)])), Theorem) == bool(same)
