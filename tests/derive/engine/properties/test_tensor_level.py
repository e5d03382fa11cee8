"""Definiteness and convexity of whole tensors: decided from how they are written, at any size, and refuted at whole points.

The answers are from textbooks (Boyd and Vandenberghe, Convex Optimization, chapters 3 and A; Horn and Johnson, Matrix Analysis,
chapter 7), or from a small example that the refutation has to find by itself.
"""

from __future__ import annotations

import pytest

from derive import budget
from derive.budget import QUESTION, steps
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.engine.equations.eliminated import against
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph
from derive.flint import fmpq
from derive.language.names import names_in
from derive.language.printing import to_text
from derive.language.reader import parse

SHAPES = {
    **dict.fromkeys(("A", "B", "D", "P"), "nn"), "X": "mn", "S": "mm",
    **dict.fromkeys(("w", "u", "v", "p", "q", "z"), "n"), **dict.fromkeys(("y", "s", "t"), "m"),
}  # fmt: skip

TRUE = """
positive_semidefinite(X.T @ X)
positive_semidefinite(X @ X.T)
positive_definite(X.T @ X/m + lam*eye(n)) ; if lam > 0
positive_semidefinite(outer(v, v))
positive_semidefinite(eye(n) - outer(u, u)) ; if norm(u) == 1
positive_semidefinite(eye(n) - ones(n, n)/n)
positive_semidefinite(X.T @ (eye(m) - ones(m, m)/m) @ X)
positive_semidefinite((X - mean(X, axis=0)).T @ (X - mean(X, axis=0))/m)
positive_semidefinite(P) ; if P.T == P and P @ P == P
positive_semidefinite(diag(p) - outer(p, p)) ; if sum(p) == 1 and p >= 0
positive_semidefinite(diag(softmax(z)) - outer(softmax(z), softmax(z)))
positive_semidefinite(X.T @ diag(s) @ X) ; if s >= 0
positive_semidefinite(X.T @ S @ X) ; if positive_semidefinite(S)
positive_definite(X.T @ S @ X + lam*eye(n)) ; if positive_semidefinite(S), lam > 0
positive_definite(A + B) ; if positive_definite(A), positive_semidefinite(B)
positive_definite(inv(A)) ; if positive_definite(A)
positive_semidefinite(A*B) ; if positive_semidefinite(A), positive_semidefinite(B)
positive_semidefinite(A @ A) ; if A.T == A
positive_semidefinite(X.T @ X + outer(u, u))
positive_definite(diag(p) + outer(u, u)) ; if p > 0
convex(norm(X @ w - y)**2, w)
convex(norm(X @ w - y)**2/(2*m) + lam/2*norm(w)**2, w) ; if lam >= 0
convex(norm(X @ w - y)**2/2 + lam*norm(w, 1), w) ; if lam >= 0
convex(norm(X @ w - y)**2 + lam*(a*norm(w, 1) + (1 - a)/2*norm(w)**2), w) ; if lam >= 0, a >= 0, a <= 1
convex(mean((X @ w - y)**2), w)
convex(logsumexp(z), z)
convex(log(sum(exp(z))), z)
convex(logsumexp(A @ w + u), w)
convex(sum(log(1 + exp(-y*(X @ w)))), w)
convex(sum(softplus(X @ w) - y*(X @ w)), w)
convex(-sum(y*log(sigmoid(X @ w)) + (1 - y)*log(1 - sigmoid(X @ w))), w) ; if y >= 0, y <= 1
convex(sum(relu(1 - y*(X @ w))) + lam*norm(w)**2, w) ; if lam > 0
convex(w @ A @ w, w) ; if positive_semidefinite(A)
convex(w @ X.T @ X @ w, w)
convex(max(X @ w), w)
convex(max(w @ u, w @ v, 0), w)
convex(norm(w), w)
convex(norm(w)**4, w)
convex(exp(norm(w)**2), w)
convex(sum(abs(X @ w - y)), w)
convex(norm(A @ B - D)**2, A)
convex(trace(A.T @ A), A)
convex(trace(A.T @ D @ A), A) ; if positive_semidefinite(D)
convex(var(w), w)
convex(sum(p*log(p)), p) ; if p > 0
convex(-sum(q*log_softmax(z)), z) ; if q >= 0
concave(-sum(p*log(p)), p) ; if p > 0
concave(sum(log(X @ w)), w) ; if X @ w > 0
concave(min(w @ u, w @ v), w)
concave(log(det(A)), A) ; if positive_definite(A)
convex(trace(inv(A)), A) ; if positive_definite(A)
convex(w @ inv(A) @ w, w) ; if positive_definite(A)
stationary(norm(X @ w - y)**2 + lam*norm(w)**2, w, inv(X.T @ X + lam*eye(n)) @ X.T @ y) ; if lam > 0
stationary(norm(X @ w - y)**2/2, w, inv(X.T @ X) @ X.T @ y)
minimizer(mean((X @ w - y)**2), w, solve(X.T @ X, X.T @ y))
unique_minimizer(norm(X @ w - y)**2 + lam*norm(w)**2, w, inv(X.T @ X + lam*eye(n)) @ X.T @ y) ; if lam > 0
unique_minimizer(w @ A @ w/2 - u @ w, w, inv(A) @ u) ; if positive_definite(A)
unique_minimizer(u @ w + w @ A @ w/2, w, -inv(A) @ u) ; if positive_definite(A)
grad(w @ A @ w/2 - u @ w, w) == A @ w - u ; if positive_semidefinite(A)
unique_minimizer(lam*norm(w)**2/2 + norm(w - v)**2/2, w, v/(1 + lam)) ; if lam > 0
convex(-log(det(X.T @ X + A)) + trace(D @ A), A) ; if positive_definite(A)
"""

