"""Is a function continuous, differentiable, smooth? Analytic operators are; at a kink its slopes in every direction say.

The function is Lipschitz where its branches meet. So it has a derivative exactly where the slope f'(x; v) is linear in the
direction v: in one variable, where the slopes to both sides are one number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain

from flint import arb, fmpq

from derive.calculus.directional import directional, seams, turns
from derive.calculus.reverse import gradient
from derive.calculus.subdifferential import PRECISION, jumps, one_sided
from derive.engine.counterexamples.points import Point, Sampler
from derive.engine.counterexamples.shown import shown
from derive.engine.counterexamples.simple_numbers import SIMPLE
from derive.engine.decision import Decision
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.exceptional_sets import vanishing
from derive.engine.limits import Limit, Unsettled, limit
from derive.engine.properties.pieces import lifted
from derive.engine.properties.side_conditions import (
    ROUGH,
    at,
    below,
    proved,
    refuted,
    smooth,
    undecided,
    valued_at,
)  # fmt: skip
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.expr.folding import nonzero, substitute, substitute_all
from derive.expr.graph import Node, free_symbols, topological
from derive.expr.kinks import turns_on
from derive.expr.operators import JOINED_PIECES
from derive.language.components import components
from derive.language.printing import to_text
from derive.numbers.balls import evaluate, precision, rational, truth
from derive.numbers.definedness import need, outside

_CONTINUOUS = (*JOINED_PIECES, "sqrt", "pow", "hold")
MAX_BRANCHES = 30  # followed to see that a slope has a value
MAX_TURNS = 12
MAX_OPENED = 3  # absolute values in what a branch turns on
MAX_STEEP = 6  # points at which a slope without a value is looked at
MAX_ORDER = 3  # derivatives of which the kinks are looked at

_NOT_TOLD = "at a kink the slopes from both sides were not told apart"


def decider(order: int) -> Callable[[Sequence[Node], Domain], Decision]:
    """Continuous for order 0, differentiable for 1, smooth for 2."""

    def decide(args: Sequence[Node], domain: Domain) -> Decision:
        x = components(args[1])
        f = lifted(components(args[0])[0], x, ("sign",))
        domain = domain.entries()
        rough = [n for n in topological([f]) if _rough(n) and below(n, x) and not _settled(n, domain)]
        if not rough:
            return proved("every operator in it is analytic where it has a value", "structure")
        if order and any(n.op == "hold" and below(n, x) for n in topological([f])):
            return undecided("what is held has a value that changes and a slope of 0")
        if (gap := _jump(f, x, rough, domain)) is not None:
            return gap
        joined = _joined(f, x, rough, domain)
        if not joined and (whole := lifted(f, x)) is not f:
            f, rough = whole, [*rough, *(n for n in topological([whole]) if n.op == "where" and below(n, x))]
            joined = _joined(f, x, rough, domain)
        joined = joined or (order == 0 and _joined(f, x, rough, domain, limits=True))
        powers = [
            n for n in rough if n.op == "pow" and n.args[1].op != "const"
        ]  # their slopes at 0 hang on the exponent
        if order == 0:
            if any(below(n.args[1], x) for n in powers):  # 0**0 is 1 and 0**x is 0: there is a jump
                return undecided("whether a power of 0 is met is not settled")
            if all(n.op in _CONTINUOUS for n in rough):
                return proved("every operator in it is continuous where it has a value", "structure")
            if not joined and len(x) == 1 and (gap := _torn(f, x[0], domain)) is not None:
                return gap
            return proved("its branches meet where one takes over from the other") if joined else undecided(
                "whether its branches meet is not settled")  # fmt: skip
        for s in x:
            if (found := _broken(f, s, _places(f, s, domain))) is not None:
                return found
        slopes = _slopes(f, x)
        if powers or not joined or slopes is None or not _linear(f, slopes, x, domain.given(*_natural(f))):
            return undecided(_NOT_TOLD)
        if order == 1:
            return proved("where it has a value, the slopes from both sides are one at every kink")
        if len(x) == 1:
            for _ in range(1, MAX_ORDER):
                if (found := _broken(slopes[0], x[0], _places(slopes[0], x[0], domain))) is not None:
                    return found
                if (more := _slopes(slopes[0], x)) is None:
                    break
                slopes = more
        return undecided("it is differentiable; of higher derivatives nothing is settled")

    return decide


def not_differentiable(args: Sequence[Node], domain: Domain) -> Decision:
    """Whether f has no derivative for any values of the symbols that are not its variable: at one point the slopes from both
    sides differ, whatever these are."""
    f, x = components(args[0])[0], components(args[1])
    domain = domain.entries()
    g = f.graph
    nothing = undecided("no point was found at which the slopes from both sides differ, whatever the other symbols are")
    if len(x) != 1 or domain.binds(x):
        return nothing
    try:
        left, right = _sides(f, x[0])
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
            place = to_text(here[x[0]])
            return proved(
                f"at {to_text(x[0])} = {place} the slopes from both sides differ, whatever the other symbols are"
            )
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


def _sides(f: Node, s: Node) -> tuple[Node, Node]:
    g = f.graph
    if any(n.op == "hold" for n in topological([f])):
        raise ExpressionError("what is held has a value that changes and a slope of 0")
    return g.neg(directional(f, {s: g.const(-1)})), directional(f, {s: g.one})


def _slopes(f: Node, x: Sequence[Node]) -> list[Node] | None:
    """The slopes to the right, then those to the left, and of several variables that in a direction of symbols."""
    g = f.graph
    try:
        pairs = [_sides(f, s) for s in x]
        made = [right for _, right in pairs] + [left for left, _ in pairs]
        if len(x) > 1:
            made.append(directional(f, {s: g.symbol(f"v{i}'") for i, s in enumerate(x)}))
    except ExpressionError:
        return None
    return made


def _linear(f: Node, slopes: Sequence[Node], x: Sequence[Node], domain: Domain) -> bool:
    """Whether the slope has a value in every direction, everywhere, and is linear in it. Off what f turns on it is linear by
    itself; so what is left are the zeros of that."""
    g = f.graph
    count = len(x)
    pairs = list(zip(slopes[:count], slopes[count : 2 * count], strict=True))
    if count > 1:
        total = g.zero
        for i, right in enumerate(slopes[:count]):
            total = g.add(total, g.mul(g.symbol(f"v{i}'"), right))
        pairs.append((slopes[-1], total))
    turning = [t for t in turns(f) if below(t, x)]
    off = domain.given(*(nonzero(t) for t in turning))
    if len(turning) > MAX_TURNS or not all(_has_value(n, off) for n in slopes):
        return False
    for t in turning:
        for place, where in zeros(t, x, domain):
            there = [substitute_all(pair, place) for pair in pairs]
            if not all(_has_value(n, where) for pair in there for n in pair):
                return False
            if not all(a is b or decide_equal(a, b, where).status == "proved" for a, b in there):
                return False
    return True


def zeros(t: Node, x: Sequence[Node], domain: Domain) -> list[tuple[dict[Node, Node], Domain]]:
    """Where t vanishes: what to put in for a variable, and the domain there. An absolute value in it is opened both ways; where
    it can't be solved, nothing is put in, and t = 0 is one of the hypotheses."""
    g = t.graph
    inner = next((n for n in topological([t]) if n.op == "abs" and below(n, x)), None)
    if inner is not None and sum(n.op == "abs" for n in topological([t])) <= MAX_OPENED:
        out = []
        for side, value in (("ge", inner.args[0]), ("lt", g.neg(inner.args[0]))):
            more = domain.given(g.call(side, inner.args[0], g.zero))
            out += zeros(substitute_all([t], {inner: value})[0], x, more)
        return out
    parts = [t]
    if (place := _solved(t, x, domain)) is None:  # exp(x) > 1 turns where x does
        parts = vanishing(t, domain)
    out = []
    for p in parts:
        place = _solved(p, x, domain) or {}
        where = domain.put(place) if place else domain.given(g.call("eq", t, g.zero))
        if (kept := _consistent(where)) is not None:
            out.append((place, kept))
    return out


