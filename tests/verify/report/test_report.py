"""Reports: same bytes, harmless text, errors grouped by where they started, every verdict shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.expr.graph import Graph
from derive.language.reader import parse
from verify.casefile.model import Case, Claim, Definition, Derivation, Place, Symbol
from verify.conformance.values import values
from verify.report import FORMATS, writer
from verify.report.chains import Faults
from verify.report.markdown import write
from verify.report.place import MARKER, Links, anchor, harmless, page
from verify.report.wide import WIDE, width
from verify.report.words import MEANING, Item, sentence
from verify.results import Check, Result, Results, Word, Worst
from verify.text import numbers
from verify.text.escape import code, text

HERE = Place("cases/book/x.yaml", 1, 1)

SYMBOLS = {"x": 2, "w": "0.5", "b": "-0.3", "y": 1}
DEFINE = {"z": "w*x + b", "yhat": "sigmoid(z)", "L": "(y - yhat)**2/2"}


def make_case(
    claims: Sequence[Mapping[str, Any]],
    *,
    name: str = "neuron",
    document: str = "a-book",
    title: str = "One neuron",
    derive: Sequence[str] = (),
) -> Case:
    g = Graph()
    scope = {n: g.symbol(n) for n in SYMBOLS}
    symbols = {n: Symbol(n, (), (Fraction(v),), None, None, False, scope[n], HERE) for n, v in SYMBOLS.items()}
    definitions = {}
    for n, t in DEFINE.items():
        scope[n] = g.define(n, parse(t, scope, g))
        definitions[n] = Definition(n, scope[n], t, HERE)
    made = []
    for order, said in enumerate(claims):
        keys = dict(said)
        texts = {k: str(keys[k]) for k in ("of", "shows", "holds") if k in keys}
        for k in ("of", "shows", "holds"):
            if k in keys:
                keys[k] = parse(keys[k], scope, g)
        if "equals" in keys:
            keys["equals"] = (parse(keys["equals"], scope, g),)
        keys.setdefault("where", "")
        keys.setdefault("kind", "number")
        made.append(Claim(place=HERE, order=order, texts=texts, **keys))
    derivations = tuple(Derivation(t, parse(t, scope, g), HERE) for t in derive)
    return Case(
        name, document, f"{name}.yaml", title, {"section": "2.7"}, g, symbols, definitions, derivations, tuple(made)
    )


def result(case: Case, identity: str, verdict: Word = "holds", **more: Any) -> Result:
    claim = next((c for c in case.claims if c.id == identity), None)
    more.setdefault("printed", claim.prints if claim else None)
    where = claim.where if claim else ""
    return Result(
        id=identity, document=case.document, case=case.name, where=where, kind=claim.kind if claim else "number", verdict=verdict,
        pinned=more.pop("pinned", verdict), file=case.path, line=1, **more,
    )  # fmt: skip


def report(case: Case, results: Sequence[Result], out: Path, checks: Sequence[Check] = ()) -> dict[str, str]:
    paths = write(Results(claims=list(results), checks=list(checks), values=values(case)), [case], out)
    return {p.name: p.read_text() for p in paths}


CHAIN = make_case(
    [
        {"id": "z", "where": "step 1", "of": "z", "prints": "0.7"},
        {"id": "yhat", "where": "step 2", "of": "yhat", "prints": "0.678188"},
        {"id": "slope", "where": "step 3", "of": "d(L, yhat)", "prints": "-0.321812"},
        {"id": "gate", "where": "step 4", "of": "d(yhat, z)", "prints": "0.2172"},
        {"id": "delta", "where": "step 5", "of": "d(L, z)", "prints": "-0.0699"},
    ],
    derive=["grad(L, [w, b])", "hessian(L, [w, b])"],
)
FOLLOWS = "follows from the printed"
CHAIN_RESULTS = [
    result(CHAIN, "z"),
    result(CHAIN, "yhat", "wrong", exact="0.668187772168166", reason="correct: 0.668188", origin=["yhat"]),
    result(
        CHAIN, "slope", "inherited", exact="-0.33181222783", origin=["yhat"],
        reason=f"{FOLLOWS} yhat (0.678188); correct: -0.331812",
    ),
    result(CHAIN, "gate", "wrong", exact="0.22171287", reason="correct: 0.2217", origin=["gate"]),
    result(
        CHAIN, "delta", "inherited", exact="-0.0735671", origin=["yhat", "gate"],
        reason=f"{FOLLOWS} slope (-0.321812), gate (0.2172); correct: -0.0736",
    ),
]  # fmt: skip


def test_same_results_same_bytes(tmp_path: Path) -> None:
    first = report(CHAIN, CHAIN_RESULTS, tmp_path / "a")
    again = report(CHAIN, CHAIN_RESULTS, tmp_path / "elsewhere" / "b")
    assert first == again
    assert str(tmp_path) not in "".join(first.values())


def test_worst_inputs_stand_only_on_the_page_of_the_machine(tmp_path: Path) -> None:
    worst = Worst(input={"x": "1.75"}, error="3e-17", tolerance="4e-16")
    check = Check(
        document="a-book", case="neuron", subject="L", backend="numpy", outcome="agrees", examples=100, seed=7,
        worst=worst, reason="3 ulp",
    )  # fmt: skip
    other = check.model_copy(update={"worst": None, "reason": "", "examples": 98})
    one = report(CHAIN, CHAIN_RESULTS, tmp_path / "a", [check])
    two = report(CHAIN, CHAIN_RESULTS, tmp_path / "b", [other])
    assert "1.75" in one["machine.md"]
    assert one["machine.md"] != two["machine.md"]
    assert one["neuron.md"] == two["neuron.md"]
    assert "seed 7" in one["neuron.md"]
    assert "| `L` | agrees |  |" in one["neuron.md"]


def test_inherited_numbers_stand_under_their_origin() -> None:
    items = [Item(r, CHAIN, c) for r, c in zip(CHAIN_RESULTS, CHAIN.claims, strict=True)]
    found = [(c.origin.result.id, [h.result.id for h in c.heirs]) for c in Faults(items).chains]
    assert found == [("yhat", ["slope", "delta"]), ("gate", [])]


def test_the_errata_list_says_what_to_change_where(tmp_path: Path) -> None:
    lines = report(CHAIN, CHAIN_RESULTS, tmp_path)["README.md"].splitlines()
    rows = [line for line in lines if line.startswith(("| [step", "| ↳"))]
    assert [re.findall(r"step \d", row)[0] for row in rows] == ["step 2", "step 3", "step 5", "step 4"]
    assert rows[0] == (
        r"| [step 2](neuron.md#claim-yhat) | $`\hat{y}`$ = 0.678188 | 0.668188 | **wrong** "
        "| The exact value is 0.668187772168… |"
    )
    assert "| -0.331812 | inherited | Follows from the printed [`yhat`](neuron.md#claim-yhat) (0.678188). |" in rows[1]
    assert "It also started at [`gate`](neuron.md#claim-gate)." in rows[2]
    assert lines.index(rows[0]) < 20  # first things first


def test_displayed_arithmetic_stands_with_its_number_and_is_shown_mended(tmp_path: Path) -> None:
    case = make_case(
        [
            {"id": "gate", "where": "step 1", "of": "d(yhat, z)", "prints": "0.2271"},
            {"id": "gate-arith", "where": "step 1", "shows": "0.66819*(1 - 0.66819)", "prints": "0.2271"},
            {"id": "delta", "where": "step 2", "of": "d(L, z)", "prints": "-0.0736"},
            {"id": "delta-arith", "where": "step 2", "shows": "(-0.3318)*0.2271", "prints": "-0.0736"},
            {"id": "rough-arith", "where": "step 2", "shows": "(-0.33)*0.2271", "prints": "-0.0736"},
        ]
    )
    results = [
        result(case, "gate", "wrong", exact="0.22171287", origin=["gate"]),
        result(case, "gate-arith", "wrong", exact="0.221712", origin=["gate-arith"]),
        result(case, "delta", exact="-0.0735671"),
        result(case, "delta-arith", "wrong", exact="-0.07535", origin=["delta-arith"]),
        result(case, "rough-arith", "wrong", exact="-0.07494", origin=["rough-arith"]),
    ]
    index = report(case, results, tmp_path)["README.md"]
    assert "1 place to mend" in index
    rows = [line for line in index.splitlines() if line.startswith("| ↳")]
    assert "`0.66819*(1 - 0.66819) = 0.2271` | `0.66819*(1 - 0.66819) = 0.2217` |" in rows[0]
    # the result was right and its factor wrong: the result stays
    assert "`(-0.3318)*0.2271 = -0.0736` | `(-0.3318)*0.2217 = -0.0736` |" in rows[1]
    # -0.33 times the right factor is -0.0732: no line is offered that would not hold
    assert "`(-0.33)*0.2271 = -0.0736` | `-0.0736` |" in rows[2]


def test_numbers_carried_on_from_right_ones_are_no_errors(tmp_path: Path) -> None:
    results = [result(CHAIN, "z"), result(CHAIN, "slope", "inherited", exact="-0.33181222783", origin=["z"])]
    index = report(CHAIN, results, tmp_path)["README.md"]
    assert "Nothing: no claim was found wrong." in index
    assert "## Carried on from rounded numbers" in index


def test_every_verdict_is_shown_and_explained(tmp_path: Path) -> None:
    words = get_args(Word)
    case = make_case([{"id": f"c-{w}", "where": f"place of {w}", "of": "yhat", "prints": "0.7"} for w in words])
    results = [result(case, f"c-{w}", w, exact="0.66818777", reason=f"because {w}", origin=["gone"]) for w in words]
    made = report(case, results, tmp_path)
    assert set(MEANING) == set(words)
    for w in words:
        assert f"](neuron.md#claim-c-{w})" in made["README.md"] or w == "holds"
        assert re.search(rf"\| (\*\*)?{w}(\*\*)? \|", made["neuron.md"])
        assert f'<a id="claim-c-{w}"></a>' in made["neuron.md"]


def test_a_page_shows_the_mathematics_and_the_numbers_side_by_side(tmp_path: Path) -> None:
    shown = report(CHAIN, CHAIN_RESULTS, tmp_path)["neuron.md"]
    assert r"L &= \frac{(y - \hat{y})^{2}}{2}" in shown
    assert r"\frac{\partial L}{\partial w} &= x \hat{y} \cdot (\hat{y} - y) (1 - \hat{y})" in shown
    assert (
        r'| <a id="claim-yhat"></a>`yhat` | step 2 | $`\hat{y}`$ | 0.678188 | 0.668187772168… '
        r"| 0.6681877722 | 0.6681877722 | **wrong** |"
    ) in shown


def test_an_id_that_is_a_word_is_no_link_unless_it_is_meant() -> None:
    links = Links(frozenset({"c"}), {"c": frozenset({"it", "loss", "eq1", "s-2", "yhat"})})
    plain = sentence("it is the loss of eq1 and s-2", "c", links)
    assert plain == "It is the loss of [`eq1`](c.md#claim-eq1) and [`s-2`](c.md#claim-s-2)."
    assert sentence("follows from the printed yhat (0.67)", "c", links).endswith("[`yhat`](c.md#claim-yhat) (0.67).")
    assert (
        sentence("it also started at loss", "c", links, named=["loss"])
        == "It also started at [`loss`](c.md#claim-loss)."
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [("v.T @ A is a row", "v.T @ A is a row."), ("w = 2 here", "w = 2 here."), ("f(x) is off", "f(x) is off."),
     ("a slope", "A slope."), ("x is missing", "x is missing."), ("wrong by half", "Wrong by half."),
     ("x_new is old", "x_new is old."),
     ("no, it is 2", "No, it is 2.")],
)  # fmt: skip
def test_a_formula_keeps_its_letters_at_the_start_of_a_sentence(said: str, told: str) -> None:
    assert sentence(said, "c", Links(frozenset(), {})).replace("\\_", "_") == told


def test_what_must_change_stands_by_severity_and_conventions_apart(tmp_path: Path) -> None:
    case = make_case(
        [
            {"id": "digit", "where": "step 1", "of": "yhat", "prints": "0.669"},
            {"id": "form", "where": "step 2", "of": "d(L, yhat)", "equals": "y - yhat", "kind": "formula"},
            {"id": "style", "where": "step 3", "of": "d(L, yhat)", "kind": "definition"},
        ]
    )
    claims = [
        *case.claims[:2],
        replace(
            case.claims[2],
            standard=(
                parse(
                    "2*(yhat - y)",
                    {n: s.node for n, s in case.symbols.items()} | {n: d.node for n, d in case.definitions.items()},
                    case.graph,
                ),
            ),
        ),
    ]
    case = replace(case, claims=tuple(claims))
    results = [
        result(case, "digit", "wrong", exact="0.66818777", origin=["digit"]),
        result(case, "form", "wrong", origin=["form"]),
        result(case, "style", "convention", reason="half of it"),
    ]
    index = report(case, results, tmp_path)["README.md"]
    at = [
        index.index(word)
        for word in (
            "## What to change",
            "### Changes a result",
            "[step 2]",
            "### A digit",
            "[step 1]",
            "## Conventions",
            "[step 3]",
        )
    ]
    assert at == sorted(at)
    assert "2 places to mend, the gravest first." in index
    row = next(line for line in index.splitlines() if "[step 3]" in line)
    assert r"| $`2 (\hat{y} - y)`$ | convention | Half of it. |" in row


def test_no_formula_is_wider_than_a_cell(tmp_path: Path) -> None:
    long = " + ".join(f"sigmoid(w*x + {k}*b)*tanh(w*x + {k}*b)" for k in range(9))
    case = make_case(
        [
            {"id": "long", "of": long, "equals": "d(" + long + ", w)", "kind": "formula"},
            {"id": "z", "of": "z", "prints": "0.7"},
        ]
    )
    made = report(case, [result(case, "long", "wrong"), result(case, "z")], tmp_path)
    cells = [
        c for text_ in made.values() for line in text_.splitlines() if line.startswith("|") for c in line.split(" | ")
    ]
    assert max(width(m) for c in cells for m in re.findall(r"\$`(.*?)`\$", c)) <= WIDE
    assert "[on its page](neuron.md#says-long)" in made["README.md"]
    assert '<a id="says-long"></a>`long` in full:' in made["neuron.md"]
    assert "[below](#says-long)" in made["neuron.md"]
    assert "It should be" in made["neuron.md"]


@pytest.mark.parametrize(
    ("formula", "glyphs"),
    [("x + y", 3), (r"\mathrm{rate} \cdot x", 6), (r"\frac{a + b}{c}", 3), (r"\frac{a}{\frac{b c d}{e}}", 3), (r"w_{1}^{2}", 3),
     (r"\begin{pmatrix} a & b \\ c + d & e \end{pmatrix}", 4), (r"\hat{y} \sigma(z)", 5), ("", 0)],
)  # fmt: skip
def test_the_width_of_a_formula(formula: str, glyphs: int) -> None:
    assert width(formula) == glyphs


def test_without_values_the_columns_are_empty(tmp_path: Path) -> None:
    """As of a run without checks, or a results file that an earlier Errata wrote."""
    paths = write(Results(claims=CHAIN_RESULTS), [CHAIN], tmp_path)
    shown = next(p.read_text() for p in paths if p.name == "neuron.md")
    assert "| 0.678188 | 0.668187772168… |  |  | **wrong** |" in shown
    assert "At the given values" not in shown


def test_formulas_relations_and_arithmetic(tmp_path: Path) -> None:
    case = make_case(
        [
            {"id": "f", "of": "d(L, yhat)", "equals": "y - yhat", "kind": "formula"},
            {"id": "a", "shows": "(-0.20)*0.5", "prints": "-0.10", "kind": "arithmetic"},
            {"id": "r", "holds": "z > 0", "kind": "relation", "note": "the gate is open"},
        ]
    )
    evidence = {"method": "certified", "witness": {"y": "1", "yhat": "0"}}
    results = [
        result(case, "f", "wrong", reason="the sign is wrong", evidence=evidence, origin=["f"]),
        result(case, "a", exact="-0.1"),
        result(case, "r"),
    ]
    made = report(case, results, tmp_path)
    formula = r"$`\frac{\partial L}{\partial \hat{y}} = y - \hat{y}`$"
    assert f"| **wrong** | refuted at `y = 1`, `yhat = 0` | {formula} |" in made["neuron.md"]
    assert rf"{formula} | $`\hat{{y}} - y`$ | **wrong** | The sign is wrong. |" in made["README.md"]
    assert "| `(-0.20)*0.5 = -0.10` | -0.1 | holds |" in made["neuron.md"]
    assert r"| relation | holds | $`z \gt 0`$ |" in made["neuron.md"]
    assert "- [`r`](#claim-r): The gate is open." in made["neuron.md"]


# -- hostile text -----------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "a | b || c",
    "](javascript:alert(1))",
    "[x](https://example.org)",
    "![x](https://example.org/x.png)",
    "`` `code` ``",
    "line\nbreak\r\n# heading\n- list",
    "$x$ $`y`$",
    "https://example.org and www.example.org and a@example.org",
    "<img src=x onerror=alert(1)>",
    "-->",
    "\\| \\`",
    "\u202eright to left\x00",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_a_case_stays_text(hostile: str, tmp_path: Path) -> None:
    from markdown_it import MarkdownIt

    case = make_case(
        [{"id": hostile, "where": hostile, "of": "yhat", "prints": hostile, "note": hostile, "because": hostile}],
        name=hostile,
        document=hostile,
        title=hostile,
    )
    results = [result(case, hostile, "wrong", reason=hostile, exact="0.5", origin=[hostile])]
    check = Check(document=hostile, case=hostile, subject=hostile, backend=hostile, outcome="differs", reason=hostile)
    made = report(case, results, tmp_path, [check])
    assert len(made) == 4
    for path in tmp_path.rglob("*"):
        assert re.fullmatch(r"[A-Za-z0-9._-]+", path.name)
    renderer = MarkdownIt("commonmark").enable("table")
    for page_text in made.values():
        html = renderer.render(page_text)
        assert not re.search(r"<(?!!--)(script|img)", html)
        links = re.findall(r'href="([^"]*)"', html)
        assert all(re.fullmatch(r"([A-Za-z0-9._-]+\.md)?(#claim-[A-Za-z0-9._-]+)?", link) for link in links)
        for line in page_text.splitlines():
            if line.startswith("|") and not line.startswith(("| ---", "| --:")):
                assert len(re.findall(r"(?<!\\)\|", line.replace("\\\\", ""))) == columns(page_text, line)


def columns(page_text: str, line: str) -> int:
    """The bars in the rule of the table that a line belongs to."""
    lines = page_text.splitlines()
    at = lines.index(line)
    while at < len(lines) and lines[at].startswith("|"):
        at -= 1
    return lines[at + 2].count("|")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_escaped_text_renders_as_itself(value: str) -> None:
    from html import unescape

    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark")
    shown = " ".join("".join(" " if c.isspace() or not c.isprintable() else c for c in value).split())
    html = renderer.renderInline(text(value))
    assert unescape(re.sub("<!-- -->", "", html)) == shown
    html = renderer.renderInline(code(value).replace(r"\|", "|"))
    if "|" not in shown:
        assert html == "" if not shown else unescape(re.sub("</?code>", "", html)) == shown


@given(st.text(max_size=100), st.text(max_size=100))
def test_file_names_are_harmless_and_stay_unlike(a: str, b: str) -> None:
    for name in (harmless(a), anchor(a), page(a)):
        assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", name)
    assert a == b or harmless(a) != harmless(b)


def test_a_case_never_takes_the_place_of_the_index() -> None:
    assert page("README") != "README.md"
    assert page("readme").lower() != "readme.md"
    assert page("machine") != "machine.md"


# -- files ------------------------------------------------------------------------------------------


def test_stale_pages_go_and_strangers_stay(tmp_path: Path) -> None:
    report(make_case([], name="old"), [], tmp_path)
    folder = tmp_path / "a-book"
    (folder / "notes.md").write_text("my own\n")
    (folder / "late.md").write_text(f"my own\n{MARKER}\n")
    (folder / "other.txt").write_text(f"{MARKER}\n")
    elsewhere = tmp_path / "other-book"
    elsewhere.mkdir()
    (elsewhere / "old.md").write_text(f"{MARKER}\n")
    report(CHAIN, CHAIN_RESULTS, tmp_path)
    there = {p.name for p in folder.iterdir()}
    assert there == {"README.md", "errata.md", "neuron.md", "machine.md", "notes.md", "late.md", "other.txt"}
    assert (elsewhere / "old.md").exists()


def test_a_failed_write_leaves_the_old_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = report(CHAIN, CHAIN_RESULTS, tmp_path)
    monkeypatch.setattr("os.replace", lambda *a: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        report(CHAIN, CHAIN_RESULTS[:2], tmp_path)
    assert {p.name: p.read_text() for p in (tmp_path / "a-book").iterdir()} == before


def test_an_interrupted_run_says_so(tmp_path: Path) -> None:
    (index, *_) = write(Results(claims=[], interrupted=True), [CHAIN], tmp_path)
    assert "interrupted" in index.read_text()


def test_every_format_has_a_writer_that_leaves_the_pages_of_others(tmp_path: Path) -> None:
    pages = [p for name in FORMATS for p in writer(name)(Results(claims=CHAIN_RESULTS), [CHAIN], tmp_path)]
    assert {".md", ".html"} <= {p.suffix for p in pages}
    assert all(p.is_file() for p in pages)


# -- numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1.10", "1.1"),
        ("0.78600296401277771", "0.786002964012…"),
        ("0.2152372469201", "0.215237246920…"),
        ("4.1598139012349e-7", "4.15981390123…e-7"),
        ("-2", "-2"),
        ("0", "0"),
        ("[0.1 +/- 2]", "[0.1 +/- 2]"),
    ],
)
def test_exact_values_are_cut_with_an_ellipsis(value: str, shown: str) -> None:
    assert numbers.exact(value) == shown


def test_floats_have_ten_digits_and_noise_is_zero() -> None:
    assert numbers.floating(0.1 + 0.2) == "0.3"
    assert numbers.floating(2 / 3) == "0.6666666667"
    assert numbers.floating(1.1e-17, "0") == "0"
    assert numbers.floating(4.16e-7, "4.16e-7") == "4.16e-7"
    assert numbers.floating(-0.0) == "0"
    assert numbers.floating(float("nan")) == "NaN"


def test_cases_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    cases = [
        make_case([{"id": "z", "of": "z", "prints": "0.7"}], name=n, title=n) for n in ("2.10-b", "2.7-a", "3.1-c")
    ]
    paths = write(Results(claims=[result(c, "z") for c in cases]), cases, tmp_path)
    assert [p.stem for p in paths] == ["README", "errata", "2.7-a", "2.10-b", "3.1-c", "machine"]


def test_the_right_value_stands_in_the_notation_of_the_print() -> None:
    assert numbers.correct("0.6681877", "0.67") == "0.67"
    assert numbers.correct("-0.0735671", "-0.0699") == "-0.0736"
    assert numbers.correct("0.6681877", "66%") == "67%"
    assert numbers.correct("0.6681877", "no number") == ""
