"""Pictures: where there is something to see, the same bytes again, readable without colour, a stranger's text as text."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.verify.report.test_report import make_case, result
from verify.casefile import load
from verify.casefile.model import Case
from verify.report import pictures
from verify.report.contents import documents
from verify.report.pictures import curves, draw, spread
from verify.report.words import Item
from verify.results import CallPath, Implementation, Results

pytest.importorskip("matplotlib")
SVG = "{http://www.w3.org/2000/svg}"


def item(case: Case, verdict: str = "wrong", **evidence: object) -> Item:
    claim = case.claims[0]
    return Item(result(case, claim.id, verdict, evidence={"method": "certified", **evidence}), case, claim)  # type: ignore[arg-type]


def read(case: str, where: Path) -> Case:
    path = where / "a-book" / "case.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(case, encoding="utf-8")
    return load(path)


RELU = """\
title: A kink
symbols: {z: {}}
claims:
  - {id: c, of: "d(relu(z), z)", equals: "where(z > 0, 1, 0)"}
"""


def test_where_a_formula_fails_its_sides_are_drawn_with_the_counterexample_and_the_kinks(tmp_path: Path):
    made = curves.drawn(item(read(RELU, tmp_path), "holds-if", **{"as stated": {"witness": {"z": "0"}}}))
    assert made is not None
    assert "The marks are where the claim fails: z = 0." in made.said
    assert "where pieces meet, z = 0" in made.said
    dashes = {line for line in made.svg.split('"') if "stroke-dasharray" in line}
    assert dashes  # the sides are told apart by more than colour


def test_a_bound_is_drawn_with_the_function_and_its_slope(tmp_path: Path):
    case = read('title: T\nsymbols: {z: {}}\nclaims:\n  - {id: c, holds: "d(sigmoid(z), z) <= 1/4"}\n', tmp_path)
    made = curves.drawn(item(case, "holds"))
    assert made is not None
    assert "the slope is dotted" in made.said
    texts = [t.text for t in ET.fromstring(made.svg).iter(f"{SVG}text")]
    assert {"d(sigmoid(z), z)", "slope", "z"} <= set(texts)


@pytest.mark.parametrize(
    ("claim", "witness"),
    [
        ('of: a, equals: "2*a"', {"a": "1"}),  # two straight lines
        ('of: "sin(a)", equals: "sin(a)"', {"a": "1"}),  # nothing differs
        ('of: "sin(a)", equals: "cos(a)"', {}),  # no point is known
        ('of: "sin(a)", equals: "cos(a)"', {"a": "no number"}),
        ('of: "sin(a)", equals: "cos(b)"', {"a": "1"}),  # one symbol has no value
        ('of: "log(a)", equals: "log(a) + 1"', {"a": "-1e9"}),  # no value far and wide
        ('holds: "all(a > n for n in 3)"', {"a": "1"}),
    ],
)
def test_where_nothing_is_to_be_seen_nothing_is_drawn(claim: str, witness: dict[str, str], tmp_path: Path):
    case = read(f"title: T\nsymbols: {{a: {{}}, b: {{}}}}\nclaims:\n  - {{id: c, {claim}}}\n", tmp_path)
    assert curves.drawn(item(case, witness=witness)) is None


def test_the_same_picture_is_the_same_bytes_whatever_was_drawn_before(tmp_path: Path):
    relu = item(read(RELU, tmp_path), "holds-if", **{"as stated": {"witness": {"z": "0"}}})
    first = curves.drawn(relu)
    with draw.axes(1.0, frame=False) as (a, _):
        a.text(0, 0, "something else")
        a.bar([1], [2])
    assert curves.drawn(relu) == first
    assert first is not None
    assert "<dc:date>" not in first.svg
    assert "prefers-color-scheme: dark" in first.svg


def test_errors_are_drawn_with_what_follows_from_them():
    claims = [{"id": f"t{k}", "of": "z", "prints": "0.7", "where": "<b>$x$&"} for k in range(4)]
    case = make_case(claims)
    found = [result(case, "t0", "wrong", exact="0.8")]
    found += [result(case, f"t{k}", "inherited", exact="0.8", origin=["t0"]) for k in (1, 2)]
    items = [Item(r, case, next(c for c in case.claims if c.id == r.id)) for r in found]
    made = spread.drawn(items)
    assert made is not None
    assert made.said == "How errors spread: from t0 to t1, t2."
    assert [t.text for t in ET.fromstring(made.svg).iter(f"{SVG}text")].count("<b>$x$&") == 3
    assert spread.drawn(items[:2]) is None


DESCENT = """\
title: Descent
symbols: {lr: 0.1}
sequences:
  u: {start: 1, step: "u - lr*2*u"}
  v: {start: 2, step: "v - lr*8*v"}
define:
  skew: u**2 + v
  loss: u**2 + 4*v**2
claims:
  - {id: c, of: loss(20), prints: "0.00013"}
"""


def test_iterations_are_drawn_on_what_they_descend_on(tmp_path: Path):
    case = read(DESCENT, tmp_path)
    (document,) = documents(Results(claims=[]), [case])
    (made,) = pictures.of_case(document.parts[0])
    assert made.said.startswith(
        "Level lines of loss, and 20 steps of (u, v) over it: from (1, 2), the circle, to (0.01153, "
    )


def test_a_document_with_a_census_shows_how_much_is_checked(tmp_path: Path):
    case = read(RELU, tmp_path)
    (tmp_path / "a-book/census").mkdir()
    (tmp_path / "a-book/census/all.yaml").write_text('"1.1":\n  - {id: c}\n  - {id: other}\n')
    found = Results(claims=[result(case, "c", evidence={"method": "proved"})])
    (document,) = documents(found, [case])
    (made,) = pictures.of_document(document)
    assert "1 of 2 statements (50.0 %)" in made.said
    (tmp_path / "a-book/census/all.yaml").write_text("broken: [")
    assert not list(pictures.of_document(document))


def test_errors_in_ulps_are_drawn_with_infinities_at_the_edge():
    bins = [("1.0", "inf"), ("-1e30", "0.5"), ("inf", "9")]
    paths = [
        CallPath(order="value", mode=mode, dtype="float32", verdict="deviates", bins=bins)
        for mode in ("eager", "$<mode>")
    ]
    found = Implementation(
        id="f", document="d", case="c", name="f", formula="x", verdict="deviates", paths=paths, file="c", line=1
    )
    (made,) = pictures.of_implementation(found)
    assert "float32, $<mode>" in [t.text for t in ET.fromstring(made.svg).iter(f"{SVG}text")]
    assert not list(pictures.of_implementation(found.model_copy(update={"paths": []})))
