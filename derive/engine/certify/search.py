"""The search for certificates of equations and inequalities.

The checker is asked to evaluate the claim, with names of the document as variables or opened. Where it says which sign it lacks,
the domain is split there; where s = 0, a symbol is solved for. What is left is looked for as a combination of what is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from functools import partial, reduce

from derive.calculus.joints import with_joints
from derive.engine.certify.asked import asked, first_asked, settled
from derive.engine.certify.envelopes import MANY, enveloped, pieces
from derive.engine.certify.written import over_roots, solutions
from derive.engine.equations.abstraction import Abstraction
from derive.engine.matrices.tensor_level import too_large
from derive.expr.folding import valued
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.expr.shapes import size
from derive.lazily import lazily
from derive.proof.certificates import (
    Alternatives,
    Certificate,
    Combination,
    Evaluation,
    Lemma,
    Numbers,
    Parts,
    Rule,
    Split,
    Substitution,
    Supposing,
)
from derive.proof.check import Rejected, Theorem, check
from derive.proof.evaluation import Evaluated, Lacking
from derive.proof.sequent import HALVES, Sequent, equation, eye, negated
from derive.proof.signs import OF_COMPARISON
from derive.records import dataclass

with lazily():
    from derive.engine.certify import combinations, every_size
    from derive.proof.rules import table

MAX_WORK = 8_000  # nodes that are evaluated for one claim, in all tries
MAX_SECOND = 1_000  # once a first try, with derivatives as the calculus writes them, was in vain
START, FUNCTION = 20, 10  # what an evaluation costs beside its nodes, and a function beside its own
MAX_SPLITS = 6  # on the way to one of them
MAX_TRIED = 3  # places to split at, one after the other
MAX_ENTRIES = 64
MAX_OPENINGS = 4  # rounds of looking through definitions that only one side speaks of
FUNCTIONS = ("exp", "sigmoid", "tanh", "expm1", "logaddexp", "erf", "Phi", "sin", "cos")  # that may stand for variables
CONGRUENT = ("sqrt", "exp", "log", "abs", "sin", "cos", "erf", "Phi", "sigmoid", "tanh", "relu", "pow")
ABRUPT = {"where", "select", "sign", "floor", "div", "log", *OF_COMPARISON}  # what 0 may be apart for
MANY_NODES = 150  # from which on definitions are looked through last


def prove(s: Sequent) -> Theorem:
    """A theorem. Raises Rejected where no certificate is found. Makes nodes in the graph of the sequent."""
    search = Search()
    s, certificate = search.whole(s)
    return check(s, certificate, search.theorems)


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
    ways: list[int] = field(default_factory=lambda: [0, 1, 2])
    failed: dict[tuple[Sequent, tuple[Node, ...]], Lacking] = field(
        default_factory=dict
    )  # evaluations, and what they lack

    def kept(self, s: Sequent, c: Certificate) -> Certificate:
        self.theorems.append(check(s, c, self.theorems))
        return c

    def spend(self, cost: int) -> None:
        self.left -= cost
        if self.left < 0:
            raise Rejected("too many evaluations")

    # -- whole tensors ------------------------------------------------------------------------------

    def whole(self, s: Sequent) -> tuple[Sequent, Certificate]:
        """Any sequent, its derivatives worked out where pieces meet if that is needed, with a certificate."""
        if s.conclusion.op == "eq" and s.conclusion.args[0] is s.conclusion.args[1]:
            try:
                return s, self.kept(s, Evaluation())
            except Rejected:
                pass
        if (fact := _other_side(s)) is not None:
            s, then = self.whole(s.given(fact))
            return Sequent(s.hypotheses[:-1], s.conclusion), Lemma(fact, every_size.INVERSE, then)
        if s.conclusion.op == "eq" and s.conclusion.args[0].op == "inv":
            (inverse,), b, g = s.conclusion.args[0].args, s.conclusion.args[1], s.conclusion.graph
            fact = equation(g.matmul(inverse, b), eye(g, b.shape[0]))
            _, because = self.whole(s.concluding(fact))
            return s, Lemma(fact, because, every_size.INVERSE)
        if size(s.conclusion.shape) > MAX_ENTRIES or too_large(topological([*s.hypotheses, s.conclusion])):
            raise Rejected("too many entries")  # before they are laid out
        entries = s.entries()
        if len(entries) > MAX_ENTRIES:
            raise Rejected("too many entries")
        few = all(len(pieces(e.conclusion)) < MANY for e in entries)
        if few and len(entries) > 1 and all(_joined(e, only=True) == e for e in entries):
            # at once: they share most of their parts
            try:
                return s, self.evaluation(s)
            except Rejected:
                pass
        parts, of = zip(*map(self.entry, entries), strict=True)
        if parts != entries:  # derivatives as they are where pieces meet
            s = s.concluding(reduce(lambda a, b: a.graph.call("and", a, b), [p.conclusion for p in parts]))
        return s, of[0] if s == parts[0] else Parts(of)

    def entry(self, s: Sequent) -> tuple[Sequent, Certificate]:
        """A scalar sequent, its derivatives worked out where pieces meet if that is needed, with a certificate."""
        if len(pieces(s.conclusion)) >= MANY:
            try:
                self.theorems.append(shown := enveloped(s))
                return s, shown.certificate
            except Rejected:
                pass
        first = _joined(s, only=True)
        try:
            return first, self.scalar(first, 0)
        except Rejected:
            if (second := _joined(s, only=False)) == first:
                raise
        kept_back = max(self.left - MAX_SECOND, 0)
        self.left -= kept_back
        found = self.scalar(second, 0)
        self.left += kept_back
        return second, found

    # -- scalars --------------------------------------------------------------------------------------

    def scalar(self, s: Sequent, depth: int) -> Certificate:
        """A certificate of a scalar sequent. Raises Rejected."""
        entries = s.entries()
        if entries != (s,):
            return self.kept(s, Parts(tuple(self.scalar(e, depth) for e in entries)))
        if s.conclusion.op == "or" and depth < MAX_SPLITS:
            one, other = s.conclusion.args
            return self.kept(s, Supposing(self.scalar(s.given(negated(one)).concluding(other), depth + 1)))
        try:
            return self.evaluation(s)
        except Lacking as e:
            lacking: Lacking = e
        made, first = lacking.made, first_asked(lacking)
        for n, h in enumerate(s.hypotheses if depth < MAX_SPLITS else ()):
            if h.op == "or":
                rest = (*s.hypotheses[:n], *s.hypotheses[n + 1 :])
                halves = [self.scalar(Sequent((*rest, case), s.conclusion), depth + 1) for case in h.args]
                return self.kept(s, Alternatives(n, (halves[0], halves[1])))
        ways: list[Callable[[], Certificate]] = [lambda: self.combined(s, made), lambda: self.absurd(s, made)]
        if depth < MAX_SPLITS:
            if all(_halved(s, by) for by in _chosen(s)):
                ways.insert(0, lambda: self.squared(s, made, depth))
            if first is None or not settled(made, first):
                if (solved := self.solved(s, made)) is not None:
                    return self.substituted(s, *solved, depth)
                places = [partial(self.split, s, by, depth) for by in self.places(s, asked(lacking))]
                ways[len(ways) - 1 : 1] = [*places, lambda: self.congruent(s, made, depth)]
                if s.conclusion.op == "eq" and made.zeros:
                    ways.append(lambda: self.squeezed(s))
        for way in ways if self.left > 0 else ():
            try:
                return way()
            except Lacking as e:
                lacking = e
            except Rejected:
                pass
        raise lacking

    def substituted(self, s: Sequent, old: Node, new: Node, because: Certificate, depth: int) -> Certificate:
        return self.kept(s, Substitution(old, new, because, self.scalar(s.put({old: new}), depth + 1)))

    def split(self, s: Sequent, by: Node, depth: int) -> Certificate:
        """By the sign of an expression: in halves, where all is continuous, else with the case that it is 0."""
        if not any(n.op in ABRUPT for n in topological(s.conclusion.args)) and not _halved(s, by):
            try:
                halves = tuple(self.scalar(half, depth + 1) for half in s.cases(by, HALVES))
                return self.kept(s, Split(by, halves))
            except Rejected:
                if depth:  # 0 is seldom what is amiss, and all of it would be tried again
                    raise
        return self.kept(s, Split(by, tuple(self.scalar(case, depth + 1) for case in s.cases(by))))

    def squeezed(self, s: Sequent) -> Certificate:
        """Equal, as neither side can be more than the other."""
        gap = _gap(s)
        assert gap is not None
        return self.split(s, gap, MAX_SPLITS - 1)

    def congruent(self, s: Sequent, made: Evaluated, depth: int) -> Certificate:
        """With what stands in a function on the right in the place of what stands there on the left, equal by hypotheses."""
        if s.conclusion.op not in OF_COMPARISON or not made.zeros:
            raise Rejected("no equations")
        left, right = (topological([side]) for side in s.conclusion.args)
        for a in reversed([n for n in left if n.op in CONGRUENT and n not in right]):
            for b in reversed([n for n in right if n.op == a.op and n not in left]):
                old, new = a.args[0], b.args[0]
                if old is not new:
                    try:
                        because = self.kept(
                            s.concluding(equation(old, new)), Combination(combinations.by_equations(made, old, new))
                        )
                    except Rejected:
                        continue
                    return self.substituted(s, old, new, because, depth)
        raise Rejected("no function of what is equal")

    def evaluation(self, s: Sequent) -> Certificate:
        """By evaluation alone, definitions open or as variables. Raises Lacking where signs are not known."""
        if not any(n.op in ("symbol", "apply") for n in topological([s.conclusion])):
            try:
                return self.kept(s, Numbers())
            except Rejected:
                pass
        conclusions = [e.conclusion for e in s.entries()]
        order = topological(conclusions)
        named = _names(conclusions)
        functions = tuple(n for n in order if n.op in FUNCTIONS)
        ways = [(), named, (*named, *functions)]
        if len(order) > MANY_NODES and self.ways == [0, 1, 2]:
            self.ways.reverse()
        fault: Rejected = Rejected("nothing was tried")
        tried = set[tuple[Node, ...]]()
        for i in self.ways:
            if ways[i] not in tried:
                tried.add(ways[i])
                try:
                    found = self.evaluated(s, ways[i])
                    self.ways.sort(key=lambda j: j != i)  # what worked for one part works for the next
                    return found
                except Rejected as e:
                    if not isinstance(fault, Lacking) or (isinstance(e, Lacking) and len(asked(e)) < len(asked(fault))):
                        fault = e
                    first = first_asked(e) if isinstance(e, Lacking) else None
                    if (
                        first is not None
                        and first is not _gap(s)
                        and not any(n in ways[i] for n in topological(first.args))
                    ):
                        break  # it stands in the way however the rest is looked at
        raise fault

    def evaluated(self, s: Sequent, opaque: tuple[Node, ...]) -> Certificate:
        order = topological([*s.hypotheses, s.conclusion], known=set(filter(valued, opaque)))
        cost = START + len(order) + FUNCTION * sum(n.op in FUNCTIONS for n in order)
        self.spend(cost)
        if (known := self.failed.get((s, opaque))) is not None:
            raise known
        try:
            return self.kept(s, Evaluation(opaque))
        except Lacking as e:
            self.failed[s, opaque] = e
            raise

    def combined(self, s: Sequent, made: Evaluated) -> Certificate:
        """By what is known, added up. Raises Rejected."""
        self.spend(START)
        c = s.conclusion
        if c.op not in OF_COMPARISON or c.op == "ne":
            raise Rejected("no sum")
        left, right = c.args if c.op not in ("lt", "le") else c.args[::-1]
        if c.op == "eq":
            return self.kept(s, Combination(combinations.by_equations(made, left, right)))
        x = made.known(left) - made.known(right)
        try:
            of = combinations.by_addends(left, right)
            return self.kept(s, Combination(tuple((a.graph.neg(a), b) for a, b in of) if c.op in ("lt", "le") else of))
        except Rejected:
            of = combinations.by_inequalities(made, x, c.op in ("gt", "lt"))
        if c.op in ("lt", "le"):
            of = tuple((a.graph.neg(a), b) for a, b in of)
        return self.kept(s, Combination(of))

    def squared(self, s: Sequent, made: Evaluated, depth: int) -> Certificate:
        """By the squares of two sides, with roots on one of them alone. Raises Rejected."""
        c, g = s.conclusion, s.conclusion.graph
        if c.op not in ORDERS:
            raise Rejected("no inequality")
        less, more = c.args if c.op in ("le", "lt") else c.args[::-1]
        u, v = over_roots(made, made.known(more) - made.known(less))
        fact = g.call("lt" if c.op in ("lt", "gt") else "le", u, v)
        wanted = s.concluding(fact)
        of = tuple(self.scalar(part, depth + 1) for part in table.premises(wanted, "squares", ()))
        because = self.kept(wanted, Rule("squares", (), of))
        sign = g.one if c.op in ("ge", "gt") else g.const(-1)
        then = self.kept(s.given(fact), Combination(((sign, g.sub(v, u)),)))
        return self.kept(s, Lemma(fact, because, then))

    def absurd(self, s: Sequent, made: Evaluated) -> Certificate:
        """That no point meets the hypotheses. Raises Rejected."""
        self.spend(START)
        g = s.conclusion.graph
        fact = g.call("gt", g.zero, g.zero)
        because = self.kept(s.concluding(fact), Combination(combinations.by_inequalities(made, None)))
        return self.kept(s, Lemma(fact, because, Evaluation()))

    # -- where to split -----------------------------------------------------------------------------

    def places(self, s: Sequent, asks: list[Node]) -> list[Node]:
        """What the checker asked for: what stands in the way, then the innermost first, but for what is claimed; which of two is
        more before all else."""
        chosen = _chosen(s)
        found = [n for n in asks if not (s.conclusion.op == "eq" and n is _gap(s)) and n.op != "const"]
        return sorted(found, key=lambda n: n not in chosen)[:MAX_TRIED]

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


def _chosen(s: Sequent) -> set[Node]:
    """Whose signs tell which of two is more."""
    return {n.graph.sub(*n.args) for n in topological([s.conclusion]) if n.op in ("min", "max")}


def _halved(s: Sequent, by: Node) -> bool:
    """Whether this is one half of a split."""
    return any(by.graph.call(op, by, by.graph.zero) in s.hypotheses for op in ("ge", "lt"))


def _gap(s: Sequent) -> Node | None:
    """Left less right."""
    return s.conclusion.graph.sub(*s.conclusion.args) if s.conclusion.op in OF_COMPARISON else None


def _other_side(s: Sequent) -> Node | None:
    """What a hypothesis ``A @ B == eye(n)`` says of B @ A, if that is not said."""
    for h in s.hypotheses:
        if h.op == "eq" and h.args[0].op == "matmul" and len(h.shape) == 2 and h.shape[0] == h.shape[1]:
            (a, b), g = h.args[0].args, h.graph
            fact = equation(g.matmul(b, a), h.args[1])
            if a.shape == b.shape and h.args[1] is eye(g, h.shape[0]) and fact not in s.hypotheses:
                return fact
    return None


def _names(conclusions: list[Node]) -> tuple[Node, ...]:
    """Definitions that may stand for variables: those that both sides speak of."""
    sides = [tuple(c.args[:2]) if c.op in OF_COMPARISON else (c, c) for c in conclusions]
    opened = {n.graph.named.get(n, n) for pair in sides for n in pair}
    for _ in range(MAX_OPENINGS):
        left, right = (Abstraction([pair[i] for pair in sides], opened) for i in (0, 1))
        if left.names == right.names:
            return tuple(left.forth)
        opened |= left.names ^ right.names
    return ()
