"""Piecewise polynomials beside a point, in exact arithmetic: an independent answer to what has a derivative, and which.

An expression is a nest of tuples. Beside a point and on one side of it along x it is a polynomial in the distance t > 0 (its
germ); the sign of a germ is that of its first coefficient that is not 0. None of this shares code with the library.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Expression = Any  # a number, "x", "y", or (operator, *arguments)
Germ = tuple[Fraction, ...]

ZERO: Germ = ()


def _trim(p: list[Fraction]) -> Germ:
    while p and p[-1] == 0:
        p.pop()
    return tuple(p)


def _add(p: Germ, q: Germ) -> Germ:
    n = max(len(p), len(q))
    return _trim([(p[i] if i < len(p) else Fraction(0)) + (q[i] if i < len(q) else Fraction(0)) for i in range(n)])


def _scaled(p: Germ, c: int) -> Germ:
    return _trim([c * v for v in p])


def _mul(p: Germ, q: Germ) -> Germ:
    out = [Fraction(0)] * max(len(p) + len(q) - 1, 0)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            out[i + j] += a * b
    return _trim(out)


def _sign(p: Germ) -> int:
    first = next((v for v in p if v), Fraction(0))
    return (first > 0) - (first < 0)


def _holds(op: str, sign: int) -> bool:
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0, "==": sign == 0, "!=": sign != 0}[op]


def germ(e: Expression, at: Mapping[str, Germ]) -> Germ:
    """The expression where its variables are these polynomials in t, for all small t > 0."""
    if isinstance(e, str):
        return at[e]
    if isinstance(e, int):
        return _trim([Fraction(e)])
    op, *args = e
    if op == "where":
        (compare, p, q), a, b = args
        chosen = a if _holds(compare, _sign(_add(germ(p, at), _scaled(germ(q, at), -1)))) else b
        return germ(chosen, at)
    values = [germ(a, at) for a in args]
    u = values[0]
    match op:
        case "+":
            return _add(*values)
        case "-":
            return _add(u, _scaled(values[1], -1))
        case "*":
            return _mul(*values)
        case "square":
            return _mul(u, u)
        case "relu":
            return u if _sign(u) > 0 else ZERO
        case "abs":
            return _scaled(u, _sign(u))
        case "sign":
            return _trim([Fraction(_sign(u))])
        case "min" | "max":
            above = _sign(_add(u, _scaled(values[1], -1))) > 0
            return u if above == (op == "max") else values[1]
        case "clip":
            low, high = germ(args[1], at), germ(args[2], at)
            raised = u if _sign(_add(u, _scaled(low, -1))) > 0 else low
            return raised if _sign(_add(raised, _scaled(high, -1))) < 0 else high
    raise AssertionError(op)


def text(e: Expression) -> str:
    """The expression in the language of cases."""
    if isinstance(e, str | int):
        return str(e) if not isinstance(e, int) or e >= 0 else f"({e})"
    op, *args = e
    if op == "where":
        (compare, p, q), a, b = args
        return f"where({text(p)} {compare} {text(q)}, {text(a)}, {text(b)})"
    inner = [text(a) for a in args]
    if op in ("+", "-", "*"):
        return f"({inner[0]} {op} {inner[1]})"
    return f"({inner[0]})**2" if op == "square" else f"{op}({', '.join(inner)})"


def _coefficient(p: Germ, k: int) -> Fraction:
    return p[k] if k < len(p) else Fraction(0)


def value(e: Expression, x: Fraction, y: Fraction) -> Fraction:
    return _coefficient(germ(e, {"x": _trim([x]), "y": _trim([y])}), 0)


def derivatives(e: Expression, x: Fraction, y: Fraction, by: str = "x") -> tuple[Fraction | None, Fraction | None]:
    """The first and the second derivative at a point; None for one that does not exist."""
    here = {"x": x, "y": y}
    sides = []
    for way in (1, -1):
        moved = {n: _trim([v, Fraction(way)] if n == by else [v]) for n, v in here.items()}
        p = germ(e, moved)
        sides.append((_coefficient(p, 0), way * _coefficient(p, 1), 2 * _coefficient(p, 2)))
    right, left = sides
    if not value(e, x, y) == right[0] == left[0] or right[1] != left[1]:
        return None, None
    return right[1], right[2] if right[2] == left[2] else None


LEAVES = ["x", "x", "x", "y", 0, 1, -1, 2]


def drawn(r: random.Random, depth: int, names: list[Any] = LEAVES, jumps: bool = True) -> Expression:
    """A random expression; without ``jumps`` one that is continuous."""
    if depth == 0 or r.random() < 0.1:
        return r.choice(names)
    ops = ["+", "-", "*", "relu", "abs", "min", "max", "min", "max", "relu", "clip", "square"]
    op = r.choice([*ops, "where", "where", "sign"] if jumps else ops)
    match op:
        case "relu" | "abs" | "sign" | "square":
            return (op, drawn(r, depth - 1, names, jumps))
        case "clip":
            low = r.choice([-1, 0])
            return (op, drawn(r, depth - 1, names, jumps), low, r.choice([1, 2]))
        case "where":
            compare = r.choice(["<", "<=", ">", ">=", "==", "!="])
            condition = (compare, drawn(r, 1, names, jumps), r.choice(names))
            return (op, condition, drawn(r, depth - 1, names, jumps), drawn(r, depth - 1, names, jumps))
    return (op, drawn(r, depth - 1, names, jumps), drawn(r, depth - 1, names, jumps))
