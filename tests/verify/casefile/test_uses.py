"""What a case takes from other files of its document: ``uses:`` (names) and ``agrees:`` (printed digits)."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
import yaml

from verify.casefile import CaseFaults, check, load
from verify.casefile.schema import json_schema
from verify.claims import CaseContext, Verdict, judge
from verify.report.markdown import write
from verify.results import Result, Results
from verify.suite.run import Options, run

NETWORK = """\
title: n
sizes: {n: 2}
functions: {phi: 1}
symbols: {x: 2, w: 0.5, b: {}, v: {shape: [n]}}
sequences: {m: {start: w, step: m/2}}
define: {z: w*x, y: sigmoid(z), L: (y - 1)**2, total: sum(v), bent: phi(b)}
claims:
  - {id: one, of: z, prints: 1.0}
  - {id: part, of: y, prints: 0.7311}
  - {id: both, of: "[w, x]", prints: [0.5, 2]}
  - {id: [p, q], of: "[w, x]", prints: [0.5, 2]}
  - {id: said, of: z, equals: w*x}
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "net.yaml").write_text(NETWORK, encoding="utf-8")
    return Path("book")


def case(book: Path, text: str, name: str = "own") -> Path:
    path = book / f"{name}.yaml"
    path.write_text(f"title: t\n{text}", encoding="utf-8")
    return path


def faults(path: Path) -> str:
    with pytest.raises(CaseFaults) as caught:
        load(path)
    return str(caught.value)


def verdicts(path: Path) -> dict[str, Verdict]:
    made = load(path)
    context = CaseContext(made)
    return {c.id: judge(context, c) for c in made.claims}


# -- uses -----------------------------------------------------------------------------------------------


def test_all_names_come_along_with_their_values_and_places(book: Path) -> None:
    made = load(case(book, "uses: net.yaml\ndefine: {more: L + m(2)}\n"))
    there = load(book / "net.yaml")
    assert list(made.symbols) == list(there.symbols)
    assert list(made.definitions) == [*there.definitions, "more"]
    assert made.symbols["w"].values == (Fraction(1, 2),)
    assert (made.sizes, list(made.states)) == ({"n": 2}, ["m"])
    assert str(made.elsewhere["L"]) == "book/net.yaml:6:33"
    assert "more" not in made.elsewhere
    assert made.used == ("book/net.yaml",)
    assert not made.claims


@pytest.mark.parametrize(
    ("names", "symbols", "definitions"),
    [
        ("L", ["x", "w"], ["z", "y", "L"]),  # and not a name that it does not stand on
        ("[total]", ["v"], ["total"]),
        ("[bent, x]", ["x", "b"], ["bent"]),
        ("[m]", ["w", "m"], []),
    ],
)
def test_chosen_names_bring_what_they_stand_on(
    book: Path, names: str, symbols: list[str], definitions: list[str]
) -> None:
    made = load(case(book, f"uses: {{from: net.yaml, names: {names}}}\n"))
    assert (list(made.symbols), list(made.definitions)) == (symbols, definitions)


def test_a_symbol_that_is_declared_here_has_its_value_here(book: Path) -> None:
    path = case(book, "uses: {from: net.yaml, names: [z]}\nsymbols: {x: 4}\nclaims:\n  - {id: a, of: z, prints: 2.0}\n")
    assert verdicts(path)["a"].verdict == "holds"
    path = case(
        book, "uses: {from: net.yaml, names: [total]}\nsizes: {n: 3}\nclaims:\n  - {id: a, of: v, shape: [3]}\n"
    )
    assert verdicts(path)["a"].verdict == "holds"


