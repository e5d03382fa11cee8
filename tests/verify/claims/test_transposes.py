"""Formulas whose shapes do not fit are wrong, and told the transpose or the exchange that mends them."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import CaseFaults, load
from verify.claims import CaseContext, judge

CASE = """\
title: Shapes
{sizes}symbols:
  W: {{shape: [{m}, {n}]}}
  x: {{shape: [{n}]}}
  A: {{shape: [{n}, {n}]}}
define: {{z: W @ x, L: sum(z**2)/2}}
claims:
  - {{id: a, {claim}}}
"""


def judged(tmp_path: Path, claim: str, letters: bool) -> tuple[str, str]:
    path = tmp_path / "shapes.yaml"
    m, n, sizes = ("m", "n", "sizes: {m: 3, n: 2}\n") if letters else ("3", "2", "")
    path.write_text(CASE.format(sizes=sizes, m=m, n=n, claim=claim))
    case = load(path)
    verdict = judge(CaseContext(case), case.claims[0])
    return verdict.verdict, verdict.reason


@pytest.mark.parametrize("letters", [True, False])
@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("of: 'd(L, x)', equals: W @ z", "right with W.T in place of W"),
        ("of: 'd(L, W)', equals: 'outer(x, z)'", "right as outer(z, x)"),
        ("of: 'd(L, x)', equals: 2*W @ z", "2 columns against 3 rows"),  # nothing mends that in one step
        ("of: 'd(L, x)', equals: z", "is not the shape"),
        ("of: W @ A, equals: A @ W", "right as W @ A"),
        ("of: W.T @ W @ x, equals: W @ W.T @ x", ""),
    ],
)
def test_shapes_that_do_not_fit_are_wrong(tmp_path: Path, claim: str, words: str, letters: bool) -> None:
    verdict, reason = judged(tmp_path, claim, letters)
    assert verdict == "wrong"
    assert words.replace("2 columns against 3 rows", "columns against") in reason
    if not letters:
        assert "the shapes do not fit" in reason


def test_a_number_is_said_of_every_entry(tmp_path: Path) -> None:
    assert judged(tmp_path, "of: z - W @ x, equals: 0", False)[0] == "holds"
    assert judged(tmp_path, "of: z - W @ x, equals: 1", False)[0] == "wrong"


@pytest.mark.parametrize("claim", ["of: x, equals: 'x[3]'", "of: x, equals: sum(x)", "of: x, equals: 'softmax(x[0])'"])
def test_what_is_a_slip_of_the_case_stays_a_fault(tmp_path: Path, claim: str) -> None:
    with pytest.raises(CaseFaults):
        judged(tmp_path, claim, False)
