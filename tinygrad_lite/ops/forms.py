"""Functions that PyTorch writes in several forms: each looks at its arguments and calls the operation that is meant."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..operation import result
from ..tape import Variable
from . import choice, extremes
from .arithmetic import div
from .dims import dim as dimension
from .gather import nonzero
from .rounding import div_floor, div_trunc


class Found(NamedTuple):
    """What max, min and median along a dimension return: the elements, and their places along it."""

    values: Any
    indices: Any


class Max(Found):
    """The largest elements and their places; prints as PyTorch's torch.return_types.max."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"torch.return_types.max(\nvalues={self.values!r},\nindices={self.indices!r})"


class Min(Found):
    """The smallest elements and their places."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"torch.return_types.min(\nvalues={self.values!r},\nindices={self.indices!r})"


class Median(Found):
    """The middle elements and their places."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"torch.return_types.median(\nvalues={self.values!r},\nindices={self.indices!r})"


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


def aminmax(input: Any, *, dim: Any = None, keepdim: bool = False) -> tuple:
    """The smallest and the largest element (PyTorch's page torch.aminmax)."""
    dim = () if dim is None else dim
    return extremes.amin(input, dim, keepdim), extremes.amax(input, dim, keepdim)


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
