"""Equations between tensors of every size: products of matrices rewritten by what the hypotheses say of some.

A hypothesis ``R.T @ R == eye(n)`` is a rule for words of matrices. Where such a word stands in a side, multiplied out, the side
is written so that it shows (the rule ``generic`` sees that this changes nothing), and what the hypothesis says is put in its
place (``Substitution``): a list of rewritings, which the checker follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial, reduce
from itertools import count
from typing import NamedTuple

from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.proof import certificates as by
from derive.proof.certificates import Certificate, Lemma, Substitution
from derive.proof.check import Rejected, check
from derive.proof.sequent import Sequent, equation, eye

MAX_REWRITINGS = 12
MAX_WORDS = 60  # of one side multiplied out
MAX_LETTERS = 16
INVERSE = by.Rule("inverse", (), ())


def generic(opaque: tuple[Node, ...] = ()) -> Certificate:
    """By one generic entry, with what is not looked into."""
    return by.Rule("generic", opaque, ())


class Turned(NamedTuple):
    """A matrix or its transpose; a vector as a column or as a row."""

    of: Node
    turned: bool = False


Word = tuple[Turned, ...]
Term = tuple[Node, Word]  # a scalar, and the product that it is multiplied with


class Rule(NamedTuple):
    """A word, the product that it is as it stands in a hypothesis, and what that is there."""

    word: Word
    old: Node
    new: Node


def every_size(s: Sequent) -> Certificate:
    """A certificate of an equation of tensors, their sizes letters. Raises Rejected."""
    for h in s.hypotheses:  # what a hypothesis says that a tensor is, is put in its place
        old, new = h.args if h.op == "eq" and h.args[0].shape else (h, h)
        if old.op == "symbol" and new.shape == old.shape and old not in topological([new]):
            return Substitution(old, new, generic(), every_size(s.put({old: new})))
    try:
        return check(s, generic()).certificate
    except Rejected as e:
        why = e
    found = Rewriting(s)
    if not found.rules and not found.lemmas:
        raise why
    return found.certificate()


def by_action(a: Node, b: Node) -> tuple[Node, Node]:
    """Of two matrices, one a Jacobian ``linear``, what they do to a row, a new symbol; other sides as they are."""
    if "linear" not in (a.op, b.op):
        return a, b
    g, rows = a.graph, a.shape[0]
    names = {n.attr for n in topological([a, b]) if n.op == "symbol"}
    u = g.symbol(next(name for i in count() if (name := f"u{i}") not in names), (rows,))

    def image(m: Node) -> Node:
        return substitute_all(m.args[:1], {m.args[1]: u})[0] if m.op == "linear" else g.matmul(u, m)

    return image(a), image(b)


class Rewriting:
    """The search for the rewritings of one claim. ``s`` has what was shown on the way among its hypotheses."""

    def __init__(self, s: Sequent) -> None:
        self.s, self.g = s, s.conclusion.graph
        self.letters: tuple[Node, ...] = ()  # definitions that are not looked into
        self.lemmas: list[tuple[Node, Certificate]] = []
        for h in s.hypotheses:
            if h.op == "eq" and not h.shape:
                self.root(*h.args)
            elif h.op == "eq" and h.args[0].op == "matmul":
                self.other_side(h)
        for n in topological([s.conclusion]):
            if n.op == "inv":
                self.inverse(n)
        self.letters = tuple(self.solutions())
        self.rules = [r for h in self.s.hypotheses if h.op == "eq" and h.shape for r in self.rule(h)]

    # -- what hypotheses say ------------------------------------------------------------------------

    def lemma(self, fact: Node, because: Certificate) -> None:
        """One more hypothesis, if the checker follows why."""
        if fact in self.s.hypotheses:
            return
        try:
            check(self.s.concluding(fact), because)
        except Rejected:
            return
        self.lemmas.append((fact, because))
        self.s = self.s.given(fact)

    def root(self, a: Node, b: Node) -> None:
        """norm(u) = c says that norm(u)**2 = c**2."""
        for x, c in ((a, b), (b, a)):
            if x.op == "sqrt":
                inner, square = x.args[0], self.g.pow(x, self.g.const(2))
                put = Substitution(x, c, generic(), generic())
                self.lemma(equation(inner, self.g.mul(c, c)), Substitution(inner, square, generic(), put))

    def other_side(self, h: Node) -> None:
        """Of square matrices a right inverse is a left one."""
        (a, b), g = h.args[0].args, self.g
        if a.shape == b.shape and h.args[1] is eye(g, h.shape[0]):
            self.lemma(equation(g.matmul(b, a), h.args[1]), INVERSE)

    def inverse(self, v: Node) -> None:
        """What an inverse is beside the matrix that it inverts, and that of a symmetric one is symmetric."""
        g, m = self.g, v.args[0]
        one, right = eye(g, v.shape[0]), g.matmul(m, v)
        self.lemma(equation(right, one), INVERSE)
        self.lemma(equation(g.matmul(v, m), one), INVERSE)
        turned, by_one = g.transpose(v), Substitution(right, one, generic(), generic())
        left = g.matmul(turned, m)
        is_one = Substitution(left, g.transpose(right), generic(), by_one)
        both = g.matmul(left, v)  # v.T is (v.T m) v, and that is v
        same = Substitution(both, g.matmul(turned, right), generic(), by_one)
        self.lemma(equation(turned, v), Substitution(turned, both, same, Substitution(left, one, is_one, generic())))

    def solutions(self) -> Iterator[Node]:
        """Definitions x = inv(M) @ b: M @ x = b."""
        g = self.g
        for n in topological([self.s.conclusion]):
            if n.op == "def" and n.args[0].op == "matmul" and n.args[0].args[0].op == "inv":
                inverse, b = n.args[0].args
                product = g.matmul(m := inverse.args[0], inverse)
                by_one = Substitution(product, eye(g, m.shape[0]), generic(), generic())
                fact = equation(g.matmul(m, n), b)
                self.lemma(fact, Substitution(fact.args[0], g.matmul(product, b), generic(), by_one))
                if fact in self.s.hypotheses:
                    yield n

    def rule(self, h: Node) -> Iterator[Rule]:
        """The longest product (the first of these) of an equation, if it is there but for its sign, by the rest."""
        left, right = h.args
        terms = [*self.terms(left), *((self.g.neg(c), w) for c, w in self.terms(right))]
        plain = [(c, w) for c, w in terms if c.op == "const" and abs(c.attr) == 1]
        if not plain:
            return
        c, word = max(plain, key=lambda t: len(t[1]))
        if not word or sum(w == word for _, w in terms) != 1:
            return
        old = self.product(word, h.shape)
        if left is old:
            yield Rule(word, left, right)
            return
        others = [(self.g.mul(self.g.neg(c), d), w) for d, w in terms if w != word]
        rest = self.total(others, h.shape, lambda w: None)
        fact, g = equation(old, rest), self.g
        sign: Callable[[Node], Node] = (lambda n: n) if c.attr == 1 else g.neg
        moved = g.add(old, sign(g.node("sub", (right, left), None, h.shape)))
        # old = old + (right - left), which is what is said of it
        put = Substitution(left, right, self.generic(), self.generic())
        self.lemma(fact, Substitution(old, moved, put, self.generic()))
        if fact in self.s.hypotheses:
            yield Rule(word, old, rest)

    # -- words ----------------------------------------------------------------------------------------

    def generic(self) -> Certificate:
        return generic(self.letters)

    def terms(self, n: Node) -> list[Term]:
        """A vector or matrix multiplied out."""
        g, one = self.g, self.g.one
        match n.op:
            case "def" if n not in self.letters:
                return self.terms(n.args[0])
            case "neg":
                return [(g.neg(c), w) for c, w in self.terms(n.args[0])]
            case "add" | "sub" if n.args[0].shape == n.args[1].shape:
                left, right = map(self.terms, n.args)
                return [*left, *((c if n.op == "add" else g.neg(c), w) for c, w in right)]
            case "mul" | "div" if not all(a.shape for a in n.args):
                scalar, other = sorted(n.args, key=lambda a: len(a.shape))
                if n.op == "mul":
                    return [(g.mul(c, scalar), w) for c, w in self.terms(other)]
                return [(g.div(c, n.args[1]), w) for c, w in self.terms(n.args[0])] if n.args[0].shape else []
            case "mul" if len(n.shape) == 1 and n.args[0].shape == n.args[1].shape:
                left, right = map(self.terms, n.args)
                if len(right) == 1 and len(right[0][1]) == 1:
                    left, right = right, left
                if len(left) == 1 and len(left[0][1]) == 1:
                    (c, (u,)), *_ = left
                    return [(g.mul(c, d), (Turned(g.diag(u.of)), *w)) for d, w in right]
            case "matmul" if n.shape:
                return self.multiplied(*n.args)
            case "transpose":
                return [(c, turned(w)) for c, w in self.terms(n.args[0])]
            case "outer":
                left, right = map(self.terms, n.args)
                return [(g.mul(c, d), (*v, *turned(w))) for c, v in left for d, w in right]
            case "diag" if n is eye(g, n.shape[0]):
                return [(one, ())]
            case "broadcast" if n.args[0] is g.zero:
                return []
        return [(one, (Turned(n),))]

    def multiplied(self, a: Node, b: Node) -> list[Term]:
        """Of a product; of two vectors, rows times columns."""
        left, right = self.terms(a), self.terms(b)
        if len(a.shape) == 1:
            left = [(c, turned(w)) for c, w in left]
        found = [(self.g.mul(c, d), v + w) for c, v in left for d, w in right]
        if len(found) > MAX_WORDS or any(len(w) > MAX_LETTERS for _, w in found):
            raise Rejected("too many words")
        row = len(a.shape) == 1 and len(b.shape) == 2
        return [(c, turned(w)) for c, w in found] if row else found

    def product(self, w: Word, shape: Sequence[int]) -> Node:
        """A word as an expression of that shape: () is a row times a column."""
        g = self.g
        if not w:
            return eye(g, shape[0])
        for i, k in enumerate(w):  # a column before the end: what follows is a row
            if not k.turned and len(k.of.shape) == 1 and i + 1 < len(w):
                return g.outer(self.product(w[: i + 1], ()), self.product(turned(w[i + 1 :]), ()))
        parts = [g.transpose(k.of) if k.turned else k.of for k in w]
        return reduce(lambda right, left: g.matmul(left, right), reversed(parts))

    def total(self, terms: Sequence[Term], shape: Sequence[int], instead: Callable[[Word], Node | None]) -> Node:
        """The sum of products; ``instead`` may say how one is written."""
        g = self.g
        made = [g.mul(c, instead(w) or self.product(w, shape)) for c, w in terms]
        return reduce(g.add, made) if made else g.broadcast(g.zero, tuple(shape)) if shape else g.zero

    # -- rewriting ------------------------------------------------------------------------------------

    def certificate(self) -> Certificate:
        shown = self.rewritten(self.s, MAX_REWRITINGS)
        for fact, because in reversed(self.lemmas):
            shown = Lemma(fact, because, shown)
        return shown

    def rewritten(self, s: Sequent, left: int) -> Certificate:
        try:
            return check(s, self.generic()).certificate
        except Rejected as why:
            fault = why
        for n in topological([s.conclusion], known=set(self.letters)) if left else ():
            for rule in self.rules:
                for shows, after in self.by(rule, n):
                    put = Substitution(rule.old, rule.new, self.generic(), self.generic())
                    because = Substitution(n, shows, self.generic(), put)
                    try:
                        check(s.concluding(equation(n, after)), because)
                    except Rejected:
                        continue
                    return Substitution(n, after, because, self.rewritten(s.put({n: after}), left - 1))
        raise fault

    def by(self, rule: Rule, n: Node) -> Iterator[tuple[Node, Node]]:
        """A node with a rule's product wherever its word stands, and with what that is in its place."""
        g, length = self.g, len(rule.word)
        terms = self.product_terms(n) if n.shape else self.scalar_terms(n)
        if n is rule.old or all(_place(rule.word, w) is None for _, w in terms):
            return

        def written(m: Node, w: Word) -> Node | None:
            if (place := _place(rule.word, w)) is None:
                return None
            i, v = place
            made = self.product((*v[:i], Turned(m), *v[i + length :]), n.shape)
            return made if v == w else g.transpose(made)

        yield (
            self.total(terms, n.shape, partial(written, rule.old)),
            self.total(terms, n.shape, partial(written, rule.new)),
        )

    def product_terms(self, n: Node) -> list[Term]:
        return self.terms(n) if n.op in ("matmul", "transpose", "add", "sub", "mul") else []

    def scalar_terms(self, n: Node) -> list[Term]:
        """A scalar product, or a sum of squares or of products, multiplied out: rows times columns."""
        inner = n.args[0] if n.op == "sum" and n.attr is None else n
        match inner.op:
            case "matmul" if inner is n:
                return self.multiplied(*n.args)
            case "pow" if inner.args[1] is self.g.const(2) and len(inner.shape) == 1:
                return self.multiplied(inner.args[0], inner.args[0])
            case "mul" if len(inner.shape) == 1 and all(a.shape == inner.shape for a in inner.args):
                return self.multiplied(*inner.args)
        return []


def _place(word: Word, w: Word) -> tuple[int, Word] | None:
    """Where a word stands in another or in its transpose, and in which of the two."""
    for v in (w, turned(w)) if len(word) > 1 else (w,):
        for i in range(len(v) - len(word) + 1):
            if v[i : i + len(word)] == word:
                return i, v
    return None


def turned(w: Word) -> Word:
    return tuple(Turned(k.of, not k.turned and k.of.op != "diag") for k in reversed(w))
