"""What looks like one reading and may be another: refused, with what to write."""

from __future__ import annotations

import pytest

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.latex import Said, read


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
