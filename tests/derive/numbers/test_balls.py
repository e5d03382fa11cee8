"""What a ball leaves open is no fault of the value that lies in it."""

from __future__ import annotations

import pytest

from derive.errors import UndefinedValue, Undetermined
from derive.expr.graph import Graph
from derive.language.reader import parse
from derive.numbers.balls import evaluate

WHOLE, BETWEEN = "log(exp(2))", "sqrt(2)"  # whole numbers, as nobody's ball tells; and none, as every ball does


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"(-2)**{WHOLE}", Undetermined),
        (f"(-2)**(-{WHOLE})", Undetermined),
        (f"(-2)**{BETWEEN}", UndefinedValue),
        ("(-2)**(1/2)", UndefinedValue),
        (f"where(log(-1) > 0 or {WHOLE} == 2, 1, 2)", Undetermined),
        (f"where(log(-1) > 0 and {WHOLE} == 2, 1, 2)", Undetermined),
        (f"where(log(-1) > 0 or {BETWEEN} == 2, 1, 2)", UndefinedValue),
    ],
)
def test_what_may_have_a_value_is_not_said_to_have_none(text: str, fault: type[Exception]) -> None:
    assert isinstance(evaluate([parse(text, {}, Graph())], {})[0], fault)


@pytest.mark.parametrize("text", [f"where(log(-1) > 0 or {BETWEEN} < 2, 1, 2)", f"where({BETWEEN} < 2, 1, log(-1))"])
def test_what_decides_needs_no_other_side(text: str) -> None:
    assert evaluate([parse(text, {}, Graph())], {})[0] == 1
