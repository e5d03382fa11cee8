"""Truth and tolerance at many points at once: where bounds on the errors suffice to tell that an implementation is right.

As in ``measure``, but by arrays: the value in extended precision with a bound on its error, the tolerance from the same formula
with every operation rounded to a few bits less than float64 has (``verify.conform.running``). What is not plainly within its
tolerance, has no value or lies on a kink is left to balls.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from derive.expr.graph import Node
from derive.records import dataclass
from verify.conform.running import EXTENDED, Running, Unit
from verify.conformance.measure import SHARP, TINY, Reading


@dataclass(frozen=True)
class Bulk:
    """``exact`` and ``rough`` evaluate the same roots: in extended precision, and with the roundings of the low one."""

    exact: Running
    rough: Running

    @classmethod
    def of(cls, roots: Sequence[Node], inputs: Sequence[Node], bits: int) -> Bulk | None:
        """None where the processor has no extended precision, or an operator no rule."""
        if not EXTENDED:
            return None
        step = 2.0**-bits
        try:
            return cls(Running(roots, inputs, long=True), Running(roots, inputs, unit=Unit(step, step, step, 0.0)))
        except NotImplementedError:
            return None

    def readings(
        self,
        subjects: Mapping[str, Sequence[Node]],
        points: Sequence[Sequence[float]],
        found: Sequence[Mapping[str, Sequence[float]]],
    ) -> list[dict[str, Reading | None] | None]:
        """For each point the readings of all subjects, which pass; None where balls are to say."""
        import numpy as np

        columns = np.array(points, np.float64).reshape(len(points), -1).T
        computed = np.array([[x for s in subjects for x in at[s]] for at in found], np.float64).T
        with np.errstate(all="ignore"):
            exact, rough = self.exact(*columns), self.rough(*columns)
            value, error = (np.array([b[k] for b in exact], np.longdouble) for k in (0, 1))
            size = np.abs(value).astype(np.float64)
            tolerance = np.array([b.error for b in rough], np.float64) + 2 * np.spacing(size) + TINY
            off = (np.abs(computed - value) + error).astype(np.float64)
            ratio = off / tolerance
            sure = (error * SHARP <= tolerance) & (ratio <= 1) & (size < sys.float_info.max) & np.isfinite(tolerance)
        settled = sure.all(axis=0)
        done: list[dict[str, Reading | None] | None] = []
        for k in range(len(points)):
            if not settled[k]:
                done.append(None)
                continue
            readings: dict[str, Reading | None] = {}
            start = 0
            for subject, nodes in subjects.items():
                stop = start + len(nodes)
                if nodes:
                    e = int(np.argmax(ratio[start:stop, k]))
                    at = start + e
                    readings[subject] = Reading(float(ratio[at, k]), float(off[at, k]), float(tolerance[at, k]), e)
                else:
                    readings[subject] = None
                start = stop
            done.append(readings)
        return done
