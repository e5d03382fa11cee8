"""Decisions with theorems.

What is found is a certificate and, since the checker made it, a theorem; what is not leaves the verdict as it is, as
``unchecked``, by the name of the method. The claim is worked on in a graph of its own, and in work of its own: nothing that the
engine decides later depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial, reduce

from derive.budget import apart, share
from derive.engine.certify.faults import FAULTS
from derive.engine.certify.fresh import in_a_graph_of_its_own
from derive.engine.certify.search import prove
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.reasons import Why
from derive.expr.composites import ROUNDED
from derive.expr.graph import Node, topological
from derive.expr.operators import NEGATED, ORDERS
from derive.language.components import components_all
from derive.lazily import lazily
from derive.proof.certificates import Numbers
from derive.proof.check import Rejected, Theorem, check
from derive.proof.sequent import Sequent, conjunction, equation

with lazily():
    from derive.engine.certify import every_size, periods, properties, samples, steps

CERTIFICATE = 8_000_000  # steps of work for one: a proof is worth as much as most claims take to be decided


def certified(found: Decision, wanted: Sequence[Node], domain: Domain) -> Decision:
    """A decision that proves a condition, or that two sides are equal (``wanted``), on a domain, with the theorem that it is, or
    the name of what is trusted instead; one that refutes it, with the theorem that it fails at the witness, where that is found.

    The conditions that it tells are hypotheses. Verdict, reason and conditions stay as they are. Where properties are among the
    hypotheses a point at which the others hold contradicts nothing.
    """
    if found.status == "refuted" and found.witness:
        return _with(found, lambda: fails_at(found.witness or {}, wanted, domain), "")
    if found.status not in ("proved", "proved-if"):
        return found
    plain = domain.plain()
    below = topological([*wanted, *plain.hypotheses, *found.conditions])
    if any(n.op == "computed" for n in below):
        return _with(found, lambda: steps.at_every_step(wanted, plain.given(*found.conditions)), "iteration")
    if found.tactic == "induction":
        return _with(found, lambda: steps.at_every_number(wanted, plain.given(*found.conditions)), "induction")
    here = set(below)
    g, put = in_a_graph_of_its_own(below)
    sides = [put[n] for n in wanted]
    conclusion = sides[0] if len(sides) == 1 else g.call("eq", *sides)
    held = [put[n] for n in (*plain.hypotheses, *found.conditions)]
    sequent = Domain(held, {put[s]: r for s, r in plain.ranges.items() if s in here}).sequent(conclusion)
    own = next((n.attr.trusted for n in below if n.op == "computed" and hasattr(n.attr, "trusted")), "")
    trusted = own or found.tactic or found.method or "engine"
    asked = any(n.op == "property" for n in below)
    ways = [properties.prove_property] if asked else [prove]
    if not asked and any(n.op in ROUNDED for n in below):
        ways.insert(found.tactic != "periods", periods.by_period)
    made = found
    for way in ways:
        if made.theorem is None:
            made = _with(found, partial(way, sequent), trusted)
    if made.theorem is None and not asked and any(n.op in ORDERS for n in topological([conclusion])):
        made = _with(found, lambda: properties.prove_inequality(sequent), trusted)
    if plain is domain and made.theorem is None and (point := samples.contradicting(sequent)) is not None:
        return Decision("undecided", Why.ENGINE_FAULT(trusted=trusted, at=point))
    return made


def fails_at(point: Mapping[Node, Fraction], wanted: Sequence[Node], domain: Domain) -> Theorem:
    """The theorem that a comparison, or an entry of it, fails at a point of numbers, at which the hypotheses hold. Raises
    Rejected."""
    below = topological([*wanted, *domain.hypotheses, *point])
    g, put = in_a_graph_of_its_own(below)
    conclusion = put[wanted[0]] if len(wanted) == 1 else g.call("eq", *(put[n] for n in wanted))
    held = Domain([put[h] for h in domain.hypotheses], {put[s]: r for s, r in domain.ranges.items() if s in set(below)})
    values = {put[n]: g.const(v) for n, v in point.items()}
    for entry in held.sequent(conclusion).entries():
        if (op := NEGATED.get(entry.conclusion.op)) is not None:
            there = conjunction([*entry.hypotheses, g.call(op, *entry.conclusion.args)])
            try:
                return check(Sequent((), there).put(values), Numbers())
            except Rejected:
                continue
    raise Rejected("no entry that fails for certain")


def certified_at(found: Decision, condition: Node, domain: Domain) -> Decision:
    """The decision that a condition holds somewhere, with the theorem that it does at the witness, a point of numbers."""
    if found.status != "proved" or not found.witness:
        return found
    point = found.witness

    def made() -> Theorem:
        laid = [c for entries in components_all([*domain.hypotheses, condition]) for c in entries]
        g, put = in_a_graph_of_its_own(topological([*laid, *point]))
        values = {put[n]: g.const(v) for n, v in point.items()}
        whole = reduce(lambda a, b: g.call("and", a, b), [put[n] for n in laid])
        return check(Sequent((), whole).put(values), Numbers())

    return _with(found, made, found.tactic or found.method or "engine")


def of_every_size(a: Node, b: Node, domain: Domain, sizes: Mapping[int, str]) -> Theorem | None:
    """The theorem that two tensors are equal under the hypotheses of a domain for all sizes, numbers in their shapes standing for
    letters; None where it is not found. Derivatives are worked out, and of a Jacobian it is shown what it does to a vector."""
    try:
        with apart():
            _, put = in_a_graph_of_its_own(topological([a, b, *domain.hypotheses]))
            sides = every_size.by_action(put[a], put[b])
            s = Sequent(tuple(put[n] for n in domain.hypotheses), equation(*sides), tuple(sizes.items()))
            return check(s, every_size.every_size(s))
    except FAULTS:
        return None


def _with(found: Decision, made: Callable[[], Theorem], trusted: str) -> Decision:
    try:
        with apart(), share(CERTIFICATE):
            return replace(found, theorem=made())
    except FAULTS:
        return replace(found, unchecked=trusted)
