"""Pooling: the largest element of each window, or its mean. Both are linear, or linear by pieces.

What a pullback needs of a maximum is where in its window it was: one byte for each.
"""

from math import prod
from typing import Any

import numpy as np

from ..dtypes import float16, float32
from ..kernels import pooling as kernels
from ..kernels.pooling import Windows
from ..operation import unary
from ..tape import recording


@unary(linear=True)
def max_pool(x, windows):
    """y = the largest x of each window        dy = dx where it is

    Of equals the first; nan if there is one in the window.
    """
    if not recording.get():
        return kernels.largest(x, windows), lambda g: g
    y, place = kernels.winners(x, windows)
    shape = x.shape
    return y, lambda g: placed(g, kernels.addresses(place, windows), shape, windows.disjoint)


@unary(linear=True)
def picked(x, index, once=False):
    """y = x at the addresses of an index        dx = Σ dy at the address

    An address counts in the flattened tensor. `once` promises that no address comes twice.
    """
    shape = x.shape
    return x.reshape(-1).take(index), lambda g: placed(g, index, shape, once)


@unary(linear=True)
def placed(x, index, shape, once=False):
    """y = Σ x at the addresses of an index, 0 elsewhere        dx = dy at the address

    The transpose of `picked`; y has the given shape.
    """
    return kernels.put(x, index, shape, once), lambda g: picked(g, index, once)


@unary(linear=True)
def unpooled(x, index, shape):
    """y = x at the addresses of an index, 0 elsewhere        dx = dy at the address

    Of several at one address the last.
    """
    y = np.zeros(shape, x.dtype)
    y.reshape(-1)[index.reshape(-1)] = x.reshape(-1)
    return y, lambda g: picked(g, index)


@unary(linear=True)
def avg_pool(x, windows, count):
    """y = Σ x of each window / count        dy = Σ dx / count

    The count is a number, or one for each output.
    """
    return divided(kernels.sums(wide(x), windows), count, x.dtype), lambda g: unaveraged(g, windows, count)


@unary(linear=True)
def unaveraged(x, windows, count):
    """y = Σ x / count of the windows that see it        dx = Σ dy / count

    The transpose of `avg_pool`.
    """
    y = kernels.spread(divided(wide(x), count, wide(x).dtype), windows)
    return y.astype(x.dtype, copy=False), lambda g: avg_pool(g, windows, count)


@unary(linear=True)
def im2col(x, windows):
    """y = all windows of x, side by side        dy = all windows of dx

    (N, C, H, W) → (N, C·∏ kernel, number of windows).
    """
    return kernels.columns(x, windows), lambda g: col2im(g, windows)


@unary(linear=True)
def col2im(x, windows):
    """y = Σ x of the windows that see it        dx = all windows of dy, side by side

    The transpose of `im2col`.
    """
    return kernels.from_columns(x, windows), lambda g: im2col(g, windows)


def wide(x: np.ndarray) -> np.ndarray:
    """Halves as singles, for sums."""
    return x.astype(float32) if x.dtype is float16 else x


def divided(x: np.ndarray, count: Any, dtype: np.dtype) -> np.ndarray:
    if x.dtype.kind != "f":
        return np.trunc(x / count).astype(dtype)
    return (x / np.asarray(count, x.dtype)).astype(dtype, copy=False)


def slid(input: tuple, kernel: tuple, stride: tuple, padding: tuple, dilation: tuple, ceil_mode: bool) -> Windows:
    """Windows that slide over an input of these sizes. With ceil_mode the last may stand out on the right."""
    output = []
    for n, k, s, p, d in zip(input, kernel, stride, padding, dilation, strict=True):
        room = n + 2 * p - d * (k - 1) - 1
        o = (-(-room // s) if ceil_mode else room // s) + 1
        output.append(o - 1 if ceil_mode and (o - 1) * s >= n + p else o)
    return Windows(input, kernel, tuple(output), stride, padding, dilation)


def counts(w: Windows, include_padding: bool) -> Any:
    """How many elements each window has: a number if all have the same, else one for each output."""
    total: Any = np.ones(())
    for i, (n, k, p) in enumerate(zip(w.input, w.kernel, w.padding, strict=True)):
        start = w.starts(i)
        end = np.minimum(start + k, n + p)
        inside = end - start if include_padding else np.minimum(end, n) - np.maximum(start, 0)
        total = total[..., None] * inside
    return total if total.size and total.min() != total.max() else prod(w.kernel) if not total.size else total.flat[0]
