"""The gamma function's logarithm and its derivatives: arrays in, arrays out, reckoned in float64.

ψ⁽ⁿ⁾ for n ≥ 1 is ± n! ζ(n + 1, x). Both sums, of ψ and of Hurwitz's ζ, start at an x that is large enough for
Euler and Maclaurin's series; what lies before is added term by term (Abramowitz and Stegun, 6.3.18 and 23.2).
"""

import math

import numpy as np

from ..dtypes import float64
from .erf import floating

START = 12.0  # from here on the series below have all digits of float64
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)


def lgamma(x):
    """ln |Γ(x)|; ∞ at 0, −1, −2, …

    One by one with Python's own: a vectorized series costs as much per element, and is less exact near its zeros.
    """
    return np.array([one_lgamma(v) for v in x.ravel().tolist()], float64).reshape(x.shape).astype(floating(x))


def one_lgamma(v):
    if v <= 0 and v % 1 == 0:
        return math.inf
    try:
        return math.lgamma(v)
    except OverflowError:
        return math.inf


def lifted(x, term):
    """Σ term(x + k) while x + k < START, and the x + k where it ends."""
    a, total = x.copy(), np.zeros_like(x)
    below = a < START
    while below.any():
        total[below] += term(a[below])
        a[below] += 1
        below = a < START
    return a, total


def digamma(x):
    """Γ'(x)/Γ(x); −∞ with the sign of 0 at 0, nan at −1, −2, …"""
    z = x.astype(float64).reshape(-1)
    with np.errstate(all="ignore"):  # the poles are meant
        left = z < 0
        a, total = lifted(np.where(left, 1 - z, z), lambda v: 1 / v)
        square = 1 / (a * a)
        series = sum(b / (2 * k) * square**k for k, b in enumerate(BERNOULLI, 1))
        y = np.log(a) - 0.5 / a - series - total
        part = np.fmod(z, 1)  # the reflection formula; π z itself would lose the digits after the point
        y = np.where(left, y - np.pi / np.tan(np.pi * part), y)
        y[left & (part == 0)] = np.nan
        y[z == 0] = -np.copysign(np.inf, z[z == 0])
        y[np.isneginf(z)] = np.nan
        y[np.isposinf(z)] = np.inf
    return y.reshape(x.shape).astype(floating(x))


def zeta(s, x):
    """Hurwitz's ζ(s, x) = Σ (x + k)^−s over k ≥ 0, for an integer s ≥ 2; ∞ at 0, −1, −2, …"""
    z = x.astype(float64).reshape(-1)
    with np.errstate(all="ignore"):
        pole = (z <= 0) & (z == np.floor(z))
        a, total = lifted(np.where(pole | ~np.isfinite(z), START, z), lambda v: v**-s)
        y = total + a ** (1 - s) / (s - 1) + 0.5 * a**-s
        factor = s * a ** (-s - 1)  # s (s + 1) … (s + 2k − 2) a^(1 − s − 2k) / (2k)!, times 2k! for k = 1
        for k, b in enumerate(BERNOULLI, 1):
            y += b / math.factorial(2 * k) * factor
            factor = factor * ((s + 2 * k - 1) * (s + 2 * k)) / (a * a)
        y[pole] = np.inf
        y[np.isposinf(z)] = 0
        y[np.isnan(z) | np.isneginf(z)] = np.nan
    return y.reshape(x.shape)


def polygamma(n, x):
    """The n-th derivative of digamma."""
    if n == 0:
        return digamma(x)
    return ((-1) ** (n + 1) * math.factorial(n) * zeta(n + 1, x)).astype(floating(x))
