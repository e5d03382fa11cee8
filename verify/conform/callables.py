"""Callables by name, from an allow-list: a case or a command line names no other code to run."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from derive.errors import nearest
from verify.conform.calling import calling

#: Packages whose callables may be named without leave.
AUDITED = ("numpy", "scipy", "torch", "jax", "optax", "sklearn")

#: Names below the audited packages that do more than compute: they load, save, run or compile.
CLOSED = (
    "load",
    "save",
    "fromfile",
    "tofile",
    "memmap",
    "exec",
    "eval",
    "system",
    "compile",
    "hub",
    "package",
    "utils",
    "f2py",
    "distutils",
    "testing",
    "ctypeslib",
    "loadtxt",
    "genfromtxt",
    "savetxt",
    "savez",
    "io",
    "datasets",
    "ops",
    "classes",
    "jit",
    "multiprocessing",
    "distributed",
)


#: What is told of a module that is imported, which runs its code.
IMPORT = "the import of"


class NotAllowed(LookupError):
    """The name is of no allowed package."""


class NotFound(LookupError):
    """There is no such module or name, or it is not callable."""


class NotInstalled(NotFound):
    """The package is not there at all."""


def find(target: str, allowed: Sequence[str] = ()) -> Callable[..., Any]:
    """The callable that ``module:name``, or ``module.name``, denotes. Raises NotAllowed, NotFound.

    ``allowed`` are packages that the user has given leave to import, which runs their code; they may lie in the working folder.
    """
    dotted = target.replace(":", ".")
    if not dotted or not all(p.isidentifier() for p in dotted.split(".")) or "." not in dotted:
        raise NotFound(f"expected module:name, such as torch.nn.functional:gelu, not '{target}'")
    package = dotted.split(".")[0]
    if package not in (*AUDITED, *allowed):
        raise NotAllowed(
            f"'{package}' is not among the audited libraries ({', '.join(AUDITED)}); "
            f"its code would be run: give leave with --allow-import {package}"
        )
    if package not in allowed and any(p in CLOSED or p.startswith("_") for p in dotted.split(".")[1:]):
        raise NotAllowed(f"'{dotted}' is more than a function that computes")
    if package in allowed and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    if importlib.util.find_spec(package) is None:
        raise NotInstalled(f"'{package}' is not installed")
    return _looked_up(target, dotted)


def is_own(function: Any) -> bool:
    """Whether a callable is of no audited library."""
    return (getattr(function, "__module__", None) or "").split(".")[0] not in AUDITED


def _looked_up(target: str, dotted: str) -> Callable[..., Any]:
    parts = target.partition(":")[0].split(".") if ":" in target else dotted.split(".")[:-1]
    rest = dotted.split(".")[len(parts) :]
    while True:  # the longest beginning that is a module
        try:
            with calling(f"{IMPORT} {'.'.join(parts)}"):
                found: Any = importlib.import_module(".".join(parts))
            break
        except ModuleNotFoundError as why:
            if len(parts) == 1 or not f"{'.'.join(parts)}.".startswith(f"{why.name}."):  # a module that it imports
                raise NotFound(f"'{'.'.join(parts)}' can't be imported: {why}") from None
            parts, rest = parts[:-1], [parts[-1], *rest]
        except Exception as why:  # whatever the module does when it is imported
            raise NotFound(f"'{'.'.join(parts)}' can't be imported: {type(why).__name__}: {why}") from None
    where = ".".join(parts)
    for name in rest:
        if not hasattr(found, name):
            raise NotFound(
                f"'{where}' has no '{name}'{nearest(name, [n for n in dir(found) if not n.startswith('_')])}"
            )
        found, where = getattr(found, name), f"{where}.{name}"
    if not callable(found):
        raise NotFound(f"'{where}' is no function: {type(found).__name__}")
    made: Callable[..., Any] = found
    return made
