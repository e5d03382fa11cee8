"""Closed forms of sums and products up to a symbol: found by SymPy (Gosper's algorithm), shown by induction.

A form S(n) is one where S(0) is what no terms give and S(n + 1) is S(n) and the next term: that is a claim about every number of
steps of an iteration, and proved as such (``derive.engine.induction``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.calculus.iteration import runs
from derive.calculus.reverse import expand_all
from derive.calculus.totals import Total
from derive.engine.domain import Domain
from derive.engine.induction import Beyond, Steps
from derive.engine.limits.oracle import leaves
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError
from derive.expr.folding import substitute, substitute_all
from derive.expr.graph import Node, topological
from derive.language.components import components
from derive.numbers.definedness import has_value

MAX_NODES = 60  # of an element that SymPy is asked about


def closed_form(total: Node, count: Node, domain: Domain) -> Node | None:
    """What a node ``total``, of so many terms, is for every whole count >= 0; None where no form is found and proved."""
    try:
        (written,) = components(expand_all([total])[0])
    except ExpressionError:
        return None
    return of_run(written, count, domain) if written.op == "computed" else None


def of_run(written: Node, count: Node, domain: Domain) -> Node | None:
    """The same of a node ``computed`` whose number of steps is the symbol ``count``."""
    run, g = written.attr, written.graph
    if not isinstance(run, Total) or written.args[0] is not count:
        return None
    inside = domain.given(g.call("ge", count, g.zero))
    for guess in _guesses(run, count):
        guess = substitute(guess, dict(zip(run.parameters, written.args[1:], strict=True)))
        try:
            found = Steps.of([written, guess], inside).equal([written], [guess])
        except (Beyond, ExpressionError):
            continue
        needs = [*found.conditions, *(c for c in has_value(guess) if not _whole_power(c, guess, count))]
        if found.status == "proved" and all(decide_holds(c, inside).status == "proved" for c in needs):
            return guess
    return None


def replaced(roots: Sequence[Node], domain: Domain) -> list[Node] | None:
    """The roots with closed forms in the place of all sums and products; None where some have none that is known."""
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


def _whole_power(need: Node, form: Node, count: Node) -> bool:
    """Whether a need says that a base be positive, of powers whose exponents are whole."""
    bases = {n.args[0] for n in topological([form]) if n.op == "pow" and count in leaves(n.args[1])}
    return need.op in ("gt", "ge") and need.args[0] in bases


def _guesses(run: Total, count: Node) -> list[Node]:
    """What SymPy takes for the sum of ``count`` terms, in the parameters of the iteration."""
    import sympy as sp
    from sympy.concrete.gosper import gosper_sum

    from derive.exchange.sympy import from_sympy, to_sympy_all

    g = count.graph
    try:
        (element,) = components(expand_all([run.element])[0])
        if len(topological([element])) > MAX_NODES:
            return []
        symbols = sorted(leaves(element) | leaves(run.low) | {run.index, count}, key=lambda n: n.id)
        names = {n: sp.Symbol(f"s{i}'", real=True) for i, n in enumerate(symbols)}
        names[run.index], names[count] = (sp.Symbol(s, integer=True, nonnegative=True) for s in ("k'", "n'"))
        back = {g.symbol(s.name): n for n, s in names.items()}
        f, low = to_sympy_all([element, run.low], names)
        k, n = names[run.index], names[count]
        shifted = f.subs(k, k + low)
        guesses = [_product(sp, shifted, k, n)] if run.kind == "prod" else [_sum(sp, gosper_sum, shifted, k, n)]
        return [substitute(from_sympy(e, g), back) for e in guesses if e is not None]
    except (
        ExpressionError,
        ValueError,
        TypeError,
        NotImplementedError,
        AttributeError,
        RecursionError,
        ZeroDivisionError,
    ):
        return []  # SymPy's own troubles: no guess


def _sum(sp: Any, gosper_sum: Any, f: Any, k: Any, n: Any) -> Any:
    whole = gosper_sum(f, (k, 0, n - 1))
    if whole is not None:
        return sp.simplify(whole) if whole.count_ops() < MAX_NODES else whole
    parts = [gosper_sum(part, (k, 0, n - 1)) for part in sp.Add.make_args(sp.expand(f))]
    return None if any(p is None for p in parts) else sp.Add(*parts)


def _product(sp: Any, f: Any, k: Any, n: Any) -> Any:
    found = sp.product(sp.factor(f), (k, 0, n - 1))
    found = sp.gammasimp(found.rewrite(sp.gamma)) if found.has(sp.RisingFactorial, sp.factorial) else found
    return None if found.has(sp.Product, sp.gamma, sp.RisingFactorial, sp.factorial) else found
