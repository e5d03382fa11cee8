"""The gamma function's logarithm and its derivatives, of which NumPy has none: source of helpers for generated programs."""

from __future__ import annotations

LGAMMA = '''\
def lgamma(x):
    """log(Gamma(x)) of positive numbers, in float64: the Taylor series at 2 (Abramowitz and Stegun 6.1.33), by recurrence below
    8, Stirling's series from there."""
    x = np.asarray(x, np.float64)
    y = np.where(x > 0.0, x, 2.0)
    low = np.minimum(y, 8.0)
    w, result = np.where(low < 0.5, low, np.where(low < 1.5, low - 1.0, low - 2.0)), 0.0
    product = np.ones_like(low)
    for _ in range(6):
        down = w > 0.5
        w, product = np.where(down, w - 1.0, w), np.where(down, product * (w + 1.0), product)
    for c in reversed((
        0.3224670334241132182, -0.06735230105319809513, 0.02058080842778454788, -0.007385551028673985266,
        0.002890510330741523286, -0.001192753911703260977, 0.0005096695247430424223, -0.0002231547584535793798,
        0.00009945751278180853371, -0.0000449262367381331417, 0.00002050721277567069155, -9.439488275268395904e-6,
        4.374866789907487804e-6, -2.039215753801366237e-6, 9.551412130407419833e-7, -4.492469198764566043e-7,
        2.120718480555466587e-7, -1.004322482396809961e-7, 4.769810169363980566e-8, -2.271109460894316491e-8,
        1.083865921489695409e-8, -5.183475041970046655e-9, 2.483674543802478317e-9, -1.192140140586091207e-9,
        5.731367241678862013e-10, -2.759522885124233145e-10, 1.330476437424448948e-10, -6.422964563838100022e-11,
    )):
        result = (result + c) * w
    near = (result + 0.422784335098467139) * w + np.log(product)
    near = np.where(low < 1.5, near - np.log1p(w), near) - np.where(low < 0.5, np.log(low), 0.0)
    z = np.maximum(y, 8.0)
    r = 1.0 / (z * z)
    series = 0.0
    for c in (-3617 / 122400, 1 / 156, -691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12):
        series = series * r + c
    series = series / z
    far = (z - 0.5) * (np.log(z) - 1.0) + (0.418938533204672742 + series)
    return np.where(x > 0.0, np.where(y < 8.0, near, far), np.nan)'''

POLYGAMMA = '''\
def polygamma(n, x):
    """The derivative of order n + 1 of lgamma, of positive numbers: by recurrence from x + 20, Stirling's series there."""
    from math import factorial
    n, x = int(n), np.asarray(x, np.float64)
    y = np.where(x > 0.0, x, 1.0)
    z = y + 20.0
    bernoulli = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
    series = sum(
        b * factorial(2 * k + n - 1) / factorial(2 * k) / z ** (2 * k + n) for k, b in reversed([*enumerate(bernoulli, 1)])
    )
    if n == 0:
        result = np.log(z) - (0.5 / z + series + sum(1.0 / (y + k) for k in reversed(range(20))))
    else:
        series = series + 0.5 * factorial(n) / z ** (n + 1) + factorial(n - 1) / z**n
        result = factorial(n) * sum(1.0 / (y + k) ** (n + 1) for k in reversed(range(20))) + series
        result = result if n % 2 else -result
    return np.where(x > 0.0, result, np.nan)'''
