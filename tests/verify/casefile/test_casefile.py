"""Case files: what is read, and what is said of files that are broken, each with its line and column."""

from __future__ import annotations

import os
import pickle
import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.language.reader import to_text
from tests import ROOT
from verify.casefile import CaseFaults, check, events, find, load
from verify.casefile.documents import Documents, folders
from verify.casefile.model import Case
from verify.casefile.schema import CASE, CLAIM, SYMBOL, json_schema
from verify.casefile.starter import starter
from verify.results import VERDICTS

LIBRARY = find([str(ROOT / "cases")])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def faults(text: str | bytes, name: str = "f.yaml") -> list[str]:
    """Everything that is wrong with a file, without its name."""
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CaseFaults) as caught:
        load(name)
    places = [(f.line, f.column) for f in caught.value.faults]
    assert places == sorted(places)
    assert all(f.file == name and f.line >= 1 and f.column >= 1 for f in caught.value.faults)
    return [str(f).removeprefix(f"{name}:") for f in caught.value.faults]


def case(text: str) -> Case:
    Path("f.yaml").write_text(text, encoding="utf-8")
    return load("f.yaml")


# -- what is read -----------------------------------------------------------------------------------

GOOD = """\
title: A layer
source: {section: "2.8", page: 12}
symbols:
  x: [1, 0.1]
  W: [[1, 2], [-0.5, 1e-3]]
  b: 1/3
  eta: {value: 0.10, in: [0, inf]}
  free: {}
  some: {shape: [3]}
  lost: {recover: true, in: [-2, 2]}
define:
  L: sum(a**2)/2 + lost
  a: W @ x + b
derive:
  - grad(L, [b])
claims:
  - {id: f, where: Eq. 1, of: "d(L, a)", equals: a}
  - {id: [p, q], where: Eq. 2, of: a, by: W @ x + b, equals: a + 0, prints: [1.53, -0.17]}
  - {id: M, of: "d(a, x)", prints: [[1, 2], [-0.5, 0.001]]}
  - {id: arith, shows: (-0.50)*2 + 1.2e-3, prints: -0.9988}
  - {id: r, holds: b > 0, assuming: [free > 1, free < 2], verdict: wrong, because: no, note: see there}
  - {id: rec, recover: lost, from: [p, M]}
  - {id: def, defines: [a, L, x]}
  - {id: s, of: d(L, W), shape: [2, 2], kind: size}
""".replace("of: d(L, W)", 'of: "d(L, W)"')


def test_a_case_is_read_with_everything_in_it(here: Path) -> None:
    found = case(GOOD)
    assert (found.name, found.document, found.path) == ("f", here.name, "f.yaml")
    assert (found.title, found.source) == ("A layer", {"section": "2.8", "page": "12"})
    s = found.symbols
    assert s["x"].values == (1, Fraction(1, 10))
    assert (s["W"].shape, s["W"].values) == ((2, 2), (1, 2, Fraction(-1, 2), Fraction(1, 1000)))
    assert s["b"].values == (Fraction(1, 3),)
    assert (s["eta"].values, s["eta"].low, s["eta"].high) == ((Fraction(1, 10),), 0, None)
    assert (s["free"].values, s["free"].shape, s["some"].shape) == (None, (), (3,))
    assert (s["lost"].recover, s["lost"].low, s["lost"].high) == (True, -2, 2)
    assert str(s["W"].place) == "f.yaml:5:3"
    assert list(found.definitions) == ["L", "a"]
    assert found.definitions["L"].node.args[0].args[1] is s["lost"].node
    assert [(d.text, d.node.op, str(d.place)) for d in found.derivations] == [("grad(L, [b])", "d", "f.yaml:15:5")]


