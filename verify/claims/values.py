"""When a value counts: one rule, for claims of every kind.

A symbol with a value has it. What a claim says of an inequality, a property, a limit, a number is said at the document's values;
symbols without one, and the variable of a property, stay free. An equation is a *formula* where one symbol with a value stands on
both of its sides, as a letter: what it says is about all values.

- proved for all values: it holds, for all values;
- refuted for some, and true at the document's: a formula holds *if* the symbols have these values, and the fewest of them that
  it needs are named; what is no formula holds, at the document's values;
- false at the document's values: it is wrong, and these are the counterexample;
- undecided for all, and true at the document's: a formula is undecided, what is no formula holds, at the document's values;
- at the document's values an assumption fails: what is no formula is undecided, as it says nothing of these; a formula is
  about the values that meet the assumptions, and tells that the document's do not.

Where no symbol with a value is shared (a side is a number, or ``2*x`` with x free; ``A = W @ D @ inv(W)``), nobody can have meant
all values: the equation says what a quantity is at those that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise
from math import comb
from typing import TYPE_CHECKING

from derive.calculus.reverse import expand_all
from derive.errors import ExpressionError, UndefinedValue
from derive.expr.below import leaves_of
from derive.expr.graph import Graph, Node, free_symbols, topological
from derive.expr.operators import DEFERRED, DERIVATIVES
from derive.expr.shapes import indices
from derive.flint import fmpq
from derive.language import substitution
from derive.language.components import components, components_all
from derive.language.extremes import EXTREMES
from derive.language.printing import number_text, to_text
from derive.language.properties import PROPERTIES, asks
from derive.numbers.balls import evaluate, truth
from verify.verdict import Verdict, undecided

if TYPE_CHECKING:
    from derive.engine.reasons import Reason
    from verify.casefile.model import Claim
    from verify.claims.context import CaseContext

MAX_TRIES = 64  # sets of values that are tried, to find the fewest that a formula needs
MAX_ENTRIES = 12  # entries of a tensor that are told apart there
MAX_TEXT = 60  # characters of a value that is told

#: An input of the document: a symbol with a value, or an entry of one (its name and index).
Unit = tuple[str, tuple[int, ...] | None]


# -- the rule ------------------------------------------------------------------------------------------


def is_formula(context: CaseContext, a: Node, b: Node) -> bool:
    """Whether an equation, as it is written, is about all values of its symbols: one with a value stands on both sides."""
    return not set(named(context, [a])).isdisjoint(named(context, [b]))


def are_spoken_of(context: CaseContext, claim: Claim) -> bool:
    """Whether a claim is about the document's values: a number, or what speaks of a symbol with a value and is no formula."""
    if claim.prints is not None:
        return True
    said = [n for n in (claim.of, *claim.equals, *claim.standard, claim.holds, claim.somewhere) if n is not None]
    if not named(context, said):
        return False
    if claim.holds is not None or claim.somewhere is not None:
        equation = claim.holds if claim.holds is not None and claim.holds.op == "eq" else None
        return equation is None or not is_formula(context, *equation.args)
    pairs = [*pairwise([n for n in (claim.of, *claim.equals) if n is not None])]
    pairs += [(claim.of, form) for form in claim.standard if claim.of is not None]
    return not all(is_formula(context, a, b) for a, b in pairs if named(context, [a, b]))


