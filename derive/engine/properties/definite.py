"""Is a matrix positive (semi)definite? By how it is written (``gram``); by a vector at a point; by its quadratic form, from which
squares are split off; by Sylvester's minors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from derive.engine.counterexamples.points import Sampler
from derive.engine.counterexamples.tensor_points import Arena, evaluate_tensors
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.equations.eliminated import against
from derive.engine.matrices.tensor_level import effort, entries_of, settle, too_large
from derive.engine.properties.asked import Asked, Table
from derive.engine.properties.entrywise import Entries
from derive.engine.properties.facts import implied
from derive.engine.properties.gram import DEFINITE, SEMIDEFINITE, Gram
from derive.engine.properties.side_conditions import proved, undecided
from derive.engine.reasons import Reason, Why
from derive.engine.relation import decide_holds
from derive.engine.tactics import HALF, OPEN, POINT, PROOF, Tactic, needing
from derive.errors import ExpressionError
from derive.expr.folding import nonzero
from derive.expr.graph import Node, topological
from derive.flint import arb, fmpq
from derive.language.components import MAX_MATRIX, _minor, components
from derive.numbers.balls import evaluate, precision, rational

MAX_SIDE = 6  # rows up to which a quadratic form is written out
MAX_PRINCIPAL = 4  # rows up to which all principal minors are looked at
MAX_WORK = 4_000  # products of entries up to which a matrix is laid out
POINTS = 12
MAX_VALUES = 2_000_000  # products of numbers, for all points
MAX_SHOWN = 12  # entries of a vector that are written down


def tactics(strict: bool) -> Table:
    return (
        Tactic("Gram matrices", lambda q: _gram(q, DEFINITE if strict else SEMIDEFINITE), emits=PROOF),
        Tactic("points of tensors", lambda q: _at_points(q.args[0], q.domain, strict), emits=POINT),
        *needing(
            _few_entries,
            Tactic("symmetry", _unsymmetric, emits=POINT | OPEN, cost=HALF),
            Tactic("quadratic form", lambda q: definite(q.args[0], q.inner.given(*implied(q.known)), strict)),
        ),
    )


def _gram(q: Asked, least: int) -> Decision | None:
    if Gram(Entries(q.domain), q.known).sign(q.args[0]) < least:
        return None
    return proved(Why.GRAM(), "structure")


def _large(a: Node) -> bool:
    return a.shape[0] > MAX_SIDE or too_large(topological([a]), MAX_WORK)


def _few_entries(q: Asked) -> Reason | None:
    return Why.FORM_NOT_WRITTEN(size=q.args[0].shape[0]) if _large(q.args[0]) else None


def _unsymmetric(q: Asked) -> Decision | None:
    """An answer where a matrix is not symmetric, or not shown to be."""
    (a,) = q.args
    found = decide_equal(a, a.graph.transpose(a), q.domain.plain())
    if found.status == "proved":
        return None
    return found if found.status == "refuted" else undecided(Why.SYMMETRY_OPEN(of=found.told))


def _at_points(a: Node, domain: Domain, strict: bool) -> Decision | None:
    """A point of whole matrices at which a vector, or two entries that should be one, say no."""
    n = a.shape[0]
    try:
        arena = Arena(a, a, domain)
        for point in arena.points(max(1, min(POINTS, MAX_VALUES // effort(arena.roots)))):
            found = evaluate_tensors(arena.roots[:1], point)[arena.roots[0]]
            witness = entries_of(point)
            if any(isinstance(v, Exception) for v in found):
                continue
            rows = [found[i * n : (i + 1) * n] for i in range(n)]
            for i in range(n):
                for j in range(i):
                    if _differ(rows[i][j], rows[j][i]):
                        reason = Why.NOT_SYMMETRIC(one=(i, j), other=(j, i), at=witness)
                        return Decision("refuted", reason, witness=witness, method="ball arithmetic")
            v = _vector(rows, strict)
            if v is None and strict and _annuls_ones(a, domain):
                v = [fmpq(1)] * n
            if v is not None:
                reason = _of_form(v, strict, witness)
                return Decision("refuted", reason, witness=witness, method="ball arithmetic")
    except (ExpressionError, KeyError, RecursionError):
        pass
    return None


def _annuls_ones(a: Node, domain: Domain) -> bool:
    """Whether the rows of a matrix add up to 0, proved: no ball shows that."""
    g, n = a.graph, a.shape[0]
    ones = g.broadcast(g.one, (n,))
    return settle(g.matmul(a, ones), g.broadcast(g.zero, (n,)), domain.plain()).proof is not None


def _differ(x: fmpq | arb, y: fmpq | arb) -> bool:
    if isinstance(x, fmpq) and isinstance(y, fmpq):
        return bool(x != y)
    with precision(192):
        return not arb(x).overlaps(arb(y))


def _vector(rows: Sequence[Sequence[fmpq | arb]], strict: bool) -> list[fmpq] | None:
    """A vector, not 0, at which the form has the wrong sign for certain."""
    if all(isinstance(x, fmpq) for row in rows for x in row):
        return against(rows, strict)
    near = [[x if isinstance(x, fmpq) else _middle(x) for x in row] for row in rows]
    near = [[(near[i][j] + near[j][i]) / 2 for j in range(len(rows))] for i in range(len(rows))]
    v = against(near, False)  # of the middles of the balls; whether it serves is seen at the balls themselves
    for tried in [v] if v is not None else [[fmpq(1)] * len(rows)]:
        with precision(192):
            value = sum(
                (arb(x) * arb(tried[i]) * arb(tried[j]) for i, r in enumerate(rows) for j, x in enumerate(r)), arb(0)
            )
            if value < 0:
                return list(tried)
    return None


def _middle(x: arb) -> fmpq:
    m, e = x.mid().man_exp()
    return fmpq(int(m)) * fmpq(2) ** int(e)


def definite(a: Node, domain: Domain, strict: bool) -> Decision:
    """Whether v.T @ a @ v > 0 for every v but 0 (not ``strict``: >= 0), of a symmetric matrix written out."""
    g, size = a.graph, a.shape[0]
    entries = components(a)
    if all(e.op == "const" for e in entries):
        return _of_numbers([rational(e.attr) for e in entries], size, strict)
    if (against_it := _scalars(entries, size, domain, strict)) is not None:
        return against_it
    if any(n.op == "abs" for n in topological(entries)) and _dominated(entries, size, domain, strict):
        return proved(Why.GERSHGORIN())
    v = [g.symbol(f"v{i}'") for i in range(size)]
    form = g.zero
    for i in range(size):
        for j in range(size):
            form = g.add(form, g.mul(g.mul(v[i], v[j]), entries[i * size + j]))
    for case in [domain.given(nonzero(s)) for s in v] if strict else [domain]:
        found = decide_holds(g.call("gt" if strict else "ge", form, g.zero), case)
        if found.status == "refuted":
            return found
        if found.status != "proved":
            return _by_minors(entries, size, domain, strict)
    return proved(Why.FORM_POSITIVE() if strict else Why.FORM_NOT_NEGATIVE())


def _dominated(entries: Sequence[Node], size: int, domain: Domain, strict: bool) -> bool:
    """Whether each diagonal entry of a symmetric matrix is at least (``strict``: greater than) the absolute values beside it."""
    g = entries[0].graph
    for i in range(size):
        gap = entries[i * size + i]
        for j in range(size):
            gap = g.sub(gap, g.call("abs", entries[i * size + j])) if i != j else gap
        found = decide_holds(g.call("gt" if strict else "ge", gap, g.zero), domain)
        if found.status != "proved" or found.conditions:
            return False
    return True


def _of_numbers(entries: Sequence[fmpq], size: int, strict: bool) -> Decision:
    v = against([entries[i * size : (i + 1) * size] for i in range(size)], strict)
    if v is None:
        return proved(Why.ELIMINATION(), "elimination")
    return Decision("refuted", _of_form(v, strict, {}), witness={}, method="elimination")


def _of_form(v: Sequence[fmpq], strict: bool, at: Mapping[Node, Fraction]) -> Reason:
    """That the quadratic form has the wrong sign for a vector at a point."""
    vector = (*map(str, v[:MAX_SHOWN]), *["..."] * (len(v) > MAX_SHOWN))
    return (Why.FORM_IS_NOT_POSITIVE if strict else Why.FORM_IS_NEGATIVE)(vector=vector, at=at)


def _scalars(entries: list[Node], size: int, domain: Domain, strict: bool) -> Decision | None:
    """A point of the entries' symbols, and a vector, at which the form has the wrong sign."""
    g = entries[0].graph
    if any(n.op == "apply" for n in topological([*entries, *domain.hypotheses])):
        return None
    total = g.zero
    for e in entries:
        total = g.node("add", (total, e))
    sampler = Sampler(total, total, domain)
    for point in _starts(sampler):
        if sampler.judge(point, highest=0).kind != "same":
            continue
        found = evaluate(entries, {s: rational(v) for s, v in point.items()})
        if any(isinstance(x, Exception) for x in found):
            continue
        if (v := _vector([found[i * size : (i + 1) * size] for i in range(size)], strict)) is not None:
            return Decision("refuted", _of_form(v, strict, point), witness=dict(point), method="ball arithmetic")
    return None


def _starts(sampler: Sampler) -> Iterator[Mapping[Node, Fraction]]:
    yield dict.fromkeys(sampler.symbols, Fraction(0))
    yield from (dict(p) for p in sampler.points(POINTS))


def _by_minors(entries: list[Node], size: int, domain: Domain, strict: bool) -> Decision:
    g = entries[0].graph
    if size > (MAX_MATRIX if strict else MAX_PRINCIPAL):
        return undecided(Why.MINORS_NOT_WRITTEN(size=size))
    order = range(1, size + 1)
    chosen = [tuple(range(k)) for k in order] if strict else [c for k in order for c in combinations(range(size), k)]
    for rows in chosen:
        minor = _minor(g, entries, rows, rows)
        found = decide_holds(g.call("gt" if strict else "ge", minor, g.zero), domain)
        if found.status == "refuted" and found.witness is not None:
            reason = Why.MINOR_NOT_POSITIVE(of=found.reason)
            return Decision("refuted", reason, witness=found.witness, method=found.method)
        if found.status != "proved":
            return undecided(Why.FORM_OPEN())
    return proved(Why.MINORS_POSITIVE() if strict else Why.MINORS_NOT_NEGATIVE())
