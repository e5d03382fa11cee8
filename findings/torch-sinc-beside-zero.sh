#!/usr/bin/env bash
# torch 2.13.0 (CPU): derivatives of torch.sinc lose all their digits beside 0, and the second one is nan at 0.
# Guess beforehand: sinc is 1 at 0 by definition and smooth, so its second derivative is -pi**2/3 = -3.28987 at 0 and beside it.
# Seen: in float64 the first derivative is right to 6 digits at 1e-6, the second one is -5.2 at 1e-8 and nan at 0, while the
# values of sinc are right everywhere: the gradient is written as (pi*x*cos(pi*x) - sin(pi*x))/(pi*x**2), a difference of nearly
# equal numbers. In float32 the second derivative has no digit right at 1e-4 already.
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


def derivatives(at, dtype):
    x = torch.tensor(at, dtype=dtype, requires_grad=True)
    (first,) = torch.autograd.grad(torch.sinc(x), x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    return float(first.detach()), float(second)


SECOND = -math.pi**2 / 3  # of sinc at 0; the first one is SECOND*x to 1e-11 where |x| <= 1e-6
for dtype, places in ((torch.float64, (0.0, 1e-8, 1e-6)), (torch.float32, (0.0, 1e-4))):
    for x in places:
        print(dtype, f"x = {x}: sinc' = {derivatives(x, dtype)[0]}, sinc'' = {derivatives(x, dtype)[1]}")
first, _ = derivatives(1e-6, torch.float64)
assert 1e-7 < abs(first / (SECOND * 1e-6) - 1) < 1e-3
_, second = derivatives(1e-8, torch.float64)
assert abs(second / SECOND - 1) > 0.1
assert math.isnan(derivatives(0.0, torch.float64)[1])
_, second = derivatives(1e-4, torch.float32)
assert abs(second / SECOND - 1) > 0.1
assert abs(float(torch.sinc(torch.tensor(1e-4, dtype=torch.float64))) - (1 - (math.pi * 1e-4) ** 2 / 6)) < 1e-15
PYTHON
