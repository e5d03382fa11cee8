"""Starter cases of a document: they say what the document says and run as they are, and nothing is guessed in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verify.casefile import load
from verify.casefile.quotes import located
from verify.cli import main
from verify.draft import Drafted, drafts
from verify.draft.scope import called, tensors
from verify.draft.shapes import each, families, membership
from verify.draft.writing import text_of

NETWORK = r"""# A network

Here $x = 2$, $(w, b) = (1.5, -1)$ and $y = 1$.

$$z = w x + b, \quad \hat{y} = \sigma(z)$$

$$\mathcal{L} = \frac{1}{2}(\hat{y} - y)^2 \quad (1.1)$$

Its derivatives are

$$\frac{\partial \mathcal{L}}{\partial z} = (\hat{y} - y)\hat{y}(1 - \hat{y}) = -0.0126.$$

Step	Quantity	Expression	Value
1	Output	$\hat{y} = \sigma(z)$	0.880797
2	$\frac{\partial \mathcal{L}}{\partial \hat{y}}$	$\hat{y} - y$	=0.119203
3	$\frac{\partial \hat{y}}{\partial z}$	$\hat{y}(1 - \hat{y})$	0.104994
4	$\frac{\partial \mathcal{L}}{\partial z}$	Step 2 $\times$ Step 3	-0.012516

