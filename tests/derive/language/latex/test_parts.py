r"""The parts that read dots, ranges and operators: what they take for one, and what not."""

from __future__ import annotations

import pytest

from derive.errors import ExpressionError
from derive.language.latex import mentioned
from derive.language.latex.displays import statements
from derive.language.latex.ellipses import filled, unified
from derive.language.latex.given import bare
from derive.language.latex.grammar import Parser
from derive.language.latex.mentions import vocabulary
from derive.language.latex.quantified import taken
from derive.language.latex.runs import families, value
from derive.language.latex.templates import is_template
from derive.language.latex.tokens import Token, Tokens, tokenized


def tokens(text: str) -> Tokens:
    return tuple(bare(tokenized(text)[0][:-1]))


@pytest.mark.parametrize(
    ("first", "last", "numbers"),
    [
        ("x_1", "x_n", ("1", "n")),
        ("x_1^2", "x_n^2", ("1", "n")),
        ("W_{1}^{(1)}", "W_{n-1}^{(n-1)}", ("1", "n-1")),
        ("x_n", "x_1", ("n", "1")),
        ("x_1", "y_n", None),
        ("x_1 y_n", "x_n y_1", None),  # two numbers that go two ways
        ("x_1", "x_1", None),
        ("x_1", "x_n^2", None),
        ("x_a", "x_b", None),
    ],
)
def test_two_terms_that_differ_in_one_number(first: str, last: str, numbers: tuple[str, str] | None) -> None:
    found = unified(tokens(first), tokens(last))
    assert (found and tuple("".join(t.text for t in part) for part in found[2:])) == numbers


def test_a_number_is_put_where_it_stood() -> None:
    found = unified(tokens("w_1 x^1"), tokens("w_n x^n"))
    assert found is not None
    put = filled(found[0], found[1], tokens("n - 1"))
    assert "".join(t.text for t in put) == "w_{n-1}x^{n-1}"


def test_what_a_formula_is_said_of_is_taken_off() -> None:
    kept, found, aside = taken(list(tokenized(r"x_i > c, \quad i = 1, \dots, n")[0]), {"x", "c"})
    assert [t.text for t in kept] == ["x", "_", "i", ">", "c", ""]
    assert [(q.index.text, q.first[0].text, q.last[0].text) for q in found] == [("i", "1", "n")]
    assert aside == ["i = 1 , ldots , n"]


@pytest.mark.parametrize(
    "text", [r"x = 1, \quad c = 2", r"x > 0, y > 0", r"f(i = 1, \dots, n)", r"x, \quad c = 1, \dots, 3"]
)
def test_what_is_no_range_stays(text: str) -> None:
    made = list(tokenized(text)[0])
    assert taken(made, {"x", "c", "y"})[0] == made


def test_statements_and_what_is_set_aside() -> None:
    read = statements(r"x = y, \quad z > 0 \quad (\text{see } x) \quad (7.3)", ())
    assert len(read.statements) == 2
    assert read.aside == [",", r"(\text{see } x)", "(7.3)"]


def test_an_operator_speaks_of_what_follows() -> None:
    assert is_template(Parser([Token("given", "expect(_ for i in uniform(n))", 0, 1)], ()).factor())
    assert not is_template(Parser([Token("given", "x_1", 0, 1)], ()).factor())


def test_names_that_a_formula_mentions() -> None:
    assert mentioned(r"\hat{y}_3 + W_k", {"yhat3", "W", "k"}) == {"yhat3", "W", "k"}
    assert vocabulary({"loss", "x", "beta"}) >= {"loss"}


def test_sizes_have_values_and_numbers_tell_names_apart() -> None:
    from derive.language.latex.affine import Affine
    from derive.language.latex.choices import Choices
    from derive.language.latex.resolve import Resolver
    from tests.derive.language.latex.scopes import scope

    found, g = scope({"W1": (2, 2), "W2": (2, 2), "x": (3,)}, sizes={"n": 3})
    r = Resolver(found, g, "mixed", frozenset(), Choices(), "")
    assert value(r, Affine(-1, {"n": 2})) == 5
    assert value(r, Affine(0, {"x": 1})) is None
    one = tokens("1")
    assert families(r, tokens("W_1"), (2,), one)
    assert not families(r, tokens("x_1"), (2,), one)


def test_a_long_list_of_names_is_refused() -> None:
    from derive.language.latex import read
    from tests.derive.language.latex.scopes import scope

    found, g = scope({"c1": (), "c2": ()}, sizes={"n": 3})
    with pytest.raises(ExpressionError, match="unknown symbol"):
        read(r"c_1 + c_2 + \dots + c_n", found, g)


@pytest.mark.parametrize(("latex", "digits"), [("1{,}234", "1234"), ("12{,}345{,}678.5", "12345678.5"), ("2.5", "2.5")])
def test_a_comma_in_braces_parts_thousands(latex: str, digits: str) -> None:
    assert tokenized(latex)[0][0].text == digits


@pytest.mark.parametrize("latex", ["1{,}5", "12{,}34", "1234{,}567", "0.5{,}123"])
def test_a_decimal_comma_is_not_read_as_something_else(latex: str) -> None:
    """As 15, for one and a half."""
    with pytest.raises(ExpressionError, match="a decimal point is a point"):
        tokenized(latex)
