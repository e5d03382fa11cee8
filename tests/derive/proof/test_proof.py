"""The trusted core: what it accepts, that it accepts nothing else, and that no sample contradicts what it accepted."""

from __future__ import annotations

import ast
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from derive.budget import apart
from derive.engine.certify import certified, prove
from derive.engine.decision import Decision
from derive.engine.domain import EVERYWHERE, Domain, ranges
from derive.engine.reasons import Why
from derive.errors import UndefinedValue
from derive.exchange.certificates import Unreadable, carried, read
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import OPERATORS
from derive.flint import fmpq
from derive.language.components import components_all
from derive.language.reader import parse
from derive.numbers.balls import evaluate
from derive.proof import certificates
from derive.proof.certificates import (
    KINDS,
    Alternatives,
    Certificate,
    Evaluation,
    Lemma,
    Numbers,
    Parts,
    Rule,
    Split,
    Substitution,
    Trusted,
)
from derive.proof.check import Rejected, Theorem, check
from derive.proof.sequent import Sequent
from tests import ROOT
from tests.banks.identities import FALSE, TRUE, lines
from tests.banks.identities import read as read_line
from tests.banks.sequents import sequent
from verify.cli import main

GENERIC = Rule("generic", (), ())


def found(s: Sequent) -> Theorem:
    """By the search."""
    with apart():
        return prove(s)


# -- each kind, accepted and rejected ---------------------------------------------------------------------


def test_a_theorem_is_made_by_the_checker_alone() -> None:
    s = sequent("x == x + 1")
    with pytest.raises(TypeError):
        Theorem(s, Evaluation())
    with pytest.raises(TypeError):
        Theorem(s, Evaluation(), object())
    with pytest.raises(TypeError):
        type("Forged", (Theorem,), {})
    blank = object.__new__(Theorem)
    with pytest.raises(AttributeError):
        blank.sequent = s
    theorem = check(sequent("x == x"), Evaluation())
    with pytest.raises(AttributeError):
        theorem.sequent = s


@pytest.mark.parametrize(
    ("said", "given", "certificate"),
    [
        ("1/x == 1/x", ["x != 0"], Evaluation()),
        ("(x + y)**2 == x**2 + 2*x*y + y**2", [], Evaluation()),
        ("sigmoid(-z) == 1 - sigmoid(z)", [], Evaluation()),
        ("log(x*y) == log(x) + log(y)", ["x > 0", "y > 0"], Evaluation()),
        ("exp(x/2)*exp(x/3) == exp(5*x/6)", [], Evaluation()),
        ("x**2 - 2*x*y + y**2 >= 0", [], Evaluation()),
        ("x**2 + x + 1 > 0", [], Evaluation()),
        ("x**3 + x + 1 > 0", ["x > 0"], Evaluation()),
        ("exp(x) >= 1 + x", [], Evaluation()),
        ("log(x) <= x - 1", ["x > 0"], Evaluation()),
        ("log(1 + exp(x)) > x", [], Evaluation()),
        ("sqrt(2) < 3/2", [], Numbers()),
        ("log(2) < pi/4", [], Numbers(64)),
        ("x > 3", ["x > 1", "x < 0"], Evaluation()),
        ("x > 3", ["x*y > 0", "x > 0", "y < 0"], Evaluation()),  # seen at the second look
        ("abs(x - y) == x - y", ["abs(x - y) >= 1", "x >= y"], Evaluation()),
        ("x == y and 2*x == x + y", ["x == y"], Parts((Evaluation(), Evaluation()))),
    ],
)
def test_accepted(said: str, given: list[str], certificate: Certificate) -> None:
    s = sequent(said, *given)
    assert check(s, certificate).sequent is s


def test_split_solved_alternatives_lemma_accepted() -> None:
    s = sequent("abs(x) == max(x, -x)")
    x = s.conclusion.graph.symbol("x")
    leaf = Evaluation()
    check(s, Split(x, (leaf, leaf, leaf)))
    check(s, Split(x, (leaf, leaf)))  # where it is not negative, where it is
    s = sequent("exp(x) == exp(y)", "x - y == 0")
    g = s.conclusion.graph
    check(s, Substitution(g.symbol("x"), g.symbol("y"), leaf, leaf))
    s = sequent("x**2 > 1", "x > 1 or x < -1")
    g = s.conclusion.graph
    fact = parse("(x - 1)*(x + 1) > 0", {"x": g.symbol("x")}, g, boolean=True)
    cases = s.concluding(fact)
    check(cases, Alternatives(0, (leaf, leaf)))
    check(s, Lemma(fact, Alternatives(0, (leaf, leaf)), leaf))


