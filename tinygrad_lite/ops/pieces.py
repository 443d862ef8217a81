"""Tensors taken apart, put side by side, and made of one shape: compositions of splits, joins and reshapes."""

from math import prod
from typing import Any

import numpy as np

from ..arguments import also
from ..errors import ShapeError
from ..sizes import Size
from ..tape import Variable
from .dims import dim as dimension, whole
from .index import along, chunk, getitem, narrow, split
from .join import _sequence, hstack, vstack
from .shape import clone, expand, reshape

unsafe_split, unsafe_chunk, row_stack = split, chunk, vstack


PARTS = dict.fromkeys(("indices", "sections", "tensor_indices_or_sections"), "indices_or_sections")


@also(**PARTS)
def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> tuple:
    """A number of parts, as equal as can be, or parts that end before each index (PyTorch's page torch.tensor_split).

    >>> import tinygrad_lite as tl
    >>> tl.tensor_split(tl.arange(5), 2), tl.tensor_split(tl.arange(5), (1, 4))
    ((tensor([0, 1, 2]), tensor([3, 4])), (tensor([0]), tensor([1, 2, 3]), tensor([4])))
    """
    if not input.ndim:
        raise RuntimeError("tensor_split: expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    d = dimension(dim, input.ndim, "tensor_split")
    n = input.shape[d]
    if isinstance(indices_or_sections, Variable):
        indices_or_sections = indices_or_sections.array.tolist()
    if isinstance(indices_or_sections, (tuple, list)):
        ends = [whole(i, "tensor_split", "an index") for i in indices_or_sections]
    else:
        count = whole(indices_or_sections, "tensor_split", "the number of sections")
        if count <= 0:
            raise RuntimeError(f"tensor_split: number of sections must be larger than 0, got {count}")
        ends = [i * (n // count) + min(i, n % count) for i in range(1, count)]
    pairs = zip([0, *ends], [*ends, n], strict=True)
    return tuple([getitem(input, along(d, slice(first, last))) for first, last in pairs])


def split_with_sizes(input: Any, split_sizes: Any, dim: int = 0) -> tuple:
    """Parts of given sizes (PyTorch's page torch.split)."""
    return split(input, list(split_sizes), dim)


def equal_split(name: str, input: Any, parts: Any, dim: int, least: int) -> tuple:
    if input.ndim < least:
        raise RuntimeError(f"{name}: requires a tensor with at least {least} dimension(s), but got {input.ndim}")
    if not isinstance(parts, (tuple, list)) and (parts <= 0 or input.shape[dim] % parts):
        raise RuntimeError(
            f"{name}: attempted to split along dimension {dim}, but the size of the dimension {input.shape[dim]} is "
            f"not divisible by the split_size {parts}"
        )
    return tensor_split(input, parts, dim)


@also(**PARTS)
def hsplit(input: Any, indices_or_sections: Any) -> tuple:
    """Parts along dim 1, of a vector along dim 0 (PyTorch's page torch.hsplit)."""
    return equal_split("hsplit", input, indices_or_sections, 1 if input.ndim > 1 else 0, 1)


@also(**PARTS)
def vsplit(input: Any, indices_or_sections: Any) -> tuple:
    """Parts along dim 0 (PyTorch's page torch.vsplit)."""
    return equal_split("vsplit", input, indices_or_sections, 0, 2)


@also(**PARTS)
def dsplit(input: Any, indices_or_sections: Any) -> tuple:
    """Parts along dim 2 (PyTorch's page torch.dsplit)."""
    return equal_split("dsplit", input, indices_or_sections, 2, 3)


def column_stack(tensors: Any) -> Any:
    """Tensors side by side, vectors and numbers as columns (PyTorch's page torch.column_stack).

    >>> import tinygrad_lite as tl
    >>> tl.column_stack([tl.tensor([1, 2]), tl.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    return hstack([reshape(x, (-1, 1)) if x.ndim < 2 else x for x in _sequence("column_stack", tensors)])


def each(function: Any, tensors: tuple) -> Any:
    """A function of one tensor, or of each of several, which may come in one sequence."""
    if len(tensors) == 1 and not isinstance(tensors[0], (tuple, list)):
        return function(tensors[0])
    return tuple([function(x) for x in (tensors[0] if len(tensors) == 1 else tensors)])


def atleast_1d(*tensors: Any) -> Any:
    """Each tensor with one dimension at least (PyTorch's page torch.atleast_1d).

    >>> import tinygrad_lite as tl
    >>> tl.atleast_1d(tl.tensor(5))
    tensor([5])
    """
    return each(lambda x: x if x.ndim else reshape(x, (1,)), tensors)


def atleast_2d(*tensors: Any) -> Any:
    """Each tensor with two dimensions at least: a vector as a row (PyTorch's page torch.atleast_2d)."""
    return each(lambda x: x if x.ndim > 1 else reshape(x, (1, -1)), tensors)


def atleast_3d(*tensors: Any) -> Any:
    """Each tensor with three dimensions at least: a matrix as (n, m, 1), a vector as (1, n, 1) (torch.atleast_3d)."""

    def three(x: Any) -> Any:
        return x if x.ndim > 2 else reshape(x, (*x.shape, 1) if x.ndim == 2 else (1, -1, 1))

    return each(three, tensors)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that all the shapes broadcast to (PyTorch's page torch.broadcast_shapes).

    >>> import tinygrad_lite as tl
    >>> tl.broadcast_shapes((2, 1), (3,))
    torch.Size([2, 3])
    """
    try:
        return Size(np.broadcast_shapes(*shapes))
    except ValueError:
        raise ShapeError(
            f"broadcast_shapes: the shapes {', '.join(str(shape) for shape in shapes)} do not broadcast together"
        ) from None


def broadcast_tensors(*tensors: Any) -> tuple:
    """The tensors, expanded to their common shape (PyTorch's page torch.broadcast_tensors).

    >>> import tinygrad_lite as tl
    >>> tl.broadcast_tensors(tl.tensor([[1], [2]]), tl.tensor([3, 4]))[0]
    tensor([[1, 1],
            [2, 2]])
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    shape = broadcast_shapes(*[x.shape for x in tensors])
    return tuple([expand(x, shape) for x in tensors])


def narrow_copy(input: Any, dim: int, start: Any, length: int) -> Any:
    """`length` elements from `start` along dim, copied (PyTorch's page torch.Tensor.narrow_copy)."""
    return clone(narrow(input, dim, start, length))


def unravel_index(indices: Any, shape: Any) -> tuple:
    """The index along each dimension of elements numbered in row-major order (PyTorch's page torch.unravel_index).

    >>> import tinygrad_lite as tl
    >>> tl.unravel_index(tl.tensor([5, 2]), (2, 3))
    (tensor([1, 0]), tensor([2, 2]))
    """
    if indices.dtype.kind not in "iu":
        raise TypeError(f"unravel_index: expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = [shape] if isinstance(shape, int) else list(shape)
    if any(size < 0 for size in sizes):
        raise ValueError(f"unravel_index: 'shape' cannot have negative values, but got {tuple(sizes)}")
    steps = [prod(sizes[i + 1 :]) for i in range(len(sizes))]
    return tuple([indices // step % size for step, size in zip(steps, sizes, strict=True)])
