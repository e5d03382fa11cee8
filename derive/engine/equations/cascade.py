"""Decides equality: whole tensors as products of matrices (``matrices.tensor_level``), then entry by entry (``scalars``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from derive.budget import Exhausted, budget, spent
from derive.calculus.joints import with_joints
from derive.engine.algebra.polynomials import Ring, Unwieldy
from derive.engine.assumptions import contradict
from derive.engine.counterexamples.points import Point, Sampler
from derive.engine.decision import Decision, joined
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.equations.scalars import Pair, Quick, by_example, decide, under
from derive.engine.matrices.tensor_level import seeds, settle
from derive.engine.reasons import MAX_TOLD, Why
from derive.engine.sufficiency import compatible, sufficient, unless_thin
from derive.engine.tactics import HALF, POINT, PROOF, Tactic, walk
from derive.errors import ShapeError
from derive.expr import shapes
from derive.expr.graph import Node, topological
from derive.language.components import components_all
from derive.lazily import lazily
from derive.records import dataclass

with lazily():
    from derive.engine.counterexamples import tensor_points
    from derive.engine.equations import constancy, witnesses

__all__ = ["Decision", "decide_equal"]

LARGE = 2_000  # nodes of an entry from which on it is looked at without names first


def decide_equal(a: Node, b: Node, domain: Domain = EVERYWHERE) -> Decision:
    """Whether a = b at all real points of a domain.

    ``a`` and ``b`` are derivative-free, as are the hypotheses, and of one shape; entries are decided one by one. On a kink a
    derivative (``select``) has the value that both sides of the kink agree on, or none. Raises ShapeError where the shapes
    differ.
    """
    if a.shape != b.shape:
        raise ShapeError(f"shapes {shapes.show(a.shape)} and {shapes.show(b.shape)} can't be equal")
    with budget():
        if spent():
            return Decision("undecided", Why.LIMIT_BEFORE())
        try:
            found = _decide_equal(a, b, domain)
            void = found.empty and contradict(domain)
            return replace(found, reason=Why.CONTRADICTION(), index=None) if void else found
        except Exhausted as e:
            return Decision("undecided", Why.LIMIT(limit=str(e)))


def _decide_equal(a: Node, b: Node, domain: Domain) -> Decision:
    domain = domain.about([a, b])
    found = domain.remembered(("equal", a, b), lambda: walk(_Sides(a, b, domain), TACTICS))
    assert found is not None  # the entries always answer
    return found


@dataclass(frozen=True)
class _Sides:
    """Two tensors of which it is asked whether they are equal on a domain."""

    a: Node
    b: Node
    domain: Domain


def _by_entries(q: _Sides) -> Decision:
    """Entry by entry, up to the first that is refuted."""
    points = seeds(q.a, q.b, q.domain)
    left, right = (with_joints(side, only=True) for side in components_all([q.a, q.b]))
    domain = q.domain.given(*(tensor_points.implied(q.domain.hypotheses) if points else ())).entries()
    decisions: list[Decision] = []
    quick = Quick(Ring(q.a.graph))
    for x, y, index in zip(left, right, shapes.indices(q.a.shape), strict=True):
        try:
            found, spent_all = _entry(x, y, domain, quick, points), False
        except Exhausted as e:
            found, spent_all = Decision("undecided", Why.LIMIT(limit=str(e))), True
        decisions.append(replace(found, index=index) if q.a.shape else found)
        if found.status == "refuted" or spent_all:
            break
    return compatible(joined(decisions), domain) if len(decisions) > 1 else joined(decisions)


def _unnamed(x: Node, y: Node) -> tuple[Node, Node]:
    """Two large entries without the names of definitions, where that makes one expression of them; else as they are."""
    order = topological([x, y])
    if x is y or len(order) < LARGE or not any(n.op == "def" for n in order):
        return x, y
    done: dict[Node, Node] = {}
    for n in order:
        args = tuple(done[m] for m in n.args)
        done[n] = args[0] if n.op == "def" else n if args == n.args else n.graph.node(n.op, args, n.attr, n.shape)
    return (done[x], done[y]) if done[x] is done[y] else (x, y)


def _entry(x: Node, y: Node, domain: Domain, quick: Quick, points: Sequence[Point]) -> Decision:
    """The decision on an entry, with conditions that suffice and leave something of the domain."""
    try:
        found = decide(*_unnamed(x, y), domain, quick, points)
    except Exhausted:
        raise
    except Unwieldy as e:
        found = Decision("undecided", Why.LIMIT(limit=str(e)))
    except RecursionError:
        found = Decision("undecided", Why.TOO_DEEP())
    if found.status == "proved-if":
        found = sufficient(found, partial(under, x, y), domain)
        if found.status == "proved-if" and len(found.conditions) <= MAX_TOLD:  # more take long to meet
            found = witnesses.inhabited(Sampler(x, y, domain.given(*found.conditions)), found)
    elif found.status == "proved":
        found = unless_thin(found, domain)
    if found.status != "undecided":
        return found
    return walk(Pair(Sampler(x, y, domain), quick, empty=found.empty), LAST) or found


def _by_whole_tensors(q: _Sides) -> Decision | None:
    """Proof by products of matrices, refutation at whole tensors; None where the entries have to be looked at."""
    found = settle(q.a, q.b, q.domain)
    if found.proof is not None:
        reason = Why.MATRIX_PRODUCTS()
        return Decision("proved", reason, found.proof.conditions, method="normal form", steps=found.proof.steps)
    if found.point is not None:
        return Decision(
            "refuted",
            Why.NOT_EQUAL(at=found.point, left=found.left, right=found.right),
            witness=found.point,
            left=found.left,
            right=found.right,
            index=found.index,
            method="ball arithmetic",
        )
    if found.empty:
        return Decision("undecided", Why.NO_POINT_ASSUMED(), empty=True)
    if found.large:
        return Decision("undecided", Why.TOO_MANY_ENTRIES())
    return None


#: How the equality of two tensors is decided.
TACTICS: tuple[Tactic[_Sides], ...] = (
    Tactic("products of matrices", _by_whole_tensors, emits=PROOF | POINT, cost=HALF),
    Tactic("entries", _by_entries),
)

#: What is tried of an entry that is open after ``scalars.TACTICS``.
LAST: tuple[Tactic[Pair], ...] = (
    Tactic("examples of functions", lambda q: by_example(q.sampler.a, q.sampler.b, q.sampler.domain), emits=POINT),
    Tactic(
        "constancy",
        lambda q: constancy.by_constancy(q.sampler.a, q.sampler.b, q.sampler.domain),
        lambda q: not q.empty,
        emits=PROOF,
    ),
)
