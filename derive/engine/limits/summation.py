"""Sums without an end: exact values that are proved, or ``Unsettled``; ``NoLimit`` where a series has none.

A series is the limit of its partial sums. These have a closed form, found by SymPy (Gosper's algorithm) and shown by induction;
or the quotient of neighbouring terms is a rational function: then the series is a known one (``known_series``,
``rational_series``, which are trusted), or told to diverge by its terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.calculus.reverse import expand_all, gradient
from derive.engine.domain import Domain
from derive.engine.limits import Limit, NoLimit, Unsettled, limit
from derive.engine.limits import known_series as table
from derive.engine.limits import rational_series as rational
from derive.engine.limits.enclosed_series import Series as Enclosed
from derive.engine.limits.enclosed_series import enclosed
from derive.engine.limits.oracle import TROUBLES, Oracle, degree, leaves, said
from derive.engine.limits.partial_sums import closed_form
from derive.engine.limits.terms import Term
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError, UndefinedValue
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.language.printing import to_text
from derive.language.totals import made
from derive.numbers.balls import evaluate
from derive.numbers.definedness import has_value
from derive.records import dataclass

MAX_EARLIER = 3  # terms before the first, from which a known series starts
MAX_ZEROS = 6  # terms at the start that are 0
MAX_LOOKED_AT = 60  # of the first terms, whether they have a value
MAX_DEGREE = 12
HARMONIC = "harmonic series"


def series(body: Node, index: Node, low: Node, kind: str, domain: Domain) -> Limit:
    """The limit of the sums (products) of the body from ``low`` on. Raises Unsettled; NoLimit where there is none."""
    domain = domain.expanded().entries().free_of([index])
    _valued(body, index, low, domain)
    g = body.graph
    if (partial := closed_form(made(g, kind, body, index, low, g.add(low, _count(g))), _count(g), domain)) is not None:
        return replace(limit(partial, _count(g), 1, domain), note="")  # that terms are counted needs no word
    if kind == "prod":
        raise Unsettled(f"no closed form of the product of {said(body)} is known")
    return _Sum(body, index, low, domain).value()


def _count(g: Any) -> Node:
    found: Node = g.symbol("terms'")
    return found


def _holds(c: Node, domain: Domain) -> bool:
    return decide_holds(c, domain).status == "proved"


def _valued(body: Node, index: Node, low: Node, domain: Domain) -> None:
    """Raises NoLimit where a term has no value, Unsettled where one may have none."""
    g = body.graph
    inside = domain.given(g.call("ge", index, low))
    if any(n.op in ("total", "after", "series") for n in topological([body])):
        return  # of what these are made is looked at where they are worked out
    (expanded,) = expand_all([body])
    for need in has_value(expanded):
        if index not in leaves(need) or _holds(need, inside):
            continue
        if low.op == "const":
            for k in range(MAX_LOOKED_AT):
                at = g.const(low.attr + k)
                (found,) = evaluate([substitute(expanded, {index: at})], {}) if leaves(expanded) <= {index} else (None,)
                if isinstance(found, UndefinedValue):
                    raise NoLimit(
                        f"the term at {str(index.attr).rstrip(chr(39))} = {at.attr} has no value: {found}", {}
                    )
        raise Unsettled(f"whether every term has a value is not known: it needs {said(need)}")


@dataclass
class _Sum:
    """A series, and what is known of its parameters."""

    body: Node
    index: Node
    low: Node
    domain: Domain

    def __post_init__(self) -> None:
        self.g = self.body.graph
        self.oracle = Oracle(self.g, self.g.symbol("far'"), self.domain)

    def value(self) -> Limit:
        try:
            return self.hypergeometric()
        except NoLimit:
            raise
        except Unsettled as e:
            if (infinite := self.diverging()) is not None:
                return infinite
            whole = made(self.g, "sum", self.body, self.index, self.low, self.g.node("inf"))
            raise Unsettled(f"{said(whole)}: {e}", e.unknown, e.condition) from None

    # -- hypergeometric -----------------------------------------------------------------------------

    def hypergeometric(self) -> Limit:
        try:
            return self.starting(self.low)
        except NoLimit:
            raise
        except Unsettled as e:
            for count in range(1, MAX_EARLIER + 1) if self.low.op == "const" else ():
                with suppress(Unsettled, ExpressionError):
                    return self.without_first(count)
            try:
                return self.enclosed()
            except Unsettled:
                raise e from None

    def without_first(self, count: int) -> Limit:
        """From a series that starts earlier, less its first terms."""
        g, low = self.g, self.g.const(self.low.attr - count)
        term, first = Term(self.body, self.index, low, self.domain), self.g.zero
        for k in range(count):
            first = g.add(first, term.at(k))
        found = self.starting(low)
        if found.side:
            raise Unsettled("infinite")
        return Limit(0, self.oracle.simple(g.sub(found.value, first)), found.note, found.trusted)

    def enclosed(self) -> Limit:
        shown = to_text(made(self.g, "sum", self.body, self.index, self.low, self.g.node("inf")))
        number = enclosed(Term(self.body, self.index, self.low, self.domain), shown)
        return Limit(0, number, "", Enclosed.trusted)

    def starting(self, low: Node) -> Limit:
        """By a known series."""
        term = Term(self.body, self.index, low, self.domain)
        if term.oracle.simple(term.form) is self.g.zero:
            return Limit(0, self.g.zero)
        skipped = 0
        while term.at(skipped) is self.g.zero:
            skipped += 1
            if skipped > MAX_ZEROS:
                raise Unsettled("its first terms are 0")
        if term.ratio() is self.g.zero:
            return Limit(0, term.at(skipped))
        quotient = _Quotient(term, skipped)
        return self.rational(quotient) if quotient.rational else self.known(quotient)

    def known(self, q: _Quotient) -> Limit:
        """By the table."""
        g = self.g
        entry = table.known(q.upper_numbers, q.lower_numbers) if q.lower_numbers is not None else None
        if entry is None:
            self.diverges_by_ratio(q)
            raise Unsettled("it is no series that is known")
        x = q.x
        if entry.where != table.EVERYWHERE:
            self.inside(q, entry)
        a = q.upper[0] if entry.upper == (None,) else None
        form = entry.above
        if entry.below:
            sign = self.oracle.sign(x)
            form = entry.above if sign > 0 else entry.below
        if not form:
            raise Unsettled("it is no series that is known")
        at = g.symbol("x'")
        closed = table.value(g, form, at, a)
        if q.polynomial is not g.one:
            closed = self.weighted(closed, at, q)
        first = g.div(q.term.at(q.skipped), substitute(q.polynomial, {q.j: g.zero}))
        return Limit(0, self.oracle.simple(g.mul(first, substitute(closed, {at: x}))), "", table.TRUSTED)

    def weighted(self, closed: Node, x: Node, q: _Quotient) -> Node:
        """The sum of C(j) times the terms, from the sum of the terms as a function of x: C(x d/dx) of it."""
        g = self.g
        total, power = g.zero, closed
        for c in q.coefficients:
            total = g.add(total, g.mul(c, power))
            power = g.mul(x, gradient(power, [x])[0])
        return total

    def inside(self, q: _Quotient, entry: table.Known) -> None:
        """Raises unless x lies where the series converges."""
        g, x = self.g, q.x
        size = g.call("abs", x)
        if _holds(g.call("lt", size, g.one), self.domain):
            return
        if (
            q.polynomial is g.one
            and entry.where == table.WITH_MINUS_ONE
            and self.oracle.simple(g.add(x, g.one)) is g.zero
        ):
            return
        self.diverges_by_ratio(q)
        raise Unsettled(
            f"it converges where abs({_text(x)}) < 1, which is not known", condition=g.call("lt", size, g.one)
        )

    def diverges_by_ratio(self, q: _Quotient) -> None:
        """Raises NoLimit where the terms grow."""
        g, x = self.g, q.x
        if not _holds(g.call("ne", q.term.at(q.skipped), g.zero), self.domain):
            return  # all of it may be 0
        if q.degrees > 0 or (not q.degrees and _holds(g.call("gt", g.call("abs", x), g.one), self.domain)):
            about = _text(x) if not q.degrees else "more and more"
            raise NoLimit(f"the series diverges: its terms grow, each about {about} times the one before", {})

    # -- rational -----------------------------------------------------------------------------------

    def rational(self, q: _Quotient) -> Limit:
        """Terms that are a rational function of j, or one with alternating signs."""
        g = self.g
        whole, parts = q.fractions()
        alternating = q.x is not g.one
        if whole is not None:
            raise NoLimit("the series diverges: its terms don't tend to 0", {})
        for _, a, _ in parts:
            if not _holds(g.call("gt", a, g.zero), self.domain):
                raise Unsettled(f"whether {said(a)} is positive is not known")
        residue = g.zero
        for c, _, m in parts:
            residue = g.add(residue, c) if m == 1 else residue
        residue = self.oracle.simple(residue)
        if not alternating and residue is not g.zero:
            sign = self.oracle.sign(residue)
            if sign:
                return Limit(sign, g.zero, "", rational.TRUSTED)
        found = rational.summed(g, parts, alternating)
        return Limit(0, self.oracle.simple(found), "", rational.TRUSTED)

    # -- other terms --------------------------------------------------------------------------------

    def diverging(self) -> Limit | None:
        """Infinite where the terms are no less than a positive multiple of 1/j in the end; None where that is not known. Raises
        NoLimit where they don't tend to 0."""
        (f,) = expand_all([self.body])
        try:
            end = limit(f, self.index, 1, self.domain)
            lasting = bool(end.side) or (end.value is not self.g.zero and self.oracle.sign(end.value) != 0)
        except Unsettled:
            return None
        if lasting:
            word = "inf" if end.side > 0 else "-inf" if end.side else _text(end.value)
            raise NoLimit(f"the series diverges: its terms tend to {word}, and not to 0", {})
        try:
            share = limit(self.g.mul(f, self.index), self.index, 1, self.domain)
            sign = share.side or (0 if share.value is self.g.zero else self.oracle.sign(share.value))
        except Unsettled:
            return None
        return Limit(sign, self.g.zero, "", HARMONIC) if sign else None


