"""Where something is least: against what the conditions of Karush, Kuhn and Tucker give by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.engine.optima.minimum import Minimum
from derive.errors import ExpressionError, NotWrittenOut, Undetermined
from derive.expr.graph import Graph
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import precision, rational


def minimum(
    cost: str,
    at_most: tuple[str, ...] = (),
    equal: tuple[str, ...] = (),
    n: int = 1,
    box: tuple[int, int] | None = None,
) -> Minimum:
    g = Graph()
    x = g.symbol("x", (n,))
    f, *rest = (components(parse(t, {"x": x}, g))[0] for t in (cost, *at_most, *equal))
    ends = [(Fraction(box[0]), Fraction(box[1]))] * n if box else None
    return Minimum(x, f, rest[: len(at_most)], rest[len(at_most) :], ends)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=2, max_size=3))
def test_the_nearest_point_of_the_simplex(q: list[int]):
    cost = " + ".join(f"(x[{i}] - ({v}))**2" for i, v in enumerate(q))
    held = tuple(f"-x[{i}]" for i in range(len(q)))
    found = minimum(cost, held, (" + ".join(f"x[{i}]" for i in range(len(q))) + " - 1",), len(q)).solution({})
    ordered = sorted(q, reverse=True)  # Held, Wolfe and Crowder: shift by theta, cut off at 0
    theta = max(Fraction(sum(ordered[: k + 1]) - 1, k + 1) for k in range(len(q)))
    assert found == [rational(max(Fraction(v) - theta, Fraction(0))) for v in q]


def test_an_interior_minimizer_of_no_convex_function():
    with precision(128):
        (m,) = minimum("x[0]**4 - 3*x[0]**2 + x[0]", box=(-3, 3)).solution({})
        assert isinstance(m, arb)
        assert abs(m + 1.300839566) < 1e-8
        assert abs(4 * m**3 - 6 * m + 1) < 1e-20


@pytest.mark.parametrize(
    ("cost", "held", "box", "told"),
    [
        ("x[0]**4 - x[0]**2", (), (-3, 3), "at several points"),
        ("-x[0]**2", (), (-3, 3), "end of its range"),
        ("(x[0] - 9)**2", (), (-3, 3), "beside its range"),
        ("-x[0]**2", ("x[0] - 1", "-x[0]"), None, "not shown that what is to be least is convex"),
        ("x[0]**2", ("x[0]**2 - 1",), None, "not affine"),
        ("x[0]", ("x[0] - 1",), None, "no least value"),
        ("x[0]", ("1 - x[0]", "x[0]"), None, "nothing meets"),
        ("abs(x[0])", (), (-3, 4), "no point is shown"),
    ],
)
def test_what_is_not_shown_is_told(cost: str, held: tuple[str, ...], box: tuple[int, int] | None, told: str):
    with pytest.raises(Undetermined, match=told):
        minimum(cost, held, box=box).solution({})


def test_a_condition_that_holds_with_equality_and_no_force():
    assert minimum("x[0]**2", ("-x[0]",)).solution({}) == [fmpq(0)]


def test_a_range_or_conditions_are_needed_and_conditions_leave_no_derivative():
    with pytest.raises(ExpressionError, match="a range 'in' is needed"):
        minimum("x[0]**2")
    system = minimum("x[0]**2", ("1 - x[0]",))
    with pytest.raises(NotWrittenOut, match="held to conditions"):
        list(system.entries[0].pull(system.x.graph, system.made("x"), system.x, set()))
