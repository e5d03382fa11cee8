"""What the rules say that expressions do in the end is seen close to the point, in balls that know nothing of limits."""

from __future__ import annotations

from itertools import product

import pytest

from derive.errors import Rejected, UndefinedValue
from derive.expr.graph import Graph
from derive.flint import arb, fmpq
from derive.language.reader import parse
from derive.numbers.balls import evaluate, precision
from derive.proof.axioms import Unknown
from derive.proof.evaluation import Evaluated
from derive.proof.rules.ends import End, Ends
from derive.proof.signs import NEGATIVE, NONZERO, POSITIVE, ZERO

BITS = 800
CLOSE = fmpq(1, 2**40), fmpq(1, 2**500)
TINY = arb(2) ** -100
FAR = fmpq(193, 3), fmpq(12_289, 3)

#: What is put into one another, of x.
INNER = (
    "x",
    "-x",
    "x - 1",
    "x**2",
    "1/x",
    "exp(x)",
    "log(abs(x))",
    "x + abs(x)",
    "3",
    "sin(x)",
    "sqrt(abs(x))",
    "0*x",
    "1 - 2*x",
)
OUTER = (
    "u + v", "u - v", "u*v", "u/v", "max(u, v)", "min(u, u*v)", "where(u > v, u, v)", "abs(u)*sign(v)", "exp(u)*v", "log(u)",
    "sqrt(u)", "u**v", "u**3", "u**(-2)", "tanh(u)", "sigmoid(u)", "atan(u) + v", "erf(u*v)", "Phi(u)", "relu(u) - v", "expm1(u)",
    "log1p(u)", "cos(u)", "select(u, v, 1)", "logaddexp(u, v)", "where(u >= 0 and v < 1, 1/u, 2)", "where(not (u == v), u, 1)",
)  # fmt: skip

#: Where x goes: a point, the signs of its distance from there, and values of x on the way.
PLACES = {
    "0 from above": ("0", POSITIVE, CLOSE),
    "0 from below": ("0", NEGATIVE, [-d for d in CLOSE]),
    "0": ("0", NONZERO, [CLOSE[0], -CLOSE[1]]),
    "1 from below": ("1", NEGATIVE, [1 - d for d in CLOSE]),
    "far": (None, POSITIVE, FAR),
    "far below": (None, NEGATIVE, [-d for d in FAR]),
}


def sign(v: arb) -> int:
    """The signs that a number may have."""
    return (POSITIVE if not v <= 0 else 0) | (ZERO if v.contains(0) else 0) | (NEGATIVE if not v >= 0 else 0)


@pytest.mark.parametrize("outer", OUTER)
@pytest.mark.parametrize("place", PLACES)
def test_what_is_said_is_seen(outer: str, place: str) -> None:
    at, mask, points = PLACES[place]
    g = Graph()
    x = g.symbol("x")
    with precision(BITS):
        for pair in product(INNER, INNER[:1] if "v" not in outer else INNER[::2]):
            u, v = (parse(t, {"x": x}, g) for t in pair)
            f = parse(outer, {"u": u, "v": v}, g)
            made = Evaluated((), [g.zero], 128, ())
            ends = Ends(made, x, None if at is None else parse(at, {}, g), mask, {})
            try:
                found = ends.of(f)
            except (Unknown, Rejected):
                continue
            values = [evaluate([f], {x: p}, BITS)[0] for p in points]
            assert not any(isinstance(v, UndefinedValue) for v in values), pair
            if not any(isinstance(v, Exception) for v in values):  # numbers that are too large for balls
                seen([arb(v) for v in values], found, pair)


def seen(values: list[arb], found: End, said: object) -> None:
    before, there = values
    assert sign(there) & found.sign, said
    if found.infinite:
        assert abs(there) > abs(before), said
    elif found.value is not None:
        made = found.ends.made
        top, bottom = made.number(found.value.num), made.number(found.value.den)
        assert top is not None
        assert bottom is not None
        limit = top / bottom
        assert not abs(there - limit) > abs(before - limit) + TINY, said
        assert abs(there - limit) < 1, said
        assert sign(there - limit) & found.mask, said


def test_parameters_have_the_signs_that_hypotheses_give() -> None:
    g = Graph()
    x, a = g.symbol("x"), g.symbol("a")
    scope = {"x": x, "a": a}
    for held, f, shown in [
        ("a > 0", "a*x", POSITIVE),
        ("a < 0", "a*x", NEGATIVE),
        ("a < 1", "x**(1 - a)", POSITIVE),
        ("a > 2", "x**2*(1 - a)", NEGATIVE),
    ]:
        made = Evaluated([parse(held, scope, g, boolean=True)], [g.zero], 64, ())
        found = Ends(made, x, None, POSITIVE, {}).of(parse(f, scope, g))
        assert (found.infinite, found.mask) == (True, shown)
    made = Evaluated([parse("a >= 0", scope, g, boolean=True)], [g.zero], 64, ())
    with pytest.raises(Unknown):
        Ends(made, x, None, POSITIVE, {}).of(parse("a*x", scope, g))


def test_known_ends_are_taken() -> None:
    g = Graph()
    x = g.symbol("x")
    f = parse("x*exp(-x) + 1", {"x": x}, g)
    part = f.args[0]
    made = Evaluated((), [g.zero], 64, ())
    with pytest.raises(Unknown):
        Ends(made, x, None, POSITIVE, {}).of(f)
    found = Ends(made, x, None, POSITIVE, {part: (g.zero, 0)}).of(f)
    assert found.value is not None
    assert found.value.constant == 1
    assert Ends(made, x, None, POSITIVE, {part: (None, NEGATIVE)}).of(f).mask == NEGATIVE
