r"""Scalars typeset: numbers, names, arithmetic, functions, conditions. Elementwise on tensors: \odot, \oslash."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from derive.expr.composites import COMPOSITES, unusual
from derive.expr.conditions import one
from derive.expr.graph import Node
from derive.expr.operators import OPERATORS
from derive.language.reader import decimal_text
from derive.language.typeset.names import latex_name
from derive.language.typeset.norms import norm, powers_in
from derive.language.typeset.pieces import (
    AND,
    ATOM,
    CASES,
    FRACTION,
    HADAMARD,
    NOT,
    OR,
    POWER,
    PRODUCT,
    RELATION,
    SUM,
    Done,
    Piece,
    at_least,
    beside,
    factor,
    group,
    signed,
    tall,
)

MAX_EXP = 40  # characters of an exponent; a longer one is written exp(...)

# -- leaves -----------------------------------------------------------------------------------------


def _const(n: Node, done: Done) -> Piece:
    text, level = _number(abs(Fraction(n.attr)))
    return signed(f"-{text}" if n.attr < 0 else text, level)


def _number(value: Fraction) -> tuple[str, int]:
    """A number without sign: its decimal as written, powers of ten where zeros would have to be counted, or p/q."""
    decimal = decimal_text(value)
    if decimal is None or (len(decimal) > 24 and value.denominator > 1):
        return rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}", FRACTION
    whole, _, places = decimal.partition(".")
    digits = (whole + places).strip("0")
    tiny, huge = whole == "0" and places.startswith("0000"), len(whole) > 9 and len(digits) < len(whole)
    if not tiny and not huge:
        return decimal, ATOM
    exponent = len(whole) - 1 if huge else len(places.lstrip("0")) - len(places) - 1
    power = f"10^{{{exponent}}}"
    if digits == "1":
        return power, POWER
    return rf"{digits[0]}{'.' if digits[1:] else ''}{digits[1:]} \cdot {power}", PRODUCT


def _name(n: Node, done: Done) -> Piece:
    text = latex_name(n.attr)
    return Piece(text, POWER if "^" in text else ATOM)


# -- arithmetic -------------------------------------------------------------------------------------


def _add(n: Node, done: Done) -> Piece:
    left, right = (done[a] for a in n.args)
    if right.text.startswith("-") and right.level >= SUM:  # a + -b
        return Piece(f"{at_least(SUM, left)} - {right.text[1:]}", SUM)
    return Piece(f"{at_least(SUM, left)} + {at_least(SUM, right)}", SUM)


def _sub(n: Node, done: Done) -> Piece:
    left, right = (done[a] for a in n.args)
    return Piece(f"{at_least(SUM, left)} - {at_least(HADAMARD, right)}", SUM)


def _neg(n: Node, done: Done) -> Piece:
    inner = done[n.args[0]]
    return signed(f"-{at_least(HADAMARD, inner)}", max(inner.level, HADAMARD))


def _mul(n: Node, done: Done) -> Piece:
    a, b = n.args
    if a.shape and b.shape:
        # people don't agree which of A b and b \odot c binds tighter, so a matrix product gets brackets
        left, right = (factor(done[x], POWER if x.op == "matmul" else HADAMARD, not k) for k, x in enumerate(n.args))
        return signed(rf"{left} \odot {right}", HADAMARD)
    # a dot product is a number: (u^T v) w
    left, right = (factor(done[x], POWER if _is_dot(x) and n.shape else PRODUCT, not k) for k, x in enumerate(n.args))
    return signed(beside(left, right), PRODUCT)


def _is_dot(n: Node) -> bool:
    return n.op == "matmul" and not n.shape


def _div(n: Node, done: Done) -> Piece:
    top, bottom = (done[a] for a in n.args)
    if n.args[1].shape:
        return signed(rf"{factor(top, HADAMARD, True)} \oslash {at_least(PRODUCT, bottom)}", HADAMARD)
    if top.unsigned:
        return signed(rf"-\frac{{{top.text[1:]}}}{{{bottom.text}}}", FRACTION)
    return Piece(rf"\frac{{{top.text}}}{{{bottom.text}}}", FRACTION)


#: Functions whose power people write on the name: \tanh^{2}(z).
_POWERED = {o.name for o in OPERATORS.values() if o.powered}


def _pow(n: Node, done: Done) -> Piece:
    base, power = n.args
    exponent = done[power].text
    if power.op == "const":
        value = Fraction(power.attr)
        if base.op == "sum" and value.numerator == 1 and (of := powers_in(base, value.denominator)):
            return Piece(norm(of, done, str(value.denominator)))
        exponent = decimal_text(value) or f"{value.numerator}/{value.denominator}"
        if base.op in _POWERED and not n.shape and value > 0 and value.denominator == 1:
            function, *argument = re.split(r"(\\left\(|\()", done[base].text, maxsplit=1)
            if argument:  # else it stands under a name of its own
                return Piece(f"{function}^{{{exponent}}}{''.join(argument)}")
    if n.shape:  # W^{2} would be read as the matrix product W W
        exponent = rf"\odot {exponent}"
    return Piece(f"{at_least(ATOM, done[base])}^{{{exponent}}}", POWER)


def _exp(n: Node, done: Done) -> Piece:
    x = done[n.args[0]].text
    return applied(n, done) if tall(x) or len(x) > MAX_EXP else Piece(rf"\mathrm{{e}}^{{{x}}}", POWER)


def _sqrt(n: Node, done: Done) -> Piece:
    of = powers_in(n.args[0], 2)
    return Piece(norm(of, done, "2") if of else rf"\sqrt{{{done[n.args[0]].text}}}")


# -- functions and conditions -----------------------------------------------------------------------


def applied(n: Node, done: Done) -> Piece:
    """An operator as its entry in the table says."""
    inside = [done[a].text for a in n.args]
    template = OPERATORS[n.op].latex if n.op in OPERATORS else _of_composite(n)
    if any(map(tall, inside)):
        for opening, closing in (("(", ")"), (r"\lvert", r"\rvert"), (r"\lfloor", r"\rfloor"), (r"\lceil", r"\rceil")):
            template = template.replace(opening, rf"\left{opening}").replace(closing, rf"\right{closing}")
    return Piece(template.format(*inside))


def _of_composite(n: Node) -> str:
    """The template of a composite, options that are not the defaults below its name."""
    said = [rf"\mathrm{{{k}}}{chr(92) + ',' if k == 'axis' else '='}{v}" for k, v in unusual(n).items()]
    below = f"_{{{', '.join(said)}}}" if said else ""
    return COMPOSITES[n.op].latex.replace("{options}", below.replace("{", "{{").replace("}", "}}"))


def _relation(n: Node, done: Done) -> Piece:
    return Piece(OPERATORS[n.op].latex.format(*(at_least(SUM, done[a]) for a in n.args)), RELATION)


_ORDER = ("lt", "le", "gt", "ge", "eq")


def _both(n: Node, done: Done) -> Piece:
    forth, back = map(_implication, n.args)
    if forth is not None and back is not None and forth == (back[1], back[0]):
        return _arrow(forth, "Leftrightarrow", done)
    first, second = n.args
    last = first.args[1] if first.op == "and" else first
    last, right = (c.args[0] if c.op == "all" else c for c in (last, second))
    if last.op in _ORDER and right.op in _ORDER and last.args[1] is right.args[0]:  # 0 < x and x < 1
        end = OPERATORS[right.op].latex.format("", at_least(SUM, done[right.args[1]]))
        return Piece(f"{done[first].text}{end}", AND)
    return Piece(rf"{at_least(AND, done[first])} \text{{ and }} {at_least(NOT, done[second])}", AND)


def _implication(n: Node) -> tuple[Node, Node] | None:
    """The two sides of ``implies(a, b)``, which is ``not a or b``."""
    return (n.args[0].args[0], n.args[1]) if n.op == "or" and n.args[0].op == "not" else None


def _arrow(sides: tuple[Node, Node], sign: str, done: Done) -> Piece:
    left, right = (at_least(OR, done[s]) for s in sides)
    return Piece(rf"{left} \{sign} {right}", CASES)


def _either(n: Node, done: Done) -> Piece:
    if (sides := _implication(n)) is not None:
        return _arrow(sides, "Rightarrow", done)
    first, second = (at_least(OR, done[a]) for a in n.args)
    return Piece(rf"{first} \text{{ or }} {second}", OR)


def _not(n: Node, done: Done) -> Piece:
    return Piece(rf"\text{{not }} {at_least(RELATION, done[n.args[0]])}", NOT)


def _quantified(n: Node, done: Done) -> Piece:
    """Of every entry, of some entry: said only where the comparison alone means the other."""
    (c,) = n.args
    return done[c] if one(c) is n else Piece(rf"\mathrm{{{n.op}}}{group(done[c].text)}")


def _where(n: Node, done: Done) -> Piece:
    condition, yes, no = (done[a].text for a in n.args)
    if (yes, no) == ("1", "0"):
        return Piece(rf"\mathbf{{1}}{group(condition, '[', ']')}")
    return _cases((yes, condition), (no, r"\text{otherwise}"))


def _select(n: Node, done: Done) -> Piece:
    """What holds on the two sides of a kink; the slopes of ReLU and of the absolute value by their names."""
    s, yes, no = n.args
    side = done[s].text
    if yes.op == no.op == "const":
        function = {(1, 0): "ReLU", (1, -1): "abs"}.get((yes.attr, no.attr))
        if function:
            return Piece(rf"\mathrm{{{function}}}'{group(side)}")
    return _cases((done[yes].text, rf"{side} \gt 0"), (done[no].text, rf"{side} \lt 0"))


def _cases(*rows: tuple[str, str]) -> Piece:
    inside = r" \\ ".join(f"{value} & {condition}" for value, condition in rows)
    return Piece(rf"\begin{{cases}} {inside} \end{{cases}}", CASES)


RULES: dict[str, Callable[[Node, Done], Piece]] = {
    "const": _const, "symbol": _name, "def": _name,
    "add": _add, "sub": _sub, "neg": _neg, "mul": _mul, "div": _div, "pow": _pow, "exp": _exp, "sqrt": _sqrt,
    "gt": _relation, "ge": _relation, "lt": _relation, "le": _relation, "eq": _relation, "ne": _relation,
    "and": _both, "or": _either, "not": _not, "all": _quantified, "any": _quantified, "where": _where, "select": _select,
}  # fmt: skip
