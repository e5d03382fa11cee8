"""Soundness of the engine that decides: balls at proved claims, mutants that must not be proved, texts that must not break it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.reverse import expand
from derive.engine import decide_equal
from derive.engine.domain import Domain
from derive.engine.equations import scalars
from derive.engine.equations.regions import Regions
from derive.engine.tactics import Tactic
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node, topological
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import evaluate, precision, rational, truth
from tests.banks.identities import Identity, read
from tests.derive.engine.test_decide import ALL_IF, ALL_TRUE, close, general, leaves, random_points, value

MUTANTS = 600  # generated in all
SLOW = 60  # nodes up to which an identity is mutated


@pytest.mark.parametrize("line", ALL_TRUE + ALL_IF)
def test_balls_of_what_is_proved_meet(line: str) -> None:
    """At random points of the domain, the difference of the sides encloses 0."""
    identity = read(line)
    found = decide_equal(identity.a, identity.b, Domain(identity.assuming))
    conditions = [c for a in (*identity.assuming, *found.conditions) for c in components(a)]
    pairs = list(zip(components(identity.a), components(identity.b), strict=True))
    symbols = leaves(*[n for pair in pairs for n in pair], *conditions)
    for point in general(random_points(line, symbols, (1, 2, 3, 7)))[:20]:
        values = {s: rational(v) for s, v in point.items()}
        if not all(truth(c, values) is True for c in conditions):
            continue
        for pair in pairs:
            x, y = evaluate(pair, values)
            if isinstance(x, fmpq | arb) and isinstance(y, fmpq | arb):
                with precision(128):
                    assert (arb(x) - arb(y)).contains(0), point


# -- mutants -----------------------------------------------------------------------------------------

SWAPPED = {
    "add": "sub",
    "sub": "add",
    "mul": "add",
    "max": "min",
    "min": "max",
    "gt": "lt",
    "lt": "gt",
    "ge": "lt",
    "le": "gt",
}
EXCHANGED = {"exp": "tanh", "tanh": "sigmoid", "sigmoid": "tanh", "relu": "abs", "abs": "relu", "sin": "cos", "cos": "sin",
             "sqrt": "abs", "log": "log1p", "sign": "relu", "erf": "Phi", "Phi": "erf"}  # fmt: skip


def mutated(root: Node, chance: random.Random) -> Node | None:
    """The root with a fault planted in a node: a sign, a factor, an exponent, an operator, a function, an order, a side."""
    g, order = root.graph, topological([root])
    n = chance.choice(order)
    if n.shape or n.op in ("symbol", "index", "def"):
        return None
    kinds = [lambda: g.call("neg", n), lambda: g.mul(g.const(2), n), lambda: g.add(n, g.const(Fraction(1, 10**35)))]
    if n.op in SWAPPED:
        kinds.append(lambda: g.call(SWAPPED[n.op], *n.args))
    if n.op in EXCHANGED:
        kinds.append(lambda: g.call(EXCHANGED[n.op], *n.args))
    if n.op in ("div", "sub", "pow"):
        kinds.append(lambda: g.call(n.op, *n.args[::-1]))
    if n.op == "where":
        kinds.append(lambda: g.call("where", n.args[0], *n.args[:0:-1]))
    boolean = n.op in ("gt", "ge", "lt", "le", "eq", "ne", "and", "or", "not")
    if boolean:
        kinds = kinds[3:]
    if not kinds:
        return None
    made = chance.choice(kinds)()
    done: dict[Node, Node] = {}
    for m in order:
        done[m] = made if m is n else g.node(m.op, tuple(done[a] for a in m.args), m.attr, m.shape) if m.args else m
    return done[root]


def mutants() -> Iterator[tuple[str, Identity, Node]]:
    chance = random.Random(5)
    scalar = [line for line in ALL_TRUE if " with " not in line]
    made = 0
    while made < MUTANTS:
        line = chance.choice(scalar)
        identity = read(line)
        if len(topological([identity.a, identity.b])) > SLOW:
            continue
        right = components(identity.b)[0]
        wrong = mutated(right, chance)
        if wrong is not None and wrong is not right:
            made += 1
            yield line, identity, wrong


def test_no_mutant_is_proved_by_a_prover_that_cannot_refute(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no points to save it, the normal form alone must not call what differs equal."""

    def nothing_found(pair: scalars.Pair) -> None:
        pair.seen = True

    blind = Tactic("points", nothing_found)
    table = tuple(blind if t.name == blind.name else t for t in scalars.TACTICS)
    assert blind in table
    monkeypatch.setattr(scalars, "TACTICS", table)
    monkeypatch.setattr(Regions, "_witness", lambda *args: None)
    differ = 0
    for line, identity, wrong in mutants():
        left = components(identity.a)[0]
        found = decide_equal(left, wrong, Domain(identity.assuming))
        conditions = [c for a in (*identity.assuming, *found.conditions) for c in components(a)]
        symbols = leaves(left, wrong, *conditions)
        apart = False
        for point in general(random_points(line, symbols, (1, 2, 3, 7)))[:12]:
            if all(value(c, point) is True for c in conditions):
                x, y = value(left, point), value(wrong, point)
                apart = apart or (x is not None and y is not None and not close(x, y))
        differ += apart
        assert not (apart and found.status in ("proved", "proved-if")), (line, found)
    assert differ > MUTANTS * 0.6


# -- hostile and odd texts ---------------------------------------------------------------------------

ATOMS = st.sampled_from(["x", "y", "0", "1", "2", "-1", "1/2", "1e-40", "1e300", "pi"])


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = st.sampled_from(
        ["exp", "log", "sqrt", "sin", "tanh", "sigmoid", "relu", "abs", "sign", "erf", "log1p", "-", "softplus", "gelu"]
    )
    two = st.sampled_from(["+", "-", "*", "/", "**"])
    return st.one_of(
        st.tuples(one, inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, two, inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        st.tuples(inner, inner, inner, inner).map(lambda t: f"where({t[0]} > {t[1]}, {t[2]}, {t[3]})"),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
        inner.map(lambda t: f"d({t}, x)"),
    )


TEXTS = st.recursive(ATOMS, _combined, max_leaves=8)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_deciding_raises_nothing_but_our_errors(a: str, b: str) -> None:
    g = Graph()
    try:
        claim = parse(f"{a} == {b}", {n: g.symbol(n) for n in "xy"}, g, boolean=True)
        found = decide_equal(expand(claim.args[0]), expand(claim.args[1]))
    except ExpressionError:
        return
    assert found.status in ("proved", "proved-if", "refuted", "undecided")
    assert str(found)
