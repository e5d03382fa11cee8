"""Optimizers: the recurrence of a document or paper, step by step in balls, against what torch.optim and optax do.

A recurrence gives the start of each state and how a step changes them, in order, each with the values just made: ``g`` is
the gradient, ``w`` the parameter, ``t`` the number of the step from 1. It is meant entry by entry. The gradients are a
fixed series, so that one step's error is not the next step's input.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb, fmpq

from derive import language
from derive.components import components
from derive.enclose import precision, value_of
from derive.errors import ExpressionError
from derive.graph import Graph, Node, substitute_all, topological
from verify.conform.formats import FORMATS, Array, Format
from verify.conform.frameworks import Raised
from verify.conform.outcome import Conformance, Outcome
from verify.conform.truth import pair

STEPS = 50
DTYPES = ("float64", "float32", "float16", "bfloat16")
BITS = 192  # of the balls; 50 steps widen them by far less
PARAMETER, GRADIENT, STEP = "w", "g", "t"
SIZES = (1, 35)  # entries: a single one; full registers and a tail
ULPS = 4.0  # a step, of the parameter and of what is added to it


@dataclass(frozen=True)
class Recurrence:
    """``starts`` of the states by name, ``updates`` in order; ``constants`` are the values of the other names, exactly."""

    starts: Mapping[str, str]
    updates: Sequence[tuple[str, str]]
    constants: Mapping[str, Fraction]

    @cached_property
    def graph(self) -> Graph:
        return Graph()

    @cached_property
    def names(self) -> dict[str, Node]:
        known = [PARAMETER, GRADIENT, STEP, *self.starts, *self.constants]
        return {n: self.graph.symbol(n) for n in dict.fromkeys(known)}

    @cached_property
    def nodes(self) -> list[tuple[str, Node]]:
        """The updates as nodes. Raises ExpressionError, with the column in the update that is at fault."""
        found, scope = [], dict(self.names)
        for name, text in self.updates:
            if name not in scope:
                scope[name] = self.graph.symbol(name)  # a quantity of the step, such as mhat
            found.append((name, components(language.parse(text, scope, self.graph))[0]))
        if not any(name == PARAMETER for name, _ in found):
            raise ExpressionError(f"no update says what becomes of the parameter '{PARAMETER}'")
        return found

    @property
    def text(self) -> str:
        return "; ".join(f"{n} = {t}" for n, t in self.updates)

    def run(self, start: float, gradients: Sequence[float]) -> list[tuple[float, float, float]]:
        """The parameter after each step as ``high + low``, with the sum of the sizes of its changes so far.

        Raises ExpressionError where a step has no value.
        """
        scope = dict(self.names)
        for name, _ in self.nodes:
            scope.setdefault(name, self.graph.symbol(name))
        values: dict[Node, Any] = {scope[n]: fmpq(v.numerator, v.denominator) for n, v in self.constants.items()}
        found = []
        with precision(BITS):
            values[scope[PARAMETER]] = w = fmpq(*start.as_integer_ratio())
            for name, text in self.starts.items():
                values[scope[name]] = self._value(components(language.parse(text, scope, self.graph))[0], values, name)
            moved = 0.0
            for t, g in enumerate(gradients, 1):
                values[scope[GRADIENT]] = fmpq(*g.as_integer_ratio())
                values[scope[STEP]] = fmpq(t)
                for name, node in self.nodes:
                    values[scope[name]] = self._value(node, values, name)
                new = values[scope[PARAMETER]]
                moved += abs(float(arb(new) - arb(w)))
                w = new
                found.append((*pair(new), moved))
        return found

    def _value(self, node: Node, values: Mapping[Node, Any], name: str) -> Any:
        done = dict(values)
        for n in topological([node]):
            if n in done:
                continue
            if n.op == "symbol":
                raise ExpressionError(f"'{n.attr}' has no value where '{name}' is computed")
            done[n] = (
                fmpq(n.attr.numerator, n.attr.denominator)
                if n.op == "const"
                else value_of(n, [done[a] for a in n.args])
            )
            if isinstance(done[n], Exception):
                raise ExpressionError(f"'{name}' has no value: {done[n]}")
        return done[node]

    def with_updates(self, updates: Sequence[tuple[str, str]]) -> Recurrence:
        return Recurrence(self.starts, tuple(updates), self.constants)


@dataclass(frozen=True)
class OptimizerPath:
    """How an optimizer is run: further keywords of its constructor, the default dtype, and what that is called."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    default: str = "float32"


