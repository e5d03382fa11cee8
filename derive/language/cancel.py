"""What the calculus puts in and takes out again, taken out: derivatives through a softmax, a logistic function or a logarithm of
one, as people write them: ``p - y``, not ``p*(y/p - sum(p*(y/p)))``.

A factor is cancelled only where it is never 0, so that the values are the same wherever there were any. A product is multiplied
out only where something cancels in it, or where an entry of a vector such as ``[0, 1, 0]`` picks one of the others. Nothing
else is touched, and what comes out is still to be put in order (``derive.language.tidy``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from derive.expr.graph import Graph, Node, Shape, topological
from derive.expr.operators import LEAVES, OPERATORS
from derive.language.tidy import tidy

#: Functions that are above 0 everywhere, and those of them that are below 1.
_POSITIVE = ("exp", "sigmoid", "softmax", "softplus")
_BELOW_ONE = ("sigmoid", "softmax")
_LAID_OUT = ("def", "index", "stack", "broadcast", "reshape", "transpose", "matmul", "sum")
MAX_TERMS = 12  # of what is multiplied out
MAX_NODES = 3_000  # beyond which nobody reads it
MAX_PARTS = 100  # factors of one product, terms of one sum

Powers = Mapping[Node, int]


class _Left(Exception):
    """It is left as it is: an entry of what has no value everywhere is not picked, as 0 times another that has none would get
    one; and what is shared may be more factors or terms, written out, than anybody reads."""


class _Term(NamedTuple):
    """A number times powers of nodes; those of what may be 0 stand above and below apart. ``at``: it is that entry of a
    vector, and the others are 0."""

    number: Fraction
    above: Powers
    below: Powers
    at: int | None = None


def neat(roots: Sequence[Node]) -> list[Node]:
    """Nodes of the same values, as people write them: cancelled, and in order."""
    return tidy(cancelled(roots))


def cancelled(roots: Sequence[Node]) -> list[Node]:
    """Nodes of the same values. Definitions stay as they are, and what one of them names is written by its name, but for a root:
    that of a definition's own line is what it stands for."""
    order = topological(roots, through_definitions=False)
    if len(order) > MAX_NODES:
        return list(roots)
    named = {n.args[0]: n for n in reversed(order) if n.op == "def" and n.args[0].args and n.args[0] not in roots}
    done: dict[Node, Node] = {}
    for n in order:
        if n.op == "def" or not n.args:
            done[n] = n
        else:
            done[n] = named.get(n) or _made(n, tuple(done[a] for a in n.args))
    return [done[r] for r in roots]


def _made(n: Node, args: tuple[Node, ...]) -> Node:
    made = n if args == n.args else n.graph.node(n.op, args, n.attr, n.shape)
    if n.op in ("mul", "div", "sum"):
        try:
            return _sum(made) if n.op == "sum" else _product(made)
        except _Left:
            return made
    if n.op in ("reshape", "transpose") and args[0].op == "neg":  # a sign goes before
        (x,) = args[0].args
        return n.graph.neg(n.graph.node(n.op, (x,), n.attr, n.shape))
    if n.op == "index" and args != n.args:
        return n.graph.index(args[0], n.attr)
    return made


# -- products ---------------------------------------------------------------------------------------------


def _product(n: Node) -> Node:
    """A product with what cancels in it cancelled; of one of its factors, that is a sum, each term."""
    whole, hit = _of(n, n.shape)
    for factor in [f for f in whole.above if f.op in ("add", "sub") and whole.above[f] == 1]:
        rest = whole._replace(above={f: k for f, k in whole.above.items() if f is not factor})
        found = [_times(rest, t) for t in _terms(factor, n.shape)]
        if any(cancels for _, cancels in found) and len(found) <= MAX_TERMS:
            return _added(n.graph, _collected([t for t, _ in found], n.shape), n.shape)
    return _written(n.graph, whole, n.shape) if hit else n


