"""A syntax tree to a text of the language, by scope, shapes and ranks.

What a shape does not follow from is asked of the language's own reader. Nothing is returned that was read in part.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction as Rational
from typing import NoReturn, TypeVar

from derive.errors import BeforeFirst, ExpressionError, ShapeError, UnknownSymbol
from derive.expr.graph import Graph, Node
from derive.expr.shapes import Shape, word
from derive.language.latex import arrays, calculus, calls, identifiers, reach, runs, scripts, templates, terms
from derive.language.latex.affine import Affine, Index, affine
from derive.language.latex.choices import Choices, Unsaid
from derive.language.latex.grammar import Parser
from derive.language.latex.terms import AND, ATOM, COMPARE, NOT, OR, Term
from derive.language.latex.tokens import Token, Tokens
from derive.language.latex.tree import (
    Big,
    Cases,
    Fraction,
    Given,
    Group,
    Logic,
    Matrix,
    Number,
    Place,
    Product,
    Relation,
    Root,
    Run,
    Scripted,
    Sum,
    Symbol,
    Tree,
    listed,
)
from derive.language.names import names_in
from derive.language.reader import parse
from derive.language.syntax import read as read_text

T = TypeVar("T")

MAX_DEPTH = 60  # of the resolver
SHIFTS = 6  # how far back an index may reach, as in x_{i-2}


class Resolver:
    def __init__(
        self, scope: Mapping[str, Node], graph: Graph, layout: str, words: frozenset[str], choices: Choices, source: str
    ) -> None:
        self.scope, self.graph, self.layout, self.words = scope, graph, layout, words
        self.choices, self.source = choices, source
        self.indices: dict[str, Index] = {}  # by their word in print
        self.depth = 0
        self.taken: dict[str, str] = {}  # what symbols were read as that might be something else
        self.free: dict[str, Callable[[], str]] = {}  # indices that stand for each of their range, by name
        self.assumed: dict[str, Token] = {}  # those of them that nothing in the formula binds
        self.looks: dict[str, tuple[str, str]] = {}  # of names and entries: word and font, as they stood first
        self.variables: Mapping[str, tuple[Node, ...]] = {}  # of definitions, as the table of names has them
        self.called: dict[str, tuple[str, ...]] = {}  # what stood in brackets after definitions
        self.notes: dict[str, None] = {}  # what was taken for granted
        self.memo: dict[str, Node] = {}

    # -- what the parts use ---------------------------------------------------------------------

    def fail(self, message: str, start: int) -> NoReturn:
        raise ExpressionError(message, start)

    def choose(self, key: Hashable, options: Sequence[Callable[[], T]]) -> T:
        return self.choices.choose(key, options)

    def parser(self, tokens: Tokens) -> Parser:
        inner = Parser(list(tokens), self.words, self.source)
        inner.depth = self.depth
        return inner

    def tree(self, tokens: Tokens) -> Tree:
        """The value that some tokens are, as a tree."""
        p = self.parser(tokens)
        made = p.statement()
        if p.here.kind != "end":
            p.fail(f"can't be read at {p.shown(p.here)}")
        return made

    def listed(self, tokens: Tokens) -> list[Tokens]:
        """Tokens between the commas outside of brackets."""
        parts: list[list[Token]] = [[]]
        depth = 0
        for t in tokens:
            depth += t.is_("(", "[", "{", "\\{") - t.is_(")", "]", "}", "\\}")
            if t.is_(",") and not depth:
                parts.append([])
            else:
                parts[-1].append(t)
        return [tuple(p) for p in parts]

    def affine(self, tokens: Tokens, symbols: bool = False) -> Affine | None:
        try:
            tree = self.tree(tokens)
        except ExpressionError:
            return None
        return affine(tree, self.scope, self.indices, symbols)

    def node(self, text: str, start: int) -> Node:
        """The node of a text, its loop variables at the first number that all of its entries have."""
        if text not in self.memo:
            self.memo[text] = self.first_node(text, start)
        return self.memo[text]

    def first_node(self, text: str, start: int) -> Node:
        fault: ExpressionError | None = None
        for first in range(SHIFTS if self.indices else 1):
            scope = {**self.scope, **{i.name: self.graph.const(first) for i in self.indices.values()}}
            try:
                return parse(text.replace(terms.OPEN, "1"), scope, self.graph, layout=self.layout)
            except ExpressionError as e:
                fault = fault or e
                if not isinstance(e, BeforeFirst):
                    break
        assert fault is not None
        misfit = isinstance(fault, ShapeError | BeforeFirst)
        kind = UnknownSymbol if isinstance(fault, UnknownSymbol) else ExpressionError if misfit else Unsaid
        raise kind(f"{fault.message} (in '{text}')", start, fault.letters) from None

    def shape(self, text: str, start: int) -> Shape:
        return self.node(text, start).shape

    def unit(self, items: Sequence[tuple[str, Tree]], k: int) -> tuple[Term, int]:
        """The value that begins with the k-th factor, and where the next one begins."""
        return calls.unit(self, items, k)

    def counts(self, tokens: Tokens) -> bool:
        """Whether a script is a number of steps."""
        try:
            return bool(identifiers.count(self, self.tree(tokens), strictly=False))
        except ExpressionError:
            return False

    def combined(self, how: Callable[[], Term], start: int) -> Term:
        """A term put together, its fault placed."""
        try:
            return how()
        except ExpressionError as e:
            raise type(e)(e.message, start, e.letters) from None

    # -- values ---------------------------------------------------------------------------------

    def value(self, tree: Tree) -> Term:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("nested too deeply", tree.start)
        made = self.any(tree)
        self.depth -= 1
        if made.condition:
            self.fail(f"'{made.text}' is a condition where a value is expected", tree.start)
        return made

    def condition(self, tree: Tree) -> Term:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail("nested too deeply", tree.start)
        made = self.any(tree)
        self.depth -= 1
        if not made.condition:
            self.fail(f"'{made.text}' is a value where a condition is expected", tree.start)
        return made

    def any(self, tree: Tree) -> Term:
        match tree:
            case Number():
                return arrays.filled(self, tree, ()) if tree.font else terms.number(tree.text)
            case Given():
                return self.given(tree)
            case Symbol() | Scripted(base=Symbol()):
                return identifiers.symbol(self, tree)
            case Scripted(base=Given(text=name)) if name in self.scope:
                return identifiers.scripted_name(self, name, tree)
            case Scripted():
                return scripts.scripted(self, tree)
            case Group():
                return self.group(tree)
            case Fraction():
                return self.fraction(tree)
            case Root():
                return self.root(tree)
            case Big():
                return runs.big(self, tree)
            case Run():
                return runs.run(self, tree)
            case Product():
                return self.product(tree)
            case Sum():
                return self.sum(tree)
            case Matrix():
                return arrays.matrix(self, tree)
            case Cases():
                return arrays.cases(self, tree)
            case Relation():
                return self.relation(tree)
            case Logic():
                return self.logic(tree)
            case Place():
                self.fail("a bar that says where a value is taken has nothing before it", tree.start)

    def given(self, tree: Given) -> Term:
        """What the table of names says, as it stands."""
        if templates.is_template(tree):
            self.fail(f"names: '{tree.text}' speaks of what stands in brackets, and none follow", tree.start)
        scope = {*self.scope, *(i.name for i in self.indices.values())}
        for letter, i in self.indices.items():  # a loop that binds a letter again has another name for it
            if i.name != letter and letter not in self.scope and i.name not in tree.text:
                tree = replace(tree, text=re.sub(rf"\b{re.escape(letter)}\b", i.name, tree.text))
        try:
            unknown = next((n for n in names_in(tree.text) if n not in scope and n != "pi"), None)
        except ExpressionError as e:
            raise ExpressionError(f"names: '{tree.text}': {e.message}", tree.start) from None
        if unknown:
            self.fail(f"names: '{tree.text}': unknown symbol '{unknown}'", tree.start)
        written = read_text(tree.text)
        for n in ast.walk(written):  # a loop without limits learns from it what it runs over
            if isinstance(n, ast.Subscript) and isinstance(n.value, ast.Name) and n.value.id in self.scope:
                picked = n.slice.elts if isinstance(n.slice, ast.Tuple) else [n.slice]
                for at, size in zip(picked, self.scope[n.value.id].shape, strict=False):
                    for i in self.indices.values():
                        if isinstance(at, ast.Name) and at.id == i.name:
                            i.sizes.append(size)
        whole = isinstance(written, ast.Name | ast.Call | ast.Subscript | ast.Attribute | ast.List)
        level = ATOM if whole else terms.OR
        return Term(
            tree.text,
            level,
            self.shape(tree.text, tree.start),
            turns="grad" in tree.text,
            plain=tree.text.isidentifier(),
        )

    def group(self, tree: Group) -> Term:
        if tree.bracket in ("|", "||"):
            return scripts.norm(self, tree, (), tree.start)
        if listed(tree):
            return arrays.listed(self, tree)
        if tree.bracket in ("angle", "binom"):
            return arrays.paired(self, tree)
        inner = self.any(tree.items[0])
        if tree.bracket in ("floor", "ceil"):
            return Term(f"{tree.bracket}({inner.text})", ATOM, inner.shape, inner.row, inner.turns)
        if tree.bracket == "!":
            if inner.shape:
                self.fail(f"'{inner.text}' is no number to take the factorial of", tree.start)
            return Term(f"factorial({inner.text})", ATOM)
        return inner

    def fraction(self, tree: Fraction) -> Term:
        if (made := calculus.derivative(self, tree)) is not None:
            return made
        top, bottom = self.value(self.tree(tree.top)), self.value(self.tree(tree.bottom))
        return self.quotient(top, bottom, tree.start)

    def quotient(self, top: Term, bottom: Term, start: int) -> Term:
        if bottom.shape and (len(bottom.shape) > 1 or not (top.shape == bottom.shape or not top.shape)):
            self.fail(f"'{bottom.text}' is no number to divide by; entry by entry it is \\oslash", start)
        made = self.combined(lambda: terms.elementwise(top, bottom, "/"), start)
        return replace(made, plain=top.plain and bottom.plain and not made.shape, turns=top.turns)

    def root(self, tree: Root) -> Term:
        inside = self.value(tree.inside)
        self.elementwise_only("sqrt", inside, tree.start)
        if tree.order is None:
            return Term(f"sqrt({inside.text})", ATOM, inside.shape, inside.row, inside.turns)
        order = self.value(tree.order)
        root = Term(f"{inside.at(ATOM)}**(1/{order.at(ATOM)})", terms.POWER, inside.shape, inside.row)
        if not order.text.isdigit() or int(order.text) % 2 == 0 or inside.number:
            return root
        text = f"sign({inside.text})*abs({inside.text})**(1/{order.text})"  # of numbers below 0, too
        whole = Term(text, terms.PRODUCT, inside.shape, inside.row)
        return self.choose(("root", tree.start), [lambda: root, lambda: whole])

    def elementwise_only(self, name: str, x: Term, start: int) -> None:
        if len(x.shape) == 2 and x.shape[0] == x.shape[1]:
            raise Unsaid(f"{name} of a square matrix may be meant entry by entry or not; say it in 'names:'", start)

    # -- sums and products ----------------------------------------------------------------------

    def sum(self, tree: Sum) -> Term:
        if (whole := reach.swallowed(tree)) is not None:
            return self.choose(("sum", tree.start), [lambda: self.total(tree), lambda: self.total(whole)])
        return self.total(tree)

    def total(self, tree: Sum) -> Term:
        sign, first = tree.terms[0]
        made = self.value(first)
        made = terms.negated(made) if sign == "-" else made
        for sign, t in tree.terms[1:]:
            made = self.added(made, self.value(t), sign, t.start)
        return made

    def added(self, a: Term, b: Term, sign: str, start: int) -> Term:
        """A sum. A number beside a square matrix is that of every entry, or times the identity."""

        def entrywise() -> Term:
            return self.combined(lambda: terms.added(a, b, sign), start)

        matrix, other = (a, b) if len(a.shape) == 2 else (b, a)
        square = len(matrix.shape) == 2 and word(matrix.shape[0]) == word(matrix.shape[1])
        if not square or other.shape or other.open or not other.plain or other.text == "0":
            return entrywise()
        times = terms.times(other, Term(f"eye({word(matrix.shape[0])})", ATOM, matrix.shape))
        parts = (a, times) if other is b else (times, b)
        return self.choose(("identity", start), [entrywise, lambda: terms.added(*parts, sign)])

    def product(self, tree: Product) -> Term:
        items = list(tree.items)
        if isinstance(items[-1][1], Place):
            return calculus.placed(self, items[:-1], items[-1][1])
        if any(op in ("o", "o/") for op, _ in items[1:]):
            return self.entrywise(items, tree.start)
        return self.factors(items)

    def entrywise(self, items: Sequence[tuple[str, Tree]], start: int) -> Term:
        r"""A product with ``\odot``. People don't agree which of ``A b`` and ``b \odot c`` binds tighter: all ways are
        tried where products of tensors stand beside it."""
        groups: list[list[tuple[str, Tree]]] = [[]]
        signs = [""]
        for k, item in enumerate(items):
            if k and item[0] in ("o", "o/"):
                groups.append([])
                signs.append(item[0])
            groups[-1].append(item)

        def weakly() -> Term:
            made = self.factors(groups[0])
            for sign, group in zip(signs[1:], groups[1:], strict=True):
                part = self.factors([("", group[0][1]), *group[1:]])
                made = self.combined(lambda a=made, b=part, s=sign: self.times(a, b, s), start)  # type: ignore[misc]
            return made

        def tightly() -> Term:
            parts: list[tuple[str, Term]] = []
            k = 0
            while k < len(items):
                op = items[k][0]
                part, k = self.unit(items, k)
                while k < len(items) and items[k][0] in ("o", "o/"):
                    sign = items[k][0]
                    after, k = self.unit(items, k)
                    part = self.combined(lambda a=part, b=after, s=sign: self.times(a, b, s), start)  # type: ignore[misc]
                parts.append((op, part))
            made = parts[0][1]
            for op, part in parts[1:]:
                made = self.combined(lambda a=made, b=part, s=op: self.times(a, b, s), start)  # type: ignore[misc]
            return made

        if all(self.one_tensor(g) for g in groups) and "o/" not in signs and not reach.goes_on(items):
            return weakly()
        return self.choose(("entrywise", start), [weakly, tightly, lambda: self.factors(items)])

    def one_tensor(self, items: Sequence[tuple[str, Tree]]) -> bool:
        """Whether no more than one of the factors is a vector or a matrix."""
        k = count = 0
        while k < len(items):
            part, k = self.unit(items, k)
            count += bool(part.shape or part.open)
        return count < 2

    def factors(self, items: Sequence[tuple[str, Tree]], made: Term | None = None) -> Term:
        """A product, from the left, of ``made`` and these; a quotient by a bare factor with more after it may mean two things."""
        k = 0
        while k < len(items):
            op, tree = items[k]
            if op == "/" and made is not None:
                made, k = self.divided(made, items, k)
                continue
            if made is not None and op == "" and listed(tree) and len(made.shape) != 2:
                self.fail(
                    f"'{made.text}' at these values, or times this list? Write \\cdot, or say it in 'names:'",
                    tree.start,
                )
            part, k = calls.unit(self, items, k)
            if made is None:
                made = part
            else:
                so_far, sign = made, op
                made = self.combined(lambda a=so_far, b=part, s=sign: self.times(a, b, s), tree.start)  # type: ignore[misc]
        assert made is not None
        return made

    def divided(self, top: Term, items: Sequence[tuple[str, Tree]], k: int) -> tuple[Term, int]:
        """``a/b c``: a divided by b and multiplied by c, or by all that stands beside b."""
        start = items[k][1].start
        first, after = calls.unit(self, items, k)
        end = after
        while end < len(items) and not items[end][0]:
            _, end = calls.unit(self, items, end)
        if isinstance(items[k][1], Big):
            inside = reach.cuts(self, items, k)
            return reach.chosen(self, "divided", start, inside, lambda of: self.quotient(top, self.value(of), start))
        if end == after or isinstance(items[k][1], Group):
            return self.quotient(top, first, start), after

        def narrow() -> tuple[Term, int]:
            return self.quotient(top, first, start), after

        def wide() -> tuple[Term, int]:
            inner = [("", items[k][1]), *items[k + 1 : end]]
            return self.quotient(top, self.factors(inner), start), end

        return self.choose(("divided", start), [narrow, wide])

    def times(self, a: Term, b: Term, op: str) -> Term:
        if op == "o":
            return terms.elementwise(a, b, "*")
        if op == "o/":
            return terms.elementwise(a, b, "/")
        if op == "mod":
            return terms.modulo(a, b)
        if op == "/":
            return self.quotient(a, b, 0)
        if (ten := _scientific(a, b)) is not None:
            return ten
        if op == "x" and len(a.shape) == len(b.shape) == 1:
            raise ExpressionError("a cross product of vectors is not part of the language")
        return terms.times(a, b, dot=op == ".")

    # -- conditions -----------------------------------------------------------------------------

    def relation(self, tree: Relation) -> Term:
        parts = [self.value(t) for t in tree.parts]
        parts = self.sides(parts, tree)
        if any(op in terms.ORDERS for op in tree.ops):
            return self.combined(lambda: terms.ordered(parts, tree.ops), tree.start)
        if "<-" in tree.ops:
            self.fail("an assignment inside of a condition", tree.start)
        if "~" in tree.ops:
            self.fail(
                "'\\approx' says nothing inside a condition; a printed number stands at the end of a formula",
                tree.start,
            )
        text = parts[0].at(terms.SUM)
        for op, p in zip(tree.ops, parts[1:], strict=True):
            text += f" {op} {p.at(terms.SUM)}"
        return Term(text, COMPARE, condition=True)

    def sides(self, parts: list[Term], tree: Relation) -> list[Term]:
        """The sides of a relation, which are of one shape; a number stands for a tensor of it."""
        tensor = next((p for p in parts if p.shape), None)
        if tensor is None:
            return parts
        made = []
        for p, t in zip(parts, tree.parts, strict=True):
            if p.open and len(tensor.shape) == p.rank:
                p = p.sized(tensor.shape[0])
            if len(p.shape) != len(tensor.shape) and not p.number:
                self.fail(f"the sides are of unlike shapes: {self.shapes_of(tensor, p)}", t.start)
            if len(p.shape) == 1 and p.row != tensor.row and not p.turns and not tensor.turns:
                self.fail(f"a side is a row, and another a column: '{tensor.text}', '{p.text}'", t.start)
            made.append(p)
        return made

    @staticmethod
    def shapes_of(a: Term, b: Term) -> str:
        from derive.expr.shapes import show

        return f"'{a.text}' has shape {show(a.shape)}, '{b.text}' has shape {show(b.shape)}"

    def logic(self, tree: Logic) -> Term:
        parts = [self.condition(t) for t in tree.parts]
        if tree.op in ("implies", "iff"):
            return Term(f"{tree.op}({parts[0].text}, {parts[1].text})", ATOM, condition=True)
        if tree.op == "not":
            return Term(f"not {parts[0].at(NOT)}", NOT, condition=True)
        level = AND if tree.op == "and" else OR
        return Term(f" {tree.op} ".join(p.at(level + 1) for p in parts), level, condition=True)


def _scientific(a: Term, b: Term) -> Term | None:
    r"""``3.5 \cdot 10^{-4}``, one number."""
    if a.number and b.number and b.text.startswith("1e") and "e" not in a.text:
        try:
            Rational(a.text)
        except ValueError:
            return None
        return terms.number(f"{a.text}{b.text[1:]}")
    return None
