"""Equations between whole tensors, before any entry is laid out: proof by the normal form of products, refutation at a point.

What is proved here does not depend on the sizes; what is refuted, on no entry being looked at alone. So 60 by 60 matrices are
decided as fast as small ones, and points that meet ``R.T @ R == eye(n)`` are found at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod

from derive.engine.counterexamples.shown import both_shown
from derive.engine.domain import Domain
from derive.errors import ExpressionError
from derive.expr.graph import Node, topological
from derive.expr.shapes import indices
from derive.language.asked import asked
from derive.language.components import MAX_MATRIX
from derive.lazily import lazily
from derive.records import dataclass

with lazily():
    from derive.engine.counterexamples import tensor_points
    from derive.engine.matrices import matrices

MAX_LAID_OUT = 120_000  # products of entries up to which a claim is laid out entry by entry
FEW_POINTS, MANY_POINTS = 12, 24
ENOUGH = 2  # points beside a proof that are looked at, of many entries

_PICKED = ("symbol", "index", "stack", "concat", "def")


@dataclass(frozen=True, slots=True)
class Whole:
    """``proof``, or the ``point`` at which an entry differs: where both are None, the entries have to be looked at.
    ``large``: there are too many of them. ``empty``: no matrices were found that meet the assumptions."""

    proof: matrices.Proof | None = None
    point: Mapping[Node, Fraction] | None = None
    index: tuple[int, ...] | None = None
    left: str = ""
    right: str = ""
    large: bool = False
    empty: bool = False


def settle(a: Node, b: Node, domain: Domain, sizes: matrices.Sizes | None = None) -> Whole:
    """Decides a = b on whole tensors where that can be done. A proof is only given where a point was found at which both
    sides have a value, unless nothing stands in the way of one."""
    order = topological([a, b])
    if not any(n.op not in _PICKED and any(m.shape for m in (n, *n.args)) for n in order):
        return Whole()
    proof = matrices.prove(a, b, domain.hypotheses, sizes)
    if proof is not None and not proof.conditions and not domain.hypotheses:
        return Whole(proof)
    large = too_large(order)
    try:
        arena = tensor_points.Arena(a, b, domain)
        if arena.strict and next(arena.points(MANY_POINTS), None) is None:
            return Whole(empty=True)
        if proof is not None:
            return Whole(proof) if _inhabited(arena, ENOUGH if large else FEW_POINTS) else Whole(large=large)
        if large or arena.shapes:
            return _refuted(arena, a, large)
    except (ExpressionError, KeyError, RecursionError):
        pass
    return Whole(large=large)


def seeds(a: Node, b: Node, domain: Domain) -> list[dict[Node, Fraction]]:
    """Points of the entries that meet assumptions on whole tensors: rotations, unit vectors, points of the simplex."""
    held = domain.hypotheses
    order = topological([a, b, *held])
    if not any(c.shape or any(m.shape for m in topological([c])) for c in held) or work(order) > MAX_LAID_OUT:
        return []
    try:
        arena = tensor_points.Arena(a, b, domain)
        return [entries_of(p) for p in arena.points(MANY_POINTS)] if arena.shapes else []
    except (ExpressionError, KeyError, RecursionError):
        return []


def work(order: Sequence[Node]) -> int:
    """About how many products of entries a claim has when it is laid out."""
    used = {a for n in order for a in n.args}
    wanted = asked([n for n in order if n not in used], order)
    total = 0
    for n in order:
        entries = len(wanted[n]) if n in wanted else prod(n.shape)
        total += entries * (n.args[0].shape[-1] if n.op == "matmul" else 1)
    return total


def too_large(order: Sequence[Node], most: int = MAX_LAID_OUT) -> bool:
    """Whether there are more products of entries, or a determinant of more rows, than are laid out."""
    return work(order) > most or any(n.op in ("det", "inv", "solve") and n.args[0].shape[0] > MAX_MATRIX for n in order)


def effort(roots: Sequence[Node]) -> int:
    """About how many products of numbers the values at one point take."""
    order = topological(roots)
    return work(order) + sum(prod(n.args[0].shape) * n.args[0].shape[0] for n in order if n.op in ("det", "inv")) + 1


def _inhabited(arena: tensor_points.Arena, enough: int) -> bool:
    """Whether a point of the domain is found at which both sides have a value; at none of the first may they differ."""
    seen = 0
    for point in arena.points(FEW_POINTS):
        kind = arena.judged(point)[0]
        if kind == "differ":
            return False
        seen += kind == "same"
        if seen >= enough:
            break
    return seen > 0


def _refuted(arena: tensor_points.Arena, a: Node, large: bool) -> Whole:
    for point in arena.points(FEW_POINTS if large else MANY_POINTS):
        kind, i, x, y = arena.judged(point)
        if kind == "differ":
            point = _simpler(arena, point) if not large else point
            kind, i, x, y = arena.judged(point)
            index = list(indices(a.shape))[i] if a.shape else None
            return Whole(None, entries_of(point), index, *both_shown(x, y), large=large)
    return Whole(large=large)


def _simpler(
    arena: tensor_points.Arena, point: Mapping[Node, tensor_points.Tensor]
) -> dict[Node, tensor_points.Tensor]:
    """The point with entries set to 0 or 1 while it refutes and is in the domain."""
    best: dict[Node, tensor_points.Tensor] = dict(point)
    spent = 0
    for s in arena.symbols:
        if s in arena.shapes:
            continue
        for i, v in enumerate(best[s]):
            for simple in (Fraction(0), Fraction(1)):
                if v in (0, simple) or spent > 40:
                    break
                spent += 1
                tried = {**best, s: [*best[s][:i], simple, *best[s][i + 1 :]]}
                if arena.meets(tried) and arena.judged(tried)[0] == "differ":
                    best = tried
                    break
    return best


def entries_of(point: Mapping[Node, tensor_points.Tensor]) -> dict[Node, Fraction]:
    """A point entry by entry."""
    out: dict[Node, Fraction] = {}
    for s, values in point.items():
        for i, v in zip(indices(s.shape), values, strict=True):
            out[s.graph.node("index", (s,), i) if i else s] = v
    return out
