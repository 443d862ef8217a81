"""The gamma function's logarithm and its derivatives: arrays in, arrays out, reckoned in float64.

ψ⁽ⁿ⁾ for n ≥ 1 is ± n! ζ(n + 1, x). The sums, of ln Γ, of ψ and of Hurwitz's ζ, start LIFT later, where the series of
Euler and Maclaurin has all digits; what lies before is added term by term (Abramowitz and Stegun, 6.1.41, 6.3.18 and
23.2). A fixed number of steps for all elements is quicker than as many as each one needs.
"""

import math

import numpy as np

from ..dtypes import float64
from .erf import floating

LIFT, FEW = 10, 100
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)


def lgamma(x):
    """ln |Γ(x)|; ∞ at 0, −1, −2, …

    One by one with Python's own, which is exact near the zeros at 1 and 2, too; where float32 needs fewer digits than
    that, many are quicker by a series.
    """
    if x.size > FEW and x.dtype.itemsize <= 4 and x.dtype.kind == "f":
        return lgamma32(x.astype(float64)).astype(x.dtype)
    return np.array([one_lgamma(v) for v in x.ravel().tolist()], float64).reshape(x.shape).astype(floating(x))


def one_lgamma(v):
    if v <= 0 and v % 1 == 0:
        return math.inf
    try:
        return math.lgamma(v)
    except OverflowError:
        return math.inf


def lgamma32(z):
    """Stirling's series; the absolute error is some 1e−14."""
    with np.errstate(all="ignore"):  # the poles are meant
        left = z < 0.5
        v = np.where(left, 1 - z, z)
        product, a = v.copy(), v + 1
        for _ in range(LIFT - 1):
            product *= a
            a += 1
        large = v > 1e20  # beyond, the product is too large, and no lift is needed
        product[large], a[large] = 1, v[large]
        series = horner([b / (2 * k * (2 * k - 1)) for k, b in enumerate(BERNOULLI[:6], 1)], 1 / (a * a)) / a
        y = (a - 0.5) * np.log(a) - a + 0.5 * math.log(2 * math.pi) + series - np.log(product)
        y = np.where(left, np.log(np.pi / np.abs(np.sin(np.pi * np.fmod(z, 2)))) - y, y)
        y[left & (z == np.floor(z))] = np.inf
        y[np.isinf(z)] = np.inf
    return y


def horner(coefficients, x):
    """A polynomial, lowest power first."""
    y = coefficients[-1] * x
    for c in coefficients[-2:0:-1]:
        y += c
        y *= x
    y += coefficients[0]
    return y


def digamma(x):
    """Γ'(x)/Γ(x); −∞ with the sign of 0 at 0, nan at −1, −2, …"""
    z = x.astype(float64).reshape(-1)
    with np.errstate(all="ignore"):  # the poles are meant
        left = z < 0
        a = np.where(left, 1 - z, z)
        y = np.zeros_like(a)
        for _ in range(LIFT):
            y -= 1 / a
            a += 1
        square = 1 / (a * a)
        y += np.log(a) - 0.5 / a - square * horner([b / (2 * k) for k, b in enumerate(BERNOULLI, 1)], square)
        if left.any():
            part = np.fmod(z, 1)  # the reflection formula; π z itself would lose the digits after the point
            y = np.where(left, y - np.pi / np.tan(np.pi * part), y)
            y[left & (part == 0)] = np.nan
        zero = z == 0
        y[zero] = -np.copysign(np.inf, z[zero])
        y[np.isinf(z)] = np.where(z[np.isinf(z)] > 0, np.inf, np.nan)
    return y.reshape(x.shape).astype(floating(x))


def zeta(s, x):
    """Hurwitz's ζ(s, x) = Σ (x + k)^−s over k ≥ 0, for an integer s ≥ 2; ∞ at 0, −1, −2, …"""
    z = x.astype(float64).reshape(-1)
    with np.errstate(all="ignore"):
        pole = (z <= 0) & (z == np.floor(z))
        a = np.where(pole | ~np.isfinite(z), 1, z)
        y = np.zeros_like(a)
        below = a < 0
        while below.any():
            y[below] += a[below] ** -s
            a[below] += 1
            below = a < 0
        for _ in range(LIFT + 2):
            y += a**-s
            a += 1
        y += a ** (1 - s) / (s - 1) + 0.5 * a**-s
        factor = s * a ** (-s - 1)  # s (s + 1) … (s + 2k − 2) a^(1 − s − 2k), for k = 1
        for k, b in enumerate(BERNOULLI, 1):
            y += b / math.factorial(2 * k) * factor
            factor *= (s + 2 * k - 1) * (s + 2 * k) / (a * a)
        y[pole] = np.inf
        y[np.isposinf(z)] = 0
        y[np.isnan(z) | np.isneginf(z)] = np.nan
    return y.reshape(x.shape)


def polygamma(n, x):
    """The n-th derivative of digamma."""
    if n == 0:
        return digamma(x)
    return ((-1) ** (n + 1) * math.factorial(n) * zeta(n + 1, x)).astype(floating(x))
