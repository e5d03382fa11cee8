"""Theorems about values that were worked out: limits, integrals and bounds, where a certificate of them is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import reduce
from itertools import pairwise

from derive.budget import apart, share
from derive.calculus.reverse import expand_all
from derive.engine.certify.faults import FAULTS
from derive.engine.certify.fresh import in_a_graph_of_its_own
from derive.engine.certify.properties import CONTACT_WORK, Rules
from derive.engine.certify.search import Search
from derive.engine.domain import Domain
from derive.engine.limits.integrals import Range
from derive.engine.limits.oracle import Oracle
from derive.engine.limits.stationary import stationary
from derive.engine.limits.values import SIMPLE, Worked, turns
from derive.expr.below import below
from derive.expr.graph import Node, topological
from derive.language.components import components
from derive.language.extremes import infinite
from derive.language.properties import INTEGRALS
from derive.proof.certificates import Certificate, Rule, Split
from derive.proof.check import Rejected, Theorem, check
from derive.proof.rules.properties import laid_out, minus
from derive.proof.rules.table import premises
from derive.proof.sequent import Sequent

CERTIFICATE = 8_000_000  # steps of work for one


def of_values(worked: Sequence[Worked]) -> Iterator[Theorem | str]:
    """Of each value the theorem that says it, or the name of what is trusted instead."""
    for one in worked:
        try:
            with apart(), share(CERTIFICATE):
                yield WAYS[one.op](one)
        except FAULTS:
            yield one.op


def of_limit(one: Worked) -> Theorem:
    """That a function tends to the value that was found, or grows or falls beyond all bounds."""
    at, found = one.args[2], one.found
    far = infinite(at)
    where = {1: "far", -1: "far below"}[far] if far else {0: "beside", 1: "from above", -1: "from below"}[one.attr]
    where = "far by steps" if found.note else where  # over the whole numbers
    what = {0: "tends", 1: "grows", -1: "falls"}[found.side]
    s = said(one, f"{what} {where}", *(() if found.side else (found.value,)), *(() if far else (at,)))
    rules = Rules()
    return check(s, rules.show(s), rules.search.theorems)


def of_integral(one: Worked) -> Theorem:
    """That an integral is the value that was found."""
    ends = [e for e in one.args[2:] if not infinite(e)]
    if one.found.side or (len(ends) == 2 and ends[0] is ends[1]):
        raise Rejected("an integral without a value, or over a point")
    low, high = (not infinite(e) for e in one.args[2:])
    name = next(n for n, kept in INTEGRALS.items() if kept == (low, high))
    s = said(one, name, one.found.value, *ends)
    rules = Rules()
    return check(s, _either_way(rules, s), rules.search.theorems)


def _either_way(rules: Rules, s: Sequent) -> Certificate:
    """From the lower end to the upper; where it is not known which is which, either way."""
    try:
        return _by_pieces(rules, s)
    except FAULTS:
        if s.conclusion.attr != "integral":
            raise
    gap = minus(*s.conclusion.args[:2:-1])
    up, level, down = s.cases(gap)
    (back,) = premises(down, "turned round", ())
    turned = rules.search.kept(down, Rule("turned round", (), (_by_pieces(rules, back),)))
    return rules.search.kept(s, Split(gap, (_by_pieces(rules, up), rules.rule(level, 0, "no range"), turned)))


def _by_pieces(rules: Rules, s: Sequent) -> Certificate:
    """By the primitives of the pieces between which the function turns, as the engine finds them."""
    c, g = laid_out(s), s.conclusion.graph
    (x,), (_, *ends) = c.x, [e for (e,) in c.more]
    from_low, to_high = INTEGRALS[c.name]
    low = ends[0] if from_low else g.neg(g.node("inf"))
    high = ends[-1] if to_high else g.node("inf")
    domain = Domain(c.given)
    range_ = Range(x, Oracle(g, g.symbol("integral'"), domain), domain)
    places = [low, *range_.cuts(c.f, low, high), high]
    parts = []
    for a, b in pairwise(places):
        primitive = range_.antiderivative(range_.branch(c.f, a, b), domain.given(*range_.between(a, b)))
        parts.append((primitive, range_.towards(primitive, a, 1).value, range_.towards(primitive, b, -1).value))

    def show(s: Sequent, first: int) -> Certificate:
        if first == len(parts) - 1:
            return rules.rule(s, 0, "primitive", *parts[first])
        start, rest = (
            sum_of(g.sub(last, begin) for _, begin, last in some)
            for some in (parts[first : first + 1], parts[first + 1 :])
        )
        nodes = (places[first + 1], start, rest)
        whole, left, right = premises(s, "pieces of an integral", nodes)
        of = (rules.show(whole), rules.rule(left, 0, "primitive", *parts[first]), show(right, first + 1))
        return rules.search.kept(s, Rule("pieces of an integral", nodes, of))

    def sum_of(values: Iterator[Node]) -> Node:
        return reduce(g.add, values)

    return show(s, 0)


def of_bound(one: Worked) -> Theorem:
    """That the least upper bound of a function is the value that was found, or that there is none; the greatest lower bound as
    that of minus the function."""
    g, low = one.args[1].graph, one.op == "infimum"
    if one.found.side not in (0, -1 if low else 1):
        raise Rejected("a least upper bound below all numbers")
    f, v = (g.neg(n) if low else n for n in (one.args[0], one.found.value))
    s = said(
        replace(one, args=(f, one.args[1])), *(("unbounded",) if one.found.side else ("supremum", v)), ranging=True
    )
    rules = Rules(Search(left=CONTACT_WORK), contacts=True)
    return check(s, _bounded(rules, s), rules.search.theorems)


def _bounded(rules: Rules, s: Sequent) -> Certificate:
    """A bound that is taken at one of a few points, or approached at an end of the range."""
    c, g = laid_out(s), s.conclusion.graph
    x, what = c.x[0], "tends" if c.name == "supremum" else "grows"
    oracle = Oracle(g, g.symbol("supremum'"), Domain([h for h in c.given if not below(h, [x])]))
    points = [*map(g.const, SIMPLE), *stationary(c.f, x, oracle), *turns(c.f, x)] if what == "tends" else []
    ends = [(b, "from above" if h.op in ("gt", "ge") else "from below") for h in c.given for a, b in [h.args] if a is x]
    places = [*((f"{what} {side}", (*s.conclusion.args, at)) for at, side in ends)]
    places += [(f"{what} {where}", s.conclusion.args) for where in ("far", "far below")]
    tried: list[tuple[str, Node]] = [("taken", p) for p in points]
    for name, node in [*tried, *(("approached", g.node("property", args, where)) for where, args in places)]:
        with suppress(*FAULTS):
            wanted = premises(s, name, (node,))
            split = 1 if what == "tends" else 0
            there = [rules.show(part) for part in wanted[split:]]
            break
    else:
        raise Rejected("no point at which the bound is taken")
    return rules.search.kept(s, Rule(name, (node,), (*map(rules.show, wanted[:split]), *there)))


def said(one: Worked, name: str, *more: Node, ranging: bool = False) -> Sequent:
    """A property of the function of a value that was worked out, in a graph of its own. What the domain says of the variable is
    left aside, unless it is its range, and what it says of those of others in whose functions this one stands."""
    f, x = one.args[:2]
    domain = one.domain.given(*one.found.needs).expanded().plain().entries()
    (f,) = components(expand_all([f])[0])
    s = domain.free_of([*one.outer] if ranging else [x, *one.outer]).about([f, *more]).sequent(f)
    g, put = in_a_graph_of_its_own(topological([f, x, *more, *s.hypotheses]))
    return Sequent(tuple(put[h] for h in s.hypotheses), g.node("property", tuple(put[n] for n in (f, x, *more)), name))


WAYS: dict[str, Callable[[Worked], Theorem]] = {
    "limit": of_limit,
    "integral": of_integral,
    "supremum": of_bound,
    "infimum": of_bound,
}