def judged(
    context: CaseContext, said: Sequence[Node], formula: bool, decide: Callable[[Collection[Unit]], Verdict]
) -> Verdict:
    """The verdict of a claim by what ``decide`` says of it with some symbols at their values, the others for all values.

    ``said`` is what the claim says, its assumptions among it."""
    names = named(context, said)
    units = [(name, None) for name in names]
    if not names:
        return decide(())
    in_general = decide(())
    if "values" in in_general.evidence:  # they have been counted
        return in_general
    everywhere = in_general.verdict == "holds"
    if everywhere and (formula or "conditions" not in in_general.evidence):
        return _for_all(in_general)
    here = decide(units)
    if everywhere and here.verdict != "wrong":
        return _for_all(in_general)
    if in_general.verdict == "holds-if" and formula and here.verdict != "wrong":
        return in_general
    if here.verdict == "undecided":
        outside = formula and here.evidence.get("empty")  # the values do not meet the assumptions
        return here if in_general.verdict == "wrong" and not outside else in_general
    here = at_the_values(context, said, here)
    if here.verdict != "holds":
        return here
    if formula and in_general.verdict == "undecided":  # it may be false elsewhere: to hold here is not what it says
        return replace(in_general, why=f"true at the document's values; for all values: {in_general.reason}", stated="")
    if formula and in_general.verdict == "wrong":
        return _needing(context, _fewest(context, units, decide), in_general, here)
    told = "not for all" if in_general.verdict == "wrong" else "for all values"
    return replace(here, why=f"at the document's values; {told}: {in_general.reason}", stated="")


def unmet(context: CaseContext, claim: Claim, judge: Callable[[CaseContext, Claim], Verdict]) -> Verdict:
    """The verdict of a claim, as far as it says anything of the document's values: of values at which what is assumed is false
    it says nothing. What is about these is undecided then; what is shown for all values, a formula, holds for others."""
    broken = [c for c in _scalars(context, claim.assuming) if _fails(context, c)]
    if not broken:
        return judge(context, claim)
    told = f"what is assumed does not hold at the document's values: {to_text(broken[0])} fails"
    if are_spoken_of(context, claim):
        return undecided(told)
    found = judge(without_values(context, named(context, broken)), claim)
    holds = found.verdict in ("holds", "holds-if")
    return replace(found, why=f"{found.reason}; {told}", stated="") if holds else found


def _scalars(context: CaseContext, assuming: Iterable[Node]) -> list[Node]:
    return [e for a in assuming if not asks(a) for e in context.entries(a)]


def _fails(context: CaseContext, condition: Node) -> bool:
    """Whether a condition is false at the document's values."""
    return not context.missing(condition) and context.value(condition) is False


def without_values(context: CaseContext, names: Collection[str]) -> CaseContext:
    """The case where these symbols have no value, at all instances of its sizes."""
    from verify.claims.context import CaseContext as Made

    symbols = dict(context.case.symbols)
    symbols.update({name: replace(symbols[name], values=None, texts=(), recover=False) for name in names})
    made = Made(replace(context.case, symbols=symbols))
    if context.case.sizes:
        made.__dict__["elsewhere"] = [without_values(other, names) for other in context.elsewhere]
    return made


def _for_all(found: Verdict) -> Verdict:
    return replace(found, evidence={**found.evidence, "values": "for all values"})


def at_the_values(context: CaseContext, said: Sequence[Node], here: Verdict) -> Verdict:
    """A verdict on what is said at the document's values; a counterexample has these."""
    names = named(context, said)
    if not names or here.verdict == "undecided":
        return here
    evidence = {**here.evidence, "values": "at the document's values"}
    if here.verdict == "holds":
        return replace(here, why=f"at the document's values: {here.reason}", evidence=evidence, stated="")
    if here.verdict == "wrong":
        point = {t: v for name in names for t, v in _entries(context, name).items()}
        evidence["witness"] = {**point, **evidence.get("witness", {})}
    return replace(here, why=_placed(here.why, told(context, names)), evidence=evidence)


def _placed(why: Reason | str, values: str) -> Reason | str:
    """A reason with the values that it is given at, where it tells a point in this."""
    from derive.engine.reasons import Why

    def change(r: Reason) -> Reason:
        if r.term is Why.FAILS:
            return Why.FAILS_AT(at=values)
        if r.term not in (Why.NOT_EQUAL, Why.FAILS_AT, Why.LACKS_VALUE_AT, Why.NO_VALUE, Why.SIDE_LACKS_VALUE):
            return r
        point = r.said("at")
        return r.term(**{**dict(r.about), "at": f"{values}, {point}" if point else values})

    if isinstance(why, str) or (told := why.mapped(change)) is why:
        return f"at the document's values {values}: {why}"
    return told


