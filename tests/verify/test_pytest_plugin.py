"""Cases as tests, run by pytest itself: ids, markers, failures, JUnit, workers of xdist, and what failed last."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from tests import ROOT

pytest_plugins = ["pytester"]

CASE = """\
title: Softplus
symbols: {z: {}, x: 0.5}
define:
  softplus: log(1 + exp(x))
claims:
  - {id: eq2, of: exp(z), equals: exp(z)*(1 + exp(z))}
  - {id: eq3, of: softplus, prints: 0.9740}
  - {id: eq4, of: softplus**2, prints: 0.9487, verdict: inherited, because: follows from eq3}
  - {id: slope, of: "d(z**2, z)", equals: 2*z}
implementations:
  - {name: numpy.log1p, of: x, in: {x: [1, 2]}, dtypes: [float64]}
"""
TOLD = "case.yaml:6: eq2: wrong, pinned holds: not equal at z = 0: the left side is 1, the right side 2; "


#: Tells what a test is chosen by.
CONFTEST = """\
def pytest_collection_modifyitems(items):
    for item in items:
        marker = item.get_closest_marker("errata")
        print(item.name, *marker.kwargs.values(), *sorted(item.extra_keyword_matches), sep="|")
"""
LISTED = [
    "eq2|claim|formula|holds|claim|formula|holds",
    "eq3|claim|number|holds|claim|holds|number",
    "eq4|claim|number|inherited|claim|inherited|number",
    "slope|claim|formula|holds|claim|formula|holds",
    "sympy: d(z**2, z)|check|sympy|agrees|agrees|check|sympy",
    "numpy: z**2|check|numpy|agrees|agrees|check|numpy",
    "torch: z**2|check|torch|agrees|agrees|check|torch",
    "numpy.log1p|implementation|numpy|conforms|conforms|implementation|numpy",
]


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (pytester.path / "case.yaml").write_text(CASE)
    return pytester


def ran(folder: pytest.Pytester, *words: str) -> pytest.RunResult:
    return folder.runpytest_subprocess("-p", "errata_ml.pytest_plugin", "-p", "xdist.plugin", "--errata", *words)


def test_items_are_the_units_of_cases_and_faults_are_errors(folder: pytest.Pytester) -> None:
    folder.makeconftest(CONFTEST)
    (folder.path / "workflow.yaml").write_text("on: push\njobs: {}\n")
    (folder.path / "census").mkdir()
    (folder.path / "census" / "said.yaml").write_text("claims: 3\n")
    (folder.path / "bad.yaml").write_text("title: T\nclaims:\n  - {id: a, off: x}\n  - {id: b, of: q, prints: 1}\n")
    found = ran(folder, "--collect-only", "-q", "--strict-markers")
    assert [line for line in found.outlines if "|" in line] == LISTED
    assert [line for line in found.outlines if line.startswith("ERROR ")] == ["ERROR bad.yaml"]
    found.stdout.fnmatch_lines(["bad.yaml:3:13: unknown key 'off' in a claim; did you mean 'of'?", "bad.yaml:4:*'q'*"])


def test_what_is_as_pinned_passes_and_the_rest_is_told_in_the_tools_words(folder: pytest.Pytester) -> None:
    found = ran(folder, "-n", "2", "--junitxml=junit.xml", "-m", "not errata(part='check')")
    found.assert_outcomes(passed=2, failed=3)
    assert any(line.startswith(TOLD) for line in found.outlines)
    assert (
        "case.yaml:7: eq3: truncated, pinned holds: cut off, not rounded; correct: 0.9741 (0.97407698)"
        in found.outlines
    )
    assert any(line.startswith("  again: errata conform numpy:log1p --formula") for line in found.outlines)
    suite = ElementTree.parse(folder.path / "junit.xml").getroot()[0]
    cases = {str(c.get("name")): c for c in suite}
    assert set(cases) == {"eq2", "eq3", "eq4", "slope", "numpy.log1p"}
    verdicts = {name: p.get("value") for name, c in cases.items() for p in c.iter("property")}
    assert (verdicts["eq4"], verdicts["slope"], verdicts["numpy.log1p"]) == ("inherited", "holds", "deviates")
    (failure,) = cases["eq2"].iter("failure")
    assert TOLD in str(failure.get("message"))
    ran(folder, "--lf", "-q").assert_outcomes(failed=3)  # as was remembered of them


def test_conformance_fails_at_the_line_of_the_test(folder: pytest.Pytester) -> None:
    folder.makepyfile(
        """
        import numpy as np
        from verify import assert_conforms

        def test_own():
            assert_conforms(np.log1p, "x", domain={"x": (1, 2)}, dtypes=["float64"])
        """
    )
    found = folder.runpytest_subprocess("-p", "errata_ml.pytest_plugin")
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(
        [">       assert_conforms(*", "E *NotConforming: numpy.log1p: deviates (wrong formula)*"]
    )
    found.stdout.no_fnmatch_line("*engine.py*raise NotConforming*")
