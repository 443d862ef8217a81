"""Counting: how often numbers come, and which there are. None has a derivative."""

from typing import Any, NamedTuple

import numpy as np

from ..errors import ShapeError
from ..operation import constant, result
from ..tape import Variable
from .dims import dim as dimension, whole


class Histogram(NamedTuple):
    """The heights of the bins, and the edges between them."""

    hist: Any
    bin_edges: Any

    def __repr__(self) -> str:
        return f"torch.return_types.histogram(\nhist={self.hist!r},\nbin_edges={self.bin_edges!r})"


@constant
def bincount(input, weights=None, minlength=0):
    """y[k] = how many x = k, or the sum of their weights

    Of a vector of integers ≥ 0; y has at least minlength elements. PyTorch's page torch.bincount.

    >>> import tinygrad_lite as tl
    >>> tl.bincount(tl.tensor([0, 2, 2])), tl.bincount(tl.tensor([0, 2, 2]), tl.tensor([1.0, 2.0, 0.5]))
    (tensor([1, 0, 2]), tensor([1.0000, 0.0000, 2.5000]))
    """
    if input.dtype.kind not in "iu":
        raise RuntimeError(f"bincount: only supports integers, not {input.dtype}")
    minlength = whole(minlength, "bincount", "minlength")
    if minlength < 0:
        raise RuntimeError(f"bincount: minlength should be >= 0, got {minlength}")
    if input.ndim != 1 or (input.size and input.min() < 0):
        raise RuntimeError(f"bincount: only supports 1-d non-negative integral inputs, got one of shape {input.shape}")
    if weights is None or not input.size:
        return np.bincount(input, minlength=minlength).astype(np.int64, copy=False)
    if not isinstance(weights, np.ndarray):
        raise TypeError(f"bincount: weights must be a Tensor, not {type(weights).__name__}")
    if weights.shape != input.shape:
        raise ShapeError(f"bincount: weights should be 1-d and have the same length as input, {weights.shape}")
    y = np.bincount(input, weights, minlength)
    return y.astype(np.float32) if weights.dtype == np.float32 else y.astype(np.float64, copy=False)


def span(name: str, x: np.ndarray, low: float, high: float, margin: float) -> tuple[Any, Any]:
    """The range of a histogram; if its ends are equal, with a margin on both sides."""
    if low == high:
        low, high = low - margin, high + margin
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"{name}: range of [{low}, {high}] is not finite")
    if not low < high:
        raise RuntimeError(f"{name}: max must be larger than min, got the range [{low}, {high}]")
    return x.dtype.type(low), x.dtype.type(high)


