"""What properties mean, and the rules by which they follow: of each rule, the sequents that it follows from.

A property is about the function of its variable x that its first argument is, the other symbols fixed. D is where the
hypotheses hold, as a set of x. To say it of f says also that f has a value all over D.

- ``convex``, ``concave``: f(x + t*(y - x)) <= f(x) + t*(f(y) - f(x)) for 0 <= t <= 1, wherever these three points lie in D; >=
- ``increasing`` and its like: f(x) < f(y) for x < y in D
- ``minimizer(f, x, v)``: v lies in D, and f(v) <= f(x) for x in D; ``unique_minimizer``: f(v) < f(x) for x != v
- ``subdifferential(f, x, lo, hi, p)``: f(y) >= f(p) + c*(y - p) for all y in D holds of just the c from lo to hi
- ``positive_definite(A)``: A is symmetric, and v @ A @ v > 0 for all v but 0; ``positive_semidefinite``: >= 0

and at each point of D (*pointwise*), as a function on all points at which f has a value:

- ``continuous``, ``differentiable``, ``smooth`` (with derivatives of every order)
- ``slope(f, x, c)``: f is differentiable, with the gradient c; ``stationary(f, x, v)``: so it is at v, if v lies in D, with 0
- ``rising``, ``rising strictly``, x a number: f is continuous, and no limit of its difference quotients is < 0 (is <= 0)

``not`` a property: it fails, whatever values the other symbols have, where D is not empty.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import reduce
from itertools import combinations

from derive.calculus.reverse import gradient, second_derivatives
from derive.errors import Rejected
from derive.expr.below import below
from derive.expr.folding import substitute_all
from derive.expr.graph import Node, topological
from derive.expr.operators import NEGATED, ORDERS, SMOOTH
from derive.language.components import components_all
from derive.language.properties import DEFINITE
from derive.proof.evaluation import is_variable, wants
from derive.proof.rules.curvature import CONCAVE, CONVEX, DOWN, FALLING, RISING, UP, Curvature, affine
from derive.proof.sequent import Sequent, conjunction, conjuncts
from derive.records import dataclass

MONOTONE = {"increasing": "lt", "nondecreasing": "le", "decreasing": "gt", "nonincreasing": "ge"}
CURVED = {"convex": "le", "concave": "ge"}
LEAST = ("minimizer", "unique_minimizer")
SHOWN_BY = {
    "convex": CONVEX, "concave": CONCAVE,
    "increasing": RISING, "nondecreasing": UP, "decreasing": FALLING, "nonincreasing": DOWN,
}  # fmt: skip
ANALYTIC = SMOOTH - {"hold"} | {"def"}
CONTINUOUS = ANALYTIC | {"abs", "relu", "min", "max"}
MAX_ROWS = 6
MAX_PRINCIPAL = 4  # rows of which all principal minors are looked at


@dataclass(frozen=True)
class Claim:
    """A property sequent, laid out: of the function f of the variables x, with more arguments, under hypotheses."""

    sequent: Sequent
    name: str
    f: Node
    x: tuple[Node, ...]
    more: tuple[tuple[Node, ...], ...]

    @property
    def given(self) -> tuple[Node, ...]:
        return self.sequent.hypotheses

    def plain(self, *wanted: Node, given: Iterable[Node] = ()) -> Sequent:
        """That conditions hold, all of them."""
        return Sequent(tuple(dict.fromkeys([*self.given, *given])), conjunction(wanted))

    def also(self, name: str, f: Node, *more: Node, given: Iterable[Node] = ()) -> Sequent:
        """Another property of a function of the same variable."""
        x = self.x if name == "slope" else self.sequent.conclusion.args[1:2]
        return self.plain(f.graph.node("property", (f, *x, *more), name), given=given)

    def at(self, values: Sequence[Node], *of: Node) -> list[Node]:
        return substitute_all(of, dict(zip(self.x, values, strict=True)))

    def alone(self, *wanted: Node) -> Sequent:
        """That conditions hold whatever x is: by the hypotheses that don't speak of it."""
        return Sequent(tuple(h for h in self.given if not below(h, self.x)), conjunction(wanted))

    def fresh(self, mark: str, count: int = 0, beside: Iterable[Node] = ()) -> tuple[Node, ...]:
        """New symbols, one for each variable: none of the claim, nor of what stands ``beside`` it."""
        g, count = self.f.graph, count or len(self.x)
        used = {n.attr for n in topological([*self.given, self.sequent.conclusion, *beside]) if n.op == "symbol"}
        while any(f"{mark}{i}" in used for i in range(count)):
            mark += "'"
        return tuple(g.symbol(f"{mark}{i}") for i in range(count))

    def free(self, points: Sequence[Node]) -> Sequence[Node]:
        """Points, which are not to speak of x."""
        wants(not any(below(p, self.x) or p.shape for p in points), "a point that depends on the variable")
        return points

    def inside(self, values: Sequence[Node], alone: bool = False) -> list[Sequent]:
        """That a point lies in D."""
        held = self.at(values, *(h for h in self.given if below(h, self.x)))
        return [self.alone(*held) if alone else self.plain(*held)] if held else []


