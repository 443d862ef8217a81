"""Largest, smallest and middle elements, and where they are. The derivative goes to those elements."""

from typing import Any

import numpy as np

from ..kernels.sums import SHORT, extreme
from ..operation import constant, unary
from .choice import kept
from .dims import dim as dimension
from .reduce import reduced, with_dims


def refuse_empty(name: str, shape: tuple, dims: tuple, dim: Any = ()) -> None:
    """There is no largest of no numbers. dims: the dimensions to reduce, from the dim that the caller gave."""
    if 0 not in shape:
        return
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        raise (IndexError if name.startswith("arg") else RuntimeError)(
            f"{name}: Expected reduction dim to be specified for input.numel() == 0. "
            "Specify the reduction dim with the 'dim' argument."
        )
    for d in dims:
        if shape[d] == 0:
            raise IndexError(f"{name}: Expected reduction dim {d} to have non-zero size.")


def shared(g, x, y, dims):
    """g, divided evenly among the elements of x that are equal to y (or are the nan that y is)."""
    top = with_dims(y, x.shape, dims)
    mask = (x == top) | (x != x)
    count = mask.sum(dims, keepdims=True)
    g = with_dims(g, x.shape, dims)
    if count.size and count.max() > 1:
        g = g * (1 / np.maximum(count, 1)).astype(x.dtype)
    return kept(g, mask)


@unary(linear=True)
def amax(x, dim=(), keepdim=False):
    """y = max x        dy = the mean of dx where x = y

    Over all dimensions, one, or several; equal largest elements share the derivative evenly. PyTorch's page torch.amax.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([1.0, 3.0, 3.0], requires_grad=True)
    >>> x.amax().backward()
    >>> x.grad
    tensor([0.0000, 0.5000, 0.5000])
    """
    dims = reduced(dim, x.ndim, "amax")
    refuse_empty("amax", x.shape, dims, dim)
    y = np.asarray(np.maximum.reduce(x, dims, keepdims=keepdim))
    return y, lambda g: shared(g, x, y, dims)


@unary(linear=True)
def amin(x, dim=(), keepdim=False):
    """y = min x        dy = the mean of dx where x = y

    Over all dimensions, one, or several; equal smallest elements share the derivative evenly. PyTorch's page
    torch.amin.
    """
    dims = reduced(dim, x.ndim, "amin")
    refuse_empty("amin", x.shape, dims, dim)
    y = np.asarray(np.minimum.reduce(x, dims, keepdims=keepdim))
    return y, lambda g: shared(g, x, y, dims)


def sent(g, shape, index, d):
    """g at an index along a dimension, 0 elsewhere."""
    if not shape:
        return g
    numbers = np.arange(shape[d]).reshape([-1 if i == d else 1 for i in range(len(shape))])
    return kept(with_dims(g, shape, (d,)), with_dims(index, shape, (d,)) == numbers)


@unary(linear=True)
def max(x, index, dim, keepdim=False):
    """y = the largest x along a dimension        dy = dx at its index"""
    shape = x.shape
    return extreme(np.maximum, x, dim, keepdim), lambda g: sent(g, shape, index, dim)


@unary(linear=True)
def min(x, index, dim, keepdim=False):
    """y = the smallest x along a dimension        dy = dx at its index"""
    shape = x.shape
    return extreme(np.minimum, x, dim, keepdim), lambda g: sent(g, shape, index, dim)


@unary(linear=True)
def median(x, index=None, dim=None, keepdim=False):
    """y = the middle x; of an even number, the lower        dy = dx at its index

    Of all elements, equal ones share the derivative evenly. nan if any element is, and for no elements.
    """
    shape, dims = x.shape, tuple(range(x.ndim))
    if dim is not None:
        y = np.take_along_axis(x, with_dims(index, shape, (dim,)), dim) if shape else x.copy()
        return y if keepdim or not shape else y.squeeze(dim), lambda g: sent(g, shape, index, dim)
    middle = (x.size - 1) // 2
    if x.size:
        ordered = np.partition(x, sorted({middle, x.size - 1}), None)
        y = np.asarray(ordered[middle] if ordered[-1] == ordered[-1] else ordered[-1])  # nan is sorted to the end
    else:
        y = np.full((), np.nan, x.dtype)
    return y, lambda g: shared(g, x, y, dims)


def best(find: Any, name: str, x: np.ndarray, d: int) -> np.ndarray:
    """The index of the largest or smallest along a dimension."""
    if not x.ndim:
        return np.zeros((), np.int64)
    refuse_empty(name, x.shape, (d,), d)
    if x.size > 1024 and d == x.ndim - 1 and x.ndim > 1 and x.shape[d] < SHORT:
        return find(x.reshape(-1, x.shape[d]).T.copy(), 0).reshape(x.shape[:-1])  # few long rows, not many short
    return np.asarray(find(x, d))


def middle(x: np.ndarray, d: int) -> np.ndarray:
    """The index of the median along a dimension; of the first nan if there is one."""
    if not x.ndim:
        return np.zeros((), np.int64)
    refuse_empty("median", x.shape, (d,), d)
    index = np.take(np.argsort(x, d, kind="stable"), (x.shape[d] - 1) // 2, d)
    nans = np.isnan(x)
    return np.where(nans.any(d), nans.argmax(d), index)


def place(find: Any, name: str, x: np.ndarray, dim: Any, keepdim: bool) -> np.ndarray:
    if x.dtype.kind == "b":
        raise RuntimeError(f"{name}: does not support bool input")
    if dim is None:
        refuse_empty(name, x.shape, tuple(range(x.ndim)), dim)
        y = np.asarray(find(x))
        return y.reshape([1] * x.ndim) if keepdim else y
    d = dimension(dim, x.ndim, name)
    y = best(find, name, x, d)
    return with_dims(y, x.shape, (d,)) if keepdim else y


@constant
def argmax(input, dim=None, keepdim=False):
    """y = the index of the largest element

    Of the flattened tensor, or along a dimension; the first of equals; nan counts as the largest. PyTorch's page
    torch.argmax.

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1.0, 3.0], [4.0, 2.0]]).argmax(1)
    tensor([1, 0])
    """
    return place(np.ndarray.argmax, "argmax", input, dim, keepdim)


@constant
def argmin(input, dim=None, keepdim=False):
    """y = the index of the smallest element

    Of the flattened tensor, or along a dimension; the first of equals; nan counts as the smallest. PyTorch's page
    torch.argmin.
    """
    return place(np.ndarray.argmin, "argmin", input, dim, keepdim)
