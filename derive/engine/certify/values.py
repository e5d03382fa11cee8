"""Theorems about values that were worked out: limits, where a certificate of them is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from derive.budget import apart, share
from derive.calculus.reverse import expand_all
from derive.engine.certify.faults import FAULTS
from derive.engine.certify.fresh import in_a_graph_of_its_own
from derive.engine.certify.limits import show
from derive.engine.limits.values import Worked
from derive.expr.graph import topological
from derive.language.components import components
from derive.language.extremes import infinite
from derive.proof.check import Theorem
from derive.proof.sequent import Sequent

CERTIFICATE = 8_000_000  # steps of work for one


def of_values(worked: Sequence[Worked]) -> Iterator[Theorem | str]:
    """Of each value the theorem that says it, or the name of what is trusted instead."""
    for one in worked:
        try:
            with apart(), share(CERTIFICATE):
                yield WAYS[one.op](one)
        except FAULTS:
            yield one.op


def of_limit(one: Worked) -> Theorem:
    """That a function tends to the value that was found, or grows or falls beyond all bounds."""
    (f, x, at), found = one.args[:3], one.found
    domain = one.domain.expanded().plain().entries()
    if one.nested and domain.binds([x]):
        raise LookupError("a limit in it, known where the domain says")
    (f,) = components(expand_all([f])[0])
    free = domain.free_of([x])
    s = free.about([f, found.value, at]).sequent(f)
    far = infinite(at)
    where = {1: "far", -1: "far below"}[far] if far else {0: "beside", 1: "from above", -1: "from below"}[one.attr]
    where = "far by steps" if found.note else where  # over the whole numbers
    what = {0: "tends", 1: "grows", -1: "falls"}[found.side]
    more = (*(() if found.side else (found.value,)), *(() if far else (at,)))
    g, put = in_a_graph_of_its_own(topological([f, x, *more, *s.hypotheses]))
    conclusion = g.node("property", tuple(put[n] for n in (f, x, *more)), f"{what} {where}")
    return show(Sequent(tuple(put[h] for h in s.hypotheses), conclusion))


WAYS: dict[str, Callable[[Worked], Theorem]] = {"limit": of_limit}
