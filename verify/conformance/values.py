"""What a case's quantities are at the document's own inputs: exactly, and as NumPy and Torch compute them in float64.

They are the numbers that claims print, and what the case derives: what the tables of reports set side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from derive.expr import shapes
from derive.expr.graph import Node, topological
from derive.language.reader import to_text
from derive.numbers.balls import evaluate_all
from verify.casefile.derived import told
from verify.casefile.model import Case
from verify.claims.context import CaseContext
from verify.decimals import show
from verify.results import Value


def values(case: Case) -> list[Value]:
    """What each quantity is, once, in the order of the case.

    Left out is what is 0 by its form, what has no value, and what an input that the document does not give goes into.
    """
    context = CaseContext(case)
    claimed = [entry for c in case.claims if c.of is not None for entry in _entries(c.of)]
    found: dict[str, Value] = {}
    for nodes in (claimed, *(told(d.node) for d in case.derivations)):
        for value in _table(context, nodes):
            found.setdefault(value.of, value)
    return list(found.values())


def _entries(node: Node) -> list[Node]:
    return [node.graph.index(node, i) for i in shapes.indices(node.shape)] if node.shape else [node]


def _table(context: CaseContext, nodes: Sequence[Node]) -> Iterator[Value]:
    """The values of some quantities; each backend compiles them together."""
    context.lay_out(nodes)
    laid = {n: e for n in nodes if (e := _entry(context, n)) is not None}
    outputs = list(dict.fromkeys(laid.values()))
    numpy, torch = (dict(zip(outputs, _run(context, by, outputs), strict=True)) for by in (_numpy, _torch))
    exact = evaluate_all(outputs, context.given)
    where = {"document": context.case.document, "case": context.case.name}
    for n, e in laid.items():
        if not isinstance(exact[e], Exception | bool):
            yield Value(**where, of=to_text(n), exact=show(exact[e]), numpy=numpy[e], torch=torch[e])


def _entry(context: CaseContext, node: Node) -> Node | None:
    """The expression with its derivatives worked out; None where that is 0, or can't be computed from what is given."""
    try:
        (entry,) = context.entries(node)
    except ValueError:  # no derivative, or not a scalar
        return None
    is_zero = entry.op == "const" and entry.attr == 0
    return None if is_zero or context.not_given(entry) else entry


def _run(context: CaseContext, backend: Callable[..., Any], outputs: Sequence[Node]) -> list[str | None]:
    """What a backend computes, as text that reads back exactly; nothing where it can't, or is not installed."""
    if not outputs:
        return []
    needed = set(topological(outputs))
    inputs = [n for n in context.given if n in needed]
    point = [float(context.given[n]) for n in inputs]
    try:
        return [repr(float(v)) for v in backend(outputs, inputs, point)]
    except (ValueError, ArithmeticError, NotImplementedError, ImportError):
        return [None] * len(outputs)


def _numpy(outputs: Sequence[Node], inputs: Sequence[Node], point: Sequence[float]) -> Sequence[Any]:
    from verify.backends.numpy_source import compile_numpy

    return compile_numpy(outputs, inputs)(*point)


def _torch(outputs: Sequence[Node], inputs: Sequence[Node], point: Sequence[float]) -> Sequence[Any]:
    import torch

    from verify.backends.torch_source import compile_torch

    return compile_torch(outputs, inputs)(*(torch.tensor(x, dtype=torch.float64) for x in point))
