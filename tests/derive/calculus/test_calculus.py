"""Derivatives against difference quotients in ball arithmetic, which share no code with them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings

from derive.calculus import local
from derive.calculus.hessian import gradient_and_hessian, hessian
from derive.calculus.local_derivatives import FIRST, SECOND
from derive.calculus.reverse import expand, gradient, hvp
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import OPERATORS
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.language.reader import parse, to_text
from derive.numbers.balls import evaluate, precision, rational
from tests.banks.strategies import points, scalar_expressions

G = Graph()
X, Y, Z = (G.symbol(n) for n in "xyz")
STEP = Fraction(1, 2**60)
#: error of a central difference of step h: h**2/6 * f''' (2**-122 here times a moderate third derivative)
CLOSE = arb(2) ** -80


def difference(f: Node, at: Mapping[Node, Fraction], x: Node) -> arb:
    def value(shift: Fraction) -> arb:
        return evaluate([f], {n: rational(v + (shift if n is x else 0)) for n, v in at.items()}, 512)[0]

    with precision(512):
        return (arb(value(STEP)) - arb(value(-STEP))) / rational(2 * STEP)


def at(point: Mapping[Node, Fraction]) -> dict[Node, fmpq]:
    return {n: rational(v) for n, v in point.items()}


def close(a: arb, b: arb) -> bool:
    with precision(512):
        return bool(abs(arb(a) - arb(b)) < CLOSE * (1 + abs(arb(b))))


@settings(deadline=None, max_examples=60)
@given(scalar_expressions(G, [X, Y, Z]), points([X, Y, Z]))
def test_gradient_is_the_limit_of_difference_quotients(f: Node, point: dict[Node, Fraction]) -> None:
    values = evaluate(gradient(f, [X, Y, Z]), at(point), 256)
    assume(not any(isinstance(v, Exception) or abs(arb(v)) > 10**6 for v in values))
    for v, x in zip(values, (X, Y, Z), strict=True):
        assert close(v, difference(f, point, x))


@settings(deadline=None, max_examples=40)
@given(scalar_expressions(G, [X, Y]), points([X, Y]))
def test_hessian_is_the_gradients_difference_quotient(f: Node, point: dict[Node, Fraction]) -> None:
    table = hessian(f, [X, Y])
    slopes = gradient(f, [X, Y])
    for i in range(2):
        for j in range(i + 1):
            value = evaluate([table.get((i, j), G.zero)], at(point), 256)[0]
            assume(not isinstance(value, Exception))
            assume(abs(arb(value)) < 10**6)
            assert close(value, difference(slopes[i], point, (X, Y)[j]))


@settings(deadline=None, max_examples=40)
@given(scalar_expressions(G, [X, Y]), points([X, Y]))
def test_hvp_is_the_hessian_times_the_direction(f: Node, point: dict[Node, Fraction]) -> None:
    table = hessian(f, [X, Y])
    u = [G.const(3), G.const(-2)]
    rows = [
        G.add(
            G.mul(table.get((i, 0), G.zero) if i else table.get((0, 0), G.zero), u[0]),
            G.mul(table.get((1, i), G.zero), u[1]),
        )
        for i in range(2)
    ]
    both = evaluate([*hvp(f, [X, Y], u), *rows], at(point), 256)
    assume(not any(isinstance(v, Exception) for v in both))
    assert close(both[0], both[2])
    assert close(both[1], both[3])


@pytest.mark.parametrize(
    "text",
    [
        "tanh(v1*tanh(a*x + b*y + c) + v2*tanh(d*x + e*y + f)) * tanh(v3*tanh(a*x + b*y + c) + v4*tanh(d*x + e*y + f) + c)",
        "exp(a*b + c*d + e*f) + sin(a*x + b*y)",
        "exp(-(a*x + b*y)*(c*x - d*y) + e*f)**2",
        "sin(a*a*x + b**3*y + c/d + e*f)*exp(v1*x - v2*y)",
        "sin(cos(a*x - b*y - c*v1)*(d*x + e*y) + f*cos(v2*v3 + v4*a))",
        "a*x + b*y + exp(c*x + d*y)*(e*x + f*y)",
    ],
)
def test_variables_that_only_one_sum_depends_on(text: str) -> None:
    g = Graph()
    scope = {n: g.symbol(n) for n in ("a", "b", "c", "d", "e", "f", "v1", "v2", "v3", "v4", "x", "y")}
    loss = parse(text, scope, g)
    point = {n: Fraction(3 * k % 7 - 3, 5 + k) or Fraction(1, 3) for k, n in enumerate(scope.values())}
    variables = [n for n in scope.values() if n.attr not in ("x", "y")]
    slopes, rows = gradient_and_hessian(loss, variables)
    for i in range(len(variables)):
        for j in range(i + 1):
            (value,) = evaluate([rows[i].get(j, g.zero)], at(point), 256)
            assert close(value, difference(slopes[i], point, variables[j]))


def test_a_layers_hessian_takes_less_than_one_and_a_half_operations_an_entry() -> None:
    g = Graph()
    size = range(5)
    weights = {(k, i, j): g.symbol(f"w{k}_{i}_{j}") for k in range(3) for i in size for j in [*size, "b"]}
    units = [g.symbol(f"x{i}") for i in size]
    for k in range(3):
        sums = []
        for i in size:
            z = weights[k, i, "b"]
            for j in size:
                z = z + weights[k, i, j] * units[j]
            sums.append(g.call("tanh", z))
        units = sums
    loss = g.zero
    for u in units:
        loss = loss + u * u
    slopes, rows = gradient_and_hessian(loss, list(weights.values()))
    entries = [n for row in rows for n in row.values()]
    operations = [n for n in topological([*slopes, *entries]) if n.op not in ("const", "symbol")]
    assert len(operations) < 1.5 * len(entries)


@pytest.mark.parametrize("sign", [1, -1])
def test_entries_by_two_layers_are_shared_whatever_their_sign(sign: int) -> None:
    """d2/du1 dw2 and d2/du2 dw1 of a product of two layers with one input are one node."""
    g = Graph()
    scope = {n: g.symbol(n) for n in ("u1", "u2", "w1", "w2", "x", "y")}
    loss = parse(f"{sign}*sin(u1*x + u2*y)*exp(w1*x + w2*y)", scope, g)
    table = hessian(loss, [scope[n] for n in ("u1", "u2", "w1", "w2")])
    assert table[3, 0] is table[2, 1]


def test_variables_may_be_made_after_what_they_meet() -> None:
    g = Graph()
    x = g.symbol("x")
    a = g.call("tanh", x)
    w = g.symbol("w")
    f = g.mul(g.mul(w, a), g.mul(w, a))
    table = hessian(f, [x, w])
    assert set(table) == {(0, 0), (1, 0), (1, 1)}
    slope = gradient(f, [x])[0]
    values = evaluate([table[1, 0], gradient(slope, [w])[0]], {x: fmpq(1, 3), w: fmpq(2)})
    assert close(*values)


def test_hvp_holds_its_direction() -> None:
    """With u = grad f, H u is not the gradient of |grad f|**2 (which is 2 H u)."""
    f = G.pow(X, G.const(3))
    assert evaluate(hvp(f, [X], gradient(f, [X])), {X: fmpq(2)})[0] == 12 * 12
    assert evaluate(gradient(G.pow(gradient(f, [X])[0], G.const(2)), [X]), {X: fmpq(2)})[0] == 2 * 12 * 12


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d(where(z > 0, z, 2*z), z)", {1: "1", -1: "2", 0: None}),
        ("d(where(z > 0, 1, 0), z)", {1: "0", -1: "0", 0: None}),
        ("d(sign(z), z)", {1: "0", -1: "0", 0: None}),
        ("d(abs(z), z)", {2: "1", -2: "-1", 0: None}),
        ("d(relu(z), z)", {2: "1", -2: "0", 0: None}),
        ("d(max(z, 1), z)", {2: "1", 0: "0", 1: None}),
        ("d(where(z > 0 and z < 2, z**2, 0), z)", {1: "2", 3: "0", -1: "0", 2: None}),
    ],
)
def test_derivatives_at_kinks_have_no_value(text: str, expected: dict[int, str | None]) -> None:
    node = expand(parse(text, {"z": Z}, G))
    for z, value in expected.items():
        found = evaluate([node], {Z: fmpq(z)})[0]
        assert (None if isinstance(found, Exception) else str(found)) == value


def test_a_definition_is_a_variable_of_its_own() -> None:
    """f = u + x**2 with u = x**2: df/du is 1 although both are the same expression."""
    g = Graph()
    x = g.symbol("x")
    u = g.define("u", parse("x**2", {"x": x}, g))
    f = g.define("f", parse("u + x**2", {"x": x, "u": u}, g))
    assert gradient(f, [u])[0] is g.one
    assert to_text(gradient(f, [x])[0]) == "4*x"


def test_matrix_gradients_have_the_shape_of_the_matrix() -> None:
    g = Graph()
    scope = {"W": g.symbol("W", (2, 3)), "x": g.symbol("x", (3,)), "b": g.symbol("b", (2,))}
    loss = parse("sum(tanh(W @ x + b)**2)/2 + norm(W)", scope, g)
    for name, shape in (("W", (2, 3)), ("x", (3,)), ("b", (2,))):
        entries = components(loss)[0]
        tensor = components(gradient(loss, [scope[name]])[0])
        scalar = gradient(entries, components(scope[name]))
        assert gradient(loss, [scope[name]])[0].shape == shape
        point = {e: fmpq(1, i + 2) for i, e in enumerate([c for n in scope.values() for c in components(n)])}
        for a, b in zip(evaluate(tensor, point), evaluate(scalar, point), strict=True):
            assert close(a, b)


def test_hessian_by_a_variable_and_what_it_defines_is_refused() -> None:
    g = Graph()
    x = g.symbol("x")
    u = g.define("u", g.pow(x, g.const(2)))
    with pytest.raises(ExpressionError, match="defined by another"):
        hessian(g.mul(u, x), [x, u])


def test_local_derivatives_are_what_sympy_derives() -> None:
    assert local.TARGET.read_text() == local.source()


def test_every_operator_has_local_derivatives() -> None:
    names = {o.name for o in OPERATORS.values() if not o.boolean} - set(local.BY_HAND)
    assert set(FIRST) == set(SECOND) == names


def test_differentiation_does_not_import_sympy() -> None:
    code = (
        "import sys; from derive.expr.graph import Graph;"
        "from derive.calculus.reverse import gradient; g = Graph(); x = g.symbol('x');"
        "gradient(g.call('tanh', x), [x]); assert 'sympy' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_one_sweep_gives_what_gradient_and_hessian_give_and_few_operations() -> None:
    """Of a network of twelve layers: what second derivatives share is computed once."""
    g = Graph()
    a, variables = g.symbol("x"), []
    for k in range(12):
        w, b = g.symbol(f"w{k}"), g.symbol(f"b{k}")
        variables += [w, b]
        a = g.call(("relu", "tanh", "sigmoid")[k % 3], g.add(g.mul(w, a), b))
    loss = g.pow(g.sub(a, g.symbol("y")), g.const(2))
    slope, rows = gradient_and_hessian(loss, variables)
    assert slope == gradient(loss, variables)
    second = hessian(loss, variables)
    assert second == {(i, j): n for i, row in enumerate(rows) for j, n in row.items()}
    size = len(variables)
    assert len(second) == size * (size + 1) // 2
    work = [n for n in topological([*slope, *second.values()]) if n.args]
    assert len(work) < 1.7 * len(second)


def test_entries_that_cancel_are_left_out() -> None:
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    nothing = g.sub(g.mul(x, y), g.define("p", g.mul(x, y)))
    assert any(n is g.zero for row in gradient_and_hessian(nothing, [x, y])[1] for n in row.values())
    assert hessian(nothing, [x, y]) == {}
    assert set(hessian(g.add(nothing, g.mul(x, x)), [x, y])) == {(0, 0)}


def test_what_shares_nodes_is_derived_in_linear_time() -> None:
    """Nested names, powers by products and Horner's scheme: nothing is walked through twice a level."""
    g = Graph()
    x, y = g.symbol("x"), g.symbol("y")
    t, h = x, g.const(1)
    for k in range(60):
        t = g.define(f"t{k}", g.add(g.mul(t, x), g.mul(t, y)))
        h = g.add(g.mul(h, x), g.const(k))
    before = len(g)
    for f in (t, h):
        hessian(f, [x, y])
    assert len(g) - before < 60 * 60
    slope = gradient(gradient(h, [x])[0], [x])[0]
    assert close(*evaluate([hessian(h, [x])[0, 0], slope], {x: fmpq(1, 3)}))
