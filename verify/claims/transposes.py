"""Formulas whose shapes do not fit: the one transpose, or exchange of two factors, with which they fit and are proved."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from derive.calculus.reverse import expand_all
from derive.errors import ExpressionError
from derive.expr.graph import Node
from derive.language.properties import asks
from derive.language.reader import parse
from derive.language.syntax import read
from verify.casefile.model import Claim
from verify.claims.context import CaseContext
from verify.text.steps import Step

MAX_TRIES = 24
_DERIVATIVES = ("d", "grad", "jacobian", "hessian")  # their shapes depend on the case's layout


def transposed(context: CaseContext, claim: Claim) -> Step | None:
    """The step, such as to put W.T in the place of W; None where none was proved."""
    text = claim.texts.get("equals", "")
    try:
        tree = read(text)
    except ExpressionError:  # a chain, or a list
        return None
    case = context.case
    scope = {name: s.node for name, s in case.symbols.items()} | {n: d.node for n, d in case.definitions.items()}
    scope |= {name: case.graph.define(name, case.graph.const(int(value))) for name, value in case.sizes.items()}
    for count, (old, new, made) in enumerate(_variants(tree, text, scope)):
        if count == MAX_TRIES:
            break
        if _right(context, claim, made, scope):
            return Step("with", new, old) if old != text else Step("as", made)
    return None


def _right(context: CaseContext, claim: Claim, text: str, scope: dict[str, Node]) -> bool:
    from derive.engine import decide_equal

    try:
        made = parse(text, scope, context.case.graph, boolean=False)
        if claim.of is None or made.shape != claim.of.shape:
            return False
        a, b, *given = expand_all([claim.of, made, *(c for c in claim.assuming if not asks(c))])
        return decide_equal(a, b, context.domain(given)).status == "proved"
    except (ExpressionError, ArithmeticError):
        return False


def _variants(tree: ast.expr, text: str, scope: dict[str, Node]) -> Iterator[tuple[str, str, str]]:
    """What stands there, what could stand there instead, and the whole text with it: small changes first."""
    spans = []
    for n in ast.walk(tree):
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in _DERIVATIVES:
            return
        if isinstance(n, ast.expr):
            spans.append((n, text[n.col_offset : n.end_col_offset]))
    turned = [(n, s, s[:-2] if isinstance(n, ast.Attribute) else f"{s}.T") for n, s in spans if _matrix(n, scope)]
    exchanged = [(n, s, _exchanged(n, text)) for n, s in spans]
    for n, old, new in (*turned, *exchanged, (tree, text, f"({text}).T")):
        if new:
            yield old, new, f"{text[: n.col_offset]}{new}{text[n.end_col_offset :]}"


def _matrix(n: ast.expr, scope: dict[str, Node]) -> bool:
    """Whether a tree is the name of a matrix, or its transpose."""
    if isinstance(n, ast.Attribute) and n.attr == "T":
        n = n.value
    return isinstance(n, ast.Name) and n.id in scope and len(scope[n.id].shape) == 2


def _exchanged(n: ast.expr, text: str) -> str:
    match n:
        case ast.BinOp(op=ast.MatMult(), left=a, right=b):
            return f"{text[b.col_offset : b.end_col_offset]} @ {text[a.col_offset : a.end_col_offset]}"
        case ast.Call(func=ast.Name(id="outer"), args=[a, b]):
            return f"outer({text[b.col_offset : b.end_col_offset]}, {text[a.col_offset : a.end_col_offset]})"
    return ""
