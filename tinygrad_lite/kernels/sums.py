"""Sums and maxima along dimensions, each by the quickest way there is: arrays in, arrays out."""

from math import prod

import numpy as np

from .broadcast import FAST, column_sums, expanded, row_sums

SHORT = 64  # a row below this length: NumPy needs some 70 ns to begin each row that it reduces


def total(x, axes: tuple[int, ...], keepdim: bool):
    """The sum over some dimensions, in x's dtype."""
    shape, ndim = x.shape, x.ndim
    if len(axes) == ndim:
        y = np.add.reduce(x, axes, None, None, keepdim)
        return y
    if x.dtype.char in FAST and x.flags.c_contiguous and x.size:
        n = len(axes)
        if axes == tuple(range(ndim - n, ndim)):
            kept = shape[: ndim - n]
            y = row_sums(x if ndim == 2 else x.reshape(prod(kept), -1))
            return y if len(kept) == 1 and not keepdim else y.reshape(kept + (1,) * n if keepdim else kept)
        if axes == tuple(range(n)):
            kept = shape[n:]
            y = column_sums(x if ndim == 2 else x.reshape(prod(shape[:n]), -1))
            return y if len(kept) == 1 and not keepdim else y.reshape((1,) * n + kept if keepdim else kept)
    return np.add.reduce(x, axes, x.dtype, None, keepdim)


def repeated(x, shape: tuple[int, ...]):
    """x repeated to a shape: a new array if it is small, because those are quicker to read; else a view."""
    if prod(shape) > 4096:
        return expanded(x, shape)
    y = np.empty(shape, x.dtype)
    y[...] = x
    return y


def largest(x, axis: int):
    """The maximum along one dimension, which stays with size 1."""
    if x.shape[axis] < SHORT and x.ndim > 1 and axis == x.ndim - 1 and x.size > 1024:
        columns = x.reshape(-1, x.shape[axis]).T.copy()  # few passes over long rows instead of many short rows
        return np.maximum.reduce(columns, 0).reshape(*x.shape[:-1], 1)
    return np.maximum.reduce(x, axis, None, None, True)
