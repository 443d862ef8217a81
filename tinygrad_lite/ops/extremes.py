"""Largest, smallest and middle elements, and where they are. The derivative goes to those elements."""

from typing import Any

import numpy as np

from ..kernels.sums import SHORT
from ..operation import constant, unary
from .arithmetic import same
from .choice import kept
from .dims import dim as dimension
from .reduce import reduced, spread, with_dims


def refuse_empty(name: str, shape: tuple, dims: tuple) -> None:
    """There is no largest of no numbers."""
    if 0 not in shape:
        return
    if len(dims) == len(shape):
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
    return kept(spread(g, x.shape, dims), mask)


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
    refuse_empty("amax", x.shape, dims)
    y = np.asarray(np.maximum.reduce(x, dims, None, None, keepdim))
    return y, lambda g: shared(g, x, y, dims)


@unary(linear=True)
def amin(x, dim=(), keepdim=False):
    """y = min x        dy = the mean of dx where x = y

    Over all dimensions, one, or several; equal smallest elements share the derivative evenly. PyTorch's page
    torch.amin.
    """
    dims = reduced(dim, x.ndim, "amin")
    refuse_empty("amin", x.shape, dims)
    y = np.asarray(np.minimum.reduce(x, dims, None, None, keepdim))
    return y, lambda g: shared(g, x, y, dims)


def picked(x, index, dim, keepdim):
    """The elements at an index along a dimension, which it keeps with size 1; the derivative goes back there."""
    shape = x.shape
    if not shape:
        return x.copy(), same
    y = np.take_along_axis(x, index, dim)
    numbers = np.arange(shape[dim]).reshape([-1 if i == dim else 1 for i in range(len(shape))])
    return y if keepdim else y.squeeze(dim), lambda g: kept(spread(g, shape, (dim,)), index == numbers)


@unary(linear=True)
def max(x, index, dim, keepdim=False):
    """y = the largest x along a dimension        dy = dx at its index"""
    return picked(x, index, dim, keepdim)


@unary(linear=True)
def min(x, index, dim, keepdim=False):
    """y = the smallest x along a dimension        dy = dx at its index"""
    return picked(x, index, dim, keepdim)


@unary(linear=True)
def median(x, index=None, dim=None, keepdim=False):
    """y = the middle x; of an even number, the lower        dy = dx at its index

    Of all elements, equal ones share the derivative evenly. nan if any element is, and for no elements.
    """
    if dim is not None:
        return picked(x, index, dim, keepdim)
    n, dims = x.size, tuple(range(x.ndim))
    if n:
        ordered = np.partition(x, sorted({(n - 1) // 2, n - 1}), None)
        y = np.asarray(ordered[-1] if ordered[-1] != ordered[-1] else ordered[(n - 1) // 2])
    else:
        y = np.full((), np.nan, x.dtype)
    return y, lambda g: shared(g, x, y, dims)


def best(find: Any, name: str, x: np.ndarray, d: int) -> np.ndarray:
    """The index of the largest (np.argmax) or smallest along a dimension, which stays with size 1."""
    refuse_empty(name, x.shape, (d,))
    if not x.ndim:
        return np.zeros((), np.int64)
    if d == x.ndim - 1 and x.shape[d] < SHORT and x.ndim > 1 and x.size > 1024:
        return find(x.reshape(-1, x.shape[d]).T.copy(), 0).reshape(*x.shape[:-1], 1)  # few long rows, not many short
    return np.expand_dims(find(x, d), d)


def middle(x: np.ndarray, d: int) -> np.ndarray:
    """The index of the median along a dimension, which stays with size 1; of the first nan if there is one."""
    refuse_empty("median", x.shape, (d,))
    if not x.ndim:
        return np.zeros((), np.int64)
    index = np.take(np.argsort(x, d, kind="stable"), [(x.shape[d] - 1) // 2], d)
    nans = np.isnan(x)
    return np.where(nans.any(d, keepdims=True), np.expand_dims(nans.argmax(d), d), index)


def place(find: Any, name: str, x: np.ndarray, dim: Any, keepdim: bool) -> np.ndarray:
    if x.dtype.kind == "b":
        raise RuntimeError(f"{name}: does not support bool input")
    if dim is None:
        refuse_empty(name, x.shape, tuple(range(x.ndim)))
        y = np.asarray(find(x))
        return y.reshape([1] * x.ndim) if keepdim else y
    d = dimension(dim, x.ndim, name)
    y = best(find, name, x, d)
    return y if keepdim or not x.ndim else y.squeeze(d)


@constant
def argmax(input, dim=None, keepdim=False):
    """y = the index of the largest element

    Of the flattened tensor, or along a dimension; the first of equals; nan counts as the largest. PyTorch's page
    torch.argmax.

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1.0, 3.0], [4.0, 2.0]]).argmax(1)
    tensor([1, 0])
    """
    return place(np.argmax, "argmax", input, dim, keepdim)


@constant
def argmin(input, dim=None, keepdim=False):
    """y = the index of the smallest element

    Of the flattened tensor, or along a dimension; the first of equals; nan counts as the smallest. PyTorch's page
    torch.argmin.
    """
    return place(np.argmin, "argmin", input, dim, keepdim)
