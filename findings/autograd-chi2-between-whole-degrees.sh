#!/usr/bin/env bash
# autograd 1.9.1: the slope of scipy.stats.chi2.logpdf and pdf in x is 0 wherever the degrees of freedom are no whole number.
# Guess beforehand: (df/2 - 1)/x - 1/2 for every df > 0, as the distribution is defined for them and its cdf's slope is right.
# Seen: right at df = 1, 2, 3, and exactly 0 at df = 1.7 and 2.5, in silence; gamma.logpdf(x/2, df/2), the same but for a constant, is right at all.
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check autograd==1.9.1 numpy==2.4.6 scipy==1.17.1 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version
from math import isclose

from autograd import grad
from autograd.scipy.stats import chi2, gamma

print("autograd", version("autograd"))
x = 0.3
for df in (1.0, 1.7, 2.0, 2.5, 3.0):
    told, beside, exact = grad(lambda t: chi2.logpdf(t, df))(x), grad(lambda t: gamma.logpdf(t / 2, df / 2))(x), (df / 2 - 1) / x - 0.5
    print(f"df = {df}: chi2 {told:.6f}, gamma {beside:.6f}, exact {exact:.6f}")
    assert isclose(beside, exact)
    assert isclose(told, exact) if df == int(df) else told == 0.0
PYTHON
