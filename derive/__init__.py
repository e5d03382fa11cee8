"""Exact mathematics: expressions, their derivatives, proofs. Knows no files, no floats, no libraries but SymPy and FLINT.

The names below are for people at a prompt or in a notebook (``derive.api`` explains them by example); the rest of the
package is for programs. ``import derive`` loads nothing: a name is fetched when it is first asked for.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, which need not be loaded for this

if TYPE_CHECKING:
    from typing import Any

    from derive.api import derivation, gradient, hessian, hvp, jacobian, parse
    from derive.calculus.reverse import expand
    from derive.errors import ExpressionError
    from derive.exchange.sympy import from_sympy, to_sympy
    from derive.language.reader import to_text
    from derive.language.typeset import latex
    from derive.programs.derived import Derivation

__all__ = [
    "Derivation",
    "ExpressionError",
    "derivation",
    "expand",
    "from_sympy",
    "gradient",
    "hessian",
    "hvp",
    "jacobian",
    "latex",
    "parse",
    "to_sympy",
    "to_text",
]

_HOMES = {
    "derivation": "api", "gradient": "api", "hessian": "api", "hvp": "api", "jacobian": "api", "parse": "api",
    "expand": "calculus.reverse", "Derivation": "programs.derived", "ExpressionError": "errors",
    "from_sympy": "exchange.sympy", "to_sympy": "exchange.sympy", "to_text": "language.reader", "latex": "language.typeset",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'derive' has no attribute '{name}'")
    return getattr(import_module(f"derive.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