@pytest.mark.parametrize(
    ("said", "given", "certificate"),
    [
        ("1/x == 1/x", [], Evaluation()),
        ("(x + y)**2 == x**2 + x*y + y**2", [], Evaluation()),
        ("sqrt(x**2) == x", [], Evaluation()),
        ("log(x*y) == log(x) + log(y)", ["x*y > 0"], Evaluation()),
        ("exp(x/2)*exp(x/3) == exp(x)", [], Evaluation()),
        ("x**2 - 3*x*y + y**2 >= 0", [], Evaluation()),
        ("x**4 - 2*x + 1 > 0", [], Evaluation()),
        ("x**3 + x + 1 > 0", ["x > -1"], Evaluation()),
        ("exp(x) >= 1 + 2*x", [], Evaluation()),
        ("log(x) < x - 1", ["x > 0"], Evaluation()),
        ("log(1 + exp(x)) > x + 1", [], Evaluation()),
        ("log(1 + exp(x)) < 2*x", [], Evaluation()),
        ("sqrt(x) < (1 + x)/2", ["x >= 0"], Evaluation()),
        ("x/x == 1", [], Evaluation()),
        ("x**0.5 >= 0", [], Evaluation()),
        ("sqrt(2) > 3/2", [], Numbers()),
        ("x == x", [], Numbers()),
        ("x > 3", ["x > 1"], Evaluation()),
        ("where(x > 0, 1/x, 0) > 0", [], Evaluation()),
        ("1 > 0", ["x > 0"], Parts(())),
        ("x == x", [], Trusted("normal form")),
        ("x != 0", ["where(x == 0 or 1/x > 0, 1, 0) == 1"], Evaluation()),  # ``or`` need not come to 1/x
        ("x > 0", ["where(x > 0, log(x), 0) == log(abs(x) + 1)*0"], Evaluation()),
    ],
)
def test_rejected(said: str, given: list[str], certificate: Certificate) -> None:
    with pytest.raises(Rejected):
        check(sequent(said, *given), certificate)


def test_split_solved_alternatives_lemma_rejected() -> None:
    leaf = Evaluation()
    s = sequent("abs(x) == x")
    g = s.conclusion.graph
    x = g.symbol("x")
    for wrong in (
        Split(x, (leaf, leaf, leaf)),
        Split(x, (leaf, leaf)),
        Split(x, (leaf,)),
        Split(x, ()),
        Split(g.div(g.one, x), (leaf, leaf)),
        Split(g.div(g.one, x), (leaf, leaf, leaf)),  # has no value at 0: its three signs are not all cases
        Substitution(x, g.const(1), leaf, leaf),
        Substitution(x, g.call("abs", x), leaf, leaf),
        Lemma(g.call("gt", x, g.zero), leaf, leaf),
        Alternatives(0, (leaf, leaf)),
        Parts((leaf, leaf)),
    ):
        with pytest.raises(Rejected):
            check(s, wrong)


def test_a_kink_has_the_value_that_both_sides_agree_on() -> None:
    g = Graph()
    x = g.symbol("x")
    zero = Sequent((g.call("eq", x, g.zero),), g.call("eq", g.node("select", (x, g.one, g.one)), g.one))
    check(zero, Evaluation())
    with pytest.raises(Rejected):
        check(Sequent(zero.hypotheses, g.call("ge", g.node("select", (x, g.one, g.zero)), g.zero)), Evaluation())


