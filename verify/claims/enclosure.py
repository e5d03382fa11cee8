"""All inputs that are consistent with printed digits: a union of boxes, found by branching and pruning.

A box in which a printed number can't come out is discarded for certain; one in which all printed numbers come out everywhere is
kept whole; another is split, down to edges too narrow to matter. Nothing is presumed of a range: boxes may be unbounded. Where
plain intervals settle nothing, slopes do: a quotient N/D lies in [l, h] only where N - l*D and N - h*D differ in sign (so that a
pole is no solution), a function with a slope of one sign lies between its ends, and on an unbounded box one whose derivatives
have one sign from some order on keeps its own (Moore, Kearfott and Cloud, Introduction to Interval Analysis, 2009).

What is asked of the enclosure is answered where all of its members agree, by splitting its boxes further.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import Any

from derive.calculus.reverse import gradient
from derive.engine.domain import Domain
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import BY_SIGN, COMPARISONS, CONNECTIVES, SMOOTH
from derive.flint import arb, fmpq
from derive.language import substitution
from derive.language.components import components
from derive.numbers.balls import evaluate, precision, rational
from derive.records import dataclass
from verify.claims.spans import BITS, INF, NOWHERE, Span, least, minus, most, over, spans, times

MAX_BOXES = 3_000  # looked at while an enclosure is found; of those left over nothing is known, and they are kept
MAX_BOXES_OF_MANY = 1_000  # where several inputs are unknown
MAX_ASKED = 2_000  # boxes looked at for one question
NARROW = Fraction(1, 2**50)  # relative width of an edge; where several inputs are unknown, of a box
NARROW_OF_MANY = Fraction(1, 2**16)
TINY = Fraction(1, 2**200)  # what is as near to 0 is not split further
HUGE = 2**4096  # nor is what is as far
MAX_EXPONENT = 5_000  # of 2: ends as far, or as near to 0, are left as they are
FAR = (Fraction(8), Fraction(2**12))  # from where on it is tried to prove that a number does not come out any more
DERIVATIVES = 4  # orders that are looked at for a sign on an unbounded box

#: Operators after which a function has derivatives of every order wherever it has a value.
_SMOOTH = {"def", "const", "symbol", "index", *SMOOTH}

End = Fraction | None  # None: unbounded


@dataclass(frozen=True, slots=True)
class Box:
    """An interval for each unknown input. ``inside``: every point of it gives all the printed numbers."""

    ends: tuple[tuple[End, End], ...]
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it constrains the inputs: the value of a node lies between the ends that round to the digits."""

    node: Node
    low: Fraction
    high: Fraction


