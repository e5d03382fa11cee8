"""``errata prove``: a formula or an inequality, proved or refuted."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from verify.commands.frame import AS_PINNED, FINDINGS, Fault, command, say, timeout_option


@command(
    """Is this true, for all real values of its symbols? Proves it, gives a counterexample, or says what stopped it.

    CLAIM is a condition as in a case: A == B, or an inequality. A name without --shape is a scalar.

    \b
    Examples:
      errata prove 'd(sigmoid(z), z) == sigmoid(z)*(1 - sigmoid(z))'
      errata prove 'd(sigmoid(z), z) <= 1/4'
      errata prove 'sqrt(x**2) == x' --assuming 'x >= 0'
      errata prove 'abs(1 - eta*lam) < 1' --assuming 'lam > 0' --assuming 'eta > 0' --assuming 'eta < 2/lam'
      errata prove '(A @ B).T == A.T @ B.T' --shape A=2,2 --shape B=2,2
    """,
    epilog="""\b
Exit codes:
  0    true
  1    false, true only under a condition, or undecided
  2    the claim or the arguments are at fault
  3    an internal error of Errata""",
)
@click.argument("claim", metavar="CLAIM")
@click.option("--assuming", multiple=True, metavar="CONDITION", help="What may be assumed, such as 'x > 0'.")
@click.option("--shape", "shape_texts", multiple=True, metavar="NAME=SIZES", help="W=2,3 a matrix, x=3 a vector.")
@timeout_option("What takes longer is undecided.")
@click.option("--replay", is_flag=True, help="Show the regions and normal forms of the proof.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, for programs.")
def prove(
    claim: str,
    assuming: tuple[str, ...],
    shape_texts: tuple[str, ...],
    timeout: float | None,
    replay: bool,
    as_json: bool,
) -> int:
    from derive.errors import ExpressionError
    from verify.commands.derivation import Unreadable
    from verify.commands.proof import proved

    try:
        answer = proved(claim, assuming, shape_texts, replay, timeout)
    except (Unreadable, ExpressionError) as bad:
        raise Fault(str(bad)) from None
    if as_json:
        say(json.dumps({"claim": claim, **asdict(answer)}))
    for line in () if as_json else answer.lines:
        say(line)
    return AS_PINNED if answer.true else FINDINGS