def test_definitions_are_opened_or_variables() -> None:
    g = Graph()
    x = g.symbol("x")
    z = g.define("z", g.call("exp", x))
    square = g.call("eq", g.mul(z, z), g.pow(z, g.const(2)))
    check(Sequent((), square), Evaluation((z,)))
    with pytest.raises(Rejected):
        check(Sequent((), g.call("eq", z, g.call("exp", x))), Evaluation((z,)))
    hole = g.define("h", g.div(g.one, x))
    with pytest.raises(Rejected):  # a variable always has a value; what it stands for does not
        check(Sequent((), g.call("eq", g.mul(hole, hole), g.pow(hole, g.const(2)))), Evaluation((hole,)))


def test_ranges_are_hypotheses() -> None:
    g = Graph()
    x = g.symbol("x")
    s = Sequent(tuple(ranges({x: (Fraction(0), Fraction(1))})), g.call("ge", g.mul(x, g.sub(g.one, x)), g.zero))
    check(s, Evaluation())
    with pytest.raises(Rejected):
        check(Sequent((), s.conclusion), Evaluation())


# -- every size -------------------------------------------------------------------------------------------


def sized(said: str, shapes: dict[str, tuple[int, ...]], *given: str) -> Sequent:
    """From texts, in which the numbers 5, 7 and 11 of the shapes stand for sizes."""
    g = Graph()
    scope = {n: g.symbol(n, shape) for n, shape in shapes.items()}
    scope["n"] = g.define("n", g.const(5))
    *hypotheses, conclusion = (parse(t, scope, g, boolean=True) for t in (*given, said))
    return Sequent(tuple(hypotheses), conclusion, ((5, "n"), (7, "m"), (11, "k")))


SHAPES = {"A": (5, 7), "B": (7, 11), "C": (5, 7), "S": (5, 5), "v": (5,), "w": (7,), "u": (5,), "c": ()}


@pytest.mark.parametrize(
    "said",
    [
        "(A @ B).T == B.T @ A.T",
        "(A + C) @ B == A @ B + C @ B",
        "v @ (A @ w) == sum(outer(v, w)*A)",
        "sum(v*u) == u @ v",
        "(A @ w) @ v == w @ (A.T @ v)",
        "(v @ A @ w)**2 == (w @ A.T @ v)**2",
        "sum((v - u)**2) == sum(v**2) - 2*(u @ v) + sum(u**2)",
        "sum(v + c) == sum(v) + n*c",
        "sigmoid(-v)*sigmoid(v) == sigmoid(v)*(1 - sigmoid(v))",
        "sum(v/(1 + c**2)) == sum(v)/(1 + c**2)",
        "sum(exp(v)*c) == c*sum(exp(v))",
        "sum(v*v) >= 0",
        "sum(A, axis=1) @ v == sum(v @ A)",
        "sum(S*S.T) == sum(S.T*S)",
        "diag(v) @ A == (A.T*v).T",
        "v*u == diag(v) @ u",
        "(A @ A.T + c*diag(v)) @ u == A @ (A.T @ u) + c*v*u",
        "u @ diag(v) @ u == sum(v*u**2)",
        "diag(v) @ diag(u) == diag(v*u)",
        "diag(v) - diag(u) == diag(v - u)",
        "diag(v).T == diag(v)",
        "(S - diag(v)) @ diag(u) == S*u - diag(v*u)",
        "diag(diag(v)) == v",
    ],
)
def test_accepted_for_every_size(said: str) -> None:
    s = sized(said, SHAPES)
    theorem = check(s, GENERIC)
    data = json.loads(json.dumps(carried(theorem.sequent, theorem.certificate)))
    assert read(data)[0].sizes == s.sizes
    check(*read(data))


@pytest.mark.parametrize(
    "said",
    [
        "sum(v) == 5*sum(v)/n",  # true at n = 5 alone, and 5 is no letter
        "sum(v + c) == sum(v) + c",
        "sum(v*u) == sum(v)*sum(u)",
        "diag(v) @ S == S @ diag(v)",
        "diag(v) == outer(v, v)",
        "diag(v) @ diag(u) == outer(v, u)",
        "S == diag(diag(S))",
        "S*diag(v) == S*v",
        "(S + diag(v)) @ u == S @ u + v",
        "S == S.T",
        "(S @ S.T).T == S.T @ S",
        "sum(v)**2 == sum(v**2)",
        "v @ S @ u == u @ S @ v",
        "sum(exp(v)) == exp(sum(v))",
        "A @ w == C @ w",
        "sum(v/u) == sum(v)/sum(u)",
        "sum(S, axis=0) == sum(S, axis=1)",
        "v - v[0] == v - sum(v)",
        "sum(v) >= 0",
    ],
)
def test_rejected_for_every_size(said: str) -> None:
    with pytest.raises(Rejected):
        check(sized(said, SHAPES), GENERIC)


