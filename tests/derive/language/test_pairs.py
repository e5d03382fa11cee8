"""Complex numbers: values held to Python's own, conventions of gradients to Torch and to difference quotients."""

from __future__ import annotations

import cmath
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.calculus.reverse import expand_all
from derive.engine.domain import Domain
from derive.engine.properties.dispatch import decide_condition
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.flint import arb
from derive.language.components import components
from derive.language.pairs import of_symbol
from derive.language.reader import parse, to_text
from derive.numbers.balls import evaluate, rational


def scope(g: Graph) -> dict[str, Node]:
    return (
        {n: of_symbol(g.symbol(n, (2,))) for n in ("z", "w")}
        | {n: g.symbol(n) for n in ("x", "t")}
        | {"v": g.symbol("v", (2,))}
    )


def decide(claim: str) -> str:
    g = Graph()
    made = parse(claim, scope(g), g)
    assert parse(to_text(made), scope(g), g) is made
    return decide_condition(made, Domain(())).status


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("conj(z*w) == conj(z)*conj(w)", "proved"),
        ("abs(z*w) == abs(z)*abs(w)", "proved"),
        ("z*conj(z) == abs(z)**2", "proved"),
        ("z**2 == abs(z)**2", "refuted"),
        ("exp(z + w) == exp(z)*exp(w)", "proved"),
        ("exp(1j*t) == cos(t) + 1j*sin(t)", "proved"),
        ("exp(1j*t) == cos(t) - 1j*sin(t)", "refuted"),
        ("1/(1 + 1j) == (1 - 1j)/2", "proved"),
        ("1j**2 == -1", "proved"),
        ("1j**2 != 1", "proved"),
        ("z != z", "refuted"),
        ("re(z) == (z + conj(z))/2", "proved"),
        ("im(z) == (z - conj(z))/2j", "proved"),
        ("re(x) == x and im(x) == 0 and conj(x) == x", "proved"),
        ("abs(z + w) <= abs(z) + abs(w)", "proved"),
        ("z[1] == im(z)", "proved"),
        ("d(z**3, z, convention=wirtinger) == 3*z**2", "proved"),
        ("d(z**3, z, convention=conjugate) == 0", "proved"),
        ("d(conj(z), z, convention=wirtinger) == 0", "proved"),
        ("d(abs(z)**2, z, convention=wirtinger) == conj(z)", "proved"),
        ("d(abs(z)**2, z, convention=wirtinger) == z", "refuted"),
        ("d(abs(z)**2, z, convention=conjugate) == z", "proved"),
        ("d(abs(z)**2, z, convention=torch) == 2*z", "proved"),
        ("d(abs(z)**2, z, convention=jax) == 2*conj(z)", "proved"),
        ("d(abs(z)**2, z, convention=torch) == 2*d(abs(z)**2, z, convention=conjugate)", "proved"),
        ("d(d(abs(z)**4, z, convention=wirtinger), z, convention=conjugate) == 4*abs(z)**2", "proved"),
    ],
)
def test_claims(claim: str, status: str) -> None:
    assert decide(claim).removesuffix("-if") == status


_LEAVES = st.sampled_from(["z", "w", "x", "2", "1j", "(1 - 2j)", "0.5"])
_TEXTS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(st.sampled_from(["conj", "exp", "-", ""]), inner).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(inner, st.integers(-3, 3)).map(lambda p: f"({p[0]})**({p[1]})"),
    ),
    max_leaves=6,
)
_NUMBERS = st.integers(-3, 3)


