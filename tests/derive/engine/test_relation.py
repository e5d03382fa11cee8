"""Inequalities on a domain; what is proved never contradicts a point."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings

from derive.calculus.reverse import expand
from derive.engine import decide_holds
from derive.engine.domain import Domain
from derive.expr.graph import Graph, Node
from derive.language.reader import parse
from derive.numbers.balls import rational, truth
from tests.banks.strategies import KINKED, SMOOTH, points, scalar_expressions
from verify.casefile import load
from verify.claims import CaseContext, judge

G = Graph()
SCOPE: dict[str, Node] = {n: G.symbol(n) for n in ("x", "y", "z", "a", "b", "eta", "lam")}
SCOPE["v"] = G.symbol("v", (2,))


def decide(text: str, assuming: list[str]) -> tuple[str, str]:
    found = decide_holds(expand(parse(text, SCOPE, G)), Domain(parse(t, SCOPE, G) for t in assuming))
    return found.status, str(found)


@pytest.mark.parametrize(
    ("text", "assuming", "status"),
    [
        ("d(sigmoid(z), z) <= 1/4", [], "proved"),
        ("d(sigmoid(z), z) < 1/4", [], "proved-if"),
        ("d(tanh(z), z) <= 1", [], "proved"),
        ("d(sigmoid(z), z) > 0", [], "proved"),
        ("abs(a + b) <= abs(a) + abs(b)", [], "proved"),
        ("x**2 + y**2 >= 2*x*y", [], "proved"),
        ("x*(1 - x) <= 1/4", [], "proved"),
        ("relu(x) >= x", [], "proved"),
        ("log(1 + exp(z)) > 0", [], "proved"),
        ("log(x**2 + 1) >= 0", [], "proved"),
        ("abs(1 - eta*lam) < 1", ["lam > 0", "eta > 0", "eta < 2/lam"], "proved"),
        ("abs(1 - eta*lam) < 1", ["lam > 0", "eta > 0"], "refuted"),
        ("abs(1 - eta*lam) <= 1", ["lam > 0", "eta > 0", "eta < 3/lam"], "refuted"),
        ("x**2 > x", [], "refuted"),
        ("v @ v >= 0", [], "proved"),
        ("v @ v > 0", [], "refuted"),
        ("v > 0", [], "refuted"),
        ("log(x) > 0", ["x < 0"], "undecided"),
    ],
)
def test_inequalities(text: str, assuming: list[str], status: str) -> None:
    found = decide(text, assuming)
    assert found[0] == status, found


@settings(deadline=None, max_examples=60)
@given(scalar_expressions(G, [SCOPE["x"], SCOPE["y"]], size=5, unary=SMOOTH + KINKED), points([SCOPE["x"], SCOPE["y"]]))
def test_a_proof_never_contradicts_a_point(f: Node, point: dict[Node, Fraction]) -> None:
    condition = G.call("ge", f, G.zero)
    found = decide_holds(condition)
    at = {n: rational(v) for n, v in point.items()}
    if found.status == "proved":
        assert truth(condition, at) is not False
    if found.status == "refuted":
        assert found.witness is not None
        witness = {n: rational(v) for n, v in {**point, **found.witness}.items()}
        assert truth(condition, witness) is False


def test_a_missing_condition_is_shown_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "gd.yaml"
    path.write_text(
        """\
title: Gradient descent on a parabola
symbols: {eta: {}, lam: {}}
claims:
  - {id: a, holds: "abs(1 - eta*lam) < 1", assuming: [lam > 0, eta > 0], needs: [eta < 2/lam]}
  - {id: b, holds: "abs(1 - eta*lam) < 1", assuming: [lam > 0, eta > 0], needs: [eta < 3/lam]}
  - {id: c, of: sqrt(lam**2), equals: lam, needs: [lam >= 0]}
  - {id: d, of: sqrt(lam**2), equals: lam, needs: [lam <= 0]}
  - {id: e, of: sqrt(lam**2), equals: lam, needs: [lam >= -1]}
  - {id: f, holds: "lam**2 > 0", needs: [lam < 1]}
"""
    )
    case = load(path)
    found = [judge(CaseContext(case), c) for c in case.claims]
    assert [v.verdict for v in found] == ["holds-if", "wrong", "holds-if", "wrong", "wrong", "wrong"]
    assert found[0].reason == "holds if eta < 2/lam; as stated: does not hold at eta = 2, lam = 2"
    assert "under eta < 3/lam: wrong" in found[1].reason


def test_an_equation_is_decided_by_its_two_sides(tmp_path: Path) -> None:
    """As where(a == b, 1, 0) = 1 it would need a point at which enclosures of roots are known to be equal."""
    path = tmp_path / "c.yaml"
    path.write_text(
        "title: T\nsymbols:\n  x: {shape: [3]}\n  y: {shape: [3]}\nclaims:\n"
        '  - {id: one, holds: "var((x - mean(x))/sqrt(var(x))) == 1"}\n'
        '  - {id: two, holds: "sum((x - mean(x))/sqrt(var(x))) == y[0] - y[0]"}\n'
        '  - {id: three, holds: "var((x - mean(x))/sqrt(var(x)), ddof=1) == 1"}\n'
    )
    case = load(path)
    assert [judge(CaseContext(case), c).verdict for c in case.claims] == ["holds", "holds", "wrong"]


def test_two_forms_of_one_number_are_equal(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        "title: T\nsymbols:\n  x: {}\n  z: 2\n"
        "define: {J: '[[1/4, 1/8], [1/8, 1/2]]', a: 'sum(J, axis=1)', b: 'sum(J, axis=0)'}\nclaims:\n"
        "  - {id: e, holds: 'limit((1 - 1/x)**x, x, inf) == exp(-1)'}\n"
        "  - {id: root, holds: 'sqrt(8) == z*sqrt(z)'}\n"
        "  - {id: not, holds: 'sqrt(8) == z*sqrt(3)'}\n"
        "  - {id: information, holds: '-sum(a*log(a)) - sum(b*log(b)) + sum(J*log(J)) == sum(J*log(J/outer(a, b)))'}\n"
    )
    case = load(path)
    assert [judge(CaseContext(case), c).verdict for c in case.claims] == ["holds", "holds", "wrong", "holds"]


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("float64(0.1 + 0.2) != float64(0.3)", "proved"),  # Python: 0.1 + 0.2 != 0.3
        ("float64(sqrt(2)*sqrt(2)) != 2", "proved"),
        ("float64(0.25 + 0.5) != 0.75", "refuted"),
        ("float64(exp(709.8)) < 10**308", "undecided"),  # an infinity is no value
    ],
)
def test_double_arithmetic_of_numbers_is_decided_by_its_values(claim: str, status: str) -> None:
    from derive.calculus.reverse import expand_all
    from derive.engine.properties.dispatch import decide_condition

    assert decide_condition(expand_all([parse(claim, {}, Graph())])[0]).status == status


def test_a_property_that_is_assumed_is_no_point(tmp_path: Path) -> None:
    """Points that meet the plain assumptions and not the property do not contradict what it implies."""
    file = tmp_path / "case.yaml"
    file.write_text(
        """\
title: A definite matrix
source: {section: "1"}
symbols: {h1: {}, h2: {}, k: {}}
claims:
  - {id: definite, where: there, holds: k**2 < h1*h2, assuming: ["positive_definite([[h1, k], [k, h2]])"]}
"""
    )
    case = load(file)
    assert [judge(CaseContext(case), c).verdict for c in case.claims] == ["holds"]
