"""What a run found, for machines: read back by readers of each format."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from verify import messages
from verify.formats import FORMATS, renderer
from verify.formats.findings import findings
from verify.results import Check, Implementation, Result, Results, Worst
from verify.suite.found import FileFound, Found, called, texts
from verify.suite.glance import of_results

NASTY = "100% <b>&amp;</b>, a: b\nc|d \x1b[2J \u202e"


def claim(name: str, verdict: str = "holds", pinned: str = "holds", reason: str = "", **more: Any) -> Result:
    said = {"document": "book", "case": "one", "where": "here", "kind": "formula", "file": "book/one two.yaml"}
    return Result(
        **{**said, "id": name, "verdict": verdict, "pinned": pinned, "reason": reason, "line": 5, "column": 7, **more}
    )


def check(subject: str, outcome: str, **more: Any) -> Check:
    return Check(document="book", case="one", subject=subject, backend="numpy", outcome=outcome, **more)  # type: ignore[arg-type]


def implementation(name: str, verdict: str, pinned: str = "conforms") -> Implementation:
    said = {"document": "book", "case": "one", "name": name, "formula": "x", "file": "book/one two.yaml", "line": 9}
    return Implementation(**{**said, "id": name, "verdict": verdict, "pinned": pinned, "reason": "since"})


RESULTS = Results(
    cases=["book/one two.yaml"],
    digests={"book/one two.yaml": "0"},
    claims=[
        claim("fine"),
        claim("bad", "wrong", reason=NASTY),
        claim("known", "wrong", "wrong"),
        claim("mended", "holds", "wrong"),
        claim("open", "undecided", reason="a limit of work was reached"),
        claim("away", "undecided", evidence={"absent": "torch"}),
    ],
    checks=[
        check("L", "agrees"),
        check("grad(L, [w])", "differs", worst=Worst(input={"w": "1.5"}, error="3 ulps", tolerance="1 ulp")),
        check("H", "undecided", reason="it hung"),
    ],
    implementations=[implementation("torch.f", "deviates"), implementation("torch.g", "skipped")],
)


def found(results: Results = RESULTS) -> Found:
    (file,) = results.cases
    made = FileFound(file, "book", of_results(results), partial(texts, results), {file: "0"}, results)
    return Found([made])


#: What must be told: the code and the name of each, in order.
TOLD = [
    ("V101", "bad"),
    ("V109", "mended"),
    ("V103", "open"),
    ("I301", "torch.f"),
    ("C201", "numpy grad(L, [w])"),
    ("C202", "numpy H"),
]


def test_a_finding_is_what_is_not_as_it_should_be() -> None:
    made = list(findings(found().glance))
    assert [(f.code, f.id) for f in made] == TOLD
    assert [(f.file, f.line, f.column) for f in made[:3]] == [("book/one two.yaml", 5, 7)] * 3
    assert {f.file for f in made} == {"book/one two.yaml"}
    assert len({f.key for f in made}) == len(made)


def test_json_is_the_results_file() -> None:
    assert Results.model_validate_json(renderer("json")(found())) == RESULTS


def test_ndjson_is_a_line_each() -> None:
    rows = [json.loads(line) for line in renderer("ndjson")(found()).splitlines()]
    assert [r["part"] for r in rows] == ["claim"] * 6 + ["check"] * 3 + ["implementation"] * 2
    assert [r["id"] for r in rows[:2]] == ["fine", "bad"]


def test_junit_counts_what_its_elements_say() -> None:
    root = ET.fromstring(renderer("junit")(found()))
    (suite,) = root
    for counted in (root, suite):
        assert [counted.get(k) for k in ("tests", "failures", "errors", "skipped")] == ["11", "4", "2", "2"]
    said = {t.get("name"): [e.tag for e in t] for t in suite}
    assert said["fine"] == said["known"] == said["numpy L"] == []
    assert said["bad"] == said["mended"] == said["torch.f"] == ["failure"]
    assert said["open"] == said["numpy H"] == ["error"]
    assert said["away"] == said["torch.g"] == ["skipped"]
    assert {t.get("classname") for t in suite} == {"book.one"}
    assert "100% <b>&amp;</b>, a: b c|d" in str(suite[1][0].get("message"))
    again = {str(t[0].text).splitlines()[-1] for t in suite if len(t) and t[0].tag != "skipped"}
    assert "again: errata explain 'book/one two.yaml' bad" in again
    assert "again: errata run 'book/one two.yaml' --no-cache" in again
    assert all(line.startswith("again: errata ") for line in again)


def test_sarif_has_a_rule_for_each_result_and_places_in_the_file() -> None:
    """Beside this, output of the command was held to the schema of the standard, which is too large to be kept here."""
    data = json.loads(renderer("sarif")(found()))
    (run,) = data["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert data["version"] == "2.1.0"
    assert run["tool"]["driver"]["version"]
    assert [r["id"] for r in rules] == [m.code for m in messages.of_findings()]
    assert [r["ruleId"] for r in run["results"]] == [code for code, _ in TOLD]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "book/one%20two.yaml"}, "region": {"startLine": 5, "startColumn": 7}}
    moved = RESULTS.model_copy(update={"claims": [c.model_copy(update={"line": 50}) for c in RESULTS.claims]})
    again = json.loads(renderer("sarif")(found(moved)))["runs"][0]["results"]
    assert [r["partialFingerprints"] for r in again] == [r["partialFingerprints"] for r in run["results"]]


def read_command(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner of GitHub reads it: the message, and properties, unescaped."""
    m = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
    assert m

    def plain(text: str) -> str:
        for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            text = text.replace(code, char)
        return text

    return m[1], {k: plain(v) for k, _, v in (p.partition("=") for p in m[2].split(","))}, plain(m[3])


def test_annotations_read_back_as_they_were() -> None:
    lines = renderer("github")(found()).splitlines()
    read = [read_command(line) for line in lines]
    assert [level for level, _, _ in read] == ["error", "notice", "warning", "error", "error", "warning"]
    _, where, text = read[0]
    assert where == {"file": "book/one two.yaml", "line": "5", "col": "7", "title": "V101 bad"}
    assert text.startswith("bad: wrong (pinned holds): 100% <b>&amp;</b>, a: b c|d")
    assert read[4][1]["title"] == "C201 numpy grad(L, [w])"


def test_markdown_is_one_table_of_harmless_cells() -> None:
    text = renderer("markdown")(found())
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(TOLD)
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
    assert "<b>" not in text
    assert text.startswith("**Errata**: 6 claims: 2 holds, 2 wrong, 1 undecided")


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_that_moves_a_terminal_or_a_reader_gets_out(name: str) -> None:
    text = renderer(name)(found())
    assert "\x1b" not in text
    assert name.endswith("json") or "\u202e" not in text


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_without_findings_is_said_in_every_format(name: str) -> None:
    fine = RESULTS.model_copy(update={"claims": [claim("fine")], "checks": [], "implementations": []})
    text = renderer(name)(found(fine))
    assert ("V1" in text) is (name == "sarif")  # which names its rules


def test_files_may_be_called_otherwise() -> None:
    made = called(found(), {"book/one two.yaml": "<stdin>"})
    assert {f.file for f in findings(made.glance)} == {"<stdin>"}
    assert made.results().cases == ["<stdin>"]
    assert "one two" not in made.text()
