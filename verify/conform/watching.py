"""Where a result stops being a number: a callable run at one point, operation by operation.

NumPy hands every ufunc to an array that watches, Torch every operator to a dispatch mode; what neither hands on is not seen,
and nothing is said of it. JAX is not watched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from derive.records import dataclass
from verify.conform.calls import Call
from verify.conform.formats import Array
from verify.conform.frameworks import Framework

BROKEN = ("overflow", "underflow", "cancellation")  # what steps on the way tell apart
SUMS = ("add", "sub", "subtract", "rsub", "sum")


@dataclass(frozen=True)
class Step:
    """An operation with its numbers: all entries of its arguments together, and those of its result."""

    name: str
    given: Array
    made: Array


@dataclass(frozen=True)
class Cause:
    """A class (``BROKEN``), and the step in words."""

    kind: str
    text: str


def cause(fw: Framework, call: Call, point: Sequence[Array], fmt: str) -> Cause | None:
    """What makes the result at a point no number: ``overflow`` of a step; ``underflow`` or ``cancellation`` where a step is at
    fault that makes a zero, of which then a logarithm is taken, or which divides; None where that is not seen."""
    steps = _steps(fw, call, point, fmt)
    for k, s in enumerate(steps):
        if np.isfinite(s.made).all() or not np.isfinite(s.given).all() or not len(s.given):
            continue
        result = next(repr(float(x)) for x in s.made if not np.isfinite(x))
        if not (s.given == 0.0).any():
            return Cause("overflow", f"on the way {s.name} gives {result}") if np.isinf(s.made).any() else None
        before = next((b for b in reversed(steps[:k]) if (b.made == 0.0).any() and not (b.given == 0.0).any()), None)
        if before is None:
            return None
        kind = "cancellation" if before.name in SUMS else "underflow"
        return Cause(kind, f"on the way {before.name} gives 0, and {s.name} of that {result}")
    return None


def _steps(fw: Framework, call: Call, point: Sequence[Array], fmt: str) -> list[Step]:
    seen: list[Step] = []
    call = call.prepared(fw, fmt)
    given = [fw.tensor(x, fmt) for x in point]
    try:
        with np.errstate(all="ignore"):
            if fw.name == "numpy":
                call([_watched(x, seen) for x in given])
            elif fw.name == "torch":
                with _mode(seen):
                    call(given)
    except Exception:  # what can't be watched is not
        return []
    return seen


def _numbers(values: Sequence[Any]) -> Array:
    parts = [np.asarray(v, np.float64).reshape(-1) for v in values]
    return np.concatenate(parts) if parts else np.zeros(0)


def _watched(x: Array, seen: list[Step]) -> Any:
    class Watched(np.ndarray):
        def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
            plain = [i.view(np.ndarray) if isinstance(i, Watched) else i for i in inputs]
            out = options.pop("out", None)
            if out is not None:
                options["out"] = tuple(o.view(np.ndarray) if isinstance(o, Watched) else o for o in out)
            made = getattr(ufunc, method)(*plain, **options)
            if not isinstance(made, tuple) and np.asarray(made).dtype.kind == "f":
                seen.append(Step(ufunc.__name__, _numbers(plain), _numbers([made])))
            return np.asarray(made).view(Watched) if not isinstance(made, tuple) else made

    return x.view(Watched)


def _mode(seen: list[Step]) -> Any:
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    class Watching(TorchDispatchMode):  # type: ignore[misc]  # which Torch leaves untyped
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            made = func(*args, **(kwargs or {}))
            if isinstance(made, torch.Tensor) and made.is_floating_point():
                given = [a.detach().double().numpy() if isinstance(a, torch.Tensor) else a for a in args]
                seen.append(
                    Step(
                        func.__name__.split(".")[0].rstrip("_"),
                        _numbers([a for a in given if isinstance(a, int | float | np.ndarray)]),
                        made.detach().double().numpy().reshape(-1),
                    )
                )
            return made

    return Watching()
