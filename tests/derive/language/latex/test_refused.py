"""What looks like one reading and may be another: refused, with what to write."""

from __future__ import annotations

import pytest

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.latex import Said, read
from derive.language.reader import parse


def names() -> tuple[dict[str, Node], Graph]:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    return {"x": x, "y": y, "f": g.define("f", g.sub(g.pow(x, g.const(3)), y))}, g


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (r"x = 1\,000.5", "two numbers side by side"),
        ("x = 1 000", "two numbers side by side"),
        ("x = 3.14.15", "two numbers side by side"),
        ("x = 3.5e-2", "power of ten"),
        ("f(y, x) = 2", "in the order of the case, f\\(x, y\\)"),
        ("f(x, x) = 2", "in the order of the case"),
    ],
)
def test_what_is_refused(written: str, says: str) -> None:
    scope, g = names()
    with pytest.raises(ExpressionError, match=says):
        read(written, scope, g)


def test_what_is_read() -> None:
    scope, g = names()
    (said,) = read("f(x, y) = 2 x", scope, g).statements
    assert said.nodes == (scope["f"], g.mul(g.const(2), scope["x"]))


def test_an_index_up_to_a_letter_reaches_all_entries() -> None:
    g = Graph()
    scope = {"v": g.symbol("v", (3,)), "n": g.define("n", g.const(2)), "m": g.define("m", g.const(3))}
    with pytest.raises(ExpressionError, match="n = 2 does not reach all 3 entries"):
        read(r"\sum_{i=1}^{n} v_i = 1", scope, g)
    for whole in (r"\sum_{i=1}^{m} v_i = 1", r"\sum_{i=1}^{2} v_i = 1"):
        assert len(read(whole, scope, g).statements) == 1


def one(written: str, scope: dict[str, Node], g: Graph, **options: object) -> Said:
    (said,) = read(written, scope, g, **options).statements  # type: ignore[arg-type]
    return said


def test_a_number_in_brackets_at_the_end_is_a_factor_or_the_number_of_the_equation() -> None:
    scope, g = names()
    for written in ("x = 1.0 (3.2)", r"x = \frac{1}{2} (3.2)", "x = 2 (12)"):
        with pytest.raises(ExpressionError, match="a factor, or the number of the equation"):
            read(written, scope, g)
    for written, text in (("x = (0.5)(0.25)", "0.5*0.25"), (r"x = 2 \cdot (3.2)", "2*3.2"), ("x = 2(-3)", "2*-3")):
        assert one(written, scope, g).parts == ("x", text)
    assert one(r"x = 1.0 \quad (3.2)", scope, g).prints == "1.0"
    assert one("x = 2(3) = 6.0", scope, g).shows == "2*3"


@pytest.mark.parametrize(
    ("shape", "index", "texts"),
    [
        ((3, 3), "12", ["A[0, 1]"]),
        ((12,), "12", ["A[11]"]),
        ((5, 12), "12", ["A[0, 1]", "A[:, 11]"]),
        ((12, 12), "12", ["A[0, 1]", "A[11]", "A[:, 11]"]),
        ((12, 1), "12", ["A[11]"]),
        ((2, 12), "112", ["A[0, 11]"]),
        ((12, 12), "112", ["A[0, 11]", "A[10, 1]"]),
        ((20, 30), "10", ["A[9]", "A[:, 9]"]),
        ((20, 30), "1,2", ["A[0, 1]"]),
        ((3, 3), "10", []),
        ((20, 20), "05", []),
    ],
)
def test_digits_without_a_comma_are_an_entry_where_the_shape_leaves_one(
    shape: tuple[int, ...], index: str, texts: list[str]
) -> None:
    g = Graph()
    scope = {"A": g.symbol("A", shape)}
    if len(texts) == 1:
        assert one(f"A_{{{index}}}", scope, g).parts == (texts[0],)
        return
    with pytest.raises(ExpressionError) as fault:
        read(f"A_{{{index}}}", scope, g)
    assert all(f"{t}, that is" in fault.value.message for t in texts)


