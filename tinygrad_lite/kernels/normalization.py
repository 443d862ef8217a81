"""Normalisation of an array over some of its dimensions: arrays in, arrays out.

Sums along rows and columns are products with a vector of ones, which BLAS does at the speed of the memory.
"""

from math import prod

import numpy as np

from .broadcast import FAST, column_sums, row_sums


def mean(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """The mean over the last dimension (axes (1,) of 2), or over all but the channels (axes (0,) or (0, 2))."""
    n = prod([x.shape[i] for i in axes])
    if x.dtype.char not in FAST:
        return x.mean(axes, keepdims=True)
    if axes == (1,):
        return (row_sums(x) / n)[:, None]
    if axes == (0,):
        return (column_sums(x) / n)[None]
    # axes (0, 2): first along the memory
    rows = row_sums(x.reshape(x.shape[0] * x.shape[1], x.shape[2])).reshape(x.shape[:2])
    return (column_sums(rows) / n)[None, :, None]


def moments(x: np.ndarray, axes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance (with divisor n), dimensions kept."""
    m = mean(x, axes)
    d = x - m
    return m, mean(np.multiply(d, d, d), axes)


def standardized(x: np.ndarray, axes: tuple[int, ...], eps: float, known=None) -> tuple[np.ndarray, np.ndarray]:
    """(x − mean)/√(variance + eps), and 1/√(variance + eps)."""
    if known is None:
        h = x - mean(x, axes)
        variance = mean(h * h, axes)
    else:
        h, variance = x - known[0], known[1]
    r = 1 / np.sqrt(variance + eps)
    return np.multiply(h, r, h), r


def of_input(g: np.ndarray, h: np.ndarray, r: np.ndarray, axes: tuple[int, ...], own: bool) -> np.ndarray:
    """The derivative of `standardized`: r (g − mean g − h·mean(g·h)), for its value h. May write into an `own` g."""
    gh = g * h
    out = g if own else np.empty_like(gh)
    share, common = mean(gh, axes), mean(g, axes)
    np.multiply(h, share, gh)
    gh += common
    np.subtract(g, gh, out)
    return np.multiply(out, r, out)


def scaled(x: np.ndarray, eps: float) -> tuple[np.ndarray, np.ndarray]:
    """x/√(mean x² + eps) along rows, and 1/√(mean x² + eps)."""
    r = 1 / np.sqrt(mean(x * x, (1,)) + eps)
    return x * r, r


def of_scaled_input(g: np.ndarray, h: np.ndarray, r: np.ndarray, own: bool) -> np.ndarray:
    """The derivative of `scaled`: r (g − h·mean(g·h)), for its value h. May write into an `own` g."""
    gh = g * h
    out = g if own else np.empty_like(gh)
    np.multiply(h, mean(gh, (1,)), gh)
    np.subtract(g, gh, out)
    return np.multiply(out, r, out)


def row_slopes(g: np.ndarray, saved: tuple) -> tuple[np.ndarray, np.ndarray | None]:
    """The derivatives of x and w in y = w·h, h = `standardized` rows of x: with d = g w, r (d − mean d − h·mean(d·h)).

    The means of d and d·h are products of g and g·h with the vector w/n.
    """
    h, r, w = saved
    n, gh = h.shape[1], g * h
    of_w = None if w is None else column_sums(gh)
    if h.dtype.char in FAST:
        v = np.full(n, 1 / n, h.dtype) if w is None else w.reshape(n) / n
        share, common = gh.dot(v)[:, None], g.dot(v)[:, None]
    else:
        v = 1 if w is None else w.reshape(n)
        share, common = mean(gh * v, (1,)), mean(g * v, (1,))
    np.multiply(h, share, gh)
    gh += common
    d = np.subtract(g, gh, gh) if w is None else g * w.reshape(n)
    if w is not None:
        d -= gh
    d *= r
    return d, of_w
