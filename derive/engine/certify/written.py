"""What the checker works with as expressions: quotients over atoms, and what equations say that a symbol is."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.expr.graph import Node
from derive.proof.evaluation import Evaluated
from derive.proof.field import Poly, Quotient
from derive.proof.signs import ZERO


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


def written(made: Evaluated, x: Quotient) -> Node:
    """A quotient as an expression. Raises KeyError where an atom has none."""
    g = made.now.graph

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
                return g.call("log", g.call("abs", poly(a.argument)))
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
