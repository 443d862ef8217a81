"""Joining: tensors side by side, and tensors stacked along a new dimension."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from ..dtypes import promote_types
from ..errors import ShapeError
from ..operation import gathered, to_dtype
from ..tape import Variable
from .dims import dim as as_dimension
from .index import along
from .shape import reshape


def _dtype(name: str, tensors: list, error: type) -> np.dtype:
    """The common dtype of tensors to be joined."""
    if not tensors:
        raise error(f"{name}: expected a non-empty list of Tensors")
    try:
        dtype = tensors[0].dtype
        for x in tensors:
            if x.dtype is not dtype:
                dtype = promote_types(dtype, x.dtype)
    except AttributeError:
        i, x = next((i, x) for i, x in enumerate(tensors) if not isinstance(x, ndarray))
        raise TypeError(f"{name}: expected Tensor as element {i}, but got {type(x).__name__}") from None
    return dtype


def _sequence(name: str, tensors: Any) -> Sequence:
    if isinstance(tensors, (Variable, ndarray)):
        raise TypeError(f"{name}: argument 'tensors' must be tuple of Tensors, not one tensor; unbind() splits it")
    return tuple(tensors)


def _part(place: tuple, before: np.dtype, after: np.dtype) -> Any:
    """The pullback of one tensor: the derivative at its place."""
    if before is after:
        return lambda g: g[place]
    return lambda g: to_dtype(g[place], before)


@gathered
def cat(tensors, dim=0):
    """y = the tensors side by side        dy = their dx side by side

    Along an existing dimension; the others are equal, an empty vector is passed over; dtypes are promoted.
    RuntimeError if sizes differ (PyTorch's page torch.cat).

    >>> import tinygrad_lite as tl
    >>> tl.cat([tl.tensor([1, 2]), tl.tensor([3])])
    tensor([1, 2, 3])
    """
    dtype = _dtype("cat", tensors, ValueError)
    parts = tensors
    if (0,) in [x.shape for x in tensors]:
        parts = [x for x in tensors if x.shape != (0,)] or tensors
    try:
        d = as_dimension(dim, parts[0].ndim, "cat") if parts[0].shape != (0,) else 0
    except IndexError as error:
        raise (_unlike(tensors, 0) if () in [x.shape for x in tensors] else error) from None
    try:
        y = np.ascontiguousarray(np.concatenate(parts, d, dtype=dtype))
    except ValueError:
        raise _unlike(tensors, d) from None
    pullbacks, end = [], 0
    for x in tensors:
        if x.ndim == y.ndim:
            start, end = end, end + x.shape[d]
            pullbacks.append(_part(along(d, slice(start, end)), x.dtype, dtype))
        else:
            pullbacks.append(lambda g: g.reshape(-1)[:0])
    return y, pullbacks


concat = concatenate = cat


def _unlike(tensors: list, d: int) -> Exception:
    """Why these tensors cannot be joined along dimension d."""
    shapes = [x.shape for x in tensors]
    for i, shape in enumerate(shapes):
        if not shape:
            return ShapeError(f"cat: zero-dimensional tensor (at position {i}) cannot be concatenated; use stack")
    kept = [(i, shape) for i, shape in enumerate(shapes) if shape != (0,)]
    first = kept[0][1]
    for i, shape in kept:
        if len(shape) != len(first):
            return ShapeError(f"cat: tensors must have same number of dimensions: got {first} and {shape} (tensor {i})")
        for k, (n, m) in enumerate(zip(first, shape, strict=True)):
            if k != d and n != m:
                return ShapeError(
                    f"cat: sizes of tensors must match except in dimension {d}: expected size {n} but got size {m} in "
                    f"dimension {k} for tensor number {i} in the list: {first} and {shape}"
                )
    return ShapeError(f"cat: {shapes} cannot be joined along dimension {d}")


@gathered
def stack(tensors, dim=0):
    """y = the tensors along a new dimension        dy = their dx along it

    All of one shape; dtypes are promoted. RuntimeError if shapes differ (PyTorch's page torch.stack).

    >>> import tinygrad_lite as tl
    >>> tl.stack([tl.tensor([1, 2]), tl.tensor([3, 4])], dim=1)
    tensor([[1, 3],
            [2, 4]])
    """
    dtype = _dtype("stack", tensors, RuntimeError)
    shape = tensors[0].shape
    for i, x in enumerate(tensors):
        if x.shape != shape:
            raise ShapeError(
                f"stack: expects each tensor to be equal size, but got {shape} at entry 0 and {x.shape} at entry {i}"
            )
    d = as_dimension(dim, len(shape) + 1, "stack")
    inner = (*shape[:d], 1, *shape[d:])
    y = np.ascontiguousarray(np.concatenate([x.reshape(inner) for x in tensors], d, dtype=dtype))
    return y, [_part((*along(d, i), Ellipsis), x.dtype, dtype) for i, x in enumerate(tensors)]


def hstack(tensors: Any) -> Any:
    """Tensors side by side: along dim 1, vectors along dim 0 (PyTorch's page torch.hstack)."""
    parts = [reshape(x, (1,)) if not x.ndim else x for x in _sequence("hstack", tensors)]
    return cat(parts, 0 if parts and parts[0].ndim == 1 else 1)


def vstack(tensors: Any) -> Any:
    """Tensors on top of each other: along dim 0, vectors as rows (PyTorch's page torch.vstack)."""
    return cat([reshape(x, (1, -1)) if x.ndim < 2 else x for x in _sequence("vstack", tensors)], 0)


def dstack(tensors: Any) -> Any:
    """Tensors behind each other: along dim 2, matrices as layers (PyTorch's page torch.dstack)."""
    parts = []
    for x in _sequence("dstack", tensors):
        parts.append(reshape(x, (1, -1, 1)) if x.ndim < 2 else reshape(x, (*x.shape, 1)) if x.ndim == 2 else x)
    return cat(parts, 2)
