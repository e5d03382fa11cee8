#!/usr/bin/env bash
# statsmodels 0.15.0: two of the derivatives of copula generators that are written by hand are not those of the generators.
# Guess beforehand: deriv and deriv2 of TransfFrank, TransfGumbel and TransfClayton are the slopes of evaluate, as the documents say.
# Seen: TransfFrank.deriv has the opposite sign (its deriv2 is the slope of minus it); TransfGumbel.deriv2 is a complex nan for every theta that is no whole
# number, and right for whole ones. Densities of the copulas are right: they take absolute values, and do not call the second.
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check statsmodels==0.15.0 numpy==2.4.6 scipy==1.17.1 2>/dev/null
"$place/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import statsmodels
from statsmodels.distributions.copula.transforms import TransfClayton, TransfFrank, TransfGumbel

print("statsmodels", statsmodels.__version__)
t, h = np.array([0.2, 0.5, 0.8]), 1e-6


def slope(function, *parameters):
    return (function(t + h, *parameters) - function(t - h, *parameters)) / (2 * h)


frank, clayton, gumbel = TransfFrank(), TransfClayton(), TransfGumbel()
print("Frank, theta 2.3: deriv", frank.deriv(t, 2.3), "slope of evaluate", slope(frank.evaluate, 2.3))
assert np.allclose(clayton.deriv(t, 1.7), slope(clayton.evaluate, 1.7))
assert np.allclose(gumbel.deriv(t, 1.6), slope(gumbel.evaluate, 1.6))
assert np.allclose(frank.deriv(t, 2.3), -slope(frank.evaluate, 2.3))
for theta in (1.6, 2.0, 3.0):
    told = gumbel.deriv2(t, theta)
    print(f"Gumbel, theta {theta}: deriv2", told, "slope of deriv", slope(gumbel.deriv, theta))
    assert np.isnan(told).all() and np.iscomplexobj(told) if theta == 1.6 else np.allclose(told, slope(gumbel.deriv, theta))
PYTHON