def _needing(context: CaseContext, fewest: Sequence[Unit], stated: Verdict, here: Verdict) -> Verdict:
    """holds-if: of a formula that fails in general, with the values at which it holds."""
    pairs = [_valued(context, unit) for unit in fewest]
    why = f"holds if {' and '.join(map(' = '.join, pairs))}"
    evidence = {
        **{k: v for k, v in stated.evidence.items() if k not in ("repair", "put")},
        "method": here.evidence.get("method", "proved"),
        "condition": " and ".join(map(" == ".join, pairs)),
        "values": dict(pairs),
    }
    return replace(stated, verdict="holds-if", why=why, origin=(), evidence=evidence, stated=stated.why)


def _fewest(context: CaseContext, units: Sequence[Unit], decide: Callable[[Collection[Unit]], Verdict]) -> list[Unit]:
    """The fewest values under which a claim holds that holds under all of them: whole symbols first, then their entries."""
    kept = _least(units, decide)
    finer: list[Unit] = []
    for name, index in kept:
        shape = context.case.symbols[name].shape
        entries = list(indices(shape)) if shape else []
        finer += [(name, i) for i in entries] if 0 < len(entries) <= MAX_ENTRIES else [(name, index)]
    if len(finer) == len(kept):
        return kept
    least = _least(finer, decide)
    whole = [unit for unit in kept if all(u in least for u in finer if u[0] == unit[0])]
    return [*whole, *(u for u in least if u[0] not in {name for name, _ in whole})]


def _least(units: Sequence[Unit], decide: Callable[[Collection[Unit]], Verdict]) -> list[Unit]:
    """Of the sets under which a claim holds a least one: none of its values can be left out, and where it takes few tries no
    set has fewer."""
    kept = list(units)
    for unit in reversed(units):
        fewer = [u for u in kept if u != unit]
        if fewer and decide(fewer).verdict == "holds":
            kept = fewer
    tries = MAX_TRIES
    for size in range(1, len(kept)):
        tries -= comb(len(units), size)
        if tries < 0:
            break
        for some in combinations(units, size):
            if decide(some).verdict == "holds":
                return list(some)
    return kept


def without_value(sides: Sequence[Node], given: Sequence[Node], needs: Sequence[tuple[Node, Node]]) -> str:
    """Why one of two sides, derivatives worked out and values put in, has no value where the other has one, or what is
    differentiated in them has none: it ``needs`` conditions, as written and with the values. "" where that is not so, something
    is free, or what is assumed does not hold."""
    a, b, *assumed = components_all([*sides, *given])
    conditions = [c for part in assumed for c in part]
    if any(n.op == "computed" for n in topological([*a, *b])):  # in double arithmetic inf is a value
        return ""
    if free_symbols([*a, *b, *conditions]) or any(truth(c, {}) is not True for c in conditions):
        return ""
    for written, need in needs:
        if any(not free_symbols([c]) and truth(c, {}) is False for c in components(need)):
            return f"{to_text(written)} fails"
    for pair in zip(a, b, strict=True):
        missing = [v for v in evaluate(pair, {}) if isinstance(v, UndefinedValue)]
        if len(missing) == 1:
            return str(missing[0])
    return ""


# -- values in expressions -----------------------------------------------------------------------------


def named(context: CaseContext, nodes: Iterable[Node]) -> list[str]:
    """The symbols with a value that stand free in expressions, in the document's order."""
    roots = list(nodes)
    below = topological(roots)
    written = {n.attr for n in below if n.op == "symbol"}
    steps = [n for n in below if n.op == "after"]  # an iteration has inputs that are not written
    try:
        inputs = {(n.args[0] if n.op == "index" else n).attr for n in leaves_of(expand_all(steps))} - written
    except (ExpressionError, ArithmeticError):
        return list(context.values)
    names = [name for name in context.values if name in written or name in inputs]
    if any(n.op in ("property", "at") or n.op in EXTREMES for n in below):
        names = [name for name in names if name in inputs or _free(context.case.symbols[name].node, roots)]
    return names


