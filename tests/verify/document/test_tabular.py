"""Tables of LaTeX: rows, cells and heads, and where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.document.passages import passages
from verify.document.said import said
from verify.document.tabular import tables
from verify.draft import drafts

TABLE = r"""\section{A}
\begin{tabular*}{\textwidth}[t]{@{}l|r@{}}
\toprule
Quantity & Value \\ \cmidrule(lr){1-2}
$f(2)$ & 4 \\[2pt]
a \& $b & c$ & 9.0 \\ \hline
\multicolumn{2}{c}{all of them} \\
\text{a & b} & 1	2	3
\end{tabular*}
"""


def test_cells_and_heads() -> None:
    ((lines, ruled, (start, stop)),) = tables(TABLE)
    assert ruled
    assert [[TABLE[a:b] for a, b in cells] for _, _, cells in lines] == [
        ["Quantity", "Value"],
        ["$f(2)$", "4"],
        [r"a \& $b & c$", "9.0"],
        [r"\text{a & b}", "1	2	3"],
    ]
    assert TABLE[start:stop].startswith(r"\begin{tabular*}")
    found = said(passages(TABLE.encode(), Path("a.tex")))
    assert {r.heads for r in found.rows} == {("Quantity", "Value")}
    assert [r.line for r in found.rows] == [5, 6, 8]  # and no other by their tabs


@pytest.mark.parametrize(
    "text",
    [
        r"\begin{tabular}",
        r"\begin{tabular}{",
        r"\begin{tabular}{ll}\end{tabular}",
        r"\begin{tabular}{ll} $ & \\ { & \end{tabular}",
        "\\begin{tabular}{ll}" * 50 + "\\",
    ],
)
def test_what_is_no_table_is_none(text: str) -> None:
    assert not any(len(lines) > 1 for lines, _, _ in tables(text))


def test_rows_are_claims(tmp_path: Path) -> None:
    path = tmp_path / "a.tex"
    path.write_text(
        r"""\section{A}
Let $f(x) = x^2$.
\begin{tabular}{lr}
Quantity & Value \\ \hline
$f(3)$ & 9.0 \\
\end{tabular}
"""
    )
    (drafted,) = drafts(path)
    assert [c.latex for c in drafted.claims] == ["f(3) = 9.0"]
