"""Definite integrals: proved values against numerical quadrature, which shares nothing with them."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from derive.engine.limits import Unsettled
from derive.engine.limits.values import resolve
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational
from verify.commands.proof import decide


def read(text: str, *assuming: str) -> tuple[Node, list[Node]]:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("x", "a", "b", "m", "n", "r", "s", "lam", "w")}
    return parse(text, scope, g), [parse(t, scope, g) for t in assuming]


#: Where the integrands turn.
TURNS = [Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)]


@pytest.mark.parametrize(
    ("f", "low", "high"),
    [
        ("x**2 - 3*x", "-1", "2"),
        ("abs(x) + relu(1 - x)", "-2", "3"),
        ("where(x < 1/2, x, exp(-x))", "0", "1"),
        ("max(x, 1 - 2*x)*min(x, 1)", "-1", "2"),
        ("sign(x)*x**3", "-1", "2"),
        ("1/x", "-3", "-1/2"),
        ("log(x)", "0", "1"),
        ("1/sqrt(x)", "0", "4"),
        ("sqrt(4 - x**2)", "-2", "2"),
        ("exp(-x)*x**3", "0", "inf"),
        ("exp(-x**2/2)*x**2", "-inf", "inf"),
        ("exp(-abs(x - 1/3))", "-inf", "inf"),
        ("relu(x)*exp(-x**2/2)", "-inf", "inf"),
        ("1/(1 + x**2)", "-inf", "1"),
        ("sin(x)**2", "0", "pi"),
        ("d(sigmoid(x), x)*x", "-inf", "inf"),
        ("tanh(x)", "-1", "2"),
        ("x", "2", "-1"),
    ],
)
def test_values_are_those_of_quadrature(f: str, low: str, high: str) -> None:
    asked, _ = read(f"integral({f}, x, {low}, {high})")
    (found,) = resolve([asked]).nodes
    value = evaluate([found], {}, 128)[0]
    g = asked.graph
    integrand, _ = read(f)
    from derive.calculus.reverse import expand_all

    (plain,) = expand_all([integrand])
    x = integrand.graph.symbol("x")

    def at(t: mpmath.mpf) -> mpmath.mpf:
        point = Fraction(*t.as_integer_ratio()) if isinstance(t, float) else Fraction(str(t))
        got = evaluate([plain], {x: rational(point)}, 80)[0]
        return mpmath.mpf(0) if isinstance(got, Exception) else mpmath.mpf(str(float(got)))

    ends = [mpmath.mpf(_number(e)) for e in (low, high)]
    inner = [p for k in TURNS if min(ends) < (p := mpmath.mpf(k.numerator) / k.denominator) < max(ends)]
    with mpmath.workdps(15):  # others may have set more, which takes as many times longer
        by_quadrature = mpmath.quad(at, [ends[0], *inner, ends[1]])
    assert float(value) == pytest.approx(float(by_quadrature), rel=1e-7, abs=1e-7)  # floats within; singular ends
    assert g is found.graph


def _number(text: str) -> mpmath.mpf:
    if text.endswith("inf"):
        return mpmath.mpf(text)
    return mpmath.pi if text == "pi" else mpmath.mpf(str(float(Fraction(text))))


@pytest.mark.parametrize(
    ("claim", "assuming", "status"),
    [
        ("integral(exp(-(x - m)**2/(2*s**2))/(s*sqrt(2*pi)), x, -inf, inf) == 1", ("s > 0",), "proved"),
        ("integral(exp(-lam*x), x, 0, inf) == 1/lam", ("lam > 0",), "proved"),
        ("integral(exp(-x**2/2)/sqrt(2*pi), x, -inf, a) == Phi(a)", (), "proved"),
        ("integral(x**n, x, 0, 1) == 1/(n + 1)", ("n > -1",), "proved"),
        ("integral(2*sqrt(r**2 - x**2), x, -r, r) == pi*r**2", ("r > 0",), "proved"),
        ("integral(relu(x - a), x, 0, 1) == (1 - a)**2/2", ("a > 0", "a < 1"), "proved"),
        ("d(integral(x*w, x, 0, w), w) == 3*w**2/2", (), "proved"),
        ("integral(x, x, a, b) == (b**2 - a**2)/2", (), "proved"),
        ("integral(1/x, x, 1, inf) == inf", (), "proved"),
        # a kink that may lie at an end, two that may be one, a range that may be a point
        ("integral(abs(x - a), x, 0, 1) == (a**2 + (1 - a)**2)/2", ("a >= 0", "a <= 1"), "proved"),
        ("integral(relu(x - a), x, 0, 1) == 0", ("a >= 0", "a <= 1"), "refuted"),
        ("integral(relu(a*x - 1), x, 0, 1) == (a - 1)**2/(2*a)", ("a >= 1",), "proved"),
        (
            "integral(abs(x - a) + abs(x - b), x, 0, 1) == a**2 - a + b**2 - b + 1",
            ("a > 0", "a <= b", "b < 1"),
            "proved",
        ),
        ("integral(abs(x - a), x, a - b, a + b) == b**2", ("b >= 0",), "proved"),
        ("integral(exp(-abs(x - a)), x, 0, inf) == 2 - exp(-a)", ("a >= 0",), "proved"),
        ("integral(1/sqrt(x), x, 0, a) == 2*sqrt(a)", ("a >= 0",), "proved"),
        # a divisor that is a parameter: where there is no integrand there is no integral
        ("integral(x/s, x, 0, 1) == 1/(2*s)", (), "proved"),
        ("integral(x/s, x, 0, 1) == 1/(3*s)", (), "refuted"),
        ("integral(x/s, x, 0, s) == s/2", (), "proved"),
        ("integral(cos(x/s), x, 0, s) == s*sin(1)", ("s >= 0",), "proved"),
        ("integral(exp(-x/s)/s, x, 0, inf) == 1", ("s >= 0",), "proved"),
        ("integral(x/s, x, 0, 1) == 5", ("s == 0",), "undecided"),
        ("integral(sqrt(s)*x, x, 0, 1) == where(s >= 0, sqrt(s)/2, 0)", (), "proved-if"),
        ("integral(x*exp(-x**2), x, 0, inf) == 1/3", (), "refuted"),
        ("integral(x**2, x, 0, a) == a**2/3", (), "refuted"),
        ("integral(exp(-lam*x), x, 0, inf) == lam", ("lam > 0",), "refuted"),
    ],
)
def test_claims(claim: str, assuming: tuple[str, ...], status: str) -> None:
    assert decide(*read(claim, *assuming)).status == status


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("integral(1/x, x, -1, 1)", "infinite with different signs"),
        ("integral(1/x**2, x, 0, a)", "whether '0' is less than 'a' is not known"),  # -inf for a < 0
        ("integral(1/(x - b)**2, x, b, a)", "whether 'b' is less than 'a' is not known"),
        ("integral(abs(x - a**2), x, 0, 1)", "is greater is not known"),
        ("integral(tan(x), x, 0, pi)", "is not known throughout"),
        ("integral(x/(x**2 + 1), x, -inf, inf)", "towards the other minus that"),
        ("integral(exp(-lam*x), x, 0, inf)", "infinite, but where lam > 0"),
        ("integral(exp(-x/s)/s, x, 0, inf)", "no antiderivative"),  # SymPy answers nan where s is 0
        ("integral(x**2, x, x, 1)", "can't depend on its variable"),
        ("integral(abs(x**2 - 1), x, 0, 2)", "changes its sign"),
        ("integral(abs(x), x, a, b)", "which of"),
    ],
)
def test_what_is_not_proved_has_no_value(asked: str, why: str) -> None:
    node, _ = read(asked)
    with pytest.raises(Unsettled, match=why):
        resolve([node])


@pytest.mark.parametrize("text", ["integral(x**2, x, 0)", "integral(x**2, 2, 0, 1)"])
def test_calls_that_can_not_be_read(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"integral\(f, x, a, b\)"):
        read(text)
