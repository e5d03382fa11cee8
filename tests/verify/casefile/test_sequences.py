"""Iterations with state: against plain loops in Fractions and floats, mpmath and Torch; induction, float64, faults."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.numbers.balls import rational
from verify.casefile import CaseFaults, load
from verify.claims import CaseContext, judge
from verify.verdict import Verdict


def judged(tmp_path: Path, body: str) -> dict[str, Verdict]:
    path = tmp_path / "case.yaml"
    path.write_text("title: T\n" + body, encoding="utf-8")
    case = load(path)
    context = CaseContext(case)
    return {c.id: judge(context, c) for c in case.claims}


def words(tmp_path: Path, body: str) -> dict[str, str]:
    return {name: v.verdict for name, v in judged(tmp_path, body).items()}


def value(tmp_path: Path, head: str, text: str) -> Fraction:
    """The exact value of an expression of a case."""
    path = tmp_path / "case.yaml"
    path.write_text(f'title: T\n{head}\nclaims:\n  - {{id: a, of: "{text}", prints: 0}}\n', encoding="utf-8")
    case = load(path)
    found = CaseContext(case).value(CaseContext(case).entry(case.claims[0].of))  # type: ignore[arg-type]
    return Fraction(int(found.p), int(found.q))


MOMENTUM = """
symbols: {w0: 2, eta: 0.1, beta: 0.9, a: 3}
sequences:
  m: {start: 0, step: "beta*m + (1 - beta)*d(E, w)"}
  w: {start: w0, step: w - eta*new(m)}
define: {E: a*w**2/2}
"""


def momentum(k: int, fresh: bool = True) -> tuple[Fraction, Fraction]:
    m, w = Fraction(0), Fraction(2)
    eta, beta, a = Fraction(1, 10), Fraction(9, 10), 3
    for _ in range(k):
        after = beta * m + (1 - beta) * a * w
        w = w - eta * (after if fresh else m)
        m = after
    return m, w


@pytest.mark.parametrize("k", [0, 1, 2, 7, 60])
def test_two_states_advance_together_as_in_a_plain_loop(tmp_path: Path, k: int) -> None:
    assert value(tmp_path, MOMENTUM, f"m({k})") == momentum(k)[0]
    assert value(tmp_path, MOMENTUM, f"w({k})") == momentum(k)[1]
    assert value(tmp_path, MOMENTUM, f"E({k})") == 3 * momentum(k)[1] ** 2 / 2
    stale = MOMENTUM.replace("new(m)", "m")
    assert value(tmp_path, stale, f"w({k})") == momentum(k, fresh=False)[1]


@settings(max_examples=25, deadline=None)
@given(st.fractions(-2, 2, max_denominator=9), st.fractions(-2, 2, max_denominator=9), st.integers(0, 12))
def test_linear_recurrences(tmp_path_factory: pytest.TempPathFactory, a: Fraction, b: Fraction, k: int) -> None:
    x, y = Fraction(1), Fraction(2)
    for t in range(k):
        x, y = a * x + b * y + t, x - y
    head = f"symbols: {{a: {a}, b: {b}}}\nsequences:\n"
    head += "  x: {start: 1, step: a*x + b*y + t, index: t}\n  y: {start: 2, step: x - y}"
    assert value(tmp_path_factory.mktemp("c"), head, f"x({k}) + 3*y({k})") == x + 3 * y


def test_an_index_picks_entries_and_counts_from_first(tmp_path: Path) -> None:
    head = 'symbols: {g: [3, 5, 7]}\nsequences:\n  s: {start: 0, step: "s + g[t]", index: t}'
    assert [value(tmp_path, head, f"s({k})") for k in range(4)] == [0, 3, 8, 15]
    one = "sequences:\n  s: {start: 0, step: s + t**2, index: t, first: 1}\ndefine: {mean: s/t}"
    assert value(tmp_path, one, "s(4)") == 1 + 4 + 9 + 16
    beyond = judged(tmp_path, head + '\nclaims: [{id: a, of: "s(4)", prints: 15}]')
    assert beyond["a"].verdict == "undecided"


def test_vectors_and_matrices_as_states(tmp_path: Path) -> None:
    head = """
