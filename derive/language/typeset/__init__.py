r"""Typesetting: a node of the graph as LaTeX, with no needless brackets.

The output keeps to what GitHub, KaTeX and MathJax all render, and is safe inside a markdown table: no
``\operatorname``, no bare ``|``. Conventions of print: entries are counted from 1 (``a[0]`` is ``a_{1}``,
``W1[0, 1]`` is ``[W_{1}]_{1,2}``), tensors multiply and divide elementwise by ``\odot`` and ``\oslash``,
vectors are columns, and a vector to the left of a matrix is transposed.

One walk in topological order, no recursion. A text that outgrows ``LIMIT`` is shown as ``\cdots``, so that
a shared subexpression can't blow up the page; ``abbreviations`` names the shared parts instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from derive.expr.conditions import is_boolean
from derive.expr.graph import Node, topological
from derive.language.typeset import derivatives, scalars, tensors
from derive.language.typeset.names import latex_name
from derive.language.typeset.pieces import ATOM, FRACTION, Done, Piece

__all__ = ["abbreviations", "latex", "latex_name"]

LIMIT = 6_000  # characters of one formula

#: How an operator is typeset; an elementwise one without a rule as its entry in the table of operators says.
_RULES: dict[str, Callable[[Node, Done], Piece]] = {**scalars.RULES, **tensors.RULES, **derivatives.RULES}


def latex(root: Node, names: Mapping[Node, str] | None = None) -> str:
    """The node as LaTeX (math mode, without delimiters).

    ``names`` gives nodes a LaTeX name to be printed in place of what they are. A definition is printed by
    its own name; to print its body, pass ``node.args[0]``.
    """
    done: dict[Node, Piece] = {}
    for n in topological([root], through_definitions=False):
        made = named(names[n]) if names and n in names else _piece(n, done)
        done[n] = made if len(made.text) <= LIMIT else Piece(r"\cdots")
    return done[root].text


def abbreviations(
    roots: Sequence[Node],
    known: Mapping[Node, str] | None = None,
    *,
    shared: int = 60,
    long: int = 400,
    prefix: str = "s",
) -> dict[Node, str]:
    """Names for the parts that would swell the print: node -> ``s_{1}``, ``s_{2}``, ...

    A part gets one that is used more than once and prints longer than ``shared`` characters, or that prints
    longer than ``long``. In order: each can be printed with the names of those before it. What has a name in
    ``known`` gets no other.
    """
    order = topological(roots, through_definitions=False)
    uses = Counter(a for n in order if n.op != "def" for a in n.args)
    names: dict[Node, str] = {}
    done: dict[Node, Piece] = {}
    wanted = set(roots)
    rows = {a for n in order if n.op == "stack" and len(n.shape) > 1 for a in n.args if a.op == "stack"}
    for n in order:
        if known and n in known:
            done[n] = named(known[n])
            continue
        made = _piece(n, done)
        size = len(made.text)
        often = uses[n] + (n in wanted) > 1
        if ((size > long and n not in wanted) or (size > shared and often)) and not is_boolean(n) and n not in rows:
            names[n] = f"{prefix}_{{{len(names) + 1}}}"
            made = Piece(names[n])
        done[n] = made
    return names


def named(name: str) -> Piece:
    return Piece(name, FRACTION if name.startswith(r"\frac") else ATOM)


def _piece(n: Node, done: Done) -> Piece:
    return _RULES.get(n.op, scalars.applied)(n, done)
