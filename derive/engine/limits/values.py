"""Limits, suprema, infima and integrals in expressions replaced by their values, before a claim is judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import isinf
from typing import Any

from derive.calculus.iteration import Run
from derive.calculus.reverse import expand_all
from derive.engine.counterexamples.points import Sampler
from derive.engine.dispatch import holds_with_properties
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.limits import Limit, Unsettled, limit
from derive.engine.limits.integrals import integral
from derive.engine.limits.leibniz import differentiated
from derive.engine.limits.oracle import Oracle, brief, leaves, said
from derive.engine.limits.parameters import Case, by_cases
from derive.engine.limits.sequences import along
from derive.engine.limits.stationary import stationary
from derive.engine.limits.summation import series
from derive.engine.reasons import Reason, Why
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError, NotFinite
from derive.expr.below import runs
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.expr.operators import BY_SIGN, COMPARISONS, FLOATS, ORDERS
from derive.flint import arb
from derive.language.components import components
from derive.language.extremes import EXTREMES, infinite, speaks
from derive.language.printing import to_text
from derive.numbers.balls import evaluate, rational
from derive.numbers.definedness import need, needs, outside, wherever_valued
from derive.records import dataclass

BITS = 128
SIMPLE = [Fraction(v) for v in ("0", "1", "-1", "2", "-2", "1/2", "-1/2")]


@dataclass(frozen=True, slots=True)
class Worked:
    """What was worked out: an operator of EXTREMES with its arguments, on a domain."""

    op: str
    args: tuple[Node, ...]
    attr: Any
    domain: Domain
    found: Limit
    outer: tuple[Node, ...] = ()  # variables of those in whose functions others stand


@dataclass(frozen=True, slots=True)
class Resolved:
    """The expressions with values in place, and what was found, for people."""

    nodes: tuple[Node, ...]
    notes: tuple[Reason, ...]
    trusted: tuple[str, ...] = ()  # by what values are known, where no certificate shows them
    worked: tuple[Worked, ...] = ()
    compared: bool = False  # that an infinite side was compared settled all of it, and the notes say so


def resolve(roots: Sequence[Node], domain: Domain = EVERYWHERE) -> Resolved:
    """The roots without what stands in EXTREMES; comparisons with an infinite side become true or false.

    A root that is infinite itself stays ``inf`` or ``-inf``. Raises Unsettled.
    """
    stepped = any(n.op in ("after", "total") for n in topological(roots))  # which speak of more than is written
    domain = domain.about([*roots, *expand_all(roots)] if stepped else roots)
    roots = differentiated([_spread(r) for r in roots])
    done: dict[Node, Node] = {}
    notes: list[Reason] = []
    settled: set[Node] = set()
    trusted: set[str] = set()
    worked: list[Worked] = []
    held = [n for n in topological(roots) if n.op in EXTREMES]
    outer = tuple(n.args[1] for n in held if any(m.op in EXTREMES for m in topological(n.args[:1])))
    for n in topological(roots):
        g, args = n.graph, tuple(done[a] for a in n.args)
        if n.op in EXTREMES:
            if any(infinite(a) for a in args[:2]) or args[1].op != "symbol":
                raise Unsettled(f"{said(n)}: its function is infinite, or its variable was replaced")
            found = value(n.op, args, n.attr, domain)
            worked.append(Worked(n.op, args, n.attr, domain, found, outer))
            done[n] = found.value if not found.side else g.node("inf") if found.side > 0 else g.neg(g.node("inf"))
            shown = "inf" if found.side > 0 else "-inf" if found.side < 0 else brief(found.value)
            if shown != brief(n):  # a number without another name is told as it is written
                notes.append(Why.VALUE_IS(of=brief(n), value=shown, assumed=found.note, trusted=found.trusted))
            trusted |= {found.trusted} - {""}
            if found.needs:
                if found.side:
                    raise Unsettled(f"whether {said(found.needs[0])} is not known")
                done[n] = _needing(found.value, found.needs)
        elif n.op in BY_SIGN and any(map(infinite, args)):
            done[n], always, told = _beside_infinity(n, args)
            notes += told
            if always:
                settled.add(done[n])
        elif n.op in ("at", *FLOATS) and (side := _overflow(n)):
            done[n] = g.node("inf") if side > 0 else g.neg(g.node("inf"))
            notes.append(Why.VALUE_IS(of=brief(n), value="inf" if side > 0 else "-inf", assumed="", trusted=""))
        elif args == n.args:
            done[n] = n
        elif any(map(infinite, args)) and n.op not in ("def", "neg", "property"):
            raise Unsettled(f"{said(n)} computes with an infinite value")
        else:
            done[n] = args[0] if n.op == "def" else g.node(n.op, args, n.attr, n.shape)
    compared = all(done[r] in settled for r in roots)
    return Resolved(
        tuple(done[r] for r in roots), tuple(dict.fromkeys(notes)), tuple(sorted(trusted)), tuple(worked), compared
    )


def _spread(n: Node) -> Node:
    """What is said at values, as a condition on what its sides are there."""
    if n.op != "at" or not speaks([n]):
        return n
    g, (body, *put) = n.graph, n.args
    if infinite(body):
        return body
    if body.op not in (*COMPARISONS, "and", "or", "not"):
        return n
    return g.call(body.op, *(_spread(g.node("at", (a, *put), n.attr, a.shape)) for a in body.args))


def _beside_infinity(n: Node, args: Sequence[Node]) -> tuple[Node, bool, list[Reason]]:
    """A comparison with an infinite side: 0 times the other side is below 1, or above it, so that it is true, or false, where
    that has a value. Whether this settles it, and what is told."""
    g, (a, b) = n.graph, args
    true = BY_SIGN[n.op](infinite(a) - infinite(b))
    finite = [(s, shown) for s, shown in zip(args, n.args, strict=True) if not infinite(s)]
    if not finite:
        plain = all(map(infinite, n.args)) and not true
        told = [Why.SIDES_ARE(left=to_text(n.args[0]), right=to_text(n.args[1]))] if plain else []
        return g.call("eq", g.zero, g.zero if true else g.one), True, told
    ((s, shown),) = finite
    kept = g.call("lt" if true else "gt", g.node("mul", (g.zero, s), shape=s.shape), g.one)
    if any(m.op in FLOATS for m in topological([s])):  # which may overflow
        return kept, False, []
    if not any(map(needs, components(expand_all([s])[0]))):
        return kept, True, [Why.IS_FINITE(of=brief(shown))]
    return kept, False, [] if true else [Why.IS_FINITE_IF_ANY(of=brief(shown))]


def _overflow(n: Node) -> int:
    """The sign of what a number in a floating-point arithmetic is, where that is infinite; else 0."""
    if speaks([n]) or not any(m.op in FLOATS for m in topological([n])):
        return 0
    (whole,) = expand_all([n])
    found = None if leaves(whole) else evaluate([whole], {}, BITS)[0]
    return (found.result > 0) - (found.result < 0) if isinstance(found, NotFinite) and isinf(found.result) else 0


def value(op: str, args: Sequence[Node], attr: Any, domain: Domain) -> Limit:
    """By cases where it hangs on the sign of a parameter, among those for which its function has a value: where that has one only
    under conditions on other symbols (a divisor a, log(a)), these are what is found needs."""
    domain = domain.expanded().entries()
    asked, powers = _needed(op, args, domain)

    def work(args: Sequence[Node], domain: Domain) -> Limit:
        return _found(op, args, attr, domain)

    found = by_cases(work, _branches, args, args[1], domain.given(*asked) if asked else domain)
    return replace(found, needs=tuple(dict.fromkeys((*found.needs, *asked, *([] if found.side else powers)))))


def _needed(op: str, args: Sequence[Node], domain: Domain) -> tuple[list[Node], list[Node]]:
    """The conditions on other symbols under which a function has a value, as far as a domain does not show them; and the powers
    with a letter for their exponent, of which no such condition is exact."""
    (f,), x = expand_all(args[:1]), args[1]
    if op not in ("limit", "supremum", "infimum") or runs([f]):
        return [], []
    entries = components(f)
    found = (c for entry in entries for c in wherever_valued(entry) if leaves(c) and x not in leaves(c))
    letters = (n for entry in entries for n in outside(entry)[0] if n.op == "pow" and n.args[1].op != "const")
    powers = {n: c for n in letters if x not in leaves(n) and (c := need(n)) is not None}
    return (
        [c for c in dict.fromkeys(found) if decide_holds(c, domain).status != "proved"],
        [n for n, c in powers.items() if decide_holds(c, domain).status != "proved"],
    )


def _branches(found: Sequence[tuple[Case, Limit]]) -> Limit | None:
    """One value with a branch for each case; None where some are infinite and some are not. Raises Unsettled with the condition
    under which it is finite, where that is one of the cases."""
    (last, value), *others = found[::-1]
    if any(v.side != value.side for _, v in others):
        finite = [c for c, v in found if not v.side and c.op != "eq"]
        if len(finite) == 1 and len(found) > 1:
            condition = finite[0].of.graph.call(finite[0].op, finite[0].of, finite[0].of.graph.zero)
            raise Unsettled(f"it is infinite, but where {brief(condition)}", condition=condition)
        return None
    note, trusted = (next((t for _, v in found if (t := getattr(v, what))), "") for what in ("note", "trusted"))
    whole, g = value.value, last.of.graph
    for c, v in others if not value.side else ():
        if v.value is not whole:
            whole = g.call("where", g.call(c.op, c.of, g.zero), v.value, whole)
    return Limit(value.side, whole, note, trusted, tuple(dict.fromkeys(c for _, v in found for c in v.needs)))


def _needing(value: Node, needs: Sequence[Node]) -> Node:
    """The value, without one where a condition fails, or a power has none: 0 times what then has none is added."""
    g = value.graph
    for c in needs:
        if c.op == "pow":
            value = g.add(value, g.node("mul", (g.zero, c)))
            continue
        a, b = c.args if c.op in ("ne", "gt", "ge") else c.args[::-1]
        s = g.sub(a, b)
        lacking = g.div(g.one, s) if c.op == "ne" else g.call("log" if c.op in ("gt", "lt") else "sqrt", s)
        value = g.add(value, g.node("mul", (g.zero, lacking)))
    return value


def _found(op: str, args: Sequence[Node], attr: Any, domain: Domain) -> Limit:
    if op == "limit" and infinite(args[2]) > 0 and any(isinstance(n.attr, Run) for n in runs(expand_all(args[:1]))):
        return along(args[0], args[1], domain)
    if op == "limit":
        return limit(args[0], args[1], infinite(args[2]) or args[2], domain, attr)
    if op == "series":
        return series(args[0], args[1], args[2], attr, domain)
    f, x, *ends = args
    if op == "integral":
        return integral(f, x, ends[0], ends[1], domain)
    if op == "supremum":
        return supremum(f, x, domain)
    found = supremum(f.graph.neg(f), x, domain)
    return Limit(-found.side, f.graph.neg(found.value), found.note, found.trusted)


def supremum(f: Node, x: Node, domain: Domain = EVERYWHERE) -> Limit:
    """The least upper bound of f over the domain of x, where it has a value, the other symbols held: a value that f takes or
    tends to, and that no value of f exceeds, as is proved. Raises Unsettled."""
    g = f.graph
    (f,) = components(expand_all([f])[0])
    domain = domain.expanded().entries()
    about = [c for c in domain.hypotheses if x in leaves(c)]
    if any(c.op not in ORDERS or x not in c.args or {a.op for a in c.args} != {x.op, "const"} for c in about):
        raise Unsettled(f"the range of {said(x)} is given by more than comparisons with numbers")
    sampler = Sampler(x, x, domain.under(about))
    low, low_in, high, high_in = sampler.intervals[x]
    if low is not None and high is not None and low >= high:
        raise Unsettled(f"{said(x)} has no range")
    tried: list[str] = []
    candidates: list[Limit] = []
    ends: tuple[tuple[Fraction | None, int, bool], ...] = ((high, 1, high_in), (low, -1, low_in))
    for end, sign, _ in ends:
        try:
            at: Node | int = sign if end is None else g.const(end)
            found = limit(f, x, at, domain, 0 if end is None else -sign)
            if found.note:
                continue
        except Unsettled as e:
            tried.append(str(e))
            continue
        if found.side > 0:
            return found
        if not found.side:
            candidates.append(found)
    oracle = Oracle(g, g.symbol("supremum'"), domain.under([c for c in domain.hypotheses if x not in leaves(c)]))
    for p in [g.const(v) for v in SIMPLE] + stationary(f, x, oracle) + turns(f, x):
        if _inside(p, x, (low, high), sampler):
            try:
                candidates.append(Limit(0, oracle.simple(substitute(f, {x: p}))))
            except (Unsettled, ExpressionError, ArithmeticError):
                continue
    seen: dict[Node, None] = dict.fromkeys(c.value for c in candidates)
    valued = domain.given(
        *(c for c in wherever_valued(f) if leaves(c) == {x})
    )  # elsewhere there is nothing to exceed it
    for v in seen:
        if holds_with_properties(g.call("le", f, v), valued).status == "proved":
            return Limit(0, v)
    reasons = f" ({tried[0]})" if tried else ""
    raise Unsettled(f"no value that {said(f)} takes or tends to was proved to be its least upper bound{reasons}")


def _inside(p: Node, x: Node, ends: tuple[Fraction | None, Fraction | None], sampler: Sampler) -> bool:
    """Whether p is known to be one of the numbers that x may be."""
    if p.op == "const":
        return sampler.judge({x: Fraction(p.attr)}).kind in ("same", "differ")
    low, high = ends
    if low is None and high is None:
        return True
    value = evaluate([p], {}, BITS)[0] if not leaves(p) else None
    if not isinstance(value, arb):
        return False
    return (low is None or bool(value > rational(low))) and (high is None or bool(value < rational(high)))


def turns(f: Node, x: Node) -> list[Node]:
    """Where sines and cosines of x are simple."""
    if not any(n.op in ("sin", "cos") and x in leaves(n) for n in topological([f])):
        return []
    g = f.graph
    return [g.div(g.mul(g.const(k), g.call("pi")), g.const(n)) for n in (4, 6) for k in range(-n, n + 1)]
