r"""Sums, products, maxima over an index: ``\sum_{i=1}^{n} x_i`` is ``sum(x[i] for i in n)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derive.expr.shapes import word
from derive.language.latex import reach, terms
from derive.language.latex.affine import Affine, Index, size_of
from derive.language.latex.quantified import Quantified
from derive.language.latex.symbols import spelt
from derive.language.latex.terms import ATOM, Term
from derive.language.latex.tokens import Token, Tokens
from derive.language.latex.tree import Big, Place, Product, Symbol, Tree
from derive.language.names import FUNCTION_NAMES

if TYPE_CHECKING:
    from derive.language.latex.resolve import Resolver

_EXTREMES = ("limit", "supremum", "infimum")
ENDLESS = ("sum", "prod")  # what may run to a symbol, or without an end
_RELATIONS = ("=", "\\ne", "<", ">", "\\le", "\\ge", "\\in")
_LANGUAGE = {"\\ne": "!=", "<": "<", ">": ">", "\\le": "<=", "\\ge": ">="}


def big(r: Resolver, tree: Big) -> Term:
    if tree.op == "integral":
        return _integral(r, tree)
    if tree.op in ("argmin", "argmax"):
        r.fail("what a function is least at stands alone on one side of '='", tree.start)
    if not tree.below:
        return _of_all(r, tree)
    if tree.below[0].kind == "word" and tree.below[0].text == "axis" and len(tree.below) == 2:
        body = r.value(tree.body)
        text = f"{tree.op}({body.text}, axis={tree.below[1].text})"
        return Term(text, ATOM, r.shape(text, tree.start))
    if tree.op in _EXTREMES:
        return _extreme(r, tree)
    bound, filters = _bound(r, tree)
    hidden = {w: r.indices[w] for w, _ in bound if w in r.indices}
    memo, r.memo = r.memo, {}
    try:
        r.indices.update(bound_index for bound_index in ((w, b.index) for w, b in bound))
        body, rest = _body(r, tree)
        conditions = [f.text(r) for f in filters]
    finally:
        for w, _ in bound:
            r.indices.pop(w, None)
        r.indices.update(hidden)
        r.memo = memo
    loops = []
    for w, b in bound:
        loops.append(f"for {b.index.name} in {b.range(r, w)}")
    if conditions:
        loops[-1] += f" if {' and '.join(conditions)}"
    if body.open:
        r.fail("a sum of identity matrices of a size that is not said", tree.start)
    if tree.op == "prod" and len(body.shape) == 2:
        r.fail("a product of matrices: in what order? Say it in 'names:' (matprod)", tree.start)
    if tree.op == "list":
        text = f"[{body.text} {' '.join(loops)}]"
        return Term(text, ATOM, r.shape(text, tree.start))
    made = Term(f"{tree.op}({body.text} {' '.join(loops)})", ATOM, body.shape, body.row, body.turns)
    if not rest:
        return made
    return reach.followed(r, made, rest, tree.start)


def said_of(r: Resolver, q: Quantified) -> None:
    """Takes in an index of which a whole statement is said."""
    symbol, start = q.index.text, q.index.start
    bound = _Bound(Index(_name(r, symbol)), start)
    if q.first:
        low, high = r.affine(q.first), r.affine(q.last)
        if low is None or high is None:
            r.fail(f"'{symbol}' runs from or to what is no number or size in scope", start)
        _limited(r, bound, low, high)
    r.indices[symbol] = bound.index
    r.free[bound.index.name] = lambda: bound.range(r, symbol)


def _limited(r: Resolver, bound: _Bound, low: Affine, high: Affine) -> None:
    bound.low, bound.high = low, high
    bound.index.first = 0 if low.counted() == 0 else 1
    bound.index.limit = high.counted() if bound.index.first else None
    letter = high.text()
    if bound.index.first and (size := size_of(letter, r.scope)) is not None:
        bound.index.ends = letter, int(size)


def _body(r: Resolver, tree: Big) -> tuple[Term, Sequence[tuple[str, Tree]]]:
    r"""What it is of, and the factors that follow. A sum takes in all; ``\prod_i x_i y`` may mean two things."""
    if tree.op == "sum" or not isinstance(tree.body, Product):
        return r.value(tree.body), ()
    items = tree.body.items
    _, end = r.unit(items, 0)
    if end == len(items) or isinstance(items[-1][1], Place):
        return r.value(tree.body), ()

    def wide() -> tuple[Term, Sequence[tuple[str, Tree]]]:
        return r.value(tree.body), ()

    def narrow() -> tuple[Term, Sequence[tuple[str, Tree]]]:
        return r.factors(items[:end]), items[end:]

    return r.choose(("body", tree.start), [wide, narrow])


def _extreme(r: Resolver, tree: Big) -> Term:
    r"""``\lim_{x \to 0^+} f``, ``\sup_x f``."""
    at = next((k for k, t in enumerate(tree.below) if t.is_("\\to", "\\rightarrow")), None)
    if tree.above or (at is None) == (tree.op == "limit"):
        r.fail("expected \\lim_{x \\to 0}, \\sup_{x} or \\inf_{x}", tree.start)
    body, x = r.value(tree.body), r.value(r.tree(tree.below[:at]))
    if at is None:
        return Term(f"{tree.op}({body.text}, {x.text})", ATOM)
    point, side = tree.below[at + 1 :], ""
    marks = [k for k, t in enumerate(point) if t.is_("^")]
    if marks and all(t.is_("+", "-", "{", "}") for t in point[marks[-1] + 1 :]):
        side = ", 1" if any(t.is_("+") for t in point[marks[-1] :]) else ", -1"
        point = point[: marks[-1]]
    return Term(f"limit({body.text}, {x.text}, {r.value(r.tree(point)).text}{side})", ATOM)


def least(r: Resolver, at: Tree, tree: Big) -> Term:
    r"""``v = \arg\min_x f(x)``: v is a minimizer; of all the terms that follow."""
    if not tree.below or tree.above:
        r.fail("by what? Write \\arg\\min_{x}", tree.start)
    v, x, f = r.value(at), r.value(r.tree(tree.below)), r.value(tree.body)
    if x.text not in r.scope or r.scope[x.text].op != "symbol" or x.shape != v.shape or f.shape or v.text == x.text:
        r.fail(f"'{v.text}' as a value of the symbol '{x.text}' at which '{f.text}', a number, is least", tree.start)
    text = f.text if tree.op == "argmin" else terms.negated(f).text
    return Term(f"minimizer({text}, {x.text}, {v.text})", ATOM, condition=True)


def _integral(r: Resolver, tree: Big) -> Term:
    r"""``\int_a^b f(x)\,dx``: what stands before the dx. Raises ExpressionError for one without ends."""
    items = list(tree.body.items) if isinstance(tree.body, Product) else []
    ends = [k for k in range(1, len(items)) if _is_d(items[k][1]) and not items[k][0]]
    if not tree.below or not tree.above:
        r.fail("an integral without ends; write \\int_{a}^{b}", tree.start)
    if len(ends) != 1 or ends[0] + 2 != len(items) or items[-1][0]:
        r.fail("expected one variable at the end of an integral: \\int_{a}^{b} f(x)\\,dx", tree.start)
    if "d" in r.scope:
        r.fail("'d' is a name of the case: say the integral in 'names:'", tree.start)
    variable = items[-1][1]
    x = r.value(variable).text
    if x not in r.scope or r.scope[x].op != "symbol" or r.scope[x].shape:
        r.fail(f"'{x}' is no symbol by which an integral is taken", variable.start)
    body = r.factors(items[: ends[0]])
    low, high = (r.value(r.tree(t)) for t in (tree.below, tree.above))
    return Term(f"integral({body.text}, {x}, {low.text}, {high.text})", ATOM)


def _is_d(tree: Tree) -> bool:
    return isinstance(tree, Symbol) and tree.word == "d" and not tree.accents


def _of_all(r: Resolver, tree: Big) -> Term:
    """A sum without an index: of all entries."""
    body = r.value(tree.body)
    if not body.shape or tree.op == "prod":
        r.fail(f"over what does the \\{tree.op} run? Write \\{tree.op}_{{i=1}}^{{n}}", tree.start)
    return Term(f"{tree.op}({body.text})", ATOM)


class _Bound:
    """An index with its range."""

    def __init__(self, index: Index, start: int, low: Affine | None = None, high: Affine | None = None) -> None:
        self.index, self.start, self.low, self.high = index, start, low, high
        self.end = ""  # of a loop that is not unrolled

    def range(self, r: Resolver, shown: str) -> str:
        if self.end:
            assert self.low is not None
            return f"range({self.low.text()}, {self.end})"
        if self.high is None:
            sizes = {(int(s), word(s)) for s in self.index.sizes}
            if len(sizes) != 1:
                said = (
                    "is not said"
                    if not sizes
                    else "is not the same everywhere: " + ", ".join(sorted(w for _, w in sizes))
                )
                r.fail(f"what the index '{shown}' runs over {said}; write \\sum_{{{shown}=1}}^{{n}}", self.start)
            return sizes.pop()[1]
        assert self.low is not None
        low = Affine(self.low.constant - self.index.first, self.low.names)
        high = Affine(self.high.constant + (self.index.first == 0), self.high.names)
        if low.counted() == 0:
            return high.text() if high.counted() is not None or high.text().isidentifier() else f"range({high.text()})"
        return f"range({low.text()}, {high.text()})"


class _Filter:
    def __init__(self, left: Tokens, op: str, right: Tokens, start: int) -> None:
        self.left, self.op, self.right, self.start = left, op, right, start

    def text(self, r: Resolver) -> str:
        a, b = r.affine(self.left), r.affine(self.right)
        if a is None or b is None:
            r.fail("a condition of a sum compares indices", self.start)
        first = max((i.first for i in (*a.indices, *b.indices)), default=0)
        return f"{Affine(a.constant - first, a.names).text()} {_LANGUAGE[self.op]} {Affine(b.constant - first, b.names).text()}"


def _bound(r: Resolver, tree: Big) -> tuple[list[tuple[str, _Bound]], list[_Filter]]:
    """The indices that stand below the sign, and the conditions on them."""
    bound: list[tuple[str, _Bound]] = []
    filters: list[_Filter] = []
    for part in r.listed(tree.below):
        if not part:
            r.fail("expected an index below the sign", tree.start)
        at = next((k for k, t in enumerate(part) if t.is_(*_RELATIONS)), None)
        if at is None:
            names = [part] if len(part) == 1 else [(t,) for t in part]
            for name in names:
                bound.append(_new(r, name, tree))
            continue
        left, op, right = part[:at], part[at], part[at + 1 :]
        if not left or not right:
            r.fail("expected an index below the sign", op.start)
        sign = "\\" + op.text if op.kind == "command" else op.text
        if sign == "=":
            low = r.affine(right)
            if low is None:
                r.fail("expected a whole number from which the index runs", op.start)
            word_, new = _new(r, left, tree)
            if not tree.above:
                r.fail("up to what does the index run?", tree.start)
            high = r.affine(tree.above)
            unrolled = high is not None and not any(i.endless for i in high.indices)
            if not unrolled and tree.op in ENDLESS and (end := _end(r, tree.above)) is not None:
                new.low, new.end, new.index.first, new.index.endless = low, end, 0, True
                bound.append((word_, new))
                continue
            if high is None:
                shown = r.source[tree.above[0].start : tree.above[-1].stop]
                r.fail(f"'{shown}' is no number or size in scope up to which an index could run", tree.above[0].start)
            _limited(r, new, low, high)
            bound.append((word_, new))
        elif sign == "\\in":
            r.fail("a set is not read below a sum; write \\sum_{i=1}^{n}", op.start)
        else:
            known = {w for w, _ in bound} | set(r.indices)
            if len(left) == 1 and left[0].text not in known and not _is_size(r, left):
                bound.append(_new(r, left, tree))
                if sign == "<" and len(right) == 1 and right[0].text not in known and not _is_size(r, right):
                    bound.append(_new(r, right, tree))  # over all pairs
            filters.append(_Filter(left, sign, right, op.start))
    if tree.above and all(b.high is None and not b.end for _, b in bound):
        if len(bound) != 1 or (high := r.affine(tree.above)) is None:
            r.fail("from what number does the index run?", tree.start)
        bound[0][1].low, bound[0][1].high = Affine(1), high
        bound[0][1].index.limit = high.counted()
    return bound, filters


def _end(r: Resolver, above: Tokens) -> str | None:
    """The end of a loop that is not unrolled, which is not reached: inf, or one more than an expression of symbols; else None."""
    if len(above) == 1 and above[0].is_("\\infty"):
        return "inf"
    high = r.affine(above, symbols=True)
    return None if high is None else Affine(high.constant + 1, high.names).text()


def _is_size(r: Resolver, tokens: Tokens) -> bool:
    return r.affine(tokens) is not None


def _new(r: Resolver, tokens: Tokens, tree: Big) -> tuple[str, _Bound]:
    t: Token = tokens[0]
    symbol = r.tree(tokens) if len(tokens) == 1 else None
    if not isinstance(symbol, Symbol):
        r.fail("expected an index below the sign", t.start)
    return symbol.word, _Bound(Index(_name(r, symbol.word)), t.start)


def _name(r: Resolver, letter: str) -> str:
    """A name for an index that nothing else has."""
    name = spelt(letter)[0] if spelt(letter) else letter
    taken = {*r.scope, *FUNCTION_NAMES, *(i.name for i in r.indices.values()), "pi", "inf", "e"}
    while name in taken or name in ("if", "in", "for", "or", "and", "not", "is", "as"):
        name += "_"
    return name
