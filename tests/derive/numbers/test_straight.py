"""Many steps in balls: what they give is what closed forms and exact steps give, and what is lost is told."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from derive.calculus.iteration import MAX_KEPT, Declared, System
from derive.calculus.reverse import expand_all
from derive.errors import UndefinedValue, Undetermined
from derive.expr.graph import Graph, Node
from derive.flint import arb, fmpq
from derive.language.reader import parse
from derive.language.sequences import declare
from derive.numbers import straight
from derive.numbers.balls import evaluate, precision, rational


def after(steps: int, start: str, step: str, index: bool = False) -> tuple[System, Node]:
    g = Graph()
    w, i = g.symbol("w"), g.symbol("i")
    scope = {"w": w, "i": i, "a": g.symbol("a")}
    declare(g, [w, i] if index else [w])
    declared = Declared(w, parse(start, scope, g), lambda _: parse(step, scope, g), i if index else None, 1)
    g.templates["sequences"] = system = System(g, [declared])
    return system, parse(f"w({steps})", scope, g)


def value(steps: int, start: str, step: str, index: bool = False, bits: int = 128, a: Fraction = Fraction(1)) -> Any:
    system, node = after(steps, start, step, index)
    return evaluate(expand_all([node]), {system.graph.symbol("a"): rational(a)}, bits)[0]


@pytest.mark.parametrize(
    ("start", "step", "index"),
    [
        ("1", "w/2 + 1/(w + 1)", False),
        ("0", "w + 1/i**2", True),
        ("a", "a*cos(w)", False),
        ("1", "max(w - 1/100, sqrt(w)/3)", False),
    ],
)
def test_the_compiled_line_gives_what_exact_steps_give(start: str, step: str, index: bool) -> None:
    system, _ = after(0, start, step, index)
    given = {p: fmpq(1, 2) for p in system.parameters}
    with precision(192):
        plain, far = system.path(given, 40), system.far(given, 40)
        assert isinstance(plain, list)
        assert isinstance(far, list)
        assert arb(plain[0]).overlaps(far[0])
        assert far[0].rel_accuracy_bits() > 120
        further = system.far(given, 55)  # goes on from there
        other, _ = after(0, start, step, index)
        again = other.far({p: fmpq(1, 2) for p in other.parameters}, 55)
        assert isinstance(further, list)
        assert isinstance(again, list)
        assert further[0].overlaps(again[0])


def test_many_steps() -> None:
    steps = 50_000
    assert steps > MAX_KEPT
    root, harmonic = value(steps, "1", "w/2 + 1/w"), value(steps, "0", "w + 1/i", True)
    with precision(128):
        assert abs(root**2 - 2) < 1e-30
        assert harmonic.overlaps(arb(steps + 1).digamma() - arb(1).digamma())
        assert harmonic.rel_accuracy_bits() > 100
    assert abs(value(steps, "a", "w - w/a/2 + 1", a=Fraction(7)) - 14) < 1e-12


def test_contractions_keep_their_precision() -> None:
    """In plain balls w - w/10 widens: the radius grows by 11/10 a step, where the centre shrinks by 9/10."""
    found = value(30_000, "1", "w - (w - 3)/10")
    with precision(128):
        assert abs(found - 3) < 1e-30
    jumping = value(20_000, "1/3", "w/2 + floor(w + 1)/2 - w/3")
    assert isinstance(jumping, Undetermined | arb)


def test_lost_precision_is_told() -> None:
    found = value(50_000, "3/10", "39*w*(1 - w)/10")
    assert isinstance(found, Undetermined)
    assert "is lost after" in str(found) or "no finite enclosure" in str(found)


def test_what_has_no_value_on_the_way() -> None:
    found = value(20_000, "15000", "w - 1 + 0/w")
    assert isinstance(found, UndefinedValue)


def test_the_limit_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(straight, "MAX_OPERATIONS", 10_000)
    found = value(20_000, "1", "w/2 + 1/w")
    assert isinstance(found, Undetermined)
    assert "beyond the limit of work" in str(found)


def test_steps_that_pick_entries_are_not_compiled() -> None:
    g = Graph()
    w, i, v = g.symbol("w"), g.symbol("i"), g.symbol("v", (5_000,))
    declare(g, [w, i])

    def read(number: int | None) -> Node:
        return parse("w + v[i]", {"w": w, "v": v, "i": i if number is None else g.const(number)}, g)

    system = System(g, [Declared(w, g.zero, read, i)])
    assert "read one by one" in str(system.far({}, 4_000))
