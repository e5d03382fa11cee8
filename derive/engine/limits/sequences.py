"""Limits of iterations, ``limit(w(k), k, inf)``: by closed forms, by the spectral radius, by contraction.

What is written with states that have closed forms is a function of k. Steps that are affine in the states converge from every
start where the characteristic polynomial of their matrix has its zeros inside of the unit circle (Schur and Cohn's test, exact,
with parameters under assumptions). Any other iteration of one number, with a value for all that it depends on, is shown to come
into an interval that its step maps into itself and shortens (Banach), with balls; its limit is the one fixed point there.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derive.calculus.implicit import System as Equations
from derive.calculus.iteration import Run, System
from derive.calculus.reverse import expand_all, gradient
from derive.calculus.totals import Total
from derive.engine.domain import Domain
from derive.engine.equations.cascade import decide_equal
from derive.engine.limits import Limit, limit
from derive.engine.limits.neighbours import by_neighbours
from derive.engine.limits.oracle import TROUBLES, Oracle, Unsettled, degree, leaves, said
from derive.engine.limits.partial_sums import replaced
from derive.engine.limits.summation import series
from derive.engine.relation import decide_holds
from derive.errors import ExpressionError
from derive.expr.below import runs
from derive.expr.folding import substitute, substitute_all
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import OPERATORS
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import evaluate, precision, rational
from derive.numbers.definedness import has_value

MAX_STATES = 4  # of a matrix whose spectral radius is looked at
MAX_DEGREE = 8  # of a step whose fixed points SymPy is asked for
MAX_STEPS = 300  # that are taken to come near a fixed point
BITS = 192
CLOSE = 2**-24  # steps that are shorter, of what is taken, are near it
RADII = tuple(Fraction(1, 2**k) for k in (8, 14, 20))


def along(f: Node, k: Node, domain: Domain) -> Limit:
    """The limit of an expression of states after k steps as k grows. Raises Unsettled; NoLimit where there is none."""
    (f,) = components(expand_all([f])[0])
    domain = domain.expanded().entries().free_of([k])
    found = replaced([f], domain)
    if found is not None:
        return limit(found[0], k, 1, domain)
    nodes = runs([f])
    if isinstance(f.attr, Total) and nodes[-1:] == [f] and _counts(f.args[0], k):
        total: Total = f.attr
        values = dict(zip(total.parameters, f.args[1:], strict=True))
        element, low = substitute_all([total.element, total.low], values)
        return series(element, total.index, low, total.kind, domain)
    if not all(isinstance(n.attr, Run) for n in nodes) or any(k in leaves(a) for n in nodes for a in n.args[1:]):
        raise Unsettled(f"{said(f)}: an iteration whose inputs change with the number of its steps")
    if (near := by_neighbours(f, k, domain)) is not None:
        return near
    return _by_states(f, k, nodes, domain)


def _counts(steps: Node, k: Node) -> bool:
    """Whether a number of steps is k and a number."""
    return steps is k or (steps.op in ("add", "sub") and steps.args[0] is k and steps.args[1].op == "const")


def _by_states(f: Node, k: Node, nodes: Sequence[Node], domain: Domain) -> Limit:
    """Where the states converge, and f is continuous: its value at their limits."""
    g = f.graph
    system: System = nodes[0].attr.system.part([n.attr.body for n in nodes])
    given = dict(zip(nodes[0].attr.parameters, nodes[0].args[1:], strict=True))
    if any(n.attr.system is not nodes[0].attr.system for n in nodes):
        raise Unsettled("speaks of several iterations")
    if system.symbolic is None or any(i in leaves(s) for s in system.symbolic for i in system.index):
        raise Unsettled("the steps change with their number, and no closed form is known")
    steps = substitute_all(system.symbolic, given)
    point = _fixed(system, steps, substitute_all(system.starts, given), domain)
    at = dict(zip(system.leaves, point, strict=True))
    value = substitute(f, {n: substitute(n.attr.body, {**at, **given}) for n in nodes})
    if k in leaves(value):
        raise Unsettled(f"{said(f)} speaks of k beside its states")
    for n in topological([f, *(n.attr.body for n in nodes)]):
        if n.op in OPERATORS and (OPERATORS[n.op].jumps or n.op in ("where", "select", "floor")):
            raise Unsettled(f"{said(n)} may jump")
    if lacking := next((c for c in has_value(value) if decide_holds(c, domain).status != "proved"), None):
        raise Unsettled(f"whether {said(lacking)} is not known")
    return Limit(0, Oracle(g, g.symbol("far'"), domain).simple(value))


def _fixed(system: System, steps: Sequence[Node], starts: Sequence[Node], domain: Domain) -> list[Node]:
    """What the states tend to. Raises Unsettled."""
    matrix = [gradient(s, system.leaves) for s in steps]
    if not any(leaves(e) & set(system.leaves) for row in matrix for e in row):
        return _linear(system.leaves, steps, matrix, domain)
    if len(steps) > 1 or any(leaves(n) - set(system.leaves) for n in (*steps, *starts)):
        raise Unsettled(
            "no closed form is known, and contraction is looked for where an iteration is of one number, all given"
        )
    return [_contraction(system.leaves[0], steps[0], starts[0])]


# -- affine steps ----------------------------------------------------------------------------------------


def _linear(
    states: Sequence[Node], steps: Sequence[Node], matrix: Sequence[Sequence[Node]], domain: Domain
) -> list[Node]:
    g, size = states[0].graph, len(states)
    if size > MAX_STATES:
        raise Unsettled(f"the spectral radius of a matrix of {size} rows")
    oracle = Oracle(g, g.symbol("far'"), domain)
    stable(oracle, matrix, domain)
    rest = [substitute(s, dict.fromkeys(states, g.zero)) for s in steps]
    identity = [[g.sub(g.one if i == j else g.zero, matrix[i][j]) for j in range(size)] for i in range(size)]
    if size == 1:
        return [oracle.simple(g.div(rest[0], identity[0][0]))]
    scope = {"M": g.stack([g.stack(row) for row in identity]), "b": g.stack(rest)}
    (found,) = expand_all([parse("solve(M, b)", scope, g)])
    return [oracle.simple(e) for e in components(found)]


def stable(oracle: Oracle, matrix: Sequence[Sequence[Node]], domain: Domain) -> None:
    """Raises Unsettled unless all eigenvalues are proved to lie inside of the unit circle."""
    g = oracle.graph
    alone = (
        g.call("lt", g.call("abs", matrix[0][0]), g.one) if len(matrix) == 1 else None
    )  # all that one state asks for
    a = characteristic(oracle, matrix)  # from the constant term up
    while len(a) > 1:
        inside = oracle.simple(g.sub(g.mul(a[-1], a[-1]), g.mul(a[0], a[0])))
        if decide_holds(g.call("gt", inside, g.zero), domain).status != "proved":
            where = f"{_text(inside)} > 0 among other conditions" if alone is None else _text(alone)
            raise Unsettled(f"it converges where {where}, which is not known", inside, condition=alone)
        n = len(a) - 1
        a = [oracle.simple(g.sub(g.mul(a[-1], a[i + 1]), g.mul(a[0], a[n - 1 - i]))) for i in range(n)]


def _text(n: Node) -> str:
    return said(n).strip("'")


def characteristic(oracle: Oracle, matrix: Sequence[Sequence[Node]]) -> list[Node]:
    """The coefficients of det(z - A), from that of z**0 to 1 (Faddeev and LeVerrier)."""
    g, n = oracle.graph, len(matrix)
    power = [[g.zero] * n for _ in range(n)]
    found = [g.one]
    for k in range(1, n + 1):
        for i in range(n):
            power[i][i] = g.add(power[i][i], found[-1])
        power = [[_dot(oracle, matrix[i], [power[m][j] for m in range(n)]) for j in range(n)] for i in range(n)]
        trace = g.zero
        for i in range(n):
            trace = g.add(trace, power[i][i])
        found.append(oracle.simple(g.div(trace, g.const(-k))))
    return found[::-1]


def _dot(oracle: Oracle, u: Sequence[Node], v: Sequence[Node]) -> Node:
    g, total = oracle.graph, oracle.graph.zero
    for a, b in zip(u, v, strict=True):
        total = g.add(total, g.mul(a, b))
    return oracle.simple(total)


# -- contraction -----------------------------------------------------------------------------------------


def _contraction(state: Node, step: Node, start: Node) -> Node:
    """The fixed point that an iteration of numbers tends to. Raises Unsettled."""
    (slope,) = gradient(step, [state])
    with precision(BITS):
        near = _near(state, step, start)
        centre = near.mid().fmpq() if isinstance(near, arb) else near
        for r in RADII:
            radius = rational(r) * (abs(centre) + 1)
            ball = arb(centre) + arb(0, 1) * arb(radius)
            ahead, steep = _at([step], state, arb(centre)), _at([slope], state, ball)
            if ahead is None or steep is None:
                continue
            rate = abs(steep).upper()
            if rate < 1 and abs(ahead - arb(centre)).upper() <= (1 - rate) * arb(radius) and ball.contains(arb(near)):
                return _named(
                    state, step, Fraction(int(centre.p), int(centre.q)), Fraction(int(radius.p), int(radius.q))
                )
    raise Unsettled(f"near {arb(centre).str(8, radius=False)} no interval is shown to be shortened by a step")


def _near(state: Node, step: Node, start: Node) -> arb | fmpq:
    """A state that the iteration comes to, close to a fixed point."""
    now = evaluate([start], {}, BITS)[0]
    for _ in range(MAX_STEPS):
        if isinstance(now, Exception):
            raise Unsettled(f"a state has no value: {now}")
        value = arb(now)
        later = evaluate([step], {state: now if isinstance(now, fmpq) and len(str(now)) < 60 else value}, BITS)[0]
        if isinstance(later, Exception):
            raise Unsettled(f"a state has no value: {later}")
        if abs(arb(later) - value) < CLOSE * (1 + abs(value)):
            return later
        now = later
    raise Unsettled(f"{MAX_STEPS} steps don't come near a fixed point")


def _at(roots: Sequence[Node], state: Node, value: arb) -> arb | None:
    found = evaluate(roots, {state: value}, BITS)[0]
    return None if isinstance(found, Exception) or not arb(found).is_finite() else arb(found)


def _named(state: Node, step: Node, centre: Fraction, radius: Fraction) -> Node:
    """The fixed point in an interval in which there is one: as SymPy solves for it, if that is proved; else as such."""
    g = state.graph
    for guess in _solved(g, state, step):
        value = evaluate([guess], {}, BITS)[0]
        inside = isinstance(value, fmpq | arb) and abs(arb(value) - arb(rational(centre))) < arb(rational(radius))
        if inside and decide_equal(substitute(step, {state: guess}), guess).status == "proved":
            return guess
    own = g.symbol(str(state.attr)) if state.op == "symbol" else g.symbol("w")
    try:
        equations = Equations(own, [g.sub(substitute(step, {state: own}), own)], [(centre - radius, centre + radius)])
    except ExpressionError as e:
        raise Unsettled(e.message) from None
    return equations.made("limit").args[0]


def _solved(g: Graph, state: Node, step: Node) -> list[Node]:
    """What SymPy takes for the fixed points of a rational function."""
    import sympy as sp

    from derive.exchange.sympy import from_sympy, to_sympy_all

    if any(
        n.op not in ("add", "sub", "mul", "div", "neg", "pow", "const", "def", "sqrt")
        for n in topological([step])
        if n is not state
    ):
        return []
    if degree(step) > MAX_DEGREE:
        return []
    try:
        x = sp.Symbol("x'", real=True)
        found = sp.roots(sp.Poly(sp.numer(sp.together(to_sympy_all([step], {state: x})[0] - x)), x))
        return [from_sympy(sp.nsimplify(r), g) for r in found if r.is_real]
    except (*TROUBLES, sp.PolynomialError):
        return []
