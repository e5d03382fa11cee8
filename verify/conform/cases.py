"""The implementations that cases name: found by their names, compared with their formulas, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.errors import ExpressionError
from derive.expr.graph import free_symbols
from verify.casefile.model import Case, Implementation
from verify.conform.arguments import BadArguments
from verify.conform.callables import NotAllowed, NotFound, NotInstalled, find
from verify.conform.calls import Constant
from verify.conform.devices import PROCESSOR, NoDevice, named, on
from verify.conform.outcome import Conformance
from verify.conform.record import record
from verify.conform.strata import Range


def implementation(
    case: Case, entry: Implementation, seed: int = 0, allowed: Sequence[str] = (), device: str = PROCESSOR
) -> Conformance:
    """What is found of one entry, on a device. Raises NotFound where it is not installed, and NotAllowed, BadArguments,
    ExpressionError."""
    function = find(entry.name, allowed)
    if entry.recurrence is not None:
        from verify.conform.optimizers import conform_optimizer
        from verify.conform.recurrence import Recurrence

        r, w = entry.recurrence, case.symbols.get("w")
        with on(device):
            return named(
                conform_optimizer(
                    function,
                    Recurrence(r.states, r.updates, r.constants),
                    entry.options,
                    name=entry.name,
                    seed=seed,
                    dtypes=entry.dtypes or None,
                    shapes={"w": w.shape} if w is not None and w.shape else None,  # a scalar is any entry
                )
            )
    from verify.conform.engine import conform

    assert entry.of is not None
    return conform(
        function,
        entry.of,
        wrt=entry.wrt or None,
        domain=_domain(case, entry),
        arguments=entry.arguments,
        options={k: _option(v) for k, v in entry.options.items()},
        result=entry.result,
        dtypes=entry.dtypes or None,
        device=device,
        name=entry.name,
        seed=seed,
    )


def compared(
    case: Case, entry: Implementation, seed: int = 0, allowed: Sequence[str] = (), device: str = PROCESSOR
) -> dict[str, Any]:
    """The fields of results.Implementation that an entry comes to. What is not installed, or not run on the device, is
    skipped; what can't be called as the
    case says is undecided, with the reason."""
    try:
        return record(implementation(case, entry, seed, allowed, device))
    except (NotInstalled, NoDevice) as why:
        return {"verdict": "skipped", "reason": str(why)}
    except (NotFound, NotAllowed, BadArguments, ExpressionError) as why:
        return {"verdict": "undecided", "reason": str(why)}


def _option(value: Any) -> Any:
    """An option as the call gets it: ``{tensor: [1, 0]}`` is an array of the framework."""
    return Constant(value["tensor"]) if isinstance(value, Mapping) and set(value) == {"tensor"} else value


def _domain(case: Case, entry: Implementation) -> Mapping[str, Any]:
    """The ranges of the symbols that the formula speaks of. A symbol that is no argument has the case's value."""
    assert entry.of is not None
    passed = (
        None
        if entry.arguments is None
        else set(entry.arguments.values() if isinstance(entry.arguments, Mapping) else entry.arguments)
    )
    found: dict[str, Any] = {}
    for n in free_symbols([entry.of]):
        s = case.symbols[str(n.attr)]
        low, high = entry.ranges.get(s.name, (s.low, s.high))
        if s.name in entry.ranges and low == high and low is not None:
            found[s.name] = low
        elif passed is not None and s.name not in passed and s.values is not None and not s.shape:
            found[s.name] = s.values[0]
        else:
            found[s.name] = Range(_number(low), _number(high))
    return found


def _number(end: Fraction | None) -> float | None:
    return None if end is None else float(end)
