"""A domain: hypotheses and ranges as one object, closed under more hypotheses, cases and substitution."""

from fractions import Fraction

from derive.engine.domain import EVERYWHERE, UNBOUNDED, Domain
from derive.expr.graph import Graph, Node
from derive.language.reader import parse
from derive.numbers.balls import rational, truth

G = Graph()
SCOPE = {n: G.symbol(n) for n in "xyz"} | {"w": G.symbol("w", (2,))}
X, Y, W = SCOPE["x"], SCOPE["y"], SCOPE["w"]
UNIT = (Fraction(0), Fraction(1))


def said(*texts: str) -> list[Node]:
    return [parse(t, SCOPE, G, boolean=True) for t in texts]


def test_conjunctions_are_laid_open_and_nothing_is_said_twice() -> None:
    domain = Domain(said("x > 0 and y > 0", "y > 0"))
    assert domain.hypotheses == tuple(said("x > 0", "y > 0"))
    assert domain.given(*said("x > 0")).hypotheses == domain.hypotheses


def test_a_range_without_ends_says_nothing() -> None:
    assert not Domain((), {X: UNBOUNDED})
    assert not EVERYWHERE
    assert Domain((), {X: (Fraction(0), None)})


def test_a_domain_does_not_change() -> None:
    domain = Domain(said("x > 0"), {Y: UNIT})
    domain.given(*said("z > 0"))
    domain.free_of([X, Y])
    assert domain.hypotheses == tuple(said("x > 0"))
    assert dict(domain.ranges) == {Y: UNIT}


def test_entries_of_hypotheses_and_ranges() -> None:
    inner = Domain(said("w > zeros(2)"), {W: UNIT}).entries()
    assert inner.hypotheses == tuple(said("w[0] > 0", "w[1] > 0"))
    assert {s.op for s in inner.ranges} == {"index"}
    assert inner.entries() is inner.entries()


def test_what_is_put_for_a_symbol_lies_in_its_range() -> None:
    """At every point the domain holds after a substitution just where it holds before at the point that is put."""
    domain = Domain(said("x*y > -1"), {X: UNIT})
    after = domain.put({X: parse("2*z - 1", SCOPE, G)})
    assert X not in after.ranges
    for z in map(Fraction, ("-1", "0", "1/2", "3/4", "1", "2")):
        for y in map(Fraction, ("-2", "-1", "0", "1")):
            x = 2 * z - 1
            point = {SCOPE["z"]: rational(z), Y: rational(y)}
            here = all(truth(c, point) is True for c in after.hypotheses)
            assert here == (x * y > -1 and 0 <= x <= 1)


def test_cases_cover_the_domain() -> None:
    domain = Domain(said("x > 0 or x < -1", "y > 0 or y < 0"), {X: UNIT})
    cases = domain.cases()
    assert len(cases) == 4
    assert all(case.ranges == domain.ranges for case in cases)
    assert Domain(said("x > 0")).cases() == []
    for x in map(Fraction, ("-2", "-1", "0", "1")):
        for y in map(Fraction, ("-1", "0", "1")):
            point = {X: rational(x), Y: rational(y)}
            inside = [all(truth(c, point) is True for c in d.hypotheses) for d in (domain, *cases)]
            assert inside[0] == any(inside[1:])


def test_what_speaks_of_others_is_left() -> None:
    domain = Domain(said("x > 0", "y > x", "z > 0"), {X: UNIT})
    assert domain.free_of([X]).hypotheses == tuple(said("z > 0"))
    assert domain.of([X]) == said("x > 0", "y > x")
    assert domain.binds([X])
    assert not domain.binds([W])
    assert domain.about([Y]).range(X) == UNIT  # a hypothesis speaks of it
    assert Domain((), {X: UNIT}).about([Y]).range(X) == UNBOUNDED


def test_a_sequent_says_the_ranges_as_hypotheses() -> None:
    (wanted,) = said("x + y > -2")
    sequent = Domain(said("y > 0"), {X: UNIT}).sequent(wanted)
    assert sequent.conclusion is wanted
    assert set(sequent.hypotheses) == set(said("x >= 0", "x <= 1", "y > 0"))


def test_what_is_worked_out_is_remembered() -> None:
    domain, asked = Domain(said("x > 0")), []
    for _ in range(2):
        assert domain.remembered("answer", lambda: asked.append(1) or 42) == 42
    assert len(asked) == 1
