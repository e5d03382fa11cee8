"""Places in an expression as it is written, one for each occurrence, and the expression with one of them replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from derive.expr.folding import with_args
from derive.expr.graph import Graph, Node, topological
from derive.records import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """An occurrence of a node below a root; ``above`` is the spot that it is argument ``slot`` of."""

    node: Node
    above: Spot | None = None
    slot: int = 0

    def replaced(self, new: Node) -> Node:
        """The root with this one occurrence replaced by a node of the same shape; what is above is folded anew."""
        spot, made = self, new
        while spot.above is not None:
            args = list(spot.above.node.args)
            args[spot.slot] = made
            made = with_args(spot.above.node, tuple(args))
            spot = spot.above
        return made


def spots(root: Node, most: int) -> list[Spot]:
    """Up to ``most`` occurrences, from the root down. A definition is a leaf: its body is written elsewhere."""
    found = [Spot(root)]
    for spot in found:
        if spot.node.op == "def" or (spot.node.op == "index" and spot.node.args[0].op == "symbol"):
            continue
        found += [Spot(a, spot, i) for i, a in enumerate(spot.node.args)]
        if len(found) >= most:
            break
    return found[:most]


def leaves(roots: Iterable[Node], opened: bool = False) -> Iterator[Node]:
    """What has a name in some expressions: symbols, their entries, definitions (with ``opened`` also what is in these)."""
    for n in topological(roots, through_definitions=opened):
        if n.op in ("symbol", "def") or (n.op == "index" and n.args[0].op in ("symbol", "def")):
            yield n


def moved(roots: Sequence[Node], graph: Graph) -> Mapping[Node, Node]:
    """The nodes below some roots, copied into another graph: what is tried there leaves no trace here."""
    done: dict[Node, Node] = {}
    for n in topological(roots):
        done[n] = graph.node(n.op, tuple(done[a] for a in n.args), n.attr, n.shape)
        if n.op == "def":
            graph.named.setdefault(done[n].args[0], done[n])
    return done
