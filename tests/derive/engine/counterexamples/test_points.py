"""Points of a domain lie in it, and what is said of them is what a second evaluation says."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.engine.counterexamples.constraints import constraints
from derive.engine.counterexamples.instances import instances
from derive.engine.counterexamples.points import Sampler
from derive.engine.counterexamples.shown import both_shown, shown
from derive.engine.counterexamples.simple_numbers import simplest
from derive.engine.domain import Domain
from derive.expr.graph import Graph, Node, topological
from derive.language.abstract import function
from derive.language.reader import parse
from derive.numbers.balls import rational
from tests.banks.reading import nodes
from tests.banks.sampling import Close, equal, value
from tests.banks.strategies import scalar_expressions

DOMAINS = [
    (["x > 0"], {}),
    (["x > 3", "y < x"], {}),
    (["x**2 + y**2 == 1"], {}),
    (["x + y == 1", "x >= 0", "y >= 0"], {}),
    (["x*y == 1"], {}),
    (["abs(x) < 1/10", "y != x"], {}),
    (["x < 0 or y > 5"], {}),
    (["not (x <= 2)"], {}),
    (["x > y", "y > z", "z > 10"], {}),
    (["exp(x) < y"], {}),
    (["x == y"], {"x": (Fraction(1, 3), Fraction(1, 2))}),
    ([], {"x": (Fraction(7), None), "y": (None, Fraction(-2))}),
]


@pytest.mark.parametrize(("texts", "ends"), DOMAINS, ids=lambda v: str(v) if isinstance(v, list) else "")
def test_points_lie_in_their_domain(texts: list[str], ends: dict[str, tuple]) -> None:
    g = Graph()
    scope = {n: g.symbol(n) for n in "xyz"}
    domain = Domain([parse(t, scope, g) for t in texts], {scope[n]: e for n, e in ends.items()})
    whole = parse("x + y + z", scope, g)
    sampler = Sampler(whole, whole, domain)
    inside = 0
    for point in sampler.points(12):
        if sampler.judge(point).kind != "same":
            continue
        inside += 1
        assert all(value(c, point) is True for c in domain.hypotheses if c.op != "eq")
        assert all(equal(*(value(s, point) for s in c.args)) for c in domain.hypotheses if c.op == "eq")
        for s, (low, high) in domain.ranges.items():
            assert low is None or low <= point[s]
            assert high is None or point[s] <= high
    assert inside


@settings(max_examples=25)
@given(st.data())
def test_what_is_judged_is_so(data: st.DataObject) -> None:
    g = Graph()
    symbols = [g.symbol("x"), g.symbol("y")]
    unary = ("exp", "log", "sqrt", "abs", "relu", "tanh")
    a, b = (data.draw(scalar_expressions(g, symbols, size=4, unary=unary)) for _ in range(2))
    sampler = Sampler(a, b, Domain([g.call("gt", symbols[0], g.zero)]))
    for point in sampler.points(4):
        full: dict[Node, Fraction] = dict.fromkeys(symbols, Fraction(0)) | dict(point)
        kind = sampler.judge(point).kind
        try:
            left, right = value(a, full), value(b, full)
        except Close:
            continue
        if kind == "differ":
            assert left is not None
            assert right is not None
            assert not equal(left, right)
        elif kind in ("left", "right", "neither"):
            assert [left is None, right is None] == {"left": [True, False], "right": [False, True]}.get(
                kind, [True] * 2
            )
        elif kind == "same" and None not in (left, right):
            assert equal(left, right)
        elif kind == "outside":
            assert full[symbols[0]] <= 0


@settings(max_examples=25)
@given(st.fractions(-5, 5, max_denominator=50), st.fractions(min_value="1/200", max_value=3, max_denominator=200))
def test_the_simplest_fraction_lies_between_and_none_is_simpler(low: Fraction, width: Fraction) -> None:
    found = simplest(low, low + width)
    assert low < found < low + width
    for d in range(1, found.denominator):  # no fraction of a smaller denominator lies strictly between
        below = (low * d).__floor__() + 1
        assert Fraction(below, d) >= low + width


def test_a_point_is_made_simpler_as_long_as_it_may() -> None:
    a, b = nodes("x**2 + y", "x + y")
    sampler = Sampler(a, b, Domain())
    x, y = sampler.symbols
    found = sampler.simpler({x: Fraction(17, 5), y: Fraction(9, 7)}, lambda p: sampler.judge(p).kind == "differ")
    assert value(a, found) != value(b, found)
    assert found[y] == 0
    assert abs(found[x]) < 3


def test_intervals_hold_the_domain() -> None:
    (n, *given_) = nodes("x + y", "x > 1/3", "x <= 2", "y >= sqrt(2)")
    sampler = Sampler(n, n, Domain(given_))
    x, y = sampler.symbols
    assert sampler.interval(x) == (Fraction(1, 3), False, Fraction(2), True)
    low, _, high, _ = sampler.interval(y)
    assert low is not None
    assert low**2 <= 2 < (low + Fraction(1, 10**9)) ** 2
    assert high is None


def test_conditions_demand_signs() -> None:
    (c,) = nodes("not (x > y or x**2 == 1) and y >= 0")
    assert sorted(mask for _, mask in constraints(c)) == sorted([6, 5, 3])


@pytest.mark.parametrize(
    ("left", "right"),
    [(Fraction(1, 3), Fraction(1, 4)), (Fraction(10**30 + 1, 3), Fraction(10**30, 3))],
)
def test_two_values_are_shown_as_two(left: Fraction, right: Fraction) -> None:
    a, b = both_shown(rational(left), rational(right))
    assert a != b
    assert shown(rational(Fraction(1, 3))) == "1/3"


def test_examples_replace_every_abstract_function() -> None:
    g = Graph()
    scope = {"x": g.symbol("x"), "phi": function(g, "phi", 1)}
    claim = parse("phi(2*x) == 2*phi(x)", scope, g)
    found = list(instances([claim]))
    assert found
    assert not any(n.op == "apply" for e in found for n in topological(e.nodes))
    point = {scope["x"]: Fraction(2)}
    answers = {e.said: equal(*(value(s, point) for s in e.nodes[0].args)) for e in found}
    assert answers["phi(t) = t"]
    assert not answers["phi(t) = t**2"]
    assert {e.said for e in found if e.constant} == {"phi(t) = 1"}
    assert list(instances(nodes("x + 1"))) == []
