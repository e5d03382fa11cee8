"""Tensors typeset: products, transposes, sums, norms, vectors and matrices. Vectors are columns."""

from __future__ import annotations

from collections.abc import Callable

from derive.expr.graph import Node
from derive.language.typeset.norms import norm, powers_in
from derive.language.typeset.pieces import (
    ATOM,
    FRACTION,
    HADAMARD,
    POWER,
    PRODUCT,
    Done,
    Piece,
    at_least,
    beside,
    factor,
    group,
    signed,
    transposed,
)


def _matmul(n: Node, done: Done) -> Piece:
    (a, b), (left, right) = n.args, (done[x] for x in n.args)
    # beside a matrix, a gradient is written as a row or as a column, as it fits
    turn = len(a.shape) == 1 and not left.row and (a.op != "d" or len(b.shape) == 1)
    before = transposed(left) if turn else factor(left, PRODUCT, True)
    turn = right.row and len(b.shape) == 1
    after = transposed(right) if turn else factor(right, FRACTION if b.op == "mul" else PRODUCT)
    made = signed(rf"{before} \, {after}" if a.op == "hessian" else beside(before, after), PRODUCT)
    return made._replace(row=len(a.shape) == 1 and len(b.shape) == 2)


def _transpose(n: Node, done: Done) -> Piece:
    return Piece(transposed(done[n.args[0]]), POWER)


def _outer(n: Node, done: Done) -> Piece:
    left, right = (done[a] for a in n.args)
    return signed(beside(factor(left, PRODUCT, True), transposed(right)), PRODUCT)


def _diag(n: Node, done: Done) -> Piece:
    return Piece(rf"\mathrm{{diag}}{group(done[n.args[0]].text)}")


def _det(n: Node, done: Done) -> Piece:
    return Piece(rf"\det{group(done[n.args[0]].text)}")


def _inv(n: Node, done: Done) -> Piece:
    return Piece(rf"{at_least(ATOM, done[n.args[0]])}^{{-1}}", POWER)


def _concat(n: Node, done: Done) -> Piece:
    return Piece(r"\begin{pmatrix} " + r" \\ ".join(done[a].text for a in n.args) + r" \end{pmatrix}")


def _sum(n: Node, done: Done) -> Piece:
    for p in (1, 2):
        if of := powers_in(n, p):
            return Piece(norm(of, done, str(p)) + ("^{2}" if p == 2 else ""), POWER)
    axis = "" if n.attr is None else rf"_{{\mathrm{{axis}}\,{n.attr}}}"
    return Piece(rf"\sum{axis} {at_least(PRODUCT, done[n.args[0]])}", HADAMARD)


def _broadcast(n: Node, done: Done) -> Piece:
    (x,) = n.args
    size = r" \times ".join(map(str, n.shape))
    if x.shape:
        return Piece(rf"\mathrm{{broadcast}}_{{{size}}}{group(done[x].text)}")
    if x.op == "const" and x.attr in (0, 1):
        return Piece(rf"\mathbf{{{x.attr}}}_{{{size}}}")
    return signed(rf"{factor(done[x], PRODUCT, True)} \mathbf{{1}}_{{{size}}}", PRODUCT)


def _reshape(n: Node, done: Done) -> Piece:
    size = r" \times ".join(map(str, n.shape))
    return Piece(rf"\mathrm{{reshape}}_{{{size}}}{group(done[n.args[0]].text)}")


def _stack(n: Node, done: Done) -> Piece:
    if n.shape == (1,):  # a vector of one is written as its entry
        return done[n.args[0]]
    if len(n.shape) == 1:
        rows = [done[a].text for a in n.args]
    else:
        rows = [" & ".join(done[x].text for x in a.args) if a.op == "stack" else transposed(done[a]) for a in n.args]
    return Piece(r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}")


RULES: dict[str, Callable[[Node, Done], Piece]] = {
    "matmul": _matmul, "transpose": _transpose, "outer": _outer, "diag": _diag, "sum": _sum,
    "broadcast": _broadcast, "reshape": _reshape, "stack": _stack,
    "concat": _concat, "det": _det, "inv": _inv,
}  # fmt: skip
