"""What a case has derived, typeset: gradients by variable, Jacobians and Hessians by entry, shared parts named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.calculus.implicit import solved
from derive.calculus.reverse import expand_all
from derive.errors import ExpressionError
from derive.expr import shapes
from derive.expr.graph import Node
from derive.language.cancel import neat
from derive.language.components import components
from derive.language.typeset import abbreviations, latex
from derive.records import dataclass
from verify.casefile.derived import MAX_ENTRIES, mirrored, told
from verify.casefile.model import Case
from verify.report.values import Values
from verify.results import Value
from verify.text.medium import Medium
from verify.text.numbers import exact, floating

MATRIX_WIDTH = 150  # characters of LaTeX in a row of a matrix; wider ones are listed entry by entry


@dataclass(frozen=True, slots=True)
class Line:
    """An equation: what is derived, and what it is."""

    left: str
    right: Node


def derivations(case: Case, values: Values, medium: Medium) -> Iterator[str]:
    """The section's parts, as markup."""
    for d in case.derivations:
        yield medium.heading(3, medium.code(d.text))
        try:
            yield from _formulas(case, d.node, medium)
        except (ExpressionError, ArithmeticError) as fault:
            yield medium.paragraph(f"Not derived: {medium.text(str(fault))}.")
            continue
        if shown := _values(d.node, values, medium):
            yield shown


def _formulas(case: Case, node: Node, medium: Medium) -> Iterator[str]:
    lines = _lines(node)
    results = neat(expand_all([line.right for line in lines], marked=False))
    # a tensor that is itself derived here stands by its left side: dL/dW = (dL/db) a^T
    known = {r: line.left for line, r in zip(lines, results, strict=True) if r.shape and r.args}
    names = abbreviations(results, known, shared=40, long=240, prefix=free_letter(case))
    done = [(line.left, latex(r, names | _without(known, r))) for line, r in zip(lines, results, strict=True)]
    matrix = _matrix(node, [right for _, right in done])
    shown = [equation for equation in done if equation[1] != "0"] or done[:1]
    yield medium.equations([(latex(node), matrix)] if matrix else shown)
    if names:
        named = [(name, latex(n, known | _without(names, n))) for n, name in names.items()]
        yield medium.paragraph("where")
        yield medium.equations(named)
    if node.op == "hessian" and node.shape and not matrix:
        yield medium.paragraph("The Hessian is symmetric: the entries below its diagonal are these.")
    if len(lines) < _written_out(node):
        yield medium.paragraph(f"The first {len(lines)} of {_written_out(node)} entries.")
    elif len(shown) < len(done) and not matrix:
        yield medium.paragraph("What is not listed is 0.")


def _without(names: dict[Node, str], n: Node) -> dict[Node, str]:
    return {m: name for m, name in names.items() if m is not n}


def _lines(node: Node) -> list[Line]:
    """The equations to write: a gradient one variable at a time, in the variable's shape; else entry by entry."""
    g = node.graph
    if node.op == "d" and not node.args[0].shape:
        f, *variables = node.args
        return [Line(latex(p), p) for p in (g.node("d", (f, v), False, v.shape) for v in variables)]
    if not node.shape:
        return [Line(latex(node), node)]
    if node.op not in ("d", "hessian", "hvp"):
        return [Line(latex(node), node)]
    where = [i for i in shapes.indices(node.shape) if not mirrored(node, i)][:MAX_ENTRIES]
    (whole,) = expand_all([node], marked=False)
    entries = dict(zip(shapes.indices(node.shape), components(whole), strict=True))
    return [Line(latex(g.index(node, i)), entries[i]) for i in where]


def _written_out(node: Node) -> int:
    if node.op == "d" and not node.args[0].shape:
        return len(node.args) - 1
    if node.op not in ("d", "hessian", "hvp"):
        return 1
    return sum(not mirrored(node, i) for i in shapes.indices(node.shape))


def _matrix(node: Node, entries: Sequence[str]) -> str:
    """The entries as one vector or matrix, where they are short; else ""."""
    if node.op not in ("d", "hessian", "hvp") or not node.shape or (node.op == "d" and not node.args[0].shape):
        return ""
    if len(node.shape) > 2 or len(entries) < _written_out(node):
        return ""
    where = [i for i in shapes.indices(node.shape) if not mirrored(node, i)]
    by_place = dict(zip(where, entries, strict=True))
    rows: dict[int, list[str]] = {}
    for i in shapes.indices(node.shape):
        rows.setdefault(i[0], []).append(by_place.get(i) or by_place[i[::-1]])
    if any(sum(map(len, row)) > MATRIX_WIDTH for row in rows.values()):
        return ""
    return r"\begin{pmatrix} " + r" \\ ".join(" & ".join(row) for row in rows.values()) + r" \end{pmatrix}"


def definitions(case: Case, medium: Medium) -> str:
    """All definitions of a case as one block."""
    written = [d for d in case.definitions.values() if not solved(d.node)]
    parts = [medium.equations([(latex(d.node), latex(d.node.args[0])) for d in written])] if written else []
    for d in (d for d in case.definitions.values() if solved(d.node)):
        how, _, said = d.text.partition(" ")
        parts.append(medium.paragraph(f"{medium.code(d.name)} {medium.text(how)} {medium.code(said)}."))
    return "\n\n".join(parts)


def free_letter(case: Case) -> str:
    """A letter for the names of shared parts that no name of the case uses with a number."""
    names = (*case.symbols, *case.definitions)
    for letter in "stkrq":
        if not any(re.fullmatch(rf"{letter}_?\d*", n) for n in names):
            return letter
    return r"\varsigma"


def _values(node: Node, values: Values, medium: Medium) -> str:
    """The entries at the document's inputs, side by side; "" where an input has no value."""
    found = [(e, v) for e in told(node) if (v := values.of(e)) is not None]
    rows = [[medium.math(latex(e)), exact(v.exact), *floats(v, v.exact)] for e, v in found]
    return medium.table(["At the given values", "Exact", "NumPy", "Torch"], rows, NUMBERS) if rows else ""


def floats(value: Value | None, near: str | None) -> list[str]:
    """What NumPy and Torch give, in print."""
    found = (None, None) if value is None else (value.numpy, value.torch)
    return [floating(None if said is None else float(said), near) for said in found]


NUMBERS = ("Document", "Exact", "NumPy", "Torch", "Examples", "Seed")  # columns aligned to the right
