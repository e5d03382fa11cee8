"""Products of two inequalities that are known, as lemmas."""

from __future__ import annotations

from derive.engine.certify.written import written
from derive.expr.graph import Node
from derive.proof.evaluation import Evaluated
from derive.proof.field import Poly
from derive.proof.signs import NEGATIVE, NONNEGATIVE, NONPOSITIVE, OF_COMPARISON, POSITIVE, product

MAX_FACTOR = 4  # terms of a factor
MAX_FACTS = 8  # factors
MAX_DEGREE = 4  # of a product
MAX_PRODUCTS = 8  # lemmas
ONE_SIDED = (POSITIVE, NONNEGATIVE, NEGATIVE, NONPOSITIVE)


def products(made: Evaluated) -> list[Node]:
    """Products of two of the inequalities that are known, as conditions: those that speak of the fewest new monomials."""
    known = [
        (f.poly, m)
        for f in list(made.facts.values())
        if (m := made.sign(f.poly)) in ONE_SIDED and len(f.poly) <= MAX_FACTOR
    ]
    seen = {e for f in made.facts.values() for e in f.terms}
    found: list[tuple[int, int, tuple[Poly, int], tuple[Poly, int]]] = []
    for i, f in enumerate(known[:MAX_FACTS]):
        for h in known[: i + 1]:
            p = f[0] * h[0]
            if len(f[0]) + len(h[0]) > 2 and p.total_degree() <= MAX_DEGREE:
                found.append((sum(e not in seen for e in p.to_dict()), len(found), f, h))
    g = made.now.graph
    out = []
    for _, _, f, h in sorted(found, key=lambda t: t[:2])[:MAX_PRODUCTS]:
        try:
            nodes = [written(made, made.poly(p)) for p, _ in (f, h)]
        except KeyError:
            continue
        m = product(f[1], h[1])
        op = next(op for op, mask in OF_COMPARISON.items() if mask == m)
        out.append(g.call(op, g.mul(*nodes), g.zero))
    return out
