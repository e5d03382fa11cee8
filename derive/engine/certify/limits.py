"""The search for certificates of limits.

First the rules of limits alone. What they leave open is looked at by parts, of which the engine tells the limits; is written
otherwise, kinks by the branch that is taken in the end, and what is left by what outgrows what (``outgrown``); or is taken apart
by derivatives. Signs of parameters that are lacking are cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import field

from derive.budget import spend
from derive.engine.certify.asked import asked
from derive.engine.certify.faults import FAULTS
from derive.engine.certify.outgrown import Fact, Sums, Ways, end, spread
from derive.engine.certify.search import Search
from derive.engine.certify.written import written
from derive.engine.domain import Domain
from derive.engine.limits import limit
from derive.expr.below import below
from derive.expr.conditions import is_boolean
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.language.properties import LIMITS
from derive.numbers.definedness import need
from derive.proof.axioms import Unknown
from derive.proof.certificates import Certificate, Evaluation, Rule, Split
from derive.proof.check import Rejected, Theorem, check
from derive.proof.evaluation import Evaluated, Lacking, is_variable
from derive.proof.rules.ends import AS_SIGNS, KINKS, Ends, Open, switch
from derive.proof.rules.limits import NEAR, also, facts, in_the_end
from derive.proof.rules.properties import Claim, laid_out
from derive.proof.rules.table import premises
from derive.proof.sequent import Sequent
from derive.proof.signs import NEGATIVE, POSITIVE
from derive.records import dataclass

MAX_DEPTH = 12  # limits on the way to one
MAX_SPLITS = 3
MAX_TRIED = 80  # limits that are looked at in all
MAX_PARTS = 4  # of which the limits are asked
STEP = 20_000  # what a limit that is looked at costs
#: Of these derivatives are simpler.
SLOW = ("log", "log1p", "logaddexp", "erf", "Phi", "atan", "apply")


class Elsewhere(Rejected):
    """The limit is another one than is said."""


def show(s: Sequent) -> Theorem:
    """The theorem that a limit is what it is said to be. Raises Rejected where no certificate is found."""
    search = Limits()
    certificate = search.show(s)
    return check(s, certificate, search.plain.theorems)


@dataclass
class Limits(Ways):
    """A search, and what it has shown so far."""

    plain: Search = field(default_factory=Search)
    tried: int = 0
    splits: int = 0
    under_way: list[Sequent] = field(default_factory=list)

    def kept(self, s: Sequent, c: Certificate) -> Certificate:
        return self.plain.kept(s, c)

    def show(self, s: Sequent) -> Certificate:
        self.tried += 1
        spend(STEP, "signs of polynomials")
        if len(self.under_way) > MAX_DEPTH or self.tried > MAX_TRIED or s in self.under_way:
            raise Rejected("too many limits")
        try:
            return self.kept(s, Rule("ends", (), ()))
        except Rejected as e:
            fault: Rejected = e
        if self.splits:
            with suppress(Rejected):
                return self.kept(s, Evaluation())
        self.under_way.append(s)
        try:
            return self.beyond(s, fault)
        finally:
            self.under_way.pop()

    def beyond(self, s: Sequent, fault: Rejected) -> Certificate:
        """What the rules alone leave open."""
        c = laid_out(s)
        elsewhere = end(c, c.f) is not None
        with suppress(*FAULTS):
            return self.by_cases(s, fault, simple=not elsewhere)
        if elsewhere:
            raise Elsewhere(str(fault))
        with suppress(*FAULTS):
            return self.by_parts(s)
        lacking = [fault]
        ways: list[Callable[[Sequent], Certificate]] = [self.by_terms, self.by_slopes, self.by_sides]
        if c.f.op in ("mul", "div") and any(n.op in SLOW and below(n, c.x) for n in topological([c.f])):
            ways[:2] = ways[1::-1]
        for way in ways:
            try:
                return way(s)
            except Elsewhere:
                raise
            except FAULTS as e:
                lacking += [e] if isinstance(e, Lacking) and len(self.under_way) == 1 else []
        for other in lacking:
            with suppress(*FAULTS):
                return self.by_cases(s, other)
        raise fault

    # -- cases ------------------------------------------------------------------------------------------

    def by_cases(self, s: Sequent, fault: Rejected, simple: bool = False) -> Certificate:
        """By the signs of what is said to be lacking; ``simple``: of parameters, and what the value turns on."""
        if self.splits == MAX_SPLITS:
            raise Rejected("too many cases")
        self.splits += 1
        try:
            for by in self.places(s, fault, simple):
                with suppress(*FAULTS):
                    return self.kept(s, Split(by, tuple(map(self.show, s.cases(by)))))
        finally:
            self.splits -= 1
        raise Rejected("no cases")

    def places(self, s: Sequent, fault: Rejected, simple: bool) -> Iterator[Node]:
        """Whose signs tell more: of a limit, or of what its value turns on."""
        c, cause, g = laid_out(s), fault.__cause__, s.conclusion.graph
        found: dict[Node, None] = {}
        if isinstance(cause, Open) and cause.of is not None and isinstance(cause.of.field, Evaluated):
            with suppress(KeyError):
                found[written(cause.of.field, cause.of)] = None
        if isinstance(fault, Lacking):
            found |= dict.fromkeys(asked(fault))
        found = {n: None for n in found if is_variable(n) or not simple}
        for n in topological([v for (v,) in c.more]):
            if n.op == "where" and len(n.args[0].args) == 2:
                found[g.sub(*n.args[0].args)] = None
            elif n.op in KINKS and n.op != "where":
                found[switch(n)[0]] = None
        for n in found:
            known = any(g.call(op, n, g.zero) in s.hypotheses for op in ("gt", "lt", "eq"))
            if n.op != "const" and not n.shape and not below(n, c.x) and not known:
                yield n

    # -- written otherwise -----------------------------------------------------------------------------

    def by_terms(self, s: Sequent) -> Certificate:
        """Kinks by their branches, and sums by the term that outgrows the others."""
        c = laid_out(s)
        f, near = self.branch(c)
        other, found = f, list[Fact]()
        for held in (near, [*near, *needs_of(c, f)]):
            with suppress(*FAULTS):
                sums = spread(self, c, f, held)
                other, found, near = sums.outgrown(), sums.facts, held
                break
        if other is c.f:
            raise Rejected("nothing to write otherwise")

        def rest(then: Sequent) -> Certificate:
            return self.kept(then, Rule("ends", *map(tuple, zip(*found, strict=True)))) if found else self.show(then)

        return self.otherwise(s, (other, *near), rest)

    def otherwise(self, s: Sequent, nodes: tuple[Node, ...], then: Callable[[Sequent], Certificate]) -> Certificate:
        """As another function, the first of ``nodes``, where the conditions after it hold."""
        same, rest = premises(s, "in the end", nodes)
        return self.kept(s, Rule("in the end", nodes, (self.plain.scalar(same, 0), then(rest))))

    def branch(self, c: Claim) -> tuple[Node, list[Node]]:
        """f with the branches that are taken in the end, and where these are taken: conditions on x."""
        (x,), where = c.x, LIMITS[c.name][1]
        g, done, held = x.graph, dict[Node, Node](), list[Node]()
        taken = in_the_end(c, lambda ends: branches(ends, c.f))
        for n in topological([c.f]):
            args = tuple(done[a] for a in n.args)
            if n in taken:
                part, condition = taken[n]
                done[n] = substitute_all([part], done)[0]
                held.append(condition)
            elif n.op == "log1p":
                done[n] = g.call("log", g.add(g.one, *args))
            elif n.op == "logaddexp":
                done[n] = g.call("log", g.add(*(g.call("exp", a) for a in args)))
            elif n.op == "pow" and below(n.args[1], [x]):
                done[n] = g.call("exp", g.mul(args[1], g.call("log", args[0])))
            else:
                done[n] = n if args == n.args else g.node(n.op, args, n.attr, n.shape)
        f = done[c.f]
        at = c.more[-1][0] if where in NEAR else g.zero
        op = {"from below": "lt", "beside": "ne", "far below": "lt"}.get(where, "gt")
        near = [g.call(op, x, at)]
        held += [g.call("gt", n.args[0], g.zero) for n in topological([f]) if n.op == "log" and below(n, [x])]
        f, more = self.turned(c, f, near)
        held += more
        return f, list(dict.fromkeys([*near, *true_in_the_end(c, held)]))

    def turned(self, c: Claim, f: Node, near: Sequence[Node]) -> tuple[Node, list[Node]]:
        """The branches of kinks whose switch has to be written otherwise for its sign to be told."""
        held: list[Node] = []
        for n in topological([f]):
            if n.op in KINKS and n.op != "where" and below(n, c.x):
                on, *sides = switch(n)
                with suppress(*FAULTS):
                    sums = spread(self, c, on, near)
                    other = sums.outgrown()
                    found = end(c, other)
                    if not sums.facts and found is not None and found.sign in (POSITIVE, NEGATIVE):
                        held.append(n.graph.call(AS_SIGNS[found.sign], other, n.graph.zero))
                        f = substitute_all([f], {n: sides[found.sign == NEGATIVE]})[0]
        return f, held

    # -- by parts ----------------------------------------------------------------------------------------

    def by_parts(self, s: Sequent) -> Certificate:
        """By limits of parts, as the engine finds them."""
        c = laid_out(s)
        f, near = self.branch(c)
        if (part := stuck(c, f, ())) is None:
            raise Rejected("no part that stands in the way")
        if f is not c.f:
            return self.otherwise(s, (f, *near), self.by_parts)
        found: dict[Node, Fact] = {}
        while part is not None and part not in found and len(found) < MAX_PARTS:
            found[part] = self.part(c, part)
            with suppress(Rejected):
                return self.kept(s, Rule("ends", *map(tuple, zip(*found.values(), strict=True))))
            part = stuck(c, f, [p for p, _ in found.values()])
        raise Rejected("no limits of parts")

    def part(self, c: Claim, part: Node) -> Fact:
        where = LIMITS[c.name][1]
        at = c.more[-1][0] if where in NEAR else -1 if where == "far below" else 1
        side = {"from above": 1, "from below": -1}.get(where, 0)
        value = limit(part, c.x[0], at, Domain(c.given), side)
        what, of = ("tends", [value.value]) if not value.side else ("grows" if value.side > 0 else "falls", [])
        wanted = also(c, part, what, *of)
        return wanted.conclusion, self.show(wanted)

    # -- by sides, and by slopes -------------------------------------------------------------------------

    def by_sides(self, s: Sequent) -> Certificate:
        return self.kept(s, Rule("both sides", (), tuple(map(self.show, premises(s, "both sides", ())))))

    def by_slopes(self, s: Sequent) -> Certificate:
        """A quotient as the one of derivatives; a product as a quotient, and what is neither as one of sums over atoms."""
        c = laid_out(s)
        for f in quotients(c.f):
            try:
                return self.slopes(s) if f is c.f else self.otherwise(s, (f, *self.branch(c)[1]), self.slopes)
            except Elsewhere:
                raise
            except FAULTS:
                continue
        f, near = self.branch(c)
        whole = Sums(self, c, f, near).quotient()
        if whole.args[1].op == "const" or whole is c.f:
            raise Rejected("no quotient")
        return self.otherwise(s, (whole, *near), self.slopes)

    def slopes(self, s: Sequent) -> Certificate:
        (then,) = premises(s, "l'hospital", ())
        return self.kept(s, Rule("l'hospital", (), (self.show(then),)))


def quotients(f: Node) -> list[Node]:
    """f as a quotient, if it is one or a product."""
    if f.op == "div":
        return [f]
    g, sides = f.graph, [f.args, f.args[::-1]] if f.op == "mul" else []
    sides.sort(key=lambda s: not any(n.op in SLOW for n in topological(s[:1])))
    return [g.node("div", (a, g.pow(b, g.const(-1)))) for a, b in sides]


def branches(ends: Ends, f: Node) -> dict[Node, tuple[Node, Node]]:
    with suppress(Unknown):
        ends.of(f)
    return ends.branches


def stuck(c: Claim, f: Node, known: Sequence[Node]) -> Node | None:
    """The first proper part of f of which the rules alone do not tell the limit, but those of its own parts."""

    def look(ends: Ends) -> Node | None:
        try:
            ends.of(f)
        except Unknown as fault:
            return next((n for n, e in ends.found.items() if e is fault and n is not f and not is_boolean(n)), None)
        return None

    return in_the_end(c, look, facts(c, known))


def needs_of(c: Claim, f: Node) -> list[Node]:
    """What f needs to have a value, as it has in the end."""
    needed = [h for n in topological([f]) if below(n, c.x) and (h := need(n)) is not None]
    return true_in_the_end(c, list(dict.fromkeys(needed)))


def true_in_the_end(c: Claim, conditions: Sequence[Node]) -> list[Node]:
    def holds(ends: Ends, condition: Node) -> bool:
        with suppress(Unknown):
            return ends.of(condition) is True
        return False

    return in_the_end(c, lambda ends: [h for h in conditions if holds(ends, h)])
