"""Derivatives for programs: with the values that they have on a kink, and without overflow where an exact identity avoids it.

On a kink s = 0 the calculus's ``select(s, a, b)`` has a value where the sides agree, a = b. What it writes is a product or a sum
with that select, and so has none even where the sides of the *whole* agree: 2*relu(x)*select(x, 1, 0), the derivative of
relu(x)**2, is 0 at 0 from both sides. ``joined`` moves what decides into the select: factors that vanish with s, and terms of
a sum with the same s. The function is continuous (a jump is marked by a product of its own, ``marks_a_jump``, which stays as
it is) and smooth on both sides, so where the slopes of the two sides agree, that is its derivative.

For a second derivative agreement is not enough: exp(abs(x)) bends alike on both sides of 0, where it has no slope. So it is
given where the gradient has a value, and nowhere else (``guarded``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from derive.calculus.branches import turned
from derive.calculus.directional import turns
from derive.calculus.joints import exact, only_there
from derive.calculus.reverse import expand_all
from derive.engine.algebra.signs import ZERO
from derive.engine.counterexamples.points import Sampler
from derive.engine.domain import EVERYWHERE
from derive.errors import UndefinedValue
from derive.expr.folding import marks_a_jump, substitute, valued
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import DEFERRED, DERIVATIVES, OPERATORS
from derive.language.components import components_all
from derive.numbers.balls import evaluate, rational

if TYPE_CHECKING:
    from derive.programs.derived import Derivation, Part

MAX_FOLLOWED = 200  # nodes of a function that is followed along its variable
MAX_TURNING = 8  # of its kinks
POINTS = 12  # at which each of them, and two at once, are looked at
MAX_DEPTH = 12  # levels below a factor that are looked at, to see whether it vanishes with s

_SUMS = ("add", "sub")
_PRODUCTS = ("mul", "neg", "div", "pow")
#: What is 0 where its argument is.
_VANISHING = {*(o.name for o in OPERATORS.values() if o.vanishes), "def", "broadcast", "reshape", "sum"}


def for_programs(d: Derivation) -> tuple[Part, ...]:
    """The parts as programs compute them. A select or a derivative that stands in the expression itself is left as it is."""
    parts = d.stable or d.parts
    if _has_its_own(parts[0].left):
        return parts
    value, *rest = parts
    right = joined([without_marks(p.right) if p.by else p.right for p in rest])
    made = [_where_there_is_a_slope(p, r, value.left) for p, r in zip(rest, right, strict=True)]
    return (value, *[replace(p, right=_where_pieces_meet(p, r, value.left)) for p, r in zip(rest, made, strict=True)])


def _where_pieces_meet(p: Part, made: Node, f: Node) -> Node:
    """The right side of a part with the values that it has where kinks coincide (see joints), if points show some that it
    lacks; of scalars."""
    g = made.graph
    if (
        made.shape
        or len(p.by) > 1
        or (p.by and p.left.op != "hessian")
        or len(topological([f])) > MAX_FOLLOWED
        or any(n.shape for n in topological([f]))
    ):
        return made
    slope = p.right
    if p.by:
        (v,) = p.by
        (slope,) = expand_all([g.node("d", (g.node("d", (f, v), False), v), False)])
    (slope,), (plain,) = components_all([slope, made])
    if (found := exact(slope)) is None:
        return made
    if not only_there(slope):
        found = g.call("where", *found.args[:2], made)
    turning = [*turns(f), *(n.args[0] for n in topological([f]) if n.op == "sign")][:MAX_TURNING]
    sampler = Sampler(slope, plain, EVERYWHERE)
    for met in (*combinations(turning, 1), *combinations(turning, 2)):
        for point in sampler.points(POINTS, [(s, ZERO) for s in met]):
            values = {s: rational(v) for s, v in point.items()}
            written = evaluate([plain], values, meeting=False)[0]
            if evaluate(found.args[:1], values) == [isinstance(written, UndefinedValue)]:
                return found
    return made


def first_joined(d: Derivation) -> tuple[Part, ...]:
    """The parts with first derivatives joined, and second ones as they are: for SymPy, which has no comparison with NaN."""
    if _has_its_own(d.parts[0].left):
        return d.parts
    first = [p for p in d.parts[1:] if not p.by]
    made = dict(zip(first, joined([p.right for p in first]), strict=True))
    return tuple(replace(p, right=made.get(p, p.right)) for p in d.parts)


def _has_its_own(value: Node) -> bool:
    return value.op != "def" or any(n.op in ("select", *DERIVATIVES, *DEFERRED) for n in topological(value.args))


def _where_there_is_a_slope(p: Part, second: Node, f: Node) -> Node:
    """The right side of a part; of a second derivative only where the slopes by its variables have values."""
    g = second.graph
    slopes = joined(expand_all([g.node("d", (f, v), False, v.shape) for v in p.by]))
    if not any(map(_has_kinks, slopes)):
        return second
    if len(slopes) == 1 and second.shape == slopes[0].shape:
        return guarded(second, slopes)
    rows = [e for entries in components_all(slopes) for e in entries]
    (entries,) = components_all([second])
    by_one = len(entries) == len(rows)  # the Hessian times a direction; else the Hessian
    ends = [[r] for r in rows] if by_one else [[r, c] for r in rows for c in rows]
    made = [guarded(e, dict.fromkeys(at)) for e, at in zip(entries, ends, strict=True)]
    for size in reversed(second.shape):
        made = [g.stack(made[i : i + size]) for i in range(0, len(made), size)]
    return made[0]


def joined(roots: Sequence[Node]) -> list[Node]:
    """The roots with equal values off the kinks; on a kink with a value where the sides of a product or a sum agree."""
    order = topological(roots)
    if not any(n.op == "select" for n in order):
        return list(roots)
    done: dict[Node, Node] = {}
    terms = _terms_of_one_sum(order, roots)
    inner: set[Node] = set()
    for n in order:
        args = tuple(done[a] for a in n.args)
        made = n if args == n.args else n.graph.node(n.op, args, n.attr, n.shape)
        if n.op in _PRODUCTS and not marks_a_jump(n):
            made = _product(made)
        elif n.op in _SUMS and n not in terms:
            made = _sum(made, inner)
        done[n] = made
        if n in terms:
            inner.add(made)
    return [done[r] for r in roots]


def without_marks(second: Node) -> Node:
    """A second derivative less the marks of jumps: it is ``guarded`` by slopes, joined where the marks are not."""
    marks = {n: n.graph.broadcast(n.graph.zero, n.shape) for n in topological([second]) if marks_a_jump(n)}
    return substitute(second, marks) if marks else second


def guarded(second: Node, slopes: Iterable[Node]) -> Node:
    """A second derivative where the first ones have values; where they have none it has none either (0/0)."""
    g = second.graph
    for slope in slopes:
        if _has_kinks(slope):
            exists = g.call("eq", slope, slope)
            second = g.call("where", exists, second, g.call("div", g.zero, g.zero))
    return second


def _has_kinks(slope: Node) -> bool:
    """Whether it has no value somewhere for the sake of a kink or a jump."""
    return any(n.op == "select" or (n.op == "div" and n.args[0] is n.graph.zero) for n in topological([slope]))


# -- products ----------------------------------------------------------------------------------------


class _Factors(NamedTuple):
    """A product: its sign, what it is times, what it is over."""

    sign: int
    above: list[Node]
    below: list[Node]


def _factors(n: Node) -> _Factors:
    sign, above, below = 1, list[Node](), list[Node]()
    work = [n]
    while work:
        f = work.pop()
        if marks_a_jump(f):
            above.append(f)
        elif f.op == "mul":
            work += f.args[::-1]
        elif f.op == "neg":
            sign = -sign
            work.append(f.args[0])
        elif f.op == "div":
            below.append(f.args[1])
            work.append(f.args[0])
        elif f.op == "pow" and f.args[0].op == "select" and f.args[1].op == "const" and f.args[1].attr in (2, 3, 4):
            above += [f.args[0]] * int(f.args[1].attr)
        else:
            above.append(f)
    return _Factors(sign, above, below)


def _product(n: Node) -> Node:
    """Selects of one s as one, and inside it the factors that vanish with s."""
    sign, above, below = _factors(n)
    selects = [f for f in above if f.op == "select"]
    if not selects or n.graph.zero in above:
        return n
    g, changed = n.graph, False
    for s in dict.fromkeys(turned(f)[0] for f in selects):
        same = [f for f in above if f.op == "select" and turned(f)[0] is s]
        inside = [f for f in above if f not in same and _vanishes(f, s)]
        if len(same) == 1 and not inside:
            continue
        sides = [_times(g, [*inside, *(turned(f)[1 + side] for f in same)]) for side in (0, 1)]
        above = [f for f in above if f not in same and f not in inside]
        above.append(_select(g, s, *sides))
        changed = True
    if not changed:
        return n
    made = _over(_times(g, above), below)
    return g.broadcast(made if sign > 0 else g.neg(made), n.shape)


def _select(g: Graph, s: Node, a: Node, b: Node) -> Node:
    return g.call("select", s, a, b) if a is not b or not valued(s) or not valued(a) else a


def _times(g: Graph, factors: Sequence[Node]) -> Node:
    """The product. 0*log(x) is not folded: it has no value where log(x) has none."""
    made = g.one
    for f in factors:
        folds = not (_is_zero(f) or _is_zero(made)) or (valued(made) and valued(f))
        made = g.mul(made, f) if folds else g.call("mul", *((f, made) if _is_zero(f) else (made, f)))
    return made


def _over(amount: Node, below: Sequence[Node]) -> Node:
    g = amount.graph
    for f in below:
        amount = g.call("div", amount, f) if _is_zero(amount) else g.div(amount, f)
    return amount


def _is_zero(n: Node) -> bool:
    return n is n.graph.zero or (n.op == "broadcast" and n.args[0] is n.graph.zero)


def _vanishes(f: Node, s: Node, depth: int = MAX_DEPTH) -> bool:
    """Whether f is plainly 0 where s is. It only says where joining is worth while: the program compares the sides."""
    if f is s:
        return True
    if depth == 0 or f.op == "const":
        return f is f.graph.zero and depth < MAX_DEPTH
    match f.op:
        case "mul":
            return any(_vanishes(a, s, depth - 1) for a in f.args)
        case "div":
            return _vanishes(f.args[0], s, depth - 1)
        case "pow":
            return f.args[1].op == "const" and f.args[1].attr > 0 and _vanishes(f.args[0], s, depth - 1)
        case "add" | "sub" | "min" | "max":
            return all(_vanishes(a, s, depth - 1) for a in f.args)
        case "select":
            return all(_vanishes(a, s, depth - 1) for a in f.args[1:])
    return f.op in _VANISHING and _vanishes(f.args[0], s, depth - 1)


# -- sums --------------------------------------------------------------------------------------------


def _terms_of_one_sum(order: Sequence[Node], roots: Sequence[Node]) -> set[Node]:
    """The sums that are only a term of one other sum: they are looked at as part of that."""
    users: dict[Node, list[Node]] = {}
    for n in order:
        for a in n.args:
            users.setdefault(a, []).append(n)
    found = {a for a, us in users.items() if a.op in _SUMS and len(us) == 1 and us[0].op in _SUMS}
    return {a for a in found if users[a][0].shape == a.shape}.difference(roots)


def _sum(n: Node, inner: set[Node]) -> Node:
    """Terms with selects of one s as one select."""
    g = n.graph
    terms: list[tuple[int, Node]] = []
    work = [(n, 1)]
    while work:
        t, sign = work.pop()
        if t.op in _SUMS and (t is n or t in inner):
            work += [(t.args[1], sign if t.op == "add" else -sign), (t.args[0], sign)]
        else:
            terms.append((sign, t))
    by: dict[Node, list[int]] = {}
    factors: Mapping[int, _Factors] = {i: _factors(t) for i, (_, t) in enumerate(terms)}
    for i, (_, above, _) in factors.items():
        if g.zero not in above:
            for s in dict.fromkeys(turned(f)[0] for f in above if f.op == "select"):
                by.setdefault(s, []).append(i)
    free = set(factors)
    new: list[Node] = []
    for s, places in by.items():
        together = [i for i in places if i in free]
        if len(together) < 2:
            continue
        free.difference_update(together)
        sides = [g.zero, g.zero]
        for i in together:
            sign, above, below = factors[i]
            for k in (0, 1):
                chosen = [turned(f)[1 + k] if f.op == "select" and turned(f)[0] is s else f for f in above]
                amount = _over(_times(g, chosen), below)
                sides[k] = (g.add if sign * terms[i][0] > 0 else g.sub)(sides[k], amount)
        new.append(_select(g, s, *sides))
    if not new:
        return n
    total = g.zero
    for i in sorted(free):
        total = (g.add if terms[i][0] > 0 else g.sub)(total, terms[i][1])
    for t in new:
        total = g.add(total, t)
    return g.broadcast(total, n.shape)
