"""What sentences make of formulas: conditions are kept, what is denied or asked is no claim, and no reason is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.casefile import load
from verify.draft import Drafted, drafts
from verify.draft.conditions import in_language, membership
from verify.draft.writing import text_of


def draft(text: str, tmp_path: Path) -> Drafted:
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    (drafted,) = drafts(path)
    case = tmp_path / "a.yaml"
    case.write_text(text_of(drafted, path, case))
    load(case)
    return drafted


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        # before the formula, behind it, in it
        (r"For $x > 0$ we have $$|x| = x.$$", {"abs(x) == x": ["x > 0"]}),
        (r"$$|x| = x$$ whenever $x \ge 0$.", {"abs(x) == x": ["x >= 0"]}),
        (r"$$|x| = x \quad \text{if } x > 0$$", {"abs(x) == x": ["x > 0"]}),
        (r"$$|x| = x, \quad x > 0$$", {"abs(x) == x": ["x > 0"]}),
        (r"$$|x| = x \quad \forall x > 0$$", {"abs(x) == x": ["x > 0"]}),
        (r"$$|x| = x \quad \text{for all } x > 0$$", {"abs(x) == x": ["x > 0"]}),
        (r"$$\log p \le 0, \quad p \in (0, 1]$$", {"log(p) <= 0": ["0 < p <= 1"]}),
        (
            r"$$\begin{aligned} |x| &= x && \text{if } x > 0 \\ \sqrt{y^2} &= y && \text{if } y > 0 \end{aligned}$$",
            {"abs(x) == x": ["x > 0"], "sqrt(y**2) == y": ["y > 0"]},
        ),
        # several, and each with its own
        (r"If $x > 0$ and $y > 0$, then $|x y| = x y$.", {"abs(x*y) == x*y": ["x > 0", "y > 0"]}),
        (r"For every $x > 0$ and every $y > 0$, $|x y| = x y$.", {"abs(x*y) == x*y": ["x > 0", "y > 0"]}),
        (
            r"For $x > 0$, $|x| = x$, and for $x < 0$, $|x| = -x$.",
            {"abs(x) == x": ["x > 0"], "abs(x) == -x": ["x < 0"]},
        ),
        (
            r"We have $|x| = x$ if $x \ge 0$ and $|x| = -x$ if $x < 0$.",
            {"abs(x) == x": ["x >= 0"], "abs(x) == -x": ["x < 0"]},
        ),
        ("If $x > 0$:\n\n- $|x| = x$\n- $|2 x| = 2 x$\n", {"abs(x) == x": ["x > 0"], "abs(2*x) == 2*x": ["x > 0"]}),
        # the verb is said once
        (
            r"Let $n$ be even and $m$ odd. Then $(-1)^n = 1$ and $(-1)^m = -1$.",
            {"(-1)**n == 1": ["mod(n, 2) == 0"], "(-1)**m == -1": ["mod(m, 2) == 1"]},
        ),
        (r"Let $a$ be positive and $b$ the bias. Then $|a| = a$, and $|b| = b$.", {"abs(a) == a": ["a > 0"]}),
        # what is an equation
        (r"With $y = w x + b$: when $b = 0$, $$y = w x.$$", {"y == w*x": ["b == 0"]}),
        (r"Let $y = w x + b$. For $b = 0$, $y = w x$.", {"y == w*x": ["b == 0"]}),
        (r"Let $y = w x + b$. Suppose $b = 0$. Then $y = w x$.", {"y == w*x": ["b == 0"]}),
        # said once and for all
        (
            r"Let $x > 0$. Then $|x| = x$. Also, $|2 x| = 2 x$.",
            {"abs(x) == x": ["x > 0"], "abs(2*x) == 2*x": ["x > 0"]},
        ),
        (r"$|x| = x$, where $x > 0$ is a rate.", {"abs(x) == x": ["x > 0"]}),
        (r"Let $x \in [0, \infty)$. Then $|x| = x$.", {"abs(x) == x": ["0 <= x"]}),
        (r"Let $y \in \{0, 1\}$. Then $y^2 = y$.", {"y**2 == y": ["y == 0 or y == 1"]}),
        # in words
        (r"Let $x$ be a positive number. Then $|x| = x$.", {"abs(x) == x": ["x > 0"]}),
        (r"For nonzero $x$, $x / x = 1$.", {"x/x == 1": ["x != 0"]}),
        (r"Unless $x = 0$, $x / x = 1$.", {"x/x == 1": ["x != 0"]}),
        (r"$x / x = 1$ except at $x = 0$.", {"x/x == 1": ["x != 0"]}),
        (r"If $x$ is not zero, $x / x = 1$.", {"x/x == 1": ["x != 0"]}),
        (
            r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric, $v \in \mathbb{R}^n$. $$\nabla_v (v^\top A v) = 2 A v$$",
            {"grad(v @ A @ v, v) == 2*A @ v": ["A == A.T"]},
        ),
        (
            r"For a symmetric positive definite $A \in \mathbb{R}^{n \times n}$ and $v \in \mathbb{R}^n$, $v^\top A v \ge 0$.",
            {"v @ A @ v >= 0": ["A == A.T", "positive_definite(A)"]},
        ),
        # not needed, and not of it
        (r"Let $y = 1$ and $z > 0$. Then $x + x = 2 x$.", {"x + x == 2*x": []}),
        (r"The rate $\eta > 0$ is small. $$x + x = 2 x$$", {"x + x == 2*x": []}),
        (
            "$h(m) = \\max(0, 1 - m)$. For $m < 1$, $h'(m) = -1$. Not to be confused with $h(m) = m$.",
            {"d(h, m) == -1": ["m < 1"]},
        ),
        # one after another, and said without them
        (
            r"Let $q(a) = a |a|$. For $a > 0$ we have $q'(a) = 2a$, for $a < 0$ we have $q'(a) = -2a$, and $q(-a) = -q(a)$.",
            {"d(q, a) == 2*a": ["a > 0"], "d(q, a) == -2*a": ["a < 0"], "at(q, a=-a) == -q": []},
        ),
        (
            r"Let $q(a) = a |a|$. Then for $a > 0$, $$q'(a) = 2a,$$ for $a < 0$ we have $q'(a) = -2a$, and everywhere"
            r"$$q'(a) = 2 a.$$",
            {"d(q, a) == 2*a": ["a > 0"], "d(q, a) == -2*a": ["a < 0"]},
        ),
        (r"We have $x^2 = x$ and $|x| = x$ if $x > 0$.", {"abs(x) == x": ["x > 0"]}),
        (r"For $x > 0$ we always have $|x| = x$.", {"abs(x) == x": ["x > 0"]}),
        (r"$|x| = x$ for $x > 0$ but not for $x < 0$.", {"abs(x) == x": ["x > 0"]}),
        # several names at once
        (r"Let $a, b > 0$. Then $|a b| = a b$.", {"abs(a*b) == a*b": ["a > 0", "b > 0"]}),
        (r"For all $a, b \ge 0$, $|a b| = a b$.", {"abs(a*b) == a*b": ["a >= 0", "b >= 0"]}),
        (r"For $0 \le x, y \le 1$, $x y \le x$.", {"x*y <= x": ["0 <= x <= 1", "0 <= y <= 1"]}),
        # a property of a function
        (
            r"Let $q(a) = a^3$. $$|a| = -a \quad \text{for } a < 0,$$ and $q$ is odd, $q(-a) = -q(a)$.",
            {"abs(a) == -a": ["a < 0"], "at(q, a=-a) == -q": []},
        ),
        # beside no condition
        (r"For $x > 0$, $\log x \le x - 1$ with equality at $x = 1$.", {"log(x) <= x - 1": ["x > 0"]}),
        (r"We do not assume $b > 0$. Then $b + b = 2 b$, and $|b| = b$.", {"b + b == 2*b": []}),
        (r"It follows that for $x > 0$, $|x| = x$.", {"abs(x) == x": ["x > 0"]}),
        (
            r"Let $z = x y$. With respect to $y$ the slope is $$\frac{\partial z}{\partial y} = x,$$",
            {"d(z, y) == x": []},
        ),
        # harmless words
        (r"It is not hard to see that $x + x = 2 x$.", {"x + x == 2*x": []}),
        (r"The slope does not depend on $b$, so $x + x = 2 x$.", {"x + x == 2*x": []}),
        (r"If we add them, we get $x + x = 2 x$.", {"x + x == 2*x": []}),
    ],
)
def test_conditions_stay_with_what_they_are_of(text: str, claims: dict[str, list[str]], tmp_path: Path) -> None:
    found = draft(text, tmp_path)
    assert {c.reads: list(c.assuming) for c in found.claims} == claims, [n.reason for n in found.notes]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        (r"In the case without noise, i.e. $s = 0$, we have $k(u) = u^2$.", {"k == u**2": ("s == 0",)}),
        (r"At $s = 0$ this is $k(u) = u^2$.", {"k == u**2": ("s == 0",)}),
        (r"If there is no noise ($s = 0$), then $k(u) = u^2$.", {"k == u**2": ("s == 0",)}),
        (r"Consider the case $s = 0$. Then $k(u) = u^2$.", {"k == u**2": ("s == 0",)}),
        (r"A special case: $s = 0$. Then $k(u) = u^2$.", {"k == u**2": ("s == 0",)}),
        (r"Had we $s = 0$, $k(u) = u^2$.", {"k == u**2": ("s == 0",)}),
        (r"For $s = 1/c$ it is $k(u) = u^2 - u / c$.", {"k == u**2 - u/c": ("s == 1/c",)}),
        (r"With $s = 1$, $k(3) = 6.0$.", {"at(k, u=3)": ("s == 1",)}),
        (r"With the exception of $u = 0$, $u / u = 1$.", {"u/u == 1": ("u != 0",)}),
    ],
)
def test_a_value_in_a_sentence_is_a_condition_of_it(
    text: str, claims: dict[str, tuple[str, ...]], tmp_path: Path
) -> None:
    """And no value, before or after it, of a letter that stands for any number."""
    found = draft(r"Let $k(u) = u^2 - s u$. " + text + r" The slope is $k'(u) = 2 u - s$.", tmp_path)
    assert not found.values
    assert [d.reads for d in found.definitions] == ["u**2 - s*u"]
    claims |= {"d(k, u) == 2*u - s": ()}
    assert {c.reads: c.assuming for c in found.claims} == claims, [n.reason for n in found.notes]


def test_a_letter_with_two_values_has_the_first_up_to_the_second(tmp_path: Path) -> None:
    text = (
        r"Let $w = 3$ and $g(w) = w^2$. Then $g(w) = 9.0$. If instead $w = 4$, then $g(w) = 16.0$. Now $g'(w) = 2 w$."
    )
    found = draft(text + " Set $w = 8$.\n\nThe value is $g(w) = 64.0$.", tmp_path)
    assert [(v.name, v.digits) for v in found.values] == [("w", "3")]
    assert [c.latex for c in found.claims] == ["g(w) = 9.0", "g'(w) = 2 w"]
    assert [n.reason[:16] for n in found.notes] == ["'w' is 3 on line"] * 3


def test_a_value_against_a_condition_of_the_section_is_told(tmp_path: Path) -> None:
    found = draft(r"Let $0 < s < 1$. Then $s^2 < s$." + "\n\n" + r"Here $s = 4$. $$\sqrt{s} = 2$$", tmp_path)
    assert "'s' is 4 on line 3, against '0 < s < 1', which is assumed here" in [n.reason for n in found.notes]


def test_where_something_else_happens_is_no_condition(tmp_path: Path) -> None:
    text = r"The loss $E(w) = (w - t)^2$ has slope $E'(w) = 2(w - t)$, which vanishes at $w = t$."
    found = draft(text, tmp_path)
    assert [d.reads for d in found.definitions] == ["(w - t)**2"]
    assert [(c.reads, c.assuming) for c in found.claims] == [("d(E, w) == 2*(w - t)", ())]
    assert not found.values


def test_an_error_of_the_document_does_not_hide_what_the_section_before_says(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    forward = r"## Forward" + "\n" + r"$$z = w x + b$$ $$L = (z - y)^2$$" + "\n"
    true = r"$$\frac{dL}{dz} = 2 (z - y)$$ $$\frac{dL}{dw} = 2 (z - y) x$$ $$\frac{dL}{dx} = 2 (z - y) w$$"
    path.write_text(f"# Net\n{forward}## Backward\n{true}" + r"$$\frac{dL}{db} = 3 (z - y)$$" + "\n")
    *_, backward = drafts(path)
    assert [c.truth for c in backward.claims] == ["proved", "proved", "proved", "refuted"]
    path.write_text(f"# Net\n{forward}## Backward\n" + r"$$\frac{dL}{db} = 3 (z - y)$$" + "\n")
    *_, backward = drafts(path)
    assert not backward.claims


def test_what_stands_above_columns_is_no_equation(tmp_path: Path) -> None:
    bare = draft("$$p = q + 1$$\n\n$a$\t$b$\t$c$\n1\t2\t3\n\n| $x$ | $y$ |\n| 1 | 2 |\n", tmp_path)
    assert [d.name for d in bare.definitions] == ["p"]
    text = "Let $h = \\tanh(x)$.\n\n| $z$ | $y$ | $h = 1$ |\n|---|---|---|\n| 0.5 | 1 | 0.4 |\n| $x$ | 2 | 0.5 |\n"
    found = draft(text, tmp_path)
    assert [d.name for d in found.definitions] == ["h"]
    assert not found.claims
    assert not found.values
    assert [n.reason.partition(":")[0] for n in found.notes] == ["stands above a column of a table"]


@pytest.mark.parametrize(
    "text",
    [
        r"At $x = 0$ the slope of $h(x) = x^2 + 3 x$ is $3$. Also $h'(1) = 5$.",
        r"The slope of the function $h(x) = x^2 + 3 x$ at $x = 0$ is $3$. Also $h'(1) = 5$.",
    ],
)
def test_what_is_said_of_a_function_is_no_condition_of_what_it_is(text: str, tmp_path: Path) -> None:
    drafted = draft(text, tmp_path)
    assert [d.name for d in drafted.definitions] == ["h"]
    assert [c.reads for c in drafted.claims] == ["at(d(h, x), x=1) == 5"]


def test_branches_of_a_function_define_nothing(tmp_path: Path) -> None:
    drafted = draft(r"For $x > 0$ we have $h(x) = x$, and for $x < 0$ it is $h(x) = -x$. Also $2 + 2 = 4$.", tmp_path)
    assert not drafted.definitions


def test_a_bound_says_where_a_definition_is_meant(tmp_path: Path) -> None:
    """But a branch of several is none."""
    found = draft(r"For $0 < p < 1$, $H = -p \log p$ is positive: $H > 0$.", tmp_path)
    assert [d.reads for d in found.definitions] == ["-p*log(p)"]
    assert [(c.reads, c.assuming) for c in found.claims] == [("H > 0", ("0 < p < 1",))]
    assert not draft(r"For $x > 0$, $s = 1$ and $r = x$. For $x < 0$, $r = -x$.", tmp_path).definitions
    assert not draft(r"For $x > 0$, $f(x) = x$.", tmp_path).definitions
    found = draft(
        r"For $p \in (0, 1)$, $$\mathrm{FL}(p) = -(1 - p)^g \log p.$$ At $g = 0$, $\mathrm{FL}(p) = -\log p$.", tmp_path
    )
    assert [d.name for d in found.definitions] == ["FL"]
    assert [(c.reads, c.assuming) for c in found.claims] == [("FL == -log(p)", ("g == 0",))]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (r"It is not true that $$x^2 = 2 x.$$", "the text may say that it is wrong"),
        (r"In general, $(a + b)^2 = a^2 + b^2$ does not hold.", "the text may say that it is wrong"),
        (r"A common mistake is to write $$\frac{d}{dz} z^3 = z^2.$$", "the text may say that it is wrong"),
        ("# Common mistakes\n$$x + x = 2 x$$", "the text may say that it is wrong: 'Common mistakes'"),
        ("**Wrong:** $x + x = x^2$", "the text may say that it is wrong"),
        ("Common mistakes:\n\n- $x + x = x^2$\n", "the text may say that it is wrong"),
        (r"Some write $x + x = x^2$. This is wrong.", "the text says of it: 'This is wrong.'"),
        (r"One does not have $x + x = x^2$.", "the text may deny it"),
        (r"It is $2 x$ instead of $x + x = 2 x$.", "the text may deny it"),
        (r"Is $x + x = 2 x$?", "a question, and no claim"),
        (r"If the data are centered, $x + x = 2 x$.", "a condition that was not read: 'If the data are centered'"),
        (r"$x + x = 2 x$, provided that the data are centered.", "a condition that was not read"),
        (r"Up to a constant, $x + x = 2 x$.", "'Up to a constant, $...$.' is not read"),
        (r"For some $c > 0$, $x + x = 2 x$.", "'For some"),
        (r"For small $x$, $\sin x = x$.", "'For small"),
        (r"$|x| = -x$. Otherwise $|x| = x$.", "'Otherwise"),
        (r"If $f$ is smooth, $x + x = 2 x$.", "the condition 'f is smooth', which was not read"),
        (r"Let $A$ be diagonal. Then $A^2 = A A + A - A + 1 - 1 + B$.", ""),
        (r"$x + x = 2 x$ if and only if $y = 1$.", "is not read"),
        (r"$x + x = 2 x$ only if $y = 1$.", "'unless y = 1', which was not read"),
        (r"Unless $x > 0$, $|x| = -x$.", "'unless x > 0', which was not read"),
        (r"As $n \to \infty$, $x + x = 2 x$.", "was not read"),
        (r"If $x > 0$ then $f(x) = x^2$.", ""),
        (r"$x + x = 2 x$ if $x > 0$ or $y > 0$.", "was not read"),
        (r"If $x = 1$ or $x = 0$, $x + x = 2 x$.", "'x = 0', which was not read"),
        (r"No $x$ satisfies $x + x = 2 x$.", "'No"),
        (r"There are $x$ and $y$ such that $x + y = y + x$.", "'There are"),
    ],
)
def test_what_is_denied_or_not_understood_is_no_claim(text: str, reason: str, tmp_path: Path) -> None:
    found = draft(text, tmp_path)
    assert not found.claims
    assert not found.definitions
    assert any(reason in n.reason for n in found.notes), [n.reason for n in found.notes]


def test_a_mistake_is_no_definition_and_no_value(tmp_path: Path) -> None:
    found = draft(r"A mistake would be $y = x^3$ with $x = 5$." + "\n\nHere $y = x^2$ and $x = 2$.", tmp_path)
    assert [(d.name, d.reads) for d in found.definitions] == [("y", "x**2")]
    assert [(v.name, v.digits) for v in found.values] == [("x", "2")]


def test_a_false_claim_under_a_condition_is_one(tmp_path: Path) -> None:
    found = draft(r"If $x > 0$, then $|x| = -x$.", tmp_path)
    assert [(c.reads, c.assuming) for c in found.claims] == [("abs(x) == -x", ("x > 0",))]


def test_adjectives_and_elements_in_the_language() -> None:
    assert in_language("positive", "x", (), "") == "x > 0"
    assert in_language("positive", "x", (3,), "3") == "all(x > 0)"
    assert in_language("orthogonal", "Q", (2, 2), "n") == "Q.T @ Q == eye(n)"
    assert not in_language("positive", "A", (2, 2), "n")  # its entries, or definite
    assert not in_language("symmetric", "A", (2, 3), "n")
    assert not in_language("even", "v", (3,), "3")
    found = membership("p", r"[0, 1)")
    assert found is not None
    assert found.latex == r"0 \le p <  1"
    assert membership("x", r"\mathbb{R}^n") is None
    assert membership("i", r"\{1, \dots, n\}") is None
    unknown = membership("y", r"\{a, b\}")
    assert unknown is not None
    assert unknown.unread


@pytest.mark.parametrize(
    "text", ["if " * 5_000, "$x$ is " * 3_000, "not $x = 1$ " * 500, "\n" * 100_000, "\n- $x=y$" * 300, ". " * 9_000]
)
def test_long_sentences_cost_no_more_than_they_are_long(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"{text}\n$$a = b + 1$$\n{text}")
    assert len(list(drafts(path))) == 1
