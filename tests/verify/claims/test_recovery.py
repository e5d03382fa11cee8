"""Inputs that a document leaves out: enclosed, and all that depends on them judged on the whole enclosure. Worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.reverse import expand
from derive.expr.graph import Graph
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.language.reader import parse
from derive.numbers.balls import evaluate
from verify.casefile import load
from verify.claims import CaseContext, Verdict, judge
from verify.claims.enclosure import Enclosure, Printed
from verify.claims.spans import INF, Span, spans


def judged(tmp_path: Path, symbols: str, claims: list[str]) -> dict[str, Verdict]:
    path = tmp_path / "case.yaml"
    rows = "".join(f"  - {{{c}}}\n" for c in claims)
    path.write_text(f"title: T\nsymbols: {{{symbols}}}\nclaims:\n{rows}")
    case = load(path)
    context = CaseContext(case)
    return {c.id: judge(context, c) for c in case.claims}


ONE = "b: {recover: true}, a: 2, x: {}"


@pytest.mark.parametrize(
    ("prints", "intervals"),
    [
        ([("b", "0.33"), ("3*b", "1.00")], [(0.331667, 0.335)]),
        ([("2*b + 1", "5.00"), ("10*b", "20.02")], [(2.0015, 2.0025)]),
        ([("b/1000", "2.00")], [(1995, 2005)]),
        ([("1/b", "0.500")], [(1.998002, 2.002002)]),
        ([("1/(3*b - 1)", "0.500")], [(0.999334, 1.000667)]),  # the pole is at 1/3
        ([("b**2", "4.00")], [(-2.00125, -1.99875), (1.99875, 2.00125)]),
        ([("b**2", "4.00"), ("b", "2.0")], [(1.99875, 2.00125)]),
        ([("b**2", "4.00"), ("exp(b)", "7.4")], [(1.99875, 2.00125)]),
        ([("b**2 - b", "2.00")], [(-1.001666, -0.998332), (1.998332, 2.001666)]),
        ([("sigmoid(b)", "0.8800")], [(1.991957, 1.992904)]),
        ([("exp(b)", "3.00")], [(1.096944, 1.100278)]),
        ([("log(b)", "1.00")], [(2.704724, 2.731907)]),
        ([("exp(b)/(exp(b) + 2)", "0.70")], [(1.516747, 1.564370)]),  # a softmax
        ([("b*exp(-b)", "0.20")], [(0.2505136, 0.2680084), (2.5017263, 2.5841538)]),
        ([("b/(1 + b)", "1.00")], [(None, -201), (199, None)]),
        ([("tanh(b)", "1.000")], [(4.146900, None)]),
        ([("sigmoid(b)", "0.000")], [(None, -7.600402)]),
        ([("abs(b - 1)", "0.5")], [(0.45, 0.55), (1.45, 1.55)]),
        ([("a*b + 1", "1")], [(-0.25, 0.25)]),
        ([("sqrt(b)", "1.5")], [(2.1025, 2.4025)]),
        ([("b**3 - 3*b", "1.00")], [(-1.5333242, -1.5308501), (-0.3491930, -0.3454025), (1.8787267, 1.8800431)]),
        ([("exp(-b**2/2)", "0.61")], [(-1.002524, -0.986035), (0.986035, 1.002524)]),
        ([("b", "~0.7")], [(0.6, 0.8)]),
        ([("b*1000000", "2.0e9")], [(1950, 2050)]),
    ],
)  # fmt: skip
def test_the_enclosure(
    tmp_path: Path, prints: list[tuple[str, str]], intervals: list[tuple[float | None, float | None]]
) -> None:
    claims = ["id: r, recover: b", *(f'id: c{i}, of: "{of}", prints: {p}' for i, (of, p) in enumerate(prints))]
    found = judged(tmp_path, ONE, claims)
    assert found["r"].verdict == "underspecified", found["r"]
    told = found["r"].evidence["intervals"]
    assert len(told) == len(intervals), told
    for (low, high), (a, b) in zip(told, intervals, strict=True):
        assert float(low) == pytest.approx(-float("inf") if a is None else a, rel=2e-6)
        assert float(high) == pytest.approx(float("inf") if b is None else b, rel=2e-6)
    for i in range(len(prints)):
        assert found[f"c{i}"].verdict == "holds", found[f"c{i}"]


@pytest.mark.parametrize(
    "prints",
    [
        [("b", "0.33"), ("b", "0.36")],
        [("sigmoid(b)", "1.5")],
        [("b**2", "-1.0")],
        [("exp(b)", "2.0"), ("b", "1.0")],
        [("b", "2.0"), ("3*b", "6.5")],
        [("1/b", "0.0"), ("b", "1.0")],
    ],
)
def test_no_value_fits(tmp_path: Path, prints: list[tuple[str, str]]) -> None:
    claims = ["id: r, recover: b", *(f'id: c{i}, of: "{of}", prints: {p}' for i, (of, p) in enumerate(prints))]
    found = judged(tmp_path, ONE, [*claims, "id: h, holds: b > 0"])
    assert {v.verdict for i, v in found.items() if i != "h"} == {"inconsistent"}
    assert all(f"c{i}" in found["r"].reason for i in range(len(prints)))
    assert found["h"].verdict == "undecided"


def test_only_what_contradicts_is_named(tmp_path: Path) -> None:
    claims = [
        "id: r, recover: b",
        "id: c0, of: 2*b, prints: 4.0",
        "id: c1, of: b, prints: 2.00",
        "id: c2, of: b, prints: 2.5",
    ]
    found = judged(tmp_path, ONE, claims)
    assert found["r"].verdict == "inconsistent"
    assert found["r"].evidence["against"] in (["c0", "c2"], ["c1", "c2"])


@pytest.mark.parametrize(
    ("of", "prints", "claim", "verdict"),
    [
        ("tanh(b)", "1.000", "holds: b > 501.5", "underspecified"),
        ("tanh(b)", "1.000", "holds: b > 3.8", "holds"),
        ("tanh(b)", "1.000", "holds: b < 3.8", "wrong"),
        ("tanh(b)", "1.000", "holds: exp(b) > 20", "holds"),
        ("tanh(b)", "1.000", "holds: b*x**2 >= 3*x**2", "holds"),
        ("tanh(b)", "1.000", "holds: b*x**2 >= 30*x**2", "underspecified"),
        ("tanh(b)", "1.000", 'holds: "convex(b*x**2, x)"', "holds"),
        ("tanh(b)", "1.000", "of: b, equals: 5", "underspecified"),
        ("tanh(b)", "1.000", "of: b, equals: 1", "wrong"),
        ("tanh(b)", "1.000", "of: b*x, equals: x*b", "holds"),
        ("b**2", "4.00", "holds: b > 0", "underspecified"),  # two branches
        ("b**2", "4.00", "holds: abs(b) > 1.9", "holds"),
        ("b**2", "4.00", "holds: abs(b) > 2.1", "wrong"),
        ("b**2", "4.00", "of: b**4, prints: 16", "holds"),
        ("b**2", "4.00", "of: b**4, prints: 17", "wrong"),
        ("b**2", "4.00", "of: b**4, prints: 16.00", "underspecified"),  # from 15.96 to 16.04
        ("b**2", "4.00", "of: b, prints: 2.0", "underspecified"),  # or -2.0
        ("b", "0.33", "of: 3*b, prints: 1.00", "underspecified"),  # 1/3 gives it: not wrong
        ("b", "0.33", "of: 3*b, prints: 1.02", "wrong"),
        ("b", "0.33", "of: 3*b, prints: 1.0", "holds"),
        ("b", "0.33", "holds: b == 1/3", "underspecified"),
        ("b", "0.33", "holds: b != 1/2", "holds"),
        ("b", "0.33", "holds: b <= 0.335", "holds"),
        ("b", "0.33", "of: a*b, equals: 2*b", "holds"),  # at a = 2, whatever b is
        ("b", "0.33", "of: a*b*a, equals: 2*a*b", "holds-if"),
        ("b", "0.33", "of: a*b*x, equals: a*x", "wrong"),
        ("1/b", "0.500", "holds: b > 0", "holds"),
        ("1/b", "0.500", "somewhere: b > 2", "underspecified"),
        ("1/b", "0.500", "somewhere: b*x**2 > 7", "holds"),
        ("1/b", "0.500", "somewhere: b > 3", "wrong"),
        ("1/b", "0.500", 'holds: "convex(-b*x**2, x)"', "wrong"),
        ("1/b", "0.500", 'holds: "convex((b - 2)*x**2, x)"', "undecided"),
        ("1/b", "0.500", 'of: "limit(b*x, x, inf)", equals: inf', "holds"),
    ],
)
def test_what_depends_on_it(tmp_path: Path, of: str, prints: str, claim: str, verdict: str) -> None:
    found = judged(
        tmp_path, ONE, ["id: r, recover: b, from: [c]", f"id: c, of: {of}, prints: {prints}", f"id: h, {claim}"]
    )
    assert found["h"].verdict == verdict, found["h"]


@pytest.mark.parametrize(
    ("prints", "claim", "verdict"),
    [
        (["u + v = 3.0", "u - v = 1.0"], "holds: u > v", "holds"),
        (["u + v = 3.0", "u - v = 1.0"], "of: u, prints: 2", "holds"),
        (["u + v = 3.0", "u - v = 1.0"], "holds: v > 1.5", "wrong"),
        (["u + v = 3.0", "u - v = 1.0"], "holds: u == 2", "underspecified"),
        (["u*v = 6.0", "u/v = 1.5"], "holds: u*v > 5", "holds"),
        (["u*v = 6.0", "u/v = 1.5"], "holds: u > 0", "underspecified"),  # (3, 2) and (-3, -2)
        (["exp(u) = 3.0", "u*v = 2.0"], "holds: v > 1", "holds"),
        (["u*v = 6.000", "u/v = 1.500"], "holds: abs(u) < 3.001", "holds"),
        (["u*v = 6.000", "u/v = 1.500"], "of: u**2, prints: 9.00", "holds"),
        (["sigmoid(2*u + v) = 0.8808", "sigmoid(u - v) = 0.7311"], "of: u, prints: 1.00", "holds"),  # u = 1, v = 0
        (["sigmoid(2*u + v) = 0.8808", "sigmoid(u - v) = 0.7311"], "holds: v > 0.001", "wrong"),
        (["sigmoid(2*u + v) = 0.8808", "sigmoid(u - v) = 0.7311"], "holds: v == 0", "underspecified"),
        (["u**2 + v**2 = 1.00", "u - v = 0.00"], "of: u*v, prints: 0.5", "holds"),
        (["u**2 + v**2 = 1.00", "u - v = 0.00"], "holds: u < 0", "underspecified"),
        (["u**2 + v**2 = 1.0", "u + 2*v = 0.0"], "holds: u < 2", "holds"),
        (["exp(u)/(exp(u) + exp(v)) = 0.70", "u = 1.00"], "holds: v < 0.2", "holds"),  # v = 1 - log(7/3) = 0.153
        (["exp(u)/(exp(u) + exp(v)) = 0.70", "u = 1.00"], "of: v, prints: 0.9", "wrong"),
        (["u = 3.0", "v = 2.0"], "holds: u*v > 5.7", "holds"),  # two inputs that nothing ties together
        (["u = 3.0", "v = 2.0"], "of: u + v, prints: 5", "holds"),
        (["u = 3.0", "v = 2.0"], "of: u + v, prints: 5.0", "underspecified"),
    ],
)
def test_several_inputs(tmp_path: Path, prints: list[str], claim: str, verdict: str) -> None:
    rows = [f'id: c{i}, of: "{p.split(" = ")[0]}", prints: {p.split(" = ")[1]}' for i, p in enumerate(prints)]
    recover = ["id: ru, recover: u, from: [c0, c1]", "id: rv, recover: v, from: [c0, c1]"]
    if "u = 3.0" in prints:
        recover = ["id: ru, recover: u, from: [c0]", "id: rv, recover: v, from: [c1]"]
    found = judged(tmp_path, "u: {recover: true}, v: {recover: true}", [*recover, *rows, f"id: h, {claim}"])
    assert found["ru"].verdict == found["rv"].verdict == "underspecified"
    assert found["h"].verdict == verdict, found["h"]


def test_inputs_that_no_values_fit_together(tmp_path: Path) -> None:
    rows = ["id: a, of: u + v, prints: 3.0", "id: b, of: u - v, prints: 1.0", "id: c, of: 2*u, prints: 5.0"]
    recover = ["id: ru, recover: u", "id: rv, recover: v"]
    found = judged(tmp_path, "u: {recover: true}, v: {recover: true}", [*recover, *rows])
    assert {v.verdict for v in found.values()} == {"inconsistent"}


def test_a_declared_range_is_kept(tmp_path: Path) -> None:
    claims = ["id: r, recover: b", "id: c, of: b**2, prints: 4.00"]
    found = judged(tmp_path, "b: {recover: true, in: [0, 10]}", claims)
    ((low, high),) = found["r"].evidence["intervals"]
    assert [float(low), float(high)] == pytest.approx([1.99875, 2.00125], rel=1e-5)


TEXTS = [
    "b**2 - 3*b", "1/(b - 1)", "exp(-b)*b", "tanh(b)/(1 + b**2)", "sqrt(b)", "log(1 + b**2)", "where(b > 0, b, b**2)",
    "abs(b - 2)", "max(b, 1 - b)", "sin(b)", "b**3", "(b + 1)**-2", "sigmoid(3*b)", "relu(b)*atan(b)", "erf(b)", "b**0.5",
]  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(TEXTS),
    st.fractions(-20, 20, max_denominator=50),
    st.fractions(0, 5, max_denominator=50),
    st.integers(0, 10),
)
def test_a_span_holds_the_values_at_all_points(text: str, low: Fraction, width: Fraction, share: int) -> None:
    g = Graph()
    b = g.symbol("b")
    node = components(expand(parse(text, {"b": b}, g)))[0]
    at = low + width * share / 10
    value = evaluate([node], {b: fmpq(at.numerator, at.denominator)})[0]
    ends = [fmpq(e.numerator, e.denominator) for e in (low, low + width)]
    for box in (Span(*ends), Span(ends[0], INF), Span(-INF, ends[1])):
        found = spans([node], {b: box})[0]
        if isinstance(value, Exception):
            assert not isinstance(found, Span) or not found.total
        else:
            assert isinstance(found, Span)
            assert not arb(value) < found.low
            assert not arb(value) > found.high


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEXTS), st.fractions(-8, 8, max_denominator=20), st.integers(1, 3))
def test_an_input_is_among_those_that_its_print_allows(text: str, at: Fraction, places: int) -> None:
    """Print what a known input gives, forget the input: the enclosure has it."""
    g = Graph()
    b = g.symbol("b")
    node = components(expand(parse(text, {"b": b}, g)))[0]
    value = evaluate([node], {b: fmpq(at.numerator, at.denominator)})[0]
    if isinstance(value, Exception):
        return
    shown = round(Fraction(float(value)), places)
    half = Fraction(1, 2 * 10**places)
    found = Enclosure((b,), [Printed(node, shown - half, shown + half)], {}).find([(Fraction(-10), Fraction(10))])
    assert any((a is None or a <= at) and (c is None or at <= c) for a, c in found.intervals(b))
