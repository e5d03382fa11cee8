"""Explanations: what they name, that they are the same every time, and what the command says of wrong words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verify.casefile import load
from verify.claims import CaseContext, judge
from verify.cli import main
from verify.explain import explain_case, explain_claim, markdown, text
from verify.report.contents import Part
from verify.report.page import page
from verify.report.place import Links

LIBRARY = Path("cases/understanding-neural-networks")
CASES = sorted(LIBRARY.glob("*.yaml"))


def explained(context: CaseContext, identity: str, width: int = 100) -> str:
    claim = next(c for c in context.case.claims if c.id == identity)
    return text.render(list(explain_claim(context, claim)), width)


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_claims_that_do_not_hold_are_explained(path: Path) -> None:
    context = CaseContext(load(path))
    printed = {c.id: c.prints or "" for c in context.case.claims}
    # pins are what the library gives (the committed reports are held to that): what holds isn't judged again
    for claim in (c for c in context.case.claims if c.pinned != "holds"):
        identity, verdict = claim.id, judge(context, claim)
        told = explained(context, identity)
        assert f"Verdict: {verdict.verdict}" in told
        assert "Not worked out" not in told
        # an inherited number names all printed numbers that it follows from, with their digits, and its origins
        for source in [*verdict.evidence.get("inherited_from", ()), *verdict.origin]:
            assert source in told
            assert printed[source] in told
        if verdict.exact is not None:
            assert verdict.exact in told


# every tenth: each is judged twice from the ground up
@pytest.mark.parametrize("path", CASES[2::10], ids=lambda p: p.stem)
def test_explanations_are_the_same_bytes_every_time(path: Path) -> None:
    def made() -> tuple[str, str]:
        blocks = list(explain_case(CaseContext(load(path))))
        return text.render(blocks, 80), markdown.render(blocks)

    assert made() == made()


@pytest.mark.parametrize("width", [40, 72, 100])
def test_text_keeps_to_the_width(width: int) -> None:
    context = CaseContext(load(LIBRARY / "3.5-jacobians.yaml"))
    for line in text.render(list(explain_case(context)), width).splitlines():
        assert len(line) <= width or " " not in line.strip(), line
        assert line == line.rstrip()


def test_a_backward_pass_reads_as_one_writes_it() -> None:
    told = text.render(list(explain_case(CaseContext(load(LIBRARY / "2.8-three-layer.yaml")))), 100)
    flat = re.sub(r"\s+", " ", told)
    assert "dL/dyhat = yhat - y = -0.213997095784…" in flat
    assert "dL/dz3 = dL/dyhat * dyhat/dz3 = dL/dyhat * yhat * (1 - yhat)" in flat
    assert "dL/dw3 = dL/dz3 * dz3/dw3 = dL/dz3 * a2" in flat
    assert "da1/dz1 = relu'(z1) = 1" in flat


def test_displayed_arithmetic_shows_the_product_and_its_reach() -> None:
    told = explained(CaseContext(load(LIBRARY / "2.8-three-layer.yaml")), "s2.8-printed-products")
    assert "the printed factors give  -0.025858" in told
    assert re.search(r"0\.012929 +0\.0129285 +0\.0129295", told)


def test_a_counterexample_is_worked_out_at_its_point() -> None:
    told = explained(CaseContext(load(LIBRARY / "2.8-three-layer.yaml")), "t2.7-s33-f")
    assert "z1 = 0: the left side has no value" in told
    assert re.search(r"left side +undefined", told)
    assert re.search(r"right side +0", told)


def test_the_report_page_shows_the_steps_once_and_folds_them() -> None:
    path = LIBRARY / "2.8-three-layer.yaml"
    made = page(Part(load(path)), Links(frozenset(), {}))
    assert made.count("\n## Derivation\n") == 1
    inside = made[made.index("<details>") : made.index("</details>")]
    assert r"\frac{\partial L}{\partial z_{3}} \frac{\partial z_{3}}{\partial w_{3}}" in inside
    assert inside.count("```") % 2 == 0


# -- the command ------------------------------------------------------------------------------------


def test_command_by_name_and_by_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "2.8-three-layer", "t2.5-s20"]) == 0
    by_name = capsys.readouterr().out
    assert main(["explain", str(LIBRARY / "2.8-three-layer.yaml"), "t2.5-s20"]) == 0
    assert capsys.readouterr().out == by_name
    assert "-0.028814" in by_name
    assert "dL/dw3 = -0.02881381179707238195208931" in by_name


def test_command_writes_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "2.8-three-layer", "t2.5-s20", "--format", "md"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("# 2.8-three-layer, t2.5-s20\n")
    assert r"\frac{\partial L}{\partial w_{3}}" in out
    assert out.count("```") % 2 == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["2.8-three-layers"], "did you mean '2.8-three-layer'?"),
        (["2.8-three-layer", "t2.5-s20x"], "did you mean 't2.5-s20"),
        ([str(LIBRARY)], "is a folder, and one case is explained at a time"),
    ],
)
def test_wrong_words_name_the_nearest(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", *words]) == 2
    assert message in capsys.readouterr().err


def test_a_faulty_case_shows_its_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("symbols: {x: 1}\ndefine:\n  z: x + q\nclaims: []\n", encoding="utf-8")
    assert main(["explain", str(path)]) == 2
    assert "unknown symbol 'q'" in capsys.readouterr().err