@dataclass
class Enclosure:
    """The values of ``symbols`` at which all ``printed`` come out, ``given`` the values of all other inputs.

    ``boxes`` hold them all. ``certain``: there are some. ``whole``: no box was left unexamined for want of work."""

    symbols: tuple[Node, ...]
    printed: Sequence[Printed]
    given: Mapping[Node, fmpq]
    boxes: list[Box] = field(default_factory=list)
    certain: bool = False
    whole: bool = True

    # -- finding --------------------------------------------------------------------------------------

    def find(self, domain: Sequence[tuple[End, End]]) -> Enclosure:
        self._slopes = [[components(n)[0] for n in gradient(p.node, list(self.symbols))] for p in self.printed]
        self._affine = [a for p in self.printed if (a := self._as_affine(p)) is not None]
        work = deque(_quadrants(Box(tuple(domain))))
        count = 0
        while work:
            count += 1
            box = work.popleft()
            if count > (MAX_BOXES if len(self.symbols) == 1 else MAX_BOXES_OF_MANY):
                self.boxes, self.whole = [*self.boxes, box, *work], False
                break
            narrowed = self._narrowed(box)
            if len(self.symbols) > 1 and narrowed is not None and not _unbounded(narrowed):
                narrowed = self._by_slopes(narrowed)
            if narrowed is None:
                continue
            answers = [self._comes_out(p, narrowed) for p in self.printed]
            if any(a is False for a in answers):
                continue
            if all(a is True for a in answers):
                self.boxes.append(Box(narrowed.ends, True))
            elif self._small(narrowed):
                self.boxes.append(narrowed)
            else:
                work.extend(_split(narrowed))
        if len(self.symbols) == 1:
            self.boxes = [b for b in self.boxes if not (_unbounded(b) and not b.inside and self._never_far(b))]
        self.boxes.sort(key=_place)
        self.certain = any(b.inside for b in self.boxes) or any(self._has_a_point(b) for b in self.boxes[:64])
        self.certain = self.certain or (len(self.symbols) > 1 and bool(self.boxes) and self._on_a_line(domain))
        return self

    def _on_a_line(self, domain: Sequence[tuple[End, End]]) -> bool:
        """Whether there are some with all inputs but one at a simple number."""
        for i, x in enumerate(self.symbols):
            others = [(s, ends) for j, (s, ends) in enumerate(zip(self.symbols, domain, strict=True)) if j != i]
            for value in (Fraction(0), Fraction(1), Fraction(-1)):
                if all((a is None or a <= value) and (b is None or value <= b) for _, (a, b) in others):
                    given = {**self.given, **{s: rational(value) for s, _ in others}}
                    if Enclosure((x,), self.printed, given).find([domain[i]]).certain:
                        return True
        return False

    def _comes_out(self, p: Printed, box: Box) -> bool | None:
        """Whether a number is printed throughout a box, nowhere in it, or None."""
        found = spans([p.node], self._inputs(box))[0]
        if found is NOWHERE:
            return False
        low, high = rational(p.low), rational(p.high)
        if isinstance(found, Span):
            if found.high < low or found.low > high:
                return False
            if found.total and found.low >= low and found.high <= high:
                return True
        above, below = (self._sign(n, box) for n in _shifted(p))
        if above and below:
            return above != below
        return None

    def _never_far(self, box: Box) -> bool:
        """Whether some number is proved not to be printed for inputs as far as an unbounded box."""
        from derive.engine.properties.dispatch import decide_condition

        (x,), ((low, _),) = self.symbols, box.ends
        known = {n: n.graph.const(_fraction(v)) for n, v in self.given.items()}
        for p in self.printed:
            (node,) = substitution.put([p.node], known)
            g = node.graph
            for far in FAR:
                reach = g.call("ge", x, g.const(far)) if low is not None else g.call("le", x, g.const(-far))
                for beside in (g.call("lt", node, g.const(p.low)), g.call("gt", node, g.const(p.high))):
                    if decide_condition(beside, Domain([reach])).status == "proved":
                        return True
        return False

    def _has_a_point(self, box: Box) -> bool:
        for share in (Fraction(1, 2), Fraction(0), Fraction(1)):
            if any(a is None or b is None for a, b in box.ends):
                return False
            ends = tuple((a + (b - a) * share,) * 2 for a, b in box.ends if a is not None and b is not None)
            if all(self._comes_out(p, Box(ends)) is True for p in self.printed):
                return True
        return False

    def _as_affine(self, p: Printed) -> tuple[fmpq, list[fmpq], Printed] | None:
        """Of a number that depends on the inputs as a constant and a multiple of each: these."""
        slopes = self._slopes[self.printed.index(p)]
        if any(n in self.symbols for n in topological(slopes)) or any(
            n.op not in _SMOOTH for n in topological([p.node])
        ):
            return None
        at = {**self.given, **dict.fromkeys(self.symbols, fmpq(0))}
        constant, *factors = evaluate([p.node, *slopes], at, BITS)
        if not all(isinstance(v, fmpq) for v in (constant, *factors)):
            return None
        return constant, factors, p

    def _narrowed(self, box: Box) -> Box | None:
        """A box without parts in which a number that is affine in the inputs does not come out; None where nothing is left."""
        ends = list(box.ends)
        for constant, factors, p in self._affine:
            for i, factor in enumerate(factors):
                others = [(f, e) for j, (f, e) in enumerate(zip(factors, ends, strict=True)) if j != i and f != 0]
                if factor == 0 or any(None in e for _, e in others):
                    continue
                low = high = _fraction(constant)
                for f, (a, b) in others:
                    assert a is not None
                    assert b is not None
                    sides = sorted((_fraction(f) * a, _fraction(f) * b))
                    low, high = low + sides[0], high + sides[1]
                a, b = sorted(((p.low - high) / _fraction(factor), (p.high - low) / _fraction(factor)))
                old = ends[i]
                new = a if old[0] is None else max(a, old[0]), b if old[1] is None else min(b, old[1])
                if new[0] > new[1]:
                    return None
                ends[i] = new
        return Box(tuple(ends), box.inside)

    def _by_slopes(self, box: Box) -> Box | None:
        """A bounded box without parts in which a number does not come out, by the mean value theorem (an interval Newton step):
        f(x) is f(c) and, for each input, a slope of f somewhere in the box times the way from c."""
        ends = [(a, b) for a, b in box.ends if a is not None and b is not None]
        middle = [(a + b) / 2 for a, b in ends]
        centre = Box(tuple((m, m) for m in middle))
        inputs = self._inputs(box)
        for p, slopes in zip(self.printed, self._slopes, strict=True):
            found = spans(slopes, inputs)
            at = spans([p.node], self._inputs(centre))[0]
            if not isinstance(at, Span) or not all(isinstance(f, Span) and f.total for f in found):
                continue
            for i, slope in enumerate(found):
                if not (slope.low > 0 or slope.high < 0):
                    continue
                with precision(BITS):
                    rest = Span(rational(p.low) - at.high, rational(p.high) - at.low)
                    for j, other in enumerate(found):
                        if j != i:
                            rest = minus(rest, times(other, Span(*(rational(e - middle[j]) for e in ends[j]))))
                    step = over(rest, slope)
                low, high = _exactly(step.low), _exactly(step.high)
                if low is None or high is None:
                    continue
                a, b = ends[i]
                ends[i] = (max(a, middle[i] + low), min(b, middle[i] + high))
                if ends[i][0] > ends[i][1]:
                    return None
        return Box(tuple(_short_ends(e, old) for e, old in zip(ends, box.ends, strict=True)), box.inside)

    # -- asking ---------------------------------------------------------------------------------------

    def agreed(self, test: Callable[[Box], Any]) -> Any:
        """What a test says of all members; None where it does not say the same of all, or says nothing of some (None)."""
        said: Any = None
        work = deque(self.boxes)
        for _ in range(MAX_ASKED):
            if not work:
                return said
            box = work.popleft()
            if not box.inside and any(self._comes_out(p, box) is False for p in self.printed):
                continue
            found = test(box)
            if found is None:
                if self._small(box):
                    return None
                work.extend(_split(box))
            elif said is None:
                said = found
            elif said != found:
                return None
        return None

    def truth(self, condition: Node) -> Any:
        """Whether a condition (a scalar node) holds for all members: True, False, NOWHERE, or None."""
        return self.agreed(lambda box: self._truth(condition, box))

    def prints(self, node: Node, low: Fraction, high: Fraction) -> bool | None:
        """Whether a node lies between two numbers for all members (True), for none (False)."""
        found: bool | None = self.agreed(lambda box: self._comes_out(Printed(node, low, high), box))
        return found

    def decided(self, node: Node, question: Callable[[Any], Any]) -> Any:
        """The answer to ``question(value)`` that holds for all members; None where there is none."""

        def test(box: Box) -> Any:
            found = spans([node], self._inputs(box))[0]
            if not isinstance(found, Span) or not found.total or not (found.high - found.low < INF):
                return None
            with precision(BITS):
                return question(found.low if found.exact else arb(found.low).union(arb(found.high)))

        return self.agreed(test)

    def range(self, node: Node) -> Span | None:
        """The span of a node over all boxes."""
        found = [spans([node], self._inputs(b))[0] for b in self.boxes]
        known = [s for s in found if isinstance(s, Span)]
        if not known or len(known) < len([s for s in found if s is not NOWHERE]):
            return None
        return Span(least([s.low for s in known]), most([s.high for s in known]))

    def intervals(self, symbol: Node) -> list[tuple[End, End]]:
        """The values of one input, as intervals that do not touch."""
        i = self.symbols.index(symbol)
        merged: list[tuple[End, End]] = []
        for a, b in sorted((box.ends[i] for box in self.boxes), key=lambda e: (e[0] is not None, e[0] or 0)):
            last = merged[-1] if merged else None
            if last is not None and (last[1] is None or a is None or a <= last[1]):
                high = None if last[1] is None or b is None else max(last[1], b)
                merged[-1] = (last[0], high)
            else:
                merged.append((a, b))
        return merged

    # -- signs ----------------------------------------------------------------------------------------

    def _truth(self, condition: Node, box: Box) -> Any:
        found = spans([condition], self._inputs(box))[0]
        if isinstance(found, bool) or found is NOWHERE:
            return found
        if condition.op in CONNECTIVES:
            parts = [self._truth(a, box) for a in condition.args]
            if NOWHERE in parts:
                return None
            if condition.op == "not":
                return None if parts[0] is None else not parts[0]
            deciding = condition.op == "or"
            return deciding if deciding in parts else None if None in parts else not deciding
        if condition.op not in COMPARISONS:
            return None
        top, bottom = _quotient(condition.graph.sub(*condition.args))
        sign = self._sign(top, box) * self._sign(bottom, box)
        if not sign:
            return None
        return BY_SIGN[condition.op](sign)

    def _sign(self, f: Node, box: Box, order: int = 0) -> int:
        """1 or -1 where a function has this sign throughout a box, else 0."""
        found = spans([f], self._inputs(box))[0]
        if not isinstance(found, Span):
            return 0
        if found.low > 0 or found.high < 0:
            return (1 if found.low > 0 else -1) if found.total else 0
        if len(self.symbols) > 1 or order == DERIVATIVES or any(n.op not in _SMOOTH for n in topological([f])):
            return 0
        (low, high) = box.ends[0]
        if not found.total or (low is None and high is None) or low == high:
            return 0
        slope = self._sign(components(gradient(f, list(self.symbols))[0])[0], box, order + 1)
        if not slope:
            return 0
        ends = [self._sign(f, Box(((e, e),)), DERIVATIVES) for e in (low, high) if e is not None]
        if low is not None and high is not None:
            return ends[0] if ends[0] == ends[1] else 0
        return ends[0] if ends[0] == (slope if high is None else -slope) else 0

    # -- boxes ----------------------------------------------------------------------------------------

    def _inputs(self, box: Box) -> dict[Node, Span]:
        known = {n: Span(v, v) for n, v in self.given.items()}
        for s, (a, b) in zip(self.symbols, box.ends, strict=True):
            known[s] = Span(-INF if a is None else rational(a), INF if b is None else rational(b))
        return known

    def _small(self, box: Box) -> bool:
        narrow = NARROW if len(self.symbols) == 1 else NARROW_OF_MANY
        return all(_width(a, b) <= narrow for a, b in box.ends)


