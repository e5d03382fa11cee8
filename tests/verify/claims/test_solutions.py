"""Numbers that a condition defines: roots, minimizers, eigenvalues; printed, compared, differentiated."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import CaseFaults, load
from verify.claims import CaseContext, Verdict, judge

HEAD = """\
title: Solutions
symbols:
  eta: 0.3
  lam: 0.1
  a: {}
  A: [[2, 1], [1, 3]]
  b: [1, 2]
  c: [-1, -1]
  q: [1, 2, 3]
define:
"""

ROOTS = (
    """\
  w: {solves: w**3 + w == eta, in: [0, 1]}
  L: (w - 1)**2
  x: {solves: A @ x == b, in: [-9, 9], shape: [2]}
  two: {solves: two**2 == 2, in: [-2, 2]}
  none: {solves: none**2 == 2, in: [3, 4]}
  e: {solves: [A @ e[1:3] == e[0]*e[1:3], e[1]**2 + e[2]**2 == 1], shape: [3], in: [[2, 5], [0, 1], [0, 1]]}
  p: {solves: p == cos(p), in: [-5, 5]}
  r: {solves: r**3 + r == a, in: [-50, 50]}
""".replace("[A @", '["A @')
    .replace(", e[1]**2", '", "e[1]**2')
    .replace("== 1], sh", '== 1"], sh')
)

OPTIMA = """\
  w: {minimizes: norm(A @ w - b)**2 + lam*norm(w)**2, in: [-10, 10], shape: [2]}
  s: {minimizes: c @ s, subject_to: ["s[0] + 2*s[1] <= 4", "3*s[0] + s[1] <= 6", s >= 0], shape: [2]}
  p: {minimizes: "sum((p - q)**2)", subject_to: [sum(p) == 1, p >= 0], shape: [3]}
  m: {minimizes: "m**4 - 3*m**2 + m", in: [-3, 3]}
  l: {minimizes: (l - 1)**2/2 + lam*abs(l), in: [-3, 3]}
  k: {minimizes: (k - 5)**2, in: [-3, 3]}
  u: {minimizes: c @ u, subject_to: ["u[0] + u[1] <= 4", u >= 0], shape: [2]}
  z: {minimizes: z**4 - z**2, in: [-3, 3]}
