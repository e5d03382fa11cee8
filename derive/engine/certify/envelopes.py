"""Inequalities with pieces, from what these are never less (or more) than: ``max(a, b)`` than a and b, ``|u|`` than u and -u.

Each such function is a variable between these; then the claim is one without kinks, and a linear program decides what otherwise
has a region for each order of what is compared. Only what holds for all values between the envelopes is shown so.
"""

from __future__ import annotations

from derive.expr.graph import Node, topological
from derive.expr.kinks import both_sides, turns_on
from derive.expr.operators import JOINED_PIECES, OPERATORS, ORDERS
from derive.lazily import lazily
from derive.numbers.rational_functions import Quotient
from derive.proof.certificates import Certificate, Combination, Evaluation, Lemma, Parts, Split, Substitution
from derive.proof.check import Rejected, Theorem, check
from derive.proof.evaluation import Evaluated, evaluated
from derive.proof.sequent import HALVES, Sequent, conjunction, equation
from derive.proof.signs import NEGATIVE, POSITIVE, product

with lazily():
    from derive.engine.certify import combinations

MANY, MAX_PIECES = 4, 40  # with fewer there are few orders
MAX_SPLITS = 10  # within each other
SIDES = {"convex": "ge", "concave": "le"}


def pieces(condition: Node) -> tuple[Node, ...]:
    """The functions with an envelope on one side, as in ``max(a, b) >= a``, arguments before users."""
    return tuple(n for n in topological([condition]) if n.op in JOINED_PIECES and OPERATORS[n.op].bends in SIDES)


def enveloped(s: Sequent) -> Theorem:
    """The theorem that an inequality of scalars holds by the envelopes of its pieces. Raises Rejected where that is not found."""
    opaque = pieces(s.conclusion)
    if s.conclusion.shape or s.conclusion.op not in ORDERS or not 0 < len(opaque) <= MAX_PIECES:
        raise Rejected("no inequality with pieces")
    facts, shown = zip(*(of for n in opaque for of in _envelopes(n, opaque)), strict=True)
    fact = conjunction(list(facts))
    because = check(s.concluding(fact), Parts(shown))
    then = _added_up(s.given(fact), opaque, MAX_SPLITS)
    return check(s, Lemma(fact, because.certificate, then.certificate), [because, then])


def _added_up(s: Sequent, opaque: tuple[Node, ...], splits: int) -> Theorem:
    """By what is known of variables. What stands where its envelope says nothing, as ``|u|`` in ``|u| <= w``, is looked at on
    both sides of its kink."""
    (entry,), c = s.entries(), s.conclusion
    made = evaluated([entry], opaque=opaque)
    left, right = c.args if c.op not in ("lt", "le") else c.args[::-1]
    gap = made.known(left) - made.known(right)
    n = next((n for n in reversed(opaque) if _against(made, gap, n)), None)
    by, sides = (turns_on(n), both_sides(n)) if n is not None else (None, None)
    if n is None or by is None or sides is None or not splits:
        return _combined(s, made, gap, opaque)
    try:
        return _combined(s, made, gap, opaque, plainly=True)
    except Rejected:
        pass  # not by its envelope
    rest = tuple(m for m in opaque if m is not n)
    parts = [_as(case, n, side, rest, splits) for case, side in zip(s.cases(by, HALVES), sides, strict=True)]
    return check(s, Split(by, tuple(part.certificate for part in parts)), parts)


def _as(s: Sequent, n: Node, side: Node, rest: tuple[Node, ...], splits: int) -> Theorem:
    """Where a piece is one of its sides."""
    because = check(s.concluding(equation(n, side)), Evaluation(rest))
    then = _added_up(s.put({n: side}), rest, splits - 1)
    return check(s, Substitution(n, side, because.certificate, then.certificate), [because, then])


def _combined(s: Sequent, made: Evaluated, gap: Quotient, opaque: tuple[Node, ...], plainly: bool = False) -> Theorem:
    c = s.conclusion
    of = combinations.by_inequalities(made, gap, c.op in ("gt", "lt"), plainly)
    if c.op in ("lt", "le"):
        of = tuple((a.graph.neg(a), b) for a, b in of)
    return check(s, Combination(of, opaque))


def _against(made: Evaluated, gap: Quotient, n: Node) -> bool:
    """Whether the gap is less where a convex function is more, or more where a concave one is."""
    found = made.values.get(n)
    atom = made.single(found.num) if isinstance(found, Quotient) else None
    if atom is None or gap.num.degrees()[atom.index] != 1:
        return False
    rises = made.sign(gap.num.derivative(atom.index)), made.sign(gap.den)
    return product(*rises) == (NEGATIVE if OPERATORS[n.op].bends == "convex" else POSITIVE)


def _envelopes(n: Node, opaque: tuple[Node, ...]) -> list[tuple[Node, Certificate]]:
    """That a function is not less (more) than each of its pieces, whatever the functions in it are."""
    way, sides = SIDES[OPERATORS[n.op].bends], both_sides(n)
    others = Evaluation(tuple(m for m in opaque if m is not n))
    return [(n.graph.call(way, n, side), others) for side in sides or ()]
