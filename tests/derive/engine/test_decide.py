"""Deciding equality: no wrong verdict, witnesses that stand up to independent code, kinks and their boundaries."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import api
from derive.calculus.reverse import expand, expand_all
from derive.engine import Decision, decide_equal
from derive.engine.domain import Domain
from derive.errors import ShapeError
from derive.expr.graph import Graph, Node, topological
from derive.language.abstract import function
from derive.language.components import components
from derive.language.reader import parse, to_text
from tests.banks import held_out
from tests.banks.identities import FALSE, HELD_FALSE, HELD_TRUE, MORE_FALSE, TRUE, TRUE_IF, Identity, lines, read
from tests.banks.strategies import scalar_expressions

# -- a second evaluator: mpmath, nothing shared with the prover but the graph -----------------------


class NoValue(ArithmeticError):
    pass


def _select(s: Any, p: Any, q: Any) -> Any:
    if s == 0 and p != q:
        raise NoValue
    return p if s > 0 else q


def _power(a: Any, b: Any) -> Any:
    whole = b == mpmath.floor(b)
    if (a < 0 and not whole) or (a == 0 and b < 0):
        raise NoValue
    return a ** (int(b) if whole else b)


def _positive(x: Any) -> Any:
    if x <= 0:
        raise NoValue
    return mpmath.log(x)


def _root(x: Any) -> Any:
    if x < 0:
        raise NoValue
    return mpmath.sqrt(x)


def _quotient(a: Any, b: Any) -> Any:
    if b == 0:
        raise NoValue
    return a / b


MEANING = {
    "def": lambda a: a, "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
    "neg": lambda a: -a, "div": _quotient, "pow": _power, "exp": mpmath.exp, "log": _positive, "sqrt": _root,
    "sin": mpmath.sin, "cos": mpmath.cos, "tanh": mpmath.tanh, "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "log1p": lambda x: _positive(1 + x), "expm1": mpmath.expm1, "erf": mpmath.erf, "Phi": mpmath.ncdf, "pi": lambda: +mpmath.pi,
    "logaddexp": lambda a, b: mpmath.log(mpmath.exp(a) + mpmath.exp(b)),
    "relu": lambda x: max(x, mpmath.mpf(0)), "abs": abs, "sign": mpmath.sign, "min": min, "max": max, "select": _select,
    "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "and": lambda a, b: a and b, "or": lambda a, b: a or b,
    "not": lambda a: not a,
}  # fmt: skip


def value(root: Node, point: Mapping[Node, Fraction], digits: int = 60) -> Any:
    """The value of a scalar node by mpmath, None where there is none."""
    done: dict[Node, Any] = {}
    with mpmath.workdps(digits):
        for n in topological([root]):
            if n in point:
                done[n] = mpmath.mpf(point[n].numerator) / point[n].denominator
            elif n.op == "const":
                c = Fraction(n.attr)
                done[n] = mpmath.mpf(c.numerator) / c.denominator
            elif n.op == "symbol":
                continue
            elif n.op == "where":
                done[n] = None if done[n.args[0]] is None else done[n.args[1 if done[n.args[0]] else 2]]
            elif n.op == "select" and done[n.args[0]] is not None and done[n.args[0]] != 0:
                done[n] = done[n.args[1 if done[n.args[0]] > 0 else 2]]
            else:
                args = [done[a] for a in n.args]
                try:
                    done[n] = None if any(a is None for a in args) else MEANING[n.op](*args)
                except (NoValue, ZeroDivisionError):
                    done[n] = None
    return done[root]


def leaves(*roots: Node) -> list[Node]:
    return [n for n in topological(roots) if n.op == "index" or (n.op == "symbol" and not n.shape)]


def close(x: Any, y: Any) -> bool:
    return bool(abs(x - y) <= mpmath.mpf(10) ** -40 * (1 + abs(x) + abs(y)))


def decide(line: str) -> tuple[Identity, Decision]:
    identity = read(line)
    return identity, decide_equal(identity.a, identity.b, Domain(identity.assuming))


# -- the bank --------------------------------------------------------------------------------------

#: What the engine does not decide, and why.
UNDECIDED: dict[str, str] = {}
ALL_TRUE = [line for line in lines(TRUE) + lines(HELD_TRUE) + lines(held_out.TRUE) if line not in UNDECIDED]
ALL_IF = lines(TRUE_IF) + lines(held_out.TRUE_IF)
ALL_FALSE = lines(FALSE) + lines(HELD_FALSE) + lines(MORE_FALSE) + lines(held_out.FALSE)
BANK = [(line, "proved") for line in ALL_TRUE] + [(line, "proved-if") for line in ALL_IF]
BANK += [(line, "refuted") for line in ALL_FALSE] + [(line, "undecided") for line in UNDECIDED]


@pytest.mark.parametrize(("line", "status"), BANK)
def test_the_bank_is_decided(line: str, status: str) -> None:
    identity, found = decide(line)
    assert found.status == status, str(found)
    assert str(found)
    if identity.needs:
        assert [to_text(c) for c in found.missing] == [identity.needs]


def random_points(line: str, symbols: list[Node], denominators: tuple[int, ...]) -> list[dict[Node, Fraction]]:
    chance = random.Random(line)
    return [{s: Fraction(chance.randint(-4, 4) or 1, chance.choice(denominators)) for s in symbols} for _ in range(60)]


def general(points: list[dict[Node, Fraction]]) -> list[dict[Node, Fraction]]:
    """The points moved off each other's coordinates, so that none lies on a kink by chance."""
    return [{s: v + Fraction(i + 1, 1009) for i, (s, v) in enumerate(p.items())} for p in points]


