"""Points inside of linear inequalities, proposed in floats and looked at exactly."""

from __future__ import annotations

from fractions import Fraction

from derive.engine.algebra.relaxation import affine, inside
from tests.banks.attacks import read
from verify.commands.proof import decide


def test_what_is_affine_is_read_off() -> None:
    assert affine(lambda x: 2 * x[0] - x[1] / 3 + 5, 2) == ((Fraction(2), Fraction(-1, 3)), Fraction(5))
    assert affine(lambda x: x[0] * x[1], 2) is None
    assert affine(lambda x: None, 1) is None


def test_points_lie_inside() -> None:
    one = Fraction(1)
    corner = [((one, 0 * one), 0 * one), ((0 * one, one), 0 * one), ((-one, -one), Fraction(1, 10**7))]
    for x, y in inside(corner):
        assert x > 0
        assert y > 0
        assert x + y < Fraction(1, 10**7)
    assert list(inside(corner))
    assert list(inside([((one,), 0 * one), ((-one,), 0 * one)])) == []  # x > 0 and x < 0


def test_a_false_claim_on_an_open_simplex_is_refuted() -> None:
    for line in (
        "relu(x)*relu(y)*relu(z)*relu(1 - x - y - z) == 0",
        "relu(x)*relu(y)*relu(z)*relu(1e-9 - x - y - z) == 0",
        "x == 0 ; if x > 0 & y > 0 & z > 0 & x + y + z < 1",
    ):
        assert decide(*read(line)).status == "refuted"
