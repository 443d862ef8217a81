"""Searching: where numbers belong in an order, and whether they are among others. None has a derivative."""

import numpy as np

from ..arguments import also
from ..dtypes import result_type
from ..errors import ShapeError
from ..operation import constant


def sides(name, right, side):
    """Whether the search is for the last place, from PyTorch's two spellings."""
    if side not in (None, "left", "right"):
        raise RuntimeError(f"{name}: side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(f"{name}: side and right can't be set to opposites, got side of left while right was True")
    return "right" if right or side == "right" else "left"


@constant
def searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None):
    """y = how many s < x (or ≤ x, with right) in a sequence in order

    The place where x would be put so that the sequence stays in order. The sequence is a vector, or has one row for
    each row of the input; `sorter` are the places that sort it. RuntimeError if shapes or dtypes do not go together.
    PyTorch's page torch.searchsorted.

    >>> import tinygrad_lite as tl
    >>> s = tl.tensor([1, 3, 5])
    >>> tl.searchsorted(s, tl.tensor([3, 6])), tl.searchsorted(s, tl.tensor([3, 6]), right=True)
    (tensor([1, 3]), tensor([2, 3]))
    """
    where = sides("searchsorted", right, side)
    sequence, x = sorted_sequence, np.asarray(input)
    if not isinstance(input, np.ndarray):
        x = x.astype(result_type(sequence, input))
        if sequence.ndim != 1:
            raise RuntimeError("searchsorted: input value can be a scalar only when boundaries tensor dimension is 1")
    elif x.dtype != sequence.dtype:
        dtype = result_type(sequence, input)
        sequence, x = sequence.astype(dtype), x.astype(dtype)
    if not sequence.ndim:
        raise RuntimeError("searchsorted: boundaries tensor should have positive dimension, but got 0 dimension")
    if sequence.ndim > 1 and sequence.shape[:-1] != x.shape[:-1]:
        raise ShapeError(
            "searchsorted: boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor "
            f"and input value tensor must match, but we got boundaries tensor {list(sequence.shape)} and input value "
            f"tensor {list(x.shape)}"
        )
    if sorter is not None:
        if sorter.shape != sequence.shape:
            raise ShapeError(
                f"searchsorted: boundary and sorter must have the same size, but got {sequence.shape}, {sorter.shape}"
            )
        if sorter.dtype != np.int64:
            raise RuntimeError(f"searchsorted: sorter must be a tensor of long dtype but got dtype {sorter.dtype}")
        if sorter.size and (sorter.min() < 0 or sorter.max() >= sorter.shape[-1]):
            raise IndexError("searchsorted: sorter index out of range")
        sequence = np.take_along_axis(sequence, sorter, -1)
    dtype = np.int32 if out_int32 else np.int64
    if sequence.ndim == 1:
        return np.asarray(sequence.searchsorted(x, where), dtype)
    y = np.empty(x.shape, dtype)
    for row in np.ndindex(x.shape[:-1]):
        y[row] = sequence[row].searchsorted(x[row], where)
    return y


@constant
def bucketize(input, boundaries, *, out_int32=False, right=False):
    """y = how many boundaries < x (or ≤ x, with right)

    The number of the bucket that x is in: boundaries[y − 1] < x ≤ boundaries[y]. PyTorch's page torch.bucketize.

    >>> import tinygrad_lite as tl
    >>> tl.bucketize(tl.tensor([0.5, 1.0, 7.0]), tl.tensor([1.0, 2.0]))
    tensor([0, 0, 2])
    """
    if boundaries.ndim != 1:
        raise RuntimeError(f"bucketize: boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    dtype = result_type(input, boundaries)
    place = boundaries.astype(dtype).searchsorted(np.asarray(input, dtype), "right" if right else "left")
    return np.asarray(place, np.int32 if out_int32 else np.int64)


@also(element="elements", test_element="test_elements")
@constant
def isin(elements, test_elements, *, assume_unique=False, invert=False):
    """y = [x is among the test elements]

    One of the two may be a number; `invert` answers the opposite. PyTorch's page torch.isin.

    >>> import tinygrad_lite as tl
    >>> tl.isin(tl.tensor([1, 2, 3]), tl.tensor([2, 5]))
    tensor([False,  True, False])
    """
    dtype = result_type(elements, test_elements)
    x, tests = np.asarray(elements, dtype), np.asarray(test_elements, dtype)
    return np.asarray(np.isin(x, tests, assume_unique=assume_unique and x.ndim == 1, invert=invert))
