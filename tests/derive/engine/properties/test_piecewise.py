"""Losses and activations that are put together from pieces: where they are continuous and differentiable, and where they are not.

What holds and what does not was worked out by hand.
"""

from __future__ import annotations

import pytest

from derive import api
from derive.language import reader
from verify.commands.proof import decide

TRUE: list[tuple[str, list[str]]] = [
    ("differentiable(where(abs(x) <= d, x**2/2, d*(abs(x) - d/2)), x)", ["d > 0"]),
    ("continuous(where(abs(x) <= d, x**2/2, d*(abs(x) - d/2)), x)", ["d > 0"]),
    ("differentiable(where(abs(x) < b, x**2/(2*b), abs(x) - b/2), x)", ["b > 0"]),
    ("continuous(max(0, 1 - y*x), x)", []),
    ("differentiable(max(0, 1 - y*x)**2, x)", []),
    ("continuous(where(x > 0, x, a*(exp(x) - 1)), x)", []),
    ("differentiable(where(x > 0, x, exp(x) - 1), x)", []),
    ("differentiable(where(x > 0, x, a*(exp(x/a) - 1)), x)", ["a > 0"]),
    ("continuous(where(x > 0, s*x, s*a*(exp(x) - 1)), x)", []),
    ("continuous(max(0, min(1, x/6 + 1/2)), x)", []),
    ("continuous(x*max(0, min(1, x/6 + 1/2)), x)", []),
    ("continuous(x*min(max(x + 3, 0), 6)/6, x)", []),
    ("continuous(max(-1, min(1, x)), x)", []),
    ("continuous(min(relu(x), 6), x)", []),
    ("continuous(where(x > l, x - l, where(x < -l, x + l, 0)), x)", ["l > 0"]),
    ("continuous(sign(x)*max(abs(x) - l, 0), x)", ["l > 0"]),
    ("continuous(where(x > 0, x, a*x), x)", []),
    ("continuous(max(a*x, x), x)", []),
    ("continuous(max(q*(y - x), (q - 1)*(y - x)), x)", []),
    ("continuous(where(x < y, q*(y - x), (1 - q)*(x - y)), x)", []),
    ("smooth(log((exp(x) + exp(-x))/2), x)", []),
    ("continuous(max(0, abs(x - y) - eps), x)", ["eps > 0"]),
    ("differentiable(x*abs(x), x)", []),
    ("differentiable(relu(x)**2, x)", []),
    ("differentiable(max(0, abs(x - y) - eps)**2, x)", ["eps > 0"]),
    ("differentiable(where(x > 0, x**2, 0), x)", []),
    ("differentiable(where(x >= 1, 0, where(x <= 0, 1/2 - x, (1 - x)**2/2)), x)", []),
    ("continuous(where(y*x >= -1, max(0, 1 - y*x)**2, -4*y*x), x)", []),
    ("differentiable(where(y*x >= -1, max(0, 1 - y*x)**2, -4*y*x), x)", []),
    ("continuous(where(x > 0, l*x, l*a*exp(x) - l*a), x)", ["l > 1", "a > 0"]),
    ("continuous(clip(x, -1, 1), x)", []),
    ("differentiable(relu(x)**3, x)", []),
    ("differentiable(where(x < -t, -2*t*x - t**2, where(x > t, 2*t*x - t**2, x**2)), x)", ["t > 0"]),
    ("continuous(abs(x)*x/(1 + abs(x)), x)", []),
    ("differentiable(x/(1 + abs(x)), x)", []),
    ("continuous(where(x >= t, x, t), x)", []),
    ("differentiable(sign(x)*x**2, x)", []),
    ("continuous(max(x, 0) + a*min(0, x), x)", []),
    ("continuous(max(0,x) + min(0, a*(exp(x/a) - 1)), x)", ["a > 0"]),
    ("differentiable(max(0,x) + min(0, a*(exp(x/a) - 1)), x)", ["a > 0"]),
    ("differentiable(where(x**2 < c**2, c**2/6*(1 - (1 - (x/c)**2)**3), c**2/6), x)", ["c > 0"]),
    ("differentiable(where(abs(x) <= c, c**2/6*(1 - (1 - (x/c)**2)**3), c**2/6), x)", ["c > 0"]),
    ("continuous(x*sign(x), x)", []),
    ("continuous(sign(x)*relu(abs(x) - 1), x)", []),
    ("differentiable(sign(x)*(exp(abs(x)) - 1), x)", []),
    ("continuous(sign(x)*log(1 + abs(x)), x)", []),
    ("differentiable(sign(x)*log(1 + abs(x)), x)", []),
    ("continuous(min(max(abs(x) - l, 0), h), x)", ["l > 0", "h > 0"]),
    ("continuous(where(x > 0, log(1 + x), x), x)", []),
    ("differentiable(where(x > 0, log(1 + x), x), x)", []),
    ("differentiable(where(x < 0, exp(x), 1 + x + x**2), x)", []),
    ("differentiable(where(abs(x) < 1, (1 - x**2)**2, 0), x)", []),
    ("differentiable(where(x**2 < 1, (1 - x**2)**2, 0), x)", []),
    ("continuous(where(x != 0, x**2/abs(x), 0), x)", []),
    ("differentiable(where(x >= m, b*(x - m)**2, 0), x)", []),
    ("continuous(max(x, y), x)", []),
    ("continuous(where(exp(x) > 1, x, 0), x)", []),
    ("continuous(where(tanh(x) > 0, x, a*x), x)", []),
    ("differentiable(max(x - 1, 0)**2 + max(-x - 1, 0)**2, x)", []),
    ("differentiable(relu(x)*x, x)", []),
    ("differentiable(where(y*x < 0, 1/2 - y*x, where(y*x < 1, (1 - y*x)**2/2, 0)), x)", []),
    ("continuous(log(1 + relu(x)), x)", []),
    ("differentiable(where(x > k, k*(2*x - k), where(x < -k, k*(-2*x - k), x**2)), x)", ["k > 0"]),
    ("continuous(where(x > 0, 1 - exp(-x), x), x)", []),
    ("differentiable(where(x > 0, 1 - exp(-x), x), x)", []),
    ("differentiable(where(r < d, r**2/2, d*r - d**2/2), r)", []),
    ("continuous(where(x <= 0, 0, where(x >= 1, 1, 3*x**2 - 2*x**3)), x)", []),
    ("differentiable(where(x <= 0, 0, where(x >= 1, 1, 3*x**2 - 2*x**3)), x)", []),
    ("differentiable(abs(x)**3, x)", []),
    ("smooth(exp(-x**2), x)", []),
    ("differentiable(x*relu(x) - x**2/2, x)", []),
    ("continuous(where(x > 0, sqrt(x), 0), x)", []),
]

