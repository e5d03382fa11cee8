"""Typesetting: exact LaTeX for an instructive bank, and properties that keep a page from breaking."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.expr.graph import Graph, Node
from derive.expr.operators import DERIVATIVES, LEAVES, OPERATORS, STRUCTURAL
from derive.language.reader import parse, to_text
from derive.language.tidy import tidy
from derive.language.typeset import _RULES, LIMIT, abbreviations, latex, latex_name
from derive.numbers.balls import evaluate, rational

G = Graph()
SCOPE: dict[str, Node] = {name: G.symbol(name) for name in ["x", "y", "z", "w", "b", "eta", "w1", "w2"]}
SCOPE |= {name: G.symbol(name, (3,)) for name in ("u", "v")}
SCOPE |= {"psi": G.symbol("psi"), "rate": G.symbol("rate"), "ridge": G.symbol("ridge", (3,))}
SCOPE |= {"a2": G.symbol("a2", (2,)), "W1": G.symbol("W1", (2, 2)), "W": G.symbol("W", (3, 3))}
SCOPE["yhat"] = G.define("yhat", parse("sigmoid(w*x + b)", SCOPE, G))
SCOPE["L"] = G.define("L", parse("(y - yhat)**2/2", SCOPE, G))
SCOPE["q"] = G.define("q", parse("tanh(W1 @ a2)", SCOPE, G))


def typeset(text: str) -> str:
    return latex(parse(text, SCOPE, G))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # signs and brackets: none that precedence makes needless, none doubled
        ("x + -b", "x - b"),
        ("x - -b", "x - (-b)"),
        ("-(x + y)", "-(x + y)"),
        ("x*(-y)", r"x \cdot (-y)"),
        ("-x**2", "-x^{2}"),
        ("(-x)**2", "(-x)^{2}"),
        ("x*(y*z)", "x y z"),
        ("x - (y - z)", "x - (y - z)"),
        ("-x/y", r"-\frac{x}{y}"),
        ("(x/y)**2", r"\left(\frac{x}{y}\right)^{2}"),
        # numbers: exact, and never run together
        ("2*3*x", r"2 \cdot 3 x"),
        ("2*(1/3)*x", r"2 \cdot \tfrac{1}{3} x"),
        ("(-0.213997)*0.168202", r"-0.213997 \cdot 0.168202"),
        ("4.16e-7*x", r"4.16 \cdot 10^{-7} x"),
        ("1e12", "10^{12}"),
        ("0.001", "0.001"),
        # no product looks like a call, no two words like one
        ("psi*(x + w)", r"\psi \cdot (x + w)"),
        ("rate*(x + w)", r"\mathrm{rate} \cdot (x + w)"),
        ("W @ ridge", r"W \cdot \mathrm{ridge}"),
        ("2*rate*x", r"2 \cdot \mathrm{rate} \cdot x"),
        ("outer(ridge, u)", r"\mathrm{ridge} \cdot u^{\top}"),
        ("x**2*(1 - x)", r"x^{2} \cdot (1 - x)"),
        ("yhat*(1 - yhat)", r"\hat{y} \cdot (1 - \hat{y})"),
        ("2*(x + w)*(y - w)", r"2 (x + w) (y - w)"),
        ("W.T @ (u - v)", r"W^{\top} (u - v)"),
        ("exp(x)*(y - w)", r"\mathrm{e}^{x} (y - w)"),
        ("x*relu(y)", r"x \cdot \mathrm{ReLU}(y)"),
        ("x*tanh(y)", r"x \tanh(y)"),
        # functions
        ("(y - yhat)**2/2", r"\frac{(y - \hat{y})^{2}}{2}"),
        ("1 - tanh(z)**2", r"1 - \tanh^{2}(z)"),
        ("sigmoid(z)*(1 - sigmoid(z))", r"\sigma(z) (1 - \sigma(z))"),
        ("1/(1 + exp(-z))", r"\frac{1}{1 + \mathrm{e}^{-z}}"),
        ("exp(x)**2", r"(\mathrm{e}^{x})^{2}"),
        ("exp(x/y)", r"\exp\left(\frac{x}{y}\right)"),
        ("abs(x - y)", r"\lvert x - y \rvert"),
        ("relu(z) + max(x, y)", r"\mathrm{ReLU}(z) + \max(x, y)"),
        ("where(x > 0, x, 0.01*x)", r"\begin{cases} x & x \gt 0 \\ 0.01 x & \text{otherwise} \end{cases}"),
        ("0 < x < 1 or y >= 2", r"0 \lt x \lt 1 \text{ or } y \ge 2"),
        # tensors
        ("W1 @ a2 + a2", "W_{1} a_{2} + a_{2}"),
        ("a2 @ W1 @ W1", r"a_{2}^{\top} W_{1} W_{1}"),
        ("W1.T @ a2 * (1 - a2**2)", r"(W_{1}^{\top} a_{2}) \odot (1 - a_{2}^{\odot 2})"),
        ("(u @ v)*u", r"(u^{\top} v) u"),
        ("u/v", r"u \oslash v"),
        ("outer(u, v)", r"u v^{\top}"),
        ("diag(u) @ W", r"\mathrm{diag}(u) W"),
        ("sum((u - v)**2)/2", r"\frac{\lVert u - v \rVert_{2}^{2}}{2}"),
        ("norm(u, 1)", r"\lVert u \rVert_{1}"),
        ("norm(W)", r"\lVert W \rVert_{F}"),
        ("[[x, y], [1, 2]]", r"\begin{pmatrix} x & y \\ 1 & 2 \end{pmatrix}"),
        # entries count from 1 in print
        ("v[1]*x", "v_{2} x"),
        ("W1[0, 1]", "[W_{1}]_{1,2}"),
        ("W1[0]", "[W_{1}]_{1,:}"),
        # derivatives
        ("d(L, yhat)*d(yhat, z)", r"\frac{\partial L}{\partial \hat{y}} \frac{\partial \hat{y}}{\partial z}"),
        ("d(sigmoid(z), z)", r"\frac{\partial}{\partial z} \sigma(z)"),
        ("d(d(L, x), x)", r"\frac{\partial^{2} L}{\partial x^{2}}"),
        ("grad(L, [w, b])", r"\nabla_{w, b} L"),
        ("grad(L, [w, b])[1]", r"\frac{\partial L}{\partial b}"),
        ("hessian(L, [w, b])[0, 1]", r"\frac{\partial^{2} L}{\partial w \partial b}"),
        ("jacobian(q, a2)[0, 1]", r"\frac{\partial q_{1}}{\partial [a_{2}]_{2}}"),
        ("d(L, a2) @ W1", r"\frac{\partial L}{\partial a_{2}} W_{1}"),
        ("hvp(L, [w, b], [1, -1])", r"\nabla^{2}_{w, b} L \, \begin{pmatrix} 1 \\ -1 \end{pmatrix}"),
    ],
)
def test_bank(text: str, expected: str) -> None:
    assert typeset(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("yhat", r"\hat{y}"),
        ("y_hat", r"\hat{y}"),
        ("mhat_t", r"\hat{m}_{t}"),
        ("w1", "w_{1}"),
        ("delta3", r"\delta_{3}"),
        ("eta", r"\eta"),
        ("x_new", r"x_{\mathrm{new}}"),
        ("w1_new", r"w_{1,\mathrm{new}}"),
        ("w1_plus", "w_{1}^{+}"),
        ("x_star", r"x^{\star}"),
        ("dLda1", r"\mathrm{dLda1}"),
        ("loss", r"\mathrm{loss}"),
        ("lambda_", r"\lambda"),
        ("_x", r"\mathrm{\_x}"),
        ("a1[0]", "[a_{1}]_{1}"),
        ("x[0, 1]", "x_{1,2}"),
    ],
)
def test_names(name: str, expected: str) -> None:
    assert latex_name(name) == expected


def test_select_is_the_slope_of_relu_or_two_cases() -> None:
    z, x, y = SCOPE["z"], SCOPE["x"], SCOPE["y"]
    assert latex(G.call("select", z, G.one, G.zero)) == r"\mathrm{ReLU}'(z)"
    assert latex(G.call("select", z, x, y)) == r"\begin{cases} x & z \gt 0 \\ y & z \lt 0 \end{cases}"


def test_every_operator_is_typeset() -> None:
    """A new operator needs an entry in the table or a rule here; never a KeyError on a page."""
    assert set(_RULES) | set(OPERATORS) >= set(OPERATORS) | set(STRUCTURAL) | set(LEAVES) | set(DERIVATIVES)


def test_a_definition_is_printed_by_its_name_and_its_body_on_request() -> None:
    assert latex(SCOPE["yhat"]) == r"\hat{y}"
    assert latex(SCOPE["yhat"].args[0]) == r"\sigma(w x + b)"


def test_a_raised_name_is_bracketed_before_a_power() -> None:
    w = G.symbol("w_plus")
    f = G.define("f", G.mul(w, w))
    assert latex(w**2) == "(w^{+})^{2}"
    assert latex(parse("d(d(f, w), w)", {"f": f, "w": w}, G)) == r"\frac{\partial^{2} f}{\partial (w^{+})^{2}}"


def test_names_can_be_given() -> None:
    inner = parse("w*x + b", SCOPE, G)
    assert latex(parse("tanh(w*x + b)*2", SCOPE, G), {inner: "s_{1}"}) == r"\tanh(s_{1}) \cdot 2"


def test_a_shared_graph_does_not_blow_up() -> None:
    x = SCOPE["x"]
    for _ in range(200):  # a tree of 2**200 leaves
        x = G.node("mul", (G.node("add", (x, G.one)), x))
    assert len(latex(x)) <= LIMIT


def test_a_power_of_a_function_that_has_a_name_is_one_of_the_name() -> None:
    g = Graph()
    x = g.symbol("x")
    base = g.call("tanh", parse("+".join(f"x**{k}" for k in range(1, 40)), {"x": x}, g))
    root = g.add(g.pow(base, g.const(2)), base)
    names = abbreviations([root], shared=10, long=40)
    assert f"{names[base]}^{{2}}" in latex(root, names)


def test_abbreviations_keep_every_line_short_and_are_used() -> None:
    x = SCOPE["x"]
    for _ in range(40):
        x = G.node("mul", (G.node("add", (x, G.one)), x))
    names = abbreviations([x])
    lines = [latex(n, {m: t for m, t in names.items() if m is not n}) for n in (*names, x)]
    assert max(map(len, lines)) < 500
    for name in names.values():
        assert any(name in line for line in lines)


def test_deep_expressions_need_no_recursion() -> None:
    x = SCOPE["x"]
    for _ in range(5_000):
        x = G.node("neg", (x,))
    assert latex(x)


LEAF = st.sampled_from(["x", "y", "w1", "yhat", "2", "0.5", "-3", "1e-7", "L"])
SCALARS = st.recursive(
    LEAF,
    lambda e: st.one_of(
        st.builds("({} {} {})".format, e, st.sampled_from("+-*/"), e),
        st.builds("(-{})".format, e),
        st.builds("({})**{}".format, e, st.integers(-3, 5)),
        st.builds("{}({})".format, st.sampled_from(["exp", "tanh", "relu", "sqrt", "abs", "log", "sigmoid"]), e),
        st.builds("where({} > {}, {}, {})".format, e, e, e, e),
        st.builds("max({}, {})".format, e, e),
        st.builds("d({}, x)".format, e),
        st.builds("sum([{}, {}]*[1, 2])".format, e, e),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(SCALARS)
def test_braces_brackets_and_environments_balance(text: str) -> None:
    made = typeset(text)
    assert made == typeset(text)
    bare = made.replace(r"\{", "").replace(r"\}", "")
    depth = 0
    for c in bare:
        depth += (c == "{") - (c == "}")
        assert depth >= 0
    assert depth == 0
    assert made.count("(") == made.count(")")
    assert made.count(r"\left") == made.count(r"\right")
    assert made.count(r"\begin") == made.count(r"\end")
    assert not re.search(r"[|<>`$\n]|\\operatorname", made)  # would break a markdown table or its math
    assert not re.search(r"[-+] -", made)  # signs not doubled
    assert not re.search(r"\d \d", made)  # numbers not run together


# -- products in order --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x*(2*x)*(-y)", "-(2*x**2*y)"),
        ("(y - yhat)*(-1)*yhat*(1 - yhat)*x", "-(x*yhat*(y - yhat)*(1 - yhat))"),
        ("x - (-2)*(y*y)", "x + 2*y**2"),
        ("-x + y", "y - x"),
        ("y + (x + z - y) + x", "2*x + z"),
        ("x*y - 3*y*x", "-(2*x*y)"),
        ("2*x*(1/(1 + y**2))*z", "2*x*z/(1 + y**2)"),
        ("-x/(y*-z)*x", "x**2/(y*z)"),
        ("x*(1/x)", "x/x"),
        ("2*x/(2*y)", "x/y"),
        ("x*y/2", "x*y/2"),
        ("0.1*x/(2*y)", "0.05*x/y"),
        ("(1/x)*u*y", "y/x*u"),
        ("x**2*x*(x + y)*2", "2*x**3*(x + y)"),
        ("x*0*y", "0"),
        ("x*0*u", "0*u"),
        ("tanh(z)*(0.5*u)", "0.5*tanh(z)*u"),
        ("d(x*2*x, x)", "d(2*x**2, x)"),
    ],
)
def test_tidy(text: str, expected: str) -> None:
    (made,) = tidy([parse(text, SCOPE, G)])
    assert made.shape == parse(text, SCOPE, G).shape
    assert to_text(made) == expected


RATIONALS = st.recursive(
    st.sampled_from(["x", "y", "z", "2", "-0.5", "3"]),
    lambda e: st.one_of(
        st.builds("({} {} {})".format, e, st.sampled_from("+-*/"), e),
        st.builds("(-{})".format, e),
        st.builds("({})**{}".format, e, st.integers(1, 3)),
    ),
    max_leaves=10,
)


def test_a_long_sum_is_put_in_order_once() -> None:
    total = G.zero
    for i in range(3_000):
        total = G.node("add", (total, G.node("mul", (G.const(i), SCOPE["x"]))))
    assert to_text(*tidy([total])) == "4498500*x"


@settings(max_examples=100, deadline=None)
@given(RATIONALS, st.lists(st.fractions(-5, 5, max_denominator=9), min_size=3, max_size=3))
def test_tidy_keeps_the_value(text: str, point: list[Fraction]) -> None:
    node = parse(text, SCOPE, G)
    values = {SCOPE[n]: rational(v) for n, v in zip("xyz", point, strict=True)}
    before, after = evaluate([node, *tidy([node])], values)
    if not isinstance(before, Exception):
        assert before == after


@pytest.mark.parametrize(
    ("text", "latex_text"),
    [
        ("implies(x > 2, x**2 > 4)", r"x \gt 2 \Rightarrow x^{2} \gt 4"),
        ("iff(x > 2 and x < 3, x != 1)", r"x \gt 2 \text{ and } x \lt 3 \Leftrightarrow x \ne 1"),
        ("implies(x > 2, x > 1) and x > 0", r"(x \gt 2 \Rightarrow x \gt 1) \text{ and } x \gt 0"),
        ("limit(exp(-x), x, inf)", r"\lim_{x \to \infty} \mathrm{e}^{-x}"),
        ("integral(exp(-x), x, 0, inf)", r"\int_{0}^{\infty} \mathrm{e}^{-x} \, dx"),
        ("supremum(tanh(x), x)", r"\sup_{x} \tanh(x)"),
        ("at(x**2, x=3)", r"x^{2} \Big\vert_{x = 3}"),
        ("convex(x**2, x)", r"\mathrm{convex}(x^{2}, x)"),
    ],
)
def test_what_claims_ask(text: str, latex_text: str) -> None:
    g = Graph()
    assert latex(parse(text, {"x": g.symbol("x")}, g)) == latex_text
