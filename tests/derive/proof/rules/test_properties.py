"""Properties in the trusted core: what rules show, that they show nothing else, and that no sample contradicts what was shown."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from derive.budget import apart
from derive.engine.certify.decisions import certified, fails_at
from derive.engine.certify.properties import prove_inequality, prove_property
from derive.engine.certify.search import prove
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.errors import UndefinedValue
from derive.exchange.certificates import carried, read
from derive.expr.graph import Graph, topological
from derive.language.names import names_in
from derive.language.reader import parse
from derive.numbers.balls import evaluate, rational
from derive.proof.certificates import Certificate, Combination, Evaluation, Numbers, Parts, Rule, Split
from derive.proof.check import Rejected, Theorem, check
from derive.proof.rules.properties import CURVED, LEAST, MONOTONE, definition, laid_out
from derive.proof.sequent import Sequent

HUBER = "where(abs(x) <= a, x**2/2, a*(abs(x) - a/2))"
ELU = "where(x > 0, x, exp(x) - 1)"

#: With hypotheses after a bar, each beside a claim like it that is false.
PAIRS = [
    ("convex(exp(x) + x**2, x)", "convex(exp(x) - x**2, x)"),
    ("convex(log(1 + exp(x)), x)", "convex(log(1 + x**2), x)"),
    ("convex(x*log(x), x) | x > 0", "convex(x*log(x) - x**2, x) | x > 0"),
    ("convex(relu(x)**2, x)", "convex(relu(x)**3 - relu(x)**2, x)"),
    (f"convex({HUBER}, x) | a > 0", f"convex({HUBER}, x) | a < 0"),
    ("convex(sqrt(1 + x**2), x)", "convex(sqrt(1 + x**4) - x**2, x)"),
    ("convex(1/x, x) | x > 0", "convex(1/x, x) | x < 0"),
    ("convex(-1/x, x) | x < 0", "convex(1/x, x) | x != 0"),
    ("convex(-log(x), x) | x > 0", "convex(log(x), x) | x > 0"),
    ("convex(abs(x - a) + b*x**2, x) | b >= 0", "convex(abs(x - a) + b*x**2, x)"),
    ("convex(max(x, a*x, 1), x)", "convex(min(x, a*x, 1), x)"),
    ("concave(sqrt(x), x) | x >= 0", "concave(x**(3/2), x) | x >= 0"),
    ("concave(min(x, 1 - x), x)", "concave(max(x, 1 - x), x)"),
    ("increasing(x**3, x)", "increasing(x**3 - x, x)"),
    ("increasing(x/(1 + abs(x)), x)", "increasing(x/(1 + x**2), x)"),
    (f"increasing({ELU}, x)", "increasing(where(x > 0, x - 1, exp(x) - 1), x)"),
    ("nondecreasing(relu(x), x)", "increasing(relu(x), x)"),
    ("decreasing(1/x, x) | x > 0", "decreasing(1/x, x) | x != 0"),
    ("decreasing(a/sqrt(x + b), x) | a > 0 | b > 0 | x >= 0", "decreasing(a/sqrt(x + b), x) | b > 0 | x >= 0"),
    ("nonincreasing(max(1 - x, 0), x)", "nonincreasing(abs(1 - x), x)"),
    (f"differentiable({HUBER}, x) | a > 0", "differentiable(where(abs(x) <= 1, x**2/2, abs(x)), x)"),
    ("differentiable(x*abs(x), x)", "differentiable(x + abs(x), x)"),
    ("differentiable(relu(x)**2, x)", "differentiable(relu(x)**2 + relu(x), x)"),
    (f"continuous({ELU}, x)", "continuous(where(x > 0, x, exp(x)), x)"),
    ("continuous(sqrt(abs(x)), x)", "continuous(sign(x), x)"),
    ("smooth(x*Phi(x), x)", "smooth(x*abs(x), x)"),
    ("stationary(x**2 - 2*a*x, x, a)", "stationary(x**2 - 2*a*x, x, 2*a)"),
    ("stationary(x*abs(x), x, 0)", "stationary(abs(x), x, 0)"),
    ("minimizer(b/2*(x - a)**2 + abs(x), x, 0) | b > 0 | abs(b*a) <= 1", "minimizer(b/2*(x - a)**2 + abs(x), x, 0) | b > 0"),
    ("minimizer(x**2, x, 1) | x >= 1", "minimizer(x**2, x, 0) | x >= 1"),
    ("unique_minimizer(exp(x) - x, x, 0)", "unique_minimizer(relu(x), x, 0)"),
    ("unique_minimizer(a*log(a/x) - a + x, x, a) | a > 0 | x > 0", "unique_minimizer(a*log(a/x) - a + x, x, 1) | a > 0 | x > 0"),
    ("not differentiable(abs(x), x)", "not differentiable(x*abs(x), x)"),
    ("not differentiable(max(x, a*x), x) | a < 1", "not differentiable(max(x, a*x), x)"),
    ("not convex(x**3, x)", "not convex(a*x**2, x)"),
    ("subdifferential(abs(x), x, 0) == interval(-1, 1)", "subdifferential(abs(x), x, 0) == interval(-1, 1/2)"),
    ("subdifferential(x**2/2, x) == interval(x, x)", "subdifferential(x**3/3, x) == interval(x**2, x**2)"),
    ("subdifferential(abs(x), x) == interval(1, 1) | x > 0", "subdifferential(abs(x), x) == interval(1, 1)"),
    ("subdifferential(x**2 + abs(x - 1), x, 1) == interval(1, 3)", "subdifferential(x**2 + abs(x - 1), x, 1) == interval(0, 3)"),
    ("subdifferential(max(x, a*x), x, 0) == interval(1, a) | a > 1", "subdifferential(max(x, a*x), x, 0) == interval(1, a)"),
    ("not convex(abs(x)**p, x) | p > 0 | p < 1", "not convex(abs(x)**p, x) | p > 0 | p < 2"),
    ("not concave(exp(a*x), x) | a != 0", "not concave(exp(a*x), x)"),
    ("a == 1 or not differentiable(max(x, a*x), x)", "a == 2 or not differentiable(max(x, a*x), x)"),
    ("positive_definite([[2, a], [a, 2]]) | abs(a) < 2", "positive_definite([[2, a], [a, 2]]) | abs(a) <= 2"),
    ("positive_semidefinite([[1, a], [a, a**2]])", "positive_semidefinite([[1, a], [a, a]])"),
    ("positive_semidefinite([[1, a], [a, 1]]) | abs(a) <= 1", "positive_semidefinite([[1, a], [b, 1]]) | a == b + 1"),
]  # fmt: skip
TRUE, FALSE = zip(*PAIRS, strict=True)


def sequent(said: str) -> Sequent:
    g = Graph()
    texts = said.split(" | ")
    scope = {n: g.symbol(n) for n in sorted({n for t in texts for n in names_in(t)} - {"pi"})}
    wanted, *given = (parse(t, scope, g, boolean=True) for t in texts)
    return Sequent(tuple(given), wanted)


def found(said: str) -> Theorem:
    with apart():
        return prove_property(sequent(said))


@pytest.fixture(scope="module")
def theorems() -> list[Theorem]:
    return [found(said) for said in TRUE]


@pytest.mark.parametrize("said", TRUE)
def test_shown_and_shown_again_after_travelling(said: str) -> None:
    theorem = found(said)
    data = json.loads(json.dumps(carried(theorem.sequent, theorem.certificate)))
    again, certificate = read(data)
    assert check(again, certificate).sequent is again


@pytest.mark.parametrize("said", FALSE)
def test_nothing_shows_what_is_false(said: str) -> None:
    with pytest.raises(Rejected):
        found(said)


@pytest.mark.parametrize(("true", "false"), PAIRS)
def test_a_certificate_of_another_claim_shows_nothing(true: str, false: str) -> None:
    """The certificate of the one, carried over to the other by name."""
    theorem = found(true)
    data, other = carried(theorem.sequent, theorem.certificate), carried(sequent(false), Evaluation())
    shift = len(data["rows"])
    moved = [[op, [a + shift for a in args], attr, shape] for op, args, attr, shape in other["rows"]]
    both = {
        "rows": data["rows"] + moved,
        "hypotheses": [h + shift for h in other["hypotheses"]],
        "conclusion": other["conclusion"] + shift,
        "certificate": data["certificate"],
    }
    with pytest.raises(Rejected):
        check(*read(both))


def mutated(c: Any) -> Iterator[Any]:
    """Certificates that differ in one place: a part left out, parts swapped, another rule, or nothing shown of a part."""
    if isinstance(c, Rule):
        for i, part in enumerate(c.of):
            yield replace(c, of=c.of[:i] + c.of[i + 1 :])
            yield from (replace(c, of=(*c.of[:i], m, *c.of[i + 1 :])) for m in mutated(part))
        yield (
            replace(c, nodes=c.nodes[1:]) if c.nodes else replace(c, name="valley" if c.name != "valley" else "hessian")
        )
    if isinstance(c, Parts):
        yield replace(c, of=c.of[1:])


def test_mutated_certificates_are_rejected(theorems: list[Theorem]) -> None:
    tried = 0
    for theorem in theorems[::2]:
        for other in mutated(theorem.certificate):
            tried += 1
            with pytest.raises(Rejected):
                check(theorem.sequent, other)
    assert tried > 100


def test_no_sample_contradicts_a_theorem(theorems: list[Theorem]) -> None:
    rng, met = random.Random(11), 0
    for theorem in theorems:
        s = theorem.sequent
        if s.conclusion.op != "property" or s.conclusion.attr not in (*MONOTONE, *CURVED, *LEAST):
            continue
        for part in definition(laid_out(s)):
            outcomes = [sampled(part, rng) for _ in range(25)]
            assert False not in outcomes, part.conclusion
            met += outcomes.count(True)
    assert met > 200


def test_samples_contradict_what_is_false() -> None:
    """The sieve of the test above has no holes of the size of these."""
    rng = random.Random(12)
    for said in FALSE:
        s = sequent(said)
        if s.conclusion.op == "property" and s.conclusion.attr in (*MONOTONE, *CURVED):
            parts = definition(laid_out(s))
            assert any(sampled(part, rng) is False for part in parts for _ in range(2_000)), said


def sampled(s: Sequent, rng: random.Random) -> bool | None:
    """Whether a sequent holds at a point; None where a hypothesis does not, or balls do not tell."""
    order = topological([*s.hypotheses, s.conclusion])
    point = {n: rational(Fraction(rng.randint(-12, 12), rng.randint(1, 4))) for n in order if n.op == "symbol"}
    *given, held = evaluate([*s.hypotheses, s.conclusion], point)
    if not all(h is True for h in given):
        return None
    return False if isinstance(held, UndefinedValue) else held if isinstance(held, bool) else None


# -- what rules are not to be used for ----------------------------------------------------------------

E = Evaluation()


@pytest.mark.parametrize(
    ("said", "certificate"),
    [
        # a domain that is no interval; a jump; a kink; a point without a value
        ("decreasing(1/x, x) | x != 0", Rule("locally", (), (Rule("analytic", (), (E,)),))),
        ("nondecreasing(where(x > 0, x - 5, x), x)", Rule("locally", (), (Rule("analytic", (), (E,)),))),
        ("differentiable(abs(x), x)", Rule("analytic", (), (E,))),
        ("increasing(x, x) | 1/x == 1/x", Rule("locally", (), (Rule("analytic", (), (E,)),))),
        ("convex(sqrt(x), x)", Rule("composition", (), (E,))),
        ("convex(log(x)*0, x)", Rule("composition", (), (E,))),
        ("convex(x**2, x) | x**2 >= 1", Rule("composition", (), (E,))),
        ("convex(x**2, x) | x >= 1 or x <= -1", Rule("composition", (), (E,))),
        ("positive_definite([[1, 0], [0, 1/a]])", Rule("minors", (), (E, E, E))),
        ("minimizer(x**2, x, 0) | x >= 1", Rule("definition", (), (E, E))),
        ("minimizer(x**2, x, x)", Rule("definition", (), (E,))),
        ("smooth(x**(5/2), x) | x >= 0", Rule("analytic", (), (E,))),
        ("increasing(x, x)", E),
        ("increasing(x, x)", Evaluation()),
        ("increasing(-x, x)", Numbers()),
        ("increasing(x, x)", Rule("no such rule", (), ())),
        ("positive_definite([[-1, 0], [0, 1]])", Numbers()),
    ],
)
def test_rules_where_they_do_not_apply(said: str, certificate: Certificate) -> None:
    with pytest.raises(Rejected):
        check(sequent(said), certificate)


def test_a_domain_is_not_split() -> None:
    """-abs(x) is convex where x >= 0 and where x <= 0, and not on the line; a parameter may be told apart."""
    s = sequent("convex(-abs(x), x)")
    x = s.conclusion.args[1]
    of = [found(f"convex(-abs(x), x) | x {op} 0").certificate for op in (">", "==", "<")]
    for part, shown in zip(s.cases(x), of, strict=True):
        check(part, shown)
    with pytest.raises(Rejected, match="domain"):
        check(s, Split(x, tuple(of)))
    s = sequent("convex(abs(a)*x**2, x)")
    part = Rule("composition", (), (E,))
    check(s, Split(s.conclusion.graph.symbol("a"), (part, part, part)))


def test_what_a_power_of_a_letter_needs_is_not_learnt() -> None:
    """(-1)**k has a value for whole k: that x**k has one does not say that x > 0."""
    with pytest.raises(Rejected):
        check(sequent("x > 0 | x**a > 0"), E)


def test_from_the_ends_of_an_interval() -> None:
    s = sequent("exp(x) >= 1 + x + x**2/2 | x >= 0")
    g = s.conclusion.graph
    x = g.symbol("x")
    rises = Rule("locally", (), (Rule("analytic", (), (E,)),))
    assert check(s, Rule("from the left", (x, g.zero), (E, E, rises)))
    for name, end in (("from the right", g.zero), ("from the left", g.one), ("strictly from the left", g.zero)):
        with pytest.raises(Rejected):
            check(s, Rule(name, (x, end), (E, E, rises)))


def test_cells_cover_the_range() -> None:
    s = sequent("x**2 - x + 2/5 > 0 | x >= 0 | x <= 1")
    g = s.conclusion.graph
    x, n = g.symbol("x"), 16
    ends = [g.const(Fraction(i, n)) for i in range(n + 1)]
    assert check(s, Rule("cells", (x, *ends), (E, *(Numbers(),) * n)))
    for fewer in (ends[1:], ends[:-1], ends[::-1], ends[::4]):
        with pytest.raises(Rejected):
            check(s, Rule("cells", (x, *fewer), (E, *(Numbers(),) * (len(fewer) - 1))))
    with pytest.raises(Rejected):  # no range
        check(sequent("x**2 + 1 > 0 | x >= 0"), Numbers())


@pytest.mark.parametrize(
    ("said", "given", "true"),
    [
        ("x*y + z*w <= sqrt(x**2 + z**2)*sqrt(y**2 + w**2)", (), True),
        ("sqrt(x + y) <= sqrt(x) + sqrt(y)", ("x >= 0", "y >= 0"), True),
        ("abs(x) < sqrt(x**2 + 1)", (), True),
        ("sqrt(x**2 + 1) > x", (), True),
        ("x*y + z*w <= sqrt(x**2 + z**2)*sqrt(y**2 + w**2)/2", (), False),
        ("abs(x) < sqrt(x**2)", (), False),
        ("x <= -sqrt(x**2 + 1)", (), False),  # its squares are right, but the right side is negative
        ("x >= sqrt(x**2)", (), False),
    ],
)
def test_squares_of_both_sides(said: str, given: tuple[str, ...], true: bool) -> None:
    s = sequent(" | ".join((said, *given)))
    if true:
        found = prove(s)
        assert check(s, found.certificate)
    else:
        with pytest.raises(Rejected):
            prove(s)
        for of in product((E, Combination(())), repeat=2):
            with pytest.raises(Rejected):
                check(s, Rule("squares", (), of))
    if said.startswith("abs") and true:
        assert check(s, Rule("squares", (), (E, E)))


#: Inequalities of which the two sides meet, or that cells tell apart, each beside one that is false.
MEETING = [
    ("exp(x) >= 1 + x + x**2/2 | x >= 0", "exp(x) >= 1 + x + 3*x**2/5 | x >= 0"),
    ("x - x**3/6 <= sin(x) | x >= 0", "x - x**3/7 <= sin(x) | x >= 0"),
    ("log(1 + x) >= x/(1 + x) | x > -1", "log(1 + x) >= 2*x/(1 + x) | x > -1"),
    ("-x*log(x) <= exp(-1) | x > 0", "-x*log(x) <= exp(-1) - 1/100 | x > 0"),
    ("exp(x) - 3*x > -1 | x >= 0 | x <= 2", "exp(x) - 3*x > 0 | x >= 0 | x <= 2"),
]


@pytest.mark.parametrize(("true", "false"), MEETING)
def test_inequalities_from_contacts_and_cells(true: str, false: str) -> None:
    with apart():
        theorem = prove_inequality(sequent(true))
        data = carried(theorem.sequent, theorem.certificate)
        check(*read(json.loads(json.dumps(data))))
        with pytest.raises(Rejected):
            prove_inequality(sequent(false))
        with pytest.raises(Rejected):
            check(sequent(false), theorem.certificate)


@pytest.mark.parametrize("said", ["x**2 >= x | x > 0", "abs(x) == x", "x/a == 1", "sqrt(x**2) == x and x > -1"])
def test_what_fails_at_a_point_is_a_theorem_of_numbers(said: str) -> None:
    s = sequent(said)
    domain = Domain(s.hypotheses)
    refuted = certified(decide_condition(s.conclusion, domain), [s.conclusion], domain)
    assert refuted.status == "refuted"
    assert refuted.theorem is not None
    shown = refuted.theorem.sequent
    assert not any(n.op == "symbol" for n in topological([*shown.hypotheses, shown.conclusion]))
    check(*read(json.loads(json.dumps(carried(shown, refuted.theorem.certificate)))))


def test_a_point_at_which_the_claim_holds_or_a_hypothesis_fails_refutes_nothing() -> None:
    s = sequent("x**2 >= x | x > 0")
    x, domain = s.conclusion.graph.symbol("x"), Domain(s.hypotheses)
    for value in (Fraction(2), Fraction(-1), Fraction(0)):
        with pytest.raises(Rejected):
            fails_at({x: value}, [s.conclusion], domain)
    assert fails_at({x: Fraction(1, 2)}, [s.conclusion], domain)
