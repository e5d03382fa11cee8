"""The bank of planted callables: every wrong one is caught, by its class; no right one is blamed."""

from __future__ import annotations

import contextlib
import io
import math

import numpy as np
import pytest

pytest.importorskip("torch")

from tests.banks.planted import RIGHT, WRONG, Planted
from verify.conform import Conformance, conform
from verify.conform.words import told


@pytest.mark.parametrize("planted", WRONG, ids=lambda p: p.name)
def test_wrong_ones_are_caught_by_their_class(planted: Planted):
    found = conform(planted.function, planted.formula, domain=planted.domain, **planted.given)
    assert found.verdict == "deviates", told(found)
    assert found.kind in planted.classes, told(found)
    if found.script:
        assert_shown_again(found)


def assert_shown_again(found: Conformance) -> None:
    """What the script prints is as far off as what was found; vector units may round otherwise."""
    worst = found.worst
    assert worst is not None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(found.script, {})
    got, exact = (float(x.strip("'")) for x in printed.getvalue().split(" exactly "))
    assert len(found.script.splitlines()) <= 12
    shown = worst.simple or worst  # what is easier to check
    assert exact == float(shown.exact)
    computed = float(shown.computed)
    if math.isfinite(computed):
        assert abs(got - computed) <= abs(computed - exact) / 2, found.script
    else:
        assert not math.isfinite(got), found.script


@pytest.mark.parametrize("planted", RIGHT, ids=lambda p: p.name)
def test_right_ones_are_not_blamed(planted: Planted):
    found = conform(planted.function, planted.formula, domain=planted.domain, **planted.given)
    assert found.verdict in planted.classes, told(found)
    assert not any(f.grave for f in found.findings)


def test_arguments_in_the_other_order_are_told():
    found = conform(lambda a, b: b * np.log(b / a), "p*log(p/q)", domain={"p": (0.01, 1), "q": (0.01, 1)})
    assert found.kind == "wrong formula"
    assert "p and q exchanged" in found.repair


def test_the_step_that_breaks_a_result_is_told():
    found = conform(lambda x: np.log(np.exp(x)), "x")
    assert any("on the way exp gives" in o.note for o in found.outcomes), told(found)


def test_a_lost_sign_of_zero_is_told_and_not_blamed():
    found = conform(lambda x: np.where(x == 0, 0.0, np.sin(x)).astype(x.dtype), "sin(x)", domain={"x": (-9, 9)})
    assert found.verdict == "conforms"
    assert [f.kind for f in found.findings] == ["sign of zero"]
