"""What an optimizer computes in place of a recurrence: a reparametrisation, which is a convention, or one slip.

Candidates are tried in float64 on a few entries and steps; what survives is held to all steps with bounds.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from derive.errors import ExpressionError
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.language import reader
from verify.conform.calls import Raised
from verify.conform.formats import FORMATS, Array
from verify.conform.optimizer_runs import Part, Scene
from verify.conform.outcome import Conformance
from verify.conform.recurrence import GRADIENT, PARAMETER, STEP, Program

if TYPE_CHECKING:
    from verify.conform.optimizer_comparison import OptimizerComparison

STEPS = 14  # on which a candidate has to agree
ENTRIES = 5
MAX_CANDIDATES = 6_000
NEAR = 1e-11  # of what it has moved so far

Candidate = tuple[str, Program, bool]  # words, the recurrence, whether it is a convention
Updates = Sequence[tuple[str, Node]]


def explained(found: Conformance, c: OptimizerComparison) -> Conformance:
    """With the reparametrisation or the one slip under which the recurrence gives what the optimizer does."""
    fmt = FORMATS["float64"]
    path = c.paths[0]
    first = next((o for o in found.outcomes if o.dtype == fmt.name and o.mode == path.name), None)
    if first is None or first.kind != "wrong formula" or first.relative < 1e-12 or c.recurrence.whole:
        return found
    rng = np.random.default_rng(c.seed + 2)
    start, given = np.linspace(-1.0, 2.0, ENTRIES), rng.uniform(0.1, 1.0, (STEPS, ENTRIES))
    given *= np.where(rng.random(given.shape) < 0.5, -1.0, 1.0) * 10.0 ** np.linspace(-1.0, 1.0, ENTRIES)
    tried = Scene((Part((ENTRIES,), "a parameter"),), start, given)
    try:
        made = np.stack(list(c.runner(c.make, path, c.options, fmt, tried)))
        long = np.stack(list(c.runner(c.make, path, c.options, fmt, c.scene)))
    except Raised:
        return found
    moved = np.cumsum(np.abs(np.diff(np.vstack([start, made]), axis=0)), axis=0)
    allowed = NEAR * moved + 1e-14 * np.abs(made)
    program = c.program(tried.parts[0])
    for words, candidate, conventional in itertools.islice(candidates(program), MAX_CANDIDATES):
        if not _agrees(candidate, tried, made, allowed) or not _holds(c, candidate, long):
            continue
        if conventional:
            outcomes = tuple(
                replace(o, verdict="convention", kind="", note=words)
                if o.verdict == "deviates" and o.kind == "wrong formula"
                else o
                for o in found.outcomes
            )
            return replace(found, outcomes=outcomes, convention=words)
        update = re.match(r"\w+ = ", words) is not None
        return replace(found, repair=words if update else f"the formula, but {words}")
    return found


def _agrees(candidate: Program, tried: Scene, made: Array, allowed: Array) -> bool:
    try:
        for t, w in enumerate(candidate.values(tried.start, tried.gradients)):
            if not (np.abs(w - made[t]) <= allowed[t]).all():
                return False
    except (ExpressionError, ArithmeticError, ValueError, KeyError, NotImplementedError, TypeError):
        return False
    return True


def _holds(c: OptimizerComparison, candidate: Program, made: Array) -> bool:
    """Whether the optimizer's run over all steps is that of the candidate, but for rounding."""
    try:
        rows = list(candidate.bounds(c.scene.start, c.scene.gradients))
    except (NotImplementedError, KeyError, ExpressionError):
        return False
    value, error = np.stack([b.value for b in rows]), np.stack([b.error for b in rows])
    with np.errstate(all="ignore"):
        known = np.isfinite(value) & np.isfinite(error)
        return bool((~known | (np.abs(made - value) <= 8 * error + 1e-14 * np.abs(value))).all())


