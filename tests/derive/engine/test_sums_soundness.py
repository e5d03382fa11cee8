"""Claims about sums, products and powers of a whole number, against values that Python's own loops and fractions give.

What is proved holds at every number that is tried, under the conditions that are told; what is refuted fails at the number that
is told. A sum of no terms is 0, and a product 1, where it ends before it starts, too.
"""

from __future__ import annotations

from fractions import Fraction
from math import prod
from random import Random

import pytest

from derive.calculus.reverse import expand_all
from derive.engine import decide_equal, decide_holds
from derive.engine.decision import Decision
from derive.engine.domain import Domain
from derive.expr.graph import Graph, Node
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational

TRIED = 14
TERMS = ("k", "k**2", "2*k - 1", "k*(k + 1)", "1", "3", "2**k", "k*2**k", "(-1)**k", "1/2**k", "k - 2")
FACTORS = ("k", "2", "k + 1", "1 + 1/(k + 1)", "(-1)", "k**2 + 1")
SUMS_UP_TO = {  # of terms from 1 to m
    "k": "m*(m + 1)/2", "k**2": "m*(m + 1)*(2*m + 1)/6", "2*k - 1": "m**2", "k*(k + 1)": "m*(m + 1)*(m + 2)/3",
    "1": "m", "3": "3*m",
    "2**k": "2**(m + 1) - 2", "k*2**k": "(m - 1)*2**(m + 1) + 2", "(-1)**k": "((-1)**m - 1)/2", "1/2**k": "1 - 1/2**m",
    "k - 2": "m*(m + 1)/2 - 2*m",
}  # fmt: skip


def term(text: str, k: int) -> Fraction:
    """What a term is, by Python."""
    return Fraction(eval(text.replace("1/", "Fraction(1)/"), {"Fraction": Fraction}, {"k": k}))


def written(text: str, **at: int) -> Fraction:
    return Fraction(
        eval(text.replace("1/", "Fraction(1)/"), {"Fraction": Fraction}, {k: Fraction(v) for k, v in at.items()})
    )


def claims(seed: int) -> list[tuple[str, str, str, int, int, int]]:
    """How, the term, the formula in n, the first index, where it ends beyond n, and where n begins."""
    r, found = Random(seed), []
    for _ in range(20):
        low, beyond, begin = r.randint(0, 4), r.randint(-2, 2), r.randint(0, 5)
        if r.random() < 0.75:
            text = r.choice(TERMS)
            m = f"(n + {beyond - 1})"
            before = sum((term(text, k) for k in range(1, low)), Fraction(0)) if low else -term(text, 0)
            formula = f"{SUMS_UP_TO[text].replace('m', m)} - ({before})"
            if r.random() < 0.3:
                formula += r.choice((" + 1", " + n", f" + (n - {begin})", " - 2**n"))
            found.append(("sum", text, formula, low, beyond, begin))
        else:
            text = r.choice(FACTORS)
            formula = r.choice(("2**n", "n + 1", "(n + 2)/2", "(-1)**n", f"2**(n + {beyond - low})", "1"))
            found.append(("prod", text, formula, low, beyond, begin))
    return found


def read(g: Graph, text: str) -> Node:
    return expand_all([parse(text, {"n": g.symbol("n")}, g)])[0]


def exactly(condition: Node, n: Node, value: int) -> bool:
    found = evaluate([condition], {n: rational(value)}, 256)[0]
    assert found is True or found is False, found
    return bool(found)


def held(found: Decision, n: Node, truth: dict[int, bool]) -> None:
    """What was found against what is so."""
    if found.status in ("proved", "proved-if"):
        for value, so in truth.items():
            assert so or not all(exactly(c, n, value) for c in found.conditions), (value, str(found))
    if found.status == "refuted":
        assert found.witness is not None
        assert not truth[int(found.witness[n])], str(found)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("relation", ["==", "<=", ">"])
