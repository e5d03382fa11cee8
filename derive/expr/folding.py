"""Nodes with other arguments, folded: substitution, and what may have no value, which folding must not lose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import OPERATORS

#: Operators with a value wherever their arguments have one; ``div`` and ``pow`` are looked at more closely.
_TOTAL = {
    *(o.name for o in OPERATORS.values() if o.total),
    *("const", "symbol", "def", "apply"),
    *("matmul", "transpose", "outer", "diag", "sum", "broadcast", "reshape", "index", "stack", "concat", "det"),
}


def valued(root: Node) -> bool:
    """Whether a node has a value at all values of its symbols, as far as that is plain to see."""
    known = root.graph._valued
    work = [root]
    while work:
        n = work[-1]
        if n not in known:
            if not _total(n.op, n.args):
                known[n] = False
            elif unseen := [a for a in n.args if a not in known]:
                work += unseen
                continue
            else:
                known[n] = all(known[a] for a in n.args)
        work.pop()
    return known[root]


def _total(op: str, args: tuple[Node, ...]) -> bool:
    """Whether an operator has a value wherever these arguments have one, as far as that is plain to see."""
    if op in _TOTAL:
        return True
    by = args[1].attr if len(args) == 2 and args[1].op == "const" else None
    return (op == "div" and by is not None and by != 0) or (op == "pow" and type(by) is int and by >= 0)


def substitute(root: Node, values: Mapping[Node, Node]) -> Node:
    """The root with nodes replaced by others of the same shape; what depends on them is folded anew, but for what may have
    no value: x*exp(1/x) at x = 0 stays 0*exp(1/0).

    A definition that changes loses its name: it is no longer what the name stands for.
    """
    return substitute_all([root], values)[0]


def substitute_all(roots: Sequence[Node], values: Mapping[Node, Node]) -> list[Node]:
    """``substitute`` in several roots, sharing the work."""
    return _rebuilt(roots, values, with_args_valued)


def fold_all(roots: Sequence[Node], values: Mapping[Node, Node]) -> list[Node]:
    """As ``substitute_all``, but 0 times anything is 0: for the adjoints of the calculus."""
    return _rebuilt(roots, values, with_args)


def _rebuilt(
    roots: Sequence[Node], values: Mapping[Node, Node], made: Callable[[Node, tuple[Node, ...]], Node]
) -> list[Node]:
    done: dict[Node, Node] = dict(values)
    for n in topological(roots):
        if n in done:
            continue
        args = tuple(done[a] for a in n.args)
        done[n] = n if args == n.args else made(n, args)
    return [done[r] for r in roots]


def with_args_valued(n: Node, args: tuple[Node, ...]) -> Node:
    """The node with other arguments, folded where nothing is lost that may have no value."""
    found = with_args(n, args)
    if n.op in FOLDING and valued(found) and not (_total(n.op, args) and all(map(valued, args))) and not _numbers(args):
        return n.graph.node(n.op, args, n.attr, n.shape)
    if n.op == "sum" and found.op != "sum" and not valued(args[0]):
        return n.graph.sum(args[0], n.attr)
    return found


def marks_a_jump(n: Node) -> bool:
    """Whether it is 0*select(s, a, b), which the calculus writes where there is no slope at s = 0 (derive.calculus.branches)."""
    return n.op == "mul" and n.args[0] is n.graph.zero and n.args[1].op == "select"


def nonzero(n: Node) -> Node:
    """n != 0 as people write it: of a difference a != b, a number on the right."""
    g = n.graph
    a, b = n.args if n.op == "sub" else (n, g.zero)
    if a.op == "add" and b is g.zero and a.args[1].op == "const":
        a, b = a.args[0], g.neg(a.args[1])
    return g.call("ne", b, a) if a.op == "const" else g.call("ne", a, b)


def with_args(n: Node, args: tuple[Node, ...]) -> Node:
    """The node with other arguments of the same shapes, folded; a definition loses its name."""
    if n.op == "def":
        return args[0]
    if n.op in FOLDING and not marks_a_jump(n):
        return FOLDING[n.op](n.graph, *args)
    if n.op == "index":
        return n.graph.index(args[0], n.attr)
    if n.op == "sum" and n.attr is None and len(args[0].shape) == 1:
        return _sum_of_one(n.graph, args[0]) or n.graph.sum(args[0])
    return n.graph.node(n.op, args, n.attr, n.shape)


def _numbers(args: tuple[Node, ...]) -> bool:
    """Whether these are constants: what they are folded to is their value, where they have one."""
    return all(a.op == "const" for a in args)


def _sum_of_one(g: Graph, a: Node) -> Node | None:
    """The sum of a vector that is plainly 0 but for one entry, such as an adjoint that comes from one entry; or None."""
    factors = a.args if a.op == "mul" else (a,)
    for s in factors:
        if s.op == "stack" and s.shape == a.shape:
            found = [i for i, e in enumerate(s.args) if e is not g.zero]
            if len(found) == 1:
                total = s.args[found[0]]
                for other in factors:
                    if other is not s:
                        total = g.mul(total, g.index(other, tuple(found)) if other.shape else other)
                return total
    return None


FOLDING: dict[str, Callable[..., Node]] = {
    "add": Graph.add,
    "sub": Graph.sub,
    "mul": Graph.mul,
    "div": Graph.div,
    "neg": Graph.neg,
    "pow": Graph.pow,
}
