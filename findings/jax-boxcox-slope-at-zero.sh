#!/usr/bin/env bash
# jax 0.10.2 (CPU): the slope of jax.scipy.special.boxcox and boxcox1p in the power lambda is 0 at lambda = 0.
# Guess beforehand: (x**lambda - 1)/lambda is smooth in lambda, log(x) at 0 with slope log(x)**2/2 there; 0.2402 at x = 2.
# Seen: 0.0 at 0, and 0.2402 at 1e-3 and -1e-3: the value at 0 is a branch of its own in which lambda does not occur. A search for lambda by gradients
# that starts from 0, the logarithm, has no slope of the transform to start with. Slopes in x are right. The functions are new (jax-ml/jax pull request 37564).
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check jax==0.10.2 numpy==2.4.6 scipy==1.17.1 2>/dev/null
"$place/venv/bin/python" -W ignore - <<'PYTHON'
from math import exp, isclose, log

import jax

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
from jax.scipy.special import boxcox, boxcox1p

print("jax", jax.__version__)
for function, x, base in ((boxcox, 2.0, 2.0), (boxcox1p, 2.0, 3.0), (boxcox, 0.3, 0.3)):
    for power in (-1e-3, 0.0, 1e-3):
        at = jnp.float64(x), jnp.float64(power)
        told = {mode.__name__: float(mode(function, 1)(*at)) for mode in (jax.grad, jax.jacfwd)}
        u = power * log(base)
        exact = log(base) ** 2 * (0.5 if u == 0 else ((u - 1) * exp(u) + 1) / u**2)
        print(f"{function.__name__}({x}, {power}): slope in the power told {told}, exact {exact:.6f}")
        assert all(slope == 0 if power == 0 else isclose(slope, exact, rel_tol=1e-6) for slope in told.values())
        assert isclose(float(jax.grad(function)(*at)), base ** (power - 1), rel_tol=1e-9)
PYTHON