FALSE: list[tuple[str, list[str]]] = [
    ("differentiable(where(abs(x) <= d, x**2/2, abs(x) - 1/2), x)", ["d > 0"]),
    ("continuous(where(abs(x) <= d, x**2/2, abs(x) - 1/2), x)", ["d > 0"]),
    ("differentiable(where(abs(x) <= d, x**2, d*(abs(x) - d/2)), x)", ["d > 0"]),
    ("differentiable(max(0, 1 - x), x)", []),
    ("differentiable(max(0, 1 - y*x), x)", ["y != 0"]),
    ("differentiable(where(x > 0, x, a*(exp(x) - 1)), x)", ["a > 0"]),
    ("differentiable(where(x > 0, s*x, s*a*(exp(x) - 1)), x)", ["s > 1", "a > 1"]),
    ("differentiable(max(0, min(1, x/6 + 1/2)), x)", []),
    ("differentiable(x*max(0, min(1, x/6 + 1/2)), x)", []),
    ("differentiable(x*min(max(x + 3, 0), 6)/6, x)", []),
    ("differentiable(max(-1, min(1, x)), x)", []),
    ("differentiable(min(relu(x), 6), x)", []),
    ("differentiable(where(x > l, x - l, where(x < -l, x + l, 0)), x)", ["l > 0"]),
    ("continuous(where(abs(x) > l, x, 0), x)", ["l > 0"]),
    ("continuous(x*where(abs(x) > l, 1, 0), x)", ["l > 0"]),
    ("continuous(where(x > t, x, v), x)", []),
    ("continuous(where(x > t, x, 0), x)", ["t > 0"]),
    ("differentiable(where(x > 0, x, a*x), x)", ["a > 0", "a < 1"]),
    ("differentiable(max(a*x, x), x)", ["a > 0", "a < 1"]),
    ("differentiable(max(q*(y - x), (q - 1)*(y - x)), x)", ["q > 0", "q < 1"]),
    ("differentiable(max(0, abs(x - y) - eps), x)", ["eps > 0"]),
    ("smooth(x*abs(x), x)", []),
    ("smooth(relu(x)**2, x)", []),
    ("continuous(sign(x), x)", []),
    ("continuous(where(x > 0, 1, 0), x)", []),
    ("continuous(sign(x)*l, x)", ["l > 0"]),
    ("differentiable(abs(x - y), x)", []),
    ("differentiable(sign(x)*max(abs(x) - l, 0), x)", ["l > 0"]),
    ("continuous(where(y*x >= -1, max(0, 1 - y*x)**2, -2*y*x), x)", ["y != 0"]),
    ("differentiable(where(y*x >= -1, max(0, 1 - y*x)**2, 4 - 8*(y*x + 1)), x)", ["y != 0"]),
    ("differentiable(where(x > 0, x, a*(exp(x/a) - 1)/2), x)", ["a > 0"]),
    ("differentiable(clip(x, -1, 1), x)", []),
    ("continuous(where(x >= 0, x + 1, exp(x) - 1), x)", []),
    ("differentiable(x*sign(x), x)", []),
    ("continuous(where(x < 0, 0, where(x > 1, 1, x/2)), x)", []),
    ("continuous(where(x > c, 1, where(x < -c, -1, x)), x)", ["c > 0"]),
    ("differentiable(sqrt(abs(x)), x)", []),
    ("differentiable(where(abs(x) <= c, c**2/6*(1 - (1 - (x/c)**2)), c**2/6), x)", ["c > 0"]),
    ("differentiable(where(x > 0, sqrt(x), 0), x)", []),
    ("differentiable(abs(x)**(1/2), x)", []),
    ("differentiable(sqrt(relu(x)), x)", []),
    ("differentiable(where(x >= 0, 1, 0), x)", []),
    ("differentiable(where(abs(x) < 1, 1 - x**2, 0), x)", []),
    ("continuous(where(abs(x) < 1, 2 - x**2, 0), x)", []),
    ("differentiable(where(exp(x) > 1, x, 0), x)", []),
    ("continuous(where(exp(x) > 1, 1, 0), x)", []),
    ("continuous(where(tanh(x) > 0, 1, a*x), x)", []),
    ("differentiable(where(y*x < 0, 1/2 - y*x, where(y*x < 1, (1 - y*x)**2, 0)), x)", ["y != 0"]),
    ("smooth(abs(x)**3, x)", []),
    ("differentiable(relu(x)*(x + 1), x)", []),
    ("differentiable(log(1 + abs(x)), x)", []),
    ("differentiable(tanh(abs(x)), x)", []),
    ("differentiable(exp(-abs(x - m)/s), x)", ["s > 0"]),
    ("differentiable(relu(tanh(x)), x)", []),
    ("differentiable(max(x**2, 1), x)", []),
    ("differentiable(max(x**2, c**2), x)", ["c > 0"]),
    ("differentiable(where(r < d, r**2, d*r - d**2/2), r)", ["d > 0"]),
    ("differentiable(where(x <= 0, 0, where(x >= 1, 1, x)), x)", []),
    ("continuous(where(x <= 0, 0, where(x >= 1, 1, 3*x**2 - x**3)), x)", []),
    ("differentiable(abs(sign(x)*x), x)", []),
    ("differentiable(sign(x)*log(2 + abs(x)), x)", []),
    ("differentiable(max(x, y), x)", []),
    ("continuous(sign(x - t)*(x - t + 1), x)", []),
    ("differentiable(min(x, 1 - x), x)", []),
    ("differentiable(softplus(x) + relu(x), x)", []),
    ("continuous(sign(exp(x) - 1), x)", []),
    ("differentiable(abs(log(x)), x)", []),
    ("continuous(where(x > 0, log(1 + x), x - 1), x)", []),
]


