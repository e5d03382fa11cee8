"""What a probe is: a small function that looks at what a library does, and says what it saw."""

from __future__ import annotations

import importlib
import inspect
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any

from derive.records import dataclass


@dataclass(frozen=True, slots=True)
class Observed:
    """``holds``: whether what the probe's statement says was seen. ``given``: a condition that the statement does not
    speak of and without which it was seen to fail; "" where none is needed. ``seen``: what came out, in a few words,
    the same on every machine."""

    holds: bool
    seen: str
    given: str = ""


class Absent(Exception):
    """A library that a probe looks at is not installed; says which."""


@dataclass(frozen=True, slots=True)
class Probe:
    """``look`` gets the libraries that its parameters name; its docstring is the statement that it looks into."""

    name: str
    look: Callable[..., Observed]

    @property
    def says(self) -> str:
        """The statement, in a sentence without its full stop."""
        return " ".join((inspect.getdoc(self.look) or self.name).split()).removesuffix(".")

    @property
    def libraries(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.look).parameters)

    def observe(self) -> Observed:
        """What is seen. Raises Absent where a library is not installed, and whatever the library raises."""
        with set_up([_library(name) for name in self.libraries]) as libraries:
            return self.look(*libraries)


Family = dict[str, Probe]


def family() -> tuple[Family, Callable[[Callable[..., Observed]], Callable[..., Observed]]]:
    """An empty table, and the decorator that enters functions in it: ``saved_tensors`` under the name ``saved-tensors``."""
    table: Family = {}

    def probe(look: Callable[..., Observed]) -> Callable[..., Observed]:
        name = look.__name__.replace("_", "-")
        table[name] = Probe(name, look)
        return look

    return table, probe


def _library(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as e:
        if (e.name or "").partition(".")[0] != name:
            raise
        raise Absent(name) from None


@contextmanager
def set_up(libraries: list[ModuleType]) -> Iterator[list[ModuleType]]:
    """The libraries as they are at their start: gradients on, float32, random numbers from one seed. All is put back
    afterwards."""
    import numpy as np

    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(np.errstate(all="ignore"))
        for torch in (m for m in libraries if m.__name__ == "torch"):
            stack.callback(torch.set_default_dtype, torch.get_default_dtype())
            torch.set_default_dtype(torch.float32)
            stack.enter_context(torch.enable_grad())
            stack.enter_context(torch.random.fork_rng(devices=[]))
            torch.manual_seed(0)
        yield libraries


def raised(what: Callable[[], Any]) -> str:
    """The name of the error that a call raises; "" where it raises none."""
    try:
        what()
    except (RuntimeError, ValueError, TypeError) as e:
        return type(e).__name__
    return ""


def close(a: Any, b: Any, within: float = 1e-5) -> bool:
    """Whether numbers are the same up to the rounding of float32."""
    import numpy as np

    return bool(np.allclose(np.asarray(a, dtype=float), np.asarray(b, dtype=float), rtol=within, atol=within))


def show(x: Any) -> str:
    """A number, or a list of them, in four digits; without the sign of a zero."""
    import numpy as np

    values = np.asarray(x, dtype=float)
    if values.ndim:
        return f"[{', '.join(map(show, values))}]"
    return f"{float(values) + 0.0:.4g}"
