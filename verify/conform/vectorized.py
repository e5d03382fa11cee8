"""Whether a callable takes arrays; one that takes numbers, called point by point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from verify.conform.calling import calling
from verify.conform.calls import Call, Constant
from verify.conform.formats import Array
from verify.conform.frameworks import Framework


def spanned(names: Sequence[str], inputs: Sequence[Array]) -> str:
    """Inputs of a call in a few words: ``2,000 points, x from -1.0 to 1.0``."""
    count = len(inputs[0]) if inputs else 0
    if count < 2:
        return ", ".join(f"{n} = {float(x[0])!r}" for n, x in zip(names, inputs, strict=False) if len(x))
    ends = (f"{n} from {float(np.min(x))!r} to {float(np.max(x))!r}" for n, x in zip(names, inputs, strict=False))
    return f"{count:,} points, {', '.join(ends)}"


def takes(fw: Framework, call: Call, inputs: Sequence[Array]) -> bool:
    """Whether a callable can be called with arrays of a framework. One that gives another shape can."""
    fmt = "float32" if "float32" in fw.formats else "float64"
    names = [f"argument {k}" for k, _ in enumerate(inputs, 1)]
    try:
        with calling(f"value, eager, {fmt}, at {spanned(names, inputs)}"):
            fw.run("eager", call, inputs, fmt, ())
    except Exception:  # whatever the callable does
        return False
    return True


def one_by_one(call: Call, fw: Framework) -> Call:
    """The call on every point alone, for a callable that takes numbers."""

    def each(*columns: Any, **constants: Any) -> Any:
        prepared = replace(call, fixed={**call.fixed, **constants})
        rows = [prepared([c[i] for c in columns]) for i in range(len(columns[0]))]
        fw.array(rows[0])  # or it says what came back
        if fw.name == "torch":
            import torch

            return torch.stack([torch.as_tensor(r) for r in rows])
        if fw.name == "jax":
            import jax

            return jax.numpy.stack(rows)
        return np.array(rows)

    constants = {k: v for k, v in call.fixed.items() if isinstance(v, Constant)}
    return Call(each, tuple(range(len(call.positional) + len(call.keywords))), fixed=constants)
