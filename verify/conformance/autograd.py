"""Derivatives as a case writes them, computed by Torch autograd on tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derive.expr import shapes
from derive.expr.graph import Node, free_symbols, topological

Tensor = Any


def leaves(symbols: Sequence[Node], point: Sequence[float]) -> list[Tensor]:
    """Float64 leaf tensors in the symbols' shapes, their entries laid end to end in ``point``."""
    import torch

    made, start = [], 0
    for s in symbols:
        stop = start + shapes.size(s.shape)
        made.append(torch.tensor(point[start:stop], dtype=torch.float64).reshape(s.shape).requires_grad_())
        start = stop
    return made


def constants(wanted: Sequence[Node]) -> dict[Node, Tensor]:
    """Leaf tensors for the definitions among the nodes that depend on no symbol.

    Nothing else would make Torch differentiate by them. One that is defined by another is no leaf.
    """
    from verify.backends.torch_source import compile_torch

    fixed = {n for n in wanted if n.op == "def" and not free_symbols([n])}
    lowest = [n for n in fixed if not any(m in fixed for m in topological(n.args))]
    return {n: compile_torch([n], [])()[0].detach().requires_grad_() for n in sorted(lowest, key=lambda n: n.id)}


def slopes(y: Tensor, by: Sequence[Tensor]) -> list[Tensor]:
    """dy/dx of a scalar tensor for each tensor, differentiable once more; zeros where y does not depend on it."""
    import torch

    if not y.requires_grad:
        return [torch.zeros_like(x) for x in by]
    found = torch.autograd.grad(y, list(by), create_graph=True, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for g, x in zip(found, by, strict=True)]


def along(first: Sequence[Tensor], directions: Sequence[Tensor], by: Sequence[Tensor]) -> list[Tensor]:
    """A Hessian-vector product by double backward: the slopes of <first, directions>."""
    import torch

    total = torch.stack([(s * u).sum() for s, u in zip(first, directions, strict=True)]).sum()
    return slopes(total, by)


def bases(derivative: Node) -> list[Node]:
    """The symbols and definitions that a ``d``, ``hessian`` or ``hvp`` node differentiates by."""
    variables = derivative.args[2 if derivative.op == "hvp" else 1 :]
    return [v.args[0] if v.op == "index" else v for v in variables]


def derivative(n: Node, y: Tensor, by: Sequence[Tensor], direction: Tensor | None = None) -> Tensor:
    """The value of a ``d``, ``hessian`` or ``hvp`` node, where its function is ``y`` and its bases are ``by``."""
    import torch

    variables = n.args[len(n.args) - len(by) :]

    def row(scalar: Tensor) -> Tensor:
        """The entries of d(scalar)/d(variables), end to end."""
        found = slopes(scalar, by)
        parts = [s[v.attr] if v.op == "index" else s for s, v in zip(found, variables, strict=True)]
        return torch.cat([p.reshape(-1) for p in parts])

    if n.op == "d":
        rows = [row(e) for e in y.reshape(-1)]
    elif direction is None:
        rows = [row(e) for e in row(y)]
    else:
        rows = [row(row(y) @ direction.detach().reshape(-1))]
    return torch.cat(rows).reshape(n.shape)