def test_one_size_is_not_all() -> None:
    with pytest.raises(Rejected):
        check(sized("c == c + 0*c", SHAPES), Evaluation())


# -- what was accepted is never contradicted ----------------------------------------------------------------

EDGES = [Fraction(v) for v in ("0", "1", "-1", "2", "-2", "1/2", "-1/2", "3", "-3", "1/3", "10")]


def contradicted(s: Sequent, tries: int = 40) -> dict[Node, Fraction] | None:
    """A point that meets the hypotheses, at which the conclusion fails or has no value: random, and at kinks, ends, integers."""
    laid = components_all([*s.hypotheses, s.conclusion])
    given, wanted = [h for part in laid[:-1] for h in part], laid[-1]
    leaves = [n for n in topological([*given, *wanted]) if n.op == "index" or (n.op == "symbol" and not n.shape)]
    if any(n.op in ("apply", "computed") for n in topological([*given, *wanted])):
        return None
    draw = random.Random(len(leaves))
    for i in range(tries):
        pick = EDGES if i % 2 else [Fraction(draw.randint(-40, 40), draw.randint(1, 12)) for _ in range(3)]
        point = {n: draw.choice(pick) for n in leaves}
        values = {n: fmpq(v.numerator, v.denominator) for n, v in point.items()}
        done = evaluate([*given, *wanted], values, meeting=False)
        if all(v is True for v in done[: len(given)]):
            for v in done[len(given) :]:
                if v is False or isinstance(v, UndefinedValue):
                    return point
    return None


BANK = [line for line in lines(TRUE) if "with" not in line]


def sequent_of(line: str) -> Sequent:
    identity = read_line(line)
    return Sequent(tuple(identity.assuming), identity.a.graph.call("eq", identity.a, identity.b))


def mutants(data: dict[str, Any], draw: random.Random) -> Iterator[dict[str, Any]]:
    """The carried form with something changed: a number, an operator, an argument, a hypothesis, a sign to split by."""
    for _ in range(6):
        made = json.loads(json.dumps(data))
        row = draw.choice(made["rows"])
        match draw.randrange(4):
            case 0 if row[0] == "const":
                row[2] = str(Fraction(row[2]) + draw.choice([1, -1, Fraction(1, 2)]))
            case 1 if len(row[1]) == 2:
                row[1] = row[1][::-1]
            case 2 if len(row[1]) == 1 and not row[3] and row[0] in OPERATORS:
                row[0] = draw.choice(["exp", "sin", "tanh", "abs", "neg", "log"])
            case _:
                if made["hypotheses"]:
                    made["hypotheses"].pop()
                else:
                    row[1] = [0 for _ in row[1]]
        if made != data:
            yield made


@pytest.mark.parametrize("part", range(4))
def test_no_sample_contradicts_what_was_checked_mutants_among_it(part: int) -> None:
    checked = rejected = 0
    for line in BANK[part::16]:
        try:
            theorem = found(sequent_of(line))
        except Rejected:
            continue
        checked += 1
        assert contradicted(theorem.sequent) is None, line
        data = carried(theorem.sequent, theorem.certificate)
        again = json.loads(json.dumps(data))
        check(*read(again))
        for mutant in mutants(data, random.Random(line)):
            try:
                s, certificate = read(mutant)
                accepted = check(s, certificate)
            except (Rejected, Unreadable):
                rejected += 1
                continue
            assert contradicted(accepted.sequent) is None, (line, mutant)
    assert checked >= 5
    assert rejected > checked


def test_nothing_false_is_proved() -> None:
    for line in lines(FALSE)[::3]:
        with pytest.raises(Rejected):
            found(sequent_of(line))


