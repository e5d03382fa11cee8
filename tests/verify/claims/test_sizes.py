"""Sizes that a document writes as letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import CaseFaults, load
from verify.claims import CaseContext, judge

HEAD = """\
title: A layer
sizes: {m: 2, n: [3, 1, 4], N: 2}
symbols:
  W: {shape: [m, n]}
  a: {shape: [n]}
  b: {shape: [m]}
  X: {shape: [N, n]}
  w: {shape: [n]}
  t: {shape: [N]}
  r: {}
define:
  z: W @ a + b
  L: sum(tanh(z))
  E: sum((X[i] @ w - t[i])**2 for i in N)/(2*N)
claims:
"""


def judged(tmp_path: Path, claim: str) -> tuple[str, str]:
    path = tmp_path / "layer.yaml"
    path.write_text(HEAD + f"  - {{id: c, {claim}}}\n")
    case = load(path)
    verdict = judge(CaseContext(case), case.claims[0])
    return verdict.verdict, verdict.reason


@pytest.mark.parametrize(
    ("claim", "verdict", "words"),
    [
        ('of: "d(L, W)", equals: "outer(d(L, z), a)"', "holds", "whatever the sizes"),
        (
            'of: "d(E, w)", equals: X.T @ (X @ w - t)/N',
            "holds",
            "n = 3, N = 2; m = 1, n = 1, N = 1; m = 3, n = 4, N = 3",
        ),
        ('of: "d(E, w)", equals: X.T @ (X @ w - t)', "wrong", "right times 1/N"),
        # true at n = 3 only: the other instances find it out
        ("of: sum(w)/3, equals: 'mean(w[i] for i in n)'", "wrong", "at m = 1, n = 1"),
        ('of: "hessian(E, w)", equals: X.T @ X/N', "holds", ""),
        ('of: "d(det(jacobian(r*a, a))/r**n, r)", equals: "0*r", assuming: [r > 0]', "holds", ""),
        # products as words, with the sizes as letters
        ('of: "d(L, a)", equals: W.T @ (1 - tanh(z)**2)', "holds", "whatever the sizes"),
        ('of: "d(z, a)", equals: W', "holds", "whatever the sizes"),
        ('of: "d(mean((X @ w - t)**2), w)", equals: 2*X.T @ (X @ w - t)/N', "holds", "whatever the sizes"),
        ('of: "hessian(norm(X @ w - t)**2/2, w)", equals: X.T @ X', "holds", "whatever the sizes"),
        # shapes that do not fit are the document's slip
        ('of: "d(L, a)", equals: "W @ d(L, z)"', "wrong", "conforms only where n = m"),
        ('of: "d(L, W)", equals: "outer(a, d(L, z))"', "wrong", "[n, m] is not the shape [m, n]"),
    ],
)
def test_formulas_are_judged_at_every_instance(tmp_path: Path, claim: str, verdict: str, words: str) -> None:
    found = judged(tmp_path, claim)
    assert found[0] == verdict, found
    assert words in found[1]


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("of: W.T @ a, equals: a", "[n, m] @ [n] does not conform: m columns against n rows"),
        ("of: W.T @ a, equals: a", "it fits only where m = n"),
        ("of: W @ a + w, equals: a", "shapes [m] and [n] do not fit"),
    ],
)
def test_shape_clashes_speak_in_letters(tmp_path: Path, claim: str, words: str) -> None:
    with pytest.raises(CaseFaults) as caught:
        judged(tmp_path, claim)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("sizes: {n: 0}", "expected a number from 1 for the size 'n'"),
        ("sizes: {n: x}", "expected a number from 1 for the size 'n'"),
        ("sizes: [n]", "expected sizes as a mapping"),
        ("symbols: {v: {shape: [k]}}", "unknown size 'k'; declare it: sizes: {k: 3}"),
        (
            "symbols: {v: {shape: [3]}, k: {}}\nclaims: [{id: a, of: 'sum(v[i] for i in k)', equals: 1}]",
            "'k' is no size in 'sum(v[i] for i in k)'; declare it: sizes: {k: 3}",
        ),
        (
            "symbols: {v: {shape: [3]}}\nclaims: [{id: a, of: 'sum(v[i] for i in k)', equals: 1}]",
            "and 'k' is none in 'sum(v[i] for i in k)'; declare it: sizes: {k: 3}",
        ),
        (
            "sizes: {nobs: 3}\nsymbols: {v: {shape: [3]}}\nclaims: [{id: a, of: 'sum(v[i] for i in nobz)', equals: 1}]",
            "and 'nobz' is none in 'sum(v[i] for i in nobz)'; did you mean 'nobs'?",
        ),
        ("sizes: {n: 2}\nsymbols: {n: 3}", "the name 'n' is taken"),
        ("sizes: {n: {value: 4, from: 5}}", "4 is no value of 'n', which counts from 5"),
        ("sizes: {n: {value: [3, 1], from: 2}}", "1 is no value of 'n', which counts from 2"),
        ("sizes: {n: {from: 2}}", "size 'n' needs 'value'"),
        ("sizes: {n: {value: 4, form: 2}}", "unknown key 'form' in size 'n'; did you mean 'from'?"),
        ("sizes: {n: {value: 4, from: 0}}", "expected the least number that 'n' stands for, such as 2"),
        ("sizes: {n: {value: 4, from: [1, 2]}}", "expected the least number that 'n' stands for, such as 2"),
    ],
)
def test_bad_sizes_are_faults(tmp_path: Path, head: str, words: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(f"title: t\n{head}\n")
    with pytest.raises(CaseFaults) as caught:
        load(path)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("layout", "of", "equals"),
    [
        ("mixed", "d(z, a)", "W"),
        ("denominator", "d(z, a)", "W.T"),
        ("numerator", "d(z, a)", "W"),
        ("mixed", "d(L, W)", "outer(d(L, z), a)"),
        ("denominator", "d(L, W)", "outer(d(L, z), a)"),
        ("numerator", "d(L, W)", "outer(a, d(L, z))"),
    ],
)
def test_layouts_are_respected(tmp_path: Path, layout: str, of: str, equals: str) -> None:
    path = tmp_path / "layout.yaml"
    path.write_text(
        f"{HEAD.replace('title: A layer', f'title: t{chr(10)}layout: {layout}')}  - {{id: c, of: '{of}', equals: '{equals}'}}\n"
    )
    case = load(path)
    assert judge(CaseContext(case), case.claims[0]).verdict == "holds"


@pytest.mark.parametrize(
    ("equals", "words"),
    [("0*(W @ b)", "conforms only where n = m"), ("0*((W + W.T) @ b)", "conforms only where m = n")],
)
def test_formulas_that_fit_only_at_equal_sizes(tmp_path: Path, equals: str, words: str) -> None:
    path = tmp_path / "square.yaml"
    path.write_text(
        "title: t\nsizes: {m: 2, n: 2}\nsymbols:\n  W: {shape: [m, n]}\n  b: {shape: [m]}\nclaims:\n"
        f"  - {{id: c, of: 0*b, equals: {equals}}}\n"
    )
    case = load(path)
    found = judge(CaseContext(case), case.claims[0])
    assert found.verdict == "wrong", found
    assert words in found.reason


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("of: 'w[0] + sum(a)', equals: sum(a), needs: ['w[0] == 0']", "holds-if"),
        ("of: 'w[0] + sum(a)', equals: sum(a), needs: ['a[0] == 0']", "wrong"),
    ],
)
def test_what_a_claim_needs_is_assumed_at_every_instance(tmp_path: Path, claim: str, verdict: str) -> None:
    assert judged(tmp_path, claim.replace("'", '"'))[0] == verdict


@pytest.mark.parametrize(
    ("claim", "verdict", "words"),
    [
        ("holds: sum(w)/3 == mean(w)", "wrong", "at m = 1, n = 1"),
        ("holds: sum(w)**2 <= 3*sum(w**2)", "wrong", "at m = 3, n = 4"),
        ("of: mean(w), standard: sum(w)/3", "convention", "at m = 1, n = 1"),
        ('of: var(w), standard: "var(w, ddof=1)"', "convention", "times 2/3 at m = 2, n = 3"),
        ("of: mean(w), standard: sum(w)", "convention", "times 1/n"),
        ('somewhere: "sum(w) > w[0] + w[1] + w[2]"', "holds", ""),
    ],
)
def test_relations_and_standards_at_every_instance(tmp_path: Path, claim: str, verdict: str, words: str) -> None:
    found = judged(tmp_path, claim)
    assert found[0] == verdict, found
    assert words in found[1]


def of_a_sample(tmp_path: Path, sizes: str, claim: str) -> tuple[str, str]:
    path = tmp_path / "sample.yaml"
    path.write_text(
        f"title: A sample\nsizes: {sizes}\nsymbols: {{x: {{shape: [n]}}, t: {{}}}}\nclaims:\n  - {{id: c, {claim}}}\n"
    )
    case = load(path)
    verdict = judge(CaseContext(case), case.claims[0])
    return verdict.verdict, verdict.reason


UNBIASED = 'of: n/(n - 1)*var(x), equals: "var(x, ddof=1)"'


@pytest.mark.parametrize(
    ("sizes", "claim", "verdict", "words"),
    [
        ("{n: 4}", UNBIASED, "holds", "says nothing at n = 1"),
        ("{n: 4}", "of: n*var(x)/(n - 1), equals: n**2*var(x)/(n*(n - 1)) + 0*n", "holds", "says nothing at n = 1"),
        ("{n: 4}", f"{UNBIASED}, assuming: [n >= 2]", "holds", "at n = 4; n = 5"),
        ("{n: 4}", f"{UNBIASED}, needs: [n >= 2]", "holds", "says nothing at n = 1"),
        ("{n: {value: 4, from: 2}}", UNBIASED, "holds", "at n = 4; n = 2; n = 5"),
        ("{n: {value: [3, 5], from: 2}}", UNBIASED, "holds", "at n = 3; n = 5"),
        ("{n: 3}", "of: x/(n - 4), equals: 2*x/(2*n - 8)", "holds", "says nothing at n = 4"),
        (
            "{n: 4}",
            "of: sum(x)/(n - 1), equals: n*mean(x)/(n - 1)",
            "holds",
            "whatever the sizes; says nothing at n = 1",
        ),
        ("{n: 4}", "holds: n/(n - 1)*var(x) >= var(x)", "holds", "says nothing at n = 1"),
        ("{n: 4}", "of: log(n - 1)*sum(x), equals: sum(x)*log(n - 1)", "holds", "says nothing at n = 1"),
        ("{n: 4}", "of: sum(x)*exp(log(n - 1)), equals: sum(x)*(n - 1)", "holds-if", "n - 1 > 0 fails"),
        ("{n: 4}", 'holds: "convex(log(n - 1)*var(x), x)"', "holds-if", "n - 1 > 0 fails"),
        (
            "{n: 4}",
            f"{UNBIASED}, assuming: [n >= 6]",
            "undecided",
            "n = 4, which the assumptions of the claim rule out",
        ),
        # what rules out the first instance leaves the others, in whatever order they stand
        ("{n: 4}", f"{UNBIASED}, assuming: [n >= 5]", "holds", "at n = 5"),
        ("{n: [3, 1]}", 'of: "sum(x**2)", equals: sum(x)**2, needs: [n == 1]', "holds-if", "holds if n == 1"),
        ("{n: [1, 3]}", 'of: "sum(x**2)", equals: sum(x)**2, needs: [n == 1]', "holds-if", "holds if n == 1"),
        ("{n: [1, 3]}", 'holds: "sum(x**2) == sum(x)**2", needs: [n >= 2]', "wrong", "under n >= 2"),
        # shapes that fit at the sizes of the claim alone
        ("{n: [3, 1]}", "of: x, equals: x @ eye(1), needs: [n == 1]", "holds-if", "holds if n == 1"),
        ("{n: [3, 1]}", "of: x, equals: x @ eye(1)", "wrong", "does not conform"),
        ("{n: [3, 1, 2]}", "of: x, equals: x @ eye(1), needs: [n <= 2]", "wrong", "does not conform"),
        ("{n: [3, 1]}", 'holds: "sum(x**2) == sum(x)**2", assuming: [n == 1]', "holds", ""),
        ("{n: [3, 1]}", 'somewhere: "sum(x**2) != sum(x)**2", assuming: [n == 1]', "wrong", "nowhere"),
        # limits are worked out anew at every size
        ("{n: [2, 3]}", 'of: "limit(sum(t*x)/t, t, inf)", equals: sum(x)', "holds", "at n = 2; n = 3"),
        ("{n: [2, 3]}", 'of: "limit(n*t/(1 + t), t, inf)", equals: 2', "wrong", "at n = 3"),
        ("{n: [2, 3]}", 'holds: "limit(n*t/(1 + t), t, inf) == 2"', "wrong", "at n = 3"),
        ("{n: [2, 3]}", 'holds: "limit(n*t/(1 + t), t, inf) == 2", assuming: [n == 3]', "wrong", "= 3"),
        ("{n: [2, 3]}", 'holds: "limit(n*t/(1 + t), t, inf) == 2", needs: [n == 2]', "holds-if", "holds if n == 2"),
        ("{n: [2, 3]}", 'of: "limit(n*t/(1 + t), t, inf)", prints: 2.0', "holds", ""),
        ("{n: [2, 3]}", 'holds: "sum(x**2) >= 0 and limit(1/t, t, inf) == 0"', "holds", ""),
        # a branch that is not taken needs no value
        ("{n: 4}", 'of: "where(n > 1, sum(x)/(n - 1), 0)*(n - 1)", equals: "where(n > 1, sum(x), 0)"', "holds", ""),
        # what is false at n = 1 is wrong still
        ("{n: 4}", "of: (n - 1)*var(x)/(n - 1), equals: var(x) + 1/n", "wrong", "not equal"),
        ("{n: 4}", 'holds: "sum(x**2) >= x[0]**2 + x[n - 1]**2"', "wrong", "at n = 1"),
        ("{n: {value: 4, from: 2}}", 'holds: "sum(x**2) >= x[0]**2 + x[n - 1]**2"', "holds", ""),
    ],
)
def test_an_instance_at_which_a_side_has_no_value_is_a_condition(
    tmp_path: Path, sizes: str, claim: str, verdict: str, words: str
) -> None:
    found = of_a_sample(tmp_path, sizes, claim)
    assert found[0] == verdict, found
    assert words in found[1]


@pytest.mark.parametrize(
    ("claim", "verdict", "words"),
    [
        # of one number there is no such variance: the other instances are what the claim is about
        ("of: 'var(w, ddof=1)', equals: n*var(w)/(n - 1)", "holds", "at m = 2, n = 3, N = 2; m = 3, n = 4, N = 3; says nothing"),
        ("of: 'var(w, ddof=1)', equals: (n + 1)*var(w)/n", "wrong", ""),
        ("of: 'var(w, ddof=1)', equals: 3*var(w)/2", "wrong", "at m = 3, n = 4"),
        ("of: '(w - mean(w))/sqrt(var(w))', equals: sqrt(n)*(w - mean(w))/norm(w - mean(w))", "holds", "says nothing at n = 1"),
        ("of: 'var((w - mean(w))/sqrt(var(w)))', equals: 1", "holds", "says nothing at n = 1"),
        # at the case's own sizes it has to say something
        ("of: sum(w)/(m - 2), equals: sum(w)/(m - 2)", "undecided", "no point was found"),
    ],
)  # fmt: skip
def test_an_instance_at_which_a_claim_says_nothing(tmp_path: Path, claim: str, verdict: str, words: str) -> None:
    found = judged(tmp_path, claim.replace("'", '"'))
    assert found[0] == verdict, found
    assert words in found[1]


@pytest.mark.parametrize(
    "claim",
    [
        "holds: 'var(x, ddof=1) == n/(n - 1)*var(x)'",
        "holds: n/(n - 1) >= 1",
        "of: 'var(x, ddof=1)', equals: n/(n - 1)*var(x)",
        "of: sum((x - mean(x))**2)/(n - 1), equals: n/(n - 1)*var(x)",
    ],
)
@pytest.mark.parametrize("sizes", ["[1, 2, 3]", "[3, 1]"])
def test_the_first_instance_may_say_nothing(tmp_path: Path, claim: str, sizes: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        f"title: t\nsizes: {{n: {sizes}}}\nsymbols: {{x: {{shape: [n]}}}}\nclaims:\n  - {{id: c, {claim}}}\n"
    )
    case = load(path)
    found = judge(CaseContext(case), case.claims[0])
    assert found.verdict == "holds"
    assert found.reason.count("says nothing at n = 1") == 1