def decided(claim: str, assuming: list[str]) -> str:
    scope, g = api.scope(" and ".join(f"({t})" for t in (claim, *assuming)), {})
    condition, *given = [reader.parse(t, scope, g, boolean=True) for t in (claim, *assuming)]
    return decide(condition, given).status


@pytest.mark.parametrize(("claim", "assuming"), TRUE)
def test_what_holds_is_proved(claim: str, assuming: list[str]) -> None:
    assert decided(claim, assuming) == "proved"


@pytest.mark.parametrize(("claim", "assuming"), FALSE)
def test_what_fails_is_refuted(claim: str, assuming: list[str]) -> None:
    assert decided(claim, assuming) == "refuted"


@pytest.mark.parametrize(
    "claim",
    [  # the function has values at 0, its slopes have none: proved once by leaving 0 out
        "differentiable(abs(x)**(1/2), x)",
        "differentiable(relu(x)**(1/2), x)",
        "differentiable((x**2)**(1/3), x)",
        "differentiable(x**(1/2), x)",
        "differentiable(sign(x)*sqrt(abs(x)), x)",
        "differentiable(sqrt(x**2 + y**2), x)",
        "continuous(1/sign(x), x)",
    ],
)
def test_steep_slopes_are_not_proved(claim: str) -> None:
    assert decided(claim, []) in ("refuted", "undecided")
