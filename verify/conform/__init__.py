"""Functions that people run, against the exact mathematics: value, gradient and second derivative, path by path.

``conform`` compares a callable of NumPy, Torch or JAX with a formula; ``assert_conforms`` is the line for a test of one's own.
"""

from verify.conform.engine import NotConforming, assert_conforms, conform
from verify.conform.outcome import Conformance, Finding, Outcome

__all__ = ["Conformance", "Finding", "NotConforming", "Outcome", "assert_conforms", "conform"]
