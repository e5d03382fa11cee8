"""The step that mends a formula: told in one place, and read as what it is."""

from __future__ import annotations

from typing import Any

import pytest

from verify.text.steps import TOLD, Step


@pytest.mark.parametrize(
    ("step", "told", "beside", "put"),
    [
        (
            Step("with", "2*x", "x", "x != 0"),
            "right with 2*x in place of x, where x != 0",
            "the document's is Torch's with 2*x in place of x, where x != 0",
            ["x", "2*x", "x != 0"],
        ),
        (Step("as", "W.T @ e"), "right as W.T @ e", "the document's is Torch's as W.T @ e", ["", "W.T @ e", ""]),
        (Step("with", "b", "a", left=True), "on the left side, right with b in place of a", None, None),
        (
            Step("times", "1/3", at="n = 3"),
            "right times 1/3 at n = 3",
            "the document's is Torch's times 1/3 at n = 3",
            None,
        ),
        (Step("negative", "-1"), "the sign is wrong", "the document's is Torch's times -1", None),
        (Step("sign", "x*y"), "the sign of x*y is wrong", "the document's is Torch's with the other sign of x*y", None),
        (Step("if", "x > 0"), "holds if x > 0", "the two agree if x > 0", None),
        (Step("without", "y", "divisor"), "right without the divisor y", None, None),
        (Step("slip", "exponent"), "one slip in the exponent", None, None),
    ],
)
def test_a_step_is_told_and_read(step: Step, told: str, beside: str | None, put: Any) -> None:
    assert str(step) == told
    assert beside is None or step.beside("Torch's") == beside
    assert step.put == put


@pytest.mark.parametrize("how", TOLD)
def test_every_step_tells_all_of_its_parts(how: str) -> None:
    step = Step(how, "NEW", "OLD", "NEED", "SIZES")
    for told in (str(step), step.beside("NAME")):
        assert all(part in told for part in ("NEED", "SIZES"))
        assert "{" not in told
        assert ("NEW" in told) == (how != "negative")
