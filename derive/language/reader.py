"""The language of cases: text to graph and back.

One line of Python syntax, read with the standard ``ast`` module through a whitelist; nothing is ever
evaluated. Every number is read exactly from its digits: ``0.1`` is 1/10. ``parse(to_text(n)) is n``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NoReturn

from derive.errors import ExpressionError, ShapeError, UnknownSymbol, nearest
from derive.expr import conditions, shapes
from derive.expr.conditions import is_boolean
from derive.expr.graph import MAX_POWER_BITS, Graph, Node, topological
from derive.expr.operators import CONSTANTS, FUNCTIONS, MAX_ORDER
from derive.language import abstract, extremes, pairs, properties, sequences, sets, substitution, totals
from derive.language.abstract import called
from derive.language.calls import CALLS, CONSTRUCTORS, KEYWORDED, LISTED, STRUCTURES
from derive.language.constants import MAX_EXPONENT, folded, is_double, squared_norm
from derive.language.derivatives import derivative
from derive.language.every import every
from derive.language.hidden import hidden, seen
from derive.language.loops import EMPTY, LOOPS, MAX_TERMS, Loop, bound, fold, nothing, rounds, whole
from derive.language.names import AS_WRITTEN, DERIVATIVE_CALLS, FUNCTION_NAMES, LOOP_ONLY, OTHERWISE
from derive.language.printing import decimal_text, to_text
from derive.language.properties import CONNECTIVES, PROPERTIES
from derive.language.schemes import EXPECTATIONS, expectation
from derive.language.slices import picked
from derive.language.syntax import MAX_DIGITS, read

__all__ = ["LAYOUTS", "decimal_text", "parse", "to_text"]

MAX_SIZE = 10_000  # entries of one intermediate value

_BINARY = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow", ast.MatMult: "matmul",
}  # fmt: skip
_COMPARE = {ast.Gt: "gt", ast.GtE: "ge", ast.Lt: "lt", ast.LtE: "le", ast.Eq: "eq", ast.NotEq: "ne"}
_MEMBER = {ast.In: "in", ast.NotIn: "not in"}

#: Operators that have a meaning in some places only.
_PLACED = frozenset(("inf", "every", "pair", *sets.SETS))

#: How a document lays out derivatives. By default d(y, x) has the shape of y followed by that of x: a gradient is shaped
#: like its variable, a Jacobian has a row for each entry of y. ``numerator`` transposes gradients by matrices, ``denominator``
#: Jacobians of vectors by vectors.
LAYOUTS = ("mixed", "numerator", "denominator")


def parse(
    text: str, scope: Mapping[str, Node], graph: Graph, *, boolean: bool | None = None, layout: str = "mixed"
) -> Node:
    """The node that ``text`` denotes, names looked up in ``scope``.

    ``boolean`` asks for a condition (True), a value (False) or either (None); ``layout`` is one of LAYOUTS.
    Raises ExpressionError with the column of the fault.
    """
    tree = read(text)
    node = _Reader(text, scope, graph, layout, entrywise=_entrywise(tree), behind=hidden(tree, scope)).value(tree)
    if _out_of_the_ordinary(node):
        _in_place(node, text)
    if boolean is not None and is_boolean(node) != boolean:
        raise ExpressionError("expected a condition such as a > b" if boolean else "expected a value, not a condition")
    return conditions.claimed(node) if is_boolean(node) else node


def _out_of_the_ordinary(root: Node) -> bool:
    """Whether something stands below that has a meaning in some places only. What is once seen to be ordinary is remembered, so
    that a claim about the last of many definitions does not walk them all again."""
    ordinary = root.graph.ordinary
    order = topological([root], known=ordinary)
    if any(n.op in _PLACED for n in order):
        return True
    ordinary.update(order)
    return False


def _in_place(node: Node, text: str) -> None:
    """Raises ExpressionError where something stands elsewhere than where it has a meaning."""
    if extremes.misplaced(node):
        raise ExpressionError(
            "inf stands alone on a side of a comparison, or as the point of a limit", text.find("inf")
        )
    if any(n.op == "pair" for n in topological([node])):
        raise ExpressionError("a complex value stands in a comparison by == or !=, or in re(...), im(...), abs(...)")
    if name := sets.misplaced(node):
        where = sets.RANKED if name == "rank" else sets.COMPARED
        raise ExpressionError(f"{name}(...) stands in comparisons only: {where}", max(text.find(name), 0))
    if node.op != "every" and any(n.op == "every" for n in topological([node])):
        raise ExpressionError("all(... for t in n) stands alone", max(text.find("all"), 0))


def _entrywise(tree: ast.expr) -> frozenset[ast.AST]:
    """What stands where conditions on tensors stay entry by entry: in the conditions of ``where``, in ``all(c)``, ``any(c)``."""
    roots: list[ast.expr] = []
    for n in ast.walk(tree):
        match n:
            case ast.IfExp():
                roots.append(n.test)
            case ast.Call(func=ast.Name(id="where" | "indicator"), args=[c, *_]):
                roots.append(c)
            case ast.Call(func=ast.Name(id="all" | "any"), args=[c]) if not isinstance(c, ast.GeneratorExp):
                roots.append(c)
    return frozenset(n for root in roots for n in ast.walk(root))


class _Reader:
    """Turns a syntax tree into nodes bottom-up, with an explicit stack."""

    def __init__(
        self,
        text: str,
        scope: Mapping[str, Node],
        graph: Graph,
        layout: str,
        terms: list[int] | None = None,
        entrywise: frozenset[ast.AST] = frozenset(),
        behind: Mapping[str, Node] | None = None,
    ) -> None:
        self.text, self.scope, self.graph, self.layout = text, scope, graph, layout
        self.entrywise, self.hidden = entrywise, behind or {}
        self.terms = terms if terms is not None else [0]  # rounds of loops so far, of the whole expression
        # values of subexpressions without names, to hold exponents to the limits
        self.constants: dict[Node, Fraction | None] = {}

    def within(self, scope: Mapping[str, Node]) -> _Reader:
        return _Reader(self.text, scope, self.graph, self.layout, self.terms, self.entrywise, self.hidden)

    def count_round(self, what: str, t: ast.expr) -> None:
        self.terms[0] += 1
        if self.terms[0] > MAX_TERMS:
            self.fail(f"more than {MAX_TERMS} {what}", t)

    def value(self, root: ast.expr) -> Node:
        done: dict[ast.AST, Node] = {}
        work: list[tuple[ast.expr, bool]] = [(root, False)]
        while work:
            tree, ready = work.pop()
            if not ready:
                work.append((tree, True))
                work.extend((child, False) for child in reversed(self.children(tree)))
                continue
            try:
                made = pairs.read(self, tree, done) or self.build(tree, done)
            except ShapeError as e:
                raise type(e)(e.message, e.offset or tree.col_offset, e.letters) from None
            if shapes.size(made.shape) > MAX_SIZE:
                raise ExpressionError(
                    f"a value of shape {shapes.show(made.shape)}; the limit is {MAX_SIZE} entries", tree.col_offset
                )
            done[tree] = made
            if made.op == "const":
                self.constants[made] = Fraction(made.attr)
            elif made.args and made not in self.constants:
                self.constants[made] = folded(made.op, [self.constants.get(a) for a in made.args])
        return done[root]

    # -- which parts of a syntax node are values ------------------------------------------------

    def children(self, t: ast.expr) -> list[ast.expr]:
        match t:
            case ast.BinOp():
                return [t.left, t.right]
            case ast.UnaryOp():
                return [t.operand]
            case ast.BoolOp():
                return t.values
            case ast.Compare():
                return [t.left, *t.comparators]
            case ast.IfExp():
                return [t.test, t.body, t.orelse]
            case ast.Call(func=ast.Name(id=name)):
                if called(self.scope, name) or sequences.called(self.scope, t, FUNCTION_NAMES):
                    return t.args
                if name in AS_WRITTEN and name not in self.scope:
                    return []
                if substitution.replaces(t) and (name == "at" or name in self.scope):
                    return [*t.args, *(k.value for k in t.keywords)]
                if name not in FUNCTION_NAMES and name not in LOOPS:
                    if name == "new":
                        self.fail("new(m), what a sequence m has become in the same step, stands in steps only", t)
                    said = f"; here it is {OTHERWISE[name]}" if name in OTHERWISE else nearest(name, FUNCTION_NAMES)
                    self.fail(f"unknown function '{name}'{said}", t)
                return [] if self.is_loop(t) or name in CONSTRUCTORS else self.flat(t)
            case ast.ListComp():
                return []
            case ast.Attribute(attr="T"):
                return [t.value]
            case ast.Subscript():
                return [t.value]
            case ast.List() | ast.Tuple():
                return t.elts
            case ast.Name() | ast.Constant():
                return []
            case ast.Call():
                self.fail("only functions called by name are known, such as exp(x); a product is written with '*'", t)
            case ast.Attribute():
                self.fail(f"unknown attribute '.{t.attr}'; only '.T' (transpose) is known", t)
        self.fail(f"{type(t).__name__} is not part of the language", t)

    @staticmethod
    def flat(t: ast.Call) -> list[ast.expr]:
        """The arguments; a list of variables, as in grad(L, [w, b]), is laid open."""
        match t:
            case ast.Call(func=ast.Name(id=name), args=[f, ast.List(elts=variables), *rest]) if (
                name in DERIVATIVE_CALLS
            ):
                return [f, *variables, *rest]
            case ast.Call(func=ast.Name(id=name), args=[ast.List(elts=parts)]) if name in LISTED:
                return parts
        return t.args

    # -- nodes ----------------------------------------------------------------------------------

    def build(self, t: ast.expr, done: Mapping[ast.AST, Node]) -> Node:
        g = self.graph
        match t:
            case ast.Constant():
                return g.const(self.number(t))
            case ast.Name(id=name):
                return self.named(name, t)
            case ast.UnaryOp():
                return self.unary(t, done[t.operand])
            case ast.BinOp():
                return self.binary(t, done)
            case ast.BoolOp():
                op = "and" if isinstance(t.op, ast.And) else "or"
                parts = [self.part(done[v], v) for v in t.values]
                return fold(g, op, parts)
            case ast.Compare():
                return self.compared(t, [self.real(done[s], s) for s in (t.left, *t.comparators)])
            case ast.IfExp():
                return self.where(done[t.test], done[t.body], done[t.orelse], t)
            case ast.Attribute():
                return g.transpose(done[t.value])
            case ast.Subscript():
                return picked(self, done[t.value], t.slice.elts if isinstance(t.slice, ast.Tuple) else [t.slice], t)
            case ast.List() | ast.Tuple():
                return g.stack([self.real(done[e], e) for e in t.elts])
            case ast.ListComp(elt=element, generators=generators):
                return g.stack(self.rounds(element, generators, t))
            case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() as loop]):
                return self.looped(name, loop, t)
            case ast.Call(func=ast.Name(id=name)):
                return self.applied(name, t, done)
        raise AssertionError(ast.dump(t))

    def named(self, name: str, t: ast.Name) -> Node:
        g = self.graph
        if name not in self.scope and name in ("inf", *CONSTANTS):
            return g.node("inf") if name == "inf" else g.call(name)
        if name not in self.scope:
            hint = nearest(name, self.scope)
            if not hint and name in FUNCTION_NAMES:
                hint = f"; the function is called as {name}(...)"
            raise UnknownSymbol(f"unknown symbol '{name}'{hint}", t.col_offset)
        if called(self.scope, name):
            self.fail(f"'{name}' is a function; it is called as {name}(...)", t)
        return seen(self, name, t)

    def unary(self, t: ast.UnaryOp, inner: Node) -> Node:
        g = self.graph
        match t.op:
            case ast.Not():
                return g.call("not", self.part(inner, t.operand))
            case ast.USub():
                inner = self.real(inner, t.operand)
                return g.const(-inner.attr) if inner.op == "const" else g.node("neg", (inner,), None, inner.shape)
            case ast.UAdd():
                return self.real(inner, t.operand)
        self.fail("'~' is not part of the language; 'not' turns a condition round", t)

    def binary(self, t: ast.BinOp, done: Mapping[ast.AST, Node]) -> Node:
        g = self.graph
        op = _BINARY.get(type(t.op))
        if op is None and (found := whole(t, self.scope)) is not None:
            return g.const(found)  # t//3, t % 6 of an index
        if op is None:
            hint = "; a power is written **" if isinstance(t.op, ast.BitXor) else ""
            self.fail(f"unknown operator in '{self.source(t)}'{hint}", t)
        a, b = self.real(done[t.left], t.left), self.real(done[t.right], t.right)
        if op == "matmul":
            return g.matmul(a, b)
        if op == "pow":
            b = self.exponent(a, b, t)
            if (squares := squared_norm(a)) is not None and b.op == "const" and b.attr == 2:
                return squares
        if op == "div" and a.op == b.op == "const" and b.attr and (is_double(a) and is_double(b)):
            return g.const(Fraction(a.attr) / b.attr)
        return g.call(op, a, b)

    def compared(self, t: ast.Compare, sides: Sequence[Node]) -> Node:
        """A chain of comparisons, each of two neighbours."""
        g = self.graph
        parts = []
        for o, a, b in zip(t.ops, sides, sides[1:], strict=False):
            if (op := {**_COMPARE, **_MEMBER}.get(type(o), "")) == "":
                self.fail(f"unknown comparison in '{self.source(t)}'", t)
            parts.append(sets.compared(g, op, a, b, t, self.fail) or g.call(op, a, b))
        if len(parts) > 1:
            parts = [self.part(p, t) for p in parts]
        return fold(g, "and", parts)

    def looped(self, name: str, loop: ast.GeneratorExp, t: ast.Call) -> Node:
        """A function of a loop: sum(x[i] for i in n)."""
        g, element, generators = self.graph, loop.elt, loop.generators
        if name in EXPECTATIONS:
            return expectation(self, name, element, generators)
        if name in conditions.QUANTIFIERS:
            if name == "all" and self.steps(element):
                return every(self, element, generators, t)
            return fold(g, conditions.QUANTIFIERS[name], self.rounds(element, generators, t, claims=True))
        if totals.endless(generators, self.scope):
            return totals.read(self, name, element, generators, t)
        if name not in LOOPS:
            self.fail(f"{name} takes no loop; {', '.join(LOOPS)} do", t)
        return LOOPS[name](g, self.rounds(element, generators, t, empty=EMPTY.get(name)))

    def applied(self, name: str, t: ast.Call, done: Mapping[ast.AST, Node]) -> Node:
        g = self.graph
        if called(self.scope, name):
            try:
                return abstract.read(g, self.scope[name], [self.real(done[a], a) for a in t.args], t.keywords)
            except ExpressionError as e:
                self.fail(e.message, t)
        if substitution.replaces(t) and (name == "at" or name in self.scope):
            return substitution.read(self, t, done)
        if sequences.called(self.scope, t, FUNCTION_NAMES):
            return sequences.read(self, t, done)
        if name in AS_WRITTEN and name not in self.scope:
            return self.as_written(name, t)
        if name in CONSTRUCTORS:
            return CONSTRUCTORS[name](self, t)
        if t.keywords and name not in KEYWORDED:
            self.fail(f"{name} takes no keyword arguments", t)
        return self.call(name, t, [done[a] for a in self.flat(t)])

    def call(self, name: str, t: ast.Call, args: list[Node]) -> Node:
        g = self.graph
        if name in EXPECTATIONS:
            self.fail(f"{name} takes a random variable: {name}(x[n] for n in uniform(N))", t)
        if name in conditions.QUANTIFIERS:
            return self.quantified(name, t, args)
        if name in LOOP_ONLY:
            self.fail(f"{name} takes a loop: {name}(x[i] for i in n)", t)
        if name == "where":
            self.arity(t, args, 3)
            return self.where(args[0], args[1], args[2], t)
        if name == "indicator":
            self.arity(t, args, 1)
            return self.where(args[0], g.one, g.zero, t)
        if name in CONNECTIVES:
            self.arity(t, args, 2)
            a, b = (self.part(n, s) for n, s in zip(args, t.args, strict=True))
            return properties.connect(g, name, a, b)
        for a, s in zip(args, self.flat(t), strict=True):
            self.real(a, s)
        if name in ("min", "max") and len(args) > 2:
            return fold(g, name, args)
        if name in CALLS and (name not in FUNCTIONS or (len(args) == 1 and args[0].shape)):
            return CALLS[name](self, t, args)
        if t.keywords and name not in ("sum", "d"):
            self.fail(f"{name} of numbers takes no keyword arguments", t)
        if name in FUNCTIONS:
            self.arity(t, args, FUNCTIONS[name].arity)
            for a, s in zip(args[: FUNCTIONS[name].orders], t.args, strict=False):
                self.order(name, a, s)
            return g.call(name, *args)
        if name in DERIVATIVE_CALLS:
            return derivative(self, name, t, args)
        if name in extremes.CALLED:
            return extremes.read(self, t, name, args)
        if name in sets.SETS:
            return sets.read(g, t, name, args, self.fail)
        if name in PROPERTIES:
            return properties.read(g, t, PROPERTIES[name], args)
        return STRUCTURES[name](self, t, args)

    # -- small readers --------------------------------------------------------------------------

    def number(self, t: ast.Constant) -> Fraction:
        text = self.source(t)
        if type(t.value) not in (int, float) or not re.fullmatch(r"[\d_]*\.?[\d_]*([eE][+-]?\d+)?", text):
            self.fail(f"{text} is not a real decimal number", t)
        exponent = re.search(r"[eE]([+-]?\d+)", text)
        if len(text) > MAX_DIGITS or (exponent and abs(int(exponent.group(1))) > MAX_EXPONENT):
            self.fail("a number of this size is beyond the limits", t)
        return Fraction(text)

    def exponent(self, base: Node, power: Node, t: ast.BinOp) -> Node:
        """A constant exponent, folded and held to the limits; any other as it is."""
        value = self.constants.get(power)
        if value is None:
            return power
        if abs(value) > MAX_EXPONENT or value.denominator > MAX_EXPONENT:
            self.fail(f"an exponent beyond the limit of {MAX_EXPONENT}", t.right)
        b = self.constants.get(base)
        if b is not None and max(b.numerator.bit_length(), b.denominator.bit_length()) * abs(value) > MAX_POWER_BITS:
            self.fail("a power beyond the limits", t)
        return self.graph.const(value)

    def order(self, name: str, n: Node, t: ast.expr) -> None:
        """The order of a function, such as the n of polygamma(n, x)."""
        value = self.constants.get(n)
        if n.shape or value is None or value.denominator != 1 or not 0 <= value <= MAX_ORDER:
            self.fail(f"the order of {name} is a whole number from 0 to {MAX_ORDER}, not '{self.source(t)}'", t)

    def integer(self, t: ast.expr) -> int:
        if (value := whole(t, self.scope)) is None:
            here = "a number, a size, a variable of 'for', or the 'index' of its own sequence"
            self.fail(f"expected a whole number, not '{self.source(t)}': {here}", t)
        return value

    # -- loops ----------------------------------------------------------------------------------

    @staticmethod
    def is_loop(t: ast.Call) -> bool:
        return len(t.args) == 1 and isinstance(t.args[0], ast.GeneratorExp)

    def steps(self, element: ast.expr) -> bool:
        """Whether an element speaks of the state after some step."""
        calls = [n for n in ast.walk(element) if isinstance(n, ast.Call)]
        return any(sequences.called(self.scope, n, FUNCTION_NAMES) for n in calls)

    def rounds(
        self, element: ast.expr, generators: Loop, t: ast.expr, claims: bool = False, empty: int | None = None
    ) -> list[Node]:
        """The element of each round of a loop: a value, or a condition where it ``claims`` something. Of none, ``empty``."""
        sort = self.part if claims else self.real
        scope = self.scope or {"": self.graph.zero}  # a loop needs no names
        found = []
        for here in rounds(generators, scope):
            self.count_round("rounds of loops", t)
            found.append(sort(self.within(here).value(element), element))
        if not found and empty is not None:
            first = self.within({**scope, **dict.fromkeys(bound(generators), self.graph.zero)})
            return [nothing(self.graph, empty, lambda: first.value(element))]
        if not found:
            self.fail("a loop of no rounds has no value", t)
        return found

    def as_written(self, name: str, t: ast.Call) -> Node:
        """float64(E): what E computes, in the order in which it is written."""
        self.arity(t, t.args, 1)  # type: ignore[arg-type]  # only their number
        if t.keywords:
            self.fail(f"{name} takes no keyword arguments", t)
        return self.graph.node(name, (self.number_of(t.args[0]),), None, ())

    def number_of(self, t: ast.expr) -> Node:
        """A scalar that stands as a parameter."""
        found = self.real(self.within(self.scope).value(t), t)
        if found.shape:
            self.fail(f"'{self.source(t)}' is no scalar", t)
        return found

    def where(self, c: Node, a: Node, b: Node, t: ast.expr) -> Node:
        if properties.asks(c):
            self.fail(
                "a property such as convex(f, x) has no truth value at a point; it stands in claims, not in values", t
            )
        if any(n.op in conditions.QUANTIFIERS for n in topological([c])):
            self.fail(
                "all(u > v) and any(u > v) of tensors stand in claims; in a value it is all(u[i] > v[i] for i in n)", t
            )
        return self.graph.call("where", self.condition(c, t), self.real(a, t), self.real(b, t))

    def arity(self, t: ast.Call, args: Sequence[Node], n: int) -> None:
        assert isinstance(t.func, ast.Name)
        if len(args) != n:
            self.fail(f"{t.func.id} takes {n} argument{'s' if n != 1 else ''}, not {len(args)}", t)

    def real(self, n: Node, t: ast.expr) -> Node:
        if is_boolean(n):
            self.fail(f"'{self.source(t)}' is a condition where a value is expected", t)
        return n

    def condition(self, n: Node, t: ast.expr) -> Node:
        if not is_boolean(n):
            self.fail(f"'{self.source(t)}' is a value where a condition such as a > b is expected", t)
        return n

    def part(self, n: Node, t: ast.expr) -> Node:
        """A condition that stands in another: one truth, but for what stays entry by entry."""
        return self.condition(n, t) if t in self.entrywise else conditions.one(self.condition(n, t))

    def quantified(self, name: str, t: ast.Call, args: Sequence[Node]) -> Node:
        """all(c), any(c): of every entry, of some entry."""
        if len(args) != 1 or not is_boolean(args[0]) or not args[0].shape:
            self.fail(f"expected {name}(condition for i in n) with a whole number n, or {name}(u > v) of tensors", t)
        return conditions.quantified(name, args[0])

    def source(self, t: ast.expr) -> str:
        return self.text[t.col_offset : t.end_col_offset]

    def fail(self, message: str, t: ast.expr) -> NoReturn:
        raise ExpressionError(message, t.col_offset)
