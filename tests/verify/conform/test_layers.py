"""The bank of planted layers and losses: every wrong one is caught, by its class; no right one is blamed."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from tests.banks.planted_layers import RIGHT, WRONG, Layer
from verify.conform import conform
from verify.conform.outcome import Conformance
from verify.conform.words import told


def name(layer: Layer) -> str:
    return getattr(layer.function, "__name__", type(layer.function).__name__)


def compared(layer: Layer) -> Conformance:
    given = {"framework": "torch", "dtypes": ["float64"]} | layer.given
    return conform(layer.function, layer.formula, shapes=layer.shapes, **given)


@pytest.mark.parametrize("layer", WRONG, ids=name)
def test_wrong_ones_are_caught_by_their_class(layer: Layer):
    found = compared(layer)
    assert found.verdict == "deviates", told(found)
    assert found.kind in layer.words, told(found)


@pytest.mark.parametrize("layer", RIGHT, ids=name)
def test_right_ones_are_not_blamed(layer: Layer):
    found = compared(layer)
    assert found.verdict in layer.words, told(found)
    assert not any(f.grave for f in found.findings)
