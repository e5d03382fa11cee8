"""Signs of polynomials: what is told impossible happens at no sampled point, and what should be seen is seen."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.engine.algebra import signs
from derive.engine.algebra.normal import Normal
from derive.engine.algebra.polynomials import Quotient, Regrow, Ring
from derive.engine.algebra.signs import ANY, NEGATIVE, NONNEGATIVE, NONZERO, POSITIVE, ZERO, Signs
from derive.expr.graph import Graph, Node
from derive.flint import fmpq
from tests.banks.reading import nodes
from tests.banks.sampling import value
from tests.banks.strategies import scalar_expressions

MASKS = st.integers(1, 7)
NUMBERS = {POSITIVE: Fraction(2), ZERO: Fraction(0), NEGATIVE: Fraction(-3)}
ORDERS = {"gt": POSITIVE, "ge": NONNEGATIVE, "lt": NEGATIVE, "le": NEGATIVE | ZERO, "eq": ZERO, "ne": NONZERO}


def mask_of(v: object) -> int:
    return POSITIVE if v > 0 else NEGATIVE if v < 0 else ZERO  # type: ignore[operator]


def asked(n: Node, assuming: Sequence[Node]) -> tuple[int, bool]:
    """The mask of an expression under comparisons, and whether these were seen to contradict each other."""
    ring = Ring(n.graph)
    while True:
        known = Signs(ring)
        try:
            for c in assuming:
                nf = Normal(ring, known)
                nf.run(c.args)
                sides = [nf.values[a] for a in c.args]
                known.learn(ring.sub(*sides), ORDERS[c.op])  # type: ignore[arg-type]
            nf = Normal(ring, known)
            nf.run([n])
            found = nf.values[n]
            assert isinstance(found, Quotient)
            return known.of(found), known.contradiction
        except Regrow:
            continue


def plane() -> Ring:
    """A ring with two symbols for its first kernels."""
    ring = Ring(g := Graph())
    Normal(ring, Signs(ring)).run([g.symbol("x"), g.symbol("y")])
    return ring


# -- masks -----------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(MASKS, MASKS, st.integers(1, 4))
def test_masks_of_products_sums_and_powers_are_those_of_numbers(a: int, b: int, n: int) -> None:
    of_a, of_b = ([v for m, v in NUMBERS.items() if m & mask] for mask in (a, b))
    products = {mask_of(x * y) for x in of_a for y in of_b}
    assert signs.product(a, b) == sum(products)
    assert signs.power(a, n) == sum({mask_of(x**n) for x in of_a})
    assert signs.opposite(a) == sum({mask_of(-x) for x in of_a})
    sums = {mask_of(x * s + y * t) for x in of_a for y in of_b for s in (1, 9) for t in (1, 9)}
    sums |= {ZERO} if {mask_of(v) for v in of_a} & {mask_of(-v) for v in of_b} & {POSITIVE, NEGATIVE} else set()
    told = signs.total([a, b])
    assert not sum(sums) & ~told
    assert told == sum(sums) or NONZERO in (a, b)  # of which the sum is taken for any


# -- polynomials -----------------------------------------------------------------------------------

POLYNOMIALS = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 2)), st.integers(-4, 4).filter(bool), min_size=1, max_size=4
)
POINTS = st.fractions(-3, 3, max_denominator=3)


@settings(max_examples=60)
@given(POLYNOMIALS, st.lists(POLYNOMIALS, max_size=3), POINTS, POINTS)
def test_no_sign_that_a_point_has_is_ruled_out(asked: dict, facts: list[dict], x: Fraction, y: Fraction) -> None:
    """Facts that hold at a point, each as weak as ``>= 0`` or ``!= 0``, leave possible what is so at that point."""

    def at(terms: dict) -> Fraction:
        return sum((c * x**i * y**j for (i, j), c in terms.items()), Fraction(0))

    ring = plane()
    known = Signs(ring)
    for n, terms in enumerate(facts):
        now = mask_of(at(terms))
        known.learn_poly(ring.combination({e: fmpq(c) for e, c in terms.items()}), now | (ZERO if n % 2 else now))
    assert not known.contradiction
    assert known.mask(ring.combination({e: fmpq(c) for e, c in asked.items()})) & mask_of(at(asked))


@settings(max_examples=40)
@given(st.data(), POINTS, POINTS)
def test_no_sign_that_an_expression_has_is_ruled_out(data: st.DataObject, x: Fraction, y: Fraction) -> None:
    g = Graph()
    symbols = [g.symbol("x"), g.symbol("y")]
    unary = ("exp", "sigmoid", "tanh", "abs", "erf", "sin")
    f, h = (data.draw(scalar_expressions(g, symbols, size=5, unary=unary)) for _ in range(2))
    point = dict(zip(symbols, (x, y), strict=True))
    v, w = value(f, point), value(h, point)
    assume(v is not None and w is not None and abs(v) < 10**6 and abs(w) < 10**6)
    assume(all(isinstance(u, Fraction) or abs(u) > 1e-30 for u in (v, w)))  # what is too close to call
    sign = {1: "gt", 2: "eq", 4: "lt"}[mask_of(w)]
    found, contradiction = asked(f, [g.call(sign, h, g.zero)])
    assert not contradiction
    assert found & mask_of(v)


@pytest.mark.parametrize(
    ("text", "assuming", "mask"),
    [
        ("x**2 + 1", [], POSITIVE),
        ("x**2 - 2*x + 1", [], NONNEGATIVE),
        ("x**2 + x*y + y**2 + 1", [], POSITIVE),  # by its discriminant
        ("x**4 + x + 1", [], POSITIVE),  # no real root
        ("x**4 + x - 1", [], ANY),
        ("x**3 - 3*x + 1", ["x >= 2"], POSITIVE),  # its roots lie below
        ("x*y", ["x > 0", "y < 0"], NEGATIVE),
        ("x", ["x*y > 0", "y > 0"], POSITIVE),
        ("x", ["x*y != 0"], NONZERO),
        ("2*x - 3*y", ["x > 2*y", "y > 0"], POSITIVE),  # linear arithmetic
        ("x - z", ["x > y", "y >= z"], POSITIVE),
        ("1 - x*y", ["x > 0", "y > 0", "x < 1/y"], POSITIVE),
        ("r - x", ["abs(x) < r"], POSITIVE),
        ("r + x", ["abs(x) < r"], POSITIVE),
        ("abs(x)", ["x != 0"], POSITIVE),
        ("sqrt(x)", ["x != 0"], POSITIVE),
        ("log(x)", ["x > 1"], POSITIVE),
        ("log(x)", ["x > 0", "x < 1"], NEGATIVE),
        ("2 - sin(x)", [], POSITIVE),
        ("1 - erf(x)", [], POSITIVE),
        ("1 + cos(x)", [], NONNEGATIVE),
        # exp(u) - exp(v) has the sign of u - v, and the other way round
        ("exp(x) - 1", ["x > 0"], POSITIVE),
        ("tanh(x)", ["x < 0"], NEGATIVE),
        ("exp(x/3) - exp(y)", ["x > 3*y"], POSITIVE),
        ("exp(x*y) - exp(y)", ["x > 1", "y < 0"], NEGATIVE),
        ("exp(-x/y) - 1", ["x > 0", "y > 0"], NEGATIVE),
        ("x - y", ["exp(x) > exp(y)"], POSITIVE),
        ("x", ["sigmoid(x) != 1/2"], NONZERO),
        ("exp(x) - 2", ["x > 0"], ANY),
    ],
)
def test_what_should_be_seen_is_seen(text: str, assuming: list[str], mask: int) -> None:
    found, *given_ = nodes(text, *assuming)
    assert asked(found, given_) == (mask, False)


@pytest.mark.parametrize(
    "assuming",
    [["x > 0", "x < 0"], ["x > y", "y > z", "z >= x"], ["x**2 < 0"], ["x*y > 0", "x < 0", "y > 0"], ["exp(x) <= 0"]],
)
def test_what_contradicts_itself_is_seen_to(assuming: list[str]) -> None:
    zero, *given_ = nodes("x", *assuming)
    assert asked(zero, given_)[1]


def test_a_copy_learns_apart() -> None:
    ring = plane()
    x = ring.combination({(1,): fmpq(1)})
    known = Signs(ring)
    known.learn_poly(x, NONNEGATIVE)
    twin = known.copy()
    twin.learn_poly(x, NONZERO)
    assert (known.mask(x), twin.mask(x)) == (NONNEGATIVE, POSITIVE)
