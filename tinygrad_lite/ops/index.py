"""Indices: the elements of a tensor at given places, and tensors with given elements at places.

Each way of taking has its transpose: what `getitem` takes, `scattered` puts back, adding where a place comes twice.
"""

from math import prod
from typing import Any

import numpy as np

from ..arguments import also
from ..errors import OutOfBoundsError, ShapeError
from ..kernels.scatter import add_at
from ..operation import nary, to_dtype, unary
from ..pieces import Pieces
from ..tape import Variable
from .arithmetic import same
from .dims import dim as as_dimension, whole
from .places import EVERYTHING, Places, read, spread, taken, write
from .shape import expand, reshape, sum_to


@unary(linear=True, view=True)
def getitem(x, index):
    """y = x[index]        dx = dy at the index, added where a place comes twice

    Ints, slices, None and ... share the memory of x; tensors or lists of ints, and masks, copy. IndexError if an index
    is out of range (PyTorch's page "Tensor Indexing API").

    >>> import tinygrad_lite as tl
    >>> x = tl.arange(6).reshape(2, 3)
    >>> x[1, 1:], x[:, [0, 0]].tolist(), x[x > 3]
    (tensor([4, 5]), [[0, 0], [3, 3]], tensor([4, 5]))
    """
    shape = x.shape
    basic, advanced = read(index, shape)
    return taken(x, basic, advanced), lambda g: put_back(g, shape, basic, advanced)


def put_back(g: Any, shape: tuple[int, ...], basic: Any, advanced: Any) -> Any:
    """The pullback of `getitem`: a piece of the derivative where that is enough."""
    if advanced is None and not isinstance(g, Variable) and g.size < prod(shape):
        return Pieces(shape, basic, g)
    return scattered(g, shape, basic, advanced)


@unary(linear=True)
def scattered(x, shape, basic, advanced):
    """y[index] = Σ x, 0 elsewhere        dx = dy[index]

    The transpose of `getitem`: y has the given shape; the index comes as its two parts (see places.py).
    """
    return spread(x, shape, basic, advanced), lambda g: getitem(g, Places((basic, advanced)))


@nary(linear=True)
def setitem(input, index, value):
    """y = input, but y[index] = value        dy = d input, but dy[index] = d value

    The value is broadcast to input[index]: RuntimeError if it cannot be. This is `x[index] = value` as a function.
    """
    basic, advanced = read(index, input.shape)
    y = np.array(input, order="C")  # also of a NumPy scalar, as derivatives may be
    write(y, basic, advanced, value)
    shape, dtype = np.shape(value), getattr(value, "dtype", input.dtype)

    def to_value(g):
        part = getitem(g, Places((basic, advanced)))
        if len(shape) > part.ndim:  # a value with further dimensions of size 1 in front
            part = reshape(sum_to(part, shape[len(shape) - part.ndim :]), shape)
        return part if part.dtype == dtype else to_dtype(part, dtype)

    return y, lambda g: setitem(g, Places((basic, advanced)), 0), None, to_value


