"""Floating-point programs generated from the graph: NumPy over arrays of points, Torch on tensors.

A backend is one file with one table from operators to templates; ``writer`` lays out the lines. Only text
that these templates produce is ever executed: what a case file says reaches a program as numbers and as
identifiers that have been made safe.
"""

from verify.backends.export import to_c, to_numpy, to_torch
from verify.backends.writer import Program

__all__ = ["Program", "to_c", "to_numpy", "to_torch"]
