"""The floors of the house (ARCHITECTURE.md): no import runs upwards, none in a circle, imports inside of functions included."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT

TOP = "api"  # what stands above all rooms of derive, and may use any of them


def modules(package: str) -> dict[str, Path]:
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(tree: ast.AST) -> Iterator[str]:
    """What a module imports when it is loaded or used; what types alone need is left out."""
    for n in ast.iter_child_nodes(tree):
        match n:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.ImportFrom(module=str(name)):
                yield from (f"{name}.{a.name}" for a in n.names)
            case ast.Import():
                yield from (a.name for a in n.names)
        yield from imports(n)


def graph(package: str) -> dict[str, set[str]]:
    known = modules(package)

    def module(name: str) -> str:
        return name if name in known else name.rpartition(".")[0]

    return {
        m: {d for name in imports(ast.parse(path.read_text())) if (d := module(name)) in known and d != m}
        for m, path in known.items()
    }


@pytest.mark.parametrize("package", ["derive", "verify"])
def test_data_classes_are_those_of_records(package: str) -> None:
    """The library's compile their methods when a command starts, and can't inherit from these."""
    others = modules(package).items() - {("derive.records", ROOT / "derive" / "records.py")}
    assert not [m for m, path in others if "dataclasses.dataclass" in imports(ast.parse(path.read_text()))]


@pytest.mark.parametrize("package", ["derive", "verify"])
def test_files_are_short(package: str) -> None:
    for path in sorted((ROOT / package).rglob("*.py")):
        assert path.read_text().count("\n") <= 500, path.relative_to(ROOT).as_posix()


def floors() -> list[str]:
    """The rooms of derive from the ground up, as ARCHITECTURE.md lists them."""
    text = (ROOT / "ARCHITECTURE.md").read_text()
    table = text[text.index("**derive/**") : text.index("**verify/**")]
    return [name for row in re.findall(r"^\| \d+ \| ([^|]*) \|", table, re.M) for name in re.findall(r"`(\w+)/?`", row)]


def test_no_import_of_derive_runs_upwards() -> None:
    order = floors()
    known = {m.split(".")[1] for m in modules("derive") if "." in m}
    assert known == set(order)
    against = [
        f"{m} -> {d}"
        for m, needed in graph("derive").items()
        for d in needed
        if "." in m and "." in d and order.index(d.split(".")[1]) > order.index(m.split(".")[1])
    ]
    assert not against


def test_derive_knows_nothing_of_verify() -> None:
    for m, path in modules("derive").items():
        assert not [name for name in imports(ast.parse(path.read_text())) if name.split(".")[0] == "verify"], m


@pytest.mark.parametrize("package", ["derive"])
def test_no_imports_in_a_circle(package: str) -> None:
    needs = graph(package)
    while True:
        ready = [m for m, needed in needs.items() if not needed]
        if not ready:
            break
        for m in ready:
            del needs[m]
        needs = {m: needed - set(ready) for m, needed in needs.items()}
    assert not needs


#: Modules of derive that no test imports: each is held through the one that asks it. It only ever gets shorter.
HELD_THROUGH = {
    "derive.api": "calculus.branches calculus.noted programs.sharing programs.sympy_text",
    "derive.calculus.reverse": "calculus.beside calculus.joints calculus.sided",
    "derive.proof.check": "rules.curvature rules.every_size rules.inequalities rules.inverses rules.iteration",
    "derive.engine.certify": "certify.combinations certify.faults certify.fresh certify.inequalities certify.samples"
    " certify.written",
    "derive.engine": "engine.algebra.masks engine.properties.breaks engine.properties.seams"
    " engine.dispatch induction engine.invariants step_counts plain_values whole_numbers whole_powers exceptional_sets"
    " algebra.between algebra.kernels.angles"
    " algebra.kernels.gamma algebra.kernels.kinks equations.witnesses",
    "derive.engine.matrices.matrices": "matrices.inverses matrices.letters matrices.linear matrices.noncommutative"
    " matrices.tensors",
    "derive.engine.properties.dispatch": "properties.convex_functions properties.convexity properties.existence"
    " properties.growth properties.irrational properties.others properties.parts properties.ranks properties.reductions"
    " properties.side_conditions properties.slopes properties.subgradients properties.throughout",
    "derive.expr.operators": "operators.arithmetic operators.conditions operators.functions operators.operator"
    " operators.piecewise expr.kinks",
    "derive.language.reader": "language.calls language.constants language.derivatives language.every language.extremes"
    " language.loops language.schemes language.slices language.substitution language.syntax",
    "derive.language.latex": "latex.arrays latex.calculus latex.calls latex.differentials latex.environments"
    " latex.identifiers latex.layout latex.library latex.loops"
    " latex.scripts latex.statements latex.symbols latex.terms"
    " latex.words",
    "derive.language.typeset": "typeset.derivatives typeset.names typeset.norms typeset.pieces typeset.scalars"
    " typeset.tensors",
    "derive.repair.search": "repair.conditions repair.factors repair.slips repair.spots",
}


def test_every_module_of_derive_has_tests() -> None:
    imported = {
        part
        for path in (ROOT / "tests").rglob("*.py")
        for name in imports(ast.parse(path.read_text()))
        for part in (name, name.rpartition(".")[0])
    }
    left = {m for m, path in modules("derive").items() if m not in imported and path.name != "__init__.py"}
    allowed = {
        m
        for m in modules("derive")
        for ends in HELD_THROUGH.values()
        if m.endswith(tuple(f".{e}" for e in ends.split()))
    }
    assert not left - allowed, "a module needs tests of its own"
    assert not allowed - left, "these have tests now: take them off HELD_THROUGH"
    assert HELD_THROUGH.keys() <= imported


def test_tests_stand_where_what_they_test_stands() -> None:
    for package in ("derive", "verify"):
        for folder in (ROOT / "tests" / package).rglob("*"):
            if folder.is_dir() and folder.name != "__pycache__":
                assert (ROOT / folder.relative_to(ROOT / "tests")).is_dir(), folder
