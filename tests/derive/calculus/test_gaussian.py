"""Expectations over normal vectors, held to Gauss-Hermite quadrature, which is exact of polynomials and shares no code."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import numpy as np
import pytest

from derive.calculus.gaussian import is_covariance
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational

SHAPES = {"mu": (2,), "L": (2, 2), "A": (2, 2), "B": (3, 2), "S": (2, 2), "a": (2,), "b": (3,), "u": (2,)}


def scope(g: Graph) -> dict[str, Node]:
    return {n: g.symbol(n, s) for n, s in SHAPES.items()} | {n: g.symbol(n) for n in ("m", "s", "t")}


def decide(claim: str) -> str:
    g = Graph()
    return decide_condition(parse(claim, scope(g), g), Domain(())).status


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("expect(x for x in normal(mu, L @ L.T)) == mu", "proved"),
        ("expect(outer(x - mu, x - mu) for x in normal(mu, L @ L.T)) == L @ L.T", "proved"),
        ("expect(x @ A @ x for x in normal(mu, L @ L.T)) == trace(A @ L @ L.T) + mu @ A @ mu", "proved"),
        ("expect(x @ A @ x for x in normal(mu, L @ L.T)) == trace(A @ L @ L.T)", "refuted"),
        ("expect(exp(a @ x) for x in normal(mu, L @ L.T)) == exp(a @ mu + a @ L @ L.T @ a/2)", "proved"),
        ("expect(exp(a @ x) for x in normal(mu, L @ L.T)) == exp(a @ mu)", "refuted"),
        ("variance(a @ x for x in normal(mu, L @ L.T)) == norm(L.T @ a)**2", "proved"),
        ("expect(B @ x + b for x in normal(mu, L @ L.T)) == B @ mu + b", "proved"),
        ("expect(x @ x for x in normal(mu, s**2*eye(2))) == mu @ mu + 2*s**2", "proved"),
        ("expect((x @ x)**2 for x in normal(0, eye(2))) == 8", "proved"),
        ("expect(x[0] for x in normal([m], [[s**2]])) == m", "proved"),
        # a singular covariance: all lies on a line
        ("expect((x[0] - x[1])**2 for x in normal([m, m], [[1, 1], [1, 1]])) == 0", "proved"),
        # of a number, with exponentials
        ("expect(exp(t*x) for x in normal(m, s)) == exp(m*t + t**2*s**2/2)", "proved"),
        ("expect(x*exp(x) for x in normal(m, s)) == (m + s**2)*exp(m + s**2/2)", "proved"),
        ("variance(exp(x) for x in normal(m, s)) == (exp(s**2) - 1)*exp(2*m + s**2)", "proved"),
        # gradients through what is drawn
        ("d(expect(x**3 for x in normal(m, s)), m) == expect(d(x**3, x) for x in normal(m, s))", "proved"),
        ("d(expect(x**3 for x in normal(m, s)), s) == expect(3*(m + s*e)**2*e for e in normal(0, 1))", "proved"),
        ("d(expect(x**3 for x in normal(m, s)), s) == expect(3*(m + s*e)**2 for e in normal(0, 1))", "refuted"),
        ("d(expect(exp(a @ x) for x in normal(mu, L @ L.T)), mu) == expect(d(exp(a @ x), x) for x in normal(mu, L @ L.T))",
         "proved"),
        ("d(expect(x**4 for x in normal(m, s)), s) == s*expect(d(d(x**4, x), x) for x in normal(m, s))", "proved"),
        # a correlation: a covariance where its minors are not negative
        ("expect(x[0]**2*x[1]**2 for x in normal(0, [[1, t], [t, 1]])) == where(t**2 <= 1, 1 + 2*t**2, 0)", "proved-if"),
        ("expect(x[0]*x[1] for x in normal(mu, [[s**2, m*s*t], [m*s*t, t**2]])) == mu[0]*mu[1] + m*s*t", "proved-if"),
        ("variance(x[0] + x[1] for x in normal(mu, [[s**2, 0], [0, t**2]])) == s**2 + t**2", "proved"),
        ("variance(x[0] + x[1] for x in normal(mu, [[1, t], [t, 1]])) == 2 + t", "refuted"),
        ("variance(sum(x) for x in normal(0, [[1, t, t], [t, 1, t], [t, t, 1]])) == 3 + 6*t", "proved-if"),
        # a name of a number here, of a vector there
        ("expect(x for x in normal(m, s)) + expect(x[0] for x in normal(mu, eye(2))) == m + mu[0]", "proved"),
        # one after the other
        ("expect((y - x)**2 for x in normal(0, 1) for y in normal(x, s)) == s**2", "proved"),
    ],
)  # fmt: skip
def test_claims(claim: str, status: str) -> None:
    assert decide(claim) == status


def test_a_correlation_within_its_range() -> None:
    g = Graph()
    names = scope(g)
    claim = parse("expect(x[0]**2*x[1]**2 for x in normal(0, [[1, t], [t, 1]])) == 1 + 2*t**2", names, g)
    within = Domain(parse(text, names, g) for text in ("t >= -1", "t <= 1"))
    assert decide_condition(claim, within).status == "proved"
    assert not decide_condition(claim, within).conditions


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("expect(l(t=x) for x in normal(m, s)) == -log(s) - 1/2", "proved"),
        ("expect(at(d(l, s), t=x)**2 for x in normal(m, s)) == 2/s**2", "proved"),
        ("expect(at(d(l, s), t=x)**2 for x in normal(m, s)) == 1/s**2", "refuted"),
        ("expect(l(t=x) for x in uniform_interval(0, 1)) == -log(s) - (1/3 - m + m**2)/(2*s**2)", "proved"),
    ],
)
def test_of_what_is_defined(claim: str, status: str) -> None:
    g = Graph()
    names = scope(g)
    names["l"] = g.define("l", parse("-log(s) - (t - m)**2/(2*s**2)", names, g))
    assert decide_condition(parse(claim, names, g), Domain(())).status == status


def test_divergence_of_two_normal_vectors() -> None:
    """KL(N(m, diag(s**2)) | N(u, diag(t**2))), as the expectation of what the logarithms of the densities differ by."""
    g = Graph()
    names = {n: g.symbol(n, (2,)) for n in ("m", "s", "u", "t")} | {"y": g.symbol("y", (2,))}
    for name, mean, spread in (("logp", "m", "s"), ("logq", "u", "t")):
        text = f"-(y - {mean}) @ inv(diag({spread}**2)) @ (y - {mean})/2 - log(det(diag({spread}**2)))/2 - log(2*pi)"
        names[name] = g.define(name, parse(text, names, g))
    claim = (
        "expect(logp(y=x) - logq(y=x) for x in normal(m, diag(s**2)))"
        " == sum(log(t/s) + (s**2 + (m - u)**2)/(2*t**2) - 1/2)"
    )
    found = decide_condition(parse(claim, names, g), Domain(parse(h, names, g) for h in ("all(s > 0)", "all(t > 0)")))
    assert found.status == "proved"


@pytest.mark.parametrize(
    "text", ["(a @ x)**3*x[1]", "(x @ A @ x)**2 - x[0]", "x[0]**5*x[1]**3/7", "x[0]*exp(x[0]/4 - x[1]/8)"]
)
def test_values_are_those_of_quadrature(text: str) -> None:
    g, draw = Graph(), random.Random(text)
    names = scope(g)
    made = parse(f"expect({text} for x in normal(mu, L @ L.T))", names, g)
    given = {e: Fraction(draw.randint(-4, 4), 3) for n in ("mu", "L", "A", "a") for e in components(names[n])}
    (found,) = evaluate(components(made), {e: rational(v) for e, v in given.items()}, 128)
    mu, factor, matrix, a = (
        np.array([float(given[e]) for e in components(names[n])]).reshape(SHAPES[n]) for n in ("mu", "L", "A", "a")
    )
    nodes, weights = np.polynomial.hermite_e.hermegauss(24)
    total = 0.0
    for (p, v), (q, w) in itertools.product(zip(nodes, weights, strict=True), repeat=2):
        x = mu + factor @ [p, q]
        total += v * w * eval(text.replace("exp", "math.exp"), {"x": x, "A": matrix, "a": a, "math": math})
    assert float(found) == pytest.approx(total / (2 * math.pi), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("L @ L.T", True), ("L.T @ L", True), ("L @ A", False), ("S", False), ("A @ diag(a**2) @ A.T", True),
        ("A @ diag(a) @ A.T", False), ("s**2*eye(2) + L @ L.T", True), ("s*eye(2)", False), ("-eye(2)", False),
        ("exp(s)*outer(a, a)/2", True), ("outer(a, u)", False), ("inv(L @ L.T)", True), ("eye(2) - L @ L.T", False),
        ("[[2, 1], [1, 2]]", True), ("[[1, 2], [2, 1]]", False), ("[[1, 1], [0, 1]]", False), ("[[0, 0], [0, 0]]", True),
        ("[[s**2, 0], [0, 1]]", True), ("[[s**2, t], [t, 1]]", False), ("[[-1, 0], [0, 0]]", False),
    ],
)  # fmt: skip
def test_what_is_seen_to_be_a_covariance(text: str, seen: bool) -> None:
    g = Graph()
    assert is_covariance(parse(text, scope(g), g)) is seen


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("expect(x @ x for x in normal(mu, S))", "S defined as L @ L.T"),
        ("expect(x[0] for x in normal(mu, [[1, 1], [0, 1]]))", "S defined as L @ L.T"),
        ("expect(x[0] for x in normal(mu, [[1, 2], [2, 1]]))", "S defined as L @ L.T"),
        ("expect(x[0] for x in normal(mu, [[1, s], [t, 1]]))", "S defined as L @ L.T"),
        ("expect(x @ x for x in normal(mu, s))", "the covariance of a vector is a matrix"),
        ("expect(x for x in normal(b, eye(2)))", "an entry for each row"),
        ("expect(x for x in normal(mu, B))", "a square matrix"),
        ("expect(sin(x[0]) for x in normal(0, eye(2)))", "polynomials in it"),
        ("expect(exp(x @ x) for x in normal(0, eye(2)))", "linear in it"),
        ("expect(1/x[0] for x in normal(0, eye(2)))", "polynomials in it"),
        ("expect(x[0]**13 for x in normal(0, eye(2)))", "polynomials in it"),
        ("expect((x[0]**7)**2 for x in normal(0, eye(2)))", "degree above 12"),
        ("expect(sum(x)**12 for x in normal(zeros(12), eye(12)))", "products of terms"),
        ("expect(x[0] for x in normal(zeros(13), eye(13)))", "more than 12 entries"),
        ("variance(x for x in normal(mu, eye(2)))", "a variance is of a scalar"),
        ("expect(x for x in normal(mu))", "two parameters"),
    ],
)
def test_faults(text: str, fault: str) -> None:
    g = Graph()
    with pytest.raises(ExpressionError, match=fault):
        parse(text, scope(g), g)