def test_what_others_use_comes_along_once(book: Path) -> None:
    for name in ("left", "right"):
        case(book, f"uses: {{from: net.yaml, names: [y]}}\ndefine: {{{name}: 2*y}}\n", name)
    made = load(case(book, "uses: [left.yaml, right.yaml]\n"))
    assert list(made.definitions) == ["z", "y", "left", "right"]
    assert set(made.used) == {"book/net.yaml", "book/left.yaml", "book/right.yaml"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("uses: nett.yaml", "2:7: no case file 'nett.yaml' beside this one; did you mean 'net.yaml'?"),
        ("uses: ../net.yaml", "2:7: '../net.yaml' is not in the folder of this case"),
        ("uses: /etc/passwd", "2:7: '/etc/passwd' is not in the folder of this case"),
        ("uses: link.yaml", "2:7: 'link.yaml' is not in the folder of this case"),
        ("uses: own.yaml", "2:7: a circle of files: own.yaml -> own.yaml"),
        ("uses: {from: net.yaml, names: [yy]}", "2:32: net.yaml has no name 'yy'; did you mean 'y'?"),
        ("uses: {form: net.yaml}", "2:8: unknown key 'form' in 'uses'; did you mean 'from'?"),
        ("uses: [[net.yaml]]", "2:8: expected a case file of this folder, or {from: file, names: [...]}"),
        ("uses: net.yaml\ndefine: {z: 1}", "3:10: the name 'z' is taken: it comes along from book/net.yaml:6:10"),
        ("uses: net.yaml\nsymbols: {z: 1}", "3:11: the name 'z' is taken: it comes along from book/net.yaml:6:10"),
        ("uses: net.yaml\nlayout: numerator", "2:7: net.yaml has the layout mixed, and this case numerator"),
        ("uses: [net.yaml, other.yaml]", "2:18: 'z' comes along from book/net.yaml:6:10 and book/other.yaml:2:10"),
        ("uses: list.yaml", "2:7: 'list.yaml' holds no case"),
    ],
)
def test_faults_are_told_with_their_place(book: Path, text: str, said: str) -> None:
    case(book, "define: {z: 1}\n", "other")
    (book / "list.yaml").write_text("- 1\n", encoding="utf-8")
    (book.parent / "outside.yaml").write_text(NETWORK, encoding="utf-8")
    (book / "link.yaml").symlink_to("../outside.yaml")
    assert f"book/own.yaml:{said}" in faults(case(book, f"{text}\n"))


def test_a_circle_names_the_files(book: Path) -> None:
    case(book, "uses: b.yaml\n", "a")
    assert "book/a.yaml:2:7: a circle of files: b.yaml -> a.yaml -> b.yaml" in faults(case(book, "uses: a.yaml\n", "b"))


def test_files_that_use_each_other_twice_are_read_once(book: Path) -> None:
    case(book, "define: {a0: 1}\n", "f0")
    for k in range(1, 19):  # 2**18 ways
        case(book, f"uses: [f{k - 1}.yaml, f{k - 1}.yaml]\ndefine: {{a{k}: a{k - 1}}}\n", f"f{k}")
    assert len(load(book / "f18.yaml").definitions) == 19


def test_a_long_chain_is_a_fault_and_not_a_crash(book: Path) -> None:
    case(book, "define: {a: 1}\n", "f0")
    for k in range(1, 40):
        case(book, f"uses: f{k - 1}.yaml\n", f"f{k}")
    assert "more than 100 files, or 20 of which each uses the next" in faults(book / "f39.yaml")


def test_a_fault_of_the_other_file_is_told_there_and_once(book: Path) -> None:
    path = case(book, "uses: net.yaml\n")
    (book / "net.yaml").write_text(NETWORK.replace("w*x,", "w*xx,"), encoding="utf-8")
    assert faults(path) == "book/net.yaml:6:15: unknown symbol 'xx' in 'w*xx'; did you mean 'x'?"
    assert sum("'xx' in 'w*xx'" in str(f) for f in check([path, book / "net.yaml"])) == 1
    (book / "net.yaml").write_text("title: [x", encoding="utf-8")
    assert faults(path).startswith("book/net.yaml:2:")


def test_results_and_reports_say_where_names_come_from(book: Path) -> None:
    path = case(book, 'uses: {from: net.yaml, names: [y]}\nclaims:\n  - {id: a, where: "1", of: y, prints: 0.73}\n')
    found = run([path], Options(jobs=1, only="a"))
    assert found.claims[0].uses == {"y": "book/net.yaml:6"}
    write(found, [load(path)], Path("out"))
    assert "As in net: `x`, `w`, `z`, `y`." in Path("out/book/own.md").read_text(encoding="utf-8")


