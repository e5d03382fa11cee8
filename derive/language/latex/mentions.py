r"""Which names of a case the symbols of a formula stand for, as far as that can be told without reading it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from derive.errors import ExpressionError
from derive.language.latex.given import bare, replaced, table
from derive.language.latex.grammar import Parser
from derive.language.latex.symbols import candidates, layer, pieces, raised
from derive.language.latex.tokens import Token, tokenized
from derive.language.latex.tree import Scripted, Symbol
from derive.language.latex.words import ACCENTS, GREEK
from derive.language.names import names_in


def mentioned(text: str, names: Iterable[str], table_of: Mapping[str, str] | None = None) -> set[str]:
    """Those of the names that the symbols of a formula stand for; of a formula that can't be read, what can be told."""
    known = set(names)
    try:
        tokens = bare(replaced(tokenized(text)[0], table(table_of or {})))
    except ExpressionError:
        return set()
    return spoken(tokens, known)


def spoken(tokens: list[Token], known: set[str]) -> set[str]:
    """Those of the names that these tokens stand for."""
    words, found = vocabulary(known), set[str]()
    for k, t in enumerate(tokens):
        if t.kind == "given":
            found |= {n for n in names_in(t.text) if n in known}
        elif t.kind in ("letter", "word") or (t.kind == "command" and (t.text in GREEK or t.text in ACCENTS)):
            found |= _named(tokens[k:], words, known)
    return found


def _named(tokens: list[Token], words: frozenset[str], known: set[str]) -> set[str]:
    """The names that the symbol at the front may be, with all of its scripts, or else without."""
    try:
        tree = Parser(tokens, words).factor()
    except ExpressionError:
        return set()
    base = tree.base if isinstance(tree, Scripted) else tree
    if not isinstance(base, Symbol):
        return set()
    below, above = (tree.below, tree.above) if isinstance(tree, Scripted) else ((), ())
    sub, inside, sup = (
        pieces(below) if below else None,
        layer(above) if above else None,
        raised(above) if above else None,
    )
    layers = pieces(inside) if inside else None
    for subs, sups in (([*(layers or []), *(sub or [])], sup), (sub, None), (layers, sup), ([], None)):
        if found := known.intersection(candidates(base.word, base.accents, subs or [], sups)):
            return found
    return set()


def vocabulary(scope: Iterable[str]) -> frozenset[str]:
    """The words of several plain letters that are names or functions."""
    known = {n for n in scope if len(n) > 1 and n.isalpha() and n not in GREEK}
    return frozenset(known | {"ReLU", "MSE", "softmax"} & ({*scope} | {"ReLU", "softmax"}))
