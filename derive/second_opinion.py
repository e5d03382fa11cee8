"""The second derivation: SymPy's own ``diff`` on the expanded instance, set against ours.

A derivative as a case writes it (``grad(L, [w, b])``, ``hessian(L, theta)``, ``d(yhat, z3)``) is written out in
scalar SymPy expressions (``derive.exchange.sympy_form``), differentiated by SymPy, and compared entry by entry with what
the calculus derived: exactly where that is decided, else at random rational points.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derive.budget import share
from derive.errors import ExpressionError
from derive.exchange.sympy_form import Expansion, Expr, read_back
from derive.expr.graph import Node, topological
from derive.expr.operators import DERIVATIVES
from derive.records import dataclass

if TYPE_CHECKING:
    from derive.engine.domain import Domain

MAX_DISTINCT = 10_000  # different subexpressions of all entries of a subject
MAX_DIFFERENTIATED = 50_000  # different subexpressions times variables, which is what takes SymPy's time
MAX_STEPS = 1_000_000  # of deciding one pair of entries (derive.budget): what is proved takes a tenth of it
POINTS = 5  # where two entries are compared that are not proved equal
DIGITS = 40
_TRIES = 10 * POINTS
_BITS = 256  # leaves DIGITS after the cancellation of small instances


@dataclass(frozen=True)
class Opinion:
    """What SymPy says of a derivative: ``outcome`` is agrees, differs or undecided.

    ``method`` is proved or sampled (empty where undecided), ``points`` how many were sampled at least for each
    entry not proved, ``witness`` an input where the two differ, and ``error`` by how much.
    """

    outcome: str
    method: str = ""
    reason: str = ""
    points: int = 0
    witness: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


def second_opinion(subject: Node, domain: Domain | None = None, seed: int = 0) -> Opinion:
    """Whether SymPy derives the same as the calculus, for a ``d``, ``hessian`` or ``hvp`` node.

    Equal where symbols lie in the ranges of the ``domain``; ``seed`` draws the points where one is compared by value.
    """
    from derive.calculus.reverse import expand
    from derive.engine.domain import Domain
    from derive.language.components import components

    try:
        theirs = differentiate(subject)
        ours = components(expand(subject))
    except (ExpressionError, RecursionError) as why:
        return Opinion("undecided", reason=str(why) or type(why).__name__)
    pairs = dict.fromkeys((a, b) for a, b in zip(ours, theirs, strict=True) if a is not b)
    return _compare(list(pairs), domain or Domain(), random.Random(seed))


def differentiate(subject: Node) -> list[Node]:
    """The entries of a derivative node, row by row, as SymPy derives them, in the subject's graph.

    Raises ExpressionError where the instance is too large, or SymPy's answer can't be said.
    """
    from derive.calculus.reverse import expand
    from derive.language.components import components

    expansion = Expansion()
    entries = _derivative(expansion, subject)
    if _distinct(entries) > MAX_DISTINCT:
        raise ExpressionError(f"SymPy's derivatives have more than {MAX_DISTINCT} different subexpressions")
    origin = {s: components(expand(n))[0] for s, n in expansion.origin.items()}
    return read_back(subject.graph, entries, origin)


# -- SymPy's derivatives -------------------------------------------------------------------------------


def _derivative(expansion: Expansion, n: Node) -> list[Expr]:
    """The entries of a derivative. Definitions that it differentiates by stay symbols in them."""
    import sympy as sp

    f, *variables = n.args
    if n.op == "d":
        columns = []
        for v in variables:
            cut = _definitions([v])
            xs = _entries(expansion, v, cut)
            columns.append(_differentiated(_entries(expansion, f, cut), xs))
        return [e for row in zip(*columns, strict=True) for part in row for e in part]
    if n.op == "hvp":
        direction, *variables = variables
    cut = _definitions(variables)
    if any(m in cut for v in cut for m in topological(v.args)):
        raise ExpressionError("one variable is defined by another")
    xs = [x for v in variables for x in _entries(expansion, v, cut)]
    (slopes,) = _differentiated(_entries(expansion, f, cut), xs)
    _affordable(slopes, len(xs))
    lower = [[sp.diff(slopes[j], x) for j in range(i + 1)] for i, x in enumerate(xs)]
    rows = [[lower[max(i, j)][min(i, j)] for j in range(len(xs))] for i in range(len(xs))]
    if n.op == "hessian":
        return [h for row in rows for h in row]
    us = _entries(expansion, direction, cut)
    return [sp.Add(*(h * u for h, u in zip(row, us, strict=True))) for row in rows]


def _differentiated(entries: Sequence[Expr], xs: Sequence[Expr]) -> list[list[Expr]]:
    import sympy as sp

    _affordable(entries, len(xs))
    return [[sp.diff(e, x) for x in xs] for e in entries]


def _affordable(entries: Sequence[Expr], variables: int) -> None:
    if (count := _distinct(entries)) * variables > MAX_DIFFERENTIATED:
        raise ExpressionError(f"SymPy would have to differentiate {count} subexpressions by {variables} variables")


def _entries(expansion: Expansion, n: Node, cut: frozenset[Node]) -> list[Expr]:
    def nested(d: Node) -> list[Expr]:
        if d.op not in DERIVATIVES:
            raise ExpressionError(f"'{d.op}' has no SymPy form")
        if cut:
            raise ExpressionError("a derivative inside a derivative by a definition is not written out")
        inner = {
            s: e
            for v in _definitions(d.args[1:])
            for s, e in zip(expansion.symbols(v), _entries(expansion, v, cut), strict=True)
        }
        return [e.xreplace(inner) for e in _derivative(expansion, d)]

    return expansion.entries(n, cut, nested)


def _definitions(variables: Iterable[Node]) -> frozenset[Node]:
    bases = [v.args[0] if v.op == "index" else v for v in variables]
    return frozenset(b for b in bases if b.op == "def")


def _distinct(entries: Iterable[Expr]) -> int:
    seen: set[Expr] = set()
    work = list(entries)
    while work:
        e = work.pop()
        if e not in seen:
            seen.add(e)
            work.extend(e.args)
    return len(seen)


# -- comparison ----------------------------------------------------------------------------------------


def _compare(pairs: Sequence[tuple[Node, Node]], domain: Domain, rng: random.Random) -> Opinion:
    from derive.engine import decide_equal

    sampled = 0
    for ours, theirs in pairs:
        with share(MAX_STEPS):
            decision = decide_equal(ours, theirs, domain)
        if decision.status in ("proved", "proved-if"):
            continue
        at = decision.witness if decision.status == "refuted" else None
        opinion = _at_points(ours, theirs, domain, rng, at)
        if opinion.outcome != "agrees":
            return opinion
        sampled += 1
    if not sampled:
        return Opinion("agrees", "proved")
    reason = f"{sampled} of {len(pairs)} entries not proved equal; they agree at {POINTS} points to {DIGITS} digits"
    return Opinion("agrees", "sampled", reason, POINTS)


def _at_points(
    ours: Node, theirs: Node, domain: Domain, rng: random.Random, witness: Mapping[Node, Any] | None
) -> Opinion:
    """The two values at the witness of a refutation, or at random points of the domain."""
    from derive.flint import arb, fmpq
    from derive.numbers.balls import evaluate

    difference = ours.graph.call("sub", ours, theirs)
    free = [n for n in topological([difference]) if _is_input(n)]
    agreed = 0
    for k in range(_TRIES):
        if witness is not None and k == 0:
            point = {n: Fraction(witness.get(n, 0)) for n in free}
        else:
            point = {n: _draw(rng, *_range(n, domain)) for n in free}
        values = {n: fmpq(v.numerator, v.denominator) for n, v in point.items()}
        a, b, gap = evaluate([ours, theirs, difference], values, _BITS)
        if any(isinstance(v, Exception) for v in (a, b, gap)):
            continue
        gap = abs(arb(gap))
        if gap > 0:
            return Opinion("differs", "certified", f"ours {a}, SymPy {b}", 1, _told(point), gap.str(3, radius=False))
        agreed += gap < abs(arb(a)).max(arb(1)) * arb(10) ** -DIGITS
        if agreed == POINTS:
            return Opinion("agrees", "sampled", points=agreed)
    return Opinion("undecided", reason=f"not proved, and both defined at only {agreed} of {_TRIES} points")


def _is_input(n: Node) -> bool:
    return (n.op == "symbol" and not n.shape) or (n.op == "index" and n.args[0].op == "symbol")


def _range(n: Node, domain: Domain) -> tuple[Fraction, Fraction]:
    low, high = domain.range(n if n in domain.ranges or not n.args else n.args[0])
    if low is None:
        low = Fraction(-3) if high is None else high - 6
    return low, low + 6 if high is None else high


def _draw(rng: random.Random, low: Fraction, high: Fraction) -> Fraction:
    return low + (high - low) * Fraction(rng.randint(1, 9_999), 10_000)


def _told(point: Mapping[Node, Fraction]) -> dict[str, str]:
    from derive.language.reader import to_text

    return {to_text(n): str(v) for n, v in point.items()}
