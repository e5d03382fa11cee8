"""What a side is more than the other as a combination of what is known: the factors of a ``Combination``.

Equations: multiples of the equations that are known, the numbers by linear algebra, the monomials to multiply with those that
take a monomial of one polynomial to one of another (Macaulay 1902; a few rounds). Inequalities: products of two, squares, and
multiples of equations, the numbers by a linear program (``engine.algebra.positivstellensatz``). All in the checker's field, of
what it knows once the hypotheses are learnt.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement

from derive import flint
from derive.engine.certify.written import written
from derive.expr.graph import Node
from derive.flint import arb, fmpq, fmpq_mpoly
from derive.lazily import lazily
from derive.numbers.rational_functions import Poly, Quotient
from derive.proof.check import Rejected
from derive.proof.evaluation import Evaluated
from derive.proof.signs import NEGATIVE, NONNEGATIVE, NONPOSITIVE, POSITIVE

with lazily():
    from derive.engine.algebra import positivstellensatz

MAX_ROUNDS = 3  # of monomials to multiply with
MAX_COLUMNS, MAX_ROWS = 160, 200
MAX_FACTS = 10  # that are multiplied with each other
MAX_SQUARED = 9  # monomials of which squares are taken
MAX_DEGREE = 6
MAX_ADDENDS = 40
ONE_SIDED = {POSITIVE: (1, True), NONNEGATIVE: (1, False), NEGATIVE: (-1, True), NONPOSITIVE: (-1, False)}

Factors = tuple[tuple[Node, Node], ...]
Monomial = tuple[int, ...]


def by_equations(made: Evaluated, left: Node, right: Node) -> Factors:
    """left - right by multiples of what is known to be 0. Raises Rejected where they are not found."""
    x = made.known(left) - made.known(right)
    given = [*made.zeros, *(made.gen(a) ** a.relation[0] - a.relation[1] for a in made.related if a.relation)]
    if not made.zeros or x.num == 0:
        raise Rejected("no equations")
    targets, multiples = [_terms(x.num)], dict[tuple[int, Monomial], dict[Monomial, fmpq]]()
    rows = set(targets[0])
    for _ in range(MAX_ROUNDS):
        for i, g in enumerate(given):
            terms = _terms(g)
            for t in sorted(rows):
                for e in terms:
                    m = tuple(a - b for a, b in zip(t, e, strict=True))
                    if min(m) >= 0 and (i, m) not in multiples:
                        multiples[i, m] = {tuple(a + b for a, b in zip(m, f, strict=True)): c for f, c in terms.items()}
        rows = {e for column in (*targets, *multiples.values()) for e in column}
        if len(multiples) > MAX_COLUMNS or len(rows) > MAX_ROWS:
            break
        if (found := _solved(list(multiples.values()), targets[0], sorted(rows))) is not None:
            parts: dict[int, dict[Monomial, fmpq]] = {}
            for (i, m), c in zip(multiples, found, strict=True):
                if c != 0 and i < len(made.zeros):
                    parts.setdefault(i, {})[m] = c
            return tuple(
                (_node(made, Quotient(made, fmpq_mpoly(p, made.ctx), x.den)), _node(made, made.poly(given[i])))
                for i, p in parts.items()
            )
    raise Rejected("not seen to follow from the equations")


def _terms(p: Poly) -> dict[Monomial, fmpq]:
    return {tuple(map(int, e)): fmpq(c) for e, c in p.terms()}


def _solved(
    columns: list[dict[Monomial, fmpq]], target: dict[Monomial, fmpq], rows: list[Monomial]
) -> list[fmpq] | None:
    """Numbers by which the columns add up to the target."""
    matrix = flint.fmpq_mat(len(rows), len(columns) + 1)
    for i, e in enumerate(rows):
        for j, column in enumerate((*columns, target)):
            if e in column:
                matrix[i, j] = column[e]
    reduced, rank = matrix.rref()
    found = [fmpq(0)] * len(columns)
    for i in range(rank):
        pivot = next(j for j in range(len(columns) + 1) if reduced[i, j] != 0)
        if pivot == len(columns):
            return None
        found[pivot] = reduced[i, len(columns)]
    return found


def by_inequalities(made: Evaluated, x: Quotient | None, strict: bool = True, plainly: bool = False) -> Factors:
    """x > 0, or x >= 0, as a sum of what is (``plainly``: without products); without x, 0 > 0: that what is known contradicts
    itself. Raises Rejected where that is not found."""
    p, below = made.one_poly, made.const(1)
    if x is not None:
        den = made.sign(x.den)
        if den not in (POSITIVE, NEGATIVE):
            raise Rejected("a denominator of unknown sign")
        p, below = (x.num, made.poly(x.den)) if den == POSITIVE else (-x.num, made.poly(-x.den))
    known = list(_known(made, p if x is not None else None))
    claims = [] if x is None else [(-p, not strict)]
    for more in (_nothing, *(() if plainly else (_multiplied, _pairs, _squares, _inside))):
        known = [*known, *more(made, p, known)][:MAX_COLUMNS]
        found = positivstellensatz.combination([*claims, *((q, s) for q, s, _ in known)])
        if found is None or (claims and 0 not in found):
            continue
        scale = found[0] if claims else fmpq(1)
        return tuple(
            (_node(made, u * made.const(found[i] / scale) / below), _node(made, v))
            for i, (_, _, (u, v)) in enumerate(known, len(claims))
            if i in found
        )
    raise Rejected("not seen to follow from the inequalities")


def by_addends(left: Node, right: Node) -> Factors:
    """left - right addend by addend, where each side is a sum of as many. Raises Rejected where they are not."""
    pairs = _addends(left), _addends(right)
    if len(pairs[0]) != len(pairs[1]) or not 2 <= len(pairs[0]) <= MAX_ADDENDS:
        raise Rejected("no sums of as many addends")
    g = left.graph
    return tuple((g.one, g.sub(a, b)) for a, b in zip(*pairs, strict=True))


def _addends(n: Node) -> list[Node]:
    g = n.graph
    match n.op:
        case "def":
            return _addends(n.args[0])
        case "add":
            return [a for part in n.args for a in _addends(part)]
        case "sub":
            return [*_addends(n.args[0]), *map(g.neg, _addends(n.args[1]))]
        case "neg":
            return list(map(g.neg, _addends(n.args[0])))
        case "div":
            return [g.div(a, n.args[1]) for a in _addends(n.args[0])]
        case "mul" if len(parts := _addends(n.args[1])) > 1:
            return [g.mul(n.args[0], a) for a in parts]
        case "mul":
            return [g.mul(a, n.args[1]) for a in _addends(n.args[0])]
    return [n]


_Known = tuple[Poly, bool, tuple[Quotient, Quotient]]  # p > 0 or p >= 0, and the factors of p


def _known(made: Evaluated, p: Poly | None) -> Iterator[_Known]:
    """The inequalities that are known of the atoms of p, and of those that others tie to them; without p, all."""
    one, seen = made.const(1), set()
    speaks = _reached(made, p) if p is not None else set(range(len(made.atoms)))
    for f in list(made.facts.values()):
        if f.sign in ONE_SIDED and {a.index for a in made.used(f.form.poly)} <= speaks:
            sign, strict = ONE_SIDED[f.sign]
            seen.add(made.form(f.form.poly))
            yield f.form.poly * sign, strict, (one, made.poly(f.form.poly * sign))
    for i in sorted(speaks):
        a = made.atoms[i]
        if (m := made.sign(made.gen(a))) in ONE_SIDED and made.form(made.gen(a)) not in seen:
            sign, strict = ONE_SIDED[m]
            yield made.gen(a) * sign, strict, (one, made.poly(made.gen(a) * sign))
        if a.number is not None and a.number.is_finite():
            for end in (made.gen(a) - _rational(a.number.lower()), _rational(a.number.upper()) - made.gen(a)):
                yield end, False, (one, made.poly(end))


def _rational(x: arb) -> fmpq:
    """An end of a ball."""
    mantissa, exponent = x.mid().man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent)


def _nothing(made: Evaluated, p: Poly, known: list[_Known]) -> list[_Known]:
    return []


def _reached(made: Evaluated, p: Poly) -> set[int]:
    """The atoms of p and those that known comparisons tie to them."""
    found = {a.index for a in made.used(p)}
    facts = [{a.index for a in made.used(f)} for f in (*(f.form.poly for f in made.facts.values()), *made.zeros)]
    while more := {i for used in facts if used & found for i in used} - found:
        found |= more
    return found


def _multiplied(made: Evaluated, p: Poly, known: list[_Known]) -> list[_Known]:
    """What is known times what an atom is multiplied with in p, where that has a sign; equations times the monomials of p."""
    found: list[_Known] = []
    for m in dict.fromkeys(m for e in _terms(p) for m in _lesser(e)):
        factor = fmpq_mpoly({m: fmpq(1)}, made.ctx)
        if (sign := made.sign(factor)) in ONE_SIDED:
            way, strict = ONE_SIDED[sign]
            u = made.poly(factor * way)
            short = [k for k in known if k[0].total_degree() == 1]
            found += [(made.reduce(factor * way * q), strict and s, (u, v)) for q, s, (_, v) in short]
    for z in made.zeros:
        for e in (e for e in _terms(p) if sum(e)):
            m = fmpq_mpoly({e: fmpq(1)}, made.ctx)
            q = made.reduce(m * z)
            found += [(sign * q, False, (made.poly(m * sign), made.poly(z))) for sign in (1, -1)]
    return found


def _lesser(e: Monomial) -> list[Monomial]:
    """The monomials that are multiplied with an atom in another one."""
    lesser = [(*e[:i], n - 1, *e[i + 1 :]) for i, n in enumerate(e) if n]
    return [m for m in lesser if sum(m)]


def _pairs(made: Evaluated, p: Poly, known: list[_Known]) -> list[_Known]:
    short = [k for k in known if not k[0].is_constant()][:MAX_FACTS]
    made_of = [
        (made.reduce(q * r), s and t, (u, v))
        for (q, s, (_, u)), (r, t, (_, v)) in combinations_with_replacement(short, 2)
        if q.total_degree() + r.total_degree() <= MAX_DEGREE
    ]
    zeros = []
    monomials = {e for q, _, _ in known for e in _terms(q)} | set(_terms(p))
    for z in made.zeros:
        for e in sorted(monomials):
            m = fmpq_mpoly({e: fmpq(1)}, made.ctx)
            if m.total_degree() + z.total_degree() <= MAX_DEGREE:
                q = made.reduce(m * z)
                zeros += [(sign * q, False, (made.poly(m * sign), made.poly(z))) for sign in (1, -1)]
    return [*made_of, *zeros]


def _squares(made: Evaluated, p: Poly, known: list[_Known]) -> list[_Known]:
    """Squares of monomials whose squares occur, of their sums and differences."""
    seen = {e for q in (p, *made.zeros, *(k[0] for k in known)) for e in _terms(q)}
    halves = {tuple(n // 2 for n in e) for e in seen if all(n % 2 == 0 for n in e)}
    roots = [a for a in made.related if a.relation and a.relation[0] == 2 and p.degrees()[a.index]]  # |a|**2 is a**2
    halves |= {e for a in roots for e in _terms(made.gen(a))}
    return _squared(made, halves)


def _inside(made: Evaluated, p: Poly, known: list[_Known]) -> list[_Known]:
    """Squares of what lies between the monomials whose squares occur in p."""
    inside = positivstellensatz.between(_terms(p))
    return _squared(made, {(0,) * len(inside[0]), *inside}) if inside else []


def _squared(made: Evaluated, halves: set[Monomial]) -> list[_Known]:
    roots = [fmpq_mpoly({e: fmpq(1)}, made.ctx) for e in sorted(halves, key=lambda e: (sum(e), e))[:MAX_SQUARED]]
    used = [r for r in roots if not r.is_constant()]
    used += [a + sign * b for i, a in enumerate(roots) for b in roots[:i] for sign in (1, -1)]
    return [(made.reduce(r * r), False, (made.poly(r), made.poly(r))) for r in used]


def _node(made: Evaluated, x: Quotient) -> Node:
    try:
        return written(made, x)
    except KeyError:
        raise Rejected("what is known has no expression") from None
