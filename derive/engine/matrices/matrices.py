"""Equations between tensors, by one normal form of matrix products: a proof holds for every size that fits.

Both sides become sums of words in the same letters (``words``, ``tensors``); assumptions such as ``R.T @ R == eye(n)`` are
rewriting rules. Inverses are multiplied through. Nothing is refuted here, and where the form says nothing the cascade goes
on with the entries.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from derive.calculus.reverse import expand, gradient, vjp
from derive.engine.algebra.polynomials import Quotient, Regrow, Ring, Unwieldy
from derive.engine.matrices.inverses import Algebra
from derive.engine.matrices.letters import Form, NoForm
from derive.engine.matrices.tensors import KEPT, Tensors
from derive.errors import ExpressionError
from derive.expr.composites import options_of
from derive.expr.conditions import conjuncts
from derive.expr.graph import Node, topological
from derive.language.meaning import unfold
from derive.records import dataclass

MAX_NODES = 2_000
ROOM = 64  # kernels to begin with
MAX_REGROWTH = 8


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown: the ``conditions`` under which both sides have a value (one side's alone where they are factors that
    cancel), the normal forms, whether sizes were ``general``, and whether an assumption was used."""

    conditions: tuple[Node, ...]
    steps: tuple[str, ...]
    general: bool


@dataclass(frozen=True, slots=True)
class Sizes:
    """Which numbers of an instance stand for letters: by number, and by the name that expressions use."""

    letters: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[str, int] = field(default_factory=dict)


