"""What ``errata prove`` is asked by its options, and what it answers. Light: it is on both sides of the process that decides."""

from __future__ import annotations

from collections.abc import Sequence

from derive.records import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line that say what the names of a claim are, as they are written."""

    shapes: Sequence[str] = ()
    sizes: Sequence[str] = ()
    values: Sequence[str] = ()
    ranges: Sequence[str] = ()
    functions: Sequence[str] = ()
    definitions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision: its word of ANSWERS, why, and under which conditions; ``proof`` says how a proof stands, ``replayed`` are its
    regions and normal forms, where they were asked for."""

    verdict: str
    reason: str
    conditions: tuple[str, ...] = ()
    proof: str = ""
    replayed: tuple[str, ...] = ()

    @property
    def true(self) -> bool:
        """Whether the claim is true as it stands."""
        return self.verdict == "true"

    @property
    def lines(self) -> tuple[str, ...]:
        """What is worth printing."""
        return f"{self.verdict}: {self.reason}", *self.replayed