def _text(n: Node) -> str:
    return said(n).strip("'")


class _Quotient:
    """f(j + 1)/f(j) as x*prod(j + a)/prod(j + b)/(j + 1)*C(j + 1)/C(j), by SymPy's factors, shown to be that."""

    def __init__(self, term: Term, skipped: int) -> None:
        import sympy as sp
        from sympy.concrete.gosper import gosper_normal

        from derive.exchange.sympy import from_sympy, to_sympy_all

        self.term, self.skipped, self.g, self.j = term, skipped, term.g, term.j
        g = self.g
        self.ratio = term.oracle.simple(substitute(term.ratio(), {term.j: g.add(term.j, g.const(skipped))}))
        if degree(self.ratio) > 2 * MAX_DEGREE:
            raise Unsettled("a term of that degree")
        names, back = _named(sp, leaves(self.ratio) | {self.j})
        k = names[self.j]
        try:
            top, bottom = sp.fraction(sp.together(to_sympy_all([self.ratio], names)[0]))
            a, b, c = (sp.Poly(p, k) for p in gosper_normal(sp.expand(top), sp.expand(bottom), k, polys=False))
            if max(p.degree() for p in (a, b, c)) > MAX_DEGREE:
                raise Unsettled("a term of that degree")
            parts = [_zeros(sp, p, k) for p in (a, b)]
            wanted = (a.LC() / b.LC(), *parts[0], *parts[1], *reversed(c.all_coeffs()))
            out = [substitute(from_sympy(sp.cancel(e), g), back) for e in wanted]
        except (*TROUBLES, sp.PolynomialError) as e:
            raise Unsettled(f"the quotient of its terms is not taken apart: {e}") from None
        counts = [len(parts[0]), len(parts[1])]
        self.x, rest = term.oracle.simple(out[0]), out[1:]
        self.upper, rest = rest[: counts[0]], rest[counts[0] :]
        self.lower, self.coefficients = rest[: counts[1]], rest[counts[1] :]
        self.polynomial = g.one if self.coefficients == [g.one] else _polynomial(g, self.coefficients, self.j)
        self._shown()
        self.degrees = len(self.upper) - len(self.lower)
        if g.one in self.lower:
            self.lower.remove(g.one)
        else:
            self.upper.append(g.one)
        numbers = [Fraction(n.attr) if n.op == "const" else None for n in self.upper]
        self.upper_numbers = numbers
        low = [Fraction(n.attr) for n in self.lower if n.op == "const"]
        self.lower_numbers: list[Fraction] | None = low if len(low) == len(self.lower) else None
        #: Whether the term itself is rational, or that with alternating signs.
        self.rational = (
            not self.degrees and self.x in (g.one, g.const(-1)) and _paired(self.upper, [*self.lower, g.one])
        )
        if any(z is not None and z.denominator == 1 and z <= 0 for z in numbers):
            raise Unsettled("its terms become 0")

    def _shown(self) -> None:
        g, j = self.g, self.j
        top, bottom = self.x, g.one
        for a in self.upper:
            top = g.mul(top, g.add(j, a))
        for b in self.lower:
            bottom = g.mul(bottom, g.add(j, b))
        top = g.mul(top, substitute(self.polynomial, {j: g.add(j, g.one)}))
        bottom = g.mul(bottom, self.polynomial)
        if self.term.oracle.simple(g.sub(g.mul(self.ratio, bottom), top)) is not g.zero:
            raise Unsettled("the quotient of its terms is not shown to be what SymPy makes of it")

    def fractions(self) -> tuple[Node | None, list[tuple[Node, Node, int]]]:
        """The term, without an alternating sign, in partial fractions: whether there is a polynomial (else None), and all
        (c, a, m) of c/(j + a)**m."""
        import sympy as sp

        from derive.exchange.sympy import from_sympy, to_sympy_all

        g, term = self.g, self.term
        even = dict.fromkeys(term.ahead, g.one) if self.x is not g.one else {}
        even.pop(term.j, None)
        f = substitute(term.form, {term.j: g.add(term.j, g.const(self.skipped))})
        if self.x is not g.one:  # the sign of the first term is that of all, without the factors (-1)**j
            first = term.at(self.skipped)
            f = term.oracle.simple(substitute(f, even))
            turned = term.oracle.simple(substitute(f, {term.j: g.zero}))
            f = g.mul(f, term.oracle.simple(g.div(first, turned)))
        f = term.oracle.simple(f)
        if (set(term.ahead) - {term.j}) & leaves(f):
            raise Unsettled("its terms are no rational function")
        names, back = _named(sp, leaves(f) | {self.j})
        k = names[self.j]
        found: list[tuple[Node, Node, int]] = []
        whole: Node | None = None
        for part in sp.Add.make_args(sp.apart(to_sympy_all([f], names)[0], k)):
            top, bottom = sp.fraction(sp.together(part))
            p = sp.Poly(bottom, k)
            if not p.degree():
                if part.free_symbols - {k}:
                    raise Unsettled("whether a part that does not depend on the index vanishes is not known")
                whole = g.one if part != 0 else whole
                continue
            zeros = list(dict.fromkeys(_zeros(sp, p, k)))
            if len(zeros) != 1 or sp.Poly(top, k).degree() > 0:
                raise Unsettled("its partial fractions have no simple form")
            made_ = [substitute(from_sympy(sp.cancel(e), g), back) for e in (top / p.LC(), zeros[0])]
            found.append((term.oracle.simple(made_[0]), term.oracle.simple(made_[1]), p.degree()))
        total = g.zero
        for c, a, m in found:
            total = g.add(total, g.div(c, g.pow(g.add(self.j, a), g.const(m))))
        if whole is None and term.oracle.simple(g.sub(f, total)) is not g.zero:
            raise Unsettled("the partial fractions are not shown to be its terms")
        return whole, found


