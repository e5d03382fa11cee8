r"""Composites: operators whose meaning is an expression in more primitive ones, one line each.

In a text the parameters stand for the arguments, and for an operator along an axis ``{axis}`` hands the axis on, ``{kept}``
keeps it with size 1, ``{n}`` is the number of entries along it, ``{x}`` is x with that axis in front.
``derive.language.meaning`` puts the arguments in; calculus, components and evaluators look through to the meaning, so an entry
here is all that a composite needs. A backend may evaluate one by a function of its library (``verify/backends/torch_source.py``).

``pulls`` says, where there is a better form than what the chain rule makes of the meaning, what the adjoint ``u`` of the value
``y`` contributes to that of a parameter; tests hold it to the meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from derive.errors import ShapeError
from derive.expr import shapes
from derive.expr.graph import Graph, Node
from derive.expr.shapes import Shape
from derive.records import dataclass

Options = Mapping[str, int | None]


@dataclass(frozen=True)
class Composite:
    """``called`` is its name in the language, ``name`` that of its nodes. ``options`` are keywords with whole numbers and
    their defaults; an ``axis`` is None for all entries, -1 for the last. ``defaults`` are those of the last parameters."""

    name: str
    parameters: tuple[str, ...]
    text: str
    latex: str
    summary: str
    shape: Callable[[Composite, Sequence[Shape], Options], Shape]
    options: Options = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    pulls: Mapping[str, str] = field(default_factory=dict)
    called: str = ""


def _elementwise(c: Composite, given: Sequence[Shape], options: Options) -> Shape:
    shape: Shape = ()
    for s in given:
        shape = shapes.broadcast(shape, s)
    return shape


def _along(c: Composite, given: Sequence[Shape], options: Options) -> Shape:
    """A value for each entry."""
    shapes.reduce(given[0], options["axis"])
    return given[0]


def _reduced(c: Composite, given: Sequence[Shape], options: Options) -> Shape:
    """A value for each row along the axis, or one for all."""
    return shapes.reduce(given[0], options["axis"])


def _trace(c: Composite, given: Sequence[Shape], options: Options) -> Shape:
    shapes.square(given[0], c.name)
    return ()


def _solve(c: Composite, given: Sequence[Shape], options: Options) -> Shape:
    shapes.square(given[0], c.name)
    return shapes.matmul(*given)


_X, _LAST, _ALL = ("x",), {"axis": -1}, {"axis": None}

_ENTRIES = [
    # activations
    Composite("softplus", _X, "logaddexp(0, x)", r"\mathrm{{softplus}}({})", "log(1 + exp(x))", _elementwise),
    Composite("leaky_relu", ("x", "alpha"), "where(x > 0, x, alpha*x)", r"\mathrm{{LeakyReLU}}({}; {})",
              "x where x > 0, else alpha*x", _elementwise, defaults={"alpha": "0.01"}),
    Composite("elu", ("x", "alpha"), "relu(x) + alpha*expm1(min(x, 0))", r"\mathrm{{ELU}}({}; {})",
              "x where x > 0, else alpha*(exp(x) - 1)", _elementwise, defaults={"alpha": "1"}),
    # the constants of Klambauer et al., Self-normalizing neural networks (2017), to the digits that PyTorch documents
    Composite("selu", _X, "1.0507009873554804934193349852946*elu(x, 1.6732632423543772848170429916717)",
              r"\mathrm{{SELU}}({})", "scaled ELU with fixed scale and alpha", _elementwise),
    Composite("silu", _X, "x*sigmoid(x)", r"\mathrm{{SiLU}}({})", "x*sigmoid(x), also called swish", _elementwise),
    Composite("gelu", _X, "x*Phi(x)", r"\mathrm{{GELU}}({})", "x*Phi(x)", _elementwise),
    Composite("gelu_tanh", _X, "x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))", r"\mathrm{{GELU}}_{{\tanh}}({})",
              "the approximation of gelu by tanh", _elementwise),
    Composite("mish", _X, "x*tanh(softplus(x))", r"\mathrm{{Mish}}({})", "x*tanh(softplus(x))", _elementwise),
    Composite("celu", ("x", "alpha"), "relu(x) + alpha*expm1(min(x, 0)/alpha)", r"\mathrm{{CELU}}({}; {})",
              "x where x > 0, else alpha*(exp(x/alpha) - 1)", _elementwise, defaults={"alpha": "1"}),
    Composite("softsign", _X, "x/(1 + abs(x))", r"\mathrm{{softsign}}({})", "x/(1 + abs(x))", _elementwise,
              pulls={"x": "u/(1 + abs(x))**2"}),
    Composite("log_sigmoid", _X, "-softplus(-x)", r"\log\sigma({})", "log(sigmoid(x))", _elementwise),
    Composite("relu6", _X, "clip(x, 0, 6)", r"\mathrm{{ReLU6}}({})", "x held between 0 and 6", _elementwise),
    Composite("hardtanh", _X, "clip(x, -1, 1)", r"\mathrm{{hardtanh}}({})", "x held between -1 and 1", _elementwise),
    Composite("hardsigmoid", _X, "clip(x/6 + 1/2, 0, 1)", r"\mathrm{{hardsigmoid}}({})", "x/6 + 1/2 held between 0 and 1",
              _elementwise),
    Composite("hardswish", _X, "x*hardsigmoid(x)", r"\mathrm{{hardswish}}({})", "x*hardsigmoid(x)", _elementwise),
    Composite("softshrink", ("x", "lam"), "relu(x - lam) - relu(-x - lam)", r"\mathrm{{softshrink}}({}; {})",
              "x moved by lam towards 0, not beyond: the soft threshold", _elementwise, defaults={"lam": "0.5"}),
    Composite("hardshrink", ("x", "lam"), "where(abs(x) > lam, x, 0)", r"\mathrm{{hardshrink}}({}; {})",
              "x where abs(x) > lam, else 0", _elementwise, defaults={"lam": "0.5"}),
    Composite("huber", ("x", "delta"), "where(abs(x) <= delta, x**2/2, delta*(abs(x) - delta/2))",
              r"\mathrm{{Huber}}({}; {})", "x**2/2 where abs(x) <= delta, else delta*(abs(x) - delta/2)", _elementwise,
              defaults={"delta": "1"}),
    # small functions
    Composite("sinh", _X, "(exp(x) - exp(-x))/2", r"\sinh({})", "hyperbolic sine", _elementwise),
    Composite("cosh", _X, "(exp(x) + exp(-x))/2", r"\cosh({})", "hyperbolic cosine", _elementwise),
    Composite("tan", _X, "sin(x)/cos(x)", r"\tan({})", "tangent (radians)", _elementwise),
    Composite("digamma", _X, "polygamma(0, x)", r"\psi({})", "derivative of lgamma", _elementwise),
    Composite("erfc", _X, "1 - erf(x)", r"\mathrm{{erfc}}({})", "1 - erf(x)", _elementwise),
    Composite("erfinv", _X, "probit_odds((1 + x)/(1 - x))/sqrt(2)", r"\mathrm{{erf}}^{{-1}}({})",
              "the number whose error function is x, of -1 < x < 1", _elementwise, pulls={"x": "u*sqrt(pi)/2*exp(y**2)"}),
    Composite("probit", ("p",), "probit_odds(p/(1 - p))", r"\Phi^{{-1}}({})",
              "the number z with Phi(z) = p, of 0 < p < 1", _elementwise, pulls={"p": "u*sqrt(2*pi)*exp(y**2/2)"}),
    Composite("clip", ("x", "lo", "hi"), "min(max(x, lo), hi)", r"\mathrm{{clip}}({}, {}, {})", "x held between lo and hi",
              _elementwise),
    Composite("beta", ("a", "b"), "exp(lgamma(a) + lgamma(b) - lgamma(a + b))", r"\mathrm{{B}}({}, {})",
              "beta function of positive numbers", _elementwise),
    Composite("log2", _X, "log(x)/log(2)", r"\log_{{2}}({})", "logarithm to base 2", _elementwise),
    Composite("log10", _X, "log(x)/log(10)", r"\log_{{10}}({})", "logarithm to base 10", _elementwise),
    # whole numbers
    Composite("ceil", _X, "-floor(-x)", r"\lceil {} \rceil", "least whole number that is not below x", _elementwise),
    # the last two floors are -1 together, but at every second half, where they are 0
    Composite("round", _X, "floor(x + 1/2) - floor(x/2 - 1/4) - floor(1/4 - x/2) - 1", r"\mathrm{{round}}({})",
              "nearest whole number; of two the even one", _elementwise),
    Composite("mod", ("x", "y"), "x - y*floor(x/y)", r"\mathrm{{mod}}({}, {})",
              "what x leaves when divided by y, with the sign of y", _elementwise),
    # along an axis
    Composite("logsumexp", _X, "logaddexp({x}[i] for i in {n})", r"\mathrm{{logsumexp}}{options}({})",
              "log(sum(exp(x))) along the last axis, or axis=k", _reduced, _LAST,
              pulls={"x": "{u}*softmax(x{axis})"}),
    Composite("softmax", _X, "exp(x - logsumexp(x{kept}))", r"\mathrm{{softmax}}{options}({})",
              "exp(x)/sum(exp(x)) along the last axis, or axis=k", _along, _LAST, pulls={"x": "y*(u - sum(u*y{kept}))"}),
    Composite("log_softmax", _X, "x - logsumexp(x{kept})", r"\log\mathrm{{softmax}}{options}({})",
              "log(softmax(x)) along the last axis, or axis=k", _along, _LAST,
              pulls={"x": "u - softmax(x{axis})*sum(u{kept})"}),
    Composite("mean", _X, "sum(x{axis})/{n}", r"\mathrm{{mean}}{options}({})", "mean of all entries, or along axis=k",
              _reduced, _ALL),
    Composite("var", _X, "sum((x - mean(x{kept}))**2{axis})/{free}", r"\mathrm{{Var}}{options}({})",
              "variance of all entries, or along axis=k; the divisor is n - ddof, ddof=0 unless given", _reduced,
              {"axis": None, "ddof": 0}),
    Composite("amax", _X, "max({x}[i] for i in {n})", r"\max{options}({})", "greatest of all entries, or along axis=k",
              _reduced, _ALL, called="max"),
    Composite("amin", _X, "min({x}[i] for i in {n})", r"\min{options}({})", "least of all entries, or along axis=k",
              _reduced, _ALL, called="min"),
    # matrices
    Composite("trace", ("A",), "sum(diag(A))", r"\mathrm{{tr}}({})", "sum of the diagonal", _trace),
    Composite("solve", ("A", "b"), "inv(A) @ b", r"\mathrm{{solve}}({}, {})", "the x with A @ x = b", _solve),
]  # fmt: skip

#: By the operator of their nodes.
COMPOSITES: dict[str, Composite] = {c.name: c for c in _ENTRIES}

#: What is a floor, or said by floors.
ROUNDED = {"floor", *(c.name for c in _ENTRIES if "floor(" in c.text)}

#: By what they are called in the language.
CALLED: dict[str, Composite] = {c.called or c.name: c for c in _ENTRIES}


def build(g: Graph, c: Composite, args: Sequence[Node], options: Options | None = None) -> Node:
    """The composite's node. Raises ShapeError where the arguments don't fit."""
    full = {**c.options, **(options or {})}
    if "axis" in full:
        full["axis"] = _axis(c, args[0].shape, full["axis"])
    shape = c.shape(c, [a.shape for a in args], full)
    return g.node(c.name, tuple(args), tuple(full.values()) or None, shape)


def _axis(c: Composite, shape: Shape, axis: int | None) -> int | None:
    """The axis counted from 0; None for all entries, and for the only axis of a vector."""
    if not 1 <= len(shape) <= 2:
        raise ShapeError(f"{c.called or c.name} needs a vector or a matrix, not {shapes.show(shape)}")
    if axis is not None:
        shapes.reduce(shape, axis)
    return None if axis is None or len(shape) == 1 else axis % len(shape)


def options_of(n: Node) -> dict[str, int | None]:
    """The options of a composite node by name."""
    return dict(zip(COMPOSITES[n.op].options, n.attr or (), strict=True))


def unusual(n: Node) -> dict[str, int | None]:
    """Those that are not the defaults."""
    rank = len(n.args[0].shape)
    default = {k: v % rank if k == "axis" and v is not None else v for k, v in COMPOSITES[n.op].options.items()}
    given = options_of(n)
    return {k: v for k, v in given.items() if v != default[k] and not (k == "axis" and v is None)}
