"""Subdifferentials as claims: the language, and verdicts held to the definition by fractions of their own."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.directional import directional
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language import abstract
from derive.language.reader import parse, to_text
from derive.language.typeset import latex
from derive.numbers.balls import evaluate, rational


def scope(g: Graph) -> dict[str, Node]:
    names: dict[str, Node] = {n: g.symbol(n) for n in ("x", "t", "a", "b", "c", "s", "lam")}
    names["w"] = g.symbol("w", (2,))
    names["phi"], names["E"] = abstract.function(g, "phi", 1), abstract.function(g, "E", 2)
    return names


def decide(claim: str, *assuming: str) -> str:
    g = Graph()
    s = scope(g)
    return decide_condition(parse(claim, s, g), Domain(parse(a, s, g) for a in assuming)).status


TRUE = [
    ("subdifferential(abs(x), x, 0) == interval(-1, 1)", ()),
    ("subdifferential(abs(x), x) == interval(1, 1)", ("x > 0",)),
    ("subdifferential(abs(x), x) == interval(where(x > 0, 1, -1), where(x < 0, -1, 1))", ()),
    ("subdifferential(max(0, x), x, 0) == interval(0, 1)", ()),
    ("subdifferential(s*abs(x), x, 0) == interval(-s, s)", ("s > 0",)),
    ("subdifferential(abs(x) + abs(x - 1), x, 1) == interval(0, 2)", ()),
    ("subdifferential(relu(x)**2, x) == interval(2*relu(x), 2*relu(x))", ()),
    ("subdifferential(x*log(x), x) == interval(1 + log(x), 1 + log(x))", ()),
    ("subdifferential(x**3, x) == interval(3*x**2, 3*x**2)", ("x > 0",)),
    ("subdifferential(max(x, 2*x, 3 - x), x, 1) == interval(-1, 2)", ()),
    ("subdifferential(max(x, 2 - x), x, 1) == interval(-1, 1)", ()),
    ("subdifferential(phi(x), x) == interval(phi(x, d=1), phi(x, d=1))", ("convex(phi(x), x)",)),
    ("subdifferential(phi(2*x), x) == interval(2*phi(2*x, d=1), 2*phi(2*x, d=1))", ("convex(phi(t), t)",)),
    ("subdifferential(sum(w**2)/2, w) == interval(w, w)", ()),
    ("subdifferential(norm(w, 1), w, [0, 2]) == interval([-1, 1], [1, 1])", ()),
    ("subdifferential(E(w[0], w[1]) + lam*norm(w, 1), w, [0, 0])"
     " == interval([E(0, 0, d=[1, 0]) - lam, E(0, 0, d=[0, 1]) - lam], [E(0, 0, d=[1, 0]) + lam, E(0, 0, d=[0, 1]) + lam])",
     ("convex(E(w[0], w[1]), w)", "lam > 0")),
    ("subdifferential(norm(w), w) == interval(w/norm(w), w/norm(w))", ("w[0] > 0",)),
    ("not subdifferential(abs(x), x, 0) == interval(-1, 0)", ()),
    ("subdifferential(abs(x), x, 0) != interval(0, 0)", ()),
]  # fmt: skip

REFUTED = [
    ("subdifferential(abs(x), x, 0) == interval(-1, 0.9)", ()),
    ("subdifferential(abs(x), x) == interval(-1, 1)", ()),
    ("subdifferential(s*abs(x), x, 0) == interval(-abs(s), abs(s))", ("s != 0",)),
    ("subdifferential(phi(x), x) == interval(phi(x, d=1), phi(x, d=1))", ()),  # for t**3, say
    ("subdifferential(phi(x), x) == interval(phi(x, d=1), phi(x, d=1) + 1)", ("convex(phi(x), x)",)),
    ("subdifferential(-abs(x), x, 0) == interval(-1, 1)", ()),
    ("subdifferential(-x**2, x) == interval(-2*x, -2*x)", ()),
    ("subdifferential(x**3, x) == interval(3*x**2, 3*x**2)", ()),
    ("subdifferential(norm(w), w, [0, 0]) == interval(-1, 1)", ()),  # the disc, not the square about it
]

UNDECIDED = [
    ("subdifferential(max(w[0], w[1]), w, [0, 0]) == interval(0, 0)", ("w[0] > 1",)),  # the point is not in the domain
    ("subdifferential(abs(x), x, x) == interval(1, 1)", ()),
    ("subdifferential(sqrt(x**2 + a), x, 0) == interval(0, 0)", ()),  # a may be negative
    ("not convex(phi(x), x)", ()),  # of some phi, not of all
]


MEMBERS = [
    ("1/2 in subdifferential(abs(x), x, 0)", (), "proved"),
    ("2 in subdifferential(abs(x), x, 0)", (), "refuted"),
    ("2 not in subdifferential(abs(x), x, 0)", (), "proved"),
    ("a in subdifferential(abs(x), x, 0)", ("-1 <= a", "a <= 1"), "proved"),
    ("a in subdifferential(abs(x), x, 0)", (), "refuted"),
    ("sign(t) in subdifferential(abs(x), x, t)", (), "proved"),
    ("where(t > 0, 1, 2) in subdifferential(relu(x), x, t)", (), "refuted"),
    # no box: a kink on both entries
    ("[1/2, 1/2] in subdifferential(max(w[0], w[1]), w, [0, 0])", (), "proved"),
    ("[1/2, 1] in subdifferential(max(w[0], w[1]), w, [0, 0])", (), "refuted"),
    ("[3/5, 4/5] in subdifferential(norm(w), w, [0, 0])", (), "proved"),
    ("[3/5, 1] in subdifferential(norm(w), w, [0, 0])", (), "refuted"),
    ("0 in subdifferential(norm(w), w, [0, 0])", (), "proved"),
    ("0 in subdifferential(norm(w), w, 0)", (), "proved"),
    # of what is not convex a slope is no subgradient
    ("0 in subdifferential(x**3, x, 0)", (), "refuted"),
    ("1 in subdifferential(sqrt(x), x, 0)", (), "refuted"),
    ("subdifferential(relu(x), x, 0) == [0, 1]", (), "proved"),
    ("[0, 2] == subdifferential(relu(x), x, 0)", (), "refuted"),
    ("x in interval(0, 1)", ("x >= 0", "x <= 1/2"), "proved"),
    ("w in interval(0, [1, 2])", ("all(w > 0)", "w[0] < 1", "w[1] < 2"), "proved"),
    ("x in interval(0, 1)", ("x >= 0",), "refuted"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "assuming", "status"), MEMBERS)
def test_members(claim: str, assuming: tuple[str, ...], status: str) -> None:
    assert decide(claim, *assuming).startswith(status)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.fractions(-2, 2, max_denominator=4), min_size=3, max_size=3), st.fractions(-3, 3, max_denominator=4))
def test_members_are_what_lies_between_the_slopes(parts: list[Fraction], slope: Fraction) -> None:
    """Of a sum of kinks at 0, whose slopes to both sides are sums of their weights."""
    a, b, c = (abs(p) for p in parts)
    lies = -a - c <= slope <= a + b + c
    claim = f"{slope} in subdifferential({a}*abs(x) + {b}*relu(x) + {c}*max(x, -x), x, 0)"
    assert decide(claim) == ("proved" if lies else "refuted")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x in w", "lies in a set"),
        ("x in 3", "lies in a set"),
        ("interval(0, 1) in interval(0, 2)", "lies in a set"),
        ("1 in subdifferential(abs(x), x)", "p another symbol"),
        ("x in subdifferential(abs(x), x, 0)", "p another symbol"),
        ("1 in subdifferential(abs(x), x, x)", "p another symbol"),
        ("w in subdifferential(abs(x), x, 0)", "the subgradient has shape"),
        ("[1, 2, 3] in subdifferential(norm(w), w, [0, 0])", "has shape"),
        ("subdifferential(abs(x), x, 0) == [1, 2, 3]", "a set is compared"),
        ("subdifferential(norm(w), w, [0, 0]) == [1, 2]", "a set is compared"),
    ],
)
def test_faults_of_members(text: str, fault: str) -> None:
    g = Graph()
    with pytest.raises(ExpressionError, match=fault):
        parse(text, scope(g), g)


@pytest.mark.parametrize(("claim", "assuming"), TRUE)
def test_a_subdifferential_is_proved(claim: str, assuming: tuple[str, ...]) -> None:
    assert decide(claim, *assuming) == "proved"


@pytest.mark.parametrize(("claim", "assuming"), REFUTED)
def test_another_set_is_refuted(claim: str, assuming: tuple[str, ...]) -> None:
    assert decide(claim, *assuming) == "refuted"


@pytest.mark.parametrize(("claim", "assuming"), UNDECIDED)
def test_what_no_rule_settles_is_open(claim: str, assuming: tuple[str, ...]) -> None:
    assert decide(claim, *assuming) == "undecided"


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(-3, 3)), min_size=1, max_size=3),
    st.integers(0, 3),
    st.integers(-3, 3),
)
def test_ends_of_piecewise_quadratics_are_those_of_the_definition(
    bends: list[tuple[int, int]], square: int, p: int
) -> None:
    text = " + ".join([f"{c}*abs(x - ({k}))" for c, k in bends] + [f"{square}*x**2"])

    def f(x: Fraction) -> Fraction:
        return sum((c * abs(x - k) for c, k in bends), Fraction(0)) + square * x * x

    # between the breaks, which are whole numbers, f is a quadratic: its slope at p from either side, exactly
    h = Fraction(1, 2)
    right = (4 * f(p + h / 2) - f(p + h) - 3 * f(Fraction(p))) / h
    left = -(4 * f(p - h / 2) - f(p - h) - 3 * f(Fraction(p))) / h
    assert decide(f"subdifferential({text}, x, {p}) == interval({left}, {right})") == "proved"
    for other in (f"interval({left}, {right + 1})", f"interval({left - h}, {right})"):
        assert decide(f"subdifferential({text}, x, {p}) == {other}") == "refuted"


@pytest.mark.parametrize(
    "text",
    ["abs(x)", "relu(x)*x", "max(x, x**2, 1 - x)", "abs(abs(x) - 1)", "min(relu(x), 2 - x)", "where(x > 1, x**2, x)",
     "where(x > -1 and x < 1, x**2, abs(x))", "sqrt(x**2)", "exp(abs(x - 1))", "abs(x)**3", "sqrt(x**2 + relu(x)**2)"],
)  # fmt: skip
def test_slopes_are_limits_of_difference_quotients(text: str) -> None:
    g = Graph()
    s = scope(g)
    node = parse(text, s, g)
    rng = random.Random(text)
    places = [Fraction(k) for k in (-1, 0, 1, 2)] + [Fraction(rng.randint(-30, 30), 7) for _ in range(4)]
    h = Fraction(1, 10**12)
    for v in (1, -1):
        slope = directional(node, {s["x"]: g.const(v)})
        for p in places:
            here, there, exact = (
                evaluate([n], {s["x"]: rational(q)}, 256)[0] for n, q in ((node, p), (node, p + v * h), (slope, p))
            )
            quotient = (there - here) * 10**12
            assert abs(float(quotient) - float(exact)) < 1e-9


def test_sets_are_only_compared() -> None:
    g = Graph()
    s = scope(g)
    for text in ("subdifferential(abs(x), x)", "interval(0, 1) + 1", "subdifferential(abs(x), x) > interval(0, 1)",
                 "interval(0, 1) == interval(0, 1)", "subdifferential(abs(x), x) == 1", "exp(interval(0, 1))",
                 "subdifferential(w, x) == interval(0, 1)", "subdifferential(abs(x), 2) == interval(0, 1)",
                 "subdifferential(abs(x), x, w) == interval(0, 1)", "subdifferential(abs(x), x) == interval(w, w)",
                 "interval(0) == subdifferential(abs(x), x)"):  # fmt: skip
        with pytest.raises(ExpressionError, match=r"interval|subdifferential"):
            parse(text, s, g)


@pytest.mark.parametrize("claim", [c for c, _ in (*TRUE, *REFUTED)])
def test_the_text_comes_back(claim: str) -> None:
    g = Graph()
    s = scope(g)
    node = parse(claim, s, g)
    assert parse(to_text(node), s, g) is node
    assert latex(node)


def test_typeset_as_a_set() -> None:
    g = Graph()
    s = scope(g)
    s["f"] = g.define("f", parse("abs(x)", s, g))
    made = [
        latex(parse(t, s, g))
        for t in ("subdifferential(f, x, 0) == interval(-1, 1)", "subdifferential(f, x) == interval(1, 1)")
    ]
    assert made == [r"\partial f(0) = \left[-1, 1\right]", r"\partial f(x) = \left\{1\right\}"]
