#!/usr/bin/env bash
# torch 2.13.0 (CPU): at ties, forward and reverse mode give different slopes for fmax, clamp with a tensor as its bound, and prelu.
# Guess beforehand: what the slope at a tie is, is a convention, and one function has one: maximum gives 1/2 and 1/2 in both modes, as fmin, 1 and 0, does.
# Seen: fmax(x, y) at x = y is 1 and 0 in (x, y) by reverse mode, 0 and 1 by forward mode; clamp(x, min=y) and clamp(x, max=y) are the same; prelu at 0 is
# its weight by reverse mode and 1 by forward mode. A Jacobian by jacfwd is not that by jacrev there, and a Hessian-vector product may mix both.
# Each of them is a subgradient. Known of conventions at ties in reverse mode alone: pytorch/pytorch issue 184572. Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 2>/dev/null
"$place/venv/bin/python" -W ignore - <<'PYTHON'
import torch
from torch.func import jacfwd, jacrev

print("torch", torch.__version__)
torch.set_default_dtype(torch.float64)
one = torch.tensor(1.0)
seen = {}
for name, function in [
    ("maximum", torch.maximum),
    ("minimum", torch.minimum),
    ("logaddexp", torch.logaddexp),
    ("fmax", torch.fmax),
    ("fmin", torch.fmin),
    ("clamp min", lambda x, y: torch.clamp(x, min=y)),
    ("clamp max", lambda x, y: torch.clamp(x, max=y)),
]:
    modes = {mode.__name__: tuple(float(slope) for slope in mode(function, (0, 1))(one, one)) for mode in (jacrev, jacfwd)}
    print(f"{name} at x = y: {modes}")
    assert all(abs(sum(slopes) - 1) < 1e-12 for slopes in modes.values())
    seen[name] = modes["jacrev"] == modes["jacfwd"]
zero, weight = torch.zeros(1), torch.tensor([0.2])
slopes = [float(mode(torch.nn.functional.prelu)(zero, weight)) for mode in (jacrev, jacfwd)]
print(f"prelu at 0: {slopes}")
assert slopes == [0.2, 1.0]
slopes = [float(mode(torch.nn.functional.leaky_relu)(zero, 0.2)) for mode in (jacrev, jacfwd)]
print(f"leaky_relu at 0: {slopes}")
assert slopes == [0.2, 0.2]
assert {name for name, same in seen.items() if not same} == {"fmax", "clamp min", "clamp max"}, seen
PYTHON