def minus(a: Node, b: Node) -> Node:
    """a - b as it stands, for a - a has a value only where a has."""
    return a.graph.node("sub", (a, b))


def laid_out(s: Sequent) -> Claim:
    """Raises Rejected where the conclusion is no property, or a hypothesis asks for one."""
    n = s.conclusion
    wants(n.op == "property", "no property")
    wants(not any(m.op == "property" for m in topological(s.hypotheses)), "a property that is assumed")
    parts = components_all([*s.hypotheses, *n.args])
    given = tuple(dict.fromkeys(h for part in parts[: len(s.hypotheses)] for c in part for h in conjuncts(c)))
    f, *args = parts[len(s.hypotheses) :]
    if n.attr == "slope":
        half = len(args) // 2
        args = [[e for a in args[:half] for e in a], [e for a in args[half:] for e in a]]
    s = replace(s, hypotheses=given)
    if n.attr in DEFINITE:
        wants(len(n.args[0].shape) == 2 and len(set(n.args[0].shape)) == 1, "no square matrix")
        return Claim(s, n.attr, n.args[0], (), (tuple(f),))
    x, *more = map(tuple, args)
    wants(len(f) == 1 and all(map(is_variable, x)) and len(set(x)) == len(x), "no function of variables")
    return Claim(s, n.attr, f[0], x, tuple(more))


# -- by definition --------------------------------------------------------------------------------


