"""Products and sums as people write them: the number first, then symbols, equal factors as powers, equal terms as one.

The calculus builds products two factors at a time, in the order in which it meets them. That is right for
computing; for print ``x*(2*x)*(-y)`` should read ``-2*x**2*y``, and ``a + (b + a)`` read ``2*a + b``. Only the order,
grouping and signs of factors and terms change, and equal ones are counted; nothing is multiplied out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from derive.expr.graph import Graph, Node, topological
from derive.language.reader import decimal_text


class _Factors(NamedTuple):
    """A number times powers of nodes, over powers of nodes. A factor above is never cancelled by one below: it may be 0."""

    number: Fraction
    above: dict[Node, int]
    below: dict[Node, int]


def tidy(roots: Sequence[Node]) -> list[Node]:
    """Nodes of the same values, with their products and sums in order. Definitions stay as they are."""
    done: dict[Node, Node] = {}
    order = topological(roots, through_definitions=False)
    partial = _partial_sums(order, roots)
    for n in order:
        if n.op == "def" or not n.args:
            done[n] = n
            continue
        args = tuple(done[a] for a in n.args)
        g = n.graph
        if n.op in ("mul", "neg") and not (args[0].shape and args[-1].shape and n.op == "mul"):
            number, above, below = _factors(*args)
            done[n] = _product(g, -number if n.op == "neg" else number, above, below)
        elif n.op == "div" and not n.shape:
            done[n] = _product(g, *_factors(g.node("div", args)))
        elif n.op in ("add", "sub") and n not in partial:
            done[n] = _sum(g, n, *args)
        else:
            done[n] = g.node(n.op, args, n.attr, n.shape)
    return [done[r] for r in roots]


def _partial_sums(order: Sequence[Node], roots: Sequence[Node]) -> set[Node]:
    """The sums that are only a term of one other sum: that one puts the terms of all of them in order, once."""
    users: dict[Node, list[Node]] = {}
    for n in order:
        for a in n.args if n.op != "def" else ():
            users.setdefault(a, []).append(n)
    sums = ("add", "sub")
    found = {a for a, us in users.items() if a.op in sums and not a.shape and len(us) == 1 and us[0].op in sums}
    return {a for a in found if not users[a][0].shape}.difference(roots)


def _factors(*nodes: Node) -> _Factors:
    """The product of tidy nodes."""
    number, above, below = Fraction(1), dict[Node, int](), dict[Node, int]()
    work = [(n, True) for n in reversed(nodes)]
    while work:
        f, up = work.pop()
        side = above if up else below
        if f.op == "const" and up:
            number *= f.attr
        elif f.op == "neg":
            number = -number
            work.append((f.args[0], up))
        elif f.op == "mul" and not (f.args[0].shape and f.args[1].shape):
            work += [(a, up) for a in reversed(f.args)]
        elif f.op == "div" and not f.shape and up:
            work += [(f.args[1], False), (f.args[0], True)]
        elif f.op == "pow" and not f.shape and f.args[1].op == "const" and _is_count(f.args[1].attr):
            side[f.args[0]] = side.get(f.args[0], 0) + int(f.args[1].attr)
        else:
            side[f] = side.get(f, 0) + 1
    return _Factors(number, above, below)


def _is_count(value: int | Fraction) -> bool:
    return value > 0 and Fraction(value).denominator == 1


def _product(g: Graph, number: Fraction, above: Mapping[Node, int], below: Mapping[Node, int]) -> Node:
    if not number and not below:
        above = {f: k for f, k in above.items() if f.shape}  # zero, in the shape that it had
    number, below = _reduced(g, number, below)
    if below:
        made = g.node("div", (_times(g, abs(number), _scalars(above)), _times(g, Fraction(1), below)))
        for f in above:
            made = g.node("mul", (made, f), None, f.shape) if f.shape else made
    else:
        made = _times(g, abs(number), above)
    if number >= 0:
        return made
    return g.const(-made.attr) if made.op == "const" else g.node("neg", (made,), None, made.shape)


def _reduced(g: Graph, number: Fraction, below: Mapping[Node, int]) -> tuple[Fraction, Mapping[Node, int]]:
    """The numbers below divided out: 2/(2 r) is 1/r, 0.1/(2 r) is 0.05/r, x/2 stays."""
    numbers = {f: k for f, k in below.items() if f.op == "const" and f.attr}
    if not numbers:
        return number, below
    whole = number.denominator == 1
    for f, k in numbers.items():
        number /= Fraction(f.attr) ** k
    rest = {f: k for f, k in below.items() if f not in numbers}
    if not whole and decimal_text(number) is not None:
        return number, rest
    over = {g.const(number.denominator): 1} if number.denominator > 1 else {}
    return Fraction(number.numerator), {**over, **rest}


def _scalars(powers: Mapping[Node, int]) -> dict[Node, int]:
    return {f: k for f, k in powers.items() if not f.shape}


def _times(g: Graph, number: Fraction, powers: Mapping[Node, int]) -> Node:
    factors = sorted(powers, key=_rank)  # stable: otherwise in the order in which they came
    nodes = [f if powers[f] == 1 else g.node("pow", (f, g.const(powers[f])), None, f.shape) for f in factors]
    if number != 1 or not nodes:
        nodes.insert(0, g.const(number))
    made = nodes[0]
    for f in nodes[1:]:
        made = g.node("mul", (made, f), None, f.shape or made.shape)
    return made


def _rank(n: Node) -> int:
    """Symbols and their entries, then the rest, then sums in brackets, then the one tensor that numbers may multiply."""
    if n.shape:
        return 3
    if n.op in ("add", "sub"):
        return 2
    return 0 if n.op == "symbol" or (n.op == "index" and n.args[0].op == "symbol") else 1


def _sum(g: Graph, n: Node, a: Node, b: Node) -> Node:
    if not n.shape:
        return _collected(g, n.op, a, b)
    op = n.op
    if b.op == "neg":
        op, b = ("sub" if op == "add" else "add"), b.args[0]
    if a.op == "neg" and op == "add":
        op, a, b = "sub", b, a.args[0]
    return g.node(op, (a, b), None, n.shape)


def _collected(g: Graph, op: str, a: Node, b: Node) -> Node:
    """A sum of numbers times products, each product once; it begins with a term that has no sign, if one has none."""
    terms: dict[tuple[tuple[tuple[Node, int], ...], ...], Fraction] = {}
    for term, sign in [*_terms(a, 1), *_terms(b, 1 if op == "add" else -1)]:
        number, *sides = _factors(term)
        key = tuple(tuple(sorted(side.items(), key=lambda p: p[0].id)) for side in sides)
        terms[key] = terms.get(key, Fraction(0)) + sign * number
    kept = [(dict(above), dict(below), number) for (above, below), number in terms.items() if number or below]
    if not kept:
        return g.zero
    kept.insert(0, kept.pop(next((i for i, (*_, number) in enumerate(kept) if number > 0), 0)))
    above, below, number = kept[0]
    made = _product(g, number, above, below)
    for above, below, number in kept[1:]:
        made = g.node("add" if number >= 0 else "sub", (made, _product(g, abs(number), above, below)))
    return made


def _terms(n: Node, sign: int) -> list[tuple[Node, int]]:
    """The terms of a sum with their signs, from left to right."""
    found, work = [], [(n, sign)]
    while work:
        t, s = work.pop()
        if t.op in ("add", "sub"):
            work += [(t.args[1], s if t.op == "add" else -s), (t.args[0], s)]
        elif t.op == "neg" and t.args[0].op in ("add", "sub"):
            work.append((t.args[0], -s))
        else:
            found.append((t, s))
    return found
