"""``errata prove``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verify.cli import main
from verify.commands.answers import Options
from verify.commands.proof import proved


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["d(sigmoid(z), z) == sigmoid(z)*(1 - sigmoid(z))"], 0, "true:"),
        (["d(sigmoid(z), z) <= 1/4"], 0, "true: holds on the whole domain"),
        (["sqrt(x**2) == x"], 1, "true under a condition: holds if x >= 0; as stated: not equal at x = -1"),
        (["sqrt(x**2) == x", "--assuming", "x >= 0"], 0, "true:"),
        (["d(relu(z), z) == where(z > 0, 1, 0)"], 1, "true under a condition:"),
        (["(A @ B).T == A.T @ B.T", "--shape", "A=2,2", "--shape", "B=2,2"], 1, "false: entry [0, 0]"),
        (["(A @ B).T == B.T @ A.T", "--shape", "A=2,3", "--shape", "B=3,2"], 0, "true:"),
        (["d(1/(x - x), a) == 0"], 1, "undecided: what is differentiated has no value anywhere"),
        (["d(1/x, a) == 0"], 0, "where x != 0"),
        (["sqrt(-x**2) == sqrt(-x**2)"], 1, "undecided: both sides have a value only where"),
        (["at(1/x, x=0) == 0"], 1, "false: no value: division by zero"),
        (["x + 1"], 2, "expected a condition"),
        (["x == y", "--assuming", "x >"], 2, "--assuming:"),
        (
            ["sum(x[i] for i in n) == 1", "--shape", "x=3"],
            2,
            "x[i] is an entry by its number, and 'n' is no size; declare it: --size n=3",
        ),
        (["x @ y == 1"], 2, "use '*' for a scalar; a name without --shape is a scalar"),
        (["(x + 1)(x - 1) == 2"], 2, "; a product is written with '*'"),
        (["log(x == 1"], 2, "'(' was never closed\n"),  # and no word of YAML
        (["x == 1", "--shape", "w=2"], 2, "'w' does not stand in the claim"),
        (["A @ B == B", "--shape", "A=2,3", "--shape", "B=2,3"], 2, "does not conform"),
    ],
)
def test_claims_of_the_command_line(
    arguments: list[str], code: int, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["prove", *arguments]) == code
    assert words in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("d(tanh(x), x) == tanh(x)*(1 - tanh(x))", "; right with 1 + tanh(x) in place of tanh(x)"),
        # 1/(1 - beta) has no value at beta = 1, where both sides have one
        ("sum(beta**k for k in 3) == 1 - beta**3", "; right times 1/(1 - beta), where beta != 1"),
        # the slip is on the left
        ("x*(x + 1)**2 == x**3 + x", "on the left side, "),
        # what is worked out is what the other side is said to be
        ("d(log(v + eps), v) == 1/v", "; right with v + eps in place of v; correct: 1/(v + eps)"),
        ("1/v == d(log(v + eps), v)", "; on the left side, right with v + eps in place of v; correct: 1/(v + eps)"),
        ("exp(2*a) == limit((1 + a/n)**n, n, inf)", "; on the left side, right with 1 in place of 2"),
        ("limit((1 + a/n)**n, n, inf) == exp(2*a)", "; right with 1 in place of 2"),
        ("a*exp(a) == a*exp(2*a)", "; right with 1 in place of 2"),  # and no root of all of it
    ],
)
def test_the_step_that_mends(claim: str, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", claim]) == 1
    assert words in capfd.readouterr().out


def test_what_takes_too_long_is_undecided(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "d(sigmoid(z), z) <= 1/4", "--timeout", "0.0001"]) == 1
    assert capfd.readouterr().out == "undecided: timed out after 0.0001 s\n"
    assert main(["prove", "x == x", "--timeout", "0"]) == 2
    assert "--timeout" in capfd.readouterr().err


def test_a_replay_shows_regions_variables_and_what_vanished(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "relu(x)**2 + relu(-x)**2 == x**2", "--replay"]) == 0
    told = "".join(capfd.readouterr())
    assert "region: everywhere: equal" in told
    assert "variables: " in told or "both sides are x**2" in told
    assert main(["prove", "d(where(z > 0, z, exp(z) - 1), z) == where(z > 0, 1, exp(z))", "--replay"]) == 0
    told = "".join(capfd.readouterr())
    for words in (
        "region: z > 0: equal",
        "region: z < 0: equal",
        "z < 0: both sides are exp(z); variables: exp(z)",
    ):
        assert words in told
    assert main(["prove", "sqrt(x**2) == abs(x)", "--replay"]) == 0
    assert "variables: abs(x)" in "".join(capfd.readouterr())


LEAST_SQUARES = ["--define", "L=sum((X @ w - y)**2)/2", "--size", "N=4", "--size", "p=2"]
SHAPES = ["--shape", "X=N,p", "--shape", "w=p", "--shape", "y=N"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["grad(L, w) == X.T @ (X @ w - y)", *LEAST_SQUARES, *SHAPES], 0, "true: one normal form of matrix products"),
        (["grad(L, w) == X.T @ (X @ w - y)/N", *LEAST_SQUARES, *SHAPES], 1, "false:"),
        (["sum(x) == 4", "--size", "n=4", "--shape", "x=n", "--assuming", "all(x == 1)"], 1, "at n = "),  # of every n
        (["phi(x) == x", "--function", "phi=1"], 1, "false: for phi(t) = "),
        (["x**2 == 4", "--value", "x=2"], 0, "true"),
        (["sum(w) == 3", "--value", "w=[1, 2]"], 0, "true"),
        (["x**2 <= x", "--in", "x=(0, 1)"], 0, "true"),
        (["x**2 <= x", "--in", "x=0,2"], 1, "false"),
        (["b == 2*a", "--define", "b=a + c", "--define", "c=a"], 0, "true"),
        (["x == x", "--value", "x=[1, 2"], 2, "--value:1: expected ',' or ']'"),
        (["x == x", "--value", "x=two"], 2, "--value:3: expected a number such as"),
        (["x == x", "--shape", "x=n"], 2, "--shape:3: unknown size 'n'; declare it: --size n=3"),
        (["x == x", "--shape", "x=n", "--size", "n=0"], 2, "--size:3: expected a number from 1 for the size 'n'"),
        (["x == x", "--shape", "x=n", "--size", "n=-1"], 2, "--size:3: expected a number from 1 for the size 'n'"),
        (["x == x", "--shape", "x=2", "--shape", "x=3"], 2, "'x' has a shape already"),
        (["x == x", "--size", "n"], 2, "--size:1: expected NAME=NUMBER such as N=4"),
        (["L == L", "--define", "L=x +"], 2, "--define:3: can't be read at"),
        (["L == L", "--define", "L=x", "--define", "L=y"], 2, "is given already"),
        (["L == L", "--define", "L=M", "--define", "M=L"], 2, "a cyclic definition: L -> M -> L"),
        (["x == x", "--in", "y=0,1"], 2, "'y' does not stand in the claim"),
        ([], 2, "expected a claim"),
        (["x == x", "--file", "-"], 2, "expected a claim"),
    ],
)
def test_a_claim_has_what_a_case_has(
    arguments: list[str], code: int, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["prove", *arguments]) == code
    assert words in "".join(capfd.readouterr())


LINES = r"""x**2 >= 0
{"claim": "x > 0", "assuming": "x > 1"}
{"claim": "x > ", "id": "unfinished"}
{"claim": "x

{"of": "a", "define": {"a": "sigmoid(b)"}, "symbols": {"b": 0.1}, "prints": 0.53, "id": "digits"}
{"claim": "sum(x) == n", "sizes": {"n": 3}, "symbols": {"x": {"shape": "n"}}, "assuming": ["all(x == 1)"]}
{"latex": "a = b^2", "define": {"a": "b*b"}}
{"clam": "x"}
{"claim": "x == x", "uses": "other.yaml"}
"x == 2*x"
"""


def test_many_claims_a_line_each(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What is wrong with a line is told in its turn, with its number, and stops no other."""
    file = tmp_path / "claims.jsonl"
    file.write_bytes(LINES.encode() + b"\xff == x\n")
    assert main(["prove", "--file", str(file)]) == 2
    told = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [t["line"] for t in told] == [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]
    assert [t.get("verdict") for t in told] == [
        "true",
        "true",
        None,
        None,
        "false",
        "true",
        "true",
        None,
        None,
        "false",
        None,
    ]
    by_line = {t["line"]: t for t in told}
    assert "can't be read at" in by_line[3]["error"]
    assert by_line[3]["column"] == LINES.splitlines()[2].index("x >") + 1
    assert by_line[6]["id"] == "digits"
    assert by_line[8]["claim"] == "a = b^2"
    assert "unknown key 'clam'" in by_line[9]["error"]
    assert "unknown key 'uses'" in by_line[10]["error"]  # it would read a file
    assert "not UTF-8" in by_line[12]["error"]


@pytest.mark.parametrize(("text", "code"), [("x == x\n", 0), ("x == x\nx == y\n", 1), ("x == x\nx ==\n", 2), ("", 0)])
def test_the_exit_code_of_many_is_that_of_the_worst(text: str, code: int, tmp_path: Path) -> None:
    file = tmp_path / "claims"
    file.write_text(text)
    assert main(["prove", "--file", str(file)]) == code


def test_a_vector_is_answered_once_and_a_lost_line_by_its_id(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "claims"
    file.write_text(
        '{"of": "[x, 2*x]", "symbols": {"x": 0.5}, "prints": [0.5, 1.0]}\n'
        '{"of": "[x, 2*x]", "symbols": {"x": 0.5}, "prints": [0.5, 1.1], "id": ["a", "b"]}\n'
    )
    assert main(["prove", "--file", str(file)]) == 1
    assert [json.loads(line)["verdict"] for line in capfd.readouterr().out.splitlines()] == ["true", "false"]
    file.write_text('{"claim": "sum(x**k for k in 400) == 3", "id": "slow"}\n')
    assert main(["prove", "--file", str(file), "--timeout", "0.0001"]) == 1
    told = json.loads(capfd.readouterr().out)
    assert (told["id"], told["verdict"]) == ("slow", "undecided")


def test_an_id_comes_back_as_it_was_given_and_a_claim_is_said_once(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "claims"
    ids = [5, "5", ["a", "b"], "a: b", True, 1.5]
    lines = [json.dumps({"id": given, "of": "[x, x]", "symbols": {"x": 2}, "prints": [2, 2]}) for given in ids]
    twice = ['{"claim": "x == x", "holds": "x == 1"}', '{"holds": "x == x", "claim": "x == x"}']
    file.write_text("\n".join(["# ids", "", *lines, *twice]))
    assert main(["prove", "--file", str(file)]) == 2
    told = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [t["line"] for t in told] == list(range(3, 11))  # what is passed over counts
    assert [t.get("id") for t in told[:3]] == ids[:3]
    assert [(t["error"], t["column"]) for t in told[-2:]] == [
        ("'claim' and 'holds' are one key: give one of them", len('{"claim": "x == x", ') + 1)
    ] * 2


def test_options_are_of_every_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "claims"
    file.write_text('x > 1\n{"claim": "sum(v) > 2*x", "assuming": "all(v > x)"}\n')
    assert main(["prove", "--file", str(file), "--assuming", "x > 2", "--size", "n=2", "--shape", "v=n"]) == 1
    verdicts = [json.loads(line)["verdict"] for line in capfd.readouterr().out.splitlines()]
    assert verdicts == ["true", "false"]  # of one entry it does not hold
    assert main(["prove", "--file", str(file), "--assuming", "x >"]) == 2
    assert "--assuming" in capfd.readouterr().out
    assert main(["prove", "--file", str(tmp_path / "none")]) == 2


@pytest.mark.parametrize(
    ("claim", "proof"),
    [
        ("limit((1 + a/x)**x, x, inf) == exp(a)", "proved, checked"),
        ("limit(1/x, x, 0, 1) == inf", "proved, checked"),
        ("integral(2*x, x, 0, 1) == 1", "proved, checked"),
        ("sum(1/k**2 for k in range(1, inf)) == pi**2/6", "proved (unchecked: series)"),
    ],
)
def test_a_value_that_no_certificate_shows_is_told_beside_the_proof(claim: str, proof: str) -> None:
    assert proved(claim, [], Options()).proof == proof


@pytest.mark.parametrize(("claim", "left"), [("v == u", True), ("u == v", False)])
def test_a_name_is_what_the_other_side_is_said_to_be(claim: str, left: bool, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", claim, "--define", "u=v + eps"]) == 1
    told = f"; {'on the left side, ' if left else ''}right with the term eps added; correct: v + eps"
    assert told in capfd.readouterr().out


@pytest.mark.parametrize(
    ("claim", "assuming", "proof"),
    [
        ("x**2 >= 0", [], "proved, checked"),
        ("eye(2) != zeros(2, 2)", [], "certified"),
        ("binomial(1/2, 2) == -1/8", [], "certified"),
        ("abs(gelu(x) - gelu(y)) <= 1.13*abs(x - y)", [], "certified (unchecked: mean value theorem)"),
        ("x < x", [], ""),
    ],
)
def test_whatever_holds_says_how_that_was_earned(claim: str, assuming: list[str], proof: str) -> None:
    assert proved(claim, assuming, Options()).proof == proof


@pytest.mark.parametrize(
    ("claim", "conditions"),
    [
        ("log(x) <= x - 1", ("x > 0",)),
        ("sqrt(x**2) == x", ("x >= 0",)),  # found by the search for a repair
        ("limit(log(a)*x, x, 0) == 0", ("a > 0",)),
        ("a*u == 2*u", ("a == 2",)),  # a value that the formula needs
        ("x < x", ()),
    ],
)
def test_a_condition_is_told_apart_from_the_sentence(claim: str, conditions: tuple[str, ...]) -> None:
    values = ("a=2", "u=4") if "u" in claim else ()
    assert proved(claim, [], Options(values=values)).conditions == conditions


@pytest.mark.parametrize(
    ("claim", "assumed", "verdict"),
    [
        ("expect(x @ A @ x for x in normal(m, S)) == trace(A @ S) + m @ A @ m", "positive_semidefinite(S)", "true"),
        ("expect(x @ x for x in normal(m, inv(S) + A.T @ A)) == trace(inv(S) + A.T @ A) + m @ m", "positive_definite(S)", "true"),
        ("expect(exp(m @ x) for x in normal(0, S)) == exp(m @ S @ m)", "positive_definite(S)", "false"),
    ],
)  # fmt: skip
def test_what_is_assumed_to_be_definite_may_be_a_covariance(claim: str, assumed: str, verdict: str) -> None:
    for n in (1, 2, 4)[: 3 if "inv" not in claim else 2]:
        shapes = [f"A={n},{n}", f"S={n},{n}", f"m={n}"][1 - ("A" in claim) :]
        assert proved(claim, [assumed], Options(shapes=shapes)).verdict == verdict


def test_a_covariance_is_assumed_by_its_own_claim(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "c.yaml"
    of = "{of: 'expect(x @ x for x in normal(0, S))', equals: trace(S)"
    claims = f"- {of}, id: a, assuming: [positive_definite(S)]}}\n- {of}, id: b}}\n"
    path.write_text(f"title: T\nsymbols: {{S: {{shape: [2, 2]}}}}\nclaims:\n{claims}")
    assert main(["check", str(path)]) == 2
    told = "".join(capfd.readouterr())
    assert f"{path}:5:" in told
    assert f"{path}:4:" not in told


@pytest.mark.parametrize("of", ["log(a)", "sqrt(a)", "1/a"])
def test_an_expectation_of_nothing_times_what_has_no_value_has_none(of: str) -> None:
    found = proved(f"expect(x*{of} for x in normal(0, 1)) == 0", [], Options())
    assert (found.verdict, bool(found.conditions)) == ("true under a condition", True)