def candidates(p: Program) -> Iterator[Candidate]:
    """Conventions first, then whole habits of optimizers, then a slip at any one place."""
    for maker in (_reparametrised, _roots, _decays, _starts, _steps, _left_out, _tops, _orders, _exchanged, _slipped):
        yield from maker(p)


def _changed(p: Program, old: dict[Node, Node]) -> Program:
    made = substitute_all([node for _, node in p.nodes], old)
    return p.with_nodes([(n, node) for (n, _), node in zip(p.nodes, made, strict=True)])


def _but(p: Program, k: int, node: Node) -> Program:
    return p.with_nodes([*p.nodes[:k], (p.nodes[k][0], node), *p.nodes[k + 1 :]])


def _told(p: Program, k: int) -> str:
    return f"{p.nodes[k][0]} = {reader.to_text(p.nodes[k][1])}"


def _read(p: Program, text: str) -> Node:
    return reader.parse(text, p.scope, p.graph)


def _constants(p: Program) -> list[str]:
    return list(p.constants)


# -- conventions ------------------------------------------------------------------------------------------


def _reparametrised(p: Program) -> Iterator[Candidate]:
    """A constant in terms of the others: lr in place of lr*(1 - beta), and so on, in every update."""
    pairs = itertools.product(_constants(p), repeat=2)
    for name, other in sorted(pairs, key=lambda pair: pair[0] == pair[1]):
        forms = (
            [f"{name}*(1 - {other})", f"{name}/(1 - {other})", f"{name}*{other}", f"{name}/{other}"]
            if name != other
            else [f"1 - {name}", f"{name}*2", f"{name}/2", f"sqrt({name})", f"{name}**2"]
        )
        for form in forms:
            yield (
                f"{name} here is {form} of the formula",
                _changed(p, {p.scope[name]: _read(p, form)}),
                True,
            )


def _roots(p: Program) -> Iterator[Candidate]:
    """A small constant inside the root or outside of it, before the correction or after it."""
    g = p.graph
    for k, (_, node) in enumerate(p.nodes):
        for n in topological([node]):
            if n.op == "add" and any(a.op == "sqrt" for a in n.args):
                root, e = n.args if n.args[0].op == "sqrt" else (n.args[1], n.args[0])
                u = root.args[0]
                forms = [g.call("sqrt", g.add(u, e)), g.call("sqrt", g.add(u, g.pow(e, g.const(2))))]
                if u.op == "div":  # before the correction: sqrt(v)/sqrt(c) + e against (sqrt(v) + e)/sqrt(c)
                    top, below = u.args
                    scale = g.call("sqrt", below)
                    forms += [
                        g.div(g.add(g.call("sqrt", top), e), scale),
                        g.call("sqrt", g.div(g.add(top, e), below)),
                    ]
            elif n.op == "sqrt" and n.args[0].op == "add":
                forms = []
                for u, e in (n.args[0].args, n.args[0].args[::-1]):
                    forms += [g.add(g.call("sqrt", u), e), g.add(g.call("sqrt", u), g.call("sqrt", e))]
            else:
                continue
            for form in forms:
                made = _but(p, k, substitute_all([node], {n: form})[0])
                yield f"{reader.to_text(form)} in place of {reader.to_text(n)}", made, True


# -- habits of optimizers that go wrong ---------------------------------------------------------------------


