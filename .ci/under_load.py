"""Verdicts don't depend on how busy a machine is: a sample of the case library, judged undisturbed and held to one core that it
shares with three busy loops, gives the same results, byte for byte.

    python .ci/under_load.py [CASE...]
"""

from __future__ import annotations

import difflib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

LIBRARY = Path("cases/understanding-neural-networks")
#: Much to decide (matrices, kinks, inequalities), and checks by NumPy, Torch and SymPy.
SAMPLE = [LIBRARY / f"{name}.yaml" for name in ("3.10-jacobian-delta", "5.1-subgradients", "6.1-tikhonov")]
LOOPS = 3


def judged(cases: Sequence[Path]) -> str:
    """The results file; nothing is remembered."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "results.json"
        done = subprocess.run(
            [sys.executable, "-m", "verify", "run", "--no-cache", "--quiet", "--json", file, *cases],
            check=False,
            text=True,
            stdout=-1,
        )
        if not file.exists():
            sys.exit(f"no results:\n{done.stdout}")
        return file.read_text(encoding="utf-8")


def main() -> None:
    cases = [Path(name) for name in sys.argv[1:]] or SAMPLE
    alone = judged(cases)
    if hasattr(os, "sched_setaffinity"):  # what is started from here on inherits it
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(LOOPS)]
    try:
        disturbed = judged(cases)
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    if alone != disturbed:
        sys.exit("\n".join(difflib.unified_diff(alone.splitlines(), disturbed.splitlines(), "alone", "disturbed", n=8)))
    claims = len(json.loads(alone)["claims"])
    print(f"{claims} claims of {len(cases)} cases: the same results beside {LOOPS} busy loops on one core")


if __name__ == "__main__":
    main()
