"""The implementations under test: an objective's value and derivatives in generated NumPy and by Torch autograd."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from derive.calculus.reverse import expand, expand_all, gradient, hvp, second_derivatives
from derive.engine.matrices.tensor_level import work
from derive.errors import ExpressionError
from derive.expr import shapes
from derive.expr.graph import Node, free_symbols, topological
from derive.language.components import components, components_all
from derive.language.reader import to_text
from derive.records import dataclass
from verify.casefile.model import Case
from verify.conformance.measure import NUMPY_BITS, TORCH_BITS
from verify.conformance.objectives import Objective, fresh_symbol

MAX_WORK = 6_000  # products of entries in one value
MAX_SIDE = 60  # rows of a Hessian that is laid out
TORCH_POINTS = 20  # autograd takes a millisecond or two a point, whatever the function
Values = list[float]


@dataclass
class Implementation:
    """Something that computes, at a point, the values of some subjects.

    ``truth`` has the exact scalar nodes of each subject, the function's value first; ``symbols`` what they depend
    on, in the order of the points; ``run(points)`` gives the implementation's floats at each point, entry by entry,
    in the same order; ``most`` is the number of points that it is worth while to run. ``labels`` name entries where
    the subject does not, ``missing`` says why a subject could not be derived. ``normwise``: it factorizes matrices
    (see measure.bounds).
    """

    backend: str
    bits: int
    truth: dict[str, list[Node]]
    symbols: tuple[Node, ...] = ()
    run: Callable[[Sequence[Sequence[float]]], Sequence[Mapping[str, Values]]] = lambda points: []
    most: int = 1000
    labels: dict[str, list[str]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    normwise: bool = False

    def add(self, subject: str, nodes: Callable[[], Sequence[Node]]) -> str:
        """Takes up a subject, or tells why its truth can't be derived."""
        try:
            self.truth[subject] = _flat(nodes())
        except ExpressionError as why:
            self.missing[subject] = str(why)
        return subject

    def add_others(self, derivatives: Sequence[Node]) -> tuple[str, list[Node]]:
        """Takes up the derivatives that the case writes beside, as one subject, and which of them could be derived."""
        known, entries, labels = [], [], []
        for n in derivatives:
            try:
                found = components(expand(n))
            except ExpressionError as why:
                self.missing[to_text(n)] = str(why)
                continue
            known.append(n)
            entries += found
            labels += [to_text(n)] * len(found)
        more = f" and {len(known) - 2} more" if len(known) > 2 else ""
        subject = ", ".join(map(to_text, known[:2])) + more
        if known:
            self.truth[subject], self.labels[subject] = entries, labels
        return subject, known


def numpy_implementation(case: Case, o: Objective) -> Implementation:
    """Value, gradient and lower triangle of the Hessian in generated NumPy."""
    from verify.backends.numpy_source import compile_numpy

    _bounded(o)
    made = Implementation("numpy", NUMPY_BITS, {o.text: components(o.function)})
    made.add(f"grad({o.by})", lambda: gradient(o.scalar, o.symbols))
    made.add(f"hessian({o.by})", lambda: _triangle(o))
    made.add_others(o.others)
    outputs = _all(made.truth)
    made.symbols = _inputs(case, outputs)
    program = compile_numpy(outputs, _flat(made.symbols))

    def run(points: Sequence[Sequence[float]]) -> list[Mapping[str, Values]]:
        """All points in one call."""
        import numpy as np

        columns = np.array(points, np.float64).reshape(len(points), -1).T
        found = [np.broadcast_to(r, (len(points),)).tolist() for r in program(*columns)]
        done: list[Mapping[str, Values]] = []
        for row in zip(*found, strict=True):
            entries = iter(row)
            done.append({subject: [next(entries) for _ in nodes] for subject, nodes in made.truth.items()})
        return done

    made.run = run
    return made


def _bounded(o: Objective) -> None:
    """Raises ExpressionError where the truth, entry by entry, would be too long to evaluate at many points."""
    order = topological([o.scalar])
    count = work(order) + sum(n.args[0].shape[-1] ** 3 for n in order if n.op in ("det", "inv", "solve"))
    if count > MAX_WORK:
        raise ExpressionError(f"about {count} products of entries; the limit is {MAX_WORK}")


