"""Evidence and verdicts: case files in, numbers, implementations, suite, reports, command line.

The names below are for scripts and notebooks (docs/python.md shows them by example); the rest of the package is for programs.
``import verify`` loads nothing: a name is fetched when it is first asked for.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, which need not be loaded for this

if TYPE_CHECKING:
    from typing import Any

    from verify.api import Checked, Claims, Failed, Proof, Run, Warned, check, prove, run
    from verify.casefile.faults import CaseFaults, Fault
    from verify.conform.engine import NotConforming, assert_conforms, conform
    from verify.conform.outcome import Conformance
    from verify.results import Check, Implementation, Result, Results

__all__ = [
    "CaseFaults",
    "Check",
    "Checked",
    "Claims",
    "Conformance",
    "Failed",
    "Fault",
    "Implementation",
    "NotConforming",
    "Proof",
    "Result",
    "Results",
    "Run",
    "Warned",
    "assert_conforms",
    "check",
    "conform",
    "prove",
    "run",
]

_HOMES = {
    "Checked": "api", "Claims": "api", "Failed": "api", "Proof": "api", "Run": "api", "Warned": "api", "check": "api",
    "prove": "api", "run": "api", "CaseFaults": "casefile.faults", "Fault": "casefile.faults", "Conformance": "conform.outcome",
    "NotConforming": "conform.engine", "assert_conforms": "conform.engine", "Check": "results",
    "Implementation": "results", "Result": "results", "Results": "results",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "conform":  # the package of that name, which can be called
        return import_module("verify.conform")
    if name not in _HOMES:
        raise AttributeError(f"module 'verify' has no attribute '{name}'")
    return getattr(import_module(f"verify.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
