"""Conditions with floors, part by part of a period: what is decided, and that points are on the part that fails."""

from __future__ import annotations

import pytest

from derive.engine.domain import Domain
from derive.engine.properties.conditions import decide
from derive.engine.properties.periods import by_periods
from tests.banks import attacks


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("round(-x) == -round(x)", "proved"),
        ("abs(round(x) - x) <= 1/2 ; with x[2]", "proved"),
        ("(s*round(x/s) - x)**2 <= s**2/4 ; if s > 0", "proved"),
        ("round(n) == n ; if n == floor(n)", "proved"),
        ("round(x) < floor(x + 1/2) + 1/2", "proved"),
        ("round(x) == floor(x + 1/2)", "refuted"),  # at every second half
        ("round(x/s) == floor(x/s + 1/2) ; if s > 0", "refuted"),
        ("s*floor(x/s) > x - s/2 ; if s > 0", "refuted"),
    ],
)
def test_decided_by_periods(line: str, status: str) -> None:
    said, held = attacks.read(line)
    found = by_periods(said, Domain(held), decide)
    assert found is not None
    assert found.status == status


@pytest.mark.parametrize("line", ["x >= x - 1", "exp(x) > floor(y) ; if floor(y) < 0 & y > 1"])
def test_without_floors_or_points_nothing_is_said(line: str) -> None:
    said, held = attacks.read(line)
    assert by_periods(said, Domain(held), decide) is None
