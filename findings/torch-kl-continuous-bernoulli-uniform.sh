#!/usr/bin/env bash
# torch 2.13.0: kl_divergence between ContinuousBernoulli and Uniform is inf where the bounds of both are the same, 0 and 1.
# Guess beforehand: KL(ContinuousBernoulli(0.3) || Uniform(0, 1)) is minus the entropy of the first, 0.0294, as it is of a Beta against Uniform(0, 1).
# Seen: inf, and inf the other way round; finite if the uniform one is wider (or narrower, as the first of the two). The bounds are compared as if equal ones were outside.
# Fails where that changes. The means are those of log p - log q at a million midpoints: no sampling.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
import math

import torch
from torch.distributions import Beta, ContinuousBernoulli, Uniform, kl_divergence

print("torch", torch.__version__)
torch.set_default_dtype(torch.float64)
x = (torch.arange(1_000_000) + 0.5) / 1_000_000
p, wide, unit = ContinuousBernoulli(torch.tensor(0.3)), Uniform(-1.0, 2.0), Uniform(0.0, 1.0)
beta = Beta(torch.tensor(2.0), torch.tensor(3.0))


def integral(first, second):
    return float((first.log_prob(x).exp() * (first.log_prob(x) - second.log_prob(x))).mean())


for name, first, second in [("CB || U(-1, 2)", p, wide), ("CB || U(0, 1)", p, unit), ("U(0, 1) || CB", unit, p), ("Beta || U(0, 1)", beta, unit)]:
    print(f"{name}: told {float(kl_divergence(first, second)):.6f}, integral {integral(first, second):.6f}")
assert math.isclose(float(kl_divergence(p, wide)), integral(p, wide), abs_tol=1e-6)
assert math.isclose(float(kl_divergence(beta, unit)), integral(beta, unit), abs_tol=1e-6)
assert kl_divergence(p, unit) == math.inf and 0.029 < integral(p, unit) < 0.030
assert kl_divergence(unit, p) == math.inf and 0.029 < integral(unit, p) < 0.031
PYTHON
