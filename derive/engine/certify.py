"""From what was proved to a theorem: certificates for ``derive.proof.check``, looked for after the verdict.

The checker is asked to evaluate the claim. Where it says which sign it lacks, the domain is split there; where s = 0, a symbol is
solved for. What is found is a certificate and, since the checker made it, a theorem; what is not leaves the verdict as it is, as
``unchecked``, by the name of the method. The claim is worked on in a graph of its own, and in work of its own: nothing that the
engine decides later depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from typing import Any

from derive.budget import apart
from derive.calculus.joints import with_joints
from derive.engine.decision import Decision
from derive.expr.graph import Graph, Node, topological
from derive.language.components import components_all
from derive.language.printing import point_text
from derive.numbers.balls import evaluate, rational
from derive.proof.axioms import Finer
from derive.proof.certificates import (
    Absurd,
    Alternatives,
    Certificate,
    Evaluation,
    Generic,
    Lemma,
    Numbers,
    Parts,
    Reflexive,
    Solved,
    Split,
)
from derive.proof.check import Rejected, Theorem, check
from derive.proof.evaluation import Depends, Evaluated
from derive.proof.field import Poly, Quotient
from derive.proof.sequent import Sequent, conjuncts, equation, ranges
from derive.proof.signs import NEGATIVE, NONNEGATIVE, NONPOSITIVE, OF_COMPARISON, POSITIVE, ZERO, product

MAX_WORK = 5_000  # nodes that are evaluated for one claim, in all tries
START = 20  # what an evaluation costs beside its nodes
MAX_SPLITS = 6  # on the way to one of them
MAX_TRIED = 3  # places to split at, one after the other
MAX_ENTRIES = 64
MAX_UNITS = 12  # rounds of finer exponents
FUNCTIONS = ("exp", "sigmoid", "tanh", "expm1", "logaddexp", "erf", "Phi", "sin", "cos")  # that may stand for variables
MANY_NODES = 150  # from which on definitions are looked through last

CONTRADICTION = "engine contradiction"
SAMPLES = 12  # points at which what is not checked is tried
MAX_SAMPLED = 2_000
SAMPLED = tuple(Fraction(v) for v in ("1", "2", "1/2", "-1", "3", "0", "-2", "1/3", "-1/2", "10", "-3"))

MAX_FACTOR, MAX_FACTS, MAX_DEGREE, MAX_PRODUCTS = (
    4,
    8,
    4,
    8,
)  # of products of what is known: terms, factors, degree, lemmas
ONE_SIDED = (POSITIVE, NONNEGATIVE, NEGATIVE, NONPOSITIVE)

#: What a search may end with: a fault of its own, too, leaves the verdict as it is, unchecked.
FAULTS = (Rejected, ArithmeticError, LookupError, RuntimeError, ValueError)

Ends = Mapping[Node, tuple[Fraction | None, Fraction | None]]


def certified(
    found: Decision, wanted: Sequence[Node], assuming: Sequence[Node], bounds: Ends, whole: bool = True
) -> Decision:
    """A decision that proves a condition, or that two sides are equal (``wanted``), with the theorem that it is, or the name of
    what is trusted instead.

    The conditions that it tells are hypotheses. Verdict, reason and conditions stay as they are. Without ``whole`` more was
    assumed than ``assuming`` says, such as a property: then a point at which that holds contradicts nothing.
    """
    if found.status not in ("proved", "proved-if"):
        return found
    below = topological([*wanted, *assuming, *found.conditions])
    here = set(below)
    known = {s: ends for s, ends in bounds.items() if s in here}

    g, put = _apart(below)
    sides = [put[n] for n in wanted]
    conclusion = sides[0] if len(sides) == 1 else g.call("eq", *sides)
    ends = ranges({put[s]: e for s, e in known.items()})
    sequent = Sequent((*ends, *(put[n] for n in (*assuming, *found.conditions))), conclusion)
    trusted = "iteration" if any(n.op == "computed" for n in below) else found.method or "engine"
    made = _with(found, lambda: prove(sequent), trusted)
    if whole and made.theorem is None and (point := contradicting(sequent)) is not None:
        return Decision("undecided", f"{CONTRADICTION}: proved by {trusted}, and false at {point_text(point)}")
    return made


def contradicting(s: Sequent) -> Mapping[Node, Fraction] | None:
    """One of a few points at which the hypotheses hold for certain and the conclusion fails for certain."""
    try:
        with apart():
            *given, wanted = components_all([*s.hypotheses, s.conclusion])
            hypotheses = [c for part in given for c in part]
            order = topological([*hypotheses, *wanted])
            leaves = [n for n in order if n.op == "index" or (n.op == "symbol" and not n.shape)]
            for i in range(SAMPLES if len(order) <= MAX_SAMPLED else 0):
                point = {n: SAMPLED[(i + j * (1 + i // 2)) % len(SAMPLED)] for j, n in enumerate(leaves)}
                done = evaluate([*hypotheses, *wanted], {n: rational(v) for n, v in point.items()})
                if all(v is True for v in done[: len(hypotheses)]) and False in done[len(hypotheses) :]:
                    return point
    except FAULTS:
        pass
    return None


def certified_at(found: Decision, condition: Node, assuming: Sequence[Node]) -> Decision:
    """The decision that a condition holds somewhere, with the theorem that it does at the witness, a point of numbers."""
    if found.status != "proved" or not found.witness:
        return found
    point = found.witness

    def made() -> Theorem:
        laid = [c for entries in components_all([*assuming, condition]) for c in entries]
        g, put = _apart(topological([*laid, *point]))
        values = {put[n]: g.const(v) for n, v in point.items()}
        whole = reduce(lambda a, b: g.call("and", a, b), [put[n] for n in laid])
        return check(Sequent((), whole).put(values), Numbers())

    return _with(found, made, found.method or "engine")


def of_every_size(a: Node, b: Node, assuming: Sequence[Node], sizes: Mapping[int, str]) -> Theorem | None:
    """The theorem that two tensors are equal for all sizes, numbers in their shapes standing for letters; None where it is not
    found. Derivatives are worked out."""
    try:
        with apart():
            g, put = _apart(topological([a, b, *assuming]))
            s = Sequent(tuple(put[n] for n in assuming), g.call("eq", put[a], put[b]), tuple(sizes.items()))
            return check(s, Generic())
    except FAULTS:
        return None


def _with(found: Decision, made: Callable[[], Theorem], trusted: str) -> Decision:
    try:
        with apart():
            return replace(found, theorem=made())
    except FAULTS:
        return replace(found, unchecked=trusted)


def prove(s: Sequent) -> Theorem:
    """A theorem. Raises Rejected where no certificate is found. Makes nodes in the graph of the sequent."""
    if s.conclusion.op == "eq" and s.conclusion.args[0] is s.conclusion.args[1]:
        try:
            return check(s, Reflexive())
        except Rejected:
            pass
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


def _apart(nodes: Sequence[Node]) -> tuple[Graph, Mapping[Node, Node]]:
    """Nodes (with what they need, in topological order) in a graph of their own, with what the calculus noted down of the
    derivatives among them: a copy of each."""
    g, done = Graph(), dict[Node, Node]()

    def copied(order: Sequence[Node]) -> None:
        for n in order:
            done[n] = g.node(n.op, tuple(done[a] for a in n.args), n.attr, n.shape)

    copied(nodes)
    for n, by, of in nodes[0].graph.derived if nodes else ():
        if n in done:
            leaves = [v for pair in by for v in (pair if isinstance(pair, tuple) else (pair,))]
            copied(topological([*leaves, of], known=set(done)))
            variables: Any = tuple(tuple(done[v] for v in p) if isinstance(p, tuple) else done[p] for p in by)
            g.derived[done[n], variables, done[of]] = None
    return g, done


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
                units += map(_fraction, e.firsts[len(units) :])
                units[e.n] = _fraction(e.unit)
        raise Rejected("exponents that keep needing finer units")

    def absurd(self, s: Sequent, depends: Depends) -> Certificate:
        """That no point meets the hypotheses, with products of two of what is known as lemmas. Raises ``depends`` where that is
        not found."""
        self.left -= 2 * START
        if self.left < 0:
            raise depends
        try:
            lemmas = _products(depends.evaluated)
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
            for symbol, value in _solutions(made, z):
                because = Evaluation()
                try:
                    self.kept(s.concluding(equation(symbol, value)), because)
                except Rejected:
                    continue
                return symbol, value, because
        return None


def _products(made: Evaluated) -> list[Node]:
    """Products of two of the inequalities that are known, as conditions: those that speak of the fewest new monomials."""
    known = [
        (f.poly, m)
        for f in list(made.facts.values())
        if (m := made.sign(f.poly)) in ONE_SIDED and len(f.poly) <= MAX_FACTOR
    ]
    seen = {e for f in made.facts.values() for e in f.terms}
    found: list[tuple[int, int, tuple[Poly, int], tuple[Poly, int]]] = []
    for i, f in enumerate(known[:MAX_FACTS]):
        for h in known[: i + 1]:
            p = f[0] * h[0]
            if len(f[0]) + len(h[0]) > 2 and p.total_degree() <= MAX_DEGREE:
                found.append((sum(e not in seen for e in p.to_dict()), len(found), f, h))
    g = made.now.graph
    out = []
    for _, _, f, h in sorted(found, key=lambda t: t[:2])[:MAX_PRODUCTS]:
        try:
            nodes = [_written(made, made.poly(p)) for p, _ in (f, h)]
        except KeyError:
            continue
        m = product(f[1], h[1])
        op = next(op for op, mask in OF_COMPARISON.items() if mask == m)
        out.append(g.call(op, g.mul(*nodes), g.zero))
    return out


def _solutions(made: Evaluated, z: Poly) -> Iterator[tuple[Node, Node]]:
    used = made.used(z)
    for a in reversed(used):
        if a.key[0] != "leaf" or z.degrees()[a.index] != 1 or any(a.index in b.leaves for b in used if b is not a):
            continue
        slope = z.derivative(a.index)
        if made.sign(slope) & ZERO:
            continue
        try:
            yield a.key[1], _written(made, Quotient(made, made.gen(a) * slope - z, slope))
        except KeyError:
            continue


def _written(made: Evaluated, x: Quotient) -> Node:
    """A quotient as an expression. Raises KeyError where an atom has none."""
    g = made.now.graph

    def poly(p: Poly) -> Node:
        total = g.zero
        for e, c in p.terms():
            term = g.const(_fraction(c))
            for i, n in enumerate(e):
                if n:
                    term = g.mul(term, g.pow(atom(i), g.const(int(n))))
            total = g.add(total, term)
        return total

    def atom(i: int) -> Node:
        a = made.atoms[i]
        if i in made.exponents:
            return g.call("exp", _written(made, made.exponents[i]))
        match a.key[0]:
            case "leaf":
                node: Node = a.key[1]
                return node
            case "log":
                return g.call("log", g.call("abs", poly(a.argument)))
            case "abs":
                return g.call("abs", poly(a.argument))
            case "root":
                return g.call("pow", poly(a.argument), g.const(Fraction(1, a.key[2])))
        raise KeyError(i)

    return g.div(poly(x.num), poly(x.den))


def _fraction(c: object) -> Fraction:
    return Fraction(int(c.p), int(c.q))  # type: ignore[attr-defined]
