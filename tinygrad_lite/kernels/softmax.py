"""Softmax and its relatives along one dimension, without overflow: arrays in, arrays out."""

import numpy as np

from .broadcast import FAST
from .sums import extreme, total

BLOCK = 1 << 16  # elements that stay in the cache through the passes
LOW, HIGH = 1e-10, 1e10  # sums of exponentials between these have lost nothing


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
    top = extreme(np.maximum, x, axes[0], True) if len(axes) == 1 and x.ndim else np.max(x, axes, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)  # ∞ − ∞ would be nan
    with np.errstate(divide="ignore", over="ignore"):
        return top + np.log(total(np.exp(x - top), axes, True))


def probabilities(x, axis, out):
    """Without the maxima first: finding that of each short row costs more than all else. They are needed only where
    a sum of exponentials is so large or so small that it has lost digits to overflow or underflow."""
    if x.dtype.char in FAST:
        with np.errstate(over="ignore"):
            np.exp(x, out)
            sums = total(out, (axis,), True)
        if sums.min() > LOW and sums.max() < HIGH:
            out /= sums
            return
    np.subtract(x, extreme(np.maximum, x, axis, True), out=out)
    np.exp(out, out=out)
    out /= total(out, (axis,), True)


def slope(g, y, axis: int):
    """y (g − Σ g y), the derivative of `softmax`, for its value y."""
    d = g * y
    sums = total(d, (axis,), True)
    np.subtract(g, sums, d)
    d *= y
    return d


def logarithms(x, axis, out):
    np.subtract(x, extreme(np.maximum, x, axis, True), out=out)
    out -= np.log(total(np.exp(out), (axis,), True))


def by_blocks(f, x, axis):
    """f on x, or on blocks of rows of a large x: each is read several times, which the cache makes cheap."""
    y = np.empty(x.shape, x.dtype)
    if not x.ndim:
        f(x.reshape(1), 0, y.reshape(1))
    elif x.size <= 2 * BLOCK or axis != x.ndim - 1 or 2 * x.shape[-1] > BLOCK or not x.flags.c_contiguous:
        if x.size:
            f(x, axis, y)
    else:
        rows, out, step = x.reshape(-1, x.shape[-1]), y.reshape(-1, x.shape[-1]), BLOCK // x.shape[-1]
        for first in range(0, len(rows), step):
            f(rows[first : first + step], 1, out[first : first + step])
    return y
