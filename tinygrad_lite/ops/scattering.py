"""Putting elements at places: what comes to one place is written over, summed, multiplied, averaged or compared."""

from typing import Any

import numpy as np

from ..operation import nary
from ..tape import Variable
from .choice import kept
from .gather import addresses, check_dtypes, picking, scatter as plain_scatter, within
from .index import getitem, setitem
from .reduce import prod
from .shape import reshape

UFUNCS = {"sum": np.add, "mean": np.add, "amax": np.maximum, "amin": np.minimum}


def array_of(x: Any) -> Any:
    """The array of a tensor; an array itself."""
    return x.array if isinstance(x, Variable) else x


def lowest(dtype: np.dtype, sign: int) -> Any:
    """What never wins: the lowest number of a dtype for sign 1, the highest for sign −1."""
    if dtype.kind == "f":
        return -sign * np.inf
    if dtype.kind == "b":
        return sign < 0
    return np.iinfo(dtype).min if sign > 0 else np.iinfo(dtype).max


@nary(linear=True)
def reduced_at(input, dim, index, src, reduce, include_self):
    """y = the sum, mean, max or min of input and the src that come to a place        dy = that of dx and d src

    The derivative of a largest or smallest element is shared evenly among equals.
    """
    at = addresses("scatter_reduce", input, dim, index, src)
    check_dtypes("scatter_reduce", input, src)
    if reduce == "mean" and input.dtype.kind == "b":
        raise NotImplementedError("scatter_reduce: the mean is not implemented for bools; convert with .float() first")
    places, part = at.reshape(-1), src[within(index, src)].reshape(-1)
    y = np.array(input, order="C")
    flat = y.reshape(-1)
    if not include_self:
        flat[places] = 0 if reduce in ("sum", "mean") else lowest(input.dtype, 1 if reduce == "amax" else -1)
    if reduce in ("sum", "mean") and input.dtype.kind == "f":
        flat += np.bincount(places, part, flat.size)  # ten times as fast as np.add.at
    else:
        UFUNCS[reduce].at(flat, places, part)
    pick = picking(at, src)

    def own(g):
        return g if include_self else plain_scatter(g, dim, index, 0)

    if reduce == "sum":
        return y, own, None, None, pick
    if reduce == "mean":
        count = np.maximum(np.bincount(places, minlength=flat.size) + include_self, 1).reshape(input.shape)
        if input.dtype.kind != "f":
            return (y // count).astype(input.dtype), None, None, None, None
        count = count.astype(input.dtype)
        return y / count, lambda g: own(g / count), None, None, lambda g: pick(g / count)

    def share(g):
        """g, divided by the number of equal winners."""
        wins = src[within(index, src)].reshape(-1) == y.reshape(-1)[places]
        count = (input == y).reshape(-1) + np.bincount(places, wins, flat.size)
        return g / np.maximum(count, 1).reshape(input.shape).astype(input.dtype)

    def to_src(g):
        used = np.zeros(src.shape, bool)
        used[within(index, src)] = (src[within(index, src)].reshape(-1) == y.reshape(-1)[places]).reshape(index.shape)
        return kept(pick(share(g)), used)

    return y, lambda g: own(kept(share(g), input == y)), None, None, to_src


def table_of_factors(input: Any, dim: int, index: Any, src: Any, include_self: bool) -> Any:
    """The product of input and the src that come to a place: a table with a row for each place, multiplied row by row.

    Made of operations alone, so that every derivative is right, with any number of zeros.
    """
    x, i, s = array_of(input), array_of(index), array_of(src)
    at = addresses("scatter_reduce", x, dim, i, s).reshape(-1)
    if not at.size:
        return input * 1
    places, row = np.unique(at, return_inverse=True)
    order = np.argsort(row, kind="stable")
    starts = np.searchsorted(row[order], np.arange(places.size))
    column = np.empty_like(row)
    column[order] = np.arange(row.size) - starts[row[order]]
    part = reshape(getitem(src, within(i, s)), (-1,))
    table = setitem(np.ones((places.size, int(column.max()) + 1), x.dtype), (row, column), part)
    flat = reshape(input, (-1,))
    y = prod(table, 1, dtype=x.dtype)
    return reshape(setitem(flat, places, y * getitem(flat, places) if include_self else y), x.shape)


@nary(fuses=table_of_factors)
def multiplied_at(input, dim, index, src, include_self):
    """y = the product of input and the src that come to a place        dy = Σ (the product of the others) d each

    Zeros are right in every derivative.
    """
    at = addresses("scatter_reduce", input, dim, index, src)
    check_dtypes("scatter_reduce", input, src)
    places, part = at.reshape(-1), src[within(index, src)].reshape(-1)
    y = np.array(input, order="C")
    if not include_self:
        y.reshape(-1)[places] = 1
    start = y.reshape(-1).copy()
    np.multiply.at(y.reshape(-1), places, part)

    def others(of, where):
        """The product of the factors at a place, without one of them."""
        zeros = (start == 0) + np.bincount(places, part == 0, start.size)
        whole = np.where(start == 0, 1, start)
        np.multiply.at(whole, places, np.where(part == 0, 1, part))
        zeros, whole = zeros[where], whole[where]
        return np.where(of == 0, whole * (zeros == 1), whole / np.where(of == 0, 1, of) * (zeros == 0))

    def to_input(g):
        d = g * others(start, slice(None)).reshape(input.shape)
        return d if include_self else plain_scatter(d, dim, index, 0)

    def to_src(g):
        d = np.zeros_like(src)
        d[within(index, src)] = (g.reshape(-1)[places] * others(part, places)).reshape(index.shape)
        return d

    return y, to_input, None, None, to_src


def scatter_reduce(input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True) -> Any:
    """The input, and at the index along dim the reduction of what comes there (PyTorch's page torch.scatter_reduce).

    reduce: "sum", "prod", "mean", "amax" or "amin" of the src that come to a place, and of the input's own element
    unless include_self is False. For dim 1 of two, src[i, j] comes to [i, index[i, j]].

    >>> import tinygrad_lite as tl
    >>> x, i, src = tl.zeros(2), tl.tensor([0, 0, 1]), tl.tensor([1.0, 5.0, -3.0])
    >>> x.scatter_reduce(0, i, src, "amax"), x.scatter_reduce(0, i, src, "mean", include_self=False)
    (tensor([5., 0.]), tensor([ 3., -3.]))
    """
    if reduce == "prod":
        return multiplied_at(input, dim, index, src, include_self)
    if reduce not in UFUNCS:
        raise RuntimeError(
            f"scatter_reduce: reduce argument must be either sum, prod, mean, amax or amin, got {reduce}"
        )
    return reduced_at(input, dim, index, src, reduce, include_self)


def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Any:
    """The input, but src at the index along dim (PyTorch's page torch.scatter).

    For dim 1 of two: y[i, index[i, j]] = src[i, j]. src: a tensor no smaller than the index, or a number. reduce="add"
    or "multiply" combines it with the input instead.

    >>> import tinygrad_lite as tl
    >>> tl.zeros(2, 2).scatter(1, tl.tensor([[0], [1]]), 5.0)
    tensor([[5., 0.],
            [0., 5.]])
    """
    src = value if src is None else src
    if reduce is None:
        return plain_scatter(input, dim, index, src)
    if reduce not in ("add", "multiply"):
        raise RuntimeError(f"scatter: reduce argument must be either add or multiply, not {reduce!r}")
    if not isinstance(src, (Variable, np.ndarray)):
        src = np.full(index.shape, src, input.dtype)
    return scatter_reduce(input, dim, index, src, "sum" if reduce == "add" else "prod")
