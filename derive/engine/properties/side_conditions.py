"""What the shape of a domain and of a function gives: the ground under convexity, monotony and smoothness.

A property is proved by derivatives only where the domain is convex in the variables and everything has a value: each
assumption that speaks of them is an affine inequality, and so is what the function needs, or it holds throughout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from derive.calculus.reverse import gradient
from derive.engine.counterexamples.points import Point, Sampler
from derive.engine.counterexamples.simple_numbers import SIMPLE
from derive.engine.decision import Decision
from derive.engine.dispatch import holds
from derive.engine.domain import Domain
from derive.engine.reasons import Reason
from derive.expr.below import below
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.expr.kinks import turns_on
from derive.expr.operators import COMPARISONS, KINKED, ORDERS
from derive.numbers.balls import Value, evaluate, rational
from derive.numbers.definedness import needs, only_suffices, wherever_valued

ROUGH = KINKED | {"hold"}
MAX_POINTS = 12


def smooth(n: Node) -> bool:
    """Whether no operator has kinks; abstract functions have none."""
    return not any(m.op in ROUGH for m in topological([n]))


def analytic(n: Node) -> bool:
    """Whether no operator has kinks, and none is an abstract function."""
    return not any(m.op in ROUGH or m.op == "apply" for m in topological([n]))


def natural(n: Node, x: Sequence[Node]) -> list[Node]:
    """The affine inequalities in x that n needs for a value: where it has one, they hold."""
    return [need for need in wherever_valued(n) if need.op in ORDERS and below(need, x) and _half_spaces(need, x)]


def affine(n: Node, x: Sequence[Node]) -> bool:
    """Whether a scalar is affine in x for certain: its slopes do not speak of x."""
    return smooth(n) and not any(below(s, x) for s in gradient(n, list(x)))


def _half_spaces(n: Node, x: Sequence[Node]) -> bool:
    """Whether a condition marks out a convex set in x: affine inequalities, all to hold."""
    if not below(n, x):
        return True
    if n.op in ("and", "all", "def"):
        return all(_half_spaces(a, x) for a in n.args)
    return n.op in ORDERS and affine(n.graph.sub(*n.args), x)


def convex_domain(x: Sequence[Node], domain: Domain) -> bool:
    """Whether the hypotheses are affine inequalities in x, which mark out a convex set."""
    return all(_half_spaces(c, x) for c in domain.hypotheses)


def valued(n: Node, x: Sequence[Node], domain: Domain, strict: bool = False) -> bool:
    """Whether n has a value on a convex domain: what it needs is an affine inequality in x (with ``strict``, one that
    leaves out no boundary, so it is open), or holds throughout. An entry that does not speak of x is about the others."""
    for key, need in needs(n).items():
        if not below(need, x):
            continue
        if key[0] in ("where", "select"):
            return False
        exact = key[0] != "ne" and not only_suffices(key)
        if exact and _half_spaces(need, x) and not (strict and need.op == "ge"):
            continue
        if holds(need, domain).status != "proved":
            return False
    return True


def valued_at(f: Node, point: Mapping[Node, Node], domain: Domain) -> bool:
    """Whether f has a value where its variables have these values, as far as it hangs on the variables."""
    x = list(point)
    rest = domain.free_of(x)
    for key, need in needs(f).items():
        if not below(need, x):
            continue
        if key[0] in ("where", "select"):
            return False
        if holds(substitute(need, point), rest).status != "proved":
            return False
    return True


def regular_at(f: Node, point: Mapping[Node, Node], domain: Domain) -> bool:
    """Whether f is analytic where its variables have these values, proved: no kink, jump or root of 0 lies there."""
    if not valued_at(f, point, domain):
        return False
    g, x = f.graph, list(point)
    rest = domain.free_of(x)
    for n in topological([f]):
        if not below(n, x):
            continue
        wanted: list[tuple[str, Node]] = []
        match n.op:
            case "where":
                wanted = [
                    ("ne", g.sub(*c.args)) for c in topological(n.args[:1]) if c.op in COMPARISONS and below(c, x)
                ]
            case "sqrt":
                wanted = [("gt", n.args[0])]
            case "div":
                wanted = [("ne", n.args[1])]
            case "pow" if n.args[1].op != "const" or not isinstance(n.args[1].attr, int):
                wanted = [("gt", n.args[0])]
            case op if op in KINKED and (s := turns_on(n)) is not None:
                wanted = [("ne", s)]
        for op, of in wanted:
            there = g.call(op, substitute(of, point), g.zero)
            if holds(there, rest).status != "proved":
                return False
    return True


def points(f: Node, x: Sequence[Node], domain: Domain) -> Iterator[list[tuple[Point, Value]]]:
    """Groups of points of the domain that differ in x only, with the certain values of f there."""
    sampler = Sampler(f, f, domain)
    inside = [s for s in sampler.symbols if s in set(x)]
    for start in sampler.points(MAX_POINTS):
        group: list[tuple[Point, Value]] = []
        for point in _moves(start, inside):
            judged = sampler.judge(point, highest=0)
            if judged.kind == "same":
                group.append((point, judged.left))
        yield group


def _moves(start: Point, x: Sequence[Node]) -> Iterator[Point]:
    yield dict(start)
    if len(x) == 1:
        for v in sorted({*SIMPLE, start[x[0]] / 4, start[x[0]] * 4}):
            yield {**start, x[0]: v}
        return
    for i, s in enumerate(x):
        for v in (start[s] + 2, start[s] - 2, -start[s], Fraction(0)):
            yield {**start, s: v}
        for other in x[:i]:
            yield {**start, s: start[s] + 2, other: start[other] + 2}
            yield {**start, s: start[s] + 2, other: start[other] - 2}
    yield {**start, **{s: -start[s] for s in x}}
    yield {**start, **dict.fromkeys(x, Fraction(0))}


def inhabited(h: Node, domain: Domain) -> bool:
    """Whether h has a value at a point of the domain, found among simple ones: of an empty domain nothing is said."""
    sampler = Sampler(h, h, domain)
    return any(sampler.judge(p, highest=0).kind == "same" for p in sampler.points(MAX_POINTS))


def value(n: Node, point: Point, prec: int = 128) -> Value:
    """The value of a scalar at a point: exact, a ball, or the fault in the way."""
    return evaluate([n], {s: rational(v) for s, v in point.items()}, prec)[0]


def undecided(reason: Reason) -> Decision:
    """No decision, and why."""
    return Decision("undecided", reason)


def proved(reason: Reason, method: str = "normal form") -> Decision:
    """A proof that needs no condition."""
    return Decision("proved", reason, method=method)


def refuted(reason: Reason, point: Point) -> Decision:
    """A refutation at a point."""
    return Decision("refuted", reason, witness=dict(point), method="ball arithmetic")