symbols: {A: {shape: [2, 2]}, u0: {shape: [2]}}
sequences:
  u: {start: u0, step: A @ u}
  P: {start: A, step: A @ P}
"""
    claims = """
claims:
  - {id: a, of: u(3), equals: A @ A @ A @ u0}
  - {id: b, of: P(2), equals: A @ A @ A}
  - {id: c, of: P(2) @ u0, equals: u(3)}
  - {id: d, of: u(2), equals: A @ u0}
  - {id: e, of: u(t + 2), equals: A @ A @ u(t)}
  - {id: f, of: "u(t)[0]", equals: "u0[0]"}
"""
    found = words(
        tmp_path,
        head.replace("sequences:", "  t: {}\nsequences:").replace(
            "symbols: {A: {shape: [2, 2]}, u0: {shape: [2]}}", "symbols:\n  A: {shape: [2, 2]}\n  u0: {shape: [2]}"
        )
        + claims,
    )
    assert found == {"a": "holds", "b": "holds", "c": "holds", "d": "wrong", "e": "holds", "f": "wrong"}


DECAY = """
symbols: {w0: {}, eta: {}, lam: {}, b: {in: [0, 1]}, g: {}, t: {}}
sequences:
  w: {start: w0, step: "w - eta*d(E, w)"}
  m: {start: 0, step: b*m + (1 - b)*g}
  f: {start: 1, step: f*(1 + t), index: t}
  p: {start: 0, step: p + 2*t + 1, index: t}
define:
  E: lam*w**2/2
  mhat: m/(1 - b**t)
claims:
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("of: w(t), equals: (1 - eta*lam)**t*w0", "holds"),
        ("of: w(t), equals: (1 - eta*lam)**(t + 1)*w0", "wrong"),
        ("of: w(t), equals: (1 - t*eta*lam)*w0", "wrong"),
        ("of: w(t + 1), equals: (1 - eta*lam)*w(t)", "holds"),
        ("of: m(t), equals: (1 - b**t)*g", "holds"),
        ("of: m(t), equals: (1 - b)*g*t", "wrong"),
        ("of: mhat(t), equals: g, assuming: [t >= 1, b < 1]", "holds"),
        ("of: p(t), equals: t**2", "holds"),
        ("of: p(t), equals: t**2 + t*(t - 1)*(t - 2)", "wrong"),
        # agrees at the t that are tried: not proved, and never guessed
        ("of: p(t), equals: t**2 + t*(t - 1)*(t - 2)*(t - 3)*(t - 4)", "wrong"),
        ("of: p(t), equals: t**2 + (t - 1), assuming: [t >= 2]", "wrong"),
        # 1/(t - 7) has no value at 7: the claim is about nothing there, and does not carry on from it
        ("of: p(t)/(t - 7), equals: t**2/(t - 7)", "undecided"),
        ("holds: abs(w(t + 1)) <= abs(w(t)), assuming: [0 < eta*lam, eta*lam < 1]", "holds"),
        ("holds: abs(w(t + 1)) < abs(w(t)), assuming: [0 < eta*lam, eta*lam < 1]", "wrong"),
        ("holds: abs(w(t + 1)) < abs(w(t)), assuming: [0 < eta*lam, eta*lam < 1, w(t) != 0]", "holds"),
        ("holds: f(t) >= 1", "holds"),
        ("holds: f(t) < 24", "wrong"),
        ("holds: p(t) < t**2 + 1", "holds"),
        ("holds: all(f(t) >= 2**(t - 1) for t in 20)", "holds"),
        ("holds: all(f(t) < 1000 for t in 8)", "wrong"),
        ("somewhere: p(t) > 8", "holds"),
        ("of: w(2), equals: w0*(1 - eta*lam)**2", "holds"),
        ("of: d(w(2), w0), equals: (1 - eta*lam)**2", "holds"),
        ("of: E(1), equals: lam*(w0*(1 - eta*lam))**2/2", "holds"),
        ("of: w(0), equals: w0", "holds"),
    ],
)
def test_claims_at_every_step(tmp_path: Path, claim: str, verdict: str) -> None:
    text = "  - id: a\n" + "".join(f"    {line}\n" for line in _keys(claim))
    found = judged(tmp_path, DECAY + text)["a"]
    assert found.verdict == verdict, found.reason
    if verdict == "wrong" and "all(" not in claim:
        assert "t" in found.evidence["witness"]


