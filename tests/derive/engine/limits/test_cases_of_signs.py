"""Limits, growth and integrals that hang on the sign of a parameter, oscillate or diverge; values held to mpmath."""

from __future__ import annotations

import random

import mpmath
import pytest

from derive.engine.domain import Domain
from derive.engine.limits import NoLimit, Unsettled, limit
from derive.engine.limits.integrals import integral
from derive.engine.limits.values import resolve
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph, Node
from derive.language.abstract import function
from derive.language.names import names_in
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational
from verify.commands.proof import decide


def read(text: str, *given: str, boolean: bool = True) -> list[Node]:
    g = Graph()
    scope = {n: g.symbol(n) for n in sorted({n for t in (text, *given) for n in names_in(t)} - {"pi"})}
    return [parse(text, scope, g, boolean=boolean), *(parse(t, scope, g, boolean=True) for t in given)]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("grows_at_most(a*h**2 + b*h, h, h, 0)", "proved"),
        ("grows_at_most(a*h**2 + b*h, h**2, h, 0)", "refuted"),
        ("grows_at_most(a*n**2 + b*n + c, n**2, n)", "proved"),
        ("grows_like(a*n**2 + n, n**2, n)", "proved-if"),
        ("limit(where(abs(r) < b, r**2/(2*b), abs(r) - b/2), b, 0, 1) == abs(r)", "proved"),
        ("limit(b*log(1 + exp(r/b)), b, 0, 1) == relu(r)", "proved"),
        ("limit(sqrt(r**2 + e**2), e, 0) == abs(r)", "proved"),
        ("limit(sqrt(r**2 + e**2), e, 0) == r", "refuted"),
        ("limit(tanh(r/b), b, 0, 1) == sign(r)", "proved"),
        ("limit(tanh(r/b), b, 0, 1) == 1", "refuted"),
        ("limit(sin(1/x), x, 0) == 0", "refuted"),
        ("limit(x*sin(1/x), x, 0) == 0", "proved"),
        ("limit(2 + sin(x)/x, x, inf) == 2", "proved"),
        ("limit(2 + sin(x), x, inf) == 2", "refuted"),
        ("limit((-1)**n, n, inf) == 1", "refuted"),
        ("limit((-1)**n/n, n, inf) == 0", "proved"),
        ("integral(1/x, x, -1, 1) == 0", "refuted"),
        ("integral(1/x, x, -1, 1) < inf", "refuted"),
        ("integral(1/x**2, x, -1, 1) == inf", "proved"),
        ("integral(x, x, -inf, inf) == 0", "refuted"),
        ("integral(cos(x), x, 0, inf) == 0", "refuted"),
        ("integral(1/sqrt(abs(x)), x, -1, 1) == 4", "proved"),
        ("integral(exp(-(x - m)**2/2)/sqrt(2*pi)*x**2, x, -inf, inf) == 1 + m**2", "proved"),
        ("integral(exp(-(x - m)**2/2)/sqrt(2*pi)*x**2, x, -inf, inf) == 2 + m**2", "refuted"),
        ("integral(exp(-x**2/2)/sqrt(2*pi)*exp(t*x), x, -inf, inf) == exp(t**2/2)", "proved"),
    ],
)
def test_signs_are_not_needed(text: str, status: str) -> None:
    assert decide(read(text)[0]).status == status


@pytest.mark.parametrize(
    "text", ["tanh(r/b)", "b*log(1 + exp((r - 1)/b))", "sqrt((r + 2)**2 + b**2)", "r*(1 + b)/(abs(r) + b)"]
)
def test_limits_by_cases_are_what_mpmath_tends_to(text: str) -> None:
    node = read(f"limit({text}, b, 0, 1)", boolean=False)[0]
    value = resolve([node]).nodes[0]
    (r,) = {n for n in _below(value) if n.op == "symbol"}
    for at in (-3, -2, -1, 0, 1, 2):
        here = evaluate([value], {r: rational(at)})[0]
        b = mpmath.mpf(10) ** -40
        names = {"r": mpmath.mpf(at), "b": b, "tanh": mpmath.tanh, "exp": mpmath.exp, "log": mpmath.log}
        with mpmath.workdps(60):
            near = eval(text, {"__builtins__": {}}, {**names, "sqrt": mpmath.sqrt, "abs": abs})
        assert abs(float(here) - float(near)) < 1e-12, (text, at)


