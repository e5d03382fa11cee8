"""Inputs that a document leaves out, recovered from the numbers that it prints.

All inputs that one number or several tie together are enclosed at once (``enclosure``). What depends on them is judged on the
whole enclosure: it holds, or is wrong, only where all of its members agree, and no value of it is taken for the input.
Where no value gives all the printed numbers, these are inconsistent: some of them that can't come out together are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.calculus.reverse import expand_all
from derive.expr.graph import Node, topological
from derive.expr.operators import CONDITIONS
from derive.flint import arb
from derive.language.components import components_all
from derive.language.reader import decimal_text, to_text
from derive.lazily import lazily
from derive.numbers.balls import rational
from derive.records import dataclass
from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.decimals import show
from verify.verdict import Verdict, undecided

with lazily():
    from verify.claims import enclosure as enclosures
    from verify.claims import spans

MAX_TOLD = 4  # intervals of an input that are told


@dataclass(frozen=True, slots=True)
class Recovery:
    """What the printed numbers ``sources`` say of the inputs ``names``, which they tie together.

    ``enclosure``: the values that give them all, or None; ``against``: where there are none, numbers that can't come out
    together. ``needed``: where no printed number depends on the input, the definitions that do. ``fault``: why none is found."""

    names: tuple[str, ...]
    sources: tuple[str, ...] = ()
    enclosure: enclosures.Enclosure | None = None
    against: tuple[str, ...] = ()
    fault: str = ""
    needed: tuple[str, ...] = ()


def recover_all(context: CaseContext) -> Mapping[str, Recovery]:
    """For every input that a claim recovers what is known of it."""
    asked = {c.recover: c for c in context.case.claims if c.recover}
    sources = {name: _sources(context, name, c) for name, c in asked.items()}
    found: dict[str, Recovery] = {}
    for name, claim in asked.items():
        if name in found:
            continue
        if not sources[name]:
            needed = () if claim.sources else _needing(context, context.case.symbols[name].node)
            found[name] = Recovery((name,), fault=f"no printed number depends on '{name}'", needed=needed)
            continue
        names, used = _tied(context, name, sources)
        absent = {n for c in used for n in context.not_given(_node(context, c))} - set(names)
        if absent:
            fault = f"the printed numbers also depend on {', '.join(sorted(absent))}"
            found[name] = Recovery((name,), tuple(c.id for c in used), fault=fault)
            continue
        made = _recovered(context, names, used)
        found.update(dict.fromkeys(names, made))
    return found


def _sources(context: CaseContext, name: str, claim: Claim) -> list[Claim]:
    prints = [c for c in context.case.claims if c.of is not None and c.prints is not None and context.rounds(c)]
    if claim.sources:
        return [c for c in prints if c.id in claim.sources]
    return [c for c in prints if name in context.not_given(_node(context, c))]


def _tied(
    context: CaseContext, name: str, sources: Mapping[str, Sequence[Claim]]
) -> tuple[tuple[str, ...], list[Claim]]:
    """The inputs that printed numbers tie to one, and these numbers in the document's order."""
    names, used = [name], dict.fromkeys(c.id for c in sources[name])
    by_id = {c.id: c for own in sources.values() for c in own}
    grown = True
    while grown:
        grown = False
        for other, own in sources.items():
            depends = any(other in context.not_given(_node(context, by_id[i])) for i in used)
            if other not in names and own and (depends or any(c.id in used for c in own)):
                names.append(other)
                used.update(dict.fromkeys(c.id for c in own))
                grown = True
    return tuple(n for n in sources if n in names), sorted((by_id[i] for i in used), key=lambda c: c.order)


def _recovered(context: CaseContext, names: tuple[str, ...], used: Sequence[Claim]) -> Recovery:
    symbols = [context.case.symbols[n] for n in names]
    domain = [(s.low, s.high) for s in symbols]

    def enclosed(claims: Sequence[Claim]) -> enclosures.Enclosure:
        printed = [enclosures.Printed(_node(context, c), *ends_of(context, c)) for c in claims]
        return enclosures.Enclosure(tuple(s.node for s in symbols), printed, context.given).find(domain)

    ids = tuple(c.id for c in used)
    found = enclosed(used)
    if found.boxes:
        return Recovery(names, ids, found)
    kept = list(used)
    for c in used:  # those that can be left out, and still no value fits, are none of the reason
        fewer = [k for k in kept if k is not c]
        if fewer and not enclosed(fewer).boxes:
            kept = fewer
    return Recovery(names, ids, None, tuple(c.id for c in kept))


