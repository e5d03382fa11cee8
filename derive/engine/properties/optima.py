"""Is a point stationary, a minimizer, the only one? By the inequality itself, or by convexity and a gradient of 0."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from derive.calculus.reverse import gradient
from derive.engine.counterexamples.points import Point
from derive.engine.decision import Decision, joined
from derive.engine.dispatch import holds_with_properties
from derive.engine.domain import Domain, ranges
from derive.engine.equations import constants
from derive.engine.equations.cascade import decide_equal
from derive.engine.matrices.tensor_level import settle
from derive.engine.properties.asked import Table, decided
from derive.engine.properties.composition import by_structure
from derive.engine.properties.curves import Curve
from derive.engine.properties.entrywise import Entries
from derive.engine.properties.facts import facts, implied
from derive.engine.properties.gram import DEFINITE, Gram
from derive.engine.properties.irrational import CONTINUOUS
from derive.engine.properties.side_conditions import (
    convex_domain,
    proved,
    refuted,
    regular_at,
    smooth,
    undecided,
    valued,
    valued_at,
)  # fmt: skip
from derive.engine.properties.subgradients import box, sides
from derive.engine.properties.sums import by_squares, separate
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.engine.sufficiency import compatible
from derive.engine.tactics import HALF, PROOF, Tactic
from derive.errors import ExpressionError
from derive.expr.below import below
from derive.expr.folding import substitute, substitute_all
from derive.expr.graph import Graph, Node, topological
from derive.language.components import components
from derive.language.printing import to_text
from derive.numbers.balls import ball_text, evaluate

#: What a tensor may be made of to have a value and every derivative everywhere.
_POLYNOMIAL = frozenset(
    {"symbol", "const", "def", "add", "sub", "neg", "mul", "matmul", "outer", "transpose", "reshape", "broadcast"}
    | {"sum", "mean"}
)


STATIONARY: Table = (
    Tactic("gradient of tensors", lambda q: _by_whole_gradient(q.args, q.domain), emits=PROOF, cost=HALF),
    Tactic("gradient", lambda q: _by_slopes(q.args, q.domain)),
)


def _by_whole_gradient(args: Sequence[Node], domain: Domain) -> Decision | None:
    """Proof that the gradient of a polynomial of whole tensors is 0, as a product of matrices; at any size, inverses closed."""
    f, x, v = args
    if not x.shape or x.op != "symbol" or v.shape != x.shape or below(v, [x]):
        return None
    if any(n.op not in _POLYNOMIAL and not _whole_power(n) for n in topological([f])):
        return None
    if domain.of([x]):
        return None
    (slope,) = substitute_all(gradient(f, [x]), {x: v})
    proof = settle(slope, f.graph.broadcast(f.graph.zero, x.shape), domain.plain()).proof
    if proof is None:
        return None
    return Decision("proved", Why.GRADIENT_OF_TENSORS(), proof.conditions, method="normal form", steps=proof.steps)


def _whole_power(n: Node) -> bool:
    """A power, or a quotient by a number."""
    number = n.args[-1] if n.op in ("pow", "div") else None
    if number is None or number.op != "const" or number.attr == 0:
        return False
    return n.op == "div" or (type(number.attr) is int and number.attr > 0)


def _by_slopes(args: Sequence[Node], domain: Domain) -> Decision:
    f, x, v = components(args[0])[0], components(args[1]), components(args[2])
    at_v = dict(zip(x, v, strict=True))
    g, domain = f.graph, _held(x, domain)
    if not valued_at(f, at_v, domain):
        return undecided(Why.VALUE_THERE_OPEN())
    there = domain.put(at_v)
    if (kink := _kink(f, at_v, there)) is not None:
        return kink
    slopes = substitute_all(gradient(f, x), at_v)
    found = [decide_equal(s, g.zero, there) for s in slopes]
    if (slope := joined(found)).status != "proved":
        return compatible(slope, there)
    if not regular_at(f, at_v, domain):
        return undecided(Why.DIFFERENTIABLE_THERE_OPEN())
    return proved(Why.GRADIENT_ENTRIES())


def _kink(f: Node, at_v: Mapping[Node, Node], there: Domain) -> Decision | None:
    """A refutation where the slopes to both sides of a point differ: there is no gradient."""
    if smooth(f):
        return None
    for s in at_v:
        if (pair := _slopes_at(f, s, at_v)) is None:
            return None
        apart = decide_holds(f.graph.call("ne", *pair), there)
        if apart.status == "proved" and not apart.conditions:
            left, right = map(_number, pair)
            point = {t: n.attr for t, n in at_v.items() if n.op == "const"}
            return refuted(Why.SLOPES_THERE_DIFFER(left=left, right=right), point)
    return None


def _number(n: Node) -> str:
    """A slope as digits, where it is a number."""
    if any(m.op in ("symbol", "apply") for m in topological([n])):
        return to_text(n)
    value = evaluate([n], {})[0]
    return to_text(n) if isinstance(value, Exception | bool) else ball_text(value, 6)


def _slopes_at(f: Node, s: Node, at_v: Mapping[Node, Node]) -> tuple[Node, Node] | None:
    """The slopes of a continuous function to both sides of a point, in one variable; None where it may jump."""
    if any(n.op not in CONTINUOUS for n in topological([f])):
        return None
    try:
        left, right = substitute_all(sides(f, s), at_v)
    except ExpressionError:
        return None
    return left, right


def not_stationary(args: Sequence[Node], domain: Domain) -> Decision:
    """Whether the gradient is 0 at the point for no values of the other symbols: some slope there never is."""
    f = components(args[0])[0]
    if not smooth(f):
        return undecided(Why.KINK_THERE())
    return _never(args, domain, lambda g, left, right: g.call("ne", left, g.zero))


def not_least(args: Sequence[Node], domain: Domain) -> Decision:
    """Whether the point is a minimizer for no values of the other symbols: a slope there always leads down."""
    return _never(
        args, domain, lambda g, left, right: g.call("or", g.call("gt", left, g.zero), g.call("lt", right, g.zero))
    )


def _never(args: Sequence[Node], domain: Domain, says: Callable[[Graph, Node, Node], Node]) -> Decision:
    """Proof of what is said of the slopes to both sides of a point, in one variable or the other; nothing restricts these."""
    f, x, v = components(args[0])[0], components(args[1]), components(args[2])
    g, at_v, domain = f.graph, dict(zip(x, v, strict=True)), domain.entries()
    nothing = undecided(Why.NO_SLOPE_SETTLES())
    if domain.binds(x) or any(below(e, x) for e in v) or not valued_at(f, at_v, domain):
        return nothing
    said = [says(g, *pair) for s in x if (pair := _slopes_at(f, s, at_v)) is not None]
    if said:
        found = decide_holds(functools.reduce(lambda a, b: g.call("or", a, b), said), domain)
        if found.status == "proved" and not found.conditions:
            return proved(Why.BY_SLOPES_THERE())
    return nothing


def _held(x: Sequence[Node], domain: Domain) -> Domain:
    """The domain entry by entry, with what assumed properties say of values other than the variables'."""
    return domain.entries().given(*(c for c in implied(facts(domain.hypotheses)) if not below(c, x)))


