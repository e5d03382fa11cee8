#!/usr/bin/env bash
# torch 2.13.0 (CPU): torch.special.bessel_j0, bessel_j1, bessel_y0 and bessel_y1 are no float64 functions between 2 and 20.
# Guess beforehand: like modified_bessel_i0, which stands beside them, they are right to some 1e-15.
# Seen: right to 1e-15 below 1 and above 25; in between off by up to 9e-7, most just above x = 5, where another approximation
# begins: from 5 to 5.0001 each of them jumps by 2e-7 to 9e-7 more than its slope allows. modified_bessel_i0 is right throughout.
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 mpmath==1.3.0 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
import mpmath
import torch

print("torch", torch.__version__)
mpmath.mp.dps = 40
FUNCTIONS = {
    "bessel_j0": lambda x: mpmath.besselj(0, x),
    "bessel_j1": lambda x: mpmath.besselj(1, x),
    "bessel_y0": lambda x: mpmath.bessely(0, x),
    "bessel_y1": lambda x: mpmath.bessely(1, x),
    "modified_bessel_i0": lambda x: mpmath.besseli(0, x),
}


def off(name, x):
    found = float(getattr(torch.special, name)(torch.tensor(x, dtype=torch.float64)))
    exact = FUNCTIONS[name](mpmath.mpf(x))
    return float(found - exact)


for name in FUNCTIONS:
    errors = {x: off(name, x) for x in (0.5, 4.0, 5.0, 5.0001, 10.0, 30.0)}
    print(name, {x: f"{abs(e):.0e}" for x, e in errors.items()})
    if name.startswith("modified"):
        assert all(abs(e) < 1e-14 * float(FUNCTIONS[name](mpmath.mpf(x))) for x, e in errors.items())
        continue
    assert abs(errors[0.5]) < 1e-15
    assert abs(errors[30.0]) < 1e-15
    assert 1e-9 < abs(errors[5.0]) < 1e-7
    assert 1e-7 < abs(errors[5.0001]) < 1e-5
PYTHON
