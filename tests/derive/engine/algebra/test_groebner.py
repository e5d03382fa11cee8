"""Polynomial side conditions: what follows from ``R.T @ R == eye(n)`` and the like, entry by entry. Truth is NumPy at random
rotations, unit vectors and points of the simplex, and SymPy's own Groebner bases."""

from __future__ import annotations

import functools
import random
from fractions import Fraction

import numpy as np
import pytest
import sympy

from derive.calculus.reverse import expand_all
from derive.engine import Decision, decide_equal
from derive.engine.algebra.groebner import Ideal
from derive.engine.algebra.polynomials import Ring
from derive.engine.counterexamples.tensor_points import Draw, rotation
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph
from derive.flint import fmpq
from derive.language.names import names_in
from derive.language.reader import parse

SHAPES = {"R": (2, 2), "Q": (3, 3), "u": (2,), "v": (2,), "f": (3,), "h": (3,), "p": (2,), "q": (3,)}
R2, Q3 = "R.T @ R == eye(2)", "Q.T @ Q == eye(3)"
U, V, F, H = "norm(u) == 1", "sum(v**2) == 1", "norm(f)**2 == 1", "h @ h == 1"
P, S = ("sum(p) == 1", "p >= 0"), ("sum(q) == 1", "q >= 0")
CIRCLE = "a**2 + b**2 == 1"

TRUE = [
    ("R[0,0]**2 + R[1,0]**2 == 1", (R2,)),
    ("R[0,0]**2 + R[0,1]**2 == 1", (R2,)),
    ("R[0,0]*R[1,0] + R[0,1]*R[1,1] == 0", (R2,)),
    ("R[0,0]**2 == R[1,1]**2", (R2,)),
    ("det(R)**2 == 1", (R2,)),
    ("(R[0,0]*R[1,1] - R[0,1]*R[1,0])*R[0,0] == R[1,1]", (R2,)),
    ("R[0,0] <= 1", (R2,)),
    ("abs(R[0,1]) <= 1", (R2,)),
    ("R[0,0]*R[0,1] <= 1/2", (R2,)),
    ("R[0,0]**2 + R[0,1]**2 + R[1,0]**2 + R[1,1]**2 == 2", (R2,)),
    ("sqrt(R[0,0]**2 + R[0,1]**2) == 1", (R2,)),
    ("Q[0,0]**2 + Q[0,1]**2 + Q[0,2]**2 == 1", (Q3,)),
    ("Q[0,0]*Q[1,0] + Q[0,1]*Q[1,1] + Q[0,2]*Q[1,2] == 0", (Q3,)),
    ("det(Q)**2 == 1", (Q3,)),
    ("det(Q)*Q[0,0] == Q[1,1]*Q[2,2] - Q[1,2]*Q[2,1]", (Q3,)),
    ("Q[2,1] <= 1", (Q3,)),
    ("u @ v <= 1", (U, V)),
    ("u @ v >= -1", (U, V)),
    ("f @ h <= 1", (F, H)),
    ("sum((u - v)**2) == 2 - 2*(u @ v)", (U, V)),
    ("u[0]**2 == 1 - u[1]**2", (U,)),
    ("u[0] + u[1] <= sqrt(2)", (U,)),
    ("p[0]*p[1] <= 1/4", P),
    ("p[0]**2 + p[1]**2 >= 1/2", P),
    ("p[0] <= 1", P),
    ("sum(q**2) <= 1", S),
    ("q[0]*q[1] <= 1/4", S),
    ("sum(q**2) >= 1/3", S),
    ("a**4 + 2*a**2*b**2 + b**4 == 1", (CIRCLE,)),
    ("a*b <= 1/2", (CIRCLE,)),
    ("abs(a) <= 1", (CIRCLE,)),
    ("x**2*y == x", ("x*y == 1",)),
    ("x + y >= 2", ("x*y == 1", "x > 0")),
    ("a**2 + b**2 == 1", ("a == cos(t)", "b == sin(t)")),
    ("(a*c - b*s)**2 + (a*s + b*c)**2 == 1", (CIRCLE, "c**2 + s**2 == 1")),
    ("cos(t)*sin(t) <= 1/2", ()),
]

