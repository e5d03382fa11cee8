"""Orders of convergence: what is proved and refuted, held to how errors shrink in long floats."""

from __future__ import annotations

from collections.abc import Mapping

import mpmath
import pytest

from derive.calculus.iteration import Declared, System
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.engine.properties.orders import order as order_of
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language.orders import written
from derive.language.reader import parse, to_text
from derive.language.sequences import declare
from derive.language.typeset import latex

STEPS: Mapping[str, str] = {
    "newton": "newton - (newton**2 - a)/(2*newton)",
    "halley": "halley*(halley**2 + 3*a)/(3*halley**2 + a)",
    "descent": "descent - eta*descent",
    "double": "double - double**2/(2*double)",
    "cosine": "cos(cosine)",
    "kink": "relu(kink)/2",
    "slow": "slow - slow**2",
    "away": "3*away",
    "numbered": "numbered/(t + 2)",
    "pair": "pair/2 + newton",
}


def made(text: str, *given: str) -> tuple[Node, Domain, Graph, dict[str, Node]]:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("a", "eta", "t")}
    states = {n: g.symbol(n) for n in STEPS}
    scope |= states
    declare(g, [*states.values(), scope["t"]])
    g.templates["sequences"] = System(
        g,
        [
            Declared(states[n], g.one, lambda _, s=step: parse(s, scope, g), scope["t"] if n == "numbered" else None)
            for n, step in STEPS.items()
        ],
    )
    return parse(text, scope, g), Domain([parse(c, scope, g) for c in given]), g, scope


@pytest.mark.parametrize(
    ("text", "given", "status"),
    [
        ("converges(newton, sqrt(a), 2)", ("a > 0",), "proved"),
        ("converges(newton, sqrt(a), 2, 1/(2*sqrt(a)))", ("a > 0",), "proved"),
        ("converges(newton, sqrt(a), 2, 1/sqrt(a))", ("a > 0",), "refuted"),
        ("converges(newton, sqrt(a), 1)", ("a > 0",), "refuted"),
        ("converges(newton, sqrt(a), 3)", ("a > 0",), "refuted"),
        ("converges(newton, a, 2)", ("a > 0",), "refuted"),
        ("converges(newton, sqrt(a), 2)", (), "undecided"),  # of order 1 at a = 0
        ("converges(halley, sqrt(a), 3)", ("a > 0",), "proved"),
        ("converges(descent, 0, 1)", ("eta > 0", "eta < 1"), "proved"),
        ("converges(descent, 0, 1, 1 - eta)", ("eta > 0", "eta < 1"), "proved"),
        ("converges(descent, 0, 1, abs(1 - eta))", ("eta > 1", "eta < 2"), "proved"),
        ("converges(descent, 0, 1, eta)", ("eta > 0", "eta < 1"), "refuted"),
        ("converges(descent, 0, 1)", ("eta > 0",), "refuted"),
        ("converges(double, 0, 1, 1/2)", (), "proved"),
        ("converges(double, 0, 2)", (), "refuted"),
        ("converges(slow, 0, 1)", (), "refuted"),  # the slope is 1: slower than any rate
        ("converges(away, 0, 1)", (), "refuted"),
        ("converges(kink, 0, 1)", (), "undecided"),
        ("not converges(newton, sqrt(a), 3)", ("a > 0",), "undecided"),
    ],
)
def test_orders(text: str, given: tuple[str, ...], status: str) -> None:
    node, domain, _, _ = made(text, *given)
    assert decide_condition(node, domain).status == status


@pytest.mark.parametrize(
    ("step", "point", "order", "factor"),
    [
        (lambda w: w - (w**2 - 3) / (2 * w), mpmath.sqrt(3), 2, 1 / (2 * 3**0.5)),
        (lambda w: w * (w**2 + 9) / (3 * w**2 + 3), None, 3, 1 / 12),
    ],
)
def test_factors_are_how_errors_shrink(step: object, point: object, order: int, factor: float) -> None:
    with mpmath.workdps(200):
        p = mpmath.sqrt(3)
        e = mpmath.mpf(10) ** -20
        assert abs(abs(step(p + e) - p) / e**order - factor) < 1e-9  # type: ignore[operator]
    name = {2: "newton", 3: "halley"}[order]
    told = {2: "1/(2*sqrt(a))", 3: "1/(4*a)"}[order]
    node, domain, _, _ = made(f"converges({name}, sqrt(a), {order}, {told})", "a > 0")
    assert decide_condition(node, domain).status == "proved"
    assert order_of(node.args, domain).status == "proved"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("converges(a, 0, 1)", "is no sequence"),
        ("converges(newton, 0)", "expected converges"),
        ("converges(newton, 0, eta)", "whole number from 1 to 10"),
        ("converges(newton, 0, 0)", "whole number from 1 to 10"),
        ("converges(newton, 0, 3/2)", "whole number from 1 to 10"),
        ("converges(numbered, 0, 1)", "always the same"),
        ("converges(pair, 0, 1)", "of one number"),
        ("converges(newton**2, 0, 1)", "is no sequence"),
    ],
)
def test_faults(text: str, says: str) -> None:
    with pytest.raises(ExpressionError, match=says):
        made(text)


def test_reads_back_what_it_prints() -> None:
    node, _, g, scope = made("converges(newton, sqrt(a), 2, 1/a)")
    assert to_text(node) == "converges(newton, sqrt(a), 2, 1/a)"
    assert parse(to_text(node), scope, g) is node
    assert [to_text(n) for n in written(node)] == ["newton", "sqrt(a)", "2", "1/a"]


def test_typeset() -> None:
    node, _, _, _ = made("converges(newton, sqrt(a), 2)")
    assert latex(node) == r"\mathrm{converges}(\mathrm{newton}, \sqrt{a}, 2)"
