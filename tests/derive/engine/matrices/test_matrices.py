"""Equations between matrices: proved by products for every size, refuted at whole tensors."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derive.engine import decide_equal
from derive.engine.counterexamples.tensor_points import Arena, rotation
from derive.engine.domain import Domain
from derive.engine.matrices.matrices import Sizes, prove
from derive.expr.graph import topological
from derive.expr.shapes import indices
from derive.language.components import components_all
from derive.numbers.balls import evaluate_all, precision, rational
from tests.banks.matrix_identities import FALSE, FALSE_ASIDE, TRUE, TRUE_ASIDE, claim, lines

INSTANCES = ({"m": 2, "n": 3, "k": 4}, {"m": 3, "n": 2, "k": 2})
GENERAL = {"m": 5, "n": 7, "k": 11}
SIZES = Sizes({v: k for k, v in GENERAL.items()}, GENERAL)


@pytest.mark.parametrize("line", lines(TRUE, TRUE_ASIDE))
def test_true_identities_are_proved_for_every_size(line: str) -> None:
    a, b, assuming = claim(line, SIZES, **GENERAL)
    found = prove(a, b, assuming, SIZES)
    assert found is not None
    assert found.general
    for sizes in INSTANCES:
        a, b, assuming = claim(line, **sizes)
        decision = decide_equal(a, b, Domain(assuming))
        assert decision.status == "proved", str(decision)


@pytest.mark.parametrize("line", lines(FALSE, FALSE_ASIDE))
def test_false_identities_are_refuted(line: str) -> None:
    for sizes in ({"m": 2, "n": 3, "k": 4}, {"m": 2, "n": 2, "k": 3}):
        a, b, assuming = claim(line, **sizes)
        assert prove(a, b, assuming) is None
        assert decide_equal(a, b, Domain(assuming)).status == "refuted"


@pytest.mark.parametrize("line", lines(TRUE, TRUE_ASIDE))
def test_what_is_proved_is_equal_entry_by_entry(line: str) -> None:
    """By the entries laid out, which share nothing with the words: balls at points of the domain must overlap."""
    for sizes in INSTANCES:
        a, b, assuming = claim(line, **sizes)
        left, right = components_all([a, b])
        seen = 0
        for point in Arena(a, b, Domain(assuming)).points(6):
            values = {
                (n.graph.node("index", (n,), i) if i else n): rational(v)
                for n, entries in point.items()
                for i, v in zip(indices(n.shape), entries, strict=True)
            }
            done = evaluate_all([*left, *right], values, 200)
            with precision(200):
                for x, y in zip(left, right, strict=True):
                    if isinstance(done[x], Exception) or isinstance(done[y], Exception):
                        continue
                    seen += 1
                    assert done[x] == done[y] or (done[x] - done[y]).overlaps(0 * done[x]), (line, point)
        assert seen


@pytest.mark.parametrize("n", [1, 2, 3, 5, 12])
def test_rotations_are_orthogonal(n: int) -> None:
    import random

    for seed in range(6):
        r = rotation(n, random.Random(seed))
        for i in range(n):
            for j in range(n):
                assert sum((r[k][i] * r[k][j] for k in range(n)), Fraction(0)) == int(i == j)


def test_large_matrices_are_decided_whole() -> None:
    """Entry by entry this would take hours."""
    sizes = {"m": 60, "n": 60, "k": 60}
    for line, status in (
        ("(A @ B).T == B.T @ A.T", "proved"),
        ("A @ B == B @ A", "refuted"),
        ("inv(A @ B) == inv(B) @ inv(A)", "proved"),
        ("d(sum(tanh(W @ x + b)), W) == outer(1 - tanh(W @ x + b), x)", "refuted"),
    ):
        a, b, assuming = claim(line, **sizes)
        assert decide_equal(a, b, Domain(assuming)).status == status


@pytest.mark.parametrize(
    "line",
    [
        "inv(outer(u, v)) @ outer(u, v) == eye(n)",  # never invertible
        "norm(x) == 1 ; if norm(x)**2 == -1",
        "R @ R.T == eye(n) ; if R.T @ R == eye(n), R.T @ R == 2*eye(n)",  # no such matrix
        "x == x ; if sum(x) == 1, sum(x) == 2",
    ],
)
def test_nothing_is_proved_of_no_point(line: str) -> None:
    a, b, assuming = claim(line, m=2, n=3, k=4)
    assert decide_equal(a, b, Domain(assuming)).status == "undecided"


def test_a_right_inverse_is_a_left_one_only_of_square_matrices() -> None:
    """W @ W.T = I does not say W.T @ W = I where W has more columns than rows."""
    a, b, assuming = claim("norm(W.T @ b) == norm(b) ; if W @ W.T == eye(m)", m=2, n=3, k=4)
    assert prove(a, b, assuming) is not None
    a, b, assuming = claim("norm(W @ x) == norm(x) ; if W @ W.T == eye(m)", m=2, n=3, k=4)
    assert decide_equal(a, b, Domain(assuming)).status == "refuted"


def test_numbers_that_happen_to_be_sizes_are_no_letters() -> None:
    """sum(w)/7 is the mean at n = 7 only."""
    a, b, _ = claim("sum(w)/7 == mean(w)", SIZES, **GENERAL)
    assert prove(a, b, [], SIZES) is None
    assert topological([a])  # at these sizes it is true, and proved as such
    assert decide_equal(a, b).status == "proved"


@pytest.mark.parametrize(
    "line",
    [
        "jacobian(W @ x + b, x) == W",
        "jacobian(tanh(W @ x + b), x) == diag(1 - tanh(W @ x + b)**2) @ W",
        "jacobian(softmax(x), x) == diag(softmax(x)) - outer(softmax(x), softmax(x))",
        "d(x/(1 + norm(x)**2), x) == eye(n)/(1 + norm(x)**2) - 2*outer(x, x)/(1 + norm(x)**2)**2",
        "hessian(norm(X @ w - t)**2/2, w) == X.T @ X",
        "hessian(x @ A @ x, x) == A + A.T",
    ],
)
def test_jacobians_are_proved_for_every_size(line: str) -> None:
    a, b, _ = claim(line, SIZES, **GENERAL)
    found = prove(a, b, [], SIZES)
    assert found is not None
    assert found.general


@pytest.mark.parametrize(
    "line",
    [
        "jacobian(tanh(W @ x + b), x) == W*(1 - tanh(W @ x + b)**2).T[0]",
        "jacobian(A @ x, x) == A.T",
        "jacobian(softmax(x), x) == diag(softmax(x)) + outer(softmax(x), softmax(x))",
        "hessian(norm(X @ w - t)**2, w) == X.T @ X",
    ],
)
def test_false_jacobians_are_not_proved(line: str) -> None:
    a, b, _ = claim(line, SIZES, **GENERAL)
    assert prove(a, b, [], SIZES) is None
