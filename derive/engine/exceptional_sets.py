"""Where a strict inequality fails on a thin set, said of the symbols: ``x**2 > 0`` holds if x != 0.

What a proof by regions leaves out are zeros of what it split at, such as ``x**2``; what a point refutes at which the sides are
equal may hold elsewhere. These are the zeros of factors, and a factor is read down to what vanishes in it: |u| and sqrt(u)
vanish with u, exp(u) - exp(v) with u - v, and a factor that is linear in its only symbol is solved for it. Where no more comes
of that than that the claim's own sides differ, nothing was said (every claim is true under itself): the claim is wrong there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from derive.engine.algebra.between import exponents
from derive.engine.algebra.normal import Normal
from derive.engine.algebra.polynomials import Poly, Quotient, Ring, Unwieldy, monomials
from derive.engine.algebra.signs import NEGATIVE, POSITIVE, ZERO, Signs
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations.cells import Cell
from derive.engine.equations.regions import Regions, knowledge
from derive.expr.graph import Node
from derive.flint import fmpq
from derive.language.printing import to_text
from derive.numbers.balls import rational, truth

#: Whether a condition is proved on a domain.
Prove = Callable[[Node, Domain], bool]


def informative(found: Decision, condition: Node, domain: Domain, prove: Prove) -> Decision:
    """A decision on a scalar condition, told by its symbols where it fails on a thin set.

    Of ``proved-if`` what is missing becomes as simple as it gets, and it becomes ``refuted`` where that says no more than the
    condition itself. ``refuted`` becomes ``proved-if`` where the sides are equal at the witness and the inequality is proved
    off the zeros of their difference.
    """
    g = condition.graph
    if condition.op == "not" and condition.args[0].op == "eq":
        condition = g.call("ne", *condition.args[0].args)
    strict = condition.op in ("gt", "lt", "ne")
    if found.status == "refuted":
        point = {n: rational(v) for n, v in (found.witness or {}).items()}
        if not strict or not point or truth(g.call("eq", *condition.args), point) is not True:
            return found
    elif found.status != "proved-if":
        return found
    if found.status == "refuted":
        suffices = tuple(beside_zeros(condition, domain, prove) or ())
        if not suffices:
            return found
        return replace(found, status="proved-if", missing=suffices, conditions=suffices, method="normal form")
    missing = found.missing or (g.call("ne", *condition.args),)
    regions = knowledge(domain, g)
    try:
        read = regions._retrying(lambda: _read(regions, missing, condition))
    except Unwieldy:
        return found
    if read is None:
        false = truth(condition, {n: rational(v) for n, v in (found.witness or {}).items()}) is False
        return replace(found, status="refuted", missing=(), conditions=(), method="ball arithmetic") if false else found
    rest = [c for c in found.conditions if c not in missing]
    return replace(found, missing=tuple(read), conditions=tuple(dict.fromkeys([*read, *rest])))


def beside_zeros(condition: Node, domain: Domain, prove: Prove) -> list[Node] | None:
    """What an inequality of scalars that fails where its sides are equal needs, told by its symbols, where it is proved under
    that; None where that is not found, or says no more than the inequality itself."""
    g = condition.graph
    if condition.op not in ("gt", "lt", "ne"):
        return None
    regions = knowledge(domain, g)
    missing = (g.call("ne", *condition.args),)
    try:
        read: list[Node] | None = regions._retrying(lambda: _read(regions, missing, condition))
    except Unwieldy:
        return None
    return read if read and prove(condition, domain.given(*read)) else None


def vanishing(n: Node, domain: Domain) -> list[Node]:
    """Expressions of which one is 0 wherever a scalar is, and which make it 0: of exp(x*y) - 1 these are x and y."""
    regions = knowledge(domain, n.graph)

    def work() -> list[Node]:
        ring, signs = regions.ring, regions._signs(Cell())
        value = _value(Normal(ring, signs), n)
        if value is None:
            return [n]
        parts = _factors(ring, signs, value)
        return [ring.node(p) for f, _ in parts for p in _down(ring, signs, f)]

    try:
        found: list[Node] = regions._retrying(work)
    except Unwieldy:
        return [n]
    return found


def factors_of(n: Node, domain: Domain) -> tuple[Node | None, Node | None] | None:
    """The one factor of unknown sign, with the sign of the whole, where there are others; and, where that is a sum of two terms
    of opposite sign, the difference of their logarithms, which has that sign, too. None where too much is not known."""
    regions = knowledge(domain, n.graph)

    def work() -> tuple[Node | None, Node | None] | None:
        ring, signs = regions.ring, regions._signs(Cell())
        value = _value(Normal(ring, signs), n)
        if value is None:
            return None
        sign, left, count = 1, [], 0
        for p in (value.num, value.den):
            content, parts = ring.factor(p)
            sign *= 1 if content > 0 else -1
            for f, k in parts:
                mask, count = signs.mask(f), count + 1
                if mask == POSITIVE or (mask == NEGATIVE and k % 2 == 0):
                    continue
                if mask == NEGATIVE:
                    sign = -sign
                else:
                    left.append((f, k))
        if len(left) != 1 or left[0][1] != 1:
            return None
        f = left[0][0] * sign
        return ring.node(f) if count > 1 else None, _by_logarithms(ring, signs, f)

    try:
        found: tuple[Node | None, Node | None] | None = regions._retrying(work)
    except Unwieldy:
        return None
    return found


def written(n: Node, domain: Domain) -> Node:
    """A scalar by its normal form, where that is a polynomial; else as it is."""
    regions = knowledge(domain, n.graph)

    def work() -> Node:
        value = _value(Normal(regions.ring, regions._signs(Cell())), n)
        return regions.ring.node(value.num) if value is not None and value.den.is_one() else n

    try:
        found: Node = regions._retrying(work)
    except Unwieldy:
        return n
    return found


def _by_logarithms(ring: Ring, signs: Signs, f: Poly) -> Node | None:
    """log(p) - log(q) of f = p - q, two terms whose kernels are all positive."""
    g = ring.graph
    terms = list(monomials(f, ring.ctx))
    if len(terms) != 2 or not terms[0][1] * terms[1][1] < 0 or any(signs.kernel(k) != POSITIVE for k in ring.used(f)):
        return None
    total = g.zero
    for m, c in terms:
        logs = g.call("log", g.const(_number(abs(c))))
        for k in ring.used(m):
            part = k.node.args[0] if k.kind == "exp" else g.call("log", k.node)
            logs = g.add(logs, g.mul(g.const(int(m.degrees()[k.index])), part))
        total = g.add(total, logs) if c > 0 else g.sub(total, logs)
    return total


def _read(regions: Regions, missing: Sequence[Node], condition: Node) -> list[Node] | None:
    """The missing conditions by the factors in them that may vanish; None where they are the condition itself."""
    ring, signs = regions.ring, regions._signs(Cell())
    nf = Normal(ring, signs)
    g = condition.graph
    own: list[Poly] = []
    for c in alternatives(condition):
        parts = _factors(ring, signs, _value(nf, g.sub(*c.args)))
        own += [parts[0][0], -parts[0][0]] if len(parts) == 1 and parts[0][1] == 1 else []
    said: dict[Node, None] = {}
    for c in missing:
        parts = _factors(ring, signs, _value(nf, g.sub(*c.args))) if c.op == "ne" else []
        read = [p for f, _ in parts for p in _down(ring, signs, f)]
        if any(f in own for f in read):
            return None
        said.update(dict.fromkeys([_unequal(ring, f) for f in read] or [c]))
    return sorted(said, key=to_text)


def alternatives(condition: Node, holds: bool = True) -> list[Node]:
    """The strict comparisons any one of which is enough for a condition (or, without ``holds``, those whose failure is): itself,
    or what ``or`` joins."""
    if condition.op == "not":
        return alternatives(condition.args[0], not holds)
    if condition.op == ("or" if holds else "and"):
        return [c for a in condition.args for c in alternatives(a, holds)]
    return [condition] if condition.op in (("gt", "lt", "ne") if holds else ("ge", "le", "eq")) else []


def _value(nf: Normal, n: Node) -> Quotient | None:
    nf.run([n])
    value = nf.values[n]
    return value if isinstance(value, Quotient) else None


def _factors(ring: Ring, signs: Signs, x: Quotient | None) -> list[tuple[Poly, int]]:
    """The factors of a numerator that may vanish; one that is known not to is left out."""
    return [(f, int(n)) for f, n in ring.factor(x.num)[1] if signs.mask(f) & ZERO] if x is not None else []


def _down(ring: Ring, signs: Signs, f: Poly) -> list[Poly]:
    """The polynomials of which one vanishes just where f does, of what stands inside the functions in f."""
    used = ring.used(f)
    if (gap := exponents(f, ring)) is not None:
        inside = gap.num
    elif len(used) == 1 and used[0].kind in ("abs", "root") and f == f.leading_coefficient() * ring.gen(used[0]):
        inside = used[0].parts[0]
    else:
        return [f]
    return [q for p, _ in ring.factor(inside)[1] if signs.mask(p) & ZERO for q in _down(ring, signs, p)]


def _unequal(ring: Ring, f: Poly) -> Node:
    """f != 0 as people write it: x != 1/2, a != b, 2*x + 1 != 3*y."""
    g = ring.graph
    terms = sorted(((ring.node(m), _number(c)) for m, c in monomials(f, ring.ctx)), key=lambda t: to_text(t[0]))
    moving = [(m, c) for m, c in terms if m.op != "const"]
    constant = sum((c for m, c in terms if m.op == "const"), Fraction(0))
    if len(moving) == 1:
        (m, c) = moving[0]
        return g.call("ne", m, g.const(-constant / c))
    flip = 1 if moving[0][1] > 0 else -1
    sides = {1: g.zero, -1: g.zero}
    for m, c in [*moving, (g.one, constant)]:
        side = 1 if c * flip > 0 else -1
        sides[side] = g.add(sides[side], g.mul(g.const(abs(c)), m))
    return g.call("ne", sides[1], sides[-1])


def _number(c: fmpq) -> Fraction:
    return Fraction(int(c.p), int(c.q))
