"""Where an expression has a value: the one place that says it, beside ``enclose``, which gives the value or none at a point.

An operator that may lack a value where its arguments have one asks for something of one of them, said in ``requirement``. What
else is here follows from that: what a whole expression needs, what it lacks at a point, where a derivative is claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from derive.errors import UndefinedValue
from derive.expr.folding import nonzero
from derive.expr.graph import Node, topological
from derive.expr.operators import COMPARISONS, DEFERRED, DERIVATIVES, NEGATED, OPERATORS
from derive.expr.roots import powers
from derive.flint import fmpq
from derive.language.meaning import unfold
from derive.numbers.balls import evaluate, evaluate_all, rational

BITS = 128, 2048  # of the balls in which a side is looked at, a culprit is
BRANCHING = ("where", "select")
INVERSES = ("inv", "solve")  # of a matrix whose determinant must not be 0
_CHOOSING = ("min", "max", "relu")

#: What a need is about, to find the same one in two expressions: a word, and the nodes that it speaks of.
Key = tuple[str, tuple[Node, ...]]


def requirement(n: Node) -> tuple[int, str, int] | None:
    """Which argument must compare how with which number for the node to have a value where its arguments do.

    None where it always has one. A power with a letter in its exponent has one for some bases that are not positive; what is
    said here suffices. A ``select`` may have a value at 0, where both its branches give one.
    """
    o = OPERATORS.get(n.op)
    return o.requirement(n) if o is not None else None


def of_power(exponent: fmpq | None, positive: bool) -> tuple[int, str, int] | None:
    """The requirement of a power by what its exponent is, or else by whether that is known to be positive."""
    if exponent is not None and exponent.q == 1:
        return None if exponent >= 0 else (0, "ne", 0)
    return 0, "ge" if positive else "gt", 0


def fragile(n: Node) -> bool:
    """Whether a node may lack a value where its arguments have one."""
    return n.op in INVERSES or requirement(n) is not None


def need(n: Node) -> Node | None:
    """What a node itself needs of its arguments, as a condition."""
    if n.op in INVERSES:
        return nonzero(n.graph.det(n.args[0]))
    asked = requirement(n)
    if asked is None:
        return None
    which, op, than = asked
    argument, g = n.args[which], n.graph
    return nonzero(argument) if op == "ne" else g.call(op, argument, g.const(than))


def needs(root: Node) -> dict[Key, Node]:
    """What an expression may lack a value for, by what it needs, with the condition. What stands in a branch is not looked at:
    for a ``where`` with such branches stands its own condition."""
    out: dict[Key, Node] = {}
    inner, branches = outside(root)
    for n in inner:
        if (condition := need(n)) is not None:
            out[_key(n)] = condition
    for n in branches:
        if n.op == "where" and any(fragile(m) for m in topological(n.args[1:])):
            out[("where", n.args)] = n.args[0]
    return out


def _key(n: Node) -> Key:
    """0/s is no factor that cancels: it says that there is no value at s = 0. Powers ask more than their base says."""
    if n.op in INVERSES:
        return "ne", (n.graph.det(n.args[0]),)
    asked = requirement(n)
    assert asked is not None
    which, op, than = asked
    if n.op == "div" and n.args[0].op == "const" and n.args[0].attr == 0:
        return "hole", (n.args[1],)
    if n.op == "select" or (n.op == "pow" and op != "ne"):
        return n.op, n.args
    return (n.op if than else op), (n.args[which],)


def outside(root: Node, branching: Sequence[str] = BRANCHING) -> tuple[list[Node], list[Node]]:
    """The nodes below a root that lie in no branch, and those of them that have branches."""
    seen: dict[Node, None] = {}
    branches = []
    work = [root]
    while work:
        n = work.pop()
        if n in seen:
            continue
        seen[n] = None
        if n.op in branching:
            branches.append(n)
            work.append(n.args[0])
        else:
            work.extend(n.args)
    return list(seen), branches


def has_value(root: Node) -> list[Node]:
    """Conditions under which a scalar has a value: what divides is not 0, what stands under a root not negative, and so on."""
    return list(needs(root).values())


def only_suffices(key: Key) -> bool:
    """Whether there may be a value where a need fails: in another branch, or of a base below 0 with a letter for its exponent."""
    return key[0] in BRANCHING or (key[0] == "pow" and key[1][1].op != "const")


def wherever_valued(root: Node) -> list[Node]:
    """Conditions that hold wherever a scalar has a value."""
    return [need for key, need in needs(root).items() if not only_suffices(key)]


def by_branches(root: Node) -> Iterator[Node]:
    """What an expression needs for a value. What stands in a branch is needed where the branch is taken, and what both need
    wherever."""
    inner, branches = outside(root)
    for n in inner:
        if n.op not in BRANCHING and (condition := need(n)) is not None:
            yield condition
    for n in branches:
        sides = [dict.fromkeys(by_branches(branch)) for branch in n.args[1:]]
        yield from (c for c in sides[0] if c in sides[1])
        g, s = n.graph, n.args[0]
        if n.op == "where":
            against = g.call(NEGATED[s.op], *s.args) if s.op in NEGATED else g.call("not", s), s
        else:
            against = g.call("le", s, g.zero), g.call("ge", s, g.zero)
        for side, other, past in zip(sides, sides[::-1], against, strict=True):
            yield from (g.call("or", c, past) for c in side if c not in other)


# -- at a point -------------------------------------------------------------------------------------


def lacks_value(condition: Node, point: Mapping[Node, Fraction]) -> bool:
    """Whether a side of a comparison has no value at a point; what the point leaves out is 1."""
    from derive.language.components import components_all

    order = topological(components_all([condition])[0])
    leaves = (n for n in order if n.op == "index" or (n.op == "symbol" and not n.shape))
    values = {n: rational(v) for n, v in (dict.fromkeys(leaves, Fraction(1)) | dict(point)).items()}
    sides = [a for n in order if n.op in COMPARISONS for a in n.args]
    return any(isinstance(v, UndefinedValue) for v in evaluate(sides, values, BITS[0]))


def culprit(root: Node, point: Mapping[Node, Fraction]) -> Node | None:
    """The condition whose failure leaves an expression without a value at a point; None where it has one."""
    done = evaluate_all([root], {s: rational(v) for s, v in point.items()}, BITS[1])
    seen: set[Node] = set()
    work, faulty = [root], []
    while work:
        n = work.pop()
        if n in seen or not isinstance(done.get(n), UndefinedValue):
            continue
        seen.add(n)
        if n.op == "where" and isinstance(done[n.args[0]], bool):
            work.append(n.args[1] if done[n.args[0]] else n.args[2])
            continue
        below = [a for a in n.args if isinstance(done[a], UndefinedValue)]
        work.extend(below)
        if not below:
            faulty.append(n)
    if not faulty:
        return None
    n = min(faulty, key=lambda n: n.id)
    letter = n.op == "pow" and n.args[0].op != "const"
    if letter and isinstance(power := done[n.args[1]], fmpq) and power.q == 1:
        return n.graph.call("ne", n.args[0], n.graph.zero)  # a whole power lacks a value at 0 alone, a letter or not
    return need(n)


# -- of derivatives ---------------------------------------------------------------------------------


def of_derivatives(nodes: Sequence[Node], slopes: bool = True) -> list[Node]:
    """The conditions under which what is differentiated in these (unexpanded) nodes has a value; with ``slopes`` also a slope.

    An equation is about the places where its functions have values: where d(sqrt(x**2), x) has none, d(...) == sign(x) fails.

    d(log(x), x) is written 1/x, which has a value at x = -1; the logarithm, and so its derivative, has none. What stands in a
    branch need not have a value everywhere, and is left out.
    """
    found: dict[Node, None] = {}
    for n in _above_values(nodes):
        if n.op in DERIVATIVES or n.op == "sided":
            if not any(m.op in DEFERRED for m in topological([n.args[0]])):
                inner, _ = outside(unfold([n.args[0]])[0])
                inner = [m for m in inner if m.op not in DERIVATIVES]
                slope = (
                    slopes and n.op != "sided" and not any(m.op in _CHOOSING for m in inner)
                )  # of what is not chosen no slope is needed
                found.update(dict.fromkeys(_needed(inner, _moving_roots(n, inner) if slope else ())))
                found.update(dict.fromkeys(c for m in _still(n, inner) for c in _of_still(m)))
        elif n.op in DEFERRED:
            g = n.graph
            for c in of_derivatives([n.args[0]], slopes):
                found[g.node(n.op, (c, *n.args[1:]), None, c.shape)] = None
    return list(found)


def _moving_roots(n: Node, inner: Sequence[Node]) -> list[Node]:
    """The roots, no powers, that may move with a variable of the derivative n: all, where one is a definition."""
    roots = [m for m in inner if m.op == "sqrt" and not powers([m])]
    variables = {v.args[0] if v.op == "index" else v for v in n.args[1:]}
    if any(v.op != "symbol" for v in variables):
        return roots
    return [m for m in roots if not variables.isdisjoint(topological([m]))]


def _still(n: Node, inner: Sequence[Node]) -> list[Node]:
    """The powers with a letter for their exponent, and what has branches, that do not move with a variable of the derivative n:
    they may stand in it no more."""
    variables = {v.args[0] if v.op == "index" else v for v in n.args[1:]}
    if any(v.op != "symbol" for v in variables):
        return []
    held = (m for m in inner if m.op == "where" or (m.op == "pow" and m.args[1].op != "const" and need(m) is not None))
    return [m for m in held if variables.isdisjoint(topological([m]))]


def _of_still(n: Node) -> Iterator[Node]:
    return iter((_has_power(*n.args),)) if n.op == "pow" else by_branches(n)


def _has_power(base: Node, power: Node) -> Node:
    """Where a power has a value: of a base that is positive, of 0 for what is not negative, of another for whole numbers."""
    g, zero = base.graph, base.graph.zero
    if base.op == "abs":
        return g.call("or", nonzero(base.args[0]), g.call("ge", power, zero))
    at_zero = g.call("and", g.call("eq", base, zero), g.call("ge", power, zero))
    whole = g.call("and", g.call("ne", base, zero), g.call("eq", power, g.call("floor", power)))
    return g.call("or", g.call("gt", base, zero), g.call("or", at_zero, whole))


def _needed(nodes: Iterable[Node], roots: Collection[Node] = ()) -> list[Node]:
    """What the nodes need for a value, and these ``roots`` for a slope: they have none at 0. Of a kink its own rules say more."""
    found = []
    for n in nodes:
        if n.op == "select" or (n.op == "pow" and n.args[1].op != "const") or (condition := need(n)) is None:
            continue
        if n in roots:
            condition = n.graph.call("gt", *condition.args)
        found.append(condition)
    return found


def _above_values(nodes: Sequence[Node]) -> list[Node]:
    """The nodes below these, but not what stands in ``at(...)``, where symbols have other values."""
    seen: set[Node] = set()
    work = list(nodes)
    while work:
        n = work.pop()
        if n not in seen:
            seen.add(n)
            work.extend(n.args[1 + len(n.args) // 2 :] if n.op in DEFERRED else n.args)
    return sorted(seen, key=lambda n: n.id)
