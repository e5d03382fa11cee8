#!/usr/bin/env bash
# z3-solver 5.4.1.0: powers of reals have the value 0 where they have none, and theorems are proved by it; quotients there are free.
# Guess beforehand: sqrt(x) for x < 0 and x**-1 at 0 are any number, as 1/0 is, so that no claim about their value is valid.
# Seen: sqrt(x) == 0 is proved for every x < 0, as are x**(3/2) == 0 and x**(-1/2) == 0; x**-1 == 0 is proved at x = 0, where 1/x == 7 has a model, so that x**-1 == 1/x
# is refuted. Odd roots are the real ones, (-8)**(2/3) is 4. What is proved of square roots has to carry x >= 0, or it holds by the value 0. Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check z3-solver==5.4.1.0 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
from z3 import Implies, Not, Q, Real, RealVal, Solver, Sqrt, get_version_string, sat, simplify, unsat

print("z3", get_version_string())
x = Real("x")


def verdict(claim):
    solver = Solver()
    solver.add(Not(claim))
    found = solver.check()
    assert found in (sat, unsat), found
    print(f"{claim}: {'proved' if found == unsat else f'refuted by {solver.model()}'}".replace("\n", " "))
    return found == unsat


below, zero = x < 0, x == 0
assert verdict(Implies(below, Sqrt(x) == 0))
assert verdict(Implies(below, x ** Q(3, 2) == 0))
assert verdict(Implies(below, x ** Q(-1, 2) == 0))
assert verdict(Implies(below, Sqrt(x) <= Sqrt(-x)))
assert verdict(Implies(zero, x ** RealVal(-1) == 0))
assert not verdict(Implies(zero, 1 / x == 0))
assert not verdict(x ** RealVal(-1) == 1 / x)
assert verdict(Implies(x > 0, x ** RealVal(-1) == 1 / x))
assert verdict(Implies(below, x ** Q(1, 3) < 0))
for base, exponent, value in [(-1, Q(1, 2), 0), (-8, Q(2, 3), 4), (0, RealVal(-2), 0)]:
    told = simplify(RealVal(base) ** exponent)
    print(f"({base})**({exponent}) simplifies to {told}")
    assert told.eq(RealVal(value))
PYTHON
