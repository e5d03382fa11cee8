"""The quantile of the standard normal distribution and the inverse of the error function for arrays, as source.

Rational approximations of M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988) 477-484 (PPND16). Each helper
hands on how far the probability is from 1/2 and the lesser tail, so that neither is lost where the other is rounded.
"""

NORMAL_QUANTILE = '''\
def normal_quantile(q, tail):
    """The number z with Phi(z) = 1/2 + q, where the lesser of Phi(z) and Phi(-z) is ``tail``."""
    r = np.minimum(np.abs(q), 0.425)
    r = 0.180625 - r * r
    above = (
        2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
    )  # fmt: skip
    below = (
        5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0,
    )  # fmt: skip
    middle = q * quotient(r, above, below)
    r = np.sqrt(-np.log(tail))
    above = (
        7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
        3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
    )  # fmt: skip
    below = (
        1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
        0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0,
    )  # fmt: skip
    near = quotient(np.minimum(r, 5.0) - 1.6, above, below)
    above = (
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3, 0.026532189526576123093,
        0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
    )  # fmt: skip
    below = (
        2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
        0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0,
    )  # fmt: skip
    far = quotient(r - 5.0, above, below)
    return np.where(np.abs(q) <= 0.425, middle, np.copysign(np.where(r <= 5.0, near, far), q))'''

ERFINV = '''\
def erfinv(x):
    """The number whose error function is x, of -1 < x < 1."""
    tail = 0.5 * (1.0 - np.abs(x))
    return np.where(tail > 0.0, 0.70710678118654752 * normal_quantile(0.5 * x, tail), np.nan)'''

PROBIT = '''\
def probit(p):
    """The number z with Phi(z) = p, of 0 < p < 1."""
    tail = np.minimum(p, 1.0 - p)
    return np.where(tail > 0.0, normal_quantile(p - 0.5, tail), np.nan)'''

PROBIT_ODDS = '''\
def probit_odds(u):
    """The number z with Phi(z) = u/(1 + u), of u > 0."""
    less = np.minimum(u, 1.0 / u)
    q = 0.5 * np.where(u < 1.0, (u - 1.0) / (1.0 + u), (1.0 - 1.0 / u) / (1.0 + 1.0 / u))
    return np.where(u > 0.0, normal_quantile(q, less / (1.0 + less)), np.nan)'''
