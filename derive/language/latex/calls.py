"""One factor of a product, with what it takes in: a function its argument, a definition its variables, a derivative its operand.

``name(`` is a call if the name is a function, an evaluation if it is a definition and the brackets hold nothing but variables
that it depends on, a product where the brackets hold no bare name or number; anything else is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from derive.errors import ExpressionError
from derive.expr.graph import topological
from derive.language import sequences
from derive.language.latex import calculus, identifiers, reach, scripts, signatures, templates, terms
from derive.language.latex.library import EITHER, OF_MATRICES, library
from derive.language.latex.terms import ATOM, Term
from derive.language.latex.tokens import Tokens
from derive.language.latex.tree import (
    Fraction,
    Given,
    Group,
    Logic,
    Number,
    Relation,
    Scripted,
    Symbol,
    Tree,
    bracket,
    listed,
)
from derive.language.latex.words import FUNCTIONS
from derive.language.names import names_in
from derive.language.properties import PROPERTIES

if TYPE_CHECKING:
    from derive.language.latex.resolve import Resolver

Items = Sequence[tuple[str, Tree]]

#: Functions whose bracket people raise to a power and mean either: ``\\log(1 + x)^2``.
_POWERS = frozenset(("log", "ln", "lg", "sin", "cos", "tan"))


def unit(r: Resolver, items: Items, k: int) -> tuple[Term, int]:
    """The value that begins with the k-th factor, and where the next one begins."""
    tree = items[k][1]
    if (function := _given_function(r, tree)) is not None:
        tree, items = function, (*items[:k], (items[k][0], function), *items[k + 1 :])
    r.choices.step()
    r.depth += 1
    if r.depth > 60:
        r.fail("nested too deeply", tree.start)
    try:
        if (operator := calculus.operator(r, tree)) is not None:
            return operator(items, k + 1)
        if (made := ones(r, items, k)) is not None:
            return made
        if isinstance(tree, Symbol) or (isinstance(tree, Scripted) and isinstance(tree.base, Symbol)):
            return _named(r, tree, items, k)
        if isinstance(tree, Given) and templates.is_template(tree):
            return _scripts(r, templates.filled(r, tree, items, k), items[k + 1][1]), k + 2
        if isinstance(tree.base if isinstance(tree, Scripted) else tree, Given):
            return _valued(r, tree, items, k)
        if isinstance(tree, Fraction) and (derived := calculus.derivative(r, tree)) is not None:
            return _at_its_variables(r, derived, items, k)
        if isinstance(tree, Group):
            _no_function(r, tree, bracket(items, k + 1))
        return r.value(tree), k + 1
    finally:
        r.depth -= 1


def _given_function(r: Resolver, tree: Tree) -> Tree | None:
    """The symbol of a function, where the table of names says that it is one."""
    base = tree.base if isinstance(tree, Scripted) else tree
    if not isinstance(base, Given) or not base.text.isidentifier():
        return None
    n = r.scope.get(base.text)
    if n.op != "function" if n is not None else library(base.text) is None:
        return None
    symbol = Symbol(base.start, base.text)
    return replace(tree, base=symbol) if isinstance(tree, Scripted) else symbol


def _named(r: Resolver, tree: Symbol | Scripted, items: Items, k: int) -> tuple[Term, int]:
    s, below, above, primes = identifiers.parts(tree)
    group = bracket(items, k + 1)
    if s.word in ("reshape", "broadcast") and below and group is not None:
        return _shaped(r, s.word, below, items, k)
    function = identifiers.function_of(r, s)
    if below and (longer := identifiers.function_of(r, s, below)) is not None:
        function, below = longer, ()
        tree = Scripted(tree.start, s, (), above, primes)
    value = bool(identifiers.ways(r, s, below, above, primes)) or s.word in r.indices
    if _indicates(r, s, items, k):
        return _indicator(r, items, k)
    if s.word in EITHER and function == library(s.word):
        function = r.choose(("either", s.word), [partial(str, f) for f in EITHER[s.word]])
        r.taken[identifiers.written(r, s, (), ())] = function
    if function is not None and not value:
        return _applied(r, function, tree, items, k)
    if function is not None and group is not None:
        applied, valued = (lambda: _applied(r, function, tree, items, k)), (lambda: _valued(r, tree, items, k))
        return r.choose(("function or value", s.word), [applied, valued])
    return _valued(r, tree, items, k)


def _at_its_variables(r: Resolver, derived: Term, items: Items, k: int) -> tuple[Term, int]:
    r"""``\frac{\partial f}{\partial x}(x)`` is the derivative; before any other bare bracket it may be a factor or not."""
    group = bracket(items, k + 1)
    if group is None or (not _bare(group) and not listed(group)):
        return derived, k + 1
    inside = topological([r.node(derived.text, group.start)])
    arguments = [r.value(t) for t in group.items]
    if all(a.text in r.scope and r.scope[a.text] in inside for a in arguments):
        return _scripts(r, derived, items[k + 1][1]), k + 2
    shown = ", ".join(a.text for a in arguments)
    r.fail(f"a derivative at '{shown}', or times it? Write \\cdot, or a bar \\big|_{{x = {shown}}}", group.start)


def _no_function(r: Resolver, tree: Group, group: Group | None) -> None:
    """Fails for ``(f + g)(x)``: the value of a sum of functions there, or times it."""
    if group is None or not _bare(group) or listed(tree) or tree.bracket not in ("(", "["):
        return
    arguments = [r.value(t).text for t in group.items]
    for name in names_in(r.any(tree).text):
        if name not in r.scope or r.scope[name].op != "def":
            continue
        inside = topological([r.scope[name]])
        if signatures.of(r, name) or all(a in r.scope and r.scope[a] in inside and a != name for a in arguments):
            shown = ", ".join(arguments)
            r.fail(f"'{name}' in brackets at {shown}, or times {shown}? Write \\cdot, or {name}({shown})", group.start)


def _shaped(r: Resolver, name: str, below: Tokens, items: Items, k: int) -> tuple[Term, int]:
    r"""``\mathrm{reshape}_{2 \times 3}(x)``, as it is typeset."""
    group = bracket(items, k + 1)
    assert group is not None
    sizes = [t.text for t in below if t.kind == "number"]
    if len(group.items) != 1 or len(sizes) * 2 - 1 != len(below):
        r.fail(f"expected \\mathrm{{{name}}}_{{2 \\times 3}}(x)", group.start)
    text = f"{name}({r.value(group.items[0]).text}, {', '.join(sizes)})"
    return _scripts(r, Term(text, ATOM, r.shape(text, group.start)), items[k + 1][1]), k + 2


def _valued(r: Resolver, tree: Tree, items: Items, k: int) -> tuple[Term, int]:
    """A name that is no function: alone, evaluated, or before a bracket that is a factor."""
    group = bracket(items, k + 1)
    if group is None or (isinstance(tree, Given) and tree.closed):
        return r.value(tree), k + 1
    after = items[k + 1][1]
    if isinstance(tree, Scripted) and tree.primes and not tree.above:
        f = r.value(Scripted(tree.start, tree.base, tree.below) if tree.below else tree.base)
        sloped = signatures.evaluated(r, f, group, tree.primes)
        if sloped is None:
            sloped = calculus.slope_of_definition(r, f, group, tree.primes, tree.start)
            signatures.elsewhere(r, f.text, [r.value(t).text for t in group.items], group.start)
        return _scripts(r, sloped, after), k + 2
    made = r.value(tree)
    if (at := signatures.evaluated(r, made, group)) is not None:
        return _scripts(r, at, after), k + 2
    if made.text in r.scope and identifiers.is_state(r, made.text) and len(group.items) == 1:
        number = identifiers.count(r, group.items[0], strictly=False)
        stepped = Term(f"{made.text}({number})", ATOM, made.shape, plain=True)
        surely = number.isdigit() or identifiers.count(r, group.items[0]) or r.scope[made.text].op == "symbol"
        if number and (surely or (_bare(group) and r.scope[number] not in sequences.states(r.graph))):
            return _scripts(r, stepped, after), k + 2
        if number and _bare(group):  # the state after so many steps, or a definition of a state
            evaluated = (lambda: (_scripts(r, stepped, after), k + 2)), (lambda: (_scripts(r, made, after), k + 2))
            return r.choose(("steps", tree.start), evaluated)
        if number:
            return r.choose(
                ("steps", tree.start), [lambda: (_scripts(r, stepped, after), k + 2), lambda: (made, k + 1)]
            )
    if not _bare(group) and not listed(group):  # the bracket is the next factor
        moved = _moved(r, made, group)
        if moved is None:
            return made, k + 1
        return r.choose(("moved", tree.start), [lambda: (_scripts(r, moved, after), k + 2), lambda: (made, k + 1)])
    if made.text in r.scope and r.scope[made.text].op == "def":
        arguments = [r.value(t) for t in group.items]
        inside = topological([r.scope[made.text]])
        if all(a.text in r.scope and r.scope[a.text] in inside and a.text != made.text for a in arguments):
            _in_order(r, made.text, [a.text for a in arguments], group.start)
            signatures.elsewhere(r, made.text, [a.text for a in arguments], group.start)
            whole = (lambda: (_scripts(r, made, after), k + 2)), (lambda: (made, k + 1))
            return r.choose(("factor", tree.start), whole) if made.shape and _transposes(r, after) else whole[0]()
        if made.shape and _transposes(r, after):
            return made, k + 1  # a column times a row
        missing = next(a.text for a in arguments if a.text not in r.scope or r.scope[a.text] not in inside)
        r.fail(
            f"'{made.text}' is no function of '{missing}': if this is a product write {made.text} \\cdot {missing}, "
            f"if a value at a point say it in 'names:', as at({made.text}, ...)",
            group.start,
        )
    shown = ", ".join(r.value(t).text for t in group.items)
    r.fail(f"'{made.text}' is no function: if this is a product, write {made.text} \\cdot {shown}", tree.start)


def _transposes(r: Resolver, tree: Tree) -> bool:
    """Whether a bracket is transposed: it may be a factor."""
    return isinstance(tree, Scripted) and len(tree.above) == 1 and scripts.is_transpose(r, tree.above[0])


def _in_order(r: Resolver, name: str, arguments: Sequence[str], at: int) -> None:
    """Fails where a definition stands with its variables in another order than that of its case: f(y, x) is another value."""
    ids = [r.scope[a].id for a in arguments]
    if ids != sorted(set(ids)):
        ordered = ", ".join(sorted(set(arguments), key=lambda a: r.scope[a].id))
        given = ", ".join(arguments)
        r.fail(
            f"'{name}' is read with its variables in the order of the case, {name}({ordered}); "
            f"for {name}({given}) say in 'names:' which values they have, as at({name}, x=y, y=x)",
            at,
        )


def _moved(r: Resolver, f: Term, group: Group) -> Term | None:
    """``f(x + h)``: a definition at another point, where the bracket speaks of just one symbol that it depends on."""
    n = r.scope.get(f.text)
    if n is None or n.op != "def" or len(group.items) != 1:
        return None
    try:
        point = r.value(group.items[0])
    except ExpressionError:
        return None
    inside = topological([n])
    spoken = [m for m in names_in(point.text) if m in r.scope and r.scope[m] in inside and r.scope[m].op == "symbol"]
    if len(spoken) != 1 or r.scope[spoken[0]].shape != point.shape:
        return None
    text = f"at({f.text}, {spoken[0]}={point.text})"
    return Term(text, ATOM, r.shape(text, group.start))


def _bare(group: Group) -> bool:
    """Whether the brackets hold names and numbers only, as arguments stand."""
    return all(
        isinstance(t, Symbol | Number | Given)
        or (isinstance(t, Scripted) and isinstance(t.base, Symbol | Given) and not _computes(t))
        for t in group.items
    )


def _computes(t: Scripted) -> bool:
    """Whether a superscript is a power or a transpose."""
    return bool(t.above) and not t.above[0].is_("(", "[", "*", "+", "-")


# -- functions ----------------------------------------------------------------------------------------


def _applied(r: Resolver, name: str, tree: Symbol | Scripted, items: Items, k: int) -> tuple[Term, int]:
    s, below, above, primes = identifiers.parts(tree)
    if name in r.scope and r.scope[name].op == "function":
        group = bracket(items, k + 1)
        if group is None:
            r.fail(f"'{name}' is a function, and nothing follows in brackets that it could be of", tree.start)
        if below or above:
            r.fail(f"'{name}' is a function; scripts stand after its brackets", tree.start)
        arguments = ", ".join(r.value(t).text for t in group.items)
        order = f", d={primes}" if primes else ""
        text = f"{name}({arguments}{order})"
        return _scripts(r, Term(text, ATOM, r.shape(text, tree.start)), items[k + 1][1]), k + 2
    group = bracket(items, k + 1)
    if group is not None and len(group.items) == 1 and isinstance(group.items[0], Relation):
        r.fail(f"'{name}' of a condition", group.start)

    def of(arguments: list[Term]) -> Term:
        made = _called(r, name, arguments, below, primes, tree)
        if above and above[0].is_("-"):
            r.fail(f"an inverse function or one over {name}? Say it in 'names:'", tree.start)
        return scripts.raised(r, made, above, tree.start)

    if group is None:
        return _beside(r, s, items, k, lambda x: of([x]))
    outer = items[k + 1][1]
    made = of([r.value(t) for t in group.items])
    if s.word not in _POWERS or not isinstance(outer, Scripted) or not outer.above or _bare(group) or listed(group):
        return _scripts(r, made, outer), k + 2
    inner = (lambda: (_scripts(r, made, outer), k + 2)), (lambda: (of([r.value(outer)]), k + 2))
    return r.choose(("power", outer.start), inner)


def _beside(r: Resolver, s: Symbol, items: Items, k: int, how: Callable[[Term], Term]) -> tuple[Term, int]:
    r"""``\log p`` and ``\log p q``: of the next factor, or of more of those that follow."""
    if k + 1 >= len(items) or items[k + 1][0]:
        r.fail(f"'{s.word}' of nothing: expected its argument", s.start)
    if s.word not in FUNCTIONS and s.word not in ("max", "min", *chain(*EITHER.values())):
        r.fail(f"'{s.word}' is a function: its argument stands in brackets", s.start)
    found = reach.cuts(r, items, k + 1)
    if s.word in ("tr", "det") and (whole := [c for c in found if _matrices(r, c)]):
        found = whole[-1:]  # of a product of matrices
    return reach.chosen(r, "argument", s.start, found, lambda of: how(r.value(of)))


def _matrices(r: Resolver, cut: reach.Cut) -> bool:
    """Whether it is a product of nothing but matrices, which stand side by side."""
    try:
        return all(not op and len(r.value(t).shape) == 2 for op, t in (("", cut.of[0][1]), *cut.of[1:]))
    except ExpressionError:
        return False


def _called(r: Resolver, name: str, arguments: list[Term], below: Tokens, primes: int, tree: Tree) -> Term:
    if primes:
        if len(arguments) != 1 or primes > 1 or below:
            r.fail(f"the derivative of '{name}' is written {name}'(x), of one argument", tree.start)
        return calculus.slope(r, name, arguments[0], tree.start)
    x = arguments[0]
    if name == "log" and below:
        base = r.value(r.tree(below))
        if base.text in ("2", "10"):
            return _called(r, f"log{base.text}", arguments, (), 0, tree)
        return Term(f"log({x.text})/log({base.text})", terms.PRODUCT, x.shape)
    if name == "rank":
        return Term(f"rank({x.text})", ATOM)
    if name in PROPERTIES:
        return Term(f"{name}({', '.join(a.text for a in arguments)})", ATOM, condition=True)
    if name in OF_MATRICES:
        r.elementwise_only(name, x, tree.start)
    if name in ("max", "min") and len(arguments) > 1:
        _alike(r, arguments, tree)
    text = f"{name}({', '.join(a.text for a in arguments)})"
    made = Term(text, ATOM, r.shape(text, tree.start), x.row, x.turns)
    if len(below) == 2 and below[0].text == "axis" and below[1].text.isdigit():
        text = f"{name}({x.text}, axis={below[1].text})"
        return Term(text, ATOM, r.shape(text, tree.start))
    if below and name not in ("softmax", "log_softmax"):
        r.fail(f"'{name}' with something below it: say in 'names:' what it is", tree.start)
    return scripts.entry(r, made, below, tree.start) if below else made


def _alike(r: Resolver, arguments: list[Term], tree: Tree) -> None:
    found = {a.shape for a in arguments if not a.number}
    if len(found) > 1:
        r.fail("the arguments are of unlike shapes", tree.start)


def _scripts(r: Resolver, made: Term, bracketed: Tree) -> Term:
    """What stands above and below the bracket of a call goes with its value."""
    if not isinstance(bracketed, Scripted):
        return made
    if bracketed.primes:
        r.fail("a prime goes with the name of a function", bracketed.start)
    if bracketed.below:
        made = scripts.entry(r, made, bracketed.below, bracketed.start)
    return scripts.raised(r, made, bracketed.above, bracketed.start)


# -- indicators ---------------------------------------------------------------------------------------


def _indicates(r: Resolver, s: Symbol, items: Items, k: int) -> bool:
    group = bracket(items, k + 1)
    conditional = group is not None and len(group.items) == 1 and _is_condition(group.items[0])
    return conditional and s.word in ("bbI", "bb1", "I", "bbone") and not isinstance(items[k][1], Scripted)


def _is_condition(t: Tree) -> bool:
    return isinstance(t, Relation | Logic)


def _indicator(r: Resolver, items: Items, k: int) -> tuple[Term, int]:
    group = bracket(items, k + 1)
    assert group is not None
    condition = r.condition(group.items[0])
    text = f"indicator({condition.text})"
    return _scripts(r, Term(text, ATOM, r.shape(text, group.start)), items[k + 1][1]), k + 2


def ones(r: Resolver, items: Items, k: int) -> tuple[Term, int] | None:
    r"""``\mathbf{1}[z > 0]``"""
    tree = items[k][1]
    group = bracket(items, k + 1)
    if (
        isinstance(tree, Number)
        and tree.text == "1"
        and group
        and (tree.font or group.bracket == "{")
        and len(group.items) == 1
        and _is_condition(group.items[0])
    ):
        return _indicator(r, items, k)
    return None
