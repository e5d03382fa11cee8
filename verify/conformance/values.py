"""What the backends compute at the document's own point, for the tables that set them side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derive.calculus.reverse import expand
from derive.errors import ExpressionError
from derive.expr.graph import Node, free_symbols
from derive.expr.operators import DERIVATIVES
from derive.language.components import components
from verify.casefile.model import Case
from verify.conformance import autograd

BACKENDS = ("numpy", "torch")


def evaluate_case(
    case: Case, nodes: Sequence[Node], backend: str, known: Mapping[Node, Any] | None = None
) -> list[float | None]:
    """The backend's value of each scalar node where symbols have the document's values.

    NumPy computes the derived expression. Torch computes the definitions and differentiates them by autograd
    where a node is a derivative. None where a symbol has no value, or the backend has no way to the node.
    ``known`` (entries of symbols to numbers) overrides the case's values, for inputs that were recovered.
    """
    point = _point(case) | {n: _float(v) for n, v in (known or {}).items()}
    have = [n for n in nodes if all(e in point for s in free_symbols([n]) for e in components(s))]
    compute = {"numpy": _numpy, "torch": _torch}[backend]
    found = compute(have, point)
    return [found.get(n) for n in nodes]


def _point(case: Case) -> dict[Node, float]:
    return {
        e: float(v)
        for s in case.symbols.values()
        if s.values is not None
        for e, v in zip(components(s.node), s.values, strict=True)
    }


def _float(value: Any) -> float:
    """A float of a Fraction, an fmpq or a number."""
    return int(value.p) / int(value.q) if hasattr(value, "q") else float(value)


def _numpy(nodes: Sequence[Node], point: Mapping[Node, float]) -> dict[Node, float]:
    from verify.backends.numpy_source import compile_numpy

    entries: dict[Node, Node] = {}
    for n in nodes:
        try:
            entries[n] = components(expand(n))[0]
        except ExpressionError:
            continue
    program = compile_numpy(list(entries.values()), list(point))
    return {n: float(v) for n, v in zip(entries, program(*point.values()), strict=True)}


def _torch(nodes: Sequence[Node], point: Mapping[Node, float]) -> dict[Node, float]:
    values = _Autograd(point)
    found = {}
    for n in nodes:
        try:
            found[n] = float(values.value(n).detach())
        except (ExpressionError, NotImplementedError):
            continue
    return found


class _Autograd:
    """Values of nodes by Torch; a derivative in them by autograd on what it differentiates."""

    def __init__(self, point: Mapping[Node, float]) -> None:
        self.point = point
        self._values: dict[Node, Any] = {}

    def value(self, n: Node) -> Any:
        """The tensor of a node."""
        if n not in self._values:
            self._values[n] = self._derivative(n) if n.op in DERIVATIVES else self._plain(n)
        return self._values[n]

    def _plain(self, n: Node) -> Any:
        inner = _outermost(n)
        tensors = [self.value(d).detach() for d in inner]
        (made,) = self._run([n], inner, tensors)
        return made

    def _run(self, outputs: Sequence[Node], inner: Sequence[Node] = (), tensors: Sequence[Any] = ()) -> tuple[Any, ...]:
        from verify.backends.torch_source import compile_torch

        symbols = [s for s in free_symbols(outputs) if all(e in self.point for e in components(s))]
        leaves = autograd.leaves(symbols, [self.point[e] for s in symbols for e in components(s)])
        given = dict(zip([*symbols, *inner], [*leaves, *tensors], strict=True)) | autograd.constants(outputs)
        return compile_torch(outputs, list(given))(*given.values())

    def _derivative(self, n: Node) -> Any:
        f = n.args[0]
        if _outermost(f):
            return self._plain(expand(n))  # a derivative of a derivative: by the derived expression
        direction = self.value(n.args[1]) if n.op == "hvp" else None
        y, *by = self._run([f, *autograd.bases(n)])  # symbols and definitions come back as what f is made of
        return autograd.derivative(n, y, by, direction)


def _outermost(root: Node) -> list[Node]:
    """The derivatives in an expression that are reached without passing through another."""
    seen: set[Node] = set()
    work = [root]
    while work:
        n = work.pop()
        if n not in seen:
            seen.add(n)
            if n.op not in DERIVATIVES:
                work.extend(n.args)
    return sorted((n for n in seen if n.op in DERIVATIVES), key=lambda n: n.id)
