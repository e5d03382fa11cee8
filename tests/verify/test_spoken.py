"""Which formulas and numbers of a document claims speak of: by quotes, by LaTeX, by digits in the place that they name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verify.cli import main

DOCUMENT = r"""# 1 One

$$ \sigma'(z) = \sigma(z)(1 - \sigma(z)) \quad (1.1) $$

$$ y = x^2 \quad (1.2) $$

At one half it is 0.25, and 0.125 cubed.

## 1.1 More

Table 1.1: Values

Step	Value	Of
1	0.5	x
2	0.25	y
3	$6.25 \times 10^{-2}$	z
"""
CASE = r"""
title: t
source: {file: a.md}
symbols: {z: {}, x: 0.5}
define: {y: x**2}
claims:
  - {id: slope, latex: "\\sigma'(z) = \\sigma(z)(1 - \\sigma(z))"}
  - {id: cube, of: x*y, prints: 0.125, quote: "0.125 cubed"}
  - {id: table, where: Table 1.1 step 2, of: y, prints: 0.25}
  - {id: fourth, where: "1.1", of: y**2, prints: 6.25e-2}
  - {id: nowhere, of: x, prints: 0.5}
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(CASE)
    path = tmp_path / "a.md"
    path.write_text(DOCUMENT)
    return path


def told(path: Path, capfd: pytest.CaptureFixture[str], *arguments: str) -> dict[str, list[str]]:
    assert main(["coverage", str(path), "--json", *arguments]) == 0
    (found,) = json.loads(capfd.readouterr().out)
    return {f"{t['line']}: {t['text']}": t["claims"] for t in found["things"]}


def test_what_is_spoken_of(document: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert told(document, capfd) == {
        r"3: \sigma'(z) = \sigma(z)(1 - \sigma(z)) \quad (1.1)": ["slope"],
        r"5: y = x^2 \quad (1.2)": [],
        "7: 0.25": [],  # the table's is another
        "7: 0.125": ["cube"],
        "14: 0.5": [],  # its claim names no place
        "15: 0.25": ["table"],
        r"16: 6.25 \times 10^{-2}": ["fourth"],
    }
    assert main(["coverage", str(document), "--missing"]) == 0
    out = capfd.readouterr().out
    assert f"{document}:5:4: formula y = x^2" in out
    assert "claims speak of 1 of 2 displayed formulas and 3 of 5 printed numbers, 57.1 %" in out


def test_exit_codes(document: Path) -> None:
    assert main(["coverage", str(document), "--at-least", "57"]) == 0
    assert main(["coverage", str(document), "--at-least", "58"]) == 1
    assert main(["coverage", str(document.with_name("none.md"))]) == 2
    assert main(["coverage", str(document), "--results", "r.json"]) == 2
    document.write_bytes(b"\x89PNG\xff")
    assert main(["coverage", str(document)]) == 2


def test_blocks_of_the_document_itself_and_cases_that_are_named(
    document: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    document.write_text(DOCUMENT + "\n```errata\n- {id: b, latex: 'y = x^2', assuming: y == x**2}\n```\n")
    assert main(["coverage", str(document)]) == 2  # y is no symbol there
    document.write_text(DOCUMENT + "\n```errata\nsymbols: {y: {}, x: {}}\nclaims: [{id: b, latex: 'y = x^2'}]\n```\n")
    assert told(document, capfd)[r"5: y = x^2 \quad (1.2)"] == ["b"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.yaml").write_text(
        "title: t\nsymbols: {y: {}, x: {}}\nclaims: [{id: c, where: Eq. 1.2, of: y, equals: x**2}]\n"
    )
    capfd.readouterr()
    assert told(document, capfd, str(other))[r"5: y = x^2 \quad (1.2)"] == ["c", "b"]


def test_a_document_that_displays_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.md"
    path.write_text("Just words.\n")
    assert main(["coverage", str(path), "--at-least", "100"]) == 0
    assert "no displayed formula" in capfd.readouterr().out


def test_nothing_displayed_is_no_full_coverage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.md"
    path.write_text("Words alone.\n")
    assert main(["coverage", str(path)]) == 0
    assert "no displayed formula and no printed number was found" in capfd.readouterr().out
    assert main(["coverage", str(path), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)[0]["percent"] is None
    path.write_text("$$ x = 1\n\nWords alone.\n")
    assert main(["coverage", str(path), "--missing"]) == 0
    out = capfd.readouterr().out
    assert "0 of 1 displayed formulas" in out
    assert "a.md:1:4: formula x = 1 (not closed: no '$$' follows)" in out


def test_places_in_a_notebook_are_those_of_its_cells(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The draft, the coverage and the finding tell one place."""
    cells = [
        {"cell_type": "code", "source": ["1\n", "2"]},
        {"cell_type": "markdown", "source": ["# A\n", "\n", "$$y = x^2$$ \n", "$$\\frac{dy}{dx} = 3 x$$"]},
    ]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells}, indent=1))
    assert main(["coverage", str(path), "--missing"]) == 0
    assert f"{path}, cell 2, line 4: formula" in capfd.readouterr().out
    assert main(["draft", str(path)]) == 0
    (case,) = tmp_path.glob("*.yaml")
    assert "id: c2-l4" in case.read_text()
    assert "# cell 2, line 3: x**2" in case.read_text()
    capfd.readouterr()
    assert main(["run", str(case), "--no-checks"]) == 1
    assert "a.ipynb, cell 2, line 4" in capfd.readouterr().out
