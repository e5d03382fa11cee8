"""Comparisons with inf: true or false of what has a value, and of floating-point arithmetic that overflows."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from tests.verify.claims.test_claims import judged
from verify.commands.answers import Options
from verify.commands.proof import proved


def told(claim: str) -> str:
    return proved(claim, (), Options()).lines[0]


@pytest.mark.parametrize("value", ["1/0", "log(0)"])
@pytest.mark.parametrize("relation", ["<", "==", "!=", ">="])
@pytest.mark.parametrize("side", ["inf", "-inf"])
def test_what_has_no_value_is_in_no_relation_to_infinity(value: str, relation: str, side: str) -> None:
    line = told(f"{value} {relation} {side}")
    assert line.startswith("false")
    assert "no value" in line


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("abs(x) < inf", "true: abs(x) is finite"),
        ("exp(x) != inf", "true: exp(x) is finite"),
        ("log(x) < inf", "true under a condition: holds if x > 0"),
        ("log(x) > -inf", "true under a condition: holds if x > 0"),
        ("1/x == inf", "false: 1/x is finite where it has a value"),
        ("1/x < inf", "true: holds on the whole domain, where x != 0"),
        ("float32(x) < inf", "undecided"),
        ("limit(1/x**2, x, 0) == inf and 2 < inf", "true: limit(1/x**2, x, 0) = inf; 2 is finite"),
    ],
)
def test_a_comparison_with_infinity_needs_a_value(claim: str, words: str) -> None:
    assert told(claim).startswith(words)


@pytest.mark.parametrize(("number", "relation"), list(product((65519, 65520, -65520), ("==", "!=", "<"))))
@pytest.mark.parametrize("sign", [1, -1])
def test_overflow_compares_as_numpy_does(number: float, relation: str, sign: int) -> None:
    with np.errstate(over="ignore"):
        made = np.float16(number)
    end = np.float16(sign * np.inf)
    right = {"==": made == end, "!=": made != end, "<": made < end, ">": made > end}[relation]
    line = told(f"float16({int(number)}) {relation} {'-' if sign < 0 else ''}inf")
    assert line.startswith("true" if right else "false")


def test_overflow_at_the_values_of_the_document(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        "symbols: {x: 300, y: {}}\nclaims:\n"
        "  - {id: a, of: float16(x*x), equals: inf}\n"
        "  - {id: b, holds: float16(x*x) == inf}\n"
        "  - {id: c, of: float16(x + x), equals: inf}\n"
        "  - {id: d, holds: float16(x*x) != inf}\n"
        "  - {id: e, of: log(0), equals: -inf}\n"
        "  - {id: f, of: 1/y, equals: inf}\n",
    )
    assert [v.verdict for v in found.values()] == ["holds", "holds", "wrong", "wrong", "wrong", "wrong"]
    assert all(v.reason for v in found.values())