FALSE = """
positive_semidefinite(A + A.T)
positive_definite(X @ X.T - X @ X.T)
positive_semidefinite(eye(n) - 2*outer(u, u)) ; if norm(u) == 1
positive_definite(eye(n) - outer(u, u)) ; if norm(u) == 1
positive_semidefinite(eye(n) - outer(u, u))
positive_semidefinite(diag(p) - outer(p, p)) ; if sum(p) == 2 and p >= 0
positive_semidefinite(diag(p) - outer(p, p)) ; if p >= 0
positive_semidefinite(X.T @ diag(s) @ X)
positive_semidefinite(X.T @ S @ X)
positive_semidefinite(A @ B) ; if positive_definite(A), positive_definite(B)
positive_semidefinite(A - B) ; if positive_definite(A), positive_definite(B)
positive_semidefinite(outer(u, v))
positive_semidefinite(A @ A)
positive_definite(outer(v, v))
positive_definite(X.T @ X + lam*eye(n))
positive_definite(eye(n) - ones(n, n)/n)
grad(w @ A @ w - u @ w, w) == A @ w - u ; if positive_definite(A)
convex(norm(X @ w - y)**2 - norm(w)**2*10000, w)
convex(norm(X @ w - y)**2 + lam*norm(w)**2, w)
convex(norm(y - sigmoid(X @ w))**2, w)
convex(w[0]*w[1], w)
convex(w @ A @ w, w)
convex((A.T @ A)[0, 1], A)
convex(trace(A @ A), A)
convex(sum(sigmoid(X @ w)), w)
convex(sum(s*relu(X @ w)), w)
convex((sum(relu(A @ w)) - 1)**2, A)
convex(-norm(w), w)
convex(norm(w)**2/(1 + norm(w)**2), w)
concave(logsumexp(z), z)
convex(log(det(A)), A) ; if positive_definite(A)
convex(min(z), z)
convex(sum(softmax(z)*z), z)
"""


def _lines(bank: str) -> list[str]:
    return [line for line in bank.splitlines() if line]


def _decide(line: str, **sizes: int) -> str:
    return _found(line, **sizes).status


def _found(line: str, **sizes: int) -> Decision:
    text, _, given = line.partition(" ; if ")
    texts = [text, *(g for g in given.split(", ") if g)]
    g = Graph()
    scope = {name: g.define(name, g.const(value)) for name, value in sizes.items()}
    for name in {n for t in texts for n in names_in(t)} - set(sizes):
        scope[name] = g.symbol(name, tuple(sizes[s] for s in SHAPES.get(name, "")))
    claim, *assuming = [parse(t, scope, g, boolean=True) for t in texts]
    return decide_condition(claim, Domain(assuming))


