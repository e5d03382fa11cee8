"""What the checker works with as expressions: quotients over atoms, and what equations say that a symbol is."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.errors import Rejected
from derive.expr.graph import Node
from derive.flint import fmpq_mpoly
from derive.numbers.rational_functions import Poly, Quotient
from derive.proof.evaluation import Evaluated
from derive.proof.signs import ANY, NEGATIVE, POSITIVE, ZERO


def solutions(made: Evaluated, z: Poly) -> Iterator[tuple[Node, Node]]:
    """Symbols in which z = 0 is linear, with what each equals."""
    used = made.used(z)
    for a in reversed(used):
        if a.key[0] != "leaf" or z.degrees()[a.index] != 1 or any(a.index in b.leaves for b in used if b is not a):
            continue
        slope = z.derivative(a.index)
        if made.sign(slope) & ZERO:
            continue
        try:
            yield a.key[1], written(made, Quotient(made, made.gen(a) * slope - z, slope))
        except KeyError:
            continue


def over_roots(made: Evaluated, x: Quotient) -> tuple[Node, Node]:
    """u and v, x = v - u: v the terms with roots that are not negative; or u those that are not positive, if these are none.
    Raises Rejected where there are no roots, or nothing else."""
    more = less = other = made.ctx.constant(0)
    for e, c in x.num.terms():
        term = fmpq_mpoly({e: c}, made.ctx)
        sign = made.sign(term) if any(a.key[0] == "root" for a in made.used(term)) else ANY
        if not sign & NEGATIVE:
            more += term
        elif not sign & POSITIVE:
            less -= term
        else:
            other += term
    u, v = (less - other, more) if more != 0 else (less, other)
    if not x.den.is_one() or (more == 0 and less == 0) or u == 0 or v == 0:
        raise Rejected("no roots")
    return written(made, made.poly(u)), written(made, made.poly(v))


def written(made: Evaluated, x: Quotient) -> Node:
    """A quotient as an expression. Raises KeyError where an atom has none."""
    g = next(iter(made.roots)).graph

    def poly(p: Poly) -> Node:
        total = g.zero
        for e, c in p.terms():
            term = g.const(fraction(c))
            for i, n in enumerate(e):
                if n:
                    term = g.mul(term, g.pow(atom(i), g.const(int(n))))
            total = g.add(total, term)
        return total

    def atom(i: int) -> Node:
        a = made.atoms[i]
        if i in made.exponents:
            return g.call("exp", written(made, made.exponents[i]))
        match a.key[0]:
            case "leaf":
                node: Node = a.key[1]
                return node
            case "log":
                m, inner = made.sign(a.argument), poly(a.argument)
                return g.call(
                    "log", inner if m == POSITIVE else g.neg(inner) if m == NEGATIVE else g.call("abs", inner)
                )
            case "abs":
                return g.call("abs", poly(a.argument))
            case "root":
                return g.call("pow", poly(a.argument), g.const(Fraction(1, a.key[2])))
            case "cos" | "sin":
                return g.call(a.key[0], g.div(g.mul(g.const(fraction(a.key[2])), poly(a.of[0])), poly(a.of[1])))
            case "erf" | "atan":
                return g.call(a.key[0], g.div(poly(a.of[0]), poly(a.of[1])))
            case "pi":
                return g.call("pi")
        raise KeyError(i)

    return g.div(poly(x.num), poly(x.den))


def fraction(c: object) -> Fraction:
    return Fraction(int(c.p), int(c.q))  # type: ignore[attr-defined]
