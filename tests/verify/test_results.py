"""The results contract: what is saved is what is loaded, valid against the published schema, and never half a file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from tests import ROOT
from verify import results as contract
from verify.results import Check, Result, Results, ResultsError, Value, Worst


def result(**changes: Any) -> Result:
    given: dict[str, Any] = {
        "id": "t2.4-s8",
        "document": "book",
        "case": "s2-8",
        "where": "Table 2.4, step 8",
        "kind": "number",
        "verdict": "wrong",
        "pinned": "wrong",
        "printed": "1.10",
        "exact": "1.0999999999999999999",
        "reason": "σ(z₃) ist größer",
        "origin": ["t2.4-s7"],
        "evidence": {"method": "certified", "bits": 128, "parts": [{"verdict": "wrong"}]},
        "file": "cases/book/s2-8.yaml",
        "line": 31,
    }
    return Result(**(given | changes))


def check(**changes: Any) -> Check:
    given: dict[str, Any] = {
        "document": "book",
        "case": "s2-8",
        "subject": "grad(L, [w1])",
        "backend": "torch",
        "outcome": "differs",
        "examples": 100,
        "worst": Worst(input={"x": "0.1"}, error="3e-7", tolerance="1e-9"),
    }
    return Check(**(given | changes))


VALUE = Value(document="book", case="s2-8", of="d(L, w1)", exact="0.5", numpy="0.5", torch=None)
SOME = Results(
    cases=["cases/book/s2-8.yaml"],
    digests={"cases/book/s2-8.yaml": "0" * 64},
    claims=[result(), result(id="b", exact=None)],
    checks=[check()],
    values=[VALUE],
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    contract.save(SOME, path)
    assert contract.load(path) == SOME
    assert os.listdir(tmp_path) == ["results.json"]
    again = tmp_path / "again.json"
    contract.save(contract.load(path), again)
    assert again.read_bytes() == path.read_bytes()


def test_the_file_is_readable_json_in_a_fixed_order(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    contract.save(SOME, path)
    text = path.read_text(encoding="utf-8")
    assert "σ(z₃) ist größer" in text
    assert text.startswith('{\n "schema": "errata-results/1",\n')
    data = json.loads(text)
    assert list(data) == ["schema", "interrupted", "cases", "digests", "claims", "checks", "implementations", "values"]
    assert list(data["claims"][0])[:6] == ["id", "document", "case", "where", "kind", "verdict"]


def floats(data: Any, key: str = "") -> set[str]:
    if isinstance(data, dict):
        return {k for name, value in data.items() for k in floats(value, name)}
    if isinstance(data, list):
        return {k for value in data for k in floats(value, key)}
    return {key} if isinstance(data, float) else set()


def test_nothing_is_a_float_and_nothing_a_time() -> None:
    assert floats(json.loads(contract.dumps(SOME))) == set()


def test_the_file_is_valid_against_the_schema_and_a_wrong_word_is_not() -> None:
    schema = contract.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(contract.dumps(SOME))
    jsonschema.validate(data, schema)
    data["claims"][0]["verdict"] = "perhaps"
    with pytest.raises(jsonschema.ValidationError, match="perhaps"):
        jsonschema.validate(data, schema)


def test_the_published_schema_is_that_of_the_models() -> None:
    published = ROOT / "docs" / "results.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == contract.json_schema(), (
        "write it again: errata schema --results > docs/results.schema.json"
    )


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "results.json"
    contract.save(SOME, path)
    before = path.read_bytes()

    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        contract.save(Results(claims=[]), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["results.json"]


def test_a_link_stays_a_link_and_a_pipe_a_pipe(tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    contract.save(SOME, link)
    assert link.is_symlink()
    assert contract.load(target) == SOME
    contract.save(SOME, Path(os.devnull))
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", ":1:1: not JSON"),
        (b'{"schema": 1,\n "claims": [}', ":2:13: not JSON"),
        (b"\xff\xfe{}", "byte 0 is not UTF-8"),
        (b"[]", 'has no "schema"'),
        (b"{}", 'has no "schema"'),
        (b'{"schema": "errata-results/9", "claims": []}', "'errata-results/9'"),
        (b'{"schema": "errata-results/1"}', ": claims: Field required"),
        (b'{"schema": "errata-results/1", "claims": [{"id": NaN}]}', "NaN is not JSON"),
        (b"[" * 100_000, "not a results file"),
    ],
)
def test_a_bad_file_is_one_line_with_the_place(tmp_path: Path, content: bytes, place: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(ResultsError) as bad:
        contract.load(path)
    assert place in str(bad.value)
    assert str(bad.value).startswith(str(path))
    assert "\n" not in str(bad.value)


def test_a_wrong_word_is_named_by_its_place(tmp_path: Path) -> None:
    data = json.loads(contract.dumps(SOME))
    data["claims"][1]["verdict"] = "perhaps"
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ResultsError, match=r"claims\[1\]\.verdict"):
        contract.load(path)


def test_as_pinned() -> None:
    agrees = check(outcome="agrees", worst=None)
    assert Results(claims=[result()], checks=[agrees]).as_pinned
    assert not Results(claims=[result(pinned="holds")], checks=[agrees]).as_pinned
    assert not Results(claims=[result()], checks=[check(outcome="undecided")]).as_pinned


def test_a_verdict_is_one_of_the_nine() -> None:
    with pytest.raises(ValidationError):
        result(verdict="passed")