@pytest.mark.parametrize("line", _lines(TRUE))
def test_what_is_true_is_proved_at_every_size(line: str) -> None:
    for sizes in ({"m": 3, "n": 2}, {"m": 4, "n": 3}, {"m": 100, "n": 60}):
        before = steps()
        assert _decide(line, **sizes) == "proved"
        assert steps() - before < QUESTION / 10  # entry by entry, more than a whole question may take


@pytest.mark.parametrize("line", _lines(FALSE))
def test_what_is_false_is_refuted(line: str) -> None:
    for sizes in ({"m": 3, "n": 2}, {"m": 4, "n": 3}):
        assert _decide(line, **sizes) == "refuted"
    assert _decide(line, m=60, n=40) != "proved"


@pytest.mark.parametrize(
    ("line", "conditions"),
    [
        ("u @ u/(u @ u) >= 1", ["u @ u != 0"]),
        ("u @ u/(u @ u) >= 1 ; if u > 0", []),
        ("1/u**2 > 0", ["all(u**2 != 0)"]),
        ("1/(1 + u**2) > 0", []),
        ("positive_semidefinite(eye(n) - outer(u, u)/(u @ u))", ["u @ u != 0"]),
        ("positive_semidefinite(diag(1/u**2))", ["all(u**2 != 0)"]),
        ("positive_semidefinite(X @ inv(X.T @ X) @ X.T)", ["det(X.T @ X) != 0"]),
        ("positive_definite(inv(X.T @ X + lam*eye(n))) ; if lam > 0", []),
        ("positive_definite(inv(A)) ; if positive_definite(A)", []),
    ],
)
def test_what_a_proof_needs_to_have_values_is_told(line: str, conditions: list[str]) -> None:
    found = _found(line, n=2, m=4)
    assert (found.status, [to_text(c) for c in found.conditions]) == ("proved", conditions)


def test_elimination_finds_a_vector_where_the_form_is_negative() -> None:
    import random

    rng = random.Random(1)
    for _ in range(200):
        n = rng.randint(1, 5)
        b = [[rng.randint(-2, 2) for _ in range(n)] for _ in range(rng.randint(1, 5))]
        gram = [[fmpq(sum(r[i] * r[j] for r in b)) for j in range(n)] for i in range(n)]
        assert against(gram, strict=False) is None  # of B.T @ B
        a = [[fmpq(0)] * n for _ in range(n)]
        for i in range(n):
            for j in range(i + 1):
                a[i][j] = a[j][i] = fmpq(rng.randint(-2, 2))
        for strict in (False, True):  # of whole numbers: a positive form is at least 1 at whole vectors
            v = against(a, strict)
            if v is not None:
                form = sum((a[i][j] * v[i] * v[j] for i in range(n) for j in range(n)), fmpq(0))
                assert any(v)
                assert form < 0 or (strict and form == 0)
            else:
                corners = [[int(k >> i & 1) for i in range(n)] for k in range(1, 1 << n)]
                assert all(
                    sum(a[i][j] * v[i] * v[j] for i in range(n) for j in range(n)) >= int(strict) for v in corners
                )


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("sum(relu(z)) >= 0", "proved"),
        ("softmax(z) > 0", "proved"),
        ("norm(X @ w - y)**2 >= 0", "proved"),
        ("norm(u)*norm(v) >= 0", "proved"),
        ("sum(z) >= 0", "refuted"),
        ("norm(w, 1) <= norm(w)", "refuted"),
        ("log(u) @ log(u) >= 0", "proved-if"),  # has no value where an entry is not positive
        ("exp(A @ log(u)) > 0", "proved-if"),
        ("var(log(u)) >= 0", "proved-if"),
        ("exp(A @ log(u)) > 0 ; if u > 0", "proved"),
        ("sum(z) >= 0 ; if sum(z) == 1 and sum(z) == 2", "undecided"),  # of no point
    ],
)
def test_comparisons_of_whole_tensors(line: str, status: str) -> None:
    assert _decide(line, m=3, n=3) == status
    if status in ("proved", "refuted"):
        assert _decide(line, m=60, n=60) == status


@pytest.mark.parametrize(
    "line", ["norm(u + v) <= norm(u) + norm(v)", "max(z) >= mean(z)", "continuous(sum(relu(X @ w)), w)"]
)
def test_work_is_bounded(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "QUESTION", QUESTION // 20)
    before = steps()
    assert _decide(line, m=60, n=60) in ("proved", "undecided")
    assert steps() - before < QUESTION // 10
