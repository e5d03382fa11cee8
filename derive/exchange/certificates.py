"""Certificates in JSON: how they travel in a results file, and are read again (docs/certificates.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from fractions import Fraction
from typing import Any, get_args, get_origin, get_type_hints

from derive.exchange.rows import MAX_ROWS, Unreadable, listed, name, nodes, number, one_of, want, whole
from derive.expr.conditions import is_boolean
from derive.expr.graph import Node, topological
from derive.proof.certificates import KINDS, Certificate
from derive.proof.sequent import Sequent

MAX_DEPTH = 80  # of certificates in certificates


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
    """What ``carried`` made, in a graph of its own: of a stranger's data only what could have been made so. Raises Unreadable,
    which says where it is at fault."""
    want(isinstance(data, dict), "no table of hypotheses, conclusion, certificate and rows")
    unknown = sorted(map(str, data.keys() - {"rows", "sizes", "hypotheses", "conclusion", "certificate"}))
    want(not unknown, f"unknown entry {unknown[:1]}")
    found = nodes(data.get("rows"))
    hypotheses = tuple(_condition(h, found, "hypotheses") for h in listed(data.get("hypotheses"), "rows"))
    sizes = []
    for pair in listed(data.get("sizes", []), "sizes"):
        want(isinstance(pair, list) and len(pair) == 2, "a size is a number and its name")
        sizes.append((whole(pair[0], 1, 10**6), name(pair[1])))
    sequent = Sequent(hypotheses, _condition(data.get("conclusion"), found, "conclusion"), tuple(sizes))
    return sequent, _read(data.get("certificate"), found, MAX_DEPTH)


def _condition(i: Any, found: list[Node], where: str) -> Node:
    n = one_of(i, found)
    want(is_boolean(n), f"{where}: row {i} is no condition")
    return n


def _read(data: Any, found: list[Node], depth: int) -> Certificate:
    want(depth > 0, "certificates nested too deeply")
    want(isinstance(data, dict) and isinstance(data.get("kind"), str), "no certificate")
    kind = KINDS.get(data["kind"])
    want(kind is not None, f"no kind of certificate: {data['kind'][:60]!r}")
    assert kind is not None
    told, own = data.keys() - {"kind"}, {f.name for f in fields(kind)}
    asked = {f.name for f in fields(kind) if f.default is MISSING}
    want(asked <= told <= own, f"{kind.__name__} has the fields {', '.join(sorted(own)) or 'none'}")
    types = get_type_hints(kind)
    return kind(**{f.name: _field(data[f.name], types[f.name], found, depth) for f in fields(kind) if f.name in told})


def _field(value: Any, kind: Any, found: list[Node], depth: int) -> Any:
    """A field of a certificate, of the type that the kind says."""
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        parts = listed(value, "parts")
        if inner[-1] is Ellipsis:
            inner = inner[:1] * len(parts)
        want(len(parts) == len(inner), f"{len(parts)} parts of {len(inner)}")
        return tuple(_field(v, k, found, depth) for v, k in zip(parts, inner, strict=True))
    if kind is Node:
        want(isinstance(value, dict) and value.keys() == {"row"}, "no expression: expected {'row': n}")
        return one_of(value["row"], found)
    if kind is Fraction:
        return number(value)
    if kind is int:
        return whole(value, 0, 10**6)
    return name(value) if kind is str else _read(value, found, depth - 1)


def _plain(attr: Any) -> Any:
    if attr is None or isinstance(attr, int | str):
        return attr
    if isinstance(attr, tuple):
        return [_plain(a) for a in attr]
    if isinstance(attr, Fraction):
        return {"number": str(attr)}
    raise Unreadable(f"an expression that is no data: {type(attr).__name__}")


__all__ = ["Unreadable", "carried", "read"]
