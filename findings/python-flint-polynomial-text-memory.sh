#!/usr/bin/env bash
# python-flint 0.9.0: the text of a multivariate polynomial, str(fmpq_mpoly), keeps memory at every call.
# Guess beforehand: FLINT's own printing is the cheapest hash key there is for a polynomial (2 us, where its terms take 17), and free
# once the string is.
# Seen: 100,000 texts of one polynomial of four terms leave 40 to 50 MiB with 16 variables, 170 to 180 with 64, so about 28 bytes a
# variable and call, used or not; fmpz_mpoly is the same. Lists of its exponents and coefficients leave nothing.
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check python-flint==0.9.0 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
import gc

import flint
from flint import Ordering, fmpq, fmpq_mpoly_ctx, fmpz_mpoly_ctx

CALLS = 100_000


def held():
    """MiB of the process."""
    gc.collect()
    with open("/proc/self/status") as f:
        return int(next(line for line in f if line.startswith("VmRSS")).split()[1]) / 1024


def left(work):
    work()
    before = held()
    for _ in range(CALLS):
        work()
    return held() - before


print("python-flint", flint.__version__)
for context in (fmpq_mpoly_ctx, fmpz_mpoly_ctx):
    kept = {}
    for variables in (16, 64):
        x = context.get([f"x{i}" for i in range(variables)], Ordering.lex).gens()
        p = 3 * x[0] * x[1] + x[3] ** 2 - 7 * x[2] + 5
        kept[variables] = left(lambda p=p: str(p))
        lists = left(lambda p=p: (p.monoms(), p.coeffs()))
        print(f"{context.__name__}, {variables} variables: texts leave {kept[variables]:.0f} MiB, lists {lists:.0f} MiB")
        assert lists < 3, lists
    assert 25 < kept[16] < 80 and 120 < kept[64] < 260, kept
PYTHON
