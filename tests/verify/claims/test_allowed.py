"""How a number was printed: in a format, within a tolerance, from rounded inputs, as a double; infinities and no number."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import CaseFaults, load
from verify.claims import CaseContext, Verdict, judge
from verify.report.consequences import CONVENTION, RULES

HEAD = """\
title: Numbers
symbols:
  x: 0.1
  v: [1.5, 2.50, 0.123]
  n: 3
  a: {}
define:
  s: sqrt(x + 0.2)
claims:
"""


def verdicts(tmp_path: Path, claim: str) -> list[Verdict]:
    path = tmp_path / "numbers.yaml"
    path.write_text(f"{HEAD}  - {{id: c, where: here, {claim}}}\n")
    case = load(path)
    context = CaseContext(case)
    return [judge(context, c) for c in case.claims]


def verdict(tmp_path: Path, claim: str) -> Verdict:
    (found,) = verdicts(tmp_path, claim)
    return found


@pytest.mark.parametrize(
    ("claim", "word", "told"),
    [
        # sqrt(0.3) is 0.547722557505
        ("of: s, prints: 0.5477226, computed: float32", "holds", "the correct rounding"),
        (
            "of: s, prints: 0.54772258, computed: float32",
            "holds-if",
            "computed in float32, which may be off by 5.4e-08",
        ),
        ('of: "max(65519, x)", prints: inf, computed: float16', "wrong", "65504"),  # the nearest is finite up to 65520
        ('of: "max(65520, x)", prints: inf, computed: float16', "holds-if", "float16 arithmetic gives inf"),
        ("of: s, prints: 0.54772252, computed: float32", "holds-if", "0.547722557505"),
        (
            "of: s, prints: 0.54772240, computed: float32",
            "wrong",
            "float32 arithmetic gives 0.5477225126 to 0.5477226106",
        ),
        ("of: s, prints: 0.549, computed: bfloat16", "holds-if", "bfloat16"),
        ("of: s, prints: 0.56, computed: bfloat16", "wrong", "correct: 0.55"),
        ("of: 1/3 + x, prints: 0.43333333333333329, computed: float64", "holds-if", "float64"),
        ("of: exp(1000*x), prints: inf, computed: float32", "holds-if", "gives inf; the exact value is 2.688"),
        ("of: exp(1000*x), prints: inf, computed: float64", "wrong", "2.688"),
        ("of: exp(1000*x), prints: inf", "wrong", "2.688"),
        ("of: exp(1000*x), prints: 2.7e43, computed: float32", "holds", "2.688"),
        ("of: log(x - x), prints: -inf, computed: float32", "holds-if", "-inf"),
        ("of: sqrt(-x), prints: nan, computed: float32", "holds-if", "nan"),
        ("of: sqrt(-x), prints: 0.3, computed: float32", "wrong", "nan"),
        ("of: 1/(x - 0.3 + 0.2), prints: 1e8, computed: float32", "undecided", "not bounded"),
        ('of: "float64(exp(10000*x))", prints: inf', "holds", "float64 arithmetic gives inf"),
        ('of: "float64(exp(10000*x))", prints: -inf', "wrong", "gives inf"),
        ('of: "float64(exp(10000*x))", prints: 1e308', "wrong", "gives inf"),
        ('of: "float32(sqrt(-x))", prints: nan', "holds", "nan"),
        ('of: "float64(0.1 + 0.2)", prints: 0.30000000000000004', "holds", "0.300000000000000044"),
        ('of: "limit(1/a, a, 0, 1)", prints: inf', "holds", "inf"),
        ('of: "limit(1/a, a, 0, -1)", prints: inf', "wrong", "-inf"),
        ('of: "limit(1/a, a, 0, 1)", prints: 8', "wrong", "inf"),
        # the least subnormal number of float32 is 1.4e-45
        ("of: 1e-45, prints: 1.4e-45, computed: float32", "holds-if", "1.00000e-45"),
        ("of: 1e-45, prints: 3e-45, computed: float32", "wrong", "correct: 1e-45"),
    ],
)
def test_computed_in_a_format(tmp_path: Path, claim: str, word: str, told: str):
    found = verdict(tmp_path, claim)
    assert (found.verdict, told in found.reason) == (word, True), found.reason


@pytest.mark.parametrize(
    ("claim", "word", "told"),
    [
        (
            "of: s, prints: 0.5477223, within: 3e-7",
            "holds-if",
            "within the tolerance 3e-7; the exact value is 0.5477225575",
        ),
        ("of: s, prints: 0.5477223, within: 3e-7 absolute", "holds-if", "3e-7 absolute"),
        (
            "of: s, prints: 0.5477223, within: 2e-7",
            "wrong",
            "2.58e-7 away from the exact value, which is not within 2e-7",
        ),
        ("of: s, prints: 0.5477223, within: 3.8e-7 relative", "holds-if", "relative"),
        ("of: s, prints: 0.5477223, within: 3.7e-7 relative", "wrong", "relative"),
        ("of: -1000*s, prints: -547.70, within: 1e-4 relative", "holds-if", "-547.72"),
        ("of: s - s, prints: 0.0001, within: 1e-9 relative", "wrong", "correct: 0.0000"),
        ("of: x, prints: 3/20, within: 0.05", "holds-if", "the exact value is 0.1"),
        ("of: x, prints: 0.5, within: 0.35", "holds-if", "within"),  # 0.45 rounds to 0.5
        ("of: x, prints: inf, within: 1e9", "wrong", "correct: 0.1"),
        ("of: 'x*v[2]', prints: 0.0125, from: rounded inputs", "holds-if", "from x = 0.10"),
        ("of: 'x*v[2]', prints: 0.0225, from: rounded inputs", "wrong", "no inputs that round to the given ones"),
        ("of: n/7, prints: 0.43, from: rounded inputs", "holds", "the correct rounding"),
        ("of: n/7, prints: 0.44, from: rounded inputs", "wrong", "no input is written with decimals"),
        ("of: 'v[1]', prints: 2.51, from: rounded inputs", "wrong", "correct: 2.50"),  # given as 2.50, not as 2.5
    ],
)
def test_tolerances_and_rounded_inputs(tmp_path: Path, claim: str, word: str, told: str):
    found = verdict(tmp_path, claim)
    assert (found.verdict, told in found.reason) == (word, True), found.reason


@pytest.mark.parametrize(
    ("claim", "word", "told"),
    [
        (
            "of: 2/3, prints: 0.6666666666666666",
            "holds-if",
            "the float64 number nearest to the exact value, as it is printed",
        ),
        ("of: 2/3, prints: 0.66666666666666663", "holds-if", "to 17 digits"),
        ("of: x, prints: 0.1000000000000000055511151231257827", "holds-if", "to 34 digits"),
        ("of: x, prints: 0.10000000000000000", "holds", "the correct rounding"),
        ("of: 3*x, prints: 0.30000000000000004", "wrong", "correct: 0.3"),
        ("of: 2/3, prints: 0.6666666666666", "truncated", "cut off"),
        ("of: 2/3, prints: 0.6666666666666668", "wrong", "correct"),
        ("of: exp(-40), prints: 0.0", "holds", "4.248e-18: all digits are lost"),
        ("of: s - s, prints: 0.0", "holds", "the correct rounding of 0"),
    ],
)
def test_doubles_and_lost_digits(tmp_path: Path, claim: str, word: str, told: str):
    found = verdict(tmp_path, claim)
    assert (found.verdict, told in found.reason) == (word, True), found.reason


def test_of_vectors_entry_by_entry(tmp_path: Path):
    found = verdicts(tmp_path, "of: v*2/3, prints: [1.0000001, 1.6666667, 8.2e-2], computed: float32")
    assert [v.verdict for v in found] == ["holds-if", "holds", "holds"]
    found = verdicts(tmp_path, "of: 'exp(v*100)', prints: [inf, inf, 219696], computed: float32")
    assert [v.verdict for v in found] == ["holds-if", "holds-if", "holds"]


@pytest.mark.parametrize(
    ("claim", "word", "told"),
    [
        ("of: a*2, prints: 4.0, needs: [a == 2]", "holds-if", "holds if a == 2; as stated: no value is given"),
        ("of: a*2, prints: 4.1, needs: [a == 2]", "underspecified", "correct: 4.0"),
        ("of: x*2, prints: 4.0, needs: [x == 2]", "holds-if", "as stated: correct: 0.2"),
        ("of: x*2, prints: 4.0, needs: [x == 3]", "wrong", "correct: 6.0"),
        ("of: x*2, prints: 0.2, needs: [x == 2]", "holds", ""),
        ("of: x*2, prints: 4.0, needs: [x > 1]", "undecided", "what is assumed does not hold"),
        ("of: sum(v), prints: 6.0, needs: ['v == [1, 2, 3]']", "holds-if", "v == [1, 2, 3]"),
        ("of: 'var(v)', prints: 1.424, standard: {form: 'var(v, ddof=1)', name: the sample's}", "convention",
         "the correct rounding of the sample's, 1.424376"),
        ("of: 'var(v)', prints: 1.5, standard: {form: 'var(v, ddof=1)', name: the sample's}", "wrong", "correct: 0.9"),
    ],
)  # fmt: skip
def test_conditions_and_other_conventions(tmp_path: Path, claim: str, word: str, told: str):
    found = verdict(tmp_path, claim)
    assert (found.verdict, told in found.reason) == (word, True), found.reason


def test_a_standard_form_beside_a_vector(tmp_path: Path):
    found = verdicts(tmp_path, "of: v/var(v), prints: [1.05, 1.76, 0.09], standard: 'v/var(v, ddof=1)'")
    assert [v.verdict for v in found] == ["convention"] * 3


def test_numbers_that_are_no_roundings_recover_nothing(tmp_path: Path):
    path = tmp_path / "numbers.yaml"
    path.write_text("""\