def _keys(claim: str) -> list[str]:
    """A claim in flow style, a key a line."""
    import re

    return re.split(r", (?=(?:equals|assuming): )", claim)


@pytest.mark.parametrize("steps", ["{}", "{whole: true}", "{whole: true, in: [0, inf]}", "{whole: true, in: [2, inf]}"])
def test_a_number_of_steps_is_whole_whether_or_not_it_is_said(tmp_path: Path, steps: str) -> None:
    body = f"""
symbols: {{a: {{}}, b: {{}}, k: {steps}}}
sequences: {{q: {{start: 0, step: a*q + b}}}}
claims:
  - {{id: right, of: q(k), equals: b*(1 - a**k)/(1 - a)}}
  - {{id: wrong, of: q(k), equals: b*(1 - a**k)}}
"""
    assert words(tmp_path, body) == {"right": "holds", "wrong": "wrong"}


def test_both_halves_of_an_induction_are_shown(tmp_path: Path) -> None:
    found = judged(tmp_path, DECAY + "  - {id: a, of: m(t), equals: (1 - b**t)*g}")["a"]
    assert "by induction on t" in found.reason
    base, step = found.evidence["induction"]
    assert base.startswith("t = 0 and 1")
    assert step.startswith("t + 1 from t >= 1")


LONG = """
sequences:
  x: {start: 0.5, step: "x - 0.001*v*(exp(y) - y*sin(x*y))"}
  y: {start: 0.5, step: "y - 0.001*v*(x*exp(y) - x*sin(x*y))"}
define: {v: x*exp(y) + cos(x*y)}
claims:
"""


def test_a_long_run_is_stepped_and_agrees_with_mpmath(tmp_path: Path) -> None:
    mp = pytest.importorskip("mpmath")
    with mp.workdps(40):
        x = y = mp.mpf(1) / 2
        for _ in range(2000):
            s = x * mp.exp(y) + mp.cos(x * y)
            g, h = s * (mp.exp(y) - y * mp.sin(x * y)), s * (x * mp.exp(y) - x * mp.sin(x * y))
            x, y = x - g / 1000, y - h / 1000
        digits = mp.nstr(x, 18, strip_zeros=False)
    good = f"  - {{id: a, of: x(2000), prints: {digits}}}\n"
    bad = f"  - {{id: b, of: x(2000), prints: {digits[:-1]}{(int(digits[-1]) + 5) % 10}}}\n"
    every = "  - {id: c, holds: all(v(t + 1)**2 < v(t)**2 for t in 2000)}\n  - {id: d, holds: x(2000) < x(1999)}\n"
    assert words(tmp_path, LONG + good + bad + every) == {"a": "holds", "b": "wrong", "c": "holds", "d": "holds"}


def test_more_digits_than_the_first_precision_holds(tmp_path: Path) -> None:
    """x*x*4 - ... of the logistic map loses a bit a step: 400 steps need more than 128 bits."""
    head = "sequences:\n  x: {start: 0.3, step: 4*x*(1 - x)}\n"
    mp = pytest.importorskip("mpmath")
    with mp.workdps(400):
        x = mp.mpf(3) / 10
        for _ in range(500):
            x = 4 * x * (1 - x)
        digits = mp.nstr(x, 12, strip_zeros=False)
    assert words(tmp_path, head + f"claims: [{{id: a, of: x(500), prints: {digits}}}]") == {"a": "holds"}


