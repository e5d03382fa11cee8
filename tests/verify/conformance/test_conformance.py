"""Implementation checks: right ones agree, wrong ones are caught with the simplest input, kinks are no failure."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.expr.graph import Graph, Node
from derive.language.reader import parse, to_text
from verify.backends import numpy_source, torch_source
from verify.backends.writer import Form
from verify.casefile import load
from verify.casefile.model import Case, Claim, Definition, Derivation, Place, Symbol
from verify.conformance import check_case, units
from verify.conformance.bulk import Bulk
from verify.conformance.inputs import Input, inputs
from verify.conformance.measure import NUMPY_BITS, bounds, reading
from verify.conformance.objectives import derivatives, objectives
from verify.conformance.programs import numpy_implementation
from verify.conformance.values import values as values_of
from verify.results import Check

PLACE = Place("case.yaml", 1, 1)
Range = tuple[str | None, str | None]


def make(
    values: Mapping[str, Any],
    define: Mapping[str, str],
    derive: Sequence[str] = (),
    claims: Sequence[str] = (),
    ranges: Mapping[str, Range] | None = None,
) -> Case:
    """A case without a file. A value is text, a list of texts, or a shape (any value)."""
    g, scope, symbols, definitions = Graph(), {}, {}, {}
    for name, value in values.items():
        shape = value if isinstance(value, tuple) else (len(value),) if isinstance(value, list) else ()
        given = (
            None if isinstance(value, tuple) else tuple(map(Fraction, value if isinstance(value, list) else [value]))
        )
        low, high = (None if b is None else Fraction(b) for b in (ranges or {}).get(name, (None, None)))
        node = scope[name] = g.symbol(name, shape)
        symbols[name] = Symbol(name, shape, given, low, high, False, node, PLACE)
    for name, text in define.items():
        node = scope[name] = g.define(name, parse(text, scope, g))
        definitions[name] = Definition(name, node, text, PLACE)
    return Case(
        "case", "book", "case.yaml", "A case", {}, g, symbols, definitions,
        tuple(Derivation(t, parse(t, scope, g), PLACE) for t in derive),
        tuple(Claim(str(i), "", "formula", PLACE, i, of=parse(t, scope, g)) for i, t in enumerate(claims)),
    )  # fmt: skip


def node(case: Case, text: str) -> Node:
    scope = {n: s.node for n, s in case.symbols.items()} | {n: d.node for n, d in case.definitions.items()}
    return parse(text, scope, case.graph)


CHAIN = {
    "z1": "w1*x + b1", "a1": "relu(z1)", "z2": "w2*a1 + b2", "a2": "tanh(z2)", "z3": "w3*a2 + b3",
    "yhat": "sigmoid(z3)", "L": "(y - yhat)**2/2",
}  # fmt: skip
GIVEN = {"x": "2", "w1": "1.5", "b1": "-1", "w2": "0.5", "b2": "0.1", "w3": "2", "b3": "-0.3", "y": "1"}


def chain(**more: Any) -> Case:
    return make(GIVEN, CHAIN, ["grad(L, [w1, b1, w2, b2, w3, b3])", "hessian(L, [w1, w2, w3])"], **more)


def network(claims: Sequence[str] = ()) -> Case:
    values = {"x": ["1", "2"], "W": (2, 2), "b": ["0.1", "-0.1"], "v": ["1", "-1"], "y": ()}
    define = {"z": "W @ x + b", "a": "tanh(z)", "yhat": "sigmoid(v @ a)", "L": "(y - yhat)**2/2"}
    return make(values, define, ["grad(L, [W, b, v])"], claims)


def by_subject(checks: Sequence[Check], backend: str) -> dict[str, Check]:
    return {c.subject: c for c in checks if c.backend == backend}


# -- a right implementation ---------------------------------------------------------------------------


def test_a_small_network_agrees_everywhere() -> None:
    checks = check_case(chain(), seed=1, examples=20)
    assert {c.backend for c in checks} == {"sympy", "numpy", "torch"}
    assert [c.subject for c in checks if c.outcome != "agrees"] == []
    variables = "[w1, b1, w2, b2, w3, b3]"
    assert set(by_subject(checks, "numpy")) == {"L", f"grad(L, {variables})", f"hessian(L, {variables})"}
    assert set(by_subject(checks, "torch")) == {"L", f"grad(L, {variables})", f"hvp(L, {variables}, u)"}
    for c in checks:
        if c.backend != "sympy":
            assert c.examples + _rejected(c) == 21  # the document's point and the drawn ones
            assert c.seed == 1
            assert c.worst is not None
            assert float(c.worst.error) <= float(c.worst.tolerance)
            assert all(-4 <= float(v) <= 4 for v in c.worst.input.values())


def _rejected(c: Check) -> int:
    return int(c.reason.split()[0]) if c.reason else 0


def test_vectors_definitions_and_jacobians_are_covered() -> None:
    checks = check_case(network(["d(L, a)", "jacobian(a, z)", "d(yhat, z[1])"]), examples=10)
    assert [(c.subject, c.reason) for c in checks if c.outcome != "agrees"] == []
    numpy = by_subject(checks, "numpy")
    assert {"L", "grad(L, [W, b, v])", "hessian(L, [W, b, v])", "d(L, a), d(a, z) and 1 more"} <= set(numpy)
    assert "d(a, z)" in by_subject(checks, "sympy")


def test_a_defined_constant_can_be_differentiated_by() -> None:
    case = make({"x": "3"}, {"a": "[2, 1]", "b": "2*a", "f": "sum(a*b)*x"}, ["grad(f, x)"], ["d(f, a)", "d(f, b[1])"])
    assert {c.outcome for c in check_case(case, examples=5)} == {"agrees"}
    found = {v.of: v for v in values_of(case)}
    assert [found[t].exact for t in ("d(f, a)[0]", "d(f, b[1])")] == ["24", "3"]


def test_a_name_may_depend_on_more_than_the_derivative_by_it() -> None:
    case = make({"w": "1", "eta": "0.1"}, {"f": "w**2", "v": "w - eta*d(f, w)", "h": "3*v"}, [], ["d(h, v)"])
    assert {c.outcome for c in check_case(case, examples=5)} == {"agrees"}


def test_the_same_seed_finds_the_same() -> None:
    first, again, other = (check_case(chain(), seed=s, examples=12) for s in (3, 3, 4))
    told = [[c.model_dump(exclude={"seconds"}) for c in run] for run in (first, again, other)]
    assert told[0] == told[1]
    assert told[0] != told[2]


def test_nothing_is_left_in_the_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    check_case(chain(), examples=30)
    assert list(tmp_path.iterdir()) == []


# -- a wrong implementation ---------------------------------------------------------------------------


def test_a_wrong_numpy_template_is_caught_with_a_simple_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(numpy_source.FORMS, "tanh", Form("np.tanh({} * 1.0000001)"))
    case = make({"x": (), "y": ()}, {"f": "y*tanh(x)"}, ["grad(f, [x, y])"])
    value = by_subject(check_case(case, examples=40), "numpy")["f"]
    assert value.outcome == "differs"
    assert value.worst is not None
    assert float(value.worst.error) > float(value.worst.tolerance)
    assert "times its tolerance" in value.reason
    point = {k: float(v) for k, v in value.worst.input.items()}
    error = abs(point["y"] * (math.tanh(point["x"] * 1.0000001) - math.tanh(point["x"])))
    assert error == pytest.approx(float(value.worst.error), rel=0.01)
    assert sum(len(v) for v in value.worst.input.values()) <= 12, "shrunk to few digits"


def test_a_wrong_torch_derivative_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    # the value is right, the derivative that autograd sees is not
    monkeypatch.setitem(torch_source.FORMS, "tanh", Form("torch.tanh({}.detach())", numbers=False))
    case = make({"x": "1", "y": ()}, {"f": "y*tanh(x)"}, ["grad(f, [x, y])"])
    found = by_subject(check_case(case, examples=20), "torch")
    assert found["f"].outcome == "agrees"
    assert found["grad(f, [x, y])"].outcome == "differs"


def test_a_crash_is_undecided_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(numpy_source.FORMS, "tanh")
    checks = check_case(make({"x": ()}, {"f": "tanh(x)"}, ["grad(f, x)"]), examples=10)
    (numpy,) = by_subject(checks, "numpy").values()
    assert (numpy.outcome, numpy.examples) == ("undecided", 0)
    assert "no form for 'tanh'" in numpy.reason
    assert {c.outcome for c in by_subject(checks, "torch").values()} == {"agrees"}


# -- domains --------------------------------------------------------------------------------------------


def test_kinks_and_undefined_points_are_rejected_not_failed() -> None:
    case = make({"x": "0", "y": "0"}, {"f": "abs(x)*y + log(y)"}, ["grad(f, [x, y])"])
    for c in check_case(case, examples=40):
        assert c.outcome == "agrees"
    numpy = by_subject(check_case(case, examples=40), "numpy")
    assert _rejected(numpy["f"]) > 0
    assert 0 < numpy["f"].examples < 41


def test_no_value_anywhere_is_undecided() -> None:
    case = make({"x": "-1"}, {"f": "log(x)"}, ["grad(f, x)"], ranges={"x": ("-2", "-1")})
    for backend in ("numpy", "torch"):
        for c in by_subject(check_case(case, examples=10), backend).values():
            assert (c.outcome, c.examples, c.worst) == ("undecided", 0, None)


def test_a_singular_matrix_is_rejected_as_a_point_without_a_value() -> None:
    case = make({"X": (2, 2), "A": (2, 2)}, {"f": "trace(A @ inv(X))"}, ["grad(f, X)"])
    for c in by_subject(check_case(case, examples=20), "torch").values():
        assert c.outcome == "agrees"
        assert c.examples > 0
        assert _rejected(c) > 0  # the anchor of X is 0


def test_leaving_the_range_of_float64_on_the_way_is_no_failure() -> None:
    case = make({"x": "900"}, {"f": "1/(1 + exp(-x)*exp(x))"}, ["grad(f, x)"], ranges={"x": ("800", "900")})
    assert {c.outcome for c in by_subject(check_case(case, examples=10), "numpy").values()} == {"undecided"}


@pytest.mark.parametrize(
    ("value", "declared", "low", "high"),
    [
        ("0.5", (None, None), -4, 4),
        ("100.5", (None, None), -101, 101),
        ("0.5", ("0", "1"), 0, 1),
        ("20", ("1", None), 1, 20),
        ("0", (None, "-1"), -9, -1),
        ((), (None, None), -4, 4),
    ],
)
def test_ranges(value: Any, declared: Range, low: int, high: int) -> None:
    (found,) = inputs(case := make({"x": value}, {}, ranges={"x": declared}), [case.symbols["x"].node])
    assert (found.low, found.high) == (low, high)


@settings(deadline=None, max_examples=50, database=None)
@given(
    st.fractions(-10, 10, max_denominator=30),
    st.fractions(0, 10, max_denominator=30),
    st.data(),
)
def test_points_are_floats_of_the_range(low: Fraction, width: Fraction, data: st.DataObject) -> None:
    wide = low + width + Fraction(1, 10**9)
    x = data.draw(Input(Graph().symbol("x"), low, wide).strategy())
    assert type(x) is float
    assert low <= Fraction(x) <= wide


# -- truth and tolerance -----------------------------------------------------------------------------


def test_the_tolerance_is_a_few_ulps_and_grows_with_cancellation() -> None:
    g = Graph()
    x = g.symbol("x")
    plain = parse("1 + x", {"x": x}, g)
    cancelling = parse("(1 + x) - 1", {"x": x}, g)
    at = 3.0**-20
    (a, b) = bounds([plain, cancelling], [x], [at], NUMPY_BITS)
    assert a is not None
    assert b is not None
    assert 1e-16 < a.tolerance < 1e-14
    assert 1e-16 < b.tolerance < 1e-14, "absolute: what 1 + x lost stays lost"
    assert reading([b], [(1 + at) - 1]).passes  # type: ignore[union-attr]
    assert not reading([b], [at * 1.001]).passes  # type: ignore[union-attr]
    assert not reading([a], [math.nan]).passes  # type: ignore[union-attr]


# -- what a case asks for --------------------------------------------------------------------------------


def test_derivatives_of_definitions_and_claims_are_subjects_once_each() -> None:
    case = make(
        {"x": "1", "y": "2"},
        {"f": "x*y", "slope": "d(f, x)", "h": "f**2"},
        ["grad(f, [x, y])", "d(f, x)"],
        ["2*d(h, f) + d(f, x)", "hvp(h, [x, y], [1, 0])[0]"],
    )
    assert len(derivatives(case)) == 3
    (objective,) = objectives(case)  # f is a part of h
    assert objective.text == "h"
    assert [v.attr for v in objective.symbols] == ["x", "y"]
    assert [to_text(n) for n in objective.others] == ["d(f, [x, y])", "d(h, f)"]
    assert [name for name, _ in units(case)] == [
        "sympy: d(f, [x, y])", "sympy: d(h, f)", "sympy: hvp(h, [x, y], [1, 0])", "numpy: h", "torch: h",
    ]  # fmt: skip


def test_a_function_beside_an_abstract_one_is_checked_on_its_own(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("""\
title: Any loss of an output, and a particular one
source: {section: "1"}
functions: {ell: 1}
symbols: {x: {}}
define: {v: "x*exp(x)", special: v**2, any: ell(v)}
derive: ["grad(special, x)"]
claims:
  - {id: all, of: "[d(any, x), d(special, x), d(any, v)]", equals: "[ell(v, d=1)*d(v, x), 2*v*d(v, x), ell(v, d=1)]"}
