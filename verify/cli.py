"""The command line: what ends a command, and with which exit code. Light to start: a command imports what it needs."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from derive.lazily import lazily

with lazily():  # click and the standard library import these, and commands ask nothing of them as a rule
    import ipaddress  # noqa: F401
    import linecache  # noqa: F401
    import tokenize  # noqa: F401

import click

from verify.commands.frame import AS_PINNED, FAULT, INTERNAL, INTERRUPTED, Fault, errata, say

__all__ = ["errata", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``errata``; returns its exit code."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = errata.main(args=arguments, prog_name="errata", standalone_mode=False)
    except click.ClickException as fault:
        fault.show()
        return FAULT
    except (click.Abort, KeyboardInterrupt):
        say("interrupted", err=True)
        return INTERRUPTED
    except OSError as bad:  # a full disk, a closed output
        with contextlib.suppress(OSError):
            say(f"the system refused: {bad}", err=True)
        return FAULT
    except Exception as error:
        return _told(error)
    return code if isinstance(code, int) else AS_PINNED


def _open_closed_streams() -> None:
    """Opens the null device for a standard stream that was closed (``1>&-``): a worker's pipe would get its number."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(null := os.open(os.devnull, os.O_RDWR), number)
            if null != number:
                os.close(null)
            os.set_inheritable(number, True)
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115  (open as long as the program)


def _told(error: Exception) -> int:
    """What was raised through a command: a fault of the input, or of Errata."""
    from verify.casefile import CaseFaults
    from verify.places import PlaceError

    if isinstance(error, PlaceError):
        Fault(str(error)).show()
        return FAULT
    if isinstance(error, CaseFaults):
        for fault in error.faults:
            say(str(fault), err=True)
        return FAULT
    return _internal(error)


def _internal(error: Exception) -> int:
    import traceback

    if os.environ.get("ERRATA_TRACEBACK"):
        say("".join(traceback.format_exception(error)), err=True)
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f"{os.path.basename(last[0].filename)}:{last[0].lineno}" if last else ""
    place = error.__dict__.get("place", place)  # of a process of its own (verify.suite.limited)
    say(f"internal error{place and ' at '}{place}: {type(error).__name__}: {error}", err=True)
    say(
        "This is a fault of Errata, not of your case. Please report it with this message, the output of "
        "`errata --version` and the case file; --traceback shows all of it.",
        err=True,
    )
    return INTERNAL
