"""Callables by name, from an allow-list: a case or a command line names no other code to run."""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from derive.errors import nearest
from verify.conform.calling import calling
from verify.extras import installed, missing

#: Packages whose callables may be named without leave.
AUDITED = ("numpy", "scipy", "torch", "jax", "optax", "sklearn")

#: Their modules whose functions compute, and do nothing else; no other one is imported for a case. A function is found in the
#: deepest of these that its name begins with.
OPEN = frozenset((
    "numpy", "numpy.emath", "numpy.fft", "numpy.lib.scimath", "numpy.linalg", "numpy.ma", "numpy.polynomial",
    "numpy.polynomial.polynomial", "numpy.polynomial.chebyshev", "numpy.polynomial.legendre", "numpy.polynomial.hermite",
    "numpy.polynomial.laguerre", "scipy", "scipy.fft", "scipy.integrate", "scipy.interpolate", "scipy.linalg",
    "scipy.ndimage", "scipy.signal", "scipy.signal.windows", "scipy.spatial", "scipy.spatial.distance", "scipy.special",
    "scipy.stats", "torch", "torch.distributions", "torch.distributions.kl", "torch.fft", "torch.func", "torch.linalg",
    "torch.nn", "torch.nn.functional", "torch.nn.init", "torch.nn.utils", "torch.optim", "torch.optim.lr_scheduler",
    "torch.signal",
    "torch.signal.windows", "torch.special", "jax", "jax.lax", "jax.nn", "jax.numpy", "jax.numpy.fft", "jax.numpy.linalg",
    "jax.scipy", "jax.scipy.fft", "jax.scipy.linalg", "jax.scipy.signal", "jax.scipy.special", "jax.scipy.stats",
    *(f"jax.scipy.stats.{n}" for n in (
        "bernoulli", "beta", "betabinom", "binom", "cauchy", "chi2", "dirichlet", "expon", "gamma", "gennorm", "geom",
        "gumbel_l", "gumbel_r", "laplace", "logistic", "multinomial", "multivariate_normal", "nbinom", "norm", "pareto",
        "poisson", "t", "truncnorm", "uniform", "vonmises", "wrapcauchy",
    )), "optax", "optax.contrib", "optax.losses", "optax.projections", "optax.schedules",
    "optax.transforms", "sklearn", "sklearn.covariance", "sklearn.gaussian_process.kernels", "sklearn.metrics",
    "sklearn.metrics.pairwise", "sklearn.preprocessing", "sklearn.utils.extmath",
))  # fmt: skip

#: Names in these that do more than compute: they load, save, run or compile, or set what all share.
CLOSED = frozenset((
    "DataSource", "classes", "compile", "dump", "dumps", "eval", "exec", "exec_command", "export", "from_file",
    "frombuffer", "fromfile", "fromregex", "genfromtxt", "hub", "io", "jit", "library", "load", "loads", "loadtxt",
    "manual_seed", "memmap", "merge_type_from_type_comment", "open_memmap", "ops", "package", "save", "savetxt", "savez",
    "savez_compressed", "seed", "share_memory_", "show_config", "show_runtime", "system", "to_file", "tofile",
))  # fmt: skip
CLOSED_BEGINNINGS = ("_", "set_", "use_", "load_", "save_", "import_")


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
    if package in allowed and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    if not installed(package):
        raise NotInstalled(missing(package))
    if package in allowed:
        parts = target.partition(":")[0].split(".") if ":" in target else dotted.split(".")[:-1]
        return _looked_up(*_imported(parts, dotted.split(".")[len(parts) :]), guarded=False)
    parts = dotted.split(".")
    deepest = next(k for k in range(len(parts) - 1, 0, -1) if ".".join(parts[:k]) in OPEN)
    return _looked_up(*_imported(parts[:deepest], parts[deepest:]), guarded=True)


