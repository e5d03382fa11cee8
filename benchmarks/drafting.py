"""How much of what `errata draft` writes is what was written by hand: each drafted claim of a document against the hand-written
claims of the same section, by proof.

    python benchmarks/drafting.py DOCUMENT CASES [--show]

A drafted equation is the hand-written one where each side of the one is proved to equal a side of the other, by the names and
definitions of the hand-written case. A number is the same where its digits are, and what it is of.
"""

from __future__ import annotations

import argparse
import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from derive.budget import Exhausted, share
from derive.calculus.reverse import expand_all
from derive.engine.properties.dispatch import decide_condition
from derive.errors import ExpressionError
from derive.expr.graph import Node, topological
from derive.language.reader import parse
from verify.casefile import load
from verify.casefile.model import Case, Claim
from verify.draft import Drafted, drafts

STEPS = 3_000_000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("document", type=Path)
    options.add_argument("cases", type=Path)
    options.add_argument("--show", action="store_true", help="what is not matched")
    given = options.parse_args()
    hand = [load(path) for path in sorted(given.cases.glob("*.yaml"))]
    found: Counter[str] = Counter()
    for drafted in drafts(given.document):
        chapter = drafted.section.number.partition(".")[0]
        there = [c for c in hand if _section(c, drafted)]
        there += [c for c in hand if c not in there and chapter and c.name.startswith(f"{chapter}.")]  # tables float
        for claim in drafted.claims:
            how = matched(claim.reads, claim.prints, there, drafted)
            found[how] += 1
            if given.show and how not in MATCHED:
                print(f"{claim.s.line}: {how}: {claim.reads}  {claim.prints}")
        for defined in drafted.definitions:
            how = matched(f"{defined.name} == {defined.reads}", "", there, drafted)
            found[f"definition: {how}"] += 1
            if given.show and how not in MATCHED:
                print(f"{defined.s.line}: definition: {how}: {defined.name} == {defined.reads}")
    claims = sum(n for how, n in found.items() if not how.startswith("definition"))
    same = sum(found[how] for how in MATCHED)
    for how, n in found.most_common():
        print(f"{n:5}  {how}")
    print(f"{same} of {claims} claims are those that were written by hand, {100 * same / max(claims, 1):.1f} %")


SAME, PART, TRUE = "the same claim", "a link of one", "follows from the definitions by hand"
MATCHED = (SAME, PART, TRUE)


def _section(case: Case, drafted: Drafted) -> bool:
    """Whether the hand-written case is of the same section, or of its chapter where none is."""
    own = drafted.section.number
    where = {m[0] for c in case.claims for m in re.finditer(r"\d+\.\d+", c.where)} | {case.source.get("section", "")}
    return bool(own) and any(w == own or w.startswith(f"{own}.") or own.startswith(f"{w}.") for w in where if w)


def matched(reads: str, prints: str, hand: Sequence[Case], drafted: Drafted) -> str:
    """How a drafted claim is found among those that were written by hand."""
    best = "no name of it is known there"
    for case in hand:
        scope = {**{n: s.node for n, s in case.symbols.items()}, **{n: d.node for n, d in case.definitions.items()}}
        scope |= {n: case.graph.define(n, case.graph.const(v)) for n, v in case.sizes.items()}
        for d in drafted.definitions:  # that the hand-written case does without
            if d.name not in scope:
                with contextlib.suppress(ExpressionError):
                    scope[d.name] = case.graph.define(d.name, parse(d.reads, scope, case.graph, boolean=False))
        try:
            parts = [parse(p, scope, case.graph, boolean=None) for p in reads.split(" == ")]
        except ExpressionError as why:
            if best.startswith("no name") and not why.message.startswith("unknown symbol"):
                best = "other names or shapes there"
            continue
        best = "no such claim there"
        if len(parts) == 1:
            conditions = [
                n for c in case.claims for n in (c.holds, c.somewhere, *c.needs, *c.assuming) if n is not None
            ]
            if any(_condition(parts[0], n) for n in conditions):
                return SAME
            if any(c.of is not None and _same(parts[0], c.of) for c in case.claims):
                return SAME
            continue
        for claim in case.claims:
            for link in _links(claim, case):
                if any(_equation(link, (a, b)) for a, b in combinations(parts, 2)):
                    return SAME if len(parts) == 2 else PART
        said = prints or (reads.rpartition(" == ")[2] if _number(parts[-1]) else "")
        numbers = [c for c in case.claims if said and c.prints and _number_of(c.prints) == _number_of(said)]
        if any(c.of is not None and _same(c.of, parts[0]) for c in numbers):
            return SAME
        if all(_same(parts[0], p) for p in parts[1:]) and any(
            c.of is not None and _same(c.of, parts[0]) for c in case.claims
        ):
            return TRUE
    return best


def _links(claim: Claim, case: Case) -> Iterator[tuple[Node, Node]]:
    """The equations that a claim makes; a definition is one."""
    if claim.of is not None:
        for e in (*claim.equals, *([claim.by] if claim.by is not None else [])):
            yield claim.of, e
    if claim.holds is not None and claim.holds.op == "eq":
        yield claim.holds.args[0], claim.holds.args[1]
    for name in claim.defines:
        if name in case.definitions:
            node = case.definitions[name].node
            yield node, node.args[0]


def _equation(link: tuple[Node, Node], ours: tuple[Node, Node]) -> bool:
    """Whether two equations say the same: side by side, the one way or the other."""
    (a, b), (c, d) = link, ours
    return (_same(a, c) and _same(b, d)) or (_same(a, d) and _same(b, c))


def _number(node: Node) -> bool:
    return not any(n.op in ("symbol", "def") for n in topological([node]))


def _number_of(text: str) -> object:
    """A printed number by its digits, a sum of whole ones by what it is."""
    try:
        return str(sum(map(int, text.split(" + "))))
    except ValueError:
        return _digits(text)


CONDITIONS = ("eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not")


def _condition(a: Node, b: Node) -> bool:
    """Whether two relations say the same of the same sides."""
    return a is b or (
        a.op == b.op and a.op in CONDITIONS and all(_same(x, y) for x, y in zip(a.args, b.args, strict=False))
    )


def _same(a: Node, b: Node) -> bool:
    if a is b:
        return True
    if a.shape != b.shape or "property" in (a.op, b.op) or a.op in CONDITIONS or b.op in CONDITIONS:
        return False
    try:
        with share(STEPS):
            return decide_condition(expand_all([a.graph.call("eq", a, b)])[0]).status == "proved"
    except (Exhausted, ValueError, ArithmeticError, NotImplementedError):
        return False


def _digits(text: str) -> str:
    plain = re.sub(r"\s+|\\times10\^\{?|\}", "", text.replace("\\times", "e").replace("10^", ""))
    return plain.replace("{", "").lstrip("+").lower()


if __name__ == "__main__":
    main()
