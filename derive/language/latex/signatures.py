r"""Of which variables definitions are functions: ``g(x) = x^2 + y`` says that ``g(y)`` is ``at(g, x=y)``, and no longer g itself.

A definition of the language has no variables of its own. Those that a formula gives it on the left of its equals sign are noted
on the graph, beside what is noted there of states.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING

from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node, topological
from derive.language.latex.grammar import Parser
from derive.language.latex.symbols import candidates, pieces
from derive.language.latex.terms import ATOM, Term
from derive.language.latex.tokens import tokenized
from derive.language.latex.tree import Group, Product, Scripted, Symbol, Tree

if TYPE_CHECKING:
    from derive.language.latex.resolve import Resolver

_KEY = "signatures"


def declare(g: Graph, name: str, variables: Sequence[Node]) -> None:
    """From here on the definition of this name is a function of these symbols."""
    g.templates[_KEY] = {**signatures(g), name: tuple(variables)}


def signatures(g: Graph) -> Mapping[str, tuple[Node, ...]]:
    found: Mapping[str, tuple[Node, ...]] = g.templates.get(_KEY, {})
    return found


def of(r: Resolver, name: str) -> tuple[Node, ...] | None:
    """The variables of a definition, as the case or the table of names has them."""
    return r.variables.get(name) or signatures(r.graph).get(name)


def in_table(names: Mapping[str, str], scope: Mapping[str, Node], words: Container[str]) -> dict[str, tuple[Node, ...]]:
    r"""What the table of names says of definitions, ``J(\theta)`` is L: it is a function of theta."""
    found = {}
    for latex, text in names.items():
        if text not in scope or scope[text].op != "def" or "(" not in latex:
            continue
        try:
            f = called(Parser(list(tokenized(latex)[0]), words).sum())
        except ExpressionError:
            continue
        variables = [_symbol(t, scope) for t in f[1]] if f else []
        inside = topological([scope[text]])
        if variables and all(v is not None and v in inside for v in variables):
            found[text] = tuple(v for v in variables if v is not None)
    return found


def said(g: Graph, name: str, variables: Sequence[Tree], scope: Mapping[str, Node]) -> None:
    """Declares the symbols that stand in brackets after a name where it is defined, if they are symbols of the scope."""
    found = [_symbol(t, scope) for t in variables]
    if found and all(n is not None for n in found) and len(set(found)) == len(found):
        declare(g, name, [n for n in found if n is not None])


def _symbol(tree: Tree, scope: Mapping[str, Node]) -> Node | None:
    s, below = (tree.base, tree.below) if isinstance(tree, Scripted) else (tree, ())
    sub = pieces(below) if below else []
    if not isinstance(s, Symbol) or sub is None or (isinstance(tree, Scripted) and (tree.above or tree.primes)):
        return None
    named = (scope[n] for n in candidates(s.word, s.accents, sub) if n in scope)
    return next((n for n in named if n.op == "symbol"), None)


def called(tree: Tree) -> tuple[Symbol | Scripted, tuple[Tree, ...]] | None:
    """``g(x, y)``: the symbol and what stands in its brackets; None for anything else."""
    match tree:
        case Product(items=((_, Symbol() | Scripted(base=Symbol()) as f), ("", Group(bracket="(", items=inside)))):
            return f, inside
    return None


def evaluated(r: Resolver, f: Term, group: Group, orders: int = 0) -> Term | None:
    """A definition, or its derivative by its one variable, where the brackets say. None where nothing is known of its variables,
    and the brackets hold nothing but names that it depends on: it is then what it is."""
    variables = of(r, f.text)
    if variables is None or f.text not in r.scope or r.scope[f.text].op != "def":
        return None
    values = [r.value(t) for t in group.items]
    shown = ", ".join(str(v.attr) for v in variables)
    if len(values) != len(variables):
        r.fail(f"'{f.text}' is defined as {f.text}({shown}), and has {len(values)} values here", group.start)
    if orders and (len(variables) > 1 or variables[0].shape or f.shape):
        r.fail("a prime says a derivative of a scalar by a scalar", group.start)
    text = f.text
    for _ in range(orders):
        text = f"d({text}, {variables[0].attr})"
    pairs = []
    for v, x in zip(variables, values, strict=True):
        if x.shape != v.shape or x.open:
            r.fail(
                f"'{f.text}' is defined as {f.text}({shown}), and '{x.text}' has another shape than {v.attr}",
                group.start,
            )
        if r.scope.get(x.text) is not v:
            pairs.append(f"{v.attr}={x.text}")
    if pairs:
        text = f"at({text}, {', '.join(pairs)})"
    return Term(text, ATOM, f.shape, f.row, f.turns, plain=text.isidentifier())


def elsewhere(r: Resolver, f: str, arguments: Sequence[str], start: int) -> None:
    """Fails where a formula has a definition of which no variables are known at two places."""
    if others := _others(r, f, arguments):
        r.notes[
            f"{f}({', '.join(arguments)}) is read as {f}, which depends on {others}, too: where that is its variable, "
            f"define it as {f}({others}) = ... in LaTeX"
        ] = None
    first = r.called.setdefault(f, tuple(arguments))
    if first != tuple(arguments):
        a, b = ", ".join(first), ", ".join(arguments)
        r.fail(
            f"{f}({a}) and {f}({b}): which are the variables of '{f}'? Define it as {f}({a}) = ... in LaTeX, "
            f"or say in 'names:' what they are, as at({f}, ...)",
            start,
        )


def _others(r: Resolver, f: str, arguments: Sequence[str]) -> str:
    """A symbol of the shape of an argument that a definition depends on beside those."""
    inside = set(topological([r.scope[f]]))
    shapes = {r.scope[a].shape for a in arguments if a in r.scope}
    symbols = (name for name, n in r.scope.items() if n in inside and n.op == "symbol" and n.shape in shapes)
    return next((name for name in symbols if name not in arguments), "") if f in r.scope else ""
