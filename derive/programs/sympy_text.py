"""A derivation as a SymPy program: symbols, shared parts, results; exact numbers, nothing of ours to import."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from derive.exchange.sympy import symbol_name, to_sympy_all
from derive.expr.graph import Node
from derive.language.components import components, components_all
from derive.language.reader import to_text
from derive.programs.kinks import first_joined
from derive.programs.sharing import share

if TYPE_CHECKING:
    from derive.programs.derived import Derivation


def sympy_text(d: Derivation) -> str:
    """The program's text. Raises ExpressionError for what can't be laid out in scalars."""
    import sympy as sp

    leaves = [e for n in d.symbols for e in components(n)]
    results = components_all([p.right for p in first_joined(d)])
    shared, flat = share([e for entries in results for e in entries], [symbol_name(n) for n in leaves])
    names = _identifiers([*(symbol_name(n) for n in leaves), *(n.attr for n in shared), *(p.name for p in d.parts)])
    known = {n: sp.Symbol(names[symbol_name(n)], real=True) for n in leaves}
    known |= {n: sp.Symbol(names[n.attr], real=True) for n in shared}
    lines = ["from sympy import *", ""]
    for n in d.symbols:
        entries = components(n)
        given = ", ".join(names[symbol_name(e)] for e in entries)
        said = " ".join(symbol_name(e) for e in entries)
        lines.append(f"{given} = symbols({_quoted(said)}, real=True)")
    lines.append("")
    lines += [f"{names[n.attr]} = {_code(n.args[0], known)}" for n in shared]
    start = 0
    for p, entries in zip(d.parts, results, strict=True):
        texts = [_code(e, known) for e in flat[start : start + len(entries)]]
        start += len(entries)
        said = p.remark or to_text(p.left)
        lines += [f"# {_one_line(said)}"] * (said != p.name)
        lines.append(f"{names[p.name]} = {_shaped(p.right, texts)}")
    return "\n".join(lines) + "\n"


def _code(n: Node, known: dict[Node, Any]) -> str:
    (made,) = to_sympy_all([n], known)
    return str(_printer().doprint(made))


@cache
def _printer() -> Any:
    from sympy.printing.str import StrPrinter

    class Exact(StrPrinter):  # type: ignore[misc]
        """As SymPy prints, but that a fraction stays one where Python would divide."""

        def _print_Rational(self, e: Any) -> str:
            return f"Rational({e.p}, {e.q})"

    return Exact({"order": "none"})


def _shaped(n: Node, texts: Sequence[str]) -> str:
    if not n.shape:
        return texts[0]
    inside = ", ".join(texts)
    if len(n.shape) == 1:
        return f"Matrix([{inside}])"
    if len(n.shape) == 2:
        return f"Matrix({n.shape[0]}, {n.shape[1]}, [{inside}])"
    return f"Array([{inside}], {n.shape})"


def _identifiers(words: Iterable[str]) -> dict[str, str]:
    """Safe identifiers, none of which hides a name of SymPy or stands for two things."""
    import sympy as sp

    made: dict[str, str] = {}
    for word in words:
        name = re.sub(r"\W+", "_", word) or "v"
        if not name.isidentifier() or keyword.iskeyword(name) or hasattr(sp, name):
            name = f"{name}_" if f"{name}_".isidentifier() else f"v_{name}"
        while name in made.values() and word not in made:
            name += "_"
        made.setdefault(word, name)
    return made


def _quoted(text: str) -> str:
    return repr("".join(c if c.isalnum() or c in "_ " else "_" for c in text))


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
