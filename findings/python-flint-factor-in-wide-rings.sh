#!/usr/bin/env bash
# python-flint 0.9.0: factoring a polynomial takes many times as long in a ring with variables that do not occur in it.
# Guess beforehand: monomials are packed, and factoring looks at the variables that occur first: some percent.
# Seen: (x + y)*(x - y)*(x*y + 1) takes about ten times as long in a ring of 64 variables as in one of two, and ninety times in one of 256, with the same factors.
# Going over to the ring of the variables that occur and back costs less than that. Counts the processor's time as a ratio in one run; fails below 4.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check python-flint==0.9.0 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version
from time import process_time

from flint import Ordering, fmpq_mpoly_ctx

print("python-flint", version("python-flint"))


def factored(count):
    ring = fmpq_mpoly_ctx.get([f"a{i}" for i in range(count)], Ordering.lex)
    x, y, *_ = ring.gens()
    polynomial = (x + y) * (x - y) * (x * y + 1)
    best = float("inf")
    for _ in range(5):
        start = process_time()
        for _ in range(200):
            _, factors = polynomial.factor()
        best = min(best, process_time() - start)
    return sorted(str(f) for f, _ in factors), best / 200


narrow, fast = factored(2)
for count in (64, 256):
    wide, slow = factored(count)
    print(f"{count} variables: {slow * 1e6:.0f} us, 2 variables: {fast * 1e6:.0f} us, {slow / fast:.0f} times")
    assert wide == narrow and slow > 4 * fast
PYTHON
