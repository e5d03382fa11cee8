"""What is told of a deviation shows it again: the script by itself, the command in words that are read back."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from tests.verify.conform.test_planted import assert_shown_again
from verify.cli import main
from verify.conform import conform
from verify.conform.words import headline, told


def squares(y, yhat):
    return ((y - yhat) ** 2).sum() * 1.001


def cross_entropy(z, t, reduction="sum"):
    return -(torch.log_softmax(z, -1) * t).mean()


def softened(x):
    return torch.softmax(x, -1) + 1e-6


def shifted(a, b):
    return np.mean((a - b) ** 2) + 1e-3


def of_a_number(x):
    return math.tanh(x) * 1.01


def second_of_two(x, y):
    return x**2, x * y * 1.001


def classes(z, weight=None):
    return (z * weight).sum() * 1.01


class Doubled(torch.nn.Module):
    def __init__(self, scale=1.0):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(2, 3))
        self.bias = torch.nn.Parameter(torch.zeros(2))
        self.scale = scale

    def forward(self, x):
        return x @ self.weight.T * self.scale + self.bias * 2


class HalfSlope(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x**2).sum()

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


class Cut(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        return g * 3 * (ctx.saved_tensors[0] ** 2).detach()


def cube(x):
    return Cut.apply(x)


def cubes(x):
    return Cut.apply(x).sum()


CASES: dict[str, tuple[Callable[..., Any], str, dict[str, Any]]] = {
    "a loss": (squares, "sum((y - yhat)**2)", {"shapes": {"y": 5, "yhat": 5}}),
    "a loss with a target": (
        cross_entropy,
        "-sum(t*log_softmax(z, axis=-1))",
        {"shapes": {"z": (2, 3), "t": (2, 3)}, "wrt": "z", "options": {"reduction": "sum"}},
    ),
    "many entries": (softened, "softmax(x)", {"shapes": {"x": 60}}),
    "a module": (
        Doubled,
        "x @ weight.T + bias",
        {"shapes": {"x": (2, 3), "weight": (2, 3), "bias": 2}, "options": {"scale": 1.0}},
    ),
    "an autograd function": (HalfSlope, "sum(x**2)", {"shapes": {"x": 4}}),
    "a second derivative": (cube, "x**3", {}),
    "a second derivative of tensors": (cubes, "sum(x**3)", {"shapes": {"x": 3}}),
    "of NumPy": (shifted, "mean((a - b)**2)", {"shapes": {"a": 6, "b": 6}}),
    "of a number": (of_a_number, "tanh(x)", {}),
    "the second of two results": (second_of_two, "x*y", {"result": 1}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_script_shows_it_again(case: str) -> None:
    function, formula, given = CASES[case]
    found = conform(function, formula, dtypes=["float64"], **given)
    assert found.verdict != "conforms"
    assert found.script, told(found)
    assert_shown_again(found)
    assert found.command.startswith(f"errata conform {__name__}:{function.__name__} --formula")
    assert len(told(found).splitlines()) < 40


def off_beyond_five(x, y):
    return torch.sin(x) * y + (x > 5) * 1e-3


def loses_digits(x):
    return (1 - np.cos(x)) / x**2


def slope_that_grows(x):
    more = torch.exp(x) * x * 1e-6
    return torch.exp(x) + more - more.detach()


@pytest.mark.parametrize(
    ("function", "formula", "domain"),
    [
        (off_beyond_five, "sin(x)*y", {}),
        (off_beyond_five, "sin(x)*y", {"x": (5.1, 5.8)}),
        (loses_digits, "(1 - cos(x))/x**2", {"x": (1e-9, 1)}),
        (slope_that_grows, "exp(x)", {"x": (0, 600)}),
    ],
)
def test_a_simple_input_is_told_beside_the_worst_and_shown(
    function: Callable[..., Any], formula: str, domain: dict[str, Any]
) -> None:
    found = conform(function, formula, domain=domain, dtypes=["float64"])
    assert found.worst is not None
    assert found.worst.verdict == "deviates"
    assert found.worst.simple is not None, told(found)
    simple = found.worst.simple
    assert sum(len(repr(x)) for x in simple.at.values()) < sum(len(repr(x)) for x in found.worst.worst.values())
    assert abs(float(simple.computed) - float(simple.exact)) > 64 * np.spacing(abs(float(simple.exact)))
    assert f"exact {simple.exact}, computed {simple.computed}" in told(found)
    assert_shown_again(found)


@pytest.mark.parametrize("case", ["a module", "the second of two results", "a loss with a target"])
def test_the_command_is_read_back(case: str, capfd: pytest.CaptureFixture[str]) -> None:
    function, formula, given = CASES[case]
    found = conform(function, formula, dtypes=["float64"], **given)
    assert main([*shlex.split(found.command)[1:], "--dtype", "float64"]) == 1
    out = capfd.readouterr().out
    assert found.worst is not None
    assert headline(found).partition(": ")[2] in out
    assert found.worst.computed in out
