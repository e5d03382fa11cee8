#!/usr/bin/env bash
# scipy 1.17.1: entropy() and mode() of the new scipy.stats.Mixture are wrong where its components are far apart or have ends, without a warning.
# Guess beforehand: the entropy of half U(0, 1) and half U(2, 3) is log(2), that of two equal normals far apart one bit more than that of one; a mode is where the density
# is largest, and lies in the support.
# Seen: nan for the uniforms, 1.457 for 1.096 with weights 0.3 and 0.7 on U(0, 1) and U(2, 4), 0.17 for 2.11 for normals at -1000 and 1000, right at -50 and 50.
# The mode of a mixture of U(2, 4) alone is 1.06, where the density is 0; that of N(0, 1) and N(5, 0.001) is 0, with a density of 0.2 where 199 is reached at 5.
# Means and variances are right. Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6 2>/dev/null
"$place/venv/bin/python" -W error - <<'PYTHON'
from math import e, isclose, isnan, log, pi

import scipy
from scipy.stats import Mixture, Normal, Uniform

print("scipy", scipy.__version__)
ONE = log(2 * pi * e) / 2  # the entropy of N(0, 1)


def normals(at):
    return Mixture([Normal(mu=-at, sigma=1.0), Normal(mu=at, sigma=1.0)])


for name, mixture, mean, exact, right in [
    ("U(2, 4) alone", Mixture([Uniform(a=2.0, b=4.0)]), 3.0, log(2), True),
    ("U(0, 1) and U(2, 3)", Mixture([Uniform(a=0.0, b=1.0), Uniform(a=2.0, b=3.0)]), 1.5, log(2), False),
    ("0.3 U(0, 1) and 0.7 U(2, 4)", Mixture([Uniform(a=0.0, b=1.0), Uniform(a=2.0, b=4.0)], weights=[0.3, 0.7]), 2.25, -0.3 * log(0.3) - 0.7 * log(0.35), False),
    ("normals at -50 and 50", normals(50.0), 0.0, ONE + log(2), True),
    ("normals at -1000 and 1000", normals(1000.0), 0.0, ONE + log(2), False),
]:
    told = float(mixture.entropy())
    print(f"entropy of {name}: told {told:.6f}, exact {exact:.6f}")
    assert isclose(float(mixture.mean()), mean, abs_tol=1e-12)
    assert isclose(told, exact, rel_tol=1e-9) if right else isnan(told) or abs(told - exact) > 0.1
for name, mixture, best in [("U(2, 4) alone", Mixture([Uniform(a=2.0, b=4.0)]), 3.0), ("N(0, 1) and N(5, 0.001)", Mixture([Normal(mu=0.0, sigma=1.0), Normal(mu=5.0, sigma=1e-3)]), 5.0)]:
    mode = float(mixture.mode())
    told, exact = float(mixture.pdf(mode)), float(mixture.pdf(best))
    print(f"mode of {name}: told {mode:.4f} with density {told:.4f}; at {best} it is {exact:.4f}")
    assert told < exact / 2
PYTHON