def _shifted(p: Printed) -> tuple[Node, Node]:
    top, bottom = _quotient(p.node)
    g = p.node.graph
    low, high = (g.sub(top, g.mul(g.const(t), bottom)) for t in (p.low, p.high))
    return low, high


def _quotient(node: Node) -> tuple[Node, Node]:
    """A node as one quotient of nodes, as far as it is written with sums, products, quotients and whole powers."""
    g: Graph = node.graph
    done: dict[Node, tuple[Node, Node]] = {}
    for n in topological([node]):
        parts = [done[a] for a in n.args]
        match n.op:
            case "def" | "hold":
                done[n] = parts[0]
            case "neg":
                done[n] = (g.neg(parts[0][0]), parts[0][1])
            case "add" | "sub":
                (a, b), (c, d) = parts
                join = g.add if n.op == "add" else g.sub
                done[n] = (join(a, c), b) if b is d else (join(g.mul(a, d), g.mul(c, b)), g.mul(b, d))
            case "mul":
                done[n] = (g.mul(parts[0][0], parts[1][0]), g.mul(parts[0][1], parts[1][1]))
            case "div":
                done[n] = (g.mul(parts[0][0], parts[1][1]), g.mul(parts[0][1], parts[1][0]))
            case _:
                done[n] = (n, g.one)
    return done[node]