def test_a_proof_that_a_point_contradicts_is_told() -> None:
    g = Graph()
    x = g.symbol("x")
    wrong = Decision("proved", Why.RATIONAL_IN_FUNCTIONS(), method="normal form")
    told = certified(wrong, [g.mul(x, x), x], EVERYWHERE)
    assert (told.status, told.theorem) == ("undecided", None)
    assert str(told).startswith("engine contradiction: proved by normal form, and false at x = ")
    right = certified(wrong, [g.mul(x, x), g.pow(x, g.const(2))], EVERYWHERE)
    assert right.status == "proved"
    assert right.theorem is not None
    unseen = Decision("proved", Why.HOLDS(), method="something else")
    open_ended = certified(unseen, [g.call("lt", g.call("sin", x), x)], Domain([g.call("gt", x, g.zero)]))
    assert (open_ended.status, open_ended.unchecked, open_ended.theorem) == ("proved", "something else", None)


def test_a_point_contradicts_nothing_where_more_is_assumed() -> None:
    """Of an assumed property the sequent says nothing: k**2 < a*b is proved of a definite matrix, and false elsewhere."""
    g = Graph()
    k, a, b = g.symbol("k"), g.symbol("a"), g.symbol("b")
    claim = g.call("lt", g.mul(k, k), g.mul(a, b))
    found = Decision("proved", Why.RANK_BY_MINORS(), method="normal form")
    assert certified(found, [claim], EVERYWHERE).status == "undecided"
    matrix = g.stack([g.stack([a, k]), g.stack([k, b])])
    told = certified(found, [claim], Domain([g.node("property", (matrix,), "positive_definite")]))
    assert (told.status, told.unchecked, told.theorem) == ("proved", "normal form", None)


# -- carried and read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"rows": [["symbol", [3], "x", []]], "hypotheses": [], "conclusion": 0, "certificate": {"kind": "Evaluation"}},
        {"rows": [["const", [], "1/0", []]], "hypotheses": [], "conclusion": 0, "certificate": {"kind": "Evaluation"}},
        {"rows": [["pi", [], None, []]], "hypotheses": [], "conclusion": 0, "certificate": {"kind": "Axiom"}},
        {"rows": [], "hypotheses": [], "conclusion": 0, "certificate": {"kind": "Evaluation"}},
    ],
)
def test_what_is_no_certificate_is_unreadable(data: Any) -> None:
    with pytest.raises(Unreadable):
        read(data)


def test_every_kind_is_told_apart() -> None:
    said = {n.name for n in ast.parse(Path(certificates.__file__).read_text()).body if isinstance(n, ast.ClassDef)}
    assert set(KINDS) == said - {"Certificate"}
    with pytest.raises(Rejected):
        check(sequent("x == x"), Certificate())


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("x**4 - x + 1 > 0", ()),
        ("sqrt(x) <= (1 + x)/2", ("x >= 0",)),
        ("x**6 - x + 1 > 0", ()),
        ("x**3 + x + 1 > 0", ("x > -1/2",)),
    ],
)
def test_what_an_evaluation_does_not_show_the_search_finds(said: str, given: tuple[str, ...]) -> None:
    s = sequent(said, *given)
    with pytest.raises(Rejected):
        check(s, Evaluation())
    assert prove(s).sequent == s


# -- the house ----------------------------------------------------------------------------------------------


def test_the_core_imports_no_search_and_stays_small() -> None:
    allowed = (
        "derive.expr",
        "derive.language",
        "derive.budget",
        "derive.calculus.reverse",
        "derive.numbers",
        "derive.errors",
        "derive.records",
        "derive.proof",
        "derive.flint",
        "derive.lazily",
    )
    standard = sys.stdlib_module_names
    room = ROOT / "derive" / "proof"
    core, rules = ([path.read_text() for path in sorted(folder.glob("*.py"))] for folder in (room, room / "rules"))
    for text in (*core, *rules):
        for n in ast.walk(ast.parse(text)):
            match n:
                case ast.ImportFrom(module=str(name)):
                    names = [f"{name}.{a.name}" for a in n.names]
                case ast.Import():
                    names = [a.name for a in n.names]
                case _:
                    continue
            for name in names:
                assert name.startswith(allowed) or name.split(".")[0] in standard, name
    assert sum(map(code_lines, core)) <= 1_000  # lines that are no docstrings, no comments and not empty
    assert sum(map(code_lines, rules)) <= 1_350  # of which a proof rests on those that its certificate names