def test_an_index_that_nothing_binds_is_each_of_its_range() -> None:
    g = Graph()
    scope = {"z": g.symbol("z", (3,)), "v": g.symbol("v", (3,)), "w": g.symbol("w", (2,))}
    said = one(r"\partial z_i / \partial z_j = \delta_{ij}", scope, g)
    assert said.parts == ("[[d(z, z)[i, j] for j in 3] for i in 3]", "[[delta(i, j) for j in 3] for i in 3]")
    assert [n.partition(",")[0] for n in said.notes] == ["said of every i", "said of every j"]
    assert one(r"\sum_{j \ne k} z_j = v_k", scope, g).parts[1] == "[v[k] for k in 3]"
    for written, why in (
        ("2 = z_i", "of which 'i' is this said"),
        ("z_i = w_i", "not the same everywhere: 2, 3"),
        ("z_c = 1", "no such entry"),  # not a letter that runs: the class, say
        ("z_i", "no such entry"),
        ("z_i = 0.5", "printed number of each"),
        (r"\sum_{i < j} z_i z_j = v_j", "no such entry"),
    ):
        with pytest.raises(ExpressionError, match=why):
            read(written, scope, g)


def test_deltas_count_as_their_loop_does() -> None:
    g = Graph()
    scope = {"z": g.symbol("z", (3,))}
    assert one(r"\sum_{i=1}^{3} z_i \delta_{i1}", scope, g).parts == ("sum(z[i]*delta(i, 0) for i in 3)",)
    assert one(r"\sum_{i=0}^{2} z_i \delta_{i1}", scope, g).parts == ("sum(z[i]*delta(i, 1) for i in 3)",)


@pytest.mark.parametrize(
    "written",
    [
        r"\sum_i (z_i - z_{i-1})",
        r"\sum_{i=1}^{3} z_i z_{i-1}",
        r"\sum_{i=1}^{3} z_{3-i}",
        r"z_{i-1} = 1, \quad i = 1, \dots, 3",
        "z_i - z_{i-1} = 1",
    ],
)
def test_there_is_no_entry_before_the_first(written: str) -> None:
    g = Graph()
    with pytest.raises(ExpressionError, match="before the first entry"):
        read(written, {"z": g.symbol("z", (3,))}, g)


def test_entries_before_an_index_are_read_where_it_starts_later() -> None:
    g = Graph()
    scope = {"z": g.symbol("z", (4,))}
    said = one(r"\sum_{i=3}^{4} (z_i - 2 z_{i-1} + z_{i-2})^2", scope, g)
    assert said.parts == ("sum((z[i] - 2*z[i - 1] + z[i - 2])**2 for i in range(2, 4))",)
    assert one(r"\sum_{i=1}^{4} z_{5-i}", scope, g).nodes == (parse("z[3] + z[2] + z[1] + z[0]", scope, g),)


def test_an_index_from_0_counts_from_0_or_1_as_the_ends_have_it() -> None:
    g = Graph()
    scope = {"a": g.symbol("a", (4,)), "x": g.symbol("x")}
    assert one(r"\sum_{k=0}^{3} a_k x^k", scope, g).parts == ("sum(a[k]*x**k for k in 4)",)
    assert one(r"\sum_{k=0}^{3} a_{k+1} x^k", scope, g).parts == ("sum(a[k]*x**k for k in 4)",)
    assert one(r"\sum_{k=0}^{2} (a_k - a_{k+1})", scope, g).parts == ("sum(a[k] - a[k + 1] for k in 3)",)
    with pytest.raises(ExpressionError, match="can be read as"):
        read(r"\sum_{k=0}^{2} a_{k+1} x^k", scope, g)


def test_what_may_be_a_sum_that_is_left_out() -> None:
    g = Graph()
    scope = {"A": g.symbol("A", (3, 3)), "u": g.symbol("u", (3,)), "v": g.symbol("v", (3,))}
    for written in ("A_{ij} v_j = u_i", "u_i v_i = 1", "A_{ii} = 1", r"\frac{u_i v_i}{2} = 1"):
        with pytest.raises(ExpressionError, match=r"summed over|does not stand on the left"):
            read(written, scope, g)
    assert one("u_i v_j = A_{ij}", scope, g).parts[0] == "[[u[i]*v[j] for j in 3] for i in 3]"
    assert one("u_i^2 = 1", scope, g).parts[0] == "[u[i]**2 for i in 3]"


