"""What words make of the symbols that they stand beside: "a positive number x", "let A be symmetric", "for x in (0, 1)"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field

from derive.records import dataclass

#: What an adjective says of a number, and of a matrix or a vector, in the language; {n} is the size of the symbol.
NUMBERS = {
    "positive": "{x} > 0",
    "negative": "{x} < 0",
    "nonnegative": "{x} >= 0",
    "nonpositive": "{x} <= 0",
    "nonzero": "{x} != 0",
    "even": "mod({x}, 2) == 0",
    "odd": "mod({x}, 2) == 1",
    "zero": "{x} == 0",
    "natural": "{x} == floor({x}) and {x} >= 1",
    "integer": "{x} == floor({x})",
    "whole": "{x} == floor({x})",
}
VECTORS = {
    "positive": "all({x} > 0)",
    "negative": "all({x} < 0)",
    "nonnegative": "all({x} >= 0)",
    "unit": "norm({x}) == 1",
}
MATRICES = {
    "symmetric": "{x} == {x}.T",
    "antisymmetric": "{x} == -{x}.T",
    "positive definite": "positive_definite({x})",
    "positive semidefinite": "positive_semidefinite({x})",
    "orthogonal": "{x}.T @ {x} == eye({n})",
    "invertible": "det({x}) != 0",
}
#: Other spellings.
SAME = {
    "non-negative": "nonnegative",
    "non-positive": "nonpositive",
    "non-zero": "nonzero",
    "strictly positive": "positive",
    "strictly negative": "negative",
    "skew-symmetric": "antisymmetric",
    "positive-definite": "positive definite",
    "positive-semidefinite": "positive semidefinite",
    "positive semi-definite": "positive semidefinite",
    "nonsingular": "invertible",
    "not zero": "nonzero",
    "non-singular": "invertible",
    "an integer": "integer",
    "a whole number": "whole",
    "a unit vector": "unit",
    "spd": "symmetric positive definite",
    "psd": "positive semidefinite",
}
#: Adjectives that may matter, of which the language has no word or the draft none.
UNREAD = (
    "diagonal", "triangular", "idempotent", "centered", "centred", "standardized", "normalized", "normalised",
    "independent", "uncorrelated", "orthonormal", "stochastic", "sparse", "bounded", "sorted", "distinct", "full rank",
    "full-rank", "convex", "prime", "separable",
)  # fmt: skip
#: Those that are vague: a condition behind a word such as "for" alone.
VAGUE = ("small", "large", "close", "near", "negligible")
KNOWN = sorted({*NUMBERS, *VECTORS, *MATRICES, *SAME}, key=len, reverse=True)
_ADJECTIVE = "|".join(re.escape(word) for word in KNOWN)
_OTHER = "|".join(re.escape(word) for word in (*UNREAD, *VAGUE))
_ANY = rf"(?:{_ADJECTIVE}|{_OTHER})"
_NOUN = (
    r"(?:(?:real|square|scalar|\d+\s*(?:x|by)\s*\d+|@(?:\s*(?:x|by|-by-)\s*@)?)[\s-]+)*"
    r"(?:numbers?|integers?|reals?|constants?|scalars?|vectors?|matri(?:x|ces)|parameters?|weights?|values?|variables?)"
)
#: "symmetric and positive definite", in this order before or behind a symbol.
_RUN = rf"(?:(?:strictly|all|both|real|square|sufficiently|very)\s+)*{_ANY}(?:(?:\s*,\s*|\s*,?\s*and\s+|\s+){_ANY})*"
BEFORE = re.compile(rf"(?<![\w-])(?P<run>{_RUN})(?:\s+{_NOUN})?\s*$", re.I)
_IS = (
    r"^\s*(?:is|are|be|being|to be|were|was|remains?|stays?)\s+(?:(?:a|an|also|assumed|taken|known|to be|now|all)\s+)*"
    rf"(?P<run>{_RUN})(?![\w-])"
)
BEHIND = re.compile(_IS, re.I)
#: Before a symbol of which it is not said again: "n be even and m odd".
_LIKEWISE = re.compile(rf"{_IS}(?:\s+{_NOUN})?\s*,?\s*(?:and|but|while)\s*$", re.I)
_PIECE = re.compile(rf"(?<![\w-])(?:(?P<known>{_ADJECTIVE})|(?P<other>{_OTHER}))(?![\w-])", re.I)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a sentence asks for: ``latex`` is a relation as the document has it, or the ``adjective`` of the symbol ``latex``;
    ``words`` is how it is told. ``unread`` where no more is known of it than its words; a ``value`` may be put in, and needs not
    be."""

    words: str
    latex: str = ""
    adjective: str = ""
    unread: bool = False
    value: bool = False
    domain: bool = False  # a bound behind "for", which only says where what is said is meant
    doubtful: bool = False  # whether it is one of the statement is not clear


