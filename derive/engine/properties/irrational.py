"""Points with irrational coordinates at which a condition fails: ``x**2 != 2`` at sqrt(2), ``sin(x) != 1`` at pi/2.

Nothing here is near enough to count. A number in closed form is put in for a symbol, and comparisons are settled by the exact
signs of numbers (``constants``). Or an equation has a solution between two rationals, at which its sides differ by values of
opposite sign, and is continuous between them (the intermediate value theorem); whatever else is claimed of that point is shown of
the whole ball between the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, islice, pairwise, product

from derive.engine.counterexamples.points import Sampler
from derive.engine.counterexamples.simple_numbers import simplest
from derive.engine.decision import Decision
from derive.engine.domain import Domain, ranges
from derive.engine.equations import constants
from derive.engine.equations.cascade import decide_equal
from derive.engine.exceptional_sets import beside_zeros, vanishing
from derive.engine.limits.oracle import Oracle, Unsettled
from derive.engine.properties.parts import bare, negated
from derive.engine.reasons import Why
from derive.engine.relation import decide_holds
from derive.expr.folding import substitute
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import COMPARISONS, KINKED, OPERATORS, SMOOTH
from derive.flint import arb, fmpq
from derive.language.components import components
from derive.language.printing import to_text
from derive.numbers.balls import evaluate, precision, rational, truth

MAX_SYMBOLS = 3
MAX_NODES = 120
MAX_CASES = 6
MAX_FACTORS = 4
AT_ONCE = 200  # points at which all angles are multiples of a turn
STARTS = 4  # points whose other coordinates are kept
HALVINGS = 80
PARTS = 16  # of a range
PRECISION = 256
DIGITS = 12
TURNS = (2, 0, 1, -2, 6, 3, 4)  # multiples of pi/4, and below of pi/6
GRID = (*(Fraction(k, 2) for k in range(-20, 21)), Fraction(1, 1000), Fraction(-1, 1000), Fraction(100), Fraction(-100))

#: What is continuous wherever it has a value.
CONTINUOUS = {"const", "symbol", "index", "def", *SMOOTH, *(n for n in KINKED if not OPERATORS[n].jumps)} - {"select"}


def by_irrational_points(condition: Node, domain: Domain) -> Decision | None:
    """A refutation of a condition of scalars, or None."""
    (condition,) = components(condition) if not condition.shape else (condition,)
    failing = None if condition.shape else negated(condition)
    if failing is None or (whole := bare(failing)) is None:
        return None
    domain = domain.entries()
    if not _symbols([condition]):
        return None  # nothing about a point
    symbols = _symbols([condition, *domain.hypotheses])
    if not 0 < len(symbols) <= MAX_SYMBOLS or len(topological([condition, *domain.hypotheses])) > MAX_NODES:
        return None
    for case in _cases(whole):
        search = _Search(domain.given(*case), symbols)
        if found := search.in_closed_form() or search.between():
            missing = tuple(beside_zeros(condition, domain, _proved) or ())
            if not missing:
                return Decision("refuted", Why.FAILS_AT(at=found), place=found, method="ball arithmetic")
            fails = Why.FAILS_AT(at=found)
            return Decision("proved-if", Why.HOLDS(), missing, missing, method="normal form", fails=fails)
    return None


def of_numbers(condition: Node, domain: Domain) -> Decision | None:
    """A decision on a condition without symbols, by the exact signs of its differences; None where one is not settled."""
    (condition,) = components(condition) if not condition.shape else (condition,)
    if condition.shape or domain.hypotheses or _symbols([condition]):
        return None
    if _is_true(bare(condition)):
        return Decision("proved", Why.OF_EXACT_VALUES(), method="exact values")
    if _is_true(negated(condition)):
        return Decision("refuted", Why.FAILS(), witness={}, method="exact values")
    return None


def _is_true(condition: Node | None) -> bool:
    return condition is not None and any(all(map(_holds, case)) for case in _cases(condition))


def _proved(condition: Node, domain: Domain) -> bool:
    found = decide_holds(condition, domain)
    return found.status == "proved" and not found.conditions


def _cases(n: Node) -> list[list[Node]]:
    """Conjunctions of comparisons, one of which has to hold; none where there are too many."""
    if n.op == "or":
        found = [case for a in n.args for case in _cases(a)]
    elif n.op == "and":
        found = [[c for part in parts for c in part] for parts in product(*(_cases(a) for a in n.args))]
    else:
        found = [[n]] if n.op in COMPARISONS else []
    return found if len(found) <= MAX_CASES else []


def _symbols(roots: Sequence[Node]) -> list[Node]:
    return [n for n in topological(roots) if n.op == "index" or (n.op == "symbol" and not n.shape)]


class _Search:
    """Looks for a point of a domain of scalars."""

    def __init__(self, domain: Domain, symbols: Sequence[Node]) -> None:
        self.symbols = list(symbols)
        self.wanted = [*domain.hypotheses, *ranges({s: domain.ranges[s] for s in symbols if s in domain.ranges})]
        self.equations = [c for c in domain.hypotheses if c.op in ("eq", "ge", "le")]

    def bases(self) -> Iterator[Mapping[Node, Fraction]]:
        """Points that meet what speaks of strict inequalities only, as far as that is quick."""
        open_ = [c for c in self.wanted if c.op in ("gt", "lt", "ne")]
        g = self.symbols[0].graph
        total = g.zero
        for s in self.symbols:
            total = g.node("add", (total, s))
        yield from islice(Sampler(total, total, Domain(open_)).points(STARTS), STARTS)

    def angles(self) -> list[Node]:
        """Functions of angles in what is wanted."""
        return [n for n in topological(self.wanted) if n.op in ("sin", "cos", "atan")]

    # -- numbers in closed form -------------------------------------------------------------------------

    def in_closed_form(self) -> str:
        """The point as text; "" where none was found."""
        if not self.angles():
            return ""
        g = self.symbols[0].graph
        turned = [s for s in self.symbols if any(s in topological([n]) for n in self.angles())]
        for base in self.bases():
            fixed = {t: g.const(base.get(t, Fraction(1))) for t in self.symbols}
            single: Iterator[dict[Node, Node]] = ({s: value} for s in self.symbols for value in _turns(g))
            together = (
                dict(zip(turned, v, strict=True)) for v in islice(product(_turns(g), repeat=len(turned)), AT_ONCE)
            )
            for some in chain(single, together if len(turned) > 1 else ()):
                point = {**fixed, **some}
                if all(_holds(substitute(c, point)) for c in self.wanted):
                    return ", ".join(f"{to_text(t)} = {to_text(v)}" for t, v in point.items())
        return ""

    # -- between two rationals --------------------------------------------------------------------------

    def between(self) -> str:
        for c in self.equations:
            h = c.graph.sub(*c.args)
            others = [d for d in self.wanted if d is not c]  # all of which hold at the point, if it is one
            for p in [h, *vanishing(h, Domain(others))[:MAX_FACTORS]]:
                if any(n.op not in CONTINUOUS for n in topological([p])):
                    continue
                if (rest := _quotient(h, p, Domain(others))) is None:
                    continue
                for base in self.bases():
                    for s in self.symbols:
                        held = {t: base.get(t, Fraction(1)) for t in self.symbols if t is not s}
                        if s in _symbols([p]) and (found := self.root(p, rest, c, s, held)):
                            return found
        return ""

    def root(self, p: Node, rest: Node, equation: Node, s: Node, held: Mapping[Node, Fraction]) -> str:
        """A solution of p = 0 in s, where everything that is wanted holds; p times the ``rest`` is what the equation is about."""
        fixed = {t: rational(v) for t, v in held.items()}
        signs = [(at, _sign(p, {**fixed, s: rational(at)})) for at in self.places(s)]
        turns = [(low, high, below) for (low, below), (high, above) in pairwise(signs) if below * above < 0]
        for low, high, below in sorted(turns, key=lambda turn: (turn[0] < 0, abs(turn[0]))):
            span = self.narrowed(p, s, fixed, low, high, below)
            if span is None:
                continue
            with precision(PRECISION):
                ball = arb(rational(span[0])).union(arb(rational(span[1])))
            here = {**fixed, s: ball}
            others = (c for c in self.wanted if c is not equation)
            if not all(truth(c, here, PRECISION) is True for c in others) or not _valued([*equation.args, rest], here):
                continue
            told = [*((t, str(v)) for t, v in held.items()), (s, _written(p, s, held, span))]
            return ", ".join(
                f"{to_text(t)} = {v}" for t, v in sorted(told, key=lambda entry: self.symbols.index(entry[0]))
            )
        return ""

    def places(self, s: Node) -> list[Fraction]:
        """Numbers between which solutions are looked for."""
        low, _, high, _ = Sampler(s, s, Domain([c for c in self.wanted if s in c.args])).intervals[s]
        inner = (
            [low + (high - low) * Fraction(k, PARTS) for k in range(PARTS + 1)]
            if low is not None and high is not None
            else []
        )
        return sorted({*GRID, *inner})

    def narrowed(
        self, p: Node, s: Node, fixed: Mapping[Node, fmpq], low: Fraction, high: Fraction, below: int
    ) -> tuple[Fraction, Fraction] | None:
        """A short interval with a sign change of p, which has a value in all of it."""
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            now = _sign(p, {**fixed, s: rational(middle)})
            if now == 0:
                return None  # a rational solution, or a place without a value
            low, high = (middle, high) if now == below else (low, middle)
        with precision(PRECISION):
            ball = arb(rational(low)).union(arb(rational(high)))
        return (low, high) if _valued([p], {**fixed, s: ball}) else None


def _quotient(h: Node, p: Node, domain: Domain) -> Node | None:
    """q with h = p*q wherever all three have a value on a domain, proved."""
    g = h.graph
    if p is h:
        return g.one
    try:
        q = Oracle(g, g.symbol("point'"), domain).simple(g.div(h, p))
    except Unsettled:
        return None
    found = decide_equal(h, g.mul(p, q), domain)
    return q if found.status == "proved" else None


def _turns(g: Graph) -> Iterator[Node]:
    for turn in (Fraction(k, below) for below in (4, 6) for k in TURNS):
        yield g.div(g.mul(g.const(turn.numerator), g.call("pi")), g.const(turn.denominator))


def _holds(c: Node) -> bool:
    """Whether a comparison of numbers holds, exactly."""
    if any(n.op in COMPARISONS for a in c.args for n in topological([a])):
        return truth(c, {}, PRECISION) is True
    return constants.holds(c) is True


def _sign(n: Node, values: Mapping[Node, fmpq]) -> int:
    """1 or -1 for certain, else 0."""
    value = evaluate([n], values, PRECISION)[0]
    if isinstance(value, Exception):
        return 0
    with precision(PRECISION):
        return 1 if value > 0 else -1 if value < 0 else 0


def _valued(nodes: Sequence[Node], values: Mapping[Node, fmpq | arb]) -> bool:
    return not any(isinstance(v, Exception) for v in evaluate(nodes, values, PRECISION))


def _written(p: Node, s: Node, held: Mapping[Node, Fraction], span: tuple[Fraction, Fraction]) -> str:
    """A solution in closed form where it is a root or a logarithm, proved to be one; else its first digits."""
    g = p.graph
    low, high = span
    point = {t: g.const(v) for t, v in held.items()}
    guesses = []
    for k in (2, 3, 4):
        if low > 0 or high < 0:
            inner = simplest(*sorted((abs(low) ** k, abs(high) ** k)))
            root = g.call("sqrt", g.const(inner)) if k == 2 else g.pow(g.const(inner), g.const(Fraction(1, k)))
            guesses.append(root if low > 0 else g.neg(root))
    with precision(PRECISION):
        ends = sorted(_rational(arb(rational(e)).exp()) for e in span)
    guesses.append(g.call("log", g.const(simplest(*ends))))
    for guess in guesses:
        if constants.sign(substitute(p, {**point, s: guess})) == 0:
            return to_text(guess)
    return f"{float(low):.{DIGITS}g}..."


def _rational(value: arb) -> Fraction:
    middle = value.mid().fmpq()
    return Fraction(int(middle.p), int(middle.q))
