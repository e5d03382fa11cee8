"""Exact points at which a claim fails, told apart by balls; concrete functions in the place of abstract ones."""
