"""Region by region: what is settled of a cell is so at its points, and the cells cover the domain."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.engine.algebra.polynomials import Ring
from derive.engine.algebra.signs import NEGATIVE, POSITIVE, ZERO
from derive.engine.counterexamples.points import Sampler
from derive.engine.domain import Domain
from derive.engine.equations.abstraction import Abstraction, onto
from derive.engine.equations.activation_patterns import kinks, switched
from derive.engine.equations.cascade import decide_equal
from derive.engine.equations.cells import Cell, describe
from derive.engine.equations.constancy import by_constancy
from derive.engine.equations.differentiated import lost
from derive.engine.equations.regions import Regions, kinked
from derive.expr.graph import Graph, Node
from derive.language.reader import parse, to_text
from tests.banks.reading import nodes
from tests.banks.sampling import equal, value


def regions(a: Node, b: Node, *given_: Node) -> Regions:
    made = Regions(Sampler(a, b, Domain(given_)), Ring(a.graph))
    made.prove()
    return made


def inside(cell: Cell, point: dict[Node, Fraction]) -> bool:
    for s, mask in cell.facts:
        v = value(s, point)
        if v is None or not mask & (POSITIVE if v > 0 else NEGATIVE if v < 0 else ZERO):
            return False
    return all(value(s, point) == 0 for s in cell.boundary)


@settings(max_examples=20)
@given(st.data())
def test_cells_cover_the_plane_and_what_is_said_of_them_is_so(data: st.DataObject) -> None:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    linear = [x, y, g.add(x, y), g.sub(x, g.one), g.sub(y, g.mul(g.const(2), x))]

    def turned(parts: list[Node]) -> Node:
        total = g.zero
        for s in parts:
            kind = data.draw(st.sampled_from(["relu", "abs", "max"]))
            total = g.add(total, g.call("max", s, g.zero) if kind == "max" else g.call(kind, s))
        return total

    a, b = (turned(data.draw(st.lists(st.sampled_from(linear), min_size=1, max_size=2))) for _ in range(2))
    found = regions(a, b)
    for p in (Fraction(-3, 2), Fraction(0), Fraction(1, 2), Fraction(1), Fraction(7, 3)):
        for q in (Fraction(-1), Fraction(0), Fraction(1), Fraction(2), Fraction(5)):
            point = {x: p, y: q}
            here = [o for o in found.outcomes if inside(o.cell, point)]
            assert here, point
            if all(o.kind == "equal" for o in here):
                assert equal(value(a, point), value(b, point))
    for o in found.outcomes:
        if o.kind == "differ":
            witness = {x: Fraction(0), y: Fraction(0)} | dict(o.witness or {})
            assert not equal(value(a, witness), value(b, witness))


@pytest.mark.parametrize(
    ("condition", "given_", "answer"),
    [
        ("x + 1 > 0", ["x > 0"], True),
        ("x > 1", ["x > 0"], False),
        ("abs(x) >= 0", [], True),
        ("x - y > 0", ["x > 1", "y < 1"], True),
    ],
)
def test_what_is_certain(condition: str, given_: list[str], answer: bool) -> None:
    c, *assumed = nodes(condition, *given_)
    one = c.graph.one
    assert Regions(Sampler(one, one, Domain(assumed)), Ring(c.graph)).certain(c) is answer


@pytest.mark.parametrize(("given_", "void"), [(["x > 0", "x < 0"], True), (["x**2 < 0"], True), (["x > 0"], False)])
def test_a_void_domain_is_seen(given_: list[str], void: bool) -> None:
    assumed = nodes(*given_)
    one = assumed[0].graph.one
    assert Regions(Sampler(one, one, Domain(assumed)), Ring(one.graph)).void() is void


def test_regions_are_told() -> None:
    a, b, c = nodes("where(x > 1, x, 2 - x)", "1 + abs(x - 1)", "1 + x")
    assert {"x - 1 > 0: equal", "x - 1 < 0: equal"} <= set(describe(regions(a, b).outcomes))
    assert not any(line.endswith(": equal") for line in describe(regions(b, c).outcomes))
    assert [kinked(n) for n in nodes("abs(x)", "exp(x)", "where(x > 0, 1, 2)")] == [True, False, True]


# -- activation patterns -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "equal_"),
    [
        ("relu(x) - relu(-x)", "x", True),
        ("abs(x)*abs(y)", "abs(x*y)", False),  # three kinks that are not told to hang together
        ("relu(2*x)", "2*relu(x)", True),
        ("max(x, y) + min(x, y)", "x + y", True),
        ("relu(x)*relu(-x)", "0", True),
        ("relu(w*relu(x) + v*relu(-x))*0", "0", True),
        ("relu(x + y)", "relu(x) + relu(y)", False),
        ("relu(x - 1)", "relu(x) - 1", False),
    ],
)
def test_proofs_by_switches(left: str, right: str, equal_: bool) -> None:
    a, b = nodes(left, right)
    assert (switched(Sampler(a, b, Domain())) is not None) is equal_


def test_kinks_are_where_it_turns() -> None:
    found = kinks(nodes("relu(x - 1) + abs(y)*max(x, y) + exp(z)"))
    assert {to_text(k) for k in found} == {"x - 1", "y", "x - y"}


# -- constants, definitions, derivatives ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "given_", "proved"),
    [
        ("atan(x) + atan(1/x)", "pi/2", ["x > 0"], True),
        ("atan(x) + atan(1/x)", "pi/2", ["x < 0"], False),
        ("sqrt(3 + 2*sqrt(2))", "1 + sqrt(2)", [], True),
        ("sqrt(3 + 2*sqrt(2))", "1 + sqrt(2) + 1/10**20", [], False),
        ("atan(x)", "atan(x) + 1/10**9", [], False),
    ],
)
def test_what_is_constant_is_its_value_at_one_point(left: str, right: str, given_: list[str], proved: bool) -> None:
    a, b, *assumed = nodes(left, right, *given_)
    found = by_constancy(a, b, Domain(assumed))
    assert (found is not None and found.status == "proved") is proved


def test_definitions_stand_for_themselves_and_come_back() -> None:
    g = Graph()
    x = g.symbol("x")
    z = g.define("z", parse("exp(x) + 1", {"x": x}, g))
    root = parse("z**2 - z", {"z": z}, g)
    abstraction = Abstraction([root])
    short = abstraction.abstract(root)
    assert len(abstraction.names) == 1
    assert x not in short.args
    back = abstraction.concrete(short)
    assert value(back, {x: Fraction(2)}) == value(root, {x: Fraction(2)})


def test_points_on_a_boundary() -> None:
    a, s = nodes("x*y", "2*x - y - 1")
    seen = 0
    for point in onto(Sampler(g_sum(a, s), a, Domain()), s):
        seen += 1
        assert value(s, dict(point)) == 0
    assert seen


def g_sum(a: Node, b: Node) -> Node:
    return a.graph.add(a, b)


@pytest.mark.parametrize(
    ("text", "needed"),
    [("d(log(x), x) == 1/x", ["x > 0"]), ("d(x**2, x) == 2*x", []), ("d(1/w, a) == 0", ["w != 0"])],
)
def test_what_a_derivative_loses_is_kept(text: str, needed: list[str]) -> None:
    g = Graph()
    claim = parse(text, {n: g.symbol(n) for n in "xwa"}, g)
    assert [to_text(c) for c in lost([claim])] == needed


def test_the_cascade_tells_what_it_found() -> None:
    a, b, c = nodes("(x**2 - 1)/(x - 1)", "x + 1", "x - 1")
    assert [to_text(n) for n in decide_equal(a, b).conditions] == ["x != 1"]
    assert decide_equal(a, c).status == "refuted"
