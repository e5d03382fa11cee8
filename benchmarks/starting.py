"""What commands cost beside bare Python: ``python benchmarks/starting.py``, with ``--against DIR`` beside another checkout, too.

User and system time of all processes of a command. Every command in turn with the others, as a machine that others use is now
fast and now slow; told are the least and the median, in units of ``python -c pass``, and of ``import torch`` for what checks
implementations.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
CASE = """\
title: Softplus, from somebody's lecture notes
symbols:
  z: {}
  x: 0.5
define:
  softplus: log(1 + exp(x))
claims:
  - {id: eq1, where: Eq. 1, of: "d(log(1 + exp(z)), z)", equals: sigmoid(z)}
  - {id: eq2, where: Eq. 2, of: "d(sigmoid(z), z)", equals: sigmoid(z)*(1 + sigmoid(z))}
  - {id: eq3, where: Eq. 3, of: softplus, prints: 0.9740}
  - {id: eq4, where: Eq. 4, of: softplus**2, prints: 0.9487}
  - {id: eq5, where: Eq. 5, of: "d(abs(z), z)", equals: sign(z)}
"""
QUICK = {
    "errata --help": ["--help"],
    "errata prove": ["prove", "d(sigmoid(z), z) <= 1/4"],
    "errata run --no-checks": ["run", "--no-checks", "--no-cache", "softplus.yaml"],
}
CHECKED = {"errata run": ["run", "--no-cache", "softplus.yaml"]}


def spent(words: Sequence[str], place: Path, folder: str) -> float:
    """Milliseconds of a command of Python, with the checkout of that place."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # compiling is no part of it
    environment["PYTHONPATH"] = str(place)
    process = subprocess.Popen(
        [sys.executable, *words], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return (used.ru_utime + used.ru_stime) * 1e3


def table(unit: tuple[str, str], commands: dict[str, list[str]], places: dict[str, Path], rounds: int) -> None:
    jobs = {unit[0]: (["-c", unit[1]], HERE)}
    for told, place in places.items():
        jobs |= {f"{name}{told}": (["-m", "verify", *words], place) for name, words in commands.items()}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "softplus.yaml").write_text(CASE)
        for words, place in jobs.values():  # bytecode is written
            spent(words, place, folder)
        taken: dict[str, list[float]] = {name: [] for name in jobs}
        for _ in range(rounds):
            for name, (words, place) in jobs.items():
                taken[name].append(spent(words, place, folder))
    least, median = min(taken[unit[0]]), statistics.median(taken[unit[0]])
    for name, times in taken.items():
        one, half = min(times), statistics.median(times)
        print(f"{name:40} least {one:7.1f} ms {one / least:6.2f}x   median {half:7.1f} ms {half / median:6.2f}x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", type=Path, metavar="DIR", help="another checkout")
    parser.add_argument("--rounds", type=int, default=16, metavar="N")
    given = parser.parse_args()
    places = {"": HERE} | ({", against": given.against.resolve()} if given.against else {})
    table(("python -c pass", "pass"), QUICK, places, given.rounds)
    table(("import torch", "import torch"), CHECKED, places, max(3, given.rounds // 4))


if __name__ == "__main__":
    main()
