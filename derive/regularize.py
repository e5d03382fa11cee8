"""Regularized objectives, derived: gradient or subdifferential, Hessian, update step, and what stays as it was.

    made = regularize(E, penalty("l2", [W1, W2], lam))
    made.gradient(W1)           # d(E, W1) + lam*W1
    made.factored_step(W1, eta) # (1 - eta*lam)*W1 - eta*d(E, W1), and the proof that it is the step
    made.unchanged([b1, z1])    # bias gradients and deltas: what the penalty does not reach

Conventions: L2 has the factor 1/2 (Goodfellow, Bengio and Courville, Deep Learning, 2016, sec. 7.1.1), the others none; the
elastic net mixes as Zou and Hastie (2005) in the form lam*(alpha*|w|_1 + (1 - alpha)/2*|w|^2). Nothing is taken from a table
of results: every formula is differentiated, and what is said of it is decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from derive.calculus.reverse import expand, expand_all, gradient, second_derivatives
from derive.errors import ExpressionError, nearest
from derive.expr import shapes
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node, Number, topological
from derive.expr.operators import KINKED
from derive.language.components import components
from derive.language.tidy import tidy
from derive.records import dataclass

if TYPE_CHECKING:
    from derive.calculus.subdifferential import Interval, Point
    from derive.engine import Decision

Scalar = Node | Number


# -- penalties -------------------------------------------------------------------------------------------


def penalty(name: str, parameters: Sequence[Node], lam: Scalar | Sequence[Scalar], **options: Scalar) -> Node:
    """A named penalty (of PENALTIES) on parameters of any shape, as a scalar expression.

    ``lam`` is its coefficient, for ``layers`` one for each parameter. ``lp`` takes ``p``, ``elastic`` takes ``alpha``,
    ``tikhonov`` a ``matrix`` with a column for each entry of a vector. Raises ExpressionError for an unknown name or a
    missing option.
    """
    if name not in PENALTIES:
        raise ExpressionError(f"unknown penalty '{name}'; known: {', '.join(PENALTIES)}{nearest(name, PENALTIES)}")
    if not parameters:
        raise ExpressionError("a penalty needs at least one parameter")
    g = parameters[0].graph
    build, wanted = PENALTIES[name]
    if set(options) != set(wanted):
        raise ExpressionError(f"the penalty '{name}' takes {' and '.join(wanted) or 'no options'}")
    each = list(lam) if isinstance(lam, Sequence) else [lam] * len(parameters)
    if len(each) != len(parameters) or (isinstance(lam, Sequence) != (name == "layers")):
        raise ExpressionError("the penalty 'layers' takes a coefficient for each parameter, the others one for all")
    given = {k: g.lift(v) for k, v in options.items()}
    if name == "layers":
        return _total(g, [g.mul(g.lift(c), build(g, w)) for c, w in zip(each, parameters, strict=True)])
    return g.mul(g.lift(each[0]), _total(g, [build(g, w, **given) for w in parameters]))


def _total(g: Graph, parts: Sequence[Node]) -> Node:
    total = g.zero
    for p in parts:
        total = g.add(total, p)
    return total


def _squares(g: Graph, w: Node) -> Node:
    return g.div(g.sum(g.pow(w, g.const(2))), g.const(2))


def _absolute(g: Graph, w: Node) -> Node:
    return g.sum(g.call("abs", w))


def _powers(g: Graph, w: Node, p: Node) -> Node:
    return g.sum(g.pow(g.call("abs", w), p))


def _elastic(g: Graph, w: Node, alpha: Node) -> Node:
    return g.add(g.mul(alpha, _absolute(g, w)), g.mul(g.sub(g.one, alpha), _squares(g, w)))


def _tikhonov(g: Graph, w: Node, matrix: Node) -> Node:
    return _squares(g, g.matmul(matrix, w))


#: How each is built for one parameter, without its coefficient, and the options that it takes.
PENALTIES: dict[str, tuple[Callable[..., Node], tuple[str, ...]]] = {
    "l2": (_squares, ()),
    "l1": (_absolute, ()),
    "lp": (_powers, ("p",)),
    "elastic": (_elastic, ("alpha",)),
    "layers": (_squares, ()),
    "tikhonov": (_tikhonov, ("matrix",)),
}


# -- the regularized objective ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FactoredStep:
    """``node`` is a gradient step written with the parameter's own coefficient apart; ``decision`` says that it is the step."""

    coefficient: Node
    node: Node
    decision: Decision


@dataclass(frozen=True, slots=True)
class Rescaling:
    """What a change of scale does: to the loss (is it a symmetry?) and to the penalty (by how much it grows)."""

    symmetry: Decision
    change: Node