The step is 0.25 wide.
"""


def draft(text: str, tmp_path: Path, name: str = "a.md") -> Drafted:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (drafted,) = drafts(path)
    return drafted


def test_values_definitions_claims_and_numbers(tmp_path: Path) -> None:
    found = draft(NETWORK, tmp_path)
    assert {v.name: v.digits for v in found.values} == {"x": "2", "w": "1.5", "b": "-1", "y": "1"}
    assert {d.name: d.reads for d in found.definitions} == {
        "z": "w*x + b",
        "yhat": "sigmoid(z)",
        "L": "1/2*(yhat - y)**2",
    }
    assert [(c.reads, c.prints) for c in found.claims] == [
        ("d(L, z) == (yhat - y)*yhat*(1 - yhat)", ""),
        ("yhat == sigmoid(z)", "0.880797"),
        ("d(L, yhat) == yhat - y", ""),
        ("d(yhat, z) == yhat*(1 - yhat)", "0.104994"),
        ("d(L, z) == d(L, yhat)*d(yhat, z)", "-0.012516"),
    ]
    assert "a minus sign that was lost" in found.claims[2].s.note
    assert [n.text for n in found.numbers] == ["0.25"]


def test_the_case_runs_as_it_is_and_quotes_what_it_was_drafted_from(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.md").write_text(NETWORK)
    assert main(["draft", str(tmp_path / "a.md")]) == 0
    assert "5 claims, 3 definitions, 4 values" in capfd.readouterr().out
    (path,) = tmp_path.glob("*.yaml")
    case = load(path)
    assert all(not q.lost for q in located(case).values())
    assert [q.line for q in located(case).values()] == [11, 14, 15, 16, 17]
    results = tmp_path / "r.json"
    assert main(["run", str(path), "--no-checks", "--json", str(results)]) == 1
    verdicts = {c["id"]: c["verdict"] for c in json.loads(results.read_text())["claims"]}
    assert verdicts.pop("l11") == "wrong"  # it is -0.012516
    assert set(verdicts.values()) == {"holds"}
    assert main(["draft", str(tmp_path / "a.md")]) == 2  # nothing is overwritten
    assert "is there already" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (r"$$\mathbf{y} = A \mathbf{x}$$", "set in bold, a vector or a matrix"),
        (r"$$y_i = x_i + 1$$", "how far 'i' counts is not said here"),
        (r"$$y = x_i + 1$$", "an entry of something whose size is not said"),
        (r"$$a = f(x)$$", "a function of which nothing is said, or a factor"),
        (r"$$w_{t+1} = w_t - \eta g$$", "a step of an iteration"),
        (r"$$y = w^\top x$$", "is transposed, normed or has entries"),
        (r"$$L = \frac{1}{2} e^2$$", "Euler's number, or a letter"),
        (r"$$\frac{\partial L}{\partial w} = x$$", "does not depend on 'w'"),
        (r"$$\theta = \theta - \eta g$$", "said by itself: an assignment"),
        (r"$$|1 - \eta \lambda| < 1$$", "a condition that the text makes, or a claim"),
        (r"$$a x = b$$", "nothing is said of"),
        (r"$$a = b + c, \quad a = b - c$$", "a second meaning, or an error"),
        ("$x = 2$ and then $x = 3$, $y = x^2$", "'x' is 2 on line 1 and 3 here"),
        (r"$$W = \{w_a\}$$", "a set in braces"),
        (r"$x \in \mathbb{R}^n$, $x \in \mathbb{R}^p$: $$y = 2 x$$", "has one shape on line 1 and another"),
        (r"$y \in \{0, 1\}$, $y \in \mathbb{R}^n$: $$z = 2 y$$", "is a number in one place and has a shape"),
        (r"$x \in \mathcal{X}$: $$y = 2 x$$", "is an element of something"),
        (r"$x = 0,5$", "a comma between digits: a decimal point, or two numbers"),
        (r"$x = 1{,}5$", "a decimal point is a point"),
        (r"$x = 1,234$", "a comma between digits: thousands, or a decimal point"),
        (r"$T = 300\,\text{K}$", "a unit, or a factor"),
        (r"$$x_1 \approx 0.441$$", ""),
        (r"$$y = \unknowncommand{x}$$", ""),
        (r"$$y = (x$$", ""),
    ],
)
def test_what_may_be_several_things_is_no_claim(text: str, reason: str, tmp_path: Path) -> None:
    found = draft(text, tmp_path)
    assert not found.claims
    assert not any(v.digits in ("0", "15", "1234") for v in found.values)
    assert not reason or any(reason in n.reason for n in found.notes), [n.reason for n in found.notes]


@pytest.mark.parametrize(
    ("text", "names", "claims"),
    [
        # shapes that the document says
        (
            r"$X \in \mathbb{R}^{N \times p}$, $w \in \mathbb{R}^p$, $y \in \mathbb{R}^N$. $$L = \|X w - y\|^2$$"
            r"$$\nabla_w L = 2 X^\top (X w - y)$$",
            {"L"},
            ["grad(L, w) == 2*X.T @ (X @ w - y)"],
        ),
        # indices whose range the formula says
        (r"$$M = \frac{1}{N} \sum_{i=1}^N (y_i - \hat{y}_i)^2$$", {"M"}, []),
        # families
        (
            r"For $k \in \{1, 2\}$, $\mathbf{z}_k, \mathbf{a}_k \in \mathbb{R}^{n}$: $$\mathbf{a}_k = \tanh(\mathbf{z}_k)$$"
            r"$$\frac{\partial \mathbf{a}_1}{\partial \mathbf{z}_2} = 0$$",
            {"a1", "a2"},
            [],
        ),
        # functions, of which the document says what they are
        (r"$$f(x) = x^2 + 1$$ $$f'(x) = 2x$$", {"f"}, ["d(f, x) == 2*x"]),
        (r"$$\sigma(x) = \frac{1}{1 + e^{-x}}$$", set(), ["sigmoid(x) == 1/(1 + exp(-x))"]),
        (
            r"$$v = x^2, \quad L = v, \quad dv = \frac{\partial L}{\partial v}, \quad dv = 1$$",
            {"v", "L", "dv"},
            ["dv == 1"],
        ),
        # a chain of names
        (r"$$y = a = x^2$$ $$\frac{dy}{dx} = 2 x$$", {"y", "a"}, ["y == a == x**2", "d(y, x) == 2*x"]),
        # defined by each other: the last says something of the first
        (r"$$a = b + 1$$ $$b = a - 1$$", {"a"}, ["b == a - 1"]),
    ],
)
def test_what_the_document_says_of_its_names(text: str, names: set[str], claims: list[str], tmp_path: Path) -> None:
    found = draft(text, tmp_path)
    assert {d.name for d in found.definitions} == names, [n.reason for n in found.notes]
    assert [c.reads for c in found.claims] == claims, [n.reason for n in found.notes]


HARD = [
    "",
    "No formulas at all.\n",
    "$$ $$ $$x",
    "$$x = 1$$ \x07 $$y = \x07 2$$",
    r"$$lambda = 2, \quad def = 3, \quad sum = 4, \quad \text{in} = 5$$",
    "$$x = 'a'' # {y: [1}$$",
    "$$\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}$$",
    "$$" + "(" * 2000 + "$$",
    "$$x = " + "+".join(["y"] * 3000) + "$$",
    "# " + "h" * 5000 + "\n$$x_1 = 2$$\n" * 50,
    "# ---\n## '\"#: {}\n$x = 2$\n",
    "| a | b |\n|---|---|\n| $x$ | 1 |\n| $x = y$ | \n",
]


@pytest.mark.parametrize("text", HARD)
def test_hard_documents_give_cases_without_faults(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    for k, drafted in enumerate(drafts(path)):
        if drafted.empty:
            continue
        case = tmp_path / f"{k}.yaml"
        case.write_text(text_of(drafted, path, case))
        load(case)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [("a.md", b"\xff\xfe\0", 2), ("a.txt", b"$x = 1$", 2), ("a.md", b"words", 5), ("a.ipynb", b"{}", 2)],
)
def test_what_can_not_be_drafted(name: str, data: bytes, code: int, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    assert main(["draft", str(tmp_path / name)]) == code
    assert main(["draft", str(tmp_path / "none.md")]) == 2


def test_sections_and_other_folders(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "book.md"
    path.write_text("# 1 One\n$x = 1$\n## 1.1 Sub\n$y = x + 1$\n### 1.1.1 Deep\n$y = 2$\n## 1.2 Other\n$y = x^2$\n")
    assert main(["draft", str(path), "--out", str(tmp_path / "cases")]) == 0
    names = sorted(p.name for p in (tmp_path / "cases").iterdir())
    assert names == ["book-1-one.yaml", "book-1.1-sub.yaml", "book-1.2-other.yaml"]
    assert "file:" not in (tmp_path / "cases" / names[1]).read_text()  # a case sees no more than its own folder
    capfd.readouterr()
    assert main(["draft", str(path), "--section", "1.2", "--out", "-"]) == 0
    assert "title: 'Other'" in capfd.readouterr().out
    assert main(["draft", str(path), "--depth", "1", "--out", str(tmp_path / "one")]) == 0
    assert [p.name for p in (tmp_path / "one").iterdir()] == ["book-1-one.yaml"]


def test_shapes_may_be_given(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        r"$$L = \frac{1}{2}\|\mathbf{W}\mathbf{x} - \mathbf{y}\|^2$$"
        r"$$\nabla_{\mathbf{x}} L = \mathbf{W}^\top(\mathbf{W}\mathbf{x} - \mathbf{y})$$"
    )
    assert main(["draft", str(path), "--out", "-", "--shape", "W=m,n", "--shape", "x=n", "--shape", "y=m"]) == 0
    out = capfd.readouterr().out
    assert "W: {shape: [m, n]}  # as --shape says" in out
    assert "reads: 'grad(L, x) == W.T @ (W @ x - y)'" in out
    assert main(["draft", str(path), "--shape", "W"]) == 2


def test_what_an_earlier_section_says_of_a_name_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# One\n$p = x^2$\n# Two\n$q = p + 1$\n")
    _, second = drafts(path)
    assert (
        "p: taken for a number, as nothing in the section says otherwise; in 'One', line 2: x**2 ('uses:'"
        in text_of(second, path, tmp_path / "b.yaml")
    )


def test_notebooks_and_latex(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["$x = 2$\n", "\n", "$$y = x^2$$ $$\\frac{dy}{dx} = 2 x$$"], "metadata": {}}
    ]
    found = draft(json.dumps({"cells": cells}), tmp_path, "a.ipynb")
    assert [c.reads for c in found.claims] == ["d(y, x) == 2*x"]
    tex = (
        "\\begin{document}\\section{A}\n% $z = 1$\n\\begin{equation} y = x^2 \\end{equation}\n"
        "\\[ \\frac{dy}{dx} = 2 x \\]\n\\end{document}"
    )
    found = draft(tex, tmp_path, "b.tex")
    assert [c.reads for c in found.claims] == ["d(y, x) == 2*x"]
    assert found.claims[0].s.line == 4


def test_pieces() -> None:
    assert membership(r"X \in \mathbb{R}^{n \times d_0}") == (["X"], ["n", "d0"])
    assert membership(r"a, b \in \mathbb{R}^3") == (["a", "b"], ["3"])
    assert membership(r"x \in \mathbb{R}") == (["x"], [])
    assert membership(r"x = y") is None
    assert families([r"k \in \{1, 2, 3\}", r"l = 1, \dots, 4"]) == {"k": 3, "l": 4}
    assert each(r"W_k a_{k-1}", {"k": 2}) == ["W_1 a_0", "W_2 a_1"]
    assert each(r"x = y", {"k": 2}) == ["x = y"]
    assert tensors([r"w^\top x", r"\|\mathbf{u}\|", r"v_i"]) == {"w", "v"}
    assert called([r"f(x, y) + \hat{y}(1 - y) + \text{ReLU}(z) + \sigma(z)"]) == {"f", "sigma"}


BOOK = "# Tab\n$x = 1$\n# Tab2\n$y = x^2$\n# A tab too\n$z = 1$\n# 2.1 Numbers\n$v = 1$\n"


@pytest.mark.parametrize(
    ("word", "titles"),
    [("Tab", ["Tab"]), ("tab2", ["Tab2"]), ("too", ["A tab too"]), ("2.1", ["Numbers"]), ("2", ["Numbers"])],
)
def test_a_section_is_chosen_by_its_number_or_words(word: str, titles: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(BOOK)
    assert [d.section.title for d in drafts(path, only=[word])] == titles


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("of", "'of' stands in the titles of 2 sections: 'Kinds of a', 'Kinds of b'; say which"),
        ("Kinds of d", "there is no section 'Kinds of d'; did you mean 'Kinds of"),
        ("qqq", "there is no section 'qqq'; there are 'Kinds of a', 'Kinds of b', '3.1 C'"),
        ("3.1.4", "there is no section '3.1.4'"),
        ("7.1", "there is no section '7.1'"),
    ],
)
def test_no_section_or_several_are_told(
    word: str, message: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.md"
    path.write_text("# Kinds of a\n$x = 1$\n# Kinds of b\n$y = 1$\n# 3.1 C\n$z = 1$\n")
    assert main(["draft", str(path), "--section", word, "--out", "-"]) == 2
    assert message in capfd.readouterr().err


def test_a_part_of_a_section_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 3.1 C\n$z = 1$\n## 3.1.4 D\n$u = 1$\n")
    assert main(["draft", str(path), "--section", "3.1.4", "--out", "-"]) == 2
    assert "'3.1.4' is a part of section 3.1: --depth 3 parts them" in capfd.readouterr().err


def test_why_nothing_of_a_section_is_read_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.md"
    path.write_text("# A\n$$\\mathbf{y} = W \\mathbf{x}$$\n# B\n$$\n x = 1\n\n# C\n$x = 1$\n")
    assert main(["draft", str(path)]) == 0
    err = capfd.readouterr().err
    assert "A: nothing could be read\n  line 2: \\mathbf{y} = W \\mathbf{x}: '\\mathbf{x}' is set in bold" in err
    assert "B: nothing could be read\n  line 5: x = 1: not closed: no '$$' follows" in err


def test_numbers_in_cells_have_exponents_and_groups(tmp_path: Path) -> None:
    text = "| q | v |\n|---|---|\n| $a$ | 1e-3 |\n| \\(b\\) | 1 000 |\n| $c$ | 2.5e+4 |\n"
    found = draft(text, tmp_path)
    assert {v.name: v.digits for v in found.values} == {"a": "1e-3", "b": "1000", "c": "2.5e4"}


MEAN = r"$$m = \frac{1}{n} \sum_{i=1}^n x_i$$"


@pytest.mark.parametrize(
    ("said", "size", "reason"),
    [
        ("The data are $x = (1, 2, 3, 4)$.", 4, ""),
        ("Let $n = 4$ and $x = (1, 2, 3, 4)$.", 4, ""),
        (r"Let $x \in \mathbb{R}^n$ be $x = (1, 2, 3, 4)$.", 4, ""),
        ("Let $n = 5$.", 5, ""),
        (
            "Let $n = 5$ and $x = (1, 2, 3, 4)$.",
            5,
            "'n' is a length, and the document gives two: line 1 says 5, and 'x' on line 1 has length 4",
        ),
    ],
)
def test_a_letter_for_a_size_is_the_length_of_its_data(said: str, size: int, reason: str, tmp_path: Path) -> None:
    found = draft(f"{said} {MEAN}", tmp_path)
    assert found.scope.sizes == {"n": size}
    assert [n.reason for n in found.notes] == [reason] * bool(reason)
    assert len(found.definitions) == (not reason)
    case = tmp_path / "a.yaml"
    case.write_text(text_of(found, tmp_path / "a.md", case))
    load(case)


def test_entries_of_what_is_known_are_claimed_and_not_defined(tmp_path: Path) -> None:
    found = draft(r"$$A_{12} = A_{21}, \quad w_1 = w_2$$", tmp_path)
    assert not found.definitions
    assert not found.claims
    assert all("nothing is said of" in n.reason for n in found.notes)
    found = draft(r"Let $A \in \mathbb{R}^{2 \times 2}$ be symmetric. Then $$A_{12} = A_{21}.$$", tmp_path)
    assert [(c.reads, c.assuming) for c in found.claims] == [("A[0, 1] == A[1, 0]", ("A == A.T",))]


def test_an_equation_that_stands_beside_a_formula_is_a_condition_of_it(tmp_path: Path) -> None:
    found = draft(
        r"Let $z, y \in \mathbb{R}^K$ and $L = \log \sum_{k=1}^K e^{z_k} - y^\top z$, where $\sum_{k=1}^K y_k = 1$. Then "
        r"$$\sum_{k=1}^K \frac{\partial L}{\partial z_k} = 0.$$",
        tmp_path,
    )
    assert [c.assuming for c in found.claims] == [("sum(y[k] for k in K) == 1",)], [n.reason for n in found.notes]
    assert not found.notes


ABOVE = r"""Before all, $c = 3$.

