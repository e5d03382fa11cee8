r"""Derivatives as print writes them: ``\frac{\partial L}{\partial w}``, ``\frac{d}{dz} f``, ``\nabla_w L``, ``f'(z)``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.errors import ExpressionError
from derive.expr.graph import Node, topological
from derive.language.latex import identifiers, reach, scripts, signatures
from derive.language.latex.terms import ATOM, Term
from derive.language.latex.tokens import Token, Tokens
from derive.language.latex.tree import Fraction, Given, Group, Place, Product, Scripted, Sum, Symbol, Tree, bracket
from derive.language.names import names_in
from derive.records import dataclass

if TYPE_CHECKING:
    from derive.language.latex.resolve import Resolver

Items = Sequence[tuple[str, Tree]]
Operator = Callable[[Items, int], tuple[Term, int]]


@dataclass(frozen=True, slots=True)
class _Variable:
    """What is differentiated by, or an entry of what is differentiated: the whole, and the entry of it."""

    base: str
    entry: tuple[str, ...]
    shape: tuple[int, ...]

    @property
    def whole(self) -> bool:
        return not self.entry or len(self.entry) == len(self.shape)


def _is_sign(r: Resolver, t: Token) -> bool:
    return t.is_("\\partial") or (t.kind in ("letter", "word") and t.text == "d")


def _orders(r: Resolver, tree: Fraction) -> tuple[int, Tokens, list[Tokens]] | None:
    """The order, what is differentiated and by what, where a fraction has the form of a derivative."""
    if not tree.top or not tree.bottom or not _is_sign(r, tree.top[0]) or not _is_sign(r, tree.bottom[0]):
        return None
    order, rest = 1, tree.top[1:]
    if rest and rest[0].is_("_"):  # a name, d_1
        return None
    if rest and rest[0].is_("^"):
        p = r.parser(rest)
        p.next()
        power = p.script()
        if len(power) != 1 or power[0].text not in ("2", "3"):
            return None
        order, rest = int(power[0].text), rest[p.at :]
    by: list[Tokens] = []
    p = r.parser(tree.bottom)
    while p.here.kind != "end":
        if not _is_sign(r, p.here):
            return None
        p.next()
        first = p.at
        if p.here.kind == "end" or p.here.is_("_"):
            return None
        try:
            p.factor()
        except ExpressionError:  # d stands alone there
            return None
        by.append(tuple(p.tokens[first : p.at]))
    return order, rest, by


def _variables(r: Resolver, by: list[Tokens], order: int, start: int) -> list[Tree]:
    """The variables, each as often as it is differentiated by: the power stands at the end of the name."""
    made: list[Tree] = []
    for tokens in by:
        tree = r.tree(tokens)
        times = 1
        if (
            order > 1
            and isinstance(tree, Scripted)
            and tree.above
            and tree.above[-1].text == str(order)
            and len(by) == 1
        ):
            times = order
            tree = (
                Scripted(tree.start, tree.base, tree.below, tree.above[:-1], tree.primes)
                if tree.below or tree.above[:-1]
                else tree.base
            )
        made += [tree] * times
    if len(made) != order:
        r.fail(f"a derivative of order {order} by {len(made)} variable{'s' if len(made) != 1 else ''}", start)
    return made


def _variable(r: Resolver, tree: Tree) -> _Variable:
    if isinstance(tree, Group) and len(tree.items) == 1:
        tree = tree.items[0]
    term = r.value(tree)
    base, bracket, rest = term.text.partition("[")
    if base not in r.scope or r.scope[base].op not in ("symbol", "def") or not term.text.replace("]", "").strip():
        r.fail(f"can differentiate by a name of the case, not by '{term.text}'", tree.start)
    entry = tuple(rest.removesuffix("]").split(", ")) if bracket else ()
    return _Variable(base, entry, r.scope[base].shape)


def derivative(r: Resolver, tree: Fraction) -> Term | None:
    """The derivative that a fraction is, with what it is of in its numerator; None where it is a quotient."""
    found = _orders(r, tree)
    if found is None or not found[1]:
        return None

    def made() -> Term:
        assert found is not None
        order, of, by = found
        return differentiated(r, r.tree(of), _variables(r, by, order, tree.start), tree.start)

    if "d" in r.scope and not tree.top[0].is_("\\partial") and not tree.top[0].font:
        return r.choose(
            ("d", tree.start),
            [made, lambda: r.quotient(r.value(r.tree(tree.top)), r.value(r.tree(tree.bottom)), tree.start)],
        )
    return made()


def _not_there(r: Resolver, text: str, by: Sequence[str], start: int) -> None:
    r"""Fails for ``\frac{d}{dx} f(2)``: the derivative of a number, or the derivative there."""
    for x in by if text.startswith("at(") else ():
        values = re.sub(rf"\b{re.escape(x)}=(?!=)", "", text)  # the names of the values off
        if values != text and x not in names_in(values):
            r.fail(
                f"'{text}' is no function of {x}: for the derivative there write \\big|_{{{x} = ...}} after it", start
            )


def differentiated(r: Resolver, of: Tree, variables: list[Tree], start: int) -> Term:
    """d(f, x), with the entries of f and x picked of the whole derivative."""
    f = r.value(of)
    by = [_variable(r, v) for v in variables]
    _not_there(r, f.text, [v.base for v in by], start)
    base, bracket, rest = f.text.partition("[")
    where: tuple[str, ...] = ()
    if bracket and base in r.scope and not f.shape and rest.endswith("]") and "[" not in rest:
        where = tuple(rest[:-1].split(", "))
        f = Term(base, ATOM, r.scope[base].shape)
    if len(by) == 1:
        text, shape = f"d({f.text}, {by[0].base})", (*f.shape, *by[0].shape)
    elif len(by) == 2 and by[0].base == by[1].base and by[0].shape and not f.shape:
        text, shape = f"hessian({f.text}, {by[0].base})", (*by[0].shape, *by[0].shape)
    else:
        text, shape = f.text, f.shape
        for v in by:
            text, shape = f"d({text}, {v.base})", (*shape, *v.shape)
    entries = [*where]
    for v in by:
        if v.entry and not v.whole:
            r.fail("a derivative by a row of a matrix: say it in 'names:'", start)
        entries += v.entry or ((":",) * len(v.shape) if any(w.entry for w in by) or where else ())
    if len(f.shape) and not where and any(v.entry for v in by):
        entries = [*(":",) * len(f.shape), *entries]
    real = r.shape(text, start)
    turned = real != shape and len(real) == 2
    if turned and entries:
        r.fail("an entry of a derivative in this layout: say it in 'names:'", start)
    made = Term(text, ATOM, real, turns=len(real) == 1 and not f.shape)
    if not entries:
        return made
    return scripts.picked(made, entries)


def operator(r: Resolver, tree: Tree) -> Operator | None:
    r"""What ``\frac{\partial}{\partial w}`` and ``\nabla_w`` do with the factors that follow them."""
    base = tree.base if isinstance(tree, Scripted) else tree
    if isinstance(base, Symbol) and base.word == "nabla" and not base.accents:
        return lambda items, k: _nabla(r, tree, items, k)
    if isinstance(base, Symbol) and base.word == "partial" and isinstance(tree, Scripted) and tree.below:
        return lambda items, k: _operated(r, tree, items, k, _below(r, tree))
    if isinstance(base, Fraction) and (found := _orders(r, base)) is not None and not found[1]:
        if base is not tree:
            return None
        order, _, by = found

        def apply_(items: Items, k: int) -> tuple[Term, int]:
            variables = _variables(r, by, order, tree.start)
            return _operated(r, tree, items, k, variables)

        return apply_
    return None


def _below(r: Resolver, tree: Scripted) -> list[Tree]:
    r"""The variables of ``\partial_x`` and ``\partial_x^2``."""
    order = "".join(t.text for t in tree.above) or "1"
    if order not in ("1", "2", "3") or tree.primes:
        r.fail("'\\partial' with this above it is not read", tree.start)
    return [r.tree(t) for t in r.listed(tree.below)] * int(order)


def _operated(r: Resolver, tree: Tree, items: Items, k: int, variables: list[Tree]) -> tuple[Term, int]:
    """A derivative of the next factor, or of more of those that follow."""
    if k >= len(items) or items[k][0]:
        r.fail("a derivative of nothing: expected what it is of", tree.start)
    by = [r.scope[_variable(r, v).base] for v in variables]
    found = reach.cuts(r, items, k, by)
    return reach.chosen(r, "operand", tree.start, found, lambda of: differentiated(r, of, variables, tree.start))


def _nabla(r: Resolver, tree: Tree, items: Items, k: int) -> tuple[Term, int]:
    below: Tokens = tree.below if isinstance(tree, Scripted) else ()
    above: Tokens = tree.above if isinstance(tree, Scripted) else ()
    second = len(above) == 1 and above[0].text == "2"
    if (above and not second) or (isinstance(tree, Scripted) and tree.primes):
        r.fail("'\\nabla' with this above it is not read", tree.start)
    if k >= len(items) or items[k][0]:
        r.fail("a gradient of nothing: expected what it is of", tree.start)
    if (turned := _turned(r, items, k)) is not None:  # the transpose is the gradient's: a number has none
        at, plain, sign = turned
        made, _ = _nabla(r, tree, plain, k)
        return scripts.raised(r, made, (sign,), tree.start), at + 1
    first = items[k][1]
    group = None if isinstance(first, Given) and first.closed else bracket(items, k + 1)
    known = _known(r, first) if not below and (_is_name(r, first) or isinstance(first, Given)) else ()
    if below:
        variables = [_variable(r, r.tree(t)) for t in r.listed(below)]
    elif known:
        variables = [_Variable(str(v.attr), (), v.shape) for v in known]
    elif group is not None:
        variables = [_variable(r, t) for t in group.items]
    else:
        r.fail("a gradient by what? Write \\nabla_{w} L, or say in 'names:' what it is", tree.start)
    if any(v.entry for v in variables):
        r.fail("a gradient by an entry: write it as a derivative", tree.start)
    name = "hessian" if second else "grad"
    point = _point(r, items, k, variables, bool(known)) if group is not None and (below or known) else None

    def at_point() -> tuple[Term, int]:
        made = _gradient(r, name, r.value(first), variables, tree.start)
        assert point is not None
        if point.text == variables[0].base:
            return made, k + 2
        return replace(made, text=f"at({made.text}, {variables[0].base}={point.text})"), k + 2

    def of_all() -> tuple[Term, int]:
        by = [r.scope[v.base] for v in variables]
        whole = group is not None and not below  # what is in the bracket says by what
        return reach.chosen(
            r,
            "gradient",
            tree.start,
            reach.cuts(r, items, k, by),
            lambda t: _gradient(r, name, r.value(t), variables, tree.start, whole),
        )

    if point is None:
        return of_all()
    if known or not isinstance(group.items[0] if group else None, Sum | Product):
        return at_point()
    return r.choose(("at", tree.start), [at_point, of_all])


def _turned(r: Resolver, items: Items, k: int) -> tuple[int, Items, Token] | None:
    r"""``\nabla f^\top``, ``\nabla f(x)^\top``: where the transpose stands, the factors up to there without it, its sign."""
    at = k + 1 if bracket(items, k + 1) is not None else k
    last = items[at][1]
    if not isinstance(last, Scripted) or len(last.above) != 1 or not scripts.is_transpose(r, last.above[0]):
        return None
    plain = replace(last, above=()) if last.below else last.base
    if r.value(items[k][1] if at > k else plain).shape:  # a vector may be transposed itself
        return None
    return at, (*items[:at], (items[at][0], plain)), last.above[0]


def _gradient(
    r: Resolver, name: str, f: Term, variables: Sequence[_Variable], start: int, must_depend: bool = False
) -> Term:
    if f.shape:
        r.fail(f"the gradient of '{f.text}', which is no scalar", start)
    if must_depend and f.text in r.scope and r.scope[f.text].op == "def":
        inside = topological([r.scope[f.text]])
        if wrong := next((v.base for v in variables if r.scope[v.base] not in inside), None):
            r.fail(f"'{f.text}' is no function of '{wrong}': define it as {f.text}(x) = ... in LaTeX", start)
    by = variables[0].base if len(variables) == 1 else f"[{', '.join(v.base for v in variables)}]"
    text = f"{name}({f.text}, {by})"
    shape = r.shape(text, start)
    return Term(text, ATOM, shape, turns=len(shape) == 1)


def _point(r: Resolver, items: Items, k: int, variables: Sequence[_Variable], known: bool) -> Term | None:
    """The point in brackets at which a gradient is taken; None where there is none that fits."""
    group = bracket(items, k + 1)
    if group is None or not (known or _is_name(r, items[k][1])) or _is_function(r, items[k][1]):
        return None
    values = [r.value(t) for t in group.items]
    fits = len(variables) == len(values) == 1 and values[0].shape == variables[0].shape
    if known and not fits:
        r.fail("a gradient at such a point: write \\nabla_{x} f, or say it in 'names:'", group.start)
    f = r.value(items[k][1])
    if not fits or f.text not in r.scope or (values[0].text == variables[0].base and not known):
        return None
    return values[0] if r.scope[variables[0].base] in topological([r.scope[f.text]]) else None


def _known(r: Resolver, tree: Tree) -> tuple[Node, ...]:
    """The variables of a definition that it has been given."""
    try:
        f = r.value(tree)
    except ExpressionError:
        return ()
    return signatures.of(r, f.text) or () if f.text in r.scope and not f.shape else ()


def _is_name(r: Resolver, tree: Tree) -> bool:
    return isinstance(tree, Symbol) or (isinstance(tree, Scripted) and isinstance(tree.base, Symbol))


def _is_function(r: Resolver, tree: Tree) -> bool:
    base = tree.base if isinstance(tree, Scripted) else tree
    return isinstance(base, Symbol) and identifiers.function_of(r, base) is not None


# -- primes and places --------------------------------------------------------------------------------


def slope(r: Resolver, name: str, x: Term, start: int) -> Term:
    """f'(x) of a function of the language, entry by entry."""
    if x.text in r.scope and r.scope[x.text].op in ("symbol", "def"):
        if not x.shape:
            return Term(f"d({name}({x.text}), {x.text})", ATOM)
        text = f"grad(sum({name}({x.text})), {x.text})"
        return Term(text, ATOM, r.shape(text, start), x.row)
    if x.shape:
        r.fail(f"{name}' of '{x.text}', which has no name: define one for it", start)
    scalar = next((n for n, node in r.scope.items() if node.op == "symbol" and not node.shape), None)
    if scalar is None:
        r.fail(f"{name}' of '{x.text}', which has no name: define one for it", start)
    text = f"at(d({name}({scalar}), {scalar}), {scalar}={x.text})"
    return Term(text, ATOM, r.shape(text, start))