def prove(a: Node, b: Node, hypotheses: Sequence[Node] = (), sizes: Sizes | None = None) -> Proof | None:
    """A proof that two tensors of one shape are equal, or None. Derivatives must be worked out (or be ``linear`` nodes).

    With ``sizes`` the numbers in it are taken for letters: a proof that says ``general`` is one for all of them.
    """
    roots = [a, b, *conjuncts(hypotheses)]
    order = topological(roots)
    if len(order) > MAX_NODES or not any(n.shape for n in order):
        return None
    try:
        roots = unfold(roots, KEPT)
    except (ExpressionError, RecursionError):
        return None
    ring = Ring(a.graph, ROOM)
    for _ in range(MAX_REGROWTH):
        try:
            return _prove(roots[0], roots[1], roots[2:], Algebra(ring, (sizes or Sizes()).letters), sizes or Sizes())
        except Regrow:
            grown, room = ring, ring.room
            ring = Ring(a.graph, 2 * room if len(ring.kernels) >= room // 2 else room)
            ring.scales, ring.units, ring.exponents = grown.scales, grown.units, grown.exponents
        except (NoForm, Unwieldy, ZeroDivisionError, ExpressionError, RecursionError):
            return None
    return None


def lettered(roots: Sequence[Node], sizes: Sizes) -> list[Node]:
    """The roots ready to be expanded and proved for every size: a mean is a sum over its size by name, and the Jacobian of a
    vector by a vector, which would be written out row by row, is given by what it does to a vector."""
    done: dict[Node, Node] = {}
    for n in topological(roots):
        g, args = n.graph, tuple(done[a] for a in n.args)
        if n.op == "mean":
            axis = options_of(n)["axis"]
            count = g.one
            for s in args[0].shape if axis is None else (args[0].shape[axis],):
                name = sizes.letters.get(s)
                count = g.mul(count, g.const(int(s)) if name is None else g.define(name, g.const(int(s))))
            done[n] = g.div(g.sum(args[0], axis), count)
        elif (
            n.op in ("d", "hessian") and len(args) == 2 and not n.attr and len(n.shape) == 2 and args[1].op == "symbol"
        ):
            f, x = args
            image = (f, x)
            if n.op == "hessian":
                image = (gradient(expand(f), [x])[0], x)
            u = g.node("symbol", (), ("direction", image[0].shape), image[0].shape)
            if len(image[0].shape) != 1 or len(x.shape) != 1:
                done[n] = n if args == n.args else g.node(n.op, args, n.attr, n.shape)
                continue
            done[n] = g.node("linear", (vjp(expand(image[0]), [x], u)[0], u), None, n.shape)
        elif args == n.args:
            done[n] = n
        elif n.op == "def":
            done[n] = g.define(n.attr, args[0])
        else:
            done[n] = g.node(n.op, args, n.attr, n.shape)
    return [done[r] for r in roots]


def _prove(a: Node, b: Node, hypotheses: Sequence[Node], words: Algebra, sizes: Sizes) -> Proof | None:
    for _ in range(2):  # a rule may tidy the others
        _assume(hypotheses, words, sizes)
    found = Tensors(words, sizes.names)
    found.run([a, b])
    steps = _equal(found, a, b)
    if steps is None:
        return None
    left, right = found.needed(a), found.needed(b)
    if any(not (left.get(k) or right[k]).cancels for k in left.keys() ^ right.keys()):
        return None
    conditions = tuple(dict.fromkeys(need.condition for need in {**left, **right}.values()))
    return Proof(conditions, steps, found.general)


def _equal(t: Tensors, a: Node, b: Node) -> tuple[str, ...] | None:
    """The normal forms for people, if they are one."""
    words, ring = t.words, t.words.ring
    if a is b or ring.difference(t.entry(a), t.entry(b)) == 0:
        return tuple(f"{side} = {_text(t, n)}" for side, n in (("left", a), ("right", b)))
    if not a.shape or not any(x.inverts is not None for x in words.letters):
        return None
    if words.vanishes(words.minus(t.form(a), t.form(b))):
        return ("multiplied through by what is inverted, left - right is 0",)
    return None


def _text(t: Tensors, n: Node) -> str:
    v = t.values[n]
    return t.words.text(v.form) if v.form is not None else t.words.ring.text(t.entry(n))


# -- assumptions as rules -------------------------------------------------------------------------------


def _assume(hypotheses: Sequence[Node], words: Algebra, sizes: Sizes) -> None:
    """Makes rules of the equations among the assumptions, where they can be; the others are not used."""
    for condition in hypotheses:
        if condition.op != "eq":
            continue
        a, b = condition.args
        try:
            t = Tensors(words, sizes.names)
            if not condition.shape:
                a, b = _squared(a, b)
                t.run([a, b])
                _know(words, words.ring.sub(t.entry(a), t.entry(b)))
            elif a.shape == b.shape:
                t.run([a, b])
                _rule(words, words.minus(t.form(a), t.form(b)))
        except (NoForm, ZeroDivisionError):
            continue


def _squared(a: Node, b: Node) -> tuple[Node, Node]:
    """norm(u) = c says norm(u)**2 = c**2."""
    for x, y in ((a, b), (b, a)):
        if x.op == "sqrt" and y.op == "const" and y.attr >= 0:
            return x.args[0], x.graph.mul(y, y)
    return a, b


def _know(words: Algebra, q: Quotient) -> None:
    """Takes q = 0 for the value of the longest product that it holds, to the first power, times a number."""
    if not q.den.is_constant():
        return
    best = None
    for k in words.ring.used(q.num):
        w = words.atoms.get(k.node)
        if (
            w is None
            or q.num.degrees()[k.index] != 1
            or any(k.node in o.free for o in words.ring.used(q.num) if o is not k)
        ):
            continue
        slope = q.num.derivative(k.index)
        if slope.is_constant() and (best is None or len(w) > len(best[0])):
            best = w, slope, k
    if best is not None:
        w, slope, k = best
        words.know(w, words.ring.make(slope * words.ring.gen(k) - q.num, slope))


def _rule(words: Algebra, f: Form) -> None:
    if not f or not words.assume_zero(f):
        return
    lead = words.greatest(f)
    rest = {w: c for w, c in f.items() if w != lead}
    if len(lead) == 2 and set(rest) == {()} and all(words.square(k) for k in lead):
        words.assume_zero({lead[::-1]: f[lead], **rest})  # of square matrices a right inverse is a left one
