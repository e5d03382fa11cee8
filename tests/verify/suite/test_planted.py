"""Errors are planted where there is something to change, always the same, and judged as claims are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.commands.test_cli import errata
from verify.casefile import load
from verify.suite.planted import Planted, plant, takes
from verify.suite.slips import in_formula, names_in, sides

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
    said = load(case)
    assert [c.id for c in said.claims if takes(said, c)] == ["slope", "vector", "number", "false"]


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


def test_slips_keep_digits_conditions_and_variables() -> None:
    text = "0.12345678901234567890*where(x*y < 1, x, d(f, x)) + at(f, x=y)"
    found = list(in_formula(text, names_in(text)))
    assert len(found) == len(set(found)) > 20
    assert any("2 * 0.12345678901234567890 *" in now for now in found)
    assert all("0.12345678901234567890" in now for now in found if "0.12" in now)
    assert all("x * y < 1" in now for now in found if "where" in now)
    assert all(now.count("d(f, x)") + now.count("at(f, x=y)") >= 1 for now in found)
    assert names_in(text) == {"x", "y", "f"}
    assert not list(in_formula("2x", frozenset()))
    assert (sides("a == b + 1"), sides("a <= b"), sides("a == b == c"), sides("a ==")) == (
        ("a", "b + 1"),
        None,
        None,
        None,
    )


def test_letters_as_sizes_stay_letters(tmp_path: Path) -> None:
    """k stands for 1 in one of the instances: that k**2 is k there is no reason to call it right."""
    path = tmp_path / "n.yaml"
    path.write_text(
        "title: t\nsizes: {k: [1, 3]}\nsymbols: {v: {shape: [k]}}\nclaims:\n  - {id: m, of: mean(v), equals: sum(v)/k}\n",
        encoding="utf-8",
    )
    found = plant(path, ["m"], 100)
    assert {p.now for p in found} >= {"sum(v) / k ** 2", "sum(v)"}
    assert all(p.noticed for p in found if p.now in ("sum(v) / k ** 2", "sum(v)"))


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
