"""What ``errata check`` warns of: claims that look as if another key was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.verify.casefile.test_casefile import LIBRARY
from verify import cli
from verify.casefile import load
from verify.claims.misuse import doubts

HEAD = """\
title: Doubts
symbols: {x: 0.5, y: 2, z: {}, v: [1, 3], i: {}, t: [1, 2, 3]}
sizes: {n: 2}
define: {s: sigmoid(z), p: softplus(x), q: softmax(v)}
claims:
"""
LINE = HEAD.count("\n") + 1


def warned(tmp_path: Path, claim: str) -> list[str]:
    """``line:column key`` of what is in doubt."""
    path = tmp_path / "case.yaml"
    path.write_text(f"{HEAD}  - {{id: a, {claim}}}\n", encoding="utf-8")
    case = load(path)
    found = sorted({*case.warnings, *doubts(case)}, key=lambda w: w[0].column)
    return [f"{place.line}:{place.column} {message}" for place, message in found]


@pytest.mark.parametrize(
    ("claim", "key", "word"),
    [
        ("of: sqrt(z**2), equals: z, needs: [z >= 0]", "needs", "'assuming'"),
        ("holds: z**2 > 0, needs: [z != 0]", "needs", "'assuming'"),
        ('of: "d(s, z)", standard: s*(1 - s)', "standard", "'equals'"),
        ("of: s, standard: {form: 1/(1 + exp(-z))}", "standard", "'equals'"),
        ("of: p, equals: 0.974", "equals", "'prints: 0.974'"),
        ("of: p, equals: 0.9740", "equals", "0.97407698"),  # cut off
        ("of: 1/3, equals: 0.33", "equals", "'prints: 0.33'"),
        ("of: p*y, equals: [y*p, 1.95]", "equals", "'prints: 1.95'"),
        ("of: -p, equals: -0.974", "equals", "'prints: -0.974'"),
        ('of: q, equals: "[0.119, 0.881]"', "equals", "'prints: [0.119, 0.881]'"),
        ("of: exp(-800), equals: 0.0", "equals", "'prints: 0.0'"),
        ("holds: z > 0, assuming: [z > 0]", "assuming", "what the claim is to show"),
        ("holds: z > 0 and s > 0, assuming: [0 < s, 0 < z]", "assuming", "what the claim is to show"),
        ("of: s, equals: z, assuming: [z == s]", "assuming", "what the claim is to show"),
        ("of: v, equals: 2*v, assuming: [2*v == v]", "assuming", "what the claim is to show"),
        ("holds: z > 0, needs: [z > 0], verdict: holds-if, because: so", "needs", "what the claim is to show"),
        ("of: p*y, prints: 1.95, by: 0.974*2", "by", "'shows'"),
        ("of: p*y, prints: 1.95, by: p*y", "by", "repeats"),
        ("of: p*y, prints: 1.95, by: p + y", "by", "differ: 2.97408 and 1.94815"),
        ('of: "sum(v[i] for i in n)", equals: 4', "of", "hides the 'i'"),
        ('holds: "all(v[x] > 0 for x in n)"', "holds", "hides the 'x'"),
        ('of: "sum(t[k] for k in n)", equals: 3', "of", "leaves out some of the 3 entries of 't'"),
    ],
)
def test_a_doubtful_claim_is_warned_of_at_its_key(tmp_path: Path, claim: str, key: str, word: str) -> None:
    (found,) = warned(tmp_path, claim)
    assert word in found
    line, column = found.partition(" ")[0].split(":")
    value = re.search(rf"(?<!\w){key}: ['\"]?", f"  - {{id: a, {claim}}}")
    assert value is not None
    assert int(line) == LINE
    if "hides" in word or "leaves out" in word:  # at the index, and at the size
        assert f"  - {{id: a, {claim}}}"[int(column) - 1] in "ixn"
    else:
        assert int(column) - 1 in (value.end(), value.end() - 1)


@pytest.mark.parametrize(
    "claim",
    [
        "of: sqrt(z**2), equals: z, needs: [z >= 0], verdict: holds-if, because: the root is not negative",
        "of: s, standard: {form: 1/(1 + exp(-z)), name: torch.sigmoid}",
        "of: p, prints: 0.974",
        "of: x*y, equals: 1",  # exactly
        "of: x/4, equals: 0.125",
        "of: log(exp(y)), equals: 2",  # no precision tells it from 2
        "of: p, equals: 0.7",  # no rounding: simply wrong
        "of: s, equals: 0.5",  # z has no value
        'of: v, equals: "[1, 3]"',
        "holds: z > 0, assuming: [s > 1/2]",
        "holds: z > 0 and s > 0, assuming: [z > 0]",
        "of: s, equals: 1/(1 + exp(-z)), assuming: [z > 0]",
        "of: p*y, prints: 1.95, by: y*p",
        "of: p*y, prints: 1.95, by: p + p",
        "of: \"sum(v[j] for j in n)\", equals: 4",
        "of: \"at(s, z=1)\", prints: 0.73",
    ],
)  # fmt: skip
def test_what_can_be_meant_is_not_warned_of(tmp_path: Path, claim: str) -> None:
    assert warned(tmp_path, claim) == []


def test_warnings_are_no_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("case.yaml").write_text(f"{HEAD}  - {{id: a, of: p, equals: 0.974}}\n", encoding="utf-8")
    assert cli.main(["check", "case.yaml"]) == 0
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"case.yaml:{LINE}:28: warning: 'equals' says that this is 0.974 exactly")
    assert last == "1 case file, no faults, 1 warning"
    Path("bad.yaml").write_text(f"{HEAD}  - {{id: a, of: nobody, equals: 1}}\n", encoding="utf-8")
    assert cli.main(["check", "case.yaml", "bad.yaml"]) == 2
    assert "1 fault in 1 file" in capsys.readouterr().out


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: p.stem)
def test_the_library_is_free_of_doubt(path: Path) -> None:
    case = load(path)
    assert [*case.warnings, *doubts(case)] == []
