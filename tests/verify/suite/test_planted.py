"""Errors are planted where there is something to change, always the same, and judged as claims are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.commands.test_cli import errata
from verify.casefile import load
from verify.suite.planted import Planted, plant, takes

CASE = """\
title: t
symbols: {z: {}, v: {shape: [3]}, x: 0.5}
define: {softplus: log(1 + exp(x))}
claims:
  - {id: slope, of: "d(log(1 + exp(z)), z)", equals: sigmoid(z)}
  - {id: vector, holds: log_softmax(v) == v - logsumexp(v)}
  - {id: number, of: softplus, prints: 0.9741}
  - {id: about, of: softplus, prints: ~0.97}
  - {id: order, holds: exp(z) >= 1 + z}
  - {id: pinned, of: softplus, prints: 0.98, verdict: wrong, because: it is 0.9741}
  - {id: false, of: z, equals: 2*z}
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    return path


def test_errors_go_into_formulas_and_plain_numbers_that_are_pinned_to_hold(case: Path) -> None:
    assert [c.id for c in load(case).claims if takes(c)] == ["slope", "vector", "number", "false"]


def test_every_slip_is_noticed_and_none_goes_into_what_does_not_hold(case: Path) -> None:
    found = plant(case, ["slope", "vector", "number", "false"], 4)
    assert {p.claim for p in found} == {"slope", "vector", "number"}
    assert {p.was for p in found if p.claim == "number"} == {"0.9741"}
    assert all(p.now != p.was and float(p.now) != 0.9741 for p in found if p.claim == "number")
    assert all(p.noticed for p in found if p.is_error), found
    assert sum(p.is_error for p in found) == len(found) == 12
    assert found == plant(case, ["slope", "vector", "number", "false"], 4)


@pytest.mark.parametrize("printed", ["0.50", "-1.99", "−0.10", "7"])
def test_other_digits_are_another_number(tmp_path: Path, printed: str) -> None:
    value = printed.replace("−", "-")
    path = tmp_path / "n.yaml"
    path.write_text(f'title: t\nclaims: [{{id: n, of: "{value}", prints: "{printed}"}}]\n', encoding="utf-8")
    found = plant(path, ["n"], 100)
    assert found
    assert all(p.noticed for p in found)


def test_conditions_stay_conditions_and_variables_variables(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        "title: t\nsymbols: {x: {}, y: {}}\ndefine: {f: x**2}\nclaims:\n"
        '  - {id: hinge, holds: "y*where(x*y < 1, 1, 0) == y*indicator(x*y < 1)"}\n'
        '  - {id: at, holds: "f(x=y) == at(f, x=y)"}\n',
        encoding="utf-8",
    )
    found = plant(path, ["hinge", "at"], 100)
    assert {p.claim for p in found} == {"hinge", "at"}
    assert not [p for p in found if "failed" in p.reason or "None" in p.now]


def test_what_holds_all_the_same_is_no_error() -> None:
    same = Planted("f", 1, "a", "x*y", "y*x", "holds", "")
    left = Planted("f", 1, "a", "x*y", "x/y", "undecided", "")
    assert (same.is_error, same.noticed, left.is_error, left.noticed) == (False, False, True, False)


def test_the_command_tells_how_much_is_noticed(case: Path) -> None:
    done = errata("plant", case, "--only", "n*", "--each", "1", "--at-least", "100", "--jobs", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 of 1 planted errors noticed (100 %), 0 undecided\n"
    done = errata("plant", case, "--only", "order", "--jobs", "1")
    assert done.returncode == 2
    assert "nothing to plant an error into" in done.stderr
