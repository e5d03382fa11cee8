"""The search for certificates of limits: it finds those of every textbook, and none of a limit that is another one."""

from __future__ import annotations

import pytest

from derive.engine.certify.limits import show
from derive.proof.check import Rejected
from tests.derive.proof.rules.test_limits import Limit

FOUND = [
    ("log(1 + exp(x)) - x", "x", "tends far", "0"),
    ("sqrt(x**2 + x) - x", "x", "tends far", "1/2"),
    ("(1 - cos(x))/x**2", "x", "tends beside", "1/2", "0"),
    ("(log(1 + x) - x)/x**2", "x", "tends beside", "-1/2", "0"),
    ("log(log(x))/log(x)", "x", "tends far", "0"),
    ("(2**n + 3**n)**(1/n)", "n", "tends far", "3"),
    ("exp(x)/x**100", "x", "grows far"),
    ("x*exp(-x**2)", "x", "tends far below", "0"),
    ("gelu(x) - x", "x", "tends far", "0"),
    ("gelu(x)", "x", "tends far below", "0"),
    ("softplus(x)/x", "x", "tends far", "1"),
    ("max(x, 3)/x", "x", "tends far", "1"),
    ("k*x*y*(x**2 - y**2)/(x**2 + y**2)/x", "x", "tends beside", "where(y != 0, -k*y, 0)", "0"),
    ("where(abs(e) <= d, e**2/2, d*abs(e) - d**2/2)/d", "d", "tends from above", "abs(e)", "0"),
    ("sign(a*x**2 + s*x**3)", "x", "tends from above", "where(a > 0, 1, where(a < 0, -1, sign(s)))", "0"),
    ("relu(x - a*x**2)/x", "x", "tends from above", "1", "0"),
    ("(phi(x + t) - phi(x) - t*phi(x, d=1))/t**2", "t", "tends beside", "phi(x, d=2)/2", "0"),
]

ELSEWHERE = [
    ("log(1 + exp(x)) - x", "x", "tends far", "1"),
    ("(1 + 1/n)**n", "n", "tends far", "1"),
    ("sin(x)/x", "x", "tends beside", "0", "0"),
    ("abs(x)/x", "x", "tends beside", "1", "0"),
    ("x**2*exp(-x)", "x", "grows far"),
    ("a*x/(x + 1)", "x", "tends far", "abs(a)"),
    ("x**p/exp(x)", "x", "grows far"),
    ("cos(1/x)", "x", "tends from above", "1", "0"),
    ("tanh(r/b)", "b", "tends from above", "1", "0"),
]


@pytest.mark.parametrize("said", FOUND, ids=lambda s: s[0])
def test_found(said: tuple[str, ...]) -> None:
    show(Limit(*said).sequent)


@pytest.mark.parametrize("said", ELSEWHERE, ids=lambda s: s[0])
def test_none_is_found_of_another_limit(said: tuple[str, ...]) -> None:
    with pytest.raises(Rejected):
        show(Limit(*said).sequent)


def test_where_a_limit_has_a_condition_it_is_a_hypothesis() -> None:
    said = ("x**a", "x", "tends far", "0")
    show(Limit(*said, given=("a < 0",)).sequent)
    for given in ((), ("a <= 0",)):
        with pytest.raises(Rejected):
            show(Limit(*said, given=given).sequent)