@pytest.mark.parametrize("line", ALL_TRUE + ALL_IF)
def test_what_is_proved_holds_at_random_points(line: str) -> None:
    """At general points both sides have a value or neither, and it is one value."""
    identity, found = decide(line)
    entries = list(zip(components(identity.a), components(identity.b), strict=True))
    conditions = [c for a in (*identity.assuming, *found.missing) for c in components(a)]
    symbols = leaves(*[n for e in entries for n in e], *conditions)
    compared = 0
    for point in general(random_points(line, symbols, (1, 2, 3, 7))):
        if not all(value(c, point) is True for c in conditions):
            continue
        for a, b in entries:
            x, y = value(a, point), value(b, point)
            assert (x is None) == (y is None), point
            if x is not None:
                assert close(x, y), point
                compared += 1
    assert compared or not symbols or any(n.op in ("eq", "le") for c in conditions for n in topological([c]))


@pytest.mark.parametrize("line", ALL_TRUE + ALL_IF)
def test_what_is_proved_holds_on_boundaries(line: str) -> None:
    """At whole points, many of them on kinks: where a side alone has no value, a condition says so (or a derivative
    lies on its kink, of which mpmath sees one side at a time)."""
    identity, found = decide(line)
    conditions = [c for a in (*identity.assuming, *found.missing) for c in components(a)]
    recorded = [c for a in found.conditions for c in components(a)]
    entries = list(zip(components(identity.a), components(identity.b), strict=True))
    symbols = leaves(*[n for e in entries for n in e], *conditions, *recorded)
    selects = [n for n in topological([n for e in entries for n in e]) if n.op == "select"]
    for point in [dict.fromkeys(symbols, Fraction(0)), *random_points(line, symbols, (1, 2))]:
        if not all(value(c, point) is True for c in conditions):
            continue
        for a, b in entries:
            x, y = value(a, point), value(b, point)
            if x is not None and y is not None:
                assert close(x, y), point
            elif (x is None) != (y is None) and not any(value(n.args[0], point) == 0 for n in selects):
                assert not all(value(c, point) is True for c in recorded), point


@pytest.mark.parametrize("line", ALL_FALSE)
def test_a_refuting_point_refutes_by_other_code(line: str) -> None:
    identity, found = decide(line)
    assert found.witness is not None
    assert all(value(c, found.witness) is True for a in identity.assuming for c in components(a))
    at = 0
    if found.index is not None:
        for i, n in zip(found.index, identity.a.shape, strict=True):
            at = at * n + i
    x, y = (value(components(n)[at], found.witness, 400) for n in (identity.a, identity.b))
    assert abs(x - y) > mpmath.mpf(10) ** -300
    assert found.left != found.right


# -- kinks -----------------------------------------------------------------------------------------


