"""The one step that mends a formula, as an object, and how it is told: of the formula itself, and beside a form of another name.

``verify.claims.repair`` finds the step; reports read what is to be put in which place off it, and never its sentence.
"""

from __future__ import annotations

from derive.records import dataclass


def _right(phrase: str) -> tuple[str, str]:
    return f"right {phrase}", f"the document's is {{name}} {phrase}"


#: What a step does: in words of the formula, and of the document's form that is another's, ``name``, but for this.
TOLD: dict[str, tuple[str, str]] = {
    "times": _right("times {new}"),
    "with": _right("with {new} in place of {old}"),
    "as": _right("as {new}"),
    "added": _right("with the term {new} added"),
    "subtracted": _right("with the term {new} subtracted"),
    "without": _right("without the {old} {new}"),
    "negative": ("the sign is wrong", "the document's is {name} times -1"),
    "sign": ("the sign of {new} is wrong", "the document's is {name} with the other sign of {new}"),
    "slip": ("one slip in the {new}", "the document's is {name} but for one slip in the {new}"),
    "if": ("holds if {new}", "the two agree if {new}"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """``how``: a key of ``TOLD``. ``new`` and ``old``: texts of what is put where. ``where``: what that needs. ``at``: at
    which sizes. ``left``: it mends the left side."""

    how: str
    new: str
    old: str = ""
    where: str = ""
    at: str = ""
    left: bool = False

    def __str__(self) -> str:
        return ("on the left side, " if self.left else "") + self._told(0)

    def beside(self, name: str) -> str:
        """The step from a form of that name to the document's."""
        return self._told(1, name)

    def _told(self, column: int, name: str = "") -> str:
        told = TOLD[self.how][column].format(new=self.new, old=self.old, name=name)
        return told + (f", where {self.where}" if self.where else "") + (f" at {self.at}" if self.at else "")

    @property
    def put(self) -> list[str] | None:
        """What stood there ("": the whole right side), what is to stand there, and where that is right; None of another step."""
        return [self.old, self.new, self.where] if self.how in ("with", "as") and not self.left else None
