"""Second derivatives on the scalar graph.

``hessian`` is edge pushing (Gower and Mello, A new framework for the computation of Hessians, Optimization
Methods and Software 27, 2012): one reverse sweep that carries, beside the adjoints, the curvature between
pairs of nodes. Symmetry is used and only pairs that interact are ever stored.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.errors import ExpressionError
from derive.graph import Node, topological
from derive.local_derivatives import FIRST, SECOND


def hessian(f: Node, variables: Sequence[Node]) -> dict[tuple[int, int], Node]:
    """The lower triangle of d2f/dv2: ``{(i, j): node}`` with i >= j; absent entries are zero.

    ``f`` and the variables are scalar nodes (see components). Raises ExpressionError where one variable
    is defined by another: there is no Hessian by both.
    """
    g = f.graph
    number = {v: i for i, v in enumerate(variables)}
    depends = _dependents(f, number)
    adjoint: dict[Node, Node] = {f: g.one}
    # the order of the sweep, from last to first; variables, whenever they were made, are never swept
    inner = sorted(depends.difference(number), key=lambda n: n.id)
    rank = {n: i for i, n in enumerate([*variables, *inner])}
    # curvature[n][m], rank m <= rank n: what couples the pair
    curvature: dict[Node, dict[Node, Node]] = {}

    mul, add, zero, one = g.mul, g.add, g.zero, g.one

    def couple(n: Node, m: Node, amount: Node) -> None:
        if amount is g.zero:
            return
        if rank[n] < rank[m]:
            n, m = m, n
        row = curvature.setdefault(n, {})
        before = row.get(m)
        row[m] = amount if before is None else g.add(before, amount)

    for n in reversed(inner):
        up = adjoint.get(n)
        row = curvature.pop(n, {})
        if up is None and not row:
            continue
        slopes, seconds = _local(n, depends)
        own = row.pop(n, None)
        pulled = [(a, slope, rank[a]) for a, slope in slopes.items()]
        for m, amount in row.items():  # pushing: n's coupling to m moves to n's arguments; couple, written out
            place = rank[m]
            for a, slope, at in pulled:
                moved = amount if slope is one else mul(slope, amount)
                if moved is zero:
                    continue
                if a is m:
                    moved = add(moved, moved)
                later, other = (a, m) if at >= place else (m, a)
                line = curvature.get(later)
                if line is None:
                    line = curvature[later] = {}
                before = line.get(other)
                line[other] = moved if before is None else add(before, moved)
        if own is not None:
            for a, slope_a in slopes.items():
                for b, slope_b in slopes.items():
                    if rank[b] <= rank[a]:
                        couple(a, b, g.mul(g.mul(slope_a, slope_b), own))
        if up is None:
            continue
        for (a, b), second in seconds.items():  # creating: n's own curvature
            couple(a, b, g.mul(up, second))
        for a, slope in slopes.items():
            before = adjoint.get(a)
            term = g.mul(up, slope)
            adjoint[a] = term if before is None else g.add(before, term)
    return {
        (max(i, j), min(i, j)): amount
        for n, row in curvature.items()
        for m, amount in row.items()
        for i, j in [(number[n], number[m])]
    }


def _local(n: Node, depends: set[Node]) -> tuple[dict[Node, Node], dict[tuple[Node, Node], Node]]:
    """The first and second derivatives of one operator by its distinct arguments.

    An argument that stands in two places (x*x) counts with both: slopes add, and the second derivative is
    that of the operator along both places at once.
    """
    g = n.graph
    if n.op == "def":
        return {n.args[0]: g.one}, {}
    if n.op not in FIRST:
        raise ExpressionError(f"no second derivative is known for '{n.op}'")
    value = g.named.get(n, n)
    slopes: dict[Node, Node] = {}
    for a, partial in zip(n.args, FIRST[n.op], strict=True):
        if partial is not None and a in depends:
            slope = partial(g, value, *n.args)
            slopes[a] = g.add(slopes[a], slope) if a in slopes else slope
    seconds: dict[tuple[Node, Node], Node] = {}
    pairs = [(i, j) for i in range(len(n.args)) for j in range(i, len(n.args))]
    for (i, j), partial in zip(pairs, SECOND[n.op], strict=True):
        a, b = n.args[i], n.args[j]
        if partial is None or a not in depends or b not in depends:
            continue
        second = partial(g, value, *n.args)
        if a is b and i != j:
            second = g.add(second, second)
        key = (a, b) if a.id >= b.id else (b, a)
        seconds[key] = g.add(seconds[key], second) if key in seconds else second
    return slopes, seconds


def _dependents(f: Node, variables: dict[Node, int]) -> set[Node]:
    found = set(variables)
    for n in topological([f]):
        if n.op != "hold" and any(a in found for a in n.args):
            if n in variables:
                raise ExpressionError("a Hessian by variables of which one is defined by another")
            found.add(n)
    return found
