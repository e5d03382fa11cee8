"""Claims in the document itself: found where they stand, and whatever is wrong with them told at its place in the document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verify.casefile import CaseFaults, load
from verify.casefile.quotes import located
from verify.cli import main
from verify.document.blocks import blocks, hidden
from verify.document.passages import passages

CLAIM = '{id: a, of: "d(sigmoid(z), z)", equals: sigmoid(z)*(1 - sigmoid(z))}'
MARKDOWN = f"""# Sigmoids

Text, and `code`.

```python
print("```errata")
```

```errata
symbols:
  z: {{}}
claims:
  - {CLAIM}
```

1. In a list

   ~~~yaml errata
   symbols: {{x: 0.5}}
   define:
     s: sigmoid(x)
   claims:
     - {{id: b, of: s, prints: 0.62, quote: 'rounded, 0.62'}}
   ~~~

   rounded, 0.62

````markdown
```errata
an example: of a block
```
````
"""
LATEX = rf"""\section{{Sigmoids}}
\begin{{verbatim}}
\begin{{errata}}
\end{{errata}}
\end{{verbatim}}
% \begin{{errata}}
% symbols:
%   z: {{}}
% claims:
%   - {CLAIM}
% \end{{errata}}
Rounded, 0.62.
\begin{{errata}}
symbols: {{x: 0.5}}
define: {{s: sigmoid(x)}}
claims:
- {{id: b, of: s, prints: 0.62, quote: 'Rounded, 0.62'}}
\end{{errata}}
"""


def notebook(*cells: tuple[str, str], **layout: int) -> str:
    made = [{"cell_type": kind, "metadata": {"source": ["x"]}, "source": text.splitlines(True)} for kind, text in cells]
    return json.dumps({"nbformat": 4, "metadata": {"cells": [{"source": "x"}]}, "cells": made}, **layout)  # type: ignore[arg-type]


@pytest.fixture(params=["a.md", "a.tex", "a.ipynb"])
def document(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    texts = {
        "a.md": MARKDOWN,
        "a.tex": LATEX,
        "a.ipynb": notebook(("code", "# ```errata\n"), ("markdown", MARKDOWN), indent=1),
    }
    path: Path = tmp_path / request.param
    path.write_text(texts[request.param], encoding="utf-8")
    return path


def test_the_blocks_of_a_document_are_one_case(document: Path) -> None:
    case = load(document)
    assert case.title == "Sigmoids"
    assert [c.id for c in case.claims] == ["a", "b"]
    assert set(case.symbols) == {"z", "x"}
    text = document.read_text()
    for claim in case.claims:
        line = text.splitlines()[claim.place.line - 1]
        assert line[claim.place.column - 1 :].startswith("{id: " + claim.id)


def test_a_quote_is_one_of_the_text_and_not_of_its_block(document: Path) -> None:
    quoted = located(load(document))["b"]
    assert not quoted.lost
    assert quoted.line


def test_a_fault_has_its_place_in_the_document(document: Path) -> None:
    """Wherever an expression goes wrong, through fences, comments and the quotes of JSON."""
    text = document.read_text().replace("(1 - sigmoid(z))", "(1 - sigmoid(zz))")
    document.write_text(text)
    with pytest.raises(CaseFaults) as bad:
        load(document)
    (fault,) = bad.value.faults
    line = next(k for k, said in enumerate(text.splitlines(), 1) if "zz" in said)
    assert (fault.line, fault.column) == (line, text.splitlines()[line - 1].index("zz") + 1)
    assert "unknown symbol 'zz'" in fault.message


def test_a_document_is_taken_where_a_case_is(document: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(document)]) == 0
    assert main(["pin", str(document), "--yes"]) == 2
    assert "written by hand" in capfd.readouterr().err