def _of(n: Node, shape: Shape) -> tuple[_Term, bool]:
    """A node that is a factor of something of that shape, as a product, and whether something cancelled."""
    found, hit = _Term(Fraction(1), {}, {}), False
    work, parts = [(n, True)], 0
    while work:
        f, above = work.pop()
        if (parts := parts + 1) > MAX_PARTS:
            raise _Left
        if f.op == "const" and (above or f.attr):
            step = _Term(Fraction(f.attr) if above else 1 / Fraction(f.attr), {}, {})
        elif f.op == "neg":
            work.append((f.args[0], above))
            step = _Term(Fraction(-1), {}, {})
        elif f.op == "mul":
            work += [(a, above) for a in f.args]
            continue
        elif f.op == "div":
            work += [(f.args[0], above), (f.args[1], not above)]
            continue
        elif f.op == "broadcast" and not f.args[0].shape:
            work.append((f.args[0], above))
            continue
        elif above and f.shape == shape and (picked := _picked(f)) is not None:
            work.append((f.args[picked], True))
            step = _Term(Fraction(1), {}, {}, picked)
        elif (
            f.op == "pow"
            and (k := _whole(f.args[1]))
            and f.args[0].op not in ("mul", "div", "neg", "const", "broadcast")
        ):
            step = _Term(Fraction(1), {f.args[0]: k}, {}) if above else _Term(Fraction(1), {}, {f.args[0]: k})
        else:
            step = _Term(Fraction(1), {f: 1}, {}) if above else _Term(Fraction(1), {}, {f: 1})
        found, cancels = _times(found, step)
        hit |= cancels
    return found, hit


def _whole(n: Node) -> int:
    """The number from 1 on that an exponent is; 0 of another."""
    return int(n.attr) if n.op == "const" and n.attr > 0 and Fraction(n.attr).denominator == 1 else 0


def _picked(n: Node) -> int | None:
    """The one entry of a vector that is not 0."""
    if n.op != "stack" or len(n.shape) != 1 or len(n.args) == 1:
        return None
    left = [k for k, a in enumerate(n.args) if a.op != "const" or a.attr]
    return left[0] if len(left) == 1 else None


def _times(a: _Term, b: _Term) -> tuple[_Term, bool]:
    """Their product, and whether something cancelled, or one of them picked an entry of the other."""
    if a.at is not None and b.at is not None and a.at != b.at:
        return _Term(Fraction(0), {}, {}), True
    at = b.at if a.at is None else a.at
    above, below = _joined(a.above, b.above), _joined(a.below, b.below)
    hit = at is not None and any(f.shape for f in (*above, *below))
    if at is not None:
        if not all(map(_total, (*above, *below))) or not all(map(never_zero, below)):
            raise _Left
        above, below = _entries(above, at), _entries(below, at)
    for f in [f for f in above if f in below and never_zero(f)]:
        k = min(above[f], below[f])
        above[f], below[f] = above[f] - k, below[f] - k
        hit = True
    above, below = ({f: k for f, k in side.items() if k} for side in (above, below))
    return _Term(a.number * b.number, above, below, at), hit


def _joined(a: Powers, b: Powers) -> dict[Node, int]:
    return {f: a.get(f, 0) + b.get(f, 0) for f in (*a, *(f for f in b if f not in a))}


def _entries(powers: Powers, at: int) -> dict[Node, int]:
    found: dict[Node, int] = {}
    for f, k in powers.items():
        entry = f.graph.index(f, (at if f.shape[0] > 1 else 0,)) if f.shape else f
        found[entry] = found.get(entry, 0) + k
    return found


def never_zero(n: Node) -> bool:
    """Whether it has no value 0, as far as its form says."""
    n = _plain(n)
    if n.op == "sub" and n.args[0] is n.graph.one:
        f = _plain(n.args[1])
        return f.op in _BELOW_ONE and (f.op != "softmax" or _several(f))
    return _positive(n) or (n.op == "const" and bool(n.attr))


def _total(n: Node) -> bool:
    """Whether it has a value everywhere, as far as its operators say."""
    if not n.shape:
        return True
    return all(
        OPERATORS[m.op].total if m.op in OPERATORS else m.op in (*LEAVES, *_POSITIVE, *_LAID_OUT)
        for m in topological([n])
    )


def _positive(n: Node) -> bool:
    work, seen = [n], set[Node]()
    while work:
        f = _plain(work.pop())
        if f in seen:
            continue
        seen.add(f)
        if f.op in ("add", "mul", "div"):
            work += f.args
        elif f.op == "pow":
            work.append(f.args[0])
        elif f.op not in _POSITIVE and not (f.op == "const" and f.attr > 0):
            return False
    return True


def _plain(n: Node) -> Node:
    while n.op in ("def", "index", "broadcast"):
        n = n.args[0]
    return n


