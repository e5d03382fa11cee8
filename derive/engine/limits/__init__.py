"""Limits of scalar expressions, with parameters under assumptions: exact values, proved, or ``Unsettled`` with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from derive.calculus.reverse import expand_all, gradient
from derive.engine.algebra.polynomials import Unwieldy
from derive.engine.counterexamples.points import Sampler
from derive.engine.domain import EVERYWHERE, Domain
from derive.engine.limits.oracle import NoLimit, Oracle, Unsettled, brief, leaves, said
from derive.engine.whole_numbers import says_whole
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node
from derive.language.components import components
from derive.lazily import lazily
from derive.records import dataclass

with lazily():
    from derive.engine.limits import gruntz, prepare

__all__ = ["Limit", "NoLimit", "Unsettled", "limit"]


@dataclass(frozen=True, slots=True)
class Limit:
    """``value`` where ``side`` is 0; else plus or minus infinity, by the sign of ``side``. ``note``: what was assumed;
    ``trusted``: by what it is known, where no certificate shows it; ``needs``: conditions on other symbols without which there is
    no value."""

    side: int
    value: Node
    note: str = ""
    trusted: str = ""
    needs: tuple[Node, ...] = ()


_INTERVALS = ("gt", "ge", "lt", "le", "ne")


class _Oscillates(NoLimit):
    """Takes two values for ever; ``whole``: at whole numbers, too."""

    whole = False


def limit(f: Node, x: Node, at: Node | int, domain: Domain = EVERYWHERE, side: int = 0) -> Limit:
    """The limit of a scalar f as x goes to ``at``: a node, or +1 and -1 for plus and minus infinity.

    ``side`` is 1 from above, -1 from below, 0 from both sides. Other symbols are parameters, which lie in the domain (what it
    says of x is left aside). Raises Unsettled; NoLimit where those from both sides are known and differ.
    """
    whole = domain.expanded().entries()
    said_of_x = [c for c in whole.hypotheses if x in leaves(c)]
    ranged = x in whole.ranges or any(c.op != "ne" for c in said_of_x)
    (f,) = components(expand_all([f])[0])
    domain = whole.free_of([x])
    try:
        if isinstance(at, int):
            return _far(f, x, at, domain)
        if x in leaves(at):
            raise Unsettled("the point of a limit can't depend on its variable")
        found = [_near(f, x, at, s, domain) for s in ((side,) if side else (1, -1))]
    except _Oscillates as e:
        if any(c.op not in _INTERVALS and not (e.whole and says_whole(c, x)) for c in said_of_x):
            raise Unsettled(f"{said(f)} oscillates, and its variable may miss that") from None
        raise NoLimit(f"the limit does not exist: {said(f)} oscillates", e.point) from None
    except Unwieldy as e:
        raise Unsettled(f"a limit of work was reached: {e}") from None
    except RecursionError:
        raise Unsettled("nested too deeply") from None
    if len(found) == 2 and not _same(found[0], found[1], domain):
        above, below = (_text(v) for v in found)
        sides = f"{above} from above, {below} from below"
        point = None if ranged else _apart(found[0], found[1], domain)
        if point is None:
            raise Unsettled(f"the limit does not exist, or was not shown to: {sides}")
        parameters = ", ".join(f"{brief(s)} = {v}" for s, v in point.items())
        raise NoLimit(f"the limit does not exist{f' at {parameters}' if parameters else ''}: {sides}", point)
    return found[0]


def _apart(a: Limit, b: Limit, domain: Domain) -> Mapping[Node, Fraction] | None:
    """Values of the parameters for which two limits differ for certain; None where there are none that were found."""
    from derive.engine.equations.cascade import decide_equal

    g = a.value.graph
    if not (a.side or b.side):
        found = decide_equal(a.value, b.value, domain)
        return found.witness if found.status == "refuted" else None
    return None if a.side == b.side else _some(g, domain)


def _some(g: Graph, domain: Domain) -> Mapping[Node, Fraction] | None:
    """Values of the parameters that lie in the domain."""
    sampler = Sampler(g.zero, g.zero, domain)
    return next((p for p in sampler.points(6) if sampler.judge(p).kind == "same"), None)


def _text(v: Limit) -> str:
    return brief(v.value) if not v.side else "inf" if v.side > 0 else "-inf"


def _same(a: Limit, b: Limit, domain: Domain) -> bool:
    from derive.engine.equations.cascade import decide_equal

    if a.side or b.side:
        return a.side == b.side
    return a.value is b.value or decide_equal(a.value, b.value, domain).status == "proved"


def _far(f: Node, x: Node, sign: int, domain: Domain) -> Limit:
    g = f.graph
    t = g.symbol(f"{_name(x)}'")
    return _grown(substitute(f, {x: t if sign > 0 else g.neg(t)}), t, domain, x if sign > 0 else None)


def _near(f: Node, x: Node, at: Node, side: int, domain: Domain) -> Limit:
    g = f.graph
    t = g.symbol(f"{_name(x)}'")
    step = g.div(g.const(side), t)
    return _grown(substitute(f, {x: g.add(at, step)}), t, domain, None)


def _name(x: Node) -> str:
    return x.attr if x.op == "symbol" else "x"


def _grown(f: Node, t: Node, domain: Domain, counted: Node | None) -> Limit:
    g = f.graph
    rate = g.symbol("rate'")
    inside = domain.given(g.call("gt", rate, g.zero), g.call("lt", rate, g.one))
    growth = gruntz.Gruntz(Oracle(g, t, inside))
    prepared = prepare.Prepared(growth, counted is not None)
    e = prepared.of(f)
    calm = substitute(e, dict.fromkeys(prepared.wild, g.zero))
    lasting = []  # what does not die away
    for w in prepared.wild:
        share = growth.oracle.simple(gradient(e, [w])[0])
        if leaves(share) & set(prepared.wild):
            raise Unsettled(f"{said(f)} oscillates")
        side, value = growth.limit(share)
        if side or (growth.oracle.simple(value) is not g.zero and growth.oracle.sign(value)):
            lasting.append(w)
    found: gruntz.Limit = growth.limit(calm)
    if lasting:
        # beside a finite limit one that takes the values 1 and -1 for ever leaves none
        swings = len(lasting) == 1 and prepared.swinging.get(lasting[0]) is prepared.whole and not found[0]
        if not swings or (point := _some(g, domain)) is None:
            raise Unsettled(f"{said(f)} oscillates")
        swinging = _Oscillates("it oscillates", point)
        swinging.whole = prepared.whole
        raise swinging
    note = f"{_name(counted)} runs over the whole numbers" if prepared.whole and counted is not None else ""
    return Limit(found[0], growth.oracle.simple(found[1]), note)
