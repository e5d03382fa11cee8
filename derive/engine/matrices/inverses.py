"""What is known of words: assumptions and inverses as rewriting rules, determinants, multiplying through.

Every rule takes a word to lesser ones, shorter first and then by order of letters, so that rewriting ends (a noncommutative
Groebner basis that is never completed: what is proved holds, what is not may still be true).
"""

from __future__ import annotations

from typing import Any

from derive.engine.algebra.polynomials import Quotient
from derive.engine.algebra.signs import ZERO
from derive.engine.matrices.letters import Form, Letter, NoForm, Word
from derive.engine.matrices.noncommutative import Words


class Algebra(Words):
    """Words with rules, inverses and determinants."""

    # -- rules ------------------------------------------------------------------------------------

    def greatest(self, f: Form) -> Word:
        """The word that a rule takes to the others: the longest; of these, the last in order."""
        return max(f, key=lambda w: (len(w), [abs(k) for k in w], [-k for k in w]))

    def assume_zero(self, f: Form) -> bool:
        """Takes f = 0 for a rule, with its transpose. Returns False where it can't be one."""
        if not f:
            return True
        for form in (f, {self.turned(w): c for w, c in f.items()}):
            lead = self.greatest(form)
            c = form[lead]
            if not lead or self.signs.of(c) & ZERO:  # a rule divides by it
                return False
            rest = {w: self.ring.neg(self.ring.div(d, c)) for w, d in form.items() if w != lead}
            self._rule(lead, rest)
        return True

    def know(self, w: Word, value: Quotient) -> None:
        """Takes a cyclic word to have a value."""
        self.known[self._least(w)] = value
        self._reduced.clear()
        self._cyclic.clear()

    def _rule(self, lead: Word, instead: Form) -> None:
        rules = self.rules.setdefault(lead[0], [])
        if (lead, instead) not in rules:
            rules.append((lead, instead))
            self._reduced.clear()
            self._cyclic.clear()

    # -- inverses and determinants ----------------------------------------------------------------------

    def inverse(self, f: Form, rows: int) -> Form:
        """The inverse of a square form, where it has one."""
        ring = self.ring
        if not f:
            raise NoForm("the inverse of zero")
        if len(f) == 1:
            ((w, c),) = f.items()
            if all(self.square(k) for k in w):
                found: Form = {(): ring.div(ring.one, c)}
                for k in w:
                    found = self.product(self._inverse_of(k), found)
                return found
        lead = f[self.greatest(f)]
        unit = lead if not self.signs.of(lead) & ZERO else ring.one
        return self.scaled(self._inverted(self.scaled(f, ring.div(ring.one, unit)), rows), ring.div(ring.one, unit))

    def square(self, k: int) -> bool:
        """Whether a letter is a square matrix."""
        x = self.letters[abs(k)]
        return not x.vector and x.rows == x.cols

    def _inverse_of(self, k: int) -> Form:
        """The inverse of one square letter, or of its transpose."""
        x = self.letters[abs(k)]
        if x.diagonal:
            entry = self.ring.div(self.ring.one, self.entry_of(x.diagonal))
            return {self.diagonal(self.column(entry, x.rows)): self.ring.one}
        if x.inverts is not None:
            return x.inverts if k > 0 else self.turned_form(x.inverts)
        mirrored = self.turned((k,))
        if self.reduce((*mirrored, k)) == {(): self.ring.one}:
            return self.reduce(mirrored)
        return self._inverted({(k,): self.ring.one}, x.rows)

    def _inverted(self, f: Form, rows: int) -> Form:
        twin = self.turned_form(f)
        keys = [self._form_key(g) for g in (f, twin)]
        turned = repr(keys[1]) < repr(keys[0])
        base = twin if turned else f
        before = len(self.letters)
        made = Letter(f"inv({self.text(base)})", rows, rows, symmetric=keys[0] == keys[1], inverts=base)
        k = self.letter(("inverse", keys[int(turned)]), made)
        if len(self.letters) > before:
            self._cancel(k, base)
        return {((-k if turned else k),): self.ring.one}

    def _cancel(self, k: int, f: Form) -> None:
        """The rules of an inverse: beside the greatest word of what it inverts, it leaves I less the rest."""
        lead = self.greatest(f)
        if not lead or self.signs.of(f[lead]) & ZERO:
            return
        for front in (True, False):
            form: Form = {}
            for w, c in f.items():
                self._put(form, (*w, k) if front else (k, *w), c)
            self._put(form, (), self.ring.const(-1))
            self.assume_zero(form)

    def _form_key(self, f: Form) -> Any:
        return tuple(sorted((w, self.ring.quotient_key(c)) for w, c in f.items()))

    def determinant(self, f: Form, rows: int) -> Quotient:
        ring = self.ring
        if not f:
            return ring.zero
        if len(f) == 1:
            ((w, c),) = f.items()
            if all(self.square(k) for k in w) and (c == ring.one or rows not in self.sizes):
                total = ring.power(c, int(rows)) if c != ring.one else ring.one
                letters = sorted(abs(k) for k in w)
                for k in dict.fromkeys(letters):
                    orthogonal = self.reduce((*self.turned((k,)), k)) == {
                        (): ring.one
                    }  # the square of its determinant is 1
                    times = letters.count(k) % 2 if orthogonal else letters.count(k)
                    total = ring.mul(total, ring.power(self._determinant_of(k), times))
                return total
        keys = sorted(repr(self._form_key(g)) for g in (f, self.turned_form(f)))
        return self.named(f"det({keys[0]})")

    def _determinant_of(self, k: int) -> Quotient:
        x = self.letters[abs(k)]
        if x.inverts is not None:
            return self.ring.div(self.ring.one, self.determinant(x.inverts, x.rows))
        return self.named(f"det({x.name} {abs(k)})")

    def vanishes(self, f: Form) -> bool:
        """Whether a form is zero, multiplying through by what is inverted at either end of its words."""
        for _ in range(12):
            if not f:
                return True
            ends = [(w[0], True) for w in f if w] + [(w[-1], False) for w in f if w]
            found = next(((k, left) for k, left in ends if self.letters[abs(k)].inverts is not None), None)
            if found is None:
                return False
            f = self._multiplied(f, *found)
        return False

    def _multiplied(self, f: Form, k: int, left: bool) -> Form:
        """f times, from the left or the right, the matrix whose inverse the letter k is."""
        base = self.letters[abs(k)].inverts
        assert base is not None
        base = base if k > 0 else {self.turned(w): c for w, c in base.items()}
        out: Form = {}
        for w, c in f.items():
            if w and (w[0] if left else w[-1]) == k:
                more = self.reduce(w[1:] if left else w[:-1])
            else:
                one = {w: self.ring.one}
                more = self.product(base, one) if left else self.product(one, base)
            out = self.plus(out, more, c)
        return out