FALSE = [
    ("R[0,0]**2 + R[1,0]**2 == 2", (R2,)),
    ("R[0,0] == R[1,1]", (R2,)),
    ("R[0,1] == -R[1,0]", (R2,)),
    ("det(R) == 1", (R2,)),
    ("R[0,0] >= 0", (R2,)),
    ("R[0,0] < 1", (R2,)),
    ("R[0,0]*R[0,1] <= 1/3", (R2,)),
    ("R[0,0] + R[0,1] == 1", (R2,)),
    ("abs(R[0,0]) == 1", (R2,)),
    ("Q[0,0]**2 + Q[0,1]**2 == 1", (Q3,)),
    ("Q[0,0] == Q[1,1]*Q[2,2] - Q[1,2]*Q[2,1]", (Q3,)),
    ("Q[0,1] == Q[1,0]", (Q3,)),
    ("u @ v == 1", (U, V)),
    ("u @ v >= 0", (U, V)),
    ("f @ h < 1", (F, H)),
    ("u[0] + u[1] <= 1", (U,)),
    ("p[0]*p[1] <= 1/5", P),
    ("p[0] < 1", P),
    ("sum(q**2) >= 1/2", S),
    ("a*b <= 1/3", (CIRCLE,)),
    ("a + b == 1", (CIRCLE,)),
    ("x + y >= 2", ("x*y == 1",)),
    ("x*y**2 == x", ("x*y == 1",)),
]


def _decide(text: str, given: tuple[str, ...]) -> Decision:
    g = Graph()
    texts = [text, *given]
    scope = {n: g.symbol(n, SHAPES.get(n, ())) for n in sorted({n for t in texts for n in names_in(t)})}
    whole, *assuming = expand_all([parse(t, scope, g, boolean=True) for t in texts])
    if whole.op == "eq":
        return decide_equal(*whole.args, Domain(assuming))
    return decide_condition(whole, Domain(assuming))


NUMPY = {
    "norm": np.linalg.norm, "sum": np.sum, "sqrt": np.sqrt, "abs": np.abs, "det": np.linalg.det, "eye": np.eye,
    "cos": np.cos, "sin": np.sin,
}  # fmt: skip


def _holds(text: str, values: dict[str, object], slack: float = 1e-9) -> bool:
    """By floats: within rounding."""
    for sign in ("==", "<=", ">=", "<", ">"):
        if f" {sign} " in text:
            a, b = (np.asarray(eval(side, {}, {**NUMPY, **values}), float) for side in text.split(f" {sign} "))
            gap = a - b
            close = np.abs(gap) <= slack
            return bool(np.all({"==": close, "<=": (gap < 0) | close, ">=": (gap > 0) | close,
                                "<": (gap < 0) & ~close, ">": (gap > 0) & ~close}[sign]))  # fmt: skip
    raise AssertionError(text)


def _drawn(at: np.random.Generator) -> dict[str, object]:
    def unit(n: int) -> np.ndarray:
        x = at.normal(size=n)
        return x / np.linalg.norm(x)

    t, x = at.uniform(-4, 4), at.uniform(0.1, 3)
    (a, b), (c, s) = unit(2), unit(2)
    return {
        "R": np.linalg.qr(at.normal(size=(2, 2)))[0], "Q": np.linalg.qr(at.normal(size=(3, 3)))[0],
        "u": unit(2), "v": unit(2), "f": unit(3), "h": unit(3), "p": at.dirichlet([1, 1]), "q": at.dirichlet([1, 1, 1]),
        "a": a, "b": b, "c": c, "s": s, "t": t, "x": x, "y": 1 / x,
    }  # fmt: skip


