"""Expectations over random schemes: ``expect(sum(g[n] for n in B) for B in subsets(N, 2))``, exactly.

A finite scheme is enumerated: every outcome with its probability, which may be an expression (``masks(n, p)``). The variable is a
whole number, or a vector of whole numbers that a loop can run over. A continuous variable (``uniform_interval``, ``normal``) is
taken in polynomials only, whose powers have known moments; a normal one, which may be a vector, also in exponentials
(``derive.calculus.gaussian``).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, permutations, product
from math import comb, factorial, perm
from typing import NoReturn

from derive.errors import ExpressionError, nearest
from derive.expr.conditions import conjuncts
from derive.expr.graph import Graph, Node, topological
from derive.expr.operators import DEFERRED, DERIVATIVES, OPERATORS
from derive.language.syntax import Reader
from derive.records import dataclass

#: What takes a loop over random schemes.
EXPECTATIONS = ("expect", "variance")

COVARIANCES = "covariances"  # in a graph: the matrices that are taken for such
_PARTIAL = {"inv", "solve", *(o.name for o in OPERATORS.values() if not o.total)}
_DEFINITE = ("positive_definite", "positive_semidefinite")

MAX_OUTCOMES = 2_000
MAX_DEGREE = 40  # of a polynomial in a continuous variable


@dataclass(frozen=True, slots=True)
class Scheme:
    """A finite scheme: how it is called, how many outcomes it has, and which, each a whole number or several.

    ``ones`` says that an outcome's probability is p**ones*(1 - p)**zeros; else all are equally likely.
    """

    usage: str
    summary: str
    count: Callable[..., int]
    outcomes: Callable[..., Iterator[int | tuple[int, ...]]]
    weighted: bool = False


SCHEMES: dict[str, Scheme] = {
    "uniform": Scheme("uniform(N)", "one of 0 to N-1", lambda n: n, lambda n: iter(range(n))),
    "subsets": Scheme("subsets(N, b)", "b of 0 to N-1, none twice", comb, lambda n, b: combinations(range(n), b)),
    "draws": Scheme("draws(N, b)", "b times one of 0 to N-1", pow, lambda n, b: product(range(n), repeat=b)),
    "permutations": Scheme("permutations(N)", "0 to N-1 in any order", lambda n: perm(n), lambda n: permutations(range(n))),
    "signs": Scheme("signs(n)", "n times 1 or -1", lambda n: 2**n, lambda n: product((1, -1), repeat=n)),
    "masks": Scheme("masks(n, p)", "n times 1 with probability p, else 0", lambda n: 2**n,
                    lambda n: product((1, 0), repeat=n), weighted=True),
}  # fmt: skip


def _uniform_moment(g: Graph, k: int, a: Node, b: Node) -> Node:
    """E[X**k] of the uniform distribution on [a, b]: the sum of a**i*b**(k-i) over k + 1."""
    total = g.zero
    for i in range(k + 1):
        total = g.add(total, g.mul(g.pow(a, g.const(i)), g.pow(b, g.const(k - i))))
    return g.mul(g.const(Fraction(1, k + 1)), total)


def _normal_moment(g: Graph, k: int, mu: Node, sigma: Node) -> Node:
    """E[X**k] of a normal distribution: the sum of binomial(k, 2j)*(2j - 1)!!*sigma**(2j)*mu**(k - 2j)."""
    total = g.zero
    for j in range(k // 2 + 1):
        ways = comb(k, 2 * j) * factorial(2 * j) // (2**j * factorial(j))
        power = g.mul(g.pow(sigma, g.const(2 * j)), g.pow(mu, g.const(k - 2 * j)))
        total = g.add(total, g.mul(g.const(ways), power))
    return total


#: Continuous schemes by their moments.
MOMENTS: dict[str, Callable[[Graph, int, Node, Node], Node]] = {
    "uniform_interval": _uniform_moment,
    "normal": _normal_moment,
}


def sound(name: str, first: Node, second: Node) -> str:
    """What is wrong with the parameters of a continuous scheme, as far as they are numbers; or the empty string."""
    if name == "normal" and second.op == "const" and second.attr < 0:
        return "a standard deviation is not negative"
    if name == "uniform_interval" and first.op == second.op == "const" and first.attr >= second.attr:
        return "an interval ends after it begins"
    return ""


_KNOWN = (*(s.usage for s in SCHEMES.values()), "uniform_interval(a, b)", "normal(mu, sigma)", "normal(mu, S)")


def call(t: ast.expr, fail: Callable[[str, ast.expr], NoReturn]) -> tuple[str, list[ast.expr]]:
    """The name and the arguments of what a random variable is drawn from."""
    if isinstance(t, ast.Call) and isinstance(t.func, ast.Name) and not t.keywords:
        name = t.func.id
        if name in SCHEMES or name in MOMENTS:
            return name, t.args
        fail(f"unknown scheme '{name}'{nearest(name, (*SCHEMES, *MOMENTS))}; known: {', '.join(_KNOWN)}", t)
    fail(f"a random variable is drawn from a scheme: {', '.join(_KNOWN)}", t)


def outcomes(r: Reader, t: ast.expr) -> list[tuple[Node, Node]]:
    """The outcomes of a finite scheme, each with its probability."""
    name, args = call(t, r.fail)
    scheme, g = SCHEMES[name], r.graph
    if len(args) != scheme.usage.count(",") + 1:
        r.fail(f"expected {scheme.usage}: {scheme.summary}", t)
    whole = args[:-1] if scheme.weighted else args
    sizes = [r.integer(a) for a in whole]
    if min(sizes) < 1 or max(sizes) > MAX_OUTCOMES:
        r.fail(f"{scheme.usage}: numbers from 1 to {MAX_OUTCOMES}", t)
    if name == "subsets" and sizes[1] > sizes[0]:
        r.fail(f"a subset of {sizes[1]} of {sizes[0]}", t)
    if (name != "uniform" and max(sizes) > 64) or (count := scheme.count(*sizes)) > MAX_OUTCOMES:
        r.fail(f"{scheme.usage} has more outcomes than the limit of {MAX_OUTCOMES}", t)
    found = []
    p = r.number_of(args[-1]) if scheme.weighted else g.one
    if p.op == "const" and not 0 <= p.attr <= 1:
        r.fail(f"{scheme.usage}: a probability is from 0 to 1", args[-1])
    for outcome in scheme.outcomes(*sizes):
        value = g.const(outcome) if isinstance(outcome, int) else g.stack([g.const(i) for i in outcome])
        if scheme.weighted and isinstance(outcome, tuple):
            ones = sum(outcome)
            weight = g.mul(g.pow(p, g.const(ones)), g.pow(g.sub(g.one, p), g.const(len(outcome) - ones)))
        else:
            weight = g.const(Fraction(1, count))
        found.append((value, weight))
    return found


# -- reading ----------------------------------------------------------------------------------------


def expectation(r: Reader, name: str, element: ast.expr, generators: Sequence[ast.comprehension]) -> Node:
    """expect(f for B in scheme) and variance(f for B in scheme); several variables are independent."""
    g = r.graph
    mean = expected(r, element, list(generators), 1)
    if name == "expect":
        return mean
    if mean.shape:
        r.fail("a variance is of a scalar", element)
    return g.call("sub", expected(r, element, list(generators), 2), g.pow(mean, g.const(2)))


def expected(r: Reader, element: ast.expr, generators: list[ast.comprehension], power: int) -> Node:
    """The expectation of a power of the element, the first variable outermost."""
    g = r.graph
    if not generators:
        value = r.real(r.value(element), element)
        return value if power == 1 else g.pow(value, g.const(power))
    first, *rest = generators
    if not isinstance(first.target, ast.Name) or first.ifs:
        r.fail("an expectation has one variable a scheme and no condition, as in 'for B in subsets(N, 2)'", first.iter)

    variable = first.target.id

    def inner(value: Node) -> Node:
        r.count_round("outcomes", first.iter)
        return expected(r.within({**r.scope, variable: value}), element, rest, power)

    name, arguments = call(first.iter, r.fail)
    if name in SCHEMES:
        total = None
        for value, weight in outcomes(r, first.iter):
            part = g.mul(weight, inner(value))
            total = part if total is None else g.add(total, part)
        assert total is not None
        return total
    if len(arguments) != 2:
        r.fail(f"{name} has two parameters", first.iter)
    if name == "normal" and (vector := _vector(r, arguments)) is not None:
        mean, covariance = vector
        if fault := Graph.normal().sound(mean, covariance):
            r.fail(fault, first.iter)
        x = g.node("symbol", (), f"{variable} of {name} {mean.shape}", mean.shape)  # one name, one shape
        value = inner(x)
        try:
            return over_a_vector(value, x, mean, covariance)
        except ExpressionError as e:
            r.fail(e.message, element)
    ends = [r.number_of(a) for a in arguments]
    if fault := sound(name, *ends):
        r.fail(fault, first.iter)
    x = g.node("symbol", (), f"{variable} of {name}", ())
    value = inner(x)
    try:
        if any(n.op in (*DERIVATIVES, *DEFERRED) for n in topological([value])):  # logp(x=e), d(logp, mu)
            value = Graph.normal().worked_out(value)
        if name == "normal" and (value.shape or any(n.op == "exp" for n in topological([value]))):
            spread = g.pow(ends[1], g.const(2))
            return over_a_vector(value, x, ends[0], g.stack([g.stack([spread])]))
        return integrated(value, x, lambda k: MOMENTS[name](g, k, *ends))
    except ExpressionError as e:
        r.fail(e.message, element)


def assume(g: Graph, conditions: Sequence[Node]) -> None:
    """Until it is told otherwise, the matrices that are definite where conditions hold may be covariances in what is read."""
    definite = (n for n in conjuncts(conditions) if n.op == "property" and n.attr in _DEFINITE)
    g.templates[COVARIANCES] = frozenset(n.args[0] for n in definite)


def over_a_vector(f: Node, x: Node, mean: Node, covariance: Node) -> Node:
    """The expectation of f over a normal variable. Raises ExpressionError."""
    made: Node = Graph.normal().expectation(f, x, mean, covariance)
    return made


def _vector(r: Reader, arguments: Sequence[ast.expr]) -> tuple[Node, Node] | None:
    """The mean and the covariance of a normal vector; None where the second parameter is a scalar, a standard deviation."""
    mean, spread = (r.real(r.within(r.scope).value(a), a) for a in arguments)
    if not spread.shape:
        if mean.shape:
            r.fail("the covariance of a vector is a matrix: normal(mu, sigma**2*eye(n))", arguments[1])
        return None
    return (r.graph.broadcast(mean, spread.shape[:1]) if not mean.shape else mean), spread


# -- continuous variables ----------------------------------------------------------------------------


def integrated(f: Node, x: Node, moment: Callable[[int], Node]) -> Node:
    """The expectation of a scalar polynomial f in x, by the moments of x. Raises ExpressionError where f is none."""
    g = f.graph
    total = g.zero
    for k, c in enumerate(coefficients(f, x)):
        m = moment(k)
        lost = m is g.zero and any(
            n.op in _PARTIAL for n in topological([c])
        )  # 0 times what may have no value is not 0
        total = g.add(total, g.node("mul", (m, c)) if lost else g.mul(c, m))
    return total


def coefficients(f: Node, x: Node) -> list[Node]:
    """The coefficients of a scalar f as a polynomial in x, lowest first. Raises ExpressionError where f is none."""
    g = f.graph
    done: dict[Node, list[Node]] = {}
    for n in topological([f]):
        if n is x:
            done[n] = [g.zero, g.one]
        elif not any(len(done[a]) > 1 for a in n.args):
            done[n] = [n]
        else:
            done[n] = _polynomial(g, n, [done[a] for a in n.args])
        if len(done[n]) > MAX_DEGREE + 1:
            raise ExpressionError(f"a polynomial of degree above {MAX_DEGREE} in a random variable")
    return done[f]


def _polynomial(g: Graph, n: Node, args: list[list[Node]]) -> list[Node]:
    def times(a: list[Node], b: list[Node]) -> list[Node]:
        out = [g.zero] * (len(a) + len(b) - 1)
        for i, p in enumerate(a):
            for j, q in enumerate(b):
                out[i + j] = g.add(out[i + j], g.mul(p, q))
        return out

    match n.op:
        case "def":
            return args[0]
        case "neg":
            return [g.neg(c) for c in args[0]]
        case "add" | "sub":
            a, b = args
            size = range(max(len(a), len(b)))
            join = g.add if n.op == "add" else g.sub
            return [join(a[i] if i < len(a) else g.zero, b[i] if i < len(b) else g.zero) for i in size]
        case "mul" if not n.shape:
            return times(*args)
        case "div" if len(args[1]) == 1:
            return [g.call("div", c, args[1][0]) for c in args[0]]
        case "pow" if n.args[1].op == "const" and n.args[1].attr in range(MAX_DEGREE + 1):
            out = [g.one]
            for _ in range(int(n.args[1].attr)):
                out = times(out, args[0])
                if len(out) > MAX_DEGREE + 1:
                    break
            return out
    raise ExpressionError("of a continuous variable, expectations are worked out of scalar polynomials only")
