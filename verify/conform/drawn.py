"""Structure drawn by Hypothesis: how long an array is, how it lies in memory, whether its entries are equal; and a failure shrunk
to the shortest and plainest array that shows it.

The entries are points at which the callable was found right, so that what is off hangs on the structure. Examples follow from a
fixed seed: no verdict hangs on luck. A failure is kept in ``.errata/examples`` and tried first by the next run of the same target
and formula; one that has been mended drops out there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from derive.records import dataclass
from verify.conform.calling import said
from verify.conform.calls import Call
from verify.conform.formats import FORMATS, Array
from verify.conform.frameworks import Framework
from verify.conform.measure import Reference, measure
from verify.conform.outcome import Finding
from verify.conform.subject import Subject

EXAMPLES = 80
LONGEST = 70  # entries: four registers of 16, and a tail
KEPT = Path(".errata") / "examples"

#: How an array of so many entries lies in memory, from one that lies plainly and is twice as long.
LAYOUTS: Mapping[str, Callable[[Any, int], Any]] = {
    "one after the other": lambda x, n: x[:n],
    "every second entry": lambda x, n: x[::2][:n],
    "the second half": lambda x, n: x[n:][:n],
    "as a column": lambda x, n: x[:n].reshape(n, 1),
}


@dataclass(frozen=True)
class Structure:
    """``count`` entries from the ``start``-th point on, all of them that one if they are ``equal``."""

    count: int
    layout: str
    equal: bool
    start: int

    def of(self, base: Array) -> Array:
        x = np.roll(base, -self.start)
        return np.full(2 * self.count, x[0]) if self.equal else np.resize(x, 2 * self.count)

    def __str__(self) -> str:
        one = "y" if self.count == 1 else "ies"
        return f"{self.count} {'equal ' * self.equal}entr{one}, {self.layout}"


def drawn(subject: Subject, call: Call, fw: Framework, base: Sequence[Array], key: str) -> list[Finding]:
    """What the structure of an array changes; ``base`` are points of float32 at which the callable is right. Without a ``key``
    nothing is kept."""
    from hypothesis import HealthCheck, Phase, Verbosity, given, settings
    from hypothesis import strategies as st

    truth, fmt = subject.truth(0), FORMATS["float32"]
    call = call.prepared(fw, "float32")
    try:
        with np.errstate(all="ignore"):
            alone = fw.array(call([fw.tensor(x, "float32") for x in base])).reshape(-1)
        if measure(Reference(truth, base, fmt), 0, alone).off.any():
            return []  # right by what rounding explains of the formula, which is not asked here
    except Exception:  # told by the path itself
        return []
    failing: list[tuple[Structure, Finding]] = []
    kept = _Kept(key)

    def look(structure: Structure) -> Finding | None:
        laid_out = [LAYOUTS[structure.layout](fw.tensor(structure.of(x), "float32"), structure.count) for x in base]
        flat = [fw.array(x).reshape(-1) for x in laid_out]
        try:
            with np.errstate(all="ignore"):
                y = fw.array(call(laid_out))
        except Exception as why:
            return Finding("layout", f"{structure}: {said(why)}", grave=False)
        shape = np.shape(fw.array(laid_out[0]))
        if y.shape != shape:
            return Finding("layout", f"{structure}: the result has shape {list(y.shape)}, not {list(shape)}")
        off = np.flatnonzero(measure(Reference(truth, flat, fmt), 0, y.reshape(-1)).off)
        if not len(off):
            return None
        at = ", ".join(repr(float(x[off[0]])) for x in flat)
        return Finding("layout", f"{structure}: wrong at {at}, entry {off[0]}, where another layout is right")

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(
        st.builds(
            Structure,
            st.integers(1, 9) | st.integers(1, LONGEST),
            st.sampled_from(list(LAYOUTS)),
            st.booleans(),
            st.integers(0, len(base[0]) - 1),
        )
    )
    def right(structure: Structure) -> None:
        if (finding := look(structure)) is not None:
            failing[:] = [(structure, finding)]
            raise AssertionError

    for structure in kept.structures():
        if structure.start < len(base[0]) and (finding := look(structure)) is not None:
            return [finding]
        kept.drop(structure)
    try:
        right()
    except AssertionError:  # the last to fail is the one it was shrunk to
        kept.keep(failing[0][0])
        return [failing[0][1]]
    except Exception:  # Hypothesis itself, as where results differ from call to call: told by the other checks
        return []
    return []


def key_of(target: str, formula: str) -> str:
    return hashlib.sha256(f"{target} {formula}".encode()).hexdigest()[:16] if target else ""


class _Kept:
    """Structures that failed, as JSON in Hypothesis's database of examples; nowhere without a key. What can't be written isn't
    kept, and what can't be read is left out."""

    def __init__(self, key: str) -> None:
        from hypothesis.database import DirectoryBasedExampleDatabase

        self.database = DirectoryBasedExampleDatabase(KEPT) if key else None
        self.key = key.encode()

    def structures(self) -> list[Structure]:
        return [s for text in (self.database.fetch(self.key) if self.database else ()) if (s := _read(text))]

    def keep(self, structure: Structure) -> None:
        if self.database:
            self.database.save(self.key, json.dumps(asdict(structure)).encode())

    def drop(self, structure: Structure) -> None:
        if self.database:
            self.database.delete(self.key, json.dumps(asdict(structure)).encode())


def _read(text: bytes) -> Structure | None:
    try:
        made = Structure(**json.loads(text))
        known = made.layout in LAYOUTS and 0 < int(made.count) <= LONGEST and int(made.start) >= 0
    except (ValueError, TypeError):
        return None
    return made if known else None
