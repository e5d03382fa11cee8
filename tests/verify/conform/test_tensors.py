"""Callables of tensors: planted faults are caught by their class, right ones that look odd are not blamed; modules, sizes by
letters, conventions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from derive.expr.graph import Graph  # noqa: E402
from verify.conform import conform  # noqa: E402  # torch first: the whole file hangs on it
from verify.conform.arguments import BadArguments  # noqa: E402
from verify.conform.outcome import Conformance  # noqa: E402
from verify.conform.strata import Range  # noqa: E402
from verify.conform.tensor_truth import TensorSubject  # noqa: E402
from verify.conform.words import told  # noqa: E402

nn, F = torch.nn, torch.nn.functional
FAST = ("float64", "float32")


def compared(function: Callable[..., Any], formula: str, **given: Any) -> Conformance:
    return conform(function, formula, **({"dtypes": FAST} | given))


class Planted(NamedTuple):
    function: Callable[..., Any]
    formula: str
    shapes: dict[str, Any]
    kinds: tuple[str, ...] = ()
    given: dict[str, Any] = {}  # noqa: RUF012  # a default that is never changed


# -- wrong ones ------------------------------------------------------------------------------------


def no_epsilon(x):
    return (x - torch.mean(x)) / torch.sqrt(torch.var(x, correction=0))


def naive_softmax(x):
    e = torch.exp(x)
    return e / e.sum()


def other_axis(x):
    return torch.softmax(x, 0)


def half_detached(x, y):
    return torch.mean((x - y.detach()) ** 2)


def square_of_the_mean(x):
    return torch.mean(x**2) - torch.mean(x) ** 2


def wrong_from_64(x):
    return x.sum() if torch.numel(x) < 64 else x.sum() - x[-1] / 2


def memory_order(x):
    return torch.as_strided(x, (x.numel(),), (1,)).sum()


def in_place(x):
    return x.mul_(2).sum() / 2


def running_sum(x):
    s = x.dtype.type(0)
    for v in x:
        s = s + v
    return s


def without_shape(x):
    return torch.sum(x, 0, keepdim=True)


class Cube(torch.autograd.Function):
    """The sum of cubes, with a right first and a wrong second derivative: the inner one is detached."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x**3).sum()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 3 * x * x.detach()


class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x**2).sum()

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2.0001 * x


WRONG = {
    "no epsilon": Planted(no_epsilon, "(x - mean(x))/sqrt(var(x) + 1/10**5)", {"x": 5}, ("wrong formula", "overflow")),
    "softmax without max": Planted(naive_softmax, "softmax(x)", {"x": 5}, ("overflow",)),
    "another axis": Planted(other_axis, "softmax(x, axis=1)", {"x": (3, 4)}, ("wrong formula",)),
    "a term detached": Planted(half_detached, "mean((x - y)**2)", {"x": 3, "y": 3}, ("wrong gradient",)),
    "variance as a difference": Planted(square_of_the_mean, "var(x)", {"x": 5}, ("cancellation", "inaccurate")),
    "wrong from 64 entries on": Planted(wrong_from_64, "sum(x)", {"x": "n"}, ("layout",)),
    "not for strided input": Planted(memory_order, "sum(x)", {"x": 5}, ("layout",)),
    "changes its input": Planted(in_place, "sum(x)", {"x": 5}, ("changes its input",)),
    "a sum in a loop": Planted(running_sum, "sum(x)", {"x": "n"}, ("broken accumulation",), {"framework": "numpy"}),
    "another shape": Planted(without_shape, "sum(x)", {"x": 5}, ("raises",)),
    "second derivative": Planted(Cube, "sum(x**3)", {"x": 4}, ("wrong second derivative",)),
    "gradient by 1.00005": Planted(Scaled, "sum(x**2)", {"x": 4}, ("wrong gradient",)),
}


@pytest.mark.parametrize("name", WRONG)
def test_planted_faults_are_caught_by_their_class(name: str):
    p = WRONG[name]
    found = compared(p.function, p.formula, shapes=p.shapes, **p.given)
    assert found.verdict == "deviates", told(found)
    assert found.kind in p.kinds, told(found)


# -- right ones ------------------------------------------------------------------------------------


def shifted_softmax(x):
    e = torch.exp(x - torch.max(x).detach())
    return e / e.sum()


def variance(x):
    return torch.var(x, correction=0)


