#!/usr/bin/env bash
# jax 0.10.2 (CPU): the slope of jax.scipy.special.spence, the dilogarithm of 1 - x, is nan in reverse mode between 1 and 2, right in forward mode, and 0 in both at 1.
# Guess beforehand: log(x)/(1 - x) at every x > 0, -1 at 1 by continuity: the function is smooth there, and its values are right.
# Seen in float64: jax.grad is nan at 1.0001, 1.5 and 2.0, where jax.jacfwd is right; at 1 both are 0.0, in silence; below 1 and above 2 both are right.
# Values that are nan are known, near the largest floats: jax-ml/jax issue 40652 (open); slopes are not spoken of there.
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check jax==0.10.2 numpy==2.4.6 scipy==1.17.1 mpmath==1.3.0 2>/dev/null
"$place/venv/bin/python" -W ignore - <<'PYTHON'
from math import isclose, isnan, log

import jax
import mpmath

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
from jax.scipy.special import spence

print("jax", jax.__version__)
for x in (0.3, 0.9999, 1.0, 1.0001, 1.5, 2.0, 2.0001, 3.0):
    value = float(spence(jnp.float64(x)))
    reverse, forward = (float(slope(spence)(jnp.float64(x))) for slope in (jax.grad, jax.jacfwd))
    exact = -1.0 if x == 1 else log(x) / (1 - x)
    print(f"spence({x}) = {value:.9f}: slope told {reverse} and {forward}, exact {exact:.9f}")
    assert isclose(value, float(mpmath.polylog(2, 1 - mpmath.mpf(x))), rel_tol=1e-12, abs_tol=1e-15)
    assert forward == 0 if x == 1 else isclose(forward, exact, rel_tol=1e-9)
    assert reverse == 0 if x == 1 else isnan(reverse) if 1 < x <= 2 else isclose(reverse, exact, rel_tol=1e-9)
PYTHON
