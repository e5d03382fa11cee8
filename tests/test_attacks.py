"""No wrong verdicts on the bank of attacks, and none that takes long; how many are decided is not asked here."""

from __future__ import annotations

import time

import pytest

from derive.errors import ExpressionError
from tests.attacks import FALSE, TRUE, read
from verify.commands.proof import decide

LIMIT = 5.0  # seconds a statement


def verdicts(bank: str) -> list[tuple[str, str, float]]:
    found = []
    for line in bank.strip().splitlines():
        if not line.startswith("~"):
            begun = time.perf_counter()
            try:
                status = decide(*read(line)).status
            except ExpressionError:
                status = "fault"
            found.append((line, status, time.perf_counter() - begun))
    return found


@pytest.mark.parametrize("area", TRUE)
def test_nothing_true_is_refuted(area: str) -> None:
    found = verdicts(TRUE[area])
    assert [line for line, status, _ in found if status == "refuted"] == []
    assert [line for line, _, seconds in found if seconds > LIMIT] == []


@pytest.mark.parametrize("area", FALSE)
def test_nothing_false_is_proved(area: str) -> None:
    found = verdicts(FALSE[area])
    assert [line for line, status, _ in found if status == "proved"] == []
    assert [line for line, _, seconds in found if seconds > LIMIT] == []
