"""Rules that a certificate names: theorems of textbooks, by each of which a sequent follows from others. Trusted, as the checker
proper is, by those proofs that name them.
"""
