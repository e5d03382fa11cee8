"""The documents of the library beside the book: well-formed, each mistake with its reason, and a sample judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import check, load
from verify.claims import CaseContext, judge

CASES = Path(__file__).parents[2] / "cases"
FILES = [path for name in ("staples", "objectives") for path in sorted((CASES / name).glob("*.yaml"))]

#: One claim or a few of a file: what is cheap, of every verdict.
SAMPLE = {
    "test-functions": ("rosenbrock-minimum", "well-unique", "mccormick-printed", "mccormick-digits"),
    "kl-estimators": ("k3-nonnegative", "k1-gradient", "k3-gradient-wrong", "k3-gradient-k2"),
    "diffusion": ("ddpm-x-from-v", "ddpm-e-from-v-wrong", "guidance-wrong"),
    "recurrent": ("lstm-forget", "lstm-candidate-wrong", "lstm-cell-wrong"),
    "gradient-methods": (
        "quadratic-minimizer",
        "quadratic-gradient-wrong",
        "descent-step",
        "steps-digits-cut",
        "newton-cubic-wrong",
    ),
    "numerical-analysis": ("central-error-wrong", "nodes-three", "cosine-steps-cut", "simpson-error", "half-ulp-wrong"),
    "estimation": ("variance-information", "variance-information-wrong", "beta-moment", "quantile-cut"),
    "weights": ("decay-sgd", "decay-sgd-wrong", "average-jensen"),
}


def test_both_are_well_formed() -> None:
    assert len(FILES) > 15
    assert check(FILES) == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_what_is_pinned_says_why(path: Path) -> None:
    claims = load(path).claims
    assert any(c.pinned == "wrong" for c in claims)
    assert all(c.because for c in claims if c.pinned != "holds")


@pytest.mark.parametrize("name", SAMPLE)
def test_a_sample_is_as_pinned(name: str) -> None:
    (path,) = (p for p in FILES if p.stem == name)
    case = load(path)
    context = CaseContext(case)
    chosen = [c for c in case.claims if c.id in SAMPLE[name]]
    assert len(chosen) == len(SAMPLE[name])
    assert {c.id: judge(context, c).verdict for c in chosen} == {c.id: c.pinned for c in chosen}
