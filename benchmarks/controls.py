"""Functions that are right may not be blamed: ``python benchmarks/controls.py``.

Plain functions of Torch in float32, their greatest error over many patterns of bits against float64 of NumPy and of
``math`` (nothing of this project), beside what ``conform`` says of the same function with its formula. Blamed is a function
within 4 ulps whose value in float32 conforms not; what else deviates of it, a derivative or the value under vmap, is named.
Beyond 4 ulps and not found is what lies within the condition, or within a factor of 64 of the greatest number. Ends
with 1 where one is blamed. ``--patterns`` says how many floats a function (20 million take an hour), ``--only`` which.
"""

from __future__ import annotations

import argparse
import math
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from verify.conform import conform

Array = Any
INF = math.inf
FLOATS = 2**31 - 2**23  # of one sign, finite


@dataclass(frozen=True)
class Control:
    """``exact`` takes and gives float64; ``low`` and ``high`` bound the inputs that are tried."""

    name: str
    function: Callable[[Any], Any]
    exact: Callable[[Array], Array]
    formula: str
    low: float = -INF
    high: float = INF


def sigmoid(x: Array) -> Array:
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


def softplus(x: Array) -> Array:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def expm1_below(x: Array) -> Array:
    return np.expm1(np.minimum(x, 0))


erf, erfc = np.vectorize(math.erf, otypes=[float]), np.vectorize(math.erfc, otypes=[float])
SCALE, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
LN2 = math.log(2)


def huber(x: Array, delta: float) -> Array:
    return np.where(np.abs(x) <= delta, x * x / 2, delta * (np.abs(x) - delta / 2))


def zeros(x: Any) -> Any:
    return torch.zeros_like(x)


