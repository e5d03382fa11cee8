"""Quotes are found where the document has them, and nowhere else; what can't be found is told, and no file but it is read."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify.casefile import CaseFaults, load, quotes
from verify.casefile.quotes import Passage, located
from verify.casefile.slices import Slices
from verify.document import passages
from verify.quoted import Quoted

TEXT = """\
# Half a loss

The loss is half the squared
error, $L = \\frac{1}{2}(y - a)^2$, and _ten_ is 10.57 or v_1.

It is 0.5 there. It is 2.
3 apples are 0.5 of them.
"""


def at(text: str, quote: str) -> list[tuple[int, int]]:
    return list(Passage(text).find(quotes._pattern(quotes._plain(quote)[0])))


@pytest.mark.parametrize(
    ("quote", "places"),
    [
        ("half the squared error", [(3, 13)]),
        ("half   the\n squared error", [(3, 13)]),
        (r"L=\frac{1}{2} ( y-a )^2", [(4, 9)]),
        ("ten", [(4, 41)]),  # emphasis
        ("0.5", [(6, 7), (7, 14)]),  # and not in 10.57
        (".5", []),
        ("10.5", []),
        ("0.57", []),
        ("57", []),
        ("10.", []),
        ("v", []),  # it has an index there
        ("v_1", [(4, 58)]),
        ("half the squarederror", []),
        ("halfthe squared error", []),
        ("It is 2.", [(6, 18)]),
        ("2.3", []),
        ("Loss", []),
        ("los", []),
    ],
)
def test_a_quote_is_whole_words_and_numbers_and_white_space_does_not_count(
    quote: str, places: list[tuple[int, int]]
) -> None:
    assert at(TEXT, quote) == places


@settings(max_examples=30)
@given(
    st.lists(st.text(string.ascii_letters + string.digits + "+-=\\{}$", min_size=1), min_size=3, max_size=12), st.data()
)
def test_words_in_a_row_are_found_however_they_are_wrapped(words: list[str], data: st.DataObject) -> None:
    gaps = [data.draw(st.sampled_from([" ", "\n", "  \n", "\r\n\t"])) for _ in words]
    text = "".join(w + g for w, g in zip(words, gaps, strict=True))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    start = len("".join(w + g for w, g in zip(words[:first], gaps, strict=False)))
    line = text[:start].count("\n") + 1
    assert (line, start - text.rfind("\n", 0, start)) in at(text, " ".join(words[first:last]))


# -- cases ------------------------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "half.md").write_text(TEXT, encoding="utf-8")
    return Path("book")


def written(book: Path, *said: str, file: str = "half.md", name: str = "own") -> Path:
    claims = "".join(f"  - {{id: c{k}, holds: x == 2, quote: {json.dumps(q)}}}\n" for k, q in enumerate(said))
    path = book / f"{name}.yaml"
    path.write_text(
        f"title: t\nsource: {{file: {json.dumps(file)}}}\nsymbols: {{x: 2}}\nclaims:\n{claims}", encoding="utf-8"
    )
    return path


def places(book: Path, *said: str, file: str = "half.md") -> list[Quoted]:
    return list(located(load(written(book, *said, file=file))).values())


def test_places_are_told_and_what_has_none_with_its_reason(book: Path) -> None:
    here, many, changed, gone = places(
        book, "squared error", "0.5", "The loss is half the cubed error", "nothing of the kind whatsoever"
    )
    assert here == Quoted("book/half.md", 3, 22)
    assert str(here) == "book/half.md:3"
    assert (many.lost, many.line) == ("ambiguous", 0)
    assert "line 6; line 7" in many.reason
    assert changed.lost == gone.lost == "stale"
    assert "nearest, on line 3: 'The loss is half the squared error" in changed.reason
    assert "nearest" not in gone.reason


def test_of_a_notebook_the_cells_are_read(book: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# A title\n", "It is half."]},
        {"cell_type": "code", "source": "a = 1\nloss = 0.5", "outputs": [{"text": "printed 7"}]},
        "no cell",
    ]
    (book / "n.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}), encoding="utf-8")
    first, second, out = places(book, "It is half", "loss = 0.5", "printed 7", file="n.ipynb")
    assert str(first) == "book/n.ipynb, cell 1, line 2"
    assert (second.cell, second.line, second.column) == (2, 2, 1)
    assert out.lost == "stale"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.ipynb", b"{", "not the JSON of a notebook"),
        ("a.ipynb", b"[" * 100_000, "not the JSON of a notebook"),
        ("a.ipynb", b'{"worksheets": []}', "no 'cells'"),
        ("a.md", b"\xff\xfe0", "byte 0 is not UTF-8"),
        ("a.md", b"x" * (passages.MAX_BYTES + 1), "longer than"),
        ("a.md", b"", "does not say"),
    ],
)
def test_what_is_no_document_has_no_quotes(book: Path, name: str, data: bytes, why: str) -> None:
    (book / name).write_bytes(data)
    (found,) = places(book, "It is", file=name)
    assert found.lost == "stale"
    assert why in found.reason


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("../half.md", "2:16: '../half.md' is not in the folder"),
        ("/etc/hostname", "is not in the folder"),
        ("link.md", "is not in the folder"),
        ("halv.md", "no document 'halv.md' beside this case; did you mean 'half.md'?"),
        (".", "no document '.'"),
    ],
)
def test_a_document_lies_beside_its_case(book: Path, file: str, said: str) -> None:
    (book.parent / "out.md").write_text("It is", encoding="utf-8")
    (book / "link.md").symlink_to((book.parent / "out.md").resolve())
    with pytest.raises(CaseFaults) as caught:
        load(written(book, "It is", file=file))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("'  '", "5:35: the quote is empty"),
        ("x" * 1_001, "5:35: a quote of 1,001 characters"),
        ("[It]", "5:35: expected a text"),
    ],
)
def test_faults_of_quotes_stand_at_them(book: Path, said: str, fault: str) -> None:
    path = book / "f.yaml"
    claims = f"claims:\n  - {{id: a, holds: x == 2, quote: {said}}}\n"
    path.write_text(f"title: t\nsource: {{section: 1}}\nsymbols: {{x: 2}}\n{claims}", encoding="utf-8")
    with pytest.raises(CaseFaults) as caught:
        load(path)
    assert fault in str(caught.value)


def test_without_quotes_the_document_need_not_be_there(book: Path) -> None:
    path = book / "f.yaml"
    path.write_text("title: t\nsource: {file: away.md}\nsymbols: {x: 2}\nclaims:\n  - {id: a, holds: x == 2}\n")
    case = load(path)
    assert case.manuscript == ""
    assert located(case) == {}


def test_a_quote_has_no_say_in_what_is_judged(book: Path) -> None:
    one, other = (load(written(book, said)) for said in ("It is", "half"))
    assert [p.digest for p in Slices(one).of_claim(one.claims[0])] == [
        p.digest for p in Slices(other).of_claim(other.claims[0])
    ]
