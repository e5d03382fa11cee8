"""What is said about a claim, in markdown or another medium: what the document prints, what is right, why, how it is known."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import accumulate

from derive.errors import ExpressionError
from derive.expr.graph import Node
from derive.language.printing import MAX_VALUES
from derive.language.typeset import latex, latex_name
from derive.records import dataclass
from verify.casefile.model import Case, Claim
from verify.claims.equality import correction
from verify.probes import PROBES
from verify.report.place import Links
from verify.results import Result
from verify.text import numbers
from verify.text.medium import MARKDOWN, Medium

#: The verdicts in the order in which a reader wants them, with a sentence each.
MEANING = {
    "wrong": "Refuted. The right value or formula stands beside it.",
    "inherited": "Not the correct rounding, but it follows from numbers that the document printed before, which are named.",
    "inconsistent": "It can't hold together with another statement of the document.",
    "convention": "A legitimate definition that differs from the usual or the named one; the difference is given.",
    "holds-if": "True under a condition that the document does not state.",
    "truncated": "The printed digits are the exact value cut off, not rounded.",
    "underspecified": "An input is missing; what the printed numbers determine it to be is given.",
    "undecided": "Neither proved nor refuted, and why. Never counted as right.",
    "holds": "Proved; or the printed number is the correct rounding of the exact value.",
}

#: Verdicts that ask for a change by themselves; an inherited number asks for it through its origin.
ERRORS = ("wrong", "inconsistent", "convention")


@dataclass(frozen=True, slots=True)
class Item:
    """A result with the claim that it is about; None where the case file no longer has the claim."""

    result: Result
    case: Case
    claim: Claim | None

    @property
    def place(self) -> str:
        """Where in the document the claim stands, as plain text."""
        return self.where or self.result.id

    @property
    def where(self) -> str:
        """As the case says it, and the line of its quote."""
        quoted = self.result.quoted
        line = str(quoted) if quoted and not quoted.lost else ""
        return ", ".join(said for said in (self.result.where, line) if said)


def verdict(word: str, medium: Medium = MARKDOWN) -> str:
    """The verdict as a plain word, bold where something must be mended."""
    return medium.strong(word) if word in ("wrong", "inconsistent") else word


def printed(item: Item, longest: int = 10_000, medium: Medium = MARKDOWN) -> str:
    """What the document says: a quantity and its digits, an arithmetic, or a formula, typeset."""
    claim = item.claim
    if item.result.printed is not None:
        digits = medium.text(item.result.printed)
        if claim is None or (claim.of is None and claim.shows is None):
            return digits
        if claim.shows is not None:
            return medium.code(f"{claim.texts.get('shows', '')} = {item.result.printed}")
        if claim.equals and statement(claim).endswith(f"= {item.result.printed}"):
            return quantity(claim, medium)
        return f"{quantity(claim, medium)} = {digits}"
    if claim is not None and claim.probe and not statement(claim):
        return medium.text(PROBES[claim.probe].says)
    said = statement(claim) if claim is not None else ""
    if not said and claim is not None and {"of", "equals"} <= set(claim.texts):  # its shapes do not fit together
        return medium.code(f"{claim.texts['of']} = {claim.texts['equals']}")
    if len(said) > longest:
        return "(long; see its page)"
    return medium.math(said) if said else ""


def quantity(claim: Claim, medium: Medium = MARKDOWN) -> str:
    """What a number is printed for, typeset."""
    assert claim.of is not None
    return medium.math(statement(claim) if claim.equals else latex(claim.of))


def statement(claim: Claim) -> str:
    """What a claim without digits says, as LaTeX; "" where it is no mathematics."""
    if claim.of is not None and claim.equals:
        return " = ".join(latex(side) for side in (claim.of, *claim.equals))
    if claim.of is not None and claim.standard:
        return f"{latex(claim.of)} = {latex(claim.of.args[0])}" if claim.of.op == "def" else latex(claim.of)
    if claim.holds is not None:
        return latex(claim.holds)
    if claim.somewhere is not None:
        return rf"\exists\ {latex(claim.somewhere)}"
    if claim.of is not None and claim.shape is not None:
        return rf"{latex(claim.of)} \in \mathbb{{R}}^{{{_size(claim.shape)}}}"
    if claim.defines:
        return ", ".join(latex_name(name) for name in claim.defines)
    if claim.recover is not None:
        return latex_name(claim.recover)
    return ""


def _size(shape: tuple[int, ...]) -> str:
    return r" \times ".join(map(str, shape)) or "1"


def right(item: Item, medium: Medium = MARKDOWN, longest: int = 10_000) -> str:
    """What should stand there instead, in the document's notation, or would by the standard; "" where that is not one thing, or
    a formula longer than so many characters of LaTeX."""
    word = item.result.verdict
    if word in ("holds", "holds-if", "undecided", "inconsistent"):
        return ""
    if word == "convention":
        forms = [latex(s) for s in item.claim.standard] if item.claim is not None else []
        return " or ".join(map(medium.math, forms)) if sum(map(len, forms)) <= longest else ""
    if word == "underspecified":
        return medium.text(item.result.exact or "")
    if item.result.printed is not None:
        return medium.text(numbers.correct(item.result.exact, item.result.printed))
    mended = corrected(item)
    made = latex(mended) if mended is not None else ""
    return medium.math(made) if made and len(made) <= longest else ""


def corrected(item: Item) -> Node | None:
    """The left side of a refuted formula with its derivatives worked out; None where that is only a name, and of other claims."""
    claim = item.claim
    if (
        item.result.verdict not in ("wrong", "inherited", "truncated")
        or item.result.printed is not None
        or claim is None
    ):
        return None
    if claim.of is None or not claim.equals:
        return None
    try:
        return correction(claim.of)
    except (ExpressionError, ArithmeticError):
        return claim.of


def why(item: Item, links: Links, here: bool = False) -> str:
    """The reason in a sentence, its claim ids linked, without what stands in the column of the right value."""
    reason = item.result.reason
    fixed = numbers.correct(item.result.exact, item.result.printed)
    if fixed:
        reason = re.sub(rf"(^|; )correct: {re.escape(fixed)}(?![\d.])", "", reason)
        reason = _unwrapped(reason.strip())
    said = sentence(reason, item.case.name, links, here, {*item.result.origin, *against(item)})
    if said or item.result.exact is None:
        return said
    value = numbers.exact(item.result.exact)
    return f"The exact value is {links.medium.text(value)}{'' if value.endswith('…') else '.'}"


def _unwrapped(said: str) -> str:
    """Without the brackets round all of it, where there are some."""
    depths = list(accumulate((c == "(") - (c == ")") for c in said))
    return said[1:-1] if said[:1] == "(" and 0 in depths and depths.index(0) == len(said) - 1 else said


def against(item: Item) -> set[str]:
    """The ids of the claims that it can't stand beside."""
    evidence = item.result.evidence
    several, one = evidence.get("against"), evidence.get("contradicts")
    return {*map(str, several if isinstance(several, list) else []), *([one] if isinstance(one, str) else [])}


