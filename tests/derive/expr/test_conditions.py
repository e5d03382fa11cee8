"""A comparison of tensors is one condition: of every entry, with != of some entry, before any connective."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from derive.engine.properties.dispatch import decide_somewhere
from derive.errors import ExpressionError
from derive.expr.conditions import one
from derive.expr.graph import Graph, Node, topological
from derive.language.components import components
from derive.language.printing import to_text
from derive.language.reader import parse
from derive.language.typeset import latex
from derive.numbers.balls import evaluate, rational
from verify.casefile import load
from verify.claims import CaseContext, judge
from verify.commands.proof import decide
from verify.verdict import Verdict

SHAPES = {
    **dict.fromkeys("ABCPR", (2, 2)),
    **dict.fromkeys(("u", "v", "w2"), (2,)),
    **dict.fromkeys("ab", (1,)),
    "w": (3,),
    "Q": (3, 3),
}
SCALARS = ("x", "y", "z")

#: condition; what is assumed; what it is: true, false, or true if something else holds too.
BANK = """
eye(2) != zeros(2, 2) ;; true
not eye(2) == zeros(2, 2) ;; true
not eye(2) == eye(2) ;; false
zeros(2) != zeros(2) ;; false
[1, 2] != [1, 3] ;; true
[1, 2] == [1, 3] or [1, 2] == [9, 2] ;; false
iff([1, 2] == [1, 3], [1, 2] != [1, 2]) ;; true
[1, 2] < [2, 2] or [1, 2] > [0, 3] ;; false
not [1, 2] < [2, 2] ;; true
not [1, 2] < [2, 3] ;; false
A != A + eye(2) ;; true
A != A.T ;; false
A @ B != B @ A ;; false
not A @ B == B @ A ;; false
u != v or u == v ;; true
u != v and u == v ;; false
iff(u != v, not u == v) ;; true
iff(u == v, u - v == 0) ;; true
iff(u == v, norm(u - v) == 0) ;; true
iff(v == zeros(2), norm(v) == 0) ;; true
iff(v != 0, abs(v) > 0) ;; false
iff(all(v != 0), abs(v) > 0) ;; true
iff(not all(u != 0), any(u == 0)) ;; true
iff(not u > 0, any(u <= 0)) ;; true
iff(not any(u > 0), u <= 0) ;; true
implies(u == v, u @ u == v @ v) ;; true
implies(u @ u == v @ v, u == v) ;; false
implies(u != v, sum(u) != sum(v)) ;; false
implies(sum(u) != sum(v), u != v) ;; true
implies(u >= 0, sum(u) >= 0) ;; true
implies(u > 0, sum(u) > 0) ;; true
implies(sum(u) > 0, u > 0) ;; false
implies(sum(u) > 0, any(u > 0)) ;; true
implies(any(u > 0), sum(u) > 0) ;; false
implies(0 < u < 1, sum(u) < 2) ;; true
implies(0 < u < 1, sum(u) < 1) ;; false
implies(u != 0, u[0]*u[1] != 0) ;; false
implies(all(u != 0), u[0]*u[1] != 0) ;; true
implies([x, y] == [0, 0], x + y == 0) ;; true
[x, y] == [x, 0] or [x, y] == [0, y] ;; false
u > 0 or u <= 0 ;; false
u > 0 or any(u <= 0) ;; true
not u > 0 or u > 0 ;; true
u > v or u < v or u == v ;; false
a > b or a < b or a == b ;; true
0 < v < 1 or not v > 0 or not v < 1 ;; true
not 0 < v < 1 or sum(v) < 2 ;; true
u == v and w > 0 or u != v or not w > 0 ;; true
not (u == v and w > 0) or w > 0 ;; true
max(v) >= 1 or v < 1 ;; true
iff(max(v) <= 0, v <= 0) ;; true
iff(v >= 0, relu(v) == v) ;; true
implies(A == B and B == C, A == C) ;; true
implies(A == B or B == C, A == C) ;; false
implies(A == 0, det(A) == 0) ;; true
implies(det(A) == 0, A == 0) ;; false
implies(A.T == -A, A[0, 0] == 0) ;; true
implies(A @ B == eye(2), B @ A == eye(2)) ;; true
implies(Q.T @ Q == eye(3), Q @ Q.T == eye(3)) ;; true
implies(A @ A == A, A == 0 or A == eye(2)) ;; false
implies(A @ A == 0, A == 0) ;; false
iff(A @ A == A, (eye(2) - A) @ (eye(2) - A) == eye(2) - A) ;; true
implies(all(A[i] == A[0] for i in 2), det(A) == 0) ;; true
implies(any(A[i] == 0 for i in 2), det(A) == 0) ;; true
any(A[i] == 0 for i in 2) ; det(A) == 0 ; false
P == 0 or P == 1 ; P*P == P ; false
A[0] != A[1] ; det(A) != 0 ; true
x**2 > 0 ; [x, y] != [0, 0] ; false
x**2 + y**2 > 0 ; [x, y] != [0, 0] ; true
x**2 + y**2 > 0 ; not [x, y] == [0, 0] ; true
v[0]**2 > 0 ; v != 0 ; false
v[0]**2 > 0 ; v != zeros(2) ; false
v[0]**2 > 0 ; all(v != 0) ; true
norm(w) > 0 ; w != 0 ; true
a[0] != 0 ; a != 0 ; true
u != v ; u[0] > v[0] ; true
u != v ; sum(u) > sum(v) ; true
v != 3 ; v[0] == 3 & v[1] != 3 ; true
v != 3 ; v[0] == 3 ; false
[x, y] != [y, x] ; x > y ; true
v == [1, 2] or v == [2, 1] ; sum(v) == 3 & v[0]*v[1] == 2 ; true
v == [1, 2] or v == [2, 1] ; sum(v) == 3 ; false
sum(v) == 3 ; v == [1, 2] or v == [2, 1] ; true
v[0] == 1 ; v == [1, 2] or v == [2, 1] ; false
R @ R.T == eye(2) ; R.T @ R == eye(2) and x > 0 ; true
R @ R.T == eye(2) ; not R.T @ R == eye(2) ; false
u == v ; u >= v & u <= v ; true
where(u > 0, u, 0) == relu(u) ;; true
where(u > 0 and u < 1, 1, 0) == where(u > 0, 1, 0)*where(u < 1, 1, 0) ;; true
where(not u == v, 1, 0) == where(u != v, 1, 0) ;; true
sum(indicator(u != v)) >= 1 ; u != v ; true
sum(indicator(u != v)) == 2 ; u != v ; if
sum(indicator(u != v)) == 2 ; all(u != v) ; true
""".strip().splitlines()
STATUS = {"true": "proved", "false": "refuted", "if": "proved-if"}
VERDICT = {"true": "holds", "false": "wrong", "if": "holds-if"}


def read(line: str) -> tuple[str, list[str], str]:
    text, assumed, answer = (part.strip() for part in line.split(";"))
    return text, [a.strip() for a in assumed.split(" & ") if a], answer


def scope(g: Graph) -> dict[str, Node]:
    return {n: g.symbol(n, s) for n, s in SHAPES.items()} | {n: g.symbol(n) for n in SCALARS}


@pytest.mark.parametrize("line", BANK)
def test_what_a_condition_of_tensors_says(line: str) -> None:
    text, assumed, answer = read(line)
    g = Graph()
    names = scope(g)
    found = decide(parse(text, names, g, boolean=True), [parse(a, names, g, boolean=True) for a in assumed])
    assert found.status == STATUS[answer], str(found)


def judged(tmp_path: Path, claim: str, symbols: str = "") -> Verdict:
    path = tmp_path / "c.yaml"
    declared = "".join(f"  {n}: {{shape: {list(s)}}}\n" for n, s in SHAPES.items()) + "".join(
        f"  {n}: {{}}\n" for n in SCALARS
    )
    path.write_text(f"title: T\nsymbols:\n{symbols or declared}claims:\n  - {{id: c, {claim}}}\n")
    case = load(path)
    return judge(CaseContext(case), case.claims[0])


@pytest.mark.parametrize("line", BANK[::3])
def test_a_case_says_the_same(tmp_path: Path, line: str) -> None:
    text, assumed, answer = read(line)
    quoted = ", ".join(f'"{a}"' for a in assumed)
    given = f", assuming: [{quoted}]" if assumed else ""
    found = judged(tmp_path, f'holds: "{text}"{given}')
    assert found.verdict == VERDICT[answer], found.reason


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("u != v", "holds"),
        ("u == v", "wrong"),
        ("not u == v", "holds"),
        ("u == v or u <= v", "holds"),
        ("all(u != v)", "wrong"),
        ("any(u > 1)", "holds"),
        ("0 < u < 3", "holds"),
        ("0 < u < 2", "wrong"),
        ("where(u < v, 1, 0) == [0, 1]", "holds"),
    ],
)
def test_at_the_documents_values(tmp_path: Path, claim: str, verdict: str) -> None:
    assert judged(tmp_path, f'holds: "{claim}"', "  u: [1, 2]\n  v: [1, 3]\n").verdict == verdict


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("[1, 1] == [x, 2]", "holds nowhere on the domain"),
        ("A == A + eye(2)", "holds nowhere on the domain"),
        ("u != u", "holds nowhere on the domain"),
        ("1/x == 0", "holds nowhere on the domain"),
        ("[x, 1] == [2, 1]", "holds at x = 2"),
        ("a == 2 and a != 3", "holds at a[0] = 2"),
        ("[1, 2] != [1, 3]", "holds"),
    ],
)
def test_somewhere_names_its_point_and_nothing_else(tmp_path: Path, claim: str, reason: str) -> None:
    found = judged(tmp_path, f'somewhere: "{claim}"')
    assert found.verdict == ("wrong" if "nowhere" in reason else "holds")
    assert found.reason == reason


@pytest.mark.parametrize(
    "claim",
    ["A @ B != B @ A", "A @ B == B @ A", "x**2 == y and x > 3", "u != 0 and sum(u) == 0", "A @ A == 0 and A != 0"],
)
def test_the_point_of_somewhere_is_one(claim: str) -> None:
    g = Graph()
    condition = parse(claim, scope(g), g, boolean=True)
    found = decide_somewhere(condition)
    assert found.status == "proved", str(found)
    assert found.witness is not None
    at = {n: rational(v) for n, v in found.witness.items()}
    assert all(v is True for v in evaluate(components(condition), at))


def test_a_condition_that_does_not_suffice_is_none(tmp_path: Path) -> None:
    assert judged(tmp_path, 'holds: "x**2 > 0", needs: ["[x, y] != [0, 0]"]').verdict == "wrong"
    assert judged(tmp_path, 'holds: "x**2 + y**2 > 0", needs: ["[x, y] != [0, 0]"]').verdict == "holds-if"
    assert judged(tmp_path, 'holds: "v[0]*v[1] != 0", needs: ["v != 0"]').verdict == "wrong"
    assert judged(tmp_path, 'holds: "v[0]*v[1] != 0", needs: ["all(v != 0)"]').verdict == "holds-if"


def test_the_conditions_of_all_parts_are_told() -> None:
    g = Graph()
    for text, told in {
        "x**2 > 0 and u == u and y**2 > 0": ["x != 0", "y != 0"],
        "u**2 > 0 and x**2 > 0": ["u[0] != 0", "u[1] != 0", "x != 0"],
    }.items():
        found = decide(parse(text, scope(g), g, boolean=True), [])
        assert found.status == "proved-if"
        assert [to_text(c) for c in found.missing] == told
    found = decide(parse("u/u == 1 and v/v == 1", scope(g), g, boolean=True), [])
    assert found.status == "proved"
    assert [to_text(c) for c in found.conditions] == ["all(u != 0)", "all(v != 0)"]


def test_a_part_that_fails_refutes_nothing_where_the_other_may_hold() -> None:
    g = Graph()
    names = scope(g)
    given = parse("iff(0 <= sum(abs(u)), u > v) and (x*y >= x*y or max(u) <= y)", names, g, boolean=True)
    assert decide(parse("x*y >= x*y or max(u) <= y", names, g, boolean=True), [given]).status != "refuted"


def test_claims_about_tensors_that_contradict_each_other(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        "title: T\nsymbols: {u: {shape: [2]}, v: {shape: [2]}}\nclaims:\n"
        "  - {id: one, holds: u == v}\n"
        '  - {id: two, holds: "u != v", contradicts: one}\n'
        '  - {id: three, holds: "u[0] != v[0]", contradicts: one}\n'
        '  - {id: four, holds: "u @ u == v @ v", contradicts: one}\n'
    )
    case = load(path)
    said = [judge(CaseContext(case), c).reason for c in case.claims[1:]]
    assert ["no values satisfy both" in reason for reason in said] == [True, True, False]


@pytest.mark.parametrize("line", BANK)
def test_conditions_are_printed_as_they_are_read(line: str) -> None:
    g = Graph()
    names = scope(g)
    for text in (read(line)[0], *read(line)[1]):
        node = parse(text, names, g, boolean=True)
        assert parse(to_text(node), names, g, boolean=True) is node
        assert latex(node)


@pytest.mark.parametrize("line", [b for b in BANK if "where" not in b and "indicator" not in b])
def test_tensors_stand_in_values_alone(line: str) -> None:
    """Every connective joins single truths, and a condition is a tensor only where every entry of it is meant."""
    g = Graph()
    node = parse(read(line)[0], scope(g), g, boolean=True)
    for n in topological([node]):
        if n.op in ("and", "or", "not"):
            assert not n.shape
            assert not any(a.shape for a in n.args)
    assert not node.shape or node.op != "ne"


def test_every_and_some_of_all_values() -> None:
    """What the nodes all and any are laid out to, by hand on a grid."""
    g = Graph()
    names = scope(g)
    u, v = (components(names[n]) for n in "uv")
    grid = [Fraction(k) for k in (-1, 0, 1)]
    for text, meant in {
        "not u == v": lambda p, q: p != q,
        "u != v": lambda p, q: p != q,
        "all(u != v)": lambda p, q: p[0] != q[0] and p[1] != q[1],
        "not u < v": lambda p, q: not (p[0] < q[0] and p[1] < q[1]),
        "any(u < v)": lambda p, q: p[0] < q[0] or p[1] < q[1],
        "any(u < v and u > 0)": lambda p, q: any(0 < a < b for a, b in zip(p, q, strict=True)),
        "u < v or u > v": lambda p, q: (p[0] < q[0] and p[1] < q[1]) or (p[0] > q[0] and p[1] > q[1]),
    }.items():
        (condition,) = components(one(parse(text, names, g, boolean=True)))
        for p in product(grid, repeat=4):
            at = dict(zip([*u, *v], map(rational, p), strict=True))
            assert evaluate([condition], at) == [meant(p[:2], p[2:])], (text, p)


@pytest.mark.parametrize(
    "text", ["all(u)", "any(x > 0)", "all(u > 0, v > 0)", "where(all(u > 0), 1, 0)", "(u > 0) + 1"]
)
def test_what_is_no_condition_of_tensors(text: str) -> None:
    g = Graph()
    with pytest.raises(ExpressionError):
        parse(text, scope(g), g)


def test_unlike_shapes_are_joined_and_not_compared() -> None:
    g = Graph()
    names = scope(g)
    assert parse("u == 0 and w == 0", names, g, boolean=True).shape == ()
    with pytest.raises(ExpressionError, match="do not fit"):
        parse("u == w", names, g, boolean=True)
    with pytest.raises(ExpressionError, match="do not fit"):
        parse("where(u > 0 and w > 0, 1, 0)", names, g)
