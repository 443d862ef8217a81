"""The error function, its complement and its inverse, to the last bits: arrays in, arrays out.

float64: erf x = x S(x²) for |x| ≤ 1, and erfc z = e^−z² C(t)/(1 + 2z) with t = (z − 3)/(z + 3) for z > 1; S and C are
Chebyshev interpolants, and the terms left out are below 1e−17. float32: erf x = x P(x²)/Q(x²) as long as erf
is less than 1; the error of the fit is below 2e−8. The coefficients were fitted for this project, with 30 to 50 digits.
A few elements are quicker one by one, with Python's own math.erf.
"""

import math

import numpy as np

from ..dtypes import float16, float32, float64

FEW, BLOCK = 200, 1 << 16

S = (
    5.9571761477489114e-11, -1.1372848856791674e-9, 1.4659775274047436e-8, -1.6350312701054695e-7,
    1.6461000484121368e-6, -1.4925595266831182e-5, 0.00012055331111642711, -0.00085483269808337899,
    0.0052239776248180145, -0.026866170645076793, 0.11283791670954879, -0.37612638903183748, 1.1283791670955126,
)  # fmt: skip
C = (
    -3.2790786936091966e-8, 1.708108463654178e-7, -1.0514496651037887e-7, -6.9932410839525052e-7,
    3.6976443547796141e-7, 3.5097110842239622e-6, -7.4657375554854666e-7, -2.0109122442179303e-5,
    4.9546623055409249e-6, 0.00012510040319467418, -0.00010516073045237441, -0.00077983233544913109,
    0.0018886904548306966, 0.0025293918171539523, -0.023770514924158084, 0.068308027344021306,
    -0.11927366341514862, 0.12964515870275941, -0.047562294353452553, -0.13562110612458117, 1.2530080582697297,
)  # fmt: skip
P = (2.10817617e-06, 0.000285664124, 0.0036738301, 0.0524793509, 0.187896503, 1.12837915)
Q = (3.87302913e-05, 0.00114546126, 0.0147846919, 0.113128288, 0.499851816, 1.0)

ONE32 = 4.0  # from here on erf is 1 in float32, and P/Q a few last bits more
ZERO64 = 27.0  # from here on erfc is 0 in float64


def erf(x):
    """2/√π ∫₀ˣ e^−t² dt"""
    if x.size < FEW:
        return one_by_one(math.erf, x)
    return by_blocks(erf32 if x.dtype in (float16, float32) else erf64, x)


def erfc(x):
    """1 − erf x, with all its digits also where erf x is near 1."""
    return one_by_one(math.erfc, x) if x.size < FEW else by_blocks(erfc64, x)


def erfinv(y):
    """The x whose erf is y; ±∞ at ±1, nan beyond."""
    target = y.astype(float64)
    size = np.abs(target)
    inside = size < 1
    size = np.where(inside, size, 0)
    x = start(size)
    for _ in range(3):  # Halley's steps: each makes three digits of one
        # Near 1 it is 1 − y that has the digits.
        error = np.where(size < 0.5, erf(x) - size, (1 - size) - erfc(x))
        step = error * (math.sqrt(math.pi) / 2) * np.exp(x * x)
        x = x - step / (1 + x * step)
    edge = np.where(np.abs(target) == 1, np.inf, np.nan)
    return np.copysign(np.where(inside, x, edge), target).astype(floating(y))


def start(y):
    """Winitzki's formula (2008): erfinv to two digits, for 0 ≤ y < 1."""
    a = 0.147
    log = np.log1p(-y) + np.log1p(y)
    half = 2 / (math.pi * a) + log / 2
    return np.sqrt(np.sqrt(half * half - log / a) - half)


def floating(x):
    return x.dtype if x.dtype.kind == "f" else float64


def one_by_one(f, x):
    return np.array([f(v) for v in x.ravel().tolist()], floating(x)).reshape(x.shape)


def by_blocks(f, x):
    """f over pieces that stay in the cache through its many passes."""
    dtype = float32 if f is erf32 else float64
    flat = np.ascontiguousarray(x, dtype).reshape(-1)
    y = np.empty_like(flat)
    for first in range(0, flat.size, BLOCK):
        y[first : first + BLOCK] = f(flat[first : first + BLOCK])
    return y.reshape(x.shape).astype(floating(x), copy=False)


def polynomial(coefficients, x):
    """Horner's rule, highest power first."""
    y = x * coefficients[0]
    for c in coefficients[1:-1]:
        y += c
        y *= x
    y += coefficients[-1]
    return y


def erf32(x):
    x = np.minimum(np.maximum(x, -ONE32), ONE32)
    square = x * x
    y = polynomial(P, square)
    y *= x
    y /= polynomial(Q, square)
    return np.minimum(np.maximum(y, -1), 1)


def erf64(x):
    size = np.abs(x)
    tail = np.copysign(1 - tail64(np.maximum(size, 1)), x)
    return np.where(size <= 1, x * polynomial(S, np.minimum(x * x, 1)), tail)


def erfc64(x):
    size = np.abs(x)
    tail = tail64(np.maximum(size, 1))
    return np.where(size <= 1, 1 - x * polynomial(S, np.minimum(x * x, 1)), np.where(x > 0, tail, 2 - tail))


def tail64(z):
    """erfc z for z ≥ 1. With z = r + (z − r), r of half the digits: e^−r² e^−(z−r)(z+r) keeps all digits of z²."""
    z = np.minimum(z, ZERO64)
    r = z.astype(float32).astype(float64)
    y = polynomial(C, (z - 3) / (z + 3))
    y *= np.exp(-r * r)
    y *= np.exp((r - z) * (r + z))
    y /= 1 + 2 * z
    return y
