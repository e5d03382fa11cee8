"""How a user sees a deviation again: one command, and a script of some ten lines that needs nothing of this package."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from verify.conform.calls import Call
from verify.conform.outcome import Conformance, Outcome
from verify.conform.strata import Range
from verify.conform.subject import Subject


def reproduced(found: Conformance, subject: Subject, call: Call) -> Conformance:
    """The same with its command and its script, for the worst input; where the callable has no name to import, without."""
    worst = found.worst
    target = importable(call.function)
    if worst is None or not target:
        return found
    return replace(found, command=_command(target, found, subject), script=_script(target, found, subject, call, worst))


def importable(function: Any) -> str:
    """``module:name`` of a callable, or "" where it can't be imported by it."""
    import importlib

    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    if not module or not name or "<" in name or module == "__main__":
        return ""
    try:
        there = importlib.import_module(module)
        for part in name.split("."):
            there = getattr(there, part)
    except (ImportError, AttributeError):
        return ""
    return f"{module}:{name}" if there is function else ""


def _command(target: str, found: Conformance, subject: Subject) -> str:
    from shlex import quote

    words = ["errata conform", quote(target), "--formula", quote(found.formula)]
    for s, r in zip(subject.symbols, subject.ranges, strict=True):
        if r != Range():
            words += ["--in", quote(f"{s.attr}={_ends(r)}")]
    if subject.wrt and len(subject.wrt) < len(subject.symbols):
        words += ["--wrt", ",".join(str(subject.symbols[i].attr) for i in subject.wrt)]
    return " ".join(words)


def _ends(r: Range) -> str:
    low = "-inf" if r.low is None else repr(r.low)
    high = "inf" if r.high is None else repr(r.high)
    return f"{'(' if r.open_low else '['}{low},{high}{')' if r.open_high else ']'}"


def _script(target: str, found: Conformance, subject: Subject, call: Call, worst: Outcome) -> str:
    module, _, name = target.partition(":")
    given = dict(worst.worst)
    if not given:
        return ""
    make = {
        "torch": "import torch\n{n} = torch.tensor([{v!r}], dtype=torch.{t}{r})",
        "jax": "import jax.numpy as np\n{n} = np.asarray([{v!r}], dtype='{t}')",
        "numpy": "import numpy as np\n{n} = np.array([{v!r}], dtype=np.{t})",
    }[found.framework]
    grad = worst.order != "value" and found.framework == "torch"
    lines: dict[str, None] = {f"from {module} import {name.split('.')[0]}": None}
    for n, v in given.items():
        for line in make.format(n=n, v=v, t=worst.dtype, r=", requires_grad=True" if grad else "").splitlines():
            lines[line] = None
    names = list(given)
    inner = [names[i] for i in call.positional] + [f"{k}={names[i]}" for k, i in call.keywords.items()]
    inner += [f"{k}={v!r}" for k, v in call.fixed.items()]
    lines[f"y = {name}({', '.join(inner)})"] = None
    shown = "y"
    if grad:
        by = names[subject.wrt[0]] if subject.wrt else names[0]
        lines[f"(g,) = torch.autograd.grad(y.sum(), {by}, create_graph=True)"] = None
        shown = "g"
        if worst.order != "gradient":
            lines[f"(g,) = torch.autograd.grad(g.sum(), {by})"] = None
    lines[f"print({shown}, 'exactly', {worst.exact!r})"] = None
    return "\n".join(lines)