def _below(n: Node) -> set[Node]:
    return {n}.union(*(_below(a) for a in n.args))


@pytest.mark.parametrize("seed", range(12))
def test_gaussian_integrals_are_those_of_quadrature(seed: int) -> None:
    chance = random.Random(seed)
    a, m = chance.choice(["1/2", "1", "3", "1/8"]), chance.choice(["0", "1", "-2", "1/3"])
    powers = [f"{chance.randint(-3, 3)}*x**{k}" for k in chance.sample(range(6), 3)]
    low, high = chance.choice([("-inf", "inf"), ("0", "inf"), ("-1", "2")])
    text = f"({' + '.join(powers)})*exp(-{a}*(x - ({m}))**2)"
    f = read(text, boolean=False)[0]
    g = f.graph
    ends = {"inf": g.node("inf"), "-inf": g.neg(g.node("inf"))}
    found = integral(f, g.symbol("x"), *(ends.get(e) or g.const(int(e)) for e in (low, high)))
    with mpmath.workdps(20):
        value = mpmath.quad(
            lambda x: eval(text, {"__builtins__": {}}, {"x": x, "exp": mpmath.exp}),
            [mpmath.mpf(low), 0, 1, mpmath.mpf(high)],
        )
    assert abs(float(evaluate([found.value], {})[0]) - float(value)) < 1e-9


def test_a_limit_that_oscillates_for_some_parameters_says_for_which() -> None:
    f, *_ = read("a*sin(x)", boolean=False)
    g = f.graph
    condition = read("limit(a*sin(x), x, inf) == 0")[0]
    found = decide(condition)
    assert found.status == "refuted"
    with pytest.raises(NoLimit):
        limit(f, g.symbol("x"), 1, Domain([g.call("gt", g.symbol("a"), g.zero)]))


def test_growth_under_a_sign_that_is_known_is_not_refuted_by_others() -> None:
    condition, given = read("grows_like(a*n**2 + n, n**2, n)", "a > 0")
    assert decide_condition(condition, Domain([given])).status == "proved"


@pytest.mark.parametrize(
    ("text", "given", "status"),
    [
        ("limit((f(x + h) - f(x))/h, h, 0) == f(x, d=1)", (), "proved"),
        ("limit((f(x + h) - f(x - h))/(2*h), h, 0) == f(x, d=1)", (), "proved"),
        ("limit((f(x + h) - f(x) - h*f(x, d=1))/h**2, h, 0) == f(x, d=2)/2", (), "proved"),
        ("limit((f(x + h) - f(x) - h*f(x, d=1))/h**2, h, 0) == f(x, d=2)", (), "refuted"),
        ("limit((f(x + h) - f(x))/h, h, 0) == f(x)", (), "refuted"),
        ("limit(sin(f(h))/h, h, 0) == f(0, d=1)", ("f(0) == 0",), "proved"),
        ("x*f(x) == 2*x*f(x)", ("f(x) > 0",), "refuted"),
        ("f(x)/f(x) == 1", ("f(x) > 0",), "proved"),
    ],
)
def test_abstract_functions_have_a_taylor_series_and_meet_assumptions(
    text: str, given: tuple[str, ...], status: str
) -> None:
    g = Graph()
    scope = {"f": function(g, "f", 1), "x": g.symbol("x"), "h": g.symbol("h")}
    condition, *assumed = (parse(t, scope, g, boolean=True) for t in (text, *given))
    assert decide(condition, assumed).status == status


@pytest.mark.parametrize(
    ("text", "why"),
    [
        # of the slope itself, and of no derivative further on
        ("limit(abs(f(x + h) - f(x))/abs(h), h, 0)", "^the sign of 'f.x, d=1.' is not known"),
        ("limit(abs(f(x + h) - f(x))/h, h, 0)", "^for f.x, d=1. > 0: the limit does not exist"),
    ],
)
def test_the_sign_that_a_limit_hangs_on_first_is_told(text: str, why: str) -> None:
    g = Graph()
    scope = {"f": function(g, "f", 1), "x": g.symbol("x"), "h": g.symbol("h")}
    with pytest.raises(Unsettled, match=why):
        resolve([parse(text, scope, g)])
