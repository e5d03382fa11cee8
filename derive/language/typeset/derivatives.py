"""Derivatives typeset as they are asked for, and entries: d(y, x)[0, 1] is the derivative of y_1 by x_2."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.expr import shapes
from derive.expr.graph import Node
from derive.expr.operators import FLOATS
from derive.language.orders import written
from derive.language.totals import is_factorial
from derive.language.typeset.names import element, latex_name
from derive.language.typeset.pieces import ATOM, FRACTION, POWER, PRODUCT, Done, Piece, at_least, group


def _d(n: Node, done: Done) -> Piece:
    f, *variables = n.args
    if n.attr and not f.shape:
        return Piece(rf"\nabla_{{{_listed(variables, done)}}} {_operand(f, done)}", PRODUCT)
    if n.attr:
        return _partial(f, _operand(f, done), [f"({_listed(variables, done)})"])
    by = [done[variables[0]].text]
    if f.op == "d" and not f.attr and not n.shape and not f.args[1].shape:  # d(d(L, x), y)
        f, by = f.args[0], [done[f.args[1]].text, *by]
    return _partial(f, _operand(f, done), by)


def _partial(f: Node, text: str, by: Sequence[str]) -> Piece:
    """The derivative of f, printed as ``text``, by one variable or by two."""
    power = "^{2}" if len(by) == 2 else ""
    below = " ".join(rf"\partial {x}" for x in by)
    if power and by[0] == by[1]:
        below = rf"\partial {group(by[0]) if '^' in by[0] else by[0]}^{{2}}"
    while f.op == "index":
        f = f.args[0]
    if f.op in ("symbol", "def"):
        return Piece(rf"\frac{{\partial{power} {text}}}{{{below}}}", FRACTION)
    return Piece(rf"\frac{{\partial{power}}}{{{below}}} {text}", PRODUCT)


def _operand(f: Node, done: Done) -> str:
    return at_least(POWER, done[f])


def _derivative_entry(n: Node, where: tuple[int, ...], done: Done) -> Piece:
    """One entry of a derivative, by the entries that it is of: d(y, x)[0, 1] is the derivative of y_1 by x_2."""
    f, *variables = n.args
    rank = len(f.shape)
    text = element(done[f].text, where[:rank], atom=f.op in ("symbol", "def")) if rank else _operand(f, done)
    rest = where[rank:]
    if n.attr:
        return _partial(f, text, [_entry_of(variables, k, done) for k in rest])
    (x,) = variables
    size = len(x.shape)
    if not size:
        return _partial(f, text, [done[x].text])
    return _partial(f, text, [element(done[x].text, rest[i : i + size]) for i in range(0, len(rest), size)])


def _entry_of(variables: Sequence[Node], k: int, done: Done) -> str:
    """The k-th of the entries of the variables laid end to end."""
    for v in variables:
        if k < shapes.size(v.shape):
            return element(done[v].text, list(shapes.indices(v.shape))[k]) if v.shape else done[v].text
        k -= shapes.size(v.shape)
    raise IndexError(k)


def _sided(n: Node, done: Done) -> Piece:
    r"""\partial^{+} f / \partial x, from the right."""
    f, x = n.args
    mark, text = "+" if n.attr == 1 else "-", _operand(f, done)
    below = rf"\partial {done[x].text}"
    if f.op in ("symbol", "def"):
        return Piece(rf"\frac{{\partial^{{{mark}}} {text}}}{{{below}}}", FRACTION)
    return Piece(rf"\frac{{\partial^{{{mark}}}}}{{{below}}} {text}", PRODUCT)


def _hessian(n: Node, done: Done) -> Piece:
    f, *variables = n.args
    return Piece(rf"\nabla^{{2}}_{{{_listed(variables, done)}}} {_operand(f, done)}", PRODUCT)


def _hvp(n: Node, done: Done) -> Piece:
    f, u, *variables = n.args
    return Piece(
        rf"\nabla^{{2}}_{{{_listed(variables, done)}}} {_operand(f, done)} \, {at_least(FRACTION, done[u])}", PRODUCT
    )


def _listed(variables: Sequence[Node], done: Done) -> str:
    return ", ".join(done[v].text for v in variables)


def _index(n: Node, done: Done) -> Piece:
    x = n.args[0]
    if x.op in ("d", "hessian") and len(n.attr) == len(x.shape):
        return _derivative_entry(x, n.attr, done)
    return Piece(element(done[x].text, n.attr, len(x.shape), atom=x.op in ("symbol", "def")))


def _apply(n: Node, done: Done) -> Piece:
    r"""\phi'(z); of several arguments \partial_{1} E(w, n)."""
    name, orders = n.attr
    name, bracket, entry = name.partition("[")
    name = (
        f"{latex_name(name)}_{{{int(entry[:-1]) + 1}}}" if bracket else latex_name(name)
    )  # counted from 1, as elsewhere
    inside = group(", ".join(done[a].text for a in n.args))
    if len(orders) == 1:
        (k,) = orders
        mark = "'" * k if k < 4 else f"^{{({k})}}"
        return Piece(f"{name}{mark}{inside}")
    before = [rf"\partial_{{{i}}}" + (f"^{{{k}}}" if k > 1 else "") for i, k in enumerate(orders, 1) if k]
    text = " ".join([*before, f"{name}{inside}"])
    return Piece(text, PRODUCT) if before else Piece(text)


