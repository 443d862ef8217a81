"""The order of dimensions, and of the elements along them: transposes, flips, rolls."""

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..operation import unary
from .arithmetic import same
from .dims import dim as dimension, dims as dimensions, whole
from .shape import as_sizes, clone


@unary(linear=True, view=True)
def transpose(x, dim0, dim1):
    """y = x with two dimensions exchanged        dy = dx with them exchanged

    Shares the memory of x (PyTorch's page torch.transpose).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1, 2], [3, 4]]).transpose(0, 1)
    tensor([[1, 3],
            [2, 4]])
    """
    first, second = dimension(dim0, x.ndim, "transpose"), dimension(dim1, x.ndim, "transpose")
    if not x.ndim:
        return x[...], same
    return x.swapaxes(first, second), lambda g: transpose(g, first, second)


@unary(linear=True, view=True)
def T(x):
    """y = xᵀ        dy = dxᵀ

    All dimensions in reverse order (PyTorch's page torch.Tensor.T).
    """
    return x.T, lambda g: g.T


@unary(linear=True, view=True)
def mT(x):
    """y = xᵀ        dy = dxᵀ

    The transposes of a batch of matrices: the last two dimensions exchanged (PyTorch's page torch.Tensor.mT).
    """
    if x.ndim == 1:
        raise ShapeError(f"mT: {x.shape}: tensor.mT is only supported on matrices or batches of matrices")
    return (x.mT, lambda g: g.mT) if x.ndim else (x[...], same)


def t(input: Any) -> Any:
    """The transpose of a matrix; a vector or a number stays as it is (PyTorch's page torch.t)."""
    if input.ndim > 2:
        raise ShapeError(f"t: expects a tensor with <= 2 dimensions, but self is {input.ndim}D; use .mT or .transpose")
    return T(input)


adjoint = mT  # of real matrices
swapdims = transpose


def swapaxes(input: Any, axis0: int, axis1: int) -> Any:
    """As `transpose` (PyTorch's page torch.swapaxes)."""
    return transpose(input, axis0, axis1)


@unary(linear=True, view=True)
def permute(x, *order, dims=None):
    """y = x with its dimensions in another order        dy = dx in that order

    Dimension i of y is dimension dims[i] of x. Shares the memory of x (PyTorch's page torch.permute).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(2, 3, 4).permute(2, 0, 1).shape
    torch.Size([4, 2, 3])
    """
    wanted = as_sizes("permute", order, dims)
    try:
        return x.transpose(wanted), lambda g: permute(g, inverse(wanted))
    except ValueError:
        if len(wanted) != x.ndim:
            raise ShapeError(f"permute: {x.ndim} dimensions, {x.shape}, but {len(wanted)} in {wanted}") from None
        dimensions(wanted, x.ndim, "permute")
        raise


def inverse(order: tuple[int, ...]) -> list[int]:
    """The permutation that undoes a permutation."""
    back = [0] * len(order)
    for place, d in enumerate(order):
        back[d] = place
    return back


def movedim(input: Any, source: Any, destination: Any) -> Any:
    """Dimensions moved from source to destination, the others in their order (PyTorch's page torch.movedim).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(2, 3, 4).movedim(0, -1).shape
    torch.Size([3, 4, 2])
    """
    n = input.ndim
    source, destination = dimensions(source, n, "movedim"), dimensions(destination, n, "movedim")
    if len(source) != len(destination):
        raise ShapeError(f"movedim: {len(source)} source dimensions {source}, but {len(destination)} destinations")
    order = [d for d in range(n) if d not in source]
    for place, d in sorted(zip(destination, source, strict=True)):
        order.insert(place, d)
    return permute(input, order)


moveaxis = movedim


@unary(linear=True)
def flip(x, *order, dims=None):
    """y = x in reverse order along dims        dy = dx in reverse order

    A copy (PyTorch's page torch.flip).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1, 2], [3, 4]]).flip(0)
    tensor([[3, 4],
            [1, 2]])
    """
    if not order and dims is None:
        raise TypeError('flip: missing 1 required positional argument: "dims"')
    along = dimensions(as_sizes("flip", order, dims), x.ndim, "flip")
    return np.flip(x, along if x.ndim else None).copy(), lambda g: flip(g, along)


def fliplr(input: Any) -> Any:
    """The columns of a matrix in reverse order: flip(input, 1)."""
    if input.ndim < 2:
        raise ShapeError("fliplr: input must be at least 2-d")
    return flip(input, 1)


def flipud(input: Any) -> Any:
    """The rows of a matrix in reverse order: flip(input, 0)."""
    if input.ndim < 1:
        raise ShapeError("flipud: input must be at least 1-d")
    return flip(input, 0)


@unary(linear=True)
def roll(x, shifts, dims=None):
    """y = x moved along dims, around the end        dy = dx moved

    Without dims the flattened tensor is rolled (PyTorch's page torch.roll).

    >>> import tinygrad_lite as tl
    >>> tl.arange(4).roll(1)
    tensor([3, 0, 1, 2])
    """
    steps = tuple(whole(s, "roll", "shifts") for s in (shifts if isinstance(shifts, (tuple, list)) else (shifts,)))
    back = [-s for s in steps]
    if dims is None or (isinstance(dims, (tuple, list)) and not dims):
        if len(steps) != 1:
            raise RuntimeError(f"roll: shifts and dimensions must align: {len(steps)} shifts, no dims")
        return np.roll(x, steps), lambda g: roll(g, back)
    given = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    if len(steps) != len(given):
        raise RuntimeError(f"roll: shifts and dimensions must align: {len(steps)} shifts, {len(given)} dims")
    along = tuple([dimension(d, x.ndim, "roll") for d in given])
    if not x.ndim:
        raise IndexError(f"roll: Dimension specified as {dims} but tensor has no dimensions")
    return np.roll(x, steps, along), lambda g: roll(g, back, along)


def rot90(input: Any, k: int = 1, dims: Any = (0, 1)) -> Any:
    """k quarter turns in the plane of two dimensions, from the first towards the second (PyTorch's page torch.rot90).

    >>> import tinygrad_lite as tl
    >>> tl.rot90(tl.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    if not isinstance(dims, (tuple, list)):
        raise TypeError(f"rot90: dims must be two ints, not {type(dims).__name__}")
    if len(dims) != 2:
        raise RuntimeError(f"rot90: expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise ShapeError(f"rot90: expected total dims >= 2, but got total dims = {input.ndim}")
    first, second = dimensions(tuple(dims), input.ndim, "rot90")
    turns = whole(k, "rot90", "k") % 4
    if turns == 0:
        return clone(input)
    if turns == 2:
        return flip(input, (first, second))
    return flip(transpose(input, first, second), first if turns == 1 else second)
