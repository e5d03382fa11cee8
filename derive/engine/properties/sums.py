"""Sums by their terms: squares are not negative, and what shares no symbol with the rest is least by itself.

(x**2 + y - 11)**2 + (x + y**2 - 7)**2 >= 0 has no factors, and no normal form shows it; as it is written it is plain. A sum of
squares is 0 only where each is, which are equations. exp(s) + exp(t) >= s + t + 2 is one inequality in s and one in t.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from derive.calculus.reverse import gradient
from derive.engine.decision import Decision
from derive.engine.domain import Domain, Range
from derive.engine.equations import constants
from derive.engine.equations.addends import addends
from derive.engine.properties.side_conditions import inhabited, proved, smooth
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.expr.below import below
from derive.expr.folding import substitute, substitute_all
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.numbers.balls import evaluate, rational, truth

MAX_TERMS = 40
MAX_TRIED = 2  # places that a part may be least at
PLACES = (Fraction(0), Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(2))

Decide = Callable[[Node, Domain], Decision]


def by_squares(condition: Node, domain: Domain) -> Decision | None:
    """A proof of an inequality of scalars by the squares that are among its terms, where what is left has fewer symbols."""
    if (read := _difference(condition)) is None:
        return None
    h, strict = read
    bases, rest = squares(h)
    if not bases or not set(_symbols(rest)) < set(_symbols(h)):
        return None
    domain = domain.entries()
    if not inhabited(h, domain):
        return None
    if _not_negative(rest, strict, domain):
        return proved(Why.SUM_OF_SQUARES())
    if strict and _not_negative(rest, False, domain) and _not_all_zero(bases, domain):
        return proved(Why.SUM_OF_SQUARES_NOT_ZERO())
    return None


def squares(h: Node) -> tuple[list[Node], Node]:
    """What is squared among the terms of a sum, with a positive factor, and the sum of all other terms."""
    g = h.graph
    bases: list[Node] = []
    rest = g.zero
    for c, n in addends(h):
        if (base := _base(n)) is not None and c > 0:
            bases.append(base)
        elif n.op != "const" or n.attr:
            rest = g.add(rest, g.mul(g.const(c), n))
    return bases, rest


def _base(n: Node) -> Node | None:
    """What is raised to an even power, or multiplied by itself."""
    if n.op == "pow" and n.args[1].op == "const" and type(k := n.args[1].attr) is int and k > 0 and not k % 2:
        return n.args[0]
    return n.args[0] if n.op == "mul" and n.args[0] is n.args[1] else None


def _not_all_zero(bases: Sequence[Node], domain: Domain) -> bool:
    """Whether an assumption forbids that all of these vanish: where they do, two sides are equal that it says are not."""
    g = bases[0].graph
    vanish = [g.call("eq", b, g.zero) for b in bases]
    for c in domain.hypotheses:
        if c.op == "ne":
            others = [h for h in domain.hypotheses if h is not c]
            found = decide_holds(g.call("eq", *c.args), domain.under([*others, *vanish]))
            if found.status == "proved" and not found.conditions:
                return True
    return False


def _not_negative(n: Node, strict: bool, domain: Domain) -> bool:
    sign = constants.sign(n)
    if sign is not None:
        return sign > 0 if strict else sign >= 0
    found = decide_holds(n.graph.call("gt" if strict else "ge", n, n.graph.zero), domain)
    return found.status == "proved" and not found.conditions


def by_terms(condition: Node, domain: Domain, decide: Decide) -> Decision | None:
    """A proof of an inequality of a sum each of whose terms has the sign of the whole, by the signs of its factors: p*log(p)."""
    if (read := _difference(condition)) is None:
        return None
    h, strict = read
    parts, domain = terms(h), domain.entries()
    if not 2 <= len(parts) <= MAX_TERMS or not inhabited(h, domain):
        return None
    known: dict[tuple[Node, str], bool] = {}

    def holds(n: Node, op: str) -> bool:
        if (n, op) not in known:
            found = decide(n.graph.call(op, n, n.graph.zero), domain)
            known[n, op] = found.status == "proved" and not found.conditions
        return known[n, op]

    def one_sided(c: Fraction, n: Node) -> bool:
        """Whether c*n is not negative."""
        up = c > 0
        for f in _factors(n):
            if not holds(f, "ge"):
                if not holds(f, "le"):
                    return False
                up = not up
        return up

    if not all(c == 0 or one_sided(c, n) for c, n in parts):
        return None
    above = (c for c, n in parts if len(_factors(n)) == 1 and holds(n, "gt" if c > 0 else "lt"))
    return proved(Why.TERMS(), "terms") if not strict or any(above) else None


def _factors(n: Node) -> list[Node]:
    if n.op == "div":
        return [f for a in n.args for f in _factors(a)]
    return [f for a in n.args for f in _factors(a)] if n.op == "mul" else [n]


def by_separate_parts(condition: Node, domain: Domain, decide: Decide) -> Decision | None:
    """A proof of an inequality of a sum whose parts share no symbol: each is least at a place, and there the whole holds."""
    if (read := _difference(condition)) is None:
        return None
    h, strict = read
    g, domain = h.graph, domain.entries()
    parts = separate(h, _symbols(h), domain.hypotheses)
    if len(parts) < 2 or not inhabited(h, domain):
        return None
    left = sum_of(h, [n for n in terms(h) if not _symbols(n[1])])
    balls = False
    for part, x in parts:
        own = domain.under(domain.of(x))
        for place in _places(part, x, own):
            at = substitute(part, place)
            found = decide(g.call("ge", part, at), own)
            if found.status == "proved" and not found.conditions:
                left, balls = g.add(left, at), balls or found.method == "balls"
                break
        else:
            return None
    if not _not_negative(left, strict, domain.free_of([s for _, x in parts for s in x])):
        return None
    return proved(Why.LEAST_PARTS(), "balls" if balls else "moves")


def terms(h: Node) -> list[tuple[Fraction, Node]]:
    return list(addends(h))


def sum_of(h: Node, of: Sequence[tuple[Fraction, Node]]) -> Node:
    g = h.graph
    total = g.zero
    for c, n in of:
        total = g.add(total, g.mul(g.const(c), n))
    return total


def separate(h: Node, x: Sequence[Node], given: Sequence[Node]) -> list[tuple[Node, list[Node]]]:
    """The terms of h that speak of x in groups that share none of them, nor a condition, each with its own of x."""
    own = [(t, {s for s in x if below(t[1], [s])}) for t in terms(h)]
    groups = [({s}, [t for t in own if s in t[1]]) for s in x]
    links = [{s for s in x if below(c, [s])} for c in given] + [of for _, of in own]
    if len(own) > MAX_TERMS:
        return []
    merged: list[set[Node]] = []
    for link in [*links, *(of for of, _ in groups)]:
        touched = [m for m in merged if m & link]
        merged = [m for m in merged if not m & link]
        if link:
            merged.append(set().union(link, *touched))
    found = []
    for block in merged:
        inside = [s for s in x if s in block]
        found.append((inside, [t for t, of in own if of & block]))
    found.sort(key=lambda pair: list(x).index(pair[0][0]))
    return [(sum_of(h, of), inside) for inside, of in found]


def _places(part: Node, x: Sequence[Node], domain: Domain) -> Iterator[dict[Node, Node]]:
    """Where a part of a sum may be least: where its slopes are 0, or at an end of a range."""
    g = part.graph
    slopes = gradient(part, list(x)) if smooth(part) else []
    tried = 0
    corners = [v for s in x for v in domain.range(s) if v is not None]
    for v in dict.fromkeys((*PLACES, *corners)):
        if tried == MAX_TRIED:
            return
        place = {s: g.const(v) for s in x}
        inside = all(_within(v, domain.range(s)) for s in x)
        if not inside or any(truth(c, {s: rational(v) for s in x}) is not True for c in domain.hypotheses):
            continue
        if v not in corners and not all(_may_vanish(s) for s in substitute_all(slopes, place)):
            continue
        tried += 1
        yield place


def _within(v: Fraction, ends: Range) -> bool:
    low, high = ends
    return (low is None or v >= low) and (high is None or v <= high)


def _may_vanish(n: Node) -> bool:
    if _symbols(n):
        return True
    value = evaluate([n], {}, 64)[0]
    return not isinstance(value, Exception) and (value == 0 if isinstance(value, fmpq) else arb(value).contains(0))


def _difference(condition: Node) -> tuple[Node, bool] | None:
    """More minus less, and whether it has to be positive; None of what is no inequality of scalars."""
    if condition.shape or condition.op not in ORDERS:
        return None
    (condition,) = components(condition)
    more, less = condition.args if condition.op in ("gt", "ge") else condition.args[::-1]
    return condition.graph.sub(more, less), condition.op in ("gt", "lt")


def _symbols(n: Node) -> list[Node]:
    return [m for m in topological([n]) if m.op == "index" or (m.op == "symbol" and not m.shape)]
