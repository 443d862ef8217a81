"""Broadcasting and its transpose: repeat without copying, and sum what was repeated."""

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy import ndarray

FAST = frozenset("fd")  # the types that BLAS multiplies


@lru_cache(maxsize=32)
def ones(n: int, char: str) -> ndarray:
    """A vector of ones, shared by all who ask: never write into it."""
    vector = np.ones(n, char)
    vector.flags.writeable = False
    return vector


def column_sums(x: ndarray) -> ndarray:
    """The sums of the columns of a matrix. As a product with ones it costs a third of x.sum(0)."""
    char = x.dtype.char
    return ones(len(x), char).dot(x) if char in FAST else x.sum(0, dtype=x.dtype)


def row_sums(x: ndarray) -> ndarray:
    """The sums of the rows of a matrix."""
    char = x.dtype.char
    return x.dot(ones(x.shape[1], char)) if char in FAST else x.sum(1, dtype=x.dtype)


def summed_to(x: ndarray, shape: tuple[int, ...]) -> ndarray:
    """x summed over every dimension along which `shape` would be broadcast to x's shape."""
    before = x.shape
    if x.ndim == 2 and before[1:] == shape:  # the derivative of a bias
        return column_sums(x)
    if x.size == prod(shape):
        return x.reshape(shape)
    if prod(shape) == 1:
        return x.sum(dtype=x.dtype).reshape(shape)
    extra = len(before) - len(shape)
    kept = (1,) * extra + shape
    axes = tuple([i for i, (n, m) in enumerate(zip(before, kept, strict=True)) if m == 1 and n != 1])
    if x.flags.c_contiguous and x.size:
        if axes[-1] == len(axes) - 1:  # the leading ones
            return column_sums(x.reshape(prod(before[: len(axes)]), -1)).reshape(shape)
        if axes[0] == len(before) - len(axes):  # the trailing ones
            return row_sums(x.reshape(prod(before[: axes[0]]), -1)).reshape(shape)
    return x.sum(axes, dtype=x.dtype).reshape(shape)


def empty_like(x: ndarray, dtype: Any = None) -> ndarray:
    """An array of x's shape in the order of x's memory, as PyTorch keeps it; a repeated dimension stays where it is.

    >>> empty_like(np.broadcast_to(np.zeros(3), (2, 3))).strides  # NumPy's empty_like would put the 2 innermost
    (24, 8)
    """
    if 0 not in x.strides:
        return np.empty_like(x, dtype)
    inner = list(range(x.ndim - 1, -1, -1))  # from the innermost dimension outwards, sorted by insertion
    for place in range(1, x.ndim):
        for other in range(place - 1, -1, -1):
            before, after = x.strides[inner[other]], x.strides[inner[place]]
            if before and after and before < after:
                break
            if before and after and before > after:
                inner[other], inner[place], place = inner[place], inner[other], other
    order = inner[::-1]
    return np.empty([x.shape[d] for d in order], dtype or x.dtype).transpose(np.argsort(order))


def strided(x: ndarray, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0) -> ndarray:
    """A view of x's memory with these sizes and steps (in bytes), from `offset` bytes after its first element.

    Made by the array constructor, it costs a tenth of np.lib.stride_tricks, can be written, and its base is x's.
    """
    if x.flags.c_contiguous:
        return ndarray(shape, x.dtype, x, offset, strides)  # type: ignore[arg-type]
    owner = x
    while isinstance(owner.base, ndarray):
        owner = owner.base
    start = x.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    if not owner.flags.forc:  # a copy of a permuted array: its memory is dense, in another order
        owner = owner.transpose(sorted(range(owner.ndim), key=lambda d: -owner.strides[d]))
    return ndarray(shape, x.dtype, owner, start + offset, strides)  # type: ignore[arg-type]


def expanded(x: ndarray, shape: tuple[int, ...]) -> ndarray:
    """x repeated to a shape, without copying: with steps of 0. ValueError if it does not broadcast to that shape."""
    if not x.size:
        return np.broadcast_to(x, shape)
    extra = len(shape) - x.ndim
    steps = [0] * extra
    for n, m, step in zip(shape[max(extra, 0) :], x.shape, x.strides, strict=extra < 0):
        if n != m != 1:
            raise ValueError(f"{x.shape} cannot be broadcast to {shape}")
        steps.append(0 if m == 1 else step)
    return strided(x, shape, tuple(steps))
