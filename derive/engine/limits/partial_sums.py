"""Closed forms of iterations, and of sums and products up to a symbol: guessed, and shown by induction.

A state whose step is a*w + h(t) is a**t*w0 and a sum of h(j)*a**(t - 1 - j), where the others that h speaks of have closed forms;
a product of h(j) where the step is w*h(t). SymPy finds these sums (Gosper's algorithm). All forms are claims about every number
of steps and proved together as such (``derive.engine.induction``), with all that they ask for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derive.calculus.iteration import Run, System
from derive.calculus.reverse import expand_all, gradient
from derive.engine.domain import Domain
from derive.engine.induction import Steps
from derive.engine.limits.oracle import TROUBLES, Oracle, Unsettled, degree, leaves
from derive.engine.relation import decide_holds
from derive.engine.step_counts import Beyond
from derive.errors import ExpressionError
from derive.expr.below import runs
from derive.expr.folding import substitute, substitute_all
from derive.expr.graph import Node, topological
from derive.language.components import components
from derive.numbers.definedness import has_value

MAX_NODES = 80  # of a term that SymPy is asked about
MAX_DEGREE = 16  # of its polynomials
MAX_STATES = 6


def closed_form(total: Node, count: Node, domain: Domain) -> Node | None:
    """What a node ``total``, of so many terms, is for every whole count >= 0; None where no form is found and proved."""
    try:
        (written,) = components(expand_all([total])[0])
    except ExpressionError:
        return None
    if written.op != "computed" or written.args[0] is not count:
        return None
    return of_run(written, count, domain)


def of_run(written: Node, count: Node, domain: Domain) -> Node | None:
    """The same of a node ``computed`` of an iteration, whose number of steps is the symbol ``count``."""
    run = written.attr
    if not isinstance(run, Run) or written.args[0] is not count:
        return None
    given = dict(zip(run.parameters, written.args[1:], strict=True))
    forms = _states(run.system.part([run.body]), count, given, domain)
    if forms is None:
        return None
    body = substitute(run.body, {**forms, **dict.fromkeys(run.system.index, count)})
    return None if leaves(body) & set(run.system.leaves) else substitute(body, given)


def replaced(roots: Sequence[Node], domain: Domain) -> list[Node] | None:
    """The roots with closed forms in the place of all iterations; None where some have none that is known."""
    found: dict[Node, Node] = {}
    for n in runs(roots):
        g = n.graph
        count = g.symbol("terms'")
        own = substitute_all([g.node("computed", (count, *n.args[1:]), n.attr)], found)[0]
        form = of_run(own, count, domain)
        if form is None:
            return None
        found[n] = substitute(form, {count: n.args[0]})
    return substitute_all(roots, found)


def _states(system: System, count: Node, given: Mapping[Node, Node], domain: Domain) -> dict[Node, Node] | None:
    """The states of an iteration after ``count`` steps, by its leaves, in its parameters; None where some are not found."""
    if system.symbolic is None or len(system.leaves) > MAX_STATES:
        return None
    g, inside = count.graph, domain.given(count.graph.call("ge", count, count.graph.zero))
    oracle = Oracle(g, g.symbol("far'"), inside)
    numbers = {i: g.add(count, g.const(first)) if first else count for i, first in system.index.items()}
    forms: dict[Node, Node] = {}
    while len(forms) < len(system.leaves):
        found = None
        for leaf, start, step in zip(system.leaves, system.starts, system.symbolic, strict=True):
            if leaf not in forms and not (leaves(step) - {leaf}) & set(system.leaves) - forms.keys():
                at = substitute(step, {**forms, **numbers})
                found = _form(oracle, leaf, substitute(start, given), substitute(at, given), count)
                if found is None:
                    return None
                forms[leaf] = found
        if found is None:
            return None
    return forms if _shown(system, forms, count, given, inside) else None


def _form(oracle: Oracle, leaf: Node, start: Node, step: Node, count: Node) -> Node | None:
    """What a state is guessed to be that starts there and takes such a step."""
    g = oracle.graph
    try:
        written, rest = gradient(step, [leaf])[0], substitute(step, {leaf: g.zero})
        slope = oracle.simple(written)
        rest = g.zero if oracle.simple(rest) is g.zero else rest
    except (Unsettled, ExpressionError):
        return None
    if leaf in leaves(slope):
        return None
    if count in leaves(slope):
        product = _asked(written, count, _product) if rest is g.zero else None
        return None if product is None else g.mul(start, product)
    if slope is g.one:
        total = _asked(rest, count, _sum) if count in leaves(rest) else g.mul(count, rest)
        return None if total is None else g.add(start, total)
    power = g.pow(slope, count)
    if rest is g.zero:
        return g.mul(power, start)
    if count not in leaves(rest):
        fixed = g.div(rest, g.sub(g.one, slope))
        return g.add(g.mul(power, g.sub(start, fixed)), fixed)
    weighed = g.mul(rest, g.pow(slope, g.sub(g.const(-1), count)))
    total = _asked(weighed, count, _sum)
    return None if total is None else g.mul(power, g.add(start, total))


def _shown(system: System, forms: Mapping[Node, Node], count: Node, given: Mapping[Node, Node], inside: Domain) -> bool:
    """Whether the forms are proved for every whole number of steps, and have values there."""
    g = count.graph
    parameters = tuple(p for p in system.parameters if p not in {*system.leaves, *system.index})
    args = tuple(given.get(p, p) for p in parameters)
    states = [g.node("computed", (count, *args), Run(system, leaf, parameters)) for leaf in system.leaves]
    claimed = [forms[leaf] for leaf in system.leaves]
    try:
        found = Steps.of([*states, *claimed], inside).equal(states, claimed)
    except (Beyond, ExpressionError):
        return False
    needs = [*found.conditions, *(c for f in claimed for c in _needs(f, count, inside))]
    return found.status == "proved" and all(_holds(c, inside) for c in needs)


def _needs(form: Node, count: Node, inside: Domain) -> list[Node]:
    """What a form asks for to have a value at whole counts: of a power of a whole exponent, which may be negative, a base that is
    not 0."""
    g = form.graph
    powers: dict[Node, list[Node]] = {}
    for n in topological([form]):
        if n.op == "pow" and count in leaves(n.args[1]):
            powers.setdefault(n.args[0], []).append(n.args[1])
    found = []
    for need in has_value(form):
        if need.op in ("gt", "ge") and need.args[0] in powers:
            if not all(_holds(g.call("ge", e, g.zero), inside) for e in powers[need.args[0]]):
                found.append(g.call("ne", need.args[0], g.zero))
        else:
            found.append(need)
    return found


def _holds(condition: Node, domain: Domain) -> bool:
    return decide_holds(condition, domain).status == "proved"


def _asked(term: Node, count: Node, method: Any) -> Node | None:
    """What SymPy takes for the sum, or product, of a term from 0 to ``count`` - 1."""
    import sympy as sp

    from derive.exchange.sympy import from_sympy, to_sympy_all

    g = count.graph
    if len(topological([term])) > MAX_NODES or degree(term) > MAX_DEGREE:
        return None
    try:
        names = {n: sp.Symbol(f"s{i}'", real=True) for i, n in enumerate(sorted(leaves(term), key=lambda n: n.id))}
        k, n = (sp.Symbol(s, integer=True, nonnegative=True) for s in ("k'", "n'"))
        back = {g.symbol(s.name): m for m, s in names.items()} | {g.symbol("n'"): count}
        found = method(sp, to_sympy_all([term], {**names, count: k})[0], k, n)
        return None if found is None else substitute(from_sympy(found, g), back)
    except (*TROUBLES, sp.PolynomialError):
        return None  # SymPy's own troubles: no guess


def _sum(sp: Any, f: Any, k: Any, n: Any) -> Any:
    from sympy.concrete.gosper import gosper_sum

    whole = gosper_sum(f, (k, 0, n - 1))
    if whole is not None:
        return sp.simplify(whole) if whole.count_ops() < MAX_NODES else whole
    parts = [gosper_sum(part, (k, 0, n - 1)) for part in sp.Add.make_args(sp.expand(f))]
    return None if any(p is None for p in parts) else sp.Add(*parts)


def _product(sp: Any, f: Any, k: Any, n: Any) -> Any:
    found = sp.product(sp.factor(f), (k, 0, n - 1))
    found = sp.gammasimp(found.rewrite(sp.gamma)) if found.has(sp.RisingFactorial, sp.factorial) else found
    return None if found.has(sp.Product, sp.gamma, sp.RisingFactorial, sp.factorial) else found
