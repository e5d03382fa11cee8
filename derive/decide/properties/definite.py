"""Is a matrix positive (semi)definite? By its quadratic form, from which squares are split off; by Sylvester's minors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, islice, product

from derive.components import MAX_MATRIX, _minor, components
from derive.decide.cascade import Decision, decide_equal
from derive.decide.properties.facts import Fact, bare, facts, implied
from derive.decide.properties.shape import at, conditions, proved, scalar_bounds, undecided
from derive.decide.refute import Bounds, Domain
from derive.decide.relation import decide_holds
from derive.enclose import rational, truth
from derive.graph import Node, topological

MAX_VECTORS = 81  # of entries 1, 0, -1 that are tried
MAX_PRINCIPAL = 4  # rows up to which all principal minors are looked at


def decider(strict: bool) -> Callable[[Sequence[Node], Sequence[Node], Bounds], Decision]:
    def decide(args: Sequence[Node], assuming: Sequence[Node], bounds: Bounds) -> Decision:
        given, ends, known = conditions(assuming), scalar_bounds(bounds), facts(assuming)
        if _Sums(given, ends, known).sign(args[0]) > (1 if strict else 0):
            return proved("a sum of products B.T @ B, multiples and inverses of such", "structure")
        return definite(args[0], [*given, *implied(known)], ends, strict)

    return decide


class _Sums:
    """The definiteness that is plain from how a matrix is written, whatever its size: 2 definite, 1 semidefinite, 0 unknown."""

    def __init__(self, given: Sequence[Node], ends: Bounds, known: Sequence[Fact]) -> None:
        self.given, self.ends, self.facts = given, ends, known

    def sign(self, n: Node) -> int:
        g = n.graph
        entries = tuple(bare(e) for e in components(n))
        for name, value in (("positive_definite", 2), ("positive_semidefinite", 1)):
            if any(fact.name == name and fact.f == entries for fact in self.facts):
                return value
        match n.op:
            case "def":
                return self.sign(n.args[0])
            case "add":
                one, two = (self.sign(m) for m in n.args)
                return max(one, two) if one and two else 0
            case "mul" | "div":
                scalar, matrix = n.args if not n.args[0].shape else n.args[::-1]
                if scalar.shape or (n.op == "div" and n.args[0] is scalar):
                    return 0
                return min(self.scalar(scalar), self.sign(matrix))
            case "inv":
                return 2 if self.sign(n.args[0]) == 2 else 0
            case "transpose":
                return self.sign(n.args[0])
            case "outer" if n.args[0] is n.args[1]:
                return 1
            case "diag" if len(n.shape) == 2:
                return min(self.scalar(e) for e in components(n.args[0]))
            case "matmul" if len(n.args[0].shape) == len(n.args[1].shape) == 2:
                a, b = n.args
                if g.transpose(a) is b or a is g.transpose(b):
                    return 1
                for left, middle, right in _threes(a, b):
                    if left is g.transpose(right) and self.sign(middle):
                        return 1
                return 0
        side = n.shape[0]
        one = all(e.op == "const" and e.attr == (i % (side + 1) == 0) for i, e in enumerate(entries))
        return 2 if one else 0

    def scalar(self, n: Node) -> int:
        """2: positive, 1: not negative."""
        for op, value in (("gt", 2), ("ge", 1)):
            if decide_holds(n.graph.call(op, n, n.graph.zero), self.given, self.ends).status == "proved":
                return value
        return 0


def _threes(a: Node, b: Node) -> list[tuple[Node, Node, Node]]:
    """A product of three, read both ways."""
    out = []
    if a.op == "matmul" and len(a.args[0].shape) == 2:
        out.append((a.args[0], a.args[1], b))
    if b.op == "matmul" and len(b.args[1].shape) == 2:
        out.append((a, b.args[0], b.args[1]))
    return out


def definite(a: Node, given: Sequence[Node], ends: Bounds, strict: bool) -> Decision:
    """Whether v.T @ a @ v > 0 for every v but 0 (not ``strict``: >= 0) and a is symmetric."""
    g = a.graph
    symmetric = decide_equal(a, g.transpose(a), given, ends)
    if symmetric.status != "proved":
        return symmetric if symmetric.status == "refuted" else undecided(f"symmetric? {symmetric.reason}")
    size = a.shape[0]
    entries = components(a)
    v = [g.symbol(f"v{i}'") for i in range(size)]
    form = g.zero
    for i in range(size):
        for j in range(size):
            form = g.add(form, g.mul(g.mul(v[i], v[j]), entries[i * size + j]))
    if (against := _vector(form, v, given, ends, strict)) is not None:
        return against
    if strict:
        cases = [[*given, g.call("ne", s, g.zero)] for s in v]
        found = [decide_holds(g.call("gt", form, g.zero), case, ends) for case in cases]
    else:
        found = [decide_holds(g.call("ge", form, g.zero), given, ends)]
    for d in found:
        if d.status == "refuted":
            return d
    if all(d.status == "proved" for d in found):
        return proved("its quadratic form is positive" if strict else "its quadratic form is nowhere negative")
    return _by_minors(entries, size, given, ends, strict)


def _vector(form: Node, v: Sequence[Node], given: Sequence[Node], ends: Bounds, strict: bool) -> Decision | None:
    """A simple vector, and values for the symbols, at which the form has the wrong sign."""
    g = form.graph
    wrong = g.call("le" if strict else "lt", form, g.zero)
    leaves = [n for n in Domain(form, form, given, ends).symbols if n not in v]
    if any(n.op == "apply" for n in topological([form, *given])):
        return None
    starts = [dict.fromkeys(leaves, Fraction(0)), *(dict(p) for p in Domain(g.zero, form, given, ends).points(4))]
    for start in starts:
        for pattern in islice(product((1, 0, -1), repeat=len(v)), MAX_VECTORS):
            point = {**start, **{s: Fraction(k) for s, k in zip(v, pattern, strict=True)}}
            if not any(pattern) or Domain(form, form, given, ends).judge(point, highest=0).kind != "same":
                continue
            if truth(wrong, {s: rational(c) for s, c in point.items()}) is True:
                value = "not positive" if strict else "negative"
                said = f"v.T @ A @ v is {value} for v = [{', '.join(map(str, pattern))}]{_elsewhere(point, v)}"
                return Decision("refuted", said, witness=point, method="ball arithmetic")
    return None


def _elsewhere(point: Mapping[Node, Fraction], v: Sequence[Node]) -> str:
    rest = at({s: c for s, c in point.items() if s not in v})
    return f" at {rest}" if rest else ""


def _by_minors(entries: list[Node], size: int, given: Sequence[Node], ends: Bounds, strict: bool) -> Decision:
    g = entries[0].graph
    if size > (MAX_MATRIX if strict else MAX_PRINCIPAL):
        return undecided(f"minors of a {size} by {size} matrix are not written out")
    order = range(1, size + 1)
    chosen = [tuple(range(k)) for k in order] if strict else [c for k in order for c in combinations(range(size), k)]
    for rows in chosen:
        minor = _minor(g, entries, rows, rows)
        found = decide_holds(g.call("gt" if strict else "ge", minor, g.zero), given, ends)
        if found.status == "refuted" and found.witness is not None:
            return Decision("refuted", f"a principal minor is not positive: {found.reason}", witness=found.witness,
                            method=found.method)  # fmt: skip
        if found.status != "proved":
            return undecided("neither the quadratic form nor a principal minor could be signed")
    return proved("its principal minors are positive" if strict else "its principal minors are nowhere negative")
