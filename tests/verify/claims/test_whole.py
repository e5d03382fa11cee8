"""Symbols that are declared to be whole numbers: what is claimed is claimed of these, and tested at these."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import CaseFaults, load
from verify.claims import CaseContext, judge
from verify.conformance.inputs import inputs

HEAD = """\
title: Counts
symbols:
  n: {in: [1, 9], whole: true}
  k: {whole: true}
  v: {shape: [2], whole: true}
  x: {}
define:
  y: floor(x) + n
claims:
"""


def written(tmp_path: Path, claim: str, head: str = HEAD) -> Path:
    path = tmp_path / "counts.yaml"
    path.write_text(head + f"  - {{id: c, {claim}}}\n")
    return path


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ('holds: "k**2 >= k"', "holds"),
        ('holds: "x**2 >= x"', "wrong"),
        ('of: floor(y), equals: "y"', "holds"),
        ('of: "mod(x + k, 1)", equals: "mod(x, 1)"', "holds"),
        ('of: floor(k/2), equals: "k/2"', "wrong"),
        ('somewhere: "2*k == 1"', "wrong"),
        ('of: "floor(v)", equals: "v"', "holds"),
    ],
)
def test_claims_are_about_whole_numbers(tmp_path: Path, claim: str, verdict: str) -> None:
    case = load(written(tmp_path, claim))
    assert judge(CaseContext(case), case.claims[0]).verdict == verdict


def test_implementations_are_tested_at_whole_numbers(tmp_path: Path) -> None:
    from random import Random

    case = load(written(tmp_path, "of: n, equals: n"))
    n, *_ = inputs(case, [case.symbols["n"].node])
    drawn = n.draw(Random(1), 60)
    assert all(x.is_integer() and 1 <= x <= 9 for x in (*drawn, n.start()))
    assert len(set(drawn)) > 4


@pytest.mark.parametrize(
    ("symbol", "said"),
    [
        ("{in: [0.2, 0.8], whole: true}", "no whole number lies in the range"),
        ("{value: 3.5, whole: true}", "the value of 'k' is no whole number"),
        ("{recover: true, whole: true}", "'k' is to be recovered"),
    ],
)
def test_what_is_no_whole_number_is_said(tmp_path: Path, symbol: str, said: str) -> None:
    head = HEAD.replace("k: {whole: true}", f"k: {symbol}")
    with pytest.raises(CaseFaults, match=said):
        load(written(tmp_path, "of: n, equals: n", head))
