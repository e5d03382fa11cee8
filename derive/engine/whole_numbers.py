"""What is known of whole numbers, such as numbers of steps: that a symbol is one, where it begins, and of powers with one in the
exponent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil

from derive.engine import relation
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS

MAX_FACTOR = 4  # of a whole number in an exponent


def start(a: Node, t: Node) -> int | None:
    """The first whole number of an assumption t >= c, t > c; None where it says something else."""
    if a.op not in ORDERS:
        return None
    x, y = a.args if a.op in ("gt", "ge") else a.args[::-1]
    if x is not t or y.op != "const":
        return None
    c = Fraction(y.attr)
    return ceil(c) + (c.denominator == 1 and a.op in ("gt", "lt"))


def says_whole(a: Node, t: Node) -> bool:
    """Whether an assumption is t = floor(t)."""
    return a.op == "eq" and any(x is t and y.op == "floor" and y.args[0] is t for x, y in (a.args, a.args[::-1]))


def affine(k: Node, t: Node) -> tuple[int, int] | None:
    """The whole numbers a > 0 and c of a*t + c."""
    match k.op:
        case "symbol" if k is t:
            return 1, 0
        case "def":
            return affine(k.args[0], t)
        case "mul":
            for c, x in (k.args, k.args[::-1]):
                inner = affine(x, t)
                if inner and c.op == "const" and isinstance(c.attr, int) and 0 < c.attr * inner[0] <= MAX_FACTOR:
                    return c.attr * inner[0], c.attr * inner[1]
        case "add" | "sub":
            for c, x in (k.args[::-1], k.args)[: 2 if k.op == "add" else 1]:
                inner = affine(x, t)
                if inner and c.op == "const" and isinstance(c.attr, int):
                    return inner[0], inner[1] + (c.attr if k.op == "add" else -c.attr)
    return None


def freely(
    roots: Sequence[Node], t: Node, least: int, domain: Domain, decide: Callable[[Sequence[Node], Domain], Decision]
) -> Decision | None:
    """A proof with any number in the place of a power with a whole t >= ``least`` in its exponent, or None.

    ``u**(t + c)`` is ``u**c`` times one number for every c, whatever the sign of u is. Of powers of what is not negative
    the sign is known.
    """
    every = [*roots, *domain.hypotheses]
    powers: dict[Node, tuple[Node, int, int]] = {}
    for n in topological(every):
        if n.op == "pow" and n.args[1].op != "const" and t not in topological([n.args[0]]):
            exponent = affine(n.args[1], t)
            if exponent is not None:
                powers[n] = (n.args[0], *exponent)
    g, values, known = t.graph, {}, []
    numbers: dict[tuple[Node, int], Node] = {}
    for n, (u, factor, shift) in powers.items():
        first = min(c for v, a, c in powers.values() if v is u and a == factor)
        if factor * least + first < 0:
            continue
        if (u, factor) not in numbers:
            p = numbers[u, factor] = g.symbol(f"{t.attr}{len(numbers)}^'")
            known += _sign(p, u, factor % 2 == 0 and first % 2 == 0, domain)
        rest = shift - first
        values[n] = g.mul(numbers[u, factor], g.pow(u, g.const(rest))) if rest else numbers[u, factor]
    if not values:
        return None
    free = substitute_all(every, values)
    found = decide(free[: len(roots)], domain.under([*free[len(roots) :], *known]))
    spoken = found.conditions and not set(numbers.values()).isdisjoint(topological(found.conditions))
    return found if found.status == "proved" and not spoken else None


def _sign(p: Node, u: Node, even: bool, domain: Domain) -> list[Node]:
    """What is known of a power p, with a whole exponent from 0 on, of u."""
    g = p.graph
    for op, c in (("ge", g.one), ("gt", g.zero), ("ge", g.zero)):
        if relation.decide_holds(g.call(op, u, c), domain).status == "proved":
            return [g.call(op, p, c)]
    return [g.call("ge", p, g.zero)] if even else []
