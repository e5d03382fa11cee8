#!/usr/bin/env bash
# num-dual 0.15.1, dual numbers for exact derivatives: its spherical Bessel functions are wrong beside 0, in value and more so in their derivatives.
# Guess beforehand: sph_j0, sph_j1 and sph_j2 are right to some digits at every x, as they are at 0 and at 1.
# Seen: sph_j2(1e-9) is -1 (exact: 6.7e-20), its second derivative there 6e18 (exact: 2/15); sph_j1(1e-5), right in value to 6 digits, has the third derivative 1.2e5
# (exact: -0.2), and sph_j0(1e-9) the second derivative -256 (exact: -1/3). At 0 itself one term of the series is used, right but for the third
# derivative of sph_j1, which is 0 (exact: -0.2). Values and derivatives at negative arguments, mended by itt-ustutt/num-dual pull request 113, are as those at positive ones.
# Exact values: the power series. Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check num-dual==0.15.1 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
from fractions import Fraction
from importlib.metadata import version
from math import factorial, isclose, prod

from num_dual import third_derivative

print("num-dual", version("num-dual"))


def series(order, x):
    """The value and three derivatives of the spherical Bessel function of this order: sum of (-1)**k*x**(n + 2*k)/(2**k*k!*(2*n + 2*k + 1)!!)."""
    x, found = Fraction(x), [Fraction(0)] * 4
    for k in range(12):
        power, coefficient = order + 2 * k, Fraction((-1) ** k, 2**k * factorial(k) * prod(range(1, 2 * order + 2 * k + 2, 2)))
        for n in range(min(power, 3) + 1):
            found[n] += coefficient * prod(range(power - n + 1, power + 1)) * x ** (power - n)
    return [float(f) for f in found]


def right(order, x, places):
    told, exact = third_derivative(lambda t: getattr(t, f"sph_j{order}")(), x), series(order, x)
    print(f"sph_j{order}({x}) and its derivatives: told {tuple(told)}, exact {tuple(exact)}")
    return all(isclose(told[n], exact[n], rel_tol=1e-2, abs_tol=1e-15) for n in places)


for order in range(3):
    assert right(order, 0.0, range(3)) and right(order, 1.0, range(4)) and right(order, -1.0, range(4))
assert not right(1, 0.0, [3])
assert right(2, 1e-3, [0]) and not right(2, 1e-5, [0]) and not right(2, 1e-9, [0])
assert third_derivative(lambda t: t.sph_j2(), 1e-9)[0] == -1.0
assert right(1, 1e-5, [0, 1]) and not right(1, 1e-5, [3]) and not right(1, 1e-9, [1])
assert right(0, 1e-5, [0, 1, 2]) and not right(0, 1e-9, [2])
PYTHON