def is_own(function: Any) -> bool:
    """Whether a callable is of no audited library."""
    function = getattr(function, "func", getattr(function, "pyfunc", function))  # functools.partial, numpy.vectorize
    module = getattr(function, "__module__", None)
    if module is None and type(function).__name__ == "ufunc":  # whose modules are not told
        name = getattr(function, "__name__", "")
        homes = (sys.modules.get(m) for m in ("numpy", "scipy.special"))
        return not any(getattr(home, name, None) is function for home in homes)
    if module is None and inspect.isbuiltin(function):  # a method of what is, as numpy.add.reduce
        owner = function.__self__
        module = owner.__name__ if inspect.ismodule(owner) else None
        if module is None and owner is not None:
            return is_own(owner)
    return str(module or type(function).__module__).split(".")[0] not in AUDITED


#: What a callable may be asked for before it is called, and what nothing has.
ASKED = ("__wrapped__", "__signature__", "__self__", "__annotations__", "func", "original", "forward")
NOTHING = "errata_asks_for_what_nothing_has"


def tame(function: Callable[..., Any]) -> Callable[..., Any]:
    """The callable; of an object that raises, or gives anything, when it is asked for what it does not have, a function that
    calls it and has the parameters of its ``__call__``."""
    try:
        with calling("a look at its attributes"):
            for name in ASKED:
                getattr(function, name, None)
            if not hasattr(function, NOTHING):
                return function
    except Exception:  # whatever an object does when it is asked
        pass

    def plain(*given: Any, **named: Any) -> Any:
        return function(*given, **named)

    kind = type(function)
    made: Any = plain
    made.__module__, made.__qualname__ = kind.__module__, kind.__qualname__
    try:
        parameters = inspect.signature(kind.__call__).parameters.values()
        made.__signature__ = inspect.Signature([*parameters][1:])
    except (TypeError, ValueError):
        pass  # it takes anything
    return plain


def _imported(parts: list[str], rest: list[str]) -> tuple[Any, str, list[str]]:
    """The module that is the longest beginning of ``parts``, its name, and what is left to be looked up in it."""
    while True:
        try:
            with calling(f"{IMPORT} {'.'.join(parts)}"):
                return importlib.import_module(".".join(parts)), ".".join(parts), rest
        except ModuleNotFoundError as why:
            if len(parts) == 1 or not f"{'.'.join(parts)}.".startswith(f"{why.name}."):  # a module that it imports
                raise NotFound(f"'{'.'.join(parts)}' can't be imported: {why}") from None
            parts, rest = parts[:-1], [parts[-1], *rest]
        except Exception as why:  # whatever the module does when it is imported
            raise NotFound(f"'{'.'.join(parts)}' can't be imported: {type(why).__name__}: {why}") from None


def _looked_up(found: Any, where: str, rest: Sequence[str], guarded: bool) -> Callable[..., Any]:
    """``guarded``: nothing but what the module has of its own, and computes. Raises NotFound, NotAllowed."""
    for name in rest:
        if guarded and (name in CLOSED or name.startswith(CLOSED_BEGINNINGS)):
            raise NotAllowed(f"'{where}.{name}' is more than a function that computes")
        try:
            with calling(f"{IMPORT} {where}.{name}"):
                inner = getattr(found, name)
        except AttributeError:
            near = nearest(name, [n for n in dir(found) if not n.startswith("_")])
            raise NotFound(f"'{where}' has no '{name}'{near}") from None
        except Exception as why:  # whatever an object does when it is asked
            raise NotFound(f"'{where}.{name}' can't be looked up: {type(why).__name__}: {why}") from None
        found, where = inner, f"{where}.{name}"
        if guarded and _foreign(found):
            raise NotAllowed(f"'{where}' is not of the modules of {where.split('.')[0]} whose functions only compute")
    if not callable(found):
        raise NotFound(f"'{where}' is no function: {type(found).__name__}")
    return tame(found)


def _foreign(found: Any) -> bool:
    """Whether it is a module that is not open, or of Python's own library, as what a module has imported for itself."""
    if inspect.ismodule(found):
        return found.__name__ not in OPEN
    if isinstance(found, functools.partial):  # as optax.nadam is
        return _foreign(found.func)
    module = getattr(found, "__module__", None)
    return isinstance(module, str) and module.split(".")[0] in sys.stdlib_module_names
