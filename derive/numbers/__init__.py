"""Exact rationals and balls: values of expressions at points, where they have one; floating-point arithmetic as written, and
all that it may give."""
