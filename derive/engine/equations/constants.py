"""The sign of a number, exactly: is ``sqrt(2) + sqrt(3) - sqrt(5 + 2*sqrt(6))`` zero?

A ball that leaves out 0 settles it; otherwise the normal form may be 0. What is algebraic is 0 if it is smaller than every number
of its kind that is not: the separation bound of Burnikel, Fleischer, Mehlhorn and Schirra (A strong and easily computable
separation bound for arithmetic expressions involving radicals, Algorithmica 27, 2000), with cosines of rational multiples of pi
among the operands. A sum of arcs is 0 if it is small and its sine is 0, a sum of logarithms if the product is 1.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

import derive.engine.algebra.kernels  # noqa: F401  (registers the rules)
from derive.engine.algebra.normal import Normal
from derive.engine.algebra.polynomials import Quotient, Regrow, Ring, Unwieldy
from derive.engine.algebra.signs import Signs
from derive.expr.graph import Node, topological
from derive.expr.operators import BY_SIGN
from derive.flint import arb, fmpq
from derive.numbers.balls import evaluate, precision
from derive.records import dataclass

PRECISIONS = (128, 512, 2048)
MAX_BITS = 40_000  # of a separation bound
MAX_DEGREE = 4_096  # of the field that the radicals generate
MAX_TURN = 2_000  # denominators of multiples of pi
MAX_MULTIPLE = 24  # of an arc or a logarithm
MAX_GROWN = 20  # rings with finer and finer exponents
MAX_DEPTH = 3
MAX_NODES = 400


def sign(n: Node, depth: int = MAX_DEPTH) -> int | None:
    """-1, 0 or 1 for a scalar without symbols; None where that is not settled, or it has no value."""
    order = topological([n])
    if n.shape or len(order) > MAX_NODES or any(m.op in ("symbol", "index", "apply", "computed") for m in order):
        return None
    for bits in PRECISIONS:
        value = evaluate([n], {}, bits)[0]
        if isinstance(value, Exception | bool):
            return None
        with precision(bits):
            if value > 0 or value < 0:
                return 1 if value > 0 else -1
            if value == 0:
                return 0
    zero = _normal_form_is_zero(n) or _algebraic_zero(n) or (depth > 0 and _sum_is_zero(n, depth - 1))
    return 0 if zero else None


def holds(c: Node) -> bool | None:
    """Whether a comparison of scalars without symbols holds, exactly; None where that is not settled."""
    found = sign(c.graph.sub(*c.args))
    if found is None:
        return None
    return BY_SIGN[c.op](found)


def _normal_form_is_zero(n: Node) -> bool:
    ring = Ring(n.graph)
    try:
        for _ in range(MAX_GROWN):
            try:
                nf = Normal(ring, Signs(ring))
                nf.run([n])
                value = nf.values[n]
                return isinstance(value, Quotient) and ring.difference(value, ring.zero) == 0
            except Regrow:
                continue
    except Unwieldy:
        pass
    return False


# -- algebraic numbers --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Size:
    """An algebraic number as U/L, algebraic integers none of whose conjugates is above 2**top, 2**bottom in absolute value."""

    top: int
    bottom: int


class _NotAlgebraic(Exception):
    pass


def _algebraic_zero(n: Node) -> bool:
    """Whether a number is algebraic and 0: else |U| would be at least the inverse of the product of its other conjugates."""
    try:
        size, degree = _sized(n)
    except _NotAlgebraic:
        return False
    needed = size.bottom + size.top * (degree - 1)
    if degree > MAX_DEGREE or needed > MAX_BITS:
        return False
    for bits in (needed + 128, 2 * needed + 512):
        value = evaluate([n], {}, bits)[0]
        if isinstance(value, Exception):
            return False
        with precision(bits):
            if bool(abs(arb(value)) < arb(2) ** -(needed + 1)):
                return True
    return False


def _sized(root: Node) -> tuple[_Size, int]:
    """The size of a number, and the degree of a field that holds U and L. Raises _NotAlgebraic."""
    found: dict[Node, _Size] = {}
    radicals, turns = 1, 1
    for n in topological([root]):
        if _inside_an_angle(n, found):
            continue
        args = [found.get(a) for a in n.args]
        if n.op in ("sin", "cos"):
            turn = _turn(n.args[0])
            angle = turn / 2 if n.op == "cos" else Fraction(1, 4) - turn / 2  # sin(t) = cos(pi/2 - t), in full turns
            turns = lcm(turns, angle.denominator)
            found[n] = _Size(
                1, 1
            )  # 2*cos of a rational angle is an algebraic integer, all conjugates of which are cosines
            continue
        if None in args:
            raise _NotAlgebraic
        known = [a for a in args if a is not None]
        if n.op == "sqrt" or n.op == "pow":
            power = Fraction(1, 2) if n.op == "sqrt" else _exponent(n.args[1])
            radicals *= power.denominator
            found[n] = _power(known[0], power)
        else:
            found[n] = _combined(n, known)
        if radicals > MAX_DEGREE or found[n].top + found[n].bottom > MAX_BITS or turns > MAX_TURN:
            raise _NotAlgebraic
    if root not in found:
        raise _NotAlgebraic
    return found[root], radicals * max(1, _totient(turns) // 2)


def _inside_an_angle(n: Node, found: dict[Node, _Size]) -> bool:
    """pi, and what is made with it, is looked at where a sine or cosine is taken of it."""
    return n.op == "pi" or (n.op in ("mul", "div", "neg", "add", "sub") and any(a not in found for a in n.args))


def _combined(n: Node, args: list[_Size]) -> _Size:
    match n.op:
        case "const":
            value = Fraction(n.attr)
            return _Size(abs(value.numerator).bit_length(), (value.denominator - 1).bit_length())
        case "def" | "neg" | "abs" | "hold":
            return args[0]
        case "add" | "sub":
            a, b = args
            return _Size(max(a.top + b.bottom, b.top + a.bottom) + 1, a.bottom + b.bottom)
        case "mul":
            return _Size(args[0].top + args[1].top, args[0].bottom + args[1].bottom)
        case "div":
            return _Size(args[0].top + args[1].bottom, args[0].bottom + args[1].top)
    raise _NotAlgebraic


def _power(a: _Size, power: Fraction) -> _Size:
    """(U/L)**(1/k) = (U*L**(k-1))**(1/k)/L, an algebraic integer over an algebraic integer; then the whole power of it."""
    k, m = power.denominator, power.numerator
    top = -(-(a.top + (k - 1) * a.bottom) // k)
    size = _Size(top, a.bottom)
    if m < 0:
        size = _Size(size.bottom, size.top)
    return _Size(size.top * abs(m), size.bottom * abs(m))


def _exponent(n: Node) -> Fraction:
    if n.op != "const" or abs(Fraction(n.attr)) > MAX_MULTIPLE:
        raise _NotAlgebraic
    return Fraction(n.attr)


def _turn(n: Node) -> Fraction:
    """The rational number that pi is multiplied with. Raises _NotAlgebraic."""
    parts = linear(n, ("pi",))
    if parts is None or len(parts) > 1:
        raise _NotAlgebraic
    return next(iter(parts.values()), Fraction(0))


def _totient(n: int) -> int:
    return sum(gcd(k, n) == 1 for k in range(1, n + 1))


# -- sums of arcs, of logarithms ----------------------------------------------------------------------


def linear(root: Node, ops: tuple[str, ...]) -> dict[Node, Fraction] | None:
    """A scalar as a sum of rational multiples of such calls; None where it is none."""
    done: dict[Node, dict[Node, Fraction] | Fraction] = {}
    for n in topological([root]):
        args = [done.get(a) for a in n.args]
        made: dict[Node, Fraction] | Fraction | None = None
        if n.op in ops:
            made = {n: Fraction(1)}
        elif n.op == "const":
            made = Fraction(n.attr)
        elif n.op in ("def", "hold"):
            made = args[0]
        elif None not in args and args:
            made = _linear(n.op, [a for a in args if a is not None])
        if made is not None:
            done[n] = made
    found = done.get(root)
    if isinstance(found, Fraction):
        return {} if found == 0 else None
    return found


def _linear(op: str, args: list[dict[Node, Fraction] | Fraction]) -> dict[Node, Fraction] | Fraction | None:
    a, b = args[0], args[-1]
    match op:
        case "neg":
            return -a if isinstance(a, Fraction) else {n: -c for n, c in a.items()}
        case "add" | "sub":
            way = 1 if op == "add" else -1
            if isinstance(a, Fraction) and isinstance(b, Fraction):
                return a + way * b
            one, two = ({} if v == 0 else None if isinstance(v, Fraction) else v for v in (a, b))
            if one is None or two is None:
                return None
            total = {n: one.get(n, Fraction(0)) + way * two.get(n, Fraction(0)) for n in {**one, **two}}
            return {n: c for n, c in total.items() if c}
        case "mul" if isinstance(a, Fraction):
            return a * b if isinstance(b, Fraction) else {n: a * c for n, c in b.items() if a}
        case "mul" if isinstance(b, Fraction):
            return {n: b * c for n, c in a.items() if b} if isinstance(a, dict) else None
        case "div" if isinstance(b, Fraction) and b:
            return a / b if isinstance(a, Fraction) else {n: c / b for n, c in a.items()}
    return None


def _sum_is_zero(n: Node, depth: int) -> bool:
    if arcs := linear(n, ("atan", "pi")):
        return _arcs_are_zero(n, arcs, depth)
    if logs := linear(n, ("log", "log1p")):
        return _logarithms_are_zero(n, logs, depth)
    return False


def _whole(parts: dict[Node, Fraction]) -> dict[Node, int] | None:
    """The multiples, brought to whole numbers; None where these are large."""
    unit = lcm(*(c.denominator for c in parts.values()))
    found = {n: int(c * unit) for n, c in parts.items()}
    return found if all(abs(m) <= MAX_MULTIPLE for m in found.values()) else None


def _arcs_are_zero(n: Node, parts: dict[Node, Fraction], depth: int) -> bool:
    """m*n, a small angle, is 0 if its sine is: the imaginary part, up to a positive factor, of a product of 1 + i*tan(arc)."""
    g = n.graph
    half_turns = sum((c for a, c in parts.items() if a.op == "pi"), Fraction(0))
    multiples = _whole({a: c for a, c in parts.items() if a.op != "pi"}) if len(parts) > 1 else {}
    if not multiples:
        return False
    unit = Fraction(next(iter(multiples.values()))) / parts[next(iter(multiples))]
    value = evaluate([n], {}, PRECISIONS[0])[0]
    if isinstance(value, Exception) or not bool(abs(arb(value) * arb(fmpq(int(unit)))) < 3):
        return False
    angle = g.mul(g.const(half_turns * unit), g.call("pi"))
    re, im = g.call("cos", angle), g.call("sin", angle)
    for arc, m in multiples.items():
        u = arc.args[0] if m > 0 else g.neg(arc.args[0])
        for _ in range(abs(m)):
            re, im = g.sub(re, g.mul(u, im)), g.add(im, g.mul(u, re))
    return sign(im, depth) == 0


def _logarithms_are_zero(n: Node, parts: dict[Node, Fraction], depth: int) -> bool:
    g = n.graph
    multiples = _whole(parts)
    if multiples is None:
        return False
    sides = [g.one, g.one]
    for log, m in multiples.items():
        u = log.args[0] if log.op == "log" else g.add(g.one, log.args[0])
        sides[m < 0] = g.mul(sides[m < 0], g.pow(u, g.const(abs(m))))
    return sign(g.sub(*sides), depth) == 0
