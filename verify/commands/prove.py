"""``errata prove``: a formula or an inequality, proved or refuted; or thousands of them, a line each."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from verify.commands.frame import AS_PINNED, FINDINGS, Fault, command, say, timeout_option


@command(
    """Is this true, for all real values of its symbols? Proves it, gives a counterexample, or says what stopped it.

    CLAIM is a condition as in a case: A == B, or an inequality. A name that no option speaks of is a scalar; a size may be
    a letter, and the claim is then one of every size.

    With --file many claims are decided in one process, each on a line of its own: a condition, or a JSON object with keys of a
    case and of its claim (docs/running.md). The answers are JSON lines, in their order.

    \b
    Examples:
      errata prove 'd(sigmoid(z), z) == sigmoid(z)*(1 - sigmoid(z))'
      errata prove 'd(sigmoid(z), z) <= 1/4'
      errata prove 'sqrt(x**2) == x' --assuming 'x >= 0'
      errata prove '(A @ B).T == A.T @ B.T' --shape A=2,2 --shape B=2,2
      errata prove 'grad(L, w) == X.T @ (X @ w - y)' --define 'L=sum((X @ w - y)**2)/2' \\
          --size N=4 --size p=2 --shape X=N,p --shape w=p --shape y=N
      errata prove --file claims.jsonl > answers.jsonl
      printf '%s\\n' 'x**2 >= 0' '{"claim": "x > 0", "assuming": "x > 1"}' | errata prove --file -
    """,
    epilog="""\b
Exit codes:
  0    true; with --file, all of them
  1    false, true only under a condition, or undecided; with --file, one of them at least
  2    the claim or the arguments are at fault; with --file, a line is, and the others are answered
  3    an internal error of Errata""",
)
@click.argument("claim", metavar="CLAIM", required=False)
@click.option("--file", "lines", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE",
              help="Claims, one a line; - is standard input.")  # fmt: skip
@click.option("--assuming", multiple=True, metavar="CONDITION", help="What may be assumed, such as 'x > 0'.")
@click.option("--shape", "shapes", multiple=True, metavar="NAME=SIZES", help="W=2,3 a matrix, x=N a vector.")
@click.option("--size", "sizes", multiple=True, metavar="NAME=NUMBER", help="A letter in shapes, with a number to try.")
@click.option(
    "--value", "values", multiple=True, metavar="NAME=VALUE", help="The value of a symbol: x=0.1, 'w=[1, 2]'."
)
@click.option("--in", "ranges", multiple=True, metavar="NAME=LOW,HIGH", help="The range of a symbol: p=0,1.")
@click.option(
    "--function", "functions", multiple=True, metavar="NAME=ARGUMENTS", help="A function of which nothing is known."
)
@click.option("--define", "definitions", multiple=True, metavar="NAME=EXPR", help="A definition, which may use others.")
@timeout_option("What takes longer is undecided.")
@click.option("--replay", is_flag=True, help="Show the regions and normal forms of the proof.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, for programs.")
def prove(
    claim: str | None, lines: Path | None, assuming: tuple[str, ...], shapes: tuple[str, ...], sizes: tuple[str, ...],
    values: tuple[str, ...], ranges: tuple[str, ...], functions: tuple[str, ...], definitions: tuple[str, ...],
    timeout: float | None, replay: bool, as_json: bool,
) -> int:  # fmt: skip
    from derive.errors import ExpressionError
    from verify.commands.derivation import Unreadable
    from verify.commands.proof import proved
    from verify.commands.questions import Options

    if (claim is None) == (lines is None):
        raise Fault("expected a claim such as 'x**2 >= 0', or --file with claims, one a line")
    options = Options(shapes, sizes, values, ranges, functions, definitions)
    try:
        if claim is None:
            from verify.commands.many import answers

            assert lines is not None
            return answers(lines, assuming, options, timeout, lambda told: say(json.dumps(told, ensure_ascii=False)))
        answer = proved(claim, assuming, shapes, replay, timeout, options)
    except (Unreadable, ExpressionError) as bad:
        raise Fault(str(bad)) from None
    if as_json:
        say(json.dumps({"claim": claim, **asdict(answer)}))
    for told in () if as_json else answer.lines:
        say(told)
    return AS_PINNED if answer.true else FINDINGS
