"""Where tensors are made. That a machine has another device is played by a second name of the processor, which Torch has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from tests.verify.conform.test_planted import assert_shown_again
from verify.cli import main
from verify.conform import assert_conforms, conform, devices
from verify.conform.arguments import BadArguments

SECOND = "cpu:0"


@pytest.fixture
def second(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The tensors that were placed there."""
    placed: list[Any] = []
    to = torch.Tensor.to

    def seen(self: Any, *given: Any, **named: Any) -> Any:
        made = to(self, *given, **named)
        if given == (SECOND,):
            placed.append(made)
        return made

    monkeypatch.setattr(devices, "check", lambda device: None)
    monkeypatch.setattr(torch.Tensor, "to", seen)
    yield placed
    assert devices.current() == devices.PROCESSOR


def wrong(x):
    return torch.tanh(x) * 1.01


class Doubled(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(2))

    def forward(self, x):
        return (x * self.weight).sum() * 2


class Descent(torch.optim.Optimizer):
    def __init__(self, params, lr=0.1):
        super().__init__(params, {"lr": lr})

    def step(self, closure=None):
        for group in self.param_groups:
            for w in group["params"]:
                w.data.add_(w.grad, alpha=-1.01 * group["lr"])


@pytest.mark.parametrize(
    ("function", "formula", "given"),
    [
        (wrong, "tanh(x)", {}),
        (Doubled, "sum(x*weight)", {"shapes": {"x": 2}}),
        (Doubled, "sum(x*weight)", {"shapes": {"x": 2}, "domain": {}, "wrt": "x"}),
        (Descent, "w = w - lr*g", {}),
    ],
)
def test_each_path_names_the_device_and_scripts_run_there(
    second: list[Any], function: Any, formula: str, given: dict[str, Any]
) -> None:
    found = conform(function, formula, dtypes=["float64"], device=SECOND, **given)
    assert second
    assert found.verdict in ("deviates", "convention")
    assert all(o.mode.endswith(f" on {SECOND}") for o in found.outcomes)
    assert f"--device {SECOND}" in found.command
    assert f"device='{SECOND}'" in found.script
    if function is not Descent:
        assert_shown_again(found)


def test_what_is_right_there_conforms(second: list[Any]) -> None:
    assert assert_conforms(torch.tanh, "tanh(x)", dtypes=["float32"], device=SECOND).verdict == "conforms"


def test_the_processor_is_the_usual_device() -> None:
    usual = conform(torch.tanh, "tanh(x)", dtypes=["float32"])
    assert conform(torch.tanh, "tanh(x)", dtypes=["float32"], device="cpu") == usual


def test_other_frameworks_have_no_device(second: list[Any]) -> None:
    with pytest.raises(BadArguments, match="functions of numpy are tried on the processor alone"):
        conform(np.tanh, "tanh(x)", device=SECOND)


@pytest.mark.parametrize("command", [["conform", "torch:tanh", "--formula", "tanh(x)"], ["audit", "torch.tanh"]])
@pytest.mark.parametrize(
    ("device", "words"),
    [
        ("cudda", "unknown device 'cudda'; did you mean 'cuda'?; known: cpu, cuda"),
        ("cuda", "no device 'cuda': Torch finds none on this machine"),
    ],
)
def test_a_device_that_is_not_there_is_one_line(
    command: list[str], device: str, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("it is there")
    assert main([*command, "--device", device]) == 2
    out, err = capfd.readouterr()
    assert not out
    assert words in err
    assert "Traceback" not in err