def ends_of(context: CaseContext, claim: Claim) -> tuple[Fraction, Fraction]:
    """The values that a print stands for: those that round to it."""
    printed = context.printed(claim)
    half = printed.unit if printed.about else printed.unit / 2
    return printed.value - half, printed.value + half


def _node(context: CaseContext, claim: Claim) -> Node:
    assert claim.of is not None
    return context.entry(claim.of)


def _needing(context: CaseContext, x: Node) -> tuple[str, ...]:
    """The definitions that x stands in."""
    return tuple(name for name, d in context.case.definitions.items() if x in topological([d.node]))


# -- the claim that recovers ---------------------------------------------------------------------------


def judge_recovery(context: CaseContext, claim: Claim) -> Verdict:
    assert claim.recover is not None
    name, found = claim.recover, context.recoveries[claim.recover]
    if found.needed:
        reason = f"'{name}' is not given; {', '.join(found.needed)} cannot do without it, and no print determines it"
        return Verdict("underspecified", reason, evidence={"method": "exhaustive"})
    if found.fault:
        return undecided(f"'{name}' is not given, and not recovered: {found.fault}")
    evidence: dict[str, Any] = {"method": "certified"}
    if found.enclosure is None:
        evidence |= {"intervals": [], "against": list(found.against)}
        return Verdict("inconsistent", _no_value(context, found), evidence=evidence)
    symbol = context.case.symbols[name].node
    intervals = found.enclosure.intervals(symbol)
    evidence["intervals"] = [[_out(a, -1), _out(b, 1)] for a, b in intervals]
    if not found.enclosure.certain:
        return undecided(f"'{name}' is not given; whether a value gives {', '.join(found.sources)} is not settled")
    reason = f"'{name}' is not given; {', '.join(found.sources)} allow {_ranges(intervals)}"
    value = simplest(*intervals[0]) if len(intervals) == 1 else None
    if value is None:
        return Verdict("underspecified", reason, evidence=evidence)
    text = decimal_text(value) or str(value)
    return Verdict("underspecified", f"{reason}, simplest {text}", text, (), evidence)


def simplest(low: enclosures.End, high: enclosures.End) -> Fraction | None:
    """The decimal with the fewest places in [low, high], the one nearest to the middle if there are several: for people."""
    if low is None or high is None:
        return None
    middle = (low + high) / 2
    for places in range(60):
        scale = 10**places
        n = round(middle * scale)
        if low * scale <= n <= high * scale:
            return Fraction(n, scale)
    return middle


def _no_value(context: CaseContext, found: Recovery) -> str:
    printed = {c.id: c.prints for c in context.case.claims}
    numbers = [f"{i} ({printed[i]})" for i in found.against]
    inputs = " and ".join(f"'{n}'" for n in found.names)
    said = f"no value of {inputs}" if len(found.names) == 1 else f"no values of {inputs}"
    if len(numbers) == 1:
        return f"{said} gives the printed {numbers[0]}"
    return f"{said} gives all of the printed {', '.join(numbers[:-1])} and {numbers[-1]}"


# -- what depends on recovered inputs ------------------------------------------------------------------


