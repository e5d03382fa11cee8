"""Planted layers and losses: what people write themselves, wrong in one place that is easily missed, and right in their own way.

``WRONG`` are those that are off, with the classes that name the fault; ``RIGHT`` those that are not to be blamed, with the
verdicts that are right. Written down before the engine was tried on them, but for a few labels that were corrected afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Layer:
    function: Callable[..., Any]
    formula: str
    shapes: dict[str, Any]
    words: tuple[str, ...]  # of a wrong one classes, of a right one verdicts
    given: dict[str, Any] = field(default_factory=dict)


WRONG: list[Layer] = []
RIGHT: list[Layer] = []


def wrong(formula: str, *classes: str, shapes: dict[str, Any], **given: Any) -> Callable[[Any], Any]:
    def add(function: Any) -> Any:
        WRONG.append(Layer(function, formula, shapes, classes, given))
        return function

    return add


def right(formula: str, *verdicts: str, shapes: dict[str, Any], **given: Any) -> Callable[[Any], Any]:
    def add(function: Any) -> Any:
        RIGHT.append(Layer(function, formula, shapes, verdicts or ("conforms",), given))
        return function

    return add


# -- linear layers by hand -------------------------------------------------------------------------

LINEAR = "x @ W.T + b"
SIZES = {"x": (3, 2), "W": (2, 2), "b": 2}


@right(LINEAR, shapes=SIZES)
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, W, b):
        ctx.save_for_backward(x, W)
        return x @ W.T + b

    @staticmethod
    def backward(ctx, g):
        x, W = ctx.saved_tensors
        return g @ W, g.T @ x, g.sum(0)


@wrong(LINEAR, "wrong gradient", shapes=SIZES)
class LinearWithAMeanOverTheBatch(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, W, b):
        ctx.save_for_backward(x, W)
        return x @ W.T + b

    @staticmethod
    def backward(ctx, g):
        x, W = ctx.saved_tensors
        return g @ W, g.T @ x, g.mean(0)


@wrong(LINEAR, "wrong gradient", shapes=SIZES)
class LinearWithATransposedGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, W, b):
        ctx.save_for_backward(x, W)
        return x @ W.T + b

    @staticmethod
    def backward(ctx, g):
        x, W = ctx.saved_tensors
        return g @ W.T, g.T @ x, g.sum(0)


@wrong("x @ weight.T", "wrong formula", "layout", shapes={"x": ("n", 2), "weight": (2, 2)})
class WrongForOneRow(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2, 2))

    def forward(self, x):
        return x @ self.weight if len(x) == 1 else x @ self.weight.T


@right("sum(x*y) + sum(y)", shapes={"x": 5, "y": 5})
def two_sums(x, y):
    return torch.einsum("i,i->", x, y) + y.sum()


@wrong("sum(x**2)", "layout", shapes={"x": (3, 4)})
def squares_by_memory(x):
    return torch.as_strided(x, (x.numel(),), (1,)).square().sum()


# -- norms -----------------------------------------------------------------------------------------

NORM = "(x - mean(x))/sqrt(var(x) + 1/1000)"


@right(NORM, shapes={"x": 6})
def norm_by_hand(x):
    c = x - x.mean()
    return c * torch.rsqrt(c.square().mean() + 1e-3)


@right(NORM, "convention", shapes={"x": 6})
def norm_with_eps_outside(x):
    c = x - x.mean()
    return c / (c.square().mean().sqrt() + 1e-3)


@right(NORM, "convention", shapes={"x": 6})
def norm_with_the_unbiased_variance(x):
    return (x - x.mean()) / torch.sqrt(x.var() + 1e-3)


@wrong(NORM, "wrong gradient", shapes={"x": 6})
def norm_with_a_detached_mean(x):
    c = x - x.mean().detach()
    return c * torch.rsqrt((x - x.mean()).square().mean() + 1e-3)


GROUPS = (
    "[[(x[n, c] - mean(x[n, 2*(c//2) + q] for q in 2))"
    "/sqrt(mean((x[n, 2*(c//2) + q] - mean(x[n, 2*(c//2) + r] for r in 2))**2 for q in 2) + 1/100) for c in 4] for n in 2]"
)


@right(GROUPS, shapes={"x": (2, 4)})
def groups_of_neighbours(x):
    g = x.reshape(len(x), 2, 2)
    return ((g - g.mean(2, keepdim=True)) / (g.var(2, correction=0, keepdim=True) + 1e-2).sqrt()).reshape(x.shape)


@wrong(GROUPS, "wrong formula", shapes={"x": (2, 4)})
def groups_of_every_second(x):
    g = x.reshape(len(x), 2, 2)
    return ((g - g.mean(1, keepdim=True)) / (g.var(1, correction=0, keepdim=True) + 1e-2).sqrt()).reshape(x.shape)


class Norm(nn.Module):
    """BatchNorm by hand, with the places where it goes wrong as methods."""

    def __init__(self, training=True):
        super().__init__()
        self.register_buffer("running_mean", torch.zeros(2))
        self.register_buffer("running_var", torch.ones(2))
        self.train(training)

    def forward(self, x):
        if not self.training:
            return (x - self.running_mean) / torch.sqrt(self.running_var + 1e-2)
        mean, var = x.mean(0), x.var(0, correction=0)
        self.keep(mean.detach(), x.var(0).detach())
        return (x - mean) / torch.sqrt(var + 1e-2)

    def keep(self, mean, var):
        self.running_mean.lerp_(mean, 0.1)
        self.running_var = 0.9 * self.running_var + 0.1 * var


EVAL = {
    "shapes": {"x": (3, 2), "running_mean": 2, "running_var": 2},
    "domain": {"running_var": (0.5, 4)},
    "wrt": "x",
}
EVALUATED = "(x - running_mean)/sqrt(running_var + 1/100)"
MEAN = {"shapes": {"x": (3, 2), "running_mean": 2}, "result": "running_mean"}
VARIANCE = {"shapes": {"x": (3, 2), "running_var": 2}, "result": "running_var"}
KEPT_MEAN = "9/10*running_mean + mean(x, axis=0)/10"
KEPT_VARIANCE = "9/10*running_var + var(x, axis=0, ddof=1)/10"

right("(x - mean(x, axis=0))/sqrt(var(x, axis=0) + 1/100)", shapes={"x": (3, 2)})(Norm())
right(EVALUATED, **EVAL)(Norm(training=False))
right(KEPT_MEAN, **MEAN)(Norm())
right(KEPT_VARIANCE, **VARIANCE)(Norm())


class SwappedMomentum(Norm):
    def keep(self, mean, var):
        self.running_mean.mul_(0.1).add_(0.9 * mean)


class BiasedKept(Norm):
    def forward(self, x):
        self.running_var = 0.9 * self.running_var + 0.1 * x.var(0, correction=0).detach()
        return x * 1.0


class BatchInEval(Norm):
    def forward(self, x):
        return (x - x.mean(0)) / torch.sqrt(self.running_var + 1e-2)


class KeepsInEval(Norm):
    def forward(self, x):
        y = (x - self.running_mean) / torch.sqrt(self.running_var + 1e-2)
        self.running_mean.lerp_(x.mean(0).detach(), 0.1)
        return y


class Counting(nn.Module):
    """What it gives hangs on how often it was called."""

    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return x.tanh() if self.calls % 7 else x


wrong(KEPT_MEAN, "wrong formula", **MEAN)(SwappedMomentum())
right(KEPT_VARIANCE, "convention", **VARIANCE)(BiasedKept())
wrong(EVALUATED, "wrong formula", "raises", **EVAL)(BatchInEval(training=False))
wrong(EVALUATED, "changes its input", **EVAL)(KeepsInEval(training=False))
wrong("tanh(x)", "keeps state", shapes={"x": 4})(Counting())


# -- convolutions, pooling, attention ----------------------------------------------------------------

CONV = "[sum(x[i + k - 1]*w[k] for k in 3 if 0 <= i + k - 1 and i + k - 1 < 6) for i in 6]"


@right(CONV, shapes={"x": 6, "w": 3})
def conv_by_unfolding(x, w):
    return F.pad(x, (1, 1)).unfold(0, 3, 1) @ w


@wrong(CONV, "wrong formula", shapes={"x": 6, "w": 3})
def conv_padded_on_one_side(x, w):
    return F.pad(x, (2, 0)).unfold(0, 3, 1) @ w


@wrong(CONV, "wrong formula", shapes={"x": 6, "w": 3})
def conv_with_a_flipped_kernel(x, w):
    return F.pad(x, (1, 1)).unfold(0, 3, 1) @ w.flip(0)


@wrong(CONV, "wrong formula", shapes={"x": 6, "w": 3})
def conv_padded_with_the_edge(x, w):
    return torch.cat([x[:1], x, x[-1:]]).unfold(0, 3, 1) @ w


@right("[max(x[i + k] for k in 2) for i in 4]", shapes={"x": 5})
def pooled_with_the_last(x):
    return torch.where(x[1:] >= x[:-1], x[1:], x[:-1])


ATTENTION = "softmax(Q @ K.T/sqrt(2), axis=1) @ V"
HEADS = {"Q": (2, 2), "K": (3, 2), "V": (3, 2)}


@right(ATTENTION, shapes=HEADS)
def attention(Q, K, V):
    s = Q @ K.T * 2**-0.5
    e = torch.exp(s - s.amax(1, keepdim=True).detach())
    return (e / e.sum(1, keepdim=True)) @ V


@wrong(ATTENTION, "wrong formula", shapes=HEADS)
def attention_over_the_queries(Q, K, V):
    return torch.softmax(Q @ K.T / 2**0.5, 0) @ V


@wrong(ATTENTION, "wrong formula", shapes=HEADS)
def attention_scaled_by_the_keys(Q, K, V):
    return torch.softmax(Q @ K.T / 3**0.5, 1) @ V


@wrong("x*g", "wrong gradient", shapes={"x": (2, 3), "g": 3})
class ScaleWithALostSum(torch.autograd.Function):
    """The gradient of a scale that is broadcast is that of the first row."""

    @staticmethod
    def forward(ctx, x, g):
        ctx.save_for_backward(x, g)
        return x * g

    @staticmethod
    def backward(ctx, u):
        x, g = ctx.saved_tensors
        return u * g, (u * x)[0]


# -- losses ------------------------------------------------------------------------------------------


@right("sum(w*(x - y)**2)/sum(w)", shapes={"x": 5, "y": 5, "w": 5}, domain={"w": (0.1, 3)})
def weighted(x, y, w):
    return torch.dot(w / w.sum(), (x - y).square())


@right("mean((x - y)**2)", "convention", shapes={"x": 5, "y": 5})
def halved(x, y):
    return (x - y).square().mean() / 2


@wrong("mean((x - y)**2)", "wrong formula", shapes={"x": 4, "y": 4})
def broadcast_where_a_column_is_made(x, y):
    return (x - y[:, None]).square().mean()


@wrong("logsumexp(z) - z[1]", "overflow", shapes={"z": 4}, dtypes=["float16"])
def cross_entropy_without_the_maximum(z):
    return torch.log(torch.exp(z).sum()) - z[1]


@right("logsumexp(z) - z[1]", shapes={"z": 4})
def cross_entropy_with_the_maximum(z):
    m = z.max().detach()
    return torch.log(torch.exp(z - m).sum()) + m - z[1]


@wrong("-sum(t*log_softmax(z))", "wrong gradient", shapes={"z": 4, "t": 4}, domain={"t": (0, 1)}, wrt="z")
class SoftTargets(torch.autograd.Function):
    """Its gradient is that of targets that add up to 1."""

    @staticmethod
    def forward(ctx, z, t):
        ctx.save_for_backward(z, t)
        return -(t * torch.log_softmax(z, 0)).sum()

    @staticmethod
    def backward(ctx, g):
        z, t = ctx.saved_tensors
        return g * (torch.softmax(z, 0) - t), None


# -- wrong on one path only ----------------------------------------------------------------------------


@wrong("sum(x**3)", "wrong formula", "wrong gradient", shapes={"x": 3})
def cubes_without_a_graph(x):
    """Another function where no gradient is asked for."""
    return (x**3).sum() if x.requires_grad else (x**2).sum()


@wrong("sum(x**3)", "wrong second derivative", shapes={"x": 3})
def cubes_by_a_detached_square(x):
    return (x * x.detach() ** 2 * 3 - 2 * x.detach() ** 3).sum()


@wrong("[sum(E[k, j] for k in 2) for j in 3]", "wrong gradient", shapes={"E": (2, 3)})
class RowsAddedOnce(torch.autograd.Function):
    """An embedding whose gradient lands in the first row alone."""

    @staticmethod
    def forward(ctx, E):
        ctx.shape = E.shape
        return E[0] + E[1]

    @staticmethod
    def backward(ctx, g):
        made = torch.zeros(ctx.shape, dtype=g.dtype)
        made[0] = g
        return made


DROPPED = "[x[0]/(3/4), 0*x[1], x[2]/(3/4), x[3]/(3/4)]"


@right(DROPPED, shapes={"x": 4})
def dropout_with_a_given_mask(x):
    return x * torch.tensor([1.0, 0.0, 1.0, 1.0], dtype=x.dtype) / (1 - 0.25)


@wrong(DROPPED, "wrong formula", shapes={"x": 4})
def dropout_scaled_by_p(x):
    return x * torch.tensor([1.0, 0.0, 1.0, 1.0], dtype=x.dtype) / 0.25
