"""Data classes made quickly are those of Python: whatever a class asks for, both do the same."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, astuple, field, fields, replace
from typing import Any

import pytest

from derive.records import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """Two numbers, and what isn't compared."""

    x: int
    y: int = 2
    notes: list[str] = field(default_factory=list, compare=False, repr=False)


@dataclass(frozen=True)
class Named(Point):
    name: str = ""


@dataclass
class Open:
    x: int
    inner: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Itself:
    x: int


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


def _classes(maker: Callable[..., Any], **options: Any) -> Any:
    @maker(**options)
    class Made:
        a: int
        b: str = "b"
        c: list[int] = field(default_factory=list)

    return Made


OPTIONS = [
    {"frozen": frozen, "slots": slots, "eq": eq, "repr": shown}
    for frozen in (False, True)
    for slots in (False, True)
    for eq in (False, True)
    for shown in (False, True)
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_whatever_is_asked_for_both_do_the_same(options: dict[str, bool]) -> None:
    ours, theirs = _classes(dataclass, **options), _classes(dataclasses.dataclass, **options)
    mine, yours = ours(1, c=[3]), theirs(1, c=[3])
    assert (mine.a, mine.b, mine.c) == (yours.a, yours.b, yours.c)
    assert ours(1).c == []
    assert ours(1).c is not ours(1).c
    assert (ours(1, c=[3]) == mine) == (theirs(1, c=[3]) == yours)
    assert mine != ours(2, c=[3])
    assert mine != yours
    assert mine != (1, "b", [3])
    assert (ours.__hash__ is None) == (theirs.__hash__ is None)
    assert ours.__match_args__ == theirs.__match_args__
    assert [f.name for f in fields(ours)] == [f.name for f in fields(theirs)]
    assert hasattr(mine, "__dict__") == hasattr(yours, "__dict__")
    assert asdict(mine) == asdict(yours)
    assert astuple(replace(mine, b="x")) == astuple(replace(yours, b="x"))
    assert (repr(mine) == repr(yours)) == options["repr"]
    assert copy.copy(mine).c is mine.c
    if options["frozen"]:
        with pytest.raises(FrozenInstanceError, match="cannot assign to field 'a'"):
            mine.a = 2
        with pytest.raises(FrozenInstanceError, match="cannot delete field 'a'"):
            del mine.a
    else:
        mine.a = 2
        assert mine.a == 2
    for wrong in ({}, {"a": 1, "d": 1}):
        with pytest.raises(TypeError):
            ours(**wrong)


def test_what_is_compared_is_hashed() -> None:
    assert hash(Point(1)) == hash((1, 2))
    assert hash(Itself(1)) != hash(Itself(1))
    assert Point(1, notes=["a"]) == Point(1) != Point(1, 3)
    assert {Nothing(): 1}[Nothing()] == 1
    with pytest.raises(TypeError):
        hash(Open(1))


@pytest.mark.parametrize("one", [Point(1), Named(1, 2, [], "n"), Open(1, [2]), Nothing()], ids=repr)
def test_instances_travel(one: object) -> None:
    assert pickle.loads(pickle.dumps(one)) == one
    assert copy.deepcopy(one) == one


def test_fields_are_inherited_and_matched() -> None:
    assert Named(1, name="n") != Point(1)
    assert repr(Named(1, name="n")).endswith("Named(x=1, y=2, name='n')")
    match Named(1, 3):
        case Point(x, y):
            assert (x, y) == (1, 3)


def test_a_field_may_have_any_name() -> None:
    @dataclass(frozen=True)
    class Named:
        self: int
        set: int = 2
        new: list[int] = field(default_factory=list)

    assert astuple(Named(1)) == (1, 2, [])


def test_an_instance_within_itself_is_shown_once() -> None:
    one = Open(1)
    one.inner = one
    assert repr(one) == "Open(x=1, inner=...)"


def test_what_a_class_says_itself_stays() -> None:
    @dataclass(frozen=True)
    class Own:
        x: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

    assert repr(Own(1)) == "own"
    assert Own(1) == Own(2)
    assert hash(Own(1)) == hash((1,))


def test_what_is_asked_for_beyond_is_pythons() -> None:
    @dataclass(frozen=True, order=True)
    class Ordered:
        x: int

    @dataclass
    class After:
        x: int
        twice: int = field(init=False)

        def __post_init__(self) -> None:
            self.twice = 2 * self.x

    assert Ordered(1) < Ordered(2)
    assert After(2).twice == 4
