"""Derivatives as expressions: reverse mode, the Hessian, kinks and their sides, subdifferentials, backward passes by steps."""

import derive.calculus.joints  # noqa: F401  (evaluation asks it for derivatives where pieces meet)
