"""Formulas that are ill-formed in the document: wrong where the claim says that they stand there so, else a fault of the case."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import CaseFaults, load
from verify.claims import CaseContext, Verdict, judge

HEAD = """\
title: Shapes
sizes: {m: 2, n: 3}
symbols: {A: {shape: [m, n]}, x: {shape: [m]}, v: [1, 2]}
claims:
"""


def verdicts(tmp_path: Path, claim: str) -> list[Verdict]:
    path = tmp_path / "shapes.yaml"
    path.write_text(f"{HEAD}  - {{id: c, {claim}}}\n")
    case = load(path)
    context = CaseContext(case)
    return [judge(context, c) for c in case.claims]


ILL = [
    ("of: A @ x, equals: x", "n columns against m rows"),
    ('holds: "x[5] > 0"', "index 5 is outside 0..1"),
    ('somewhere: "x[m] > 0"', "index 2 is outside 0..1"),
    ('of: x, equals: "[x[0], x[2]]"', "index 2 is outside 0..1"),
    ('of: "v[2]", prints: 3', "index 2 is outside 0..1"),
    ("of: A @ x, prints: [3, 4]", "n columns against m rows"),
    ("of: x + A @ x, equals: x, needs: [m == n]", "n columns against m rows"),
]


@pytest.mark.parametrize(("claim", "told"), ILL)
def test_what_the_document_has_so_is_wrong(tmp_path: Path, claim: str, told: str):
    for found in verdicts(tmp_path, f"{claim}, verbatim: true"):
        assert (found.verdict, told in found.reason) == ("wrong", True), found.reason


@pytest.mark.parametrize(("claim", "told"), ILL)
def test_unsaid_it_is_a_fault_of_the_case(tmp_path: Path, claim: str, told: str):
    for said in ("", ", verbatim: false"):
        with pytest.raises(CaseFaults) as e:
            verdicts(tmp_path, f"{claim}{said}")
        assert any(told in f.message and "verbatim: true" in f.message for f in e.value.faults)


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("of: A @ q, equals: x", "unknown symbol 'q'"),
        ("of: A @ x + q, equals: x", "unknown symbol 'q'"),
        ("of: A @ x, equals: q", "unknown symbol 'q'"),
        ("of: A @@ x, equals: x", "can't be read"),
        ('of: "sum(x, 3, 4)", equals: x', "takes 1 argument"),
        ("shows: 1 + 1, prints: 2", "'verbatim' needs"),
        ("of: x, equals: x, assuming: [A @ x > 0]", "does not conform"),
    ],
)
def test_a_slip_of_the_author_is_never_the_documents(tmp_path: Path, claim: str, fault: str):
    with pytest.raises(CaseFaults) as e:
        verdicts(tmp_path, f"{claim}, verbatim: true")
    assert any(fault in f.message for f in e.value.faults)


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("of: x @ A, equals: A.T @ x", "holds"),
        ("of: x @ A, equals: x @ A*2", "wrong"),
        ("of: v, prints: [1, 2]", "holds"),
    ],
)
def test_what_is_well_formed_is_judged_as_ever(tmp_path: Path, claim: str, word: str):
    for found in verdicts(tmp_path, f"{claim}, verbatim: true"):
        assert found.verdict == word
        assert "ill-formed" not in found.reason


def test_other_instances_of_the_sizes_are_not_asked(tmp_path: Path):
    (found,) = verdicts(tmp_path, 'holds: "x[1]**2 >= 0", verbatim: true')  # at m = 1 there is no x[1]
    assert found.verdict == "holds"
