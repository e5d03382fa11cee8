"""What composites mean: the text of an entry read once for each signature, the arguments put in.

A template is a graph over placeholders, so that it is read and differentiated once, whatever it is used on.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from derive.expr import shapes
from derive.expr.composites import COMPOSITES, options_of
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node, Shape, topological
from derive.language.reader import parse


class Template(NamedTuple):
    """What a composite means, over a placeholder for each argument."""

    body: Node
    places: tuple[Node, ...]


def place(g: Graph, role: int | str, shape: Shape) -> Node:
    """The placeholder of an argument (by number) or of the adjoint ``u`` or the value ``y`` in a template."""
    return g.node("symbol", (), ("place", role, shape), shape)


def meaning(n: Node) -> Template:
    """The template of a composite node."""
    g, c = n.graph, COMPOSITES[n.op]
    key = ("meaning", n.op, n.attr, tuple(a.shape for a in n.args))
    found: Template | None = g.templates.get(key)
    if found is None:
        places = tuple(place(g, i, a.shape) for i, a in enumerate(n.args))
        body = parse(c.text.format(**_fields(n)), dict(zip(c.parameters, places, strict=True)), g)
        found = g.templates[key] = Template(body, places)
    return found


def pull_text(n: Node, parameter: int) -> Node | None:
    """The entry's own form of an argument's adjoint, over placeholders; None where the chain rule is to make it."""
    g, c = n.graph, COMPOSITES[n.op]
    text = c.pulls.get(c.parameters[parameter])
    if text is None:
        return None
    scope = {p: place(g, i, a.shape) for i, (p, a) in enumerate(zip(c.parameters, n.args, strict=True))}
    scope |= {"y": place(g, "y", n.shape), "u": place(g, "u", n.shape)}
    return parse(text.format(**_fields(n)), scope, g)


def unfold(roots: Sequence[Node], keep: Container[str] = ()) -> list[Node]:
    """The roots with every composite replaced by what it means, but for those in ``keep``; definitions keep their names."""
    done: dict[Node, Node] = {}
    for n in topological(roots):
        args = tuple(done[a] for a in n.args)
        if n.op in COMPOSITES and n.op not in keep:
            body, places = meaning(n)
            done[n] = substitute(unfold([body], keep)[0], dict(zip(places, args, strict=True)))
        else:
            done[n] = n if args == n.args else n.graph.node(n.op, args, n.attr, n.shape)
    return [done[r] for r in roots]


def _fields(n: Node) -> Mapping[str, str]:
    """What stands in the braces of a composite's texts."""
    options = options_of(n)
    if "axis" not in options:
        return {}
    shape, axis = n.args[0].shape, options["axis"]
    if axis is None:
        count, front = shapes.size(shape), "x" if len(shape) == 1 else f"reshape(x, {shapes.size(shape)})"
        fields = {"axis": "", "kept": "", "x": front, "u": "u"}
    else:
        count, kept = shape[axis], (*shape[:axis], 1, *shape[axis + 1 :])
        fields = {"axis": f", axis={axis}", "kept": f", axis={axis}, keep=1", "x": "x.T" if axis else "x"}
        fields["u"] = f"reshape(u, {', '.join(map(str, kept))})"
    return {**fields, "n": str(count), "free": str(count - (options.get("ddof") or 0))}
