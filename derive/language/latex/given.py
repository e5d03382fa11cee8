r"""The table of names: what stretches of a document's formulas are in the language, ``\mathbf{w}_j`` is ``W[j]``."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence

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
        made += [(way, text.strip()) for way in dict.fromkeys((tokens, _spelt(tokens), _read(tokens)))]
    return sorted(made, key=lambda pair: -len(pair[0]))


def _spelt(tokens: Tokens) -> Tokens:
    r"""With words of capitals in scripts as letters: ``D_{\mathrm{KL}}`` is written ``D_{KL}``, too. Others may be indices."""
    made: list[Token] = []
    for k, t in enumerate(tokens):
        if t.kind != "word" or not (t.text.isalpha() and t.text.isupper()) or not k or not tokens[k - 1].is_("_", "^"):
            made.append(t)
            continue
        made.append(Token("sign", "{", t.start, t.start))
        made += [Token("letter", c, t.start, t.stop) for c in t.text]
        made.append(Token("sign", "}", t.stop, t.stop))
    return tuple(made)


def _read(tokens: Tokens) -> Tokens:
    """With the letters in braces of scripts as words."""
    made: list[Token] = []
    k = 0
    while k < len(tokens):
        end = k + 2
        while end < len(tokens) and tokens[end].kind == "letter" and tokens[end].text.isupper():
            end += 1
        opens = tokens[k].is_("_", "^") and k + 1 < len(tokens) and tokens[k + 1].is_("{")
        made.append(tokens[k])
        if opens and end > k + 3 and end < len(tokens) and tokens[end].is_("}"):
            word = "".join(t.text for t in tokens[k + 2 : end])
            made.append(Token("word", word, tokens[k + 1].start, tokens[end].stop))
            k = end
        k += 1
    return tuple(made)


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


#: Fonts that print for one another; any other is one of its own.
_ALIKE = {
    **dict.fromkeys(("mathit", "mathnormal", "textit", "mathord"), ""),
    **dict.fromkeys(("boldsymbol", "bm", "pmb", "mathbfit", "textbf"), "mathbf"),
    **dict.fromkeys(("text", "textrm", "mbox", "textnormal", "operatorname", "operatorname*", "mathop"), "mathrm"),
}


def replaced(tokens: Tokens, names: Sequence[tuple[Tokens, str]], known: Container[str] = ()) -> Tokens:
    """The tokens with each stretch of the table in one token, from the left, the longest that fits. ``known``: words of symbols.

    Fonts count where rows differ in nothing else, and where the letter without its font is a symbol of its own. Raises
    ExpressionError for a font that leaves it open, and for one row in two fonts.
    """
    plain, made, at = bare(tokens), [], 0
    seen: dict[tuple[Tokens, str], tuple[str, ...]] = {}
    while at < len(plain):
        found = [row for row in names if _fits(plain[at : at + len(row[0])], row, known)]
        if not found:
            made.append(plain[at])
            at += 1
            continue
        part = plain[at : at + len(found[0][0])]
        pattern, text = row = _of_its_font(part, [r for r in found if len(r[0]) == len(part)])
        if seen.setdefault(row, _fonts(part)) != _fonts(part):
            raise ExpressionError(
                f"'{_shown(pattern)}' in two fonts, which may be two things: say in 'names:' what each is",
                part[0].start,
            )
        made.append(Token("given", text, part[0].start, part[-1].stop, "", part[0].spaced))
        at += len(part)
    return tuple(made)


def _fits(tokens: Sequence[Token], row: tuple[Tokens, str], known: Container[str]) -> bool:
    pattern, text = row
    if len(tokens) < len(pattern) or not all(map(_same, tokens, pattern)):
        return False
    own = (p.text for t, p in zip(tokens, pattern, strict=False) if p.font and not t.font and p.text in known)
    return all(re.search(rf"\b{re.escape(word)}\b", text) for word in own)


def _of_its_font(part: Sequence[Token], rows: Sequence[tuple[Tokens, str]]) -> tuple[Tokens, str]:
    """The row that a stretch is, of those that differ from it in no more than fonts."""
    meant = [row for row in rows if _fonts(row[0]) == _fonts(part)]
    if len({text for _, text in rows}) > 1 and not meant:
        both = " and ".join(dict.fromkeys(f"'{text}'" for _, text in rows))
        raise ExpressionError(
            f"'{_shown(part)}' has rows in 'names:' by its font, {both}, and none in this one", part[0].start
        )
    return (meant or rows)[0]


def _fonts(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(_ALIKE.get(t.font, t.font) for t in tokens)


def _shown(tokens: Sequence[Token]) -> str:
    return "".join("\\" + t.text if t.kind == "command" else t.text for t in tokens)


def _same(a: Token, pattern: Token) -> bool:
    r"""Fonts do not count, but for those of numerals: ``\\mathbf{1}`` is no 1."""
    plain = pattern.kind != "number" or bool(a.font) == bool(pattern.font)
    return a.kind == pattern.kind and a.text == pattern.text and plain
