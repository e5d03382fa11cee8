"""A case's derivations as blocks: definitions with their values, local derivatives, then the chain rule backwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from derive.calculus.implicit import solved
from derive.calculus.reverse import expand_all
from derive.calculus.steps import Step, Walk, backward
from derive.expr import shapes
from derive.expr.graph import Node, topological
from derive.language.components import components
from derive.language.reader import to_text
from derive.language.tidy import tidy
from derive.programs.sharing import share
from verify.casefile.model import Case, Claim
from verify.claims.context import CaseContext
from verify.decimals import show
from verify.explain.blocks import Block, Equations, Row, Title, row, say
from verify.text import numbers

SHORT = 90  # characters up to which a derivative is also written without other derivatives
MAX_ENTRIES = 12  # entries of a tensor whose values are shown
MAX_SECOND = 64  # second derivatives that are listed

#: A derivative that is asked for: of what, by which variables.
Asked = tuple[Node, tuple[Node, ...]]


def asked(nodes: Iterable[Node]) -> list[Asked]:
    """What the expressions differentiate, and by what: objectives in the order in which they are first met."""
    found: dict[Node, dict[Node, None]] = {}
    for n in topological(nodes):
        if n.op in ("d", "hessian", "hvp") and not any(
            m.op in ("d", "hessian", "hvp") for m in topological([n.args[0]])
        ):
            by = n.args[2:] if n.op == "hvp" else n.args[1:]
            found.setdefault(n.args[0], {}).update(dict.fromkeys(by))
    return [(f, tuple(by)) for f, by in found.items()]


def walks(questions: Sequence[Asked]) -> list[Walk]:
    """The backward passes; what has no steps to show (a derivative that is not known) is left out."""
    found = []
    for f, by in questions:
        try:
            walk = backward(f, by)
        except (ValueError, ArithmeticError, NotImplementedError):
            continue
        if walk.steps:
            found.append(walk)
    return found


def passes(found: Sequence[Walk], context: CaseContext | None, level: int) -> Iterator[Block]:
    """The backward passes as blocks; ``context`` gives values (None: without)."""
    written: set[Node] = set()
    told: set[str] = set()  # what was said once about all passes
    for walk in found:
        if all(s.rule == "definition" and s.quantity in written for s in walk.steps):
            continue
        name = to_text(walk.objective)
        fresh = [local for local in walk.locals if local.quantity not in written]
        chained = [s for s in walk.steps if s.chain is not None or s.rule != "definition"]
        if fresh and chained:
            yield Title(level, f"Each definition, differentiated by what stands in it{_towards(name, found)}")
            yield Equations(tuple(row(p.quantity, [p.right], value(context, p.quantity, p.right)) for p in fresh))
            written.update(local.quantity for local in fresh)
        yield Title(level, f"From {name} backwards" if len(name) < 40 else "Backwards")
        lead = [said for said in _lead(walk) if said not in told]
        told.update(lead)
        if lead:
            yield say(" ".join(lead))
        yield Equations(tuple(_step(s, context) for s in walk.steps))


def _towards(name: str, found: Sequence[Walk]) -> str:
    return f", for {name}" if len(found) > 1 and len(name) < 40 else ""


def _lead(walk: Walk) -> Iterator[str]:
    if all(s.rule == "definition" for s in walk.steps):
        yield "Straight from the definition."
        return
    yield (
        "The chain rule, one definition at a time: the derivative by what is computed later, times the derivative of that "
        "by what it is computed from. Each line uses lines above it."
    )
    if any(s.rule not in ("definition", "chain rule") for s in walk.steps):
        yield "Where a quantity is used in several places, the contributions of all of them are added."
    if any(len(s.quantity.args[1].shape) == 1 for s in walk.steps if s.chain is not None and s.chain.op == "matmul"):
        yield (
            "The derivative of a vector by a vector is the Jacobian, [i, j] the derivative of entry i by entry j; the derivative "
            "of a number by a vector is a row before a Jacobian, and a column after a matrix."
        )


def _step(s: Step, context: CaseContext | None) -> Row:
    sides: list[Node | None] = [s.chain, s.worked]
    if s.expanded is not None and len(to_text(s.expanded)) <= SHORT:
        sides.append(s.expanded)
    return row(s.quantity, sides, value(context, s.quantity, s.expanded))


# -- forward ----------------------------------------------------------------------------------------


def needed(case: Case, nodes: Iterable[Node]) -> list[Node]:
    """The definitions of the case below some expressions, in the case's order."""
    below = set(topological(nodes))
    return [d.node for d in case.definitions.values() if d.node in below]


def forward(definitions: Sequence[Node], context: CaseContext | None) -> Equations:
    """The definitions, each with its value."""
    return Equations(
        tuple(row(d, [None if solved(d) else d.args[0]], value(context, d, d.args[0])) for d in definitions)
    )


def second(case: Case, context: CaseContext | None, level: int) -> Iterator[Block]:
    """The second derivatives that the case derives, and their products: one differentiation more."""
    for d in case.derivations:
        if d.node.op not in ("hessian", "hvp") or not d.node.shape:
            continue
        g, size = case.graph, len(d.node.shape) // 2
        entries = components(expand_all([d.node], marked=False)[0])
        where = [i for i in shapes.indices(d.node.shape) if d.node.op == "hvp" or i[:size] <= i[size:]]
        known = dict(zip(shapes.indices(d.node.shape), entries, strict=True))
        kept = [i for i in where if known[i] is not g.zero][:MAX_SECOND]
        names = [*case.symbols, *case.definitions]
        named, made = share(tidy([known[i] for i in kept]), names)
        yield Title(level, f"Second derivatives: {d.text}")
        parts = (
            f" {named[0].attr} to {named[-1].attr} are parts that stand in several places." if len(named) > 1 else ""
        )
        lead = "The gradient, differentiated once more" + (" along a direction" if d.node.op == "hvp" else "")
        rest = "What is not listed is 0" + (", or equal by symmetry" if d.node.op == "hessian" else "")
        yield say(f"{lead}. {rest}.{parts}")
        rows = [row(n, [n.args[0]], value(context, n, n.args[0])) for n in named]
        lefts = [g.index(d.node, i) for i in kept]
        yield Equations((*rows, *(row(e, [m], value(context, e, m)) for e, m in zip(lefts, made, strict=True))))


# -- values -----------------------------------------------------------------------------------------


def value(context: CaseContext | None, node: Node, shown: Node | None = None) -> str:
    """The value at the document's inputs in digits, a tensor in brackets; "" where it has none, or says nothing new."""
    if context is None or (shown is not None and shown.op == "const"):
        return ""
    try:
        entries = context.entries(node)
        if len(entries) > MAX_ENTRIES or any(context.missing(e) for e in entries):
            return ""
        values = [context.value(e) for e in entries]
    except (ValueError, ArithmeticError, NotImplementedError, KeyError):
        return ""
    if any(isinstance(v, bool | Exception) for v in values):
        return ""
    return _nested([numbers.exact(show(v)) for v in values], node.shape)


def _nested(cells: Sequence[Any], shape: Sequence[int]) -> str:
    for size in reversed(shape):
        cells = [f"[{', '.join(cells[i : i + size])}]" for i in range(0, len(cells), size)]
    return str(cells[0])


def nodes_of(claim: Claim) -> list[Node]:
    """The expressions of a claim."""
    return [n for n in (claim.of, *claim.equals, claim.by, claim.holds, claim.somewhere) if n is not None]
