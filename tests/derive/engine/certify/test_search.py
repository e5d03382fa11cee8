"""Certificates of inequalities of polynomials: which are found, and that the checker follows them."""

from __future__ import annotations

import pytest

from derive.engine.certify.search import prove
from derive.expr.graph import Graph
from derive.language.names import names_in
from derive.language.reader import parse
from derive.proof.check import Rejected
from derive.proof.sequent import Sequent


def sequent(said: str, *given: str) -> Sequent:
    g = Graph()
    scope = {n: g.symbol(n) for n in sorted({n for t in (said, *given) for n in names_in(t)})}
    wanted, *held = (parse(t, scope, g, boolean=True) for t in (said, *given))
    return Sequent(tuple(held), wanted)


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