def judge_print(context: CaseContext, claim: Claim, node: Node) -> Verdict | None:
    """The verdict on a printed number that depends on recovered inputs, as far as these decide it: None where no member of the
    enclosure gives the print, which has then to be explained as any other, or where it always gives it."""
    found = _about(context, [node])
    if found is None or context.not_given(node) - set(found.names):
        return None
    if found.enclosure is None:
        if claim.id in found.sources:
            return Verdict("inconsistent", _no_value(context, found), evidence={"method": "certified"})
        return undecided(_no_value(context, found))
    at = known_text(context, found)
    if not found.enclosure.certain:
        return undecided(f"whether a value of {' and '.join(found.names)} gives the printed numbers is not settled")
    evidence = {"method": "certified", "recovered": list(found.names)}
    if claim.id in found.sources:
        return Verdict("holds", f"recovered from it: {at}", None, (), evidence)
    answer = found.enclosure.prints(node, *ends_of(context, claim))
    if answer is True:
        return Verdict(
            "holds", f"the correct rounding for all values that the printed numbers allow: {at}", None, (), evidence
        )
    if answer is False:
        return None
    reason = f"not determined: {at}, of which not all agree; the value is {range_text(context, node)}"
    return Verdict("underspecified", reason, None, (), evidence)


def _about(context: CaseContext, nodes: Sequence[Node]) -> Recovery | None:
    """What is known of the recovered inputs that scalar nodes depend on; None where they depend on none, or on several that
    nothing ties together."""
    names = {n for node in nodes for n in context.not_given(node)}
    found = list({id(r): r for n in names if (r := context.recoveries.get(n)) is not None and not r.fault}.values())
    if not found:
        return None
    return found[0] if len(found) == 1 else _together(found)


def _together(found: Sequence[Recovery]) -> Recovery:
    """Several enclosures as one: their product."""
    names = tuple(n for r in found for n in r.names)
    sources = tuple(s for r in found for s in r.sources)
    bad = next((r for r in found if r.enclosure is None), None)
    if bad is not None:
        return replace(bad, sources=sources)
    all_of = [r.enclosure for r in found if r.enclosure is not None]
    boxes = [enclosures.Box((), True)]
    for e in all_of:
        boxes = [enclosures.Box((*b.ends, *c.ends), b.inside and c.inside) for b in boxes for c in e.boxes]
    joined = enclosures.Enclosure(
        tuple(s for e in all_of for s in e.symbols),
        [p for e in all_of for p in e.printed],
        all_of[0].given,
        boxes,
        all(e.certain for e in all_of),
        all(e.whole for e in all_of),
    )
    return Recovery(names, sources, joined)


def decided(context: CaseContext, node: Node, question: Any) -> tuple[Any, Any] | None:
    """``CaseContext.decided`` for a node that depends on recovered inputs: the answer that all members of the enclosure give, and
    the range of the node; None where it depends on none."""
    found = _about(context, [node])
    if found is None or found.enclosure is None:
        return None
    span = found.enclosure.range(node)
    value = span and (span.low if span.exact else arb(span.low).union(arb(span.high)))
    if node.op in CONDITIONS:
        truth = found.enclosure.truth(node)
        return (question(truth) if isinstance(truth, bool) else None), None
    return found.enclosure.decided(node, question), value


def settled(context: CaseContext, said: Sequence[Node], conditions: Sequence[Node], here: Verdict) -> Verdict:
    """A verdict for all values of the inputs, where some of these are recovered: wrong only if what is said (its scalar
    ``conditions``) fails for all members of the enclosure, and holds for all if it holds for the ranges of these."""
    names = sorted(
        {n.attr for n in topological(said) if n.op == "symbol"}
        & {n for n in context.recoveries if not context.recoveries[n].fault}
    )
    if not names or here.verdict not in ("wrong", "undecided"):
        return here
    try:
        found = _about(context, [context.case.symbols[n].node for n in names])
    except KeyError:
        return here
    if found is None:
        return here
    if found.enclosure is None:
        return undecided(_no_value(context, found))
    point = here.evidence.get("witness")
    known = {*found.enclosure.symbols, *found.enclosure.given}
    leaves = [n for n in topological(conditions) if n.op == "index" or (n.op == "symbol" and not n.shape)]
    free = [n for n in leaves if n not in known]
    truths = [_at_point(found.enclosure, c, free, point if isinstance(point, Mapping) else {}) for c in conditions]
    at, evidence = known_text(context, found), {"method": "certified", "recovered": names}
    if any(t is False or t is spans.NOWHERE for t in truths):
        said_here = f"{here.reason}; " * bool(here.reason)
        reason = f"{said_here}true for no value that the printed numbers allow: {at}"
        return replace(here, verdict="wrong", why=reason, evidence={**here.evidence, **evidence}, stated="")
    if not free and all(t is True for t in truths):
        return Verdict("holds", f"holds for all values that the printed numbers allow: {at}", evidence=evidence)
    if here.verdict == "undecided" and free:
        return here
    return Verdict("underspecified", f"not determined: {at}, of which not all agree", evidence=evidence)


