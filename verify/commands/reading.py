"""What ``errata read`` prints of a formula."""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node
from derive.language import reader
from derive.language.latex import Said
from derive.language.latex import read as read_latex
from derive.language.latex.signatures import declare
from derive.language.names import names_in
from derive.language.typeset import latex
from verify.commands.derivation import Unreadable, read_shapes, said


def shown(
    formula: str,
    case: str | None,
    scalars: Sequence[str],
    shapes: Sequence[str],
    definitions: Sequence[str],
    names: Sequence[str],
) -> list[str]:
    """The statements of a formula, each in the language and typeset, and what was set aside. Raises Unreadable, CaseFaults."""
    scope, graph, table, layout = _scope(case)
    for name, sizes in read_shapes(shapes).items():
        scope[name] = graph.symbol(name, sizes)
    for name in (n for text in scalars for n in re.split(r"[,\s]+", text) if n):
        if not name.isidentifier():
            raise Unreadable("--scalars", name, 0, "expected names such as 'x, y'")
        scope[name] = graph.symbol(name, ())
    for text in definitions:
        left, expression, offset = _pair("--define", text, text.find("="))
        name, variables = _called(left)
        for free in (n for n in names_in_text(expression, text, offset) if n not in scope):
            scope[free] = graph.symbol(free, ())
        node = said("--define", expression, lambda e=expression: reader.parse(e, scope, graph, boolean=False))  # type: ignore[misc]
        scope[name] = graph.define(name, node)
        for variable in variables:
            if variable not in scope:
                scope[variable] = graph.symbol(variable, ())
        if variables:
            declare(graph, name, [scope[v] for v in variables])
    for text in names:
        symbol, meaning, _ = _pair("--name", text, text.rfind("=") if text.count("=") == 1 else text.find("="))
        table[symbol] = meaning
    try:
        found = read_latex(formula, scope, graph, names=table, layout=layout)
    except ExpressionError as e:
        raise Unreadable("FORMULA", formula, e.offset, e.message) from None
    lines = [line for s in found.statements for line in _lines(s)]
    return [*lines, *(["set aside: " + "  ".join(found.aside)] if found.aside else [])]


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