def test_what_a_recheck_loads_stays_small() -> None:
    """All of it is trusted, wherever it stands: of the core, what expressions mean, polynomials, balls."""
    script = (
        "import sys, derive.exchange.certificates, derive.proof.check, derive.proof.rules.table\n"
        "names = []\n"
        "while names != (names := sorted(m for m in sys.modules if m.startswith('derive'))):\n"
        "    for m in names: getattr(sys.modules[m], 'asked', None)\n"  # what waits until it is asked for (derive.lazily)
        "print(*names)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    paths = [ROOT.joinpath(*m.split(".")) for m in done.stdout.split()]
    texts = [(p / "__init__.py" if p.is_dir() else p.with_suffix(".py")).read_text() for p in paths]
    assert sum(map(code_lines, texts)) <= 8_120  # 70 of them load what is used of FLINT


def code_lines(text: str) -> int:
    told: set[int] = set()
    for n in ast.walk(ast.parse(text)):
        if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant) and isinstance(n.value.value, str):
            told.update(range(n.lineno, (n.end_lineno or 0) + 1))
    rows = enumerate(text.splitlines(), 1)
    return sum(1 for i, row in rows if i not in told and row.strip() and not row.strip().startswith("#"))


def test_recheck_loads_no_engine(tmp_path: Path) -> None:
    s = sequent("sigmoid(-z) == 1 - sigmoid(z)")
    certificate = carried(s, Evaluation())
    bad = carried(sequent("sigmoid(-z) == sigmoid(z)"), Evaluation())
    claim = {
        "id": "a", "document": "d", "case": "c", "where": "", "kind": "formula", "verdict": "holds", "pinned": "holds",
        "evidence": {"method": "proved"}, "checked": True, "file": "c.yaml", "line": 1,
    }  # fmt: skip
    for carry, code in (([certificate], 0), ([certificate, bad], 1)):
        path = tmp_path / f"{code}.json"
        path.write_text(json.dumps({"schema": "errata-results/1", "claims": [{**claim, "certificates": carry}]}))
        script = (
            "import sys; from verify.cli import main; "
            f"code = main(['recheck', {str(path)!r}]); "
            "assert not [m for m in sys.modules if m.startswith('derive.engine')]; print(code)"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
        *said, last = done.stdout.splitlines()
        assert last == str(code)
        assert f"{len(carry)} certificates, {code} rejected; 1 claims proved: {1 - code} checked" in said[-1]


def test_recheck_tells_what_rests_on_rules_beside_the_core(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    g = Graph()
    rises = Sequent((), parse("increasing(exp(x), x)", {"x": g.symbol("x")}, g, boolean=True))
    claims = [
        ("a", carried(sequent("x**2 >= 0"), Evaluation())),
        ("b", carried(rises, Rule("composition", (), (Evaluation(),)))),
    ]
    shared = {"document": "d", "case": "c", "where": "", "kind": "formula", "verdict": "holds", "pinned": "holds",
              "evidence": {"method": "proved"}, "checked": True, "file": "c.yaml", "line": 1}  # fmt: skip
    path = tmp_path / "results.json"
    rows = [{"id": name, "certificates": [data], **shared} for name, data in claims]
    path.write_text(json.dumps({"schema": "errata-results/1", "claims": rows}))
    assert main(["recheck", str(path)]) == 0
    assert "rules: 1 checked claims rest on none; 1 on composition 1\n" in capsys.readouterr().out


def test_what_a_hypothesis_says_of_a_tensor_is_put_in_its_place_at_every_size() -> None:
    s = sized("u @ v == 0", SHAPES, "v == 0*u")
    g = s.conclusion.graph
    old, new = g.symbol("v", (5,)), s.hypotheses[0].args[1]
    check(s, Substitution(old, new, GENERIC, GENERIC))
    with pytest.raises(Rejected):
        check(s, Substitution(old, g.symbol("u", (5,)), GENERIC, GENERIC))
    with pytest.raises(Rejected):
        check(replace(s, hypotheses=()), Substitution(old, new, GENERIC, GENERIC))
