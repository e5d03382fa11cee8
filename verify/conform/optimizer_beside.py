"""What an optimizer has to bear beside one series of gradients: groups, a learning rate that changes, ``maximize``, gradients in
one place in memory, and none at all. Each is an outcome or a finding of its own, of an optimizer that is right otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from verify.conform.calls import Raised
from verify.conform.formats import FORMATS, Array, Format
from verify.conform.optimizer_runs import Part, Scene, scene, takes, torch_steps
from verify.conform.outcome import Finding, Outcome

if TYPE_CHECKING:
    from verify.conform.optimizer_comparison import Judged, OptimizerComparison

SHORT = 14  # steps
#: Where the learning rate changes, and by which factor.
CHANGES = ((5, 0.25), (9, 1.5))
LEARNING_RATES = ("lr", "learning_rate", "eta", "alpha", "rate", "gamma")


def beside(c: OptimizerComparison) -> list[Outcome]:
    if c.runner is not torch_steps or len({p.shape for p in c.parts}) == 1:
        return []
    matrices = all(len(p.shape) == 2 for p in c.parts)
    shapes: tuple[tuple[int, ...], ...] = ((2, 2), (2, 3), (2, 3)) if matrices else ((3,), (3,), (2, 2))
    parts = [Part(s, f"the {n} parameter") for s, n in zip(shapes, ("first", "second", "third"), strict=True)]
    given = scene(parts, SHORT, c.seed + 1, few=c.dtypes[0] != "float64")
    if (alike := _alike(c, given)) is not None:
        return [alike]
    _gradients(c, given)
    return [*_maximized(c, given), *_same_place(c, given), *_missing(c, given), *_rates(c, given)]


def format_of(c: OptimizerComparison) -> Format:
    """That in which the optimizer is known to be right."""
    return FORMATS[c.dtypes[0]]


def _tried(c: OptimizerComparison, given: Scene, mode: str, **how: Any) -> Judged | None:
    """None where it can't be called so."""
    fmt = format_of(c)
    expected = how.pop("expected", None)
    options = how.pop("options", {})
    try:
        return c.judge(
            c.best,
            fmt,
            given,
            expected or c.expected(fmt, how.get("against", given), how.get("constants")),
            options,
            mode,
        )
    except Raised:
        return None


def _alike(c: OptimizerComparison, given: Scene) -> Outcome | None:
    """Two parameters of one shape: off where something is kept by the shape."""
    judged = _tried(c, given, "parameters of one shape")
    if judged is None or judged.outcome.verdict != "deviates":
        return None
    c.findings.append(Finding("shared state", "wrong where two parameters have one shape", grave=False))
    return judged.outcome


def _gradients(c: OptimizerComparison, given: Scene) -> None:
    """What a step does to the gradients, which are not its own: changes them, which is grave, or clears them."""
    import torch

    w = [torch.nn.Parameter(torch.ones(2, dtype=torch.float64)) for _ in range(2)]
    try:
        optimizer = c.make(w, **c.options, **c.best.options)
        for k in range(2):
            for x in w:
                x.grad = torch.tensor([0.5, -0.25 * (k + 1)], dtype=torch.float64)
            optimizer.step()
    except Exception:  # told by the paths
        return
    before = [0.5, -0.5]
    if any(x.grad is None or not x.grad.any() for x in w):
        c.findings.append(Finding("clears the gradient", "gradients are zero, or none, after the step", grave=False))
    elif any(x.grad.tolist() != before for x in w):
        c.findings.append(Finding("changes its input", "gradients have other values after the step"))


def _maximized(c: OptimizerComparison, given: Scene) -> Iterator[Outcome]:
    if not takes(c.make, "maximize") or "maximize" in c.options:
        return
    turned = replace(given, gradients=-given.gradients)
    for path in c.paths:
        if path.default != c.best.default or path.options.get("differentiable"):
            continue
        try:
            yield c.judge(
                path,
                format_of(c),
                given,
                c.expected(format_of(c), turned),
                {"maximize": True},
                f"{path.name}, maximize",
            ).outcome
        except Raised:
            continue


def _same_place(c: OptimizerComparison, given: Scene) -> Iterator[Outcome]:
    judged = _tried(c, replace(given, in_place=True), "gradients in one place in memory")
    if judged is not None:
        yield judged.outcome


