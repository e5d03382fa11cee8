#!/usr/bin/env bash
# jax 0.10.2 (CPU): jax.scipy.special.log_ndtr in float32 loses its digits below 5, where it changes its formula.
# Guess beforehand: log_ndtr is there for the tails, so that it keeps 6 of float32's digits on both sides of 5.
# Seen: at 5.01 and 5.5 it is right to 1e-6; at 4.5, 4.9 and 5.0 it is 6e-5, 5e-3 and 4e-2 off: log(ndtr(x)) of an ndtr that is
# rounded beside 1. scipy.special.log_ndtr has all digits there.
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check jax==0.10.2 scipy==1.17.1 numpy==2.4.6 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
import jax
import jax.numpy as jnp
import numpy as np
import scipy.special
from jax.scipy.special import log_ndtr

print("jax", jax.__version__)
off = {}
for x in (4.5, 4.9, 5.0, 5.01, 5.5):
    at = np.float32(x)
    exact = scipy.special.log_ndtr(np.float64(at))
    off[x] = abs(float(log_ndtr(jnp.float32(at))) / exact - 1)
    print(f"log_ndtr({x}) in float32: relative error {off[x]:.1e}")
assert 1e-5 < off[4.5] < 1e-3
assert 1e-3 < off[4.9] < 1e-1
assert 1e-2 < off[5.0] < 1e-1
assert off[5.01] < 1e-5
assert off[5.5] < 1e-5
PYTHON
