"""Limits against SymPy's own, and against ball arithmetic far out; suprema; the language of both."""

import pytest
import sympy as sp

from derive import api
from derive.engine.domain import Domain
from derive.engine.limits import Limit, Unsettled, limit
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.reader import parse, to_text
from derive.numbers.balls import evaluate, rational
from verify.casefile import load
from verify.claims import CaseContext, judge
from verify.commands.answers import Options
from verify.commands.proof import decide, proved


def found(text, x="x", at="inf", assuming=(), side=0) -> tuple[Limit, object]:
    scope, g = api.scope(" and ".join([f"({text}) > 0", *assuming]), {})
    point = {"inf": 1, "-inf": -1}.get(at) or parse(at, scope, g)
    return limit(parse(text, scope, g), scope[x], point, Domain(parse(c, scope, g) for c in assuming), side=side), scope


FAR = [
    "1/x", "x/(x + 1)", "(3*x**2 + 1)/(2*x**2 - x)", "x**3*exp(-x)", "log(x)/x", "log(x)**3/sqrt(x)", "x**(1/3)/log(x)",
    "sqrt(x**2 + x) - x", "sqrt(x + 1) - sqrt(x)", "(1 + 1/x)**x", "(1 + 3/x)**(2*x)", "(1 - 1/x)**x", "x**(1/x)",
    "exp(x)/x**5", "exp(x + exp(-x)) - exp(x)", "log(log(x))/log(x)", "x*(exp(1/x) - 1)", "x*sin(1/x)", "x*log(1 + 2/x)",
    "x**2*(1 - cos(1/x))", "exp(-x)*x**10", "tanh(x)", "sigmoid(x)", "x*(1 - tanh(x))", "exp(2*x)*(1 - tanh(x))",
    "exp(x)*(1 - sigmoid(x))", "log(1 + exp(x)) - x", "log(1 + exp(x))/x", "log(exp(x) + exp(2*x)) - 2*x", "erf(x)",
    "x*exp(x**2)*(1 - erf(x))", "exp(exp(x))/exp(exp(x - 1/x))", "exp(exp(x - exp(-x)))/exp(exp(x))", "x - log(exp(x) + 1)",
    "(x + 1)**2/x - x", "x*log(x)/(x**2 + 1)", "log(x + 1) - log(x)", "log(2*x)/log(x)", "2**x/3**x", "exp(sqrt(x))/x**4",
    "x**x/exp(x**2)", "exp(log(x)**2)/x**5", "(x**2 + 1)**(1/2)/x", "expm1(1/x)*x", "log1p(1/x)*x", "abs(x - 5)/x",
    "max(x, 3)/(2*x)", "relu(x - 7) - x", "x*(log(x + 1) - log(x)) + 1/x", "(exp(1/x) - 1 - 1/x)*x**2",
]  # fmt: skip

NEAR = [
    "sin(x)/x", "(1 - cos(x))/x**2", "(exp(x) - 1)/x", "log(1 + x)/x", "(exp(x) - 1 - x)/x**2", "tanh(x)/x", "erf(x)/x",
    "(sqrt(1 + x) - 1)/x", "(sin(x) - x)/x**3", "x**2/(1 - cos(x))", "(sigmoid(x) - 1/2)/x", "x/(exp(x) - 1)",
    "(log(1 + exp(x)) - log(2))/x", "((1 + x)**5 - 1)/x",
]  # fmt: skip


def same(mine: Limit, theirs: sp.Expr) -> bool:
    if mine.side:
        return bool(theirs == mine.side * sp.oo)
    (value,) = evaluate([mine.value], {}, 256)
    return abs(float(value) - float(sp.N(theirs, 30))) < 1e-14  # a float has 16 digits


SPECIAL = {
    "sigmoid": lambda u: 1 / (1 + sp.exp(-u)), "relu": lambda u: sp.Max(u, 0), "expm1": lambda u: sp.exp(u) - 1,
    "log1p": lambda u: sp.log(1 + u), "max": sp.Max, "abs": sp.Abs,
}  # fmt: skip


def sympy_limit(text: str, at: object) -> sp.Expr:
    x = sp.Symbol("x", positive=True) if at is sp.oo else sp.Symbol("x", real=True)
    expression = sp.sympify(text, locals={**SPECIAL, "x": x}, rational=True)
    if any(w in text for w in ("abs", "max", "relu")):  # far out every kink is passed
        y = sp.Symbol("y", positive=True)
        expression, x = expression.subs(x, y + 10), y
    return sp.limit(expression.rewrite(sp.exp) if "tanh" in text else expression, x, at)


@pytest.mark.parametrize("text", FAR)
def test_limits_at_infinity_are_those_of_sympy(text):
    assert same(found(text)[0], sympy_limit(text, sp.oo))


@pytest.mark.parametrize("text", NEAR)
def test_limits_at_a_point_are_those_of_sympy(text):
    assert same(found(text, at="0")[0], sympy_limit(text, 0))


