"""What a document displays: formulas, tables and numbers, and nothing that stands in code or is the number of a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.document.passages import passages
from verify.document.said import Said, said

MARKDOWN = r"""# Chapter 3
See Table 2.4, Section 3.1 and Eq. (2.7); version 1.0, v1.2, 10.1.2.3 and `0.111`. It costs $5 a month and $7 a year.

## 3.1 Values

Inline $x = 0.5$ and \(y = 0.25\), then

$$
z = x y = 0.125 \quad (3.1)
$$

\[ w = -1.5 \times 10^{-3} \] \begin{align} a &= 1 \\ b &= 2.0 \end{align}

```python
p = 3.14  # $$ no formula $$
```

```math
q = 2.75
```
<!-- r = 9.99 $$s = 1$$ -->

| Step | Quantity | Value |
|------|:--------:|-------|
| 1 | $x \| y$ | 0.5 |
| 2 | $|z|$ | 0.126 |

Step	Quantity	Value
3	$u$	7.5
"""
LATEX = r"""\documentclass{article}
\newcommand{\a}{$$no = 1.5$$}
\begin{document}
\section{One} % $$hidden = 2.5$$
Costs 5\% or \$5 and 0.5.
\subsection{Two}
\begin{equation}\label{eq:1.5} a = b + 0.25 \end{equation}
\begin{align*} c &= d \\ e &= f \end{align*}
\begin{verbatim}
$$ no = 3.5 $$
\end{verbatim}
\section*{Unnumbered}
$x = 1$
\end{document}
"""


def displayed(text: str, name: str) -> Said:
    return said(passages(text.encode(), Path(name)))


def test_markdown() -> None:
    found = displayed(MARKDOWN, "a.md")
    assert [(s.number, s.title) for s in found.sections] == [("", ""), ("3", ""), ("3.1", "Values")]
    assert [f.text for f in found.formulas if not f.display] == ["x = 0.5", "y = 0.25", r"x \| y", "|z|", "u"]
    assert [f.text for f in found.formulas if f.display] == [
        r"z = x y = 0.125 \quad (3.1)",
        r"w = -1.5 \times 10^{-3}",
        r"\begin{align} a &= 1 \\ b &= 2.0 \end{align}",
        "q = 2.75",
    ]
    assert [n.text for n in found.numbers] == [
        "0.5", "0.25", "0.125", r"-1.5 \times 10^{-3}", "2.0", "2.75", "0.5", "0.126", "7.5"
    ]  # fmt: skip
    assert [[c.text for c in r.cells] for r in found.rows] == [
        ["1", r"$x \| y$", "0.5"],
        ["2", "$|z|$", "0.126"],
        ["3", "$u$", "7.5"],
    ]
    assert {r.heads for r in found.rows} == {("Step", "Quantity", "Value")}
    lines = MARKDOWN.splitlines()
    assert all(n.text in lines[n.line - 1] for n in found.numbers)


def test_latex() -> None:
    found = displayed(LATEX, "a.tex")
    assert [(s.number, s.title) for s in found.sections[1:]] == [("1", "One"), ("1.1", "Two"), ("", "Unnumbered")]
    assert [f.text for f in found.formulas] == [
        r"\label{eq:1.5} a = b + 0.25",
        r"\begin{align*} c &= d \\ e &= f \end{align*}",
        "x = 1",
    ]
    assert [n.text for n in found.numbers] == ["0.5", "0.25"]


@pytest.mark.parametrize(
    "sign", ["$$", "$", "\\[", "\\(", "\\begin{align}", "`", "```\n", "<!--", "| a | b |\n", "a\tb\tc\n"]
)
def test_what_is_not_closed_costs_no_more_than_it_is_long(sign: str) -> None:
    """Each sign fifty thousand times: quadratic work would not come back."""
    found = displayed(f"# x\n{f'{sign} ' * 50_000}", "a.md")
    assert len(found.formulas) <= 20_000


def test_more_formulas_than_are_looked_at() -> None:
    found = displayed("$x$\n" * 20_010, "a.md")
    assert len(found.formulas) == 20_000
    assert "left out" in found.left_out


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("$$ a = 1\n\nWords, $x = 2$ and $$ b = 3 $$", "a.md"),
        ("\\[ a = 1\n\n# Heading\n\\[ b = 3 \\]", "a.md"),
        ("\\[ a = 1\n\n\\section{B}\n\\[ b = 3 \\]", "a.tex"),
        ("\\begin{align} a = 1\n\nWords.\n$$ b = 3 $$", "a.md"),
    ],
)
def test_a_display_that_is_not_closed_is_told_and_hides_no_other(text: str, name: str) -> None:
    found = [f for f in displayed(text, name).formulas if f.display]
    assert [(f.text, bool(f.unread)) for f in found] == [("a = 1", True), ("b = 3", False)]
    assert "not closed" in found[0].unread


def test_a_display_beyond_the_limit_is_told() -> None:
    found = displayed(f"$$ x = {'1 + ' * 5_000} 0.25 $$ $$ y = 1 $$ \\text{{$z$}}", "a.md")
    assert [f.unread for f in found.formulas if f.display] == ["longer than 10,000 characters", ""]
    assert [n.text for n in found.numbers] == ["0.25"]
    for no_display in ("It cost $$ a lot.", "\\[1] A. Author", "a \\( b"):
        assert not displayed(no_display, "a.md").formulas


def test_numbers_and_formulas_in_cells() -> None:
    found = displayed(
        "| a | b | c |\n|---|---|---|\n| \\(P(a|b)\\) | 1e-3 | 1 000 |\n| x | -2.5E+4 | 12 345.5 |\n", "a.md"
    )
    assert [c.text for c in found.rows[0].cells] == ["\\(P(a|b)\\)", "1e-3", "1 000"]
    assert [n.text for n in found.numbers] == ["1e-3", "1 000", "-2.5E+4", "12 345.5"]
    assert not displayed("In 10 000 of 3 cases, commit 12e4f and 0x1e3.", "a.md").numbers


def test_what_is_quoted_is_read_as_what_is_not() -> None:
    text = "# A\n> $$\n> a = 0.5\n> $$\n>\n> > $b = 1$\n\n$$\nc\n> 2\n$$\n\n```\n> $d$ 1.5\n```\n> ```math\n> e = 2.5\n> ```\n"
    found = displayed(text, "a.md")
    assert [" ".join(f.text.split()) for f in found.formulas] == ["a = 0.5", "b = 1", "c > 2", "e = 2.5"]
    assert [(n.text, n.line) for n in found.numbers] == [("0.5", 3), ("2.5", 17)]


def test_formulas_of_myst() -> None:
    text = (
        ":::{math}\n:label: a\nx := 0.5\n:::\n\n```{math}\n:label: b\n\ny = 1.5\n```\n\nThen {math}`z = 2.5` and `{math}`.\n"
        "::::{math}\nw = 3.5\n::::\n\n:::{note}\nu\n:::\n"
    )
    found = displayed(text, "a.md")
    assert [(f.text, f.display, f.line) for f in found.formulas] == [
        ("x := 0.5", True, 3), ("y = 1.5", True, 9), ("z = 2.5", False, 12), ("w = 3.5", True, 14)
    ]  # fmt: skip
    assert [n.text for n in found.numbers] == ["0.5", "1.5", "2.5", "3.5"]
    assert len(displayed(":::{math}\na\n" * 5_000, "a.md").formulas) == 0


def test_lines_may_end_as_on_windows() -> None:
    for text in (MARKDOWN, ":::{math}\nx = 0.5\n:::\n# A #\n$$\ny = 1\n\n$$\n"):
        plain, other = displayed(text, "a.md"), displayed(text.replace("\n", "\r\n"), "a.md")
        assert [(s.number, s.title, s.line) for s in plain.sections] == [
            (s.number, s.title, s.line) for s in other.sections
        ]
        assert [f.text.split() for f in plain.formulas] == [f.text.split() for f in other.formulas]
        assert [(n.text, n.line) for n in plain.numbers] == [(n.text, n.line) for n in other.numbers]


def test_names_of_code_are_words_of_headings_and_what_is_switched_off_is_none() -> None:
    found = displayed("# `f(x, y)` of code #\n$x$\n## `#`\n```\n# no heading\n```\n", "a.md")
    assert [s.title for s in found.sections] == ["", "f(x, y) of code"]
    off = "\\section{A}\n$a = 1$\n\\iffalse\n$b = 1$\n\\section{B}\n\\fi\n$c = 1$\n"
    found = displayed(off, "a.tex")
    assert [f.text for f in found.formulas] == ["a = 1", "c = 1"]
    assert len(found.sections) == 2
