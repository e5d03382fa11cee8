#!/usr/bin/env bash
# torch 2.13.0 (CPU): torch.optim.Adam(differentiable=True) on float64 parameters is no float64 Adam.
# Guess beforehand: differentiable=True only leaves the graph in place, and the parameters after ten steps are those of the plain loop.
# Seen: after ten steps they differ by 7.2e-06, though both parameters are float64: the number of the step is kept as a float32 tensor,
# and with differentiable=True 1 - beta**t is computed from it. With float64 as the default dtype they differ by 2.2e-16.
# Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
import torch


def after(steps, **options):
    w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    leaf = w if not options.get("differentiable") else w.clone()
    optimizer = torch.optim.Adam([leaf], lr=0.1, foreach=False, **options)
    for k in range(steps):
        leaf.grad = torch.tensor([0.3, -0.7], dtype=torch.float64) * (k + 1)
        optimizer.step()
    return leaf.detach().clone(), optimizer.state[leaf]["step"].dtype


print("torch", torch.__version__)
plain, kept = after(10)
other, _ = after(10, differentiable=True)
apart = float((plain - other).abs().max())
print("the number of the step is kept as", kept)
print(f"default float32: the parameters differ by {apart:.1e}")
torch.set_default_dtype(torch.float64)
plain, _ = after(10)
other, kept = after(10, differentiable=True)
same = float((plain - other).abs().max())
print(f"default float64 ({kept}): they differ by {same:.1e}")
assert 1e-12 < apart < 1e-3, apart
assert same < 1e-13, same
PYTHON
