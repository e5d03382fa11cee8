r"""What a formula says: a value, a chain of equalities with a printed number at its end, a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import partial

from derive.errors import BeforeFirst, ExpressionError, ShapeError, UnknownSymbol
from derive.expr.graph import Graph, Node
from derive.language.latex import loops, reach, signatures
from derive.language.latex.affine import Index
from derive.language.latex.choices import Choices, Unsaid, readings
from derive.language.latex.displays import statements
from derive.language.latex.given import bare, replaced, table
from derive.language.latex.lists import Statement
from derive.language.latex.mentions import vocabulary
from derive.language.latex.quantified import Quantified, assumed
from derive.language.latex.resolve import Resolver
from derive.language.latex.symbols import candidates, layer, pieces, raised, spelt
from derive.language.latex.terms import ATOM, OPEN, Term
from derive.language.latex.tokens import Token, Tokens, tokenized
from derive.language.latex.tree import (
    Big,
    Group,
    Matrix,
    Number,
    Product,
    Relation,
    Scripted,
    Sum,
    Symbol,
    Tree,
    listed,
)
from derive.language.latex.words import GREEK
from derive.language.names import names_in
from derive.language.reader import parse
from derive.records import dataclass

#: Digits as print has them, or rows of them.
Printed = str | list[str] | list[list[str]]


@dataclass(frozen=True, slots=True)
class Said:
    """One statement. ``parts`` are equal values in the language, the first is what it is about; ``prints`` the digits that
    stand at the end, ``shows`` the displayed arithmetic before them; or ``holds``, a condition. ``nodes``: of the parts or of
    the condition."""

    latex: str
    start: int
    parts: tuple[str, ...] = ()
    prints: Printed | None = None
    shows: str = ""
    holds: str = ""
    nodes: tuple[Node, ...] = ()
    taken: Mapping[str, str] = field(
        default_factory=dict
    )  # symbols that might be something else, and what they were read as
    notes: tuple[str, ...] = ()  # what was taken for granted

    @property
    def text(self) -> str:
        if self.holds:
            return self.holds
        shows = f"   shows {self.shows}" if self.shows else ""
        return " == ".join(self.parts) + shows + (f"   prints {_shown(self.prints)}" if self.prints is not None else "")


@dataclass(frozen=True, slots=True)
class Reading:
    statements: tuple[Said, ...]
    aside: tuple[str, ...] = field(default=())


def read(
    text: str, scope: Mapping[str, Node], graph: Graph, *, names: Mapping[str, str] | None = None, layout: str = "mixed",
    left: str = "",
) -> Reading:  # fmt: skip
    """What a formula says by the names in ``scope``. ``names`` is a table from LaTeX to the language; ``left`` a name that is
    being defined: where the formula begins with it and '=', that is left out.

    Raises ExpressionError with the offset in the formula: it can't be read, or can be read in more than one way.
    """
    free = ranges(names or {})
    rows = table({key: value for key, value in (names or {}).items() if key not in free})
    words = vocabulary({*scope, left} - {""})
    found = statements(text, words, rows, _symbols(scope))
    variables = _without(found.statements, left) if left else ()
    for s in found.statements:
        if len(found.statements) > 1 and printed(s.tree) is not None:
            raise ExpressionError("a number alone says nothing; a decimal point is a point", s.start)
    for q in found.quantified:
        if q.index.text in free:
            raise ExpressionError(f"the range of '{q.index.text}' is said in 'names:', too", q.index.start)
    of = signatures.in_table(names or {}, scope, words)
    said = tuple(_one(s, scope, graph, layout, words, text, free, found.quantified, rows, of) for s in found.statements)
    signatures.said(graph, left, variables, scope)
    return Reading(said, tuple(a for a in found.aside if a))


# -- one statement --------------------------------------------------------------------------------------


def _one(
    s: Statement,
    scope: Mapping[str, Node],
    graph: Graph,
    layout: str,
    words: frozenset[str],
    text: str,
    free: Mapping[str, str],
    quantified: Sequence[Quantified] = (),
    rows: Sequence[tuple[Tokens, str]] = (),
    variables: Mapping[str, tuple[Node, ...]] | None = None,
) -> Said:
    def run(choices: Choices, each: Sequence[Token] = ()) -> Said:
        r = Resolver(scope, graph, layout, words, choices, text)
        r.variables = variables or {}
        r.indices = {word: Index(spelt(word)[0]) for word in free}
        r.free = {r.indices[word].name: partial(str, said) for word, said in free.items()}
        for q in quantified:
            loops.said_of(r, q)
        for t in each:
            loops.said_of(r, Quantified(t))
            r.assumed[r.indices[t.text].name] = t
        said = _said(r, s.tree, text[s.start : s.stop], s.start)
        return replace(said, taken=r.taken, notes=tuple(r.notes))

    found, fault = _all(run, s.stop - s.start)
    if not found and isinstance(s.tree, Relation):
        known = {*scope, *free, *(q.index.text for q in quantified)}
        try:
            tokens = bare(replaced(tokenized(text[s.start : s.stop])[0], rows, _symbols(scope)))
        except ExpressionError:  # a piece of what stands in braces
            tokens = []
        if each := assumed([replace(t, start=t.start + s.start, stop=t.stop + s.start) for t in tokens], known):
            found, other = _all(partial(run, each=each), s.stop - s.start)
            if other is not None and not isinstance(other, UnknownSymbol):
                fault = other
    if not found:
        assert fault is not None
        raise fault
    if len(found) > 1:
        raise _ambiguous(found, s, text)
    return found[0]


def _all(run: Callable[[Choices], Said], size: int) -> tuple[list[Said], ExpressionError | None]:
    """The readings that differ; of none, why."""
    found: dict[object, Said] = {}
    faults: list[ExpressionError] = []
    for made in readings(run, size):
        if isinstance(made, ExpressionError):
            faults.append(made)
        else:
            found.setdefault((made.nodes, made.shows, str(made.prints)), made)
    if found and (unsaid := next((e for e in faults if isinstance(e, Unsaid)), None)) is not None:
        return [], unsaid
    return list(found.values()), max(faults, key=lambda e: e.offset) if faults and not found else None


def _symbols(scope: Mapping[str, Node]) -> set[str]:
    """The words in print of the symbols and definitions of a case."""
    found = {name for name, n in scope.items() if n.op != "function"}
    return found | {word for word in GREEK if any(name in found for name in spelt(word))}


def _said(r: Resolver, tree: Tree, latex: str, start: int) -> Said:
    while isinstance(tree, Group) and len(tree.items) == 1 and isinstance(tree.items[0], Relation):
        tree = tree.items[0]  # in a box
    if isinstance(tree, Relation):
        return _related(r, tree, latex, start)
    term = r.any(tree)
    text = _whole(term.text, term.open, start)
    node = _node(r, text, term.condition)
    return (
        Said(latex, start, holds=text, nodes=(node,)) if term.condition else Said(latex, start, (text,), nodes=(node,))
    )


def _related(r: Resolver, tree: Relation, latex: str, start: int) -> Said:
    """A chain of equalities, its last number printed; any other relation is a condition."""
    trees, ops = list(tree.parts), list(tree.ops)
    if (found := _least(trees[-1])) is not None and ops == ["=="]:
        text = loops.least(r, trees[0], found).text
        return Said(latex, start, holds=text, nodes=(_node(r, text, True),))
    assigned, ops = ops == ["<-"], ["==" if op == "<-" else op for op in ops] if ops == ["<-"] else ops
    prints = None
    if ops[-1] in ("==", "~") and (digits := printed(trees[-1])) is not None and (ops[-1] == "~" or _decimal(digits)):
        prints = digits
        trees.pop()
        ops.pop()
    if "~" in ops:
        r.fail("after '\\approx' a printed number is expected", tree.start)
    if any(op != "==" for op in ops):
        if prints is not None:
            r.fail("a printed number at the end of an inequality", tree.start)
        term = r.relation(tree)
        over = _over(r, [term])
        _of_each(r, over)
        text = _whole(f"all({term.text} {over})" if over else term.text, term.open, start)
        return Said(latex, start, holds=text, nodes=(_node(r, text, True),))
    parts = [r.value(t) for t in trees]
    if assigned and (old := _again(r, parts)):
        r.fail(f"an assignment: '{old}' on the right is the old value. Say it as an iteration, in 'sequences:'", start)
    if len(parts) > 1:
        parts = r.sides(parts, Relation(tree.start, tuple(trees), tuple(ops)))
    if isinstance(prints, list) and len(prints) == 1 and isinstance(prints[0], list) and len(parts[0].shape) == 1:
        prints = prints[0]  # a row
    if (over := _over(r, parts)) and prints is not None:
        r.fail("a printed number of each of an index", tree.start)
    for name, t in r.assumed.items():
        if f"for {name} in " in over and name not in names_in(parts[0].text):
            r.fail(f"of which '{t.text}' is this said? It does not stand on the left", t.start)
    _of_each(r, over)
    _not_summed(r, trees, over)
    parts = [_each(p, over) for p in parts]
    texts = tuple(_whole(p.text, p.open, t.start) for p, t in zip(parts, trees, strict=True))
    nodes = tuple(_node(r, t, False) for t in texts)
    shows = ""
    if prints is not None and len(texts) > 1:  # a link of numbers alone is displayed arithmetic
        numbers = [t for t in texts if not names_in(t)]
        if len(numbers) > 1:
            r.fail(
                "one displayed arithmetic stands before a printed number; the others are claims of their own",
                tree.start,
            )
        shows = numbers[0] if numbers else ""
        kept = [k for k, t in enumerate(texts) if t not in numbers]
        texts, nodes = tuple(texts[k] for k in kept), tuple(nodes[k] for k in kept)
    return Said(latex, start, texts, prints, shows, nodes=nodes)


def _node(r: Resolver, text: str, boolean: bool) -> Node:
    """What the language makes of it. Raises Unsaid where it has no such thing, which is no misfit."""
    try:
        return parse(text, r.scope, r.graph, boolean=boolean, layout=r.layout)
    except (ShapeError, BeforeFirst, UnknownSymbol):
        raise
    except ExpressionError as e:
        raise Unsaid(e.message, e.offset, e.letters) from None


def _least(tree: Tree) -> Big | None:
    r"""``\arg\min_x f``, with all the terms that stand after it."""
    if isinstance(tree, Sum) and isinstance(first := tree.terms[0][1], Big):
        body: Tree = Sum(first.body.start, (("+", first.body), *tree.terms[1:]))
        tree = replace(first, body=body, written=())
    return tree if isinstance(tree, Big) and tree.op in ("argmin", "argmax") else None


def _again(r: Resolver, parts: Sequence[Term]) -> str:
    """The name on the left that is spoken of on the right, too; of a step of an iteration that step."""
    left = parts[0].text
    name, *_ = re.split(r"\W", left, maxsplit=1)
    if left.startswith(f"{name}("):
        return left if any(left in p.text for p in parts[1:]) else ""
    return name if any(name in names_in(p.text) for p in parts[1:]) else ""


def _over(r: Resolver, parts: Sequence[Term]) -> str:
    """The loops over those of the indices that stand for each of their range, in the order of the table."""
    spoken = {name for p in parts for name in names_in(p.text)}
    return " ".join(f"for {name} in {said()}" for name, said in r.free.items() if name in spoken)


def _not_summed(r: Resolver, trees: Sequence[Tree], over: str) -> None:
    """Fails where an index that nothing binds stands twice in a product and not on every side: it may be summed over."""
    for name, t in r.assumed.items():
        letter, everywhere = t.text, all(t.text in reach.spoken(side) for side in trees)
        if f"for {name} in " in over and not everywhere and any(reach.repeated(r, side, letter) for side in trees):
            r.fail(f"summed over '{letter}', or said of each? Write \\sum_{letter}, or \\forall {letter}", t.start)


def _of_each(r: Resolver, over: str) -> None:
    for name, t in r.assumed.items():
        for loop in over.split("for "):
            if loop.startswith(f"{name} in "):
                r.notes[f"said of every {t.text}, which nothing binds: for {loop.strip()}"] = None


def _each(p: Term, over: str) -> Term:
    """A side for each of the free indices; a number is said of every entry."""
    if not over or p.number:
        return p
    for loop in reversed([f"for {part}" for part in over.split("for ")[1:]]):
        p = Term(f"[{p.text} {loop.strip()}]", ATOM)
    return p


def ranges(names: Mapping[str, str]) -> dict[str, str]:
    """The indices that the table gives a range, ``k: range(K)``, by their word: what is said with them is said of each."""
    found = {}
    for latex, text in names.items():
        tokens = tokenized(latex)[0]
        if len(tokens) == 2 and re.fullmatch(r"range\([\w\s,+*-]*\)", text.strip()):
            found[tokens[0].text] = text.strip()
    return found


def _whole(text: str, is_open: bool, start: int) -> str:
    if is_open or OPEN in text:
        what = "an identity matrix, or a vector of ones, of a size that is not said"
        raise ExpressionError(f"of what size? {what}: write I_n, \\mathbf{{1}}_n", start)
    return text


def printed(tree: Tree) -> Printed | None:
    """The digits of a numeral, of a column or a matrix of numerals."""
    if isinstance(tree, Matrix):
        rows = [[_numeral(t) for t in row] for row in tree.rows]
        if any(d is None for row in rows for d in row):
            return None
        if all(len(row) == 1 for row in rows):
            return [d for row in rows for d in row if d is not None]
        return [[d for d in row if d is not None] for row in rows]
    if isinstance(tree, Group) and listed(tree):
        entries = [_numeral(t) for t in tree.items]
        return None if any(d is None for d in entries) else [d for d in entries if d is not None]
    return _numeral(tree)


def _numeral(tree: Tree) -> str | None:
    match tree:
        case Number(text=text, font=""):
            return text
        case Sum(terms=(("-", Number(text=text, font="")),)):
            return f"-{text}"
        case Product(items=((_, Number(text=text)), (".", _))) | Product(items=((_, Number(text=text)), ("x", _))):
            power = _power_of_ten(tree.items[1][1])
            return None if power is None else f"{text}e{power}"
        case Sum(terms=(("-", Product() as inner),)):
            digits = _numeral(inner)
            return None if digits is None else f"-{digits}"
    return None


def _power_of_ten(tree: Tree) -> str | None:
    match tree:
        case Scripted(base=Number(text="10"), below=(), above=above, primes=0):
            digits = "".join(t.text for t in above)
            return digits if digits.removeprefix("-").isdigit() else None
    return None


def _decimal(digits: Printed) -> bool:
    """Whether a numeral after '=' was printed by rounding: a whole number is said exactly."""
    if isinstance(digits, str):
        return "." in digits or "e" in digits
    return any(_decimal(d) for d in digits)


def _shown(prints: Printed | None) -> str:
    if isinstance(prints, list):
        return f"[{', '.join(_shown(p) for p in prints)}]"
    return prints or ""


def _without(found: Sequence[Statement], left: str) -> tuple[Tree, ...]:
    """Takes the name that is defined off the first statement; the variables that stand with it in brackets."""
    from derive.language.latex.identifiers import parts

    first = found[0]
    if not isinstance(first.tree, Relation) or first.tree.ops[0] not in ("==", "<-"):
        return ()
    name, variables = signatures.called(first.tree.parts[0]) or (first.tree.parts[0], ())
    if not (isinstance(name, Symbol) or (isinstance(name, Scripted) and isinstance(name.base, Symbol))):
        return ()
    s, below, above, _ = parts(name)
    inside = layer(above) if above else None
    subs = [*(pieces(inside) or [] if inside else []), *(pieces(below) or [] if below else [])]
    if left not in candidates(s.word, s.accents, subs, raised(above) if above else None):
        return ()
    rest, ops = first.tree.parts[1:], first.tree.ops[1:]
    first.tree = Relation(rest[0].start, rest, ops) if ops else rest[0]
    return variables


def _ambiguous(found: list[Said], s: Statement, text: str) -> ExpressionError:
    from derive.language.typeset import latex

    shown = []
    for said in found[:4]:
        typeset = " = ".join(latex(n) for n in said.nodes)
        shown.append(f"{said.text}, that is {typeset}")
    rest = f", and {len(found) - 4} more" if len(found) > 4 else ""
    first, second = found[:2]
    symbol = next((k for k, name in first.taken.items() if second.taken.get(k, name) != name), None)
    if symbol:
        line = f", or names: {{'{symbol}': '{first.taken[symbol]}'}}"
    elif len(first.parts) == 1 and first.prints is None:
        line = f", or names: {{'{' '.join(text[s.start : s.stop].split())}': '{first.text}'}}"
    else:
        line = ", or a line of 'names:' for what differs"
    return ExpressionError(f"can be read as {' or as '.join(shown)}{rest}; brackets settle it{line}", s.start)
