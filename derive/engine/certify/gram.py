"""Definite matrices by squares: for ``B.T @ B``, multiples and sums of such, and diagonal matrices, v.T A v is a sum of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.expr.graph import Node
from derive.language.components import components_all
from derive.proof.certificates import Alternatives, Certificate, Combination
from derive.proof.sequent import Sequent

Square = tuple[Node, Node]  # a number, and what is squared and multiplied with it


def squares(a: Node, v: Sequence[Node]) -> list[Square]:
    """v.T A v as numbers times squares. Raises ValueError where A is of no such form."""
    g = a.graph
    found = list(_squares(a, g.stack(list(v)), g.one))
    laid = components_all([n for pair in found for n in pair])
    return [
        (c, of)
        for i in range(0, len(laid), 2)
        for c, of in zip(_as_many(laid[i], laid[i + 1]), laid[i + 1], strict=True)
    ]


def _as_many(numbers: list[Node], of: list[Node]) -> list[Node]:
    return numbers if len(numbers) == len(of) else numbers * len(of)


def _squares(a: Node, v: Node, c: Node) -> Iterator[Square]:
    """Numbers (or vectors of them) and vectors of which the squares are added up."""
    g = a.graph
    match a.op:
        case "def":
            yield from _squares(a.args[0], v, c)
        case "add":
            for part in a.args:
                yield from _squares(part, v, c)
        case "mul" if (scalar := _scalar(a)) is not None:
            yield from _squares(scalar[1], v, g.mul(c, scalar[0]))
        case "div" if not a.args[1].shape:
            yield from _squares(a.args[0], v, g.div(c, a.args[1]))
        case "outer" if a.args[0] is a.args[1]:
            yield c, g.matmul(a.args[0], v)
        case "diag" if len(a.shape) == 2:
            yield g.mul(c, a.args[0]), v
        case "matmul":
            left, right = (_open(n) for n in a.args)
            if right.op == "mul" and (scalar := _scalar(right)) is not None:
                c, right = g.mul(c, scalar[0]), _open(scalar[1])
            if left.op != "transpose" or _open(left.args[0]) is not right:
                raise ValueError("no product of a matrix and its transpose")
            yield c, g.matmul(right, v)
        case _:
            raise ValueError("no sum of squares")


def _open(n: Node) -> Node:
    while n.op == "def":
        n = n.args[0]
    return n


def _scalar(n: Node) -> tuple[Node, Node] | None:
    """A scalar factor, and the other."""
    for a, b in (n.args, n.args[::-1]):
        if not a.shape and b.shape:
            return a, b
    return None


def by_squares(s: Sequent, parts: Sequence[Square]) -> Certificate:
    """That a sum of these is not negative; where a hypothesis has cases, in each of them."""
    if s.hypotheses and (cases := s.hypotheses[-1]).op == "or":
        rest = Sequent(s.hypotheses[:-1], s.conclusion)
        one, other = (by_squares(rest.given(case), parts) for case in cases.args)
        return Alternatives(len(s.hypotheses) - 1, (one, other))
    return Combination(tuple((c.graph.mul(c, of), of) for c, of in parts))
