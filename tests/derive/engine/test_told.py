# ruff: noqa: E501
"""Conditions that are told suffice, and none is lost: held to answers by hand, and to a second evaluation at sampled points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from zlib import crc32

import pytest

from derive.api import scope
from derive.calculus.reverse import expand_all
from derive.engine import decide_equal
from derive.engine.counterexamples.constraints import COMPARED
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Node, topological
from derive.language.components import components_all
from derive.language.printing import point_text
from derive.language.properties import asks
from derive.language.reader import parse, to_text
from derive.numbers.definedness import of_derivatives
from tests.banks.sampling import Close, equal, points, value
from verify.commands.proof import decide

POINTS = 250
Ends = dict[Node, tuple[Fraction | None, Fraction | None]]

#: A claim; assumptions, declared ranges ``p in 0, 1`` and shapes ``with A: 2, 2`` after ``;``; the answer after ``=>``: true (``where``
#: what both sides need), ``if`` the conditions that suffice, false, or nothing where no point says anything.
BY_HAND = """
x**2*y**2 > 0 ; x > 0 or y > 0 => if x != 0 and y != 0
x**2*y**2 > 0 ; y > 0 or x > 0 => if x != 0 and y != 0
x**2*y**2*z**2 > 0 ; x > 0 or y > 0 or z > 0 => if x != 0 and y != 0 and z != 0
x**2*y**2 > 0 ; x > 0 or x < 0 => if y != 0
x**2 > 0 ; x > 0 or (y > 0 and y < 0) => true
x**2 > 0 ; (y > 0 and y < 0) or x > 0 => true
1/w**2 > 0 ; w > 0 or z > 0 => true where w**2 != 0
1/w**2 > 0 ; z > 0 or w > 0 => true where w**2 != 0
convex(x**2, x) and a**2 > 0 and b**2 > 0 => if a != 0 and b != 0
a**2 > 0 and convex(x**2, x) and b**2 > 0 => if a != 0 and b != 0
b**2 > 0 and a**2 > 0 => if a != 0 and b != 0
convex(x**2, x) and z/w*w == z => true where w != 0
z/w*w == z and convex(x**2, x) => true where w != 0
increasing(x**3 + x, x) and a/b*b == a => true where b != 0
a/b*b == a and c/d*d == c => true where b != 0 and d != 0
c/d*d == c and a/b*b == a => true where b != 0 and d != 0
positive_definite(A.T @ A + eye(2)) and x**2 > 0 ; with A: 2, 2 => if x != 0
rank(eye(2)) == 2 and (a - b)**2 > 0 => if a != b
minimizer(x**2, x, 0) and (a - b)**2 > 0 => if a != b
convex(x**2, x) and convex(a*x**2, x) => false
convex(x**2, x) or a**2 > 0 => true
all(x[i]**2 > 0 for i in 3) ; with x: 3 => if x[0] != 0 and x[1] != 0 and x[2] != 0
all(x[i]*y[i]/x[i] == y[i] for i in 2) ; with x: 2 ; with y: 2 => true where x[0] != 0 and x[1] != 0
(x - y)**2 > 0 ; with x: 2 ; with y: 2 => if x[0] != y[0] and x[1] != y[1]
[x**2, y**2] > 0 => if x != 0 and y != 0
[x/x, y/y] == [1, 1] => true where x != 0 and y != 0
[sqrt(x)**2, log(exp(y))] == [x, y] => if x >= 0
[exp(log(x)), exp(log(y))] == [x, y] => if x > 0 and y > 0
x**2 > 0 and x >= 0 => false
sqrt(x)**2 == x and y**2 > 0 => if x >= 0 and y != 0
log(x**2) == 2*log(x) and y/y == 1 => if x > 0 where y != 0
(x**2 - 1)/(x - 1) == x + 1 and y**2 > 0 => if y != 0 where x != 1
implies(a*x == a*y, x == y) => if a != 0
implies(a**2*x > 0, x > 0) => true
implies(a*x >= a*y, x >= y) => false
implies(a*x >= a*y, x >= y) ; a > 0 => true
implies(x*y == 0, x == 0) => false
implies(x*y == x*z, y == z) => if x != 0
implies(x > 0 and a != 0, a**2*x > 0) => true
implies(x > 0, d(log(x), x) > 0) => true
iff(x**2 > 0, x != 0) => true
iff(a**2*x > a**2*y, x > y) => if a != 0
d(min(r*A, min(r, 2)*A), r) == where(r < 2, A, 0) ; A > 0 => if r != 2
(a-2)**2*p + a**2*(1-2*p) + (a+2)*p == a**2 + 8*p ; p in 0, 1 => false
sqrt(-p) >= 0 ; p in 0, 1 => false
sqrt(q - 1) == 0 ; q in 0, 1 => false
p**2 <= 0 ; p in 0, 1 => false
p < 1 ; p in 0, 1 => false
sqrt(p - 1) == sqrt(p - 1) ; p in 0, 1 => nothing
sqrt(p) >= 0 ; p in 0, 1 => true
sqrt(p - q) >= 0 ; p in 0, 1 ; q in 0, 1 => if p - q >= 0
sqrt(-x**2) >= 0 => false
sqrt(-x**2) == 0 => false
sqrt(-p) == 0 ; p in 0, 1 => false
1 == 0 ; x > 0 ; x < 0 => nothing
x == x ; x > 1 ; x < 1 => nothing
x**2 >= 0 ; x*x < 0 => nothing
convex(x**2, x) ; y > 0 ; y < 0 => nothing
x == x ; abs(y) < 0 => nothing
x == x ; (x > 0 and x < 0) or x**2 < 0 => nothing
1/(x - y) == 1/(x - y) ; x == y => nothing
d(1/(x - x), a) == 0 => nothing
d(1/(x - x), a) <= 0 => nothing
d(1/(x - x), a) == 0 and y == y => nothing
not d(1/(x - x), a) == 1 => nothing
d(1/(x - x), a) == 0 or y == y => true
d(1/w, a) == 0 => true where w != 0
d(log(w), a) == 0 => true where w > 0
d(log(w), a) >= 0 => if w > 0
d(log(x), x) == 1/x => true where x > 0
d(log(x), x) > 0 => if x > 0
d(log2(x), x) > 0 => if x > 0
d(sqrt(x), x) > 0 => if x > 0
d(d(log(x), x), x) < 0 => if x > 0
d(log(x), x) == 1/x and d(log(y), y) > 0 => if y > 0 where x > 0
d(log(x)*0, x) == 0 => true where x > 0
d(x**x, x) == x**x*(1 + log(x)) => true where x > 0
d(sqrt(x**2), x) == sign(x) => if x != 0
0*log(x) == 0 => if x > 0
0/x == 0 => if x != 0
log(x) - log(x) == 0 => if x > 0
log(x)**0 == 1 => if x > 0
1/x - 1/x == 0 => true where x != 0
x**1.5 <= x**2 + x => if x >= 0
x*sqrt(x) <= x**2 + x => if x >= 0
x**1.5 == x*sqrt(x) => true where x >= 0
x**2.5 == x**2*sqrt(x) => true where x >= 0
x**-0.5 == 1/sqrt(x) => true where x > 0
x**1.5 < exp(x) + 1 => if x >= 0
x**-1.5 > 0 => if x > 0
(x**0.5)**2 == x => if x >= 0
(x**2)**0.5 == x => false
sqrt(x*y) == sqrt(x)*sqrt(y) => if x >= 0 and y >= 0 where x*y >= 0
log(x*y) == log(x) + log(y) => if x > 0 where x*y > 0
log(x) <= x - 1 => if x > 0
log(x) < log(y) ; x < y => if x > 0
sqrt(x) <= sqrt(y) ; x <= y => if x >= 0
x*log(x) >= -1 => if x > 0
log(1 + x) <= x => if 1 + x > 0
1/x < 1/y ; x > y => false
1/x < 1/y ; x > y ; y > 0 => true
x/y**2 >= 0 ; x >= 0 => true where y**2 != 0
x**4 - 2*x**2 + 1 > 0 => if x != -1 and x != 1
(a*b - 1)**2 > 0 => if a*b != 1
a**2*(b - 1)**2 > 0 => if a != 0 and b != 1
tanh(x)**2 > 0 => if x != 0
max(x, y)**2 > 0 => false
relu(x)*relu(-x) == 0 => true
d(abs(x), x) == sign(x) => if x != 0
d(max(x, y), x) == where(x > y, 1, 0) => if x != y
d(clip(x, 0, 1), x) == where(x > 0, where(x < 1, 1, 0), 0) => if max(x, 0) != 1 and x != 0
d(relu(x)*y, x) == where(x > 0, y, 0) => if x != 0
"""


@dataclass(frozen=True)
class Case:
    """A line of the bank."""

    claim: Node
    given: list[Node]
    ends: Ends
    answer: str

    def decided(self) -> Decision:
        if not self.ends:
            return decide(self.claim, self.given)
        if self.claim.op == "eq":
            (a, b), given = expand_all(self.claim.args), expand_all(self.given)
            return decide_equal(a, b, Domain(given, self.ends))
        return decide_condition(self.claim, Domain(self.given, self.ends))


def read(line: str) -> Case:
    said, _, answer = line.partition(" => ")
    text, *clauses = said.split(" ; ")
    shapes: dict[str, tuple[int, ...]] = {}
    ranges: dict[str, tuple[Fraction, Fraction]] = {}
    assuming = []
    for c in clauses:
        if c.startswith("with "):
            name, _, shape = c.removeprefix("with ").partition(": ")
            shapes[name] = tuple(map(int, shape.split(", ")))
        elif " in " in c:
            name, _, pair = c.partition(" in ")
            low, high = pair.split(", ")
            ranges[name] = Fraction(low), Fraction(high)
        else:
            assuming.append(c)
    names, g = scope(" and ".join(f"({t})" for t in (text, *assuming)), shapes)
    claim, *given = [parse(t, names, g, boolean=True) for t in (text, *assuming)]
    return Case(claim, given, {names[n]: ends for n, ends in ranges.items()}, answer.strip())


def told(found: Decision) -> str:
    rest = " and ".join(sorted(to_text(c) for c in found.conditions if c not in found.missing))
    where = f" where {rest}" if rest else ""
    match found.status:
        case "proved":
            return f"true{where}"
        case "proved-if":
            return f"if {' and '.join(sorted(map(to_text, found.missing)))}{where}"
        case "refuted":
            return "false"
    return "nothing"


LINES = BY_HAND.strip().splitlines()


@pytest.mark.parametrize("line", LINES)
def test_the_answer_is_the_one_by_hand(line: str) -> None:
    case = read(line)
    found = case.decided()
    assert told(found) == case.answer, str(found)


@pytest.mark.parametrize("line", [n for n in LINES if "=> nothing" in n and ("x > 0 ; x < 0" in n or "x*x < 0" in n)])
def test_a_contradiction_is_told_as_such(line: str) -> None:
    assert str(read(line).decided()) == "the assumptions contradict each other"


# -- at points ---------------------------------------------------------------------------------------


def scalars(conditions: Sequence[Node]) -> list[Node]:
    return [c for part in components_all(expand_all([c for c in conditions if not asks(c)])) for c in part]


def holds(condition: Node, point: Mapping[Node, Fraction]) -> bool | None:
    """Whether a condition is true; None where a side of it has no value."""
    if condition.op == "eq":
        a, b = (value(side, point) for side in condition.args)
        return None if a is None or b is None else equal(a, b)
    found = value(condition, point)
    return None if found is None else bool(found)


def comparisons(condition: Node) -> list[Node]:
    """The conditions that a claim says of points: its parts but for properties."""
    parts = [p for a in condition.args for p in comparisons(a)] if condition.op == "and" else [condition]
    return [p for p in parts if not asks(p)]


@pytest.mark.parametrize("line", [n for n in LINES if "=> nothing" not in n])
def test_what_is_told_is_so_at_points(line: str) -> None:
    """Under its conditions a claim has a value and is true; the witness of its failure meets the assumptions, breaks what is
    missing, and there it is false or without a value. What is proved is false nowhere."""
    case = read(line)
    found = case.decided()
    wanted = scalars(comparisons(case.claim))
    given, told = scalars(case.given), scalars(found.conditions)
    claimed = scalars(of_derivatives([c for c in comparisons(case.claim) if c.op in COMPARED]))
    leaves = [n for n in topological([*wanted, *given, *told]) if n.op == "index" or (n.op == "symbol" and not n.shape)]
    inside = 0
    for point in points(leaves, case.ends, crc32(line.encode()), POINTS):
        try:
            if not all(holds(c, point) for c in given):
                continue
            meets = all(holds(c, point) is True for c in told)
            answers = [holds(c, point) for c in wanted]
            if not all(holds(c, point) is True for c in claimed):
                answers = [None for _ in answers]
        except Close:
            continue
        if found.status == "proved":
            assert False not in answers, (point_text(point), to_text(case.claim))
        if found.status in ("proved", "proved-if") and meets:
            inside += 1
            assert all(a is True for a in answers), (point_text(point), str(found))
    if found.status in ("proved", "proved-if") and wanted:
        assert inside, "no point was sampled that meets what is told"
    if found.status in ("refuted", "proved-if") and wanted:
        witness = dict.fromkeys(leaves, Fraction(1)) | dict(found.witness or {})
        assert all(holds(c, witness) for c in given)
        answers = [holds(c, witness) for c in wanted]
        assert not all(a is True for a in answers) or not all(holds(c, witness) for c in claimed), str(found)
        if found.status == "proved-if":
            assert not all(holds(c, witness) is True for c in scalars(found.missing)), str(found)
