"""Conditions under assumed properties: what these say of values takes their place."""

from __future__ import annotations

import pytest

from derive.engine.domain import Domain
from derive.engine.properties.conditions import decide
from tests.banks import attacks

BOTH = "if positive_definite(A) & positive_definite(B) ; with A[2,2], B[2,2]"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("log(det(A)) <= trace(A) - 2 ; if positive_definite(A) ; with A[2,2]", "proved"),
        ("log(det(A)) <= trace(A) - 3 ; if positive_definite(A) ; with A[2,2]", "refuted"),
        (f"trace(inv(B) @ A) - 2 + log(det(B)) >= log(det(A)) ; {BOTH}", "proved"),
        (f"trace(B @ A) - 2 + log(det(B)) >= log(det(A)) ; {BOTH}", "refuted"),
    ],
)
def test_definite_matrices(line: str, status: str) -> None:
    """The divergence of two normal distributions, of which the determinants are those of the covariances."""
    said, held = attacks.read(line)
    assert decide(said, Domain(held)).status == status