def test_adam_is_torch_adam_to_rounding(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    gradients = [0.3, -1.2, 0.7, 0.05, 2.0, -0.4]
    p = torch.nn.Parameter(torch.tensor([0.5], dtype=torch.float64))
    optimizer = torch.optim.Adam([p], lr=0.01, betas=(0.9, 0.999), eps=1e-8)
    for g in gradients:
        p.grad = torch.tensor([g], dtype=torch.float64)
        optimizer.step()
    digits = f"{p.item():.12f}"
    head = f"""
symbols: {{g: {gradients}}}
sequences:
  m: {{start: 0, step: "0.9*m + 0.1*g[t - 1]", index: t, first: 1}}
  v: {{start: 0, step: "0.999*v + 0.001*g[t - 1]**2", index: t, first: 1}}
  th: {{start: 0.5, step: "th - 0.01*(new(m)/(1 - 0.9**t))/(sqrt(new(v)/(1 - 0.999**t)) + 1e-8)", index: t, first: 1}}
claims: [{{id: a, of: th({len(gradients)}), prints: {digits}}}]
"""
    assert words(tmp_path, head) == {"a": "holds"}


def test_momentum_is_torch_momentum(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    p = torch.nn.Parameter(torch.tensor([2.0], dtype=torch.float64))
    optimizer = torch.optim.SGD([p], lr=0.1, momentum=0.9, dampening=0.9)
    for _ in range(5):
        optimizer.zero_grad()
        (3 * p**2 / 2).sum().backward()
        if not optimizer.state:  # the first buffer of Torch is the gradient itself, undamped
            optimizer.state[p]["momentum_buffer"] = torch.zeros_like(p)
        optimizer.step()
    assert float(momentum(5)[1]) == pytest.approx(p.item(), rel=1e-12)
    assert float(value(tmp_path, MOMENTUM, "w(5)")) == pytest.approx(p.item(), rel=1e-12)


# -- float64 -----------------------------------------------------------------------------------------


FLOATS = st.floats(-1e300, 1e300, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(FLOATS, FLOATS, FLOATS)
def test_float64_is_python_arithmetic(a: float, b: float, c: float) -> None:
    from derive.expr.graph import Graph
    from derive.language.reader import parse
    from derive.numbers.computed import Computed
    from derive.numbers.formats import FORMATS

    g = Graph()
    scope = {n: g.symbol(n) for n in "abc"}
    for text in ("a + b*c", "(a - b)/(abs(c) + 1)", "sqrt(abs(a))*b - c/3", "0.1*(0.2*a) - b*(0.7/0.1)"):
        body = parse(text, scope, g)
        found = Computed(body, tuple(scope.values()), FORMATS["float64"]).value(
            [rational(Fraction(x)) for x in (a, b, c)]
        )
        expected = eval(text, {"sqrt": math.sqrt, "abs": abs}, {"a": a, "b": b, "c": c})
        if math.isfinite(expected):
            assert not isinstance(found, Exception)
            assert Fraction(int(found.p), int(found.q)) == Fraction(expected)
        else:
            assert isinstance(found, Exception)


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ("float64(0.1 + 0.2) != float64(0.3)", "holds"),
        ("float64(0.1 + 0.2) == 0.3", "wrong"),
        ("float64(0.3/0.1) == 3", "wrong"),  # 2.9999999999999996: no constant is folded before it is rounded
        ("float64(1/3) == 6004799503160661/18014398509481984", "holds"),
        ("float64(h(1074)) > 0", "holds"),
        ("float64(h(1075)) == 0", "holds"),
        ("h(1075) > 0", "holds"),
        ("float64(exp(1)) == 6121026514868073/2251799813685248", "holds"),
        ("float64(1e16 + 1) == float64(1e16)", "holds"),
        ("float64(1e300*1e300) > 0", "undecided"),
        ("float64(x + 1) > x", "undecided"),
    ],
)
def test_float64_claims(tmp_path: Path, condition: str, verdict: str) -> None:
    body = (
        f"symbols: {{x: {{}}}}\nsequences:\n  h: {{start: 1, step: h/2}}\nclaims:\n  - id: a\n    holds: {condition}\n"
    )
    assert words(tmp_path, body) == {"a": verdict}


def test_float64_agrees_with_pythons_own_numbers() -> None:
    assert float.fromhex("0x1.5555555555555p-2") == 6004799503160661 / 18014398509481984 == 1 / 3
    assert math.e == 6121026514868073 / 2251799813685248
    assert 0.3 / 0.1 != 3


# -- faults ------------------------------------------------------------------------------------------


def faults(tmp_path: Path, body: str) -> list[Any]:
    path = tmp_path / "case.yaml"
    path.write_text("title: T\n" + body, encoding="utf-8")
    with pytest.raises(CaseFaults) as caught:
        load(path)
    return caught.value.faults


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("sequences:\n  w: {start: 1, stop: 2, step: w}", "unknown key 'stop' in sequence 'w'"),
        ("sequences:\n  w: {start: 1}", "needs 'step'"),
        ("sequences: [1]", "expected sequences as a mapping"),
        ("symbols: {v: [1, 2]}\nsequences:\n  w: {start: v, step: sum(w)}", "the step of 'w' has shape"),
        ('define: {a: "new(w)"}\nsequences:\n  w: {start: 1, step: w}', "stands in steps only"),
        ("sequences:\n  a: {start: 1, step: new(b)}\n  b: {start: 1, step: new(a)}", "in a circle"),
        ("sequences:\n  a: {start: 1, step: new(a) + 1}", "in a circle"),
        ("sequences:\n  a: {start: 1, step: new(a + 1)}", "new(m) is of a sequence m"),
        ("sequences:\n  a: {start: 1, step: a(1)}", "a step speaks of the state before it"),
        ("sequences:\n  a: {start: b, step: a}\n  b: {start: 1, step: b}", "unknown symbol 'b'"),
        ("sequences:\n  a: {start: 1, step: a + q}", "unknown symbol 'q'"),
        (
            "sequences:\n  w: {start: 1, step: w}\nclaims: [{id: a, of: w(-1), prints: 1}]",
            "from 0 to 1,000,000, not -1",
        ),
        (
            "sequences:\n  w: {start: 1, step: w}\nclaims: [{id: a, of: w(10**9), prints: 1}]",
            "whole number from 0 to 1,000,000",
        ),
        (
            "sequences:\n  w: {start: 1, step: w}\nclaims: [{id: a, of: w(1000000000), prints: 1}]",
            "from 0 to 1,000,000",
        ),
        ("sequences:\n  w: {start: 1, step: w}\nclaims: [{id: a, of: w(1.5), prints: 1}]", "from 0 to 1,000,000"),
        ("sequences:\n  w: {start: 1, step: w + t, index: t, first: 2}", "expected 0 or 1"),
        (
            "sequences:\n  w: {start: 1, step: w}\nclaims: [{id: a, holds: all(w(t) > 0 for t in 20000)}]",
            "n from 1 to 10,000",
        ),
    ],
)
def test_faults_say_what_is_expected(tmp_path: Path, body: str, message: str) -> None:
    found = faults(tmp_path, body)
    assert any(message in f.message for f in found), [f.message for f in found]
    assert all(f.line > 1 for f in found)