def depends(context: CaseContext, said: Sequence[Node]) -> bool:
    """Whether something is said of recovered inputs."""
    return any(n.op == "symbol" and n.attr in context.recoveries for n in topological(said))


def for_all_members(context: CaseContext, conditions: Sequence[Node], here: Verdict) -> Verdict:
    """A verdict that names a point at which conditions hold, where they hold there whatever the recovered inputs are; else these
    do not determine it."""
    scalars = [e for c in conditions for e in conditions_of(context, c)]
    names = sorted({n.attr for n in topological(scalars) if n.op == "symbol" and n.attr in context.recoveries})
    found = _about(context, [context.case.symbols[n].node for n in names])
    if found is None or found.enclosure is None:
        return undecided(_no_value(context, found)) if found is not None else here
    point = here.evidence.get("witness")
    free = [n for n in topological(scalars) if n.op in ("index", "symbol") and n not in found.enclosure.symbols]
    there = point if isinstance(point, Mapping) else {}
    if all(_at_point(found.enclosure, c, free, there) is True for c in scalars):
        return here
    return Verdict(
        "underspecified", f"not determined: {known_text(context, found)}; {here.reason}", evidence=here.evidence
    )


def _at_point(enclosure: enclosures.Enclosure, condition: Node, free: Sequence[Node], point: Mapping[str, Any]) -> Any:
    """Whether a condition holds for all members, with the free symbols as in a counterexample."""
    more = {n: rational(Fraction(point[to_text(n)])) for n in free if to_text(n) in point}
    try:
        return replace(enclosure, given={**enclosure.given, **more}).truth(condition)
    except KeyError:
        return None


def conditions_of(context: CaseContext, condition: Node) -> list[Node]:
    """The scalar conditions of one, derivatives worked out."""
    return [e for laid in components_all(expand_all([condition])) for e in laid]


# -- words ---------------------------------------------------------------------------------------------


def known_text(context: CaseContext, found: Recovery) -> str:
    """``b in [1.998, 2.002]``"""
    assert found.enclosure is not None
    return ", ".join(f"{n} in {_ranges(found.enclosure.intervals(context.case.symbols[n].node))}" for n in found.names)


def recovered_text(context: CaseContext, node: Node) -> str:
    """`` for b in [1.998, 2.002]`` of a node that depends on it, or ""."""
    found = _about(context, [node])
    return f" for {known_text(context, found)}" if found is not None and found.enclosure is not None else ""


def range_text(context: CaseContext, node: Node) -> str:
    """``from 0.975 to 1.005`` of a node that depends on recovered inputs."""
    found = _about(context, [node])
    span = found.enclosure.range(node) if found is not None and found.enclosure is not None else None
    return f"from {_out(span.low, -1)} to {_out(span.high, 1)}" if span is not None else "not enclosed"


def ranges(found: Recovery, symbol: Node) -> str:
    """``[1.998, 2.002]``, or several intervals: what is known of an input."""
    return _ranges(found.enclosure.intervals(symbol)) if found.enclosure is not None else "no value"


def _ranges(intervals: Sequence[tuple[enclosures.End, enclosures.End]]) -> str:
    told = [f"[{_out(a, -1)}, {_out(b, 1)}]" for a, b in intervals[:MAX_TOLD]]
    more = f" or {len(intervals) - MAX_TOLD} more" if len(intervals) > MAX_TOLD else ""
    return " or ".join(told) + more


def _out(x: Any, side: int) -> str:
    if x is None or (isinstance(x, arb) and not x.is_finite()):
        return "inf" if side > 0 else "-inf"
    return show(rational(x) if isinstance(x, Fraction) else x, 10)
