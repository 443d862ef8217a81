"""Putting whole slices, or single elements, at places along a dimension: what comes later writes over."""

from typing import Any

import numpy as np

from ..errors import OutOfBoundsError, ShapeError
from .dims import dim as dimension
from .index import along, getitem, index_put, select, setitem
from .scattering import array_of, scatter_reduce
from .shape import expand, reshape


def vector(name: str, index: Any, error: type = RuntimeError, *, kind: type = RuntimeError) -> np.ndarray:
    """The array of an index that is a vector, or 0-d, of int64."""
    i = array_of(index)
    if i.dtype != np.int64:
        raise kind(f"{name}: Expected dtype int64 for index, got {i.dtype}")
    if i.ndim > 1:
        raise error(f"{name}: index should be a vector or a scalar, not of shape {i.shape}")
    return i.reshape(-1)


def out_of_bounds(name: str, index: np.ndarray, d: int, size: int, lowest: int = 0) -> None:
    """IndexError for an index beyond a dimension."""
    wrong = index[(index < lowest) | (index >= size)]
    if wrong.size:
        raise OutOfBoundsError(f"{name}: index {wrong[0]} is out of bounds for dimension {d} with size {size}")


def index_reduce(input: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True) -> Any:
    """As `scatter_reduce` of whole slices: source[j] comes to place index[j] of dim (torch.Tensor.index_reduce_).

    >>> import tinygrad_lite as tl
    >>> tl.ones(2).index_reduce(0, tl.tensor([0, 0]), tl.tensor([2.0, 3.0]), "prod")
    tensor([6., 1.])
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"index_reduce: Expected reduce to be one of prod, mean, amax or amin but got {reduce}; for sums there is "
            "index_add"
        )
    d = dimension(dim, input.ndim, "index_reduce")
    i = vector("index_reduce", index, IndexError)
    out_of_bounds("index_reduce", i, d, input.shape[d] if input.ndim else 1)
    check_slices("index_reduce", input, d, i, source, ShapeError)
    wide = np.broadcast_to(i.reshape([-1 if k == d else 1 for k in range(source.ndim)]), source.shape)
    return scatter_reduce(input, d, wide, source, reduce, include_self=include_self)


def check_slices(name: str, input: Any, d: int, index: np.ndarray, source: Any, error: type) -> None:
    """Whether `source` has a slice of the input for each index."""
    if source.dtype != input.dtype:
        raise RuntimeError(
            f"{name}: self and source expected to have the same dtype, but got (self) {input.dtype} and (source) "
            f"{source.dtype}"
        )
    if input.ndim and source.ndim and input.ndim != source.ndim:
        raise error(f"{name}: the dimensionality of source must match: {tuple(source.shape)} into {tuple(input.shape)}")
    if not source.ndim and index.size != 1:
        raise error(f"{name}: When source is scalar, index should have one element (got {index.size})")
    inside, wanted = tuple(source.shape), tuple(input.shape)
    if inside[:d] + inside[d + 1 :] != wanted[:d] + wanted[d + 1 :]:
        raise ShapeError(
            f"{name}: Source/destination tensor must have same slice shapes: {inside} into {wanted} along dim {d}"
        )
    count = source.shape[d] if source.ndim else 1
    if count != index.size:
        raise error(f"{name}: Number of indices ({index.size}) should be equal to source.size(dim) ({count})")


def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """The input, but value at the index along dim: a number or a 0-d tensor (PyTorch's page torch.Tensor.index_fill_).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(3).index_fill(0, tl.tensor([0, 2]), 1.0)
    tensor([1., 0., 1.])
    """
    d = dimension(dim, input.ndim, "index_fill")
    i = vector("index_fill", index, kind=IndexError)
    if getattr(value, "ndim", 0):
        raise RuntimeError(f"index_fill: only supports a 0-dimensional value tensor, but got one of {value.shape}")
    size = input.shape[d] if input.ndim else 1
    out_of_bounds("index_fill", i, d, size, -size)
    if not input.ndim:
        return reshape(setitem(reshape(input, (1,)), i, value), ())
    return setitem(input, along(d, i), value)


def index_copy(input: Any, dim: int, index: Any, source: Any) -> Any:
    """The input, but y[index[j]] = source[j] along dim (PyTorch's page torch.Tensor.index_copy_).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(3).index_copy(0, tl.tensor([2, 0]), tl.tensor([1.0, 5.0]))
    tensor([5., 0., 1.])
    """
    d = dimension(dim, input.ndim, "index_copy")
    i = vector("index_copy", index, IndexError)
    check_slices("index_copy", input, d, i, source, IndexError)
    out_of_bounds("index_copy", i, d, input.shape[d] if input.ndim else 1)
    if not input.ndim:
        return reshape(setitem(reshape(input, (1,)), i, reshape(source, (1,))), ())
    return setitem(input, along(d, i), source if source.ndim else reshape(source, (1,)))


def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """The input, but the elements of source, in order, where the mask is true (torch.Tensor.masked_scatter_).

    The source has at least as many elements as the mask has true ones; input and mask broadcast.

    >>> import tinygrad_lite as tl
    >>> tl.zeros(3).masked_scatter(tl.tensor([True, False, True]), tl.tensor([1.0, 2.0, 3.0]))
    tensor([1., 0., 2.])
    """
    if mask.dtype.kind != "b":
        raise RuntimeError(f"masked_scatter: only supports boolean masks, but got mask with dtype {mask.dtype}")
    if input.dtype != source.dtype:
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got {input.dtype} and {source.dtype}"
        )
    try:
        shape = np.broadcast_shapes(input.shape, mask.shape)
    except ValueError:
        raise ShapeError(f"masked_scatter: {tuple(input.shape)} and {tuple(mask.shape)} do not broadcast") from None
    where = np.broadcast_to(array_of(mask), shape)
    count = int(np.count_nonzero(where))
    if count > array_of(source).size:
        raise RuntimeError(
            f"masked_scatter: Number of elements of source < number of ones in mask: {array_of(source).size} < {count}"
        )
    part = getitem(reshape(source, (-1,)), slice(0, count))
    return reshape(setitem(reshape(expand(input, shape), (-1,)), where.reshape(-1), part), shape)


def select_scatter(input: Any, src: Any, dim: int, index: int) -> Any:
    """The input, but src as the slice `index` of dim (PyTorch's page torch.select_scatter).

    >>> import tinygrad_lite as tl
    >>> tl.select_scatter(tl.zeros(2, 2), tl.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    part = select(array_of(input), dim, index)
    check_part("select_scatter", part, src)
    return setitem(input, along(dimension(dim, input.ndim, "select_scatter"), index), src)


def slice_scatter(
    input: Any, src: Any, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Any:
    """The input, but src at start:end:step of dim (PyTorch's page torch.slice_scatter).

    >>> import tinygrad_lite as tl
    >>> tl.slice_scatter(tl.zeros(4), tl.ones(2), start=1, step=2)
    tensor([0., 1., 0., 1.])
    """
    if step < 1:
        raise RuntimeError(f"slice_scatter: slice step must be positive, not {step}")
    place = along(dimension(dim, input.ndim, "slice_scatter"), slice(start, end, step))
    check_part("slice_scatter", getitem(array_of(input), place), src)
    return setitem(input, place, src)


def check_part(name: str, part: np.ndarray, src: Any) -> None:
    if part.shape != tuple(src.shape):
        raise ShapeError(
            f"{name}: expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size "
            f"= {list(part.shape)}"
        )


def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """The input, but source at an index of its flattened self; added with accumulate (torch.Tensor.put_).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(2, 2).put(tl.tensor([0, -1]), tl.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """
    i = array_of(index)
    if i.dtype != np.int64:
        raise RuntimeError(f"put: Expected a long tensor for index, but got {i.dtype}")
    if source.dtype != input.dtype:
        raise RuntimeError(
            f"put: self and source expected to have the same dtype, but got {input.dtype} and {source.dtype}"
        )
    n = array_of(input).size
    if array_of(source).size != i.size:
        raise IndexError(
            f"put: Expected source and index to have the same number of elements, but got {array_of(source).size} and "
            f"{i.size}"
        )
    wrong = i[(i < -n) | (i >= n)]
    if wrong.size:
        raise IndexError(f"put: out of range: tried to access index {wrong.flat[0]} on a tensor of {n} elements")
    flat = index_put(reshape(input, (-1,)), (i.reshape(-1),), reshape(source, (-1,)), accumulate)
    return reshape(flat, input.shape)
