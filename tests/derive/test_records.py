"""Data classes are those of the standard library, whose methods are written when they are called."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest

from derive import records

OURS: Any = records.dataclass  # types follow as if it were the library's
BOTH = pytest.mark.parametrize("made_by", [OURS, dataclasses.dataclass], ids=["ours", "library"])
KINDS = [
    {"frozen": frozen, "slots": slots, "order": order} for frozen in (0, 1) for slots in (0, 1) for order in (0, 1)
]


def classes(made_by: Any, **kind: Any) -> tuple[Any, Any]:
    """A class with all sorts of fields, and one that adds to it."""

    @made_by(**kind)
    class Base:
        """Words."""

        first: int
        second: str = "two"
        third: list[int] = dataclasses.field(default_factory=list, compare=False)
        hidden: int = dataclasses.field(default=7, init=False, repr=False)
        counted: list[int] = dataclasses.field(default_factory=lambda: [0], init=False, hash=False)
        KIND = "base"

        def __post_init__(self) -> None:
            self.third.append(self.first)

    @made_by(**kind)
    class Derived(Base):
        fourth: float = 4.0

    return Base, Derived


def outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (TypeError, AttributeError) as error:
        return type(error), str(error)


def seen(cls: Any) -> list[Any]:
    """What objects of a class do."""
    x, y, z = cls(1), cls(1, third=[5]), cls(2, "b")
    asked: list[Callable[[], Any]] = [
        *(lambda: x < z, lambda: x <= y, lambda: x > 3, lambda: x == y, lambda: x != z, lambda: x == 1),
        *(lambda: hash(x) == hash(y), lambda: hash(x), lambda: repr(x), lambda: repr(z)),
        *(lambda: dataclasses.asdict(y), lambda: dataclasses.astuple(z), lambda: dataclasses.replace(x, first=3).third),
        *(lambda: repr(copy.copy(z)), lambda: copy.deepcopy(z) == z),
        *(lambda: setattr(x, "first", 5), lambda: delattr(x, "second"), lambda: repr(x), lambda: (x.hidden, x.KIND)),
        *(cls, lambda: cls(1, other=2), lambda: cls(1, 2, 3, 4, 5)),
        *(lambda: cls.__match_args__, lambda: list(inspect.signature(cls).parameters), lambda: hasattr(x, "__dict__")),
    ]
    return [outcome(call) for call in asked]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_they_do_what_those_of_the_library_do(kind: dict[str, Any]) -> None:
    ours, theirs = ([seen(cls) for cls in classes(made_by, **kind)] for made_by in (OURS, dataclasses.dataclass))
    assert ours == theirs


@BOTH
def test_what_a_class_says_itself_is_left(made_by: Any) -> None:
    @made_by(frozen=True, slots=True)
    class Own:
        value: int

        def __init__(self) -> None:
            object.__setattr__(self, "value", 3)

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return True

    @made_by(frozen=True, eq=False, repr=False)
    class Same:
        value: int

        def __hash__(self) -> int:
            return 5

    one, two = Own(), Same(1)
    assert (repr(one), one == 4, one.value, hash(one)) == ("own", True, 3, hash((3,)))
    assert (two == Same(1), hash(two), repr(two).startswith("<")) == (False, 5, True)


@BOTH
def test_one_without_fields_and_patterns(made_by: Any) -> None:
    @made_by(frozen=True)
    class Nothing:
        pass

    @made_by(slots=True)
    class Pair:
        left: Any
        right: Any

    assert (Nothing(), repr(Nothing())[-9:], hash(Nothing())) == (Nothing(), "Nothing()", hash(()))
    match Pair(1, Pair(2, 3)):
        case Pair(1, Pair(x, y)):
            assert (x, y) == (2, 3)
        case _:
            pytest.fail("no match")
    loop = Pair(1, 2)
    loop.right = loop
    assert repr(loop).endswith("right=...)")


def test_objects_are_compared_as_tuples() -> None:
    """By every Python: the library of 3.13 takes nan for another than itself."""

    @OURS(slots=True)
    class Pair:
        left: float
        right: int

    nan = float("nan")
    assert Pair(nan, 1) == Pair(nan, 1)
    assert Pair(nan, 1) != Pair(float("nan"), 1)


@records.dataclass(frozen=True, slots=True)
class Travels:
    """Found by its name."""

    value: int
    more: tuple[int, ...] = ()


def test_what_was_never_made_here_has_its_methods() -> None:
    """Objects of a class may come out of a pipe before any is made."""
    sent = pickle.dumps(Travels(3, (4,)))
    for name in ("__init__", "__eq__", "__hash__"):
        setattr(Travels, name, records._Unwritten(Travels, name, frozen=True))
    came = pickle.loads(sent)
    assert hash(came) == hash((3, (4,)))
    assert came == Travels(3, (4,))
    with pytest.raises(dataclasses.FrozenInstanceError, match="value"):
        came.value = 4


def test_nothing_is_written_before_it_is_called() -> None:
    @OURS(frozen=True)
    class Waits:
        value: int

    written = {name: vars(Waits)[name] for name in ("__init__", "__eq__", "__hash__")}
    assert all(type(m) is records._Unwritten for m in written.values())
    made = Waits(3)
    assert type(vars(Waits)["__init__"]) is not records._Unwritten
    assert vars(Waits)["__eq__"] is written["__eq__"]
    assert made == Waits(3)
    assert Waits.__init__.__qualname__.endswith("Waits.__init__")


def test_threads_that_make_the_first_at_once() -> None:
    @OURS(frozen=True, slots=True)
    class One:
        value: int

    start, made = Barrier(8), list[Any]()

    def make(i: int) -> None:
        start.wait()
        made.append(One(i))

    threads = [Thread(target=make, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert {m.value for m in made} == set(range(8))


def test_an_order_of_defaults_that_cannot_be_is_refused() -> None:
    @OURS()
    class Wrong:
        first: int = 1
        second: int

    with pytest.raises(SyntaxError):
        Wrong(1, 2)
