"""Series: their values held to mpmath, and what is told of those that have none."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from derive.engine.domain import Domain
from derive.engine.limits import NoLimit, Unsettled
from derive.engine.limits import known_series as table
from derive.engine.limits import rational_series as rational_sums
from derive.engine.limits.partial_sums import closed_form
from derive.engine.limits.summation import series
from derive.engine.limits.terms import Term
from derive.engine.limits.values import resolve
from derive.expr.graph import Graph, Node
from derive.language.reader import parse, to_text
from derive.numbers.balls import evaluate, rational

NAMES = ("x", "r", "a", "n")


def read(text: str, *given: str) -> tuple[Node, Domain, Graph]:
    g = Graph()
    scope = {n: g.symbol(n) for n in NAMES}
    return parse(text, scope, g), Domain([parse(c, scope, g) for c in given]), g


def worked(text: str, *given: str) -> Node:
    node, domain, _ = read(text, *given)
    return resolve([node], domain).nodes[0]


def close(node: Node, expected: mpmath.mpf, **at: Fraction) -> None:
    g = node.graph
    (value,) = evaluate([node], {g.symbol(n): rational(v) for n, v in at.items()}, 200)
    assert not isinstance(value, Exception), value
    assert abs(mpmath.mpf(str(float(value))) - expected) < 1e-12 * (1 + abs(expected)), (to_text(node), value, expected)


#: The term in the language, and in mpmath's; where it starts.
SERIES = [
    ("1/k**2", lambda k: 1 / k**2, 1),
    ("1/k**4", lambda k: 1 / k**4, 1),
    ("1/k**3", lambda k: 1 / k**3, 2),
    ("1/(k*(k + 2))", lambda k: 1 / (k * (k + 2)), 1),
    ("1/(2*k + 1)**2", lambda k: 1 / (2 * k + 1) ** 2, 0),
    ("1/((3*k + 1)*(3*k + 2))", lambda k: 1 / ((3 * k + 1) * (3 * k + 2)), 0),
    ("1/((4*k + 1)*(4*k + 3))", lambda k: 1 / ((4 * k + 1) * (4 * k + 3)), 0),
    ("1/((5*k + 1)*(5*k + 3))", lambda k: 1 / ((5 * k + 1) * (5 * k + 3)), 0),
    ("(2*k + 1)/(k**2*(k + 1)**2)", lambda k: (2 * k + 1) / (k**2 * (k + 1) ** 2), 1),
    ("(-1)**(k + 1)/k", lambda k: (-1) ** (int(k) + 1) / k, 1),
    ("(-1)**k/(2*k + 1)", lambda k: (-1) ** int(k) / (2 * k + 1), 0),
    ("(-1)**k/k**2", lambda k: (-1) ** int(k) / k**2, 1),
    ("(-1)**k*k/(k**2 - 1)", lambda k: (-1) ** int(k) * k / (k**2 - 1), 2),
    ("1/factorial(k)", lambda k: 1 / mpmath.factorial(k), 0),
    ("k**2/factorial(k)", lambda k: k**2 / mpmath.factorial(k), 0),
    ("(k**2 + 1)/factorial(k)", lambda k: (k**2 + 1) / mpmath.factorial(k), 0),
    ("1/factorial(2*k)", lambda k: 1 / mpmath.factorial(2 * k), 0),
    ("1/factorial(k)", lambda k: 1 / mpmath.factorial(k), 2),
    ("1/((k**2 + 1)*factorial(k))", lambda k: 1 / ((k**2 + 1) * mpmath.factorial(k)), 0),
    ("k/2**k", lambda k: k / 2**k, 1),
    ("k**3/3**k", lambda k: k**3 / 3**k, 1),
    ("1/(k*2**k)", lambda k: 1 / (k * 2**k), 1),
    ("(-1/3)**k/(2*k + 1)", lambda k: mpmath.mpf(-1) / 3 ** int(k) * (-1) ** (int(k) + 1) / (2 * k + 1), 0),
    ("1/((2*k + 1)*4**k)", lambda k: 1 / ((2 * k + 1) * 4**k), 0),
    ("exp(-k/2)", lambda k: mpmath.exp(-k / 2), 0),
]


@pytest.mark.parametrize(("term", "function", "first"), SERIES, ids=[s[0] for s in SERIES])
def test_values(term: str, function: object, first: int) -> None:
    with mpmath.workdps(30):
        expected = mpmath.nsum(function, [first, mpmath.inf])
    close(worked(f"sum({term} for k in range({first}, inf))"), expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(1/k**2 for k in range(1, inf))", "pi**2/6"),
        ("sum((-1)**(k + 1)/k for k in range(1, inf))", "log(2)"),
        ("sum(x**k/factorial(k) for k in range(0, inf))", "exp(x)"),
        ("sum(1/(k*(k + 1)) for k in range(1, inf))", "1"),
    ],
)
def test_forms(text: str, expected: str) -> None:
    made = worked(f"{text} - ({expected})", "x > 0")
    (gap,) = evaluate([made], {made.graph.symbol("x"): rational(Fraction(2, 3))}, 256)
    assert abs(float(gap)) < 1e-30


@pytest.mark.parametrize("r", [Fraction(1, 2), Fraction(-1, 3), Fraction(0)])
@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("sum(r**k for k in range(0, inf))", lambda r: 1 / (1 - r)),
        ("sum(k*r**k for k in range(0, inf))", lambda r: r / (1 - r) ** 2),
        ("sum((k + 1)*(k + 2)*r**k for k in range(0, inf))", lambda r: 2 / (1 - r) ** 3),
        ("sum(a*r**(2*k) for k in range(0, inf))", lambda r: 3 / (1 - r**2)),
    ],
)
def test_powers(text: str, function: object, r: Fraction) -> None:
    found = worked(text, "abs(r) < 1")
    close(found, mpmath.mpf(float(function(r))), r=r, a=Fraction(3))  # type: ignore[operator]


def test_products() -> None:
    assert worked("prod(1 - 1/k**2 for k in range(2, inf))").attr == Fraction(1, 2)


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("sum(1/k for k in range(1, inf))", 1),
        ("sum(-1/(3*k + 2) for k in range(1, inf))", -1),
        ("sum(2**k for k in range(0, inf))", 1),
        ("sum(k for k in range(0, inf))", 1),
        ("sum(k/(k**2 - 1) for k in range(2, inf))", 1),
    ],
)
def test_infinite(text: str, side: int) -> None:
    node, domain, _ = read(text)
    assert series(*node.args, node.attr, domain).side == side


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sum((-1)**k for k in range(0, inf))", "oscillates"),
        ("sum((-2)**k for k in range(0, inf))", ""),
        ("sum((-1)**k*k/(k + 1) for k in range(0, inf))", "diverges"),
        ("sum(1/(k - 3) for k in range(1, inf))", "k = 3 has no value"),
        ("sum(1/k for k in range(0, inf))", "k = 0 has no value"),
        ("sum(log(k - 1) for k in range(1, inf))", "k = 1 has no value"),
        ("sum(cos(1/k) for k in range(1, inf))", "tend to 1"),
        ("sum(where(k < 9, 0, 1) for k in range(0, inf))", "tend to 1"),
        ("sum(factorial(k)/2**k for k in range(0, inf))", "grow"),
    ],
)
def test_no_value(text: str, says: str) -> None:
    node, domain, _ = read(text)
    with pytest.raises((NoLimit, Unsettled), match=says) as e:
        series(*node.args, node.attr, domain)
    assert isinstance(e.value, NoLimit) or not says


@pytest.mark.parametrize(
    "text",
    [
        "sum(a + 1/k**2 for k in range(1, inf))",
        "sum(1/(k**40 + 1) for k in range(1, inf))",
        "sum(a*2**k/k for k in range(1, inf))",
        "sum(r**k for k in range(0, inf))",
        "sum(1/k**r for k in range(1, inf))",
        "sum(1/(k + a) for k in range(0, inf))",
    ],
)
def test_what_is_not_known_is_not_guessed(text: str) -> None:
    node, domain, _ = read(text)
    with pytest.raises(Unsettled) as e:
        series(*node.args, node.attr, domain)
    assert not isinstance(e.value, NoLimit)


# -- the tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", table.KNOWN, ids=[k.above or k.below for k in table.KNOWN])
@pytest.mark.parametrize("x", [Fraction(1, 3), Fraction(-2, 5)])
def test_known_series(entry: table.Known, x: Fraction) -> None:
    form = entry.below if entry.below and x < 0 else entry.above
    if not form or (x < 0 and not entry.below and "sqrt(x)" in form):
        return
    g = Graph()
    a = Fraction(7, 4) if entry.upper == (None,) else None
    made = table.value(g, form, g.const(x), None if a is None else g.const(a))
    upper = (
        [mpmath.mpf(a.numerator) / a.denominator] if a is not None else [mpmath.mpf(float(z or 0)) for z in entry.upper]
    )
    with mpmath.workdps(30):
        close(made, mpmath.hyper(upper, [float(b) for b in entry.lower], mpmath.mpf(x.numerator) / x.denominator))
    assert table.known(entry.upper, entry.lower) is entry


@pytest.mark.parametrize("a", sorted(rational_sums.DIGAMMA))
@pytest.mark.parametrize("shift", [0, 3])
def test_digamma(a: Fraction, shift: int) -> None:
    g = Graph()
    parts = [(g.one, g.const(a + shift), 1), (g.const(-1), g.one, 1)]
    with mpmath.workdps(30):
        at = mpmath.mpf(a.numerator) / a.denominator + shift
        close(rational_sums.summed(g, parts, False), mpmath.digamma(1) - mpmath.digamma(at))


@pytest.mark.parametrize("m", [2, 3, 4, 6])
@pytest.mark.parametrize("a", [Fraction(1), Fraction(1, 2), Fraction(7, 2), Fraction(2, 5)])
def test_hurwitz(m: int, a: Fraction) -> None:
    g = Graph()
    close(rational_sums.hurwitz(g, m, g.const(a)), mpmath.zeta(m, mpmath.mpf(a.numerator) / a.denominator))


def test_quotients_of_terms() -> None:
    node, domain, g = read("sum(x**(2*k)/factorial(2*k + 1) for k in range(0, inf))")
    body, index, low = node.args
    term = Term(body, index, low, domain)
    at = {term.j: rational(3), g.symbol("x"): rational(2)}
    assert evaluate([term.ratio()], at)[0] == rational(Fraction(4, 8 * 9))
    assert evaluate([term.at(2)], {g.symbol("x"): rational(2)})[0] == rational(Fraction(16, 120))


def test_closed_forms_need_what_they_divide_by() -> None:
    node, domain, g = read("sum(r**k for k in range(0, n))")
    assert closed_form(node, g.symbol("n"), domain) is None  # r may be 1
    node, domain, g = read("sum(r**k for k in range(0, n))", "r < 1", "r > 0")
    assert closed_form(node, g.symbol("n"), domain) is not None
