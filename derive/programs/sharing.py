"""Names for what stands in several places of a derivation, so that its text grows as its graph does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count

from derive.expr.conditions import is_boolean
from derive.expr.graph import Node, topological

SHARED, LONG = 4, 40  # operations from which on a part gets a name: used more than once, or at all


def share(roots: Sequence[Node], taken: Sequence[str] = (), prefix: str = "s") -> tuple[list[Node], list[Node]]:
    """Names for what stands in several places: the definitions, in order, and the roots written with them.

    Names are new ones, not among those ``taken``. Definitions stay as they are.
    """
    order = topological(roots, through_definitions=False)
    users = Counter(roots)
    for n in order:
        users.update(n.args if n.op != "def" else ())
    used = {*taken, *(n.attr for n in order if n.op == "def")}
    names = (name for k in count(1) if (name := f"{prefix}{k}") not in used)
    done: dict[Node, Node] = {}
    weight: dict[Node, int] = {}
    found, ends = [], set(roots)
    for n in order:
        if n.op == "def" or not n.args:
            done[n], weight[n] = n, 1
            continue
        args = tuple(done[a] for a in n.args)
        done[n] = n if args == n.args else n.graph.node(n.op, args, n.attr, n.shape)
        weight[n] = 1 + sum(weight[a] for a in n.args)
        wanted = weight[n] >= SHARED and users[n] > 1
        if (wanted or (weight[n] > LONG and n not in ends)) and not is_boolean(n) and n.op != "stack":
            found.append(n.graph.node("def", (done[n],), next(names), n.shape))
            done[n], weight[n] = found[-1], 1
    return found, [done[r] for r in roots]
