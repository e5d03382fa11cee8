"""The search for certificates of equations and inequalities.

The checker is asked to evaluate the claim. Where it says which sign it lacks, the domain is split there; where s = 0, a symbol is
solved for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

from derive.calculus.joints import with_joints
from derive.engine.certify.products import products
from derive.engine.certify.written import fraction, solutions
from derive.engine.matrices.tensor_level import too_large
from derive.expr.graph import Node, topological
from derive.expr.shapes import size
from derive.proof.axioms import Finer
from derive.proof.certificates import (
    Absurd,
    Alternatives,
    Certificate,
    Evaluation,
    Lemma,
    Numbers,
    Parts,
    Reflexive,
    Solved,
    Split,
)
from derive.proof.check import Rejected, Theorem, check
from derive.proof.evaluation import Depends, Evaluated
from derive.proof.sequent import Sequent, conjuncts, equation

MAX_WORK = 5_000  # nodes that are evaluated for one claim, in all tries
START = 20  # what an evaluation costs beside its nodes
MAX_SPLITS = 6  # on the way to one of them
MAX_TRIED = 3  # places to split at, one after the other
MAX_ENTRIES = 64
MAX_UNITS = 12  # rounds of finer exponents
FUNCTIONS = ("exp", "sigmoid", "tanh", "expm1", "logaddexp", "erf", "Phi", "sin", "cos")  # that may stand for variables
MANY_NODES = 150  # from which on definitions are looked through last


def prove(s: Sequent) -> Theorem:
    """A theorem. Raises Rejected where no certificate is found. Makes nodes in the graph of the sequent."""
    if s.conclusion.op == "eq" and s.conclusion.args[0] is s.conclusion.args[1]:
        try:
            return check(s, Reflexive())
        except Rejected:
            pass
    if size(s.conclusion.shape) > MAX_ENTRIES or too_large(topological([*s.hypotheses, s.conclusion])):
        raise Rejected("too many entries")  # before they are laid out
    entries = s.entries()
    if len(entries) > MAX_ENTRIES:
        raise Rejected("too many entries")
    search, parts, of = Search(), [], []
    if len(entries) > 1 and all(
        _joined(e, only=True) == e for e in entries
    ):  # all at once: they share most of their parts
        try:
            return check(s, search.evaluation(s), search.theorems)
        except Rejected:
            pass
    for e in entries:
        part, certificate = search.entry(e)
        parts.append(part.conclusion)
        of.append(certificate)
    if parts != [e.conclusion for e in entries]:  # derivatives as they are where pieces meet
        s = s.concluding(reduce(lambda a, b: a.graph.call("and", a, b), parts))
    return check(s, of[0] if len(of) == 1 else Parts(tuple(of)), search.theorems)


def _joined(s: Sequent, only: bool) -> Sequent:
    """A scalar comparison with the values of its derivatives where pieces meet."""
    c = s.conclusion
    if len(c.args) != 2:
        return s
    args = tuple(side for a in c.args for side in with_joints([a], only))
    return s if args == c.args else s.concluding(c.graph.node(c.op, args))


@dataclass
class Search:
    """The search for certificates of one claim; ``theorems`` are those of its parts."""

    theorems: list[Theorem] = field(default_factory=list)
    left: int = MAX_WORK

    def entry(self, s: Sequent) -> tuple[Sequent, Certificate]:
        """A scalar sequent, its derivatives worked out where pieces meet if that is needed, with a certificate."""
        first = _joined(s, only=True)
        try:
            return first, self.scalar(first, 0)
        except Rejected:
            if (second := _joined(s, only=False)) == first:
                raise
        return second, self.scalar(second, 0)

    def kept(self, s: Sequent, c: Certificate) -> Certificate:
        self.theorems.append(check(s, c, self.theorems))
        return c

    def scalar(self, s: Sequent, depth: int) -> Certificate:
        """A certificate of a scalar sequent. Raises Rejected."""
        try:
            return self.evaluation(s)
        except Depends as e:
            depends: Depends = e
        if depth == MAX_SPLITS:
            raise depends
        for n, h in enumerate(s.hypotheses):
            if h.op == "or":
                rest = (*s.hypotheses[:n], *s.hypotheses[n + 1 :])
                first, second = (
                    self.scalar(Sequent((*rest, *conjuncts(case)), s.conclusion), depth + 1) for case in h.args
                )
                return self.kept(s, Alternatives(n, (first, second)))
        if (solved := self.solved(s, depends.evaluated)) is not None:
            symbol, value, because = solved
            then = self.scalar(s.put({symbol: value}), depth + 1)
            return self.kept(s, Solved(symbol, value, because, then))
        for by in self.places(s, depends.evaluated):
            try:
                positive, zero, negative = (self.scalar(case, depth + 1) for case in s.cases(by))
                return self.kept(s, Split(by, (positive, zero, negative)))
            except Depends as e:
                depends = e
        return self.absurd(s, depends)

    def evaluation(self, s: Sequent) -> Certificate:
        """By evaluation alone, definitions open or as variables. Raises Depends where signs are not known."""
        if not any(n.op in ("symbol", "apply") for n in topological([s.conclusion])):
            try:
                return self.kept(s, Numbers())
            except Rejected:
                pass
        order = topological([e.conclusion for e in s.entries()])
        named = tuple(n for n in order if n.op == "def")
        functions = tuple(n for n in order if n.op in FUNCTIONS)
        ways = list(dict.fromkeys([(), named, (*named, *functions)]))
        fault: Rejected = Rejected("nothing was tried")
        for opaque in ways if len(order) < MANY_NODES else ways[::-1]:
            try:
                return self.with_units(s, opaque)
            except Rejected as e:
                if opaque == () or not isinstance(fault, Depends):
                    fault = e
        raise fault

    def with_units(self, s: Sequent, opaque: tuple[Node, ...]) -> Certificate:
        units: list[Fraction] = []
        cost = START + len(topological([*s.hypotheses, s.conclusion]))
        for _ in range(MAX_UNITS):
            self.left -= cost
            if self.left < 0:
                raise Rejected("too many evaluations")
            try:
                return self.kept(s, Evaluation(tuple(units), opaque))
            except Finer as e:
                units += map(fraction, e.firsts[len(units) :])
                units[e.n] = fraction(e.unit)
        raise Rejected("exponents that keep needing finer units")

    def absurd(self, s: Sequent, depends: Depends) -> Certificate:
        """That no point meets the hypotheses, with products of two of what is known as lemmas. Raises ``depends`` where that is
        not found."""
        self.left -= 2 * START
        if self.left < 0:
            raise depends
        try:
            lemmas = products(depends.evaluated)
            proof: Certificate = self.kept(s.given(*lemmas), Absurd())
            for i in reversed(range(len(lemmas))):
                before = s.given(*lemmas[:i])
                proof = self.kept(before, Lemma(lemmas[i], Evaluation(), proof))
        except Rejected:
            raise depends from None
        return proof

    # -- where to split -----------------------------------------------------------------------------

    def places(self, s: Sequent, made: Evaluated) -> list[Node]:
        """What the checker asked for, the innermost first, but for what is claimed."""
        own = s.conclusion.graph.sub(*s.conclusion.args) if s.conclusion.op == "eq" else None
        return [n for n in sorted(made.asks, key=lambda n: n.id) if n is not own][:MAX_TRIED]

    def solved(self, s: Sequent, made: Evaluated) -> tuple[Node, Node, Certificate] | None:
        """A symbol with what it equals by an equation among the hypotheses: one that is linear in it."""
        for z in made.zeros:
            for symbol, value in solutions(made, z):
                because = Evaluation()
                try:
                    self.kept(s.concluding(equation(symbol, value)), because)
                except Rejected:
                    continue
                return symbol, value, because
        return None