def minimizer(only: bool) -> Table:
    """Of a least value; ``only``: taken nowhere else."""
    return (
        Tactic("convexity of tensors", lambda q: _whole_least(q.args, q.domain, only), emits=PROOF, cost=HALF),
        Tactic("least value", lambda q: _least(q.args, q.domain, only)),
    )


def _whole_least(args: Sequence[Node], domain: Domain, only: bool) -> Decision | None:
    """Proof for whole tensors without a range: a gradient of 0, and a convex function, or a Hessian that is positive definite."""
    f, x, _ = args
    if x in domain.ranges or (critical := _by_whole_gradient(args, domain)) is None:
        return None
    curved = _bowl(f, x, domain) if only else by_structure(f, x, domain, 1)
    if curved is None or curved.status != "proved" or curved.conditions:
        return None
    curved_so = Why.AND_STRICTLY_CONVEX if only else Why.AND_CONVEX
    return replace(critical, reason=curved_so(of=critical.reason))


def _bowl(f: Node, x: Node, domain: Domain) -> Decision | None:
    """Proof that f is a convex function and a positive multiple of sum(x**2), or of x @ M @ x with a definite M: strictly convex,
    whatever the sizes."""
    g, terms, work = f.graph, list[Node](), [(f, False)]
    while work:
        n, turned = work.pop()
        if n.op in ("add", "sub", "def") and not n.shape:
            work += [(a, turned != (n.op == "sub" and k == 1)) for k, a in enumerate(n.args)]
        else:
            terms.append(g.neg(n) if turned else n)
    definite = Gram(Entries(domain), facts(domain.hypotheses))
    for bowl in terms:
        factor, form = _multiple(bowl, x)
        if not _round(form, x, definite) or below(factor, [x]):
            continue
        positive = decide_holds(g.call("gt", factor, g.zero), domain.entries())
        if positive.status == "proved" and not positive.conditions:
            rest = functools.reduce(g.add, (t for t in terms if t is not bowl), g.zero)
            return by_structure(rest, x, domain, 1)
    return None


