"""The checks of a case: one unit for each function and backend, and one for each second derivation."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from derive.engine.domain import Domain
from derive.errors import ExpressionError
from derive.expr import shapes
from derive.expr.graph import Node, free_symbols, topological
from derive.language.reader import to_text
from verify.casefile.model import Case
from verify.conformance.bulk import Bulk
from verify.conformance.hunt import Point, Readings, Record, hunt
from verify.conformance.inputs import Input, inputs
from verify.conformance.leaks import leak
from verify.conformance.measure import bounds, leaves_range, reading
from verify.conformance.objectives import Objective, derivatives, is_abstract, objectives
from verify.conformance.programs import Implementation, numpy_implementation, torch_implementation
from verify.extras import installed, missing
from verify.results import Check, Worst

EXAMPLES = 50
#: Node evaluations of a unit: a large graph gets fewer points, the same on every machine.
WORK = 100_000
LEAST_EXAMPLES = 10
MAX_INPUTS = 400  # entries of symbols up to which SymPy is asked

Unit = tuple[str, Callable[[], list[Check]]]


def check_case(case: Case, seed: int = 0, examples: int = EXAMPLES) -> list[Check]:
    """Every check of the case."""
    return [check for _, call in units(case, seed, examples) for check in call()]


def units(case: Case, seed: int = 0, examples: int = EXAMPLES) -> list[Unit]:
    """The checks as named calls, so that a suite can time and stop each. A call raises nothing."""
    found: list[Unit] = []
    for d in derivatives(case):
        if is_abstract(d):
            continue
        found.append((f"sympy: {to_text(d)}", partial(_second, case, d, seed)))
    for o in objectives(case):
        found.append((f"numpy: {o.text}", partial(_tested, case, o, "numpy", numpy_implementation, seed, examples)))
        torch = partial(_tested, case, o, "torch", torch_implementation, seed, examples)
        found.append(
            (f"torch: {o.text}", torch if installed("torch") else partial(_skipped, case, o.text, "torch", seed))
        )
    return found


def _skipped(case: Case, subject: str, backend: str, seed: int) -> list[Check]:
    return [
        _check(
            case, backend, subject, seed, 0.0, {"outcome": "undecided", "reason": missing(backend), "absent": backend}
        )
    ]


def _check(case: Case, backend: str, subject: str, seed: int, seconds: float, found: Mapping[str, object]) -> Check:
    common = {"document": case.document, "case": case.name, "backend": backend, "subject": subject, "seed": seed}
    return Check.model_validate({**common, "seconds": seconds, **found})


# -- the second derivation ---------------------------------------------------------------------------


def _second(case: Case, derivative: Node, seed: int) -> list[Check]:
    from derive.second_opinion import second_opinion

    start = time.perf_counter()
    ranges = {s.node: (s.low, s.high) for s in case.symbols.values()}
    found: dict[str, object]
    try:
        if (count := sum(shapes.size(n.shape) for n in free_symbols([derivative]))) > MAX_INPUTS:
            raise ExpressionError(f"{count} entries of symbols; the limit for SymPy is {MAX_INPUTS}")
        opinion = second_opinion(derivative, Domain((), ranges), seed)
    except Exception as why:  # whatever SymPy trips over is no verdict
        found = {"outcome": "undecided", "reason": _said(why)}
    else:
        found = {"outcome": opinion.outcome, "reason": opinion.reason or opinion.method, "examples": opinion.points}
        if opinion.outcome == "differs":
            found["worst"] = Worst(input=dict(opinion.witness), error=opinion.error, tolerance="0")
    return [_check(case, "sympy", to_text(derivative), seed, time.perf_counter() - start, found)]


# -- implementations -----------------------------------------------------------------------------------


def _tested(
    case: Case,
    objective: Objective,
    backend: str,
    build: Callable[[Case, Objective], Implementation],
    seed: int,
    examples: int,
) -> list[Check]:
    start = time.perf_counter()
    found: dict[str, Mapping[str, object]] = {}
    try:
        tested = build(case, objective)
        points = inputs(case, tested.symbols)
        for subject, record in _hunt(tested, points, seed, examples).items():
            roots = [*tested.truth.get(objective.text, ()), *tested.truth[subject]]
            found[subject] = _outcome(record, tested.labels.get(subject), points, roots)
        for subject, reason in tested.missing.items():
            found[subject] = {"outcome": "undecided", "reason": reason}
    except Exception as why:  # a fault in a check is no verdict on the implementation
        found = {objective.text: {"outcome": "undecided", "reason": _said(why)}}
    seconds = (time.perf_counter() - start) / len(found)
    return [_check(case, backend, subject, seed, seconds, outcome) for subject, outcome in found.items()]


def _hunt(tested: Implementation, points: Sequence[Input], seed: int, examples: int) -> dict[str, Record]:
    nodes = [i.node for i in points]
    roots = [n for subject in tested.truth.values() for n in subject]
    values = len(next(iter(tested.truth.values())))
    examples = min(examples, tested.most, max(LEAST_EXAMPLES, WORK // len(topological(roots))))
    bulk = None if tested.normwise else Bulk.of(roots, nodes, tested.bits)

    def measure(given: Sequence[Point]) -> list[Readings]:
        found = tested.run(given)
        read = None if bulk is None or len(given) == 1 else bulk.readings(tested.truth, given, found)
        if read is None:
            return [by_balls(p, f) for p, f in zip(given, found, strict=True)]
        worst = {k for s in tested.truth for k in _greatest(read, s)}
        return [
            by_balls(p, f) if r is None or k in worst else r
            for k, (p, f, r) in enumerate(zip(given, found, read, strict=True))
        ]

    def by_balls(point: Point, found: Mapping[str, Sequence[float]]) -> Readings:
        bound = bounds(roots, nodes, point, tested.bits, tested.normwise)
        if None in bound[:values]:  # no value, no derivative
            return dict.fromkeys(tested.truth)
        entries = iter(bound)
        readings = {s: reading([next(entries) for _ in truth], found[s]) for s, truth in tested.truth.items()}
        if any(r is not None and not r.passes for r in readings.values()) and leaves_range(roots, nodes, point):
            return dict.fromkeys(readings)
        return readings

    return hunt(points, list(tested.truth), measure, seed, examples)


def _greatest(read: Sequence[Readings | None], subject: str) -> list[int]:
    """The place of a subject's worst reading: balls tell of it."""
    known = [(r[subject].ratio, -k) for k, r in enumerate(read) if r is not None and r[subject] is not None]  # type: ignore[union-attr]
    return [-max(known)[1]] if known else []


