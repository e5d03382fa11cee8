"""What is told of a refuted claim: repairs that help, no other side given back, and the same words by run and prove."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from derive.expr.graph import Graph
from derive.language.printing import point_text, to_text
from tests.verify.claims.test_claims import judged
from verify.cli import main

SETTING = """\
symbols: {v: {}, eps: {}, z: {}, y: {}, l: {}, mu: {}, t: {}, r0: {}, lam: {}, w: {}, q: {shape: [3]}, u: {shape: [3]}, x: {}}
sequences:
  r: {start: r0, step: "r - lam*r"}
  pair: {start: "[r0, 1]", step: "pair*lam"}
define:
  p: sigmoid(z)
  h: tanh(z)
  L: (p - y)**2/2
  M: (h - y)**2/2
  den: sqrt(v + eps)
  s2: exp(l)
  s: exp(l)**2
  KL: (s2 + mu**2 - 1 - l)/2
  a: sigmoid(q)
  e: tanh(q)
  Lv: sum((a - u)**2)/2
  Le: sum((e - u)**2)/2
  J: (w*x - y)**2 + lam*w**2
claims:
"""


def reason(tmp_path: Path, claim: str) -> str:
    found = judged(tmp_path, f"{SETTING}  - {{id: a, {claim}}}\n")["a"]
    assert found.verdict == "wrong", found
    return found.reason


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("of: sqrt(v + eps), equals: sqrt(v) + eps", "holds if eps == 0"),
        ("of: den, equals: sqrt(v) + eps", "holds if eps == 0"),
        ('of: "d(L, z)", equals: p - y', "right times p*(1 - p)"),
        ('of: "d(M, z)", equals: h - y', "right times 1 - h**2"),
        ('of: "d(Lv, q)", equals: a - u', "right times a*(1 - a)"),
        ('of: "d(Le, q)", equals: e - u', "right times 1 - e**2"),
        ('of: "d(J, w)", equals: 2*x*(w*x - y)', "right with the term 2*lam*w added"),
        ('of: "d(J, w)", equals: 2*x*(w*x - y) + lam*w', "right with the term lam*w added"),
        ('of: "d(J, w)", equals: x*(w*x - y) + lam*w', "right times 2"),
        ("of: KL, equals: (s + mu**2 - 1 - l)/2", "right with exp(l) in place of exp(l)**2 (s)"),
        ('of: "d(KL, l)", equals: (s - 1)/2', "right with exp(l) in place of exp(l)**2 (s)"),
        ("of: KL, equals: (exp(l)**2 + mu**2 - 1 - l)/2", "right with exp(l) in place of exp(l)**2"),
        ("of: w - lam*x, equals: w + lam*x", "the sign of lam*x is wrong"),
    ],
)
def test_the_step_that_helps_is_found(tmp_path: Path, claim: str, words: str) -> None:
    assert words in reason(tmp_path, claim).split("; ")


@pytest.mark.parametrize(
    ("claim", "never"),
    [
        ("of: sqrt(v + eps), equals: sqrt(v) + eps", "in place of"),
        ('of: "r(t)", equals: (1 + lam)**t*r0', "correct"),
        ('of: "pair(1)", equals: "[r0*lam, 1]"', "correct"),
        ("of: 1/x, equals: 0.3", "right"),  # times (10/3)/x: the other side
        ("of: log(1/x), equals: 1/log(x), assuming: [x > 1]", "in place of"),
        ("of: x + w*y, equals: x + w*z", "correct"),
    ],
)
def test_neither_the_other_side_nor_the_question_is_given_back(tmp_path: Path, claim: str, never: str) -> None:
    told = re.sub(r"the (left|right) side", "", reason(tmp_path, claim))
    assert never not in told


def test_what_is_longer_than_the_question_is_not_told(tmp_path: Path) -> None:
    body = """\
symbols: {K: {shape: [3, 3]}, q: {shape: [3]}, tau: {in: [0.5, 2]}}
define: {p: softmax(K @ q/tau)}
claims:
  - {id: a, of: "d(-log(p[0]), q)", equals: "(K.T @ p - K[0] + q)/tau"}
"""
    assert "correct" not in judged(tmp_path, body)["a"].reason


def test_a_correct_form_is_shown_at_the_values_of_the_document(tmp_path: Path) -> None:
    body = 'symbols: {x: 3}\nclaims:\n  - {id: a, of: "d(x**2, x)", equals: 3*x}\n'
    assert judged(tmp_path, body)["a"].reason.endswith("; correct: 2*x, 6 at the document's values")


@pytest.mark.parametrize(
    ("left", "right", "assuming"),
    [
        ("d(sigmoid(z), z)", "sigmoid(z)*(1 + sigmoid(z))", ""),
        ("sqrt(v + eps)", "sqrt(v) + eps", ""),
        ("sqrt(x**2)", "x", ""),
        ("sqrt(x**2)", "x", "x >= 0"),
        ("d(relu(z), z)", "where(z > 0, 1, 0)", ""),
        ("d(x**2, x)", "x", ""),
        ("(x + y)**2", "x**2 + y**2", ""),
        ("x*y/y", "x", ""),
        ("log(x*y)", "log(x) + log(y)", "x > 0; y > 0"),
    ],
)
def test_run_and_prove_say_the_same(
    tmp_path: Path, left: str, right: str, assuming: str, capfd: pytest.CaptureFixture[str]
) -> None:
    given = assuming.split("; ") if assuming else []
    main(["prove", f"{left} == {right}", *(word for g in given for word in ("--assuming", g))])
    told = capfd.readouterr().out.splitlines()[0]
    symbols = "symbols: {x: {}, y: {}, z: {}, v: {}, eps: {}}\nclaims:\n"
    conditions = f", assuming: [{', '.join(given)}]" if given else ""
    found = judged(
        tmp_path,
        f'{symbols}  - {{id: a, of: "{left}", equals: "{right}"{conditions}}}\n'
        f'  - {{id: b, holds: "{left} == {right}"{conditions}}}\n',
    )
    words = {"holds": "true", "holds-if": "true under a condition", "wrong": "false"}
    assert told == f"{words[found['a'].verdict]}: {found['a'].reason}"
    assert (found["b"].verdict, found["b"].reason) == (found["a"].verdict, found["a"].reason)


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("limit(float64(x), x, inf) == inf", "undecided: no asymptotics are known of 'float64(x)'"),
        ("softplus(1000) == inf", "false: softplus(1000) is finite"),
        ("1 < 2", "true: holds"),
    ],
)
def test_reasons_are_in_the_words_of_the_language(claim: str, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    main(["prove", claim])
    assert capfd.readouterr().out.startswith(words)


def test_a_long_point_of_zeros_is_told_as_one() -> None:
    g = Graph()
    assert point_text({g.symbol(f"x{i}"): Fraction(0) for i in range(20)}) == "0 for all 20 values"
    assert to_text(g.node("grow", (g.symbol("h"),))) == "exp(h)"
