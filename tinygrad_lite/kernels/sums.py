"""Sums and maxima along dimensions, each by the quickest way there is: arrays in, arrays out."""

from math import prod
from typing import Any

import numpy as np

from .broadcast import FAST, column_sums, expanded, ones, row_sums

add: Any = np.add.reduce  # in NumPy's types its arguments have names, which cost 0.2 µs

SHORT = 64  # a row below this length: NumPy needs some 70 ns to begin each row that it reduces


def total(x, axes: tuple[int, ...], keepdim: bool):
    """The sum over some dimensions, in x's dtype."""
    shape, ndim = x.shape, x.ndim
    if len(axes) == ndim:
        return add(x, axes, None, None, keepdim)
    if ndim == 2 and x.dtype.char in FAST:
        if axes[0]:
            return row_sums(x)[:, None] if keepdim else row_sums(x)
        return column_sums(x)[None] if keepdim else column_sums(x)
    if x.dtype.char in FAST and x.flags.c_contiguous and x.size:
        n = len(axes)
        if axes == tuple(range(ndim - n, ndim)):
            kept = shape[: ndim - n]
            y = row_sums(x.reshape(prod(kept), -1))
            return y if len(kept) == 1 and not keepdim else y.reshape(kept + (1,) * n if keepdim else kept)
        if axes == tuple(range(n)):
            kept = shape[n:]
            y = column_sums(x.reshape(prod(shape[:n]), -1))
            return y if len(kept) == 1 and not keepdim else y.reshape((1,) * n + kept if keepdim else kept)
    return add(x, axes, x.dtype, None, keepdim)


def everything(x):
    """The sum over all dimensions. Of a few numbers it is a product with ones, which costs half."""
    if x.size <= 1024 and x.dtype.char in FAST:
        flat = x.ravel()
        return flat.dot(ones(flat.size, flat.dtype.char))
    return add(x, None, None, None, False)


def squares(x, axes: tuple[int, ...], keepdim: bool):
    """The sum of the squares over some dimensions: all together they are one product of a vector with itself."""
    if len(axes) < x.ndim or x.dtype.char not in FAST:
        return total(x * x, axes, keepdim)
    flat = x.reshape(-1)
    y = flat.dot(flat)
    return y.reshape([1] * x.ndim) if keepdim else y


def repeated(x, shape: tuple[int, ...]):
    """x repeated to a shape: a new array if it is small, because those are quicker to read; else a view."""
    y = np.empty(shape, x.dtype)
    if y.size > 4096:
        return expanded(np.asarray(x), shape)
    y[...] = x
    return y


def extreme(ufunc, x, axis: int, keepdim: bool):
    """The maximum (np.maximum) or minimum along one dimension."""
    if x.size > 1024 and axis == x.ndim - 1 and x.ndim > 1 and x.shape[axis] < SHORT:
        columns = x.reshape(-1, x.shape[axis]).T.copy()  # few passes over long rows instead of many short rows
        return ufunc.reduce(columns, 0).reshape(x.shape[:-1] + (1,) * keepdim)
    return ufunc.reduce(x, axis, None, None, keepdim)
