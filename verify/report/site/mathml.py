"""LaTeX as MathML Core, which browsers render by themselves: converted by math-core, long formulas cut where a line may break.

A browser never breaks a ``<math>``: on a phone a long formula would be wider than the page. So a long one becomes several, each
beginning with the sign that it was cut at. A part that is still wide says how wide, by which the stylesheet makes it fit.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache
from html import escape, unescape

SHORT = 40  # characters of LaTeX that never need a break
WIDE = 18.0  # em from which a part says its width: a phone has some 22
MAX_NESTED = 100  # brackets within brackets: the converter recurses
MAX_LATEX = 20_000
PRIMES = frozenset("′″‴⁗")
SIGNS = frozenset("=≤≥<>≠≈∈+−-→⟹⟺⇒⇔∧∨")  # where a line may break

_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot);)\w+;")  # those that HTML has and XML has not
_NESTED = re.compile(r"\\left\b|\\right\b|\\begin\b|\\end\b|[{}]")
_RUN = re.compile(r"(?:\\[A-Za-z]+\s*){50}")  # commands whose arguments are commands, without brackets


@cache
def inline(latex: str) -> str:
    """A formula in a line of text, as HTML; LaTeX that can't be converted is shown as it is."""
    return _made(latex, False)


@cache
def display(latex: str) -> str:
    """A formula on a line of its own, its fractions at full size."""
    return _made(latex, True)


def _made(latex: str, large: bool) -> str:
    converted = converted_by_math_core(latex)
    if converted is None:
        return f"<code>{escape(latex)}</code>"
    if len(latex) > SHORT:
        math = ET.fromstring(converted)
        if sum(map(_width, math)) > WIDE:
            return "".join(_parts(math, large))
    return converted.replace("<math>", '<math displaystyle="true">', 1) if large else converted


def converted_by_math_core(latex: str) -> str | None:
    """``<math>...</math>``; None where that can't be. Every text in it is escaped, and it has no links."""
    from math_core import LatexError

    if len(latex) > MAX_LATEX or _depth(latex) > MAX_NESTED or _RUN.search(latex):
        return None
    try:
        made = str(_converter().convert_with_local_state(latex, displaystyle=False))
    except LatexError:
        return None
    return _primes_in_line(_ENTITY.sub(lambda m: unescape(m[0]), made))


def _primes_in_line(math: str) -> str:
    """Primes are raised by their form: as exponents, which math-core makes them, most fonts show them small and far too high."""
    if not any(prime in math for prime in PRIMES):
        return math
    tree = ET.fromstring(math)
    for e in list(tree.iter()):
        if e.tag in ("msup", "msubsup") and e[-1].tag == "mo" and PRIMES.issuperset(e[-1].text or " "):
            *below, prime = e
            prime.attrib.update(lspace="0", rspace="0")
            if e.tag == "msubsup":
                e[:] = [ET.Element("msub"), prime]
                e[0].extend(below)
            e.tag = "mrow"
    return ET.tostring(tree, encoding="unicode")


@cache
def _converter():  # type: ignore[no-untyped-def]  # a class of a library that is imported when it is needed
    from math_core import LatexToMathML

    return LatexToMathML(fancy_error=False)


def _depth(latex: str) -> int:
    depth = deepest = 0
    for found in _NESTED.finditer(latex):
        depth += 1 if found[0] in ("{", r"\left", r"\begin") else -1
        deepest = max(deepest, depth)
    return deepest


# -- where a line may break -----------------------------------------------------------------------------


def _parts(math: ET.Element, large: bool) -> Iterator[str]:
    lead = '<math displaystyle="true">' if large else "<math>"
    for part in _cut(list(math)):
        width = sum(map(_width, part))
        if part[0].tag == "mo" and part[0].text in SIGNS:
            part[0].set("form", "infix")  # at the beginning of a row it would be a prefix, without space
        made = lead + "".join(ET.tostring(e, encoding="unicode") for e in part) + "</math>"
        yield f'<span class="wide" style="--w:{width:.0f}">{made}</span>' if width > WIDE else made


def _cut(row: list[ET.Element]) -> Iterator[list[ET.Element]]:
    """A row at its signs, outside of brackets first; what is wide then, also at those inside of one bracket, and at products."""
    for part in _at_signs(row, 0):
        if sum(map(_width, part)) <= WIDE:
            yield part
            continue
        for smaller in _at_signs(part, 1):
            yield from _between_factors(smaller)


def _between_factors(row: list[ET.Element]) -> Iterator[list[ET.Element]]:
    """As many elements as fit, cut where nothing but a product is."""
    part: list[ET.Element] = []
    width = 0.0
    for e in row:
        wide = _width(e)
        if part and width + wide > WIDE and e.tag != "mo" and part[-1].tag != "mo":
            yield part
            part, width = [], 0.0
        part.append(e)
        width += wide
    if part:
        yield part


def _at_signs(row: list[ET.Element], level: int) -> Iterator[list[ET.Element]]:
    """The row before each sign in no more than ``level`` brackets."""
    part: list[ET.Element] = []
    depth = 0
    for e in row:
        sign = e.text or "" if e.tag == "mo" else _base(e)
        if e.tag == "mo" and sign in SIGNS and depth <= level and part and not _is_sign(part[-1]):
            yield part
            part = []
        part.append(e)
        depth += (sign in ("(", "[")) - (sign in (")", "]"))
    if part:
        yield part


def _is_sign(e: ET.Element) -> bool:
    return e.tag == "mo" and e.text in SIGNS | {"(", "["}


def _base(e: ET.Element) -> str:
    """The bracket that has an index or an exponent: ``(1 - x)^2``."""
    return e[0].text or "" if e.tag in ("msub", "msup", "msubsup") and len(e) and e[0].tag == "mo" else ""


# -- how wide it is -------------------------------------------------------------------------------------

_NO_WIDTH = frozenset({"mspace"})
_SCRIPTS = 0.71  # of the size of what they stand at


def _width(e: ET.Element) -> float:
    """About how wide an element is, in em: letters by their number, fractions by their wider side."""
    match e.tag:
        case "mi" | "mn" | "mtext":
            return 0.56 * len(e.text or "")
        case "mo":
            return 1.3 if e.text in SIGNS else 0.45 * len(e.text or "")
        case "mfrac":
            return max(map(_width, e)) + 0.2
        case "msub" | "msup":
            return _width(e[0]) + _SCRIPTS * _width(e[1])
        case "msubsup":
            return _width(e[0]) + _SCRIPTS * max(_width(e[1]), _width(e[2]))
        case "munder" | "mover" | "munderover":
            return max(_width(e[0]), *(_SCRIPTS * _width(c) for c in e[1:]))
        case "mtable":
            rows = [[_width(cell) for cell in row] for row in e]
            columns = max(map(len, rows), default=0)
            return sum(max((r[k] for r in rows if k < len(r)), default=0.0) + 0.8 for k in range(columns))
        case "msqrt":
            return 0.8 + sum(map(_width, e))
        case tag if tag in _NO_WIDTH:
            return 0.0
        case _:
            return sum(map(_width, e))
