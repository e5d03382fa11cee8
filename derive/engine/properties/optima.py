"""Is a point stationary, a minimizer, the only one? By the inequality itself, or by convexity and a gradient of 0."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from derive.calculus.reverse import gradient
from derive.engine.decision import Decision, joined, listed
from derive.engine.dispatch import holds_with_properties
from derive.engine.domain import Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.matrices.tensor_level import settle
from derive.engine.properties.composition import by_structure
from derive.engine.properties.curves import Curve
from derive.engine.properties.facts import facts, implied
from derive.engine.properties.side_conditions import (
    below,
    convex_domain,
    proved,
    regular_at,
    smooth,
    undecided,
    valued,
    valued_at,
)  # fmt: skip
from derive.engine.properties.subgradients import box, sides
from derive.engine.relation import decide_holds
from derive.engine.sufficiency import compatible
from derive.errors import ExpressionError
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.language.components import components
from derive.proof.sequent import ranges

#: What a tensor may be made of to have a value and every derivative everywhere.
_POLYNOMIAL = frozenset(
    {"symbol", "const", "def", "add", "sub", "neg", "mul", "matmul", "outer", "transpose", "reshape", "broadcast"}
    | {"sum", "mean"}
)


def stationary(args: Sequence[Node], domain: Domain) -> Decision:
    """Whether the gradient of f by x is 0 at x = v, where f is differentiable."""
    return _by_whole_gradient(args, domain) or _by_slopes(args, domain)


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
    where = f", where {listed(proof.conditions)}" if proof.conditions else ""
    reason = f"the gradient is 0 there, by one normal form of matrix products{where}"
    return Decision("proved", reason, proof.conditions, method="normal form", steps=proof.steps)


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
        return undecided("whether the function has a value there is not settled")
    slopes = substitute_all(gradient(f, x), at_v)
    there = domain.put(at_v)
    found = [decide_equal(s, g.zero, there) for s in slopes]
    if (slope := joined(found)).status != "proved":
        return compatible(slope, there)
    if not regular_at(f, at_v, domain):
        return undecided("whether the function is differentiable there is not settled")
    return proved("every entry of the gradient is 0 there")


def _held(x: Sequence[Node], domain: Domain) -> Domain:
    """The domain entry by entry, with what assumed properties say of values other than the variables'."""
    return domain.entries().given(*(c for c in implied(facts(domain.hypotheses)) if not below(c, x)))


def minimizer(args: Sequence[Node], domain: Domain) -> Decision:
    """Whether f is least at x = v: by the inequality, or by a gradient of 0 and convexity."""
    return _whole_least(args, domain, False) or _least(args, domain, False)


def unique_minimizer(args: Sequence[Node], domain: Domain) -> Decision:
    """Whether f is least at x = v alone."""
    return _whole_least(args, domain, True) or _least(args, domain, True)


def _whole_least(args: Sequence[Node], domain: Domain, only: bool) -> Decision | None:
    """Proof for whole tensors without a range: a gradient of 0, and a convex function, or a Hessian that is positive definite."""
    f, x, _ = args
    if x in domain.ranges or (critical := _by_whole_gradient(args, domain)) is None:
        return None
    curved = _bowl(f, x, domain) if only else by_structure(f, x, domain, 1)
    if curved is None or curved.status != "proved" or curved.conditions:
        return None
    return replace(critical, reason=f"{critical.reason}; the function is {'strictly ' * only}convex")


def _bowl(f: Node, x: Node, domain: Domain) -> Decision | None:
    """Proof that f is a convex function and a positive multiple of sum(x**2): strictly convex, whatever the sizes."""
    g, terms, work = f.graph, list[Node](), [f]
    while work:
        n = work.pop()
        if n.op in ("add", "def") and not n.shape:
            work += n.args
        else:
            terms.append(n)
    squares = g.call("sum", g.call("pow", x, g.const(2)))
    for bowl in terms:
        if (factor := _factor(bowl, squares)) is None or below(factor, [x]):
            continue
        positive = decide_holds(g.call("gt", factor, g.zero), domain.entries())
        if positive.status == "proved" and not positive.conditions:
            rest = functools.reduce(g.add, (t for t in terms if t is not bowl), g.zero)
            return by_structure(rest, x, domain, 1)
    return None


def _factor(n: Node, of: Node) -> Node | None:
    """By what a scalar is written as a multiple of another."""
    g = n.graph
    if n is of:
        return g.one
    if n.op == "def":
        return _factor(n.args[0], of)
    if n.op == "div" and (factor := _factor(n.args[0], of)) is not None:
        return g.div(factor, n.args[1])
    if n.op == "mul":
        for one, other in (n.args, n.args[::-1]):
            if (factor := _factor(one, of)) is not None:
                return g.mul(factor, other)
    return None


def _least(args: Sequence[Node], domain: Domain, only: bool) -> Decision:
    f, x, v = components(args[0])[0], components(args[1]), components(args[2])
    g, at_v = f.graph, dict(zip(x, v, strict=True))
    known, whole, domain = facts(domain.hypotheses), domain, _held(x, domain)
    if any(below(e, x) for e in v):
        return undecided("the point speaks of the variable itself")
    if domain.binds(x) and not _inside(x, v, domain):
        return undecided("whether the point lies in the domain is not settled")
    if not valued_at(f, at_v, domain):
        return undecided("whether the function has a value at the point is not settled")
    gap = g.sub(f, substitute_all([f], at_v)[0])
    found = decide_holds(g.call("ge", gap, g.zero), domain)
    if found.status == "refuted" and not known:  # what is assumed of a matrix may fail at that point
        return found
    curve = Curve(x, domain, known)
    convex_here = convex_domain(x, domain)
    # a convex function with a gradient of 0 at a point is least there
    critical = convex_here and (
        stationary(args, whole).status == "proved" if smooth(f) else _rises_on_all_sides(f, at_v, domain)
    )
    least = (found.status == "proved" and not found.conditions) or (
        critical and valued(f, x, domain, strict=True) and curve.convex(f)
    )
    if not least and found.status != "refuted":
        if (away := _leads_away(f, x, v, domain, only)) is not None:
            return away
        found = _decided(g.call("ge", gap, g.zero), domain)
        least = found.status == "proved" and not found.conditions
    if not least:
        settled = found.status == "refuted"
        return found if settled else undecided("neither the inequality nor convexity was proved")
    if not only:
        return proved("nowhere is the function less")
    if smooth(f) and convex_here and valued(f, x, domain, strict=True) and curve.hessian(f, x, True):
        return proved("it is least there, and its Hessian is positive definite: nowhere else")
    apart = [_decided(g.call("gt", gap, g.zero), domain.given(g.call("ne", s, t))) for s, t in at_v.items()]
    if all(d.status == "proved" and not d.conditions for d in apart):
        return proved("everywhere else the function is greater")
    return next((d for d in apart if d.status == "refuted"), undecided("whether it is the only one is not settled"))


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
    only = "and nowhere else is it as small" if strict else "so nowhere is it less"
    return proved(f"the function falls up to the point and rises from there, {only}")


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
