"""A formula explained: both sides worked out, what the proof stood on, or the counterexample worked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.engine import Decision
from derive.expr.graph import Node, topological
from derive.language.components import components_all
from derive.language.extremes import speaks
from derive.language.reader import to_text
from derive.language.tidy import tidy
from derive.numbers.balls import evaluate_all, rational
from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.claims.equality import links
from verify.decimals import show
from verify.explain.blocks import Block, Equations, Piece, Points, facts, row, say
from verify.explain.relation import point_rows
from verify.text import numbers
from verify.verdict import Verdict

LONG = 400  # characters beyond which a side is not written out
DERIVATIVES = ("d", "hessian", "hvp")
MAX_FORMS = 4  # normal forms that are shown
MAX_SHOWN = 16  # values of a counterexample that are listed

_STATUS = {
    "proved": "Equal, proved",
    "proved-if": "Equal under a condition, proved",
    "refuted": "Not equal",
    "undecided": "Not decided",
}


def formula(context: CaseContext, claim: Claim, verdict: Verdict) -> Iterator[Block]:
    written = [claim.of, *claim.equals]
    if speaks([n for n in written if n is not None]):
        return  # the verdict's reason says what the limits are; there is nothing else to bring to a normal form
    for k, (a, b, decision) in enumerate(links(context, claim)):
        left, right = tidy([a, b])
        if len(written) > 2:
            yield say(f"Link {k + 1} of {len(written) - 1}:")
        sides = [(w, n) for w, n in ((written[k], left), (written[k + 1], right)) if w is not None]
        if any(to_text(tidy([w])[0]) != to_text(n) for w, n in sides):
            yield from _sides(sides)
        yield from decided(a, b, decision)


def _sides(sides: Sequence[tuple[Node, Node]]) -> Iterator[Block]:
    """Both sides as the document writes them and as they are worked out; one that stays as it is stands once."""
    if any(len(to_text(n)) > LONG for _, n in sides):
        yield say("With their derivatives worked out, the sides are too long to be shown here.")
        return
    worked = any(m.op in DERIVATIVES for w, _ in sides for m in topological([w]))
    yield say(f"Both sides{', with their derivatives' if worked else ''} worked out:")
    yield Equations(tuple(row(w, [] if to_text(n) == to_text(w) else [n]) for w, n in sides))


def decided(a: Node, b: Node, decision: Decision) -> Iterator[Block]:
    """What was decided of a = b, and on what grounds."""
    # the reason of a refutation is its point, which is worked out below
    seen = decision.status == "refuted" and decision.witness is not None
    yield say(f"{_STATUS[decision.status]}{'' if seen else f': {decision.reason}'}.")
    if decision.steps and decision.status.startswith("proved"):
        yield from _normal_forms(list(dict.fromkeys(map(str, decision.steps))))
    if decision.regions:
        yield say("The domain was taken apart where the expressions have kinks or gaps:")
        yield Points(tuple((r + ".",) for r in decision.regions))
    if decision.conditions:
        told: list[tuple[Piece, ...]] = []
        for c in decision.conditions:
            missing = "not stated by the document" if c in decision.missing else "so that both sides have a value"
            told.append((c, f" ({missing})"))
        yield say("It holds where:")
        yield Points(tuple(told))
    if decision.witness is not None:
        yield from witness(a, b, decision)


def _normal_forms(steps: Sequence[str]) -> Iterator[Block]:
    """What both sides come to, a line an entry or region; of many the first, and how many more there are."""
    short = [s for s in steps if len(s) <= LONG]
    shown = short[:MAX_FORMS]
    if shown:
        variables = ", and functions of the symbols taken as variables" * any("; variables: " in s for s in shown)
        yield say(f"Multiplied out, with like terms collected{variables}:")
        yield Points(tuple((f"{s}.",) for s in shown))
    hidden, long = len(short) - len(shown), len(steps) - len(short)
    told = [f"{hidden} more of the same kind"] * bool(hidden) + [f"{long} too long to be shown"] * bool(long)
    if told:
        yield say(f"{'And' if shown else 'The normal forms:'} {' and '.join(told)}.")


def witness(
    a: Node, b: Node, decision: Decision, lead: str = "", names: tuple[str, str] = ("left side", "right side")
) -> Iterator[Block]:
    """The counterexample: its point, what the definitions are there, and the two sides."""
    assert decision.witness is not None
    entry = f"entry [{', '.join(map(str, decision.index))}]" if decision.index is not None else ""
    if lead:
        yield say(f"{lead}{f' in {entry}' if entry else ''}, for example here:")
    else:
        yield say(f"The counterexample{f' for {entry}' if entry else ''}, exact or to the digits shown:")
    rows: list[tuple[Piece | tuple[Piece, ...], ...]] = list(point_rows(decision.witness))
    rows += [(to_text(n), v) for n, v in _definitions(a, b, decision)][:MAX_SHOWN]
    rows += [(names[0], decision.left), (names[1], decision.right)]
    yield facts(("At", "the value"), rows)


def _definitions(a: Node, b: Node, decision: Decision) -> Iterator[tuple[Node, str]]:
    """The definitions in the two sides, and their values at the point."""
    from derive.expr import shapes

    k = list(shapes.indices(a.shape)).index(decision.index) if decision.index is not None else 0
    sides = [entries[k] for entries in components_all([a, b])]
    point = {n: rational(v) for n, v in (decision.witness or {}).items()}
    try:
        values = evaluate_all(sides, point)
    except KeyError:
        return
    for n in topological(sides):
        if n.op == "def" and not isinstance(values[n], bool | Exception):
            yield n, numbers.exact(show(values[n]))