def _at(n: Node, done: Done) -> Piece:
    r"""E \big\vert_{x = v}."""
    count = len(n.args) // 2
    pairs = zip(n.args[1 : 1 + count], n.args[1 + count :], strict=True)
    below = r",\, ".join(f"{done[x].text} = {done[v].text}" for x, v in pairs)
    return Piece(rf"{at_least(PRODUCT, done[n.args[0]])} \Big\vert_{{{below}}}", PRODUCT)


def _subdifferential(n: Node, done: Done) -> Piece:
    r"""\partial f(x) = [lo, hi], and \{v\} where it is one point."""
    f, x, low, high, *p = n.args
    place = done[p[0] if p else x].text
    ends = (
        rf"\left\{{{done[low].text}\right\}}" if low is high else rf"\left[{done[low].text}, {done[high].text}\right]"
    )
    if f.op == "def":
        return Piece(rf"\partial {done[f].text}{group(place)} = {ends}")
    at = rf" \Big\vert_{{{done[x].text} = {place}}}" if p else ""
    return Piece(rf"\partial_{{{done[x].text}}} {at_least(PRODUCT, done[f])}{at} = {ends}")


def _rank(n: Node, done: Done) -> Piece:
    low, high = (a.attr for a in n.args[1:])
    sign, r = ("=", low) if low == high else (r"\le", high) if low == 0 else (r"\ge", low)
    return Piece(rf"\mathrm{{rank}}{group(done[n.args[0]].text)} {sign} {r}")


def _property(n: Node, done: Done) -> Piece:
    if n.attr == "rank":
        return _rank(n, done)
    if n.attr == "subdifferential":
        return _subdifferential(n, done)
    name = n.attr.replace("_", r"\ ")
    return Piece(rf"\mathrm{{{name}}}{group(', '.join(done[a].text for a in written(n)))}")


def _limit(n: Node, done: Done) -> Piece:
    side = {1: "^{+}", -1: "^{-}"}.get(n.attr, "")
    below = rf"{done[n.args[1]].text} \to {done[n.args[2]].text}{side}"
    return Piece(rf"\lim_{{{below}}} {at_least(PRODUCT, done[n.args[0]])}", PRODUCT)


def _extreme(n: Node, done: Done) -> Piece:
    word = r"\sup" if n.op == "supremum" else r"\inf"
    return Piece(rf"{word}_{{{done[n.args[1]].text}}} {at_least(PRODUCT, done[n.args[0]])}", PRODUCT)


def _integral(n: Node, done: Done) -> Piece:
    f, x, low, high = (done[a] for a in n.args)
    return Piece(rf"\int_{{{low.text}}}^{{{high.text}}} {at_least(PRODUCT, f)} \, d{x.text}", PRODUCT)


def _total(n: Node, done: Done) -> Piece:
    f, index, low, *high = n.args
    if high and is_factorial(n):
        return Piece(f"{at_least(ATOM, done[high[0].args[0]])}!", POWER)
    above = r"\infty"
    if high:
        last, one = high[0].args if high[0].op == "add" else (high[0], None)
        above = done[last].text if one is n.graph.one else f"{done[high[0]].text} - 1"
    sign = r"\prod" if n.attr == "prod" else r"\sum"
    return Piece(rf"{sign}_{{{done[index].text} = {done[low].text}}}^{{{above}}} {at_least(PRODUCT, done[f])}", PRODUCT)


def _infinity(n: Node, done: Done) -> Piece:
    return Piece(r"\infty")


def _after(n: Node, done: Done) -> Piece:
    """The state after k steps: w(k)."""
    return Piece(rf"{at_least(ATOM, done[n.args[0]])}{group(done[n.args[1]].text)}")


def _every(n: Node, done: Done) -> Piece:
    return Piece(
        rf"{done[n.args[0]].text} \quad \text{{for }} {done[n.args[1]].text} = 0, \dots, {n.attr - 1}", PRODUCT
    )


def _computed(n: Node, done: Done) -> Piece:
    text = n.attr.text([done[a].text for a in n.args]).replace("_", r"\_")
    return Piece(rf"\mathrm{{{text}}}")


def _in_format(n: Node, done: Done) -> Piece:
    return Piece(rf"\mathrm{{{n.op}}}{group(done[n.args[0]].text)}")


RULES: dict[str, Callable[[Node, Done], Piece]] = {
    "d": _d,
    "sided": _sided,
    "hessian": _hessian,
    "hvp": _hvp,
    "index": _index,
    "apply": _apply,
    "at": _at,
    "limit": _limit,
    "supremum": _extreme,
    "infimum": _extreme,
    "integral": _integral,
    "total": _total,
    "series": _total,
    "inf": _infinity,
    "property": _property,
    "after": _after,
    "every": _every,
    "computed": _computed,
    **dict.fromkeys((*FLOATS, "eigenvalues"), _in_format),
}
