"""Each kind of certificate: one that is accepted, and that it is rejected once any field of it is changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

import pytest

from derive.exchange.certificates import carried, read
from derive.expr.graph import Graph, Node
from derive.language.names import names_in
from derive.language.reader import parse
from derive.proof.certificates import (
    KINDS,
    Alternatives,
    Certificate,
    Combination,
    Evaluation,
    Lemma,
    Numbers,
    Parts,
    Rule,
    Split,
    Substitution,
    Supposing,
    Trusted,
)
from derive.proof.check import Rejected, check
from derive.proof.sequent import Sequent

SHAPES = {"A": (2, 2), "B": (2, 2), "U": (2, 2), "v": (2,), "w": (7,)}
LEAF = Evaluation()


class Said:
    """A sequent from texts, and expressions over its names."""

    def __init__(self, conclusion: str, *given: str) -> None:
        self.graph = Graph()
        names = sorted({n for text in (conclusion, *given) for n in names_in(text)} | {"x", "y"})
        self.scope = {n: self.graph.symbol(n, SHAPES.get(n, ())) for n in names}
        self.sequent = Sequent(tuple(map(self.condition, given)), self.condition(conclusion))

    def condition(self, text: str) -> Node:
        return parse(text, self.scope, self.graph, boolean=True)

    def __getitem__(self, text: str) -> Node:
        return parse(text, self.scope, self.graph)


#: Of the kinds, with the rules that leave nothing to be shown, and what follows from a contradiction.
NAMES = [*(name for name in KINDS if name != "Trusted"), "generic", "inverse", "contradiction"]


def example(name: str) -> tuple[Said, Certificate]:
    """A sequent, and a certificate of that kind that shows it and of which no field can be other than it is."""
    match name:
        case "Evaluation":
            return Said("exp(x/2)*exp(x/3) == exp(5*x/6)"), Evaluation()
        case "contradiction":
            return Said("exp(x/2) > exp(x/3) + 1", "exp(x/2) + exp(x/3) < 0"), Evaluation()
        case "Numbers":
            return Said("10**30 < 10**30*exp(1/10**40)"), Numbers(512)
        case "Parts":
            return Said("x == y and 2*x == x + y", "x == y"), Parts((LEAF, LEAF))
        case "Split":
            said = Said("abs(x)*x == where(x > 0, x**2, -x**2)")
            return said, Split(said["x"], (LEAF, LEAF, LEAF))
        case "Alternatives":
            return Said("x**2 > 0", "y > 0", "x > y or x < -y"), Alternatives(1, (LEAF, LEAF))
        case "Supposing":
            return Said("x <= 0 or abs(x) == x"), Supposing(LEAF)
        case "Substitution":
            said = Said("exp(x**2)*exp(y) == exp(2*y)", "x**2 - y == 0")
            return said, Substitution(said["x**2"], said["y"], LEAF, LEAF)
        case "Lemma":
            said = Said("x**2 > 1", "x > 1 or x < -1")
            return said, Lemma(said.condition("(x - 1)*(x + 1) > 0"), Alternatives(0, (LEAF, LEAF)), LEAF)
        case "Combination":
            said = Said("(x**2 - y**3)**2 + (y**2 - z**3)**2 + (z**2 - x**3)**2 >= 0")
            squares = [said[t] for t in ("x**2 - y**3", "y**2 - z**3", "z**2 - x**3")]
            return said, Combination(tuple((q, q) for q in squares))
        case "inverse":
            return Said("B @ A == eye(2)", "A @ B == eye(2)"), Rule("inverse", (), ())
        case "Rule":
            said = Said("x**3 + x >= 0", "x >= 0")
            rises = Rule("locally", (), (Rule("analytic", (), (LEAF,)),))
            return said, Rule("from the left", (said["x"], said["0"]), (LEAF, LEAF, rises))
        case "generic":
            said = Said("w == w")
            g, w = said.graph, said.scope["w"]
            d = g.define("d", g.mul(g.const(25), w))  # so many times an angle are not opened
            squares = [g.mul(s, s) for s in (g.call("sin", d), g.call("cos", d))]
            said.sequent = Sequent((), g.call("eq", g.add(*squares), g.one), ((7, "n"),))
            return said, Rule("generic", (d,), ())
    raise AssertionError(f"no example of {name}")


def changed(value: Any) -> Iterator[Any]:
    """Values of the same type that are not this one."""
    match value:
        case Node() if value.op in ("eq", "lt", "le", "gt", "ge"):
            yield value.graph.call("gt" if value.op != "gt" else "lt", *value.args)
        case Node():
            yield value.graph.add(value, value.graph.const(1))
        case Fraction():
            yield value * Fraction(5, 7)
        case int():
            yield 16
            yield value + 10_000
        case tuple():
            yield value[: len(value) // 2]
            yield (*value, value[-1])
            for i, inner in enumerate(value):
                yield from ((*value[:i], other, *value[i + 1 :]) for other in changed(inner))
        case _ if is_dataclass(value):
            yield Trusted("engine")
            yield Parts(())
            yield from mutants(value)  # type: ignore[arg-type]


def accepted(s: Sequent, certificate: Certificate) -> bool:
    try:
        check(s, certificate)
    except Rejected:
        return False
    return True


def mutants(c: Certificate) -> Iterator[Certificate]:
    for f in fields(c):
        for other in changed(getattr(c, f.name)) if getattr(c, f.name) != () else ():
            if not (
                isinstance(c, Rule) and c.name == "generic" and len(other) > len(c.nodes)
            ):  # one node twice is once
                yield replace(c, **{f.name: other})


@pytest.mark.parametrize("name", NAMES)
def test_a_certificate_is_accepted_as_it_is_and_travels_and_rejected_once_changed(name: str) -> None:
    said, certificate = example(name)
    check(said.sequent, certificate)
    s, again = read(json.loads(json.dumps(carried(said.sequent, certificate))))
    check(s, again)
    assert not [mutant for mutant in mutants(certificate) if accepted(said.sequent, mutant)]


REJECTED: list[tuple[str, list[str], Any]] = [
    # 1/x has no value at 0, where neither side of the ``or`` is true
    ("1/x > 0 or x <= 0", [], lambda s: Supposing(LEAF)),
    # supposing the other side false instead: ``or`` comes to 1/x first
    ("1/x == 1/x or x == 0", [], lambda s: Supposing(LEAF)),
    ("x > 0 or x < 0", [], lambda s: Supposing(LEAF)),
    ("x > 0 and x < 1", ["x > 0"], lambda s: Supposing(LEAF)),
    # factors that have no value everywhere, and ones of unknown sign
    ("x == y", [], lambda s: Combination(((s["(x - y)*x"], s["1/x"]),))),
    ("x*y >= 0", [], lambda s: Combination(((s["x"], s["y"]),))),
    ("x > 0", ["x >= 0"], lambda s: Combination(((s["1"], s["x"]),))),
    ("x == 0", ["x >= 0"], lambda s: Combination(((s["1"], s["x"]),))),
    ("x != 0", ["x >= 0"], lambda s: Combination(((s["1"], s["x"]),))),
    ("x**2 - y >= 0", ["x - y >= 0"], lambda s: Combination(((s["x"], s["x - y"]),))),
    ("1/x == 1/x", [], lambda s: Combination(())),
    # a side that is no inverse, one that is not square, one of another matrix
    ("A @ B == eye(2)", ["A @ U == eye(2)"], lambda s: Rule("inverse", (), ())),
    ("B @ A == eye(2)", ["A @ B == 2*eye(2)"], lambda s: Rule("inverse", (), ())),
    ("inv(A) == B", ["B @ B == eye(2)"], lambda s: Rule("inverse", (), ())),
    ("outer(v, v) @ A == eye(2)", ["v @ v == 1"], lambda s: Rule("inverse", (), ())),
    # not equal everywhere; equal, and without a value
    ("abs(x) == x", [], lambda s: Substitution(s["abs(x)"], s["x"], LEAF, LEAF)),
    ("1/x == x", ["y > 0"], lambda s: Substitution(s["1/x"], s["x*(1/x)/x"], LEAF, LEAF)),
    ("x == 0", [], lambda s: Substitution(s["x"], s["x"], LEAF, LEAF)),
]


@pytest.mark.parametrize(("said", "given", "made"), REJECTED)
def test_rejected(said: str, given: list[str], made: Any) -> None:
    s = Said(said, *given)
    with pytest.raises(Rejected):
        check(s.sequent, made(s))


def test_matrices_that_are_not_square_have_no_inverse_on_the_other_side() -> None:
    g = Graph()
    tall, wide = g.symbol("A", (3, 2)), g.symbol("B", (2, 3))
    one, other = (g.diag(g.broadcast(g.one, (n,))) for n in (2, 3))
    given = g.call("eq", g.matmul(wide, tall), one)
    with pytest.raises(Rejected):
        check(Sequent((given,), g.call("eq", g.matmul(tall, wide), other)), Rule("inverse", (), ()))
