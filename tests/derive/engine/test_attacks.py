"""No wrong verdicts on the bank of attacks; how many are decided is not asked here, and how fast is benchmarks/deciding.py."""

from __future__ import annotations

import pytest

from derive.errors import ExpressionError
from tests.banks.attacks import FALSE, TRUE, read
from verify.commands.proof import decide


def verdicts(bank: str) -> list[tuple[str, str]]:
    found = []
    for line in bank.strip().splitlines():
        if not line.startswith("~"):
            try:
                status = decide(*read(line)).status
            except ExpressionError:
                status = "fault"
            found.append((line, status))
    return found


@pytest.mark.parametrize("area", TRUE)
def test_nothing_true_is_refuted(area: str) -> None:
    found = verdicts(TRUE[area])
    assert [line for line, status in found if status == "refuted"] == []


@pytest.mark.parametrize("area", FALSE)
def test_nothing_false_is_proved(area: str) -> None:
    found = verdicts(FALSE[area])
    assert [line for line, status in found if status == "proved"] == []
