r"""The table of names: what stretches of a document's formulas are in the language, ``\mathbf{w}_j`` is ``W[j]``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from derive.errors import ExpressionError
from derive.language.latex.tokens import Token, Tokens, tokenized


def table(names: Mapping[str, str]) -> list[tuple[Tokens, str]]:
    """The table by tokens, longest first. Raises ExpressionError for a stretch of LaTeX that is none."""
    made = []
    for latex, text in names.items():
        try:
            tokens = tuple(bare(tokenized(latex)[0]))[:-1]
        except ExpressionError as e:
            raise ExpressionError(f"names: '{latex}': {e.message}", e.offset) from None
        if not tokens or not balanced(tokens):
            raise ExpressionError(f"names: '{latex}' is no whole piece of a formula")
        if not text.strip():
            raise ExpressionError(f"names: '{latex}' has no meaning; expected an expression of the language")
        made.append((tokens, text.strip()))
    return sorted(made, key=lambda pair: -len(pair[0]))


def balanced(tokens: Iterable[Token]) -> bool:
    depth = 0
    for t in tokens:
        if t.kind == "sign":
            depth += t.text in ("(", "[", "{", "\\{") or -(t.text in (")", "]", "}", "\\}"))
            if depth < 0:
                return False
    return not depth


def bare(tokens: Sequence[Token]) -> list[Token]:
    """Without the braces round a single token, which say nothing: ``x_{3}`` is ``x_3``."""
    made: list[Token] = []
    for t in tokens:
        made.append(t)
        if (
            t.is_("}")
            and len(made) > 2
            and made[-3].is_("{")
            and (made[-2].kind != "number" or len(made[-2].text) == 1)
        ):
            made[-3:] = [made[-2]]
    return made


def replaced(tokens: Tokens, names: Sequence[tuple[Tokens, str]]) -> Tokens:
    """The tokens with each stretch of the table in one token, from the left, the longest that fits."""
    plain, made, at = bare(tokens), [], 0
    while at < len(plain):
        for pattern, text in names:
            part = plain[at : at + len(pattern)]
            if len(part) == len(pattern) and all(map(_same, part, pattern)):
                made.append(Token("given", text, part[0].start, part[-1].stop, "", part[0].spaced))
                at += len(pattern)
                break
        else:
            made.append(plain[at])
            at += 1
    return tuple(made)


def _same(a: Token, b: Token) -> bool:
    return a.kind == b.kind and a.text == b.text
