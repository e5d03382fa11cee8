"""What every process that judges has around it, so that its verdicts don't depend on who started it."""

from __future__ import annotations

import gc
import os
import sys

#: One thread a process, as there is a process a core; and the same hashes, hence the same order of sets, in each.
SURROUNDINGS = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}

#: Objects made before Python looks for garbage in cycles: formulas and the modules of Torch and SymPy are many objects and hardly
#: any cycles, and looking through them every 700 objects is a tenth of the time of importing them.
YOUNG = 200_000


def surrounded() -> bool:
    """Whether this process has the surroundings. Hashes are settled when Python starts."""
    return not sys.flags.hash_randomization and all(os.environ.get(k) == v for k, v in SURROUNDINGS.items())


def collect_seldom() -> None:
    """Looks for garbage every ``YOUNG`` objects, so not at all while a command starts."""
    gc.set_threshold(YOUNG, 20, 20)


def surround() -> None:
    """Starts this command anew with the surroundings, unless it has them. Where a process can't be replaced by another
    (Windows), or Python does not say how it was started, it goes on without: workers are then started with them."""
    collect_seldom()
    if os.name == "posix" and sys.executable and not surrounded() and "PYTHONHASHSEED" not in os.environ:
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **SURROUNDINGS})