@pytest.mark.parametrize(
    "text", ["x/(x + 1)", "(1 + 1/x)**x", "sqrt(x**2 + x) - x", "gelu(x)/x", "softplus(x) - x", "silu(x)/x"]
)
def test_values_far_out_approach_the_limit(text):
    got, scope = found(text)
    x = scope["x"]
    from derive.language.components import components

    (f,) = components(parse(text, scope, x.graph))
    gaps = []
    for k in (1, 3, 5):
        a, b = evaluate([f, got.value], {x: rational(10**k)}, 2048)
        gaps.append(float(abs(a - b)))
    assert gaps[2] <= gaps[1] <= gaps[0]
    assert gaps[2] < 1e-4


@pytest.mark.parametrize(
    ("text", "x", "assuming", "value"),
    [
        ("(1 - eps)**D", "D", ["eps > 0", "eps < 1"], "0"),
        ("1 - (1 - eps)**D", "D", ["eps > 0", "eps < 1"], "1"),
        ("(a*x + 1)/(c*x + 2)", "x", ["c > 0"], "a/c"),
        ("(1 + a/x)**x", "x", [], "exp(a)"),
        ("w0*(1 - eta*lam)**t", "t", ["eta*lam > 0", "eta*lam < 2"], "0"),
        ("t**3*a**t", "t", ["a > -1", "a < 1"], "0"),
    ],
)
def test_parameters(text, x, assuming, value):
    assert to_text(found(text, x, assuming=assuming)[0].value) == value


def test_rates_of_convergence():
    given = ["abs(1 - eta*lam) > 0", "abs(1 - eta*lam) < 1", "w0 > 0"]
    got, scope = found("abs(w0*(1 - eta*lam)**(t + 1))/abs(w0*(1 - eta*lam)**t)", "t", assuming=given)
    values = {scope["eta"]: rational(3), scope["lam"]: rational(1) / 2}
    assert evaluate([got.value], values)[0] == rational(1) / 2


def test_a_negative_base_says_that_the_exponent_is_whole():
    assert "whole" in found("a**t", "t", assuming=["a > -1", "a < 1"])[0].note
    assert not found("a**t", "t", assuming=["a > 0", "a < 1"])[0].note


@pytest.mark.parametrize(
    "text", ["a*x", "a**x", "sin(x)", "x*sin(x)", "(-2)**x", "log(-x)", "sqrt(a - x)", "1/(x - x)"]
)
def test_what_is_not_settled_says_why(text):
    with pytest.raises(Unsettled, match=r"\w"):
        found(text)


def test_one_sided_limits_differ():
    assert to_text(found("abs(x)/x", at="0", side=-1)[0].value) == "-1"
    with pytest.raises(Unsettled, match="1 from above, -1 from below"):
        found("abs(x)/x", at="0")


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("limit(d(sigmoid(x), x), x, inf) == 0", "true"),
        ("limit(d(tanh(x), x), x, -inf) == 0", "true"),
        ("limit(1/x, x, inf) == 1", "false"),
        ("supremum(relu(x), x) == inf", "true"),
        ("supremum(tanh(x), x) == inf", "false"),
        ("supremum(sigmoid(x), x) == 1", "true"),
        ("infimum(sigmoid(x), x) == 0", "true"),
        ("supremum(d(sigmoid(x), x), x) == 1/4", "true"),
        ("supremum(3 - (w - a)**2, w) == 3", "true"),
        ("supremum(sigmoid(x), x) == 2", "false"),
        ("supremum(exp(-x**2), x) == 1", "true"),
        ("supremum(x*exp(-x), x) == exp(-1)", "true"),
        ("infimum((x - 3)**2*(x + 5)**2, x) == 0", "true"),
        # of vectors and matrices: entry by entry
        ("limit([x, 1]/(1 + x), x, inf) == [1, 0]", "true"),
        ("limit([x, 1]/(1 + x), x, inf) == [0, 1]", "false"),
        ("limit([[sin(x), x**2], [x**3, cos(x)*x]]/x, x, 0) == eye(2)", "true"),
        ("integral([x, x**2], x, 0, 1) == [1/2, 1/3]", "true"),
        ("supremum(x/(1 + x**2/3), x) == sqrt(3)/2", "true"),
        ("supremum(x*exp(-x**2), x) == 1/sqrt(2*exp(1))", "true"),
        ("supremum(x*exp(-x**2), x) == 1/2", "false"),
        ("infimum(exp(x) - 2*x, x) == 2 - 2*log(2)", "true"),
        ("infimum(x + 2/x, x) == -inf", "true"),
        ("integral(1/x, x, 0, 1) == 1", "false: integral(1/x, x, 0, 1) = inf"),
        ("limit(sin(x), x, inf) == 0", "false: the limit does not exist: 'sin(x)' oscillates"),
        ("limit(1/x, x, 0, 1) > 5", "true"),
        ("limit(1/x**2, x, 0) == inf", "true"),
        ("limit(where(x > 0, sqrt(x), 0), x, 0) == 0", "true"),  # the branch not taken needs no value
        ("limit(1/x, x, 0) == inf", "false: the limit does not exist: inf from above, -inf from below"),
        ("limit(1/x, x, 0) == 0", "false"),
        ("limit(exp(1/x), x, 0) == 0", "false: the limit does not exist: inf from above, 0 from below"),
        ("limit(1/(x - a), x, a) > 3", "false"),
        ("limit(a*abs(x)/x, x, 0) == 0", "false: the limit does not exist at a = 1: a from above, -a from below"),
        ("limit(1/x, x, 0) != inf", "undecided"),
        ("limit(1/x, x, 0) == 1 or a**2 >= 0", "undecided"),
        ("limit(log(x), x, 0) == 0", "undecided"),
    ],
)
def test_claims_about_limits_and_suprema(claim, word):
    assert proved(claim, (), Options()).lines[0].startswith(word)