def test_a_derivative_at_its_kink_is_the_missing_condition() -> None:
    identity, found = decide("d(relu(z), z) == where(z > 0, 1, 0)")
    (z,) = leaves(identity.a)
    assert found.status == "proved-if"
    assert found.witness == {z: 0}
    assert (found.left, found.right) == ("undefined", "0")
    assert any("z = 0" in r for r in found.regions)


def test_assumptions_keep_a_claim_off_its_kink() -> None:
    for condition in ("z > 0", "z != 0", "z >= 1", "exp(z) < 1/2", "z**2 > 4"):
        assert decide(f"d(relu(z), z) == where(z > 0, 1, 0) ; if {condition}")[1].status == "proved", condition


def test_bounds_keep_a_claim_off_its_kink_or_on_it() -> None:
    g = Graph()
    z = g.symbol("z")
    claim = parse("where(z > 0, 1, 0) == where(z >= 0, 1, 0)", {"z": z}, g)
    assert decide_equal(*claim.args, domain=Domain((), {z: (Fraction(1, 10), None)})).status == "proved"
    assert decide_equal(*claim.args, domain=Domain((), {z: (Fraction(0), None)})).status == "proved-if"
    alone = decide_equal(*claim.args, domain=Domain((), {z: (Fraction(0), Fraction(0))}))
    assert alone.status != "proved"


def test_a_boundary_of_two_symbols_gets_an_exact_point() -> None:
    identity, found = decide("d(relu(w*x + b), w) == where(w*x + b > 0, x, 0)")
    assert found.status == "proved-if"
    assert found.witness is not None
    s = next(n for n in topological([identity.a]) if n.op == "select").args[0]
    assert value(s, found.witness) == 0


def test_where_both_sides_are_undefined_nothing_is_claimed() -> None:
    found = decide("d(relu(z), z)*x == x*d(relu(z), z)")[1]
    assert found.status == "proved"
    assert [to_text(c) for c in found.conditions] == ["z != 0"]


@pytest.mark.parametrize(
    ("text", "status", "condition"),
    [
        ("var(log(x)) == 0", "proved-if", "x[0] > 0"),
        ("mean(log(x)) - log(x[0]) == 0", "proved-if", "x[0] > 0"),
        ("softmax(log(x)) == ones(1)", "proved-if", "x[0] > 0"),
        ("var((x - mean(x))/sqrt(var(x))) == 1", "undecided", ""),  # 0/0
        ("softmax(x) == ones(1)", "proved", ""),
        ("d(log_softmax(x), x) == zeros(1, 1)", "proved", ""),
    ],
)
def test_of_one_number_what_has_no_value_is_not_nothing(text: str, status: str, condition: str) -> None:
    scope, graph = api.scope(text, {"x": (1,)})
    claim = parse(text, scope, graph)
    a, b = expand_all([graph.broadcast(side, claim.shape) for side in claim.args])
    found = decide_equal(a, b)
    assert found.status == status, found
    assert ", ".join(to_text(c) for c in found.missing) == condition


def test_a_jump_has_no_derivative() -> None:
    assert decide("d(where(x > 0, 1, 0), x) == 0")[1].status == "proved-if"


def test_false_on_the_whole_of_a_domain_that_is_a_boundary() -> None:
    assert decide("where(z > 0, 1, 0) == 1 ; if z == 0")[1].status == "refuted"
    assert decide("where(z > 0, 1, 0) == 0 ; if z == 0")[1].status == "proved"


# -- domains ---------------------------------------------------------------------------------------


def test_cancelled_factors_are_recorded() -> None:
    found = decide("(x*y)/x == y")[1]
    assert [to_text(c) for c in found.conditions] == ["x != 0"]


def test_contradictory_assumptions_prove_nothing() -> None:
    assert decide("x == y ; if x > 0, x < 0")[1].status == "undecided"
    assert decide("x == x ; if x > 0, x < 0")[1].status == "undecided"


def test_no_point_with_a_value_proves_nothing() -> None:
    assert decide("sqrt(-1 - x**2) == sqrt(-1 - x**2) + 1")[1].status == "undecided"
    assert decide("1/(x - x) == 1/(x - x) + 1")[1].status == "undecided"


