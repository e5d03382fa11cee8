# ruff: noqa: E501
"""A bank of matrix identities, true and false ones, for every size m, n, k. ``; if`` gives assumptions.

Written as documents write them; the false ones are slips: a transpose left out, a product turned round, a factor 1/N left out,
a matrix on the wrong side. The last lines of each list (``ASIDE``) were not looked at while the normal form was written.
"""

from __future__ import annotations

from collections.abc import Mapping

from derive.calculus.reverse import expand_all
from derive.engine.matrices.matrices import Sizes, lettered
from derive.expr.graph import Graph, Node
from derive.expr.shapes import Size
from derive.language.names import names_in
from derive.language.reader import parse

SHAPES: Mapping[str, str] = {
    **dict.fromkeys(("A", "B", "C", "P", "R", "S"), "nn"),
    **dict.fromkeys(("W", "M"), "mn"),
    **dict.fromkeys(("X", "Y"), "kn"),
    **dict.fromkeys(("x", "u", "v", "w", "p"), "n"),
    **dict.fromkeys(("b", "y", "q"), "m"),
    "t": "k", "G": "mm",
}  # fmt: skip

TRUE = """
(A @ B).T == B.T @ A.T
(A @ B @ C).T == C.T @ B.T @ A.T
(W.T @ b) @ x == b @ (W @ x)
A @ (B + C) == A @ B + A @ C
(A + B).T == A.T + B.T
trace(A @ B) == trace(B @ A)
trace(A @ B @ C) == trace(C @ A @ B)
trace(A.T) == trace(A)
trace(W @ M.T) == trace(M.T @ W)
trace(outer(u, v)) == u @ v
outer(u, v) @ x == u*(v @ x)
outer(u, v).T == outer(v, u)
diag(v) @ x == v*x
diag(u) @ diag(v) == diag(u*v)
diag(u) @ A @ diag(v) == outer(u, v)*A
W @ diag(v) == W*v
sum(A) == ones(n) @ A @ ones(n)
sum(X, axis=0) == X.T @ ones(k)
mean(X, axis=0) == X.T @ ones(k)/k
sum(A*B) == trace(A.T @ B)
norm(A)**2 == trace(A.T @ A)
norm(W @ x)**2 == x @ W.T @ W @ x
diag(A @ B) == sum(A*B.T, axis=1)
trace(diag(v) @ A) == v @ diag(A)
det(A @ B) == det(A)*det(B)
det(A.T) == det(A)
det(inv(A)) == 1/det(A)
inv(A @ B) == inv(B) @ inv(A)
inv(A.T) == inv(A).T
A @ inv(A) == eye(n)
inv(A) - inv(B) == inv(A) @ (B - A) @ inv(B)
solve(A, u + v) == solve(A, u) + solve(A, v)
X.T @ inv(X @ X.T + l*eye(k)) == inv(X.T @ X + l*eye(n)) @ X.T
inv(A + outer(u, v)) == inv(A) - inv(A) @ outer(u, v) @ inv(A)/(1 + v @ inv(A) @ u)
inv(A + W.T @ G @ W) == inv(A) - inv(A) @ W.T @ inv(inv(G) + W @ inv(A) @ W.T) @ W @ inv(A)
d(x @ A @ x, x) == (A + A.T) @ x
d(trace(A @ B), A) == B.T
d(trace(A.T @ A), A) == 2*A
d(log(det(A)), A) == inv(A).T
d(norm(X @ w - t)**2, w) == 2*X.T @ (X @ w - t)
d(norm(X @ w - t)**2/(2*k) + l/2*norm(w)**2, w) == X.T @ (X @ w - t)/k + l*w
d(mean((X @ w - t)**2), w) == 2/k*X.T @ (X @ w - t)
d(sum(tanh(W @ x + b)), W) == outer(1 - tanh(W @ x + b)**2, x)
d(sum(tanh(W @ x + b)), x) == W.T @ (1 - tanh(W @ x + b)**2)
d(sum(q*sigmoid(W @ x + b)), x) == W.T @ (q*sigmoid(W @ x + b)*(1 - sigmoid(W @ x + b)))
softmax(x + l) == softmax(x)
sum(softmax(x)) == 1
d(logsumexp(x), x) == softmax(x)
var(x) == mean(x**2) - mean(x)**2
(X - mean(X, axis=0)).T @ ones(k) == zeros(n)
norm(R @ x) == norm(x) ; if R.T @ R == eye(n)
trace(R @ A @ R.T) == trace(A) ; if R.T @ R == eye(n)
inv(R) == R.T ; if R.T @ R == eye(n)
norm(R @ A)**2 == norm(A)**2 ; if R.T @ R == eye(n)
(eye(n) - P) @ (eye(n) - P) == eye(n) - P ; if P @ P == P
x @ A @ x == 0 ; if A.T == -A
(A @ B).T == B @ A ; if A.T == A, B.T == B
(eye(n) - 2*outer(u, u)) @ (eye(n) - 2*outer(u, u)) == eye(n) ; if norm(u)**2 == 1
sum(p*(x - p @ x)) == 0 ; if sum(p) == 1
"""

