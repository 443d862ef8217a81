"""Windows onto the memory in which a tensor lies: of any shape, with any strides."""

from typing import Any

import numpy as np

from .. import operation
from ..errors import ShapeError
from ..operation import unary
from ..tape import Variable
from ..writes import owner
from .index import scattered, setitem, take
from .shape import clone, reshape


def as_strided(input: Any, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
    """y[i, j, …] = the element number offset + i·stride₀ + j·stride₁ + … of the memory (torch.as_strided).

    The value shares the memory; by default it begins where the input does. Where windows overlap, derivatives add up;
    memory that the input does not show has no derivative. RuntimeError for a window that reaches beyond the memory.

    >>> import tinygrad_lite as tl
    >>> tl.arange(5).as_strided((3, 3), (1, 1))
    tensor([[0, 1, 2],
            [1, 2, 3],
            [2, 3, 4]])
    """
    x = input.array if isinstance(input, Variable) else input
    offset = begin(x) if storage_offset is None else int(storage_offset)
    seen = window(x, tuple(size), tuple(stride), offset)
    if not isinstance(input, Variable):
        return seen
    places = None if input.node is None else elements(x, seen.shape, stride, offset)
    y = shown(input, seen, places)
    if operation.mode() and input.array.size:
        whole = elements(x, seen.shape, stride, offset) if places is None else places
        if (whole >= 0).all():
            operation.link_view(y, input, lambda base: reshape(take(base, _index(base, whole)), whole.shape))
        elif input.node is not None:
            y.array.flags.writeable = False  # the tape could not follow a write into what the input does not show
    return y


def as_strided_scatter(input: Any, src: Any, size: Any, stride: Any, storage_offset: int | None = None) -> Any:
    """A copy of the input in whose memory `as_strided` would show src (PyTorch's page torch.as_strided_scatter).

    >>> import tinygrad_lite as tl
    >>> tl.as_strided_scatter(tl.zeros(2, 2), tl.tensor([1.0, 2.0]), (2,), (3,))
    tensor([[1., 0.],
            [0., 2.]])
    """
    whole = clone(input)
    x = whole.array
    offset = begin(x) if storage_offset is None else int(storage_offset)
    seen = window(x, tuple(size), tuple(stride), offset)
    if tuple(src.shape) != seen.shape:
        raise ShapeError(
            "as_strided_scatter: expected src to have a size equal to the slice of self. "
            f"src size = {list(src.shape)}, slice size = {list(seen.shape)}"
        )
    places = elements(x, seen.shape, stride, offset).reshape(-1)
    return reshape(setitem(reshape(whole, (-1,)), places, reshape(src, (-1,))), tuple(x.shape))


@unary(linear=True)
def shown(x, seen, places):
    """y = a window onto the memory of x        dx = dy where x is seen, added where it is seen twice"""
    n, shape = x.size, x.shape
    return seen, lambda g: scattered(g, (n + 1,), None, (places,))[:n].reshape(shape)  # the last: what x does not show


def window(x: np.ndarray, size: tuple, stride: tuple, offset: int) -> np.ndarray:
    """The window as an array on the same memory."""
    if len(size) != len(stride):
        raise ShapeError(f"as_strided: mismatch in length of strides and shape: {list(size)} and {list(stride)}")
    if min(stride, default=0) < 0 or offset < 0 or min(size, default=0) < 0:
        raise RuntimeError(
            f"as_strided: Negative strides, sizes and offsets are not supported: size={list(size)}, "
            f"stride={list(stride)}, storage_offset={offset}"
        )
    memory = owner(x)
    flat = memory.ravel("K")
    there = memory.nbytes // x.itemsize
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if (0 not in size and last >= there) or not (flat is memory or flat.base is memory):
        raise RuntimeError(
            f"as_strided: sizes {list(size)}, strides {list(stride)}, storage offset {offset} are out of bounds for a "
            f"memory of {there} elements"
        )
    offset = 0 if 0 in size else offset
    return np.ndarray(size, x.dtype, flat, offset * x.itemsize, tuple(step * x.itemsize for step in stride))


def elements(x: np.ndarray, size: tuple, stride: Any, offset: int) -> np.ndarray:
    """For each element of the window its number in x, as x is read; −1 for memory that x does not show."""
    memory = np.full(max(owner(x).nbytes // x.itemsize, 1), -1)
    own = tuple(step // x.itemsize for step in x.strides)
    memory[positions(x.shape, own, begin(x))] = np.arange(x.size).reshape(x.shape)
    return np.asarray(memory[positions(size, tuple(stride), offset)])


def positions(size: tuple, stride: tuple, offset: int) -> np.ndarray:
    """The places in memory, counted in elements, of an array with these sizes and strides."""
    places = np.full(size, offset)
    for dim, (n, step) in enumerate(zip(size, stride, strict=True)):
        places += (np.arange(n) * step).reshape(-1, *[1] * (len(size) - dim - 1))
    return places


def begin(x: np.ndarray) -> int:
    """How many elements of its memory lie before the first one of x (PyTorch's Tensor.storage_offset)."""
    return (x.ctypes.data - owner(x).ctypes.data) // x.itemsize


def _index(base: Any, places: np.ndarray) -> Any:
    return operation.result(places) if isinstance(base, Variable) else places