def _several(n: Node) -> bool:
    """Whether a softmax is one of more than one number."""
    return bool(n.shape) and min(n.shape) > 1


# -- sums -------------------------------------------------------------------------------------------------


def _terms(n: Node, shape: Shape) -> list[_Term]:
    """The terms of a sum."""
    found: list[_Term] = []
    work, parts = [(n, 1)], 0
    while work:
        t, sign = work.pop()
        if (parts := parts + 1) > MAX_PARTS:
            raise _Left
        if t.op in ("add", "sub"):
            work += [(t.args[1], sign if t.op == "add" else -sign), (t.args[0], sign)]
        elif t.op == "neg" and t.args[0].op in ("add", "sub"):
            work.append((t.args[0], -sign))
        else:
            term, _ = _of(t, shape)
            found.append(term._replace(number=sign * term.number))
    return found


def _collected(terms: Sequence[_Term], shape: Shape) -> list[_Term]:
    """The terms, multiplied out where that makes them no more than they are."""
    out: list[_Term] = []
    for t in terms:
        sums = [f for f, k in t.above.items() if f.op in ("add", "sub") and k == 1 and not f.shape]
        parts = [t._replace(above={f: k for f, k in t.above.items() if f not in sums})]
        for f in sums:
            parts = [_times(p, q)[0] for p in parts for q in _terms(f, shape)]
            if len(parts) > MAX_TERMS:
                return _equal_together(terms)
        out += parts
    together = _equal_together(out)
    return together if len(together) <= len(terms) else _equal_together(terms)


def _equal_together(terms: Sequence[_Term]) -> list[_Term]:
    found: dict[object, _Term] = {}
    for t in terms:
        key = (frozenset(t.above.items()), frozenset(t.below.items()), t.at)
        found[key] = t._replace(number=t.number + found[key].number) if key in found else t
    return [t for t in found.values() if t.number or t.below]


def _added(g: Graph, terms: Sequence[_Term], shape: Shape) -> Node:
    """The sum of terms; the scalars that stand in all of them before it."""
    if not terms:
        return g.broadcast(g.zero, shape) if shape else g.zero
    common = {f: k for f in terms[0].above if not f.shape and (k := min(t.above.get(f, 0) for t in terms))}
    if len(terms) == 1:
        common = {}
    made: Node | None = None
    for t in sorted(terms, key=lambda t: t.number < 0):  # stable: it begins without a sign, where it can
        rest = t._replace(above={f: k - common.get(f, 0) for f, k in t.above.items() if k > common.get(f, 0)})
        if made is None:
            made = _written(g, rest, shape)
        else:
            part = _written(g, rest._replace(number=abs(rest.number)), shape)
            made = g.call("add" if t.number >= 0 else "sub", made, part)
    assert made is not None
    for f, k in common.items():
        made = g.call("mul", f if k == 1 else g.pow(f, g.const(k)), made)
    return made


def _sum(n: Node) -> Node:
    """A sum of entries: a sign before it, and where one entry is picked, that one."""
    (x,) = n.args
    term, _ = _of(x, x.shape)
    g = n.graph
    if term.at is not None:
        return _written(g, term._replace(at=None), ())
    return g.neg(g.node("sum", x.args, n.attr, n.shape)) if x.op == "neg" else n


def _written(g: Graph, t: _Term, shape: Shape) -> Node:
    """The term as a node of that shape."""
    if t.at is not None:
        entry = _written(g, t._replace(at=None), ())
        return g.stack([entry if k == t.at else g.zero for k in range(shape[0])])
    above = _multiplied(g, t.above)
    if t.below:
        below = _multiplied(g, t.below)
        assert below is not None
        above = g.call("div", g.one if above is None else above, below)
    if above is None:
        above = g.const(abs(t.number))
    elif abs(t.number) != 1:
        above = g.call("mul", g.const(abs(t.number)), above)
    made = g.broadcast(above, shape)
    return g.node("neg", (made,), None, made.shape) if t.number < 0 else made


def _multiplied(g: Graph, powers: Powers) -> Node | None:
    made: Node | None = None
    for f, k in sorted(powers.items(), key=lambda p: bool(p[0].shape)):  # scalars first
        one = f if k == 1 else g.call("pow", f, g.const(k))
        made = one if made is None else g.call("mul", made, one)
    return made
