#!/usr/bin/env bash
# cvxpy 1.9.3: .grad of a quotient whose divisor is a variable (as geometric and quasiconvex programs have it) is that of something else.
# Guess beforehand: (x/y).grad is 1/y and -x/y**2, or None, as the documents say of what has no gradient.
# Seen: 1 and 0 at every point, in silence; 1/x has slope 0. A product of the same variables is right. So is x*y**-1.
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check cvxpy==1.9.3 numpy==2.4.6 scipy==1.17.1 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
import cvxpy
import numpy as np

print("cvxpy", cvxpy.__version__)
x, y = cvxpy.Variable(pos=True, name="x"), cvxpy.Variable(pos=True, name="y")
x.value, y.value = 2.0, 3.0


def slopes(expression):
    told = {variable.name(): float(np.squeeze(getattr(slope, "toarray", lambda: slope)())) for variable, slope in expression.grad.items()}
    print(f"{expression}: {told}")
    return told


assert slopes(x / y) == {"x": 1.0, "y": 0.0}
assert slopes(1 / x) == {"x": 0.0}
assert slopes(x * y) == {"x": 3.0, "y": 2.0}
right = slopes(x * cvxpy.power(y, -1))
assert np.isclose(right["x"], 1 / 3) and np.isclose(right["y"], -2 / 9)
PYTHON
