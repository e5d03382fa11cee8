"""The command line. Light to start: what a command needs is imported when it runs."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from verify import places

if TYPE_CHECKING:
    from verify.results import Results
    from verify.suite.progress import Event, Silent

AS_PINNED, FINDINGS, FAULT, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 130

EXIT_CODES = """\b
Exit codes:
  0    all verdicts are as pinned (unpinned means 'holds')
  1    findings: a verdict is not as pinned, or an implementation differs
  2    the case files or the arguments are at fault
  3    an internal error of Errata
  130  interrupted"""


class Fault(click.ClickException):
    """The input is at fault: a message, exit code 2."""

    exit_code = FAULT


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``errata``; returns its exit code."""
    from verify.casefile import CaseFaults

    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = errata.main(args=arguments, prog_name="errata", standalone_mode=False)
    except click.ClickException as fault:
        fault.show()
        return FAULT
    except places.PlaceError as fault:
        Fault(str(fault)).show()
        return FAULT
    except CaseFaults as bad:
        for fault_line in bad.faults:
            say(str(fault_line), err=True)
        return FAULT
    except (click.Abort, KeyboardInterrupt):
        say("interrupted", err=True)
        return INTERRUPTED
    except OSError as bad:  # a full disk, a closed output
        with contextlib.suppress(OSError):
            say(f"the system refused: {bad}", err=True)
        return FAULT
    except Exception as error:
        return _internal(error)
    return code if isinstance(code, int) else AS_PINNED


def _internal(error: Exception) -> int:
    import traceback

    if os.environ.get("ERRATA_TRACEBACK"):
        say("".join(traceback.format_exception(error)), err=True)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" at {Path(last[0].filename).name}:{last[0].lineno}" if last else ""
    say(f"internal error{place}: {type(error).__name__}: {error}", err=True)
    say(
        "This is a fault of Errata, not of your case. Please report it with this message, the output of "
        "`errata --version` and the case file; --traceback shows all of it.",
        err=True,
    )
    return INTERNAL


def say(text: str = "", err: bool = False) -> None:
    """Prints a line. Whoever reads it may leave early (``errata run | head``): that ends nothing but the printing."""
    color = False if os.environ.get("NO_COLOR") else None
    try:
        click.echo(text, err=err, color=color)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if err else sys.stdout).fileno())


# -- the command and its options --------------------------------------------------------------------


def _show_traceback(context: click.Context, option: click.Parameter, value: bool) -> None:
    if value:
        os.environ["ERRATA_TRACEBACK"] = "1"


