r"""What dots stand for: ``x_1 + \dots + x_n``, ``J_1 J_2 \cdots J_L``, ``(a_1, \dots, a_n)``.

The terms before and after the dots have to be the same but for one whole number, which goes up or down by one from each to the
next: then the dots are a loop over it. Anything else is left as it stands, and refused where it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derive.language.latex.given import bare
from derive.language.latex.tokens import Token, Tokens
from derive.language.latex.tree import Run, Symbol, Tree

if TYPE_CHECKING:
    from derive.language.latex.grammar import Parser

_WIDEST = 3  # factors that one round of a product has

Items = list[tuple[str, Tree]]
Spans = list[tuple[int, int]]


def is_dots(tree: Tree) -> bool:
    return isinstance(tree, Symbol) and tree.word in ("ldots", "vdots")


def folded(p: Parser, op: str, items: Items, spans: Spans) -> Items:
    """The terms, factors or entries, those round dots as one run. Raises ExpressionError where the numbers skip."""
    while (k := next((i for i, (_, t) in enumerate(items) if is_dots(t)), None)) is not None:
        widths = range(1, _WIDEST + 1) if op == "prod" else (1,)
        made = next((m for w in widths if (m := _run(p, op, items, spans, k, w)) is not None), None)
        if made is None:
            break
        first, stop, run = made
        items = [*items[:first], (items[first][0], run), *items[stop:]]
        spans = [*spans[:first], (spans[first][0], spans[stop - 1][1]), *spans[stop:]]
    return items


def _run(p: Parser, op: str, items: Items, spans: Spans, k: int, width: int) -> tuple[int, int, Run] | None:
    """The first item of the run round the dots at k, the one after it, and the run."""
    if k < width or k + width >= len(items):
        return None

    def written(first: int) -> Tokens:
        return tuple(bare(p.tokens[spans[first][0] : spans[first + width - 1][1]]))

    last, first = written(k + 1), k - width
    if items[k][0] != items[k + 1][0] or unified(written(first), last) is None:
        return None
    while (
        first >= width
        and unified(written(first - width), last) is not None
        and _joins(op, items, first - width, k, width)
    ):
        first -= width
    if not _joins(op, items, first, k, width):
        return None
    found = unified(written(first), last)
    assert found is not None
    body, holes, low, high = found
    step = -1 if not _counts(low) or (_counts(high) and int(high[0].text) < int(low[0].text)) else 1
    for m, at in enumerate(range(first, k, width)):
        if m and not _follows(body, written(at), low, m * step):
            p.fail("the numbers before the dots do not go on by one", p.tokens[spans[at][0]])
    start = p.tokens[spans[first][0]].start
    return first, k + 1 + width, Run(start, op, body, holes, low, high)


def _joins(op: str, items: Items, first: int, k: int, width: int) -> bool:
    """Whether the rounds from the first to the dots go with one sign: that before the dots."""
    if op == "prod":
        signs = {items[i][0] for i in (*range(first + width, k, width), k, k + 1)}
        return len(signs) == 1 and signs < {"", ".", "*"}
    return all(items[i][0] == items[k][0] for i in range(first, k))


def _follows(body: Tokens, other: Tokens, first: Tokens, further: int) -> bool:
    """Whether ``other`` is the body with the number that is so much further than the first; a letter goes down."""
    found = unified(body, other)
    if found is None:
        return False
    due = str(int(first[0].text) + further) if _counts(first) else "".join(t.text for t in first) + str(further)
    return "".join(t.text for t in found[3]) == due


def unified(first: Tokens, last: Tokens) -> tuple[Tokens, tuple[int, ...], Tokens, Tokens] | None:
    """The one that has numbers, where they stand in it, and what stands there in the first and in the last; None where they
    differ in anything but one number."""
    pairs: list[tuple[int, int, Tokens, Tokens]] = []
    i = k = 0
    while i < len(first) and k < len(last):
        a, b = first[i], last[k]
        if a.kind == b.kind and a.text == b.text:
            i, k = i + 1, k + 1
            continue
        left, i_ = _one(first, i, last[k + 1 : k + 2])
        right, k_ = _one(last, k, first[i + 1 : i + 2])
        if left is None or right is None:
            return None
        pairs.append((i, k, left, right))
        i, k = i_, k_
    if i < len(first) or k < len(last) or not pairs:
        return None
    _, _, left, right = pairs[0]
    if any(_text(p[2]) != _text(left) or _text(p[3]) != _text(right) for p in pairs):
        return None
    if _counts(left) and all(first[p[0]].kind == "number" for p in pairs):
        return first, tuple(p[0] for p in pairs), left, right
    if _counts(right) and all(last[p[1]].kind == "number" for p in pairs):
        return last, tuple(p[1] for p in pairs), left, right
    return None


def _one(tokens: Tokens, k: int, after: Tokens) -> tuple[Tokens | None, int]:
    """A token that a number may stand as, or what stands in braces here, or up to the bracket that the other has next."""
    t = tokens[k]
    if after and after[0].is_(")", ",") and t.kind in ("number", "letter", "command"):
        end = k
        while end < len(tokens) and (tokens[end].kind in ("number", "letter", "command") or tokens[end].is_("+", "-")):
            end += 1
        if end < len(tokens) and tokens[end].is_(after[0].text):
            return tokens[k:end], end
    if t.is_("{"):
        depth, end = 0, k
        while end < len(tokens):
            depth += tokens[end].is_("{") - tokens[end].is_("}")
            end += 1
            if not depth:
                return tokens[k + 1 : end - 1], end
        return None, k
    return ((t,), k + 1) if t.kind in ("number", "letter", "command") else (None, k)


def _counts(tokens: Tokens) -> bool:
    return len(tokens) == 1 and tokens[0].kind == "number" and tokens[0].text.isdigit() and len(tokens[0].text) < 6


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(t.text for t in tokens)


def filled(body: Tokens, holes: Sequence[int], number: Tokens) -> Tokens:
    """The body with these tokens for its number."""
    made: list[Token] = []
    for k, t in enumerate(body):
        if k not in holes:
            made.append(t)
        elif len(number) == 1:
            made.append(number[0])
        else:
            made += [Token("sign", "{", t.start, t.start), *number, Token("sign", "}", t.stop, t.stop)]
    return tuple(made)
