"""Antiderivatives of polynomials times exp of a quadratic: by completing the square, and by parts down to erf.

With u = x - b/(2*a): the integral of u**n*exp(-a*u**2) is -u**(n - 1)*exp(-a*u**2)/(2*a) + (n - 1)/(2*a) times that of
u**(n - 2). A guess like those of SymPy, whose expressions these are: whoever takes it proves it.
"""

from __future__ import annotations

from typing import Any

MAX_POWER = 12


def primitive(f: Any, x: Any) -> Any | None:
    """An antiderivative of a SymPy expression by x, or None where it has another form."""
    import sympy as sp

    inner = sorted((e for e in f.atoms(sp.exp) if e.has(x)), key=sp.default_sort_key)
    names = [sp.Dummy(f"e{k}") for k in range(len(inner))]
    if not inner:
        return None
    try:
        whole = sp.Poly(f.subs(dict(zip(inner, names, strict=True))), x, *names)
    except sp.PolynomialError:
        return None
    parts: dict[Any, Any] = {}
    for (power, *times), c in whole.terms():
        exponent = sp.expand(sum(k * e.args[0] for k, e in zip(times, inner, strict=True)))
        if power > MAX_POWER or c.has(x):
            return None
        parts[exponent] = parts.get(exponent, 0) + c * x**power
    found: list[Any] = [_part(sp.Poly(p, x), exponent, x) for exponent, p in parts.items()]
    return None if None in found else sum(found)


def _part(p: Any, exponent: Any, x: Any) -> Any | None:
    """The antiderivative of p*exp(exponent)."""
    import sympy as sp

    try:
        quadratic = sp.Poly(exponent, x)
    except sp.PolynomialError:
        return None
    if quadratic.degree() != 2:
        return None
    a, b, c = -quadratic.coeff_monomial(x**2), quadratic.coeff_monomial(x), quadratic.coeff_monomial(1)
    if a.is_negative:
        return None
    middle, u = b / (2 * a), sp.Dummy("u")
    top = sp.exp(sp.cancel(c + b**2 / (4 * a)))
    bell = sp.exp(exponent)
    powers = [top * sp.sqrt(sp.pi / a) / 2 * sp.erf(sp.sqrt(a) * (x - middle)), -bell / (2 * a)]
    shifted = sp.Poly(p.as_expr().subs(x, u + middle), u)
    while len(powers) <= shifted.degree():
        n = len(powers)
        powers.append(-((x - middle) ** (n - 1)) * bell / (2 * a) + (n - 1) / (2 * a) * powers[n - 2])
    return sum(shifted.coeff_monomial(u**n) * g for n, g in enumerate(powers[: max(shifted.degree(), 0) + 1]))
