"""Distributions that draw until a number is accepted: Poisson, binomial, gamma, Dirichlet; PyTorch's numbers.

How many draws an element takes depends on what was drawn, and the next element goes on from there. So these are loops
over the elements, in float64: a few microseconds a draw.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .mt19937 import Generator, default_generator
from .sampling_arrays import floating
from .sampling_normal import in_pairs

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
    source = generator or default_generator
    with source.lock:
        result = [_poisson(lambda: _unit(source), each) for each in rate.reshape(-1).tolist()]
    return np.array(result, rate.dtype).reshape(rate.shape)


def binomial(generator: Generator | None, count: np.ndarray, prob: np.ndarray) -> np.ndarray:
    """How many of `count` throws show heads, each with probability `prob`; in their dtype.

    Below a mean of 10 the waiting times between heads are added up; above, the transformed rejection of Hörmann
    (J. Stat. Comput. Simul. 46, 1993). PyTorch's page: torch.binomial. Raises RuntimeError for dtypes that differ, and
    ValueError for integers.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> binomial(Generator().manual_seed(0), np.array([10.0, 100.0]), np.array([0.5, 0.9]))
    array([ 7., 90.])
    """
    dtype = count.dtype
    if dtype.kind != "f":
        raise ValueError(
            f"binomial only supports floating-point dtypes for count, got: {dtype}; make one with .float()"
        )
    if prob.dtype != dtype:
        raise RuntimeError(f"binomial: count of dtype {dtype} and prob of dtype {prob.dtype} must be of one dtype")
    try:
        count, prob = np.broadcast_arrays(count, prob)
    except ValueError:
        raise RuntimeError(
            f"binomial: count of shape {count.shape} and prob of shape {prob.shape} do not broadcast"
        ) from None
    source = generator or default_generator
    number = np.float64 if dtype == np.float64 else np.float32
    with source.lock:
        pairs = zip(count.reshape(-1).tolist(), prob.reshape(-1).tolist(), strict=True)
        result = [_binomial(lambda: _unit(source), n, p, number) for n, p in pairs]
    return np.array(result, dtype).reshape(count.shape)


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
    if rate == 0:
        return 0
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


def _binomial(unit: Callable[[], float], n: float, p: float, number: type) -> float:
    """One binomial number; `number` is the type in which PyTorch computes with n and p themselves."""
    if n <= 0 or p <= 0:
        return 0.0
    if p >= 1:
        return n
    if p > 0.5:
        return n - _binomial_half(unit, n, float(number(1) - number(p)), number)
    return _binomial_half(unit, n, p, number) if p <= 0.5 else math.nan


def _binomial_half(unit: Callable[[], float], n: float, p: float, number: type) -> float:
    """For p ≤ ½."""
    n, p = number(n), number(p)
    if n * p >= 10:
        return _binomial_by_rejection(unit, n, p)
    slope, places, heads = float(np.log1p(-p)), 0.0, 0
    while True:
        places += math.ceil(_log(unit()) / slope)
        if places > n:
            return float(heads)
        heads += 1


def _binomial_by_rejection(unit: Callable[[], float], n: Any, p: Any) -> float:
    stddev, mode, odds = float(np.sqrt(n * p * (1 - p))), float(np.floor((n + 1) * p)), float(p / (1 - p))
    center = float(n * p) + 0.5
    n, p = float(n), float(p)
    b = 1.15 + 2.53 * stddev
    a = -0.0873 + 0.0248 * b + 0.01 * p
    alpha = (2.83 + 5.1 / b) * stddev
    while True:
        u, v = unit() - 0.5, unit()
        edge = 0.5 - abs(u)
        k = float(math.floor((2 * a / edge + b) * u + center))
        if k < 0 or k > n:
            continue
        if edge >= 0.07 and v <= 0.92 - 4.2 / b:
            return k
        height = (
            (mode + 0.5) * math.log((mode + 1) / (odds * (n - mode + 1)))
            + (n + 1) * math.log((n - mode + 1) / (n - k + 1))
            + (k + 0.5) * math.log(odds * (n - k + 1) / (k + 1))
            + (_stirling(mode) + _stirling(n - mode) - _stirling(k) - _stirling(n - k))
        )
        if _log(v * alpha / (a / (edge * edge) + b)) <= height:
            return k


def _stirling(k: float) -> float:
    """What Stirling's formula for log k!, about k + 1, leaves over."""
    return math.lgamma(k + 1) - ((k + 0.5) * math.log(k + 1) - (k + 1) + 0.5 * math.log(2 * math.pi))


def _log(x: float) -> float:
    return math.log(x) if x else -math.inf


def _gamma(generator: Generator | None, alpha: np.ndarray, number: type) -> np.ndarray:
    """The gamma numbers in float64; `number` is the type in which PyTorch computes with alpha itself."""
    generator = generator or default_generator
    with generator.lock:
        result = [_gamma_one(generator, a, number) for a in alpha.reshape(-1).tolist()]
    return np.array(result, np.float64).reshape(alpha.shape)


def _gamma_one(generator: Generator, alpha: float, number: type) -> float:
    if alpha == 0:
        return 0.0
    scale = 1.0
    if alpha < 1:  # a gamma number of alpha + 1, and a uniform one to the power 1/alpha
        scale = (1 - _unit(generator)) ** float(number(1) / number(alpha))
        alpha = float(number(alpha) + number(1))
    d = float(number(alpha) - number(np.float32(1) / np.float32(3)))
    c = 1 / math.sqrt(9 * d)
    while True:
        x = float(in_pairs(generator, 1)[0])
        y = 1 + c * x
        if y <= 0:
            continue
        v = y * y * y
        u = 1 - _unit(generator)
        if u < 1 - SQUEEZE * (x * x) * (x * x) or math.log(u) < 0.5 * x * x + d * (1 - v + math.log(v)):
            return scale * d * v


def _unit(generator: Generator) -> float:
    """One uniform number, float64."""
    return int(generator.draw(1, 53)[0]) * 2.0**-53
