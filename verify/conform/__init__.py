"""Functions that people run, against the exact mathematics: value, gradient and second derivative, path by path.

``conform`` compares a callable of NumPy, Torch or JAX with a formula; ``assert_conforms`` is the line for a test of one's own.
Names are imported when they are asked for: checks of generated programs need the running error bounds of this package alone.
The package can be called, as its ``conform``: ``from verify import conform`` is that, whoever has imported what before.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inspect import Signature

    from verify.conform.engine import NotConforming, assert_conforms, conform
    from verify.conform.outcome import Conformance, Finding, Outcome

__all__ = ["Conformance", "Finding", "NotConforming", "Outcome", "assert_conforms", "conform"]

_HOMES = {"NotConforming": "engine", "assert_conforms": "engine", "conform": "engine"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'verify.conform' has no attribute '{name}'")
    return getattr(import_module(f"verify.conform.{_HOMES.get(name, 'outcome')}"), name)


class _Callable(ModuleType):
    @property
    def __signature__(self) -> Signature:
        from inspect import signature

        from verify.conform.engine import conform

        return signature(conform)

    def __call__(self, *given: Any, **named: Any) -> Conformance:
        from verify.conform.engine import conform

        return conform(*given, **named)


sys.modules[__name__].__class__ = _Callable
