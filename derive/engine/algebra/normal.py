"""The normal form of scalar nodes: quotients of polynomials over kernels, in one pass over the shared graph.

Three fidelities, cheapest first: definitions and functions as opaque atoms; definitions opened; functions opened into
kernels (``derive.engine.algebra.kernels``). Beside the value, a pass records per node what the value needs to exist
(*needs*), and which signs would let it say more (*asks*: where to split).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, Literal

from derive.engine.algebra.polynomials import Key, Quotient, Ring
from derive.engine.algebra.signs import NEGATIVE, NONNEGATIVE, NONPOSITIVE, NONZERO, POSITIVE, ZERO, Mask, Signs
from derive.expr.folding import nonzero
from derive.expr.graph import Node, topological
from derive.expr.operators import CONDITIONS, OPERATORS
from derive.flint import fmpq
from derive.numbers.definedness import need
from derive.records import dataclass


class Nothing:
    """The value of what has none: a division by zero, the log of a negative number."""

    def __repr__(self) -> str:
        return "no value"


NOTHING = Nothing()

#: A quotient, the truth of a condition (None: depends), or NOTHING.
Value = Any


class NoValue(ArithmeticError):
    """Raised by a rule whose value certainly does not exist."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a node needs to have a value: that ``what`` has a sign of ``signs``; or, where ``what`` is None, that the
    opaque thing ``key`` has one. ``node`` says it for people. ``hole``: it says so itself, by 0/what, and is no factor
    that cancels."""

    key: Key
    what: Quotient | None
    signs: Mask
    node: Node
    hole: bool = False


Fidelity = Literal["names", "atoms", "kernels"]
Rule = Callable[["Normal", Node, Sequence[Value]], Value]
RULES: dict[str, Rule] = {}


def rule(*ops: str) -> Callable[[Rule], Rule]:
    """Registers the rule of one or several operators at full fidelity."""

    def register(f: Rule) -> Rule:
        for op in ops:
            RULES[op] = f
        return f

    return register


@dataclass
class Normal:
    """One pass. ``values`` grows by ``run``.

    ``bound`` gives symbols a value in terms of the others (latest first to be worked out); ``sides`` says on which
    side of a kink that vanishes identically a derivative is taken, by the group of its ``select`` (see ``groups``).
    """

    ring: Ring
    signs: Signs
    fidelity: Fidelity = "kernels"
    bound: Sequence[tuple[Node, Node]] = ()
    sides: Mapping[Key, bool] = field(default_factory=dict)
    groups: Mapping[Node, tuple[Key, bool]] = field(default_factory=dict)
    values: dict[Node, Value] = field(default_factory=dict)
    needs: dict[Node, list[Need]] = field(default_factory=dict)
    asks: dict[Node, list[Node]] = field(default_factory=dict)
    followed: dict[Node, tuple[Node, ...]] = field(default_factory=dict)
    vanished: dict[Node, Key] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=lambda: RULES)

    def __post_init__(self) -> None:
        self.now: Node | None = None  # the node being worked out
        self.token = tuple((s.id, n.id) for s, n in self.bound) if self.bound else ()

    def run(self, roots: Iterable[Node]) -> None:
        """Works out the roots and all below. Raises Unwieldy, Regrow."""
        for symbol, solution in reversed(self.bound):
            if symbol not in self.values:
                self._run([solution])
                self.values[symbol] = self.values[solution]
        self._run(roots)

    def _run(self, roots: Iterable[Node]) -> None:
        values, opened = self.values, self.fidelity != "names"
        for n in topological(roots, through_definitions=opened):
            if n in values or (n.op == "symbol" and n.shape):
                continue
            values[n] = self._value(n)

    def _value(self, n: Node) -> Value:
        ring, op = self.ring, n.op
        if op == "const":
            return ring.const(fmpq(*_parts(n.attr)))
        if op in ("symbol", "index") or (op == "def" and self.fidelity == "names"):
            return ring.poly(ring.gen(ring.kernel(("name", n.id), lambda: n, frozenset((n,)))))
        values = self.values
        args = [values[a] for a in n.args]
        self.now = n
        try:
            if op in _ARITHMETIC:
                for a in args:
                    if a is NOTHING:
                        return NOTHING
                return _ARITHMETIC[op](self, n, args)
            if self.fidelity != "kernels":
                return NOTHING if NOTHING in args else self.atom(n)
            made = self.rules.get(op)
            if made is None:
                return NOTHING if NOTHING in args else self.opaque(n, args)
            if op not in ("where", "select", "and", "or") and NOTHING in args:
                return NOTHING
            return made(self, n, args)
        except (NoValue, ZeroDivisionError):
            return NOTHING

    # -- for rules --------------------------------------------------------------------------------

    def opaque(self, n: Node, args: Sequence[Value]) -> Value:
        """A node without a rule: an atom, where it has a value."""
        o = OPERATORS.get(n.op)
        asked = o.requirement(n) if o is not None else None
        if asked is not None:
            which, how, than = asked
            u = self.ring.sub(args[which], self.ring.const(than))
            signs = _SIGNS[how]
            if not self.signs.of(u) & signs:
                raise NoValue
            self.need(n, u, signs)
        return self.atom(n)

    def atom(self, n: Node) -> Value:
        """The node as an opaque kernel of the normal forms of its arguments."""
        parts: list[Any] = []
        bool_free: list[Node] = []
        polys = []
        for a in n.args:
            v = self.values[a]
            if isinstance(v, Quotient):
                parts.append(self.ring.quotient_key(v))
                polys += [v.num, v.den]
            elif v is NOTHING:
                parts.append("nothing")
            else:
                parts.append((a.id, self.token))
                bool_free.append(a)
        if n.op in CONDITIONS:
            return None
        free = self.ring.free(*polys) | self._symbols(bool_free)
        kernel = self.ring.kernel((n.op if n.attr is None else (n.op, n.attr), *parts), lambda: n, free, kinked=True)
        return self.ring.poly(self.ring.gen(kernel))

    def _symbols(self, roots: Sequence[Node]) -> frozenset[Node]:
        """The names that conditions depend on."""
        found: set[Node] = set()
        for n in topological(roots):
            v = self.values.get(n)
            if n.op in ("symbol", "index") and isinstance(v, Quotient):
                found |= self.ring.free(v.num, v.den)
        return frozenset(found)

    def need(self, n: Node, what: Quotient, signs: Mask, hole: bool = False) -> None:
        """Records that ``n`` has a value only where ``what``, the normal form of what it asks for, has one of these signs."""
        if what.den.is_one() and what.num.is_constant():
            return
        key = (self.ring.quotient_key(what), signs, hole)
        self.needs.setdefault(n, []).append(Need(key, what, signs, _said(n, signs), hole))

    def need_atom(self, n: Node, value: Quotient, node: Node | None = None) -> None:
        """Records that ``n`` has a value only where the opaque ``value`` has one; ``node`` says it, else what ``n`` asks for."""
        self.needs.setdefault(n, []).append(Need(("atom", self.ring.key(value.num)), None, NONZERO, node or _said(n)))

    def need_whole(self, n: Node, key: Key) -> None:
        """Records that ``n`` has a value only where the polynomial of that key is a whole number."""
        self.needs.setdefault(n, []).append(Need(("whole", key), None, NONZERO, _said(n)))

    def ask(self, n: Node, s: Node) -> None:
        """The value of ``n`` would say more where the sign of ``s`` were known."""
        self.asks.setdefault(n, []).append(s)

    def follow(self, n: Node, *args: Node) -> None:
        """Only these arguments of ``n`` matter: the branch taken."""
        self.followed[n] = args

    # -- what a root hangs on -----------------------------------------------------------------------

    def reach(self, root: Node) -> list[Node]:
        """The nodes that the value of the root needs: branches not taken, or not known to be taken, left out."""
        seen: set[Node] = set()
        work = [root]
        while work:
            n = work.pop()
            if n in seen:
                continue
            seen.add(n)
            if n.op != "def" or self.fidelity != "names":
                work.extend(self.followed.get(n, n.args))
        return sorted(seen, key=lambda n: n.id)


_SIGNS: Mapping[str, Mask] = {"gt": POSITIVE, "ge": NONNEGATIVE, "ne": NONZERO}


def _said(n: Node, signs: Mask = POSITIVE) -> Node:
    """What a node needs, for people; of a power, whose exponent may have turned out to be a number, by the sign of its base."""
    if n.op == "pow":
        return (
            nonzero(n.args[0])
            if signs == NONZERO
            else n.graph.call("gt" if signs == POSITIVE else "ge", n.args[0], n.graph.zero)
        )
    condition = need(n)
    assert condition is not None
    return condition


# -- arithmetic ------------------------------------------------------------------------------------


def _parts(value: Any) -> tuple[int, int]:
    return (value, 1) if type(value) is int else (value.numerator, value.denominator)


def _mul(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    zero, other = n.args
    if zero.op == "const" and zero.attr == 0 and other.op == "select" and nf.fidelity == "kernels":
        return _jump(nf, n, other)
    return nf.ring.mul(*args)


def _jump(nf: Normal, n: Node, select: Node) -> Value:
    """0*select(s, p, q) is how the calculus marks a jump: no derivative at s = 0 unless p = q there."""
    s, p, q = (nf.values[a] for a in select.args)
    if NOTHING in (s, p, q):
        return nf.ring.zero
    side = nf.signs.of(s)
    if side == ZERO:
        gap = nf.signs.of(nf.ring.sub(p, q))
        if not gap & ZERO:
            raise NoValue
        if gap != ZERO:
            nf.ask(n, n.graph.sub(select.args[1], select.args[2]))
            nf.need_atom(n, nf.atom(select), nonzero(select.args[0]))
    return nf.ring.zero


def _div(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    a, b = args
    if b.den.is_one() and b.num.is_constant():
        return nf.ring.div(a, b)
    hole = n.args[0].op == "const" and n.args[0].attr == 0
    nf.need(n, b, NONZERO, hole)
    return nf.ring.div(a, b)


def _pow(nf: Normal, n: Node, args: Sequence[Value]) -> Value:
    a, b = args
    if b.den.is_one() and b.num.is_constant():
        exponent = b.num.leading_coefficient() if b.num != 0 else fmpq(0)
        if exponent.q == 1:
            if exponent.p < 0:
                nf.need(n, a, NONZERO)
            return nf.ring.power(a, int(exponent.p))
    if nf.fidelity == "kernels":
        return RULES["pow"](nf, n, args)
    return nf.atom(n)


_ARITHMETIC: dict[str, Rule] = {
    "add": lambda nf, n, args: nf.ring.add(*args),
    "sub": lambda nf, n, args: nf.ring.sub(*args),
    "neg": lambda nf, n, args: nf.ring.neg(args[0]),
    "def": lambda nf, n, args: args[0],
    "hold": lambda nf, n, args: args[0],
    "mul": _mul,
    "div": _div,
    "pow": _pow,
}

#: What the sign of p - q says of a comparison: (certainly true if the mask lies in, certainly false if in)
BY_MASK: dict[str, tuple[Mask, Mask]] = {
    "gt": (POSITIVE, NONPOSITIVE),
    "ge": (NONNEGATIVE, NEGATIVE),
    "lt": (NEGATIVE, NONNEGATIVE),
    "le": (NONPOSITIVE, POSITIVE),
    "eq": (ZERO, NONZERO),
    "ne": (NONZERO, ZERO),
}
