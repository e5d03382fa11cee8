"""Certificates of inequalities of polynomials: which are found, and that the checker follows them."""

from __future__ import annotations

import pytest

from derive.engine.certify.search import prove
from derive.proof.check import Rejected
from tests.banks.sequents import sequent


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("x**4 + y**4 + 1 >= 4*x*y - 1", []),  # with the square of x*y, whose square does not occur
        ("x**6 + y**6 >= x**4*y**2 + x**2*y**4", []),
        ("x**2 + y**2 + z**2 >= x*y + y*z + z*x", []),
        ("x**2 + 2*y >= 1", ["x + y == 1"]),
    ],
)
def test_found_and_checked(said: str, given: list[str]) -> None:
    s = sequent(said, *given)
    assert prove(s).sequent == s


@pytest.mark.parametrize("said", ["x**4 + y**4 + 1 >= 4*x*y", "x**2 + y**2 >= 3*x*y"])
def test_what_is_false_has_none(said: str) -> None:
    with pytest.raises(Rejected):
        prove(sequent(said))