def test_claims_are_read_one_an_entry(here: Path) -> None:
    claims = {c.id: c for c in case(GOOD).claims}
    assert list(claims) == ["f", "p", "q", "M[0,0]", "M[0,1]", "M[1,0]", "M[1,1]", "arith", "r", "rec", "def", "s"]
    assert [c.order for c in claims.values()] == list(range(12))
    kinds = ["formula", *["formula"] * 2, *["number"] * 4, "arithmetic", "relation", "recovery", "definition", "size"]
    assert [c.kind for c in claims.values()] == kinds
    p, q, m = claims["p"], claims["q"], claims["M[1,0]"]
    assert (p.prints, q.prints, m.prints) == ("1.53", "-0.17", "-0.5")
    assert (to_text(q.of), to_text(q.by), to_text(q.equals[0])) == ("a[1]", "(W @ x + b)[1]", "(a + 0)[1]")  # type: ignore[arg-type]
    assert to_text(m.of) == "d(a, x)[1, 0]"  # type: ignore[arg-type]
    assert p.texts == {"of": "a", "by": "W @ x + b", "equals": "a + 0"}
    assert claims["arith"].literals == ("0.50", "1.2e-3")
    r = claims["r"]
    assert (r.pinned, r.because, r.note, len(r.assuming)) == ("wrong", "no", "see there", 2)
    assert (claims["rec"].recover, claims["rec"].sources) == ("lost", ("p", "M"))
    assert claims["def"].defines == ("a", "L", "x")
    assert claims["s"].shape == (2, 2)
    assert (p.pinned, p.place.line, claims["f"].where) == ("holds", 18, "Eq. 1")


def test_digits_are_text_and_numbers_are_exact(here: Path) -> None:
    found = case("title: 1\nsymbols: {a: 1.50, b: −2, c: 1e-3}\nclaims:\n  - {id: 1, of: a, prints: 1.500}\n")
    assert (found.title, found.claims[0].id, found.claims[0].prints) == ("1", "1", "1.500")
    assert [s.values for s in found.symbols.values()] == [(Fraction(3, 2),), (-2,), (Fraction(1, 1000),)]


def test_names_are_what_python_makes_of_them(here: Path) -> None:
    found = case("title: t\nsymbols: {µ: 1}\ndefine: {ŷ: µ + μ}\n")  # micro sign and Greek letter are one name
    assert list(found.symbols) == ["μ"]
    assert to_text(found.definitions["ŷ"].node.args[0]) == "μ + μ"


def test_a_byte_order_mark_and_windows_lines_do_no_harm(here: Path) -> None:
    assert case("\ufefftitle: t\r\nsymbols:\r\n  x: 1\r\n").title == "t"
    assert faults("\ufefftitle: t\r\nsymbols:\r\n  x: q\r\n")[0].startswith("3:6: expected a number")


# -- files that are none ------------------------------------------------------------------------------

NO_CASE = {
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "3:1: a NUL byte: a binary file, not YAML"),
    "nul": (b"title: t\nnote: \0", "2:7: a NUL byte: a binary file, not YAML"),
    "utf-16": ("title: t".encode("utf-16"), "1:1: UTF-16 text; save the file as UTF-8"),
    "not utf-8": ("title: t\nx: é".encode("latin-1"), "2:4: not UTF-8: byte 0xe9 can't be read; save the file as UTF-8"),
    "after an é": ("title: é\nx: é".encode() + b"\xff", "2:5: not UTF-8: byte 0xff can't be read; save the file as UTF-8"),
    "control": (b"title: t\nx: \x07", "2:4: an invisible character (U+0007) that YAML does not allow"),
    "empty": (b"", "1:1: an empty file; 'errata new NAME' writes a case to start from"),
    "blank": (b" \n\n", "1:1: an empty file; 'errata new NAME' writes a case to start from"),
    "comments": (b"# soon\n", "1:1: nothing but comments; 'errata new NAME' writes a case to start from"),
    "a list": (b"- a\n", "1:1: expected a case: a mapping with keys such as title, document, source, symbols"),
    "prose": (b"hello\n", "1:1: expected a case: a mapping with keys such as title, document, source, symbols"),
    "two": (b"title: t\n---\ntitle: u\n", "2:1: a second document; one file holds one case"),
    "deep": (b"[" * 10_000 + b"]" * 10_000, "1:51: nested more than 50 deep"),
    "deep mappings": (b"{a: " * 10_000, "1:201: nested more than 50 deep"),
    "deep in a claim": (b"title: t\nclaims: " + b"[" * 10_000, "2:58: nested more than 50 deep"),
    "many": (b"title: [" + b"0," * 110_000 + b"]", "1:200003: more than 100,000 values in one file"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_CASE)
def test_what_is_no_case_is_said_once(here: Path, name: str) -> None:
    data, message = NO_CASE[name]
    assert faults(data) == [message]


def test_a_large_file_is_not_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open("f.yaml", "wb") as file:
        file.truncate(50_000_000)
    monkeypatch.setattr(Path, "open", None)
    monkeypatch.setattr(Path, "read_bytes", None)
    with pytest.raises(CaseFaults, match=r"^f.yaml:1:1: a file of 50,000,000 bytes; the limit is 1,000,000$"):
        load("f.yaml")


