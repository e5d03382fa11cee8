"""A claim is judged by what it speaks of: whatever else a case declares changes nothing, and nothing is stopped by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.language.properties import PROPERTIES
from verify.casefile import load
from verify.claims import CaseContext, judge

SYMBOLS = """\
  x: {}
  y: {}
  z: {}
  h: {}
  c: 2
  p: {in: [0, 1]}
  q: {in: [0, 1]}
  a: {in: [1, 2]}
  r: {in: [0, inf]}
  v: {shape: [2]}
  u: {shape: [2]}
  s: {shape: [2], in: [0, 1]}
  A: {shape: [2, 2]}
  X: {shape: [3, 2]}
  w: {shape: [2]}
  d3: {shape: [3]}
"""
#: What a claim may have beside it.
BESIDE = {
    "tensors with ranges": "  P: {shape: [2, 17], in: [0, 1]}\n  N: {shape: [30], in: [-1, inf]}\n",
    "numbers and sizes": "  e: {in: [0, 1]}\n  K: [[1, 2], [3, 4]]\n  k: 3\n  L: {shape: [n, 2], in: [0, 1]}\n",
}
#: Claims of every kind, every property among them.
CLAIMS = """
of: "d(sigmoid(z), z)", equals: "sigmoid(z)*(1 - sigmoid(z))"
of: "d(abs(x), x)", equals: "sign(x)"
of: "sum(s*v)", equals: "s @ v"
of: "A @ A.T", equals: "A.T @ A"
of: "c + 1", prints: 3.0
of: "x/y*y", equals: "x"
of: "p", standard: "1 - p"
of: "sqrt(x**2)", equals: "x", needs: "x >= 0"
of: "x*y", equals: "y*x", contradicts: other
of: "A", shape: [2, 2]
of: "at(d(relu(z), z), z=1)", equals: "1"
of: "float64(0.1 + 0.2)", equals: "float64(0.3)"
of: "expect(sum(d3[i] for i in S) for S in subsets(3, 2))", equals: "2*mean(d3)"
of: "limit((1 + 1/x)**x, x, inf)", equals: "exp(1)"
of: "limit((1 - p)**x, x, inf)", equals: "0", assuming: ["0 < p", "p < 1"]
of: "limit(abs(x)/x, x, 0)", equals: "1"
of: "integral(x**2, x, 0, a)", equals: "a**3/3"
of: "integral(sum(s)*x, x, 0, 1)", equals: "sum(s)/2"
of: "d(integral(f(h), h, 0, y), y)", equals: "f(y)"
of: "d(f(x)**2, x)", equals: "2*f(x)*f(x, d=1)"
holds: "p*(1 - p) <= 1/4"
holds: "sum(s) <= 2"
holds: "sum(s) <= 1"
holds: "s <= 1"
holds: "x**2 > 0", needs: "x != 0"
holds: "x > 0", contradicts: negative
holds: "implies(v == u, norm(v) == norm(u))"
holds: "all(v[i]**2 >= 0 for i in 2)"
holds: "softplus(x) <= relu(x) + log(2)"
holds: "abs(x*p) < 3", assuming: ["x > -1", "x < 1"]
holds: "f(x) >= 0"
holds: "supremum(p*(1 - p), p) == 1/4"
holds: "infimum(exp(x), x) == 0"
holds: "supremum(relu(x), x) == inf"
holds: "softplus(1000) == inf"
somewhere: "x**2 == 4"
somewhere: "p > 2"
somewhere: "A @ A.T != A.T @ A"
holds: "convex(p*x**2, x)"
holds: "convex(norm(X @ w - d3)**2, w)"
holds: "concave(log(r), r)"
holds: "increasing(a*x, x)"
holds: "nondecreasing(p*x, x)"
holds: "decreasing(-x**3 - x, x)"
holds: "nonincreasing(-p*x, x)"
holds: "continuous(relu(x), x)"
holds: "differentiable(relu(x), x)"
holds: "smooth(exp(x), x)"
holds: "positive_definite(X.T @ X + a*eye(2))"
holds: "positive_semidefinite(A)"
holds: "rank(outer(v, u)) <= 1"
holds: "stationary(x**2, x, 0)"
holds: "minimizer(x**2, x, 0)"
holds: "unique_minimizer(a*(x - p)**2, x, p)"
holds: "subdifferential(abs(x), x, 0) == interval(-1, 1)"
holds: "grows_at_most(log(x), x, x)"
holds: "grows_slower(p*log(x), x, x)"
holds: "grows_like(a*x**2 + x, x**2, x)"
holds: "asymptotic(x**2 + x, x**2, x)"
holds: "converges(half, 0, 1, 1/2)"
holds: "A[0, 1] == A[1, 0]", assuming: "positive_definite(A)"
holds: "f(x, d=2) >= 0", assuming: "convex(f(x), x)"
shows: "1.5*2", prints: 3.0
""".strip().splitlines()


def judged(path: Path, beside: str) -> dict[str, tuple[str, str]]:
    path.write_text(
        f"title: T\nsizes: {{n: [3, 1]}}\nfunctions: {{f: 1, g: 2}}\n"
        f"sequences: {{half: {{start: 1, step: half/2}}}}\nsymbols:\n{SYMBOLS}{beside}claims:\n"
        "  - {id: other, of: x*y, equals: x*y + 1}\n  - {id: negative, holds: x < 0}\n"
        + "".join(f"  - {{id: c{i}, {claim}}}\n" for i, claim in enumerate(CLAIMS))
    )
    case = load(path)
    verdicts = {c.id: judge(CaseContext(case), c) for c in case.claims}
    return {id_: (v.verdict, v.reason) for id_, v in verdicts.items()}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    return judged(tmp_path_factory.mktemp("alone") / "c.yaml", "")


@pytest.mark.parametrize("beside", BESIDE)
def test_what_stands_beside_a_claim_changes_nothing(
    tmp_path: Path, alone: dict[str, tuple[str, str]], beside: str
) -> None:
    assert judged(tmp_path / "c.yaml", BESIDE[beside]) == alone


def test_every_property_is_in_the_bank() -> None:
    assert [name for name in PROPERTIES if not any(f"{name}(" in claim for claim in CLAIMS)] == []


def test_every_claim_of_the_bank_is_decided(alone: dict[str, tuple[str, str]]) -> None:
    assert [(CLAIMS[int(k[1:])], v) for k, v in alone.items() if k[0] == "c" and v[0] == "undecided"] == []


@pytest.mark.parametrize(
    "claim", ["of: m(t), equals: (1 - b)**t*g", 'holds: "limit(m(t), t, inf) == 0", assuming: [0 < b, b < 1, g > 0]']
)
def test_values_that_an_iteration_does_not_use_are_not_told(tmp_path: Path, claim: str) -> None:
    path = tmp_path / "steps.yaml"
    path.write_text(
        "title: t\nsymbols: {lr: 0.125, w0: 3, M: [7, 9], b: {in: [0, 0.9]}, g: {}, t: {whole: true, in: [0, inf]}}\n"
        "sequences:\n  w: {start: w0, step: w - lr*w}\n  m: {start: 0, step: b*m + (1 - b)*g}\n"
        f"claims:\n  - {{id: a, {claim}}}\n"
    )
    case = load(path)
    found = judge(CaseContext(case), case.claims[0])
    assert found.verdict == "wrong"
    assert "document's values" not in found.reason
    assert not {"lr", "w0", "M"} & set(found.evidence.get("witness", {}))