def put(context: CaseContext, nodes: Sequence[Node], units: Collection[Unit] | None = None) -> list[Node]:
    """Expressions with the document's values put in, for all symbols that have one or the given ones. What is differentiated by
    keeps its name until derivatives are worked out; what a property or a limit is about keeps it for good."""
    if units is None:
        units = [(name, None) for name in context.values]
    found = []
    for n in nodes:
        names = set(named(context, [n]))
        values = {context.case.symbols[name].node: _value(context, name, units) for name, _ in units if name in names}
        found.append(_with(n, values) if values else n)
    return found


def _with(root: Node, values: Mapping[Node, Node]) -> Node:
    """Values put into what binds a variable, and then round what asks for no property."""
    below = topological([root])
    if all(n.op != "property" and n.op not in EXTREMES for n in below):
        return _put(root, values)
    differentiated = {v for n in below if n.op == "d" for v in n.args[1:]}
    done: dict[Node, Node] = {}
    for n in below:
        inner = tuple(done[a] for a in n.args)
        if n.op == "property" or n.op in EXTREMES:
            variables = {inner[i] for i in _bound(n)}
            kept = {s: v for s, v in values.items() if n.op == "property" or s not in differentiated}
            within = _without(kept, variables)
            outside = within if n.op == "property" else kept
            inner = tuple(a if a in variables else _put(a, within if i == 0 else outside) for i, a in enumerate(inner))
        if inner == n.args:
            done[n] = n
        elif n.op == "def":
            done[n] = n.graph.define(n.attr, inner[0])
        else:
            done[n] = n.graph.node(n.op, inner, n.attr, n.shape)
    if not asks(root):
        return _put(done[root], values)
    return _beside_properties(done[root], values)


def _beside_properties(condition: Node, values: Mapping[Node, Node]) -> Node:
    """Values put into the comparisons that stand beside properties."""
    if condition.op == "property":
        return condition
    if not asks(condition):
        return _put(condition, values)
    parts = tuple(_beside_properties(a, values) for a in condition.args)
    return condition.graph.node(condition.op, parts, condition.attr, condition.shape)


def _bound(n: Node) -> list[int]:
    """The places of the arguments of a property, or of a limit and the like, that are its variables."""
    if n.op in EXTREMES:
        return [1]
    of = PROPERTIES[n.attr]
    return [i for i, name in enumerate(of.parameters) if name in of.variables and i < len(n.args)]


def _without(values: Mapping[Node, Node], variables: Collection[Node]) -> dict[Node, Node]:
    """The values but for the variables: of one that is an entry the others keep theirs; what a name is defined as stays."""
    kept = dict(values)
    for v in variables:
        base = v.args[0] if v.op == "index" else v
        if v.op == "index" and base in kept:
            g = v.graph
            own = [v if i == v.attr else g.index(kept[base], i) for i in indices(base.shape)]
            kept[base] = g.reshape(g.stack(own), base.shape)
        elif base.op == "def":
            kept[base] = base
        else:
            kept.pop(base, None)
    return kept


def _put(n: Node, values: Mapping[Node, Node]) -> Node:
    below = topological([n])
    unwritten = any(m.op == "after" for m in below)
    here = {s: v for s, v in values.items() if unwritten or (s.op == "def" and s in below) or _free(s, [n])}
    if not here:
        return n
    if any(m.op in DERIVATIVES or m.op in DEFERRED for m in below):  # which are worked out first
        return n.graph.node("at", (n, *here, *here.values()), None, n.shape)
    return substitution.put([n], here)[0]


