"""How a user sees a deviation of an optimizer again: one command, and a script that needs nothing of this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from shlex import quote
from typing import Any

import numpy as np

from verify.conform.callables import AUDITED
from verify.conform.devices import PROCESSOR, current, there
from verify.conform.formats import Array
from verify.conform.optimizer_runs import OptimizerPath, Part, is_torch
from verify.conform.outcome import Conformance
from verify.conform.recurrence import Recurrence
from verify.conform.reproduce import importable

LONG = 400  # gradients that are written out


def again(
    found: Conformance,
    make: Callable[..., Any],
    path: OptimizerPath,
    options: Mapping[str, Any],
    recurrence: Recurrence,
    part: Part,
    start: Array,
    gradients: Array,
    entry: int,
) -> Conformance:
    """With command and script, where the optimizer has a name to import: for what is off at an ``entry`` of a parameter that had
    these entries at the ``start``, and these ``gradients``, a row a step. All entries are like that one where each is worked out
    by itself."""
    target, worst = importable(make), found.worst
    if not target or worst is None:
        return found
    package = target.partition(":")[0].partition(".")[0]
    words = ["errata conform", quote(target), "--formula", quote(recurrence.text)]
    words += [] if package in AUDITED else ["--allow-import", package]
    for n, v in recurrence.constants.items():
        words += ["--in", f"{n}={float(v)!r}"]
    for n, text in recurrence.starts.items():
        if text != "0":
            words += ["--state", quote(f"{n}={text}")]
    for n, v in options.items():
        words += ["--option", quote(f"{n}={v}")]
    if current() != PROCESSOR:
        words += ["--device", current()]
    module, _, name = target.partition(":")
    if not is_torch(make):
        return replace(found, command=" ".join(words))
    keywords = "".join(f", {k}={v!r}" for k, v in (dict(options) | dict(path.options)).items())
    together = recurrence.whole or worst.kind == "layout"
    if together and gradients.size > LONG:
        return replace(found, command=" ".join(words))
    if not together:
        start, gradients = np.full_like(start, start[entry]), gradients[:, entry]
    else:
        gradients = np.reshape(gradients, (-1, *part.shape))
    like = f"dtype=torch.{worst.dtype}{there()}"
    turned = ".t().contiguous().t()" if part.turned else ""
    first = f"torch.tensor({np.reshape(start, part.shape).tolist()!r}, {like})"
    if not together:
        first = f"torch.full({part.shape!r}, {float(start[0])!r}, {like})"
    script = [
        "import torch",
        f"from {module} import {name.split('.')[0]}",
        *([f"torch.set_default_dtype(torch.{path.default})"] if path.default != "float32" else []),
        f"w = torch.nn.Parameter({first}{turned})",
        f"optimizer = {name}([w]{keywords})",
        f"for g in {gradients.tolist()!r}:",
        f"    w.grad = {f'torch.tensor(g, {like}){turned}' if together else 'torch.full_like(w, g)'}",
        "    optimizer.step()",
        f"print(float(w.detach().reshape(-1)[{entry}]), 'exactly', {worst.exact})",
    ]
    return replace(found, command=" ".join(words), script="\n".join(script))
