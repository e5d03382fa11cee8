"""Orders of growth by the limit of the ratio."""

import pytest

from verify.commands.answers import Options
from verify.commands.proof import proved


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("grows_like(3*D**2 + D, D**2, D)", "true"),
        ("grows_at_most((D + 2)*(D + 1)/2, D**2, D)", "true"),
        ("grows_at_most(D**3, D**2, D)", "false"),
        ("grows_slower(log(x), x**(1/10), x)", "true"),
        ("grows_slower(x, 2*x, x)", "false"),
        ("grows_slower(exp(h) - 1 - h - h**2/2, h**2, h, 0)", "true"),
        ("grows_slower(exp(h) - 1 - h, h**2, h, 0)", "false"),
        ("asymptotic(D**2/2 + D, D**2/2, D)", "true"),
        ("asymptotic(D**2, D**2/2, D)", "false"),
        ("grows_like(log(x), x, x)", "false"),
        ("grows_like((N/P)**4, N**4, N)", "true"),
        ("grows_like(a*N**4, N**4, N)", "true under a condition"),
    ],
)
def test_orders_of_growth(claim, word):
    assert proved(claim, (), Options()).lines[0].startswith(word)
