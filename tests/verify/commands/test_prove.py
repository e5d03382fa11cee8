"""``errata prove``."""

from __future__ import annotations

import pytest

from verify.cli import main


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
