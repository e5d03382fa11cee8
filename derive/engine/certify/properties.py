"""The search for certificates of properties: which rule of the checker shows one, and of what.

A rule says from which sequents the property follows (``derive.proof.rules``); each of these is shown in turn, a property by a
rule again, a comparison by ``search``. What is tried of which property, in order, is the table ``WAYS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from fractions import Fraction

from derive.calculus.reverse import gradient
from derive.engine.certify.faults import FAULTS
from derive.engine.certify.gram import by_squares, squares
from derive.engine.certify.inequalities import MAX_ORDER, by_cells, by_contact
from derive.engine.certify.limits import Limits
from derive.engine.certify.samples import contradicting
from derive.engine.certify.search import Search
from derive.engine.domain import Domain
from derive.engine.limits.values import value
from derive.engine.properties.side_conditions import natural
from derive.expr.below import below
from derive.expr.folding import substitute
from derive.expr.graph import Node, topological
from derive.language.components import components_all
from derive.language.properties import DEFINITE, GROWTH, LIMITS, POINTWISE, asks
from derive.numbers.balls import truth
from derive.proof.certificates import Certificate, Evaluation, Parts, Rule, Supposing
from derive.proof.check import Rejected, Theorem, check
from derive.proof.rules.curvature import CONCAVE, CONVEX, Curvature
from derive.proof.rules.properties import CURVED, MONOTONE, Claim, kink, laid_out
from derive.proof.rules.table import premises
from derive.proof.sequent import Sequent, negated
from derive.records import dataclass

MAX_DEPTH = 12  # of rules in rules
MAX_FACTS = 8  # parts of a function that are shown to bend on their own
MAX_KINKS = 4  # whose pieces are told apart in a slope
MAX_POINTS = 6  # at which a function may turn
SMALL = 600  # for what is to be plain
KINKS = ("abs", "relu", "min", "max", "where")
WORK = 8_000  # nodes that are evaluated for one claim
CONTACT_WORK = 8_000  # for an inequality from points of contact on
MAX_VARIABLES = 2  # of such an inequality


def prove_property(s: Sequent) -> Theorem:
    """The theorem that properties hold, and comparisons beside them. Where a function lacks a value, nothing is said of it: that
    it has one is a hypothesis, where the theorem is not found without. Raises Rejected. Makes nodes in the graph of the
    sequent."""
    fault = Rejected("no properties")
    for wanted in _meant(s):
        rules = Rules()
        try:
            return check(wanted, rules.show(wanted), rules.search.theorems)
        except FAULTS as e:
            fault = e if isinstance(e, Rejected) else Rejected(str(e))
    raise fault


def prove_inequality(s: Sequent) -> Theorem:
    """The theorem that a comparison holds, or several, by slopes and cells. Raises Rejected."""
    order = topological([s.conclusion])
    if sum(n.op == "symbol" for n in order) > MAX_VARIABLES or any(n.op == "symbol" and n.shape for n in order):
        raise Rejected("an inequality in too many variables")
    if any(n.op == "apply" for n in order):
        raise Rejected("slopes of a function of which nothing is said")
    rules = Rules(Search(left=CONTACT_WORK), contacts=True)
    try:
        return check(s, rules.show(s), rules.search.theorems)
    except FAULTS as e:
        raise Rejected(str(e)) from None


def _meant(s: Sequent) -> Iterator[Sequent]:
    """A sequent of which the variables of properties are symbols; and the same where the functions have values."""
    order = topological([*s.hypotheses, s.conclusion])
    used, values = {n.attr for n in order if n.op == "symbol"}, dict[Node, Node]()
    properties = [n for n in order if n.op == "property" and n.attr not in (*DEFINITE, "rank")]
    for n in properties:
        x = n.args[2 if n.attr in GROWTH else 1]
        x = x.args[0] if x.op == "index" and x.args[0].op == "def" else x
        if x.op == "def" and x not in values:
            name = f"{x.attr}'"
            if name in used:
                return
            values[x] = x.graph.symbol(name, x.shape)
    s = s.put(values)
    yield s
    more: dict[Node, None] = {}
    for n in topological([s.conclusion]):
        if n.op == "property" and n.attr not in (*DEFINITE, "rank"):
            grown = n.attr in GROWTH
            sides = (n.graph.node("div", n.args[:2]), n.args[2]) if grown else n.args[:2]
            (f,), entries = components_all(sides)
            held = [s.conclusion.graph.call("eq", f, f)] if n.attr in POINTWISE else natural(f, entries)
            more.update(dict.fromkeys(held))
    if more:
        yield s.given(*more)


@dataclass
class Rules:
    """The search for certificates of one claim."""

    search: Search = field(default_factory=lambda: Search(left=WORK))
    contacts: bool = False  # whether inequalities are looked at from points of contact on
    order: int = 0  # of contact of two sides, of which slopes are looked at

    def show(self, s: Sequent, depth: int = 0, order: int = 0) -> Certificate:
        """A certificate. Raises Rejected where none is found."""
        if depth > MAX_DEPTH:
            raise Rejected("rules nested too deeply")
        if not asks(s.conclusion):
            return self.plain(s, depth, self.order)
        if order:
            before, self.order = self.order, order
            try:
                return self.show(s, depth)
            finally:
                self.order = before
        entries = s.entries()
        if len(entries) > 1 or entries[0] != s:
            return self.search.kept(s, Parts(tuple(self.show(e, depth) for e in entries)))
        if s.conclusion.op == "or":
            first, second = sorted(s.conclusion.args, key=asks)
            return self.search.kept(s, Supposing(self.show(s.given(negated(first)).concluding(second), depth + 1)))
        name = f"not {s.conclusion.args[0].attr}" if s.conclusion.op == "not" else s.conclusion.attr
        fault = Rejected(f"no rule shows {name}")
        for way in WAYS.get(name, ()):
            try:
                return way(self, s, depth)
            except FAULTS as e:
                fault = e if isinstance(e, Rejected) else Rejected(str(e))
        if depth:
            try:
                return self.search.kept(s, Evaluation())
            except Rejected:
                pass
        raise fault

    def plain(self, s: Sequent, depth: int, order: int = 0) -> Certificate:
        """Comparisons, all of which are to hold; ``order``: of contact of two sides, of which this is about a slope."""
        entries = s.entries()
        if len(entries) == 1 and entries[0] == s:
            return self.scalar(s, depth, order)
        try:
            return self.search.evaluation(s)
        except Rejected:
            return self.search.kept(s, Parts(tuple(self.scalar(e, depth, order) for e in entries)))

    def scalar(self, s: Sequent, depth: int, order: int = 0) -> Certificate:
        """A scalar condition: by evaluation and splits; else from a point of contact, or on cells."""
        try:
            return self.search.evaluation(s)
        except Rejected:
            pass
        if contradicting(s) is not None:
            raise Rejected("false at a point")

        def show(part: Sequent, order: int) -> Certificate:
            if asks(part.conclusion):
                return self.show(part, depth + 1, order)
            if order <= MAX_ORDER:
                return self.plain(part, depth + 1, order)
            return self.with_share(lambda: self.search.scalar(part, 0), SMALL)

        if not self.contacts:
            return self.search.scalar(s, 0)
        for way in (by_cells, by_contact):
            try:
                return way(self.search, show, s, order)
            except FAULTS:
                pass
        return self.with_share(lambda: self.search.scalar(s, 0), SMALL)

    def with_share(self, way: Callable[[], Certificate], most: int) -> Certificate:
        """What a way finds with a share of the work that is left."""
        before = self.search.left
        share = min(before, most)
        self.search.left = share
        try:
            return way()
        finally:
            self.search.left = before - (share - self.search.left)

    def rule(self, s: Sequent, depth: int, name: str, *nodes: Node) -> Certificate:
        """By a rule of the checker."""
        wanted = premises(s, name, nodes)
        of = tuple(self.show(part, depth + 1) for part in wanted)
        return self.search.kept(s, Rule(name, nodes, of))

    # -- ways ---------------------------------------------------------------------------------------

    def composed(self, s: Sequent, depth: int) -> Certificate:
        """By composition, with parts that bend, or rise, by their derivatives."""
        c = laid_out(s)
        variable, g = s.conclusion.args[1], c.f.graph
        facts: list[Node] = []
        if c.name in CURVED:
            course = Curvature(c.given, c.f, c.x, ())
            for n, name in _needed(course, c.f, c.name):
                facts.append(g.node("property", (n, variable), name))
            if len(facts) > MAX_FACTS or any(n.args[0] is c.f for n in facts):
                raise Rejected("no parts that bend")
        return self.rule(s, depth, "composition", *dict.fromkeys(facts))

    def differentiated(self, s: Sequent, depth: int) -> Certificate:
        """By the derivative, off the points at which a function may turn; those are tried that the claim tells."""
        c = laid_out(s)
        if len(c.x) > 1:
            return self.rule(s, depth, "hessian")
        fault: Exception | None = None
        for points in ((), *_sets(_turning(c))):
            try:
                if c.name in MONOTONE:
                    return self.rule(s, depth, "locally", *points)
                if not points and not _kinks(c.f, c.x):
                    return self.rule(s, depth, "hessian")
                return self.rule(s, depth, "slopes", *_pieced(c.f, c.x), *points)
            except FAULTS as e:
                fault = e
        raise fault or Rejected("no derivative tells")

    def at_points(self, s: Sequent, depth: int) -> Certificate:
        """Pointwise properties: kink by kink, from the inside."""
        c = laid_out(s)
        if c.name == "continuous" or not (kinks := _kinks(c.f, c.x)):
            try:
                return self.rule(s, depth, "analytic")
            except Rejected:
                if not (kinks := _kinks(c.f, c.x)):
                    raise
        return self.rule(s, depth, "pieces", kinks[0])

    def by_gradient(self, s: Sequent, depth: int) -> Certificate:
        c = laid_out(s)
        if c.name == "stationary":
            return self.rule(s, depth, "gradient")
        if not _kinks(c.f, c.x):
            return self.rule(s, depth, "analytic")
        return self.rule(s, depth, "gradient", *_pieced(c.f, c.x))

    def by_definition(self, s: Sequent, depth: int) -> Certificate:
        if s.conclusion.attr in CURVED and _kinks(s.conclusion.args[0], laid_out(s).x):
            raise Rejected("three points on many pieces")
        return self.rule(s, depth, "definition")

    def critical(self, s: Sequent, depth: int) -> Certificate:
        return self.rule(s, depth, "critical point")

    def valley(self, s: Sequent, depth: int) -> Certificate:
        return self.rule(s, depth, "valley")

    def gram(self, s: Sequent, depth: int) -> Certificate:
        """By definition: the form is a sum of squares."""
        c = laid_out(s)
        parts = squares(c.f, c.fresh("v", c.f.shape[0]))
        symmetric, form = premises(s, "definition", ())
        of = (self.show(symmetric, depth + 1), self.search.kept(form, by_squares(form, parts)))
        return self.search.kept(s, Rule("definition", (), of))

    def minors(self, s: Sequent, depth: int) -> Certificate:
        if s.conclusion.args[0].shape[0] == 1:
            raise Rejected("a number")
        return self.rule(s, depth, "minors")

    def between(self, s: Sequent, depth: int) -> Certificate:
        """Of what is convex, by its slopes at the point, on both sides of a kink there."""
        c = laid_out(s)
        try:
            return self.rule(s, depth, "between slopes")
        except FAULTS:
            if len(c.more) < 3 or len(c.x) > 1:
                raise
        left = right = c.f
        for n in _kinks(c.f, c.x)[::-1]:
            above, beneath = kink(n)[1:]
            left, right = (substitute(f, {n: b}) for f, b in ((left, beneath), (right, above)))
        try:
            return self.rule(s, depth, "between slopes", left, right)
        except FAULTS:
            return self.rule(s, depth, "between slopes", right, left)

    def bend(self, s: Sequent, depth: int) -> Certificate:
        """By the second derivative at one of a few points, of the pieces that the function is there."""
        g, f = s.conclusion.graph, s.conclusion.args[0].args[0]
        fault: Exception = Rejected("no point")
        for at in POINTS:
            piece = f
            for n in _kinks(f, s.conclusion.args[0].args[1:2])[::-1]:
                over, above, beneath = kink(n)
                value = truth(g.call("gt", substitute(over, {s.conclusion.args[0].args[1]: g.const(at)}), g.zero), {})
                piece = substitute(piece, {n: above if value else beneath})
            try:
                return self.rule(s, depth, "bend", g.const(at), g.const(Fraction(1, 2)), piece)
            except FAULTS as e:
                fault = e
        raise fault

    def chord(self, s: Sequent, depth: int) -> Certificate:
        g = s.conclusion.graph
        fault: Exception = Rejected("no chord")
        for p, q in CHORDS:
            try:
                return self.rule(s, depth, "chord", g.const(p), g.const(q))
            except FAULTS as e:
                fault = e
        raise fault

    def corner(self, s: Sequent, depth: int) -> Certificate:
        c = laid_out(s.concluding(s.conclusion.args[0]))
        fault: Exception = Rejected("no corner")
        for node in _kinks(c.f, c.x):
            for at in _zeros(kink(node)[0], c.x)[:MAX_POINTS]:
                try:
                    return self.rule(s, depth, "corner", node, at)
                except FAULTS as e:
                    fault = e
        raise fault

    def tending(self, s: Sequent, depth: int) -> Certificate:
        return Limits(self.search).show(s)

    def grown(self, s: Sequent, depth: int) -> Certificate:
        """An order of growth by the limit of the ratio, as the engine finds it."""
        g, (_, _, x, *_) = s.conclusion.graph, s.conclusion.args
        trial, *_ = premises(s, "ratio", (g.zero,))
        ratio, at = trial.conclusion.args[0], trial.conclusion.args[3:]
        far = g.node("inf") if trial.conclusion.attr == "tends far" else g.neg(g.node("inf"))
        found = value("limit", (ratio, x, *(at or (far,))), 0, Domain(trial.hypotheses))
        wanted = premises(s, "ratio", (found.value,))
        return self.search.kept(s, Rule("ratio", (found.value,), tuple(self.show(part, depth + 1) for part in wanted)))


Way = Callable[[Rules, Sequent, int], Certificate]
_BENDS: tuple[Way, ...] = (Rules.composed, Rules.differentiated, Rules.by_definition)
_LEAST: tuple[Way, ...] = (Rules.by_definition, Rules.critical, Rules.valley)

#: What is tried to show a property, in order.
WAYS: dict[str, tuple[Way, ...]] = {
    **dict.fromkeys(("convex", "concave", *MONOTONE), _BENDS),
    **dict.fromkeys(("continuous", "slope", "rising", "rising strictly"), (Rules.at_points,)),
    "smooth": (Rules.at_points,),
    "differentiable": (Rules.by_gradient,),
    "stationary": (Rules.by_gradient,),
    "minimizer": _LEAST,
    "unique_minimizer": _LEAST,
    **dict.fromkeys(DEFINITE, (Rules.gram, Rules.minors, Rules.by_definition)),
    "subdifferential": (Rules.between,),
    **dict.fromkeys(GROWTH, (Rules.grown,)),
    **dict.fromkeys(LIMITS, (Rules.tending,)),
    "not convex": (Rules.chord, Rules.bend),
    "not concave": (Rules.chord, Rules.bend),
    "not differentiable": (Rules.corner,),
}


#: Points, and ends of chords, that are tried.
POINTS = (1, -1, 0, 2, -2, Fraction(1, 2))
CHORDS = ((0, 1), (-1, 1), (1, 2), (0, 2), (1, 4), (-2, 1), (-5, -3), (Fraction(-1, 2), Fraction(1, 2)), (3, 5))


def _kinks(f: Node, x: Sequence[Node]) -> list[Node]:
    return [n for n in topological([f]) if n.op in KINKS and below(n, x)]


def _needed(course: Curvature, n: Node, name: str) -> Iterator[tuple[Node, str]]:
    """The parts of an expression of which it has to be shown that they are convex, or concave, for the whole to be."""
    if course.masks[n] & (CONVEX if name == "convex" else CONCAVE):
        return
    other = "concave" if name == "convex" else "convex"
    match n.op:
        case "def" | "add":
            parts = [(a, name) for a in n.args]
        case "sub":
            parts = [(n.args[0], name), (n.args[1], other)]
        case "neg":
            parts = [(n.args[0], other)]
        case "mul" | "div" if course.fixed(n.args[0]) != course.fixed(n.args[1]) and not (
            n.op == "div" and course.fixed(n.args[0])
        ):
            weight, of = n.args if course.fixed(n.args[0]) else n.args[::-1]
            m = course.sign(weight)
            if m not in (1, 2, 3, 4, 6):
                yield n, name
                return
            parts = [(of, name if m in (1, 2, 3) else other)]
        case "max" | "exp" | "relu" | "logaddexp" if name == "convex":
            parts = [(a, name) for a in n.args]
        case "min" | "log" | "sqrt" if name == "concave":
            parts = [(a, name) for a in n.args]
        case _:
            yield n, name
            return
    for a, wanted in parts:
        yield from _needed(course, a, wanted)


def _turning(c: Claim) -> list[Node]:
    """Points at which a function of a number may turn or stand still: zeros of its kinks, 0, the ends of its domain."""
    g, found = c.f.graph, list[Node]()
    for n in _kinks(c.f, c.x):
        found += _zeros(kink(n)[0], c.x)
    if not found:
        found = [g.zero]
    for h in c.given:
        for a, b in (h.args, h.args[::-1]) if h.op in ("ge", "le") else ():
            if a is c.x[0] and not below(b, c.x):
                found.append(b)
    return list(dict.fromkeys(found))[:MAX_POINTS]


def _sets(points: Sequence[Node]) -> list[tuple[Node, ...]]:
    return list(dict.fromkeys([*((p,) for p in points[:2]), tuple(points)])) if points else []


def _zeros(s: Node, x: Sequence[Node]) -> list[Node]:
    """Where a kink lies that is affine in x, or the absolute value of what is."""
    g = s.graph
    for n in topological([s]):
        if n.op == "abs" and below(n, x):
            a = [substitute(s, {n: b}) for b in (n.args[0], g.neg(n.args[0]))]
            return [p for part in a for p in _zeros(part, x)]
    if len(x) != 1 or not below(s, x):
        return []
    slope = gradient(s, x)[0]
    if below(slope, x):
        return []
    return [g.neg(g.div(substitute(s, {x[0]: g.zero}), slope))]


def _pieced(f: Node, x: Sequence[Node], kinks: int = MAX_KINKS) -> list[Node]:
    """The gradient of f, that of a piece chosen where one takes over from another."""
    g = f.graph
    if not (inner := _kinks(f, x)) or not kinks:
        return gradient(f, x)
    s, *branches = kink(inner[0])
    pieces = (_pieced(substitute(f, {inner[0]: b}), x, kinks - 1) for b in branches)
    above = g.call("gt", s, g.zero)
    return [a if a is b else g.call("where", above, a, b) for a, b in zip(*pieces, strict=True)]


__all__ = ["Rules"]