def test_the_schema_knows_sequences() -> None:
    from verify.casefile.schema import SEQUENCE, json_schema

    entry = json_schema()["properties"]["sequences"]["additionalProperties"]
    assert set(entry["properties"]) == set(SEQUENCE) == {"start", "step", "index", "first"}
    assert entry["required"] == ["start", "step"]


def test_runs_beyond_the_limit_of_work_are_undecided(tmp_path: Path) -> None:
    step = " + ".join(f"sin({k}*w)" for k in range(1, 150))
    found = judged(
        tmp_path, f"sequences:\n  w: {{start: 1, step: {step}}}\nclaims: [{{id: a, of: w(10000), prints: 1}}]"
    )
    assert found["a"].verdict == "undecided"
    assert "beyond the limit" in found["a"].reason


def test_a_quantity_may_be_called_d(tmp_path: Path) -> None:
    """As dimensions are: it stands beside the derivative, which is a call."""
    found = judged(
        tmp_path,
        "sizes: {d: 3}\nsymbols: {x: {shape: [d]}}\nclaims:\n"
        '- {id: a, of: "d(sum(x[i]**2 for i in d)/d, x)", equals: 2*x/d}\n'
        "- {id: b, of: sum(x*x)/d, equals: mean(x**2)}",
    )
    assert {c: v.verdict for c, v in found.items()} == {"a": "holds", "b": "holds"}
    found = judged(
        tmp_path,
        "symbols: {x: 2, d: 4}\ndefine: {f: x**2/d}\nclaims:\n"
        '- {id: a, of: "d(f, d)", equals: -x**2/d**2}\n- {id: b, of: "d(f, x)", prints: 1.0}\n- {id: c, of: f(d=2), prints: 2}',
    )
    assert {c: v.verdict for c, v in found.items()} == {"a": "holds", "b": "holds", "c": "holds"}
    found = judged(
        tmp_path,
        "symbols: {w0: {}, k: {}}\nsequences: {d: {start: w0, step: d/2}}\ndefine: {g: d**2}\nclaims:\n"
        '- {id: a, of: d(k), equals: w0/2**k}\n- {id: b, of: g(k), equals: w0**2/4**k}\n- {id: c, of: "d(g, d)", equals: 2*d}',
    )
    assert {c: v.verdict for c, v in found.items()} == {"a": "holds", "b": "holds", "c": "holds"}


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("a(1)", "a step speaks of the state before it"),
        ("new(a + 1)", "new(m) is of a sequence m"),
        ("'[b, b]'", "the step of 'b' has shape"),
        ("new(b)", "in a circle"),
    ],
)
def test_a_fault_of_steps_stands_at_the_sequence_that_has_it(tmp_path: Path, step: str, message: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(f"title: T\nsequences:\n  a: {{start: 1, step: a}}\n  b: {{start: 1, step: {step}}}\nclaims: []\n")
    with pytest.raises(CaseFaults) as found:
        load(path)
    told = next(f for f in found.value.faults if message in f.message)
    assert told.line == 4


def test_limits_and_sums_of_states(tmp_path: Path) -> None:
    found = judged(
        tmp_path,
        "symbols: {w0: {}, n: {whole: true}, eta: {in: [0.1, 0.9]}}\nsequences: {w: {start: w0, step: w - eta*w}}\n"
        "define: {g: w}\nclaims:\n"
        '- {id: telescope, of: "sum(eta*g(t) for t in range(0, n))", equals: w0 - w(n)}\n'
        '- {id: sum, of: "sum(w(t) for t in range(1, n + 1))", equals: w0*(1 - (1 - eta)**n)*(1 - eta)/eta}\n'
        '- {id: series, of: "sum(w(t) for t in range(0, inf))", equals: w0/eta}\n'
        '- {id: limit, holds: "limit(w(n), n, inf) == 0"}\n'
        '- {id: wrong, of: "sum(w(t) for t in range(0, inf))", equals: w0*eta}',
    )
    verdicts = {c: v.verdict for c, v in found.items()}
    assert verdicts == {"telescope": "holds", "sum": "holds", "series": "holds", "limit": "holds", "wrong": "wrong"}
