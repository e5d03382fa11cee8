"""What a condition says of tensors: a comparison of tensors is *one* condition, as people write it.

``u == v`` and ``u < v`` say it of every entry, ``u != v`` of some entry: that is ``not u == v``. Wherever a condition stands in
another (``not``, ``and``, ``or``, ``implies``, ``iff``, ``all(... for i in n)``), and where it is claimed or assumed, it is one
truth: a node ``all`` or ``any`` over the entries. Only in ``where(c, a, b)`` does it stay entry by entry, and below ``all(c)``
and ``any(c)``, which say which of the two is meant. A comparison that is claimed or assumed as it stands, with nothing round
it, is left as a tensor: every entry of it holds, and whole tensors are decided as such.
"""

from __future__ import annotations

from collections.abc import Iterable

from derive.expr.graph import Node
from derive.expr.operators import COMPARISONS, OPERATORS

#: Of the entries of a condition, with the connective that joins them.
QUANTIFIERS = {"all": "and", "any": "or"}

_INSIDE = ("at", "after", "index", "stack", "broadcast", "reshape", "def")


def is_boolean(node: Node) -> bool:
    """Whether a node is a condition, or a tensor of them."""
    while node.op in ("def", "index", "stack", "broadcast", "reshape", "at", "after"):
        node = node.args[0]
    if node.op in ("property", "every", *QUANTIFIERS):
        return True
    return node.op in OPERATORS and OPERATORS[node.op].boolean


def one(condition: Node) -> Node:
    """A condition as one truth: of a comparison of tensors every entry, of ``!=`` some entry."""
    return (
        condition if not condition.shape else quantified("any" if _compared(condition).op == "ne" else "all", condition)
    )


def quantified(name: str, condition: Node) -> Node:
    """``all`` or ``any`` of the entries of a condition."""
    return condition if not condition.shape else condition.graph.node(name, (condition,))


def claimed(condition: Node) -> Node:
    """A condition that is claimed or assumed: a tensor only where every entry of it is meant."""
    made = one(condition)
    return made.args[0] if made.op == "all" and one(made.args[0]) is made else made


def negation(condition: Node) -> Node:
    """not c, without a ``not`` too many."""
    made = one(condition)
    return claimed(made.args[0]) if made.op == "not" else made.graph.call("not", made)


def conjuncts(conditions: Iterable[Node]) -> list[Node]:
    """The conditions with conjunctions laid open; of ``all`` the tensor, every entry of which holds."""
    out: list[Node] = []
    work = list(conditions)[::-1]
    while work:
        n = work.pop()
        if n.op in ("and", "all"):
            work += n.args[::-1]
        else:
            out.append(n)
    return out


def spoken_of(roots: Iterable[Node]) -> set[Node]:
    """The roots, and of a condition, or of a number by a condition, the sides of its comparisons: the values that are claimed."""
    found = set(roots)
    work = list(found)
    while work:
        n = work.pop()
        if n.op in ("and", "or", "not", *COMPARISONS):
            inner = n.args
        elif n.op == "where" and all(a.op == "const" for a in n.args[1:]):
            inner = n.args[:1]
        else:
            continue
        work += [a for a in inner if a not in found]
        found.update(inner)
    return found


def _compared(condition: Node) -> Node:
    """The comparison whose entries a condition on tensors has."""
    while condition.op in _INSIDE:
        condition = condition.args[0]
    return condition