def _show_version(context: click.Context, option: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from importlib.metadata import PackageNotFoundError, version

        try:
            say(f"errata {version('errata')}")
        except PackageNotFoundError:
            say("errata (not installed)")
        context.exit()


_traceback = click.option(
    "--traceback",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_traceback,
    help="Show where an internal error happened (also: ERRATA_TRACEBACK=1).",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
@_traceback
def errata() -> None:
    """Is this formula, this number, this implementation right, and if not, where did it go wrong?

    Errata checks the mathematics of machine-learning documents, written down as YAML cases, and the
    implementations of it.

    \b
    Examples:
      errata new my-example        write a commented starter case
      errata check my-example.yaml is it well-formed?
      errata run my-example.yaml   is it right?
    """


def command(brief: str, help_text: str, epilog: str = EXIT_CODES) -> Callable[[Callable[..., int]], click.Command]:
    """A subcommand whose help teaches, with the option that all of them have."""

    def made(function: Callable[..., int]) -> click.Command:
        return errata.command(function.__name__, help=help_text, short_help=brief, epilog=epilog)(_traceback(function))

    return made


# -- run --------------------------------------------------------------------------------------------


@command(
    "Judge the claims, check the implementations.",
    """Judge every claim of the cases, and check the implementations.

    Give case files, folders, or names of documents of the case library. Without any: the folder 'cases' here, or
    else the library that came with Errata. Progress goes to standard error, the summary to standard output.

    \b
    Examples:
      errata run                                everything
      errata run my-example.yaml                one case
      errata run understanding-neural-networks  one document
      errata run --only 't2.4-*'                some claims
      errata run --only 's2-8:*'                the claims of the case s2-8
      errata run --json results.json --out reports
    """,
)
@click.argument("what", nargs=-1, metavar="[PATH|DOCUMENT]...")
@click.option("--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the results there.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write the markdown reports there.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Worker processes.  [default: one a processor]")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    default=10.0,
    show_default=True,
    help="A claim that takes longer is undecided (a check of an implementation: 60 s, or SECONDS if that is more).",
)
@click.option("--only", metavar="GLOB", help="Only claims with such an id, or case:id; implementations are left out.")
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Of the inputs drawn for checks.")
@click.option(
    "--examples", type=click.IntRange(min=1), default=50, show_default=True, metavar="N", help="Inputs for a check."
)
@click.option("--quiet", "-q", is_flag=True, help="Nothing but findings.")
@click.option("--verbose", "-v", is_flag=True, help="Every claim, not only the unexpected ones.")
def run(
    what: tuple[str, ...],
    json_file: Path | None,
    out: Path | None,
    jobs: int | None,
    timeout: float,
    only: str | None,
    seed: int,
    examples: int,
    quiet: bool,
    verbose: bool,
) -> int:
    paths = places.case_files(what)
    if json_file is not None:
        places.must_take_a_file(json_file, "--json")
    if out is not None:
        places.must_take_files(out, "--out")

    from verify.results import save
    from verify.suite.progress import Clock
    from verify.suite.run import FaultyCases, NoSuchClaim, Options
    from verify.suite.run import run as run_suite
    from verify.suite.summary import findings, summary

    clock = Clock()
    options = Options(jobs or 0, timeout, max(60.0, timeout), only, seed, examples)
    try:
        with _display(quiet) as display:
            results = run_suite(paths, options, _with_traces(display))
    except FaultyCases as bad:
        _print_faults(bad.faults, err=True)
        return FAULT
    except NoSuchClaim as bad:
        near = f"; the nearest are {', '.join(bad.nearest)}" if bad.nearest else ""
        raise Fault(f"--only: {bad}{near}") from None

    if json_file is not None:
        with places.writing("--json"):
            save(results, json_file)
    if out is not None and not results.interrupted:
        with places.writing("--out"):
            _write_reports(results, out)
    for line in findings(results) if quiet else summary(results, str(clock), listing=verbose):
        say(line)
    if results.interrupted:
        if out is not None:
            say("no reports are written of a part; `errata report` makes them from results", err=True)
        return INTERRUPTED
    return AS_PINNED if results.as_pinned else FINDINGS


def _display(quiet: bool) -> Silent:
    from verify.suite.progress import Live, Plain, Silent

    if quiet:
        return Silent()
    live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("ERRATA_TRACEBACK")
    return Live() if live else Plain(lambda line: say(line, err=True))


def _with_traces(display: Silent) -> Callable[[Event], None]:
    """With --traceback, also where in Errata a claim or a check failed."""
    if not os.environ.get("ERRATA_TRACEBACK"):
        return display

    def tell(event: Event) -> None:
        display(event)
        if trace := getattr(event, "trace", ""):
            say(trace, err=True)

    return tell


# -- check, new, schema, report -----------------------------------------------------------------------


@command(
    "Is a case well-formed? Nothing is judged.",
    """Read the cases, and tell everything that is wrong with how they are written.

    Parses, types and shape-checks only: no claim is judged. All faults at once, each as file:line:column: message.

    \b
    Examples:
      errata check                   the folder 'cases' here
      errata check my-example.yaml
    """,
    epilog="""\b
Exit codes:
  0    all files are well-formed
  2    there are faults, or no such file
  3    an internal error of Errata""",
)
@click.argument("what", nargs=-1, metavar="[PATH]...")
def check(what: tuple[str, ...]) -> int:
    from verify.casefile import check as check_files

    paths = places.case_files(what)
    faults = check_files(paths)
    if faults:
        _print_faults(faults, err=False)
        return FAULT
    say(click.style(f"{len(paths)} case {'file' if len(paths) == 1 else 'files'}, no faults", fg="green"))
    return AS_PINNED


@command(
    "Write a commented starter case.",
    """Write a commented starter case that passes, as NAME.yaml. Nothing is ever overwritten.

    \b
    Examples:
      errata new my-example
      errata new 2-8 --dir cases/my-book
    """,
    epilog="""\b
Exit codes:
  0    written
  2    there is such a file already, or it can't be written""",
)
@click.argument("name")
@click.option("--dir", "folder", type=click.Path(path_type=Path), default=Path(), metavar="DIR", help="Where to write.")
def new(name: str, folder: Path) -> int:
    stem = re.sub(r"\.ya?ml$", "", name)
    if not re.fullmatch(r"\w[\w.-]*", stem):
        raise Fault(f"'{name}' is no name for a case: letters, digits, '-', '_' and '.'; --dir says where it goes")
    from verify.casefile.starter import starter

    path = folder / f"{stem}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8") as out:
            out.write(starter(stem))
    except FileExistsError:
        raise Fault(f"{path} is there already, and nothing is overwritten: choose another name") from None
    except OSError as bad:
        raise Fault(f"{path} can't be written: {bad.strerror}") from None
    say(f"wrote {path}; now:")
    say(f"  errata check {path}   is it well-formed?")
    say(f"  errata run {path}     is it right?")
    say("Its comments explain the keys; `errata schema --help` tells how an editor completes and checks them.")
    return AS_PINNED


