#!/usr/bin/env bash
# scipy 1.17.1: scipy.special.powm1(x, y), x**y - 1, is 0 where the power overflows by a base below 1.
# Guess beforehand: powm1(0.5, -2000) is inf, as 0.5**-2000 - 1 is in floats, and as powm1(2, 2000) is.
# Seen: powm1(2, 2000) is inf, powm1(0.5, -1000) is 1.07e301, and powm1(0.5, -1100) and powm1(0.5, -2000) are 0.0, without a warning.
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
import scipy
from scipy.special import powm1

warnings.simplefilter("error")
print("scipy", scipy.__version__)
seen = {(x, y): float(powm1(x, y)) for x, y in [(2.0, 2000.0), (0.5, -1000.0), (0.5, -1100.0), (0.5, -2000.0)]}
for (x, y), value in seen.items():
    print(f"powm1({x}, {y}) = {value}")
assert seen[2.0, 2000.0] == np.inf
assert 1.07e301 < seen[0.5, -1000.0] < 1.08e301
assert seen[0.5, -1100.0] == seen[0.5, -2000.0] == 0.0
PYTHON
