"""Order statistics: quantiles, and the elements that stand at a place of the order. They carry the derivative back."""

from typing import Any

import numpy as np

from ..operation import constant, result
from ..tape import Variable
from . import extremes
from .arithmetic import lerp
from .axes import movedim
from .choice import kept
from .dims import dim as dimension, whole
from .forms import median
from .found import KthValue, Mode, NanMedian
from .gather import gather, masked_select
from .shape import expand, reshape, squeeze, unsqueeze
from .sorting import argsort, sort

INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def array_of(x: Any) -> Any:
    """The array of a tensor; an array itself."""
    return x.array if isinstance(x, Variable) else x


def quantile(input: Any, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear") -> Any:
    """The number below which the part q of the elements lies, 0 ≤ q ≤ 1 (PyTorch's page torch.quantile).

    Between two neighbours in order the result is interpolated: "linear", "lower", "higher", "midpoint" or "nearest".
    Several q, a vector, give a first dimension of their number. nan where an element is nan.
    RuntimeError for integers, for no elements, and for q outside [0, 1].

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([3.0, 1.0, 2.0, 4.0])
    >>> tl.quantile(x, 0.5), tl.quantile(x, tl.tensor([0.0, 0.25]), interpolation="lower")
    (tensor(2.5000), tensor([1., 1.]))
    """
    return quantiles("quantile", input, q, dim, keepdim, interpolation)


def nanquantile(input: Any, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear") -> Any:
    """`quantile` of the elements that are not nan (PyTorch's page torch.nanquantile).

    >>> import tinygrad_lite as tl
    >>> tl.nanquantile(tl.tensor([3.0, float("nan"), 1.0]), 0.5)
    tensor(2.)
    """
    return quantiles("nanquantile", input, q, dim, keepdim, interpolation)


def quantiles(name: str, input: Any, q: Any, dim: Any, keepdim: bool, interpolation: str) -> Any:
    x, parts = array_of(input), np.asarray(array_of(q))
    if x.dtype not in (np.float32, np.float64):
        raise RuntimeError(f"{name}: input tensor must be either float or double dtype, not {x.dtype}: use .float()")
    if not isinstance(q, (int, float)) and parts.dtype != x.dtype:
        raise RuntimeError(f"{name}: q tensor must be same dtype as the input tensor: {parts.dtype}, not {x.dtype}")
    if parts.ndim > 1:
        raise RuntimeError(f"{name}: q must be a scalar or 1D tensor, not of shape {parts.shape}")
    if not ((parts >= 0) & (parts <= 1)).all():
        raise RuntimeError(f"{name}: q values must be in the range [0, 1], got {parts.tolist()}")
    if not x.size:
        raise RuntimeError(f"{name}: input tensor must be non-empty")
    if interpolation not in INTERPOLATIONS:
        raise RuntimeError(
            f"{name}: interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )
    d = 0 if dim is None else dimension(dim, x.ndim, name)
    rows = reshape(input, (-1,)) if dim is None or not x.ndim else movedim(input, d, -1)
    values = sort(rows).values
    n, nans = rows.shape[-1], np.isnan(array_of(rows))
    q = reshape(q, (-1,)) if isinstance(q, Variable) else parts.astype(x.dtype).reshape(-1)
    if name == "nanquantile":
        rank = q * np.maximum(n - 1 - nans.sum(-1, keepdims=True), 0).astype(x.dtype)
    else:
        rank = q * np.asarray(n - 1, x.dtype)
        rank = expand(rank, (*nans.shape[:-1], *rank.shape))
        if nans.any():  # the last in order is nan then
            rank = kept(rank, ~nans.any(-1, keepdims=True)) + nans.any(-1, keepdims=True) * np.asarray(n - 1, x.dtype)
    y = between(values, rank, interpolation)
    y = movedim(y, -1, 0)  # q comes first
    if keepdim:
        y = reshape(y, (y.shape[0], *[1] * x.ndim)) if dim is None or not x.ndim else unsqueeze(y, d + 1)
    return y if parts.ndim else squeeze(y, 0)


def between(values: Any, rank: Any, interpolation: str) -> Any:
    """The values at ranks that need not be whole."""
    ranks = array_of(rank)
    if interpolation in ("lower", "higher", "nearest"):
        ranks = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}[interpolation](ranks)
    below = ranks.astype(np.int64)
    y = gather(values, -1, below)
    if interpolation not in ("linear", "midpoint"):
        return y
    above = gather(values, -1, np.ceil(ranks).astype(np.int64))
    return lerp(y, above, 0.5 if interpolation == "midpoint" else rank - below.astype(ranks.dtype))


def found(kind: Any, input: Any, index: np.ndarray, d: int, keepdim: bool) -> Any:
    """The elements at an index that has the dimension d with size 1, and that index."""
    places = result(index) if isinstance(input, Variable) else index
    values = gather(input, d, index)
    if keepdim or not index.ndim:
        return kind(values, places)
    return kind(squeeze(values, d), squeeze(places, d))


def nth(name: str, input: Any, dim: Any) -> tuple:
    """The array, the dimension, and the order along it."""
    x = array_of(input)
    d = dimension(dim, x.ndim, name)
    extremes.refuse_empty(name, x.shape, (d,) if x.ndim else (), d)
    return x, d, argsort(x, d)


def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> KthValue:
    """The k-th smallest element along dim, k from 1, and its place (PyTorch's page torch.kthvalue).

    >>> import tinygrad_lite as tl
    >>> tl.kthvalue(tl.tensor([3.0, 1.0, 2.0]), 2)
    torch.return_types.kthvalue(
    values=tensor(2.),
    indices=tensor(2))
    """
    k = whole(k, "kthvalue", "k")
    x, d, order = nth("kthvalue", input, dim)
    if not 1 <= k <= (x.shape[d] if x.ndim else 1):
        raise RuntimeError(f"kthvalue: selected number k out of range for dimension {dim} of {x.shape}: {k}")
    return found(KthValue, input, order if not x.ndim else order.take([k - 1], d), d, keepdim)


@constant
def most_frequent(input, dim):
    """y = the place of the most frequent element along dim; of equally frequent ones, the smallest element's"""
    rows = np.moveaxis(input, dim, -1)
    order = np.argsort(rows, -1, kind="stable")
    ordered = np.take_along_axis(rows, order, -1)
    place = np.arange(rows.shape[-1])
    starts = np.zeros(rows.shape, np.int64)
    starts[..., 1:] = np.where(ordered[..., 1:] != ordered[..., :-1], place[1:], 0)
    run = place - np.maximum.accumulate(starts, -1)  # how many equal ones came before
    last = run.argmax(-1)[..., None]
    return np.moveaxis(np.take_along_axis(order, last, -1), -1, dim)


def mode(input: Any, dim: int = -1, keepdim: bool = False) -> Mode:
    """The most frequent element along dim, and the last place where it is (PyTorch's page torch.mode).

    Of equally frequent elements the smallest.

    >>> import tinygrad_lite as tl
    >>> tl.mode(tl.tensor([3.0, 1.0, 3.0, 2.0])).values
    tensor(3.)
    """
    x = array_of(input)
    d = dimension(dim, x.ndim, "mode")
    extremes.refuse_empty("mode", x.shape, (d,) if x.ndim else (), d)
    return found(Mode, input, most_frequent(x, d) if x.ndim else np.zeros((), np.int64), d, keepdim)


def nanmedian(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """`median` of the elements that are not nan (PyTorch's page torch.nanmedian).

    >>> import tinygrad_lite as tl
    >>> tl.nanmedian(tl.tensor([3.0, float("nan"), 1.0, 2.0]))
    tensor(2.)
    """
    x = array_of(input)
    if dim is None:
        return median(masked_select(input, ~np.isnan(x)) if x.dtype.kind == "f" else input)
    x, d, order = nth("nanmedian", input, dim)
    if not x.ndim:
        return found(NanMedian, input, order, d, keepdim)
    count = x.shape[d] - np.isnan(x).sum(d, keepdims=True)
    return found(NanMedian, input, np.take_along_axis(order, np.maximum(count - 1, 0) // 2, d), d, keepdim)


def msort(input: Any) -> Any:
    """The elements in order along the first dimension (PyTorch's page torch.msort).

    >>> import tinygrad_lite as tl
    >>> tl.msort(tl.tensor([[2, 1], [0, 3]]))
    tensor([[0, 1],
            [2, 3]])
    """
    return sort(input, 0).values