def test_runs_and_explains_as_any_case(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(MARKDOWN)
    assert main(["run", str(path), "--no-checks"]) == 0
    assert main(["explain", str(path), "a"]) == 0


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("a.md", "# No blocks\n", 1, "no block marked 'errata'"),
        ("a.md", "", 1, "no block marked 'errata'"),
        ("a.md", "text\n\n```errata\nsymbols: {x: 1}\n", 3, "the block 'errata' that begins here is not closed"),
        ("a.md", "text\n\n```errata\nclaims:\n\t- a\n```\n", 5, "a tab in the indentation"),
        ("a.md", "text\n\n```errata\nsymbols: {x: 1\n```\n", 5, "is not closed"),
        ("a.md", "```errata\nsymbols: {x: 1}\n```\n```errata\nsymbols: {x: 2}\n```\n", 5, "'x' stands here a second time"),
        ("a.md", "```errata\nlayout: mixed\n```\n```errata\nlayout: mixed\n```\n", 5, "'layout' stands here a second time"),
        ("a.md", "```errata\n# nothing\n```\n", 2, "nothing but comments"),
        ("a.md", "```errata\njust words\n```\n", 2, "expected keys of a case, or a list of claims"),
        ("a.md", "\n```errata\ntitle: \x07\n```\n", 3, "an invisible character (U+0007)"),
        ("a.tex", "\\begin{errata}\nsymbols: {x: 1}\n", 1, "that begins here is not closed"),
        ("a.tex", "% \\begin{errata}\n% symbols:\n  x: 1\n% \\end{errata}\n", 3, "expected '%' at the start of this line"),
        ("a.ipynb", "{}", 1, "it has no 'cells'"),
        ("a.ipynb", "[" * 100_000, 1, "not the JSON of a notebook"),
        ("a.ipynb", '{"cells": [1, {"source": 3}, {"cell_type": ["x"], "source": ["a", 1]}]}', 1, "no block marked"),
    ],
)  # fmt: skip
def test_bad_documents(name: str, text: str, line: int, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CaseFaults) as bad:
        load(path)
    fault = bad.value.faults[0]
    assert (fault.line, words in fault.message) == (line, True), fault


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0", b"x" * 4_000_001, b"\xff\xfe#\0"])
def test_what_is_no_text_is_told(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(data)
    assert main(["check", str(path)]) == 2


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(newline: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(MARKDOWN.replace("sigmoid(z))}", "sigmoid(q))}").replace("\n", newline).encode())
    with pytest.raises(CaseFaults) as bad:
        load(path)
    assert bad.value.faults[0].line == MARKDOWN.splitlines().index(f"  - {CLAIM}") + 1


@pytest.mark.parametrize("indent", [None, 1])
def test_every_character_of_a_cell_has_its_place_in_the_file(indent: int | None) -> None:
    said = 'a "quoted" \\sigma\n\té 😀 z\n'
    text = notebook(("markdown", said), ("raw", "b"), indent=indent)  # type: ignore[arg-type]
    first, second = passages(text.encode(), Path("a.ipynb"))
    assert (first.text, second.text) == (said, "b")
    lines = text.splitlines()
    for k, c in enumerate(said):
        line, column = first.place(k)
        written = json.dumps(c)[1:-1]
        assert lines[line - 1][column - 1 :].startswith(written), (c, line, column)


def test_blocks_are_blanks_to_readers() -> None:
    found = passages(MARKDOWN.encode(), Path("a.md"))
    assert len(blocks(found)) == 2
    ((_, text),) = hidden(found)
    assert len(text) == len(MARKDOWN)
    assert "id: b" not in text
    assert "rounded, 0.62" in text
    assert "an example: of a block" in text


def test_a_block_in_a_quoted_one(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("> ```errata\n> symbols: {x: {}}\n> claims:\n>   - {id: a, of: x + x, equals: 2*x}\n> ```\n")
    case = load(path)
    assert [(c.id, c.place.line, c.place.column) for c in case.claims] == [("a", 4, 7)]