def test_an_equation_is_solved_for_a_symbol() -> None:
    assert decide("x**2 == y**2 ; if x == -y")[1].status == "proved"
    assert decide("x*y == 0 ; if x == 0")[1].status == "proved"
    assert decide("p*log(p) + q*log(q) == p*log(p) + (1 - p)*log(1 - p) ; if p + q == 1")[1].status == "proved"


def test_the_witness_is_simple() -> None:
    identity, found = decide("(x + y)**2 == x**2 + y**2")
    assert found.witness == dict.fromkeys(leaves(identity.a), 1)
    assert (found.left, found.right) == ("4", "2")


def test_digits_enough_to_tell_the_values_apart() -> None:
    found = decide("exp(x) == exp(x) + 1e-40")[1]
    assert found.status == "refuted"
    assert found.left != found.right


def test_tensors_name_the_entry() -> None:
    found = decide("W@x == W.T@x ; with W[2, 2], x[2]")[1]
    assert found.index is not None
    assert "entry [" in str(found)
    g = Graph()
    with pytest.raises(ShapeError):
        decide_equal(g.symbol("v", (2,)), g.symbol("w", (3,)))


def test_an_undecided_claim_says_what_stopped_it() -> None:
    found = decide("(a + b + c + e + f + h)**40 == (a + b + c + e + f + h)**40 + relu(a)*relu(-a)*b")[1]
    assert found.status in ("undecided", "proved")
    assert str(found)


def test_depth_is_no_limit() -> None:
    g = Graph()
    x = g.symbol("x")
    n = m = x
    for _ in range(3000):
        n, m = g.add(g.mul(n, g.const(Fraction(1, 2))), x), g.add(x, g.div(m, g.const(2)))
    assert decide_equal(n, m).status == "proved"


def test_precision_is_left_as_it_was() -> None:
    from derive.flint import ctx

    before = ctx.prec
    decide("exp(x) == exp(x) + 1e-40")
    assert ctx.prec == before


def test_verdicts_do_not_depend_on_what_was_decided_before() -> None:
    first = {line: str(decide(line)[1]) for line in lines(TRUE_IF) + lines(FALSE)[:20]}
    again = {line: str(decide(line)[1]) for line in reversed(list(first))}
    assert first == again


# -- claims about nothing, and points that are hard to find -----------------------------------------


def test_a_claim_without_a_value_anywhere_is_not_proved() -> None:
    g = Graph()
    p = g.symbol("p")
    side = parse("log(p - 1)", {"p": p}, g)
    found = decide_equal(side, side, domain=Domain((), {p: (Fraction(0), Fraction(1))}))
    assert found.status == "undecided"
    assert "gives both sides a value" in str(found)
    assert decide_equal(side, side).status == "proved"
    far = parse("log(p - 1000)", {"p": p}, g)
    assert decide_equal(far, far).status == "proved"


JUMPS = [
    "d(where(x == 0, 5, x), x) == 1",
    "d(d(where(x > 0, x + 1, x), x), x) == 0",
    "hessian(where(x > 0, x + 1, x), x) == 0",
    "d(d(d(where(x > 0, x + 1, x), x), x), x) == 0",
]
KINKS = [
    "d(d(abs(x), x), x) == 0",
    "d(d(relu(x), x), x) == 0",
    "d(d(min(x, 0), x), x) == 0",
    "hessian(exp(abs(x)), x) == exp(abs(x))",
    "hvp(leaky_relu(x), x, u) == 0",
    "d(d(abs(x)*exp(x), x), x) == exp(x)*(abs(x) + 2*sign(x))",
]
SMOOTH = [
    "hessian(x**2*abs(x), x) == 6*abs(x)",
    "d(d(relu(x) - relu(-x), x), x) == 0",
    "d(d(x**3*relu(x), x), x) == 12*x*relu(x)",
    "hvp(abs(x)**3, x, u) == 6*u*abs(x)",
]


@pytest.mark.parametrize("claim", JUMPS + KINKS)
def test_a_jump_leaves_no_derivative_and_a_kink_no_second_one(claim: str) -> None:
    found = decide(claim)[1]
    assert found.status == "proved-if"
    assert [to_text(c) for c in found.missing] == ["x != 0"]


