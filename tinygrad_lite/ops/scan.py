"""Running sums and products along a dimension."""

import numpy as np

from ..dtypes import as_dtype
from ..operation import to_dtype, unary
from .axes import flip
from .dims import dim as dimension
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


def doubling(x, dim, *, dtype=None):
    """The running product in multiplications alone, log₂ n of them: right in every derivative, zeros or not."""
    if dtype is not None:
        x = to_dtype(x, as_dtype(dtype))
    if not len(x.shape):
        return x * 1
    d = dimension(dim, len(x.shape), "cumprod")
    n, step = x.shape[d], 1

    def part(first, last):
        return (*[slice(None)] * d, slice(first, last))

    while step < n:
        x = cat([x[part(0, step)], x[part(step, n)] * x[part(0, n - step)]], d)
        step *= 2
    return x


@unary(fuses=doubling)
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
