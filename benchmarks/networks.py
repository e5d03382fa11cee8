"""The networks that the benchmarks measure on, for any library whose scalars know + - * and a few functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

Functions = dict[str, Callable[[Any], Any]]
Symbol = Callable[[str], Any]
ACTIVATIONS = ("relu", "tanh", "sigmoid")


class Network(NamedTuple):
    """A squared error, its parameters, and everything that it depends on."""

    loss: Any
    parameters: list[Any]
    inputs: list[Any]


def chain(layers: int, symbol: Symbol, functions: Functions) -> Network:
    """Layers of one unit, a = activation(w a + b): ReLU, tanh, sigmoid in turn."""
    x, y = symbol("x"), symbol("y")
    parameters, a = [], x
    for k in range(layers):
        w, b = symbol(f"w{k}"), symbol(f"b{k}")
        parameters += [w, b]
        a = functions[ACTIVATIONS[k % 3]](w * a + b)
    return Network((a - y) * (a - y) / 2, parameters, [x, y, *parameters])


def mlp(sizes: Sequence[int], symbol: Symbol, functions: Functions) -> Network:
    """Fully connected layers, written out in scalars: ReLU, tanh, sigmoid in turn."""
    xs, y = [symbol(f"x{i}") for i in range(sizes[0])], symbol("y")
    parameters, a = [], xs
    for k, (before, after) in enumerate(pairwise(sizes)):
        rows = []
        for i in range(after):
            z = symbol(f"b{k}_{i}")
            parameters.append(z)
            for j in range(before):
                w = symbol(f"w{k}_{i}_{j}")
                parameters.append(w)
                z = z + w * a[j]
            rows.append(functions[ACTIVATIONS[k % 3]](z))
        a = rows
    return Network((a[0] - y) * (a[0] - y) / 2, parameters, [*xs, y, *parameters])