#: The ways of torch.optim, as far as an optimizer has them.
TORCH_PATHS = (
    OptimizerPath("for-loop", {"foreach": False}),
    OptimizerPath("foreach", {"foreach": True}),
    OptimizerPath("fused", {"fused": True}),
    OptimizerPath("for-loop, default float64", {"foreach": False}, "float64"),
)


def gradients(size: int, steps: int, fmt: Format, seed: int = 0) -> Array:
    """A fixed series of gradients, a row a step: of moderate and of very different sizes, with zeros and changing signs."""
    rng = np.random.default_rng(seed)
    scale = 10.0 ** np.linspace(-3.0, 1.0, size)
    made = rng.uniform(-1.0, 1.0, (steps, size)) * scale
    made[3::7, ::5] = 0.0
    return fmt.rounded(made)


def conform_optimizer(
    make: Callable[..., Any],
    recurrence: Recurrence,
    options: Mapping[str, Any] | None = None,
    *,
    name: str = "",
    dtypes: Sequence[str] = DTYPES,
    steps: int = STEPS,
    seed: int = 0,
) -> Conformance:
    """Compares a class of torch.optim.Optimizer, or a function that makes an optax transformation, with a recurrence.

    Every path and dtype is run for so many steps on 1 and 35 entries; the first step after which an entry is off is told.
    Raises ExpressionError for a recurrence that makes no sense.
    """
    options = dict(options or {})
    outcomes: list[Outcome] = []
    runner = _torch_steps if _is_torch(make) else _optax_steps
    paths = TORCH_PATHS if runner is _torch_steps else (OptimizerPath("update"),)
    for fmt in (FORMATS[d] for d in dtypes):
        given = {n: gradients(n, steps, fmt, seed) for n in SIZES}
        starts = {n: fmt.rounded(np.linspace(-1.0, 2.0, n)) for n in SIZES}
        exact = {
            n: [recurrence.run(float(w), g.tolist()) for w, g in zip(starts[n], given[n].T, strict=True)] for n in SIZES
        }
        for path in paths:
            found = None
            for n in SIZES:
                made = _path(make, runner, path, options, fmt, starts[n], given[n], exact[n])
                if found is None or made.verdict == "deviates" or found.verdict == "undecided":
                    found = made
                if found.verdict == "deviates":
                    break
            if found is not None:
                outcomes.append(found)
    title = name or f"{make.__module__}.{make.__qualname__}"
    found_all = Conformance(title, recurrence.text, "torch" if runner is _torch_steps else "optax", tuple(outcomes))
    return _explained(found_all, make, runner, paths[0], options, recurrence, steps, seed)


def _is_torch(make: Any) -> bool:
    import sys

    torch = sys.modules.get("torch")
    return torch is not None and isinstance(make, type) and issubclass(make, torch.optim.Optimizer)