def _outcome(
    record: Record, labels: Sequence[str] | None, points: Sequence[Input], roots: Sequence[Node]
) -> dict[str, object]:
    reasons = []
    if record.rejected:
        reasons.append(f"{record.rejected} more points have no value, or lie on a kink")
    if record.failure is not None:
        outcome, (worst, point) = "differs", record.failure
        entry = f" of {labels[worst.entry]}" if labels else f" of entry {worst.entry}" if worst.entry else ""
        said = f"the error{entry} is {worst.error:.3g}, {worst.ratio:.3g} times its tolerance"
        reasons.insert(0, (leak(roots, points, point) if math.isinf(worst.error) else "") or said)
    elif record.worst is not None:
        outcome, (worst, point) = "agrees", record.worst
    else:
        return {"outcome": "undecided", "reason": "no point of the range has a value off its kinks"}
    shown = {i.name: repr(x) for i, x in zip(points, point, strict=True)}
    return {
        "outcome": outcome,
        "examples": record.examples,
        "reason": "; ".join(reasons),
        "worst": Worst(input=shown, error=f"{worst.error:.3g}", tolerance=f"{worst.tolerance:.3g}"),
    }


def _said(why: Exception) -> str:
    return f"{type(why).__name__}: {' '.join(str(why).split())[:300]}"
