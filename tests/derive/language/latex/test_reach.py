r"""How far functions, derivatives and big operators without brackets reach: what everybody shares, and what is refused."""

from __future__ import annotations

import pytest

from derive.errors import ExpressionError
from derive.language.latex import Said, read
from derive.language.latex.reach import spoken
from derive.language.latex.tokens import tokenized
from derive.language.reader import parse
from tests.derive.language.latex.scopes import network


def said(formula: str) -> Said:
    found, g = network()
    (one,) = read(formula, found, g).statements
    return one


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (r"\sin 2x", "sin(2*x)"),
        (r"\sin 2\pi x", "sin(2*pi*x)"),
        (r"\log x + y", "log(x) + y"),
        (r"\log x \log y", "log(x)*log(y)"),
        (r"\log x / \log y", "log(x)/log(y)"),
        (r"\log(x)^2", "log(x)**2"),
        (r"y \log x", "y*log(x)"),
        (r"v \odot \log u", "v*log(u)"),
        (r"\operatorname{tr} A^\top B + x", "trace(A.T @ B) + x"),
        (r"\log \sum_i e^{u_i} v_i", "log(sum(exp(u[i])*v[i] for i in 3))"),
        (r"\sum_i u_i + y", "sum(u[i] for i in 3) + y"),
        (r"\sum_i u_i y", "sum(u[i]*y for i in 3)"),
        (r"\frac{d}{dx} x \cdot y", "d(x, x)*y"),
        (r"\frac{\partial}{\partial x} x^2 + y", "d(x**2, x) + y"),
        (r"\nabla_u E \cdot v", "grad(E, u) @ v"),
        (r"\nabla_u u^\top A u", "grad(u @ A @ u, u)"),
        (r"\nabla_u u^\top v x", "grad(u @ v, u)*x"),
        (r"\frac{\partial}{\partial A} u^\top A v", "d(u @ A @ v, A)"),
        (r"\frac{d}{dx} \sin x \cos y", "d(sin(x), x)*cos(y)"),
        (r"\frac{\partial}{\partial x} \sum_i u_i x y", "d(sum(u[i]*x*y for i in 3), x)"),
        (r"\partial_{w_1} L", "d(L, w1)"),
        (r"\partial_x^2 (x^3 y)", "d(d(x**3*y, x), x)"),
        (r"\partial L/\partial z_3", "d(L, z3)"),
        (r"dL/dw_1", "d(L, w1)"),
        (r"\partial^2 L/\partial w_1^2", "d(d(L, w1), w1)"),
        (r"\max_i u_i + v_i", "max(u[i] + v[i] for i in 3)"),
        (r"\max_i u_i + x", "max(u[i] for i in 3) + x"),
        (r"\lim_{x \to 0} x + y", "limit(x, x, 0) + y"),
        (r"\int_0^1 x\,dx + y", "integral(x, x, 0, 1) + y"),
        (r"\int_0^1 x + y\,dx", "integral(x + y, x, 0, 1)"),
        (r"\int_0^1 x\,dx \cdot y", "integral(x, x, 0, 1)*y"),
        (r"\int_0^1 \int_0^1 x y\,dx\,dy", "integral(integral(x*y, x, 0, 1), y, 0, 1)"),
        (r"\int_0^1 dx", "integral(1, x, 0, 1)"),
    ],
)
def test_what_everybody_shares(formula: str, text: str) -> None:
    found, g = network()
    (one,) = read(formula, found, g).statements
    assert one.nodes == (parse(text, found, g),)


@pytest.mark.parametrize(
    ("formula", "first", "second"),
    [
        (r"\log x \cdot y", "log(x)*y", "log(x*y)"),
        (r"\log x y", "log(x)*y", "log(x*y)"),
        (r"\sin 2x y", "sin(2*x)*y", "sin(2*x*y)"),
        (r"\exp x/y", "exp(x)/y", "exp(x/y)"),
        (r"\log(1 + x)^2", "log(1 + x)**2", "log((1 + x)**2)"),
        (r"\log u \odot v", "log(u)*v", "log(u*v)"),
        (r"\frac{d}{dx} x \cdot x", "d(x, x)*x", "d(x*x, x)"),
        (r"\frac{d}{dx} (x + 1)(x + y)", "d(x + 1, x)*(x + y)", "d((x + 1)*(x + y), x)"),
        (r"\partial_x x x", "d(x, x)*x", "d(x*x, x)"),
        (r"\frac{d}{dx} \sin x \cos x", "d(sin(x), x)*cos(x)", "d(sin(x)*cos(x), x)"),
        (r"\frac{d}{dx} x \log x", "d(x, x)*log(x)", "d(x*log(x), x)"),
        (r"\nabla_{w_1} L w_1", "grad(L, w1)*w1", "grad(L*w1, w1)"),
        (r"\log \sum_i e^{u_i} y", "log(sum(exp(u[i])*y for i in 3))", "log(sum(exp(u[i]) for i in 3))*y"),
        (r"1/\sum_i u_i y", "1/sum(u[i]*y for i in 3)", "1/sum(u[i] for i in 3)*y"),
        (r"\lim_{x \to 0} y + x", "limit(y, x, 0) + x", "limit(y + x, x, 0)"),
    ],
)
def test_what_can_be_meant_in_two_ways_is_refused_with_both(formula: str, first: str, second: str) -> None:
    with pytest.raises(ExpressionError, match="can be read as") as fault:
        said(formula)
    assert f"{first}, that is" in fault.value.message
    assert f"{second}, that is" in fault.value.message
    assert "names:" in fault.value.message


def test_what_has_a_meaning_that_can_not_be_said_is_another_reading() -> None:
    for formula in (r"\exp A u", r"\log A u"):  # the exponential of a matrix, times u
        with pytest.raises(ExpressionError, match="entry by entry or not"):
            said(formula)


def test_a_number_beside_a_square_matrix_is_of_every_entry_or_times_the_identity() -> None:
    for formula in ("1 - A", "A + 2 x", "(1 - A)^{-1}"):
        with pytest.raises(ExpressionError, match=r"\*eye\(3\)"):
            said(formula)
    assert said("1 - W").parts == ("1 - W",)
    assert said("A - x I").parts == ("A - x*eye(3)",)


def test_what_the_language_has_no_way_to_work_out_is_no_misfit() -> None:
    found, g = network()
    names = {r"\mathbb{E}": "expect(_ for s in normal(x, y))"}
    assert read(r"\mathbb{E}[s^2]", found, g, names=names).statements
    with pytest.raises(ExpressionError, match="polynomials only"):  # of the maximum of u_i s
        read(r"\mathbb{E}[\max_i u_i s]", found, g, names=names)


def test_the_line_for_names_settles_it() -> None:
    found, g = network()
    (one,) = read(r"\log x y", found, g, names={r"\log x y": "log(x)*y"}).statements
    assert one.parts == ("log(x)*y",)


def test_what_a_piece_speaks_of() -> None:
    assert spoken(tokenized(r"x_i + 2 \lambda (a, b)")[0]) == {"x", "i", "lambda", "a", "b"}