def _path(
    make: Callable[..., Any],
    run: Callable[..., Iterator[Array]],
    path: OptimizerPath,
    options: Mapping[str, Any],
    fmt: Format,
    start: Array,
    given: Array,
    exact: Sequence[Sequence[tuple[float, float, float]]],
) -> Outcome:
    outcome = Outcome("value", path.name, fmt.name, "undecided", 0)
    worst: tuple[float, int, int, float] | None = None
    off = 0
    try:
        for t, w in enumerate(run(make, path, options, fmt, start, given)):
            high = np.array([e[t][0] for e in exact])
            low = np.array([e[t][1] for e in exact])
            moved = np.array([e[t][2] for e in exact])
            error = np.abs((w - high) - low)
            # every step rounds the parameter, and what is added to it, whose own error grows with the averages it is made of
            size = np.maximum(np.abs(high), fmt.tiny)
            allowed = ULPS * fmt.epsilon * ((t + 1) * size + 2 * moved) + moved * fmt.epsilon * (8 + t / 2)
            over = ~(error <= allowed)
            off += int(over.sum())
            ratio = np.where(np.isfinite(error), error / allowed, np.inf)
            i = int(np.argmax(ratio))
            if over.any() and (worst is None or worst[0] <= 1.0):
                i = int(np.flatnonzero(over)[0])
                worst = (float(ratio[i]), t, i, float(w[i]))
            elif worst is None or (not over.any() and worst[0] <= 1.0 and ratio[i] > worst[0]):
                worst = (float(ratio[i]), t, i, float(w[i]))
    except Raised as why:
        return replace(outcome, note=str(why))
    if worst is None:
        return outcome
    beyond, t, i, got = worst
    value = exact[i][t][0]
    return replace(
        outcome,
        verdict="deviates" if beyond > 1.0 else "conforms",
        kind="wrong formula" if beyond > 1.0 else "",
        points=given.size,
        worst={"step": float(t + 1), "entry": float(i), "entries": float(len(start))},
        exact=repr(value),
        computed=repr(got),
        ulps=float(fmt.ulps(got, value)),
        relative=abs(got - value) / abs(value) if value else float("inf"),
        share=off / given.size,
        note=f"first off after step {t + 1}, entry {i} of {len(start)}" if beyond > 1.0 else "",
    )


@contextmanager
def _default_dtype(name: str) -> Iterator[None]:
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, name))
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def _torch_steps(
    make: Callable[..., Any], path: OptimizerPath, options: Mapping[str, Any], fmt: Format, start: Array, given: Array
) -> Iterator[Array]:
    """The parameter after each step. Raises Raised where the optimizer has no such path or refuses."""
    import torch

    dtype = getattr(torch, fmt.name)
    with _default_dtype(path.default):
        w = torch.nn.Parameter(torch.tensor(start, dtype=dtype))
        try:
            optimizer = make([w], **options, **path.options)
        except (TypeError, ValueError, RuntimeError) as why:
            raise Raised(f"{type(why).__name__}: {' '.join(str(why).split())[:160]}") from None
    for row in given:
        with _default_dtype(path.default):
            w.grad = torch.tensor(row, dtype=dtype)
            try:
                optimizer.step()
            except Exception as why:
                raise Raised(f"{type(why).__name__}: {' '.join(str(why).split())[:160]}") from None
        yield w.detach().to(torch.float64).numpy().copy()


def _optax_steps(
    make: Callable[..., Any], path: OptimizerPath, options: Mapping[str, Any], fmt: Format, start: Array, given: Array
) -> Iterator[Array]:
    import jax

    if fmt.name == "float64":
        jax.config.update("jax_enable_x64", True)
    transformation: Any = make(**options)
    w: Any = jax.numpy.asarray(start).astype(fmt.name)
    state = transformation.init(w)
    for row in given:
        try:
            update, state = transformation.update(jax.numpy.asarray(row).astype(fmt.name), state, w)
        except Exception as why:
            raise Raised(f"{type(why).__name__}: {' '.join(str(why).split())[:160]}") from None
        w = w + update
        yield np.asarray(w.astype("float32") if fmt.name == "bfloat16" else w).astype(np.float64)


# -- what it does instead ---------------------------------------------------------------------------------

EXPLAINED_STEPS = 6  # steps on which a candidate has to agree