def _triangle(o: Objective) -> list[Node]:
    count = sum(shapes.size(v.shape) for v in o.symbols)
    if count > MAX_SIDE:
        raise ExpressionError(f"a Hessian by {count} entries; the limit is {MAX_SIDE}")
    table = second_derivatives(components(o.scalar)[0], _flat(o.symbols), marked=False)
    return [n for _, n in sorted(table.items())] or [o.scalar.graph.zero]


def torch_implementation(case: Case, o: Objective) -> Implementation:
    """Value, gradient (backward) and HVP (double backward) by Torch autograd on the document's own definitions.

    The truth is the derived gradient and HVP.
    """
    from verify.backends.torch_source import compile_torch
    from verify.conformance import autograd

    _bounded(o)
    directions = [fresh_symbol(case, f"u_{to_text(v)}", v) for v in o.symbols]
    made = Implementation("torch", TORCH_BITS, {o.text: components(o.function)})
    made.normwise = any(n.op in ("det", "inv", "solve") for n in topological([o.function]))
    slope = made.add(f"grad({o.by})", lambda: gradient(o.scalar, o.symbols))
    product = made.add(f"hvp({o.by}, u)", lambda: hvp(o.scalar, o.symbols, directions, marked=False))
    beside, others = made.add_others(o.others)
    wanted = [_parts(n) for n in others]
    flat = [*directions, *(n for parts in wanted for n in parts)]
    made.symbols = _inputs(case, [*_all(made.truth), o.scalar, *o.symbols, *flat])
    fixed = autograd.constants(flat)
    program = compile_torch([o.function, o.scalar, *o.symbols, *flat], [*made.symbols, *fixed])

    def at(point: Sequence[float]) -> Mapping[str, Values]:
        made_of = iter(program(*autograd.leaves(made.symbols, point), *fixed.values()))
        value, scalar = next(made_of), next(made_of)
        by, us = [next(made_of) for _ in o.symbols], [next(made_of) for _ in directions]
        first = autograd.slopes(scalar, by)
        found = {o.text: [value], slope: first, product: autograd.along(first, us, by), beside: []}
        for n, parts in zip(others, wanted, strict=True):
            y, *rest = [next(made_of) for _ in parts]
            u = rest.pop(0) if n.op == "hvp" else None
            found[beside].append(autograd.derivative(n, y, rest, u))
        return {
            # Torch's zero gradients may have no storage; a copy has one (adding zero would load the compiler)
            subject: [x for tensor in found[subject] for x in tensor.detach().clone().reshape(-1).tolist()]
            for subject in made.truth
        }

    def run(points: Sequence[Sequence[float]]) -> list[Mapping[str, Values]]:
        """Point by point. Torch refuses to invert a singular matrix: there it has no value, as the formula should have none."""
        from torch.linalg import LinAlgError

        found: list[Mapping[str, Values]] = []
        for point in points:
            try:
                found.append(at(point))
            except LinAlgError:
                found.append({subject: [math.nan] * len(nodes) for subject, nodes in made.truth.items()})
        return found

    made.run, made.most = run, TORCH_POINTS
    return made


def _parts(derivative: Node) -> list[Node]:
    """The function, for an HVP the direction, and the symbols and definitions of a derivative, derivative-free."""
    from verify.conformance import autograd

    f, *rest = derivative.args
    return expand_all([f, *(rest[:1] if derivative.op == "hvp" else []), *autograd.bases(derivative)])


def _flat(nodes: Sequence[Node]) -> list[Node]:
    return [e for entries in components_all(nodes) for e in entries]


def _all(truth: Mapping[str, Sequence[Node]]) -> list[Node]:
    return [n for nodes in truth.values() for n in nodes]


def _inputs(case: Case, nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The symbols below the nodes: the case's in its order, then drawn ones."""
    order = {s.node: i for i, s in enumerate(case.symbols.values())}
    return tuple(sorted(free_symbols(nodes), key=lambda n: (order.get(n, len(order)), n.id)))