def test_what_is_no_file_is_not_opened(here: Path) -> None:
    os.mkfifo("pipe.yaml")
    Path("folder.yaml").mkdir()
    for name, message in {
        "pipe.yaml": "not a file",
        "folder.yaml": "not a file",
        "absent.yaml": "can't be read: No such file or directory",
    }.items():
        with pytest.raises(CaseFaults, match=f"^{name}:1:1: {message}$"):
            load(name)


# -- YAML that is none --------------------------------------------------------------------------------

ALIAS = "at the start of a value is YAML's alias; put quotes round the expression"
COMMA = "inside {...} a comma ends an unquoted value: put quotes round the expression"
BAD_YAML = {
    "tab": ("define:\n\tz: 1\n", "3:1: a tab in the indentation; YAML indents with spaces"),
    "tab later": ("define:\n  a: 1\n  \tb: 2\n", "4:3: a tab in the indentation; YAML indents with spaces"),
    "alias": ("define:\n  a: *x + b\n", f"3:6: '*' {ALIAS}"),
    "bare alias": ("define:\n  a: *x\n", f"3:6: '*' {ALIAS}"),
    "alias times": ("define:\n  a: *x*2\n", f"3:6: '*' {ALIAS}"),
    "anchor": ("define: {a: &x 1}\n", f"2:13: '&' {ALIAS}"),
    "tag": ("define: {a: !x 1}\n", "2:13: '!' at the start of a value is a YAML tag; put quotes round the text"),
    "object": ("define: {a: !!python/object:os.system 1}\n",
               "2:13: '!' at the start of a value is a YAML tag; put quotes round the text"),
    "at": ("define: {a: @x}\n", "2:13: '@' can't start an unquoted value; put quotes round it"),
    "percent": ("define: {a: %x}\n", "2:13: '%' can't start an unquoted value; put quotes round it"),
    "greater": ("claims:\n  - id: a\n    holds: >0\n",
                "4:12: '>' or '|' at the start of a value begins a block of text in YAML; put quotes round the expression"),
    "colon": ("claims:\n  - id: a\n    where: Table: 4\n",
              "4:17: a ': ' where no key can stand: a text with ': ' needs quotes; else mend the indentation"),
    "quote": ("define:\n  a: 'x\n  b: 2\n", "3:6: the quote that opens here is not closed"),
    "escape": ('define: {a: "\\q"}\n', "2:14: a backslash in double quotes starts an escape; use single quotes"),
    "indentation": ("define:\n    a: 1\n  b: 2\n", "4:3: expected a key in line with that of line 1; is the indentation right?"),
    "rest": ('define:\n  a: "x" + y\n', "3:10: text after the end of a value; put quotes round the whole"),
    "open": ("symbols: {x: 1\n", "3:1: expected ',' or '}'; the '{' of line 2, column 10 is not closed"),
    "index": ("claims:\n  - {id: a, of: v[0], prints: 1}\n",
              "3:17: inside {...} a bracket ends an unquoted value: put quotes round the expression"),
    "list in a call": ("claims:\n  - {id: a, of: grad(v, [v]), prints: 1}\n", f"3:17: {COMMA}: 'grad(v, ...'"),
    "a list as a key": ("symbols: {[x]: 1}\n", "2:11: a key must be a plain name"),
}  # fmt: skip


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize("name", BAD_YAML)
def test_yaml_is_explained(here: Path, monkeypatch: pytest.MonkeyPatch, name: str, loader: str) -> None:
    if not hasattr(yaml, loader):
        pytest.skip("PyYAML without libyaml")
    monkeypatch.setattr(events, "_LOADER", getattr(yaml, loader))
    text, message = BAD_YAML[name]
    line, column, words = message.split(":", 2)
    found = faults(f"title: t\n{text}")
    assert len(found) == 1, found
    assert found[0].endswith(words)
    if loader == "CSafeLoader":  # the other one places some errors a little further
        assert found == [f"{line}:{column}:{words}"]


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_what_comes_after_a_line_that_is_at_fault_is_read(loader: str) -> None:
    lines = ["title: t", "symbols: {v: {shape: [2]}, x: [1, 2}", "claims:", "  - {id: a, of: v[0], equals: 1}"]
    lines += ["  - {id: b, of: max(v, 1), equals: 1}", "  - {id: c, of: v, equals: 1}", "  - {id: d, holds: v[0] > 1}"]
    lines += ["  - id: e", "    of: v[0]", "  - {id: f, of: d(v[0], v[1]), prints: 1}", "define: {f: v[0]}"]
    tree, faults = events.parse("\n".join(lines), "t.yaml", getattr(yaml, loader, yaml.SafeLoader))
    assert tree is None
    assert [f.line for f in faults] == [2, 4, 5, 7, 10, 11]


