"""Certificates that were once accepted for what is false: each shows nothing."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from derive.expr.graph import Graph
from derive.language.reader import parse
from derive.proof.certificates import (
    Alternatives,
    Certificate,
    Evaluation,
    Parts,
    Rule,
    Supposing,
)
from derive.proof.check import Rejected, check
from derive.proof.sequent import Sequent, eye

SEEN, ANALYTIC = Evaluation(), Rule("analytic", (), (Evaluation(),))

GENERIC = Rule("generic", (), ())


def cases_of_a_tensor() -> tuple[Sequent, Certificate]:
    """Each entry positive or negative does not make all of them one of the two."""
    g = Graph()
    x = g.symbol("x", (2,))
    either = g.call("or", g.call("gt", x, g.zero), g.call("lt", x, g.zero))
    product = g.mul(g.index(x, (0,)), g.index(x, (1,)))
    return Sequent((either,), g.call("gt", product, g.zero)), Alternatives(0, (SEEN, SEEN))


def supposing_of_a_tensor() -> tuple[Sequent, Certificate]:
    """One entry that is not positive does not make all of them so."""
    g = Graph()
    x = g.symbol("x", (2,))
    claim = g.call("or", g.call("gt", x, g.zero), g.call("le", g.sum(x), x))
    return Sequent((), claim), Supposing(Parts((SEEN, SEEN)))


def supposing_of_a_domain() -> tuple[Sequent, Certificate]:
    """A cube is convex where x >= 0, and that is not what is said where it is so."""
    g = Graph()
    claim = parse("convex(x**3, x) or x < 0", {"x": g.symbol("x")}, g, boolean=True)
    return Sequent((), claim), Supposing(Rule("hessian", (), (SEEN, Rule("minors", (), (SEEN, SEEN)))))


def a_point_that_is_the_variable() -> tuple[Sequent, Certificate]:
    """Away from sum(X) there is no point where X has one entry."""
    g = Graph()
    x = g.index(whole := g.symbol("X", (1,)), (0,))
    claim = g.node("property", (g.neg(x), x), "nondecreasing")
    rises = Rule("analytic", (), (Evaluation(),))
    return Sequent((), claim), Rule("locally", (g.sum(whole),), (rises, ANALYTIC))


def a_hypothesis_that_speaks_of_the_variable() -> tuple[Sequent, Certificate]:
    """sum(X) >= 10 says something of X[0], and not of the end of its range."""
    g = Graph()
    x = g.index(whole := g.symbol("X", (1,)), (0,))
    given = g.call("ge", g.sum(whole), g.const(10))
    claim = g.call("ge", g.sub(g.sub(g.sum(whole), g.const(5)), x), g.zero)
    rises = Rule("definition", (), (SEEN, SEEN))
    return Sequent((given,), claim), Rule("from the left", (x, g.zero), (SEEN, SEEN, rises))


def a_point_with_the_name_of_a_new_symbol() -> tuple[Sequent, Certificate]:
    """Of two points x and y0 of the domain none is y0."""
    g = Graph()
    x = g.symbol("x")
    claim = g.node("property", (g.neg(g.mul(x, x)), x), "convex")
    slope = g.neg(g.mul(g.const(2), x))
    return Sequent((), claim), Rule("slopes", (slope, g.symbol("y0")), (ANALYTIC, Evaluation(), ANALYTIC))


def every_size_is_not_one() -> tuple[Sequent, Certificate]:
    g = Graph()
    x = g.symbol("x", (1,))
    claim = g.call("eq", g.mul(g.sum(x), g.sum(x)), g.sum(g.mul(x, x)))
    return Sequent((), claim, ((1, "n"),)), GENERIC


def an_inverse_by_two_sizes_of_one_number() -> tuple[Sequent, Certificate]:
    """A right inverse of n by m is no left one."""
    g = Graph()
    a, b = g.symbol("A", (3, 3)), g.symbol("B", (3, 3))
    given = g.call("eq", g.matmul(a, b), eye(g, 3))
    return Sequent((given,), g.call("eq", g.matmul(b, a), eye(g, 3)), ((3, "n"), (3, "m"))), Rule("inverse", (), ())


def a_mean_over_two_sizes() -> tuple[Sequent, Certificate]:
    """3 by 4 entries are not 12 by any other sizes."""
    g = Graph()
    x = g.symbol("x", (3, 4))
    claim = parse("mean(x)*12 == sum(x)", {"x": x}, g, boolean=True)
    return Sequent((), claim, ((3, "n"), (4, "m"))), GENERIC


def minors_of_what_is_not_square() -> tuple[Sequent, Certificate]:
    g = Graph()
    rows = [g.stack([g.const(e) for e in row]) for row in ((1, 0, 0), (1, 5, 7))]
    return Sequent((), g.node("property", (g.stack(rows),), "positive_definite")), Rule("minors", (), (SEEN,) * 3)


def a_truth_taken_for_a_number() -> tuple[Sequent, Certificate]:
    """A condition is no variable: as a number it would count as true."""
    g = Graph()
    x = g.symbol("x")
    positive = g.call("gt", x, g.zero)
    claim = g.call("eq", g.call("where", positive, g.one, g.const(2)), g.one)
    return Sequent((), claim), Evaluation((positive,))


def two_conditions_denied() -> tuple[Sequent, Certificate]:
    g = Graph()
    positive = g.call("gt", g.symbol("x"), g.zero)
    return Sequent((), g.call("not", g.call("not", positive))), Evaluation((positive,))


def a_number_taken_for_a_truth() -> tuple[Sequent, Certificate]:
    g = Graph()
    x = g.symbol("x")
    return Sequent((), g.call("eq", g.call("where", x, g.one, g.const(2)), g.one)), SEEN


def what_contradicts_off_the_diagonal_alone() -> tuple[Sequent, Certificate]:
    """A matrix that is the identity and all ones is one of a single row."""
    g = Graph()
    a, one = g.symbol("A", (5, 5)), g.broadcast(g.one, (5, 5))
    given = (g.call("eq", a, eye(g, 5)), g.call("eq", a, one))
    return Sequent(given, g.call("eq", g.mul(g.zero, a), one), ((5, "n"),)), GENERIC


def subgradients_on_a_closed_domain() -> tuple[Sequent, Certificate]:
    """At the end of x >= 0 the identity has all slopes up to 1."""
    g = Graph()
    x = g.symbol("x")
    claim = g.node("property", (x, x, g.one, g.one, g.zero), "subdifferential")
    convex, slope = Rule("composition", (), (SEEN,)), ANALYTIC
    return Sequent((g.call("ge", x, g.zero),), claim), Rule("between slopes", (), (convex, SEEN, slope))


def a_bend_that_is_not_near() -> tuple[Sequent, Certificate]:
    """The piece has to be the function all around the point."""
    g = Graph()
    x = g.symbol("x")
    piece = g.neg(g.mul(x, x))
    f = g.call("where", g.call("gt", x, g.zero), g.zero, g.zero)
    claim = g.call("not", g.node("property", (f, x), "convex"))
    return Sequent((), claim), Rule("bend", (g.one, g.zero, piece), (SEEN, SEEN, SEEN))


def a_unit_that_was_of_an_exponential() -> tuple[Sequent, Certificate]:
    """With finer units a sign is no more known, and what comes in the order after it is a root: z**(7/5041) is not
    z**(1/5041)."""
    g = Graph()
    x, y, z = map(g.symbol, "xyz")
    c = Fraction(7, 5041)
    half, third = (g.call("exp", g.mul(g.const(Fraction(1, n)), y)) for n in (2, 3))
    positive = g.add(g.sub(g.call("exp", y), half), g.one)
    odd = g.call("exp", g.mul(g.const(c), g.mul(x, g.call("log", positive))))
    branch = g.call("where", g.call("gt", y, g.zero), odd, g.one)
    w = g.node("pow", (z, g.const(c)))
    given = (g.call("ge", z, g.zero), *(g.call("ge", n, g.zero) for n in (half, branch, w, third)))
    claim = g.call("eq", g.pow(g.pow(w, g.const(71)), g.const(71)), z)
    return Sequent(given, claim), SEEN


def a_jump_beyond_the_hypotheses() -> tuple[Sequent, Certificate]:
    """0**max(x, 0) is 1 up to x = 0, and 0 from there on."""
    g = Graph()
    x = g.symbol("x")
    f = g.node("pow", (g.zero, g.call("max", x, g.zero)))
    return Sequent((g.call("le", x, g.zero),), g.node("property", (f, x), "continuous")), ANALYTIC


def a_kink_beyond_a_jump() -> tuple[Sequent, Certificate]:
    """What is 1 where 0**max(x, 0) is, and else 0, jumps with it."""
    g = Graph()
    x = g.symbol("x")
    f = g.node("pow", (g.zero, g.call("max", x, g.zero)))
    f = g.call("where", g.call("gt", f, g.const(Fraction(1, 2))), g.one, g.zero)
    claim = g.node("property", (f, x), "continuous")
    return Sequent((g.call("le", x, g.zero),), claim), Rule("pieces", (f,), (SEEN, *(ANALYTIC,) * 4, SEEN))


@pytest.mark.parametrize(
    "attack",
    [
        a_jump_beyond_the_hypotheses,
        a_kink_beyond_a_jump,
        a_unit_that_was_of_an_exponential,
        a_truth_taken_for_a_number,
        two_conditions_denied,
        a_number_taken_for_a_truth,
        what_contradicts_off_the_diagonal_alone,
        subgradients_on_a_closed_domain,
        a_bend_that_is_not_near,
        cases_of_a_tensor,
        supposing_of_a_tensor,
        supposing_of_a_domain,
        a_point_that_is_the_variable,
        a_hypothesis_that_speaks_of_the_variable,
        a_point_with_the_name_of_a_new_symbol,
        every_size_is_not_one,
        an_inverse_by_two_sizes_of_one_number,
        a_mean_over_two_sizes,
        minors_of_what_is_not_square,
    ],
)
def test_a_certificate_of_what_is_false_is_rejected(attack: Callable[[], tuple[Sequent, Certificate]]) -> None:
    with pytest.raises(Rejected):
        check(*attack())
