"""What ``errata read`` prints of a formula."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from functools import partial
from graphlib import CycleError, TopologicalSorter

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.expr.operators import CONSTANTS
from derive.expr.shapes import Size
from derive.language import reader
from derive.language.latex import Said
from derive.language.latex import read as read_latex
from derive.language.latex.signatures import declare
from derive.language.names import names_in
from derive.language.typeset import latex
from verify.commands.derivation import Unreadable, said
from verify.commands.questions import shape_of


def shown(
    formula: str,
    case: str | None,
    scalars: Sequence[str],
    shapes: Sequence[str],
    definitions: Sequence[str],
    names: Sequence[str],
    sizes: Sequence[str] = (),
) -> list[str]:
    """The statements of a formula, each in the language and typeset, and what was set aside. Raises Unreadable, CaseFaults."""
    scope, graph, table, layout = _scope(case)
    _define(scope, graph, definitions, _symbols(scope, graph, sizes, shapes, scalars))
    for text in names:
        symbol, meaning, _ = _pair("--name", text, text.rfind("=") if text.count("=") == 1 else text.find("="))
        table[symbol] = meaning
    try:
        found = read_latex(formula, scope, graph, names=table, layout=layout)
    except ExpressionError as e:
        raise Unreadable("FORMULA", formula, e.offset, e.message) from None
    lines = [line for s in found.statements for line in _lines(s)]
    return [*lines, *(["set aside: " + "  ".join(found.aside)] if found.aside else [])]


def _symbols(
    scope: dict[str, Node], graph: Graph, sizes: Sequence[str], shapes: Sequence[str], scalars: Sequence[str]
) -> set[str]:
    """Puts letters for sizes, tensors and scalars into the scope, each given once; their names. Raises Unreadable."""
    given: set[str] = set()

    def once(option: str, text: str, name: str) -> str:
        if name in given:
            raise Unreadable(option, text, 0, f"'{name}' is given already: one of them is enough")
        given.add(name)
        return name

    letters: dict[str, Size] = {}
    for text in sizes:
        if not (m := re.fullmatch(r"\s*([^\W\d]\w*)\s*=\s*([1-9]\d{0,3})\s*", text)):
            raise Unreadable("--size", text, 0, "expected NAME=NUMBER such as n=4")
        name = once("--size", text, m[1])
        letters[name] = Size(int(m[2]), name)
        scope[name] = graph.define(name, graph.const(int(m[2])))
    for text in shapes:
        name, parts = shape_of(text)
        once("--shape", text, name)
        if unknown := next((p for p in parts if not p.isdecimal() and p not in letters), None):
            raise Unreadable(
                "--shape", text, text.find("=") + 1, f"unknown size '{unknown}': give --size {unknown}=3, too"
            )
        shape = tuple(letters[p] if p in letters else int(p) for p in parts)
        scope[name] = said("--shape", text, partial(graph.symbol, name, shape))
    for name in dict.fromkeys(n for text in scalars for n in re.split(r"[,\s]+", text) if n):
        if not name.isidentifier():
            raise Unreadable("--scalars", name, 0, "expected names such as 'x, y'")
        once("--scalars", name, name)
        scope[name] = said("--scalars", name, partial(graph.symbol, name, ()))
    return given


def _define(scope: dict[str, Node], graph: Graph, definitions: Sequence[str], given: Container[str]) -> None:
    """The definitions, each after those it needs; names that nothing is said of are scalars. Raises Unreadable."""
    told: dict[str, tuple[str, str, list[str]]] = {}
    needs: dict[str, dict[str, int]] = {}
    for text in definitions:
        left, expression, offset = _pair("--define", text, text.find("="))
        name, variables = _called(left)
        if name in told or name in given:
            raise Unreadable("--define", text, 0, f"'{name}' is given already: one of them is enough")
        told[name] = text, expression, variables
        needs[name] = names_in_text(expression, text, offset)
    try:
        order = list(TopologicalSorter({name: [n for n in needs[name] if n in told] for name in told}).static_order())
    except CycleError as e:
        around = e.args[1][::-1]
        raise Unreadable("--define", told[around[0]][0], 0, f"a cyclic definition: {' -> '.join(around)}") from None
    for name in order:
        text, expression, variables = told[name]
        for free in (*needs[name], *variables):
            if free not in scope and free not in CONSTANTS:
                scope[free] = graph.symbol(free, ())
        node = said("--define", expression, partial(reader.parse, expression, scope, graph, boolean=False))
        scope[name] = graph.define(name, node)
        if variables:
            declare(graph, name, [scope[v] for v in variables])


def names_in_text(expression: str, text: str, offset: int) -> dict[str, int]:
    try:
        return names_in(expression)
    except ExpressionError as e:
        raise Unreadable("--define", text, offset + e.offset, e.message) from None


def _scope(case: str | None) -> tuple[dict[str, Node], Graph, dict[str, str], str]:
    if case is None:
        return {}, Graph(), {}, "mixed"
    from verify.casefile.loader import names_of

    names = names_of(case)
    return dict(names.scope), names.graph, dict(names.formulas.names), names.layout


def _pair(option: str, text: str, at: int) -> tuple[str, str, int]:
    left, right = text[: max(at, 0)].strip(), text[at + 1 :].strip()
    if not left or not right:
        raise Unreadable(option, text, 0, "expected NAME=EXPR" if option == "--define" else "expected LATEX=EXPR")
    return left, right, at + 1


def _called(left: str) -> tuple[str, list[str]]:
    """The name of ``g`` and of ``g(x)``, and the variables of the latter."""
    m = re.fullmatch(r"(\w+)(?:\(([\w\s,]+)\))?", left)
    name, variables = (m[1], [v.strip() for v in (m[2] or "").split(",") if v.strip()]) if m else (left, [])
    if wrong := next((n for n in (name, *variables) if not n.isidentifier()), None):
        raise Unreadable("--define", left, 0, f"'{wrong}' is not a name")
    if len({name, *variables}) <= len(variables):
        raise Unreadable("--define", left, 0, "a variable stands there twice, or is the name itself")
    return name, variables


def _lines(s: Said) -> list[str]:
    typeset = " = ".join(latex(n) for n in s.nodes)
    return [s.text, *([f"  typeset: {typeset}"] if typeset else []), *(f"  note: {note}" for note in s.notes)]
