"""The implementations under test: an objective's value and derivatives in generated NumPy and by Torch autograd."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from derive import shapes
from derive.calculus import gradient, hvp
from derive.components import components, components_all
from derive.curvature import hessian
from derive.errors import ExpressionError
from derive.graph import Node, free_symbols
from derive.language import to_text
from verify.casefile.model import Case
from verify.conformance.measure import NUMPY_BITS, TORCH_BITS
from verify.conformance.objectives import Objective, fresh_symbol

Values = list[float]


@dataclass(frozen=True)
class Implementation:
    """Something that computes, at a point, the values of some subjects.

    ``truth`` has the exact scalar nodes of each subject, the function's value first; ``symbols`` what they depend
    on, in the order of the points; ``run(point)`` gives the implementation's floats, entry by entry, in the same
    order. ``missing`` says why a subject could not be derived.
    """

    backend: str
    bits: int
    symbols: tuple[Node, ...]
    truth: Mapping[str, Sequence[Node]]
    run: Callable[[Sequence[float]], Mapping[str, Values]]
    missing: Mapping[str, str] = field(default_factory=dict)


def numpy_implementation(case: Case, objective: Objective) -> Implementation:
    """Value, gradient and lower triangle of the Hessian in generated NumPy. Raises ExpressionError."""
    from verify.backends.numpy_source import compile_numpy

    o = objective
    truth: dict[str, list[Node]] = {_value(o): components(o.function)}
    truth[_gradient(o)] = _flat(gradient(o.scalar, o.variables))
    missing: dict[str, str] = {}
    second = f"hessian({o.by(o.symbols)})"
    try:
        table = hessian(components(o.scalar)[0], _flat(o.symbols))
        truth[second] = [n for _, n in sorted(table.items())] or [o.scalar.graph.zero]
    except ExpressionError as why:
        missing[second] = str(why)
    symbols = _inputs(case, truth)
    program = compile_numpy([n for nodes in truth.values() for n in nodes], _flat(symbols))

    def run(point: Sequence[float]) -> Mapping[str, Values]:
        found = iter(program(*point))
        return {subject: [float(next(found)) for _ in nodes] for subject, nodes in truth.items()}

    return Implementation("numpy", NUMPY_BITS, symbols, truth, run, missing)


def torch_implementation(case: Case, objective: Objective) -> Implementation:
    """Value, gradient (backward) and HVP (double backward) by Torch autograd on the document's own definitions.

    The truth is the derived gradient and HVP. Raises ExpressionError.
    """
    import torch

    from verify.backends.torch_source import compile_torch

    o = objective
    directions = [fresh_symbol(case, f"u_{to_text(v)}", v) for v in o.symbols]
    truth: dict[str, list[Node]] = {_value(o): components(o.function)}
    truth[_gradient(o)] = _flat(gradient(o.scalar, o.variables))
    product = f"hvp({o.by(o.symbols)}, u)"
    truth[product] = _flat(hvp(o.scalar, o.symbols, directions))
    extra = [*directions, *([o.weights] if o.weights is not None else [])]
    symbols = tuple(dict.fromkeys([*_inputs(case, truth), *o.symbols, *extra]))
    program = compile_torch([o.function, o.scalar, *o.variables, *directions], symbols)

    def run(point: Sequence[float]) -> Mapping[str, Values]:
        value, scalar, *rest = program(*tensors_of(symbols, point))
        wanted, us = rest[: len(o.variables)], rest[len(o.variables) :]
        slopes = slope(scalar, wanted)
        along = torch.stack([(s * u).sum() for s, u in zip(slopes, us, strict=False)]).sum()
        found = ([value], slopes, slope(along, wanted[: len(us)]))
        return {
            subject: [x for tensor in part for x in tensor.detach().reshape(-1).tolist()]
            for subject, part in zip(truth, found, strict=True)
        }

    return Implementation("torch", TORCH_BITS, symbols, truth, run)


def slope(y: Any, wanted: Sequence[Any]) -> list[Any]:
    """dy/dx of a scalar tensor for each tensor, differentiable once more; zeros where y does not depend on it."""
    import torch

    if not y.requires_grad:
        return [torch.zeros_like(x) for x in wanted]
    found = torch.autograd.grad(y, list(wanted), create_graph=True, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for g, x in zip(found, wanted, strict=True)]


def tensors_of(symbols: Sequence[Node], point: Sequence[float]) -> list[Any]:
    """Float64 leaf tensors in the symbols' shapes, their entries laid end to end in ``point``."""
    import torch

    made, start = [], 0
    for s in symbols:
        stop = start + shapes.size(s.shape)
        made.append(torch.tensor(point[start:stop], dtype=torch.float64).reshape(s.shape).requires_grad_())
        start = stop
    return made


def _value(o: Objective) -> str:
    return to_text(o.function) if o.weights is not None else o.text


def _gradient(o: Objective) -> str:
    return f"grad({o.by(o.variables)})"


def _flat(nodes: Sequence[Node]) -> list[Node]:
    return [e for entries in components_all(nodes) for e in entries]


def _inputs(case: Case, truth: Mapping[str, Sequence[Node]]) -> tuple[Node, ...]:
    """The symbols below the truth: the case's in its order, then drawn ones."""
    free = free_symbols(n for nodes in truth.values() for n in nodes)
    order = {s.node: i for i, s in enumerate(case.symbols.values())}
    return tuple(sorted(free, key=lambda n: (order.get(n, len(order)), n.id)))
