"""Printed numbers that rounding explains, and those that it does not: answers worked out by hand from the ends of the ranges."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.expr.graph import Graph
from derive.language.reader import parse
from derive.numbers.balls import rational
from tests.verify.claims.test_claims import judged
from verify.claims.reach import Unsettled, within_rounding
from verify.decimals import correction, fit, parse_printed


@pytest.mark.parametrize(
    ("shows", "prints", "verdict"),
    [
        ("1.16/0.1", "11.57", "holds-if"),  # between 1.155/0.15 = 7.7 and 1.165/0.05 = 23.3
        ("1.16/0.1", "23", "holds-if"),
        ("1.16/0.1", "25", "wrong"),
        ("1.16/0.1", "7", "wrong"),  # at most 7.5, less than 7.7
        ("0.5/0.0", "12.5", "holds-if"),  # 0.5/0.04
        ("0.5/0.0", "-100", "holds-if"),
        ("0.5/0.0", "5", "wrong"),  # at least 0.45/0.05 = 9
        ("2 + 0.5/0.0", "7", "wrong"),
        ("1/0", "1", "wrong"),
        ("0.5*(1 - 0.5)", "0.3", "holds"),  # 1/4, a tie
        ("0.5*(1 - 0.5)", "0.26", "wrong"),  # x*(1 - x) is at most 1/4
        ("0.5*(1 - 0.5)", "0.248", "holds-if"),  # at least 0.45*0.55 = 0.2475
        ("0.5*(1 - 0.5)", "0.247", "wrong"),
        ("(0.2 - 0.3)**2", "0.04", "holds-if"),  # (0.15 - 0.34)**2
        ("(0.2 - 0.3)**2", "0.05", "wrong"),  # at most 0.2**2
        ("(0.2 - 0.3)**2", "0.000", "holds-if"),
        ("abs(0.2 - 0.3)", "-0.1", "wrong"),
        ("sin(1.6)", "0.999", "holds-if"),  # between sin(1.65) = 0.9969 and 1
        ("sin(1.6)", "1.01", "wrong"),
        ("1.0*exp(-1.0)", "0.367", "holds-if"),  # between 0.95*exp(-0.95) = 0.3674 and exp(-1) = 0.36788
        ("1.0*exp(-1.0)", "0.366", "wrong"),
        ("0.9**3", "0.6", "holds-if"),  # down to 0.85**3 = 0.614
        ("0.9**3", "0.5", "wrong"),
        ("log(0.1)", "-2.5", "holds-if"),  # log(0.0821)
        ("log(0.1)", "-3.1", "wrong"),  # log(0.05) = -2.996
        ("log(0.0)", "-3.1", "holds-if"),
        ("log(0.0)", "-1.0", "wrong"),  # at most log(0.05)
        ("exp(2.3)", "10.2", "holds-if"),
        ("exp(2.3)", "11", "wrong"),  # exp(2.35) = 10.486
        ("1/(1 + exp(-0.1))", "0.54", "holds-if"),  # up to sigmoid(0.15) = 0.5374
        ("1/(1 + exp(-0.1))", "0.55", "wrong"),
        ("sqrt(0.0)", "0.2", "holds-if"),
        ("sqrt(0.0)", "0.3", "wrong"),  # sqrt(0.05) = 0.2236
        ("2.0 - 1.9", "0.2", "holds-if"),
        ("2.0 - 1.9", "0.3", "wrong"),
        ("1.5 + 1", "2.6", "wrong"),  # 1.55 is the first that gives it, and rounds to 1.6
        ("1.5 + 1", "2.4", "wrong"),  # 1.45 rounds to 1.5 by one rule for ties, and 2.45 to 2.4 by the other
        ("[0.2, 0.3] @ [0.4, 0.6]", "0.31", "holds-if"),  # up to 0.25*0.45 + 0.35*0.65 = 0.34
        ("[0.2, 0.3] @ [0.4, 0.6]", "0.4", "wrong"),
        ("norm([0.3, 0.4])", "0.6", "holds-if"),  # up to 0.57
        ("norm([0.3, 0.4])", "0.7", "wrong"),
        ("max(0.3, 0.4)", "0.43", "holds-if"),
        ("max(0.3, 0.4)", "0.34", "wrong"),  # one of them is 0.35 or more
        ("softmax([1.0, 2.0])[0]", "0.29", "holds-if"),  # between sigmoid(-1.1) = 0.2497 and sigmoid(-0.9) = 0.2891
        ("softmax([1.0, 2.0])[0]", "0.30", "wrong"),
        ("relu(-0.1)", "0.1", "wrong"),
        ("relu(0.0)", "0.04", "holds-if"),
        ("det([[1.0, 2.0], [2.0, 4.0]])", "0.4", "holds-if"),  # 1.05*4.05 - 1.95**2 = 0.45
        ("det([[1.0, 2.0], [2.0, 4.0]])", "0.5", "wrong"),
        ("1.0 - 0.1*2*1.0", "0.85", "holds-if"),  # a step of gradient descent
        ("1.0 - 0.1*2*1.0", "1.0", "wrong"),  # less than 1.05*(1 - 0.1) = 0.945
        ("0.3*0.3", "~0.10", "holds"),  # within a unit
        ("hold(0.3)*2", "0.65", "holds-if"),
    ],
)  # fmt: skip
def test_displayed_arithmetic_is_judged_by_what_its_factors_stand_for(
    tmp_path: Path, shows: str, prints: str, verdict: str
) -> None:
    found = judged(tmp_path, f"claims:\n  - {{id: a, shows: '{shows}', prints: '{prints}'}}\n")["a"]
    assert found.verdict == verdict, found
    if verdict == "holds-if":
        for literal, value in found.evidence["witness"].items():
            span = parse_printed(literal).span
            assert span.low < Fraction(value) < span.high


def test_the_witness_is_shown_with_few_digits(tmp_path: Path) -> None:
    found = judged(tmp_path, "claims:\n  - {id: a, shows: 1.16/0.1, prints: 11.57}\n")["a"]
    assert found.evidence["witness"] == {"1.16": "1.157"}
    assert "1.157/0.1" in found.reason


@given(st.integers(1, 60), st.integers(1, 60), st.integers(-20, 60))
def test_what_rounding_reaches_is_what_a_scan_of_the_ends_says(a: int, b: int, n: int) -> None:
    """x*y - y on a box of positive numbers: linear in each, so its ends lie at corners."""
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    root = parse("x*y - y", {"x": x, "y": y}, g)
    printed, spans = parse_printed(f"{n / 10:.1f}"), {x: parse_printed(f"{a / 10}").span, y: parse_printed(f"{b}").span}
    try:
        found = within_rounding(root, {}, spans, printed)
    except Unsettled:
        found = None
    corners = [u * v - v for u in (spans[x].low, spans[x].high) for v in (spans[y].low, spans[y].high)]
    reached = min(corners) < printed.span.high and max(corners) > printed.span.low
    assert (found is not None) == reached
    if found is not None:
        value = found[x] * found[y] - found[y]
        assert fit(printed, rational(value)) in ("rounded", "tie")


@pytest.mark.parametrize(
    ("symbols", "define", "claims", "expected"),
    [
        (  # an input printed wrong stands for what rounds to it
            "a: 0.14", "r: 1.16/a",
            ["of: a, prints: 0.2", "of: r, prints: 5.70", "of: r, prints: 9"],
            [("wrong", "n0"), ("inherited", "n0"), ("wrong", "n2")],  # 1.16/0.25 = 4.6 to 1.16/0.15 = 7.7
        ),
        (  # a chain starts where it starts, though that is a correct rounding
            "a: 1.26", "b: 2*a, c: 2*b, e: 2*c",
            ["of: a, prints: 1.3", "of: b, prints: 2.60", "of: c, prints: 5.20", "of: e, prints: 10.40"],
            [("holds", ""), ("inherited", "n0"), ("inherited", "n0"), ("inherited", "n0")],
        ),
        (
            "a: 1.26", "b: 2*a, c: 2*b",
            ["of: a, prints: 1.2", "of: b, prints: 2.4", "of: c, prints: 4.8"],
            [("truncated", "n0"), ("inherited", "n0"), ("inherited", "n0")],
        ),
        (  # two origins
            "p: 0.3401, q: 0.2601", "s: p + q, t: 10*s",
            ["of: p, prints: 0.3501", "of: q, prints: 0.2701", "of: s, prints: 0.6202", "of: t, prints: 6.202"],
            [("wrong", "n0"), ("wrong", "n1"), ("inherited", "n0 n1"), ("inherited", "n0 n1")],
        ),
        (  # of two inputs one is right: the other is the origin
            "p: 0.3401, q: 0.2601", "s: p + q",
            ["of: p, prints: 0.3501", "of: q, prints: 0.2601", "of: s, prints: 0.6102"],
            [("wrong", "n0"), ("holds", ""), ("inherited", "n0")],
        ),
        (  # a copy repeats what it copies
            "a: 1.5", "b: a**2",
            ["of: b, prints: 2.35", "of: b, prints: 2.35", "of: 2*b, prints: 4.70"],
            [("wrong", "n0"), ("inherited", "n0"), ("inherited", "n0")],
        ),
        (  # cut off, and what follows from the cut input as well
            "a: 1.66", "c: a + 0.03",
            ["of: a, prints: 1.6", "of: c, prints: 1.6"],
            [("truncated", "n0"), ("inherited", "n0")],
        ),
        (  # steps of w <- 0.8*w from 1: 0.8, 0.64, 0.512
            "w0: 1", "w1: 0.8*w0, w2: 0.8*w1, w3: 0.8*w2",
            ["of: w1, prints: 0.8", "of: w2, prints: 0.7", "of: w3, prints: 0.56"],
            [("holds", ""), ("wrong", "n1"), ("inherited", "n1")],
        ),
        (  # what a step printed of itself before is no input of it
            "w0: 2, x0: -1, b: 3", "z: w0*x0 + b, s: sigmoid(z)",
            ['of: "d(s, z)", prints: 0.20', 'of: "d(s, x0)", prints: 0.39',
             'of: "d(s, x0)", by: "w0*d(s, z)", prints: 0.40'],
            [("holds", ""), ("holds", ""), ("inherited", "n0")],
        ),
        (  # a copy of another quantity is one
            "w: 3, x: 0.5", "z: w*x, a: 1*z, L: a**2/2",
            ['of: "d(L, a)", prints: 1.4', 'of: "d(L, z)", by: "d(L, a)", prints: 1.4'],
            [("wrong", "n0"), ("inherited", "n0")],
        ),
        (  # softmax of (1.26, 0): 0.7790; of (1.2, 0): 0.7685
            "z: [1.26, 0]", "p: softmax(z)",
            ['of: "z[0]", prints: 1.2', 'of: "p[0]", prints: 0.77'],
            [("truncated", "n0"), ("inherited", "n0")],
        ),
        (  # x*(1 - x) is not monotone: 0.4 to 0.6 gives 0.24 to 0.25
            "a: 0.3", "x: 1*a, v: x*(1 - x)",
            ["of: x, prints: 0.5", "of: v, prints: 0.249", "of: v, prints: 0.26"],
            [("wrong", "n0"), ("inherited", "n0"), ("wrong", "n2")],
        ),
        (  # 1/x where x was printed as 0.0
            "a: 0.12", "x: 1*a, r: 1/x",
            ["of: x, prints: 0.0", "of: r, prints: 40", "of: r, prints: 15"],
            [("wrong", "n0"), ("inherited", "n0"), ("wrong", "n2")],
        ),
        (  # (1, 1) @ (0.26, 0.36) = 0.62
            "u: [0.26, 0.36]", "m: u[0] + u[1]",
            ['of: "u[0]", prints: 0.2', 'of: "u[1]", prints: 0.4', "of: m, prints: 0.60"],
            [("truncated", "n0"), ("holds", ""), ("inherited", "n0")],
        ),
        ("x: 0", "r: 1/x", ["of: r, prints: 3"], [("wrong", "n0")]),
        ("x: 0", "r: 1/x", ["of: x, prints: 0.5", "of: r, prints: 2"], [("wrong", "n0"), ("inherited", "n0")]),
    ],
)  # fmt: skip
def test_where_an_error_started(
    tmp_path: Path, symbols: str, define: str, claims: list[str], expected: list[tuple[str, str]]
) -> None:
    lines = "".join(f"  - {{id: n{i}, {c}}}\n" for i, c in enumerate(claims))
    body = define.replace(", ", "\n  ") if "[" not in define else define
    found = judged(tmp_path, f"symbols: {{{symbols}}}\ndefine:\n  {body}\nclaims:\n{lines}")
    told = [(found[f"n{i}"].verdict, " ".join(found[f"n{i}"].origin)) for i in range(len(claims))]
    assert told == expected, {k: v.reason for k, v in found.items()}


@pytest.mark.parametrize(
    ("of", "prints", "correct"),
    [
        ("1/4", "0.4", "0.3 (0.25)"),
        ("sqrt(14)", "3", "4 (3.7417)"),
        ("sqrt(14)", "6", "4 (3.7417)"),
        ("1 - sigmoid(800)", "1e-5", "3.67e-348"),  # exp(-800)
        ("exp(-800)/3", "2.00e-5", "1.22e-348"),
        ("0.1349", "12%", "13% (13.49%)"),
        ("log(1 + exp(1/2))", "0.9740", "0.9741 (0.97407698)"),
        ("log(1 + exp(1/2))", "0.8740", "0.9741"),
        ("1e-7", "0.01", "0.00 (0.0000001)"),
    ],
)
def test_the_right_value_is_told_with_the_digits_that_matter(
    tmp_path: Path, of: str, prints: str, correct: str
) -> None:
    found = judged(tmp_path, f"claims:\n  - {{id: a, of: {of}, prints: {prints}}}\n")["a"]
    assert found.verdict in ("wrong", "truncated")
    assert f"correct: {correct};" in f"{found.reason};"
    assert found.exact is not None
    assert Fraction(found.exact) != 0


def test_a_correction_of_an_exact_fraction_is_the_value() -> None:
    assert correction(rational(Fraction(1, 4)), parse_printed("1/3")) == "0.25"
