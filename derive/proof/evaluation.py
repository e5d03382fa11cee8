"""A scalar sequent worked out: every node as a rational function over atoms, or as a truth, or as unknown, and why.

An operator is looked at once: what it asks for to have a value (``derive.numbers.definedness``) has to be shown, then a law
(``axioms``) gives its value.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

from derive.errors import Rejected
from derive.expr.folding import valued
from derive.expr.graph import Node
from derive.expr.operators import OPERATORS
from derive.flint import arb, fmpq
from derive.numbers.definedness import INVERSES, of_power, requirement
from derive.numbers.rational_functions import ARITHMETIC, Full, Poly, Quotient
from derive.proof.axioms import MEANINGS, Finer, Functions, Units, Unknown
from derive.proof.sequent import Sequent, conjuncts
from derive.proof.signs import (
    ANY,
    NEGATIVE,
    NONNEGATIVE,
    NONZERO,
    OF_COMPARISON,
    POSITIVE,
    ZERO,
    opposite,
    product,
    total,
)

BY_PARTS = {"add", "sub", "neg", "mul", "div", "def", *OF_COMPARISON}  # a comparison: of its left side minus its right
STEADY = {
    *["const", "symbol", "index", "add", "sub", "mul", "div", "neg", "def", "hold", "pi"],
    *["exp", "sigmoid", "tanh", "expm1", "sin", "cos", "erf", "atan", "Phi"],
}  # have one value, whatever signs are known, where their arguments are of these
#: May lack a value where their arguments have one.
NEEDY = {*INVERSES, *(o.name for o in OPERATORS.values() if not o.total)}
T = TypeVar("T")
Nodes = Sequence[Node]
MAX_ROUNDS = 16  # of more room, and of finer units
MAX_NODES = 6_000  # of the expressions of one evaluation


class Lacking(Rejected):
    """A conclusion that does not come out true: what was ``made`` of all that it speaks of, and what was ``found`` of it."""

    def __init__(self, found: Any, made: Evaluated) -> None:
        super().__init__(str(found or "the conclusion comes out false"))
        self.found, self.made = found, made


def wants(shown: bool, otherwise: str) -> None:
    if not shown:
        raise Rejected(otherwise)


def is_variable(n: Node) -> bool:
    """Whether a node is a real number on its own: a scalar symbol, or an entry of one (of which no other part is spoken of)."""
    return n.op == "symbol" or (n.op == "index" and n.args[0].op == "symbol")


def roomy(made: Callable[[int, Units], T]) -> T:
    """What is made of a field with as much room for atoms, and units of exponents as fine, as it takes."""
    room, units = 16, Units()
    for _ in range(MAX_ROUNDS):
        try:
            return made(room, units)
        except Full:
            room *= 2
        except Finer as e:
            units = e.units
    raise Rejected("exponents that keep needing finer units")


def evaluated(
    entries: Sequence[Sequent], shows: Callable[[Evaluated], None] | None = None, opaque: Nodes = ()
) -> Evaluated:
    """Scalar sequents with the same hypotheses worked out. ``shows`` raises Rejected where something is not shown: only then are
    hypotheses looked at twice, and held against each other."""
    given, roots = entries[0].hypotheses, [e.conclusion for e in entries]

    def made(twice: bool, room: int, units: Units) -> Evaluated:
        found = Evaluated(given, roots, room, units, opaque, twice)
        if shows is not None:
            shows(found)
        return found

    if shows is not None:
        try:
            return roomy(partial(made, False))
        except Rejected:
            if not given:
                raise
    return roomy(partial(made, True))


class Evaluated(Functions):
    """Hypotheses learnt, and every node that the roots need worked out: a quotient, a truth, or Unknown, and why."""

    def __init__(
        self, given: Nodes, roots: Nodes, room: int, units: Units, opaque: Nodes = (), twice: bool = True
    ) -> None:
        super().__init__(room, units)
        self.opaque = frozenset(opaque)  # variables
        self.hidden = frozenset(filter(valued, opaque))  # those with a value whatever theirs are: not looked into
        self.parts: dict[tuple[Node, int], int] = {}  # signs of nodes by their parts
        self.values: dict[Node, Any] = {}
        self.roots = set(roots)
        self.hypotheses = list(dict.fromkeys(c for h in given for c in conjuncts(h)))
        self.given = certain([h.args[0] if h.op == "not" else h for h in self.hypotheses])
        self.thorough = twice
        for again in (False, True)[: 1 + twice]:  # what was learnt later says more of what was worked out before
            for h in self.hypotheses:
                self.suppose(h, again)
            self.forget()
        self.work(roots)

    def forget(self) -> None:
        """Keeps what was worked out that more signs say no more of."""
        kept: dict[Node, Any] = {}
        for n, v in self.values.items():  # arguments before users
            if n.op in STEADY and isinstance(v, Quotient) and (n in self.hidden or all(a in kept for a in n.args)):
                kept[n] = v
        self.values = kept

    def suppose(self, h: Node, again: bool = True) -> None:
        """A hypothesis holds. ``again``: is it ruled out by what is known?"""
        negated = h.op == "not"
        inner = h.args[0] if negated else h
        if inner.op in OF_COMPARISON:
            self.work(inner.args)
            m = OF_COMPARISON[inner.op]
            x, y = (self.values[a] for a in inner.args)
            if isinstance(x, Quotient) and isinstance(y, Quotient):
                self.learn(x - y, 7 - m if negated else m)
        if again:
            self.work([h])
            self.contradiction |= self.values[h] is False

    # -- what is asked ------------------------------------------------------------------------------

    def known(self, n: Node) -> Any:
        """The value of a node. Raises Rejected where it is not known."""
        if isinstance(found := self.values[n], Unknown):
            raise Rejected(str(found))
        return found

    def adds_up(self, condition: Node, of: Iterable[tuple[Node, Node]]) -> None:
        """Raises Rejected where left - right is not these products and what has a known sign, together of the sign that is
        claimed."""
        wants(condition.op in OF_COMPARISON, "no comparison")
        left, right = map(self.known, condition.args)
        rest, signs = left - right, []
        for pair in of:
            x, y = map(self.known, pair)
            rest = rest - x * y
            square = NONNEGATIVE if (x - y).num == 0 else ANY
            signs.append(product(self.of(x), self.of(y)) & self.of(x * y) & square)
        signs.append(ZERO if self.vanishes(rest.num) else self.of(rest))
        wants(not total(signs) & ~OF_COMPARISON[condition.op], "the sum does not have the sign that is claimed")

    def true(self, *conditions: Node) -> None:
        """Raises Lacking where a conclusion does not come out true, of hypotheses that may hold."""
        for found in map(self.values.__getitem__, conditions):
            if found is not True and not (self.contradiction or (self.thorough and self.absurd())):
                raise Lacking(found, self)

    # -- working out --------------------------------------------------------------------------------

    def work(self, roots: Sequence[Node]) -> None:
        order = as_written(roots, self.hidden, self.values)
        wants(len(order) + len(self.values) <= MAX_NODES, "expressions that are too large")
        for n in order:
            try:
                self.values[n] = self._value(n)
            except Unknown as unknown:
                self.values[n] = unknown

    def _value(self, n: Node) -> Any:
        if n.op == "const":
            return self.const(fmpq(n.attr.numerator, n.attr.denominator))
        if is_variable(n) or n in self.hidden:
            return Unknown("a tensor") if n.shape else self.leaf(("leaf", n))
        return self.combined(n, [self.values[a] for a in n.args])

    def combined(self, n: Node, args: list[Any]) -> Any:
        """The value of a node whose arguments have these."""
        if n.op == "where" and isinstance(args[0], bool):
            return args[1] if args[0] else args[2]
        if n.op in ("and", "or") and any(a is (n.op == "or") for a in args):  # whatever the other is
            return n.op == "or"
        if n.op == "select":
            return self.select(*args)
        for a in args:
            if isinstance(a, Unknown):
                return a
        if n.op != "def" and any(isinstance(a, bool) != (n.op in ("and", "or", "not")) for a in args):
            raise Unknown("a number where a truth is asked for, or the other way round")
        if n.op in ("and", "or", "not"):
            return n.op == "and" or (n.op == "not" and not args[0])
        if n.op in NEEDY:
            self.defined(n, args)
        if n in self.opaque:
            return self.leaf(("leaf", n))
        return self.function(n, args)

    def leaf(self, key: Any, of: tuple[Poly, ...] = ()) -> Quotient:
        return self.poly(self.gen(self.atom(key, ANY, of)[0]))

    def defined(self, n: Node, args: list[Any]) -> None:
        """Shows that a node has a value where its arguments have one, or raises Unknown."""
        if n.op in INVERSES:
            raise Unknown(f"no rule for {n.op}")
        asked = of_power(args[1].constant, self.of(args[1]) == POSITIVE) if n.op == "pow" else requirement(n)
        if asked is None:
            return
        which, op, than = asked
        x, m = args[which] - than, OF_COMPARISON[op]
        if n in self.given and not (n.op == "pow" and args[1].constant is None):  # (-1)**k has a value for whole k
            self.learn(x, m)
        elif self.sign_by_parts(n.args[which], args[which], -than) & ~m:
            raise Unknown(f"whether {n.op} has a value is not shown")

    def sign_by_parts(self, n: Node, x: Quotient, more: int = 0) -> int:
        """The sign of x + more, x the value of a node: by its polynomial, or by the parts of the node as it is written."""
        if (n, more) in self.parts:
            return self.parts[n, more]
        m = self.of(x + more)
        parts = [(a, p) for a in n.args if isinstance(p := self.values.get(a), Quotient)]
        if m in (POSITIVE, ZERO, NEGATIVE) or n.op not in BY_PARTS or len(parts) < len(n.args):
            return m
        signs = [self.sign_by_parts(a, p) for a, p in parts]
        if n.op in ("sub", "neg", *OF_COMPARISON):
            signs[-1] = opposite(signs[-1])
        made = product(*signs) if n.op in ("mul", "div") else total(signs)
        if more:
            made = total((made, POSITIVE if more > 0 else NEGATIVE))
        if m & ~made:
            self.learn(x + more, made)
        self.parts[n, more] = m & made
        return m & made

    def note(self, p: Poly, m: int) -> None:
        super().note(p, m)
        self.parts.clear()

    def function(self, n: Node, args: list[Any]) -> Any:
        op = n.op
        match op:
            case "add" | "sub" | "mul" | "div":
                return ARITHMETIC[op](*args)
            case "neg":
                return -args[0]
            case "def" | "hold":
                return args[0]
            case "pi":
                return self.poly(self.value("pi", (), (), lambda v: arb.pi(), None, POSITIVE))
            case "pow":
                return self.raised_to(*args)
            case "exp" | "log" | "abs" | "sin" | "cos" | "erf" | "atan" | "floor" | "probit_odds":
                return getattr(self, op)(args[0])
            case "sign":
                return self.sign_of(args[0])
            case "apply":
                of = tuple(p for a in args for p in (a.num, a.den))
                return self.leaf(("apply", n.attr, *map(self.form, of)), of)
        if op in OF_COMPARISON:
            return self.compared(n, args[0] - args[1])
        if op in MEANINGS and op in OPERATORS:
            return MEANINGS[op](self, *args)
        raise Unknown(f"no rule for {op}")

    def raised_to(self, u: Quotient, v: Quotient) -> Quotient:
        """u**v, defined."""
        if (c := v.constant) is not None:
            return u ** int(c.p) if c.q == 1 else self.power(u, c)
        if not self.of(u) & ~ZERO:
            return u
        if self.of(u) & ZERO:
            raise Unknown("whether the base of a power is 0")
        return self.exp(v * self.log(u))

    def compared(self, n: Node, x: Quotient) -> bool:
        op, m = n.op, OF_COMPARISON[n.op]
        if op in ("eq", "ne") and self.vanishes(x.num):
            return op == "eq"
        if op == "eq" and n in self.roots:
            raise Unknown("the two sides are not told to be equal")
        found = self.sign_by_parts(n, x)
        if not found & ~m:
            return True
        if not found & m:
            return False
        raise Unknown("the two sides are not told to be equal" if op == "eq" else "a sign is not known")

    def sign_of(self, u: Quotient) -> Quotient:
        m = self.of(u)
        if m not in (POSITIVE, ZERO, NEGATIVE, NONZERO):
            raise Unknown("a sign is not known")
        return self.abs(u) / u if m == NONZERO else self.const({POSITIVE: 1, ZERO: 0, NEGATIVE: -1}[m])

    def select(self, s: Any, p: Any, q: Any) -> Any:
        """p where s > 0, q where s < 0; at s = 0 what both are."""
        if isinstance(s, Unknown):
            return s
        m = self.of(s)
        if m in (POSITIVE, NEGATIVE):
            return p if m == POSITIVE else q
        if isinstance(p, Unknown) or isinstance(q, Unknown):
            return p if isinstance(p, Unknown) else q
        if self.vanishes((p - q).num):
            return p
        if m == NONZERO:  # |s|/s is 1 or -1
            return (p + q + (p - q) * self.abs(s) / s) / 2
        raise Unknown("a derivative at its kink")


def as_written(roots: Sequence[Node], leaves: Container[Node], known: Container[Node]) -> list[Node]:
    """What the roots need but for what leaves need, and for what is known, arguments before users, in the order of the text: no
    outcome hangs on which node was made first, in this graph or another."""
    found: dict[Node, None] = {}
    work = [(r, False) for r in reversed(roots)]
    while work:
        n, seen = work.pop()
        if seen:
            found[n] = None
        elif n not in found and n not in known:
            work.append((n, True))
            work += [(a, False) for a in reversed(n.args)] if n not in leaves else []
    return list(found)


def certain(comparisons: list[Node]) -> set[Node]:
    """The nodes that have a value wherever these comparisons hold: what stands in no branch, and not in ``and`` or ``or``, which
    may not come to it."""
    found: set[Node] = set()
    work = [h for h in comparisons if h.op in OF_COMPARISON]
    while work:
        n = work.pop()
        if n not in found and n.op not in ("and", "or"):
            found.add(n)
            work += n.args[:1] if n.op in ("where", "select") else n.args
    return found