def test_rows_that_differ_in_their_font_are_kept_apart() -> None:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("a", "b", "x")}
    rows = {r"\mathcal{L}": "a", "L": "b"}
    assert one(r"\mathcal{L} - L", scope, g, names=rows).parts == ("a - b",)
    assert one(r"\boldsymbol{z} - z", scope, g, names={r"\mathbf{z}": "a", "z": "b"}).parts == ("a - b",)
    for written, names, why in (
        (r"\mathscr{L}", rows, "has rows in 'names:' by its font, 'a' and 'b'"),
        (r"\mathbf{z} - z", {r"\mathbf{z}": "a"}, "in two fonts"),
    ):
        with pytest.raises(ExpressionError, match=why):
            read(written, scope, g, names=names)
    # a font that is all that parts a row from a symbol counts; else it does not
    assert one(r"\mathbf{x} - x", scope, g, names={r"\mathbf{x}": "a"}).parts == ("a - x",)
    assert one("z", scope, g, names={r"\mathbf{z}": "a"}).parts == ("a",)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (r"0 \le x, y \le 1", "0 <= x <= 1 and 0 <= y <= 1"),
        (r"-1 < x,\ y, z < \infty", "-1 < x < inf and -1 < y < inf and -1 < z < inf"),
        ("x, y > 0", "x > 0 and y > 0"),
        ("0 < x, y", "0 < x and 0 < y"),
        (r"0 < x, \quad y < 1", "0 < x; y < 1"),
        ("0 < x, y > 1", "0 < x; y > 1"),
        ("x > 0, y > 0", "x > 0; y > 0"),
        ("x < y, z < 1", "each of the names in the middle, or two statements"),
    ],
)
def test_a_list_of_names_shares_its_relation(written: str, says: str) -> None:
    g = Graph()
    scope = {n: g.symbol(n) for n in "xyz"}
    if "two statements" in says:
        with pytest.raises(ExpressionError, match=says):
            read(written, scope, g)
    else:
        assert "; ".join(s.text for s in read(written, scope, g).statements) == says


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (r"x \approx 2,718", r"thousands, or a decimal point; write 2\{,\}718 or 2\.718"),
        ("x = 116,427", "thousands, or a decimal point"),
        ("(1,000, 2,000)", r"a list; write 1\{,\}000 or 1\.000 or 1, 000"),
        (r"\max(x, 1,000)", "a list"),
        (r"x = 1\frac{1}{2}", r"a mixed number or a product\? Write 1 \+ \\frac\{1\}\{2\}"),
        (r"x = 3\tfrac12 y", "a mixed number"),
        (r"\lg x", r"log10\(x\).* or as log2\(x\)"),
        ("xy", r"as xy, .* or as x\*y.*names: \{'xy': 'xy'\}"),
        ("2 xy^2", r"xy\*\*2.* or as .*x\*y\*\*2"),
        ("u_{(1)}", "an entry by its size, or one by its place"),
    ],
)
def test_what_may_be_two_things_is_told_with_both(written: str, says: str) -> None:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("x", "y", "xy")} | {"u": g.symbol("u", (3,))}
    with pytest.raises(ExpressionError, match=says):
        read(written, scope, g)


def test_what_is_said_of_two_things_is_read() -> None:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("x", "y", "xy")} | {"u": g.symbol("u", (3,)), "W": g.symbol("W", (2, 300))}
    for written, text in (
        ("xy", "xy"),
        (r"\lg x", "log2(x)"),
        ("u_{(1)}", "min(u)"),
        (r"\mathrm{xy}", "xy"),
        ("x y", "x*y"),
        ("0.5 x = 116,427", "0.5*x == 116427"),
        ("x = 1,000,000", "x == 1000000"),
        ("(1, 100)", "[1, 100]"),
        ("W_{1,200}", "W[0, 199]"),
        (r"x \tfrac12 + 2 \cdot \frac12 + 2\frac{3}{2}", "x*(1/2) + 2*(1/2) + 2*(3/2)"),
    ):
        rows = {r"\lg": "log2", "u_{(1)}": "min(u)", **({"xy": "xy"} if written == "xy" else {})}
        assert one(written, scope, g, names=rows).text == text


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (r"\mathbf{u}_1 + u_1", r"'u\[0\]' in two fonts"),
        (r"\boldsymbol\theta - \theta", "'theta' in two fonts"),
        (r"\epsilon + \varepsilon", "'eps' is written in two ways"),
        (r"\overline{x^2}", r"\\bar over a power is another thing"),
        (r"\mathbf A x", r"unknown symbol '\\mathbf A': no name 'A' in scope$"),
        (r"\boldsymbol\mu x", r"unknown symbol '\\boldsymbol\\mu': no name 'mu'"),
        (r"\bm{\mu}_{2} x", r"unknown symbol '\\mu_\{2\}'"),
        ("λ x", "unknown symbol 'λ'"),
        (r"\mathbf{\hat{W}_{1}}", r"unknown symbol '\\hat\{W\}_\{1\}'"),
        ("u_{1:2}", r"unknown symbol 'u_\{1:2\}': 'u' has no such entry$"),
        ("x_+", "unknown symbol 'x_\\+': 'x' has no entries$"),
    ],
)
def test_symbols_are_told_as_they_are_written_and_two_are_not_one(written: str, says: str) -> None:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("x", "xbar", "theta", "eps")} | {"u": g.symbol("u", (3,))}
    with pytest.raises(ExpressionError, match=says):
        read(written, scope, g)