def test_a_comma_that_cuts_an_expression_is_mended_and_told(here: Path) -> None:
    text = """\
title: t
symbols: {L: 1, z: 2}
derive: [d(L, z), hessian(L, z)]
claims:
  - {id: a, of: hvp(L, z, 1), equals: 0, print: 1}
  - {id: b, where: Table 2, step 3, of: z, prints: 2}
  - {id: c, of: max(z, q), prints: 1}
"""
    in_list = COMMA.replace("{...}", "[...]")
    assert faults(text) == [
        f'3:10: {in_list}: "d(L, z)"',
        f'3:19: {in_list}: "hessian(L, z)"',
        f'5:17: {COMMA}: "hvp(L, z, 1)"',
        "5:42: unknown key 'print' in a claim; did you mean 'prints'?",
        "6:29: unknown key 'step 3' in a claim; inside {...} a comma ends an unquoted value: put quotes round the text before it",
        f'7:17: {COMMA}: "max(z, q)"',
        "7:24: unknown symbol 'q' in 'max(z, q)'",
    ]


def test_a_key_given_twice_names_both_places_and_reading_goes_on(here: Path) -> None:
    assert faults("title: t\nsymbols:\n  x: 1\n  y: 2\n  x: 3\ndefin: {a: 1}\n") == [
        "5:3: 'x' stands here a second time; first on line 3, column 3",
        "6:1: unknown key 'defin' in a case; did you mean 'define'?",
    ]


# -- expressions --------------------------------------------------------------------------------------

BAD_EXPRESSIONS = {
    "w4*x + b": "unknown symbol 'w4' in 'w4*x + b'; did you mean 'w3'?",
    "sigmod(x)": "unknown function 'sigmod' in 'sigmod(x)'; did you mean 'sigmoid'?",
    "exp": "unknown symbol 'exp' in 'exp'; the function is called as exp(...)",
    "__import__('os').system('ls')": "only functions called by name are known, such as exp(x) in "
    "'__import__('os').system('ls')'; a product is written with '*'",
    "__import__('os')": "unknown function '__import__' in '__import__('os')'",
    "u + v": "shapes [2] and [3] do not fit elementwise in 'u + v'",
    "u @ v": "[2] @ [3] does not conform: 2 columns against 3 rows in 'u @ v'",
    "~x": "'~' is not part of the language in '~x'; 'not' turns a condition round",
    "x > 0": "expected a value, not a condition",
    "x.shape": "unknown attribute '.shape' in 'x.shape'; only '.T' (transpose) is known",
}


@pytest.mark.parametrize("text", BAD_EXPRESSIONS)
def test_an_expression_at_fault_is_placed(here: Path, text: str) -> None:
    head = "title: t\nsymbols: {w3: 1, x: 2, b: 3, u: [1, 2], v: [1, 2, 3]}\ndefine:\n  z: "
    assert faults(head + text + "\n") == [f"4:6: {BAD_EXPRESSIONS[text]}"]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("9**9**9**9", 9),
        ("2**1e999", 9),
        ("x**99999", 9),
        ("1e9999", 6),
        ("(" * 4000 + "1" + ")" * 4000, 106),
        ("-" * 9000 + "1", 6),
        ("x" + ".T" * 4000, 6),
        ("x" + "[0]" * 3000, 6),
        ("x" + "**x" * 3000, 6),
        ("x" + "+x" * 4900, 6),
        ("+".join(["x"] * 6000), 6),
    ],
    ids=lambda v: str(v)[:12],
)
def test_what_would_explode_is_refused(here: Path, text: str, column: int) -> None:
    (found,) = faults(f"title: t\nsymbols: {{x: 1}}\ndefine:\n  z: {text}\n")
    line, at, message = found.split(":", 2)
    assert (line, int(at) >= column) == ("4", True)
    assert any(word in message for word in ("limit", "nested", "beyond")), message
    assert len(message) < 200


