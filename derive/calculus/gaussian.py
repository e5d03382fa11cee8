"""Expectations over a normal vector, ``expect(f for x in normal(mu, S))``, S a covariance: of polynomials in the entries of x
times exponentials of what is linear in them, exactly.

A product with exp(a.x) is what it is without it under another mean: E[p(x)*exp(a.x)] = exp(a.mu + a.S.a/2)*E[p(x + S.a)]. Moments
are those of Isserlis: E[x_i*q(x)] = mu_i*E[q(x)] + the sum of S_ij*E[dq/dx_j] (Stein's lemma).

That S is a covariance is seen from how it is written, since no number is an expectation over anything else: L @ L.T, which every
covariance is for some L, what is a square on a diagonal, sums of these, matrices of numbers; or a claim assumes it to be
definite. Of two or three rows written out, [[1, rho], [rho, 1]], the value asks for it: principal minors are not
negative (Sylvester).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import isqrt

from derive.calculus.reverse import expand_all
from derive.errors import ExpressionError
from derive.expr.graph import Graph, Node, topological
from derive.flint import fmpq, fmpq_mat
from derive.language.components import _minor as determinant
from derive.language.components import components
from derive.language.schemes import COVARIANCES

MAX_ENTRIES = 12  # of a normal vector
MAX_DEGREE = 12
MAX_WRITTEN = 3  # rows of a covariance of any entries
MAX_WORK = 100_000  # products of terms, and moments, of one expectation

#: Powers of the entries -> the coefficient, which does not speak of them.
Polynomial = dict[tuple[int, ...], Node]
#: The slopes of an exponent by the entries -> what that exponential is multiplied by.
Form = dict[tuple[Node, ...], Polynomial]

WRITTEN = (
    "a covariance that is seen to be one: S defined as L @ L.T (every covariance is that, for some L), diag(s**2), a sum of such,"
    " a symmetric matrix of numbers without negative eigenvalues, one of 2 or 3 rows written out, [[a, c], [c, b]],"
    " or what the claim assumes to be one: positive_definite(S)"
)


def expectation(f: Node, x: Node, mean: Node, covariance: Node) -> Node:
    """The expectation of f, of any shape, over the normal vector that the symbol x stands for. Raises ExpressionError where f is
    of another form."""
    g = f.graph
    f, mean, covariance = expand_all([f, mean, covariance])
    entries, flat = components(x), components(covariance)
    rows = [flat[i : i + len(entries)] for i in range(0, len(flat), len(entries))]
    normal = _Normal(g, entries, components(mean), rows)
    made = [normal.expectation(e) for e in components(f)]
    lacking = [] if is_covariance(covariance) else _minors(g, flat)
    for minor in lacking:  # without a value where there is no such distribution: 0 times a root that has none is added
        made = [g.add(e, g.node("mul", (g.zero, g.call("sqrt", minor)))) for e in made]
    for size in reversed(f.shape):
        made = [g.stack(made[i : i + size]) for i in range(0, len(made), size)]
    return made[0]


def worked_out(f: Node) -> Node:
    """f without derivatives to be taken, and with what its definitions are called with put in."""
    made: Node = expand_all([f])[0]
    return made


class _Normal:
    def __init__(self, g: Graph, x: Sequence[Node], mean: Sequence[Node], rows: Sequence[Sequence[Node]]) -> None:
        self.g, self.x, self.mean, self.rows = g, x, mean, rows
        self.zero = (0,) * len(x)
        self.none = (g.zero,) * len(x)  # no exponential
        self.work = 0

    def count(self, steps: int) -> None:
        self.work += steps
        if self.work > MAX_WORK:
            raise ExpressionError(f"an expectation over a normal variable of more than {MAX_WORK:,} products of terms")

    def expectation(self, f: Node) -> Node:
        g, total = self.g, self.g.zero
        for slopes, polynomial in self.form(f).items():
            shift = [self.sum([g.mul(s, a) for s, a in zip(row, slopes, strict=True)]) for row in self.rows]
            mean = [g.add(m, d) for m, d in zip(self.mean, shift, strict=True)]
            factor = g.one
            if slopes != self.none:
                half = [g.add(m, g.div(d, g.const(2))) for m, d in zip(self.mean, shift, strict=True)]
                factor = g.call("exp", self.sum([g.mul(a, h) for a, h in zip(slopes, half, strict=True)]))
            moments: dict[tuple[int, ...], Node] = {}
            for powers, c in polynomial.items():
                total = g.add(total, g.mul(g.mul(factor, c), self.moment(powers, mean, moments)))
        return total

    def moment(self, powers: tuple[int, ...], mean: Sequence[Node], known: dict[tuple[int, ...], Node]) -> Node:
        """E[x**powers], by the rule of Isserlis for the first of the entries."""
        g = self.g
        if powers not in known:
            self.count(len(powers))
            i = next((i for i, k in enumerate(powers) if k), None)
            if i is None:
                return g.one
            rest = _raised(powers, i, -1)
            terms = [g.mul(mean[i], self.moment(rest, mean, known))]
            for j, k in enumerate(rest):
                if k:
                    less = self.moment(_raised(rest, j, -1), mean, known)
                    terms.append(g.mul(g.const(k), g.mul(self.rows[i][j], less)))
            known[powers] = self.sum(terms)
        return known[powers]

    def sum(self, terms: Sequence[Node]) -> Node:
        total = self.g.zero
        for t in terms:
            total = self.g.add(total, t)
        return total

    # -- the form of an integrand -----------------------------------------------------------------------

    def form(self, f: Node) -> Form:
        """f as a polynomial in x times exponentials. Raises ExpressionError."""
        done: dict[Node, Form] = {e: {self.none: {_raised(self.zero, i, 1): self.g.one}} for i, e in enumerate(self.x)}
        for n in topological([f]):
            if n in done or not any(a in done for a in n.args):
                continue
            done[n] = self.made(n, [done.get(a) or {self.none: {self.zero: a}} for a in n.args], n.args[-1] in done)
            if any(sum(powers) > MAX_DEGREE for p in done[n].values() for powers in p):
                raise ExpressionError(f"a polynomial of degree above {MAX_DEGREE} in a normal variable")
        return done.get(f) or {self.none: {self.zero: f}}

    def made(self, n: Node, args: Sequence[Form], last: bool) -> Form:
        """A node by its arguments; ``last`` says whether the last of them moves with x."""
        g = self.g
        match n.op:
            case "def":
                return args[0]
            case "neg":
                return _each(args[0], g.neg)
            case "add":
                return self.added(args[0], args[1])
            case "sub":
                return self.added(args[0], _each(args[1], g.neg))
            case "mul":
                return self.product(args[0], args[1])
            case "div" if not last:
                return _each(args[0], lambda c: g.call("div", c, n.args[1]))
            case "pow" if n.args[1].op == "const" and n.args[1].attr in range(1, MAX_DEGREE + 1):
                made = args[0]
                for _ in range(int(n.args[1].attr) - 1):
                    made = self.product(made, args[0])
                return made
            case "exp":
                return self.exponential(args[0])
        raise ExpressionError(
            "over a normal variable, expectations are worked out of polynomials in it, times exp of what is linear in it"
        )

    def exponential(self, u: Form) -> Form:
        polynomial = u.get(self.none, {})
        if len(u) > 1 or not polynomial or any(sum(powers) > 1 for powers in polynomial):
            raise ExpressionError("over a normal variable, exp is of what is linear in it")
        slopes = tuple(polynomial.get(_raised(self.zero, i, 1), self.g.zero) for i in range(len(self.x)))
        constant = polynomial.get(self.zero)
        return {slopes: {self.zero: self.g.one if constant is None else self.g.call("exp", constant)}}

    def added(self, a: Form, b: Form) -> Form:
        made = {slopes: dict(p) for slopes, p in a.items()}
        for slopes, p in b.items():
            self.count(len(p))
            into = made.setdefault(slopes, {})
            for powers, c in p.items():
                into[powers] = self.g.add(into[powers], c) if powers in into else c
        return made

    def product(self, a: Form, b: Form) -> Form:
        made: Form = {}
        for (s, p), (t, q) in product(a.items(), b.items()):
            self.count(len(p) * len(q))
            into = made.setdefault(tuple(self.g.add(u, v) for u, v in zip(s, t, strict=True)), {})
            for (m, c), (k, d) in product(p.items(), q.items()):
                powers, term = tuple(i + j for i, j in zip(m, k, strict=True)), self.g.mul(c, d)
                into[powers] = self.g.add(into[powers], term) if powers in into else term
        return made


def _raised(powers: tuple[int, ...], i: int, by: int) -> tuple[int, ...]:
    return (*powers[:i], powers[i] + by, *powers[i + 1 :])


def _each(a: Form, change: Callable[[Node], Node]) -> Form:
    return {slopes: {powers: change(c) for powers, c in p.items()} for slopes, p in a.items()}


# -- what is a covariance ------------------------------------------------------------------------------


def is_covariance(n: Node) -> bool:
    """Whether a square matrix is seen to be symmetric and positive semidefinite."""
    while n.op == "def":
        n = n.args[0]
    if n in n.graph.templates.get(COVARIANCES, ()):
        return True
    if (numbers := _numbers(n)) is not None:
        return _semidefinite(numbers)
    match n.op:
        case "add":
            return all(a.shape == n.shape and is_covariance(a) for a in n.args)
        case "mul":
            return any(not c.shape and not_negative(c) and is_covariance(m) for c, m in (n.args, n.args[::-1]))
        case "div":
            return not n.args[1].shape and not_negative(n.args[1]) and is_covariance(n.args[0])
        case "inv":
            return is_covariance(n.args[0])
        case "stack":  # a diagonal, written out
            size, entries = n.shape[0], components(n)
            return all(not_negative(e) if k % (size + 1) == 0 else e is n.graph.zero for k, e in enumerate(entries))
        case "outer":
            return n.args[0] is n.args[1]
        case "diag":
            return len(n.args[0].shape) == 1 and not_negative(n.args[0])
        case "matmul":
            factors = _factors(n)
            k = len(factors) // 2
            mirrored = all(a is n.graph.transpose(b) for a, b in zip(factors[:k], factors[::-1], strict=False))
            return mirrored and (len(factors) % 2 == 0 or is_covariance(factors[k]))
    return False


def not_negative(n: Node) -> bool:
    """Whether all entries are seen to be 0 or more, as far as they have a value."""
    match n.op:
        case "const":
            return bool(n.attr >= 0)
        case "exp" | "abs" | "sqrt":
            return True
        case "pow":
            return (
                n.args[1].op == "const"
                and Fraction(n.args[1].attr).denominator == 1
                and (n.args[1].attr % 2 == 0 or not_negative(n.args[0]))
            )
        case "mul" if n.args[0] is n.args[1]:
            return True
        case "add" | "mul" | "div" | "stack" | "broadcast" | "def":
            return all(map(not_negative, n.args))
    return False


def _minors(g: Graph, entries: list[Node]) -> list[Node]:
    """The principal minors of a symmetric matrix that are not seen to be 0 or more."""
    size = isqrt(len(entries))
    chosen = (rows for k in range(1, size + 1) for rows in combinations(range(size), k))
    return [m for rows in chosen if not not_negative(m := determinant(g, entries, rows, rows))]


def _written_out(n: Node) -> bool:
    """Whether a matrix of a few rows is symmetric as it is written, and not of numbers alone."""
    while n.op == "def":
        n = n.args[0]
    size = n.shape[0]
    if n.op != "stack" or size > MAX_WRITTEN or _numbers(n) is not None:
        return False
    rows = [components(r) for r in n.args]
    return all(rows[i][j] is rows[j][i] for i in range(size) for j in range(i))


def _factors(n: Node) -> list[Node]:
    while n.op == "def":
        n = n.args[0]
    return [f for a in n.args for f in _factors(a)] if n.op == "matmul" else [n]


def _numbers(n: Node) -> list[Fraction] | None:
    """The entries of a matrix of numbers."""
    if any(m.op not in ("const", "stack", "diag", "broadcast", "def") for m in topological([n])):
        return None
    found = components(n)
    return [Fraction(e.attr) for e in found] if all(e.op == "const" for e in found) else None


def _semidefinite(entries: Sequence[Fraction]) -> bool:
    size = round(len(entries) ** 0.5)
    a = fmpq_mat(size, size, [fmpq(e.numerator, e.denominator) for e in entries])
    if a != a.transpose():
        return False
    # all roots of the characteristic polynomial are real: none is negative just where its signs alternate (Descartes)
    p = a.charpoly()
    return all(p[k] * (-1) ** (size - k) >= 0 for k in range(size + 1))


def sound(mean: Node, covariance: Node) -> str:
    """What is wrong with the parameters of a normal vector; or the empty string."""
    if len(covariance.shape) != 2 or covariance.shape[0] != covariance.shape[1]:
        return "a covariance is a square matrix"
    if len(mean.shape) != 1 or mean.shape[0] != covariance.shape[0]:
        return "a mean has an entry for each row of the covariance"
    if mean.shape[0] > MAX_ENTRIES:
        return f"a normal vector of more than {MAX_ENTRIES} entries"
    return "" if is_covariance(covariance) or _written_out(covariance) else f"normal(mu, S) takes {WRITTEN}"