@pytest.mark.parametrize(
    ("written", "readings"),
    [
        (r"\prod_i u_i / x", ("prod(u[i]/x for i in 3)", "prod(u[i] for i in 3)/x")),
        (r"\max_i u_i / x y", ("max(u[i]/x*y for i in 3)", "max(u[i] for i in 3)/x*y", "max(u[i] for i in 3)/(x*y)")),
        (r"\log \sum_i u_i / x", ("log(sum(u[i]/x for i in 3))", "log(sum(u[i] for i in 3))/x")),
        (r"y / f \big|_{x = 1}", ("at(y/f, x=1)", "y/at(f, x=1)")),
        (r"A^{-1}_{11}", ("A[0, 0]**(-1)", "inv(A)[0, 0]")),
        (r"A_{11}^{-1}", ("A[0, 0]**(-1)", "inv(A)[0, 0]")),
        (r"A^2_{11}", ("A[0, 0]**2", "(A @ A)[0, 0]", "(A**2)[0, 0]")),
        (r"x != 1", ("write ! = with a space",)),
        (r"x = 1.5\mathrm{e}{-3}", (r"'1.5\mathrm{e}{-3': a power of ten",)),
        (r"x = 1.5\text{e-}3", ("a power of ten",)),
    ],
)
def test_what_stands_behind_is_divided_by_and_scripts_are_stacked(written: str, readings: tuple[str, ...]) -> None:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    scope = {"x": x, "y": y, "f": g.define("f", g.pow(x, g.const(2))), "u": g.symbol("u", (3,))}
    with pytest.raises(ExpressionError) as fault:
        read(written, scope | {"A": g.symbol("A", (3, 3))}, g)
    assert all(one_ in fault.value.message for one_ in readings)


def test_scripts_that_say_one_thing_are_read() -> None:
    g = Graph()
    scope = {"A": g.symbol("A", (3, 3)), "x": g.symbol("x")}
    assert one(r"\sum_{i,j} A_{ij}^2", scope, g).parts == ("sum(A[i, j]**2 for i in 3 for j in 3)",)
    assert one(r"(A_{11})^{-1} + (A^{-1})_{11}", scope, g).parts == ("A[0, 0]**(-1) + inv(A)[0, 0]",)
    assert one(r"2\mathrm{e}^{-3} x!", scope, g).parts == ("2*exp(-3)*factorial(x)",)


def test_values_at_a_point_are_no_products_and_no_derivatives_of_numbers() -> None:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    scope = {"x": x, "y": y, "f": g.define("f", g.pow(x, g.const(2)))}
    read("f(x) = x^2", scope, g, left="f")
    for written, why in (
        ("(f + y)(x)", "'f' in brackets at x, or times x"),
        ("(f + y)(2) x", "'f' in brackets at 2, or times 2"),
        (r"\frac{d}{dx} f(2)", r"no function of x: for the derivative there write \\big\|_\{x = ...\}"),
    ):
        with pytest.raises(ExpressionError, match=why):
            read(written, scope, g)
    assert one("(f + y) x + (y - 1)(x)", scope, g).parts == ("(f + y)*x + (y - 1)*x",)
    assert one(r"\frac{d}{dx} f(x^2)", scope, g).parts == ("d(at(f, x=x**2), x)",)
    assert one(r"\frac{d}{dy} f(y)", scope, g).parts == ("d(at(f, x=y), y)",)
