"""Slips of the pen, in what a case has written: other digits of a number, one other step in a formula.

They know nothing of the engine that is to notice them, nor of the steps by which it mends formulas. What they make may be
ill-formed, or the same in another form.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise

#: Functions whose arguments are variables, conditions or indices as well: what stands in them stays.
CLOSED = frozenset((
    "d", "grad", "hessian", "hvp", "jacobian", "at", "limit", "supremum", "infimum", "integral", "expect", "variance",
    "subdifferential", "all", "any", "eye", "zeros", "ones", "one_hot", "delta", "factorial", "binomial", "broadcast", "reshape",
    "range",
))  # fmt: skip
#: Functions that are taken for each other.
ALIKE = (
    ("sigmoid", "tanh", "relu", "softplus"),
    ("sin", "cos"),
    ("exp", "expm1", "log", "log1p", "sqrt"),
    ("erf", "Phi"),
    ("min", "max"),
    ("sum", "mean"),
    ("softmax", "log_softmax"),
)
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
MAX_CHARACTERS = 2_000


def in_number(text: str) -> Iterator[str]:
    """Other numbers: a digit one off, the last first; two digits swapped; the other sign."""
    places = [k for k, c in enumerate(text) if c.isdigit()]
    made = [_put(text, k, str((int(text[k]) + step) % 10)) for k in reversed(places) for step in (1, -1)]
    made += [_put(_put(text, i, text[j]), j, text[i]) for i, j in pairwise(places)]
    made.append(text[1:] if text[0] in "-+−" else f"-{text}")
    for now in dict.fromkeys(made):
        if float(now.replace("−", "-")) != float(text.replace("−", "-")):
            yield now


def _put(text: str, at: int, new: str) -> str:
    return text[:at] + new + text[at + 1 :]


def in_formula(text: str, names: frozenset[str]) -> Iterator[str]:
    """The expression with one step changed, from the outside in; ``names`` may stand in the place of one another."""
    if len(text) > MAX_CHARACTERS:
        return
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    tree = _Verbatim(text.strip()).visit(tree)
    seen = {ast.unparse(tree)}
    for k, n in enumerate(_open(tree)):
        for new in _changed(n, names):
            made = ast.unparse(_Put(k, new).within(deepcopy(tree)))
            if made not in seen:
                seen.add(made)
                yield made


def names_in(text: str) -> frozenset[str]:
    """The names of quantities in an expression."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    return frozenset(n.id for n in ast.walk(tree) if isinstance(n, ast.Name)) - called


def sides(text: str) -> tuple[str, str] | None:
    """The two sides of an equation between values."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(tree, ast.Compare) or [type(op) for op in tree.ops] != [ast.Eq]:
        return None
    left, right = (ast.get_source_segment(text.strip(), n) for n in (tree.left, tree.comparators[0]))
    return (left, right) if left and right else None


class _Verbatim(ast.NodeTransformer):
    """Numbers are kept as they are written, digit by digit."""

    def __init__(self, text: str) -> None:
        self._text = text

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Name(ast.get_source_segment(self._text, node) or repr(node.value))


class _Put(ast.NodeTransformer):
    """Another node in the place of the one that ``_open`` tells as its ``k``-th."""

    def __init__(self, k: int, new: ast.expr) -> None:
        self._k, self._new = k, new
        self._target: ast.expr | None = None

    def within(self, tree: ast.Expression) -> ast.AST:
        self._target = list(_open(tree))[self._k]
        return ast.fix_missing_locations(self.visit(tree))

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._target else self.generic_visit(node)


def _open(tree: ast.Expression) -> Iterator[ast.expr]:
    """The expressions that may get a slip, from the outside in."""
    work: list[ast.expr] = [tree.body]
    for n in work:
        yield n
        match n:
            case ast.BinOp(left, _, right):
                work += [left, right]
            case ast.UnaryOp(_, operand):
                work.append(operand)
            case ast.Call(ast.Name(name), arguments) if name not in CLOSED:
                work += [a for a in arguments if not isinstance(a, ast.Compare | ast.BoolOp)]
            case ast.List(elements):
                work += elements
            case ast.ListComp(element, _) | ast.GeneratorExp(element, _):
                work.append(element)
            case ast.IfExp(_, then, other):
                work += [then, other]


def _changed(n: ast.expr, names: frozenset[str]) -> Iterator[ast.expr]:
    """What may stand there instead."""
    match n:
        case ast.BinOp(left, ast.Pow() as op, right):
            yield ast.BinOp(left, op, ast.BinOp(right, ast.Add(), ast.Name("1")))
            yield left
        case ast.BinOp(left, ast.MatMult() as op, right):
            yield ast.BinOp(right, op, left)
            yield ast.BinOp(ast.Attribute(left, "T"), op, right)
        case ast.BinOp(left, op, right) if type(op) in _OPERATORS:
            yield ast.BinOp(left, _OPERATORS[type(op)](), right)
            if isinstance(op, ast.Sub | ast.Div):
                yield ast.BinOp(right, op, left)
            yield left
            yield right
        case ast.UnaryOp(ast.USub(), operand):
            yield operand
        case ast.Call(ast.Name(name), arguments, keywords):
            for group in ALIKE:
                if name in group:
                    yield from (ast.Call(ast.Name(other), arguments, keywords) for other in group if other != name)
    if isinstance(n, ast.Name) and n.id == "0":
        yield ast.Name("1")
    elif isinstance(n, ast.Name | ast.Call | ast.Subscript | ast.Attribute):
        yield ast.UnaryOp(ast.USub(), n)
        yield ast.BinOp(ast.Name("2"), ast.Mult(), n)
        yield ast.BinOp(n, ast.Add(), ast.Name("1"))
        if not _is_numeral(n):  # 1**2 is 1
            yield ast.BinOp(n, ast.Pow(), ast.Name("2"))
    if isinstance(n, ast.Name) and not _is_numeral(n):
        yield from (ast.Name(other) for other in sorted(names) if other != n.id)


def _is_numeral(n: ast.expr) -> bool:
    return isinstance(n, ast.Name) and not n.id.isidentifier()