def regularize(loss: Node, penalty: Node) -> Regularized:
    """The objective loss + penalty. Both are scalars, derivative-free; the penalty may be any expression."""
    for n, what in ((loss, "loss"), (penalty, "penalty")):
        if n.shape:
            raise ExpressionError(f"a {what} is a scalar, not of shape {shapes.show(n.shape)}")
    return Regularized(loss, penalty)


@dataclass(frozen=True, slots=True)
class Regularized:
    """A loss with a penalty. Formulas keep the derivatives of the loss as ``d(E, w)``; ``calculus.expand`` works them out."""

    loss: Node
    penalty: Node

    @property
    def objective(self) -> Node:
        return self.loss.graph.call("add", self.loss, self.penalty)

    @property
    def smooth(self) -> bool:
        """Whether the penalty has no kinks, so that gradients exist wherever those of the loss do."""
        return not any(n.op in KINKED for n in topological([self.penalty]))

    def gradient(self, w: Node) -> Node:
        """d(E, w) plus the penalty's gradient; at a kink of the penalty it has no value (see ``subdifferential``)."""
        return self.loss.graph.add(_slope(self.loss, w), tidy(gradient(self.penalty, [w]))[0])

    def subdifferential(self, parameters: Sequence[Node], point: Point) -> list[Interval]:
        """Of the objective at an exact point, entry by entry (derive.calculus.subdifferential says when that is possible)."""
        from derive.calculus.subdifferential import subdifferential

        return subdifferential(self.objective, parameters, point)

    def curvature(self, parameters: Sequence[Node]) -> dict[tuple[int, int], Node]:
        """What the penalty adds to the Hessian by the parameters laid end to end: its lower triangle, zeros left out."""
        table = second_derivatives(components(self.penalty)[0], [e for w in parameters for e in components(w)])
        return dict(zip(table, tidy(list(table.values())), strict=True))

    def hessian(self, parameters: Sequence[Node]) -> dict[tuple[int, int], Node]:
        """The lower triangle of the objective's Hessian, by the parameters laid end to end, zeros left out."""
        return second_derivatives(components(self.objective)[0], [e for w in parameters for e in components(w)])

    def step(self, w: Node, eta: Scalar) -> Node:
        """Gradient descent: w - eta*(d(E, w) + the penalty's gradient)."""
        g = self.loss.graph
        return g.sub(w, g.mul(g.lift(eta), self.gradient(w)))

    def factored_step(self, w: Node, eta: Scalar) -> FactoredStep | None:
        """(1 - eta*c)*w - eta*d(E, w), where the penalty's gradient is c*w with one c, the same at all w; else None."""
        from derive.engine import decide_equal

        g = self.loss.graph
        eta = g.lift(eta)
        slope = tidy(gradient(self.penalty, [w]))[0]
        first, x = components(slope)[0], components(w)[0]
        c = tidy(gradient(first, [x]))[0]
        if decide_equal(slope, g.mul(c, w)).status != "proved" or any(x in topological([c]) for x in components(w)):
            return None
        factor = g.sub(g.one, g.mul(eta, c))
        shrunk = w if factor is g.one else g.call("mul", factor, w)  # as people write it: the factor first
        node = g.sub(shrunk, g.mul(eta, _slope(self.loss, w)))
        factored, plain = expand_all([node, self.step(w, eta)])
        return FactoredStep(c, node, decide_equal(factored, plain))

    def unchanged(self, variables: Sequence[Node]) -> list[Node]:
        """Those of the variables (parameters, biases, definitions such as z1) by which the objective has the same derivative as
        the loss, proved."""
        from derive.engine import decide_equal

        slopes = zip(variables, gradient(self.penalty, list(variables)), strict=True)
        return [v for v, s in slopes if decide_equal(s, v.graph.broadcast(v.graph.zero, s.shape)).status == "proved"]

    def rescaled(self, factors: Mapping[Node, Scalar], assuming: Sequence[Node] = ()) -> Rescaling:
        """Each parameter w replaced by factor*w: whether the loss stays the same, and penalty after minus penalty before.

        ``assuming`` are conditions on the factors, such as c > 0.
        """
        from derive.engine import decide_equal
        from derive.engine.domain import Domain

        g = self.loss.graph
        scaled = {w: g.mul(g.lift(c), w) for w, c in factors.items()}
        loss, after = (substitute(n, scaled) for n in (self.loss, self.penalty))
        return Rescaling(decide_equal(loss, self.loss, Domain(assuming)), g.sub(after, self.penalty))


def _slope(f: Node, w: Node) -> Node:
    """The derivative of the loss as it is written, or 0 where it does not depend on w."""
    g = f.graph
    node = g.node("d", (f, w), False, w.shape)
    return g.broadcast(g.zero, w.shape) if expand(node) is g.broadcast(g.zero, w.shape) else node