def _value(context: CaseContext, name: str, units: Collection[Unit]) -> Node:
    """The value of a symbol as a constant; entries of it that are not among the units stay free."""
    entries = {index for n, index in units if n == name}
    if None in entries:
        return context.values[name]
    s = context.case.symbols[name]
    g: Graph = s.node.graph
    pairs = zip(indices(s.shape), s.values or (), strict=True)
    return g.reshape(g.stack([g.const(v) if i in entries else g.index(s.node, i) for i, v in pairs]), s.shape)


def _free(symbol: Node, roots: Sequence[Node]) -> bool:
    """Whether a symbol stands in expressions elsewhere than as the variable of a property, a limit and the like, or replaced."""
    reaches: dict[Node, bool] = {}
    for n in topological(roots):
        if n is symbol:
            reaches[n] = True
            continue
        places = range(len(n.args))
        if n.op == "at":
            half = len(n.args) // 2 + 1
            places = range(half, len(n.args)) if symbol in n.args[1:half] else places
        elif (n.op == "property" or n.op in EXTREMES) and symbol in [n.args[i] for i in _bound(n)]:
            places = range(2, len(n.args)) if n.op in EXTREMES else range(0)
        reaches[n] = any(reaches[n.args[i]] for i in places)
    return any(reaches[r] for r in roots)


def point(context: CaseContext, names: Iterable[str]) -> dict[Node, Fraction]:
    """The values of symbols, entry by entry."""
    found: dict[Node, Fraction] = {}
    for name in names:
        s = context.case.symbols[name]
        found.update(zip(components(s.node), s.values or (), strict=True))
    return found


def supposing(context: CaseContext, conditions: Sequence[Node]) -> CaseContext:
    """The case with the values that equations among the conditions, such as ``eta == 0.1``, give to symbols."""
    from verify.claims.context import CaseContext as Made

    symbols = dict(context.case.symbols)
    for n in conditions:
        for equation in _equations(n):
            for side, other in (equation.args, equation.args[::-1]):
                found = context.entries(other) if side.op == "symbol" and side.shape == other.shape else []
                given = evaluate(found, context.known) if not any(context.missing(e) for e in found) else []
                if given and side.attr in symbols and all(isinstance(v, fmpq) for v in given):
                    exact = tuple(Fraction(int(v.p), int(v.q)) for v in given)
                    symbols[side.attr] = replace(symbols[side.attr], values=exact, texts=(), recover=False)
    return Made(replace(context.case, symbols=symbols))


def _equations(condition: Node) -> list[Node]:
    if condition.op == "and":
        return [e for a in condition.args for e in _equations(a)]
    return [condition] if condition.op == "eq" else []


# -- words ---------------------------------------------------------------------------------------------


def told(context: CaseContext, names: Sequence[str]) -> str:
    """``a = 2, b = [1, 2]``; values that are too long to be told are left out."""
    return (
        ", ".join(t for name in names if len(t := _said(context, (name, None))) <= MAX_TEXT) or "the document's values"
    )


def _said(context: CaseContext, unit: Unit) -> str:
    return " = ".join(_valued(context, unit))


def _valued(context: CaseContext, unit: Unit) -> tuple[str, str]:
    """A symbol, or an entry of one, and its value."""
    name, index = unit
    s = context.case.symbols[name]
    values = list(s.values or ())
    if index is not None:
        at = list(indices(s.shape)).index(index)
        return f"{name}[{', '.join(map(str, index))}]", number_text(values[at])
    return name, _nested(values, s.shape)


def _nested(values: Sequence[Fraction], shape: Sequence[int]) -> str:
    if not shape:
        return number_text(values[0])
    step = len(values) // shape[0] if shape[0] else 0
    return f"[{', '.join(_nested(values[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0]))}]"


def _entries(context: CaseContext, name: str) -> dict[str, str]:
    return {to_text(n): number_text(v) for n, v in point(context, [name]).items()}
