"""Variance and standard deviation."""

from math import prod
from typing import Any

import numpy as np

from ..kernels.sums import total
from ..operation import unary
from .reduce import mean, reduced, with_dims


def degrees(shape: tuple, dims: tuple, correction: Any) -> float:
    """The number of elements that are reduced, less the correction; not below 0."""
    return max(prod([shape[d] for d in dims]) - correction, 0)


def arguments(dim: Any, unbiased: Any, correction: Any) -> tuple:
    """PyTorch's older form among the arguments: `unbiased` is a correction of 1 or 0, and may come first."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    return dim, correction if unbiased is None else int(unbiased)


def squares(name, x, dim, unbiased, keepdim, correction):
    """Σ (x − mean)² / (n − correction)"""
    if x.dtype.kind != "f":
        raise RuntimeError(f"{name}: std and var only support floating point dtypes, not {x.dtype}: use .float()")
    dim, correction = arguments(dim, unbiased, correction)
    dims = reduced(dim, x.ndim, name)
    n = prod([x.shape[d] for d in dims])
    centred = x - total(x, dims, True) / (n or float("nan"))
    y = total(centred * centred, dims, keepdim)
    count = degrees(x.shape, dims, correction)
    if count:
        return y / count
    with np.errstate(divide="ignore", invalid="ignore"):  # as PyTorch: nan for one number, ∞ for a larger correction
        return np.divide(y, 0, dtype=x.dtype)


def deviations(g, x, dim, unbiased, keepdim, correction, times):
    """g (x − mean)/(n − correction), times a number; on arrays and on tensors"""
    dim, correction = arguments(dim, unbiased, correction)
    dims = reduced(dim, x.ndim, "var")
    count = degrees(x.shape, dims, correction) or float("nan")
    return (x - mean(x, dims, True)) * (with_dims(g, x.shape, dims) * (times / count))


@unary
def var(x, dim=None, unbiased=None, keepdim=False, *, correction=1):
    """y = Σ (x − x̄)² / (n − c)        dy = 2 Σ (x − x̄) dx / (n − c)

    c is the correction: 1 for the unbiased variance of a sample (the default), 0 for that of a population.
    PyTorch's page torch.var.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([1.0, 2.0, 3.0, 4.0])
    >>> x.var(), x.var(correction=0)
    (tensor(1.6667), tensor(1.2500))
    """
    y = squares("var", x, dim, unbiased, keepdim, correction)
    return y, lambda g: deviations(g, x, dim, unbiased, keepdim, correction, 2)


@unary
def std(x, dim=None, unbiased=None, keepdim=False, *, correction=1):
    """y = √(Σ (x − x̄)² / (n − c))        dy = Σ (x − x̄) dx / ((n − c) y)

    c is the correction, as in `var`. The derivative where y = 0 is taken as 0. PyTorch's page torch.std.

    >>> import tinygrad_lite as tl
    >>> tl.tensor([1.0, 2.0, 3.0, 4.0]).std()
    tensor(1.2910)
    """
    y = np.sqrt(squares("std", x, dim, unbiased, keepdim, correction))
    return y, lambda g: deviations(g / (y + (y == 0)), x, dim, unbiased, keepdim, correction, 1)


def var_mean(input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = 1) -> tuple:
    """The variance and the mean (PyTorch's page torch.var_mean).

    >>> import tinygrad_lite as tl
    >>> tl.var_mean(tl.tensor([1.0, 3.0]))
    (tensor(2.), tensor(2.))
    """
    dim, correction = arguments(dim, unbiased, correction)
    return var(input, dim, None, keepdim, correction=correction), mean(input, dim, keepdim)


def std_mean(input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = 1) -> tuple:
    """The standard deviation and the mean (PyTorch's page torch.std_mean)."""
    dim, correction = arguments(dim, unbiased, correction)
    return std(input, dim, None, keepdim, correction=correction), mean(input, dim, keepdim)
