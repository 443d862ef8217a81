"""What an index means: PyTorch's reading of x[index], in two steps that NumPy takes.

First the basic part (ints, slices, None, ...) gives a view, then the advanced part (arrays of ints or bools) gives a
copy of that view's elements. NumPy alone would read an int beside an array as an array of one: x[0, :, [1, 2]] then
has its dimensions in another order than in PyTorch.
"""

import warnings
from typing import Any

import numpy as np
from numpy import ndarray

from ..errors import OutOfBoundsError, ShapeError
from ..kernels.scatter import add_at
from ..tape import Variable

EVERYTHING = slice(None)
_BASIC = frozenset({int, slice, type(None), type(Ellipsis)})
_KINDS = "getitem: only integers, slices (`:`), ellipsis (`...`), None and tensors or lists of int or bool are indices"


class Places(tuple):
    """An index that is already read: (basic, advanced), each None or an index that NumPy takes."""

    __slots__ = ()


def read(index: Any, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """The basic and the advanced part of an index into a tensor of this shape; None for a part that does nothing."""
    kind = index.__class__
    if kind is int:
        return (index, Ellipsis), None  # with an Ellipsis NumPy returns a view, never a scalar
    if kind is Places:
        return index
    if kind is tuple:
        items = index
    elif kind is list and _is_tuple(index):
        warnings.warn(
            "a list of sequences is read as a tuple of indices, as PyTorch does; write x[tuple(index)], or "
            "x[tensor(index)] for one index with several dimensions",
            UserWarning,
            stacklevel=4,
        )
        items = tuple(index)
    else:
        items = (index,)
    for item in items:
        if item.__class__ not in _BASIC:
            return _separate(items, shape)
        if item.__class__ is slice and item.step is not None:
            _check_step(item)
    return (items if Ellipsis in items else (*items, Ellipsis)), None


def _is_tuple(index: list) -> bool:
    """Whether a list stands for a tuple of indices."""
    kinds = (Variable, ndarray, list, tuple, range, slice, type(None))
    return len(index) < 32 and any(isinstance(i, kinds) for i in index)


def _check_step(item: slice) -> None:
    if item.step is not None and item.step <= 0:
        raise ValueError(f"getitem: slice step must be greater than zero, got {item.step}; flip() reverses")


def _separate(items: tuple, shape: tuple[int, ...]) -> tuple[Any, Any]:
    """The two parts of an index that has more than ints, slices, None and Ellipsis in it."""
    items = tuple([item if item.__class__ in _BASIC else _as_index(item) for item in items])
    taken = sum([_dims_taken(item) for item in items])
    if taken > len(shape):
        raise too_many(shape)
    basic: list = []
    advanced: list = []
    d = 0  # of the tensor
    for item in items:
        if isinstance(item, ndarray):
            if item.ndim == 0:  # x[True]: a new dimension of size 1, or 0
                basic.append(None)
                advanced.append(item.reshape(1))
                continue
            if item.dtype.kind == "b" and shape[d : d + item.ndim] != item.shape:
                raise IndexError(
                    f"getitem: the shape of the mask {list(item.shape)} at index {d} does not match the shape of the "
                    f"indexed tensor {list(shape)}"
                )
            basic += [EVERYTHING] * _dims_taken(item)
            advanced.append(item)
        elif item is Ellipsis:
            basic.append(Ellipsis)
            advanced += [EVERYTHING] * (len(shape) - taken)
            d += len(shape) - taken
        else:
            if item.__class__ is slice:
                _check_step(item)
            basic.append(item)
            if item.__class__ is not int:
                advanced.append(EVERYTHING)
        d += _dims_taken(item)
    if not any(isinstance(item, ndarray) for item in advanced):
        return (tuple(basic) if Ellipsis in basic else (*basic, Ellipsis)), None
    plain = all(item is Ellipsis or item == EVERYTHING for item in basic)
    if not plain and Ellipsis not in basic:
        basic.append(Ellipsis)
    return None if plain else tuple(basic), tuple(advanced)


def _dims_taken(item: Any) -> int:
    """How many dimensions of the tensor an index uses up."""
    if isinstance(item, ndarray):
        return item.ndim if item.dtype.kind == "b" else 1
    return 0 if item is None or item is Ellipsis else 1


def _as_index(item: Any) -> Any:
    """An array of ints or bools, or an int, from whatever else PyTorch takes as an index."""
    if isinstance(item, Variable):
        item = item.array
    elif isinstance(item, (list, tuple, range)):
        item = np.asarray([np.asarray(i.array if isinstance(i, Variable) else i) for i in item])
        if not item.size:
            item = item.astype(np.intp)
    elif isinstance(item, (bool, np.bool_)):
        return np.asarray(item)
    elif not isinstance(item, ndarray):
        try:
            return item.__index__()
        except (AttributeError, TypeError):
            kind = TypeError if isinstance(item, str) else IndexError
            raise kind(f"{_KINDS}, not {type(item).__name__}") from None
    if item.dtype.kind not in "iub":
        raise IndexError(f"getitem: tensors used as indices must be of ints or bools, not {item.dtype}")
    if item.dtype == np.uint8 and item.ndim:
        warnings.warn("a uint8 index is read as a mask, as PyTorch does; write mask.bool()", UserWarning, stacklevel=6)
        return item.astype(bool)
    if item.ndim == 0 and item.dtype.kind != "b":
        return int(item)
    return item


def too_many(shape: tuple[int, ...]) -> IndexError:
    if not shape:
        return IndexError("getitem: invalid index of a 0-dim tensor. Use tensor.item() to get its number")
    return IndexError(f"getitem: too many indices for tensor of dimension {len(shape)}, {shape}")


def explained(error: Exception, shape: tuple[int, ...]) -> Exception:
    """NumPy's complaint about an index in PyTorch's words."""
    text = str(error)
    if text.startswith("too many"):
        return too_many(shape)
    if text.startswith("cannot do a non-empty take"):
        return OutOfBoundsError(f"getitem: a tensor of shape {shape} has no elements to take")
    return OutOfBoundsError(f"getitem: {text.replace('axis', 'dimension')}; the tensor has shape {shape}")


def taken(x: ndarray, basic: Any, advanced: Any) -> ndarray:
    """The elements of x at an index: a view if there is no advanced part, else a row-major copy."""
    try:
        part = x if basic is None else x[basic]
        if advanced is None:
            return part
        first = advanced[0]
        if len(advanced) == 1 and first.dtype.kind != "b":
            return part.take(first, 0)  # twice as fast as part[first]
        return np.ascontiguousarray(part[advanced])
    except IndexError as error:
        raise explained(error, x.shape) from None


def write(x: ndarray, basic: Any, advanced: Any, value: Any) -> None:
    """x[index] = value, in place."""
    try:
        part = x if basic is None else x[basic]
        place = ... if advanced is None else advanced
        try:
            part[place] = value
        except (ValueError, TypeError):
            shape = np.shape(value)
            leading = next((i for i, n in enumerate(shape) if n != 1), len(shape))
            if not leading:
                raise
            part[place] = np.reshape(value, shape[leading:])  # dimensions of size 1 in front do not count
    except IndexError as error:
        raise explained(error, x.shape) from None
    except (ValueError, TypeError):  # a TypeError of a mask whose elements are given in several dimensions
        part = taken(x, basic, advanced)
        raise ShapeError(
            f"setitem: shape mismatch: value tensor of shape {list(np.shape(value))} cannot be broadcast to indexing "
            f"result of shape {list(part.shape)}"
        ) from None


def spread(g: ndarray, shape: tuple[int, ...], basic: Any, advanced: Any) -> ndarray:
    """Zeros of a shape, with Σ g at the places of an index."""
    if basic is None:
        return add_at(shape, advanced, g)
    out = np.zeros(shape, g.dtype)
    part = out[basic]
    part[...] = g if advanced is None else add_at(part.shape, advanced, g)
    return out
