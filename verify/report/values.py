"""The values of a case's expressions at the document's inputs: exact, in NumPy and in Torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from derive.expr.graph import Node, topological
from verify.casefile.model import Case
from verify.claims.bench import Bench
from verify.extras import installed


@dataclass(frozen=True, slots=True)
class Value:
    """``exact`` in decimal (25 digits, or all it has); None where there is no value, or a backend can't say one."""

    exact: str | None = None
    numpy: float | None = None
    torch: float | None = None


class Values:
    """All values of a case; ``of`` several expressions at once, as each backend compiles them together."""

    def __init__(self, case: Case) -> None:
        self.bench = Bench(case)
        try:
            self.known = self.bench.known is not None
        except (ValueError, ArithmeticError, NotImplementedError):  # a recovery that can't be made; its claim says why
            self.known = False

    def of(self, nodes: Sequence[Node]) -> list[Value]:
        """The value of each scalar expression (derivatives are worked out here)."""
        if not self.known:
            return [Value()] * len(nodes)
        self.bench.lay_out(nodes)
        entries = [self._entry(n) for n in nodes]
        ready = [e for e in entries if e is not None and not self.bench.not_given(e)]
        numpy = dict(zip(ready, self._run(_numpy, ready), strict=True))
        torch = dict(zip(ready, self._run(_torch, ready if installed("torch") else ()), strict=False))
        exact = {e: self._exact(e) for e in ready}
        return [Value() if e is None or e not in exact else Value(exact[e], numpy[e], torch.get(e)) for e in entries]

    def is_zero(self, node: Node) -> bool:
        """Whether the expression is 0 by its form, whatever the inputs."""
        entry = self._entry(node)
        return entry is not None and entry.op == "const" and entry.attr == 0

    def _entry(self, node: Node) -> Node | None:
        try:
            (entry,) = self.bench.entries(node)
        except ValueError:  # no derivative, or not a scalar
            return None
        return entry

    def _exact(self, entry: Node) -> str | None:
        from verify.decimals import show

        value = self.bench.value(entry)
        return None if isinstance(value, Exception | bool) else show(value)

    def _run(self, backend: Callable[..., Any], outputs: Sequence[Node]) -> list[float | None]:
        if not outputs:
            return []
        needed = set(topological(outputs))
        inputs = [n for n in self.bench.given if n in needed]
        values = [float(self.bench.given[n]) for n in inputs]
        try:
            return [float(v) for v in backend(outputs, inputs, values)]
        except (ValueError, ArithmeticError, NotImplementedError):
            return [None] * len(outputs)


def _numpy(outputs: Sequence[Node], inputs: Sequence[Node], values: Sequence[float]) -> Sequence[Any]:
    from verify.backends.numpy_source import compile_numpy

    return compile_numpy(outputs, inputs)(*values)


def _torch(outputs: Sequence[Node], inputs: Sequence[Node], values: Sequence[float]) -> Sequence[Any]:
    import torch

    from verify.backends.torch_source import compile_torch

    return compile_torch(outputs, inputs)(*(torch.tensor(v, dtype=torch.float64) for v in values))
