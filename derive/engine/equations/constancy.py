"""Equations that no normal form shows: between numbers, and between functions whose difference has the slope 0.

A polynomial is 0 where its coefficients are, numbers whose sign is settled exactly (``constants``):
``2*cos(pi/5)*x == (1 + sqrt(5))*x/2``. On a domain that is convex, and so connected, a differentiable function with a gradient of
0 is constant; its value at one point is such a number: ``atan(x) + atan(1/x) == pi/2`` for x > 0. Both signs of a divisor
that may be 0 are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.calculus.reverse import gradient
from derive.engine.algebra.normal import Normal
from derive.engine.algebra.polynomials import Quotient, Regrow, Ring, Unwieldy
from derive.engine.algebra.signs import Signs
from derive.engine.counterexamples.points import Point, Sampler
from derive.engine.decision import Decision
from derive.engine.dispatch import holds
from derive.engine.domain import Domain
from derive.engine.equations import constants, scalars
from derive.engine.equations.witnesses import inhabited
from derive.engine.properties.side_conditions import analytic, convex_domain, valued
from derive.engine.reasons import Why
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.numbers.balls import rational, truth
from derive.numbers.definedness import has_value

MAX_NODES = 120
MAX_SYMBOLS = 4
MAX_CASES = 4
POINTS = 12
TRIED = 3


def by_constancy(a: Node, b: Node, domain: Domain) -> Decision | None:
    """A proof that two scalars are equal, or None; the hypotheses are conditions on scalars."""
    g = a.graph
    order = topological([a, b])
    if len(order) > MAX_NODES or any(n.shape or n.op in ("where", "select") for n in order):
        return None
    e = g.sub(a, b)
    symbols = _symbols([a, b])
    if not symbols:
        if constants.sign(e) != 0:
            return None
        found = Decision("proved", Why.EXACT_VALUES(), method="exact values")
        return inhabited(Sampler(e, e, domain), found) if domain else found
    sampler = Sampler(a, b, domain)
    if _by_coefficients(e) and (conditions := scalars.same_definedness(sampler)) is not None:
        found = Decision("proved", Why.COEFFICIENTS(), conditions, method="normal form")
        return inhabited(Sampler(e, e, domain), found)
    if any(_by_squares(*sides, domain) for sides in ((a, b), (b, a))):
        return inhabited(sampler, Decision("proved", Why.SQUARES_EQUAL(), method="normal form"))
    if len(symbols) > MAX_SYMBOLS or not any(n.op in ("atan", "log", "erf", "Phi") for n in topological([e])):
        return None  # what is algebraic, or made of exp alone, has a normal form of its own
    cases = _cases(e, symbols, domain)
    shown = [_constant(e, symbols, case) for case in cases]
    if not cases or not all(shown):
        return None
    many = len(cases) if len(cases) > 1 else None
    return Decision("proved", Why.CONSTANT(cases=many), method="normal form")


def _by_coefficients(e: Node) -> bool:
    """Whether the normal form of a scalar has coefficients that are all 0, as polynomial in what is no number."""
    order = topological([e])
    if not any(n.op in ("sin", "cos", "sqrt", "pow") and not _symbols([n]) for n in order):
        return False  # without numbers such as sqrt(2) the normal form says it all
    ring = Ring(e.graph)
    for _ in range(constants.MAX_GROWN):
        try:
            nf = Normal(ring, Signs(ring))
            nf.run([e])
            value = nf.values[e]
            if not isinstance(value, Quotient):
                return False
            varying = {k.index for k in ring.used(value.num) if k.free}
            parts: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
            for powers, c in value.num.terms():
                held = tuple(n if i in varying else 0 for i, n in enumerate(powers))
                parts.setdefault(held, {})[tuple(n - m for n, m in zip(powers, held, strict=True))] = c
            numbers = (ring.node(ring.combination(row)) for row in parts.values())
            return all(constants.sign(n) == 0 for n in numbers)
        except Regrow:
            continue
        except Unwieldy:
            return False
    return False


def _by_squares(a: Node, b: Node, domain: Domain) -> bool:
    """Whether sqrt(u) = b, proved: b >= 0 and u = b**2, where all that stands in them has a value."""
    g = a.graph
    while a.op == "def":
        a = a.args[0]
    if a.op != "sqrt" or not any(n.op in ("sqrt", "pow") for n in topological([b])):
        return False
    wanted = [*(c for c in has_value(g.add(a.args[0], b))), g.call("ge", b, g.zero)]
    return _vanishes(g.sub(a.args[0], g.mul(b, b)), domain) and all(
        (found := holds(c, domain)).status == "proved" and not found.conditions for c in wanted
    )


def _cases(e: Node, symbols: Sequence[Node], domain: Domain) -> list[Domain]:
    """The domain, split by the sign of each divisor that may be 0; [] where there are too many parts."""
    g = e.graph
    cases = [domain]
    for need in has_value(e):
        if need.op != "ne" or not set(symbols) & set(topological([need])):
            continue
        cases = [
            part
            for case in cases
            for part in (
                [case]
                if holds(need, case).status == "proved"
                else [case.given(g.call(op, *need.args)) for op in ("gt", "lt")]
            )
        ]
        if len(cases) > MAX_CASES:
            return []
    return cases


def _constant(e: Node, symbols: Sequence[Node], domain: Domain) -> bool:
    """Whether an expression is 0 throughout, proved."""
    if not analytic(e) or not convex_domain(symbols, domain) or not valued(e, symbols, domain, strict=True):
        return False
    g = e.graph
    slopes = gradient(e, list(symbols))
    if not all(valued(s, symbols, domain, strict=True) for s in slopes):
        return False
    inside = [p for p in Sampler(e, e, domain).points(POINTS) if _meets(p, domain.hypotheses)]
    if not inside or not all(_vanishes(s, domain) for s in slopes):
        return False
    simple = sorted(inside, key=lambda p: max(abs(v.numerator) + v.denominator for v in p.values()))
    held = ({s: g.const(p[s]) for s in symbols} for p in simple[:TRIED])
    return any(constants.sign(substitute(e, values)) == 0 for values in held)


def _symbols(roots: Sequence[Node]) -> list[Node]:
    return [n for n in topological(roots) if n.op == "index" or (n.op == "symbol" and not n.shape)]


def _vanishes(n: Node, domain: Domain) -> bool:
    try:
        found = scalars.decide(n, n.graph.zero, domain, scalars.Quick(Ring(n.graph)))
    except (Unwieldy, RecursionError):
        return False
    return found.status == "proved" or (found.status == "undecided" and _by_coefficients(n))


def _meets(point: Point, given: Sequence[Node]) -> bool:
    values = {s: rational(v) for s, v in point.items()}
    return all(truth(c, values) is True for c in given)