TRUE_ASIDE = """
d(u @ A @ v, A) == outer(u, v)
d(u @ inv(A) @ v, A) == -inv(A).T @ outer(u, v) @ inv(A).T
trace(A @ outer(u, v)) == v @ A @ u
norm(u - v)**2 == norm(u)**2 + norm(v)**2 - 2*u @ v
d(norm(X @ w - t)**2 + l*norm(w)**2, w) == 2*(X.T @ X + l*eye(n)) @ w - 2*X.T @ t
(X.T @ X + l*eye(n)).T == X.T @ X + l*eye(n)
inv(X.T @ X + l*eye(n)).T == inv(X.T @ X + l*eye(n))
A @ inv(A + l*eye(n)) == eye(n) - l*inv(A + l*eye(n))
hvp(norm(X @ w - t)**2/2, w, v) == X.T @ (X @ v)
d(norm(W @ A - M)**2, W) == 2*(W @ A - M) @ A.T
R @ inv(A) @ R.T == inv(R @ A @ R.T) ; if R.T @ R == eye(n)
P @ (eye(n) - P) == zeros(n, n) ; if P @ P == P
outer(u, u) @ outer(u, u) == outer(u, u) ; if norm(u) == 1
(R @ u) @ (R @ v) == u @ v ; if R.T @ R == eye(n)
d(w @ X.T @ X @ w/2 - t @ X @ w, w) == X.T @ X @ w - X.T @ t
"""

