"""Words: products of matrices as sequences of letters, with commuting coefficients, valid for every size.

A tensor is a sum of words, each with a scalar coefficient (a quotient of polynomials, ``polynomials``). A letter is a matrix
or a column vector; its negative number is its transpose. ``A@B`` is the word (A, B), ``(A@B).T`` is (-B, -A), the identity is
the empty word. Scalars commute out of words: ``u.T A v`` between a row and a column, and the trace of a square word, are
*cyclic* words, one kernel each, in the least of their rotations and of those of the transpose.

Rewriting rules make the words of equal products equal: what an inverse does beside the matrix it inverts, and what the
assumptions say (``R.T @ R == eye(n)``, ``P @ P == P``, ``A.T == A``). A rule takes a word to lesser ones, shorter first, so that
rewriting ends. Nothing is refuted here: two forms that differ may still be one matrix.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from derive.engine.algebra.kernels import terms as _terms  # noqa: F401  (registers the rules of functions)
from derive.engine.algebra.polynomials import Quotient, Ring
from derive.engine.algebra.signs import NONNEGATIVE, POSITIVE, ZERO, Mask
from derive.engine.matrices.letters import Alphabet, Form, Letter, NoForm, Word
from derive.expr.graph import Node

MAX_WORD = 48  # letters
MAX_STEPS = 4_000  # rewritings, for one claim
MAX_FORM = 400  # words of one form
MAX_DEPTH = 120  # rewritings of one word within each other


class Words(Alphabet):
    """The letters of one claim, and the arithmetic of words over them."""

    def __init__(self, ring: Ring, sizes: Mapping[int, str]) -> None:
        super().__init__(ring, sizes)
        self.rules: dict[int, list[tuple[Word, Form]]] = {}
        self.atoms: dict[Node, Word] = {}  # cyclic words that are scalars of their own
        self.known: dict[Word, Quotient] = {}  # cyclic words whose value the assumptions give
        self._reduced: dict[Word, Form] = {}
        self._cyclic: dict[Word, Quotient] = {}
        self._steps = 0
        self._depth = 0

    # -- arithmetic -------------------------------------------------------------------------------

    def turned_form(self, f: Form) -> Form:
        return self.reduced({self.turned(w): c for w, c in f.items()})

    def plus(self, f: Form, g: Form, times: Quotient | None = None) -> Form:
        """f + times*g."""
        out = dict(f)
        for w, c in g.items():
            self._put(out, w, c if times is None else self.ring.mul(times, c))
        return out

    def minus(self, f: Form, g: Form) -> Form:
        return self.plus(f, g, self.ring.const(-1))

    def scaled(self, f: Form, c: Quotient) -> Form:
        return self.plus({}, f, c)

    def _put(self, out: Form, w: Word, c: Quotient) -> None:
        total = c if w not in out else self.ring.add(out[w], c)
        if total.num == 0:
            out.pop(w, None)
            return
        out[w] = total
        if len(out) > MAX_FORM:
            raise NoForm(f"a sum of more than {MAX_FORM} products")

    def product(self, f: Form, g: Form) -> Form:
        out: Form = {}
        for v, c in f.items():
            for w, d in g.items():
                for u, e in self.reduce(v + w).items():
                    self._put(out, u, self.ring.mul(self.ring.mul(c, d), e))
        return out

    def reduced(self, f: Form) -> Form:
        out: Form = {}
        for w, c in f.items():
            for u, e in self.reduce(w).items():
                self._put(out, u, self.ring.mul(c, e))
        return out

    def reduce(self, w: Word) -> Form:
        """The form of one word, rewritten as far as rules go. Of a word from row to column, the scalar times the empty word."""
        found = self._reduced.get(w)
        if found is None:
            if len(w) > MAX_WORD or self._depth > MAX_DEPTH:
                raise NoForm("a product of too many factors")
            self._depth += 1
            hit = self._segment(w) or self._hit(w)
            found = {w: self.ring.one}
            if hit is not None:
                found = {}
                for v, c in hit.items():
                    for u, e in self.reduce(v).items():
                        self._put(found, u, self.ring.mul(c, e))
            self._depth -= 1
            self._reduced[w] = found
        return found

    def _segment(self, w: Word) -> Form | None:
        """A row, matrices and a column inside of a word are a scalar."""
        start = None
        for i, k in enumerate(w):
            if self.letters[abs(k)].vector:
                if k < 0:
                    start = i
                elif start is not None:
                    return {w[:start] + w[i + 1 :]: self.cyclic(w[start : i + 1])}
        return None

    def _hit(self, w: Word) -> Form | None:
        """The word after one rewriting; None where no rule fits."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise NoForm(f"more than {MAX_STEPS} rewritings")
        letters = self.letters
        for i, k in enumerate(w):
            for pattern, instead in self.rules.get(k, ()):
                if w[i : i + len(pattern)] == pattern:
                    return {w[:i] + v + w[i + len(pattern) :]: c for v, c in instead.items()}
            if i + 1 < len(w):
                a, b = letters[abs(k)], letters[abs(w[i + 1])]
                if a.diagonal and b.diagonal:
                    both = self.ring.mul(self.entry_of(a.diagonal), self.entry_of(b.diagonal))
                    return {w[:i] + self.diagonal(self.column(both, a.rows)) + w[i + 2 :]: self.ring.one}
                if b.entry == self.ring.one and w[i + 1] > 0 and (sums := self._row_sums(k)) is not None:
                    return self._with_column(w[:i], sums, b.rows, w[i + 2 :], 1)
                if a.entry == self.ring.one and k < 0 and (sums := self._row_sums(-w[i + 1])) is not None:
                    return self._with_column(w[:i], sums, a.rows, w[i + 2 :], -1)
                if a.diagonal and b.vector and w[i + 1] > 0:
                    both = self.ring.mul(self.entry_of(a.diagonal), self.entry_of(w[i + 1]))
                    return self._with_column(w[:i], both, a.rows, w[i + 2 :], 1)
                if b.diagonal and a.vector and k < 0:
                    both = self.ring.mul(self.entry_of(b.diagonal), self.entry_of(-k))
                    return self._with_column(w[:i], both, a.rows, w[i + 2 :], -1)
        return None

    def _row_sums(self, k: int) -> Quotient | None:
        """The entry [i] of the row sums of an entrywise product of two words V*W: that on the diagonal of V @ W.T."""
        q = self.letters[abs(k)].entry
        if q is None or self.letters[abs(k)].vector or not q.den.is_one() or q.num.total_degree() != 2:
            return None
        found = []
        for kernel in self.ring.used(q.num):
            w, pattern = self.places.get(kernel.node, ((), ""))
            if pattern not in ("ij", "ji"):
                return None
            found += [w if (pattern == "ij") == (k > 0) else self.turned(w)] * int(q.num.degrees()[kernel.index])
        if len(found) != 2 or len(q.num) != 1:
            return None
        total = self.ring.zero
        for v, c in self.reduce(found[0] + self.turned(found[1])).items():
            total = self.ring.add(total, self.ring.mul(c, self.renamed(self.entry(v, False), {"j": "i"})))
        return total

    def _with_column(self, before: Word, q: Quotient, rows: int, after: Word, sign: int) -> Form:
        """A column given by its entry (or as a row) between two parts of a word."""
        out: Form = {}
        for v, c in self.columns(q, rows).items():
            self._put(out, before + (v if sign > 0 else self.turned(v)) + after, c)
        return out

    # -- entries ----------------------------------------------------------------------------------

    def place(self, w: Word, pattern: str) -> Quotient:
        """The entry [i] of a column word, [i, j] of a matrix word, as a scalar. ``ji`` is the transposed pattern."""
        if len(pattern) == 2:
            twin = self.turned(w)
            if twin < w or (twin == w and pattern in ("ji", "jj")):
                w, pattern = twin, pattern[::-1]
        if not w and pattern in ("ii", "jj"):
            return self.ring.one
        name = f"({self.text({w: self.ring.one})}){w}[{', '.join(pattern)}]"
        node = self.graph.node("symbol", (), name)
        self.places[node] = (w, pattern)
        return self.scalar(node)

    def entry_of(self, letter: int) -> Quotient:
        """The entry [i] of a column letter."""
        found = self.letters[letter].entry
        return found if found is not None else self.place((letter,), "i")

    def entry(self, w: Word, vector: bool) -> Quotient:
        """The generic entry of a word."""
        ring, letters = self.ring, self.letters
        if not w:
            return self.place((), "ij")
        first, last = letters[abs(w[0])], letters[abs(w[-1])]
        if len(w) == 1 and (vector or first.entry is not None):
            if vector:
                return self.entry_of(w[0])
            assert first.entry is not None
            return first.entry if w[0] > 0 else self.renamed(first.entry, {"i": "j", "j": "i"})
        if first.diagonal:
            return ring.mul(self.entry_of(first.diagonal), self.entry(w[1:], vector))
        if vector:
            return self.place(w, "i")
        for i, k in enumerate(w):
            if k > 0 and letters[k].vector:
                left, right = self.entry(w[: i + 1], True), self.entry(self.turned(w[i + 1 :]), True)
                return ring.mul(left, self.renamed(right, {"i": "j"}))
        if last.diagonal:
            at = self.renamed(self.entry_of(last.diagonal), {"i": "j"})
            return ring.mul(at, self.entry(w[:-1], vector))
        return self.place(w, "ij")

    def form_entry(self, f: Form, vector: bool) -> Quotient:
        """The generic entry of a form."""
        total = self.ring.zero
        for w, c in f.items():
            total = self.ring.add(total, self.ring.mul(c, self.entry(w, vector)))
        return total

    def indices(self, *polys: Any) -> set[str]:
        """The indices that polynomials depend on."""
        return {i for n in self.ring.free(*polys) if n in self.places for i in self.places[n][1]}

    def renamed(self, q: Quotient, to: Mapping[str, str]) -> Quotient:
        """A quotient with its indices renamed, all at once."""
        from derive.expr.folding import substitute

        free = [n for n in self.ring.free(q.num, q.den) if n in self.places and self.places[n][1]]
        if not free:
            return q
        values = {}
        for n in free:
            w, pattern = self.places[n]
            value = self.place(w, "".join(to.get(i, i) for i in pattern))
            values[n] = self.ring.quotient_node(value)
        return self.scalar(substitute(self.ring.quotient_node(q), values))

    # -- from entries back to words -----------------------------------------------------------------

    def columns(self, q: Quotient, rows: int) -> Form:
        """The column whose entry [i] is a quotient, as a form."""
        out: Form = {}
        for c, r, _, _ in self._monomials(q):
            self._put(out, self._column_word(r, rows), c)
        return self.reduced(out)

    def _column_word(self, r: Quotient, rows: int) -> Word:
        place = self.single(r)
        return place[0] if place is not None and place[1] == "i" else (self.column(r, rows),)

    def matrices(self, q: Quotient, rows: int, cols: int) -> Form:
        """The matrix whose entry [i, j] is a quotient, as a form."""
        ring = self.ring
        out: Form = {}
        for c, r, s, f in self._monomials(q):
            s = self.renamed(s, {"j": "i"})
            if f == ring.one:
                self._put(out, self._column_word(r, rows) + self.turned(self._column_word(s, cols)), c)
                continue
            left, right = self.diagonal(self.column(r, rows)), self.diagonal(self.column(s, cols))
            place = self.single(f)
            if place is not None and place[1] in ("ij", "ji"):
                middle = place[0] if place[1] == "ij" else self.turned(place[0])
            else:
                middle = self._entrywise(f, rows, cols)
            self._put(out, left + middle + right, c)
        return self.reduced(out)

    def _entrywise(self, f: Quotient, rows: int, cols: int) -> Word:
        """The letter of a matrix given by its entry; of it and its transpose the lesser is the letter."""
        twin = self.renamed(f, {"i": "j", "j": "i"})
        keys = [self.ring.quotient_key(q) for q in (f, twin)]
        turned = repr(keys[1]) < repr(keys[0])
        if turned:
            f, rows, cols = twin, cols, rows
        made = Letter(f"({self.ring.text(f)})", rows, cols, entry=f, symmetric=keys[0] == keys[1])
        k = self.letter(("entrywise", int(rows), int(cols), keys[int(turned)]), made)
        return (-k,) if turned else (k,)

    def _monomials(self, q: Quotient) -> Iterator[tuple[Quotient, Quotient, Quotient, Quotient]]:
        """A sum of products of: a scalar, what depends on i, on j, on both."""
        ring = self.ring
        below = self._parts([(p, n) for p, n in ring.factor(q.den)[1]])
        lead = ring.const(ring.factor(q.den)[0])
        for e, c in q.num.terms():
            parts = self._parts([(ring.gens[k], n) for k, n in enumerate(e) if n])
            found = [ring.div(above, under) for above, under in zip(parts, below, strict=True)]
            if found[3] == ring.one or not self._identity(found[3]):
                yield ring.div(ring.mul(found[0], ring.const(c)), lead), found[1], found[2], found[3]
                continue
            eye = self.place((), "ij")  # beside the identity, j is i; and it is 0 or 1
            rest = ring.one
            for part in found[1:]:
                rest = ring.mul(rest, self.renamed(part, {"j": "i"}))
            yield ring.div(ring.mul(found[0], ring.const(c)), lead), rest, ring.one, eye

    def _identity(self, q: Quotient) -> bool:
        """Whether an entry of the identity is a factor."""
        return any(self.places.get(k.node) == ((), "ij") for k in self.ring.used(q.num))

    def _parts(self, factors: list[tuple[Any, int]]) -> list[Quotient]:
        ring = self.ring
        out = [ring.one] * 4
        for p, n in factors:
            found = self.indices(p)
            which = {frozenset(): 0, frozenset("i"): 1, frozenset("j"): 2}.get(frozenset(found), 3)
            out[which] = ring.mul(out[which], ring.poly(ring.raised(p, int(n))))
        return out

    # -- scalars made of words ------------------------------------------------------------------------

    def trace(self, f: Form, n: int) -> Quotient:
        total = self.ring.zero
        for w, c in f.items():
            total = self.ring.add(total, self.ring.mul(c, self.cyclic(w) if w else self.size(n)))
        return total

    def total(self, f: Form, rows: int, cols: int | None) -> Quotient:
        """The sum of all entries."""
        found = self.product({(-self.ones(rows),): self.ring.one}, f)
        if cols is not None:
            found = self.product(found, {(self.ones(cols),): self.ring.one})
        return found.get((), self.ring.zero)

    def cyclic(self, w: Word) -> Quotient:
        """The value of a word from row to column, or the trace of a square one (not the empty word)."""
        key = self._least(w)
        found = self._cyclic.get(key)
        if found is None:
            if self._depth > MAX_DEPTH:
                raise NoForm("a product of too many factors")
            self._depth += 1
            found = self._cyclic[key] = self._scalar(key)
            self._depth -= 1
        return found

    def _least(self, w: Word) -> Word:
        both = (w, self.turned(w))
        return min(v[i:] + v[:i] for v in both for i in range(len(v)))

    def _scalar(self, w: Word) -> Quotient:
        if w in self.known:
            return self.known[w]
        rows = [i for i, k in enumerate(w) if k < 0 and self.letters[-k].vector]
        if len(rows) > 1:
            w = w[rows[0] :] + w[: rows[0]]
            cuts = [i - rows[0] for i in rows] + [len(w)]
            total = self.ring.one
            for a, b in pairwise(cuts):
                total = self.ring.mul(total, self.cyclic(w[a:b]))
            return total
        turns = [w[rows[0] :] + w[: rows[0]]] if rows else [w[i:] + w[:i] for i in range(len(w))]
        for turn in turns:
            if (hit := self._hit(turn)) is not None and (value := self._rewritten(w, turn, hit)) is not None:
                return value
        if rows:
            w = turns[0]
            return self._dot(w) if len(w) == 2 else self._between(w)
        if len(w) == 1 and (column := self.letters[abs(w[0])].diagonal):
            return self.cyclic((-self.ones(self.letters[column].rows), column))
        return self._atom(w)

    def _rewritten(self, w: Word, turn: Word, hit: Form) -> Quotient | None:
        """The value of a cyclic word from a form of one of its rotations; None where that says nothing (x = x)."""
        ring, first = self.ring, self.letters[abs(turn[0])]
        total, kept = ring.zero, ring.one
        for v, c in hit.items():
            if v and self._least(v) == self._least(w):
                kept = ring.sub(kept, c)
            else:
                size = first.rows if turn[0] > 0 else first.cols
                total = ring.add(total, ring.mul(c, self.cyclic(v) if v else self.size(size)))
        return ring.div(total, kept) if not self.signs.of(kept) & ZERO else None

    def _dot(self, w: Word) -> Quotient:
        """A row times a column."""
        y, x = self.letters[-w[0]], self.letters[w[1]]
        if y.entry is x.entry is None or (y.entry == self.ring.one and x.entry is None):
            return self._atom(w)
        if x.entry == self.ring.one and y.entry is None:
            return self._atom(w)
        if x.entry == y.entry == self.ring.one:
            return self.size(x.rows)
        return self._sum(self.ring.mul(self.entry_of(-w[0]), self.entry_of(w[1])), x.rows)

    def _between(self, w: Word) -> Quotient:
        """A row, matrices, a column; a row that holds entries of further products is taken into the sum."""
        for v in (w, self.turned(w)):
            entry = self.letters[-v[0]].entry
            if entry is not None and any(
                len(self.places[n][0]) > 1 for n in self.ring.free(entry.num, entry.den) if n in self.places
            ):
                return self._sum(self.ring.mul(entry, self.place(v[1:], "i")), self.letters[-v[0]].rows)
        return self._atom(w)

    def _sum(self, q: Quotient, rows: int) -> Quotient:
        """The sum over i of an entry."""
        ring = self.ring
        total = ring.zero
        for c, r, _, _ in self._monomials(q):
            total = ring.add(total, ring.mul(c, self._sum_one(r, rows)))
        return total

    def _sum_one(self, r: Quotient, rows: int) -> Quotient:
        ring, ones = self.ring, self.ones(rows)
        if r == ring.one:
            return self.size(rows)
        if r.den.is_one() and len(r.num) == 1:
            (exponents,) = r.num.monoms()
            found = [(self.places.get(ring.kernels[k].node), int(n)) for k, n in enumerate(exponents) if n]
            flat = [p for p, n in found for _ in range(n)] if len(found) < 6 else []
            columns = [p[0] for p in flat if p is not None and p[1] == "i"]
            if flat and len(columns) == len(flat) <= 2:
                first = columns[1] if len(flat) == 2 else (ones,)
                w = self.turned(first) + columns[0]
                return self._atom(self._least(w)) if len(w) == 2 else self.cyclic(w)
            diagonals = [k for k, n in enumerate(exponents) if n == 1 and self._pattern(k) == "ii"]
            if len(diagonals) == 1:
                inner, _ = self.places[ring.kernels[diagonals[0]].node]
                rest = ring.div(r, ring.poly(ring.gens[diagonals[0]]))
                if not any(p is not None and p[1] == "ii" for p, _ in found if p != (inner, "ii")):
                    return self.cyclic(self.diagonal(self.column(rest, rows)) + inner)
            long = [k for k, n in enumerate(exponents) if n and len(self._word(k)) > 1]
            if len(long) == 1 and exponents[long[0]] == 1 and self._pattern(long[0]) == "i":
                rest = ring.div(r, ring.poly(ring.gens[long[0]]))
                if not any(len(self.places[n][0]) > 1 for n in ring.free(rest.num, rest.den) if n in self.places):
                    return self.cyclic((-self.column(rest, rows), *self._word(long[0])))
        return self._atom((-ones, self.column(r, rows)))

    def _word(self, kernel: int) -> Word:
        return self.places.get(self.ring.kernels[kernel].node, ((), ""))[0]

    def _pattern(self, kernel: int) -> str:
        return self.places.get(self.ring.kernels[kernel].node, ((), ""))[1]

    def _atom(self, w: Word) -> Quotient:
        """A cyclic word as a scalar of its own."""
        w = self._least(w)
        if w in self.known:
            return self.known[w]
        half = len(w) // 2
        square = any(self.turned(v[half:]) == v[:half] for v in (w[i:] + w[:i] for i in range(len(w))))
        mask: Mask = NONNEGATIVE if len(w) % 2 == 0 and square else 7
        if len(w) == 2 and any(self.letters[abs(k)].entry == self.ring.one for k in w):
            entry = self.letters[max(abs(k) for k in w if self.letters[abs(k)].entry != self.ring.one)].entry
            if entry is not None:
                mask &= self.signs.of(entry) if self.signs.of(entry) in (POSITIVE, NONNEGATIVE) else 7
        name = f"<{self.text({w: self.ring.one})}>{w}"
        self.atoms[self.graph.node("symbol", (), name)] = w
        return self.named(name, mask)
