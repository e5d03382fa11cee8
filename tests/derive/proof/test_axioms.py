"""What is taken for granted of functions: each row of the tables holds of Arb's balls, and of SymPy."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import pytest
from flint import arb, fmpq

from derive.expr.graph import Graph
from derive.expr.operators import OPERATORS
from derive.language.names import names_in
from derive.language.reader import parse
from derive.numbers.balls import evaluate, value_of
from derive.proof.axioms import BOUNDS, MEANINGS
from derive.proof.signs import NONNEGATIVE, POSITIVE
from tests import ROOT


class Law(NamedTuple):
    left: str
    right: str
    where: str


def laws(heading: str) -> list[Law]:
    """The rows of the table of docs/certificates.md with this heading."""
    text = (ROOT / "docs" / "certificates.md").read_text()
    rows = text[text.index(heading) :].split("\n\n")[0].splitlines()[2:]
    return [Law(*(cell.strip(" `") for cell in re.split(r" \| ", row.strip("| ") + " | ")[:3])) for row in rows]


LAWS, SIGNS = laws("| this | is | where |"), laws("| this | and this | where |")


def test_the_tables_are_read() -> None:
    assert len(LAWS) > 25
    assert len(SIGNS) == 3
    assert Law("abs(x)", "x", "x >= 0") in LAWS


class Balls:
    """The functions that meanings are written in, over Arb."""

    const = staticmethod(lambda c: arb(c))
    exp = staticmethod(lambda x: x.exp())
    log = staticmethod(lambda x: x.log())
    abs = staticmethod(lambda x: abs(x))
    erf = staticmethod(lambda x: x.erf())
    power = staticmethod(lambda x, c: x ** arb(c))


@pytest.mark.parametrize("name", MEANINGS)
def test_meanings_are_what_arb_and_sympy_say(name: str) -> None:
    import sympy

    class Symbols:
        const = staticmethod(sympy.Integer)
        exp, log, erf = sympy.exp, sympy.log, sympy.erf
        abs = sympy.Abs
        power = staticmethod(lambda x, c: x ** sympy.Rational(int(c.p), int(c.q)))

    g, draw = Graph(), random.Random(name)
    operator = OPERATORS[name]
    node = g.call(name, *(g.symbol(f"x{i}") for i in range(operator.arity)))
    letters = sympy.symbols(f"x:{operator.arity}", real=True)
    defined, meant = operator.define(sympy, *letters), MEANINGS[name](Symbols, *letters)
    for _ in range(12):
        at = [
            fmpq(draw.randint(1, 60), draw.randint(7, 20)) * draw.choice([1, -1] if name != "sqrt" else [1])
            for _ in letters
        ]
        if name == "log1p" and at[0] <= -1:
            continue
        assert arb(value_of(node, at)).overlaps(MEANINGS[name](Balls, *map(arb, at)))
        values = {x: sympy.Rational(int(v.p), int(v.q)) for x, v in zip(letters, at, strict=True)}
        assert abs(sympy.N((defined - meant).subs(values), 30)) < 1e-20


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds_hold_of_balls(name: str) -> None:
    g, draw, seen = Graph(), random.Random(name), 0
    node = g.call(name, g.symbol("x"))
    for _ in range(24):
        x = fmpq(draw.randint(-30, 30), draw.randint(3, 9))
        if name == "log" and x <= 0:
            continue
        a = arb(value_of(node, [x]))
        for bound, sign in BOUNDS[name]:
            assert sign in (POSITIVE, NONNEGATIVE)
            gap = bound(a, arb(x))
            assert not gap < 0
            seen += gap > 0
    assert seen >= 8


def _points(law: Law) -> Iterator[dict[str, Fraction]]:
    draw = random.Random(law.left)
    names = sorted(set(names_in(f"{law.left} + {law.right}")) - {"pi"})
    for _ in range(24):
        yield {
            n: Fraction(draw.randint(-4, 4)) if n == "k" else Fraction(draw.randint(-30, 30), draw.randint(3, 9))
            for n in names
        }


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.left)
def test_laws_hold_of_balls_and_of_sympy(law: Law) -> None:
    import sympy

    g = Graph()
    names = sorted(set(names_in(f"{law.left} + {law.right}")) - {"pi"})
    scope = {n: g.symbol(n) for n in names}
    left, right = parse(law.left, scope, g), parse(law.right, scope, g)
    where = parse(law.where, scope, g, boolean=True) if law.where else None
    told = {"abs": sympy.Abs, "erf": sympy.erf, "atan": sympy.atan}
    told["probit_odds"] = lambda u: sympy.sqrt(2) * sympy.erfinv((u - 1) / (u + 1))
    told["Phi"] = lambda z: sympy.erfc(-z / sympy.sqrt(2)) / 2
    sides = [sympy.sympify(t, {**told, **{n: sympy.Symbol(n) for n in names}}) for t in (law.left, law.right)]
    seen = 0
    for point in _points(law):
        values = {scope[n]: fmpq(v.numerator, v.denominator) for n, v in point.items()}
        if where is not None and evaluate([where], values)[0] is not True:
            continue
        a, b = evaluate([left, right], values)
        if isinstance(a, Exception) or isinstance(b, Exception):
            assert law.right.endswith("**k"), (a, b)  # 0**k
            continue
        assert arb(a).overlaps(arb(b))
        at = {n: sympy.Rational(v.numerator, v.denominator) for n, v in point.items()}
        x, y = (sympy.N(s.subs(at), 30) for s in sides)
        assert abs(x - y) <= 1e-18 * (1 + abs(x))
        seen += 1
    assert seen >= 1


@pytest.mark.parametrize("law", SIGNS, ids=lambda law: law.left)
def test_signs_are_one_of_balls(law: Law) -> None:
    g = Graph()
    scope = {n: g.symbol(n) for n in sorted(set(names_in(f"{law.left} + {law.right}")))}
    sides = [parse(t, scope, g) for t in (law.left, law.right)]
    where = parse(law.where, scope, g, boolean=True) if law.where else None
    seen = 0
    for point in _points(law):
        values = {scope[n]: fmpq(v.numerator, v.denominator) for n, v in point.items()}
        if where is None or evaluate([where], values)[0] is True:
            a, b = (arb(v) for v in evaluate(sides, values))
            assert (a > 0, a < 0) == (b > 0, b < 0)
            seen += 1
    assert seen >= 3
