#!/usr/bin/env bash
# SymPy 1.14.0: the derivative in a MatrixSymbol of a function of a trace or determinant, such as log(det X) or exp(tr(AX)), is 0.
# Guess beforehand: tr(AX), tr(X**-1) and tr(X)**2 have their right derivatives, so that the chain rule gives exp(tr(AX))*A.T, cos(tr(X*X.T))*2*X
# and the transposed inverse of log(det X), or an unevaluated Derivative as det(AX) has.
# Seen: 0 for exp, sin and log of them, in silence; det(X)*I for tr(X)*det(X), the other term of the product rule left out. tr(X)**2 and 3*tr(AX) are right.
# Known of sums of traces, which are 0 too: sympy/sympy issue 26585 (open); of log(det) issue 28618 (open) tells an error instead of the 0.
# The entry [0, 0] of the exact derivative is that of the same thing written out in entries. Fails where that changes.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check sympy==1.14.0 mpmath==1.3.0 2>/dev/null
"$place/venv/bin/python" - <<'PYTHON'
import sympy
from sympy import Determinant, Identity, Matrix, MatrixSymbol, Rational, Trace, ZeroMatrix, exp, log, sin

print("SymPy", sympy.__version__)
A, X = MatrixSymbol("A", 2, 2), MatrixSymbol("X", 2, 2)
at = {X: Matrix([[3, 1], [1, 2]]) / 7, A: Matrix([[1, 5], [2, 3]]) / 7}
entries = {symbol[i, j]: value[i, j] for symbol, value in at.items() for i in range(2) for j in range(2)}


def entry(expression):
    written_out = expression.xreplace({X: X.as_explicit(), A: A.as_explicit()}).doit()
    return written_out.diff(X[0, 0]).xreplace(entries)


for expression, told in [
    (Trace(A * X), A.T),
    (3 * Trace(A * X), 3 * A.T),
    (Trace(X) ** 2, 2 * Trace(X) * Identity(2)),
    (exp(Trace(A * X)), ZeroMatrix(2, 2)),
    (sin(Trace(X * X.T)), ZeroMatrix(2, 2)),
    (log(Determinant(X)), ZeroMatrix(2, 2)),
    (Trace(X) * Determinant(X), Determinant(X) * Identity(2)),
]:
    found = expression.diff(X)
    value = found.xreplace(at).doit()[0, 0]
    exact = entry(expression)
    print(f"d {expression} / dX is told as {found}: entry [0, 0] is {float(value):.6f}, exact {float(exact):.6f}")
    assert found == told, found
    right = found != ZeroMatrix(2, 2) and not expression.has(Determinant)
    assert (abs(float(value - exact)) < 1e-12) == right
    assert right or abs(float(value - exact)) > 1e-2
assert entry(log(Determinant(X))) == Rational(2, 7) / Rational(5, 49)
PYTHON