def _round(form: Node, x: Node, definite: Gram) -> bool:
    """Whether it is sum(x**2), or x @ M @ x with an M that is positive definite."""
    g = x.graph
    if form is g.call("sum", g.call("pow", x, g.const(2))):
        return True
    if form.op != "matmul" or form.shape or x not in form.args:
        return False
    inner = form.args[0] if form.args[1] is x else form.args[1]
    ways = (inner.args, inner.args[::-1]) if inner.op == "matmul" else ()
    return any(a is x and m.shape == x.shape * 2 and definite.sign(m) == DEFINITE for a, m in ways)


def _multiple(n: Node, x: Node) -> tuple[Node, Node]:
    """A scalar as a product of what does not speak of x and the rest."""
    g = n.graph
    if n.op == "def":
        return _multiple(n.args[0], x)
    if n.op == "div" and not below(n.args[1], [x]):
        factor, rest = _multiple(n.args[0], x)
        return g.div(factor, n.args[1]), rest
    if n.op == "mul":
        for one, other in (n.args, n.args[::-1]):
            if not below(other, [x]):
                factor, rest = _multiple(one, x)
                return g.mul(factor, other), rest
    return g.one, n


def _least(args: Sequence[Node], domain: Domain, only: bool) -> Decision:
    f, x, v = components(args[0])[0], components(args[1]), components(args[2])
    g, at_v = f.graph, dict(zip(x, v, strict=True))
    if (found := _least_by_parts(f, at_v, domain, only)) is not None:
        return found
    known, whole, domain = facts(domain.hypotheses), domain, _held(x, domain)
    if any(below(e, x) for e in v):
        return undecided(Why.POINT_SPEAKS_OF_VARIABLE())
    if domain.binds(x) and not _inside(x, v, domain):
        return undecided(Why.POINT_IN_DOMAIN_OPEN())
    if not valued_at(f, at_v, domain):
        return undecided(Why.VALUE_AT_POINT_OPEN())
    gap = g.sub(f, substitute_all([f], at_v)[0])
    no_less = g.call("ge", gap, g.zero)
    found = by_squares(no_less, domain) or decide_holds(no_less, domain)
    if found.status == "refuted" and not known:  # what is assumed of a matrix may fail at that point
        return found
    curve = Curve(x, domain, known)
    convex_here = convex_domain(x, domain)
    # a convex function with a gradient of 0 at a point is least there
    critical = convex_here and (
        decided(STATIONARY, args, whole).status == "proved" if smooth(f) else _rises_on_all_sides(f, at_v, domain)
    )
    least = (found.status == "proved" and not found.conditions) or (
        critical and valued(f, x, domain, strict=True) and curve.convex(f)
    )
    if not least and found.status != "refuted":
        if (away := _leads_away(f, x, v, domain, only)) is not None:
            return away
        found = _decided(no_less, domain)
        least = found.status == "proved" and not found.conditions
    if not least:
        settled = found.status == "refuted"
        return found if settled else undecided(Why.LEAST_OPEN())
    if not only:
        return proved(Why.NOWHERE_LESS())
    if smooth(f) and convex_here and valued(f, x, domain, strict=True) and curve.hessian(f, x, True):
        return proved(Why.LEAST_BY_HESSIAN())
    return _nowhere_else(gap, at_v, domain)