def test_a_supremum_keeps_to_the_range():
    assert proved("supremum(x, x) == 1", ("x < 1", "x > 0"), Options()).true
    assert "undecided" in proved("supremum(x, x) == inf", ("x**2 < 1",), Options()).lines[0]


@pytest.mark.parametrize(
    ("claim", "low", "high", "word"),
    [
        # taken at 1/sqrt(3), between the ends of the range
        ("supremum(abs(x*(x**2 - 1)), x) == 2*sqrt(3)/9", "-1", "1", "true"),
        ("supremum(abs(x*(x**2 - 1)), x) == 1/2", "-1", "1", "false"),
        ("supremum(x*(1 - x**2), x) == 2*sqrt(3)/9", "3/5", "1", "false"),  # 1/sqrt(3) is below
        ("supremum(x*(1 - x**2), x) == 48/125", "3/5", "1", "true"),
        # of where it has a value
        ("supremum(-x*log(x) - (1 - x)*log(1 - x), x) == log(2)", "0", "1", "true"),
        ("supremum(log(x), x) == 0", "-1", "1", "true"),
        ("infimum(x*log(x), x) == -exp(-1)", "0", "1", "true"),
        ("supremum(1/x, x) == 1", "-1", "1", "undecided"),
        ("supremum(log(x - 2), x) == 0", "-1", "1", "undecided"),
    ],
)
def test_a_supremum_within_a_range(claim, low, high, word):
    assert proved(claim, (f"x >= {low}", f"x <= {high}"), Options()).lines[0].startswith(word)


def test_where_a_limit_does_not_exist_hangs_on_the_domain():
    assert "undecided" in proved("limit(1/x, x, 0) == inf", ("x > 0",), Options()).lines[0]
    assert proved("limit(a*abs(x)/x, x, 0) == 0", ("a == 0",), Options()).true
    assert proved("limit(a/x, x, 0) == inf", ("a > 0",), Options()).lines[0].startswith("false")
    assert "undecided" in proved("limit(a/x, x, 0) == inf", ("a > 0", "a < 0"), Options()).lines[0]


def test_a_limit_that_does_not_exist_is_a_wrong_claim(tmp_path):
    path = tmp_path / "limits.yaml"
    path.write_text(
        """\
title: Limits
symbols: {x: {}}
claims:
  - {id: a, of: "limit(1/x, x, 0)", equals: inf}
  - {id: b, holds: "limit(sign(x), x, 0) >= -1"}
  - {id: c, of: "limit(1/x, x, 0, 1)", equals: inf}
"""
    )
    case = load(path)
    found = [judge(CaseContext(case), c) for c in case.claims]
    assert [v.verdict for v in found] == ["wrong", "wrong", "holds"]
    assert found[0].reason == "the limit does not exist: inf from above, -inf from below"


@pytest.mark.parametrize(
    "text",
    [
        "inf + 1",
        "limit(x, x)",
        "limit(x, [x, x], 0)",
        "supremum([x, x], x)",
        "limit(ones(37)*x, x, 0)",
        "limit(x, 2, 0)",
        "limit(x, x, inf, 1)",
        "supremum(x)",
    ],
)
def test_misuse_is_told(text):
    scope, g = api.scope("x > 0", {})
    with pytest.raises(ExpressionError):
        parse(text, scope, g)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("limit(u**q, u, inf) == 0", ["q < 0"]),
        ("limit(u**q, u, inf) == inf", ["q > 0"]),
        ("limit(u**q*log(u)**3, u, 0, 1) == 0", ["q > 0"]),
        ("limit((1 + u)**q - u**q, u, inf) == 0", ["q > 0", "q < 1"]),
        ("limit(((1 + u)**q - 1)/u, u, 0) == q", ["q > 0"]),
        ("grows_slower(u**2/2, u**q/q, u)", ["q > 2"]),
    ],
)
def test_letters_in_exponents(text: str, given: list[str]) -> None:
    g = Graph()
    scope: dict[str, Node] = {n: g.symbol(n) for n in "uq"}
    claim, *assuming = [parse(t, scope, g, boolean=True) for t in (text, *given)]
    assert decide(claim, assuming).status == "proved"
