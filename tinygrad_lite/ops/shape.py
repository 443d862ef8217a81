"""Shapes: the same elements under other sizes, repeated along new dimensions, or summed back.

Sizes may be given one by one or as one sequence, as PyTorch takes them: x.view(2, 3), x.view((2, 3)).
"""

from math import prod
from operator import index
from typing import Any

import numpy as np

from ..arguments import also
from ..errors import ShapeError
from ..kernels.broadcast import empty_like, expanded, summed_to
from ..operation import unary
from .arithmetic import same
from .dims import dim as dimension, dims as dimensions


def as_sizes(name: str, given: Any, named: Any = None) -> tuple[int, ...]:
    """The ints of f(2, 3), f((2, 3)) or f(sizes=(2, 3))."""
    if named is not None:
        given = named
    elif len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = given[0]
    try:
        return tuple([n if n.__class__ is int else index(n) for n in given])
    except TypeError:
        raise TypeError(f"{name}: takes ints, or one sequence of ints, not {given}") from None


def invalid(name: str, before: tuple, wanted: tuple) -> ShapeError:
    """Why a tensor cannot have the wanted shape."""
    if any(n < -1 for n in wanted):
        return ShapeError(f"{name}: invalid shape dimension in {wanted}: sizes are ≥ 0, or −1 once")
    if wanted.count(-1) > 1:
        return ShapeError(f"{name}: only one dimension can be inferred, but −1 comes more than once in {wanted}")
    if -1 in wanted and not prod(before) and 0 in wanted:
        return ShapeError(f"{name}: cannot reshape {before} into {wanted}: with no elements, −1 could be any size")
    return ShapeError(
        f"{name}: shape '{list(wanted)}' is invalid for input of size {prod(before)}: {before} has {prod(before)} "
        f"elements, {wanted} {'a multiple of ' if -1 in wanted else ''}{prod(n for n in wanted if n != -1)}"
    )


def reshaped(name: str, x: np.ndarray, wanted: tuple) -> np.ndarray:
    try:
        if wanted and min(wanted) < -1:  # NumPy takes any negative size for −1
            raise ValueError
        return x.reshape(wanted)
    except ValueError:
        raise invalid(name, x.shape, wanted) from None


