"""Points of matrices: exact values of whole tensors, where the entries are too many to be written out one by one, and points
that meet matrix assumptions.

A claim about rotations is tested at rational rotations, one about probabilities at points of the simplex: entries taken at
random would meet ``R.T @ R == eye(n)`` nowhere. Every point is checked against every assumption, exactly, before it counts, so
that the shapes looked for here only help to find one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive import flint
from derive.engine.domain import UNBOUNDED, Domain, Range
from derive.engine.equations.eliminated import against
from derive.errors import ExpressionError, UndefinedValue, Undetermined
from derive.expr import shapes
from derive.expr.composites import COMPOSITES
from derive.expr.conditions import QUANTIFIERS, conjuncts
from derive.expr.graph import Node, Shape, topological
from derive.expr.operators import DERIVATIVES, KINKED, OPERATORS, ORDERS
from derive.flint import arb, fmpq
from derive.language.meaning import unfold
from derive.numbers.balls import precision, rational, value_of

Entries = list[Any]  # fmpq, arb, bool, or the fault in the way
Tensor = Sequence[Fraction]  # row by row
Matrix = list[list[Fraction]]

MAX_ENTRIES = 400_000  # of all nodes together
PREC = 192
MOST_ROWS = 4  # of the B in B.T @ B
ONE_TURN, MANY_TURNS = 4, 9  # the points from which on a rotation has one angle, many
DEFINITE = {"positive_definite": True, "positive_semidefinite": False}


def evaluate_tensors(roots: Sequence[Node], values: Mapping[Node, Tensor]) -> dict[Node, Entries]:
    """The entries of every node below the roots, exact or as balls; ``values`` gives those of the symbols.

    Raises ExpressionError where a node has no values or there are too many entries.
    """
    done: dict[Node, Entries] = {}
    order = topological(roots)
    if sum(shapes.size(n.shape) for n in order) > MAX_ENTRIES:
        raise ExpressionError("too many entries")
    with precision(PREC):
        for n in order:
            done[n] = _entries(n, done, values)
    return done


def _entries(n: Node, done: Mapping[Node, Entries], values: Mapping[Node, Tensor]) -> Entries:
    if n.op == "const":
        return [rational(n.attr)]
    if n.op == "symbol":
        return [rational(v) for v in values[n]]
    if n.op in DERIVATIVES or n.op in COMPOSITES or n.op == "apply":
        raise ExpressionError(f"no values of '{n.op}'")
    if n.op in OPERATORS:
        args = [_spread(done[a], a.shape, n.shape) for a in n.args]
        return [value_of(n, entry) for entry in zip(*args, strict=True)] if args else [value_of(n, [])]
    rule = _RULES.get(n.op)
    if rule is None:
        raise ExpressionError(f"no values of '{n.op}'")
    args = [done[a] for a in n.args]
    if n.op not in ("stack", "concat", "index", *QUANTIFIERS):
        for fault in (v for a in args for v in a if isinstance(v, Exception)):
            return [fault] * shapes.size(n.shape)
    return rule(n, args)


def _spread(entries: Entries, shape: Shape, wanted: Shape) -> Entries:
    """Entries repeated as broadcasting repeats them."""
    if shape == wanted:
        return entries
    lead = len(wanted) - len(shape)
    out = []
    for i in shapes.indices(wanted):
        flat = 0
        for k, size in zip(i[lead:], shape, strict=True):
            flat = flat * size + (k if size > 1 else 0)
        out.append(entries[flat])
    return out


def _matrix(entries: Entries, rows: int, cols: int) -> Any:
    made: Callable[[int, int, Entries], Any] = (
        flint.fmpq_mat if all(isinstance(e, fmpq) for e in entries) else flint.arb_mat
    )
    return made(rows, cols, entries)


def _matmul(n: Node, args: Sequence[Entries]) -> Entries:
    inner = n.args[0].shape[-1]
    left, right = _matrix(args[0], len(args[0]) // inner, inner), _matrix(args[1], inner, len(args[1]) // inner)
    if type(left) is not type(right):
        left, right = (m if isinstance(m, flint.arb_mat) else flint.arb_mat(m) for m in (left, right))
    return list((left * right).entries())


def _inv(n: Node, args: Sequence[Entries]) -> Entries:
    size = n.shape[0]
    m = _matrix(args[0], size, size)
    try:
        return list(m.inv().entries())
    except ZeroDivisionError:
        fault = (
            UndefinedValue("a matrix without an inverse")
            if isinstance(m, flint.fmpq_mat)
            else Undetermined("an inverse")
        )
        return [fault] * (size * size)


def _det(n: Node, args: Sequence[Entries]) -> Entries:
    size = n.args[0].shape[0]
    return [_matrix(args[0], size, size).det()]


def _sum(n: Node, args: Sequence[Entries]) -> Entries:
    shape = n.args[0].shape
    if n.attr is None:
        return [sum(args[0], fmpq(0))]
    axis = n.attr % len(shape)
    inner, size = shapes.size(shape[axis + 1 :]), shape[axis]
    outer = shapes.size(shape[:axis])
    return [sum(args[0][o * size * inner + i :: inner][:size], fmpq(0)) for o in range(outer) for i in range(inner)]


def _diag(n: Node, args: Sequence[Entries]) -> Entries:
    size = n.shape[0]
    if len(n.shape) == 1:
        return [args[0][i * size + i] for i in range(size)]
    return [args[0][i] if i == j else fmpq(0) for i in range(size) for j in range(size)]


def _transpose(n: Node, args: Sequence[Entries]) -> Entries:
    cols = n.args[0].shape[1]
    return [e for j in range(cols) for e in args[0][j::cols]]


def _index(n: Node, args: Sequence[Entries]) -> Entries:
    shape, flat = n.args[0].shape, 0
    for k, size in zip(n.attr, shape, strict=False):
        flat = flat * size + k
    count = shapes.size(shape[len(n.attr) :])
    return args[0][flat * count : (flat + 1) * count]


def _quantified(n: Node, args: Sequence[Entries]) -> Entries:
    """All or any of the entries; one that decides does, whatever the others are."""
    decisive = n.op == "any"
    if any(v is decisive for v in args[0]):
        return [decisive]
    return [next((v for v in args[0] if isinstance(v, Exception)), not decisive)]


_RULES: dict[str, Callable[[Node, Sequence[Entries]], Entries]] = {
    **dict.fromkeys(QUANTIFIERS, _quantified),
    "def": lambda n, args: args[0],
    "matmul": _matmul,
    "inv": _inv,
    "det": _det,
    "sum": _sum,
    "diag": _diag,
    "transpose": _transpose,
    "outer": lambda n, args: [a * b for a in args[0] for b in args[1]],
    "broadcast": lambda n, args: _spread(args[0], n.args[0].shape, n.shape),
    "reshape": lambda n, args: args[0],
    "index": _index,
    "stack": lambda n, args: [e for part in args for e in part],
    "concat": lambda n, args: [e for part in args for e in part],
}


# -- what a point shows -------------------------------------------------------------------------------


class Draw(random.Random):
    """The random numbers of the t-th point. The first points are to be simple."""

    def __init__(self, t: int) -> None:
        super().__init__(t)
        self.t = t


class Arena:
    """Two sides and their domain, unfolded once, judged at whole points. Of the properties among the assumptions it looks at
    definiteness: whoever asks has to look whether others hold."""

    def __init__(self, a: Node, b: Node, domain: Domain) -> None:
        held = [c for c in domain.hypotheses if c.op != "property"]
        definite = [c for c in domain.hypotheses if c.op == "property" and c.attr in DEFINITE]
        self.roots = unfold([a, b, *held])
        #: matrices that are to be definite (True) or semidefinite
        self.definite = list(
            zip(unfold([c.args[0] for c in definite]), [DEFINITE[c.attr] for c in definite], strict=True)
        )
        order = topological([*self.roots, *(n for n, _ in self.definite)])
        self.symbols = [n for n in order if n.op == "symbol"]
        self.kinks = [n for n in topological(self.roots[:2]) if n.op in KINKED]
        self.ranges = domain.ranges
        self.drawn_from = _narrowed(domain.ranges, self.roots[2:])
        self.shapes = _wanted(self.roots[2:], self.symbols) | _grams(domain.hypotheses)
        #: whether matrices are asked for that entries taken one by one would not make
        strict = [made for key, made in _FAMILIES.items() if key not in (_SYMMETRIC, _SKEW)]
        self.strict = any(made in strict for made in self.shapes.values())

    def points(self, count: int) -> Iterator[dict[Node, Tensor]]:
        """Points of the domain, for certain."""
        for t in range(count):
            at = Draw(t)
            point = {s: self._drawn(s, at, t) for s in self.symbols}
            if self.meets(point):
                yield point

    def meets(self, point: Mapping[Node, Tensor]) -> bool:
        for s, (low, high) in self.ranges.items():
            if s in point and any((low is not None and v < low) or (high is not None and v > high) for v in point[s]):
                return False
        done = evaluate_tensors([*self.roots[2:], *(n for n, _ in self.definite)], point)
        return all(v is True for c in self.roots[2:] for v in done[c]) and all(
            _is_definite(done[n], n.shape[0], strict) for n, strict in self.definite
        )

    def judged(self, point: Mapping[Node, Tensor]) -> tuple[str, int, Any, Any]:
        """``differ`` with the entry and the two values there, ``same`` (as far as can be seen), or ``unknown``."""
        done = evaluate_tensors(self.roots[:2], point)
        left, right = done[self.roots[0]], done[self.roots[1]]
        if any(isinstance(v, Exception) for v in (*left, *right)) or self._on_kink(done):
            return "unknown", 0, None, None
        with precision(PREC):
            for i, (x, y) in enumerate(zip(left, right, strict=True)):
                exact = isinstance(x, fmpq) and isinstance(y, fmpq)
                if (x != y) if exact else not arb(x).overlaps(arb(y)):
                    return "differ", i, x, y
        return "same", 0, None, None

    def _on_kink(self, done: Mapping[Node, Entries]) -> bool:
        for n in self.kinks:
            if n.op == "where":
                return True  # its boundary is not looked for here
            other = done[n.args[1]] if n.op in ("min", "max") else [fmpq(0)]
            first = done[n.args[0]]
            if n.op in ("min", "max"):
                first, other = (_spread(done[a], a.shape, n.shape) for a in n.args)
            elif n.op == "floor":
                other = done[n]
            else:
                other = other * len(first)
            for x, y in zip(first, other, strict=True):
                exact = isinstance(x, fmpq) and isinstance(y, fmpq)
                if (x == y) if exact else arb(x).overlaps(arb(y)):
                    return True
        return False

    def _drawn(self, s: Node, at: random.Random, t: int) -> Tensor:
        if s in self.shapes:
            return self.shapes[s](s.shape, at)
        low, high = self.drawn_from.get(s, UNBOUNDED)
        simple = t % 2 == 0
        return [_number(at, low, high, simple) for _ in range(shapes.size(s.shape))]


def _narrowed(ranges: Mapping[Node, Range], held: Sequence[Node]) -> dict[Node, Range]:
    """Where to draw entries: in their ranges, and on the right side of numbers that conditions compare symbols with."""
    out = dict(ranges)
    for c in held:
        if c.op in ORDERS:
            big, small = c.args if c.op in ("gt", "ge") else c.args[::-1]
            if big.op == "symbol" and small.op == "const":
                low, high = out.get(big, (None, None))
                out[big] = (max(Fraction(small.attr), Fraction(small.attr) if low is None else low), high)
            elif small.op == "symbol" and big.op == "const":
                low, high = out.get(small, (None, None))
                out[small] = (low, min(Fraction(big.attr), Fraction(big.attr) if high is None else high))
    return out


def _is_definite(entries: Entries, n: int, strict: bool) -> bool:
    """Whether a matrix of exact numbers is, for certain."""
    if not all(isinstance(v, fmpq) for v in entries):
        return False
    rows = [entries[i * n : (i + 1) * n] for i in range(n)]
    symmetric = all(rows[i][j] == rows[j][i] for i in range(n) for j in range(i))
    return symmetric and against(rows, strict) is None


def _number(at: random.Random, low: Fraction | None, high: Fraction | None, simple: bool) -> Fraction:
    value = Fraction(at.randint(-4, 4), 1 if simple else at.randint(1, 3)) or Fraction(1)
    if low is not None and high is not None:
        return low + (high - low) * Fraction(at.randint(1, 7), 8)
    if low is not None:
        return low + abs(value)
    return high - abs(value) if high is not None else value


# -- families of matrices -----------------------------------------------------------------------------


def rotation(n: int, at: random.Random) -> Matrix:
    """An orthogonal matrix of rationals: rotations by (3/5, 4/5) and the like in pairs of axes, mirrored and permuted. At first
    permuted and mirrored axes alone, then one rotation by (3/5, 4/5)."""
    rows = [[Fraction(i == j) for j in range(n)] for i in range(n)]
    turn = at.t if isinstance(at, Draw) else MANY_TURNS
    triples = ((3, 4, 5), (5, 12, 13), (8, 15, 17))[: 1 if turn < MANY_TURNS else 3]
    turned = range(n - 1) if turn >= MANY_TURNS else [turn % (n - 1)] if n > 1 and turn >= ONE_TURN else []
    for i in turned:
        if n > 8 and i > 6:
            break  # a few are enough, and the numbers stay short
        a, b, c = at.choice(triples)
        x, y = rows[i], rows[i + 1]
        rows[i] = [(a * p - b * q) / c for p, q in zip(x, y, strict=True)]
        rows[i + 1] = [(b * p + a * q) / c for p, q in zip(x, y, strict=True)]
    at.shuffle(rows)
    return [[-v for v in r] if at.random() < 0.3 else r for r in rows]


def _flat(m: Matrix) -> Tensor:
    return [v for r in m for v in r]


def _plain(shape: Shape, at: random.Random) -> Matrix:
    return [[_number(at, None, None, simple=True) for _ in range(shape[1])] for _ in range(shape[0])]


def _columns(shape: Shape, at: random.Random) -> Tensor:
    """Orthonormal columns."""
    if shape[0] < shape[1]:
        return _flat(_plain(shape, at))
    return _flat([r[: shape[1]] for r in rotation(shape[0], at)])


def _rows(shape: Shape, at: random.Random) -> Tensor:
    if shape[0] > shape[1]:
        return _flat(_plain(shape, at))
    return _flat(rotation(shape[1], at)[: shape[0]])


def _mirrored(sign: int) -> Callable[[Shape, random.Random], Tensor]:
    def made(shape: Shape, at: random.Random) -> Tensor:
        m = _plain(shape, at)
        n = range(shape[0])
        return [m[i][j] if i < j else sign * m[j][i] if i > j else m[i][i] * (1 + sign) / 2 for i in n for j in n]

    return made


def _projection(shape: Shape, at: random.Random) -> Tensor:
    """Q D Q.T with 0 and 1 on the diagonal of D."""
    n, q = shape[0], rotation(shape[0], at)
    kept = [k for k in range(n) if k == 0 or at.random() < 0.4][: max(1, n - 1)]
    out = [[Fraction(0)] * n for _ in range(n)]
    for k in kept:
        column = [(i, q[i][k]) for i in range(n) if q[i][k]]  # most are 0
        for i, x in column:
            for j, y in column:
                out[i][j] += x * y
    return _flat(out)


def _idempotent(shape: Shape, at: random.Random) -> Tensor:
    """[[I, B], [0, 0]]: a projection that is not symmetric."""
    n, r = shape[0], max(1, shape[0] // 2)
    b = _plain((n, n), at)
    return [
        Fraction(i == j) if i < r and j < r else b[i][j] if i < r <= j else Fraction(0)
        for i in range(n)
        for j in range(n)
    ]


def _reflection(shape: Shape, at: random.Random) -> Tensor:
    """I - 2 u u.T: symmetric and orthogonal."""
    n, u = shape[0], rotation(shape[0], at)[0]
    return [Fraction(i == j) - 2 * u[i] * u[j] for i in range(n) for j in range(n)]


def _unit(shape: Shape, at: random.Random) -> Tensor:
    return rotation(shape[0], at)[0]


def _simplex(total: Fraction) -> Callable[[Shape, random.Random], Tensor]:
    def made(shape: Shape, at: random.Random) -> Tensor:
        counts = [at.randint(1, 6) for _ in range(shapes.size(shape))]
        return [total * Fraction(c, sum(counts)) for c in counts]

    return made


def _gram(definite: bool) -> Callable[[Shape, random.Random], Tensor]:
    """B.T @ B, and the identity beside it where it is to be definite."""

    def made(shape: Shape, at: random.Random) -> Tensor:
        n = shape[0]
        rows = n if at.random() < 0.5 else max(1, n // 2)
        b = [[Fraction(at.randint(-2, 2)) for _ in range(n)] for _ in range(min(rows, MOST_ROWS))]
        return [sum((r[i] * r[j] for r in b), Fraction(definite and i == j)) for i in range(n) for j in range(n)]

    return made


def _grams(hypotheses: Sequence[Node]) -> dict[Node, Callable[[Shape, random.Random], Tensor]]:
    """Symbols that are assumed to be positive (semi)definite."""
    return {
        c.args[0]: _gram(DEFINITE[c.attr])
        for c in hypotheses
        if c.op == "property" and c.attr in DEFINITE and c.args[0].op == "symbol"
    }


_SYMMETRIC, _SKEW = frozenset(("symmetric",)), frozenset(("skew",))
_FAMILIES: dict[frozenset[str], Callable[[Shape, random.Random], Tensor]] = {
    frozenset(("columns",)): _columns,
    frozenset(("rows",)): _rows,
    frozenset(("columns", "rows")): _columns,
    _SYMMETRIC: _mirrored(1),
    _SKEW: _mirrored(-1),
    frozenset(("idempotent",)): _idempotent,
    frozenset(("idempotent", "symmetric")): _projection,
    frozenset(("columns", "symmetric")): _reflection,
    frozenset(("unit",)): _unit,
}


def _wanted(
    hypotheses: Sequence[Node], symbols: Sequence[Node]
) -> dict[Node, Callable[[Shape, random.Random], Tensor]]:
    """The families that the assumptions speak of, by symbol, as far as their form shows."""
    found: dict[Node, set[str]] = {}
    totals: dict[Node, Fraction] = {}
    for c in (n for n in hypotheses if n.op == "eq"):
        for x, y in (c.args, c.args[::-1]):
            if x.op == "matmul" and is_eye(y):
                p, q = x.args
                if p.op == "transpose" and p.args[0] is q:
                    found.setdefault(q, set()).add("columns")
                if q.op == "transpose" and q.args[0] is p:
                    found.setdefault(p, set()).add("rows")
            if x.op == "transpose" and x.args[0] is y:
                found.setdefault(y, set()).add("symmetric")
            if x.op == "transpose" and y.op == "neg" and y.args[0] is x.args[0]:
                found.setdefault(x.args[0], set()).add("skew")
            if x.op == "matmul" and x.args[0] is x.args[1] is y and len(y.shape) == 2:
                found.setdefault(y, set()).add("idempotent")
            if y.op == "const" and y.attr == 1 and (u := _squares(x)) is not None:
                found.setdefault(u, set()).add("unit")
            if x.op == "sum" and x.attr is None and x.args[0].op == "symbol" and y.op == "const":
                totals[x.args[0]] = Fraction(y.attr)
    made = {s: _FAMILIES[frozenset(f)] for s, f in found.items() if s in symbols and frozenset(f) in _FAMILIES}
    return made | {s: _simplex(t) for s, t in totals.items() if s not in found}


def is_eye(n: Node) -> bool:
    """Whether a node is the identity matrix."""
    return n.op == "diag" and n.args[0].op == "broadcast" and n.args[0].args[0] is n.graph.one


def _squares(n: Node) -> Node | None:
    """The vector whose sum of squares, or the root of it, a node is."""
    n = n.args[0] if n.op == "sqrt" else n
    if n.op == "matmul" and n.args[0] is n.args[1] and len(n.args[0].shape) == 1:
        return n.args[0]
    if n.op == "sum" and n.args[0].op == "pow" and n.args[0].args[1].op == "const" and n.args[0].args[1].attr == 2:
        inner = n.args[0].args[0]
        return inner if inner.op == "symbol" and len(inner.shape) == 1 else None
    return None


def implied(hypotheses: Sequence[Node]) -> list[Node]:
    """What assumptions on whole matrices say beside their entries: R @ R.T = I for a square R with R.T @ R = I."""
    found = []
    for c in (n for n in conjuncts(hypotheses) if n.op == "eq"):
        for x, y in (c.args, c.args[::-1]):
            if x.op == "matmul" and is_eye(y) and x.args[0].op == "transpose" and x.args[0].args[0] is x.args[1]:
                q = x.args[1]
                if q.shape[0] == q.shape[1]:
                    g = q.graph
                    found.append(g.call("eq", g.matmul(q, x.args[0]), y))
    return found
