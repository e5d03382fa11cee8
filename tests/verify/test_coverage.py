"""How much of a document is checked: its census, told beside its claims and their verdicts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests import ROOT
from verify import cli, results
from verify.casefile import CaseFaults, load
from verify.casefile.census import files
from verify.casefile.census import load as load_census
from verify.casefile.tree import Items, Mapping, Text, read
from verify.coverage import CHECKED, STATES, compare, natural, strength
from verify.results import Result, Results

CASE = """\
title: t
symbols: {x: 2, v: [1, 2]}
claims:
  - {id: one, where: "1.1", of: x + 1, prints: 3}
  - {id: more, where: "1.1", of: v, prints: [1, 2]}
  - {id: own, where: "1.10", of: x, prints: 2}
"""

CENSUS = """\
"1.2":
  - {id: apart, where: Table 1, kind: number, left out: nobody can look}
  - {id: tale, check: none}
"1.10":
  - {id: gone, kind: formula}
"1.1":
  - {id: one}
  - {id: more, kind: number}
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document of one case with a census; the working directory is the library's."""
    folder = tmp_path / "cases" / "book"
    (folder / "census").mkdir(parents=True)
    (folder / "a.yaml").write_text(CASE, encoding="utf-8")
    (folder / "census" / "all.yaml").write_text(CENSUS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def result(identity: str, verdict: str = "holds", **more: Any) -> Result:
    more = {"evidence": {"method": "certified"}} | more
    said = {
        "document": "book",
        "case": "a",
        "where": "",
        "kind": "number",
        "pinned": "holds",
        "file": "a.yaml",
        "line": 1,
    }
    return Result.model_validate({"id": identity, "verdict": verdict, **said, **more})


def states(book: Path, found: list[Result] | None = None) -> dict[str, str]:
    compared = compare("book", load_census(files(book / "census")), [load(book / "a.yaml")], found)
    return {c.entry.id: c.state for c in compared.entries}


def test_without_results_only_what_is_a_claim_is_known(book: Path) -> None:
    expected = {"one": "claimed", "more": "claimed", "gone": "missing", "apart": "left out", "tale": "nothing to check"}
    assert states(book) == expected
    compared = compare("book", load_census(files(book / "census")), [load(book / "a.yaml")], None)
    assert [c.id for c in compared.beyond] == ["own"]
    assert (compared.total.checked, compared.total.checkable, compared.total.percent) == (2, 4, 50)
    assert list(compared.by(2)) == ["1.1", "1.2", "1.10"]
    assert compared.by(1)["1"].states == compared.total.states


def test_an_entry_is_checked_as_strongly_as_its_weakest_claim(book: Path) -> None:
    proved = {"evidence": {"method": "proved"}}
    found = [result("one", **proved, checked=True), result("more[0]", **proved), result("more[1]")]
    assert states(book, found)["one"] == "proved and checked"
    assert states(book, found)["more"] == "certified"
    assert states(book, found[:2])["more"] == "no result"
    assert states(book, [result("one", "undecided", evidence={})])["one"] == "not decided"
    assert states(book, [r.model_copy(update={"document": "another"}) for r in found])["one"] == "no result"


@pytest.mark.parametrize(
    ("verdict", "parts", "expected"),
    [
        ("holds", [("holds", "proved"), ("holds", "sampled")], "sampled"),
        ("wrong", [("holds", "sampled"), ("wrong", "certified")], "certified"),  # the refutation bears it
        ("holds", [("holds", "proved"), ("holds", "proved")], "proved"),
    ],
)
def test_of_several_parts_those_count_that_bear_the_verdict(
    verdict: str, parts: list[tuple[str, str]], expected: str
) -> None:
    evidence = {"method": "proved", "parts": [{"verdict": v, "method": m} for v, m in parts]}
    assert strength(result("one", verdict, evidence=evidence)) == expected


def test_every_method_of_a_verdict_is_a_strength() -> None:
    from verify.verdict import METHODS

    assert set(METHODS) < set(CHECKED) < set(STATES)


def test_sections_stand_in_natural_order() -> None:
    assert sorted(["2.10", "A.1", "2.9", "2"], key=natural) == ["2", "2.9", "2.10", "A.1"]


# -- faults ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {id: a}\n", "1:1: expected a census"),
        ('"1": {id: a}\n', "1:1: section '1': expected a list"),
        ('"1":\n  - {where: here}\n', "2:5: an entry of a census needs 'id'"),
        (
            '"1":\n  - {id: a, kinds: number}\n',
            "2:13: unknown key 'kinds' in an entry of a census; did you mean 'kind'?",
        ),
        ('"1":\n  - {id: a, check: later}\n', "2:20: expected 'none'"),
        ('"1":\n  - {id: a, check: none, left out: why}\n', "2:36: 'left out' is for what could be checked"),
        ('"1":\n  - {id: a b}\n', "2:10: an id is one word"),
        ('"1": [{id: a}]\n"2": [{id: a}]\n', "2:12: the id 'a' is already taken on line 1"),
        ('"1":\n  - {id: a, left out: }\n', "2:13: 'left out' has no value"),
        ("", "1:1: an empty file"),
    ],
)
def test_what_is_wrong_with_a_census_is_told_with_its_place(book: Path, text: str, said: str) -> None:
    path = book / "census" / "all.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseFaults) as caught:
        load_census([path])
    assert f"{path}:{said}" in str(caught.value)


