"""The bank of identities decided: median and slowest time, and the share decided, ``python benchmarks/deciding.py``.

With ``--sympy``, SymPy's ``simplify`` and ``.equals`` decide the scalar lines that assume nothing, each with a limit of time, and
how many times as long they take is told: the median over the lines. Times are the process's own (``timing.py`` says why); a line
is read, and its derivatives worked out, before they run; the bank is that of the tests.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from derive.engine import decide_equal
from derive.engine.domain import Domain
from derive.expr.graph import topological
from derive.expr.operators import OPERATORS
from derive.language.components import components
from tests.banks import held_out
from tests.banks.identities import FALSE, HELD_FALSE, HELD_TRUE, MORE_FALSE, TRUE, TRUE_IF, Identity, lines, read

BANK = {
    "true": lines(TRUE) + lines(HELD_TRUE) + lines(held_out.TRUE),
    "true off a boundary": lines(TRUE_IF) + lines(held_out.TRUE_IF),
    "false": lines(FALSE) + lines(HELD_FALSE) + lines(MORE_FALSE) + lines(held_out.FALSE),
}


def ours(identity: Identity) -> str:
    return decide_equal(identity.a, identity.b, Domain(identity.assuming)).status


def simplify(identity: Identity) -> str:
    import sympy

    gap = sympy.simplify(_difference(identity))
    return "proved" if gap == 0 else "refuted" if gap.is_number else "undecided"


def equals(identity: Identity) -> str:
    said = _difference(identity).equals(0)
    return "undecided" if said is None else "proved" if said else "refuted"


def _difference(identity: Identity) -> Any:
    """Left minus right, by what the table of operators says that an operator is in SymPy."""
    import sympy

    (a,), (b,) = components(identity.a), components(identity.b)
    done: dict[Any, Any] = {}
    for n in topological([a, b]):
        if n.op == "const":
            done[n] = sympy.Rational(str(n.attr))
        elif n.op == "symbol":
            done[n] = sympy.Symbol(n.attr, real=True)
        else:
            args = [done[m] for m in n.args]
            done[n] = args[0] if n.op == "def" else OPERATORS[n.op].define(sympy, *args)
    return done[a] - done[b]


def measured(decider: Callable[[Identity], str], bank: list[str], limit: int) -> tuple[Counter[str], list[float], str]:
    """How often what was said; milliseconds; the slowest line."""

    def stop(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    said: Counter[str] = Counter()
    times = []
    for line in bank:
        identity = read(line)
        signal.alarm(limit)
        start = time.process_time()
        try:
            said[decider(identity)] += 1
        except TimeoutError:
            said["out of time"] += 1
        except Exception as e:
            said[f"failed: {type(e).__name__}"] += 1
        finally:
            signal.alarm(0)
        times.append((time.process_time() - start) * 1000)
    return said, times, bank[times.index(max(times))]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--sympy", action="store_true", help="SymPy beside it, on the scalar lines without assumptions"
    )
    options.add_argument("--limit", type=int, default=5, help="seconds a line")
    chosen = options.parse_args()
    ours(read("exp(x) == exp(x) + 1"))  # imports
    for name, bank in BANK.items():
        _tell("ours", name, *measured(ours, bank, chosen.limit))
    if chosen.sympy:
        ratios: list[float] = []
        simplify(read("exp(x) == exp(x) + 1"))  # imports
        for name, bank in BANK.items():
            scalar = [b for b in bank if ";" not in b and not read(b).a.shape]
            taken = {}
            for decider in (ours, simplify, equals) if scalar else ():
                said, taken[decider], slowest = measured(decider, scalar, chosen.limit)
                _tell(decider.__name__, f"{name}, scalar, free", said, taken[decider], slowest)
            ratios += [a / b for a, b in zip(taken.get(simplify, ()), taken.get(ours, ()), strict=True)]
        print(f"simplify takes {statistics.median(ratios):.1f} times as long, the median of {len(ratios)} lines")


def _tell(who: str, name: str, said: Counter[str], times: list[float], slowest: str) -> None:
    shares = ", ".join(f"{k} {n}" for k, n in said.most_common())
    print(
        f"{who:9} {name}: {shares}; median {statistics.median(times):.1f} ms, slowest {max(times):.0f} ms ({slowest[:60]})"
    )


if __name__ == "__main__":
    main()
