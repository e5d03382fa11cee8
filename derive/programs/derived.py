"""A derivation: an expression, and what is derived from it, to be read, typeset or handed on.

Parts that stand in several places are written once, under names of their own (s1, s2, ...), so that the text of a
derivation grows with the number of its distinct operations, as the graph does.
"""

from __future__ import annotations

from derive.expr import shapes
from derive.expr.graph import Node, free_symbols, topological
from derive.language.cancel import neat
from derive.language.components import components_all
from derive.language.reader import to_text
from derive.programs.sharing import share
from derive.records import dataclass


@dataclass(frozen=True)
class Part:
    """A quantity of a derivation: its name as an identifier, what it is in the language, and its formula.

    ``remark`` says what it is where the language has no words for it. ``by`` are the variables of a second derivative.
    """

    name: str
    left: Node
    right: Node
    remark: str = ""
    by: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Derivation:
    """The value of an expression (the first part) and its derivatives (the others). Shows as LaTeX in a notebook.

    ``stable`` are the same parts of an expression that is equal to it and stays in the range of floats (see stable); None
    where that is the expression itself. ``directions`` are what Hessians are multiplied by.
    """

    parts: tuple[Part, ...]
    stable: tuple[Part, ...] | None = None
    directions: tuple[Node, ...] = ()

    @property
    def value(self) -> Node:
        return self.parts[0].right

    @property
    def symbols(self) -> list[Node]:
        """What the formulas depend on, in the order in which the expression names it; then the directions."""
        return free_symbols([*(p.right for p in self.parts), *self.directions])

    def __getitem__(self, name: str) -> Node:
        """The formula of a part by name: ``d["df_dw"]``."""
        for p in self.parts:
            if p.name == name:
                return p.right
        raise KeyError(f"{name}; there are {', '.join(p.name for p in self.parts)}")

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """The derivation in the language, line by line."""
        given = [f"{n.attr} {shapes.show(n.shape)}" for n in self.symbols if n.shape]
        lines = [f"{to_text(left)} = {to_text(right)}" for left, right in self.equations()]
        remarks = [f"# {p.name}: {p.remark}" for p in self.parts if p.remark]
        return "\n".join([f"# {', '.join(given)}"] * bool(given) + remarks + lines)

    def latex(self) -> str:
        """The derivation as LaTeX: aligned equations, in math mode."""
        from derive.language.typeset import latex

        rows = [f"{latex(left)} &= {latex(right)}" for left, right in self.equations()]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex()}\n$$"

    def sympy(self) -> str:
        """A program in SymPy that defines every part by its name; it runs by itself."""
        from derive.programs.sympy_text import sympy_text

        return sympy_text(self)

    def equations(self) -> list[tuple[Node, Node]]:
        """Pairs of sides in print order, shared parts before what they stand in; entries that are 0 are left out."""
        lines = [line for k, p in enumerate(self.parts) for line in (_lines(p) if k else [(p.left, p.right)])]
        named, right = share(neat([right for _, right in lines]), [n.attr for n in self.symbols])
        number, found = {n: k for k, n in enumerate(named)}, list[tuple[Node, Node]]()
        written = 0
        for (left, _), r in zip(lines, right, strict=True):
            needed = max((number[n] + 1 for n in topological([r]) if n in number), default=0)
            found += [(n, n.args[0]) for n in named[written:needed]]
            written = max(written, needed)
            found.append((left, r))
        return found


def _lines(p: Part) -> list[tuple[Node, Node]]:
    """A part as equations: whole where it is a formula of tensors or 0, else entry by entry, without those that are 0."""
    if not p.right.shape or p.right.op != "stack" or p.left.op not in ("d", "hessian", "hvp"):
        return [(p.left, p.right)]
    (entries,) = components_all([p.right])
    g, half = p.left.graph, len(p.right.shape) // 2
    lines = [
        (g.index(p.left, i), e)
        for i, e in zip(shapes.indices(p.right.shape), entries, strict=True)
        if e is not g.zero and (p.left.op != "hessian" or i[:half] <= i[half:])
    ]
    return lines or [(p.left, g.broadcast(g.zero, p.right.shape))]


def part_name(left: Node) -> str:
    """``df_dw`` for d(f, w), ``hessian_f`` for a Hessian, and so on."""
    f = left.args[0].attr if left.args and isinstance(left.args[0].attr, str) else "f"
    if left.op != "d":
        return f"{left.op}_{f}"
    return f"d{f}_d{'_'.join(plain(v) for v in left.args[1:])}"


def plain(v: Node) -> str:
    """A variable as part of an identifier: ``w``, ``W_0_1``."""
    return "_".join([str(v.args[0].attr), *map(str, v.attr)]) if v.op == "index" else str(v.attr)
