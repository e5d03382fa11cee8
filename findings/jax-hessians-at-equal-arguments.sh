#!/usr/bin/env bash
# jax 0.10.2 (CPU): second derivatives of jnp.hypot and of the Beta density in its parameters are wrong where the two arguments are equal, though nothing has a kink there.
# Guess beforehand: hypot is smooth but at the origin, and log beta is smooth; gradients are right at x = y, so Hessians are.
# Seen: the Hessian of hypot at (1, 1) is 0 in all entries (exact: 0.3536 and -0.3536), forward over reverse and reverse over reverse, and at (1, 1 + 1e-9) right. That of beta.logpdf(x, a, b) in a at
# a = b = 1, the uniform distribution, is -0.1775 for -1, and at a = b = 9 -0.0016 for -0.060: a Laplace approximation or a Newton step from a = b so goes wrong.
# Both order their arguments by minimum and maximum first, whose slopes at ties are 1/2 each and constant. Known of betaln: jax-ml/jax issue 34353 (open).
# logaddexp and logsumexp at ties are right. Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check jax==0.10.2 numpy==2.4.6 scipy==1.17.1 mpmath==1.3.0 2>/dev/null
"$place/venv/bin/python" -W ignore - <<'PYTHON'
from math import isclose

import jax
import mpmath

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
from jax.scipy.stats import beta

print("jax", jax.__version__)


def hessian(function, x, y, outer=jax.jacfwd):
    rows = outer(jax.grad(function, (0, 1)), (0, 1))(jnp.float64(x), jnp.float64(y))
    return [[float(entry) for entry in row] for row in rows]


for x, y in [(1.0, 1.0), (3.0, -3.0), (1.0, 1 + 1e-9), (1.0, 2.0)]:
    exact = [[y * y / (x * x + y * y) ** 1.5, -x * y / (x * x + y * y) ** 1.5], [-x * y / (x * x + y * y) ** 1.5, x * x / (x * x + y * y) ** 1.5]]
    for outer in (jax.jacfwd, jax.jacrev):
        told = hessian(jnp.hypot, x, y, outer)
        print(f"hypot at ({x}, {y}): told {told}, exact {exact}")
        assert max(map(abs, sum(told, []))) < 1e-15 if abs(x) == abs(y) else all(isclose(t, e, rel_tol=1e-6) for t, e in zip(sum(told, []), sum(exact, [])))
for a, b in [(1.0, 1.0), (9.0, 9.0), (1.0, 1.5), (2.0, 1.0)]:
    told = hessian(lambda a, b: beta.logpdf(0.3, a, b), a, b)
    exact = float(mpmath.psi(1, a + b) - mpmath.psi(1, a))
    print(f"beta.logpdf at a = {a}, b = {b}: second derivative in a, told {told[0][0]:.6f}, exact {exact:.6f}")
    assert abs(told[0][0] / exact - 1) > 0.5 if a == b else abs(told[0][0] / exact - 1) < 1e-6
assert all(isclose(abs(entry), 0.25) for row in hessian(jnp.logaddexp, 1.0, 1.0) for entry in row)
PYTHON
