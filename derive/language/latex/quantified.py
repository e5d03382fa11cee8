r"""What a formula is said of: ``\forall i``, ``i = 1, \dots, n``, ``\text{for all } x``, after it or before.

An index is said of each of its range; of a symbol of the case everything is said anyway, so that it is set aside, and told.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from derive.errors import ExpressionError, LooseCondition
from derive.language.latex.tokens import Token, Tokens
from derive.language.latex.words import BIG, GREEK
from derive.records import dataclass

_WORDS = ("for all", "for each", "for every", "for any")
_INDICES = "ijklmn"
_BREAKS = (",", "quad", "\\\\", ".", ";", ":")


@dataclass(frozen=True, slots=True)
class Quantified:
    """An index and its first and last number, without numbers where they are to be told from what it picks entries of."""

    index: Token
    first: Tokens = ()
    last: Tokens = ()


def taken(tokens: list[Token], known: Container[str]) -> tuple[list[Token], list[Quantified], list[str]]:
    """The tokens without what they are said of, that, and what is set aside. ``known``: words of the symbols of the case.

    Raises ExpressionError after ``\\forall`` for what is no index, symbol or range.
    """
    made, found, aside = list[Token](), list[Quantified](), list[str]()
    at = depth = 0
    while at < len(tokens):
        t = tokens[at]
        depth += t.is_("(", "[", "{", "\\{") - t.is_(")", "]", "}", "\\}")
        said = None if depth else _Scanner(tokens, at).said(known)
        if said is None:
            made.append(t)
            at += 1
            continue
        end, names, first, last = said
        found += [Quantified(n, first, last) for n in names if first or last or n.text not in known]
        aside.append(" ".join(u.text for u in tokens[at:end]))
        while made and made[-1].is_(",", "quad"):
            made.pop()
        at = end
        while not made and tokens[at].is_(*_BREAKS):
            at += 1  # it stood in front
    return made, found, aside


def assumed(tokens: Sequence[Token], known: Container[str]) -> list[Token]:
    r"""Letters that stand as indices of entries and that nothing binds, ``z_k``: what is said with them is said of each. Those
    that a sum binds, or may bind, are none."""
    found: dict[str, Token] = {}
    bound: set[str] = set()
    for k, t in enumerate(tokens):
        if not t.is_("_", "^"):
            continue
        script = _script(tokens, k + 1)
        letters = [u for u in script if u.kind == "letter" and u.text in _INDICES and u.text not in known]
        before = tokens[k - 1] if k else t
        if before.kind == "command" and before.text in BIG:
            free = next((i for i, u in enumerate(script) if u.is_("\\ne")), len(script))
            bound |= {u.text for u in script[:free] if u.kind == "letter"}
        elif t.is_("_") or (script and script[0].is_("(", "[")):
            found |= {u.text: u for u in letters if u.text not in found}
    return [t for letter, t in found.items() if letter not in bound]


def _script(tokens: Sequence[Token], k: int) -> Sequence[Token]:
    """What stands at k: a token, or all in braces."""
    if k >= len(tokens) or not tokens[k].is_("{"):
        return tokens[k : k + 1]
    depth = 0
    for end in range(k, len(tokens)):
        depth += tokens[end].is_("{") - tokens[end].is_("}")
        if not depth:
            return tokens[k + 1 : end]
    return tokens[k + 1 :]


Range = tuple[Tokens, Tokens]


class _Scanner:
    def __init__(self, tokens: list[Token], at: int) -> None:
        self.tokens, self.first, self.at = tokens, at, at

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def said(self, known: Container[str]) -> tuple[int, list[Token], Tokens, Tokens] | None:
        """Where it ends, the symbols, and their range; None where nothing of the kind begins here."""
        if self.here.is_("\\forall") or (self.here.kind == "text" and self.here.text.strip().lower() in _WORDS):
            self.at += 1
            names = self.names()
            if not self.here.is_("=", "\\in"):
                low: Tokens = ()
                high: Tokens = ()
            elif (found := self.range()) is not None:
                low, high = found
            else:
                raise ExpressionError("expected a range such as i = 1, \\dots, n", self.here.start)
            if not (self.here.kind == "end" or self.here.is_(*_BREAKS)):
                raise LooseCondition(
                    "a condition after '\\forall' is no part of the formula: say it in 'assuming:'", self.here.start
                )
            return self.at, names, low, high
        alone = self.here.kind == "letter" and self.here.text not in known
        if not alone or not self.at or not self.tokens[self.at - 1].is_(",", "quad"):
            return None
        self.at += 1
        if self.here.is_("=", "\\in") and (found := self.range()) is not None:
            return self.at, [self.tokens[self.first]], *found
        return None

    def names(self) -> list[Token]:
        names: list[Token] = []
        while self.here.kind == "letter" or (self.here.kind == "command" and self.here.text in GREEK):
            names.append(self.here)
            self.at += 1
            after = self.tokens[self.at + 1 : self.at + 3]
            one_more = self.here.is_(",") and len(after) == 2 and after[0].kind in ("letter", "command")
            if not one_more or not (after[1].kind == "end" or after[1].is_(*_BREAKS, "=", "\\in")):
                break
            self.at += 1
        if not names:
            raise ExpressionError("expected an index or a symbol after '\\forall'", self.here.start)
        return names

    def range(self) -> Range | None:
        r"""``= 1, \dots, n``, ``\in \{1, \dots, n\}``, ``\in [n]``."""
        sign, at = self.here, self.at
        self.at += 1
        closing = ""
        if sign.is_("\\in"):
            closing = "\\}" if self.here.is_("\\{") else "]" if self.here.is_("[") else ""
            if not closing:
                self.at = at
                return None
            self.at += 1
        parts: list[list[Token]] = [[]]
        while self.here.kind in ("number", "letter", "word", "command") or self.here.is_(",", "+", "-"):
            if self.here.is_(",") and not self.goes_on():
                break
            if self.here.is_(","):
                parts.append([])
            else:
                parts[-1].append(self.here)
            self.at += 1
        if closing and not self.here.is_(closing):
            self.at = at
            return None
        self.at += bool(closing)
        if closing == "]" and len(parts) == 1 and parts[0]:
            return (Token("number", "1", sign.start, sign.stop),), tuple(parts[0])
        dots = len(parts) - 2
        if dots < 1 or not parts[-1] or len(parts[dots]) != 1 or not parts[dots][0].is_("\\ldots") or not parts[0]:
            self.at = at
            return None
        return tuple(parts[0]), tuple(parts[-1])

    def goes_on(self) -> bool:
        r"""Whether the list goes on after this comma: up to what follows the dots."""
        after, next_ = self.tokens[self.at + 1], self.tokens[self.at + 2 : self.at + 4]
        return after.is_("\\ldots") or self.tokens[self.at - 1].is_("\\ldots") or any(t.is_("\\ldots") for t in next_)
