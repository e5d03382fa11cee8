"""When a value counts: one rule for claims of every kind; the verdicts are worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import load
from verify.claims import CaseContext, Verdict, judge

CASE = """\
title: T
symbols:
  H: [[3, 1], [1, 2]]
  C: [[1, 2], [2, 4]]
  A: [[2, 1], [1, 2]]
  W: [[1, 1], [1, -1]]
  K: [[1, 2], [3, 4]]
  a: 2
  b: 3
  c: 0.5
  u: 4
  v: -3
  one: 1
  p: [0.2, 0.3, 0.5]
  q: [1, 2]
  w: [0.6, 0.8]
  rate: {value: 0.1, in: [0, 1]}
  x: {}
  y: {}
  k: {}
  z: {shape: [2]}
define:
  f: a*x**2/2
  g: a*u + b
  h: sigmoid(g)
functions: {phi: 1}
sequences:
  s: {start: b, step: s - c*s}
claims:
"""


def judged(tmp_path: Path, claim: str) -> Verdict:
    path = tmp_path / "case.yaml"
    path.write_text(f"{CASE}  - {{id: c, {claim}}}\n")
    case = load(path)
    return judge(CaseContext(case), case.claims[-1])


HOLDS = [
    # properties are about the values of what has one; their variable stays free
    "holds: positive_definite(H)",
    "holds: not positive_definite(C)",
    "holds: positive_semidefinite(C)",
    "holds: rank(C) == 1",
    "holds: rank(K) == 2",
    "holds: rank(C) <= 1",
    'holds: "convex(a*x**2, x)"',
    'holds: "concave(v*x**2, x)"',
    'holds: "increasing(a*x, x)"',
    'holds: "decreasing(v*x + b, x)"',
    'holds: "minimizer(a*x**2, x, 0)"',
    'holds: "minimizer((x - u)**2, x, u)"',
    'holds: "minimizer(z @ H @ z/2 - z @ q, z, inv(H) @ q)"',
    'holds: "convex(z @ H @ z, z)"',
    'holds: "stationary(a*x**2 - u*x, x, 1)"',
    'holds: "grows_at_most(a*x**2 + v*x, x**2, x)"',
    'holds: "convex(f, x) and a > 1"',
    'holds: "convex(u**2*x**2, u)"',  # the variable has a value, and is free
    # limits and the like
    'of: "limit(a/x, x, 0, 1)", equals: inf',
    'holds: "limit(a/x, x, 0, 1) == inf"',
    'of: "limit(v*x, x, inf)", equals: -inf',
    'of: "limit(a*x**2/(x**2 + 1), x, inf)", equals: 2',
    'of: "integral(exp(-a*x), x, 0, inf)", equals: 1/2',
    'of: "integral(u**2, u, 0, a)", equals: 8/3',
    'of: "limit(sin(a*u)/u, u, 0)", equals: 2',
    # one answer for both ways to write an equation
    'of: "d(a*x**2/2, x)", equals: 2*x',
    'holds: "d(a*x**2/2, x) == 2*x"',
    'of: "d(f, x)", equals: 2*x',
    "of: x - rate*x, equals: 0.9*x",
    "of: 2*x, equals: a*x",
    # a number, or a quantity in terms of others, is about the values
    'of: u*v, equals: [v*u, -12]',
    "holds: u*v == -12",
    'of: A, equals: "W @ diag([3, 1]) @ inv(W)"',
    "of: sum(p), equals: 1",
    "of: norm(w), equals: 1",
    "of: u, equals: a**2",
    'of: "H @ q", equals: "[5, 5]"',
    "of: g, equals: 11",
    "of: s(2), equals: 3/4",
    'of: "d(a*x, x)", equals: 2',
    # inequalities
    "holds: a*x**2 >= x**2",
    "holds: u > a and a < b",
    'holds: "all(a**k*x**2 >= k*x**2 for k in 5)"',
    "somewhere: a*x == b",
    # a standard form, with values
    "of: c*x**2, standard: x**2/2",
]  # fmt: skip


@pytest.mark.parametrize("claim", HOLDS)
def test_a_value_is_had(tmp_path: Path, claim: str) -> None:
    found = judged(tmp_path, claim)
    assert found.verdict == "holds", found


@pytest.mark.parametrize(
    "claim",
    [
        'of: "d(u**2*x, u)", equals: 2*u*x',
        'holds: "d(u**2*x, u) == 2*u*x"',
        'of: "d(h, g)", equals: h*(1 - h)',
        'of: "limit((1 + a/x)**x, x, inf)", equals: exp(a)',
        'of: "(K @ H).T", equals: "H.T @ K.T"',
        "of: s(2), equals: (1 - c)**2*b",
        "of: c*x**2, standard: x**2*c",
    ],
)
def test_a_formula_that_is_true_for_all_values(tmp_path: Path, claim: str) -> None:
    found = judged(tmp_path, claim)
    assert (found.verdict, found.evidence["values"]) == ("holds", "for all values"), found


@pytest.mark.parametrize(
    ("claim", "needed"),
    [
        ('of: "d(a*x**2, x)", equals: a**2*x', {"a": "2"}),
        ('holds: "d(a*x**2, x) == a**2*x"', {"a": "2"}),
        ("of: a*u*v, equals: 2*u*v", {"a": "2"}),
        ("holds: a*u*v == 2*u*v", {"a": "2"}),
        ('of: "d(one**2*b, one)", equals: 2*b', {"one": "1"}),  # the factor that is missing is 1
        ("of: a*b, equals: a + b + one", {"a": "2", "b": "3", "one": "1"}),
        ("of: a*u + c*b, equals: 2*u + b/2", {"a": "2", "c": "1/2"}),
        ("of: (a - 2)*u + (b - 3)*x, equals: (v + 3)*u*x", {"a": "2", "b": "3", "v": "-3"}),
        ("of: (a - 2)*(b - 3)*u, equals: 0*u", {"a": "2"}),  # one of the two is enough
        ('of: "q[0]*x + q[1]*u", equals: "x + q[1]*u"', {"q[0]": "1"}),
        ("of: sum(p)*u, equals: u", {"p": "[1/5, 3/10, 1/2]"}),
        ("of: (w @ w)*x*u, equals: x*u", {"w": "[3/5, 4/5]"}),
        ('of: "limit(a*x/(x + 1), x, inf)", equals: a**2/2', {"a": "2"}),
        ('of: "K[0, 1]*u", equals: 2*u', {"K[0, 1]": "2"}),
        ("of: s(1), equals: c*b**2/3", {"b": "3", "c": "1/2"}),
        ("of: a*x**2/4*u, standard: x**2/2*u", {"a": "2"}),
    ],
)  # fmt: skip
def test_a_formula_that_is_true_at_the_values_alone_names_the_fewest(
    tmp_path: Path, claim: str, needed: dict[str, str]
) -> None:
    found = judged(tmp_path, claim)
    assert found.verdict == "holds-if", found
    assert found.evidence["values"] == needed, found
    assert "as stated: " in found.reason or "equals the standard form" in found.reason
    assert found.evidence["witness"]


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("holds: positive_definite(C)", "C = [[1, 2], [2, 4]]"),
        ("holds: rank(K) == 1", "K = [[1, 2], [3, 4]]"),
        ('holds: "convex(v*x**2, x)"', "v = -3"),
        ("of: a*u*v, equals: 3*u*v", "not equal at a = 2, u = 4, v = -3: the left side is -24, the right side -36"),
        ("holds: a*u*v == 3*u*v", "not equal at a = 2, u = 4, v = -3: the left side is -24, the right side -36"),
        ("of: a*x, equals: 3*x", "not equal at a = 2, x = 1"),
        ('of: u*v, equals: [v*u, -13]', "u = 4, v = -3"),
        ('of: "limit(v*x, x, inf)", equals: inf', "v = -3"),
        ("of: sum(p), equals: 2", "p = [1/5, 3/10, 1/2]"),
        ('of: A, equals: "W @ diag([1, 3]) @ inv(W)"', "A = [[2, 1], [1, 2]]"),
    ],
)  # fmt: skip
def test_what_is_false_at_the_values_has_these_as_its_counterexample(tmp_path: Path, claim: str, words: str) -> None:
    found = judged(tmp_path, claim)
    assert found.verdict == "wrong", found
    assert words in found.reason


def test_a_value_outside_the_assumptions_is_no_counterexample(tmp_path: Path) -> None:
    """The formula is about x > 5 alone, where it is false in general; u = 4 says nothing of that."""
    found = judged(tmp_path, "of: abs(u)*x, equals: u*x + 1, assuming: [u > 5]")
    assert found.verdict == "wrong"
    assert found.evidence["witness"]["u"] != "4"


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("of: 1/(a - 2), equals: 5", "no value at a = 2: division by zero"),
        ("holds: 1/(a - 2) > 0", "no value at a = 2: division by zero"),
        ("of: log(v), equals: 1", "no value at v = -3: logarithm"),
        ('of: "d(1/(a - 2), u)", equals: 0', "no value at a = 2, u = 4: a != 2 fails"),
        ('holds: "d(1/(a - 2), u) == 0"', "no value at a = 2, u = 4: a != 2 fails"),
        ('holds: "d(1/(a - 2), u) >= 0"', "no value at a = 2, u = 4: a != 2 fails"),
        ('of: "d(abs(u - 4), u)", equals: 0', "no value at u = 4: the slopes there are -1 and 1"),
        ('of: "d(relu(v + 3)*u, v)", equals: u', "no value at u = 4, v = -3"),
    ],
)
def test_a_side_without_a_value_at_the_document_s_values_is_wrong(tmp_path: Path, claim: str, words: str) -> None:
    found = judged(tmp_path, claim)
    assert found.verdict == "wrong", found
    assert words in found.reason


def test_a_factor_that_cancels_is_claimed_where_it_has_a_value(tmp_path: Path) -> None:
    assert judged(tmp_path, "of: (a - 2)/(a - 2)*u, equals: u").verdict == "holds"


@pytest.mark.parametrize(
    "claim", ["holds: a > 4", "holds: a < 4", "holds: a**2 == 25", "of: a**2, equals: 26", "of: a**2, prints: 4.0"]
)
def test_what_is_assumed_against_the_values_says_nothing_of_them(tmp_path: Path, claim: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(f"title: t\nsymbols: {{a: 2}}\nclaims:\n  - {{id: c, {claim}, assuming: [a == 5]}}\n")
    case = load(path)
    found = judge(CaseContext(case), case.claims[0])
    assert (found.verdict, found.reason) == (
        "undecided",
        "what is assumed does not hold at the document's values: a == 5 fails",
    )


BROKEN = "what is assumed does not hold at the document's values: u > 5 fails"


@pytest.mark.parametrize(
    "claim",
    [
        "holds: u*x**2 >= 0",  # true of all values
        'holds: "convex(u*x**2, x)"',
        'holds: "convex(v*x**2, x)"',
        'of: "d(u*x, x)", equals: 4',
        'of: "limit(u*x, x, 0)", equals: 0',
        'holds: "limit(u*x, x, inf) == inf"',
        "somewhere: u*x == 3",
        "of: u/3, prints: 1.333",
        "of: 4*x**2, standard: u*x**2",
        "of: abs(u)*x, equals: [u*x, 4*x]",  # one of its links is about the values
    ],
)  # fmt: skip
def test_what_is_about_the_values_is_undecided_where_they_break_an_assumption(tmp_path: Path, claim: str) -> None:
    found = judged(tmp_path, f"{claim}, assuming: [u > 5]")
    assert (found.verdict, found.reason) == ("undecided", BROKEN)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("of: abs(u)*x, equals: u*x", "holds"),
        ("holds: abs(u)*x == u*x", "holds"),
        ("of: abs(u)*x, standard: u*x", "holds"),
        ("holds: x**2 >= 0", "holds"),
        ("of: abs(u)*abs(v)*x, equals: -u*v*x", "holds-if"),  # the other values are as they are
        ("of: abs(u)*x, equals: 2*u*x", "wrong"),
        ("holds: x**2 >= 1", "wrong"),
        ("of: x, equals: x + 1", "wrong"),
    ],
)
def test_a_formula_is_about_the_values_that_meet_the_assumptions(tmp_path: Path, claim: str, verdict: str) -> None:
    found = judged(tmp_path, f"{claim}, assuming: [u > 5]")
    assert found.verdict == verdict, found
    assert found.reason.endswith(BROKEN) == (verdict != "wrong")
