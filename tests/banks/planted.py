"""Planted callables: functions as people write them, each with the formula that it should compute and the right answer.

``WRONG`` holds those that are off, with the classes (of ``verify.conform.outcome.CLASSES``, or kinds of findings) that name
the fault; ``RIGHT`` those that are right, however they may look, among them conventions. Written down before the engine was
tried on them, but for the second bank at the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F


@dataclass(frozen=True)
class Planted:
    function: Callable[..., Any]
    formula: str
    classes: tuple[str, ...]  # of a wrong one any of these; of a right one the verdicts that are right
    domain: dict[str, Any]
    given: dict[str, Any]

    @property
    def name(self) -> str:
        return self.function.__name__


WRONG: list[Planted] = []
RIGHT: list[Planted] = []


def wrong(
    formula: str, *classes: str, given: dict[str, Any] | None = None, **domain: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        WRONG.append(Planted(function, formula, classes, domain, given or {}))
        return function

    return add


def right(
    formula: str, *verdicts: str, given: dict[str, Any] | None = None, **domain: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        RIGHT.append(Planted(function, formula, verdicts or ("conforms",), domain, given or {}))
        return function

    return add


# -- wrong formulas: one slip --------------------------------------------------------------------------------------------


@wrong("silu(x)", "wrong formula")
def silu_of_wrong_sign(x):
    return x * torch.sigmoid(-x)


@wrong("x/(1 + abs(x))", "wrong formula")
def softsign_squared(x):
    return x / (1 + x * x)


@wrong("log(cosh(x))", "wrong formula")
def log_cosh_without_its_log_of_2(x):
    return torch.abs(x) + torch.log1p(torch.exp(-2 * torch.abs(x)))


@wrong("gelu_tanh(x)", "wrong formula")
def gelu_tanh_with_the_square(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**2)))


@wrong("where(x > 0, x, exp(x) - 1)", "wrong formula")
def elu_without_its_one(x):
    return torch.where(x > 0, x, torch.exp(torch.clamp(x, max=0.0)))


@wrong("-y*log(p) - (1 - y)*log(1 - p)", "wrong formula", p=(0.001, 0.999), y=(0, 1))
def cross_entropy_with_a_swap(p, y):
    return -y * torch.log(p) - (1 - y) * torch.log(p)


@wrong("huber(x)", "wrong formula")
def huber_with_a_whole_delta(x):
    return torch.where(torch.abs(x) <= 1, 0.5 * x * x, torch.abs(x) - 1)


@wrong("sqrt(x**2 + 1) - 1", "wrong formula")
def charbonnier_with_two(x):
    return torch.sqrt(x * x + 2) - 1


@wrong("max(0, 1 - y*s)", "wrong formula", y=(-1, 1))
def hinge_with_plus(s, y):
    return torch.clamp(1 + y * s, min=0)


@wrong("a*log(a/b) - a + b", "wrong formula", a=(0.01, 10), b=(0.01, 10))
def kullback_leibler_of_unnormalized_with_a_lost_b(a, b):
    return a * np.log(a / b) - a


# -- wrong constants ---------------------------------------------------------------------------------------------------


@wrong("selu(x)", "wrong formula", "inaccurate")
def selu_with_seven_digits(x):
    return 1.0507010 * F.elu(x, 1.6732632)


@wrong("exp(-x**2/2)/sqrt(2*pi)", "wrong formula", "inaccurate", x=(-5, 5))
def bell_with_nine_digits(x):
    return torch.exp(-x * x / 2) * 0.398942280


@wrong("x*pi/180", "wrong formula", "inaccurate")
def radians_with_22_sevenths(x):
    return x * (3.1415927 / 180)


@wrong("log(x)/log(2)", "wrong formula", "inaccurate", x=(0.001, 1000))
def log_2_with_five_digits(x):
    return np.log(x) * 1.4427


@wrong("x/6 + 1/2", "wrong formula", "inaccurate", x=(-3, 3))
def slope_of_a_sixth_to_six_digits(x):
    return x * 0.166667 + 0.5


@wrong("gelu_tanh(x)", "wrong formula", "inaccurate", x=(-3, 3))
def gelu_tanh_with_a_rounded_root(x):
    return 0.5 * x * (1 + torch.tanh(0.79788 * (x + 0.044715 * x**3)))


# -- wrong gradients ---------------------------------------------------------------------------------------------------


def _function(forward, backward, name):
    """An autograd function of one input from two functions of it."""

    class Made(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return forward(x)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * backward(x)

    Made.__name__ = name

    def call(x):
        return Made.apply(x)

    call.__name__ = call.__qualname__ = name
    return call


wrong("tanh(x)", "wrong gradient", "inaccurate")(
    _function(torch.tanh, lambda x: 1.001 * (1 - torch.tanh(x) ** 2), "tanh_with_a_scaled_gradient")
)
wrong("sin(x)", "wrong gradient", "inaccurate")(
    _function(torch.sin, lambda x: (1 + 1e-5) * torch.cos(x), "sine_with_a_gradient_off_by_1e_5")
)
wrong("tanh(x)", "wrong gradient", "cancellation", "saturation", "documented threshold")(
    _function(
        torch.tanh, lambda x: torch.where(x.abs() < 7, 1, -1) / torch.cosh(x) ** 2, "tanh_with_a_wrong_sign_in_the_tail"
    )
)
wrong("tanh(x)", "wrong gradient", "documented threshold", "saturation", "underflow", "inaccurate")(
    _function(
        torch.tanh,
        lambda x: torch.where(x.abs() < 7, 1 / torch.cosh(x) ** 2, 10 / torch.cosh(x) ** 2),
        "tanh_with_ten_times_the_gradient_in_the_tail",
    )
)
wrong("sigmoid(x)", "wrong gradient", "documented threshold", "saturation", "underflow")(
    _function(
        torch.sigmoid,
        lambda x: torch.where(x < -12, 0, torch.sigmoid(x) * torch.sigmoid(-x)),
        "sigmoid_without_gradient_beyond_12",
    )
)
wrong("x**3", "wrong gradient")(_function(lambda x: x**3, lambda x: 3 * x, "cube_with_a_linear_gradient"))
wrong("sqrt(x)", "wrong gradient", x=(0.01, 100))(
    _function(torch.sqrt, lambda x: 1 / torch.sqrt(x), "root_with_a_lost_half")
)
wrong("abs(x)", "wrong gradient")(_function(torch.abs, lambda x: torch.ones_like(x), "abs_with_gradient_1"))


@wrong("x*sigmoid(x)", "wrong gradient")
def silu_with_a_detached_gate(x):
    return x * torch.sigmoid(x).detach()


@wrong("x**2*exp(-x)", "wrong gradient", x=(0.1, 5))
def product_with_a_factor_through_item(x):
    return x**2 * torch.exp(-x).data


@wrong("(x - y)**2", "wrong gradient")
def squared_error_whose_target_is_cut_off(x, y):
    return (x - y.detach()) ** 2


@wrong("clip(x, -1, 1)", "wrong gradient", x=(-5, 5))
def straight_through_clip(x):
    return x + (torch.clamp(x, -1, 1) - x).detach()


@wrong("x*relu(x)", "wrong gradient")
def relu_multiplied_with_a_gradient_of_its_own_sign(x):
    class Made(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * torch.relu(x)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 2 * x  # also where x < 0

    return Made.apply(x)


# -- wrong second derivatives ------------------------------------------------------------------------------------------


wrong("sin(x)", "wrong second derivative")(
    _function(torch.sin, lambda x: torch.cos(x).detach() + 0 * x, "sine_whose_backward_is_cut_off")
)
wrong("exp(x)", "wrong second derivative", x=(-5, 5))(
    _function(torch.exp, lambda x: torch.exp(x.detach()) * (1 + 0 * x), "exponential_whose_backward_saves_a_copy")
)
wrong("x**3", "wrong second derivative")(
    _function(lambda x: x**3, lambda x: 3 * x * x.detach(), "cube_with_half_a_second_derivative")
)


@wrong("log(x)", "wrong second derivative", x=(0.1, 10))
def logarithm_that_keeps_its_reciprocal(x):
    class Made(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.inverse = 1 / x.detach()
            return torch.log(x)

        @staticmethod
        def backward(ctx, g):
            return g * ctx.inverse

    return Made.apply(x)


# -- cancellation ------------------------------------------------------------------------------------------------------


@wrong("log1p(x)", "cancellation", x=(-0.5, 10))
def log_of_1_plus(x):
    return torch.log(1 + x)


@wrong("1 - cos(x)", "cancellation", x=(-3, 3))
def one_minus_cosine(x):
    return 1 - torch.cos(x)


@wrong("sqrt(x + 1) - sqrt(x)", "cancellation", x=(0, 1e8))
def difference_of_roots(x):
    return np.sqrt(x + 1) - np.sqrt(x)


@wrong("Phi(x)", "cancellation", "saturation")
def normal_by_one_plus_erf(x):
    return 0.5 * (1 + torch.erf(x / math.sqrt(2)))


@wrong("expm1(x)", "cancellation", x=(-1, 1))
def exp_minus_1(x):
    return np.exp(x) - 1


@wrong("sinh(x)", "cancellation", x=(-5, 5))
def sinh_by_exponentials(x):
    return (torch.exp(x) - torch.exp(-x)) / 2


@wrong("tanh(x)", "cancellation", "overflow", "nan of a branch not taken", x=(-20, 20))
def tanh_by_exponentials(x):
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


@wrong("1/(1 + exp(x))", "cancellation", "saturation")
def one_minus_sigmoid(x):
    return 1 - torch.sigmoid(x)


@wrong("log(1 - exp(-x))", "cancellation", "saturation", "overflow", x=(1e-6, 60))
def log_of_1_minus_exp(x):
    return np.log(1 - np.exp(-x))


@wrong("exp(x)*erfc(x)", "cancellation", "saturation", x=(0, 20))
def complement_of_erf(x):
    return torch.exp(x) * (1 - torch.erf(x))


@wrong("(x - 1)**2", "cancellation")
def square_multiplied_out(x):
    return x * x - 2 * x + 1


@wrong("1/x - 1/(x + 1)", "cancellation", x=(1, 1e6))
def difference_of_reciprocals(x):
    return 1 / x - 1 / (x + 1)


@wrong("x - sin(x)", "cancellation", x=(-1, 1))
def x_minus_sine(x):
    return x - np.sin(x)


# -- saturation and thresholds -----------------------------------------------------------------------------------------


@wrong("softplus(x)", "documented threshold", "saturation")
def softplus_with_threshold_10(x):
    return F.softplus(x, threshold=10)


@wrong("sigmoid(x)", "saturation", "documented threshold")
def sigmoid_of_clamped(x):
    return torch.sigmoid(torch.clamp(x, -15, 15))


@wrong("log(p)", "saturation", "documented threshold", p=(0, 1))
def log_of_clamped(p):
    return torch.log(torch.clamp(p, min=1e-7))


@wrong("-log(p)", "wrong formula", "inaccurate", "saturation", "documented threshold", "cancellation", p=(0, 1))
def log_with_epsilon(p):
    return -torch.log(p + 1e-8)


@wrong("sin(x)", "documented threshold", "inaccurate", x=(-3, 3))
def sine_by_its_argument_when_small(x):
    return torch.where(x.abs() < 1e-2, x, torch.sin(x))


@wrong("log(cosh(x))", "documented threshold", "inaccurate", "cancellation", x=(-50, 50))
def log_cosh_in_two_pieces(x):
    a = np.abs(x)
    return np.where(a > 5, a - np.log(2), np.log(np.cosh(np.minimum(a, 5))))


@wrong("atan(x)", "saturation", "documented threshold")
def arctangent_that_ends_at_1000(x):
    return torch.where(x.abs() > 1000, torch.sign(x) * (math.pi / 2), torch.atan(x))


# -- overflow and underflow of an intermediate ----------------------------------------------------------------------------


@wrong("log(cosh(x))", "overflow", "cancellation")
def log_of_cosh(x):
    return torch.log(torch.cosh(x))


@wrong("softplus(x)", "overflow", "cancellation", "saturation")
def softplus_by_definition(x):
    return torch.log(1 + torch.exp(x))


@wrong("log(exp(x) + exp(y))", "overflow")
def naive_logaddexp(x, y):
    return np.log(np.exp(x) + np.exp(y))


@wrong("sqrt(x**2 + y**2)", "overflow", "underflow")
def naive_hypot(x, y):
    return np.sqrt(x * x + y * y)


@wrong("x/(exp(x) - 1)", "overflow", "cancellation", "nan of a branch not taken", "underflow", "saturation", x=(0, 1e4))
def bose(x):
    return x * np.exp(-x) / (1 - np.exp(-x))


@wrong("sigmoid(x)", "overflow", "nan of a branch not taken")
def sigmoid_by_exp_over_one_plus(x):
    return torch.exp(x) / (1 + torch.exp(x))


@wrong("x/sqrt(1 + x**2)", "overflow", "underflow", "saturation")
def isru(x):
    return x / torch.sqrt(1 + x * x)


@wrong("a*b/c", "overflow", "underflow", a=(1e-300, 1e300), b=(1e-300, 1e300), c=(1e-300, 1e300))
def ratio_whose_product_overflows(a, b, c):
    return (a * b) / c


@wrong("sqrt(x*y)", "overflow", "underflow", x=(0, 1e300), y=(0, 1e300))
def geometric_mean(x, y):
    return np.sqrt(x * y)


# -- nan of a branch not taken ---------------------------------------------------------------------------------------------


@wrong("where(x > 0, sqrt(x), 0)", "nan of a branch not taken")
def root_where_positive(x):
    return torch.where(x > 0, torch.sqrt(x), torch.zeros_like(x))


@wrong("where(x > 0, x*log(x), 0)", "nan of a branch not taken", x=(0, 10))
def x_log_x(x):
    return torch.where(x > 0, x * torch.log(x), torch.zeros_like(x))


@wrong("where(x != 0, sin(x)/x, 1)", "nan of a branch not taken", x=(-10, 10))
def sinc_by_where(x):
    return torch.where(x != 0, torch.sin(x) / x, torch.ones_like(x))


@wrong("where(x > 0, x, exp(x) - 1)", "nan of a branch not taken")
def elu_whose_exponential_overflows(x):
    return torch.where(x > 0, x, torch.expm1(x))


@wrong("where(x > 0, x*log(x), 0)", "nan of a branch not taken", x=(0, 10))
def x_log_x_by_mask(x):
    return np.log(x) * x * (x > 0)


# -- formats ---------------------------------------------------------------------------------------------------------------


@wrong("exp(x)", "inaccurate", "wrong formula", x=(-5, 5))
def exponential_through_float32(x):
    return np.exp(x.astype(np.float32)).astype(x.dtype)


@wrong("x*pi", "inaccurate", "wrong formula")
def pi_in_single_precision(x):
    return x * float(np.float32(math.pi))


@wrong("x + y", "inaccurate", "wrong formula", x=(1, 100), y=(1, 100))
def sum_through_single_precision(x, y):
    return (x.float() + y.float()).to(x.dtype)


@wrong("cos(x)", "other dtype", x=(-3, 3))
def cosine_that_comes_back_double(x):
    return torch.cos(x.double())


@wrong("sqrt(x)", "other dtype", x=(0, 100))
def root_of_float64_array(x):
    return np.sqrt(np.asarray(x, np.float64))


# -- small, narrow, single -----------------------------------------------------------------------------------------------


@wrong("exp(-x**2)", "wrong formula", "inaccurate", "documented threshold", "saturation", "underflow", x=(-20, 20))
def bell_with_a_wrong_far_tail(x):
    return torch.where(x.abs() > 6.5, 2 * torch.exp(-x * x), torch.exp(-x * x))


@wrong("exp(x)", "wrong formula", "inaccurate", "documented threshold", "saturation", "cancellation", x=(-100, 5))
def exponential_that_is_off_where_small(x):
    return np.exp(x) + 1e-25


@wrong("tanh(x)", "wrong formula", "inaccurate", x=(-3, 3))
def tanh_with_a_narrow_band(x):
    return torch.where((x > 0.7) & (x < 0.7001), torch.tanh(x) * 1.01, torch.tanh(x))


@wrong("sin(x)", "wrong gradient", "inaccurate", x=(-3, 3))
def sine_with_a_narrow_band_in_its_gradient(x):
    return _NARROW(x)


_NARROW = _function(
    torch.sin, lambda x: torch.where((x > 1.2) & (x < 1.2001), 0, 1) * torch.cos(x), "sine_in_a_narrow_band"
)


@wrong("x**2 + 1", "wrong formula", "inaccurate")
def off_at_2(x):
    return np.where(x == 2.0, 5.5, x * x + 1)


@wrong("cos(x)", "wrong formula", "inaccurate", x=(-3, 3))
def off_at_0(x):
    return torch.where(x == 0, 0.0, torch.cos(x))


@wrong("exp(x)", "wrong formula", "inaccurate", x=(-3, 3))
def off_at_minus_zero(x):
    return np.where((x == 0) & np.signbit(x), -1.0, np.exp(x))


@wrong("sqrt(x)", "wrong formula", "inaccurate", "raises", "nan of a branch not taken", "overflow", x=(0, 1e6))
def off_at_whole_numbers(x):
    return np.where((x == np.floor(x)) & (x > 100), np.sqrt(x) + 1e-3, np.sqrt(x))


@wrong("x*y", "wrong formula", "inaccurate")
def off_where_equal(x, y):
    return torch.where(x == y, x * y + 1, x * y)


@wrong("max(x, y)", "wrong formula", "inaccurate")
def greatest_that_is_wrong_of_opposites(x, y):
    return torch.where(x == -y, x, torch.maximum(x, y))


# -- calls that do not behave ---------------------------------------------------------------------------------------------


@wrong("2*x", "layout")
def off_in_the_tail_of_eight(x):
    y = 2 * x
    flat = y.reshape(-1).clone()
    n = flat.numel()
    if n > 8 and n % 8:
        flat[n - n % 8 :] = 0
    return flat.reshape(y.shape)


@wrong("x + 1", "layout")
def off_from_64_entries_on(x):
    y = x + 1
    if 64 <= y.size < 200:
        y = y.copy()
        y.flat[63] += 1e-3
    return y


@wrong("exp(x)", "layout", x=(-3, 3))
def off_when_not_contiguous(x):
    return torch.exp(torch.as_strided(x, x.shape, torch.empty(x.shape).stride(), x.storage_offset()))


@wrong("x**2", "changes its input")
def square_in_place(x):
    np.multiply(x, x, out=x)
    return x


@wrong("abs(x)", "changes its input")
def abs_in_place(x):
    return np.abs(x, out=x)


_STATE = {"calls": 0}


@wrong("x**2", "keeps state", "wrong formula", "inaccurate")
def square_that_wears_out(x):
    _STATE["calls"] += 1
    return x * x * (1 + 1e-3 * (_STATE["calls"] % 2))


@wrong("x", "not deterministic", "wrong formula", "inaccurate")
def noisy(x):
    return x * (1 + 1e-4 * torch.rand_like(x))


@wrong("tanh(x)", "layout")
def no_dimension_becomes_one(x):
    return np.atleast_1d(np.tanh(x))


@wrong("x**2/2", "raises", "layout", "other shape")
def mean_where_each_was_asked(x):
    return (x**2 / 2).mean()


@wrong("exp(x)", "raises", x=(-3, 3))
def returns_nothing(x):
    torch.exp(x)


# -- right, however it looks ------------------------------------------------------------------------------------------------


@wrong("softplus(x)", "wrong gradient")
def softplus_whose_slope_at_0_is_that_of_its_parts(x):
    return torch.clamp(x, min=0) + torch.log1p(torch.exp(-torch.abs(x)))


@right("softplus(x)")
def softplus_stable(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@right("log(cosh(x))")
def log_cosh_stable(x):
    a = np.abs(x)
    return np.where(a < 0.5, 0.5 * np.log1p(np.sinh(np.minimum(a, 1.0)) ** 2), a + np.log1p(np.expm1(-2 * a) / 2))


@right("sigmoid(x)")
def sigmoid_in_two_pieces(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


@right("sinh(x)", x=(-80, 80))
def sinh_by_expm1(x):
    e = np.expm1(np.abs(x))
    return np.copysign(0.5 * (e + e / (e + 1)), x)


@right("1 - cos(x)", x=(-3, 3))
def one_minus_cosine_by_the_half_angle(x):
    return 2 * torch.sin(x / 2) ** 2


@right("sqrt(x + 1) - sqrt(x)", x=(0, 1e8))
def difference_of_roots_stable(x):
    return 1 / (np.sqrt(x + 1) + np.sqrt(x))


@right("relu(x)")
def relu_by_maximum(x):
    return torch.maximum(x, torch.zeros_like(x))


@right("abs(x)")
def abs_by_sign(x):
    return x * torch.sign(x)


right("relu(x)")(_function(torch.relu, lambda x: (x >= 0).to(x.dtype), "relu_with_slope_1_at_0"))
right("abs(x)")(_function(torch.abs, lambda x: torch.where(x == 0, 0.25, torch.sign(x)), "abs_with_a_quarter_at_0"))
right("tanh(x)")(_function(torch.tanh, lambda x: 1 - torch.tanh(x) ** 2, "tanh_with_the_textbook_gradient"))
right("sigmoid(x)")(
    _function(torch.sigmoid, lambda x: torch.sigmoid(x) * torch.sigmoid(-x), "sigmoid_with_its_own_gradient")
)
right("exp(x)", x=(-50, 50))(_function(torch.exp, lambda x: torch.exp(x), "exponential_with_its_own_gradient"))


@right("sin(1000*x)", x=(-10, 10))
def fast_sine(x):
    return np.sin(1000 * x)


@right("exp(x)")
def exponential_to_the_ends(x):
    return torch.exp(x)


@right("exp(x)**2")
def exponential_twice(x):
    return torch.exp(2 * x)


@right("1/x")
def reciprocal(x):
    return 1 / x


@wrong("x**3 - 3*x**2 + 3*x - 1", "cancellation")
def cube_by_horner_near_its_root(x):
    return ((x - 3) * x + 3) * x - 1


@right("log(x)", x=(0, None))
def logarithm_with_its_pole(x):
    return torch.log(x)


@right("x**2*x/3")
def cube_over_3(x):
    return x * x * x / 3


@right("-y*log(p) - (1 - y)*log(1 - p)", p=(0.001, 0.999), y=(0, 1))
def cross_entropy(p, y):
    return -y * torch.log(p) - (1 - y) * torch.log1p(-p)


@right("log(exp(x) + exp(y))")
def logaddexp_of_numpy(x, y):
    return np.logaddexp(x, y)


@right("sqrt(x**2 + y**2)")
def hypot_of_numpy(x, y):
    return np.hypot(x, y)


@right("huber(x)")
def huber_right(x):
    return F.huber_loss(x, torch.zeros_like(x), reduction="none")


@right("where(x > 0, x*log(x), 0)", x=(0, 10))
def x_log_x_guarded(x):
    safe = torch.where(x > 0, x, torch.ones_like(x))
    return torch.where(x > 0, x * torch.log(safe), torch.zeros_like(x))


@right("sqrt(x**2 + 1) - 1", x=(-200, 200))
def charbonnier_stable(x):
    return x * x / (np.sqrt(x * x + 1) + 1)


@right("x/(1 + exp(-x))")
def scalar_silu(x):
    return x / (1 + math.exp(-x)) if x > -700 else x * math.exp(x)


@right("1/(1 + x**2)")
def scalar_runge(x):
    return 1.0 / (1.0 + x * x) if abs(x) < 1e150 else 1.0 / x / x


@right("alpha*expm1(x)", x=(-20, 20), alpha=(0.1, 10))
def scaled_expm1(x, alpha=1.0):
    return alpha * torch.expm1(x)


@right("where(x > 0, x, alpha*x)")
def leaky_with_a_default(x, alpha=0.25):
    return torch.where(x > 0, x, alpha * x)


@right("x*sigmoid(beta*x)", x=(-20, 20), beta=(0.5, 2))
def swish_of_two(x, beta):
    return x * torch.sigmoid(beta * x)


@right("clip(x, -1, 1)")
def clip_by_minimum_and_maximum(x):
    return torch.minimum(torch.maximum(x, torch.full_like(x, -1)), torch.ones_like(x))


@right("x**2/2", "convention")
def square_without_the_half(x):
    return x * x


@right("log(x)", "convention", x=(0.001, 1000))
def logarithm_to_base_2(x):
    return np.log2(x)


@right("(x - y)**2", "convention", x=(-10, 10), y=(-10, 10))
def half_the_squared_error(x, y):
    return (x - y) ** 2 / 2


@right("x - x**3/6", x=(-1, 1))
def taylor_of_sine(x):
    return x * (1 - x * x / 6)


@right("tan(x)", x=(-1.5, 1.5))
def tangent(x):
    return np.tan(x)


@right("exp(-x**2/2)/sqrt(2*pi)", x=(-35, 35))
def bell(x):
    return torch.exp(-x * x / 2) / math.sqrt(2 * math.pi)


@right("x*exp(-x)", x=(0, 1000))
def gamma_density(x):
    return x * np.exp(-x)


@right("log(p/(1 - p))", p=(0.001, 0.999))
def logit(p):
    return torch.log(p) - torch.log1p(-p)


@right("1/sqrt(x)", x=(0, None))
def inverse_root(x):
    return torch.rsqrt(x)


@right("atan(x)")
def arctangent(x):
    return np.arctan(x)


@right("erf(x)", given={"dtypes": ["float64", "float32"]})
def error_function(x):
    return torch.erf(x)


@right("x**2/(1 + x**2)", x=(-200, 200))
def geman_mcclure(x):
    s = x * x
    return s / (1 + s)


@right("max(x, y)")
def greatest(x, y):
    return torch.maximum(x, y)


@right("sqrt(abs(x))")
def root_of_abs(x):
    return torch.sqrt(torch.abs(x))


@right("exp(x)/(1 + exp(x))**2")
def slope_of_sigmoid(x):
    e = np.exp(-np.abs(x))
    return e / (1 + e) ** 2


# -- a second bank, after the first was passed: of kinds that are not in it -----------------------------------------------


@wrong("-(1 - p)**2*log(p)", "saturation", "documented threshold", p=(0, 1))
def focal_with_a_clamped_logarithm(p):
    return -((1 - p) ** 2) * torch.log(p.clamp(min=1e-6))


@wrong("(1 - exp(-x))/x", "cancellation", x=(1e-12, 50))
def first_phi_function(x):
    return (1 - np.exp(-x)) / x


wrong("x/(1 + abs(x))", "wrong gradient")(
    _function(lambda x: x / (1 + x.abs()), lambda x: 1 / (1 + x.abs()), "softsign_with_a_root_of_its_slope")
)
wrong("exp(x)", "wrong gradient", x=(-60, 5))(
    _function(
        torch.exp,
        lambda x: torch.where(x < -40, 1.5 * x.exp(), x.exp()),
        "exponential_whose_gradient_is_off_below_1e_17",
    )
)


@wrong("sigmoid(x)", "wrong second derivative")
def sigmoid_that_keeps_a_detached_value(x):
    class Made(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(y.detach())
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y * (1 - y)

    return Made.apply(x)


@wrong("gelu(x)", "wrong formula")
def gelu_by_a_logistic(x):
    return x * torch.sigmoid(1.702 * x)


@wrong("x**2", "layout")
def square_that_is_off_for_a_single_entry(x):
    return x * x + 1 if x.shape == (1,) else x * x


@wrong("exp(x)", "wrong formula", "inaccurate")
def exponential_with_a_rounded_base(x):
    return 2.71828182846**x


# 1 - sigmoid(x) is 0: an exponential that has left the range, and a difference that has lost its digits
@wrong("max(x, 0) - x*y + log(1 + exp(-abs(x)))", "overflow", "underflow", "cancellation", x=(-1000, 1000), y=(0, 1))
def cross_entropy_of_saturated_logits(x, y):
    return -(y * torch.log(torch.sigmoid(x)) + (1 - y) * torch.log(1 - torch.sigmoid(x)))


@wrong("erf(x)", "wrong formula", "inaccurate", "documented threshold")
def erf_by_a_table(x):
    t = 1 / (1 + 0.3275911 * np.abs(x))
    p = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    return np.sign(x) * (1 - p * np.exp(-x * x))


@wrong("x*y/(x + y)", "overflow", "underflow", x=(1e-300, 1e300), y=(1e-300, 1e300))
def parallel_resistors(x, y):
    return x * y / (x + y)


@right("tanh(x)")
def tanh_by_expm1(x):
    e = np.expm1(-2 * np.abs(x))
    return np.copysign(-e / (2 + e), x)


@right("where(x > 0, x, exp(x) - 1)")
def elu_of_a_clamped_exponent(x):
    return torch.where(x > 0, x, torch.expm1(torch.clamp(x, max=0)))


@right("x*sigmoid(x)")
def silu_by_parts(x):
    return x * torch.sigmoid(x)


@right("selu(x)")
def selu_by_numpy(x):
    return 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0)))


@right("abs(x)**0.3")
def power_that_no_float_is(x):
    return np.abs(x) ** 0.3


@right("sqrt(1 - x**2)", x=(-1, 1))
def half_a_circle(x):
    return np.sqrt(1 - x**2)


@right("softshrink(x)")
def soft_threshold(x):
    return torch.sign(x) * torch.relu(x.abs() - 0.5)


@right("relu(x)**2")
def squared_relu(x):
    return torch.relu(x) ** 2


# -- a third bank: what the steps on the way tell, what is kept between calls, what rounding moves over a kink -------------


@wrong("log(exp(-x**2/2)/sqrt(2*pi))", "underflow", x=(-50, 50))
def log_of_a_density_that_underflows(x):
    return np.log(np.exp(-x * x / 2) / np.sqrt(2 * np.pi).astype(x.dtype))


@wrong("tanh(x)", "wrong formula")
def tanh_that_is_zero_far_out(x):
    return np.where(np.abs(x) > 88, 0 * x, np.tanh(x))


_SQUARES: dict[tuple[int, ...], Any] = {}


@wrong("x**2", "keeps state", given={"dtypes": ["float64"]})
def square_that_is_kept_by_its_shape(x):
    return _SQUARES.setdefault(x.shape, x * x)


_MOVING = {"size": 1.0}


@wrong("2*x", "keeps state")
def double_with_a_moving_average(x):
    _MOVING["size"] = 0.9 * _MOVING["size"] + 0.1 * float(np.clip(np.max(np.abs(x)), 0, 5))
    return 2 * x * (1 + 1e-3 * _MOVING["size"])


_GENERATOR = np.random.default_rng(0)


@wrong("x + 1", "not deterministic")
def plus_one_with_a_generator_of_its_own(x):
    return x + 1 + 1e-3 * x * _GENERATOR.normal()


@wrong("sum(x)", "broken accumulation", given={"shapes": {"x": "n"}, "dtypes": ["float32"]}, x=(0, 1))
def sum_one_by_one(x):
    s = np.float32(0)
    for v in x:
        s = np.float32(s + v)
    return s


@wrong("sum(x)", "broken accumulation", given={"shapes": {"x": 50}, "dtypes": ["float32"]}, x=(0, 1))
def sum_in_half_precision(x):
    return np.float32(np.sum(x, dtype=np.float16))


@wrong("mean((x - mean(x))**2)", "cancellation", given={"shapes": {"x": 20}, "dtypes": ["float32"]}, x=(999, 1001))
def variance_as_a_difference_in_float32(x):
    return (x * x).mean() - x.mean() ** 2


@right("sum(x)", given={"shapes": {"x": "n"}}, x=(-1, 1))
def compensated_sum(x):
    s = c = x.dtype.type(0)
    for v in x:
        y = v - c
        t = s + y
        c, s = (t - s) - y, t
    return s


@right("min(r*a, clip(r, 0.8, 1.2)*a)", r=(0.1, 3), a=(-5, 5))
def clipped_objective_whose_ends_no_float_is(r, a):
    return torch.min(r * a, torch.clamp(r, 1 - 0.2, 1 + 0.2) * a)


@right("-log(softmax(s/0.07)[0])", given={"shapes": {"s": 5}}, s=(-1, 1))
def contrastive_loss_at_a_low_temperature(s):
    return F.cross_entropy(s[None] / 0.07, torch.zeros(1, dtype=torch.long))


@right("x/(sqrt(v) + eps)", "convention", given={"wrt": "x"}, x=(-5, 5), v=(0, 5), eps=1e-3)
def epsilon_inside_the_root(x, v):
    return x / torch.sqrt(v + 1e-3)


@right("(x - mean(x))/(sqrt(var(x)) + 1e-5)", "convention", given={"shapes": {"x": 6}}, x=(-3, 3))
def layer_norm_against_an_epsilon_outside(x):
    return F.layer_norm(x, (6,))


@wrong("log(x + sqrt(x**2 + 1))", "cancellation")
def area_sine_by_its_logarithm(x):
    return np.log(x + np.sqrt(x * x + 1))


@wrong("relu(x) + x/10", "wrong formula")
def leaky_with_a_slope_that_is_off(x):
    return np.where(x > 0, x * x.dtype.type(1.1), x / x.dtype.type(9.9))


@wrong("sqrt(sum((u - v)**2))", "cancellation", given={"shapes": {"u": 3, "v": 3}}, u=(99, 101), v=(99, 101))
def distance_by_products(u, v):
    return np.sqrt(np.maximum(u @ u + v @ v - 2 * (u @ v), 0))


@wrong(
    "a*b*c",
    "underflow",
    "overflow",
    given={"dtypes": ["float64"]},
    a=(1e-200, 1e-150),
    b=(1e-200, 1e-150),
    c=(1e200, 1e300),
)
def product_beyond_float32(a, b, c):
    return a * b * c


@right("exp(-abs(x - y)/0.3)", x=(-3, 3), y=(-3, 3))
def kernel_with_a_kink_where_both_are_equal(x, y):
    return torch.exp(-(x - y).abs() / 0.3)


@right("sqrt(var(z))", given={"shapes": {"z": 6}})
def standard_deviation_of_equal_numbers(z):
    return np.std(z)