def index_put(input: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    """The input with input[indices] = values, or += values with `accumulate` (PyTorch's page torch.index_put).

    With `accumulate` a place that comes twice gets both values; without, one of them.

    >>> import tinygrad_lite as tl
    >>> i = tl.tensor([1, 1])
    >>> tl.index_put(tl.zeros(3), (i,), tl.ones(2), accumulate=True)
    tensor([0., 2., 0.])
    """
    index = tuple(indices)
    if values.dtype != input.dtype:
        raise RuntimeError(
            f"index_put: requires the source and destination dtypes match, got {input.dtype} for the destination and "
            f"{values.dtype} for the source"
        )
    if not accumulate:
        return setitem(input, index, values)
    place = Places(read(index, input.shape))
    there = getitem(input, place)
    return input + scattered(expand(values, there.shape), tuple(input.shape), *place)


_UNSIGNED = {np.dtype(f"int{bits}"): np.dtype(f"uint{bits}") for bits in (8, 16, 32, 64)}


def check_index(name: str, index: Any, size: int, d: int) -> None:
    """Refuse an index tensor that is not of ints from 0 to size − 1."""
    dtype: Any = getattr(index, "dtype", type(index))
    unsigned = _UNSIGNED.get(dtype)
    if unsigned is None:
        raise RuntimeError(f"{name}: expected dtype int32/int64 for index, got {dtype}")
    if index.size and index.view(unsigned).max() >= size:  # read as unsigned, a negative number is a large one
        wrong = index[(index < 0) | (index >= size)].flat[0]
        raise OutOfBoundsError(f"{name}: index {wrong} is out of bounds for dimension {d} with size {size}")


@nary(linear=True)
def index_select(input, dim, index):
    """y = input at the index along dim        dx = dy there, added where a place comes twice

    The index is a vector of ints ≥ 0 (PyTorch's page torch.index_select).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1, 2], [3, 4]]).index_select(1, tl.tensor([1, 1]))
    tensor([[2, 2],
            [4, 4]])
    """
    shape = input.shape
    d = as_dimension(dim, len(shape), "index_select")
    if not isinstance(index, np.ndarray):
        raise TypeError(f"index_select: index must be a tensor, not {type(index).__name__}")
    if index.ndim > 1:
        raise IndexError(f"index_select: index is supposed to be a vector, not of shape {index.shape}")
    check_index("index_select", index, shape[d] if shape else 1, d)
    if not shape:
        if index.size != 1:
            raise RuntimeError(f"index_select: a 0-d tensor takes one index, not {index.size}")
        return input.copy(), same, None, None
    places = (EVERYTHING,) * d + (index.reshape(-1),)
    return input.take(places[-1], d), lambda g: scattered(g, shape, None, places), None, None


@nary(linear=True)
def index_add(input, dim, index, source, *, alpha=1):
    """y = input, but y[index] += α·source along dim        dy = d input + α d source at the index

    A place that comes twice gets both (PyTorch's page torch.Tensor.index_add_).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(2).index_add(0, tl.tensor([1, 1]), tl.tensor([1.0, 2.0]))
    tensor([0., 3.])
    """
    shape = input.shape
    d = as_dimension(dim, len(shape), "index_add")
    if index.ndim > 1:
        raise IndexError(f"index_add: index is supposed to be a vector, not of shape {index.shape}")
    check_index("index_add", index, shape[d] if shape else 1, d)
    places = (EVERYTHING,) * d + (index.reshape(-1),)
    expected = (*shape[:d], index.size, *shape[d + 1 :]) if shape else source.shape
    if source.shape != expected:
        raise ShapeError(
            f"index_add: {shape}, dim {dim}, index {index.shape}: the source must have the shape {expected}, "
            f"not {source.shape}"
        )
    if source.dtype != input.dtype:
        raise RuntimeError(
            f"index_add: self ({input.dtype}) and source ({source.dtype}) must have the same scalar type"
        )
    whole = shape or (1,)
    y = input + add_at(whole, places, source.reshape(expected or (1,)) * input.dtype.type(alpha)).reshape(shape)
    inside = source.shape

    def to_source(g):
        part = getitem(g.reshape(whole), Places((None, places))).reshape(inside)
        return part if alpha == 1 else part * alpha

    return y, same, None, None, to_source


def take(input: Any, index: Any) -> Any:
    """The flattened input at an index of any shape (PyTorch's page torch.take).

    >>> import tinygrad_lite as tl
    >>> tl.take(tl.tensor([[1, 2], [3, 4]]), tl.tensor([0, -1]))
    tensor([1, 4])
    """
    if not isinstance(index, (Variable, np.ndarray)):
        raise TypeError(f"take: index must be a tensor, not {type(index).__name__}")
    dtype: Any = getattr(index, "dtype", None)
    if dtype != np.int64:
        raise RuntimeError(f"take: Expected a long tensor for index, but got {dtype}; convert it with .long()")
    return getitem(reshape(input, (-1,)), index)


def along(d: int, part: Any) -> tuple:
    """The index that takes `part` of dimension d and everything of those before."""
    return (*(EVERYTHING,) * d, part)


def narrow(input: Any, dim: int, start: Any, length: int) -> Any:
    """`length` elements from `start` along dim, on the same memory (PyTorch's page torch.narrow).

    >>> import tinygrad_lite as tl
    >>> tl.arange(5).narrow(0, 1, 3)
    tensor([1, 2, 3])
    """
    shape = input.shape
    if not shape:
        raise RuntimeError("narrow: cannot be applied to a 0-dim tensor")
    d, first = as_dimension(dim, len(shape), "narrow"), whole(start, "narrow", "start")
    length = whole(length, "narrow", "length")
    if length < 0:
        raise RuntimeError(f"narrow: length must be non-negative, got {length}")
    n = shape[d]
    if not -n <= first <= n:
        raise IndexError(f"narrow: start out of range (expected to be in range of [{-n}, {n}], but got {first})")
    first += n if first < 0 else 0
    if first + length > n:
        raise ShapeError(f"narrow: start ({first}) + length ({length}) exceeds dimension size ({n})")
    return getitem(input, along(d, slice(first, first + length)))


def select(input: Any, dim: int, index: Any) -> Any:
    """One element along dim, which disappears; on the same memory (PyTorch's page torch.select).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1, 2], [3, 4]]).select(1, 0)
    tensor([1, 3])
    """
    shape = input.shape
    if not shape:
        raise IndexError("select: cannot be applied to a 0-dim tensor")
    d, i = as_dimension(dim, len(shape), "select"), whole(index, "select", "index")
    if not -shape[d] <= i < shape[d]:
        raise IndexError(f"select: index {i} out of range for tensor of size {list(shape)} at dimension {d}")
    return getitem(input, along(d, i))


@also(input="tensor", split_size="split_size_or_sections")
def split(tensor: Any, split_size_or_sections: Any, dim: int = 0) -> tuple:
    """Parts of a size, the last one maybe smaller, or of the sizes in a list; views (PyTorch's page torch.split).

    >>> import tinygrad_lite as tl
    >>> tl.arange(5).split(2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    shape = tensor.shape
    if not shape:
        raise RuntimeError("split: expects at least a 1-dimensional tensor")
    d = as_dimension(dim, len(shape), "split")
    n = shape[d]
    if isinstance(split_size_or_sections, (tuple, list)):
        sections = [whole(s, "split", "split_size") for s in split_size_or_sections]
        if sum(sections) != n or min(sections, default=0) < 0:
            raise ShapeError(
                f"split: expects split_sizes to sum exactly to {n} (input tensor's size at dimension {d}), but got "
                f"split_sizes={sections}"
            )
    else:
        size = whole(split_size_or_sections, "split", "split_size")
        if size < 0 or size == 0 < n:
            raise RuntimeError(f"split: split_size must be positive for a dimension of size {n}, but got {size}")
        sections = [min(size, n - first) for first in range(0, n, size)] if n else [0]
    parts, first = [], 0
    for length in sections:
        parts.append(getitem(tensor, along(d, slice(first, first + length))))
        first += length
    return tuple(parts)


def chunk(input: Any, chunks: int, dim: int = 0) -> tuple:
    """At most `chunks` parts of equal size, the last one maybe smaller; views (PyTorch's page torch.chunk).

    >>> import tinygrad_lite as tl
    >>> tl.arange(5).chunk(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    chunks = whole(chunks, "chunk", "chunks")
    if chunks <= 0:
        raise RuntimeError(f"chunk: expects `chunks` to be greater than 0, got: {chunks}")
    if not input.ndim:
        raise RuntimeError("chunk: expects at least a 1-dimensional tensor")
    n = input.shape[as_dimension(dim, input.ndim, "chunk")]
    return split(input, -(-n // chunks) if n else [0] * chunks, dim)


def unbind(input: Any, dim: int = 0) -> tuple:
    """The elements along dim as a tuple of views (PyTorch's page torch.unbind).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1, 2], [3, 4]]).unbind(1)
    (tensor([1, 3]), tensor([2, 4]))
    """
    if not input.ndim:
        raise IndexError(f"unbind: dimension specified as {dim} but tensor has no dimensions")
    d = as_dimension(dim, input.ndim, "unbind")
    return tuple([getitem(input, along(d, i)) for i in range(input.shape[d])])
