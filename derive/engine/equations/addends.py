"""Equality addend by addend: sums over samples whose terms share the parameters alone.

Over one denominator a sum of n quotients with unrelated denominators has as many terms as the product of all of them, and the
common factors of such polynomials are what no limit of work suffices for. But what people claim of such sums (the Hessian of
a logistic loss over a batch) is true of each sample. Addends that share a symbol which not most of them have belong together;
where the parts of both sides are equal one by one, with a value at the same points, so are the sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from derive.expr.graph import Node, topological

MIN_PARTS = 3  # fewer are as quickly put over one denominator
_QUOTIENTS = frozenset({"div", "sigmoid", "tanh"})

#: The two sides of a part.
Part = tuple[Node, Node]


def parts(a: Node, b: Node) -> list[Part]:
    """The parts of two sums of quotients that can be compared one by one; none where there are fewer than three."""
    terms = [(side, c, n) for side, whole in enumerate((a, b)) for c, n in addends(whole)]
    if len(terms) < 2 * MIN_PARTS:
        return []
    leaves = [_leaves(n) for _, _, n in terms]
    groups = _groups(leaves)
    if len(groups) < MIN_PARTS or sum(any(_divides(terms[i][2]) for i in own) for own in groups) < MIN_PARTS:
        return []
    return [(_total(a, [terms[i] for i in own], 0), _total(a, [terms[i] for i in own], 1)) for own in groups]


def addends(n: Node, factor: Fraction = Fraction(1)) -> Iterator[tuple[Fraction, Node]]:
    """The terms of a sum with their numbers; 0*s is a term as it stands, since it says where there is no value."""
    work = [(n, factor)]
    while work:
        n, c = work.pop()
        if n.op == "def" and not n.shape:
            work.append((n.args[0], c))
        elif n.op == "neg":
            work.append((n.args[0], -c))
        elif n.op in ("add", "sub"):
            left, right = n.args
            work += [(right, c if n.op == "add" else -c), (left, c)]
        elif n.op == "mul" and (k := _number(n.args[0])):
            work.append((n.args[1], c * k))
        elif n.op == "mul" and (k := _number(n.args[1])):
            work.append((n.args[0], c * k))
        elif n.op == "div" and (k := _number(n.args[1])):
            work.append((n.args[0], c / k))
        else:
            yield c, n


def _number(n: Node) -> Fraction | None:
    while n.op == "def":
        (n,) = n.args
    return Fraction(n.attr) if n.op == "const" else None


def _leaves(n: Node) -> frozenset[Node]:
    """The scalars that a term depends on."""
    return frozenset(m for m in topological([n]) if m.op == "index" or (m.op == "symbol" and not m.shape))


def _divides(n: Node) -> bool:
    return any(m.op in _QUOTIENTS and m.args[-1].op != "const" for m in topological([n]))


def _groups(leaves: Sequence[frozenset[Node]]) -> list[list[int]]:
    """Which terms belong together: those tied by scalars that at most half of the terms depend on."""
    count: dict[Node, int] = {}
    for own in leaves:
        for m in own:
            count[m] = count.get(m, 0) + 1
    root = list(range(len(leaves)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = i = root[root[i]]
        return i

    first: dict[Node | None, int] = {}
    for i, own in enumerate(leaves):
        rare: frozenset[Node | None] = frozenset(m for m in own if 2 * count[m] <= len(leaves))
        for leaf in rare or {None}:
            root[find(i)] = find(first.setdefault(leaf, i))
    found: dict[int, list[int]] = {}
    for i in range(len(leaves)):
        found.setdefault(find(i), []).append(i)
    return list(found.values())


def _total(like: Node, addends: Sequence[tuple[int, Fraction, Node]], side: int) -> Node:
    g = like.graph
    total = g.zero
    for own, c, n in addends:
        if own == side:
            total = g.add(total, n if c == 1 else g.mul(g.const(c), n))
    return total
