"""Limits, series and integrals that converge under a condition: it is found, and shown to be needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import load
from verify.claims import CaseContext, judge
from verify.verdict import Verdict

CASE = """title: t
symbols: {r: {}, q: {in: [-2, 2]}, w0: {}, eta: {}, k: {}, c: {}, v: 0.5}
sequences:
  w: {start: w0, step: w - eta*w}
  y: {start: w0, step: (1 - eta)*y + eta*c}
functions: {phi: 1}
claims:
"""


def judged(tmp_path: Path, claim: str) -> Verdict:
    path = tmp_path / "t.yaml"
    path.write_text(f"{CASE}  - {{id: a, {claim}}}\n")
    case = load(path)
    return judge(CaseContext(case), case.claims[0])


@pytest.mark.parametrize(
    ("claim", "verdict", "says"),
    [
        ('of: "sum(r**k for k in range(0, inf))", equals: 1/(1 - r)', "holds-if", "abs(r) < 1"),
        ('holds: "sum(q**k for k in range(0, inf)) == 1/(1 - q)"', "holds-if", "abs(q) < 1"),
        ('holds: "limit(w(k), k, inf) == 0"', "holds-if", "abs(1 - eta) < 1"),
        ('holds: "limit((1 - r)**k, k, inf) == 0"', "holds-if", "abs(1 - r) < 1"),
        ('holds: "limit(w(k), k, inf) == 1"', "wrong", "= 0"),  # where it converges
        ('holds: "sum(r**k for k in range(0, inf)) == r"', "wrong", "not equal at r = 0"),
        ('holds: "integral(exp(-eta*k), k, 0, inf) == 1/eta"', "holds-if", "eta > 0"),
        ('holds: "integral(eta*k*exp(-eta*k), k, 0, inf) == 1/eta"', "holds-if", "eta > 0"),
        ('of: "integral(exp(-eta*k), k, 0, inf)", equals: 2/eta', "wrong", "right times 1/2"),
        ('holds: "integral(exp(-eta*k), k, 0, inf) == inf"', "wrong", "eta = 1"),
        ('holds: "integral(exp(-eta*k), k, 0, inf) == inf", assuming: ["eta <= 0"]', "holds", ""),
        ('holds: "limit(y(k), k, inf) == c"', "holds-if", "abs(1 - eta) < 1"),  # fails where starts are not c
        ('holds: "limit(w(k), k, inf) == 0", assuming: ["0 < eta", "eta < 2"]', "holds", ""),
        ('holds: "sum(v**k for k in range(0, inf)) == 2"', "holds", ""),
        ('of: "sum(v**k for k in range(0, inf))", prints: 2.0', "holds", ""),
        ('of: "sum(1/k**2 for k in range(1, inf))", prints: 1.645', "holds", ""),
        ('of: "sum(1/(k**2 + 1) for k in range(0, inf))", prints: 2.0767', "holds", ""),
        ('of: "sum(1/(k**2 + 1) for k in range(0, inf))", prints: 2.0768', "wrong", "2.0767"),
        ('of: "sum(1/k for k in range(1, inf))", prints: 12.0', "wrong", "inf"),
        ('of: "sum(1/k for k in range(1, inf))", equals: 12', "wrong", "inf"),
        (
            'holds: "limit((phi(r + k) - phi(r))/k**2, k, 0) == phi(r, d=2)/2"',
            "undecided",
            "inf from above",
        ),  # where phi' is 0
        ('holds: "limit(abs(phi(r + k) - phi(r))/k, k, 0) == 1"', "wrong", "does not exist"),
    ],
)
def test_verdicts(tmp_path: Path, claim: str, verdict: str, says: str) -> None:
    found = judged(tmp_path, claim)
    assert found.verdict == verdict, found.reason
    assert says in found.reason


def test_what_is_known_by_a_table_is_told(tmp_path: Path) -> None:
    found = judged(tmp_path, 'holds: "sum(1/k**2 for k in range(1, inf)) == pi**2/6"')
    assert found.evidence["trusted"] == ["known series"]
    assert "known series, trusted" in found.reason