def _decays(p: Program) -> Iterator[Candidate]:
    """Weight decay that is coupled, through the gradient, in place of decoupled, or the other way round."""
    g = p.graph
    w, gradient = p.scope[PARAMETER], p.scope[GRADIENT]
    last = max(k for k, (n, _) in enumerate(p.nodes) if n == PARAMETER)
    for name in _constants(p):
        lam = p.scope[name]
        bare = _changed(p, {lam: g.zero})
        yield f"without {name}", bare, False
        coupled = _changed(bare, {gradient: g.add(gradient, g.mul(lam, w))})
        yield f"{name} is coupled: g + {name}*w in place of g everywhere, and no decay beside it", coupled, False
        for rate in (None, *(r for r in _constants(p) if r != name)):
            shrunk = lam if rate is None else g.mul(p.scope[rate], lam)
            text = name if rate is None else f"{rate}*{name}"
            node = g.sub(bare.nodes[last][1], g.mul(shrunk, w))
            yield f"{name} is decoupled: w - {text}*w - ..., not through the gradient", _but(bare, last, node), False
            inner = substitute_all([bare.nodes[last][1]], {w: g.sub(w, g.mul(shrunk, w))})[0]
            if inner != node:
                yield (
                    f"{name} is decoupled: w - {text}*w - ..., not through the gradient",
                    _but(bare, last, inner),
                    False,
                )


def _steps(p: Program) -> Iterator[Candidate]:
    """The number of the step from 0 or from 2; the bias correction of another step."""
    t = p.scope[STEP]
    for form in ("t - 1", "t + 1", "1"):
        yield f"with {form} in place of t", _changed(p, {t: _read(p, form)}), False


def _left_out(p: Program) -> Iterator[Candidate]:
    """A factor ``1 - b**t``, or ``1 - b``, that is missing everywhere, or has no power; one constant for another."""
    g = p.graph
    found = {
        n: None
        for _, node in p.nodes
        for n in topological([node])
        if n.op == "sub" and n.args[0].op == "const" and n.args[0].attr == 1
    }
    for n in found:
        text = reader.to_text(n)
        yield f"without {text}", _changed(p, {n: g.one}), False
        if n.args[1].op == "pow":
            yield (
                f"{reader.to_text(g.sub(g.one, n.args[1].args[0]))} in place of {text}",
                _changed(p, {n: g.sub(g.one, n.args[1].args[0])}),
                False,
            )
        yield f"the root of {text} in its place", _changed(p, {n: g.call("sqrt", n)}), False
    corrections = {n: g.one for n in found if n.args[1].op == "pow"}
    if len(corrections) > 1:
        yield "without bias correction", _changed(p, corrections), False
    names = _constants(p)
    for a, b in itertools.combinations(names, 2):
        both = {p.scope[a]: p.scope[b], p.scope[b]: p.scope[a]}
        yield f"{a} and {b} are exchanged", _changed(p, both), False
    for a, b in itertools.permutations(names, 2):
        yield f"{b} in place of {a}", _changed(p, {p.scope[a]: p.scope[b]}), False
    gradient = p.scope[GRADIENT]
    yield "the gradient with the other sign", _changed(p, {gradient: g.neg(gradient)}), False
    yield "with abs(g) in place of g", _changed(p, {gradient: g.call("abs", gradient)}), False


def _tops(p: Program) -> Iterator[Candidate]:
    """A greatest value so far of the corrected average, where the formula takes it of the average and corrects it, and the
    other way round."""
    g = p.graph
    for k, (name, node) in enumerate(p.nodes):
        if node.op != "max":
            continue
        state = p.scope[name]
        inner = next((a for a in node.args if a != state), None)
        if inner is None:
            continue
        for other, (_, user) in enumerate(p.nodes):
            for n in topological([user]):
                if n.op == "div" and n.args[0] == state:
                    updates = list(p.nodes)
                    updates[other] = (updates[other][0], substitute_all([user], {n: state})[0])
                    updates[k] = (name, g.call("max", state, g.div(inner, n.args[1])))
                    made = p.with_nodes(updates)
                    yield f"the greatest of the corrected values: {_told(made, k)}", made, False
        if inner.op == "div":
            updates = [
                (n, substitute_all([u], {state: g.div(state, inner.args[1])})[0] if i > k else u)
                for i, (n, u) in enumerate(p.nodes)
            ]
            updates[k] = (name, g.call("max", state, inner.args[0]))
            made = p.with_nodes(updates)
            yield f"the greatest of the values before correction: {_told(made, k)}", made, False
        yield f"without the greatest so far: {name} = {reader.to_text(inner)}", _but(p, k, inner), False


