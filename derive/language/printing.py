"""The graph back to text of the language; ``parse(to_text(n)) is n``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from derive.expr.composites import COMPOSITES, unusual
from derive.expr.conditions import QUANTIFIERS, one
from derive.expr.graph import Node, topological
from derive.expr.operators import CONSTANTS, OPERATORS
from derive.language import abstract, orders, sets, totals

_PRECEDENCE = {
    "where": 0, "or": 1, "and": 2, "not": 3, "gt": 4, "ge": 4, "lt": 4, "le": 4, "eq": 4, "ne": 4,
    "add": 5, "sub": 5, "mul": 6, "div": 6, "matmul": 6, "neg": 7, "pow": 8,
}  # fmt: skip
_ATOM = 9
MAX_TEXT = 100_000

MAX_DIGITS = 24  # of a number that is written out
MAX_VALUES = 12  # of a point that stand in a sentence


Text = tuple[str, int]  # with how tightly it binds
Done = Mapping[Node, Text]


def to_text(root: Node) -> str:
    """The expression in the language, with no needless brackets; ``parse(to_text(n)) is n``.

    A part of more than MAX_TEXT characters, which no text of the language has, is written "...": what the nodes of a graph
    share is written out each time, and doubles with every level.
    """
    done: dict[Node, Text] = {}
    for n in topological([root], through_definitions=False):
        done[n] = _text(n, done)
        if len(done[n][0]) > MAX_TEXT:
            done[n] = ("...", _ATOM)
    return done[root][0]


def _text(n: Node, done: Done) -> Text:
    """A node by what its arguments are written as, with how tightly it binds."""
    if n.op in _RULES and (made := _RULES[n.op](n, done)) is not None:
        return made
    if n.op in _PRECEDENCE and n.op != "where":
        return _infix(n, done)
    if n.op in COMPOSITES:
        options = [f"{k}={v}" for k, v in unusual(n).items()]
        return f"{COMPOSITES[n.op].called or n.op}({', '.join([_inside(n, done), *options])})", _ATOM
    if sets.compares(n):
        return sets.text(n, [done[a][0] for a in n.args]), _PRECEDENCE["eq"]
    if n.op in CONSTANTS:
        return n.op, _ATOM
    return f"{_WRITTEN.get(n.op, n.op)}({_inside(n, done)})", _ATOM


def _arg(n: Node, done: Done, i: int, at_least: int = 0) -> str:
    """An argument, in brackets where it binds less tightly than that."""
    text, level = done[n.args[i]]
    return text if level >= at_least else f"({text})"


def _inside(n: Node, done: Done) -> str:
    return ", ".join(done[a][0] for a in n.args)


def _infix(n: Node, done: Done) -> Text:
    level = _PRECEDENCE[n.op]
    sign = "@" if n.op == "matmul" else OPERATORS[n.op].infix
    left = _arg(n, done, 0, level + 1 if level == 4 else level)
    right = _arg(n, done, 1, 7 if sign in "*/" else level + 1)
    if level >= _PRECEDENCE["add"] and right.startswith("-"):
        right = f"({right})"  # x - (-1): two signs in a row are easily read as one
    return f"{left}{sign}{right}" if sign in "*/" else f"{left} {sign} {right}", level


def _at(n: Node, done: Done) -> Text:
    k = len(n.args) // 2
    values = [f"{v.attr}={done[n.args[1 + k + i]][0]}" for i, v in enumerate(n.args[1 : 1 + k])]
    return f"at({', '.join([done[n.args[0]][0], *values])})", _ATOM


def _whole_condition(n: Node, done: Done) -> Text | None:
    """all(u == v), any(u != v): of tensors, a comparison says so itself."""
    return done[n.args[0]] if one(n.args[0]) is n else None


def _spread(n: Node, done: Done) -> Text:
    named = _constant_tensor(n)
    return named or f"{n.op}({', '.join([_inside(n, done), *map(str, n.attr)])})", _ATOM


def _diagonal(n: Node, done: Done) -> Text | None:
    named = _constant_tensor(n)
    return (named, _ATOM) if named is not None else None


def _derivative(n: Node, done: Done) -> Text:
    return f"{n.op}({done[n.args[0]][0]}, {_variables(n.args[1:], n.attr, done)})", _ATOM


def _total(n: Node, done: Done) -> Text:
    """sum(f for k in range(a, b))."""
    body, index, low, *high = n.args
    if high and totals.is_factorial(n):
        return f"factorial({done[high[0].args[0]][0]})", _ATOM
    name = totals.plain(index)
    while any(m.op in ("symbol", "def") and m.attr == name for m in topological([body], through_definitions=False)):
        name += "_"
    end = done[high[0]][0] if high else "inf"
    ends = end if high and low is n.graph.zero and high[0].op == "symbol" else f"range({done[low][0]}, {end})"
    return f"{n.attr}({totals.unprimed(done[body][0], index, name)} for {name} in {ends})", _ATOM


#: By operator, what is written otherwise than infix or as a call; None where it is not, after all.
_RULES: dict[str, Callable[[Node, Done], Text | None]] = {
    "const": lambda n, done: _number_text(n.attr),
    "symbol": lambda n, done: (n.attr, _ATOM),
    "def": lambda n, done: (n.attr, _ATOM),
    "inf": lambda n, done: (n.op, _ATOM),
    "at": _at,
    "sided": lambda n, done: (f"d({_inside(n, done)}, side={n.attr})", _ATOM),
    "after": lambda n, done: (f"{done[n.args[0]][0]}({done[n.args[1]][0]})", _ATOM),
    "total": _total,
    "series": _total,
    "every": lambda n, done: (f"all({done[n.args[0]][0]} for {done[n.args[1]][0]} in {n.attr})", _ATOM),
    "computed": lambda n, done: (n.attr.text([done[a][0] for a in n.args]), _ATOM),
    "apply": lambda n, done: (abstract.text(n, _inside(n, done)), _ATOM),
    "neg": lambda n, done: (f"-{_arg(n, done, 0, 8)}", 7),
    "not": lambda n, done: (f"not {_arg(n, done, 0, 3)}", 3),
    **dict.fromkeys(QUANTIFIERS, _whole_condition),
    "pow": lambda n, done: (f"{_arg(n, done, 0, _ATOM)}**{_arg(n, done, 1, 8)}", 8),
    "transpose": lambda n, done: (f"{_arg(n, done, 0, _ATOM)}.T", _ATOM),
    "index": lambda n, done: (f"{_arg(n, done, 0, _ATOM)}[{', '.join(map(str, n.attr))}]", _ATOM),
    "limit": lambda n, done: (f"limit({_inside(n, done)}, {n.attr})", _ATOM) if n.attr else None,
    "property": lambda n, done: (
        (f"{n.attr}({', '.join(done[a][0] for a in orders.written(n))})", _ATOM) if not sets.compares(n) else None
    ),
    "stack": lambda n, done: (f"[{_inside(n, done)}]", _ATOM),
    "concat": lambda n, done: (f"concat([{_inside(n, done)}])", _ATOM),
    "sum": lambda n, done: (f"sum({_inside(n, done)}, axis={n.attr})", _ATOM) if n.attr is not None else None,
    "diag": _diagonal,
    "broadcast": _spread,
    "reshape": _spread,
    "d": _derivative,
    "hessian": _derivative,
    "hvp": lambda n, done: (
        f"hvp({done[n.args[0]][0]}, {_variables(n.args[2:], n.attr, done)}, {done[n.args[1]][0]})", _ATOM,
    ),
}  # fmt: skip

#: What the engine alone has, as it is written in the language.
_WRITTEN = {"grow": "exp"}


def _constant_tensor(n: Node) -> str | None:
    """ones(m, n), zeros(n) and eye(n), as they are written."""
    if n.op == "diag" and n.args[0].op == "broadcast" and n.args[0].args[0] is n.graph.one:
        return f"eye({n.args[0].attr[0]})"
    if n.op == "broadcast" and n.args[0] in (n.graph.one, n.graph.zero) and 1 <= len(n.attr) <= 2:
        return f"{'ones' if n.args[0] is n.graph.one else 'zeros'}({', '.join(map(str, n.attr))})"
    return None


def _variables(args: Sequence[Node], many: bool, done: Done) -> str:
    inside = ", ".join(done[a][0] for a in args)
    return f"[{inside}]" if many else inside


def _number_text(value: int | Fraction) -> Text:
    level = _ATOM if value >= 0 else 7
    text = short_decimal(Fraction(value))
    if text is None:
        text = (
            str(value)
            if value.denominator == 1
            else f"{'-' if value < 0 else ''}({abs(value.numerator)}/{value.denominator})"
        )
    return text, level


def number_text(value: Fraction) -> str:
    """An exact number for people: a fraction as it is, where it has few digits; a decimal or a power of ten where it is one."""
    plain = str(value)
    return plain if len(plain) <= MAX_DIGITS else short_decimal(value) or plain


def point_text(point: Mapping[Node, Fraction]) -> str:
    """``x = 1, y = 1/2``; of a long point a dozen values at most, those that are 0 left to the end."""
    parts = [f"{to_text(n)} = {number_text(Fraction(v))}" for n, v in point.items()]
    if len(parts) <= MAX_VALUES:
        return ", ".join(parts)
    kept = [p for p, v in zip(parts, point.values(), strict=True) if v]
    if len(kept) <= MAX_VALUES:
        return ", ".join([*kept, "all others 0"]) if kept else f"0 for all {len(parts)} values"
    return f"{', '.join(kept[:MAX_VALUES])}, ... ({len(parts) - MAX_VALUES} more)"


def short_decimal(value: Fraction) -> str | None:
    """The finite decimal of a fraction, as digits times a power of ten where zeros would have to be counted; None where it
    has none, or many digits."""
    text = decimal_text(value)
    if text is None or len(text) <= MAX_DIGITS:
        return text
    digits = text.lstrip("-").replace(".", "").lstrip("0")
    whole = text.lstrip("-").partition(".")[0]
    power = len(whole) - 1 if whole != "0" else len(digits) + len(whole) - len(text.lstrip("-"))
    digits = digits.rstrip("0")
    if len(digits) > MAX_DIGITS - 8:
        return None
    return f"{'-' if value < 0 else ''}{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}e{power}"


def decimal_text(value: Fraction) -> str | None:
    """The finite decimal of a fraction, exactly, or None where it has none."""
    return finite_decimal(value.numerator, value.denominator)


def finite_decimal(top: int, bottom: int) -> str | None:
    """The same of top/bottom, in lowest terms."""
    twos, fives = (bottom & -bottom).bit_length() - 1, 0
    rest = bottom >> twos
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    places = max(twos, fives)
    digits = str(abs(top) * 10**places // bottom).rjust(places + 1, "0")
    sign = "-" if top < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
