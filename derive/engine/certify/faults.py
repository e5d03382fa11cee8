"""What a search for a certificate may end with."""

from derive.proof.check import Rejected

#: A fault of its own, too, leaves the verdict as it is, unchecked.
FAULTS = (Rejected, ArithmeticError, LookupError, RuntimeError, ValueError)
