"""Order: sorted values with the places they came from. The values carry the derivative back to those places."""

from typing import Any

import numpy as np

from ..operation import constant
from .dims import dim as as_dimension, whole
from .found import Sort, TopK
from .gather import gather


@constant
def argsort(input, dim=-1, descending=False, stable=False):
    """y = the places that sort input along dim

    Equal elements keep their order; NaN counts as the largest (PyTorch's page torch.argsort).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([3, 1, 2]).argsort()
    tensor([1, 2, 0])
    """
    d = as_dimension(dim, input.ndim, "argsort")
    if not input.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(input, d, kind="stable")
    backwards = np.argsort(np.flip(input, d), d, kind="stable")  # reversed twice, equal elements keep their order
    return np.ascontiguousarray(input.shape[d] - 1 - np.flip(backwards, d))


def sort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Sort:
    """The elements in order along dim, and the places that they had (PyTorch's page torch.sort).

    >>> import tinygrad_lite as tl
    >>> values, places = tl.tensor([3.0, 1.0, 2.0]).sort(descending=True)
    >>> values, places
    (tensor([3., 2., 1.]), tensor([0, 2, 1]))
    """
    order = argsort(input, dim, descending, stable)
    return Sort(gather(input, dim, order), order)


@constant
def largest_places(input, k, dim=-1, largest=True):
    """y = the places of the k largest (or smallest) elements along dim, in order"""
    d = as_dimension(dim, input.ndim, "topk")
    n = input.shape[d] if input.ndim else 1
    k = whole(k, "topk", "k")
    if not 0 <= k <= n:
        raise RuntimeError(f"topk: selected index k out of range: k is {k}, dimension {dim} has {n} elements")
    if not input.ndim:
        return np.zeros((), np.int64)
    rows = input.swapaxes(d, -1)
    if 0 < 4 * k < n:  # find the k first, then order them: linear in n
        split = n - k if largest else k - 1
        found = np.argpartition(rows, split, -1)[..., n - k :] if largest else np.argpartition(rows, split, -1)[..., :k]
        found = np.sort(found, -1)  # so that equal elements keep their order
        order = np.take_along_axis(found, argsort(np.take_along_axis(rows, found, -1), -1, largest), -1)
    else:
        order = argsort(rows, -1, largest)[..., :k]
    return np.ascontiguousarray(order.swapaxes(d, -1))


def topk(input: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> TopK:
    """The k largest elements along dim, or the smallest, in order, and their places (PyTorch's page torch.topk).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([3.0, 1.0, 2.0]).topk(2).values
    tensor([3., 2.])
    """
    order = largest_places(input, k, dim, largest)
    return TopK(gather(input, dim, order), order)