def _missing(c: OptimizerComparison, given: Scene) -> Iterator[Outcome]:
    """The second parameter has no gradient in some steps: by Torch's custom it stays as it is, and its steps are not counted."""
    fmt = format_of(c)
    without = {1, 4, 5}
    scene_ = replace(given, missing=frozenset((t, 1) for t in without))
    s = given.slices[1]
    try:
        rows = list(c.runner(c.make, c.best, c.options, fmt, scene_))
    except Raised as why:
        c.findings.append(Finding("no gradient", f"a parameter without gradient: {why}", grave=False))
        return
    kept = [t for t in range(1, SHORT + 1) if t not in without]
    alone = given.only(1)
    alone = replace(alone, gradients=alone.gradients[[t - 1 for t in kept]])
    expected = c.expected(fmt, alone)
    made = np.stack(rows)[:, s]
    before = np.vstack([given.start[s], made[:-1]])
    if any(not np.array_equal(made[t - 1], before[t - 1]) for t in without):
        c.findings.append(Finding("no gradient", "a parameter that has no gradient is changed", grave=False))
    elif (np.abs(made[[t - 1 for t in kept]] - expected.value) > expected.strict).any():
        c.findings.append(
            Finding("no gradient", "steps in which a parameter has no gradient count for it", grave=False)
        )
    yield from ()


# -- the learning rate ------------------------------------------------------------------------------------


def _rates(c: OptimizerComparison, given: Scene) -> Iterator[Outcome]:
    """A second group with another learning rate, one that changes between steps, and one that is a tensor. Only where halving
    the option halves the constant of the formula is it known which constant it is."""
    known = _rate(c)
    if known is None:
        return
    name, rate = known
    fmt = format_of(c)
    half = _tried(c, given, "lr", options={"lr": rate / 2}, constants=_always(name, rate / 2))
    if half is None:
        return
    if half.outcome.verdict != "conforms":
        if half.made is not None and _fits(half.made, c.expected(fmt, given)):
            c.findings.append(Finding("wrong formula", "the option lr has no effect"))
        return
    yield from _groups(c, given, name, rate)
    yield from _scheduled(c, given, name, rate)
    yield from _as_tensor(c, given, rate)


def _rate(c: OptimizerComparison) -> tuple[str, float] | None:
    """The constant that is the learning rate, and its value."""
    if not takes(c.make, "lr"):
        return None
    import inspect

    rate = c.options.get("lr", inspect.signature(c.make).parameters["lr"].default)
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        return None
    equal = [n for n, v in c.recurrence.constants.items() if float(v) == rate]
    named = [n for n in LEARNING_RATES if n in equal]
    found = named[:1] or (equal if len(equal) == 1 else [])
    return (found[0], float(rate)) if found else None


def _always(name: str, rate: float) -> Callable[[int], Mapping[str, Array]]:
    return lambda t: {name: rate}


def _fits(made: Array, expected: Any) -> bool:
    with np.errstate(all="ignore"):
        return bool((np.abs(made - expected.value) <= expected.strict).all())


def _groups(c: OptimizerComparison, given: Scene, name: str, rate: float) -> Iterator[Outcome]:
    parts = tuple(replace(p, group=int(k > 0)) for k, p in enumerate(given.parts))
    grouped = replace(given, parts=parts, groups=({}, {"lr": rate / 4}))
    group = np.concatenate([np.full(p.size, p.group) for p in parts])
    rates = np.where(group == 0, rate, rate / 4)
    judged = _tried(c, grouped, "two groups", constants=lambda t: {name: rates})
    if judged is None:
        return
    if judged.outcome.verdict == "deviates" and judged.made is not None:
        for k, of in (("first", rate), ("last", rate / 4)):
            if _fits(judged.made, c.expected(format_of(c), given, _always(name, of))):
                c.findings.append(
                    Finding("shared state", f"every group has the learning rate of the {k} one", grave=False)
                )
    yield judged.outcome


def _scheduled(c: OptimizerComparison, given: Scene, name: str, rate: float) -> Iterator[Outcome]:
    def at(t: int) -> float:
        return rate * float(np.prod([factor for step, factor in CHANGES if t >= step]))

    def constants(t: int) -> Mapping[str, float]:
        return {name: at(t)}

    judged = _tried(c, replace(given, lr=at), "lr that changes", constants=constants)
    if judged is None:
        return
    if judged.outcome.verdict == "deviates" and judged.made is not None:
        if not _fits(judged.made, c.expected(format_of(c), given)):
            c.findings.append(
                Finding(
                    "schedule",
                    "a learning rate that changes between steps comes in at another place than in the formula, "
                    "such as inside the velocity",
                    grave=False,
                )
            )
            return
        yield replace(judged.outcome, note="it keeps the learning rate that it was made with")
        return
    yield judged.outcome


def _as_tensor(c: OptimizerComparison, given: Scene, rate: float) -> Iterator[Outcome]:
    import torch

    judged = _tried(c, given, "lr as a tensor", options={"lr": torch.tensor(rate, dtype=torch.float64)})
    if judged is not None and judged.outcome.kind != "raises":
        yield judged.outcome