def _orders(p: Program) -> Iterator[Candidate]:
    """An update made before another, so that it has the state of the step before."""
    for k, j in itertools.permutations(range(len(p.nodes)), 2):
        updates = list(p.nodes)
        updates.insert(j, updates.pop(k))
        made = p.with_nodes(updates)
        if all(_known(made, i) for i in range(len(updates))):
            yield f"{p.nodes[k][0]} is changed {'before' if j < k else 'after'} {p.nodes[j][0]}", made, False


def _known(p: Program, i: int) -> bool:
    """Whether the i-th update speaks only of what is there in the first step."""
    there = {PARAMETER, GRADIENT, STEP, *p.constants, *p.starts, *(n for n, _ in p.nodes[:i])}
    return all(str(n.attr) in there for n in topological([p.nodes[i][1]]) if n.op == "symbol")


def _starts(p: Program) -> Iterator[Candidate]:
    """A state that starts elsewhere; a first step that is like the others."""
    g = p.graph
    for name in p.starts:
        for value in (g.zero, g.one):
            if p.starts[name] != value:
                yield (
                    f"{name} starts at {reader.to_text(value)}",
                    p.with_nodes(p.nodes, {**p.starts, name: value}),
                    False,
                )
    for k, (name, node) in enumerate(p.nodes):
        for n in topological([node]):
            if n.op == "where":
                for branch in n.args[1:]:
                    made = _but(p, k, substitute_all([node], {n: branch})[0])
                    yield _told(made, k), made, False
        if (
            name in p.starts
            and p.starts[name] == g.zero
            and any(s.op == "symbol" and s.attr == name for s in topological([node]))
        ):
            first = g.call("where", g.call("eq", p.scope[STEP], g.one), p.scope[GRADIENT], node)
            yield f"{name} is g in the first step", _but(p, k, first), False


def _exchanged(p: Program) -> Iterator[Candidate]:
    """One name for another at one place, an occurrence of a state or gradient left out."""
    g = p.graph
    names = list(p.scope.values())
    for k, (_, node) in enumerate(p.nodes):
        for n in topological([node]):
            if n.op != "symbol":
                continue
            for other in names:
                if other != n:
                    made = _but(p, k, substitute_all([node], {n: other})[0])
                    if _known(made, k):
                        yield _told(made, k), made, False
            for value in (g.zero, g.one, g.neg(n), g.call("abs", n), g.pow(n, g.const(2))):
                made = _but(p, k, substitute_all([node], {n: value})[0])
                yield _told(made, k), made, False


def _slipped(p: Program) -> Iterator[Candidate]:
    """One step of the table of slips, at any one place."""
    from derive.repair.slips import SLIPS, Pool
    from derive.repair.spots import spots

    scalars = tuple(p.scope.values())
    pool = Pool(scalars, scalars)
    for k, (_, node) in enumerate(p.nodes):
        seen = {node}
        for spot in spots(node, 40):
            if spot.node.op in ("mul", "div"):  # a factor that is missing
                for a in spot.node.args:
                    seen_by = spot.replaced(a)
                    if seen_by not in seen:
                        seen.add(seen_by)
                        made = _but(p, k, seen_by)
                        yield _told(made, k), made, False
        for _, maker in SLIPS:
            for spot in spots(node, 40):
                for new in _safely(maker, spot, pool):
                    if new.shape != spot.node.shape:
                        continue
                    mended = spot.replaced(new)
                    if mended in seen:
                        continue
                    seen.add(mended)
                    made = _but(p, k, mended)
                    yield _told(made, k), made, False


def _safely(maker: Callable[..., Iterator[Node]], *at: Any) -> Iterator[Node]:
    try:
        yield from maker(*at)
    except (ExpressionError, ValueError, ArithmeticError):
        return