def _explained(
    found: Conformance,
    make: Callable[..., Any],
    run: Callable[..., Iterator[Array]],
    path: OptimizerPath,
    options: Mapping[str, Any],
    recurrence: Recurrence,
    steps: int,
    seed: int,
) -> Conformance:
    """With the reparametrisation or the one slip under which the recurrence gives what the optimizer does, in float64."""
    fmt = FORMATS["float64"]
    first = next((o for o in found.outcomes if o.dtype == "float64" and o.mode == path.name), None)
    if first is None or first.verdict != "deviates" or first.relative < 1e-12:
        return found
    given, start = gradients(5, EXPLAINED_STEPS, fmt, seed), fmt.rounded(np.linspace(-1.0, 2.0, 5))
    given[given == 0.0] = 0.125
    try:
        made = list(run(make, path, options, fmt, start, given))
    except Raised:
        return found
    for words, candidate, conventional in _candidates(recurrence):
        try:
            same = all(
                abs(row[t][0] - made[t][i]) <= 1e-12 * (abs(row[t][0]) + row[t][2])
                for i in range(len(start))
                for row in [candidate.run(float(start[i]), given[:, i].tolist())]
                for t in range(EXPLAINED_STEPS)
            )
        except (ExpressionError, ArithmeticError, ValueError, KeyError):
            continue
        if not same:
            continue
        if conventional:
            outcomes = tuple(
                replace(o, verdict="convention", note=words) if o.verdict == "deviates" else o for o in found.outcomes
            )
            return replace(found, outcomes=outcomes, convention=words)
        return replace(found, repair=words)
    return found


def _candidates(recurrence: Recurrence) -> Iterator[tuple[str, Recurrence, bool]]:
    """Recurrences that an optimizer may compute instead, with their words, and whether that is a convention."""
    yield from _reparametrised(recurrence)
    yield from _slipped(recurrence)


def _reparametrised(recurrence: Recurrence) -> Iterator[tuple[str, Recurrence, bool]]:
    """A constant in terms of the others: lr in place of lr*(1 - beta), and so on, in every update."""
    names = list(recurrence.constants)
    for name, other in itertools.product(names, names):
        forms = (
            [f"{name}*(1 - {other})", f"{name}/(1 - {other})", f"{name}*{other}", f"{name}/{other}"]
            if name != other
            else []
        )
        forms += (
            [f"1 - {name}", f"{name}*2", f"{name}/2", f"sqrt({name})", f"{name}**2", f"-{name}"]
            if name == other
            else []
        )
        for form in forms:
            scope = dict(recurrence.names)
            for n, _ in recurrence.nodes:
                scope.setdefault(n, recurrence.graph.symbol(n))
            new = language.parse(form, scope, recurrence.graph)
            changed = substitute_all([node for _, node in recurrence.nodes], {scope[name]: new})
            made = _with_nodes(recurrence, [n for n, _ in recurrence.nodes], changed)
            yield f"{name} here is {form} of the formula", made, True


def _slipped(recurrence: Recurrence) -> Iterator[tuple[str, Recurrence, bool]]:
    from derive.repair.slips import SLIPS, Pool
    from derive.repair.spots import spots

    names = [n for n, _ in recurrence.nodes]
    nodes = [node for _, node in recurrence.nodes]
    scalars = tuple(recurrence.names.values())
    for k, node in enumerate(nodes):
        seen = {node}
        for _, maker in SLIPS:
            for spot in spots(node, 40):
                try:
                    for new in maker(spot, Pool(scalars, scalars)):
                        mended = spot.replaced(new) if new.shape == spot.node.shape else node
                        if mended in seen:
                            continue
                        seen.add(mended)
                        text = language.to_text(mended)
                        yield (
                            f"{names[k]} = {text}",
                            _with_nodes(recurrence, names, [*nodes[:k], mended, *nodes[k + 1 :]]),
                            _moves_eps(node, mended),
                        )
                except (ExpressionError, ValueError, ArithmeticError):
                    continue


def _moves_eps(before: Node, after: Node) -> bool:
    """Whether the slip only moves a term into a root or out of it: eps inside or outside is a convention."""
    roots = [sum(n.op == "sqrt" for n in topological([x])) for x in (before, after)]
    return roots[0] == roots[1] > 0 and {n for n in topological([before]) if n.op == "symbol"} == {
        n for n in topological([after]) if n.op == "symbol"
    }


def _with_nodes(recurrence: Recurrence, names: Sequence[str], nodes: Sequence[Node]) -> Recurrence:
    made = recurrence.with_updates([(n, language.to_text(node)) for n, node in zip(names, nodes, strict=True)])
    made.__dict__["graph"] = recurrence.graph
    made.__dict__["names"] = recurrence.names
    made.__dict__["nodes"] = list(zip(names, nodes, strict=True))
    return made
