#!/usr/bin/env bash
# pytensor 3.0.7: the slope of the largest entry of a tensor counts every entry that is as large, so that at ties it is no subgradient.
# Guess beforehand: max([x, x]) is x, with slope 1, whether one entry gets all of it or each a half, as maximum(x, x) has it.
# Seen: 2, and 3 of three equal entries; maximum(x, x) has slope 1, and max of [x, x - 1] too. A hinge or a maximum norm so gets the sum of several steps.
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check pytensor==3.0.7 numpy==2.4.6 2>/dev/null
export PYTENSOR_FLAGS="mode=FAST_COMPILE,cxx=,base_compiledir=$place/compiled"
"$place/venv/bin/python" -W ignore - <<'PYTHON'
import pytensor
import pytensor.tensor as pt

print("pytensor", pytensor.__version__)
x = pt.dscalar("x")
seen = {}
for name, largest in [
    ("maximum(x, x)", pt.maximum(x, x)),
    ("max([x, x - 1])", pt.max(pt.stack([x, x - 1]))),
    ("max([x, x])", pt.max(pt.stack([x, x]))),
    ("max([x, x, x])", pt.max(pt.stack([x, x, x]))),
]:
    value, slope = pytensor.function([x], [largest, pytensor.grad(largest, x)])(0.5)
    print(f"{name} at 0.5: value {float(value)}, slope {float(slope)}")
    assert value == 0.5
    seen[name] = float(slope)
assert seen == {"maximum(x, x)": 1.0, "max([x, x - 1])": 1.0, "max([x, x])": 2.0, "max([x, x, x])": 3.0}
PYTHON
