"""Functions that PyTorch writes in several forms: each looks at its arguments and calls the operation that is meant."""

from functools import partial
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..errors import ShapeError
from ..operation import constant, result
from ..tape import Variable
from . import choice, extremes
from .arithmetic import add, div, mul, sub
from .dims import dim as dimension
from .found import Max, Median, Min, MinMax
from .gather import nonzero
from .rounding import div_floor, div_trunc
from .shape import view as reshaped_view

LARGEST = partial(extremes.best, np.ndarray.argmax, "max")
SMALLEST = partial(extremes.best, np.ndarray.argmin, "min")


def along(name: str, input: Any, dim: Any, keepdim: bool, find: Any, operation: Any) -> tuple:
    """The elements that `find` finds along a dimension, and their index."""
    x = input.array if isinstance(input, Variable) else input
    d = dimension(dim, x.ndim, name)
    index = find(x, d)
    values = operation(input, index, d, keepdim)
    if keepdim and x.ndim:
        index = np.expand_dims(index, d)
    return values, result(index) if isinstance(input, Variable) else index


def max(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The largest element; or along a dimension, with the places; or of two tensors (PyTorch's page torch.max).

    max(x)          the largest of all elements; equal ones share the derivative evenly
    max(x, dim)     (values, indices) along a dimension: the first of equals, to which the derivative goes
    max(x, other)   maximum(x, other), element by element

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([[1.0, 3.0], [4.0, 2.0]])
    >>> tl.max(x)
    tensor(4.)
    >>> tl.max(x, 1)
    torch.return_types.max(
    values=tensor([3., 4.]),
    indices=tensor([1, 0]))
    """
    if other is not None or isinstance(dim, (Variable, np.ndarray)):
        return choice.maximum(input, dim if other is None else other)
    if dim is None:
        return extremes.amax(input)
    return Max(*along("max", input, dim, keepdim, LARGEST, extremes.max))


def min(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The smallest element; or along a dimension, with the places; or of two tensors (PyTorch's page torch.min).

    The three forms of `max`.

    >>> import tinygrad_lite as tl
    >>> values, indices = tl.tensor([[1.0, 3.0], [4.0, 2.0]]).min(dim=0)
    >>> values, indices
    (tensor([1., 2.]), tensor([0, 1]))
    """
    if other is not None or isinstance(dim, (Variable, np.ndarray)):
        return choice.minimum(input, dim if other is None else other)
    if dim is None:
        return extremes.amin(input)
    return Min(*along("min", input, dim, keepdim, SMALLEST, extremes.min))


def median(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The middle element, of an even number the lower; or along a dimension, with the places (torch.median).

    >>> import tinygrad_lite as tl
    >>> tl.median(tl.tensor([1.0, 4.0, 2.0, 3.0]))
    tensor(2.)
    """
    if dim is None:
        return extremes.median(input)
    return Median(*along("median", input, dim, keepdim, extremes.middle, extremes.median))


def aminmax(input: Any, *, dim: Any = None, keepdim: bool = False) -> MinMax:
    """The smallest and the largest element (PyTorch's page torch.aminmax)."""
    dim = () if dim is None else dim
    return MinMax(extremes.amin(input, dim, keepdim), extremes.amax(input, dim, keepdim))


def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """`input` where the condition holds, `other` elsewhere; alone, the places where it holds (torch.where).

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([-1.0, 2.0])
    >>> tl.where(x > 0, x, 0.1 * x)
    tensor([-0.1000,  2.0000])
    >>> tl.where(x > 0)
    (tensor([1]),)
    """
    if input is None and other is None:
        return nonzero(condition, as_tuple=True)
    if input is None or other is None:
        raise TypeError("where: takes a condition alone, or a condition, input and other")
    return choice.where(condition, input, other)


def divide(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """input / other; with rounding_mode "floor" rounded down, with "trunc" towards 0 (PyTorch's page torch.div).

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([-7.0, 7.0])
    >>> tl.div(x, 2), tl.div(x, 2, rounding_mode="floor"), tl.div(x, 2, rounding_mode="trunc")
    (tensor([-3.5000,  3.5000]), tensor([-4.,  3.]), tensor([-3.,  3.]))
    """
    if rounding_mode is None:
        return div(input, other)
    if rounding_mode == "floor":
        return div_floor(input, other)
    if rounding_mode == "trunc":
        return div_trunc(input, other)
    raise RuntimeError(
        f"div: expected rounding_mode to be one of None, 'trunc', or 'floor' but found {rounding_mode!r}"
    )


def times(name: str, alpha: Any, input: Any, other: Any) -> Any:
    """alpha · other, where PyTorch takes such an alpha."""
    kinds = [np.asarray(x.array if isinstance(x, Variable) else x).dtype.kind for x in (input, other)]
    if isinstance(alpha, bool) and set(kinds) != {"b"}:
        raise RuntimeError(f"{name}: Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float) and "f" not in kinds:
        raise RuntimeError(
            f"{name}: For integral input tensors, argument alpha must not be a floating point number, as {alpha} is"
        )
    if set(kinds) == {"b"}:
        alpha = bool(alpha)
    return mul(other, alpha) if isinstance(other, (Variable, np.ndarray)) else other * alpha


def plus(input: Any, other: Any, out: Any = None, *, alpha: Any = 1) -> Any:
    """a + α·b (PyTorch's page torch.add).

    >>> import tinygrad_lite as tl
    >>> tl.add(tl.tensor([1.0, 2.0]), tl.tensor([3.0, 4.0]), alpha=10)
    tensor([31., 42.])
    """
    return add(input, other if alpha.__class__ is int and alpha == 1 else times("add", alpha, input, other), out)


def minus(input: Any, other: Any, out: Any = None, *, alpha: Any = 1) -> Any:
    """a − α·b (PyTorch's page torch.sub).

    >>> import tinygrad_lite as tl
    >>> tl.sub(tl.tensor([1.0, 2.0]), tl.tensor([3.0, 4.0]), alpha=10)
    tensor([-29., -38.])
    """
    return sub(input, other if alpha.__class__ is int and alpha == 1 else times("sub", alpha, input, other), out)


def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """b − α·a (PyTorch's page torch.rsub).

    >>> import tinygrad_lite as tl
    >>> tl.rsub(tl.tensor([1.0, 2.0]), 10)
    tensor([9., 8.])
    """
    return sub(other, input if alpha.__class__ is int and alpha == 1 else times("rsub", alpha, other, input))


def clamp_min(input: Any, min: Any) -> Any:
    """x, and `min` where x is less: clamp(x, min)."""
    return choice.clamp(input, min)


def clamp_max(input: Any, max: Any) -> Any:
    """x, and `max` where x is more: clamp(x, None, max)."""
    return choice.clamp(input, None, max)


@constant
def view_of_bits(input, dtype):
    """y = the bits of x, read as numbers of another dtype"""
    dtype = as_dtype(dtype)
    if not input.ndim and dtype.itemsize != input.itemsize:
        raise RuntimeError(f"view: self.dim() cannot be 0 to view {input.dtype} as {dtype} (different element sizes)")
    try:
        return input.view(dtype)
    except ValueError:
        raise ShapeError(
            f"view: {input.shape} of {input.dtype} as {dtype}: the last dimension must be contiguous, and its bytes "
            f"divisible by {dtype.itemsize}"
        ) from None


def view(input: Any, *sizes: Any, size: Any = None, dtype: Any = None) -> Any:
    """The same memory in another shape, or its bits as another dtype (PyTorch's page torch.Tensor.view).

    view(*sizes)   as `reshape`, but RuntimeError where strides forbid it; one size may be −1
    view(dtype)    the bits read anew, without a derivative; the last dimension grows or shrinks with the size

    >>> import tinygrad_lite as tl
    >>> tl.arange(6).view(3, 2).shape, tl.tensor([1.0]).view(tl.int32)
    (torch.Size([3, 2]), tensor([1065353216], dtype=torch.int32))
    """
    if dtype is None and len(sizes) == 1 and isinstance(sizes[0], (np.dtype, type)):
        dtype = sizes[0]
    return reshaped_view(input, *sizes, size=size) if dtype is None else view_of_bits(input, dtype)
