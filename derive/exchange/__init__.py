"""SymPy at the border: expressions in and out, and SymPy's own diff as the second derivation."""