def sentence(reason: str, case: str, links: Links, here: bool = False, named: Collection[str] = ()) -> str:
    """Plain text as a sentence, with the ids of claims in it linked: those that are ``named``, and what can't be a word."""
    reason = reason.strip(" ;")
    if not reason:
        return ""
    parts, medium = links.split(case, reason, named), links.medium
    made = "".join(
        links.claim(case, p, medium.code(p), here) if i % 2 else _inner(p, medium) for i, p in enumerate(parts)
    )
    if parts[0] and not _FORMULA.match(reason):
        made = made[0].upper() + made[1:]
    return made if made.endswith((".", "!", "?")) else made + "."


#: How a formula begins, whose names stay as they are: ``v.T @ A``, ``w = 2``, ``f(x)``, ``a1``, ``x_new``.
_FORMULA = re.compile(r"\w*[\d_(\[]|\w+\.\w|\w+ ?(?:[-+*/^=<>@]|!=)|[b-hj-z]\b")


def _inner(part: str, medium: Medium) -> str:
    """Escaped text whose blanks at the ends are kept."""
    if not part.strip():
        return " " if part else ""
    lead = " " if part[0].isspace() else ""
    tail = " " if part[-1].isspace() else ""
    return f"{lead}{medium.text(part)}{tail}"


def evidence(result: Result, medium: Medium = MARKDOWN) -> str:
    """How the verdict was earned: "proved", "proved where `x > 0`", "refuted at `x = 2`"."""
    method, witness, conditions = (result.evidence.get(k) for k in ("method", "witness", "conditions"))
    if not isinstance(method, str):
        return ""
    at = _point(witness, medium) if isinstance(witness, Mapping) else ""
    where = ", ".join(medium.code(str(c)) for c in conditions) if isinstance(conditions, list) else ""
    if result.verdict == "wrong":
        return f"refuted at {at}" if at else "refuted"
    said = medium.text(method) + (f" where {where}" if where else "")
    return said + (f"; fails at {at}" if at and result.verdict == "holds-if" else "")


def _point(witness: Mapping[str, object], medium: Medium) -> str:
    """A point, a dozen values at most: of a long one what is not 0. The explanation of the claim has all of it."""
    shown = [(k, v) for k, v in witness.items() if len(witness) <= MAX_VALUES or v != "0"][:MAX_VALUES]
    more = len(witness) - len(shown)
    return ", ".join(medium.code(f"{k} = {v}") for k, v in shown) + (f" and {more} more" if more else "")


def count(n: int, singular: str, plural: str = "") -> str:
    return f"{n} {singular if n == 1 else plural or singular + 's'}"


def tally(words: Mapping[str, int]) -> str:
    """``38 claims: 35 hold, 1 wrong, 2 inherited``."""
    total = sum(words.values())
    named = [f"{n} {'hold' if w == 'holds' and n != 1 else w}" for w in ("holds", *MEANING) if (n := words.get(w, 0))]
    return f"{count(total, 'claim')}: {', '.join(dict.fromkeys(named))}"
