"""Exact identities that keep the digits of floats, for what programs compute.

1 - sigmoid(x) is 0 in float64 from x = 37 on, where its value is that of sigmoid(-x). People write the first, and so do
derivatives (``s*(1 - s)``, ``1 - tanh(z)**2``); programs compute the second. Derivations in print and proofs never see these
forms: a backend applies them to the expressions that it is about to write, derivatives included.

``SUMS`` is one rule with a table: a sum of a number and a multiple of an operator's value (or its square) that cancels
somewhere, by the operator, the quotient of the multiple and the number, and the power. ``LOGARITHMS`` and ``log1p`` do the same
for logarithms. All identities hold for all real arguments, so that no condition goes with them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fractions import Fraction

from derive.expr.graph import Graph, Node, topological
from derive.language.meaning import unfold

Form = Callable[[Graph, Node], Node]

#: Operators of programs alone, with no form in the language; a backend that has a form for one gets it.
LOG_PHI = "log_Phi"  # log(Phi(x)), whose argument underflows


def _one(op: str, g: Graph, x: Node) -> Node:
    return g.node(op, (x,), None, x.shape)


def _times(g: Graph, k: int | Fraction, x: Node) -> Node:
    return g.mul(g.const(k), x)


def _logistic(g: Graph, k: int, x: Node) -> Node:
    return g.call("sigmoid", _times(g, k, x))


def _squared(op: str) -> Form:
    """2*op(x/2)**2"""
    return lambda g, x: _times(g, 2, g.pow(_one(op, g, _times(g, Fraction(1, 2), x)), g.const(2)))


#: (operator f, k, power p) -> 1 + k*f(x)**p
SUMS: Mapping[tuple[str, int | Fraction, int], Form] = {
    ("exp", -1, 1): lambda g, x: g.neg(_one("expm1", g, x)),
    ("expm1", 1, 1): lambda g, x: _one("exp", g, x),
    ("sigmoid", -1, 1): lambda g, x: _logistic(g, -1, x),
    ("sigmoid", -2, 1): lambda g, x: g.neg(_one("tanh", g, _times(g, Fraction(1, 2), x))),
    ("tanh", -1, 1): lambda g, x: _times(g, 2, _logistic(g, -2, x)),
    ("tanh", 1, 1): lambda g, x: _times(g, 2, _logistic(g, 2, x)),
    ("tanh", -1, 2): lambda g, x: _times(g, 4, g.mul(_logistic(g, 2, x), _logistic(g, -2, x))),
    ("erf", -1, 1): lambda g, x: _one("erfc", g, x),
    ("erf", 1, 1): lambda g, x: _one("erfc", g, g.neg(x)),
    ("erf", -1, 2): lambda g, x: g.mul(_one("erfc", g, x), _one("erfc", g, g.neg(x))),
    ("Phi", -1, 1): lambda g, x: _one("Phi", g, g.neg(x)),
    ("Phi", -2, 1): lambda g, x: g.neg(_one("erf", g, g.div(x, g.call("sqrt", g.const(2))))),
    ("cos", -1, 1): _squared("sin"),
    ("cos", 1, 1): _squared("cos"),
    ("cos", -1, 2): lambda g, x: g.pow(_one("sin", g, x), g.const(2)),
    ("sin", -1, 2): lambda g, x: g.pow(_one("cos", g, x), g.const(2)),
}


def _bell_of_tanh(g: Graph, x: Node) -> Node:
    """4*e/(1 + e)**2, e = exp(-2*abs(x)): one exponential, where two logistic functions take two."""
    e = g.call("exp", _times(g, -2, _one("abs", g, x)))
    return _times(g, 4, g.div(e, g.pow(g.add(g.one, e), g.const(2))))


#: The same in fewer operations, with a kink on the way that the whole has not: for programs that nobody differentiates.
TURNING: Mapping[tuple[str, int | Fraction, int], Form] = {("tanh", -1, 2): _bell_of_tanh}


def _log_erfc(g: Graph, x: Node) -> Node:
    """log(1 - erf(x)) left of 1/2, log(2*Phi(-sqrt(2)*x)) right of it."""
    right = g.add(g.call("log", g.const(2)), _one(LOG_PHI, g, g.neg(g.mul(g.call("sqrt", g.const(2)), x))))
    return g.call("where", g.call("lt", x, g.const(Fraction(1, 2))), g.call("log1p", g.neg(_one("erf", g, x))), right)


#: operator f -> log(f(x))
LOGARITHMS: Mapping[str, Form] = {
    "sigmoid": lambda g, x: g.neg(g.call("logaddexp", g.zero, g.neg(x))),
    "Phi": lambda g, x: _one(LOG_PHI, g, x),
    "erfc": _log_erfc,
}


def keeping_digits(
    roots: Sequence[Node],
    inputs: Iterable[Node],
    operators: Collection[str],
    through_definitions: bool = True,
    turning: bool = False,
) -> list[Node]:
    """The roots with equal values, in forms that keep their digits, of the ``operators`` that the target has.

    What is below the ``inputs`` is not looked at. Definitions keep their names; with ``through_definitions=False`` what is
    computed from a definition stays computed from it, since others differentiate by it. With ``turning``, for programs that
    nobody differentiates, forms may have kinks on the way.
    """
    writer = _Writer(frozenset(inputs), operators, through_definitions, turning)
    done: dict[Node, Node] = {n: n for n in writer.leaves}
    for n in topological(roots, known=writer.leaves):
        args = tuple(done[a] for a in n.args)
        made = n if args == n.args else n.graph.node(n.op, args, n.attr, n.shape)
        better = writer.better(made, n)
        done[n] = made if better is None or not writer.knows(better, args) else made.graph.broadcast(better, made.shape)
    return [done[r] for r in roots]


class _Writer:
    def __init__(self, leaves: frozenset[Node], operators: Collection[str], through: bool, turning: bool) -> None:
        self.leaves, self.operators, self.through, self.turning = leaves, operators, through, turning
        self.sums = {**SUMS, **TURNING} if turning else SUMS

    def knows(self, made: Node, below: Iterable[Node]) -> bool:
        """Whether the target has all operators of a form, down to what it is made from."""
        return all(
            n.op in self.operators or not n.args for n in topological([made], known=frozenset(below)) if n.op != "def"
        )

    def better(self, n: Node, written: Node) -> Node | None:
        match n.op:
            case "add" | "sub":
                return self._sum(n) or self._difference_of_exponentials(n) or self._of_floors(n)
            case "div":
                return self._of_odds(n) or self._quotient(n)
            case "probit_odds":
                return self._of_odds(n)
            case "log":
                return self._log(n, written)
            case "log1p":
                u = self._seen(n.args[0])
                return n.graph.call("logaddexp", n.graph.zero, u.args[0]) if u.op == "exp" else None
        return None

    def _seen(self, n: Node) -> Node:
        """What a definition stands for, as far as it may be looked through."""
        while self.through and n.op == "def" and n not in self.leaves:
            n = n.args[0]
        return n

    def _sum(self, n: Node) -> Node | None:
        """A number c and a multiple k*f(x)**p: c*(1 + (k/c)*f(x)**p)."""
        split = _with_number(n)
        if split is None:
            return None
        c, sign, term = split
        k, term = self._multiple(sign, term)
        power = 1
        if term.op == "pow" and term.args[1].op == "const":
            power, term = term.args[1].attr, self._seen(term.args[0])
        form = self.sums.get((term.op, Fraction(k) / c, power)) if term not in self.leaves else None
        return None if form is None else _times(n.graph, c, form(n.graph, term.args[0]))

    def _multiple(self, k: int | Fraction, n: Node) -> tuple[int | Fraction, Node]:
        """k*n with the numbers of n in k."""
        while True:
            n = self._seen(n)
            if n in self.leaves:
                return k, n
            if n.op == "neg":
                k, n = -k, n.args[0]
            elif n.op == "mul" and (c := _number(n.args[0])):
                k, n = k * c, n.args[1]
            elif n.op == "mul" and (c := _number(n.args[1])):
                k, n = k * c, n.args[0]
            elif n.op == "div" and (c := _number(n.args[1])):
                k, n = Fraction(k) / c, n.args[0]
            else:
                return k, n

    def _quotient(self, n: Node) -> Node | None:
        """x/b**2 = x/b/b: the power leaves the range of floats long before the quotient does."""
        x, b = n.args
        if b in self.leaves or b.op != "pow" or b.args[1].op != "const" or b.args[1].attr not in (2, 3):
            return None
        for _ in range(b.args[1].attr):
            x = n.graph.div(x, b.args[0])
        return x

    def _of_odds(self, n: Node) -> Node | None:
        """erfinv and probit, that a library has functions for: (1 + x)/(1 - x) loses the digits of a small x."""
        of = n.args[0] if n.op == "div" else n
        if of.op != "probit_odds" or of.args[0].op != "div":
            return None
        x = of.args[0].args[0]
        for meant, a in (("erfinv", x.args[1] if x.op == "add" else x), ("probit", x)):
            made = n.graph.node(meant, (a,), None, n.shape)
            if meant in self.operators and unfold([made])[0] is n:
                return made
        return None

    def _difference_of_exponentials(self, n: Node) -> Node | None:
        """k*exp(u) - k*exp(-u) = k*(expm1(u) - expm1(-u)), whose terms have one sign."""
        (k, a), (c, b) = (self._multiple(1, m) for m in n.args)
        if a.op != "exp" or b.op != "exp" or self.leaves & {a, b} or (k != c if n.op == "sub" else k != -c):
            return None
        g, u, v = n.graph, a.args[0], b.args[0]
        opposite = g.neg(u) is v or g.neg(v) is u
        return _times(g, k, g.sub(g.call("expm1", u), g.call("expm1", v))) if opposite else None

    def _of_floors(self, n: Node) -> Node | None:
        """Sums of floors that a library has a function for: in floats, x/y and x + 1/2 may be rounded to a whole number."""
        g = n.graph
        for u in (f.args[0] for f in _floors(n)):
            x, y = u.args if u.op in ("add", "sub", "div") else (u, u)
            for meant, args in (("mod", (x, y)), ("round", (x,)), ("round", (y,)), ("round", (g.neg(y),))):
                made = g.node(meant, args, None, n.shape)
                if meant in self.operators and unfold([made])[0] is n:
                    return made
        return None

    def _log(self, n: Node, written: Node) -> Node | None:
        """The logarithm of an operator's value, or of a sum 1 + t: log1p(t), but by the form of the sum where that is small."""
        g, x = n.graph, self._seen(n.args[0])
        if x not in self.leaves and x.op in LOGARITHMS:
            return LOGARITHMS[x.op](g, x.args[0])
        whole = self._seen(written.args[0])
        split = _with_number(whole) if whole not in self.leaves else None
        if split is None or split[0] != 1:
            return None
        t = self._again(split[2])
        t = g.neg(t) if split[1] < 0 else t
        near = g.call("log1p", t) if self._seen(t).op != "exp" else g.call("logaddexp", g.zero, self._seen(t).args[0])
        if x.op in ("add", "sub"):
            return near
        c, f = self._multiple(1, x)
        far = g.add(g.call("log", g.const(c)), LOGARITHMS[f.op](g, f.args[0])) if f.op in LOGARITHMS and c > 0 else n
        return g.call("where", g.call("gt", t, g.const(Fraction(-1, 2))), g.call("log1p", t), far)

    def _again(self, n: Node) -> Node:
        return keeping_digits([n], self.leaves, self.operators, self.through, self.turning)[0]


def _floors(n: Node) -> list[Node]:
    """The floors that a difference is made of, at most times something."""
    terms = [n] if n.op == "sub" else []
    while terms and terms[0].op == "sub":
        terms = [*terms[0].args, *terms[1:]]
    parts = [p for m in terms for p in (m.args if m.op == "mul" else (m,))]
    return [p for p in parts if p.op == "floor"]


def _with_number(n: Node) -> tuple[int | Fraction, int, Node] | None:
    """A sum of a number and one other term: the number, the sign of the term, and the term."""
    if n.op not in ("add", "sub"):
        return None
    a, b = n.args
    sign = 1 if n.op == "add" else -1
    if c := _number(a):
        return c, sign, b
    if c := _number(b):
        return sign * c, 1, a
    return None


def _number(n: Node) -> int | Fraction | None:
    n = n.args[0] if n.op == "broadcast" else n
    return n.attr if n.op == "const" else None
