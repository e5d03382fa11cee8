"""Which one step mends a refuted formula, by the parts that are told; see ``derive.repair`` for how it is found and proved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.expr.graph import Node, topological
from derive.expr.operators import DERIVATIVES
from derive.language.reader import to_text
from derive.language.tidy import tidy
from derive.records import dataclass
from verify.text.steps import Step

if TYPE_CHECKING:
    from derive.engine.domain import Domain
    from derive.repair import Repair

MAX_TEXT = 120  # characters beyond which a part of a formula is not written out


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What mends a formula. ``condition``: the range of one quantity on which it is true as it stands, or "". ``factor``: of the
    whole side, where that is a number."""

    step: Step
    condition: str = ""
    factor: Fraction | None = None


def diagnosis(
    a: Node,
    b: Node,
    domain: Domain,
    others: Sequence[Node] = (),
    written: tuple[Node, Node] | None = None,
) -> Diagnosis | None:
    """The step that makes b equal to a; None where no single step was proved to, or none that is worth telling to who has
    ``written`` the two sides so."""
    from derive.repair import find

    found = find(a, b, domain, others, written=written[:1] if written else ())
    if found is None or (written and found.kind != "condition" and not shorter(_put(found), *written)):
        return None
    plain = found.kind == "factor" and found.old is None and found.new.op == "const"
    return Diagnosis(said(found), _text(found.new) if found.region else "", Fraction(found.new.attr) if plain else None)


def shorter(told: Node, left: Node, right: Node) -> bool:
    """Whether what is told is shorter than the equation that it is told of: else it helps nobody to see what is wrong. A name
    that a side is, or is the derivative of, counts as its definition."""
    return len(to_text(told)) < sum(_length(side) for side in (left, right))


def _length(side: Node) -> int:
    named = side.args[0] if side.op in DERIVATIVES else side
    meant = named
    while meant.op == "def":
        meant = meant.args[0]
    return len(to_text(side)) + max(len(to_text(meant)) - len(to_text(named)), 0)


def news(told: Node, left: Node, right: Node) -> bool:
    """Whether a form of the left side says more than the equation itself: it is shorter, none of its sides, and not made of the
    left side again, entry by entry."""
    again = left.op not in ("symbol", "index") and left in topological([told])
    return shorter(told, left, right) and not again and to_text(told) not in map(to_text, tidy([left, right]))


def by_size(seen: Sequence[tuple[Fraction, Mapping[str, int]]]) -> str:
    """A constant factor that goes along with one size at every instance where it was seen, such as ``1/N``; else ""."""
    first, sizes = seen[0]
    if all(c == first for c, _ in seen) and (len(seen) > 1 or abs(first) in _NO_SIZE):
        return ""
    fitting: dict[str, tuple[int, Fraction]] = {}
    for name in sizes:
        for power in (-1, 1):
            left = {c / Fraction(at[name]) ** power for c, at in seen}
            if len(left) == 1 and (k := left.pop()) in _BESIDE_SIZE:
                fitting.setdefault(name, (power, k))
    if len(fitting) != 1:
        return ""  # sizes that are equal at every instance can't be told apart
    ((name, (power, k)),) = fitting.items()
    above, below = k.numerator, k.denominator
    if power > 0:
        return f"{'' if above == 1 else '-' if above == -1 else f'{above}*'}{name}{'' if below == 1 else f'/{below}'}"
    return f"{above}/{name if below == 1 else f'({below}*{name})'}"


def said(repair: Repair) -> Step:
    """What is told of a step."""
    step = STEPS.get(repair.kind, _instead)(repair)
    return replace(step, where=" and ".join(map(_text, repair.needs[:3])))


def _put(r: Repair) -> Node:
    """What a repair is told by: the term or factor in question where it is one that can be named alone, else all that is put."""
    old, new = r.old, r.new
    if old is None or old is new:
        return new
    match r.kind:
        case "sign" if new is r.mended and old.op in ("add", "sub") and new.op in ("add", "sub"):
            return old.args[0] if new.args[0] is old.args[1] else old.args[1]
        case "missing" if new.op in ("add", "sub") and old in new.args[: 1 if new.op == "sub" else 2]:
            return new.args[1] if new.args[0] is old else new.args[0]
        case "slope":
            return new.args[1] if new.args[0] is old else new.args[0]
        case "superfluous" if new in old.args:
            return next((x for x in old.args if x is not new), new)
    return new


def _sign(r: Repair) -> Step:
    """Of a whole side by its term: the side with that sign is the other side."""
    return _instead(r) if (changed := _put(r)) is r.new else Step("sign", _text(changed))


def _factor(r: Repair) -> Step:
    if r.old is not None:
        return _instead(r)
    if r.new.op == "const" and r.new.attr == -1:
        return Step("negative", "-1")
    return Step("times", str(r.new.attr) if r.new.op == "const" else _text(r.new))


def _instead(r: Repair) -> Step:
    assert r.old is not None
    if len(to_text(r.new)) > MAX_TEXT or len(to_text(r.old)) > MAX_TEXT:
        return Step("as", _text(r.mended)) if len(to_text(r.mended)) <= MAX_TEXT else Step("slip", r.kind)
    return Step("with", to_text(r.new), _named(r.old))


def _named(n: Node) -> str:
    """A part of a formula; of a name that hides a power what it stands for, too."""
    hides = n.op == "def" and n.args[0].op in ("pow", "sqrt")
    return f"{to_text(n.args[0])} ({to_text(n)})" if hides else to_text(n)


def _missing(r: Repair) -> Step:
    """A term named by itself where it stands plainly in what is put."""
    if (term := _put(r)) is r.new:
        return _instead(r)
    return Step("added" if r.new.op == "add" else "subtracted", _text(term))


def _superfluous(r: Repair) -> Step:
    if (other := _put(r)) is r.new or r.old is None:
        return _instead(r)
    what = "term" if r.old.op in ("add", "sub") else "divisor" if r.old.op == "div" else "factor"
    return Step("without", _text(other), what)


def _text(n: Node) -> str:
    text = to_text(*tidy([n]))
    return text if len(text) <= MAX_TEXT else "..."


#: Factors that are a matter of convention rather than of size, and those that stand beside a size.
_NO_SIZE = (Fraction(1), Fraction(2), Fraction(1, 2))
_BESIDE_SIZE = tuple(Fraction(s * n, d) for s in (1, -1) for n, d in ((1, 1), (2, 1), (1, 2)))

#: How a kind of repair is told; the others say what stands in place of what.
STEPS: dict[str, Callable[[Repair], Step]] = {
    "slope": lambda r: Step("times", _text(_put(r))),
    "sign": _sign,
    "factor": _factor,
    "missing": _missing,
    "superfluous": _superfluous,
    "condition": lambda r: Step("if", _text(r.new)),
}