def definition(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """What the property says, of points of its own."""
    f, g = c.f, c.f.graph
    if c.name in DEFINITE:
        return _form(c)
    y = c.fresh("y")
    *there, far = c.at(y, *c.given, f)
    valued = c.plain(g.call("eq", f, f))
    if c.name in MONOTONE:
        wants(len(c.x) == 1, "no number")
        return [valued, c.plain(g.call(MONOTONE[c.name], f, far), given=[*there, g.call("lt", c.x[0], y[0])])]
    if c.name in CURVED:
        t = c.fresh("t")[0]
        between = [g.add(a, g.mul(t, g.sub(b, a))) for a, b in zip(c.x, y, strict=True)]
        *middle, low = c.at(between, *c.given, f)
        chord = g.add(f, g.mul(t, g.sub(far, f)))
        range_ = [g.call("ge", t, g.zero), g.call("le", t, g.one)]
        return [valued, c.plain(g.call(CURVED[c.name], low, chord), given=[*there, *middle, *range_])]
    wants(c.name in LEAST, f"no definition of {c.name}")
    v = c.more[0]
    least = c.at(c.free(v), f)[0]
    if c.name == "minimizer":
        return [*c.inside(v), c.plain(g.call("le", least, f))]
    other = reduce(lambda p, q: g.call("or", p, q), [g.call("ne", a, b) for a, b in zip(c.x, v, strict=True)])
    return [*c.inside(v), c.plain(g.call("eq", least, least)), c.plain(g.call("lt", least, f), given=[other])]


def _form(c: Claim) -> list[Sequent]:
    (entries,), n, g = c.more, c.f.shape[0], c.f.graph
    v = c.fresh("v", n)
    form = reduce(g.add, [g.mul(g.mul(v[i], v[j]), entries[i * n + j]) for i in range(n) for j in range(n)])
    if c.name == "positive_semidefinite":
        return [*_symmetric(c), c.plain(g.call("ge", form, g.zero))]
    some = reduce(lambda p, q: g.call("or", p, q), [g.call("ne", s, g.zero) for s in v])
    return [*_symmetric(c), c.plain(g.call("gt", form, g.zero), given=[some])]


def _symmetric(c: Claim) -> list[Sequent]:
    (entries,), n, g = c.more, c.f.shape[0], c.f.graph
    wants(1 <= n <= MAX_ROWS, "a matrix of too many rows")
    pairs = [(entries[i * n + j], entries[j * n + i]) for i in range(n) for j in range(i + 1)]
    return [c.plain(*(g.call("eq", a, b) for a, b in pairs))]


def between(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """The subgradients at a point of an open D of what is convex all over are those from its slope on the left to that on the
    right: of f itself, or of what it is on both sides (``nodes``) of a number (Rockafellar 1970, theorems 23.2 and 25.1)."""
    wants(c.name == "subdifferential" and is_open(c), "no open domain")
    g, (lo, hi, *at) = c.f.graph, c.more
    c.free([*lo, *hi, *at[0]] if at else ())
    here = [g.call("eq", a, b) for a, b in zip(c.x, at[0], strict=True)] if at else []
    bends = c.alone(c.also("convex", c.f).conclusion)
    if not nodes:
        one = c.plain(*(g.call("eq", a, b) for a, b in zip(lo, hi, strict=True)))
        return [bends, one, c.also("slope", c.f, *lo, given=here)]
    wants(len(c.x) == 1 and len(nodes) == 2 and bool(at), "no two sides of a point")
    sides = list(zip(("le", "ge"), nodes, (lo, hi), strict=True))
    same = [c.plain(g.call("eq", c.f, f), given=[g.call(op, c.x[0], at[0][0])]) for op, f, _ in sides]
    return [bends, *same, *(c.also("slope", f, *end, given=here) for _, f, end in sides)]


def is_open(c: Claim) -> bool:
    """Whether D is open: what speaks of x are strict comparisons of what is affine."""
    return all(h.op in ("ne", "lt", "gt") and all(affine(a, c.x) for a in h.args) for h in c.given if below(h, c.x))


# -- at a point -----------------------------------------------------------------------------------


def regular(f: Node, x: Sequence[Node], more: Collection[str] = ()) -> list[Node]:
    """What makes f analytic where it holds: it has a value, and no root or power of 0 stands in it. Raises Rejected where
    another operator than those that are analytic, or ``more``, stands in it."""
    g, found = f.graph, [f.graph.call("eq", f, f)]
    for n in topological([f]):
        if n not in x and below(n, x):
            wants(n.op in ANALYTIC or n.op in more, f"{n.op} is not analytic")
            if n.op == "sqrt" or (n.op == "pow" and not (n.args[1].op == "const" and isinstance(n.args[1].attr, int))):
                found.append(g.call("gt", n.args[0], g.zero))
    return found


def unbroken(f: Node, x: Sequence[Node]) -> list[Node]:
    """What makes f continuous where it holds: it has a value, and no 0 to the power of what may come to 0 stands in it. Raises
    Rejected where an operator stands in it that may jump."""
    g, inside = f.graph, [n for n in topological([f]) if n not in x and below(n, x)]
    wants(all(n.op in CONTINUOUS for n in inside), "what may jump")
    powers = [n.args for n in inside if n.op == "pow" and n.args[1].op != "const"]
    return [
        g.call("eq", f, f),
        *(g.call("or", g.call("ne", u, g.zero), g.call("gt", v, g.zero)) for u, v in powers),
    ]


def analytic(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """Where all operators are continuous, so is f; where they are analytic, its derivatives are what the calculus says."""
    g = c.f.graph
    if c.name == "continuous":
        return [c.plain(*unbroken(c.f, c.x))]
    wanted = regular(c.f, c.x)
    match c.name:
        case "slope":
            wanted += [g.call("eq", a, b) for a, b in zip(gradient(c.f, c.x), c.more[0], strict=True)]
        case "rising" | "rising strictly":
            wants(len(c.x) == 1, "no number")
            wanted.append(g.call("ge" if c.name == "rising" else "gt", gradient(c.f, c.x)[0], g.zero))
        case _:
            wants(c.name in ("differentiable", "smooth"), "no property of points")
    return [c.plain(*wanted)]


def pieces(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """A kink of f, at which s = 0, told apart: where s > 0, f is what it is with one branch for the kink, where s < 0 with the
    other; where s = 0 both have the property, and one value."""
    (node,) = nodes
    wants(node in topological([c.f]) and below(node, c.x), "no part of the function")
    s, *branches = kink(node)
    g, (above, beneath) = s.graph, [substitute_all([c.f], {node: b})[0] for b in branches]
    positive, zero, negative = (g.call(op, s, g.zero) for op in ("gt", "eq", "lt"))
    more = c.more[0] if c.name == "slope" else ()
    outside = [
        c.plain(*unbroken(s, c.x)),
        c.also(c.name, above, *more, given=[positive]),
        c.also(c.name, beneath, *more, given=[negative]),
    ]
    if c.name == "smooth":
        return [*outside, c.plain(g.call("ne", s, g.zero))]
    wants(c.name in ("continuous", "slope", "rising", "rising strictly"), f"pieces do not show that it is {c.name}")
    both = [c.also(c.name, f, *more, given=[zero]) for f in (above, beneath)]
    return [*outside, *both, c.plain(g.call("eq", above, beneath), given=[zero])]


def kink(n: Node) -> tuple[Node, Node, Node]:
    """s, with what a node is where s > 0 and where s < 0; where s = 0 it is one of the two."""
    g = n.graph
    match n.op:
        case "abs":
            return n.args[0], n.args[0], g.neg(n.args[0])
        case "relu":
            return n.args[0], n.args[0], g.zero
        case "max":
            return minus(*n.args), n.args[0], n.args[1]
        case "min":
            return minus(*n.args), n.args[1], n.args[0]
        case "where" if n.args[0].op in ("gt", "ge"):
            return minus(*n.args[0].args), n.args[1], n.args[2]
        case "where" if n.args[0].op in ("lt", "le"):
            return minus(*n.args[0].args), n.args[2], n.args[1]
    raise Rejected(f"{n.op} has no two branches")


def by_gradient(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """Differentiable with the gradient ``nodes``; stationary with the gradient 0."""
    if c.name == "differentiable":
        wants(len(nodes) == len(c.x), "no gradient")
        return [c.also("slope", c.f, *nodes)]
    wants(c.name == "stationary", "no claim about a gradient")
    return [_level(c)]


def _level(c: Claim) -> Sequent:
    """That f is differentiable at the point of the claim, with the gradient 0."""
    g = c.f.graph
    at = [g.call("eq", a, b) for a, b in zip(c.x, c.free(c.more[0]), strict=True)]
    return c.also("slope", c.f, *(g.zero for _ in c.x), given=at)


# -- on a convex domain ---------------------------------------------------------------------------


def convex_domain(c: Claim) -> bool:
    """Whether D is convex: what speaks of x says on which side of a plane it lies, or how near to one."""
    return all(_convex_set(h, c.x) for h in c.given if below(h, c.x))


def _convex_set(h: Node, x: Sequence[Node]) -> bool:
    denied = h.op == "not" and h.args[0].op in ORDERS
    h, op = (h.args[0], NEGATED[h.args[0].op]) if denied else (h, h.op)
    if op not in (*ORDERS, "eq"):
        return False
    small, great = h.args if op in ("lt", "le") else h.args[::-1]
    if op != "eq" and small.op == "abs" and not below(great, x):
        small = small.args[0]
    return affine(small, x) and affine(great, x)


def _but(c: Claim, points: Sequence[Node]) -> tuple[list[Node], list[Sequent]]:
    """That x is none of some points, at which f is continuous. D is an interval."""
    wants(len(c.x) == 1 and convex_domain(c), "no interval")
    g, (x,) = c.f.graph, c.x
    there = [c.also("continuous", c.f, given=[g.call("eq", x, p)]) for p in c.free(points)]
    return [g.call("ne", x, p) for p in points], there


def locally(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """A function on an interval that is continuous, and rises at all points but finitely many (``nodes``), rises (Dini)."""
    wants(c.name in MONOTONE, "nothing that rises")
    away, there = _but(c, nodes)
    f = c.f if c.name in ("increasing", "nondecreasing") else c.f.graph.neg(c.f)
    way = "rising strictly" if c.name in ("increasing", "decreasing") else "rising"
    return [c.also(way, f, given=away), *there]


def slopes(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """A continuous function on an interval, differentiable at all points but finitely many, with a slope that does not fall from
    one of these to the next, is convex. ``nodes``: the slope, the points."""
    wants(c.name in CURVED and len(nodes) > 0, "nothing that bends")
    slope, g = nodes[0], c.f.graph
    away, there = _but(c, nodes[1:])
    y = c.fresh("y", beside=nodes)
    *further, beyond = c.at(y, *c.given, *away, slope)
    grows = g.call(CURVED[c.name], slope, beyond)
    return [
        c.also("slope", c.f, slope, given=away),
        c.plain(grows, given=[*away, *further, g.call("lt", c.x[0], y[0])]),
        *there,
    ]


def hessian(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """An analytic function with a Hessian that is nowhere negative."""
    wants(c.name in CURVED and convex_domain(c), "no convex domain")
    f = c.f if c.name == "convex" else c.f.graph.neg(c.f)
    return _bent(c, f, [s for s in c.x if below(f, [s])], "positive_semidefinite")


def _bent(c: Claim, f: Node, x: Sequence[Node], definite: str) -> list[Sequent]:
    g = f.graph
    table = second_derivatives(f, x)
    rows = [[table.get((max(i, j), min(i, j)), g.zero) for j in range(len(x))] for i in range(len(x))]
    wants(bool(x), "no variable")
    matrix = g.stack([g.stack(row) for row in rows])
    return [c.plain(*regular(f, c.x)), c.plain(g.node("property", (matrix,), definite))]


def critical(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """A convex function is least where its gradient is 0; one with a definite Hessian, nowhere else."""
    wants(c.name in LEAST and convex_domain(c), "no convex domain")
    bends = [c.also("convex", c.f)] if c.name == "minimizer" else _bent(c, c.f, c.x, "positive_definite")
    return [*bends, _level(c), *c.inside(c.more[0])]


def valley(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """A function of a number that falls up to a point, and rises from there."""
    wants(c.name in LEAST and len(c.x) == 1, "no function of a number")
    (v,), (x,), g = c.free(c.more[0]), c.x, c.f.graph
    up, down = ("nondecreasing", "nonincreasing") if c.name == "minimizer" else ("increasing", "decreasing")
    sides = [c.also(up, c.f, given=[g.call("ge", x, v)]), c.also(down, c.f, given=[g.call("le", x, v)])]
    return [*sides, *c.inside([v])]


def minors(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """Sylvester: definite where the leading minors are positive, semidefinite where no principal minor is negative."""
    wants(c.name in DEFINITE, "no matrix")
    (entries,), n, g = c.more, c.f.shape[0], c.f.graph
    strict = c.name == "positive_definite"
    wants(n <= (MAX_ROWS if strict else MAX_PRINCIPAL), "a matrix of too many rows")
    chosen = [rows for k in range(1, n + 1) for rows in combinations(range(n), k) if not strict or rows == (*range(k),)]
    found = [g.det(g.stack([g.stack([entries[i * n + j] for j in rows]) for i in rows])) for rows in chosen]
    return [*_symmetric(c), *(c.plain(g.call("gt" if strict else "ge", m, g.zero)) for (m,) in components_all(found))]


def composition(c: Claim, nodes: Sequence[Node] = ()) -> list[Sequent]:
    """By what operators do to what rises and bends (``curvature``), and what is shown of parts of f: ``nodes``, properties."""
    wants(c.name in SHOWN_BY and (c.name in MONOTONE or convex_domain(c)), "no rule of composition")
    variable, shown = c.sequent.conclusion.args[1], SHOWN_BY[c.name]
    for n in nodes:
        wants(n.op == "property" and n.attr in SHOWN_BY and n.args[1:] == (variable,), "no fact of a part")
    known = [(n.args[0], SHOWN_BY[n.attr]) for n in nodes]
    wants(Curvature(c.given, c.f, c.x, known).found & shown == shown, "composition does not show it")
    return [c.plain(c.f.graph.call("eq", c.f, c.f)), *map(c.plain, nodes)]


# -- that a property fails --------------------------------------------------------------------------


def chord(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """Two points, with the middle on the wrong side of their chord, whatever the other symbols are."""
    wants(c.name in CURVED and len(nodes) == 2 and len(c.x) == 1, "no chord")
    g, (p, q) = c.f.graph, c.free(nodes)
    points = [p, q, g.div(g.add(p, q), g.const(2))]
    first, second, low = (c.at([p], c.f)[0] for p in points)
    above = g.call("gt" if c.name == "convex" else "lt", low, g.div(g.add(first, second), g.const(2)))
    return [*(s for p in points for s in c.inside([p], alone=True)), c.alone(above)]


def corner(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """A kink that f crosses at a point, with another slope on each side, whatever the other symbols are."""
    wants(c.name == "differentiable" and len(nodes) == 2 and len(c.x) == 1, "no corner")
    g, (node, at) = c.f.graph, nodes
    c.free([at])
    wants(node in topological([c.f]) and below(node, c.x), "no part of the function")
    s, *branches = kink(node)
    parts = [s, *(substitute_all([c.f], {node: b})[0] for b in branches)]
    crossed, left, right = (gradient(f, c.x)[0] for f in parts)
    turns = [g.call("eq", s, g.zero), g.call("ne", crossed, g.zero), g.call("ne", left, right)]
    wanted = [*(r for f in parts for r in regular(f, c.x)), *turns]
    return [*c.inside([at], alone=True), c.alone(*c.at([at], *wanted))]


def bend(c: Claim, nodes: Sequence[Node]) -> list[Sequent]:
    """A point of an open D with a second derivative of the wrong sign, whatever the other symbols are: of what f is so near to it
    (``nodes``: the point, how near, the function)."""
    wants(c.name in CURVED and len(c.x) == 1 and len(nodes) == 3 and is_open(c), "no point of an open domain")
    g, (x,), (at, r, f) = c.f.graph, c.x, nodes
    c.free([at, r])
    near = [g.call("gt", x, g.sub(at, r)), g.call("lt", x, g.add(at, r))]
    same = c.alone(g.call("eq", c.f, f)).given(*near)
    wrong = g.call("lt" if c.name == "convex" else "gt", second_derivatives(f, c.x).get((0, 0), g.zero), g.zero)
    there = c.at([at], *regular(f, c.x), wrong)
    return [*c.inside([at], alone=True), c.alone(g.call("gt", r, g.zero)), same, c.alone(*there)]


RULES: dict[str, Callable[..., list[Sequent]]] = {
    "definition": definition,
    "analytic": analytic,
    "pieces": pieces,
    "gradient": by_gradient,
    "locally": locally,
    "slopes": slopes,
    "hessian": hessian,
    "critical point": critical,
    "valley": valley,
    "minors": minors,
    "composition": composition,
    "between slopes": between,
}
AGAINST: dict[str, Callable[..., list[Sequent]]] = {"chord": chord, "corner": corner, "bend": bend}