def _solved(t: Node, x: Sequence[Node], domain: Domain) -> dict[Node, Node] | None:
    """A variable with its value where t vanishes: t is affine in it, with a slope that is never 0."""
    g = t.graph
    for v in x:
        if below(t, [v]) and smooth(t):
            slope = gradient(t, [v])[0]
            if not below(slope, x) and decide_holds(nonzero(slope), domain).status == "proved":
                return {v: substitute_all([g.sub(v, g.div(t, slope))], {v: g.zero})[0]}
    return None


def _consistent(domain: Domain) -> Domain | None:
    """A domain without the hypotheses that hold by themselves; None where these contradict each other."""
    kept = domain.under(())
    for c in domain.hypotheses:
        sides = [a.attr for a in c.args if a.op == "const"]
        known = truth(c, {}) if len(sides) == 2 else None
        if known is False or decide_holds(c.graph.call("not", c), kept).status == "proved":
            return None  # nowhere
        if known is not True:
            kept = kept.given(c)
    return kept


def _has_value(n: Node, domain: Domain) -> bool:
    """Whether an expression has a value on the whole domain; a branch needs one only where it is taken."""
    g = n.graph
    work, steps = [(n, domain)], 0
    while work:
        root, known = work.pop()
        steps += 1
        if steps > MAX_BRANCHES:
            return False
        inner, branches = outside(root, ("where",))
        for m in inner:
            asked = need(m)
            if asked is None or decide_holds(asked, known).status == "proved":
                continue
            on = known.given(g.call("eq", m.args[0], g.zero))
            if m.op != "select" or decide_equal(m.args[1], m.args[2], on).status != "proved":
                return False
        for b in branches:
            c, yes, no = b.args
            other = g.call("not", c)
            for side, against, branch in ((c, other, yes), (other, c, no)):
                if decide_holds(against, known).status != "proved":
                    work.append((branch, known.given(side)))
    return True


