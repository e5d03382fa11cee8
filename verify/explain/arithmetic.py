"""Displayed arithmetic explained: the product of the printed factors, and how far their rounding reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.flint import arb
from derive.numbers.balls import evaluate, precision, rational
from verify.casefile.model import Claim
from verify.claims.arithmetic import Factors
from verify.claims.context import PRECISIONS, CaseContext
from verify.decimals import rounded, show
from verify.explain.blocks import Block, facts, say
from verify.verdict import Verdict

DIGITS = 9  # the radius of a ball has 30 bits


def arithmetic(context: CaseContext, claim: Claim, verdict: Verdict) -> Iterator[Block]:
    factors = Factors(context, claim.texts["shows"])
    printed = context.printed(claim)
    value = factors.at(factors.centre)
    if isinstance(value, Exception):
        yield say(f"The printed factors give no value: {value}.")
        return
    yield facts(
        ("", ""),
        [
            ("as printed", f"{claim.texts['shows']} = {claim.prints}"),
            ("the printed factors give", show(value)),
            ("correctly rounded", rounded(value, printed)),
        ],
    )
    if not factors.spans:
        yield say("All factors are exact: inputs of the document, whole numbers, or values that need no rounding.")
        return
    yield say("A printed factor stands for any value that rounds to it:")
    yield facts(
        ("Factor", "From", "To"),
        [(factors.texts[n], show(rational(span.low)), show(rational(span.high))) for n, span in factors.spans.items()],
    )
    low, high = _ends(factors)
    if low is not None and high is not None:
        half = printed.unit if printed.about else printed.unit / 2
        ends = [show(rational(printed.value + side * half), DIGITS) for side in (-1, 1)]
        yield say(f"The result then lies between {low} and {high}; the print stands for {ends[0]} to {ends[1]}.")
    moved = verdict.evidence.get("witness")
    if isinstance(moved, Mapping):
        yield say(
            f"Unrounded factors that give the printed digits: {', '.join(f'{v} for {k}' for k, v in moved.items())}."
        )


def _ends(factors: Factors) -> tuple[str | None, str | None]:
    """An enclosure of the result over all values that round to the printed factors."""
    with precision(PRECISIONS[0]):
        point = {n: rational(v) for n, v in factors.centre.items()}
        point |= {n: arb(rational(factors.centre[n]), arb(rational(s.unit / 2))) for n, s in factors.spans.items()}
        found = evaluate([factors.root], point, PRECISIONS[0])[0]
        if isinstance(found, Exception):
            return None, None
        ball = arb(found)
        return show(ball.lower(), DIGITS), show(ball.upper(), DIGITS)
