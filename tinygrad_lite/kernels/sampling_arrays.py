"""What the distributions share: the arrays that they fill, and the numbers in [0, 1) that they start from."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .broadcast import empty_like
from .mt19937 import Generator

FEW = 1 << 12  # numbers of float64 whose last bits are worth a loop


def floating(operation: str, dtype: Any) -> np.dtype:
    """`dtype`, if it is float16, float32 or float64; PyTorch's kind of error if not."""
    dtype = np.dtype(dtype)
    if dtype.kind != "f" or dtype.itemsize > 8:
        raise NotImplementedError(
            f'"{operation}" not implemented for {dtype}: it needs a floating-point dtype; make one with .float()'
        )
    return dtype


def empty(operation: str, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """A new array to be filled; its shape checked."""
    if shape and min(shape) < 0:
        raise RuntimeError(f"{operation}: Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    return np.empty(shape, dtype)


def unit53(generator: Generator, n: int) -> np.ndarray:
    """n numbers of float64 in [0, 1), of 53 bits each."""
    return generator.draw(n, 53) * 2.0**-53


def rounded(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """x in the dtype; from float64 to float16 by way of float32, as C++ goes."""
    if x.dtype == dtype:
        return x
    with np.errstate(over="ignore"):
        return (x.astype(np.float32) if dtype == np.float16 else x).astype(dtype)


def by_c_library(one: Callable[[float], float], all_at_once: np.ufunc, x: np.ndarray) -> np.ndarray:
    """A function of float64 numbers as the C library computes it, like PyTorch: `one` by one if they are few.

    NumPy's function for all at once is another one on some processors, with another last bit now and then.
    """
    if x.size > FEW:
        return all_at_once(x)
    return np.array([one(value) for value in x.ravel().tolist()]).reshape(x.shape)


def memory_order(array: np.ndarray, like: np.ndarray | None = None) -> np.ndarray:
    """A view of an array in which reading row by row is the order in which PyTorch fills it in place.

    With `like`, a view of that array, of the same shape, in the order that `array` asks for.

    PyTorch walks a tensor the way it lies in memory, the dimension of the largest stride outermost. For a contiguous
    array that is the array itself; for a transposed one, its transpose back.

    >>> grid = np.zeros((2, 3)).T
    >>> view = memory_order(grid)
    >>> view[...] = np.arange(6).reshape(view.shape)
    >>> grid
    array([[0., 3.],
           [1., 4.],
           [2., 5.]])
    """
    order = sorted(range(array.ndim), key=lambda d: -abs(array.strides[d]))  # stable: ties stay as they are
    return (array if like is None else like).transpose(order)


def laid_out_like(array: np.ndarray, draw: Callable[[tuple[int, ...]], np.ndarray], dtype: Any = None) -> np.ndarray:
    """A new array of the shape and the memory layout of `array`, filled from draw(shape) in PyTorch's order.

    What rand_like, dropout and the like do: for a transposed array they draw in the order of its memory, too.

    >>> laid_out_like(np.zeros((2, 3)).T, lambda shape: np.arange(6.0).reshape(shape))
    array([[0., 3.],
           [1., 4.],
           [2., 5.]])
    """
    out = empty_like(array, dtype)
    view = memory_order(out)
    view[...] = draw(view.shape)
    return out
