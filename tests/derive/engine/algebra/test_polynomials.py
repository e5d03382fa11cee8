"""Arithmetic of quotients, held to fractions at points; relations of algebraic kernels; limits."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.budget import Unwieldy
from derive.engine.algebra.normal import Normal
from derive.engine.algebra.polynomials import Poly, Quotient, Regrow, Ring, limited, monomials
from derive.engine.algebra.signs import Signs
from derive.expr.graph import Graph
from derive.flint import fmpq
from tests.banks.sampling import value as sampled

TERMS = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 2)), st.integers(-3, 3).filter(bool), min_size=1, max_size=4
)
POINT = (fmpq(7, 3), fmpq(-5, 2))  # no zero of a denominator by chance: of such small ones it is looked at


def plane() -> Ring:
    ring = Ring(g := Graph())
    Normal(ring, Signs(ring)).run([g.symbol("x"), g.symbol("y")])
    return ring


def at(p: Poly) -> fmpq:
    return sum((c * POINT[0] ** int(e[0]) * POINT[1] ** int(e[1]) for e, c in p.terms()), fmpq(0))


def value(x: Quotient) -> fmpq:
    return at(x.num) / at(x.den)


@settings(max_examples=40)
@given(TERMS, TERMS, TERMS, TERMS, st.integers(-3, 3))
def test_arithmetic_is_that_of_numbers(a: dict, b: dict, c: dict, d: dict, n: int) -> None:
    ring = plane()
    p, q, r, s = (ring.combination({e: fmpq(v) for e, v in t.items()}) for t in (a, b, c, d))
    if not all(map(at, (p, q, r, s))):
        return
    x, y = ring.make(p, q), ring.make(r, s)
    assert value(ring.add(x, y)) == value(x) + value(y)
    assert value(ring.sub(x, y)) == value(x) - value(y)
    assert value(ring.mul(x, y)) == value(x) * value(y)
    assert value(ring.div(x, y)) == value(x) / value(y)
    assert value(ring.power(x, n)) == value(x) ** n
    assert (ring.difference(x, y) == 0) == (ring.sub(x, y).num == 0)
    for made in (x, y, ring.mul(x, y)):  # lowest terms
        assert made.num.gcd(made.den).is_one()
        assert made.den.leading_coefficient() == 1


@settings(max_examples=25)
@given(TERMS, TERMS)
def test_factors_multiply_to_the_whole(a: dict, b: dict) -> None:
    ring = plane()
    p = ring.times(*(ring.combination({e: fmpq(v) for e, v in t.items()}) for t in (a, b)))
    content, parts = ring.factor(p)
    product = ring.one_poly * content
    for f, n in parts:
        product *= f**n
    assert product == p
    assert sum((m * c for m, c in monomials(p, ring.ctx)), ring.zero_poly) == p


def test_nothing_is_divided_by_zero() -> None:
    ring = plane()
    with pytest.raises(ZeroDivisionError):
        ring.div(ring.one, ring.zero)


def test_a_relation_reduces_powers() -> None:
    ring = plane()
    x = ring.gens[0]
    root = ring.kernel(("root", "x"), lambda: ring.graph.symbol("r"), frozenset(), (x,), (3, x))  # r**3 = x
    r = ring.gen(root)
    assert ring.reduce(r**7) == r * x**2
    assert ring.difference(ring.poly(r**3), ring.poly(x)) == 0
    assert ring.difference(ring.poly(r**2), ring.poly(x)) != 0


def test_meanings_stay_as_the_ring_grows() -> None:
    ring = Ring(g := Graph())
    nf = Normal(ring, Signs(ring))
    symbols = [g.symbol(f"x{i}") for i in range(17)]  # more than it has room for
    nf.run(symbols[:2])
    product = ring.times(ring.gens[0], ring.gens[1])
    before = ring.key(product)
    room = ring.room
    with pytest.raises(Regrow):
        Normal(ring, Signs(ring)).run(symbols)
    assert ring.room == 2 * room
    assert ring.key(ring.times(ring.gens[0], ring.gens[1])) == before


@settings(max_examples=20)
@given(TERMS)
def test_a_polynomial_written_is_read_back(a: dict) -> None:
    ring = plane()
    p = ring.combination({e: fmpq(v) for e, v in a.items()})
    g = ring.graph
    point = {g.symbol("x"): Fraction(7, 3), g.symbol("y"): Fraction(-5, 2)}
    exact = at(p)
    assert sampled(ring.node(p), point) == Fraction(int(exact.p), int(exact.q))


def test_what_grows_too_large_is_given_up() -> None:
    ring = plane()
    p = ring.gens[0] + ring.gens[1] + 1
    with pytest.raises(Unwieldy, match="terms"):
        ring.raised(p, 10**4)
    with limited(40):
        ring.times(p, p)
        with pytest.raises(Unwieldy, match="steps"):
            ring.times(p, p)
