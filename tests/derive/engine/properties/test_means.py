"""Young's inequality and its like, by weighted means; of bases that may be 0, and of weights that are none."""

from __future__ import annotations

import pytest

from derive.engine.domain import Domain
from derive.engine.properties.conditions import decide
from derive.engine.properties.means import by_means
from tests.banks import attacks

CONJUGATE = "1/p + 1/q == 1 & p > 1 & q > 1"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"x*y <= x**p/p + y**q/q ; if {CONJUGATE} & x > 0 & y > 0", True),
        (f"x*y <= x**p/p + y**q/q ; if {CONJUGATE} & x >= 0 & y >= 0", True),
        (f"x*y < x**p/p + y**q/q ; if {CONJUGATE} & x > 0 & y > 0", False),
        (f"2*x*y <= x**p/p + y**q/q ; if {CONJUGATE} & x > 0 & y > 0", False),
        (f"x*y/2 < x**p/p + y**q/q ; if {CONJUGATE} & x > 0 & y > 0", True),
        (f"x*y/2 < x**p/p + y**q/q ; if {CONJUGATE} & x >= 0 & y >= 0", False),  # both 0
        ("x*y <= x**p/p + y**q/q ; if p > 1 & q > 1 & x > 0 & y > 0", False),
        ("x**t*y**(1 - t) <= t*x + (1 - t)*y ; if x >= 0 & y >= 0 & 0 < t & t < 1", True),
        ("x**t*y**(1 - t) <= t*x + (1 - t)*y ; if x > 0 & y > 0 & 0 < t", False),  # a weight below 0
        ("x**t*y**(1 - t) <= (1 - t)*x + t*y ; if x > 0 & y > 0 & 0 < t & t < 1", False),
        (
            "x**t*y**s*z**(1 - t - s) <= t*x + s*y + (1 - t - s)*z ; if x > 0 & y > 0 & z > 0 & t > 0 & s > 0 & s + t < 1",
            True,
        ),
        ("x**t <= x + 1", False),
    ],
)
def test_shown(line: str, shown: bool) -> None:
    said, held = attacks.read(line)
    found = by_means(said, Domain(held), decide)
    assert (found is not None and found.status == "proved") is shown


def test_a_power_of_what_may_be_0_has_a_value_where_its_exponent_is_positive() -> None:
    said, held = attacks.read("x*y <= x**p/p + y**q/q ; if 1/p + 1/q == 1 & p > 1 & q > 1 & x >= 0 & y >= 0")
    assert decide(said, Domain(held)).status == "proved"
