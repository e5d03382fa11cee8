"""The bank of planted callables: every wrong one is caught, by its class; no right one is blamed."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from tests.planted import RIGHT, WRONG, Planted
from verify.conform import conform
from verify.conform.words import told


@pytest.mark.parametrize("planted", WRONG, ids=lambda p: p.name)
def test_wrong_ones_are_caught_by_their_class(planted: Planted):
    found = conform(planted.function, planted.formula, domain=planted.domain, **planted.given)
    assert found.verdict == "deviates", told(found)
    assert found.kind in planted.classes, told(found)


@pytest.mark.parametrize("planted", RIGHT, ids=lambda p: p.name)
def test_right_ones_are_not_blamed(planted: Planted):
    found = conform(planted.function, planted.formula, domain=planted.domain, **planted.given)
    assert found.verdict in planted.classes, told(found)
    assert not any(f.grave for f in found.findings)
