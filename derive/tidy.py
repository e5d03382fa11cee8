"""Products and sums as people write them: the number first, then symbols, equal factors as powers, equal terms as one.

The calculus builds products two factors at a time, in the order in which it meets them. That is right for
computing; for print ``x*(2*x)*(-y)`` should read ``-2*x**2*y``, and ``a + (b + a)`` read ``2*a + b``. Only the order,
grouping and signs of factors and terms change, and equal ones are counted; nothing is multiplied out.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.graph import Graph, Node, topological

_Factors = tuple[Fraction, dict[Node, int]]


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
            done[n] = _product(g, *_merge([_factors(a) for a in args], -1 if n.op == "neg" else 1))
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


def _factors(n: Node) -> _Factors:
    """A tidy node as a number times powers of other nodes."""
    number, powers = Fraction(1), dict[Node, int]()
    work = [n]
    while work:
        f = work.pop()
        if f.op == "const":
            number *= f.attr
        elif f.op == "neg":
            number = -number
            work.append(f.args[0])
        elif f.op == "mul" and not (f.args[0].shape and f.args[1].shape):
            work.extend(reversed(f.args))
        elif f.op == "pow" and not f.shape and f.args[1].op == "const" and _is_count(f.args[1].attr):
            powers[f.args[0]] = powers.get(f.args[0], 0) + int(f.args[1].attr)
        else:
            powers[f] = powers.get(f, 0) + 1
    return number, powers


def _is_count(value: int | Fraction) -> bool:
    return value > 0 and Fraction(value).denominator == 1


def _merge(parts: Sequence[_Factors], sign: int) -> _Factors:
    number, powers = Fraction(sign), dict[Node, int]()
    for c, more in parts:
        number *= c
        for f, k in more.items():
            powers[f] = powers.get(f, 0) + k
    return number, powers


def _product(g: Graph, number: Fraction, powers: dict[Node, int]) -> Node:
    if not number:
        powers = {f: k for f, k in powers.items() if f.shape}  # zero, in the shape that it had
    factors = sorted(powers, key=_rank)  # stable: otherwise in the order in which they came
    nodes = [f if powers[f] == 1 else g.node("pow", (f, g.const(powers[f])), None, f.shape) for f in factors]
    if abs(number) != 1 or not nodes:
        nodes.insert(0, g.const(abs(number)))
    made = nodes[0]
    for f in nodes[1:]:
        made = g.node("mul", (made, f), None, f.shape or made.shape)
    if number >= 0:
        return made
    return g.const(-made.attr) if made.op == "const" else g.node("neg", (made,), None, made.shape)


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
    terms: dict[tuple[tuple[Node, int], ...], Fraction] = {}
    for term, sign in [*_terms(a, 1), *_terms(b, 1 if op == "add" else -1)]:
        number, powers = _factors(term)
        key = tuple(sorted(powers.items(), key=lambda p: p[0].id))
        terms[key] = terms.get(key, Fraction(0)) + sign * number
    kept = [(key, number) for key, number in terms.items() if number]
    if not kept:
        return g.zero
    kept.insert(0, kept.pop(next((i for i, (_, number) in enumerate(kept) if number > 0), 0)))
    made = _product(g, kept[0][1], dict(kept[0][0]))
    for key, number in kept[1:]:
        made = g.node("add" if number > 0 else "sub", (made, _product(g, abs(number), dict(key))))
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