def _least_by_parts(f: Node, at_v: Mapping[Node, Node], domain: Domain, only: bool) -> Decision | None:
    """Of a sum whose parts share no variable, each by itself; None where there is one part, or one is left open."""
    parts = separate(f, list(at_v), domain.entries().hypotheses)
    if len(parts) < 2:
        return None
    for part, x in parts:
        g = part.graph
        found = _least((part, g.stack(x), g.stack([at_v[s] for s in x])), domain, only)
        if found.status != "proved" or found.conditions:
            return None
    return proved(Why.PARTS_NOWHERE_AS_SMALL() if only else Why.PARTS_NOWHERE_LESS())


def _nowhere_else(gap: Node, at_v: Mapping[Node, Node], domain: Domain) -> Decision:
    """Whether what is never negative is 0 at one point alone. Another one differs in a first variable, with those before it as
    they are there."""
    g, x = gap.graph, list(at_v)
    for order in (x, x[::-1])[: len(x)]:
        there: dict[Node, Node] = {}
        for s in order:
            rest = substitute(gap, there)
            positive, apart = g.call("gt", rest, g.zero), domain.put(there).given(g.call("ne", s, at_v[s]))
            found = by_squares(positive, apart) or _decided(positive, apart)
            if (other := _as_small(rest, found, there)) is not None:
                return refuted(Why.AS_SMALL_AT(at=other), other)
            if found.status == "refuted" and found.place:  # no rational point
                return replace(found, reason=Why.AS_SMALL_AT(at=found.place))
            if found.status != "proved" or found.conditions:
                break
            there[s] = at_v[s]
        else:
            return proved(Why.ELSEWHERE_GREATER())
    return undecided(Why.ONLY_OPEN())


def _as_small(gap: Node, found: Decision, there: Mapping[Node, Node]) -> Point | None:
    """A point at which a gap is not positive, from a decision that says so; variables that are held are put in."""
    if found.status not in ("refuted", "proved-if") or not found.witness:
        return None
    g = gap.graph
    values = {s: g.const(value) for s, value in found.witness.items()}
    if constants.sign(substitute(gap, values)) not in (0, -1):
        return None
    held = dict(zip(there, substitute_all(list(there.values()), values), strict=True))
    return {**{s: n.attr for s, n in held.items() if n.op == "const"}, **found.witness}


def _decided(condition: Node, domain: Domain) -> Decision:
    """By all that is known of inequalities."""
    return holds_with_properties(condition, domain)


def _leads_away(f: Node, x: Sequence[Node], v: Sequence[Node], domain: Domain, strict: bool) -> Decision | None:
    """Of a function of one number on an interval: its slope leads up on both sides of a point, whether f is convex or not."""
    if len(x) != 1 or not smooth(f) or not convex_domain(x, domain) or not valued(f, x, domain, strict=True):
        return None
    g, (s,), (t,) = f.graph, x, v
    slope = gradient(f, x)[0]
    if not valued(slope, x, domain, strict=True):
        return None
    for way, op in (("gt", "gt" if strict else "ge"), ("lt", "lt" if strict else "le")):
        found = _decided(g.call(op, slope, g.zero), domain.given(g.call(way, s, t)))
        if found.status != "proved" or found.conditions:
            return None
    return proved(Why.FALLS_THEN_RISES_ONLY() if strict else Why.FALLS_THEN_RISES())


def _rises_on_all_sides(f: Node, at_v: Mapping[Node, Node], domain: Domain) -> bool:
    """Whether 0 lies in the subdifferential at a point, a box: to the left no slope is positive, to the right none negative."""
    g, x = f.graph, list(at_v)
    there = domain.put(at_v)
    try:
        pairs = [substitute_all(sides(f, s), at_v) for s in x]
    except ExpressionError:
        return False
    wanted = [g.call(op, slope, g.zero) for pair in pairs for op, slope in zip(("le", "ge"), pair, strict=True)]
    return box(f, x, at_v, there) and all(
        (found := decide_holds(c, there)).status == "proved" and not found.conditions for c in wanted
    )


def _inside(x: Sequence[Node], v: Sequence[Node], domain: Domain) -> bool:
    at_v, free = dict(zip(x, v, strict=True)), domain.free_of(x)
    wanted = substitute_all(domain.of(x), at_v) + ranges({at_v[s]: domain.ranges[s] for s in x if s in domain.ranges})
    return all(decide_holds(c, free).status == "proved" for c in wanted)
