"""Repetition: copies side by side, each element several times, and sliding windows."""

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..kernels.broadcast import strided
from ..operation import result, unary
from ..tape import Variable
from .dims import dim as as_dimension, whole
from .index import index_select
from .shape import as_sizes, expand, reshape, unsqueeze


@unary(linear=True)
def repeat(x, *sizes, repeats=None):
    """y = copies of x side by side        dx = the sum of dy over the copies

    repeats: how many along each dimension; further ones go in front. A copy (PyTorch's page torch.Tensor.repeat).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    before, times = x.shape, as_sizes("repeat", sizes, repeats)
    extra = len(times) - x.ndim
    if extra < 0:
        raise ShapeError(
            f"repeat: {before} by {times}: number of dimensions of repeat dims can not be smaller than number of "
            "dimensions of tensor"
        )
    if any(n < 0 for n in times):
        raise RuntimeError(f"repeat: trying to create tensor with negative dimension: repeats {times}")
    interleaved = [size for pair in zip(times, (1,) * extra + before, strict=True) for size in pair]
    copies = tuple([2 * i for i, n in enumerate(times) if n != 1])

    def pullback(g):
        return (g.reshape(interleaved).sum(copies) if copies else g).reshape(before)

    return np.tile(x, times), pullback


def tile(input: Any, *sizes: Any, dims: Any = None) -> Any:
    """As `repeat`; fewer numbers than dimensions count from the last (PyTorch's page torch.tile)."""
    if not sizes and dims is None:
        raise TypeError('tile: missing 1 required positional argument: "dims"')
    times = as_sizes("tile", sizes, dims)
    return repeat(input, (1,) * (input.ndim - len(times)) + times)


def repeat_interleave(
    input: Any = None, repeats: Any = None, dim: int | None = None, *, output_size: Any = None
) -> Any:
    """Each element along dim several times; of the flattened tensor without dim (torch.repeat_interleave).

    repeats: an int, or a number for each element. With one tensor alone: how often each index comes.

    >>> import tinygrad_lite as tl
    >>> tl.tensor([1, 2]).repeat_interleave(2)
    tensor([1, 1, 2, 2])
    >>> tl.repeat_interleave(tl.tensor([3, 1]))
    tensor([0, 0, 0, 1])
    """
    if repeats is None or input is None:
        input = repeats if input is None else input
        if input.ndim != 1:
            raise RuntimeError(f"repeat_interleave: only accepts a vector as repeats, not {tuple(input.shape)}")
        places = _places(input, input.shape[0])
        return result(places) if isinstance(input, Variable) else places
    if dim is None:
        input, dim = reshape(input, (-1,)), 0
    shape = input.shape
    d = as_dimension(dim, len(shape), "repeat_interleave")
    if not shape:
        raise IndexError(f"repeat_interleave: Dimension specified as {dim} but tensor has no dimensions")
    if not isinstance(repeats, (Variable, np.ndarray)):
        count = whole(repeats, "repeat_interleave", "repeats")
        if count < 0:
            raise RuntimeError(f"repeat_interleave: repeats must be non-negative, got {count}")
        wide = expand(unsqueeze(input, d + 1), (*shape[: d + 1], count, *shape[d + 1 :]))
        return reshape(wide, (*shape[:d], shape[d] * count, *shape[d + 1 :]))
    return index_select(input, d, _places(repeats, shape[d]))


def _places(repeats: Any, n: int) -> np.ndarray:
    """The indices 0 … n−1, each as often as `repeats` says."""
    counts = repeats.array if isinstance(repeats, Variable) else repeats
    if counts.dtype.kind not in "iu" or counts.ndim > 1:
        raise RuntimeError("repeat_interleave: repeats has to be an int or a 0-d or 1-d tensor of ints")
    if counts.size not in (1, n) or (counts < 0).any():
        raise RuntimeError(
            f"repeat_interleave: repeats must be non-negative and have the same size as input along dim, but got "
            f"repeats of shape {counts.shape} for {n} elements"
        )
    return np.repeat(np.arange(n), counts)


@unary(linear=True, view=True)
def unfold(x, dimension, size, step):
    """y = windows on x        dx = the sum of dy over overlapping windows

    Windows of `size` elements along `dimension`, `step` apart; their elements are y's last dimension. Shares the
    memory of x (PyTorch's page torch.Tensor.unfold).

    >>> import tinygrad_lite as tl
    >>> tl.arange(5).unfold(0, 3, 2)
    tensor([[0, 1, 2],
            [2, 3, 4]])
    """
    before = x.shape
    d = _window_checks(before, dimension, size, step)
    if not before:
        x = x[None]
    count = (x.shape[d] - size) // step + 1
    shape = (*x.shape[:d], count, *x.shape[d + 1 :], size)
    steps = (*x.strides[:d], x.strides[d] * step, *x.strides[d + 1 :], x.strides[d])
    y = strided(x, shape, steps) if x.size else np.zeros(shape, x.dtype)
    return (y if before else y.reshape(size)), lambda g: fold_windows(g, before, dimension, size, step)


def _window_checks(shape: tuple, dim: int, size: int, step: int) -> int:
    d = as_dimension(dim, len(shape), "unfold")
    if not 0 <= size <= (shape[d] if shape else 1):
        raise ShapeError(f"unfold: maximum size for tensor at dimension {d} of {shape} is exceeded: size is {size}")
    if step <= 0:
        raise RuntimeError(f"unfold: step is {step} but must be > 0")
    return d


@unary(linear=True)
def fold_windows(x, shape, dimension, size, step):
    """y = the sum of overlapping windows        dx = the windows of dy

    The transpose of `unfold`: y has the given shape, and x[…, i, …, k] is added at i·step + k.
    """
    y = np.zeros(shape, x.dtype)
    d = _window_checks(shape, dimension, size, step)
    whole, windows = (y, x) if shape else (y[None], x[None])
    count = windows.shape[d]
    for k in range(size):
        part = [slice(None)] * whole.ndim
        part[d] = slice(k, k + step * (count - 1) + 1, step)
        whole[tuple(part)] += windows[..., k]
    return y, lambda g: unfold(g, dimension, size, step)