def test_sums_and_products(seed: int, relation: str) -> None:
    for how, text, formula, low, beyond, begin in claims(seed) if relation == "==" else claims(seed)[:6]:
        g = Graph()
        n = g.symbol("n")
        ends = f"range({low}, n + {beyond})"
        left = read(g, f"{how}({text} for k in {ends})")
        right = read(g, formula)
        domain = Domain([g.call("eq", n, g.call("floor", n))], {n: (Fraction(begin), None)})
        truth = {}
        for value in range(begin, begin + TRIED):
            terms = [term(text, k) for k in range(low, value + beyond)]
            exact = sum(terms, Fraction(0)) if how == "sum" else prod(terms, start=Fraction(1))
            claimed = written(formula, n=value)
            truth[value] = {"==": exact == claimed, "<=": exact <= claimed, ">": exact > claimed}[relation]
        if relation == "==":
            found = decide_equal(left, right, domain)
        else:
            found = decide_holds(g.call("le" if relation == "<=" else "gt", left, right), domain)
        try:
            held(found, n, truth)
        except AssertionError as e:
            raise AssertionError(f"{how}({text} for k in {ends}) {relation} {formula}, n >= {begin}: {e}") from None
        if relation == "==":
            assert found.status == "refuted" or found.conditions or all(truth.values()), (text, formula, str(found))


@pytest.mark.parametrize(
    ("claim", "begin", "status"),
    [
        ("2**n >= n + 1", 0, "proved"),
        ("2**n > n", 0, "proved"),
        ("2**n >= n**2", 4, "proved"),
        ("2**n >= n**2", 0, "refuted"),
        ("3**n >= 2**n + n", 1, "proved"),
        ("2**(n - 1) >= n", 1, "proved"),
        ("(-1)**(2*n) == 1", 0, "proved"),
        ("(-1)**(n + 1) == -(-1)**n", 0, "proved"),
        ("(-1)**n == 1", 0, "refuted"),
        ("(-2)**n*(-2)**2 == (-2)**(n + 2)", 0, "proved"),
        ("sum(1/k for k in range(1, n + 1)) <= log(n) + 1", 1, "proved"),
        ("sum(1/k for k in range(1, n + 1)) >= log(n + 1)", 1, "proved"),
        ("sum(1/k for k in range(1, n + 1)) <= log(n) + 1/2", 1, "refuted"),
        ("sum(1/k**2 for k in range(1, n + 1)) <= 2 - 1/n", 1, "proved"),
        ("sum(k*factorial(k) for k in range(1, n + 1)) == factorial(n + 1) - 1", 0, "proved"),
        ("sum(k for k in range(3, n + 1)) == n*(n + 1)/2 - 3", 1, "proved-if"),
        ("sum(k for k in range(3, n + 1)) == n*(n + 1)/2 - 3", 2, "proved"),
        ("sum((-1)**k for k in range(0, n)) == (1 - (-1)**n)/2", 0, "proved"),
        ("sum((-2)**k for k in range(0, n + 1)) == (1 - (-2)**(n + 1))/3", 0, "proved"),
        ("sum((-2)**k for k in range(0, n + 1)) == (1 - (-2)**n)/3", 0, "refuted"),
        ("sum(factorial(k + 1) - factorial(k) for k in range(0, n)) == factorial(n) - 1", 0, "proved"),
        ("sum(k/factorial(k + 1) for k in range(1, n + 1)) == 1 - 1/factorial(n + 1)", 0, "proved"),
        ("sum(k - 1 for k in range(1, n + 1)) == sum(k for k in range(1, n))", 0, "proved"),
        ("prod(k for k in range(2, n + 1)) == factorial(n)", 0, "proved"),
        ("prod(k for k in range(3, n + 1)) == factorial(n)/2", 0, "proved-if"),
        ("factorial(n) >= 1", -3, "proved-if"),  # of a negative number it has no value
        ("factorial(n) >= 1", 0, "proved"),
        ("sum(k for k in range(0, n)) >= 0", -3, "proved"),
    ],
)
def test_by_induction(claim: str, begin: int, status: str) -> None:
    g = Graph()
    n = g.symbol("n")
    wanted = read(g, claim)
    domain = Domain([g.call("eq", n, g.call("floor", n))], {n: (Fraction(begin), None)})
    found = decide_equal(*wanted.args, domain) if wanted.op == "eq" else decide_holds(wanted, domain)
    assert found.status == status, str(found)
    if status == "refuted":
        assert found.witness is not None
        assert not exactly(wanted, n, int(found.witness[n]))


def test_bernoulli() -> None:
    g = Graph()
    n, x = g.symbol("n"), g.symbol("x")
    (wanted,) = expand_all([parse("(1 + x)**n >= 1 + n*x", {"n": n, "x": x}, g)])
    whole = g.call("eq", n, g.call("floor", n))
    ends = {n: (Fraction(1), None)}
    assert decide_holds(wanted, Domain([whole], {**ends, x: (Fraction(-1), None)})).status == "proved"
    assert decide_holds(wanted, Domain([whole], ends)).status == "refuted"
