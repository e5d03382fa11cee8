"""The error function and the normal distribution function for arrays: what NumPy lacks, as source.

Rational Chebyshev approximations of W. J. Cody, Mathematics of Computation 23 (1969) 631-637, on the three ranges of his
Fortran (Algorithm 715, ACM TOMS 19, 1993): within 8 units of the last digit of a double, the tails included.
"""

QUOTIENT = '''\
def quotient(x, above, below):
    """A quotient of two polynomials, coefficients from the highest power on."""
    top, bottom = above[0] * x, below[0] * x
    for a, b in zip(above[1:-1], below[1:-1]):
        top += a
        top *= x
        bottom += b
        bottom *= x
    top += above[-1]
    bottom += below[-1]
    top /= bottom
    return top'''

BELL = '''\
def bell(x, scale):
    """exp(-scale * x**2); x is split, so that the rounding of its square is not exponentiated."""
    head = np.trunc(x * 16.0) / 16.0
    return np.exp(-scale * head * head) * np.exp(-scale * ((x - head) * (x + head)))'''

ERF_NEAR_ZERO = '''\
def erf_near_zero(x):
    """erf(x) for |x| <= 0.46875."""
    above = (1.85777706184603153e-1, 3.16112374387056560, 113.864154151050156, 377.485237685302021, 3209.37758913846947)
    below = (1.0, 23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062)
    return x * quotient(x * x, above, below)'''

SCALED_ERFC = '''\
def scaled_erfc(x):
    """exp(x**2) * erfc(x) for x >= 0.46875."""
    above = (
        2.15311535474403846e-8, 0.564188496988670089, 8.88314979438837594, 66.1191906371416295, 298.635138197400131,
        881.952221241769090, 1712.04761263407058, 2051.07837782607147, 1230.33935479799725,
    )  # fmt: skip
    below = (
        1.0, 15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019,
        3290.79923573345963, 4362.61909014324716, 3439.36767414372164, 1230.33935480374942,
    )  # fmt: skip
    result = quotient(np.minimum(x, 4.0), above, below)
    far = x > 4.0
    if np.any(far):
        above = (
            1.63153871373020978e-2, 0.305326634961232344, 0.360344899949804439, 0.125781726111229246,
            1.60837851487422766e-2, 6.58749161529837803e-4,
        )  # fmt: skip
        below = (
            1.0, 2.56852019228982242, 1.87295284992346725, 0.527905102951428412,
            6.05183413124413191e-2, 2.33520497626869185e-3,
        )  # fmt: skip
        z = x[far]
        w = 1.0 / (z * z)
        result[far] = (0.564189583547756287 - w * quotient(w, above, below)) / z
    return result'''

ERF = '''\
def erf(x):
    """The error function, in float64 (Cody 1969)."""
    x = np.asarray(x, np.float64)
    size = np.abs(x).reshape(-1)
    result = erf_near_zero(np.minimum(size, 0.46875))
    result[size >= 6.0] = 1.0
    beyond = (size > 0.46875) & (size < 6.0)
    y = size[beyond]
    result[beyond] = 1.0 - bell(y, 1.0) * scaled_erfc(y)
    return np.copysign(result, x.reshape(-1)).reshape(x.shape)'''

ERFC = '''\
def erfc(x):
    """1 - erf(x), in float64 (Cody 1969); the right tail keeps its digits."""
    x = np.asarray(x, np.float64)
    flat = x.reshape(-1)
    size = np.abs(flat)
    result = 1.0 - erf_near_zero(np.clip(flat, -0.46875, 0.46875))
    result[flat >= 28.0] = 0.0
    result[flat <= -28.0] = 2.0
    beyond = (size > 0.46875) & (size < 28.0)
    y = size[beyond]
    tail = bell(y, 1.0) * scaled_erfc(y)
    result[beyond] = np.where(flat[beyond] < 0.0, 2.0 - tail, tail)
    return result.reshape(x.shape)'''

LOG_NORMAL_CDF = '''\
def log_normal_cdf(x):
    """log(normal_cdf(x)), in float64; far left it is -x**2/2 less a logarithm."""
    x = np.asarray(x, np.float64)
    y = np.maximum(-x.reshape(-1), 1.0)
    left = np.log(0.5 * scaled_erfc(y * 0.707106781186547524)) - 0.5 * y * y
    right = np.where(x >= 0.0, np.log1p(-normal_cdf(-np.abs(x))), np.log(normal_cdf(np.maximum(x, -1.0))))
    return np.where(x < -1.0, left.reshape(x.shape), right)'''

NORMAL_CDF = '''\
def normal_cdf(x):
    """The standard normal distribution function, in float64 (Cody 1969); the left tail keeps its digits."""
    x = np.asarray(x, np.float64)
    flat = x.reshape(-1)
    y = flat * 0.707106781186547524
    result = 0.5 + 0.5 * erf_near_zero(np.clip(y, -0.46875, 0.46875))
    result[flat >= 40.0] = 1.0
    result[flat <= -40.0] = 0.0
    beyond = (np.abs(y) > 0.46875) & (np.abs(flat) < 40.0)
    size = np.abs(flat[beyond])
    tail = 0.5 * bell(size, 0.5) * scaled_erfc(size * 0.707106781186547524)
    result[beyond] = np.where(flat[beyond] < 0.0, tail, 1.0 - tail)
    return result.reshape(x.shape)'''
