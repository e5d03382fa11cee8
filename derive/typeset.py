r"""Typesetting: a node of the graph as LaTeX, with no needless brackets.

The output keeps to what GitHub, KaTeX and MathJax all render, and is safe inside a markdown table: no
``\operatorname``, no bare ``|``. Conventions of print: entries are counted from 1 (``a[0]`` is ``a_{1}``,
``W1[0, 1]`` is ``[W_{1}]_{1,2}``), tensors multiply and divide elementwise by ``\odot`` and ``\oslash``,
vectors are columns, and a vector to the left of a matrix is transposed.

One walk in topological order, no recursion. A text that outgrows ``LIMIT`` is shown as ``\cdots``, so that
a shared subexpression can't blow up the page; ``abbreviations`` names the shared parts instead.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from derive import shapes
from derive.graph import Node, topological
from derive.language import decimal_text, is_boolean
from derive.operators import OPERATORS
from derive.typeset_names import element, latex_name

__all__ = ["abbreviations", "latex", "latex_name"]

LIMIT = 6_000  # characters of one formula
MAX_EXP = 40  # characters of an exponent; a longer one is written exp(...)

# How tightly a text holds together; an operand looser than its place asks for is put in brackets.
_CASES, _OR, _AND, _NOT, _RELATION, _SUM, _HADAMARD, _PRODUCT, _FRACTION, _POWER, _ATOM = range(11)


class _Piece(NamedTuple):
    text: str
    level: int = _ATOM
    unsigned: int = 0  # for "-body": the level of the body, so that signs can merge; else 0
    row: bool = False  # a product that began with a transposed vector, hence a row already


_Done = Mapping[Node, _Piece]


def latex(root: Node, names: Mapping[Node, str] | None = None) -> str:
    """The node as LaTeX (math mode, without delimiters).

    ``names`` gives nodes a LaTeX name to be printed in place of what they are. A definition is printed by
    its own name; to print its body, pass ``node.args[0]``.
    """
    done: dict[Node, _Piece] = {}
    for n in topological([root], through_definitions=False):
        made = _named(names[n]) if names and n in names else _piece(n, done)
        done[n] = made if len(made.text) <= LIMIT else _Piece(r"\cdots")
    return done[root].text


def abbreviations(
    roots: Sequence[Node],
    known: Mapping[Node, str] | None = None,
    *,
    shared: int = 60,
    long: int = 400,
    prefix: str = "s",
) -> dict[Node, str]:
    """Names for the parts that would swell the print: node -> ``s_{1}``, ``s_{2}``, ...

    A part gets one that is used more than once and prints longer than ``shared`` characters, or that prints
    longer than ``long``. In order: each can be printed with the names of those before it. What has a name in
    ``known`` gets no other.
    """
    order = topological(roots, through_definitions=False)
    uses = Counter(a for n in order if n.op != "def" for a in n.args)
    names: dict[Node, str] = {}
    done: dict[Node, _Piece] = {}
    wanted = set(roots)
    for n in order:
        if known and n in known:
            done[n] = _named(known[n])
            continue
        made = _piece(n, done)
        size = len(made.text)
        often = uses[n] + (n in wanted) > 1
        if ((size > long and n not in wanted) or (size > shared and often)) and not is_boolean(n):
            names[n] = f"{prefix}_{{{len(names) + 1}}}"
            made = _Piece(names[n])
        done[n] = made
    return names


def _named(name: str) -> _Piece:
    return _Piece(name, _FRACTION if name.startswith(r"\frac") else _ATOM)


def _piece(n: Node, done: _Done) -> _Piece:
    return _RULES.get(n.op, _applied)(n, done)


# -- brackets and signs -----------------------------------------------------------------------------


def _tall(text: str) -> bool:
    return r"\frac" in text or r"\begin" in text or r"\sum" in text


def _group(text: str, opening: str = "(", closing: str = ")") -> str:
    return rf"\left{opening}{text}\right{closing}" if _tall(text) else f"{opening}{text}{closing}"


def _at_least(level: int, p: _Piece) -> str:
    return p.text if p.level >= level else _group(p.text)


def _factor(p: _Piece, level: int, first: bool = False) -> str:
    """An operand of a product; the first may keep its sign: -a b."""
    return p.text if p.level >= level or (first and p.unsigned >= level) else _group(p.text)


def _signed(text: str, level: int) -> _Piece:
    """A text that may begin with a minus sign; then it binds like a sum."""
    return _Piece(text, _SUM, level) if text.startswith("-") else _Piece(text, level)


# -- leaves -----------------------------------------------------------------------------------------


def _const(n: Node, done: _Done) -> _Piece:
    text, level = _number(abs(Fraction(n.attr)))
    return _signed(f"-{text}" if n.attr < 0 else text, level)


def _number(value: Fraction) -> tuple[str, int]:
    """A number without sign: its decimal as written, powers of ten where zeros would have to be counted, or p/q."""
    decimal = decimal_text(value)
    if decimal is None or (len(decimal) > 24 and value.denominator > 1):
        return rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}", _FRACTION
    whole, _, places = decimal.partition(".")
    digits = (whole + places).strip("0")
    tiny, huge = whole == "0" and places.startswith("000"), len(whole) > 9 and len(digits) < len(whole)
    if not tiny and not huge:
        return decimal, _ATOM
    exponent = len(whole) - 1 if huge else len(places.lstrip("0")) - len(places) - 1
    power = f"10^{{{exponent}}}"
    if digits == "1":
        return power, _POWER
    return rf"{digits[0]}{'.' if digits[1:] else ''}{digits[1:]} \cdot {power}", _PRODUCT


def _name(n: Node, done: _Done) -> _Piece:
    text = latex_name(n.attr)
    return _Piece(text, _POWER if "^" in text else _ATOM)


# -- arithmetic -------------------------------------------------------------------------------------


def _add(n: Node, done: _Done) -> _Piece:
    left, right = (done[a] for a in n.args)
    if right.unsigned:  # a + -b
        return _Piece(f"{_at_least(_SUM, left)} - {right.text[1:]}", _SUM)
    return _Piece(f"{_at_least(_SUM, left)} + {_at_least(_SUM, right)}", _SUM)


def _sub(n: Node, done: _Done) -> _Piece:
    left, right = (done[a] for a in n.args)
    return _Piece(f"{_at_least(_SUM, left)} - {_at_least(_HADAMARD, right)}", _SUM)


def _neg(n: Node, done: _Done) -> _Piece:
    inner = done[n.args[0]]
    return _signed(f"-{_at_least(_HADAMARD, inner)}", max(inner.level, _HADAMARD))


def _mul(n: Node, done: _Done) -> _Piece:
    a, b = n.args
    if a.shape and b.shape:
        # people don't agree which of A b and b \odot c binds tighter, so a matrix product gets brackets
        left, right = (_factor(done[x], _POWER if x.op == "matmul" else _HADAMARD, x is a) for x in n.args)
        return _signed(rf"{left} \odot {right}", _HADAMARD)
    # a dot product is a number: (u^T v) w
    left, right = (_factor(done[x], _POWER if _is_dot(x) and n.shape else _PRODUCT, x is a) for x in n.args)
    return _signed(_beside(left, right), _PRODUCT)


def _is_dot(n: Node) -> bool:
    return n.op == "matmul" and not n.shape


def _beside(left: str, right: str) -> str:
    r"""A product by juxtaposition, with a dot where numbers would run together: ``2 \cdot 3``, ``2 \cdot \frac{a}{b}``."""
    number = left[-1].isdigit() or re.search(r"10\^\{-?\d+\}$", left)
    if right[0].isdigit() or (number and right.startswith((r"\frac", r"\tfrac"))):
        return rf"{left} \cdot {right}"
    return f"{left} {right}"


def _div(n: Node, done: _Done) -> _Piece:
    top, bottom = (done[a] for a in n.args)
    if n.args[1].shape:
        return _signed(rf"{_factor(top, _HADAMARD, True)} \oslash {_at_least(_PRODUCT, bottom)}", _HADAMARD)
    if top.unsigned:
        return _signed(rf"-\frac{{{top.text[1:]}}}{{{bottom.text}}}", _FRACTION)
    return _Piece(rf"\frac{{{top.text}}}{{{bottom.text}}}", _FRACTION)


#: Functions whose power people write on the name: \tanh^{2}(z).
_POWERED = ("sin", "cos", "tanh", "log")


def _pow(n: Node, done: _Done) -> _Piece:
    base, power = n.args
    exponent = done[power].text
    if power.op == "const":
        value = Fraction(power.attr)
        if base.op == "sum" and value.numerator == 1 and (of := _powers_in(base, value.denominator)):
            return _Piece(_norm(of, done, str(value.denominator)))
        exponent = decimal_text(value) or f"{value.numerator}/{value.denominator}"
        if base.op in _POWERED and not n.shape and value > 0 and value.denominator == 1:
            function, bracket, rest = re.split(r"(\\left\(|\()", done[base].text, maxsplit=1)
            return _Piece(f"{function}^{{{exponent}}}{bracket}{rest}")
    if n.shape:  # W^{2} would be read as the matrix product W W
        exponent = rf"\odot {exponent}"
    return _Piece(f"{_at_least(_ATOM, done[base])}^{{{exponent}}}", _POWER)


def _exp(n: Node, done: _Done) -> _Piece:
    x = done[n.args[0]].text
    return _applied(n, done) if _tall(x) or len(x) > MAX_EXP else _Piece(rf"\mathrm{{e}}^{{{x}}}", _POWER)


def _sqrt(n: Node, done: _Done) -> _Piece:
    of = _powers_in(n.args[0], 2)
    return _Piece(_norm(of, done, "2") if of else rf"\sqrt{{{done[n.args[0]].text}}}")


# -- functions and conditions -----------------------------------------------------------------------


def _applied(n: Node, done: _Done) -> _Piece:
    """An operator as its entry in the table says."""
    inside = [done[a].text for a in n.args]
    template = OPERATORS[n.op].latex
    if any(map(_tall, inside)):
        for opening, closing in (("(", ")"), (r"\lvert", r"\rvert")):
            template = template.replace(opening, rf"\left{opening}").replace(closing, rf"\right{closing}")
    return _Piece(template.format(*inside))


def _relation(n: Node, done: _Done) -> _Piece:
    return _Piece(OPERATORS[n.op].latex.format(*(_at_least(_SUM, done[a]) for a in n.args)), _RELATION)


_ORDER = ("lt", "le", "gt", "ge", "eq")


def _both(n: Node, done: _Done) -> _Piece:
    first, second = n.args
    last = first.args[1] if first.op == "and" else first
    if last.op in _ORDER and second.op in _ORDER and last.args[1] is second.args[0]:  # 0 < x and x < 1
        end = OPERATORS[second.op].latex.format("", _at_least(_SUM, done[second.args[1]]))
        return _Piece(f"{done[first].text}{end}", _AND)
    return _Piece(rf"{_at_least(_AND, done[first])} \text{{ and }} {_at_least(_NOT, done[second])}", _AND)


def _either(n: Node, done: _Done) -> _Piece:
    first, second = (_at_least(_OR, done[a]) for a in n.args)
    return _Piece(rf"{first} \text{{ or }} {second}", _OR)


def _not(n: Node, done: _Done) -> _Piece:
    return _Piece(rf"\text{{not }} {_at_least(_RELATION, done[n.args[0]])}", _NOT)


def _where(n: Node, done: _Done) -> _Piece:
    condition, yes, no = (done[a].text for a in n.args)
    if (yes, no) == ("1", "0"):
        return _Piece(rf"\mathbf{{1}}{_group(condition, '[', ']')}")
    return _cases((yes, condition), (no, r"\text{otherwise}"))


def _select(n: Node, done: _Done) -> _Piece:
    """What holds on the two sides of a kink; the slopes of ReLU and of the absolute value by their names."""
    s, yes, no = n.args
    side = done[s].text
    if yes.op == no.op == "const":
        function = {(1, 0): "ReLU", (1, -1): "abs"}.get((yes.attr, no.attr))
        if function:
            return _Piece(rf"\mathrm{{{function}}}'{_group(side)}")
    return _cases((done[yes].text, rf"{side} \gt 0"), (done[no].text, rf"{side} \lt 0"))


def _cases(*rows: tuple[str, str]) -> _Piece:
    inside = r" \\ ".join(f"{value} & {condition}" for value, condition in rows)
    return _Piece(rf"\begin{{cases}} {inside} \end{{cases}}", _CASES)


# -- tensors ----------------------------------------------------------------------------------------


def _matmul(n: Node, done: _Done) -> _Piece:
    (a, b), (left, right) = n.args, (done[x] for x in n.args)
    # beside a matrix, a gradient is written as a row or as a column, as it fits
    turn = len(a.shape) == 1 and not left.row and (a.op != "d" or len(b.shape) == 1)
    before = _transposed(left) if turn else _factor(left, _PRODUCT, True)
    turn = right.row and len(b.shape) == 1
    after = _transposed(right) if turn else _factor(right, _FRACTION if b.op == "mul" else _PRODUCT)
    made = _signed(rf"{before} \, {after}" if a.op == "hessian" else _beside(before, after), _PRODUCT)
    return made._replace(row=len(a.shape) == 1 and len(b.shape) == 2)


def _transposed(p: _Piece) -> str:
    return rf"{_at_least(_ATOM, p)}^{{\top}}"


def _transpose(n: Node, done: _Done) -> _Piece:
    return _Piece(_transposed(done[n.args[0]]), _POWER)


def _outer(n: Node, done: _Done) -> _Piece:
    left, right = (done[a] for a in n.args)
    return _signed(f"{_factor(left, _PRODUCT, True)} {_transposed(right)}", _PRODUCT)


def _diag(n: Node, done: _Done) -> _Piece:
    return _Piece(rf"\mathrm{{diag}}{_group(done[n.args[0]].text)}")


def _sum(n: Node, done: _Done) -> _Piece:
    for p in (1, 2):
        if of := _powers_in(n, p):
            return _Piece(_norm(of, done, str(p)) + ("^{2}" if p == 2 else ""), _POWER)
    axis = "" if n.attr is None else rf"_{{\mathrm{{axis}}\,{n.attr}}}"
    return _Piece(rf"\sum{axis} {_at_least(_PRODUCT, done[n.args[0]])}", _HADAMARD)


def _powers_in(n: Node, p: int) -> Node | None:
    """x, where the node is the sum of all abs(x)**p of a vector, or of the squares of any tensor."""
    if n.op != "sum" or n.attr is not None:
        return None
    inner = n.args[0]
    if p > 1:
        if inner.op != "pow" or inner.args[1].op != "const" or inner.args[1].attr != p:
            return None
        inner = inner.args[0]
        if p == 2:
            return inner
    return inner.args[0] if inner.op == "abs" and len(inner.shape) == 1 else None


def _norm(x: Node, done: _Done, order: str) -> str:
    order = "F" if order == "2" and len(x.shape) == 2 else order
    bars = (r"\left\lVert ", r"\right\rVert") if _tall(done[x].text) else (r"\lVert ", r" \rVert")
    return f"{bars[0]}{done[x].text}{bars[1]}_{{{order}}}"


def _broadcast(n: Node, done: _Done) -> _Piece:
    (x,) = n.args
    size = r" \times ".join(map(str, n.shape))
    if x.shape:
        return _Piece(rf"\mathrm{{broadcast}}_{{{size}}}{_group(done[x].text)}")
    if x.op == "const" and x.attr in (0, 1):
        return _Piece(rf"\mathbf{{{x.attr}}}_{{{size}}}")
    return _signed(rf"{_factor(done[x], _PRODUCT, True)} \mathbf{{1}}_{{{size}}}", _PRODUCT)


def _reshape(n: Node, done: _Done) -> _Piece:
    size = r" \times ".join(map(str, n.shape))
    return _Piece(rf"\mathrm{{reshape}}_{{{size}}}{_group(done[n.args[0]].text)}")


def _stack(n: Node, done: _Done) -> _Piece:
    if n.shape == (1,):  # a vector of one is written as its entry
        return done[n.args[0]]
    if len(n.shape) == 1:
        rows = [done[a].text for a in n.args]
    else:
        rows = [" & ".join(done[x].text for x in a.args) if a.op == "stack" else _transposed(done[a]) for a in n.args]
    return _Piece(r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}")


def _index(n: Node, done: _Done) -> _Piece:
    x = n.args[0]
    if x.op in ("d", "hessian") and len(n.attr) == len(x.shape):
        return _derivative_entry(x, n.attr, done)
    return _Piece(element(done[x].text, n.attr, len(x.shape), atom=x.op in ("symbol", "def")))


# -- derivatives ------------------------------------------------------------------------------------


def _d(n: Node, done: _Done) -> _Piece:
    f, *variables = n.args
    if n.attr and not f.shape:
        return _Piece(rf"\nabla_{{{_listed(variables, done)}}} {_operand(f, done)}", _PRODUCT)
    if n.attr:
        return _partial(f, _operand(f, done), [f"({_listed(variables, done)})"])
    by = [done[variables[0]].text]
    if f.op == "d" and not f.attr and not n.shape and not f.args[1].shape:  # d(d(L, x), y)
        f, by = f.args[0], [done[f.args[1]].text, *by]
    return _partial(f, _operand(f, done), by)


def _partial(f: Node, text: str, by: Sequence[str]) -> _Piece:
    """The derivative of f, printed as ``text``, by one variable or by two."""
    power = "^{2}" if len(by) == 2 else ""
    below = " ".join(rf"\partial {x}" for x in by)
    if power and by[0] == by[1]:
        below = rf"\partial {_group(by[0]) if '^' in by[0] else by[0]}^{{2}}"
    while f.op == "index":
        f = f.args[0]
    if f.op in ("symbol", "def"):
        return _Piece(rf"\frac{{\partial{power} {text}}}{{{below}}}", _FRACTION)
    return _Piece(rf"\frac{{\partial{power}}}{{{below}}} {text}", _PRODUCT)


def _operand(f: Node, done: _Done) -> str:
    return _at_least(_POWER, done[f])


def _derivative_entry(n: Node, where: tuple[int, ...], done: _Done) -> _Piece:
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


def _entry_of(variables: Sequence[Node], k: int, done: _Done) -> str:
    """The k-th of the entries of the variables laid end to end."""
    for v in variables:
        if k < shapes.size(v.shape):
            return element(done[v].text, list(shapes.indices(v.shape))[k]) if v.shape else done[v].text
        k -= shapes.size(v.shape)
    raise IndexError(k)


def _hessian(n: Node, done: _Done) -> _Piece:
    f, *variables = n.args
    return _Piece(rf"\nabla^{{2}}_{{{_listed(variables, done)}}} {_operand(f, done)}", _PRODUCT)


def _hvp(n: Node, done: _Done) -> _Piece:
    f, u, *variables = n.args
    return _Piece(
        rf"\nabla^{{2}}_{{{_listed(variables, done)}}} {_operand(f, done)} \, {_at_least(_FRACTION, done[u])}", _PRODUCT
    )


def _listed(variables: Sequence[Node], done: _Done) -> str:
    return ", ".join(done[v].text for v in variables)


_RULES: dict[str, Callable[[Node, _Done], _Piece]] = {
    "const": _const, "symbol": _name, "def": _name,
    "add": _add, "sub": _sub, "neg": _neg, "mul": _mul, "div": _div, "pow": _pow, "exp": _exp, "sqrt": _sqrt,
    "gt": _relation, "ge": _relation, "lt": _relation, "le": _relation, "eq": _relation, "ne": _relation,
    "and": _both, "or": _either, "not": _not, "where": _where, "select": _select,
    "matmul": _matmul, "transpose": _transpose, "outer": _outer, "diag": _diag, "sum": _sum,
    "broadcast": _broadcast, "reshape": _reshape, "stack": _stack, "index": _index,
    "d": _d, "hessian": _hessian, "hvp": _hvp,
}  # fmt: skip
