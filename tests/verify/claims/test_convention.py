"""Forms against named standards, and claims against each other; differences are worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import CaseFaults, load
from verify.claims import CaseContext, Verdict, judge


def judged(tmp_path: Path, text: str) -> dict[str, Verdict]:
    path = tmp_path / "case.yaml"
    path.write_text(f"title: t\n{text}")
    context = CaseContext(load(path))
    return {c.id: judge(context, c) for c in context.case.claims}


def test_a_standard_form(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        """\
symbols: {y: {}, p: {}, m: {}, v: {in: [0.01, inf]}, eps: {in: [0.001, 1]}, lam: {in: [0.1, 1]}, w: {}}
define: {L: (y - p)**2/2, u: m/sqrt(v + eps), R: lam*w**2}
claims:
  - {id: half, of: L, equals: (p - y)**2/2, standard: {form: (y - p)**2, name: mean squared error}}
  - {id: same, of: L, standard: "0.5*(p - y)**2"}
  - {id: wrong, of: L, equals: (p - y)**2, standard: (y - p)**2}
  - {id: adam, of: u, standard: {form: m/(sqrt(v) + eps), name: torch.optim.Adam's step}}
  - {id: decay, of: R, standard: {form: lam*w**2/2, name: weight decay}}
""",
    )
    assert {i: f.verdict for i, f in found.items()} == {
        "half": "convention", "same": "holds", "wrong": "wrong", "adam": "convention", "decay": "convention",
    }  # fmt: skip
    assert "the document's is mean squared error times 1/2" in found["half"].reason
    assert "with sqrt(v + eps) in place of sqrt(v) + eps" in found["adam"].reason
    assert "weight decay times 2" in found["decay"].reason
    assert found["half"].evidence["method"] == "certified" or "parts" in found["half"].evidence


def test_a_vector_that_differs_is_told_by_its_entry(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        """\
symbols: {v: {shape: [2]}, J: {shape: [2, 2]}}
claims:
  - {id: product, of: v @ J, standard: {form: J @ v, name: the library's}}
""",
    )
    assert found["product"].verdict == "convention"
    assert found["product"].reason.startswith("entry [0]: differs from the library's at v[0] = ")
    assert found["product"].reason.endswith("the document's is the library's with J.T @ v in place of J @ v")


def test_claims_that_exclude_each_other(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        """\
symbols: {g: {shape: [3]}, eta: {}, t: {}, x: {}}
define: {step: eta*sum(g)}
claims:
  - {id: sum, of: step, equals: eta*sum(g)}
  - {id: mean, of: step, equals: eta*mean(g), contradicts: [sum]}
  - {id: reordered, of: step, equals: sum(g)*eta, contradicts: [sum]}
  - {id: positive, holds: x > 1}
  - {id: negative, holds: x < 0, contradicts: [positive]}
  - {id: beside, holds: x < 3, contradicts: [positive]}
""",
    )
    assert found["reordered"].verdict == "holds"
    assert "contradicts sum on step" in found["mean"].reason
    assert "no values satisfy both" in found["negative"].reason
    assert found["beside"].verdict == "wrong"  # not for every x; but it contradicts nothing
    assert found["beside"].evidence["parts"][-1]["verdict"] == "holds"


def test_two_formulas_for_one_unknown_function(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        """\
functions: {E: 1}
symbols: {w: {}, x: {in: [1, 2]}, a: {in: [0, 9]}}
claims:
  - {id: one, of: E(w), equals: w**2}
  - {id: two, of: E(w), equals: 2*w**2, contradicts: [one]}
""",
    )
    assert found["one"].verdict == "wrong"  # said of every function E, and false of an example
    assert found["two"].verdict == "wrong"  # graver than inconsistent, which is told beside it
    assert "contradicts one on E(w): not equal at w = 1" in found["two"].reason


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("{id: a, standard: x}", "'standard' needs 'of'"),
        ("{id: a, of: x, standard: {name: n}}", "form"),
        ("{id: a, of: x, equals: x, contradicts: [b]}", "no claim 'b'"),
        ("{id: a, of: x, standard: '[x, x]'}", "has shape"),
    ],
)
def test_what_is_written_wrong_is_told(tmp_path: Path, claim: str, message: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(f"title: t\nsymbols: {{x: {{}}}}\nclaims:\n  - {claim}\n")
    with pytest.raises(CaseFaults) as bad:
        load(path)
    assert any(message in str(f) for f in bad.value.faults)
