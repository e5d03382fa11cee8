"""Functions opened into kernels: one rule a function. To teach the prover a function, add a rule to a file here.

Importing this registers the rules.
"""

from derive.engine.algebra.kernels import angles, gamma, kinks  # noqa: F401  (registers their rules)
from derive.engine.algebra.kernels.functions import terms

__all__ = ["terms"]
