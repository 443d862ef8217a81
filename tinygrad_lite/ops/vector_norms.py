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

    For finite p ≠ 0. The derivative is taken as 0 where x = 0 (p < 2) or y = 0.
    """
    dims = reduced(dim, x.ndim, "norm")
    if p == 2:
        y = np.sqrt(squares(x, dims, keepdim))
    else:
        with np.errstate(divide="ignore"):  # 0 to a negative power is ∞, and its root 0
            y = total(np.abs(x) ** p, dims, keepdim) ** (1 / p)
    return y, lambda g: norm_slope(g, x, y, p, dim)


def norm_slope(g, x, y, p, dim):
    """g (|x|/y)ᵖ⁻¹ sign x, with 1 in the place of a 0 that would be divided by."""
    dims = reduced(dim, x.ndim, "norm")
    y = with_dims(y, x.shape, dims)
    y = y + (y == 0)
    g = with_dims(g, x.shape, dims)
    return x * (g / y) if p == 2 else g * np.sign(x) * ((abs(x) + (x == 0)) / y) ** (p - 1)


def vector_norm_of(name: str, x: Any, p: Any, dim: Any, keepdim: bool, dtype: Any = None) -> Any:
    """Any p-norm: the ends p = ±∞ and p = 0 are no powers, and 1 needs none."""
    if not isinstance(p, (int, float)):
        raise RuntimeError(f"{name}: the order must be a number, not {p!r}; for norms of matrices use linalg.norm")
    if dtype is not None:
        x = to_dtype(x, as_dtype(dtype))
    if x.dtype.kind != "f":
        raise RuntimeError(f"{name}: Expected a floating point tensor as input, got {x.dtype}: convert with .float()")
    if p < 0 or p == inf:
        refuse_empty(name, x.shape, p, dim)
    if p in (inf, -inf):
        return (amax if p > 0 else amin)(abs(x), () if dim is None else dim, keepdim)
    if p == 0:
        return sum(to_dtype(x != 0, x.dtype), dim, keepdim)
    return sum(abs(x), dim, keepdim) if p == 1 else vector_norm(x, float(p), dim, keepdim)


def refuse_empty(name: str, shape: tuple, p: float, dim: Any) -> None:
    """There is no largest of no numbers, and no sum of their negative powers."""
    empty = [d for d in reduced(dim, len(shape), name) if shape[d] == 0]
    if empty:
        raise RuntimeError(
            f"{name}: cannot compute the {p} norm on the dimension {empty[0]} because this dimension is empty and the "
            "operation does not have an identity"
        )


def linalg_vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The norm (Σ |x|ᵖ)^(1/p) for p = ord, over all elements or along dimensions (torch.linalg.vector_norm).

    ord: any number; ∞ and −∞ give the largest and smallest |x|, 0 the number of x ≠ 0.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.vector_norm(tl.tensor([[3.0, -4.0], [1.0, 0.0]]), 1, dim=1)
    tensor([7., 1.])
    """
    return vector_norm_of("linalg.vector_norm", x, ord, dim, keepdim, dtype)
