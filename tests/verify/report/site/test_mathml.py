"""Mathematics in HTML: every formula of the library becomes MathML, long ones can break, and nothing of it is markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from tests import ROOT
from verify.report.site.mathml import MAX_LATEX, WIDE, display, inline


def formulas() -> Iterator[str]:
    """The formulas of all committed reports."""
    for path in sorted((ROOT / "reports").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        yield from re.findall(r"```math\n(.*?)\n```", text, re.S)
        yield from re.findall(r"\$`(.*?)`\$", text)


def parts(made: str) -> list[ET.Element]:
    return list(ET.fromstring(f"<p>{made}</p>").iter("math"))


def test_every_formula_of_the_library_becomes_mathml():
    found = dict.fromkeys(formulas())
    assert len(found) > 1000
    broken = [f for f in found if "<code>" in inline(f) or not parts(inline(f))]
    assert not broken


def test_a_prime_stands_in_line_where_every_font_shows_it():
    """As an exponent it is tiny and high, and abs'(x) reads abs(x)."""
    for latex, of in ((r"\mathrm{abs}'(x)", "abs"), (r"\phi_1'(z)", "ϕ1"), (r"f''(x)", "f")):
        made = parts(inline(latex))[0]
        assert not list(made.iter("msup")) + list(made.iter("msubsup"))
        assert "".join(made.itertext()).startswith(of + ("″" if "''" in latex else "′"))


def test_a_long_formula_is_cut_before_its_signs():
    latex = "+".join(rf"\frac{{a_{{{k}}}}}{{b_{{{k}}}}}" for k in range(40)) + "= c"
    made = parts(inline(latex))
    assert len(made) == 41
    assert all(m[0].text in ("+", "=") and m[0].get("form") == "infix" for m in made[1:])


def test_what_stands_in_one_bracket_is_cut_only_where_it_is_wide():
    short = r"L = \frac{1}{2} (\mathrm{first} - \mathrm{second}) (\mathrm{one} + b) + \mathrm{last} + \mathrm{more}"
    assert all("(" not in ET.tostring(m, "unicode") or ")" in ET.tostring(m, "unicode") for m in parts(inline(short)))
    terms = " + ".join(rf"\mathrm{{term{k}}}" for k in range(30))
    assert len(parts(inline(rf"a ({terms})"))) > 20


def test_a_part_that_can_not_be_cut_says_how_wide_it_is():
    row = " & ".join(rf"x_{{{k}}} + 100" for k in range(20))
    made = display(rf"\begin{{pmatrix}} {row} \end{{pmatrix}}")
    (width,) = re.findall(r'class="wide" style="--w:(\d+)"', made)
    assert int(width) > WIDE


@pytest.mark.parametrize(
    "latex",
    [
        r"\nosuch{x}",
        r"\href{javascript:alert(1)}{x}",
        "{" * 5000 + "}" * 5000,
        r"\sqrt" * 5000 + " x",
        "x" * (MAX_LATEX + 1),
    ],
)
def test_what_can_not_be_converted_is_shown_as_it_is(latex: str):
    assert inline(latex).startswith("<code>")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"onload=x', "&lt;b&gt;"])
def test_text_in_a_formula_is_never_markup(text: str):
    made = inline(rf"\text{{{text}}} = x")
    assert "<script" not in made
    ET.fromstring(f"<p>{made}</p>")
