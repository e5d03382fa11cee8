"""Second derivatives on the scalar graph.

``hessian`` is edge pushing (Gower and Mello, A new framework for the computation of Hessians, Optimization
Methods and Software 27, 2012): one reverse sweep that carries, beside the adjoints, the curvature between
pairs of nodes. Symmetry is used and only pairs that interact are ever stored.

Not every node keeps curvature. Sums, and products into a function that is a factor, are passed through in one step, by the
chain rule (preaccumulation: Griewank and Walther, Evaluating Derivatives, 2nd ed., ch. 10): in z = b + w1*tanh(y1) +
w2*tanh(y2), what couples z to anything moves to b, w1, y1, w2, y2 at once, times 1, tanh(y1), w1*tanh'(y1), and so on.

Nor are variables that only one node depends on, as b, w1 and w2 here, told apart before the end of the sweep: one proxy stands
for them. What couples it to another is multiplied by the slopes, 1, tanh(y1), tanh(y2), once its sum is complete. Else each
weight of a layer would be pushed through all layers below, for what differs by a factor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations_with_replacement

from derive.calculus.local_derivatives import FIRST, SECOND
from derive.errors import ExpressionError
from derive.expr.graph import Node, topological


def _pairs(arity: int) -> Iterator[tuple[int, int]]:
    return combinations_with_replacement(range(arity), 2)


_SUMS = frozenset(["add", "sub", "neg", "def"])
_PASSED = _SUMS | {"mul"}

#: What of ``SECOND`` is not zero, by operator: (place of an argument, place of another, derivative).
_CURVED = {
    op: [
        (i, j, partial) for (i, j), partial in zip(_pairs(len(FIRST[op])), partials, strict=True) if partial is not None
    ]
    for op, partials in SECOND.items()
    if any(partials)
}

#: Slopes by node, each node once.
Slopes = dict[Node, Node]


def hessian(f: Node, variables: Sequence[Node]) -> dict[tuple[int, int], Node]:
    """The lower triangle of d2f/dv2: ``{(i, j): node}`` with i >= j; absent entries are zero.

    ``f`` and the variables are scalar nodes (see components). Raises ExpressionError where one variable
    is defined by another: there is no Hessian by both.
    """
    _, rows = gradient_and_hessian(f, variables)
    return {(i, j): entry for i, row in enumerate(rows) for j, entry in row.items() if entry is not f.graph.zero}


def gradient_and_hessian(f: Node, variables: Sequence[Node]) -> tuple[list[Node], list[dict[int, Node]]]:
    """df/dv for each variable, and the rows of ``hessian``, of one sweep: the adjoints are there anyway. Row i has the entries
    ``{j: node}`` with j <= i; absent ones are zero, as some others may be. Both kinks and branches are differentiated side by
    side, as ``select``; calculus.gradient says more about them."""
    g = f.graph
    mul, add, zero, one = g.mul, g.add, g.zero, g.one
    inner = _between(f, variables)
    depends = {*variables, *inner}
    slopes = {n: _slopes(n, depends) for n in inner}
    kept = _kept(inner, slopes).union(variables)
    owned = _owned(variables, slopes, kept)
    # pairs are of places in the order of the sweep: variables, whenever they were made, come first, then what stands for those
    # that a node owns; neither is swept
    place = {n: i for i, n in enumerate(variables)}
    proxy = {n: i for i, n in enumerate(owned, len(place))}
    place |= {n: i for i, n in enumerate(inner, len(place) + len(proxy))}
    curvature: list[dict[int, Node]] = [{} for _ in [*place, *proxy]]  # curvature[i][j], j <= i: what couples the pair
    behind: dict[int, list[tuple[int, Node]]] = {}  # the variables that a proxy stands for, and the slope by each

    def couple(i: int, j: int, amount: Node) -> None:
        line, at = (curvature[i], j) if i >= j else (curvature[j], i)
        before = line.get(at)
        line[at] = amount if before is None else add(before, amount)

    @cache
    def through(n: Node) -> list[tuple[int, Node]]:
        """The kept nodes below ``n``, by place, and its slope by each."""
        found: Slopes = {}
        work = [(n, one)]
        while work:
            m, outer = work.pop()
            for a, slope in slopes[m].items():
                total = slope if outer is one else mul(outer, slope)
                if a not in kept:
                    work.append((a, total))
                elif total is not zero:
                    found[a] = add(found[a], total) if a in found else total
        mine = owned.get(n, ())
        if mine:
            behind[proxy[n]] = [(place[a], slope) for a, slope in found.items() if a in mine]
        below = [(place[a], slope) for a, slope in found.items() if a not in mine]
        return [(proxy[n], one), *below] if mine else below

    def bend(own: Node, below: Sequence[tuple[int, Node]]) -> None:
        """What couples a node to itself couples the nodes below it to each other."""
        for k, (i, slope) in enumerate(below):
            half = own if slope is one else mul(own, slope)
            for j, another in below[: k + 1]:
                couple(i, j, half if another is one else mul(half, another))

    def push(top: int, below: Sequence[tuple[int, Node]]) -> None:
        """What couples a node to others moves to the nodes below it."""
        row = curvature[top]
        if top in row:
            bend(row.pop(top), below)
        others, amounts = [*row], [*row.values()]  # lists are walked through faster
        row.clear()
        for i, slope in below:
            line = curvature[i]
            for j, moved in zip(others, amounts if slope is one else g.products(slope, amounts), strict=True):
                if j < i:  # couple, written out
                    before = line.get(j)
                    line[j] = moved if before is None else add(before, moved)
                elif j > i:
                    other = curvature[j]
                    before = other.get(i)
                    other[i] = moved if before is None else add(before, moved)
                else:
                    couple(i, i, add(moved, moved))

    def resolve(top: int) -> None:
        """What couples a proxy to others moves to the variables that it stands for, and that the others stand for."""
        row, mine = curvature[top], behind[top]
        if top in row:
            bend(row.pop(top), mine)
        for at, core in row.items():
            if at not in behind:
                for i, slope in mine:
                    couple(i, at, core if slope is one else mul(slope, core))
                continue
            direct = curvature[at]  # what couples one of these variables to the other proxy without this one
            parts = []
            for i, slope in mine:
                amount = core if slope is one else mul(slope, core)
                if i in direct:
                    parts.append((i, curvature[i], slope, add(direct.pop(i), amount), 0))
                else:
                    parts.append((i, curvature[i], slope, amount, slope.id))
            for j, another in behind[at]:
                low, after = core if another is one else mul(another, core), another.id
                for i, line, slope, amount, place in parts:
                    if another is one:
                        moved = amount
                    elif place <= after:
                        moved = mul(another, amount)
                    else:  # s*(t*c) and t*(s*c) are to be one node
                        moved = mul(slope, low)
                    if i > j:  # nothing else couples what two proxies stand for
                        line[j] = moved
                    else:
                        curvature[j][i] = moved
        row.clear()

    adjoint: dict[Node, Node] = {f: one}
    for n in reversed(inner):
        if curvature[place[n]]:
            push(place[n], through(n))
        up = adjoint.get(n)
        if up is None:
            continue
        for a, slope in slopes[n].items():
            term = up if slope is one else mul(up, slope)
            before = adjoint.get(a)
            adjoint[a] = term if before is None else add(before, term)
        for a, b, second in _seconds(n, depends) if n.op in _CURVED else ():  # creating: n's own curvature
            amount = _product(up, second, slopes[n][a])
            if a is b:
                couple(place[a], place[a], amount)
                continue
            left = [(place[a], one)] if a in kept else through(a)
            right = [(place[b], one)] if b in kept else through(b)
            for i, slope in left:
                half = amount if slope is one else mul(amount, slope)
                for j, another in right:
                    moved = half if another is one else mul(half, another)
                    couple(i, j, add(moved, moved) if i == j else moved)
    for at in reversed(proxy.values()):
        if curvature[at]:
            resolve(at)
    return [adjoint.get(v, zero) for v in variables], curvature[: len(variables)]


def _between(f: Node, variables: Sequence[Node]) -> list[Node]:
    """What depends on the variables, arguments before users, without the variables themselves."""
    depends = set(variables)
    inner = []
    for n in topological([f]):
        if n.op != "hold" and not depends.isdisjoint(n.args):
            if n in depends:
                raise ExpressionError("a Hessian by variables of which one is defined by another")
            depends.add(n)
            inner.append(n)
    return inner


def _slopes(n: Node, depends: set[Node]) -> Slopes:
    """The first derivatives of one operator by its distinct arguments; one that stands in two places (x*x) counts with both."""
    g = n.graph
    if n.op == "def":
        return {n.args[0]: g.one}
    if n.op not in FIRST:
        raise ExpressionError(f"no second derivative is known for '{n.op}'")
    value = g.named.get(n, n)
    slopes: Slopes = {}
    for a, partial in zip(n.args, FIRST[n.op], strict=True):
        if partial is not None and a in depends:
            slope = partial(g, value, *n.args)
            slopes[a] = (
                slope
                if a not in slopes
                else g.mul(g.const(2), slope)
                if slopes[a] is slope
                else g.add(slopes[a], slope)
            )
    return slopes


def _seconds(n: Node, depends: set[Node]) -> list[tuple[Node, Node, Node]]:
    """The second derivatives of one operator by pairs of its arguments, along both places where one stands in two."""
    g = n.graph
    found = []
    for i, j, partial in _CURVED[n.op]:
        a, b = n.args[i], n.args[j]
        if a in depends and b in depends:
            second = partial(g, g.named.get(n, n), *n.args)
            found.append((a, b, g.add(second, second) if a is b and i != j else second))
    return found


def _kept(inner: Sequence[Node], slopes: Mapping[Node, Slopes]) -> set[Node]:
    """The nodes that keep curvature: what a function or a product is of, and what several sums share. A function of one
    argument that is a factor is passed through: its derivative is multiplied by the other factor once, not by every coupling.
    """
    kept: set[Node] = set()
    summed: set[Node] = set()
    for n in inner:
        for a in slopes[n]:
            if n.op in _SUMS:
                (kept if a in summed else summed).add(a)
            elif not (n.op == "mul" and a.op not in _PASSED and len(slopes.get(a, ())) == 1):
                kept.add(a)
    return kept


def _owned(variables: Sequence[Node], slopes: Mapping[Node, Slopes], kept: set[Node]) -> dict[Node, set[Node]]:
    """By kept node, in the order of the sweep, the variables that it alone depends on, where two or more of them are factors."""
    users: dict[Node, list[Node]] = {}
    for n, by in slopes.items():
        for a in by:
            users.setdefault(a, []).append(n)
    found: dict[Node, set[Node]] = {}
    for v in variables:
        above = v
        while len(users.get(above, ())) == 1:
            (above,) = users[above]
            if above in kept:
                found.setdefault(above, set()).add(v)
                break
    return {n: found[n] for n in slopes if n in found and sum(users[v][0].op not in _SUMS for v in found[n]) > 1}


def _product(up: Node, second: Node, slope: Node) -> Node:
    """up * second; from up * slope, which the adjoint has, where second is a multiple of it: tanh'' = -2 tanh tanh'."""
    g = up.graph
    if second.op == "neg":
        return g.neg(_product(up, second.args[0], slope))
    if second.op == "mul" and slope in second.args:
        factor = second.args[second.args[0] is slope]
        return g.mul(factor, g.mul(up, slope))
    return g.mul(up, second)