FALSE = """
(A @ B).T == A.T @ B.T
(W.T @ b) @ x == (W @ x) @ b + 1
A @ B == B @ A
trace(A @ B @ C) == trace(A @ C @ B)
trace(A @ B) == trace(A)*trace(B)
outer(u, v) @ x == v*(u @ x)
outer(u, v).T == outer(u, v)
diag(v) @ A == A @ diag(v)
diag(u) @ A @ diag(v) == outer(v, u)*A
sum(X, axis=0) == X.T @ ones(k)/k
mean(X, axis=0) == X.T @ ones(k)
sum(A*B) == trace(A @ B)
norm(A)**2 == trace(A @ A)
norm(W @ x)**2 == norm(W)**2*norm(x)**2
diag(A @ B) == sum(A*B, axis=1)
det(A + B) == det(A) + det(B)
det(A @ B) == det(A) + det(B)
inv(A @ B) == inv(A) @ inv(B)
inv(A + B) == inv(A) + inv(B)
inv(A) - inv(B) == inv(A) @ (A - B) @ inv(B)
A @ inv(B) == inv(B) @ A
X.T @ inv(X @ X.T + l*eye(k)) == inv(X.T @ X + 2*l*eye(n)) @ X.T
inv(A + outer(u, v)) == inv(A) - inv(A) @ outer(u, v) @ inv(A)/(1 + u @ inv(A) @ v)
inv(A + outer(u, v)) == inv(A) + inv(A) @ outer(u, v) @ inv(A)/(1 + v @ inv(A) @ u)
d(x @ A @ x, x) == 2*A @ x
d(x @ A @ x, x) == (A - A.T) @ x
d(trace(A @ B), A) == B
d(trace(A.T @ A), A) == 2*A.T
d(log(det(A)), A) == inv(A)
d(norm(X @ w - t)**2, w) == X.T @ (X @ w - t)
d(norm(X @ w - t)**2, w) == 2*X.T @ (t - X @ w)
d(norm(X @ w - t)**2/(2*k) + l/2*norm(w)**2, w) == X.T @ (X @ w - t) + l*w
d(norm(X @ w - t)**2/(2*k) + l*norm(w)**2, w) == X.T @ (X @ w - t)/k + l*w
d(sum(tanh(W @ x + b)), W) == outer(1 - tanh(W @ x + b), x)
d(sum(tanh(W @ x + b)), x) == W.T @ (1 - tanh(W @ x)**2)
d(sum(q*sigmoid(W @ x + b)), x) == W.T @ (q*sigmoid(W @ x + b))
softmax(2*x) == softmax(x)
d(logsumexp(x), x) == exp(x)
var(x) == mean(x**2) - mean(x)
norm(R @ x) == norm(x)
norm(R @ x, 1) == norm(x, 1) ; if R.T @ R == eye(n)
relu(R @ x) == R @ relu(x) ; if R.T @ R == eye(n)
trace(R @ A) == trace(A) ; if R.T @ R == eye(n)
R @ A == A @ R ; if R.T @ R == eye(n)
inv(R) == R ; if R.T @ R == eye(n)
P.T == P ; if P @ P == P
x @ A @ x == 0 ; if A.T == A
(A @ B).T == A @ B ; if A.T == A, B.T == B
(eye(n) - outer(u, u)) @ (eye(n) - outer(u, u)) == eye(n) ; if norm(u)**2 == 1
sum(p**2) == 1 ; if sum(p) == 1
"""

FALSE_ASIDE = """
d(u @ A @ v, A) == outer(v, u)
d(u @ inv(A) @ v, A) == inv(A).T @ outer(u, v) @ inv(A).T
trace(A @ outer(u, v)) == u @ A @ v
norm(u - v)**2 == norm(u)**2 - norm(v)**2
norm(u + v) == norm(u) + norm(v)
d(norm(X @ w - t)**2 + l*norm(w)**2, w) == 2*(X.T @ X + l*eye(n)) @ w - X.T @ t
A @ inv(A + l*eye(n)) == eye(n) - inv(A + l*eye(n))
hvp(norm(X @ w - t)**2/2, w, v) == 2*X.T @ (X @ v)
d(norm(W @ A - M)**2, W) == 2*(W @ A - M) @ A
R @ inv(A) @ R.T == inv(A) ; if R.T @ R == eye(n)
(R @ u) @ v == u @ v ; if R.T @ R == eye(n)
P @ (eye(n) - P) == P ; if P @ P == P
A @ A == A ; if A.T == A
det(R) == 1 ; if R.T @ R == eye(n)
"""


def lines(*banks: str) -> list[str]:
    return [line for bank in banks for line in bank.splitlines() if line]


def claim(line: str, letters: Sizes | None = None, **sizes: int) -> tuple[Node, Node, list[Node]]:
    """The two sides and the assumptions at an instance of the sizes m, n, k; derivatives worked out. ``letters``: sizes that stay letters."""
    text, _, given = line.partition(" ; if ")
    texts = [text, *(g for g in given.split(", ") if g)]
    g = Graph()
    scope: dict[str, Node] = {name: g.define(name, g.const(value)) for name, value in sizes.items()}
    for name in {n for t in texts for n in names_in(t)} - set(sizes):
        scope[name] = g.symbol(name, tuple(Size(sizes[s], s) for s in SHAPES.get(name, "")))
    parsed = [parse(t, scope, g, boolean=True) for t in texts]
    whole, *assuming = expand_all(parsed if letters is None else lettered(parsed, letters))
    a, b = whole.args
    return g.broadcast(a, whole.shape), g.broadcast(b, whole.shape), assuming
