"""What one step mends a refuted formula, in words; see ``derive.repair`` for how it is found and proved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.graph import Node
from derive.language import to_text

if TYPE_CHECKING:
    from derive.decide.refute import Bounds
    from derive.repair import Repair

MAX_TEXT = 120  # characters beyond which a part of a formula is not written out


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What mends a formula, in words. ``condition``: the range of one quantity on which it is true as it stands, or ""."""

    words: str
    condition: str = ""
    factor: Fraction | None = None


def diagnosis(
    a: Node, b: Node, assuming: Sequence[Node], bounds: Bounds, others: Sequence[Node] = ()
) -> Diagnosis | None:
    """The step that makes b equal to a; None where no single step was proved to."""
    from derive.repair import find

    found = find(a, b, assuming, bounds, others)
    if found is None:
        return None
    plain = found.kind == "factor" and found.old is None and found.new.op == "const"
    return Diagnosis(said(found), _text(found.new) if found.region else "", Fraction(found.new.attr) if plain else None)


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


def said(repair: Repair) -> str:
    """The step in words."""
    words = WORDS.get(repair.kind, _instead)(repair)
    return f"{words}, where {' and '.join(map(_text, repair.needs[:3]))}" if repair.needs else words


def _factor(r: Repair) -> str:
    if r.old is not None:
        return _instead(r)
    if r.new.op == "const" and r.new.attr == -1:
        return "the sign is wrong"
    return f"right times {r.new.attr if r.new.op == 'const' else _text(r.new)}"


def _instead(r: Repair) -> str:
    assert r.old is not None
    if len(to_text(r.new)) > MAX_TEXT or len(to_text(r.old)) > MAX_TEXT:
        return f"right as {_text(r.mended)}" if len(to_text(r.mended)) <= MAX_TEXT else f"one slip in the {r.kind}"
    return f"right with {to_text(r.new)} in place of {to_text(r.old)}"


def _missing(r: Repair) -> str:
    """A term named by itself where it stands plainly in what is put."""
    new, old = r.new, r.old
    assert old is not None
    if new.op == "add" and old in new.args:
        return f"right with the term {_text(new.args[1] if new.args[0] is old else new.args[0])} added"
    if new.op == "sub" and new.args[0] is old:
        return f"right with the term {_text(new.args[1])} subtracted"
    return _instead(r)


def _superfluous(r: Repair) -> str:
    old = r.old
    assert old is not None
    if r.new in old.args:
        other = next((x for x in old.args if x is not r.new), None)
        if other is not None:
            what = "term" if old.op in ("add", "sub") else "divisor" if old.op == "div" else "factor"
            return f"right without the {what} {_text(other)}"
    return _instead(r)


def _condition(r: Repair) -> str:
    return f"holds if {_text(r.new)}"


def _text(n: Node) -> str:
    text = to_text(n)
    return text if len(text) <= MAX_TEXT else "..."


#: Factors that are a matter of convention rather than of size, and those that stand beside a size.
_NO_SIZE = (Fraction(1), Fraction(2), Fraction(1, 2))
_BESIDE_SIZE = tuple(Fraction(s * n, d) for s in (1, -1) for n, d in ((1, 1), (2, 1), (1, 2)))

#: How a kind of repair is told; the others say what stands in place of what.
WORDS: dict[str, Callable[[Repair], str]] = {
    "factor": _factor,
    "missing": _missing,
    "superfluous": _superfluous,
    "condition": _condition,
}
