"""The errata by consequence: every error once, under what it means, with what should stand there, and a list to paste."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verify.casefile import load
from verify.claims import CaseContext, judge
from verify.report.consequences import (
    ALL,
    ASSUMPTION,
    CONTRADICTION,
    CONVENTION,
    CORRECTIONS,
    DIGIT,
    GAP,
    REMARKS,
    RESULT,
    STATEMENT,
    Consequence,
    consequence,
    of_chain,
    units_off,
)
from verify.report.errata import errata, place
from verify.report.markdown import write
from verify.report.place import Links
from verify.report.words import Item
from verify.results import VERDICTS, Result, Results
from verify.verdict import told

CASE = """\
title: A neuron
document: book
source: {section: "2.7"}
symbols: {x: 2, w: 0.5, y: 1, u: {}, t: {}, left: {}, A: {shape: [2, 3]}, B: {shape: [3, 2]}, lost: {recover: true}}
define: {z: w*x, yhat: sigmoid(z), L: (y - yhat)**2/2, share: lost}
claims:
  - {id: fine, where: "2.7", of: z, prints: 1.0}
  - {id: start, where: step 1, of: yhat, prints: 0.7512, verdict: wrong, because: "0.7311, misread"}
  - {id: follows, where: step 2, of: "d(L, yhat)", prints: -0.2488, by: yhat - y}
  - {id: cut, where: step 3, of: "d(yhat, z)", prints: 0.196611}
  - {id: off, where: step 4, of: yhat**2, prints: 0.53446}
  - {id: rounded, where: step 5, shows: 0.27*0.27, prints: 0.0723}
  - {id: kink, where: "2.7.1", of: "d(relu(t), t)", equals: "where(t > 0, 1, 0)", verdict: holds-if, because: no slope at 0}
  - {id: again, where: (2.9), of: "d(relu(t), t)", equals: "where(t > 0, 1, 0)", verdict: holds-if, because: no slope at 0}
  - {id: slip, where: Table 1, of: "d(u**2, u)", equals: u, note: a | b}
  - {id: order, where: "2.8", of: "A @ B @ A", equals: "A @ A @ B"}
  - {id: said, where: "2.9", kind: statistic, holds: u**2 > 1}
  - {id: large, where: "2.9", kind: statistic, holds: u**2 < 1, verdict: wrong, because: u may be anything}
  - {id: half, where: "2.9", of: L, standard: {form: (y - yhat)**2, name: a squared error}}
  - {id: gap, where: "2.9", recover: lost}
  - {id: one, where: "3.1", prints: 0.5, agrees: two}
  - {id: two, where: "3.2", prints: 0.6, agrees: one}
