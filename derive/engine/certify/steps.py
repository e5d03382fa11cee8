"""Claims about every step of an iteration: the theorem that induction shows, with the claim as its invariant."""

from __future__ import annotations

from collections.abc import Sequence

from derive.engine.certify.fresh import in_a_graph_of_its_own
from derive.engine.certify.search import prove
from derive.engine.domain import Domain
from derive.engine.induction import Steps
from derive.engine.step_counts import Beyond
from derive.engine.whole_numbers import says_whole, start
from derive.engine.whole_powers import first_of, wholes
from derive.expr.folding import substitute_all
from derive.expr.graph import Graph, Node, topological
from derive.language.components import components_all
from derive.proof.certificates import Rule
from derive.proof.check import Rejected, Theorem, check
from derive.proof.rules.table import premises
from derive.proof.sequent import Sequent, conjunction

MAX_STATES = 8
CASES = (1, 2)  # first steps that are looked at on their own


def at_every_step(wanted: Sequence[Node], domain: Domain) -> Theorem:
    """The theorem that a condition holds, or that two sides are equal, after every number of steps. Raises Rejected."""
    laid = components_all(wanted)
    claims = laid[0] if len(laid) == 1 else [a.graph.call("eq", a, b) for a, b in zip(*laid, strict=True)]
    try:
        told = Steps.of(claims, domain)
        claim = conjunction(told.general(claims, told.system.leaves))
    except Beyond as e:
        raise Rejected(str(e)) from None
    if told.local or told.system.symbolic is None or told.base > CASES[-1] or len(told.system.leaves) > MAX_STATES:
        raise Rejected("what is assumed of a step, or states that are too many")
    if told.base < 0 or (told.early and told.stated):
        raise Rejected("what comes before the start")
    system, g, leaves = told.system, told.t.graph, told.system.leaves
    ahead = g.add(told.t, g.const(told.base)) if told.base else told.t
    after = told.inner(system.further(leaves, ahead, 1))
    starts = told.inner(system.unrolled(told.base))
    used = {n.attr for n in topological([claim, *after, *starts]) if n.op == "symbol"}
    states = [_new(g, f"{_name(leaf)}", used) for leaf in leaves]
    claim, *after = substitute_all([claim, *after], dict(zip(leaves, states, strict=True)))
    each = [n for triple in zip(states, starts, after, strict=True) for n in triple]
    return _by_induction(claim, told.t, told.first, each, after, told.params)


def at_every_number(wanted: Sequence[Node], domain: Domain) -> Theorem:
    """The theorem that a condition holds, or that two sides are equal, of every whole number in exponents. Raises Rejected."""
    laid = components_all(wanted)
    claims = laid[0] if len(laid) == 1 else [a.graph.call("eq", a, b) for a, b in zip(*laid, strict=True)]
    for t in wholes(domain):
        first, spoken = first_of(t, domain), [h for h in domain.of([t]) if not says_whole(h, t) and start(h, t) is None]
        if first is not None and not spoken and t in topological(claims):
            return _by_induction(conjunction(claims), t, first, [], [], domain.free_of([t]))
    raise Rejected("no whole number from a first one on")


def _by_induction(
    claim: Node, t: Node, first: int, each: Sequence[Node], after: Sequence[Node], domain: Domain
) -> Theorem:
    """That a claim holds at every t from the first on, with states, their starts and what comes after each (``each``)."""
    g = t.graph
    said = g.node("property", (claim, t, g.const(first), *each), "every step")
    s = domain.sequent(said)
    g, put = in_a_graph_of_its_own(topological([*s.hypotheses, said]))
    s = Sequent(tuple(put[h] for h in s.hypotheses), put[said])
    claim, t, after = put[claim], put[t], [put[n] for n in after]
    bases = tuple(dict.fromkeys(n.args[0] for n in topological([claim, *after]) if n.op == "pow" and n.args[1] is t))
    fault: Rejected = Rejected("no induction")
    for count in CASES:
        for powers in dict.fromkeys(((), bases)):
            nodes = (g.const(count), claim, *powers)
            try:
                of = tuple(prove(part).certificate for part in premises(s, "induction", nodes))
                return check(s, Rule("induction", nodes, of))
            except Rejected as e:
                fault = e
    raise fault


def _name(leaf: Node) -> str:
    return str(leaf.attr) if leaf.op == "symbol" else f"{leaf.args[0].attr}{''.join(map(str, leaf.attr))}"


def _new(g: Graph, name: str, used: set[str]) -> Node:
    while name in used:
        name += "'"
    used.add(name)
    return g.symbol(name)