def slope_of_definition(r: Resolver, f: Term, group: Group, primes: int, start: int) -> Term:
    """f'(x) where f is a definition and x a name that it depends on."""
    if len(group.items) != 1 or primes > 3:
        r.fail("a prime says the derivative by the one variable that stands in brackets", start)
    if f.text not in r.scope or r.scope[f.text].op != "def":
        r.fail(f"'{f.text}' is neither a function nor a definition, and has no derivative", start)
    x = _variable(r, group.items[0])
    if x.entry or x.shape or f.shape:
        r.fail("a prime says a derivative of a scalar by a scalar", start)
    if r.scope[x.base] not in topological([r.scope[f.text]]):
        r.fail(f"'{f.text}' is no function of '{x.base}'", group.start)
    text = f.text
    for _ in range(primes):
        text = f"d({text}, {x.base})"
    return Term(text, ATOM)


def placed(r: Resolver, items: Items, bar: Place) -> Term:
    r"""``E \Big|_{x = v}``: at(E, x=v)."""
    pairs = []
    for part in r.listed(bar.below):
        at = next((k for k, t in enumerate(part) if t.is_("=")), None)
        if at is None:
            r.fail("expected below the bar what takes which value: x = 0", bar.start)
        variable = r.value(r.tree(part[:at]))
        if variable.text not in r.scope or r.scope[variable.text].op not in ("symbol", "def"):
            r.fail(f"'{variable.text}' is no name that can take a value", part[0].start if part else bar.start)
        value = r.value(r.tree(part[at + 1 :]))
        pairs.append(f"{variable.text}={value.text}")

    def at_place(of: Term) -> Term:
        text = f"at({of.text}, {', '.join(pairs)})"
        return Term(text, ATOM, r.shape(text, bar.start), of.row, of.turns)

    def whole() -> Term:
        return at_place(r.factors(items))

    def last() -> Term:
        before = r.factors(items[:begin])
        after = at_place(r.factors([("", items[begin][1]), *items[begin + 1 :]]))
        return r.combined(lambda: r.times(before, after, items[begin][0]), bar.start)

    begin, end = 0, 0
    while end < len(items):
        begin = end
        _, end = r.unit(items, begin)
    if not begin:
        return whole()
    return r.choose(("bar", bar.start), [whole, last])
