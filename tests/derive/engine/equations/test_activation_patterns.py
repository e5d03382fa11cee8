"""Deep ReLU networks by switches. Truth is dual numbers over fractions, with every choice of sides at the kinks of a point."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest

from derive.calculus.reverse import expand_all
from derive.engine import Decision, decide_equal
from derive.expr.graph import Graph, Node
from derive.language.reader import parse

Point = dict[str, Fraction]


def network(layers: int, bias: bool) -> list[tuple[str, str]]:
    """Definitions of a scalar chain of ReLU layers and its loss, in the language and in Python."""
    lines = [("a0", "x")]
    for k in range(layers):
        lines.append((f"z{k + 1}", f"w{k}*a{k} + b{k}" if bias else f"w{k}*a{k}"))
        lines.append((f"a{k + 1}", f"relu(z{k + 1})"))
    return [*lines, ("L", f"(a{layers} - y)**2/2")]


def symbols(layers: int, bias: bool) -> list[str]:
    return ["x", "y", *(f"w{k}" for k in range(layers)), *(f"b{k}" for k in range(layers) if bias)]


def decide(text: str, layers: int, bias: bool) -> Decision:
    g = Graph()
    scope: dict[str, Node] = {n: g.symbol(n) for n in symbols(layers, bias)}
    for name, value in network(layers, bias):
        made = parse(value, scope, g)
        scope[name] = made if name == "a0" else g.define(name, made)
    a, b = parse(text, scope, g, boolean=True).args
    return decide_equal(*expand_all([a, b]))


# -- truth, which shares nothing with the prover --------------------------------------------------------


class Dual:
    """value + slope*epsilon."""

    def __init__(self, value: Fraction, slope: Fraction = Fraction(0)) -> None:
        self.value, self.slope = value, slope

    @staticmethod
    def of(v: object) -> Dual:
        return v if isinstance(v, Dual) else Dual(Fraction(v))  # type: ignore[arg-type]

    def __add__(self, other: object) -> Dual:
        o = Dual.of(other)
        return Dual(self.value + o.value, self.slope + o.slope)

    def __sub__(self, other: object) -> Dual:
        o = Dual.of(other)
        return Dual(self.value - o.value, self.slope - o.slope)

    def __mul__(self, other: object) -> Dual:
        o = Dual.of(other)
        return Dual(self.value * o.value, self.slope * o.value + self.value * o.slope)

    def __pow__(self, n: int) -> Dual:
        return self * self if n == 2 else self

    def __truediv__(self, n: int) -> Dual:
        return Dual(self.value / n, self.slope / n)


_code = functools.cache(lambda text: compile(text, "definition", "eval"))


def run(lines: list[tuple[str, str]], at: Point, by: str | None, sides: dict[str, int]) -> dict[str, Dual]:
    """All values, with slopes by one name; a definition is a variable. ``sides``: what relu' is at kinks, by unit."""
    done = {n: Dual(v, Fraction(n == by)) for n, v in at.items()}
    for name, text in lines:
        if text.startswith("relu"):
            z = done[text[5:-1]]
            taken = z.value > 0 if z.value != 0 else bool(sides[text[5:-1]])
            made = z if taken else Dual(Fraction(0))
        else:
            made = eval(_code(text), {}, done)
        done[name] = Dual(made.value, Fraction(1)) if name == by else made
    return done


def value(text: str, layers: int, bias: bool, at: Point) -> Fraction | None:
    """The value that all sides of the kinks agree on; None if there is none."""
    lines = network(layers, bias)
    plain = run(lines, at, None, dict.fromkeys((f"z{k + 1}" for k in range(layers)), 0))
    zero = [n for n, v in plain.items() if n.startswith("z") and v.value == 0]
    names = {n: v.value for n, v in plain.items()}
    seen = set()
    for choice in product((0, 1), repeat=len(zero)):
        sides = dict(zip(zero, choice, strict=True))

        def slope(of: str, by: str, sides: dict[str, int] = sides) -> Fraction:
            return run(lines, at, by, sides)[of].slope

        extra = {
            "D": slope,
            "where": lambda c, p, q: p if c else q,
            "relu": lambda v: max(v, 0),
            "abs": abs,
            "max": max,
        }
        seen.add(Fraction(eval(re.sub(r"\bd\((\w+), (\w+)\)", r"D('\1', '\2')", text), extra, names)))
    return seen.pop() if len(seen) == 1 else None


def points(layers: int, bias: bool, seed: int, count: int) -> Iterator[Point]:
    """Small whole numbers, so that many points lie on kinks."""
    at = random.Random(seed)
    for _ in range(count):
        yield {
            n: Fraction(at.choice((-1, 0, 1, 1, 2)) if n[0] in "wb" else at.randint(-1, 2))
            for n in symbols(layers, bias)
        }


def agrees(found: Decision, text: str, layers: int, bias: bool, seed: int) -> None:
    """A verdict against the truth at points, on kinks and off them."""
    left, right = text.split(" == ")
    equal, lone = 0, 0
    for at in points(layers, bias, seed, 40):
        x, y = (value(side, layers, bias, at) for side in (left, right))
        if x is not None and y is not None:
            assert x == y or found.status in ("refuted", "undecided"), at
            equal += x == y
        elif x is not None or y is not None:
            assert found.status != "proved", at
            lone += 1
    if found.status in ("refuted", "proved-if") and found.witness is not None:
        at = dict.fromkeys(symbols(layers, bias), Fraction(0)) | {n.attr: v for n, v in found.witness.items()}
        x, y = (value(side, layers, bias, at) for side in (left, right))
        assert x != y
        assert (x is None) + (y is None) == (found.status == "proved-if")
    assert equal


