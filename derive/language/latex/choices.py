"""Where more than one reading is possible, all are followed: what does not fit is dropped, and what remains is compared.

The resolver is plain code that asks for one of several options. It is run again for every way to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from derive.errors import ExpressionError

MAX_READINGS = 32  # runs

T = TypeVar("T")


class Choices:
    def __init__(self) -> None:
        self.path: list[int] = []
        self.made: dict[Hashable, tuple[int, int]] = {}  # what was chosen, of how many

    def choose(self, key: Hashable, options: Sequence[Callable[[], T]]) -> T:
        """One of the options; the same, wherever the same key comes back."""
        if len(options) == 1:
            return options[0]()
        if key not in self.made:
            n = len(self.made)
            self.made[key] = (self.path[n] if n < len(self.path) else 0, len(options))
        return options[self.made[key][0]]()

    def following(self) -> bool:
        """Turns to the next way to answer; False where all are done."""
        made = list(self.made.values())
        while made and made[-1][0] + 1 == made[-1][1]:
            made.pop()
        self.made = {}
        self.path = [k for k, _ in made]
        if not made:
            return False
        self.path[-1] += 1
        return True


def readings(run: Callable[[Choices], T]) -> Iterator[T | ExpressionError]:
    """What every way gives, or why it gives nothing. Raises ExpressionError where there are too many."""
    choices = Choices()
    for _ in range(MAX_READINGS):
        try:
            yield run(choices)
        except ExpressionError as e:
            yield e
        if not choices.following():
            return
    raise ExpressionError("too many ways to read this: use brackets, or say in 'names:' what its symbols are")
