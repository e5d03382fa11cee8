"""What an editor is told of a case that is being written."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.editor.analysis import Document

CASE = """\
title: t
symbols: {x: 2, 𝑎: 1, W: [[1, 2], [3, 4]], z: {in: [0, inf]}, b: {recover: true}}
sizes: {n: [3, 4]}
define:
  s: log(1 + exp(x))
claims:
  - {id: one, of: "d(s, x) + W[0, 1]", equals: sigmoid(x) + 2, verdict: holds}
  - id: two
    of: s
    prints: 2.127
    note: about s
"""


def document(text: str = CASE, folder: Path = Path("/nowhere")) -> Document:
    return Document(folder / "f.yaml", text)


def at(text: str, words: str) -> tuple[int, int]:
    """Line and column of the first such words."""
    offset = text.index(words)
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def hover(words: str, made: Document | None = None) -> str:
    made = made or document()
    return made.hover(*at(made.text, words))


def test_faults_have_the_range_of_the_word_inside_the_expression() -> None:
    made = document(CASE.replace("sigmoid(x) + 2", "sigmoid(x) + zed"))
    (fault,) = made.faults
    assert (fault.line, fault.column) == at(made.text, "zed")
    assert fault.end == fault.column + 3
    assert (fault.code, fault.level) == ("E301", "error")
    made.update(CASE)
    assert made.faults == []
    made.update(CASE.replace("equals: sigmoid(x) + 2", "equals: 2.8808"))
    assert [(w.code, w.level) for w in made.faults] == [("W701", "warning")]


@pytest.mark.parametrize(
    "text", ["", "\n", "a", "title: [", "\x00", "title: t\n" * 3, "- " * 100, "\ud800", "x: " + "[" * 99]
)
def test_any_text_has_an_answer(text: str) -> None:
    made = document(text)
    assert made.faults
    for line in range(1, 4):
        for column in (1, 2, 50):
            made.hover(line, column)
            made.completions(line, column)


def test_what_stands_under_the_cursor_is_told_with_its_value_and_typeset() -> None:
    assert (
        hover("s: log")
        == "**s** = `log(1 + exp(x))`\n\nvalue 2.12692801104…\n\n```latex\n\\log(1 + \\mathrm{e}^{x})\n```"
    )
    assert hover('W[0, 1]"') == "**W**: a symbol, shape [2, 2]: [[1, 2], [3, 4]]"
    assert hover("𝑎") == "**a**: a symbol: 1"
    assert hover("z: {") == "**z**: a symbol, in [0, inf]: any value"
    assert hover("b: {") == "**b**: a symbol: to be recovered"
    assert document().hover(*at(CASE, "n: [3")) == "**n**: a size, 3 here; tried at 4, too"
    told = hover('d(s, x) + W[0, 1]"')
    assert "value 2.88079707797…" in told
    assert "\\frac{\\partial s}{\\partial x} + W_{1,2}" in told
    assert hover("equals").startswith("**equals**: the formula that the document gives for it")
    assert hover("holds}").startswith("**holds**: The claim holds")
    assert hover("about s") == ""


def test_while_it_is_at_fault_names_are_those_of_before() -> None:
    made = document()
    made.update(CASE.replace("of: s\n", "of: s + \n"))
    assert made.faults
    assert hover("s: log", made).startswith("**s** = ")


def test_names_come_from_the_text_as_it_is_and_from_other_files(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("title: o\nsymbols: {far: 1}\n", encoding="utf-8")
    text = CASE.replace("sizes:", "uses: other.yaml\nsizes:").replace("  s: log", "  fresh: x\n  s: log")
    made = document(text, tmp_path)
    line, column = at(text, 's, x) + W[0, 1]"')
    words = dict(made.completions(line, column))
    assert {"x", "W", "s", "fresh", "n", "far", "sigmoid", "log"} <= set(words)
    assert (words["fresh"], words["sigmoid"]) == ("define", "function")
    assert dict(made.completions(*at(text, "holds}")))["wrong"] == "verdict"
    assert made.completions(*at(text, "about s")) == []
    made.update(text + "  - {id: three, contradicts: [")
    assert [w for w, _ in made.completions(text.count("\n") + 1, 32)] == ["one", "two"]
    made.update(text + "    ")
    assert "because" in dict(made.completions(text.count("\n") + 1, 5))
    made.update(text + "de")
    assert "derive" in dict(made.completions(text.count("\n") + 1, 1))


def test_a_value_that_takes_long_is_left_out(tmp_path: Path) -> None:
    text = "title: t\nsymbols: {x: 0.1}\nsequences: {w: {start: x, step: w*w + x*sin(w)}}\ndefine: {far: w(60)}\n"
    made = document(text)
    assert made.hover(*at(text, "far")).startswith("**far** = `w(60)`")
