r"""What a section says of shapes: ``X \in \mathbb{R}^{n \times p}``; and of families, ``z_k`` for each k from 1 to 3."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from verify.draft.scope import Told, name_in_print

_OVER = re.compile(
    r"\b([a-z])\s*(?:\\in\s*\\\{\s*1\s*,(?:\s*\\[lc]?dots\s*,|[\s\d,]*,)?\s*(\d)\s*\\\}|=\s*1\s*,(?:\s*\\[lc]?dots\s*,|[\s\d,]*,)?\s*(\d)(?!\d))"
)


def families(texts: Iterable[str]) -> dict[str, int]:
    r"""Indices that run from 1 to a number: ``k \in \{1, 2, 3\}``, ``k = 1, \dots, 3``."""
    return {m[1]: int(m[2] or m[3]) for text in texts for m in _OVER.finditer(text)}


def each(latex: str, over: Mapping[str, int]) -> list[str]:
    """A statement of an index as one for each of its values: ``W_k`` and ``d_{k-1}`` with the number for the letter."""
    for index, last in over.items():
        if re.search(rf"[_\s{{]{index}(?![A-Za-z])", latex):

            def put(k: int, index: str = index) -> str:
                made = re.sub(rf"\{{\s*{index}\s*-\s*1\s*\}}", str(k - 1), latex)
                made = re.sub(rf"\{{\s*{index}\s*\+\s*1\s*\}}", str(k + 1), made)
                return re.sub(rf"(?<=_){index}(?![A-Za-z])|(?<=_\{{){index}(?=\}})", str(k), made)

            return [put(k) for k in range(1, last + 1)]
    return [latex]


_MEMBER = re.compile(
    r"^(?P<names>.+?)\\in\s*\\mathbb\s*\{?\s*R\s*\}?(?:\s*\^\s*(?P<dims>\{(?:[^{}]|\{[^{}]*\})*\}|\w))?"
)


def membership(latex: str) -> tuple[list[str], list[str]] | None:
    r"""The symbols and the sizes of ``x, y \in \mathbb{R}^{n \times p}``; None where it says no such thing."""
    m = _MEMBER.match(latex.strip())
    if not m or re.search(r"=|\\to|:", m["names"]):
        return None
    names = [x.strip() for x in m["names"].split(",") if x.strip()]
    dims = (m["dims"] or "").strip().removeprefix("{").removesuffix("}")
    sizes = [re.sub(r"[\s{}_\\]", "", d) for d in re.split(r"\\times", dims)] if dims.strip() else []
    return names, sizes


_ELEMENT = re.compile(
    r"^(?P<names>(?:(?!\\(?:leq?|geq?|neq?|approx|q?quad)(?![A-Za-z]))[^=:<>])+?)\\in(?![A-Za-z])\s*(?P<of>.+)$", re.S
)
#: Sets of which an element is a number: ``\{0, 1\}``, ``[0, 1]``, ``(0, 1)``, the real, rational and whole ones.
_NUMBERS = re.compile(r"\s*(?:\\\{\s*-?\d.*|(?:\\left)?[\[(].*|\\mathbb\s*\{?\s*[RQZN].*)", re.S)


def is_element(latex: str) -> bool:
    """Whether it says no more than of which set something is an element."""
    return bool(_ELEMENT.match(latex.strip()))


def shapes_said(texts: Iterable[tuple[str, str]], over: Mapping[str, int]) -> tuple[dict[str, Told], dict[str, str]]:
    """The shapes that formulas, given with their places, say that symbols have; and the names of which they say two things."""
    found: dict[str, Told] = {}
    unclear: dict[str, str] = {}
    plain: set[str] = set()  # numbers
    for text, place in texts:
        for stretch in (one for part in re.split(r"\\quad|\\qquad|;", text) for one in each(part, over)):
            names, sizes = membership(stretch) or ([], None)
            element = _ELEMENT.match(stretch.strip()) if sizes is None else None
            for symbol in names or (element["names"].split(",") if element else ()):
                name = name_in_print(symbol.strip())
                if not name:
                    continue
                if element:
                    if _NUMBERS.fullmatch(element["of"]):
                        plain.add(name)
                    else:
                        unclear[name] = "is an element of something that is no set of numbers here"
                elif sizes is not None and all(re.fullmatch(r"[1-9]\d?|[A-Za-z]\w*", d) for d in sizes):
                    first = found.setdefault(name, Told(name, symbol, tuple(sizes), place))
                    if first.shape != tuple(sizes):
                        unclear[name] = f"has one shape on {first.place} and another on {place}"
                else:
                    unclear[name] = "has sizes that could not be read"
    for name in plain & found.keys():
        if found[name].shape:
            unclear[name] = f"is a number in one place and has a shape on {found[name].place}"
    return {name: told for name, told in found.items() if name not in unclear}, unclear