def test_conditions_that_exclude_each_other_prove_nothing() -> None:
    assert decide("(-x)**n == (-1)**n*x**n")[1].status == "undecided"


def test_a_reason_names_what_every_entry_needs() -> None:
    found = decide("d(sum(relu(x)), x) == where(x > 0, 1, 0) ; with x[6]")[1]
    assert [to_text(c) for c in found.missing] == [f"x[{i}] != 0" for i in range(6)]
    assert "if x[0] != 0 and x[1] != 0 and x[2] != 0 and x[3] != 0 and 2 more; at x[0] = 0" in str(found)


@pytest.mark.parametrize("claim", SMOOTH)
def test_where_the_slopes_of_the_sides_agree_there_is_one_of_the_slope(claim: str) -> None:
    found = decide(claim)[1]
    assert found.status == "proved"
    assert not found.missing


@pytest.mark.parametrize("claim", ["where(abs(x) < 1e-20, 1, 0) == 0", "where(abs(x*y - 1) < 1e-20, 1, 0) == 0",
                                   "relu(1e-30 - abs(x - y)) == 0"])  # fmt: skip
def test_slivers_between_kinks_are_found(claim: str) -> None:
    assert decide(claim)[1].status == "refuted"


@pytest.mark.parametrize(
    "claim",
    [
        "max(a, b, c, k, e) == max(e, k, c, b, a)",
        "max(v) == -min(-v) ; with v[8]",
        "max(v + c) == max(v) + c ; with v[6]",
        "max(c*v) == c*max(v) ; with v[6] ; if c > 0",
    ],
)
def test_a_maximum_of_many_is_one_kernel(claim: str) -> None:
    assert decide(claim)[1].status == "proved"


@pytest.mark.parametrize("claim", ["max(a, b, c, k, e, f) == max(f, e, k, c, b)", "max(c*v) == c*max(v) ; with v[6]",
                                   "max(v**2) == max(v)**2 ; with v[5]"])  # fmt: skip
def test_a_wrong_maximum_of_many_is_refuted(claim: str) -> None:
    assert decide(claim)[1].status == "refuted"


def test_an_or_is_split_into_cases() -> None:
    for claim in (
        "x**2 == x ; if x == 0 or x == 1",
        "abs(x) == x ; if x > 1 or x == 0",
        "abs(x) == 2 ; if not (x != 2 and x != -2)",
    ):
        assert decide(claim)[1].status == "proved", claim
    for claim in (
        "x**2 == x ; if x == 0 or x == 2",
        "abs(x) == x ; if x > 1 or x < -1",
        "x == 1 ; if x == 1 or y == 1",
    ):
        assert decide(claim)[1].status == "refuted", claim
    assert decide("x == x ; if x > 1 or y > 1, x < 0, y < 0")[1].status == "undecided"


@pytest.mark.parametrize("claim", ["x == x*(1 + 1e-40)", "x + 1e-500 == x ; if x == 1/3", "exp(x) == exp(x) + 1e-90"])
def test_values_that_differ_are_printed_differently(claim: str) -> None:
    found = decide(claim)[1]
    assert found.status == "refuted"
    assert found.left.split() != found.right.split()
    assert " " in found.right or Fraction(found.left) != Fraction(found.right)


def with_functions(text: str, **arities: int) -> Decision:
    g = Graph()
    scope: dict[str, Node] = {n: g.symbol(n) for n in "xyc"}
    scope |= {name: function(g, name, arity) for name, arity in arities.items()}
    claim, *conditions = (parse(t.strip(), scope, g, boolean=True) for t in text.split(";"))
    return decide_equal(expand(claim.args[0]), expand(claim.args[1]), Domain(conditions))


EVERY = [
    "phi(x + y) == phi(x) + phi(y)",
    "d(phi(x)**2, x) == 2*phi(x)",
    "phi(2*x) == 2*phi(x)",
    "d(d(phi(x), x), x) == 0",
    "phi(x)*E(x, y) == E(y, x)",
    "d(E(x, y), x) == d(E(x, y), y)",
]


