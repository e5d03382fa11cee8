"""A call: what of the inputs goes where, and which part of what it gives or changes is its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from derive.records import dataclass
from verify.conform.calling import calling

if TYPE_CHECKING:
    from verify.conform.frameworks import Framework


class Raised(Exception):
    """The callable raised, or returned something that is no array; says what."""


@dataclass(frozen=True)
class Constant:
    """Numbers that a callable gets as an array of its framework: class labels (whole numbers), or weights."""

    numbers: Any


@dataclass(frozen=True)
class Call:
    """A callable and what goes where: ``positional`` and ``keywords`` are indices of inputs, ``fixed`` values for other
    keywords. The result is what it returns, or of that the entry ``part`` (an index a level), or what the input ``becomes``
    has become: a buffer or a weight that is changed in place."""

    function: Callable[..., Any]
    positional: tuple[int, ...]
    keywords: Mapping[str, int] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    part: tuple[int, ...] = ()
    becomes: int | None = None
    alone: bool = False  # it takes numbers, and is called one by one

    def __call__(self, inputs: Sequence[Any]) -> Any:
        given = {k: inputs[i] for k, i in self.keywords.items()}
        with calling("a call of it"):
            made = self.function(*(inputs[i] for i in self.positional), **given, **self.fixed)
        if self.becomes is not None:
            return inputs[self.becomes]
        for k in self.part:
            if not isinstance(made, tuple | list) or k >= len(made):
                raise Raised(f"it returned {type(made).__name__}, which has no entry {k}")
            made = made[k]
        return made

    def kept(self, inputs: Sequence[Any]) -> list[tuple[int, Any]]:
        """The inputs that are to stay as they are, with their places."""
        return [(i, x) for i, x in enumerate(inputs) if i != self.becomes]

    def prepared(self, fw: Framework, fmt: str) -> Call:
        """With the constants among its keywords as arrays of the framework."""
        if not any(isinstance(v, Constant) for v in self.fixed.values()):
            return self
        fixed = {k: fw.constant(v.numbers, fmt) if isinstance(v, Constant) else v for k, v in self.fixed.items()}
        return replace(self, fixed=fixed)
