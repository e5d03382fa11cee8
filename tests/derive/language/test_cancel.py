"""What is shown of a derivative: what people write, and the same values."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import gradient, parse
from derive.expr.graph import Graph, Node
from derive.language.cancel import cancelled, neat, never_zero
from derive.language.components import components
from derive.language.reader import parse as parse_text
from derive.language.reader import to_text
from derive.numbers.balls import evaluate, rational
from tests.banks.strategies import points, scalar_expressions

BANK = [
    ("softmax(z)[0]", {"z": 3}, "z", "softmax(z)[0]*([1, 0, 0] - softmax(z))"),
    ("log(softmax(z))[1]", {"z": 3}, "z", "[0, 1, 0] - softmax(z)"),
    ("-log(softmax(z)[0])", {"z": 3}, "z", "softmax(z) - [1, 0, 0]"),
    ("-sum(y*log(softmax(z)))", {"z": 3, "y": 3}, "z", "sum(y)*softmax(z) - y"),
    ("-sum(Y*log(softmax(Z)))", {"Z": (2, 3), "Y": (2, 3)}, "Z", "softmax(Z)*reshape(sum(Y, axis=1), 2, 1) - Y"),
    ("-(y*log(sigmoid(z)) + (1 - y)*log(1 - sigmoid(z)))", {}, "z", "sigmoid(z) - y"),
    ("-(y*log(sigmoid(w*x)) + (1 - y)*log(1 - sigmoid(w*x)))", {}, "w", "x*(sigmoid(w*x) - y)"),
    ("x/exp(x)*exp(x)", {}, "x", "1"),
    ("sum(softmax(Z)*[1, 0, 0])", {"Z": (2, 3)}, "Z", None),  # an entry of each row: nothing to pick
    ("sum(log(softmax(Z))*v)", {"Z": (2, 3), "v": 3}, "Z", None),
    ("sum(log(v)*[0, 1, 0])", {"v": 3}, "v", None),  # and no value where another entry has none
    # nothing cancels: nothing is multiplied out
    ("sigmoid(w*x)", {}, "w", "x*sigmoid(w*x)*(1 - sigmoid(w*x))"),
    ("mean((X @ w - y)**2)", {"X": (5, 2), "w": 2, "y": 5}, "w", "X.T @ (0.4*(X @ w - y))"),
    ("x*(x + y)/x", {}, "y", "x/x"),  # x may be 0
]


def agree(a: Node, b: Node, point: dict[Node, Fraction]) -> bool:
    """Whether the balls of all entries overlap; where one has no value, neither has the other."""
    at = {n: rational(v) for n, v in point.items()}
    pairs = zip(evaluate(components(a), at), evaluate(components(b), at), strict=True)
    return all(
        isinstance(x, Exception) == isinstance(y, Exception) and (isinstance(x, Exception) or _meet(x, y))
        for x, y in pairs
    )


def _meet(x: Any, y: Any) -> bool:
    difference = x - y
    return bool(difference == 0) or bool(difference.contains(0))


@pytest.mark.parametrize(("text", "shapes", "by", "expected"), BANK)
def test_derivatives_are_shown_as_people_write_them(
    text: str, shapes: dict[str, Any], by: str, expected: str | None
) -> None:
    slope = gradient(parse(text, **shapes), by)
    (shown,) = neat([slope])
    assert expected in (to_text(shown), None)
    symbols = {e for n in parse_symbols(slope) for e in components(n)}
    for k in (1, 2):
        point = {e: Fraction(3 + 7 * i * k % 11, 8) for i, e in enumerate(sorted(symbols, key=lambda n: n.id))}
        assert agree(slope, shown, point)


def parse_symbols(n: Node) -> list[Node]:
    from derive.expr.graph import free_symbols

    return free_symbols([n])


def test_a_notebook_shows_that_form() -> None:
    assert gradient(parse("-log(softmax(z)[0])", z=3), "z")._repr_latex_() == (
        r"$\mathrm{softmax}(z) - \begin{pmatrix} 1 \\ 0 \\ 0 \end{pmatrix}$"
    )


@pytest.mark.parametrize(
    ("text", "never"),
    [("exp(x)", True), ("1 + exp(x)", True), ("1 - sigmoid(x)", True), ("2*softmax(z)[1]", True), ("1 - softmax(z)[1]", True),
     ("x", False), ("exp(x) - 1", False), ("1 - exp(x)", False), ("1 - softmax([x])[0]", False), ("-exp(x) + 2", False),
     ("0*exp(x)", False), ("relu(x)", False), ("x**2", False)],
)  # fmt: skip
def test_what_is_never_zero(text: str, never: bool) -> None:
    assert never_zero(parse(text, **({"z": 3} if "z" in text else {}))) is never


def test_an_entry_is_not_picked_of_what_may_have_no_value() -> None:
    product = parse("log(v)*[0, 1, 0]", v=3)
    assert cancelled([product]) == [product]
    assert to_text(*cancelled([parse("exp(v)*[0, 1, 0]", v=3)])) == "[0, exp(v)[1], 0]"


G = Graph()
X, Y = G.symbol("x"), G.symbol("y")
SMALL = scalar_expressions(G, [X, Y], size=5, unary=("exp", "sigmoid", "softplus"))


@settings(max_examples=30)
@given(SMALL, SMALL, points([X, Y]), st.booleans())
def test_values_stay(f: Node, h: Node, point: dict[Node, Fraction], logarithm: bool) -> None:
    text = "sum(log(softmax([f, h, x]))*[y, 1, 0])" if logarithm else "sum(softmax([f, h, x])*[0, x, 0])/sigmoid(f)"
    loss = parse_text(text, {"f": f, "h": h, "x": X, "y": Y}, G)
    for by in (X, Y):
        slope = gradient(loss, by)
        assert agree(slope, cancelled([slope])[0], point)


def test_what_a_name_stands_for_is_written_by_its_name() -> None:
    """The calculus has one value by its name here and written out there: nothing would cancel."""
    p = parse("softmax(z)", z=3)
    slope = parse("p*(sum(p*(y*(1/softmax(z)))) - y*(1/softmax(z)))", p=p, y=3, z=3)
    (shown,) = neat([slope])
    assert to_text(shown) == "sum(y)*p - y"