def _natural(f: Node) -> list[Node]:
    """What holds wherever f has a value: of a power of a letter, which 0 has where the letter is positive, only that much."""
    g = f.graph
    held = []
    for m in outside(f, ("where",))[0]:
        if m.op == "pow" and m.args[1].op != "const":
            held.append(g.call("ge", m.args[0], g.zero))
        elif m.op != "select" and (asked := need(m)) is not None:
            held.append(asked)
    return held


def _joined(f: Node, x: Sequence[Node], rough: Sequence[Node], domain: Domain, limits: bool = False) -> bool:
    """Whether f is continuous: what its branches turn on leaves them equal where they meet (or, with ``limits``, f tends there
    to the value that it has; that says nothing of its slopes)."""
    if any(n.op not in (*_CONTINUOUS, "where", "select") for n in rough):
        return False
    try:
        pairs = seams(f, x)
    except ExpressionError:
        return False
    for a, b, s in pairs:
        for place, where in zeros(s, x, domain) if a is not b and s.op != "const" else ():
            one, two = substitute_all([a, b], place)
            found = decide_equal(one, two, where) if one is not two else None
            if found is None or (found.status == "proved" and not found.conditions):
                continue
            if not (limits and _tends(f, x, place, where)):
                return False
    return True


def _tends(f: Node, x: Sequence[Node], place: Mapping[Node, Node], there: Domain) -> bool:
    """Whether a function of one variable tends, from both sides, to its value at a place: x*log(x) to 0, where 0 is put in its
    place for x <= 0."""
    if len(x) != 1 or x[0] not in place or there.hypotheses:
        return False
    (here,) = substitute_all([f], place)
    if not _has_value(here, there):
        return False
    try:
        found = [limit(f, x[0], place[x[0]], there, side) for side in (-1, 1)]
    except (Unsettled, ExpressionError):
        return False
    return all(
        not one.side and not one.note and decide_equal(one.value, here, there).status == "proved" for one in found
    )


def _torn(f: Node, x: Node, domain: Domain) -> Decision | None:
    """A point where two branches meet at which f has a value, and from a side tends to another one."""
    if domain.binds([x]):
        return None
    g = f.graph
    for start in Sampler(f, f, domain).points(MAX_STEEP):
        others = {s: g.const(v) for s, v in start.items() if s is not x}
        (curve,) = substitute_all([f], others)
        for v in _met(curve, x):
            point = {**start, x: v}
            (here,) = evaluate([f], {s: rational(c) for s, c in point.items()}, PRECISION)
            if isinstance(here, Exception):
                continue
            for side, way in ((-1, "left"), (1, "right")):
                try:
                    found = limit(curve, x, g.const(v), side=side)
                except (Unsettled, ExpressionError):
                    continue
                there = here if found.side else evaluate([found.value], {}, PRECISION)[0]
                with precision(PRECISION):
                    apart = found.side or not (isinstance(there, Exception) or arb(there).overlaps(arb(here)))
                if apart and not found.note:
                    other = ("inf" if found.side > 0 else "-inf") if found.side else shown(there)
                    said = f"at {at(point)} the value is {shown(here)}, and from the {way} it tends to {other}"
                    return refuted(said, point)
        if len(start) < 2:
            break
    return None