@given(_TEXTS, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS)
@settings(max_examples=120, deadline=None)
def test_values_are_those_of_python(text: str, a: int, b: int, c: int, e: int, x: int) -> None:
    g = Graph()
    names = scope(g)
    known = {
        "z": complex(a, b),
        "w": complex(c, e),
        "x": complex(x),
        "conj": lambda n: complex(n).conjugate(),
        "exp": cmath.exp,
    }
    try:
        wanted = complex(eval(text, {}, known))
    except (ZeroDivisionError, OverflowError):
        return
    if abs(wanted) > 1e12:
        return
    at = dict(zip((*names["z"].args, *names["w"].args, names["x"]), map(rational, (a, b, c, e, x)), strict=True))
    for part, want in (("re", wanted.real), ("im", wanted.imag)):
        (found,) = evaluate(components(parse(f"{part}({text})", names, g)), at, 200)
        if isinstance(found, Exception):  # Python's zeros come of rounding
            continue
        assert abs(arb(found) - want) < 1e-7 * (1 + abs(wanted))


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("abs(z)**2", lambda t, z: z.abs() ** 2),
        ("re(z**3)", lambda t, z: (z**3).real),
        ("abs(exp(z) - 1)", lambda t, z: (t.exp(z) - 1).abs()),
        ("im(z/(2 + conj(z)))", lambda t, z: (z / (2 + z.conj())).imag),
    ],
)
def test_the_convention_of_torch_is_that_of_torch(text: str, run) -> None:
    torch = pytest.importorskip("torch")
    z = torch.tensor(0.5 - 1.25j, dtype=torch.complex128, requires_grad=True)
    run(torch, z).backward()
    g = Graph()
    names = scope(g)
    parts = expand_all([parse(f"{p}(d({text}, z, convention=torch))", names, g) for p in ("re", "im")])
    at = dict(zip(names["z"].args, (rational(1) / 2, rational(-5) / 4), strict=True))
    found = evaluate([e for p in parts for e in components(p)], at, 128)
    assert [float(v) for v in found] == pytest.approx([z.grad.real.item(), z.grad.imag.item()], rel=1e-12)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("d(abs(z)**2, z)", "says its convention: .*wirtinger is .*torch is"),
        ("d(abs(z)**2, z, convention=wirtingr) == 0", "says its convention"),
        ("d(abs(z)**2, z, side=1) == 0", "says its convention"),
        ("d(z**2, z, convention=torch) == z", "is of real functions"),
        ("d(z**2, z*w, convention=wirtinger) == z", "by a complex symbol"),
        ("d(z*x, x) == z", "differentiated by a complex number"),
        ("d(x**2, x, convention=wirtinger)", "by complex numbers"),
        ("z*w", "a complex value stands in a comparison"),
        ("z < w", "not known of complex numbers"),
        ("sin(z) == z", "'sin' is not known of complex numbers"),
        ("z**x == z", "whole powers only"),
        ("z**(1/2) == z", "whole powers only"),
        ("z**51 == z", "whole powers only"),
        ("x**z == z", "whole powers only"),
        ("z*v == z", "has a shape"),
        ("[z, w] == [w, z]", "not known of complex numbers"),
        ("sum(z for i in 3) == 3*z", "a complex value stands"),
        ("where(x > 0, z, w) == z", "a choice between complex numbers"),
        ("(z if x > 0 else w) == z", "a choice between complex numbers"),
        ("z == w == z", "not known of complex numbers"),
        ("z[2] == 0", "not known of complex numbers"),
        ("1jj == 0", ""),
    ],
)
def test_faults(text: str, fault: str) -> None:
    g = Graph()
    with pytest.raises(ExpressionError, match=fault):
        parse(text, scope(g), g)


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        ("{complex: true}", ""),
        ("{value: [3, 4], complex: true}", ""),
        ("{value: 3, complex: true}", "a complex number is [real, imaginary]"),
        ("{value: [1, 2, 3], complex: true}", "a complex number is [real, imaginary]"),
        ("{complex: true, shape: [2]}", "is complex"),
        ("{complex: true, whole: true}", "is complex"),
        ("{complex: true, in: [0, 1]}", "is complex"),
        ("{complex: maybe}", "maybe"),
    ],
)
def test_in_a_case(tmp_path: Path, symbol: str, words: str) -> None:
    from verify.casefile import check

    path = tmp_path / "c.yaml"
    path.write_text(
        f"title: T\nsymbols: {{z: {symbol}}}\nclaims:\n"
        "  - {id: a, holds: 'conj(conj(z)) == z'}\n  - {id: b, of: abs(z)**2, equals: z*conj(z)}\n"
    )
    found = [str(f) for f in check([path])]
    assert any((words or "a complex value stands in a comparison") in f for f in found)
    assert bool(words) or len(found) == 1
