"""Directional derivatives as formulas, kinks included: f'(x; v), the slope with which f leaves x in the direction v.

Forward mode with an exact rule at every kink, so that one formula is right at all x: abs(u) leaves a zero of u with the
slope abs(du), max(a, b) a tie with the greater slope. The rules are those of Shapiro, On concepts of directional
differentiability (1990): the operators are Lipschitz where they have kinks, so that the chain rule holds along curves, too.
Of a branch (``where``) the rule takes the continuity of what is put together for granted: ``seams`` lists what has to agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derive.calculus.local_derivatives import FIRST
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node, topological
from derive.expr.kinks import turns_on
from derive.expr.operators import COMPARISONS, OPERATORS
from derive.language.abstract import partial as partial_of
from derive.language.components import components

_JUMPS = {o.name for o in OPERATORS.values() if o.jumps and o.name != "where"}


def directional(f: Node, direction: Mapping[Node, Node]) -> Node:
    """f'(x; v) of a derivative-free scalar ``f``; ``direction`` gives v by entries of x, those left out are 0.

    It has no value where these rules find none, such as sqrt(x) at 0. Raises ExpressionError for an operator that jumps.
    """
    root = components(f)[0]
    g = root.graph
    slopes: dict[Node, Node] = {x: v for x, v in direction.items() if v is not g.zero}
    for n in topological([root]):
        if n in slopes or not any(a in slopes for a in n.args) or (n.op in OPERATORS and OPERATORS[n.op].boolean):
            continue
        made = _slope(g, n, slopes)
        if made is not g.zero:
            slopes[n] = made
    return slopes.get(root, g.zero)


def _slope(g: Graph, n: Node, slopes: Mapping[Node, Node]) -> Node:
    def slope(a: Node) -> Node:
        return slopes.get(a, g.zero)

    match n.op:
        case "def":
            return slope(n.args[0])
        case "hold":
            return g.zero
        case "relu":
            u, du = n.args[0], slope(n.args[0])
            return by_sign(g, u, du, g.zero, folded(g, "relu", du))
        case "abs":
            u, du = n.args[0], slope(n.args[0])
            return by_sign(g, u, du, g.neg(du), folded(g, "abs", du))
        case "max" | "min":
            a, b = n.args
            up, down = (slope(a), slope(b)) if n.op == "max" else (slope(b), slope(a))
            return by_sign(g, g.sub(a, b), up, down, folded(g, n.op, slope(a), slope(b)))
        case "select":
            s, a, b = n.args
            return _branch(g, s, slope(s), slope(a), slope(b))
        case "where":
            c, a, b = n.args
            return _where(g, c, slope(a), slope(b), slopes)
        case "sqrt" if (parts := squares(n.args[0])) is not None:
            # where all of them vanish, the norm leaves with the norm of their slopes
            total = g.zero
            for p in parts:
                total = g.add(total, g.mul(slope(p), slope(p)))
            u = n.args[0]
            off = g.div(slope(u), g.mul(g.const(2), n))
            return by_sign(
                g, u, off, off, folded(g, "abs", slope(parts[0])) if len(parts) == 1 else g.call("sqrt", total)
            )
        case "apply":
            return _total(g, [(a, g.mul(partial_of(n, i), slope(a))) for i, a in enumerate(n.args)], slopes)
    if n.op in _JUMPS or n.op not in FIRST:
        raise ExpressionError(f"no slope is known for '{n.op}'")
    terms = []
    for i, a in enumerate(n.args):
        partial = FIRST[n.op][i]
        if a in slopes and partial is not None:
            terms.append((a, g.mul(partial(g, n, *n.args), slope(a))))
    return _total(g, terms, slopes)


def _total(g: Graph, terms: Sequence[tuple[Node, Node]], slopes: Mapping[Node, Node]) -> Node:
    total = g.zero
    for a, term in terms:
        if a in slopes:
            total = g.add(total, term)
    return total


def by_sign(g: Graph, s: Node, above: Node, below: Node, on: Node) -> Node:
    """One of three, by the sign of s."""
    if s.op == "const":
        return above if s.attr > 0 else below if s.attr < 0 else on
    if above is below is on:
        return on
    if above is on:
        return g.call("where", g.call("lt", s, g.zero), below, on)
    inner = on if below is on else g.call("where", g.call("lt", s, g.zero), below, on)
    return g.call("where", g.call("gt", s, g.zero), above, inner)


def _branch(g: Graph, s: Node, ds: Node, above: Node, below: Node) -> Node:
    """Two pieces that meet at s = 0: the direction says which is entered; along the seam they must agree in slope."""
    along = above if above is below else g.call("select", g.zero, above, below)
    return by_sign(g, s, above, below, by_sign(g, ds, above, below, along))


def _where(g: Graph, c: Node, a: Node, b: Node, slopes: Mapping[Node, Node]) -> Node:
    """The slope of where(c, ...), whose sides have the slopes a and b."""
    if a is b:
        return a
    match c.op:
        case "def":
            return _where(g, c.args[0], a, b, slopes)
        case "not":
            return _where(g, c.args[0], b, a, slopes)
        case "and":
            return _where(g, c.args[0], _where(g, c.args[1], a, b, slopes), b, slopes)
        case "or":
            return _where(g, c.args[0], a, _where(g, c.args[1], a, b, slopes), slopes)
    s = g.sub(*c.args)
    ds = g.sub(*[slopes.get(t, g.zero) for t in c.args])
    if not any(t in slopes for t in c.args):
        return g.call("where", c, a, b)
    match c.op:
        case "gt" | "ge":
            return _branch(g, s, ds, a, b)
        case "lt" | "le":
            return _branch(g, s, ds, b, a)
        case "eq":
            along = g.call("select", g.zero, a, b)
            return by_sign(g, s, b, b, by_sign(g, ds, b, b, along))
        case "ne":
            along = g.call("select", g.zero, a, b)
            return by_sign(g, s, a, a, by_sign(g, ds, a, a, along))
    raise ExpressionError(f"no slope is known for a condition '{c.op}'")


def folded(g: Graph, op: str, *args: Node) -> Node:
    """A call of one of the operators that join two pieces, worked out where its arguments are numbers."""
    if len(args) == 2 and args[0] is args[1]:
        return args[0]
    if all(a.op == "const" for a in args):
        values = [Fraction(a.attr) for a in args]
        return g.const(
            {"relu": max(values[0], Fraction(0)), "abs": abs(values[0]), "max": max(values), "min": min(values)}[op]
        )
    return g.call(op, *args)


def squares(n: Node) -> list[Node] | None:
    """The nodes of whose squares n is the sum, or None."""
    found: list[Node] = []
    work = [n]
    while work:
        m = work.pop()
        if m.op == "def":
            work.append(m.args[0])
        elif m.op == "add":
            work += m.args
        elif (m.op == "mul" and m.args[0] is m.args[1]) or (
            m.op == "pow" and m.args[1].op == "const" and m.args[1].attr == 2
        ):
            found.append(m.args[0])
        else:
            return None
    return found


def seams(f: Node, x: Sequence[Node]) -> list[tuple[Node, Node, Node]]:
    """(a, b, s): for f to be continuous in x, a = b wherever s = 0; a branch turns on s. Raises ExpressionError at a jump."""
    root = components(f)[0]
    g = root.graph
    moves = set(x)
    found: dict[tuple[Node, Node, Node], None] = {}
    for n in topological([root]):
        if n.op == "hold" or not any(a in moves for a in n.args):
            continue
        moves.add(n)
        if n.op in _JUMPS:
            raise ExpressionError(f"{n.op} jumps")
        if n.op == "select" and n.args[0] in moves:
            found[n.args[1], n.args[2], n.args[0]] = None
        elif n.op == "where" and n.args[0] in moves:
            for c in topological([n.args[0]]):
                if c.op in COMPARISONS and any(a in moves for a in c.args):
                    found[n.args[1], n.args[2], g.sub(*c.args)] = None
    return list(found)


def turns(f: Node) -> list[Node]:
    """What the kinks of a scalar turn on, node by node."""
    g = f.graph
    found: dict[Node, None] = {}
    for n in topological([components(f)[0]]):
        if n.op == "sqrt" and squares(n.args[0]) is not None:
            found[n.args[0]] = None
        elif n.op == "where":
            found.update(dict.fromkeys(g.sub(*c.args) for c in topological([n.args[0]]) if c.op in COMPARISONS))
        elif (
            n.op in OPERATORS
            and not (OPERATORS[n.op].jumps or OPERATORS[n.op].boolean)
            and (s := turns_on(n)) is not None
        ):
            found[s] = None
    return list(found)