"""


def verdicts(tmp_path: Path, define: str, claim: str) -> list[Verdict]:
    path = tmp_path / "solutions.yaml"
    path.write_text(f"{HEAD}{define}claims:\n  - {{id: c, {claim}}}\n")
    case = load(path)
    context = CaseContext(case)
    return [judge(context, c) for c in case.claims]


@pytest.mark.parametrize(
    ("claim", "word", "told"),
    [
        ("of: w, prints: 0.27842", "holds", "0.278417990"),
        ("of: w, prints: 0.27843", "wrong", "correct: 0.27842"),
        ("of: L, prints: 0.52068", "holds", ""),
        ("of: w, equals: 1/4", "wrong", ""),
        ("of: w**3 + w, equals: eta", "holds", "for every solution"),
        ("of: w**3 - w, equals: eta", "wrong", ""),
        ("holds: w < 0.3", "holds", ""),
        ("holds: w > 0.3", "wrong", "0.278"),
        ('of: "d(w, eta)", prints: 0.8113', "holds", ""),
        ('of: "d(w, eta)", equals: 1/(1 + 3*w**2)', "holds", ""),
        ('of: "d(w, eta)", equals: 1/(1 + 2*w**2)', "wrong", ""),
        ('of: "d(L, eta)", equals: 2*(w - 1)/(1 + 3*w**2)', "holds", ""),
        ("of: x, prints: [0.2, 0.6]", "holds", ""),
        ('of: x, equals: "[1/5, 3/5]"', "holds", ""),
        ("of: x, equals: inv(A) @ b", "holds", ""),
        ('of: "d(x, b)", equals: inv(A)', "holds", ""),
        ("of: two, prints: 1.4142", "undecided", "one of 2 solutions in its range: 1.41421; -1.41421"),
        ("of: none, prints: 1.4142", "undecided", "no 'none' in its range solves that"),
        ("of: e, prints: [3.618, 0.5257, 0.8507]", "holds", ""),
        ("of: p, prints: 0.739085", "holds", ""),
        ("of: r**3 + r, equals: a", "holds", "for every solution"),
        ('of: "d(r, a)", equals: 1/(1 + 3*r**2)', "holds", "for every solution"),
        ("of: r, prints: 1.5", "underspecified", "'a'"),
    ],
)
def test_roots_of_equations(tmp_path: Path, claim: str, word: str, told: str):
    for found in verdicts(tmp_path, ROOTS, claim):
        assert (found.verdict, told in found.reason) == (word, True), found.reason


@pytest.mark.parametrize(
    ("claim", "word", "told"),
    [
        ("of: w, equals: inv(A.T @ A + lam*eye(2)) @ A.T @ b", "holds", ""),
        ('of: "d(w, b)", equals: inv(A.T @ A + lam*eye(2)) @ A.T', "holds", ""),
        ("of: s, prints: [1.6, 1.2]", "holds", ""),
        ("of: c @ s, equals: -14/5", "holds", ""),
        ("of: p, prints: [0, 0, 1]", "holds", ""),
        ('of: "d(p, q)[0, 0]", prints: 1', "undecided", "held to conditions"),
        ("of: m, prints: -1.3008", "holds", ""),
        ("of: l, prints: 0.9", "holds", ""),
        ("of: k, prints: 3", "undecided", "it is least beside its range"),
        ("of: u, prints: [4, 0]", "undecided", "several points are best"),
        ("of: z, prints: 0.7071", "undecided", "at several points"),
    ],
)
def test_what_is_least(tmp_path: Path, claim: str, word: str, told: str):
    for found in verdicts(tmp_path, OPTIMA, claim):
        assert (found.verdict, told in found.reason) == (word, True), found.reason


@pytest.mark.parametrize(
    ("claim", "word", "told"),
    [
        ("of: eigenvalues(A), prints: [1.382, 3.618]", "holds", ""),
        ('holds: "eigenvalues(A)[0] > 0"', "holds", ""),
        ("of: max(eigenvalues(2*eye(3))), equals: 2", "holds", ""),
        ('of: "eigenvalues(sqrt(lam)*A)[0]", prints: 0.4370', "holds", ""),
        ('of: "eigenvalues([[0, 1], [-1, 0]])[0]", prints: 2', "wrong", "no real numbers"),
        ("of: sum(eigenvalues(A)), equals: 6", "wrong", ""),
    ],
)
def test_eigenvalues(tmp_path: Path, claim: str, word: str, told: str):
    for found in verdicts(tmp_path, "  y: a\n", claim):
        assert (found.verdict, told in found.reason) == (word, True), found.reason


@pytest.mark.parametrize(
    ("definition", "fault"),
    [
        ("{solves: w**2 == 2}", "a condition needs 'in'"),
        ("{solves: w**2, in: [0, 2]}", "expected a condition"),
        ("{solves: w**2 > 2, in: [0, 2]}", "expected"),
        ("{solves: w <= 2, in: [0, 2]}", "expected an equation"),
        ("{solves: [w == 1, w == 2], in: [0, 2]}", "2 equations for 1 unknowns"),
        ("{solves: w == bb, in: [0, 2]}", "unknown symbol 'bb'"),
        ("{solves: w == 1, in: [2, 0]}", "an empty range"),
        ("{solves: w == 1, in: [0, inf]}", "expected a number"),
        ("{solves: w == 1, minimizes: w**2, in: [0, 1]}", "expected one of latex, solves, minimizes"),
        ("{in: [0, 1]}", "expected one of latex, solves, minimizes"),
        ("{minimizes: w*b, in: [0, 1]}", "what is least is a number"),
        ("{solves: w == 1, subject_to: w > 0, in: [0, 1]}", "'subject_to' needs 'minimizes'"),
        ("{solves: A @ w == b, in: [[0, 1]], shape: [2]}", "1 ranges for 2 entries"),
        ("{solvs: w == 1}", "did you mean 'solves'"),
    ],
)
def test_faults(tmp_path: Path, definition: str, fault: str):
    with pytest.raises(CaseFaults) as e:
        verdicts(tmp_path, f"  w: {definition}\n", "of: a, equals: a")
    assert any(fault in f.message for f in e.value.faults), e.value.faults


def test_definitions_by_conditions_may_need_each_other_and_not_in_a_circle(tmp_path: Path):
    chain = "  w: {solves: w**3 == v + 7, in: [0, 5]}\n  v: {solves: 2*v == 2, in: [0, 5]}\n"
    (found,) = verdicts(tmp_path, chain, "of: w, equals: 2")
    assert found.verdict == "holds"
    with pytest.raises(CaseFaults) as e:
        verdicts(tmp_path, "  w: {solves: w == v, in: [0, 5]}\n  v: w + 1\n", "of: w, equals: 2")
    assert any("cyclic" in f.message for f in e.value.faults)


@pytest.mark.parametrize(
    ("cost", "claim"),
    [
        ("{minimizes: -k**2, in: [-1, 1]}", "of: k, equals: 0"),  # the greatest value
        ("{minimizes: k**3, in: [-1, 1]}", "of: k, equals: 0"),  # neither
        ("{minimizes: -(k - e)**2, in: [-1, 1]}", "of: k, equals: e"),
        ("{minimizes: -(k - e)**2, in: [-1, 1]}", 'of: "d(k, e)", equals: 1'),
        ("{minimizes: -(k - q)**2, in: [-1, 1]}", "of: k, equals: q"),  # without a value for q
        ('{minimizes: "k[0]**2 - k[1]**2", shape: [2], in: [-1, 1]}', 'of: k, equals: "[0, 0]"'),
        ("{minimizes: cos(k), in: [-1, 1]}", "of: sin(k), equals: 0"),
    ],
)
def test_where_slopes_vanish_nothing_need_be_least(tmp_path: Path, cost: str, claim: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(f"title: t\nsymbols: {{e: 0.5, q: {{}}}}\ndefine:\n  k: {cost}\nclaims:\n  - {{id: c, {claim}}}\n")
    context = CaseContext(load(path))
    assert [judge(context, c).verdict for c in context.case.claims] == ["undecided"]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("of: g, equals: (1 + sqrt(5))/2", "holds"),
        ("of: (1 + sqrt(5))/2, equals: g", "holds"),
        ("holds: g == (1 + sqrt(5))/2", "holds"),
        ("of: g, equals: (1 - sqrt(5))/2", "wrong"),  # the other root of the equation
        ("of: g, equals: (1 + sqrt(5.0001))/2", "wrong"),
        ("of: y, equals: sqrt(2)", "holds"),  # at the value of a parameter
        ('of: v, equals: "[(3 + sqrt(5))/2, (3 - sqrt(5))/2]"', "holds"),
        ('of: v, equals: "[(3 - sqrt(5))/2, (3 + sqrt(5))/2]"', "wrong"),
        ("of: two, equals: sqrt(2)", "undecided"),  # two solutions
        ("of: r, equals: 0", "undecided"),  # of some a
        ("of: o, equals: 2**(1/3)", "holds"),
    ],
)
def test_a_number_that_solves_the_equations_is_the_one_solution(tmp_path: Path, claim: str, verdict: str) -> None:
    more = (
        "  g: {solves: g == g/(g + 1) + 1, in: [1, 3]}\n"
        "  y: {solves: y**2 == 20*lam, in: [0, 2]}\n"
        '  v: {solves: ["v[0] + v[1] == 3", "v[0]*v[1] == 1"], shape: [2], in: [[2, 4], [0, 1]]}\n'
        '  o: {minimizes: "o**4/4 - 2*o", in: [0, 3]}\n'
    )
    assert [v.verdict for v in verdicts(tmp_path, ROOTS + more, claim)] == [verdict]
