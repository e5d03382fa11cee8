"""Schedules of learning rates as functions: from the rate that they begin with, and other numbers, to the rates of the steps.

The formula of a torch.optim.lr_scheduler.LRScheduler has an entry a step, the first before any: ``[lr*gamma**t for t in 10]``.
``lr`` is the rate of the optimizer; the other names, and the options, go to the constructor.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from verify.conform.formats import Array

RATE = "lr"


def is_schedule(function: Any) -> bool:
    torch = sys.modules.get("torch")
    return (
        torch is not None and inspect.isclass(function) and issubclass(function, torch.optim.lr_scheduler.LRScheduler)
    )


def as_rates(schedule: Any, names: Sequence[str], options: Mapping[str, Any], count: int) -> Callable[..., Array]:
    """The function that a class of schedules stands for: the rates before the first of ``count`` - 1 steps, and after each."""

    def rates(**numbers: Any) -> Array:
        import numpy as np
        import torch

        given = {k: float(v) for k, v in numbers.items()}
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=given.pop(RATE, 0.1), momentum=0.9)
        made = schedule(optimizer, **given, **options)
        found = [float(optimizer.param_groups[0]["lr"])]
        for _ in range(count - 1):
            optimizer.step()
            made.step()
            found.append(float(optimizer.param_groups[0]["lr"]))
        return np.array(found)

    rates.__module__, rates.__qualname__ = schedule.__module__, schedule.__qualname__
    named = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY) for n in names]
    rates.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]  # functions take attributes
    return rates