# -- agrees ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "other", "expected"),
    [
        ("0.7311", "0.731059", "holds"),
        ("0.731059", "0.7311", "holds"),
        ("0.7310", "0.731059", "inconsistent"),  # cut off
        ("0.731", "0.732", "inconsistent"),
        ("0.35", "0.3", "holds"),  # of 0.3496
        ("0.352", "0.3", "inconsistent"),
        ("1/2", "0", "holds"),  # a tie
        ("0.35", "0.4", "holds"),
        ("50%", "0.5", "holds"),
        ("3/2", "1.5", "holds"),
        ("~0.8", "0.7311", "holds"),  # about: within a unit
        ("0.8", "0.7311", "inconsistent"),
        ("-1", "1", "inconsistent"),
        ("1.0e-3", "0.00104", "holds"),
    ],
)
def test_one_printing_is_a_rounding_of_the_other(book: Path, printed: str, other: str, expected: str) -> None:
    claims = f"claims:\n  - {{id: a, prints: {printed}, agrees: b}}\n  - {{id: b, prints: {other}, agrees: a}}\n"
    found = verdicts(case(book, claims))
    assert [found["a"].verdict, found["b"].verdict] == [expected, expected]


def test_the_gravest_of_number_and_agreement_stands(book: Path) -> None:
    claims = "  - {id: a, of: y, prints: 0.7311, agrees: [part, b]}\n  - {id: b, of: y, prints: 0.74}\n"
    found = verdicts(case(book, f"uses: net.yaml\nclaims:\n{claims}"))["a"]
    assert found.verdict == "inconsistent"
    assert "printed 0.7311 here and 0.74 as b: no number rounds to both" in found.reason
    assert "as the 0.7311 of" not in found.reason
    assert found.evidence["contradicts"] == "b"


def test_vectors_are_compared_entry_by_entry(book: Path) -> None:
    claims = """\
  - {id: whole, of: "[w, x]", prints: [0.5, 2], agrees: [both, [p, q]]}
  - {id: off, prints: [0.5, 3], agrees: both}
  - {id: entry, prints: 3, agrees: "both[1]"}
  - {id: [r, s], prints: [0.5, 2.0], agrees: [[p, q]]}
"""
    found = verdicts(case(book, f"uses: net.yaml\nclaims:\n{claims}"))
    bad = {name for name, v in found.items() if v.verdict == "inconsistent"}
    assert bad == {"off[1]", "entry"}
    assert found["off[1]"].reason == "printed 3 here and 2 as both[1] of net.yaml: no number rounds to both"
    assert found["s"].reason == "the same as q of net.yaml"
    assert {v.verdict for n, v in found.items() if n not in bad} == {"holds"}


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (
            "{id: a, prints: 1, agrees: onee}",
            "no claim 'onee' to agree with, here or in what this case uses; did you mean 'one'?",
        ),
        ("{id: a, prints: 1, agrees: said}", "the claim 'said' prints no number to agree with"),
        ("{id: a, prints: 1, agrees: both}", "that prints shape [2], and this claim scalar"),
        ("{id: a, prints: [1, 2], agrees: one}", "that prints shape scalar, and this claim [2]"),
        ("{id: a, prints: 1, agrees: {id: one}}", "expected the id of a claim"),
        ("{id: a, of: x, equals: 2, agrees: one}", "'agrees' needs 'prints': the digits that are compared"),
    ],
)
def test_faults_of_agreements(book: Path, claim: str, said: str) -> None:
    assert said in faults(case(book, f"uses: net.yaml\nclaims:\n  - {claim}\n"))


def test_a_claim_of_digits_alone_has_its_place_in_a_report(book: Path) -> None:
    path = case(book, "claims:\n  - {id: a, prints: 0.5, agrees: b}\n  - {id: b, prints: 0.6, agrees: a}\n")
    claims = [
        Result(
            id=i, document="book", case="own", where="", kind="number", verdict="inconsistent", pinned="holds", printed=p,
            file=str(path), line=3,
        )
        for i, p in (("a", "0.5"), ("b", "0.6"))
    ]  # fmt: skip
    write(Results(claims=claims), [load(path)], Path("out"))
    assert "0.6" in Path("out/book/own.md").read_text(encoding="utf-8")


def test_the_schema_takes_both(book: Path) -> None:
    text = (
        "title: t\nuses: [a.yaml, {from: b.yaml, names: [x]}]\nclaims:\n  - {id: a, prints: 1, agrees: [b, [c, d]]}\n"
    )
    jsonschema.validate(yaml.safe_load(text), json_schema())