# Network

Here $x = 2$, $w = 1.5$ and $$z = w x, \quad a = \sigma(z).$$ Let $\eta > 0$ and $v \in \mathbb{R}^n$.

## Forward

$$z = 3.0$$

## Backward

$$\frac{\partial a}{\partial z} = a (1 - a), \quad \nabla_v (v^\top v) = 2 v, \quad \sqrt{\eta^2} = \eta$$

## Own

$$z = x^2, \quad \frac{dz}{dx} = 2 x$$

## Mute

Words, $a$ and $z$.

# Other

$$y = z + c$$
"""


def test_a_section_knows_what_those_above_it_say(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.md"
    path.write_text(ABOVE)
    found = {d.section.name: d for d in drafts(path)}
    forward, backward, own, other = (found[name] for name in ("Forward", "Backward", "Own", "Other"))
    assert [(d.name, d.above) for d in forward.definitions] == [("z", "'Network'")]
    assert [(c.reads, c.latex) for c in forward.claims] == [("z", "z = 3.0")]
    assert {v.name: v.above for v in forward.values} == {"x": "'Network'", "w": "'Network'"}
    assert [(c.reads, c.assuming) for c in backward.claims] == [
        ("d(a, z) == a*(1 - a)", ()),
        ("grad(v @ v, v) == 2*v", ()),
        ("sqrt(eta**2) == eta", ("eta > 0",)),
    ]
    assert [(d.name, d.reads, d.above) for d in own.definitions] == [("z", "x**2", "")]
    assert {v.name for v in own.values} == {"x"}  # and no w, which is not spoken of
    assert found["Mute"].empty
    assert {v.name: v.above for v in other.values} == {"c": "'Beginning'"}
    assert "z" in other.scope.symbols  # 'Network' is beside it
    for drafted in found.values():
        case = tmp_path / "case.yaml"
        case.write_text(text_of(drafted, path, case))
        if not drafted.empty:
            load(case)
            case.unlink()
    assert main(["draft", str(path), "--section", "Forward", "--out", "-"]) == 0
    assert "z: {latex: 'w x'}  # line 5, of 'Network': w*x" in capfd.readouterr().out


def test_parts_of_a_numbered_section_know_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# 1 One\n$p = x^2$\n## 1.1 Sub\n$$\\frac{dp}{dx} = 2 x$$\n# 2 Two\n## 2.1 Sub\n$$q = p + 1$$\n")
    found = {d.section.number: d for d in drafts(path)}
    assert [c.reads for c in found["1.1"].claims] == ["d(p, x) == 2*x"]
    assert [(d.name, d.above) for d in found["1.1"].definitions] == [("p", "1")]
    assert "p" in found["2.1"].scope.symbols


def test_a_section_that_can_not_be_read_alone_takes_over_what_stands_before_it(tmp_path: Path) -> None:
    """In its chapter; and the numbers of a worked example are claims about what was defined there."""
    path = tmp_path / "a.md"
    path.write_text(
        "# 1 One\n$w, x \\in \\mathbb{R}^d$.\n## 1.1 Model\n$s = w^\\top x + b$ and $a = \\sigma(s)$.\n"
        "## 1.2 Slope\n$$\\nabla_w a = a (1 - a) x$$\n"
        "## 1.3 Numbers\nLet $x = 2$, $w = 0.5$ and $b = -1.5$. Then $s = -0.5$ and $a = 0.3775$.\n"
        "## 1.4 Another\n$s = u + 1$, $u = 2$, $$\\frac{ds}{du} = 1$$\n"
    )
    found = {d.section.number: d for d in drafts(path)}
    assert [c.reads for c in found["1.2"].claims] == ["grad(a, w) == a*(1 - a)*x"]
    assert [(d.name, d.above) for d in found["1.2"].definitions] == [("s", "1.1"), ("a", "1.1")]
    assert {v.name: v.digits for v in found["1.3"].values} == {"x": "[2]", "w": "[0.5]", "b": "-1.5"}
    assert [c.latex for c in found["1.3"].claims] == ["s = -0.5", "a = 0.3775"]
    assert found["1.3"].scope.sizes == {"d": 1}
    assert [(d.name, d.reads, d.above) for d in found["1.4"].definitions] == [("s", "u + 1", "")]
    assert [d.section.number for d in drafts(path, only=["1.2"])] == ["1.2"]
    assert [c.reads for d in drafts(path, only=["1.2"]) for c in d.claims] == ["grad(a, w) == a*(1 - a)*x"]


def test_commands_of_the_documents_own_are_written_out(tmp_path: Path) -> None:
    tex = (
        "\\newcommand{\\R}{\\mathbb{R}}\\newcommand{\\norm}[1]{\\left\\|#1\\right\\|}\\newcommand{\\loss}{\\mathcal{L}}\n"
        "\\begin{document}\nLet $X \\in \\R^{n \\times p}$, $w \\in \\R^p$, $y \\in \\R^n$ and\n"
        "\\[ \\loss(w) = \\frac{1}{2} \\norm{X w - y}^2. \\]\n\\[ \\nabla \\loss(w) = X^\\top (X w - y) \\]\n\\end{document}"
    )
    found = draft(tex, tmp_path, "a.tex")
    assert [d.reads for d in found.definitions] == ["1/2*norm(X @ w - y)**2"]
    assert [(c.reads, c.quote) for c in found.claims] == [
        ("grad(L, w) == X.T @ (X @ w - y)", "\\nabla \\loss(w) = X^\\top (X w - y)")
    ]


def test_definitions_entry_by_entry(tmp_path: Path) -> None:
    found = draft(
        r"Let $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$. $$h_i = \sum_{j=1}^n W_{ij} x_j, \quad G_{ij} = x_i x_j$$"
        r"$$q_i = q_i + 1, \quad s_k = u_k$$ $$\frac{\partial}{\partial x} (h^\top h) = 2 W^\top h$$",
        tmp_path,
    )
    assert {d.name: d.reads for d in found.definitions} == {
        "h": "[sum(W[i, j]*x[j] for j in n) for i in m]",
        "G": "[[x[i]*x[j] for j in n] for i in n]",
    }
    assert all("how far" in n.reason for n in found.notes[:2])
    case = tmp_path / "a.yaml"
    case.write_text(text_of(found, tmp_path / "a.md", case))
    assert load(case).definitions.keys() == {"h", "G"}


def test_a_formula_that_is_said_again_keeps_its_condition(tmp_path: Path) -> None:
    found = draft(
        r"Let $z, y \in \mathbb{R}^K$, $p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$ and $L = -\sum_{k=1}^K y_k \log p_k$. Then "
        r"$\frac{\partial L}{\partial z_k} = p_k - y_k$, provided that $\sum_{k=1}^K y_k = 1$."
        "\n\nIn short:\n\n"
        r"$$\frac{\partial L}{\partial z_k} = p_k - y_k$$",
        tmp_path,
    )
    assert {d.name: d.reads for d in found.definitions}["p"] == "exp(z)/sum(exp(z[j]) for j in K)"  # with its letter
    assert [c.assuming for c in found.claims] == [("sum(y[k] for k in K) == 1",)] * 2
    assert found.claims[1].s.note == "as on line 1, under the condition there"


def test_what_can_not_be_taken_over_is_left(tmp_path: Path) -> None:
    """A definition of a section above whose letters are other things here."""
    path = tmp_path / "a.md"
    path.write_text(
        "# One\n$L = (u - v)^2$\n## Sub\nLet $u, v \\in \\mathbb{R}^n$. $$q = 2 L$$ $$\\frac{dq}{dL} = 2$$\n"
    )
    _, found = drafts(path)
    case = tmp_path / "a.yaml"
    case.write_text(text_of(found, path, case))
    load(case)
    assert "q" in {d.name for d in found.definitions}