@pytest.mark.parametrize(("text", "given"), TRUE)
def test_what_follows_is_proved(text: str, given: tuple[str, ...]) -> None:
    at = np.random.default_rng(1)
    for _ in range(40):
        values = _drawn(at)
        if "a == cos(t)" in given:
            values |= {"a": np.cos(values["t"]), "b": np.sin(values["t"])}
        assert _holds(text, values), "the statement itself is false"
    found = _decide(text, given)
    assert found.status == "proved", str(found)


@pytest.mark.parametrize(("text", "given"), FALSE)
def test_what_does_not_follow_is_refuted_at_a_point_of_the_domain(text: str, given: tuple[str, ...]) -> None:
    found = _decide(text, given)
    assert found.status in ("refuted", "proved-if"), str(found)
    values: dict[str, object] = {n: np.zeros(SHAPES[n]) for n in SHAPES}
    assert found.witness is not None
    for node, value in found.witness.items():
        if node.op == "index":
            values[node.args[0].attr][node.attr] = float(value)  # type: ignore[index]
        else:
            values[node.attr] = float(value)
    assert all(_holds(c, values) for c in given)
    assert not _holds(text, values)


def test_what_no_point_satisfies_proves_nothing() -> None:
    assert _decide("x == y", ("x**2 + y**2 == -1",)).status == "undecided"
    assert _decide("a == 7", (CIRCLE, "a**2 + b**2 == 2")).status == "undecided"


def test_witnesses_of_rotations_are_small() -> None:
    for text in ("det(R) == 1", "R[0,1] == -R[1,0]", "R == R.T", "R @ R == eye(2)", "R[0,0] == 1"):
        found = _decide(text, (R2,))
        assert found.witness is not None
        assert set(map(abs, found.witness.values())) <= {Fraction(n, 5) for n in (0, 3, 4, 5)}
    for t in range(9):
        for n in (1, 2, 3, 4):
            q = np.array(rotation(n, Draw(t)), dtype=object)
            assert (q @ q.T == np.eye(n, dtype=int)).all()
            assert {abs(v) for v in q.flat} <= {Fraction(k, 5) for k in (0, 3, 4, 5)}


@functools.cache
def _small_ring() -> tuple[Ring, list[object]]:
    g = Graph()
    ring = Ring(g, 4)
    names = [g.symbol(n) for n in "xyz"]
    return ring, [ring.gen(ring.kernel(("name", n.id), lambda n=n: n, frozenset((n,)))) for n in names]


@pytest.mark.parametrize("seed", range(25))
def test_membership_agrees_with_sympy(seed: int) -> None:
    at = random.Random(seed)
    ring, _ = _small_ring()
    xs = sympy.symbols("x y z")

    def polynomial() -> dict[tuple[int, ...], int]:
        return {tuple(at.randint(0, 2) for _ in xs): at.randint(-3, 3) or 1 for _ in range(at.randint(1, 3))}

    def both(terms: dict[tuple[int, ...], int]) -> tuple[object, sympy.Expr]:
        power = sum(
            (c * sympy.prod(x**n for x, n in zip(xs, e, strict=True)) for e, c in terms.items()), sympy.Integer(0)
        )
        return ring.combination({e: fmpq(c) for e, c in terms.items()}), power

    made = [both(polynomial()) for _ in range(2)]
    ideal = Ideal(ring, [p for p, _ in made])
    truth = sympy.groebner([q for _, q in made], *xs, order="grevlex")
    for _ in range(4):
        (p, q), (r, s) = both(polynomial()), both(polynomial())
        member, same = p * made[0][0] + r * made[1][0], sympy.expand(q * made[0][1] + s * made[1][1])
        assert truth.contains(same)
        assert ideal.contains(member)
        assert truth.contains(q) or not ideal.contains(p)
