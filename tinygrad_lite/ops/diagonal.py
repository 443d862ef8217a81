"""Diagonals and triangles of matrices."""

from functools import lru_cache
from typing import Any

import numpy as np

from ..arrays import check_place
from ..errors import ShapeError
from ..operation import nary, result, unary
from .dims import dim as dimension, whole
from .shape import clone, reshape


@unary(linear=True, view=True)
def diagonal(x, offset=0, dim1=0, dim2=1):
    """y = the diagonal of x        dx = dy on the diagonal, 0 elsewhere

    Of the matrices of dimensions dim1 and dim2, as the last dimension of y; offset > 0 lies above the main one. Shares
    the memory of x (PyTorch's page torch.diagonal).

    >>> import tinygrad_lite as tl
    >>> tl.arange(9).reshape(3, 3).diagonal(1)
    tensor([1, 5])
    """
    shape = x.shape
    row, column = _plane("diagonal", dim1, dim2, x.ndim)
    y = x.diagonal(whole(offset, "diagonal", "offset"), row, column)
    y.flags.writeable = x.flags.writeable  # NumPy makes it read-only
    return y, lambda g: diagonal_scatter(np.zeros(shape, g.dtype), g, offset, row, column)


def _plane(name: str, dim1: int, dim2: int, ndim: int) -> tuple[int, int]:
    row, column = dimension(dim1, ndim, name), dimension(dim2, ndim, name)
    if row == column:
        raise RuntimeError(f"{name}: diagonal dimensions cannot be identical {dim1}, {dim2}")
    return row, column


@nary(linear=True)
def diagonal_scatter(input, src, offset=0, dim1=0, dim2=1):
    """y = input with src as its diagonal        dy = d input off the diagonal, d src on it

    The diagonals are those of `diagonal` (PyTorch's page torch.diagonal_scatter).

    >>> import tinygrad_lite as tl
    >>> tl.diagonal_scatter(tl.zeros(2, 2), tl.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    row, column = _plane("diagonal_scatter", dim1, dim2, input.ndim)
    y = input.copy()
    place = y.diagonal(offset, row, column)
    if place.shape != src.shape:
        raise ShapeError(
            f"diagonal_scatter: expected src to have a size equal to the diagonal's, {place.shape}, got {src.shape}"
        )
    place.flags.writeable = True
    place[...] = src
    zeros, shape = input.dtype.type(0), src.shape
    return (
        y,
        lambda g: diagonal_scatter(g, np.full(shape, zeros), offset, row, column),
        lambda g: diagonal(g, offset, row, column),
    )


def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Matrices with the last dimension of the input as their diagonals (PyTorch's page torch.diag_embed).

    >>> import tinygrad_lite as tl
    >>> tl.diag_embed(tl.tensor([[1, 2], [3, 4]])).shape
    torch.Size([2, 2, 2])
    """
    if not input.ndim:
        dimension(-1, 0, "diag_embed")
        raise ShapeError("diag_embed: needs at least one dimension")
    row, column = _plane("diag_embed", dim1, dim2, input.ndim + 1)
    n = input.shape[-1] + abs(whole(offset, "diag_embed", "offset"))
    batch = iter(input.shape[:-1])
    shape = [n if d in (row, column) else next(batch) for d in range(input.ndim + 1)]
    return diagonal_scatter(np.zeros(shape, input.dtype), input, offset, row, column)


def diag(input: Any, diagonal: int = 0) -> Any:
    """A vector as the diagonal of a matrix; the diagonal of a matrix as a vector (PyTorch's page torch.diag).

    >>> import tinygrad_lite as tl
    >>> tl.diag(tl.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    if input.ndim == 2:
        return clone(_diagonal(input, diagonal))
    raise ShapeError(f"diag: supports 1D or 2D tensors, got {tuple(input.shape)}")


def diagflat(input: Any, offset: int = 0) -> Any:
    """All elements as a diagonal of a matrix (PyTorch's page torch.diagflat).

    >>> import tinygrad_lite as tl
    >>> tl.diagflat(tl.tensor([[1], [2]]))
    tensor([[1, 0],
            [0, 2]])
    """
    return diag_embed(reshape(input, (-1,)), offset)


_diagonal = diagonal


@lru_cache(maxsize=32)
def _below(rows: int, columns: int, diagonal: int) -> np.ndarray:
    """True on and below a diagonal."""
    mask = np.tri(rows, columns, diagonal, dtype=bool)
    mask.flags.writeable = False
    return mask


@unary(linear=True)
def tril(x, diagonal=0):
    """y = x on and below a diagonal, 0 above        dy = dx there

    diagonal > 0 includes that many above the main one. Batches of matrices too (PyTorch's page torch.tril).

    >>> import tinygrad_lite as tl
    >>> tl.ones(2, 2).tril()
    tensor([[1., 0.],
            [1., 1.]])
    """
    if x.ndim < 2:
        raise ShapeError(f"tril: {x.shape}: input tensor must have at least 2 dimensions")
    mask = _below(*x.shape[-2:], whole(diagonal, "tril", "diagonal"))
    return np.where(mask, x, x.dtype.type(0)), lambda g: tril(g, diagonal)


@unary(linear=True)
def triu(x, diagonal=0):
    """y = x on and above a diagonal, 0 below        dy = dx there

    diagonal > 0 leaves that many out. Batches of matrices too (PyTorch's page torch.triu).

    >>> import tinygrad_lite as tl
    >>> tl.ones(2, 2).triu()
    tensor([[1., 1.],
            [0., 1.]])
    """
    if x.ndim < 2:
        raise ShapeError(f"triu: {x.shape}: input tensor must have at least 2 dimensions")
    mask = _below(*x.shape[-2:], whole(diagonal, "triu", "diagonal") - 1)
    return np.where(mask, x.dtype.type(0), x), lambda g: triu(g, diagonal)


@unary(linear=True)
def trace(x):
    """y = Σᵢ xᵢᵢ        dx = dy·1

    Of a matrix, square or not (PyTorch's page torch.trace).

    >>> import tinygrad_lite as tl
    >>> tl.trace(tl.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(5.)
    """
    if x.ndim != 2:
        raise ShapeError(f"trace: expected a matrix, but got {x.shape}")
    identity = np.eye(*x.shape, dtype=x.dtype)
    return np.asarray(x.trace(dtype=np.int64 if x.dtype.kind in "iub" else None)), lambda g: g * identity


def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = np.int64, device: Any = None, **place: Any
) -> Any:
    """The rows and columns, (2, n), of the elements on and below a diagonal (PyTorch's page torch.tril_indices).

    >>> import tinygrad_lite as tl
    >>> tl.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    check_place("tril_indices", device, place)
    return result(np.stack(np.tril_indices(row, offset, col)).astype(dtype, copy=False))


def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = np.int64, device: Any = None, **place: Any
) -> Any:
    """The rows and columns, (2, n), of the elements on and above a diagonal (PyTorch's page torch.triu_indices).

    >>> import tinygrad_lite as tl
    >>> tl.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    check_place("triu_indices", device, place)
    return result(np.stack(np.triu_indices(row, offset, col)).astype(dtype, copy=False))
