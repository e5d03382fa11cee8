"""Limits of iterations, held to what stepping them in floats gives, and what is told of those that have none."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from derive.calculus.iteration import Declared, System
from derive.engine.domain import Domain
from derive.engine.limits import NoLimit, Unsettled
from derive.engine.limits.oracle import Oracle
from derive.engine.limits.sequences import along, characteristic, stable
from derive.expr.graph import Graph, Node
from derive.language.reader import parse
from derive.language.sequences import declare
from derive.numbers.balls import evaluate, rational

#: The start and the step of each state; claims speak of k steps.
SEQUENCES: Mapping[str, tuple[str, str]] = {
    "w": ("w0", "w - eta*lam*(w - c)"),
    "v": ("1", "v/2 + 1/v"),
    "u": ("1", "cos(u)"),
    "z": ("2", "3*z"),
    "y": ("1", "-y"),
    "s": ("1/2", "s - s**2"),
    "l": ("1/3", "4*l*(1 - l)"),
    "r": ("3", "sqrt(r + 2)"),
    "a": ("[1, 2]", "[a[0]/2 + a[1]/4, a[0]/4 + 1]"),
    "b": ("[1, 0]", "[b[1], 2*b[0]]"),
    "m": ("0", "beta*m + (q - c)"),
    "q": ("w0", "q - eta*(beta*m + (q - c))"),
}


def made(text: str, *given: str) -> tuple[Node, Node, Domain]:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("w0", "eta", "lam", "c", "beta", "k")}
    starts = {n: parse(start, scope, g) for n, (start, _) in SEQUENCES.items()}
    states = {n: g.symbol(n, s.shape) for n, s in starts.items()}
    scope |= states
    declare(g, states.values())
    g.templates["sequences"] = System(
        g, [Declared(states[n], starts[n], lambda _, s=step: parse(s, scope, g)) for n, (_, step) in SEQUENCES.items()]
    )
    return parse(text, scope, g), scope["k"], Domain([parse(c, scope, g) for c in given])


def value(found: Node, **at: int) -> float:
    g = found.graph
    return float(evaluate([found], {g.symbol(n): rational(v) for n, v in at.items()}, 128)[0])


STEPS = ("eta*lam > 0", "eta*lam < 2")


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("w(k)", STEPS, 5),
        ("w(k + 3)*2", STEPS, 10),
        ("v(k)", (), 2**0.5),
        ("v(k)**2 - 2", (), 0),
        ("u(k)", (), 0.7390851332151607),
        ("r(k)", (), 2),
        ("abs(a(k)[0] - 1)", (), 3 / 7),
        ("q(k)", ("beta == 1/2", "eta == 1/10"), 5),
        ("q(k)", ("beta >= 0", "beta < 1", "eta > 0", "eta < 1"), 5),
        ("z(k)/3**k", (), 2),
    ],
)
def test_limits(text: str, given: tuple[str, ...], expected: float) -> None:
    f, k, domain = made(text, *given)
    found = along(f, k, domain)
    assert found.side == 0
    assert value(found.value, c=5) == pytest.approx(expected, rel=1e-14, abs=1e-14)


def test_infinite() -> None:
    f, k, domain = made("z(k)")
    assert along(f, k, domain).side == 1


@pytest.mark.parametrize("text", ["y(k)", "3 + y(k)"])
def test_none(text: str) -> None:
    f, k, domain = made(text)
    with pytest.raises(NoLimit, match="oscillates"):
        along(f, k, domain)


@pytest.mark.parametrize(
    ("text", "given", "says"),
    [
        ("w(k)", (), "not known"),
        ("s(k)", (), "come near|no interval"),  # it tends to 0, at rate 1
        ("l(k)", (), "don't come near|no interval"),
        ("b(k)[0]", (), "which is not known"),
        ("q(k)", ("beta == 1/2", "eta == 4"), "which is not known"),
        ("floor(v(k))", (), "may jump"),
        ("1/(u(k) - u(k + 1))", (), "not known"),
        ("v(k)*k", (), "speaks of k"),
    ],
)
def test_undecided(text: str, given: tuple[str, ...], says: str) -> None:
    f, k, domain = made(text, *given)
    with pytest.raises(Unsettled, match=says) as e:
        along(f, k, domain)
    assert not isinstance(e.value, NoLimit)


@pytest.mark.parametrize(
    ("rows", "radius"),
    [("[[1/2, 1], [0, 1/3]]", 0.5), ("[[0, 1], [-1, 0]]", 1), ("[[9/10, -1/2], [1/2, 1/2]]", 0.8), ("[[2, 0], [0, 1/2]]", 2),
     ("[[1/2, 1/2, 0], [1/2, 0, 1/4], [0, 1, 1/8]]", 0.9)],
)  # fmt: skip
def test_spectral_radius(rows: str, radius: float) -> None:
    import numpy as np

    g = Graph()
    matrix = parse(rows, {"": g.zero}, g)
    size = matrix.shape[0]
    entries = [[g.index(matrix, (i, j)) for j in range(size)] for i in range(size)]
    plain = np.array([[value(e) for e in row] for row in entries])
    oracle = Oracle(g, g.symbol("far'"), Domain([]))
    coefficients = [value(c) for c in characteristic(oracle, entries)]
    assert coefficients[::-1] == pytest.approx(list(np.poly(plain)))
    if max(abs(np.linalg.eigvals(plain))) < 1 - 1e-9:
        stable(oracle, entries, Domain([]))
    else:
        with pytest.raises(Unsettled):
            stable(oracle, entries, Domain([]))


def test_the_limit_of_a_sum_is_its_series() -> None:
    f, k, domain = made("sum(1/j**2 for j in range(1, k + 1))")
    assert value(along(f, k, domain).value) == pytest.approx(1.6449340668482264)
    f, k, domain = made("sum(1/j for j in range(1, k + 1))")
    assert along(f, k, domain).side == 1