def mean_by_product(x):
    return x @ torch.full_like(x, 1.0) / torch.numel(x)


def folded_norm(x, g, b):
    scale = g / torch.sqrt(torch.var(x, correction=0) + 1e-5)
    return x * scale + (b - torch.mean(x) * scale)


def largest(x):
    return torch.sort(x).values[-1]


LAYER_NORM = "(x - mean(x))/sqrt(var(x) + 1/10**5)*g + b"
RIGHT = {
    "softmax": Planted(shifted_softmax, "softmax(x)", {"x": 5}),
    "variance at all sizes": Planted(variance, "var(x)", {"x": "n"}),
    "a product as a mean": Planted(mean_by_product, "mean(x)", {"x": "n"}),
    "a norm folded into scale and shift": Planted(folded_norm, LAYER_NORM, {"x": 5, "g": 5, "b": 5}),
    "any of equal entries": Planted(largest, "max(x)", {"x": 4}),
    "a determinant": Planted(torch.linalg.det, "det(A)", {"A": (3, 3)}),
    "an inverse": Planted(torch.linalg.inv, "inv(A)", {"A": (3, 3)}),
    "a solution": Planted(torch.linalg.solve, "solve(A, r)", {"A": (3, 3), "r": 3}, given={"arguments": ["A", "r"]}),
    "a product of matrices": Planted(
        torch.matmul, "A @ B", {"A": ("n", 2), "B": (2, 3)}, given={"arguments": ["A", "B"]}
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_are_not_blamed(name: str):
    p = RIGHT[name]
    found = compared(p.function, p.formula, shapes=p.shapes, **p.given)
    assert found.verdict == "conforms", told(found)


# -- conventions and repairs -----------------------------------------------------------------------


def test_a_reduction_is_a_convention():
    found = compared(F.mse_loss, "sum((x - y)**2)", shapes={"x": 5, "y": 5}, arguments=["x", "y"])
    assert found.verdict == "convention", told(found)
    assert "1/5" in found.convention


def test_degrees_of_freedom_inside_a_formula_are_a_convention():
    def normed(x):
        return (x - torch.mean(x)) / torch.sqrt(torch.var(x) + 1e-5)

    found = compared(normed, "(x - mean(x))/sqrt(var(x) + 1/10**5)", shapes={"x": 5})
    assert found.verdict == "convention", told(found)
    assert "ddof=1" in found.convention


def test_a_slip_is_told_as_the_formula_that_is_computed():
    found = compared(lambda x, W: x @ W, "x @ W.T", shapes={"x": 3, "W": (3, 3)}, framework="torch")
    assert found.kind == "wrong formula", told(found)
    assert found.repair == "x @ W"


# -- modules ---------------------------------------------------------------------------------------


def test_a_modules_parameters_are_symbols_of_the_formula():
    linear = nn.Linear(3, 2)
    before = linear.weight.detach().clone()
    found = compared(linear, "x @ weight.T + bias", shapes={"x": (2, 3), "weight": (2, 3), "bias": 2})
    assert found.verdict == "conforms", told(found)
    assert torch.equal(linear.weight, before)


def test_a_module_inside_a_module_is_named_by_its_path():
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(2, 1, bias=False)

        def forward(self, x):
            return torch.tanh(self.inner(x))

    found = compared(Net(), "tanh(x @ inner_weight.T)", shapes={"x": (2, 2), "inner_weight": (1, 2)})
    assert found.verdict == "conforms", told(found)


def test_a_class_of_modules_is_made_with_the_options():
    found = compared(nn.Linear, "x @ weight.T", shapes={"x": 3, "weight": (2, 3)},
                     options={"in_features": 3, "out_features": 2, "bias": False})  # fmt: skip
    assert found.verdict == "conforms", told(found)


def test_train_and_eval_are_different_functions():
    shapes = {"x": (4, 1), "running_mean": 1, "running_var": 1}
    formula = "(x - running_mean)/sqrt(running_var + 1/10**5)"
    given = {"shapes": shapes, "domain": {"running_var": (0.5, 4)}, "wrt": "x"}
    options = {"num_features": 1, "affine": False}
    conforming = compared(nn.BatchNorm1d, formula, options={**options, "training": False}, **given)
    assert conforming.verdict == "conforms", told(conforming)
    assert compared(nn.BatchNorm1d, formula, options=options, **given).verdict == "deviates"


# -- what is told ----------------------------------------------------------------------------------


def test_a_dtype_without_a_kernel_is_told_and_no_deviation():
    found = conform(torch.linalg.det, "det(A)", shapes={"A": (2, 2)}, dtypes=["float64", "float16"])
    assert found.verdict == "conforms"
    notes = {o.note for o in found.outcomes if o.dtype == "float16"}
    assert notes == {"it is not implemented for float16"}


def test_forward_mode_is_a_gradient():
    found = compared(half_detached, "mean((x - y)**2)", shapes={"x": 3, "y": 3})
    forward = [o for o in found.outcomes if o.mode == "forward mode"]
    assert {(o.order, o.kind) for o in forward} == {("gradient", "wrong gradient")}


def test_a_cancelling_sum_is_held_to_the_sum_of_its_terms():
    def backwards(x):
        return np.flip(x).sum()

    found = compared(backwards, "sum(x)", shapes={"x": "n"})
    assert found.verdict == "conforms", told(found)


def test_what_has_no_value_may_raise():
    def inverse(A):
        if torch.linalg.det(A) == 0:
            raise ValueError("singular")
        return torch.linalg.inv(A)

    assert compared(inverse, "inv(A)", shapes={"A": (2, 2)}).verdict == "conforms"


def test_formulas_of_one_graph_may_have_results_of_different_shapes():
    g = Graph()
    x = g.symbol("x", (4,))
    for formula in (g.mul(x, x), g.sum(x), g.stack([g.sum(x), g.sum(x)])):
        assert TensorSubject(formula, [x], [Range()], [0]).truth("hvp").nodes


# -- what counts as the result ---------------------------------------------------------------------


class Running(nn.Module):
    """A norm whose running mean is another tensor after each call, not the same one changed."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("running_mean", torch.zeros(2))

    def forward(self, x):
        self.running_mean = 0.75 * self.running_mean + 0.25 * x.mean(0)
        return x - x.mean(0)


RUNNING = {"x": (3, 2), "running_mean": 2}


def test_a_running_mean_is_what_the_buffer_becomes():
    found = compared(Running(), "3/4*running_mean + mean(x, axis=0)/4", shapes=RUNNING, result="running_mean")
    assert found.verdict == "conforms", told(found)
    assert {o.order for o in found.outcomes} == {"value"}


def test_a_momentum_the_wrong_way_round_is_caught():
    found = compared(Running(), "1/4*running_mean + 3/4*mean(x, axis=0)", shapes=RUNNING, result="running_mean")
    assert found.kind == "wrong formula", told(found)


def test_of_a_tuple_an_entry_is_the_result():
    def both(x):
        return x.sum(), (x * x, [x.mean()])

    for part, formula in ((0, "sum(x)"), ([1, 0], "x*x"), ((1, 1, 0), "mean(x)")):
        found = compared(both, formula, shapes={"x": 3}, result=part, framework="torch")
        assert found.verdict == "conforms", told(found)
    missing = compared(both, "sum(x)", shapes={"x": 3}, result=2, framework="torch")
    assert missing.kind == "raises"
    assert "no entry 2" in told(missing)


@pytest.mark.parametrize("result", ["y", -1, [0, -2]])
def test_a_result_that_there_is_not_is_told(result: Any):
    with pytest.raises(BadArguments):
        compared(torch.sum, "sum(x)", shapes={"x": 3}, result=result)


# -- kinks of many entries -------------------------------------------------------------------------


@pytest.mark.parametrize("picks", ["first", "last"])
def test_any_of_equal_entries_of_overlapping_windows_may_be_taken(picks: str):
    def pooled(x):
        windows = x.unfold(0, 3, 1)
        places = windows.argmax(1) if picks == "first" else 2 - windows.flip(1).argmax(1)
        return windows.gather(1, places[:, None])[:, 0]

    found = compared(pooled, "[max(x[i + k] for k in 3) for i in 3]", shapes={"x": 5}, framework="torch")
    assert found.verdict == "conforms", told(found)


def test_at_a_kink_no_second_derivative_is_due():
    found = compared(F.normalize, "x/max(sum(abs(x)), 1/1000)", shapes={"x": 3}, options={"p": 1.0, "dim": 0, "eps": 1e-3},
                     arguments=["x"])  # fmt: skip
    assert found.verdict == "conforms", told(found)
