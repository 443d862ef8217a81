"""Distances between every point of one set and every point of another."""

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..operation import binary
from .matrices import floating
from .shape import unsqueeze
from .vector_norms import vector_norm_of

FEW = 25  # up to so many points in each set the differences are formed; above, PyTorch multiplies matrices


@binary(mixing=False)
def euclidean_distances(a, b):
    """y = |aᵢ − bⱼ|        dy = (aᵢ − bⱼ)·(daᵢ − dbⱼ)/y

    The derivative is taken as 0 where y = 0.
    """
    if a.shape[-2] > FEW or b.shape[-2] > FEW:
        squares = (a * a).sum(-1)[..., :, None] + (b * b).sum(-1)[..., None, :]
        y = np.sqrt(np.maximum(squares - 2 * (a @ b.mT), 0))
    else:
        d = a[..., :, None, :] - b[..., None, :, :]
        y = np.sqrt(np.vecdot(d, d))
    return y, lambda g: pulled(g, a, b, y), lambda g: pulled(g.mT, b, a, y.mT)


def pulled(g: Any, a: Any, b: Any, y: Any) -> Any:
    """Σⱼ (aᵢ − bⱼ) gᵢⱼ/yᵢⱼ"""
    g = g * (y != 0) / (y + (y == 0))
    return a * g.sum(-1)[..., None] - g @ b


def cdist(x1: Any, x2: Any, p: float = 2.0, compute_mode: str | None = "use_mm_for_euclid_dist_if_necessary") -> Any:
    """The p-norms of all differences of the rows, (…, m, k) and (…, n, k) to (…, m, n); batches broadcast.

    p ≥ 0: ∞ gives the largest difference, 0 the number of differences. Many Euclidean distances (p = 2, more than 25
    rows) come from one matrix product, |a|² + |b|² − 2 a·b, as in PyTorch: those near 0 lose digits, unless
    compute_mode is "donot_use_mm_for_euclid_dist" (PyTorch's page torch.cdist).

    >>> import tinygrad_lite as tl
    >>> tl.cdist(tl.tensor([[0.0, 0.0]]), tl.tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[5., 1.]])
    """
    for number, x in enumerate((x1, x2), 1):
        floating("cdist", x, halves=True)
        if x.ndim < 2:
            raise ShapeError(f"cdist: only supports at least 2D tensors, X{number} got: {x.ndim}D")
    if x1.shape[-1] != x2.shape[-1]:
        raise ShapeError(
            f"cdist: X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: {x2.shape[-1]}"
        )
    if x1.dtype != x2.dtype:
        raise RuntimeError(f"cdist: expected one dtype, got {x1.dtype} and {x2.dtype}")
    if p < 0:
        raise RuntimeError(f"cdist: only supports non-negative p values, got {p}")
    modes = (None, "use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist")
    if compute_mode not in modes:
        raise ValueError(f"cdist: {compute_mode} is not a valid value for compute_mode")
    if p == 2 and compute_mode != "donot_use_mm_for_euclid_dist":
        return euclidean_distances(x1, x2)
    differences = unsqueeze(x1, -2) - unsqueeze(x2, -3)
    if not x1.shape[-1]:
        return differences.sum(-1)
    return vector_norm_of("cdist", differences, p, -1, False)