def _met(f: Node, x: Node) -> Iterator[Fraction]:
    """Numbers at which two branches of a function of one variable meet."""
    try:
        met = [s for a, b, s in seams(f, [x]) if a is not b and s.op != "const"]
    except ExpressionError:
        return
    for s in met:
        for place, _ in zeros(s, [x], EVERYWHERE):
            if x in place and place[x].op == "const":
                yield Fraction(place[x].attr)


# -- points --------------------------------------------------------------------------------------------


def _jump(f: Node, x: Sequence[Node], rough: Sequence[Node], domain: Domain) -> Decision | None:
    """A point in the open domain at which f jumps."""
    if all(n.op in _CONTINUOUS for n in rough):
        return None
    for s in x:
        for point in _places(f, s, domain):
            try:
                value = jumps(f, s, point)
            except (UndefinedValue, Undetermined, ExpressionError):
                continue
            if value is not None:
                return refuted(f"at {at(point)} the value is {shown(value[0])}, close to it {shown(value[1])}", point)
    return None


def _places(f: Node, x: Node, domain: Domain) -> Iterator[Point]:
    """Points in the open domain: simple ones, and those at which f turns."""
    sampler = Sampler(f, f, domain)
    low, high = domain.range(x)
    if domain.of([x]):
        return
    together = (
        dict.fromkeys(sampler.symbols, Fraction(v)) for v in (0, 1)
    )  # where a norm vanishes, of a difference too
    for start in chain(sampler.points(6), together):
        for v in dict.fromkeys((*SIMPLE, *_roots(f, x, start))):
            point = {**start, x: v}
            if x not in start or (low is not None and v <= low) or (high is not None and v >= high):
                continue
            if sampler.judge(point, highest=0).kind == "same":
                yield point


def _roots(f: Node, x: Node, start: Mapping[Node, Fraction]) -> Iterator[Fraction]:
    """Where what f turns on vanishes, if that is affine in x."""
    for t in turns(f):
        a, b, c = (evaluate([t], {**{s: fmpq(v.numerator, v.denominator) for s, v in start.items()}, x: fmpq(k)})[0]
                   for k in (0, 1, 2))  # fmt: skip
        if all(isinstance(v, fmpq) for v in (a, b, c)) and a != b and c - b == b - a:
            root = -a / (b - a)
            yield Fraction(int(root.p), int(root.q))


def _broken(f: Node, x: Node, places: Iterator[Point]) -> Decision | None:
    """A point at which the slopes by x from both sides differ, or grow beyond all bounds."""
    steep = 0
    for point in places:
        try:
            left, right = one_sided(f, x, point)
        except (UndefinedValue, Undetermined, ExpressionError):
            steep += 1
            if steep <= MAX_STEEP and (found := _steep(f, x, point)) is not None:
                return found
            continue
        with precision(PRECISION):
            apart = bool(left < right) or bool(left > right)
        if apart:
            return refuted(
                f"at {at(point)} the slope is {shown(left)} from the left, {shown(right)} from the right", point
            )
    return None


def _steep(f: Node, x: Node, point: Point) -> Decision | None:
    """A point that f has values on both sides of, and at which a difference quotient grows beyond all bounds."""
    g = f.graph
    here = substitute(f, {s: g.const(v) for s, v in point.items()})
    step = g.symbol("step'")
    beside = substitute(f, {s: g.add(g.const(v), step) if s is x else g.const(v) for s, v in point.items()})
    quotient = g.div(g.sub(beside, here), step)
    try:
        ends = [limit(quotient, step, g.zero, side=side) for side in (-1, 1)]
    except Unsettled:
        return None
    left, right = (end.side for end in ends)
    if not left and not right:
        return _turned(ends, point)
    told = " and ".join(
        f"{'inf' if s > 0 else '-inf'} from the {way}" for s, way in ((left, "left"), (right, "right")) if s
    )
    return refuted(f"at {at(point)} the difference quotient tends to {told}", point)


def _turned(ends: Sequence[Limit], point: Point) -> Decision | None:
    """Of difference quotients that tend to two different numbers."""
    if any(free_symbols([end.value]) for end in ends):
        return None
    left, right = evaluate([end.value for end in ends], {}, PRECISION)
    if isinstance(left, Exception) or isinstance(right, Exception):
        return None
    with precision(PRECISION):
        apart = not arb(left).overlaps(arb(right))
    said = f"at {at(point)} the slope is {shown(left)} from the left, {shown(right)} from the right"
    return refuted(said, point) if apart else None
