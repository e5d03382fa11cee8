"""The hunt for the worst input: points drawn at once, in strata, then near the worst of them; Hypothesis shrinks a failure."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from derive.records import dataclass
from verify.conformance.inputs import Input
from verify.conformance.measure import Reading

Point = Sequence[float]
Readings = Mapping[str, Reading | None]  # by subject; None where there is nothing to compare
Measure = Callable[[Sequence[Point]], Sequence[Readings]]

STEERED = 3  # every third point is a variation of the worst so far


@dataclass
class Record:
    """What a hunt found on one subject.

    ``examples`` points were compared, ``rejected`` ones not (no value, or on a kink). ``worst`` is the largest
    ratio of error to tolerance met; ``failure`` the simplest point found where it passes 1.
    """

    examples: int = 0
    rejected: int = 0
    worst: tuple[Reading, Point] | None = None
    failure: tuple[Reading, Point] | None = None

    def add(self, reading: Reading | None, point: Point) -> None:
        if reading is None:
            self.rejected += 1
            return
        self.examples += 1
        if self.worst is None or reading.ratio > self.worst[0].ratio:
            self.worst = (reading, point)


class _Differs(Exception):
    """A point where an implementation is off by more than its tolerance."""


def hunt(
    inputs: Sequence[Input], subjects: Sequence[str], measure: Measure, seed: int, examples: int
) -> dict[str, Record]:
    """The record of each subject, after about ``examples`` points, the document's own first.

    ``measure`` reads all subjects at points. The same seed draws the same points, as far as the errors that steer
    the draws are the same. A failure is shrunk by Hypothesis, which hunts for it anew.
    """
    rng = random.Random(seed)
    steered = examples // STEERED if inputs else 0
    records = {s: Record() for s in subjects}
    columns = [i.draw(rng, examples - steered) for i in inputs]
    points: list[Point] = [tuple(i.start() for i in inputs), *zip(*columns, strict=True)]
    _read(records, points, measure)
    best = [r.worst[1] for r in records.values() if r.worst is not None] or points[:1]
    near = [list(best[k % len(best)]) for k in range(steered)]
    for point in near:
        k = rng.randrange(len(inputs))
        point[k] = inputs[k].draw(rng, 1)[0]
    _read(records, [tuple(p) for p in near], measure)
    while pending := [s for s, r in records.items() if r.failure is None and r.worst and not r.worst[0].passes]:
        shrunk = _shrunk(inputs, pending, measure, seed, examples)
        for s in pending:
            if shrunk[s].failure is not None:
                records[s] = shrunk[s]
        if not any(records[s].failure for s in pending):  # Hypothesis did not meet one
            for s in pending:
                records[s].failure = records[s].worst
    return records


def _read(records: Mapping[str, Record], points: Sequence[Point], measure: Measure) -> None:
    for point, readings in zip(points, measure(points), strict=True):
        for subject, record in records.items():
            record.add(readings[subject], point)


def _shrunk(
    inputs: Sequence[Input], subjects: Sequence[str], measure: Measure, seed: int, examples: int
) -> dict[str, Record]:
    """One run of Hypothesis, up to the first failure."""
    import hypothesis
    from hypothesis import HealthCheck, Phase, Verbosity
    from hypothesis import strategies as st
    from hypothesis.errors import Unsatisfiable

    records = {s: Record() for s in subjects}

    def attempt(point: tuple[float, ...]) -> None:
        readings = {s: r for s, r in measure([point])[0].items() if s in records}
        failures = {s: (r, point) for s, r in readings.items() if r is not None and not r.passes}
        for subject, reading in readings.items():
            records[subject].add(reading, point)
            if failures:  # Hypothesis replays the simplest failure last
                records[subject].failure = failures.get(subject)
            if reading is not None:
                hypothesis.target(min(reading.ratio, 1e6), label=subject)
        hypothesis.assume(any(r is not None for r in readings.values()))
        if failures:
            raise _Differs

    settings = hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    points = st.tuples(*(i.strategy() for i in inputs))
    start = tuple(i.start() for i in inputs)
    test = hypothesis.given(point=points)(attempt)
    test = hypothesis.seed(seed)(settings(hypothesis.example(point=start)(test)))
    with _elsewhere(), suppress(_Differs, Unsatisfiable):  # the records tell
        test()
    return records


@contextmanager
def _elsewhere() -> Iterator[None]:
    """Hypothesis leaves its caches in a temporary folder, not in the user's."""
    from hypothesis.configuration import set_hypothesis_home_dir, storage_directory

    home = storage_directory("constants", intent_to_write=False).home_directory
    set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "errata-hypothesis")
    try:
        yield
    finally:
        set_hypothesis_home_dir(home)
