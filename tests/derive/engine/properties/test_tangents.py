"""Gibbs' inequality, log-sum-exp and dominated diagonals of three entries and more; nothing proved is false at a sample."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from derive.engine import Decision
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph, Node
from derive.language.components import components_all
from derive.language.names import names_in
from derive.language.reader import parse
from derive.numbers.balls import rational, truth

SIMPLEX = ("p > 0", "q > 0", "sum(p) == 1", "sum(q) == 1")


def read(text: str, given: tuple[str, ...], **shapes: tuple[int, ...]) -> tuple[Node, Domain]:
    g = Graph()
    scope = {n: g.symbol(n, shapes.get(n, ())) for n in sorted({n for t in (text, *given) for n in names_in(t)})}
    first, *rest = (parse(t, scope, g, boolean=True) for t in (text, *given))
    return first, Domain(rest)


def decided(text: str, given: tuple[str, ...] = (), **shapes: tuple[int, ...]) -> Decision:
    return decide_condition(*read(text, given, **shapes))


@pytest.mark.parametrize(
    ("text", "given", "status"),
    [
        ("sum(p*log(p/q)) >= 0", SIMPLEX, "proved"),
        ("-sum(p*log(q)) >= -sum(p*log(p))", SIMPLEX, "proved"),
        ("-sum(p*log(p)) <= log(3)", SIMPLEX[::2], "proved"),
        ("-sum(p*log(p)) <= log(2)", SIMPLEX[::2], "refuted"),
        ("sum(p*log(p/q)) >= 0", SIMPLEX[:2], "refuted"),
        ("logsumexp(p) > max(p)", (), "proved"),
        ("logsumexp(p) <= max(p) + log(3)", (), "proved"),
        ("logsumexp(p) < max(p) + log(3)", (), "refuted"),
        ("logsumexp(p) <= max(p) + 1", (), "refuted"),
    ],
)
def test_three_entries(text: str, given: tuple[str, ...], status: str) -> None:
    condition, _ = read(text, given, p=(3,), q=(3,))
    used = {n for t in given for n in names_in(t) if n in names_in(text)}
    kept = tuple(t for t in given if set(names_in(t)) <= used | {"sum"})
    found = decided(text, kept, p=(3,), q=(3,))
    assert found.status == status, str(found)
    chance = random.Random(text)
    for _ in range(40):
        values = {}
        for name in ("p", "q"):
            parts = [Fraction(chance.randint(1, 50)) for _ in range(3)]
            values[name] = [v / sum(parts) for v in parts] if kept else [v / 10 - 2 for v in parts]
        (entries,) = components_all([condition])
        leaves = {n: rational(values[n.args[0].attr][n.attr[0]]) for n in _indices(entries)}
        held = [truth(e, leaves) for e in entries]
        assert status != "proved" or False not in held


def _indices(roots: list[Node]) -> set[Node]:
    found: set[Node] = set()
    work = list(roots)
    while work:
        n = work.pop()
        if n.op == "index":
            found.add(n)
        elif n not in found:
            work += n.args
    return found


@pytest.mark.parametrize("size", [2, 3, 4])
def test_dominated_diagonals(size: int) -> None:
    shape = {"H": (size, size)}
    dominated = "diag(sum(abs(H), axis=1)) - H"
    assert decided(f"positive_semidefinite({dominated})", ("H.T == H",), **shape).status == "proved"
    assert decided(f"positive_definite({dominated} + eye({size}))", ("H.T == H",), **shape).status == "proved"
    assert decided(f"positive_semidefinite({dominated} - eye({size}))", ("H.T == H",), **shape).status == "refuted"


@pytest.mark.parametrize("text", ["norm(v)", "norm(v - w)"])
def test_a_norm_has_no_slope_where_it_is_0(text: str) -> None:
    assert decided(f"differentiable({text}, v)", (), v=(3,), w=(3,)).status == "refuted"
    assert decided(f"differentiable({text}**2, v)", (), v=(3,), w=(3,)).status == "proved"
