r"""LaTeX in: what formulas of this field mean, by hand; what is refused; reading what was typeset; random tokens."""

from __future__ import annotations

import random

import pytest

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.latex import Reading, read
from derive.language.reader import parse
from derive.language.typeset import latex
from tests.derive.language.latex.scopes import network, scope

#: LaTeX and its meaning, in the scope of ``network``.
MEANINGS = [
    (r"\frac{\partial \mathcal{L}}{\partial z_3}", "d(L, z3)"),
    (r"\frac{\partial L}{\partial z_3} = (\hat y - y)\,\hat y (1 - \hat y)", "d(L, z3) == (yhat - y)*yhat*(1 - yhat)"),
    (r"\frac{dL}{dw_1}", "d(L, w1)"),
    (r"\frac{\mathrm{d}L}{\mathrm{d}w_1}", "d(L, w1)"),
    (r"\frac{\partial^2 L}{\partial w_1^2}", "d(d(L, w1), w1)"),
    (r"\frac{\partial^2 L}{\partial w_1 \partial w_2}", "d(d(L, w1), w2)"),
    (r"\frac{\partial E}{\partial u_2}", "d(E, u)[1]"),
    (r"\frac{\partial m_2}{\partial u_3}", "d(m, u)[1, 2]"),
    (r"\frac{\partial^2 E}{\partial u_1 \partial u_2}", "hessian(E, u)[0, 1]"),
    (r"\frac{d}{dz} \tanh(z) = 1 - \tanh^2(z)", "d(tanh(z), z) == 1 - tanh(z)**2"),
    (r"\frac{\partial}{\partial z} (z^2 + x)", "d(z**2 + x, z)"),
    (r"\frac{\partial L}{\partial z_3} \Big|_{y = 0}", "at(d(L, z3), y=0)"),
    (r"\nabla_{u} E", "grad(E, u)"),
    (r"\nabla_u E(u)", "grad(E, u)"),
    (r"\nabla E(u) = X^\top (X u - t)", "grad(E, u) == X.T @ (X @ u - t)"),
    (r"\nabla_{w_1, b_1} L", "grad(L, [w1, b1])"),
    (r"\nabla_u^2 E = X^{\mathsf T} X", "hessian(E, u) == X.T @ X"),
    (r"\nabla^2_u E \, v", "hessian(E, u) @ v"),
    (r"\sigma'(z) = \sigma(z)(1 - \sigma(z))", "d(sigmoid(z), z) == sigmoid(z)*(1 - sigmoid(z))"),
    (r"\phi'(z_1)", "phi(z1, d=1)"),
    (r"\phi''(z)", "phi(z, d=2)"),
    (r"F(x, \phi(y))", "F(x, phi(y))"),
    (r"L'(w_1)", "d(L, w1)"),
    (r"\text{ReLU}'(z) = \mathbb{I}[z > 0]", "d(relu(z), z) == indicator(z > 0)"),
    (r"\mathbf{1}\left[z_1 > 0\right]", "indicator(z1 > 0)"),
    (r"\frac{1}{1+e^{-z}}", "1/(1 + exp(-z))"),
    (r"\mathrm{e}^{2 x}", "exp(2*x)"),
    (r"-y \log \hat{y} - (1-y)\log(1-\hat{y})", "-y*log(yhat) - (1 - y)*log(1 - yhat)"),
    (r"\log_2 x + \log_{10}(y)", "log2(x) + log10(y)"),
    (r"\sqrt{x^2 + y^2}", "sqrt(x**2 + y**2)"),
    (r"\sqrt[4]{x} + \sqrt[3]{8}", "x**(1/4) + 8**(1/3)"),
    (r"\max(0, z)", "max(0, z)"),
    (r"\max_i u_i", "max(u[i] for i in 3)"),
    (r"\min\{x, y\}", "min(x, y)"),
    (r"\operatorname{softmax}(u)_2", "softmax(u)[1]"),
    (r"\tanh^2(z)", "tanh(z)**2"),
    (r"|x - y|", "abs(x - y)"),
    (r"\lvert x \rvert + \left| y \right|", "abs(x) + abs(y)"),
    (r"\|u - v\|_2^2", "norm(u - v)**2"),
    (r"\lVert u \rVert_1 + \lVert v \rVert_\infty", "norm(u, 1) + norm(v, inf)"),
    (r"\left\| A \right\|_F", "norm(A)"),
    (r"\sum_{i=1}^{3} u_i v_i", "sum(u[i]*v[i] for i in 3)"),
    (r"\sum_i (u_i - v_i)^2 + x", "sum((u[i] - v[i])**2 for i in 3) + x"),
    (r"\frac{1}{n} \sum_{i=1}^{n} \left(t_i - \sum_j X_{ij} u_j\right)^2",
     "1/n*sum((t[i] - sum(X[i, j]*u[j] for j in 3))**2 for i in n)"),
    (r"\sum_{i=1}^{n-1} t_i t_{i+1}", "sum(t[i]*t[i + 1] for i in range(n - 1))"),
    (r"\sum_{i=1}^{3} i u_i", "sum((i + 1)*u[i] for i in 3)"),
    (r"\sum_{k=0}^{4} t_k x^k", "sum(t[k_]*x**k_ for k_ in range(0, 5))"),
    (r"\sum_{i \ne j} u_i v_j", None),
    (r"\prod_{i=1}^{3} u_i", "prod(u[i] for i in 3)"),
    (r"\sum_{i,j} A_{ij}^2", "sum(A[i, j]**2 for i in 3 for j in 3)"),
    (r"u^T v", "u @ v"),
    (r"u \cdot v", "u @ v"),
    (r"u v^\top", "outer(u, v)"),
    (r"u^\top A v", "u @ A @ v"),
    (r"W u + h", "W @ u + h"),
    (r"A B^{-1} u", "A @ inv(B) @ u"),
    (r"(A^\top A + \lambda I)^{-1} A^\top u", "inv(A.T @ A + lam*eye(3)) @ A.T @ u"),
    (r"A^{-\top}", "inv(A).T"),
    (r"\operatorname{tr}(A B) = \operatorname{tr}(B A)", "trace(A @ B) == trace(B @ A)"),
    (r"\det(A)", "det(A)"),
    (r"\operatorname{diag}(u) v = u \odot v", "diag(u) @ v == u*v"),
    (r"u \odot (1 - u)", "u*(1 - u)"),
    (r"W_{12} + W_{2,3}", "W[0, 1] + W[1, 2]"),
    (r"\mathbf{h}_{\text{new}} = \mathbf{W}\mathbf{v} + \mathbf{h}", "hnew == W @ v + h"),
    (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \begin{pmatrix} x \\ y \end{pmatrix}", "[[1, 2], [3, 4]] @ [x, y]"),
    (r"\begin{cases} 1, & z > 0 \\ 0, & z \leq 0 \end{cases}", "where(z > 0, 1, 0)"),
    (r"\begin{cases} z & \text{if } z > 0, \\ \alpha(e^z - 1) & \text{otherwise} \end{cases}",
     "where(z > 0, z, alpha*(exp(z) - 1))"),
    (r"0 < \hat{y} < 1", "0 < yhat < 1"),
    (r"x \le y \text{ and } y \ne z", "x <= y and y != z"),
    (r"z_1 = w_1 \times x + b_1", "z1 == w1*x + b1"),
    (r"\left\lfloor x \right\rfloor", "floor(x)"),
    (r"2 \cdot 10^{-3} x", "2e-3*x"),
    (r"\frac{x}{2}\, y", "x/2*y"),
    (r"x/(2y)", "x/(2*y)"),
    (r"\frac12 x", "1/2*x"),
    (r"||u||_2 + |x||y|", "norm(u) + abs(x)*abs(y)"),
    (r"\sum_{i<j} A_{ij}", "sum(A[i, j] for i in 3 for j in 3 if i < j)"),
    (r"W^\top h \odot u", "W.T @ h*u"),
    (r"h \odot W v", "h*(W @ v)"),
    (r"u \odot x v", "u*(x*v)"),
    (r"\mathrm{mean}_{\mathrm{axis}\,0}(A)", "mean(A, axis=0)"),
    (r"\prod_{i=1}^{3} u_i v_i", "prod(u[i]*v[i] for i in 3)"),
    (r"\lim_{x \to 0^+} \frac{x}{y}", "limit(x/y, x, 0, 1)"),
    (r"\mathrm{convex}(L, w_1)", "convex(L, w1)"),
    (r"\operatorname{rank}(A) \le 2", "rank(A) <= 2"),
    (r"\mathrm{reshape}_{3 \times 2}(W)", "reshape(W, 3, 2)"),
    (r"\boxed{z_1 = w_1 x + b_1}", "z1 == w1*x + b1"),
    (r"W = 2 W \in \mathbb{R}^{2 \times 3}", "W == 2*W"),
    (r"x = 116{,}427 \quad (7.13)", "x == 116427"),
    (r"\frac{\partial a_1}{\partial x}(x)", "d(a1, x)"),
    (r"\delta_3 w_3", "delta3*w3"),
    (r"t_1 + t_2 + \dots + t_n", "sum(t[i] for i in n)"),
    (r"x + t_1^2 + \cdots + t_n^2", "x + sum(t[i]**2 for i in n)"),
    (r"t_n + t_{n-1} + \dots + t_1", "sum(t[i] for i in n)"),
    (r"t_5 + t_4 + \dots + t_1", "t[4] + t[3] + t[2] + t[1] + t[0]"),
    (r"u_1 v_1 + u_2 v_2 + \dots + u_3 v_3", "u[0]*v[0] + u[1]*v[1] + u[2]*v[2]"),
    (r"(1 - w_1)(1 - w_2)\cdots(1 - w_3)", "(1 - w1)*(1 - w2)*(1 - w3)"),
    (r"t = (t_1, \dots, t_n)^\top", "t == [t[i] for i in n]"),
    (r"t = \begin{pmatrix} t_1 \\ \vdots \\ t_n \end{pmatrix}", "t == [t[i] for i in n]"),
    (r"1 + 2 + \dots + n", "sum(i + 1 for i in n)"),
    (r"\sum_{l=1}^{3} w_l b_l", "w1*b1 + w2*b2 + w3*b3"),
    (r"W (u + v) = W \cdot (x, y, z)^\top", "W @ (u + v) == W @ [x, y, z]"),
    (r"L(w_1, b_1)", "L"),
    (r"E |_{x = 0}", "at(E, x=0)"),
    (r"\underbrace{x + y}_{\text{bias}} + z", "x + y + z"),
    (r"t_i = X_{i1}, \quad i = 1, \dots, n", "[t[i] for i in n] == [X[i, 0] for i in n]"),
    (r"t_i > 0 \quad \forall i", "all(t[i] > 0 for i in n)"),
    (r"\forall i \in \{1, \dots, 3\}: u_i v_i > 0", "all(u[i]*v[i] > 0 for i in 3)"),
    (r"x^2 \ge 0 \quad \forall x \in \mathbb{R}", "x**2 >= 0"),
    (r"x = y \quad (\text{since } x > 0)", "x == y"),
    (r"\int_{-\infty}^{0} e^{x}\,\mathrm{d}x", "integral(exp(x), x, -inf, 0)"),
    (r"x \bmod y", "mod(x, y)"),
]  # fmt: skip


def meaning(text: str, where: tuple[dict[str, Node], Graph] | None = None, **options: object) -> Reading:
    found, g = where or network()
    return read(text, found, g, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(("formula", "text"), [m for m in MEANINGS if m[1] is not None])
def test_formulas_are_read_as_they_are_meant(formula: str, text: str) -> None:
    found, g = network()
    (said,) = read(formula, found, g).statements
    if "==" in text and not said.holds:
        assert list(said.nodes) == [parse(side, found, g) for side in text.split("==")]
    else:
        assert said.nodes == (parse(text, found, g),)


# -- the ten of background/latex.md -----------------------------------------------------------------


def test_a_mean_square() -> None:
    found, g = scope({"y": (4,), "yhat": (4,)}, {"MSE": "mean((y - yhat)**2)"}, sizes={"N": 4})
    (said,) = read(r"\text{MSE} = \frac{1}{N} \sum_{i=1}^N (y_i - \hat{y}_i)^2", found, g).statements
    assert said.parts == ("MSE", "1/N*sum((y[i] - yhat[i])**2 for i in N)")


def test_momentum_with_a_line_for_what_print_leaves_open() -> None:
    states = {"vm": (), "tm": ()}
    found, g = scope({**states, "t": (), "beta": (), "eta": ()}, {"Jm": "tm**2/2"}, states=("vm", "tm"))
    names = {r"\nabla_{\theta} J(\theta_t)": "at(grad(Jm, tm), tm=tm(t))", "v": "vm", r"\theta": "tm"}
    formula = (
        r"v_{t+1} = \beta v_t + (1 - \beta) \nabla_{\theta} J(\theta_t), \quad \theta_{t+1} = \theta_t - \eta v_{t+1}"
    )
    first, second = read(formula, found, g, names=names).statements
    assert first.parts == ("vm(t + 1)", "beta*vm(t) + (1 - beta)*at(grad(Jm, tm), tm=tm(t))")
    assert second.parts == ("tm(t + 1)", "tm(t) - eta*vm(t + 1)")


def test_three_slopes() -> None:
    formula = (
        r"\frac{d}{dz} \text{ReLU}(z) = \begin{cases} 1, & z > 0 \\ 0, & z \leq 0 \end{cases}, \quad "
        r"\frac{d}{dz} \tanh(z) = 1 - \tanh^2(z), \quad \frac{d}{dz} \sigma(z) = \sigma(z)(1 - \sigma(z))."
    )
    found = meaning(formula)
    assert [s.text for s in found.statements] == [
        "d(relu(z), z) == where(z > 0, 1, 0)",
        "d(tanh(z), z) == 1 - tanh(z)**2",
        "d(sigmoid(z), z) == sigmoid(z)*(1 - sigmoid(z))",
    ]
    assert found.aside == (",", ",", ".")


def test_printed_vectors_end_a_chain() -> None:
    found, g = scope({"W2": (2, 2), "a1": (2,), "b2": (2,)}, {"z2": "W2 @ a1 + b2", "a2": "tanh(z2)"})
    formula = (
        r"\begin{aligned}\mathbf{z}_2 &= \mathbf{W}_2 \mathbf{a}_1 + \mathbf{b}_2 = "
        r"\begin{pmatrix} 0.7 & -1.2 \\ 1.1 & 0.3 \end{pmatrix} \begin{pmatrix} 4.1 \\ 0.3 \end{pmatrix} + "
        r"\begin{pmatrix} 0.05 \\ -0.1 \end{pmatrix} = \begin{pmatrix} 2.56 \\ 4.50 \end{pmatrix}. \\ "
        r"\mathbf{a}_2 &= \tanh(\mathbf{z}_2) = \begin{pmatrix} 0.988119 \\ 0.999753 \end{pmatrix}.\end{aligned}"
    )
    first, second = read(formula, found, g).statements
    assert first.parts == ("z2", "W2 @ a1 + b2")
    assert first.prints == ["2.56", "4.50"]
    assert first.shows == "[[0.7, -1.2], [1.1, 0.3]] @ [4.1, 0.3] + [0.05, -0.1]"
    assert (second.parts, second.prints) == (("a2", "tanh(z2)"), ["0.988119", "0.999753"])


def test_a_printed_number_and_its_displayed_arithmetic() -> None:
    (said,) = meaning(
        r"\frac{\partial \hat{y}}{\partial z_3} = \hat{y}(1 - \hat{y}) = 0.786003(1 - 0.786003) = 0.168202."
    ).statements
    assert (said.parts, said.shows, said.prints) == (
        ("d(yhat, z3)", "yhat*(1 - yhat)"), "0.786003*(1 - 0.786003)", "0.168202",
    )  # fmt: skip
    (said,) = meaning(
        r"\frac{\partial \mathcal{L}}{\partial w_3} = \delta_3 \frac{\partial z_3}{\partial w_3} = \delta_3 a_2 "
        r"= (-0.035995)(0.800499) = -0.028814,"
    ).statements
    assert (said.parts, said.prints) == (("d(L, w3)", "delta3*d(z3, w3)", "delta3*a2"), "-0.028814")


def test_a_matrix_before_a_bracket_is_a_factor() -> None:
    found, g = scope({"w": (3,), "wstar": (3,), "H": (3, 3)}, {"E": "(w - wstar) @ H @ (w - wstar)/2"})
    formula = r"\nabla E(\mathbf{w}) = \mathbf{H}(\mathbf{w} - \mathbf{w}^*)"
    (said,) = read(formula, found, g).statements
    assert said.parts == ("grad(E, w)", "H @ (w - wstar)")


def test_an_identity_takes_the_size_of_its_neighbour() -> None:
    found, g = scope({"A": (4, 3), "b": (4,), "lam": ()}, {"x_lam": "inv(A.T @ A + lam*eye(3)) @ A.T @ b"})
    (said,) = read(r"x_\lambda = (A^\top A + \lambda I)^{-1} A^\top b.", found, g).statements
    assert said.nodes[1] is said.nodes[0].args[0]


# -- what is refused --------------------------------------------------------------------------------

#: LaTeX, and a part of what the error says.
REFUSED = [
    (r"\hat{z}", "no name 'zhat'"),
    (r"g_1", "unknown symbol"),
    (r"x y g", "unknown symbol 'g'"),
    (r"x_2", "has no entries"),
    (r"u_4", "has no such entry"),
    (r"u v", "two vectors side by side"),
    (r"u A", "a column to the left of a matrix"),
    (r"A u^\top", "a row to the right of a matrix"),
    (r"u + h", "fit"),
    (r"u + A", "shape"),
    (r"u = u^\top", "a side is a row"),
    (r"u^\top v + v", "is a scalar beside"),
    (r"W u + t", "do not fit"),
    (r"x (y)", "is no function"),
    (r"\hat{y}(x, g)", "unknown symbol"),
    (r"\hat{y}(c)", "no function of 'c'"),
    (r"x/y z", "can be read as"),
    (r"x/y z = 2", "a line of 'names:' for what differs"),
    (r"x^{(2)}", "a power is written without brackets"),
    (r"\sqrt[3]{x}", "or as sign(x)*abs(x)**(1/3)"),
    (r"\log x y", "can be read as"),
    (r"|u|", "can be read as"),
    (r"A^2", "can be read as"),
    (r"\exp(A)", "entry by entry"),
    (r"A^{x}", "a power of the matrix"),
    (r"\| A \|", "say which"),
    (r"| A |", "can be read as abs(A)"),
    (r"\nabla L", "by what"),
    (r"\nabla_u m", "no scalar"),
    (r"\sum_{i=1}^{M} u_i", "'M' is no number or size"),
    (r"\sum_i x", "is not said"),
    (r"\sum_i u_i t_i", "not the same everywhere"),
    (r"\sum x", "over what"),
    (r"\sum_{=1}^{3} u_i", "expected an index"),
    (r"x \pm y", "two things"),
    (r"x \in y", "no relation of the language"),
    (r"x \to y", "no relation of the language"),
    (r"\frac{x}{", "never closed"),
    (r"(x + y", "never closed"),
    (r"x + ", "expected a value"),
    (r"x^", "missing"),
    (r"x_1_2", "second subscript"),
    (r"\foo x", "is not read"),
    (r"\begin{foo} x \end{foo}", "is not read"),
    (r"\begin{pmatrix} x & y \\ z \end{pmatrix}", "unequal length"),
    (r"\begin{cases} 1 & z > 0 \\ 0 & z > 1 \end{cases}", "otherwise"),
    (r"\int x dx", "without ends"),
    (r"\int_0^1 x + y", "at the end of an integral"),
    (r"\int_0^1 x d 2", "no symbol by which"),
    (r"\mathbb{E}[x]", "not read here"),
    (r"x_1 + \cdots + x_n", "unknown symbol"),
    (r"t_1 + t_3 + \dots + t_n", "do not go on by one"),
    (r"t_2 + t_1 + \dots + t_n", "do not go on by one"),
    (r"t_4 + t_5 + \dots + t_1", "do not go on by one"),
    (r"t_5 + t_4 + \dots + t_n", "do not go on by one"),
    (r"t_n + t_{n-2} + \dots + t_1", "do not go on by one"),
    (r"t_1 - t_2 + \dots + t_n", "is not read here"),
    (r"t_1 + \dots + t_m", "no number or size"),
    (r"t_1 + t_2 + \dots", "is not read here"),
    (r"\begin{pmatrix} t_1 & \cdots & t_2 \\ t_3 & \cdots & t_4 \end{pmatrix}", "matrix with dots"),
    (r"L(w_1 + 1, b_1)", "no function of"),
    (r"x (y, z)", "is no function"),
    (r"\{x, y\}", "a set is not read"),
    (r"(x, u)", "where a number is expected"),
    (r"x > 0, \forall x \ne 0", "a condition after"),
    (r"x > 0, \forall", "expected an index"),
    (r"x > 0, \forall i \in \{1\}", "expected a range"),
    (r"x = u_i", "does not stand on the left"),
    (r"u_i = t_i", "not the same everywhere"),
    (r"x \bmod y + u \bmod v", "between two numbers"),
    (r"\underbrace x", "expected braces"),
    (r"\mathbf{1}", "of what size"),
    (r"I", "of a size that is not said"),
    (r"\tanh^{-1}(z)", "inverse function"),
    (r"u^{-1}", "no inverse"),
    (r"x = \approx y", "expected a value"),
    (r"", "found nothing"),
    (r"x € y", "no part of a formula"),
    (r"\frac{A}{u}", "no number to divide by"),
    (r"a_1(x + 1)", "can be read as at(a1, x=x + 1)"),
    (r"\frac{\partial L}{\partial w_1}(c)", "or times it"),
    (r"a_1'(c)", "is no function of 'c'"),
    (r"x^10", "one digit"),
    (r"\frac123", "one digit"),
    (r"x = 1,5", "a number alone says nothing"),
    (r"\prod_{i=1}^{3} u_i x", "can be read as"),
    (r"\mathbf{x} + x", "two fonts"),
    (r"\begin{pmatrix} A^\top \\ B^\top \end{pmatrix}", "row by row"),
    (r"A u \odot v", "can be read as A @ u*v"),
    (r"A \odot B A", "can be read as"),
    (r"\sigma_1(x)", "something below it"),
    (r"\phi_1(x)", "scripts stand after its brackets"),
    (r"x \odot u", "between two of one shape"),
    (r"\frac{d\, L}{d\, x} + d", "unknown symbol 'd'"),
    (r"x \approx y", "printed number"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "message"), REFUSED)
def test_what_can_not_be_read_says_why(formula: str, message: str) -> None:
    with pytest.raises(ExpressionError) as fault:
        meaning(formula)
    assert message in fault.value.message
    assert 0 <= fault.value.offset <= len(formula)


def test_two_names_for_one_symbol_are_told_with_the_line_that_settles_it() -> None:
    found, g = scope({"W": (2, 3), "W2": (2, 3)})
    with pytest.raises(ExpressionError, match=r"as W2, .* or as W\[1\].*names: \{'W_2': 'W2'\}"):
        read("W_2", found, g)
    (said,) = read("W_2", found, g, names={"W_{2}": "W2"}).statements
    assert said.parts == ("W2",)


def test_an_index_with_a_range_is_said_of_each() -> None:
    found, g = scope({"y": (2,), "V": (2, 3), "a": (3,)}, sizes={"K": 2})
    names = {"k": "range(K)", "v": "V"}
    (said,) = read(r"y_k = \sum_j v_{kj} a_j", found, g, names=names).statements
    assert said.parts == ("[y[k] for k in range(K)]", "[sum(V[k, j]*a[j] for j in 3) for k in range(K)]")
    (said,) = read(r"y_k > 0", found, g, names=names).statements
    assert said.holds == "all(y[k] > 0 for k in range(K))"
    (said,) = read(r"y_k > 0", found, g).statements
    assert (said.holds, *said.notes) == ("all(y[k] > 0 for k in K)", "said of every k, which nothing binds: for k in K")
    (said,) = read(
        r"\partial y_k / \partial a_j = V_{kj}", found, g, names={r"\partial y_k / \partial a_j": "V[k, j]"}
    ).statements
    assert said.parts == ("[[V[k, j] for j in 3] for k in K]",) * 2


def test_dots_and_sums_go_over_names_where_the_number_tells_them_apart() -> None:
    found, g = scope({"W1": (2, 2), "W2": (2, 2), "W3": (2, 2), "v": (2,)}, sizes={"K": 3})
    for formula, text in (
        (r"W_K W_{K-1} \cdots W_1 v", "W3 @ W2 @ W1 @ v"),
        (r"W_1^\top W_2^\top \cdots W_K^\top", "W1.T @ W2.T @ W3.T"),
        (r"\sum_{k=1}^{K} \|W_k\|_F^2", "norm(W1)**2 + norm(W2)**2 + norm(W3)**2"),
    ):
        (said,) = read(formula, found, g).statements
        assert said.nodes == (parse(text, found, g),)
    with pytest.raises(ExpressionError):  # in what order?
        read(r"\prod_{k=1}^K W_k", found, g)


def test_an_expectation_is_what_the_table_says_of_what_stands_in_brackets() -> None:
    found, g = scope({"x": (4,), "c": ()}, sizes={"n": 4})
    names = {
        r"\mathbb{E}": "expect(_ for i in uniform(n))",
        r"\mathbb{E}_{\varepsilon}": "expect(_ for eps in normal(0, 1))",
    }
    (said,) = read(r"\mathbb{E}[(x_i - c)^2]", found, g, names=names).statements
    assert said.nodes == (parse("expect((x[i] - c)**2 for i in uniform(n))", found, g),)
    (said,) = read(r"\mathbb{E}_{\varepsilon}[c \varepsilon^2] = c", found, g, names=names).statements
    assert said.nodes[0] == parse("expect(c*eps**2 for eps in normal(0, 1))", found, g)
    for formula, message in (
        (r"\mathbb{E}", "none follow"),
        (r"\mathbb{E}[x_j]", "unknown symbol"),
        (r"x_i", "unknown symbol"),
    ):
        with pytest.raises(ExpressionError, match=message):
            read(formula, found, g, names=names)


def test_a_range_is_said_once() -> None:
    found, g = scope({"x": (4,)}, sizes={"n": 4})
    with pytest.raises(ExpressionError, match="in 'names:', too"):
        read(r"x_i > 0, \quad \forall i", found, g, names={"i": "range(n)"})


def test_steps_of_an_iteration() -> None:
    found, g = scope({"w": (), "t": (), "eta": (), "x": ()}, {"loss": "w**2", "loud": "t*w"}, states=("w",))
    for formula, text in ((r"w_{t+1}", "w(t + 1)"), (r"w^{(t)}", "w(t)"), (r"w_0", "w(0)"), (r"\text{loss}(3)", "loss(3)"),
                          (r"w (x \eta - 1)", "w*(x*eta - 1)"), (r"\text{loud}(t)", "loud(t)")):  # fmt: skip
        (said,) = read(formula, found, g).statements
        assert said.parts == (text,)
    with pytest.raises(ExpressionError, match="can be read as"):
        read(r"\text{loss}(t + 1)", found, g)


def test_a_function_of_the_field_gives_way_to_a_quantity_only_where_that_can_be_told() -> None:
    found, g = scope({"sigma": (), "x": (), "mu": ()})
    (said,) = read(r"\frac{x - \mu}{\sigma}", found, g).statements
    assert said.parts == ("(x - mu)/sigma",)
    with pytest.raises(ExpressionError, match="can be read as"):
        read(r"\sigma(x - \mu)", found, g)


# -- printing and reading back ------------------------------------------------------------------------

PRINTED = [
    "w1*x + b1", "-(x + y)*z", "x - (y - z)", "x/(y + z)", "-x/y", "(x + y)**2", "x**(y + 1)", "exp(-x)",
    "exp(-(x - y)**2/(2*z))",
    "log(x)*y", "tanh(z)**2", "sigmoid(w1*x)*(1 - sigmoid(w1*x))", "relu(z) + abs(x)", "d(L, w1)", "d(d(L, w1), w2)",
    "grad(E, u)",
    "hessian(E, u)[0, 1]", "hessian(E, u) @ v", "W @ u + h", "u @ v", "outer(u, v)", "u*v", "A.T @ A + lam*eye(3)",
    "inv(A) @ u",
    "norm(u)**2", "norm(u, 1)", "sum(u)", "diag(u) @ v", "W[0, 1]", "u[1]*v[2]", "[x, y]", "[[x, y], [z, 1]]",
    "where(z > 0, x, y)",
    "indicator(z > 0)", "max(x, y)", "phi(z)", "phi(z, d=1)", "at(d(L, w1), w1=0)", "0 < x < 1", "x == y", "not x > y",
    "x > 0 and y > 0", "x > 0 or y > 0", "1e-7*x", "0.5*x", "softmax(u)", "u**2", "u/v", "det(A)", "trace(A)", "sqrt(x)",
    "2**x",
    "x*2", "3*4*x", "erf(x)", "floor(x)", "log1p(x)", "u @ A @ v", "(u @ v)*h", "A @ (u*v)", "m", "yhat*(1 - yhat)",
    "delta3*a2", "(-x/y)*(-x/y)",
]  # fmt: skip


@pytest.mark.parametrize("text", PRINTED)
def test_what_is_typeset_is_read_back(text: str) -> None:
    """As it was, or as another way to write the same; never as something else."""
    from tests.derive.language.latex.sameness import same

    found, g = network()
    node = parse(text, found, g)
    try:
        (said,) = read(latex(node), found, g).statements
    except ExpressionError:
        pytest.fail(f"{latex(node)} is refused")
    (back,) = said.nodes if not (said.parts and len(said.parts) > 1) else (g.call("eq", *said.nodes),)
    assert back is node or same(back, node)


# -- whatever is typed --------------------------------------------------------------------------------

PIECES = [
    r"\frac",
    r"\partial",
    r"\sum_{i=1}^{3}",
    r"\sum",
    r"\nabla",
    r"\hat",
    r"\mathbf",
    r"\left(",
    r"\right)",
    r"\begin{cases}",
    r"\end{cases}",
    r"\begin{pmatrix}",
    r"\end{pmatrix}",
    r"\log",
    r"\exp",
    r"\sigma",
    r"\theta",
    r"{",
    r"}",
    r"(",
    r")",
    r"[",
    r"]",
    r"|",
    r"\|",
    r"_",
    r"^",
    r"'",
    r"+",
    r"-",
    r"*",
    r"/",
    r"=",
    r"<",
    r"\le",
    r",",
    r".",
    r"&",
    r"\\",
    r"\quad",
    r"\text{if}",
    r"\text{x",
    r"\mathrm{ReLU}",
    r"x",
    r"y",
    r"u",
    r"A",
    r"W",
    r"1",
    r"2.5",
    r"10",
    r"\cdot",
    r"\odot",
    r"\top",
    r"T",
    r"\dots",
    r"\vdots",
    r"\forall",
    r"\int",
    r"\underbrace",
    r"\in",
    r"\Big|",
    r"\big",
    r"\max",
    r"\sqrt",
    r"e",
    r"I",
    r"\mathbb{1}",
    r"\lVert",
    r"\rVert",
    r"d",
    r"^2",
    r"^{-1}",
    r"_1",
    r"_{ij}",
    r"\not",
    r"~",
    r"$",
    r"%",
    r"#",
    r"é",
]


def test_random_tokens_are_read_or_refused() -> None:
    random_ = random.Random(7)
    found, g = network()
    for _ in range(800):
        text = random_.choice(["", " "]).join(random_.choices(PIECES, k=random_.randint(1, 14)))
        try:
            read(text, found, g)
        except ExpressionError as e:
            assert 0 <= e.offset <= len(text), text


@pytest.mark.parametrize("text", [
    "(" * 5000, "{" * 40 + "x" + "}" * 40, r"\frac" * 3000, r"\hat" * 3000 + "x",
    "x^{" * 25 + "x" + "}" * 25, "-" * 9000 + "x", "|" * 5000,
    r"\log " * 1500 + "x", r"\sum_i " * 1000 + "x", "x+" * 4000 + "x",
    "x " * 4000, "x/y " * 2000, r"\text{not }" * 500 + "x>y", "x" * 20000,
    r"\log " * 40 + "x y", r"\frac{d}{dx} " * 12 + "x y x", r"\frac{d}{dx} " + "x " * 300,
    r"\sqrt{" * 25 + "x" + "}" * 25, r"\nabla_x " * 900 + "x", "9" * 5000, r"\left(" * 2000,
])  # fmt: skip
def test_what_is_long_or_deep_ends(text: str) -> None:
    found, g = network()
    try:
        read(text, found, g)
    except ExpressionError as e:
        assert 0 <= e.offset <= len(text)
