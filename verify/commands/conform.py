"""``errata conform``: a callable of one's own, or of a library, against a formula."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from functools import partial
from typing import TYPE_CHECKING

import click

from derive.records import dataclass
from verify.commands.frame import AS_PINNED, FINDINGS, Fault, command, dask_option, on_dask, say

LETTER = 10**12  # what letters for sizes are while they are read

if TYPE_CHECKING:
    from verify.suite.trail import Trail


@command(
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
@click.option(
    "--shape", "shape_texts", multiple=True, metavar="NAME=SIZES", help="W=2,3 a matrix, x=3 a vector, x=n any length."
)
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
@click.option(
    "--device", default="cpu", show_default=True, metavar="NAME", help="Where tensors of Torch are: cpu or cuda."
)
@click.option("--exhaustive", is_flag=True, help="Values at all float32 inputs of a function of one number (2**32).")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=300.0,
    show_default=True,
    metavar="SECONDS",
    help="A single call that takes longer hangs.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="With --exhaustive: processes.",
)
@dask_option("With --exhaustive: the processes of a Dask cluster, by the address of its scheduler.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, metavar="N", help="Draws other points."
)
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
    device: str,
    exhaustive: bool,
    timeout: float,
    jobs: int,
    dask: str | None,
    seed: int,
) -> int:
    given = _Given(
        target,
        formula,
        ranges,
        wrt,
        shape_texts,
        arguments,
        options,
        result,
        states,
        dtypes,
        framework,
        allowed,
        seed,
        jobs,
        device,
        dask,
    )
    if dask is not None and not exhaustive:
        raise Fault("--dask goes with --exhaustive: other comparisons are a single task")
    found = _apart(_every if exhaustive else _compared, given, timeout)
    say(found.text)
    return AS_PINNED if found.conforms else FINDINGS


@dataclass(frozen=True)
class _Given:
    """The words of the command line."""

    target: str
    formula: str
    ranges: tuple[str, ...]
    wrt: str
    shapes: tuple[str, ...]
    arguments: tuple[str, ...]
    options: tuple[str, ...]
    result: str
    states: tuple[str, ...]
    dtypes: tuple[str, ...]
    framework: str | None
    allowed: tuple[str, ...]
    seed: int
    jobs: int
    device: str
    dask: str | None


@dataclass(frozen=True)
class _Told:
    text: str
    conforms: bool


def _apart(work: Callable[[_Given], _Told], given: _Given, seconds: float) -> _Told:
    """The work in a process of its own, which foreign code may end or never give back: then that is what is found of it.
    Raises Fault."""
    from verify.conform.callables import IMPORT
    from verify.suite.limited import Lost, Stopped, limited
    from verify.suite.trail import Trail
    from verify.suite.worker import DEVICE_MEMORY, MEMORY

    trail = Trail()
    memory = MEMORY if given.device == "cpu" else DEVICE_MEMORY
    try:
        return limited(
            partial(_answered, work, given, trail), memory=memory, watchdog=seconds, trail=trail, patient=IMPORT
        )
    except Lost as why:
        from verify.conform.outcome import Conformance, Finding
        from verify.conform.words import told

        if why.inside.startswith(IMPORT):
            raise Fault(f"'{why.inside.removeprefix(IMPORT).strip()}' can't be imported: {why}") from None
        finding = Finding(why.kind, f"{why.inside}: {why}")
        return _Told(told(Conformance(given.target.replace(":", "."), given.formula, "", (), (finding,))), False)
    except Stopped as why:
        return _Told(f"{given.target.replace(':', '.')}: undecided: {why}", False)


def _answered(work: Callable[[_Given], _Told], given: _Given, trail: Trail) -> _Told:
    """What the process does. Raises Fault."""
    from derive.errors import ExpressionError
    from verify.commands.derivation import Unreadable
    from verify.conform.arguments import BadArguments
    from verify.conform.callables import NotAllowed, NotFound
    from verify.conform.calling import watched

    watched(trail.write)
    try:
        with _unheard(1) if work is _every else _unheard(1, 2):
            return work(given)
    except (NotAllowed, NotFound, BadArguments, Unreadable) as bad:
        raise Fault(str(bad)) from None
    except ExpressionError as bad:
        text, offset = given.formula, bad.offset
        raise Fault(f"--formula:{offset + 1}: {bad.message}\n  {text}\n  {' ' * offset}^") from None


@contextmanager
def _unheard(*streams: int) -> Iterator[None]:
    """What foreign code prints is no part of the answer, nor are the last words of a crash: neither of Python, nor of what it
    calls."""
    if "ERRATA_TRACEBACK" in os.environ:
        yield
        return
    with open(os.devnull, "w") as sink:
        kept = {number: os.dup(number) for number in streams}
        for number in kept:
            os.dup2(sink.fileno(), number)
        try:
            with redirect_stdout(sink), redirect_stderr(sink if 2 in streams else sys.stderr):
                yield
        finally:
            for number, before in kept.items():
                os.dup2(before, number)
                os.close(before)


def _shapes(texts: Sequence[str]) -> dict[str, tuple[int | str, ...]]:
    """The shapes that ``--shape`` options give; a letter is a size that is tried from 1 to 1000. Raises Unreadable."""
    from verify.commands.derivation import read_shapes

    letters: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:  # a letter's place, as a number that no one gives
        return letters.setdefault(match[0], str(LETTER + len(letters)))

    parts = [t.partition("=") for t in texts]
    known = read_shapes([name + eq + re.sub(r"[^\W\d]\w*", number, sizes) for name, eq, sizes in parts])
    back: dict[int, str] = {int(n): letter for letter, n in letters.items()}
    return {name: tuple(back.get(n, n) for n in sizes) for name, sizes in known.items()}


def _compared(given: _Given) -> _Told:
    from verify.conform.arguments import once, read_arguments, read_option, read_range, read_result, read_state
    from verify.conform.callables import find
    from verify.conform.engine import conform as compare
    from verify.conform.words import told

    found = compare(
        find(given.target, given.allowed),
        given.formula,
        wrt=given.wrt or None,
        domain=once(read_range(r) for r in given.ranges),
        shapes=_shapes(given.shapes),
        arguments=read_arguments(given.arguments),
        options=once(read_option(o) for o in given.options),
        result=read_result(given.result) if given.result else None,
        dtypes=given.dtypes or None,
        framework=given.framework,
        states=once(read_state(s) for s in given.states),
        device=given.device,
        name=given.target.replace(":", "."),
        seed=given.seed,
    )
    return _Told(told(found), found.verdict == "conforms")


def _every(given: _Given) -> _Told:
    """``--exhaustive``: the outcome in print, with progress on the way."""
    from verify.conform.arguments import once, read_arguments, read_option, read_range
    from verify.conform.exhaustive import Job, exhaustive
    from verify.conform.words import told_of_all

    device = "" if given.device == "cpu" else given.device
    for option, said in (
        ("--device", device),
        ("--shape", given.shapes),
        ("--state", given.states),
        ("--result", given.result),
    ):
        if said:
            raise Fault(f"--exhaustive is of functions of one number, entry by entry: no {option}")

    def progress(done: int, whole: int) -> None:
        click.echo(f"\r{100 * done // max(whole, 1)} % of the inputs", nl=done == whole, err=True)

    job = Job(
        given.target,
        given.formula,
        given.allowed,
        once(read_range(r) for r in given.ranges),
        read_arguments(given.arguments),
        once(read_option(o) for o in given.options),
        given.framework,
    )
    with nullcontext() if given.dask is None else on_dask(given.dask) as executor:
        found = exhaustive(job, given.jobs, progress=progress, executor=executor)
    return _Told(told_of_all(job, found), found.measured is None or not found.measured.off.any())