title: Numbers
symbols: {b: {recover: true}}
claims:
  - {id: p, of: b, prints: 0.5000001, computed: float32}
  - {id: r, recover: b}
""")
    case = load(path)
    context = CaseContext(case)
    assert [judge(context, c).verdict for c in case.claims][1] == "undecided"


def test_an_iteration_is_not_taken_for_one_rounding(tmp_path: Path):
    path = tmp_path / "numbers.yaml"
    path.write_text("""\
title: Numbers
symbols: {w0: 0.1}
sequences: {w: {start: w0, step: "w + sin(w)/1000"}}
claims:
  - {id: p, of: w(3000), prints: 0.7777777, computed: float32}
""")
    case = load(path)
    found = judge(CaseContext(case), case.claims[0])
    assert found.verdict == "undecided"
    assert "not followed" in found.reason


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("of: x, prints: 0.1, within: 0", "a tolerance is above 0"),
        ("of: x, prints: 0.1, within: -1e-3", "a tolerance is above 0"),
        ("of: x, prints: 0.1, within: 5%", "no tolerance"),
        ("of: x, prints: 0.1, within: nan", "no tolerance"),
        ("of: x, prints: 0.1, within: [1, 2]", "expected a text"),
        ("of: x, prints: 0.1, computed: float31", "did you mean 'float32'"),
        ("shows: 1*2, prints: 2, computed: float32", "'computed' needs 'of'"),
        ("of: x, equals: x, within: 1e-3", "'within' needs 'prints'"),
        ("of: x, prints: 0.1, from: [c]", "it is from: rounded inputs"),
        ("of: x, prints: infinite", "not a printed number"),
    ],
)
def test_faults(tmp_path: Path, claim: str, fault: str):
    with pytest.raises(CaseFaults) as e:
        verdicts(tmp_path, claim)
    assert [f.message for f in e.value.faults if fault in f.message]


def test_what_was_computed_in_a_format_is_no_correction():
    from types import SimpleNamespace

    result = SimpleNamespace(verdict="holds-if", evidence={"made": "holds if computed in float32"})
    assert next(c for test, c in RULES if test(result)) is CONVENTION  # type: ignore[arg-type]
