"""Tensors of every size: a generic entry of each node, with sums over a size as sums.

The entry [i, j] of A @ B is the sum of A[i, k]*B[k, j] over k. A sum over k of c*p, c without k, is c times the sum of p; a
sum in a sum is one over both; sums that differ in the names of what they run over are one atom. What then comes out true of the
entry [i, j] for letters i and j is true of every entry, whatever the sizes are.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any, NamedTuple

from derive.expr.composites import COMPOSITES, options_of
from derive.expr.graph import Node, topological
from derive.expr.operators import OPERATORS
from derive.flint import fmpq, fmpq_mpoly
from derive.language.meaning import unfold
from derive.numbers.rational_functions import Atom, Poly, Quotient
from derive.proof.axioms import Units, Unknown
from derive.proof.evaluation import Evaluated, roomy, wants
from derive.proof.sequent import Sequent
from derive.proof.signs import ANY, NONZERO, OF_COMPARISON, POSITIVE

MAX_BOUND = 5  # letters that one sum runs over
KEPT = {"logsumexp"}
COUNTING = {c.name for c in COMPOSITES.values() if "{n}" in c.text or "{free}" in c.text} - KEPT


class Letter(NamedTuple):
    """What runs over a size; of a size that is 1 there is one, 0."""

    name: int
    size: int


def generic(s: Sequent, opaque: tuple[Node, ...]) -> list[Sequent]:
    """That the conclusion comes out true of one generic entry of its tensors, sums over a size as sums. ``opaque``: expressions
    whose entries stand for variables, whatever they are."""
    if s.conclusion not in s.hypotheses:
        found = roomy(lambda room, units: Generic(s, room, units, opaque).found)
        wants(found is True, str(found))
    return []


class Generic(Evaluated):
    """``found``: what the conclusion comes out as."""

    def __init__(self, s: Sequent, room: int, units: Units, opaque: tuple[Node, ...]) -> None:
        sizes = dict(s.sizes)
        wants(1 not in sizes, "a size of 1 is that of what is spread")
        roots = unfold([*(h for h in s.hypotheses if h.op in OF_COMPARISON), s.conclusion], KEPT | COUNTING)
        for n in topological(roots):  # the mean of 3 by 4 entries would be a twelfth of their sum
            wants(n.op not in COUNTING or not any(m in sizes for m in n.args[0].shape), f"{n.op} counts over a size")
        *given, conclusion = unfold(roots, KEPT)
        super().__init__((), [conclusion.graph.one], room, units)
        self.closed = set(unfold(opaque, KEPT))  # entries that are variables
        self.sizes = sizes
        self.count = 0
        self.apart: set[Letter] = set()
        self.entries: dict[tuple[Node, tuple[Letter, ...]], Any] = {}
        self.sums: dict[int, tuple[tuple[Letter, ...], Poly, Poly]] = {}  # what a sum runs over, and what is added up
        self.inverted = {
            h.args[0].args[0] for h in given if h.op == "ne" and h.args[0].op == "det" and h.args[1] is h.graph.zero
        }
        self.about: dict[Node, list[Node]] = {}  # what hypotheses say of every entry
        for h in given:
            if h.shape and h.args[0].shape == h.shape:
                self.about.setdefault(h.args[0], []).append(h)
            elif not any(a.shape or a.op == "det" for a in h.args):
                self.values[h] = self.entry(h, ())
                self.values.update((a, self.entry(a, ())) for a in h.args)
                self.suppose(h)
        self.entries.clear()
        self.roots = {conclusion}
        at = tuple(self.letter(n) for n in conclusion.shape)
        shown = []
        if len(at) == 2 and at[0].size == at[1].size != 1:  # on the diagonal, of which a size of 1 has nothing else,
            shown = [self.shown(conclusion, at[:1] * 2)]
            self.apart = set(at)  # and for two entries that are not the same one
        self.found = next((f for f in (*shown, self.shown(conclusion, at)) if f is not True), True)

    def shown(self, conclusion: Node, at: tuple[Letter, ...]) -> Any:
        found = self.entry(conclusion, at)
        return self.contradiction or found

    def letter(self, size: int) -> Letter:
        self.count += size != 1
        return Letter(self.count if size != 1 else 0, int(size))

    def size(self, n: int) -> Quotient:
        if n not in self.sizes:
            return self.const(n)
        return self.poly(self.gen(self.atom(("size", self.sizes[n]), POSITIVE)[0]))

    # -- entries ------------------------------------------------------------------------------------

    def entry(self, n: Node, at: tuple[Letter, ...]) -> Any:
        if (n, at) not in self.entries:
            try:
                self.entries[n, at] = self._entry(n, at)
            except Unknown as unknown:
                self.entries[n, at] = unknown
            known = isinstance(self.entries[n, at], Quotient)
            if known and n in self.closed:
                self.entries[n, at] = self.leaf(("leaf", n, at))
            for h in self.about.get(n, ()) if known else ():
                other = self.entry(h.args[1], self.spread(h.args[1], at))
                if isinstance(other, Quotient):
                    self.learn(self.entries[n, at] - other, OF_COMPARISON[h.op])
        return self.entries[n, at]

    def _entry(self, n: Node, at: tuple[Letter, ...]) -> Any:
        match n.op:
            case "const":
                wants(n.attr not in self.sizes, "a number that is also a size")
                return self.const(fmpq(n.attr.numerator, n.attr.denominator))
            case "symbol":
                return self.leaf(("leaf", n, at))
            case "def" if n.args[0].op == "const" and self.sizes.get(n.args[0].attr) == n.attr:
                return self.size(n.args[0].attr)
            case "matmul":
                return self.contracted(n.args[0], n.args[1], at)
            case "sum" | "logsumexp":
                inner, rest, whole = n.args[0].shape, iter(at), n.op == "sum"
                axis = n.attr if whole else options_of(n)["axis"]
                run = [self.letter(m) if axis in (None, i, i - len(inner)) else None for i, m in enumerate(inner)]
                found = self.product(self.entry(n.args[0], tuple(k or next(rest) for k in run)), self.const(1))
                found = found if whole else self.exp(found)
                for k in filter(None, run):
                    found = self.total(found, self.const(1), k)
                return found if whole else self.log(found)
            case "inv" if n.args[0] in self.inverted:
                return self.leaf(("leaf", n, at))
            case "transpose":
                return self.entry(n.args[0], at[::-1])
            case "outer":
                return self.product(self.entry(n.args[0], at[:1]), self.entry(n.args[1], at[1:]))
            case "diag" if len(n.shape) == 1:
                return self.entry(n.args[0], at * 2)
            case "diag":
                if at[0] != at[1] and set(at) != self.apart:
                    raise Unknown("whether an entry lies on the diagonal")
                return self.entry(n.args[0], at[:1]) if at[0] == at[1] else self.const(0)
            case "reshape":
                a, kept = n.args[0], [k for k in at if k.size != 1]
                wants([m for m in a.shape if m != 1] == [k.size for k in kept], "a reshape that moves entries")
                rest = iter(kept)
                return self.entry(a, tuple(Letter(0, 1) if m == 1 else next(rest) for m in a.shape))
        wants(n.op in OPERATORS or n.op in ("def", "broadcast", "apply"), f"no generic entry of {n.op}")
        args = [self.entry(a, self.spread(a, at)) for a in n.args]
        return args[0] if n.op == "broadcast" else self.combined(n, args)

    def contracted(self, a: Node, b: Node, at: tuple[Letter, ...]) -> Any:
        """An entry of a @ b: a sum, but of diagonal matrices, and of sums and multiples of such."""
        left = at[: len(a.shape) - 1]
        for m, other in ((a, False), (b, True)):
            if len(m.shape) < 2 or not any(n.op == "diag" and len(n.shape) == 2 for n in topological([m])):
                continue
            if m.op == "diag":
                k = at[-1] if other else at[0]
                along = self.entry(a, (*left, k)) if other else self.entry(b, (k, *at[1:]))
                return self.product(self.entry(m.args[0], (k,)), along)
            whole = [p.shape == m.shape for p in m.args]
            scaled = m.op in ("mul", "div") and any(not p.shape for p in m.args) and (whole[0] or m.op == "mul")
            if scaled or (m.op in ("def", "neg", "add", "sub") and all(whole)):
                args = [
                    (self.contracted(a, p, at) if other else self.contracted(p, b, at)) if w else self.entry(p, ())
                    for p, w in zip(m.args, whole, strict=True)
                ]
                return self.combined(m, args)
        k = self.letter(a.shape[-1])
        return self.total(self.entry(a, (*left, k)), self.entry(b, (k, *at[len(left) :])), k)

    def spread(self, a: Node, at: tuple[Letter, ...]) -> tuple[Letter, ...]:
        """Where the entry of an argument stands that is spread over a shape."""
        own = at[len(at) - len(a.shape) :]
        return tuple(k if k.size == m else Letter(0, 1) for k, m in zip(own, a.shape, strict=True))

    def product(self, x: Any, y: Any) -> Any:
        for v in (x, y):
            if not isinstance(v, Quotient):
                raise Unknown(str(v))
        return x * y

    # -- sums ---------------------------------------------------------------------------------------

    def total(self, x: Any, y: Any, k: Letter) -> Quotient:
        """The sum of x*y over k."""
        u: Quotient = self.product(x, y)
        if not k.name:
            return u
        free, own = self.one_poly, self.one_poly
        content, factors = self.factored(u.den)
        for f, n in factors:
            if self.depends(f, k):
                own = self.times(own, f**n)
            else:
                free = self.times(free, f**n)
        outside: dict[tuple[int, ...], Poly] = {}
        for e, c in u.num.terms():
            inside = tuple(n if i < len(self.atoms) and n and self.on(self.atoms[i], k) else 0 for i, n in enumerate(e))
            rest = fmpq_mpoly({tuple(n - m for n, m in zip(e, inside, strict=True)): c}, self.ctx)
            outside[inside] = outside.get(inside, 0) + rest
        result = self.const(0)
        for inside, factor in outside.items():
            result = result + Quotient(self, factor, free) * self.added(fmpq_mpoly({inside: 1}, self.ctx), own, k)
        return result / self.const(content)

    def added(self, num: Poly, den: Poly, k: Letter) -> Quotient:
        """The sum of num/den over k, num a product of atoms that all depend on k: one atom."""
        if num.is_constant() and den.is_one():
            return self.size(k.size)
        bound: tuple[Letter, ...] = (k,)
        for a in self.used(num):
            inner, above, below = self.sums.get(a.index, ((), num, den))
            for _ in range(int(num.degrees()[a.index]) if inner else 0):
                again = bool(set(inner) & set(bound))  # a square is a sum over two letters
                if len(bound) + len(inner) > MAX_BOUND or (again and not self.movable((above, below), inner)):
                    break
                if again:
                    fresh = {i: self.letter(i.size) for i in inner}
                    inner, above, below = (*fresh.values(),), self.moved(above, fresh), self.moved(below, fresh)
                bound += inner
                num, den = self.times(num // self.gen(a), above), self.times(den, below)
        sign = self.of(Quotient(self, num, den))
        key = ("sum", self.told((num, den), bound, {}))
        made, new = self.atom(key, ANY if sign == NONZERO else sign, (num, den))
        if new:
            self.sums[made.index] = bound, num, den
        return self.poly(self.gen(made))

    def movable(self, of: tuple[Poly, ...], letters: tuple[Letter, ...]) -> bool:
        """Whether no function of what these letters pick stands in polynomials."""
        return all(a.key[0] == "leaf" or not any(self.on(a, k) for k in letters) for p in of for a in self.used(p))

    def moved(self, p: Poly, to: dict[Letter, Letter]) -> Poly:
        """p with other letters."""
        found = self.ctx.constant(0)
        for e, c in p.terms():
            term = self.ctx.constant(c)
            for a, n in zip(self.atoms[:], e, strict=False):
                if n and a.key[0] == "leaf":
                    a, _ = self.atom(("leaf", a.key[1], tuple(to.get(k, k) for k in a.key[2])), ANY)
                term *= self.gen(a) ** int(n)
            found += term
        return found

    def on(self, a: Atom, k: Letter) -> bool:
        """Whether an atom depends on k."""
        return any(k in self.atoms[i].key[2] for i in a.leaves)

    def depends(self, p: Poly, k: Letter) -> bool:
        return any(self.on(a, k) for a in self.used(p))

    def told(self, of: tuple[Poly, ...], bound: tuple[Letter, ...], names: dict[Letter, str]) -> str:
        """Polynomials as text that does not depend on the names of what a sum runs over: the first in the alphabet of those by
        all orders of the letters."""
        deep = max((int(v[1:].partition(":")[0]) for v in names.values()), default=0)
        ways = []
        for order in permutations(bound):
            now = {**names, **{k: f"b{deep + i}:{k.size}" for i, k in enumerate(order, 1)}}
            ways.append("/".join(self._text(p, now) for p in of))
        return min(ways)

    def _text(self, p: Poly, names: dict[Letter, str]) -> str:
        terms = []
        for e, c in p.terms():
            factors = sorted(f"{self._name(self.atoms[i], names)}^{n}" for i, n in enumerate(e) if n)
            terms.append(f"{'*'.join(factors)}*{c}")
        return f"({'+'.join(sorted(terms))})"

    def _name(self, a: Atom, names: dict[Letter, str]) -> str:
        match a.key[0]:
            case "leaf":
                return f"{a.key[1].id}{[names.get(k, k) for k in a.key[2]]}"
            case "sum":
                return f"sum{self.told(a.of, self.sums[a.index][0], names)}"
            case "apply" | "size":
                extra: Any = a.key[1]
            case "exp" | "sin" | "cos" | "root":
                extra = a.key[-1]
            case _:
                extra = ""
        return f"{a.key[0]}{extra!r}{'/'.join(self._text(p, names) for p in a.of)}"
