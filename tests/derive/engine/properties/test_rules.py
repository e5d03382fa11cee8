"""The rules behind properties, each asked by itself and held to numbers: second differences, eigenvalues, values far out."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from derive.engine.domain import Domain
from derive.engine.properties.asked import decided
from derive.engine.properties.chords import above_chord
from derive.engine.properties.composition import by_structure
from derive.engine.properties.curves import Curve
from derive.engine.properties.definite import definite
from derive.engine.properties.entrywise import Entries
from derive.engine.properties.facts import facts
from derive.engine.properties.gram import Gram
from derive.engine.properties.line_pieces import pieces
from derive.engine.properties.mean_value import by_mean_value
from derive.engine.properties.monotone import rises
from derive.engine.properties.optima import minimizer
from derive.engine.properties.pieces import lifted
from derive.engine.properties.samples import by_points
from derive.engine.properties.tails import Tail
from derive.engine.relation import decide_holds
from derive.expr.graph import Node, topological
from tests.banks.reading import nodes
from tests.banks.sampling import value

LINE = [Fraction(k, 2) for k in range(-7, 8)]


def variable(n: Node, name: str = "x") -> Node:
    return next(m for m in topological([n]) if m.op == "symbol" and m.attr == name)


def on_line(f: Node, x: Node) -> list[float]:
    return [float(value(f, {x: p})) for p in LINE]


@pytest.mark.parametrize("way", ["structure", "curve"])
@pytest.mark.parametrize(
    ("text", "convex", "concave"),
    [
        ("exp(2*x - 1) + x", True, False),
        ("logaddexp(x, 0) + abs(x - 1)", True, False),
        ("max(x, 2*x - 1, -x)", True, False),
        ("relu(x)**2", True, False),
        ("-exp(x)", False, True),
        ("min(x, 1 - x)", False, True),
        ("3*x - 2", True, True),
        ("x**3", False, False),
        ("tanh(x)", False, False),
        ("x*exp(x)", False, False),
        ("exp(x)*-1 + x**2", False, False),
    ],
)
def test_rules_of_composition_agree_with_second_differences(way: str, text: str, convex: bool, concave: bool) -> None:
    (f,) = nodes(text)
    x = variable(f)
    numbers = on_line(f, x)
    bends = [a - 2 * b + c for a, b, c in zip(numbers, numbers[1:], numbers[2:], strict=False)]
    for sign, so in ((1, convex), (-1, concave)):
        curve = Curve([x], Domain())
        found = by_structure(f, x, Domain(), sign) is not None if way == "structure" else curve.bends(f, sign)
        assert not found or all(sign * b >= -1e-9 for b in bends)
        assert found or not so or (way == "structure" and text == "relu(x)**2")


@pytest.mark.parametrize(("text", "sign"), [("x**3", 1), ("tanh(x)", 1), ("exp(x)", -1), ("abs(x)", -1)])
def test_a_chord_refutes(text: str, sign: int) -> None:
    (f,) = nodes(text)
    found = above_chord(f, variable(f), Domain(), sign)
    assert found is not None
    assert found.status == "refuted"
    (g,) = nodes("x**2")
    assert above_chord(g, variable(g), Domain(), 1) is None


@pytest.mark.parametrize("seed", range(12))
def test_definiteness_agrees_with_eigenvalues(seed: int) -> None:
    chance = np.random.default_rng(seed)
    rows = chance.integers(-3, 4, (3, 3))
    matrix = rows @ rows.T - int(chance.integers(0, 3)) * np.eye(3, dtype=int) if seed % 2 else rows + rows.T
    (a,) = nodes(str(matrix.tolist()))
    least = np.linalg.eigvalsh(matrix.astype(float)).min()
    for strict in (True, False):
        told = definite(a, Domain(), strict).status
        if abs(least) > 1e-6:
            assert told == ("proved" if least > 0 else "refuted")
        elif strict:
            assert told == "refuted"


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("A.T @ A", 1),
        ("A.T @ A + eye(2)", 2),
        ("A.T @ A - eye(2)", 0),
        ("outer(v, v)", 1),
        ("A.T @ A + outer(v, v) + 3*eye(2)", 2),
    ],
)
def test_sums_of_gram_matrices(text: str, sign: int) -> None:
    shapes = {"A": (3, 2), "v": (2,)}
    (a,) = nodes(text, shapes={n: s for n, s in shapes.items() if n in text})
    domain = Domain()
    assert Gram(Entries(domain), facts(domain.hypotheses)).sign(a) == sign


@pytest.mark.parametrize(
    ("text", "strict", "rising"),
    [
        ("x**3", True, True),
        ("x + sin(x)/2", True, True),
        ("relu(x)", False, True),
        ("relu(x)", True, False),
        ("x - sin(2*x)", False, False),
        ("x**2", False, False),
        ("tanh(x) + exp(x)", True, True),
    ],
)
def test_what_rises(text: str, strict: bool, rising: bool) -> None:
    (f,) = nodes(text)
    x = variable(f)
    assert rises(f, x, Domain(), strict) is rising
    if rising:
        assert all(b > a if strict else b >= a for a, b in pairwise(on_line(f, x)))


@pytest.mark.parametrize(
    "text", ["abs(x - 1) + relu(x)", "max(x, 1 - 2*x)*min(x, 1)", "where(x > 1/2, x**2, x)", "sign(x)*x**2"]
)
def test_a_piece_is_the_function_where_it_lies(text: str) -> None:
    (f,) = nodes(text)
    x = variable(f)
    found = pieces(f, x, Domain())
    for p in [] if text.startswith("where") else LINE:  # that one jumps
        for piece in found:
            if (piece.low is None or piece.low < p) and (piece.high is None or p < piece.high):
                assert value(piece.branch, {x: p}) == value(f, {x: p})
    assert len(found) > 1 or text.startswith("where")
    up = lifted(f, [x])
    assert [value(up, {x: p}) for p in LINE] == [value(f, {x: p}) for p in LINE]


@pytest.mark.parametrize(
    ("text", "start", "sign"),
    [
        ("exp(t) - t**3", 6, 1),
        ("t - exp(t/3)", 20, -1),
        ("sqrt(t) - t", 2, -1),
        ("1 - tanh(t)", 3, 1),
        ("erf(t) - 1", 2, -1),
    ],
)
def test_tails_have_their_sign_from_the_start_on(text: str, start: int, sign: int) -> None:
    (f,) = nodes(text)
    t = variable(f, "t")
    assert Tail(t, Fraction(start)).sign(f) == sign
    assert all(value(f, {t: Fraction(p)}) * sign > 0 for p in (start, start + 1, 2 * start))


def test_a_bound_on_the_slope_is_one_of_differences() -> None:
    true, false = nodes("abs(tanh(x) - tanh(y)) <= abs(x - y)", "abs(tanh(x) - tanh(y)) <= abs(x - y)/2")
    assert by_mean_value(true, Domain(), decide_holds) is not None
    assert by_mean_value(false, Domain(), decide_holds) is None


@pytest.mark.parametrize(
    "text",
    [
        "x > x**2 + 1/5",
        "exp(x) >= 1 + 2*x",
        "x*y <= x**2",
        "log(1 + x**2) < 20",  # far out
        "cos(x) >= 1 - x**2/2 + x**4/1000",
        "log(1 + x**2 + y**2) < 25",
    ],
)
def test_points_refute(text: str) -> None:
    (c,) = nodes(text)
    found = by_points(c, Domain(), grid=True)
    assert found is not None
    assert value(c, dict(found.witness or {})) is False
    (true,) = nodes("x**2 + y**2 >= x*y")
    assert by_points(true, Domain(), grid=True) is None


@pytest.mark.parametrize(
    ("text", "at", "least"), [("(x - 1)**2 + 3", "1", True), ("abs(x) + x/2", "0", True), ("x**4 - x**2", "0", False)]
)
def test_a_minimum_is_least_on_a_grid(text: str, at: str, least: bool) -> None:
    f, v = nodes(text, at)
    x = variable(f)
    v = f.graph.const(Fraction(at))
    assert (decided(minimizer(False), [f, x, v], Domain()).status == "proved") is least
    assert (value(f, {x: Fraction(at)}) == min(value(f, {x: p}) for p in [*LINE, Fraction(at)])) is least
