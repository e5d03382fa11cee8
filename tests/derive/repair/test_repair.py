"""One step mends a planted fault, and it is named; two faults are mended by none. Truths are textbook identities."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from derive import api
from derive.budget import steps
from derive.calculus.reverse import expand_all
from derive.engine.domain import EVERYWHERE, Domain
from derive.language import reader
from derive.language.names import names_in
from derive.repair.search import LIMITS
from verify.casefile import load
from verify.claims import CaseContext, Verdict, judge
from verify.claims.repair import Diagnosis, by_size, diagnosis

SHAPES = {"W": (2, 3), "X": (3, 2), "u": (2,), "w": (2,), "v": (3,), "x": (3,), "y": (3,), "A": (2, 2), "B": (2, 2)}


def diagnosed(text: str, shaped: bool = False, assuming: Sequence[str] = ()) -> Diagnosis | None:
    whole = " and ".join(f"({t})" for t in (text, *assuming))
    shapes = {n: SHAPES[n] for n in names_in(whole) if n in SHAPES} if shaped else {}
    scope, graph = api.scope(whole, shapes)
    claim, *given = expand_all([reader.parse(t, scope, graph, boolean=True) for t in (text, *assuming)])
    a, b = (graph.broadcast(side, claim.shape) for side in claim.args)
    return diagnosis(a, b, Domain(given))


#: A formula with one fault, its assumptions, and what mends it.
FAULTS = [
    # factors
    ("d((p - y)**2, p) == p - y", "", "right times 2"),
    ("d((p - y)**2/2, p) == 2*(p - y)", "", "right times 1/2"),
    ("d((p - y)**2/2, p) == y - p", "", "the sign is wrong"),
    ("-log(p) == log(p)", "p > 0", "the sign is wrong"),
    ("d(relu(x)**2, x) == relu(x)", "", "right times 2"),
    ("log2(x) == log(x)", "x > 0", "right times 1/log(2)"),
    ("1/(s*sqrt(2*pi)) == 1/(s*2*pi)", "s > 0", "right times sqrt(2*pi)"),
    ("m/(1 - beta) == m", "", "right times 1/(1 - beta)"),
    ("(1 - beta)*g == g", "", "right times 1 - beta"),
    ("d(lam*w**2/2, w) == w", "", "right times lam"),
    ("(1 - x**n)/(1 - x) == 1 - x**n", "x > 0; x < 1", "right times 1/(1 - x)"),
    ("beta*m + (1 - beta)*g == beta*m + g", "", "right with g*(1 - beta) in place of g"),
    ("w - eta*g == w - g", "", "right with eta*g in place of g"),
    ("erf(x/sqrt(2)) == erf(x)", "", "right with x/sqrt(2) in place of x"),
    # signs
    ("d(sigmoid(z), z) == sigmoid(z)*(1 + sigmoid(z))", "", "right with 1 - sigmoid(z) in place of 1 + sigmoid(z)"),
    ("d(tanh(z), z) == 1 + tanh(z)**2", "", "the sign of tanh(z)**2 is wrong"),
    ("w - eta*g == w + eta*g", "", "the sign of eta*g is wrong"),
    ("1/(1 + exp(-x)) == 1/(1 + exp(x))", "", "right with -x in place of x"),
    ("1/(1 + exp(-x)) == 1/(1 - exp(-x))", "", "right with 1 + exp(-x) in place of 1 - exp(-x)"),
    ("w*(1 - eta*lam) - eta*g == w*(1 + eta*lam) - eta*g", "", "right with 1 - eta*lam in place of 1 + eta*lam"),
    # exponents
    ("d(x**3, x) == 3*x**3", "", "right with x**2 in place of x**3"),
    ("d(tanh(z), z) == 1 - tanh(z)", "", "right with tanh(z)**2 in place of tanh(z)"),
    ("m/(1 - beta) == m*(1 - beta)", "", "right with m/(1 - beta) in place of m*(1 - beta)"),
    ("exp(-(x - mu)**2/(2*s**2)) == exp(-(x - mu)**2/(2*s))", "s > 0", "right with s**2 in place of s"),
    ("m/(1 - b**t) == m/(1 - b)", "b > 0; b < 1; t > 0", "right with b**t in place of b"),
    ("V d(norm(w)**2/2, w) == w**2", "", "right with w in place of w**2"),
    # inside or outside
    ("m/sqrt(v + eps) == m/(sqrt(v) + eps)", "v > 0; eps > 0", "right with sqrt(v + eps) in place of sqrt(v) + eps"),
    ("m/(sqrt(v) + eps) == m/sqrt(v + eps)", "v > 0; eps > 0", "right with eps + sqrt(v) in place of sqrt(v + eps)"),
    ("log(1/x) == 1/log(x)", "x > 1", "right with log(1/x) in place of 1/log(x)"),
    # functions
    ("d(sigmoid(z), z) == sigmoid(z)", "", "right with sigmoid(z)*(1 - sigmoid(z)) in place of sigmoid(z)"),
    ("d(sin(z), z) == sin(z)", "", "right with cos(z) in place of sin(z)"),
    ("max(x, 0) == min(x, 0)", "", "right with max(x, 0) in place of min(x, 0)"),
    ("exp(x + y) == exp(x) + exp(y)", "", "right with exp(x)*exp(y) in place of exp(x) + exp(y)"),
    # complements, names, entries
    ("beta*m + (1 - beta)*g == beta*m + beta*g", "", "right with 1 - beta in place of beta"),
    ("-(y*log(p) + (1 - y)*log(1 - p)) == -(y*log(p) + (1 - y)*log(p))", "p > 0; p < 1", "right with 1 - p in place of p"),
    ("log(x*y) == log(x) + log(x)", "x > 0; y > 0", "right with y in place of x"),
    ("V W @ x == W @ v", "", "right with x in place of v"),
    ("V x[0]*y[1] == x[0]*y[0]", "", "right with y[1] in place of y[0]"),
    ("V A[0, 1]*w[1] == A[1, 1]*w[1]", "", "right with A[0, 1] in place of A[1, 1]"),
    # beside a condition, which is no value to take a root or a square of
    ("max(0, 1 - y*x) == where(y*x < 1, 1 - y*z, 0)", "", "right with x in place of z"),
    # terms
    ("x + eps == x", "", "right with the term eps added"),
    ("a*x**2 + b*x + c == a*x**2 + c", "", "right with the term b*x added"),
    ("w*x == w*x + b", "", "right without the term b"),
    ("w*x == w*x*z", "", "right without the factor z"),
    # products and transposes
    ("V (A @ B).T == A.T @ B.T", "", "right with B.T @ A.T in place of A.T @ B.T"),
    ("V A @ B == B @ A", "", "right with A @ B in place of B @ A"),
    ("V A @ w == A.T @ w", "", "right with A @ w in place of A.T @ w"),
    ("V d(sum((A @ w)**2)/2, w) == A @ (A @ w)", "", "right with A.T @ (A @ w) in place of A @ (A @ w)"),
    ("V d(sum((X @ w - y)**2)/2, w) == X.T @ (y - X @ w)", "", "the sign is wrong"),
    # conditions
    ("sqrt(x**2) == x", "", "holds if x >= 0"),
    ("relu(z) == z", "", "holds if z >= 0"),
    ("d(relu(z), z) == 1", "", "holds if z > 0"),
    ("abs(x) == -x", "", "holds if x <= 0"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "assuming", "words"), FAULTS, ids=[f[0] for f in FAULTS])
def test_a_planted_fault_is_named(text: str, assuming: str, words: str) -> None:
    found = diagnosed(text.removeprefix("V "), text.startswith("V "), [t for t in assuming.split(";") if t])
    assert found is not None
    assert str(found.step) == words
    assert bool(found.condition) == words.startswith("holds if")


#: Two faults, or one that is no slip: nothing may be told.
BEYOND = [
    "x*y + z == 2*x*y - z",
    "d(sigmoid(z)*x, z) == 2*x*(1 + sigmoid(z))",
    "beta*m + (1 - beta)*g == 2*beta*m + g",
    "w - eta*(g + lam*w) == w + eta*g - 3*lam*w",
    "d((p - y)**3, p) == 2*(p + y)**3",
    "a*x**2 + b*x + c == a*x + b*x**2 + 2*c",
    "exp(x)*exp(y) == exp(x - 2*y)",
    "sin(x + y) == sin(x)*cos(y) - 2*cos(x)*sin(y)",
    "cos(x + y) == 2*cos(x)*cos(y) + sin(x)*sin(y)",
    "(a + b)**2 == a**2 - 2*b**2",
    "(a - b)**3 == a**3 - b**3",
    "d(tanh(z)*w, z) == 2*w*(1 + tanh(z)**2)",
    "d(x*exp(x), x) == 2*x*exp(-x)",
    "d(sin(x)*x**2, x) == cos(x) + x*sin(x)",
    "1/(1 + exp(-x)) == 2/(1 - exp(-x))",
    "(x + y)*(x - y) == x**2 + 2*y**2",
    "d(exp(-x**2/2), x) == 3*x*exp(-x**2)",
    "m*b + g*(1 - b) == 2*m*b - g",
    "tanh(2*x) == tanh(x)/(1 + tanh(x))",
    "d(relu(x)**3, x) == 2*relu(x) + x",
    "relu(x)**2*3 + y == relu(x) + 2*y",
]


@pytest.mark.parametrize("text", BEYOND)
def test_of_two_faults_nothing_is_told(text: str) -> None:
    found = diagnosed(text)
    assert found is None, found.step


@pytest.mark.parametrize("text", ["leaky_relu(x) == max(x, x/10 + 0*y)", "relu(min(x, 6)) == min(x, 6)"])
def test_one_right_case_of_two_is_no_condition(text: str) -> None:
    found = diagnosed(text)
    assert found is None or not found.condition


def test_a_dead_branch_is_no_condition() -> None:
    """Below 0 everything that is wrong here is 0: that does not make it right there."""
    found = diagnosed("3*relu(x)**2 + y == relu(x) + y")
    assert found is None or not found.condition


@pytest.mark.parametrize("text", [f[0] for f in FAULTS if not f[1] and not f[0].startswith("V ")])
def test_what_mends_holds_at_points(text: str) -> None:
    """The mended side against the true one in Python's floats, by a reader of its own."""
    import math

    from derive.language.reader import to_text
    from derive.repair import find

    scope, graph = api.scope(text, {})
    (claim,) = expand_all([reader.parse(text, scope, graph, boolean=True)])
    found = find(*claim.args)
    assert found is not None
    names = {n: 0.3 + 0.17 * i for i, n in enumerate(sorted(names_in(text)))}
    functions = {
        **{n: getattr(math, n) for n in ("exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "pi")},
        "sigmoid": lambda x: 1 / (1 + math.exp(-x)), "relu": lambda x: max(x, 0), "abs": abs, "max": max, "min": min,
        "select": lambda s, a, b: a if s > 0 else b, "where": lambda c, a, b: a if c else b,
    }  # fmt: skip
    programs = [compile(ast.parse(to_text(n), mode="eval"), "", "eval") for n in (claim.args[0], found.mended)]
    sides = [eval(p, functions | names) for p in programs]
    if found.kind == "condition" and "<=" in to_text(found.new):
        return  # the point lies outside
    assert sides[0] == pytest.approx(sides[1], rel=1e-9)


def test_it_is_quick_and_leaves_no_trace() -> None:
    text = " + ".join(f"a{i}*sigmoid(b{i}*x + c{i})**2" for i in range(12))
    scope, graph = api.scope(text, {})
    a = reader.parse(text, scope, graph)
    b = reader.parse(text.replace("a3*", "2*a3*").replace("+ c7", "- 3*c7"), scope, graph)
    before = len(graph)
    start = steps()
    assert diagnosis(a, b, EVERYWHERE) is None
    assert 0 < steps() - start < LIMITS.steps / 2
    assert len(graph) == before


def test_factors_that_follow_a_size() -> None:
    half = Fraction(1, 2)
    assert by_size([(half, {"N": 2})]) == ""
    assert by_size([(half, {"N": 2}), (Fraction(1, 3), {"N": 3})]) == "1/N"
    assert by_size([(half, {"N": 2}), (half, {"N": 3})]) == ""
    assert by_size([(Fraction(1, 3), {"N": 3})]) == "1/N"
    assert by_size([(Fraction(1, 6), {"N": 3}), (Fraction(1, 8), {"N": 4})]) == "1/(2*N)"
    assert by_size([(Fraction(-6), {"N": 3})]) == "-2*N"
    assert by_size([(Fraction(5), {"N": 3})]) == ""
    assert by_size([(Fraction(3), {"m": 3, "n": 3}), (Fraction(1), {"m": 1, "n": 1})]) == ""
    assert by_size([(Fraction(3), {"m": 3, "n": 2}), (Fraction(1), {"m": 1, "n": 1})]) == "m"


def judged(tmp_path: Path, text: str) -> dict[str, Verdict]:
    path = tmp_path / "case.yaml"
    path.write_text(f"title: t\n{text}")
    context = CaseContext(load(path))
    return {c.id: judge(context, c) for c in context.case.claims}


def test_verdicts_carry_the_repair(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        """\
sizes: {N: [3, 4]}
symbols: {x: {shape: [N]}, w: {}, z: {}, t: {shape: [N]}}
define: {E: mean((w*x - t)**2)}
claims:
  - {id: mean, of: "d(E, w)", equals: 2*sum((w*x - t)*x)}
  - {id: range, of: relu(z), equals: z}
  - {id: special, of: sqrt(z**2 + w), equals: abs(z)}
""",
    )
    assert found["mean"].verdict == "wrong"
    assert "right times 1/N" in found["mean"].reason
    assert found["mean"].evidence["repair"] == "right times 1/N"
    assert found["range"].verdict == "holds-if"
    assert found["range"].evidence["condition"] == "z >= 0"
    assert "as stated: not equal at z = -1" in found["range"].reason
    assert found["special"].verdict == "wrong"
    assert "holds if w == 0" in found["special"].reason


@pytest.mark.parametrize(
    ("text", "assuming", "words"),
    [
        ("leaky_relu(x, a) == max(x, a*x)", (), "holds if a <= 1"),
        ("sqrt(x**2 + 2*x*y + y**2) == x + y", (), "holds if x + y >= 0"),
        ("x == y", ("x*z == y*z",), "holds if z != 0"),
    ],
)
def test_the_widest_condition_is_told(text: str, assuming: tuple[str, ...], words: str) -> None:
    found = diagnosed(text, assuming=assuming)
    assert found is not None
    assert str(found.step) == words


@pytest.mark.parametrize(("text", "assuming"), [("sin(pi*n) == 0", ()), ("A == A.T", ()), ("x == 1", ("x**2 == 1",))])
def test_a_side_is_not_told_as_its_own_repair(text: str, assuming: tuple[str, ...]) -> None:
    found = diagnosed(text, shaped="A" in text, assuming=assuming)
    assert found is None


def test_a_name_of_a_number_mends_nothing() -> None:
    scope, g = api.scope("x == c", {})
    a, b, c = (reader.parse(t, scope, g) for t in ("x**2 + x - 1/2", "x**2 + x", "c"))
    half = g.define("learning_rate", g.const(Fraction(1, 2)))
    assert diagnosis(a, b, EVERYWHERE, [half]) is None
    assert diagnosis(g.sub(a, c), g.sub(a, g.mul(c, c)), EVERYWHERE, [c]) is not None
