"""Claims about an iteration at every step t: by unfolding steps, by induction on t, refuted by the first t at which they fail.

``w(t)`` is a node ``computed`` over the number of steps. A claim that holds whatever the state at t needs no more than the steps
that it speaks of. Otherwise it is shown for the first two t, and for t + 1 from t: where a side is a state, its formula is put in
for it. There t > 0, so that powers of t need no case of 0**0. The claim must have a value at every t, or it says nothing there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, partial
from math import ceil, floor

from derive.calculus.iteration import Run, System
from derive.engine import relation
from derive.engine.decision import Decision, joined
from derive.engine.dispatch import holds_with_properties
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.equations import cascade
from derive.engine.invariants import signs_kept
from derive.engine.plain_values import of_constants, plain_truth
from derive.engine.reasons import Reason, Why
from derive.engine.step_counts import Beyond, affine_count
from derive.engine.whole_numbers import freely, says_whole, start
from derive.errors import ExpressionError
from derive.expr.below import above, leaves_of, runs
from derive.expr.graph import Node, topological
from derive.expr.operators import ORDERS
from derive.language.components import components_all
from derive.language.substitution import put
from derive.lazily import lazily
from derive.numbers.balls import rational, truth
from derive.numbers.definedness import need
from derive.records import dataclass

with lazily():
    from derive.calculus import totals

SMALL = 8  # values of t at which a claim is tried
MAX_FIRST = 1_000
MAX_SIGNS = 4  # states whose signs are looked at
MAX_EARLY = 20  # numbers at which sums have no terms, and a claim is looked at


def decide_equal(a: Node, b: Node, domain: Domain = EVERYWHERE) -> Decision:
    """``cascade.decide_equal``, where iterations stand in the sides, or in what is assumed."""
    left, right = components_all([a, b])
    if found := of_constants(list(zip(left, right, strict=True))):
        return found
    try:
        return Steps.of([*left, *right], domain).equal(left, right)
    except (Beyond, ExpressionError) as e:
        return Decision("undecided", _why(e))


def decide_holds(condition: Node, domain: Domain = EVERYWHERE) -> Decision:
    """``relation.decide_holds``, where iterations stand in the condition, or in what is assumed."""
    if not leaves_of([condition]) and not domain.hypotheses:
        return plain_truth(condition)
    try:
        return Steps.of([condition], domain).holds(condition)
    except (Beyond, ExpressionError) as e:
        return Decision("undecided", _why(e))


def at_step(condition: Node, t: Node, n: int) -> Node:
    """A condition with the number n for t, its iterations written out. Raises ExpressionError."""
    nodes = [condition]
    if not runs(nodes):
        return put(nodes, {t: condition.graph.const(n)})[0]
    try:
        return Steps.of(nodes, EVERYWHERE).instance(nodes, n)[0]
    except Beyond as e:
        raise ExpressionError(str(e)) from None


def _why(e: Exception) -> Reason:
    return e.reason if isinstance(e, Beyond) else Why.FAULT(fault=str(e))


@dataclass(frozen=True)
class _Way:
    """A tactic about every number of steps; ``told``: what its proof and that for the first ones show together."""

    name: str
    attempt: Callable[[], Decision]
    told: Callable[[Decision, Decision], Decision]


@dataclass
class Steps:
    """What a claim speaks of: states after t + c steps for some c, of one system, with one set of parameters."""

    t: Node
    nodes: dict[Node, int]  # computed -> c
    system: System
    given: Mapping[Node, Node]  # parameters -> what stands for them
    first: int
    last: int  # of the numbers at which the claim is tried
    params: Domain  # what does not speak of t
    local: list[Node]  # hypotheses on the state at t
    early: range  # numbers before the first at which sums have no terms: they end before they start
    stated: bool  # whether the claim speaks of these

    @staticmethod
    def of(claimed: Sequence[Node], domain: Domain) -> Steps:
        """Raises Beyond where the claim is of another kind."""
        roots = [*claimed, *domain.hypotheses]
        nodes: dict[Node, int] = {}
        variables: set[Node] = set()
        given: dict[Node, Node] = {}
        roots_of: list[Node] = []
        systems: list[System] = []
        for n in runs(roots):
            if not isinstance(n.attr, Run):
                raise Beyond(Why.STEPS_WITHOUT_VALUES(iteration=n.attr.text(())))
            t, c = affine_count(n.args[0])
            if t is None:
                raise Beyond(Why.TOO_MANY_STEPS(count=c))
            nodes[n] = c
            variables.add(t)
            roots_of.append(n.attr.body)
            systems.append(n.attr.system)
            for leaf, v in zip(n.attr.parameters, n.args[1:], strict=True):
                if given.setdefault(leaf, v) is not v:
                    raise Beyond(Why.DIFFERENT_INPUTS())
        if len(variables) != 1:
            raise Beyond(Why.DIFFERENT_STEPS())
        (t,), system = variables, totals.together(t.graph, systems).part(roots_of)
        moving = any(t in topological([v]) for leaf, v in given.items() if leaf not in system.index)
        if moving:
            raise Beyond(Why.STEPS_ARE_INPUT(steps=t))
        inside = {*system.leaves, *(s.symbol for s in system.sequences)}
        for n in nodes:
            if any(m in inside for a in n.args for m in topological([a])):
                raise Beyond(Why.INPUT_IS_STATE())
        if any(m in inside for m in above(roots, set(nodes))):
            raise Beyond(Why.STATE_AND_LATER())
        low, high = domain.range(t)
        begin, params, local = [ceil(low)] if low is not None else [], [], []
        for a in domain.hypotheses:
            below = set(topological([a]))
            if t not in below:
                params.append(a)
            elif (number := start(a, t)) is not None:
                begin.append(number)
            elif not says_whole(a, t):  # as a number of steps is
                local.append(a)
        stated = bool(begin)
        empty = max((-c for n, c in nodes.items() if isinstance(n.attr, totals.Total)), default=0)
        first = max([0, empty, *begin])
        early = range(max(begin, default=0), first)
        if first > MAX_FIRST:
            raise Beyond(Why.ABOUT_STEPS_FROM(steps=t, first=first))
        if high is not None and high < first:
            raise Beyond(Why.ABOUT_STEPS_FROM(steps=t, first=first))
        last = first + SMALL - 1 if high is None else min(floor(high), first + SMALL - 1)
        there = domain.under(params).free_of([t])
        return Steps(t, nodes, system, given, first, last, there, local, early, stated)

    @property
    def base(self) -> int:
        """A claim about sums alone is about the state after t + base steps, and later ones; else about that after t."""
        return min(self.nodes.values()) if all(isinstance(n.attr, totals.Total) for n in self.nodes) else 0

    # -- instances --------------------------------------------------------------------------------

    def instance(self, roots: Sequence[Node], n: int) -> list[Node]:
        """The roots at t = n, from the starts."""
        system = self.system
        g = roots[0].graph
        made = []
        for node, c in self.nodes.items():
            k = n + c
            if isinstance(node.attr, totals.Total) and node.attr.empty is not None:
                k = max(k, 0)
            if k < 0:
                raise Beyond(Why.BEFORE_THE_START(steps=self.t, number=n))
            made.append(system.at_states(node.attr.body, system.unrolled(k), g.const(k)))
        return self._with(roots, put(made, self.given), {self.t: g.const(n)})

    def general(self, roots: Sequence[Node], states: Sequence[Node], ahead: int = 0) -> list[Node]:
        """The roots at t + ahead, where the states after t + base steps are these."""
        system = self.system
        made = []
        for node, c in self.nodes.items():
            if c + ahead < self.base:
                raise Beyond(Why.BEFORE_STEP())
            k = self._plus(c + ahead)
            now = system.further(states, self._plus(self.base), c + ahead - self.base)
            made.append(system.at_states(node.attr.body, now, k))
        return self._with(roots, self.inner(made), {self.t: self._plus(ahead)})

    def inner(self, made: Sequence[Node]) -> list[Node]:
        """What is said of the iteration, with the inputs that it is run on."""
        return put(made, {leaf: v for leaf, v in self.given.items() if v is not leaf})

    def _plus(self, c: int) -> Node:
        graph = self.t.graph
        return graph.call("add", self.t, graph.const(c)) if c else self.t

    def _with(self, roots: Sequence[Node], made: Sequence[Node], values: Mapping[Node, Node]) -> list[Node]:
        return put(roots, {**dict(zip(self.nodes, made, strict=True)), **values})

    def at_least(self, n: int) -> Node:
        return self.t.graph.call("ge", self.t, self.t.graph.const(n))

    @cached_property
    def signs(self) -> list[Node]:
        """Signs of the states after any number of steps."""
        if self.system.symbolic is None or len(self.system.leaves) > MAX_SIGNS:
            return []
        leaves = self.system.leaves
        starts, after = self.inner(self.system.unrolled(0)), self.inner(self.system.further(leaves, self.t, 1))
        return signs_kept(leaves, starts, after, self.params, self.params.given(self.at_least(0)))

    def _are_equal(self, a: Node, b: Node, domain: Domain) -> Decision:
        """Whether two sides that may speak of t are equal."""
        free = freely([a, b], self.t, self.first, domain, lambda n, there: cascade.decide_equal(n[0], n[1], there))
        return free or cascade.decide_equal(a, b, domain)

    def _holds(self, condition: Node, domain: Domain) -> Decision:
        """Whether a condition that may speak of t holds."""
        free = freely([condition], self.t, self.first, domain, lambda n, there: _by_all(n[0], there))
        return free or _by_all(condition, domain)

    # -- equations --------------------------------------------------------------------------------

    def equal(self, left: Sequence[Node], right: Sequence[Node]) -> Decision:
        pairs = list(zip(left, right, strict=True))

        def at(n: int) -> Decision:
            return self._small(pairs, n)

        unfolding = _Way("unfolding", lambda: self._unfolded(pairs), _as_it_stands)
        induction = _Way("induction", lambda: self._induction(pairs), self._from_the_first)
        differences = _Way("differences", lambda: self._differences(pairs), self._from_the_first)
        return self._every(at, [unfolding] if self.local else [unfolding, induction, differences])

    def _small(self, pairs: Sequence[tuple[Node, Node]], n: int) -> Decision:
        flat = self.instance([*(s for pair in pairs for s in pair), *self.local], n)
        sides, local = flat[: 2 * len(pairs)], flat[2 * len(pairs) :]
        if any(truth(c, {}) is False for c in local if not leaves_of([c])):
            return Decision("proved", Why.NOT_ASSUMED_THERE())
        found = [
            cascade.decide_equal(a, b, self.params.given(*local)) for a, b in zip(sides[::2], sides[1::2], strict=True)
        ]
        return joined(found)

    def _unfolded(self, pairs: Sequence[tuple[Node, Node]]) -> Decision:
        """Whatever the state after t steps is."""
        if min(self.nodes.values()) < self.base:
            return Decision("undecided", Why.EARLIER_STATES())
        flat = [s for pair in pairs for s in pair]
        flat = self.general([*flat, *self.local], self.system.leaves)
        sides, local = flat[: 2 * len(pairs)], flat[2 * len(pairs) :]
        there = self.params.given(*local, self.at_least(self.first))
        found = [self._are_equal(a, b, there) for a, b in zip(sides[::2], sides[1::2], strict=True)]
        return self._of_whole(replace(joined(found), reason=Why.UNFOLDED(steps=self.t)), sides)

    def _induction(self, pairs: Sequence[tuple[Node, Node]]) -> Decision:
        """The claim at t + 1 from the claim at t, for t from the second on."""
        known: dict[Node, Node] = {}
        hypotheses: list[Node] = []
        later = self.params.given(self.at_least(self.first + 1))
        leaves = self.system.leaves
        for a, b in pairs:
            for state, formula in ((a, b), (b, a)):
                leaf = state.attr.body if self.nodes.get(state) == self.base else None
                if leaf in leaves and leaf not in known and not runs([formula]):
                    known[leaf] = formula
                    break
            else:
                x, y = self.general([a, b], leaves)
                hypotheses.append(x.graph.call("eq", x, y))
        states = [known.get(leaf, leaf) for leaf in leaves]
        if any(m in known for f in known.values() for m in topological([f])):
            return Decision("undecided", Why.STATES_OF_EACH_OTHER())
        hypotheses = put(hypotheses, known)
        signed = later.given(*self.signs)
        self._valued([*known.values(), *hypotheses], signed)
        flat = self.general([s for pair in pairs for s in pair], states, 1)
        found = [self._are_equal(a, b, later.given(*hypotheses)) for a, b in zip(flat[::2], flat[1::2], strict=True)]
        decision = self._of_whole(replace(joined(found), reason=Why.INDUCTION(steps=self.t)), flat)
        return replace(decision, conditions=tuple(c for c in decision.conditions if not self._certain(c, signed)))

    def _differences(self, pairs: Sequence[tuple[Node, Node]]) -> Decision:
        """The difference of the sides does not change from one number to the next."""
        if min(self.nodes.values()) < self.base:
            return Decision("undecided", Why.EARLIER_STATES())
        gaps, leaves = [a.graph.sub(a, b) for a, b in pairs], self.system.leaves
        later = self.params.given(self.at_least(self.first + 1))
        before, after = self.general(gaps, leaves), self.general(gaps, leaves, 1)
        signed = later.given(*self.signs)
        self._valued(before, signed)
        found = [self._are_equal(x, y, later) for x, y in zip(after, before, strict=True)]
        decision = self._of_whole(replace(joined(found), reason=Why.INDUCTION(steps=self.t)), [*after, *before])
        return replace(decision, conditions=tuple(c for c in decision.conditions if not self._certain(c, signed)))

    def _valued(self, roots: Sequence[Node], domain: Domain) -> None:
        """Raises Beyond unless what the claim says at t has a value at every t; what does not depend on t may lack one."""
        moving = {self.t, *self.system.leaves}
        for n in topological(roots):
            if not moving.intersection(topological([n])):
                continue
            asked = self._need(n)
            if asked is not None and moving.intersection(topological([asked])) and not self._certain(asked, domain):
                raise Beyond(Why.NEED_AT_EVERY_STEP(need=asked, steps=self.t))

    def _need(self, n: Node) -> Node | None:
        if n.op == "pow" and n.args[1].op != "const" and self._whole(n.args[1]):
            return n.graph.call("ge", n.args[1], n.graph.zero)
        return need(n)

    def _certain(self, need: Node, domain: Domain) -> bool:
        def holds(condition: Node) -> bool:
            found = relation.decide_holds(condition, domain)
            return found.status == "proved" and not self._left(found.conditions, [condition])

        if holds(need):
            return True
        g = need.graph
        if need.op == "ne" and need.args[0].op == "pow" and need.args[1] is g.one:
            base, power = need.args[0].args  # powers of a number in [0, 1) stay below 1
            ends = (g.call("ge", base, g.zero), g.call("lt", base, g.one), g.call("gt", power, g.zero))
            return all(holds(c) for c in ends)
        return False

    def _left(self, conditions: Sequence[Node], sides: Sequence[Node]) -> tuple[Node, ...]:
        """Conditions but those that a base be positive, where its exponent is a whole number for whole t."""
        bases = {n.args[0] for n in topological(sides) if n.op == "pow" and self._whole(n.args[1])}
        return tuple(
            c for c in conditions if not (c.op in ("gt", "ge") and c.args[0] in bases and c.args[1] is c.graph.zero)
        )

    def _whole(self, n: Node) -> bool:
        return all(
            m is self.t or (m.op == "const" and isinstance(m.attr, int)) or m.op in ("add", "sub", "mul", "neg", "def")
            for m in topological([n])
        )

    def _of_whole(self, found: Decision, sides: Sequence[Node]) -> Decision:
        return replace(found, conditions=self._left(found.conditions, sides))

    # -- conditions -------------------------------------------------------------------------------

    def holds(self, condition: Node) -> Decision:
        def at(n: int) -> Decision:
            here, *local = self.instance([condition, *self.local], n)
            if any(truth(c, {}) is False for c in local if not leaves_of([c])):
                return Decision("proved", Why.NOT_ASSUMED_THERE())
            there = self.params.given(*local)
            found = _by_all(here, there) if n < self.first + 2 else relation.decide_holds(here, there)
            point = {n: rational(v) for n, v in (found.witness or {}).items()}
            whole = bool(point) and all(n in point for n in leaves_of([here]))
            if found.status == "proved-if" and whole and truth(here, point) is False:
                return replace(found, status="refuted", reason=Why.FAILS_AT(at=found.witness))
            return found

        def unfolded() -> Decision:
            leaves = self.system.leaves
            here, *local = self.general([condition, *self.local], leaves)
            found = relation.decide_holds(here, self.params.given(*local, self.at_least(self.first)))
            return replace(found, reason=Why.UNFOLDED(steps=self.t))

        def induction(known: Sequence[Node] = ()) -> Decision:
            leaves = self.system.leaves
            (before,), (after,) = self.general([condition], leaves), self.general([condition], leaves, 1)
            later = self.params.given(self.at_least(self.first + 1), *known)
            self._valued([before], later.given(*self.signs))
            found = self._holds(after, later.given(before))
            return replace(found, reason=Why.INDUCTION(steps=self.t))

        def growing(known: Sequence[Node] = ()) -> Decision:
            """The gap between the sides does not shrink from one number to the next."""
            if condition.op not in ORDERS:
                return Decision("undecided", Why.OPEN())
            g, leaves = condition.graph, self.system.leaves
            gap = g.call("sub", *(condition.args if condition.op in ("ge", "gt") else condition.args[::-1]))
            (before,), (after,) = self.general([gap], leaves), self.general([gap], leaves, 1)
            later = self.params.given(self.at_least(self.first + 1), *known)
            self._valued([before], later)
            found = self._holds(g.call("ge", g.sub(after, before), g.zero), later)
            return replace(found, reason=Why.INDUCTION(steps=self.t))

        def with_signs(way: Callable[[Sequence[Node]], Decision]) -> Decision:
            known = self.signs
            return way(known) if known else Decision("undecided", Why.OPEN())

        unfolding = _Way("unfolding", unfolded, _as_it_stands)
        tried = (induction, growing, partial(with_signs, induction), partial(with_signs, growing))
        induced = [_Way("induction", way, self._from_the_first) for way in tried]
        ways = [unfolding] if self.local else [unfolding, *induced]
        return self._every(at, ways if min(self.nodes.values()) >= self.base else [])

    # -- both -------------------------------------------------------------------------------------

    def _every(self, at: Callable[[int], Decision], ways: Sequence[_Way]) -> Decision:
        """Proved by one of the ways; refuted by the first number at which it fails."""
        small = self._smalls(at)
        begun: list[Decision] = []
        for n, found in small:
            if found.status == "refuted":
                return self._fails(n, found)
            begun.append(found)
            if len(begun) == 2:
                break
        stopped: list[Reason] = []
        for way in ways:
            try:
                found = way.attempt()
            except (Beyond, ExpressionError) as e:
                stopped.append(_why(e))
                continue
            if found.status == "proved" and self._of_states(found.conditions):
                stopped.append(Why.NOT_EVERYWHERE(conditions=found.conditions))
            elif found.status == "proved":
                base = joined(begun)
                if base.status == "proved":
                    return self._begun(replace(way.told(found, base), regions=(), tactic=way.name), at)
                second = self.first + 1
                stopped.append(Why.AT_FIRST_STEPS(steps=self.t, first=self.first, second=second, of=base.told))
            else:
                stopped.append(Why.WAY_STOPPED(of=found.reason, status=found.status))
        for n, found in small:
            if found.status == "refuted":
                return self._fails(n, found)
        return Decision("undecided", Why.NOT_EVERY_STEP(steps=self.t, stopped=tuple(stopped)))

    def _of_states(self, conditions: Sequence[Node]) -> bool:
        """Whether conditions speak of states without a name, as those of sums are."""
        hidden = {n for n in self.system.leaves if "'" in str(n.attr)}
        return bool(conditions) and not hidden.isdisjoint(topological(conditions))

    def _begun(self, found: Decision, at: Callable[[int], Decision]) -> Decision:
        """What is proved from the first number on, where sums have no terms before: with that as a condition, unless it holds of
        no terms, too."""
        if len(self.early) <= MAX_EARLY:
            others = [d for _, d in self._tried(self.early, at)]
            if all(d.status == "proved" and not d.conditions for d in others):
                return found
            fails = next(
                (self._fails(n, d) for n, d in zip(self.early, others, strict=True) if d.status == "refuted"), None
            )
        else:
            fails = None
        begun = self.at_least(self.first)
        found = replace(found, conditions=(begun, *found.conditions))
        if not self.stated:
            return found
        found = replace(found, status="proved-if", missing=(begun,))
        return found if fails is None else replace(found, witness=fails.witness, fails=fails.reason)

    def _from_the_first(self, found: Decision, base: Decision) -> Decision:
        """What is shown for the first two numbers of steps, and for one more from each."""
        second = self.first + 1
        reason = Why.INDUCTION_FROM(steps=self.t, first=self.first, second=second)
        halves = (
            Why.FIRST_STEPS(steps=self.t, first=self.first, second=second, of=base.told),
            Why.NEXT_STEP(steps=self.t, second=second, method=found.method or "proved"),
        )
        conditions = tuple(dict.fromkeys((*base.conditions, *found.conditions)))
        return replace(found, reason=reason, steps=(*halves, *found.steps), conditions=conditions)

    def _smalls(self, at: Callable[[int], Decision]) -> Iterator[tuple[int, Decision]]:
        yield from self._tried(range(self.first, self.last + 1), at)

    def _tried(self, numbers: range, at: Callable[[int], Decision]) -> Iterator[tuple[int, Decision]]:
        for n in numbers:
            try:
                yield n, at(n)
            except (Beyond, ExpressionError) as e:
                yield n, Decision("undecided", _why(e))

    def _fails(self, n: int, found: Decision) -> Decision:
        witness = {self.t: Fraction(n), **(found.witness or {})}
        reason = Why.AT_STEP(steps=self.t, number=n, of=found.told)
        return replace(found, reason=reason, witness=witness, index=None)


def _as_it_stands(found: Decision, _: Decision) -> Decision:
    return found  # it holds whatever the state is


def _by_all(condition: Node, domain: Domain) -> Decision:
    found = relation.decide_holds(condition, domain)
    return found if found.status != "undecided" else holds_with_properties(condition, domain)
