"""Formulas of numbers that a condition defines: for every solution, whatever the parameters are.

A name that ``solves:`` equations has no value while its parameters have none. A formula that it stands in is then shown of any
number that solves them: the name is a symbol, the equations and its range are assumed. What is shown so holds of the one that is
meant; what is not shown is not refuted by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from derive.calculus.reverse import expand_all
from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.expr.below import leaves_of
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.language.components import components
from derive.language.properties import asks
from derive.lazily import lazily
from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.claims.equality import verdict_of
from verify.verdict import Verdict, combine

with lazily():
    from derive.calculus import implicit


def for_every_solution(context: CaseContext, claim: Claim) -> Verdict | None:
    """That a formula or a relation holds for all solutions; None of any other claim, and where that is not shown."""
    from derive.engine import decide_equal
    from derive.engine.certify import certified
    from derive.engine.properties.dispatch import decide_condition

    said = [n for n in (claim.of, claim.holds) if n is not None]
    if claim.prints is not None or not (claim.equals or claim.holds) or any(map(asks, [*said, *claim.assuming])):
        return None
    chain = [claim.of, *claim.equals] if claim.of is not None and claim.equals else []
    conditions = [*claim.assuming, *([claim.holds] if claim.holds is not None else [])]
    try:
        plain, known = _plainly([*chain, *conditions])
    except ExpressionError:
        return None
    if not known:
        return None
    sides, assumed = plain[: len(chain)], plain[len(chain) :]
    held = assumed.pop() if claim.holds is not None else None
    found: list[Verdict] = []
    for hypotheses in (assumed, [*assumed, *known]):  # many need nothing of the equations but the slopes
        domain, found = context.domain(hypotheses), []
        for a, b in pairwise(sides):
            found.append(verdict_of(certified(decide_equal(a, b, domain), [a, b], domain), claim))
        if held is not None:
            found.append(verdict_of(certified(decide_condition(held, domain), [held], domain), claim))
        if all(v.verdict == "holds" for v in found):
            verdict = combine(found)
            return Verdict("holds", f"{verdict.reason}, for every solution", verdict.exact, (), verdict.evidence)
    equation = claim.holds.args if claim.holds is not None and claim.holds.op == "eq" else chain
    return _the_only_one(context, equation)


def _the_only_one(context: CaseContext, chain: Sequence[Node]) -> Verdict | None:
    """That numbers are the solution: they solve the equations at the values of the case, and nothing else in the range does."""
    from derive.engine.properties.dispatch import decide_condition

    sides = [[_bare(e) for e in components(n)] for n in expand_all(chain)]
    entries = next((s for s in sides if all(isinstance(n.attr, implicit.Solution) for n in s)), [])
    numbers = [s for s in sides if s is not entries]
    if not entries or not numbers or any(leaves_of(s) for s in numbers):
        return None
    system = entries[0].attr.system
    given = {p: context.given[p] for p in system.parameters if p in context.given}
    own = [n.attr for n in entries] == system.entries and entries[0].args == system.parameters
    if not own or len(given) < len(system.parameters) or system.held or not system.settled:
        return None
    try:
        system.one(system.roots(given))
    except (Undetermined, UndefinedValue):
        return None
    put = {p: p.graph.const(Fraction(int(v.p), int(v.q))) for p, v in given.items()}
    for one in numbers:
        facts = substitute_all(system.facts(), {**put, **dict(zip(system.unknowns, one, strict=True))})
        if any(decide_condition(f, context.domain(())).status != "proved" for f in facts):
            return None
    evidence = {"method": "proved", "by": "substitution", "proof": "one root in a box"}
    return Verdict(
        "holds", f"it solves the equations, and nothing else in the range of '{system.x.attr}' does", None, (), evidence
    )


def _bare(n: Node) -> Node:
    return _bare(n.args[0]) if n.op == "def" else n


def unsettled(context: CaseContext, claim: Claim) -> str:
    """Why a claim speaks of a least value that may not exist: slopes of 0 are not enough for one. Empty where it exists: where
    the function is convex, or at the values of the case."""
    if not context.case.graph.has(("computed",)):
        return ""
    nodes = [n for n in (claim.of, *claim.equals, claim.holds, claim.somewhere) if n is not None]
    systems = {
        n.attr.system for n in topological(nodes) if n.op == "computed" and isinstance(n.attr, implicit.Solution)
    }
    for system in sorted(systems, key=lambda s: str(s.x.attr)):
        if system.settled:
            continue
        missing = [p for p in system.parameters if p not in context.given]
        if missing:
            return f"it is not shown that '{system.x.attr}' is least where its slopes are 0, as the function may not be convex"
        try:
            system.solution({p: context.given[p] for p in system.parameters})
        except Undetermined as fault:
            return str(fault)
    return ""


def _plainly(nodes: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """Expressions with symbols in the place of what solves equations, and these equations with the ranges."""
    roots = expand_all(nodes)
    systems: dict[implicit.System, None] = {}
    given: dict[Node, Node] = {}
    work = list(roots)
    while work:
        for n in topological([work.pop()]):
            if n.op != "computed":
                continue
            if not isinstance(n.attr, implicit.Solution) or n.args != n.attr.system.parameters:
                raise ExpressionError("it is computed, or at other parameters than its own")
            given[n] = n.attr.system.unknowns[n.attr.index]
            if n.attr.system not in systems:
                systems[n.attr.system] = None
                work += n.attr.system.facts()
    facts = [f for system in systems for f in system.facts()]
    return substitute_all(roots, given), substitute_all(facts, given)
