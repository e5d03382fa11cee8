"""Strict inequalities that fail on a thin set: the condition speaks of the symbols, and marks out just where the claim holds."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from derive.calculus.reverse import expand
from derive.engine import decide_equal, decide_holds
from derive.engine.domain import Domain
from derive.expr.graph import Graph, Node
from derive.language.components import components_all
from derive.language.reader import parse, to_text
from derive.numbers.balls import rational, truth

G = Graph()
SCOPE: dict[str, Node] = {n: G.symbol(n) for n in "xyzabs"}
SCOPE["w"] = G.symbol("w", (2,))
GRID = [Fraction(v) for v in ("-3", "-1", "-1/2", "0", "1/2", "1", "2", "3")]


@pytest.mark.parametrize(
    ("claim", "assuming", "needs"),
    [
        ("x**2 > 0", [], ["x != 0"]),
        ("0 < x**2", [], ["x != 0"]),
        ("abs(x) > 0", [], ["x != 0"]),
        ("sqrt(abs(x)) > 0", [], ["x != 0"]),
        ("x**2 > 2*x - 1", [], ["x != 1"]),
        ("(a - b)**2 > 0", [], ["a != b"]),
        ("a**2 + b**2 > 2*a*b", [], ["a != b"]),
        ("abs(x - y)*exp(x) > 0", [], ["x != y"]),
        ("x**2*(x - 1)**2 > 0", [], ["x != 0", "x != 1"]),
        ("x**2*y**2 > 0", [], ["x != 0", "y != 0"]),
        ("(x*y - 1)**2 > 0", [], ["x*y != 1"]),
        ("(exp(x) - 1)**2 > 0", [], ["x != 0"]),
        ("d(sigmoid(z), z) < 1/4", [], ["z != 0"]),
        ("d(tanh(z), z) < 1", [], ["z != 0"]),
        ("x**2 > 0 and x**2 + 1 > 0", [], ["x != 0"]),
        ("x**2 != 0", [], ["x != 0"]),
        ("x**2*(x + 1) > 0", ["x > -1"], ["x != 0"]),
    ],
)
def test_the_condition_speaks_of_the_symbols(claim: str, assuming: list[str], needs: list[str]) -> None:
    condition, *given = [expand(parse(t, SCOPE, G)) for t in (claim, *assuming)]
    found = decide_holds(condition, Domain(given))
    assert (found.status, [to_text(c) for c in found.missing]) == ("proved-if", needs)
    symbols = sorted({s for n in ("x", "y", "z", "a", "b") if (s := SCOPE[n]) in _below(condition)}, key=to_text)
    for values in product(GRID, repeat=len(symbols)):
        point = {s: rational(v) for s, v in zip(symbols, values, strict=True)}
        if all(truth(c, point) is True for c in given):
            assert truth(condition, point) is all(truth(c, point) for c in found.missing), values
    assert found.witness is not None
    assert truth(condition, {s: rational(v) for s, v in found.witness.items()}) is False


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("x**2 > 0", "[x, y] != [0, 0]"),
        ("x**2 > 0", "not [x, y] == [0, 0]"),
        ("x**2 != 0", "x != 0 or y != 0"),
        ("x**2*y**2 > 0", "x**2 + y**2 != 0"),
        ("(x - y)**2 > 0", "[x, y] != [1, 1]"),
        ("(a - x)**2 > 0", "[a, b] != [x, y]"),
    ],
)
def test_what_says_more_of_what_is_assumed_is_no_condition(claim: str, assuming: str) -> None:
    condition, given = (expand(parse(t, SCOPE, G, boolean=True)) for t in (claim, assuming))
    found = decide_holds(condition, Domain([given]))
    assert (found.status, found.missing) == ("refuted", ())
    point = {s: rational(v) for s, v in (found.witness or {}).items()}
    (assumed,), (claimed,) = components_all([given, condition])
    assert truth(assumed, point) is True
    assert truth(claimed, point) is False


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("x**2 > 0", "y != 0"),
        ("x**2*y**2 > 0", "x != 0"),
        ("x**2*(x - 1)**2 > 0", "x != 0"),
        ("x**2*y**2 > 0", "x > 0 or y > 0"),
    ],
)
def test_what_is_assumed_of_others_leaves_a_condition(claim: str, assuming: str) -> None:
    condition, given = (expand(parse(t, SCOPE, G, boolean=True)) for t in (claim, assuming))
    assert decide_holds(condition, Domain([given])).status == "proved-if"


def test_what_a_condition_speaks_of_may_vanish_beside_assumptions_on_others() -> None:
    condition, given = (expand(parse(t, SCOPE, G)) for t in ("x**2 + y**2 > 0", "z > 2"))
    found = decide_holds(condition, Domain([given]))
    assert found.status == "refuted"
    assert (found.witness or {})[SCOPE["z"]] > 2


def _below(n: Node) -> set[Node]:
    from derive.expr.graph import topological

    return set(topological([n]))


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("x > 0", ["x >= 0"]),
        ("a > b", ["a >= b"]),
        ("relu(x) > 0", ["x >= 0"]),
        ("x != 0", []),
        ("x**3 > 0", []),
        ("x**2 > x", []),
        ("w > 0", ["w >= 0"]),
        ("x*(x - 1) > 0", ["x >= 1"]),
    ],
)
def test_a_claim_is_not_its_own_condition(claim: str, assuming: list[str]) -> None:
    found = decide_holds(parse(claim, SCOPE, G), Domain(parse(t, SCOPE, G) for t in assuming))
    assert (found.status, found.missing) == ("refuted", ()), str(found)


def test_entries_have_conditions_of_their_own() -> None:
    found = decide_holds(parse("w**2 > 0", SCOPE, G))
    assert found.status == "proved-if"
    assert [to_text(c) for c in found.missing] == ["w[0] != 0", "w[1] != 0"]


def test_zero_times_what_has_no_value_is_no_zero_in_a_product_of_matrices() -> None:
    g = Graph()
    scope = {n: g.symbol(n) for n in "xy"}
    a, b = expand(parse("diag([0, 1]) @ [log(x), y]", scope, g)), expand(parse("[0, y]", scope, g))
    found = decide_equal(a, b)
    assert found.status == "proved-if"
    assert [to_text(c) for c in found.missing] == ["x > 0"]


@pytest.mark.parametrize(
    ("claim", "status", "words"),
    [
        ("implies(x > y and y > 0, 1/x < 1/y)", "proved", ""),  # a false premise asks for no value of 1/x
        ("implies(x > 0, 1/x > 0)", "proved", ""),
        ("implies(x < 0, log(x) > 5)", "proved-if", "no value at x = -1"),
        ("sqrt(x) <= x/sqrt(x)", "proved-if", "where sqrt(x) != 0"),
        ("1/x > 0 or x > 5", "refuted", ""),
    ],
)
def test_what_is_told_to_be_missing_suffices_and_its_witness_fails(claim: str, status: str, words: str) -> None:
    g = Graph()
    found = decide_holds(parse(claim, {n: g.symbol(n) for n in "xy"}, g))
    assert found.status == status
    assert words in str(found)
