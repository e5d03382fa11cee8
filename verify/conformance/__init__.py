"""Implementations against the exact mathematics of a case, point by point, hunting the worst one.

For every function that a case differentiates: its value, gradient and Hessian in generated NumPy, and its value,
gradient and Hessian-vector products by Torch autograd, against ball arithmetic over the declared domain; and the
second derivation, SymPy's own ``diff``, of every derivative that the case writes. Beside that, ``values``: what all of them
give at the document's own inputs.
"""

from verify.conformance.checks import check_case, units

__all__ = ["check_case", "units"]
