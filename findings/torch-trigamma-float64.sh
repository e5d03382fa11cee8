#!/usr/bin/env bash
# torch 2.13.0 (CPU): torch.polygamma(1, x), and with it the gradient of torch.digamma and the second derivative of torch.lgamma, is
# no float64 function.
# Guess beforehand: polygamma(1, 1.0) is pi**2/6 to 1e-15, as torch.special.zeta(2, 1) is, which is the same number.
# Seen: polygamma(1, 1) is 4.8e-10 off in float64, the gradient of digamma at 1 by as much, while zeta(2, 1) and polygamma(2, 1)
# are right to 1e-15; torch.autograd.gradcheck of digamma passes.
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
import math

import torch

print("torch", torch.__version__)
one = torch.tensor(1.0, dtype=torch.float64)
exact = math.pi**2 / 6
zeta3 = 1.2020569031595942854
x = one.clone().requires_grad_()
(slope,) = torch.autograd.grad(torch.digamma(x), x)
off = {
    "polygamma(1, 1)": abs(float(torch.polygamma(1, one)) / exact - 1),
    "gradient of digamma at 1": abs(float(slope) / exact - 1),
    "zeta(2, 1)": abs(float(torch.special.zeta(torch.tensor(2.0, dtype=torch.float64), one)) / exact - 1),
    "polygamma(2, 1)": abs(float(torch.polygamma(2, one)) / (-2 * zeta3) - 1),
}
for name, relative in off.items():
    print(f"{name}: relative error {relative:.1e}")
passes = torch.autograd.gradcheck(torch.digamma, (x,))
print("gradcheck of digamma:", passes)
assert 1e-11 < off["polygamma(1, 1)"] < 1e-8
assert 1e-11 < off["gradient of digamma at 1"] < 1e-8
assert off["zeta(2, 1)"] < 1e-14
assert off["polygamma(2, 1)"] < 1e-14
assert passes
PYTHON
