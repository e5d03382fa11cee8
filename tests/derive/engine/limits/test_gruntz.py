"""Limits against numbers far out: mpmath at 60 digits, which shares nothing with series and their algebra."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import mpmath
import pytest
import sympy as sp

from derive.engine.counterexamples.instances import instances
from derive.engine.domain import Domain
from derive.engine.limits import NoLimit, Unsettled, limit
from derive.engine.limits.gaussian import primitive
from derive.engine.limits.gruntz import Gruntz, taylor
from derive.engine.limits.integrals import integral
from derive.engine.limits.leibniz import differentiated
from derive.engine.limits.oracle import Oracle, said
from derive.engine.limits.parameters import Case, by_cases
from derive.engine.limits.prepare import Prepared
from derive.engine.limits.series import Algebra, Series
from derive.engine.limits.values import resolve
from derive.expr.graph import Graph, Node, topological
from derive.language.abstract import function
from derive.language.reader import parse
from tests.banks.reading import nodes
from tests.banks.sampling import equal, value


def far(f: Node, x: Node, at: Fraction | None, sign: int, k: int) -> mpmath.mpf:
    """f at a point whose distance from the end is 2**-k, or which is 2**k."""
    point = sign * Fraction(2) ** k if at is None else at + sign * Fraction(1, 2**k)
    with mpmath.workdps(120):
        found = value(f, {x: point})
        return mpmath.mpf(found.numerator) / found.denominator if isinstance(found, Fraction) else found


@pytest.mark.parametrize(
    ("text", "at", "sign"),
    [
        ("(1 + 1/x)**x", None, 1),
        ("x*(log(x + 1) - log(x))", None, 1),
        ("sqrt(x**2 + x) - x", None, 1),
        ("x + sqrt(x**2 + x)", None, -1),
        ("exp(x)*(sin(1/x + exp(-x)) - sin(1/x))", None, 1),
        ("x**2*exp(-x) + atan(x)", None, 1),
        ("(exp(2*x) - 1)/(exp(2*x) + x)", None, 1),
        ("log(log(x**3))/log(log(x))", None, 1),
        ("tanh(x)*erf(-x)", None, -1),
        ("x*(1 - tanh(x))*exp(x)", None, 1),
        ("sin(x)/x", Fraction(0), 1),
        ("(1 - cos(x))/x**2", Fraction(0), 1),
        ("x**x", Fraction(0), 1),
        ("x*log(x)", Fraction(0), 1),
        ("(exp(x) - 1 - x)/x**2", Fraction(0), -1),
        ("(sqrt(x) - 2)/(x - 4)", Fraction(4), 1),
        ("log(x)/(x - 1)", Fraction(1), -1),
        ("abs(x - 2)/(x - 2)", Fraction(2), -1),
        ("1/x**2 - 1/sin(x)**2", Fraction(0), 1),
    ],
)
def test_limits_are_what_values_tend_to(text: str, at: Fraction | None, sign: int) -> None:
    (f,) = nodes(text)
    x = next(n for n in topological([f]) if n.op == "symbol")
    end: Node | int = sign if at is None else f.graph.const(at)
    found = limit(f, x, end, Domain(), 0 if at is None else sign)
    assert found.side == 0
    exact = value(found.value, {})
    with mpmath.workdps(60):
        exact = mpmath.mpf(exact.numerator) / exact.denominator if isinstance(exact, Fraction) else exact
        steps = (6, 8) if at is None and ("exp" in text or "**x" in text or "erf" in text) else (20, 60)
        gaps = [abs(far(f, x, at, sign, k) - exact) for k in steps]
        assert gaps[1] <= gaps[0]  # it comes closer
        assert gaps[1] < (mpmath.mpf("0.4") if "log(log" in text else mpmath.mpf("0.01"))  # a logarithm of a logarithm


@pytest.mark.parametrize(
    ("text", "at", "side"),
    [("x - exp(x)", 1, -1), ("exp(x)/x**9", 1, 1), ("log(x)", "0+", -1), ("1/x", "0-", -1), ("x**3", -1, -1)],
)
def test_what_grows_beyond_all_numbers(text: str, at: int | str, side: int) -> None:
    (f,) = nodes(text)
    x = next(n for n in topological([f]) if n.op == "symbol")
    end = f.graph.zero if isinstance(at, str) else at
    assert limit(f, x, end, Domain(), {"0+": 1, "0-": -1}.get(str(at), 0)).side == side
    numbers = [
        far(f, x, Fraction(0) if isinstance(at, str) else None, (1 if at in (1, "0+") else -1), k) for k in (5, 7)
    ]
    assert side * numbers[1] > side * numbers[0]


def test_sides_that_differ_are_no_limit_and_what_hangs_on_a_sign_is_not_guessed() -> None:
    f, h, a = nodes("abs(x)/x", "exp(a*x)", "a > 0")
    x = next(n for n in topological([f]) if n.op == "symbol")
    with pytest.raises(NoLimit):
        limit(f, x, f.graph.zero, Domain())
    with pytest.raises(Unsettled, match="sign of 'a'"):
        limit(h, x, 1, Domain())
    assert limit(h, x, 1, Domain([a])).side == 1
    with pytest.raises(Unsettled):
        limit(f, x, x, Domain())


@pytest.mark.parametrize("op", ["exp", "sin", "cos", "tanh", "atan", "erf", "log"])
def test_taylor_coefficients_are_those_of_mpmath(op: str) -> None:
    g = Graph()
    at = Fraction(2, 3)
    names = {"atan": mpmath.atan, "erf": mpmath.erf, "log": mpmath.log}
    with mpmath.workdps(40):
        wanted = mpmath.taylor(names.get(op) or getattr(mpmath, op), mpmath.mpf(2) / 3, 4)
    for k in range(5):
        found = value(taylor(op, g.const(at), k), {})
        assert abs(mpmath.mpf(str(float(found))) - wanted[k]) < 1e-12


def oracle(g: Graph, *given_: Node) -> Oracle:
    return Oracle(g, g.symbol("t"), Domain(given_))


def test_series_multiply_as_polynomials() -> None:
    g = Graph()
    algebra = Algebra(oracle(g), 4)

    def made(*terms: tuple[int, int]) -> Series:
        return algebra.made([(g.const(e), g.const(c)) for e, c in terms], None)

    product = algebra.mul(made((0, 1), (1, 2)), made((0, 3), (2, -1)))
    assert [(value(e, {}), value(c, {})) for e, c in product.terms] == [(0, 3), (1, 6), (2, -1), (3, -2)]
    total = algebra.add(made((1, 5)), made((1, -5), (2, 1)))
    assert [(value(e, {}), value(c, {})) for e, c in total.terms] == [(2, 1)]


def test_signs_are_told_or_not_guessed() -> None:
    t, a, positive = nodes("t", "a**2 + 1", "a > 0")
    g = t.graph
    assert oracle(g).sign(a) == 1
    assert oracle(g).sign(g.sub(g.call("sqrt", g.const(2)), g.const(Fraction(99, 70)))) == -1
    (a,) = (n for n in topological([positive]) if n.op == "symbol")
    assert oracle(g, positive).sign(a) == 1
    with pytest.raises(Unsettled):
        oracle(g).sign(a)
    assert said(a) == "'a'"


@pytest.mark.parametrize(
    "text", ["tanh(t)*erf(t)", "sigmoid(t - 3)", "abs(t - 5)*sign(t)", "max(t, 2)/relu(t)", "t**t", "log1p(t)"]
)
def test_what_is_prepared_has_the_same_values_far_out(text: str) -> None:
    (f,) = nodes(text)
    t = f.graph.symbol("t")
    found = Prepared(Gruntz(oracle(f.graph)), True).of(f)
    for n in (9, 12):
        point = {t: Fraction(n)}
        assert equal(value(f, point), value(_plain(found), point))


def _plain(n: Node) -> Node:
    """Without the operators of this room: ``grow`` is exp, and erfcx(u) is exp(u**2)*(1 - erf(u))."""
    g = n.graph
    done: dict[Node, Node] = {}
    for m in topological([n]):
        args = tuple(done[a] for a in m.args)
        if m.op == "grow":
            done[m] = g.call("exp", *args)
        elif m.op == "erfcx":
            (u,) = args
            done[m] = g.mul(g.call("exp", g.mul(u, u)), g.sub(g.one, g.call("erf", u)))
        else:
            done[m] = g.node(m.op, args, m.attr, m.shape) if m.args else m
    return done[n]


def test_integrals_are_limits_of_antiderivatives() -> None:
    g = Graph()
    x = g.symbol("x")
    f = parse("x*exp(-x)", {"x": x}, g)
    found = integral(f, x, g.zero, g.node("inf"), Domain())
    assert value(found.value, {}) == 1


def test_gaussian_antiderivatives_are_derived_back() -> None:
    x = sp.Symbol("x", real=True)
    f = (x**2 + 1) * sp.exp(-((x - 1) ** 2))
    found = primitive(f, x)
    assert found is not None
    assert sp.simplify(sp.diff(found, x) - f) == 0
    assert primitive(sp.sin(x), x) is None


def test_leibniz_rule_is_right_of_an_example() -> None:
    g = Graph()
    w = g.symbol("w")
    names = {"w": w, "x": g.symbol("x"), "phi": function(g, "phi", 1)}
    root = parse("d(integral(phi(x)*w, x, 0, w), w)", names, g)
    (found,) = differentiated([root])
    assert not any(n.op == "d" for n in topological([found]))
    example = next(e for e in instances([found]) if e.said == "phi(t) = t")  # w**3/2
    (plain,) = resolve(example.nodes).nodes
    assert equal(value(plain, {w: Fraction(5)}), Fraction(75, 2))


def test_cases_of_a_sign_are_put_together() -> None:
    f, x = nodes("a*x", "x")

    def work(args: Sequence[Node], domain: Domain) -> list[int]:
        return [limit(args[0], x, 1, domain).side]

    def joined(parts: Sequence[tuple[Case, list[int]]]) -> list[int]:
        assert [c.op for c, _ in parts] == ["gt", "lt", "eq"]
        return [side for _, found in parts for side in found]

    assert by_cases(work, joined, [f], x, Domain()) == [1, -1, 0]