def test_a_fault_has_its_place_in_every_style_of_yaml(here: Path) -> None:
    text = """\
title: t
symbols: {é: 1}
define:
  plain: é + q
  single: 'é + q'
  double: "é + q"
  block: |  # a comment
    é +
      q
  folded: >-
    é

    + q
  long: é +
      q
  escaped: "\\x41 + q"
"""
    places = [fault.split(": ")[0] for fault in faults(text)]
    assert places == ["4:14", "5:16", "6:16", "9:7", "13:7", "15:7", "16:12", "16:12"]


def test_every_unknown_name_is_told_and_what_follows_is_not(here: Path) -> None:
    text = """\
title: t
symbols: {x: abc, y: 1}
define:
  a: one + two + y
  b: a + x
  c: b*b
derive: ["grad(c, [x, y])"]
claims:
  - {id: a, of: c, by: b + 1, prints: 1}
  - {id: b, recover: x, from: [a]}
  - {id: c, defines: [a, b]}
  - {id: d, of: b + three, equals: c}
"""
    assert faults(text) == [
        "2:14: expected a number such as 0.1, -2, 1e-3 or 1/3, not 'abc'",
        "4:6: unknown symbol 'one' in 'one + two + y'",
        "4:12: unknown symbol 'two' in 'one + two + y'",
        "12:21: unknown symbol 'three' in 'b + three'",
    ]


def test_cycles_are_shown_once(here: Path) -> None:
    assert faults("title: t\ndefine:\n  e: c\n  a: b + 1\n  b: c\n  c: a*2\n  n: n + 1\n  f: 1\n") == [
        "4:3: a cyclic definition: a -> b -> c -> a",
        "7:3: a cyclic definition: n -> n; a definition is no assignment: give the new value a name of its own",
    ]
    chain = "".join(f"  a{i}: a{(i + 1) % 1000}\n" for i in range(1000))
    (found,) = faults(f"title: t\ndefine:\n{chain}")
    assert found == f"3:3: a cyclic definition: {' -> '.join(f'a{i}' for i in range(10))} -> ... -> a0"


def test_a_long_chain_of_definitions_is_fine_in_any_order(here: Path) -> None:
    lines = [f"  a{i}: a{i - 1} + 1\n" if i else "  a0: 1\n" for i in range(1500)]
    random.Random(0).shuffle(lines)
    assert len(case(f"title: t\ndefine:\n{''.join(lines)}").definitions) == 1500


# -- symbols, definitions, claims ---------------------------------------------------------------------


def test_all_faults_of_symbols_and_definitions_at_once(here: Path) -> None:
    text = """\
symbols:
  1y: 2
  lambda: 1
  exp: 1
  __x: 1
  a: 1/0
  b: 1e999999999
  c: [[1, 2], [3]]
  e: [[[1]]]
  f: {shape: [²]}
  g: {shape: [1000, 1000]}
  h: {shape: [2], value: [1, 2, 3]}
  i: {in: [2, 1]}
  j: {value: 3, in: [0, 1]}
  k: {in: 3}
  l: {recover: maybe}
  m: {recover: true, value: 1}
  n: {valu: 1}
  o:
  p: {in: [inf, x]}
define:
  a: 1
  q: [1, 2]
  r:
"""
    assert faults(text) == [
        "1:1: a case needs 'title': what the case is called in reports",
        "2:3: '1y' is not a name: letters, digits and _, not a digit first",
        "3:3: 'lambda' is a reserved word; choose another name, such as 'lambda_'",
        "4:3: 'exp' is a function of the language; choose another name, such as 'exp_'",
        "5:3: '__x': a name does not start with two underscores",
        "6:6: expected a number such as 0.1, -2, 1e-3 or 1/3, not '1/0'",
        "7:6: expected a number such as 0.1, -2, 1e-3 or 1/3, not '1e999999999'",
        "8:15: rows of unequal shape: [2] and [1]",
        "9:8: expected a number, a vector [1, 2] or a matrix [[1, 2], [3, 4]]",
        "10:15: expected sizes such as [2, 3] or [m, n]",
        "11:14: a shape beyond the limits of 8 sizes and 10,000 entries",
        "12:26: the value has shape [3], declared is [2]",
        "13:11: an empty range: 2 is not less than 1",
        "14:21: the value of 'j' lies outside of its range",
        "15:11: expected a range of two numbers such as [-1, 1] or [0, inf]",
        "16:16: expected true or false",
        "17:3: 'm' is to be recovered: then it has no value, and is a scalar",
        "18:7: unknown key 'valu' in symbol 'n'; did you mean 'value'?",
        "19:3: 'o' has no value; a symbol that can be any number is written o: {}",
        "20:17: expected a number such as 0.1, -2, 1e-3 or 1/3, not 'x'",
        "22:3: the name 'a' is taken on line 6",
        "23:6: expected an expression; an expression in brackets needs quotes here",
        "24:3: 'r' has no value; expected an expression such as w*x + b",
    ]


