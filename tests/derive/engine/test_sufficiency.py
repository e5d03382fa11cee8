"""What is told of a condition: that it follows, leaves too little, is needless beside others; held to points."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product

import pytest

from derive.engine import decide_equal
from derive.engine.absent import lacking
from derive.engine.assumptions import contradict
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.engine.reasons import Why
from derive.engine.sufficiency import compatible, fewer, sufficient, thin, truth_of, unless_thin
from derive.expr.graph import Graph, Node, topological
from derive.language.reader import parse, to_text
from tests.banks import documents
from tests.banks.reading import nodes
from tests.banks.sampling import value

GRID = [Fraction(v) for v in ("-2", "-1", "-1/2", "0", "1/3", "1", "3/2", "3")]
SETS = [
    ("x**2 + 1 > 0", []),
    ("x > 0", ["x > 1"]),
    ("x > 0", ["x < -1"]),
    ("x != 0", ["x*y == 1"]),
    ("x*y > 0", ["x > 0", "y > 0"]),
    ("x < y", ["abs(x) < y"]),
    ("exp(x) > 0", []),
    ("x**2 <= x", ["x >= 0", "x <= 1"]),
    ("x > y", []),
    ("x == 0", ["x**2 + y**2 == 0"]),
    ("log(x) > 0", ["x > 2"]),
    ("max(x, y) >= x", []),
]


@pytest.mark.parametrize(("text", "given"), SETS)
def test_what_is_true_of_a_domain_is_true_at_its_points(text: str, given: list[str]) -> None:
    condition, *assumed = nodes(text, *given)
    told = truth_of(condition, Domain(assumed))
    symbols = _symbols(condition, assumed)
    for numbers in product(GRID, repeat=len(symbols)):
        point = dict(zip(symbols, numbers, strict=True))
        if all(value(c, point) is True for c in assumed) and (here := value(condition, point)) is not None:
            assert told in (None, here), point


def _symbols(condition: Node, assumed: list[Node]) -> list[Node]:
    return [n for n in topological([condition, *assumed]) if n.op == "symbol"]


@pytest.mark.parametrize(
    ("conditions", "given", "is_thin"),
    [
        (["x == 0"], [], True),
        (["x <= 0"], ["x >= 0"], True),
        (["x <= 0"], [], False),
        (["x != 0"], [], False),
        (["x >= y", "x <= y"], [], True),
        (["x > 0"], ["x >= 0"], False),
    ],
)
def test_what_leaves_boundary_points_alone_is_thin(conditions: list[str], given: list[str], is_thin: bool) -> None:
    found = nodes(*conditions, *given)
    told, assumed = found[: len(conditions)], found[len(conditions) :]
    assert thin(told, Domain(assumed)) is is_thin
    decision = Decision("proved-if", Why.HOLDS(), conditions=tuple(told), missing=tuple(told))
    assert unless_thin(decision, Domain(assumed)).status == ("refuted" if is_thin else "proved-if")


def test_what_follows_from_the_others_is_left_out() -> None:
    conditions = nodes("x**2 != 0", "x != 0", "y > 0", "y > -1")
    assert [to_text(c) for c in fewer(conditions, Domain())] == ["x != 0", "y > 0"]


def test_conditions_that_no_point_meets_are_none() -> None:
    told = tuple(nodes("x > 1", "x < 1/2"))
    found = compatible(Decision("proved-if", Why.HOLDS(), conditions=told, missing=told), Domain())
    assert found.status == "undecided"


def test_what_is_still_missing_is_added() -> None:
    """The claim needs x > 0 and y > 0; a search that found x > 0 alone is told the rest."""
    x, y = nodes("x > 0", "y > 0")

    def decide(domain: Domain) -> Decision:
        left = tuple(c for c in (x, y) if c not in domain.hypotheses)
        return Decision("proved-if" if left else "proved", Why.HOLDS(), conditions=left, missing=left)

    found = sufficient(Decision("proved-if", Why.HOLDS(), conditions=(x,), missing=(x,)), decide, Domain())
    assert (found.status, set(found.missing)) == ("proved-if", {x, y})

    def never(domain: Domain) -> Decision:
        return Decision("undecided", Why.OPEN())

    assert (
        sufficient(Decision("proved-if", Why.HOLDS(), conditions=(x,), missing=(x,)), never, Domain()).status
        == "undecided"
    )


@pytest.mark.parametrize(
    ("given", "void"),
    [
        (["x > 0", "x < 0"], True),
        (["x > y", "y > x"], True),
        (["x**2 + y**2 < 0"], True),
        (["exp(x) == 0"], True),
        (["x > 0", "x < 1"], False),
        (["convex(x**2, x)", "x > 0", "x < 0"], True),  # a property says nothing of points
    ],
)
def test_contradictions(given: list[str], void: bool) -> None:
    assert contradict(Domain(nodes(*given))) is void


def test_a_side_without_symbols_and_value_is_named() -> None:
    a, b = nodes("log(0)", "1")
    assert "left side" in str(lacking(a, b))
    assert lacking(b, b) is None


# -- more assumptions ------------------------------------------------------------------------------------

MORE = ["x > 0", "x < 0", "x == 1", "abs(x) < 1", "x != 0", "y > x"]
CLAIMS = [
    "x**2 + y**2 >= 2*x*y",
    "sqrt(x**2) == abs(x)",
    "d(tanh(x), x) <= 1",
    "exp(x) >= 1 + x",
    "log(x**2) == 2*log(abs(x))",
    "max(x, y) - min(x, y) == abs(x - y)",
    "convex(softplus(x) + y, x)",
    "sigmoid(x) + sigmoid(-x) == 1",
    "(x**2 - y**2)/(x - y) == x + y",
]


@pytest.mark.parametrize("text", CLAIMS)
def test_more_assumptions_never_refute_what_is_proved(text: str) -> None:
    """One by one, and two together unless they contradict each other."""
    claim, *more = nodes(text, *MORE)
    assert decide_condition(claim, Domain()).status == "proved"
    for chosen in ([c] for c in more):
        assert decide_condition(claim, Domain(chosen)).status in ("proved", "undecided"), to_text(chosen[0])
    for two in pairwise(more):
        if not contradict(Domain(two)):
            assert decide_condition(claim, Domain(two)).status in ("proved", "undecided")


@pytest.mark.parametrize("line", [n.partition(" => ")[0] for n in documents.CONDITIONAL.strip().splitlines()][:8])
def test_a_refutation_of_more_refutes_less(line: str) -> None:
    """Where a claim fails at a point that meets more assumptions, it fails without them: proved-if or refuted, never proved."""
    text = line.partition(" ; ")[0]
    claim, *_ = nodes(text)
    symbols = _symbols(claim, [])
    g = claim.graph
    at_zero = [g.call("eq", s, g.zero) for s in symbols]
    if decide_condition(claim, Domain(at_zero)).status == "refuted":
        assert decide_condition(claim, Domain()).status in ("refuted", "proved-if")


def test_a_proof_on_part_of_the_domain_is_none_of_the_whole() -> None:
    a, b, positive = nodes("sqrt(x**2)", "x", "x >= 0")
    assert decide_equal(a, b, Domain([positive])).status == "proved"
    assert decide_equal(a, b, Domain()).status != "proved"


@pytest.mark.parametrize(
    ("condition", "leaves"), [("u @ u - 1 >= 0", True), ("-(u @ u) >= 0", False), ("u >= 0", True)]
)
def test_conditions_of_tensors_leave_room_by_their_entries(condition: str, leaves: bool) -> None:
    g = Graph()
    asked = parse(condition, {"u": g.symbol("u", (3,))}, g, boolean=True)
    assert thin([asked], Domain([])) is not leaves
