"""Softmax and its relatives along one dimension, without overflow: arrays in, arrays out."""

import numpy as np

from .sums import largest, total

BLOCK = 1 << 16  # elements that stay in the cache through the passes


def softmax(x, axis: int):
    """e^(x − max x), divided by its sum"""
    return by_blocks(probabilities, x, axis)


def log_softmax(x, axis: int):
    """x − max x − ln Σ e^(x − max x)"""
    return by_blocks(logarithms, x, axis)


def logsumexp(x, axes: tuple[int, ...]):
    """max x + ln Σ e^(x − max x), with the dimensions kept; −∞ where every x is −∞."""
    if not x.size:
        return np.full([1 if i in axes else n for i, n in enumerate(x.shape)], -np.inf, x.dtype)
    top = largest(x, axes[0]) if len(axes) == 1 and x.ndim else np.max(x, axes, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)  # ∞ − ∞ would be nan
    with np.errstate(divide="ignore", over="ignore"):
        return top + np.log(total(np.exp(x - top), axes, True))


def probabilities(x, axis):
    e = x - largest(x, axis)
    np.exp(e, out=e)
    e /= total(e, (axis,), True)
    return e


def logarithms(x, axis):
    z = x - largest(x, axis)
    z -= np.log(total(np.exp(z), (axis,), True))
    return z


def by_blocks(f, x, axis):
    """f on x, or on blocks of rows of a large x: each is read several times, which the cache makes cheap."""
    if not x.size:
        return x.copy()
    if not x.ndim:
        return f(x.reshape(1), 0).reshape(())
    n = x.shape[-1]
    if x.size <= 2 * BLOCK or axis != x.ndim - 1 or 2 * n > BLOCK or not x.flags.c_contiguous:
        return f(x, axis)
    rows = x.reshape(-1, n)
    y, step = np.empty_like(rows), BLOCK // n
    for first in range(0, len(rows), step):
        y[first : first + step] = f(rows[first : first + step], 1)
    return y.reshape(x.shape)
