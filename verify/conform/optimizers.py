"""Optimizers: the recurrence of a document or paper, step by step, against what torch.optim, optax and one's own class do.

Right is what rounding every operation to the format explains: the recurrence is evaluated with a bound on that
(``recurrence``). Balls give the exact value that is reported. The gradients are a fixed series, so that one step's error
is not the next step's input.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from derive.errors import ExpressionError
from verify.conform.arguments import BadArguments
from verify.conform.calls import Raised
from verify.conform.formats import FORMATS
from verify.conform.optimizer_comparison import OptimizerComparison
from verify.conform.optimizer_runs import (
    PARTS,
    SMALL,
    STEPS,
    OptimizerPath,
    Part,
    Runner,
    is_optax,
    is_torch,
    scene,
    takes,
    torch_steps,
    ways,
)
from verify.conform.outcome import Conformance
from verify.conform.recurrence import Program, Recurrence, read_recurrence
from verify.conform.settings import kept, with_changes
from verify.extras import installed, missing

DTYPES = ("float64", "float32", "float16", "bfloat16")
ENTRIES = 32  # of parameters of a shape that is given: a sign that turns elsewhere is not seen in a single one


def is_optimizer(make: Any) -> bool:
    return is_torch(make) or is_optax(make)


def conform_with_text(
    make: Callable[..., Any],
    formula: str,
    constants: Mapping[str, Any] | None = None,
    states: Mapping[str, str | float] | None = None,
    options: Mapping[str, Any] | None = None,
    **given: Any,
) -> Conformance:
    """``conform_optimizer`` with a recurrence as text: ``m = b1*m + (1 - b1)*g; w = w - lr*m``.

    A constant that the constructor takes by its name is handed on to it; one that is not given has the constructor's value.
    Raises ExpressionError with the column in the text, and BadArguments.
    """
    options = dict(options or {})
    known = _defaults(make, options)
    values: dict[str, float] = {}
    for name, value in (constants or {}).items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadArguments(f"a constant of an optimizer is one number, not {name} = {value!r}")
        values[name] = value
        if takes(make, name) and name not in options:
            options[name] = value
    for stem in ("b", "beta"):
        if takes(make, "betas") and "betas" not in options and {f"{stem}1", f"{stem}2"} <= set(values):
            options["betas"] = (values[f"{stem}1"], values[f"{stem}2"])
    return conform_optimizer(
        make, read_recurrence(formula, values, states, known | _numbers(options)), options, **given
    )


def _numbers(options: Mapping[str, Any]) -> dict[str, float]:
    found = {}
    for name, value in options.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            found[name] = value
        elif name == "betas" and isinstance(value, tuple | list):
            found |= {f"{stem}{k}": b for k, b in enumerate(value, 1) for stem in ("b", "beta")}
    return found


def _defaults(make: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, float]:
    """The numbers that a constructor takes as keywords, with their defaults (0 where there is none)."""
    import inspect

    try:
        parameters = inspect.signature(make).parameters
    except (TypeError, ValueError):
        return {}
    made = {
        n: p.default if p.default is not p.empty else 0.0
        for n, p in parameters.items()
        if n not in ("params", "self") and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    }
    return _numbers(made | dict(options))


def conform_optimizer(
    make: Callable[..., Any],
    recurrence: Recurrence,
    options: Mapping[str, Any] | None = None,
    *,
    name: str = "",
    dtypes: Sequence[str] | None = None,
    shapes: Mapping[str, Any] | None = None,
    steps: int = STEPS,
    seed: int = 0,
) -> Conformance:
    """Compares a class of torch.optim.Optimizer, or a function that makes an optax transformation, with a recurrence.

    Every path and dtype is run for so many steps on parameters of several shapes at once; then a second group of parameters,
    a learning rate that changes, ``maximize``, and gradients that stay in one place in memory. The first step after which an
    entry is off is told. ``shapes={"w": (4, 5)}`` has parameters of this shape instead, so many that they have some entries.

    Raises ExpressionError for a recurrence that makes no sense, and BadArguments where the optimizer can't be made with these
    options.
    """
    if not is_torch(make) and not installed("optax"):
        raise BadArguments(f"it is no class of torch.optim.Optimizer, and {missing('optax')}")
    title = name or f"{make.__module__}.{make.__qualname__}"
    runner, paths = ways(make, options or {})
    every = dtypes or (DTYPES if runner is torch_steps else ("float32",))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parts = _parts(make, recurrence, dict(options or {}), runner, paths[0], shapes or {})
        comparison = OptimizerComparison(
            title, make, recurrence, dict(options or {}), runner, paths, tuple(every), parts, steps, seed
        )
        with kept() as changed:
            found = comparison.run()
        return with_changes(found, changed, comparison.own)


def _parts(
    make: Callable[..., Any],
    recurrence: Recurrence,
    options: Mapping[str, Any],
    runner: Runner,
    path: OptimizerPath,
    shapes: Mapping[str, Any],
) -> tuple[Part, ...]:
    """The parameters that are run: of the shape given, else of several shapes; matrices alone for what takes no others."""
    for n in shapes:
        if n != "w":
            raise BadArguments(f"of an optimizer only the shape of the parameter w can be given, not that of '{n}'")
    if "w" in shapes:
        sizes = shapes["w"]
        shape = (sizes,) if isinstance(sizes, int) else tuple(sizes)
        part = Part(shape, f"a parameter of {' x '.join(map(str, shape))} entries")
        return (part,) * (1 if recurrence.whole else 1 + ENTRIES // part.size)
    every = SMALL if recurrence.whole else PARTS
    for parts in (every, tuple(p for p in every if len(p.shape) == 2)):
        try:
            next(iter(runner(make, path, options, FORMATS["float32"], scene(parts, 1))))
        except Raised:
            continue
        if recurrence.whole:  # a formula of matrices has none for vectors
            try:
                for p in parts:
                    Program.of(recurrence, p.shape)
            except ExpressionError:
                continue
        return parts
    return every
