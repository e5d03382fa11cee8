"""Certificates in JSON: how they travel in a results file, and are read again (docs/certificates.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from fractions import Fraction
from typing import Any

from derive.expr.graph import Graph, Node, topological
from derive.proof.certificates import KINDS, Certificate
from derive.proof.sequent import Sequent

MAX_ROWS = 20_000


class Unreadable(ValueError):
    """What is no certificate."""


def carried(sequent: Sequent, certificate: Certificate) -> dict[str, Any]:
    """A sequent with its certificate as JSON. Expressions are one table: a row is [operator, [numbers of rows], attribute,
    shape], each after those that it needs; numbers are text. Raises Unreadable where an expression holds what is no data."""
    rows: list[Any] = []
    number: dict[Node, int] = {}
    roots = [*sequent.hypotheses, sequent.conclusion, *_nodes(certificate)]
    for n in topological(roots):  # in the order in which they were made, on which a reader's may hang
        if len(rows) >= MAX_ROWS:
            raise Unreadable("an expression that is too large to carry")
        number[n] = len(rows)
        attr = str(n.attr) if n.op == "const" else _plain(n.attr)
        rows.append([n.op, [number[a] for a in n.args], attr, list(n.shape)])

    def told(c: Any) -> Any:
        match c:
            case Node():
                return {"row": number[c]}
            case Fraction():
                return str(c)
            case tuple():
                return [told(x) for x in c]
            case int() | str():
                return c
        return {"kind": type(c).__name__, **{f.name: told(getattr(c, f.name)) for f in fields(c)}}

    hypotheses, conclusion = [number[h] for h in sequent.hypotheses], number[sequent.conclusion]
    made = told(certificate)
    sizes = {"sizes": [list(s) for s in sequent.sizes]} if sequent.sizes else {}
    return {**sizes, "hypotheses": hypotheses, "conclusion": conclusion, "certificate": made, "rows": rows}


def _nodes(c: Any) -> Iterator[Node]:
    """The expressions in a certificate."""
    match c:
        case Node():
            yield c
        case tuple():
            for part in c:
                yield from _nodes(part)
        case Fraction() | int() | str():
            return
        case _:
            for f in fields(c):
                yield from _nodes(getattr(c, f.name))


def read(data: Any) -> tuple[Sequent, Certificate]:
    """What ``carried`` made, in a graph of its own. Raises Unreadable."""
    try:
        g, nodes = Graph(), list[Node]()
        for op, args, attr, shape in data["rows"]:
            attribute = Fraction(attr) if op == "const" else _listed(attr)
            below = tuple(nodes[_index(a, nodes)] for a in args)
            made = g.const(attribute) if op == "const" else g.node(op, below, attribute, tuple(map(int, shape)))
            nodes.append(made)
        hypotheses = tuple(nodes[_index(h, nodes)] for h in data["hypotheses"])
        sizes = tuple((int(n), str(name)) for n, name in data.get("sizes", ()))
        sequent = Sequent(hypotheses, nodes[_index(data["conclusion"], nodes)], sizes)
        return sequent, _read(data["certificate"], nodes)
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError) as bad:
        raise Unreadable(f"not a certificate: {bad}") from None


def _read(data: Any, nodes: list[Node]) -> Certificate:
    kind = KINDS[data["kind"]]
    return kind(**{f.name: _field(data[f.name], nodes, "Fraction" in str(f.type)) for f in fields(kind)})


def _field(value: Any, nodes: list[Node], number: bool) -> Any:
    """A field of a certificate: a number, or what its form tells."""
    match value:
        case list():
            return tuple(_field(v, nodes, number) for v in value)
        case {"row": n}:
            return nodes[_index(n, nodes)]
        case dict():
            return _read(value, nodes)
        case int() | str() if type(value) is not bool:
            return Fraction(value) if number else value
    raise ValueError(f"no part of a certificate: {value!r}")


def _index(i: Any, nodes: list[Node]) -> int:
    if type(i) is not int or not 0 <= i < len(nodes):
        raise ValueError(f"no row {i!r}")
    return i


def _plain(attr: Any) -> Any:
    if attr is None or isinstance(attr, int | str):
        return attr
    if isinstance(attr, tuple):
        return [_plain(a) for a in attr]
    if isinstance(attr, Fraction):
        return {"number": str(attr)}
    raise Unreadable(f"an expression that is no data: {type(attr).__name__}")


def _listed(attr: Any) -> Any:
    if isinstance(attr, list):
        return tuple(_listed(a) for a in attr)
    return Fraction(attr["number"]) if isinstance(attr, dict) else attr
