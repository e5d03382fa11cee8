"""Continuity and derivatives at kinks: branches that meet, slopes that agree; or the point and both numbers."""

from __future__ import annotations

import pytest

from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph
from derive.language.reader import parse

HUBER = "where(abs(x) < c, x**2/2, c*(abs(x) - c/2))"
ELU = "where(x > 0, x, s*(exp(x) - 1))"


def decide(claim: str, *assuming: str) -> str:
    g = Graph()
    s = {n: g.symbol(n) for n in ("x", "c", "s")} | {"w": g.symbol("w", (2,))}
    return decide_condition(parse(claim, s, g), Domain(parse(a, s, g) for a in assuming)).status


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("differentiable(relu(x)**2, x)", ()),
        ("differentiable(x*abs(x), x)", ()),
        ("differentiable(abs(x)**3, x)", ()),
        (f"differentiable({HUBER}, x)", ("c > 0",)),
        (f"continuous({HUBER}, x)", ("c > 0",)),
        (f"continuous({ELU}, x)", ()),
        (f"differentiable({ELU}, x)", ("s == 1",)),
        ("differentiable(x**2 + c*abs(x), x)", ("c == 0",)),
        ("differentiable(sum(relu(w)**2), w)", ()),
        ("differentiable(relu(w[0] + w[1])**2, w)", ()),
        ("not differentiable(abs(x), x)", ()),
        ("not differentiable(c*abs(x - 1), x)", ("c != 0",)),
        ("not differentiable(where(x > 0, x, s*x), x)", ("s > 2",)),
        ("not continuous(where(x > 1, x, 2*x), x)", ()),
        ("continuous(where(x > 0, x*log(x), 0), x)", ()),  # a limit, where one branch has no value
        ("continuous(where(x > 0, sin(x)/x, 1), x)", ()),
        ("continuous(where(x == 0, 0, x*sin(1/x)), x)", ()),
        ("continuous(where(x <= 0, 0, x*x**(-1/2)), x)", ()),
        ("not continuous(where(x == 0, 0, x/abs(x)), x)", ()),
        ("differentiable(relu(x)**(4/3), x)", ()),
        ("differentiable(abs(x)**1.001, x)", ()),
    ],
)
def test_true(claim: str, assuming: tuple[str, ...]) -> None:
    assert decide(claim, *assuming) == "proved"


@pytest.mark.parametrize(
    ("claim", "assuming"),
    [
        ("differentiable(abs(x), x)", ()),
        ("differentiable(norm(w), w)", ()),
        ("differentiable(max(w[0], w[1])**2, w)", ()),
        (f"differentiable({ELU}, x)", ()),
        ("differentiable(where(abs(x) < 1, x**2/2, 2*abs(x) - 1.5), x)", ()),
        ("differentiable(where(abs(x) < 1, x**2/2, abs(x) - 0.25), x)", ()),
        ("differentiable(x**2 + c*abs(x), x)", ()),
        ("continuous(sign(x), x)", ()),
        ("smooth(relu(x)**2, x)", ()),
        ("not differentiable(relu(x)**2, x)", ()),
        ("differentiable(abs(x)**(1/3), x)", ()),
        ("differentiable(relu(x)**(1/2), x)", ()),
        ("differentiable((x**4)**(1/4), x)", ()),
        ("differentiable(relu(x)**(1/2)*relu(x)**(1/2), x)", ()),
        ("differentiable(log(1 + abs(x)**(1/3)), x)", ()),
        ("differentiable(norm(w, 3), w)", ()),
        ("differentiable(norm(w, 1/2), w)", ()),
        ("differentiable(norm(w)**(1/2), w)", ()),
        ("differentiable(where(x == 0, 0, x**2/abs(x)), x)", ()),
        ("continuous(where(x == 0, 0, x/abs(x)), x)", ()),
        ("continuous(where(x > 0, x/abs(x), 0), x)", ()),
        ("continuous(where(x == 0, 0, x**2/abs(x)**3), x)", ()),
        ("continuous(where(x == 0, 0, x*exp(1/x)), x)", ()),
        ("continuous(where(x <= 0, 0, x*x**(-2)), x)", ()),
        ("continuous(where(x == 0, 1, exp(x*exp(1/x))), x)", ()),
        ("continuous(where(x == c, 0, (x - c)/abs(x - c)), x)", ()),
    ],
)
def test_false(claim: str, assuming: tuple[str, ...]) -> None:
    assert decide(claim, *assuming) == "refuted"


@pytest.mark.parametrize(
    "claim",
    [
        "differentiable(sqrt(abs(x)), x)",  # no slope at 0 from either side
        "differentiable(where(x > 0, x*sin(1/x), 0), x)",  # continuous, no derivative at 0
        "differentiable(where(x > 0, sin(1/x), 0), x)",
        "not differentiable(c*abs(x), x)",  # c may be 0
        "differentiable(hold(abs(x)), x)",  # its slope is 0 by decree
        "not differentiable(abs(x) - hold(abs(x)), x)",
    ],
)
def test_nothing_is_proved_of_what_fails(claim: str) -> None:
    assert decide(claim) != "proved"


@pytest.mark.parametrize(
    "claim",
    [
        "differentiable(where(x == 0, 0, x*sin(1/x)), x)",  # it has no slope there, and tends to its value
        "differentiable(where(x <= 0, 0, x*log(x)), x)",
        "differentiable((w[0]**2 + w[1]**2)**(1/3), w)",
        "differentiable(norm(w, 4), w)",
        "differentiable(x**(1/3), x)",
        "differentiable(where(x > 0, x/abs(x) - 1, 0)*relu(x), x)",
    ],
)
def test_no_value_is_folded_away_where_something_is_put_in(claim: str) -> None:
    assert decide(claim) != "proved"
