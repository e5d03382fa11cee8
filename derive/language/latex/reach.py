r"""How far what stands without brackets reaches: ``\log x y``, ``\frac{d}{dx} f g``, ``\log \sum_i e^{x_i} y``.

Shared by everybody: a sum ends it (``\log x + y``), and so does another function (``\sin x \cos y``); a number belongs to what
follows it (``\sin 2x``). All else can be meant in more than one way: each way is a ``Cut``, and all are followed, but for those
that give the same because what stands there does not depend on the variable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from derive.errors import ExpressionError
from derive.expr.graph import Node, topological
from derive.language.latex.terms import Term
from derive.language.latex.tokens import Token
from derive.language.latex.tree import Big, Fraction, Number, Product, Scripted, Sum, Symbol, Tree, bracket
from derive.language.latex.words import FUNCTIONS
from derive.records import dataclass

if TYPE_CHECKING:
    from derive.language.latex.resolve import Resolver

Items = Sequence[tuple[str, Tree]]
T = TypeVar("T")

#: What takes in a whole sum where its index is spoken of: adding what has no index says the same inside and outside.
_EXTREMES = ("limit", "supremum", "infimum", "max", "min", "argmin", "argmax")


@dataclass(frozen=True, slots=True)
class Cut:
    """One way: what an operator takes, where among the factors it stops, and what is left before that of the body of a sum.
    ``same``: it gives what the one before it gives, if that can be read."""

    of: tuple[tuple[str, Tree], ...]
    stop: int
    left: tuple[tuple[str, Tree], ...] = ()
    same: bool = False

    @property
    def tree(self) -> Tree:
        first = self.of[0][1]
        return first if len(self.of) == 1 else Product(first.start, (("", first), *self.of[1:]))


def cuts(r: Resolver, items: Items, k: int, by: Sequence[Node] = ()) -> list[Cut]:
    """The ways to read an operator before the k-th factor. ``by``: the variables of a derivative, which passes over what does
    not depend on them."""
    end = _unit(r, items, k)
    while end < len(items) and not items[end][0] and not is_function(items[end][1]) and _number(items[k:end]):
        end = _unit(r, items, end)
    made = [Cut((*items[k:end],), end)]
    first = items[k][1]
    if end == k + 1 and isinstance(first, Big) and not by:
        made = [Cut((("", body),), end, left) for body, left in _within(first)]
    while end < len(items) and (by or not is_function(items[end][1])):
        before, end = end, _unit(r, items, end)
        made.append(Cut((*items[k:end],), end, same=not _matters(r, items[before:end], by)))
    return made


def chosen(r: Resolver, key: str, start: int, found: Sequence[Cut], how: Callable[[Tree], Term]) -> tuple[Term, int]:
    """What an operator gives of what it takes, times what is left of the body of a sum, and where the next factor begins."""

    def one(cut: Cut) -> tuple[Term, int]:
        made = how(cut.tree)
        return (followed(r, made, cut.left, start) if cut.left else made), cut.stop

    def outside(last: Cut, cut: Cut) -> bool:
        """Whether what one takes in more than the other can stand outside."""
        try:
            followed(r, one(last)[0], cut.of[len(last.of) :], start)
        except ExpressionError:
            return False
        return True

    kept: list[Cut] = []
    for cut in found:
        if not cut.same or not kept or not outside(kept[-1], cut):
            kept.append(cut)
    return r.choose((key, start), [partial(one, c) for c in kept])


def followed(r: Resolver, made: Term, rest: Items, start: int) -> Term:
    """A value times, or over, what stands after it."""
    if any(op == "/" for op, _ in rest):
        return r.factors(rest, made)
    (op, first), *more = rest
    other = r.value(Product(first.start, (("", first), *more)) if more else first)
    return r.combined(lambda: r.times(made, other, op), start)


def is_function(tree: Tree) -> bool:
    base = tree.base if isinstance(tree, Scripted) else tree
    return (isinstance(base, Symbol) and base.word in FUNCTIONS) or isinstance(base, Big)


def goes_on(items: Items) -> bool:
    r"""Whether a function without brackets may take in what an ``\odot`` parts."""
    signs = [k for k, (op, _) in enumerate(items) if op in ("o", "o/")]
    bare = (k for k, (_, t) in enumerate(items) if is_function(t) and bracket(items, k + 1) is None)
    return any(k < sign for k in bare for sign in signs)


def _unit(r: Resolver, items: Items, k: int) -> int:
    try:
        return r.unit(items, k)[1]
    except ExpressionError:
        if k + 1 < len(items):
            return k + 1  # it may be a value together with what follows
        raise


def _number(items: Items) -> bool:
    """Whether these factors are numerals, which are parts of what follows."""
    return all(isinstance(t, Number) or (isinstance(t, Symbol) and t.word == "pi") for _, t in items)


def _matters(r: Resolver, items: Items, by: Sequence[Node]) -> bool:
    """Whether it may be another value to have these factors inside of a derivative than outside."""
    if not by or not items:
        return True
    try:
        made = (
            r.value(Product(items[0][1].start, (("", items[0][1]), *items[1:])))
            if len(items) > 1
            else r.value(items[0][1])
        )
        inside = topological([r.node(made.text, items[0][1].start)])
    except ExpressionError:
        return True
    return any(v in inside for v in by)


def _within(tree: Big) -> list[tuple[Big, tuple[tuple[str, Tree], ...]]]:
    """A sum with less and less in its body, and what is then left: factors that do not speak of its index."""
    made: list[tuple[Big, tuple[tuple[str, Tree], ...]]] = [(tree, ())]
    if isinstance(tree.body, Big):
        for inner, left in _within(tree.body)[1:]:
            if not spoken(left) & _bound(tree):
                made.append((_of(tree, inner, left[0][1].start), left))
    elif isinstance(tree.body, Product):
        items = tree.body.items
        for k in range(len(items) - 1, 0, -1):
            left = items[k:]
            if spoken(left) & _bound(tree):
                break
            body = items[0][1] if k == 1 else Product(items[0][1].start, items[:k])
            made.append((_of(tree, body, items[k][1].start), left))
    return made


def _of(tree: Big, body: Tree, stop: int) -> Big:
    return replace(tree, body=body, written=tuple(t for t in tree.written if t.start < stop))


def _bound(tree: Big) -> set[str]:
    return {t.text for t in tree.below if t.kind in ("letter", "word", "command")}


def spoken(tree: object) -> set[str]:
    """The letters and words of a tree."""
    if isinstance(tree, Token):
        return {tree.text} if tree.kind in ("letter", "word", "command") else set()
    if isinstance(tree, Symbol):
        return {tree.word}
    if isinstance(tree, tuple):
        return {w for t in tree for w in spoken(t)}
    if is_dataclass(tree):
        return {w for f in fields(tree) for w in spoken(getattr(tree, f.name))}
    return set()


def repeated(r: Resolver, tree: object, letter: str) -> bool:
    r"""Whether an index stands twice in one product, ``u_i v_i`` or ``A_{ii}``: some people mean the sum over it."""
    if isinstance(tree, Fraction):
        try:
            return any(repeated(r, r.tree(t), letter) for t in (tree.top, tree.bottom))
        except ExpressionError:  # of a derivative
            return False
    if isinstance(tree, Scripted) and sum(t.text == letter for t in tree.below) > 1:
        return True
    if isinstance(tree, Product) and sum(letter in spoken(t) for _, t in tree.items) > 1:
        return True
    if isinstance(tree, tuple):
        return any(repeated(r, t, letter) for t in tree)
    return is_dataclass(tree) and any(repeated(r, getattr(tree, f.name), letter) for f in fields(tree))


def swallowed(tree: Sum) -> Sum | None:
    r"""``\max_i a_i + b_i`` with all of the sum under the sign; None where no term speaks of an index that stands before it."""
    for k, (sign, t) in enumerate(tree.terms[:-1]):
        last = t.items[-1][1] if isinstance(t, Product) else t
        rest = tree.terms[k + 1 :]
        if (
            not isinstance(last, Big)
            or last.op not in _EXTREMES
            or not spoken(tuple(u for _, u in rest)) & _index(last)
        ):
            continue
        whole = replace(last, body=Sum(last.body.start, (("+", last.body), *rest)), written=())
        made: Tree = replace(t, items=(*t.items[:-1], (t.items[-1][0], whole))) if isinstance(t, Product) else whole
        return Sum(tree.start, (*tree.terms[:k], (sign, made)))
    return None


def _index(tree: Big) -> set[str]:
    """The letters that are bound by it: before the arrow, the equals sign or the like."""
    end = next(
        (k for k, t in enumerate(tree.below) if t.kind == "sign" or t.text in ("to", "rightarrow", "in", "ne", "le")),
        None,
    )
    return {t.text for t in tree.below[:end] if t.kind in ("letter", "word", "command")}
