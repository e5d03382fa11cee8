"""Work is counted, not timed: the count of a question is the same in every process, and limits say what reached them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from derive import api, budget
from derive.budget import Exhausted
from derive.engine.decision import Decision
from derive.engine.properties.dispatch import decide_condition
from derive.language import reader
from verify.casefile import load
from verify.claims import CaseContext, judge

QUESTIONS = (
    "relu(x)*relu(y) + relu(-x)*relu(y) == abs(x)*relu(y)",
    "exp(x) >= 1 + x",
    "max(a, b, c) == max(c, max(b, a))",
    "inv(A) @ A == eye(2)",
)

COUNTED = """
import sys
from tests.derive.test_budget import QUESTIONS, decided
from derive import budget
for text in QUESTIONS:
    before = budget.steps()
    print(text, decided(text), budget.steps() - before)
"""


def decided(text: str) -> Decision:
    scope, graph = api.scope(text, {"A": (2, 2)} if "A" in text else {})
    return decide_condition(reader.parse(text, scope, graph, boolean=True))


def test_the_count_does_not_depend_on_the_hashes_of_a_process() -> None:
    said = set()
    for seed in ("0", "1", "4294967295"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", COUNTED], env=environment, capture_output=True, text=True, check=True
        )
        said.add(done.stdout)
    assert len(said) == 1
    assert said.pop().count("\n") == len(QUESTIONS)


@pytest.mark.parametrize("name", ["2.2-general-structure", "6.10.4-ridge", "5.1-subgradients"])
def test_a_claim_is_judged_alike_alone_and_after_others(name: str) -> None:
    path = Path(f"cases/understanding-neural-networks/{name}.yaml")
    together = load(path)
    context = CaseContext(together)
    for i, claim in reversed(list(enumerate(together.claims))):
        case = load(path)
        after, alone = judge(context, claim), judge(CaseContext(case), case.claims[i])
        assert (after.verdict, after.exact, _said(after.evidence)) == (
            alone.verdict,
            alone.exact,
            _said(alone.evidence),
        )


def _said(evidence: Any) -> Any:
    """Evidence without its theorems, which are of one graph each."""
    if isinstance(evidence, dict):
        return {k: _said(v) for k, v in evidence.items() if k != "proof"}
    return [_said(v) for v in evidence] if isinstance(evidence, list) else evidence


def test_a_limit_that_is_reached_says_which_and_by_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "QUESTION", 5_000)
    reasons = {str(decided(QUESTIONS[1])) for _ in range(2)}
    assert len(reasons) == 1
    assert (said := reasons.pop()).startswith("a limit of work was reached: ")
    assert "of 5,000 steps, most in " in said
    with budget.lifted():
        assert decided(QUESTIONS[1]).status == "proved"


def test_questions_on_the_way_share_the_budget_of_the_first() -> None:
    with budget.budget():
        for _ in range(2):
            with budget.budget():
                budget.spend(budget.QUESTION // 2, "signs of polynomials")
        with budget.budget(), pytest.raises(Exhausted, match="of 50 million steps, most in signs of polynomials"):
            budget.spend(1, "signs of polynomials")
        assert budget.spent()
    assert not budget.spent()


def test_a_share_ends_a_part_and_not_the_whole() -> None:
    with budget.budget():
        with pytest.raises(Exhausted, match="1,001 of 1,000 steps"), budget.share(1_000):
            budget.spend(1_001, "values at points")
        assert not budget.spent()
        budget.spend(1_000, "values at points")


def test_what_is_worked_out_for_others_too_costs_nothing() -> None:
    before = budget.steps()
    with budget.budget(), budget.apart():
        budget.spend(budget.QUESTION + 1, "values at points")
        with pytest.raises(Exhausted):
            budget.spend(budget.CLAIM, "values at points")
    assert budget.steps() == before
