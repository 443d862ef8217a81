"""Running sums, products and extremes along a dimension."""

from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..operation import constant, to_dtype, unary
from .axes import flip
from .dims import dim as dimension
from .exponential import logaddexp
from .found import CumMax, CumMin
from .gather import gather
from .join import cat

INT64 = np.dtype("int64")


def scanned(before, dtype):
    """The dtype of the result: the one asked for, else the input's, else int64 for integers and bools."""
    return as_dtype(dtype) if dtype is not None else before if before.kind == "f" else INT64


@unary(linear=True)
def cumsum(x, dim, *, dtype=None):
    """yᵢ = Σ_{j≤i} xⱼ        dyᵢ = Σ_{j≤i} dxⱼ

    Along a dimension. Integers and bools are summed as int64. PyTorch's page torch.cumsum.

    >>> import tinygrad_lite as tl
    >>> tl.cumsum(tl.tensor([1.0, 2.0, 3.0]), 0)
    tensor([1., 3., 6.])
    """
    d, before = dimension(dim, x.ndim, "cumsum"), x.dtype
    if not x.ndim:
        return x.astype(scanned(before, dtype)), lambda g: to_dtype(g, before)
    y = np.add.accumulate(x, d, scanned(before, dtype))
    if y.dtype is before:
        return y, lambda g: flip(cumsum(flip(g, d), d), d)
    return y, lambda g: to_dtype(flip(cumsum(flip(g, d), d), d), before)


def doubling(combine, x, d):
    """The running x₀∘x₁∘…∘xᵢ of an associative operation, in log₂ n steps of whole arrays."""
    n, step = x.shape[d], 1

    def part(first, last):
        return (*[slice(None)] * d, slice(first, last))

    while step < n:
        x = cat([x[part(0, step)], combine(x[part(step, n)], x[part(0, n - step)])], d)
        step *= 2
    return x


def products(x, dim, *, dtype=None):
    """The running product in multiplications alone: right in every derivative, zeros or not."""
    if dtype is not None:
        x = to_dtype(x, as_dtype(dtype))
    if not len(x.shape):
        return x * 1
    return doubling(lambda a, b: a * b, x, dimension(dim, len(x.shape), "cumprod"))


@unary(fuses=products)
def cumprod(x, dim, *, dtype=None):
    """yᵢ = Π_{j≤i} xⱼ        dyᵢ = Σ_{j≤i} (Π_{k≤i, k≠j} xₖ) dxⱼ

    Along a dimension. Integers and bools are multiplied as int64. Zeros are right in every derivative. PyTorch's page
    torch.cumprod.

    >>> import tinygrad_lite as tl
    >>> tl.cumprod(tl.tensor([1.0, 2.0, 3.0]), 0)
    tensor([1., 2., 6.])
    """
    d, before = dimension(dim, x.ndim, "cumprod"), x.dtype
    z = x.astype(scanned(before, dtype), copy=False)
    y = np.multiply.accumulate(z, d) if x.ndim else z.copy()

    def pullback(g):
        if not x.ndim:
            return g.astype(before)
        if np.all(y):
            return (running(g * y, d) / z).astype(before, copy=False)
        return np.moveaxis(backwards(*(np.moveaxis(a, d, 0) for a in (g, y, z))), 0, d).astype(before, copy=False)

    return y, pullback


def running(x, d):
    """Σ_{j≥i} xⱼ"""
    return np.flip(np.add.accumulate(np.flip(x, d), d), d)


def backwards(g, y, x):
    """The derivative by a recurrence without division, for products with zeros: s_i = g_i + x_{i+1} s_{i+1}."""
    dx = np.empty(np.broadcast_shapes(g.shape, x.shape), x.dtype)
    s = np.zeros(x.shape[1:], x.dtype)
    for i in range(len(x) - 1, -1, -1):
        s = g[i] + x[i + 1] * s if i + 1 < len(x) else g[i]
        dx[i] = s * y[i - 1] if i else s
    return dx


def exponential_sums(x, dim):
    """The running ln Σ eˣ by logaddexp alone."""
    if not len(x.shape):
        return x * 1
    return doubling(logaddexp, x, dimension(dim, len(x.shape), "logcumsumexp"))


@unary(fuses=exponential_sums)
def logcumsumexp(x, dim):
    """yᵢ = ln Σ_{j≤i} e^xⱼ        dyᵢ = Σ_{j≤i} e^(xⱼ − yᵢ) dxⱼ

    Along a dimension; no exponential overflows. PyTorch's page torch.logcumsumexp.

    >>> import tinygrad_lite as tl
    >>> tl.logcumsumexp(tl.tensor([0.0, 0.0, 1000.0]), 0)
    tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])
    """
    if x.dtype.kind != "f":
        raise NotImplementedError(f"logcumsumexp: not implemented for {x.dtype}; convert with .float() first")
    d = dimension(dim, x.ndim, "logcumsumexp")
    if not x.ndim:
        return x.copy(), lambda g: g
    y = np.logaddexp.accumulate(x, d)

    def pullback(g):
        # e^(xⱼ + ln Σ_{i≥j} gᵢ e^−yᵢ): the positive and the negative gᵢ apart, in logarithms; ln 0 = −∞ is meant
        with np.errstate(divide="ignore", invalid="ignore"):
            g, u, v = (np.flip(a, d).astype(np.float64) for a in (g, x, y))
            up, down = (np.logaddexp.accumulate(np.log(np.maximum(s * g, 0)) - v, d) + u for s in (1, -1))
            return np.flip(np.exp(up) - np.exp(down), d).astype(x.dtype)

    return y, pullback


@constant
def places_so_far(input, dim, largest):
    """yᵢ = the place of the largest (or smallest) of x₀ … xᵢ along dim, the last of equals; of nan, if there is one"""
    if not input.ndim:
        return np.zeros((), np.int64)
    best = (np.maximum if largest else np.minimum).accumulate(input, dim)
    place = np.arange(input.shape[dim]).reshape([-1 if i == dim else 1 for i in range(input.ndim)])
    return np.maximum.accumulate(np.where((input == best) | (input != input), place, 0), dim)


def cummax(input: Any, dim: int) -> CumMax:
    """The largest element up to each along dim, and its place: the last of equals (PyTorch's page torch.cummax).

    >>> import tinygrad_lite as tl
    >>> tl.cummax(tl.tensor([1.0, 3.0, 2.0]), 0)
    torch.return_types.cummax(
    values=tensor([1., 3., 3.]),
    indices=tensor([0, 1, 1]))
    """
    d = dimension(dim, input.ndim, "cummax")
    index = places_so_far(input, d, True)
    return CumMax(gather(input, d, index), index)


def cummin(input: Any, dim: int) -> CumMin:
    """The smallest element up to each along dim, and its place: the last of equals (PyTorch's page torch.cummin).

    >>> import tinygrad_lite as tl
    >>> tl.cummin(tl.tensor([3.0, 1.0, 2.0]), 0).values
    tensor([3., 1., 1.])
    """
    d = dimension(dim, input.ndim, "cummin")
    index = places_so_far(input, d, False)
    return CumMin(gather(input, d, index), index)