CONTROLS = (
    Control("exp", torch.exp, np.exp, "exp(x)"),
    Control("exp2", torch.exp2, np.exp2, "exp(x*log(2))"),
    Control("expm1", torch.expm1, np.expm1, "expm1(x)"),
    Control("log", torch.log, np.log, "log(x)", low=0),
    Control("log2", torch.log2, np.log2, "log2(x)", low=0),
    Control("log10", torch.log10, np.log10, "log10(x)", low=0),
    Control("log1p", torch.log1p, np.log1p, "log1p(x)", low=-1),
    Control("sqrt", torch.sqrt, np.sqrt, "sqrt(x)", low=0),
    Control("rsqrt", torch.rsqrt, lambda x: 1 / np.sqrt(x), "1/sqrt(x)", low=0),
    Control("square", torch.square, np.square, "x**2"),
    Control("reciprocal", torch.reciprocal, lambda x: 1 / x, "1/x"),
    Control("sin", torch.sin, np.sin, "sin(x)"),
    Control("cos", torch.cos, np.cos, "cos(x)"),
    Control("tan", torch.tan, np.tan, "tan(x)"),
    Control("asin", torch.asin, np.arcsin, "atan(x/sqrt(1 - x**2))", -1, 1),
    Control("acos", torch.acos, np.arccos, "pi/2 - atan(x/sqrt(1 - x**2))", -1, 1),
    Control("atan", torch.atan, np.arctan, "atan(x)"),
    Control("sinh", torch.sinh, np.sinh, "sinh(x)"),
    Control("cosh", torch.cosh, np.cosh, "cosh(x)"),
    Control("tanh", torch.tanh, np.tanh, "tanh(x)"),
    Control("asinh", torch.asinh, np.arcsinh, "log(x + sqrt(x**2 + 1))"),
    Control("acosh", torch.acosh, np.arccosh, "log(x + sqrt(x**2 - 1))", low=1),
    Control("atanh", torch.atanh, np.arctanh, "log((1 + x)/(1 - x))/2", -1, 1),
    Control("erf", torch.erf, erf, "erf(x)"),
    Control("erfc", torch.erfc, erfc, "erfc(x)"),
    Control("abs", torch.abs, np.abs, "abs(x)"),
    Control("neg", torch.neg, np.negative, "-x"),
    Control("sign", torch.sign, np.sign, "sign(x)"),
    Control("sigmoid", torch.sigmoid, sigmoid, "sigmoid(x)"),
    Control("logit", torch.logit, lambda x: np.log(x / (1 - x)), "log(x/(1 - x))", 0, 1),
    Control("entr", torch.special.entr, lambda x: -x * np.log(x), "-x*log(x)", low=0),
    Control("deg2rad", torch.deg2rad, lambda x: x * (np.pi / 180), "x*pi/180"),
    Control("rad2deg", torch.rad2deg, lambda x: x * (180 / np.pi), "x*180/pi"),
    Control("clamp", lambda x: torch.clamp(x, -1.0, 2.0), lambda x: np.clip(x, -1, 2), "clip(x, -1, 2)"),
    Control("maximum", lambda x: torch.maximum(x, zeros(x)), lambda x: np.maximum(x, 0), "max(x, 0)"),
    Control("minimum", lambda x: torch.minimum(x, zeros(x)), lambda x: np.minimum(x, 0), "min(x, 0)"),
    Control("hypot(x, 1)", lambda x: torch.hypot(x, zeros(x) + 1), lambda x: np.hypot(x, 1), "sqrt(x**2 + 1)"),
    Control("logaddexp(x, 0)", lambda x: torch.logaddexp(x, zeros(x)), softplus, "logaddexp(x, 0)"),
    Control("atan2(x, 1)", lambda x: torch.atan2(x, zeros(x) + 1), np.arctan, "atan(x)"),
    Control("xlogy(x, 3)", lambda x: torch.xlogy(x, zeros(x) + 3), lambda x: x * math.log(3), "x*log(3)"),
    Control("pow(x, 2)", lambda x: torch.pow(x, 2), lambda x: x**2, "x**2"),
    Control("pow(x, 3)", lambda x: torch.pow(x, 3), lambda x: x**3, "x**3"),
    Control("pow(x, 1/2)", lambda x: torch.pow(x, 0.5), np.sqrt, "sqrt(x)", low=0),
    Control("pow(x, -1)", lambda x: torch.pow(x, -1), lambda x: 1 / x, "1/x"),
    Control("pow(2, x)", lambda x: torch.pow(2, x), np.exp2, "2**x"),
    Control("relu", F.relu, lambda x: np.maximum(x, 0), "relu(x)"),
    Control("relu6", F.relu6, lambda x: np.clip(x, 0, 6), "relu6(x)"),
    Control("leaky_relu", F.leaky_relu, lambda x: np.where(x > 0, x, 0.01 * x), "leaky_relu(x)"),
    Control("hardtanh", F.hardtanh, lambda x: np.clip(x, -1, 1), "hardtanh(x)"),
    Control("hardsigmoid", F.hardsigmoid, lambda x: np.clip(x / 6 + 0.5, 0, 1), "hardsigmoid(x)"),
    Control("hardswish", F.hardswish, lambda x: x * np.clip(x / 6 + 0.5, 0, 1), "hardswish(x)"),
    Control("hardshrink", F.hardshrink, lambda x: np.where(np.abs(x) > 0.5, x, 0), "hardshrink(x)"),
    Control("softshrink", F.softshrink, lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0), "softshrink(x)"),
    Control("threshold", lambda x: F.threshold(x, 1.0, 20.0), lambda x: np.where(x > 1, x, 20), "where(x > 1, x, 20)"),
    Control("elu", F.elu, lambda x: np.where(x > 0, x, expm1_below(x)), "elu(x)"),
    Control("celu", lambda x: F.celu(x, 2.0), lambda x: np.where(x > 0, x, 2 * expm1_below(x / 2)), "celu(x, 2)"),
    Control("selu", F.selu, lambda x: SCALE * np.where(x > 0, x, ALPHA * expm1_below(x)), "selu(x)"),
    Control("silu", F.silu, lambda x: x * sigmoid(x), "silu(x)"),
    Control("softsign", F.softsign, lambda x: x / (1 + np.abs(x)), "softsign(x)"),
    Control("softplus", F.softplus, softplus, "softplus(x)"),
    Control("softplus, beta 4", lambda x: F.softplus(x, beta=4), lambda x: softplus(4 * x) / 4, "softplus(4*x)/4"),
    Control("logsigmoid", F.logsigmoid, lambda x: -softplus(-x), "log_sigmoid(x)"),
    Control("mish", F.mish, lambda x: x * np.tanh(softplus(x)), "mish(x)"),
    Control("gelu", F.gelu, lambda x: x * erfc(-x / math.sqrt(2)) / 2, "gelu(x)"),
    Control("tanhshrink", F.tanhshrink, lambda x: x - np.tanh(x), "x - tanh(x)"),
    Control("mse", lambda x: F.mse_loss(x, zeros(x) + 1, reduction="none"), lambda x: (x - 1) ** 2, "(x - 1)**2"),
    Control("l1", lambda x: F.l1_loss(x, zeros(x) + 1, reduction="none"), lambda x: np.abs(x - 1), "abs(x - 1)"),
    Control(
        "huber", lambda x: F.huber_loss(x, zeros(x), reduction="none", delta=2.0), lambda x: huber(x, 2), "huber(x, 2)"
    ),
    Control("smooth_l1", lambda x: F.smooth_l1_loss(x, zeros(x), reduction="none"), lambda x: huber(x, 1), "huber(x)"),
    Control(
        "bce_with_logits",
        lambda x: F.binary_cross_entropy_with_logits(x, zeros(x) + 1, reduction="none"),
        lambda x: softplus(-x),
        "softplus(-x)",
    ),
    Control(
        "bce",
        lambda x: F.binary_cross_entropy(x, zeros(x) + 1, reduction="none"),
        lambda x: -np.log(x),
        "-log(x)",
        1e-30,
        1,
    ),
    Control("softmax", lambda x: torch.softmax(torch.stack([x, zeros(x)]), 0)[0], sigmoid, "sigmoid(x)"),
    Control("logsumexp", lambda x: torch.logsumexp(torch.stack([x, zeros(x)]), 0), softplus, "softplus(x)"),
)


