"""One step that mends a refuted formula, if there is one: a factor, a sign, a term, an exponent, a condition, ...

``slips`` is the table of steps; ``factors`` and ``conditions`` are found by solving, not by trial. Whatever is told was
proved: points only choose what a proof is tried of.
"""

from derive.repair.search import LIMITS, Limits, Repair, find

__all__ = ["LIMITS", "Limits", "Repair", "find"]
