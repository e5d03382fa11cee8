"""``errata derive``: a loss in one line, its derivatives as text, LaTeX or a program."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from derive.errors import ExpressionError, OfScalar, nearest
from derive.expr.graph import Node
from derive.language import reader
from derive.language.names import names_in
from derive.lazily import lazily

if TYPE_CHECKING:
    from derive.programs.derived import Derivation

with lazily():
    from derive import api

T = TypeVar("T")

ECHOED = 200  # characters of an input that a message repeats

FORMATS = ("text", "latex", "sympy", "numpy", "torch", "c")


class Unreadable(Exception):
    """A text of the command line that can't be read: the text, the fault's place under it, what is wrong."""

    def __init__(self, where: str, text: str, offset: int, message: str) -> None:
        flat = text.replace("\n", " ").replace("\t", " ")
        offset = min(max(offset, 0), len(flat))
        place = f"{where}:{offset + 1}"
        start, end = max(offset - ECHOED // 2, 0), max(offset + ECHOED // 2, ECHOED)
        before, after = "..." * (start > 0), "..." * (end < len(flat))
        shown, caret = f"{before}{flat[start:end]}{after}", " " * (len(before) + offset - start)
        super().__init__(f"{place}: {_cut(message)}\n  {shown}\n  {caret}^")


def _cut(message: str) -> str:
    return message if len(message) <= 2 * ECHOED else f"{message[:ECHOED]} ... {message[-ECHOED:]}"


def derived(
    text: str,
    wrt: str,
    given_shapes: Sequence[str],
    kinds: Sequence[str],
    direction: str,
    name: str,
) -> Derivation:
    """What the command line asks for. Raises Unreadable."""
    known = read_shapes(given_shapes)
    names = said("EXPR", text, lambda: names_in(text))
    for unused in (n for n in known if n not in names):
        raise Unreadable("--shape", unused, 0, f"'{unused}' does not stand in the expression{nearest(unused, names)}")
    scope, graph = api.scope(text, known)
    f = said("EXPR", text, lambda: reader.parse(text, scope, graph, boolean=False))
    variables: list[Node | str] = [_variable(f, v.strip(), scope) for v in _split(wrt)] if wrt else _only(text, scope)
    try:
        by = variables if len(variables) > 1 else variables[0]
        return api.derivation(f, by, kinds, direction=_direction(f, direction), name=name)
    except ExpressionError as fault:
        raise Unreadable("EXPR", text, 0, fault.message) from None


def written(d: Derivation, form: str, name: str, points: bool) -> str:
    """The derivation in a format of FORMATS. Raises ExpressionError or NotImplementedError where it can't be."""
    if form == "text":
        return d.text()
    if form == "latex":
        return d.latex()
    if form == "sympy":
        return d.sympy().rstrip("\n")
    from verify.backends.export import to_c, to_numpy, to_torch

    by_name = {"c": to_c, "torch": to_torch}
    source = by_name[form](d, name=name) if form in by_name else to_numpy(d, name=name, points=points)
    return source.rstrip("\n")


def said(where: str, text: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except ExpressionError as fault:
        raise Unreadable(where, text, fault.offset, fault.message + scalars(fault)) from None


def scalars(fault: ExpressionError | None) -> str:
    """What else is told of a product of matrices one of which is a scalar."""
    return "; a name without --shape is a scalar" if isinstance(fault, OfScalar) else ""


def read_shapes(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The shapes that ``--shape`` options give. Raises Unreadable."""
    found: dict[str, tuple[int, ...]] = {}
    for text in texts:
        name, sizes = _shape(text)
        if name in found:
            raise Unreadable("--shape", text, 0, f"'{name}' has a shape already")
        found[name] = sizes
    return found


def _shape(text: str) -> tuple[str, tuple[int, ...]]:
    """``W=2,3`` as ("W", (2, 3))."""
    match = re.fullmatch(r"\s*([^\W\d]\w*)\s*=\s*\[?\s*(\d+(?:\s*[,x]\s*\d+)*)?\s*\]?\s*", text)
    if not match:
        at = text.find("=") + 1
        raise Unreadable("--shape", text, at, "expected NAME=SIZE,SIZE such as W=2,3")
    sizes = tuple(int(s) for s in re.findall(r"\d+", match[2] or ""))
    if 0 in sizes:
        raise Unreadable("--shape", text, text.find("=") + 1, "a size is at least 1")
    return match[1], sizes


def _split(wrt: str) -> list[str]:
    """At commas that stand in no bracket: ``W[0, 1],b`` is two."""
    return re.split(r",(?![^\[]*\])", wrt)


def _variable(f: Node, name: str, scope: dict[str, Node]) -> Node:
    node = said("--wrt", name, lambda: reader.parse(name, scope, f.graph))
    base = node.args[0] if node.op == "index" else node
    if base.op != "symbol":
        raise Unreadable("--wrt", name, 0, "a derivative is by a symbol, or an entry of one such as W[0, 1]")
    return node


def _only(text: str, scope: dict[str, Node]) -> list[Node | str]:
    if len(scope) == 1:
        return list(scope.values())
    names = ", ".join(scope) or "none"
    raise Unreadable("EXPR", text, 0, f"--wrt must say by which of its symbols to differentiate: {names}")


def _direction(f: Node, text: str) -> Node | str:
    if not text or re.fullmatch(r"[^\W\d]\w*", text):
        return text
    raise Unreadable("--hvp", text, 0, "expected a name for the direction, such as u")