""")
    names = [name for name, _ in units(load(path))]
    assert any(name.startswith("torch: special") for name in names)
    assert not any("any" in name or "ell" in name for name in names)
    assert {check.outcome for check in check_case(load(path))} == {"agrees"}


# -- the document's own point --------------------------------------------------------------------------


def close(said: str | None, exact: str) -> bool:
    """Whether a float64 is within rounding errors of the exact value."""
    return said is not None and float(said) == pytest.approx(float(exact), rel=1e-12, abs=1e-300)


def test_values_at_the_documents_point() -> None:
    """What backends compute is held to balls, and balls to what is known of a small chain by heart."""
    texts = ["z1", "d(L, yhat)", "d(L, a2)*w3", "hvp(L, [w3, b3], [1, 2])[1]", "w1 + 1", "3"]
    found = {v.of: v for v in values_of(chain(claims=texts))}
    assert {"d(L, [w1, b1, w2, b2, w3, b3])[0]", "hessian(L, [w1, w2, w3])[0, 2]"} <= set(found)
    assert "hessian(L, [w1, w2, w3])[2, 0]" not in found  # that is [0, 2] again
    assert set(texts) <= set(found)
    assert all(close(x, v.exact) for v in found.values() for x in (v.numpy, v.torch))
    assert (found["z1"].exact, found["w1 + 1"].exact, found["3"].exact) == ("2", "2.5", "3")
    yhat = 1 / (1 + math.exp(-(2 * math.tanh(1.1) - 0.3)))
    assert float(found["d(L, yhat)"].exact) == pytest.approx(yhat - 1, rel=1e-14)


def test_a_symbol_without_a_value_leaves_only_its_own_quantities_out() -> None:
    found = values_of(network(claims=["v", "2*b[1]", "W[0, 1]", "d(yhat, y)", "x @ x"]))
    assert [(v.of, v.exact) for v in found] == [("v[0]", "1"), ("v[1]", "-1"), ("2*b[1]", "-0.2"), ("x @ x", "5")]


def test_a_quantity_is_told_once_and_one_that_has_no_value_not_at_all() -> None:
    case = make({"x": "0", "y": "1"}, {"f": "1/x"}, [], ["f", "y", "y", "log(x)", "d(sqrt(x), x)"])
    assert [v.of for v in values_of(case)] == ["y"]


def test_a_backend_that_is_not_there_has_no_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert {(v.numpy is None, v.torch is None) for v in values_of(chain())} == {(False, True)}


# -- points at once ------------------------------------------------------------------------------------


def test_bulk_readings_are_those_of_balls() -> None:
    """What arrays settle, balls settle alike; what they leave open is on a kink or has no value there."""
    case = chain()
    (o,) = objectives(case)
    tested = numpy_implementation(case, o)
    points = inputs(case, tested.symbols)
    roots = [n for nodes in tested.truth.values() for n in nodes]
    nodes = [i.node for i in points]
    rng = random.Random(5)
    given = list(zip(*(i.draw(rng, 60) for i in points), strict=True))
    bulk = Bulk.of(roots, nodes, tested.bits)
    if bulk is None:
        pytest.skip("this processor has no extended precision")
    found = tested.run(given)
    settled = 0
    for point, values, r in zip(given, found, bulk.readings(tested.truth, given, found), strict=True):
        exact = iter(bounds(roots, nodes, point, tested.bits))
        balls = {s: reading([next(exact) for _ in truth], values[s]) for s, truth in tested.truth.items()}
        if r is None:
            continue
        settled += 1
        for subject, b in balls.items():
            mine = r[subject]
            assert b is not None
            assert mine is not None
            assert b.passes
            if mine.entry == b.entry:  # each tells of the entry with the worst ratio
                assert mine.error >= b.error / 2 or b.error < 1e-16
                assert mine.tolerance < 8 * b.tolerance
            else:
                assert mine.ratio >= b.ratio / 8
    assert settled > 30


def test_a_value_beyond_its_tolerance_is_not_settled_in_bulk() -> None:
    case = chain()
    (o,) = objectives(case)
    tested = numpy_implementation(case, o)
    points = inputs(case, tested.symbols)
    roots = [n for nodes in tested.truth.values() for n in nodes]
    bulk = Bulk.of(roots, [i.node for i in points], tested.bits)
    if bulk is None:
        pytest.skip("this processor has no extended precision")
    given = list(zip(*(i.draw(random.Random(5), 20) for i in points), strict=True))
    wrong = [{s: [v * (1 + 1e-9) for v in values] for s, values in at.items()} for at in tested.run(given)]
    assert bulk.readings(tested.truth, given, wrong) == [None] * len(given)


@pytest.mark.parametrize("text", ["lgamma(y)", "digamma(y)", "beta(x, y)", "erfinv(x)", "probit(x)", "norm([x, y], 3)"])
def test_special_functions_are_checked_with_their_derivatives(text: str) -> None:
    case = make(
        {"x": "0.3", "y": "2.5"},
        {"L": text},
        ["grad(L, [y])" if "y" in text else "grad(L, [x])"],
        ranges={"x": ("0.1", "0.9"), "y": ("0.5", "4")},
    )
    found = [c for c in check_case(case) if c.backend in ("numpy", "torch")]
    assert found
    assert {c.outcome for c in found} == {"agrees"}


def test_series_and_sums_to_a_symbol_have_no_programs(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        "title: t\nsymbols: {n: {value: 4, whole: true}, x: 0.5}\ndefine:\n"
        "  S: sum(x**k for k in range(0, n + 1))\n  G: sum(x**k for k in range(0, inf))\n"
        'derive: ["grad(S, [x])"]\nclaims:\n  - {id: a, of: S, prints: 1.9375}\n'
        '  - {id: b, of: "d(G, x)", equals: 1/(1 - x)**2}\n'
    )
    assert {c.outcome for c in check_case(load(path))} <= {"agrees"}
