"""Every operator of the language: its values, its derivatives, its text, and what it says when it does not fit."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

from derive.calculus.reverse import expand, gradient, hvp, vjp
from derive.engine import decide_equal
from derive.engine.domain import Domain
from derive.errors import ExpressionError
from derive.expr.composites import CALLED, COMPOSITES
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node
from derive.expr.operators import OPERATORS, STRUCTURAL
from derive.flint import arb, fmpq
from derive.language.components import components, components_all
from derive.language.meaning import meaning, place, pull_text, unfold
from derive.language.names import FUNCTION_NAMES, RESERVED
from derive.language.reader import parse, to_text
from derive.language.typeset import latex
from derive.numbers.balls import evaluate, precision, rational
from derive.second_opinion import second_opinion
from tests import ROOT
from verify.backends.numpy_source import compile_numpy
from verify.backends.torch_source import compile_torch, torch_source

G = Graph()
SHAPES: Mapping[str, tuple[int, ...]] = {
    "x": (), "y": (), "n": (), "p": (), "v": (3,), "w": (3,), "b": (2,), "A": (2, 3), "X": (2, 2), "Y": (2, 2), "B": (2, 3),
}  # fmt: skip
SCOPE = {name: G.symbol(name, shape) for name, shape in SHAPES.items()}

#: A call of every operator that is written by name, and more of those with options. p stands for what must be positive.
CALLS = [
    "exp(x)", "log(p)", "sqrt(p)", "sin(x)", "cos(x)", "atan(x)", "tanh(x)", "sigmoid(x)", "log1p(p)", "expm1(x)",
    "logaddexp(x, y)", "erf(x)", "Phi(x)", "relu(x)", "abs(x)", "sign(x)", "min(x, y)", "max(x, y)", "select(x, y, p)",
    "where(x > y, x*y, p)",
    "softplus(x)", "leaky_relu(x, p)", "elu(x, p)", "selu(x)", "silu(x)", "gelu(x)", "gelu_tanh(x)", "clip(x, -p, p)",
    "mish(x)", "celu(x, p)", "softsign(x)", "log_sigmoid(x)", "relu6(3*x + 0.1)", "hardtanh(x)", "hardsigmoid(2*x)",
    "hardswish(2*x)", "softshrink(x, p)", "hardshrink(x, p)", "huber(x, p)", "sinh(x)", "cosh(x)", "tan(x)", "erfc(x)",
    "erfinv(x/4)", "erfinv(1 - p/4)", "probit(p/4)", "probit_odds(p)",
    "log2(p)", "log10(p)", "floor(x - 1/7)", "ceil(x - 1/7)", "round(x)", "mod(x, p)", "mod(p, x)",
    "beta(p, p + 1)", "lgamma(p)", "digamma(p)",
    "polygamma(1, p)", "polygamma(4, p)", "logsumexp(v)", "logsumexp(A)", "logsumexp(A, axis=0)", "softmax(v)", "softmax(A)",
    "softmax(A, axis=0)", "log_softmax(v)", "log_softmax(A)", "log_softmax(A, axis=0)", "mean(v)", "mean(A)", "mean(A, axis=0)",
    "mean(A, axis=1)", "var(v)", "var(A, ddof=1)", "var(A, axis=0)", "var(A, axis=1, ddof=1)", "max(v)", "max(A, axis=0)",
    "max(A, axis=1)", "min(v)", "min(A)", "min(A, axis=1)", "trace(X)", "det(X)", "inv(X)", "solve(X, b)", "solve(X, Y)",
    "concat([v, x, b])", "concat([A, v])", "p**n", "x**3", "p**(1/3)", "p**(-2.5)", "b @ X @ b", "norm(v, 3)",
    "norm(v, inf)", "norm(v, p)", "pi*x",
]  # fmt: skip


def parsed(text: str) -> Node:
    return parse(text, SCOPE, G)


def draw(seed: int) -> dict[Node, Fraction]:
    """A point away from every kink: distinct entries, p positive."""
    rng = random.Random(seed)
    entries = [e for s in SCOPE.values() for e in components(s)]
    values = rng.sample([k for k in range(-29, 30) if k], len(entries))
    point = {e: Fraction(k, 13) for e, k in zip(entries, values, strict=True)}
    point[SCOPE["p"]] = abs(point[SCOPE["p"]])
    return point


def at(point: Mapping[Node, Fraction]) -> dict[Node, fmpq]:
    return {n: rational(v) for n, v in point.items()}


def close(a: Any, b: Any, bits: int = 80) -> bool:
    with precision(512):
        return bool(abs(arb(a) - arb(b)) < arb(2) ** -bits * (1 + abs(arb(b))))


def test_every_operator_is_called_here() -> None:
    used = {n.op for text in CALLS for n in _below(parsed(text))}
    conditions = {o.name for o in OPERATORS.values() if o.boolean}
    # what is held constant has no derivative that a difference quotient could show
    assert {*COMPOSITES, *OPERATORS, "det", "inv", "concat"} - used <= {*conditions, "hold"}


def _below(n: Node) -> set[Node]:
    found, work = set(), [n]
    while work:
        m = work.pop()
        found.add(m)
        work += m.args
    return found | {m for c in found if c.op in COMPOSITES for m in _below(meaning(c).body)}


@pytest.mark.parametrize("text", CALLS)
def test_what_is_printed_is_read_as_the_same_node(text: str) -> None:
    node = parsed(text)
    assert parsed(to_text(node)) is node
    assert latex(node).count("{") == latex(node).count("}")


@pytest.mark.parametrize("text", CALLS)
@pytest.mark.parametrize("seed", range(2))
def test_derivatives_are_limits_of_difference_quotients(text: str, seed: int) -> None:
    node, point, step = parsed(text), draw(seed), Fraction(1, 2**60)
    weights = G.symbol(f"u{node.shape}", node.shape)
    point |= {e: Fraction(k + 2, 7) for k, e in enumerate(components(weights))}
    f = components(G.sum(G.mul(weights, node)))[0]
    variables = [s for s in SCOPE.values() if s in _below(node)]
    for v in variables:
        slopes = components(vjp(node, [v], weights)[0])
        found = evaluate(slopes, at(point), 256)
        for e, slope in zip(components(v), found, strict=True):
            assert not isinstance(slope, Exception), (text, slope)
            high, low = (evaluate([f], at({**point, e: point[e] + s}), 512)[0] for s in (step, -step))
            with precision(512):
                quotient = (arb(high) - arb(low)) / rational(2 * step)
            assert close(slope, quotient), (text, to_text(e))


@pytest.mark.parametrize("text", [t for t in CALLS if t not in ("pi*x", "sign(x)")])
def test_torch_agrees_in_value_and_gradient_and_numpy_in_value(text: str) -> None:
    node, point = parsed(text), draw(7)
    floats = {e: float(v) for e, v in point.items()}
    exact = {e: fmpq(*f.as_integer_ratio()) for e, f in floats.items()}
    used = [s for s in SCOPE.values() if s in _below(node)]
    tensors = [
        torch.tensor([floats[e] for e in components(s)], dtype=torch.float64).reshape(s.shape).requires_grad_()
        for s in used
    ]
    (value,) = compile_torch([node], used)(*tensors)
    assert tuple(value.shape) == node.shape
    want = [float(arb(v)) for v in evaluate(components(node), exact)]
    assert value.reshape(-1).tolist() == pytest.approx(want, rel=1e-12, abs=1e-14)
    inputs = [e for s in used for e in components(s)]
    by_numpy = compile_numpy(components(node), inputs)(*(floats[e] for e in inputs))
    assert [float(v) for v in by_numpy] == pytest.approx(want, rel=1e-12, abs=1e-14)
    slopes = torch.autograd.grad(value.sum(), tensors, allow_unused=True)
    derived = gradient(G.sum(node), used)
    for slope, d in zip(slopes, derived, strict=True):
        want = [float(arb(v)) for v in evaluate(components(d), exact)]
        assert (slope if slope is not None else torch.zeros(1)).reshape(-1).tolist() == pytest.approx(
            want, rel=1e-11, abs=1e-13
        )


@pytest.mark.parametrize(
    "text", [t for t in CALLS if t.split("(")[0] in CALLED or t[:3] in ("det", "inv", "con", "log", "Phi")]
)
def test_sympy_derives_the_same_from_the_meaning(text: str) -> None:
    if text == "min(A)":
        pytest.skip("six entries have too many regions for a test")
    node = parsed(text)
    v = next(s for s in SCOPE.values() if s in _below(node))
    opinion = second_opinion(
        G.node("d", (node, v), False, node.shape + v.shape), Domain((), {SCOPE["p"]: (Fraction(1, 8), None)})
    )
    assert opinion.outcome == "agrees", opinion


@pytest.mark.parametrize("text", [t for t in CALLS if t.split("(")[0] in CALLED])
def test_an_entrys_own_pull_is_what_its_meaning_gives(text: str) -> None:
    node, point = parsed(text), draw(3)
    if node.op not in COMPOSITES:
        return  # min and max of two numbers
    body, places = meaning(node)
    assert body.shape == node.shape
    u = place(G, "u", node.shape)
    weights = G.stack([G.const(Fraction(k + 1, 3)) for k in range(max(1, len(components(node))))])
    put = {**dict(zip(places, node.args, strict=True)), place(G, "y", node.shape): node}
    put[u] = G.reshape(weights, node.shape) if node.shape else G.const(2)
    for i in range(len(node.args)):
        own = pull_text(node, i)
        if own is None:
            continue
        chain = vjp(body, [places[i]], u)[0]
        both = components_all([substitute(r, put) for r in (own, chain)])
        for a, b in zip(*(evaluate(entries, at(point), 256) for entries in both), strict=True):
            assert close(a, b)


def test_every_own_pull_is_tested() -> None:
    tested = {n.op for t in CALLS for n in [parsed(t)] if n.op in COMPOSITES}
    assert {c.name for c in COMPOSITES.values() if c.pulls} <= tested


# -- values checked by hand -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("softplus(0)", math.log(2)),
        ("leaky_relu(-3)", "-3/100"),
        ("leaky_relu(2, 0.1)", "2"),
        ("elu(-1)", math.exp(-1) - 1),
        ("elu(2, 5)", "2"),
        ("silu(0)", "0"),
        ("gelu(1)", 0.8413447460685429),
        ("gelu_tanh(1)", 0.8411919906082768),
        ("selu(-1)", -1.1113307378125625),
        ("clip(5, 0, 1)", "1"),
        ("clip(-5, 0, 1)", "0"),
        ("clip(0.5, 0, 1)", "1/2"),
        ("log2(8)", 3.0),
        ("log10(0.001)", -3.0),
        ("log1p(0)", "0"),
        ("expm1(0)", "0"),
        ("erf(1)", 0.8427007929497149),
        ("Phi(0)", "1/2"),
        ("Phi(1.96)", 0.9750021048517795),
        ("logsumexp([0, 0])", math.log(2)),
        ("softmax([0, 0, 0, 0])[2]", 0.25),
        ("log_softmax([0, 0])[1]", -math.log(2)),
        ("mean([1, 2, 6])", "3"),
        ("mean([[1, 2], [3, 6]])", "3"),
        ("mean([[1, 2], [3, 6]], axis=0)[1]", "4"),
        ("var([1, 2, 6])", "14/3"),
        ("var([1, 2, 6], ddof=1)", "7"),
        ("var([[1, 2], [3, 6]], axis=1)[1]", "9/4"),
        ("max([1, 7, 3])", "7"),
        ("min([[1, 7], [3, -2]], axis=0)[1]", "-2"),
        ("max([[1, 7], [3, -2]])", "7"),
        ("trace([[1, 2], [3, 6]])", "7"),
        ("det([[2]])", "2"),
        ("det([[1, 2], [3, 6.5]])", "1/2"),
        ("det([[2, 0, 1], [1, 3, 2], [1, 1, 4]])", "18"),
        ("inv([[1, 2], [3, 4]])[1, 0]", "3/2"),
        ("solve([[2, 0], [0, 4]], [1, 1])[1]", "1/4"),
        ("concat([[1, 2], 3, [4]])[3]", "4"),
        ("concat([[[1, 2]], [3, 4]])[1, 0]", "3"),
        ("stack([1, 2])[1]", "2"),
        ("one_hot(1, 3) @ [5, 6, 7]", "6"),
        ("sum(delta(i, j)*(i + 1) for i in range(3) for j in range(2))", None),
        ("indicator(2 > 1) + indicator(1 > 2)", "1"),
        ("trace(eye(4))", "4"),
        ("sum(ones(2, 3)) + sum(zeros(5))", "6"),
        ("sum([[1, 2], [3, 6]], axis=1, keep=1)[1, 0]", "9"),
        ("cos(pi)", -1.0),
        ("4**0.5*8**(-1/3)", "1"),
    ],
)
def test_values(text: str, value: str | float | None) -> None:
    if value is None:
        with pytest.raises(ExpressionError, match="unknown symbol 'i'"):  # an index counts, it is no value of its own
            parsed(text.replace("delta(i, j)*(i + 1)", "i*x").replace("for i in range(3) ", ""))
        assert parsed("sum(delta(i, j) for i in range(3) for j in range(2))") is parsed("1 + 0 + 0 + 1 + 0 + 0")
        return
    (found,) = evaluate(components(parsed(text)), {})
    if isinstance(value, str):
        assert str(found) == value or close(found, fmpq(*Fraction(value).as_integer_ratio()))
    else:
        assert float(arb(found)) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("x", "n", "value", "by_x", "by_n"),
    [
        ("-2", "3", "-8", "12", None),
        ("-2", "1/2", None, None, None),
        ("0", "2", "0", "0", None),
        ("0", "1/2", "0", None, None),
        ("0", "-1", None, None, None),
        ("0", "0", "1", None, None),
        ("4", "1/2", "2", "1/4", "2*log(4)"),
        ("4", "-3/2", "1/8", "-3/64", "log(4)/8"),
    ],
)
def test_a_power_with_a_symbol_has_its_domain(
    x: str, n: str, value: str | None, by_x: str | None, by_n: str | None
) -> None:
    where = {SCOPE["x"]: fmpq(*Fraction(x).as_integer_ratio()), SCOPE["n"]: fmpq(*Fraction(n).as_integer_ratio())}
    found = evaluate([expand(parsed(t)) for t in ("x**n", "d(x**n, x)", "d(x**n, n)")], where)
    for got, text in zip(found, (value, by_x, by_n), strict=True):
        if text is None:
            assert isinstance(got, Exception)
        else:
            assert close(got, evaluate([parsed(text)], {})[0])


def test_a_determinant_is_multiplicative_up_to_six_rows() -> None:
    rng = random.Random(1)
    for size in range(1, 7):
        a, b = ([[rng.randint(-4, 4) for _ in range(size)] for _ in range(size)] for _ in range(2))
        values = evaluate(components_all([parsed(f"[det({a})*det({b}), det(({a}) @ ({b}))]")])[0], {})
        assert values[0] == values[1]
        if evaluate(components(parsed(f"det({a})")), {})[0] != 0:
            identity = evaluate(components(parsed(f"inv({a}) @ {a}")), {})
            assert identity == [fmpq(int(i == j)) for i in range(size) for j in range(size)]


# -- what SymPy's matrix derivatives get wrong --------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("d(log(det(X)), X)", "inv(X).T"),
        ("d(det(X), X)", "det(X)*inv(X).T"),
        ("d(sin(trace(X)), X)", "cos(trace(X))*eye(2)"),
        ("d(trace(X.T @ X) + trace(Y.T @ Y), X)", "2*X"),
        ("d(softmax(v), v)", "diag(softmax(v)) - outer(softmax(v), softmax(v))"),
        ("hessian(logsumexp(v), v)", "diag(softmax(v)) - outer(softmax(v), softmax(v))"),
        ("d(-log_softmax(v)[1], v)", "softmax(v) - one_hot(1, 3)"),
        ("d(trace(inv(X)), X)", "-(inv(X) @ inv(X)).T"),
        ("d(b @ solve(X, b), b)", "(inv(X) + inv(X).T) @ b"),
        ("d(var(v), v)", "2*(v - mean(v))/3"),
        ("d(p**n, p)", "n*p**(n - 1)"),
        ("d(p**n, n)", "p**n*log(p)"),
        ("d(d(p**n, p), n)", "p**(n - 1)*(1 + n*log(p))"),
        ("d(gelu(x), x)", "Phi(x) + x*exp(-x**2/2)/sqrt(2*pi)"),
        ("d(silu(x), x)", "sigmoid(x)*(1 + x*(1 - sigmoid(x)))"),
        ("d(softplus(x), x)", "sigmoid(x)"),
        ("d(erf(x), x)", "2*exp(-x**2)/sqrt(pi)"),
        ("softmax(v)", "exp(v)/sum(exp(v))"),
        ("softmax(v + x)", "softmax(v)"),
        ("log_softmax(v)", "log(softmax(v))"),
        ("logsumexp(v)", "log(sum(exp(v)))"),
        ("softplus(x) - softplus(-x)", "x"),
        ("var(v)", "mean(v**2) - mean(v)**2"),
        ("var(v, ddof=1)", "3*var(v)/2"),
        ("elu(x)", "where(x > 0, x, exp(x) - 1)"),
        ("clip(x, 0, 1)", "0 if x < 0 else 1 if x > 1 else x"),
        ("Phi(x)", "(1 + erf(x/sqrt(2)))/2"),
    ],
)
def test_what_people_write_is_proved(left: str, right: str) -> None:
    a, b = expand(parsed(left)), expand(parsed(right))
    assert a.shape == b.shape
    assert decide_equal(a, b, Domain([parsed("p > 0")])).status == "proved"


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("d(-log_softmax(v)[1], v)", "[0, -1, 0] + softmax(v)"),
        ("d(softmax(v)[1], v)", "softmax(v)*([0, 1, 0] - softmax(v)[1])"),
        ("d(logsumexp(v), v)", "softmax(v)"),
        ("d(logsumexp(A) @ b, A)", "reshape(b, 2, 1)*softmax(A)"),
        ("d(log(det(X)), X)", "inv(X).T"),
        ("d(trace(X), X)", "eye(2)"),
        ("d(max(v), v)", "select(max(v[0], v[1]) - v[2], select(v[0] - v[1], [1, 0, 0], [0, 1, 0]), [0, 0, 1])"),
        ("d(softplus(x), x)", "sigmoid(x)"),
        ("d(mean(v), v)", "broadcast((1/3), 3)"),
    ],
)
def test_derivatives_read_as_people_write_them(text: str, formula: str) -> None:
    g = Graph()
    scope = {name: g.symbol(name, shape) for name, shape in SHAPES.items()}
    assert to_text(expand(parse(text, scope, g))) == formula


def test_hessian_products_go_through_composites() -> None:
    f = parsed("logsumexp(A @ v) + log(det(X)) + var(A)*gelu(x) + sum(softmax(X @ b))")
    variables = [SCOPE[n] for n in ("A", "v", "X", "x", "b")]
    us = [G.symbol(f"h{s.attr}", s.shape) for s in variables]
    products = hvp(f, variables, us)
    symbols = [*variables, *us]
    rng = np.random.default_rng(5)
    values = {s: torch.tensor(rng.uniform(0.2, 2, s.shape), dtype=torch.float64).requires_grad_() for s in symbols}
    (value,) = compile_torch([f], variables)(*(values[s] for s in variables))
    first = torch.autograd.grad(value, [values[s] for s in variables], create_graph=True)
    along = sum((d * values[u]).sum() for d, u in zip(first, us, strict=True))
    second = torch.autograd.grad(along, [values[s] for s in variables])
    entries = {e: float(x) for s in symbols for e, x in zip(components(s), values[s].reshape(-1).tolist(), strict=True)}
    exact = {e: fmpq(*x.as_integer_ratio()) for e, x in entries.items()}
    for torchs, ours in zip(second, products, strict=True):
        want = [float(arb(v)) for v in evaluate(components(ours), exact)]
        assert torchs.reshape(-1).tolist() == pytest.approx(want, rel=1e-9, abs=1e-11)


# -- large arguments ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("softplus(x)", [1000]),
        ("softplus(x)", [-1000]),
        ("logsumexp([x, y, 999])", [1000, 1000]),
        ("logsumexp([x, y, 0])", [-1000, -2000]),
        ("softmax([x, y])[0]", [1000, 999]),
        ("softmax([x, y])[1]", [-30, 600]),
        ("log_softmax([x, y])[0]", [-1000, 1000]),
        ("elu(x, 2)", [1000]),
        ("elu(x, 2)", [-1000]),
        ("gelu(x)", [-10]),
        ("gelu(x)", [40]),
        ("gelu_tanh(x)", [30]),
        ("silu(x)", [-700]),
        ("log1p(x)", [1e-300]),
        ("expm1(x)", [-1e-18]),
        ("Phi(x)", [-20]),
        ("erf(x)", [1e-200]),
    ],
)
def test_values_and_derivatives_survive_large_arguments(text: str, point: Sequence[float]) -> None:
    node = components(parsed(text))[0]
    inputs = [SCOPE["x"], SCOPE["y"]][: len(point)]
    outputs = [node, *gradient(node, inputs), *gradient(gradient(node, inputs)[0], inputs)]
    exact = evaluate(outputs, {s: fmpq(*float(v).as_integer_ratio()) for s, v in zip(inputs, point, strict=True)}, 4000)
    by_numpy = compile_numpy(outputs, inputs)(*point)
    # erfc loses as many digits as its argument's square has, exp(z - logsumexp(z)) as many as z has
    loss = 1e-14 * max([1.0, *(v * v if abs(v) < 50 else abs(v) / 10 for v in point)])
    kinks = [isinstance(v, Exception) for v in exact]
    assert not kinks[0]
    for k, (got, want) in enumerate(zip(by_numpy, exact, strict=True)):
        if not kinks[k]:  # a derivative such as s*(1 - s) may cancel; it may not be NaN
            assert float(got) == pytest.approx(float(arb(want)), rel=loss, abs=1e-12 if k else 1e-300)


@pytest.mark.parametrize("text", ["softplus(x)", "logsumexp([x, 0])", "softmax([x, 0])[0]", "log_softmax([x, 0])[1]"])
@pytest.mark.parametrize("x", [-1000.0, 1000.0])
def test_torch_survives_them_too(text: str, x: float) -> None:
    t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    (value,) = compile_torch([parsed(text)], [SCOPE["x"]])(t)
    value.backward()
    node = components(parsed(text))[0]
    want = evaluate([node, gradient(node, [SCOPE["x"]])[0]], {SCOPE["x"]: fmpq(int(x))}, 4000)
    assert t.grad is not None
    assert [float(value.detach()), float(t.grad)] == pytest.approx([float(arb(w)) for w in want], abs=1e-300)


# -- faults ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("softmax(x)", "softmax needs a vector or a matrix, not scalar"),
        ("softmax(v, axis=1)", "axis 1 does not exist in shape [3]"),
        ("softmax(v, w)", "softmax is called as softmax(x, axis=k)"),
        ("var(v, ddf=1)", "var has no argument 'ddf'; did you mean 'ddof'?"),
        ("softplus(x, axis=0)", "softplus has no argument 'axis'; it has none"),
        ("elu(x, y, x)", "elu is called as elu(x, alpha=1)"),
        ("mean(A, axis=x)", "expected a whole number, not 'x'"),
        ("max(x)", "max takes 2 arguments, not 1"),
        ("max(x, y, axis=0)", "takes no keyword arguments"),
        ("trace(A)", "trace needs a square matrix, not [2, 3]"),
        ("trace(v)", "trace needs a square matrix, not [3]"),
        ("det(A)", "det needs a square matrix, not [2, 3]"),
        ("inv(x)", "inv needs a square matrix, not scalar"),
        ("solve(X, v)", "[2, 2] @ [3] does not conform"),
        ("clip(v, b, 1)", "shapes [3] and [2] do not fit elementwise"),
        ("concat([A, b])", "[2, 3] and [2] can't be joined end to end"),
        ("concat(v)", "concat takes a list: concat([u, v])"),
        ("one_hot(3, 3)", "index 3 is outside 0..2"),
        ("one_hot(x, 3)", "expected a whole number"),
        ("delta(x, y)", "expected a whole number"),
        ("eye(0)", "a size is a number from 1 to 10000, not 0"),
        ("zeros(2, 2, 2)", "expected zeros(n) or zeros(m, n)"),
        ("indicator(x)", "is a value where a condition"),
        ("sum(v, dim=0)", "sum has no argument 'dim'"),
        ("lse(v)", "unknown function 'lse'"),
        ("softmx(v)", "did you mean 'softmax'?"),
    ],
)
def test_faults_say_what_is_wanted(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=re.escape(words)):
        parsed(text)


def test_a_determinant_of_many_rows_is_not_written_out() -> None:
    with pytest.raises(ExpressionError, match="7 by 7 matrix is not written out; the limit is 6"):
        components(parsed("det(eye(7))"))
    assert torch_source([parsed("det(eye(7))")], []).count("torch.linalg.det") == 1


# -- names -----------------------------------------------------------------------------------------------------


def test_most_function_names_are_free_for_a_documents_own_quantities() -> None:
    g = Graph()
    free = [n for n in FUNCTION_NAMES if n not in RESERVED]
    assert {"softplus", "delta", "mean", "var", "det", "Phi", "softmax"} <= set(free)
    scope = {n: g.symbol(n) for n in free}
    node = parse("delta*delta(1, 1) + mean*mean([mean, var]) + Phi(Phi)", scope, g)
    assert parse(to_text(node), scope, g) is node


def test_pi_is_a_number_unless_a_case_names_something_so() -> None:
    g = Graph()
    assert parse("pi", {}, g).op == "pi"
    policy = g.symbol("pi")
    assert parse("2*pi", {"pi": policy}, g).args[1] is policy
    with pytest.raises(ExpressionError, match="unknown symbol 'e'"):
        parse("e**2", {"x": g.symbol("x")}, g)


def test_composites_are_kept_for_print_and_looked_through_for_meaning() -> None:
    g = Graph()
    z = g.symbol("z", (2,))
    s = g.define("s", parse("softmax(z)", {"z": z}, g))
    f = parse("sum(s**2) + mean(z)", {"z": z, "s": s}, g)
    (bare,) = unfold([f])
    assert not {n.op for n in _below(bare)} & set(COMPOSITES)
    assert {n.attr for n in _below(bare) if n.op == "def"} == {"s"}
    assert to_text(f) == "sum(s**2) + mean(z)"
    assert to_text(gradient(f, [s])[0]) == "2*s"
    source = torch_source([f], [z])
    assert "torch.softmax(z, dim=0)" in source


def test_the_manual_lists_every_function() -> None:
    manual = (ROOT / "docs" / "cases.md").read_text()
    listed = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", manual))))
    assert set(FUNCTION_NAMES) - listed == set()


def test_every_composite_says_what_it_is() -> None:
    for c in COMPOSITES.values():
        assert c.summary
        assert set(c.pulls) <= set(c.parameters)
        assert tuple(c.defaults) == c.parameters[len(c.parameters) - len(c.defaults) :]
    assert not set(COMPOSITES) & {*OPERATORS, *STRUCTURAL}