def spaced(low: Any, high: Any, count: int) -> np.ndarray:
    """`count` numbers from low to high, counted from the nearer end, as linspace does."""
    place = np.arange(count)
    step = (high - low) / low.dtype.type(count - 1)
    first = low + step * place.astype(low.dtype)
    last = high - step * (count - 1 - place).astype(low.dtype)
    return np.where(place < count // 2, first, last).astype(low.dtype)


def heights(x: np.ndarray, weights: Any, low: Any, high: Any, bins: int, edges: Any, equal: bool) -> np.ndarray:
    """The (weighted) number of elements in each bin; the last one contains its right edge."""
    inside = (x >= low) & (x <= high)
    x, weights = x[inside], None if weights is None else weights[inside]
    if equal:
        place = np.minimum(((x - low) * x.dtype.type(bins) / (high - low)).astype(np.int64), bins - 1)
        if edges is not None:  # rounding may have put it beside its bin
            place += x >= edges[place + 1]
            place -= x < edges[np.minimum(place, bins)]
    else:
        place = edges.searchsorted(x, "right") - 1
    return np.bincount(np.minimum(place, bins - 1), weights, bins)


@constant
def histc(input, bins=100, min=0, max=0):
    """y[k] = how many x are in the k-th of equal bins from min to max

    Elements outside are ignored; min = max = 0 takes the range of the data. PyTorch's page torch.histc.

    >>> import tinygrad_lite as tl
    >>> tl.histc(tl.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    if input.dtype.kind != "f":
        raise RuntimeError(f"histc: not implemented for {input.dtype}; convert with .float() first")
    bins = whole(bins, "histc", "bins")
    if bins <= 0:
        raise RuntimeError(f"histc: bins must be > 0, but got {bins}")
    x = input.reshape(-1)
    if min == max and x.size:
        min, max = x.min(), x.max()
    low, high = span("histc", x, min, max, 1)
    return heights(x, None, low, high, bins, None, True).astype(input.dtype)


def histogram(
    input: Any, bins: Any = 100, *, range: Any = None, weight: Any = None, density: bool = False
) -> Histogram:
    """How many elements are in each bin, and the edges of the bins (PyTorch's page torch.histogram).

    bins     a number of equal bins, or a vector of edges in order; the last bin contains its right edge
    range    the first and the last edge of equal bins; else those of the data
    weight   of each element, of the input's shape
    density  divide by the total and by the widths, so that the integral is 1

    >>> import tinygrad_lite as tl
    >>> tl.histogram(tl.tensor([1.0, 2.0, 1.0]), bins=4, range=(0.0, 3.0)).hist
    tensor([0., 2., 1., 0.])
    """
    x, edges, weights = (a.array if isinstance(a, Variable) else a for a in (input, bins, weight))
    if x.dtype.kind != "f":
        raise RuntimeError(f"histogram: not implemented for {x.dtype}; convert with .float() first")
    if weights is not None and (weights.shape != x.shape or weights.dtype != x.dtype):
        raise RuntimeError(
            "histogram: weight must have the shape and the dtype of the input: "
            f"{weights.shape} {weights.dtype}, {x.shape} {x.dtype}"
        )
    x, weights = x.reshape(-1), None if weights is None else weights.reshape(-1)
    if isinstance(edges, np.ndarray):
        if range is not None:
            raise TypeError("histogram: a range goes with a number of bins, not with their edges")
        if edges.ndim != 1 or not edges.size or edges.dtype != x.dtype:
            raise RuntimeError(
                f"histogram: bin edges are a vector of the input's dtype, not of shape {edges.shape}, {edges.dtype}"
            )
        count = edges.size - 1
    else:
        count = edges
        if count <= 0:
            raise RuntimeError(f"histogram: bins must be > 0, but got {count}")
        low, high = range if range is not None else (x.min(), x.max()) if x.size else (0, 1)
        edges = spaced(*span("histogram", x, low, high, 0.5), count + 1)
    hist = heights(x, weights, edges[0], edges[-1], count, edges, not isinstance(bins, (Variable, np.ndarray))).astype(
        x.dtype
    )
    if density:
        with np.errstate(invalid="ignore"):  # nan where nothing was counted
            hist = hist / hist.sum() / (edges[1:] - edges[:-1])
    parts = (hist, edges.copy())
    return Histogram(*map(result, parts)) if isinstance(input, Variable) else Histogram(*parts)


def answer(input: Any, parts: tuple, wanted: tuple) -> Any:
    """The first of the parts, and those others that are wanted; tensors for a tensor."""
    chosen = [part for part, want in zip(parts, (True, *wanted), strict=True) if want]
    if isinstance(input, Variable):
        chosen = [result(part) for part in chosen]
    return tuple(chosen) if len(chosen) > 1 else chosen[0]


def unique(
    input: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The different elements in order, or the different slices along dim (PyTorch's page torch.unique).

    With return_inverse also the place of each element among them, with return_counts how often each comes. A nan is
    different from every other.

    >>> import tinygrad_lite as tl
    >>> tl.unique(tl.tensor([3, 1, 3]), return_inverse=True, return_counts=True)
    (tensor([1, 3]), tensor([1, 0, 1]), tensor([1, 2]))
    """
    x = input.array if isinstance(input, Variable) else input
    if dim is None:
        values, inverse, counts = np.unique(x, return_inverse=True, return_counts=True, equal_nan=False)
        inverse = inverse.reshape(x.shape)
    else:
        d = dimension(dim, x.ndim, "unique")
        refuse_no_elements("unique", x, d)
        values, inverse, counts = np.unique(x, return_inverse=True, return_counts=True, axis=d if x.ndim else None)
        inverse = inverse.reshape(-1)
    return answer(input, (values, inverse, counts), (return_inverse, return_counts))


def unique_consecutive(
    input: Any, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements, or slices along dim, without those equal to the one before (torch.unique_consecutive).

    >>> import tinygrad_lite as tl
    >>> tl.unique_consecutive(tl.tensor([1, 1, 2, 2, 1]), return_counts=True)
    (tensor([1, 2, 1]), tensor([2, 2, 1]))
    """
    x = input.array if isinstance(input, Variable) else input
    if dim is None:
        rows, d = x.reshape(-1), 0
    else:
        d = dimension(dim, x.ndim, "unique_consecutive")
        refuse_no_elements("unique_consecutive", x, d)
        rows = np.moveaxis(x, d, 0) if x.ndim else x.reshape(1)
    new = np.ones(len(rows), bool)
    new[1:] = (rows[1:] != rows[:-1]).reshape(len(rows) - 1, -1).any(1) if len(rows) > 1 else True
    starts = np.flatnonzero(new)
    values = np.ascontiguousarray(np.moveaxis(rows[starts], 0, d))
    inverse = new.cumsum() - 1
    inverse = inverse.reshape(x.shape) if dim is None else inverse
    counts = np.diff(starts, append=len(rows))
    return answer(input, (values, inverse, counts), (return_inverse, return_counts))


def refuse_no_elements(name: str, x: np.ndarray, d: int) -> None:
    if not x.size and x.ndim and x.shape[d]:
        raise RuntimeError(
            f"{name}: there are 0 sized dimensions in {x.shape}, and they aren't selected, so unique cannot be applied"
        )
