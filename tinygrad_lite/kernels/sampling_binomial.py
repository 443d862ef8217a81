"""Binomial numbers, PyTorch's."""

import math
from collections.abc import Callable

import numpy as np

from .mt19937 import Generator, default_generator
from .sampling_ahead import Ahead, rows


def binomial(generator: Generator | None, count: np.ndarray, prob: np.ndarray) -> np.ndarray:
    """How many of `count` throws show heads, each with probability `prob`; in their dtype.

    Below a mean of 10 the waiting times between heads are added up; above, the transformed rejection of Hörmann
    (J. Stat. Comput. Simul. 46, 1993). PyTorch's page: torch.binomial. Raises RuntimeError for dtypes that differ, and
    ValueError for integers.

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
        raise RuntimeError(f"binomial: count {count.shape} and prob {prob.shape} do not broadcast") from None
    # PyTorch computes with the arguments in their dtype, and in float64 from there.
    working = np.float64 if dtype == np.float64 else np.float32
    result = np.where(prob > 0, np.maximum(count, 0), 0)  # but for 0 < p < 1
    result[np.isnan(prob) & (count > 0)] = np.nan
    some = (count > 0) & (prob > 0) & (prob < 1)
    n, p = count[some].astype(working), prob[some].astype(working)
    rare = np.where(p > 0.5, 1 - p, p)  # heads or tails
    many = n * rare >= 10
    with np.errstate(all="ignore"):
        columns = np.log1p(-rare), rare, np.sqrt(n * rare * (1 - rare)), np.floor((n + 1) * rare), rare / (1 - rare)
    ahead = Ahead(generator or default_generator)
    drawn = [
        _by_rejection(ahead.unit, n, *rest) if many else _by_waiting(ahead.unit, n, slope)
        for n, many, slope, *rest in ahead.through(rows(n, many, *columns, n * rare))
    ]
    result[some] = np.where(p > 0.5, n - drawn, drawn)
    return result


def _by_waiting(unit: Callable[[], float], n: float, slope: float) -> float:
    """Heads until the throws are used up; the throws from one to the next are geometric."""
    throws, heads = 0.0, 0.0
    while True:
        throws += math.ceil(_log(unit()) / slope)
        if throws > n:
            return heads
        heads += 1


def _by_rejection(unit: Callable, n: float, p: float, stddev: float, mode: float, odds: float, mean: float) -> float:
    b = 1.15 + 2.53 * stddev
    a = -0.0873 + 0.0248 * b + 0.01 * p
    alpha = (2.83 + 5.1 / b) * stddev
    highest, slope = math.lgamma(mode + 1) + math.lgamma(n - mode + 1), math.log(odds)
    while True:
        u, v = unit() - 0.5, unit()
        edge = 0.5 - abs(u)
        k = float(math.floor((2 * a / edge + b) * u + (mean + 0.5))) if edge else -1.0
        if k < 0 or k > n:
            continue
        if edge >= 0.07 and v <= 0.92 - 4.2 / b:
            return k
        # The logarithm of the probability of k by that of the mode; PyTorch has Stirling's formula in its place.
        height = highest - math.lgamma(k + 1) - math.lgamma(n - k + 1) + (k - mode) * slope
        if _log(v * alpha / (a / (edge * edge) + b)) <= height:
            return k


def _log(x: float) -> float:
    return math.log(x) if x else -math.inf
