"""Small questions about statements, values and formulas that a draft asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from derive.expr.graph import Node, topological
from derive.expr.operators import DEFERRED, DERIVATIVES
from derive.language.latex.tree import Relation
from verify.document.passages import Passage
from verify.document.said import Piece
from verify.draft.model import Claimed
from verify.draft.statements import Statement, digits_of, function_of, name_of


def restated(claims: Sequence[Claimed]) -> None:
    """What is false as it stands, and is said elsewhere in the section under a condition, is said under it."""
    under = {c.reads: c for c in reversed(claims) if c.assuming}
    for claim in claims:
        if claim.truth == "refuted" and not claim.assuming and (other := under.get(claim.reads)):
            claim.assuming = other.assuming
            claim.s.note = f"as on {other.s.spot}, under the condition there"


def once(s: Statement, defining: Sequence[Statement]) -> bool:
    """Whether a statement alone says what a name is, but for what is said where something has one value: it is no branch of
    several. Of a function, only where its variables are said to be elements of something, or it is named aside."""
    general = [one for one in defining if not one.role.special] or defining
    left = s.tree.parts[0] if isinstance(s.tree, Relation) else None
    if len(general) != 1 or general[0] is not s or left is None:
        return False
    return not function_of(left) or s.role.apposed or any("\\in " in c.words for c in s.role.conditions)


def comma(s: Statement, points: bool) -> str:
    """Why a comma between digits is unclear: it parts thousands where numbers have ``points``; else it may be the point of other
    countries."""
    text, stop = s.passage.text, s.stop
    if not s.apart and re.match(r"\s*,\d", text[stop:]) and s.latex[-1:].isdigit():
        return "a comma between digits: a decimal point, or two numbers"
    if re.search(r"\d(?:,|\{,\})\d{3}(?!\d)", s.latex) and not points:
        return "a comma between digits: thousands, or a decimal point"
    return ""


def tail(s: Statement) -> list[Statement]:
    """Of ``yhat = a3 = sigmoid(z3)`` what it says of its second name."""
    tree = s.tree
    if not isinstance(tree, Relation) or len(tree.parts) < 3 or s.prints or set(tree.ops) != {"=="}:
        return []
    if not all(name_of(t, lambda n: False) for t in tree.parts[:2]) or digits_of(tree.parts[2]):
        return []
    at = s.ends[1]
    rest = Relation(tree.parts[1].start, tree.parts[1:], tree.ops[1:])
    start, _ = s.stretch(at, len(s.latex))
    return [replace(s, latex=s.latex[at:], start=start, tree=rest, ends=tuple(e - at for e in s.ends[1:]))]


def links(nodes: Sequence[Node], s: Statement) -> int:
    """How many parts of a chain stand before the links in which numbers are put in for names."""
    count = len(nodes)
    while (
        count > 2
        and len(nodes) == len(s.ends)
        and not any(n.op in ("symbol", "def") for n in topological([nodes[count - 1]]))
    ):
        count -= 1
    return count if len(nodes) == len(s.ends) else len(s.ends)


def sizes_of(digits: str) -> tuple[str, ...]:
    """The sizes of a number, a vector or a matrix as it is written."""
    if not digits.startswith("["):
        return ()
    rows = digits.count("[") - 1
    return (str(rows), str(digits[1:].partition("]")[0].count(",") + 1)) if rows else (str(digits.count(",") + 1),)


def derived(node: Node) -> bool:
    """Whether a derivative stands in it."""
    return any(n.op in DERIVATIVES or n.op in DEFERRED for n in topological([node]))


def same(a: str, b: str) -> bool:
    try:
        return float(a) == float(b)
    except ValueError:
        return a == b


def within(n: Piece, spans: Sequence[tuple[Passage, int, int]]) -> bool:
    return any(p is n.passage and start <= n.start < stop for p, start, stop in spans)
