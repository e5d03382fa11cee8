"""Limits: what the rules show, beside what they must not, and certificates that are rejected once they are changed."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from derive.calculus.reverse import expand_all
from derive.engine.certify.limits import show
from derive.exchange.certificates import carried, read
from derive.expr.graph import Graph, Node
from derive.language.abstract import function
from derive.language.components import components
from derive.language.names import names_in
from derive.language.properties import LIMITS
from derive.language.reader import parse
from derive.proof.certificates import Certificate, Evaluation, Rule
from derive.proof.check import Rejected, check
from derive.proof.sequent import Sequent
from tests.derive.proof.test_kinds import accepted, mutants


class Limit:
    """``f`` as ``x`` goes somewhere, a name of LIMITS and a point, with what it tends to, if it does."""

    def __init__(self, f: str, x: str, where: str, *more: str, given: Sequence[str] = ()) -> None:
        self.g = g = Graph()
        texts = [f, x, *more, *given]
        self.scope = {n: g.symbol(n) for n in sorted({n for t in texts for n in names_in(t)} - {"pi"})}
        self.scope["phi"] = function(g, "phi", 1)
        args = (components(expand_all([self[f]])[0])[0], *map(self.__getitem__, (x, *more)))
        held = tuple(self.condition(h) for h in given)
        self.sequent = Sequent(held, g.node("property", args, where))

    def __getitem__(self, text: str) -> Node:
        return parse(text, self.scope, self.g)

    def condition(self, text: str) -> Node:
        return parse(text, self.scope, self.g, boolean=True)

    def fact(self, f: str, where: str, *more: str) -> Node:
        return self.g.node("property", (self[f], self.sequent.conclusion.args[1], *map(self.__getitem__, more)), where)


ENDS = Rule("ends", (), ())

BY_ENDS = [
    Limit("d(sigmoid(x), x)", "x", "tends far", "0"),
    Limit("Phi(x)", "x", "tends far below", "0"),
    Limit("atan(x) + erf(x)", "x", "tends far below", "-pi/2 - 1"),
    Limit("-log(1 - p)", "p", "grows from below", "1"),
    Limit("1/(x - a)", "x", "falls from below", "a"),
    Limit("1/x**2", "x", "grows beside", "0"),
    Limit("sin(x)/x", "x", "tends far", "0"),
    Limit("x*sin(1/x)", "x", "tends from above", "0", "0"),
    Limit("abs(x) + max(x, 2*x)", "x", "tends beside", "0", "0"),
    Limit("where(abs(e) <= delta, e**2/2, delta*abs(e))", "delta", "tends far", "e**2/2"),
    Limit("sign(x - 1)*x", "x", "tends from below", "-1", "1"),
    Limit("abs(x)**(1/2)", "x", "tends beside", "0", "0"),
    Limit("u**(p - 1)", "u", "grows from above", "0", given=("p < 1",)),
    Limit("1 - (1 - eps)**D", "D", "tends far", "1", given=("eps > 0", "eps <= 1")),
    Limit("r**t", "t", "tends far by steps", "0", given=("r > -1", "r < 1")),
    Limit("phi(x)*(x + 1)", "x", "tends beside", "phi(a)*(a + 1)", "a"),
]

NOT_BY_ENDS = [
    Limit("1/x", "x", "grows beside", "0"),
    Limit("1/x", "x", "grows from below", "0"),
    Limit("1/x", "x", "grows from above", "a"),
    Limit("sin(x)", "x", "tends far", "0"),
    Limit("cos(x)/x", "x", "tends beside", "0", "0"),
    Limit("sign(x)", "x", "tends beside", "0", "0"),
    Limit("sqrt(x)", "x", "tends beside", "0", "0"),
    Limit("log(x)", "x", "falls beside", "0"),
    Limit("x**2/x**2", "x", "tends far", "0"),
    Limit("r**t", "t", "tends far", "0", given=("r > -1", "r < 1")),
    Limit("r**t", "t", "tends far by steps", "0", given=("r >= -1", "r < 1")),
    Limit("r**(t/2)", "t", "tends far by steps", "0", given=("r > -1", "r < 1")),
    Limit("u**(p - 1)", "u", "grows from above", "0"),
    Limit("a*x", "x", "grows far", given=("a >= 0",)),
    Limit("x", "x", "tends far", "0"),
    Limit("phi(x)", "x", "tends far", "phi(0)"),
    Limit("floor(x)", "x", "tends from above", "0", "0"),
    Limit("x + a", "x", "tends beside", "2*x", "a"),
    Limit("x", "x", "tends beside", "x", "x"),
    Limit("x*y", "x", "tends beside", "0", "0", given=("x < y",)),
]


@pytest.mark.parametrize("said", BY_ENDS, ids=lambda s: str(s.sequent.conclusion.attr))
def test_shown_by_what_the_parts_do(said: Limit) -> None:
    check(said.sequent, ENDS)


@pytest.mark.parametrize("said", NOT_BY_ENDS, ids=lambda s: str(s.sequent.conclusion.attr))
def test_not_shown(said: Limit) -> None:
    with pytest.raises(Rejected):
        check(said.sequent, ENDS)


def test_points_and_values_are_as_many_as_the_name_says() -> None:
    said = Limit("x", "x", "tends far", "0")
    f, x, zero = said.sequent.conclusion.args
    for name, (what, where) in LIMITS.items():
        for count in range(4):
            right = count == (what == "tends") + (not where.startswith("far"))
            claim = Sequent((), said.g.node("property", (f, x, *[zero] * count), name))
            if not right:
                assert not accepted(claim, ENDS), name


SHOWN = [
    Limit("sin(x)/x", "x", "tends beside", "1", "0"),
    Limit("(x**2 - 1)/(x - 1)", "x", "tends beside", "2", "1"),
    Limit("abs(x)/x", "x", "tends from below", "-1", "0"),
    Limit("abs(x)*x/abs(x)", "x", "tends beside", "0", "0"),
    Limit("(2*x + 1)/(x - exp(-x))", "x", "tends far", "2"),
    Limit("x**3*exp(-x)", "x", "tends far", "0"),
    Limit("x*log(x)", "x", "tends from above", "0", "0"),
    Limit("n**2*r**n", "n", "tends far", "0", given=("r > 0", "r < 1")),
    Limit("(1 + a/n)**n", "n", "tends far", "exp(a)"),
    Limit("tanh(r/b)", "b", "tends from above", "where(r > 0, 1, where(r < 0, -1, 0))", "0"),
    Limit("(phi(x + t) - phi(x))/t", "t", "tends beside", "phi(x, d=1)", "0"),
]


@pytest.mark.parametrize("said", SHOWN, ids=lambda s: str(s.sequent.conclusion.attr))
def test_a_certificate_travels_and_is_rejected_once_it_is_changed(said: Limit) -> None:
    shown = show(said.sequent)
    s, certificate = read(json.loads(json.dumps(carried(said.sequent, shown.certificate))))
    check(s, certificate)
    assert not [m for m in mutants(certificate) if not repeats(m) and accepted(s, m)]


def repeats(c: Certificate) -> bool:
    """Whether a condition, or a fact, is said twice, or left out: nothing is wrong with that."""
    rules = [c, *(part for part in getattr(c, "of", ()))]
    return any(isinstance(r, Rule) and (len(set(r.nodes)) < len(r.nodes) or repeats_below(r)) for r in rules)


def repeats_below(r: Rule) -> bool:
    return any(repeats(part) for part in r.of)


@pytest.mark.parametrize(
    ("said", "name", "nodes"),
    [
        # f is not the other function where the condition holds; the condition fails in the end; says nothing of f's values
        (("abs(x)", "x", "tends far", "0"), "in the end", ["0"]),
        (("abs(x)/x", "x", "tends from below", "1", "0"), "in the end", ["1", "x > 0"]),
        (("x/x", "x", "tends beside", "1", "0"), "in the end", ["1"]),
        (("1/x - 1/x", "x", "tends from above", "0", "0"), "in the end", ["0", "x != 1"]),
        # neither 0/0 nor anything over inf; a quotient of derivatives that has no limit says nothing; whole numbers have no slope
        (("x/(x + 1)", "x", "tends beside", "1", "0"), "l'hospital", []),
        (("(x + sin(x))/x", "x", "tends far", "1"), "l'hospital", []),
        (("abs(x)/x", "x", "tends beside", "1", "0"), "l'hospital", []),
        (("sin(2*pi*x)/x", "x", "tends far by steps", "2*pi"), "l'hospital", []),
        # both sides of what has but one
        (("1/x", "x", "tends far", "0"), "both sides", []),
        (("1/x", "x", "grows beside", "0"), "both sides", []),
    ],
)
def test_rules_that_do_not_apply(said: tuple[str, ...], name: str, nodes: list[str]) -> None:
    s = Limit(*said)
    made = tuple(s.condition(n) if any(c in n for c in "<>=") else s[n] for n in nodes)
    for of in ((), (ENDS,), (ENDS, ENDS), (Evaluation(), ENDS)):
        assert not accepted(s.sequent, Rule(name, made, of))


def test_a_limit_of_what_is_too_large_is_rejected() -> None:
    g = Graph()
    x = g.symbol("x")
    total = x
    for k in range(4_000):
        total = g.node("add", (total, g.node("mul", (x, g.const(k)))))
    for f in (total, g.node("pow", (g.node("add", (x, g.const(2))), g.const(10**9)))):
        claim = Sequent((), g.node("property", (f, x, g.zero, g.zero), "tends beside"))
        assert not accepted(claim, ENDS)


def test_facts_are_of_the_same_place_and_shown() -> None:
    said = Limit("x*log(x) + 1", "x", "tends from above", "1", "0")
    by = show(Limit("x*log(x)", "x", "tends from above", "0", "0").sequent).certificate
    right = said.fact("x*log(x)", "tends from above", "0", "0")
    assert not accepted(said.sequent, Rule("ends", (right,), (ENDS,)))
    assert not accepted(said.sequent, Rule("ends", (right,), ()))
    for other in (
        said.fact("x*log(x)", "tends from above", "0", "1"),
        said.fact("x*log(x)", "tends far", "0"),
        said.fact("x*log(x)", "grows from above", "0"),
        said.fact("x*log(x)", "tends from above", "x", "0"),
    ):
        assert not accepted(said.sequent, Rule("ends", (other,), (by,)))
    again = show(said.sequent)
    assert accepted(said.sequent, again.certificate)


@pytest.mark.parametrize(
    ("name", "f", "g", "v", "shown"),
    [
        ("grows_slower", "x**2", "exp(x)", "0", True),
        ("grows_at_most", "2*x + 1", "-x", "2", True),
        ("grows_like", "2*x + 1", "-x", "2", True),
        ("asymptotic", "x**2 + x", "x**2", "1", True),
        ("asymptotic", "2*x", "x", "2", False),
        ("grows_slower", "2*x", "x", "2", False),
        ("grows_like", "1/x", "x", "0", False),
        ("grows_at_most", "x**2", "x", "0", False),
    ],
)
def test_orders_of_growth(name: str, f: str, g: str, v: str, shown: bool) -> None:
    said = Limit(f, "x", "tends far", v)
    by, limit = said[g], said.sequent.conclusion.args
    claim = Sequent((said.condition("x > 5"),), said.g.node("property", (limit[0], by, limit[1]), name))
    ratio = said.g.node("div", (limit[0], by))
    ratio = ratio if name == "asymptotic" else said.g.call("abs", ratio)
    try:
        because = show(Sequent((), said.g.node("property", (ratio, *limit[1:]), "tends far"))).certificate
    except Rejected:
        because = ENDS
    comparison = () if name == "grows_at_most" else (Evaluation(),)
    tried = [Rule("ratio", (said[v],), (because, *rest)) for rest in ((), *((c,) for c in (*comparison, Evaluation())))]
    assert any(accepted(claim, c) for c in tried) == shown
