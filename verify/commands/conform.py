"""``errata conform``: a callable of one's own, or of a library, against a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from verify.commands.frame import AS_PINNED, FINDINGS, Fault, command, say

if TYPE_CHECKING:
    from verify.conform.exhaustive import Job


@command(
    "Compare a function that people run with a formula.",
    """Does this function compute this formula, and do its derivatives? Value, gradient and second derivative, in every dtype.

    TARGET is module:name of a callable: NumPy, Torch or JAX, or an optimizer, whose formula is its updates in order. It is
    imported and run, so a module beyond the audited libraries (numpy, scipy, torch, jax, optax, sklearn) needs --allow-import.

    \b
    Examples:
      errata conform torch.nn.functional:gelu --formula 'gelu(x)'
      errata conform mypkg.losses:focal --allow-import mypkg --formula '-(1 - p)**gamma*log(p)' --in 'p=(0,1)' --in gamma=2
      --wrt p
      errata conform mypkg.optim:MyAdam --allow-import mypkg --in lr=0.001 --in b=0.9
      --formula 'm = b*m + (1 - b)*g; w = w - lr*m'
      errata conform numpy:log1p --formula 'log(1 + x)' --in 'x=(-1,inf)' --dtype float64
    """,
    epilog="""\b
Exit codes:
  0    it conforms
  1    it deviates, or differs by a convention, or nothing could be judged
  2    the arguments are at fault
  3    an internal error of Errata""",
)
@click.argument("target", metavar="TARGET")
@click.option("--formula", required=True, metavar="FORMULA", help="What it should compute, in the language of cases.")
@click.option(
    "--in",
    "ranges",
    multiple=True,
    metavar="NAME=LOW,HIGH",
    help="The range of an input: p=0,1, p=(0,1], x=0,inf; NAME=NUMBER holds it.",
)
@click.option("--wrt", default="", metavar="NAMES", help="What to differentiate by (all that varies, unless given).")
@click.option("--shape", "shape_texts", multiple=True, metavar="NAME=SIZES", help="W=2,3 a matrix, x=3 a vector.")
@click.option(
    "--argument",
    "arguments",
    multiple=True,
    metavar="NAMES",
    help="Symbols in the order of the arguments: y,yhat; or PARAMETER=SYMBOL.",
)
@click.option(
    "--option",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="A further keyword of the call, such as reduction=sum.",
)
@click.option(
    "--result",
    default="",
    metavar="ENTRY",
    help="Of a tuple that is returned the entry 0, 1, ...; or an argument, for what it becomes.",
)
@click.option(
    "--state", "states", multiple=True, metavar="NAME=START", help="Of an optimizer: a state that does not start at 0."
)
@click.option(
    "--dtype",
    "dtypes",
    multiple=True,
    metavar="NAME",
    help="float64, float32, float16, bfloat16 (all that the framework has).",
)
@click.option(
    "--framework", default=None, metavar="NAME", help="numpy, torch or jax, where it can't be told from the code."
)
@click.option(
    "--allow-import", "allowed", multiple=True, metavar="PACKAGE", help="Also import from this package: its code runs."
)
@click.option("--exhaustive", is_flag=True, help="Values at all float32 inputs of a function of one number (2**32).")
@click.option("--jobs", default=1, show_default=True, metavar="N", help="With --exhaustive: processes.")
@click.option("--seed", default=0, show_default=True, help="Draws other points.")
def conform(
    target: str,
    formula: str,
    ranges: tuple[str, ...],
    wrt: str,
    shape_texts: tuple[str, ...],
    arguments: tuple[str, ...],
    options: tuple[str, ...],
    result: str,
    states: tuple[str, ...],
    dtypes: tuple[str, ...],
    framework: str | None,
    allowed: tuple[str, ...],
    exhaustive: bool,
    jobs: int,
    seed: int,
) -> int:
    from derive.errors import ExpressionError
    from verify.commands.derivation import Unreadable, read_shapes
    from verify.conform.arguments import BadArguments, read_arguments, read_option, read_range, read_result, read_state
    from verify.conform.callables import NotAllowed, NotFound, find
    from verify.conform.engine import conform as compare
    from verify.conform.words import told

    try:
        if exhaustive:
            from verify.conform.exhaustive import Job

            return _every(
                Job(
                    target,
                    formula,
                    allowed,
                    dict(read_range(r) for r in ranges),
                    read_arguments(arguments),
                    dict(read_option(o) for o in options),
                    framework,
                ),
                jobs,
            )
        found = compare(
            find(target, allowed),
            formula,
            wrt=wrt or None,
            domain=dict(read_range(r) for r in ranges),
            shapes=read_shapes(shape_texts),
            arguments=read_arguments(arguments),
            options=dict(read_option(o) for o in options),
            result=read_result(result) if result else None,
            dtypes=dtypes or None,
            framework=framework,
            states=dict(read_state(s) for s in states),
            name=target.replace(":", "."),
            seed=seed,
        )
    except (NotAllowed, NotFound, BadArguments, Unreadable) as bad:
        raise Fault(str(bad)) from None
    except ExpressionError as bad:
        raise Fault(f"--formula:{bad.offset + 1}: {bad.message}\n  {formula}\n  {' ' * bad.offset}^") from None
    say(told(found))
    return AS_PINNED if found.verdict == "conforms" else FINDINGS


def _every(job: Job, processes: int) -> int:
    """``--exhaustive``: the outcome in print, with progress on the way."""
    from verify.conform.exhaustive import exhaustive
    from verify.conform.words import told_of_all

    def progress(done: int, whole: int) -> None:
        click.echo(f"\r{100 * done // max(whole, 1)} % of the inputs", nl=done == whole, err=True)

    found = exhaustive(job, processes, progress=progress)
    say(told_of_all(job, found))
    return FINDINGS if found.measured is not None and found.measured.off.any() else AS_PINNED
