"""The matrix of a linear map, read off the words of its image of a vector u: a Jacobian J from J.T @ u, for every size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.engine.algebra.polynomials import Quotient
from derive.engine.matrices.letters import Form, NoForm, Word
from derive.expr.graph import Node

if TYPE_CHECKING:
    from derive.engine.matrices.tensors import Tensors


def matrix(t: Tensors, n: Node) -> Form:
    """The matrix J of a linear map, given as J.T @ u for a symbol u: ``u`` is taken off the words."""
    image, u = n.args
    k, ring = t.words.numbers.get(("node", u.id), 0), t.words.ring
    out: Form = {}
    for w, c in t.form(image).items():
        if u.id not in _leaves(t, c, k):
            out = t.words.plus(out, {_without(t, w, k): ring.one}, c)
            continue
        if any(abs(x) == k for x in w) or (not c.den.is_constant() and u.id in _leaves(t, ring.poly(c.den), k)):
            raise NoForm("a derivative that is no product")
        for e, number in c.num.terms():  # a scalar of the words y.T M u: w y.T M takes its place
            at = [i for i, m in enumerate(e) if m and u.id in _leaves(t, ring.poly(ring.gens[i]), k)]
            if len(at) != 1 or e[at[0]] != 1 or ring.kernels[at[0]].node not in t.words.atoms:
                raise NoForm("a derivative that is no product")
            row = _row(t, t.words.atoms[ring.kernels[at[0]].node], k)
            rest = ring.const(number)
            for i, m in enumerate(e):
                if m and i != at[0]:
                    rest = ring.mul(rest, ring.poly(ring.raised(ring.gens[i], int(m))))
            out = t.words.plus(out, {w + row: ring.one}, ring.div(rest, ring.poly(c.den)))
    return t.words.turned_form(t.words.reduced(out))


def _leaves(t: Tensors, q: Quotient, k: int) -> set[int]:
    """The numbers of the nodes of letter ``k`` that a scalar or an entry depends on: that of the letter, or none."""
    words = t.words
    for n in words.ring.free(q.num, q.den):
        letters = (*words.atoms.get(n, ()), *words.places.get(n, ((), ""))[0])
        if any(abs(x) == k or _within(t, abs(x), k) for x in letters):
            return {key[1] for key, number in words.numbers.items() if number == k}
    return set()


def _within(t: Tensors, letter: int, k: int) -> bool:
    """Whether a letter is made of another."""
    x = t.words.letters[letter]
    if x.diagonal and (x.diagonal == k or _within(t, x.diagonal, k)):
        return True
    if x.inverts is not None:
        return any(abs(y) == k or _within(t, abs(y), k) for w in x.inverts for y in w)
    return x.entry is not None and bool(_leaves(t, x.entry, k))


def _without(t: Tensors, w: Word, k: int) -> Word:
    """The word M of a word M u, or M diag(v) of the word M (v*u)."""
    words = t.words
    if w and not any(abs(x) == k or _within(t, abs(x), k) for x in w[:-1]):
        if w[-1] == k:
            return w[:-1]
        entry = words.letters[w[-1]].entry if w[-1] > 0 else None
        if entry is not None:
            rest = words.ring.div(entry, words.place((k,), "i"))
            if not _leaves(t, rest, k):
                return (*w[:-1], *words.diagonal(words.column(rest, words.letters[w[-1]].rows)))
    raise NoForm("a derivative that is no product")


def _row(t: Tensors, w: Word, k: int) -> Word:
    """The row y.T M of a scalar y.T M u."""
    for v in (w, t.words.turned(w)):
        for i, x in enumerate(v):
            if x < 0 and t.words.letters[-x].vector:
                try:
                    return _without(t, v[i:] + v[:i], k)
                except NoForm:
                    continue
    raise NoForm("a derivative that is no product")
