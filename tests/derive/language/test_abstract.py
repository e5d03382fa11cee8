"""Abstract functions: what is proved of phi holds for each phi, and every instance agrees with its derivatives."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.calculus.reverse import expand
from derive.engine import decide_equal
from derive.engine.domain import Domain
from derive.errors import ExpressionError, Undetermined
from derive.expr.graph import Graph, Node
from derive.flint import arb, fmpq
from derive.language.abstract import function
from derive.language.components import components
from derive.language.reader import parse, to_text
from derive.language.typeset import latex
from derive.numbers.balls import evaluate


def names() -> dict[str, Node]:
    g = Graph()
    found = {n: g.symbol(n) for n in ("x", "w", "n", "t")}
    found |= {"W": g.symbol("W", (2, 2)), "v": g.symbol("v", (2,)), "b": g.symbol("b", (2,))}
    return found | {"phi": function(g, "phi", 1), "E": function(g, "E", 2)}


def status(left: str, right: str) -> str:
    s = names()
    s["z"] = s["x"].graph.define("z", parse("W @ v + b", s, s["x"].graph))
    s["L"] = s["x"].graph.define("L", parse("sum(phi(z)**2)/2", s, s["x"].graph))
    a, b = (expand(parse(text, s, s["x"].graph)) for text in (left, right))
    return decide_equal(a, b).status


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("d(phi(x), x)", "phi(x, d=1)"),
        ("d(phi(x**2)*x, x)", "2*x**2*phi(x**2, d=1) + phi(x**2)"),
        ("hessian(phi(x*w), [x, w])", "[[w**2*phi(x*w, d=2), phi(x*w, d=1) + x*w*phi(x*w, d=2)],"
         " [phi(x*w, d=1) + x*w*phi(x*w, d=2), x**2*phi(x*w, d=2)]]"),
        ("d(d(E(w, n), w), n)", "d(d(E(w, n), n), w)"),
        ("d(E(t**2, 3*t), t)", "2*t*E(t**2, 3*t, d=[1, 0]) + 3*E(t**2, 3*t, d=[0, 1])"),
        ("d(phi(phi(x)), x)", "phi(phi(x), d=1)*phi(x, d=1)"),
        ("d(L, z)", "phi(z)*phi(z, d=1)"),
        ("d(L, W)", "outer(d(L, z), v)"),
        ("d(L, v)", "W.T @ (phi(z)*phi(z, d=1))"),
        ("d(where(x > 0, phi(x), x), w)", "0"),
        ("phi((x + 1)**2)", "phi(x**2 + 2*x + 1)"),
    ],
)  # fmt: skip
def test_proved_for_every_function(left: str, right: str) -> None:
    assert status(left, right) == "proved"


def test_what_does_not_follow_is_not_proved() -> None:
    for left, right in (
        ("phi(x, d=1)", "phi(x)"),
        ("phi(-x)", "phi(x)"),
        ("E(w, n)", "E(n, w)"),
        ("phi(x, d=2)", "phi(x, d=1)"),
    ):
        assert status(left, right) in ("undecided", "refuted")


@pytest.mark.parametrize("instance", ["tanh", "sin", "exp"])
def test_with_a_function_put_in_the_derivatives_are_its_own(instance: str) -> None:
    s = names()
    g = s["x"].graph
    ours = components(expand(parse("hessian(phi(x*w)*phi(x + w), [x, w])", s, g)))
    theirs = components(expand(parse(f"hessian({instance}(x*w)*{instance}(x + w), [x, w])", s, g)))
    slopes = [parse(f"{instance}(t)", s, g)]
    for _ in range(2):
        slopes.append(expand(g.node("d", (slopes[-1], s["t"]), False)))

    def put(n: Node, done: dict[Node, Node]) -> Node:
        from derive.expr.folding import substitute
        from derive.expr.graph import topological

        for m in topological([n]):
            args = tuple(done.get(a, a) for a in m.args)
            if m.op == "apply":
                done[m] = substitute(slopes[m.attr[1][0]], {s["t"]: args[0]})
            else:
                done[m] = m if args == m.args else g.node(m.op, args, m.attr, m.shape)
        return done[n]

    at = {s["x"]: fmpq(1, 3), s["w"]: fmpq(-2, 5)}
    for a, b in zip(evaluate([put(n, {}) for n in ours], at), evaluate(theirs, at), strict=True):
        assert arb(a).overlaps(arb(b))


def test_text_print_and_value() -> None:
    s = names()
    g = s["x"].graph
    for text, printed in (
        ("phi(x)", r"\phi(x)"),
        ("phi(x + 1, d=2)", r"\phi''(x + 1)"),
        ("phi(x, d=4)", r"\phi^{(4)}(x)"),
        ("E(w, n, d=[2, 1])", r"\partial_{1}^{2} \partial_{2} E(w, n)"),
    ):
        node = parse(text, s, g)
        assert parse(to_text(node), s, g) is node
        assert to_text(node) == text
        assert latex(node) == printed
    fault = evaluate([parse("phi(x) + 1", s, g)], {s["x"]: fmpq(1)})[0]
    assert isinstance(fault, Undetermined)
    assert "abstract function" in str(fault)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("phi(x, w)", "takes 1 argument, not 2"),
        ("phi + 1", "is a function; it is called"),
        ("E(x, w, d=1)", "an order of differentiation for each"),
        ("phi(x, k=1)", "an order of differentiation for each"),
        ("psi(x)", "unknown function 'psi'"),
    ],
)
def test_faults(text: str, message: str) -> None:
    s = names()
    with pytest.raises(ExpressionError, match=message):
        parse(text, s, s["x"].graph)


def test_a_case_declares_functions(tmp_path: Path) -> None:
    from verify.casefile import check, load

    path = tmp_path / "c.yaml"
    path.write_text(
        "title: T\nfunctions: {phi: 1}\nsymbols: {x: 2, w: {}}\ndefine: {a: phi(w*x)}\n"
        "claims:\n  - {id: c, of: 'd(a, w)', equals: 'x*phi(w*x, d=1)'}\n"
    )
    assert check([path]) == []
    (claim,) = load(path).claims
    assert claim.of is not None
    assert decide_equal(expand(claim.of), claim.equals[0]).status == "proved"
    path.write_text("title: T\nfunctions: {phi: many}\n")
    assert "how many arguments" in str(check([path])[0])


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        ("{f: [n], F: {from: [n], to: [2]}, k: {from: 1}}", ""),
        ("{f: [m]}", "unknown size 'm'"),
        ("{f: [2, 3]}", "is a function of a vector"),
        ("{f: []}", "is a function of a vector"),
        ("{f: {to: [2]}}", "needs 'from'"),
        ("{f: {from: [2], into: [2]}}", "into"),
        ("{f: {from: [2], to: [2, 2]}}", "is a function of a vector"),
        ("{f: [11]}", "it may have 1 to 10"),
        ("{f: [0]}", "expected sizes"),
    ],
)
def test_functions_of_vectors_in_a_case(tmp_path: Path, functions: str, words: str) -> None:
    from verify.casefile import check

    path = tmp_path / "c.yaml"
    path.write_text(f"title: T\nsizes: {{n: 3}}\nfunctions: {functions}\nsymbols: {{x: {{}}}}\n")
    found = check([path])
    assert not found if not words else words in str(found[0])


@pytest.mark.parametrize(
    ("a", "b", "assuming", "status"),
    [
        ("phi(x*w/w)", "phi(x)", [], "proved"),
        ("x - phi(x)", "x", ["phi(x) == 0"], "proved"),
        ("phi(log(-1 - x**2)*w/w)", "phi(log(-1 - x**2))", [], "undecided"),  # nowhere has it a value
        ("x/x*w", "w", ["phi(x)**2 < 0"], "undecided"),
    ],
)
def test_a_proof_for_every_function_says_something_of_one(a: str, b: str, assuming: list[str], status: str) -> None:
    s = names()
    g = s["x"].graph
    given = [parse(c, s, g) for c in assuming]
    found = decide_equal(parse(a, s, g), parse(b, s, g), Domain(given)).status
    assert found.removesuffix("-if") == status
