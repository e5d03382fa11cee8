"""Whose signs would say more where an evaluation of the checker falls short: places to split at."""

from __future__ import annotations

from derive.expr.graph import Node, topological
from derive.numbers.definedness import requirement
from derive.numbers.rational_functions import Quotient
from derive.proof.axioms import Unknown
from derive.proof.evaluation import Evaluated, Lacking, as_written
from derive.proof.signs import ANY, NEGATIVE, OF_COMPARISON, POSITIVE, ZERO

OF_DIFFERENCES = {"min", "max", *OF_COMPARISON}  # whose value hangs on which side is more
OF_SIGNS = {"abs", "relu", "sign", "select"}  # on the sign of the first argument


def asked(lacking: Lacking) -> list[Node]:
    """All of them; what stands in the way comes first."""
    made, first = lacking.made, first_asked(lacking)
    own = as_written(list(made.roots), made.hidden, ())
    known = set(topological(made.hypotheses)).difference(own)
    found = {_turning(made, n) for n in made.values if n not in known and _says_little(made, n)} | {first}
    return sorted((n for n in found if n is not None), key=lambda n: (n is not first, n.id))


def first_asked(lacking: Lacking) -> Node | None:
    """What is not known where all arguments are, if it is for want of a sign."""
    made = lacking.made
    origin = next((n for n, v in made.values.items() if v is lacking.found), None)
    return _turning(made, origin) if origin is not None else None


def settled(made: Evaluated, n: Node) -> bool:
    """Whether the sign of a node is known."""
    return _sign(made, n) in (POSITIVE, ZERO, NEGATIVE)


def _sign(made: Evaluated, n: Node) -> int:
    x = made.values.get(n)
    if x is None and n.op == "sub":
        left, right = map(made.values.get, n.args)
        x = left - right if isinstance(left, Quotient) and isinstance(right, Quotient) else None
    return made.of(x) if isinstance(x, Quotient) else ANY


def _says_little(made: Evaluated, n: Node) -> bool:
    """Whether a node has no value for want of a sign, or one that is not told branch by branch."""
    by = _turning(made, n)
    if by is None:
        return False
    if isinstance(made.values[n], Unknown):
        return not settled(made, by)
    m = _sign(made, by) if n.op in OF_SIGNS or n.op in ("min", "max") else 0
    return bool(m & POSITIVE and m & NEGATIVE)


def _turning(made: Evaluated, n: Node) -> Node | None:
    """What the value of a node, or whether it has one, hangs on the sign of."""
    if n.op in OF_DIFFERENCES and not (n.op == "eq" and n in made.roots):
        return n.graph.sub(*n.args)
    if n.op in OF_SIGNS or n.op == "pow":
        return n.args[0]
    asks = requirement(n)
    return None if asks is None else n.args[asks[0]]
