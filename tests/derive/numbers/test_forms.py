"""Polynomials as keys: one form for each, whatever way it was computed, and what is read off it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from derive.flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from derive.numbers.forms import Forms, factored

VARIABLES = 4
SMALL = fmpq_mpoly_ctx.get([f"x{i}" for i in range(VARIABLES)], Ordering.degrevlex)
LARGE = fmpq_mpoly_ctx.get([f"x{i}" for i in range(2 * VARIABLES)], Ordering.degrevlex)

exponents = st.tuples(*(st.integers(0, 3) for _ in range(VARIABLES)))
terms = st.dictionaries(exponents, st.fractions(-3, 3, max_denominator=3), max_size=4)


def poly(of: dict[tuple[int, ...], Fraction], ctx: Any = SMALL) -> Any:
    tail = (0,) * (ctx.nvars() - VARIABLES)
    return fmpq_mpoly({(*e, *tail): fmpq(c.numerator, c.denominator) for e, c in of.items()}, ctx)


@given(st.lists(terms, max_size=8))
def test_forms_are_the_same_where_polynomials_are(all_terms: list[dict[tuple[int, ...], Fraction]]) -> None:
    form, polys = Forms(), [poly(t) for t in all_terms]
    for p in polys:
        for q in polys:
            assert (form(p) is form(q + p - p)) == (p == q)


@given(terms)
def test_what_is_read_off_a_polynomial_is_the_polynomial(of: dict[tuple[int, ...], Fraction]) -> None:
    form, p = Forms(), poly(of)
    f = form(p)
    whole = SMALL.constant(0)
    for e, c in f.terms.items():
        product = SMALL.constant(c)
        for i, n in e:
            product *= SMALL.gens()[i] ** n
        whole += product
    assert whole == p
    assert f.degrees == {i: int(n) for i, n in enumerate(p.degrees()) if n > 0}
    if p != 0:
        monic = form.monic(f)
        assert monic.poly * p.leading_coefficient() == p
        assert form.monic(monic) is monic


@given(st.lists(terms, max_size=8))
def test_forms_move_to_a_ring_of_more_variables(all_terms: list[dict[tuple[int, ...], Fraction]]) -> None:
    form = Forms()
    before = [form(poly(t)) for t in all_terms]
    tail = (0,) * VARIABLES
    form.move(lambda p: fmpq_mpoly({(*e, *tail): c for e, c in p.to_dict().items()}, LARGE))
    assert [form(poly(t, LARGE)) for t in all_terms] == before


@given(st.lists(terms, min_size=1, max_size=3), st.integers(1, 3))
def test_factors_are_those_that_flint_finds_among_all_variables(
    all_terms: list[dict[tuple[int, ...], Fraction]], n: int
) -> None:
    whole = LARGE.constant(1)
    for of in all_terms:
        whole *= poly(of, LARGE) ** n
    if whole != 0:
        content, parts = factored(Forms()(whole))
        expected, factors = whole.factor()
        assert (content, parts) == (expected, [(f, int(k)) for f, k in factors])