# -- the bank -------------------------------------------------------------------------------------------


def backward(layers: int, step: str, last: str = "x") -> str:
    """d(L, w0) as it is written out: from the loss through every unit."""
    parts = [f"(a{layers} - y)"]
    for k in range(layers, 0, -1):
        parts += [step.format(k=k), f"w{k - 1}" if k > 1 else last]
    return "*".join(parts)


TRUE = [
    ("d(L, w0)*w0 == d(L, w5)*w5", 6, False),
    ("d(L, w0)*w0 == d(L, w3)*w3", 4, False),
    ("d(L, x)*x == d(L, w2)*w2", 4, False),
    ("d(L, w1)*w1 == (a4 - y)*a4", 4, False),
    ("d(L, w0)*w0 + d(L, b0)*b0 == d(L, w1)*w1", 4, True),
    ("d(L, w1) == d(L, z2)*a1", 5, True),
    ("d(L, z2) == d(L, z4)*w3*d(a3, z3)*w2*d(a2, z2)", 4, True),
    ("d(L, w0)*d(L, b1) == d(L, w0)*d(L, a2)*d(a2, z2)", 4, True),
    ("relu(z4) - relu(-z4) == z4", 4, True),
    ("relu(relu(z4)) == abs(z4)/2 + z4/2", 4, True),
]

LONE = [
    ("d(L, z1) == d(L, a1)*where(z1 > 0, 1, 0)", 6, True),
    ("d(L, z4) == (a4 - y)*where(z4 >= 0, 1, 0)", 4, True),
    ("d(L, w0) == " + backward(4, "where(z{k} > 0, 1, 0)"), 4, True),
    ("d(L, w0) == " + backward(6, "where(z{k} > 0, 1, 0)"), 6, True),
    ("d(L, w0) == " + backward(4, "where(z{k} > 0, 1, 0)"), 4, False),
    ("d(L, w0) == " + backward(4, "where(z{k} <= 0, 0, 1)"), 4, True),
]

FALSE = [
    ("d(L, w0)*w0 == d(L, w5)*w5", 6, True),
    ("d(L, w0)*w0 == 2*d(L, w3)*w3", 4, False),
    ("d(L, w0) == " + backward(4, "where(z{k} > 0, 1, 0)", "w0"), 4, True),
    ("d(L, w0) == " + backward(6, "where(z{k} > 0, 1, 0)", "w0"), 6, True),
    ("d(L, w0) == " + backward(4, "where(z{k} < 0, 1, 0)"), 4, True),
    ("d(L, z2) == d(L, z4)*w3*d(a3, z3)*w2", 4, True),
    ("relu(z4) + relu(-z4) == z4", 4, True),
]


@pytest.mark.parametrize(("text", "layers", "bias"), TRUE)
def test_identities_of_deep_networks_are_proved(text: str, layers: int, bias: bool) -> None:
    found = decide(text, layers, bias)
    assert found.status == "proved", str(found)
    agrees(found, text, layers, bias, 1)


@pytest.mark.parametrize(("text", "layers", "bias"), LONE)
def test_where_has_a_value_on_the_kink_and_the_derivative_has_none(text: str, layers: int, bias: bool) -> None:
    found = decide(text, layers, bias)
    assert found.status == "proved-if", str(found)
    assert found.missing
    agrees(found, text, layers, bias, 2)


@pytest.mark.parametrize(("text", "layers", "bias"), FALSE)
def test_false_claims_about_deep_networks_are_not_proved(text: str, layers: int, bias: bool) -> None:
    found = decide(text, layers, bias)
    assert found.status in ("refuted", "undecided"), str(found)
    agrees(found, text, layers, bias, 3)
    assert found.status == "refuted", str(found)


def test_what_differs_on_a_kink_alone_is_not_proved() -> None:
    text = "where(z4 > 0, 1, 0)*a1*a2*a3 == where(z4 >= 0, 1, 0)*a1*a2*a3"
    assert decide(text, 4, True).status not in ("proved", "undecided")


@pytest.mark.parametrize("seed", range(16))
def test_verdicts_on_random_claims_agree_with_exact_values(seed: int) -> None:
    """Backward passes with a step here and there written by ``where``, ``d``, or wrongly."""
    at = random.Random(seed)
    layers, bias = at.choice((4, 5)), at.random() < 0.6
    first = at.randint(1, layers - 1)
    parts = [f"(a{layers} - y)"]
    for k in range(layers, first - 1, -1):
        step = at.choice(("where(z{k} > 0, 1, 0)", "where(z{k} >= 0, 1, 0)", "d(a{k}, z{k})", "where(z{k} < 0, 0, 1)"))
        parts.append(step.format(k=k))
        if k > first:
            wrong = at.random() < 0.06
            parts.append(f"w{k - 2 if wrong else k - 1}")
    right = "*".join(parts)
    form = at.choice(("d(L, z{k}) == {r}", "d(L, z{k})*a{k} == {r}*a{k}", "d(L, z{k})*z{k} == {r}*z{k}"))
    text = form.format(k=first, r=right)
    agrees(decide(text, layers, bias), text, layers, bias, seed)
