"""Commands of the document's own: what stands for a text is written out, and each character knows where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.document.macros import expanded, macros
from verify.document.passages import passages
from verify.document.said import said

OWN = r"""
\newcommand{\R}{\mathbb{R}} \newcommand\vx{\mathbf{x}} \renewcommand{\vec}[1]{\mathbf{#1}}
\newcommand{\norm}[1]{\left\|#1\right\|} \def\loss{\mathcal{L}} \def\pair#1#2{(#1, #2)}
\DeclareMathOperator{\softmax}{softmax} \DeclareMathOperator*{\argmin}{arg\,min}
\newcommand{\opt}[2][x]{#1 + #2} \newcommand{\ens}{\ensuremath{\alpha}\xspace} \newcommand{\twice}[1]{\norm{#1} + \norm{#1}}
\newcommand{\loop}{\loop x} \newcommand{\open}{ {
"""


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (r"x \in \R^n", r"x \in \mathbb{R}^n"),
        (r"\norm{X w - y}^2", r"\left\|X w - y\right\|^2"),
        (r"\norm x + \norm\vx", r"\left\|x\right\| + \left\|\mathbf{x}\right\|"),
        (r"\pair{a}{b + \loss}", r"(a, b + \mathcal{L})"),
        (r"\twice{\vec{u}}", r"\left\|\mathbf{u}\right\| + \left\|\mathbf{u}\right\|"),
        (r"\softmax(z), \argmin_w", r"\operatorname{softmax}(z), \operatorname{arg\,min}_w"),
        (r"\ens x", r"{\alpha} x"),
        (r"\opt{a}", r"\opt{a}"),  # may be without its first argument
        (r"\loop + \R", r"\loop + \R"),  # it does not end
        (r"\norm{x", r"\norm{x"),
        (r"\Rx \lossy", r"\Rx \lossy"),  # other names
        (r"\lossx", r"\lossx"),
    ],
)
def test_what_stands_for_a_text_is_written_out(text: str, made: str) -> None:
    found = expanded(text, macros([OWN]))
    assert found.text == made
    assert len(found.begins) == len(found.ends) == len(made)


def test_where_it_comes_from() -> None:
    text = r"a = \norm{b} + c"
    found = expanded(text, macros([OWN]))
    at = found.text.index("c")
    assert text[slice(*found.stretch(at, at + 1))] == "c"
    at = found.text.index("b")
    assert text[slice(*found.stretch(at, at + 1))] == r"\norm{b}"
    assert found.stretch(0, len(found.text)) == (0, len(text))
    assert found.stretch(3, 3) == (3, 3)


def test_formulas_of_documents_have_them(tmp_path: Path) -> None:
    for name, text in (
        ("a.tex", f"{OWN}\\begin{{document}}\\[ \\loss = 1 \\]\\end{{document}}"),
        ("a.md", "$$\n\\newcommand{\\loss}{L}\n$$\n\n$$ \\loss = 1 $$"),
    ):
        last = said(passages(text.encode(), Path(name))).formulas[-1]
        assert last.text == "\\loss = 1"
        assert last.latex in ("\\mathcal{L} = 1", "L = 1")
        assert last.passage.text[slice(*last.stretch(0, len(last.latex)))] == last.text


@pytest.mark.parametrize(
    "own",
    [
        r"\newcommand{\a}[1]{#1#1#1#1#1#1#1#1}",
        r"\newcommand{\a}{\b\b}\newcommand{\b}{\a\a}",
        r"\newcommand{\a}{" * 2000,
    ],
)
def test_bombs_are_left_as_they_are(own: str) -> None:
    text = r"\a{" * 12 + "x" + "}" * 12
    assert len(expanded(text, macros([own])).text) < 1_000_000
