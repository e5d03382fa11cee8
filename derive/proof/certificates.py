"""Why a sequent is a theorem: a small sum type, and its form in JSON.

A certificate holds what has to be found and is then quickly checked: where to split, what a symbol equals, which exponents are
multiples of which. ``derive.proof.check`` says what each kind shows. To add a kind: a class here, a case in ``check``, its tests
(CONTRIBUTING.md).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from derive.expr.graph import Graph, Node, topological
from derive.proof.sequent import Sequent


@dataclass(frozen=True)
class Reflexive:
    """Both sides are one expression, and it has a value."""


@dataclass(frozen=True)
class Evaluation:
    """The conclusion comes out true when both sides are worked out as rational functions over atoms, by the laws of functions.

    ``units``: what the exponents of each basis element are multiples of, in the order in which they are met. ``opaque``:
    definitions that stand for variables, whatever their bodies are.
    """

    units: tuple[Fraction, ...] = ()
    opaque: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Absurd:
    """No point meets the hypotheses: one of them has a sign that the others rule out."""

    units: tuple[Fraction, ...] = ()


@dataclass(frozen=True)
class Numbers:
    """The conclusion speaks of no symbol, and holds of balls at so many bits (equality: of exact rationals)."""

    bits: int = 128


@dataclass(frozen=True)
class Parts:
    """Each entry of a tensor and each part of a conjunction, one by one."""

    of: tuple[Certificate, ...]


@dataclass(frozen=True)
class Split:
    """By the sign of an expression that has a value wherever the hypotheses hold: positive, zero, negative."""

    by: Node
    of: tuple[Certificate, Certificate, Certificate]


@dataclass(frozen=True)
class Alternatives:
    """By the cases of the n-th hypothesis, an ``or``."""

    n: int
    of: tuple[Certificate, Certificate]


@dataclass(frozen=True)
class Solved:
    """A symbol equals an expression wherever the hypotheses hold (shown by ``because``), so it can be put in its place."""

    symbol: Node
    value: Node
    because: Certificate
    then: Certificate


@dataclass(frozen=True)
class Lemma:
    """A fact that follows from the hypotheses (shown by ``because``) is one more."""

    fact: Node
    because: Certificate
    then: Certificate


@dataclass(frozen=True)
class Trusted:
    """No certificate: the engine says so. Makes no theorem; counted, and told by this name."""

    name: str


Certificate = Reflexive | Evaluation | Absurd | Numbers | Parts | Split | Alternatives | Solved | Lemma | Trusted
KINDS: dict[str, type[Certificate]] = {
    k.__name__: k for k in (Reflexive, Evaluation, Absurd, Numbers, Parts, Split, Alternatives, Solved, Lemma, Trusted)
}
MAX_ROWS = 20_000


class Unreadable(ValueError):
    """What is no certificate."""


def carried(sequent: Sequent, certificate: Certificate) -> dict[str, Any]:
    """A sequent with its certificate as JSON. Expressions are one table: a row is [operator, [numbers of rows], attribute,
    shape], each after those that it needs; numbers are text. Raises Unreadable where an expression holds what is no data."""
    rows: list[Any] = []
    number: dict[Node, int] = {}

    def place(root: Node) -> int:
        for n in topological([root], known=number):
            if len(rows) >= MAX_ROWS:
                raise Unreadable("an expression that is too large to carry")
            number[n] = len(rows)
            attr = str(n.attr) if n.op == "const" else _plain(n.attr)
            rows.append([n.op, [number[a] for a in n.args], attr, list(n.shape)])
        return number[root]

    def told(c: Any) -> Any:
        match c:
            case Node():
                return {"row": place(c)}
            case Fraction():
                return str(c)
            case tuple():
                return [told(x) for x in c]
            case int() | str():
                return c
        return {"kind": type(c).__name__, **{f.name: told(getattr(c, f.name)) for f in fields(c)}}

    hypotheses, conclusion = [place(h) for h in sequent.hypotheses], place(sequent.conclusion)
    made = told(certificate)
    return {"hypotheses": hypotheses, "conclusion": conclusion, "certificate": made, "rows": rows}


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
        sequent = Sequent(hypotheses, nodes[_index(data["conclusion"], nodes)])
        return sequent, _read(data["certificate"], nodes)
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError) as bad:
        raise Unreadable(f"not a certificate: {bad}") from None


def _read(data: Any, nodes: list[Node]) -> Certificate:
    kind = KINDS[data["kind"]]
    given: dict[str, Any] = {}
    for f in fields(kind):
        value = data[f.name]
        match f.name:
            case "units":
                given[f.name] = tuple(Fraction(u) for u in value)
            case "opaque":
                given[f.name] = tuple(nodes[_index(n["row"], nodes)] for n in value)
            case "of":
                given[f.name] = tuple(_read(c, nodes) for c in value)
            case "because" | "then":
                given[f.name] = _read(value, nodes)
            case "by" | "symbol" | "value" | "fact":
                given[f.name] = nodes[_index(value["row"], nodes)]
            case "n" | "bits":
                given[f.name] = int(value)
            case _:
                given[f.name] = str(value)
    return kind(**given)


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
