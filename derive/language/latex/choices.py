"""Where more than one reading is possible, all are followed: what does not fit is dropped, and what remains is compared.

The resolver is plain code that asks for one of several options. It is run again for every way to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from derive.errors import ExpressionError

_TOO_MANY = "too many ways to read this: use brackets, or say in 'names:' what its symbols are"

MAX_READINGS = 32  # runs
MAX_CHOICES = 20  # of one run
MAX_WORK = 20_000  # characters that all runs read
MAX_STEPS = 20_000  # factors that all runs look at

T = TypeVar("T")


class TooMany(ExpressionError):
    """More ways than are followed."""


class Unsaid(ExpressionError):
    """What has a meaning that can't be said: where another way can be read, there are two."""


class Choices:
    def __init__(self) -> None:
        self.path: list[int] = []
        self.steps = 0
        self.made: dict[Hashable, tuple[int, int]] = {}  # what was chosen, of how many

    def step(self) -> None:
        """Counts a factor that is looked at. Raises TooMany."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise TooMany(_TOO_MANY)

    def choose(self, key: Hashable, options: Sequence[Callable[[], T]]) -> T:
        """One of the options; the same, wherever the same key comes back."""
        if len(options) == 1:
            return options[0]()
        if key not in self.made:
            n = len(self.made)
            if n == MAX_CHOICES:
                raise TooMany(_TOO_MANY)
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


def readings(run: Callable[[Choices], T], size: int) -> Iterator[T | ExpressionError]:
    """What every way gives of a formula of ``size`` characters, or why it gives nothing. Raises TooMany."""
    choices = Choices()
    for _ in range(max(2, min(MAX_READINGS, MAX_WORK // max(size, 1)))):
        try:
            yield run(choices)
        except TooMany:
            raise
        except ExpressionError as e:
            yield e
        if not choices.following():
            return
    raise TooMany(_TOO_MANY)
