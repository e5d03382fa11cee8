"""What is used of FLINT. ``import flint`` loads forty libraries, and takes as long as Python takes to start twice: here each name
is fetched from the module that holds it when it is asked for; what is seldom used is said as ``flint.name``. To types all of
it is ``Any``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from derive.lazily import lazily

with lazily():
    import flint  # noqa: F401  (so that its modules are found without the rest of it)

_TYPES = (
    *("fmpz", "fmpz_poly", "fmpz_mpoly", "fmpz_mpoly_ctx", "fmpz_mpoly_vec"),
    *("fmpq", "fmpq_mat", "fmpq_poly", "fmpq_mpoly", "fmpq_mpoly_ctx"),
    *("arb", "arb_mat", "acb", "acb_mat"),
)
_HOMES = {name: f"flint.types.{name.removesuffix('_ctx').removesuffix('_vec')}" for name in _TYPES}
_HOMES |= {"Ordering": "flint.flint_base.flint_base", "ctx": "flint.pyflint"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'derive.flint' has no attribute '{name}'")
    globals()[name] = found = getattr(import_module(_HOMES[name]), name)
    return found
