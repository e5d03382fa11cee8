r"""Which names of a scope a symbol of print may be: ``\hat{y}_{3}`` is ``yhat3`` or ``y3hat``, whichever exists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from derive.language.latex.tokens import Token, Tokens
from derive.language.latex.words import GREEK

_SPELT = {
    "lambda": ("lam", "lambda_"), "varepsilon": ("eps", "epsilon", "varepsilon"), "epsilon": ("eps", "epsilon"),
    "varphi": ("varphi", "phi"), "phi": ("phi",), "vartheta": ("vartheta", "theta"), "ell": ("ell", "l"),
}  # fmt: skip
_RAISED = {
    "*": ("star", "opt"),
    "+": ("plus",),
    "-": ("minus",),
    "\\dagger": ("dagger", "pinv"),
    "\\top": (),
    "'": ("prime",),
}


def spelt(word: str) -> tuple[str, ...]:
    """How a case may write a letter or a word."""
    if word.startswith("bb") and len(word) > 2:
        return ()
    return _SPELT.get(word, (word,))


def pieces(tokens: Tokens) -> list[tuple[str, ...]] | None:
    """The parts of a script that is part of a name, each with its spellings; None where it is more than that."""
    made: list[tuple[str, ...]] = []
    for t in tokens:
        if t.kind in ("number", "letter", "word") or (t.kind == "command" and t.text in GREEK):
            made.append(spelt(t.text))
        elif t.kind == "text" and t.text.strip().isidentifier():
            made.append((t.text.strip(),))
        elif not t.is_(",") or not made:
            return None
    return made or None


def raised(tokens: Tokens) -> tuple[str, ...] | None:
    r"""The spellings of a superscript that is part of a name: ``w^*``, ``w^{+}``."""
    if len(tokens) == 1:
        t = tokens[0]
        sign = "\\" + t.text if t.kind == "command" else t.text
        if sign in _RAISED and t.kind != "number":
            return _RAISED[sign] or None
        if t.kind == "word":
            return (t.text,)
    return None


def layer(tokens: Tokens) -> Tokens | None:
    """What stands in the brackets of ``W^{(2)}`` or ``W^{[2]}``."""
    if len(tokens) > 2 and (
        (tokens[0].is_("(") and tokens[-1].is_(")")) or (tokens[0].is_("[") and tokens[-1].is_("]"))
    ):
        return tokens[1:-1]
    return None


def candidates(
    word: str,
    accents: tuple[str, ...] = (),
    below: list[tuple[str, ...]] | None = None,
    above: tuple[str, ...] | None = None,
) -> Iterator[str]:
    """The names that a symbol with these scripts could have in a case."""
    accent = "".join(accents)
    for stem in spelt(word):
        for parts in product(*(below or [])):
            for sub in dict.fromkeys(("".join(parts), "_".join(parts))):
                for sup in above or ("",):
                    # x_i is never the Greek letter xi
                    yield from (n for n in _joined(stem, accent, sub, sup) if n == stem or n not in GREEK)


def _joined(stem: str, accent: str, sub: str, sup: str) -> Iterator[str]:
    if accent and sub:
        middles = [f"{accent}{sub}", f"{sub}{accent}", f"{accent}_{sub}", f"_{accent}_{sub}", f"_{accent}{sub}",
                   f"_{sub}_{accent}",
                   f"{sub}_{accent}", f"_{sub}{accent}"]  # fmt: skip
    elif accent:
        middles = [accent, f"_{accent}"]
    elif sub:
        middles = [sub, f"_{sub}"]
    else:
        middles = [""]
    for middle in middles:
        for tail in (f"_{sup}", sup) if sup else ("",):
            yield f"{stem}{middle}{tail}"
        if sup and middle:  # wstar2, w_star_2
            yield f"{stem}{sup}{middle}"
            yield f"{stem}_{sup}{middle if middle.startswith('_') else '_' + middle}"


def symbol_of(t: Token) -> str | None:
    """The word of a token that is a symbol."""
    return t.text if t.kind in ("letter", "word") or (t.kind == "command" and t.text in GREEK) else None
