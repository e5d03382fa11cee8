r"""What is said of every whole number of a range: by a loop over entries, or written out, where each has a name of its own.

``\sum_{l=1}^{3} \|W_l\|^2`` speaks of the matrices W1, W2, W3; ``\sum_{i=1}^{3} x_i`` of the entries of x. Dots are the same
(``ellipses``): up to a number that is said they are written out, as print means them, up to a letter they are a loop.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from derive.language.latex import arrays, loops, terms
from derive.language.latex.affine import Affine, size_of
from derive.language.latex.ellipses import filled
from derive.language.latex.mentions import spoken
from derive.language.latex.terms import Term
from derive.language.latex.tokens import Token, Tokens
from derive.language.latex.tree import Big, Run

if TYPE_CHECKING:
    from derive.language.latex.resolve import Resolver

LONGEST = 30  # rounds that are written out
_LETTERS = "ijklmnpqrst"


def run(r: Resolver, tree: Run) -> Term:
    """The value that dots stand for. Raises ExpressionError."""
    low, high = (_end(r, t, tree.op != "list") for t in (tree.first, tree.last))
    if low.names or high.names:
        if not families(r, tree.body, tree.holes, tree.first if not low.names else tree.last):
            return _looped(r, tree)
    elif abs((high.counted() or 0) - (low.counted() or 0)) >= LONGEST:
        return _looped(r, tree)
    return _written_out(r, tree, value(r, low), value(r, high))


def big(r: Resolver, tree: Big) -> Term:
    """A sum, a product, a maximum, ... over entries; a sum or product whose index tells names of the case apart, over those."""
    limits = _limits(r, tree)
    if limits is None:
        return loops.big(r, tree)
    index, low, high = limits
    holes = tuple(k for k, t in enumerate(tree.written) if t.kind == index.kind and t.text == index.text)
    number = Token("number", str(low), tree.start, tree.start)
    if not holes or not low <= high < low + LONGEST or not families(r, tree.written, holes, (number,)):
        return loops.big(r, tree)

    def names() -> Term:
        made = _joined(r, tree.op, tree.written, holes, list(range(low, high + 1)), tree.start)
        if tree.op == "prod" and made.shape:
            r.fail("a product of matrices: in what order? Say it in 'names:', or write it with dots", tree.start)
        return made

    return r.choose(("names", tree.start), [names, lambda: loops.big(r, tree)])


def families(r: Resolver, body: Tokens, holes: tuple[int, ...], number: Tokens) -> bool:
    """Whether the number tells names of the case apart, as W1 from W2."""
    known, blank = {*r.scope}, Token("letter", "·", 0, 0)
    return not spoken(list(filled(body, holes, number)), known) <= spoken(list(filled(body, holes, (blank,))), known)


def value(r: Resolver, a: Affine) -> int | None:
    """The number that a size is in this case."""
    sizes = {name: size_of(name, r.scope) for name in a.names}
    return None if None in sizes.values() else a.constant + sum(k * (sizes[name] or 0) for name, k in a.names.items())


def _end(r: Resolver, tokens: Tokens, symbols: bool) -> Affine:
    found = r.affine(tokens) or r.affine(tokens, symbols=symbols)
    if found is None or found.indices:
        shown = r.source[tokens[0].start : tokens[-1].stop]
        r.fail(f"'{shown}' is no number or size in scope up to which the dots could go", tokens[0].start)
    return found


def _limits(r: Resolver, tree: Big) -> tuple[Token, int, int] | None:
    below = tree.below
    if tree.op not in ("sum", "prod") or len(below) < 3 or not below[1].is_("=") or not tree.above:
        return None
    low, high = r.affine(below[2:]), r.affine(tree.above)
    if low is None or high is None or low.indices or high.indices:
        return None
    a, b = value(r, low), value(r, high)
    return None if a is None or b is None else (below[0], a, b)


def _looped(r: Resolver, tree: Run) -> Term:
    down = tree.first[0].kind != "number"
    if down and tree.op == "list":
        r.fail("dots that count down in a list: say in 'names:' what it is", tree.start)
    low, high = (tree.last, tree.first) if down else (tree.first, tree.last)
    r.value(r.tree(filled(tree.body, tree.holes, low)))  # what is wrong with it is said of what is printed
    spoken_ = {t.text for t in tree.body} | {t.text for t in (*low, *high)}
    letter = next((c for c in _LETTERS if c not in spoken_ and c not in r.indices), None)
    if letter is None:
        r.fail("no letter is left for what the dots run over: say in 'names:' what it is", tree.start)
    index = Token("letter", letter, tree.start, tree.start)
    body = filled(tree.body, tree.holes, (index,))
    sign = Token("sign", "=", tree.start, tree.start)
    return loops.big(r, Big(tree.start, tree.op, (index, sign, *low), high, r.tree(body), body))


def _written_out(r: Resolver, tree: Run, low: int | None, high: int | None) -> Term:
    if low is None or high is None:
        r.fail("the dots go up to a size that is not known: say in 'names:' what it is", tree.start)
    numbers = list(range(low, high + 1) if low <= high else range(low, high - 1, -1))
    if len(numbers) > LONGEST:
        r.fail(f"dots for more than {LONGEST} names", tree.start)
    return _joined(r, tree.op, tree.body, tree.holes, numbers, tree.start)


def _joined(r: Resolver, op: str, body: Tokens, holes: tuple[int, ...], numbers: list[int], start: int) -> Term:
    made: list[Term] = []
    for n in numbers:
        digits = Token("number", str(n), start, start)
        made.append(r.value(r.tree(filled(body, holes, (digits,)))))
    if op == "list":
        return arrays.column(r, made, start)
    total = made[0]
    for part in made[1:]:
        how = partial(terms.added, total, part, "+") if op == "sum" else partial(terms.times, total, part)
        total = r.combined(how, start)
    return total
