"""Distributions that draw until a number is accepted: Poisson, gamma, Dirichlet; PyTorch's numbers.

How many draws an element takes depends on what was drawn, and the next element goes on from there. So these are loops
over the elements, in float64: about a microsecond each.
"""

import math
from collections.abc import Callable

import numpy as np

from .mt19937 import Generator, default_generator
from .sampling_ahead import Ahead, rows
from .sampling_arrays import floating

SQUEEZE = float(np.float32(0.0331))


def poisson(generator: Generator | None, rate: np.ndarray) -> np.ndarray:
    """Counts with the mean `rate`, one for each of its elements, in its dtype. PyTorch's page: torch.poisson.

    Below 10 the number of uniform factors that a product needs to fall to exp(−rate); above, the transformed rejection
    of Hörmann (Insurance: Mathematics and Economics 12, 1993). Raises RuntimeError for a negative rate.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> poisson(Generator().manual_seed(0), np.array([1.0, 5.0, 50.0]))
    array([ 2.,  6., 49.])
    """
    floating("poisson", rate.dtype)
    if not (rate >= 0).all():
        raise RuntimeError("poisson: invalid Poisson rate, expected rate to be non-negative")
    ahead, result = Ahead(generator or default_generator), np.zeros(rate.shape, rate.dtype)
    some = rate > 0
    result[some] = [_poisson(ahead.unit, each) for each in ahead.through(rate[some].tolist())]
    return result


def standard_gamma(generator: Generator | None, alpha: np.ndarray) -> np.ndarray:
    """Gamma with the shape alpha and the rate 1, one for each element, in its dtype; never 0.

    The rejection of Marsaglia and Tsang (ACM TOMS 26, 2000). What torch.distributions.Gamma samples. Raises
    RuntimeError for a negative alpha.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> standard_gamma(Generator().manual_seed(0), np.array([0.5, 2.0]))
    array([0.00078936, 0.6315406 ])
    """
    dtype = floating("standard_gamma", alpha.dtype)
    if not (alpha >= 0).all():
        raise RuntimeError("standard_gamma: expected every alpha to be non-negative")
    return np.maximum(_gamma(generator, alpha, dtype.type).astype(dtype), np.finfo(dtype).tiny)


def dirichlet(generator: Generator | None, alpha: np.ndarray) -> np.ndarray:
    """Points of the simplex, one for each row of alpha: gamma numbers, divided by their sum; within (0, 1).

    What torch.distributions.Dirichlet samples. Raises RuntimeError for a negative alpha.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> dirichlet(Generator().manual_seed(0), np.array([1.0, 2.0, 3.0]))
    array([0.5282044 , 0.24112464, 0.23067095])
    """
    dtype = floating("dirichlet", alpha.dtype)
    if not (alpha >= 0).all():
        raise RuntimeError("dirichlet: expected every alpha to be non-negative")
    g = np.maximum(_gamma(generator, alpha, np.float64), np.finfo(np.float64).tiny)
    g /= g.sum(-1, keepdims=True)
    return np.clip(g.astype(dtype), np.finfo(dtype).tiny, np.nextafter(dtype.type(1), dtype.type(0)))


def _poisson(unit: Callable[[], float], rate: float) -> int:
    if rate < 10:
        limit, product, k = math.exp(-rate), unit(), 0
        while product > limit:
            product *= unit()
            k += 1
        return k
    root = math.sqrt(rate)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    while True:
        u, v = unit() - 0.5, unit()
        edge = 0.5 - abs(u)
        k = math.floor((2 * a / edge + b) * u + rate + 0.43)
        if edge >= 0.07 and v <= 0.9277 - 3.6224 / (b - 2):
            return k
        if k < 0 or (edge < 0.013 and v > edge):
            continue
        height = math.log(v) + math.log(1.1239 + 1.1328 / (b - 3.4)) - math.log(a / (edge * edge) + b)
        if height <= -rate + k * math.log(rate) - math.lgamma(k + 1):
            return k


def _gamma(generator: Generator | None, alpha: np.ndarray, number: type) -> np.ndarray:
    """The gamma numbers in float64; `number` is the type in which PyTorch computes with alpha itself."""
    ahead, result = Ahead(generator or default_generator, least=2), np.zeros(alpha.shape)
    some = alpha > 0
    a = alpha[some].astype(number)
    with np.errstate(all="ignore"):
        power = np.where(a < 1, 1 / a, 0)  # below 1: a gamma number of alpha + 1, and a uniform one to this power
        d = np.where(a < 1, a + number(1), a) - number(np.float32(1) / np.float32(3))
    result[some] = [_gamma_one(ahead, *each) for each in ahead.through(rows(power, d))]
    return result


def _gamma_one(ahead: Ahead, power: float, d: float) -> float:
    scale = (1 - ahead.unit()) ** power if power else 1.0
    c = 1 / math.sqrt(9 * d)
    while True:
        x = ahead.normal()
        y = 1 + c * x
        if y <= 0:
            continue
        v = y * y * y
        u = 1 - ahead.unit()
        if u < 1 - SQUEEZE * (x * x) * (x * x) or math.log(u) < 0.5 * x * x + d * (1 - v + math.log(v)):
            return scale * d * v