def _quadrants(box: Box) -> list[Box]:
    """A box split at 0 in every direction."""
    found = [box]
    for i in range(len(box.ends)):
        found = [part for b in found for part in (_split_at(b, i, Fraction(0)) if _holds_zero(*b.ends[i]) else [b])]
    return found


def _holds_zero(a: End, b: End) -> bool:
    return (a is None or a < 0) and (b is None or b > 0)


def _split(box: Box) -> list[Box]:
    """The box halved where it is widest: by orders of magnitude far from 0 and near it, else in the middle."""
    i = max(range(len(box.ends)), key=lambda k: _width(*box.ends[k]))
    a, b = box.ends[i]
    if _holds_zero(a, b):
        return _split_at(box, i, Fraction(0))
    if a is None or (b is not None and b <= 0):
        at = -_between(None if b is None else -b, None if a is None else -a)
    else:
        at = _between(a, b)
    return _split_at(box, i, at)


def _between(a: End, b: End) -> Fraction:
    """A number between two that are not negative."""
    a = a or Fraction(0)
    if b is None:
        return max(Fraction(1), a * a, 4 * a)
    if a == 0:
        return min(Fraction(1), b * b) if b != 1 and b < 2 else Fraction(1) if b > 1 else Fraction(1, 4)
    if b / a > 16:
        half = (a.numerator.bit_length() - a.denominator.bit_length()) + (
            b.numerator.bit_length() - b.denominator.bit_length()
        )
        middle = Fraction(2) ** (half // 2)
        if a < middle < b:
            return middle
    return _short((a + b) / 2, (b - a) / 8)


def _short(x: Fraction, off: Fraction) -> Fraction:
    """A dyadic number near x: at most ``off`` away."""
    bits = max(0, (off.denominator // max(1, off.numerator)).bit_length() + 1)
    scale = 1 << bits
    return Fraction(round(x * scale), scale)


def _split_at(box: Box, i: int, at: Fraction) -> list[Box]:
    (a, b), rest = box.ends[i], box.ends
    halves = [(a, at), (at, b)]
    return [Box((*rest[:i], half, *rest[i + 1 :]), box.inside) for half in halves]


def _unbounded(box: Box) -> bool:
    return any(end is None for ends in box.ends for end in ends)


def _width(a: End, b: End) -> Fraction:
    """How wide an interval is beside its distance from 0."""
    if a is None or b is None:
        far = abs(a or b or Fraction(0))
        return Fraction(0) if far > HUGE else Fraction(4)
    if a == b or max(abs(a), abs(b)) < TINY:
        return Fraction(0)
    return (b - a) / max(abs(a), abs(b))


def _place(box: Box) -> tuple[Any, ...]:
    return tuple((a is not None, a or Fraction(0), b is None, b or Fraction(0)) for a, b in box.ends)


def _exactly(x: Any) -> Fraction | None:
    """An end as a fraction; None of an infinite one."""
    if isinstance(x, fmpq):
        return _fraction(x)
    if not x.is_finite():
        return None
    digits, power = x.mid().man_exp()
    if abs(int(power)) > MAX_EXPONENT:
        return None
    return Fraction(int(digits)) * Fraction(2) ** int(power)


def _short_ends(new: tuple[Fraction, Fraction], old: tuple[End, End]) -> tuple[End, End]:
    """Ends that have moved, with few digits, a little further out; those of the old interval at most."""
    if new == old:
        return old
    off = max((new[1] - new[0]) / 2**20, TINY)
    low, high = _short(new[0], off) - off, _short(new[1], off) + off
    return (old[0] if old[0] is None else max(old[0], low), old[1] if old[1] is None else min(old[1], high))


def _fraction(x: fmpq) -> Fraction:
    return Fraction(int(x.p), int(x.q))