@unary(linear=True, view=True)
def reshape(x, *sizes, shape=None):
    """y = x in another shape        dy = dx in that shape

    One size may be −1: it is what remains. Shares the memory of x where strides allow it, else copies.
    RuntimeError if the number of elements differs (PyTorch's page torch.reshape).

    >>> import tinygrad_lite as tl
    >>> tl.arange(6).reshape(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    before = x.shape
    return reshaped("reshape", x, as_sizes("reshape", sizes, shape)), lambda g: g.reshape(before)


@unary(linear=True, view=True)
def view(x, *sizes, size=None):
    """y = x in another shape        dy = dx in that shape

    As `reshape`, but always the memory of x: RuntimeError where strides forbid it (PyTorch's page torch.Tensor.view).

    >>> import tinygrad_lite as tl
    >>> tl.arange(6).view(3, 2).shape
    torch.Size([3, 2])
    """
    before = x.shape
    y = reshaped("view", x, as_sizes("view", sizes, size))
    if not x.flags.c_contiguous and y.size and not np.may_share_memory(x, y):
        steps = tuple(step // x.itemsize for step in x.strides)
        raise ShapeError(
            f"view: size {y.shape} is not compatible with input tensor's size {before} and stride {steps}: at least "
            "one dimension spans across two contiguous subspaces. Use .reshape(...) instead, which copies"
        )
    return y, lambda g: g.reshape(before)


def view_as(input: Any, other: Any) -> Any:
    """input.view(other.shape)"""
    return view(input, other.shape)


def reshape_as(input: Any, other: Any) -> Any:
    """input.reshape(other.shape)"""
    return reshape(input, other.shape)


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Dimensions start_dim to end_dim made one (PyTorch's page torch.flatten).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(2, 3, 4).flatten(1).shape
    torch.Size([2, 12])
    """
    shape = input.shape
    first, last = dimension(start_dim, len(shape), "flatten"), dimension(end_dim, len(shape), "flatten")
    if not shape:
        return reshape(input, (1,))
    if first > last:
        raise RuntimeError("flatten: flatten() has invalid args: start_dim cannot come after end_dim")
    return reshape(input, (*shape[:first], prod(shape[first : last + 1]), *shape[last + 1 :]))


def unflatten(input: Any, dim: int, sizes: Any) -> Any:
    """One dimension made several, of the given sizes; one may be −1 (PyTorch's page torch.unflatten).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(2, 12).unflatten(1, (3, -1)).shape
    torch.Size([2, 3, 4])
    """
    shape = input.shape
    d = dimension(dim, len(shape), "unflatten")
    parts = as_sizes("unflatten", tuple(sizes) if isinstance(sizes, (tuple, list)) else (sizes,))
    if not shape:
        raise ShapeError("unflatten: a 0-d tensor has no dimension to unflatten")
    if not parts:
        raise RuntimeError("unflatten: sizes must be non-empty")
    known = prod(n for n in parts if n != -1)
    if parts.count(-1) == 1 and known and shape[d] % known == 0:
        parts = tuple(shape[d] // known if n == -1 else n for n in parts)
    if -1 in parts or prod(parts) != shape[d]:
        raise ShapeError(f"unflatten: {tuple(sizes)} don't multiply up to the size of dim {dim} in {tuple(shape)}")
    return view(input, (*shape[:d], *parts, *shape[d + 1 :]))


@unary(linear=True, view=True)
def squeeze(x, dim=None):
    """y = x without dimensions of size 1        dy = dx without them

    dim: all of them (None), one, or several; those of another size stay (PyTorch's page torch.squeeze).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(1, 2, 1).squeeze(-1).shape
    torch.Size([1, 2])
    """
    before = x.shape
    dropped = dimensions(dim, x.ndim, "squeeze")
    y = x.reshape([n for i, n in enumerate(before) if n != 1 or i not in dropped])
    return y, lambda g: g.reshape(before)


@unary(linear=True, view=True)
def unsqueeze(x, dim):
    """y = x with a new dimension of size 1        dy = dx with it

    dim counts in the result: from −(n+1) to n for n dimensions (PyTorch's page torch.unsqueeze).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(3).unsqueeze(-1).shape
    torch.Size([3, 1])
    """
    before = x.shape
    d = dimension(dim, x.ndim + 1, "unsqueeze")
    return x.reshape(*before[:d], 1, *before[d:]), lambda g: g.reshape(before)


@unary(linear=True, view=True)
def expand(x, *sizes, size=None):
    """y = x repeated along dimensions of size 1        dx = the sum of dy along them

    −1 keeps a size; new dimensions go to the front. Nothing is copied (PyTorch's page torch.Tensor.expand).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1], [2]]).expand(-1, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    wanted = as_sizes("expand", sizes, size)
    if wanted and min(wanted) < 0:
        wanted = filled_in(wanted, x.shape)
    try:
        y = expanded(x, wanted)
    except ValueError:
        y = expanded(x, filled_in(wanted, x.shape))  # says what is wrong
    return y, same  # the backward loop sums a derivative of a larger shape


def filled_in(wanted: tuple[int, ...], before: tuple[int, ...]) -> tuple[int, ...]:
    """The wanted sizes of an expansion with the sizes that were there in place of −1, or why there is none."""
    extra = len(wanted) - len(before)
    if extra < 0:
        raise ShapeError(
            f"expand: {wanted} from {before}: the number of sizes provided ({len(wanted)}) must be greater or equal to "
            f"the number of dimensions in the tensor ({len(before)})"
        )
    if any(n < 0 for n in wanted[:extra]) or any(n < -1 for n in wanted):
        raise ShapeError(f"expand: {before} to {wanted}: −1 isn't allowed in a leading, non-existing dimension")
    shape = (*wanted[:extra], *(m if n == -1 else n for n, m in zip(wanted[extra:], before, strict=True)))
    for n, m in zip(shape[extra:], before, strict=True):
        if n != m != 1:
            raise ShapeError(f"expand: {before} to {wanted}: the size {m} must be {n}, or 1, to be expanded to {n}")
    return shape


def expand_as(input: Any, other: Any) -> Any:
    """input.expand(other.shape)"""
    return expand(input, other.shape)


@also(shape="size")
def broadcast_to(input: Any, *sizes: Any, size: Any = None) -> Any:
    """input.expand(sizes), under NumPy's name"""
    return expand(input, *sizes, size=size)


@unary(linear=True)
def sum_to(x, shape):
    """y = x summed to a shape        dx = dy repeated

    The transpose of `expand`, and what the backward loop does to a derivative that was broadcast.
    """
    before = x.shape
    return summed_to(x, tuple(shape)), lambda g: expand(g, before)


def sum_to_size(input: Any, *sizes: Any, size: Any = None) -> Any:
    """The sum over the dimensions that expanding the result would repeat (PyTorch's page torch.Tensor.sum_to_size).

    >>> import tinygrad_lite as tl
    >>> tl.ones(2, 3).sum_to_size(3)
    tensor([2., 2., 2.])
    """
    before, wanted = tuple(input.shape), as_sizes("sum_to_size", sizes, size)
    pairs = zip(reversed(wanted), reversed(before), strict=False)
    if len(wanted) > len(before) or any(n not in (1, m) for n, m in pairs):
        raise ShapeError(f"sum_to_size: size {list(wanted)} is not expandable to size {list(before)}")
    return sum_to(input, wanted)


@unary(linear=True, view=True)
def contiguous(x, memory_format=None):
    """y = x        dy = dx

    In row-major order in memory: x's own where it is so already, else a copy (PyTorch's page torch.Tensor.contiguous).
    """
    return x[...] if x.flags.c_contiguous else x.copy(), same


@unary(linear=True)
def clone(x, *, memory_format=None):
    """y = x        dy = dx

    Always a copy, with a memory of its own, in x's order (PyTorch's page torch.clone).
    """
    if 0 not in x.strides:
        return x.copy("K"), same
    y = empty_like(x)
    y[...] = x
    return y, same