"""


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> list[Item]:
    """The claims of the case, judged."""
    path = tmp_path_factory.mktemp("book") / "neuron.yaml"
    path.write_text(CASE, encoding="utf-8")
    case = load(path)
    context = CaseContext(case)
    found = []
    for c in case.claims:
        v = judge(context, c)
        result = Result(
            id=c.id, document="book", case="neuron", where=c.where, kind=c.kind, verdict=v.verdict, pinned=c.pinned,  # type: ignore[arg-type]
            printed=c.prints, exact=v.exact, reason=v.reason, origin=list(v.origin), evidence=told(v.evidence),
            file=str(path), line=c.place.line,
        )  # fmt: skip
        found.append(Item(result, case, c))
    return found


@pytest.fixture(scope="module")
def page(items: list[Item]) -> str:
    ids = frozenset(i.result.id for i in items)
    return errata("a-book", items, Links(frozenset(["neuron"]), {"neuron": ids}), False)


def section(page: str, heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fine", None),
        ("start", RESULT),
        ("follows", RESULT),
        ("cut", DIGIT),
        ("off", DIGIT),
        ("kink", ASSUMPTION),
        ("slip", RESULT),
        ("order", RESULT),
        ("said", STATEMENT),
        ("half", CONVENTION),
        ("gap", GAP),
        ("one", CONTRADICTION),
    ],
)
def test_what_was_found_says_what_it_means(items: list[Item], name: str, expected: Consequence | None) -> None:
    (item,) = [i for i in items if i.result.id == name]
    assert consequence(item.result) is expected


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_but_two_has_a_consequence(verdict: str) -> None:
    said = {"document": "d", "case": "c", "where": "", "kind": "formula", "pinned": "holds", "file": "f", "line": 1}
    made = consequence(Result.model_validate({"id": "a", "verdict": verdict, **said}))
    assert (made is None) == (verdict in ("holds", "undecided"))
    assert made is None or made in ALL


def test_each_consequence_is_a_correction_or_a_remark() -> None:
    assert sorted(c.heading for c in (*CORRECTIONS, *REMARKS)) == sorted(c.heading for c in ALL)


@pytest.mark.parametrize(
    ("printed", "exact", "units"),
    [
        ("0.12", "0.125", "1/2"),
        ("1e3", "1500", "1/2"),
        ("~0.7", "0.9", "2"),
        ("3/2", "1.4", None),
        ("0.1", "none", None),
    ],
)
def test_units_of_the_last_place(items: list[Item], printed: str, exact: str, units: str | None) -> None:
    found = units_off(items[0].result.model_copy(update={"printed": printed, "exact": exact}))
    assert (None if found is None else str(found)) == units


@pytest.mark.parametrize(
    ("printed", "exact", "expected"),
    [
        ("0.1235", "0.12342", DIGIT),
        ("0.1236", "0.12342", RESULT),
        ("5", "4", RESULT),  # it counts something
        ("12,289", "12288", RESULT),
        ("1.24e4", "12345", DIGIT),
        ("0.3", "0.17", RESULT),  # of one digit
        ("0", "1", RESULT),
    ],
)
def test_a_digit_is_a_small_error(items: list[Item], printed: str, exact: str, expected: Consequence) -> None:
    wrong = items[1].result.model_copy(update={"printed": printed, "exact": exact})
    assert consequence(wrong) is expected


def test_an_error_means_what_the_gravest_that_follows_from_it_means(items: list[Item]) -> None:
    by_id = {i.result.id: i.result for i in items}
    assert of_chain([by_id["cut"]]) is DIGIT
    assert of_chain([by_id["cut"], by_id["follows"]]) is RESULT


def test_what_follows_stands_below_its_origin_and_nowhere_else(page: str) -> None:
    part = section(page, "Changes a result")
    assert re.search(
        r"^- \[\*\*step 1\*\*\]\(neuron.md#claim-start\): .* = 0.7512, should be \*\*0.7311\*\*. Misread.\n"
        r"  - \[\*\*step 2\*\*\]\(neuron.md#claim-follows\): .* = -0.2488, should be \*\*-0.2689\*\*.$",
        part,
        re.MULTILINE,
    )
    assert page.count("#claim-follows") == 1


def test_every_error_stands_once_with_a_link(items: list[Item], page: str) -> None:
    for item in items:
        expected = consequence(item.result) is not None
        told = rf"^ *- \[[^]]*\]\(neuron.md#claim-{item.result.id}\):|The same in .*#claim-{item.result.id}\)"
        assert len(re.findall(told, page, re.MULTILINE)) == expected, item.result.id


def test_the_same_remark_at_two_places_stands_once(page: str) -> None:
    part = section(page, "An assumption that is not stated")
    assert "[**Section 2.7.1**](neuron.md#claim-kink)" in part
    assert "holds only if `t != 0`. No slope at 0. The same in [**Eq. (2.9)**](neuron.md#claim-again)." in part


def test_what_is_said_in_words_is_told_in_words(page: str) -> None:
    part = section(page, "A statement that is not so")
    assert "u may be anything. (As a formula, refuted: $`u^{2} \\lt 1`$.)" in part
    assert "$`u^{2} \\gt 1`$. Does not hold at u = 0." in part  # nobody has put it into words


def test_contradictions_stand_together(page: str) -> None:
    part = section(page, "Two things that can't both stand")
    assert part.count("\n- ") == 1
    assert "[**Section 3.1**](neuron.md#claim-one)" in part
    assert "  - [**Section 3.2**](neuron.md#claim-two): 0.6" in part


def test_a_formula_is_told_with_what_mends_it(page: str) -> None:
    part = section(page, "Changes a result")
    assert "and the left side is $`2 u`$" in part
    assert "A \\in" not in part
    assert "`A @ B @ A = A @ A @ B`" in part  # of shapes that do not fit: as it was written down


def test_the_list_to_paste_is_plain(page: str) -> None:
    listed = section(page, "To paste")
    lines = listed[listed.index("```text") :].splitlines()
    assert "- step 1: for 0.7512 read 0.7311." in lines
    assert "- step 2: for -0.2488 read -0.2689." in lines
    assert "- step 3: for 0.196611 read 0.196612." in lines
    assert "- step 4: for 0.53446 read 0.53445." in lines
    assert "- Section 2.7.1; Eq. (2.9): `d(relu(t), t) = where(t > 0, 1, 0)`: no slope at 0." in lines
    assert "- Section 2.9: `u**2 < 1`: u may be anything." in lines  # of a relation, too, what it says
    assert lines.index("Corrections") < lines.index("Remarks")
    assert not [line for line in lines if "$" in line or "](" in line]


def test_one_paragraph_of_numbers_is_on_top(page: str) -> None:
    (head,) = [line for line in page.splitlines() if line.startswith("Of ")]
    assert head.startswith("Of 16 claims of *A book* that were checked, ")
    assert "2 contradict each other" in head
    parts = re.findall(rf"(\d+) (?:{'|'.join(re.escape(w) for c in ALL for w in (c.one, c.many))})", head)
    assert f"That makes {sum(map(int, parts))} entries: " in head


def test_nothing_wrong_is_said_so(items: list[Item]) -> None:
    said = errata("a-book", items[:1], Links(frozenset(), {}), False)
    assert "1 holds. There is nothing to mend." in said
    assert "## " not in said


def test_places_as_one_would_say_them(items: list[Item]) -> None:
    said = {i.result.where: place(i) for i in items}
    assert (said["2.7.1"], said["(2.9)"], said["Table 1"]) == ("Section 2.7.1", "Eq. (2.9)", "Table 1")


def test_the_report_writes_it_beside_the_index(items: list[Item], tmp_path: Path) -> None:
    results = Results(claims=[i.result for i in items])
    case = items[0].case
    written = {p.name: p.read_text(encoding="utf-8") for p in write(results, [case], tmp_path)}
    assert "errata by consequence" in written["errata.md"]
    assert "](errata.md)" in written["README.md"]
