"""Exact rationals and balls: values of expressions at points, where they have one, IEEE double arithmetic as written."""
