r"""Definitions entry by entry: ``p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}``; the right side says how many entries there are."""

from __future__ import annotations

import re

from derive.errors import ExpressionError
from derive.expr.graph import Node
from derive.expr.shapes import Size
from derive.language.latex.identifiers import parts
from derive.language.latex.symbols import pieces
from derive.language.latex.tree import Scripted, Symbol, Tree
from derive.language.names import names_in
from derive.language.reader import parse
from verify.draft.lengths import ENTRY
from verify.draft.scope import RANGE, Refused, Scope, Told, name_in_print
from verify.draft.statements import base_of


def indices(tree: Tree) -> tuple[str, ...]:
    """The letters that count the entries of a symbol, ``W_{ij}``; () where other things stand there."""
    if not isinstance(tree, Scripted) or not isinstance(tree.base, Symbol):
        return ()
    _, below, above, primes = parts(tree)
    found = pieces(below) if below and not above and not primes else None
    letters = [spellings[0] for spellings in found or ()]
    return tuple(letters) if all(re.fullmatch(r"[a-z]", p) for p in letters) else ()


def defines_entries(left: Tree, right: str) -> str:
    """The name whose entries an equation says, each by the letters that count them; "" where it says something else."""
    counted = indices(left)
    spoken = {i for m in ENTRY.finditer(right) for i in re.findall(r"[a-z]", m["braced"] or m["bare"])}
    name = base_of(left)
    if any(re.search(rf"_\s*\{{\s*{i}\s*[-+]", right) for i in counted) or "t" in counted:
        return ""  # steps
    return (
        name
        if counted and len(set(counted)) == len(counted) <= 2 and set(counted) <= spoken and name not in spoken
        else ""
    )


def by_entries(scope: Scope, name: str, left: Tree, latex: str, right: str, place: str) -> tuple[str, Node]:
    """What the name is, in the language, and its node. Raises Refused, Waiting."""
    sizes: dict[str, str] = {}
    ends = dict(RANGE.findall(right))
    met = [
        (m, name_in_print(m["letter"]), re.findall(r"[a-z]", m["braced"] or m["bare"])) for m in ENTRY.finditer(right)
    ]
    told = {of: tuple(ends[i] for i in letters) for _, of, letters in met if of and all(i in ends for i in letters)}
    taken: dict[str, Told] = {}
    for m, of, letters in met:
        shape = _shape(scope, of) or told.get(of, ())
        for index, size in zip(letters, shape, strict=False):
            sizes.setdefault(index, size)
        if shape and of not in scope.names and of not in scope.shapes and of not in scope.later:
            taken[of] = Told(of, m["letter"], shape, place)
    missing = [i for i in indices(left) if i not in sizes]
    if missing:
        raise Refused(f"how far '{missing[0]}' counts is not said here: give the shape of what it counts, --shape x=n")
    known, symbols, table = scope.names.get(name), dict(scope.symbols), scope.table
    scope.table = table | {i: f"range({sizes[i]})" for i in indices(left)}
    for symbol in taken.values():
        scope.declare(symbol)
    scope.declare(Told(name, name, tuple(sizes[i] for i in indices(left)), place))
    try:
        found = scope.read(latex, place=place).statements
        if len(found) != 1 or len(found[0].parts) != 2 or found[0].prints is not None:
            raise Refused(f"'{name}' is said in more than one statement")
        text = re.sub(r"(?<=\bin )range\(([A-Za-z]\w*)\)", r"\1", found[0].parts[1])  # a letter, whatever it is
        if re.search(rf"(?<!\w){name}(?!\w)", text):
            raise Refused(f"'{name}' is said by itself: an assignment, or an equation to be solved")
        symbols |= taken
        scope.symbols |= taken
    finally:
        scope.table = table
        for of in taken.keys() - scope.symbols.keys():
            scope.names.pop(of, None)
        scope.symbols = {n: t for n, t in scope.symbols.items() if n != name or n in symbols}
        scope.names.pop(name, None)
        if known is not None:
            scope.names[name] = known
    return text, parse(text, scope.names, scope.graph, boolean=False)


_LISTED = re.compile(r"\[(?P<of>[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*) for (?P<index>[a-z]) in (?P<size>\w+)\]")


def whole(scope: Scope, text: str) -> tuple[str, Node] | None:
    """A list of entries as one vector, ``exp(z)`` for ``[exp(z[k]) for k in K]``, which keeps the letter of its size; None where
    it is more than that. Whether both are the same is for the caller to see."""
    m = _LISTED.fullmatch(text)
    if not m:
        return None
    made = re.sub(rf"(?<!\w)([A-Za-z_]\w*)\[{m['index']}\]", r"\1", m["of"])
    if re.search(rf"(?<!\w){m['index']}(?!\w)", made):
        return None
    try:
        node = parse(made, scope.names, scope.graph, boolean=False)
    except ExpressionError:
        return None
    return (made, node) if node.shape and isinstance(node.shape[0], Size) and node.shape[0].name == m["size"] else None


def again(scope: Scope, text: str) -> Node:
    """Such a definition of a section above, here. Raises Refused, Waiting, ExpressionError."""
    for name in names_in(text):
        if name not in scope.names and not scope.bring(name):
            if name not in scope.shapes:
                raise Refused(f"nothing is said of '{name}'")
            scope.symbols[name] = scope.shapes[name]
            scope.declare(scope.shapes[name])
    return parse(text, scope.names, scope.graph, boolean=False)


def _shape(scope: Scope, name: str) -> tuple[str, ...]:
    if name in scope.names:
        return tuple(n.name if isinstance(n, Size) else str(n) for n in scope.names[name].shape)
    return scope.shapes[name].shape if name in scope.shapes else ()
