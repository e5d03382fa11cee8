#!/usr/bin/env bash
# scikit-learn 1.9.1: r2_score of a constant target that is not predicted exactly is 0.0, or a huge negative number where the mean of the constant rounds.
# Guess beforehand: 0.0, which the documents promise of constant targets (force_finite=True), whatever the constant and however many there are.
# Seen: -1.7e31 for three times 0.1, whose mean in floats is not 0.1; 0.0 for three times 0.5 and ten times 0.1. explained_variance_score, which
# takes the same care, is -1.2e31 there: the variance about a rounded mean is not 0, and is divided by.
# Of the same kind, with nearly constant targets in another library: Lightning-AI/torchmetrics issue 1573. Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
import numpy as np
import sklearn
from sklearn.metrics import explained_variance_score, r2_score

print("scikit-learn", sklearn.__version__)
for constant, count in [(0.5, 3), (0.1, 10), (0.1, 3), (0.1, 7), (1.1, 6), (3.0, 7)]:
    target = np.full(count, constant)
    guess = target.copy()
    guess[-1] += 0.1
    told = {score.__name__: float(score(target, guess)) for score in (r2_score, explained_variance_score)}
    print(f"{count} times {constant}, mean {float(target.mean())!r}: {told}")
    exact = target.mean() == constant
    assert all(value == 0 if exact else value < -1e27 for value in told.values())
PYTHON
