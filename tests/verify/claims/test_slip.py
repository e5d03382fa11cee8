"""A hint at what a wrong number came from: only where the digits are exactly what one slip gives."""

from __future__ import annotations

import pytest

from derive.flint import fmpq
from verify.claims.slip import hint
from verify.commands.answers import Options
from verify.commands.proof import proved
from verify.decimals import parse_printed, rounded

VALUE = fmpq(2139969, 10**7)  # 0.2139969


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-0.214", "the opposite sign"),
        ("0.42799", "a factor 2 too many"),
        ("0.10700", "a factor 1/2 too many"),
        ("2.140", "a decimal point moved by one place"),
        ("0.0214", "a decimal point moved by one place"),
        ("0.2410", "two digits swapped"),
        ("0.43", ""),  # two digits agree by chance
        ("0.2150", ""),
        ("0.2149", ""),
    ],
)
def test_the_slip_is_named(text: str, words: str) -> None:
    printed = parse_printed(text)
    found = hint(printed, VALUE, rounded(VALUE, printed))
    assert found == (f"the printed digits are what {words} would give" if words else "")


def test_prove_tells_the_step() -> None:
    lines = proved("d(x**2, x) == x", (), Options()).lines
    assert len(lines) == 1
    assert "; right times 2; correct: 2*x" in lines[0]
