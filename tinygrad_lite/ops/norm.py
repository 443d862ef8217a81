"""Norms of vectors."""

from math import inf
from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..kernels.sums import squares, total
from ..operation import to_dtype, unary
from .choice import abs
from .extremes import amax, amin
from .reduce import reduced, sum, with_dims


@unary
def vector_norm(x, p=2.0, dim=None, keepdim=False):
    """y = (Σ |x|ᵖ)^(1/p)        dy = Σ (|x|/y)ᵖ⁻¹ sign x dx

    For 0 < p < ∞. The derivative is taken as 0 where x = 0 (p < 2) or y = 0.
    """
    dims = reduced(dim, x.ndim, "norm")
    y = np.sqrt(squares(x, dims, keepdim)) if p == 2 else total(np.abs(x) ** p, dims, keepdim) ** (1 / p)
    return y, lambda g: norm_slope(g, x, y, p, dim)


def norm_slope(g, x, y, p, dim):
    """g (|x|/y)ᵖ⁻¹ sign x, with 1 in the place of a 0 that would be divided by."""
    dims = reduced(dim, x.ndim, "norm")
    y = with_dims(y, x.shape, dims)
    y = y + (y == 0)
    g = with_dims(g, x.shape, dims)
    return x * (g / y) if p == 2 else g * np.sign(x) * ((abs(x) + (x == 0)) / y) ** (p - 1)


def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The p-norm over all elements, or along dimensions (PyTorch's page torch.norm).

    p is a number, ∞ or −∞ (the largest and smallest |x|), 0 (the number of x ≠ 0), or "fro" (2). For the norms of
    matrices there is linalg.norm.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([3.0, -4.0])
    >>> x.norm(), x.norm(1), x.norm(float("inf"))
    (tensor(5.), tensor(7.), tensor(4.))
    """
    if p == "fro" or p is None:
        p = 2
    if not isinstance(p, (int, float)):
        raise RuntimeError(f"norm: p must be a number or 'fro', not {p!r}; for norms of matrices use linalg.norm")
    if dtype is not None:
        input = to_dtype(input, as_dtype(dtype))
    if input.dtype.kind != "f":
        raise RuntimeError(f"norm: expected a floating point tensor as input, got {input.dtype}: convert with .float()")
    if p in (inf, -inf):
        return (amax if p > 0 else amin)(abs(input), () if dim is None else dim, keepdim)
    if p == 0:
        return sum(to_dtype(input != 0, input.dtype), dim, keepdim)
    return sum(abs(input), dim, keepdim) if p == 1 else vector_norm(input, float(p), dim, keepdim)
