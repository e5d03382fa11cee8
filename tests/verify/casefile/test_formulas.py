"""``latex:`` in cases: claims and definitions as the document has them, the table ``names:``, faults with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.engine import decide_equal
from derive.errors import ExpressionError
from derive.language.latex import read
from derive.language.typeset import latex
from tests import ROOT
from verify.casefile import CaseFaults, load
from verify.casefile.model import Case

CASE = r"""
title: LaTeX
symbols: {x: 2, y: 1, w: 3, b: {}, W: {shape: [2, 3]}, v: {shape: [3]}}
names: {'J': L, '\mathbf{w}_1': 'W[0]'}
define:
  L: {latex: '\frac{1}{2}(y - \hat{y})^2'}
  yhat: {latex: '\hat{y} = \sigma(z)'}
  z: {latex: 'w x + b'}
claims:
"""


def case(tmp_path: Path, claims: str) -> Case:
    path = tmp_path / "case.yaml"
    path.write_text(CASE + claims)
    return load(path)


def faults(tmp_path: Path, claims: str) -> list[str]:
    with pytest.raises(CaseFaults) as found:
        case(tmp_path, claims)
    return [str(f).removeprefix(str(tmp_path / "case.yaml:")) for f in found.value.faults]


def test_a_formula_says_of_and_equals_and_prints(tmp_path: Path) -> None:
    made = case(
        tmp_path,
        r"""
  - {id: a, latex: '\frac{\partial J}{\partial z} = (\hat{y} - y)\,\hat{y}(1 - \hat{y})'}
  - {id: b, latex: 'w x = 3 \cdot 2.0 = 6.0'}
  - {id: c, latex: '0 < \hat{y} < 1', assuming: [b > 0]}
  - {id: d, latex: '\mathbf{w}_1^\top v \approx 0.25'}
""",
    )
    a, b, c, d = made.claims
    assert (a.texts["of"], a.texts["equals"]) == ("d(L, z)", "(yhat - y)*yhat*(1 - yhat)")
    assert (b.texts["of"], b.texts["shows"], b.prints) == ("w*x", "3*2.0", "6.0")
    assert c.texts["holds"] == "0 < yhat < 1"
    assert len(c.assuming) == 1
    assert (d.texts["of"], d.prints) == ("W[0] @ v", "0.25")
    assert made.definitions["yhat"].text == "sigmoid(z)"


def test_a_reading_that_was_looked_at_stays(tmp_path: Path) -> None:
    formula = r"latex: '\frac{\partial J}{\partial z} = \hat{y} - y'"
    (made,) = case(tmp_path, f"  - {{id: a, {formula}, reads: 'd(L, z) == yhat - y'}}\n").claims
    assert made.texts["of"] == "d(L, z)"
    (fault,) = faults(tmp_path, f"  - {{id: a, {formula}, reads: 'd(J, z) == yhat - y'}}\n")
    assert "the formula reads 'd(L, z) == yhat - y' now" in fault
    (fault,) = faults(tmp_path, "  - {id: a, of: x, equals: x, reads: x}\n")
    assert "'reads' needs 'latex'" in fault


def test_what_a_formula_says_is_judged_as_if_it_stood_there(tmp_path: Path) -> None:
    from verify.claims import CaseContext, judge

    made = case(
        tmp_path,
        r"""
  - {id: right, latex: '\frac{\partial J}{\partial \hat{y}} = \hat{y} - y'}
  - {id: wrong, latex: '\frac{\partial J}{\partial \hat{y}} = y - \hat{y}'}
""",
    )
    context = CaseContext(made)
    assert [judge(context, c).verdict for c in made.claims] == ["holds", "wrong"]


def test_faults_have_their_place_in_the_formula(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        r"""
  - {id: a, latex: 'w x + q = 1'}
  - id: b
    latex: >-
      \frac{\partial L}{\partial z}
      = \hat{x}
  - {id: c, latex: 'w/x b = 1'}
  - {id: d, latex: 'w = x, \quad x = b'}
  - {id: e, latex: 'w = x', of: w}
""",
    )
    assert told[0].startswith("11:27: unknown symbol 'q'")
    assert told[1].startswith("15:9: unknown symbol '\\hat{x}'")
    assert "can be read as w/x*b" in told[2]
    assert "'names:'" in told[2]
    assert "2 statements, each a claim of its own: w == x; x == b" in told[3]
    assert "'of' beside 'latex'" in told[4]


def test_what_claims_nothing_and_what_double_quotes_made_of_it_are_told(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        r"""
  - {id: a, latex: 5}
  - {id: b, latex: "\frac{x}{2} = x/2"}
  - {id: c, latex: "\\frac{x}{2} = w"}
  - {id: d, latex: 'w x', prints: 6.0}
""",
    )
    assert told[0].startswith("11:20: '5' is an expression and claims nothing: expected an equation")
    assert told[1].startswith("12:20: a backslash in double quotes starts an escape")
    assert "use single quotes" in told[1]
    assert len(told) == 2


def test_a_definition_needs_one_value(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(
        "title: t\nsymbols: {x: 1}\ndefine:\n  z: {latex: 'x < 1'}\n  q: {latex: 'x \\frac'}\n  r: {text: x}\n"
    )
    with pytest.raises(CaseFaults) as found:
        load(path)
    assert len(found.value.faults) >= 3


def test_the_table_of_names_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("title: t\nsymbols: {x: 1}\nnames: {'(x': x, 'q': [x]}\n")
    with pytest.raises(CaseFaults) as found:
        load(path)
    first, second = (f.message for f in found.value.faults)
    assert "no whole piece of a formula" in first
    assert second == "expected an expression of the language; one with brackets needs quotes"


LIBRARY = ("2.7-single-neuron", "2.8-three-layer", "6.10.4-ridge", "1.6-forward-backward")


@pytest.mark.parametrize("name", LIBRARY)
def test_what_cases_say_is_read_back_from_print(name: str) -> None:
    """Each expression as it was, or refused, or (with factors grouped otherwise) proved to be the same; never another."""
    made = load(ROOT / "cases" / "understanding-neural-networks" / f"{name}.yaml")
    sizes = {n: made.graph.define(n, made.graph.const(k)) for n, k in made.sizes.items()}
    scope = sizes | {n: s.node for n, s in made.symbols.items()} | {n: d.node for n, d in made.definitions.items()}
    nodes = {d.node.args[0] for d in made.definitions.values()} | {
        n for c in made.claims for n in (c.of, *c.equals) if n
    }
    ordered = sorted(nodes, key=latex)
    refused = 0
    for n in ordered:
        try:
            (said,) = read(latex(n), scope, made.graph).statements
        except ExpressionError:
            refused += 1
            continue
        (back,) = said.nodes
        assert back is n or (back.shape == n.shape and decide_equal(back, n).status == "proved"), latex(n)
    assert refused <= len(nodes) / 3  # names that print alike (b_1 and the first entry of b) are told


def test_definitions_in_latex_come_along_with_what_they_stand_on(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE)
    other = tmp_path / "other.yaml"
    other.write_text(
        r"""
title: t
uses: {from: case.yaml, names: [L]}
claims:
  - {id: a, latex: 'J = \frac{(y - \sigma(z))^2}{2}'}
"""
    )
    made = load(other)
    assert set(made.definitions) == {"L", "yhat", "z"}
    assert set(made.symbols) == {"x", "y", "w", "b"}
    other.write_text("title: t\nuses: case.yaml\nnames: {'J': z}\n")
    with pytest.raises(CaseFaults, match=r"'J' is 'L' in .*case\.yaml, which comes along, and 'z' here"):
        load(other)
