"""The Python API: what the documentation shows, the answers of the command as objects, and the errors that users meet."""

from __future__ import annotations

import doctest
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from inspect import signature
from pathlib import Path

import numpy as np
import pytest

import verify
from tests import ROOT
from verify import api

CASE = {
    "symbols": {"z": {}},
    "claims": [
        {"id": "right", "where": "Eq. 1", "of": "exp(0)*2", "prints": "2.0"},
        {"id": "<b>", "where": "$z$", "of": "z + 1", "equals": "z + 2"},
    ],
}


@pytest.fixture(scope="module")
def found(shelf: Path) -> verify.Run:
    return verify.run(CASE, cache=False)


def test_what_the_documentation_shows_is_what_comes_out() -> None:
    tried = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False)
    assert tried.attempted > 15
    assert tried.failed == 0


def test_importing_loads_nothing() -> None:
    code = "import sys, verify, derive; print([m for m in sys.modules if m.startswith(tuple(sys.argv[1:]))])"
    heavy = ["derive.", "verify.", "numpy", "torch", "sympy", "flint", "pydantic", "click", "yaml"]
    done = subprocess.run([sys.executable, "-c", code, *heavy], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_name_is_there_and_others_are_not() -> None:
    assert dir(verify) == sorted(verify.__all__)
    for name in verify.__all__:
        assert callable(getattr(verify, name))
    with pytest.raises(AttributeError, match="no attribute 'prov'"):
        verify.prov  # noqa: B018


def test_the_package_conform_is_its_function() -> None:
    from verify import conform
    from verify.conform.engine import conform as function

    assert signature(conform) == signature(function)
    given = {"domain": {"x": (1, 2)}, "dtypes": ["float64"]}
    assert conform(np.sqrt, "sqrt(x)", **given).outcomes == function(np.sqrt, "sqrt(x)", **given).outcomes


def test_a_case_as_a_mapping_is_judged_and_its_file_is_called_case(found: verify.Run) -> None:
    assert [(r.id, r.verdict, r.file) for r in found.claims] == [
        ("right", "holds", "case.yaml"),
        ("<b>", "wrong", "case.yaml"),
    ]
    assert [r.id for r in found.findings] == ["<b>"]
    assert not found.as_pinned
    assert "case.yaml:9  <b>  " in str(found)
    with pytest.raises(KeyError, match="no claim 'rigth'; did you mean 'right'"):
        found["rigth"]


def test_a_notebook_shows_what_a_case_says_and_no_markup_of_it(found: verify.Run) -> None:
    shown = found._repr_html_()
    assert "<code>&lt;b&gt;</code>" in shown
    assert "<b>" not in shown
    assert "$" not in shown
    assert shown.index("&lt;b&gt;") < shown.index("<code>right</code>")  # what is not as pinned stands first
    for alone in (found.findings, found.findings[0]):
        assert "<code>&lt;b&gt;</code>" in alone._repr_html_()
        assert "<code>right</code>" not in alone._repr_html_()
    assert found.claims == tuple(found.results.claims)
    proof = verify.Proof("x < x", "false", "does not hold at x = 0")
    assert "<code>x &lt; x</code><br><strong>false</strong>" in proof._repr_html_()


def test_what_is_skipped_is_counted_as_skipped_everywhere(found: verify.Run) -> None:
    check = verify.Check(document="d", case="c", subject="L", backend="torch", outcome="undecided", absent="torch")
    claim = found.claims[0].model_copy(update={"verdict": "undecided", "evidence": {"absent": "torch"}})
    some = verify.Run(found.results.model_copy(update={"claims": [claim], "checks": [check]}))
    assert "1 claim: 1 skipped; 1 check: 1 skipped" in some._repr_html_()
    assert repr(some) == "<1 claim: 1 skipped; all as pinned>"


def test_results_are_frozen_and_are_saved_as_the_command_saves_them(found: verify.Run, tmp_path: Path) -> None:
    from verify.results import load

    with pytest.raises(ValueError, match="frozen"):
        found.claims[0].verdict = "wrong"  # type: ignore[misc]
    found.save(tmp_path / "results.json")
    assert load(tmp_path / "results.json") == found.results


def test_where_nothing_is_judged_there_is_nothing_and_no_file_has_a_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.errata]\nout = "reports"\nunknown = 1\n')
    monkeypatch.chdir(tmp_path)
    found = verify.run({"define": {"a": "1 + 1"}}, checks=False)
    assert (found.claims, found.checks, str(found)) == ((), (), "no claims")
    assert [p.name for p in tmp_path.iterdir()] == ["pyproject.toml"]


def test_numbers_and_arrays_of_a_mapping_are_read_exactly() -> None:
    given = {"x": np.array([0.5, 0.25]), "y": Fraction(1, 3), "c": Decimal("0.1"), "n": np.float64(2)}
    made = api._plain({"symbols": given})
    assert made == {"symbols": {"x": [0.5, 0.25], "y": "1/3", "c": "0.1", "n": 2.0}}
    assert verify.check({"symbols": given, "claims": [{"id": "a", "of": "sum(x) + y + c + n", "prints": "3.2"}]})


def test_faults_are_told_with_their_places() -> None:
    bad = {"title": "T", "claims": [{"id": "a", "off": "x"}]}
    found = verify.check(bad)
    assert not found
    assert (found.faults[0].file, found.faults[0].line) == ("case.yaml", 4)
    assert "did you mean 'of'?" in str(found)
    with pytest.raises(verify.CaseFaults) as raised:
        verify.run(bad)
    assert tuple(raised.value.faults) == found.faults


@pytest.mark.parametrize("bad", [{"claims": object()}, {"claims": {1, 2}}])
def test_what_no_case_holds_is_a_type_error(bad: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="nothing that a case holds"):
        verify.check(bad)


def test_a_case_in_itself_is_a_type_error() -> None:
    bad: dict[str, object] = {}
    bad["claims"] = bad
    with pytest.raises(TypeError, match="contain itself"):
        verify.check(bad)


def test_what_is_no_place_or_no_formula_is_a_value_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no case files"):
        verify.run(tmp_path)
    with pytest.raises(ValueError, match=r"CLAIM:4: can't be read at '\('"):
        verify.prove("foo(")
    with pytest.raises(ValueError, match="a size is at least 1"):
        verify.prove("A == A", shapes={"A": (0, 1)})


def test_it_is_the_same_errata_that_answers_wherever_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "verify.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    assert api.prove("-abs(x) <= 0", timeout=60).true
