"""Whole tensors: noncommutative polynomials in matrices, inverses, what is linear."""
