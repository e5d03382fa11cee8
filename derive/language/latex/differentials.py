r"""The letter d and ``\partial`` where they open or close something: ``\int f\,dx``, ``\partial L / \partial w``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derive.language.latex.layout import argument
from derive.language.latex.tokens import Token
from derive.language.latex.tree import Fraction, Number, Product, Symbol, Tree
from derive.language.latex.words import ACCENTS, GREEK

if TYPE_CHECKING:
    from derive.language.latex.grammar import Parser


def integrand(p: Parser) -> Tree:
    """What stands before the differential that closes an integral, and that."""
    p.integrals += 1
    start = p.here.start
    whole = Number(start, "1") if begins(p) else p.sum()
    p.integrals -= 1
    if not begins(p):
        return whole
    d = p.next()
    return Product(start, (("", whole), ("", Symbol(d.start, "d")), ("", p.factor())))


def begins(p: Parser) -> bool:
    """Whether a d stands here with a symbol after it."""
    t, after = p.here, p.tokens[min(p.at + 1, len(p.tokens) - 1)]
    is_d = t.kind in ("letter", "word") and t.text == "d"
    return is_d and (
        after.kind in ("letter", "word", "given") or (after.kind == "command" and after.text in (*GREEK, *ACCENTS))
    )


def slanted(p: Parser) -> Tree | None:
    r"""``\partial L / \partial w``, a derivative in one line; None for anything else."""
    at, sign = p.at, p.here
    if not (sign.is_("\\partial") or (sign.kind == "letter" and sign.text == "d")):
        return None
    first = argument(p.tokens, at + 2) if p.tokens[at + 1].is_("^") else at + 1
    middle = _symbol(p.tokens, first)
    if middle == first or not p.tokens[middle].is_("/"):
        return None
    again = p.tokens[middle + 1]
    end = _symbol(p.tokens, middle + 2) if (again.kind, again.text) == (sign.kind, sign.text) else middle + 2
    if end <= middle + 2:
        return None
    p.at = end
    return Fraction(sign.start, tuple(p.tokens[at:middle]), tuple(p.tokens[middle + 1 : end]))


def _symbol(tokens: Sequence[Token], k: int) -> int:
    """Where a symbol with its scripts ends that begins here; k, if none does."""
    t, first = tokens[min(k, len(tokens) - 1)], k
    if t.kind == "command" and t.text in ACCENTS:
        k = argument(tokens, k + 1)
    elif t.kind in ("letter", "word", "given") or (t.kind == "command" and t.text in GREEK):
        k += 1
    while k > first and tokens[k].is_("_", "^", "'"):
        k = k + 1 if tokens[k].is_("'") else argument(tokens, k + 1)
    return k