@pytest.mark.parametrize("text", EVERY)
def test_a_false_claim_about_every_function_fails_for_one(text: str) -> None:
    found = with_functions(text, phi=1, E=2)
    assert found.status == "refuted"
    assert "(t" in str(found)


def test_a_law_that_is_assumed_of_a_function_is_kept() -> None:
    assert with_functions("phi(2*x) == 2*phi(x) ; phi(c*x) == c*phi(x)", phi=1).status == "undecided"
    assert (
        with_functions("d(phi(x)**2, x) == 2*phi(x)*d(phi(x), x)".replace("d(phi(x), x)", "phi(x, d=1)"), phi=1).status
        == "proved"
    )


# -- random expressions ------------------------------------------------------------------------------


def rewritten(draw: st.DrawFn, root: Node, *, steps: int) -> Node:
    """The root with some nodes replaced by expressions that are equal wherever the root has a value."""
    g = root.graph
    order = topological([root])
    chosen = draw(st.lists(st.sampled_from(order), max_size=steps))
    done: dict[Node, Node] = {}
    for n in order:
        made = g.node(n.op, tuple(done[a] for a in n.args), n.attr, n.shape) if n.args else n
        if n in chosen and made.op in REWRITES and (made.op != "pow" or made.args[1].attr in (2, 3)):
            made = REWRITES[made.op](g, *made.args)
        done[n] = made
    return done[root]


def call(g: Graph, op: str, *args: Node) -> Node:
    return g.node(op, args)


REWRITES = {
    "mul": lambda g, a, b: call(g, "mul", b, a),
    "add": lambda g, a, b: call(g, "sub", a, call(g, "neg", b)),
    "sub": lambda g, a, b: call(g, "neg", call(g, "sub", b, a)),
    "relu": lambda g, a: call(g, "max", g.zero, a),
    "abs": lambda g, a: call(g, "add", call(g, "relu", a), call(g, "relu", call(g, "neg", a))),
    "exp": lambda g, a: call(g, "pow", call(g, "exp", call(g, "div", a, g.const(2))), g.const(2)),
    "tanh": lambda g, a: call(g, "sub", call(g, "mul", g.const(2), call(g, "sigmoid", call(g, "mul", g.const(2), a))), g.one),
    "sigmoid": lambda g, a: call(g, "div", g.one, call(g, "add", g.one, call(g, "exp", call(g, "neg", a)))),
    "sin": lambda g, a: call(g, "neg", call(g, "sin", call(g, "neg", a))),
    "cos": lambda g, a: call(g, "cos", call(g, "neg", a)),
    "div": lambda g, a, b: call(g, "mul", a, call(g, "pow", b, g.const(-1))),
    "pow": lambda g, a, b: call(g, "mul", a, call(g, "pow", a, call(g, "sub", b, g.one))),
}  # fmt: skip

KINDS = ("exp", "sin", "cos", "tanh", "sigmoid", "relu", "abs")


@st.composite
def equal_pairs(draw: st.DrawFn) -> tuple[Node, Node]:
    g = Graph()
    symbols = [g.symbol(n) for n in "xy"]
    e = draw(scalar_expressions(g, symbols, size=6, unary=KINDS))
    return e, rewritten(draw, e, steps=4)


@settings(max_examples=150, deadline=None)
@given(equal_pairs())
def test_a_valid_rewrite_is_never_refuted(pair: tuple[Node, Node]) -> None:
    assert decide_equal(*pair).status in ("proved", "undecided")


@settings(max_examples=150, deadline=None)
@given(equal_pairs(), st.sampled_from([Fraction(1), Fraction(-1, 7), Fraction(1, 10**40)]))
def test_an_added_constant_is_never_proved(pair: tuple[Node, Node], extra: Fraction) -> None:
    a, b = pair
    assert decide_equal(a, a.graph.add(b, a.graph.const(extra))).status in ("refuted", "undecided")


@settings(max_examples=100, deadline=None)
@given(equal_pairs(), st.integers(-3, 3))
def test_a_small_region_of_falsehood_is_never_proved(pair: tuple[Node, Node], at: int) -> None:
    a, b = pair
    g = a.graph
    bump = g.call("relu", g.sub(g.symbol("x"), g.const(20 + at)))
    assert decide_equal(a, g.add(b, bump)).status in ("refuted", "undecided")
