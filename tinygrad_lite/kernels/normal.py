"""The normal distribution's tails: e^x² erfc x without overflow, and the inverse of the distribution function."""

import math

import numpy as np

from ..dtypes import float64
from .erf import ZERO64, C, erfc, floating, polynomial

TAIL = (1 / 2, 3 / 2, 5 / 2, 7 / 2, 9 / 2, 11 / 2, 13 / 2)  # of the asymptotic series: 1 − 1/2 u (1 − 3/2 u (1 − …))


def erfcx(x):
    """e^x² erfc x"""
    z = x.astype(float64)
    with np.errstate(over="ignore", invalid="ignore"):
        middle = np.minimum(np.maximum(z, 1), ZERO64)
        y = polynomial(C, (middle - 3) / (middle + 3)) / (1 + 2 * middle)
        low = np.minimum(z, 1)
        y = np.where(z < 1, np.exp(low * low) * erfc(low), y)
        large = np.maximum(z, ZERO64)
        u, series = 1 / (large * large), np.ones_like(z)
        for factor in TAIL[::-1]:
            series = 1 - factor * u * series
        y = np.where(z > ZERO64, series / (large * math.sqrt(math.pi)), y)
    return np.where(np.isnan(z), z, y).astype(floating(x))


def ndtri(p):
    """The x below which a standard normal number lies with probability p; ∓∞ at 0 and 1, nan outside."""
    q = p.astype(float64)
    tail = 2 * np.minimum(q, 1 - q)  # erfc of |x|/√2, with all its digits
    inside = (q > 0) & (q < 1)
    tail = np.where(inside, tail, 0.5)
    z = inverse_start(tail)
    for _ in range(4):  # Newton's steps on ln erfc, which is nearly a parabola
        z = z + (np.log(erfc(z)) - np.log(tail)) * erfcx(z) * (math.sqrt(math.pi) / 2)
    x = np.where(q < 0.5, -1, 1) * (math.sqrt(2) * z)
    edge = np.where(q == 0, -np.inf, np.where(q == 1, np.inf, np.nan))
    return np.where(inside, x, edge).astype(floating(p))


def inverse_start(tail):
    """Winitzki's formula (2008) for the z whose erfc is given: two digits."""
    a = 0.147
    log = np.log(tail) + np.log(2 - tail)
    half = 2 / (math.pi * a) + log / 2
    return np.sqrt(np.maximum(np.sqrt(half * half - log / a) - half, 0))
