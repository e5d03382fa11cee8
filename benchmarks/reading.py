"""What reading a formula takes, and what others make of it: ``python benchmarks/reading.py``, over the printed formulas of the
tests. Peers that are absent are skipped by name.

A formula is timed with the names of its topic in scope, new each time: the best of several runs, as others use the machine, too.
What SymPy's reader makes of them is told by whether it gives anything; what it gives is seldom what is meant (docs/latex.md).
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec

from derive.errors import ExpressionError
from derive.language.latex import read
from tests.banks.printed import as_meant, formulas

ROUNDS = 5
BANK = formulas()


def main() -> None:
    found: Counter[str] = Counter()
    best: list[float] = []
    for topic, latex, means in BANK:
        times = []
        for _ in range(ROUNDS):
            scope, g = topic.scope()
            start = time.process_time()
            try:
                made = read(latex, scope, g, names=topic.names)
            except ExpressionError:
                made = None
            times.append(time.process_time() - start)
        best.append(min(times))
        found["refused" if made is None else "right" if as_meant(made, means, scope, g) else "otherwise"] += 1
    _tell("ours", best)
    print(f"{len(BANK)} formulas: " + ", ".join(f"{n} {how}" for how, n in found.most_common()))
    for peer, needs in (("antlr", "antlr4"), ("lark", "lark")):
        if find_spec(needs) is None:
            print(f"SymPy's reader by {peer}: skipped, {needs} is not installed")
        else:
            _peer(peer)


def _peer(backend: str) -> None:
    from sympy.parsing.latex import parse_latex

    best, given = [], 0
    for _, latex, _ in BANK:
        times, made = _timed(partial(parse_latex, latex, backend=backend))
        best.append(times)
        given += made
    _tell(f"SymPy by {backend}", best)
    print(f"  it gives something of {given} of {len(BANK)}")


def _timed(call: Callable[[], object]) -> tuple[float, bool]:
    times, made = [], False
    for _ in range(2):
        start = time.process_time()
        try:
            made = call() is not None
        except Exception:
            made = False
        times.append(time.process_time() - start)
    return min(times), made


def _tell(who: str, best: list[float]) -> None:
    ms = [1000 * t for t in best]
    print(
        f"{who}: {statistics.mean(ms):.2f} ms a formula, half of them within {statistics.median(ms):.2f}, the most {max(ms):.1f}"
    )


if __name__ == "__main__":
    main()
