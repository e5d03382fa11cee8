"""Why an implementation gives nan or inf where the exact value is finite: a branch that is not taken has no value there, and
its slope times 0 is nan."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.errors import UndefinedValue
from derive.expr.graph import Node, topological
from derive.flint import fmpq
from derive.language.printing import short_decimal
from derive.language.reader import to_text
from derive.numbers.balls import evaluate_all
from verify.conformance.inputs import Input

MAX_COORDINATES = 4  # of a point that is told


def leak(roots: Sequence[Node], points: Sequence[Input], point: Sequence[float]) -> str:
    """The branch that is not taken and has no value at a point, with those of its coordinates that it turns on; or ""."""
    values = {i.node: fmpq(*x.as_integer_ratio()) for i, x in zip(points, point, strict=True)}
    done = evaluate_all(roots, values)
    for n in topological(roots):
        if n.op != "where" or not isinstance(taken := done[n.args[0]], bool):
            continue
        if isinstance(done[n.args[2] if taken else n.args[1]], UndefinedValue):
            below = set(topological([n.args[0]]))
            at = [f"{i.name} = {_number(x)}" for i, x in zip(points, point, strict=True) if i.node in below]
            where = f" at {', '.join(at)}" if at and len(at) <= MAX_COORDINATES else " there"
            return f"the branch not taken of where({to_text(n.args[0])}, ...) gives nan{where}"
    return ""


def _number(x: float) -> str:
    return short_decimal(Fraction(x)) or repr(x)