def test_an_id_stands_once_in_all_files_of_a_census(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (book / "census" / "b.yml").write_text('"9": [{id: one}]\n', encoding="utf-8")
    assert cli.main(["coverage", "book"]) == 2
    assert "census/b.yml:1:12: the id 'one' is already taken in cases/book/census/all.yaml:7" in capsys.readouterr().err


def test_what_is_left_out_is_no_claim(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (book / "a.yaml").write_text(CASE.replace("own", "apart"), encoding="utf-8")
    assert cli.main(["coverage", "book"]) == 2
    assert (
        "census/all.yaml:2:10: 'apart' is left out here, and a claim in cases/book/a.yaml:6:5"
        in capsys.readouterr().err
    )


def test_a_census_speaks_of_one_claim_of_an_id(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (book / "b.yaml").write_text(CASE.replace("id: more", "id: most").replace("id: own", "id: mine"), encoding="utf-8")
    assert cli.main(["check", "book"]) == 0
    assert cli.main(["coverage", "book"]) == 2
    said = "the id 'one' stands in cases/book/a.yaml, too, and the census of the document has one 'one'"
    assert f"cases/book/b.yaml:4:5: {said}" in capsys.readouterr().err


# -- the command ----------------------------------------------------------------------------------------


def test_the_table_the_list_and_the_exit_code(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["coverage", "book"]) == 0
    told = capsys.readouterr().out
    assert "book: 2 of 4 that can be checked are claims, 50.0 %" in told
    assert "--missing lists the 2 that are not, and 1 claims beyond the census" in told
    assert cli.main(["coverage", "book", "--missing", "--at-least", "50"]) == 0
    told = capsys.readouterr().out
    assert "census/all.yaml:2:10: apart (Table 1): left out: nobody can look" in told
    assert "census/all.yaml:5:10: gone (1.10): missing" in told
    assert "a.yaml:6:5: own (1.10): a claim that the census does not know" in told
    assert cli.main(["coverage", "book", "--at-least", "50.1"]) == 1


def test_with_results_how_strongly(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = [result("one", evidence={"method": "proved"}, checked=True), result("more[0]"), result("more[1]", "wrong")]
    results.save(Results(claims=found), tmp_path / "r.json")
    assert cli.main(["coverage", "cases/book", "--results", "r.json", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["total"] == {
        "checkable": 4,
        "checked": 2,
        "percent": 50.0,
        "states": {"left out": 1, "nothing to check": 1, "missing": 1, "proved and checked": 1, "certified": 1},
    }
    (more,) = [e for e in told["entries"] if e["id"] == "more"]
    assert (more["claims"], more["state"], more["line"]) == (["more[0]", "more[1]"], "certified", 8)
    assert [c["id"] for c in told["beyond"]] == ["own"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["other"], "no census of 'other': no YAML files in cases/other/census"),
        (["book", "--census", "cases/other"], "a.yaml:1:1: section 'title': expected a list"),
        (["book", "other", "--census", "c"], "--census is of one document, and the cases are of 2: book, other"),
        (["book", "--results", "none.json"], "none.json: No such file"),
    ],
)
def test_what_can_not_be_told_is_a_fault(
    book: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    other = book.parent / "other"
    other.mkdir()
    (other / "a.yaml").write_text(CASE, encoding="utf-8")
    assert cli.main(["coverage", *words]) == 2
    assert said in capsys.readouterr().err


def test_without_words_the_documents_that_have_a_census(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = book.parent / "other"
    other.mkdir()
    (other / "a.yaml").write_text(CASE, encoding="utf-8")
    assert cli.main(["coverage"]) == 0
    assert "other" not in capsys.readouterr().out


def test_it_loads_nothing_heavy(book: Path) -> None:
    program = "import sys; from verify import cli; cli.main(['coverage', 'book']); print('loaded', *sys.modules)"
    env = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.partition("\nloaded ")[2].split())
    assert "verify.coverage" in loaded
    assert not loaded & {"sympy", "torch", "numpy", "rich", "hypothesis", "pydantic", "verify.results"}


def ids(folder: Path) -> Iterator[str]:
    """The ids of all claims, as they are written: reading the cases whole would take seconds."""
    for path in folder.glob("*.yaml"):
        tree, _ = read(path)
        assert isinstance(tree, Mapping)
        _, claims = tree.entries["claims"]
        work = [c.entries["id"][1] for c in claims.items if isinstance(c, Mapping)] if isinstance(claims, Items) else []
        while work:
            told = work.pop()
            if isinstance(told, Items):
                work += told.items
            elif isinstance(told, Text):
                yield told.value


def test_editors_know_what_a_census_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema", "--census"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.validate(yaml.safe_load(CENSUS), schema)
    for wrong in ('"1": [{kind: number}]', '"1": [{id: a, chek: none}]', '"1": [{id: a, check: later}]', "- {id: a}"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.safe_load(wrong), schema)
    assert cli.main(["schema", "--census", "--results"]) == 2


def test_the_book_is_a_claim_all_but_what_says_why_not() -> None:
    folder = ROOT / "cases" / "understanding-neural-networks"
    entries = load_census(files(folder / "census"))
    assert len(entries) > 1500
    open_ = {e.id for e in entries if e.checkable} - set(ids(folder))
    assert open_ == {e.id for e in entries if e.left_out}
