"""``errata prove``: a formula or an inequality, proved or refuted; or thousands of them, a line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from derive.lazily import lazily
from verify.commands.answers import Answer, Options
from verify.commands.frame import AS_PINNED, FINDINGS, Fault, command, say, timeout_option

with lazily():
    import json

T = TypeVar("T")


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
    from verify.suite.limited import Stopped, limited

    options = Options(shapes, sizes, values, ranges, functions, definitions)
    if lines is not None and claim is None:
        return _of_a_file(lines, assuming, options, timeout)
    if claim is None or lines is not None:
        raise Fault("expected a claim such as 'x**2 >= 0', or --file with claims, one a line")
    try:
        question = partial(_one, claim, assuming, options, replay, timeout is not None)
        answer = limited(question, timeout, first=_loaded)
    except Stopped as why:
        answer = Answer("undecided", str(why))
    if as_json:
        say(json.dumps({"claim": claim, **asdict(answer)}))
    for told in () if as_json else answer.lines:
        say(told)
    return AS_PINNED if answer.true else FINDINGS


def _loaded() -> None:
    """What decides, in the process that does: this one has no use for it."""
    import verify.commands.proof  # noqa: F401


def _one(claim: str, assuming: Sequence[str], options: Options, replay: bool, timed: bool) -> Answer:
    from verify.commands.proof import proved

    return _read(lambda: proved(claim, assuming, options, replay, timed))


def _of_a_file(lines: Path, assuming: Sequence[str], options: Options, timeout: float | None) -> int:
    from verify.commands.many import answers

    def tell(told: Mapping[str, Any]) -> None:
        say(json.dumps(told, ensure_ascii=False))

    return _read(lambda: answers(lines, assuming, options, timeout, tell))


def _read(work: Callable[[], T]) -> T:
    """Raises Fault for what can't be read."""
    from derive.errors import ExpressionError
    from verify.commands.derivation import Unreadable

    try:
        return work()
    except (Unreadable, ExpressionError) as bad:
        raise Fault(str(bad)) from None