def test_all_faults_of_claims_at_once(here: Path) -> None:
    text = """\
title: t
symbols: {x: 1, v: [1, 2], u: {recover: true}}
claims:
  - {of: x, prints: 1}
  - {id: a, prints: 1}
  - {id: a, of: x, prints: abc}
  - {id: b, of: x, prints: 1, verdict: rong}
  - {id: c, of: x, prints: 2, verdict: wrong}
  - {id: d, recover: x, from: [aa]}
  - {id: e, of: x}
  - nonsense
  - {id: f, of: v, prints: 1}
  - {id: g, of: v, prints: [1, 2, 3]}
  - {id: [h], of: v, prints: [1, 2]}
  - {id: i, of: v, equals: [v, x]}
  - {id: j, of: v, by: x, prints: [1, 2]}
  - {id: k, shows: 1 + 1}
  - {id: l, shows: (-0.5)(0.2), prints: -0.1}
  - {id: m, shows: x*2, prints: 2}
  - {id: n, holds: x + 1}
  - {id: o, of: x, prints: 1, shows: [1]}
  - {id: p, defines: [y]}
  - {id: two words, of: x, prints: 1}
  - {id: q, of: v, prints: [1, 2], holds: x > 0}
  - {id: [r], of: x, prints: 1}
  - {id: s, equals: x}
  - {id: t, of: x, prints: }
"""
    assert faults(text) == [
        "4:5: a claim needs 'id': names the claim; for a vector a list, one an entry",
        "5:5: 'prints' needs 'of' or 'shows' or 'agrees': what the number is of",
        "6:10: the id 'a' is already taken on line 5",
        "6:28: 'abc' is not a printed number such as 0.214, -3.1e-5, 1,250, 12%, ~0.7, 3/2 or inf",
        "7:40: unknown verdict 'rong'; did you mean 'wrong'?",
        "8:40: a pinned verdict needs 'because': what was seen when it was reviewed",
        "9:22: declare the symbol so: x: {recover: true}",
        "9:32: no claim 'aa' to recover from; did you mean 'a'?",
        "10:5: the claim says nothing: expected one of recover, defines, shape, holds, somewhere, shows, equals, prints, "
        "standard, contradicts, probe",
        "11:5: expected a claim: a mapping with keys such as id, where, kind, of",
        "12:28: the print has shape scalar, and 'of' has shape [2]",
        "13:28: the print has shape [3], and 'of' has shape [2]",
        "14:10: 1 ids for 2 printed numbers",
        "15:32: 'equals' has shape scalar, and 'of' has shape [2]",
        "16:24: 'by' has shape scalar, and 'of' has shape [2]",
        "17:5: 'shows' needs 'prints': the printed result",
        "18:20: only functions called by name are known, such as exp(x) in '(-0.5)(0.2)'; a product is written with '*'",
        "19:20: displayed arithmetic has numbers only, no names: unknown symbol 'x'",
        "20:20: expected a condition such as a > b, not 'x + 1'",
        "21:38: expected displayed arithmetic such as 0.5*2 + 1; an expression in brackets needs quotes here",
        "22:23: unknown name 'y'",
        "23:10: an id is one word of at most 200 characters, not 'two words'",
        "24:43: 'holds' beside a printed vector or matrix: write it as a claim of its own",
        "25:10: a list of ids goes with a printed vector or matrix",
        "26:5: 'equals' needs 'of': what the formula is for",
        "27:20: 'prints' has no value; expected the digits that the document prints for it",
    ]


def test_no_more_faults_than_one_can_read(here: Path) -> None:
    found = faults("title: t\ndefine:\n" + "".join(f"  a{i}: q{i}\n" for i in range(1500)))
    assert len(found) == 101
    assert found[0] == "3:7: unknown symbol 'q0' in 'q0'"
    assert found[-1] == "102:8: 100 faults are enough: there may be more"
    assert len(faults("title: t\nsymbols:\n" + "  x: 1\n" * 5000)) == 101
    assert faults("title: t\nsymbols:\n" + "".join(f"  x{i}: 1\n" for i in range(5000))) == [
        "2003:3: more than 2,000 names in one case"
    ]