@dataclass(slots=True)
class Role:
    """What a statement is in its sentence: ``condition`` where it is one of others. ``denied`` and ``unread`` say why it is not
    claimed as it stands; ``conditions`` are those of its sentence, ``standing`` those that the section has made up to it."""

    condition: bool = False
    denied: str = ""
    unread: str = ""
    conditions: list[Condition] = field(default_factory=list)
    standing: list[Condition] = field(default_factory=list)
    apposed: bool = False  # said aside of what the sentence speaks of

    @property
    def bounded(self) -> bool:
        """Whether it is said under bounds alone."""
        return all(c.value or c.domain for c in self.conditions)

    @property
    def special(self) -> bool:
        """Whether it is said where something has one value: a case of what is said in general."""
        return any(re.search(r"(?<![<>!:])=", c.latex) for c in self.conditions)

    @property
    def restricted(self) -> bool:
        """Whether it is said under a condition that is no value."""
        return any(not c.value for c in self.conditions)


def said_of(latex: str, before: str, behind: str) -> Iterator[Condition]:
    """What the words around a symbol say of it."""
    if _LIKEWISE.search(before):
        behind = f"is {behind.lstrip()}"
    for pattern, text in ((BEFORE, before), (BEHIND, behind)):
        m = pattern.search(text)
        for piece in _PIECE.finditer(m["run"]) if m else ():
            word = piece[0].lower()
            yield from _of(latex, SAME.get(word, word), unread=piece["known"] is None)


def _of(latex: str, word: str, unread: bool) -> Iterator[Condition]:
    if word == "symmetric positive definite":
        yield from (*_of(latex, "symmetric", False), *_of(latex, "positive definite", False))
    else:
        yield Condition(f"{latex} is {word}", latex, word, unread)


def in_language(adjective: str, name: str, shape: tuple[int, ...], size: str) -> str:
    """The adjective of a symbol of that shape; "" where it means nothing there, or several things."""
    table = MATRICES if len(shape) == 2 and shape[0] == shape[1] else VECTORS if len(shape) == 1 else NUMBERS
    return table.get(adjective, "").format(x=name, n=size) if len(shape) < 2 or table is MATRICES else ""


#: What is an element of an interval, a set of numbers or one in a letter.
ELEMENT = re.compile(
    r"(?P<names>(?:(?!\\(?:leq?|geq?|neq?|q?quad|to)(?![A-Za-z]))[^=:<>&]){1,80}?)\\in(?![A-Za-z])\s*(?P<of>(?:\\left)?[\[(][^\[\]()]{1,80}(?:\\right)?[\])]|\\(?:left\\)?\{[^{}]{1,200}\\(?:right\\)?\}"
    r"|\\math(?:bb|cal|bf|rm)\s*\{?\s*[A-Z]\s*\}?(?:\s*[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\w|\+))*"
    r"|\\[A-Za-z]+(?:\s*\^\s*(?:\{[^{}]*\}|\w))?)",
)
_INTERVAL = re.compile(
    r"(?:\\left)?\s*(?P<a>[\[(])(?P<low>[^,;]+)[,;](?P<high>[^,;]+?)(?:\\right)?\s*(?P<b>[\])])\s*$", re.S
)
_SET = re.compile(r"\\(?:left\s*\\)?\{(?P<of>[^{}]*?)\\(?:right\s*\\)?\}\s*$", re.S)
_ABOVE = re.compile(
    r"\\mathbb\s*\{?\s*[RQ]\s*\}?\s*(?:_\s*\{?\s*(?P<below>\+\+|\+|>\s*0|\\geq?\s*0)\s*\}?|\^\s*\{?\s*\+\s*\}?)\s*$"
)
_INFINITE = re.compile(r"\s*[-+]?\s*\\infty\s*")


def membership(names: str, of: str) -> Condition | None:
    r"""What ``x \in [0, 1)``, ``y \in \{0, 1\}`` and ``a \in \mathbb{R}_+`` ask for; None where that is nothing."""
    words = f"{names.strip()} \\in {of.strip()}"
    if m := _INTERVAL.match(of.strip()):
        low = "" if _INFINITE.fullmatch(m["low"]) else f"{m['low']} {'<' if m['a'] == '(' else chr(92) + 'le'} "
        high = "" if _INFINITE.fullmatch(m["high"]) else f" {'<' if m['b'] == ')' else chr(92) + 'le'} {m['high']}"
        each = [f"{low}{name.strip()}{high}" for name in names.split(",")] if low or high else []
        return Condition(words, r" \text{ and } ".join(each)) if each else None
    if m := _SET.match(of.strip()):
        values = [v.strip() for v in m["of"].split(",")]
        if re.search(r"dots", m["of"]) or values == [str(k + 1) for k in range(len(values))]:
            return None  # an index, or one of a family
        if not all(re.fullmatch(r"[-+]?\s*\d+(?:\.\d+)?", v) for v in values) or "," in names:
            return Condition(words, unread=True)
        return Condition(words, r" \text{ or } ".join(f"{names.strip()} = {v}" for v in values))
    if m := _ABOVE.match(of.strip()):
        sign = r"\ge" if m["below"] and "ge" in m["below"] else ">"
        return Condition(words, r" \text{ and } ".join(f"{name.strip()} {sign} 0" for name in names.split(",")))
    if m := re.fullmatch(r"\\mathbb\s*\{?\s*(?P<of>[NZ])\s*\}?(?:_\s*\+)?", of.strip()):
        return Condition(words, names.strip(), "natural" if m["of"] == "N" else "integer", unread="," in names)
    return None
