"""What all subcommands share: the group, the exit codes, how a line is printed, how a fault of the input is told."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from verify.commands import COMMANDS

if TYPE_CHECKING:
    from concurrent.futures import Executor

AS_PINNED, FINDINGS, FAULT, INTERNAL, UNDECIDED, NOTHING, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

EXIT_CODES = """\b
Exit codes:
  0    all verdicts are as pinned (unpinned means 'holds')
  1    findings: a verdict is not as pinned, or an implementation differs
  2    the case files or the arguments are at fault
  3    an internal error of Errata
  4    of `errata run`: nothing but 'undecided' is not as pinned
  5    of `errata run`: there is nothing to judge
  130  interrupted"""


class Fault(click.ClickException):
    """The input is at fault: a message, exit code 2."""

    exit_code = FAULT


def say(text: str = "", err: bool = False, end: str = "\n") -> None:
    """Prints a line. Whoever reads it may leave early (``errata run | head``): that ends nothing but the printing."""
    color = False if os.environ.get("NO_COLOR") else None
    try:
        click.echo(text + end, err=err, color=color, nl=False)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if err else sys.stdout).fileno())


def _show_traceback(context: click.Context, option: click.Parameter, value: bool) -> None:
    if value:
        os.environ["ERRATA_TRACEBACK"] = "1"


def _show_version(context: click.Context, option: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from verify.extras import version

        say(f"errata {version() or '(not installed)'}")
        context.exit()


_traceback = click.option(
    "--traceback",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_traceback,
    help="Show where an internal error happened (also: ERRATA_TRACEBACK=1).",
)


class _Commands(click.Group):
    """The group, which knows its commands by their names alone until one is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in COMMANDS:
            import_module(f"verify.commands.{name}")
        return super().get_command(context, name)

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A word that is no command may be one that is misspelt, or a case whose command was forgotten."""
        from derive.errors import nearest

        word = args[0]
        if not word.startswith("-") and self.get_command(context, word) is None:
            case = os.path.exists(word) or word.endswith((".yaml", ".yml"))
            hint = f"; to judge a case: errata run {word}" if case else nearest(word, COMMANDS)
            raise click.UsageError(f"No such command '{word}'{hint}", context)
        return super().resolve_command(context, args)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
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


class _Formulas(click.Command):
    """A command whose arguments may begin with a minus, as formulas do: ``-mean(x)`` is no option."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        known = {
            o: p for p in self.get_params(context) if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts)
        }
        words, formulas, left = list[str](), list[str](), iter(args)
        for word in left:
            if word == "--":
                formulas += left
            elif word in known and not (known[word].is_flag or known[word].count):
                words += [word, *[value for value in [next(left, None)] if value is not None]]
            elif re.match(r"-[^-]", word) and word not in known:
                formulas.append(word)
            else:
                words.append(word)
        return super().parse_args(context, [*words, "--", *formulas] if formulas else words)


class _Configured(_Formulas):
    """A command whose defaults may stand in pyproject.toml (verify.commands.config)."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if not {"-h", "--help"}.intersection(args):
            from verify.commands.config import defaults

            extra = {"default_map": defaults(self), **extra}
        return super().make_context(info_name, args, parent, **extra)


def command(
    help_text: str, epilog: str = EXIT_CODES, configured: bool = False
) -> Callable[[Callable[..., int]], click.Command]:
    """A subcommand whose help teaches, with the option that all of them have; its defaults may be ``configured``."""

    def made(function: Callable[..., int]) -> click.Command:
        name = function.__name__
        told = {"help": help_text, "short_help": COMMANDS[name], "epilog": epilog}
        return errata.command(name, cls=_Configured if configured else _Formulas, **told)(_traceback(function))

    return made


def timeout_option(help_text: str) -> Callable[[Any], Any]:
    """``--timeout SECONDS``, of one claim, instead of the limits of work that are the same on every machine."""
    return click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        help=f"{help_text}  [default: limits of work, the same on every machine]",
    )


def dask_option(help_text: str) -> Callable[[Any], Any]:
    """``--dask ADDRESS``: where the work is done."""
    return click.option("--dask", metavar="ADDRESS", help=f"{help_text}  [extra: dask]")


@contextlib.contextmanager
def on_dask(address: str) -> Iterator[Executor]:
    """The cluster there. Raises Fault."""
    from verify.suite.cluster import NoCluster, cluster

    try:
        with cluster(address) as executor:
            yield executor
    except NoCluster as why:
        raise Fault(f"--dask: {why}") from None


def print_faults(faults: Sequence[Any], err: bool, called: Mapping[str, str] | None = None) -> None:
    """A line each with its code, and how many there are; ``called`` says what to call files otherwise."""
    from verify import messages
    from verify.suite.progress import printable

    for fault in faults:
        file = (called or {}).get(fault.file, fault.file)
        code = click.style(messages.of_fault(fault.message).code, dim=True)
        say(f"{printable(f'{file}:{fault.line}:{fault.column}: {fault.message}')}  {code}", err=err)
    files = len({fault.file for fault in faults})
    count = f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'} in {files} {'file' if files == 1 else 'files'}"
    said = f"; `errata explain {messages.of_fault(faults[0].message).code}` says more" if faults else ""
    say(click.style(count, fg="red", bold=True) + said, err=err)