# -- any bytes whatever -------------------------------------------------------------------------------

BITS = [
    *"{}[]()*&!|>'\"%@`,:#-?~ \t\n\r\0\x07=<.+/^é²٣µ\x85\u2028\ufeff𝔘", "\n  ", "\n- ", ": ", "**", "[0]", ".T", "d(",
    "grad(L, [", "9**9**9**9", "1e999", "inf", "nan", "0x1", "1j", "None", "lambda", "__import__('os')", " if ", " else ",
    "\\", "{}", "[]", "''", "id", "of", "prints", "equals", "shows", "holds", "from", "shape", "---\n", "!!str ", "&a ",
    "*a", "<<: ", "|\n", ">-\n", "1/0", "((((((((", "[[[[[[[[", "z", "L", "w", "x",
]  # fmt: skip


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A good case, mutated."""
    text = draw(st.sampled_from([GOOD, starter("a-case")]))
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 12))
        text = text[:at] + draw(st.sampled_from(["", *BITS])) + text[at + cut :]
    return text.encode()


@given(
    data=st.one_of(
        broken(), st.binary(max_size=200), st.text(st.sampled_from("".join(BITS)), max_size=80).map(str.encode)
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_but_faults_comes_of_a_broken_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "f.yaml"
    path.write_bytes(data)
    lines = data.decode("utf-8", errors="replace").splitlines()
    try:
        load(path)
    except CaseFaults as e:
        assert e.faults
        for f in e.faults:
            assert f.message
            assert 1 <= f.line <= len(lines) + 1
            assert f.column >= 1
            assert str(f) == f"{path}:{f.line}:{f.column}: {f.message}"


def test_faults_travel_between_processes(here: Path) -> None:
    with pytest.raises(CaseFaults) as caught:
        load("absent.yaml")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.faults, str(again)) == (caught.value.faults, str(caught.value))


# -- files, folders, documents ------------------------------------------------------------------------


def small(*ids: str) -> str:
    return "title: t\nclaims:\n" + "".join(f"  - {{id: {i}, of: 1, prints: 1}}\n" for i in ids)


def test_files_are_found_in_natural_order(here: Path) -> None:
    book = here / "cases" / "book"
    (book / "more").mkdir(parents=True)
    (book / ".hidden").mkdir()
    for name in ["2.10.yaml", "2.8.yaml", "2.9.yml", "10.yaml", "notes.txt", "more/1²0.yaml", ".hidden/x.yaml"]:
        (book / name).write_text(small("a"))
    (book / "census").mkdir()
    (book / "census" / "all.yaml").write_text("{}")
    names = ["2.8.yaml", "2.9.yml", "2.10.yaml", "10.yaml", "more/1²0.yaml"]
    expected = [Path("cases/book") / n for n in names]
    assert find(["cases"]) == find(["book"]) == find([]) == find(["book", "cases"]) == expected
    assert find(["cases/book/10.yaml"]) == [Path("cases/book/10.yaml")]
    with pytest.raises(CaseFaults, match=r"^bok:1:1: no such file, folder or document; did you mean 'book'.$"):
        find(["bok"])
    (here / "none").mkdir()
    with pytest.raises(CaseFaults, match="no case files"):
        find(["none"])


def test_ids_are_told_apart_by_file_and_cases_of_a_document_by_name(here: Path) -> None:
    told = {
        "one/a.yaml": "",
        "one/b.yaml": "",
        "two/a.yaml": "",
        "two/c.yaml": "document: one\n",
        "three/a.yaml": "document: one\n",
    }
    for name, document in told.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(small("p", "q") + document)
    assert check([Path(name) for name in list(told)[:4]]) == []
    assert [str(f) for f in check([Path(name) for name in told])] == [
        "three/a.yaml:1:1: one/a.yaml is a case of the name 'a', too, in the same document 'one': rename one, or name another"
        " document, document: ..."
    ]


def test_two_folders_of_one_name_are_two_documents(here: Path) -> None:
    files = [Path(f"{n}/cases/x.yaml") for n in ("a/one", "b/one", "two")]
    for path in files:
        path.parent.mkdir(parents=True)
        path.write_text(small("p"))
    assert check(files) == []
    assert list(folders(files).values()) == ["a/one/cases", "b/one/cases", "two/cases"]
    assert list(folders(files[:1]).values()) == ["cases"]
    documents = Documents(files)
    assert [documents.of(load(path)) for path in files] == ["a/one/cases", "b/one/cases", "two/cases"]


# -- schema and starter -------------------------------------------------------------------------------


def examples() -> Iterator[tuple[str, object, dict[str, object]]]:
    schema = json_schema()["properties"]
    claim = schema["claims"]["items"]["properties"]
    symbol = schema["symbols"]["additionalProperties"]["anyOf"][-1]["properties"]
    for properties in (schema, claim, symbol):
        for key, s in properties.items():
            for example in s.get("examples", []):
                yield key, example, s


def test_the_schema_knows_every_key_and_its_examples_fit() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    claim = schema["properties"]["claims"]["items"]
    symbol = schema["properties"]["symbols"]["additionalProperties"]["anyOf"][-1]
    for table, described in ((CASE, schema), (CLAIM, claim), (SYMBOL, symbol)):
        assert list(described["properties"]) == list(table)
        assert described["additionalProperties"] is False
        assert all(p["description"] for p in described["properties"].values())
    assert sorted(claim["properties"]["verdict"]["enum"]) == sorted(VERDICTS)
    for key, example, s in examples():
        jsonschema.validate(example, s), key


@pytest.mark.parametrize("path", [*LIBRARY, None], ids=lambda p: p.stem if p else "starter")
def test_editors_and_errata_agree_on_good_files(here: Path, path: Path | None) -> None:
    text = path.read_text(encoding="utf-8") if path else starter("first-try")
    found = load(path) if path else case(text)  # where it lies: it may use other files
    assert found.claims or found.implementations
    jsonschema.validate(yaml.safe_load(text), json_schema())


@pytest.mark.parametrize(
    "line",
    ["clams: []", "claims: [{of: x}]", "claims: [{id: a, verdict: rong}]", "symbols: {x: {valu: 1}}", "claims: {}"],
)
def test_editors_and_errata_agree_on_bad_files(here: Path, line: str) -> None:
    text = f"title: t\n{line}\n"
    assert faults(text)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), json_schema())


@pytest.mark.parametrize("name", ["first-try", "2.8", "2", "yes", "null", "über_mich", "a.b-c", "true", "1e5"])
def test_the_starter_is_a_case_under_any_name(here: Path, name: str) -> None:
    found = case(starter(name))
    assert found.title
    assert f"{name}.yaml" in Path("f.yaml").read_text(encoding="utf-8")
    assert {c.kind for c in found.claims} >= {"formula", "number", "arithmetic"}
    assert any(c.pinned != "holds" and c.because for c in found.claims)


def test_the_starter_is_as_pinned(here: Path) -> None:
    from verify.claims import CaseContext, judge

    found = case(starter("first-try"))
    context = CaseContext(found)
    assert {c.id: judge(context, c).verdict for c in found.claims} == {c.id: c.pinned for c in found.claims}


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("sizes: {m: 1000000000}", "2:12: the size 'm' goes to 10,000, and has 8 values at most"),
        ("sizes: {m: 0}", "2:12: expected a number from 1 for the size 'm', or a list such as [3, 1, 4]"),
        ("symbols: {x: {in: [a, 0]}}", "2:20: expected a number such as 0.1, -2, 1e-3 or 1/3, not 'a'"),
        ("symbols: {x: 1_000}", "2:14: expected a number such as 0.1, -2, 1e-3 or 1/3, not '1_000'"),
        ("symbols: {x: 012}", "2:14: expected a number such as 0.1, -2, 1e-3 or 1/3, not '012'"),
        ("symbols: {x: ３}", "2:14: expected a number such as 0.1, -2, 1e-3 or 1/3, not '３'"),
    ],
)
def test_one_fault_has_one_message(here: Path, case: str, message: str) -> None:
    assert faults(f"title: t\n{case}\n") == [message]


def test_sizes_are_tried_at_all_that_are_given(here: Path) -> None:
    Path("f.yaml").write_text("title: t\nsizes: {n: [300, 200]}\n")
    case = load("f.yaml")
    assert [case.sizes["n"], *(i["n"] for i in case.instances)] == [300, 200]


def test_every_key_of_a_case_is_documented() -> None:
    told = (ROOT / "docs" / "cases.md").read_text(encoding="utf-8")
    assert [key for key in CASE if f"{key}:" not in told] == []