# -- prove --------------------------------------------------------------------------------------------


@command(
    "Prove or refute a formula or an inequality.",
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
@click.option("--replay", is_flag=True, help="Show the regions and normal forms of the proof.")
def prove(claim: str, assuming: tuple[str, ...], shape_texts: tuple[str, ...], replay: bool) -> int:
    from derive.errors import ExpressionError
    from verify.derive_command import Unreadable
    from verify.prove_command import proved

    try:
        answer = proved(claim, assuming, shape_texts, replay)
    except (Unreadable, ExpressionError) as bad:
        raise Fault(str(bad)) from None
    for line in answer.lines:
        say(line)
    return AS_PINNED if answer.true else FINDINGS


# -- derive -------------------------------------------------------------------------------------------


@command(
    "Derive an expression; print the formulas or a program.",
    """Derive an expression: its gradient, Hessian, Hessian-vector product or Jacobian, as text, LaTeX or a program.

    EXPR is written as in a case, with NumPy's notation. A name without --shape is a scalar. Programs run by
    themselves: they import NumPy, Torch or SymPy and nothing of Errata.

    \b
    Examples:
      errata derive 'log(1 + exp(z))'
      errata derive '(sigmoid(w*x + b) - y)**2/2' --wrt w,b --hessian --to latex
      errata derive 'mean((X @ w - y)**2) + lam*sum(w**2)' --wrt w --shape X=20,3 --shape w=3 --shape y=20
      errata derive 'sum(relu(W @ x)**2)' --wrt W --shape W=4,3 --shape x=3 --hvp V --to torch > loss.py
      errata derive '(sigmoid(w*x + b) - y)**2/2' --wrt w,b --hessian --to numpy --points > fast.py
    """,
    epilog="""\b
Exit codes:
  0    printed
  2    the expression or the arguments are at fault
  3    an internal error of Errata""",
)
@click.argument("expression", metavar="EXPR")
@click.option("--wrt", metavar="NAMES", default="", help="The variables: w or W,b or W[0,1].  [default: the only name]")
@click.option("--shape", "shape_texts", multiple=True, metavar="NAME=SIZES", help="W=2,3 a matrix, x=3 a vector.")
@click.option(
    "--gradient", "gradient", is_flag=True, help="The gradient; the Jacobian of what is no scalar.  [default]"
)
@click.option("--hessian", "hessian", is_flag=True, help="The Hessian, entry by entry.")
@click.option(
    "--hvp", metavar="NAME", default="", help="The Hessian times a direction of that name (NAME_w, NAME_b, ...)."
)
@click.option("--jacobian", "jacobian", is_flag=True, help="The Jacobian, variables laid end to end.")
@click.option("--to", "form", type=click.Choice(["text", "latex", "sympy", "numpy", "torch"]), default="text")
@click.option("--name", default="f", show_default=True, metavar="NAME", help="Of the expression and of the function.")
@click.option("--points", is_flag=True, help="With --to numpy: for many points at once, in blocks that stay in cache.")
def derive(
    expression: str,
    wrt: str,
    shape_texts: tuple[str, ...],
    gradient: bool,
    hessian: bool,
    hvp: str,
    jacobian: bool,
    form: str,
    name: str,
    points: bool,
) -> int:
    from derive.errors import ExpressionError
    from verify.derive_command import Unreadable, derived, written

    asked = {"gradient": gradient, "hessian": hessian, "hvp": bool(hvp), "jacobian": jacobian}
    kinds = [kind for kind, wanted in asked.items() if wanted] or ["gradient"]
    if points and form != "numpy":
        raise Fault("--points goes with --to numpy")
    if not name.isidentifier():
        raise Fault(f"--name: '{name}' is no name for a function")
    try:
        say(written(derived(expression, wrt, shape_texts, kinds, hvp, name), form, name, points))
    except (Unreadable, ExpressionError, NotImplementedError) as bad:
        raise Fault(str(bad)) from None
    return AS_PINNED


@command(
    "Print the JSON Schema of case files, for editors.",
    """Print the JSON Schema of case files, so that an editor completes and checks them.

    In an editor with the YAML language server (VS Code, Neovim, Emacs, ...) put the schema in a file and name it in
    the first line of a case, with a path relative to the case:

    \b
      errata schema > errata.schema.json
      # yaml-language-server: $schema=errata.schema.json

    \b
    Examples:
      errata schema > errata.schema.json
      errata schema --results > results.schema.json
    """,
    epilog="""\b
Exit codes:
  0    printed
  3    an internal error of Errata""",
)
@click.option("--results", is_flag=True, help="The schema of results files (`errata run --json FILE`) instead.")
def schema(results: bool) -> int:
    from verify import results as results_file
    from verify.casefile import schema as case_file

    made = results_file.json_schema() if results else case_file.json_schema()
    say(json.dumps(made, indent=1, ensure_ascii=False))
    return AS_PINNED


@command(
    "Show a derivation step by step, and how a claim got its verdict.",
    """Show the derivation of a case step by step, as a person would write it; of a claim, how it got its verdict.

    CASE is a case file, or the name of a case of the library. Without CLAIM: the whole case. With it: the
    definitions it stands on, the steps that lead to it, the exact value or the proof, and where an error started.

    \b
    Examples:
      errata explain 2.8-three-layer
      errata explain cases/understanding-neural-networks/2.8-three-layer.yaml t2.5-s20
      errata explain 2.7-single-neuron t2.2-s11    an inherited digit
      errata explain 2.8-three-layer --format md > three-layer.md
    """,
    epilog="""\b
Exit codes:
  0    explained, whatever the verdict
  2    there is no such case or claim, or the case file is at fault
  3    an internal error of Errata""",
)
@click.argument("case_name", metavar="CASE")
@click.argument("claim_id", metavar="[CLAIM]", required=False)
@click.option(
    "--format", "form", type=click.Choice(["text", "md"]), default="text", show_default=True, help="Of output."
)
@click.option("--width", type=click.IntRange(min=40), metavar="N", help="Columns of text.  [default: the terminal's]")
def explain(case_name: str, claim_id: str | None, form: str, width: int | None) -> int:
    import shutil

    from verify.casefile import CaseFaults, load
    from verify.claims import Bench
    from verify.explain import explain_case, explain_claim, markdown, text, which

    try:
        case = load(which.case_file(case_name))
    except CaseFaults as bad:
        _print_faults(bad.faults, err=True)
        return FAULT
    bench = Bench(case)
    blocks = list(explain_claim(bench, which.claim_in(case, claim_id)) if claim_id else explain_case(bench))
    columns = width or min(shutil.get_terminal_size((100, 24)).columns, 120)
    say((markdown.render(blocks) if form == "md" else text.render(blocks, columns)).rstrip("\n"))
    return AS_PINNED


@command(
    "Write the reports again, from a results file.",
    """Write the markdown reports again, from a results file.

    The cases are read from where the results say they are: run this from where `errata run` ran.

    \b
    Examples:
      errata report results.json                 what `errata run --json results.json` wrote
      errata report results.json --out reports
    """,
    epilog="""\b
Exit codes:
  0    written
  2    the results file or a case that it names can't be read, or DIR can't be written
  3    an internal error of Errata""",
)
@click.argument("results_file", metavar="RESULTS.JSON", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", default=Path("reports"), show_default=True)
def report(results_file: Path, out: Path) -> int:
    from verify.results import ResultsError, load

    try:
        results = load(results_file)
    except (ResultsError, OSError) as bad:
        text = f"{results_file}: {bad.strerror}" if isinstance(bad, OSError) else str(bad)
        raise Fault(text) from None
    places.must_take_files(out, "--out")
    with places.writing("--out"):
        _write_reports(results, out)
    say(f"reports of {len(results.cases)} {'case' if len(results.cases) == 1 else 'cases'} in {out}")
    return AS_PINNED


def _write_reports(results: Results, out: Path) -> None:
    from verify.casefile import CaseFaults, load
    from verify.report.markdown import write

    cases = []
    for name in results.cases:
        path = Path(name)
        if not path.is_file():
            raise Fault(f"the results are about {name}, which is not there: run this from where `errata run` ran")
        try:
            cases.append(load(path))
        except CaseFaults as bad:
            _print_faults(bad.faults, err=True)
            raise Fault(f"the case file {name} has changed since the run") from None
    write(results, cases, out)


def _print_faults(faults: Sequence[Any], err: bool) -> None:
    from verify.suite.progress import printable

    for fault in faults:
        say(printable(str(fault)), err=err)
    files = len({fault.file for fault in faults})
    count = f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'} in {files} {'file' if files == 1 else 'files'}"
    say(click.style(count, fg="red", bold=True), err=err)
