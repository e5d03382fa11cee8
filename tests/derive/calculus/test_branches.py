"""Derivatives through branches, against one-sided difference quotients and Torch, which share no code with them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.reverse import expand, expand_all, gradient, second_derivatives
from derive.engine import decide_equal
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node, topological
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.language.reader import parse, to_text
from derive.numbers.balls import evaluate, precision, rational

STEP = Fraction(1, 2**80)


def scope(names: str = "xywm") -> dict[str, Node]:
    g = Graph()
    return {n: g.symbol(n) for n in names}


def read(text: str, names: dict[str, Node]) -> Node:
    return expand(parse(text, names, next(iter(names.values())).graph))


def value(n: Node, at: dict[Node, Fraction]) -> object:
    return evaluate([n], {k: rational(v) for k, v in at.items()}, 512)[0]


def quotients(f: Node, x: Node, at: dict[Node, Fraction]) -> tuple[arb, arb] | None:
    """From the left and from the right, as balls that contain the slope up to the curvature times the step."""
    values = [value(f, {**at, x: at[x] + k * STEP}) for k in (-1, 0, 1)]
    if any(isinstance(v, Exception) for v in values):
        return None
    with precision(512):
        a, b, c = map(arb, values)
        return (b - a) / rational(STEP), (c - b) / rational(STEP)


def near(a: object, b: arb) -> bool:
    with precision(512):
        return bool(abs(arb(a) - b) < arb(2) ** -60)


HUBER = "where(abs(x) <= 1, x**2/2, abs(x) - 1/2)"
NESTED = "where(x < -1, -x - 1/2, where(x <= 1, x**2/2, x - 1/2))"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d(where(x > 0, sqrt(x), x), x)", {-1: "1", 4: "1/4", 0: None}),
        ("d(where(x > 0, x, sqrt(-x)), x)", {1: "1", -4: "-1/4", 0: None}),
        (f"d({HUBER}, x)", {-2: "-1", -1: "-1", 0: "0", "1/2": "1/2", 1: "1", 3: "1"}),
        (f"d({NESTED}, x)", {-2: "-1", -1: "-1", 0: "0", "1/2": "1/2", 1: "1", 3: "1"}),
        (f"hessian({HUBER}, x)", {-2: "0", -1: None, 0: "1", 1: None, 3: "0"}),
        ("d(where(x > 0, 1, 0), x)", {1: "0", 0: None}),
        ("d(3*where(x > 0, 1, 0), x)", {1: "0", 0: None}),
        ("d(where(x > 0 and x < 2, 1, 0), x)", {-1: "0", 0: None, 1: "0", 2: None}),
        ("d(where(x < 0 or x > 2, (x - 2)**2*x**2, 0), x)", {0: "0", 1: "0", 2: "0", 3: "24"}),
        ("d(where(not x > 0, sqrt(-x), x)*x, x)", {2: "4", -4: "3"}),
        ("d(max(sqrt(x), 1), x)", {0: "0", 4: "1/4", 1: None}),
        ("d(max(0, x**3), x)", {0: "0", 1: "3"}),
        ("hvp(where(x > 0, x**3, x**2), x, 2)", {1: "12", -1: "4", 0: None}),
        ("d(d(abs(x), x), x)", {1: "0", -1: "0", 0: None}),
        ("d(d(x*abs(x - 1), x), x)", {2: "2", 0: "-2", 1: None}),
        ("d(d(min(x, x**2), x), x)", {-1: "0", "1/2": "2", 0: None, 1: None}),
        ("hessian(relu(x)**2, x)", {1: "2", -1: "0", 0: None}),
        ("hvp(max(x, -2*x), x, 5)", {1: "0", -1: "0", 0: None}),
        ("hessian(where(x > 0, exp(x) - 1, x + x**2/2), x)", {0: "1", -1: "1"}),
        ("d(where(x > 0, sqrt(x), 0) + where(x > 0, 3*sqrt(x), x), x)", {-1: "1", 4: "1", 0: None}),
    ],
)
def test_values_of_branches_and_their_boundaries(text: str, expected: dict[object, str | None]) -> None:
    names = scope("x")
    node = components(read(text, names))[0]
    for at, wanted in expected.items():
        found = value(node, {names["x"]: Fraction(str(at))})
        assert (None if isinstance(found, Exception) else str(found)) == wanted, at


def test_a_condition_on_what_is_not_differentiated_by_is_no_boundary() -> None:
    names = scope()
    x, w, m = names["x"], names["w"], names["m"]
    at = {x: Fraction(3), w: Fraction(2), m: Fraction(0)}
    assert value(read("d(where(m > 0, w*x, 0), w)", names), at) == 0
    cross_entropy = "where(m == 1, -log(x), -log(1 - x))"
    slope = read(f"[d({cross_entropy}, x), d({cross_entropy}, m)]", names)
    both = components(slope)
    assert value(both[0], {x: Fraction(1, 3), m: Fraction(1)}) == -3
    assert isinstance(value(both[1], {x: Fraction(1, 3), m: Fraction(1)}), Exception)
    assert [value(b, {x: Fraction(1, 3), m: Fraction(0)}) for b in both] == [fmpq(3, 2), fmpq(0)]


def test_one_derivative_does_not_depend_on_which_others_are_asked_for() -> None:
    names = scope()
    f = read("where(x > 0, w*x, 2*w*x + y)", names)
    alone = gradient(f, [names["w"]])[0]
    assert gradient(f, [names["w"], names["x"], names["y"]])[0] is alone
    assert to_text(alone) == "where(x > 0, x, 2*x)"


BRANCHES = ["where(x > {c}, {a}, {b})", "where(abs(x) <= {c}, {a}, {b})", "max({a}, {b})", "min({a}, {b})*{b}",
            "where(x > {c} and y < x, {a}, {b})", "where(not (x*y <= {c}) or x == 3, {a}, {b}) + {a}"]  # fmt: skip
PARTS = [
    "x**2",
    "x*y",
    "sqrt(x)",
    "log(y)*x",
    "exp(x)",
    "relu(x - y)",
    "1/(x - 1)",
    "where(y > x, sqrt(y - x), x)",
    "3",
]


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_derivatives_lie_between_one_sided_quotients(data: st.DataObject) -> None:
    """Where a derivative has a value it is the limit from both sides, at kinks and boundaries too."""
    names = scope("xy")
    a, b, c, d = (data.draw(st.sampled_from(PARTS)) for _ in range(4))
    inner = data.draw(st.sampled_from(BRANCHES)).format(a=a, b=b, c=data.draw(st.sampled_from([0, 1, "y"])))
    text = data.draw(st.sampled_from(BRANCHES)).format(a=inner, b=c, c=data.draw(st.sampled_from([0, 1, "y"])))
    f = read(f"({text})*({d})", names)
    numbers = st.sampled_from([Fraction(n, 2) for n in range(-4, 7)])
    at = {names["x"]: data.draw(numbers), names["y"]: data.draw(numbers)}
    for v, slope in zip(names.values(), gradient(f, list(names.values())), strict=True):
        found, sides = value(slope, at), quotients(f, v, at)
        if sides is None:
            continue
        if isinstance(found, Exception):  # then it is no point at which everything is smooth
            continue
        assert near(found, sides[0]), (text, d)
        assert near(found, sides[1]), (text, d)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_second_derivatives_are_those_of_second_differences(data: st.DataObject) -> None:
    """Where a second derivative has a value, the differences to the left, to the right and around the point tend to it. Around a
    kink they do not: (|h| - 2*0 + |-h|)/h**2 is 2/|h|."""
    names = scope("xy")
    a, b, c = (data.draw(st.sampled_from(PARTS)) for _ in range(3))
    text = data.draw(st.sampled_from(BRANCHES)).format(a=a, b=b, c=data.draw(st.sampled_from([0, 1, "y"])))
    f, x, y = read(f"({text})*({c})", names), names["x"], names["y"]
    numbers = st.sampled_from([Fraction(n, 2) for n in range(-4, 7)])
    at = {x: data.draw(numbers), y: data.draw(numbers)}
    values = [value(f, {**at, x: at[x] + k * STEP}) for k in range(-2, 3)]
    if any(isinstance(v, Exception) for v in values):
        return
    for question in ("d(d({}, x), x)", "hessian({}, x)", "hvp({}, x, 1)"):
        found = value(read(question.format(f"({text})*({c})"), names), at)
        if isinstance(found, Exception):
            continue
        with precision(512):
            left, around, right = (
                arb(p) - 2 * arb(q) + arb(r) for p, q, r in zip(values, values[1:], values[2:], strict=False)
            )
            for difference in (left, around, right):
                assert near(found, difference / rational(STEP**2)), (question, text, c)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(BRANCHES), st.sampled_from(PARTS[:2] + PARTS[4:]), st.sampled_from(PARTS[:2] + PARTS[4:]))
def test_away_from_boundaries_a_derivative_always_has_a_value(branch: str, a: str, b: str) -> None:
    names = scope("xy")
    f = read(branch.format(a=a, b=b, c=0), names)
    at = {names["x"]: Fraction(2, 7), names["y"]: Fraction(5, 11)}
    for v, slope in zip(names.values(), gradient(f, list(names.values())), strict=True):
        sides = quotients(f, v, at)
        if sides is not None:
            assert near(value(slope, at), sides[0])


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(BRANCHES[:2] + BRANCHES[4:]), st.sampled_from(PARTS[:2] + PARTS[4:]), st.sampled_from(PARTS))
def test_second_derivatives_are_the_gradients_quotients(branch: str, a: str, b: str) -> None:
    names = scope("xy")
    f = read(branch.format(a=a, b=b, c=0), names)
    variables = list(names.values())
    slopes, table = gradient(f, variables), second_derivatives(f, variables)
    at = {names["x"]: Fraction(2, 7), names["y"]: Fraction(5, 11)}
    for i in range(2):
        for j in range(i + 1):
            sides = quotients(slopes[i], variables[j], at)
            if sides is not None:
                assert near(value(table.get((i, j), f.graph.zero), at), sides[0])


def test_the_sweep_costs_no_more_than_reverse_mode() -> None:
    """Forty layers of leaky ReLU written as where: nodes grow with the layers, not with their paths."""

    def count(layers: int) -> int:
        names = scope("xw")
        z = names["x"]
        for _ in range(layers):
            z = parse("where(z > 0, w*z, w*z/10)", {**names, "z": z}, z.graph)
        return len(topological(gradient(z, [names["w"]])))

    assert count(40) - count(20) <= 1.2 * (count(20) - count(10)) * 2


def test_tensors_branch_entry_by_entry() -> None:
    g = Graph()
    names = {"v": g.symbol("v", (3,)), "A": g.symbol("A", (3, 3)), "s": g.symbol("s")}
    f = read(
        "sum(where(v > 0, sqrt(v), v**2)*2) + sum(where(s > 0, A @ v, sqrt(s)*v)) + sum(where(A @ v > 1, A @ v, s))",
        names,
    )
    flat = [e for n in names.values() for e in components(n)]
    ours = [e for n in gradient(f, list(names.values())) for e in components(n)]
    scalar = gradient(components(f)[0], flat)
    at = {e: Fraction(k % 5 + 1, 3) * (-1) ** k for k, e in enumerate(flat)}
    at[names["s"]] = Fraction(2)
    for a, b, e in zip(ours, scalar, flat, strict=True):
        sides = quotients(components(f)[0], e, at)
        assert sides is not None
        assert near(value(a, at), sides[0])
        assert near(value(b, at), sides[1])


def test_a_hessian_by_a_variable_and_what_it_defines_is_refused_with_branches_too() -> None:
    g = Graph()
    x = g.symbol("x")
    u = g.define("u", g.pow(x, g.const(2)))
    f = parse("where(u > x, u*x, x)", {"x": x, "u": u}, g)
    with pytest.raises(ExpressionError, match="defined by another"):
        second_derivatives(f, [x, u])


def test_torch_agrees_through_branches() -> None:
    import torch

    from verify.backends.torch_source import compile_torch

    names = scope("xy")
    f = read("where(x > y, sqrt(x*y)*x, exp(x) + where(y > 1, y**2, x*y))*max(x, y**2)", names)
    run, slopes = compile_torch([f], list(names.values())), gradient(f, list(names.values()))
    for at in ((2.0, 1.5), (0.5, 3.0), (0.25, 0.75)):
        inputs = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in at]
        theirs = torch.autograd.grad(run(*inputs)[0], inputs)
        exact = {n: fmpq(*v.as_integer_ratio()) for n, v in zip(names.values(), at, strict=True)}
        for ours, other in zip(evaluate(slopes, exact), theirs, strict=True):
            assert float(arb(ours)) == pytest.approx(float(other), rel=1e-13)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("d(h, v)", "exp(s)*u"),
        ("d((q*h - 1)**2, v)", "2*(q*h - 1)*q*exp(s)*u"),
        ("at(d(h, v), u=q)", "at(exp(s)*u, u=q)"),
        ("sum(d(sum(m + sign(m)), m))", "2"),
    ],
)
def test_a_jump_is_seen_through_definitions_entries_and_replacements(left: str, right: str) -> None:
    g = Graph()
    scope: dict[str, Node] = {n: g.symbol(n) for n in ("u", "v", "c", "q", "jump")}
    scope["m"] = g.symbol("m", (2,))
    scope["s"] = g.define("s", parse("v*u + c", scope, g))
    scope["h"] = g.define("h", parse("exp(s) + jump*sign(s)", scope, g))
    a, b = expand_all([parse(left, scope, g), parse(right, scope, g)])
    assert decide_equal(a, b).status == "proved-if"