def _named(sp: Any, nodes: Iterable[Node]) -> tuple[dict[Node, Any], dict[Node, Node]]:
    """SymPy symbols for the leaves of an expression, and back."""
    found = {n: sp.Symbol(f"s{i}'", real=True) for i, n in enumerate(sorted(nodes, key=lambda n: n.id))}
    return found, {n.graph.symbol(s.name): n for n, s in found.items()}


def _paired(upper: Sequence[Node], lower: Sequence[Node]) -> bool:
    """Whether each number of one list differs from one of the other by a whole number."""
    left = list(lower)
    for a in upper:
        for b in left:
            gap = _apart(a, b)
            if gap is not None and gap.denominator == 1:
                left.remove(b)
                break
        else:
            return False
    return True


def _apart(a: Node, b: Node) -> Fraction | None:
    """The difference of two numbers, or of two sums that differ in a number."""
    (x, c), (y, e) = (_split(n) for n in (a, b))
    return c - e if x is y else None


def _split(n: Node) -> tuple[Node | None, Fraction]:
    if n.op == "const":
        return None, Fraction(n.attr)
    if n.op == "add":
        for x, y in (n.args, n.args[::-1]):
            if y.op == "const":
                return x, Fraction(y.attr)
    return n, Fraction(0)


def _zeros(sp: Any, p: Any, k: Any) -> list[Any]:
    """The numbers a of the factors k + a, each as often as it is one. Raises ValueError where there are others."""
    found = []
    for factor, count in sp.factor_list(p.as_expr(), k)[1]:
        q = sp.Poly(factor, k)
        if q.degree() > 1:
            raise ValueError("a factor that is not linear")
        if q.degree() == 1:
            found += [q.all_coeffs()[1] / q.all_coeffs()[0]] * count
    return found


def _polynomial(g: Any, coefficients: Sequence[Node], x: Node) -> Node:
    total: Node = g.zero
    for i, c in enumerate(coefficients):
        total = g.add(total, g.mul(c, g.pow(x, g.const(i))) if i else c)
    return total
