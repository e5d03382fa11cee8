"""The bank of printed formulas: what ``printed.yaml`` holds, with the scope of each topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from derive.calculus.reverse import expand_all
from derive.engine.properties.dispatch import decide_condition
from derive.expr.graph import Graph, Node
from derive.expr.shapes import Size
from derive.language import sequences
from derive.language.abstract import function, of_vector
from derive.language.latex import Reading
from derive.language.latex.signatures import declare
from derive.language.reader import parse

_CONDITIONS = ("lt", "le", "gt", "ge", "and", "all", "property")


@dataclass(frozen=True)
class Topic:
    name: str
    given: Mapping[str, Any]

    @property
    def names(self) -> Mapping[str, str]:
        return self.given.get("names", {})

    def scope(self) -> tuple[dict[str, Node], Graph]:
        """Its names on a graph of their own."""
        g, found, sizes = Graph(), dict[str, Node](), self.given.get("sizes", {})
        for name, value in sizes.items():
            found[name] = g.define(name, g.const(value))
        for name, shape in self.given["symbols"].items():
            found[name] = g.symbol(name, tuple(Size(sizes[s], s) if isinstance(s, str) else s for s in shape))
        for name, said in self.given.get("functions", {}).items():
            found[name] = function(g, name, said) if isinstance(said, int) else of_vector(g, name, sizes[said[0]])
        sequences.declare(g, [found[s] for s in self.given.get("states", [])])
        for called, text in self.given.get("define", {}).items():
            name, _, variable = called.rstrip(")").partition("(")
            found[name] = g.define(name, parse(text, found, g))
            if variable:
                declare(g, name, [found[variable]])
        return found, g


def topics() -> Iterator[Topic]:
    for given in yaml.safe_load(Path(__file__).with_name("printed.yaml").read_text()):
        yield Topic(given["topic"], given)


def formulas() -> list[tuple[Topic, str, tuple[str, ...]]]:
    """Each formula with what it says, one text a statement; none of those that are to be refused."""
    return [
        (t, latex, () if means is None else (means,) if isinstance(means, str) else tuple(means))
        for t in topics()
        for latex, means in t.given["formulas"]
    ]


def as_meant(read: Reading, means: tuple[str, ...], scope: Mapping[str, Node], g: Graph) -> bool:
    """Whether each statement says, side by side, what was written by hand: the same node, or one that is proved to be equal."""
    if len(read.statements) != len(means):
        return False
    for said, text in zip(read.statements, means, strict=True):
        sides = [text] if said.holds else text.split(" == ")
        meant = [parse(side, scope, g, boolean=None) for side in sides]
        if len(meant) != len(said.nodes) or not all(map(same, said.nodes, meant)):
            return False
    return True


def same(a: Node, b: Node) -> bool:
    if a is b:
        return True
    if a.op in _CONDITIONS or b.op in _CONDITIONS:
        return a.op == b.op and a.attr == b.attr and len(a.args) == len(b.args) and all(map(same, a.args, b.args))
    equal = expand_all([a.graph.call("eq", a, b)])[0] if a.shape == b.shape else None
    return equal is not None and decide_condition(equal).status == "proved"
