"""Is a function continuous, differentiable, smooth? Analytic operators are; at a kink its slopes in every direction say.

The function is Lipschitz where its branches meet. So it has a derivative exactly where the slope f'(x; v) is linear in the
direction v: in one variable, where the slopes to both sides are one number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from derive.calculus.directional import turns
from derive.engine.counterexamples.simple_numbers import SIMPLE
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.properties.asked import Table
from derive.engine.properties.breaks import broken, jump, places, torn
from derive.engine.properties.pieces import lifted
from derive.engine.properties.seams import (
    CONTINUOUS_OPERATORS,
    both_slopes,
    branches_meet,
    linear,
    natural_of,
    slopes_of,
    zeros,
)
from derive.engine.properties.side_conditions import (
    ROUGH,
    proved,
    undecided,
    valued_at,
)  # fmt: skip
from derive.engine.reasons import Reason, Why
from derive.engine.relation import decide_holds
from derive.engine.tactics import OPEN, POINT, PROOF, Tactic, needing, walk
from derive.errors import ExpressionError
from derive.expr.below import below
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.expr.kinks import turns_on
from derive.language.components import components
from derive.records import dataclass

MAX_ORDER = 3  # derivatives of which the kinks are looked at


@dataclass
class Rough:
    """A function with what in it may fail to be analytic; ``order`` 0: is it continuous, 1: differentiable, 2: smooth?"""

    given: Node
    x: Sequence[Node]
    domain: Domain
    order: int

    @cached_property
    def f(self) -> Node:
        return lifted(self.given, self.x, ("sign",))

    @cached_property
    def rough(self) -> list[Node]:
        """Operators that may fail to be analytic, and are not shown to be met nowhere."""
        return [n for n in topological([self.f]) if _rough(n) and below(n, self.x) and not _settled(n, self.domain)]

    @cached_property
    def seamed(self) -> tuple[Node, list[Node], bool]:
        """The function by its branches, with what is rough in it, and whether these meet where one takes over from the other."""
        f, x, rough = self.f, self.x, self.rough
        joined = branches_meet(f, x, rough, self.domain)
        if not joined and (whole := lifted(f, x)) is not f:
            f, rough = whole, [*rough, *(n for n in topological([whole]) if n.op == "where" and below(n, x))]
            joined = branches_meet(f, x, rough, self.domain)
        return f, rough, joined or (self.order == 0 and branches_meet(f, x, rough, self.domain, limits=True))

    @cached_property
    def powers(self) -> list[Node]:
        """Those whose slopes at 0 hang on the exponent."""
        return [n for n in self.seamed[1] if n.op == "pow" and n.args[1].op != "const"]

    @cached_property
    def slopes(self) -> list[Node] | None:
        return slopes_of(self.seamed[0], self.x)


def tactics(order: int) -> Table:
    """Continuous for order 0, differentiable for 1, smooth for 2."""
    rows = CONTINUOUS if order == 0 else DIFFERENTIABLE
    return (Tactic("branches", lambda q: walk(Rough(q.f, q.x, q.inner, order), rows)),)


def _nothing_held(q: Rough) -> Reason | None:
    held = q.order > 0 and any(n.op == "hold" and below(n, q.x) for n in topological([q.f]))
    return Why.HELD_VALUE() if held else None


def _no_power_of_zero(q: Rough) -> Reason | None:
    """0**0 is 1 and 0**x is 0: there is a jump."""
    return Why.POWER_OF_ZERO() if any(below(n.args[1], q.x) for n in q.powers) else None


def _slopes_meet(q: Rough) -> Reason | None:
    return None if _is_differentiable(q) else Why.KINKS_OPEN()


def _gap(q: Rough) -> Decision | None:
    f, _, joined = q.seamed
    return torn(f, q.x[0], q.domain) if not joined and len(q.x) == 1 else None


def _breaks(q: Rough) -> Decision | None:
    f = q.seamed[0]
    found = (broken(f, s, places(f, s, q.domain)) for s in q.x)
    return next((d for d in found if d is not None), None)


def _is_differentiable(q: Rough) -> bool:
    f, _, joined = q.seamed
    if q.powers or not joined or q.slopes is None:
        return False
    return linear(f, q.slopes, q.x, q.domain.given(*natural_of(f)))


def _slope_breaks(q: Rough) -> Decision | None:
    """A point at which a slope of a function of one variable, or a slope of that, is broken."""
    slopes, (x,) = q.slopes or [], q.x
    for _ in range(1, MAX_ORDER):
        if (found := broken(slopes[0], x, places(slopes[0], x, q.domain))) is not None:
            return found
        if (more := slopes_of(slopes[0], q.x)) is None:
            break
        slopes = more
    return None


def _answer(found: Decision) -> Callable[[Rough], Decision]:
    return lambda _: found


_ANALYTIC: Tactic[Rough] = Tactic(
    "analytic operators", _answer(proved(Why.ANALYTIC(), "structure")), lambda q: not q.rough, emits=PROOF
)
_JUMPS: Tactic[Rough] = Tactic("jumps at points", lambda q: jump(q.f, q.x, q.rough, q.domain), emits=POINT)

CONTINUOUS: tuple[Tactic[Rough], ...] = (
    _ANALYTIC,
    _JUMPS,
    *needing(
        _no_power_of_zero,
        Tactic(
            "continuous operators",
            _answer(proved(Why.CONTINUOUS_OPERATORS(), "structure")),
            lambda q: all(n.op in CONTINUOUS_OPERATORS for n in q.seamed[1]),
            emits=PROOF,
        ),
        Tactic("limits at points", _gap, emits=POINT),
        Tactic("branches that meet", _answer(proved(Why.BRANCHES_MEET())), lambda q: q.seamed[2], emits=PROOF),
        Tactic("open", _answer(undecided(Why.BRANCHES_OPEN())), emits=OPEN),
    ),
)

DIFFERENTIABLE: tuple[Tactic[Rough], ...] = (
    _ANALYTIC,
    *needing(
        _nothing_held,
        _JUMPS,
        Tactic("slopes at points", _breaks, emits=POINT),
        *needing(
            _slopes_meet,
            Tactic(
                "slopes from both sides",
                _answer(proved(Why.ONE_SLOPE_AT_KINKS())),
                lambda q: q.order == 1,
                emits=PROOF,
            ),
            Tactic("slopes of slopes at points", _slope_breaks, lambda q: len(q.x) == 1, emits=POINT),
            Tactic("open", _answer(undecided(Why.HIGHER_OPEN())), emits=OPEN),
        ),
    ),
)


def not_differentiable(args: Sequence[Node], domain: Domain) -> Decision:
    """Whether f has no derivative for any values of the symbols that are not its variable: at one point the slopes from both
    sides differ, whatever these are."""
    f, x = components(args[0])[0], components(args[1])
    domain = domain.entries()
    g = f.graph
    nothing = undecided(Why.SLOPES_OPEN())
    if len(x) != 1 or domain.binds(x):
        return nothing
    try:
        left, right = both_slopes(f, x[0])
    except ExpressionError:
        return nothing
    places = [{x[0]: g.const(v)} for v in SIMPLE[::-1]]
    for t in turns(f):
        places += [place for place, _ in zeros(t, x, domain) if place]
    for here in places:
        a, b = substitute_all([left, right], here)
        if a is b or not valued_at(f, here, domain):
            continue
        found = decide_holds(g.call("ne", a, b), domain)
        if found.status == "proved" and not found.conditions:
            return proved(Why.SLOPES_DIFFER_AT(variable=x[0], at=here[x[0]]))
    return nothing


def _rough(n: Node) -> bool:
    """Whether a node may fail to be analytic where it has a value."""
    if n.op == "pow":
        return n.args[1].op != "const" or not isinstance(n.args[1].attr, int)
    return n.op in ROUGH or n.op == "sqrt"


def _settled(n: Node, domain: Domain) -> bool:
    """Whether a kink is never met: what it turns on has one sign on the whole domain."""
    g = n.graph
    s, ways = (n.args[0], ("gt",)) if n.op in ("sqrt", "pow") else (turns_on(n), ("gt", "lt"))
    return s is not None and any(decide_holds(g.call(op, s, g.zero), domain).status == "proved" for op in ways)


# -- slopes as formulas ------------------------------------------------------------------------------------


# -- points --------------------------------------------------------------------------------------------
