"""Certificates as a stranger may send them: what is no expression or no certificate is told, and nothing else happens."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from derive.budget import apart
from derive.exchange.certificates import Unreadable, carried, read
from derive.exchange.rows import nodes, number
from derive.expr.graph import Graph
from derive.language.reader import parse
from derive.proof.certificates import Evaluation, Lemma, Split
from derive.proof.check import Rejected, check
from derive.proof.sequent import Sequent
from verify.cli import main

X, Y = ["symbol", [], "x", []], ["symbol", [], "v", [3]]


def sample() -> dict[str, Any]:
    g = Graph()
    x = g.symbol("x")
    scope = {"x": x, "A": g.symbol("A", (2, 3)), "v": g.symbol("v", (3,))}
    said = parse("abs(x)*sum(A @ v) == abs(-x)*sum(A @ v)", scope, g, boolean=True)
    fact = parse("x**2 >= 0", scope, g, boolean=True)
    leaf = Evaluation()
    data: dict[str, Any] = carried(Sequent((), said), Lemma(fact, leaf, Split(x, (leaf, leaf, leaf))))
    check(*read(data))
    return data


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("x", "no list"),
        ([1], r"rows\[0\]: no \[operator"),
        ([["symbol", [], "x"]], r"rows\[0\]"),
        ([[["a"], [], None, []]], "no operator"),
        ([["eval", [], "1", []]], "no operator: 'eval'"),
        ([["computed", [], None, []]], "no operator: 'computed'"),
        ([["symbol", [], 3, []]], "no name"),
        ([["symbol", [], "x" * 500, []]], "no name"),
        ([["symbol", [], "x", [0]]], "no whole number"),
        ([["symbol", [], "x", [True]]], "no whole number"),
        ([["symbol", [], "x", [1000, 1000]]], "1,000,000 entries"),
        ([X, ["symbol", [], "x", [3]]], "one expression in two shapes"),
        ([["const", [], 2, []]], "no number"),
        ([["const", [], "1e999999999", []]], "no number"),
        ([["const", [], "1/0", []]], "no number"),
        ([["const", [], "nan", []]], "no number"),
        ([["const", [], "2", [3]]], "two shapes"),
        ([["exp", [0], None, []]], "no whole number from 0 to -1"),
        ([X, ["exp", [-1], None, []]], "no whole number"),
        ([X, ["exp", [True], None, []]], "no whole number"),
        ([X, ["exp", [0, 0], None, []]], "takes 1 arguments"),
        ([X, ["exp", [0], "a", []]], "no attribute"),
        ([X, ["exp", [0], None, [3]]], "has the shape scalar here"),
        ([X, Y, ["add", [0, 1], None, []]], r"has the shape \[3\]"),
        ([X, ["matmul", [0, 0], None, []]], "needs vectors"),
        ([Y, ["matmul", [0, 0], None, [3]]], "has the shape scalar"),
        ([Y, ["transpose", [0], None, [3]]], "transpose"),
        ([Y, ["det", [0], None, []]], "square"),
        ([Y, ["sum", [0], 7, []]], "axis 7"),
        ([Y, ["sum", [0], "0", []]], "no whole number"),
        ([Y, ["index", [0], [5], []]], "outside"),
        ([Y, ["index", [0], [-1], []]], "no whole number"),
        ([Y, ["index", [0], [], [3]]], "no entry"),
        ([Y, ["reshape", [0], [2, 2], [2, 2]]], "does not fit"),
        ([Y, ["broadcast", [0], [2], [2]]], "do not fit"),
        ([Y, ["broadcast", [0], [3], [2, 3]]], "another shape"),
        ([Y, X, ["stack", [0, 1], None, [2]]], "unequal shape"),
        ([["stack", [], None, [0]]], "no whole number"),
        ([X, ["apply", [0], ["f", [0, 0]], []]], "for each argument"),
        ([X, ["apply", [0], ["f", [99]], []]], "no whole number"),
        ([X, ["apply", [0], "f", []]], "no list"),
        ([Y, ["mean", [0], [], []]], "has 1 options"),
        ([Y, ["mean", [0], [4], []]], "axis 4"),
        ([X, ["huber", [0], None, []]], "takes 2 arguments"),
        ([X, ["property", [], "convex", []]], "a property of nothing"),
        ([X, ["where", [0, 0, 0], None, []]], "'where' of a number"),
        ([X, ["gt", [0, 0], None, []], ["add", [0, 1], None, []]], "'add' of a condition"),
        ([X, ["polygamma", [0, 0], None, []]], "an order that is no whole number"),
        ([X, ["const", [], "1/2", []], ["polygamma", [1, 0], None, []]], "an order that is no whole number"),
        ([X, ["property", [0], ["convex"], []]], "no name"),
    ],
)
def test_rows_that_are_no_expressions(rows: Any, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        nodes(rows)


def test_numbers_are_read_as_they_are_written() -> None:
    assert number("-12/7") * 7 == -12
    for text in ("", "+1", "1.5", "1/-2", "1/00", " 1", "1\n", "９", "1" * 5_000, None, 1, True):
        with pytest.raises(Unreadable):
            number(text)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rows": None}, "no list"),
        ({"conclusion": 99}, "no whole number"),
        ({"conclusion": 0}, "no condition"),
        ({"hypotheses": [0]}, "no condition"),
        ({"hypotheses": None}, "no list"),
        ({"sizes": [[3]]}, "a number and its name"),
        ({"sizes": [["3", "n"]]}, "no whole number"),
        ({"certificate": None}, "no certificate"),
        ({"certificate": {"kind": "Theorem"}}, "no kind of certificate"),
        ({"certificate": {"kind": ["Evaluation"]}}, "no certificate"),
        ({"certificate": {"kind": "Certificate"}}, "no kind"),
        (
            {"certificate": {"kind": "Split", "by": {"row": 0}, "more": 1}},
            "has the fields by, of",
        ),
        ({"certificate": {"kind": "Evaluation", "opaque": [0]}}, "no expression"),
        ({"certificate": {"kind": "Evaluation", "opaque": [{"row": -1}]}}, "no whole number"),
        ({"certificate": {"kind": "Numbers", "bits": "128"}}, "no whole number"),
        ({"certificate": {"kind": "Parts", "of": [{"row": 0}]}}, "no certificate"),
        ({"certificate": {"kind": "Alternatives", "n": 0, "of": []}}, "0 parts of 2"),
        ({"certificate": {"kind": "Combination", "of": [[{"row": 0}]]}}, "1 parts of 2"),
        ({"more": 1}, "unknown entry"),
    ],
)
def test_what_is_no_certificate(change: dict[str, Any], told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read({**sample(), **change})


def test_nothing_but_a_table_is_read() -> None:
    for data in (None, [], "x", 3, {}):
        with pytest.raises(Unreadable):
            read(data)


def test_certificates_in_certificates_have_an_end() -> None:
    data = sample()
    for _ in range(500):
        data["certificate"] = {"kind": "Parts", "of": [data["certificate"]]}
    with pytest.raises(Unreadable, match="too deeply"):
        read(data)


def places(data: Any) -> list[tuple[Any, Any]]:
    """All containers and keys in a table."""
    inner = list(data.items()) if isinstance(data, dict) else list(enumerate(data)) if isinstance(data, list) else []
    return [(data, k) for k, _ in inner] + [p for _, v in inner for p in places(v)]


def test_a_table_with_anything_in_any_place_is_read_or_told() -> None:
    """No other exception, whatever stands where."""
    rng, told = random.Random(5), 0
    junk = [
        None,
        True,
        -1,
        10**30,
        1.5,
        "x",
        "1/0",
        [],
        {},
        [[]],
        {"row": 0},
        {"kind": "Numbers", "bits": 64},
        "matmul",
    ]
    whole = sample()
    for at in range(len(places(whole))):
        data = deepcopy(whole)
        inside, key = places(data)[at]
        inside[key] = rng.choice(junk)
        try:
            with apart():
                check(*read(data))
        except (Unreadable, Rejected):
            told += 1
    assert told > 50


def test_powers_that_no_machine_holds_are_rejected() -> None:
    g = Graph()
    much, y = g.const(10**12), g.symbol("y")
    for base in (g.const(2), g.mul(g.const(2), y), g.call("exp", y), g.add(y, g.one), g.const(Fraction(10**3_000, 7))):
        power = g.node("pow", (base, much))
        with apart(), pytest.raises(Rejected):
            check(Sequent((), g.call("eq", power, power)), Evaluation())


def test_recheck_tells_the_place_of_what_is_no_certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claim = {
        "id": "a", "document": "d", "case": "c", "where": "", "kind": "formula", "verdict": "holds", "pinned": "holds",
        "evidence": {"method": "proved"}, "checked": True, "file": "c.yaml", "line": 1,
    }  # fmt: skip
    bad = sample()
    bad["rows"][0] = ["system", [], None, []]
    path = tmp_path / "r.json"

    def said(**more: Any) -> tuple[int, str]:
        path.write_text(json.dumps({"schema": "errata-results/1", "claims": [{**claim, **more}]}))
        code = main(["recheck", str(path)])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    code, text = said(certificates=[sample(), bad])
    assert code == 2
    assert "claims[0].certificates[1]: rows[0]: no operator: 'system'" in text
    code, text = said(certificates=[])  # said to be checked, and nothing to check
    assert code == 0
    assert "1 claims proved: 0 checked, 1 trusted" in text
    code, text = said(
        verdict="wrong", checked=False, evidence={"method": "certified", "arithmetic": "x"}, certificates=[]
    )
    assert "1 wrong by other means (1 by digits)" in text
