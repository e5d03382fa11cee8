"""Text to graph and back."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.names import FUNCTION_NAMES, names_in
from derive.language.printing import point_text
from derive.language.properties import PROPERTIES
from derive.language.reader import parse, to_text
from derive.language.sets import SETS
from derive.language.typeset import latex
from tests.banks.strategies import KINKED, SMOOTH, scalar_expressions

GRAPH = Graph()
SCOPE: dict[str, Node] = {n: GRAPH.symbol(n) for n in ("x", "y", "z", "w1", "yhat")}
SCOPE["v"] = GRAPH.symbol("v", (2,))
SCOPE["W"] = GRAPH.symbol("W", (2, 2))


@pytest.mark.parametrize(
    "text",
    [
        "w1*x + y", "-(x*y)", "-x**2", "(-x)**2", "x**(1/3)", "x - (y - z)", "x/(y*z)", "x*(y/z)", "x - (-2)", "(-2)**2",
        "2**(-1)*x", "(x**y)**z", "x**y**z", "where(x > 0 and y < 1, x, -x)", "not (x > 0 or y > 0)", "W @ v + [1, 2]",
        "v @ W.T @ v", "sum(W, axis=0)", "W[0, 1]*v[1]", "d(x**2, x)", "hessian(x*y, [x, y])", "hvp(x*y, [x, y], [1, 2])",
        "d(x**2, x, side=-1)",
        "outer(v, v)", "diag(diag(v))", "min(x, y)", "select(x, 1, 0)", "1/0", "0.1*x", "(1/3)*x", "reshape(W, 4)",
    ],
)  # fmt: skip
def test_text_is_kept(text: str) -> None:
    assert to_text(parse(text, SCOPE, GRAPH)) == text


@settings(deadline=None)
@given(scalar_expressions(GRAPH, [SCOPE["x"], SCOPE["y"]], size=12, unary=SMOOTH + KINKED))
def test_parse_after_print_is_the_identity(node: Node) -> None:
    assert parse(to_text(node), SCOPE, GRAPH) is node


@settings(deadline=None)
@given(st.text(alphabet="xyzwW01.*+-/()[],<>=@ deandort_'\"\\\n\t:{}σ", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node = parse(text, SCOPE, GRAPH)
    except ExpressionError as e:
        assert e.message
        assert 0 <= e.offset <= len(text)
    else:
        assert isinstance(node, Node)


@pytest.mark.parametrize(
    ("digits", "value"),
    [
        ("0.1", Fraction(1, 10)),
        ("1e-3", Fraction(1, 1000)),
        ("123456789.000000001", Fraction(123456789000000001, 10**9)),
    ],
)
def test_decimals_are_exact(digits: str, value: Fraction) -> None:
    assert parse(digits, {}, GRAPH).attr == value


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("w4*x", 0, "unknown symbol 'w4'; did you mean 'w1'?"),
        ("x + sigmod(y)", 4, "unknown function 'sigmod'; did you mean 'sigmoid'?"),
        ("W @ [1, 2, 3]", 0, "[2, 2] @ [3] does not conform: 2 columns against 3 rows"),
        ("x + v[2]", 4, "index 2 is outside 0..1"),
        ("exp(x, y)", 0, "exp takes 1 argument, not 2"),
        ("x^2", 0, "a power is written **"),
        ("lambda + 1", 0, "'lambda' is a reserved word"),
        ("9**9**9**9", 6, "exponent beyond the limit"),
        ("x**(9**9**9)", 7, "exponent beyond the limit"),
        ("(10**1000)**1000", 0, "a power beyond the limits"),
        ("1e9999", 0, "beyond the limits"),
        ("__import__('os').system('x')", 0, "only functions called by name"),
        ("__import__('os')", 0, "unknown function '__import__'"),
        ("x.__class__", 0, "unknown attribute"),
        ("(" * 10_000, 100, "nested more than 100 deep"),
        ("x" * 10_001, 0, "the limit is 10000"),
        ("", 0, "found nothing"),
        ("x = 1", 2, "two sides are compared with =="),
        ("x > 0 if y else z", 0, "is a value where a condition"),
        ("(x > 0) + 1", 1, "is a condition where a value is expected"),
        ("d(x, y + 1)", 5, "not by 'y + 1'"),
        ("grad(v, x)", 0, "grad needs a scalar"),
        ("broadcast(x, 100000, 100000)", 0, "the limit is 10000 entries"),
    ],
)
def test_faults_are_placed_and_named(text: str, offset: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text, SCOPE, GRAPH)
    assert words in caught.value.message
    assert caught.value.offset == offset


@pytest.mark.parametrize("text", ["1" + "+1" * 4000, "-" * 9000 + "x", "x**" * 3000 + "x", "not " * 2000 + "x > 0"])
def test_long_chains_end_in_an_answer(text: str) -> None:
    try:
        assert parse(text, SCOPE, GRAPH) is not None
    except ExpressionError as e:
        assert "deep" in e.message or "limit" in e.message


def test_long_sums_are_no_recursion() -> None:
    text = " + ".join(["x"] * 900)
    assert to_text(parse(text, SCOPE, GRAPH)) == text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("v[1:3]", "[v[1], v[2]]"),
        ("v[:]", "v"),
        ("v[::-1]", "[v[2], v[1], v[0]]"),
        ("v[:-1]", "[v[0], v[1]]"),
        ("W[:, 1]", "W.T[1]"),
        ("W[0, :]", "W[0]"),
        ("W[:, 1:]", "[[W[i, j] for j in range(1, 3)] for i in 2]"),
        ("W[1:, 0]", "[W[1, 0]]"),
        ("all(v[i] > 0 for i in 3)", "v[0] > 0 and v[1] > 0 and v[2] > 0"),
        ("any(v[i] > v[j] for i in 2 for j in range(1, 3) if i != j)", "v[0] > v[1] or v[0] > v[2] or v[1] > v[2]"),
    ],
)
def test_slices_and_quantifiers_are_what_they_stand_for(text: str, same: str) -> None:
    g = Graph()
    scope = {"v": g.symbol("v", (3,)), "W": g.symbol("W", (2, 3)), "i": g.symbol("i"), "j": g.symbol("j")}
    assert parse(text, scope, g) is parse(same, scope, g)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("v[3:]", "a slice of no entries has no value"),
        ("v[::0]", "a step other than 0"),
        ("x[1:]", "a slice of a scalar"),
        ("v[x:]", "expected a whole number"),
        ("ln(x)", "here it is log(x)"),
        ("any(x > 0)", "expected any(condition for i in n)"),
        ("all(v[i] for i in 3)", "a condition such as a > b is expected"),
    ],
)
def test_what_slices_and_quantifiers_are_not(text: str, words: str) -> None:
    g = Graph()
    with pytest.raises(ExpressionError, match=re.escape(words)):
        parse(text, {"v": g.symbol("v", (3,)), "x": g.symbol("x")}, g)


def test_every_function_can_be_called() -> None:
    calls = {
        "where": "where(x > 0, x, y)", "select": "select(x, y, z)", "min": "min(x, y)", "max": "max(x, y)",
        "logaddexp": "logaddexp(x, y)", "polygamma": "polygamma(1, x)",
        "indicator": "indicator(x > 0)", "leaky_relu": "leaky_relu(x, 0.1)", "clip": "clip(x, 0, 1)", "solve": "solve(W, v)",
        "concat": "concat([v, v, x])", "stack": "stack([v, v])", "one_hot": "one_hot(1, 3)", "delta": "delta(0, 1)",
        "eye": "eye(2)", "zeros": "zeros(2)", "ones": "ones(2, 3)",
        "outer": "outer(v, v)", "dot": "dot(v, v)", "diag": "diag(v)", "norm": "norm(v)", "broadcast": "broadcast(x, 2)",
        "reshape": "reshape(v, 2, 1)", "d": "d(x, x)", "grad": "grad(x, x)", "jacobian": "jacobian(v, v)",
        "hessian": "hessian(x, x)", "hvp": "hvp(x, x, 1)", "at": "at(x, x=1)",
        "expect": "expect(i*x for i in uniform(3))", "variance": "variance(i*x for i in uniform(3))",
        "len": "expect(len(B)*x for B in subsets(3, 2))",
        "mod": "mod(x, y)", "beta": "beta(x, y)", "factorial": "factorial(3)", "binomial": "binomial(x, 2)",
        "implies": "implies(x > 0, y > 0)", "iff": "iff(x > 0, y > 0)",
        "rank": "rank(W) == 2",
        "subdifferential": "subdifferential(x, x) == interval(1, 1)",
        "interval": "subdifferential(x, x, 0) == interval(1, 1)",
        "float64": "float64(x)", "float32": "float32(x)", "float16": "float16(x)",
        "bfloat16": "bfloat16(x)", "all": "all(v[i] > 0 for i in 2)", "any": "any(v[i] > 0 for i in 2)",
        "limit": "limit(x, x, inf)", "supremum": "supremum(x, x)", "infimum": "infimum(x, x)",
        "integral": "integral(x, x, 0, y)", "eigenvalues": "eigenvalues(W)",
    }  # fmt: skip
    calls |= {name: f"{name}(i*x for i in range(3))" for name in ("prod", "matprod")} | {
        "matprod": "matprod(W for i in range(2))"
    }
    calls |= dict.fromkeys(("logsumexp", "softmax", "log_softmax", "mean", "var"), "") | dict.fromkeys(
        ("trace", "det", "inv"), ""
    )
    given = {"f": "x", "g": "x", "x": "x", "v": "1", "A": "W", "point": "1"}
    calls |= {
        name: f"{name}({', '.join(given[q] for q in p.parameters)})"
        for name, p in PROPERTIES.items()
        if name not in (*SETS, "converges")
    }
    assert set(FUNCTION_NAMES) >= {"converges"}  # of a sequence: tests/derive/engine/properties/test_orders.py
    for name in FUNCTION_NAMES:
        if name == "converges":
            continue
        argument = "W" if calls.get(name) == "" else "x"
        made = parse(calls.get(name) or f"{name}({argument})", SCOPE, GRAPH)
        assert parse(to_text(made), SCOPE, GRAPH) is made
        assert latex(made)  # every function is typeset


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("sum(v[i]*W[i, j] for i in N for j in N)", "v[0]*W[0, 0] + v[0]*W[0, 1] + v[1]*W[1, 0] + v[1]*W[1, 1]"),
        ("sum(v[i] for i in range(N) if i != 0)", "v[1]"),
        ("mean(v[i] for i in N)", "(v[0] + v[1])/2"),
        ("prod(x + k for k in range(1, N + 1))", "(x + 1)*(x + 2)"),
        ("matprod(W for k in range(N, 0, -1))", "W @ W"),
        ("max(v[i] for i in N)", "max(v[0], v[1])"),
        ("[v[N - 1 - i] for i in N]", "[v[1], v[0]]"),
        ("sum(sum(W[i, j] for j in N)*x for i in N)", "(W[0, 0] + W[0, 1])*x + (W[1, 0] + W[1, 1])*x"),
    ],
)
def test_loops_are_unrolled(text: str, same: str) -> None:
    scope = {**SCOPE, "N": GRAPH.define("N", GRAPH.const(2))}
    assert parse(text, scope, GRAPH) is parse(same, scope, GRAPH)
    assert "i" not in names_in(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sum(x for i in range(10**9))", "whole numbers"),
        ("sum(x for i in range(1000000))", "the limit is 2000"),
        ("sum(sum(x for i in range(100)) for j in range(100))", "more than 2000 rounds"),
        ("sum(x for i in 2.5)", "a loop runs over a size"),
        ("sum(x for i in range(2, K, 2))", "and 'K' is none"),
        ("sum(x for i in range(2) if x > 0)", "comparisons of whole numbers"),
        ("exp(x for i in range(2))", "exp takes no loop"),
        ("prod(x)", "prod takes a loop"),
        ("max(x for i in range(0))", "no rounds"),
        ("{x for i in range(2)}", "not part of the language"),
    ],
)
def test_loops_that_do_not_run(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=re.escape(words)):
        parse(text, SCOPE, GRAPH)


@pytest.mark.parametrize("name", ["exp", "softmax", "pi", "range", "len"])
def test_what_has_another_meaning_is_not_taken_for_an_unknown_size(name: str) -> None:
    with pytest.raises(ExpressionError, match=r"of whole numbers$"):
        parse(f"sum(v[i] for i in {name})", SCOPE, GRAPH)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("sum(v[i]*v[j] for i in 2 for j in 2 if i < j)", "v[0]*v[1]"),
        ("sum(v[i]*v[j] for i in 2 for j in 2 if i < j and i > 0)", "0"),
        ("sum(x for i in range(1, 1))", "0"),
        ("prod(x for i in range(1, 1))", "1"),
        ("sum(W[i] for i in 2 if i > 3)", "zeros(2)"),  # in the shape of an element
        ("sum(v[i + 2] for i in range(2, 2))", "0"),  # of which there need not be one
    ],
)
def test_sums_over_pairs_and_of_nothing(text: str, same: str) -> None:
    assert parse(text, SCOPE, GRAPH) is parse(same, SCOPE, GRAPH)


@pytest.mark.parametrize("text", ["1e-30*x", "1e30*x", "x - 2.5e-28", "x*(-3e27)"])
def test_numbers_of_many_zeros_are_powers_of_ten(text: str) -> None:
    node = parse(text, SCOPE, GRAPH)
    assert to_text(node) == text
    assert parse(to_text(node), SCOPE, GRAPH) is node


def test_a_long_point_tells_a_dozen_values() -> None:
    v = GRAPH.symbol("u30", (30,))
    entries = [GRAPH.index(v, (i,)) for i in range(30)]
    sparse = {n: Fraction(int(i in (3, 17))) for i, n in enumerate(entries)}
    assert point_text(sparse) == "u30[3] = 1, u30[17] = 1, all others 0"
    told = point_text(dict.fromkeys(entries, Fraction(1, 3)))
    assert told.count("=") == 12
    assert told.endswith(", ... (18 more)")
    assert point_text(dict.fromkeys(entries[:2], Fraction(1, 10**30))) == "u30[0] = 1e-30, u30[1] = 1e-30"
