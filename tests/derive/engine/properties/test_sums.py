"""Sums of squares, sums of parts that share no symbol, and the one place where they are least."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from derive.engine import Decision
from derive.engine.domain import Domain
from derive.engine.properties.conditions import decide
from derive.engine.properties.dispatch import decide_condition
from derive.engine.properties.sums import by_terms
from derive.expr.graph import Graph
from derive.language.names import names_in
from derive.language.reader import parse
from derive.numbers.balls import rational, truth
from tests.banks import attacks

ROSENBROCK = "(1 - v[0])**2 + 100*(v[1] - v[0]**2)**2"
HIMMELBLAU = "(v[0]**2 + v[1] - 11)**2 + (v[0] + v[1]**2 - 7)**2"
CAMEL = "2*v[0]**2 - 1.05*v[0]**4 + v[0]**6/6 + v[0]*v[1] + v[1]**2"


def decided(claim: str, *given: str) -> Decision:
    g = Graph()
    shapes = {"v": (2,)}
    scope = {
        n: g.symbol(n, shapes.get(n, ())) for n in sorted({n for t in (claim, *given) for n in names_in(t)} - {"pi"})
    }
    return decide_condition(parse(claim, scope, g), Domain(parse(a, scope, g, boolean=True) for a in given))


@pytest.mark.parametrize(
    ("claim", "given", "status"),
    [
        ("(x**2 + y - 11)**2 + (x + y**2 - 7)**2 >= 0", (), "proved"),
        ("(x**2 + y - 11)**2 + (x + y**2 - 7)**2 >= 1", (), "refuted"),
        ("(x**2 + y)**2 + (x - y**3)**4 + 1 > 0", (), "proved"),
        ("(x**2 - 3*y)**2 - (x + y)**2 >= 0", (), "refuted"),
        ("exp(x) + exp(y) - x - y >= 2", (), "proved"),
        ("exp(x) + exp(y) - x - y >= 2.001", (), "refuted"),
        ("x - log(x) + y**2 - 2*y + z**4 >= 0", ("x > 0",), "proved"),
    ],
)
def test_inequalities(claim: str, given: tuple[str, ...], status: str) -> None:
    assert decided(claim, *given).status == status


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        (f"unique_minimizer({ROSENBROCK}, v, [1, 1])", "proved"),
        (f"unique_minimizer({CAMEL}, v, zeros(2))", "proved"),
        (f"minimizer({HIMMELBLAU}, v, [3, 2])", "proved"),
        ("unique_minimizer(x**2 - 10*cos(2*pi*x), x, 0)", "proved"),
        ("unique_minimizer(v[0]**4 + exp(v[1]) - v[1], v, zeros(2))", "proved"),
        ("unique_minimizer((x**2 - 1)**2, x, 1)", "refuted"),
        ("unique_minimizer((v[0]**2 - 1)**2 + v[1]**2, v, [1, 0])", "refuted"),
        ("unique_minimizer((v[0]*v[1] - 1)**2, v, [1, 1])", "refuted"),
        ("unique_minimizer(v[0]**2, v, zeros(2))", "refuted"),
    ],
)
def test_minimizers(claim: str, status: str) -> None:
    assert decided(claim).status == status


@pytest.mark.parametrize(
    ("claim", "given", "status"),
    [
        ("iff(minimizer((x - a)**2/2 + c*abs(x), x, 0), abs(a) <= c)", ("c > 0",), "proved"),
        ("iff(minimizer((x - a)**2/2 + c*abs(x), x, 0), abs(a) < c)", ("c > 0",), "undecided"),
        ("iff(stationary((x - a)**2, x, 3), a == 3)", (), "proved"),
        ("not minimizer(k*x**2 + x, x, 0)", (), "proved"),
        ("not stationary(exp(k*x) + x, x, 0)", ("k > 0",), "proved"),
        ("not minimizer(k*x**2, x, 0)", (), "undecided"),  # it is for k >= 0
        ("stationary(abs(x - 1), x, 1)", (), "refuted"),
        ("stationary(x**3 + abs(x - a), x, a)", (), "refuted"),
        ("not differentiable(relu(a*x + b), x)", ("a != 0",), "proved"),
    ],
)
def test_points_for_all_values_of_other_symbols(claim: str, given: tuple[str, ...], status: str) -> None:
    assert decided(claim, *given).status == status


def test_either_of_two_may_hold_throughout() -> None:
    assert decided("iff(stationary(k*x**2, x, 0), 1 == 1)").status == "proved"


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("r - 1 - log(r) > 0", ("r > 0", "r != 1")),
        ("p*log(p/q) + (1 - p)*log((1 - p)/(1 - q)) > 0", ("0 < p", "p < 1", "0 < q", "q < 1", "p != q")),
    ],
)
def test_strict_where_two_differ(claim: str, given: tuple[str, ...]) -> None:
    assert decided(claim, *given).status == "proved"
    assert decided(claim, *given[:-1]).status == "refuted"


def test_points_downhill() -> None:
    quartic = "(x**4 - 16*x**2 + 5*x)/2"  # least -39.166165...
    assert decided(f"{quartic} > -39.16617").status == "proved"
    found = decided(f"{quartic} > -39.16616")
    assert found.status == "refuted"
    assert found.witness


def test_what_lies_between_ends() -> None:
    """Polynomials that are linear in each of some letters, on boxes: right is what the corners say."""
    rng = random.Random(5)
    letters = ("a", "b", "c")
    for _ in range(25):
        corners = [
            {s: Fraction(rng.randint(-2, 0)) for s in letters},
            {s: Fraction(rng.randint(1, 3)) for s in letters},
        ]
        text = " + ".join(f"{rng.randint(-3, 3)}*{m}" for m in ("1", "a", "b", "c", "a*b", "b*c", "a*b*c"))
        given = [f"{corners[0][s]} <= {s}" for s in letters] + [f"{s} <= {corners[1][s]}" for s in letters]
        g = Graph()
        scope = {s: g.symbol(s) for s in letters}
        condition = parse(f"{text} >= 0", scope, g)
        points = [{s: corners[k >> i & 1][s] for i, s in enumerate(letters)} for k in range(8)]
        right = all(truth(condition, {scope[s]: rational(v) for s, v in p.items()}) for p in points)
        found = decide_condition(condition, Domain(parse(t, scope, g) for t in given))
        assert found.status == ("proved" if right else "refuted"), (text, given)


@pytest.mark.parametrize(
    ("claim", "given", "status"),
    [
        ("1 - a*b >= 0", ("0 <= a", "a <= 1", "0 <= b", "b <= 1"), "proved"),
        ("1 - a*b > 0", ("0 <= a", "a < 1", "0 <= b", "b <= 1"), "proved"),
        ("1 - a*b > 0", ("0 <= a", "a <= 1", "0 <= b", "b <= 1"), "refuted"),
        ("abs((1 - sigmoid(x))*tanh(y) + sigmoid(x)*c) < 1", ("abs(c) < 1",), "proved"),
        ("1 - cos(x)*sin(y) >= 0", (), "proved"),
        ("10*(1 - 1/(8*pi))*(1 + cos(x)) >= 0", (), "proved"),
        ("22 - 7*pi > 0", (), "proved"),
        ("3.14 - pi > 0", (), "refuted"),
    ],
)
def test_signs_between_ends(claim: str, given: tuple[str, ...], status: str) -> None:
    assert decided(claim, *given).status == status


@pytest.mark.parametrize(
    ("said", "given", "shown"),
    [
        ("x*exp(y) + y**2*abs(x) >= 0", "x >= 0", True),
        ("-(p*log(p)) - q*log(q) >= 0", "0 < p and p < 1 and 0 < q and q <= 1", True),
        ("-(p*log(p)) - q*log(q) >= 0", "0 < p and 0 < q", False),
        ("x*exp(y) + exp(z) > 0", "x >= 0", True),
        ("x*exp(y) + z*exp(x) > 0", "x >= 0 and z >= 0", False),  # both may be 0
        ("x/y + y/x <= 0", "x < 0 and y > 0", True),
        ("x/y + y/x <= 0", "x < 0 and y < 0", False),
    ],
)
def test_each_term_has_the_sign_of_the_whole(said: str, given: str, shown: bool) -> None:
    wanted, held = attacks.read(f"{said} ; if {given.replace(' and ', ' & ')}")
    found = by_terms(wanted, Domain(held), decide)
    assert (found is not None and found.status == "proved") is shown