def patterns(control: Control, count: int) -> Array:
    """Floats at equal distances in their order, both signs, inside the range."""
    step = max(2 * FLOATS // count, 1)
    positive = np.arange(step // 2, FLOATS, step, dtype=np.int64).astype(np.int32).view(np.float32)
    x = np.concatenate([-positive[::-1], positive])
    return x[(x > control.low) & (x < control.high)]


def worst(control: Control, count: int) -> tuple[float, float]:
    """The greatest error in ulps of the rounded exact value, and where."""
    x = patterns(control, count)
    with np.errstate(all="ignore"):
        computed = control.function(torch.from_numpy(x)).numpy().astype(np.float64)
        exact = control.exact(x.astype(np.float64))
        rounded = exact.astype(np.float32)
        ulp = np.spacing(np.abs(np.where(np.isfinite(rounded), rounded, np.float32(3.4e38)))).astype(np.float64)
        error = np.abs(computed - exact) / ulp
    error[(computed == rounded) | np.isnan(exact)] = 0.0
    error[np.isnan(error)] = np.inf
    # what is below the normal numbers may be flushed, and what rounds to the greatest number may be infinite
    error[np.abs(exact) < 2.0**-126] = 0.0
    error[np.abs(exact) > 3.4e38] = 0.0
    i = int(np.argmax(error))
    return float(error[i]), float(x[i])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patterns", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    given = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    blamed = within = 0
    for c in CONTROLS:
        if given.only and c.name not in given.only:
            continue
        ulps, at = worst(c, given.patterns)
        domain = {"x": (None if c.low == -INF else c.low, None if c.high == INF else c.high)}
        found = conform(c.function, c.formula, domain=domain, framework="torch", dtypes=["float32"], name=c.name)
        usual = found.outcomes[0]  # the value, called as it is; the same under vmap is another path
        others = sorted({f"{o.order}, {o.mode}: {o.kind}" for o in found.outcomes[1:] if o.verdict == "deviates"})
        fine = ulps <= 4
        within += fine
        wrong = fine and (usual.verdict == "deviates" or any(f.grave for f in found.findings))
        blamed += wrong
        note = "BLAMED" if wrong else "not found" if not fine and usual.verdict != "deviates" else ""
        print(f"{c.name:20} {ulps:10.3g} ulps at {at:<15.7g} value: {usual.verdict:10} {'; '.join(others)} {note}")
    print(f"{within} within 4 ulps, {blamed} of them blamed")
    return 1 if blamed else 0


if __name__ == "__main__":
    sys.exit(main())
