"""Sequents that are written as texts."""

from __future__ import annotations

from derive.expr.graph import Graph
from derive.language.names import names_in
from derive.language.reader import parse
from derive.proof.sequent import Sequent


def sequent(conclusion: str, *hypotheses: str, g: Graph | None = None) -> Sequent:
    """From texts; all names are scalars."""
    g = g or Graph()
    names = {n for text in (conclusion, *hypotheses) for n in names_in(text)}
    scope = {n: g.symbol(n) for n in sorted(names - {"pi"})}
    *given, wanted = (parse(text, scope, g, boolean=True) for text in (*hypotheses, conclusion))
    return Sequent(tuple(given), wanted)
