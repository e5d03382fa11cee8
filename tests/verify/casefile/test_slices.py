"""What a claim sees of its file: enough, and nothing that it does not speak of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verify.casefile.test_casefile import LIBRARY
from verify.casefile import load
from verify.casefile.loader import case_of
from verify.casefile.model import Case
from verify.casefile.schema import CASE, CLAIM, IMPLEMENTATION
from verify.casefile.slices import ASKED, BESIDE, JOINED, NAMED, SHARED, SILENT, WIDE, Part, Slices

TEXT = """
title: Slices
sizes: {n: 3}
symbols: {x: 2, y: {}, u: {shape: [n]}, b: {recover: true}}
define: {z: x + y, a: tanh(z), c: y**2, L: sum(u)*a, p: x + b}
derive: ["grad(a, [y])"]
claims:
  - {id: one, of: a, equals: tanh(x + y)}
  - {id: two, of: "d(c, y)", equals: 2*y, verdict: wrong, because: "x", note: n}
  - {id: three, of: x + 1, prints: 3}
  - {id: four, of: p, equals: b + x}
  - {id: five, of: L, equals: "sum(a*u[i] for i in range(n))"}
implementations:
  - {id: f, name: numpy.tanh, of: tanh(y)}
"""


def sliced(tmp_path: Path, text: str = TEXT) -> tuple[Case, Slices]:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    case = load(path)
    return case, Slices(case)


def digests(slices: Slices, case: Case) -> dict[str, str]:
    found = {c.id: slices.of_claim(c)[0].digest for c in case.claims}
    found |= {i.id: slices.of_implementation(i).digest for i in case.implementations}
    return found | {"checks": slices.of_checks().digest, "values": slices.of_values().digest}


def read(part: Part, case: Case) -> Case:
    return case_of(part.tree, Path(case.path), case.path, used=(), partial=part.partial)


def test_every_key_has_its_place() -> None:
    assert set(CASE) == {*SHARED, *NAMED, *ASKED, *BESIDE, *JOINED}
    assert set(CLAIM) > WIDE
    assert set(CLAIM) | set(IMPLEMENTATION) > SILENT


def test_a_formula_sees_what_it_speaks_of_and_then_all_names(tmp_path: Path) -> None:
    case, slices = sliced(tmp_path)
    narrow, wide = (read(part, case) for part in slices.of_claim(case.claims[0]))
    assert (list(narrow.symbols), list(narrow.definitions), narrow.partial) == (["x", "y"], ["z", "a"], True)
    assert (list(wide.symbols), list(wide.definitions), wide.partial) == (
        list(case.symbols),
        list(case.definitions),
        False,
    )
    assert [c.id for c in narrow.claims] == [c.id for c in wide.claims] == ["one"]
    assert narrow.claims[0].place == case.claims[0].place


@pytest.mark.parametrize("name", ["three", "four"])
def test_numbers_and_what_is_recovered_see_the_whole_file(tmp_path: Path, name: str) -> None:
    case, slices = sliced(tmp_path)
    (part,) = slices.of_claim(next(c for c in case.claims if c.id == name))
    assert part is slices.whole
    assert [c.id for c in read(part, case).claims] == [c.id for c in case.claims]


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("title: Slices", "# a comment\n\ntitle: Another", ""),
        ("verdict: wrong, because: x, note: n", "where: there, kind: formula", ""),
        ("c: y**2", "c: y**3", "two three four checks values"),
        ("z: x + y", "z: y + x", "one three four five checks values"),
        ("x: 2", "x: 3", "one three four five checks values"),
        ("y: {}", "y: {in: [0, 1]}", "one two three four five f checks values"),
        ("n: 3", "n: 4", "one two three four five f checks values"),
        ("prints: 3", "prints: 4", "three four"),
        ("of: x + 1", "of: x + 1*1", "three four values"),
        ("equals: 2*y", "equals: y*2", "two three four"),
        ("d(c, y)", "d(c*z, y)", "two three four checks"),
        ("equals: b + x", "equals: x + b", "three four"),
        ("of: tanh(y)", "of: tanh(y) + 0", "f"),
        ("grad(a, [y])", "grad(a, [y, x])", "checks values"),
        ("p: x + b", "p: x + b, q: x", "three four checks values"),
    ],
)  # fmt: skip
def test_what_an_edit_changes(tmp_path: Path, old: str, new: str, changed: str) -> None:
    text = TEXT.replace('because: "x"', "because: x")
    assert old in text
    before, after = (digests(s, c) for c, s in (sliced(tmp_path, text), sliced(tmp_path, text.replace(old, new))))
    assert [name for name in before if before[name] != after[name]] == changed.split()


def test_a_name_that_comes_to_hide_a_constant_is_seen(tmp_path: Path) -> None:
    text = "title: t\nsymbols: {x: {}}\nclaims:\n  - {id: a, of: x*pi, equals: pi*x}\n"
    case, slices = sliced(tmp_path, text)
    other, again = sliced(tmp_path, text.replace("{x: {}}", "{x: {}, pi: 3}"))
    assert slices.of_claim(case.claims[0])[0].digest != again.of_claim(other.claims[0])[0].digest


@pytest.mark.parametrize("path", LIBRARY[::17], ids=lambda p: p.stem)
def test_the_parts_of_the_library_are_cases(path: Path) -> None:
    case = load(path)
    slices = Slices(case)
    parts = {part: None for c in case.claims for part in slices.of_claim(c)}
    for part in [*parts, *map(slices.of_implementation, case.implementations), slices.of_checks()]:
        assert read(part, case).sizes == case.sizes
    from verify.conformance.objectives import derivatives, objectives

    seen = read(slices.of_checks(), case)
    assert [o.by for o in objectives(seen)] == [o.by for o in objectives(case)]
    assert list(map(str, derivatives(seen))) == list(map(str, derivatives(case)))
