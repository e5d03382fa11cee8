"""The normal form: quotients of polynomials over kernels, signs, ideals, certificates of contradiction."""
